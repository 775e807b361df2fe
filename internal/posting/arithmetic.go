package posting

import "github.com/shopspring/decimal"

// QuickBooks' own arithmetic, as a US company file does it. There is no field
// to tell QuickBooks the tax of a form, so it must be predicted.

// cents is the number of decimals QuickBooks keeps of an amount.
const cents = 2

// roundCents rounds half away from zero, as QuickBooks does (0.355 becomes
// 0.36, -0.355 becomes -0.36; quickbooks.md 3.1).
func roundCents(d decimal.Decimal) decimal.Decimal { return d.Round(cents) }

// percent is d × rate / 100, exact.
func percent(d, rate decimal.Decimal) decimal.Decimal { return d.Mul(rate).Shift(-2) }

// predictTax is the tax QuickBooks computes on the sum of the taxed lines: each
// rate rounded apart, then summed. A single tax item has one rate, so it is
// rounded once a form; a group has one for each member.
func predictTax(taxed decimal.Decimal, rates []decimal.Decimal) decimal.Decimal {
	tax := decimal.Zero
	for _, rate := range rates {
		tax = tax.Add(roundCents(percent(taxed, rate)))
	}
	return tax
}

// rateFor is the unit price to send beside quantity and amount, or nil when
// there is none that QuickBooks would multiply back to the same amount.
// qbXML 13: PRICETYPE and QUANTYPE have at most five decimals.
func rateFor(price, quantity, amount decimal.Decimal) *decimal.Decimal {
	if !price.Equal(price.Truncate(5)) || !roundCents(price.Mul(quantity)).Equal(amount) {
		return nil
	}
	return &price
}

// inside is the tax of one rate contained in a gross amount, rounded half up to
// cents; all is the sum of the rates it contains (ecwid.md 5.3: amount ×
// rate/(100+rate)).
func inside(gross, rate, all decimal.Decimal) decimal.Decimal {
	return gross.Mul(rate).DivRound(decimal.NewFromInt(100).Add(all), cents)
}

func sum(ds []decimal.Decimal) decimal.Decimal {
	total := decimal.Zero
	for _, d := range ds {
		total = total.Add(d)
	}
	return total
}
