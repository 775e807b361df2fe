package prove

import (
	"strings"
	"testing"
)

// Q25-Q29, Q31, Q32, Q35, I2: whatever the shop's orders are made of and however they change, every part of what is posted is equal in the books, by
// the rules of each kind of books; what is not posted has a named cause.
func TestAccuracy(t *testing.T) {
	t.Parallel()
	const n = 200
	a, err := MeasureAccuracy(t.Context(), AccuracyOptions{Orders: n, Seed: 3})
	if err != nil {
		t.Fatal(err)
	}
	if a.Unequal > 0 || a.Parts < 20*a.Posted {
		t.Errorf("%d parts unequal of %d:\n%s", a.Unequal, a.Parts, a)
	}
	if a.Orders != n || a.Posted*100 < a.Sound*99 || a.Native*100 < a.Posted*95 {
		t.Errorf("posted %d of %d, native tax %d:\n%s", a.Posted, a.Sound, a.Native, a)
	}
	causes := func(all []HeldCause) (orders int) {
		for _, c := range all {
			orders += c.Orders
			if c.Cause == "" || strings.HasSuffix(c.Example, ": ") {
				t.Errorf("a cause without a name or a sentence: %+v", c)
			}
		}
		return orders
	}
	if held, others := causes(a.Causes), causes(a.Others); held != a.Sound-a.Posted || others != a.Orders-a.Sound {
		t.Errorf("%d sound orders are held, %d by named causes; %d are not sound, %d by named causes", a.Sound-a.Posted, held, a.Orders-a.Sound, others)
	}
	for _, s := range a.Books {
		if kept := s.Name != "another currency, not kept"; s.Orders != n*s.PerMille/1000 && s.Name != "sales receipts" || kept != (s.Posted > 0) {
			t.Errorf("%s: %d orders, %d posted", s.Name, s.Orders, s.Posted)
		}
	}
	for _, s := range a.Choices {
		if strings.Contains(s.Name, "edited later") && s.Posted < s.Sound {
			t.Errorf("%s: %d of %d sound orders are in the books as they were, and asked about", s.Name, s.Posted, s.Sound)
		}
	}
}
