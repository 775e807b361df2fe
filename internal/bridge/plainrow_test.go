package bridge

import (
	"strings"
	"testing"

	"qbridge/internal/order"
	"qbridge/internal/sim"
	"qbridge/store"
)

// Orders whose documents came as planned are synced together with one line of history; one that has something to say beside
// them, or whose document came with another total, has each order told on its own. Each order's own history says it either way.
func TestOrdersOfASetAreSynced(t *testing.T) {
	for _, c := range []struct {
		name     string
		kinds    []sim.Kind
		together bool
	}{
		{"all as planned", plain(3), true},
		{"one with something to say", []sim.Kind{sim.KindPlain, sim.KindLongName, sim.KindPlain}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			all := w.take(c.kinds...)
			w.settle()
			w.once(all...)
			sets := map[string]bool{}
			for _, p := range all {
				sets[w.row(p).SetID] = true
				if !w.said(p, "state", "synced") {
					t.Errorf("the history of order %s: %+v", p.ID, w.order(p).History)
				}
				if v := w.view(p); v.Document == "" || v.TxnID == "" || v.BooksTotal != v.Total {
					t.Errorf("order %s is %+v", p.ID, v)
				}
			}
			if len(sets) != 1 {
				t.Fatalf("they went in %d sets", len(sets))
			}
			lines := map[int64]bool{} // of history
			check(t, w.b.db.Read(w.ctx, func(tx *store.Tx) error {
				for _, p := range all {
					history, err := tx.History(worldStore, w.view(p).ID[len(worldStore)+1:])
					if err != nil {
						return err
					}
					for _, h := range history {
						if h.Event == "state" && strings.HasPrefix(h.Note, string(order.Synced)) {
							lines[h.ID] = true
						}
					}
				}
				return nil
			}))
			if together := len(lines) == 1; together != c.together {
				t.Errorf("the orders are told to be synced in %d lines", len(lines))
			}
		})
	}
}
