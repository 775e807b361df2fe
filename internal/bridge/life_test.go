package bridge

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"qbridge/internal/order"
	"qbridge/internal/posting"
	"qbridge/internal/sim"
)

// txnID is the TxnID of the one live document of a kind that bears an order's marker.
func (w *world) txnID(p *placed, kind string) string {
	w.t.Helper()
	d := w.view(p)
	for _, r := range w.company.Documents(kind) {
		if !r.Void && strings.Contains(r.Memo, d.ID[len(worldStore)+1:]+" ") {
			return r.TxnID
		}
	}
	w.t.Fatalf("order %s has no %s in the books", p.ID, kind)
	return ""
}

// paid has an order be paid in the shop.
func (w *world) paid(p *placed) {
	w.t.Helper()
	w.change(p, map[string]any{"paymentStatus": "PAID"})
	w.pull()
}

// Rules and books count for what follows a posted sale, too, as long as it is not out.
func TestRulesBetweenSaleAndWhatFollows(t *testing.T) {
	set := func(w *world, key, value string) { w.t.Helper(); check(w.t, w.b.SetRule(w.ctx, key, value, "Ann")) }
	t.Run("refunds are to be posted now", func(t *testing.T) {
		w := newWorld(t, followRules(strings.Replace(refundRules, "credit-memo", "hold", 1)))
		p := w.take(sim.KindPlain)[0]
		w.settle()
		w.refund(p, "PARTIALLY_REFUNDED", "5.00")
		w.settle()
		w.want(p, order.Attention, "rules set refunds credit-memo")
		set(w, "refunds", "credit-memo")
		w.settle()
		w.want(p, order.Synced)
		w.wantDocuments(p, "SalesReceipt "+w.view(p).Total, "CreditMemo 5.00 left 0.00", "ARRefundCreditCard 5.00")
	})
	t.Run("the mode was look", func(t *testing.T) {
		w := newWorld(t, followRules(`unpaid = "invoice"`))
		p := w.take(sim.KindAwaiting)[0]
		w.settle()
		set(w, "mode", "look")
		w.paid(p)
		w.settle()
		w.want(p, order.Ready, "look")
		set(w, "mode", "post")
		w.settle()
		w.want(p, order.Synced)
		w.wantDocuments(p, "Invoice "+w.view(p).Total+" left 0.00", "ReceivePayment "+w.view(p).Total)
	})
	t.Run("the account changed while the payment waits", func(t *testing.T) {
		w := newWorld(t, followRules(`unpaid = "invoice"`))
		p := w.take(sim.KindAwaiting)[0]
		w.settle()
		w.paid(p)
		w.plan()
		set(w, "deposit-to", sim.AccountBank)
		w.settle()
		for _, d := range w.company.Documents("ReceivePayment") {
			if d.DepositTo != sim.AccountBank {
				t.Errorf("the payment goes to %s", d.DepositTo)
			}
		}
		w.want(p, order.Synced)
	})
	t.Run("shipped makes the invoice", func(t *testing.T) {
		w := newWorld(t, followRules("document = \"sales-order\"\nafter-sales-order = \"shipped\""))
		p := w.take(sim.KindPlain)[0]
		w.settle()
		w.change(p, map[string]any{"fulfillmentStatus": "SHIPPED"})
		w.pull()
		w.settle()
		total := w.view(p).Total
		w.wantDocuments(p, "SalesOrder "+total, "Invoice "+total+" left 0.00", "ReceivePayment "+total)
	})
	t.Run("what follows a sales order is set later", func(t *testing.T) {
		w := newWorld(t, followRules(`document = "sales-order"`))
		p := w.take(sim.KindPlain)[0]
		w.settle()
		total := w.view(p).Total
		w.wantDocuments(p, "SalesOrder "+total)
		set(w, "rounding-limit", "0.04") // another rule changes nothing
		w.settle()
		w.wantDocuments(p, "SalesOrder "+total)
		set(w, "after-sales-order", "paid")
		w.settle()
		w.want(p, order.Synced)
		w.wantDocuments(p, "SalesOrder "+total, "Invoice "+total+" left 0.00", "ReceivePayment "+total)
		check(t, w.b.Decide(w.ctx, p.ID, "tag", "", "seen", "Ann"))
		w.settle()
		w.want(p, order.Synced)
	})
	t.Run("a closed period is opened", func(t *testing.T) {
		w := newWorld(t, followRules(refundRules))
		p := w.take(sim.KindPlain)[0]
		w.settle()
		check(t, w.company.SetClosingDate("2026-12-31"))
		w.settle()
		w.refund(p, "PARTIALLY_REFUNDED", "5.00")
		w.settle()
		w.want(p, order.Attention, "closed")
		check(t, w.company.SetClosingDate(""))
		w.clock.advance(listAge) // a session has work again
		w.settle()
		w.want(p, order.Synced)
		w.wantDocuments(p, "SalesReceipt "+w.view(p).Total, "CreditMemo 5.00 left 0.00", "ARRefundCreditCard 5.00")
	})
}

// What a person says once of what follows a sale holds.
func TestAcceptWhatFollows(t *testing.T) {
	for _, test := range []struct {
		name   string
		happen func(w *world, p *placed)
	}{
		{"a refund taken back", func(w *world, p *placed) {
			w.change(p, map[string]any{"paymentStatus": "PAID", "refundedAmount": 0, "refunds": []any{}})
			w.pull()
			w.settle()
		}},
		{"a refund of another amount", func(w *world, p *placed) { w.refund(p, "PARTIALLY_REFUNDED", "6.00"); w.settle() }},
		{"refunds that don't add up", func(w *world, p *placed) {
			w.change(p, map[string]any{"refundedAmount": json.Number("7.00")})
			w.pull()
			w.settle()
		}},
		{"the card refund deleted", func(w *world, p *placed) {
			w.posted(1)
			check(w.t, w.company.Delete(w.txnID(p, "ARRefundCreditCard")))
			w.nextDay()
		}},
		{"the card refund voided", func(w *world, p *placed) {
			check(w.t, w.company.Void(w.txnID(p, "ARRefundCreditCard")))
			w.nextDay()
		}},
		{"cancelled", func(w *world, p *placed) {
			w.change(p, map[string]any{"paymentStatus": "CANCELLED"})
			w.pull()
			w.settle()
		}},
		{"a second refund in a closed period", func(w *world, p *placed) {
			check(w.t, w.company.SetClosingDate("2026-12-31"))
			w.settle()
			at := w.clock.now().Format("2006-01-02 15:04:05 -0700")
			one := map[string]any{"date": at, "source": "CP", "amount": json.Number("5.00")}
			w.change(p, map[string]any{"refundedAmount": json.Number("10.00"), "refunds": []any{one, one}})
			w.pull()
			w.settle()
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t, followRules(refundRules))
			p := w.take(sim.KindPlain)[0]
			w.settle()
			w.refund(p, "PARTIALLY_REFUNDED", "5.00")
			w.settle()
			w.want(p, order.Synced)
			w.clock.advance(2e9)
			test.happen(w, p)
			w.want(p, order.Attention, "qbridge accept")
			before := w.documents(p)
			check(t, w.b.Accept(w.ctx, p.ID, "Ann"))
			w.settle()
			w.want(p, order.Synced)
			w.nextDay()
			w.want(p, order.Synced)
			w.wantDocuments(p, before...)
		})
	}
}

// A question goes away by itself when the shop takes back what was asked about.
func TestQuestionThatGoesAway(t *testing.T) {
	w := newWorld(t, followRules(refundRules))
	p := w.take(sim.KindPlain)[0]
	w.settle()
	check(t, w.company.SetClosingDate("2026-12-31"))
	w.settle()
	w.refund(p, "PARTIALLY_REFUNDED", "5.00")
	w.settle()
	w.want(p, order.Attention, "closed")
	w.change(p, map[string]any{"paymentStatus": "PAID", "refundedAmount": 0, "refunds": []any{}})
	w.pull()
	w.settle()
	w.want(p, order.Synced)
}

// A draft that becomes final is followed by what the shop said meanwhile.
func TestDraftThatBecomesFinal(t *testing.T) {
	for _, test := range []struct {
		name, rules string
		kind        sim.Kind
		later       func(w *world, p *placed)
		form        string
		want        []string
	}{
		{"paid", `unpaid = "invoice"`, sim.KindAwaiting, func(w *world, p *placed) { w.paid(p) }, "Invoice", []string{"Invoice T left 0.00", "ReceivePayment T"}},
		{"refunded", refundRules, sim.KindPlain, func(w *world, p *placed) { w.refund(p, "PARTIALLY_REFUNDED", "5.00") }, "SalesReceipt",
			[]string{"SalesReceipt T", "CreditMemo 5.00 left 0.00", "ARRefundCreditCard 5.00"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t, worldOptions{rules: test.rules + "\n" + strings.Replace(worldRules, `"post"`, `"pending"`, 1)})
			p := w.take(test.kind)[0]
			w.settle()
			w.want(p, order.Pending)
			test.later(w, p)
			w.settle()
			check(t, w.b.SetRule(w.ctx, "mode", "post", "Ann"))
			w.clock.advance(2e9)
			check(t, w.company.Finalize(w.txnID(p, test.form)))
			w.nextDay()
			w.want(p, order.Synced)
			var want []string
			for _, d := range test.want {
				want = append(want, strings.Replace(d, "T", w.view(p).Total, 1))
			}
			w.wantDocuments(p, want...)
		})
	}
}

// A person decides on a document in doubt that follows a sale, as on the sale itself.
func TestDoubtAboutWhatFollows(t *testing.T) {
	for _, kind := range []string{"link", "not-link"} {
		t.Run(kind, func(t *testing.T) {
			w := newWorld(t, followRules(refundRules))
			w.doubles = true
			p := w.take(sim.KindPlain)[0]
			w.settle()
			v := w.view(p)
			receipt := w.live(p)[0]
			id := typedID(w.byHand(typed("CreditMemo", `<ListID>`+receipt.CustomerID+`</ListID>`, "2026-01-05", v.Number+"-C1", "5.00")))
			w.refund(p, "PARTIALLY_REFUNDED", "5.00")
			w.settle()
			w.want(p, order.Attention, "perhaps-in-the-books")
			check(t, w.b.Link(w.ctx, p.ID, kind, id, "Ann"))
			w.settle()
			w.want(p, order.Synced)
			if got := w.view(p); got.TxnID != receipt.TxnID {
				t.Errorf("the order shows %s, not its receipt %s", got.TxnID, receipt.TxnID)
			}
			n := len(w.company.Documents("CreditMemo"))
			if want := map[string]int{"link": 1, "not-link": 2}[kind]; n != want {
				t.Errorf("%d credit memos", n)
			}
			if n := len(w.company.Documents("ARRefundCreditCard")); n != 1 {
				t.Errorf("%d refunds", n)
			}
		})
	}
}

// An order edited in the shop, whose document a person corrected by hand, is not paid or refunded with the amounts of before.
func TestAfterACorrectionByHand(t *testing.T) {
	w := newWorld(t, followRules(`unpaid = "invoice"`))
	p := w.take(sim.KindAwaiting)[0]
	w.settle()
	c := cents(t, w.view(p).Total) + 1000
	w.change(p, map[string]any{"total": json.Number(c.String()), "handlingFee": map[string]any{"name": "Wrap", "value": 10}})
	w.pull()
	w.settle()
	w.want(p, order.Attention, "changed-after")
	check(t, w.b.Accept(w.ctx, p.ID, "Ann"))
	w.settle()
	w.want(p, order.Synced)
	w.paid(p)
	w.settle()
	w.want(p, order.Attention, "corrected", "qbridge accept")
	if n := len(w.company.Documents("ReceivePayment")); n != 0 {
		t.Errorf("%d payments", n)
	}
	check(t, w.b.Accept(w.ctx, p.ID, "Ann"))
	w.settle()
	w.want(p, order.Synced)
}

// What can't be undone keeps what it follows from being undone.
func TestUndoPartlyRefused(t *testing.T) {
	w := newWorld(t, followRules(`document = "invoice"`))
	p := w.take(sim.KindPlain)[0]
	w.settle()
	total := w.view(p).Total
	_, err := w.company.Deposit(w.txnID(p, "ReceivePayment"))
	check(t, err)
	_, err = w.b.Undo(w.ctx, UndoOf{Order: p.ID}, false, "Ann")
	check(t, err)
	w.settle()
	w.wantDocuments(p, "Invoice "+total+" left 0.00", "ReceivePayment "+total)
	w.want(p, order.Attention, "deposit")
}

// I3: an older copy of our database knows nothing of later rules: what stands as another kind of sale is not written again.
func TestOlderDatabaseOtherKindOfSale(t *testing.T) {
	w := newWorld(t)
	w.doubles = true
	p := w.take(sim.KindPlain)[0]
	copied := filepath.Join(t.TempDir(), "copy.db")
	check(t, w.b.Backup(w.ctx, copied))
	check(t, w.b.SetRule(w.ctx, "document", "invoice", "Ann"))
	w.settle()
	w.want(p, order.Synced)
	w.copyBack(copied)
	w.settle()
	if n := len(w.company.Documents("SalesReceipt")); n != 0 {
		t.Errorf("the order stands twice: %v", w.documents(p))
	}
	w.want(p, order.Synced)
	if v := w.view(p); v.TxnID != w.txnID(p, "Invoice") {
		t.Errorf("the order shows %s %s", v.Document, v.TxnID)
	}
	w.wantDocuments(p, "Invoice "+w.view(p).Total+" left 0.00", "ReceivePayment "+w.view(p).Total)
}

// P44: an invoice typed by hand for an order that is planned as a receipt is found, and a person says whether it is the order's.
func TestOtherKindTypedByHand(t *testing.T) {
	for _, kind := range []string{"link", "not-link"} {
		t.Run(kind, func(t *testing.T) {
			w := newWorld(t)
			w.doubles = true
			p := w.take(sim.KindPlain)[0]
			d := w.order(p).Plan.Documents[0]
			answer := w.byHand(`<CustomerAddRq requestID="0"><CustomerAdd><Name>` + d.Customer + `</Name></CustomerAdd></CustomerAddRq>` +
				typed("Invoice", `<FullName>`+d.Customer+`</FullName>`, d.Date, d.Number, d.Total))
			id := typedID(answer)
			w.settle()
			w.want(p, order.Attention, "perhaps-in-the-books", "invoice", id)
			check(t, w.b.Link(w.ctx, p.ID, kind, id, "Ann"))
			w.settle()
			w.want(p, order.Synced)
			want := []int{1, 0, 1}
			if kind == "not-link" {
				want = []int{1, 1, 0}
			}
			for i, form := range []string{"Invoice", "SalesReceipt", "ReceivePayment"} {
				if n := len(w.company.Documents(form)); n != want[i] {
					t.Errorf("%d of %s, not %d", n, form, want[i])
				}
			}
			if v := w.view(p); kind == "link" && (v.TxnID != id || v.Document != "Invoice "+v.Number) {
				t.Errorf("the order shows %s %s", v.Document, v.TxnID)
			}
		})
	}
}

// typed is a form with one untaxed line, as a person types it in.
func typed(form, customer, date, number, amount string) string {
	return fmt.Sprintf(`<%[1]sAddRq requestID="1"><%[1]sAdd><CustomerRef>%[2]s</CustomerRef><TxnDate>%[3]s</TxnDate><RefNumber>%[4]s</RefNumber><ItemSalesTaxRef><FullName>%[5]s</FullName></ItemSalesTaxRef>`+
		`<%[1]sLineAdd><ItemRef><FullName>%[6]s</FullName></ItemRef><Amount>%[7]s</Amount><SalesTaxCodeRef><FullName>Non</FullName></SalesTaxCodeRef></%[1]sLineAdd></%[1]sAdd></%[1]sAddRq>`,
		form, customer, date, number, sim.TaxNone, sim.ItemHandling, amount)
}

func typedID(answer string) string {
	return regexp.MustCompile(`<TxnID>(.*?)</TxnID>`).FindStringSubmatch(answer)[1]
}

// What follows a linked sale is for the customer whom the document in QuickBooks is for.
func TestCustomerOfALinkedSale(t *testing.T) {
	w := newWorld(t, followRules(refundRules))
	w.doubles = true
	p := w.take(sim.KindPlain)[0]
	id := w.receiptLike(p, func(r *sim.TypedReceipt) { r.Customer = "Prairie Schools" })
	w.settle()
	w.want(p, order.Attention)
	check(t, w.b.Link(w.ctx, p.ID, "link", id, "Ann"))
	w.settle()
	w.want(p, order.Synced)
	w.refund(p, "PARTIALLY_REFUNDED", "5.00")
	w.settle()
	for _, d := range w.company.Documents("CreditMemo") {
		if d.Customer != "Prairie Schools" {
			t.Errorf("the credit memo is for %s", d.Customer)
		}
	}
	w.want(p, order.Synced)
}

// A person's hold on a posted order shows.
func TestHoldAfterPosting(t *testing.T) {
	w := newWorld(t, followRules(`unpaid = "invoice"`))
	p := w.take(sim.KindAwaiting)[0]
	w.settle()
	check(t, w.b.Decide(w.ctx, p.ID, "hold", "", "asked the buyer", "Ann"))
	w.settle()
	w.want(p, order.Synced)
	w.paid(p)
	w.settle()
	w.want(p, order.Held, "asked the buyer")
	check(t, w.b.Decide(w.ctx, p.ID, "release", "", "", "Ann"))
	w.settle()
	w.want(p, order.Synced)
	w.wantDocuments(p, "Invoice "+w.view(p).Total+" left 0.00", "ReceivePayment "+w.view(p).Total)
}

// A payment is dated on the day on which the shop first said that the order is paid.
func TestPaymentAfterSalesOrder(t *testing.T) {
	w := newWorld(t, followRules("unpaid = \"sales-order\"\nafter-sales-order = \"paid\""))
	p := w.take(sim.KindAwaiting)[0]
	w.settle()
	w.clock.advance(5 * 24 * 3600e9)
	w.paid(p)
	w.settle()
	for _, d := range w.company.Documents("ReceivePayment") {
		if d.Date < "2026-11-25" {
			t.Errorf("the payment is dated %s", d.Date)
		}
	}
}

// An order that waited until it was paid, and is invoiced then: its payment is of the day on which the shop first said so, not of the order's. One
// that always was paid is of its own day: the shop tells no other.
func TestPaymentOfAnOrderThatWaited(t *testing.T) {
	w := newWorld(t, followRules(`document = "invoice"`))
	waited, always := w.take(sim.KindAwaiting)[0], w.take(sim.KindPlain)[0]
	w.settle()
	w.want(waited, order.Waiting)
	w.clock.advance(5 * 24 * 3600e9)
	w.paid(waited)
	w.settle()
	paidOn := w.clock.now().Format("2006-01-02")
	for p, day := range map[*placed]string{waited: paidOn, always: w.view(always).Date} {
		id := w.txnID(p, "ReceivePayment")
		for _, d := range w.company.Documents("ReceivePayment") {
			if d.TxnID == id && d.Date != day {
				t.Errorf("the payment of %s is dated %s, not %s", p.ID, d.Date, day)
			}
		}
	}
}

// An invoice whose total differs by a cent, taken for right, is asked about when it is to be paid.
func TestAcceptedTotalThenPaid(t *testing.T) {
	w := newWorld(t, followRules(`unpaid = "invoice"`))
	p := w.take(sim.KindAwaiting)[0]
	w.settle()
	w.clock.advance(2e9)
	check(t, w.company.EditReceipt(w.txnID(p, "Invoice"), sim.ReceiptEdit{More: 1}))
	w.nextDay()
	w.want(p, order.Attention)
	check(t, w.b.Accept(w.ctx, p.ID, "Ann"))
	w.settle()
	w.paid(p)
	w.settle()
	w.want(p, order.Attention, "another total", "qbridge accept")
	check(t, w.b.Accept(w.ctx, p.ID, "Ann"))
	w.settle()
	w.want(p, order.Synced)
}

// An order with what followed it is undone as a whole, and can be posted again.
func TestUndoWithWhatFollowed(t *testing.T) {
	w := newWorld(t, followRules(`document = "invoice"`))
	p := w.take(sim.KindPlain)[0]
	w.settle()
	_, err := w.b.Undo(w.ctx, UndoOf{Order: p.ID}, false, "Ann")
	check(t, err)
	w.settle()
	w.wantDocuments(p)
	w.want(p, order.Held)
	check(t, w.b.Decide(w.ctx, p.ID, "release", "", "", "Ann"))
	w.settle()
	w.want(p, order.Synced)
	w.wantDocuments(p, "Invoice "+w.view(p).Total+" left 0.00", "ReceivePayment "+w.view(p).Total)
}

// An order that a rule holds goes on when the rule does.
func TestHeldByRuleThatChanges(t *testing.T) {
	w := newWorld(t, followRules(`document = "hold"`))
	p := w.take(sim.KindPlain)[0]
	w.settle()
	w.want(p, order.Held)
	check(t, w.b.SetRule(w.ctx, "document", "receipt", "Ann"))
	w.settle()
	w.once(p)
}

// P44, I3: an older copy of our database knows nothing of a later number prefix, of later kinds of documents, or of orders that it has not pulled
// yet: what bears our mark is found before anything is written.
func TestOlderDatabaseOtherNumber(t *testing.T) {
	for name, test := range map[string]struct {
		rules             string // at first
		posted, pullFirst bool
		later             [2]string
	}{
		"nothing was posted before": {pullFirst: true, later: [2]string{"document", "receipt"}},
		"something was":             {posted: true, pullFirst: true, later: [2]string{"document", "receipt"}},
		"they were invoices":        {posted: true, pullFirst: true, later: [2]string{"document", "invoice"}},
		"one customer for all":      {posted: true, pullFirst: true, later: [2]string{"document", "receipt"}, rules: oneCustomer},
		"not pulled yet":            {posted: true, later: [2]string{"document", "receipt"}, rules: oneCustomer},
		"invoices, not pulled yet":  {posted: true, later: [2]string{"document", "invoice"}, rules: oneCustomer},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, followRules(test.rules))
			if test.posted {
				w.posted(1)
			}
			copied := filepath.Join(t.TempDir(), "copy.db")
			check(t, w.b.Backup(w.ctx, copied))
			q := w.take(sim.KindPlain)[0]
			check(t, w.b.SetRule(w.ctx, "number-prefix", "W-", "Ann"))
			check(t, w.b.SetRule(w.ctx, test.later[0], test.later[1], "Ann"))
			w.settle()
			w.want(q, order.Synced)
			txnID := w.view(q).TxnID
			before := len(w.company.Documents())
			w.copyBack(copied)
			if test.pullFirst {
				w.pull()
				w.settle()
			} else {
				w.clock.advance(listAge) // a session has work, before the shop is pulled
				w.settle()
				w.pull()
				w.settle()
			}
			w.want(q, order.Synced)
			if v := w.view(q); v.TxnID != txnID {
				t.Errorf("the order shows %s, not %s", v.TxnID, txnID)
			}
			if n := len(w.company.Documents()); n != before {
				t.Errorf("%d documents in the books, %d before", n, before)
			}
		})
	}
}

const oneCustomer = `customer-name = "one"
shared-customer = "Prairie Schools"
`

// An unpaid order that a person links to an invoice typed by hand is paid by us later; a payment that QuickBooks refuses can be accepted.
func TestLinkedInvoicePaidByHand(t *testing.T) {
	w := newWorld(t, followRules(`unpaid = "wait"`))
	w.doubles = true
	p := w.take(sim.KindAwaiting)[0]
	v := w.view(p)
	answer := w.byHand(`<CustomerAddRq requestID="0"><CustomerAdd><Name>By Hand</Name></CustomerAdd></CustomerAddRq>` + typed("Invoice", `<FullName>By Hand</FullName>`, "2026-11-19", "77", v.Total))
	id := typedID(answer)
	check(t, w.b.Link(w.ctx, p.ID, "link", id, "Ann"))
	w.settle()
	w.want(p, order.Synced)
	w.byHand(`<ReceivePaymentAddRq requestID="1"><ReceivePaymentAdd><CustomerRef><FullName>By Hand</FullName></CustomerRef><TotalAmount>` + v.Total + `</TotalAmount><AppliedToTxnAdd><TxnID>` + id + `</TxnID><PaymentAmount>` + v.Total + `</PaymentAmount></AppliedToTxnAdd></ReceivePaymentAdd></ReceivePaymentAddRq>`)
	w.paid(p)
	w.settle()
	w.want(p, order.Attention, "refused-by-quickbooks")
	check(t, w.b.Accept(w.ctx, p.ID, "Ann"))
	w.settle()
	w.want(p, order.Synced)
	if n := len(w.company.Documents("ReceivePayment")); n != 1 {
		t.Errorf("%d payments", n)
	}
}

// Of an order that was paid and then cancelled before it was posted nobody is told that it was cancelled before it was paid.
func TestCancelledBeforePosting(t *testing.T) {
	w := newWorld(t)
	check(t, w.b.SetRule(w.ctx, "mode", "look", "Ann"))
	all := w.take(sim.KindPlain, sim.KindAwaiting)
	for _, p := range all {
		w.change(p, map[string]any{"paymentStatus": "CANCELLED"})
	}
	w.pull()
	w.plan()
	w.want(all[0], order.Excluded, string(posting.CancelledUnpaid), "was paid, then cancelled it", "link it")
	w.want(all[1], order.Excluded, string(posting.CancelledUnpaid), "cancelled before it was paid")
	w.change(all[0], map[string]any{"paymentStatus": "PAID"})
	w.pull()
	check(t, w.b.SetRule(w.ctx, "mode", "post", "Ann"))
	w.settle()
	w.once(all[0])
}
