package prove

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"qbridge/internal/bridge"
	"qbridge/internal/order"
)

const person = "Ann"

// deed is something a person decided, that she decides again when the
// database was copied back to a time before it.
type deed struct {
	text string
	do   func(*bridge.Bridge) error
}

// decide has a person decide something. Commands end as the product's do: with
// planning.
func (w *world) decide(text string, do func(*bridge.Bridge) error) (done bool) {
	w.deeds = append(w.deeds, deed{text, do})
	died, err := w.alive(func(b *bridge.Bridge) error {
		if err := do(b); err != nil {
			return err
		}
		_, err := b.PlanAll(w.ctx)
		return err
	})
	if died { // she sees that it did not go through, and does it again
		_, err = w.alive(do)
	}
	switch {
	case err != nil:
		w.note("%s: %v", text, err)
		w.deeds = w.deeds[:len(w.deeds)-1]
	default:
		w.note("%s", text)
	}
	return err == nil
}

// redo decides again what was lost with a newer database. Last says that there
// is no other chance.
func (w *world) redo(last bool) {
	w.again = slices.DeleteFunc(w.again, func(d deed) bool {
		died, err := w.alive(d.do)
		if died || err != nil && !last {
			return false
		}
		w.note("again: %s (%v)", d.text, err)
		if err == nil { // the database may be copied back a second time
			w.deeds = append(w.deeds, d)
		}
		return true
	})
}

// some picks an order of the ledger, newer ones rather than older ones.
func (w *world) some() *entry {
	if len(w.ledger) == 0 {
		return nil
	}
	n := min(len(w.ledger), 25)
	return w.ledger[len(w.ledger)-1-w.random.IntN(n)]
}

// act has a person decide something on some order. inside says that a session
// is on its way: then what is in QuickBooks' hands may still be posted.
func (w *world) act(inside bool) {
	e := w.some()
	if e == nil {
		return
	}
	key := fmt.Sprintf("i:%d", e.key)
	bar := func(why string) {
		e.barred, e.doubtful, e.released = why, inside, false
	}
	switch n := w.random.IntN(10); {
	case e.undone && len(w.live(e)) > 0: // it is held when it is undone, not before
	case w.selected && n < 8, n < 3:
		if w.decide("Ann releases order "+e.id, func(b *bridge.Bridge) error { return b.Decide(w.ctx, key, "release", "", "", person) }) {
			if e.undone {
				e.undone, e.removed = false, false
			}
			e.barred, e.released = "", true
		}
	case n < 6:
		if w.decide("Ann holds order "+e.id, func(b *bridge.Bridge) error { return b.Decide(w.ctx, key, "hold", "", "let me look", person) }) {
			bar("a person holds it")
		}
	case n < 8:
		if w.decide("Ann excludes order "+e.id, func(b *bridge.Bridge) error { return b.Decide(w.ctx, key, "exclude", "", "a test order", person) }) {
			bar("a person excluded it")
		}
	case n < 9:
		limit := fmt.Sprintf("0.0%d", 5+w.random.IntN(4))
		w.decide("Ann sets rounding-limit "+limit, func(b *bridge.Bridge) error { return b.SetRule(w.ctx, "rounding-limit", limit, person) })
	default:
		w.decide("Ann has the lists read again", func(b *bridge.Bridge) error { return b.RefreshLists(w.ctx) })
	}
}

// txnIDs are the documents that a reason names.
var txnIDs = regexp.MustCompile(`TxnID ([0-9A-F]+-\d+)`)

// bookkeep answers the questions of the bridge as a bookkeeper does who has
// both records in view. It tells whether there was something to do.
func (w *world) bookkeep() (acted bool, err error) {
	if stopped, err := w.resume(); err != nil || stopped {
		return true, err
	}
	var waiting []bridge.OrderView
	err = w.b.Orders(w.ctx, "", func(v bridge.OrderView) error {
		if v.State == string(order.Attention) || fieldRefused(v) {
			waiting = append(waiting, v)
		}
		return nil
	})
	if err != nil {
		return false, err
	}
	for _, v := range waiting {
		e := w.marked("Ecwid " + v.ID)
		if e == nil {
			w.find(State, "order %s was never in the shop", v.ID)
			continue
		}
		acted = w.answer(v, e) || acted
	}
	return acted, nil
}

// fieldRefused tells whether an order that is in the books says that QuickBooks
// refused one of its custom fields.
func fieldRefused(v bridge.OrderView) bool {
	return v.State != string(order.Attention) && v.Cure != "" && strings.Contains(v.Reason, "The custom field ")
}

// toldOfField tells whether the history of an order says that QuickBooks refused
// a custom field of its form: what the order waits for comes first then.
func (w *world) toldOfField(txnID string) bool {
	e := w.owners[txnID]
	if e == nil {
		return false
	}
	o, err := w.b.Order(w.ctx, fmt.Sprintf("i:%d", e.key))
	return err == nil && slices.ContainsFunc(o.History, func(h bridge.HistoryView) bool {
		return h.Event == "custom-field" && strings.Contains(h.Note, "was not set")
	})
}

// resume lets a stopped company file be written again: it is the right one.
func (w *world) resume() (bool, error) {
	gone := 0
	died, err := w.alive(func(b *bridge.Bridge) (err error) { gone, err = b.Resume(w.ctx, "Ann", ""); return err })
	switch {
	case errors.Is(err, bridge.ErrNotStopped):
		return false, nil
	case err != nil || died:
		return true, err
	}
	w.note("Ann resumes: it is the right company file; %d documents are gone", gone)
	return true, nil
}

// answer deals with one order that needs attention.
func (w *world) answer(v bridge.OrderView, e *entry) bool {
	key := strings.TrimPrefix(v.ID, Store+"/")
	live := w.live(e)
	link := func(kind, txnID string) bool {
		e.settled, w.unset[txnID] = true, true
		said := map[string]string{"link": "Ann links order %s to %s", "not-link": "Ann says that order %s is not %s"}[kind]
		return w.decide(fmt.Sprintf(said, e.id, txnID), func(b *bridge.Bridge) error { return b.Link(w.ctx, key, kind, txnID, person) })
	}
	if fieldRefused(v) {
		if e.undone {
			return false
		}
		e.barred, e.released = "", true
		return w.decide("Ann has the custom fields of order "+e.id+" set again", func(b *bridge.Bridge) error { return b.Decide(w.ctx, key, "release", "", "", person) })
	}
	switch v.Cause {
	case string(bridge.CauseUnsure):
		if len(live) > 0 && live[0].TxnID == v.TxnID {
			return w.unsureFollower(v, e, link)
		}
		if len(live) > 0 {
			return link("link", live[0].TxnID)
		}
		acted := false
		for _, m := range txnIDs.FindAllStringSubmatch(v.Reason, -1) {
			acted = link("not-link", m[1]) || acted
		}
		return acted
	case string(bridge.CauseGone), string(bridge.CauseVoided):
		switch {
		case len(live) > 0 && live[0].TxnID == v.TxnID, len(live) == 0 && len(w.followers(e)) > 0:
			return w.answerGone(v, e)
		case len(live) > 0:
			return link("link", live[0].TxnID)
		case e.removed && w.random.IntN(2) == 0:
			e.barred, e.doubtful = "a person has it rest", false
			return w.accept(e)
		}
		e.removed, e.lost, e.byHand = false, nil, false
		return w.decide("Ann has order "+e.id+" posted again", func(b *bridge.Bridge) error { return b.PostAgain(w.ctx, key, person) })
	case string(bridge.CauseTwice):
		if len(live) > 1 {
			w.note("Ann deletes %s, the second document of order %s (%v)", live[1].TxnID, e.id, w.company.Delete(live[1].TxnID))
		}
		return w.accept(e)
	case string(bridge.CauseTotal), string(bridge.CauseChanged), string(bridge.CauseUndo), "changed-after-posting":
		return w.accept(e)
	case "cancelled-after-posting", "payment-taken-back", "refund-unclear", "refunded", "unknown-payment-status": // said of orders without a document, too
		if len(live) == 0 {
			return false
		}
		e.byHand = true
		return w.accept(e)
	case string(bridge.CauseRefused), string(bridge.CauseDependency):
		if e.barred != "" {
			return false
		}
		e.released = true
		return w.decide("Ann releases order "+e.id+" once more", func(b *bridge.Bridge) error { return b.Decide(w.ctx, key, "release", "", "", person) })
	}
	return false
}

// accept says that an order is right as it stands in QuickBooks.
func (w *world) accept(e *entry) bool {
	e.settled = true
	return w.decide("Ann accepts order "+e.id+" as it is", func(b *bridge.Bridge) error { return b.Accept(w.ctx, fmt.Sprintf("i:%d", e.key), person) })
}

// undo has a person take a document back. Its order is held then.
func (w *world) undo() {
	e := w.some()
	if e == nil || len(w.live(e)) != 1 {
		return
	}
	remove := w.random.IntN(2) == 0
	var views []bridge.UndoView
	died, err := w.alive(func(b *bridge.Bridge) (err error) {
		views, err = b.Undo(w.ctx, bridge.UndoOf{Order: fmt.Sprintf("i:%d", e.key)}, remove, person)
		return err
	})
	w.note("Ann undoes order %s, deleting it %t: %v%s", e.id, remove, views, said(died, err))
	w.strike(faultUndo)
	e.removed, e.undone, e.barred, e.doubtful = true, true, "a person undid it", true
}
