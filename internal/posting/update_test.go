package posting_test

import (
	"strings"
	"testing"

	"qbridge/internal/order"
	"qbridge/internal/posting"
)

// A customer who is there is changed in the fields that the rules name, only by
// an order that says otherwise, and only when who the buyer is led to the
// customer.
func TestUpdateOfACustomer(t *testing.T) {
	all := "email, phone, billing-address, shipping-address"
	jane := func(change func(*posting.Name)) func(*setting) {
		return func(s *setting) {
			n := &s.lists.Names[0]
			n.EditSequence, n.Modified, n.Phone, n.BillTo, n.ShipTo = "1700000000", "2026-01-31", "(217) 555 0133", "Jane Doe, 742 Evergreen Terrace, Apt 4, Springfield, 62704", "Jane Doe, 742 evergreen terrace, Apt 4, Springfield, 62704"
			if change != nil {
				change(n)
			}
		}
	}
	buyer := func(change func(*order.Order)) order.Order {
		o := plain()
		change(&o)
		return o
	}
	moved := buyer(func(o *order.Order) { o.Billing.Street = []string{"1 Main St"} })
	for name, c := range map[string]struct {
		rule   string
		order  order.Order
		change func(*setting)
		want   string // of the change; "" is none
	}{
		"nothing by default":         {"", moved, jane(nil), ""},
		"all the same":               {all, plain(), jane(nil), ""},
		"another phone":              {all, buyer(func(o *order.Order) { o.Billing.Phone = "217 555 0199" }), jane(nil), "phone 217 555 0199"},
		"no phone":                   {all, buyer(func(o *order.Order) { o.Billing.Phone = "" }), jane(nil), ""},
		"another billing address":    {"billing-address", moved, jane(nil), "bill Jane Doe, 1 Main St, Springfield, 62704"},
		"one that no rule names":     {"phone, shipping-address", moved, jane(nil), ""},
		"another shipping address":   {all, buyer(func(o *order.Order) { o.Shipping.PostalCode = "62701" }), jane(nil), "ship Jane Doe, 742 Evergreen Terrace, Apt 4, Springfield, 62701"},
		"no shipping address":        {all, buyer(func(o *order.Order) { o.Shipping = order.Person{Name: "Jane Doe"} }), jane(nil), ""},
		"nothing known before":       {all, plain(), jane(func(n *posting.Name) { n.Phone, n.BillTo, n.ShipTo = "", "", "" }), "phone 217-555-0133 bill Jane Doe, 742 Evergreen Terrace, Apt 4, Springfield, 62704 ship Jane Doe, 742 Evergreen Terrace, Apt 4, Springfield, 62704"},
		"changed after the order":    {all, moved, jane(func(n *posting.Name) { n.Modified = "2026-03-15" }), ""},
		"changed on the day":         {all, moved, jane(func(n *posting.Name) { n.Modified = "2026-03-14" }), "bill Jane Doe, 1 Main St, Springfield, 62704"},
		"not read yet":               {all, moved, jane(func(n *posting.Name) { n.EditSequence = "" }), ""},
		"an e-mail where none is":    {all, plain(), jane(func(n *posting.Name) { n.Email = "" }), "email jane@example.com"},
		"an e-mail beside others":    {all, plain(), jane(func(n *posting.Name) { n.Email = "x@example.com, jane@example.com" }), ""},
		"chosen by a person":         {all, moved, func(s *setting) { jane(nil)(s); s.sale.Decisions.Customer = "N-JANE" }, ""},
		"the customer of all":        {all, moved, func(s *setting) { jane(nil)(s); s.rules.CustomerName, s.rules.SharedCustomer = "one", "Jane Doe" }, ""},
		"a phone that has to be cut": {"phone", buyer(func(o *order.Order) { o.Billing.Phone = "217-555-0133 extension 12345" }), jane(func(n *posting.Name) { n.Phone = "217-555-0133 extensio" }), ""},
		"a long phone":               {"phone", buyer(func(o *order.Order) { o.Billing.Phone = "217-555-0133 extension 12345" }), jane(nil), "phone 217-555-0133 extensio"},
	} {
		t.Run(name, func(t *testing.T) {
			s := setting{posting.Sale{Order: c.order}, rules(), lists()}
			if err := s.rules.Set("update-customer", c.rule); err != nil {
				t.Fatal(err)
			}
			c.change(&s)
			p := s.decide()
			d := mustPost(t, p)
			if d.Customer.ListID != "N-JANE" {
				t.Fatalf("customer %+v", d.Customer)
			}
			if c.want == "" {
				if len(p.Lists) != 0 || d.Customer.Row != "" {
					t.Errorf("%+v, adjustments %+v", p.Lists, p.Adjustments)
				}
				return
			}
			if len(p.Lists) != 1 || p.Lists[0].Kind != "CustomerMod" || d.Customer.Row != p.Lists[0].Key || len(d.Rows()) != 1 {
				t.Fatalf("%+v, customer %+v", p.Lists, d.Customer)
			}
			mod := p.Lists[0].Add.CustomerMod
			var said []string
			for _, f := range [][2]string{{"email", mod.Email}, {"phone", mod.Phone}, {"bill", posting.AddressText(mod.BillAddress)}, {"ship", posting.AddressText(mod.ShipAddress)}} {
				if f[1] != "" {
					said = append(said, f[0]+" "+f[1])
				}
			}
			if got := strings.Join(said, " "); got != c.want || mod.ListID != "N-JANE" || mod.EditSequence != "1700000000" || mod.Name != "" || mod.CompanyName != "" {
				t.Errorf("%q, want %q; %+v", got, c.want, mod)
			}
			if name == "a long phone" {
				if !strings.Contains(d.Memo, "phone 217-555-0133 extension 12345") {
					t.Errorf("memo %q", d.Memo)
				}
			} else if len(p.Adjustments) != len(said) || p.Adjustments[0].Cause != "customer updated" {
				t.Errorf("%+v", p.Adjustments)
			}
			encode(t, p)
			// The same change is the same row, and no other's name.
			s.lists.Promised = []posting.Promise{{Key: p.Lists[0].Key, Kind: p.Lists[0].Kind, Name: p.Lists[0].Name}}
			if again := s.decide(); len(again.Lists) != 1 || again.Lists[0].Key != p.Lists[0].Key {
				t.Errorf("%+v", again.Lists)
			}
		})
	}
}
