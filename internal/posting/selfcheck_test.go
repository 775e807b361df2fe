package posting

import (
	"testing"

	"github.com/shopspring/decimal"

	"qbridge/internal/order"
)

// I2: whatever mistake is in the planning, a document whose parts are not the
// order's stops before it goes out.
func TestSelfCheckStopsAWrongDocument(t *testing.T) {
	d := func(n int64) decimal.Decimal { return decimal.NewFromInt(n) }
	sale := order.Order{
		Precision: 2, Subtotal: d(100), Discount: d(10), ShipCharge: order.Charge{Amount: d(5)}, Handling: order.Charge{Amount: d(2)},
		Surcharges: []order.Charge{{Amount: d(1)}}, Tax: d(9), GiftCard: d(20), Total: d(87),
		Lines: []order.Line{{Price: d(70), Quantity: 1}, {Price: d(30), Quantity: 1, GiftCard: true}},
	}
	shop := sale
	shop.Total = d(86) // 4 of store credit, and 3 more than the parts
	goods := []amount{{shop: d(70)}, {shop: d(30)}}
	right := func() Document {
		return Document{Total: d(86), Tax: d(8), Parts: map[Part]decimal.Decimal{
			Goods: d(70), CardSold: d(30), GiftCard: d(-20), StoreCredit: d(-4), Difference: d(3), Discount: d(-10), Shipping: d(5), Handling: d(2), Surcharge: d(1), Tax: d(8), Rounding: d(1),
		}}
	}
	for _, c := range []struct {
		name   string
		change func(*Document)
		wrong  bool
	}{
		{"right", func(*Document) {}, false},
		{"total", func(doc *Document) { doc.Total = d(87) }, true},
		{"tax", func(doc *Document) { doc.Parts[Tax] = d(9) }, true},
		{"rounding", func(doc *Document) { doc.Parts[Rounding] = d(0) }, true},
		{"goods and discount wrong together", func(doc *Document) { doc.Parts[Goods], doc.Parts[Discount] = d(60), d(0) }, true},
		{"gift card sold as goods", func(doc *Document) { doc.Parts[Goods], doc.Parts[CardSold] = d(100), d(0) }, true},
		{"gift card as a discount", func(doc *Document) { doc.Parts[GiftCard], doc.Parts[Discount] = d(0), d(-30) }, true},
		{"store credit as a discount", func(doc *Document) { doc.Parts[StoreCredit], doc.Parts[Discount] = d(0), d(-14) }, true},
		{"difference in the goods", func(doc *Document) { doc.Parts[Difference], doc.Parts[Goods] = d(0), d(73) }, true},
		{"discount", func(doc *Document) { doc.Parts[Discount] = d(-9) }, true},
		{"shipping", func(doc *Document) { doc.Parts[Shipping] = d(6) }, true},
		{"handling", func(doc *Document) { delete(doc.Parts, Handling) }, true},
		{"surcharge", func(doc *Document) { doc.Parts[Surcharge] = d(2) }, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			planned := draft{shop: shop, order: sale, difference: d(3), doc: right()}
			c.change(&planned.doc)
			out := planned.selfCheck(figures{mode: order.TaxOnTop, goods: goods})
			if (out != nil) != c.wrong || out != nil && out.cause != SelfCheck {
				t.Errorf("%+v, want a stop: %v", out, c.wrong)
			}
		})
	}
}

// What follows a sale is of the amount that was paid or given back.
func TestSelfCheckStopsAWrongAmount(t *testing.T) {
	planned := draft{books: NewBooks(Lists{}), doc: Document{Total: decimal.NewFromInt(5)}}
	if out := planned.selfCheckLater(decimal.NewFromInt(5)); out != nil {
		t.Errorf("the right amount: %+v", out)
	}
	if out := planned.selfCheckLater(decimal.NewFromInt(6)); out == nil || out.cause != SelfCheck {
		t.Errorf("%+v", out)
	}
}

// A document without a number is not looked for before it is written, so it
// must not be planned.
func TestDocumentWithoutNumberIsNotEncodable(t *testing.T) {
	planned := draft{books: NewBooks(Lists{Company: Company{Edition: "US"}}), doc: Document{Kind: SalesReceipt, Customer: Ref{ListID: "C"}, DepositTo: Ref{ListID: "A"}, Date: "2026-03-14", Lines: []Line{{Item: Ref{ListID: "I"}}}}}
	if out := planned.encodable(); out == nil || out.cause != TooLong {
		t.Errorf("%+v", out)
	}
	planned.doc.RefNumber = "1"
	if out := planned.encodable(); out != nil {
		t.Errorf("with a number: %+v", out)
	}
}
