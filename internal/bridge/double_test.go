package bridge

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"qbridge/internal/order"
	"qbridge/internal/sim"
	"qbridge/soap"
)

// I3: a live document with an order's mark beside the one that is known.
func TestCheckFindsADouble(t *testing.T) {
	w := newWorld(t)
	w.doubles = true
	p := w.posted(2)[0]
	w.clock.advance(2 * time.Second)
	memo := w.live(p)[0].Memo
	second := w.receiptLike(p, func(r *sim.TypedReceipt) { r.Memo = memo })
	w.nextDay()
	w.want(p, order.Attention, string(CauseTwice), second)
	check(t, w.b.Accept(w.ctx, p.ID, "Ann"))
	_, err := w.b.Check(w.ctx) // it is told of the second once more
	check(t, err)
	w.settle()
	w.want(p, order.Synced)
}

// An order that stands twice stays so, whatever the shop says of it meanwhile.
func TestTwiceAndChangedInTheShop(t *testing.T) {
	w := newWorld(t)
	w.doubles = true
	p, set := w.fetched()
	_, err := w.try()
	check(t, err)
	w.settle()
	w.arrives(set)
	w.want(p, order.Attention, string(CauseTwice))
	w.change(p, map[string]any{"paymentMethod": "Another method"})
	w.pull()
	w.plan()
	w.want(p, order.Attention, string(CauseTwice))
}

// The answer to the second writing is lost, and told by the status check.
func TestTwiceThoughTheSecondAnswerIsLost(t *testing.T) {
	w := newWorld(t)
	w.doubles = true
	p, set := w.fetched()
	_, err := w.try()
	check(t, err)
	w.plan()
	w.untilWriting()
	w.arrives(set)
	w.want(p, order.Sent)
	w.settle()
	if n := len(w.company.Receipts()); n != 2 {
		t.Fatalf("%d receipts", n)
	}
	w.want(p, order.Attention, string(CauseTwice))
}

// withoutTotal is an answer that QuickBooks gives when it wrote a receipt and could not read it back.
func withoutTotal(response string) string {
	head, rest, _ := strings.Cut(response, "<SalesReceiptRet>")
	_, tail, _ := strings.Cut(rest, "</SalesReceiptRet>")
	_, id, _ := strings.Cut(rest, "<TxnID>")
	id, _, _ = strings.Cut(id, "</TxnID>")
	return head + "<ErrorRecovery><TxnID>" + id + "</TxnID></ErrorRecovery>" + tail
}

// The second document was written, and its total is still to be read, when the answer about the first comes.
func TestTwiceThoughTheSecondIsUnread(t *testing.T) {
	w := newWorld(t)
	w.doubles = true
	p, set := w.fetched()
	_, err := w.try()
	check(t, err)
	w.plan()
	ticket, _, response := w.untilWriting()
	w.answer(ticket, withoutTotal(response), "", "")
	w.arrives(set)
	w.settle()
	w.want(p, order.Attention, string(CauseTwice))
}

// The same, the first comes while the second is out.
func TestTwiceThoughTheSecondGivesNoTotal(t *testing.T) {
	w := newWorld(t)
	w.doubles = true
	p, set := w.fetched()
	_, err := w.try()
	check(t, err)
	w.plan()
	ticket, _, response := w.untilWriting()
	w.arrives(set)
	w.answer(ticket, withoutTotal(response), "", "")
	w.settle()
	w.want(p, order.Attention, string(CauseTwice))
}

// What came of the second try, which QuickBooks did not do: the order stands once.
func TestWrittenBeforeTheSecondTryFailed(t *testing.T) {
	for name, answer := range map[string]string{
		"refused":   `<SalesReceiptAddRs requestID="%s" statusCode="3070" statusSeverity="Error" statusMessage="too long"/>`,
		"locked":    `<SalesReceiptAddRs requestID="%s" statusCode="3176" statusSeverity="Error" statusMessage="in use"/>`,
		"not tried": `<SalesReceiptAddRs requestID="%s" statusCode="3231" statusSeverity="Error" statusMessage="not processed"/>`,
	} {
		t.Run(name, func(t *testing.T) {
			for _, late := range []bool{false, true} {
				w := newWorld(t, worldOptions{alone: true})
				p, set := w.fetched()
				_, err := w.try()
				check(t, err)
				w.plan()
				ticket := w.admit()
				request := w.next(ticket, w.poll())
				for !strings.Contains(request, "<SalesReceiptAddRq") {
					response, hresult, message := w.company.Process(request)
					w.answer(ticket, response, hresult, message)
					request = w.next(ticket, soap.Poll{})
				}
				_, id, _ := strings.Cut(request, `<SalesReceiptAddRq requestID="`)
				id, _, _ = strings.Cut(id, `"`)
				no := `<QBXML><QBXMLMsgsRs newMessageSetID="` + newID.FindStringSubmatch(request)[1] + `">` + fmt.Sprintf(answer, id) + `</QBXMLMsgsRs></QBXML>`
				if !late {
					w.arrives(set)
				}
				w.answer(ticket, no, "", "")
				if late {
					w.arrives(set)
				}
				for range 10 {
					request := w.next(ticket, soap.Poll{})
					if request == "" {
						break
					}
					response, hresult, message := w.company.Process(request)
					w.answer(ticket, response, hresult, message)
				}
				w.settle()
				w.once(p)
				if n := len(w.company.Receipts()); n != 1 {
					t.Errorf("late %v: %d receipts", late, n)
				}
			}
		})
	}
}
