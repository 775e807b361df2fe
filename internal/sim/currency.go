package sim

import (
	"cmp"
	"math/big"
)

// The home currency of the pretend company, and another one it keeps when multicurrency is on.
const (
	CurrencyHome         = "US Dollar"
	CurrencyEuro         = "Euro"
	AccountReceivableEUR = "Accounts Receivable - EUR"
	AccountBankEUR       = "Euro Checking"
	rateOfEuro           = "1.08421"
)

// valued gives a form in a foreign currency that currency and its rate: the currency is the customer's.
func (c *Company) valued(t *txn) *Status {
	if !c.books.Config.MultiCurrency {
		return nil
	}
	currency := c.currencyOf(t)
	t.Header.set(group("CurrencyRef", leaf("ListID", currency.ListID)))
	if currency.Name == CurrencyHome {
		if n, err := parseFixed(t.Header.at("ExchangeRate"), 0); t.Header.kid("ExchangeRate") != nil && (err != nil || n != 1) {
			return refused(3210, "The \"ExchangeRate\" field has an invalid value \"%s\".  QuickBooks error message: The rate of the home currency is 1.", t.Header.at("ExchangeRate"))
		}
		t.Header.drop("ExchangeRate")
		return nil
	}
	rate := cmp.Or(t.Header.at("ExchangeRate"), currency.Elements.at("ExchangeRate"))
	if n, err := parseFixed(rate, rateDecimals); err != nil || n <= 0 {
		return refused(3085, "There was an error when converting the number value \"%s\" in the field \"ExchangeRate\".", rate)
	}
	t.Header.set(leaf("ExchangeRate", rate))
	return nil
}

// currencyOf is the customer's currency; that of a cheque is its bank account's.
func (c *Company) currencyOf(t *txn) *object {
	of := c.byID[t.customer()]
	if t.Kind == "Check" {
		of = c.byID[t.Header.at("AccountRef", "ListID")]
	}
	if of != nil {
		if o := c.byID[of.Elements.at("CurrencyRef", "ListID")]; o != nil {
			return o
		}
	}
	return c.named(CurrencyHome, "Currency")
}

// receivable is the account of open invoices in a currency; "" is the home currency.
func (c *Company) receivable(currency string) *object {
	for _, o := range c.books.Objects {
		if o.Kind == "Account" && o.Active && o.Elements.at("AccountType") == "AccountsReceivable" && c.accountCurrency(o) == c.orHome(currency) {
			return o
		}
	}
	return nil
}

// sameCurrency: receivables and bank accounts take one currency only; what lies between may be of the home currency.
func (c *Company) sameCurrency(account *object, currency, element string) bool {
	own := c.accountCurrency(account)
	if own == c.orHome(currency) {
		return true
	}
	return element != "ARAccountRef" && own == c.orHome("") && account.Elements.at("AccountType") != "Bank"
}

func (c *Company) accountCurrency(account *object) string {
	return c.orHome(account.Elements.at("CurrencyRef", "ListID"))
}

func (c *Company) orHome(currency string) string {
	if currency != "" || !c.books.Config.MultiCurrency {
		return currency
	}
	return c.named(CurrencyHome, "Currency").ListID
}

// rateDecimals are the decimals that an exchange rate may have here.
const rateDecimals = 10

// inHome is an amount in the home currency at a form's rate.
func (t *txn) inHome(amount Cents) Cents {
	rate, err := parseFixed(t.Header.at("ExchangeRate"), rateDecimals)
	if err != nil { // none: it is in the home currency
		return amount
	}
	one := new(big.Int).Exp(big.NewInt(10), big.NewInt(rateDecimals), nil)
	home := new(big.Int).Mul(big.NewInt(int64(amount)), big.NewInt(rate))
	half := new(big.Int).Rsh(one, 1)
	if amount < 0 {
		half.Neg(half)
	}
	return Cents(home.Quo(home.Add(home, half), one).Int64())
}

// customerCurrency: an inactive currency can't be given to a customer, and a job has its customer's.
func (c *Company) customerCurrency(kind string, elements *node) *Status {
	if kind != "Customer" || !c.books.Config.MultiCurrency {
		return nil
	}
	own := elements.at("CurrencyRef", "ListID")
	if o := c.byID[own]; o != nil && !o.Active {
		return refused(3140, "There is an invalid reference to QuickBooks Currency \"%s\" in the Customer.  QuickBooks error message: The currency is inactive.", o.Name)
	}
	parent := c.byID[elements.at("ParentRef", "ListID")]
	if parent == nil {
		return nil
	}
	of := c.orHome(parent.Elements.at("CurrencyRef", "ListID"))
	if own != "" && own != of {
		return refused(3140, "There is an invalid reference to QuickBooks Currency \"%s\" in the Customer.  QuickBooks error message: A job has the currency of its customer.", c.byID[own].Name)
	}
	elements.set(group("CurrencyRef", leaf("ListID", of)))
	return nil
}

// currencyStays: a customer with transactions keeps its currency.
func (c *Company) currencyStays(o *object, elements *node) *Status {
	to := elements.at("CurrencyRef", "ListID")
	if to == "" || to == c.orHome(o.Elements.at("CurrencyRef", "ListID")) {
		return nil
	}
	for _, t := range c.books.Txns {
		if t.customer() == o.ListID {
			return refused(3180, "There was an error when saving a Customer.  QuickBooks error message: The currency of \"%s\" can't be changed: it has been used in transactions.", c.fullName(o))
		}
	}
	return nil
}

// currencyPreferences are what PreferencesQuery tells of currencies.
func (c *Company) currencyPreferences() []node {
	if !c.books.Config.MultiCurrency {
		return []node{leaf("IsMultiCurrencyOn", "false")}
	}
	return []node{leaf("IsMultiCurrencyOn", "true"), c.refNamed("HomeCurrencyRef", CurrencyHome, "Currency")}
}
