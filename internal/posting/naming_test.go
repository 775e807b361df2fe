package posting_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"qbridge/internal/order"
	"qbridge/internal/posting"
)

// shop adds the customer of all web orders, with one job.
func shop(s *setting) {
	s.rules.SharedCustomer = "web shop"
	s.lists.Names = append(s.lists.Names,
		posting.Name{ListID: "N-SHOP", Name: "Web Shop", FullName: "Web Shop", Kind: "Customer", Active: true},
		posting.Name{ListID: "N-SHOPJOB", Name: "Ida Known", FullName: "Web Shop:Ida Known", Kind: "Customer", Email: "ida@example.com", Active: true})
}

func TestWhatABuyerIsCalled(t *testing.T) {
	company := named("New", "Buyer", "new@example.com")
	company.Billing.Company = "Acme: Tools"
	wholeName := named("", "", "new@example.com")
	wholeName.Billing.Name = "Prince"
	add := func(names ...posting.Name) func(*setting) {
		return func(s *setting) { s.lists.Names = append(s.lists.Names, names...) }
	}
	other := func(full, email string, active bool) posting.Name {
		return posting.Name{ListID: "N-X", Name: full, FullName: full, Kind: "Customer", Email: email, Active: active}
	}
	long := strings.Repeat("long", 10) + "@example.com"
	cases := []struct {
		name   string
		scheme string
		order  order.Order
		change func(*setting)
		listID string
		row    string
		called string // full name
		cause  posting.Cause
	}{
		{name: "last, first", scheme: "last-first", order: named("New", "Buyer", "new@example.com"), row: "customer:new@example.com", called: "Buyer, New"},
		{name: "last, first of a name in one piece", scheme: "last-first", order: wholeName, row: "customer:new@example.com", called: "Prince"},
		{name: "last, first of a customer by e-mail", scheme: "last-first", order: named("J", "D", "jane@example.com"), listID: "N-JANE"},
		{name: "last, first taken", scheme: "last-first", order: named("New", "Buyer", "new@example.com"), change: add(other("Buyer, New", "x@example.com", true)), row: "customer:new@example.com", called: "Buyer, New (new@example.com)"},
		{name: "company", scheme: "company", order: company, row: "customer:new@example.com", called: "Acme - Tools"},
		{name: "company of a buyer without one", scheme: "company", order: named("New", "Buyer", "new@example.com"), row: "customer:new@example.com", called: "New Buyer"},
		{name: "e-mail", scheme: "email", order: company, row: "customer:new@example.com", called: "new@example.com"},
		{name: "e-mail that is too long", scheme: "email", order: named("New", "Buyer", long), row: "customer:" + long, called: "longlonglonglonglonglonglonglonglo-JHWM3R"},
		{name: "e-mail of a buyer without one", scheme: "email", order: named("New", "Buyer", ""), row: "customer:new buyer 62704", called: "New Buyer"},
		{name: "one customer", scheme: "one", order: named("New", "Buyer", "new@example.com"), listID: "N-SHOP"},
		{name: "one customer, though the buyer is known", scheme: "one", order: named("Jane", "Doe", "jane@example.com"), listID: "N-SHOP"},
		{name: "one customer, but a person chose", scheme: "one", order: plain(), change: func(s *setting) { s.sale.Decisions.Customer = "N-PLAIN" }, listID: "N-PLAIN"},
		{name: "one customer by ListID", scheme: "one", order: plain(), change: func(s *setting) { s.rules.SharedCustomer = "N-PLAIN" }, listID: "N-PLAIN"},
		{name: "one customer who is not there", scheme: "one", order: plain(), change: func(s *setting) { s.rules.SharedCustomer = "Nobody" }, cause: posting.RulesIncomplete},
		{name: "one customer without a name or e-mail to go by", scheme: "one", order: named("", "", ""), listID: "N-SHOP"},
		{name: "job", scheme: "job", order: named("New", "Buyer", "new@example.com"), row: "job:N-SHOP:new@example.com", called: "Web Shop:New Buyer"},
		{name: "job that is there", scheme: "job", order: named("I", "K", "ida@example.com"), listID: "N-SHOPJOB"},
		{name: "job before a customer of the same e-mail", scheme: "job", order: named("I", "K", "ida@example.com"), change: add(other("Ida K", "ida@example.com", true)), listID: "N-SHOPJOB"},
		{name: "job of an inactive job's e-mail", scheme: "job", order: named("I", "K", "ida@example.com"), change: func(s *setting) {
			s.lists.Names[len(s.lists.Names)-1].Active = false
		}, cause: posting.CustomerUnsure},
		{name: "job, but a customer has the e-mail", scheme: "job", order: named("Jane", "Doe", "jane@example.com"), listID: "N-JANE"},
		// quickbooks.md 4: the name spaces of two parents, and of the top, are apart.
		{name: "job of a vendor's name", scheme: "job", order: named("Acme", "", "new@example.com"), row: "job:N-SHOP:new@example.com", called: "Web Shop:Acme"},
		{name: "job of the name of another's job", scheme: "job", order: named("Kitchen", "", "new@example.com"), row: "job:N-SHOP:new@example.com", called: "Web Shop:Kitchen"},
		{name: "job of the name of another job", scheme: "job", order: named("Ida", "Known", "new@example.com"), row: "job:N-SHOP:new@example.com", called: "Web Shop:Ida Known (new@example.com)"},
		{name: "customer of the name of a job", scheme: "first-last", order: named("Ida", "Known", "new@example.com"), row: "customer:new@example.com", called: "Ida Known"},
		{name: "job without e-mail that is there", scheme: "job", order: named("Max", "Known", ""), change: add(other("Web Shop:Max Known", "", true)), listID: "N-X"},
		{name: "job promised", scheme: "job", order: named("New", "Buyer", "new@example.com"), change: func(s *setting) {
			s.lists.Promised = []posting.Promise{{Key: "job:N-SHOP:new@example.com", Kind: "Customer", Name: "Web Shop:N. Buyer"}}
		}, row: "job:N-SHOP:new@example.com", called: "Web Shop:N. Buyer"},
		{name: "job of a name promised to another", scheme: "job", order: named("New", "Buyer", "new@example.com"), change: func(s *setting) {
			s.lists.Promised = []posting.Promise{{Key: "job:N-SHOP:x@example.com", Kind: "Customer", Name: "Web Shop:New Buyer"}}
		}, row: "job:N-SHOP:new@example.com", called: "Web Shop:New Buyer (new@example.com)"},
		{name: "job of a name promised to a customer", scheme: "job", order: named("New", "Buyer", "new@example.com"), change: func(s *setting) {
			s.lists.Promised = []posting.Promise{{Key: "customer:x@example.com", Kind: "Customer", Name: "New Buyer"}}
		}, row: "job:N-SHOP:new@example.com", called: "Web Shop:New Buyer"},
		{name: "job, none may be added", scheme: "job", order: named("New", "Buyer", "new@example.com"), change: func(s *setting) { s.rules.MissingCustomer = "hold" }, cause: posting.CustomerMissing},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := setting{posting.Sale{Order: c.order}, rules(), lists()}
			s.rules.CustomerName = c.scheme
			shop(&s)
			if c.change != nil {
				c.change(&s)
			}
			p := s.decide()
			if p.Cause != c.cause {
				t.Fatalf("%q (%s), want %q", p.Cause, p.Reason, c.cause)
			}
			if c.cause != "" {
				return
			}
			d := mustPost(t, p)
			if d.Customer.ListID != c.listID || d.Customer.Row != c.row || c.row != "" && d.Customer.Name != c.called {
				t.Fatalf("customer %+v, want ListID %q or row %q called %q", d.Customer, c.listID, c.row, c.called)
			}
			if c.row == "" {
				return
			}
			add, parent := p.Lists[0].Add.Customer, ""
			if add.ParentRef != nil {
				parent = add.ParentRef.ListID
			}
			own := c.called[strings.LastIndexByte(c.called, ':')+1:]
			if p.Lists[0].Name != c.called || add.Name != own || (parent == "N-SHOP") != (c.scheme == "job") {
				t.Errorf("row %q with %+v, parent %q", p.Lists[0].Name, add, parent)
			}
		})
	}
}

// The document of a shared customer says whose order it is.
func TestBuyerOfASharedCustomer(t *testing.T) {
	o := named("New", "Buyer", "new@example.com")
	o.Shipping.Phone = "217-555-0199"
	s := setting{posting.Sale{Order: o}, rules(), lists()}
	s.rules.CustomerName = "one"
	shop(&s)
	p := s.decide()
	d := mustPost(t, p)
	if want := "buyer New Buyer | e-mail new@example.com | phone 217-555-0133, 217-555-0199"; !strings.Contains(d.Memo, want) {
		t.Errorf("memo %q lacks %q", d.Memo, want)
	}
	if len(p.Adjustments) != 1 || p.Adjustments[0].Cause != "shared customer" || p.Adjustments[0].To != "Web Shop" {
		t.Errorf("%+v", p.Adjustments)
	}
}

// users.md 12: "Smith, Mike" may be "Mike Smith"; a person decides.
func TestNameTheOtherWayRound(t *testing.T) {
	for _, c := range []struct {
		scheme, email, name, has string
		said                     bool
	}{
		{"first-last", "new@example.com", "Smith, Mike", "", true},
		{"first-last", "", "smith, mike", "mike@example.com", true},
		{"first-last", "new@example.com", "Smith, Mike", "mike@example.com", false},
		{"last-first", "new@example.com", "Mike Smith", "", true},
		{"company", "new@example.com", "Mike Jones", "", false},
	} {
		s := setting{posting.Sale{Order: named("Mike", "Smith", c.email)}, rules(), lists()}
		s.rules.CustomerName = c.scheme
		s.lists.Names = append(s.lists.Names, posting.Name{ListID: "N-X", Name: c.name, FullName: c.name, Kind: "Customer", Email: c.has, Active: true})
		p := s.decide()
		if mustPost(t, p); len(p.Lists) != 1 || (len(p.Adjustments) == 1 && p.Adjustments[0].Cause == "name alike") != c.said {
			t.Errorf("%+v: %+v", c, p.Adjustments)
		}
	}
}

// drawBuyer is an order of one of a few buyers who are easily taken for one
// another; who tells them apart.
func drawBuyer(t *rapid.T, scheme string, emails bool) (o order.Order, who string) {
	first := rapid.SampledFrom([]string{"Mike", "mike ", "Łukasz", "Maximiliana Featherstonehaugh-Cholmondeley", "A:B", "A -B", "🎁"}).Draw(t, "first")
	last := rapid.SampledFrom([]string{"Smith", "SMITH", "Featherstonehaugh-Cholmondeley-Senior", "Featherstonehaugh-Cholmondeley-Junior", ""}).Draw(t, "last")
	o = named(first, last, "")
	o.Billing.Company = rapid.SampledFrom([]string{"", "Acme", "ACME  Inc", "Łódź Tea"}).Draw(t, "company")
	if emails {
		o.Email = rapid.SampledFrom([]string{"mike@example.com", "MIKE@example.com", "smith@example.com", "info@łódź.pl", "info@łodź.pl",
			strings.Repeat("long", 10) + "a@example.com", strings.Repeat("long", 10) + "b@example.com"}).Draw(t, "e-mail")
		return o, posting.Fold(o.Email)
	}
	// Buyers of one name and no e-mail are one: QuickBooks tells no more of a customer who is there.
	if scheme == "company" && o.Billing.Company != "" {
		return o, posting.Fold(o.Billing.Company)
	}
	if len([]rune(first+last)) > 40 { // the mark of a name that is cut tells case
		return o, first + " " + last
	}
	return o, posting.Fold(first + " " + last)
}

// No two buyers get one name, and a buyer always gets the same, whether the
// earlier ones are on the way or in the books (Q9, Q16). A name and a job's name
// have at most 41 characters and no colon (Q8, Q10).
func TestBuyersAndNames(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := setting{rules: rules(), lists: lists()}
		s.rules.CustomerName = rapid.SampledFrom([]string{"first-last", "last-first", "company", "email", "job"}).Draw(t, "scheme")
		shop(&s)
		for i, name := range []string{"Acme", "Mike Smith", "Smith, Mike (web)", "Mike Smith (smith@example.com)"} {
			if kind := rapid.SampledFrom([]string{"", "Vendor", "Employee", "OtherName"}).Draw(t, "kind of "+name); kind != "" {
				s.lists.Names = append(s.lists.Names, posting.Name{ListID: fmt.Sprint("V-", i), Name: name, FullName: name, Kind: kind, Active: rapid.Bool().Draw(t, "active")})
			}
		}
		books := posting.NewBooks(s.lists)
		emails := rapid.Bool().Draw(t, "e-mails")
		names, buyers := map[string]string{}, map[string]string{}
		for range 12 {
			o, who := drawBuyer(t, s.rules.CustomerName, emails)
			p := posting.Decide(posting.Sale{Order: o}, s.rules, books)
			if p.Cause == posting.CustomerUnsure {
				continue // a person decides
			}
			if len(p.Documents) != 1 {
				t.Fatalf("%s: %s", p.Cause, p.Reason)
			}
			got := p.Documents[0].Customer.Name
			if names[who] != "" && names[who] != got {
				t.Fatalf("%s was %q and is %q", who, names[who], got)
			}
			if other, taken := buyers[posting.Fold(got)]; taken && other != who {
				t.Fatalf("%s and %s are both %q", other, who, got)
			}
			names[who], buyers[posting.Fold(got)] = got, who
			if len(p.Lists) == 0 {
				continue
			}
			row := p.Lists[0]
			if own := row.Add.Customer.Name; len([]rune(own)) > 41 || strings.Contains(own, ":") || !strings.HasSuffix(row.Name, own) {
				t.Fatalf("row %q, name %q", row.Name, own)
			}
			if rapid.Bool().Draw(t, "into the books") {
				s.lists.Names = append(s.lists.Names, posting.Name{ListID: fmt.Sprint("N-", len(s.lists.Names)), Name: row.Add.Customer.Name, FullName: row.Name, Kind: "Customer", Email: row.Add.Customer.Email, Active: true})
				s.lists.Promised = slices.DeleteFunc(s.lists.Promised, func(p posting.Promise) bool { return p.Key == row.Key })
				books = posting.NewBooks(s.lists)
			} else {
				promise := posting.Promise{Key: row.Key, Kind: row.Kind, Name: row.Name, Email: row.Add.Customer.Email}
				s.lists.Promised = append(s.lists.Promised, promise)
				books.Promise(promise)
			}
		}
	})
}
