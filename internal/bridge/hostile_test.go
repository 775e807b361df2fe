package bridge

import (
	"strings"
	"testing"
	"time"

	"qbridge/internal/order"
	"qbridge/internal/posting"
	"qbridge/internal/sim"
)

// busy is what QuickBooks answers to a receipt that another user keeps it from writing.
func busy(request, _ string) *sim.Status {
	if request == "SalesReceiptAddRq" {
		return &sim.Status{Code: 3175, Severity: "Error", Message: "The object is in use by another user."}
	}
	return nil
}

// I2, design 1: what falls back into the queue goes out again only as it is planned by then: whatever a person, the shop,
// the rules or the company file said while QuickBooks had it counts.
func TestFallsBackToTheQueue(t *testing.T) {
	ways := []struct {
		name string
		send func(w *world, meanwhile func(*placed)) *placed
	}{
		{"in doubt, not written", func(w *world, meanwhile func(*placed)) *placed {
			p := w.loseAnswer(false)
			meanwhile(p)
			return p
		}},
		{"in use", func(w *world, meanwhile func(*placed)) *placed {
			p := w.take(sim.KindReturning)[0]
			w.company.Interfere(busy)
			ticket, _, response := w.untilWriting()
			w.company.Interfere(nil)
			meanwhile(p)
			w.answer(ticket, response, "", "")
			w.clock.advance(10 * time.Minute)
			return p
		}},
	}
	for _, test := range []struct {
		name      string
		meanwhile func(w *world, p *placed)
		state     order.State
		cause     posting.Cause
		live      int
	}{
		{"held", func(w *world, p *placed) { check(w.t, w.b.Decide(w.ctx, p.ID, "hold", "", "fraud?", "Ann")) }, order.Held, "", 0},
		{"excluded", func(w *world, p *placed) { check(w.t, w.b.Decide(w.ctx, p.ID, "exclude", "", "fraud", "Ann")) }, order.Excluded, "", 0},
		{"cancelled in the shop", func(w *world, p *placed) {
			w.change(p, map[string]any{"paymentStatus": "CANCELLED"})
			w.pull()
			w.plan()
		}, order.Excluded, "", 0},
		{"mode look", func(w *world, _ *placed) { check(w.t, w.b.SetRule(w.ctx, "mode", posting.Look, "Ann")) }, order.Ready, CauseLookOnly, 0},
		{"mode pending", func(w *world, _ *placed) { check(w.t, w.b.SetRule(w.ctx, "mode", "pending", "Ann")) }, order.Pending, "", 1},
		{"the period is closed", func(w *world, _ *placed) { // Q37
			check(w.t, w.company.SetClosingDate("2026-11-30"))
			check(w.t, w.b.RefreshLists(w.ctx)) // gives the next session a reason to be
		}, order.Attention, posting.ClosedPeriod, 0},
		{"nothing", func(*world, *placed) {}, order.Synced, "", 1},
	} {
		for _, way := range ways {
			t.Run(test.name+", "+way.name, func(t *testing.T) {
				w := newWorld(t)
				p := way.send(w, func(p *placed) { test.meanwhile(w, p) })
				w.settle()
				w.want(p, test.state, string(test.cause))
				live := w.live(p)
				if len(live) != test.live {
					t.Fatalf("%d live receipts", len(live))
				}
				if test.state == order.Pending && !live[0].Pending {
					t.Error("posted for good, though the mode is pending by now")
				}
			})
		}
	}
}

// I6: QuickBooks refused the order as it was; the shop says something else by now, and that counts.
func TestRefusedWhileItChanged(t *testing.T) {
	w := newWorld(t)
	p := w.take(sim.KindReturning)[0]
	w.company.Interfere(func(request, _ string) *sim.Status {
		if request == "SalesReceiptAddRq" {
			return &sim.Status{Code: 3045, Severity: "Error", Message: "There was an error when converting the date."}
		}
		return nil
	})
	ticket, _, response := w.untilWriting()
	w.company.Interfere(nil)
	w.change(p, map[string]any{"paymentStatus": "CANCELLED"})
	w.pull()
	w.plan()
	w.answer(ticket, response, "", "")
	w.settle()
	w.want(p, order.Excluded)
}

// design 3: releasing an order takes back what a person decided before.
func TestReleaseTakesBack(t *testing.T) {
	for kind, state := range map[string]order.State{"hold": order.Held, "exclude": order.Excluded} {
		t.Run(kind, func(t *testing.T) {
			w := newWorld(t)
			p := w.take(sim.KindReturning)[0]
			check(t, w.b.Decide(w.ctx, p.ID, kind, "", "a question is open", "Ann"))
			w.settle()
			w.want(p, state)
			check(t, w.b.Decide(w.ctx, p.ID, "release", "", "", "Ann"))
			w.settle()
			w.once(p)
		})
	}
}

// design 1, P53: an order that changed in the shop after it was posted asks for a person; changed back, it asks for nobody.
func TestChangedAndChangedBack(t *testing.T) {
	w := newWorld(t)
	p := w.take(sim.KindReturning)[0]
	w.settle()
	w.change(p, map[string]any{"paymentStatus": "CANCELLED"})
	w.pull()
	w.plan()
	w.want(p, order.Attention, string(posting.CancelledAfter))
	w.change(p, map[string]any{"paymentStatus": "PAID"})
	w.pull()
	w.settle()
	w.once(p)
}

// P44: an order that is perhaps in the books keeps this reason when it changes in the shop: nothing says that it was posted.
func TestUnsureKeepsItsReason(t *testing.T) {
	w := newWorld(t)
	w.doubles = true
	p := w.take(sim.KindReturning)[0]
	typed := w.receiptLike(p, func(r *sim.TypedReceipt) { r.Lines[0].Amount += 100 })
	w.settle()
	w.want(p, order.Attention, string(CauseUnsure), typed)
	w.change(p, map[string]any{"paymentStatus": "CANCELLED"})
	w.pull()
	w.plan()
	w.want(p, order.Attention, string(CauseUnsure), typed)
}

// I6: orders that waited in vain for a customer go on when another order has it added.
func TestBlockedOrderIsFreed(t *testing.T) {
	w := newWorld(t)
	blocked := w.take(sim.KindNamesakeFirst)[0]
	w.company.Interfere(func(request, _ string) *sim.Status {
		if request == "CustomerAddRq" {
			return &sim.Status{Code: 3090, Severity: "Error", Message: "There was an error when storing the name."}
		}
		return nil
	})
	w.settle()
	w.want(blocked, order.Attention, string(CauseDependency))
	w.company.Interfere(nil)
	next := w.take(sim.KindNamesakeFirst)[0]
	w.settle()
	w.once(next, blocked)
	if a, b := w.live(next)[0].CustomerID, w.live(blocked)[0].CustomerID; a != b {
		t.Errorf("the same buyer became the customers %s and %s", a, b)
	}
}

// P46: a clock that was a year ahead for a while keeps no order in the queue for a year.
func TestPauseOfAWrongClock(t *testing.T) {
	const year = 365 * 24 * time.Hour
	w := newWorld(t)
	w.clock.advance(year)
	w.session()
	p := w.take(sim.KindReturning)[0]
	w.company.Interfere(busy)
	_, err := w.try()
	check(t, err)
	w.company.Interfere(nil)
	w.want(p, order.Queued, "in use by another user")
	w.clock.advance(-year)
	w.settle()
	w.once(p)
}

// Q23: lists that a clock gone wrong had read "in the future" are read whole: what changed since that time would be nothing.
func TestListsOfAWrongClock(t *testing.T) {
	const month = 30 * 24 * time.Hour
	w := newWorld(t)
	w.clock.advance(month)
	w.session()
	w.clock.advance(-month)
	w.byHand(`<CustomerAddRq requestID="1"><CustomerAdd><Name>Our Old Friend</Name><Email>maria.garcia@example.com</Email></CustomerAdd></CustomerAddRq>`)
	w.session()
	p := w.take(sim.KindNamesakeFirst)[0]
	w.settle()
	w.once(p)
	if got := w.live(p)[0].Customer; got != "Our Old Friend" {
		t.Errorf("posted to %s: the customer with the buyer's e-mail was not seen", got)
	}
}

// Q16: a name that a command beside serve promised meanwhile is not given to another person.
func TestPromiseOfAnotherProcess(t *testing.T) {
	w := newWorld(t)
	person := map[string]any{"name": "Yan Twin", "firstName": "Yan", "lastName": "Twin", "street": "1 A St", "city": "Chicago", "postalCode": "60601",
		"countryCode": "US", "stateOrProvinceCode": "IL"}
	called := func(email string) *placed {
		p := w.place(sim.KindPlain)[0]
		w.change(p, map[string]any{"email": email, "billingPerson": person, "shippingPerson": person})
		w.pull()
		return p
	}
	w.take(sim.KindPlain) // from now on the books are in memory
	first := called("first@twin.example")
	other, err := Open(w.config)
	check(t, err)
	_, err = other.PlanAll(w.ctx)
	check(t, err)
	check(t, other.Close())
	second := called("second@twin.example")
	w.plan()
	adds := 0
	w.company.Interfere(func(request, _ string) *sim.Status {
		if request == "CustomerAddRq" {
			adds++
		}
		return nil
	})
	w.settle()
	w.once(first, second)
	if a, b := w.live(first)[0].Customer, w.live(second)[0].Customer; a == b || !strings.HasPrefix(b, "Yan Twin") {
		t.Errorf("two persons became the customers %s and %s", a, b)
	}
	if adds != 3 {
		t.Errorf("%d customers were asked for, not 3: a name was asked for twice", adds)
	}
}
