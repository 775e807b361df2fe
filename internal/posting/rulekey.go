package posting

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/shopspring/decimal"
)

// ruleKey is what the tags of a field of Rules say; Rules explains each.
type ruleKey struct {
	index                                                       int
	key, group, doc, fallback, form, entry, need, seen, example string
	values, words, posts                                        []string
	names                                                       naming
	features                                                    map[string]Feature // by value; "*" is any
	table                                                       bool               // takes entries below it
}

// naming is what a rule's value must name in the books.
type naming struct {
	list  string   // of namedLists; "" when the value names nothing
	kinds []string // those that fit; any when empty
}

// ruleKeys are the rules in the order of their fields.
var ruleKeys = sync.OnceValue(func() []ruleKey {
	var all []ruleKey
	group := ""
	for i, f := range reflect.VisibleFields(reflect.TypeFor[Rules]()) {
		if heading := f.Tag.Get("group"); heading != "" {
			group = heading
		}
		k := ruleKey{index: i, key: f.Tag.Get("toml"), group: group, doc: f.Tag.Get("doc"), fallback: f.Tag.Get("default"), form: f.Tag.Get("form"),
			entry: f.Tag.Get("entry"), need: f.Tag.Get("need"), seen: f.Tag.Get("seen"), example: f.Tag.Get("example"),
			values: split(f.Tag.Get("values"), "|"), words: split(f.Tag.Get("words"), "|"), posts: split(f.Tag.Get("posts"), ","), table: f.Type.Kind() == reflect.Map}
		list, kinds, _ := strings.Cut(f.Tag.Get("names"), ":")
		k.names = naming{list, split(kinds, ",")}
		for _, pair := range split(f.Tag.Get("feature"), "|") {
			value, feature, _ := strings.Cut(pair, "=")
			if k.features == nil {
				k.features = map[string]Feature{}
			}
			k.features[value] = Feature(feature)
		}
		all = append(all, k)
	}
	return all
})

// split is strings.Split, but nothing of nothing.
func split(text, by string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, by)
}

// findRule finds the rule of a key, or of an entry below it.
func findRule(key string) (ruleKey, bool) {
	name, _, _ := strings.Cut(key, ".")
	i := slices.IndexFunc(ruleKeys(), func(k ruleKey) bool { return k.key == name })
	if i < 0 {
		return ruleKey{}, false
	}
	return ruleKeys()[i], true
}

// fields are the values of rules, for the methods of ruleKey; make them once
// and ask often.
func (r Rules) fields() reflect.Value { return reflect.ValueOf(r) }

// text is the value of a rule that holds one; "" of a table.
func (k ruleKey) text(fields reflect.Value) string {
	switch v := fields.Field(k.index).Interface().(type) {
	case string:
		return v
	case decimal.Decimal:
		return v.StringFixed(cents)
	}
	return ""
}

// entries are those of a rule that is a table.
func (k ruleKey) entries(fields reflect.Value) map[string]string {
	m, _ := fields.Field(k.index).Interface().(map[string]string)
	return m
}

// allowed checks a value against the form or the enumeration in the tags.
func (k ruleKey) allowed(value string) error {
	if err := formed(k.form, value); err != nil {
		return fmt.Errorf("the rule %q takes %w, not %q", k.key, err, value)
	}
	if len(k.values) == 0 || slices.Contains(k.values, value) {
		return nil
	}
	return fmt.Errorf("the rule %q takes %s, not %q", k.key, strings.Join(k.values, ", "), value)
}

// exampleEntry is an example as Set takes it: "tax.8.25" and "State Sales Tax".
// Of an enumeration it is the first value that is not the default.
func (k ruleKey) exampleEntry() (key, value string) {
	if k.table {
		entry, value, _ := strings.Cut(k.example, "=")
		return k.key + "." + entry, value
	}
	for _, v := range k.values {
		if v != k.fallback {
			return k.key, v
		}
	}
	return k.key, given(k.example, k.fallback)
}
