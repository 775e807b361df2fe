package posting

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// ExplainRules describes the rules for people, in Markdown: what each does,
// what it takes, and what it needs in QuickBooks. keys narrows it, headings
// left out; an unknown one is an error. docs/rules.md is made of it.
func ExplainRules(keys ...string) (string, error) {
	var page strings.Builder
	group := ""
	for _, k := range ruleKeys() {
		switch {
		case len(keys) > 0 && !slices.Contains(keys, k.key):
			continue
		case len(keys) == 0 && k.group != group:
			group = k.group
			fmt.Fprintf(&page, "## %s\n\n", group)
		}
		fmt.Fprintf(&page, "### `%s`\n\n%s.\n\n", k.key, sentence(k.doc))
		for _, f := range k.facts() {
			fmt.Fprintf(&page, "- %s\n", f)
		}
		page.WriteString("\n")
	}
	for _, key := range keys {
		if k, ok := findRule(key); !ok || k.key != key {
			return "", fmt.Errorf("there is no rule %q; the rules are %s", key, strings.Join(Rules{}.Keys(), ", "))
		}
	}
	return page.String(), nil
}

// facts are what is to be known of a rule beside what it does.
func (k ruleKey) facts() []string {
	var all []string
	fact := func(format string, a ...any) { all = append(all, fmt.Sprintf(format, a...)) }
	switch like, _ := k.exampleEntry(); {
	case k.table:
		fact("a table: each entry is a rule of its own, like `%s`", like)
	case len(k.values) > 0:
		fact("one of `%s`", strings.Join(k.values, "`, `"))
	}
	if takes := formed(k.form, "?"); takes != nil {
		fact("%v", takes)
	}
	if k.fallback != "" {
		fact("`%s` in a new shop", k.fallback)
	}
	if list, ok := listNamed(k.names.list); ok {
		fact("in QuickBooks: %s, active (%s)", k.names.wanted(), list.where)
		if list.feature != "" && string(list.feature) != k.need {
			fact("needs %s", list.feature.words())
		}
	}
	if len(k.posts) > 0 {
		fact("its account should be of the type %s", kindWords(k.posts))
	}
	for _, value := range slices.Sorted(maps.Keys(k.features)) {
		what := fmt.Sprintf("`%s` needs", value)
		if value == "*" {
			what = "needs"
		}
		fact("%s %s", what, k.features[value].words())
	}
	switch other, value, isRule := strings.Cut(k.need, "="); {
	case isRule:
		fact("orders wait for it when `%s` is `%s`", other, strings.ReplaceAll(value, "|", "` or `"))
	case k.need == string(SalesTaxOn):
		fact("orders wait for it when QuickBooks has sales tax switched on")
	case k.need != "":
		fact("orders wait for it")
	}
	if key, value := k.exampleEntry(); value != "" {
		fact("`qbridge rules set %s %s`", quoted(key), quoted(value))
	}
	return all
}

// quoted is a word of a command line.
func quoted(word string) string {
	if strings.ContainsAny(word, " ,<>|&;()") {
		return `"` + word + `"`
	}
	return word
}
