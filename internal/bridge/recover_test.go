package bridge

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/beevik/etree"

	"qbridge/internal/order"
	"qbridge/internal/sim"
	"qbridge/soap"
	"qbridge/store"
)

// lastWriting is the newest writing set.
func (w *world) lastWriting() seenSet {
	w.t.Helper()
	all := w.writing(0)
	if len(all) == 0 {
		w.t.Fatal("nothing was written")
	}
	return all[len(all)-1]
}

// receiptsSent gives the sets since the n-th that write receipts.
func (w *world) receiptsSent(since int) []seenSet {
	return slices.DeleteFunc(w.writing(since), func(s seenSet) bool { return !strings.Contains(s.document, "<SalesReceiptAddRq") })
}

// loseAnswer has one order's receipt handed to QuickBooks, and the answer lost. done tells whether QuickBooks wrote it.
func (w *world) loseAnswer(done bool) *placed {
	w.t.Helper()
	p := w.take(sim.KindPlain)[0]
	w.cutWriting("<SalesReceiptAddRq", done)
	w.interrupted()
	return p
}

// P41, P42, P44, Q21, I3, I9: an answer that never came, and what QuickBooks knows of its set afterwards.
func TestLostAnswer(t *testing.T) {
	w := newWorld(t)
	for _, test := range []struct {
		name    string
		done    bool // QuickBooks wrote it
		then    func(w *world, p *placed, set string)
		writes  int // sets with the receipt that go out afterwards
		asked   string
		adopted bool
	}{
		{"before QuickBooks worked", false, nil, 1, "<SalesReceiptQueryRq", false},
		{"after QuickBooks worked", true, nil, 0, "", false},
		{"after it worked, and it forgot the set (600)", true, func(w *world, _ *placed, set string) { // P42
			w.company.Process(setWith(fmt.Sprintf(`oldMessageSetID=%q`, set)))
		}, 0, "<SalesReceiptQueryRq", true},
		{"after it worked, and it can't give the answer (9002)", true, func(w *world, _ *placed, set string) { // P42
			check(w.t, w.company.LoseSet(w.file.AppName, set))
		}, 0, "<SalesReceiptQueryRq", true},
		{"9002, and a voided copy is in the books", true, func(w *world, p *placed, set string) {
			check(w.t, w.company.LoseSet(w.file.AppName, set))
			check(w.t, w.company.Void(w.newest().TxnID))
		}, 1, "<SalesReceiptQueryRq", false},
		{"9002, and a person deleted it", true, func(w *world, p *placed, set string) {
			check(w.t, w.company.LoseSet(w.file.AppName, set))
			check(w.t, w.company.Delete(w.newest().TxnID))
		}, 1, "<SalesReceiptQueryRq", false},
		{"after a restart of ours", true, func(w *world, _ *placed, _ string) { w.restart() }, 0, "", false},
		{"before QuickBooks worked, after a restart of ours", false, func(w *world, _ *placed, _ string) { w.restart() }, 1, "<SalesReceiptQueryRq", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			w.in(t)
			p := w.loseAnswer(test.done)
			set := w.lastWriting()
			w.want(p, order.Sent)
			if test.then != nil {
				w.company.BeginSession(w.file.AppName, "")
				test.then(w, p, set.id)
			}
			since := len(w.handedOut(0))
			w.settle()
			w.once(p)
			after := w.handedOut(since)
			if writes := w.receiptsSent(since); len(writes) != test.writes || len(writes) > 0 && writes[0].id == set.id {
				t.Errorf("%d writing sets went out afterwards, not %d under another ID", len(writes), test.writes)
			}
			// The status check comes before anything that writes, after the question for our newest documents: one ID in both
			// attributes, nothing in it.
			if strings.Contains(after[0].document, `requestID="identity`) {
				after = after[1:]
			}
			status := slices.IndexFunc(after, func(s seenSet) bool {
				return strings.Contains(s.document, fmt.Sprintf(`newMessageSetID=%q`, set.id)) && strings.Contains(s.document, fmt.Sprintf(`oldMessageSetID=%q`, set.id))
			})
			if status != 0 {
				t.Errorf("the status check is set %d of the session", status)
			}
			if test.asked != "" && !strings.Contains(after[1].document, test.asked) {
				t.Errorf("after the status check came %s", after[1].document)
			}
			if d := w.order(p); (d.Rows[0].Message == foundMessage) != test.adopted || d.Rows[0].Adopted {
				t.Errorf("found in the books: %q, another's: %t", d.Rows[0].Message, d.Rows[0].Adopted)
			}
		})
	}
}

// newest is the receipt that was written last.
func (w *world) newest() sim.Receipt {
	all := w.company.Receipts()
	return all[len(all)-1]
}

// setWith is a set without requests.
func setWith(attributes string) string {
	return `<?xml version="1.0" encoding="utf-8"?><?qbxml version="13.0"?><QBXML><QBXMLMsgsRq onError="continueOnError" ` + attributes + `></QBXMLMsgsRq></QBXML>`
}

// P42: whatever code a status check gives without responses, the books are asked before a second Add.
func TestStatusCodesOfSets(t *testing.T) {
	w := newWorld(t)
	for i, code := range []string{"600", "9001", "9002", "9004", "9005", "4711", "", "0"} {
		for _, done := range []bool{true, false}[i%2:] { // what was not written needs no code to be found out
			t.Run(fmt.Sprintf("%s, written %v", code, done), func(t *testing.T) {
				w.in(t)
				p := w.loseAnswer(done)
				set, since := w.lastWriting(), len(w.handedOut(0))
				w.tamper = func(r *sim.Reply) {
					if strings.Contains(r.Response, fmt.Sprintf(`newMessageSetID=%q`, set.id)) {
						r.Response = edited(t, r.Response, func(rs *etree.Element) {
							rs.Child = nil
							rs.CreateAttr("messageSetStatusCode", code)
						})
					}
				}
				w.settle()
				w.once(p)
				var kinds []string
				for _, s := range w.handedOut(since) {
					kinds = append(kinds, w.set(s.id).Kind)
				}
				if at := slices.Index(kinds, kindSettle); at < 0 || slices.Contains(kinds[:at], kindWrite) {
					t.Errorf("what became of the set was not asked for: %q", kinds)
				}
			})
		}
	}
}

// P48, Q20: HRESULTs over a writing set. Only 0x80040400 says that nothing was done.
func TestHResultOverWritingSet(t *testing.T) {
	w := newWorld(t)
	for _, hresult := range []string{"0x80010105", "0xDEADBEEF"} {
		for _, done := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, written %v", hresult, done), func(t *testing.T) {
				w.in(t)
				p := w.take(sim.KindReturning)[0]
				if !done {
					w.company.Interfere(func(request, _ string) *sim.Status {
						if request == "SalesReceiptAddRq" {
							return &sim.Status{Code: 3231, Severity: "Error"} // QuickBooks died before it wrote
						}
						return nil
					})
				}
				w.tamper = func(r *sim.Reply) {
					if strings.Contains(r.Response, "SalesReceiptAddRs") {
						*r = sim.Reply{HResult: hresult, Message: "Something happened."}
					}
				}
				report, err := w.try()
				check(t, err)
				w.mend()
				w.company.Interfere(nil)
				if !strings.Contains(report.LastError, hresult) {
					t.Errorf("the Web Connector shows %q", report.LastError)
				}
				w.want(p, order.InDoubt)
				set := w.lastWriting()
				if !done {
					check(t, w.company.LoseSet(w.file.AppName, set.id))
				}
				w.settle()
				w.once(p)
			})
		}
	}
}

// receiptLike is a receipt typed by hand that has number, date, customer and total of an order.
func (w *world) receiptLike(p *placed, change func(*sim.TypedReceipt)) (txnID string) {
	w.t.Helper()
	d := w.order(p).Plan.Documents[0]
	r := sim.TypedReceipt{Customer: d.Customer, RefNumber: d.Number, Date: d.Date, TaxItem: sim.TaxNone,
		Lines: []sim.TypedLine{{Item: sim.ItemShipping, Desc: "as typed", Amount: cents(w.t, d.Total)}}}
	if change != nil {
		change(&r)
	}
	txnID, err := w.company.TypeReceipt(r)
	check(w.t, err)
	return txnID
}

func cents(t *testing.T, amount string) (c sim.Cents) {
	t.Helper()
	whole, fraction, _ := strings.Cut(amount, ".")
	if _, err := fmt.Sscanf(whole+fraction, "%d", &c); err != nil {
		t.Fatalf("%q is no amount: %v", amount, err)
	}
	return c
}

// P44, I3: before an order's first posting the books are asked for what someone typed in or left there.
func TestFoundBeforeFirstPosting(t *testing.T) {
	w := newWorld(t)
	for _, test := range []struct {
		name   string
		typed  []func(*sim.TypedReceipt)
		void   bool
		unsure string // what the reason holds; "" when it is no doubt
		writes int
	}{
		{"nothing", nil, false, "", 1},
		{"typed by hand", []func(*sim.TypedReceipt){nil}, false, "", 0},
		{"typed by hand, then voided", []func(*sim.TypedReceipt){nil}, true, "", 1},
		{"same number only: QuickBooks counts by itself", []func(*sim.TypedReceipt){func(r *sim.TypedReceipt) {
			r.Customer, r.Date, r.Lines[0].Amount = "Prairie Schools", "2026-01-02", 1
		}}, false, "", 1},
		{"other total", []func(*sim.TypedReceipt){func(r *sim.TypedReceipt) { r.Lines[0].Amount += 100 }}, false, "is taken: same date", 0},
		{"other customer", []func(*sim.TypedReceipt){func(r *sim.TypedReceipt) { r.Customer = "Prairie Schools" }}, false, "but customer Prairie Schools", 0},
		{"two look-alikes", []func(*sim.TypedReceipt){nil, nil}, false, "2 documents agree", 0},
		{"another order's marker", []func(*sim.TypedReceipt){func(r *sim.TypedReceipt) { r.Memo = "Ecwid 1003/i:1 receipt 1" }}, false, "", 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			w.in(t)
			w.doubles = true // what a person typed is no business of the audit
			p := w.take(sim.KindPlain)[0]
			var typed string
			for _, change := range test.typed {
				typed = w.receiptLike(p, change)
			}
			if test.void {
				check(t, w.company.Void(typed))
			}
			since := len(w.handedOut(0))
			w.settle()
			if writes := len(w.receiptsSent(since)); writes != test.writes {
				t.Errorf("%d writing sets went out, not %d", writes, test.writes)
			}
			if test.unsure != "" {
				// Both records are in view.
				w.want(p, order.Attention, string(CauseUnsure), test.unsure, typed, "This order: sales receipt")
				return
			}
			w.want(p, order.Synced)
			if d := w.order(p); (d.TxnID == typed) != (test.writes == 0) {
				t.Errorf("TxnID %s; typed by hand: %s", d.TxnID, typed)
			}
		})
	}
}

// P44, I3: a person decides on what was unsure, both ways.
func TestPersonDecides(t *testing.T) {
	look := func(w *world) *placed { return w.take(sim.KindReturning)[0] }
	for _, test := range []struct {
		name     string
		kind     string
		typed    func(*sim.TypedReceipt)
		state    order.State
		receipts int
	}{
		{"it is the same, with another total", "link", func(r *sim.TypedReceipt) { r.Lines[0].Amount += 100 }, order.Attention, 1},
		{"it is the same, of another customer", "link", func(r *sim.TypedReceipt) { r.Customer = "Prairie Schools" }, order.Synced, 1},
		{"it is another sale", "not-link", func(r *sim.TypedReceipt) { r.Lines[0].Amount += 100 }, order.Synced, 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			w.doubles = true
			p := look(w)
			typed := w.receiptLike(p, test.typed)
			w.settle()
			w.want(p, order.Attention, string(CauseUnsure))
			check(t, w.b.Link(w.ctx, p.ID, test.kind, typed, "Ann"))
			w.settle()
			w.want(p, test.state)
			d := w.order(p)
			if len(w.company.Receipts()) != test.receipts || (d.TxnID == typed) != (test.kind == "link") || d.BooksTotal == "" {
				t.Errorf("%d receipts, TxnID %s (typed %s), total in the books %q", len(w.company.Receipts()), d.TxnID, typed, d.BooksTotal)
			}
			if test.state == order.Attention {
				w.want(p, order.Attention, string(CauseTotal))
			}
			w.settle() // and so it stays
			w.want(p, test.state)
			if len(w.company.Receipts()) != test.receipts {
				t.Error("written again")
			}
		})
	}
}

// P44, I3: the answer was lost, QuickBooks forgot the set, and the document under our number and marker has another total: it is ours.
func TestInDoubtFoundWithAnotherTotal(t *testing.T) {
	w := newWorld(t)
	w.doubles = true
	p := w.loseAnswer(false)
	typed := w.receiptLike(p, func(r *sim.TypedReceipt) { r.Lines[0].Amount += 100 })
	since := len(w.handedOut(0))
	w.settle()
	w.want(p, order.Attention, string(CauseUnsure), typed)
	if len(w.receiptsSent(since)) > 0 {
		t.Error("written all the same")
	}
	// It keeps nobody else from going on (I6).
	q := w.take(sim.KindPlain)[0]
	w.settle()
	w.want(q, order.Synced)
}

// P44: a document that was found after a lost answer is as gone with a restored backup as the others.
func TestRestoredBackupWithFoundDocuments(t *testing.T) {
	w := newWorld(t)
	w.take(plain(1)...)
	w.settle()
	backup, err := w.company.Snapshot()
	check(t, err)
	found := w.take(plain(1)...)[0]
	w.cutWriting("SalesReceiptAdd", true)
	w.interrupted()
	check(t, w.company.LoseSet(w.file.AppName, w.lastWriting().id))
	w.settle()
	w.once(found)
	lost := w.take(plain(1)...)
	w.settle()
	w.once(lost...)
	check(t, w.company.Restore(backup))
	late := w.take(plain(1)...)
	_, err = w.try()
	check(t, err)
	_, err = w.b.Resume(w.ctx, "Ann", "")
	check(t, err)
	w.settle()
	w.once(late...)
	w.want(found, order.Attention)
	w.want(lost[0], order.Attention)
}

// P44: our database was copied back and found its documents again in the books; then the books are copied back to before them.
func TestBothCopiedBack(t *testing.T) {
	w := newWorld(t)
	kept := w.take(plain(1)...)
	w.settle()
	books, err := w.company.Snapshot()
	check(t, err)
	lost := w.take(plain(1)...)
	copied := t.TempDir() + "/copy.db"
	check(t, w.b.Backup(w.ctx, copied))
	w.settle()
	w.copyBack(copied)
	w.settle()
	w.once(lost...)
	if r := w.order(lost[0]).Rows[0]; r.Message != foundMessage {
		t.Fatal("not found in the books: this proves nothing")
	}
	check(t, w.company.Restore(books))
	late := w.take(plain(1)...)
	report, err := w.try()
	check(t, err)
	if !strings.Contains(report.LastError, "Was a backup restored?") {
		t.Errorf("the Web Connector shows %q", report.LastError)
	}
	_, err = w.b.Resume(w.ctx, "Ann", "")
	check(t, err)
	w.settle()
	w.once(append(kept, late...)...)
	w.want(lost[0], order.Attention, string(CauseGone))
}

// P44, design 4.4: a restored backup is noticed at once; nothing is written until a person says so, and nothing twice then.
func TestRestoredBackup(t *testing.T) {
	w := newWorld(t)
	kept := w.take(plain(2)...)
	w.settle()
	backup, err := w.company.Snapshot()
	check(t, err)
	lost := w.take(sim.KindPlain, sim.KindPlain, sim.KindNamesakeFirst)
	w.settle()
	w.once(lost...)
	check(t, w.company.Restore(backup))
	late := w.take(sim.KindReturning)[0]
	since := len(w.handedOut(0))
	report, err := w.try()
	check(t, err)
	if !strings.Contains(report.LastError, "Was a backup restored?") || !strings.Contains(report.LastError, "resume") {
		t.Errorf("the Web Connector shows %q", report.LastError)
	}
	for range 2 {
		if report, err := w.try(); err != nil || report.Sets > 0 {
			t.Errorf("%d sets, %v", report.Sets, err)
		}
	}
	if len(w.receiptsSent(since)) > 0 {
		t.Fatal("written into a restored backup")
	}
	w.restart()
	gone, err := w.b.Resume(w.ctx, "Ann", "")
	check(t, err)
	if gone != len(lost) {
		t.Errorf("%d documents are gone, not %d", gone, len(lost))
	}
	if _, err := w.b.Resume(w.ctx, "Ann", ""); err == nil {
		t.Error("resumed twice")
	}
	check(t, w.b.SetRule(w.ctx, "rounding-limit", "0.04", "Ann")) // plans open orders anew; what is gone stays for a person
	w.settle()
	w.once(kept...)
	w.once(late)
	// What was made after the backup is not in it either: the customer of a lost order is made again for the next one.
	next := w.take(sim.KindNamesakeFirst)[0]
	w.settle()
	w.once(next)
	for _, p := range lost {
		w.want(p, order.Attention, string(CauseGone))
		if n := len(w.live(p)); n != 0 {
			t.Errorf("order %s was posted again by itself", p.ID)
		}
	}
}

// A person who deletes an older document of ours is no restored backup: its order asks what to do, the rest goes on. I6
func TestDeletedDocument(t *testing.T) {
	w := newWorld(t)
	all := w.take(plain(3)...)
	w.settle()
	oldest := w.company.Receipts()[0]
	check(t, w.company.Delete(oldest.TxnID))
	next := w.take(sim.KindPlain)[0]
	w.settle()
	w.once(next)
	at := slices.IndexFunc(all, func(p *placed) bool { return w.order(p).TxnID == oldest.TxnID })
	w.want(all[at], order.Attention, string(CauseGone), oldest.TxnID)
	// The cure works.
	check(t, w.b.Decide(w.ctx, all[at].ID, "exclude", "", "deleted on purpose", "Ann"))
	w.settle()
	w.want(all[at], order.Excluded)
}

// P44: our own database copied back: the books know more than we. The look finds our marker and adopts.
func TestOurDatabaseCopiedBack(t *testing.T) {
	w := newWorld(t)
	all := w.take(sim.KindReturning, sim.KindPlain, sim.KindTaxGroup)
	copied := t.TempDir() + "/copy.db"
	check(t, w.b.Backup(w.ctx, copied))
	w.settle()
	w.once(all...)
	receipts := len(w.company.Receipts())
	w.copyBack(copied)
	w.pull()
	w.settle()
	w.once(all...)
	if len(w.company.Receipts()) != receipts {
		t.Errorf("%d receipts in the books, %d before", len(w.company.Receipts()), receipts)
	}
	for _, p := range all {
		if r := w.order(p).Rows[0]; r.Message != foundMessage || r.Adopted { // found, but ours
			t.Errorf("order %s: %q, adopted %t", p.ID, r.Message, r.Adopted)
		}
	}
}

// P27: an answer that comes for a superseded or forgotten session is applied all the same.
func TestLateAnswer(t *testing.T) {
	w := newWorld(t)
	for _, test := range []struct {
		name string
		then func(w *world, ticket string) (late string)
	}{
		{"superseded", func(w *world, ticket string) string { w.admit(); return ticket }},
		{"closed", func(w *world, ticket string) string {
			_, err := w.b.Connector().Close(w.ctx, ticket)
			check(w.t, err)
			return ticket
		}},
		{"forgotten", func(*world, string) string { return "a-ticket-nobody-knows" }},
		{"after a restart", func(w *world, ticket string) string { w.restart(); return ticket }},
	} {
		t.Run(test.name, func(t *testing.T) {
			w.in(t)
			p := w.take(sim.KindPlain)[0]
			ticket, _, response := w.untilWriting()
			late := test.then(w, ticket)
			n := w.answer(late, response, "", "")
			if test.name != "after a restart" && n != -1 {
				t.Errorf("the number is %d", n)
			}
			w.once(p)
			since := len(w.handedOut(0))
			w.settle()
			if w.once(p); len(w.receiptsSent(since)) > 0 {
				t.Error("written again")
			}
		})
	}
	// The same while the next session has already asked what became of the set.
	t.Run("between the questions of the next session", func(t *testing.T) {
		w.in(t)
		p := w.take(sim.KindPlain)[0]
		_, _, response := w.untilWriting()
		ticket := w.admit()
		status := w.next(ticket, w.poll())
		answer, hresult, message := w.company.Process(status)
		w.answer("a-ticket-nobody-knows", response, "", "")
		if n := w.answer(ticket, answer, hresult, message); n != 100 {
			t.Errorf("progress %d", n)
		}
		w.once(p)
	})
}

// P41: three sets in a row without an answer, each of another session.
func TestSeveralSessionsCut(t *testing.T) {
	w := newWorld(t, worldOptions{setSize: 1})
	all := w.take(plain(4)...)
	for i := range 6 {
		w.cutWriting("AddRq", i%2 == 0)
		if _, err := w.try(); err == nil {
			break
		}
		w.mend()
		w.clock.advance(time.Minute)
		w.plan()
	}
	w.mend()
	w.settle()
	w.once(all...)
}

// Q22: QuickBooks says that it wrote a receipt, tells no total, and does not find it: a person looks.
func TestWrittenButNotFound(t *testing.T) {
	w := newWorld(t)
	p := w.take(sim.KindReturning)[0]
	w.tamperWriting(9, func(rs *etree.Element) {
		if ret := rs.FindElement("//SalesReceiptRet"); ret != nil {
			ret.RemoveChild(ret.SelectElement("TotalAmount"))
			check(t, w.company.Delete(ret.SelectElement("TxnID").Text()))
		}
	})
	w.settle()
	w.want(p, order.Attention, string(CauseUnsure), "does not find it now")
	txnID := w.order(p).TxnID
	w.mend()
	check(t, w.b.Link(w.ctx, p.ID, "not-link", txnID, "Ann"))
	w.settle()
	w.once(p)
}

// copyBack replaces our database by an older copy, as a person does who restores one.
func (w *world) copyBack(path string) {
	w.t.Helper()
	check(w.t, w.b.Close())
	body, err := os.ReadFile(path)
	check(w.t, err)
	check(w.t, os.WriteFile(w.b.db.Path(), body, 0o600))
	for _, beside := range []string{"-wal", "-shm"} {
		if err := os.Remove(w.b.db.Path() + beside); !errors.Is(err, fs.ErrNotExist) {
			check(w.t, err)
		}
	}
	w.mu.Lock()
	w.sets = nil // the copy has not seen them
	w.mu.Unlock()
	b, err := Open(w.config)
	check(w.t, err)
	w.run(b)
}

// I9, P38: stopped and started between any two calls, nothing is lost and nothing repeated.
func TestRestartBetweenAnyTwoCalls(t *testing.T) {
	w := newWorld(t, worldOptions{setSize: 2})
	all := w.take(sim.KindReturning, sim.KindPlain, sim.KindTaxGroup)
	ticket := w.admit()
	poll := w.poll()
	for call := range 40 {
		restart := func(moment int) {
			if call%3 == moment {
				w.restart()
			}
		}
		restart(0)
		request := w.next(ticket, poll)
		restart(1)
		poll = soap.Poll{}
		if again := w.next(ticket, poll); again != request {
			t.Fatalf("after the restart another request is handed out: %s", again)
		}
		response, hresult, message := w.company.Process(request)
		n := w.answer(ticket, response, hresult, message)
		restart(2)
		if again := w.answer(ticket, response, hresult, message); again != n {
			t.Fatalf("after the restart the number is %d, not %d", again, n)
		}
		if n == 100 {
			break
		}
	}
	w.once(all...)
	var live []store.Set
	check(t, w.b.db.Read(w.ctx, func(tx *store.Tx) (err error) { live, err = tx.Out(1); return err }))
	if len(live) > 0 {
		t.Errorf("%d sets are still out", len(live))
	}
}
