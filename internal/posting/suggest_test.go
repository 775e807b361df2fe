package posting_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"qbridge/internal/order"
	"qbridge/internal/posting"
)

// wish is what Suggest is asked, and what it should say of one key.
type wish struct {
	rules  posting.Rules
	lists  posting.Lists
	orders []order.Order
}

func (w wish) suggest() []posting.Suggestion {
	var seen posting.Seen
	for _, o := range w.orders {
		seen.Add(o)
	}
	return posting.Suggest(seen, posting.NewBooks(w.lists), w.rules)
}

func (w *wish) item(name, kind string) *posting.Item {
	w.lists.Items = append(w.lists.Items, posting.Item{ListID: "I-" + name, Name: name, FullName: name, Kind: kind, Active: true})
	return &w.lists.Items[len(w.lists.Items)-1]
}

func (w *wish) rate(name, percent string) {
	it := w.item(name, "SalesTax")
	it.TaxRate = dec(percent)
}

// without takes entries out of the lists by name.
func (w *wish) without(names ...string) {
	w.lists.Items = slices.DeleteFunc(w.lists.Items, func(it posting.Item) bool { return slices.Contains(names, it.FullName) })
	w.lists.Accounts = slices.DeleteFunc(w.lists.Accounts, func(a posting.Account) bool { return slices.Contains(names, a.FullName) })
}

func (w *wish) account(name, kind string) {
	w.lists.Accounts = append(w.lists.Accounts, posting.Account{ListID: "A-" + name, FullName: name, Type: kind, Active: true})
}

func (w *wish) method(name string) {
	w.lists.PaymentMethods = append(w.lists.PaymentMethods, posting.Entry{ListID: "M-" + name, Name: name, Active: true})
}

// paidBy are orders paid so, one by one.
func (w *wish) paidBy(ways ...[2]string) {
	for _, way := range ways {
		o := plain()
		o.PaymentMethod, o.PaymentModule = way[0], way[1]
		w.orders = append(w.orders, o)
	}
}

func (w *wish) taxed(rates ...string) {
	o := plain()
	for _, rate := range rates {
		o.Lines[0].Taxes = append(o.Lines[0].Taxes, order.Tax{Name: "State " + rate, Rate: dec(rate), Total: dec("1"), OnGoods: dec("1")})
		o.Tax = o.Tax.Add(dec("1"))
	}
	w.orders = append(w.orders, o)
}

func TestSuggest(t *testing.T) {
	small := func(w *wish) { // 1 % of 0.30 is less than half a cent
		o := plain()
		o.Lines = []order.Line{
			{SKU: "TS-42", Name: "Trail Shoe", Price: dec("100"), Quantity: 1, Tax: dec("9.50"), Taxes: []order.Tax{tax("6.25", "6.25"), tax("1", "1"), tax("2.25", "2.25")}},
			{SKU: "WS-M", Name: "Sticker", Price: dec("0.30"), Quantity: 1, Tax: dec("0.03"), Taxes: []order.Tax{tax("6.25", "0.02"), tax("1", "0"), tax("2.25", "0.01")}},
		}
		o.Subtotal, o.Tax, o.Total = dec("100.30"), dec("9.53"), dec("109.83")
		w.orders = append(w.orders, o)
	}
	const none = "none" // nothing is said of the key
	cases := []struct {
		name      string
		change    func(*wish)
		key       string
		certainty posting.Certainty
		value     string
		says      string // a piece of the reason, the candidates or how to make it
	}{
		{"Undeposited Funds of an old file", nil, "deposit-to", posting.Sure, "Undeposited Funds", ""},
		{"no Undeposited Funds, one bank account", func(w *wish) { w.without("*Undeposited Funds") }, "deposit-to", posting.Likely, "Clearing:Stripe", "only one"},
		{"no account that fits", func(w *wish) { w.without("*Undeposited Funds", "Clearing:Stripe") }, "deposit-to", posting.Choose, "", "Lists > Chart of Accounts > Account > New, type Bank"},
		{"rule that a person set", func(w *wish) { w.rules.DepositTo = "Clearing:Stripe" }, "deposit-to", posting.Already, "Clearing:Stripe", ""},
		{"rule that a person set, and that is wrong", func(w *wish) { w.rules.DepositTo = "Shut" }, "deposit-to", posting.Choose, "", "inactive"},
		{"what would be right instead", func(w *wish) { w.rules.DepositTo = "Shut" }, "deposit-to", posting.Choose, "", "Undeposited Funds"},

		{"item of the name", nil, "shipping-item", posting.Sure, "Shipping", ""},
		{"item of another kind does not count", func(w *wish) { w.without("Discount"); w.item("Discount", "OtherCharge") }, "discount-item", posting.Choose, "", "type Discount"},
		{"two of the name: the plainer word first", func(w *wish) { w.item("Freight", "Service") }, "shipping-item", posting.Likely, "Shipping", "Freight"},
		{"name that contains it", func(w *wish) { w.without("Shipping"); w.item("Web shipping & handling", "OtherCharge") }, "shipping-item", posting.Likely, "Web shipping & handling", "says so"},
		{"two names that contain it", func(w *wish) {
			w.without("Shipping")
			w.item("Shipping domestic", "OtherCharge")
			w.item("Shipping abroad", "OtherCharge")
		}, "shipping-item", posting.Choose, "", "Shipping abroad"},
		{"part of a word is no word", func(w *wish) { w.without("Rounding"); w.item("Surrounding area", "OtherCharge") }, "rounding-item", posting.Choose, "", "No name in QuickBooks tells"},
		{"other charges before goods", func(w *wish) { w.without("Rounding") }, "rounding-item", posting.Choose, "", "needs an item of the type Other Charge, Service or Non-inventory Part.Shipping; Handling"},
		{"sub-item", func(w *wish) { w.without("Tip"); w.item("Extras:Tips", "OtherCharge") }, "tip-item", posting.Sure, "Extras:Tips", ""},
		{"no tip item, no tips", func(w *wish) { w.without("Tip") }, "tip-item", none, "", ""},
		{"no tip item, but tips", func(w *wish) {
			w.without("Tip")
			o := plain()
			o.Surcharges = []order.Charge{{ID: "tips", Amount: dec("1")}}
			w.orders = append(w.orders, o)
		}, "tip-item", posting.Choose, "", "Orders with a tip: 1"},
		{"the shop's name for a surcharge", func(w *wish) {
			w.without("Surcharge")
			w.item("Bag fee", "OtherCharge")
			w.item("Late fee", "OtherCharge")
			o := plain()
			o.Surcharges = []order.Charge{{ID: "x", Name: "Bag Fee", Amount: dec("1")}}
			w.orders = append(w.orders, o)
		}, "surcharge-item", posting.Sure, "Bag fee", ""},
		{"gift card sold", func(w *wish) {
			w.without("Gift Card")
			w.item("Gift Cards", "OtherCharge")
			o := plain()
			o.Lines[0].GiftCard = true
			w.orders = append(w.orders, o)
		}, "gift-card-item", posting.Sure, "Gift Cards", "Orders that sell or redeem a gift card: 1"},
		{"gift card that posts to income", func(w *wish) {
			w.without("Gift Card")
			w.item("Voucher, gift card", "OtherCharge").Account = "Sales"
			o := plain()
			o.Lines[0].GiftCard = true
			w.orders = append(w.orders, o)
		}, "gift-card-item", posting.Choose, "", "posts to the account Sales of the type Income"},
		{"tax as a line is a person's choice alone", func(w *wish) { w.item("Sales tax collected", "OtherCharge"); w.taxed("8.25") }, "tax-line-item", none, "", ""},
		{"shared customer that nobody uses", nil, "shared-customer", none, "", ""},

		{"payment method of the name", func(w *wish) { w.method("paypal"); w.paidBy([2]string{"PayPal", "PayPalStandard"}) }, "payment-methods.PayPal", posting.Sure, "paypal", "Orders paid so: 1"},
		{"payment method of the processor's name", func(w *wish) { w.method("Stripe"); w.paidBy([2]string{"Credit or debit card", "Stripe"}) }, "payment-methods.Credit or debit card", posting.Sure, "Stripe", ""},
		{"payment method in the shop's words", func(w *wish) { w.paidBy([2]string{"Pay by check (mail)", ""}) }, "payment-methods.Pay by check (mail)", posting.Likely, "Check", ""},
		{"a credit card is no debit card", func(w *wish) { w.method("Debit Card"); w.paidBy([2]string{"Credit or debit card", ""}) }, "payment-methods.Credit or debit card", posting.Choose, "", "Debit Card"},
		{"payment method that is inactive", func(w *wish) { w.paidBy([2]string{"Barter", ""}) }, "payment-methods.Barter", posting.Choose, "", "Payment Method List"},
		{"payment methods are made by rule", func(w *wish) { w.rules.MissingMethod = "make"; w.paidBy([2]string{"Barter", ""}) }, "payment-methods.Barter", none, "", ""},
		{"payment method that a person set", func(w *wish) {
			w.rules.PaymentMethods = map[string]string{"stripe": "Visa"}
			w.paidBy([2]string{"Card", "Stripe"})
		}, "payment-methods.Card", posting.Already, "Visa", ""},

		{"clearing account of the processor", func(w *wish) { w.account("Stripe fees paid", "Bank"); w.paidBy([2]string{"Card", "Stripe"}) }, "deposit-to-by-method.Stripe", posting.Sure, "Clearing:Stripe", ""},
		{"account of the processor, not called clearing", func(w *wish) { w.account("PayPal account", "Bank"); w.paidBy([2]string{"PayPal", "PayPal_Express"}) }, "deposit-to-by-method.PayPal_Express", posting.Likely, "PayPal account", ""},
		{"no account of the processor", func(w *wish) { w.paidBy([2]string{"Card", "Square"}) }, "deposit-to-by-method.Square", none, "", ""},

		{"tax item of the rate", func(w *wish) { w.taxed("8.25") }, "tax.8.25", posting.Sure, "Springfield 8.25", "Orders with it: 1 (State 8.25)"},
		{"two of the rate, one of the shop's name", func(w *wish) { w.rate("State 8.25", "8.25"); w.taxed("8.25") }, "tax.8.25", posting.Sure, "State 8.25", "Springfield 8.25"},
		{"two of the rate, one with the shop's name in it", func(w *wish) { w.rate("CA State 8.25", "8.25"); w.taxed("8.25") }, "tax.8.25", posting.Likely, "CA State 8.25", ""},
		{"two of the rate", func(w *wish) { w.rate("Other 8.25", "8.25"); w.taxed("8.25") }, "tax.8.25", posting.Choose, "", "Other 8.25"},
		{"none of the rate", func(w *wish) { w.taxed("7") }, "tax.7", posting.Choose, "", "Item > New, type Sales Tax Item, rate 7 %"},
		{"group of the rates", func(w *wish) { w.taxed("6.25", "1", "2.25") }, "tax.1+2.25+6.25", posting.Sure, "Springfield", ""},
		{"one item of the sum of the rates", func(w *wish) { w.taxed("6.25", "2") }, "tax.2+6.25", posting.Likely, "Springfield 8.25", "one agency"},
		{"a tax that rounds to nothing on a small line is one of its rates", small, "tax.1+2.25+6.25", posting.Sure, "Springfield", "Orders with it: 1 "},
		{"no combination of the rates that are left of it", small, "tax.2.25+6.25", none, "", ""},
		{"nor lines of several rates", small, "tax-line-item", none, "", ""},
		{"lines of several rates", func(w *wish) {
			small(w)
			w.orders[0].Lines[1].Taxes = []order.Tax{tax("8.25", "0.03")}
		}, "tax-line-item", posting.Choose, "", "Orders with lines taxed at different rates: 1"},
		{"no group of the rates", func(w *wish) { w.taxed("6.25", "3") }, "tax.3+6.25", posting.Choose, "", "type Sales Tax Group, of tax items of 3 %, 6.25 %"},
		{"group whose rates come to the rate", func(w *wish) { w.without("Springfield 9.5"); w.taxed("9.5") }, "tax.9.5", posting.Likely, "Springfield", ""},
		{"rate that a person mapped", func(w *wish) { w.rules.Tax = map[string]string{"8.25": "Springfield 8.25"}; w.taxed("8.25") }, "tax.8.25", posting.Already, "Springfield 8.25", ""},
		{"sum that a person mapped", func(w *wish) {
			w.rules.Tax = map[string]string{"8.25": "Springfield 8.25"}
			w.taxed("6.25", "2")
		}, "tax.2+6.25", none, "", ""},
		{"sales tax off", func(w *wish) { w.lists.Company.SalesTax = false; w.taxed("8.25") }, "tax.8.25", none, "", ""},
		{"tax item of 0 %", nil, "no-tax-item", posting.Sure, "Out of State", ""},
		{"no tax item of 0 %", func(w *wish) { w.without("Out of State", "Web Tax Agency") }, "no-tax-item", posting.Choose, "", "type Sales Tax Item, rate 0 %"},
		{"goods that are called like a charge", func(w *wish) { w.without("Rounding"); w.item("Penny Loafers", "NonInventory") }, "rounding-item", posting.Choose, "", "Penny Loafers"},
		{"a charge with more to its name", func(w *wish) { w.without("Rounding"); w.item("Rounding (web)", "OtherCharge") }, "rounding-item", posting.Likely, "Rounding (web)", ""},
		{"the file's own codes need no rule", nil, "taxable-code", none, "", ""},
		{"file without codes of its own", func(w *wish) { w.lists.Company.TaxableCode = "" }, "taxable-code", posting.Sure, "Tax", ""},

		{"goods that QuickBooks lacks", func(w *wish) {
			o := plain()
			o.Lines[0].SKU, o.Lines[0].Name = "NEW-1", "New"
			w.orders = append(w.orders, o)
		}, "missing-item", posting.Choose, "", `Goods of the orders that are no items in QuickBooks: 1 ("New" (SKU NEW-1)). The rule is hold now`},
		{"goods that QuickBooks has", func(w *wish) { w.orders = append(w.orders, plain()) }, "missing-item", none, "", ""},
		{"refunds", func(w *wish) {
			o := plain()
			o.RefundedAmount = dec("5")
			w.orders = append(w.orders, o)
		}, "refunds", posting.Choose, "", "credit-memo"},
		{"refunds as a person wants them", func(w *wish) {
			w.rules.Refunds = "credit-memo"
			o := plain()
			o.RefundedAmount = dec("5")
			w.orders = append(w.orders, o)
		}, "refunds", none, "", ""},
		{"where refunds are paid from", func(w *wish) {
			o := plain()
			o.RefundedAmount = dec("5")
			w.orders = append(w.orders, o)
		}, "refund-from", posting.Choose, "", "Clearing:Stripe"},
		{"where refunds of a processor are paid from", func(w *wish) {
			o := plain()
			o.RefundedAmount = dec("5")
			w.orders = append(w.orders, o)
		}, "refund-from-by-method.Stripe", posting.Sure, "Clearing:Stripe", ""},
		{"no refunds", func(w *wish) { w.orders = append(w.orders, plain()) }, "refund-from-by-method.Stripe", none, "", ""},
		{"status that nobody knows", func(w *wish) {
			o := plain()
			o.Payment = "UNDER_REVIEW"
			w.orders = append(w.orders, o)
		}, "documents.payment:UNDER_REVIEW", posting.Choose, "", "sales-order"},
		{"other currency without a rate", func(w *wish) {
			w.lists.Company.Multicurrency = true
			o := plain()
			o.Currency = "EUR"
			w.orders = append(w.orders, o)
		}, "exchange-rates.EUR", posting.Choose, "", "Orders in it: 1"},
		{"ship method in the shop's words", func(w *wish) {
			o := plain()
			o.ShippingMethod = "UPS Ground"
			w.orders = append(w.orders, o)
		}, "ship-methods.UPS Ground", posting.Likely, "UPS", ""},
		{"ship method that QuickBooks lacks", func(w *wish) {
			o := plain()
			o.ShippingMethod = "Bicycle"
			w.orders = append(w.orders, o)
		}, "ship-methods.Bicycle", none, "", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := wish{posting.DefaultRules(), lists(), nil}
			if c.change != nil {
				c.change(&w)
			}
			all := w.suggest()
			i := slices.IndexFunc(all, func(s posting.Suggestion) bool { return s.Key == c.key })
			if i < 0 {
				if c.certainty != none {
					t.Fatalf("nothing is said of %s", c.key)
				}
				return
			}
			s := all[i]
			if s.Certainty != c.certainty || s.Value != c.value {
				t.Fatalf("%s %q, want %s %q: %+v", s.Certainty, s.Value, c.certainty, c.value, s)
			}
			if text := s.Reason + strings.Join(s.Candidates, "; ") + s.Create; !strings.Contains(text, c.says) || s.Reason == "" {
				t.Errorf("%q does not say %q", text, c.says)
			}
		})
	}
}

// What is proposed as sure or likely is right in the books: it leaves nothing
// missing, and a person's rule is never changed.
func TestSuggestionsAreValid(t *testing.T) {
	w := wish{posting.DefaultRules(), lists(), nil}
	w.rules.ShippingItem = "Handling"
	w.taxed("8.25")
	w.taxed("6.25", "1", "2.25")
	w.method("PayPal")
	w.paidBy([2]string{"PayPal", ""})
	r := w.rules
	keys, err := r.Apply(w.suggest(), false)
	if err != nil {
		t.Fatal(err)
	}
	if missing := r.Validate(posting.NewBooks(w.lists)); missing != nil {
		t.Errorf("with the sure ones there lack %v", missing)
	}
	if r.ShippingItem != "Handling" || slices.Contains(keys, "shipping-item") {
		t.Errorf("the person's rule was changed to %q", r.ShippingItem)
	}
	if r.PaymentMethods["Credit or debit card"] != "" || slices.Contains(keys, "payment-methods.Credit or debit card") {
		t.Error("what a person must choose was set")
	}
	if again, err := r.Apply(w.suggest(), true); err != nil || again != nil {
		t.Errorf("applied a second time it changes %v, %v", again, err)
	}
	for _, s := range w.suggest() {
		if _, err := posting.ExplainRules(strings.SplitN(s.Key, ".", 2)[0]); err != nil || s.Reason == "" || s.Certainty == posting.Choose && s.Value != "" || s.Certainty != posting.Choose && s.Value == "" {
			t.Errorf("a suggestion that says nothing: %+v, %v", s, err)
		}
	}
	if nothing := posting.Suggest(posting.Seen{}, posting.NewBooks(posting.Lists{}), r); nothing != nil {
		t.Errorf("books that were not read give %v", nothing)
	}
}

// The proposed TOML is rules, with a remark on each proposal.
func TestSuggestedTOML(t *testing.T) {
	w := wish{posting.DefaultRules(), lists(), nil}
	w.taxed("8.25")
	w.taxed("7")
	written, err := w.rules.SuggestedTOML(w.suggest())
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		"# sure: It is called so, and is an account of the type Other Current Asset.\ndeposit-to = \"Undeposited Funds\"\n",
		"# 8.25: sure: It is the one tax item of this rate. Orders with it: 1 (State 8.25).\n",
		"# 7: must be chosen: QuickBooks has no tax item or group of 7 %. Orders with it: 1 (State 7). To make it: Lists > Item List > Item > New, type Sales Tax Item, rate 7 %.\n",
	} {
		if !strings.Contains(string(written), line) {
			t.Errorf("it lacks %q:\n%s", line, written)
		}
	}
	read, err := posting.ParseRules(written)
	if err != nil {
		t.Fatal(err)
	}
	if read.DepositTo != "Undeposited Funds" || read.Tax["8.25"] == "" || w.rules.Tax != nil {
		t.Errorf("read back: %+v; the rules themselves: %v", read, w.rules.Tax)
	}
}

// Orders in another order give the same proposals.
func TestSuggestKeepsNoOrder(t *testing.T) {
	w := wish{posting.DefaultRules(), lists(), nil}
	w.paidBy([2]string{"A", ""}, [2]string{"B", ""}, [2]string{"B", ""}, [2]string{"C", "Stripe"}, [2]string{"A", "Stripe"})
	w.taxed("8.25")
	w.taxed("9.5")
	first := w.suggest()
	slices.Reverse(w.orders)
	if diff := cmp.Diff(first, w.suggest()); diff != "" {
		t.Error(diff)
	}
}
