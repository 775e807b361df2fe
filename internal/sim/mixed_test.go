package sim

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func mixedOrders(n int) []Mixed {
	taxes := []TaxItem{{"State", 625000}, {"County", 100000}, {"City", 225000}, {"District", 75000}}
	return MixedOrders(5, n, time.Date(2026, 11, 20, 18, 0, 0, 0, time.UTC), TaxItem{"Sales tax", 950000}, taxes)
}

// Every choice comes, about as often as it says; every order adds up as Ecwid's do, but for those that are not to.
func TestMixedOrders(t *testing.T) {
	const n = 2000
	seen := map[string]int{}
	for _, o := range mixedOrders(n) {
		for _, name := range o.Names {
			seen[name]++
		}
		s, err := readSale(o.JSON)
		if err != nil {
			t.Fatal(err)
		}
		if adds := s.added() == s.total; adds == o.Is("does not add up") {
			t.Errorf("order %s (%v) comes to %s and says %s", s.ID, o.Names, s.added(), s.total)
		}
		if s.gross != o.Is("gross") && s.tax != 0 && !o.Is("does not add up") {
			t.Errorf("order %s (%v): tax inside %t", s.ID, o.Names, s.gross)
		}
		if o.Is("exempt buyer") && s.tax != 0 {
			t.Errorf("order %s of an exempt buyer has %s of tax", s.ID, s.tax)
		}
		if o.Is("shipping coupon") && s.discount < s.shipping {
			t.Errorf("order %s: a coupon takes %s off shipping of %s", s.ID, s.discount, s.shipping)
		}
	}
	for _, c := range Choices() {
		if want := n * c.PerMille / 1000; seen[c.Name] < want/2 || seen[c.Name] > want*2 {
			t.Errorf("%s: %d orders, where %d of 1,000 of %d are announced", c.Name, seen[c.Name], c.PerMille, n)
		}
	}
}

func TestMixedOrdersRepeat(t *testing.T) {
	if diff := cmp.Diff(mixedOrders(50), mixedOrders(50)); diff != "" {
		t.Errorf("the same seed gives other orders:\n%s", diff)
	}
}

func TestChoicesAreTold(t *testing.T) {
	names, groups := map[string]bool{}, map[string]int{}
	last := ""
	for _, c := range Choices() {
		if names[c.Name] {
			t.Errorf("two choices are called %q", c.Name)
		}
		if c.Group != last && groups[c.Group] > 0 {
			t.Errorf("the choices of the group %q do not stand together", c.Group)
		}
		names[c.Name], last = true, c.Group
		if groups[c.Group] += c.PerMille; groups[c.Group] > 1000 {
			t.Errorf("the group %q has %d of 1,000", c.Group, groups[c.Group])
		}
	}
}
