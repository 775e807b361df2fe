package sim

import (
	"fmt"
	"slices"
	"strings"
)

// parts are the amounts of an order or of a receipt that must agree.
type parts struct {
	goods, discount, shipping, handling, surcharge, tips, giftCard, tax, total Cents
}

// lines holds the receipt's lines of goods against the order's, one by one in the order's order.
func (c *comparison) lines() {
	_, goods := c.sorted()
	if len(goods) != len(c.sale.lines) {
		c.same("number of lines of goods", fmt.Sprint(len(c.sale.lines)), fmt.Sprint(len(goods)))
		return
	}
	for i, want := range c.sale.lines {
		got := goods[i]
		part := func(what string) string { return fmt.Sprintf("line %d's %s", i+1, what) }
		c.item(part("item"), want, got.Item)
		quantity, err := parseFixed(got.Quantity, fiveDecimals)
		if err != nil || quantity != want.quantity {
			c.same(part("quantity"), trimFixed(want.quantity, fiveDecimals), "\""+got.Quantity+"\"")
		}
		if !want.free {
			c.same(part("tax code"), taxWord(want.taxed), taxWord(got.Taxable))
		}
		if !c.sale.gross {
			c.same(part("amount"), want.amount.String(), got.Amount.String())
		}
	}
}

func taxWord(taxed bool) string {
	if taxed {
		return "taxable"
	}
	return "not taxable"
}

// item: the item named by the SKU, or by the name of goods without one, where the books have it. No item stands for two
// different goods.
func (c *comparison) item(part string, want saleLine, got string) {
	named := slices.ContainsFunc(c.items, func(name string) bool { return strings.EqualFold(name, want.goods) })
	if named && !strings.EqualFold(got, want.goods) {
		c.same(part, want.goods, got)
		return
	}
	if other := c.goodsOf[got]; other != "" && other != want.goods {
		c.same(part, "one for "+want.goods+" alone", got+", which stands for "+other)
	}
	c.goodsOf[got] = want.goods
}

// parts compares the amounts, each with what of it is taxed.
func (c *comparison) parts() {
	want, taxed := c.sale.parts()
	got, _ := c.sorted()
	add := func(part string, want, got Cents) { c.same(part, want.String(), got.String()) }
	if c.sale.gross { // how a tax inside splits between goods and their discount is a matter of taste; their sum is not
		add("goods less discount", want.goods-want.discount, got.goods-got.discount)
	} else {
		add("goods", want.goods, got.goods)
		add("discount", want.discount, got.discount)
	}
	add("shipping", want.shipping, got.shipping)
	add("handling", want.handling, got.handling)
	add("surcharge", want.surcharge, got.surcharge)
	add("tips", want.tips, got.tips)
	add("gift cards", want.giftCard, got.giftCard)
	add("tax with rounding", want.tax, got.tax+got.rounding)
	add("total", want.total, got.total)
	if c.sale.shared {
		add("taxed goods less discount", taxed.goods-taxed.discount, got.taxed.goods-got.taxed.discount)
	}
	add("taxed shipping", taxed.shipping, got.taxed.shipping)
	add("taxed handling", taxed.handling, got.taxed.handling)
	add("taxed surcharge", taxed.surcharge, got.taxed.surcharge)
	add("taxed tips", taxed.tips, got.taxed.tips)
	add("taxed gift cards", 0, got.taxed.giftCard)
	if limit := c.terms.RoundingLimit; got.roundings > 1 || got.rounding > limit || got.rounding < -limit {
		c.find(Finding{Code: FindingRounding, Order: c.sale.ID, TxnID: c.receipt.TxnID, Part: "rounding", Want: "one line within " + limit.String(), Got: got.rounding.String()})
	}
}

// sortedLines are a receipt's amounts by part, what of them stands on taxable lines, and its rounding.
type sortedLines struct {
	parts
	taxed     parts
	rounding  Cents
	roundings int // lines
}

// sorted sorts the receipt's lines by the items of the terms.
func (c *comparison) sorted() (p sortedLines, goods []ReceiptLine) {
	p.tax, p.total = c.receipt.Tax, c.receipt.Total
	for _, l := range c.receipt.Lines {
		is := func(items []string) bool {
			return slices.ContainsFunc(items, func(item string) bool { return strings.EqualFold(item, l.Item) })
		}
		put := func(whole, taxed *Cents, amount Cents) {
			*whole += amount
			if l.Taxable {
				*taxed += amount
			}
		}
		switch {
		case strings.EqualFold(l.Item, c.terms.Rounding):
			p.rounding += l.Amount
			p.roundings++
		case is(c.terms.Shipping):
			put(&p.shipping, &p.taxed.shipping, l.Amount)
		case is(c.terms.Handling):
			put(&p.handling, &p.taxed.handling, l.Amount)
		case is(c.terms.Surcharge):
			put(&p.surcharge, &p.taxed.surcharge, l.Amount)
		case is(c.terms.Tip):
			put(&p.tips, &p.taxed.tips, l.Amount)
		case is(c.terms.Discount):
			put(&p.discount, &p.taxed.discount, -l.Amount)
		case is(c.terms.GiftCard):
			put(&p.giftCard, &p.taxed.giftCard, l.Amount)
		case l.Kind == "ItemSalesTax":
			p.tax += l.Amount
		default:
			put(&p.goods, &p.taxed.goods, l.Amount)
			goods = append(goods, l)
		}
	}
	return p, goods
}
