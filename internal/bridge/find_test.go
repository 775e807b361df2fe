package bridge

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"qbridge/internal/order"
	"qbridge/internal/sim"
	"qbridge/store"
)

func (w *world) found(f Find) (numbers []string) {
	w.t.Helper()
	for next := ""; ; {
		page, err := w.b.FindOrders(w.ctx, f, next, 2)
		check(w.t, err)
		for _, o := range page.Orders {
			numbers = append(numbers, o.Number)
		}
		if page.Next == "" {
			if page.Count(f.State) != int64(len(numbers)) { // I1
				w.t.Errorf("%+v: %d listed, %+v", f, len(numbers), page.Sums)
			}
			return numbers
		}
		next = page.Next
	}
}

func TestFindOrders(t *testing.T) {
	w := newWorld(t)
	placed := w.place(sim.KindPlain, sim.KindPlain, sim.KindPlain, sim.KindCouponPercent, sim.KindAwaiting)
	w.pull()
	w.plan()
	w.session()
	first := placed[0]
	var shown struct {
		Email, PaymentMethod string
		BillingPerson        struct{ Name string }
		Items                []struct{ SKU, Name string }
	}
	check(t, json.Unmarshal(first.JSON, &shown))
	d, err := w.b.Order(w.ctx, first.ID)
	check(t, err)
	if len(w.found(Find{})) != len(placed) {
		t.Errorf("all: %v", w.found(Find{}))
	}
	for name, text := range map[string]string{"number": first.ID, "e-mail": shown.Email, "name": shown.BillingPerson.Name, "SKU": shown.Items[0].SKU, "item": shown.Items[0].Name,
		"amount": d.Total, "QuickBooks number": d.Rows[0].Number, "TxnID": d.TxnID} {
		numbers := w.found(Find{Text: text})
		if text == "" || !slices.Contains(numbers, first.ID) {
			t.Errorf("by %s %q: %v", name, text, numbers)
		}
	}
	if got := w.found(Find{State: order.Synced, Store: worldStore, From: d.Date, To: d.Date, Method: shown.PaymentMethod, Text: first.ID}); !cmp.Equal(got, []string{first.ID}) {
		t.Errorf("by everything at once: %v", got)
	}
	if got := w.found(Find{State: order.Held}); got != nil {
		t.Errorf("held: %v", got)
	}
	choices, err := w.b.FindChoices(w.ctx)
	check(t, err)
	if len(choices.Stores) != 1 || choices.Stores[0].ID != worldStore || !slices.Contains(choices.Methods, shown.PaymentMethod) || len(choices.States) != len(order.States()) {
		t.Errorf("choices: %+v", choices)
	}
	for _, wrong := range []Find{{From: "yesterday"}, {To: "2026-13-01"}, {State: "lost"}} {
		if _, err := w.b.FindOrders(w.ctx, wrong, "", 0); err == nil {
			t.Errorf("%+v is understood", wrong)
		}
	}
	for _, place := range []string{"x", "1", "1-", "1-x", "1-0", "--1", "9-9-9"} {
		if _, err := w.b.FindOrders(w.ctx, Find{}, place, 0); err == nil {
			t.Errorf("a page after %q", place)
		}
	}
}

// A folder of an older program is searched as soon as its orders were gone through.
func TestIndexAll(t *testing.T) {
	w := newWorld(t)
	placed := w.place(sim.KindPlain, sim.KindPlain, sim.KindCouponPercent)
	w.pull()
	check(t, w.b.db.Write(w.ctx, func(tx *store.Tx) error {
		var failed error
		for _, p := range placed {
			o, err := orderOf(tx, p.ID)
			failed = errors.Join(failed, err, tx.SetSearch(o.StoreID, o.Key, store.Search{}))
		}
		return errors.Join(failed, tx.SetSetting("index-orders", "3"))
	}))
	page, err := w.b.FindOrders(w.ctx, Find{Text: placed[0].ID}, "", 0)
	check(t, err)
	if page.Indexing != 3 || len(page.Orders) != 0 {
		t.Errorf("before: %+v", page)
	}
	check(t, w.b.IndexAll(w.ctx))
	page, err = w.b.FindOrders(w.ctx, Find{Text: placed[0].ID}, "", 0)
	check(t, err)
	if page.Indexing != 0 || len(page.Orders) != 1 || page.Orders[0].Method == "" {
		t.Errorf("after: %+v", page)
	}
	check(t, w.b.IndexAll(w.ctx)) // nothing is left to do
}
