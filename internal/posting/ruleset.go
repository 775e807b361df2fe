package posting

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"regexp"
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
	var r Rules
	fields := reflect.ValueOf(&r).Elem()
	for _, k := range ruleKeys() {
		switch field := fields.Field(k.index); field.Interface().(type) {
		case string:
			field.SetString(k.fallback)
		case decimal.Decimal:
			field.Set(reflect.ValueOf(decimal.RequireFromString(given(k.fallback, "0"))))
		}
	}
	return r
}

// Keys are the keys that Set takes and have a value or may get one: "mode",
// "tax.8.25". A table without entries gives its own key, "items".
func (r Rules) Keys() []string {
	var keys []string
	fields := r.fields()
	for _, k := range ruleKeys() {
		entries := k.entries(fields)
		if len(entries) == 0 {
			keys = append(keys, k.key)
		}
		for _, entry := range slices.Sorted(maps.Keys(entries)) {
			keys = append(keys, k.key+"."+entry)
		}
	}
	return keys
}

// Get is the value of a key of Keys as text; false when there is no such key.
func (r Rules) Get(key string) (string, bool) {
	k, ok := findRule(key)
	if !ok {
		return "", false
	}
	_, entry, inTable := strings.Cut(key, ".")
	if k.table {
		return k.entries(r.fields())[k.entryKey(entry)], inTable
	}
	return k.text(r.fields()), !inTable
}

// Set changes one rule. Tables take a key below their own: "tax.8.25",
// "items.TS-42"; an empty value removes the entry. Rates are written in one way
// ("8.250" is "8.25", rates joined by + are sorted), keys of items are folded.
// The error says which values a key takes. Tables are copied, so that a copy of
// the Rules made before keeps its own.
func (r *Rules) Set(key, value string) error {
	k, ok := findRule(key)
	if !ok {
		return fmt.Errorf("there is no rule %q; the rules are %s", key, strings.Join(Rules{}.Keys(), ", "))
	}
	_, entry, inTable := strings.Cut(key, ".")
	value = strings.TrimSpace(value)
	field := reflect.ValueOf(r).Elem().Field(k.index)
	switch v := field.Interface().(type) {
	case map[string]string:
		changed, err := k.setEntry(v, entry, value)
		if err != nil {
			return err
		}
		field.Set(reflect.ValueOf(changed))
	case string:
		if inTable {
			return fmt.Errorf("the rule %q holds one value; set %q", key, k.key)
		}
		if err := k.allowed(value); err != nil {
			return err
		}
		field.SetString(value)
	case decimal.Decimal:
		d, err := decimal.NewFromString(value)
		if err != nil || inTable || !limitAmount(d) {
			return fmt.Errorf("the rule %q takes an amount such as 0.05, not %q", k.key, value)
		}
		field.Set(reflect.ValueOf(d))
	}
	return nil
}

// limitAmount reports whether d can be a limit: cents, not negative, and not of
// an exponent that takes for ever to write out.
func limitAmount(d decimal.Decimal) bool {
	return d.Exponent() >= -20 && d.Exponent() <= 6 && !d.IsNegative() && d.Equal(d.Truncate(cents))
}

func (k ruleKey) setEntry(entries map[string]string, entry, value string) (map[string]string, error) {
	key := k.entryKey(entry)
	if key == "" {
		like, _ := k.exampleEntry()
		return nil, fmt.Errorf("the rule %q takes a key below it, such as %s", k.key, like)
	}
	if err := k.allowedEntry(entry, value); err != nil {
		return nil, err
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

// allowedEntry checks the key of an entry of a table, and its value when it has
// one.
func (k ruleKey) allowedEntry(entry, value string) error {
	problem := error(nil)
	switch k.entry {
	case "rate":
		_, problem = taxKey(entry)
	case "condition":
		_, problem = conditionsIn(entry)
	case "field":
		problem = fieldName(strings.TrimSpace(entry))
	case "document":
		problem = formed("one:receipt|invoice|sales-order|credit-memo", strings.TrimSpace(entry))
	case "currency":
		if !currencyForm().MatchString(strings.ToUpper(strings.TrimSpace(entry))) {
			problem = errors.New("a currency of three letters, such as EUR")
		}
	}
	if problem != nil {
		return fmt.Errorf("the rule %q can't have the entry %q: %w", k.key, entry, problem)
	}
	if value == "" {
		return nil
	}
	return k.allowed(value)
}

// currencyForm is ISO 4217's.
var currencyForm = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Z]{3}$`) })

// entryKey is the one way a key of a table is written.
func (k ruleKey) entryKey(entry string) string {
	switch k.entry {
	case "rate":
		if key, err := taxKey(entry); err == nil {
			return key
		}
	case "tax":
		if key, err := taxKey(entry); err == nil {
			return key
		}
		return Fold(entry)
	case "goods":
		return Fold(entry)
	case "condition":
		if all, err := conditionsIn(entry); err == nil {
			return joinConditions(all)
		}
	case "currency":
		return strings.ToUpper(strings.TrimSpace(entry))
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

// TOML writes the rules with a comment on each: one values first, then the
// tables, as TOML wants it. ParseRules reads it back.
func (r Rules) TOML() ([]byte, error) { return r.commented(nil) }

// commented writes the rules with further comments, by key.
func (r Rules) commented(remarks map[string][]string) ([]byte, error) {
	var out bytes.Buffer
	var tables []ruleKey
	fields := r.fields()
	for _, k := range ruleKeys() {
		if k.table {
			tables = append(tables, k)
			continue
		}
		k.comment(&out, remarks[k.key])
		if err := toml.NewEncoder(&out).Encode(map[string]string{k.key: k.text(fields)}); err != nil {
			return nil, fmt.Errorf("the rule %s can't be written as TOML: %w", k.key, err)
		}
		out.WriteString("\n")
	}
	for _, k := range tables {
		k.comment(&out, remarks[k.key])
		encoder := toml.NewEncoder(&out)
		encoder.Indent = ""
		fmt.Fprintf(&out, "[%s]\n", k.key)
		if err := encoder.Encode(k.entries(fields)); err != nil {
			return nil, fmt.Errorf("the rule %s can't be written as TOML: %w", k.key, err)
		}
		out.WriteString("\n")
	}
	return append(bytes.TrimRight(out.Bytes(), "\n"), '\n'), nil
}

func (k ruleKey) comment(out *bytes.Buffer, remarks []string) {
	fmt.Fprintf(out, "# %s\n", k.doc)
	if len(k.values) > 0 {
		fmt.Fprintf(out, "# one of: %s\n", strings.Join(k.values, ", "))
	}
	for _, remark := range remarks {
		fmt.Fprintf(out, "# %s\n", remark)
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
	rules, fields := Rules{}, read.fields()
	for _, k := range ruleKeys() {
		if !k.table {
			if d, ok := fields.Field(k.index).Interface().(decimal.Decimal); ok && !limitAmount(d) {
				return Rules{}, fmt.Errorf("the rule %q takes an amount such as 0.05", k.key)
			}
			if err := rules.Set(k.key, k.text(fields)); err != nil {
				return Rules{}, err
			}
			continue
		}
		entries := k.entries(fields)
		for _, entry := range slices.Sorted(maps.Keys(entries)) {
			if known, ok := rules.Get(k.key + "." + entry); ok && known != "" {
				return Rules{}, fmt.Errorf("the rule %s.%s is there twice, written in two ways", k.key, k.entryKey(entry))
			}
			if err := rules.Set(k.key+"."+entry, entries[entry]); err != nil {
				return Rules{}, err
			}
		}
	}
	return rules, nil
}
