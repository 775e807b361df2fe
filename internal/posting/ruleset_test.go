package posting_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"qbridge/internal/posting"
)

func TestRulesSetAndGet(t *testing.T) {
	cases := []struct {
		key, value string
		at         string // the key under which it is found
		want       string
		problem    string // a piece of the error
	}{
		{key: "mode", value: "post", at: "mode", want: "post"},
		{key: "deposit-to", value: "  Undeposited Funds ", at: "deposit-to", want: "Undeposited Funds"},
		{key: "rounding-limit", value: "0.1", at: "rounding-limit", want: "0.10"},
		{key: "tax.8.250", value: "Springfield", at: "tax.8.25", want: "Springfield"},
		{key: "tax.6.25+1.00 + 2.25%", value: "Springfield", at: "tax.1+2.25+6.25", want: "Springfield"},
		{key: "tax.10", value: "Ten", at: "tax.10.0", want: "Ten"},
		{key: "tax.9+10", value: "Nineteen", at: "tax.9+10", want: "Nineteen"}, // by size, not by letter
		{key: "items.TS-42", value: "Shoes:TS-42", at: "items.ts-42", want: "Shoes:TS-42"},
		{key: "items.A.B", value: "x", at: "items.a.b", want: "x"},
		{key: "payment-methods.Credit or debit card", value: "Visa", at: "payment-methods.Credit or debit card", want: "Visa"},
		{key: "mode", value: "live", problem: "look, pending, post"},
		{key: "mode", value: "", problem: "mode"},
		{key: "new-item-kind", value: "Inventory", problem: "NonInventory, Service, OtherCharge"},
		{key: "rounding-limit", value: "five", problem: "0.05"},
		{key: "rounding-limit", value: "-0.05", problem: "0.05"},
		{key: "rounding-limit", value: "0.005", problem: "0.05"},
		{key: "rounding-limit", value: "1e999999999", problem: "0.05"},
		{key: "rounding-limit", value: "1e-999999999", problem: "0.05"},
		{key: "tax.high", value: "x", problem: "high"},
		{key: "tax.-1", value: "x", problem: "-1"},
		{key: "tax.1e99", value: "x", problem: "1e99"},
		{key: "tax", value: "x", problem: "tax.8.25"},
		{key: "items.", value: "x", problem: "items.TS-42"},
		{key: "mode.x", value: "post", problem: "mode.x"},
		{key: "colour", value: "red", problem: "deposit-to"},
		{key: "", value: "red", problem: "deposit-to"},
	}
	for _, c := range cases {
		t.Run(c.key+"="+c.value, func(t *testing.T) {
			r := posting.DefaultRules()
			before := text(t, r)
			err := r.Set(c.key, c.value)
			if c.problem != "" {
				if err == nil || !strings.Contains(err.Error(), c.problem) {
					t.Errorf("%v, want an error that says %q", err, c.problem)
				}
				if text(t, r) != before {
					t.Error("a refused value changed the rules")
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got, ok := r.Get(c.at); !ok || got != c.want {
				t.Errorf("%s is %q, %v", c.at, got, ok)
			}
		})
	}
}

// Setting a rule leaves copies made before as they were; an empty value removes
// a map's entry.
func TestRulesSetCopiesMaps(t *testing.T) {
	r := rules()
	before := r
	if err := r.Set("tax.8.25", ""); err != nil {
		t.Fatal(err)
	}
	if _, ok := r.Tax["8.25"]; ok {
		t.Error("the entry is still there")
	}
	if before.Tax["8.25"] == "" {
		t.Error("the copy lost its entry")
	}
}

// Every field of Rules has a key, a sentence for people, and is known to Keys.
func TestRulesKeys(t *testing.T) {
	keys := posting.Rules{}.Keys()
	for f := range fieldsOf(reflect.TypeFor[posting.Rules]()) {
		if f.Tag.Get("doc") == "" || !slices.Contains(keys, f.Tag.Get("toml")) {
			t.Errorf("%s has no key or no sentence", f.Name)
		}
	}
	if keys := rules().Keys(); !slices.Contains(keys, "tax.1+2.25+6.25") || slices.Contains(keys, "tax") {
		t.Errorf("keys %v", keys)
	}
	for _, key := range rules().Keys() {
		if _, ok := rules().Get(key); !ok && !slices.Contains(posting.Rules{}.Keys(), key) {
			t.Errorf("%s is among the keys and can't be got", key)
		}
	}
}

func fieldsOf(t reflect.Type) func(func(reflect.StructField) bool) {
	return func(yield func(reflect.StructField) bool) {
		for i := range t.NumField() {
			if !yield(t.Field(i)) {
				return
			}
		}
	}
}

func TestRulesTOML(t *testing.T) {
	r := rules()
	for key, value := range map[string]string{`items.quote " and \ and =`: `Odd "item"`, "items.[x]": "#1", "deposit-to-by-method.Überweisung": "Clearing:Stripe"} {
		if err := r.Set(key, value); err != nil {
			t.Fatal(err)
		}
	}
	written, err := r.TOML()
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "rules.toml", string(written))
	back, err := posting.ParseRules(written)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(text(t, r), text(t, back)); diff != "" {
		t.Errorf("the rules are others after reading them back:\n%s", diff)
	}
}

func TestParseRules(t *testing.T) {
	for name, c := range map[string]struct{ toml, problem string }{
		"empty":                     {"", ""},
		"one rule":                  {"mode = \"post\"", ""},
		"unknown key":               {"colour = \"red\"", "colour"},
		"unknown table":             {"[colours]\nred = \"x\"", "colours"},
		"unknown value":             {"mode = \"live\"", "live"},
		"no rate":                   {"[tax]\nhigh = \"x\"", "high"},
		"one rate in two ways":      {"[tax]\n\"8.25\" = \"x\"\n\"8.250\" = \"y\"", "twice"},
		"one item in two ways":      {"[items]\n\"TS-42\" = \"x\"\n\"ts-42\" = \"y\"", "twice"},
		"no TOML":                   {"mode: post", "can't be read"},
		"number for a name":         {"deposit-to = 5", "can't be read"},
		"limit of a billion digits": {"rounding-limit = \"1e9999\"", "0.05"},
		"limit beyond the cent":     {"rounding-limit = \"0.005\"", "0.05"},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := posting.ParseRules([]byte(c.toml))
			if c.problem != "" {
				if err == nil || !strings.Contains(err.Error(), c.problem) {
					t.Errorf("%v, want an error that says %q", err, c.problem)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if r.MissingCustomer != "make" || !r.RoundingLimit.Equal(dec("0.05")) {
				t.Errorf("rules that are left out lost their default: %+v", r)
			}
		})
	}
}

// FuzzParseRules: what is accepted is written and read back the same.
func FuzzParseRules(f *testing.F) {
	written, err := rules().TOML()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(written)
	f.Add([]byte("[tax]\n\"1e2\" = \"x\"\n[items]\n\" \" = \"\""))
	f.Fuzz(func(t *testing.T, in []byte) {
		r, err := posting.ParseRules(in)
		if err != nil {
			return
		}
		out, err := r.TOML()
		if err != nil {
			t.Fatalf("rules that were read can't be written: %v", err)
		}
		back, err := posting.ParseRules(out)
		if err != nil {
			t.Fatalf("rules that were written can't be read: %v\n%s", err, out)
		}
		if diff := cmp.Diff(text(t, r), text(t, back)); diff != "" {
			t.Fatal(diff)
		}
	})
}

// enumerated are the keys of rules that take one of a few values.
func enumerated() (keys []string) {
	for f := range fieldsOf(reflect.TypeFor[posting.Rules]()) {
		if f.Tag.Get("values") != "" {
			keys = append(keys, f.Tag.Get("toml"))
		}
	}
	return keys
}

func TestValidate(t *testing.T) {
	cases := []struct {
		name   string
		change func(*setting)
		want   []string // keys
	}{
		{"complete", nil, nil},
		{"nothing set", func(s *setting) { s.rules = posting.DefaultRules() },
			[]string{"deposit-to", "shipping-item", "handling-item", "surcharge-item", "discount-item", "rounding-item", "tax", "no-tax-item"}},
		{"zero value", func(s *setting) { s.rules = posting.Rules{} },
			append(enumerated(), "home-currency", "deposit-to", "shipping-item", "handling-item", "surcharge-item", "discount-item", "rounding-item", "tax", "no-tax-item")},
		{"books not read", func(s *setting) { s.lists.Complete = false }, []string{"lists"}},
		{"income account is needed for made items alone", func(s *setting) { s.rules.IncomeAccount = "" }, nil},
		{"income account of made items", func(s *setting) { s.rules.MissingItem, s.rules.IncomeAccount = "make", "" }, []string{"income-account"}},
		{"income account of another type", func(s *setting) { s.rules.MissingItem, s.rules.IncomeAccount = "make", "Clearing:Stripe" }, []string{"income-account"}},
		{"deposit to receivables", func(s *setting) { s.rules.DepositTo = "Accounts Receivable" }, []string{"deposit-to"}},
		{"deposit to an inactive account", func(s *setting) { s.rules.DepositTo = "Shut" }, []string{"deposit-to"}},
		{"deposit by method to nowhere", func(s *setting) { s.rules.DepositToByMethod = map[string]string{"Stripe": "Nowhere"} }, []string{"deposit-to-by-method.Stripe"}},
		{"shipping by a discount item", func(s *setting) { s.rules.ShippingItem = "Discount" }, []string{"shipping-item"}},
		{"discount by a charge", func(s *setting) { s.rules.DiscountItem = "Shipping" }, []string{"discount-item"}},
		{"tip item gone", func(s *setting) { s.rules.TipItem = "Tips" }, []string{"tip-item"}},
		{"one customer, unnamed", func(s *setting) { s.rules.CustomerName = "one" }, []string{"shared-customer"}},
		{"jobs of a vendor", func(s *setting) { s.rules.CustomerName, s.rules.SharedCustomer = "job", "Acme" }, []string{"shared-customer"}},
		{"jobs of an inactive customer", func(s *setting) { s.rules.CustomerName, s.rules.SharedCustomer = "job", "Ann Asleep" }, []string{"shared-customer"}},
		{"jobs below the fifth level", func(s *setting) {
			s.lists.Names = append(s.lists.Names, posting.Name{ListID: "N-DEEP", Name: "e", FullName: "a:b:c:d:e", Kind: "Customer", Active: true})
			s.rules.CustomerName, s.rules.SharedCustomer = "job", "a:b:c:d:e"
		}, []string{"shared-customer"}},
		{"jobs of a job", func(s *setting) { s.rules.CustomerName, s.rules.SharedCustomer = "job", "rita jobs:kitchen" }, nil},
		{"a shared customer nobody uses", func(s *setting) { s.rules.SharedCustomer = "Nobody" }, nil},
		{"new items below one of another kind", func(s *setting) {
			s.rules.MissingItem, s.rules.NewItemParent, s.rules.NewItemTaxCode = "make", "TS-42", "Gone"
		}, []string{"new-item-parent", "new-item-tax-code"}},
		{"new items below one", func(s *setting) {
			s.rules.MissingItem, s.rules.NewItemParent, s.rules.NewItemTaxCode = "make", "ws-m", "lbr"
		}, nil},
		{"new items below the fifth level", func(s *setting) {
			s.lists.Items = append(s.lists.Items, posting.Item{ListID: "I-DEEP", Name: "e", FullName: "a:b:c:d:e", Kind: "NonInventory", Active: true})
			s.rules.MissingItem, s.rules.NewItemParent = "make", "I-DEEP"
		}, []string{"new-item-parent"}},
		{"new items below a service, though not made", func(s *setting) { s.rules.NewItemParent = "Enamel Mug" }, []string{"new-item-parent"}},
		{"no fallback item", func(s *setting) { s.rules.MissingItem = "fallback" }, []string{"fallback-item"}},
		{"a discount for a fallback", func(s *setting) { s.rules.MissingItem, s.rules.FallbackItem = "fallback", "Discount" }, []string{"fallback-item"}},
		{"an inactive plain item", func(s *setting) { s.rules.GroupItems, s.rules.PlainItem = "plain", "OLD-1" }, []string{"plain-item"}},
		{"no tip item", func(s *setting) { s.rules.TipItem = "" }, nil},
		{"method gone", func(s *setting) { s.rules.PaymentMethods["stripe"] = "Barter" }, []string{"payment-methods.stripe"}},
		{"item inactive", func(s *setting) { s.rules.Items = map[string]string{"x": "OLD-1"} }, []string{"items.x"}},
		{"rate of another size", func(s *setting) { s.rules.Tax["7"] = "Springfield" }, []string{"tax.7"}},
		{"no-tax item with a rate", func(s *setting) { s.rules.NoTaxItem = "County" }, []string{"no-tax-item"}},
		{"taxable code that does not tax", func(s *setting) { s.rules.TaxableCode = "LBR" }, []string{"taxable-code"}},
		{"another exempt code", func(s *setting) { s.rules.ExemptCode = "lbr" }, nil},
		{"file without default codes", func(s *setting) { s.lists.Company.TaxableCode, s.lists.Company.ExemptCode = "", "" }, []string{"taxable-code", "exempt-code"}},
		{"sales tax off", func(s *setting) {
			s.lists.Company.SalesTax, s.rules.Tax, s.rules.NoTaxItem = false, nil, ""
		}, nil},
		{"sales tax off, and rules that need it", func(s *setting) { s.lists.Company.SalesTax = false }, []string{"tax"}}, // said once
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := setting{posting.Sale{Order: plain()}, rules(), lists()}
			if c.change != nil {
				c.change(&s)
			}
			var keys []string
			for _, m := range s.rules.Validate(posting.NewBooks(s.lists)) {
				keys = append(keys, m.Key)
				if key, _, _ := strings.Cut(m.Key, "."); !strings.Contains(m.Sentence, key) && m.Key != "lists" {
					t.Errorf("the sentence for %s does not name it: %s", m.Key, m.Sentence)
				}
			}
			if diff := cmp.Diff(c.want, keys); diff != "" {
				t.Error(diff)
			}
		})
	}
}
