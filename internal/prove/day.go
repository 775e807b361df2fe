package prove

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"qbridge/internal/bridge"
	"qbridge/internal/order"
	"qbridge/internal/sim"
)

const (
	stepsOfDay = 60
	calmRounds = 80
	shopTime   = "2006-01-02 15:04:05 -0700"
	calmEvery  = 15 * time.Minute
)

// day lives one day and holds the books against the shop in the evening.
func (w *world) day(day int) error {
	w.steps, w.backups = nil, nil
	w.note("day %d of the world of seed %d", day, w.seed)
	snapshot, err := w.company.Snapshot()
	if err != nil {
		return err
	}
	sinceSnapshot := len(w.order)
	for range stepsOfDay {
		w.clock.at = w.clock.at.Add(time.Duration(1+w.random.IntN(15)) * time.Minute)
		switch n := w.random.IntN(100); {
		case n < 30:
			w.place()
		case n < 35:
			w.change()
		case n < 42, w.selected && n < 47:
			w.act(false)
		case n < 52:
			w.pull()
		case n < 64:
			w.plan()
			w.quietSession()
		case n < 80:
			w.arm()
			w.plan()
			_, _ = w.runSession() // what it did is checked in the evening
			if w.random.IntN(3) == 0 {
				w.mend()
			}
		case n < 87:
			w.kill()
		case n < 89:
			err = w.backUp()
		case n < 90:
			err = w.copyBack()
		case n < 91:
			err = w.fullDisk()
		case n < 92:
			w.jump()
		case n < 94:
			w.strike(faultRestart)
			w.note("stopped and started")
			err = w.restart(0)
		case n < 95:
			w.edit()
		case n < 96 && w.random.IntN(3) == 0:
			w.strike(faultBooks)
			w.note("the company file is restored from a backup: %d of our writing sets are not in it", len(w.order)-sinceSnapshot)
			err = w.company.Restore(snapshot)
			w.mayBeUnset()
		case n < 97:
			snapshot, err = w.company.Snapshot()
			sinceSnapshot = len(w.order)
		case n < 99:
			w.meanwhile()
			w.note("pulls and people in the middle of the next session")
			w.plan()
			w.quietSession()
		default:
			w.undo()
		}
		if err != nil {
			return err
		}
		if w.b == nil || w.dead != "" {
			if err := w.restart(0); err != nil {
				return err
			}
		}
		w.watchBooks()
		w.watchTrouble()
		w.checkStates()
		if len(w.findings) > 0 {
			return nil
		}
	}
	return w.evening()
}

// place has orders placed in the shop.
func (w *world) place() {
	for range 1 + w.random.IntN(2) {
		w.placeOne(func(sim.Kind) bool { return true })
	}
}

func (w *world) placeOne(fits func(sim.Kind) bool) {
	n := len(w.ledger)
	for n < len(w.generated) && !fits(w.generated[n].Kind) {
		n++
	}
	if n == len(w.generated) {
		return
	}
	w.generated[len(w.ledger)], w.generated[n] = w.generated[n], w.generated[len(w.ledger)]
	g := w.generated[len(w.ledger)]
	created := w.clock.at
	if g.Kind == sim.KindClosedPeriod {
		created = created.AddDate(0, 0, -500)
	}
	e := &entry{receipts: map[string]handing{}, edited: map[string]bool{}}
	set := map[string]any{"createDate": created.UTC().Format(shopTime), "createTimestamp": created.Unix()}
	m, err := readMoney(g.JSON)
	if w.later != (laterRules{}) && len(m.Refunds) > 0 { // nothing is given back before it was bought
		for i := range m.Refunds {
			m.Refunds[i].Date = created.UTC().Format(shopTime)
		}
		set["refunds"] = m.Refunds
	}
	err = errors.Join(err, w.put(e, g.Kind, g.JSON, set))
	if err != nil {
		w.find(Broken, "the pretend shop takes no order: %v", err)
		return
	}
	w.note("the shop: a new order %s, %s, %s", e.id, g.Kind, e.now().head.PaymentStatus)
}

// change has an order changed in the shop: paid, cancelled, refunded, annotated
// or rewritten.
func (w *world) change() {
	e := w.some()
	if e == nil {
		return
	}
	v := e.now()
	kind, raw, set := v.kind, v.raw, map[string]any{}
	switch n := w.random.IntN(10); {
	case v.head.PaymentStatus == "AWAITING_PAYMENT" && n < 8:
		set["paymentStatus"] = "PAID"
		if kind == sim.KindAwaiting {
			kind = sim.KindPlain // it lacked nothing else
		}
	case v.head.PaymentStatus == "AWAITING_PAYMENT":
		set["paymentStatus"] = "CANCELLED"
	case w.later != (laterRules{}) && v.came() && n < 6:
		var err error
		if set, err = w.changeLater(e); err != nil {
			w.find(Broken, "%v", err)
			return
		}
	case w.later != (laterRules{}) && n < 6: // what was cancelled or not paid is paid after all
		set["paymentStatus"] = "PAID"
	case v.paid() && n < 1:
		set["paymentStatus"] = "REFUNDED"
	case v.paid() && n < 2:
		set["paymentStatus"] = "AWAITING_PAYMENT"
	case v.paid() && n < 5 && kind != sim.KindClosedPeriod:
		rewritten, err := w.rewritten(e)
		if err != nil {
			w.find(Broken, "order %s can't be rewritten: %v", e.id, err)
			return
		}
		kind, raw = rewritten.Kind, rewritten.JSON
	default:
		set["privateAdminNotes"] = fmt.Sprint("note ", w.random.IntN(1000))
	}
	if err := w.put(e, kind, raw, set); err != nil {
		w.find(Broken, "the pretend shop takes no change: %v", err)
		return
	}
	w.note("the shop: order %s changes: %s, %s %v", e.id, e.now().kind, e.now().head.PaymentStatus, set)
}

// rewritten is another plain order under the number, buyer and day of e.
func (w *world) rewritten(e *entry) (g sim.Generated, err error) {
	for g.Kind != sim.KindPlain && g.Kind != sim.KindSeveralLines {
		g = w.generated[w.random.IntN(len(w.generated))]
	}
	var old, other map[string]json.RawMessage
	if err := errors.Join(json.Unmarshal(e.now().raw, &old), json.Unmarshal(g.JSON, &other)); err != nil {
		return g, err
	}
	for _, name := range []string{"id", "internalId", "orderNumber", "vendorOrderNumber", "createDate", "createTimestamp"} {
		if value, has := old[name]; has {
			other[name] = value
		}
	}
	g.JSON, err = json.Marshal(other)
	return g, err
}

// pull pulls as the loop of serve does.
func (w *world) pull() {
	died, err := w.onBridge(func(b *bridge.Bridge) error { return b.PullStep(w.ctx) })
	w.note("pull%s", said(died, err))
}

func said(died bool, err error) string {
	switch {
	case died:
		return ": killed"
	case err != nil:
		return ": " + strings.Join(strings.Fields(err.Error()), " ")
	}
	return ""
}

// plan plans as the loop of serve does.
func (w *world) plan() {
	w.redo(false)
	planned := 0
	died, err := w.onBridge(func(b *bridge.Bridge) (err error) { planned, err = b.PlanAll(w.ctx); return err })
	if planned > 0 || died || err != nil {
		w.note("plan: %d orders%s", planned, said(died, err))
	}
}

// quietSession is a session in which nothing is to go wrong but what was armed
// before.
func (w *world) quietSession() {
	kills := w.kills
	if _, err := w.runSession(); err != nil && w.kills == kills && !w.armed {
		w.find(Broken, "a session without a fault ends with %v", err)
	}
}

// evening mends the world, lets everything come to rest and checks it.
func (w *world) evening() error {
	w.note("evening")
	w.mend()
	w.dieIn, w.clock.skew = 0, 0
	w.watchBooks()
	w.watchTrouble()
	w.activate()
	w.placeOne(func(k sim.Kind) bool { return k == sim.KindPlain }) // so that there is something to write, and the books are looked at
	if e := w.ledger[len(w.ledger)-1]; w.selected {
		w.clock.at = w.clock.at.Add(2 * time.Minute)
		w.pull()
		if w.decide("Ann releases order "+e.id, func(b *bridge.Bridge) error {
			return b.Decide(w.ctx, fmt.Sprintf("i:%d", e.key), "release", "", "", person)
		}) {
			e.barred, e.released = "", true
		}
	}
	rest, round := false, 0
	for ; round < calmRounds && !rest; round++ {
		w.clock.at = w.clock.at.Add(calmEvery)
		w.pull()
		w.redo(round > 0)
		if round == 0 {
			w.decide("Ann has the books checked", func(b *bridge.Bridge) error { _, err := b.Check(w.ctx); return err })
		}
		w.plan()
		report, err := w.runSession()
		if err != nil {
			w.find(Broken, "a quiet session ends with %v", err)
			return nil
		}
		acted, err := w.bookkeep()
		if err != nil {
			w.find(Broken, "the orders can't be read: %v", err)
			return nil
		}
		sums, err := w.b.Sums(w.ctx)
		if err != nil {
			w.find(Broken, "the sums can't be read: %v", err)
			return nil
		}
		rest = report.Sets == 0 && !acted && round > 1 && w.atRest(sums)
		if len(w.findings) > 0 {
			return nil
		}
	}
	if !rest {
		w.find(State, "after %d quiet sessions in %v something still moves", round, time.Duration(round)*calmEvery)
	}
	if err := w.check(); err != nil {
		w.find(Broken, "the evening's check: %v", err)
	}
	if next := w.clock.at.Truncate(24 * time.Hour).Add(13 * time.Hour); next.After(w.clock.at) {
		w.clock.at = next
	} else {
		w.clock.at = next.Add(24 * time.Hour)
	}
	return nil
}

// atRest tells whether nothing is on its way but what nobody released.
func (w *world) atRest(sums []bridge.StateSum) bool {
	for _, s := range sums {
		if w.selected && s.State == order.Ready {
			sums = slices.DeleteFunc(slices.Clone(sums), func(s bridge.StateSum) bool { return s.State == order.Ready })
			break
		}
	}
	return OnTheWay(sums) == 0
}
