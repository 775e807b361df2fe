package bridge

import (
	"testing"

	"qbridge/internal/order"
	"qbridge/internal/posting"
	"qbridge/internal/sim"
)

// I3: a payment that a person entered and has not applied yet is not written a second time beside it: it is asked about. One of another amount,
// of another time, or applied to something else, is no reason to ask.
func TestPaymentEnteredByHand(t *testing.T) {
	for _, test := range []struct {
		name, date, more, then string
		asks                   bool
		applied                bool // to an invoice of another sale
		payments               int
	}{
		{name: "it is the order's", date: "2026-11-19", then: "link", asks: true, payments: 1},
		{name: "it is for another sale", date: "2026-11-19", then: "not-link", asks: true, payments: 2},
		{name: "another amount", date: "2026-11-19", more: "1", payments: 2},
		{name: "long ago", date: "2026-11-02", payments: 2},
		{name: "applied already", date: "2026-11-19", applied: true, payments: 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t, followRules(`unpaid = "invoice"`))
			w.doubles = true // what a person typed is no business of the audit
			p := w.take(sim.KindAwaiting)[0]
			w.settle()
			v := w.view(p)
			customer := `<CustomerRef><ListID>` + w.company.Documents(posting.Invoice)[0].CustomerID + `</ListID></CustomerRef>`
			amount, on := test.more+v.Total, `<IsAutoApply>false</IsAutoApply>`
			if test.applied {
				id := typedID(w.byHand(typed("Invoice", `<ListID>`+w.company.Documents(posting.Invoice)[0].CustomerID+`</ListID>`, test.date, "77", amount)))
				on = `<AppliedToTxnAdd><TxnID>` + id + `</TxnID><PaymentAmount>` + amount + `</PaymentAmount></AppliedToTxnAdd>`
			}
			id := typedID(w.byHand(`<ReceivePaymentAddRq requestID="1"><ReceivePaymentAdd>` + customer + `<TxnDate>` + test.date + `</TxnDate><TotalAmount>` + amount + `</TotalAmount>` + on + `</ReceivePaymentAdd></ReceivePaymentAddRq>`))
			w.paid(p)
			w.settle()
			if test.asks {
				w.want(p, order.Attention, string(CauseUnsure), id, "payment")
				check(t, w.b.Link(w.ctx, p.ID, test.then, id, "Ann"))
				w.settle()
			}
			w.want(p, order.Synced)
			if n := len(w.company.Documents(posting.ReceivePayment)); n != test.payments {
				t.Errorf("%d payments, not %d", n, test.payments)
			}
		})
	}
}
