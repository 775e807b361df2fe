package ecwid

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// ecwid.md 3.4, steps 1 to 3: whatever the size of a window and however its
// orders lie, each is saved.
func TestWindowFindsEveryOrder(t *testing.T) {
	start := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	for _, exclusive := range []bool{false, true} {
		for _, tc := range []struct {
			name   string
			count  int
			spread time.Duration // between two orders
		}{
			{"none", 0, time.Minute},
			{"one page", 100, time.Minute},
			{"one more than a page", 101, time.Minute},
			{"many", 450, 3 * time.Minute},
			{"a second apart", 350, time.Second},
			{"all in one second", 230, 0},
		} {
			t.Run(fmt.Sprintf("%s, exclusive=%t", tc.name, exclusive), func(t *testing.T) {
				shop, client := newTestShop(t)
				shop.exclusive = exclusive
				for i := range tc.count {
					at := start.Add(time.Hour + time.Duration(i)*tc.spread)
					shop.put(testOrder{int64(i + 1), at, at, "PAID"})
				}
				for _, by := range []By{Created, Updated} {
					v := newVault()
					if err := client.Window(t.Context(), by, start, start.Add(24*time.Hour), v.save); err != nil {
						t.Fatal(err)
					}
					if len(v.orders) != tc.count {
						t.Errorf("by %s: %d orders saved, the shop has %d", by, len(v.orders), tc.count)
					}
				}
			})
		}
	}
}

// ecwid.md 3.4, step 2: a page that holds everything is one request and one save.
func TestWindowOfOnePageIsOneRequest(t *testing.T) {
	shop, client := newTestShop(t)
	for i := range 100 {
		shop.put(testOrder{int64(i + 1), shop.now, shop.now, "PAID"})
	}
	v := newVault()
	if err := client.Window(t.Context(), Updated, shop.now.Add(-time.Hour), shop.now, v.save); err != nil {
		t.Fatal(err)
	}
	if shop.requests != 1 || v.saves != 1 || len(v.orders) != 100 {
		t.Errorf("%d requests, %d saves, %d orders; want 1, 1, 100", shop.requests, v.saves, len(v.orders))
	}
}

// ecwid.md 3.4, step 3: paging by offset starts again when an order leaves
// between two pages; else the row that moved up would be skipped.
func TestWindowStartsAgainWhenTotalChanges(t *testing.T) {
	shop, client := newTestShop(t)
	at := shop.now.Add(-time.Hour)
	for i := range 250 {
		shop.put(testOrder{int64(i + 1), at, at, "PAID"})
	}
	searches := 0
	shop.between = func(s *testShop) {
		searches++
		if o := s.orders[int64(searches)]; searches%2 == 0 && searches <= 8 {
			o.updated = s.now // this one was changed and leaves the window
		}
	}
	v := newVault()
	if err := client.Window(t.Context(), Updated, at, at.Add(time.Second), v.save); err != nil {
		t.Fatal(err)
	}
	for id, o := range shop.orders {
		if _, saved := v.orders[fmt.Sprintf("i:%d", id)]; !saved && o.updated.Equal(at) {
			t.Errorf("order %d stayed in the window and was not saved", id)
		}
	}
}

// ecwid.md 3.4, step 3: an order that leaves while another comes keeps the
// total, and the row that moved up is skipped all the same.
func TestWindowNoticesExchangedRows(t *testing.T) {
	shop, client := newTestShop(t)
	at := shop.now.Add(-time.Hour)
	for i := range 150 {
		shop.put(testOrder{int64(i + 1), at, at, "PAID"})
	}
	searches := 0
	shop.between = func(s *testShop) {
		if searches++; searches == 3 { // before the second page of the first pass
			delete(s.orders, s.sorted()[0].id)
			late := s.sorted()[len(s.orders)-1].id + 1009 // same place, the last
			s.put(testOrder{late, at, at, "PAID"})
		}
	}
	v := newVault()
	if err := client.Window(t.Context(), Created, at, at.Add(time.Second), v.save); err != nil {
		t.Fatal(err)
	}
	for id := range shop.orders {
		if _, saved := v.orders[fmt.Sprintf("i:%d", id)]; !saved {
			t.Errorf("order %d was not saved", id)
		}
	}
}

func TestWindowGivesUpOnEndlessChange(t *testing.T) {
	shop, client := newTestShop(t)
	at := shop.now.Add(-time.Hour)
	for i := range 150 {
		shop.put(testOrder{int64(i + 1), at, at, "PAID"})
	}
	next := int64(1000)
	shop.between = func(s *testShop) {
		next++
		s.put(testOrder{next, at, at, "PAID"})
	}
	err := client.Window(t.Context(), Created, at, at.Add(time.Second), newVault().save)
	if KindOf(err) != Temporary || !strings.Contains(err.Error(), "keep changing") {
		t.Errorf("got %v, want a temporary error that says that the orders keep changing", err)
	}
}

// ecwid.md 3.1: unfinished carts are dropped even if they come.
func TestWindowDropsUnfinishedCarts(t *testing.T) {
	shop, client := newTestShop(t)
	for i, status := range []string{"PAID", "INCOMPLETE", "incomplete", "AWAITING_PAYMENT"} {
		shop.put(testOrder{int64(i + 1), shop.now, shop.now, status})
	}
	v := newVault()
	if err := client.Window(t.Context(), Created, shop.now.Add(-time.Hour), shop.now, v.save); err != nil {
		t.Fatal(err)
	}
	_, paid := v.orders["i:1"]
	_, waiting := v.orders["i:4"]
	if len(v.orders) != 2 || !paid || !waiting {
		t.Errorf("saved %v, want orders 1 and 4 only", v.orders)
	}
}

// A save that fails stops the window: nothing may be taken for stored.
func TestWindowStopsWhenSavingFails(t *testing.T) {
	shop, client := newTestShop(t)
	shop.put(testOrder{1, shop.now, shop.now, "PAID"})
	full := errors.New("the disk is full")
	err := client.Window(t.Context(), Created, shop.now.Add(-time.Hour), shop.now,
		func(context.Context, []json.RawMessage) error { return full })
	if !errors.Is(err, full) {
		t.Errorf("got %v, want the disk's error", err)
	}
}

// ecwid.md 3.4, step 6: first by creation from the start date, then by change;
// quiet years do not cost a request a day.
func TestPullFirstStart(t *testing.T) {
	for _, exclusive := range []bool{false, true} {
		t.Run(fmt.Sprintf("exclusive=%t", exclusive), func(t *testing.T) { firstStart(t, exclusive) })
	}
}

func firstStart(t *testing.T, exclusive bool) {
	shop, client := newTestShop(t)
	shop.exclusive = exclusive
	since := shop.now.AddDate(-3, 0, 0)
	shop.put(testOrder{1, since.Add(-time.Hour), since.Add(-time.Hour), "PAID"}) // too old
	shop.put(testOrder{2, since, since, "PAID"})
	shop.put(testOrder{6, since.Add(day), since.Add(day), "PAID"}) // between two windows
	shop.put(testOrder{3, since.AddDate(1, 0, 0), since.AddDate(1, 0, 0), "PAID"})
	// ecwid.md 4.1: made by API with an old date, found only by its change.
	shop.put(testOrder{4, since.AddDate(-6, 0, 0), shop.now.Add(-2 * time.Minute), "PAID"})
	shop.put(testOrder{5, shop.now, shop.now, "PAID"}) // younger than 60 s: next time

	v, marks := newVault(), []Watermark{}
	advance := func(w Watermark) error { marks = append(marks, w); return nil }
	w, err := client.Pull(t.Context(), Watermark{Since: since}, v.save, advance)
	if err != nil {
		t.Fatal(err)
	}
	if len(v.orders) != 3 {
		t.Errorf("the first pull saved %v, want 2, 3 and 6", v.orders)
	}
	if shop.requests > 60 {
		t.Errorf("three quiet years took %d requests", shop.requests)
	}
	if marks[len(marks)-1] != w || w.Updated.After(shop.now.Add(-settle)) || !w.CreatedDone.Equal(w.Updated) {
		t.Errorf("the watermark is %+v after %d marks", w, len(marks))
	}

	shop.now = shop.now.Add(5 * time.Minute)
	before := shop.requests
	if w, err = client.Pull(t.Context(), w, v.save, advance); err != nil {
		t.Fatal(err)
	}
	if len(v.orders) != 5 {
		t.Errorf("the second pull left %v, want 2 to 6", v.orders)
	}
	if n := shop.requests - before; n != 2 {
		t.Errorf("a quiet poll took %d requests, want 2", n)
	}
}

// ecwid.md 3.4, step 1: the shop's clock counts, not this PC's.
func TestPullUsesTheShopsClock(t *testing.T) {
	shop, _ := newTestShop(t)
	server := httptest.NewServer(shop)
	t.Cleanup(server.Close)
	client := shop.client(t, server.URL)
	client.now = func() time.Time { return shop.clock().AddDate(1, 0, 0) } // this PC is a year ahead
	w, err := client.Pull(t.Context(), Watermark{Since: shop.now.Add(-time.Hour)}, newVault().save, func(Watermark) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	if w.Updated.After(shop.clock()) {
		t.Errorf("the watermark %s lies in the shop's future", w.Updated)
	}
}

func TestPullNeedsAStartDate(t *testing.T) {
	shop, client := newTestShop(t)
	_, err := client.Pull(t.Context(), Watermark{}, newVault().save, func(Watermark) error { return nil })
	if err == nil || shop.requests != 0 {
		t.Errorf("got %v after %d requests, want an error without a request", err, shop.requests)
	}
}

// I9, ecwid.md 3.4: orders are placed and changed while pages are read, the
// network fails, saving fails, the program dies between window and watermark;
// in the end every order's newest version is stored, under one key.
func TestPullLosesAndDoublesNothing(t *testing.T) {
	shop, _ := newTestShop(t)
	server := httptest.NewServer(shop)
	t.Cleanup(server.Close)
	rapid.Check(t, func(rt *rapid.T) {
		// All drawing comes first: rapid leaves a draw by panic, and shop.mu must
		// not stay locked.
		random := rapid.IntRange(0, 999)
		pageSize := rapid.IntRange(2, 6).Draw(rt, "page size")
		exclusive := rapid.Bool().Draw(rt, "exclusive bounds")
		ages := rapid.SliceOfN(rapid.IntRange(0, 40), 0, 15).Draw(rt, "ages of the old orders")
		changes := rapid.SliceOfN(random, 0, 25).Draw(rt, "changes")
		faults := rapid.SliceOfN(random, 0, 30).Draw(rt, "faults")

		start := time.Date(2026, 3, 14, 15, 0, 0, 0, time.UTC)
		shop.mu.Lock()
		shop.now, shop.orders, shop.slept = start, map[int64]*testOrder{}, nil
		shop.pageSize, shop.exclusive = pageSize, exclusive
		next := int64(0)
		place := func(s *testShop, at time.Time) {
			next++
			status := "PAID"
			if next%9 == 0 {
				status = "INCOMPLETE"
			}
			s.put(testOrder{next, at, at, status})
		}
		for _, age := range ages {
			place(shop, start.Add(-time.Duration(age)*97*time.Second))
		}
		shop.between = func(s *testShop) {
			if len(changes) == 0 {
				return
			}
			n := changes[0]
			changes = changes[1:]
			switch {
			case n < 300:
				place(s, s.second())
			case n < 400: // made by API, dated back
				place(s, s.second())
				s.orders[next].created = s.now.AddDate(-1, 0, 0)
			case n < 800 && next > 0:
				s.orders[int64(n)%next+1].updated = s.second()
			}
			s.now = s.now.Add(time.Duration(n%7) * time.Second)
		}
		fault := func() int {
			if len(faults) == 0 {
				return 999
			}
			n := faults[0]
			faults = faults[1:]
			return n
		}
		shop.answer = func(w http.ResponseWriter, _ *http.Request, _ int) bool {
			if fault() > 60 {
				return false
			}
			w.WriteHeader(http.StatusBadGateway)
			return true
		}
		shop.mu.Unlock()

		client, v := shop.client(t, server.URL), newVault()
		died := errors.New("the program died")
		v.fail = func() error {
			if fault() < 150 {
				return died
			}
			return nil
		}
		stored := Watermark{Since: start.AddDate(0, 0, -2)}
		var first time.Time // from here on changes are looked for
		advance := func(w Watermark) error {
			if fault() < 150 {
				return died // the watermark was not stored
			}
			if w.Updated.Before(stored.Updated) {
				rt.Fatalf("the watermark went back from %s to %s", stored.Updated, w.Updated)
			}
			if stored.Updated.IsZero() {
				first = w.Updated
			}
			stored = w
			return nil
		}
		for quiet := 0; quiet < 2; {
			_, err := client.Pull(t.Context(), stored, v.save, advance)
			if err != nil && !errors.Is(err, died) && KindOf(err) != Temporary {
				rt.Fatal(err)
			}
			shop.mu.Lock()
			if err == nil && len(changes) == 0 {
				quiet++
			}
			shop.now = shop.now.Add(2 * time.Minute)
			shop.mu.Unlock()
		}
		shop.mu.Lock()
		defer shop.mu.Unlock()
		for id, o := range shop.orders {
			at, saved := v.orders[fmt.Sprintf("i:%d", id)]
			switch {
			case o.status == "INCOMPLETE" && saved:
				rt.Errorf("the unfinished cart %d was stored", id)
			case o.status == "INCOMPLETE":
			case o.created.Before(stored.Since) && o.updated.Before(first):
				// Dated before the start and not changed since the first pull.
			case !at.Equal(o.updated):
				rt.Errorf("order %d, updated %s: stored is %s", id, o.updated, at)
			}
		}
		if len(v.orders) > len(shop.orders) {
			rt.Errorf("%d orders stored, the shop has %d", len(v.orders), len(shop.orders))
		}
	})
}
