package prove

import (
	"cmp"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"qbridge/internal/sim"
	"qbridge/store"
)

// ordersOfWorld is how many orders are made ready for one world.
const ordersOfWorld = 600

// entry is one order as the auditors know it: what the shop said of it and
// when, what people decided, and what stands in the books for it.
type entry struct {
	id       string // the number people see
	key      int64
	versions []version
	barred   string             // why it must not be posted: a person holds it, excludes it, or has not released it
	doubtful bool               // it was in QuickBooks' hands when that was decided
	released bool               // a person released it
	undone   bool               // a person has its document undone by the bridge
	removed  bool               // a person took its document out of the books: that is no loss
	typed    bool               // a person typed a document of its number
	edited   map[string]bool    // documents of ours that a person changed
	handed   handing            // when it was handed out last
	receipts map[string]handing // documents of ours that came into the books, by TxnID
	lost     map[string]bool    // purposes of what followed its sale, and a person took out of the books
	byHand   bool               // a person settled by hand what follows its sale
	settled  bool               // a person took its documents for right as they are, or linked one
}

// version is what the shop said of an order from a time on.
type version struct {
	from time.Time
	kind sim.Kind
	raw  json.RawMessage
	head head
}

// handing is when a document was handed out, and up to when the bridge knew
// then what changed in the shop.
type handing struct {
	at, known time.Time
	purpose   string // of the document that came of it
}

func (e *entry) now() version { return e.versions[len(e.versions)-1] }

// put places an order in the shop, or changes it there.
func (w *world) put(e *entry, kind sim.Kind, raw json.RawMessage, set map[string]any) error {
	text, err := w.shop.Change(raw, set)
	if err != nil {
		return err
	}
	h, err := readHead(text)
	if err != nil {
		return err
	}
	if len(e.versions) == 0 {
		e.id, e.key = h.ID, h.InternalID
		w.ledger = append(w.ledger, e)
		w.byKey[e.key] = e
		if w.selected {
			e.barred = "nobody released it"
		}
	}
	e.versions = append(e.versions, version{w.clock.at, kind, text, h})
	return nil
}

// paid are the states of payment of which a document may be made.
func (v version) paid() bool { return v.head.PaymentStatus == "PAID" }

// expects says whether a version of an order is to be posted.
func (w *world) expects(v version, posted map[sim.Kind]sim.Expectation) sim.Expectation {
	if w.later != (laterRules{}) {
		return w.expectsLater(v, posted)
	}
	if !v.paid() {
		return sim.MustNotBePosted
	}
	return posted[v.kind]
}

// postable tells whether a document may be made of a version.
func (w *world) postable(v version) bool {
	return w.expects(v, kinds(w.closed)) != sim.MustNotBePosted
}

var marker = regexp.MustCompile(`Ecwid 1003/i:(\d+)\b`)

// marked finds the order whose marker a memo bears.
func (w *world) marked(memo string) *entry {
	m := marker.FindStringSubmatch(memo)
	if m == nil {
		return nil
	}
	key, err := strconv.ParseInt(m[1], 10, 64)
	if err != nil {
		return nil
	}
	return w.byKey[key]
}

// owner finds the order of a document: by its marker, or because it bore one
// before a person changed its memo.
func (w *world) owner(r sim.Receipt) *entry {
	if e := w.owners[r.TxnID]; e != nil {
		return e
	}
	return w.marked(cmp.Or(r.Entered, r.Memo))
}

// watchBooks looks for new documents of ours in the books.
func (w *world) watchBooks() {
	for _, r := range w.company.Documents() {
		e := w.marked(cmp.Or(r.Entered, r.Memo)) // a person may have changed it before anybody looked
		if e == nil || r.Void {
			continue
		}
		if _, known := e.receipts[r.TxnID]; known {
			continue
		}
		w.note("  in the books: %s%s for order %s, %s", r.TxnID, strings.TrimSuffix(" "+r.Kind, " SalesReceipt"), e.id, r.Total)
		w.written[r.Kind]++
		e.receipts[r.TxnID], w.owners[r.TxnID] = handing{e.handed.at, e.handed.known, purpose(r)}, e
		if e.barred != "" && !e.doubtful {
			w.find(Forbidden, "order %s was posted as TxnID %s though %s", e.id, r.TxnID, e.barred)
		}
	}
}

// live are the sales of ours that stand in the books for an order.
func (w *world) live(e *entry) (all []sim.Receipt) {
	for _, r := range w.company.Documents() {
		if !r.Void && isSale(r) && w.owner(r) == e {
			all = append(all, r)
		}
	}
	return all
}

// left checks a writing set that leaves: it must be in the database by then,
// byte for byte.
func (w *world) left(id, document string) {
	var known time.Time
	err := w.look.Read(w.ctx, func(tx *store.Tx) error {
		set, ok, err := tx.Set(id)
		switch {
		case err != nil:
			return err
		case !ok:
			w.find(Evidence, "set %s left before it was stored", id)
		case string(set.Request) != document || w.sent[id] != document:
			w.find(Evidence, "set %s: what left is not what was stored", id)
		}
		shop, _, err := tx.Store(Store)
		if !shop.CreatedDone.Before(shop.UpdatedTo) {
			known = shop.UpdatedTo
		}
		return err
	})
	if err != nil {
		w.find(Broken, "set %s can't be read: %v", id, err)
	}
	if slices.Contains(w.order, id) {
		return // once more, to a call that came twice
	}
	w.order = append(w.order, id)
	for _, m := range marker.FindAllString(document, -1) {
		if e := w.marked(m); e != nil {
			e.handed = handing{at: w.clock.at, known: known}
		}
	}
}

// possible are the versions of an order of which a document may have been made:
// those that were current at some moment after the last pull before it.
func (e *entry) possible(h handing) (all []version) {
	for i, v := range e.versions {
		over := i+1 < len(e.versions) && !e.versions[i+1].from.After(h.known)
		if !over && !v.from.After(h.at) {
			all = append(all, v)
		}
	}
	return all
}

// posted is the version of an order that a document in the books was made of: of
// the possible ones that have its total the first that may be posted, else the
// first; the newest one when none has.
func (e *entry) posted(r sim.Receipt, may func(version) bool) (v version, err error) {
	known, ok := e.receipts[r.TxnID]
	if !ok {
		return e.now(), nil
	}
	all := e.possible(known)
	if len(all) == 0 {
		return v, fmt.Errorf("order %s has no version that TxnID %s could be made of", e.id, r.TxnID)
	}
	var same []version
	for _, v := range all {
		var money struct{ Total json.Number }
		if err := json.Unmarshal(v.raw, &money); err != nil {
			return v, err
		}
		if sameAmount(money.Total.String(), r.Total.String()) {
			same = append(same, v)
		}
	}
	if len(same) == 0 {
		return all[len(all)-1], nil
	}
	return same[max(0, slices.IndexFunc(same, may))], nil
}
