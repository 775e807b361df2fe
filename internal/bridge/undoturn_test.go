package bridge

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"qbridge/internal/order"
	"qbridge/internal/posting"
	"qbridge/internal/sim"
	"qbridge/store"
)

// refuseVoid has QuickBooks refuse to void documents of a kind.
func (w *world) refuseVoid(kind string) {
	w.company.Interfere(func(_, id string) *sim.Status {
		w.mu.Lock()
		defer w.mu.Unlock()
		if strings.Contains(w.sets[len(w.sets)-1].document, `<TxnVoidRq requestID="`+id+`"><TxnVoidType>`+kind+"<") {
			return &sim.Status{Code: 3175, Severity: "Error", Message: "It is in use by another user."}
		}
		return nil
	})
}

// I3: what others follow is undone when it is known that they are: QuickBooks may refuse them at the last moment, and the sale would be void
// beside a credit memo that stands.
func TestUndoInTurn(t *testing.T) {
	w := newWorld(t, followRules(refundRules))
	p := w.take(sim.KindPlain)[0]
	w.settle()
	w.refund(p, "PARTIALLY_REFUNDED", "5.00")
	w.settle()
	total := w.view(p).Total
	w.wantDocuments(p, "SalesReceipt "+total, "CreditMemo 5.00 left 0.00", "ARRefundCreditCard 5.00")
	_, err := w.b.Undo(w.ctx, UndoOf{Order: p.ID}, false, "Ann")
	check(t, err)
	w.refuseVoid(posting.ARRefundCreditCard)
	w.settle()
	w.wantDocuments(p, "SalesReceipt "+total, "CreditMemo 5.00 left 0.00", "ARRefundCreditCard 5.00")
	w.company.Interfere(nil)
	since := len(w.handedOut(0))
	w.clock.advance(3600e9)
	w.session() // all in one
	w.want(p, order.Held, "undone by Ann")
	w.wantDocuments(p)
	var kinds []string
	for _, s := range w.writing(since) {
		_, rest, _ := strings.Cut(s.document, "<TxnVoidType>")
		kind, rest, _ := strings.Cut(rest, "<")
		kinds = append(kinds, kind)
		if strings.Contains(rest, "<TxnVoidType>") {
			t.Errorf("undone together: %s", s.document)
		}
	}
	if want := []string{posting.ARRefundCreditCard, posting.CreditMemo, posting.SalesReceipt}; !slices.Equal(kinds, want) {
		t.Errorf("undone were %q, not %q", kinds, want)
	}
	w.settle()
	check(t, w.b.Decide(w.ctx, p.ID, "release", "", "", "Ann"))
	w.settle()
	w.want(p, order.Synced)
	w.wantDocuments(p, "SalesReceipt "+total, "CreditMemo 5.00 left 0.00", "ARRefundCreditCard 5.00")
}

// A person who takes an undo back takes back that of all its documents.
func TestUndoOfManyTakenBack(t *testing.T) {
	w := newWorld(t, followRules(`document = "invoice"`))
	p := w.take(sim.KindPlain)[0]
	w.settle()
	total := w.view(p).Total
	_, err := w.b.Undo(w.ctx, UndoOf{Order: p.ID}, false, "Ann")
	check(t, err)
	check(t, w.b.Accept(w.ctx, p.ID, "Ann"))
	w.want(p, order.Synced, "Ann took that back")
	since := len(w.handedOut(0))
	w.settle()
	w.want(p, order.Synced)
	w.wantDocuments(p, "Invoice "+total+" left 0.00", "ReceivePayment "+total)
	if n := len(w.writing(since)); n > 0 {
		t.Errorf("%d writing sets", n)
	}
}

// setOf is the set that wrote the document of an order that has a purpose.
func (w *world) setOf(p *placed, purpose string) string {
	w.t.Helper()
	key := strings.TrimPrefix(w.view(p).ID, worldStore+"/")
	set := ""
	check(w.t, w.b.db.Read(w.ctx, func(tx *store.Tx) error {
		rows, err := tx.RowsOfOrder(worldStore, key)
		for _, r := range rows {
			if purposeOf(r) == purpose {
				set = r.SetID
			}
		}
		return err
	}))
	return set
}

// One of two credit memos can be undone and written anew; first what paid it out, which is said.
func TestUndoOneOfTwoCreditMemos(t *testing.T) {
	w := newWorld(t, followRules(refundRules))
	p := w.take(sim.KindPlain)[0]
	w.settle()
	at := w.clock.now().Format("2006-01-02 15:04:05 -0700")
	one := map[string]any{"date": at, "source": "CP", "amount": json.Number("5.00")}
	two := map[string]any{"date": at, "source": "CP", "amount": json.Number("3.00")}
	w.change(p, map[string]any{"paymentStatus": "PARTIALLY_REFUNDED", "refundedAmount": json.Number("8.00"), "refunds": []any{one, two}})
	w.pull()
	w.settle()
	total := w.view(p).Total
	w.wantDocuments(p, "SalesReceipt "+total, "CreditMemo 5.00 left 0.00", "ARRefundCreditCard 5.00", "CreditMemo 3.00 left 0.00", "ARRefundCreditCard 3.00")
	undo := func(purpose string) {
		t.Helper()
		_, err := w.b.Undo(w.ctx, UndoOf{Set: w.setOf(p, purpose)}, true, "Ann")
		check(t, err)
		w.settle()
	}
	undo("receipt")
	w.want(p, order.Attention, string(CauseUndo), p.ID+"-R2", "undo that first")
	undo("credit/1")
	w.want(p, order.Attention, string(CauseUndo), p.ID+"-R1", "undo that first")
	undo("refund/1")
	undo("credit/1")
	w.want(p, order.Held)
	w.wantDocuments(p, "SalesReceipt "+total, "CreditMemo 3.00 left 0.00", "ARRefundCreditCard 3.00")
	check(t, w.b.Decide(w.ctx, p.ID, "release", "", "", "Ann"))
	w.settle()
	w.want(p, order.Synced)
	w.wantDocuments(p, "SalesReceipt "+total, "CreditMemo 3.00 left 0.00", "ARRefundCreditCard 3.00", "CreditMemo 5.00 left 0.00", "ARRefundCreditCard 5.00")
}
