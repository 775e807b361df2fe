package prove

import (
	"slices"
	"testing"
)

// A run of a few days finds no violation, and the same seed gives the same
// steps, byte for byte: I1, I2, I3, I4, I9.
func TestDays(t *testing.T) {
	const days = 2
	run := func() (r Result, steps []string) {
		t.Helper()
		r, err := Run(t.Context(), Options{Days: days, Seed: 1, Dir: t.TempDir(), Step: func(s string) { steps = append(steps, s) }})
		if err != nil {
			t.Fatal(err)
		}
		return r, steps
	}
	first, steps := run()
	if len(first.Violations) > 0 {
		t.Errorf("%v", first)
	}
	_, again := run()
	if !slices.Equal(steps, again) {
		for i := range steps {
			if i >= len(again) || steps[i] != again[i] {
				t.Fatalf("step %d is another one the second time:\n%s\n%s", i+1, steps[i], again[i])
			}
		}
		t.Fatalf("%d steps, then %d", len(steps), len(again))
	}
}
