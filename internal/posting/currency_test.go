package posting_test

import (
	"strings"
	"testing"

	"qbridge/internal/order"
	"qbridge/internal/posting"
)

// Q35: a buyer whom QuickBooks does not have in the order's currency is added in it, under a name that nobody has.
func TestNewCustomersInOtherCurrencies(t *testing.T) {
	someone := func(s *setting) {
		s.lists.Names[0].Email, s.lists.Names[0].Name, s.lists.Names[0].FullName = "x@example.com", "Xaver", "Xaver"
	}
	home := func(s *setting) { s.lists.Names[0].Currency = "USD" }
	promised := func(key, name string) func(*setting) {
		return func(s *setting) {
			someone(s)
			s.lists.Promised = []posting.Promise{{Key: key, Kind: "Customer", Name: name}}
		}
	}
	for _, c := range []struct {
		name     string
		change   func(*setting)
		want     string // the new customer's name; "" when none is added
		currency string
		cause    posting.Cause
		says     string
	}{
		{"nobody of the e-mail", someone, "Jane Doe", "C-EUR", "", ""},
		{"the same e-mail in the home currency", home, "Jane Doe EUR", "C-EUR", "", "for ever"},
		{"the same in neither", func(s *setting) { s.lists.Names[0].Currency = "Swiss Franc" }, "Jane Doe EUR", "C-EUR", "", ""},
		{"a namesake without e-mail in the home currency", func(s *setting) { home(s); s.lists.Names[0].Email = "" }, "Jane Doe EUR", "C-EUR", "", ""},
		{"a namesake of another e-mail in the home currency", func(s *setting) { home(s); s.lists.Names[0].Email = "x@example.com" }, "Jane Doe (jane@example.com)", "C-EUR", "", ""},
		{"promised in the home currency", promised("customer:jane@example.com", "Jane Doe"), "Jane Doe EUR", "C-EUR", "", ""},
		{"promised in this one", promised("customer:jane@example.com/EUR", "Jane Doe EUR"), "Jane Doe EUR", "C-EUR", "", "on the way"},
		{"known by the currency's name", func(s *setting) { s.lists.Names[0].Currency = "Euro" }, "", "", "", ""},
		{"the other way round", func(s *setting) { s.sale.Order.Currency = "USD" }, "Jane Doe USD", "", "", ""},
		{"with the rule to make none", func(s *setting) { home(s); s.rules.MissingCustomer = "hold" }, "", "", posting.CustomerMissing, "not to add any"},
		{"the currency is inactive", func(s *setting) { home(s); s.lists.Currencies[1].Active = false }, "", "", posting.ForeignCurrency, "not active"},
		{"the currencies are not read yet", func(s *setting) { home(s); s.lists.Currencies = nil }, "", "", posting.BooksUnknown, "has not been read"},
		{"jobs of a shared customer in the home currency", func(s *setting) {
			someone(s)
			home(s)
			s.rules.CustomerName, s.rules.SharedCustomer = "job", "Xaver"
		}, "", "", posting.CustomerUnsure, "jobs are kept"},
		{"jobs of a shared customer in this one", func(s *setting) { someone(s); s.rules.CustomerName, s.rules.SharedCustomer = "job", "Xaver" }, "Jane Doe", "", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := later(taxedOrder(), euro, func(s *setting) {
				for i := range s.lists.Accounts {
					s.lists.Accounts[i].Currency = map[bool]string{true: "EUR", false: "USD"}[s.lists.Accounts[i].ListID == "A-AR-EUR"]
				}
			}, c.change)
			p := s.decide()
			said := p.Reason
			for _, a := range p.Adjustments {
				said += " " + a.Sentence
			}
			if p.Cause != c.cause || !strings.Contains(said, c.says) {
				t.Fatalf("%s %q: %s", p.State, p.Cause, said)
			}
			if c.cause != "" {
				return
			}
			mustPost(t, p)
			name, currency := "", ""
			for _, l := range p.Lists {
				if add := l.Add.Customer; add != nil {
					name = add.Name
					if add.CurrencyRef != nil {
						currency = add.CurrencyRef.ListID
					}
					if s.sale.Order.Currency == "EUR" != strings.HasSuffix(l.Key, "/EUR") {
						t.Errorf("the row's key is %s", l.Key)
					}
				}
			}
			if name != c.want || currency != c.currency {
				t.Errorf("%q in %q is added", name, currency)
			}
		})
	}
}

// Q35: QuickBooks takes money into an account of the order's currency, or one of the home currency that is no bank's.
func TestAccountsOfOtherCurrencies(t *testing.T) {
	bank := func(s *setting) { s.rules.DepositTo = "Clearing:Stripe" }
	for _, c := range []struct {
		name   string
		change func(*setting)
		want   string // the deposit-to account
		says   string
	}{
		{"Undeposited Funds at home", func(*setting) {}, "*Undeposited Funds", ""},
		{"a bank at home", bank, "", "deposit-to-by-currency.EUR"},
		{"a bank in the currency", func(s *setting) { bank(s); s.rules.DepositToByCurrency = map[string]string{"EUR": "Euro Checking"} }, "Euro Checking", ""},
		{"a third currency", func(s *setting) { s.lists.Accounts[1].Currency = "CAD" }, "", "kept in CAD"},
		{"a bank in the currency for an order of the home currency", func(s *setting) {
			s.sale.Order.Currency, s.lists.Names[0].Currency, s.rules.DepositTo = "USD", "USD", "Euro Checking"
		}, "", "kept in EUR"},
		{"the rule of another currency", func(s *setting) {
			s.sale.Order.Currency, s.lists.Names[0].Currency, s.rules.DepositToByCurrency = "USD", "USD", map[string]string{"USD": "Clearing:Stripe"}
		}, "*Undeposited Funds", ""},
		{"receivables at home", func(s *setting) {
			status(order.AwaitingPayment)(s)
			s.rules.ReceivableByCurrency["EUR"] = "Accounts Receivable"
		}, "", "receivable-by-currency.EUR"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := later(taxedOrder(), euro, func(s *setting) {
				s.lists.Accounts = append(s.lists.Accounts, posting.Account{ListID: "A-BANK-EUR", FullName: "Euro Checking", Type: "Bank", Active: true})
				for i := range s.lists.Accounts {
					s.lists.Accounts[i].Currency = "USD"
					if strings.HasSuffix(s.lists.Accounts[i].ListID, "-EUR") {
						s.lists.Accounts[i].Currency = "EUR"
					}
				}
			}, c.change)
			p := s.decide()
			if c.says != "" {
				if p.Cause != posting.RulesIncomplete || !strings.Contains(p.Reason, c.says) {
					t.Errorf("%s %q: %s", p.State, p.Cause, p.Reason)
				}
				return
			}
			if d := mustPost(t, p); d.DepositTo.Name != c.want {
				t.Errorf("into %q", d.DepositTo.Name)
			}
		})
	}
}
