package order

import (
	"slices"

	"github.com/shopspring/decimal"
)

// TaxIdentity tells one tax of an order from its others.
type TaxIdentity struct {
	Name, Rate, Jurisdiction string
	Nth                      int // of several alike on one line, such as two special districts
}

// TaxIdentities are the identities of the taxes on one line or charge.
func TaxIdentities(taxes []Tax) []TaxIdentity {
	all := make([]TaxIdentity, 0, len(taxes))
	for _, t := range taxes {
		id := TaxIdentity{Name: t.Name, Rate: t.Rate.String(), Jurisdiction: t.Jurisdiction}
		for slices.Contains(all, id) {
			id.Nth++
		}
		all = append(all, id)
	}
	return all
}

// Taxes sums the order's taxes by their identity, in the order in which they
// first appear. Tax on shipping that the shop lists twice counts
// once, because ShipCharge.Taxes leaves out what a line holds (ecwid.md 5.3).
// Their sum may differ from Tax by some cents; Tax is the truth.
func (o Order) Taxes() []Tax {
	var rows []Tax
	var known []TaxIdentity
	add := func(taxes []Tax) {
		for n, id := range TaxIdentities(taxes) {
			t, i := taxes[n], slices.Index(known, id)
			if i < 0 {
				rows, known = append(rows, t), append(known, id)
				continue
			}
			r := &rows[i]
			r.Total = r.Total.Add(t.Total)
			r.OnGoods = r.OnGoods.Add(t.OnGoods)
			r.OnShipping = r.OnShipping.Add(t.OnShipping)
			r.OnHandling = r.OnHandling.Add(t.OnHandling)
		}
	}
	for _, l := range o.Lines {
		add(l.Taxes)
	}
	add(o.ShipCharge.Taxes)
	add(o.Handling.Taxes)
	for _, c := range o.Surcharges {
		add(c.Taxes)
	}
	return rows
}

// ShippingTax is the tax on shipping, counted once (ecwid.md 5.3).
func (o Order) ShippingTax() decimal.Decimal {
	var sum decimal.Decimal
	for _, t := range o.Taxes() {
		sum = sum.Add(t.OnShipping)
	}
	return sum
}
