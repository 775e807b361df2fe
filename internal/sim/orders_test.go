package sim

import (
	"encoding/json"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestMixAddsUpAndIsMostlyPlain(t *testing.T) {
	count, plain := 0, 0
	for _, k := range Mix() {
		count += k.Count
		if k.Plain {
			plain += k.Count
		}
		if k.Count < 1 || k.About == "" {
			t.Errorf("%s has no share or no explanation", k.Kind)
		}
	}
	if count != mixLength || plain < 45 {
		t.Errorf("the mix has %d orders, %d of them plain; want %d and at least 45", count, plain, mixLength)
	}
}

func TestAnySixtyConsecutiveHoldEveryKind(t *testing.T) {
	orders := Orders(7, 200, newest)
	for from := range len(orders) - mixLength {
		got := map[Kind]int{}
		for _, o := range orders[from : from+mixLength] {
			got[o.Kind]++
		}
		for _, k := range Mix() {
			if got[k.Kind] != k.Count {
				t.Fatalf("from %d there are %d of %s, want %d", from, got[k.Kind], k.Kind, k.Count)
			}
		}
	}
}

func TestOrdersAreDeterministicAndDistinct(t *testing.T) {
	a, b, other := Orders(3, 150, newest), Orders(3, 150, newest), Orders(4, 150, newest)
	ids := map[string]bool{}
	same := 0
	for i := range a {
		if string(a[i].JSON) != string(b[i].JSON) {
			t.Fatalf("order %d differs from one time to the next", i)
		}
		if string(a[i].JSON) == string(other[i].JSON) {
			same++
		}
		s, err := readSale(a[i].JSON)
		if err != nil {
			t.Fatal(err)
		}
		if ids[s.ID] {
			t.Fatalf("the id %s came twice", s.ID)
		}
		ids[s.ID] = true
	}
	if same > 0 {
		t.Errorf("%d orders are the same under another seed", same)
	}
}

// An order read without the generator's or the auditor's help: everything as exact fractions.
type fractions struct {
	t *testing.T
	o map[string]any
}

func decode(t *testing.T, raw json.RawMessage) fractions {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(string(raw)))
	d.UseNumber()
	var o map[string]any
	if err := d.Decode(&o); err != nil {
		t.Fatal(err)
	}
	return fractions{t, o}
}

func number(v any) *big.Rat {
	n, ok := v.(json.Number)
	if !ok {
		return new(big.Rat)
	}
	r, _ := new(big.Rat).SetString(n.String())
	return r
}

func (f fractions) at(path ...string) *big.Rat {
	var v any = f.o
	for _, p := range path {
		m, _ := v.(map[string]any)
		v = m[p]
	}
	return number(v)
}

func list(v any) []map[string]any {
	var all []map[string]any
	items, _ := v.([]any)
	for _, i := range items {
		all = append(all, i.(map[string]any))
	}
	return all
}

func half(r *big.Rat) *big.Rat { // rounds half up to the cent
	n := new(big.Rat).Add(new(big.Rat).Mul(r, big.NewRat(100, 1)), big.NewRat(1, 2))
	return new(big.Rat).SetFrac(new(big.Int).Div(n.Num(), n.Denom()), big.NewInt(100))
}

func sum(rs ...*big.Rat) *big.Rat {
	s := new(big.Rat)
	for _, r := range rs {
		s.Add(s, r)
	}
	return s
}

func neg(r *big.Rat) *big.Rat { return new(big.Rat).Neg(r) }

// The money of a thousand seeds' orders is what ecwid.md 5 says, but for the kind made not to add up.
func TestGeneratedMoneyAddsUp(t *testing.T) {
	for seed := range uint64(1000) {
		for i, o := range Orders(seed, 2, newest) {
			f := decode(t, o.JSON)
			gross, _ := f.o["pricesIncludeTax"].(bool)
			goods, tax, coupon, promoted := new(big.Rat), new(big.Rat), new(big.Rat), new(big.Rat)
			for _, item := range list(f.o["items"]) {
				line := half(new(big.Rat).Mul(number(item["price"]), number(item["quantity"])))
				goods.Add(goods, line)
				coupon.Add(coupon, number(item["couponAmount"]))
				base := sum(line, neg(number(item["couponAmount"])))
				for _, d := range list(item["discounts"]) {
					promoted.Add(promoted, number(d["total"]))
					base.Sub(base, number(d["total"]))
				}
				if base.Sign() < 0 {
					t.Fatalf("seed %d order %d (%s): a line is reduced below nothing", seed, i, o.Kind)
				}
				onLine := new(big.Rat)
				for _, x := range list(item["taxes"]) {
					whole := big.NewRat(100, 1)
					if gross {
						whole = sum(whole, number(x["value"]))
					}
					want := half(new(big.Rat).Mul(base, new(big.Rat).Quo(number(x["value"]), whole)))
					if want.Cmp(number(x["taxOnDiscountedSubtotal"])) != 0 {
						t.Fatalf("seed %d order %d (%s): tax %v of %v is not rounded half up", seed, i, o.Kind, x["taxOnDiscountedSubtotal"], base)
					}
					onLine.Add(onLine, number(x["total"]))
				}
				if onLine.Cmp(number(item["tax"])) != 0 {
					t.Fatalf("seed %d order %d (%s): the taxes of a line do not add up to its tax", seed, i, o.Kind)
				}
				tax.Add(tax, onLine)
			}
			extra := new(big.Rat)
			for _, x := range list(f.o["customSurcharges"]) {
				extra.Add(extra, number(x["total"]))
			}
			total := sum(goods, neg(promoted), neg(coupon), f.at("shippingOption", "shippingRate"), f.at("handlingFee", "value"), extra, neg(f.at("giftCardRedemption")))
			if !gross {
				total.Add(total, tax)
			}
			for name, want := range map[string]*big.Rat{"subtotal": goods, "couponDiscount": coupon, "discount": promoted, "tax": tax, "total": total,
				"totalWithoutTax": sum(f.at("total"), neg(tax)), "totalBeforeGiftCardRedemption": sum(f.at("total"), f.at("giftCardRedemption"))} {
				if same := want.Cmp(f.at(name)) == 0; same == (o.Kind == KindDoesNotAddUp && name == "total") {
					t.Fatalf("seed %d order %d (%s): %s is %v, the parts make %s", seed, i, o.Kind, name, f.at(name).FloatString(2), want.FloatString(2))
				}
			}
			if f.at("total").Sign() < 0 {
				t.Fatalf("seed %d order %d (%s): the total is negative", seed, i, o.Kind)
			}
		}
	}
}

// Each kind is what its name says.
func TestKinds(t *testing.T) {
	byKind := map[Kind]fractions{}
	for _, o := range Orders(11, 2*mixLength, newest) {
		byKind[o.Kind] = decode(t, o.JSON)
	}
	text := func(kind Kind, path ...string) string {
		var v any = byKind[kind].o
		for _, p := range path {
			m, _ := v.(map[string]any)
			v = m[p]
		}
		s, _ := v.(string)
		return s
	}
	item := func(kind Kind) map[string]any { return list(byKind[kind].o["items"])[0] }
	positive := func(kind Kind, path ...string) bool { return byKind[kind].at(path...).Sign() > 0 }
	for kind, holds := range map[Kind]bool{
		KindPlain:            len(list(item(KindPlain)["taxes"])) == 1,
		KindTaxGroup:         len(list(item(KindTaxGroup)["taxes"])) == 3,
		KindSeveralLines:     len(list(byKind[KindSeveralLines].o["items"])) >= 3,
		KindCouponPercent:    positive(KindCouponPercent, "couponDiscount"),
		KindCouponAbsolute:   byKind[KindCouponAbsolute].at("couponDiscount").Cmp(big.NewRat(5, 1)) == 0 || positive(KindCouponAbsolute, "couponDiscount"),
		KindPromotions:       positive(KindPromotions, "discount") && positive(KindPromotions, "couponDiscount"),
		KindItemDiscount:     positive(KindItemDiscount, "discount") && len(list(list(byKind[KindItemDiscount].o["items"])[1]["discounts"])) == 0,
		KindShippingTaxed:    positive(KindShippingTaxed, "shippingOption", "shippingRate") && len(list(byKind[KindShippingTaxed].o["taxesOnShipping"])) == 1,
		KindShippingUntaxed:  positive(KindShippingUntaxed, "shippingOption", "shippingRate") && len(list(byKind[KindShippingUntaxed].o["taxesOnShipping"])) == 0,
		KindHandlingFee:      positive(KindHandlingFee, "handlingFee", "value"),
		KindSurcharge:        len(list(byKind[KindSurcharge].o["customSurcharges"])) == 1,
		KindTips:             list(byKind[KindTips].o["customSurcharges"])[0]["id"] == "tips",
		KindGross:            byKind[KindGross].o["pricesIncludeTax"] == true && positive(KindGross, "tax"),
		KindExempt:           byKind[KindExempt].o["customerTaxExempt"] == true && !positive(KindExempt, "tax"),
		KindOutOfState:       text(KindOutOfState, "shippingPerson", "stateOrProvinceCode") == "OR" && !positive(KindOutOfState, "tax"),
		KindAccents:          strings.Contains(text(KindAccents, "billingPerson", "name"), "é"),
		KindBeyond1252:       strings.Contains(text(KindBeyond1252, "billingPerson", "companyName"), "Łódź") && strings.Contains(text(KindBeyond1252, "billingPerson", "name"), "🚀"),
		KindLongName:         len(text(KindLongName, "billingPerson", "name")) > 41,
		KindLongSKU:          len(item(KindLongSKU)["sku"].(string)) > 31,
		KindNamesakeSecond:   text(KindNamesakeFirst, "billingPerson", "name") == text(KindNamesakeSecond, "billingPerson", "name") && text(KindNamesakeFirst, "email") != text(KindNamesakeSecond, "email"),
		KindReturning:        text(KindReturning, "email") == "jane.cooper@example.com",
		KindVariations:       len(list(item(KindVariations)["selectedOptions"])) == 2,
		KindFortyLines:       len(list(byKind[KindFortyLines].o["items"])) == 40,
		KindFractionalPrice:  item(KindFractionalPrice)["price"] == json.Number("0.1375"),
		KindDigital:          item(KindDigital)["digital"] == true && byKind[KindDigital].o["shippingOption"] == nil && byKind[KindDigital].o["shippingPerson"] == nil,
		KindPickup:           text(KindPickup, "shippingOption", "fulfillmentType") == "PICKUP" && text(KindPickup, "shippingPerson", "street") == "",
		KindClosedPeriod:     text(KindClosedPeriod, "createDate")[:10] < ClosingDate(newest),
		KindAwaiting:         text(KindAwaiting, "paymentStatus") == "AWAITING_PAYMENT",
		KindCancelled:        text(KindCancelled, "paymentStatus") == "CANCELLED",
		KindPartlyRefunded:   text(KindPartlyRefunded, "paymentStatus") == "PARTIALLY_REFUNDED" && positive(KindPartlyRefunded, "refundedAmount") && len(list(byKind[KindPartlyRefunded].o["refunds"])) == 1,
		KindRefundedNothing:  text(KindRefundedNothing, "paymentStatus") == "REFUNDED" && !positive(KindRefundedNothing, "refundedAmount"),
		KindGiftCardRedeemed: positive(KindGiftCardRedeemed, "giftCardRedemption") && positive(KindGiftCardRedeemed, "total"),
		KindGiftCardSold:     item(KindGiftCardSold)["giftCard"] == true,
		KindMasked:           strings.HasPrefix(text(KindMasked, "billingPerson", "name"), "[DEMO]"),
		KindUnknownStatus:    text(KindUnknownStatus, "paymentStatus") == "PAYMENT_UNDER_REVIEW",
		KindNoEmail:          text(KindNoEmail, "email") == "",
		KindNoBilling:        byKind[KindNoBilling].o["billingPerson"] == nil,
		KindNoSKU:            item(KindNoSKU)["sku"] == nil,
		KindUnknownItem:      item(KindUnknownItem)["sku"] == "XX-UNLISTED-7",
		KindZeroTotal:        !positive(KindZeroTotal, "total") && positive(KindZeroTotal, "subtotal"),
		KindVendorName:       slices.Contains([]string{nameOfVendor, nameOfEmployee, nameOfOther}, text(KindVendorName, "billingPerson", "name")),
		KindLongNumber:       len(text(KindLongNumber, "id")) > 11,
	} {
		if !holds {
			t.Errorf("the order of kind %s is not one: %v", kind, byKind[kind].o)
		}
	}
}

// No other order than those of KindClosedPeriod falls into the closed period, however many there are.
func TestOnlyOneKindIsInTheClosedPeriod(t *testing.T) {
	for _, o := range Orders(1, 900, newest) {
		var head orderHead
		if err := json.Unmarshal(o.JSON, &head); err != nil {
			t.Fatal(err)
		}
		closed := time.Unix(head.CreateTimestamp, 0).UTC().Format(time.DateOnly) <= ClosingDate(newest)
		if closed != (o.Kind == KindClosedPeriod) {
			t.Fatalf("an order of kind %s was placed at %d, the books are closed up to %s", o.Kind, head.CreateTimestamp, ClosingDate(newest))
		}
	}
}

// A generated order has every field of the written samples.
func TestOrdersHaveTheFieldsOfTheSamples(t *testing.T) {
	dir := filepath.Join(shared, "fixtures", "ecwid", "synthetic")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("the samples in ../shared/fixtures/ecwid are not here")
	}
	made := map[string]bool{}
	for _, o := range Orders(2, mixLength, newest) {
		keys("", decode(t, o.JSON).o, made)
	}
	for _, sample := range []string{"s01-us-net-county-city-tax-coupon", "s03-gift-card-partial", "s04-gift-card-sold", "s05-tips-and-surcharge", "s06b-partial-refund", "s07-cancelled-unpaid", "s09-pickup-cash-awaiting", "s10-many-promotions", "s11-digital-no-shipping"} {
		raw, err := os.ReadFile(filepath.Join(dir, sample+".json"))
		if err != nil {
			t.Fatal(err)
		}
		wanted := map[string]bool{}
		keys("", decode(t, raw).o, wanted)
		for key := range wanted {
			if !made[key] && key != "items.discounts.discountInfo.description" && key != "discountInfo.description" {
				t.Errorf("%s has %s, no generated order does", sample, key)
			}
		}
	}
}

func keys(prefix string, v any, into map[string]bool) {
	switch v := v.(type) {
	case map[string]any:
		for name, inner := range v {
			into[prefix+name] = true
			keys(prefix+name+".", inner, into)
		}
	case []any:
		for _, inner := range v {
			keys(prefix, inner, into)
		}
	}
}
