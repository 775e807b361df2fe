package ecwid

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"qbridge/internal/order"
)

var update = flag.Bool("update", false, "write the golden files anew")

var chicago = Profile{StoreID: "1003", Currency: "USD", Precision: 2, Timezone: "America/Chicago"}

func samples(t testing.TB) map[string][]byte {
	t.Helper()
	files, err := filepath.Glob("testdata/orders/*.json")
	if err != nil || len(files) < 10 {
		t.Fatalf("%d samples, error %v", len(files), err)
	}
	all := map[string][]byte{}
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		all[strings.TrimSuffix(filepath.Base(f), ".json")] = raw
	}
	return all
}

// ecwid.md 4: every field of every sample, against golden files.
func TestDecodeSamples(t *testing.T) {
	for name, raw := range samples(t) {
		t.Run(name, func(t *testing.T) {
			o, err := Decode(raw, chicago)
			if err != nil {
				t.Fatal(err)
			}
			if p := order.Prove(o); !p.Holds {
				t.Error(p.Problem)
			}
			got, err := json.MarshalIndent(o, "", " ")
			if err != nil {
				t.Fatal(err)
			}
			golden := "testdata/orders/" + name + ".golden"
			if *update {
				if err := os.WriteFile(golden, append(got, '\n'), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			// A checkout on Windows may have changed the line ends.
			if diff := cmp.Diff(strings.ReplaceAll(string(want), "\r\n", "\n"), string(got)+"\n"); diff != "" {
				t.Errorf("decoded otherwise than the golden file (-want +got):\n%s", diff)
			}
		})
	}
}

// small is the smallest order, with some fields replaced; a nil takes one out.
func small(t testing.TB, changes map[string]any) json.RawMessage {
	t.Helper()
	fields := map[string]any{
		"id": "K8XTQ", "internalId": 516483487, "createDate": "2026-07-01 02:00:00 +0000",
		"items": []any{}, "total": 0, "subtotal": 0,
	}
	maps.Copy(fields, changes)
	maps.DeleteFunc(fields, func(_ string, v any) bool { return v == nil })
	raw, err := json.Marshal(fields)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func mustDecode(t testing.TB, raw json.RawMessage, p Profile) order.Order {
	t.Helper()
	o, err := Decode(raw, p)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// ecwid.md 2: which identifier is the key, and which is the number.
func TestIdentity(t *testing.T) {
	for _, tc := range []struct {
		name       string
		changes    map[string]any
		key        order.Key
		number     string
		wantsError bool
	}{
		{"internal id", nil, "i:516483487", "K8XTQ", false},
		{"internal id above 2^53", map[string]any{"internalId": json.Number("9007199254740993")}, "i:9007199254740993", "K8XTQ", false},
		{"internal id as text", map[string]any{"internalId": "516483487"}, "i:516483487", "K8XTQ", false},
		{"id with prefix and suffix", map[string]any{"internalId": nil, "id": "lala1028001"}, "d:lala1028001", "lala1028001", false},
		{"id as a number", map[string]any{"internalId": nil, "id": 35}, "d:35", "35", false},
		{"order number", map[string]any{"internalId": nil, "id": nil, "orderNumber": 1028, "vendorOrderNumber": "lala1028001"}, "n:1028", "lala1028001", false},
		{"order number alone", map[string]any{"internalId": nil, "id": nil, "orderNumber": 35}, "n:35", "35", false},
		{"vendor number alone", map[string]any{"internalId": nil, "id": nil, "vendorOrderNumber": "X-9"}, "d:X-9", "X-9", false},
		{"internal id alone", map[string]any{"id": nil}, "i:516483487", "516483487", false},
		{"nothing", map[string]any{"internalId": nil, "id": nil}, "", "", true},
		{"nothing but zero and empty", map[string]any{"internalId": 0, "id": " "}, "", "", true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			o, err := Decode(small(t, tc.changes), chicago)
			if (err != nil) != tc.wantsError || o.Key != tc.key || o.Number() != tc.number {
				t.Errorf("key %q, number %q, error %v; want %q, %q", o.Key, o.Number(), err, tc.key, tc.number)
			}
		})
	}
}

// ecwid.md 4.1: times with any offset, in seconds and milliseconds, and the
// date where the shop is.
func TestTimesAndDate(t *testing.T) {
	utc := func(text string) time.Time {
		at, err := time.Parse(time.DateTime, text)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	for _, tc := range []struct {
		name    string
		changes map[string]any
		zone    string
		created time.Time
		date    string
	}{
		{"another month in Chicago", nil, "America/Chicago", utc("2026-07-01 02:00:00"), "2026-06-30"},
		{"the same day in Paris", nil, "Europe/Paris", utc("2026-07-01 02:00:00"), "2026-07-01"},
		{"an old offset", map[string]any{"createDate": "2014-11-05 18:53:30 -0800"}, "America/Los_Angeles", utc("2014-11-06 02:53:30"), "2014-11-05"},
		{"another old offset", map[string]any{"createDate": "2014-10-15 02:54:11 +0400"}, "Europe/Paris", utc("2014-10-14 22:54:11"), "2014-10-15"},
		{"before the clocks change", map[string]any{"createDate": "2026-03-08 05:59:59 +0000"}, "America/Chicago", utc("2026-03-08 05:59:59"), "2026-03-07"},
		{"after the clocks changed", map[string]any{"createDate": "2026-03-09 04:59:59 +0000"}, "America/Chicago", utc("2026-03-09 04:59:59"), "2026-03-08"},
		{"no offset", map[string]any{"createDate": "2026-07-01 02:00:00"}, "UTC", utc("2026-07-01 02:00:00"), "2026-07-01"},
		{"RFC 3339", map[string]any{"createDate": "2026-07-01T04:00:00+02:00"}, "UTC", utc("2026-07-01 02:00:00"), "2026-07-01"},
		{"seconds", map[string]any{"createDate": nil, "createTimestamp": 1773500966}, "UTC", utc("2026-03-14 15:09:26"), "2026-03-14"},
		{"milliseconds", map[string]any{"createDate": nil, "createTimestamp": 1773500966000}, "UTC", utc("2026-03-14 15:09:26"), "2026-03-14"},
		{"ISO with a bare offset", map[string]any{"createDate": "2024-05-01T05:26:28+0000"}, "UTC", utc("2024-05-01 05:26:28"), "2024-05-01"},
		{"offset with a colon", map[string]any{"createDate": "2024-05-01 05:26:28 +02:00"}, "UTC", utc("2024-05-01 03:26:28"), "2024-05-01"},
		{"ISO without offset", map[string]any{"createDate": "2024-05-01T05:26:28"}, "UTC", utc("2024-05-01 05:26:28"), "2024-05-01"},
		{"without seconds", map[string]any{"createDate": "2024-05-01 05:26 -0800"}, "UTC", utc("2024-05-01 13:26:00"), "2024-05-01"},
		{"ISO with fractions", map[string]any{"createDate": "2024-05-01T05:26:28.000Z"}, "UTC", utc("2024-05-01 05:26:28"), "2024-05-01"},
		{"bad words beside a good timestamp", map[string]any{"createDate": "soon", "createTimestamp": 1773500966}, "UTC", utc("2026-03-14 15:09:26"), "2026-03-14"},
		{"zone by its distance", map[string]any{"createDate": "2024-05-01 22:00:00 +0000"}, "GMT+3", utc("2024-05-01 22:00:00"), "2024-05-02"},
		{"zone by its distance in hours and minutes", map[string]any{"createDate": "2024-05-01 05:00:00 +0000"}, "UTC-05:30", utc("2024-05-01 05:00:00"), "2024-04-30"},
		{"words before timestamp", map[string]any{"createTimestamp": 1}, "UTC", utc("2026-07-01 02:00:00"), "2026-07-01"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p := chicago
			p.Timezone = tc.zone
			o := mustDecode(t, small(t, tc.changes), p)
			if !o.Created.Equal(tc.created) || o.Created.Location() != time.UTC || o.Date != tc.date {
				t.Errorf("created %s, date %s; want %s, %s", o.Created, o.Date, tc.created, tc.date)
			}
			if !o.Updated.Equal(o.Created) {
				t.Errorf("never updated, yet updated %s", o.Updated)
			}
		})
	}
}

// ecwid.md 4: numbers are read exactly as written.
func TestMoneyIsExact(t *testing.T) {
	for _, tc := range []struct{ text, want string }{
		{"12.50", "12.5"}, {"1.5E7", "15000000"}, {"1e+2", "100"}, {"5E-2", "0.05"}, {"0.1", "0.1"},
		{"642.404477130936", "642.404477130936"}, {"0.30000000000000004", "0.3"},
		{"-0", "0"}, {"-3.5", "-3.5"}, {"10.000000000000002", "10"}, {"9.999999999999998", "10"}, {"10.001", "10.001"}, {"0.125", "0.125"}, {"10.000000001", "10.000000001"}, {"12345678901234567.89", "12345678901234567.89"},
	} {
		o := mustDecode(t, small(t, map[string]any{"total": json.Number(tc.text)}), chicago)
		if want := decimal.RequireFromString(tc.want); !o.Total.Equal(want) {
			t.Errorf("%s became %s", tc.text, o.Total)
		}
	}
}

// What is wrong names the order and the field.
func TestDecodeRefuses(t *testing.T) {
	item := func(field string, v any) map[string]any {
		return map[string]any{"items": []any{map[string]any{"price": 1, "quantity": 1}, map[string]any{field: v}}}
	}
	for _, tc := range []struct {
		name    string
		changes map[string]any
		words   []string
	}{
		{"no items", map[string]any{"items": nil}, []string{"K8XTQ", "items", "missing"}},
		{"no total", map[string]any{"total": nil}, []string{"K8XTQ", "total", "missing"}},
		{"items that are no list", map[string]any{"items": "none"}, []string{"items", "a list"}},
		{"an item that is no object", map[string]any{"items": []any{7}}, []string{"items[0]", "an object"}},
		{"total in words", map[string]any{"total": "12,50"}, []string{"K8XTQ", "total", `"12,50"`}},
		{"total as text", map[string]any{"total": "12.50"}, []string{"total", "a number"}},
		{"total as true", map[string]any{"total": true}, []string{"total", "a number"}},
		{"NaN as text", map[string]any{"tax": "NaN"}, []string{"tax", "a number"}},
		{"exponent bomb", map[string]any{"tax": json.Number("1e999999")}, []string{"tax", "money"}},
		{"tiny exponent", map[string]any{"tax": json.Number("5e-324")}, []string{"tax", "money"}},
		{"exponent beyond int", map[string]any{"tax": json.Number("1e99999999999999999999")}, []string{"tax", "money"}},
		{"too many digits", map[string]any{"tax": json.Number("0." + strings.Repeat("1", 60))}, []string{"tax", "money"}},
		{"too large", map[string]any{"tax": json.Number("123456789012345678901")}, []string{"tax", "money"}},
		{"price of a line", item("price", "free"), []string{"K8XTQ", "items[1].price"}},
		{"coupon share of a line", item("couponAmount", "x"), []string{"items[1].couponAmount"}},
		{"discount share of a line", item("discounts", []any{map[string]any{"total": "x"}}), []string{"items[1].discounts[0].total"}},
		{"tax of a line", item("taxes", []any{map[string]any{"total": "x"}}), []string{"items[1].taxes[0].total"}},
		{"half a piece", item("quantity", 1.5), []string{"items[1].quantity", "whole"}},
		{"quantity in words", item("quantity", "two"), []string{"items[1].quantity", "whole"}},
		{"quantity beyond int64", item("quantity", json.Number("1e19")), []string{"items[1].quantity", "whole"}},
		{"quantity true", item("quantity", true), []string{"items[1].quantity", "whole"}},
		{"shipping", map[string]any{"shippingOption": map[string]any{"shippingRate": "free"}}, []string{"shippingOption.shippingRate"}},
		{"shipping that is no object", map[string]any{"shippingOption": "free"}, []string{"shippingOption", "an object"}},
		{"fee that is a list", map[string]any{"handlingFee": []any{1}}, []string{"handlingFee", "an object"}},
		{"surcharge", map[string]any{"customSurcharges": []any{map[string]any{"total": "x"}}}, []string{"customSurcharges[0].total"}},
		{"refund", map[string]any{"refunds": []any{map[string]any{"amount": "x"}}}, []string{"refunds[0].amount"}},
		{"flag", map[string]any{"pricesIncludeTax": "yes"}, []string{"pricesIncludeTax", "true or false"}},
		{"no date", map[string]any{"createDate": nil}, []string{"K8XTQ", "when it was placed"}},
		{"a date in words", map[string]any{"createDate": "yesterday"}, []string{"createDate", "a time"}},
		{"a timestamp of another world", map[string]any{"createDate": nil, "createTimestamp": 1 << 60}, []string{"createTimestamp"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			o, err := Decode(small(t, tc.changes), chicago)
			if err == nil {
				t.Fatalf("decoded to %+v", o)
			}
			for _, words := range tc.words {
				if !strings.Contains(err.Error(), words) {
					t.Errorf("%q does not say %q", err, words)
				}
			}
		})
	}
	for _, raw := range []string{"", "null", "[]", "7", `{"id":`, `{"id":"A"}{}`, "<html>"} {
		if _, err := Decode(json.RawMessage(raw), chicago); err == nil {
			t.Errorf("decoded %q", raw)
		}
	}
}

// ecwid.md 4: a field of an odd type that no money and no identity hangs on does
// not make the order unreadable.
func TestDecodeToleratesOddTypes(t *testing.T) {
	plain := mustDecode(t, small(t, map[string]any{"items": []any{map[string]any{"price": 1}}}), chicago)
	for name, changes := range map[string]map[string]any{
		"flag as a number":           {"hidden": 0},
		"order number beside an id":  {"orderNumber": "abc"},
		"customer":                   {"customerId": "guest"},
		"variation":                  {"items": []any{map[string]any{"price": 1, "combinationId": "x", "productId": []any{}, "digital": "no"}}},
		"shipments":                  {"shipments": map[string]any{}},
		"another system's":           {"externalOrderData": "x"},
		"coupon":                     {"discountCoupon": "TEN"},
		"promotions":                 {"discountInfo": "x"},
		"payment parameters":         {"paymentParams": []any{"x"}},
		"update beside a good stamp": {"updateDate": "soon", "updateTimestamp": plain.Created.Unix()},
	} {
		if changes["items"] == nil {
			changes["items"] = []any{map[string]any{"price": 1}}
		}
		if o := mustDecode(t, small(t, changes), chicago); fingerprint(o) != fingerprint(plain) {
			t.Errorf("%s: another order", name)
		}
	}
	o := mustDecode(t, small(t, map[string]any{"refunds": []any{map[string]any{"date": "soon", "amount": 5}}}), chicago)
	if !o.RefundedAmount.Equal(decimal.NewFromInt(5)) || !o.Refunds[0].Date.IsZero() {
		t.Errorf("refunds %+v", o.Refunds)
	}
	if !mustDecode(t, small(t, map[string]any{"hidden": 1}), chicago).Hidden {
		t.Error("hidden as 1 is not hidden")
	}
	marked := append([]byte("\ufeff"), small(t, map[string]any{"items": []any{map[string]any{"price": 1}}})...)
	if o := mustDecode(t, marked, chicago); fingerprint(o) != fingerprint(plain) {
		t.Error("a mark of UTF-8 makes another order")
	}
}

// The profile must say currency and time zone: neither is in the order.
func TestDecodeNeedsProfile(t *testing.T) {
	for _, tc := range []struct {
		name   string
		change func(*Profile)
		words  string
	}{
		{"no currency", func(p *Profile) { p.Currency = "" }, "currency"},
		{"no time zone", func(p *Profile) { p.Timezone = "" }, "time zone"},
		{"this PC's time zone", func(p *Profile) { p.Timezone = "Local" }, "time zone"},
		{"an unknown time zone", func(p *Profile) { p.Timezone = "Mars/Olympus" }, "Mars/Olympus"},
	} {
		p := chicago
		tc.change(&p)
		if _, err := Decode(small(t, nil), p); err == nil || !strings.Contains(err.Error(), tc.words) {
			t.Errorf("%s: got %v", tc.name, err)
		}
	}
}

// ecwid.md 4: anything may be missing or null, without an error.
func TestDecodeToleratesNull(t *testing.T) {
	for name, raw := range samples(t) {
		n, err := parse(raw, name)
		if err != nil {
			t.Fatal(err)
		}
		for _, field := range slices.Sorted(maps.Keys(n.fields)) {
			if slices.Contains([]string{"items", "total", "id", "internalId", "orderNumber", "createDate", "createTimestamp"}, field) {
				continue
			}
			for _, missing := range []bool{true, false} {
				fields := maps.Clone(n.fields)
				if fields[field] = nil; missing {
					delete(fields, field)
				}
				changed, err := encode(fields)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := Decode(changed, chicago); err != nil {
					t.Errorf("%s without %s: %v", name, field, err)
				}
			}
		}
	}
}

// ecwid.md 4.4: what is not known is kept and never taken for paid.
func TestStatuses(t *testing.T) {
	for text, want := range map[string]order.PaymentStatus{
		"PAID": order.Paid, "paid": order.Paid, "Partially_Refunded": order.PartiallyRefunded,
		"CUSTOM_PAYMENT_STATUS_2": "CUSTOM_PAYMENT_STATUS_2", "ACCEPTED": "ACCEPTED", "CHARGEABLE": "CHARGEABLE", "": "",
	} {
		if o := mustDecode(t, small(t, map[string]any{"paymentStatus": text}), chicago); o.Payment != want {
			t.Errorf("%q became %q", text, o.Payment)
		}
	}
}

// ecwid.md 1.2: the buyer is hidden behind a mark, whatever the language after it.
func TestMaskedBuyer(t *testing.T) {
	for _, tc := range []struct {
		name    string
		changes map[string]any
		want    bool
	}{
		{"name", map[string]any{"billingPerson": map[string]any{"name": "[DEMO] Ocultado"}}, true},
		{"street of the shipping address", map[string]any{"shippingPerson": map[string]any{"name": "Ann", "street": "1 Road\n[DEMO] hidden"}}, true},
		{"within a name", map[string]any{"billingPerson": map[string]any{"name": "Ann [DEMO]"}}, true},
		{"in lower case, behind a mark of direction", map[string]any{"billingPerson": map[string]any{"city": "\u200f[de\u200bmo] nascosto"}}, true},
		{"state", map[string]any{"shippingPerson": map[string]any{"stateOrProvinceName": "[DEMO] x"}}, true},
		{"the word alone", map[string]any{"billingPerson": map[string]any{"name": "Ann Demo"}}, false},
		{"no persons", nil, false},
	} {
		if o := mustDecode(t, small(t, tc.changes), chicago); o.Masked != tc.want {
			t.Errorf("%s: masked is %t", tc.name, o.Masked)
		}
	}
}

// ecwid.md 4.6: what the buyer chose, wherever the shop wrote it.
func TestOptionValue(t *testing.T) {
	for _, tc := range []struct {
		name   string
		option map[string]any
		want   string
	}{
		{"value", map[string]any{"value": "M", "valuesArray": []any{"L"}}, "M"},
		{"values", map[string]any{"value": "", "valuesArray": []any{"M", "L"}, "selections": []any{map[string]any{"selectionTitle": "S"}}}, "M, L"},
		{"selections", map[string]any{"value": "", "valuesArray": []any{}, "selections": []any{map[string]any{"selectionTitle": "Red"}, map[string]any{"selectionTitle": "Blue"}}}, "Red, Blue"},
		{"files", map[string]any{"files": []any{map[string]any{"name": "logo.png"}, map[string]any{"name": 5}, "x"}}, "logo.png, 5"},
		{"nothing", map[string]any{"selections": "x"}, ""},
	} {
		o := mustDecode(t, small(t, map[string]any{"items": []any{map[string]any{"selectedOptions": []any{tc.option}}}}), chicago)
		if got := o.Lines[0].Options[0].Value; got != tc.want {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.want)
		}
	}
}

func TestPONumber(t *testing.T) {
	for name, want := range map[string]string{
		"PO number": "42", "po_number": "42", "P.O. Number": "42", "Purchase order number": "42", "PO": "42", "Company name": "", "Port": "",
	} {
		o := mustDecode(t, small(t, map[string]any{"paymentParams": map[string]any{name: "42", "Company": "X"}}), chicago)
		if o.PONumber != want {
			t.Errorf("%q gave %q, want %q", name, o.PONumber, want)
		}
	}
}

// ecwid.md 11: sales that another system brought in are marked.
func TestExternalChannel(t *testing.T) {
	for _, tc := range []struct {
		name        string
		changes     map[string]any
		channel, id string
	}{
		{"made here", map[string]any{"externalOrderData": map[string]any{}, "externalFulfillment": false}, "", ""},
		{"made here, with an advertising partner", map[string]any{"refererId": "Amazon"}, "", ""},
		{"a till", map[string]any{"externalOrderData": map[string]any{"externalOrderId": "P1", "refererChannel": "Till"}}, "Till", "P1"},
		{"a marketplace", map[string]any{"externalOrderId": "A1", "refererId": "Amazon"}, "Amazon", "A1"},
		{"an app without a name", map[string]any{"externalFulfillment": true}, "external", ""},
	} {
		o := mustDecode(t, small(t, tc.changes), chicago)
		if o.ExternalChannel != tc.channel || o.ExternalID != tc.id {
			t.Errorf("%s: channel %q, id %q", tc.name, o.ExternalChannel, o.ExternalID)
		}
	}
}

// ecwid.md 5.3: tax on shipping listed twice counts once; listed once it counts.
func TestShippingTaxOnce(t *testing.T) {
	for name, want := range map[string]string{
		"shipping-tax-twice": "1.2", "gross-two-rates-gift-wrap": "1.15", "us-coupon-three-taxes": "0",
	} {
		o := mustDecode(t, samples(t)[name], chicago)
		var sum decimal.Decimal
		for _, tax := range o.Taxes() {
			sum = sum.Add(tax.Total)
		}
		if !o.ShippingTax().Equal(decimal.RequireFromString(want)) || !sum.Equal(o.Tax) {
			t.Errorf("%s: tax on shipping %s, want %s; all taxes %s, want %s", name, o.ShippingTax(), want, sum, o.Tax)
		}
	}
}

// ecwid.md 4.2: custom, volume and membership discounts are parts of discount.
func TestDiscountPartsAreNotAddedTwice(t *testing.T) {
	o := mustDecode(t, small(t, map[string]any{
		"discount": 20, "volumeDiscount": 15, "membershipBasedDiscount": 0.77, "totalAndMembershipBasedDiscount": 1,
		"customDiscount": []any{map[string]any{"value": 4.23, "type": "ABSOLUTE"}},
	}), chicago)
	if !o.Discount.Equal(decimal.NewFromInt(20)) {
		t.Errorf("discount is %s, want 20", o.Discount)
	}
}

// ecwid.md 4.2: whether total uses the shipping before or after shipping
// promotions is not documented, so the one that adds up is taken.
func TestDiscountedShipping(t *testing.T) {
	for _, tc := range []struct {
		total, shipping int
		holds, noted    bool
	}{
		{20, 10, true, false}, {16, 6, true, true}, {19, 10, false, false},
	} {
		o := mustDecode(t, small(t, map[string]any{
			"items": []any{map[string]any{"price": 10, "quantity": 1}}, "subtotal": 10, "total": tc.total,
			"shippingOption": map[string]any{"shippingRate": 10, "discountedShippingRate": 6},
		}), chicago)
		if !o.ShipCharge.Amount.Equal(decimal.NewFromInt(int64(tc.shipping))) || order.Prove(o).Holds != tc.holds || (len(o.Notes) > 0) != tc.noted {
			t.Errorf("total %d: shipping %s, holds %t, notes %q", tc.total, o.ShipCharge.Amount, order.Prove(o).Holds, o.Notes)
		}
		if tc.noted && o.Notes[0] != "shipping is 6.00 after the shop's shipping promotion, before it 10.00." {
			t.Errorf("note %q", o.Notes[0])
		}
	}
}

// ecwid.md 4.2: points and credit are kept; cancelled redemptions are none.
func TestLoyaltyAndStoreCredit(t *testing.T) {
	redemption := func(cancelled bool) map[string]any {
		return map[string]any{"balance": 9, "redemption": map[string]any{"amount": 5, "cancelled": cancelled}}
	}
	o := mustDecode(t, small(t, map[string]any{"loyalty": redemption(false), "storeCredit": redemption(true)}), chicago)
	if !o.Loyalty.Equal(decimal.NewFromInt(5)) || !o.StoreCredit.IsZero() {
		t.Errorf("loyalty %s, store credit %s; want 5, 0", o.Loyalty, o.StoreCredit)
	}
}

// ecwid.md 7: refunds, and their sum when the shop leaves it out.
func TestRefunds(t *testing.T) {
	refunds := []any{map[string]any{"date": "2026-03-14 02:09:26 +0000", "source": "CP", "reason": "broken", "amount": 5.46}, map[string]any{"amount": 1}}
	o := mustDecode(t, small(t, map[string]any{"refunds": refunds}), chicago)
	if fmt.Sprint(o.RefundedAmount) != "6.46" || len(o.Refunds) != 2 || o.Refunds[0].Reason != "broken" || o.Refunds[0].Date.IsZero() || o.Refunds[0].Day != "2026-03-13" || o.Refunds[1].Day != "" {
		t.Errorf("refunded %s: %+v", o.RefundedAmount, o.Refunds)
	}
	o = mustDecode(t, small(t, map[string]any{"refunds": refunds, "refundedAmount": 0}), chicago)
	if !o.RefundedAmount.IsZero() {
		t.Errorf("the shop says 0 refunded, read %s", o.RefundedAmount)
	}
}
