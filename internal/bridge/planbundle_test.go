package bridge

import (
	"testing"

	"github.com/shopspring/decimal"

	"qbridge/internal/order"
	"qbridge/internal/posting"
)

// The members of a bundle stand beside its one line in the shop; the goods
// around them keep their places.
func TestBundleSideBySide(t *testing.T) {
	amount := decimal.RequireFromString
	o := order.Order{ID: "B1", Precision: 2, Subtotal: amount("25"), Total: amount("25"), Lines: []order.Line{
		{SKU: "A", Name: "Apple", Price: amount("2"), Quantity: 1}, {SKU: "SET", Name: "Set", Price: amount("20"), Quantity: 1}, {SKU: "B", Name: "Bread", Price: amount("3"), Quantity: 1}}}
	one := decimal.NewFromInt(1)
	line := func(name, value string, bundle int) posting.Line {
		return posting.Line{Item: posting.Ref{ListID: name, Name: name}, Quantity: &one, Amount: amount(value), Part: posting.Goods, Bundle: bundle}
	}
	d := posting.Document{Purpose: "receipt", Kind: "SalesReceipt", Total: amount("25"), Lines: []posting.Line{line("A", "2", 0), line("Cup", "12", 2), line("Rope", "8", 2), line("B", "3", 0)}}
	want := map[string]string{"A": "1 × Apple [A]", "Cup": "1 × Set [SET]", "Rope": "", "B": "1 × Bread [B]"}
	for _, r := range ComparePlan(o, posting.Plan{Documents: []posting.Document{d}}, posting.NewBooks(posting.Lists{})) {
		if shop, ok := want[r.Books]; ok && r.Part == string(posting.Goods) {
			if r.Shop != shop || r.Books == "Cup" && r.How != "" {
				t.Errorf("beside %s stands %q: %s", r.Books, r.Shop, r.How)
			}
			delete(want, r.Books)
		}
	}
	if len(want) > 0 {
		t.Errorf("not shown: %v", want)
	}
}
