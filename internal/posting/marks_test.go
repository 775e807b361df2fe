package posting_test

import (
	"strings"
	"testing"

	"qbridge/internal/order"
	"qbridge/internal/posting"
)

// marked has every mark that rules can put on a form.
func marked(s *setting) {
	entry := func(id, name string) posting.Entry { return posting.Entry{ListID: id, Name: name, Active: true} }
	s.lists.Company.Classes = true
	s.lists.Classes = []posting.Entry{entry("CL-WEB", "Web"), entry("CL-CA", "Web:Canada"), {ListID: "CL-OLD", Name: "Old"}}
	s.lists.Templates = []posting.Entry{entry("TP-R", "Web Receipt"), entry("TP-I", "Web Invoice"), entry("TP-S", "Web Order"), entry("TP-C", "Web Credit")}
	s.lists.SalesReps, s.lists.Messages = []posting.Entry{entry("RP-WEB", "WEB")}, []posting.Entry{entry("MS-1", "Thank you for your business.")}
	s.lists.Terms = []posting.Entry{entry("TERM-30", "Net 30")}
	s.rules.Class, s.rules.Classes = "Web", map[string]string{"country:CA": "web:canada"}
	s.rules.Templates = map[string]string{"receipt": "Web Receipt", "invoice": "Web Invoice", "sales-order": "Web Order", "credit-memo": "Web Credit"}
	s.rules.SalesRep, s.rules.CustomerMessage, s.rules.ShipDate, s.rules.OtherField = "web", "Thank you for your business.", "order-date", "tracking"
	s.rules.NumberPrefix = "W-"
	s.sale.Order.TrackingNumber = "1Z999AA10123456784"
}

// euro makes the order and the company file such that it can be posted in euros.
func euro(s *setting) {
	s.sale.Order.Currency = "EUR"
	s.lists.Company.Multicurrency, s.lists.Company.HomeCurrency = true, "USD"
	s.lists.Names[0].Currency = "EUR"
	s.lists.Accounts = append(s.lists.Accounts, posting.Account{ListID: "A-AR-EUR", FullName: "Accounts Receivable - EUR", Type: "AccountsReceivable", Active: true})
	s.lists.Currencies = []posting.Currency{{ListID: "C-USD", Name: "US Dollar", Code: "USD", Active: true}, {ListID: "C-EUR", Name: "Euro", Code: "EUR", Active: true}}
	s.rules.ExchangeRates, s.rules.ReceivableByCurrency = map[string]string{"EUR": "1.0825"}, map[string]string{"EUR": "Accounts Receivable - EUR"}
}

func addMarked(all map[string]setting) {
	all["every-mark"] = later(taxedOrder(), marked)
	all["every-mark-on-an-invoice"] = later(taxedOrder(), marked, status(order.AwaitingPayment))
	all["euro"] = later(taxedOrder(), euro)
}

// Each kind of form has its template; the class is that of the conditions met;
// a credit memo keeps the class of its sale.
func TestMarks(t *testing.T) {
	s := later(taxedOrder(), marked, status(order.Refunded, refund("2026-03-21", "194.74")))
	s.rules.Document, s.rules.AfterSalesOrder = "sales-order", "paid"
	s.sale.Order.Shipping.CountryCode = "CA"
	templates := map[string]string{posting.SalesOrder: "TP-S", posting.Invoice: "TP-I", posting.CreditMemo: "TP-C"}
	numbers := map[string]string{posting.SalesOrder: "W-S01QA-SO", posting.Invoice: "W-S01QA", posting.ReceivePayment: "W-S01QA-P1", posting.CreditMemo: "W-S01QA-C1", posting.ARRefundCreditCard: "W-S01QA-R1"}
	for range 5 {
		d := mustPost(t, s.decide())
		if d.Template.ListID != templates[d.Kind] || d.RefNumber != numbers[d.Kind] {
			t.Errorf("%s: template %q, number %q", d.Kind, d.Template.ListID, d.RefNumber)
		}
		if d.Class.ListID != "CL-CA" {
			t.Errorf("%s: class %q", d.Kind, d.Class.ListID)
		}
		if _, form := templates[d.Kind]; form && (d.SalesRep.ListID != "RP-WEB" || d.Message.ListID != "MS-1" || d.Other != "1Z999AA10123456784") {
			t.Errorf("%s: rep %v, message %v, other %q", d.Kind, d.SalesRep, d.Message, d.Other)
		}
		s.sale.Posted = append(s.sale.Posted, posted(d))
		s.rules.Classes = nil // the sale's class stays on what follows its invoice
		if d.Kind == posting.SalesOrder {
			s.rules.Classes = map[string]string{"country:CA": "Web:Canada"}
		}
	}
	if p := s.decide(); p.Cause != posting.NothingToPost {
		t.Errorf("%q %s", p.Cause, p.Reason)
	}
}

// What the field Other holds, and what stands against a mark.
func TestMarksThatDoNotFit(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*setting)
		cause  posting.Cause
		says   string // of the reason, or of the memo
		other  string
	}{
		{"order number", func(s *setting) { s.rules.OtherField = "order-number" }, "", "", "S01QA"},
		{"transaction", func(s *setting) { s.rules.OtherField = "transaction" }, "", "", "pi_S01QA0001"},
		{"PO number", func(s *setting) { s.rules.OtherField, s.sale.Order.PONumber = "po-number", "PO-7" }, "", "", "PO-7"},
		{"channel", func(s *setting) { s.rules.OtherField, s.sale.Order.ExternalChannel = "channel", "Amazon" }, "", "", "Amazon"},
		{"nothing", func(s *setting) { s.rules.OtherField = "none" }, "", "", ""},
		{"too long", func(s *setting) { s.sale.Order.TrackingNumber = strings.Repeat("9", 30) }, "", "tracking " + strings.Repeat("9", 30), strings.Repeat("9", 29)},
		{"class that is inactive", func(s *setting) { s.rules.Class = "Old" }, posting.RulesIncomplete, "inactive", ""},
		{"class that is not there", func(s *setting) { s.rules.Classes = map[string]string{"country:US": "Nope"} }, posting.RulesIncomplete, "classes.country:US", ""},
		{"class tracking off", func(s *setting) { s.lists.Company.Classes = false }, posting.RulesIncomplete, "class tracking is switched off", ""},
		{"template that is not there", func(s *setting) { s.rules.Templates["receipt"] = "Nope" }, posting.RulesIncomplete, "templates.receipt", ""},
		{"sales rep that is not there", func(s *setting) { s.rules.SalesRep = "XX" }, posting.RulesIncomplete, "sales-rep", ""},
		{"message that is not there", func(s *setting) { s.rules.CustomerMessage = "Hi" }, posting.RulesIncomplete, "customer-message", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := later(taxedOrder(), marked, c.change)
			p := s.decide()
			if p.Cause != c.cause {
				t.Fatalf("%s %q: %s", p.State, p.Cause, p.Reason)
			}
			if c.cause != "" {
				if !strings.Contains(p.Reason, c.says) {
					t.Errorf("%q does not say %q", p.Reason, c.says)
				}
				return
			}
			if d := mustPost(t, p); d.Other != c.other || !strings.Contains(d.Memo, c.says) {
				t.Errorf("other %q, memo %q", d.Other, d.Memo)
			}
		})
	}
}

// The prefix takes part in what a number holds; numbers stay different. Q8
func TestNumberPrefix(t *testing.T) {
	numbers := map[string]string{}
	for _, id := range []string{"12345678", "123456789", "1234567890", "12345678901", "🎁"} {
		s := later(plain(), marked)
		s.sale.Order.ID = id
		d := mustPost(t, s.decide())
		if !strings.HasPrefix(d.RefNumber, "W-") || len(d.RefNumber) > 11 || numbers[d.RefNumber] != "" {
			t.Errorf("%s is %q, as is %s", id, d.RefNumber, numbers[d.RefNumber])
		}
		numbers[d.RefNumber] = id
	}
}

// Q35: with multiple currencies off an order in another is held; with them on it
// goes out at the rules' rate, for a customer and A/R account of that currency.
func TestOtherCurrencies(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*setting)
		cause  posting.Cause
		says   string
	}{
		{"multiple currencies on", func(*setting) {}, "", ""},
		{"multiple currencies off", func(s *setting) { s.lists.Company.Multicurrency = false }, posting.ForeignCurrency, "switched off"},
		{"no rate", func(s *setting) { s.rules.ExchangeRates = nil }, posting.ForeignCurrency, "EUR"},
		{"rate of another currency", func(s *setting) { s.rules.ExchangeRates = map[string]string{"CAD": "0.7"} }, posting.ForeignCurrency, "EUR"},
		{"customer chosen who is kept in another", func(s *setting) {
			s.lists.Names[0].Currency, s.sale.Decisions.Customer = "USD", s.lists.Names[0].ListID
		}, posting.CustomerUnsure, "kept in USD"},
		{"customer of no known currency", func(s *setting) { s.lists.Names[0].Currency = "" }, posting.CustomerMissing, "EUR"},
		{"two records of one buyer", func(s *setting) {
			twin := s.lists.Names[0]
			twin.ListID, twin.Name, twin.FullName, twin.Currency = "N-JANE-USD", "Jane Doe USD", "Jane Doe USD", "USD"
			s.lists.Names = append(s.lists.Names, twin)
		}, "", ""},
		{"invoice", status(order.AwaitingPayment), "", ""},
		{"invoice without an A/R account in it", func(s *setting) { status(order.AwaitingPayment)(s); s.rules.ReceivableByCurrency = nil }, posting.RulesIncomplete, "receivable-by-currency.EUR"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := later(taxedOrder(), euro, c.change)
			p := s.decide()
			if p.Cause != c.cause || !strings.Contains(p.Reason, c.says) {
				t.Fatalf("%s %q: %s", p.State, p.Cause, p.Reason)
			}
			if c.cause != "" {
				return
			}
			d := mustPost(t, p)
			if d.Currency != "EUR" || !d.ExchangeRate.Equal(dec("1.0825")) || d.Customer.ListID != "N-JANE" || !d.Total.Equal(dec("194.74")) {
				t.Errorf("%+v", d)
			}
			if d.Kind == posting.Invoice && d.Receivable.ListID != "A-AR-EUR" {
				t.Errorf("A/R %v", d.Receivable)
			}
		})
	}
	// What follows is booked at the rate of the sale.
	s := later(taxedOrder(), euro, status(order.Refunded, refund("2026-03-21", "194.74")))
	s.rules.Document = "invoice"
	for range 4 {
		d := mustPost(t, s.decide())
		if d.Currency != "EUR" || !d.ExchangeRate.Equal(dec("1.0825")) || d.Receivable.ListID != "A-AR-EUR" {
			t.Errorf("%s: %s at %s, A/R %v", d.Kind, d.Currency, d.ExchangeRate, d.Receivable)
		}
		s.sale.Posted = append(s.sale.Posted, posted(d))
		s.rules.ExchangeRates = map[string]string{"EUR": "1.2"}
	}
}
