package order

import (
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"
)

func dec(text string) decimal.Decimal { return decimal.RequireFromString(text) }

func yes() *bool { b := true; return &b }
func no() *bool  { return new(bool) }

// sale is an order of one line and its totals.
func sale(declared *bool, goods, ship, tax, total string) Order {
	return Order{
		ID: "K8XTQ", Currency: "USD", Precision: 2, PricesInclude: declared,
		Lines:    []Line{{Price: dec(goods), Quantity: 1}},
		Subtotal: dec(goods), ShipCharge: Charge{Amount: dec(ship)}, Tax: dec(tax), Total: dec(total),
	}
}

// ecwid.md 5.2, rule 1: the declared formula first, the other one second; when
// neither holds, the difference and its sum in words.
func TestProve(t *testing.T) {
	with := func(o Order, change func(*Order)) Order { change(&o); return o }
	for _, tc := range []struct {
		name       string
		order      Order
		holds      bool
		mode       Mode
		difference string
		warning    string
		problem    []string
	}{
		{"net as declared", sale(no(), "30", "10", "2.85", "42.85"), true, TaxOnTop, "0", "", nil},
		{"net, nothing declared", sale(nil, "30", "10", "2.85", "42.85"), true, TaxOnTop, "0", "", nil},
		{"gross as declared", sale(yes(), "30", "10", "2.85", "40"), true, TaxInside, "0", "", nil},
		{"gross, nothing declared", sale(nil, "30", "10", "2.85", "40"), true, TaxInside, "0", "", nil},
		{"gross, declared net", sale(no(), "30", "10", "2.85", "40"), true, TaxInside, "0", "adds up only with the tax inside", nil},
		{"net, declared gross", sale(yes(), "30", "10", "2.85", "42.85"), true, TaxOnTop, "0", "adds up only with the tax on top", nil},
		{"no tax, declared net", sale(no(), "30", "10", "0", "40"), true, NoTax, "0", "", nil},
		{"no tax, declared gross", sale(yes(), "30", "10", "0", "40"), true, NoTax, "0", "", nil},
		{"nothing sold", Order{Precision: 2}, true, NoTax, "0", "", nil},

		// ecwid.md 5.2, rule 4: a gift card pays; the sale is the total before it.
		{"gift card pays a part", with(sale(no(), "249", "0", "23.65", "172.65"), func(o *Order) { o.GiftCard = dec("100") }), true, TaxOnTop, "0", "", nil},
		{"gift card pays all", with(sale(yes(), "50", "0", "8.33", "0"), func(o *Order) { o.GiftCard = dec("50") }), true, TaxInside, "0", "", nil},

		// What documentation writers did to their samples (ecwid.md 5.1).
		{"a fee pasted in later", with(sale(no(), "30", "10", "2.85", "42.85"), func(o *Order) { o.Handling.Amount = dec("4") }), false, TaxOnTop, "-4", "",
			[]string{"does not add up", "goods 30.00 + shipping 10.00 + handling 4.00 + tax 2.85 is 46.85", "total is 42.85", "difference of -4.00"}},
		{"tips pasted in later", with(sale(yes(), "30", "10", "2.85", "40"), func(o *Order) { o.Surcharges = []Charge{{ID: "tips", Amount: dec("5")}} }), false, TaxInside, "-5", "",
			[]string{"surcharges 5.00 is 45.00"}},
		{"a gift card pasted in later", with(sale(no(), "30", "0", "0", "30"), func(o *Order) { o.GiftCard = dec("10") }), false, NoTax, "10", "",
			[]string{"gift card 10.00 is 20.00"}},
		{"one cent more, declared net", sale(no(), "30", "10", "2.85", "42.86"), false, TaxOnTop, "0.01", "", []string{"difference of 0.01"}},
		{"one cent less, declared gross", sale(yes(), "30", "10", "2.85", "39.99"), false, TaxInside, "-0.01", "", []string{"difference of -0.01"}},
		{"one cent more than gross, nothing declared", sale(nil, "30", "10", "2.85", "40.01"), false, TaxInside, "0.01", "", nil},
		{"one cent more than net, nothing declared", sale(nil, "30", "10", "2.85", "42.86"), false, TaxOnTop, "0.01", "", nil},

		// ecwid.md 4.2: the effect of points and credit on the total is not documented.
		{"points lower the total", with(sale(no(), "40", "5", "3.80", "43.80"), func(o *Order) { o.Loyalty = dec("5") }), false, TaxOnTop, "-5", "",
			[]string{"exactly the redeemed loyalty points"}},
		{"credit lowers the total", with(sale(no(), "40", "5", "3.80", "28.80"), func(o *Order) { o.StoreCredit = dec("20") }), false, TaxOnTop, "-20", "",
			[]string{"exactly the redeemed store credit"}},
		{"credit without effect", with(sale(no(), "40", "5", "3.80", "48.80"), func(o *Order) { o.StoreCredit = dec("20") }), true, TaxOnTop, "0", "", nil},

		// Fractions of a cent cancel out in the sum, but not in the books.
		{"fractions that cancel out", with(sale(no(), "30", "10.005", "0", "40"), func(o *Order) { o.CouponDiscount = dec("0.005") }), false, NoTax, "0", "",
			[]string{"0.005", "more than the 2 decimals of USD"}},
		{"a fraction in the total", sale(no(), "30", "10", "0", "40.0000000001"), false, NoTax, "0.0000000001", "",
			[]string{"total is 40.0000000001", "difference of 0.0000000001"}},
		{"half a yen", with(sale(yes(), "1000", "0.5", "0", "1000.5"), func(o *Order) { o.Precision, o.Currency = 0, "JPY" }), false, NoTax, "0", "",
			[]string{"more than the 0 decimals of JPY"}},

		// The lines make up the subtotal.
		{"another line", with(sale(no(), "30", "10", "2.85", "42.85"), func(o *Order) { o.Lines = append(o.Lines, Line{Price: dec("1"), Quantity: 1}) }), false, TaxOnTop, "0", "",
			[]string{"the lines come to 31.00, but the shop's subtotal is 30.00"}},
		{"no lines", with(sale(no(), "30", "10", "2.85", "42.85"), func(o *Order) { o.Lines = nil }), false, TaxOnTop, "0", "", []string{"the lines come to 0.00"}},
		{"a line of which nothing is left", with(sale(no(), "30", "10", "2.85", "42.85"), func(o *Order) { o.Lines = append(o.Lines, Line{Price: dec("99"), Quantity: 0}) }), true, TaxOnTop, "0", "", nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p := Prove(tc.order)
			if p.Holds != tc.holds || p.Mode != tc.mode || !p.Difference.Equal(dec(tc.difference)) {
				t.Errorf("holds %t, %q, difference %s; want %t, %q, %s (%s)", p.Holds, p.Mode, p.Difference, tc.holds, tc.mode, tc.difference, p.Problem)
			}
			if (p.Warning == "") != (tc.warning == "") || !strings.Contains(p.Warning, tc.warning) {
				t.Errorf("warning %q, want %q", p.Warning, tc.warning)
			}
			if p.Holds == (p.Problem != "") {
				t.Errorf("holds %t, yet the problem is %q", p.Holds, p.Problem)
			}
			for _, words := range tc.problem {
				if !strings.Contains(p.Problem, words) {
					t.Errorf("%q does not say %q", p.Problem, words)
				}
			}
		})
	}
}

// ecwid.md 5.4: prices may have fractions of a cent; the shop rounds each line
// or only the sum, half up.
func TestProveRounding(t *testing.T) {
	for _, tc := range []struct {
		name     string
		lines    []Line
		subtotal string
		holds    bool
	}{
		{"each line rounded", []Line{{Price: dec("0.333"), Quantity: 5}, {Price: dec("0.333"), Quantity: 5}}, "3.34", true},
		{"only the sum rounded", []Line{{Price: dec("0.333"), Quantity: 5}, {Price: dec("0.333"), Quantity: 5}}, "3.33", true},
		{"neither", []Line{{Price: dec("0.333"), Quantity: 5}, {Price: dec("0.333"), Quantity: 5}}, "3.35", false},
		{"unit price rounded first", []Line{{Price: dec("0.333"), Quantity: 30}}, "9.90", false},
		{"half a cent goes up", []Line{{Price: dec("0.125"), Quantity: 1}}, "0.13", true},
		{"half a cent does not go down", []Line{{Price: dec("0.125"), Quantity: 1}}, "0.12", false},
		{"what a double leaves behind", []Line{{Price: dec("3.3000000000000003"), Quantity: 3}}, "9.90", true},
		{"quantity 0", []Line{{Price: dec("5"), Quantity: 0}, {Price: dec("2"), Quantity: 2}}, "4", true},
		{"a line that gives back", []Line{{Price: dec("5"), Quantity: 2}, {Price: dec("-1.50"), Quantity: 1}}, "8.50", true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			o := Order{Precision: 2, Lines: tc.lines, Subtotal: dec(tc.subtotal), Total: dec(tc.subtotal)}
			if p := Prove(o); p.Holds != tc.holds {
				t.Errorf("holds %t: %s", p.Holds, p.Problem)
			}
		})
	}
}

// ecwid.md 5: an order made by the formula holds in its mode, whatever its
// figures, and one cent more or less in any of them never does.
func TestProveProperty(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		cents := func(name string) decimal.Decimal {
			return decimal.New(rapid.Int64Range(0, 200_000).Draw(rt, name), -2)
		}
		o := Order{Currency: "USD", Precision: 2}
		for range rapid.IntRange(1, 5).Draw(rt, "lines") {
			l := Line{Price: cents("price"), Quantity: rapid.Int64Range(0, 9).Draw(rt, "quantity")}
			o.Lines = append(o.Lines, l)
			o.Subtotal = o.Subtotal.Add(l.Goods(2))
		}
		o.Discount, o.CouponDiscount = cents("discount"), cents("coupon")
		o.ShipCharge.Amount, o.Handling.Amount = cents("shipping"), cents("handling")
		o.Surcharges = []Charge{{ID: "tips", Amount: cents("tips")}, {Amount: cents("bag").Neg()}}
		o.GiftCard = cents("gift card")
		// A tax of one cent makes the two formulas neighbours: a cent changed leads
		// from one to the other.
		o.Tax = decimal.New(rapid.OneOf(rapid.Just(int64(0)), rapid.Int64Range(2, 50_000)).Draw(rt, "tax"), -2)
		o.PricesInclude = rapid.SampledFrom([]*bool{nil, yes(), no()}).Draw(rt, "declared")
		want := rapid.SampledFrom([]Mode{TaxOnTop, TaxInside}).Draw(rt, "mode")
		o.Total = o.Split().Base().Sub(o.GiftCard)
		if want == TaxOnTop {
			o.Total = o.Total.Add(o.Tax)
		}
		if o.Tax.IsZero() {
			want = NoTax
		}
		p := Prove(o)
		if !p.Holds || p.Mode != want || !p.Difference.IsZero() {
			rt.Fatalf("holds %t as %q, want %q: %s", p.Holds, p.Mode, want, p.Problem)
		}
		asDeclared := want == NoTax || o.PricesInclude == nil || *o.PricesInclude == (want == TaxInside)
		if asDeclared != (p.Warning == "") {
			rt.Fatalf("as declared is %t, the warning is %q", asDeclared, p.Warning)
		}
		if !o.Due().Equal(o.Total.Add(o.GiftCard)) {
			rt.Fatalf("due is %s", o.Due())
		}

		cent := decimal.New(rapid.SampledFrom([]int64{-1, 1}).Draw(rt, "cent"), -2)
		o.Lines = append([]Line{}, o.Lines...)
		figures := map[string]*decimal.Decimal{
			"subtotal": &o.Subtotal, "discount": &o.Discount, "coupon": &o.CouponDiscount, "shipping": &o.ShipCharge.Amount,
			"handling": &o.Handling.Amount, "tips": &o.Surcharges[0].Amount, "gift card": &o.GiftCard, "total": &o.Total,
		}
		if want == TaxOnTop { // with the tax inside, tax is information and in no formula
			figures["tax"] = &o.Tax
		}
		for i := range o.Lines {
			if o.Lines[i].Quantity > 0 {
				figures["price"] = &o.Lines[i].Price
			}
		}
		for name, figure := range figures {
			before := *figure
			*figure = before.Add(cent)
			if p := Prove(o); p.Holds || p.Problem == "" {
				rt.Fatalf("%s changed by %s and the order still holds", name, cent)
			}
			*figure = before
		}
	})
}

// An order without subtotal is told so, beside the sum that does not come out.
func TestProveWithoutSubtotal(t *testing.T) {
	o := sale(nil, "10", "5", "0", "15")
	o.Subtotal = decimal.Zero
	if p := Prove(o); p.Holds || !strings.Contains(p.Problem, "gives no subtotal, its lines come to 10.00") {
		t.Errorf("%+v", p)
	}
}
