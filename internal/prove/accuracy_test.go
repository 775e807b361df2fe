package prove

import (
	"strings"
	"testing"
)

// Q25-Q29, I2: whatever the shop's orders are made of, every part of what is posted is equal in the books; what is not posted has a named cause.
func TestAccuracy(t *testing.T) {
	t.Parallel()
	a, err := MeasureAccuracy(t.Context(), AccuracyOptions{Orders: 200, Seed: 3})
	if err != nil {
		t.Fatal(err)
	}
	if a.Unequal > 0 || a.Parts < 20*a.Posted {
		t.Errorf("%d parts unequal of %d:\n%s", a.Unequal, a.Parts, a)
	}
	if a.Orders != 200 || a.Posted*100 < a.Sound*99 || a.Native*100 < a.Posted*95 {
		t.Errorf("posted %d of %d, native tax %d:\n%s", a.Posted, a.Sound, a.Native, a)
	}
	held := 0
	for _, c := range a.Causes {
		held += c.Orders
		if c.Cause == "" || strings.HasSuffix(c.Example, ": ") {
			t.Errorf("a cause without a name or a sentence: %+v", c)
		}
	}
	if held != a.Sound-a.Posted {
		t.Errorf("%d orders are held, %d by named causes", a.Sound-a.Posted, held)
	}
}
