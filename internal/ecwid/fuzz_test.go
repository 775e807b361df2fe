package ecwid

import (
	"encoding/json"
	"testing"

	"github.com/shopspring/decimal"

	"qbridge/internal/order"
)

// Whatever JSON comes, an order that is accepted has a key, a date and money
// that can be added, hashed and redacted.
func FuzzDecode(f *testing.F) {
	for _, raw := range samples(f) {
		f.Add([]byte(raw))
	}
	for _, raw := range []string{
		`{"id":"A","total":1e20,"items":[]}`, `{"id":"A","total":-1E-20,"items":[{"quantity":9223372036854775807,"price":99999999999999999999}]}`,
		`{"id":"A","createTimestamp":253402300800,"total":0,"items":[]}`, `{"id":"A","createDate":"0000-01-01","total":0,"items":[{}]}`,
		`{"id":"\ud800","createDate":"2026-01-01","total":0,"items":[{"taxes":[{}],"discounts":[{}]}],"customSurcharges":[{}],"refunds":[{}]}`,
	} {
		f.Add([]byte(raw))
	}
	limit := decimal.New(1, maxExponent)
	f.Fuzz(func(t *testing.T, raw []byte) {
		o, err := Decode(raw, chicago)
		if err != nil {
			return
		}
		if o.Key == "" || o.ID == "" || len(o.Date) != len("2006-01-02") {
			t.Fatalf("accepted without key, number or date: %q %q %q", o.Key, o.ID, o.Date)
		}
		amounts := []decimal.Decimal{o.Subtotal, o.Discount, o.CouponDiscount, o.Tax, o.Total, o.GiftCard, o.ShipCharge.Amount, o.Handling.Amount}
		for _, l := range o.Lines {
			amounts = append(amounts, l.Price, l.Coupon, l.Tax)
		}
		for _, a := range amounts {
			if a.Abs().GreaterThanOrEqual(limit) || a.Exponent() < -maxDigits-maxExponent {
				t.Fatalf("accepted the amount %s", a)
			}
		}
		if p := order.Prove(o); p.Holds == (p.Problem != "") {
			t.Fatalf("holds %t with the problem %q", p.Holds, p.Problem)
		}
		clean, err := Redact(raw)
		if err != nil {
			t.Fatal(err)
		}
		again, err := Decode(clean, chicago)
		if err != nil || AccountingHash(again) != AccountingHash(o) {
			t.Fatalf("redacted, it is another order: %v", err)
		}
	})
}

// Redacting never makes what is no JSON, and redacting twice changes nothing.
func FuzzRedact(f *testing.F) {
	for _, raw := range samples(f) {
		f.Add([]byte(raw))
	}
	f.Add([]byte(`[{"ticket":1,"a":"https://x?access_key=1"},"\ud800",1.0E+5]`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		clean, err := Redact(raw)
		if err != nil {
			return
		}
		again, err := Redact(clean)
		if err != nil || !json.Valid(clean) || string(again) != string(clean) {
			t.Fatalf("%s became %s, then %s (%v)", raw, clean, again, err)
		}
	})
}
