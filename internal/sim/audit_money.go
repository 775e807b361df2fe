package sim

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// A bundle is an order's live documents.
type bundle struct {
	sales, orders, payments, credits, refunds, fees []Document
}

func bundleOf(mine []Document) (b bundle) {
	for _, d := range mine {
		switch d.Kind {
		case "SalesReceipt", "Invoice":
			b.sales = append(b.sales, d)
		case "SalesOrder":
			b.orders = append(b.orders, d)
		case "ReceivePayment":
			b.payments = append(b.payments, d)
		case "CreditMemo":
			b.credits = append(b.credits, d)
		case "Check":
			if len(d.Applied) == 0 && d.Receivable == "" && !slices.ContainsFunc(d.Lines, func(l ReceiptLine) bool { return l.Account == AccountReceivable || l.Account == AccountReceivableEUR }) {
				b.fees = append(b.fees, d)
				continue
			}
			b.refunds = append(b.refunds, d)
		default:
			b.refunds = append(b.refunds, d)
		}
	}
	return b
}

// twice is the second document of the order's sale; nil when there is one at most. A sales order stands beside the invoice that
// it became, for it is in no account.
func (b bundle) twice() *Document {
	for _, all := range [][]Document{b.sales, b.orders} {
		if len(all) > 1 {
			return &all[1]
		}
	}
	return nil
}

// redeemed is what payments into the accounts of cards gave.
func (b bundle) redeemed(accounts []string) (sum Cents) {
	for _, p := range b.payments {
		if slices.Contains(accounts, p.DepositTo) {
			sum += p.Total - p.Left
		}
	}
	return sum
}

// find for one document, as same does for parts.
func (a *auditor) differs(s Sale, d Document, part, want, got string) {
	a.Compared++
	if want != got {
		a.find(Finding{Code: FindingPart, Order: s.ID, Kind: d.Kind, TxnID: d.TxnID, Part: part, Want: want, Got: got})
	}
}

// isPaid tells whether the shop has, or had, the money.
func isPaid(s Sale) bool {
	return slices.Contains([]string{"PAID", "PARTIALLY_REFUNDED", "REFUNDED"}, s.PaymentStatus)
}

// payments: only a paid order's invoice has any; each pays that invoice with all it is, and is put where the order's money goes.
func (a *auditor) payments(s Sale, b bundle, expect Expectation) {
	for _, p := range b.payments {
		if a.terms.Edited != nil && a.terms.Edited(p) {
			continue
		}
		if !isPaid(s) {
			a.find(Finding{Code: FindingForbidden, Order: s.ID, Kind: p.Kind, TxnID: p.TxnID})
		}
		applied := Cents(0)
		for _, use := range p.Applied {
			if slices.ContainsFunc(b.sales, func(d Document) bool { return d.TxnID == use.TxnID }) {
				applied += use.Amount
			}
		}
		a.differs(s, p, "payment of its invoice", p.Total.String(), applied.String())
		if !slices.Contains(a.terms.CardAccounts, p.DepositTo) {
			a.differs(s, p, "deposit-to account", a.depositOf(s), p.DepositTo)
		}
		a.Sums = append(a.Sums, PartSum{Order: s.ID, Kind: p.Kind, Part: "payment", Account: p.DepositTo, Amount: p.Total})
	}
	for _, d := range b.sales {
		if d.Kind == "Invoice" && expect == MustBePosted && isPaid(s) && !d.Pending && d.Left != 0 {
			a.find(Finding{Code: FindingMissing, Order: s.ID, Kind: d.Kind, TxnID: d.TxnID, Part: "payment", Want: d.Total.String(), Got: (d.Total - d.Left).String()})
		}
	}
}

// refunds: each credit memo is one refund of the shop's, by amount and day, and each form that gives money back one credit memo.
func (a *auditor) refunds(s Sale, b bundle) {
	open := slices.Clone(s.refunds)
	for _, credit := range b.credits {
		a.Sums = append(a.Sums, a.sums(s, credit)...)
		if a.terms.Edited != nil && a.terms.Edited(credit) {
			continue
		}
		at := slices.IndexFunc(open, func(r saleRefund) bool { return r.amount == credit.Total && a.dayOf(r.date) == credit.Date })
		if at < 0 {
			at = slices.IndexFunc(open, func(r saleRefund) bool { return r.amount == credit.Total })
		}
		if at < 0 {
			code := FindingPart
			if len(open) == 0 && len(s.refunds) > 0 {
				code = FindingTwice
			} else if len(s.refunds) == 0 {
				code = FindingForbidden
			}
			a.find(Finding{Code: code, Order: s.ID, Kind: credit.Kind, TxnID: credit.TxnID, Part: "refund", Want: amounts(open), Got: credit.Total.String()})
			continue
		}
		if day := a.dayOf(open[at].date); day != "" {
			a.differs(s, credit, "date", day, credit.Date)
		}
		open = slices.Delete(open, at, at+1)
		a.differs(s, credit, "pending", fmt.Sprint(a.terms.Pending), fmt.Sprint(credit.Pending))
		a.credit(s, b, credit)
	}
	a.paidOut(s, b)
	if a.terms.Refunds == nil || a.terms.Refunds(s) == MayBePosted {
		return
	}
	if a.terms.Refunds(s) == MustNotBePosted {
		for _, d := range slices.Concat(b.credits, b.refunds) {
			a.find(Finding{Code: FindingForbidden, Order: s.ID, Kind: d.Kind, TxnID: d.TxnID, Part: "refund"})
		}
		return
	}
	if len(open) > 0 {
		a.find(Finding{Code: FindingMissing, Order: s.ID, Part: "credit memo", Want: amounts(open), Got: "none"})
	}
	for _, credit := range b.credits {
		if credit.Left != 0 && !credit.Pending {
			a.find(Finding{Code: FindingMissing, Order: s.ID, Kind: credit.Kind, TxnID: credit.TxnID, Part: "refund", Want: credit.Total.String(), Got: (credit.Total - credit.Left).String()})
		}
	}
}

// dayOf is a moment's day in the shop; "" for none.
func (a *auditor) dayOf(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(a.zone).Format(time.DateOnly)
}

func amounts(refunds []saleRefund) string {
	text := ""
	for _, r := range refunds {
		text += " " + r.amount.String()
	}
	return cmp.Or(text, " none")[1:]
}

// credit holds a credit memo against its sale: one of the whole takes back each part, one of less stands on the items for that.
func (a *auditor) credit(s Sale, b bundle, credit Document) {
	if len(b.sales) == 0 {
		a.find(Finding{Code: FindingForbidden, Order: s.ID, Kind: credit.Kind, TxnID: credit.TxnID, Part: "credit memo of no sale"})
		return
	}
	sale := b.sales[0]
	// Beside one that people typed under the same number, ours is the sale that is taken back.
	if i := slices.IndexFunc(b.sales, func(d Document) bool { return strings.Contains(cmp.Or(d.Entered, d.Memo), a.terms.Marker(s)) }); i >= 0 {
		sale = b.sales[i]
	}
	a.differs(s, credit, "customer", sale.Customer, credit.Customer)
	if credit.Total == sale.Total {
		of := func(d Document) sortedLines {
			p, _ := (&comparison{a, s, d, 0}).sorted()
			return p
		}
		want, got := of(sale), of(credit)
		for _, p := range []struct {
			part      string
			want, got Cents
		}{
			{"goods", want.goods, got.goods}, {"discount", want.discount, got.discount}, {"shipping", want.shipping, got.shipping}, {"handling", want.handling, got.handling}, {"surcharge", want.surcharge, got.surcharge},
			{"tips", want.tips, got.tips}, {"gift cards", want.giftCard, got.giftCard}, {"store credit", want.storeCredit, got.storeCredit}, {"tax", want.tax, got.tax}, {"rounding", want.rounding, got.rounding},
		} {
			a.differs(s, credit, p.part, p.want.String(), p.got.String())
		}
		return
	}
	for _, l := range credit.Lines {
		if part := a.partOf(l); len(a.terms.Refund) > 0 && part != "" {
			a.differs(s, credit, "item of the refund", "refund", part)
		}
	}
}

// paidOut holds the forms that give money back against the credit memos they are of.
func (a *auditor) paidOut(s Sale, b bundle) {
	from := cmp.Or(a.terms.RefundsFrom[s.method], a.terms.RefundsFrom[s.module], a.terms.RefundFrom)
	given := map[string]int{}
	for _, r := range b.refunds {
		a.Sums = append(a.Sums, PartSum{Order: s.ID, Kind: r.Kind, Part: "refund", Account: r.DepositTo, Amount: -r.Total})
		if a.terms.Edited != nil && a.terms.Edited(r) {
			continue
		}
		applied := Cents(0)
		for _, use := range r.Applied {
			if slices.ContainsFunc(b.credits, func(d Document) bool { return d.TxnID == use.TxnID }) {
				applied += use.Amount
				given[use.TxnID]++
			}
		}
		a.differs(s, r, "refund of its credit memo", r.Total.String(), applied.String())
		if a.terms.RefundKind != "" {
			a.differs(s, r, "form of the refund", a.terms.RefundKind, r.Kind)
		}
		if from != "" {
			a.differs(s, r, "account refunded from", from, r.DepositTo)
		}
	}
	for _, credit := range b.credits {
		if given[credit.TxnID] > 1 {
			a.find(Finding{Code: FindingTwice, Order: s.ID, Kind: credit.Kind, TxnID: credit.TxnID, Part: "refund", Want: "one form", Got: fmt.Sprint(given[credit.TxnID])})
		}
	}
}
