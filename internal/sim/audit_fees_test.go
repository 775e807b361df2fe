package sim

import "testing"

func TestFeeOf(t *testing.T) {
	for _, c := range []struct {
		fee  Fee
		paid Cents
		want Cents
	}{{Fee{2900, 30}, 10000, 320}, {Fee{2900, 30}, 19474, 595}, {Fee{1000, 0}, 50, 1}, {Fee{1000, 0}, 49, 0}, {Fee{0, 30}, 1, 30}} {
		if got := c.fee.of(c.paid); got != c.want {
			t.Errorf("%+v of %s is %s", c.fee, c.paid, got)
		}
	}
}
