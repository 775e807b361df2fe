package qbxml

import (
	"reflect"
	"slices"
	"strings"

	"github.com/shopspring/decimal"
)

// A struct field is the element of its own name. The tag qbxml says otherwise:
//
//	"Name"          the element of that name
//	"A/B|C"         the first of these paths that is there (in requests: each is a name)
//	"."             the element of the struct itself
//	"Name,instead"  in a struct that is one of a list: set, it takes the struct's place under Name
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
