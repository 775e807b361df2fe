package bridge

import (
	"strings"
	"testing"

	"qbridge/internal/sim"
)

// belowRules make buyers jobs of a customer, and new items sub-items.
var belowRules = strings.Replace(worldRules, "missing-item =", `customer-name = "job"
shared-customer = "Prairie Schools"
new-item-parent = "BOLT-M6"
missing-item =`, 1)

// Buyers are added as jobs and items below another, each once, also when the
// answer that tells of them is lost: they are found by their full names.
func TestJobsAndSubItems(t *testing.T) {
	for _, lost := range []string{"", "<CustomerAddRs", "<ItemNonInventoryAddRs"} {
		t.Run("lost "+lost, func(t *testing.T) {
			w := newWorld(t, worldOptions{rules: belowRules})
			times := 0
			w.tamper = func(r *sim.Reply) {
				if lost != "" && strings.Contains(r.Response, lost) && times == 0 {
					times++
					r.Response = ""
				}
			}
			all := w.take(sim.KindPlain, sim.KindNamesakeFirst, sim.KindNamesakeSecond, sim.KindVendorName, sim.KindLongName, sim.KindUnknownItem, sim.KindLongSKU, sim.KindPlain)
			for range 3 {
				if _, err := w.try(); err != nil {
					t.Fatal(err)
				}
				w.plan()
			}
			w.settle()
			w.once(all...)
			if lost != "" && times != 1 {
				t.Errorf("%d answers were lost", times)
			}
			for _, p := range all {
				if customer := w.live(p)[0].Customer; !strings.HasPrefix(customer, "Prairie Schools:") {
					t.Errorf("order %s, a %s, is %s's", p.ID, p.Kind, customer)
				}
			}
			_, lists, err := w.b.Lists(w.ctx)
			check(t, err)
			below, jobs := 0, 0
			for _, l := range lists {
				for _, e := range l.Entries {
					if strings.HasPrefix(e.Name, "BOLT-M6:") {
						below++
					}
					if strings.HasPrefix(e.Name, "Prairie Schools:") {
						jobs++
					}
				}
			}
			if below < 2 || jobs < 8 {
				t.Errorf("%d items below the bolt, %d jobs", below, jobs)
			}
		})
	}
}

// One customer stands for all buyers; the memo says who they are.
func TestOneCustomerForAll(t *testing.T) {
	w := newWorld(t, worldOptions{rules: strings.Replace(worldRules, "missing-item =", "customer-name = \"one\"\nshared-customer = \"Jane Cooper\"\nmissing-item =", 1)})
	all := w.take(sim.KindPlain, sim.KindNamesakeFirst, sim.KindNamesakeSecond, sim.KindNoEmail)
	w.settle()
	w.once(all...)
	for _, p := range all {
		if r := w.live(p)[0]; r.Customer != "Jane Cooper" || !strings.Contains(r.Memo, "| buyer ") {
			t.Errorf("%s: %q", r.Customer, r.Memo)
		}
	}
}
