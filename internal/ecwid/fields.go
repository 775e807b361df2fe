package ecwid

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"
)

// reading keeps the first thing that could not be read, so that a decoder reads
// field after field and asks once.
type reading struct {
	what string // what is read, for people: "order K8XTQ"
	err  error
}

func (r *reading) fail(path, want string, got any) {
	if r.err == nil {
		r.err = fmt.Errorf("%s cannot be read: its field %s should be %s, but is %s", r.what, path, want, shown(got))
	}
}

// shown is a JSON value in few characters.
func shown(v any) string {
	if v == nil {
		return "missing"
	}
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprintf("%T", v)
	}
	if r := []rune(string(text)); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return string(text)
}

// node is one JSON object and where it stands. Every field of the shop's may be
// missing or null (ecwid.md 4), and then reads as zero.
type node struct {
	fields map[string]any
	path   string // "" or "items[2]."
	read   *reading
}

// parse reads one JSON object, numbers kept as they are written.
func parse(raw []byte, what string) (node, error) {
	v, err := parseAny(raw)
	if err != nil {
		return node{}, fmt.Errorf("%s cannot be read: %w", what, err)
	}
	fields, ok := v.(map[string]any)
	if !ok {
		return node{}, fmt.Errorf("%s cannot be read: it is %s instead of an object", what, shown(v))
	}
	return node{fields: fields, read: &reading{what: what}}, nil
}

func parseAny(raw []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(raw, []byte("\ufeff")))) // some proxies begin with the mark of UTF-8
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, fmt.Errorf("it is not whole JSON: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the end of the JSON")
	}
	return v, nil
}

// first gives the first of the names that is there and not null, and its path.
func (n node) first(names []string) (any, string) {
	for _, name := range names {
		if v := n.fields[name]; v != nil {
			return v, n.path + name
		}
	}
	return nil, n.path + names[0]
}

func (n node) has(name string) bool { return n.fields[name] != nil }

// text reads text; a number becomes its digits. Anything else is no text.
func (n node) text(names ...string) string {
	v, _ := n.first(names)
	switch v := v.(type) {
	case string:
		return strings.TrimSpace(v)
	case json.Number:
		return v.String()
	}
	return ""
}

// flag reads true or false, also as 1 or 0; nil when the shop says neither.
func (n node) flag(names ...string) *bool {
	v, path := n.first(names)
	switch v := v.(type) {
	case nil:
		return nil
	case bool:
		return &v
	case json.Number:
		if b, err := strconv.ParseBool(v.String()); err == nil {
			return &b
		}
	}
	n.read.fail(path, "true or false", v)
	return nil
}

// hint is a flag without which the order can still be read: no unless it is true.
func (n node) hint(names ...string) bool {
	v, _ := n.first(names)
	return v == true
}

// yes is a flag that is no when the shop says nothing.
func (n node) yes(names ...string) bool {
	b := n.flag(names...)
	return b != nil && *b
}

// whole reads a whole number: 2, "2" or 2.0.
func (n node) whole(names ...string) int64 {
	v, path := n.first(names)
	text := ""
	switch v := v.(type) {
	case nil:
		return 0
	case json.Number:
		text = v.String()
	case string:
		if text = strings.TrimSpace(v); text == "" {
			return 0
		}
	}
	if i, err := strconv.ParseInt(text, 10, 64); err == nil {
		return i
	}
	d, err := exact(text)
	if err != nil || !d.IsInteger() || !d.BigInt().IsInt64() {
		n.read.fail(path, "a whole number", v)
		return 0
	}
	return d.IntPart()
}

// number reads a whole number without which the order can still be read: 0
// unless it is one.
func (n node) number(name string) int64 {
	n.read = &reading{}
	return n.whole(name)
}

// money reads an amount, price or rate exactly as written, but for the noise of
// Java's doubles: what is within 1e-9 of a cent is that cent.
func (n node) money(names ...string) decimal.Decimal {
	v, path := n.first(names)
	if v == nil {
		return decimal.Zero
	}
	number, ok := v.(json.Number)
	if !ok {
		n.read.fail(path, "a number", v)
		return decimal.Zero
	}
	d, err := exact(number.String())
	if err != nil {
		n.read.fail(path, "an amount of money", v)
		return decimal.Zero
	}
	if cent := d.Round(2); d.Sub(cent).Abs().LessThan(decimal.New(1, -9)) {
		return cent
	}
	return d
}

// The widest number that is taken for money. Java prints a double with at most
// 17 digits; what needs more than these is no price.
const (
	maxDigits   = 40 // characters of the number
	maxExponent = 20 // E-notation, and digits before the point
)

// exact turns a JSON number into a decimal without rounding. Absurd exponents
// are refused: 1e999999 would fill the memory.
func exact(text string) (decimal.Decimal, error) {
	if len(text) > maxDigits {
		return decimal.Zero, errors.New("too many digits")
	}
	if i := strings.IndexAny(text, "eE"); i >= 0 {
		e, err := strconv.Atoi(text[i+1:])
		if err != nil || e > maxExponent || e < -maxExponent {
			return decimal.Zero, errors.New("the exponent is absurd")
		}
	}
	d, err := decimal.NewFromString(text)
	if err != nil {
		return decimal.Zero, fmt.Errorf("not a number: %w", err)
	}
	if d.Abs().GreaterThanOrEqual(decimal.New(1, maxExponent)) {
		return decimal.Zero, errors.New("too large")
	}
	return d, nil
}

// object reads an object; an empty one when there is none. Some of the shop's
// writers send [] for an empty object.
func (n node) object(name string) node {
	v := n.fields[name]
	child := node{path: n.path + name + ".", read: n.read}
	switch v := v.(type) {
	case nil:
	case map[string]any:
		child.fields = v
	case []any:
		if len(v) > 0 {
			n.read.fail(n.path+name, "an object", v)
		}
	default:
		n.read.fail(n.path+name, "an object", v)
	}
	return child
}

// detail reads an object without which the order can still be read.
func (n node) detail(name string) node {
	fields, _ := n.fields[name].(map[string]any)
	return node{fields: fields, path: n.path + name + ".", read: n.read}
}

// list reads a list of objects; empty when there is none.
func (n node) list(name string) []node {
	v := n.fields[name]
	if v == nil {
		return nil
	}
	items, ok := v.([]any)
	if !ok {
		n.read.fail(n.path+name, "a list", v)
		return nil
	}
	nodes := make([]node, 0, len(items))
	for i, item := range items {
		path := fmt.Sprintf("%s%s[%d]", n.path, name, i)
		fields, ok := item.(map[string]any)
		if !ok {
			n.read.fail(path, "an object", item)
			return nil
		}
		nodes = append(nodes, node{fields: fields, path: path + ".", read: n.read})
	}
	return nodes
}

// objects reads those objects of a list that are there, of a field without
// which the order can still be read.
func (n node) objects(name string) []node {
	items, _ := n.fields[name].([]any)
	var nodes []node
	for i, item := range items {
		if fields, ok := item.(map[string]any); ok {
			nodes = append(nodes, node{fields: fields, path: fmt.Sprintf("%s%s[%d].", n.path, name, i), read: n.read})
		}
	}
	return nodes
}

// when reads a time in words, else its timestamp; zero when the shop gives
// neither. The words come first: they are what people see (ecwid.md 4.1).
func (n node) when(words, stamp string) time.Time {
	told := n.text(words)
	if t, err := parseTime(told); err == nil && sane(t) {
		return t
	}
	if s := n.number(stamp); s > 0 {
		t := time.Unix(s, 0).UTC()
		// Subscriptions write milliseconds under the same name (ecwid.md 4.1);
		// as seconds they would lie beyond the year 5000.
		if s >= 1e11 {
			t = time.UnixMilli(s).UTC()
		}
		if sane(t) {
			return t
		}
		if told == "" {
			n.read.fail(n.path+stamp, "a time", n.fields[stamp])
		}
	}
	if told != "" {
		n.read.fail(n.path+words, "a time", n.fields[words])
	}
	return time.Time{}
}

// sane: no shop is older than the first second, and a year of five digits has no
// RFC 3339 form.
func sane(t time.Time) bool { return t.Unix() > 0 && t.Year() <= 9998 }

// parseTime reads the shop's times, with any offset, as UTC. A time without
// offset is UTC (ecwid.md 3.1).
func parseTime(text string) (time.Time, error) {
	bare := text
	if len(bare) > 10 && bare[10] == 'T' {
		bare = bare[:10] + " " + bare[11:]
	}
	if i := strings.LastIndexByte(bare, ' '); i > 10 { // before the offset
		bare = bare[:i] + bare[i+1:]
	}
	for _, layout := range []string{
		"2006-01-02 15:04:05-0700", "2006-01-02 15:04:05Z07:00", time.DateTime,
		"2006-01-02 15:04-0700", "2006-01-02 15:04Z07:00", "2006-01-02 15:04", time.DateOnly,
	} {
		if t, err := time.Parse(layout, bare); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is not a time", text)
}

// Zone finds a time zone by its IANA name, or by its distance from UTC: "GMT+3",
// "UTC-05:30".
func Zone(name string) (*time.Location, error) {
	found, err := time.LoadLocation(name)
	if err == nil {
		return found, nil
	}
	for _, prefix := range []string{"GMT", "UTC"} {
		distance, ok := strings.CutPrefix(strings.ToUpper(name), prefix)
		for _, layout := range []string{"-07:00", "-0700", "-07"} {
			if len(distance) == 2 { // "+3"
				distance = distance[:1] + "0" + distance[1:]
			}
			if t, problem := time.Parse(layout, distance); ok && problem == nil {
				_, seconds := t.Zone()
				return time.FixedZone(name, seconds), nil
			}
		}
	}
	return nil, err
}
