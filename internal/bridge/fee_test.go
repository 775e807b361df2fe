package bridge

import (
	"os"
	"strings"
	"testing"

	"qbridge/internal/order"
	"qbridge/internal/sim"
)

const (
	cardWords = "Credit or debit card"
	feeTables = `
[deposit-to-by-method]
"` + cardWords + `" = "` + sim.AccountBank + `"

[payment-fees]
"` + cardWords + `" = "2.9% + 0.30"

[fee-payees]
"` + cardWords + `" = "Morgan Bailey"
`
)

// feeRules have what is paid by card go to a bank account, out of which its fee is taken.
func feeRules(keys string) worldOptions {
	return worldOptions{rules: keys + "\nfee-account = \"" + sim.AccountMerchantFees + "\"\n" + worldRules + feeTables}
}

// takeCard places an order that is paid by card.
func (w *world) takeCard() *placed {
	w.t.Helper()
	p := w.place(sim.KindPlain)[0]
	w.change(p, map[string]any{"paymentMethod": cardWords, "paymentModule": "Stripe"})
	w.pull()
	w.plan()
	return p
}

// fees are the cheques of fees in the books.
func (w *world) fees(p *placed) (all []sim.Document) {
	for _, d := range w.company.Documents("Check") {
		if !d.Void && strings.Contains(d.Memo, " fee/1 ") && strings.Contains(d.Memo, w.view(p).ID[len(worldStore)+1:]+" ") {
			all = append(all, d)
		}
	}
	return all
}

func (w *world) auditFees() {
	w.t.Helper()
	terms := sim.DefaultTerms(worldNumber)
	terms.Deposits, terms.FeeAccount = map[string]string{cardWords: sim.AccountBank}, sim.AccountMerchantFees
	terms.Fees = map[string]sim.Fee{cardWords: {Percent: 2900, Fixed: 30}}
	terms.Expect = func(sim.Sale) sim.Expectation { return sim.MustBePosted }
	w.auditBy(terms)
}

// The fee of a payment is a cheque of its own, once; the sale, its refund and what the reconciliation says of them stay whole.
func TestPaymentFee(t *testing.T) {
	for _, c := range []struct{ name, keys, kinds string }{
		{"receipt", "", "SalesReceipt"}, {"invoice", `document = "invoice"`, "Invoice ReceivePayment"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, feeRules(c.keys+"\n"+refundRules))
			p := w.takeCard()
			if c.keys == "" {
				plan, err := w.b.ShowPlan(w.ctx, p.ID)
				check(t, err)
				for _, r := range plan.Rows {
					if r.Document == "fee/1" && r.ShopAmount != "" || r.Document == "fee/1" && strings.Contains(r.Shop, "@") {
						t.Errorf("the shop knows of no fee: %+v", r)
					}
				}
				if last := plan.Rows[len(plan.Rows)-1]; last.Document != "fee/1" || last.Part != "total" {
					t.Errorf("the plan ends in %+v", last)
				}
				r, err := w.b.DryRun(w.ctx, "")
				check(t, err)
				if len(r.Accounts) == 0 || !strings.HasPrefix(sumOf(r.Accounts, sim.AccountMerchantFees), "-") {
					t.Errorf("the dry run has no fee: %+v", r.Accounts)
				}
			}
			w.settle()
			w.want(p, order.Synced)
			if fees := w.fees(p); len(fees) != 1 || fees[0].DepositTo != sim.AccountBank || fees[0].Customer != "Morgan Bailey" {
				t.Fatalf("the fees are %+v", fees)
			}
			w.auditFees()
			r := w.everyDay(nil)
			fee := w.fees(p)[0].Total
			if len(r.Differences) > 0 || sumOf(r.Accounts, sim.AccountMerchantFees) != "-"+fee.String() ||
				sumOf(r.Deposits, sim.AccountBank) != (w.company.Documents(strings.Fields(c.kinds)...)[0].Total-fee).String() {
				t.Errorf("accounts %v, deposits %v, differences %v", r.Accounts, r.Deposits, r.Differences)
			}
			w.refund(p, "PARTIALLY_REFUNDED", "2.00")
			w.settle()
			w.want(p, order.Synced)
			w.auditFees()
			views, err := w.b.Undo(w.ctx, UndoOf{Order: p.ID}, false, "Ann")
			check(t, err)
			w.settle()
			w.want(p, order.Held)
			if n := len(w.fees(p)); n != 0 || len(views) != 4+strings.Count(c.kinds, " ") {
				t.Errorf("%d fees are left, undone is %+v", n, views)
			}
		})
	}
}

// sumOf is the amount of a name; "" of one that is not there.
func sumOf(views []SumView, name string) string {
	for _, v := range views {
		if v.Name == name {
			return v.Amount
		}
	}
	return ""
}

// P44, I3: a fee whose answer is lost, or that our own data forgot, is found again and not written twice.
func TestFeeOnce(t *testing.T) {
	for _, done := range []bool{false, true} {
		t.Run(map[bool]string{false: "lost before", true: "lost after"}[done]+" it was written", func(t *testing.T) {
			w := newWorld(t, feeRules(""))
			p := w.takeCard()
			w.session() // the receipt
			w.plan()
			w.cutWriting("<CheckAddRq", done)
			w.interrupted()
			w.settle()
			w.want(p, order.Synced)
			w.auditFees()
		})
	}
	t.Run("an older copy of our data", func(t *testing.T) {
		w := newWorld(t, feeRules(""))
		p := w.takeCard()
		copied := t.TempDir() + "/copy.db"
		check(t, w.b.Backup(w.ctx, copied))
		w.settle()
		w.copyBack(copied)
		w.pull()
		w.settle()
		w.want(p, order.Synced)
		w.auditFees()
	})
	for name, document := range map[string]string{"a receipt that our data forgot": "SalesReceipt", "a payment that our data forgot": "ReceivePayment"} {
		t.Run(name, func(t *testing.T) {
			keys := `class = "Web"`
			if document == "ReceivePayment" {
				keys += "\n" + `document = "invoice"`
			}
			options := feeRules(keys)
			options.company = func(c *sim.CompanyConfig) { c.Classes = true }
			w := newWorld(t, options)
			p := w.takeCard()
			copied := t.TempDir() + "/copy.db"
			for range 9 { // to before the document, and no further than it: its fee is not written yet
				check(t, w.b.Backup(w.ctx, copied))
				w.plan()
				if w.session(); len(w.company.Documents(document)) > 0 {
					break
				}
				check(t, os.Remove(copied))
			}
			w.copyBack(copied)
			check(t, w.b.Decide(w.ctx, p.ID, "hold", "", "let me look", "Ann")) // nothing is planned that would be looked for
			w.clock.advance(listAge)
			w.settle()
			check(t, w.b.Decide(w.ctx, p.ID, "release", "", "", "Ann"))
			since := len(w.handedOut(0))
			w.settle()
			w.want(p, order.Synced)
			w.auditFees()
			if sets := w.writing(since); len(sets) != 1 || !strings.Contains(sets[0].document, "<CheckAddRq") || !strings.Contains(sets[0].document, "<ClassRef>") {
				t.Errorf("the fee is not of the order's class: %+v", sets)
			}
		})
	}
	t.Run("deleted by hand", func(t *testing.T) {
		w := newWorld(t, feeRules(""))
		p := w.takeCard()
		w.settle()
		w.posted(1) // a newer document, or a restored backup would be suspected
		check(t, w.company.Delete(w.fees(p)[0].TxnID))
		_, err := w.b.Check(w.ctx)
		check(t, err)
		w.settle()
		w.want(p, order.Attention, string(CauseGone))
		check(t, w.b.Accept(w.ctx, p.ID, "Ann"))
		check(t, w.b.SetRule(w.ctx, "rounding-limit", "0.04", "Ann")) // everything is planned anew
		w.change(p, map[string]any{"fulfillmentStatus": "SHIPPED"})
		w.pull()
		w.settle()
		w.want(p, order.Synced)
		if n := len(w.fees(p)); n != 0 {
			t.Errorf("%d fees", n)
		}
	})
}

// A rule that is set later makes no fees of payments that were posted before.
func TestFeeOfEarlierPayments(t *testing.T) {
	w := newWorld(t)
	p := w.takeCard()
	w.settle()
	check(t, w.b.SetRule(w.ctx, "fee-account", sim.AccountMerchantFees, "Ann"))
	check(t, w.b.SetRule(w.ctx, "deposit-to", sim.AccountBank, "Ann"))
	check(t, w.b.SetRule(w.ctx, "payment-fees.Stripe", "1%", "Ann"))
	w.change(p, map[string]any{"fulfillmentStatus": "SHIPPED"})
	w.pull()
	w.settle()
	w.want(p, order.Synced)
	if n := len(w.fees(p)); n != 0 {
		t.Errorf("%d fees of a payment that was posted before the rule", n)
	}
}

// No fee is written of a payment that is not in the books any more, and a person is asked what is to become of it.
func TestFeeOfPaymentThatIsGone(t *testing.T) {
	w := newWorld(t, feeRules(`document = "invoice"`+"\n"+refundRules))
	p := w.takeCard()
	payments := func() []sim.Document { return w.company.Documents("ReceivePayment") }
	for range 9 {
		if w.session(); len(payments()) > 0 {
			break
		}
		w.plan()
	}
	w.plan()
	if documents := w.order(p).Rows; len(documents) != 3 {
		t.Fatalf("the fee is not planned: %+v", documents)
	}
	check(t, w.company.Delete(payments()[0].TxnID))
	if _, err := w.try(); err != nil { // it stops: our newest document is not there
		t.Fatal(err)
	}
	if gone, err := w.b.Resume(w.ctx, "Ann", ""); gone != 1 || err != nil {
		t.Fatalf("%d documents are gone: %v", gone, err)
	}
	w.settle()
	w.want(p, order.Attention, string(CauseGone), "Payment")
	if fees := w.fees(p); len(fees) > 0 {
		t.Errorf("the fee of no payment: %+v", fees)
	}
	check(t, w.b.PostAgain(w.ctx, p.ID, "Ann"))
	w.settle()
	w.want(p, order.Synced, "")
	w.auditFees()
}
