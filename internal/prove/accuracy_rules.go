package prove

import (
	"maps"

	"qbridge/internal/sim"
)

// What people add by hand to the books of booksKinds.
const (
	webCustomer = "Web Customer"
	bundleItem  = "Bundle" // an item for bundles whose members come to something else
	euroRate    = "1.08421"
)

// booksKind is a kind of company file with the rules that orders are posted into
// it by. The rules are those that `rules suggest` proposes, sure and likely ones
// alike, confirmed, and these.
type booksKind struct {
	sim.Choice
	rules          [][2]string
	currency       string // of the shop; "" for that of the books
	manyCurrencies bool   // whether the books keep several
	unpaid         bool   // whether orders that are not paid become documents
	cheques        bool   // whether refunds are cheques
	one, jobs      bool   // whether all orders are for webCustomer, or their buyers its jobs
	feesOf         string // the method or module of payment whose fees are booked; "" for none
	fields         bool   // whether custom fields are filled
}

// The custom fields of booksKinds.
const (
	orderField, methodField, shopField = "Web order", "Paid by", "Shop"
	skuField                           = "Part number"
)

// The methods of payment whose fees are booked.
const stripe, payPal = "Stripe", "PayPal"

// feeRules have the payments by a method go to a bank account, from which its fee
// is taken.
func feeRules(method string) [][2]string {
	rate := map[string]string{stripe: "2.9% + 0.30", payPal: "3.49% + 0.49"}[method]
	return [][2]string{{"fee-account", sim.AccountMerchantFees}, {"payment-fees." + method, rate}, {"deposit-to-by-method." + method, sim.AccountBank}}
}

// feeTerms are the same fees, and where the payments go, as the auditor knows them.
func feeTerms(t *sim.Terms, method string) {
	rates := map[string]sim.Fee{stripe: {Percent: 2900, Fixed: 30}, payPal: {Percent: 3490, Fixed: 49}}
	t.Fees, t.FeeAccount = map[string]sim.Fee{method: rates[method]}, sim.AccountMerchantFees
	t.Deposits = maps.Clone(t.Deposits)
	t.Deposits[method] = sim.AccountBank
}

// fieldRules fill custom fields of forms and of lines.
func fieldRules() [][2]string {
	return [][2]string{{"custom-fields." + orderField, "order-number"}, {"custom-fields." + methodField, "payment-method"}, {"custom-fields." + shopField, "store"}, {"line-custom-fields." + skuField, "sku"}}
}

// fieldTerms say what the fields hold.
func fieldTerms(t *sim.Terms) {
	t.LineSKU = skuField
	t.Fields = map[string]func(sim.Sale) string{orderField: func(s sim.Sale) string { return s.ID }, methodField: sim.Sale.Method, shopField: func(sim.Sale) string { return Store }}
}

// kindsOfBooks are all kinds; the last gets the orders that rounding leaves.
func kindsOfBooks() []booksKind {
	kind := func(name string, perMille int, about string) sim.Choice {
		return sim.Choice{Group: "books", Name: name, PerMille: perMille, About: about}
	}
	receipts := [][2]string{{"group-items", "members"}, {"plain-item", bundleItem}, {"refund-from", sim.AccountUndeposited}}
	euro := append(receipts, [2]string{"exchange-rates.EUR", euroRate}, [2]string{"receivable-by-currency.EUR", sim.AccountReceivableEUR})
	return []booksKind{
		{Choice: kind("another currency", 20, "a shop that sells in euros; the books keep several currencies, and buyers are customers in euros"), rules: euro, currency: "EUR", manyCurrencies: true},
		{Choice: kind("another currency, not kept", 20, "a shop that sells in euros; the books keep dollars only: all orders are held"), rules: receipts, currency: "EUR"},
		{Choice: kind("sales orders", 110, "sales orders, paid or not; the invoice and its payment follow when paid; all for one customer, bundles on one item; custom fields"), unpaid: true, one: true, fields: true,
			rules: [][2]string{{"document", "sales-order"}, {"unpaid", "sales-order"}, {"after-sales-order", "paid"}, {"customer-name", "one"}, {"shared-customer", webCustomer},
				{"group-items", "plain"}, {"plain-item", bundleItem}, {"refund-from", sim.AccountUndeposited}}},
		{Choice: kind("invoices", 250, "invoices, paid or not, with their payments; refunds are cheques; buyers are jobs of one customer; custom fields; a fee for each payment by PayPal"), unpaid: true, jobs: true, cheques: true, feesOf: payPal, fields: true,
			rules: [][2]string{{"document", "invoice"}, {"unpaid", "invoice"}, {"customer-name", "job"}, {"shared-customer", webCustomer},
				{"group-items", "members"}, {"plain-item", bundleItem}, {"refund-form", "check"}, {"refund-from", sim.AccountBank}}},
		{Choice: kind("sales receipts", 600, "sales receipts; refunds go to cards; bundles as their members where these come to the price; custom fields; a fee for each payment by card"), rules: receipts, feesOf: stripe, fields: true},
	}
}

// AccuracyBooks is into what books the orders go, and how many of a thousand.
func AccuracyBooks() (all []sim.Choice) {
	for _, k := range kindsOfBooks() {
		all = append(all, k.Choice)
	}
	return all
}

// confirmed are the rules that a person sets who took over what `rules suggest`
// proposes: the choices that are no finding of facts.
func confirmed() [][2]string {
	return [][2]string{{"missing-item", "make"}, {"missing-payment-method", "make"}, {"refunds", "credit-memo"}, {"refund-item", sim.ItemRefund}, {"tax-line-item", sim.ItemTaxLine}}
}

// keeps tells whether the books keep the shop's currency.
func (k booksKind) keeps() bool { return k.currency == "" || k.manyCurrencies }

// terms are what books of the kind must look like.
func (k booksKind) terms() sim.Terms {
	t := terms()
	t.Refund, t.Bundle, t.Invoiced = []string{sim.ItemRefund}, []string{bundleItem}, true
	t.RefundKind, t.RefundsFrom, t.RefundFrom = "ARRefundCreditCard", t.Deposits, sim.AccountUndeposited
	if k.cheques {
		t.RefundKind, t.RefundsFrom, t.RefundFrom = "Check", nil, sim.AccountBank
	}
	if k.feesOf != "" {
		feeTerms(&t, k.feesOf)
	}
	if k.fields {
		fieldTerms(&t)
	}
	if k.one || k.jobs {
		t.Shared, t.Jobs = webCustomer, k.jobs
	}
	if k.manyCurrencies {
		t.Currency, t.ExchangeRate = sim.CurrencyEuro, euroRate
	}
	return t
}
