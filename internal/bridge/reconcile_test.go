package bridge

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"qbridge/internal/order"
	"qbridge/internal/sim"
)

// everyDay is a time that all pretend orders are of.
func (w *world) everyDay(each func(ReconciledOrder) error) Reconciliation {
	w.t.Helper()
	r, err := w.b.Reconcile(w.ctx, "2020-01-01", "2030-12-31", each)
	check(w.t, err)
	return r
}

func amount(t *testing.T, text string) decimal.Decimal {
	t.Helper()
	if text == "" {
		return decimal.Zero
	}
	d, err := decimal.NewFromString(text)
	check(t, err)
	return d
}

// Every order is counted, in one state; parts, accounts, tax and money are those of the pretend books; whatever is not in
// them is named.
func TestReconcile(t *testing.T) {
	w := newWorld(t)
	var kinds []sim.Kind
	for _, share := range sim.Mix() {
		kinds = append(kinds, share.Kind)
	}
	placed := w.take(kinds...)
	w.settle()
	seen := map[string]ReconciledOrder{}
	r := w.everyDay(func(o ReconciledOrder) error {
		seen[o.Number] = o
		return nil
	})
	var counted int64
	shop, books := decimal.Zero, decimal.Zero
	for _, s := range r.States {
		counted += s.Count
		shop, books = shop.Add(amount(t, s.Shop)), books.Add(amount(t, s.Books))
	}
	if counted != int64(len(placed)) || len(seen) != len(placed) {
		t.Errorf("of %d orders %d are counted and %d given", len(placed), counted, len(seen))
	}
	var total, tax, rounding sim.Cents
	for _, receipt := range w.company.Receipts() {
		total += receipt.Total
		tax += receipt.Tax
		for _, l := range receipt.Lines {
			if l.Item == sim.ItemRounding {
				rounding += l.Amount
			}
		}
	}
	whole := r.Parts[len(r.Parts)-1]
	if whole.Part != "total" || !amount(t, whole.Shop).Equal(shop) || whole.Books != total.String() || !amount(t, whole.Difference).IsZero() || books.StringFixed(2) != total.String() {
		t.Errorf("the parts come to %+v; by states the shop has %s and the books %s; the books have %s", whole, shop, books, total)
	}
	for _, p := range r.Parts {
		want := sim.Cents(0)
		switch p.Part {
		case "tax":
			want = rounding
		case "rounding":
			want = -rounding
		}
		if p.Difference != want.String() {
			t.Errorf("the part %s differs by %s, not %s", p.Part, p.Difference, want)
		}
	}
	taxes := decimal.Zero
	for _, one := range r.Taxes {
		taxes = taxes.Add(amount(t, one.Tax))
	}
	_, accounts := totalOf(r.Accounts, "")
	_, deposits := totalOf(r.Deposits, sim.AccountUndeposited)
	if taxes.StringFixed(2) != tax.String() || !accounts.Add(taxes).Equal(books) || deposits.StringFixed(2) != total.String() {
		t.Errorf("taxes %s (the books have %s), accounts %s, deposits %s, documents %s", taxes, tax, accounts, deposits, total)
	}
	for _, p := range placed {
		v := w.view(p)
		named := slices.ContainsFunc(r.Differences, func(d ReconciledOrder) bool { return d.Number == p.ID && d.Reason != "" })
		if booked := v.BooksTotal != ""; booked == named {
			t.Errorf("%s (%s): in the books %t, among the differences %t: %+v", p.ID, p.Kind, booked, named, seen[p.ID])
		}
	}
}

// What a person changed, voided or deleted in QuickBooks, and what changed in the shop, is named with both totals.
func TestReconcileNamesChanges(t *testing.T) {
	w := newWorld(t)
	all := w.take(append(plain(4), sim.KindGross)...)
	w.settle()
	if r := w.everyDay(nil); len(r.Differences) > 0 {
		t.Fatalf("differences before anybody changed anything: %+v", r.Differences)
	}
	was := amount(t, w.view(all[0]).BooksTotal)
	raised, voided, edited := all[0], all[1], all[2]
	check(t, w.company.EditReceipt(w.view(raised).TxnID, sim.ReceiptEdit{More: 150}))
	check(t, w.company.Void(w.view(voided).TxnID))
	due := amount(t, w.view(edited).Total)
	w.change(edited, map[string]any{"handlingFee": map[string]any{"name": "Gift wrap", "value": 2, "taxes": []any{}}, "total": json.Number(due.Add(decimal.NewFromInt(2)).String())})
	w.pull()
	w.plan()
	_, err := w.b.Check(w.ctx)
	check(t, err)
	w.session()
	r := w.everyDay(nil)
	want := map[string]string{raised.ID: was.Sub(amount(t, w.view(raised).BooksTotal)).StringFixed(2), voided.ID: w.view(voided).Total, edited.ID: "2.00"}
	for _, d := range r.Differences {
		if want[d.Number] != d.Difference || d.Reason == "" {
			t.Errorf("order %s differs by %s (%s), not by %q", d.Number, d.Difference, d.Reason, want[d.Number])
		}
		delete(want, d.Number)
	}
	if len(want) > 0 {
		t.Errorf("not named: %v", want)
	}
}

func TestReconcileDays(t *testing.T) {
	w := newWorld(t)
	day := w.view(w.take(plain(1)...)[0]).Date
	for _, c := range []struct {
		from, to string
		orders   int64
		wrong    bool
	}{{day, day, 1, false}, {"2020-01-01", "2020-12-31", 0, false}, {"2020-12-31", "2020-01-01", 0, true}, {"", day, 0, true}, {day, "2026-13-01", 0, true}} {
		r, err := w.b.Reconcile(w.ctx, c.from, c.to, nil)
		if (err != nil) != c.wrong || r.Orders != c.orders {
			t.Errorf("%s to %s: %d orders, %v", c.from, c.to, r.Orders, err)
		}
	}
}

// QuickBooks' drafts are in none of its accounts and reports: a reconciliation names them as not booked until a person makes them final.
func TestReconcileDrafts(t *testing.T) {
	w := newWorld(t, worldOptions{rules: strings.Replace(worldRules, `mode = "post"`, `mode = "pending"`, 1)})
	p := w.take(sim.KindPlain)[0]
	w.settle()
	w.want(p, order.Pending)
	total := w.view(p).Total
	r := w.everyDay(nil)
	if got := part(r, "total"); got != total+" "+total+" 0.00 0.00" || len(r.Accounts)+len(r.Deposits)+len(r.Taxes) > 0 || len(r.Differences) != 1 || r.Differences[0].Reason == "" {
		t.Errorf("a draft of %s: %s, accounts %v, deposits %v, taxes %v, differences %+v", total, got, r.Accounts, r.Deposits, r.Taxes, r.Differences)
	}
	check(t, w.company.Finalize(w.live(p)[0].TxnID))
	_, err := w.b.Check(w.ctx)
	check(t, err)
	w.settle()
	w.want(p, order.Synced)
	r = w.everyDay(nil)
	if got := part(r, "total"); got != total+" 0.00 "+total+" 0.00" || len(r.Deposits) != 1 || len(r.Differences) > 0 {
		t.Errorf("made final: %s of %s, deposits %v, differences %+v", got, total, r.Deposits, r.Differences)
	}
}
