package bridge

import (
	"fmt"
	"testing"

	"qbridge/internal/order"
	"qbridge/internal/posting"
	"qbridge/internal/sim"
)

// I1: what a person took for right of refunds that the shop changed or took back rests, though everything is planned anew.
func TestAcceptOfRefundsTakenBack(t *testing.T) {
	for _, test := range []struct {
		name, status string
	}{{"the shop lists none any more", "PAID"}, {"the order is cancelled", "CANCELLED"}} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t, followRules(refundRules))
			p := w.take(sim.KindPlain)[0]
			w.settle()
			w.refund(p, "PARTIALLY_REFUNDED", "2.00")
			w.settle()
			set := map[string]any{"paymentStatus": test.status}
			if test.status == "PAID" {
				set["refunds"], set["refundedAmount"] = []any{}, 0
			}
			w.change(p, set)
			w.pull()
			w.settle()
			if w.view(p).State != string(order.Attention) {
				t.Fatalf("nobody is asked: %+v", w.view(p))
			}
			check(t, w.b.Accept(w.ctx, p.ID, "Ann"))
			check(t, w.b.SetRule(w.ctx, "rounding-limit", "0.04", "Ann")) // everything is planned anew
			w.settle()
			w.want(p, order.Synced)
			w.wantDocuments(p, "SalesReceipt "+w.view(p).Total, "CreditMemo 2.00 left 0.00", "ARRefundCreditCard 2.00")
			w.refund(p, "PARTIALLY_REFUNDED", "1.00") // something new is asked anew
			w.settle()
			w.want(p, order.Attention, string(posting.RefundUnclear))
		})
	}
}

// P44, I3: an order that was posted before our own database was copied back, and that is to become another kind of document by
// now, is found by its mark: it is not posted a second time.
func TestForgottenSaleOfAnotherKind(t *testing.T) {
	w := newWorld(t, followRules(`unpaid = "invoice"`))
	w.posted(1)
	copied := t.TempDir() + "/copy.db"
	check(t, w.b.Backup(w.ctx, copied))
	p := w.posted(1)[0]
	w.copyBack(copied)
	w.change(p, map[string]any{"paymentStatus": "AWAITING_PAYMENT"})
	w.pull()
	w.settle()
	w.want(p, order.Attention, string(posting.PaymentTakenBack))
	w.wantDocuments(p, "SalesReceipt "+w.view(p).Total)
	w.change(p, map[string]any{"paymentStatus": "PAID"})
	w.pull()
	w.settle()
	w.want(p, order.Synced)
	w.wantDocuments(p, "SalesReceipt "+w.view(p).Total)
}

// P44: a credit memo that we forgot, of a refund that the shop does not list any more, is found by its mark, and a person is asked.
func TestForgottenCreditMemo(t *testing.T) {
	w := newWorld(t, followRules(refundRules+`refund-form = "none"`))
	p := w.posted(1)[0]
	copied := t.TempDir() + "/copy.db"
	check(t, w.b.Backup(w.ctx, copied))
	w.refund(p, "PARTIALLY_REFUNDED", "2.00")
	w.settle()
	w.copyBack(copied)
	w.change(p, map[string]any{"paymentStatus": "PAID", "refunds": []any{}, "refundedAmount": 0})
	w.pull()
	w.settle()
	_, err := w.b.Check(w.ctx)
	check(t, err)
	w.settle()
	w.want(p, order.Attention, string(posting.RefundUnclear))
	w.refund(p, "PARTIALLY_REFUNDED", "2.00")
	w.settle()
	w.want(p, order.Synced)
	w.wantDocuments(p, "SalesReceipt "+w.view(p).Total, "CreditMemo 2.00 left 2.00")
}

// I3: what a person says of a credit memo that is perhaps in the books is about that alone; its sale stays as it is.
func TestLinkOfWhatFollows(t *testing.T) {
	for _, same := range []bool{false, true} {
		t.Run(fmt.Sprint(same), func(t *testing.T) {
			w := newWorld(t, followRules(refundRules+`refund-form = "none"`))
			p := w.posted(1)[0]
			typed, err := w.company.TypeReceipt(sim.TypedReceipt{Kind: posting.CreditMemo, Customer: w.live(p)[0].Customer, RefNumber: p.ID + "-C1", Date: "2020-01-02",
				Lines: []sim.TypedLine{{Item: sim.ItemHandling, Amount: 200}}})
			check(t, err)
			w.refund(p, "PARTIALLY_REFUNDED", "2.00")
			w.settle()
			w.want(p, order.Attention, string(CauseUnsure))
			sale := w.view(p).TxnID
			kind, want := "not-link", []string{"SalesReceipt " + w.view(p).Total, "CreditMemo 2.00 left 2.00"}
			if same {
				kind, want = "link", want[:1] // the typed one bears no mark
			}
			check(t, w.b.Link(w.ctx, p.ID, kind, typed, "Ann"))
			w.settle()
			w.want(p, order.Synced)
			w.wantDocuments(p, want...)
			if w.view(p).TxnID != sale {
				t.Errorf("the order's document is %s, not %s", w.view(p).TxnID, sale)
			}
		})
	}
}
