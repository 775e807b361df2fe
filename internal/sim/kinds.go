package sim

// Kind names what is special about a generated order.
type Kind string

// The kinds of order the pretend shop receives; Mix says how many of each come in sixty and what they are for.
const (
	KindPlain            Kind = "plain"
	KindTaxGroup         Kind = "tax-group"
	KindSeveralLines     Kind = "several-lines"
	KindCouponPercent    Kind = "coupon-percent"
	KindCouponAbsolute   Kind = "coupon-absolute"
	KindPromotions       Kind = "promotions"
	KindItemDiscount     Kind = "item-discount"
	KindShippingTaxed    Kind = "shipping-taxed"
	KindShippingUntaxed  Kind = "shipping-untaxed"
	KindHandlingFee      Kind = "handling-fee"
	KindSurcharge        Kind = "surcharge"
	KindTips             Kind = "tips"
	KindGross            Kind = "gross"
	KindExempt           Kind = "exempt-customer"
	KindOutOfState       Kind = "out-of-state"
	KindAccents          Kind = "accents"
	KindBeyond1252       Kind = "beyond-windows-1252"
	KindLongName         Kind = "long-name"
	KindLongSKU          Kind = "long-sku"
	KindNamesakeFirst    Kind = "namesake-first"
	KindNamesakeSecond   Kind = "namesake-second"
	KindReturning        Kind = "returning-customer"
	KindVariations       Kind = "variations"
	KindFortyLines       Kind = "forty-lines"
	KindFractionalPrice  Kind = "fractional-price"
	KindDigital          Kind = "digital"
	KindPickup           Kind = "pickup"
	KindClosedPeriod     Kind = "closed-period"
	KindAwaiting         Kind = "awaiting-payment"
	KindCancelled        Kind = "cancelled-unpaid"
	KindPartlyRefunded   Kind = "partially-refunded"
	KindRefundedNothing  Kind = "refunded-without-amount"
	KindGiftCardRedeemed Kind = "gift-card-redeemed"
	KindGiftCardSold     Kind = "gift-card-sold"
	KindDoesNotAddUp     Kind = "does-not-add-up"
	KindMasked           Kind = "masked-buyer"
	KindUnknownStatus    Kind = "unknown-payment-status"
	KindNoEmail          Kind = "missing-email"
	KindNoBilling        Kind = "missing-billing-person"
	KindNoSKU            Kind = "item-without-sku"
	KindUnknownItem      Kind = "item-unknown-to-the-books"
	KindZeroTotal        Kind = "zero-total"
	KindVendorName       Kind = "name-of-vendor"
	KindLongNumber       Kind = "long-number"
)

// mixLength is after how many orders the mix of kinds begins anew.
const mixLength = 60

// KindShare says how many orders of a kind any 60 consecutive generated orders contain.
type KindShare struct {
	Kind  Kind
	Count int
	// Plain tells that the order is paid, in the home currency, adds up, and sells what the books hold or may take in.
	Plain bool
	About string
}

// Mix is the whole mix; the counts add up to 60.
func Mix() []KindShare {
	return []KindShare{
		{KindPlain, 6, true, "one line, one tax of 9.5 % on top"},
		{KindTaxGroup, 3, true, "state, county and city tax, each rounded per line"},
		{KindSeveralLines, 4, true, "three to six lines"},
		{KindCouponPercent, 2, true, "10 % coupon, spread over the lines to the cent"},
		{KindCouponAbsolute, 2, true, "coupon of a fixed amount"},
		{KindPromotions, 2, true, "volume and membership promotions and a coupon, spread over the lines"},
		{KindItemDiscount, 1, true, "a promotion on one line only"},
		{KindShippingTaxed, 2, true, "shipping taxed; the tax is listed twice, inside a line and in taxesOnShipping"},
		{KindShippingUntaxed, 2, true, "shipping without tax"},
		{KindHandlingFee, 1, true, "handling fee without tax"},
		{KindSurcharge, 1, true, "bag fee as a custom surcharge"},
		{KindTips, 1, true, "tips of 15 % as a custom surcharge"},
		{KindGross, 1, true, "prices include the tax"},
		{KindExempt, 1, true, "tax-exempt customer"},
		{KindOutOfState, 1, true, "shipped to another state, no tax"},
		{KindAccents, 1, true, "accents and a typographic apostrophe, all inside Windows-1252"},
		{KindBeyond1252, 1, true, "names Windows-1252 cannot hold, and an emoji"},
		{KindLongName, 1, true, "a name longer than the 41 characters QuickBooks holds"},
		{KindLongSKU, 1, true, "a SKU longer than 31 characters; two such SKUs agree in the first 31"},
		{KindNamesakeFirst, 1, true, "one of two people of the same name"},
		{KindNamesakeSecond, 1, true, "the other one, with another e-mail address"},
		{KindReturning, 2, true, "the same customer every time"},
		{KindVariations, 1, true, "a product variation with selected options"},
		{KindFortyLines, 1, true, "forty lines"},
		{KindFractionalPrice, 1, true, "a unit price of less than a cent's precision"},
		{KindDigital, 1, true, "digital goods, no shipping block, no shipping person"},
		{KindPickup, 1, true, "picked up in the shop; the shipping person is only a name"},
		{KindClosedPeriod, 1, true, "placed on a date the books have closed"},
		{KindAwaiting, 1, false, "not paid yet"},
		{KindCancelled, 1, false, "cancelled without payment"},
		{KindPartlyRefunded, 1, false, "paid, then partly refunded"},
		{KindRefundedNothing, 1, false, "status refunded, but no money moved"},
		{KindGiftCardRedeemed, 1, true, "partly paid with a gift card"},
		{KindGiftCardSold, 1, true, "sells gift cards"},
		{KindDoesNotAddUp, 1, false, "made through the API, the total is wrong by a dollar"},
		{KindMasked, 1, false, "the buyer's data are masked with [DEMO]"},
		{KindUnknownStatus, 1, false, "a payment status nobody has heard of"},
		{KindNoEmail, 1, true, "no e-mail address"},
		{KindNoBilling, 1, true, "no billing person"},
		{KindNoSKU, 1, false, "a typed-in line without SKU"},
		{KindUnknownItem, 1, true, "an item the books do not know"},
		{KindZeroTotal, 1, true, "a coupon takes off everything"},
		{KindVendorName, 1, true, "the customer bears the name of a vendor, an employee or an other name"},
		{KindLongNumber, 1, true, "an order id longer than the 11 characters of a RefNumber"},
	}
}

// kindAt gives the kind of the order at a position; like kinds are kept apart by walking the mix in steps of seven.
func kindAt(position int) Kind {
	slot := position * 7 % mixLength
	for _, k := range Mix() {
		if slot < k.Count {
			return k.Kind
		}
		slot -= k.Count
	}
	return KindPlain
}
