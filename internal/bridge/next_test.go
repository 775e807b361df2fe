package bridge

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"qbridge/internal/order"
	"qbridge/internal/posting"
	"qbridge/internal/sim"
)

// followRules are the rules of the world with these at their head.
func followRules(keys string) worldOptions {
	return worldOptions{rules: keys + "\n" + worldRules}
}

const refundRules = `refunds = "credit-memo"
refund-item = "` + sim.ItemHandling + `"
refund-from = "` + sim.AccountBank + `"
`

// documents are the live documents in the books that bear an order's marker: kind, total, what of it is open.
func (w *world) documents(p *placed) (all []string) {
	d := w.view(p)
	for _, r := range w.company.Documents() {
		if !r.Void && strings.Contains(r.Memo, d.ID[len(worldStore)+1:]+" ") {
			said := r.Kind + " " + r.Total.String()
			if r.Kind == posting.Invoice || r.Kind == posting.CreditMemo {
				said += " left " + r.Left.String()
			}
			all = append(all, said)
		}
	}
	return all
}

func (w *world) wantDocuments(p *placed, want ...string) {
	w.t.Helper()
	if got := w.documents(p); !slices.Equal(got, want) {
		w.t.Errorf("order %s has in the books\n%s\nnot\n%s", p.ID, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// refund gives money back in the shop.
func (w *world) refund(p *placed, status, amount string) {
	w.t.Helper()
	at := w.clock.now().Format("2006-01-02 15:04:05 -0700")
	w.change(p, map[string]any{"paymentStatus": status, "refundedAmount": json.Number(amount), "refunds": []any{map[string]any{"date": at, "source": "CP", "amount": json.Number(amount)}}})
	w.pull()
}

// Q32: a refund makes a credit memo and one form that pays it out, once each, whatever happens to their answers. Q31: a payment is never more
// than what its invoice has left.
func TestWhatFollowsASale(t *testing.T) {
	for _, test := range []struct {
		name, rules string
		forms       []string // that are written, the sale first
		later       func(w *world, p *placed)
		kind        sim.Kind
		want        func(total string) []string
	}{
		{"refunded in part by card", refundRules, []string{"SalesReceiptAdd", "CreditMemoAdd", "ARRefundCreditCardAdd"},
			func(w *world, p *placed) { w.refund(p, "PARTIALLY_REFUNDED", "5.00") }, sim.KindPlain,
			func(total string) []string {
				return []string{"SalesReceipt " + total, "CreditMemo 5.00 left 0.00", "ARRefundCreditCard 5.00"}
			}},
		{"refunded whole by cheque", refundRules + "refund-form = \"check\"", []string{"SalesReceiptAdd", "CreditMemoAdd", "CheckAdd"},
			func(w *world, p *placed) { w.refund(p, "REFUNDED", w.view(p).Total) }, sim.KindPlain,
			func(total string) []string {
				return []string{"SalesReceipt " + total, "CreditMemo " + total + " left 0.00", "Check " + total}
			}},
		{"an invoice that is paid later", `unpaid = "invoice"`, []string{"InvoiceAdd", "ReceivePaymentAdd"},
			func(w *world, p *placed) { w.change(p, map[string]any{"paymentStatus": "PAID"}); w.pull() }, sim.KindAwaiting,
			func(total string) []string {
				return []string{"Invoice " + total + " left 0.00", "ReceivePayment " + total}
			}},
		{"an invoice of a paid order", `document = "invoice"`, []string{"InvoiceAdd", "ReceivePaymentAdd"}, func(*world, *placed) {}, sim.KindPlain,
			func(total string) []string {
				return []string{"Invoice " + total + " left 0.00", "ReceivePayment " + total}
			}},
	} {
		for _, cut := range []struct {
			how                  string
			never, done, forgets bool
		}{{how: "nothing goes wrong", never: true}, {how: "not done"}, {how: "done, no answer", done: true}, {how: "done, no answer, the set forgotten", done: true, forgets: true}} {
			for i, form := range test.forms {
				if cut.never && i > 0 {
					continue
				}
				t.Run(test.name+"/"+cut.how+"/"+form, func(t *testing.T) {
					w := newWorld(t, followRules(test.rules))
					cuts := 0
					settle := func() {
						for range 12 {
							w.plan()
							report, err := w.try()
							if err != nil {
								cuts++
								w.mend()
								if cut.forgets {
									check(t, w.company.LoseSet(w.file.AppName, w.lastWriting().id))
								}
							} else if report.Sets == 0 {
								return
							}
						}
						t.Fatal("the sessions do not come to an end")
					}
					if !cut.never {
						w.cutWriting(form, cut.done)
					}
					p := w.take(test.kind)[0]
					settle()
					test.later(w, p)
					settle()
					w.want(p, order.Synced)
					v := w.view(p)
					w.wantDocuments(p, test.want(v.Total)...)
					if v.BooksTotal != v.Total || v.Document == "" || cuts == 0 && !cut.never {
						t.Errorf("the order shows %q of %s, after %d cuts", v.Document, v.BooksTotal, cuts)
					}
					w.restart()
					check(t, w.b.SetRule(w.ctx, "rounding-limit", "0.04", "Ann")) // everything is planned anew
					settle()
					w.want(p, order.Synced)
					w.wantDocuments(p, test.want(v.Total)...)
				})
			}
		}
	}
}

// A sale that was typed in by hand, or by another connector, under a number of its own is not written a second time: what names our
// number is linked, the rest is asked; an invoice, too, and it can be linked.
func TestTypedUnderAnotherNumber(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*sim.TypedReceipt)
		asks   bool
	}{
		"a receipt":                         {func(r *sim.TypedReceipt) {}, true},
		"an invoice":                        {func(r *sim.TypedReceipt) { r.Kind = posting.Invoice }, true},
		"a receipt that names the number":   {func(r *sim.TypedReceipt) { r.Memo = "Web order #" + r.RefNumber }, false},
		"an invoice that names the number":  {func(r *sim.TypedReceipt) { r.Kind, r.Memo = posting.Invoice, "Web order #"+r.RefNumber }, true},
		"an invoice under the order's own":  {func(r *sim.TypedReceipt) { r.Kind = posting.Invoice }, true},
		"a receipt of another sale, though": {func(r *sim.TypedReceipt) { r.Lines[0].Amount++ }, false},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.doubles = true // what a person typed is no business of the audit
			w.take(sim.KindReturning)
			w.settle()
			p := w.take(sim.KindReturning)[0]
			typed := w.receiptLike(p, func(r *sim.TypedReceipt) {
				test.change(r)
				if !strings.Contains(name, "own") {
					r.RefNumber = "77"
				}
			})
			since := len(w.handedOut(0))
			w.settle()
			writes := 0
			if strings.Contains(name, "another sale") {
				writes = 1
			}
			if test.asks {
				w.want(p, order.Attention, string(CauseUnsure), typed)
				check(t, w.b.Link(w.ctx, p.ID, "link", typed, "Ann"))
				w.settle()
			}
			w.want(p, order.Synced)
			if n := len(w.receiptsSent(since)); n != writes {
				t.Errorf("%d receipts were written, not %d", n, writes)
			}
			if writes == 0 && w.view(p).TxnID != typed {
				t.Errorf("linked to %s, not %s", w.view(p).TxnID, typed)
			}
			w.nextDay() // the check asks for it as what it is
			w.want(p, order.Synced)
		})
	}
}
