package posting_test

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"qbridge/internal/posting"
)

// TestRulesPage: docs/rules.md is what the tags of Rules say; -update writes it.
func TestRulesPage(t *testing.T) {
	want, err := posting.ExplainRules()
	if err != nil {
		t.Fatal(err)
	}
	const begin, end = "<!-- rules -->\n", "<!-- end of rules -->"
	path := filepath.Join("..", "..", "docs", "rules.md")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	page := strings.ReplaceAll(string(text), "\r\n", "\n")
	before, rest, found := strings.Cut(page, begin)
	old, after, foundEnd := strings.Cut(rest, end)
	if !found || !foundEnd {
		t.Fatalf("docs/rules.md has no place for the rules, between %q and %q", begin, end)
	}
	if *update {
		if err := os.WriteFile(path, []byte(before+begin+want+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(old, want); diff != "" {
		t.Errorf("docs/rules.md (-) and the rules (+) differ; go test ./internal/posting -update writes it:\n%s", diff)
	}
}

// TestRuleIsOneField: all that there is of a rule follows from its field in
// Rules. A rule that somebody adds is tested here without a line more.
func TestRuleIsOneField(t *testing.T) {
	known := map[string][]string{"form": {"", "hours", "days", "count", "count-or-none", "words", "one", "rate", "fee", "source"}, "entry": {"", "rate", "goods", "text", "condition", "document", "currency", "tax", "field"},
		"seen": {"", "payment", "deposit", "refund-deposit", "ship-method", "status", "currency", "new-goods", "shipping", "handling", "discounts", "surcharges", "tips", "gift-cards", "credit", "refunds", "unpaid", "several-rates"}}
	for f := range fieldsOf(reflect.TypeFor[posting.Rules]()) {
		key := f.Tag.Get("toml")
		t.Run(key, func(t *testing.T) {
			for tag, values := range known {
				if v, _, _ := strings.Cut(f.Tag.Get(tag), ":"); !slices.Contains(values, v) {
					t.Errorf("the tag %s is %q, and nothing knows that", tag, v)
				}
			}
			set, value := key, f.Tag.Get("example")
			switch f.Type {
			case reflect.TypeFor[map[string]string]():
				entry, named, _ := strings.Cut(value, "=")
				set, value = key+"."+entry, named
			case reflect.TypeFor[string](), reflect.TypeFor[decimal.Decimal]():
				if values := f.Tag.Get("values"); values != "" {
					value = values[strings.LastIndex(values, "|")+1:]
				}
			default:
				t.Fatalf("a rule is a string, a decimal or a table, no %s", f.Type)
			}
			if value == "" {
				t.Fatal("it has neither values nor an example")
			}
			r := posting.DefaultRules()
			if def, single := r.Get(key); single && def != f.Tag.Get("default") || single && f.Tag.Get("values") != "" && r.Set(key, def) != nil {
				t.Errorf("its default is %q", def)
			}
			if err := r.Set(set, value); err != nil {
				t.Fatal(err)
			}
			if got, ok := r.Get(set); !ok || got != value {
				t.Errorf("set to %q, it is %q", value, got)
			}
			if !slices.Contains(r.Keys(), set) && !slices.Contains(r.Keys(), strings.ToLower(set)) {
				t.Errorf("%s is not among the keys", set)
			}
			written, err := r.TOML()
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(string(written), "# "+f.Tag.Get("doc")+"\n") || !strings.Contains(string(written), value) {
				t.Errorf("the TOML lacks its sentence or its value")
			}
			back, err := posting.ParseRules(written)
			if err != nil {
				t.Fatal(err)
			}
			if got, _ := back.Get(set); got != value {
				t.Errorf("read back from TOML it is %q", got)
			}
			page, err := posting.ExplainRules(key)
			if err != nil || !strings.Contains(page, "### `"+key+"`") {
				t.Errorf("its page: %q, %v", page, err)
			}
			if f.Tag.Get("names") == "" {
				return
			}
			if err := r.Set(set, "No such thing"); err != nil {
				t.Fatal(err)
			}
			if other, value, isRule := strings.Cut(f.Tag.Get("need"), "="); isRule {
				if err := r.Set(other, strings.Split(value, "|")[0]); err != nil {
					t.Fatal(err)
				}
			}
			books := lists()
			books.Company.Classes, books.Company.TaxableCode, books.Company.ExemptCode = true, "", ""
			unset := r
			if err := unset.Set(set, ""); err != nil {
				t.Fatal(err)
			}
			asked := func(s posting.Suggestion) bool { return s.Key == key }
			if need := f.Tag.Get("need"); need != "" && f.Type.Kind() != reflect.Map && !slices.ContainsFunc(posting.Suggest(posting.Seen{}, posting.NewBooks(books), unset), asked) {
				t.Errorf("orders wait for it, and nothing is proposed")
			}
			if missing := r.Validate(posting.NewBooks(books)); !complains(missing, set, "No such thing") {
				t.Errorf("a name that the books don't have is not found: %v", missing)
			}
		})
	}
	if _, err := posting.ExplainRules("colour"); err == nil || !strings.Contains(err.Error(), "deposit-to") {
		t.Errorf("an unknown rule is explained: %v", err)
	}
}

func complains(missing []posting.Missing, key, piece string) bool {
	for _, m := range missing {
		if strings.EqualFold(m.Key, key) && strings.Contains(m.Sentence, piece) {
			return true
		}
	}
	return false
}
