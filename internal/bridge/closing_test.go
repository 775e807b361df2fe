package bridge

import (
	"testing"
	"time"

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

// A payment is of the day on which the shop said that the order is paid, also where the shop names its time zone by the distance from
// Greenwich, as which an order is dated.
func TestPaidOnByAnyTimeZone(t *testing.T) {
	for _, zone := range []string{"America/Chicago", "GMT-06:00"} {
		t.Run(zone, func(t *testing.T) {
			w := newWorld(t, worldOptions{rules: "unpaid = \"invoice\"\n" + worldRules, zone: zone})
			p := w.take(sim.KindAwaiting)[0]
			w.settle()
			w.clock.advance(20 * 24 * time.Hour)
			w.paid(p)
			day := w.clock.now().In(time.FixedZone("", -6*3600)).Format(time.DateOnly)
			w.settle()
			w.want(p, order.Synced)
			if d := w.company.Documents("ReceivePayment"); len(d) != 1 || d[0].Date != day {
				t.Errorf("paid on %s; in the books: %+v", day, d)
			}
			if c, err := w.b.CheckKnownShop(w.ctx, worldStore); err != nil || !c.OK() {
				t.Errorf("the check of the shop: %+v, %v", c.Findings, err)
			}
		})
	}
}
