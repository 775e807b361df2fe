package posting_test

import (
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

// The properties of the bookkeeper's money on orders that a fuzzer draws: every
// part of what is planned is the order's, and the total is QuickBooks'. I2
func FuzzDecide(f *testing.F) {
	random := rand.NewChaCha8([32]byte{4})
	for n := range 8 {
		drawn := make([]byte, 1<<(8+n))
		_, _ = random.Read(drawn)
		f.Add(drawn)
	}
	f.Fuzz(rapid.MakeFuzz(func(t *rapid.T) {
		rapid.SampledFrom([]func(*rapid.T){eachPart, moneyBeside, taxAsALine, refundsOnce}).Draw(t, "property")(t)
	}))
}
