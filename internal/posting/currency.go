package posting

import (
	"fmt"
	"slices"
	"strings"

	"qbridge/qbxml"
)

// code gives the ISO code of a currency that the books name by its code or by
// its name; what the list of currencies does not know stays as it is.
func (b *Books) code(currency string) string {
	if c := b.currency(currency); c != nil {
		return c.Code
	}
	return currency
}

// currency finds a currency of the file by its code, else by its name.
func (b *Books) currency(name string) *Currency {
	for i, c := range b.Currencies {
		if name != "" && (c.Code == name || Fold(c.Name) == Fold(name)) {
			return &b.Currencies[i]
		}
	}
	return nil
}

// keptIn tells whether documents of a customer are in the order's currency.
func (d *draft) keptIn(n *Name) bool {
	return n.Currency == "" || d.books.code(n.Currency) == d.order.Currency
}

// elsewhere tells whether a customer can't be this order's because QuickBooks
// keeps it in another currency. A customer has one currency for ever
// (quickbooks.md 9).
func (d *draft) elsewhere(n *Name) bool { return d.books.lacks(ManyCurrencies) == "" && !d.keptIn(n) }

// customerKey names the row that adds the buyer: one for each currency.
func (d *draft) customerKey(b buyer, email string) string {
	key := b.key(email)
	if d.foreign() {
		key += "/" + d.order.Currency // identities are folded: none ends in capitals
	}
	return key
}

// apart ends the agreed name of a buyer in the order's currency when QuickBooks
// has, or will have, the same buyer in another.
func (d *draft) apart(b buyer, key, email string) buyer {
	if d.books.lacks(ManyCurrencies) != "" {
		return b
	}
	address, _ := emailKey(email)
	other := slices.ContainsFunc(d.books.emails[address], d.elsewhere)
	if n := d.books.topCustomer(b.full(b.name)); n != nil && len(addresses(n.Email)) == 0 && d.elsewhere(n) {
		other = true
	}
	if p := d.books.reservedBy(space(customerKind) + Fold(b.full(b.name))); p != nil && p.Key != key {
		other = other || withoutCurrency(p.Key) == b.key(email)
	}
	if !other {
		return b
	}
	b.end = " " + d.order.Currency
	b.name = qbxml.CutUnique(b.name, d.limit("CustomerAdd", "Name")-len(b.end)) + b.end
	return b
}

// withoutCurrency is a key of customerKey's as it is in the home currency.
func withoutCurrency(key string) string {
	if i := strings.LastIndexByte(key, '/'); i >= 0 && key[i:] != strings.ToLower(key[i:]) {
		return key[:i]
	}
	return key
}

// newCurrency is the currency to state for a customer that is added; nil for the
// home currency, and for jobs, which have their customer's.
func (d *draft) newCurrency(b buyer) (*qbxml.Ref, *outcome) {
	if b.end != "" {
		d.adjust(Adjustment{Cause: "another currency", Field: "customer name", From: strings.TrimSuffix(b.name, b.end), To: b.name,
			Sentence: fmt.Sprintf("QuickBooks keeps a customer in one currency for ever, and this buyer is kept in another than %s there already: for orders in %s the buyer is the customer %q.", d.order.Currency, d.order.Currency, b.name)})
	}
	if !d.foreign() || b.parent != nil {
		return nil, nil
	}
	switch c := d.books.currency(d.order.Currency); {
	case len(d.books.Currencies) == 0:
		return nil, unset(BooksUnknown, "Let the Web Connector run once; it fetches the list of currencies of the company file.",
			"The buyer must be added as a customer kept in %s, and the list of currencies of the company file has not been read yet.", d.order.Currency)
	case c == nil || !c.Active:
		return nil, attention(ForeignCurrency, "Make it active in QuickBooks: Lists > Currency List, tick Include inactive, click the X before it. Or choose a customer for this order.",
			"The buyer must be added as a customer kept in %s, and that currency is not active in QuickBooks.", d.order.Currency)
	default:
		return qbxml.RefID(c.ListID), nil
	}
}

// kept holds a document whose money would go through an account that QuickBooks
// does not take for its currency: receivables and bank accounts are of one
// currency alone, other accounts may be of the home currency, too.
func (d *draft) kept(rule string, a *Account) *outcome {
	currency := d.books.code(a.Currency)
	if d.books.lacks(ManyCurrencies) != "" || currency == "" || currency == d.order.Currency {
		return nil
	}
	if currency == d.homeCurrency() && a.Type != "Bank" && a.Type != "AccountsReceivable" {
		return nil
	}
	by := map[string]string{"AccountsReceivable": "receivable-by-currency"}[a.Type]
	if by == "" {
		by, _, _ = strings.Cut(rule, "-by-")
		by += "-by-currency"
	}
	if !d.foreign() {
		return unset(RulesIncomplete, setRules, "The rule %s names %q, an account kept in %s, but the order is in %s: name one kept in %s.",
			rule, a.FullName, currency, d.order.Currency, d.order.Currency)
	}
	return unset(RulesIncomplete, setRules, "The rule %s names %q, an account kept in %s, but the order is in %s: name one kept in %s by the rule %s.%s. To make it: Lists > Chart of Accounts, New, Currency.",
		rule, a.FullName, currency, d.order.Currency, d.order.Currency, by, d.order.Currency)
}

// moneyAccount is the account that the rules name for the money of the order: by
// its currency when that is not the home currency, by its way of payment, else
// for all.
func (d *draft) moneyAccount(rule, all string, byMethod, byCurrency map[string]string) (*Account, string, *outcome) {
	name, key := all, rule
	if by := lookUp(byMethod, d.paidBy()); by != "" {
		name, key = by, rule+"-by-method"
	}
	if by := byCurrency[d.order.Currency]; by != "" && d.foreign() {
		name, key = by, rule+"-by-currency."+d.order.Currency
	}
	if missing := d.books.unfit(key, name); missing != nil {
		return nil, key, unset(RulesIncomplete, setRules, "%s", missing.Sentence)
	}
	a := d.books.account(name)
	return a, key, d.kept(key, a)
}
