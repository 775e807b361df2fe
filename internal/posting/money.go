package posting

import (
	"slices"

	"github.com/shopspring/decimal"

	"qbridge/internal/order"
)

// figures are an order's money as the books will hold it: every amount without
// the tax inside, in cents, and known to be taxed or not.
type figures struct {
	mode       order.Mode
	goods      []amount
	discounts  [2]decimal.Decimal // positive; of untaxed and of taxed goods
	shipping   amount
	handling   amount
	surcharges []amount
	rates      []decimal.Decimal // of the one combination of taxes on this order
	difference decimal.Decimal   // subtotal less the sum of the rounded lines, put on the largest line
	uneven     decimal.Decimal   // tax less the sum of the taxes inside the amounts, put on the largest taxed amount
}

// amount is one amount of an order on its way to a line.
type amount struct {
	shop  decimal.Decimal // as the shop writes it
	net   decimal.Decimal // without tax
	taxed bool
	tax   decimal.Decimal   // the shop's
	rates []decimal.Decimal // of the shop's taxes on it
}

// taxedIndex is the place of a class of taxability in figures.discounts.
func taxedIndex(taxed bool) int {
	if taxed {
		return 1
	}
	return 0
}

// reckon takes a proved order apart (ecwid.md 5.3, 5.4). limit is by how much
// the taxes listed inside prices may miss the order's tax. asLine tells that the
// tax becomes a line of its own: then its rates need not be one form's.
func reckon(o order.Order, limit decimal.Decimal, asLine bool) (figures, *outcome) {
	for _, l := range o.Lines {
		if !asLine && !o.Tax.IsZero() && l.Tax.IsPositive() && len(l.Taxes) == 0 {
			return figures{}, attention(TaxUnmapped, "Enter this order in QuickBooks by hand and link it.", "The shop names no rate for the tax of %s on %s.", l.Tax, l.Name)
		}
	}
	f, found := taken(o)
	if asLine {
		return f.withTaxLine(o, limit)
	}
	if out := found.one(o, &f); out != nil {
		return f, out
	}
	if out := f.evenTax(o, limit); out != nil {
		f = f.netsTold(o)
		if f.evenTax(o, limit) != nil {
			return f, out
		}
	}
	return f.discounted(o)
}

// taken are the order's amounts with the shop's taxes on each, and the
// combinations of rates that these have.
func taken(o order.Order) (f figures, found combinations) {
	f.mode = order.Prove(o).Mode
	for _, l := range o.Lines {
		f.goods = append(f.goods, amount{shop: l.Goods(min(o.Precision, cents))})
	}
	f.spreadDifference(o.Subtotal)
	told := sharesTold(o)
	for i, l := range o.Lines {
		base := f.goods[i].shop
		if told {
			base = base.Sub(l.Coupon).Sub(l.Discount)
		}
		f.goods[i].tax, f.goods[i].taxed = found.add(o, taxesOn(goodsTax, l.Taxes), base, f.mode)
		f.goods[i].rates = ratesWithMoney(l.Taxes)
	}
	f.charges(o, &found)
	return f, found
}

// spreadDifference puts on the largest line what the shop's subtotal has more
// than the lines, which it does not round one by one: the total is the truth
// for money (ecwid.md 5.2), and order.Prove has seen that it adds up.
func (f *figures) spreadDifference(subtotal decimal.Decimal) {
	largest, lines := 0, decimal.Zero
	for i, g := range f.goods {
		lines = lines.Add(g.shop)
		if g.shop.GreaterThan(f.goods[largest].shop) {
			largest = i
		}
	}
	f.difference = subtotal.Sub(lines)
	if len(f.goods) > 0 {
		f.goods[largest].shop = f.goods[largest].shop.Add(f.difference)
	}
}

// oneTax is a tax on one thing.
type oneTax struct {
	identity order.TaxIdentity
	rate     decimal.Decimal
	total    decimal.Decimal
	parts    int64 // amounts rounded apart and summed in total
}

func goodsTax(t order.Tax) decimal.Decimal    { return t.OnGoods }
func shippingTax(t order.Tax) decimal.Decimal { return t.OnShipping }
func handlingTax(t order.Tax) decimal.Decimal { return t.OnHandling }
func wholeTax(t order.Tax) decimal.Decimal    { return t.Total }

// taxesOn takes from the taxes of some lines or charges what is on one thing,
// tax by tax.
func taxesOn(of func(order.Tax) decimal.Decimal, lists ...[]order.Tax) []oneTax {
	var all []oneTax
	for _, taxes := range lists {
		for n, identity := range order.TaxIdentities(taxes) {
			i := slices.IndexFunc(all, func(a oneTax) bool { return a.identity == identity })
			if i < 0 {
				all = append(all, oneTax{identity: identity, rate: taxes[n].Rate})
				i = len(all) - 1
			}
			all[i].total = all[i].total.Add(of(taxes[n]))
			all[i].parts++
		}
	}
	for i := range all {
		all[i].total = roundCents(all[i].total)
	}
	return all
}

func totalOf(taxes []oneTax) decimal.Decimal {
	total := decimal.Zero
	for _, t := range taxes {
		total = total.Add(t.total)
	}
	return total
}

// combinations are the sets of rates that an order's taxed amounts have.
type combinations struct {
	rates   map[string][]decimal.Decimal
	unnamed bool // a tax with money but without a rate
}

// add notes the taxes on one amount and tells their sum and whether the amount
// is taxed. A tax of 0 % does not tax; nor does one that is listed without
// money, unless the amount is so small that its tax rounds to nothing. An amount
// that bears no money of a tax that would show is not taxed at all, though
// another of its taxes would round to nothing.
func (c *combinations) add(o order.Order, taxes []oneTax, base decimal.Decimal, mode order.Mode) (tax decimal.Decimal, taxed bool) {
	if o.Tax.IsZero() { // the tax of the order is the truth (ecwid.md 5.2): an exempt sale
		return decimal.Zero, false
	}
	var rates []decimal.Decimal
	all, spared := ratesOf(taxes), false
	for _, t := range taxes {
		if t.rate.IsZero() {
			c.unnamed = c.unnamed || !t.total.IsZero()
			continue
		}
		if t.total.IsZero() && !expectedTax(base, t.rate, all, mode).IsZero() {
			spared = true
			continue
		}
		rates = append(rates, t.rate)
	}
	tax = totalOf(taxes)
	if tax.IsZero() && spared {
		return tax, false
	}
	if !tax.IsZero() && len(rates) > 0 {
		if c.rates == nil {
			c.rates = map[string][]decimal.Decimal{}
		}
		c.rates[joinRates(rates)] = rates
	}
	return tax, len(rates) > 0
}

// ratesWithMoney are the rates of the taxes that a line bears.
func ratesWithMoney(taxes []order.Tax) (rates []decimal.Decimal) {
	for _, t := range taxes {
		if !t.OnGoods.IsZero() {
			rates = append(rates, t.Rate)
		}
	}
	return rates
}

// expectedTax is what a shop computes on one amount by one of its rates; all is
// their sum (ecwid.md 5.3).
func expectedTax(base, rate, all decimal.Decimal, mode order.Mode) decimal.Decimal {
	if mode == order.TaxInside {
		return inside(base, rate, all)
	}
	return roundCents(percent(base, rate))
}

func ratesOf(taxes []oneTax) decimal.Decimal {
	all := decimal.Zero
	for _, t := range taxes {
		all = all.Add(t.rate)
	}
	return all
}

// one demands that all taxed amounts have the same combination of rates: a form
// in QuickBooks has one tax item.
func (c *combinations) one(o order.Order, f *figures) *outcome {
	if o.Tax.IsZero() {
		return nil
	}
	if c.unnamed || len(c.rates) == 0 {
		return attention(TaxUnmapped, "Enter this order in QuickBooks by hand and link it.", "The shop names no rate for the order's tax of %s.", o.Tax.StringFixed(cents))
	}
	if len(c.rates) > 1 {
		return attention(TaxMixed, "Enter this order in QuickBooks by hand, on one form for each rate, and link it.",
			"The order has amounts taxed at different rates (%s %%); a form in QuickBooks has one.", joinSorted(c.rates))
	}
	for _, rates := range c.rates { // exactly one
		f.rates = rates
	}
	return nil
}

// charges finds out what of shipping, handling and surcharges is taxed. The
// shop lists the tax on shipping inside the lines, or in the order, or in both;
// it counts once. The tax on a handling fee may be part of the tax on shipping
// (ecwid.md 5.3).
func (f *figures) charges(o order.Order, found *combinations) {
	onShipping := firstWithMoney(taxesOn(shippingTax, carrying(o, shippingTax)...), taxesOn(wholeTax, o.ShipTaxes), taxesOn(wholeTax, o.ShipCharge.Taxes))
	onHandling := firstWithMoney(taxesOn(handlingTax, carrying(o, handlingTax)...), taxesOn(wholeTax, o.Handling.Taxes))
	goods := decimal.Zero
	for _, g := range f.goods {
		goods = goods.Add(g.tax)
	}
	for _, c := range o.Surcharges {
		a := amount{shop: c.Amount}
		a.tax, a.taxed = found.add(o, taxesOn(wholeTax, c.Taxes), c.Amount, f.mode)
		f.surcharges = append(f.surcharges, a)
		goods = goods.Add(a.tax)
	}
	f.shipping, f.handling = amount{shop: o.ShipCharge.Amount}, amount{shop: o.Handling.Amount}
	both := o.ShipCharge.Amount.Add(o.Handling.Amount)
	switch ship, handling := totalOf(onShipping), totalOf(onHandling); {
	case !handling.IsZero():
		f.shipping.tax, f.shipping.taxed = found.add(o, onShipping, o.ShipCharge.Amount, f.mode)
		f.handling.tax, f.handling.taxed = found.add(o, onHandling, o.Handling.Amount, f.mode)
		if goods.Add(ship).Equal(o.Tax) { // counted in the tax on shipping too
			f.shipping.tax = f.shipping.tax.Sub(f.handling.tax)
			f.shipping.taxed = f.shipping.taxed && !f.shipping.tax.IsZero()
		}
	case !o.Handling.Amount.IsZero() && !ship.IsZero() && covers(onShipping, both, f.mode) && !covers(onShipping, o.ShipCharge.Amount, f.mode):
		tax, taxed := found.add(o, onShipping, both, f.mode)
		f.shipping.taxed, f.handling.taxed = taxed, taxed
		all := ratesOf(onShipping)
		f.handling.tax = expectedTax(o.Handling.Amount, all, all, f.mode)
		f.shipping.tax = tax.Sub(f.handling.tax)
	default:
		f.shipping.tax, f.shipping.taxed = found.add(o, onShipping, o.ShipCharge.Amount, f.mode)
		f.handling.tax, f.handling.taxed = found.add(o, onHandling, o.Handling.Amount, f.mode)
	}
}

// netsTold are the figures with the tax taken out of charges of which the shop
// lists no tax but tells the amount without it.
func (f figures) netsTold(o order.Order) figures {
	f.goods, f.surcharges = slices.Clone(f.goods), slices.Clone(f.surcharges)
	take := func(c order.Charge, a *amount) {
		if !a.taxed && a.tax.IsZero() && c.Net.IsPositive() && c.Net.LessThan(c.Amount) {
			a.tax, a.taxed = roundCents(c.Amount.Sub(c.Net)), true
		}
	}
	take(o.ShipCharge, &f.shipping)
	take(o.Handling, &f.handling)
	for i, c := range o.Surcharges {
		take(c, &f.surcharges[i])
	}
	return f
}

// carrying are the taxes, line by line, of those lines that carry tax on
// something beside goods.
func carrying(o order.Order, of func(order.Tax) decimal.Decimal) [][]order.Tax {
	var all [][]order.Tax
	for _, l := range o.Lines {
		if slices.ContainsFunc(l.Taxes, func(t order.Tax) bool { return !of(t).IsZero() }) {
			all = append(all, l.Taxes)
		}
	}
	return all
}

// firstWithMoney is the first list with money in it, else the first with rates:
// they may have rounded to nothing.
func firstWithMoney(lists ...[]oneTax) []oneTax {
	for _, l := range lists {
		if !totalOf(l).IsZero() {
			return l
		}
	}
	for _, l := range lists {
		if len(l) > 0 {
			return l
		}
	}
	return nil
}

// covers reports whether the taxes are what a shop computes on base, a cent for
// each rounding aside.
func covers(taxes []oneTax, base decimal.Decimal, mode order.Mode) bool {
	for _, t := range taxes {
		if t.total.Sub(expectedTax(base, t.rate, ratesOf(taxes), mode)).Abs().GreaterThan(decimal.New(t.parts, -cents)) {
			return false
		}
	}
	return true
}

// evenTax makes the taxes inside the prices come to the order's tax, which is the
// truth (ecwid.md 5.2): a difference of cents is put on the largest taxed amount.
func (f *figures) evenTax(o order.Order, limit decimal.Decimal) *outcome {
	if f.mode != order.TaxInside {
		return nil
	}
	all := []*amount{&f.shipping, &f.handling}
	for i := range f.goods {
		all = append(all, &f.goods[i])
	}
	for i := range f.surcharges {
		all = append(all, &f.surcharges[i])
	}
	known, largest := decimal.Zero, (*amount)(nil)
	for _, a := range all {
		if a.shop.IsZero() {
			a.tax = decimal.Zero // no amount contains it
		}
		known = known.Add(a.tax)
		if !a.tax.IsZero() && (largest == nil || a.shop.GreaterThan(largest.shop)) {
			largest = a
		}
	}
	f.uneven = o.Tax.Sub(known)
	switch {
	case f.uneven.IsZero():
	case largest == nil || f.uneven.Abs().GreaterThan(limit):
		return attention(TaxDiffers, "Enter this order in QuickBooks by hand and link it.",
			"The prices of this order contain its tax of %s, but the taxes of its lines and charges come to %s: it can't be told which amounts contain the rest.", o.Tax.StringFixed(cents), known.StringFixed(cents))
	default:
		largest.tax = largest.tax.Add(f.uneven)
	}
	return nil
}

// withTaxLine are the figures of an order whose whole tax becomes a line: no
// amount is taxed, and those of an order with tax inside lose it. A line with a
// discount loses the tax of its full price, because the shop tells only that
// after the discount; the discount takes the rest.
func (f *figures) withTaxLine(o order.Order, limit decimal.Decimal) (figures, *outcome) {
	reduction := o.Discount.Add(o.CouponDiscount)
	if out := f.evenTax(o, limit); out != nil {
		told := f.netsTold(o)
		if told.evenTax(o, limit) != nil {
			return *f, out
		}
		*f = told
	}
	told := sharesTold(o)
	left := o.Due().Neg() // of the sale, once all amounts are taken from it
	for i := range f.goods {
		g := &f.goods[i]
		lowered := !reduction.IsZero()
		if told {
			lowered = !o.Lines[i].Coupon.Add(o.Lines[i].Discount).IsZero()
		}
		g.net = g.shop
		switch {
		case f.mode != order.TaxInside:
		case lowered:
			g.net = g.shop.Sub(inside(g.shop, sum(g.rates), sum(g.rates)))
		default:
			g.net = g.shop.Sub(g.tax)
		}
		g.taxed = false
		left = left.Add(g.net)
	}
	others := []*amount{&f.shipping, &f.handling}
	for i := range f.surcharges {
		others = append(others, &f.surcharges[i])
	}
	for _, a := range others {
		a.net, a.taxed = a.shop, false
		if f.mode == order.TaxInside {
			a.net = a.shop.Sub(a.tax)
		}
		left = left.Add(a.net)
	}
	f.discounts = [2]decimal.Decimal{left.Add(o.Tax)}
	if d := f.discounts[0]; d.IsNegative() || reduction.IsNegative() || reduction.IsZero() && !d.IsZero() {
		return *f, attention(DiscountUnclear, "Enter this order in QuickBooks by hand and link it.",
			"The discount of %s would be %s without the tax inside it.", reduction.StringFixed(cents), d.StringFixed(cents))
	}
	return *f, nil
}

// nets takes the tax out of the amounts of an order with tax inside. A line
// without discount loses the shop's own tax, so nothing is rounded twice; of a
// line with discount the shop tells only the tax after it, so the tax before is
// computed and the discount takes the rest.
func (f *figures) nets(o order.Order, w way) {
	gross := f.mode == order.TaxInside
	for i := range f.goods {
		g := &f.goods[i]
		g.net = g.shop
		if !gross || !g.taxed {
			continue
		}
		lowered := !w.goods[taxedIndex(true)].IsZero()
		if w.byLine {
			lowered = !o.Lines[i].Coupon.Add(o.Lines[i].Discount).IsZero()
		}
		if lowered {
			g.net = g.shop.Sub(inside(g.shop, sum(f.rates), sum(f.rates)))
		} else {
			g.net = g.shop.Sub(g.tax)
		}
	}
	others := []*amount{&f.shipping, &f.handling}
	for i := range f.surcharges {
		others = append(others, &f.surcharges[i])
	}
	for _, a := range others {
		a.net = a.shop
		if gross {
			a.net = a.shop.Sub(a.tax)
		}
	}
}
