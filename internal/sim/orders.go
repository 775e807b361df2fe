package sim

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// Generated is one order as the shop's API would give it, with the name of what is special about it.
type Generated struct {
	Kind Kind
	JSON json.RawMessage
}

// RawOrders drops the kinds.
func RawOrders(orders []Generated) []json.RawMessage {
	raw := make([]json.RawMessage, len(orders))
	for i, o := range orders {
		raw[i] = o.JSON
	}
	return raw
}

// closedAge is how long before the newest order the orders of KindClosedPeriod were placed.
const closedAge = 500 * 24 * time.Hour

// ClosingDate is a closing date (YYYY-MM-DD) that falls between the orders of KindClosedPeriod and all others.
func ClosingDate(newest time.Time) string {
	return newest.UTC().Add(-closedAge + 100*24*time.Hour).Format(time.DateOnly)
}

// Orders generates n orders, oldest first, the last one placed at newest. The same arguments give the same bytes.
// Any 60 consecutive ones hold every kind of Mix; no two orders of one seed share an id or an internalId. The shop rounds
// tax per line, so that it sometimes differs from the tax QuickBooks computes, but never by more than five cents.
func Orders(seed uint64, n int, newest time.Time) []Generated {
	gap := 23*time.Minute + 17*time.Second
	if n > 0 && gap*time.Duration(n) > 300*24*time.Hour {
		gap = 300 * 24 * time.Hour / time.Duration(n)
	}
	orders := make([]Generated, n)
	for i := range orders {
		created := newest.Add(-gap * time.Duration(n-1-i)).UTC().Truncate(time.Second)
		orders[i] = generate(seed, i, kindAt(i+int(seed%mixLength)), created)
	}
	return orders
}

func generate(seed uint64, i int, kind Kind, created time.Time) Generated {
	internalID := 500_000_000 + int64(seed%997)*10_000_000 + int64(i)
	var d *draft
	for attempt := uint64(0); d == nil || d.taxGap() > maxTaxGap && attempt < 100; attempt++ {
		random := rand.New(rand.NewPCG(seed, attempt<<32+uint64(i)))
		d = &draft{
			id: shortID(internalID), internalID: internalID, created: created, status: "PAID",
			buyer: someone(random), taxes: defaultTaxItems()[:1], shippingName: "Free shipping",
		}
		d.shape(kind, random, i/mixLength)
		d.reckon()
	}
	text, err := json.Marshal(d.fields())
	if err != nil { // only strings, numbers and lists are in there
		panic(fmt.Sprintf("generated order %d cannot be written as JSON: %v", i, err))
	}
	return Generated{kind, text}
}

// shortID makes the five characters newer shops use as order id. Different internal ids of one shop give different ones.
func shortID(internalID int64) string {
	const letters = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
	n := uint64(internalID) * 4826809 % (1 << 25) // odd factor: a permutation of 25 bits
	var id [5]byte
	for i := range id {
		id[i] = letters[n%32]
		n /= 32
	}
	return string(id[:])
}

func someone(random *rand.Rand) buyer {
	first, last := firstNames(), lastNames()
	f, l := first[random.IntN(len(first))], last[random.IntN(len(last))]
	return local(f+" "+l, strings.ToLower(f+"."+strings.ReplaceAll(l, "'", ""))+"@example.com")
}

func some(random *rand.Rand) draftLine {
	goods := everydayGoods()
	return draftLine{product: goods[random.IntN(len(goods)-2)], quantity: 1 + random.Int64N(4)}
}

func severalOf(random *rand.Rand, n int) []draftLine {
	goods := everydayGoods()
	lines := make([]draftLine, n)
	for i, at := range random.Perm(len(goods))[:n] {
		lines[i] = draftLine{product: goods[at], quantity: 1 + random.Int64N(5)}
	}
	return lines
}

func threeTaxes() []TaxItem { return defaultTaxItems()[1:4] }

// shape gives the order what its kind stands for. round counts the repetitions of the mix.
func (d *draft) shape(kind Kind, random *rand.Rand, round int) {
	d.lines = []draftLine{some(random)}
	switch kind {
	case KindTaxGroup:
		d.taxes = threeTaxes()
		d.lines = severalOf(random, 1+random.IntN(3))
	case KindSeveralLines:
		d.lines = severalOf(random, 3+random.IntN(4))
	case KindCouponPercent:
		d.taxes = threeTaxes()
		d.lines = severalOf(random, 2+random.IntN(2))
		d.coupon = &coupon{"SPRING10", "PERCENT", 10_00000}
	case KindCouponAbsolute:
		d.lines = append(severalOf(random, 2), draftLine{product: engraving(), quantity: 1})
		d.coupon = &coupon{"FIVEOFF", "ABS", 5_00000}
	case KindPromotions:
		d.taxes = threeTaxes()
		d.lines = severalOf(random, 3)
		d.coupon = &coupon{"TWO", "ABS", 2_00000}
		d.promotions = []promotion{{base: "SUBTOTAL", kind: "ABS", value: 1_50000, line: -1}, {base: "ON_MEMBERSHIP", kind: "PERCENT", value: 3_00000, line: -1}}
	case KindItemDiscount:
		d.lines = severalOf(random, 2)
		d.promotions = []promotion{{base: "ITEM", kind: "PERCENT", value: 20_00000, line: 0}}
	case KindShippingTaxed:
		d.lines = severalOf(random, 2)
		d.shippingName, d.shipping, d.shippingTaxed = "USPS Priority Mail", 990, true
	case KindShippingUntaxed:
		d.shippingName, d.shipping = "USPS Priority Mail", 400+Cents(random.IntN(1500))
	case KindHandlingFee:
		d.handling = 350
	case KindSurcharge:
		d.bagFee = 75
	case KindTips:
		d.tipRate = 15_00000
	case KindGross:
		d.gross = true
		d.lines = severalOf(random, 2)
	case KindExempt:
		d.exempt = true
	case KindOutOfState:
		d.taxes = nil
		d.buyer.street, d.buyer.city, d.buyer.state, d.buyer.stateName, d.buyer.postal = "1180 SE Alder St", "Portland", "OR", "Oregon", "97214"
	case KindAccents:
		d.buyer = local("Ren\u00e9e L\u2019H\u00e9ritier-M\u00fcller", "renee.lheritier@example.com")
		d.buyer.street, d.comments = "12 C\u00f4te d\u2019Azur \u00c5venue", "Cr\u00e8me br\u00fbl\u00e9e \u2013 \u20ac & <gift>"
	case KindBeyond1252:
		d.buyer = local("Micha\u0142 \u017bak \U0001F680", "michal.zak@example.com")
		d.buyer.company, d.buyer.street, d.comments = "\u0141\u00f3d\u017a Imports", "ul. Piotrkowska 5, \u0141\u00f3d\u017a House", "Danke \U0001F381 \u8c22\u8c22"
	case KindLongName:
		d.buyer = local("Bartholomew Maximilian Featherstonehaugh-Cholmondeley the Younger", "bart.f@example.com")
		d.buyer.company = "The Featherstonehaugh-Cholmondeley Family Trading and Holding Company of Illinois"
	case KindLongSKU:
		d.lines = []draftLine{{product: longSKU(round%2 == 1), quantity: 1}}
	case KindNamesakeFirst:
		d.buyer = local("Maria Garcia", "maria.garcia@example.com")
	case KindNamesakeSecond:
		d.buyer = local("Maria Garcia", "mgarcia77@example.net")
		d.buyer.street, d.buyer.phone = "5 Lake Shore Dr", "217-555-0177"
	case KindReturning:
		d.buyer = local(knownCustomer, "jane.cooper@example.com")
	case KindVariations:
		size := []string{"S", "M", "L"}[random.IntN(3)]
		d.lines = []draftLine{{product: tShirt(size), quantity: 2, options: [][2]string{{"Size", size}, {"Colour", "Blue"}}}}
	case KindFortyLines:
		d.taxes = threeTaxes()
		d.lines = nil
		for len(d.lines) < 40 {
			d.lines = append(d.lines, some(random))
		}
	case KindFractionalPrice:
		d.lines = []draftLine{{product: bolt(), quantity: 7 + 2*random.Int64N(40)}}
	case KindDigital:
		d.lines = []draftLine{{product: eBook(), quantity: 1}}
		d.noShipping = true
	case KindPickup:
		d.pickup, d.shippingName = true, "Self Pickup"
	case KindClosedPeriod:
		d.changed = d.created
		d.created = d.created.Add(-closedAge)
	case KindAwaiting:
		d.status = "AWAITING_PAYMENT"
	case KindCancelled:
		d.status, d.fulfilment = "CANCELLED", "WILL_NOT_DELIVER"
	case KindPartlyRefunded:
		d.status, d.refundPart = "PARTIALLY_REFUNDED", 3
	case KindRefundedNothing:
		d.status = "REFUNDED"
	case KindGiftCardRedeemed:
		d.giftCardPart = 2
	case KindGiftCardSold:
		d.lines = []draftLine{{product: giftCard(), quantity: 1 + random.Int64N(2), giftCard: true}}
		d.noShipping = true
	case KindDoesNotAddUp:
		d.wrongBy = 100
	case KindMasked:
		d.buyer = local("[DEMO] Buyer name hidden", "hidden@example.com")
		d.buyer.street, d.buyer.city = "[DEMO] Street hidden", "[DEMO] City hidden"
	case KindUnknownStatus:
		d.status = "PAYMENT_UNDER_REVIEW"
	case KindNoEmail:
		d.buyer.email = ""
	case KindNoBilling:
		d.noBilling = true
	case KindNoSKU:
		d.lines = []draftLine{{product: product{"", "Custom work by arrangement", 3750000, true, false, ""}, quantity: 1}}
	case KindUnknownItem:
		d.lines = []draftLine{{product: unlisted(), quantity: 1}}
	case KindZeroTotal:
		d.coupon = &coupon{"ONTHEHOUSE", "PERCENT", 100_00000}
	case KindVendorName:
		name := []string{nameOfVendor, nameOfEmployee, nameOfOther}[round%3]
		d.buyer = local(name, strings.ToLower(strings.ReplaceAll(name, " ", "."))+"@example.org")
	case KindLongNumber:
		d.id = "WEBSHOP-2026-" + d.id
	}
}
