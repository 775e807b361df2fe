package wsdl_test

import (
	"encoding/xml"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"qbridge/soap/wsdl"
)

// P2
func TestDocumentNamesTheAddress(t *testing.T) {
	const appURL = "https://books.example.com:8480/qbwc?a=1&b=2"
	var definitions struct {
		XMLName xml.Name
		Address struct {
			Location string `xml:"location,attr"`
		} `xml:"service>port>address"`
	}
	if err := xml.Unmarshal([]byte(wsdl.Document(appURL)), &definitions); err != nil {
		t.Fatal(err)
	}
	if definitions.XMLName.Space != "http://schemas.xmlsoap.org/wsdl/" || definitions.XMLName.Local != "definitions" {
		t.Errorf("root element is %v", definitions.XMLName)
	}
	if definitions.Address.Location != appURL {
		t.Errorf("soap:address is %q, want %q", definitions.Address.Location, appURL)
	}
	if strings.Contains(wsdl.Document(appURL), "APP_URL") {
		t.Error("the placeholder is still there")
	}
}

func TestGeneratedCodeIsCurrent(t *testing.T) {
	dir := t.TempDir()
	out, err := exec.Command("go", "tool", "gowsdl", "-d", dir, "-p", "wsdl", "-o", "qbwc_gen.go", "qbwc.wsdl").CombinedOutput()
	if err != nil {
		t.Fatalf("gowsdl: %v\n%s", err, out)
	}
	want, err := os.ReadFile(filepath.Join(dir, "wsdl", "qbwc_gen.go"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("qbwc_gen.go")
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Error("qbwc_gen.go is not what gowsdl makes of qbwc.wsdl; run go generate ./soap/wsdl")
	}
}
