package posting_test

import (
	"strings"
	"testing"

	"qbridge/internal/order"
	"qbridge/internal/posting"
)

// TestCustomerVanished: a customer of a posted sale that is not in QuickBooks any more, merged into another or deleted, is
// planned for nothing that follows (QuickBooks refuses the ListID with 3120, however often); whom a person chose is.
func TestCustomerVanished(t *testing.T) {
	without := func(names []posting.Name, listID string) (left []posting.Name) {
		for _, n := range names {
			if n.ListID != listID {
				left = append(left, n)
			}
		}
		return left
	}
	five := status(order.PartiallyRefunded, refund("2026-03-20", "5"))
	for _, c := range []struct {
		name   string
		change func(*setting)
		before int // how many documents are posted before the customer vanishes
		kind   string
	}{
		{"a credit memo", five, 1, posting.CreditMemo},
		{"a credit memo of all", status(order.Refunded, refund("2026-03-21", "194.74")), 1, posting.CreditMemo},
		{"a card refund", five, 2, posting.ARRefundCreditCard},
		{"a refund cheque", func(s *setting) { five(s); s.rules.RefundForm = "check" }, 2, posting.Check},
		{"a payment", func(s *setting) { s.rules.Document = "invoice" }, 1, posting.ReceivePayment},
		{"the invoice of a sales order", func(s *setting) { s.rules.Document, s.rules.AfterSalesOrder = "sales-order", "paid" }, 1, posting.Invoice},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := later(taxedOrder(), c.change)
			s.sale.Order.Email = "jane@example.com"
			for range c.before {
				s.sale.Posted = append(s.sale.Posted, posted(mustPost(t, s.decide())))
			}
			if d := mustPost(t, s.decide()); d.Kind != c.kind || d.Customer.ListID != "N-JANE" {
				t.Fatalf("%s for %s before", d.Kind, d.Customer.ListID)
			}
			s.lists.Names = without(s.lists.Names, "N-JANE")
			held := func(why string) {
				t.Helper()
				p := s.decide()
				if p.State != order.Attention || p.Cause != posting.CustomerGone || !strings.Contains(p.Reason, "Jane Doe") || !strings.Contains(p.Reason, s.sale.Posted[c.before-1].TxnID) || len(p.Lists) > 0 {
					t.Fatalf("%s: %s %s: %s %+v", why, p.State, p.Cause, p.Reason, p.Lists)
				}
			}
			held("nobody chose")
			for _, other := range []string{"N-JANE", "N-VEND", "N-ASLEEP"} { // the same one, a vendor, an inactive one
				s.sale.Decisions.Customer = other
				held(other)
			}
			s.sale.Decisions.Customer = "N-PLAIN"
			if d := mustPost(t, s.decide()); d.Kind != c.kind || d.Customer.ListID != "N-PLAIN" {
				t.Errorf("%s for %+v, not for the one who was chosen", d.Kind, d.Customer)
			}
			// QuickBooks says whom the sale is for now: that one, whoever was chosen.
			s.sale.Posted[c.before-1].Form.Customer = posting.Ref{ListID: "N-TWO1", Name: "Two One"}
			if d := mustPost(t, s.decide()); d.Customer.ListID != "N-TWO1" {
				t.Errorf("for %+v, not for the one whose the sale is", d.Customer)
			}
		})
	}
}
