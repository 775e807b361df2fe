package posting

import (
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"qbridge/internal/order"
)

// way is one way in which an order's reduction, coupon and promotions, may have
// fallen on its amounts. The shop does not always tell: its shares of the lines
// may leave a rest, which is shipping's or that of goods nobody named.
type way struct {
	byLine   bool               // what fell on goods are the shop's shares of the lines
	goods    [2]decimal.Decimal // by taxedIndex
	shipping decimal.Decimal
	taxed    bool // whether the part on shipping lowered a taxed amount
	unproved bool // a guess, to be used only when the order's tax proves it
}

// shares are the reductions of the lines, by taxedIndex; o's lines are f.goods.
func (f *figures) shares(o order.Order) (shares [2]decimal.Decimal) {
	for i, l := range o.Lines {
		c := taxedIndex(f.goods[i].taxed)
		shares[c] = shares[c].Add(l.Coupon).Add(l.Discount)
	}
	return shares
}

// sharesTold reports whether the shop's shares of the lines are a part, or the
// whole, of the order's reduction.
func sharesTold(o order.Order) bool {
	total := decimal.Zero
	for _, l := range o.Lines {
		share := l.Coupon.Add(l.Discount)
		if share.IsNegative() {
			return false
		}
		total = total.Add(share)
	}
	return total.IsPositive() && total.LessThanOrEqual(o.Discount.Add(o.CouponDiscount))
}

// target is on what the order says that the rest of its reduction fell.
type target int

const (
	unsaid target = iota
	onGoods
	onShipping
)

// restTarget reads the kinds of the coupon and of the promotions that the lines'
// shares do not make up (ecwid.md 4.2).
func restTarget(o order.Order) target {
	coupons, promotions := decimal.Zero, decimal.Zero
	for _, l := range o.Lines {
		coupons, promotions = coupons.Add(l.Coupon), promotions.Add(l.Discount)
	}
	var said []target
	if !o.CouponDiscount.Equal(coupons) {
		switch t := o.CouponType; {
		case t == "SHIPPING", strings.HasSuffix(t, "_AND_SHIPPING") && !coupons.IsZero():
			said = append(said, onShipping)
		case t == "ABS" || t == "PERCENT":
			said = append(said, onGoods)
		default:
			said = append(said, unsaid)
		}
	}
	if !o.Discount.Equal(promotions) {
		shipping := slices.Contains(o.DiscountBases, "SHIPPING")
		switch {
		case shipping && len(slices.Compact(slices.Clone(o.DiscountBases))) == 1:
			said = append(said, onShipping)
		case len(o.DiscountBases) > 0 && !shipping:
			said = append(said, onGoods)
		default:
			said = append(said, unsaid)
		}
	}
	if said = slices.Compact(said); len(said) == 1 {
		return said[0]
	}
	return unsaid
}

// ways are all that the order leaves possible.
func (f *figures) ways(o order.Order) []way {
	reduction := o.Discount.Add(o.CouponDiscount)
	if reduction.IsZero() {
		return []way{{byLine: true}}
	}
	var shares, left [2]decimal.Decimal
	if sharesTold(o) {
		shares = f.shares(o)
	}
	rest := reduction.Sub(sum(shares[:]))
	if rest.IsZero() {
		return []way{{byLine: true, goods: shares}}
	}
	var classes []int
	for _, g := range f.goods {
		c := taxedIndex(g.taxed)
		left[c] = left[c].Add(g.shop)
		if !g.shop.IsZero() && !slices.Contains(classes, c) {
			classes = append(classes, c)
		}
	}
	if len(classes) == 0 {
		classes = []int{taxedIndex(false)}
	}
	onClass := func(c int, amount decimal.Decimal) [2]decimal.Decimal {
		goods := shares
		goods[c] = goods[c].Add(amount)
		return goods
	}
	var all []way
	said := restTarget(o)
	if said != onShipping && len(classes) == 1 {
		all = append(all, way{goods: onClass(classes[0], rest)})
	}
	if said != onShipping && len(classes) == 2 {
		inTaxed := rest.Mul(left[1]).DivRound(sum(left[:]), cents) // each its portion
		goods := onClass(1, inTaxed)
		goods[0] = goods[0].Add(rest.Sub(inTaxed))
		all = append(all, way{goods: goods, unproved: true})
		for c := range left {
			if rest.LessThanOrEqual(left[c].Sub(shares[c])) {
				all = append(all, way{goods: onClass(c, rest), unproved: true})
			}
		}
	}
	if said == onGoods || !f.shipping.shop.IsPositive() {
		return all
	}
	w := way{byLine: true, goods: shares, shipping: rest}
	if over := rest.Sub(f.shipping.shop); over.IsPositive() { // free shipping, and more
		if len(classes) == 2 || !strings.HasSuffix(o.CouponType, "_AND_SHIPPING") {
			return all
		}
		w = way{goods: onClass(classes[0], over), shipping: f.shipping.shop}
	}
	if f.mode == order.TaxInside && f.shipping.taxed {
		return all // the shop does not tell what shipping was without its tax
	}
	all = append(all, w)
	if w.taxed = f.shipping.taxed; w.taxed {
		all = append(all, w)
	}
	return all
}

// discounted chooses the way of the order's reduction and gives the figures with
// it: the only one possible, else the one that the order's tax proves. A wrong
// one would hide in a rounding line.
func (f *figures) discounted(o order.Order) (figures, *outcome) {
	reduction := o.Discount.Add(o.CouponDiscount)
	unclear := func(why string) *outcome {
		return attention(DiscountUnclear, "Enter this order in QuickBooks by hand and link it.",
			"The discount of %s can't be split into what is taxed and what is not: %s.", reduction.StringFixed(cents), why)
	}
	if reduction.IsNegative() {
		return *f, attention(DiscountUnclear, "Correct the order in the shop, or enter it in QuickBooks by hand and link it.",
			"The shop gives a negative discount of %s, which would raise the price.", reduction.StringFixed(cents))
	}
	shares := f.shares(o)
	why := fmt.Sprintf("the shop's shares of the lines come to %s, and the order's tax does not prove where the rest belongs", sum(shares[:]).StringFixed(cents))
	var exact, near, all []figures
	proof := false
	for _, w := range f.ways(o) {
		g, problem := f.by(o, w)
		if problem != "" {
			why = problem
			continue
		}
		if slices.ContainsFunc(all, func(h figures) bool {
			return h.discounts[0].Equal(g.discounts[0]) && h.discounts[1].Equal(g.discounts[1])
		}) {
			continue
		}
		all = append(all, g)
		proof = proof || w.unproved
		off, most := g.taxOff(o)
		if off.IsZero() {
			exact = append(exact, g)
		}
		if off.LessThanOrEqual(most) {
			near = append(near, g)
		}
	}
	switch {
	case len(all) == 1 && !proof:
		return all[0], nil
	case len(exact) == 1:
		return exact[0], nil
	case len(exact) == 0 && len(near) == 1:
		return near[0], nil
	}
	return *f, unclear(why)
}

// by gives the figures with the reduction fallen one way; problem says why it
// can't have.
func (f *figures) by(o order.Order, w way) (g figures, problem string) {
	g = *f
	g.goods, g.surcharges = slices.Clone(f.goods), slices.Clone(f.surcharges)
	g.nets(o, w)
	g.discounts = w.goods
	if g.mode == order.TaxInside { // the discount takes what its tax inside rounds to
		gross, net, tax := decimal.Zero, decimal.Zero, decimal.Zero
		for _, a := range g.goods {
			if a.taxed {
				gross, net, tax = gross.Add(a.shop), net.Add(a.net), tax.Add(a.tax)
			}
		}
		g.discounts[1] = net.Sub(gross.Sub(w.goods[1]).Sub(tax))
	}
	c := taxedIndex(w.taxed)
	g.discounts[c] = g.discounts[c].Add(w.shipping)
	for _, d := range g.discounts {
		if d.IsNegative() || !d.Equal(d.Truncate(cents)) {
			return g, fmt.Sprintf("a part of it would be %s, which is no discount in whole cents", d.StringFixed(max(cents, -d.Exponent())))
		}
	}
	return g, ""
}

// taxOff is by how much the tax on these figures differs from the order's, and
// by how much the shop's rounding of each amount can make it differ.
func (f *figures) taxOff(o order.Order) (off, most decimal.Decimal) {
	taxed, roundings := f.discounts[1].Neg(), 1
	for _, a := range slices.Concat(f.goods, f.surcharges, []amount{f.shipping, f.handling}) {
		if a.taxed {
			taxed = taxed.Add(a.net)
			roundings++
		}
	}
	off = o.Tax.Sub(predictTax(taxed, f.rates)).Abs()
	return off, decimal.New(int64(5*roundings*len(f.rates)), -3)
}
