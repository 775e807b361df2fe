package ecwid

import (
	"encoding/json"
	"runtime"
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
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		o, err := Decode(raw, chicago)
		runtime.ReadMemStats(&after)
		if used := after.TotalAlloc - before.TotalAlloc; used > uint64(1<<20+1000*len(raw)) {
			t.Errorf("%d bytes took %d bytes of memory", len(raw), used)
		}
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

// Whatever a shop says of itself, a profile that is accepted can be used.
func FuzzProfile(f *testing.F) {
	f.Add([]byte(`{"generalInfo":{"storeId":1003},"formatsAndUnits":{"currency":"USD","timezone":"America/Chicago","currencyPrecision":2},"taxSettings":{}}`))
	f.Add([]byte(`{"generalInfo":{"storeId":"1003"},"formatsAndUnits":{"currencyPrecision":99999999999,"timezone":"../../etc/passwd"}}`))
	f.Add([]byte(`[]`))
	order := samples(f)["us-coupon-three-taxes"]
	f.Fuzz(func(t *testing.T, raw []byte) {
		p, err := DecodeProfile(raw)
		if err != nil {
			return
		}
		if o, err := Decode(order, p); err == nil && (o.Key == "" || o.Precision < 0 || o.Precision > 4) {
			t.Fatalf("an order of key %q and precision %d", o.Key, o.Precision)
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
