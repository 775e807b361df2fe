package bridge

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"qbridge/internal/ecwid"
	"qbridge/internal/order"
	"qbridge/internal/posting"
	"qbridge/internal/sim"
	"qbridge/store"
)

// I3: a document is one order's: it can't be linked to a second one, whatever the totals.
func TestLinkToAnotherOrdersDocument(t *testing.T) {
	w := newWorld(t)
	first := w.take(sim.KindReturning)[0]
	w.settle()
	w.once(first)
	second := w.take(sim.KindReturning)[0]
	err := w.b.Link(w.ctx, second.ID, "link", w.order(first).TxnID, "Ann")
	if err == nil || !strings.Contains(err.Error(), "another order already") {
		t.Errorf("linked: %v", err)
	}
	w.settle()
	w.once(first, second)
}

// design 4.2: a linked document is read and held against the order's total, also when nothing was planned for the order.
func TestLinkWithoutPlan(t *testing.T) {
	for _, test := range []struct {
		name  string
		typed func(*sim.TypedReceipt) // nil: there is no such document
		state order.State
		cause string
	}{
		{"the same total", func(*sim.TypedReceipt) {}, order.Synced, ""},
		{"another total", func(r *sim.TypedReceipt) { r.Lines[0].Amount++ }, order.Attention, string(CauseTotal)},
		{"no such document", nil, order.Attention, string(CauseUnsure)},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			p := w.take(sim.KindPartlyRefunded)[0]
			d := w.order(p)
			if d.State == string(order.Synced) || len(d.Rows) != 0 {
				t.Fatalf("%s, %d documents: this order proves nothing", d.State, len(d.Rows))
			}
			txnID := "FFFF-1"
			if test.typed != nil {
				r := sim.TypedReceipt{Customer: "Prairie Schools", RefNumber: "BY-HAND", Date: d.Date[:10], TaxItem: sim.TaxNone,
					Lines: []sim.TypedLine{{Item: sim.ItemShipping, Desc: "as typed", Amount: cents(t, d.Total)}}}
				test.typed(&r)
				var err error
				txnID, err = w.company.TypeReceipt(r)
				check(t, err)
			}
			check(t, w.b.Link(w.ctx, p.ID, "link", txnID, "Ann"))
			w.settle()
			if w.want(p, test.state, test.cause); len(w.receiptsSent(0)) > 0 {
				t.Error("written beside the document it was linked to")
			}
		})
	}
}

// I3: an order whose payload has an internal id from some day on is the same order, and its document bears the same marker.
func TestKeyOfAnOldPayload(t *testing.T) {
	for _, posted := range []bool{true, false} {
		t.Run(fmt.Sprintf("posted before %v", posted), func(t *testing.T) {
			w := newWorld(t)
			w.doubles = true // the audit knows no key without an internal id
			w.pull()         // the profile
			known := generated()[sim.KindReturning][0]
			p := &placed{Kind: known.Kind, JSON: known.JSON}
			w.placed = append(w.placed, p)
			fields := map[string]json.RawMessage{}
			check(t, json.Unmarshal(known.JSON, &fields))
			check(t, json.Unmarshal(fields["id"], &p.ID))
			delete(fields, "internalId")
			old, err := json.Marshal(fields)
			check(t, err)
			var shop store.Shop
			check(t, w.b.db.Read(w.ctx, func(tx *store.Tx) (err error) { shop, _, err = tx.Store(worldStore); return err }))
			profile, err := ecwid.DecodeProfile([]byte(shop.Profile))
			check(t, err)
			profile.StoreID = worldStore
			check(t, w.b.savePage(w.ctx, shop, profile, []json.RawMessage{old}, &Pulled{}))
			if w.plan(); posted {
				w.settle()
			}
			check(t, w.b.savePage(w.ctx, shop, profile, []json.RawMessage{known.JSON}, &Pulled{}))
			w.settle()
			w.once(p)
			orders := 0
			check(t, w.b.Orders(w.ctx, "", func(OrderView) error { orders++; return nil }))
			if receipts := w.company.Receipts(); orders != 1 || len(receipts) != 1 || !strings.Contains(receipts[0].Memo, "/d:") {
				t.Errorf("one order of the shop became %d orders and the receipts %+v", orders, receipts)
			}
		})
	}
}

// Q16, P44: a customer in doubt is not adopted when the name in the books is another person's, known by its e-mail.
func TestNamesakeWithEmailIsNotAdopted(t *testing.T) {
	w := newWorld(t)
	p := w.take(sim.KindNoEmail)[0]
	w.cutWriting("<CustomerAddRq", false)
	w.interrupted()
	name := w.order(p).Plan.Documents[0].Customer
	w.byHand(`<CustomerAddRq requestID="1"><CustomerAdd><Name>` + name + `</Name><Email>somebody@else.example</Email></CustomerAdd></CustomerAddRq>`)
	w.settle()
	w.clock.advance(2 * time.Hour)
	w.settle()
	for _, r := range w.live(p) {
		if r.Customer == name {
			t.Errorf("posted to %s, who is somebody@else.example", r.Customer)
		}
	}
	if state := w.view(p).State; state != string(order.Synced) && state != string(order.Attention) {
		t.Errorf("the order is %s", state)
	}
}

// P44, design 4.4: the older copy of a company file is known by what we wrote ourselves: a document that a person typed in
// before may be our newest and stand in the copy all the same. Nor does a clock that is set back hide it.
func TestOlderCopyIsKnownByOurOwnDocuments(t *testing.T) {
	t.Run("the newest was adopted", func(t *testing.T) {
		w := newWorld(t)
		w.take(plain(2)...)
		w.settle()
		typed := w.take(sim.KindReturning)[0]
		txnID := w.receiptLike(typed, nil)
		check(t, w.b.Decide(w.ctx, typed.ID, "hold", "", "later", "Ann"))
		copied, err := w.company.Snapshot()
		check(t, err)
		lost := w.take(sim.KindPlain)[0] // two that are missing would be noticed in any case
		w.settle()
		w.once(lost)
		check(t, w.b.Decide(w.ctx, typed.ID, "release", "", "", "Ann"))
		w.settle()
		if w.once(typed); w.order(typed).TxnID != txnID {
			t.Fatal("not adopted: this proves nothing")
		}
		w.olderCopy(copied, w.take(sim.KindReturning)[0])
	})
	t.Run("the clock was set back", func(t *testing.T) {
		const month = 30 * 24 * time.Hour
		w := newWorld(t)
		w.clock.advance(month)
		w.take(sim.KindReturning)
		w.settle()
		copied, err := w.company.Snapshot()
		check(t, err)
		lost, waits := w.take(sim.KindReturning)[0], w.take(sim.KindReturning)[0]
		check(t, w.b.Decide(w.ctx, waits.ID, "hold", "", "later", "Ann"))
		w.clock.advance(-month)
		w.settle()
		w.once(lost)
		check(t, w.b.Decide(w.ctx, waits.ID, "release", "", "", "Ann"))
		w.plan()
		w.olderCopy(copied, waits)
	})
}

// olderCopy puts an older copy of the company file in place; it must be noticed, and nothing be written of the order that waits.
func (w *world) olderCopy(copied []byte, waits *placed) {
	w.t.Helper()
	w.doubles = true // what the copy lacks is no business of the audit
	check(w.t, w.company.Restore(copied))
	since := len(w.handedOut(0))
	report, err := w.try()
	check(w.t, err)
	if !strings.Contains(report.LastError, "Was a backup restored?") {
		w.t.Errorf("the Web Connector shows %q", report.LastError)
	}
	if len(w.writing(since)) > 0 {
		w.t.Error("written into an older copy")
	}
	w.want(waits, order.Queued)
}

// design 4.4: a person resumes once, however many documents the older copy lacks; all of them wait for a person then.
func TestOneResumeIsEnough(t *testing.T) {
	w := newWorld(t)
	kept := w.take(plain(2)...)
	w.settle()
	copied, err := w.company.Snapshot()
	check(t, err)
	lost := w.take(slices.Repeat([]sim.Kind{sim.KindReturning}, 2*identitySize+1)...)
	w.settle()
	w.once(lost...)
	w.olderCopy(copied, w.take(sim.KindReturning)[0])
	_, err = w.b.Resume(w.ctx, "Ann", "")
	check(t, err)
	w.settle() // a second stop would fail here
	w.once(kept...)
	for _, p := range lost {
		if w.want(p, order.Attention, string(CauseGone)); len(w.live(p)) > 0 {
			t.Errorf("order %s was posted again by itself", p.ID)
		}
	}
	next := w.take(sim.KindReturning)[0]
	w.settle()
	w.once(next)
}

// I2, Q32: of a sale that a person typed in QBridge knows the total alone. What it would have written itself is not in the books: neither is it
// taken back when the whole sale is refunded, with a tax that was never booked, nor does a reconciliation claim it.
func TestTypedSaleTellsNoLines(t *testing.T) {
	for _, test := range []struct {
		name string
		link bool // by a person; else it is found by its number
	}{{"found", false}, {"linked", true}} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t, followRules(refundRules))
			p := w.take(sim.KindReturning)[0]
			txnID := w.receiptLike(p, func(r *sim.TypedReceipt) { // one untaxed line of another account
				if test.link {
					r.RefNumber = "BY-HAND"
				}
			})
			w.settle()
			if test.link {
				check(t, w.b.Link(w.ctx, p.ID, "link", txnID, "Ann"))
				w.settle()
			}
			w.want(p, order.Synced)
			total := w.view(p).Total
			r := w.everyDay(nil)
			if got := part(r, partWhole); got != total+" 0.00 "+total+" 0.00" || len(r.Parts) != 2 || len(r.Accounts)+len(r.Deposits)+len(r.Taxes)+len(r.Differences) > 0 {
				t.Errorf("%s of %s; parts %+v, accounts %+v, deposits %+v, taxes %+v, differences %+v", got, total, r.Parts, r.Accounts, r.Deposits, r.Taxes, r.Differences)
			}
			w.refund(p, "REFUNDED", total)
			w.settle()
			w.want(p, order.Attention, string(posting.RefundUnclear), "typed in by hand", "qbridge accept")
			for _, d := range w.company.Documents() {
				if d.TxnID != txnID {
					t.Errorf("%s %s of %s, with %s of tax, was written: the books have no such tax", d.Kind, d.RefNumber, d.Total, d.Tax)
				}
			}
		})
	}
}
