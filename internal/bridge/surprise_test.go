package bridge

import (
	"testing"

	"qbridge/internal/sim"
)

// design.md 5: no customer is created by surprise. Somebody adds the buyer by hand while his order waits; the lists are read in the
// same session in which the order would go out.
func TestCustomerAddedByHandMeanwhile(t *testing.T) {
	w := newWorld(t)
	p := w.take(sim.KindNamesakeFirst)[0]
	w.byHand(`<CustomerAddRq requestID="1"><CustomerAdd><Name>Maria G.</Name><Email>maria.garcia@example.com</Email></CustomerAdd></CustomerAddRq>`)
	check(t, w.b.RefreshLists(w.ctx))
	w.settle()
	w.once(p)
	if got := w.company.Receipts()[0].Customer; got != "Maria G." {
		t.Errorf("the receipt is of %q", got)
	}
}
