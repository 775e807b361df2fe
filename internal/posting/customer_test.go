package posting_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"qbridge/internal/order"
	"qbridge/internal/posting"
)

// named is a plain order of a buyer.
func named(first, last, email string) order.Order {
	o := plain()
	o.Email = email
	o.Billing.First, o.Billing.Last, o.Billing.Name = first, last, strings.TrimSpace(first+" "+last)
	o.Shipping = o.Billing
	return o
}

func TestCustomerOfAnOrder(t *testing.T) {
	company := named("", "", "office@example.com")
	company.Billing.Company = "Crêperie: À l'Étoile"
	vendor := named("", "", "buy@acme.example")
	vendor.Billing.Company = "ACME"
	shippingOnly := named("", "", "")
	shippingOnly.Billing = order.Person{}
	shippingOnly.Shipping = order.Person{Name: "Paul Plain"}
	promised := func(p ...posting.Promise) func(*setting) {
		return func(s *setting) { s.lists.Promised = p }
	}
	add := func(names ...posting.Name) func(*setting) {
		return func(s *setting) { s.lists.Names = append(s.lists.Names, names...) }
	}
	one := func(name, email string, active bool) posting.Name {
		return posting.Name{ListID: "N-X", Name: name, FullName: name, Kind: "Customer", Email: email, Active: active}
	}
	cases := []struct {
		name   string
		order  order.Order
		change func(*setting)
		listID string // of the customer found
		row    string // of the customer added
		called string
		cause  posting.Cause
	}{
		{name: "e-mail, whatever the name", order: named("J.", "D.", " JANE@example.com "), listID: "N-JANE"},
		{name: "e-mail of a customer and its job", order: named("Rita", "Jobs", "rita@example.com"), listID: "N-RITA"},
		{name: "e-mail of two customers", order: named("Two", "One", "two@example.com"), cause: posting.CustomerUnsure},
		{name: "second e-mail of a customer", order: named("Two", "Two", "other@example.com"), listID: "N-TWO2"},
		{name: "e-mail of an inactive customer", order: named("Ann", "Asleep", "ann@example.com"), cause: posting.CustomerUnsure},
		{name: "chosen by a person", order: named("Jane", "Doe", "jane@example.com"), change: func(s *setting) { s.sale.Decisions.Customer = "N-PLAIN" }, listID: "N-PLAIN"},
		{name: "chosen, but gone", order: named("Jane", "Doe", "jane@example.com"), change: func(s *setting) { s.sale.Decisions.Customer = "N-GONE" }, cause: posting.CustomerUnsure},
		{name: "chosen, but a vendor", order: named("Jane", "Doe", "jane@example.com"), change: func(s *setting) { s.sale.Decisions.Customer = "N-VEND" }, cause: posting.CustomerUnsure},
		{name: "name of a customer without e-mail", order: named("paul", "PLAIN", "paul@example.com"), listID: "N-PLAIN"},
		{name: "new", order: named("New", "Buyer", "New@example.com"), row: "customer:new@example.com", called: "New Buyer"},
		// users.md 13: same name with another e-mail is another person.
		{name: "name of another person", order: named("Jane", "Doe", "jd@example.org"), row: "customer:jd@example.org", called: "Jane Doe (jd@example.org)"},
		{name: "name of an inactive other person", order: named("Ann", "Asleep", "ann@example.org"), row: "customer:ann@example.org", called: "Ann Asleep (ann@example.org)"},
		{name: "name of an inactive customer without e-mail", order: named("Old", "Hand", "old@example.com"), change: add(one("Old Hand", "", false)), cause: posting.CustomerUnsure},
		// users.md 12: one name space with vendors.
		{name: "name of a vendor", order: vendor, row: "customer:buy@acme.example", called: "ACME (web)"},
		{name: "name of a vendor, met before", order: vendor, change: add(one("Acme (web)", "", true)), listID: "N-X"},
		{name: "name of a vendor, and its stand-in another's", order: vendor, change: add(one("Acme (web)", "x@acme.example", true)), row: "customer:buy@acme.example", called: "ACME (buy@acme.example)"},
		{name: "every name taken", order: vendor, change: add(one("Acme (web)", "x@acme.example", true), posting.Name{ListID: "V", Name: "ACME (buy@acme.example)", FullName: "ACME (buy@acme.example)", Kind: "Vendor", Active: true}), cause: posting.CustomerUnsure},
		// Q10
		{name: "company with a colon", order: company, row: "customer:office@example.com", called: "Crêperie - À l'Étoile"},
		{name: "e-mail as the last resort", order: named("", "", "who@example.com"), row: "customer:who@example.com", called: "who@example.com"},
		{name: "the shipping person when there is no other", order: shippingOnly, listID: "N-PLAIN"},
		{name: "no e-mail, name of a customer without e-mail", order: named("Paul", "Plain", ""), listID: "N-PLAIN"},
		{name: "no e-mail, name of a customer with e-mail", order: named("Jane", "Doe", ""), cause: posting.CustomerUnsure},
		{name: "no e-mail, new", order: named("New", "Buyer", ""), row: "customer:new buyer 62704", called: "New Buyer"},
		{name: "no e-mail, name promised to another place", order: named("New", "Buyer", ""), change: promised(posting.Promise{Key: "customer:new buyer 60601", Kind: "Customer", Name: "New Buyer"}), row: "customer:new buyer 62704", called: "New Buyer (62704)"},
		{name: "no e-mail, namesake of that place in the books", order: named("Paul", "Plain", ""), change: add(one("Paul Plain (62704)", "", true)), listID: "N-X"},
		{name: "promised to this e-mail under another name", order: named("New", "Buyer", "new@example.com"), change: promised(posting.Promise{Key: "customer:new@example.com", Kind: "Customer", Name: "N. Buyer", Email: "new@example.com"}), row: "customer:new@example.com", called: "N. Buyer"},
		{name: "name promised to another e-mail", order: named("New", "Buyer", "new@example.com"), change: promised(posting.Promise{Key: "customer:x@example.com", Kind: "Customer", Name: "new buyer", Email: "x@example.com"}), row: "customer:new@example.com", called: "New Buyer (new@example.com)"},
		{name: "name promised to an item", order: named("New", "Buyer", "new@example.com"), change: promised(posting.Promise{Key: "item:new buyer", Kind: "ItemService", Name: "New Buyer"}), row: "customer:new@example.com", called: "New Buyer"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := setting{posting.Sale{Order: c.order}, rules(), lists()}
			if c.change != nil {
				c.change(&s)
			}
			p := s.decide()
			if c.cause != "" {
				if p.Cause != c.cause {
					t.Fatalf("%q (%s), want %q", p.Cause, p.Reason, c.cause)
				}
				return
			}
			d := mustPost(t, p)
			if d.Customer.ListID != c.listID || d.Customer.Row != c.row {
				t.Fatalf("customer %+v, want ListID %q or row %q", d.Customer, c.listID, c.row)
			}
			if c.row == "" {
				if len(p.Lists) != 0 {
					t.Errorf("rows %+v for a customer that is there", p.Lists)
				}
				return
			}
			if len(p.Lists) != 1 || p.Lists[0].Key != c.row || p.Lists[0].Name != c.called || p.Lists[0].Add.Customer.Name != c.called {
				t.Errorf("row %+v, want %q called %q", p.Lists, c.row, c.called)
			}
		})
	}
}

// Two buyers of one name, planned one after the other, get two names; the
// second is told apart whether the first is promised or added by then.
func TestTwoBuyersOfOneName(t *testing.T) {
	first, second := named("Mike", "Smith", "mike@example.com"), named("Mike", "Smith", "smith@example.com")
	s := setting{posting.Sale{Order: first}, rules(), lists()}
	row := s.decide().Lists[0]
	promised, added := lists(), lists()
	promised.Promised = []posting.Promise{{Key: row.Key, Kind: row.Kind, Name: row.Name, Email: "mike@example.com"}}
	added.Names = append(added.Names, posting.Name{ListID: "N-MIKE", Name: row.Name, FullName: row.Name, Kind: "Customer", Email: "mike@example.com", Active: true})
	noted := posting.NewBooks(lists())
	noted.Promise(promised.Promised[0])
	for name, books := range map[string]*posting.Books{"promised": posting.NewBooks(promised), "promised since": noted, "added": posting.NewBooks(added)} {
		other := posting.Decide(posting.Sale{Order: second}, rules(), books)
		if len(other.Lists) != 1 || other.Lists[0].Name != "Mike Smith (smith@example.com)" {
			t.Errorf("%s: the second is %+v", name, other.Lists)
		}
		if again := mustPost(t, posting.Decide(posting.Sale{Order: first}, rules(), books)); again.Customer.Name != "Mike Smith" {
			t.Errorf("%s: the first became %+v", name, again.Customer)
		}
	}
}

// An e-mail that QuickBooks can't hold is not sent as another one, and three
// orders of one buyer make one customer: planned together, or with the books
// read anew in between. Nobody else's orders come to it.
func TestEmailThatQuickBooksCantHold(t *testing.T) {
	for _, c := range []struct{ email, sent, called, note string }{
		{"info@łódź.pl", "", "Jan Nowak (@", "e-mail: info@lódz.pl"},
		{"日本@x.jp", "", "Jan Nowak (@", "e-mail: Ri Ben @x.jp"},
		{"jan\u200b@example.com", "jan@example.com", "Jan Nowak", ""}, // the address is the same without
	} {
		l := lists()
		like := strings.TrimPrefix(c.note, "e-mail: ")
		l.Names = append(l.Names, posting.Name{ListID: "N-LIKE", Name: "Like", FullName: "Like", Kind: "Customer", Email: like, Active: true})
		books := posting.NewBooks(l)
		p := posting.Decide(posting.Sale{Order: named("Jan", "Nowak", c.email)}, rules(), books)
		mustPost(t, p)
		if len(p.Lists) != 1 {
			t.Fatalf("%s: %+v", c.email, p.Documents[0].Customer)
		}
		row := p.Lists[0]
		if add := row.Add.Customer; add.Email != c.sent || !strings.HasPrefix(add.Name, c.called) || add.Notes != c.note || len(p.Adjustments) == 0 {
			t.Errorf("%s: %+v, adjustments %v", c.email, add, p.Adjustments)
		}
		books.Promise(posting.Promise{Key: row.Key, Kind: row.Kind, Name: row.Name, Email: row.Add.Customer.Email})
		second := posting.Decide(posting.Sale{Order: named("Jan", "Nowak", " "+strings.ToUpper(c.email))}, rules(), books)
		if mustPost(t, second); len(second.Lists) != 1 || second.Lists[0].Key != row.Key || second.Lists[0].Name != row.Name {
			t.Errorf("%s: the second order makes %+v, want %+v", c.email, second.Lists, row)
		}
		l.Names = append(l.Names, posting.Name{ListID: "N-MADE", Name: row.Name, FullName: row.Name, Kind: "Customer", Email: row.Add.Customer.Email, Active: true})
		for _, name := range []string{"Jan", "Johann Maria Sebastian Freiherr von und zu"} { // the third under another name
			third := mustPost(t, posting.Decide(posting.Sale{Order: named(name, "Nowak", c.email)}, rules(), posting.NewBooks(l)))
			if third.Customer.ListID != "N-MADE" {
				t.Errorf("%s: the third order goes to %+v", c.email, third.Customer)
			}
		}
		for _, other := range []string{"jan@example.org", "info@lodz.pl", "info@łodź.pl", ""} {
			p := posting.Decide(posting.Sale{Order: named("Jan", "Nowak", other)}, rules(), posting.NewBooks(l))
			if p.Cause != posting.CustomerUnsure && mustPost(t, p).Customer.ListID == "N-MADE" {
				t.Errorf("%s: the order of %q goes to it", c.email, other)
			}
		}
	}
	long := decide(named("Johann Maria Sebastian Freiherr von und zu", "Nowak", "info@łódź.pl")).Lists[0].Name
	if len([]rune(long)) > 41 { // Q8
		t.Errorf("%q is too long", long)
	}
}

func TestBooksName(t *testing.T) {
	books := posting.NewBooks(lists())
	if n, ok := books.Name("N-VEND"); !ok || n.Name != "Acme" {
		t.Errorf("%+v, %v", n, ok)
	}
	if n, ok := books.Name("N-GONE"); ok {
		t.Errorf("a name that is not there: %+v", n)
	}
}

// Q9: two long names that would be cut to the same text stay different, and the
// same name always gives the same.
func TestLongNamesStayDifferent(t *testing.T) {
	long := "Maximiliana Featherstonehaugh-Cholmondeley "
	seen := map[string]string{}
	for _, last := range []string{"Senior", "Junior", "Senior"} {
		o := named(long, last, last+"@example.com")
		row := decide(o).Lists[0]
		if n := len([]rune(row.Name)); n > 41 { // Q8
			t.Errorf("%q has %d characters", row.Name, n)
		}
		if before, ok := seen[last]; ok && before != row.Name {
			t.Errorf("%s was %q and is %q", last, before, row.Name)
		}
		seen[last] = row.Name
	}
	if seen["Senior"] == seen["Junior"] {
		t.Errorf("both are %q", seen["Senior"])
	}
}

// A company file of 100,000 customers is indexed in a moment, and a sale then
// costs no more than in a small file. The bound is loose: it is to catch a list
// walked for each sale, not a slow machine.
func TestBooksOfAHundredThousandNames(t *testing.T) {
	l := lists()
	for i := range 100_000 {
		name := fmt.Sprintf("Customer %06d", i)
		l.Names = append(l.Names, posting.Name{ListID: name, Name: name, FullName: name, Kind: "Customer", Email: fmt.Sprintf("c%06d@example.com", i), Active: true})
	}
	books := posting.NewBooks(l)
	allocations := testing.AllocsPerRun(5, func() {
		posting.Decide(posting.Sale{Order: plain()}, rules(), books)
	})
	small := testing.AllocsPerRun(5, func() {
		posting.Decide(posting.Sale{Order: plain()}, rules(), posting.NewBooks(posting.Lists{Company: l.Company, Complete: true, Accounts: l.Accounts, Items: l.Items, Names: l.Names[:10], TaxCodes: l.TaxCodes, PaymentMethods: l.PaymentMethods}))
	})
	if allocations > 2*small {
		t.Errorf("%v allocations for a sale in a large file, %v in a small one with its index", allocations, small)
	}
}

func BenchmarkNewBooks100000(b *testing.B) {
	l := lists()
	for i := range 100_000 {
		name := fmt.Sprintf("Customer %06d", i)
		l.Names = append(l.Names, posting.Name{ListID: name, Name: name, FullName: name, Kind: "Customer", Email: fmt.Sprintf("c%06d@example.com", i), Active: true})
	}
	for b.Loop() {
		posting.NewBooks(l)
	}
}

// BenchmarkDecide plans an order of five lines.
func BenchmarkDecide(b *testing.B) {
	o := goldenOrders()["promotions-rounding-cent"]
	books, r := posting.NewBooks(lists()), rules()
	start := time.Now()
	for b.Loop() {
		posting.Decide(posting.Sale{Order: o}, r, books)
	}
	b.ReportMetric(float64(b.N)/time.Since(start).Seconds(), "orders/s")
}

// manyLines is an order of different goods that are all made, with names that
// must be noted.
func manyLines(n int) (posting.Sale, posting.Rules) {
	r, o := rules(), plain()
	r.MissingItem = "make"
	o.Lines = nil
	for i := range n {
		o.Lines = append(o.Lines, order.Line{SKU: fmt.Sprintf("Ł-%05d", i), Name: fmt.Sprintf("Świeca %05d", i), Price: dec("1"), Quantity: 1, Tax: dec("0.08"), Taxes: []order.Tax{tax("8.25", "0.08")}})
	}
	o.Subtotal, o.Tax = cents(int64(100*n)), cents(portion(int64(100*n), 825, 10000))
	o.Total = o.Subtotal.Add(o.Tax)
	return posting.Sale{Order: o}, r
}

// A long order costs in proportion to its lines, not to their square.
func TestLongOrderCostsInProportion(t *testing.T) {
	books := posting.NewBooks(lists())
	cost := func(n int) float64 {
		sale, r := manyLines(n)
		return testing.AllocsPerRun(1, func() { posting.Decide(sale, r, books) })
	}
	if short, long := cost(50), cost(400); long > 12*short {
		t.Errorf("%v allocations for 50 lines, %v for 400", short, long)
	}
}

// BenchmarkDecide2000 plans an order of 2,000 lines.
func BenchmarkDecide2000(b *testing.B) {
	sale, r := manyLines(2000)
	books := posting.NewBooks(lists())
	for b.Loop() {
		if p := posting.Decide(sale, r, books); len(p.Documents) != 1 || len(p.Lists) != 2000 {
			b.Fatal(p.Reason)
		}
	}
}
