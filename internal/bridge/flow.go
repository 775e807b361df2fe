package bridge

import (
	"github.com/shopspring/decimal"

	"qbridge/internal/posting"
)

// flow is what a document moves in the books.
type flow struct {
	money    string          // the account that money comes into or goes out of; "" for none
	in       decimal.Decimal // what comes in; negative when it goes out
	accounts []moved         // lines, by the account of their item
	taxes    []taxMoved
}

type moved struct {
	account string
	amount  decimal.Decimal // positive: income
}

type taxMoved struct {
	agency, item string
	taxed, tax   decimal.Decimal
}

// flowOf takes a document apart. accountOf tells the account of a line's item.
// A sales order moves nothing.
func flowOf(books *posting.Books, d posting.Document, accountOf func(posting.Line) string) (f flow) {
	sign := decimal.NewFromInt(1)
	switch d.Kind {
	case posting.SalesOrder:
		return f
	case posting.SalesReceipt, posting.ReceivePayment:
		f.money, f.in = d.DepositTo.Name, d.Total
	case posting.ARRefundCreditCard, posting.Check:
		f.money, f.in = d.RefundFrom.Name, d.Total.Neg()
	case posting.CreditMemo:
		sign = sign.Neg()
	}
	if d.FeeAccount.Name != "" {
		f.accounts = append(f.accounts, moved{d.FeeAccount.Name, d.Total.Neg()})
	}
	for _, l := range d.Lines {
		if members := books.TaxMembers(l.Item.ListID); l.Part == posting.Tax && len(members) > 0 { // a tax item on a line of its own
			f.taxes = append(f.taxes, taxMoved{agency: members[0].Agency, item: members[0].Name, tax: l.Amount.Mul(sign)})
			continue
		}
		f.accounts = append(f.accounts, moved{orElse(accountOf(l), "account of "+l.Item.Name+", not read yet"), l.Amount.Mul(sign)})
	}
	if d.TaxItem == (posting.Ref{}) {
		return f
	}
	own := len(f.taxes) // lines
	taxed, sum := books.TaxedSum(d), decimal.Zero
	for _, m := range books.TaxMembers(d.TaxItem.ListID) {
		_, tax := m.TaxOn(taxed)
		f.taxes = append(f.taxes, taxMoved{m.Agency, m.Name, taxed.Mul(sign), tax.Mul(sign)})
		sum = sum.Add(tax)
	}
	if !sum.Equal(d.Tax) { // the rates changed since
		f.taxes = append(f.taxes[:own:own], taxMoved{"", d.TaxItem.Name, taxed.Mul(sign), d.Tax.Mul(sign)})
	}
	return f
}

// sum adds lines and taxes to what is summed already.
func (f flow) sum(currency string, accounts, taxes sums) {
	for _, m := range f.accounts {
		accounts.add(m.account, currency, m.amount)
	}
	for _, t := range f.taxes {
		taxes.add(t.item, currency, t.tax)
		of := taxes[[2]string{t.item, currency}]
		of.taxed = of.taxed.Add(t.taxed)
	}
}
