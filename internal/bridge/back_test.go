package bridge

import (
	"strings"
	"testing"
	"time"

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

// goneWorld has an order in the books and another that is newer, or a restored backup would be suspected at once.
func goneWorld(t *testing.T, o worldOptions) (*world, *placed) {
	w := newWorld(t, o)
	p := w.take(sim.KindPlain)[0]
	w.settle()
	w.take(sim.KindPlain)
	w.settle()
	w.nextDay()
	w.clock.advance(2 * time.Second) // an edit sequence is a second
	return w, p
}

// goneAndBack has a person delete a document, which QBridge sees, and the company file restored from a backup that was made before.
func (w *world) goneAndBack(p *placed, kind string, books []byte) {
	w.t.Helper()
	check(w.t, w.company.Delete(w.txnID(p, kind)))
	w.nextDay()
	w.want(p, order.Attention, string(CauseGone))
	check(w.t, w.company.Restore(books))
	w.nextDay()
	w.nextDay()
}

// A document that comes back is taken for what it is in the books now, not for what it was planned or seen as.
func TestBackAsItIsNow(t *testing.T) {
	pending := worldOptions{rules: strings.Replace(worldRules, `mode = "post"`, `mode = "pending"`, 1)}
	t.Run("final by now", func(t *testing.T) {
		w, p := goneWorld(t, pending)
		check(t, w.company.Finalize(w.view(p).TxnID))
		books, err := w.company.Snapshot()
		check(t, err)
		w.goneAndBack(p, "SalesReceipt", books)
		w.want(p, order.Synced)
	})
	t.Run("a draft again", func(t *testing.T) {
		w, p := goneWorld(t, pending)
		books, err := w.company.Snapshot()
		check(t, err)
		check(t, w.company.Finalize(w.view(p).TxnID))
		w.nextDay()
		w.want(p, order.Synced)
		w.goneAndBack(p, "SalesReceipt", books)
		w.want(p, order.Pending)
	})
	t.Run("another customer's by now", func(t *testing.T) {
		w, p := goneWorld(t, followRules(refundRules))
		documents := w.company.Documents("SalesReceipt")
		other := documents[len(documents)-1].Customer
		check(t, w.company.EditReceipt(w.view(p).TxnID, sim.ReceiptEdit{Customer: other}))
		books, err := w.company.Snapshot()
		check(t, err)
		w.goneAndBack(p, "SalesReceipt", books)
		w.want(p, order.Synced)
		w.refund(p, "PARTIALLY_REFUNDED", "5.00")
		w.settle()
		for _, d := range w.company.Documents("CreditMemo") {
			if d.Customer != other {
				t.Errorf("the credit memo is for %s", d.Customer)
			}
		}
	})
	t.Run("beside an invoice whose total was changed", func(t *testing.T) {
		w, p := goneWorld(t, followRules(`document = "invoice"`))
		check(t, w.company.EditReceipt(w.txnID(p, "Invoice"), sim.ReceiptEdit{More: 250}))
		w.nextDay()
		w.want(p, order.Attention, string(CauseChanged))
		books, err := w.company.Snapshot()
		check(t, err)
		w.goneAndBack(p, "ReceivePayment", books)
		w.want(p, order.Attention, string(CauseTotal))
	})
	t.Run("cancelled in the shop meanwhile", func(t *testing.T) {
		w, p := goneWorld(t, worldOptions{})
		books, err := w.company.Snapshot()
		check(t, err)
		check(t, w.company.Delete(w.view(p).TxnID))
		w.nextDay()
		w.change(p, map[string]any{"paymentStatus": "CANCELLED"})
		w.pull()
		w.settle()
		check(t, w.company.Restore(books))
		w.nextDay()
		w.want(p, order.Attention, "cancelled-after-posting")
	})
	t.Run("accepted as deleted", func(t *testing.T) {
		w, p := goneWorld(t, worldOptions{})
		books, err := w.company.Snapshot()
		check(t, err)
		check(t, w.company.Delete(w.view(p).TxnID))
		w.nextDay()
		check(t, w.b.Accept(w.ctx, p.ID, "Ann"))
		check(t, w.company.Restore(books))
		w.nextDay()
		w.once(p)
	})
}

// A voided document from whose memo a person took the word is not back.
func TestVoidedIsNotBack(t *testing.T) {
	w, p := goneWorld(t, worldOptions{})
	id, memo := w.view(p).TxnID, "entered twice"
	check(t, w.company.Void(id))
	w.nextDay()
	w.want(p, order.Attention, string(CauseVoided))
	check(t, w.company.EditReceipt(id, sim.ReceiptEdit{Memo: &memo}))
	w.nextDay()
	w.want(p, order.Attention, string(CauseVoided))
}

// I6: neither a row that can't be read nor a question that QuickBooks refuses keeps the rest from going on.
func TestBackOfOneKeepsNobody(t *testing.T) {
	t.Run("damaged", func(t *testing.T) {
		w, p := goneWorld(t, worldOptions{})
		books, err := w.company.Snapshot()
		check(t, err)
		check(t, w.company.Delete(w.view(p).TxnID))
		w.nextDay()
		check(t, w.company.Restore(books))
		w.damage("UPDATE outbox SET expect = '{' WHERE order_key = ?", w.key(p))
		next := w.take(sim.KindPlain)[0]
		w.nextDay()
		w.once(next)
		w.want(p, order.Attention, string(CauseUnsure))
		w.damage("UPDATE outbox SET expect = '{}' WHERE order_key = ?", w.key(p))
	})
	t.Run("refused", func(t *testing.T) {
		w, p := goneWorld(t, worldOptions{})
		other := w.take(sim.KindPlain)[0]
		w.settle()
		w.take(sim.KindPlain)
		w.settle()
		check(t, w.company.Delete(w.view(p).TxnID))
		w.nextDay()
		w.want(p, order.Attention, string(CauseGone))
		w.company.Interfere(func(request, id string) *sim.Status {
			if strings.HasPrefix(id, "back") {
				return &sim.Status{Code: 3030, Severity: "Error", Message: "bad value"}
			}
			return nil
		})
		check(t, w.company.Void(w.view(other).TxnID))
		w.nextDay()
		w.want(other, order.Attention, string(CauseVoided))
	})
}
