package bridge

import (
	"strings"
	"testing"

	"qbridge/internal/order"
	"qbridge/internal/posting"
	"qbridge/internal/sim"
)

// What happened between planning and handing out.
func TestChangesWhileQueued(t *testing.T) {
	// Hand-out checks the order's version: what changed in the shop is planned again first.
	t.Run("the order, not planned again yet", func(t *testing.T) {
		w := newWorld(t)
		p, other := w.take(sim.KindReturning)[0], w.take(sim.KindReturning)[0]
		w.change(p, map[string]any{"paymentStatus": "AWAITING_PAYMENT"})
		w.pull()
		_, err := w.try() // the planner is not that fast
		check(t, err)
		if len(w.live(p)) > 0 {
			t.Error("an order that changed was written as it was")
		}
		w.settle()
		w.want(p, order.Waiting)
		w.once(other)
	})
	t.Run("a rule", func(t *testing.T) {
		w := newWorld(t)
		p := w.take(sim.KindReturning)[0]
		check(t, w.b.SetRule(w.ctx, "deposit-to", sim.AccountBank, "Ann"))
		_, err := w.try() // the planner is not that fast
		check(t, err)
		if len(w.company.Receipts()) > 0 {
			t.Error("written by rules that are not in force any more")
		}
		w.settle()
		if w.once(p); w.live(p)[0].DepositTo != sim.AccountBank {
			t.Errorf("deposited to %s", w.live(p)[0].DepositTo)
		}
	})
	t.Run("the mode", func(t *testing.T) {
		w := newWorld(t)
		p := w.take(sim.KindReturning)[0]
		check(t, w.b.SetRule(w.ctx, "mode", posting.Look, "Ann"))
		w.settle()
		w.want(p, order.Ready, string(CauseLookOnly))
		check(t, w.b.SetRule(w.ctx, "mode", "post", "Ann"))
		w.settle()
		w.once(p)
	})
	// Q37: the closing date moved over the order's date.
	t.Run("the closing date", func(t *testing.T) {
		w := newWorld(t)
		p := w.take(sim.KindReturning)[0]
		check(t, w.company.SetClosingDate("2026-12-31"))
		check(t, w.b.RefreshLists(w.ctx)) // the first session finds the new date and then something to read
		w.settle()
		w.want(p, order.Attention, string(posting.ClosedPeriod), "2026-12-31")
		if len(w.receiptsSent(0)) > 0 {
			t.Error("a receipt went into a closed period")
		}
		check(t, w.company.SetClosingDate(""))
		check(t, w.b.RefreshLists(w.ctx)) // gives the next session a reason to be
		w.settle()
		w.once(p)
	})
}

// Q37: what is dated before the closing date is held, with the date.
func TestClosedPeriod(t *testing.T) {
	w := newWorld(t, worldOptions{company: func(c *sim.CompanyConfig) { c.ClosingDate = sim.ClosingDate(newestOrder) }})
	p, other := w.take(sim.KindClosedPeriod)[0], w.take(sim.KindPlain)[0]
	w.settle()
	w.want(p, order.Attention, string(posting.ClosedPeriod), sim.ClosingDate(newestOrder))
	w.once(other)
}

// An order that changes in the shop while QuickBooks has its document, or later: the document stays, people are told.
func TestChangesAfterHandOut(t *testing.T) {
	w := newWorld(t)
	for _, test := range []struct {
		name  string
		set   map[string]any
		state order.State
	}{
		{"refunded", map[string]any{"paymentStatus": "REFUNDED"}, order.Attention},
		{"a note of the shopkeeper", map[string]any{"privateAdminNotes": "called the customer"}, order.Synced},
	} {
		t.Run(test.name+" while QuickBooks has it", func(t *testing.T) {
			w.in(t)
			p := w.take(sim.KindReturning)[0]
			ticket, _, response := w.untilWriting()
			w.change(p, test.set)
			w.pull()
			w.plan()
			w.want(p, order.Sent)
			w.answer(ticket, response, "", "")
			w.settle()
			w.changedAfter(p, test.state)
		})
		t.Run(test.name+" while it is in doubt", func(t *testing.T) {
			w.in(t)
			p := w.loseAnswer(true)
			w.change(p, test.set)
			w.pull()
			w.settle()
			w.changedAfter(p, test.state)
		})
		t.Run(test.name+" afterwards", func(t *testing.T) {
			w.in(t)
			p := w.take(sim.KindReturning)[0]
			w.settle()
			w.change(p, test.set)
			w.pull()
			w.settle()
			w.changedAfter(p, test.state)
			if n := len(w.order(p).Versions); n != 2 { // I4
				t.Errorf("%d versions are kept", n)
			}
		})
	}
}

func (w *world) changedAfter(p *placed, state order.State) {
	w.t.Helper()
	if w.want(p, state); state == order.Attention {
		w.want(p, state, string(posting.RefundedOrder), "REFUNDED")
	}
	if d := w.order(p); len(w.live(p)) != 1 || d.TxnID == "" {
		w.t.Errorf("%d live receipts, TxnID %q", len(w.live(p)), d.TxnID)
	}
}

// In mode look nothing is written, whatever happens.
func TestModeLook(t *testing.T) {
	w := newWorld(t, worldOptions{rules: strings.Replace(worldRules, `mode = "post"`, `mode = "look"`, 1)})
	p := w.take(sim.KindPlain)[0]
	w.settle()
	w.want(p, order.Ready, string(CauseLookOnly))
	if len(w.writing(0)) > 0 || len(w.company.Receipts()) > 0 {
		t.Error("written in mode look")
	}
	if w.order(p).Plan == nil || len(w.order(p).Plan.Documents) != 1 {
		t.Error("no plan to look at")
	}
}

// In mode pending documents are QuickBooks' drafts; they are not synced.
func TestModePending(t *testing.T) {
	w := newWorld(t, worldOptions{rules: strings.Replace(worldRules, `mode = "post"`, `mode = "pending"`, 1)})
	p := w.take(sim.KindPlain)[0]
	w.settle()
	w.want(p, order.Pending)
	if r := w.live(p); len(r) != 1 || !r[0].Pending {
		t.Errorf("in the books: %+v", r)
	}
	w.settle()
	w.want(p, order.Pending)
}

// Orders wait for a person when the rules say so.
func TestReleaseSelected(t *testing.T) {
	w := newWorld(t, worldOptions{rules: strings.Replace(worldRules, `release = "automatic"`, `release = "selected"`, 1)})
	all := w.take(plain(2)...)
	w.settle()
	w.want(all[0], order.Ready, string(CauseNotReleased))
	check(t, w.b.Decide(w.ctx, all[0].ID, "release", "", "", "Ann"))
	w.settle()
	w.once(all[0])
	w.want(all[1], order.Ready)
	check(t, w.b.Decide(w.ctx, all[1].ID, "hold", "", "a question is open", "Ann"))
	w.settle()
	w.want(all[1], order.Held, "a question is open")
}

// Releasing all that wait for it leaves what waits for something else.
func TestReleaseReady(t *testing.T) {
	w := newWorld(t, worldOptions{rules: strings.Replace(worldRules, `release = "automatic"`, `release = "selected"`, 1)})
	all := w.take(plain(6)...)
	held, rest := all[0], all[1:]
	check(t, w.b.Decide(w.ctx, held.ID, "hold", "", "a question is open", "Ann"))
	w.settle()
	n, err := w.b.ReleaseReady(w.ctx, "Ann")
	check(t, err)
	if n != len(rest) {
		t.Errorf("%d orders were released, %d waited for it", n, len(rest))
	}
	w.settle()
	w.once(rest...)
	w.want(held, order.Held)
	n, err = w.b.ReleaseReady(w.ctx, "Ann")
	check(t, err)
	if n != 0 {
		t.Errorf("%d more orders were released, none waited for it", n)
	}
}
