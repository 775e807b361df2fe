package sim

import (
	"encoding/json"
	"fmt"
	"math/big"
	"strconv"
	"strings"
)

// Cents is an amount of money in hundredths of the currency unit.
type Cents int64

// String writes the amount the way QuickBooks does: always two decimals, no thousands sign.
func (c Cents) String() string {
	sign := ""
	if c < 0 {
		sign, c = "-", -c
	}
	return fmt.Sprintf("%s%d.%02d", sign, c/100, c%100)
}

// number writes the amount the way Ecwid does: as a JSON number without trailing zeros.
func (c Cents) number() json.Number { return json.Number(trimFixed(int64(c), 2)) }

// Numbers with up to five decimals (prices, quantities, percentages) are integers in units of 1/100000.
const fiveDecimals = 5

// percent100 is 100 % as a rate in 1/100000 percent.
const percent100 = 100 * 100000

// maxCents is the largest amount the pretend company books, 999,999,999.99: with it no product here overflows an int64.
const maxCents Cents = 99_999_999_999

// parseFixed reads a decimal number exactly as an integer in units of 10^-places. A number that needs more decimals is refused.
func parseFixed(s string, places int) (int64, error) {
	if len(s) > 40 {
		return 0, fmt.Errorf("%q is too long for a number", s)
	}
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		if exp, err := strconv.Atoi(s[i+1:]); err != nil || exp > 30 || exp < -30 {
			return 0, fmt.Errorf("%q is not a number of reasonable size", s)
		}
	}
	r, ok := new(big.Rat).SetString(s)
	if !ok || strings.ContainsAny(s, "/_xXpP") {
		return 0, fmt.Errorf("%q is not a decimal number", s)
	}
	r.Mul(r, new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(places)), nil)))
	if !r.IsInt() || !r.Num().IsInt64() {
		return 0, fmt.Errorf("%q does not fit %d decimals", s, places)
	}
	return r.Num().Int64(), nil
}

// trimFixed writes n units of 10^-places without trailing zeros.
func trimFixed(n int64, places int) string {
	sign := ""
	if n < 0 {
		sign, n = "-", -n
	}
	digits := fmt.Sprintf("%0*d", places+1, n)
	whole, part := digits[:len(digits)-places], strings.TrimRight(digits[len(digits)-places:], "0")
	if part == "" {
		return sign + whole
	}
	return sign + whole + "." + part
}

// divRound divides and rounds half away from zero.
func divRound(n, d int64) int64 {
	if n < 0 {
		return -divRound(-n, d)
	}
	return (2*n + d) / (2 * d)
}

// taxOn is the tax on top of a net base at a rate in 1/100000 percent, rounded once, half up (ecwid.md 5.3, Q25).
func taxOn(base Cents, rate int64) Cents { return Cents(divRound(int64(base)*rate, percent100)) }

// taxInside is the tax contained in a gross amount.
func taxInside(gross Cents, rate int64) Cents {
	return Cents(divRound(int64(gross)*rate, percent100+rate))
}

// extend multiplies two numbers of five decimals, as price and quantity are, and rounds the product to the cent.
// ok is false when the product is larger than the pretend company books.
func extend(price, quantity int64) (product Cents, ok bool) {
	n := new(big.Int).Mul(big.NewInt(price), big.NewInt(quantity))
	half := big.NewInt(50_000_000)
	if n.Sign() < 0 {
		half.Neg(half)
	}
	n.Quo(n.Add(n, half), big.NewInt(100_000_000))
	if !n.IsInt64() || n.Int64() > int64(maxCents) || n.Int64() < -int64(maxCents) {
		return 0, false
	}
	return Cents(n.Int64()), true
}

// spread divides an amount over weights so that the shares add up to it; the cents left by rounding down go to the
// first lines that have a weight, one each.
func spread(amount Cents, weights []Cents) []Cents {
	var sum Cents
	for _, w := range weights {
		sum += w
	}
	shares := make([]Cents, len(weights))
	if sum == 0 {
		return shares
	}
	left := amount
	for i, w := range weights {
		shares[i] = Cents(int64(amount) * int64(w) / int64(sum))
		left -= shares[i]
	}
	for i := 0; left > 0; i = (i + 1) % len(weights) {
		if weights[i] > shares[i] {
			shares[i]++
			left--
		}
	}
	return shares
}
