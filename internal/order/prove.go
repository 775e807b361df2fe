package order

import (
	"fmt"
	"strings"

	"github.com/shopspring/decimal"
)

// Mode says where the tax of an order sits.
type Mode string

// The modes, as computed from the figures.
const (
	TaxOnTop  Mode = "tax on top"
	TaxInside Mode = "tax inside"
	NoTax     Mode = "no tax"
)

// Split is an order's money, part by part. All parts are positive unless the
// shop wrote otherwise.
type Split struct {
	Goods, Promotions, Coupon, Shipping, Handling, Surcharges, Tax, GiftCard, Total decimal.Decimal
}

// Split takes the order apart by the shop's own totals (ecwid.md 5).
func (o Order) Split() Split {
	s := Split{
		Goods: o.Subtotal, Promotions: o.Discount, Coupon: o.CouponDiscount,
		Shipping: o.ShipCharge.Amount, Handling: o.Handling.Amount,
		Tax: o.Tax, GiftCard: o.GiftCard, Total: o.Total,
	}
	for _, c := range o.Surcharges {
		s.Surcharges = s.Surcharges.Add(c.Amount)
	}
	return s
}

// Base is the order without tax on top and before the gift card.
func (s Split) Base() decimal.Decimal {
	return s.Goods.Sub(s.Promotions).Sub(s.Coupon).Add(s.Shipping).Add(s.Handling).Add(s.Surcharges)
}

// Proof is the verdict on an order's arithmetic.
type Proof struct {
	Holds   bool
	Mode    Mode
	Problem string // why it does not hold, in words with the figures; "" when it does
	Warning string // it holds, but not as the order declares itself
	// Difference is Total less what the nearest formula gives; zero when the order adds up.
	Difference decimal.Decimal
}

// Prove checks that the order adds up, by the declared formula first and the
// other one second, and that its lines make up its subtotal.
// ecwid.md 5.2: no single flag is trusted.
func Prove(o Order) Proof {
	s := o.Split()
	net := s.Total.Sub(s.Base().Add(s.Tax).Sub(s.GiftCard))
	gross := s.Total.Sub(s.Base().Sub(s.GiftCard))
	p := Proof{}
	declaredGross := o.PricesInclude != nil && *o.PricesInclude
	switch {
	case s.Tax.IsZero() && net.IsZero():
		p.Mode = NoTax
	case declaredGross && gross.IsZero():
		p.Mode = TaxInside
	case net.IsZero():
		p.Mode = TaxOnTop
		if declaredGross {
			p.Warning = "the order says its prices include tax, but it adds up only with the tax on top"
		}
	case gross.IsZero():
		p.Mode = TaxInside
		if o.PricesInclude != nil {
			p.Warning = "the order says its prices are without tax, but it adds up only with the tax inside"
		}
	default:
		p.Mode, p.Difference = TaxOnTop, net
		if s.Tax.IsZero() {
			p.Mode = NoTax
		} else if declaredGross || o.PricesInclude == nil && gross.Abs().LessThan(net.Abs()) {
			p.Mode, p.Difference = TaxInside, gross
		}
		p.Problem = o.arithmetic(s, p)
		return p
	}
	for _, problem := range []string{o.proveCents(s), o.proveLines(s)} {
		if problem != "" {
			p.Problem = problem
			return p
		}
	}
	p.Holds = true
	return p
}

// arithmetic shows the sum that does not come out, with the parts that are there.
func (o Order) arithmetic(s Split, p Proof) string {
	var sum strings.Builder
	sum.WriteString("goods " + o.figure(s.Goods))
	part := func(sign, name string, amount decimal.Decimal) {
		if !amount.IsZero() {
			sum.WriteString(" " + sign + " " + name + " " + o.figure(amount))
		}
	}
	part("−", "promotions", s.Promotions)
	part("−", "coupon", s.Coupon)
	part("+", "shipping", s.Shipping)
	part("+", "handling", s.Handling)
	part("+", "surcharges", s.Surcharges)
	if p.Mode == TaxOnTop {
		part("+", "tax", s.Tax)
	}
	part("−", "gift card", s.GiftCard)
	words := fmt.Sprintf("the order does not add up: %s is %s, but the shop's total is %s, a difference of %s",
		sum.String(), o.figure(s.Total.Sub(p.Difference)), o.figure(s.Total), o.figure(p.Difference))
	if goods, _ := o.lines(); s.Goods.IsZero() && !goods.IsZero() {
		words += fmt.Sprintf("; the order gives no subtotal, its lines come to %s", o.figure(goods))
	}
	for _, r := range []struct {
		name   string
		amount decimal.Decimal
	}{{"redeemed loyalty points", o.Loyalty}, {"redeemed store credit", o.StoreCredit}} {
		// ecwid.md 4.2: how these change the total is not documented.
		if !r.amount.IsZero() && p.Difference.Equal(r.amount.Neg()) {
			words += "; that is exactly the " + r.name
		}
	}
	return words
}

// figure shows an amount with the currency's decimals, or all it has when those
// would hide something.
func (o Order) figure(d decimal.Decimal) string {
	if !d.Equal(d.Round(o.Precision)) {
		return d.String()
	}
	return d.StringFixed(o.Precision)
}

// proveCents refuses parts that the books could not hold: fractions of a cent
// may cancel out in the sum.
func (o Order) proveCents(s Split) string {
	for _, part := range []decimal.Decimal{s.Goods, s.Promotions, s.Coupon, s.Shipping, s.Handling, s.Surcharges, s.Tax, s.GiftCard, s.Total} {
		if !part.Equal(part.Round(o.Precision)) {
			return fmt.Sprintf("the order holds the amount %s, which has more than the %d decimals of %s", part, o.Precision, o.Currency)
		}
	}
	return ""
}

// lines are the sums of the lines, rounded one by one and exact.
func (o Order) lines() (goods, exact decimal.Decimal) {
	for _, l := range o.Lines {
		goods = goods.Add(l.Goods(o.Precision))
		exact = exact.Add(l.Price.Mul(decimal.NewFromInt(l.Quantity)))
	}
	return goods, exact
}

// proveLines holds the lines against the order's totals. An order that adds up
// by its totals alone could still put the wrong goods into the books.
func (o Order) proveLines(s Split) string {
	goods, exact := o.lines()
	// Prices with fractions of a cent: the shop may round each line or only the sum.
	if !goods.Equal(s.Goods) && !exact.Round(o.Precision).Equal(s.Goods) {
		return fmt.Sprintf("the lines come to %s, but the shop's subtotal is %s", o.figure(goods), o.figure(s.Goods))
	}
	return ""
}
