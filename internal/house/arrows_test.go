package house

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// arrows says which of our packages a package may import. One that stands here
// need not exist yet; one that does not stand here has no room in the house.
func arrows() map[string][]string {
	return map[string][]string{
		"cmd/qbridge":      {"internal/web", "internal/bridge", "internal/sim", "internal/prove"},
		"internal/prove":   {"internal/bridge", "internal/sim", "soap", "store", "internal/order"},
		"internal/web":     {"internal/bridge", "store", "internal/order"},
		"internal/bridge":  {"store", "soap", "internal/ecwid", "internal/posting", "qbxml", "internal/order"},
		"internal/posting": {"qbxml", "internal/order"},
		"internal/ecwid":   {"internal/order"},
		"internal/sim":     {"soap/wsdl", "qbxml"}, // of qbxml only what TestPretendWorldIsASecondOpinion allows
		"internal/order":   {},
		"store":            {},
		"qbxml":            {},
		"soap":             {"soap/wsdl"},
		"soap/wsdl":        {},

		// Tools of ours that are no part of the program.
		"internal/bench":            {"internal/web", "internal/bridge", "internal/sim", "store"},
		"internal/house":            {},
		"internal/house/rules":      {},
		"qbxml/internal/fieldtable": {},
	}
}

func TestArrows(t *testing.T) {
	allowed := arrows()
	for dir, files := range packages(t) {
		t.Run(dir, func(t *testing.T) {
			may, known := allowed[dir]
			if !known {
				t.Fatalf("package %s has no room in the house: name it, and what it may import, in arrows()", dir)
			}
			for _, f := range files {
				for _, spec := range f.syntax.Imports {
					imported, err := strconv.Unquote(spec.Path.Value)
					if err != nil {
						t.Fatal(err)
					}
					ours, is := strings.CutPrefix(imported, "qbridge/")
					if is && !slices.Contains(may, ours) {
						t.Errorf("%s imports %s; %s may import only %v", f.at(spec), ours, dir, may)
					}
				}
			}
		})
	}
}

// The pretend books may share the field table and the codes with the bridge,
// nothing else: a wrong order, length or rounding must not pass because both
// sides have it.
func TestPretendWorldIsASecondOpinion(t *testing.T) {
	all := packages(t)
	shared := map[string]bool{}
	for _, f := range all["qbxml"] {
		if name := path.Base(f.path); name == "fields.go" || name == "status.go" || name == "version.go" {
			for _, name := range declared(f.syntax) {
				shared[name] = true
			}
		}
	}
	for _, f := range all["internal/sim"] {
		ast.Inspect(f.syntax, func(n ast.Node) bool {
			if s, is := n.(*ast.SelectorExpr); is {
				if from, is := s.X.(*ast.Ident); is && from.Name == "qbxml" && !shared[s.Sel.Name] {
					t.Errorf("%s uses qbxml.%s; of qbxml the pretend world may use only fields.go, version.go and status.go", f.at(n), s.Sel.Name)
				}
			}
			return true
		})
	}
}

// declared gives the names that a file declares for its package.
func declared(f *ast.File) []string {
	var names []string
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			names = append(names, d.Name.Name)
		case *ast.GenDecl:
			for _, s := range d.Specs {
				switch s := s.(type) {
				case *ast.TypeSpec:
					names = append(names, s.Name.Name)
				case *ast.ValueSpec:
					for _, n := range s.Names {
						names = append(names, n.Name)
					}
				}
			}
		}
	}
	return names
}

// Q7: money is not held in binary floats.
func TestNoFloatsNearMoney(t *testing.T) {
	// File and reason of each that may.
	allowed := map[string]string{"internal/web/packingpdf.go": "millimetres on paper"}
	all := packages(t)
	for _, dir := range []string{"internal/order", "internal/posting", "internal/ecwid", "internal/bridge", "internal/web", "internal/sim", "qbxml", "store"} {
		for _, f := range all[dir] {
			if allowed[f.path] != "" {
				continue
			}
			ast.Inspect(f.syntax, func(n ast.Node) bool {
				if id, is := n.(*ast.Ident); is && slices.Contains([]string{"float32", "float64", "ParseFloat", "FormatFloat", "NewFromFloat", "NewFromFloat32", "NewFromFloatWithExponent", "InexactFloat64", "Float64"}, id.Name) {
					t.Errorf("%s: %s; money is a decimal", f.at(n), id.Name)
				}
				return true
			})
		}
	}
	for name := range allowed {
		if _, err := os.Stat(filepath.Join(root(t), name)); err != nil {
			t.Errorf("%s is allowed floats and is not there: %v", name, err)
		}
	}
}

func TestFilesStayShort(t *testing.T) {
	const most = 700
	for dir, files := range everyGoFile(t) {
		for _, f := range files {
			if lines := bytes.Count(f.text, []byte("\n")); lines > most && !ast.IsGenerated(f.syntax) {
				t.Errorf("%s/%s has %d lines, more than %d: split it by noun", dir, path.Base(f.path), lines, most)
			}
		}
	}
}

func TestEveryPackageSaysWhatItHolds(t *testing.T) {
	for dir, files := range packages(t) {
		var with []string
		for _, f := range files {
			if f.syntax.Doc != nil {
				with = append(with, path.Base(f.path))
			}
		}
		if len(with) != 1 {
			t.Errorf("package %s has its comment in %d files %v; it belongs in one", dir, len(with), with)
		}
	}
}

// What is in the repository must hold on any machine.
func TestNothingOfThisMachine(t *testing.T) {
	// Spelled apart so that this file passes its own test.
	foreign := regexp.MustCompile(`(^|[\s"'(=:` + "`" + `])/(wo` + `rk|ro` + `ot|ho` + `me)/|/tmp/bri` + `ef|bash_` + `jobs|registry\.npm` + `js|proxy\.gol` + `ang\.org|deb\.deb` + `ian`)
	dir := root(t)
	walk(t, func(name string) {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if bytes.IndexByte(text, 0) >= 0 {
			return // not a text
		}
		for i, line := range bytes.Split(text, []byte("\n")) {
			if foreign.Match(line) {
				t.Errorf("%s:%d names a place of one machine or network: %s", name, i+1, bytes.TrimSpace(line))
			}
		}
	})
}

// goFile is one file of Go in the module.
type goFile struct {
	path   string // from the root, with slashes
	text   []byte
	syntax *ast.File
	set    *token.FileSet
}

func (f goFile) at(n ast.Node) string {
	return fmt.Sprintf("%s:%d", f.path, f.set.Position(n.Pos()).Line)
}

// packages gives the files of each package by its folder, for all systems,
// without tests.
func packages(t *testing.T) map[string][]goFile {
	t.Helper()
	all := everyGoFile(t)
	for dir, files := range all {
		files = slices.DeleteFunc(files, func(f goFile) bool { return strings.HasSuffix(f.path, "_test.go") })
		if all[dir] = files; len(files) == 0 {
			delete(all, dir)
		}
	}
	return all
}

func everyGoFile(t *testing.T) map[string][]goFile {
	t.Helper()
	all := map[string][]goFile{}
	dir := root(t)
	walk(t, func(name string) {
		if path.Ext(name) != ".go" || slices.Contains(strings.Split(path.Dir(name), "/"), "testdata") {
			return
		}
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		f := goFile{path: name, text: text, set: token.NewFileSet()}
		if f.syntax, err = parser.ParseFile(f.set, name, text, parser.ParseComments); err != nil {
			t.Fatal(err)
		}
		all[path.Dir(name)] = append(all[path.Dir(name)], f)
	})
	if len(all) < 5 {
		t.Fatalf("found only %d packages: looked in the wrong place?", len(all))
	}
	return all
}

// walk calls do with every file of the module that may be committed.
func walk(t *testing.T, do func(name string)) {
	t.Helper()
	err := fs.WalkDir(os.DirFS(root(t)), ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && slices.Contains([]string{".git", "node_modules", "dist"}, d.Name()):
			return fs.SkipDir
		case d.Type().IsRegular() && name != ".git": // git's own file, in a second work tree
			do(name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// root is the folder of go.mod.
func root(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above this test")
		}
		dir = filepath.Dir(dir)
	}
}
