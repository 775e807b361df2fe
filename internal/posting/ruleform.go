package posting

import (
	"maps"
	"slices"
	"strings"
)

// RuleField is one rule as a form shows it.
type RuleField struct {
	Key     string
	Group   string // its heading
	Doc     string // what it does, in English
	Table   bool   // it has Entries instead of a Value
	Value   string
	Entries []RuleEntry // sorted by their names
	Values  []string    // what it, or each entry, may be set to; none when that is free
	Several bool        // Values may be joined by commas
	List    string      // key of the names that it may be set to; "" when it names nothing in QuickBooks
	Wanted  string      // what it must name: "an account of the type Bank"; "" when it names nothing
	Entry   string      // how entries are named: rate, goods, text, condition, document, currency, field
	Like    RuleEntry   // an example; of a rule that is no table without Name
	Needed  bool        // orders wait for it
	Default string      // in a new shop
}

// RuleEntry is one entry of a rule that is a table.
type RuleEntry struct{ Name, Value string }

// Form gives all rules for a form, in the order of their fields, and the active
// entries of the books that they may name, by RuleField.List, in QuickBooks'
// order.
func (r Rules) Form(b *Books) (form []RuleField, names map[string][]string) {
	names = map[string][]string{}
	fields := r.fields()
	for _, k := range ruleKeys() {
		kind, choices, _ := strings.Cut(k.form, ":")
		f := RuleField{Key: k.key, Group: k.group, Doc: sentence(k.doc), Table: k.table, Value: k.text(fields), Values: k.values, Several: kind == "words", Entry: k.entry,
			Needed: k.needed(r, b), Default: k.fallback}
		if kind == "words" || kind == "one" {
			f.Values = strings.Split(choices, "|")
		}
		key, value := k.exampleEntry()
		f.Like.Value = value
		if k.table {
			f.Like.Name = strings.TrimPrefix(key, k.key+".")
		}
		entries := k.entries(fields)
		for _, name := range slices.Sorted(maps.Keys(entries)) {
			f.Entries = append(f.Entries, RuleEntry{name, entries[name]})
		}
		if list, named := listNamed(k.names.list); named {
			f.List, f.Wanted = k.names.list+" "+strings.Join(k.names.kinds, " "), k.names.wanted()
			if _, known := names[f.List]; !known {
				names[f.List] = k.names.among(list.all(b))
			}
		}
		form = append(form, f)
	}
	return form, names
}

// among gives the names of active entries that fit.
func (n naming) among(all []listed) (names []string) {
	for _, e := range all {
		if e.active && e.name != "" && n.fits(e) {
			names = append(names, e.name)
		}
	}
	return names
}
