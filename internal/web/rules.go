package web

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"qbridge/internal/bridge"
)

// rulesView is the page of all rules.
type rulesView struct {
	Version bridge.RulesVersion // in force; zero while nobody set any
	Read    bool                // the lists of the books are read
	Groups  []ruleGroup
	Missing []missingRule
}

// ruleGroup is the rules under one heading.
type ruleGroup struct {
	Name  string
	Rules []ruleRow
}

// Slug is the group in an address.
func (g ruleGroup) Slug() string { return slug(g.Name) }

func slug(group string) string { return strings.ReplaceAll(strings.ToLower(group), " ", "-") }

// missingRule is what is missing or wrong, and where that is put right; Slug is
// empty when no rule would.
type missingRule struct{ Key, Sentence, Slug string }

// ruleRow is one rule, as it is set or as it was typed.
type ruleRow struct {
	bridge.RuleField
	Names   []string // it may be set to
	Rows    []entryRow
	Hidden  int    // entries that are not among the Rows
	Problem string // in English
}

// entryRow is one entry of a table in a form.
type entryRow struct{ Old, Name, Value, Problem string }

// Limits of what one page shows.
const (
	mostEntries = 100  // of one table
	mostOffered = 1000 // names to choose from
	chosen      = 60   // names up to which they are shown as a list to choose from
	emptyRows   = 2    // for new entries
)

// Choose tells whether the names are few enough for a list.
func (r ruleRow) Choose() bool { return !r.Table && len(r.Names) > 0 && len(r.Names) <= chosen }

// Known tells whether the value is one of the names.
func (r ruleRow) Known() bool { return r.Value == "" || slices.Contains(r.Names, r.Value) }

// Parts are the values that a rule joins.
func (r ruleRow) Parts() []string {
	return strings.FieldsFunc(r.Value, func(c rune) bool { return c == ',' || c == ' ' })
}

// Has tells whether a choice is one of the Parts.
func (r ruleRow) Has(choice string) bool { return slices.Contains(r.Parts(), choice) }

// Datalist is where the page has the names of a list.
func (r ruleRow) Datalist() string { return datalist(r.List) }

func datalist(list string) string {
	if list == "" {
		return ""
	}
	return "names-" + strings.ReplaceAll(strings.ReplaceAll(strings.TrimSpace(list), " ", "-"), "%", "pc")
}

func (v *visit) missingRules(form bridge.RuleForm) (all []missingRule) {
	for _, m := range form.Missing {
		one := missingRule{Key: m.Key, Sentence: strings.TrimSpace(m.Sentence + " " + m.Cure)}
		name, _, _ := strings.Cut(m.Key, ".")
		if i := slices.IndexFunc(form.Fields, func(f bridge.RuleField) bool { return f.Key == name }); i >= 0 {
			one.Slug = slug(form.Fields[i].Group)
		}
		all = append(all, one)
	}
	return all
}

// ruleGroups sorts a form by its headings. find narrows the entries of tables.
func ruleGroups(form bridge.RuleForm, find string) (groups []ruleGroup) {
	wrong := map[string]string{}
	for _, m := range form.Missing {
		if wrong[m.Key] == "" {
			wrong[m.Key] = strings.TrimSpace(m.Sentence + " " + m.Cure)
		}
	}
	find = strings.ToLower(strings.TrimSpace(find))
	for _, f := range form.Fields {
		if len(groups) == 0 || groups[len(groups)-1].Name != f.Group {
			groups = append(groups, ruleGroup{Name: f.Group})
		}
		row := ruleRow{RuleField: f, Names: form.Names[f.List], Problem: wrong[f.Key]}
		for _, e := range f.Entries {
			if len(row.Rows) == mostEntries || find != "" && !strings.Contains(strings.ToLower(e.Name+" "+e.Value), find) {
				row.Hidden++
				continue
			}
			row.Rows = append(row.Rows, entryRow{e.Name, e.Name, e.Value, wrong[f.Key+"."+e.Name]})
		}
		g := &groups[len(groups)-1]
		g.Rules = append(g.Rules, row)
	}
	return groups
}

func rules(v *visit) error {
	form, err := v.bridge.RuleForm(v.ctx(), nil)
	if err != nil {
		return err
	}
	view := rulesView{Read: form.Read, Groups: ruleGroups(form, ""), Missing: v.missingRules(form)}
	log, err := v.bridge.RulesLog(v.ctx())
	if err != nil {
		return err
	}
	if len(log) > 0 {
		view.Version = log[len(log)-1]
	}
	return v.page("rules", view)
}

// ruleFormView is the form of one group of rules.
type ruleFormView struct {
	ruleGroup
	Version int64
	Read    bool
	Find    string
	Lists   map[string][]string // by the ID of the datalist
	Methods []string            // payment methods of the shop
	Groups  []ruleGroup
}

// Long tells whether tables have more entries than the page shows.
func (r ruleFormView) Long() bool {
	return r.Find != "" || slices.ContainsFunc(r.Rules, func(one ruleRow) bool { return one.Hidden > 0 })
}

func (v *visit) ruleFormView(group, find string, settings []bridge.RuleSetting) (view ruleFormView, err error) {
	form, err := v.bridge.RuleForm(v.ctx(), settings)
	if err != nil {
		return view, err
	}
	view = ruleFormView{Version: form.Version, Read: form.Read, Find: find, Lists: map[string][]string{}, Groups: ruleGroups(form, find)}
	i := slices.IndexFunc(view.Groups, func(g ruleGroup) bool { return g.Slug() == group })
	if i < 0 {
		return view, errNotFound
	}
	view.ruleGroup = view.Groups[i]
	for _, r := range view.Rules {
		if r.List != "" && !r.Choose() {
			view.Lists[r.Datalist()] = r.Names[:min(mostOffered, len(r.Names))]
		}
	}
	choices, err := v.bridge.FindChoices(v.ctx())
	view.Methods = choices.Methods
	return view, err
}

func ruleForm(v *visit) error {
	view, err := v.ruleFormView(v.r.PathValue("group"), v.r.URL.Query().Get("find"), nil)
	if err != nil {
		return err
	}
	return v.page("rules_group", view)
}

// ruleFormAgain is the form with what was typed in it, on the way back from
// the preview.
func ruleFormAgain(v *visit) error {
	view, err := v.ruleFormView(v.r.PathValue("group"), v.r.PostForm.Get("find"), v.settings())
	if err != nil {
		return err
	}
	return v.page("rules_group", view)
}

// typed are the values that a posted form of rules holds: rule:KEY is a value
// (several are joined), and old:KEY, entry:KEY and value:KEY are the columns of
// a table.
func (v *visit) typed() (held []bridge.RuleSetting, err error) {
	form := v.r.PostForm
	for _, name := range slices.Sorted(maps.Keys(form)) {
		what, key, _ := strings.Cut(name, ":")
		switch values := form[name]; what {
		case "rule":
			values = slices.DeleteFunc(slices.Clone(values), func(s string) bool { return strings.TrimSpace(s) == "" })
			held = append(held, bridge.RuleSetting{Key: key, Value: strings.Join(values, ", ")})
		case "entry":
			rows, err := v.typedRows(key)
			if err != nil {
				return nil, err
			}
			for _, row := range rows {
				if row.Old != "" && (row.Name != row.Old || row.Value == "") {
					held = append(held, bridge.RuleSetting{Key: key + "." + row.Old})
				}
				if row.Name != "" && row.Value != "" {
					held = append(held, bridge.RuleSetting{Key: key + "." + row.Name, Value: row.Value})
				}
			}
		}
	}
	return held, nil
}

func (v *visit) typedRows(key string) (rows []entryRow, err error) {
	form := v.r.PostForm
	old, entries, values := form["old:"+key], form["entry:"+key], form["value:"+key]
	if len(old) != len(entries) || len(old) != len(values) {
		return nil, refuse(fmt.Errorf("the form of the rule %q is not whole: open the page anew", key))
	}
	for i := range old {
		rows = append(rows, entryRow{Old: old[i], Name: strings.TrimSpace(entries[i]), Value: strings.TrimSpace(values[i])})
	}
	return rows, nil
}

// keepTyped puts what was typed, and what is wrong with it, into the form.
func (v *visit) keepTyped(g ruleGroup, problems map[string]string) {
	for i := range g.Rules {
		r := &g.Rules[i]
		if values, sent := v.r.PostForm["rule:"+r.Key]; sent {
			r.Value = strings.Join(slices.DeleteFunc(slices.Clone(values), func(s string) bool { return s == "" }), ", ")
			r.Problem = problems[r.Key]
		}
		if rows, err := v.typedRows(r.Key); err == nil && rows != nil {
			r.Rows = nil
			for _, row := range rows {
				if row.Name+row.Value != "" {
					row.Problem = problems[r.Key+"."+row.Name]
					r.Rows = append(r.Rows, row)
				}
			}
		}
	}
}

// settings are those that a preview holds on to: key and value in turn.
func (v *visit) settings() (settings []bridge.RuleSetting) {
	keys, values := v.r.PostForm["key"], v.r.PostForm["value"]
	for i := range min(len(keys), len(values)) {
		settings = append(settings, bridge.RuleSetting{Key: keys[i], Value: values[i]})
	}
	return settings
}

// formVersion is the version of the rules that a form was made of.
func (v *visit) formVersion() (int64, error) {
	n, err := strconv.ParseInt(v.r.PostForm.Get("version"), 10, 64)
	if err != nil {
		return 0, refuse(fmt.Errorf("the form does not say which rules it was made of: open the page anew"))
	}
	return n, nil
}

func rulesPath(group string) string {
	if group == "" {
		return "/rules"
	}
	return "/rules/" + url.PathEscape(group)
}

// All are the rows of a table's form, with some for new entries.
func (r ruleRow) All() (all []tableEntry) {
	for i, e := range append(slices.Clone(r.Rows), make([]entryRow, emptyRows)...) {
		all = append(all, tableEntry{e, r, int64(i) + 1})
	}
	return all
}

// tableEntry is one row of a table in a form.
type tableEntry struct {
	entryRow
	Rule   ruleRow
	Number int64
}

// First tells whether it is the first row for a new entry, which shows an example.
func (e tableEntry) First() bool { return e.Number == int64(len(e.Rule.Rows))+1 }

// Methods tells whether its name is a payment method of the shop.
func (e tableEntry) Methods() bool { return e.Rule.Entry == "text" && e.Rule.Key != "ship-methods" }

// ruleName is what a rule, or an entry of it, is called.
func (w *words) ruleName(key string) string {
	name, entry, _ := strings.Cut(key, ".")
	label := w.known("rule", name)
	if entry == "" {
		return label
	}
	return label + ": " + entry
}

// ruleValue is a value in words; what a person wrote comes as it is.
func (w *words) ruleValue(value string) string { return w.known("rule_value", value) }

// ruleDoc is what a rule does: in the reader's language when the words have it,
// else as the program says it, in English.
func (w *words) ruleDoc(key, english string) string {
	if doc := w.known("rule_doc", key); doc != key {
		return doc
	}
	return english
}
