package posting

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/BurntSushi/toml"
	"github.com/shopspring/decimal"
)

// DefaultRules are the rules of a new shop: look, and create nothing but
// customers. What has no safe default (accounts, items) is empty: Validate
// lists it.
func DefaultRules() Rules {
	return Rules{
		Mode: Look, Release: "automatic", SampleCompany: "refuse", HomeCurrency: "USD",
		MissingMethod: "hold", MissingCustomer: "make", CustomerName: firstLast, MissingItem: "hold", NewItemKind: "NonInventory",
		RoundingLimit: decimal.New(5, -2), Unpaid: "wait", SessionRequests: "500", SessionMinutes: "20",
		ZeroTotal: "post", TaxLineCases: "several-rates, sales-tax-off, beyond-limit", Document: "receipt", AfterSalesOrder: "nothing",
		Refunds: "hold", RefundForm: "card", ShipDate: "none", OtherField: "none",
	}
}

// Keys are the keys that Set takes and have a value or may get one: "mode",
// "tax.8.25". A map without entries gives its own key, "items".
func (r Rules) Keys() []string {
	var keys []string
	for i, f := range fields() {
		key := f.Tag.Get("toml")
		m, ok := reflect.ValueOf(r).Field(i).Interface().(map[string]string)
		if len(m) == 0 || !ok {
			keys = append(keys, key)
			continue
		}
		for _, entry := range slices.Sorted(maps.Keys(m)) {
			keys = append(keys, key+"."+entry)
		}
	}
	return keys
}

// Get is the value of a key of Keys as text; false when there is no such key.
func (r Rules) Get(key string) (string, bool) {
	for i, f := range fields() {
		name, entry, inMap := strings.Cut(key, ".")
		if f.Tag.Get("toml") != name {
			continue
		}
		switch v := reflect.ValueOf(r).Field(i).Interface().(type) {
		case map[string]string:
			return v[mapKey(name, entry)], inMap
		case string:
			return v, !inMap
		case decimal.Decimal:
			return v.StringFixed(cents), !inMap
		}
	}
	return "", false
}

// Set changes one rule. Maps take a key below their own: "tax.8.25",
// "items.TS-42"; an empty value removes the entry. Rates are written in one way
// ("8.250" is "8.25", rates joined by + are sorted), keys of items are folded.
// The error says which values a key takes. Maps are copied, so that a copy of
// the Rules made before keeps its own.
func (r *Rules) Set(key, value string) error {
	name, entry, inMap := strings.Cut(key, ".")
	value = strings.TrimSpace(value)
	for i, f := range fields() {
		if f.Tag.Get("toml") != name {
			continue
		}
		field := reflect.ValueOf(r).Elem().Field(i)
		switch v := field.Interface().(type) {
		case map[string]string:
			changed, err := setEntry(v, name, entry, value)
			if err != nil {
				return err
			}
			field.Set(reflect.ValueOf(changed))
			return nil
		case string:
			if inMap {
				return fmt.Errorf("the rule %q holds one value; set %q", key, name)
			}
			if err := allowed(f, value); err != nil {
				return err
			}
			field.SetString(value)
			return nil
		case decimal.Decimal:
			d, err := decimal.NewFromString(value)
			if err != nil || inMap || !limitAmount(d) {
				return fmt.Errorf("the rule %q takes an amount such as 0.05, not %q", name, value)
			}
			field.Set(reflect.ValueOf(d))
			return nil
		}
	}
	return fmt.Errorf("there is no rule %q; the rules are %s", key, strings.Join(Rules{}.Keys(), ", "))
}

// limitAmount reports whether d can be a limit: cents, not negative, and not of
// an exponent that takes for ever to write out.
func limitAmount(d decimal.Decimal) bool {
	return d.Exponent() >= -20 && d.Exponent() <= 6 && !d.IsNegative() && d.Equal(d.Truncate(cents))
}

func setEntry(entries map[string]string, name, entry, value string) (map[string]string, error) {
	key := mapKey(name, entry)
	if key == "" {
		return nil, fmt.Errorf("the rule %q takes a key below it, such as %s", name, example(name))
	}
	if name == "tax" {
		if _, err := taxKey(entry); err != nil {
			return nil, err
		}
	}
	changed := maps.Clone(entries)
	if changed == nil {
		changed = map[string]string{}
	}
	if value == "" {
		delete(changed, key)
	} else {
		changed[key] = value
	}
	if len(changed) == 0 {
		return nil, nil // no entries look the same however they came about
	}
	return changed, nil
}

func example(name string) string {
	switch name {
	case "tax":
		return "tax.8.25 or tax.1+2.25+6.25"
	case "items":
		return "items.TS-42"
	}
	return name + ".PayPal"
}

// mapKey is the one way a key of a map rule is written.
func mapKey(name, entry string) string {
	switch name {
	case "tax":
		if key, err := taxKey(entry); err == nil {
			return key
		}
	case "items":
		return Fold(entry)
	}
	return strings.TrimSpace(entry)
}

// taxKey reads rates in percent joined by + and writes them in one way: no
// needless zeros, sorted by size.
func taxKey(text string) (string, error) {
	var rates []decimal.Decimal
	for part := range strings.SplitSeq(text, "+") {
		rate, err := decimal.NewFromString(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(part), "%")))
		if err != nil || rate.IsNegative() || rate.Exponent() > 3 || rate.Exponent() < -9 {
			return "", fmt.Errorf("%q is no tax rate in percent: write 8.25, or 1+2.25+6.25 for rates that are added", text)
		}
		rates = append(rates, rate)
	}
	return joinRates(rates), nil
}

// joinRates is the key of a combination of rates: "1+2.25+6.25".
func joinRates(rates []decimal.Decimal) string {
	sorted := slices.SortedFunc(slices.Values(rates), decimal.Decimal.Cmp)
	texts := make([]string, len(sorted))
	for i, rate := range sorted {
		texts[i] = rate.String()
		if strings.Contains(texts[i], ".") {
			texts[i] = strings.TrimRight(strings.TrimRight(texts[i], "0"), ".")
		}
	}
	return strings.Join(texts, "+")
}

// allowed checks a value against the form or the enumeration in the field's tag.
func allowed(f reflect.StructField, value string) error {
	if err := formed(f.Tag.Get("form"), value); err != nil {
		return fmt.Errorf("the rule %q takes %w, not %q", f.Tag.Get("toml"), err, value)
	}
	values := f.Tag.Get("values")
	if values == "" || slices.Contains(strings.Split(values, "|"), value) {
		return nil
	}
	return fmt.Errorf("the rule %q takes %s, not %q", f.Tag.Get("toml"), strings.ReplaceAll(values, "|", ", "), value)
}

// fields are the fields of Rules in their order.
var fields = sync.OnceValue(func() []reflect.StructField { return reflect.VisibleFields(reflect.TypeFor[Rules]()) })

// TOML writes the rules with a comment on each: one values first, then the
// maps, as TOML wants it. ParseRules reads it back.
func (r Rules) TOML() ([]byte, error) {
	var out bytes.Buffer
	var tables []int
	for i, f := range fields() {
		if f.Type.Kind() == reflect.Map {
			tables = append(tables, i)
			continue
		}
		comment(&out, f)
		text, _ := r.Get(f.Tag.Get("toml"))
		if err := toml.NewEncoder(&out).Encode(map[string]string{f.Tag.Get("toml"): text}); err != nil {
			return nil, fmt.Errorf("the rule %s can't be written as TOML: %w", f.Tag.Get("toml"), err)
		}
		out.WriteString("\n")
	}
	for _, i := range tables {
		f := fields()[i]
		comment(&out, f)
		encoder := toml.NewEncoder(&out)
		encoder.Indent = ""
		entries := reflect.ValueOf(r).Field(i).Interface().(map[string]string)
		fmt.Fprintf(&out, "[%s]\n", f.Tag.Get("toml"))
		if err := encoder.Encode(entries); err != nil {
			return nil, fmt.Errorf("the rule %s can't be written as TOML: %w", f.Tag.Get("toml"), err)
		}
		out.WriteString("\n")
	}
	return append(bytes.TrimRight(out.Bytes(), "\n"), '\n'), nil
}

func comment(out *bytes.Buffer, f reflect.StructField) {
	fmt.Fprintf(out, "# %s\n", f.Tag.Get("doc"))
	if values := f.Tag.Get("values"); values != "" {
		fmt.Fprintf(out, "# one of: %s\n", strings.ReplaceAll(values, "|", ", "))
	}
}

// ParseRules reads rules as TOML writes them. Rules that the text leaves out
// keep their default. An unknown key, an unknown value, or one tax rate written
// in two ways is an error that names it.
func ParseRules(text []byte) (Rules, error) {
	read := DefaultRules()
	meta, err := toml.Decode(string(text), &read)
	if err != nil {
		return Rules{}, fmt.Errorf("the rules can't be read: %w", err)
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		first := slices.MinFunc(unknown, func(a, b toml.Key) int { return cmp.Compare(a.String(), b.String()) })
		return Rules{}, fmt.Errorf("there is no rule %q; the rules are %s", first.String(), strings.Join(Rules{}.Keys(), ", "))
	}
	rules := Rules{}
	for i, f := range fields() {
		name := f.Tag.Get("toml")
		entries, isMap := reflect.ValueOf(read).Field(i).Interface().(map[string]string)
		if !isMap {
			if d, ok := reflect.ValueOf(read).Field(i).Interface().(decimal.Decimal); ok && !limitAmount(d) {
				return Rules{}, fmt.Errorf("the rule %q takes an amount such as 0.05", name)
			}
			value, _ := read.Get(name)
			if err := rules.Set(name, value); err != nil {
				return Rules{}, err
			}
			continue
		}
		for _, entry := range slices.Sorted(maps.Keys(entries)) {
			if known, ok := rules.Get(name + "." + entry); ok && known != "" {
				return Rules{}, fmt.Errorf("the rule %s.%s is there twice, written in two ways", name, mapKey(name, entry))
			}
			if err := rules.Set(name+"."+entry, entries[entry]); err != nil {
				return Rules{}, err
			}
		}
	}
	return rules, nil
}
