package sim

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/beevik/etree"
)

var newest = time.Date(2026, 11, 20, 18, 0, 0, 0, time.UTC)

// ticking is a clock that moves a second at each look.
func ticking() func() time.Time {
	at := newest
	return func() time.Time {
		at = at.Add(time.Second)
		return at
	}
}

func open(t *testing.T, change ...func(*CompanyConfig)) *Company {
	t.Helper()
	config := CompanyConfig{SalesTax: true, FileID: "{B4F0A1D2-77C3-4D0B-8E1A-5C9D2E3F4A55}", ClosingDate: ClosingDate(newest), Clock: ticking()}
	for _, f := range change {
		f(&config)
	}
	return NewCompany(config)
}

// set wraps requests into a document; attributes come behind onError.
func set(attributes string, requests ...string) string {
	if !strings.Contains(attributes, "onError") {
		attributes = `onError="continueOnError" ` + attributes
	}
	return `<?xml version="1.0" encoding="utf-8"?><?qbxml version="13.0"?><QBXML><QBXMLMsgsRq ` + attributes + `>` + strings.Join(requests, "") + `</QBXMLMsgsRq></QBXML>`
}

// ask sends a document that must be understood and gives the QBXMLMsgsRs. Each answer is held against Intuit's schema.
func ask(t *testing.T, c *Company, document string) *etree.Element {
	t.Helper()
	response, hresult, _ := c.Process(document)
	if hresult != "" {
		t.Fatalf("refused with %s: %s\n%s", hresult, c.WhyRefused(document), document)
	}
	rs := answer(t, response)
	if !strings.Contains(response, `statusSeverity="Error"`) { // what is understood and done must be valid as well
		keep(t, document)
	}
	return rs
}

func answer(t *testing.T, response string) *etree.Element {
	t.Helper()
	doc := etree.NewDocument()
	if err := doc.ReadFromString(response); err != nil {
		t.Fatalf("the answer is not XML: %v\n%s", err, response)
	}
	keep(t, response)
	return doc.FindElement("/QBXML/QBXMLMsgsRs")
}

// shared is the folder beside the repository that holds the schema and the samples.
var shared = filepath.Join("..", "..", "..", "shared")

// answersDir is where ask leaves every answer, and every document that was done; TestMain holds them all against Intuit's schema at the end, in one run.
var answersDir string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "answers")
	if err != nil {
		panic(err)
	}
	answersDir = dir
	code := m.Run()
	if out, err := validate(); err != nil {
		fmt.Printf("what the pretend company took or gave is not valid qbXML 13.0: %v\n%s", err, out)
		code = 1
	}
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

func keep(t *testing.T, document string) {
	t.Helper()
	f, err := os.CreateTemp(answersDir, strings.NewReplacer("/", "_", " ", "_").Replace(t.Name())+"-*.xml")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(document); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

func schema() (lint, xsd string, ok bool) {
	xsd = filepath.Join(shared, "schema", "qbxmlops130.xsd")
	lint, err := exec.LookPath("xmllint")
	_, missing := os.Stat(xsd)
	return lint, xsd, err == nil && missing == nil
}

func validate() ([]byte, error) {
	lint, xsd, ok := schema()
	files, err := filepath.Glob(filepath.Join(answersDir, "*.xml"))
	if !ok || len(files) == 0 || err != nil {
		return nil, err
	}
	out, err := exec.Command(lint, append([]string{"--noout", "--schema", xsd}, files...)...).CombinedOutput()
	return bytes.ReplaceAll(out, []byte(answersDir), nil), err
}

func TestSchemaAtHand(t *testing.T) {
	if _, _, ok := schema(); !ok {
		t.Skip("xmllint or ../shared/schema is not here: answers are not held against Intuit's schema")
	}
}

// wantStatus checks code and severity of the n-th answer and gives the answer.
func wantStatus(t *testing.T, rs *etree.Element, n int, code, severity string) *etree.Element {
	t.Helper()
	kids := rs.ChildElements()
	if n >= len(kids) {
		t.Fatalf("there are %d answers, wanted one more", len(kids))
	}
	got := kids[n]
	if got.SelectAttrValue("statusCode", "") != code || got.SelectAttrValue("statusSeverity", "") != severity {
		t.Fatalf("status %s %s %q, want %s %s", got.SelectAttrValue("statusCode", ""), got.SelectAttrValue("statusSeverity", ""), got.SelectAttrValue("statusMessage", ""), code, severity)
	}
	return got
}

func text(e *etree.Element, path string) string {
	if found := e.FindElement(path); found != nil {
		return found.Text()
	}
	return ""
}
