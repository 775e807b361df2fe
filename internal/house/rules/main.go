// Command rules lists which of the rules P (the Web Connector's protocol), Q
// (QuickBooks) and I (what must always hold) a test names, and which none does.
//
//	go run ./internal/house/rules [-reference DIR] [-require P1-P23,Q1] [FOLDER]
//
// A test names a rule by a comment above or inside a function of a _test.go
// file: "P30" or "Q1-Q5". With -require it exits with 1 when one of these rules
// is named by none.
package main

import (
	"bufio"
	"cmp"
	"errors"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string, out io.Writer) error {
	flags := flag.NewFlagSet("rules", flag.ContinueOnError)
	reference := flags.String("reference", filepath.Join("..", "shared", "reference"), "folder of the texts of the rules; they may be missing")
	require := flags.String("require", "", "rules that a test must name, such as P1-P23,Q1")
	if err := flags.Parse(args); err != nil {
		return err
	}
	required, err := parseRequired(*require)
	if err != nil {
		return err
	}
	folder := "."
	if flags.NArg() > 0 {
		folder = flags.Arg(0)
	}
	tests, err := namedBy(folder)
	if err != nil {
		return err
	}
	texts, err := readTexts(*reference)
	if err != nil {
		return err
	}
	return report(out, tests, texts, required)
}

// rule is one rule: a letter and a number.
type rule struct {
	letter string
	number int
}

func (r rule) String() string { return r.letter + strconv.Itoa(r.number) }

// compare has P first, then Q, then I.
func compare(a, b rule) int {
	return cmp.Or(cmp.Compare(strings.Index("PQI", a.letter), strings.Index("PQI", b.letter)), cmp.Compare(a.number, b.number))
}

// ruleWord is "P30", or a range such as "P1-P5".
const ruleWord = `\b([PQI])([1-9][0-9]{0,2})(?:[-–]([PQI])([1-9][0-9]{0,2}))?\b`

// rulesIn finds the rules that a text names as words.
func rulesIn(text string) ([]rule, error) {
	var found []rule
	for _, m := range regexp.MustCompile(ruleWord).FindAllStringSubmatch(text, -1) {
		first, err := strconv.Atoi(m[2])
		if err != nil {
			return nil, err
		}
		last := first
		if m[3] != "" {
			if last, err = strconv.Atoi(m[4]); err != nil {
				return nil, err
			}
			if m[3] != m[1] || last < first {
				return nil, fmt.Errorf("%q is no range of rules", m[0])
			}
		}
		for n := first; n <= last; n++ {
			found = append(found, rule{m[1], n})
		}
	}
	return found, nil
}

func parseRequired(list string) ([]rule, error) {
	var all []rule
	for word := range strings.SplitSeq(list, ",") {
		if word = strings.TrimSpace(word); word == "" {
			continue
		}
		if !regexp.MustCompile(`^` + ruleWord + `$`).MatchString(word) {
			return nil, fmt.Errorf("-require: %q is no rule and no range of rules", word)
		}
		found, err := rulesIn(word)
		if err != nil {
			return nil, fmt.Errorf("-require: %w", err)
		}
		all = append(all, found...)
	}
	return all, nil
}

// namedBy tells for each rule the test functions that name it, as
// "folder.TestName".
func namedBy(folder string) (map[rule][]string, error) {
	tests := map[rule][]string{}
	err := filepath.WalkDir(folder, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && slices.Contains([]string{".git", "node_modules", "testdata"}, d.Name()) {
			return fs.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(name, "_test.go") {
			return nil
		}
		dir, err := filepath.Rel(folder, filepath.Dir(name))
		if err != nil {
			return err
		}
		return readTests(name, filepath.ToSlash(dir), tests)
	})
	return tests, err
}

func readTests(name, dir string, tests map[rule][]string) error {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, name, nil, parser.ParseComments)
	if err != nil {
		return err
	}
	for _, d := range file.Decls {
		f, is := d.(*ast.FuncDecl)
		if !is {
			continue
		}
		test := f.Name.Name
		if dir != "." {
			test = dir + "." + test
		}
		from := f.Pos()
		if f.Doc != nil {
			from = f.Doc.Pos()
		}
		for _, comment := range file.Comments {
			if comment.Pos() < from || comment.End() > f.End() {
				continue
			}
			found, err := rulesIn(comment.Text())
			if err != nil {
				return fmt.Errorf("%s: %w", files.Position(comment.Pos()), err)
			}
			for _, r := range found {
				if !slices.Contains(tests[r], test) {
					tests[r] = append(tests[r], test)
				}
			}
		}
	}
	return nil
}

// readTexts reads the rules from the checklists, as far as these are there.
func readTexts(reference string) (map[rule]string, error) {
	texts := map[rule]string{}
	// "- **P1** text", "Q1. text", "- **I1** text"
	line := regexp.MustCompile(`^(?:- \*\*)?([PQI])([0-9]+)(?:\*\*|\.) (.+)`)
	for _, name := range []string{
		filepath.Join(reference, "qbwc-protocol.md"),
		filepath.Join(reference, "quickbooks.md"),
		filepath.Join(reference, "..", "design.md"),
	} {
		f, err := os.Open(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		lines := bufio.NewScanner(f)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			if m := line.FindStringSubmatch(lines.Text()); m != nil {
				n, err := strconv.Atoi(m[2])
				if err != nil {
					return nil, fmt.Errorf("%s: %w", name, err)
				}
				texts[rule{m[1], n}] = m[3]
			}
		}
		if err := errors.Join(lines.Err(), f.Close()); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return texts, nil
}

// report prints the rules with their tests, then those without, and fails when
// one of those is required.
func report(out io.Writer, tests map[rule][]string, texts map[rule]string, required []rule) error {
	known := map[rule]bool{}
	for r := range tests {
		known[r] = true
	}
	for r := range texts {
		known[r] = true
	}
	for _, r := range required {
		known[r] = true
	}
	var named, unnamed []string
	var missing []string
	for _, r := range slices.SortedFunc(maps.Keys(known), compare) {
		switch {
		case len(tests[r]) > 0:
			named = append(named, fmt.Sprintf("%-4s %s\n     %s\n", r, strings.Join(tests[r], ", "), short(texts[r])))
			continue
		case slices.Contains(required, r):
			missing = append(missing, r.String())
			unnamed = append(unnamed, fmt.Sprintf("%-4s required: %s\n", r, short(texts[r])))
		default:
			unnamed = append(unnamed, fmt.Sprintf("%-4s %s\n", r, short(texts[r])))
		}
	}
	_, err := fmt.Fprintf(out, "%d rules that a test names:\n%s\n%d rules that no test names:\n%s",
		len(named), strings.Join(named, ""), len(unnamed), strings.Join(unnamed, ""))
	if err == nil && len(missing) > 0 {
		err = fmt.Errorf("no test names %s", strings.Join(missing, ", "))
	}
	return err
}

// short cuts a text to a line of a terminal.
func short(text string) string {
	const most = 110
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	if text == "" {
		return "(text not at hand)"
	}
	return text
}
