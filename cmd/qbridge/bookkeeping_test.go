package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/google/go-cmp/cmp"
)

// causesOf are the causes that a package declares.
func causesOf(t *testing.T, dir string) (all []string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "..", filepath.FromSlash(dir), "*.go"))
	check(t, err)
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		check(t, err)
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok || len(spec.Values) != 1 {
				return true
			}
			kind := ""
			switch named := spec.Type.(type) {
			case *ast.Ident:
				kind = named.Name
			case *ast.SelectorExpr:
				kind = named.Sel.Name
			}
			if value, ok := spec.Values[0].(*ast.BasicLit); ok && kind == "Cause" {
				cause, err := strconv.Unquote(value.Value)
				check(t, err)
				all = append(all, cause)
			}
			return true
		})
	}
	return all
}

// TestBookkeepingPage: docs/bookkeeping.md has every cause for which an order
// waits once, and no other, each with when and what to do; the rules and commands
// that it names are there.
func TestBookkeepingPage(t *testing.T) {
	text := page(t, "bookkeeping.md")
	want := slices.Sorted(slices.Values(slices.Concat(causesOf(t, "internal/posting"), causesOf(t, "internal/bridge"))))
	var said []string
	body, found := section(text, "## What is held, and why")
	for _, row := range regexp.MustCompile("(?m)^\\| `([a-z-]+)` \\| ([^|]+) \\| ([^|]+) \\|$").FindAllStringSubmatch(body, -1) {
		said = append(said, row[1])
	}
	slices.Sort(said)
	if diff := cmp.Diff(want, said); !found || diff != "" || len(want) < 50 {
		t.Errorf("the causes of the program (-) and those of docs/bookkeeping.md (+) differ:\n%s", diff)
	}

	rules := map[string]bool{}
	for _, m := range regexp.MustCompile("(?m)^### `([a-z-]+)`$").FindAllStringSubmatch(page(t, "rules.md"), -1) {
		rules[m[1]] = true
	}
	named := map[string]bool{}
	for _, m := range regexp.MustCompile("(?i:rules?) `([a-z-]+)`").FindAllStringSubmatch(text, -1) {
		named[m[1]] = true
	}
	beside := slices.Concat(said, []string{"tax", "qbridge"})
	for _, m := range regexp.MustCompile("`([a-z]+(-[a-z]+)+)`").FindAllStringSubmatch(text, -1) {
		if !slices.Contains(beside, m[1]) {
			named[m[1]] = true
		}
	}
	for _, rule := range slices.Sorted(maps.Keys(named)) {
		if !rules[rule] {
			t.Errorf("docs/bookkeeping.md names the rule %s, which there is not", rule)
		}
	}
	if len(named) < 30 {
		t.Errorf("only %d rules are named: %v", len(named), named)
	}

	parser, err := kong.New(new(cli), kong.Vars{"data": "", "ecwidurl": ""})
	check(t, err)
	commands := map[string]bool{}
	for _, leaf := range parser.Model.Leaves(true) {
		commands[commandPath(leaf)] = true
	}
	for _, m := range regexp.MustCompile("`(qbridge [a-z]+( set)?)").FindAllStringSubmatch(text, -1) {
		if !commands[m[1]] {
			t.Errorf("docs/bookkeeping.md names the command %s, which there is not", m[1])
		}
	}
}
