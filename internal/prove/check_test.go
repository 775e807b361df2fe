package prove

import (
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"qbridge/internal/bridge"
	"qbridge/internal/sim"
)

// quiet is a world in which nothing has happened yet.
func quiet(t *testing.T) *world {
	t.Helper()
	w, err := newWorld(t.TempDir(), 4, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

// posted is a world in which a plain order is in the books.
func posted(t *testing.T) (*world, *entry, sim.Receipt) {
	t.Helper()
	w := quiet(t)
	w.closed, w.selected = false, false
	if err := w.b.SetRule(w.ctx, "release", "automatic", "test"); err != nil {
		t.Fatal(err)
	}
	w.placeOne(func(k sim.Kind) bool { return k == sim.KindPlain })
	if err := w.evening(); err != nil {
		t.Fatal(err)
	}
	e := w.ledger[0]
	if live := w.live(e); len(w.findings) > 0 || len(live) != 1 {
		t.Fatalf("the quiet world: %v, %d documents", w.findings, len(live))
	}
	return w, e, w.live(e)[0]
}

// The auditors find what is wrong: I1, I2, I3, I4.
func TestAuditors(t *testing.T) {
	for _, test := range []struct {
		name  string
		spoil func(w *world, e *entry, r sim.Receipt) error
		want  Kind
	}{
		{"a second document", func(w *world, e *entry, r sim.Receipt) error {
			_, err := w.company.TypeReceipt(sim.TypedReceipt{Customer: r.Customer, RefNumber: r.RefNumber, Memo: r.Memo, Lines: []sim.TypedLine{{Item: sim.ItemShipping, Amount: 100}}})
			return err
		}, Double},
		{"a document for no order", func(w *world, e *entry, r sim.Receipt) error {
			delete(w.byKey, e.key)
			w.ledger = slices.DeleteFunc(w.ledger, func(o *entry) bool { return o == e })
			return nil
		}, Double},
		{"a document that is gone", func(w *world, e *entry, r sim.Receipt) error { return w.company.Delete(r.TxnID) }, Loss},
		{"another amount", func(w *world, e *entry, r sim.Receipt) error {
			return w.company.EditReceipt(r.TxnID, sim.ReceiptEdit{More: 100})
		}, WrongPart},
		{"an order that was never pulled", func(w *world, e *entry, r sim.Receipt) error {
			w.placeOne(func(k sim.Kind) bool { return k == sim.KindPlain })
			return nil
		}, Loss},
		{"a change that was not pulled", func(w *world, e *entry, r sim.Receipt) error {
			w.clock.at = w.clock.at.Add(1e9)
			return w.put(e, sim.KindPlain, e.now().raw, map[string]any{"privateAdminNotes": "note"})
		}, Loss},
		{"posted though held", func(w *world, e *entry, r sim.Receipt) error {
			delete(e.receipts, r.TxnID)
			e.barred = "a person holds it"
			w.watchBooks()
			return nil
		}, Forbidden},
		{"of a version that was over", func(w *world, e *entry, r sim.Receipt) error {
			e.receipts[r.TxnID] = handing{}
			return nil
		}, WrongPart},
		{"on its way for ever", func(w *world, e *entry, r sim.Receipt) error {
			_, err := w.b.Undo(w.ctx, bridge.UndoOf{Order: e.id}, false, "test")
			return err
		}, State},
		{"a set that is not kept", func(w *world, e *entry, r sim.Receipt) error { w.order = append(w.order, "NEVER-STORED"); return nil }, Evidence},
		{"a set of other bytes", func(w *world, e *entry, r sim.Receipt) error { w.sent[w.order[0]] += " "; return nil }, Evidence},
		{"a set that left before it was stored", func(w *world, e *entry, r sim.Receipt) error {
			w.left("NOT-STORED", "<SalesReceiptAddRq/>")
			return nil
		}, Evidence},
	} {
		t.Run(test.name, func(t *testing.T) {
			w, e, r := posted(t)
			if err := test.spoil(w, e, r); err != nil {
				t.Fatal(err)
			}
			if err := w.check(); err != nil {
				t.Fatal(err)
			}
			if !slices.ContainsFunc(w.findings, func(f Finding) bool { return f.Kind == test.want }) {
				t.Errorf("found %v, no %s", w.findings, test.want)
			}
		})
	}
}

// What the shop said to a pull is known to have been said, though the order changes once more before anybody looks. I4
func TestWhatAPullWasTold(t *testing.T) {
	w := quiet(t) // its first pull takes the orders of all times, also those of this very second
	w.placeOne(func(k sim.Kind) bool { return k == sim.KindPlain })
	e := w.ledger[len(w.ledger)-1]
	change := func(note string) {
		w.clock.at = w.clock.at.Add(10 * time.Minute)
		if err := w.put(e, sim.KindPlain, e.now().raw, map[string]any{"privateAdminNotes": note}); err != nil {
			t.Fatal(err)
		}
	}
	w.clock.at = w.clock.at.Add(10 * time.Minute)
	w.shop.Fault(func(*http.Request) *sim.Response { // it is packed while the orders are read
		if _, err := w.shop.Change(e.now().raw, map[string]any{"fulfillmentStatus": "SHIPPED"}); err != nil {
			t.Error(err)
		}
		return nil
	})
	w.pull()
	w.shop.Fault(nil)
	change("one")
	change("two")
	w.clock.at = w.clock.at.Add(10 * time.Minute)
	w.pull()
	if err := w.checkVersions(e); err != nil || len(w.findings) > 0 {
		t.Errorf("%v, %v", w.findings, err)
	}
}

// A custom field that QuickBooks refused is said with its order, and set when a person has it set again: what is empty then is found. Q20
func TestRefusedCustomField(t *testing.T) {
	w, _, _ := posted(t)
	if !w.fields {
		t.Fatal("a world without custom fields")
	}
	w.placeOne(func(k sim.Kind) bool { return k == sim.KindPlain })
	e := w.ledger[len(w.ledger)-1]
	at := slices.IndexFunc(sim.Faults(), func(f sim.Fault) bool { return f.Name == "a request refused" })
	said := sim.Faults()[at].Arm(w.trouble, rand.New(rand.NewPCG(3, 1)))
	w.clock.at = w.clock.at.Add(10 * time.Minute)
	w.pull()
	w.plan()
	if _, err := w.runSession(); err != nil {
		t.Fatal(err)
	}
	struck := w.trouble.Strikes()
	if len(struck) != 1 || !strings.Contains(struck[0].What, "(DataExtModRq)") {
		t.Fatalf("%s: %v", said, struck)
	}
	if err := w.checkBooks(); err != nil || !slices.ContainsFunc(w.findings, func(f Finding) bool { return strings.Contains(f.Text, "custom field") }) {
		t.Fatalf("the empty field is not found: %v, %v", w.findings, err)
	}
	w.findings = nil
	if err := w.evening(); err != nil || len(w.findings) > 0 {
		t.Errorf("order %s: %v, %v", e.id, w.findings, err)
	}
}
