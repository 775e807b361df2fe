package posting_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"qbridge/internal/order"
	"qbridge/internal/posting"
)

// drawMixed is a random order of which each line and the shipping have taxes of
// their own, as a shop computes it; its discount falls on lines.
func drawMixed(t *rapid.T) (o order.Order, gross bool, inside, discount int64) {
	sets := rateSets()
	names := []string{"none", "one", "three", "twenty"}
	o = plain()
	o.Lines, gross = nil, rapid.Bool().Draw(t, "gross")
	o.PricesInclude = &gross
	var goods, tax int64
	taxed := func(amount int64, label string) (taxes []order.Tax, total int64) {
		rates := sets[rapid.SampledFrom(names).Draw(t, label)]
		all := int64(0)
		for _, r := range rates {
			all += r
		}
		for i, r := range rates {
			part := portion(amount, r, 10000)
			if gross {
				part = portion(amount, r, 10000+all)
			}
			total += part
			taxes = append(taxes, order.Tax{Name: fmt.Sprint(label, i), Rate: decimal.New(r, -2), Total: cents(part), OnGoods: cents(part)})
		}
		return taxes, total
	}
	for n := range rapid.IntRange(1, 5).Draw(t, "lines") {
		price, quantity := rapid.Int64Range(1, 20000).Draw(t, "price"), rapid.Int64Range(1, 4).Draw(t, "quantity")
		amount := price * quantity
		share := rapid.Int64Range(0, amount).Draw(t, "share") * int64(rapid.IntRange(0, 1).Draw(t, "has share"))
		taxes, total := taxed(amount-share, fmt.Sprint("line ", n))
		o.Lines = append(o.Lines, order.Line{SKU: "TS-42", Name: "Shoe", Price: cents(price), Quantity: quantity, Coupon: cents(share), Tax: cents(total), Taxes: taxes})
		goods, discount, tax, inside = goods+amount, discount+share, tax+total, inside+total
	}
	shipping := rapid.Int64Range(0, 3000).Draw(t, "shipping")
	taxes, total := taxed(shipping, "shipping")
	for i := range taxes {
		taxes[i].OnGoods, taxes[i].OnShipping = decimal.Zero, taxes[i].Total
	}
	o.ShipCharge, o.ShipTaxes = order.Charge{Amount: cents(shipping), Taxes: taxes}, taxes
	tax += total
	sum := goods - discount + shipping
	if !gross {
		sum, inside = sum+tax, 0
	}
	o.Subtotal, o.CouponDiscount, o.Tax, o.Total = cents(goods), cents(discount), cents(tax), cents(sum)
	return o, gross, inside, discount
}

// I2: an order of several rates goes out with its tax as a line, every part the
// order's; one that QuickBooks computes alike goes out with native tax.
func TestTaxAsALineProperty(t *testing.T) { rapid.Check(t, taxAsALine) }

func taxAsALine(t *rapid.T) {
	books := posting.NewBooks(lists())
	r := moreRules()
	r.RoundingLimit = dec("0")
	o, gross, inside, discount := drawMixed(t)
	p := posting.Decide(posting.Sale{Order: o}, r, books)
	if p.Cause == posting.DiscountUnclear && gross && discount < 10 {
		return // a discount of less cents than the taxes it contains round by
	}
	if p.Cause != "" {
		t.Fatalf("held without need: %q %s", p.Cause, p.Reason)
	}
	d := p.Documents[0]
	asLine := slices.ContainsFunc(d.Lines, func(l posting.Line) bool { return l.Part == posting.Tax })
	total := d.Tax
	for _, l := range d.Lines {
		total = total.Add(l.Amount)
		if asLine && l.TaxCode.ListID != "C-NON" {
			t.Fatalf("the line of %s is taxed beside a tax that is a line", l.Part)
		}
		if l.Part == posting.Discount && !l.Amount.IsNegative() {
			t.Fatalf("discount line of %s", l.Amount)
		}
	}
	if !total.Equal(o.Total) || !d.Total.Equal(o.Total) {
		t.Fatalf("total %s, want %s", total, o.Total)
	}
	if !d.Parts[posting.Tax].Equal(o.Tax) || asLine && !d.Tax.IsZero() {
		t.Fatalf("tax %s (QuickBooks' own %s), want %s", d.Parts[posting.Tax], d.Tax, o.Tax)
	}
	goods := o.Subtotal.Sub(o.CouponDiscount).Sub(cents(inside))
	if got := d.Parts[posting.Goods].Add(d.Parts[posting.Discount]); !got.Equal(goods) {
		t.Fatalf("goods less discount %s, want %s", got, goods)
	}
}
