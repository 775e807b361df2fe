package ecwid

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // Windows has no time zones of its own, and a wrong zone is a wrong date in the books
	"unicode"

	"github.com/shopspring/decimal"

	"qbridge/internal/order"
)

// Decode reads one order of the shop's JSON (ecwid.md 4). It is pure: the same
// JSON and profile give the same order.
//
// Amounts are read exactly, but that one within 1e-9 of a cent is that cent: the
// shop computes with doubles, and 10.000000000000002 is 10. One that is not a
// number is an error that names the field, and so is an order without items,
// total, number or date. Everything else may be missing. Statuses that are not
// known are kept as they are. With an error comes what identifies the order, as
// far as that can be read, so that it is the same order when the shop gives it
// rightly.
func Decode(raw json.RawMessage, p Profile) (order.Order, error) {
	n, err := parse(raw, "the order")
	if err != nil {
		return order.Order{}, err
	}
	o := order.Order{StoreID: p.StoreID, Currency: p.Currency, Precision: p.Precision}
	o.Key, o.ID = identity(n)
	if n.read.err == nil && o.Key == "" {
		n.read.err = errors.New("the order cannot be read: it has neither id nor number; it may be a cart or a subscription")
	}
	n.read.what = "order " + o.ID
	for _, name := range []string{"items", "total"} {
		if !n.has(name) && n.read.err == nil {
			n.read.err = fmt.Errorf("order %s cannot be read: its field %s is missing", o.ID, name)
		}
	}
	readFacts(n, &o)
	readMoney(n, &o)
	if err := readDate(n, &o, p); err != nil && n.read.err == nil {
		n.read.err = err
	}
	if n.read.err != nil {
		return order.Order{StoreID: o.StoreID, Key: o.Key, ID: o.ID, Currency: o.Currency, Precision: o.Precision, Created: o.Created, Updated: o.Updated}, n.read.err
	}
	chooseShipping(n, &o)
	return o, nil
}

// identity gives the order's key and the number that people see (ecwid.md 2).
// The number alone is never the key while something better is there, because
// shops start their numbering anew.
func identity(n node) (order.Key, string) {
	internal, id, number, vendor := n.whole("internalId"), n.text("id"), n.number("orderNumber"), n.text("vendorOrderNumber")
	var key order.Key
	switch {
	case internal != 0:
		key = order.Key("i:" + strconv.FormatInt(internal, 10))
	case id != "":
		key = order.Key("d:" + id)
	case number != 0:
		key = order.Key("n:" + strconv.FormatInt(number, 10))
	case vendor != "":
		key = order.Key("d:" + vendor) // the twin of id in old shops
	}
	switch {
	case id != "":
		return key, id
	case vendor != "":
		return key, vendor
	case number != 0:
		return key, strconv.FormatInt(number, 10)
	}
	return key, strings.TrimPrefix(string(key), "i:")
}

// readDate reads the times. An order without the time of its placing has no
// date for the books.
func readDate(n node, o *order.Order, p Profile) error {
	o.Created, o.Updated = n.when("createDate", "createTimestamp"), n.when("updateDate", "updateTimestamp")
	if o.Updated.IsZero() {
		o.Updated = o.Created
	}
	if o.Created.IsZero() {
		return fmt.Errorf("order %s cannot be read: it does not say when it was placed", o.ID)
	}
	if p.Currency == "" {
		return fmt.Errorf("order %s cannot be read: the shop's currency is not known; read the shop's profile first", o.ID)
	}
	// LoadLocation would take "" for UTC and "Local" for this PC's zone.
	if p.Timezone == "" || p.Timezone == "Local" {
		return fmt.Errorf("order %s cannot be dated: the shop gives no time zone; set one in the settings", o.ID)
	}
	place, err := Zone(p.Timezone)
	if err != nil {
		return fmt.Errorf("order %s cannot be dated: the shop's time zone %q is not known; set one in the settings: %w", o.ID, p.Timezone, err)
	}
	o.Date = o.Created.In(place).Format(time.DateOnly) // ecwid.md 4.1
	for i, r := range o.Refunds {
		if !r.Date.IsZero() {
			o.Refunds[i].Day = r.Date.In(place).Format(time.DateOnly)
		}
	}
	return nil
}

// readFacts reads everything that is not money.
func readFacts(n node, o *order.Order) {
	o.Payment = order.PaymentStatus(strings.ToUpper(n.text("paymentStatus")))
	o.Fulfillment = strings.ToUpper(n.text("fulfillmentStatus"))
	o.Email = n.text("email")
	o.CustomerID = n.number("customerId")
	o.Billing, o.Shipping = person(n.object("billingPerson")), person(n.object("shippingPerson"))
	o.Masked = masked(o.Billing, o.Shipping, o.Email)
	o.PricesInclude = n.flag("pricesIncludeTax")
	o.TaxExempt = n.hint("customerTaxExempt")
	o.TaxID, o.TaxIDValid = n.text("customerTaxId"), n.hint("customerTaxIdValid")
	o.ReverseCharge = n.hint("reversedTaxApplied")
	o.PaymentMethod, o.PaymentModule = n.text("paymentMethod"), n.text("paymentModule")
	o.TransactionID = n.text("externalTransactionId", "extTransactionId")
	o.PONumber = poNumber(n.detail("paymentParams"))
	o.Comments, o.PrivateNotes = n.text("orderComments"), n.text("privateAdminNotes")
	coupon := n.detail("discountCoupon")
	o.CouponCode, o.CouponType = coupon.text("code"), strings.ToUpper(coupon.text("discountType"))
	for _, d := range n.objects("discountInfo") {
		o.DiscountBases = append(o.DiscountBases, strings.ToUpper(d.text("base")))
	}
	o.CustomerGroup = n.text("customerGroup")
	o.Hidden = n.yes("hidden")
	o.ExternalChannel, o.ExternalID = channel(n)
	o.Fields = extraFields(n)

	ship := n.object("shippingOption")
	o.ShippingMethod = ship.text("shippingMethodName")
	o.Pickup = ship.hint("isPickup") || strings.EqualFold(ship.text("fulfillmentType"), "PICKUP")
	o.TrackingNumber = n.text("trackingNumber")
	for _, s := range n.objects("shipments") {
		if o.TrackingNumber == "" {
			o.TrackingNumber = s.detail("tracking").text("trackingNumber")
		}
	}
}

func person(n node) order.Person {
	p := order.Person{
		Name: n.text("name"), First: n.text("firstName"), Last: n.text("lastName"), Company: n.text("companyName"),
		City:  n.text("city"),
		State: n.text("stateOrProvinceName"), StateCode: n.text("stateOrProvinceCode"),
		PostalCode: n.text("postalCode"),
		Country:    n.text("countryName"), CountryCode: strings.ToUpper(n.text("countryCode")),
		Phone: n.text("phone"),
	}
	for line := range strings.Lines(n.text("street")) { // any count of lines, ecwid.md 4.7
		if line = strings.TrimSpace(line); line != "" {
			p.Street = append(p.Street, line)
		}
	}
	return p
}

// masked finds the shop's mark for hidden buyers in any field, in any case, and
// behind marks of direction. What stands beside it is translated (ecwid.md 1.2).
func masked(billing, shipping order.Person, email string) bool {
	fields := []string{email}
	for _, p := range []order.Person{billing, shipping} {
		fields = append(fields, p.Name, p.First, p.Last, p.Company, p.City, p.State, p.StateCode, p.PostalCode, p.Country, p.CountryCode, p.Phone)
		fields = append(fields, p.Street...)
	}
	return slices.ContainsFunc(fields, func(f string) bool {
		shown := strings.Map(func(r rune) rune {
			if unicode.Is(unicode.Cf, r) {
				return -1
			}
			return unicode.ToUpper(r)
		}, f)
		return strings.Contains(shown, "[DEMO]")
	})
}

// poNumber finds the buyer's purchase order number. The names of payment
// parameters are the shopkeeper's and vary in case and punctuation.
func poNumber(params node) string {
	for _, want := range []string{"ponumber", "purchaseordernumber", "po"} {
		for name := range params.fields {
			bare := strings.Map(func(r rune) rune {
				if r >= 'a' && r <= 'z' {
					return r
				}
				return -1
			}, strings.ToLower(name))
			if bare == want && params.text(name) != "" {
				return params.text(name)
			}
		}
	}
	return ""
}

// channel says where an order was made that another system brought into the
// shop: a till's sales may be in the books already (ecwid.md 11).
func channel(n node) (name, id string) {
	data := n.detail("externalOrderData")
	id = data.text("externalOrderId")
	if id == "" {
		id = n.text("externalOrderId")
	}
	name = data.text("refererChannel", "refererId")
	if name == "" && (id != "" || n.hint("externalFulfillment") || data.hint("externalFulfillment")) {
		if name = n.text("refererId"); name == "" {
			name = "external"
		}
	}
	return name, id
}

// extraFields are the checkout's fields of the shop's own making: those with a
// title, then those that only the older map of names and values has.
func extraFields(n node) (all []order.Field) {
	for _, f := range n.objects("orderExtraFields") {
		if value := f.text("value"); value != "" {
			all = append(all, order.Field{ID: f.text("id"), Title: f.text("title"), Value: value})
		}
	}
	older := n.detail("extraFields")
	for _, id := range slices.Sorted(maps.Keys(older.fields)) {
		known := slices.ContainsFunc(all, func(f order.Field) bool { return f.ID == id })
		if value := older.text(id); value != "" && !known {
			all = append(all, order.Field{ID: id, Value: value})
		}
	}
	return all
}

// readMoney reads every amount (ecwid.md 4.2, 4.6).
func readMoney(n node, o *order.Order) {
	for _, item := range n.list("items") {
		o.Lines = append(o.Lines, line(item))
	}
	o.Subtotal, o.Tax, o.Total = n.money("subtotal"), n.money("tax"), n.money("total")
	// Volume, membership and custom discounts are parts of this one.
	o.Discount, o.CouponDiscount = n.money("discount"), n.money("couponDiscount")
	o.GiftCard, o.GiftCardTwice = n.money("giftCardRedemption"), n.yes("giftCardDoubleSpending")
	o.Loyalty, o.StoreCredit = redeemed(n.object("loyalty")), redeemed(n.object("storeCredit"))

	o.ShipTaxes = taxes(n.list("taxesOnShipping"), onShipping)
	ship := n.object("shippingOption")
	o.ShipCharge = order.Charge{Name: o.ShippingMethod, Amount: ship.money("shippingRate")}
	o.ShipCharge.Net = either(ship, "shippingRateWithoutTax", o.ShipCharge.Amount)
	inLines := taxOnShipping(o.Lines)
	if inLines.IsZero() { // else the order's list repeats what the lines hold: ecwid.md 5.3
		o.ShipCharge.Taxes = o.ShipTaxes
	}
	o.ShipCharge.Taxable = !inLines.IsZero() || taxed(o.ShipTaxes)

	fee := n.object("handlingFee")
	o.Handling = order.Charge{
		Name: fee.text("name"), Description: fee.text("description"),
		Amount: fee.money("value"), Taxes: taxes(fee.list("taxes"), onFee),
	}
	o.Handling.Net = either(fee, "valueWithoutTax", o.Handling.Amount)
	o.Handling.Taxable = taxed(o.Handling.Taxes)

	for _, s := range n.list("customSurcharges") {
		c := order.Charge{
			ID: s.text("id"), Name: s.text("id"), Description: s.text("description"),
			Amount: s.money("total"), Taxable: s.hint("taxable"), Taxes: taxes(s.list("taxes"), onFee),
		}
		if strings.EqualFold(c.ID, "tips") {
			c.ID = "tips"
		}
		c.Net = either(s, "totalWithoutTax", c.Amount)
		o.Surcharges = append(o.Surcharges, c)
	}
	for _, r := range n.list("refunds") {
		date, _ := parseTime(r.text("date")) // zero when it is none: no amount hangs on it
		o.Refunds = append(o.Refunds, order.Refund{
			Date: date, Source: r.text("source"), Reason: r.text("reason"), Amount: r.money("amount"),
		})
	}
	o.RefundedAmount = n.money("refundedAmount")
	if !n.has("refundedAmount") {
		for _, r := range o.Refunds {
			o.RefundedAmount = o.RefundedAmount.Add(r.Amount)
		}
	}
}

// either reads an amount that, when missing, equals another.
func either(n node, name string, otherwise decimal.Decimal) decimal.Decimal {
	if n.has(name) {
		return n.money(name)
	}
	return otherwise
}

// redeemed is what the buyer paid with points or credit.
func redeemed(n node) decimal.Decimal {
	r := n.object("redemption")
	if r.yes("cancelled") {
		return decimal.Zero
	}
	return r.money("amount")
}

func line(n node) order.Line {
	l := order.Line{
		ID: n.number("id"), ProductID: n.number("productId"), CombinationID: n.number("combinationId"),
		SKU: n.text("sku"), Name: n.text("name"),
		Price: n.money("price"), Quantity: n.whole("quantity"),
		Coupon: n.money("couponAmount"), Tax: n.money("tax"), Taxes: taxes(n.list("taxes"), onGoods),
		GiftCard: n.yes("giftCard", "isGiftCard"), Digital: n.hint("digital"),
	}
	for _, d := range n.list("discounts") {
		l.Discount = l.Discount.Add(d.money("total"))
	}
	if told := n.flag("taxable"); told != nil {
		l.Taxable = *told
	} else {
		l.Taxable = !l.Tax.IsZero() || taxed(l.Taxes) // old payloads say nothing
	}
	for _, option := range n.list("selectedOptions") {
		l.Options = append(l.Options, order.Option{Name: option.text("name"), Value: optionValue(option)})
	}
	for _, c := range n.objects("compositeComponents") {
		l.Components = append(l.Components, order.Component{ProductID: c.number("productId"), SKU: c.text("sku"), Name: c.text("name"), Quantity: max(c.number("quantity"), 1)})
	}
	return l
}

// optionValue is what the buyer chose, several choices with commas.
func optionValue(n node) string {
	if value := n.text("value"); value != "" {
		return value
	}
	var values []string
	if all, ok := n.fields["valuesArray"].([]any); ok {
		for _, v := range all {
			if text, ok := v.(string); ok && text != "" {
				values = append(values, text)
			}
		}
	}
	// Swatches and files may have nothing but these (ecwid.md 4.6).
	for _, f := range []struct{ list, name string }{{"selections", "selectionTitle"}, {"files", "name"}} {
		if len(values) > 0 {
			break
		}
		for _, n := range n.objects(f.list) {
			if text := n.text(f.name); text != "" {
				values = append(values, text)
			}
		}
	}
	return strings.Join(values, ", ")
}

// base says what a tax is on when the shop does not split it.
type base int

const (
	onGoods base = iota
	onShipping
	onFee
)

func taxes(nodes []node, on base) []order.Tax {
	var all []order.Tax
	for _, n := range nodes {
		t := order.Tax{
			Name: n.text("name"), Rate: n.money("value"), Total: n.money("total"),
			OnShipping: n.money("taxOnShipping"), OnHandling: n.money("taxOnHandlingFee"),
			Included: n.hint("includeInPrice"), Jurisdiction: strings.ToUpper(n.text("taxType")),
		}
		switch on {
		case onShipping:
			t.OnShipping = t.Total
		case onFee:
			t.OnHandling = t.Total
		default:
			t.OnGoods = either(n, "taxOnDiscountedSubtotal", t.Total.Sub(t.OnShipping).Sub(t.OnHandling))
		}
		all = append(all, t)
	}
	return all
}

func taxed(taxes []order.Tax) bool {
	for _, t := range taxes {
		if !t.Total.IsZero() {
			return true
		}
	}
	return false
}

func taxOnShipping(lines []order.Line) decimal.Decimal {
	var sum decimal.Decimal
	for _, l := range lines {
		for _, t := range l.Taxes {
			sum = sum.Add(t.OnShipping)
		}
	}
	return sum
}

// chooseShipping takes the shipping after promotions when the order adds up
// only with it: which of the two the total holds is not documented (ecwid.md 4.2).
func chooseShipping(n node, o *order.Order) {
	ship := n.object("shippingOption")
	if !ship.has("discountedShippingRate") || order.Prove(*o).Holds {
		return
	}
	other := *o
	other.ShipCharge.Amount = ship.money("discountedShippingRate")
	other.ShipCharge.Net = other.ShipCharge.Amount.Sub(o.ShipCharge.Amount.Sub(o.ShipCharge.Net))
	if order.Prove(other).Holds {
		other.Notes = append(other.Notes, fmt.Sprintf("shipping is %s after the shop's shipping promotion, before it %s.",
			other.ShipCharge.Amount.StringFixed(o.Precision), o.ShipCharge.Amount.StringFixed(o.Precision)))
		*o = other
	}
}
