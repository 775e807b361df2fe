package qbxml

import (
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Field is one element of a request, as Intuit's schema and its comments describe it.
type Field struct {
	Request    string          // with Rq: SalesReceiptAddRq
	N          int             // order; elements must be written in it; 0 is the request itself
	Path       string          // below the request: SalesReceiptAdd/RefNumber; "" for the request itself
	Type       string          // STRTYPE, AMTTYPE, …, aggregate, or request
	Required   bool            // within its parent, or within its branch of a choice
	Repeats    bool            // may come more than once
	Max        map[Edition]int // characters; missing: no limit
	Since      Version         // 0.0: always
	NotIn      []Edition       // editions that lack it
	Min, Top   int             // range of an INTTYPE; 0: open
	Choices    []int           // the numbers of the choices it belongs to, also through its parents
	Attributes []string        // of the request itself: requestID, iterator, …
	Values     []string        // of an ENUMTYPE
}

// Choice says which elements below Path exclude one another: elements of at most one branch may be
// there. Unless it is Optional one branch must be, once the element at Path is there. A choice that
// Repeats is a mixed list instead, of one or more elements of any branch.
type Choice struct {
	Request  string
	Path     string // of the parent; "" for the request itself
	Number   int    // in Field.Choices
	Optional bool
	Repeats  bool
	Branches [][]string // names of elements
}

// Fields are the elements of a request such as "SalesReceiptAddRq", in order; nil for a request
// unknown here. Don't change them.
func Fields(request string) []Field { return table().fields[request] }

// Choices are the choices between elements of a request. Don't change them.
func Choices(request string) []Choice { return table().choices[request] }

// Limit is how many characters an element holds in an edition; 0 means no limit, or no such element.
// The path is below the request: Limit("SalesReceiptAddRq", "SalesReceiptAdd/RefNumber", US) is 11.
func Limit(request, path string, e Edition) int {
	root := table().roots[request]
	if root == nil {
		return 0
	}
	at := root.find(path)
	if at == nil {
		return 0
	}
	return at.Max[e]
}

// fieldTable is fields.tsv, read.
type fieldTable struct {
	fields  map[string][]Field
	choices map[string][]Choice
	roots   map[string]*node
}

// node is an element with the elements and choices below it, in order.
type node struct {
	Field
	name     string
	children []*node
	choices  []Choice
}

// find walks down a path; nil when it leads nowhere.
func (n *node) find(path string) *node {
	for path != "" && n != nil {
		var name string
		name, path, _ = strings.Cut(path, "/")
		n = n.child(name)
	}
	return n
}

func (n *node) child(name string) *node {
	if i := n.index(name); i >= 0 {
		return n.children[i]
	}
	return nil
}

// childOf is the child that has one of the names; nil for none.
func (n *node) childOf(names []string) *node {
	for _, name := range names {
		if child := n.child(name); child != nil {
			return child
		}
	}
	return nil
}

// index is the place of a child; -1 for none of that name.
func (n *node) index(name string) int {
	return slices.IndexFunc(n.children, func(c *node) bool { return c.name == name })
}

// inChoice reports whether a child stands in a choice, which then rules whether it is required.
func (n *node) inChoice(name string) bool {
	for _, c := range n.choices {
		for _, b := range c.Branches {
			if slices.Contains(b, name) {
				return true
			}
		}
	}
	return false
}

//go:embed fields.tsv
var fieldsTSV string

// table reads fields.tsv at its first use. The file is part of the program: a fault in it is found
// by any test, so it ends the program.
var table = sync.OnceValue(func() *fieldTable {
	t := &fieldTable{fields: map[string][]Field{}, choices: map[string][]Choice{}, roots: map[string]*node{}}
	for i, line := range strings.Split(strings.TrimRight(fieldsTSV, "\n"), "\n") {
		if i == 0 {
			continue // column names
		}
		if err := t.add(strings.Split(line, "\t")); err != nil {
			panic(fmt.Sprintf("fields.tsv line %d: %v", i+1, err))
		}
	}
	return t
})

// Columns of fields.tsv.
const (
	colRequest, colN, colPath, colType, colCard = 0, 1, 2, 3, 4
	colMaxUS, colSince, colNotIn, colRange      = 5, 9, 10, 11
	colChoice, colAttributes, colValues         = 12, 13, 14
)

// add takes one row.
func (t *fieldTable) add(cells []string) error {
	if len(cells) != colValues+1 {
		return fmt.Errorf("%d columns instead of %d", len(cells), colValues+1)
	}
	request := cells[colRequest]
	if cells[colType] == "choice" {
		c, err := parseChoice(cells)
		if err != nil {
			return err
		}
		parent := t.roots[request].find(c.Path)
		if parent == nil {
			return fmt.Errorf("no element %s for the choice", c.Path)
		}
		parent.choices = append(parent.choices, c)
		t.choices[request] = append(t.choices[request], c)
		return nil
	}
	f, err := parseField(cells)
	if err != nil {
		return err
	}
	t.fields[request] = append(t.fields[request], f)
	if f.N == 0 {
		t.roots[request] = &node{Field: f, name: request}
		return nil
	}
	above, name := "", f.Path
	if i := strings.LastIndexByte(f.Path, '/'); i >= 0 {
		above, name = f.Path[:i], f.Path[i+1:]
	}
	parent := t.roots[request].find(above)
	if parent == nil {
		return fmt.Errorf("no parent for %s", f.Path)
	}
	parent.children = append(parent.children, &node{Field: f, name: name})
	return nil
}

func parseField(cells []string) (Field, error) {
	f := Field{
		Request: cells[colRequest], Path: cells[colPath], Type: cells[colType],
		Required: strings.HasPrefix(cells[colCard], "1"), Repeats: strings.HasSuffix(cells[colCard], "n"),
		Max: map[Edition]int{}, Attributes: list(cells[colAttributes]), Values: list(cells[colValues]),
	}
	if f.Path == "." {
		f.Path = ""
	}
	var err error
	if f.N, err = strconv.Atoi(cells[colN]); err != nil {
		return f, fmt.Errorf("order: %w", err)
	}
	for i, e := range []Edition{US, CA, UK, AU} {
		if cells[colMaxUS+i] == "" {
			continue
		}
		if f.Max[e], err = strconv.Atoi(cells[colMaxUS+i]); err != nil {
			return f, fmt.Errorf("length: %w", err)
		}
	}
	if cells[colSince] != "" {
		if f.Since, err = ParseVersion(cells[colSince]); err != nil {
			return f, err
		}
	}
	for _, e := range []Edition{US, CA, UK, AU} {
		if slices.Contains(list(cells[colNotIn]), e.notInName()) {
			f.NotIn = append(f.NotIn, e)
		}
	}
	if lowest, highest, ok := strings.Cut(cells[colRange], ".."); ok {
		if f.Min, err = strconv.Atoi(lowest); err != nil {
			return f, fmt.Errorf("range: %w", err)
		}
		if highest != "" {
			if f.Top, err = strconv.Atoi(highest); err != nil {
				return f, fmt.Errorf("range: %w", err)
			}
		}
	}
	if cells[colChoice] != "" {
		for _, n := range strings.Split(cells[colChoice], ",") {
			number, err := strconv.Atoi(n)
			if err != nil {
				return f, fmt.Errorf("choice: %w", err)
			}
			f.Choices = append(f.Choices, number)
		}
	}
	return f, nil
}

// parseChoice reads a choice such as "ListID | ( MaxReturned ( NameFilter | NameRangeFilter ) )": the
// bars outside of parentheses part the branches; a choice within a branch has a row of its own.
func parseChoice(cells []string) (Choice, error) {
	number, err := strconv.Atoi(cells[colChoice])
	if err != nil {
		return Choice{}, fmt.Errorf("choice: %w", err)
	}
	c := Choice{
		Request: cells[colRequest], Path: cells[colPath], Number: number,
		Optional: strings.HasPrefix(cells[colCard], "0"), Repeats: strings.HasSuffix(cells[colCard], "n"),
	}
	depth := 0
	var branch []string
	for _, word := range strings.Fields(cells[colValues]) {
		switch {
		case word == "(":
			depth++
		case word == ")":
			depth--
		case word != "|":
			branch = append(branch, word)
		case depth == 0:
			c.Branches = append(c.Branches, branch)
			branch = nil
		}
	}
	c.Branches = append(c.Branches, branch)
	return c, nil
}

// list splits a cell of several values.
func list(cell string) []string {
	if cell == "" {
		return nil
	}
	return strings.Split(cell, "|")
}
