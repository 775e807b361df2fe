package posting_test

import (
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"qbridge/internal/order"
	"qbridge/internal/posting"
)

// picnic adds a bundle of two mugs at 7.25 and half a metre of rope at 11.
func picnic(s *setting) {
	price := func(id, name, amount string) posting.Item {
		p := dec(amount)
		return posting.Item{ListID: id, Name: name, FullName: name, Kind: "Inventory", Active: true, Price: &p}
	}
	s.lists.Items = append(s.lists.Items, price("I-CUP", "Cup", "7.25"), price("I-ROPE", "Rope 100 %", "11"),
		posting.Item{ListID: "I-SET", Name: "PICNIC", FullName: "PICNIC", Kind: "Group", Active: true, Members: []string{"I-CUP", "I-ROPE"}, Quantities: []decimal.Decimal{dec("2"), dec("0.5")}})
}

// picnics is an order of bundles, with 8.25 % of tax.
func picnics(quantity, each int64) order.Order {
	o := taxedOrder()
	tax := portion(quantity*each, 825, 10000)
	o.Lines = []order.Line{{SKU: "PICNIC", Name: "Picnic", Options: []order.Option{{Name: "Colour", Value: "red"}}, Price: cents(each), Quantity: quantity, Tax: cents(tax), Taxable: true,
		Taxes: []order.Tax{{Name: "Tax", Rate: dec("8.25"), Total: cents(tax), OnGoods: cents(tax)}}}}
	o.Subtotal, o.Tax, o.Total = cents(quantity*each), cents(tax), cents(quantity*each+tax)
	return o
}

// users.md 11: a bundle is written as its members only when their prices come to
// the shop's price to the cent.
func TestBundles(t *testing.T) {
	gone := func(change func(*posting.Lists, *posting.Item)) func(*setting) {
		return func(s *setting) { change(&s.lists, &s.lists.Items[len(s.lists.Items)-1]) }
	}
	member := func(change func(*posting.Item)) func(*setting) {
		return func(s *setting) { change(&s.lists.Items[len(s.lists.Items)-2]) }
	}
	for name, c := range map[string]struct {
		quantity, each int64
		rule, plain    string
		change         func(*setting)
		items          string
		cause          posting.Cause
		says           string
	}{
		"held by default":        {1, 2000, "hold", "", nil, "", posting.ItemNotSellable, "of the kind Group"},
		"its members":            {1, 2000, "members", "", nil, "Cup 2 14.50, Rope 100 % 0.5 5.50", "", "comes to"},
		"three of it":            {3, 2000, "members", "", nil, "Cup 6 43.50, Rope 100 % 1.5 16.50", "", ""},
		"sold for less":          {1, 1999, "members", "", nil, "", posting.ItemNotSellable, "Its members come to 20.00, the shop's 1 to 19.99."},
		"sold for less, plain":   {1, 1999, "members", "WS-M", nil, "WS-M 1 19.99", "", ""},
		"plain":                  {1, 2000, "plain", "WS-M", nil, "WS-M 1 20.00", "", ""},
		"members not known":      {1, 2000, "members", "", gone(func(_ *posting.Lists, g *posting.Item) { g.Quantities = nil }), "", posting.ItemNotSellable, "does not know them yet"},
		"a member that is gone":  {1, 2000, "members", "", gone(func(_ *posting.Lists, g *posting.Item) { g.Members = []string{"I-CUP", "I-GONE"} }), "", posting.ItemNotSellable, "not in QuickBooks any more"},
		"a member without price": {1, 2000, "members", "", member(func(m *posting.Item) { m.Price = nil }), "", posting.ItemNotSellable, "no price"},
		"a member inactive":      {1, 2000, "members", "", member(func(m *posting.Item) { m.Active = false }), "", posting.ItemNotSellable, `"Rope 100 %" is inactive`},
		"a group inactive":       {1, 2000, "members", "", gone(func(_ *posting.Lists, g *posting.Item) { g.Active = false }), "", posting.ItemInactive, "inactive"},
		"a discount among them":  {1, 2000, "members", "WS-M", member(func(m *posting.Item) { m.Kind = "Discount" }), "WS-M 1 20.00", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := setting{posting.Sale{Order: picnics(c.quantity, c.each)}, rules(), lists()}
			s.rules.GroupItems, s.rules.PlainItem = c.rule, c.plain
			picnic(&s)
			if c.change != nil {
				c.change(&s)
			}
			p := s.decide()
			if p.Cause != c.cause || c.cause != "" && !strings.Contains(p.Reason, c.says) {
				t.Fatalf("%q: %s", p.Cause, p.Reason)
			}
			if c.cause != "" {
				return
			}
			d := mustPost(t, p)
			var items []string
			for _, l := range d.Lines {
				items = append(items, l.Item.Name+" "+l.Quantity.String()+" "+l.Amount.StringFixed(2))
				if l.TaxCode.ListID != "C-TAX" || l.Part != posting.Goods {
					t.Errorf("%+v", l)
				}
			}
			if got := strings.Join(items, ", "); got != c.items {
				t.Errorf("%s, want %s", got, c.items)
			}
			if !strings.Contains(d.Lines[0].Desc, "Picnic, Colour: red, SKU PICNIC") {
				t.Errorf("described %q", d.Lines[0].Desc)
			}
			if len(p.Adjustments) != 1 || !strings.Contains(p.Adjustments[0].Sentence, `"Picnic" (SKU PICNIC)`) || strings.Contains(p.Adjustments[0].Sentence, "%!") {
				t.Errorf("%+v", p.Adjustments)
			}
			encode(t, p)
		})
	}
}
