package bridge

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"qbridge/internal/sim"
)

// totalOf adds up the amounts of sums, of one name when it is not empty.
func totalOf(views []SumView, name string) (count int64, amount decimal.Decimal) {
	for _, v := range views {
		if name == "" || v.Name == name {
			count += v.Count
			amount = amount.Add(decimal.RequireFromString(v.Amount))
		}
	}
	return count, amount
}

// What a dry run says is what comes true: it counts every order once, its sums by account, tax item, deposit-to account
// and month are the same money, and the books have just that afterwards. It writes nothing.
func TestDryRun(t *testing.T) {
	w := newWorld(t)
	var kinds []sim.Kind
	for _, share := range sim.Mix() {
		kinds = append(kinds, share.Kind)
	}
	placed := w.place(append(kinds, kinds...)...) // twice, so that buyers and items that are added come again
	w.pull()
	before := w.list()
	r, err := w.b.DryRun(w.ctx, "")
	check(t, err)
	if diff := cmp.Diff(before, w.list()); diff != "" {
		t.Errorf("a dry run changed orders:\n%s", diff)
	}
	if n, _ := totalOf(r.Outcomes, ""); n != int64(len(placed)) || r.Orders != n {
		t.Errorf("of %d orders %d are counted, %d by what becomes of them", len(placed), r.Orders, n)
	}
	n, booked := totalOf(r.Documents, "")
	_, accounts := totalOf(r.Accounts, "")
	_, taxes := totalOf(r.TaxItems, "")
	_, months := totalOf(r.Months, "")
	_, deposits := totalOf(r.Deposits, "")
	if !accounts.Add(taxes).Equal(booked) || !months.Equal(booked) || !deposits.Equal(booked) {
		t.Errorf("documents %s; accounts %s and taxes %s; months %s; deposits %s", booked, accounts, taxes, months, deposits)
	}
	if slices.ContainsFunc(r.Accounts, func(v SumView) bool { return strings.Contains(v.Name, "not read yet") }) {
		t.Errorf("an account is not known: %v", r.Accounts)
	}
	w.settle()
	var total sim.Cents
	receipts := w.company.Receipts()
	for _, receipt := range receipts {
		total += receipt.Total
	}
	if int64(len(receipts)) != n || total.String() != booked.StringFixed(2) {
		t.Errorf("foretold were %d documents of %s, the books have %d of %s", n, booked, len(receipts), total)
	}
	later, err := w.b.DryRun(w.ctx, "")
	check(t, err)
	if _, again := totalOf(later.Documents, ""); !again.Equal(booked) || len(later.Additions) > 0 {
		t.Errorf("with all of it in the books the dry run gives %s and adds %v", again, later.Additions)
	}
}

func TestDryRunSince(t *testing.T) {
	w := newWorld(t)
	p := w.take(plain(1)...)[0]
	day := w.view(p).Date
	for since, want := range map[string]int64{"": 1, day: 1, "2027-01-01": 0} {
		if r, err := w.b.DryRun(w.ctx, since); err != nil || r.Orders != want {
			t.Errorf("since %q: %d orders, %v", since, r.Orders, err)
		}
	}
	if _, err := w.b.DryRun(w.ctx, "yesterday"); err == nil {
		t.Error("yesterday is a day")
	}
}

// list gives every order as a list shows it.
func (w *world) list() (all []OrderView) {
	w.t.Helper()
	check(w.t, w.b.Orders(w.ctx, "", func(v OrderView) error {
		all = append(all, v)
		return nil
	}))
	return all
}

// withRefunds post gift cards and refunds, too.
const withRefunds = "gift-card-item = \"" + sim.ItemGiftCard + "\"\nrefunds = \"credit-memo\"\nrefund-item = \"" + sim.ItemRefund + "\"\nrefund-from = \"" + sim.AccountUndeposited + "\"\n" + worldRules

// A refunded order is shown, foretold and reconciled with all its documents: receipt, credit memo, and what pays it out.
func TestRefundsAreShown(t *testing.T) {
	w := newWorld(t, worldOptions{rules: withRefunds})
	all := w.take(sim.KindPartlyRefunded, sim.KindGiftCardRedeemed, sim.KindGiftCardSold, sim.KindRefundedNothing)
	view, err := w.b.ShowPlan(w.ctx, all[0].ID)
	check(t, err)
	var kinds []string
	for _, d := range view.Documents {
		kinds = append(kinds, d.Kind)
		last := PlanRow{}
		for _, r := range view.Rows {
			if r.Document == d.Purpose && r.Part == "total" {
				last = r
			}
		}
		if last.BooksAmount != d.Total || last.ShopAmount != d.Total {
			t.Errorf("the total of the %s of %s is shown as %+v", d.Kind, d.Total, last)
		}
	}
	if diff := cmp.Diff([]string{"SalesReceipt", "CreditMemo", "ARRefundCreditCard"}, kinds); diff != "" {
		t.Errorf("a partly refunded order becomes (-wanted +shown):\n%s", diff)
	}
	if n := len(view.Lists); n > 2 { // the customer and the payment method, once each
		t.Errorf("%d names are added: %v", n, view.Lists)
	}
	dry, err := w.b.DryRun(w.ctx, "")
	check(t, err)
	w.settle()
	r := w.everyDay(nil)
	whole := r.Parts[len(r.Parts)-1]
	if !amount(t, whole.Difference).IsZero() || len(r.Differences) != 1 || r.Differences[0].Number != all[3].ID {
		t.Errorf("total %+v, differences %+v", whole, r.Differences)
	}
	for _, p := range r.Parts {
		if known := p.Part == "gift card" || p.Part == "gift card sold" || p.Part == "refunds"; known && (p.Shop != p.Books || p.Shop == "0.00") {
			t.Errorf("part %+v", p)
		}
	}
	// A month has what is sold less what is taken back, and no money twice.
	_, months := totalOf(dry.Months, "")
	if months.StringFixed(2) != whole.Books {
		t.Errorf("the months come to %s, the books to %s: %+v", months, whole.Books, dry.Months)
	}
	// Money and income come true as foretold.
	for what, views := range map[string][2][]SumView{"deposits": {dry.Deposits, r.Deposits}, "accounts": {dry.Accounts, r.Accounts}} {
		if diff := cmp.Diff(views[0], views[1]); diff != "" {
			t.Errorf("%s foretold (-) and reconciled (+):\n%s", what, diff)
		}
	}
}
