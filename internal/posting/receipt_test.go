package posting_test

import (
	"slices"
	"strings"
	"testing"

	"qbridge/internal/order"
	"qbridge/internal/posting"
	"qbridge/qbxml"
)

// Nothing is left to a default of the company file (quickbooks.md 3.1).
func TestReceiptStatesEverything(t *testing.T) {
	for name, o := range goldenOrders() {
		p := decide(o)
		if len(p.Documents) == 0 {
			continue
		}
		r, err := p.Documents[0].Receipt(func(row string) (string, bool) { return "80000001-1", row == "customer:zofia@example.com" })
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if r.CustomerRef == nil || r.ItemSalesTaxRef == nil || r.CustomerSalesTaxCodeRef == nil || r.DepositToAccountRef == nil || r.IsPending == nil || r.TxnDate == "" || r.RefNumber == "" {
			t.Errorf("%s: the header leaves something open: %+v", name, r)
		}
		if r.IsToBePrinted == nil || *r.IsToBePrinted || r.IsToBeEmailed == nil || *r.IsToBeEmailed {
			t.Errorf("%s: the receipt would be printed or mailed", name)
		}
		for i, l := range r.Lines {
			if l.ItemRef == nil || l.SalesTaxCodeRef == nil || l.Amount == nil {
				t.Errorf("%s: line %d leaves something open: %+v", name, i+1, l)
			}
			if ref := l.ItemRef; ref != nil && (ref.ListID == "" || ref.FullName != "") { // Q12
				t.Errorf("%s: line %d refers by name: %+v", name, i+1, ref)
			}
			if l.Rate != nil && !l.Rate.Mul(*l.Quantity).Round(2).Equal(*l.Amount) { // Q30
				t.Errorf("%s: line %d: %s × %s is not %s", name, i+1, l.Quantity, l.Rate, l.Amount)
			}
		}
	}
}

func TestReceiptRefuses(t *testing.T) {
	full := func() posting.Document { return mustPost(t, decide(taxedOrder())) }
	cases := map[string]struct {
		change func(*posting.Document)
		says   string
	}{
		"row without a ListID":    {func(d *posting.Document) { d.Customer = posting.Ref{Row: "customer:x", Name: "X"} }, `customer "X"`},
		"no customer":             {func(d *posting.Document) { d.Customer = posting.Ref{} }, "customer"},
		"no deposit-to account":   {func(d *posting.Document) { d.DepositTo = posting.Ref{} }, "deposit-to"},
		"line without tax code":   {func(d *posting.Document) { d.Lines[0].TaxCode = posting.Ref{} }, "tax code of line 1"},
		"line without item":       {func(d *posting.Document) { d.Lines[0].Item = posting.Ref{Name: "by name"} }, "item of line 1"},
		"no customer's tax code":  {func(d *posting.Document) { d.CustomerTax = posting.Ref{} }, "customer tax code"},
		"method's row not made":   {func(d *posting.Document) { d.PaymentMethod = posting.Ref{Row: "method:x", Name: "X"} }, "payment method"},
		"several things together": {func(d *posting.Document) { d.Customer, d.DepositTo = posting.Ref{}, posting.Ref{} }, "deposit-to"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			d := full()
			c.change(&d)
			_, err := d.Receipt(func(string) (string, bool) { return "", false })
			if err == nil || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), "S01QA") {
				t.Errorf("%v, want an error on document S01QA that says %q", err, c.says)
			}
		})
	}
}

// A document names each row it waits for once.
func TestRowsOfADocument(t *testing.T) {
	s := setting{posting.Sale{Order: plain()}, rules(), lists()}
	s.rules.MissingItem, s.rules.MissingMethod, s.rules.PaymentMethods = "make", "make", nil
	o := &s.sale.Order
	o.Email = "new@example.com"
	o.Lines = []order.Line{{SKU: "NEW", Name: "New", Price: dec("1"), Quantity: 1}, {SKU: "new", Name: "New", Price: dec("1"), Quantity: 1}, {SKU: "TS-42", Name: "Shoe", Price: dec("1"), Quantity: 1}}
	o.Subtotal, o.Total = dec("3"), dec("3")
	p := s.decide()
	got := mustPost(t, p).Rows()
	slices.Sort(got)
	var planned []string
	for _, row := range p.Lists {
		planned = append(planned, row.Key)
	}
	slices.Sort(planned)
	want := []string{"customer:new@example.com", "item:new", "method:credit or debit card"}
	if !slices.Equal(got, want) || !slices.Equal(planned, want) {
		t.Errorf("the document waits for %v, planned are %v, want %v", got, planned, want)
	}
}

// Q8, users.md 6: a number that doesn't fit is shortened in one way, and the
// whole is in the memo.
func TestRefNumber(t *testing.T) {
	numbers := map[string]string{}
	for _, id := range []string{"S01QA", "12345678901", "WEB-2026-0001234", "WEB-2026-0001235", "Nº 7", "№7"} {
		o := plain()
		o.ID = id
		p := decide(o)
		d := mustPost(t, p)
		if n := len([]rune(d.RefNumber)); n > 11 || n == 0 {
			t.Errorf("%s became %q", id, d.RefNumber)
		}
		if other, taken := numbers[d.RefNumber]; taken {
			t.Errorf("%s and %s are both %q", id, other, d.RefNumber)
		}
		numbers[d.RefNumber] = id
		if noted := len(p.Adjustments) > 0; noted != (d.RefNumber != id) {
			t.Errorf("%s became %q, adjustments %v", id, d.RefNumber, p.Adjustments)
		}
		if stored, _ := qbxml.Text(id, false); !strings.Contains(d.Memo, "| order "+stored) {
			t.Errorf("the memo %q lacks %s", d.Memo, id)
		}
	}
}

// A number of which QuickBooks can hold nothing never becomes an empty
// RefNumber; one that only loses characters is not called shortened.
func TestRefNumberThatQuickBooksCantHold(t *testing.T) {
	for _, c := range []struct {
		id, number, cause string
		key               order.Key
	}{
		{id: "\u200b", key: "i:520000137", number: "520000137", cause: "replaced"},
		{id: "🎁🎄", key: "i:1234567890123", number: "1234-XSRLIG", cause: "replaced"},
		{id: "🏽", key: "d:🏽", number: "PWR6G5CN", cause: "replaced"},
		{id: "🎁-12", key: "i:1", number: "?-12", cause: "replaced"},
		{id: "Ł-12", key: "i:1", number: "L-12", cause: "transliterated"},
		{id: "WEB-2026-0001234", key: "i:1", number: "WEB--AM6OXG", cause: "shortened"},
	} {
		o := plain()
		o.ID, o.Key = c.id, c.key
		p := decide(o)
		d := mustPost(t, p)
		if d.RefNumber != c.number || len(p.Adjustments) == 0 || p.Adjustments[0].Cause != c.cause {
			t.Errorf("%q became %q, want %q; adjustments %+v", c.id, d.RefNumber, c.number, p.Adjustments)
		}
	}
}

// A transaction number that doesn't fit stays whole in the memo.
func TestCheckNumber(t *testing.T) {
	o := plain()
	o.TransactionID = "pi_3OqJ8xLkdIwHu7ix0aBcDeFg"
	d := mustPost(t, decide(o))
	if len(d.CheckNumber) > 25 || d.CheckNumber == "" || !strings.Contains(d.Memo, "transaction "+o.TransactionID) {
		t.Errorf("check number %q, memo %q", d.CheckNumber, d.Memo)
	}
}

// The marker comes first, so that no long note can push it out of the memo.
func TestMemo(t *testing.T) {
	o := plain()
	o.PONumber, o.CouponCode, o.TaxID, o.Comments = "PO-7", "TEN", "DE123", strings.Repeat("ring twice ", 500)
	p := decide(o)
	d := mustPost(t, p)
	if want := d.Marker + " | order S01QA | PO PO-7 | coupon TEN | tax ID DE123 | buyer's note: ring twice"; !strings.HasPrefix(d.Memo, want) {
		t.Errorf("memo %.150q", d.Memo)
	}
	if len([]rune(d.Memo)) > 4095 || len(p.Adjustments) != 1 {
		t.Errorf("%d characters, adjustments %v", len(d.Memo), p.Adjustments)
	}
}

func TestAddresses(t *testing.T) {
	cases := []struct {
		name   string
		person order.Person
		lines  []string
		memo   string
	}{
		{"plain", person(), []string{"Jane Doe", "742 Evergreen Terrace", "Apt 4"}, ""},
		{"company", order.Person{Name: "Jane Doe", Company: "Doe Ltd", Street: []string{"1 Way"}}, []string{"Jane Doe", "Doe Ltd", "1 Way"}, ""},
		{"folded at a blank", order.Person{Name: "Jane", Street: []string{"1 Very Long Street Name That Goes On And On, Back House"}}, []string{"Jane", "1 Very Long Street Name That Goes On And", "On, Back House"}, ""},
		{"folded without a blank", order.Person{Name: "Jane", Street: []string{strings.Repeat("x", 50)}}, []string{"Jane", strings.Repeat("x", 41), strings.Repeat("x", 9)}, ""},
		{"exactly 41", order.Person{Name: "Jane", Street: []string{strings.Repeat("x", 41)}}, []string{"Jane", strings.Repeat("x", 41)}, ""},
		{"more than five lines", order.Person{Name: "Jane", Street: []string{"1", "2", "3", "4", "5", "6"}}, []string{"Jane", "1", "2", "3", "4"}, "billing address: 5, 6"},
		{"six lines", order.Person{Name: "Jane", Street: []string{"1", "2", "3", "4", "5"}}, []string{"Jane", "1", "2", "3", "4"}, "billing address: 5"},
		{"long city", order.Person{Name: "Jane", City: "Llanfairpwllgwyngyllgogerychwyrndrobwll"}, []string{"Jane"}, "Llanfairpwllgwyngyllgogerychwyrndrobwll"},
		{"name for pickup alone", order.Person{Name: "Jane"}, []string{"Jane"}, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			o := plain()
			o.Billing = c.person
			p := decide(o)
			d := mustPost(t, p)
			if strings.Join(d.BillTo.Lines, "\n") != strings.Join(c.lines, "\n") {
				t.Errorf("lines %q, want %q", d.BillTo.Lines, c.lines)
			}
			if !strings.Contains(d.Memo, c.memo) || (c.memo != "") != (len(p.Adjustments) > 0) {
				t.Errorf("memo %q, adjustments %v", d.Memo, p.Adjustments)
			}
		})
	}
}

// Without a billing person the shipping person is billed.
func TestBillingFromShipping(t *testing.T) {
	o := plain()
	o.Billing = order.Person{}
	d := mustPost(t, decide(o))
	if d.BillTo.City != "Springfield" || d.ShipTo.City != "Springfield" {
		t.Errorf("bill to %+v, ship to %+v", d.BillTo, d.ShipTo)
	}
	o.Shipping = order.Person{}
	d = mustPost(t, decide(o))
	r, err := d.Receipt(nil)
	if err != nil || r.BillAddress != nil || r.ShipAddress != nil {
		t.Errorf("%v, bill to %+v, ship to %+v", err, r.BillAddress, r.ShipAddress)
	}
}

// What QuickBooks can't write is written alike and said.
func TestTransliteratedTextIsNoted(t *testing.T) {
	o := plain()
	o.Lines[0].Name = "Łódź 🎁 shoe"
	p := decide(o)
	d := mustPost(t, p)
	if strings.ContainsAny(d.Lines[0].Desc, "Łź🎁") || len(p.Adjustments) != 1 || p.Adjustments[0].From != "Łódź 🎁 shoe" || p.Adjustments[0].To != d.Lines[0].Desc {
		t.Errorf("%q, adjustments %+v", d.Lines[0].Desc, p.Adjustments)
	}
}

// A shipping method that QuickBooks lacks is named by the shipping line; when
// shipping is free there is none, and the memo names it.
func TestShippingMethodOfFreeShipping(t *testing.T) {
	for name, c := range map[string]struct {
		method, charge string
		noted          bool
	}{
		"free, unknown": {"Store pickup", "0", true},
		"free, known":   {"ups", "0", false},
		"free, unsaid":  {"", "0", false},
		"charged":       {"Store pickup", "5", false},
	} {
		t.Run(name, func(t *testing.T) {
			o := plain()
			o.ShippingMethod, o.ShipCharge = c.method, order.Charge{Name: c.method, Amount: dec(c.charge)}
			o.Total = o.Total.Add(dec(c.charge))
			p := decide(o)
			d := mustPost(t, p)
			if strings.Contains(d.Memo, "shipping: Store pickup") != c.noted || (len(p.Adjustments) == 1) != c.noted {
				t.Errorf("memo %q, adjustments %+v", d.Memo, p.Adjustments)
			}
		})
	}
}

// Sentences are for people: fields by their names, texts of the shop on one line,
// a negative discount called one.
func TestSentences(t *testing.T) {
	o := plain()
	o.Billing.PostalCode = strings.Repeat("9", 20)
	if p := decide(o); len(p.Adjustments) == 0 || !strings.Contains(p.Adjustments[0].Sentence, "billing address's postal code") {
		t.Errorf("%+v", p.Adjustments)
	}
	o = plain()
	o.Lines[0].SKU, o.Lines[0].Name = "NO\n\x07PE", "Trail\n\x00Shoe"
	if p := decide(o); !strings.Contains(p.Reason, `"Trail Shoe" (SKU NO PE)`) {
		t.Errorf("%q", p.Reason)
	}
	o = plain()
	o.Discount, o.Total = dec("-2"), dec("181.90")
	if p := decide(o); p.Cause != posting.DiscountUnclear || !strings.Contains(p.Reason, "negative discount of -2.00") {
		t.Errorf("%q %q", p.Cause, p.Reason)
	}
}
