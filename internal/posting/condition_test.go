package posting_test

import (
	"strings"
	"testing"

	"qbridge/internal/order"
	"qbridge/internal/posting"
)

// Conditions are written in one way; what is none is refused with what there is.
func TestConditions(t *testing.T) {
	for _, c := range []struct{ entry, key, problem string }{
		{"country:US", "country:US", ""},
		{"Country: US", "country:US", ""},
		{"country:US+payment:PAID", "payment:PAID + country:US", ""},
		{"total>=100 + sku:TS-42 + sku:A-1", "sku:A-1 + sku:TS-42 + total>=100", ""},
		{"method:Cash + carry", "method:Cash + carry", ""},
		{"method:Cash + carry + store:7", "method:Cash + carry + store:7", ""},
		{"group:a.b", "group:a.b", ""},
		{"US", "", "no condition"},
		{"colour:red", "", "no condition"},
		{"country:", "", "no value"},
		{"payment: + country:US", "", "no value"},
		{"total>=much", "", "no amount"},
		{"", "", "key below it"},
	} {
		r := posting.DefaultRules()
		err := r.Set("documents."+c.entry, "invoice")
		if c.problem != "" {
			if err == nil || !strings.Contains(err.Error(), c.problem) {
				t.Errorf("%q: %v, want an error that says %q", c.entry, err, c.problem)
			}
			continue
		}
		if err != nil || r.Documents[c.key] != "invoice" || len(r.Documents) != 1 {
			t.Errorf("%q: %v, %v", c.entry, err, r.Documents)
		}
	}
	r := posting.DefaultRules()
	if err := r.Set("documents.country:US", "letter"); err == nil || !strings.Contains(err.Error(), "receipt, invoice") {
		t.Errorf("a document that does not exist: %v", err)
	}
}

// The entry with most conditions wins, then that whose conditions are named
// first, then that with the highest total.
func TestDocumentsByCondition(t *testing.T) {
	for _, c := range []struct {
		name    string
		change  func(*order.Order)
		entries string // entry=value, separated by semicolons
		want    string // kind, or cause
	}{
		{"none fits", nil, "country:CA=hold; store:1=hold; total>=1000=hold", posting.SalesReceipt},
		{"payment", nil, "payment:paid=invoice", posting.Invoice},
		{"method", nil, "method:credit or DEBIT card=invoice", posting.Invoice},
		{"module", nil, "module:stripe=invoice", posting.Invoice},
		{"fulfillment", func(o *order.Order) { o.Fulfillment = "SHIPPED" }, "fulfillment:shipped=invoice", posting.Invoice},
		{"store", nil, "store:1003=invoice", posting.Invoice},
		{"country by code", nil, "country:us=invoice", posting.Invoice},
		{"country by name", nil, "country:United States=invoice", posting.Invoice},
		{"country of billing", func(o *order.Order) { o.Shipping = order.Person{Name: "Jane Doe"} }, "country:US=invoice", posting.Invoice},
		{"country of shipping first", func(o *order.Order) { o.Shipping.CountryCode, o.Shipping.Country = "CA", "Canada" }, "country:US=invoice", posting.SalesReceipt},
		{"tag", nil, "tag:vip=invoice", posting.Invoice},
		{"channel", func(o *order.Order) { o.ExternalChannel = "Amazon" }, "channel:amazon=exclude", string(posting.ExcludedByRule)},
		{"group", func(o *order.Order) { o.CustomerGroup = "Wholesale" }, "group:wholesale=invoice", posting.Invoice},
		{"SKU of any line", nil, "sku:ts-42=invoice", posting.Invoice},
		{"total reached", nil, "total>=179.90=invoice", posting.Invoice},
		{"total not reached", nil, "total>=179.91=invoice", posting.SalesReceipt},
		{"total before the gift card", func(o *order.Order) { o.GiftCard, o.Total = dec("100"), dec("79.90") }, "total>=179.90=invoice", posting.Invoice},
		{"all must be met", nil, "payment:PAID + country:CA=invoice", posting.SalesReceipt},
		{"most conditions", nil, "payment:PAID=hold; country:US + sku:TS-42=invoice", posting.Invoice},
		{"named first", nil, "country:US=hold; method:Credit or debit card=invoice", posting.Invoice},
		{"highest total", nil, "total>=50=hold; total>=100=invoice; total>=20=hold", posting.Invoice},
		{"same conditions, by text", nil, "sku:TS-42=invoice; tag:vip=hold", string(posting.HeldByRule)},
		{"wait", nil, "store:1003=wait", string(posting.WaitsByRule)},
		{"hold", nil, "store:1003=hold", string(posting.HeldByRule)},
		{"unpaid to wait", func(o *order.Order) { o.Payment = order.AwaitingPayment }, "store:1003=wait", string(posting.NotPaid)},
		{"a receipt for an unpaid order", func(o *order.Order) { o.Payment = order.AwaitingPayment }, "store:1003=receipt", string(posting.NotPaid)},
		{"an invoice for an unpaid order", func(o *order.Order) { o.Payment = order.AwaitingPayment }, "store:1003=invoice", posting.Invoice},
		{"a status of the shop's own", func(o *order.Order) { o.Payment = "CUSTOM_PAYMENT_STATUS_1" }, "store:1003=invoice", string(posting.UnknownStatus)},
		{"a status of the shop's own, by rule", func(o *order.Order) { o.Payment = "CUSTOM_PAYMENT_STATUS_1" }, "payment:CUSTOM_PAYMENT_STATUS_1=receipt", posting.SalesReceipt},
		{"cancelled, whatever the rules", func(o *order.Order) { o.Payment = order.Cancelled }, "payment:CANCELLED=invoice", string(posting.CancelledUnpaid)},
		{"nonsense", nil, "store:1003=letter", string(posting.RulesIncomplete)},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := sold(plain())
			if c.change != nil {
				c.change(&s.sale.Order)
			}
			s.sale.Decisions.Tags = []string{"VIP"}
			s.rules.Documents = map[string]string{}
			for entry := range strings.SplitSeq(c.entries, "; ") {
				at := strings.LastIndexByte(entry, '=')
				s.rules.Documents[entry[:at]] = entry[at+1:]
			}
			p := s.decide()
			got := string(p.Cause)
			if len(p.Documents) == 1 {
				got = p.Documents[0].Kind
			}
			if got != c.want {
				t.Errorf("%s, want %s (%s)", got, c.want, p.Reason)
			}
		})
	}
}
