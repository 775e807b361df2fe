package posting_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"qbridge/internal/order"
	"qbridge/internal/posting"
)

// Whatever the books hold, what is proposed as sure or likely is something that
// they have, active and of the right type; what a person must choose names
// nothing that does not fit either, or how to make it; and proposing again
// after applying leaves nothing sure or likely.
func TestSuggestionsFitAnyBooks(t *testing.T) {
	names := []string{"Shipping", "Shipping & handling", "Freight", "Handling fees", "Web discount", "Coupons", "Rounding", "Tips", "Gift cards", "Store credit", "Refunds",
		"Undeposited Funds", "*Undeposited Funds", "Stripe clearing", "PayPal", "Checking", "Web Sales", "Sales", "Sales:Web", "Out of State", "State tax", "Accounts Receivable", "Fee", "", "Été: colon"}
	kinds := []string{"OtherCharge", "Service", "NonInventory", "Inventory", "Discount", "SalesTax", "SalesTaxGroup", "Group", "Subtotal"}
	types := []string{"Bank", "OtherCurrentAsset", "Income", "AccountsReceivable", "OtherCurrentLiability", "Expense"}
	rapid.Check(t, func(t *rapid.T) {
		some := func(label string, from []string) string { return rapid.SampledFrom(from).Draw(t, label) }
		l := lists()
		l.Company.SalesTax, l.Company.Multicurrency = rapid.Bool().Draw(t, "sales tax"), rapid.Bool().Draw(t, "multicurrency")
		l.Items, l.Accounts, l.PaymentMethods = nil, nil, nil
		for i := range rapid.IntRange(0, 25).Draw(t, "items") {
			name := some("item", names)
			if slices.ContainsFunc(l.Items, func(it posting.Item) bool { return posting.Fold(it.FullName) == posting.Fold(name) }) {
				continue // QuickBooks has each full name once
			}
			it := posting.Item{ListID: "I-" + string(rune('a'+i)), Name: name, FullName: name, Kind: some("kind", kinds), Active: rapid.Bool().Draw(t, "active"), Account: some("posts to", names)}
			it.TaxRate = dec(some("rate", []string{"0", "8.25", "6.25", "2"}))
			if len(l.Items) > 0 && it.Kind == "SalesTaxGroup" {
				it.Members = []string{l.Items[0].ListID, l.Items[len(l.Items)-1].ListID}
			}
			l.Items = append(l.Items, it)
		}
		for i := range rapid.IntRange(0, 12).Draw(t, "accounts") {
			name := some("account", names)
			if slices.ContainsFunc(l.Accounts, func(a posting.Account) bool {
				return strings.Trim(posting.Fold(a.FullName), "*") == strings.Trim(posting.Fold(name), "*")
			}) {
				continue
			}
			l.Accounts = append(l.Accounts, posting.Account{ListID: "A-" + string(rune('a'+i)), FullName: name, Type: some("type", types), Active: rapid.Bool().Draw(t, "active")})
		}
		for _, name := range []string{"Visa", "PayPal", "Check"} {
			l.PaymentMethods = append(l.PaymentMethods, posting.Entry{ListID: "M-" + name, Name: name, Active: rapid.Bool().Draw(t, "active")})
		}
		var seen posting.Seen
		for range rapid.IntRange(0, 5).Draw(t, "orders") {
			o := taxedOrder()
			o.PaymentMethod, o.PaymentModule = some("method", []string{"PayPal", "Pay by check", "Card", ""}), some("module", []string{"Stripe", "PayPal", ""})
			o.Lines[0].Taxes = []order.Tax{tax(some("rate", []string{"8.25", "6.25", "7"}), "14.84")}
			o.RefundedAmount = dec(some("refunded", []string{"0", "5"}))
			seen.Add(o)
		}
		books, r := posting.NewBooks(l), posting.DefaultRules()
		all := posting.Suggest(seen, books, r)
		applied, err := r.Apply(all, true)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range r.Validate(books) {
			if slices.Contains(applied, m.Key) {
				t.Errorf("%s was proposed, and: %s", m.Key, m.Sentence)
			}
			key, _, _ := strings.Cut(m.Key, ".")
			if !slices.ContainsFunc(all, func(s posting.Suggestion) bool { return strings.HasPrefix(s.Key, key) }) && key != "tax" {
				t.Errorf("%s is missing, and nothing is said of it", m.Key)
			}
		}
		for _, s := range posting.Suggest(seen, books, r) {
			if s.Certainty == posting.Sure || s.Certainty == posting.Likely {
				t.Errorf("applied, and proposed again: %+v", s)
			}
		}
	})
}
