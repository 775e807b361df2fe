package posting_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"qbridge/internal/posting"
)

// apart names an item for the line of each tax of an order of two rates.
func apart(s *setting) {
	s.twoRates()
	s.rules.TaxLineItems = map[string]string{"8.25": "Springfield 8.25", "9.5": "Springfield 9.5"}
}

func addTaxLines(all map[string]setting) {
	all["several-rates-as-lines"] = later(taxedOrder(), withTaxLine, apart)
}

func withTaxLine(s *setting) { s.rules.TaxLineItem = "Web Tax" }

// taxLines writes the tax lines of a document: "14.84 Springfield 8.25: Tax 8.25 8.25 %".
func taxLines(d posting.Document) string {
	var all []string
	for _, l := range d.Lines {
		if l.Part == posting.Tax {
			all = append(all, fmt.Sprintf("%s %s: %s", l.Amount.StringFixed(2), l.Item.Name, l.Desc))
		}
	}
	return strings.Join(all, ", ")
}

// I2: a line for each tax when the rules name an item for each; their amounts are
// the shop's, and together the order's tax, else it stays one line.
func TestTaxLineForEachTax(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*setting)
		cause  posting.Cause
		lines  string
		says   string
	}{
		{"by rate", func(*setting) {}, "", "14.84 Springfield 8.25: Tax 8.25 8.25 %, 0.95 Springfield 9.5: Tax 9.5 9.5 %", "report shows it under Springfield 8.25, Springfield 9.5"},
		{"by name", func(s *setting) { s.rules.TaxLineItems = map[string]string{"tax 8.25": "Illinois", "9.5": "Web Tax"} }, "", "14.84 Illinois: Tax 8.25 8.25 %, 0.95 Web Tax: Tax 9.5 9.5 %", "shows of it what is under Illinois"},
		{"the name comes before the rate", func(s *setting) { s.rules.TaxLineItems["tax 8.25"] = "Illinois" }, "", "14.84 Illinois: Tax 8.25 8.25 %, 0.95 Springfield 9.5: Tax 9.5 9.5 %", ""},
		{"one has no item", func(s *setting) { delete(s.rules.TaxLineItems, "9.5") }, "", "15.79 Web Tax: Sales tax", "tax-line-item the tax"},
		{"a cent apart", func(s *setting) { s.sale.Order.Tax, s.sale.Order.Total = dec("15.80"), dec("205.70") }, "", "14.85 Springfield 8.25: Tax 8.25 8.25 %, 0.95 Springfield 9.5: Tax 9.5 9.5 %", "the line of the largest takes the 0.01"},
		{"more apart than the limit", func(s *setting) { s.sale.Order.Tax, s.sale.Order.Total = dec("15.90"), dec("205.80") }, "", "15.90 Web Tax: Sales tax", ""},
		{"an item that is gone", func(s *setting) { s.rules.TaxLineItems["9.5"] = "Nothing" }, posting.RulesIncomplete, "", "tax-line-items.9.5"},
		{"sales tax off", func(s *setting) { s.lists.Company.SalesTax = false }, posting.RulesIncomplete, "", "tax-line-items.8.25"},
		{"no tax-line-item", func(s *setting) { s.rules.TaxLineItem = "" }, posting.TaxMixed, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := later(taxedOrder(), withTaxLine, apart, c.change)
			p := s.decide()
			said := p.Reason
			for _, a := range p.Adjustments {
				said += " " + a.Sentence
			}
			if p.Cause != c.cause || !strings.Contains(said, c.says) {
				t.Fatalf("cause %q, said %q", p.Cause, said)
			}
			if c.cause != "" {
				return
			}
			d := mustPost(t, p)
			if got := taxLines(d); got != c.lines {
				t.Errorf("the lines are %s\nwant          %s", got, c.lines)
			}
			if !d.Parts[posting.Tax].Equal(s.sale.Order.Tax) || !d.Total.Equal(s.sale.Order.Total) || !d.Tax.IsZero() {
				t.Errorf("tax %s (QuickBooks' own %s), total %s", d.Parts[posting.Tax], d.Tax, d.Total)
			}
		})
	}
}

// I2: whatever the taxes of an order are, each has its amount on its own line.
func TestTaxLinesProperty(t *testing.T) {
	books := posting.NewBooks(lists())
	r := moreRules()
	r.TaxLineItems = map[string]string{}
	for _, rates := range rateSets() {
		for _, rate := range rates {
			r.TaxLineItems[decimal.New(rate, -2).String()] = "Web Tax Agency"
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		o, _, _, _ := drawMixed(t)
		p := posting.Decide(posting.Sale{Order: o}, r, books)
		if p.Cause != "" {
			return
		}
		d := p.Documents[0]
		if taxLines(d) == "" {
			return // QuickBooks computes it
		}
		want := map[string]decimal.Decimal{}
		for _, tax := range o.Taxes() {
			if !tax.Total.IsZero() {
				want[fmt.Sprintf("%s %s %%", tax.Name, tax.Rate)] = tax.Total
			}
		}
		total := decimal.Zero
		for _, l := range d.Lines {
			if l.Part != posting.Tax {
				continue
			}
			total = total.Add(l.Amount)
			if !l.Amount.Equal(want[l.Desc]) {
				t.Errorf("the line of %s is %s, want %s", l.Desc, l.Amount, want[l.Desc])
			}
			delete(want, l.Desc)
		}
		if len(want) > 0 || !total.Equal(o.Tax) {
			t.Errorf("taxes without a line: %v; lines come to %s of %s", want, total, o.Tax)
		}
	})
}

func TestTaxLineRules(t *testing.T) {
	r := posting.DefaultRules()
	for entry, key := range map[string]string{"8.250": "8.25", "County Tax": "county tax"} {
		if err := r.Set("tax-line-items."+entry, "County"); err != nil {
			t.Fatal(err)
		}
		if got := r.TaxLineItems[key]; got != "County" {
			t.Errorf("%s is kept as %v", entry, r.TaxLineItems)
		}
	}
	r.TaxLineItems["x"] = "Nothing"
	if missing := r.Validate(posting.NewBooks(lists())); fmt.Sprint(missing) == "" || !strings.Contains(fmt.Sprint(missing), "tax-line-items.x") {
		t.Errorf("%v", missing)
	}
}
