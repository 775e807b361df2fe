package qbxml

import (
	"bytes"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/shopspring/decimal"
)

// encoder writes one request.
type encoder struct {
	version   Version
	edition   Edition
	request   string // such as SalesReceiptAdd
	requestID string
	layouts   layouts
	out       *bytes.Buffer
}

// open begins an element; its attributes come next, if it has any, then inside.
func (e encoder) open(name string) {
	e.out.WriteByte('<')
	e.out.WriteString(name)
}

func (e encoder) attribute(name, value string) {
	e.out.WriteString(" " + name + `="`)
	escape(e.out, value)
	e.out.WriteByte('"')
}

func (e encoder) inside() { e.out.WriteByte('>') }

func (e encoder) close(name string) {
	e.out.WriteString("</")
	e.out.WriteString(name)
	e.out.WriteByte('>')
}

// escape writes checked text with what XML would take for markup as references.
func escape(out *bytes.Buffer, text string) {
	done := 0
	for i := range len(text) {
		reference := ""
		switch text[i] {
		case '&':
			reference = "&amp;"
		case '<':
			reference = "&lt;"
		case '>':
			reference = "&gt;"
		case '\'':
			reference = "&apos;"
		case '"':
			reference = "&quot;"
		default:
			continue
		}
		out.WriteString(text[done:i])
		out.WriteString(reference)
		done = i + 1
	}
	out.WriteString(text[done:])
}

// refuse makes the error for a path.
func (e encoder) refuse(path string, rule Rule, value, format string, args ...any) *FieldError {
	short, _ := Cut(value, 60)
	return &FieldError{Request: e.request, RequestID: e.requestID, Path: path, Rule: rule, Value: short,
		Detail: fmt.Sprintf(format, args...)}
}

// add writes a request into the set.
func (e encoder) add(r Request) error {
	body := reflect.Indirect(reflect.ValueOf(r.Body))
	if !body.IsValid() {
		return e.refuse("", RuleRequired, "", "has no body")
	}
	root := table().roots[e.request+"Rq"]
	if root == nil {
		return e.refuse("", RuleValue, "", "is no request in the table of elements")
	}
	e.open(root.name)
	if err := e.attributes(root, r); err != nil {
		return err
	}
	e.inside()
	defer e.close(root.name)
	if err := e.allowed(root, ""); err != nil {
		return err
	}
	// An Add or Mod has its content in an element of its own name, a query directly below the request.
	content := root.child(e.request)
	if content == nil {
		if len(r.RetElements) > 0 {
			return e.refuse("IncludeRetElement", RuleForm, "", "stands in the body of a query")
		}
		return e.content(root, body)
	}
	if err := e.aggregate(content, body); err != nil {
		return err
	}
	return e.retElements(root, r.RetElements)
}

// retElements names the elements that the answer to an Add or Mod is to hold.
func (e encoder) retElements(root *node, names []string) error {
	if len(names) == 0 {
		return nil
	}
	n := root.child("IncludeRetElement")
	if n == nil {
		return e.refuse("IncludeRetElement", RuleForm, "", "is no element of this request")
	}
	for _, name := range names {
		if err := e.element(n, reflect.ValueOf(name)); err != nil {
			return err
		}
	}
	return nil
}

// attributes writes requestID, iterator and iteratorID.
func (e encoder) attributes(root *node, r Request) error {
	switch {
	case r.ID == "":
		return e.refuse("", RuleRequired, "", "needs a requestID, or its answer could not be told from others")
	case len(r.ID) > maxRequestID:
		err := e.refuse("", RuleLength, r.ID, "has a requestID of %d characters where QuickBooks takes %d", len(r.ID), maxRequestID)
		err.Limit, err.Length = maxRequestID, len(r.ID)
		return err
	case !printableASCII(r.ID):
		return e.refuse("", RuleCharacter, r.ID, "must have a requestID of ASCII without blanks or control characters")
	}
	e.attribute("requestID", r.ID)
	if r.Iterator == "" {
		if r.IteratorID != "" {
			return e.refuse("", RuleChoice, r.IteratorID, "has an iteratorID without an iterator")
		}
		return nil
	}
	switch {
	case !slices.Contains(root.Attributes, "iterator"):
		return e.refuse("", RuleForm, "", "takes no iterator")
	case r.Iterator != IteratorStart && r.Iterator != IteratorContinue && r.Iterator != IteratorStop:
		return e.refuse("", RuleValue, string(r.Iterator), "must have an iterator of Start, Continue or Stop")
	case (r.Iterator == IteratorStart) != (r.IteratorID == ""):
		return e.refuse("", RuleChoice, r.IteratorID, "must have an iteratorID with Continue and Stop, and none with Start")
	}
	e.attribute("iterator", string(r.Iterator))
	if r.IteratorID != "" {
		if !printableASCII(r.IteratorID) {
			return e.refuse("", RuleCharacter, r.IteratorID, "must have an iteratorID of ASCII without blanks")
		}
		e.attribute("iteratorID", r.IteratorID)
	}
	return nil
}

// aggregate writes an element with the fields of the struct v in it.
func (e encoder) aggregate(n *node, v reflect.Value) error {
	e.open(n.name)
	e.inside()
	defer e.close(n.name)
	return e.content(n, v)
}

// content writes the fields of the struct v, in the order of the table.
func (e encoder) content(n *node, v reflect.Value) error {
	l := e.layouts.of(n, v.Type())
	given := make([]bool, len(n.children)) // the elements that will be there
	for _, f := range l.fields {
		if f.instead || isEmpty(v.Field(f.index)) {
			continue
		}
		for i, at := range f.elements {
			if at < 0 {
				return e.refuse(join(n.Path, f.names[i]), RuleForm, "", "is no element of this request")
			}
			given[at] = true
		}
	}
	if v.Type() == refType && given[n.index("ListID")] {
		given[n.index("FullName")] = false // QuickBooks would ignore it
	}
	for i, c := range n.choices {
		if err := e.choice(n, c, l.choices[i], given); err != nil {
			return err
		}
	}
	for i, child := range n.children {
		if !given[i] {
			if child.Required && !n.inChoice(child.name) {
				return e.refuse(child.Path, RuleRequired, "", "is required")
			}
			continue
		}
		f := l.fields[l.sources[i]]
		if child.name != f.names[0] {
			continue // written with the first of its names
		}
		if err := e.field(n, child, v.Field(f.index)); err != nil {
			return err
		}
	}
	return nil
}

// choice refuses elements that exclude one another, and a choice not made. The branches are those of
// c as indexes of children.
func (e encoder) choice(n *node, c Choice, branches [][]int, given []bool) error {
	var taken []string
	for i, branch := range branches {
		for k, at := range branch {
			if at >= 0 && given[at] {
				taken = append(taken, c.Branches[i][k])
				break
			}
		}
	}
	switch {
	case len(taken) == 0 && !c.Optional:
		var names []string
		for _, branch := range c.Branches {
			names = append(names, strings.Join(branch, "+"))
		}
		return e.refuse(n.Path, RuleRequired, "", "needs one of %s", strings.Join(names, ", "))
	case len(taken) > 1 && !c.Repeats:
		return e.refuse(n.Path, RuleChoice, "", "may have only one of %s", strings.Join(taken, ", "))
	}
	return nil
}

// field writes a field of a struct: once, or as often as its slice is long.
func (e encoder) field(parent, n *node, v reflect.Value) error {
	if v.Kind() != reflect.Slice {
		return e.element(n, v)
	}
	if v.Len() > 1 && !n.Repeats && !parent.inChoice(n.name) {
		return e.refuse(n.Path, RuleChoice, "", "may come only once")
	}
	for i := range v.Len() {
		item, as := v.Index(i), n
		if item.Kind() == reflect.Struct {
			for _, f := range e.layouts.shapes.of(item.Type()) {
				if !f.instead || item.Field(f.index).IsNil() {
					continue
				}
				rest := reflect.New(item.Type()).Elem()
				rest.Set(item)
				rest.Field(f.index).SetZero()
				as = parent.childOf(f.names)
				if !rest.IsZero() {
					return e.refuse(n.Path, RuleChoice, "", "must be empty beside a %s", as.name)
				}
				item = item.Field(f.index)
			}
		}
		if err := e.element(as, item); err != nil {
			return err
		}
	}
	return nil
}

// element writes one element.
func (e encoder) element(n *node, v reflect.Value) error {
	if v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	if e.version.Less(n.Since) && droppable(n.name) {
		return nil
	}
	if err := e.allowed(n, n.Path); err != nil {
		return err
	}
	if n.Type == "aggregate" {
		if v.Type() == refType && v.IsZero() {
			// An empty reference would clear the field instead of leaving it alone.
			return e.refuse(n.Path, RuleRequired, "", "needs a ListID or a FullName")
		}
		return e.aggregate(n, v)
	}
	text, err := e.text(n, v)
	if err != nil {
		return err
	}
	e.open(n.name)
	e.inside()
	escape(e.out, text)
	e.close(n.name)
	return nil
}

// droppable names the elements that carry no money and no meaning of the document; a version too old
// for them goes without.
func droppable(name string) bool {
	switch name {
	case "ExternalGUID", "BarCode", "PreferredDeliveryMethod", "JobTitle", "Cc":
		return true
	}
	return false
}

// allowed refuses an element that the version or the edition doesn't have.
func (e encoder) allowed(n *node, path string) error {
	if e.version.Less(n.Since) {
		return e.refuse(path, RuleVersion, "", "needs qbXML %s; this company file takes %s", n.Since, e.version)
	}
	if slices.Contains(n.NotIn, e.edition) {
		return e.refuse(path, RuleEdition, "", "is not in the %s edition of QuickBooks", e.edition)
	}
	return nil
}

// text is the content of an element without children, checked.
func (e encoder) text(n *node, v reflect.Value) (string, error) {
	switch v.Kind() {
	case reflect.Bool:
		return strconv.FormatBool(v.Bool()), nil
	case reflect.Int:
		i := int(v.Int())
		if i < n.Min || (n.Top > 0 && i > n.Top) {
			return "", e.refuse(n.Path, RuleValue, strconv.Itoa(i), "is out of range")
		}
		return strconv.Itoa(i), nil
	case reflect.Struct:
		return e.number(n, v.Interface().(decimal.Decimal))
	}
	s := v.String()
	if err := e.characters(n, s); err != nil {
		return "", err
	}
	limit, length := n.Max[e.edition], utf8.RuneCountInString(s)
	if n.Type == "IDTYPE" {
		limit = 36 // qbXML: an identifier holds 36 characters
	}
	if limit > 0 && length > limit {
		err := e.refuse(n.Path, RuleLength, s, "has %d characters where QuickBooks holds %d", length, limit)
		err.Limit, err.Length = limit, length
		return "", err
	}
	if s == "" {
		return "", e.refuse(n.Path, RuleRequired, "", "is empty")
	}
	if len(n.Values) > 0 && !slices.Contains(n.Values, s) {
		return "", e.refuse(n.Path, RuleValue, s, "must be one of %s", strings.Join(n.Values, ", "))
	}
	if n.Path == e.request+"/Name" && strings.Contains(s, ":") {
		return "", e.refuse(n.Path, RuleColon, s, "must not contain a colon, which parts a name from its parent's")
	}
	if !wellFormed(n.Type, s) {
		return "", e.refuse(n.Path, RuleForm, s, "is no %s", formOf(n.Type))
	}
	return s, nil
}

// characters refuses what QuickBooks cannot hold. Line breaks are for the long texts only.
func (e encoder) characters(n *node, s string) error {
	if !utf8.ValidString(s) {
		return e.refuse(n.Path, RuleCharacter, "", "is no valid text")
	}
	for _, r := range s {
		if r == '\n' && holdsLines(n) {
			continue
		}
		if !inQuickBooks(r) {
			return e.refuse(n.Path, RuleCharacter, s, "holds the character %U, which QuickBooks cannot store here", r)
		}
	}
	return nil
}

// holdsLines: descriptions, memos and notes, all of 4,095 characters, hold several lines.
func holdsLines(n *node) bool { return n.Max[US] == 4095 && n.name != "SerialNumber" }

// Decimals and integer digits of the number types.
const (
	amountDecimals, amountDigits = 2, 13 // AMTTYPE
	rateDecimals, rateDigits     = 5, 10 // PRICETYPE, QUANTYPE, PERCENTTYPE
)

// number writes an amount with exactly two decimals, a rate, quantity or percentage with at most five.
func (e encoder) number(n *node, d decimal.Decimal) (string, error) {
	if d.Exponent() < -100 || d.Exponent() > 100 {
		return "", e.refuse(n.Path, RuleForm, "", "is a number beyond any measure")
	}
	decimals, digits := int32(rateDecimals), int32(rateDigits)
	switch n.Type {
	case "AMTTYPE":
		decimals, digits = amountDecimals, amountDigits
	case "FLOATTYPE":
		return d.String(), nil
	}
	if d.Exponent() < -decimals && !d.Equal(d.Truncate(decimals)) {
		err := e.refuse(n.Path, RuleDecimals, d.String(), "has more than %d decimals", decimals)
		err.Limit, err.Length = int(decimals), int(-d.Exponent())
		return "", err
	}
	if !d.IsZero() && d.NumDigits()+int(d.Exponent()) > int(digits) {
		return "", e.refuse(n.Path, RuleLength, d.String(), "has more than %d digits before the point", digits)
	}
	if n.Type == "AMTTYPE" {
		return d.StringFixed(amountDecimals), nil
	}
	return d.String(), nil
}

var (
	guidForm     = regexp.MustCompile(`^(0|\{[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\})$`)
	dateTimeForm = regexp.MustCompile(`^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d([+-]\d\d:\d\d)?)?$`)
)

// wellFormed reports whether a text has the form of its type.
func wellFormed(kind, s string) bool {
	switch kind {
	case "GUIDTYPE":
		return guidForm.MatchString(s)
	case "DATETYPE":
		t, err := time.Parse(time.DateOnly, s)
		return err == nil && t.Year() >= 1901 // QuickBooks begins there
	case "DATETIMETYPE":
		_, err := DateTime(s).Time(time.UTC)
		return err == nil && dateTimeForm.MatchString(s)
	}
	return true
}

// formOf names a type for people.
func formOf(kind string) string {
	switch kind {
	case "GUIDTYPE":
		return "GUID such as {4D6F1F2A-0B1C-4D2E-8F3A-1234567890AB}"
	case "DATETYPE":
		return "day such as 2026-03-31, from 1901 on"
	}
	return "time such as 2026-03-31T17:45:00-05:00"
}

// join puts a name below a path.
func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "/" + name
}
