package sim

import (
	"cmp"
	"slices"
	"strings"
)

// line computes one line of a form; above are the lines before it.
func (c *Company) line(form string, add node, above []txnLine) (txnLine, *Status) {
	if strings.HasSuffix(add.Name, "LineGroupAdd") {
		return c.groupLine(form, add)
	}
	l := txnLine{Elements: group(form+"LineRet", add.Kids...)}
	itemID := add.at("ItemRef", "ListID")
	if itemID == "" {
		if add.at("Amount") != "" || add.at("Rate") != "" || add.at("Quantity") != "" {
			return l, refused(3150, "There is a missing element: \"ItemRef\".")
		}
		return l, nil // a line that is only a description
	}
	item := c.byID[itemID]
	switch item.Kind {
	case "ItemPayment", "ItemSalesTaxGroup", "ItemGroup":
		return l, refused(3280, "The item \"%s\" of type %s cannot be used in a %s line.", item.Name, item.Kind, form)
	case "ItemSubtotal":
		return c.subtotalLine(l, add, above)
	}
	amount, rate, status := lineAmount(add, item, above)
	if status != nil {
		return l, status
	}
	l.Amount = amount
	l.Elements.drop("Rate")
	l.Elements.drop("RatePercent")
	l.Elements.drop("Amount")
	if rate != "" {
		l.Elements.Kids = append(l.Elements.Kids, leaf("Rate", rate))
	}
	if c.books.Config.SalesTax {
		code := cmp.Or(add.at("SalesTaxCodeRef", "ListID"), item.Elements.at("SalesTaxCodeRef", "ListID"), c.named("Non", "SalesTaxCode").ListID)
		l.Elements.set(group("SalesTaxCodeRef", leaf("ListID", code)))
		l.Taxable = c.isTaxable(code) && item.Kind != "ItemSalesTax"
	}
	return l, nil
}

// subtotalLine shows what the lines since the last subtotal come to; it adds nothing to the form.
func (c *Company) subtotalLine(l txnLine, add node, above []txnLine) (txnLine, *Status) {
	for _, element := range []string{"Amount", "Rate", "Quantity"} {
		if add.kid(element) != nil {
			return l, refused(3151, "There is an element that is not valid for this request: \"%s\".", element)
		}
	}
	l.Subtotal = true
	l.Elements.drop("SalesTaxCodeRef")
	for _, other := range slices.Backward(above) {
		if other.Subtotal {
			break
		}
		l.Amount += other.Amount
	}
	return l, nil
}

// groupLine expands a group item into its members, each with its own price and tax code, as often as the group is sold.
func (c *Company) groupLine(form string, add node) (txnLine, *Status) {
	item := c.byID[add.at("ItemGroupRef", "ListID")]
	l := txnLine{Elements: group(form+"LineGroupRet", add.Kids...)}
	l.Elements.set(leaf("Desc", item.Elements.at("ItemDesc")))
	times := int64(100000)
	if text := add.at("Quantity"); text != "" {
		times, _ = parseFixed(text, fiveDecimals) // its form has been checked
	}
	for _, kid := range item.Elements.Kids {
		if kid.Name != "ItemGroupLine" {
			continue
		}
		each, _ := parseFixed(cmp.Or(kid.at("Quantity"), "1"), fiveDecimals) // the seed wrote it
		of := c.byID[kid.at("ItemRef", "ListID")]
		line := group(form+"LineAdd", group("ItemRef", leaf("ListID", of.ListID)), leaf("Desc", c.salesDesc(of)), leaf("Quantity", trimFixed(divRound(times*each, 100000), fiveDecimals)))
		member, status := c.line(form, line, l.Members)
		if status != nil {
			return l, status
		}
		l.Members = append(l.Members, member)
		l.Amount += member.Amount
	}
	return l, nil
}

// salesDesc is an item's own text for the customer.
func (c *Company) salesDesc(o *object) string {
	return cmp.Or(o.Elements.at("SalesDesc"), o.Elements.at("SalesOrPurchase", "Desc"), o.Elements.at("SalesAndPurchase", "SalesDesc"), o.Elements.at("ItemDesc"), o.Name)
}

// lineAmount computes the amount of a line and the rate shown with it. A given Amount is kept, whatever the rate;
// else it is quantity times rate, or times the item's own price (quickbooks.md 1.5).
func lineAmount(add node, item *object, above []txnLine) (Cents, string, *Status) {
	quantity := int64(100000)
	if text := add.at("Quantity"); text != "" {
		quantity, _ = parseFixed(text, fiveDecimals) // its form has been checked
	}
	if text := add.at("Amount"); text != "" {
		amount, _ := parseFixed(text, 2)
		if amount > int64(maxCents) || amount < -int64(maxCents) {
			return 0, "", refused(3101, "The resulting amount %s of the line is too large.", text)
		}
		switch {
		case add.at("Rate") != "":
			return Cents(amount), add.at("Rate"), nil
		case add.at("Quantity") == "" || quantity == 0:
			return Cents(amount), "", nil
		}
		return Cents(amount), derivedRate(amount, quantity), nil
	}
	percent := add.at("RatePercent")
	if percent == "" && item.Kind == "ItemDiscount" && add.at("Rate") == "" {
		percent = item.Elements.at("DiscountRatePercent")
	}
	if percent != "" && len(above) > 0 {
		rate, _ := parseFixed(strings.TrimSuffix(percent, "%"), fiveDecimals)
		if item.Kind == "ItemDiscount" && rate > 0 {
			rate = -rate
		}
		return taxOn(above[len(above)-1].Amount, rate), "", nil
	}
	rate := cmp.Or(add.at("Rate"), item.Elements.at("SalesPrice"), item.Elements.at("SalesOrPurchase", "Price"), item.Elements.at("SalesAndPurchase", "SalesPrice"), "0")
	price, _ := parseFixed(rate, fiveDecimals)
	amount, ok := extend(price, quantity)
	if !ok {
		return 0, "", refused(3101, "The resulting amount of the line is too large.")
	}
	return amount, rate, nil
}

// derivedRate is the rate QuickBooks shows beside an amount that came with a quantity only, to five decimals.
func derivedRate(amount, quantity int64) string {
	if amount > 9_000_000_000 || amount < -9_000_000_000 { // its five decimals would overflow; no line of a shop is that large
		return ""
	}
	return trimFixed(divRound(amount*100_000_000, quantity), fiveDecimals)
}
