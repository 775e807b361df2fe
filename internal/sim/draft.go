package sim

import (
	"encoding/json"
	"strings"
	"time"
)

// A draft is an order being written: what the kind chose, then what reckon made of it.
type draft struct {
	id                 string
	internalID         int64
	created, changed   time.Time
	status, fulfilment string
	buyer              buyer
	comments           string
	lines              []draftLine
	taxes              []TaxItem
	coupon             *coupon
	promotions         []promotion
	shippingName       string
	shipping           Cents
	shippingTaxed      bool
	handling, bagFee   Cents
	tipRate            int64 // of the goods, in 1/100000 percent
	gross, exempt      bool
	noShipping, pickup bool
	noBilling          bool
	refundPart         int64 // a refund of 1/n of the total
	giftCardPart       int64 // a gift card pays 1/n of the total
	wrongBy            Cents

	// Of the orders of Mixed only.
	method, module          string // of payment; "": a card through Stripe
	handlingTaxed, bagTaxed bool
	shippingTaxApart        bool  // listed for the order alone, in no line
	staleTax                Cents // what a person's edit left the tax too high
	reverseCharge           bool
	creditPart              int64 // store credit pays 1/n of the total
	points                  bool  // loyalty points do

	subtotal, tips, tax Cents
	promoted, couponed  Cents
	shippingTaxes       []Cents
	giftCard, total     Cents
	credit              Cents
	handlingTaxes       []Cents
	bagTaxes            []Cents
}

type draftLine struct {
	rates []TaxItem // instead of the order's; Mixed only

	product  product
	quantity int64
	options  [][2]string
	giftCard bool

	goods, coupon Cents
	promotions    []Cents // one per promotion of the order
	taxes         []Cents // one per tax of the order; nil when the line is not taxed
	shippingTaxes []Cents // the order's tax on shipping, carried by one line
}

// A coupon takes off a percentage or an amount, both with five decimals.
type coupon struct {
	code, kind string
	value      int64
}

// A promotion takes off a percentage or an amount, from all lines or, when line is not -1, from one.
type promotion struct {
	base, kind string
	value      int64
	line       int
}

func (l *draftLine) net() Cents {
	n := l.goods - l.coupon
	for _, p := range l.promotions {
		n -= p
	}
	return n
}

func share(kind string, value int64, of Cents) Cents {
	if kind == "PERCENT" {
		return taxOn(of, value)
	}
	return min(Cents(value/1000), of)
}

// reckon computes the order as Ecwid does: reductions spread over lines, tax per line and per tax, rounded half up (ecwid.md 5.3).
func (d *draft) reckon() {
	goods := make([]Cents, len(d.lines))
	for i := range d.lines {
		l := &d.lines[i]
		l.goods, _ = extend(l.product.price, l.quantity*100000)
		goods[i] = l.goods
		d.subtotal += l.goods
	}
	for _, p := range d.promotions {
		weights := goods
		if p.line >= 0 {
			weights = make([]Cents, len(goods))
			weights[p.line] = goods[p.line]
		}
		var of Cents
		for _, w := range weights {
			of += w
		}
		off := share(p.kind, p.value, of)
		d.promoted += off
		for i, s := range spread(off, weights) {
			d.lines[i].promotions = append(d.lines[i].promotions, s)
		}
	}
	if d.coupon != nil && d.coupon.kind == "SHIPPING" { // no line has a share of it
		d.couponed = d.shipping
	} else if d.coupon != nil {
		rest := make([]Cents, len(d.lines))
		for i := range d.lines {
			rest[i] = d.lines[i].net()
		}
		d.couponed = share(d.coupon.kind, d.coupon.value, d.subtotal-d.promoted)
		for i, s := range spread(d.couponed, rest) {
			d.lines[i].coupon = s
		}
	}
	d.reckonTax()
	if d.tipRate > 0 {
		d.tips = taxOn(d.subtotal, d.tipRate)
	}
	d.total = d.subtotal - d.promoted - d.couponed + d.shipping + d.handling + d.bagFee + d.tips
	if !d.gross {
		d.total += d.tax
	}
	if d.creditPart > 0 {
		d.credit = d.total / Cents(d.creditPart)
		d.total -= d.credit
	}
	if d.giftCardPart > 0 {
		d.giftCard = d.total / Cents(d.giftCardPart)
		d.total -= d.giftCard
	}
	d.total += d.wrongBy
}

func (d *draft) reckonTax() {
	if d.exempt || d.reverseCharge {
		d.taxes = nil
		for i := range d.lines {
			d.lines[i].rates = nil
		}
	}
	for i := range d.lines {
		l := &d.lines[i]
		if l.product.taxable {
			l.taxes = d.taxesOn(l.net(), d.ratesOf(l))
		}
	}
	if d.shippingTaxed {
		d.shippingTaxes = d.taxesOn(d.shipping-d.offShipping(), d.taxes)
		if carrier := d.carrier(); carrier != nil {
			carrier.shippingTaxes = d.shippingTaxes
		}
	}
	if d.handlingTaxed {
		d.handlingTaxes = d.taxesOn(d.handling, d.taxes)
	}
	if d.bagTaxed {
		d.bagTaxes = d.taxesOn(d.bagFee, d.taxes)
	}
	d.tax += d.staleTax
}

// taxesOn computes each tax on one amount, rounded by itself, and adds them to
// the order's.
func (d *draft) taxesOn(amount Cents, rates []TaxItem) []Cents {
	taxes, all := make([]Cents, 0, len(rates)), int64(0)
	for _, t := range rates {
		all += t.Rate
	}
	for _, t := range rates {
		tax := taxOn(amount, t.Rate)
		if d.gross { // ecwid.md 5.3, all of them contained in the amount
			tax = Cents(divRound(int64(amount)*t.Rate, percent100+all))
		}
		taxes = append(taxes, tax)
		d.tax += tax
	}
	return taxes
}

func (d *draft) ratesOf(l *draftLine) []TaxItem {
	if l.rates != nil {
		return l.rates
	}
	return d.taxes
}

// offShipping is what a coupon takes off shipping.
func (d *draft) offShipping() Cents {
	if d.coupon != nil && d.coupon.kind == "SHIPPING" {
		return d.couponed
	}
	return 0
}

// carrier is the line that carries the order's tax on shipping; nil when the
// order alone lists it.
func (d *draft) carrier() *draftLine {
	for i := range d.lines {
		if l := &d.lines[i]; l.product.taxable && l.rates == nil && !d.shippingTaxApart {
			return l
		}
	}
	return nil
}

// maxTaxGap is how far the shop's tax may be from what QuickBooks computes for the same sale.
const maxTaxGap Cents = 5

// taxGap is the difference between the shop's tax, rounded per line, and the same taxes rounded once on the whole.
func (d *draft) taxGap() Cents {
	var base Cents
	for i := range d.lines {
		if l := &d.lines[i]; l.product.taxable {
			base += l.net()
		}
	}
	if d.shippingTaxed {
		base += d.shipping
	}
	if d.gross {
		base -= d.tax
	}
	gap := d.tax
	for _, t := range d.taxes {
		gap -= taxOn(base, t.Rate)
	}
	return max(gap, -gap)
}

type fields = map[string]any

const ecwidTime = "2006-01-02 15:04:05 -0700"

// fields writes the order with every field the API gives in 2026.
func (d *draft) fields() fields {
	if d.changed.IsZero() {
		d.changed = d.created
	}
	if d.fulfilment == "" {
		d.fulfilment = "AWAITING_PROCESSING"
	}
	taxInGoods := Cents(0)
	if d.gross {
		taxInGoods = d.tax
	}
	o := fields{
		"id": d.id, "internalId": d.internalID, "orderNumber": d.internalID, "vendorOrderNumber": d.id, "publicUid": d.id,
		"subtotal": d.subtotal.number(), "subtotalWithoutTax": (d.subtotal - taxInGoods).number(),
		"total": d.total.number(), "totalWithoutTax": (d.total - d.tax).number(),
		"giftCardRedemption": d.giftCard.number(), "totalBeforeGiftCardRedemption": (d.total + d.giftCard).number(), "giftCardDoubleSpending": false,
		"email": d.buyer.email, "paymentMethod": "Credit or debit card", "paymentModule": "Stripe", "externalTransactionId": "pi_" + d.id,
		"tax": d.tax.number(), "customerTaxExempt": d.exempt, "customerTaxId": "", "customerTaxIdValid": false, "b2b_b2c": "b2c",
		"reversedTaxApplied": false, "customerRequestedInvoice": false, "customerFiscalCode": "", "electronicInvoicePecEmail": "", "electronicInvoiceSdiCode": "",
		"ipAddress": "203.0.113.7", "couponDiscount": d.couponed.number(), "paymentStatus": d.status, "fulfillmentStatus": d.fulfilment,
		"refererUrl": "https://store1003.example.com/products/", "globalReferer": "https://www.example.com/", "orderComments": d.comments,
		"volumeDiscount": d.promotedBy("SUBTOTAL").number(), "membershipBasedDiscount": d.promotedBy("ON_MEMBERSHIP").number(), "totalAndMembershipBasedDiscount": 0,
		"customDiscount": []any{}, "discount": d.promoted.number(), "usdTotal": d.total.number(), "customerId": d.customerID(),
		"createDate": d.created.Format(ecwidTime), "createTimestamp": d.created.Unix(), "updateDate": d.changed.Format(ecwidTime), "updateTimestamp": d.changed.Unix(),
		"customSurcharges": d.surcharges(), "items": d.items(), "taxesOnShipping": d.taxesOnShipping(), "refundedAmount": 0, "refunds": []any{},
		"predictedPackage": []any{}, "shippingLabelAvailableForShipment": false, "shipments": []any{}, "additionalInfo": fields{}, "paymentParams": fields{},
		"extraFields": fields{}, "ticket": -455011247, "hidden": false, "acceptMarketing": false, "disableAllCustomerNotifications": false,
		"externalFulfillment": false, "utmDataSets": []any{}, "invoices": []any{}, "pricesIncludeTax": d.gross, "lang": "en",
	}
	if d.method != "" {
		o["paymentMethod"] = d.method
		delete(o, "paymentModule")
		delete(o, "externalTransactionId")
		if d.module != "" {
			o["paymentModule"], o["externalTransactionId"] = d.module, "tx_"+d.id
		}
	}
	if d.reverseCharge {
		o["reversedTaxApplied"], o["customerTaxId"], o["customerTaxIdValid"] = true, "DE136695976", true
	}
	if d.handling != 0 {
		o["handlingFee"] = fields{"name": "Handling", "value": d.handling.number(), "valueWithoutTax": d.without(d.handling, d.handlingTaxes), "description": "", "taxes": d.listed(d.handlingTaxes)}
	}
	if d.giftCard != 0 {
		o["giftCardCode"], o["giftCardId"] = "GC-7Q2F-XXXX", 81234
	}
	if d.credit != 0 {
		kind := "storeCredit"
		if d.points {
			kind = "loyalty"
		}
		o[kind] = fields{"balance": 0, "redemption": fields{"id": "r" + d.id, "amount": d.credit.number(), "cancelled": false}}
	}
	if d.refundPart > 0 {
		amount := (d.total / Cents(d.refundPart)).number()
		o["refundedAmount"] = amount
		o["refunds"] = []any{fields{"date": d.changed.Format(ecwidTime), "source": "CP", "reason": "One piece broken", "amount": amount}}
	}
	if d.coupon != nil {
		o["discountCoupon"] = fields{
			"id": 215189589, "name": d.coupon.code, "code": d.coupon.code, "discountType": d.coupon.kind, "status": "ACTIVE", "discount": fixedNumber(d.coupon.value),
			"launchDate": "2026-01-01 00:00:00 +0000", "usesLimit": "UNLIMITED", "repeatCustomerOnly": false, "applicationLimit": "UNLIMITED",
			"creationDate": "2026-01-01 00:00:00 +0000", "updateDate": "2026-01-01 00:00:00 +0000", "orderCount": 3,
		}
	}
	if len(d.promotions) > 0 {
		var rules []any
		for _, p := range d.promotions {
			rules = append(rules, p.rule())
		}
		o["discountInfo"] = rules
	}
	if d.promotedBy("ON_MEMBERSHIP") != 0 {
		o["customerGroupId"], o["customerGroup"] = 12001, "Friends"
	}
	if !d.noBilling {
		o["billingPerson"] = d.buyer.person()
	}
	d.addShipping(o)
	return o
}

func (d *draft) addShipping(o fields) {
	if d.noShipping {
		return
	}
	option := fields{
		"shippingMethodId": "6589-1709547151586", "shippingMethodName": d.shippingName, "shippingRate": d.shipping.number(), "shippingRateWithoutTax": d.without(d.shipping, d.shippingTaxes),
		"estimatedTransitTime": "3-5", "isPickup": d.pickup, "fulfillmentType": "SHIPPING", "isShippingLimit": false,
	}
	o["shippingPerson"] = d.buyer.person()
	if d.pickup {
		option["fulfillmentType"] = "PICKUP"
		o["pickupTime"] = d.created.Add(26 * time.Hour).Format(ecwidTime)
		o["shippingPerson"] = d.buyer.nameOnly()
	} else if d.shipping > 0 {
		option["shippingCarrierName"] = "U.S.P.S."
	}
	o["shippingOption"] = option
}

func fixedNumber(n int64) json.Number { return json.Number(trimFixed(n, fiveDecimals)) }

func (d *draft) customerID() int64 {
	id := int64(271_000_000)
	for _, r := range d.buyer.email {
		id = 271_000_000 + (id*31+int64(r))%9_000_000
	}
	return id
}

func (d *draft) promotedBy(base string) Cents {
	var sum Cents
	for i, p := range d.promotions {
		if p.base != base {
			continue
		}
		for _, l := range d.lines {
			sum += l.promotions[i]
		}
	}
	return sum
}

func (p promotion) rule() fields {
	rule := fields{"value": fixedNumber(p.value), "type": p.kind, "base": p.base}
	if p.base == "SUBTOTAL" {
		rule["orderTotal"] = 1
	}
	return rule
}

func (d *draft) surcharges() []any {
	all := []any{}
	add := func(id, kind, about string, value json.Number, total Cents, taxes []Cents) {
		if total != 0 {
			all = append(all, fields{"id": id, "value": value, "type": kind, "total": total.number(), "totalWithoutTax": d.without(total, taxes),
				"description": about, "descriptionTranslated": about, "taxable": len(taxes) > 0, "taxes": d.listed(taxes)})
		}
	}
	add("tips", "PERCENT", "Tips", fixedNumber(d.tipRate), d.tips, nil)
	add("Custom Surcharge", "ABSOLUTE", "Bag fee", d.bagFee.number(), d.bagFee, d.bagTaxes)
	return all
}

// without is an amount without the taxes inside it.
func (d *draft) without(amount Cents, taxes []Cents) json.Number {
	if d.gross {
		for _, t := range taxes {
			amount -= t
		}
	}
	return amount.number()
}

// listed writes the order's taxes on one charge.
func (d *draft) listed(taxes []Cents) []any {
	all := []any{}
	for i, amount := range taxes {
		all = append(all, fields{"name": d.taxes[i].Name, "value": fixedNumber(d.taxes[i].Rate), "total": amount.number(), "includeInPrice": d.gross})
	}
	return all
}

func (d *draft) taxesOnShipping() []any {
	all := []any{}
	for i, amount := range d.shippingTaxes {
		all = append(all, fields{"name": d.taxes[i].Name, "value": fixedNumber(d.taxes[i].Rate), "total": amount.number()})
	}
	return all
}

func (d *draft) items() []any {
	all := make([]any, len(d.lines))
	for i := range d.lines {
		all[i] = d.item(i)
	}
	return all
}

func (d *draft) item(i int) fields {
	l := &d.lines[i]
	var tax Cents
	taxes := []any{}
	for j, onGoods := range l.taxes {
		var onShipping Cents
		if l.shippingTaxes != nil {
			onShipping = l.shippingTaxes[j]
		}
		tax += onGoods + onShipping
		taxes = append(taxes, d.itemTax(d.ratesOf(l), j, onGoods, onShipping))
	}
	discounts := []any{}
	for j, off := range l.promotions {
		if off != 0 {
			discounts = append(discounts, fields{"discountInfo": d.promotions[j].rule(), "total": off.number()})
		}
	}
	net := l.product.price
	if d.gross && l.product.taxable {
		price, all := Cents(divRound(l.product.price, 1000)), int64(0)
		for _, t := range d.ratesOf(l) {
			all += t.Rate
		}
		net = int64(price-taxInside(price, all)) * 1000
	}
	item := fields{
		"id": d.internalID*100 + int64(i), "productId": 700_000_000 + int64(i), "categoryId": 0, "price": fixedNumber(l.product.price), "priceWithoutTax": fixedNumber(net),
		"productPrice": fixedNumber(l.product.price), "quantity": l.quantity, "shortDescription": "", "tax": tax.number(), "shipping": 0, "quantityInStock": 25,
		"name": l.product.name, "nameTranslated": fields{"en": l.product.name}, "isShippingRequired": !l.product.digital && !l.giftCard, "weight": json.Number("0.5"), "trackQuantity": true,
		"fixedShippingRateOnly": false, "fixedShippingRate": 0, "digital": l.product.digital, "productAvailable": true, "couponApplied": l.coupon != 0,
		"taxes": taxes, "discounts": discounts, "dimensions": fields{"length": 0, "width": 0, "height": 0}, "discountsAllowed": true, "taxable": l.product.taxable,
		"giftCard": l.giftCard, "isCustomerSetPrice": false, "attributes": []any{},
	}
	if l.product.sku != "" {
		item["sku"] = l.product.sku
	} else {
		item["productId"] = 0
	}
	if l.coupon != 0 {
		item["couponAmount"] = l.coupon.number()
	}
	if len(l.options) > 0 {
		var options []any
		for _, o := range l.options {
			options = append(options, fields{"name": o[0], "type": "CHOICE", "value": o[1], "valuesArray": []any{o[1]},
				"selections": []any{fields{"selectionTitle": o[1], "selectionModifier": 0, "selectionModifierType": "ABSOLUTE"}}})
		}
		item["selectedOptions"], item["combinationId"] = options, 88_000_000+int64(i)
	}
	return item
}

func (d *draft) itemTax(rates []TaxItem, j int, onGoods, onShipping Cents) fields {
	t := rates[j]
	tax := fields{
		"name": t.Name, "value": fixedNumber(t.Rate), "total": (onGoods + onShipping).number(), "taxOnDiscountedSubtotal": onGoods.number(), "taxOnShipping": onShipping.number(),
		"includeInPrice": d.gross, "sourceTaxRateId": 947976181, "sourceTaxRateType": "MANUAL", "taxClassCode": "default",
	}
	if len(rates) >= 3 {
		tax["sourceTaxRateId"], tax["sourceTaxRateType"], tax["taxType"] = 0, "AUTO", []string{"STATE", "COUNTY", "CITY", "SPECIAL_DISTRICT"}[j]
	}
	return tax
}

func (b buyer) nameOnly() fields {
	p := fields{"name": b.name}
	if first, last, two := strings.Cut(b.name, " "); two {
		p["firstName"], p["lastName"] = first, last
	}
	return p
}

func (b buyer) person() fields {
	p := b.nameOnly()
	if b.company != "" {
		p["companyName"] = b.company
	}
	p["street"], p["city"], p["postalCode"], p["phone"] = b.street, b.city, b.postal, b.phone
	p["countryCode"], p["countryName"], p["stateOrProvinceCode"], p["stateOrProvinceName"] = "US", "United States", b.state, b.stateName
	return p
}
