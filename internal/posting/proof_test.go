package posting_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"qbridge/internal/order"
	"qbridge/internal/posting"
)

// sold is a setting for an order under rules with every item for money.
func sold(o order.Order, changes ...func(*setting)) setting {
	s := setting{posting.Sale{Order: o}, moreRules(), lists()}
	for _, change := range changes {
		change(&s)
	}
	return s
}

// goldenSales are typical orders that need a rule of their own, by the name of
// their golden file.
func goldenSales() map[string]setting {
	all := map[string]setting{}
	with := func(o order.Order, change func(*order.Order)) order.Order { change(&o); return o }

	all["gift-card-pays-a-part"] = sold(with(taxedOrder(), func(o *order.Order) { o.GiftCard, o.Total = dec("100"), dec("94.74") }))
	all["gift-card-sold-and-spent"] = sold(with(taxedOrder(), func(o *order.Order) {
		o.Lines = append(o.Lines, order.Line{SKU: "GIFT-25", Name: "Gift Card 25", Price: dec("25"), Quantity: 2, GiftCard: true})
		o.Subtotal, o.GiftCard, o.Total = dec("229.90"), dec("244.74"), dec("0")
	}))
	all["store-credit-and-points"] = sold(with(taxedOrder(), func(o *order.Order) {
		o.Loyalty, o.StoreCredit, o.Total = dec("3"), dec("20"), dec("171.74")
	}))
	several := sold(taxedOrder())
	several.twoRates()
	all["several-rates-as-a-line"] = several
	off := sold(taxedOrder())
	off.lists.Company.SalesTax = false
	all["sales-tax-off-as-a-line"] = off

	// s02 of the shop's samples: two rates inside the prices, a discount on one line.
	gross := true
	inside := sold(with(plain(), func(o *order.Order) {
		o.PricesInclude = &gross
		o.Lines = []order.Line{
			{SKU: "TS-42", Name: "Trail Shoe", Price: dec("72"), Quantity: 2, Discount: dec("14.40"), Tax: dec("21.60"), Taxes: []order.Tax{tax("20", "21.60")}},
			{SKU: "WS-M", Name: "Book", Price: dec("10.55"), Quantity: 1, Tax: dec("0.55"), Taxes: []order.Tax{tax("5.5", "0.55")}},
		}
		o.ShipCharge, o.ShippingMethod = order.Charge{Name: "Colissimo", Amount: dec("6.90"), Net: dec("5.75")}, "Colissimo"
		o.ShipTaxes = []order.Tax{{Name: "Tax 20", Rate: dec("20"), Total: dec("1.15"), OnShipping: dec("1.15")}}
		o.ShipCharge.Taxes = o.ShipTaxes
		o.Subtotal, o.Discount, o.Tax, o.Total = dec("154.55"), dec("14.40"), dec("23.30"), dec("147.05")
	}))
	inside.rules.TaxLineItem = "Web Tax Agency"
	all["several-rates-inside-as-a-line"] = inside

	difference := sold(with(taxedOrder(), func(o *order.Order) { o.Total = dec("194.72") }))
	difference.rules.DifferenceLimit = dec("0.02")
	all["difference-by-rule"] = difference

	reverse := sold(with(plain(), func(o *order.Order) { o.TaxID, o.ReverseCharge, o.TaxExempt = "ATU12345678", true, true }))
	reverse.rules.ReverseChargeCode = "REV"
	all["reverse-charge"] = reverse

	// What gives back: a line, and a surcharge.
	all["negative-line-and-surcharge"] = sold(with(taxedOrder(), func(o *order.Order) {
		o.Lines = append(o.Lines, order.Line{SKU: "WS-M", Name: "Socks returned", Price: dec("-12.50"), Quantity: 1})
		o.Surcharges = []order.Charge{{ID: "Custom Surcharge", Name: "Custom Surcharge", Description: "Own bag", Amount: dec("-0.25")}}
		o.Subtotal, o.Total = dec("167.40"), dec("181.99")
	}))

	// A currency without cents.
	yen := sold(with(plain(), func(o *order.Order) {
		o.Currency, o.Precision = "JPY", 0
		o.Lines[0].Price, o.Subtotal = dec("1200"), dec("2400")
		o.Lines[0].Tax, o.Lines[0].Taxes = dec("480"), []order.Tax{tax("20", "480")}
		o.Tax, o.Total = dec("480"), dec("2880")
	}))
	yen.rules.HomeCurrency = "JPY"
	all["yen"] = yen
	addLater(all)
	addMarked(all)
	addFees(all)
	addCustomized(all)
	addTaxLines(all)
	return all
}

// The money beside goods and charges, and when it stops an order.
func TestMoneyBesideGoods(t *testing.T) {
	credit := func(loyalty, store, total string) func(*setting) {
		return func(s *setting) {
			o := &s.sale.Order
			o.Loyalty, o.StoreCredit, o.Total = dec(loyalty), dec(store), dec(total)
		}
	}
	for _, c := range []struct {
		name   string
		change func(*setting)
		cause  posting.Cause
		parts  string // of a document: part=amount, sorted
	}{
		{"gift card pays a part", func(s *setting) { s.sale.Order.GiftCard, s.sale.Order.Total = dec("100"), dec("94.74") }, "", "gift card=-100 goods=179.9 tax=14.84"},
		{"gift card pays all", func(s *setting) { s.sale.Order.GiftCard, s.sale.Order.Total = dec("194.74"), dec("0") }, "", "gift card=-194.74 goods=179.9 tax=14.84"},
		{"gift card spent twice", func(s *setting) {
			s.sale.Order.GiftCard, s.sale.Order.Total, s.sale.Order.GiftCardTwice = dec("100"), dec("94.74"), true
		}, posting.GiftCardUsed, ""},
		{"negative gift card", func(s *setting) { s.sale.Order.GiftCard, s.sale.Order.Total = dec("-100"), dec("294.74") }, posting.GiftCardUsed, ""},
		{"gift card of more than the order", func(s *setting) { s.sale.Order.GiftCard, s.sale.Order.Total = dec("200"), dec("-5.26") }, posting.NegativeTotal, ""},
		{"gift card item gone", func(s *setting) {
			s.rules.GiftCardItem = "Nothing"
			s.sale.Order.GiftCard, s.sale.Order.Total = dec("100"), dec("94.74")
		}, posting.RulesIncomplete, ""},
		{"gift card sold with tax", func(s *setting) { s.sale.Order.Lines[0].GiftCard = true }, posting.GiftCardSold, ""},
		{"gift card sold, item gone", func(s *setting) {
			s.sale.Order = plain()
			s.sale.Order.Lines[0].GiftCard, s.rules.GiftCardItem = true, "Nothing"
		}, posting.RulesIncomplete, ""},
		{"gift cards alone sold", func(s *setting) {
			s.sale.Order = plain()
			s.sale.Order.Lines[0].GiftCard = true
		}, "", "gift card sold=179.9"},

		// ecwid.md 4.2: the order's total proves what credit did to it.
		{"credit lowered the total", credit("0", "20", "174.74"), "", "goods=179.9 store credit=-20 tax=14.84"},
		{"points lowered the total", credit("5", "0", "189.74"), "", "goods=179.9 store credit=-5 tax=14.84"},
		{"both lowered the total", credit("5", "20", "169.74"), "", "goods=179.9 store credit=-25 tax=14.84"},
		{"only points lowered the total", credit("5", "20", "189.74"), "", "goods=179.9 store credit=-5 tax=14.84"},
		{"credit did not lower the total", credit("5", "20", "194.74"), "", "goods=179.9 tax=14.84"},
		{"points of the same amount", credit("20", "20", "174.74"), "", "goods=179.9 store credit=-20 tax=14.84"},
		{"credit of another effect", credit("0", "20", "184.74"), posting.CreditUsed, ""},
		{"credit of just the tax", credit("0", "14.84", "179.90"), posting.CreditUsed, ""}, // or the tax is inside
		{"negative credit", credit("0", "-20", "214.74"), posting.CreditUsed, ""},
		{"credit paid all", credit("0", "194.74", "0"), "", "goods=179.9 store credit=-194.74 tax=14.84"},
		{"credit and gift card", func(s *setting) {
			credit("0", "20", "74.74")(s)
			s.sale.Order.GiftCard = dec("100")
		}, "", "gift card=-100 goods=179.9 store credit=-20 tax=14.84"},

		{"difference beyond the limit", func(s *setting) { s.sale.Order.Total, s.rules.DifferenceLimit = dec("194.77"), dec("0.02") }, posting.DoesNotAddUp, ""},
		{"difference without an item", func(s *setting) {
			s.sale.Order.Total, s.rules.DifferenceLimit, s.rules.DifferenceItem = dec("194.75"), dec("0.02"), ""
		}, posting.RulesIncomplete, ""},
		{"difference within the limit", func(s *setting) { s.sale.Order.Total, s.rules.DifferenceLimit = dec("194.76"), dec("0.02") }, "", "difference=0.02 goods=179.9 tax=14.84"},
		{"difference of the lines, whatever the limit", func(s *setting) { s.sale.Order.Lines[0].Price, s.rules.DifferenceLimit = dec("89.94"), dec("5") }, posting.DoesNotAddUp, ""},

		{"zero total", func(s *setting) { s.zero() }, "", "goods=0"},
		{"zero total held", func(s *setting) { s.zero(); s.rules.ZeroTotal = "hold" }, posting.HeldByRule, ""},
		{"zero total excluded", func(s *setting) { s.zero(); s.rules.ZeroTotal = "exclude" }, posting.ExcludedByRule, ""},
		{"zero by gift card is no zero total", func(s *setting) {
			s.sale.Order.GiftCard, s.sale.Order.Total, s.rules.ZeroTotal = dec("194.74"), dec("0"), "exclude"
		}, "", "gift card=-194.74 goods=179.9 tax=14.84"},
		{"three decimals", func(s *setting) {
			s.sale.Order = plain()
			o := &s.sale.Order
			o.Currency, o.Precision, s.rules.HomeCurrency = "KWD", 3, "KWD"
			o.Lines[0].Price, o.Lines[0].Quantity, o.Subtotal, o.Total = dec("1.125"), 1, dec("1.125"), dec("1.125")
		}, posting.TooLong, ""},

		// quickbooks.md 3.1, the second of the three ways of tax.
		{"several rates", func(s *setting) { s.twoRates() }, "", "goods=189.9 tax=15.79"},
		{"several rates, not by rule", func(s *setting) { s.twoRates(); s.rules.TaxLineCases = "beyond-limit" }, posting.TaxMixed, ""},
		{"sales tax off", func(s *setting) { s.lists.Company.SalesTax = false }, "", "goods=179.9 tax=14.84"},
		{"sales tax off, not by rule", func(s *setting) { s.lists.Company.SalesTax, s.rules.TaxLineCases = false, "several-rates" }, posting.SalesTaxOff, ""},
		{"sales tax off, with a tax item", func(s *setting) { s.lists.Company.SalesTax, s.rules.TaxLineItem = false, "Web Tax Agency" }, posting.RulesIncomplete, ""},
		{"tax beyond the limit", func(s *setting) { s.sale.Order.Tax, s.sale.Order.Total = dec("15.84"), dec("195.74") }, "", "goods=179.9 tax=15.84"},
		{"tax beyond the limit, not by rule", func(s *setting) {
			s.sale.Order.Tax, s.sale.Order.Total, s.rules.TaxLineCases = dec("15.84"), dec("195.74"), "several-rates, sales-tax-off"
		}, posting.TaxDiffers, ""},
		{"tax-line item gone", func(s *setting) { s.twoRates(); s.rules.TaxLineItem = "Nothing" }, posting.RulesIncomplete, ""},
		{"one rate stays native", func(s *setting) {}, "", "goods=179.9 tax=14.84"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := sold(taxedOrder(), c.change)
			p := s.decide()
			if p.Cause != c.cause || c.cause != "" && p.Reason == "" {
				t.Fatalf("%s %q: %s", p.State, p.Cause, p.Reason)
			}
			if c.cause != "" {
				return
			}
			d := mustPost(t, p)
			if !d.Total.Equal(s.sale.Order.Total) {
				t.Errorf("total %s, the order's is %s", d.Total, s.sale.Order.Total)
			}
			if got := parts(d); got != c.parts {
				t.Errorf("%s\nwant %s", got, c.parts)
			}
		})
	}
}

// parts are those of a document, sorted, and as its lines have them.
func parts(d posting.Document) string {
	var all []string
	for part, amount := range d.Parts {
		all = append(all, string(part)+"="+amount.String())
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

// zero makes everything of the order free.
func (s *setting) zero() {
	s.sale.Order = plain()
	s.sale.Order.Lines[0].Price, s.sale.Order.Subtotal, s.sale.Order.Total = dec("0"), dec("0"), dec("0")
}

// A tax that is a line taxes nothing: the form has the item of 0 %, its lines
// the exempt code, and the effect on QuickBooks' tax report is said.
func TestTaxAsALineTaxesNothing(t *testing.T) {
	for item, c := range map[string]struct{ code, says string }{
		"Web Tax":        {"C-NON", "does not show it"},
		"Web Tax Agency": {"", "no taxable sales beside it"},
	} {
		s := sold(taxedOrder())
		s.twoRates()
		s.rules.TaxLineItem = item
		p := s.decide()
		d := mustPost(t, p)
		if d.TaxItem.ListID != "T-0" || d.CustomerTax.ListID != "C-NON" || !d.Tax.IsZero() {
			t.Errorf("%s: tax item %v, customer's code %v, tax %s", item, d.TaxItem, d.CustomerTax, d.Tax)
		}
		for _, l := range d.Lines {
			want := "C-NON"
			if l.Part == posting.Tax {
				want = c.code
			}
			if l.TaxCode.ListID != want {
				t.Errorf("%s: the line of %s has the code %q, want %q", item, l.Part, l.TaxCode.ListID, want)
			}
		}
		said := slices.ContainsFunc(p.Adjustments, func(a posting.Adjustment) bool {
			return a.Cause == "tax as a line" && strings.Contains(a.Sentence, c.says) && strings.Contains(a.Sentence, "different rates")
		})
		if !said {
			t.Errorf("%s: %+v", item, p.Adjustments)
		}
	}
}

// The reason why a sale bears no tax chooses the code of its lines.
func TestExemptCodes(t *testing.T) {
	for name, c := range map[string]struct {
		exempt, reverse bool
		code            string
		cause           posting.Cause
		rule            string
	}{
		"nothing said":     {false, false, "C-NON", "", "REV"},
		"exempt customer":  {true, false, "C-LBR", "", "REV"},
		"reverse charge":   {false, true, "C-REV", "", "REV"},
		"both":             {true, true, "C-REV", "", "REV"},
		"code gone":        {false, true, "", posting.RulesIncomplete, "NOPE"},
		"code that taxes":  {false, true, "", posting.RulesIncomplete, "Tax"},
		"code not by rule": {false, true, "C-NON", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := sold(plain())
			s.sale.Order.TaxExempt, s.sale.Order.ReverseCharge = c.exempt, c.reverse
			s.rules.ExemptCustomerCode, s.rules.ReverseChargeCode = "LBR", c.rule
			p := s.decide()
			if p.Cause != c.cause {
				t.Fatalf("%s %q: %s", p.State, p.Cause, p.Reason)
			}
			if c.cause != "" {
				return
			}
			if d := mustPost(t, p); d.CustomerTax.ListID != c.code || d.Lines[0].TaxCode.ListID != c.code {
				t.Errorf("customer %v, line %v, want %s", d.CustomerTax, d.Lines[0].TaxCode, c.code)
			}
		})
	}
}

// I2: gift cards, credit and a difference on any order are parts of their own,
// and the rest of the document is that of the order without them.
func TestMoneyBesideGoodsProperty(t *testing.T) { rapid.Check(t, moneyBeside) }

func moneyBeside(t *rapid.T) {
	books := posting.NewBooks(lists())
	s := drawOrder(t)
	plain := posting.Decide(posting.Sale{Order: s.order}, rules(), books)
	if plain.Cause != "" || s.order.Total.LessThan(dec("1")) {
		return
	}
	o := s.order
	most := o.Total.Shift(2).IntPart()
	card := rapid.Int64Range(0, most).Draw(t, "card")
	credit := rapid.Int64Range(0, most-card).Draw(t, "credit")
	difference := rapid.Int64Range(-2, 2).Draw(t, "difference") * int64(rapid.IntRange(0, 1).Draw(t, "has difference"))
	if credit > 0 {
		difference = 0 // with both nothing would be proved
	}
	if most-card-credit+difference < 0 {
		difference = 0
	}
	o.GiftCard, o.StoreCredit, o.Total = cents(card), cents(credit), cents(most-card-credit+difference)
	r := moreRules()
	r.DifferenceLimit = dec("0.02")
	p := posting.Decide(posting.Sale{Order: o}, r, books)
	if difference != 0 && s.tax != 0 && s.tax <= 2 {
		return // without the tax on top, or inside, the order adds up
	}
	if p.Cause != "" {
		t.Fatalf("%q: %s", p.Cause, p.Reason)
	}
	d, want := p.Documents[0], plain.Documents[0]
	beside := map[posting.Part]int64{posting.GiftCard: -card, posting.StoreCredit: -credit, posting.Difference: difference}
	for part, amount := range beside {
		if !d.Parts[part].Equal(cents(amount)) {
			t.Fatalf("%s is %s, want %s", part, d.Parts[part], cents(amount))
		}
	}
	if !d.Total.Equal(o.Total) {
		t.Fatalf("total %s, want %s", d.Total, o.Total)
	}
	for i, l := range want.Lines {
		if got := d.Lines[i]; got.Part != l.Part && beside[got.Part] == 0 || got.Part == l.Part && !got.Amount.Equal(l.Amount) {
			t.Fatalf("line %d is %s %s, want %s %s", i+1, got.Part, got.Amount, l.Part, l.Amount)
		}
	}
}
