package posting_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"qbridge/internal/order"
	"qbridge/internal/posting"
	"qbridge/qbxml"
)

// dec reads an amount.
func dec(s string) decimal.Decimal { return decimal.RequireFromString(s) }

// lists are those of a small US company file with sales tax.
func lists() posting.Lists {
	item := func(id, name, kind string) posting.Item {
		return posting.Item{ListID: id, Name: name, FullName: name, Kind: kind, Active: true}
	}
	rate := func(id, name, percent string) posting.Item {
		it := item(id, name, "SalesTax")
		it.TaxRate = dec(percent)
		return it
	}
	group := func(id, name string, members ...string) posting.Item {
		it := item(id, name, "SalesTaxGroup")
		it.Members = members
		return it
	}
	inactive := item("I-OLD", "OLD-1", "NonInventory")
	inactive.Active = false
	sub := item("I-SUB1", "SUB-7", "Inventory")
	sub.FullName = "Shoes:SUB-7"
	twin := item("I-SUB2", "SUB-7", "Inventory")
	twin.FullName = "Boots:SUB-7"
	part := item("I-PART", "Lamp, brass", "Inventory")
	part.PartNumber, part.BarCode = "LMP-9", "4006381333931"
	customer := func(id, name, email string) posting.Name {
		return posting.Name{ListID: id, Name: name, FullName: name, Kind: "Customer", Email: email, Active: true}
	}
	job := customer("N-JOB", "Kitchen", "rita@example.com")
	job.FullName = "Rita Jobs:Kitchen"
	asleep := customer("N-ASLEEP", "Ann Asleep", "ann@example.com")
	asleep.Active = false
	return posting.Lists{
		Company:  posting.Company{Name: "Trail Supplies", Edition: qbxml.US, Version: qbxml.Version{Major: 13}, SalesTax: true, TaxableCode: "C-TAX", ExemptCode: "C-NON", ClosingDate: "2025-12-31"},
		Complete: true, Generation: 7,
		Accounts: []posting.Account{
			{ListID: "A-INC", FullName: "Sales", Type: "Income", Active: true},
			{ListID: "A-UND", FullName: "*Undeposited Funds", Type: "OtherCurrentAsset", Active: true},
			{ListID: "A-STRIPE", FullName: "Clearing:Stripe", Type: "Bank", Active: true},
			{ListID: "A-AR", FullName: "Accounts Receivable", Type: "AccountsReceivable", Active: true},
			{ListID: "A-SHUT", FullName: "Shut", Type: "Bank"},
		},
		Items: []posting.Item{
			item("I-TS42", "TS-42", "Inventory"), item("I-WSM", "WS-M", "NonInventory"), item("I-MUG", "Enamel Mug", "Service"),
			sub, twin, inactive, part, item("I-BUNDLE", "BUNDLE", "Group"), item("I-LAST", "LAST", "Subtotal"),
			item("I-SHIP", "Shipping", "OtherCharge"), item("I-HAND", "Handling", "OtherCharge"), item("I-FEE", "Surcharge", "OtherCharge"),
			item("I-TIP", "Tip", "OtherCharge"), item("I-DISC", "Discount", "Discount"), item("I-ROUND", "Rounding", "OtherCharge"),
			rate("T-825", "Springfield 8.25", "8.25"), rate("T-95", "Springfield 9.5", "9.5"), rate("T-IL", "Illinois", "6.25"), rate("T-CTY", "County", "1"), rate("T-CITY", "City", "2.25"),
			rate("T-0", "Out of State", "0"), group("T-GRP", "Springfield", "T-IL", "T-CTY", "T-CITY"), group("T-HOLES", "Holes", "T-GONE"),
			rate("T-20", "VAT 20", "20"),
			item("I-CARD", "Gift Card", "OtherCharge"), item("I-CREDIT", "Store Credit", "OtherCharge"), item("I-DIFF", "Difference", "OtherCharge"),
			item("I-WEBTAX", "Web Tax", "OtherCharge"), rate("T-WEB", "Web Tax Agency", "0"), item("I-REFUND", "Refund", "OtherCharge"),
		},
		Names: []posting.Name{
			customer("N-JANE", "Jane Doe", "jane@example.com"), customer("N-TWO1", "Two One", "two@example.com"), customer("N-TWO2", "Two Two", "other@example.com; TWO@example.com"),
			customer("N-PLAIN", "Paul Plain", ""), customer("N-RITA", "Rita Jobs", "rita@example.com"), job, asleep,
			{ListID: "N-VEND", Name: "Acme", FullName: "Acme", Kind: "Vendor", Active: true},
		},
		TaxCodes:       []posting.Entry{{ListID: "C-TAX", Name: "Tax", Active: true, Taxable: true}, {ListID: "C-NON", Name: "Non", Active: true}, {ListID: "C-LBR", Name: "LBR", Active: true}, {ListID: "C-REV", Name: "REV", Active: true}},
		PaymentMethods: []posting.Entry{{ListID: "M-VISA", Name: "Visa", Active: true}, {ListID: "M-CHECK", Name: "Check", Active: true}, {ListID: "M-BARTER", Name: "Barter"}},
		ShipMethods:    []posting.Entry{{ListID: "S-UPS", Name: "UPS", Active: true}},
	}
}

// rules are complete for lists.
func rules() posting.Rules {
	r := posting.DefaultRules()
	r.Mode = posting.Post
	r.DepositTo, r.IncomeAccount = "Undeposited Funds", "Sales"
	r.ShippingItem, r.HandlingItem, r.SurchargeItem, r.TipItem, r.DiscountItem, r.RoundingItem = "Shipping", "Handling", "Surcharge", "Tip", "Discount", "Rounding"
	r.NoTaxItem = "Out of State"
	r.Tax = map[string]string{"8.25": "Springfield 8.25", "1+2.25+6.25": "Springfield", "20": "VAT 20"}
	r.PaymentMethods = map[string]string{"stripe": "Visa"}
	return r
}

// moreRules are rules with every item for money that is neither goods nor charge.
func moreRules() posting.Rules {
	r := rules()
	r.GiftCardItem, r.StoreCreditItem, r.DifferenceItem, r.TaxLineItem = "Gift Card", "Store Credit", "Difference", "Web Tax"
	return r
}

// person is a buyer of whom everything fits.
func person() order.Person {
	return order.Person{Name: "Jane Doe", First: "Jane", Last: "Doe", Street: []string{"742 Evergreen Terrace", "Apt 4"}, City: "Springfield", State: "Illinois", StateCode: "IL", PostalCode: "62704", Country: "United States", CountryCode: "US", Phone: "217-555-0133"}
}

// plain is the simplest order: two shoes without tax, paid by card.
func plain() order.Order {
	return order.Order{
		StoreID: "1003", Key: "i:520000137", ID: "S01QA", Currency: "USD", Precision: 2, Date: "2026-03-14",
		Payment: order.Paid, Email: "jane@example.com", Billing: person(), Shipping: person(),
		PaymentMethod: "Credit or debit card", PaymentModule: "Stripe", TransactionID: "pi_S01QA0001",
		Lines:    []order.Line{{SKU: "TS-42", Name: "Trail Shoe", Price: dec("89.95"), Quantity: 2}},
		Subtotal: dec("179.90"), Total: dec("179.90"),
	}
}

// tax is a tax on goods.
func tax(rate, total string) order.Tax {
	return order.Tax{Name: "Tax " + rate, Rate: dec(rate), Total: dec(total), OnGoods: dec(total)}
}

// taxedOrder is plain with 8.25 % on top.
func taxedOrder() order.Order {
	o := plain()
	o.Lines[0].Tax, o.Lines[0].Taxes, o.Lines[0].Taxable = dec("14.84"), []order.Tax{tax("8.25", "14.84")}, true
	o.Tax, o.Total = dec("14.84"), dec("194.74")
	return o
}

// decide plans an order with the usual rules and books.
func decide(o order.Order) posting.Plan {
	return posting.Decide(posting.Sale{Order: o}, rules(), posting.NewBooks(lists()))
}

// mustPost is the one document of an order that has nothing against it.
func mustPost(t *testing.T, p posting.Plan) posting.Document {
	t.Helper()
	if p.State != order.Ready || p.Cause != "" || len(p.Documents) != 1 {
		t.Fatalf("want one document, got state %s, cause %q: %s", p.State, p.Cause, p.Reason)
	}
	return p.Documents[0]
}

// encode writes what a plan sends, with made-up ListIDs for its rows.
func encode(t *testing.T, p posting.Plan) []byte {
	t.Helper()
	set := qbxml.Set{OnError: qbxml.StopOnError, NewID: "golden", Indent: true}
	for _, row := range p.Lists {
		set.Requests = append(set.Requests, qbxml.Request{ID: strings.ReplaceAll(row.Key[:min(len(row.Key), 50)], " ", "-"), Body: row.Add.Body()})
	}
	for _, d := range p.Documents {
		body, err := d.Body(func(row string) (string, bool) { return "80000099-1700000000", true })
		if err != nil {
			t.Fatal(err)
		}
		set.Requests = append(set.Requests, qbxml.Request{ID: d.Purpose, Body: body})
	}
	text, err := set.Encode(qbxml.Newest(), qbxml.US)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// schema is Intuit's schema beside the repository; tests that need it skip
// without it.
func schema(t *testing.T) string {
	t.Helper()
	if _, err := exec.LookPath("xmllint"); err != nil {
		t.Skip("xmllint is not installed: documents are not checked against Intuit's schema")
	}
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
	}
	path := filepath.Join(dir, "..", "shared", "schema", "qbxmlops130.xsd")
	if _, err := os.Stat(path); err != nil {
		t.Skipf("Intuit's schema is not there (%s): documents are not checked against it", path)
	}
	return path
}
