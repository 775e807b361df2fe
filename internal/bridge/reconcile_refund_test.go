package bridge

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/shopspring/decimal"

	"qbridge/internal/sim"
	"qbridge/store"
)

// part is what a reconciliation says of a part: shop, not booked, QuickBooks, difference.
func part(r Reconciliation, name string) string {
	for _, p := range r.Parts {
		if p.Part == name {
			return fmt.Sprint(p.Shop, " ", p.NotBooked, " ", p.Books, " ", p.Difference)
		}
	}
	return ""
}

// An order of October that is refunded in November is sold in October and refunded in November, in the shop and in the books.
func TestReconcileRefundsOnTheirDay(t *testing.T) {
	w := newWorld(t, followRules(refundRules))
	p := w.take(sim.KindPlain)[0]
	other := w.take(sim.KindPlain)[0] // of November
	w.change(p, map[string]any{"createDate": "2026-10-15 12:00:00 +0000"})
	w.change(other, map[string]any{"createDate": "2026-11-02 12:00:00 +0000"})
	w.pull()
	w.settle()
	refunds := func(amounts ...string) {
		var all []any
		sum := decimal.Zero
		for i, a := range amounts {
			all = append(all, map[string]any{"date": fmt.Sprintf("2026-11-%02d 12:00:00 +0000", 10+i), "source": "CP", "amount": json.Number(a)})
			sum = sum.Add(decimal.RequireFromString(a))
		}
		w.change(p, map[string]any{"paymentStatus": "PARTIALLY_REFUNDED", "refundedAmount": json.Number(sum.String()), "refunds": all})
		w.pull()
	}
	total := w.view(p).Total
	type month struct {
		orders, refunds int64
		total, part     string
		differ          int
	}
	november := w.view(other).Total
	less := func(amounts ...string) string {
		sum := decimal.RequireFromString(november)
		for _, a := range amounts {
			sum = sum.Sub(decimal.RequireFromString(a))
		}
		return sum.StringFixed(2)
	}
	wants := func(step string, want month) {
		t.Helper()
		october, err := w.b.ReconcileMonth(w.ctx, "2026-10", nil)
		check(t, err)
		if got := part(october.Reconciliation, "total"); october.Orders != 1 || october.Refunds != 0 || got != total+" 0.00 "+total+" 0.00" || part(october.Reconciliation, "refunds") != "" || len(october.Days) != 1 || october.Days[0].Day != "2026-10-15" {
			t.Errorf("%s: October has %d orders, %d refunds, %s, days %+v", step, october.Orders, october.Refunds, got, october.Days)
		}
		m, err := w.b.ReconcileMonth(w.ctx, "2026-11", nil)
		check(t, err)
		if got := (month{m.Orders, m.Refunds, part(m.Reconciliation, "total"), part(m.Reconciliation, "refunds"), len(m.Differences)}); got != want {
			t.Errorf("%s: November is\n%+v, not\n%+v; differences %+v", step, got, want, m.Differences)
		}
		// The months add up to the whole.
		whole, err := w.b.Reconcile(w.ctx, "2026-09-01", "2026-12-31", nil)
		check(t, err)
		var orders, refunds int64
		shop, books := decimal.Zero, decimal.Zero
		money := map[string]decimal.Decimal{}
		check(t, w.b.ReconcileMonths(w.ctx, "2026-09", "2026-12", func(m ReconciledMonth) error {
			orders, refunds = orders+m.Orders, refunds+m.Refunds
			for _, d := range m.Days {
				shop, books = shop.Add(amount(t, d.Shop)), books.Add(amount(t, d.Books))
			}
			for _, v := range m.Deposits {
				money[v.Name] = money[v.Name].Add(amount(t, v.Amount))
			}
			return nil
		}))
		last := whole.Parts[len(whole.Parts)-1]
		if orders != whole.Orders || refunds != whole.Refunds || shop.StringFixed(2) != last.Shop || books.StringFixed(2) != last.Books {
			t.Errorf("%s: the months have %d orders, %d refunds, %s, %s; the whole is %d, %d, %+v", step, orders, refunds, shop, books, whole.Orders, whole.Refunds, last)
		}
		for _, v := range whole.Deposits {
			if !money[v.Name].Equal(amount(t, v.Amount)) {
				t.Errorf("%s: into %s went %s, by months %s", step, v.Name, v.Amount, money[v.Name])
			}
		}
	}
	wants("sold", month{1, 0, november + " 0.00 " + november + " 0.00", "", 0})
	refunds("5.00") // the books don't have it yet: found by the shop's day
	inShop := month{1, 1, less("5.00") + " -5.00 " + november + " 0.00", "-5.00 -5.00 0.00 0.00", 1}
	wants("refunded in the shop", inShop)
	// A folder of an older program: the days of the shop's refunds are not known before IndexAll.
	check(t, w.b.db.Write(w.ctx, func(tx *store.Tx) error {
		o, err := orderOf(tx, p.ID)
		return errors.Join(err, tx.SetSearch(o.StoreID, o.Key, store.Search{}), tx.SetSetting("index-orders", "2"))
	}))
	wants("before IndexAll", inShop)
	check(t, w.b.IndexAll(w.ctx))
	wants("after IndexAll", inShop)
	w.settle()
	w.wantDocuments(p, "SalesReceipt "+total, "CreditMemo 5.00 left 0.00", "ARRefundCreditCard 5.00")
	wants("refunded in the books", month{1, 1, less("5.00") + " 0.00 " + less("5.00") + " 0.00", "-5.00 0.00 -5.00 0.00", 0})
	refunds("5.00", "2.00")
	w.settle()
	wants("refunded twice", month{1, 2, less("7.00") + " 0.00 " + less("7.00") + " 0.00", "-7.00 0.00 -7.00 0.00", 0})
	refunds() // the shop lists them no more: found by the books' day
	wants("taken back in the shop", month{1, 2, november + " 0.00 " + less("7.00") + " 7.00", "0.00 0.00 -7.00 7.00", 2})
}

// An order whose date can't be read is counted once, with the month in which it was pulled.
func TestReconcileOrdersWithoutDate(t *testing.T) {
	w := newWorld(t)
	all := w.take(plain(2)...)
	w.damage("UPDATE orders SET date = '', placed_at = '' WHERE id = ?", all[1].ID)
	pulled := w.clock.now().Format("2006-01")
	var orders int64
	var with []string
	check(t, w.b.ReconcileMonths(w.ctx, "2025-12", "2026-12", func(m ReconciledMonth) error {
		orders += m.Orders
		if slices.ContainsFunc(m.Differences, func(d ReconciledOrder) bool { return d.Date == "" && d.Number == all[1].ID && d.Day[:7] == pulled }) {
			with = append(with, m.Month)
		}
		return nil
	}))
	if orders != 2 || !slices.Equal(with, []string{pulled}) {
		t.Errorf("%d orders; the one without a date is in %v, not in %s", orders, with, pulled)
	}
}
