package ecwid

import "testing"

// What reading an order costs: 100,000 are read anew after an update.
func BenchmarkDecode(b *testing.B) {
	raw := samples(b)["us-coupon-three-taxes"]
	b.ReportAllocs()
	for b.Loop() {
		mustDecode(b, raw, chicago)
	}
}

func BenchmarkRedact(b *testing.B) {
	raw := samples(b)["us-coupon-three-taxes"]
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Redact(raw); err != nil {
			b.Fatal(err)
		}
	}
}
