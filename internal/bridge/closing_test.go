package bridge

import (
	"testing"

	"qbridge/internal/order"
	"qbridge/internal/posting"
	"qbridge/internal/sim"
)

// Q37: what goes out is held against the closing date of this very session. One that was moved between planning and hand-out holds the order
// before anything is sent; one that is moved while the session runs is QuickBooks' to refuse, and nothing comes of it.
func TestClosingDateMoved(t *testing.T) {
	t.Run("between planning and the session", func(t *testing.T) {
		w := newWorld(t, followRules(`unpaid = "invoice"`))
		invoiced := w.take(sim.KindAwaiting)[0]
		w.settle()
		w.paid(invoiced)
		p := w.take(sim.KindPlain)[0]
		w.want(p, order.Queued)
		w.want(invoiced, order.Queued)
		since := len(w.handedOut(0))
		check(t, w.company.SetClosingDate("2026-12-31"))
		_, err := w.try() // nobody plans in between
		check(t, err)
		w.settle()
		for _, one := range []*placed{p, invoiced} {
			w.want(one, order.Attention, string(posting.ClosedPeriod), "2026-12-31")
		}
		if sets := w.writing(since); len(sets) > 0 {
			t.Errorf("this was written: %s", sets[0].document)
		}
	})
	t.Run("while the session runs", func(t *testing.T) {
		w := newWorld(t)
		p := w.take(sim.KindReturning)[0]
		w.before = func(step string) error {
			if step == "ProcessRequest" {
				return w.company.SetClosingDate("2026-12-31")
			}
			return nil
		}
		_, err := w.try()
		check(t, err)
		w.mend()
		w.settle()
		w.want(p, order.Attention, string(CauseRefused), "2026-12-31", "open the period")
		if n := len(w.live(p)); n != 0 {
			t.Errorf("%d live receipts", n)
		}
	})
}
