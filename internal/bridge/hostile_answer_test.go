package bridge

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"github.com/beevik/etree"

	"qbridge/internal/order"
	"qbridge/internal/sim"
	"qbridge/soap"
	"qbridge/store"
)

// late is a writing set that one computer fetched and that QuickBooks has not begun with.
type late struct{ ticket, id, request string }

// fetched has one order's receipt handed out; QuickBooks takes its time.
func (w *world) fetched() (*placed, late) {
	w.t.Helper()
	p := w.take(sim.KindReturning)[0]
	ticket := w.admit()
	request := w.next(ticket, w.poll())
	for !strings.Contains(request, "<SalesReceiptAddRq") {
		response, hresult, message := w.company.Process(request)
		w.answer(ticket, response, hresult, message)
		request = w.next(ticket, soap.Poll{})
	}
	w.clock.advance(5 * time.Second)
	return p, late{ticket, newID.FindStringSubmatch(request)[1], request}
}

// arrives has QuickBooks write the set after all, and its answer come, twice. Its bytes are kept (I4).
func (w *world) arrives(l late) {
	w.t.Helper()
	response, hresult, message := w.company.Process(l.request)
	for range 2 {
		if n := w.answer(l.ticket, response, hresult, message); n != -1 {
			w.t.Errorf("the number is %d", n)
		}
	}
	if got := w.set(l.id); !bytes.Equal(got.Answer, []byte(response)) || got.State != setSettled {
		w.t.Errorf("set %s is %s; its answer is kept as %q", l.id, got.State, got.Answer)
	}
}

func (w *world) set(id string) (s store.Set) {
	w.t.Helper()
	check(w.t, w.b.db.Read(w.ctx, func(tx *store.Tx) (err error) { s, _, err = tx.Set(id); return err }))
	return s
}

// P27, I3, I4: the answer to a set that was settled without it: two computers run the Web Connector, and QuickBooks on the
// first begins when the second has long asked what became of the set.
func TestAnswerAfterItsSetWasSettled(t *testing.T) {
	stands := func(w *world, p *placed, receipts int) {
		w.t.Helper()
		w.doubles = receipts > 1
		since := len(w.handedOut(0))
		check(w.t, w.b.SetRule(w.ctx, "rounding-limit", "0.04", "Ann")) // plans open orders anew
		w.settle()
		if n := len(w.receiptsSent(since)); n != 0 || len(w.company.Receipts()) != receipts {
			w.t.Errorf("%d receipts in the books, %d sets with one went out", len(w.company.Receipts()), n)
		}
		if receipts == 1 {
			w.once(p)
			return
		}
		var both []string
		for _, r := range w.company.Receipts() {
			both = append(both, r.TxnID)
		}
		w.want(p, order.Attention, append(both, string(CauseTwice))...)
	}
	t.Run("it was found in the books", func(t *testing.T) {
		w := newWorld(t)
		p := w.take(sim.KindReturning)[0]
		ticket, request, response := w.untilWriting()
		id := newID.FindStringSubmatch(request)[1]
		check(t, w.company.LoseSet(w.file.AppName, id))
		w.settle()
		if w.once(p); w.order(p).Rows[0].Message != foundMessage {
			t.Fatal("not adopted: this proves nothing")
		}
		if n := w.answer(ticket, response, "", ""); n != -1 {
			t.Errorf("the number is %d", n)
		}
		if got := w.set(id); !bytes.Equal(got.Answer, []byte(response)) {
			t.Errorf("its answer is kept as %q", got.Answer)
		}
		stands(w, p, 1)
	})
	t.Run("it waits to be sent again", func(t *testing.T) {
		w := newWorld(t)
		p, set := w.fetched()
		_, err := w.try() // the second computer: QuickBooks does not have it
		check(t, err)
		w.want(p, order.Queued)
		w.arrives(set)
		w.once(p) // at once, without asking
		stands(w, p, 1)
	})
	t.Run("it was just sent again", func(t *testing.T) {
		w := newWorld(t)
		p, set := w.fetched()
		_, err := w.try()
		check(t, err)
		w.plan()
		ticket, _, response := w.untilWriting()
		w.arrives(set)
		w.want(p, order.Sent)
		w.answer(ticket, response, "", "")
		stands(w, p, 2)
	})
	t.Run("it was written again", func(t *testing.T) {
		w := newWorld(t)
		p, set := w.fetched()
		w.settle()
		w.once(p)
		w.arrives(set)
		stands(w, p, 2)
	})
}

// P24, P27: the good-bye of a session that is over does not put what the next session has out into doubt.
func TestLateGoodbye(t *testing.T) {
	for _, goodbye := range []string{"closeConnection", "getLastError", "connectionError"} {
		t.Run(goodbye, func(t *testing.T) {
			w := newWorld(t)
			p := w.take(sim.KindReturning)[0]
			old, _, _ := w.untilWriting()
			ticket := w.admit()
			request := w.next(ticket, w.poll())
			for range 20 {
				var err error
				switch goodbye {
				case "closeConnection":
					_, err = w.b.Connector().Close(w.ctx, old)
				case "getLastError":
					_, err = w.b.Connector().LastError(w.ctx, old)
				case "connectionError":
					_, err = w.b.Connector().ConnectionFailed(w.ctx, old, soap.ConnectionFailure{HResult: "0x80040408", Message: "Could not start QuickBooks."})
				}
				check(t, err)
				response, hresult, message := w.company.Process(request)
				n := w.answer(ticket, response, hresult, message)
				if n == 100 {
					break
				}
				again := w.next(ticket, soap.Poll{})
				if n < 0 || again == request {
					t.Fatalf("progress %d, %q; next comes %s", n, w.lastError(ticket), again)
				}
				request = again
			}
			w.once(p)
		})
	}
}

// refusing answers a question with an error when it holds such a text; the rest is QuickBooks' own.
func (w *world) refusing(text string) func(string) (string, string, string) {
	return func(request string) (string, string, string) {
		response, hresult, message := w.company.Process(request)
		if strings.Contains(request, "<SalesReceiptQueryRq") && strings.Contains(request, text) {
			response = edited(w.t, response, func(rs *etree.Element) {
				answer := rs.ChildElements()[0]
				answer.Child = nil
				answer.CreateAttr("statusCode", "3000")
				answer.CreateAttr("statusSeverity", "Error")
				answer.CreateAttr("statusMessage", "The given object ID is invalid.")
			})
		}
		return response, hresult, message
	}
}

// I6: QuickBooks refuses a question for the sake of one order: it is found out which, and the others go on.
func TestOneRefusedQuestion(t *testing.T) {
	t.Run("look", func(t *testing.T) {
		w := newWorld(t)
		culprit, others := w.take(sim.KindReturning)[0], w.take(sim.KindReturning, sim.KindPlain)
		number := "<RefNumber>" + w.row(culprit).Name + "<"
		for range 3 {
			w.drive(w.refusing(number))
			w.plan()
			if w.view(others[1]).State == string(order.Synced) {
				break
			}
		}
		w.once(others...)
		w.want(culprit, order.Attention, string(CauseRefused), "3000")
	})
	t.Run("read", func(t *testing.T) {
		w := newWorld(t)
		w.doubles = true // one is typed by hand
		culprit, linked, other := w.take(sim.KindReturning)[0], w.take(sim.KindReturning)[0], w.take(sim.KindReturning)[0]
		typed := w.receiptLike(linked, func(r *sim.TypedReceipt) { r.RefNumber = "BY-HAND" })
		check(t, w.b.Link(w.ctx, culprit.ID, "link", "1A2B-77", "Ann"))
		check(t, w.b.Link(w.ctx, linked.ID, "link", typed, "Ann"))
		w.drive(w.refusing("1A2B-77"))
		w.once(linked, other)
		w.want(culprit, order.Attention, string(CauseUnsure), "3000")
	})
}

// Q24, I6: a list that no plan needs, and that QuickBooks does not give, keeps nothing from being posted.
func TestUselessListIsRefused(t *testing.T) {
	w := newWorld(t, worldOptions{bare: true})
	w.company.Interfere(func(request, _ string) *sim.Status {
		if request == "TemplateQueryRq" {
			return &sim.Status{Code: 3250, Severity: "Error", Message: "This feature is not enabled or not available in this version of QuickBooks."}
		}
		return nil
	})
	p := w.take(sim.KindReturning)[0]
	w.settle()
	w.once(p)
}

// P50, I9: the connection breaks when a page of a list is kept, but its answer is not recorded: what was in the page is
// planned with all the same, once the list is read.
func TestReadingIsCutAfterAPageWasKept(t *testing.T) {
	w := newWorld(t, worldOptions{rules: strings.Replace(worldRules, `missing-item = "make"`, `missing-item = "hold"`, 1)})
	p := w.take(sim.KindUnknownItem)[0]
	w.settle()
	w.want(p, order.Attention, "item")
	for _, line := range w.order(p).Order.Lines {
		w.byHand(`<ItemNonInventoryAddRq requestID="1"><ItemNonInventoryAdd><Name>` + line.SKU + `</Name><SalesTaxCodeRef><FullName>Tax</FullName></SalesTaxCodeRef>` +
			`<SalesOrPurchase><AccountRef><FullName>` + sim.AccountSales + `</FullName></AccountRef></SalesOrPurchase></ItemNonInventoryAdd></ItemNonInventoryAddRq>`)
	}
	check(t, w.b.RefreshLists(w.ctx))
	ctx, disconnect := context.WithCancel(w.ctx)
	w.b.Point = func(name string) {
		if strings.HasPrefix(name, "keep a page of list Item: after commit") {
			disconnect()
		}
	}
	ticket := w.admit()
	request := w.next(ticket, w.poll())
	for ctx.Err() == nil && request != "" {
		response, hresult, message := w.company.Process(request)
		_, err := w.b.Connector().Answer(ctx, ticket, soap.Answer{Response: soap.NewText(response), HResult: hresult, Message: message})
		if (err != nil) != (ctx.Err() != nil) {
			t.Fatalf("the answer is recorded: %v", err)
		}
		if err == nil {
			request = w.next(ticket, soap.Poll{})
		}
	}
	if ctx.Err() == nil {
		t.Fatal("no page was kept: this proves nothing")
	}
	w.b.Point = func(string) {}
	w.settle()
	w.once(p)
}
