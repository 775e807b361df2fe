package order

import (
	"math/big"
	"testing"

	"github.com/shopspring/decimal"
)

// An order adds up exactly when whole numbers say so, and the difference is what
// is missing (ecwid.md 5).
func FuzzProve(f *testing.F) {
	f.Add(int64(12745), int64(0), int64(1275), int64(990), int64(0), int64(0), int64(1090), int64(0), int64(13550), int64(12745), int64(1), byte(0))
	f.Add(int64(9310), int64(0), int64(0), int64(690), int64(360), int64(0), int64(1485), int64(0), int64(10360), int64(9310), int64(1), byte(1))
	f.Add(int64(24900), int64(0), int64(0), int64(0), int64(0), int64(0), int64(2365), int64(10000), int64(17265), int64(12450), int64(2), byte(2))
	f.Add(int64(-1), int64(1<<62), int64(-1<<62), int64(5), int64(0), int64(7), int64(0), int64(0), int64(0), int64(-1), int64(1), byte(0))
	f.Fuzz(func(t *testing.T, goods, promotions, coupon, shipping, handling, fee, tax, card, total, price, quantity int64, declares byte) {
		cents := func(n int64) decimal.Decimal { return decimal.New(n, -2) }
		o := Order{ID: "F", Currency: "USD", Precision: 2, Subtotal: cents(goods), Discount: cents(promotions), CouponDiscount: cents(coupon), ShipCharge: Charge{Amount: cents(shipping)},
			Handling: Charge{Amount: cents(handling)}, Surcharges: []Charge{{Amount: cents(fee)}}, Tax: cents(tax), GiftCard: cents(card), Total: cents(total),
			Lines: []Line{{Price: cents(price), Quantity: quantity}}}
		if declares > 0 {
			gross := declares == 1
			o.PricesInclude = &gross
		}
		// inside and onTop are what the total lacks by each formula.
		inside := new(big.Int)
		for _, n := range []int64{total, promotions, coupon, card} {
			inside.Add(inside, big.NewInt(n))
		}
		for _, n := range []int64{goods, shipping, handling, fee} {
			inside.Sub(inside, big.NewInt(n))
		}
		onTop := new(big.Int).Sub(inside, big.NewInt(tax))
		lines := new(big.Int).Mul(big.NewInt(price), big.NewInt(quantity))
		adds := (inside.Sign() == 0 || onTop.Sign() == 0) && lines.Cmp(big.NewInt(goods)) == 0
		p := Prove(o)
		if p.Holds != adds || p.Holds != (p.Problem == "") {
			t.Fatalf("holds %t, want %t: %q", p.Holds, adds, p.Problem)
		}
		if p.Holds && (p.Mode == TaxOnTop && onTop.Sign() != 0 || p.Mode == TaxInside && inside.Sign() != 0 || (p.Mode == NoTax) != (tax == 0) || p.Warning != "" && o.PricesInclude == nil) {
			t.Fatalf("%s, warning %q; %s is missing with the tax inside, %s with the tax on top", p.Mode, p.Warning, inside, onTop)
		}
		even := o
		even.Total = even.Total.Sub(p.Difference)
		even.Lines = []Line{{Price: even.Subtotal, Quantity: 1}}
		if !Prove(even).Holds {
			t.Fatalf("with the difference of %s taken away it still does not add up: %s", p.Difference, Prove(even).Problem)
		}
	})
}
