package posting

import (
	"testing"

	"github.com/shopspring/decimal"
)

func decimals(texts ...string) []decimal.Decimal {
	var all []decimal.Decimal
	for _, s := range texts {
		all = append(all, decimal.RequireFromString(s))
	}
	return all
}

// Q25: the figures that genuine answers and tax guides give.
func TestPredictTax(t *testing.T) {
	for _, c := range []struct {
		name, taxed string
		rates       []string
		want        string
	}{
		{"answer of QuickBooks, 8.25 %", "0.20", []string{"8.25"}, "0.02"},
		{"answer of QuickBooks, 8.25 %, larger", "2.80", []string{"8.25"}, "0.23"},
		{"answer of QuickBooks, 6 %", "183.00", []string{"6"}, "10.98"},
		{"one item rounds once", "35.50", []string{"8.25"}, "2.93"},
		{"a group rounds each member", "35.50", []string{"1", "0.5", "0.5", "6.25"}, "2.94"},
		{"half goes up", "35.50", []string{"1"}, "0.36"},
		{"half goes up from an even cent, too", "2.50", []string{"5"}, "0.13"},
		{"half goes away from zero", "-35.50", []string{"1"}, "-0.36"},
		{"no tax", "35.50", []string{"0"}, "0"},
		{"nothing taxed", "0", []string{"8.25"}, "0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := predictTax(decimals(c.taxed)[0], decimals(c.rates...)); !got.Equal(decimals(c.want)[0]) {
				t.Errorf("%s at %v is %s, want %s", c.taxed, c.rates, got, c.want)
			}
		})
	}
}

// Q30: a rate goes out only when QuickBooks would multiply it back to the amount.
func TestRateFor(t *testing.T) {
	for _, c := range []struct {
		name, price, quantity, amount string
		want                          bool
	}{
		{"plain", "12.50", "3", "37.50", true},
		{"fraction of a cent that rounds to the amount", "0.125", "7", "0.88", true},
		{"fraction of a cent on a line that took the difference", "0.125", "7", "0.87", false},
		{"five decimals", "0.12345", "100", "12.35", true},
		{"six decimals", "0.123456", "100", "12.35", false},
		{"zeros beyond five decimals", "1.2500000", "2", "2.50", true},
		{"tax taken out", "72", "2", "120", false},
		{"negative", "-1.005", "1", "-1.01", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := rateFor(decimals(c.price)[0], decimals(c.quantity)[0], decimals(c.amount)[0])
			if (got != nil) != c.want {
				t.Errorf("rate %v, want one: %v", got, c.want)
			}
		})
	}
}

// ecwid.md 5.3: the tax of a recorded order of 10.00 with 10 % inside is 0.91.
func TestInside(t *testing.T) {
	for _, c := range []struct{ gross, rate, all, want string }{
		{"10", "10", "10", "0.91"}, {"110", "10", "10", "10"}, {"100", "5", "25", "4"}, {"0", "20", "20", "0"},
	} {
		if got := inside(decimals(c.gross)[0], decimals(c.rate)[0], decimals(c.all)[0]); !got.Equal(decimals(c.want)[0]) {
			t.Errorf("%s %% of %s inside: %s, want %s", c.rate, c.gross, got, c.want)
		}
	}
}
