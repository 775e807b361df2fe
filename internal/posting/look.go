package posting

import (
	"slices"

	"github.com/shopspring/decimal"

	"qbridge/qbxml"
)

// TaxMember is one rate that QuickBooks computes and rounds by itself.
type TaxMember struct {
	Name   string
	Rate   decimal.Decimal // percent
	Agency string          // whom the tax is owed to; "" when the lists do not tell yet
}

// TaxMembers are the tax items behind a tax item or group, in its order; none
// when it is not among the lists.
func (b *Books) TaxMembers(listID string) (members []TaxMember) {
	item := b.items[listID]
	if item == nil {
		return nil
	}
	if item.Kind == "SalesTax" {
		return []TaxMember{{item.FullName, item.TaxRate, item.Agency}}
	}
	for _, id := range item.Members {
		if m := b.items[id]; m != nil {
			members = append(members, TaxMember{m.FullName, m.TaxRate, m.Agency})
		}
	}
	return members
}

// TaxOn is what QuickBooks computes for one member on the taxed lines of a
// form: exact, and as it rounds it.
func (m TaxMember) TaxOn(taxed decimal.Decimal) (exact, rounded decimal.Decimal) {
	exact = percent(taxed, m.Rate)
	return exact, roundCents(exact)
}

// TaxedSum is the sum of those lines of a document whose tax code is taxable.
func (b *Books) TaxedSum(d Document) decimal.Decimal {
	taxed := decimal.Zero
	for _, l := range d.Lines {
		if code := b.codes[l.TaxCode.ListID]; code != nil && code.Taxable {
			taxed = taxed.Add(l.Amount)
		}
	}
	return taxed
}

// AccountOf is the income account of a line's item: of an item that the plan
// adds first, the one it is added with; "" when the lists do not tell yet.
func (b *Books) AccountOf(l Line, p Plan) string {
	if item := b.items[l.Item.ListID]; item != nil {
		return item.Account
	}
	i := slices.IndexFunc(p.Lists, func(row ListRow) bool { return row.Key == l.Item.Row })
	if i < 0 || l.Item.Row == "" {
		return ""
	}
	listID := p.Lists[i].Add.account()
	for _, a := range b.Accounts {
		if a.ListID == listID {
			return a.FullName
		}
	}
	return ""
}

// account is the ListID of the account that an added item posts to.
func (a ListAdd) account() string {
	var sale *qbxml.SalesOrPurchase
	switch {
	case a.ItemNonInventory != nil:
		sale = a.ItemNonInventory.SalesOrPurchase
	case a.ItemService != nil:
		sale = a.ItemService.SalesOrPurchase
	case a.ItemOtherCharge != nil:
		sale = a.ItemOtherCharge.SalesOrPurchase
	}
	if sale == nil || sale.AccountRef == nil {
		return ""
	}
	return sale.AccountRef.ListID
}
