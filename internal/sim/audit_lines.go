package sim

import (
	"fmt"
	"slices"
	"strings"
)

// parts are the amounts of an order or of a receipt that must agree.
type parts struct {
	goods, discount, shipping, handling, surcharge, tips, giftCard, storeCredit, difference, tax, total Cents
}

// lines holds the receipt's lines of goods against the order's, one by one in the order's order.
func (c *comparison) lines() {
	_, goods := c.sorted()
	goods = c.bundled(goods)
	if len(goods) != len(c.sale.lines) {
		c.same("number of lines of goods", fmt.Sprint(len(c.sale.lines)), fmt.Sprint(len(goods)))
		return
	}
	for i, want := range c.sale.lines {
		got := goods[i]
		part := func(what string) string { return fmt.Sprintf("line %d's %s", i+1, what) }
		c.item(part("item"), want, got.Item)
		c.lineField(i+1, want, got)
		quantity, err := parseFixed(got.Quantity, fiveDecimals)
		if err != nil || quantity != want.quantity {
			c.same(part("quantity"), trimFixed(want.quantity, fiveDecimals), "\""+got.Quantity+"\"")
		}
		if !want.free && !c.taxIsLine() {
			c.same(part("tax code"), taxWord(want.taxed), taxWord(got.taxed() != 0 || got.Taxable))
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
	if _, bundle := c.groups[strings.ToLower(want.goods)]; bundle {
		if !strings.EqualFold(got, want.goods) && !slices.Contains(c.terms.Bundle, got) {
			c.same(part, "the members of "+want.goods, got)
		}
		return
	}
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
	for _, l := range c.receipt.Lines {
		if part := c.partOf(l); c.terms.Accounts[part] != "" {
			c.same(part+"'s account", c.terms.Accounts[part], l.Account)
		}
	}
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
	if c.redeemed == 0 {
		add("gift cards", want.giftCard, got.giftCard)
		add("store credit", want.storeCredit, got.storeCredit)
	} else { // a payment doesn't say of which it was
		add("gift cards and store credit", want.giftCard+want.storeCredit, got.giftCard+got.storeCredit-c.redeemed)
	}
	if within := c.terms.DifferenceLimit; want.difference <= within && -want.difference <= within { // else it is no part, but a finding of its own
		add("difference", want.difference, got.difference)
	}
	add("tax with rounding", want.tax, got.tax+got.rounding)
	add("total", want.total, got.total-c.redeemed)
	c.limits(got)
	if c.taxIsLine() {
		return
	}
	if c.sale.shared {
		add("taxed goods less discount", taxed.goods-taxed.discount, got.taxed.goods-got.taxed.discount)
	}
	add("taxed shipping", taxed.shipping, got.taxed.shipping)
	add("taxed handling", taxed.handling, got.taxed.handling)
	add("taxed surcharge", taxed.surcharge, got.taxed.surcharge)
	add("taxed tips", taxed.tips, got.taxed.tips)
	add("taxed gift cards", 0, got.taxed.giftCard+got.taxed.storeCredit)
}

// limits: of rounding there is one line at most, and a small one.
func (c *comparison) limits(got sortedLines) {
	if limit := c.terms.RoundingLimit; got.roundings > 1 || got.rounding > limit || got.rounding < -limit {
		c.find(Finding{Code: FindingRounding, Order: c.sale.ID, Kind: c.receipt.Kind, TxnID: c.receipt.TxnID, Part: "rounding", Want: "one line within " + limit.String(), Got: got.rounding.String()})
	}
}

// sortedLines are a receipt's amounts by part, what of them stands on taxable lines, and its rounding.
type sortedLines struct {
	parts
	taxed     parts
	rounding  Cents
	roundings int // lines
}

// taxIsLine tells whether a form's tax is a line of its own and nothing on it is taxed by QuickBooks.
func (c *comparison) taxIsLine() bool {
	line := false
	for _, l := range c.receipt.Lines {
		if l.taxed() != 0 {
			return false
		}
		line = line || c.partOf(l) == "tax"
	}
	return line
}

// taxed is what of a line QuickBooks taxes.
func (l ReceiptLine) taxed() (sum Cents) {
	for _, m := range l.Members {
		sum += m.taxed()
	}
	if l.Taxable {
		sum += l.Amount
	}
	return sum
}

// partOf is the part of an order that a line stands for, by its item; "" for a text or a subtotal.
func (a *auditor) partOf(l ReceiptLine) string {
	t := a.terms
	for _, p := range []struct {
		part  string
		items []string
	}{{"rounding", []string{t.Rounding}}, {"shipping", t.Shipping}, {"handling", t.Handling}, {"surcharge", t.Surcharge}, {"tips", t.Tip}, {"discount", t.Discount}, {"gift cards", t.GiftCard}, {"store credit", t.StoreCredit},
		{"difference", t.Difference}, {"refund", t.Refund}, {"tax", t.TaxLine}} {
		if slices.ContainsFunc(p.items, func(item string) bool { return item != "" && strings.EqualFold(item, l.Item) }) {
			return p.part
		}
	}
	switch {
	case l.Kind == "ItemSalesTax":
		return "tax"
	case l.Item == "" || l.Kind == "ItemSubtotal":
		return ""
	}
	return "goods"
}

// sorted sorts the form's lines by the items of the terms.
func (c *comparison) sorted() (p sortedLines, goods []ReceiptLine) {
	p.tax, p.total = c.receipt.Tax, c.receipt.Total
	for _, l := range c.receipt.Lines {
		put := func(whole, taxed *Cents, sign Cents) {
			*whole += sign * l.Amount
			*taxed += sign * l.taxed()
		}
		part := c.partOf(l)
		switch part {
		case "rounding":
			p.rounding += l.Amount
			p.roundings++
		case "shipping":
			put(&p.shipping, &p.taxed.shipping, 1)
		case "handling":
			put(&p.handling, &p.taxed.handling, 1)
		case "surcharge":
			put(&p.surcharge, &p.taxed.surcharge, 1)
		case "tips":
			put(&p.tips, &p.taxed.tips, 1)
		case "discount":
			put(&p.discount, &p.taxed.discount, -1)
		case "gift cards":
			put(&p.giftCard, &p.taxed.giftCard, 1)
		case "store credit":
			put(&p.storeCredit, &p.taxed.storeCredit, 1)
		case "difference":
			put(&p.difference, &p.taxed.difference, 1)
		case "tax":
			p.tax += l.Amount
		case "goods", "refund":
			put(&p.goods, &p.taxed.goods, 1)
			goods = append(goods, l)
		}
	}
	return p, goods
}
