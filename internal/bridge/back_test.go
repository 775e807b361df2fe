package bridge

import (
	"strings"
	"testing"

	"qbridge/internal/order"
	"qbridge/internal/sim"
)

// P44: a document that a person deleted and that a restored backup of the company file brings back is the order's again, with what
// followed it; nothing is written a second time.
func TestBackWithTheCompanyFile(t *testing.T) {
	for name, deleted := range map[string][]string{
		"the sale": {"Invoice"}, "what followed it": {"ReceivePayment"}, "both": {"ReceivePayment", "Invoice"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, followRules(`document = "invoice"`))
			p := w.take(sim.KindPlain)[0]
			w.settle()
			w.want(p, order.Synced)
			was := w.documents(p)
			w.take(sim.KindPlain) // newer than it, or a restored backup would be suspected at once
			w.settle()
			w.nextDay()
			books, err := w.company.Snapshot()
			check(t, err)
			for _, kind := range deleted { // one a day: several at once are no deletions by hand
				for _, d := range w.company.Documents(kind) {
					if strings.Contains(d.Memo, w.view(p).ID[len(worldStore)+1:]+" ") {
						check(t, w.company.Delete(d.TxnID))
					}
				}
				w.nextDay()
			}
			w.want(p, order.Attention, string(CauseGone))
			check(t, w.company.Restore(books))
			since := len(w.handedOut(0))
			w.nextDay()
			w.want(p, order.Synced)
			w.wantDocuments(p, was...)
			if !w.said(p, "back", "is in QuickBooks again") {
				t.Errorf("the history: %+v", w.order(p).History)
			}
			if n := len(w.writing(since)); n > 0 {
				t.Errorf("%d sets were written", n)
			}
		})
	}
}
