package qbxml

import (
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/shopspring/decimal"
)

// A struct field is the element of its own name. The tag qbxml says otherwise:
//
//	"Name"          the element of that name
//	"A/B|C"         the first of these paths that is there (in requests: each is a name)
//	"."             the element of the struct itself
//	"A|B,instead"   in a struct that is one of a list: set, it takes the struct's place under A or B,
//	                whichever the list has
//	"-"             no element
type structField struct {
	index   int
	names   []string
	instead bool
}

// shapes remembers the fields of each struct type seen.
type shapes map[reflect.Type][]structField

func (s shapes) of(t reflect.Type) []structField {
	if fields, ok := s[t]; ok {
		return fields
	}
	var fields []structField
	for i := range t.NumField() {
		names, option, _ := strings.Cut(t.Field(i).Tag.Get("qbxml"), ",")
		if names == "-" {
			continue
		}
		if names == "" {
			names = t.Field(i).Name
		}
		fields = append(fields, structField{index: i, names: strings.Split(names, "|"), instead: option == "instead"})
	}
	s[t] = fields
	return fields
}

// named is the field for an element, if any.
func (s shapes) named(t reflect.Type, name string) (structField, bool) {
	for _, f := range s.of(t) {
		if slices.Contains(f.names, name) {
			return f, true
		}
	}
	return structField{}, false
}

// layout says how the fields of a struct type fill the elements below a node.
type layout struct {
	fields  []placedField
	sources []int     // by child of the node: the field that fills it, -1 for none
	choices [][][]int // by choice of the node and branch: the children in it
}

type placedField struct {
	structField
	elements []int // by name: the place among the node's children, -1 for none
}

// layouts holds the layout of each struct type at each node where a request has it.
type layouts struct {
	shapes shapes
	known  map[layoutKey]*layout
}

type layoutKey struct {
	node *node
	kind reflect.Type
}

// allLayouts are those of all requests, made at the first use.
var allLayouts = sync.OnceValue(func() layouts {
	s := layouts{shapes{}, map[layoutKey]*layout{}}
	for _, b := range bodies() {
		root := table().roots[BodyName(b)+"Rq"]
		if content := root.child(BodyName(b)); content != nil {
			root = content
		}
		s.add(root, reflect.TypeOf(b).Elem())
	}
	return s
})

func (s layouts) of(n *node, t reflect.Type) *layout { return s.known[layoutKey{n, t}] }

// add makes the layout of a struct type at a node, and those below it.
func (s layouts) add(n *node, t reflect.Type) {
	s.known[layoutKey{n, t}] = s.layout(n, t)
	for _, f := range s.shapes.of(t) {
		below := t.Field(f.index).Type
		for below.Kind() == reflect.Pointer || below.Kind() == reflect.Slice {
			below = below.Elem()
		}
		if below.Kind() != reflect.Struct || below == decimalType {
			continue
		}
		child := n.child(f.names[0])
		if child == nil {
			continue
		}
		s.add(child, below)
		for _, other := range s.shapes.of(below) { // what may take its place in a list
			if other.instead {
				s.add(n.childOf(other.names), below.Field(other.index).Type.Elem())
			}
		}
	}
}

func (s layouts) layout(n *node, t reflect.Type) *layout {
	l := &layout{sources: slices.Repeat([]int{-1}, len(n.children))}
	for i, f := range s.shapes.of(t) {
		placed := placedField{structField: f}
		for _, name := range f.names {
			at := n.index(name)
			placed.elements = append(placed.elements, at)
			if at >= 0 && l.sources[at] < 0 {
				l.sources[at] = i
			}
		}
		l.fields = append(l.fields, placed)
	}
	for _, c := range n.choices {
		var branches [][]int
		for _, names := range c.Branches {
			var branch []int
			for _, name := range names {
				branch = append(branch, n.index(name))
			}
			branches = append(branches, branch)
		}
		l.choices = append(l.choices, branches)
	}
	return l
}

var (
	decimalType = reflect.TypeFor[decimal.Decimal]()
	refType     = reflect.TypeFor[Ref]()
)

// isEmpty reports whether a field is to be left out: no text, no pointer, no list, or a pointer to an
// aggregate without content. An empty reference isn't: see encoder.element.
func isEmpty(v reflect.Value) bool {
	if v.Kind() == reflect.Slice {
		return v.Len() == 0
	}
	if v.Kind() == reflect.Pointer && !v.IsNil() {
		t := v.Elem().Type()
		return v.Elem().IsZero() && t.Kind() == reflect.Struct && t != decimalType && t != refType
	}
	return v.IsZero()
}
