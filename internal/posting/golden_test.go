package posting_test

import (
	"flag"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"qbridge/internal/order"
	"qbridge/internal/posting"
)

var update = flag.Bool("update", false, "write the golden files anew")

// goldenOrders are typical orders, by the name of their golden file.
func goldenOrders() map[string]order.Order {
	all := map[string]order.Order{"plain": plain(), "one-tax": taxedOrder()}

	// s01 of the shop's samples: three taxes, coupon shares, untaxed shipping.
	o := plain()
	o.CouponCode = "SPRING10"
	o.Lines = []order.Line{
		{SKU: "TS-42", Name: "Trail Shoe", Price: dec("89.95"), Quantity: 1, Coupon: dec("9"), Tax: dec("7.69"), Taxable: true,
			Taxes: []order.Tax{tax("6.25", "5.06"), tax("1", "0.81"), tax("2.25", "1.82")}},
		{SKU: "WS-M", Name: "Wool Socks", Options: []order.Option{{Name: "Size", Value: "M"}}, Price: dec("12.50"), Quantity: 3, Coupon: dec("3.75"), Tax: dec("3.21"), Taxable: true,
			Taxes: []order.Tax{tax("6.25", "2.11"), tax("1", "0.34"), tax("2.25", "0.76")}},
	}
	o.Subtotal, o.CouponDiscount, o.Tax, o.ShipCharge = dec("127.45"), dec("12.75"), dec("10.90"), order.Charge{Name: "Standard", Amount: dec("9.90")}
	o.ShippingMethod, o.Total = "Standard", dec("135.50")
	all["three-taxes-coupon"] = o

	// s10 of the shop's samples: QuickBooks' tax group comes to a cent more.
	o = plain()
	o.Lines = nil
	for _, l := range []struct {
		sku, name, price, coupon, discount, state, county, city, tax string
		quantity                                                     int64
	}{
		{"TS-42", "Canvas Tote", "18.30", "4.23", "5.96", "2.79", "0.45", "1.01", "4.25", 3},
		{"MUG", "Enamel Mug", "11.05", "1.70", "2.41", "1.12", "0.18", "0.40", "1.70", 2},
		{"WS-M", "Sticker", "1.99", "1.07", "1.50", "0.71", "0.11", "0.26", "1.08", 7},
	} {
		o.Lines = append(o.Lines, order.Line{SKU: l.sku, Name: l.name, Price: dec(l.price), Quantity: l.quantity, Coupon: dec(l.coupon), Discount: dec(l.discount), Tax: dec(l.tax), Taxable: true,
			Taxes: []order.Tax{tax("6.25", l.state), tax("1", l.county), tax("2.25", l.city)}})
	}
	o.CouponCode, o.Subtotal, o.CouponDiscount, o.Discount, o.Tax, o.Total = "SEVEN", dec("90.93"), dec("7"), dec("9.87"), dec("7.03"), dec("87.59")
	o.ShipCharge, o.ShippingMethod = order.Charge{Name: "Standard", Amount: dec("6.50")}, "Standard"
	all["promotions-rounding-cent"] = o

	// Shipping and handling taxed inside a line's taxes; the order lists it again.
	o = taxedOrder()
	o.ShipCharge, o.Handling, o.ShippingMethod = order.Charge{Name: "UPS", Amount: dec("10")}, order.Charge{Name: "Gift wrap", Amount: dec("4")}, "ups"
	o.Lines[0].Taxes[0].OnShipping, o.Lines[0].Taxes[0].Total, o.Lines[0].Tax = dec("1.16"), dec("16"), dec("16")
	o.ShipTaxes = []order.Tax{{Name: "Tax 8.25", Rate: dec("8.25"), Total: dec("1.16"), OnShipping: dec("1.16")}}
	o.Tax, o.Total = dec("16"), dec("209.90")
	all["shipping-and-handling-taxed"] = o

	// A discount over taxed and untaxed goods, split by the lines' shares.
	o = taxedOrder()
	o.Lines = append(o.Lines, order.Line{SKU: "Enamel Mug", Name: "Enamel Mug", Price: dec("20"), Quantity: 1, Discount: dec("2")})
	o.Lines[0].Discount, o.Lines[0].Taxes[0].Total, o.Lines[0].Taxes[0].OnGoods, o.Lines[0].Tax = dec("17.99"), dec("13.36"), dec("13.36"), dec("13.36")
	o.Subtotal, o.Discount, o.Tax, o.Total = dec("199.90"), dec("19.99"), dec("13.36"), dec("193.27")
	all["discount-by-taxability"] = o

	// Tips and a bag fee.
	o = taxedOrder()
	o.Surcharges = []order.Charge{{ID: "tips", Name: "tips", Description: "Tips", Amount: dec("5.44")}, {ID: "Custom Surcharge", Name: "Custom Surcharge", Description: "Bag fee", Amount: dec("0.75")}}
	o.Total = dec("200.93")
	all["tip-and-fee"] = o

	// Tax inside, with a discount and taxed shipping.
	o = plain()
	gross := true
	o.PricesInclude = &gross
	o.Lines = []order.Line{{SKU: "TS-42", Name: "Trail Shoe", Price: dec("72"), Quantity: 2, Discount: dec("14.40"), Tax: dec("21.60"), Taxes: []order.Tax{tax("20", "21.60")}}}
	o.ShipCharge, o.ShippingMethod = order.Charge{Name: "Colissimo", Amount: dec("6.90"), Net: dec("5.75")}, "Colissimo"
	o.ShipTaxes = []order.Tax{{Name: "Tax 20", Rate: dec("20"), Total: dec("1.15"), OnShipping: dec("1.15")}}
	o.ShipCharge.Taxes = o.ShipTaxes
	o.Subtotal, o.Discount, o.Tax, o.Total = dec("144"), dec("14.40"), dec("22.75"), dec("136.50")
	all["tax-inside"] = o

	// A buyer QuickBooks does not know, whose texts do not fit.
	o = plain()
	o.Email, o.ID, o.TransactionID = "zofia@example.com", "WEB-2026-0001234", "pi_3OqJ8xLkdIwHu7ix0aBcDeFg"
	long := order.Person{Name: "Zofia Małgorzata Wiśniewska-Brzęczyszczykiewicz", First: "Zofia Małgorzata", Last: "Wiśniewska-Brzęczyszczykiewicz", Company: "Łódź: Tea & Co",
		Street: []string{"Plac Wolności 14, oficyna trzecia na prawo od bramy głównej", "Klatka B", "Piętro 3", "Domofon 34A12"}, City: "Łódź", PostalCode: "90-001", Country: "Poland", CountryCode: "PL", Phone: "+48 42 000 00 00 wew. 1234567"}
	o.Billing, o.Shipping, o.Comments, o.PONumber = long, long, "Please ring twice 🎁\nThank you", "PO-77"
	all["new-customer-that-does-not-fit"] = o

	// Fractions of a cent, a free line, a line of quantity 0.
	o = plain()
	o.Lines = []order.Line{{SKU: "WS-M", Name: "Washer", Price: dec("0.125"), Quantity: 7}, {SKU: "TS-42", Name: "Sample", Quantity: 1}, {SKU: "TS-42", Name: "Trail Shoe", Price: dec("5")}}
	o.Subtotal, o.Total = dec("0.88"), dec("0.88")
	all["fractions-and-zeros"] = o

	o = taxedOrder()
	o.Payment = order.AwaitingPayment
	all["waiting"] = o

	o = taxedOrder()
	o.Tax, o.Total = dec("15.00"), dec("194.90")
	all["tax-differs"] = o

	o = plain()
	o.Lines[0].Price, o.Subtotal, o.Total, o.PaymentMethod, o.PaymentModule, o.TransactionID = dec("0"), dec("0"), dec("0"), "", "", ""
	all["zero-total"] = o
	return all
}

// allGolden are the sales that have a golden file.
func allGolden() map[string]setting {
	all := goldenSales()
	for name, o := range goldenOrders() {
		all[name] = setting{posting.Sale{Order: o}, rules(), lists()}
	}
	return all
}

// TestPlansAsBefore compares the plans of typical orders, and the bytes they
// are sent as, with those a person has read.
func TestPlansAsBefore(t *testing.T) {
	all := allGolden()
	for name, s := range all {
		t.Run(name, func(t *testing.T) {
			p := s.decide()
			golden(t, name+".json", text(t, p)+"\n")
			if len(p.Documents) > 0 {
				golden(t, name+".qbxml", string(encode(t, p)))
			}
		})
	}
	files, err := filepath.Glob(filepath.Join("testdata", "*.json"))
	if err != nil || len(files) != len(all) {
		t.Errorf("%d golden plans for %d orders (%v)", len(files), len(all), err)
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.ReplaceAll(string(want), "\r\n", "\n"), got); diff != "" {
		t.Errorf("%s differs (-golden +got); look at it, then run with -update:\n%s", name, diff)
	}
}

// I5: every document is valid by Intuit's schema, and ASCII.
func TestDocumentsAreValidByIntuitsSchema(t *testing.T) {
	xsd := schema(t)
	dir := t.TempDir()
	args := []string{"--noout", "--schema", xsd}
	sales := allGolden()
	for _, name := range slices.Sorted(maps.Keys(sales)) {
		p := sales[name].decide()
		if len(p.Documents) == 0 {
			continue
		}
		sent := encode(t, p)
		if i := slices.IndexFunc(sent, func(b byte) bool { return b > 0x7e }); i >= 0 {
			t.Errorf("%s: byte %x is not ASCII", name, sent[i])
		}
		path := filepath.Join(dir, name+".xml")
		if err := os.WriteFile(path, sent, 0o644); err != nil {
			t.Fatal(err)
		}
		args = append(args, path)
	}
	if out, err := exec.Command("xmllint", args...).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
