package prove

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"qbridge/internal/bridge"
	"qbridge/internal/order"
	"qbridge/internal/sim"
	"qbridge/store"
)

// check is what must hold in the evening.
func (w *world) check() error {
	w.checkStates()
	views := map[int64]bridge.OrderView{}
	err := w.b.Orders(w.ctx, "", func(v bridge.OrderView) error {
		if e := w.marked("Ecwid " + v.ID); e != nil {
			views[e.key] = v
		}
		return nil
	})
	if err != nil {
		return err
	}
	return errors.Join(w.checkBooks(), w.checkOrders(views), w.checkEvidence(), w.checkRest())
}

// checkStates: every order is in exactly one state, and counts and sums by state
// add up to the whole. I1.
func (w *world) checkStates() {
	type sum struct {
		count int64
		total decimal.Decimal
	}
	states, seen := map[order.State]sum{}, map[string]bool{}
	err := w.b.Orders(w.ctx, "", func(v bridge.OrderView) error {
		if seen[v.ID] || !slices.Contains(order.States(), order.State(v.State)) {
			w.find(State, "order %s is there twice, or in the unknown state %q", v.ID, v.State)
		}
		seen[v.ID] = true
		total, err := decimal.NewFromString(v.Total)
		s := states[order.State(v.State)]
		states[order.State(v.State)] = sum{s.count + 1, s.total.Add(total)}
		return err
	})
	sums, err2 := w.b.Sums(w.ctx)
	if err := errors.Join(err, err2); err != nil {
		w.find(Broken, "the orders can't be listed: %v", err)
		return
	}
	for _, s := range sums {
		if got := states[s.State]; got.count != s.Count || !got.total.Equal(s.Sum.Amount) {
			w.find(State, "%s: the sums say %d, %s; the orders %d, %s", s.State, s.Count, s.Sum.Amount, got.count, got.total)
		}
		delete(states, s.State)
	}
	if len(states) > 0 {
		w.find(State, "the sums lack the states %v", states)
	}
}

// checkBooks holds the books against the shop: once, whole, and nothing else.
// I2, I3.
func (w *world) checkBooks() error {
	posted := kinds(w.closed)
	var raw []json.RawMessage
	versions := map[int64]version{}
	named, unnamed := map[string]bool{}, map[int64]string{}
	for _, e := range w.ledger {
		v := e.now()
		if live := w.live(e); len(live) > 0 {
			var err error
			if v, err = e.posted(live[0], w.postable); err != nil {
				w.find(WrongPart, "%v", err)
				v = e.now()
			}
		}
		versions[e.key] = v
		whole := v.raw
		if w.later != (laterRules{}) {
			var err error
			if whole, err = w.wholly(e, v); err != nil {
				return err
			}
		}
		raw = append(raw, whole)
		for _, any := range e.versions {
			if any.head.Email != "" {
				named[any.head.buyer()] = true
			}
		}
		if v.head.Email == "" {
			unnamed[e.key] = v.head.buyer()
		}
	}
	t := w.terms()
	t.Expect = func(s sim.Sale) sim.Expectation {
		e, v := w.byKey[s.InternalID], versions[s.InternalID]
		expect := w.expects(v, posted)
		if buyer, none := unnamed[e.key]; expect == sim.MustBePosted && (e.barred != "" || e.removed || none && named[buyer]) {
			return sim.MayBePosted
		}
		return expect
	}
	t.Foreign = func(r sim.Receipt) bool { return w.owner(r) == nil }
	byID := map[string]*entry{}
	for _, e := range w.ledger {
		byID[e.id] = e
		if n := len(w.live(e)); n > 1 {
			w.find(Double, "order %s has %d live documents", e.id, n)
		}
	}
	foreign := map[string]bool{}
	for _, r := range w.company.Documents() {
		foreign[r.TxnID] = w.owner(r) == nil
	}
	for _, f := range sim.Audit(raw, w.company, t) {
		e := byID[f.Order]
		switch {
		case foreign[f.TxnID], f.Code == sim.FindingTwice: // what people typed is theirs; doubles were counted above
		case e != nil && e.edited[f.TxnID], w.theirs(f): // as is what they changed
		case e != nil && f.Kind != "" && slices.Contains([]string{"ReceivePayment", "CreditMemo", "ARRefundCreditCard", "Check"}, f.Kind) && (e.removed || e.byHand || len(e.lost) > 0 || w.changedByHand(e)):
		case e != nil && f.Part == "fee" && f.Code == sim.FindingMissing && (e.settled || w.outdated(e)): // for what a person took for right none is written
		case f.Code == sim.FindingForbidden && e != nil && e.typed && len(w.live(e)) == 0: // it is the typed one
		default:
			w.find(kindOf(f.Code), "%v", f)
		}
	}
	return nil
}

// renamed is how a person renames a list entry.
var renamed = regexp.MustCompile(` of old \d+`)

// theirs tells whether a part differs because a list entry bears a name that a
// person gave it, or is one of two that a person merged.
func (w *world) theirs(f sim.Finding) bool {
	name, _, _ := strings.Cut(f.Got, " with ")
	name, _, _ = strings.Cut(name, ", which stands for ")
	return (f.Part == "customer" || strings.HasSuffix(f.Part, "'s item")) && (renamed.MatchString(name) || w.merged[name])
}

// checkOrders holds what the bridge says of each order against the books.
func (w *world) checkOrders(views map[int64]bridge.OrderView) error {
	receipts := map[string]sim.Receipt{}
	for _, r := range w.company.Documents() {
		receipts[r.TxnID] = r
	}
	posted := kinds(w.closed)
	for _, e := range w.ledger {
		v, known := views[e.key]
		if !known {
			w.find(Loss, "order %s was never pulled", e.id)
			continue
		}
		r, there := receipts[v.TxnID]
		switch state := order.State(v.State); {
		case (state == order.Synced || state == order.Pending) && !e.removed && (!there || r.Void || !sameAmount(r.Total.String(), v.BooksTotal)):
			w.find(Loss, "order %s is %s as TxnID %s with %s, which is not in the books so", e.id, v.State, v.TxnID, v.BooksTotal)
		case (state == order.Synced || state == order.Pending) && !e.removed && w.owner(r) != e:
			w.find(WrongPart, "order %s is %s as TxnID %s, whose memo is %q", e.id, v.State, v.TxnID, r.Memo)
		case state == order.Attention && slices.Contains(shopCauses(), v.Cause) && v.Cure != "" && w.outdated(e):
		case state == order.Held && e.barred != "": // what follows its sale, or is to be asked of it, is held
		case state != order.Synced && state != order.Pending && len(w.live(e)) > 0 && !e.removed:
			w.find(State, "order %s stands in the books and is %s (%s: %s)", e.id, v.State, v.Cause, v.Reason)
		case state == order.Attention && (v.Cause == "" || v.Reason == "" || v.Cure == ""):
			w.find(State, "order %s needs attention without cause or cure: %q, %q, %q", e.id, v.Cause, v.Reason, v.Cure)
		case state == order.New, state == order.Queued, state == order.Sent, state == order.InDoubt, state == order.Ready && e.barred == "":
			w.find(State, "order %s is still %s: %s", e.id, v.State, v.Reason)
		case state == order.Attention && engineCause(v.Cause):
			w.find(State, "order %s still needs attention: %s: %s", e.id, v.Cause, v.Reason)
		case state == order.Attention && len(w.live(e)) == 0 && w.expects(e.now(), posted) == sim.MustBePosted && e.barred == "" && !e.removed && e.now().head.Email != "":
			w.find(State, "order %s should be in the books and needs attention: %s: %s", e.id, v.Cause, v.Reason)
		}
		if err := errors.Join(w.checkLater(e, v.State), w.checkVersions(e)); err != nil {
			return err
		}
	}
	return nil
}

// shopCauses are those of orders that changed in the shop when their documents
// were in the books.
func shopCauses() []string {
	return []string{"changed-after-posting", "cancelled-after-posting", "payment-taken-back", "refunded", "refund-unclear", "unknown-payment-status", string(bridge.CauseTotal)}
}

// changedByHand tells whether a person changed a document of an order.
func (w *world) changedByHand(e *entry) bool {
	for _, r := range w.live(e) {
		if e.edited[r.TxnID] {
			return true
		}
	}
	for _, documents := range w.followers(e) {
		for _, d := range documents {
			if e.edited[d.TxnID] {
				return true
			}
		}
	}
	return false
}

// outdated tells whether the shop changed an order after its document was made:
// then a person has to look at both.
func (w *world) outdated(e *entry) bool {
	for _, r := range w.live(e) {
		v, err := e.posted(r, w.postable)
		return err == nil && v.from.Before(e.now().from)
	}
	return false
}

// engineCause are the causes to which a person has an answer that ends them.
func engineCause(cause string) bool {
	return slices.Contains([]string{string(bridge.CauseUnsure), string(bridge.CauseGone), string(bridge.CauseTwice), string(bridge.CauseRefused),
		string(bridge.CauseDependency), string(bridge.CauseTotal), string(bridge.CauseStopped)}, cause)
}

// checkVersions: what the shop says last of an order was pulled, and every
// version pulled can be shown. I4.
func (w *world) checkVersions(e *entry) error {
	return w.look.Read(w.ctx, func(tx *store.Tx) error {
		o, ok, err := tx.Order(Store, fmt.Sprintf("i:%d", e.key))
		if err != nil || !ok {
			return err
		}
		for n := int64(1); n <= o.Version; n++ {
			raw, err := tx.RawOrder(o.StoreID, o.Key, n)
			if err != nil || !json.Valid(raw) {
				w.find(Evidence, "order %s: version %d can't be shown: %v", e.id, n, err)
				continue
			}
			h, err := readHead(raw)
			if err != nil {
				return err
			}
			known := slices.ContainsFunc(e.versions, func(v version) bool { return v.head.UpdateTimestamp == h.UpdateTimestamp })
			if !known {
				w.find(Evidence, "order %s: the shop never said its version %d", e.id, n)
			}
			if n == o.Version && (h.UpdateTimestamp != e.now().head.UpdateTimestamp || h.PaymentStatus != e.now().head.PaymentStatus) {
				w.find(Loss, "order %s: the shop's last change was not pulled", e.id)
			}
		}
		return nil
	})
}

// checkEvidence: every writing set that left can be shown, with what came of
// it. I4.
func (w *world) checkEvidence() error {
	return w.look.Read(w.ctx, func(tx *store.Tx) error {
		for _, id := range w.order {
			set, ok, err := tx.Set(id)
			switch {
			case err != nil:
				return err
			case !ok:
				w.find(Evidence, "set %s left and is not kept", id)
			case string(set.Request) != w.sent[id]:
				w.find(Evidence, "set %s: its bytes are not what left", id)
			case set.State == "answered" && len(set.Answer) == 0:
				w.find(Evidence, "set %s was answered and its answer is not kept", id)
			case set.State == "refused" && set.HResult == "" && len(set.Answer) == 0:
				w.find(Evidence, "set %s was refused for no reason that is kept", id)
			case !slices.Contains([]string{"answered", "refused", "settled"}, set.State):
				w.find(State, "set %s is %s for ever", id, set.State)
			}
		}
		return nil
	})
}

// checkCulprits: of the last set, when QuickBooks could not read it, nothing is
// held but what was alone in it: the others go on. I6, Q20.
func (w *world) checkCulprits() {
	if len(w.order) == 0 {
		return
	}
	id := w.order[len(w.order)-1]
	err := w.look.Read(w.ctx, func(tx *store.Tx) error {
		set, _, err := tx.SetHead(id)
		if err != nil || set.State != "refused" || set.Rows < 2 {
			return err
		}
		rows, err := tx.RowsOfSet(id)
		for _, r := range rows {
			if r.State == "refused" && strings.Contains(r.Message, set.HResult) {
				w.find(State, "%s %s is held for set %s, which held %d requests: %s", r.Kind, r.Name, id, set.Rows, r.Message)
			}
		}
		return err
	})
	if err != nil {
		w.find(Broken, "set %s can't be read: %v", id, err)
	}
}

// checkRest: nothing is in doubt, and nothing waits that could go out.
func (w *world) checkRest() error {
	return w.look.Read(w.ctx, func(tx *store.Tx) error {
		companies, err := tx.Companies()
		if err != nil {
			return err
		}
		for _, c := range companies {
			if c.Stopped != "" {
				w.find(State, "the company file is stopped: %s", c.Stopped)
			}
			rows, err := tx.CountRows(c.ID)
			if err != nil {
				return err
			}
			for _, state := range []string{"planned", "sent", "in_doubt", "unread", "unsure"} {
				if rows[state] > 0 {
					w.find(State, "%d rows of the outbox are still %s", rows[state], state)
				}
			}
		}
		return nil
	})
}

// sameAmount compares two amounts as the shop and the books write them.
func sameAmount(a, b string) bool {
	x, err := decimal.NewFromString(a)
	y, err2 := decimal.NewFromString(b)
	return err == nil && err2 == nil && x.Equal(y)
}
