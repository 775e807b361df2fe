package bridge

import (
	"testing"

	"qbridge/internal/order"
	"qbridge/internal/posting"
	"qbridge/internal/sim"
	"qbridge/qbxml"
)

const euroTables = `
[exchange-rates]
EUR = "1.08"

[receivable-by-currency]
EUR = "` + sim.AccountReceivableEUR + `"

[refund-from-by-currency]
EUR = "` + sim.AccountBankEUR + `"
`

// euros is a shop in euros and a company file that keeps several currencies.
func euros(keys string) worldOptions {
	return worldOptions{rules: keys + worldRules + euroTables, currency: "EUR", company: func(c *sim.CompanyConfig) { c.MultiCurrency = true }}
}

// auditEuros holds the books against the shop, and every document must be in euros at the rules' rate.
func (w *world) auditEuros(change func(*sim.Terms)) {
	w.t.Helper()
	terms := sim.DefaultTerms(worldNumber)
	terms.Currency, terms.ExchangeRate = sim.CurrencyEuro, "1.08"
	if change != nil {
		change(&terms)
	}
	w.auditBy(terms)
	for _, d := range w.company.Documents() {
		if d.Currency != sim.CurrencyEuro || d.ExchangeRate != "1.08" {
			w.t.Errorf("%s %s is in %s at %s", d.Kind, d.RefNumber, d.Currency, d.ExchangeRate)
		}
	}
}

// Q35: an order in euros goes all its ways: the buyer is added as a customer kept in euros, and every document is in them.
func TestAllWaysInEuros(t *testing.T) {
	t.Run("receipt and refunds", func(t *testing.T) {
		w := newWorld(t, euros(refundRules))
		p := w.take(sim.KindPlain, sim.KindPlain)
		w.settle()
		for _, one := range p {
			w.want(one, order.Synced)
		}
		w.refund(p[0], "PARTIALLY_REFUNDED", "2.00")
		w.settle()
		w.want(p[0], order.Synced)
		w.wantDocuments(p[0], "SalesReceipt "+w.view(p[0]).Total, "CreditMemo 2.00 left 0.00", "ARRefundCreditCard 2.00")
		w.auditEuros(nil)
	})
	t.Run("invoice, payment and a refund by cheque", func(t *testing.T) {
		w := newWorld(t, euros("document = \"invoice\"\nrefund-form = \"check\"\n"+refundRules))
		p := w.take(sim.KindPlain)[0]
		w.settle()
		w.want(p, order.Synced)
		w.refund(p, "PARTIALLY_REFUNDED", "2.00")
		w.settle()
		w.want(p, order.Synced)
		total := w.view(p).Total
		w.wantDocuments(p, "Invoice "+total+" left 0.00", "ReceivePayment "+total, "CreditMemo 2.00 left 0.00", "Check 2.00")
		w.auditEuros(func(terms *sim.Terms) { terms.Refunds = func(sim.Sale) sim.Expectation { return sim.MustBePosted } })
	})
	t.Run("a fee by rule", func(t *testing.T) {
		w := newWorld(t, euros("document = \"invoice\"\nfee-account = \""+sim.AccountMerchantFees+"\"\n"))
		check(t, w.b.SetRule(w.ctx, "deposit-to-by-currency.EUR", sim.AccountBankEUR, "Ann"))
		p := w.place(sim.KindPlain)[0]
		w.change(p, map[string]any{"paymentMethod": cardWords})
		check(t, w.b.SetRule(w.ctx, "payment-fees."+cardWords, "1.4%", "Ann"))
		check(t, w.b.SetRule(w.ctx, "fee-payees."+cardWords, "Morgan Bailey", "Ann"))
		w.pull()
		w.settle()
		w.want(p, order.Synced)
		w.auditEuros(func(terms *sim.Terms) {
			terms.Deposit, terms.FeeAccount, terms.Fees = sim.AccountBankEUR, sim.AccountMerchantFees, map[string]sim.Fee{cardWords: {Percent: 1400}}
			terms.Expect = func(sim.Sale) sim.Expectation { return sim.MustBePosted }
		})
	})
	t.Run("money into a bank account at home", func(t *testing.T) {
		w := newWorld(t, euros(""))
		check(t, w.b.SetRule(w.ctx, "deposit-to", sim.AccountBank, "Ann"))
		p := w.take(sim.KindPlain)[0]
		w.settle()
		w.want(p, order.Ready, string(posting.RulesIncomplete), "deposit-to-by-currency.EUR")
		check(t, w.b.SetRule(w.ctx, "deposit-to-by-currency.EUR", sim.AccountBankEUR, "Ann"))
		w.settle()
		w.want(p, order.Synced)
		w.auditEuros(func(terms *sim.Terms) { terms.Deposit = sim.AccountBankEUR })
	})
	t.Run("a file of one currency", func(t *testing.T) {
		w := newWorld(t, worldOptions{rules: worldRules + euroTables, currency: "EUR"})
		p := w.take(sim.KindPlain)[0]
		w.settle()
		w.want(p, order.Attention, string(posting.ForeignCurrency), "switched off")
		if sent := w.writing(0); len(sent) > 0 {
			t.Errorf("%d sets were written", len(sent))
		}
	})
}

// Q35, I3: a buyer who is a customer in dollars already becomes another in euros, and that one is found again.
func TestSameBuyerInEuros(t *testing.T) {
	w := newWorld(t, euros(""))
	(&sampleBooks{company: w.company}).send(t, qbxml.CustomerAdd{Name: "Jane Twice", Email: "jane.twice@example.com"})
	person := map[string]any{"name": "Jane Twice", "firstName": "Jane", "lastName": "Twice", "city": "Berlin"}
	for range 2 { // the second finds the customer that the first one made
		p := w.place(sim.KindPlain)[0]
		w.change(p, map[string]any{"email": "jane.twice@example.com", "billingPerson": person, "shippingPerson": person})
		w.pull()
		w.settle()
		w.want(p, order.Synced)
		if d := w.live(p)[0]; d.Customer != "Jane Twice EUR" {
			t.Errorf("the receipt is %q's", d.Customer)
		}
	}
	w.auditEuros(nil)
}
