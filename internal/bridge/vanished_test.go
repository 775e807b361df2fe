package bridge

import (
	"strings"
	"testing"

	"qbridge/internal/order"
	"qbridge/internal/posting"
	"qbridge/internal/sim"
	"qbridge/store"
)

// customerOf is whom the document of a kind is for in the books.
func (w *world) customerOf(p *placed, kind string) (listID string) {
	w.t.Helper()
	id := w.txnID(p, kind)
	for _, d := range w.company.Documents(kind) {
		if d.TxnID == id {
			listID = d.CustomerID
		}
	}
	return listID
}

// addsOf counts how often documents of some kinds went out since the n-th set.
func (w *world) addsOf(since int, kinds []string) (n int) {
	for _, set := range w.handedOut(since) {
		for _, kind := range kinds {
			n += strings.Count(set.document, "<"+kind+"AddRq")
		}
	}
	return n
}

// forgetLists has every list read from its beginning: what was merged is not found missing otherwise.
func (w *world) forgetLists() {
	w.t.Helper()
	check(w.t, w.b.write(w.ctx, "test", func(tx *store.Tx) error {
		c, err := onlyCompany(tx)
		if err != nil {
			return err
		}
		return tx.WantWholeLists(c.ID)
	}))
}

// I3, I6: when the customer of a posted sale was merged into another in QuickBooks, the sale is the other's from then on, and so is
// what follows it. QuickBooks is asked for the sale, and refuses what follows once at most: never again and again (3120).
func TestCustomerMerged(t *testing.T) {
	refund := func(w *world, p *placed) { w.refund(p, "PARTIALLY_REFUNDED", "2.00") }
	pay := func(w *world, p *placed) { w.change(p, map[string]any{"paymentStatus": "PAID"}); w.pull() }
	for _, test := range []struct {
		name, rules string
		kind        sim.Kind
		later       func(*world, *placed)
		sale        string
		follows     []string
	}{
		{"card refund", refundRules, sim.KindPlain, refund, posting.SalesReceipt, []string{posting.CreditMemo, posting.ARRefundCreditCard}},
		{"refund cheque", refundRules + `refund-form = "check"`, sim.KindPlain, refund, posting.SalesReceipt, []string{posting.CreditMemo, posting.Check}},
		{"payment", `unpaid = "invoice"`, sim.KindAwaiting, pay, posting.Invoice, []string{posting.ReceivePayment}},
		{"invoice of a sales order", "unpaid = \"sales-order\"\nafter-sales-order = \"paid\"\n", sim.KindAwaiting, pay, posting.SalesOrder, []string{posting.Invoice, posting.ReceivePayment}},
		{"job of a shop customer", refundRules + "customer-name = \"job\"\nshared-customer = \"Web Buyers\"\n", sim.KindPlain, refund, posting.SalesReceipt, []string{posting.CreditMemo, posting.ARRefundCreditCard}},
	} {
		for _, known := range []bool{false, true} { // whether the lists were read since
			t.Run(test.name+map[bool]string{true: ", lists read since"}[known], func(t *testing.T) {
				w := newWorld(t, worldOptions{rules: test.rules + "\n" + worldRules, bare: true})
				check(t, w.company.TypeCustomer("Web Buyers"))
				check(t, w.company.TypeCustomer("Sam Rhodes"))
				w.session()
				p := w.take(test.kind)[0]
				w.settle()
				w.want(p, order.Synced)
				sam := w.company.ListID("Customer", "Sam Rhodes")
				check(t, w.company.Merge(w.customerOf(p, test.sale), sam))
				if known {
					w.forgetLists()
					w.settle()
				}
				test.later(w, p)
				since := len(w.handedOut(0))
				w.settle()
				w.want(p, order.Synced)
				for _, kind := range append(test.follows, test.sale) {
					if got := w.customerOf(p, kind); got != sam {
						t.Errorf("the %s is for %s, not for the customer that the sale's became", kind, got)
					}
				}
				wrote := w.addsOf(since, test.follows)
				if known && wrote != len(test.follows) || wrote > len(test.follows)+1 {
					t.Errorf("%d documents went out %d times", len(test.follows), wrote)
				}
				w.nextDay()
				w.want(p, order.Synced)
			})
		}
	}
}

// The customer is merged between a credit memo and what pays it out.
func TestCustomerMergedLater(t *testing.T) {
	w := newWorld(t, followRules(refundRules+`refund-form = "none"`))
	check(t, w.company.TypeCustomer("Sam Rhodes"))
	p := w.posted(1)[0]
	w.refund(p, "PARTIALLY_REFUNDED", "2.00")
	w.settle()
	sam := w.company.ListID("Customer", "Sam Rhodes")
	check(t, w.company.Merge(w.customerOf(p, posting.SalesReceipt), sam))
	check(t, w.b.SetRule(w.ctx, "refund-form", "card", "Ann"))
	w.refund(p, "PARTIALLY_REFUNDED", "2.00")
	w.settle()
	w.want(p, order.Synced)
	if got := w.customerOf(p, posting.ARRefundCreditCard); got != sam {
		t.Errorf("the refund is for %s", got)
	}
}

// A person moved the sale to another customer: what follows goes there, too.
func TestSaleOfAnotherCustomer(t *testing.T) {
	w := newWorld(t, followRules(`unpaid = "invoice"`))
	check(t, w.company.TypeCustomer("Sam Rhodes"))
	p := w.take(sim.KindAwaiting)[0]
	w.settle()
	w.clock.advance(2e9)
	check(t, w.company.EditReceipt(w.txnID(p, posting.Invoice), sim.ReceiptEdit{Customer: "Sam Rhodes"}))
	w.nextDay()
	w.change(p, map[string]any{"paymentStatus": "PAID"})
	w.pull()
	since := len(w.handedOut(0))
	w.settle()
	w.want(p, order.Synced)
	if n := w.addsOf(since, []string{posting.ReceivePayment}); n != 1 {
		t.Errorf("one payment went out %d times", n)
	}
}

// A customer that is gone without a successor: the order rests with its reason, nothing goes out again and again, and whom a
// person chooses cures it.
func TestCustomerGone(t *testing.T) {
	w := newWorld(t, followRules(refundRules+`refund-form = "none"`))
	check(t, w.company.TypeCustomer("Sam Rhodes"))
	p, plainOne := w.posted(1)[0], w.posted(1)[0]
	gone := w.customerOf(p, posting.SalesReceipt)
	check(t, w.company.DeleteObject(gone))
	w.refund(p, "PARTIALLY_REFUNDED", "2.00")
	w.settle()
	w.want(p, order.Attention, string(posting.CustomerGone), "merged into another, or deleted", "choose the customer", w.view(p).TxnID)
	for range 3 { // nothing moves, whatever is planned anew
		w.forgetLists()
		since := len(w.handedOut(0))
		check(t, w.b.Decide(w.ctx, p.ID, "release", "", "", "Ann"))
		w.settle()
		w.want(p, order.Attention, string(posting.CustomerGone))
		if n := len(w.writing(since)); n != 0 {
			t.Errorf("%d sets wrote", n)
		}
	}
	c, err := w.b.Choices(w.ctx, p.ID)
	check(t, err)
	if !c.Whose || c.Open || c.Customer.Cause != posting.CustomerGone || c.Customer.Buyer == "" || c.Customer.Name != "" {
		t.Errorf("a person may choose %+v", c)
	}
	sam := w.company.ListID("Customer", "Sam Rhodes")
	if err := w.b.ChooseCustomer(w.ctx, plainOne.ID, sam, "Ann"); err == nil {
		t.Error("the customer of an order that needs none can be chosen")
	}
	check(t, w.b.ChooseCustomer(w.ctx, p.ID, sam, "Ann"))
	w.settle()
	w.want(p, order.Synced)
	if got := w.customerOf(p, posting.CreditMemo); got != sam {
		t.Errorf("the credit memo is for %s", got)
	}
	if d := w.view(plainOne); !strings.Contains(d.State, string(order.Synced)) {
		t.Errorf("the other order is %s", d.State)
	}
}
