package posting

import (
	"fmt"
	"strings"

	"github.com/shopspring/decimal"

	"qbridge/internal/order"
	"qbridge/qbxml"
)

// lines writes goods, then discounts, shipping, handling and surcharges; the
// rounding line follows in total. A discount line lowers the taxed sum by its
// own code alone, so there is one for each taxability (Q29).
func (d *draft) lines(f figures) *outcome {
	for i, l := range d.order.Lines {
		g := f.goods[i]
		if l.Quantity == 0 && g.net.IsZero() {
			d.adjust(Adjustment{Cause: "left out", Field: fmt.Sprintf("line %d", i+1), From: l.Name,
				Sentence: fmt.Sprintf("Line %d (%s) has quantity 0 and is left out.", i+1, l.Name)})
			continue
		}
		item, part, out := d.lineItem(l, g.taxed)
		if out == nil {
			item, out = d.bundle(i, l, item, g)
		}
		if out != nil {
			return out
		}
		if item == (Ref{}) { // its members are written
			continue
		}
		quantity := decimal.NewFromInt(l.Quantity)
		line := Line{Item: item, Desc: d.goodsDesc(i, l, item), Quantity: &quantity, Amount: g.net, TaxCode: d.lineCode(g.taxed), Part: part, Fields: d.customFields(d.rules.LineCustomFields, &l)}
		line.Rate = rateFor(l.Price, quantity, g.net)
		d.doc.Lines = append(d.doc.Lines, line)
	}
	for _, taxed := range []bool{true, false} {
		if reduction := f.discounts[taxedIndex(taxed)]; !reduction.IsZero() {
			if out := d.charge(Discount, d.rules.DiscountItem, "discount-item", d.discountDesc(), reduction.Neg(), taxed); out != nil {
				return out
			}
		}
	}
	ship := order.Charge{Name: "Shipping", Description: d.order.ShippingMethod}
	if out := d.chargeOf(Shipping, d.rules.ShippingItem, "shipping-item", ship, f.shipping); out != nil {
		return out
	}
	if out := d.chargeOf(Handling, d.rules.HandlingItem, "handling-item", d.order.Handling, f.handling); out != nil {
		return out
	}
	for i, c := range d.order.Surcharges {
		part, item, rule := Surcharge, d.rules.SurchargeItem, "surcharge-item"
		if c.Tip() {
			part, item, rule = Tip, d.rules.TipItem, "tip-item"
		}
		if out := d.chargeOf(part, item, rule, c, f.surcharges[i]); out != nil {
			return out
		}
	}
	if d.taxLine != "" {
		if out := d.taxAsLine(); out != nil {
			return out
		}
	}
	for _, c := range []struct {
		part             Part
		item, rule, desc string
		amount           decimal.Decimal
	}{
		{Difference, d.rules.DifferenceItem, "difference-item", "Difference between the shop's total and its parts", d.difference},
		{StoreCredit, d.rules.StoreCreditItem, "store-credit-item", "Store credit redeemed", d.credit.Neg()},
		{GiftCard, d.rules.GiftCardItem, "gift-card-item", "Gift card redeemed", d.order.GiftCard.Neg()},
	} {
		if c.amount.IsZero() {
			continue
		}
		if out := d.charge(c.part, c.item, c.rule, c.desc, c.amount, false); out != nil {
			return out
		}
	}
	d.noteMoney(f)
	return nil
}

// lineItem is the item of a line of the order, and the part that it belongs to.
func (d *draft) lineItem(l order.Line, taxed bool) (Ref, Part, *outcome) {
	if !l.GiftCard {
		item, out := d.goodsItem(l, taxed)
		return item, Goods, out
	}
	it, missing := d.books.chargeItem("gift-card-item", d.rules.GiftCardItem)
	if missing != nil {
		return Ref{}, CardSold, unset(RulesIncomplete, setRules, "%s", missing.Sentence)
	}
	return itemRef(it), CardSold, nil
}

func (d *draft) discountDesc() string {
	if d.order.CouponCode == "" {
		return "Discount"
	}
	return d.text("discount description", "Discount, coupon "+d.order.CouponCode, false)
}

// chargeOf writes a charge of the shop; none for zero.
func (d *draft) chargeOf(part Part, item, rule string, c order.Charge, a amount) *outcome {
	if a.shop.IsZero() {
		return nil
	}
	desc := given(c.Name, c.Description)
	if c.Description != "" && c.Description != c.Name && c.Name != "" {
		desc = c.Name + ": " + c.Description
	}
	if part == Tip {
		desc = "Tip"
	}
	return d.charge(part, item, rule, d.text(string(part)+" description", desc, false), a.net, a.taxed)
}

// charge writes a line without quantity with an item that the rules name.
func (d *draft) charge(part Part, item, rule, desc string, amount decimal.Decimal, taxed bool) *outcome {
	it, missing := d.books.chargeItem(rule, item)
	if missing != nil {
		return unset(RulesIncomplete, setRules, "%s", missing.Sentence)
	}
	cut, _ := qbxml.Cut(desc, d.descLimit())
	d.doc.Lines = append(d.doc.Lines, Line{Item: itemRef(it), Desc: cut, Amount: amount, TaxCode: d.lineCode(taxed), Part: part})
	return nil
}

// descLimit is how many characters a line's description holds.
func (d *draft) descLimit() int { return d.limit(d.doc.Kind+"Add", d.doc.Kind+"LineAdd/Desc") }

// goodsDesc is the name, what the buyer chose, and the SKU when the item isn't
// named after it.
func (d *draft) goodsDesc(i int, l order.Line, item Ref) string {
	desc := l.Name + options(l)
	if l.SKU != "" && Fold(item.Name) != Fold(l.SKU) {
		desc += ", SKU " + l.SKU
	}
	what := fmt.Sprintf("description of line %d", i+1)
	text := d.text(what, desc, true)
	cut, shortened := qbxml.Cut(text, d.descLimit())
	if shortened {
		rest := strings.TrimPrefix(text, cut)
		d.adjust(Adjustment{Cause: "shortened", Field: what, From: text, To: cut, Sentence: fmt.Sprintf("The %s is cut; the rest is kept in the memo.", what)})
		d.notes = append(d.notes, what+" goes on: "+rest)
	}
	return cut
}

// noteMoney notes where amounts are not letter for letter the shop's.
func (d *draft) noteMoney(f figures) {
	if !f.difference.IsZero() {
		d.adjust(Adjustment{Cause: "fractions of a cent", Field: "goods", From: d.order.Subtotal.Sub(f.difference).StringFixed(cents), To: d.order.Subtotal.StringFixed(cents), Amount: f.difference,
			Sentence: fmt.Sprintf("The shop rounds only the sum of its prices, so the largest line takes %s more.", f.difference.StringFixed(cents))})
	}
	if f.mode != order.TaxInside || d.order.Tax.IsZero() {
		return
	}
	if !f.uneven.IsZero() {
		d.adjust(Adjustment{Cause: "rounding", Field: "tax inside", From: d.order.Tax.Sub(f.uneven).StringFixed(cents), To: d.order.Tax.StringFixed(cents), Amount: f.uneven,
			Sentence: fmt.Sprintf("The taxes that the shop lists come to %s, but the order's tax is %s; the largest taxed amount takes the %s.", d.order.Tax.Sub(f.uneven).StringFixed(cents), d.order.Tax.StringFixed(cents), f.uneven.StringFixed(cents))})
	}
	for _, a := range []struct {
		field     string
		shop, net decimal.Decimal
	}{
		{"goods", d.order.Subtotal, d.part(Goods).Add(d.part(CardSold))},
		{"discount", d.order.Discount.Add(d.order.CouponDiscount).Neg(), d.part(Discount)},
		{"shipping", f.shipping.shop, f.shipping.net},
		{"handling", f.handling.shop, f.handling.net},
	} {
		if inside := a.shop.Sub(a.net); !inside.IsZero() {
			d.adjust(Adjustment{Cause: "tax inside", Field: a.field, From: a.shop.StringFixed(cents), To: a.net.StringFixed(cents), Amount: inside,
				Sentence: fmt.Sprintf("The shop's prices contain the tax: %s of %s are %s and %s of tax.", a.field, a.shop.StringFixed(cents), a.net.StringFixed(cents), inside.StringFixed(cents))})
		}
	}
}

// part is the sum of the lines of one part.
func (d *draft) part(p Part) decimal.Decimal {
	total := decimal.Zero
	for _, l := range d.doc.Lines {
		if l.Part == p {
			total = total.Add(l.Amount)
		}
	}
	return total
}

// total predicts QuickBooks' tax, adds the rounding line if the rules allow it
// (Q26), fills in parts and total, and checks each against the order (I2).
func (d *draft) total(f figures) *outcome {
	predicted := decimal.Zero
	if d.books.Company.SalesTax && !d.order.Tax.IsZero() && d.taxLine == "" {
		rates, problem := d.books.taxRates(d.books.items[d.doc.TaxItem.ListID])
		if problem != "" {
			return attention(TaxUnmapped, "Correct the tax group in QuickBooks.", "%s", sentence(problem))
		}
		predicted = predictTax(d.taxedSum(), rates)
	}
	if difference := d.order.Tax.Sub(predicted); d.taxLine == "" && !difference.IsZero() {
		if difference.Abs().GreaterThan(d.rules.RoundingLimit) {
			return attention(TaxDiffers, "Look at the taxes of this order in the shop. Enter it in QuickBooks by hand and link it, or raise the rule rounding-limit.",
				"The shop charged %s of tax, QuickBooks would compute %s on %s: a difference of %s, and the rules allow %s.",
				d.order.Tax.StringFixed(cents), predicted.StringFixed(cents), d.taxedSum().StringFixed(cents), difference.StringFixed(cents), d.rules.RoundingLimit.StringFixed(cents))
		}
		if out := d.charge(Rounding, d.rules.RoundingItem, "rounding-item", "Rounding of sales tax", difference, false); out != nil {
			return out
		}
		d.adjust(Adjustment{Cause: "rounding", Field: "tax", From: d.order.Tax.StringFixed(cents), To: predicted.StringFixed(cents), Amount: difference,
			Sentence: fmt.Sprintf("The shop charged %s of tax, QuickBooks computes %s; a rounding line carries the %s.", d.order.Tax.StringFixed(cents), predicted.StringFixed(cents), difference.StringFixed(cents))})
	}
	d.doc.Tax = predicted
	d.sumParts()
	if len(d.doc.Lines) == 0 {
		return attention(NothingToPost, "Exclude the order.", "The order has no goods and no charges: there is nothing to write.")
	}
	return d.selfCheck(f)
}

// sumParts fills in the parts and the total of the document's lines and tax.
func (d *draft) sumParts() {
	d.doc.Parts = map[Part]decimal.Decimal{}
	d.doc.Total = d.doc.Tax
	if !d.doc.Tax.IsZero() {
		d.doc.Parts[Tax] = d.doc.Tax
	}
	for _, l := range d.doc.Lines {
		d.doc.Parts[l.Part] = d.doc.Parts[l.Part].Add(l.Amount)
		d.doc.Total = d.doc.Total.Add(l.Amount)
	}
}

// taxedSum is the sum of the lines with a taxable code.
func (d *draft) taxedSum() decimal.Decimal {
	taxable := d.lineCode(true)
	total := decimal.Zero
	for _, l := range d.doc.Lines {
		if l.TaxCode == taxable {
			total = total.Add(l.Amount)
		}
	}
	return total
}

// wrong stops a document that is not the order's.
func wrong(what string, got, want decimal.Decimal) *outcome {
	return attention(SelfCheck, "This is a mistake of the program: report it with this order. Enter the order in QuickBooks by hand and link it.",
		"The %s of the planned document would be %s, but the order's is %s.", what, got.StringFixed(cents), want.StringFixed(cents))
}

// selfCheckLater holds a document that follows another against the amount that
// was paid or given back, and its total against its own lines as QuickBooks will
// add them up.
func (d *draft) selfCheckLater(amount decimal.Decimal) *outcome {
	if !d.doc.Total.Equal(amount) {
		return wrong("total", d.doc.Total, amount)
	}
	if len(d.doc.Lines) == 0 {
		return nil
	}
	total, tax := decimal.Zero, decimal.Zero
	for _, l := range d.doc.Lines {
		total = total.Add(l.Amount)
	}
	if item := d.books.items[d.doc.TaxItem.ListID]; item != nil {
		rates, problem := d.books.taxRates(item)
		if problem != "" {
			return attention(TaxUnmapped, "Correct the tax group in QuickBooks.", "%s", sentence(problem))
		}
		tax = predictTax(d.books.TaxedSum(d.doc), rates)
	}
	if !total.Add(tax).Equal(amount) {
		return attention(RefundUnclear, "Enter the credit memo and the refund in QuickBooks by hand, then run: qbridge accept.",
			"The credit memo for the whole sale would come to %s in QuickBooks today, but %s were given back: the tax item %s was changed.", total.Add(tax).StringFixed(cents), amount.StringFixed(cents), d.doc.TaxItem.Name)
	}
	return nil
}

// selfCheck holds the finished document against the shop's own totals, not
// against the figures it was made of. A mistake of ours must stop here.
func (d *draft) selfCheck(f figures) *outcome {
	o, doc := d.order, d.doc
	if !doc.Total.Equal(d.shop.Total) {
		return wrong("total", doc.Total, d.shop.Total)
	}
	if tax := doc.Parts[Tax].Add(doc.Parts[Rounding]); !tax.Equal(o.Tax) {
		return wrong("tax", tax, o.Tax)
	}
	s := o.Split()
	insideGoods := decimal.Zero // the tax inside, by the shop's word for it
	for _, g := range f.goods {
		insideGoods = insideGoods.Add(g.tax)
	}
	insideShipping, insideOther := f.shipping.tax.Add(f.handling.tax), decimal.Zero
	for _, c := range f.surcharges {
		insideOther = insideOther.Add(c.tax)
	}
	if f.mode != order.TaxInside {
		insideGoods, insideShipping, insideOther = decimal.Zero, decimal.Zero, decimal.Zero
		if goods := doc.Parts[Goods].Add(doc.Parts[CardSold]); !goods.Equal(s.Goods) {
			return wrong("goods", goods, s.Goods)
		}
	}
	cards := decimal.Zero
	for i, l := range o.Lines {
		if l.GiftCard {
			cards = cards.Add(f.goods[i].shop)
		}
	}
	for _, c := range []struct {
		what      string
		got, want decimal.Decimal
	}{
		{"gift cards sold", doc.Parts[CardSold], cards},
		{"gift card redeemed", doc.Parts[GiftCard], o.GiftCard.Neg()},
		{"store credit", doc.Parts[StoreCredit], d.shop.Total.Sub(d.difference).Sub(o.Total)},
		{"difference", doc.Parts[Difference], d.difference},
		{"goods less discounts", doc.Parts[Goods].Add(doc.Parts[CardSold]).Add(doc.Parts[Discount]), s.Goods.Sub(s.Promotions).Sub(s.Coupon).Sub(insideGoods)},
		{"shipping and handling", doc.Parts[Shipping].Add(doc.Parts[Handling]), s.Shipping.Add(s.Handling).Sub(insideShipping)},
		{"surcharges and tips", doc.Parts[Surcharge].Add(doc.Parts[Tip]), s.Surcharges.Sub(insideOther)},
	} {
		if !c.got.Equal(c.want) {
			return wrong(c.what, c.got, c.want)
		}
	}
	return nil
}
