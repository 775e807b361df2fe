package sim

import (
	"cmp"
	"slices"
	"strings"
)

// A Fee is what a processor keeps of a payment: thousandths of a percent of it, and an amount. Half a cent is a cent.
type Fee struct {
	Percent int64
	Fixed   Cents
}

func (f Fee) of(paid Cents) Cents { return Cents((int64(paid)*f.Percent+50_000)/100_000) + f.Fixed }

// fees: each payment of a method that has a fee has one cheque of it, from the account and of the day of the payment; nothing else
// bears a fee.
func (a *auditor) fees(s Sale, b bundle, expect Expectation) {
	for _, f := range b.fees {
		a.Sums = append(a.Sums, PartSum{Order: s.ID, Kind: f.Kind, Part: "fee", Account: f.DepositTo, Amount: -f.Total})
	}
	of, known := a.terms.Fees[s.method]
	if !known {
		of, known = a.terms.Fees[s.module]
	}
	paid := slices.DeleteFunc(slices.Clone(b.payments), func(d Document) bool { return slices.Contains(a.terms.CardAccounts, d.DepositTo) })
	for _, d := range b.sales { // beside one that people typed under the same number, ours is the one that was paid
		if d.Kind == "SalesReceipt" && (len(b.sales) == 1 || strings.Contains(cmp.Or(d.Entered, d.Memo), a.terms.Marker(s))) {
			paid = append(paid, d)
		}
	}
	want := Cents(0)
	if known && len(paid) > 0 && paid[0].Total > 0 { // a processor has no part in a payment of nothing
		want = of.of(paid[0].Total)
	}
	switch {
	case len(b.fees) > 0 && want == 0:
		a.find(Finding{Code: FindingForbidden, Order: s.ID, Kind: b.fees[0].Kind, TxnID: b.fees[0].TxnID, Part: "fee", Want: "none", Got: b.fees[0].Total.String()})
		return
	case len(b.fees) > 1:
		a.find(Finding{Code: FindingTwice, Order: s.ID, Kind: b.fees[1].Kind, TxnID: b.fees[1].TxnID, Part: "fee", Want: "one", Got: "more"})
	case len(b.fees) == 0 && want != 0 && expect == MustBePosted && isPaid(s):
		a.find(Finding{Code: FindingMissing, Order: s.ID, Kind: "Check", Part: "fee", Want: want.String(), Got: "none"})
	}
	for _, f := range b.fees {
		a.differs(s, f, "fee", want.String(), f.Total.String())
		a.differs(s, f, "account of the fee", paid[0].DepositTo, f.DepositTo)
		a.differs(s, f, "date of the fee", paid[0].Date, f.Date)
		for _, l := range f.Lines {
			a.differs(s, f, "expense account of the fee", a.terms.FeeAccount, l.Account)
		}
	}
}
