package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestRulesIn(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"one", "P30", "[P30]"},
		{"in a sentence", "pins Q12, and (I3).", "[Q12 I3]"},
		{"range", "P1-P4: all", "[P1 P2 P3 P4]"},
		{"range with a dash", "Q9–Q11", "[Q9 Q10 Q11]"},
		{"not a word", "XP30 P30x P0 P 30 HTTP2 p30", "[]"},
		{"nothing", "", "[]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			found, err := rulesIn(c.text)
			if err != nil {
				t.Fatal(err)
			}
			var words []string
			for _, r := range found {
				words = append(words, r.String())
			}
			if got := "[" + strings.Join(words, " ") + "]"; got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
	for _, wrong := range []string{"P5-P1", "P1-Q5"} {
		if found, err := rulesIn(wrong); err == nil {
			t.Errorf("%s gave %v", wrong, found)
		}
	}
}

// write makes a small tree: a module folder and, beside it, the texts of the rules.
func write(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestReport(t *testing.T) {
	// The rules stand in strings here, so that this file names none of them in a comment.
	dir := write(t, map[string]string{
		"main/soap/soap_test.go": "package soap\n\n// P9: in the head of the file, counts for nothing\n\n// P1-P2\nfunc TestA(t *testing.T) {\n\t// and Q7\n}\n\n" +
			"func TestB(t *testing.T) { // P2\n\ts := \"P8\"\n}\n",
		"main/soap/soap.go":                 "package soap\n\n// P3\nfunc f() {}\n",
		"main/soap/testdata/old_test.go":    "not Go",
		"main/root_test.go":                 "package root\n\n// I1\nfunc FuzzC(f *testing.F) {}\n",
		"shared/reference/qbwc-protocol.md": "- **P1** answer the first.\n- **P3** answer the third.\n| **P4** | no rule |\n",
		"shared/reference/quickbooks.md":    "Q7. Amounts.\n",
		"shared/design.md":                  "- **I1** One state.\n",
	})
	args := []string{"-reference", filepath.Join(dir, "shared", "reference")}
	folder := filepath.Join(dir, "main")
	const want = `4 rules that a test names:
P1   soap.TestA
     answer the first.
P2   soap.TestA, soap.TestB
     (text not at hand)
Q7   soap.TestA
     Amounts.
I1   FuzzC
     One state.

1 rules that no test names:
P3   answer the third.
`
	for _, c := range []struct {
		name, require, want, wrong string
	}{
		{"nothing required", "", want, ""},
		{"all required are there", "P1-P2,Q7, I1", want, ""},
		{"one required is not there", "P1-P3,P7", "", "no test names P3, P7"},
		{"not a rule", "P1,rubbish", "", `"rubbish" is no rule`},
		{"not a range", "P3-P1", "", "no range"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out strings.Builder
			err := run(slices.Concat(args, []string{"-require", c.require, folder}), &out)
			if c.wrong == "" && (err != nil || out.String() != c.want) {
				t.Errorf("got %v and\n%s", err, out.String())
			}
			if c.wrong != "" && (err == nil || !strings.Contains(err.Error(), c.wrong)) {
				t.Errorf("got %v, want %s", err, c.wrong)
			}
		})
	}
}

func TestReportWithoutTexts(t *testing.T) {
	dir := write(t, map[string]string{"a_test.go": "package a\n\n// P1\nfunc TestA() {}\n"})
	var out strings.Builder
	if err := run([]string{"-reference", filepath.Join(dir, "nowhere"), "-require", "P1", dir}, &out); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "P1   TestA") {
		t.Error(out.String())
	}
}
