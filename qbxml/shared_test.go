package qbxml

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
)

var update = flag.Bool("update", false, "write the golden files anew")

// shared finds a file or folder of the reference material kept beside the repository, and skips the
// test where there is none.
func shared(t testing.TB, path ...string) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above the test")
		}
	}
	at := filepath.Join(append([]string{filepath.Dir(dir), "shared"}, path...)...)
	if _, err := os.Stat(at); err != nil {
		t.Skipf("the reference material is not beside the repository: %v", err)
	}
	return at
}

// validate checks documents against Intuit's schema.
func validate(t *testing.T, docs map[string][]byte) {
	t.Helper()
	xsd := shared(t, "schema", "qbxmlops130.xsd")
	xmllint, err := exec.LookPath("xmllint")
	if err != nil {
		t.Skip("xmllint is not installed (libxml2-utils)")
	}
	dir := t.TempDir()
	args := []string{"--noout", "--schema", xsd}
	for name, doc := range docs {
		file := filepath.Join(dir, name+".xml")
		if err := os.WriteFile(file, doc, 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, file)
	}
	if out, err := exec.CommandContext(t.Context(), xmllint, args...).CombinedOutput(); err != nil {
		t.Errorf("xmllint: %v\n%.4000s", err, out)
	}
}

// golden compares got with a file of testdata.
func golden(t *testing.T, file string, got []byte) {
	t.Helper()
	at := filepath.Join("testdata", file)
	if *update {
		if err := os.WriteFile(at, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(at)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s differs (-want +got); run with -update if that is right:\n%s", at, diff)
	}
}

// dec is an optional number from its text.
func dec(s string) *decimal.Decimal { return Amount(decimal.RequireFromString(s)) }
