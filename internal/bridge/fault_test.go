package bridge

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/beevik/etree"

	"qbridge/internal/order"
	"qbridge/internal/posting"
	"qbridge/internal/sim"
	"qbridge/store"
)

// damage changes the database behind the bridge's back, as a bad disk does.
func (w *world) damage(statement string, args ...any) {
	w.t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(w.dir, "qbridge.db"))
	check(w.t, err)
	result, err := db.ExecContext(w.ctx, statement, args...)
	check(w.t, err)
	n, err := result.RowsAffected()
	check(w.t, errors.Join(err, db.Close()))
	if n == 0 {
		w.t.Fatalf("%s damages nothing", statement)
	}
}

func (w *world) key(p *placed) string {
	return strings.TrimPrefix(w.view(p).ID, worldStore+"/")
}

// I6: an order that can't be planned, for what is stored of it, is set aside with words; the others of its batch go on.
func TestOrderThatCannotBePlanned(t *testing.T) {
	t.Run("what the shop said is damaged", func(t *testing.T) {
		w := newWorld(t)
		all := w.place(slices.Repeat([]sim.Kind{sim.KindReturning}, 6)...)
		w.pull()
		culprits := []*placed{all[1], all[4]}
		for _, p := range culprits {
			w.damage("UPDATE order_version SET raw = 'rubbish' WHERE key = ?", w.key(p))
		}
		w.settle()
		for i, p := range all {
			if i == 1 || i == 4 {
				w.want(p, order.Attention, string(CauseFaulty), "can't be planned", "other orders go on")
				w.damage("UPDATE order_version SET raw = (SELECT raw FROM order_version WHERE key = ?) WHERE key = ?", w.key(all[0]), w.key(p)) // for the checks at the end
			} else {
				w.once(p)
			}
		}
	})
	t.Run("its document in the books is damaged", func(t *testing.T) {
		w := newWorld(t)
		p, other := w.take(sim.KindReturning)[0], w.take(sim.KindReturning)[0]
		w.settle()
		w.once(p, other)
		w.damage("UPDATE outbox_body SET body = '{' WHERE row_id = ?", w.row(p).ID)
		w.change(p, map[string]any{"paymentStatus": "CANCELLED"})
		w.change(other, map[string]any{"paymentStatus": "CANCELLED"})
		w.pull()
		w.plan()
		w.want(p, order.Attention, string(CauseFaulty))
		w.want(other, order.Attention, string(posting.CancelledAfter))
		if len(w.live(p)) != 1 || w.view(p).TxnID == "" {
			t.Error("its document is forgotten")
		}
	})
	t.Run("what was planned of it before does not go out", func(t *testing.T) {
		w := newWorld(t)
		p := w.take(sim.KindReturning)[0]
		w.damage("UPDATE order_version SET raw = 'rubbish' WHERE key = ?", w.key(p))
		check(t, w.b.Decide(w.ctx, p.ID, "tag", "", "gift", "Ann"))
		w.settle()
		w.want(p, order.Attention, string(CauseFaulty))
		if len(w.receiptsSent(0)) > 0 {
			t.Error("the old plan went out")
		}
		w.damage("UPDATE order_version SET raw = '' WHERE key = ?", w.key(p))
		w.damage("DELETE FROM orders WHERE key = ?", w.key(p))
	})
}

// What could not be planned for what was stored of it, though it was posted, comes to rest once that is mended.
func TestPostedOrderSetAsideIsMended(t *testing.T) {
	w := newWorld(t)
	p := w.posted(1)[0]
	var body string
	row := w.row(p).ID
	check(t, w.b.db.Read(w.ctx, func(tx *store.Tx) error {
		all, err := tx.Bodies([]int64{row})
		body = all[row]
		return err
	}))
	w.damage("UPDATE outbox_body SET body = '{' WHERE row_id = ?", row)
	check(t, w.b.Decide(w.ctx, p.ID, "tag", "", "gift", "Ann"))
	w.plan()
	w.want(p, order.Attention, string(CauseFaulty), "qbridge accept")
	w.damage("UPDATE outbox_body SET body = ? WHERE row_id = ?", body, row)
	check(t, w.b.Accept(w.ctx, p.ID, "Ann"))
	w.settle()
	w.once(p)
}

// I6: which errors are one order's own, and that a panic over one order is an error.
func TestFaultOfOneOrder(t *testing.T) {
	for name, test := range map[string]struct {
		err error
		own bool
	}{
		"full disk":          {fmt.Errorf("plan: %w", store.ErrFull), false},
		"locked":             {store.ErrLocked, false},
		"damaged":            {store.ErrDamaged, false},
		"closed":             {store.ErrClosed, false},
		"changed meanwhile":  {store.ErrChanged, false},
		"the end":            {context.Canceled, false},
		"the shop's profile": {fmt.Errorf("%w of store 1", errProfile), false},
		"not there":          {store.ErrNotFound, true},
		"anything else":      {errors.New("unexpected end of JSON input"), true},
		"panic":              {guarded(func() error { panic("index out of range") }), true},
	} {
		var culprit *faultyOrder
		if got := errors.As(faultOf(store.Order{ID: "7"}, test.err), &culprit); got != test.own {
			t.Errorf("%s is the order's own: %v", name, got)
		}
	}
	if err := guarded(func() error { panic("index out of range") }); err == nil || strings.Contains(firstLine(err), "\n") || !strings.Contains(err.Error(), "index out of range") {
		t.Errorf("the panic became %v", err)
	}
}

// I6: an answer that can't be recorded for one row is recorded for the others, and is not asked for in every session from then on.
func TestAnswerThatCannotBeRecorded(t *testing.T) {
	t.Run("what was planned can't be read", func(t *testing.T) {
		w := newWorld(t)
		all := w.take(slices.Repeat([]sim.Kind{sim.KindReturning}, 3)...)
		culprit := w.row(all[1]).ID
		ticket, _, response := w.untilWriting()
		w.damage("UPDATE outbox SET expect = '{' WHERE id = ?", culprit)
		if n := w.answer(ticket, response, "", ""); n != 100 {
			t.Errorf("the number is %d: %s", n, w.lastError(ticket))
		}
		w.once(all[0], all[2])
		txnID := w.live(all[1])[0].TxnID
		w.want(all[1], order.Attention, string(CauseUnsure), "can't be recorded", txnID)
		w.settle()
		w.want(all[1], order.Attention, string(CauseUnsure))
		if n := len(w.receiptsSent(0)); n != 1 {
			t.Errorf("%d sets with receipts went out", n)
		}
	})
	t.Run("its document can't be read when the books are asked for it", func(t *testing.T) {
		w := newWorld(t)
		w.doubles = true
		p, other := w.take(sim.KindReturning)[0], w.take(sim.KindReturning)[0]
		w.receiptLike(p, nil)
		w.damage("UPDATE outbox_body SET body = '{' WHERE row_id = ?", w.row(p).ID)
		w.settle()
		w.once(other)
		w.want(p, order.Attention, string(CauseUnsure), "can't be recorded")
	})
	t.Run("its document can't be read when what became of it is asked", func(t *testing.T) {
		w := newWorld(t)
		p := w.loseAnswer(true)
		check(t, w.company.LoseSet(w.file.AppName, w.lastWriting().id))
		w.damage("UPDATE outbox_body SET body = '{' WHERE row_id = ?", w.row(p).ID)
		other := w.take(sim.KindReturning)[0]
		w.settle()
		w.once(other)
		w.want(p, order.Attention, string(CauseUnsure), "can't be recorded")
	})
	t.Run("its document can't be read at hand-out", func(t *testing.T) {
		w := newWorld(t)
		p, other := w.take(sim.KindReturning)[0], w.take(sim.KindReturning)[0]
		w.damage("UPDATE outbox_body SET body = '{' WHERE row_id = ?", w.row(p).ID)
		w.settle()
		w.once(other)
		w.want(p, order.Attention, string(CauseRefused), "the stored document")
	})
}

// Q15, I6: what QuickBooks gives back untried for ever is held at last; it costs no try, and keeps nobody else waiting.
func TestGivenBackForEver(t *testing.T) {
	w := newWorld(t)
	p, other := w.take(sim.KindReturning)[0], w.take(sim.KindReturning)[0]
	victim, sent := fmt.Sprintf("r%d", w.row(p).ID), 0
	w.company.Interfere(func(_, id string) *sim.Status {
		if id != victim {
			return nil
		}
		sent++
		return &sim.Status{Code: 3231, Severity: "Error", Message: "The request has not been processed."}
	})
	for range 2 * maxReturned {
		w.session()
	}
	w.once(other)
	w.want(p, order.Attention, string(CauseRefused), "3231")
	if r := w.row(p); sent != maxReturned || r.Tries > 1 {
		t.Errorf("it went out %d times and cost %d tries", sent, r.Tries)
	}
	w.company.Interfere(nil)
	check(t, w.b.Decide(w.ctx, p.ID, "release", "", "", "Ann"))
	w.settle()
	w.once(p)
}

// Q19: the record that comes with 3200 is the one that somebody changed, and no proof that ours was written. Its EditSequence is
// kept, the request goes out once more, and a second time is for a person.
func TestStaleEditSequence(t *testing.T) {
	for _, times := range []int{1, 9} {
		t.Run(fmt.Sprint(times), func(t *testing.T) {
			w := newWorld(t)
			p := w.take(sim.KindReturning)[0]
			sent := 0
			quickBooks := func(request string) (string, string, string) {
				if !strings.Contains(request, "<SalesReceiptAddRq") {
					return w.company.Process(request)
				}
				if sent++; sent == 2 && w.row(p).EditSequence != "177" {
					t.Errorf("it goes out again with the edit sequence %q", w.row(p).EditSequence)
				}
				if sent > times {
					return w.company.Process(request)
				}
				return fmt.Sprintf(`<?xml version="1.0" ?><QBXML><QBXMLMsgsRs newMessageSetID=%q messageSetStatusCode="0"><SalesReceiptAddRs requestID="r%d" statusCode="3200" `+
					`statusSeverity="Error" statusMessage="The provided edit sequence &quot;1&quot; is out-of-date."><SalesReceiptRet><TxnID>1C0-77</TxnID>`+
					`<EditSequence>177</EditSequence><TotalAmount>%s</TotalAmount></SalesReceiptRet></SalesReceiptAddRs></QBXMLMsgsRs></QBXML>`,
					newID.FindStringSubmatch(request)[1], w.row(p).ID, w.view(p).Due), "", ""
			}
			for range 4 {
				if w.plan(); w.view(p).State == string(order.Queued) {
					w.drive(quickBooks)
				}
			}
			if sent != 2 {
				t.Errorf("it went out %d times", sent)
			}
			if times == 1 {
				w.once(p)
				return
			}
			w.want(p, order.Attention, string(CauseRefused), "3200")
			check(t, w.b.Decide(w.ctx, p.ID, "release", "", "", "Ann"))
			w.settle()
			w.once(p)
		})
	}
}

// I6: QuickBooks can't be asked for our newest documents, today and tomorrow: that is said with what to do, and a person's word
// lets the work go on for good.
func TestIdentityRefused(t *testing.T) {
	w := newWorld(t)
	first := w.take(sim.KindReturning)[0]
	w.settle()
	w.once(first)
	txnID := w.order(first).TxnID
	refuse := func(request string) (string, string, string) {
		response, hresult, message := w.company.Process(request)
		if strings.Contains(request, "<TxnID>"+txnID+"<") {
			response = edited(t, response, func(rs *etree.Element) {
				answer := rs.ChildElements()[0]
				answer.Child = nil
				answer.CreateAttr("statusCode", "3000")
				answer.CreateAttr("statusSeverity", "Error")
				answer.CreateAttr("statusMessage", "The given object ID is invalid.")
			})
		}
		return response, hresult, message
	}
	p := w.take(sim.KindReturning)[0]
	ticket := w.admit()
	response, _, _ := refuse(w.next(ticket, w.poll()))
	if n := w.answer(ticket, response, "", ""); n != -1 {
		t.Errorf("the number is %d", n)
	}
	if text := w.lastError(ticket); !strings.Contains(text, "qbridge resume") || !strings.Contains(text, "newest documents") {
		t.Errorf("the Web Connector shows %q", text)
	}
	w.want(p, order.Queued)
	gone, err := w.b.Resume(w.ctx, "Ann", "")
	if err != nil || gone != 0 {
		t.Fatalf("%d gone, %v", gone, err)
	}
	for range 3 {
		w.drive(refuse)
		w.plan()
		w.once(first, p)
		p = w.take(sim.KindReturning)[0]
	}
	w.settle()
	w.once(p)
}

// I6: the answer to a question about one order breaks off each time. It is asked for a while, then found out which order it is
// about; that one is left to a person, the others go on.
func TestNeverAnswered(t *testing.T) {
	breaking := func(w *world, number string) func(string) (string, string, string) {
		return func(request string) (string, string, string) {
			response, hresult, message := w.company.Process(request)
			if strings.Contains(request, "<SalesReceiptQueryRq") && strings.Contains(request, number) {
				response = response[:len(response)-40]
			}
			return response, hresult, message
		}
	}
	until := func(w *world, quickBooks func(string) (string, string, string), p *placed, state order.State) {
		w.t.Helper()
		for range 2*maxUnanswered + 2 {
			if w.view(p).State == string(state) {
				return
			}
			w.drive(quickBooks)
			w.plan()
			w.clock.advance(5 * time.Minute)
		}
	}
	t.Run("before the first posting", func(t *testing.T) {
		w := newWorld(t)
		all := w.take(slices.Repeat([]sim.Kind{sim.KindReturning}, 4)...)
		quickBooks := breaking(w, "<RefNumber>"+w.row(all[1]).Name+"<")
		for try := range maxUnanswered - 1 {
			if n := w.drive(quickBooks); n != -1 {
				t.Fatalf("try %d: the number is %d", try, n)
			}
		}
		until(w, quickBooks, all[3], order.Synced)
		until(w, quickBooks, all[1], order.Attention)
		w.once(all[0], all[2], all[3])
		w.want(all[1], order.Attention, string(CauseRefused), "can't be read to its end")
	})
	t.Run("in doubt", func(t *testing.T) {
		w := newWorld(t)
		all := w.take(slices.Repeat([]sim.Kind{sim.KindReturning}, 3)...)
		w.cutWriting("<SalesReceiptAddRq", true)
		w.interrupted()
		check(t, w.company.LoseSet(w.file.AppName, w.lastWriting().id))
		quickBooks := breaking(w, "<RefNumber>"+w.row(all[1]).Name+"<")
		until(w, quickBooks, all[2], order.Synced)
		until(w, quickBooks, all[1], order.Attention)
		w.once(all[0], all[2])
		w.want(all[1], order.Attention, string(CauseUnsure))
		next := w.take(sim.KindReturning)[0]
		w.settle()
		w.once(next)
	})
	t.Run("QuickBooks dies over the status check", func(t *testing.T) {
		w := newWorld(t)
		p := w.loseAnswer(true)
		id := w.lastWriting().id
		quickBooks := func(request string) (string, string, string) {
			if strings.Contains(request, `oldMessageSetID="`+id+`"`) && strings.Contains(request, `newMessageSetID="`+id+`"`) {
				return "", "0x80010105", "The server threw an exception."
			}
			return w.company.Process(request)
		}
		until(w, quickBooks, p, order.Synced)
		w.once(p)
		if w.order(p).Rows[0].Message != foundMessage {
			t.Error("not adopted: this proves nothing")
		}
	})
}

// P49: what depends on another thing goes out in a later set, when that one is done; no set relies on a macro or on QuickBooks
// rolling anything back.
func TestDependentsGoInLaterSets(t *testing.T) {
	w := newWorld(t, worldOptions{setSize: 50})
	all := w.take(sim.KindNamesakeFirst, sim.KindUnknownItem, sim.KindReturning, sim.KindTaxGroup)
	added := map[string]bool{} // names that QuickBooks has confirmed
	w.company.Interfere(func(request, _ string) *sim.Status {
		if request == "CustomerAddRq" && !added["refused"] {
			added["refused"] = true // the first goes wrong, and what needs it must not go out
			return &sim.Status{Code: 3175, Severity: "Error", Message: "The object is in use by another user."}
		}
		return nil
	})
	for range 3 {
		w.plan()
		w.session()
		w.clock.advance(5 * time.Minute)
	}
	w.once(all...)
	lists := 0
	for _, s := range w.writing(0) {
		doc := etree.NewDocument()
		check(t, doc.ReadFromString(s.document))
		rq := doc.FindElement("/QBXML/QBXMLMsgsRq")
		if on := rq.SelectAttrValue("onError", ""); on != "continueOnError" && on != "stopOnError" {
			t.Errorf("set %s has onError %q", s.id, on)
		}
		if strings.Contains(s.document, "defMacro") || strings.Contains(s.document, "useMacro") {
			t.Errorf("set %s has a macro", s.id)
		}
		named := map[string]bool{}
		for _, name := range rq.FindElements("./*/*/Name") {
			named[name.Text()] = true
			lists++
		}
		for _, ref := range rq.FindElements(".//SalesReceiptAdd//FullName") {
			if named[ref.Text()] {
				t.Errorf("set %s adds %s and needs it", s.id, ref.Text())
			}
		}
	}
	if lists < 3 {
		t.Errorf("only %d names were added: this proves little", lists)
	}
}

// P53: the orders of one customer reach the books in the order in which they were placed, whatever the size of the sets, and
// never before the customer.
func TestFirstComeFirstServed(t *testing.T) {
	for _, size := range []int{1, 3, 50} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			w := newWorld(t, worldOptions{setSize: size})
			all := w.take(sim.KindNamesakeFirst, sim.KindNamesakeFirst, sim.KindNamesakeFirst, sim.KindNamesakeFirst, sim.KindNamesakeFirst)
			w.settle()
			w.once(all...)
			sent := ""
			for _, s := range w.writing(0) {
				sent += s.document
			}
			customer, last := strings.Index(sent, "<CustomerAddRq"), -1
			slices.SortStableFunc(all, func(a, b *placed) int { return strings.Compare(placedAt(t, a), placedAt(t, b)) })
			for _, p := range all {
				at := strings.Index(sent, "<RefNumber>"+w.row(p).Name+"<")
				if at < last || at < customer || customer < 0 {
					t.Errorf("order %s of %s went out too early", p.ID, placedAt(t, p))
				}
				last = at
			}
		})
	}
}

func placedAt(t *testing.T, p *placed) string {
	t.Helper()
	var o struct {
		CreateTimestamp int64 `json:"createTimestamp"`
	}
	check(t, json.Unmarshal(p.JSON, &o))
	return fmt.Sprintf("%012d", o.CreateTimestamp)
}

// P44, I3: our own database is restored from a backup, and the books know more than it: new orders, new customers, an order posted
// for the second time. Nothing is doubled, it is said once a session, and the work goes on.
func TestOurOlderDatabase(t *testing.T) {
	w := newWorld(t)
	before := w.take(sim.KindReturning, sim.KindNamesakeFirst)
	again := w.take(sim.KindReturning)[0]
	w.settle()
	w.once(before...)
	copied := t.TempDir() + "/copy.db"
	check(t, w.b.Backup(w.ctx, copied))
	after := w.take(sim.KindNamesakeSecond, sim.KindPlain, sim.KindReturning)
	w.settle()
	w.once(after...)
	check(t, w.company.Delete(w.order(again).TxnID))
	w.take(sim.KindReturning) // a reason for a session
	w.settle()
	check(t, w.b.PostAgain(w.ctx, again.ID, "Ann"))
	w.settle()
	w.once(again)
	receipts := len(w.company.Receipts())
	w.copyBack(copied)
	w.pull()
	next := w.take(sim.KindNamesakeSecond)[0]
	report, err := w.try()
	check(t, err)
	if !strings.Contains(report.LastError, "Was a backup restored?") { // the newest that the copy knows was deleted since
		t.Errorf("the Web Connector shows %q", report.LastError)
	}
	_, err = w.b.Resume(w.ctx, "Ann", "")
	check(t, err)
	w.settle()
	w.once(before...)
	w.once(after...)
	w.once(next)
	if n := len(w.company.Receipts()); n != receipts+1 {
		t.Errorf("%d receipts in the books, %d before", n, receipts)
	}
	if notes := w.news("older-database"); len(notes) == 0 || len(notes) > 2 || !strings.Contains(notes[0], "restored from a backup") {
		t.Errorf("said: %q", notes)
	}
	// The document that the copy knows is gone; the one that took its place bears our mark and is found by the check after resume.
	w.once(again)
	if n := len(w.company.Receipts()); n != receipts+1 {
		t.Errorf("%d receipts in the books: an order was posted a third time", n)
	}
}

// P52: an answer of more than 10 MB, in whatever encoding it says to be, with characters that XML does not allow, is read to its
// end.
func TestLongAndOddAnswer(t *testing.T) {
	w := newWorld(t)
	w.byHand(`<CustomerAddRq requestID="1"><CustomerAdd><Name>Ren&#233;e &#8364;</Name></CustomerAdd></CustomerAddRq><CustomerAddRq requestID="2"><CustomerAdd><Name>Zoe</Name></CustomerAdd></CustomerAddRq>`)
	w.clock.advance(81 * 24 * time.Hour)
	odd := 0
	w.drive(func(request string) (string, string, string) {
		response, hresult, message := w.company.Process(request)
		if strings.Contains(request, "<EntityQueryRq") {
			odd++
			response = strings.Replace(response, `<?xml version="1.0" ?>`, `<?xml version="1.0" encoding="windows-1252"?>`, 1)
			response = strings.Replace(response, "<CustomerRet>", "<CustomerRet><Notes>"+strings.Repeat("\v&#x1F;café ", 1<<20)+"</Notes>", 1)
			if len(response) < 10<<20 {
				t.Fatalf("only %d bytes", len(response))
			}
		}
		return response, hresult, message
	})
	names := w.entries(nameList)
	if odd == 0 || !slices.Contains(names, "Renée €") || !slices.Contains(names, "Zoe") || !slices.Contains(names, "Jane Cooper") {
		t.Errorf("%d odd answers; the names are %q", odd, names)
	}
}

// I6: what QuickBooks forbids for one order alone does not end the sessions of all others for ever; what it forbids for all does, and
// costs nobody a try.
func TestForbidden(t *testing.T) {
	w := newWorld(t)
	p := w.take(sim.KindReturning)[0]
	victim := fmt.Sprintf("r%d", w.row(p).ID)
	only := false
	w.company.Interfere(func(request, id string) *sim.Status {
		if request != "SalesReceiptAddRq" || only && id != victim {
			return nil
		}
		return &sim.Status{Code: 3260, Severity: "Error", Message: "Insufficient permission level to perform this action."}
	})
	for range 2 * maxTries {
		report, err := w.try()
		check(t, err)
		if !strings.Contains(report.LastError, "3260") {
			t.Fatalf("the Web Connector shows %q", report.LastError)
		}
		w.plan()
		w.want(p, order.Queued)
	}
	only = true
	for range maxTries {
		other := w.take(sim.KindReturning)[0]
		w.session()
		w.once(other)
		w.clock.advance(6 * time.Hour)
	}
	w.want(p, order.Attention, string(CauseRefused), "3260")
	w.company.Interfere(nil)
	check(t, w.b.Decide(w.ctx, p.ID, "release", "", "", "Ann"))
	w.settle()
	w.once(p)
}

// Q17: what QuickBooks does not have is named, with its kind, before QuickBooks' own words.
func TestMissingThingIsNamed(t *testing.T) {
	w := newWorld(t)
	p := w.take(sim.KindReturning)[0]
	const said = `There is an invalid reference to QuickBooks Payment Method "Gift "Card"" in the SalesReceipt.  QuickBooks error message: Invalid argument.`
	w.company.Interfere(func(request, _ string) *sim.Status {
		if request == "SalesReceiptAddRq" {
			return &sim.Status{Code: 3140, Severity: "Error", Message: said}
		}
		return nil
	})
	w.settle()
	w.want(p, order.Attention, string(CauseRefused), `QuickBooks has no Payment Method "Gift \"Card\"", which it needs`, said)
}
