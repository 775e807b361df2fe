package bridge

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"qbridge/internal/order"
	"qbridge/internal/sim"
)

// What was undone, posted again and undone again is undone.
func TestUndoTwiceWhatFollows(t *testing.T) {
	w := newWorld(t, followRules(`document = "invoice"`))
	p := w.take(sim.KindPlain)[0]
	w.settle()
	total := w.view(p).Total
	for range 2 {
		payment := w.txnID(p, "ReceivePayment")
		_, err := w.b.Undo(w.ctx, UndoOf{Order: p.ID, Shown: []string{payment}}, true, "Ann")
		check(t, err)
		w.settle()
		w.want(p, order.Held)
		w.wantDocuments(p, "Invoice "+total+" left "+total)
		check(t, w.b.Decide(w.ctx, p.ID, "release", "", "", "Ann"))
		w.settle()
		w.want(p, order.Synced)
		w.wantDocuments(p, "Invoice "+total+" left 0.00", "ReceivePayment "+total)
	}
}

// A draft credit memo that becomes final leaves no order pending.
func TestDraftCreditMemo(t *testing.T) {
	w := newWorld(t, followRules(refundRules+"refund-form = \"none\""))
	p := w.take(sim.KindPlain)[0]
	w.settle()
	check(t, w.b.SetRule(w.ctx, "mode", "pending", "Ann"))
	w.refund(p, "PARTIALLY_REFUNDED", "5.00")
	w.settle()
	w.want(p, order.Pending)
	w.clock.advance(2e9)
	check(t, w.company.Finalize(w.txnID(p, "CreditMemo")))
	w.nextDay()
	w.want(p, order.Synced)
}

// A credit memo that is posted again is paid out as before, or a person is asked.
func TestCreditMemoAgain(t *testing.T) {
	w := newWorld(t, followRules(refundRules))
	p := w.take(sim.KindPlain)[0]
	w.settle()
	w.refund(p, "PARTIALLY_REFUNDED", "5.00")
	w.settle()
	w.posted(1)
	w.clock.advance(2e9)
	check(t, w.company.Void(w.txnID(p, "CreditMemo")))
	w.nextDay()
	if err := w.b.PostAgain(w.ctx, p.ID, "Ann"); err == nil || !strings.Contains(err.Error(), "Card refund") {
		t.Fatalf("posted again: %v", err)
	}
	_, err := w.b.Undo(w.ctx, UndoOf{Order: p.ID, Shown: []string{w.txnID(p, "ARRefundCreditCard")}}, true, "Ann")
	check(t, err)
	w.settle()
	check(t, w.b.Decide(w.ctx, p.ID, "release", "", "", "Ann"))
	w.settle()
	w.want(p, order.Attention, "qbridge again")
	check(t, w.b.PostAgain(w.ctx, p.ID, "Ann"))
	w.settle()
	w.want(p, order.Synced)
	w.wantDocuments(p, "SalesReceipt "+w.view(p).Total, "CreditMemo 5.00 left 0.00", "ARRefundCreditCard 5.00")
}

// A sales order edited and accepted, then paid.
func TestSalesOrderEdited(t *testing.T) {
	w := newWorld(t, followRules("unpaid = \"sales-order\"\nafter-sales-order = \"paid\""))
	p := w.take(sim.KindAwaiting)[0]
	w.settle()
	w.change(p, map[string]any{"total": json.Number("90.15"), "handlingFee": map[string]any{"name": "Wrap", "value": 10}})
	w.pull()
	w.settle()
	w.want(p, order.Attention)
	check(t, w.b.Accept(w.ctx, p.ID, "Ann"))
	w.settle()
	w.want(p, order.Synced)
	w.paid(p)
	w.settle()
	w.want(p, order.Attention, "qbridge exclude")
	check(t, w.b.Decide(w.ctx, p.ID, "exclude", "", "written by hand", "Ann"))
	w.settle()
	w.want(p, order.Synced, "written by hand")
}

// A sales order accepted while paid.
func TestSalesOrderAcceptedWhilePaid(t *testing.T) {
	w := newWorld(t, followRules("document = \"sales-order\"\nafter-sales-order = \"shipped\""))
	p := w.take(sim.KindPlain)[0]
	w.settle()
	w.change(p, map[string]any{"billingPerson": map[string]any{"name": "Another Name", "street": "1 New Road", "city": "X", "countryCode": "US"}})
	w.pull()
	w.settle()
	w.want(p, order.Attention)
	check(t, w.b.Accept(w.ctx, p.ID, "Ann"))
	w.change(p, map[string]any{"fulfillmentStatus": "SHIPPED"})
	w.pull()
	w.settle()
	w.want(p, order.Synced)
	total := w.view(p).Total
	w.wantDocuments(p, "SalesOrder "+total, "Invoice "+total+" left 0.00", "ReceivePayment "+total)
}

// The sale voided with a credit memo standing.
func TestVoidedSaleWithCreditMemo(t *testing.T) {
	w := newWorld(t, followRules(refundRules))
	p := w.take(sim.KindPlain)[0]
	w.settle()
	w.refund(p, "PARTIALLY_REFUNDED", "5.00")
	w.settle()
	w.posted(1)
	w.clock.advance(2e9)
	check(t, w.company.Void(w.txnID(p, "SalesReceipt")))
	w.nextDay()
	w.want(p, order.Attention, "voided")
	if err := w.b.Accept(w.ctx, p.ID, "Ann"); err == nil || !strings.Contains(err.Error(), "followed it") {
		t.Fatalf("accept: %v", err)
	}
	_, err := w.b.Undo(w.ctx, UndoOf{Order: p.ID}, false, "Ann")
	check(t, err)
	w.settle()
	w.want(p, order.Held)
	w.wantDocuments(p)
}

// I3: whatever the shop says in whatever order, cut sessions, restarts and rules between, the end is the same documents, once each.
func TestRandomLives(t *testing.T) {
	bySeed := []struct{ rules, sale string }{
		{refundRules, "SalesReceipt @"},
		{refundRules + "document = \"invoice\"\nunpaid = \"invoice\"\n", "Invoice @ left 0.00, ReceivePayment @"},
		{refundRules + "unpaid = \"sales-order\"\nafter-sales-order = \"paid\"\n", ""}, // by when it was paid
	}
	for seed := range 9 {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(uint64(seed), 1))
			w := newWorld(t, followRules(bySeed[seed%3].rules))
			p := w.place([]sim.Kind{sim.KindPlain, sim.KindAwaiting}[r.IntN(2)])[0]
			set := func(status, sum string, amounts ...string) {
				refunds := []any{}
				for _, a := range amounts {
					refunds = append(refunds, map[string]any{"date": "2026-11-21 10:00:00 +0000", "source": "CP", "amount": json.Number(a)})
				}
				w.change(p, map[string]any{"paymentStatus": status, "refundedAmount": json.Number(sum), "refunds": refunds})
				w.pull()
			}
			session := func() {
				w.plan()
				n := r.IntN(20)
				hook := func(string) error {
					if n--; n == 0 {
						return errors.New("the power is off")
					}
					return nil
				}
				if r.IntN(2) == 0 {
					w.before = hook
				} else {
					w.after = hook
				}
				if _, err := w.try(); err != nil {
					t.Log(err)
				}
				w.mend()
			}
			for range 4 + r.IntN(10) {
				switch r.IntN(12) {
				case 0:
					set("PAID", "0")
				case 1:
					set("AWAITING_PAYMENT", "0")
				case 2:
					set("PARTIALLY_REFUNDED", "5", "5")
				case 3:
					set("PARTIALLY_REFUNDED", "8", "5", "3")
				case 4:
					set("CANCELLED", "0")
				case 5:
					check(t, w.b.SetRule(w.ctx, "rounding-limit", fmt.Sprintf("0.0%d", 1+r.IntN(8)), "Ann"))
				case 6:
					check(t, w.b.SetRule(w.ctx, "mode", []string{"look", "post"}[r.IntN(2)], "Ann"))
				case 7:
					w.restart()
				default:
					session()
				}
			}
			check(t, w.b.SetRule(w.ctx, "mode", "post", "Ann"))
			set("PARTIALLY_REFUNDED", "8", "5", "3")
			w.settle()
			w.want(p, order.Synced)
			total, got := w.view(p).Total, strings.Join(w.documents(p), ", ")
			sale := strings.ReplaceAll(bySeed[seed%3].sale, "@", total)
			if sale == "" {
				sale = "SalesReceipt " + total
				if strings.HasPrefix(got, "SalesOrder") {
					sale = fmt.Sprintf("SalesOrder %[1]s, Invoice %[1]s left 0.00, ReceivePayment %[1]s", total)
				}
			}
			for _, n := range []string{"5.00", "3.00"} {
				sale += fmt.Sprintf(", CreditMemo %[1]s left 0.00, ARRefundCreditCard %[1]s", n)
			}
			if got != sale {
				t.Errorf("the books have\n%s\nnot\n%s", got, sale)
			}
		})
	}
}
