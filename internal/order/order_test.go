package order

import (
	"testing"
)

func TestPersonDisplay(t *testing.T) {
	for _, tc := range []struct {
		name   string
		person Person
		want   string
		empty  bool
	}{
		{"full name", Person{Name: " Ann  Lee ", First: "A", Company: "Lee Ltd"}, "Ann Lee", false},
		{"first and last", Person{First: "Ann", Last: "Lee", Company: "Lee Ltd"}, "Ann Lee", false},
		{"last only", Person{Last: "Lee"}, "Lee", false},
		{"company", Person{Company: "Lee Ltd"}, "Lee Ltd", false},
		{"a street and no name", Person{Street: []string{"1 Road"}}, "", false},
		{"blank", Person{Name: "  "}, "", false},
		{"nothing", Person{}, "", true},
	} {
		if got := tc.person.Display(); got != tc.want || tc.person.Empty() != tc.empty {
			t.Errorf("%s: %q, empty %t; want %q, %t", tc.name, got, tc.person.Empty(), tc.want, tc.empty)
		}
	}
}

func TestBuyerIsNeverEmpty(t *testing.T) {
	for want, o := range map[string]Order{
		"Ann":                  {ID: "1", Billing: Person{Name: "Ann"}, Shipping: Person{Name: "Bob"}, Email: "a@example.com"},
		"Bob":                  {ID: "1", Shipping: Person{Name: "Bob"}, Email: "a@example.com"},
		"a@example.com":        {ID: "1", Email: "a@example.com"},
		"buyer of order K8XTQ": {ID: "K8XTQ"},
	} {
		if got := o.Buyer(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if n := (Order{ID: "lala1028001", Key: "n:1028"}).Number(); n != "lala1028001" {
		t.Errorf("the number is %q", n)
	}
}

// ecwid.md 5.3: grouped by name, rate and jurisdiction over goods, shipping and fees.
func TestTaxes(t *testing.T) {
	state := func(goods, ship, fee string) Tax {
		g, s, f := dec(goods), dec(ship), dec(fee)
		return Tax{Name: "State", Rate: dec("6.25"), Total: g.Add(s).Add(f), OnGoods: g, OnShipping: s, OnHandling: f, Jurisdiction: "STATE"}
	}
	county := Tax{Name: "State", Rate: dec("6.250"), Total: dec("1"), OnGoods: dec("1"), Jurisdiction: "COUNTY"}
	other := Tax{Name: "State", Rate: dec("7"), Total: dec("2"), OnGoods: dec("2"), Jurisdiction: "STATE"}
	o := Order{
		Lines:      []Line{{Taxes: []Tax{state("1.10", "0", "0"), county}}, {Taxes: []Tax{state("2.20", "0", "0"), other}}},
		ShipCharge: Charge{Taxes: []Tax{state("0", "0.30", "0")}},
		Handling:   Charge{Taxes: []Tax{state("0", "0", "0.04")}},
		Surcharges: []Charge{{Taxes: []Tax{state("0", "0", "0.05")}}},
		ShipTaxes:  []Tax{state("0", "99", "0")}, // the shop's own list, never added
	}
	rows := o.Taxes()
	if len(rows) != 3 {
		t.Fatalf("%d rows, want 3: %v", len(rows), rows)
	}
	first := rows[0]
	for name, pair := range map[string][2]string{
		"goods": {first.OnGoods.String(), "3.3"}, "shipping": {first.OnShipping.String(), "0.3"}, "fees": {first.OnHandling.String(), "0.09"},
		"total": {first.Total.String(), "3.69"}, "tax on shipping": {o.ShippingTax().String(), "0.3"},
		"order of the rows": {rows[1].Jurisdiction + rows[2].Rate.String(), "COUNTY7"},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s: %s, want %s", name, pair[0], pair[1])
		}
	}
	if again := o.Taxes(); !again[0].Total.Equal(first.Total) || !o.Lines[0].Taxes[0].Total.Equal(dec("1.10")) {
		t.Error("summing changed the order itself")
	}
}

func TestMoney(t *testing.T) {
	sum, err := Money{dec("1.10"), "USD"}.Add(Money{dec("2.205"), "USD"})
	if err != nil || !sum.Amount.Equal(dec("3.305")) || sum.Currency != "USD" {
		t.Errorf("got %v, %v", sum, err)
	}
	if _, err := (Money{dec("1"), "USD"}).Add(Money{dec("1"), "EUR"}); err == nil {
		t.Error("dollars and euros were added")
	}
	if got := (Money{dec("1.5"), "USD"}).String(); got != "1.50 USD" {
		t.Errorf("got %q", got)
	}
}

func TestTip(t *testing.T) {
	if !(Charge{ID: "tips"}).Tip() || (Charge{ID: "Custom Surcharge"}).Tip() {
		t.Error("tips are not told from other surcharges")
	}
}

// design.md 3: eleven states, each with its own words.
func TestStates(t *testing.T) {
	seen := map[string]State{}
	for _, s := range States() {
		words := s.Words()
		if other, ok := seen[words]; ok || words == string(s) {
			t.Errorf("state %s reads %q, like %q", s, words, other)
		}
		seen[words] = s
	}
	if len(seen) != 11 {
		t.Errorf("%d states, want 11", len(seen))
	}
	if got := State("strange").Words(); got != "strange" {
		t.Errorf("an unknown state reads %q", got)
	}
}
