package order

import "github.com/shopspring/decimal"

// Taxes sums the order's taxes by name, rate and jurisdiction, in the order in
// which they first appear. Tax on shipping that the shop lists twice counts
// once, because ShipCharge.Taxes leaves out what a line holds (ecwid.md 5.3).
// Their sum may differ from Tax by some cents; Tax is the truth.
func (o Order) Taxes() []Tax {
	var rows []Tax
	add := func(taxes []Tax) {
		for _, t := range taxes {
			i := 0
			for i < len(rows) && !rows[i].sameTax(t) {
				i++
			}
			if i == len(rows) {
				rows = append(rows, t)
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

func (t Tax) sameTax(u Tax) bool {
	return t.Name == u.Name && t.Rate.Equal(u.Rate) && t.Jurisdiction == u.Jurisdiction
}

// ShippingTax is the tax on shipping, counted once (ecwid.md 5.3).
func (o Order) ShippingTax() decimal.Decimal {
	var sum decimal.Decimal
	for _, t := range o.Taxes() {
		sum = sum.Add(t.OnShipping)
	}
	return sum
}
