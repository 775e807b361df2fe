package posting_test

import (
	"slices"
	"strings"
	"testing"

	"qbridge/internal/order"
	"qbridge/internal/posting"
	"qbridge/qbxml"
)

// What QuickBooks has switched off, or lacks, is said once, with the menu.
func TestRulesNeedFeatures(t *testing.T) {
	cases := []struct {
		name   string
		change func(*setting)
		key    string // "" when nothing is missing
		says   string // a piece of the sentence or the cure
	}{
		{"class, and classes are off", func(s *setting) { s.rules.Class = "Web" }, "class", "Edit > Preferences > Accounting > Company Preferences"},
		{"two rules of one feature", func(s *setting) {
			s.rules.Class, s.rules.Classes = "Web", map[string]string{"country:CA": "Canada"}
		}, "class", "class, classes"},
		{"class, and classes are on", func(s *setting) {
			s.rules.Class, s.lists.Company.Classes, s.lists.Classes = "web", true, []posting.Entry{{ListID: "K-1", Name: "Web", Active: true}}
		}, "", ""},
		{"sales orders in Pro", func(s *setting) {
			s.rules.Unpaid, s.lists.Company.Product = "sales-order", "QuickBooks Desktop Pro 2024"
		}, "unpaid", "QuickBooks Desktop Pro 2024 has no sales orders"},
		{"sales orders of some orders in Pro", func(s *setting) {
			s.rules.Documents, s.lists.Company.Product = map[string]string{"group:Wholesale": "sales-order"}, "QuickBooks Pro 2014"
		}, "documents", "Premier or Enterprise"},
		{"sales orders in Premier", func(s *setting) {
			s.rules.Unpaid, s.lists.Company.Product = "sales-order", "QuickBooks Premier 2024"
		}, "", ""},
		{"sales orders in a product that nobody knows", func(s *setting) { s.rules.Unpaid = "sales-order" }, "", ""},
		{"exchange rates, and one currency", func(s *setting) { s.rules.ExchangeRates = map[string]string{"EUR": "1.08"} }, "exchange-rates", "Edit > Preferences > Multiple Currencies"},
		{"tax rules, and sales tax off", func(s *setting) { s.lists.Company.SalesTax = false }, "tax", "tax, no-tax-item"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := setting{posting.Sale{Order: plain()}, rules(), lists()}
			c.change(&s)
			missing := s.rules.Validate(posting.NewBooks(s.lists))
			if c.key == "" && len(missing) == 0 {
				return
			}
			if len(missing) != 1 || missing[0].Key != c.key || !strings.Contains(missing[0].Sentence+missing[0].Cure, c.says) {
				t.Errorf("%+v, want one for %q that says %q", missing, c.key, c.says)
			}
		})
	}
}

// Q28, Q35: what orders need and the company file is without is known before
// one of them is held for it.
func TestOrdersNeedFeatures(t *testing.T) {
	euro := plain()
	euro.Currency = "EUR"
	given := plain()
	given.Payment, given.RefundedAmount = order.PartiallyRefunded, dec("5")
	refunding := func(_ *posting.Lists, r *posting.Rules) { r.Refunds = "credit-memo" }
	cases := []struct {
		name   string
		change func(*posting.Lists, *posting.Rules)
		orders []order.Order
		want   []string // pieces of what is said
	}{
		{"refunds, and nothing is set for them", refunding, []order.Order{plain(), given}, []string{"Of the last 2 orders 1 have refunds. The rule refund-item is not set", "The rule refund-from is not set"}},
		{"invoices, and two accounts for them", func(l *posting.Lists, r *posting.Rules) {
			r.Document = "invoice"
			l.Accounts = append(l.Accounts, posting.Account{ListID: "A-AR2", FullName: "Receivable 2", Type: "AccountsReceivable", Active: true})
		}, []order.Order{plain()}, []string{"QuickBooks has 2 active ones"}},
		{"refunds are set, and there are none", refunding, []order.Order{plain()}, nil},
		{"nothing", nil, []order.Order{plain(), taxedOrder()}, nil},
		{"sales tax off", func(l *posting.Lists, _ *posting.Rules) { l.Company.SalesTax = false }, []order.Order{plain(), taxedOrder()}, []string{"Of the last 2 orders 1 have sales tax"}},
		{"sales tax off, no tax", func(l *posting.Lists, _ *posting.Rules) { l.Company.SalesTax = false }, []order.Order{plain()}, nil},
		{"other currency", nil, []order.Order{plain(), euro}, []string{"Of the last 2 orders 1 are in EUR"}},
		{"other currency, many currencies", func(l *posting.Lists, _ *posting.Rules) { l.Company.Multicurrency = true }, []order.Order{euro}, nil},
		{"the file's own currency", func(l *posting.Lists, _ *posting.Rules) { l.Company.HomeCurrency = "EUR" }, []order.Order{euro}, nil},
		{"another country", func(l *posting.Lists, _ *posting.Rules) { l.Company.Edition = qbxml.CA }, nil, []string{`edition "CA"`}},
		{"books not read", func(l *posting.Lists, _ *posting.Rules) { l.Complete, l.Company.SalesTax = false, false }, []order.Order{taxedOrder()}, nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var seen posting.Seen
			for _, o := range c.orders {
				seen.Add(o)
			}
			l, r := lists(), rules()
			if c.change != nil {
				c.change(&l, &r)
			}
			got := r.Lacking(seen, posting.NewBooks(l))
			if !slices.EqualFunc(got, c.want, func(m posting.Missing, piece string) bool {
				return strings.Contains(m.Sentence, piece) && m.Cure != "" && m.Key != ""
			}) {
				t.Errorf("%+v, want %q", got, c.want)
			}
		})
	}
}

// A gift card that posts to income is said.
func TestItemsPostToTheRightAccounts(t *testing.T) {
	for account, right := range map[string]bool{"Sales": false, "Gift Cards Owed": true, "": true} {
		s := setting{posting.Sale{Order: plain()}, rules(), lists()}
		s.lists.Accounts = append(s.lists.Accounts, posting.Account{ListID: "A-GC", FullName: "Gift Cards Owed", Type: "OtherCurrentLiability", Active: true})
		s.lists.Items = append(s.lists.Items, posting.Item{ListID: "I-GC", Name: "Voucher", FullName: "Voucher", Kind: "OtherCharge", Active: true, Account: account})
		s.rules.GiftCardItem = "Voucher"
		missing := s.rules.Validate(posting.NewBooks(s.lists))
		if right != (len(missing) == 0) || !right && (missing[0].Key != "gift-card-item" || !strings.Contains(missing[0].Sentence, "Sales of the type Income")) {
			t.Errorf("account %q: %+v", account, missing)
		}
	}
}

// What is wrong with a name is told apart, with the menu that opens the list.
func TestUnfitNamesAreTold(t *testing.T) {
	for name, says := range map[string]string{
		"":           "is not set: name an item of the type Other Charge, Service or Non-inventory Part that is active in QuickBooks (Lists > Item List)",
		"Postage":    "has nothing of that name under Lists > Item List. To make it: Lists > Item List > Item > New, type Other Charge.",
		"TS-42":      "is an item of the type Inventory Part; it must name an item of the type Other Charge",
		"Old charge": "is inactive in QuickBooks. To make it active: Lists > Item List, tick Include inactive",
	} {
		s := setting{posting.Sale{Order: plain()}, rules(), lists()}
		s.lists.Items = append(s.lists.Items, posting.Item{ListID: "I-O", Name: "Old charge", FullName: "Old charge", Kind: "OtherCharge"})
		s.rules.ShippingItem = name
		missing := s.rules.Validate(posting.NewBooks(s.lists))
		if len(missing) != 1 || !strings.Contains(missing[0].Sentence, says) {
			t.Errorf("%q: %+v, want %q", name, missing, says)
		}
	}
}
