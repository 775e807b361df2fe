package bridge

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"qbridge/internal/order"
	"qbridge/internal/sim"
)

func TestPullNow(t *testing.T) {
	w := newWorld(t)
	all := w.place(plain(3)...)
	w.clock.advance(2 * time.Minute)
	pulled, err := w.b.PullNow(w.ctx, worldStore, "ann")
	check(t, err)
	if len(pulled) != 1 || pulled[0].New != 3 || pulled[0].Problem != "" {
		t.Errorf("first: %+v", pulled)
	}
	w.change(all[0], map[string]any{"paymentStatus": "REFUNDED", "refundedAmount": 1})
	w.clock.advance(2 * time.Minute)
	done := make(chan error, 1)
	go func() { done <- w.b.PullStep(w.ctx) }() // the puller is at it, too
	pulled, err = w.b.PullNow(w.ctx, "", "ann")
	check(t, err)
	check(t, <-done)
	if versions := w.order(all[0]).Versions; pulled[0].New != 0 || pulled[0].Changed > 1 || len(versions) != 2 { // one of the two got it, once
		t.Errorf("then: %+v, %+v", pulled, versions)
	}
	if _, err := w.b.PullNow(w.ctx, "4711", "ann"); err == nil {
		t.Error("a shop that is not here is pulled")
	}
	shops, err := w.b.Shops(w.ctx)
	check(t, err)
	if len(shops) != 1 || shops[0].Orders != 3 || shops[0].Problem != "" || shops[0].PulledAt.IsZero() {
		t.Errorf("shops: %+v", shops)
	}
}

func TestActivity(t *testing.T) {
	w := newWorld(t)
	p := w.take(sim.KindPlain)[0]
	check(t, w.b.SetRule(w.ctx, "release", "selected", "ann"))
	check(t, w.b.Decide(w.ctx, p.ID, "hold", "", "a friend", "bob"))
	check(t, w.b.Did(w.ctx, "ann", "token", "The token of store 1003 was replaced."))
	if w.b.Did(w.ctx, "qbridge", "token", "") == nil {
		t.Error("the program passes for a person")
	}
	var lines []ActivityLine
	for next := ""; ; {
		page, err := w.b.Activity(w.ctx, "", "", next, 1)
		check(t, err)
		lines = append(lines, page.Lines...)
		if next = page.Next; next == "" {
			break
		}
	}
	if len(lines) < 3 || lines[0].Kind != "token" || lines[1].Number != p.ID || lines[1].Who != "bob" || !strings.Contains(lines[2].Note, `release from "automatic" to "selected"`) {
		t.Errorf("activity: %+v", lines)
	}
	of, err := w.b.Activity(w.ctx, "bob", "decision", "", 0)
	check(t, err)
	if len(of.Lines) != 1 || of.Lines[0].Order != w.view(p).ID {
		t.Errorf("bob's: %+v", of)
	}
	if _, err := w.b.Activity(w.ctx, "", "", "x", 0); err == nil {
		t.Error("a page after x")
	}
}

func TestQuickBooksPage(t *testing.T) {
	w := newWorld(t)
	w.take(plain(2)...)
	v, err := w.b.QuickBooks(w.ctx)
	check(t, err)
	if v.Waiting[rowPlanned] == 0 || v.File == "" || len(v.Lists) != len(listNames()) || v.Doubt != 0 {
		t.Errorf("%+v", v)
	}
	for _, head := range v.Lists {
		var names []string
		for next := ""; ; {
			page, err := w.b.ListEntries(w.ctx, head.List, "", next, 3)
			check(t, err)
			for _, e := range page.Entries {
				names = append(names, e.Name)
			}
			if next = page.Next; next == "" {
				break
			}
		}
		if int64(len(names)) != head.Count || !slices.IsSorted(names) || head.ReadAt.IsZero() {
			t.Errorf("%+v: %d entries", head, len(names))
		}
		if len(names) == 0 {
			continue
		}
		found, err := w.b.ListEntries(w.ctx, head.List, strings.ToUpper(names[0]), "", 0)
		check(t, err)
		if len(found.Entries) == 0 || found.Entries[0].Name != names[0] {
			t.Errorf("%s by its name: %+v", names[0], found)
		}
	}
}

func TestPreviewRules(t *testing.T) {
	w := newWorld(t)
	all := w.take(sim.KindSeveralLines, sim.KindPlain, sim.KindAwaiting)
	before := w.view(all[0])
	same, err := w.b.PreviewRules(w.ctx, nil, 20)
	check(t, err)
	if same.Orders != 3 || len(same.Differ) != 0 || len(same.Changes) != 0 {
		t.Errorf("by the same rules: %+v", same)
	}
	for name, test := range map[string]struct {
		settings []RuleSetting
		differs  string
		orders   int
	}{
		"mode":     {[]RuleSetting{{"mode", "look"}}, "state", 2},
		"document": {[]RuleSetting{{"document", "hold"}}, "document", 2},
		"number":   {[]RuleSetting{{"number-prefix", "EC-"}}, "number", 2},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := w.b.PreviewRules(w.ctx, test.settings, 20)
			check(t, err)
			if len(r.Differ) != test.orders || !slices.Contains(r.Differ[0].Differs, test.differs) {
				t.Errorf("%+v", r)
			}
			if len(r.Changes) != 1 {
				t.Errorf("changes: %+v", r.Changes)
			}
		})
	}
	if _, err := w.b.PreviewRules(w.ctx, []RuleSetting{{"no-rule", "x"}}, 20); err == nil {
		t.Error("a rule that there is not")
	}
	if w.view(all[0]) != before {
		t.Error("a preview changed an order")
	}
}

func TestReconcileMonths(t *testing.T) {
	w := newWorld(t)
	all := w.take(append(plain(3), sim.KindAwaiting)...)
	w.settle()
	w.want(all[0], order.Synced)
	sum, orders := decimal.Zero, int64(0)
	check(t, w.b.ReconcileMonths(w.ctx, "2025-12", "2026-12", func(m ReconciledMonth) error {
		byDay := decimal.Zero
		for _, d := range m.Days {
			if !strings.HasPrefix(d.Day, m.Month) {
				t.Errorf("%s is in %s", d.Day, m.Month)
			}
			byDay = byDay.Add(decimal.RequireFromString(d.Shop))
			orders += d.Orders
		}
		whole := decimal.Zero
		for _, s := range m.States {
			whole = whole.Add(decimal.RequireFromString(s.Shop))
		}
		if !whole.Equal(byDay) { // the tie-out
			t.Errorf("%s: days %s, states %s", m.Month, byDay, whole)
		}
		sum = sum.Add(byDay)
		return nil
	}))
	if orders != int64(len(all)) || !sum.IsPositive() {
		t.Errorf("%d orders, %s", orders, sum)
	}
	for _, wrong := range [][2]string{{"2026", "2026-01"}, {"2026-01", "x"}, {"2026-02", "2026-01"}, {"2020-01", "2026-01"}} {
		if w.b.ReconcileMonths(w.ctx, wrong[0], wrong[1], nil) == nil {
			t.Errorf("%v are months", wrong)
		}
	}
}
