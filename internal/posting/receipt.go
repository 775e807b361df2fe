package posting

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"

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
		if out != nil {
			return out
		}
		quantity := decimal.NewFromInt(l.Quantity)
		line := Line{Item: item, Desc: d.goodsDesc(i, l, item), Quantity: &quantity, Amount: g.net, TaxCode: d.lineCode(g.taxed), Part: part}
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
	cut, _ := qbxml.Cut(desc, d.limit("SalesReceiptAdd", "SalesReceiptLineAdd/Desc"))
	d.doc.Lines = append(d.doc.Lines, Line{Item: itemRef(it), Desc: cut, Amount: amount, TaxCode: d.lineCode(taxed), Part: part})
	return nil
}

// goodsDesc is the name, what the buyer chose, and the SKU when the item isn't
// named after it.
func (d *draft) goodsDesc(i int, l order.Line, item Ref) string {
	desc := l.Name + options(l)
	if l.SKU != "" && Fold(item.Name) != Fold(l.SKU) {
		desc += ", SKU " + l.SKU
	}
	what := fmt.Sprintf("description of line %d", i+1)
	text := d.text(what, desc, true)
	cut, shortened := qbxml.Cut(text, d.limit("SalesReceiptAdd", "SalesReceiptLineAdd/Desc"))
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
	d.doc.Parts = map[Part]decimal.Decimal{}
	d.doc.Total = predicted
	if !predicted.IsZero() {
		d.doc.Parts[Tax] = predicted
	}
	for _, l := range d.doc.Lines {
		d.doc.Parts[l.Part] = d.doc.Parts[l.Part].Add(l.Amount)
		d.doc.Total = d.doc.Total.Add(l.Amount)
	}
	if len(d.doc.Lines) == 0 {
		return attention(NothingToPost, "Exclude the order.", "The order has no goods and no charges: there is nothing to write.")
	}
	return d.selfCheck(f)
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

// selfCheck holds the finished document against the shop's own totals, not
// against the figures it was made of. A mistake of ours must stop here.
func (d *draft) selfCheck(f figures) *outcome {
	o, doc := d.order, d.doc
	wrong := func(what string, got, want decimal.Decimal) *outcome {
		return attention(SelfCheck, "This is a mistake of the program: report it with this order. Enter the order in QuickBooks by hand and link it.",
			"The %s of the planned document would be %s, but the order's is %s.", what, got.StringFixed(cents), want.StringFixed(cents))
	}
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

// refNumber is the order's number as QuickBooks can hold it; the key's digits
// when nothing of the number can be read there.
func (d *draft) refNumber() string {
	if stored, _ := qbxml.Text(d.order.ID, false); strings.ContainsFunc(stored, readable) {
		number, _ := d.unique("SalesReceiptAdd", "RefNumber", "order number", d.order.ID)
		return number
	}
	digits := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, string(d.order.Key))
	number := qbxml.CutUnique(given(digits, mark(string(d.order.Key), 8)), d.limit("SalesReceiptAdd", "RefNumber"))
	d.adjust(Adjustment{Cause: string(qbxml.Replaced), Field: "order number", From: d.order.ID, To: number,
		Sentence: fmt.Sprintf("QuickBooks can hold nothing of the order number %q; it is written %q.", d.order.ID, number)})
	return number
}

func readable(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// header fills in numbers, addresses and the memo.
func (d *draft) header() *outcome {
	o := d.order
	d.doc.RefNumber = d.refNumber()
	if o.TransactionID != "" {
		check, same := d.unique("SalesReceiptAdd", "CheckNumber", "transaction number", o.TransactionID)
		d.doc.CheckNumber = check
		if !same {
			d.notes = append(d.notes, "transaction "+o.TransactionID)
		}
	}
	billing := o.Billing
	if billing.Empty() {
		billing = o.Shipping
	}
	var rest []string
	d.doc.BillTo, rest = d.address("SalesReceiptAdd", "BillAddress", billing)
	d.notes = append(d.notes, rest...)
	d.doc.ShipTo, rest = d.address("SalesReceiptAdd", "ShipAddress", o.Shipping)
	d.notes = append(d.notes, rest...)
	if method := d.books.shipping[Fold(o.ShippingMethod)]; method != nil && method.Active {
		d.doc.ShipMethod = Ref{ListID: method.ListID, Name: method.Name}
	} else if Fold(o.ShippingMethod) != "" && o.ShipCharge.Amount.IsZero() { // no line says it
		d.notes = append(d.notes, "shipping: "+o.ShippingMethod)
		d.adjust(Adjustment{Cause: "moved to memo", Field: "shipping method", From: o.ShippingMethod,
			Sentence: fmt.Sprintf("QuickBooks has no active shipping method %q; the memo names it.", o.ShippingMethod)})
	}
	d.memo()
	return nil
}

// memo is the marker, the shop's own number, and what has no field of its own.
func (d *draft) memo() {
	o := d.order
	texts := []string{"order " + o.ID}
	for _, t := range []struct{ label, text string }{
		{"PO ", o.PONumber}, {"coupon ", o.CouponCode}, {"tax ID ", o.TaxID}, {"buyer's note: ", o.Comments},
	} {
		if t.text != "" {
			texts = append(texts, t.label+t.text)
		}
	}
	note := d.text("memo", strings.Join(append(texts, d.notes...), " | "), false)
	if len(markers(note)) > 0 { // somebody's text must not pass for a marker of ours
		note = strings.ReplaceAll(note, "Ecwid ", "Ecwid, ")
		d.adjust(Adjustment{Cause: "marker", Field: "memo", From: "Ecwid ", To: "Ecwid, ", Sentence: "The buyer's text looked like a marker of ours and was changed."})
	}
	memo := d.doc.Marker + " | " + note
	cut, shortened := qbxml.Cut(memo, d.limit("SalesReceiptAdd", "Memo"))
	if shortened {
		d.adjust(Adjustment{Cause: "shortened", Field: "memo", From: memo, To: cut, Sentence: fmt.Sprintf("The memo is cut to the %d characters QuickBooks holds; the shop has the whole.", d.limit("SalesReceiptAdd", "Memo"))})
	}
	d.doc.Memo = cut
}

// encodable lets the encoder see what will be sent, so that what QuickBooks
// would refuse is known now and not at hand-out (I5).
func (d *draft) encodable() *outcome {
	cure := "Correct that text in the shop, or enter the order in QuickBooks by hand and link it."
	if d.doc.RefNumber == "" { // a document is looked for by its number before it is written
		return attention(TooLong, cure, "The document would have no number.")
	}
	set := qbxml.Set{OnError: qbxml.ContinueOnError, NewID: "0"}
	for i, row := range d.rows {
		set.Requests = append(set.Requests, qbxml.Request{ID: "row" + strconv.Itoa(i), Body: row.Add.Body()})
	}
	receipt, err := d.doc.Receipt(func(string) (string, bool) { return "80000001-1000000000", true })
	if err == nil {
		set.Requests = append(set.Requests, qbxml.Request{ID: "receipt", Body: receipt})
		version := d.books.Company.Version
		if version == (qbxml.Version{}) {
			version = qbxml.Newest()
		}
		_, err = set.Encode(version, d.books.Company.Edition)
	}
	if err == nil {
		return nil
	}
	reason := err.Error()
	if refused, ok := errors.AsType[*qbxml.FieldError](err); ok && refused.Value != "" {
		reason = fmt.Sprintf("%s (%q)", refused.Error(), refused.Value)
	}
	return attention(TooLong, cure, "QuickBooks would refuse the document: %s", reason)
}

// Body is the one request of a ListAdd; nil when there is none.
func (a ListAdd) Body() qbxml.Body {
	switch {
	case a.Customer != nil:
		return a.Customer
	case a.ItemNonInventory != nil:
		return a.ItemNonInventory
	case a.ItemService != nil:
		return a.ItemService
	case a.ItemOtherCharge != nil:
		return a.ItemOtherCharge
	case a.PaymentMethod != nil:
		return a.PaymentMethod
	case a.ShipMethod != nil:
		return a.ShipMethod
	}
	return nil
}

// Body is the request that writes the document, whatever its kind. listID and
// the errors are those of Receipt.
func (d Document) Body(listID func(row string) (string, bool)) (qbxml.Body, error) {
	if d.Kind != SalesReceipt {
		return nil, fmt.Errorf("document %s is of the kind %q, which this version can't write", d.RefNumber, d.Kind)
	}
	return d.Receipt(listID)
}

// Receipt is the request that writes the document. listID tells the ListID that
// QuickBooks gave to the row of a key. It fails when such a row has none yet,
// and when a tax reference is missing on a document with others: nothing is
// left to a default of the file. A document without TaxItem is one for a file
// without sales tax and has no tax references at all (Q28).
func (d Document) Receipt(listID func(row string) (string, bool)) (qbxml.SalesReceiptAdd, error) {
	var problem error
	ref := func(what string, r Ref, needed bool) *qbxml.Ref {
		id := r.ListID
		if id == "" && r.Row != "" {
			known := false
			if id, known = listID(r.Row); !known {
				problem = errors.Join(problem, fmt.Errorf("the %s %q of document %s is not in QuickBooks yet", what, r.Name, d.RefNumber))
			}
		}
		if id == "" {
			if needed && r.Row == "" {
				problem = errors.Join(problem, fmt.Errorf("document %s has no %s", d.RefNumber, what))
			}
			return nil
		}
		return qbxml.RefID(id)
	}
	taxed := d.TaxItem != Ref{}
	receipt := qbxml.SalesReceiptAdd{
		CustomerRef: ref("customer", d.Customer, true),
		TxnDate:     qbxml.Date(d.Date), RefNumber: d.RefNumber, Memo: d.Memo,
		BillAddress: d.BillTo.element(), ShipAddress: d.ShipTo.element(),
		CheckNumber:      d.CheckNumber,
		PaymentMethodRef: ref("payment method", d.PaymentMethod, false), ShipMethodRef: ref("ship method", d.ShipMethod, false),
		DepositToAccountRef: ref("deposit-to account", d.DepositTo, true),
		ItemSalesTaxRef:     ref("tax item", d.TaxItem, taxed), CustomerSalesTaxCodeRef: ref("customer tax code", d.CustomerTax, taxed),
		IsToBePrinted: qbxml.Bool(false), IsToBeEmailed: qbxml.Bool(false), IsPending: qbxml.Bool(d.Pending),
	}
	for i, l := range d.Lines {
		receipt.Lines = append(receipt.Lines, qbxml.SalesReceiptLineAdd{
			ItemRef: ref(fmt.Sprintf("item of line %d", i+1), l.Item, true), Desc: l.Desc,
			Quantity: l.Quantity, Rate: l.Rate, Amount: qbxml.Amount(l.Amount),
			SalesTaxCodeRef: ref(fmt.Sprintf("tax code of line %d", i+1), l.TaxCode, taxed && l.Part != Tax),
		})
	}
	if problem != nil {
		return qbxml.SalesReceiptAdd{}, problem
	}
	return receipt, nil
}
