package posting_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"qbridge/internal/order"
	"qbridge/internal/posting"
	"qbridge/qbxml"
)

// setting is all that Decide looks at.
type setting struct {
	sale  posting.Sale
	rules posting.Rules
	lists posting.Lists
}

func (s setting) decide() posting.Plan {
	return posting.Decide(s.sale, s.rules, posting.NewBooks(s.lists))
}

// TestDecideNamesWhatStandsAgainstAnOrder has a case for each cause.
func TestDecideNamesWhatStandsAgainstAnOrder(t *testing.T) {
	payment := func(p order.PaymentStatus) func(*setting) {
		return func(s *setting) { s.sale.Order.Payment = p }
	}
	cases := []struct {
		name   string
		change func(*setting)
		state  order.State
		cause  posting.Cause
		says   string // a piece of Reason
	}{
		{"excluded by a person", func(s *setting) { s.sale.Decisions.Excluded = "typed in last year" }, order.Excluded, posting.ExcludedByRule, "typed in last year"},
		{"held by a person", func(s *setting) { s.sale.Decisions.Held = "ask Jane" }, order.Held, posting.HeldByPerson, "ask Jane"},
		{"unfinished cart", payment(order.Incomplete), order.Excluded, posting.ExcludedByRule, "unfinished-cart"},
		{"hidden cart", func(s *setting) { s.sale.Order.Hidden = true }, order.Excluded, posting.ExcludedByRule, "unfinished-cart"},
		{"posted already", func(s *setting) {
			s.sale.Posted = []posting.Posted{{Purpose: "receipt", Generation: 1, TxnID: "1C0-1433857054"}}
		}, order.Synced, posting.NothingToPost, "1C0-1433857054"},
		{"linked to a document", func(s *setting) { s.sale.Decisions.Link = "AB-1" }, order.Synced, posting.NothingToPost, "AB-1"},
		{"not paid", payment(order.AwaitingPayment), order.Waiting, posting.NotPaid, "not paid"},
		{"cancelled", payment(order.Cancelled), order.Excluded, posting.CancelledUnpaid, "cancelled-unpaid"},
		{"cancelled after a refund", func(s *setting) {
			s.sale.Order.Payment, s.sale.Order.RefundedAmount = order.Cancelled, dec("5")
		}, order.Attention, posting.RefundedOrder, "5.00 of 194.74"},
		{"refunded by status alone", payment(order.Refunded), order.Attention, posting.RefundedOrder, "0.00"},
		{"partly refunded", payment(order.PartiallyRefunded), order.Attention, posting.RefundedOrder, ""},
		{"paid with a refund", func(s *setting) { s.sale.Order.Refunds = []order.Refund{{Amount: dec("1")}} }, order.Attention, posting.RefundedOrder, ""},
		{"custom status", payment("CUSTOM_PAYMENT_STATUS_1"), order.Attention, posting.UnknownStatus, "CUSTOM_PAYMENT_STATUS_1"},
		{"no status", payment(""), order.Attention, posting.UnknownStatus, ""},
		{"masked buyer", func(s *setting) { s.sale.Order.Masked = true }, order.Attention, posting.MaskedBuyer, "[DEMO]"},
		{"no date", func(s *setting) { s.sale.Order.Date = "" }, order.Attention, posting.DateMissing, ""},
		{"does not add up", func(s *setting) { s.sale.Order.Total = dec("194.75") }, order.Attention, posting.DoesNotAddUp, "0.01"},
		{"lines do not make the subtotal", func(s *setting) { s.sale.Order.Lines[0].Quantity = 1 }, order.Attention, posting.DoesNotAddUp, "89.95"},
		// Q35
		{"other currency", func(s *setting) { s.sale.Order.Currency = "EUR" }, order.Attention, posting.ForeignCurrency, "EUR"},
		{"unknown currency", func(s *setting) { s.sale.Order.Currency = "" }, order.Attention, posting.ForeignCurrency, "unknown currency"},
		{"other currency than the file's own", func(s *setting) { s.lists.Company.HomeCurrency = "CAD" }, order.Attention, posting.ForeignCurrency, "CAD"},
		{"customer of another currency", func(s *setting) { s.lists.Names[0].Currency = "EUR" }, order.Attention, posting.CustomerUnsure, "EUR"},
		{"gift card sold", func(s *setting) { s.sale.Order.Lines[0].GiftCard = true }, order.Attention, posting.GiftCardSold, "Trail Shoe"},
		{"gift card redeemed", func(s *setting) { s.sale.Order.GiftCard, s.sale.Order.Total = dec("100"), dec("94.74") }, order.Attention, posting.GiftCardUsed, "100.00"},
		{"points redeemed", func(s *setting) { s.sale.Order.Loyalty = dec("3") }, order.Attention, posting.CreditUsed, "3.00"},
		{"store credit redeemed", func(s *setting) { s.sale.Order.StoreCredit, s.sale.Order.Total = dec("4"), dec("190.74") }, order.Attention, posting.CreditUsed, "4.00"},
		{"negative total", func(s *setting) {
			s.sale.Order.CouponDiscount, s.sale.Order.Total = dec("200"), dec("-5.26")
		}, order.Attention, posting.NegativeTotal, "-5.26"},
		{"books not read", func(s *setting) { s.lists.Complete = false }, order.Ready, posting.BooksUnknown, "not been read"},
		{"another country", func(s *setting) { s.lists.Company.Edition = qbxml.CA }, order.Attention, posting.CountryNotProved, "CA"},
		// Q37
		{"on the closing date", func(s *setting) { s.sale.Order.Date = "2025-12-31" }, order.Attention, posting.ClosedPeriod, "2025-12-31"},
		{"before the closing date", func(s *setting) { s.sale.Order.Date = "2025-02-01" }, order.Attention, posting.ClosedPeriod, "2025-02-01"},
		{"no deposit-to account", func(s *setting) { s.rules.DepositTo = "" }, order.Ready, posting.RulesIncomplete, "deposit-to"},
		{"no shipping item", func(s *setting) { s.rules.ShippingItem = "" }, order.Ready, posting.RulesIncomplete, "shipping-item"},
		{"no tax mapped at all", func(s *setting) { s.rules.Tax = nil }, order.Ready, posting.RulesIncomplete, "tax.RATE"},
		{"no tip item, for a tip", func(s *setting) {
			s.rules.TipItem = ""
			s.sale.Order.Surcharges = []order.Charge{{ID: "tips", Amount: dec("1")}}
			s.sale.Order.Total = dec("195.74")
		}, order.Ready, posting.RulesIncomplete, "tip-item"},
		{"deposit-to by method gone", func(s *setting) { s.rules.DepositToByMethod = map[string]string{"Stripe": "Shut"} }, order.Ready, posting.RulesIncomplete, "deposit-to-by-method"},
		{"no name, no e-mail", func(s *setting) {
			s.sale.Order.Email, s.sale.Order.Billing, s.sale.Order.Shipping = "", order.Person{Phone: "1"}, order.Person{}
		}, order.Attention, posting.NoCustomerName, ""},
		{"two customers of one e-mail", func(s *setting) { s.sale.Order.Email = "two@example.com" }, order.Attention, posting.CustomerUnsure, "Two One, Two Two"},
		{"customer to be added, but not by rule", func(s *setting) {
			s.sale.Order.Email, s.rules.MissingCustomer = "new@example.com", "hold"
		}, order.Attention, posting.CustomerMissing, "Jane Doe"},
		{"item missing", func(s *setting) { s.sale.Order.Lines[0].SKU, s.sale.Order.Lines[0].Name = "NEW-1", "New" }, order.Attention, posting.ItemMissing, "NEW-1"},
		{"item of two parents", func(s *setting) { s.sale.Order.Lines[0].SKU = "SUB-7" }, order.Attention, posting.ItemUnsure, "Boots:SUB-7"},
		{"item inactive", func(s *setting) { s.sale.Order.Lines[0].SKU = "OLD-1" }, order.Attention, posting.ItemInactive, "OLD-1"},
		{"item is a group", func(s *setting) { s.sale.Order.Lines[0].SKU = "BUNDLE" }, order.Attention, posting.ItemNotSellable, "Group"},
		{"payment method missing", func(s *setting) { s.rules.PaymentMethods = nil }, order.Attention, posting.MethodMissing, "Credit or debit card"},
		{"payment method mapped to none", func(s *setting) { s.rules.PaymentMethods["stripe"] = "Master" }, order.Attention, posting.MethodMissing, "Master"},
		{"payment method inactive", func(s *setting) {
			s.sale.Order.PaymentMethod, s.sale.Order.PaymentModule = "Barter", ""
		}, order.Attention, posting.MethodMissing, "inactive"},
		{"rate not mapped", func(s *setting) { s.rules.Tax = map[string]string{"9": "Springfield 9.5"} }, order.Attention, posting.TaxUnmapped, "8.25"},
		{"rate mapped to another rate", func(s *setting) { s.rules.Tax["8.25"] = "Springfield 9.5" }, order.Attention, posting.TaxUnmapped, "9.5"},
		{"rate mapped to no tax item", func(s *setting) { s.rules.Tax["8.25"] = "Shipping" }, order.Attention, posting.TaxUnmapped, "OtherCharge"},
		{"rate mapped to a group with unknown members", func(s *setting) { s.rules.Tax["8.25"] = "Holes" }, order.Attention, posting.TaxUnmapped, "member"},
		{"tax without a rate", func(s *setting) { s.sale.Order.Lines[0].Taxes = nil }, order.Attention, posting.TaxUnmapped, "no rate"},
		{"two rates", func(s *setting) { s.twoRates() }, order.Attention, posting.TaxMixed, "8.25"},
		// Q26
		{"tax differs by more than the limit", func(s *setting) {
			s.sale.Order.Tax, s.sale.Order.Total = dec("14.90"), dec("194.80")
		}, order.Attention, posting.TaxDiffers, "14.84"},
		{"sales tax off", func(s *setting) { s.lists.Company.SalesTax = false }, order.Attention, posting.SalesTaxOff, "14.84"},
		{"discount of mixed goods without shares", func(s *setting) { s.mixed() }, order.Attention, posting.DiscountUnclear, "10.00"},
		{"text that does not fit", func(s *setting) { s.lists.Names[0].ListID = strings.Repeat("8", 40) }, order.Attention, posting.TooLong, "refuse"},
		{"nothing to write", func(s *setting) {
			s.sale.Order.Lines, s.sale.Order.Tax, s.sale.Order.Subtotal, s.sale.Order.Total = nil, dec("0"), dec("0"), dec("0")
		}, order.Attention, posting.NothingToPost, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := setting{posting.Sale{Order: taxedOrder()}, rules(), lists()}
			c.change(&s)
			p := s.decide()
			if p.State != c.state || p.Cause != c.cause {
				t.Fatalf("got %s, %q (%s), want %s, %q", p.State, p.Cause, p.Reason, c.state, c.cause)
			}
			if !strings.Contains(p.Reason, c.says) {
				t.Errorf("the reason %q does not say %q", p.Reason, c.says)
			}
			if len(p.Documents)+len(p.Lists) != 0 {
				t.Errorf("documents or rows are planned for an order that goes nowhere")
			}
			if p.Reason == "" || (p.State == order.Attention || p.State == order.Ready) && p.Cure == "" {
				t.Errorf("a person gets no reason or no cure: %+v", p)
			}
		})
	}
}

// twoRates adds a line taxed at another rate.
func (s *setting) twoRates() {
	o := &s.sale.Order
	o.Lines = append(o.Lines, order.Line{SKU: "WS-M", Name: "Socks", Price: dec("10"), Quantity: 1, Tax: dec("0.95"), Taxes: []order.Tax{tax("9.5", "0.95")}})
	o.Subtotal, o.Tax, o.Total = dec("189.90"), dec("15.79"), dec("205.69")
}

// mixed adds an untaxed line and a discount of which no line has a share.
func (s *setting) mixed() {
	o := &s.sale.Order
	o.Lines = append(o.Lines, order.Line{SKU: "WS-M", Name: "Socks", Price: dec("10"), Quantity: 1})
	o.Lines[0].Tax, o.Lines[0].Taxes = dec("14.50"), []order.Tax{tax("8.25", "14.50")}
	o.Subtotal, o.CouponDiscount, o.Tax, o.Total = dec("189.90"), dec("10"), dec("14.50"), dec("194.40")
}

// A later generation is posted again although an earlier one was.
func TestDecidePlansAnewAfterUndo(t *testing.T) {
	s := setting{posting.Sale{Order: plain(), Generation: 2, Posted: []posting.Posted{{Purpose: "receipt", Generation: 1, TxnID: "A"}}}, rules(), lists()}
	d := mustPost(t, s.decide())
	if d.Generation != 2 || !strings.HasPrefix(d.Memo, "Ecwid 1003/i:520000137 receipt 2 | ") {
		t.Errorf("generation %d, memo %q", d.Generation, d.Memo)
	}
}

func TestDecideMarksDraftsInPendingModeAlone(t *testing.T) {
	for mode, want := range map[string]bool{posting.Look: false, posting.PendingMode: true, posting.Post: false} {
		s := setting{posting.Sale{Order: plain()}, rules(), lists()}
		s.rules.Mode = mode
		if got := mustPost(t, s.decide()).Pending; got != want {
			t.Errorf("mode %s: pending %v, want %v", mode, got, want)
		}
	}
}

// A shop without any mapped rate still posts orders without tax.
func TestDecideNeedsNoTaxRuleForAnOrderWithoutTax(t *testing.T) {
	s := setting{posting.Sale{Order: plain()}, rules(), lists()}
	s.rules.Tax = nil
	d := mustPost(t, s.decide())
	if d.TaxItem.ListID != "T-0" || d.CustomerTax.ListID != "C-NON" || d.Lines[0].TaxCode.ListID != "C-NON" {
		t.Errorf("tax item %v, customer %v, line %v: want the 0 %% item and the exempt code", d.TaxItem, d.CustomerTax, d.Lines[0].TaxCode)
	}
}

// I7: the same sale, rules and books give the same plan, and the arguments stay
// as they were.
func TestDecideIsAPureFunction(t *testing.T) {
	for name, s := range allGolden() {
		sale, r, books := s.sale, s.rules, posting.NewBooks(s.lists)
		before := text(t, sale, r, books.Lists)
		first := text(t, posting.Decide(sale, r, books))
		for range 5 {
			if again := text(t, posting.Decide(sale, r, posting.NewBooks(s.lists))); again != first {
				t.Fatalf("%s: another plan for the same sale:\n%s", name, cmp.Diff(first, again))
			}
		}
		if after := text(t, sale, r, books.Lists); after != before {
			t.Errorf("%s: Decide changed its arguments:\n%s", name, cmp.Diff(before, after))
		}
	}
}

// Plans are stored as JSON and read back.
func TestPlanSurvivesJSON(t *testing.T) {
	for name, s := range allGolden() {
		p := s.decide()
		var back posting.Plan
		if err := json.Unmarshal([]byte(text(t, p)), &back); err != nil {
			t.Fatal(err)
		}
		if text(t, back) != text(t, p) {
			t.Errorf("%s: the plan is another after reading it back", name)
		}
		if len(p.Documents) > 0 && !reflect.DeepEqual(encode(t, back), encode(t, p)) {
			t.Errorf("%s: the plan read back is sent otherwise", name)
		}
	}
}

// text is values as JSON, one after another.
func text(t *testing.T, values ...any) string {
	t.Helper()
	var all strings.Builder
	for _, v := range values {
		b, err := json.MarshalIndent(v, "", "\t")
		if err != nil {
			t.Fatal(err)
		}
		all.Write(b)
	}
	return all.String()
}
