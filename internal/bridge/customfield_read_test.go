package bridge

import (
	"slices"
	"strings"
	"testing"
	"time"

	"qbridge/internal/order"
	"qbridge/internal/sim"
	"qbridge/store"
)

// memoChanged has a person change nothing but the memo of an order's receipt, and a day pass.
func (w *world) memoChanged(all ...*placed) {
	w.t.Helper()
	for _, p := range all {
		if w.said(p, "changed", "") {
			w.t.Errorf("order %s: our own writing is taken for a person's change", p.ID)
		}
	}
	w.clock.advance(2 * time.Second) // an edit sequence is a second
	text := "seen by Bob"
	for _, p := range all {
		check(w.t, w.company.EditReceipt(w.view(p).TxnID, sim.ReceiptEdit{Memo: &text}))
	}
	w.nextDay()
	for _, p := range all {
		if !w.said(p, "changed", "its total is the same") {
			w.t.Errorf("order %s: nobody saw what a person changed", p.ID)
		}
	}
}

// readings counts the sets that read documents after their custom fields were set.
func (w *world) readings() (n int) {
	for _, s := range w.handedOut(0) {
		n += strings.Count(s.document, `requestID="fields`)
	}
	return n
}

// A document is read when its custom fields were set, in the same session: what people change from then on is told, be it a text alone.
func TestChangeAfterCustomFields(t *testing.T) {
	w := newWorld(t, withFields("Web order", "Shop"))
	all := w.take(plain(3)...)
	w.session()
	for _, p := range all {
		w.wantFields(p, p.ID, worldStore)
		if r := w.row(p); r.EditSequence == "" {
			t.Errorf("order %s: it is not known how its receipt is now", p.ID)
		}
	}
	if n := w.readings(); n != 1 {
		t.Errorf("the documents were read %d times", n)
	}
	w.settle()
	w.once(all...)
	w.memoChanged(all...)
}

// What a person changes in the middle, between the setting and the reading, is told when it is the total.
func TestTotalChangedBeforeCustomFieldsAreRead(t *testing.T) {
	w := newWorld(t, withFields("Web order", "Shop"))
	p := w.take(sim.KindPlain)[0]
	w.cutAfterAnswer("<DataExtModRq")
	w.interrupted()
	w.clock.advance(2 * time.Second)
	check(t, w.company.EditReceipt(w.view(p).TxnID, sim.ReceiptEdit{More: 150}))
	w.session()
	w.want(p, order.Attention, string(CauseChanged), "its total was")
}

// A document that a person deleted before it was read is found as any other that is gone.
func TestDeletedBeforeCustomFieldsAreRead(t *testing.T) {
	w := newWorld(t, withFields("Web order", "Shop"))
	w.take(sim.KindPlain)
	w.settle()
	p := w.take(sim.KindReturning)[0]
	w.cutAfterAnswer("<DataExtModRq")
	w.interrupted()
	check(t, w.b.db.Write(w.ctx, func(tx *store.Tx) error { return tx.SetSetting(lenientSetting(1), "yes") }))
	check(t, w.company.Delete(w.view(p).TxnID))
	w.settle()
	w.want(p, order.Attention, string(CauseGone))
}

// P41, I9: wherever the program dies while custom fields are set and their documents read, each is set, nothing is written twice, and people's
// changes are told from our own.
func TestCustomFieldsKilled(t *testing.T) {
	count, dieAt := 0, -1
	o := withFields("Web order", "Shop")
	o.point = func(w *world, name string) {
		w.clock.advance(400 * time.Millisecond) // an edit sequence is a second
		if count++; count == dieAt {
			panic("killed at " + name)
		}
	}
	w := newWorld(t, o)
	w.settle()
	var all []*placed
	for n, kind := range slices.Concat(plain(22), slices.Repeat([]sim.Kind{sim.KindReturning}, 22)) {
		p := w.take(kind)[0]
		all = append(all, p)
		count, dieAt = 0, n+1
		_, _ = w.try()
		dieAt = -1
		if count <= n { // the session has no more points
			if n < 20 {
				t.Errorf("only %d points", n)
			}
			break
		}
		w.restart()
		w.settle()
		w.once(p)
		w.wantFields(p, p.ID, worldStore)
	}
	w.settle()
	w.once(all...)
	w.memoChanged(all...)
}

// I6: a reading whose answer is lost is made once more in the next session, before or after QuickBooks answered; one that QuickBooks refuses keeps
// nobody waiting.
func TestReadingOfCustomFieldsFails(t *testing.T) {
	for _, name := range []string{"the answer is lost", "it never arrived", "refused"} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, withFields("Web order", "Shop"))
			all := w.take(plain(2)...)
			if name == "refused" {
				w.company.Interfere(func(request, _ string) *sim.Status {
					if sets := w.handedOut(0); request != "SalesReceiptQueryRq" || !strings.Contains(sets[len(sets)-1].document, `requestID="fields`) {
						return nil
					}
					return &sim.Status{Code: 3260, Severity: "Error", Message: "Insufficient permission level to perform this action."}
				})
				_, _ = w.try()
				w.company.Interfere(nil)
			} else {
				w.cutWriting(`requestID="fields`, name == "the answer is lost")
				w.interrupted()
			}
			w.settle()
			w.once(all...)
			second := w.take(sim.KindPlain)
			w.settle()
			w.once(second...)
			w.memoChanged(append(second, all...)...)
		})
	}
}

// P41: fields that QuickBooks set, though no answer says so and it forgot the set, are ours when the books are checked before they are set again.
func TestCheckWhileCustomFieldsAreInDoubt(t *testing.T) {
	w := newWorld(t, withFields("Web order", "Shop"))
	p := w.take(sim.KindPlain)[0]
	w.cutWriting("<DataExtModRq", true)
	cut := w.after
	w.after = func(step string) error { // the receipt is some seconds older than its fields
		w.clock.advance(2 * time.Second)
		return cut(step)
	}
	w.interrupted()
	check(t, w.company.LoseSet(w.file.AppName, w.lastWriting().id))
	_, err := w.b.Check(w.ctx)
	check(t, err)
	w.settle()
	w.once(p)
	w.memoChanged(p)
}

// A document that waits to be undone when its custom fields are set is undone: it was we who changed it.
func TestUndoWaitsForCustomFields(t *testing.T) {
	w := newWorld(t, withFields("Web order", "Shop"))
	p := w.take(sim.KindPlain)[0]
	w.cutWriting("<DataExtModRq", false)
	w.interrupted()
	if _, err := w.b.Undo(w.ctx, UndoOf{Order: p.ID}, false, "Ann"); err != nil {
		t.Fatal(err)
	}
	w.clock.advance(2 * time.Second)
	w.settle()
	w.want(p, order.Held, "undone by Ann")
	if w.settings(0) == 0 || w.readings() == 0 {
		t.Error("its fields were never set")
	}
}
