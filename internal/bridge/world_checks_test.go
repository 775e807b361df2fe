package bridge

import (
	"context"
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"qbridge/internal/order"
	"qbridge/internal/sim"
	"qbridge/store"
)

// checkAll is what must hold at the end of every test.
func (w *world) checkAll() {
	w.ctx = context.Background() // the test's own is over
	w.checkStates()
	w.checkEvidence()
	w.checkIDs()
	if w.doubles {
		return
	}
	var raw []json.RawMessage
	for _, p := range w.placed {
		raw = append(raw, p.JSON)
	}
	terms := sim.DefaultTerms(worldNumber)
	terms.Foreign = func(r sim.Receipt) bool { return !strings.Contains(r.Memo, "Ecwid ") }
	for _, f := range sim.Audit(raw, w.company, terms) {
		if f.Code == sim.FindingTwice || f.Code == sim.FindingUnexpected { // I3
			w.t.Errorf("the books are wrong: %v", f)
		}
	}
}

// checkStates: every order is in exactly one state, and counts and sums by state add up to the whole. I1.
func (w *world) checkStates() {
	type sum struct {
		count int64
		total decimal.Decimal
	}
	states, seen := map[order.State]sum{}, map[string]bool{}
	check(w.t, w.b.Orders(w.ctx, "", func(v OrderView) error {
		if seen[v.ID] || !slices.Contains(order.States(), order.State(v.State)) {
			w.t.Errorf("order %s is there twice, or in the unknown state %q", v.ID, v.State)
		}
		seen[v.ID] = true
		m, err := money(v.Total, v.Currency)
		s := states[order.State(v.State)]
		states[order.State(v.State)] = sum{s.count + 1, s.total.Add(m.Amount)}
		return err
	}))
	sums, err := w.b.Sums(w.ctx)
	check(w.t, err)
	for _, s := range sums {
		if got := states[s.State]; got.count != s.Count || !got.total.Equal(s.Sum.Amount) {
			w.t.Errorf("%s: the sums say %d, %s; the orders %d, %s", s.State, s.Count, s.Sum.Amount, got.count, got.total)
		}
		delete(states, s.State)
	}
	if len(states) > 0 {
		w.t.Errorf("the sums lack the states %v", states)
	}
}

// checkEvidence: every writing byte sent, every answer and every version of an order can be shown. I4.
func (w *world) checkEvidence() {
	sent := map[string]string{}
	for _, s := range w.handedOut(0) {
		sent[s.id] = s.document
	}
	check(w.t, w.b.db.Read(w.ctx, func(tx *store.Tx) error {
		return tx.EachOrder(0, "", func(o store.Order) error {
			for v := int64(1); v <= o.Version; v++ {
				if raw, err := tx.RawOrder(o.StoreID, o.Key, v); err != nil || !json.Valid(raw) {
					w.t.Errorf("order %s: version %d can't be shown: %v", o.ID, v, err)
				}
			}
			sets, err := tx.SetsOfOrder(o.StoreID, o.Key)
			for _, s := range sets {
				if known, ours := sent[s.ID]; ours && known != string(s.Request) || len(s.Request) == 0 {
					w.t.Errorf("order %s: the bytes of set %s are not what was handed out", o.ID, s.ID)
				}
				if s.State == setAnswered && s.AnsweredAt.IsZero() == (len(s.Answer) > 0) {
					w.t.Errorf("order %s: the answer to set %s is not kept", o.ID, s.ID)
				}
			}
			return err
		})
	}))
}

var (
	newID     = regexp.MustCompile(`newMessageSetID="([^"]*)"`)
	setIDForm = regexp.MustCompile(`^[\x21-\x7e]{1,23}$`)
)

// checkIDs: every writing set carries an ID of at most 23 ASCII characters, never used before, and begins with the two instructions. P39, P51, Q13.
func (w *world) checkIDs() {
	used := map[string]bool{}
	for _, s := range w.handedOut(0) {
		if !strings.HasPrefix(s.document, "<?xml version=\"1.0\"") || !strings.Contains(s.document[:120], "<?qbxml version=\"") {
			w.t.Errorf("set %s does not begin as qbXML: %.120s", s.id, s.document)
		}
		if !isWriting(s.document) {
			continue
		}
		m := newID.FindStringSubmatch(s.document)
		if m == nil || m[1] != s.id || !setIDForm.MatchString(s.id) || used[s.id] {
			w.t.Errorf("set %q writes without a new message set ID: %.300s", s.id, s.document)
		}
		used[s.id] = true
	}
}

// audit holds every part of every receipt against its order.
func (w *world) audit() {
	w.t.Helper()
	w.auditBy(sim.DefaultTerms(worldNumber))
}

func (w *world) auditBy(terms sim.Terms) {
	w.t.Helper()
	var raw []json.RawMessage
	for _, p := range w.placed {
		raw = append(raw, p.JSON)
	}
	for _, f := range sim.Audit(raw, w.company, terms) {
		w.t.Errorf("the books are wrong: %v", f)
	}
}
