package qbxml

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
)

// sampler makes bodies out of the table: every field at its limit, and then without one or the other.
type sampler struct {
	edition Edition
	version Version
	shapes  shapes
	long    bool // texts as long as their elements allow
}

// body makes a body with all an edition and version allow, but for the elements in without (paths),
// and with the given branch of each choice that has it.
func (s sampler) body(b Body, without string, branch int) Body {
	root := table().roots[BodyName(b)+"Rq"]
	if content := root.child(BodyName(b)); content != nil {
		root = content
	}
	s.fill(reflect.ValueOf(b).Elem(), root, without, branch)
	return b
}

func (s sampler) fill(v reflect.Value, n *node, without string, branch int) {
	for _, f := range s.shapes.of(v.Type()) {
		if f.instead {
			continue
		}
		target := v.Field(f.index)
		for _, name := range f.names {
			child := n.child(name)
			if child == nil || child.Path == without || !s.allowed(child) || !chosen(n, name, branch) {
				continue
			}
			if target.Kind() == reflect.Slice {
				item := reflect.New(target.Type().Elem()).Elem()
				to := item
				if item.Kind() == reflect.Struct {
					if other, ok := s.shapes.named(item.Type(), name); ok && other.instead {
						to = item.Field(other.index)
					}
				}
				s.set(to, child, without, branch)
				target.Set(reflect.Append(target, item))
			} else {
				s.set(target, child, without, branch)
			}
		}
	}
}

func (s sampler) allowed(n *node) bool {
	for _, e := range n.NotIn {
		if e == s.edition {
			return false
		}
	}
	return !s.version.Less(n.Since)
}

// chosen reports whether an element is in the branch taken; a repeating choice takes all of them.
func chosen(n *node, name string, branch int) bool {
	for _, c := range n.choices {
		if c.Repeats {
			continue
		}
		taken := (branch*7919 + c.Number*104729) >> 3 % len(c.Branches) // any mixture of branches
		for i, names := range c.Branches {
			for _, one := range names {
				if one == name && i != taken {
					return false
				}
			}
		}
	}
	return true
}

func (s sampler) set(v reflect.Value, n *node, without string, branch int) {
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		s.set(v.Elem(), n, without, branch)
		if isEmpty(v) {
			v.SetZero()
		}
	case reflect.Struct:
		if v.Type() == decimalType {
			number := map[string]string{"AMTTYPE": "-9999999999999.99", "FLOATTYPE": "1.23456789"}[n.Type]
			if number == "" {
				number = "9999999999.99999"
			}
			v.Set(reflect.ValueOf(decimal.RequireFromString(number)))
			return
		}
		s.fill(v, n, without, branch)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int:
		v.SetInt(12)
	case reflect.String:
		v.SetString(s.text(n))
	}
}

// text is the longest text an element holds, in all editions.
func (s sampler) text(n *node) string {
	switch n.Type {
	case "IDTYPE":
		return "80000001-142267108280000001-14226710"
	case "GUIDTYPE":
		return "{4D6F1F2A-0B1C-4D2E-8F3A-1234567890AB}"
	case "DATETYPE":
		return "2026-02-28"
	case "DATETIMETYPE":
		return "2026-02-28T23:59:59-05:00"
	case "ENUMTYPE":
		return n.Values[len(n.Values)-1]
	}
	if !s.long {
		return "é&"
	}
	longest := 60
	for _, e := range []Edition{s.edition, US} { // the schema holds the limits of the US
		if limit := n.Max[e]; limit > 0 && (limit < longest || limit > 60) {
			longest = limit
		}
	}
	return strings.Repeat("é", longest)
}

// emptyBody makes a new body of a kind.
func emptyBody(t *testing.T, name string) Body {
	t.Helper()
	b, err := DecodeBody(name, []byte("{}"))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// samples makes every request with every optional part on and off, and every branch of its choices,
// for an edition and a version.
func samples(t *testing.T, e Edition, v Version) []Request {
	t.Helper()
	s := sampler{edition: e, version: v, shapes: shapes{}}
	var all []Request
	add := func(b Body) { all = append(all, Request{ID: fmt.Sprintf("r%d", len(all)), Body: b}) }
	for _, b := range bodies() {
		name := BodyName(b)
		if !s.allowed(table().roots[name+"Rq"]) {
			continue
		}
		for branch := range 16 {
			s.long = branch == 0
			add(s.body(emptyBody(t, name), "-", branch))
		}
		for _, f := range Fields(name + "Rq") {
			if !f.Required && f.Path != "" {
				add(s.body(emptyBody(t, name), f.Path, f.N))
			}
		}
		if b := s.body(emptyBody(t, name), "-", 0); table().roots[name+"Rq"].child(name) == nil {
			switch b.(type) {
			case *ListDeletedQuery, *TxnDeletedQuery, *TxnVoid, *TxnDel:
			default:
				add(emptyBody(t, name)) // a query without anything
			}
		}
	}
	return all
}
