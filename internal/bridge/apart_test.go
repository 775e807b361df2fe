package bridge

import (
	"strings"
	"testing"

	"qbridge/internal/sim"
)

// I3: even if QuickBooks had done a part of a set that it says it could not read (assumption 6), nothing stands twice.
func TestRefusedSetThatWasDoneAllTheSame(t *testing.T) {
	w := newWorld(t)
	all := append(w.take(sim.KindReturning, sim.KindReturning), w.take(sim.KindTaxGroup)...)
	lied := 0
	quickBooks := func(request string) (string, string, string) {
		response, hresult, message := w.company.Process(request)
		if strings.Contains(request, "<SalesReceiptAddRq") && strings.Count(request, "<SalesReceiptAddRq") > 1 {
			lied++
			return "", "0x80040400", "QuickBooks found an error when parsing the provided XML text stream."
		}
		return response, hresult, message
	}
	for lied == 0 {
		w.plan()
		w.drive(quickBooks)
	}
	w.settle()
	if w.once(all...); lied == 0 {
		t.Error("no set of several receipts went out")
	}
}
