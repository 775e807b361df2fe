package ecwid

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/shopspring/decimal"

	"qbridge/internal/order"
)

// fixtures is the folder of recorded samples beside the repository, which are
// read in place because they are not ours to copy.
func fixtures(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			t.Fatal("no go.mod above the test")
		}
		dir = parent
	}
	folder := filepath.Join(filepath.Dir(dir), "shared", "fixtures", "ecwid")
	if _, err := os.Stat(folder); err != nil {
		t.Skip("the recorded samples (../shared/fixtures/ecwid beside the repository) are not here")
	}
	return folder
}

func fixture(t *testing.T, name string) []byte {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(fixtures(t), filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// ordersIn gives the orders of a file: itself, or those of a search.
func ordersIn(t *testing.T, raw []byte) []json.RawMessage {
	t.Helper()
	var page struct {
		Count *int
		Items []json.RawMessage
	}
	if err := json.Unmarshal(raw, &page); err != nil {
		t.Fatal(err)
	}
	if page.Count != nil {
		return page.Items
	}
	return []json.RawMessage{raw}
}

// ecwid.md 5, 5.1, 5.2: every recorded and every written order comes apart as
// expected, each figure and the mode, and adds up.
func TestFixturesAddUp(t *testing.T) {
	type split struct {
		ID, Mode                                                                        string
		Goods, Promotions, Coupon, Shipping, Handling, Surcharges, Tax, GiftCard, Total decimal.Decimal
		DeclaredPricesIncludeTax                                                        *bool
	}
	expected := map[string][]split{}
	if err := json.Unmarshal(fixture(t, "expected.json"), &expected); err != nil {
		t.Fatal(err)
	}
	// None of the fixtures fails to add up. These hold, but not as they declare themselves.
	warned := map[string]bool{"EBJFT": true}
	seen := 0
	for file, want := range expected {
		orders := ordersIn(t, fixture(t, file))
		if len(orders) != len(want) {
			t.Errorf("%s: %d orders, want %d", file, len(orders), len(want))
			continue
		}
		for i, w := range want {
			seen++
			t.Run(w.ID, func(t *testing.T) {
				clean, err := Redact(orders[i])
				if err != nil {
					t.Fatal(err)
				}
				o := mustDecode(t, clean, chicago)
				s, p := o.Split(), order.Prove(o)
				if o.Number() != w.ID || string(p.Mode) != w.Mode {
					t.Errorf("order %s is %q, want %s, %q", o.Number(), p.Mode, w.ID, w.Mode)
				}
				if !p.Holds || p.Problem != "" || !p.Difference.IsZero() || (p.Warning != "") != warned[w.ID] {
					t.Errorf("holds %t, problem %q, warning %q", p.Holds, p.Problem, p.Warning)
				}
				if (o.PricesInclude == nil) != (w.DeclaredPricesIncludeTax == nil) || o.PricesInclude != nil && *o.PricesInclude != *w.DeclaredPricesIncludeTax {
					t.Errorf("declares %v, want %v", o.PricesInclude, w.DeclaredPricesIncludeTax)
				}
				for _, part := range []struct {
					name      string
					got, want decimal.Decimal
				}{
					{"goods", s.Goods, w.Goods}, {"promotions", s.Promotions, w.Promotions}, {"coupon", s.Coupon, w.Coupon},
					{"shipping", s.Shipping, w.Shipping}, {"handling", s.Handling, w.Handling}, {"surcharges", s.Surcharges, w.Surcharges},
					{"tax", s.Tax, w.Tax}, {"gift card", s.GiftCard, w.GiftCard}, {"total", s.Total, w.Total},
				} {
					if !part.got.Equal(part.want) {
						t.Errorf("%s is %s, want %s", part.name, part.got, part.want)
					}
				}
				// ecwid.md 5.3: with tax on shipping counted once, the taxes listed are the order's tax.
				var listed decimal.Decimal
				for _, tax := range o.Taxes() {
					listed = listed.Add(tax.Total)
				}
				if !listed.Equal(s.Tax) {
					t.Errorf("the taxes listed come to %s, the order's tax is %s", listed, s.Tax)
				}
				if o.Masked || o.Date == "" || o.Buyer() == "" {
					t.Errorf("masked %t, date %q, buyer %q", o.Masked, o.Date, o.Buyer())
				}
			})
		}
	}
	if seen < 26 {
		t.Errorf("only %d orders were looked at", seen)
	}
}

// ecwid.md 5.1: a cart without a number is no order; as one it adds up.
func TestFixtureCalculate(t *testing.T) {
	raw := fixture(t, "real/calculate-3093_93.json")
	if _, err := Decode(raw, chicago); err == nil {
		t.Error("a calculated cart was taken for an order")
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(raw, &fields); err != nil {
		t.Fatal(err)
	}
	fields["id"] = json.RawMessage(`"CALC"`)
	raw, err := json.Marshal(fields)
	if err != nil {
		t.Fatal(err)
	}
	p := order.Prove(mustDecode(t, raw, chicago))
	if !p.Holds || p.Mode != order.TaxOnTop {
		t.Errorf("holds %t, mode %q: %s", p.Holds, p.Mode, p.Problem)
	}
}

// What looks a little like an order is refused with words, never half read.
func TestFixturesThatAreNoOrders(t *testing.T) {
	for _, name := range []string{
		"order-create-request", "order-create-response", "order-update-request", "order-update-response", "order-invoices",
		"order-statuses", "latest-stats", "profile-eur-gross", "profile-old-full", "product-variations",
	} {
		if o, err := Decode(fixture(t, "real/"+name+".json"), chicago); err == nil {
			t.Errorf("%s was taken for order %s", name, o.ID)
		}
	}
	for _, name := range []string{"customers-search", "products-search", "orders-deleted"} {
		for _, raw := range ordersIn(t, fixture(t, "real/"+name+".json")) {
			if o, err := Decode(raw, chicago); err == nil {
				t.Errorf("an entry of %s was taken for order %s", name, o.ID)
			}
		}
	}
}

// ecwid.md 8.5 on recorded profiles.
func TestFixtureProfiles(t *testing.T) {
	p, err := DecodeProfile(fixture(t, "real/profile-eur-gross.json"))
	if err != nil {
		t.Fatal(err)
	}
	if p.StoreID != "1003" || p.StoreName != "API Team Store" || p.Currency != "EUR" || p.Precision != 2 || p.Timezone != "Europe/London" ||
		!p.PricesIncludeTax || p.Suspended || !p.HasAPI || p.Company.Display() != "Ecwid API Team Store" || p.Company.City != "Tbilisi" ||
		len(p.ShippingOptions) != 3 || len(p.PaymentOptions) == 0 || len(p.TaxNames) != 1 {
		t.Errorf("read %+v", p)
	}
	p, err = DecodeProfile(fixture(t, "real/profile-old-full.json"))
	if err != nil {
		t.Fatal(err)
	}
	if p.StoreID != "4870020" || p.Currency != "USD" || p.Timezone != "Europe/Moscow" || !p.HasAPI || p.PricesIncludeTax || len(p.PaymentOptions) != 4 {
		t.Errorf("read %+v", p)
	}
}

// ecwid.md 3.5: a refund and an edit are changes of accounting.
func TestFixtureChanges(t *testing.T) {
	hash := func(name string) string {
		return AccountingHash(mustDecode(t, fixture(t, "synthetic/"+name+".json"), chicago))
	}
	for _, pair := range [][2]string{
		{"s06a-before-refund", "s06b-partial-refund"}, {"s06b-partial-refund", "s06c-second-refund-full"}, {"s14a-before-edit", "s14b-after-edit"},
	} {
		if hash(pair[0]) == hash(pair[1]) {
			t.Errorf("%s and %s have one hash", pair[0], pair[1])
		}
	}
	// ecwid.md 7: refunded in full by its status, though two cents were kept.
	for name, want := range map[string]string{"s06a-before-refund": "0", "s06b-partial-refund": "5.46", "s06c-second-refund-full": "94.45"} {
		o := mustDecode(t, fixture(t, "synthetic/"+name+".json"), chicago)
		if o.RefundedAmount.String() != want {
			t.Errorf("%s: refunded %s, want %s", name, o.RefundedAmount, want)
		}
	}
}
