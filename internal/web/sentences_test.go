package web

import (
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the list of sentences without a phrase anew")

// verb is where fmt puts something into a sentence.
var verb = regexp.MustCompile(`%(\[\d+\])?[-+#.0-9]*[a-zA-Z]`)

// spoken tells a sentence from other texts of the source: it begins large,
// ends with a full stop, and has four words at least.
var spoken = regexp.MustCompile(`^(%|[A-Z'"]).*\.$`)

// sentences are those of the source of packages: texts, joined where + joins
// them, with %s where something stands in between.
func sentences(t *testing.T, folders ...string) (all []string) {
	t.Helper()
	for _, folder := range folders {
		files, err := filepath.Glob(filepath.Join(folder, "*.go"))
		check(t, err)
		for _, path := range files {
			if strings.HasSuffix(path, "_test.go") {
				continue
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
			check(t, err)
			ast.Inspect(file, func(n ast.Node) bool {
				e, ok := n.(ast.Expr)
				if !ok {
					return true
				}
				text, whole := joined(e)
				if !whole {
					return true
				}
				if spoken.MatchString(text) && len(strings.Fields(text)) > 3 {
					all = append(all, strings.ReplaceAll(verb.ReplaceAllString(text, "%s"), "%%", "%"))
				}
				return false
			})
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// joined is a text of the source, or one put together by +; whole tells whether
// it is one at all.
func joined(e ast.Expr) (text string, whole bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		if e.Kind != token.STRING {
			return "", false
		}
		text, err := strconv.Unquote(e.Value)
		return text, err == nil
	case *ast.BinaryExpr:
		if e.Op != token.ADD {
			return "", false
		}
		left, l := joined(e.X)
		right, r := joined(e.Y)
		if !l && !r {
			return "", false
		}
		if !l {
			left = "%s"
		}
		if !r {
			right = "%s"
		}
		return left + right, true
	}
	return "", false
}

// What the bridge says in whole sentences is among the phrases, or named in
// testdata/english.txt: what pages say in English to everybody. Nothing new
// comes in unseen.
func TestSentencesHavePhrases(t *testing.T) {
	w := wordsOf(t, "fr")
	var english []string
	for _, s := range sentences(t, ".", "../posting", "../bridge", "../ecwid", "../order") {
		if !slices.ContainsFunc([][2]string{{"7", "7"}, {"Invoice", "7"}, {"Invoice 7", "7"}, {`"7"`, "7"}, {"7", "Invoice 7"}, {"Invoice 7", "voided"}, {"7", `"7"`}}, func(held [2]string) bool {
			_, ok := w.tell(strings.ReplaceAll(strings.Replace(s, "%s", held[0], 1), "%s", held[1]))
			return ok
		}) {
			english = append(english, s)
		}
	}
	got := strings.Join(english, "\n") + "\n"
	path := filepath.Join("testdata", "english.txt")
	if *update {
		check(t, os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	check(t, err)
	if got != string(want) {
		t.Errorf("these sentences have no phrase (or are listed and have one): give them one in words/phrases.toml, or list them by -update:\n%s", got)
	}
}
