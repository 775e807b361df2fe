package bridge

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"qbridge/internal/order"
	"qbridge/internal/posting"
	"qbridge/internal/sim"
	"qbridge/qbxml"
	"qbridge/soap"
	"qbridge/store"
)

// posted takes n orders to the books.
func (w *world) posted(n int) []*placed {
	w.t.Helper()
	all := w.take(plain(n)...)
	w.settle()
	w.once(all...)
	return all
}

// undo has an order undone, and says that nothing is known that stands against it.
func (w *world) undo(p *placed, remove bool) {
	w.t.Helper()
	views, err := w.b.Undo(w.ctx, UndoOf{Order: p.ID}, remove, "Ann")
	check(w.t, err)
	if len(views) != 1 || views[0].Refused != "" {
		w.t.Fatalf("order %s is not to be undone: %+v", p.ID, views)
	}
	w.want(p, order.Queued, "To be undone")
}

// undoRow is the newest row that undoes a document of an order.
func (w *world) undoRow(p *placed) (found store.Row) {
	w.t.Helper()
	key := strings.TrimPrefix(w.view(p).ID, worldStore+"/")
	check(w.t, w.b.db.Read(w.ctx, func(tx *store.Tx) error {
		rows, err := tx.RowsOfOrder(worldStore, key)
		for _, r := range rows {
			if r.IsUndo() {
				found = r
			}
		}
		return err
	}))
	return found
}

// booked is the receipt of a TxnID.
func (w *world) booked(txnID string) (sim.Receipt, bool) {
	all := w.company.Receipts()
	i := slices.IndexFunc(all, func(r sim.Receipt) bool { return r.TxnID == txnID })
	if i < 0 {
		return sim.Receipt{}, false
	}
	return all[i], true
}

// heldUndone says that the document of an order is undone and the order held.
func (w *world) heldUndone(p *placed, txnID string, remove bool) {
	w.t.Helper()
	w.want(p, order.Held, "undone by Ann", "release")
	r, there := w.booked(txnID)
	if there == remove || there && !r.Void {
		w.t.Errorf("order %s: receipt %s there %v, void %v", p.ID, txnID, there, r.Void)
	}
	if v := w.view(p); v.TxnID != "" || v.Document != "" || v.BooksTotal != "" {
		w.t.Errorf("order %s still names %s %s %s", p.ID, v.Document, v.TxnID, v.BooksTotal)
	}
	if n := len(w.live(p)); n != 0 {
		w.t.Errorf("order %s has %d live receipts", p.ID, n)
	}
}

// I3, I4: a document is voided or deleted, the order is held, and a person's release posts it again, once.
func TestUndo(t *testing.T) {
	w := newWorld(t)
	for _, remove := range []bool{false, true} {
		t.Run(fmt.Sprintf("delete %v", remove), func(t *testing.T) {
			w.in(t)
			all := w.posted(3)
			p := all[1]
			txnID, number := w.view(p).TxnID, w.view(p).Document
			since := len(w.handedOut(0))
			w.undo(p, remove)
			w.settle()
			w.heldUndone(p, txnID, remove)
			w.once(all[0], all[2])
			asked := slices.IndexFunc(w.handedOut(since), func(s seenSet) bool { return strings.Contains(s.document, "<DepositQueryRq") })
			did := slices.IndexFunc(w.handedOut(since), func(s seenSet) bool { return isWriting(s.document) })
			if asked < 0 || did < asked {
				t.Errorf("QuickBooks was asked by set %d, and it was done by set %d", asked, did)
			}
			d := w.order(p)
			for _, part := range []string{"Ann", txnID, verb(undoKind(remove))} {
				if !slices.ContainsFunc(d.History, func(h HistoryView) bool { return h.Event == "undone" && strings.Contains(h.Who+h.Note, part) }) {
					t.Errorf("the history lacks %s: %v", part, d.History)
				}
			}
			sets := 0
			check(t, w.b.db.Read(w.ctx, func(tx *store.Tx) error { // I4
				found, err := tx.SetsOfOrder(worldStore, strings.TrimPrefix(d.ID, worldStore+"/"))
				sets = len(found)
				return err
			}))
			if sets != 2 {
				t.Errorf("%d sets are kept of an order that was posted and undone", sets)
			}
			w.take(sim.KindPlain) // neither automatic release nor the look for our newest documents minds it
			w.settle()
			w.heldUndone(p, txnID, remove)

			check(t, w.b.Decide(w.ctx, p.ID, "release", "", "", "Ann"))
			w.settle()
			w.once(all...)
			if v := w.view(p); v.TxnID == txnID || v.Document != number {
				t.Errorf("posted again as %s %s, before as %s %s", v.Document, v.TxnID, number, txnID)
			}
			if memo := w.live(p)[0].Memo; !strings.Contains(memo, "receipt 2") {
				t.Errorf("the memo is %q, not of the second generation", memo)
			}
			w.undo(p, remove) // and once more
			w.settle()
			w.heldUndone(p, txnID, remove)
			check(t, w.b.Decide(w.ctx, p.ID, "release", "", "", "Ann"))
			w.settle()
			w.once(all...)
			w.audit()
		})
	}
}

// What only QuickBooks knows keeps a document from being undone; nothing is sent, the order says why, and a person may leave it so.
func TestUndoRefusedByTheBooks(t *testing.T) {
	w := newWorld(t)
	for _, test := range []struct {
		name   string
		change func(w *world, txnID string)
		want   string
		accept order.State // what it is when a person accepts it
	}{
		{"in a deposit", func(w *world, txnID string) {
			_, err := w.company.Deposit(txnID)
			check(w.t, err)
		}, "in the deposit of", order.Synced},
		{"another total", func(w *world, txnID string) { check(w.t, w.company.EditReceipt(txnID, sim.ReceiptEdit{More: 100})) }, string(CauseChanged), order.Synced},
		{"another memo", func(w *world, txnID string) {
			memo := "seen"
			check(w.t, w.company.EditReceipt(txnID, sim.ReceiptEdit{Memo: &memo}))
		}, "changed in QuickBooks since", order.Synced},
		{"voided", func(w *world, txnID string) { check(w.t, w.company.Void(txnID)) }, string(CauseVoided), order.Excluded},
		{"deleted", func(w *world, txnID string) { check(w.t, w.company.Delete(txnID)) }, string(CauseGone), order.Excluded},
		{"deleted while the session runs", func(w *world, txnID string) { // our newest documents were asked for already
			w.before = func(step string) error {
				w.mu.Lock()
				defer w.mu.Unlock()
				if step == "ProcessRequest" && strings.Contains(w.sets[len(w.sets)-1].document, "<DepositQueryRq") {
					return w.company.Delete(txnID)
				}
				return nil
			}
		}, string(CauseGone), order.Excluded},
		{"closed meanwhile", func(w *world, txnID string) { check(w.t, w.company.SetClosingDate("2026-12-31")) }, "the books are closed up to 2026-12-31", order.Synced},
	} {
		t.Run(test.name, func(t *testing.T) {
			w.in(t)
			all := w.posted(2)
			p := all[0]
			txnID := w.view(p).TxnID
			w.undo(p, false)
			since := len(w.handedOut(0))
			w.clock.advance(2 * time.Second) // an edit sequence is a second
			test.change(w, txnID)
			w.settle()
			w.want(p, order.Attention, test.want)
			if writes := w.writing(since); len(writes) > 0 {
				t.Errorf("this was written: %s", writes[0].document)
			}
			if r := w.undoRow(p); r.State != rowRefused {
				t.Errorf("the undo is %s", r.State)
			}
			check(t, w.b.Accept(w.ctx, p.ID, "Ann"))
			w.settle()
			w.want(p, test.accept)
			w.once(all[1])
		})
	}
}

// QuickBooks' refusals: by its codes some are tried again, others wait for a person; the document stays in the books.
func TestUndoRefusedByCode(t *testing.T) {
	w := newWorld(t)
	for _, test := range []struct {
		code    int
		message string
		want    string
	}{
		{3185, "You need to delete this transaction from the deposit before it can be voided.", "deposit"},
		{3171, "An attempt was made to modify a SalesReceipt with a date that is on or before the closing date of the company.", "closing date"},
		{3210, "The transaction is deposited.", "deposited"},
		{3120, "Object was specified in the request but it cannot be found in QuickBooks.", "cannot be found"},
		{3200, "The provided edit sequence is out-of-date.", "out-of-date"},
		{9999, "Something new.", "Something new"}, // Q36
	} {
		t.Run(fmt.Sprint(test.code), func(t *testing.T) {
			w.in(t)
			p := w.posted(1)[0]
			w.undo(p, false)
			w.company.Interfere(func(request, _ string) *sim.Status {
				if request == "TxnVoidRq" {
					return &sim.Status{Code: test.code, Severity: "Error", Message: test.message}
				}
				return nil
			})
			w.settle()
			w.want(p, order.Attention, string(CauseUndo), test.want, "was not voided")
			if n := len(w.live(p)); n != 1 {
				t.Errorf("%d live receipts", n)
			}
			w.company.Interfere(nil)
			w.undo(p, false) // a person tries again
			w.settle()
			w.want(p, order.Held, "undone by Ann")
		})
	}
	t.Run("locked", func(t *testing.T) { // 3175: tried again by itself
		w.in(t)
		p := w.posted(1)[0]
		w.undo(p, true)
		times := 2
		w.company.Interfere(func(request, _ string) *sim.Status {
			if request == "TxnDelRq" && times > 0 {
				times--
				return &sim.Status{Code: 3175, Severity: "Error", Message: "The transaction could not be locked.  It is in use by another user."}
			}
			return nil
		})
		for range 4 {
			w.settle()
			w.clock.advance(20 * time.Minute)
		}
		w.want(p, order.Held, "undone by Ann")
	})
}

// P41, P42, I9: the answer to an undo never came. Whether QuickBooks did it is found out; it is done once, and a deleted document of
// ours is not taken for a restored backup.
func TestUndoLostAnswer(t *testing.T) {
	w := newWorld(t)
	for _, remove := range []bool{false, true} {
		for _, done := range []bool{false, true} {
			for _, forgets := range []bool{false, true} {
				t.Run(fmt.Sprintf("delete %v, done %v, QuickBooks forgets the set %v", remove, done, forgets), func(t *testing.T) {
					w.in(t)
					all := w.posted(3)
					p := all[2] // our newest
					txnID := w.view(p).TxnID
					w.undo(p, remove)
					w.undo(all[1], remove)
					request := "<" + undoKind(remove) + "Rq"
					w.cutWriting(request, done)
					w.interrupted()
					w.want(p, order.Sent)
					if forgets && done {
						check(t, w.company.LoseSet(w.file.AppName, w.lastWriting().id))
					}
					w.restart()
					since := len(w.handedOut(0))
					w.settle()
					w.heldUndone(p, txnID, remove)
					w.want(all[1], order.Held, "undone by Ann")
					w.once(all[0])
					again := slices.DeleteFunc(w.writing(since), func(s seenSet) bool { return !strings.Contains(s.document, request) })
					if (len(again) == 0) != done {
						t.Errorf("%d sets undo it afterwards", len(again))
					}
					check(t, w.b.Decide(w.ctx, p.ID, "release", "", "", "Ann"))
					w.settle()
					w.once(p)
				})
			}
		}
	}
}

// Q22: QuickBooks did it and could not tell more.
func TestUndoWithErrorRecovery(t *testing.T) {
	w := newWorld(t)
	p := w.posted(1)[0]
	txnID := w.view(p).TxnID
	w.undo(p, false)
	w.tamper = func(r *sim.Reply) {
		if strings.Contains(r.Response, "<TxnVoidRs") {
			head, rest, _ := strings.Cut(r.Response, "<TxnVoidType>")
			_, tail, _ := strings.Cut(rest, "</TxnVoidRs>")
			r.Response = head + "<ErrorRecovery><TxnID>" + txnID + "</TxnID></ErrorRecovery></TxnVoidRs>" + tail
		}
	}
	w.settle()
	w.heldUndone(p, txnID, false)
}

// P27, P31: the answer to an undo comes late, or twice.
func TestUndoAnswerLate(t *testing.T) {
	w := newWorld(t)
	p := w.posted(2)[0]
	txnID := w.view(p).TxnID
	w.undo(p, false)
	ticket := w.admit()
	request, poll := "", w.poll()
	var response string
	for range 10 {
		request = w.next(ticket, poll)
		poll = soap.Poll{}
		var hresult, message string
		response, hresult, message = w.company.Process(request)
		if strings.Contains(request, "<TxnVoidRq") {
			break
		}
		w.answer(ticket, response, hresult, message)
	}
	w.admit() // another session: the first one's ticket is dead
	w.answer(ticket, response, "", "")
	w.heldUndone(p, txnID, false)
	w.answer(ticket, response, "", "")
	w.settle()
	w.heldUndone(p, txnID, false)
	if n := len(w.order(p).Rows); n != 2 {
		t.Errorf("%d rows", n)
	}
}

// A day, and a message set: each document has its own fate, and each is told before.
func TestUndoDay(t *testing.T) {
	w := newWorld(t, worldOptions{setSize: 4})
	before := w.posted(2)
	w.clock.advance(24 * time.Hour)
	all := w.posted(6)
	unposted := w.take(sim.KindAwaiting)[0]
	day := w.clock.now().Local().Format(time.DateOnly)
	good, deposited, edited, voided, again := all[:2], all[2], all[3], all[4], all[5]
	w.clock.advance(2 * time.Second)
	_, err := w.company.Deposit(w.view(deposited).TxnID)
	check(t, err)
	check(t, w.company.EditReceipt(w.view(edited).TxnID, sim.ReceiptEdit{More: -1}))
	check(t, w.company.Void(w.view(voided).TxnID))
	w.undo(again, true)

	views, err := w.b.UndoPlan(w.ctx, UndoOf{Day: day})
	check(t, err)
	refused := 0
	for _, v := range views {
		if v.Refused != "" {
			refused++
		}
		if v.Total == "" || v.Date == "" || !strings.HasPrefix(v.Document, "Sales receipt ") {
			t.Errorf("%+v", v)
		}
	}
	if len(views) != 6 || refused != 1 {
		t.Errorf("%d documents, %d refused: %+v", len(views), refused, views)
	}
	w.want(good[0], order.Synced) // only told
	if _, err := w.b.Undo(w.ctx, UndoOf{Day: day}, false, "Ann"); err != nil {
		t.Fatal(err)
	}
	w.settle()
	for _, p := range good {
		w.want(p, order.Held, "undone by Ann")
	}
	w.want(again, order.Held, "undone by Ann")
	w.want(deposited, order.Attention, "in the deposit")
	w.want(edited, order.Attention, string(CauseChanged))
	w.want(voided, order.Attention, string(CauseVoided))
	w.want(unposted, order.Waiting)
	w.once(before...)

	set := w.row(before[0]).SetID
	if views, err = w.b.UndoPlan(w.ctx, UndoOf{Set: set}); err != nil || len(views) != 2 {
		t.Errorf("the set of the first two: %+v, %v", views, err)
	}
	if views, err = w.b.UndoPlan(w.ctx, UndoOf{Day: day}); err != nil || len(views) != 2 { // the deposited and the edited one
		t.Errorf("the rest of the day: %+v, %v", views, err)
	}
	asking := w.handedOut(0)
	asked := asking[slices.IndexFunc(asking, func(s seenSet) bool { return strings.Contains(s.document, "<DepositQueryRq") })]
	for what, of := range map[string]UndoOf{"order": {Order: "nope"}, "set": {Set: "nope"}, "a set that asks": {Set: asked.id}, "day": {Day: "yesterday"}, "unposted": {Order: unposted.ID}} {
		if _, err := w.b.UndoPlan(w.ctx, of); err == nil {
			t.Errorf("%s: no word", what)
		}
	}
}

// A person changes her mind before the session.
func TestUndoTakenBack(t *testing.T) {
	w := newWorld(t)
	p := w.posted(1)[0]
	w.undo(p, true)
	check(t, w.b.Accept(w.ctx, p.ID, "Ann"))
	w.want(p, order.Synced, "Ann took that back")
	since := len(w.handedOut(0))
	w.settle()
	w.once(p)
	if n := len(w.writing(since)); n > 0 {
		t.Errorf("%d writing sets", n)
	}
	w.undo(p, true)
	w.settle()
	w.want(p, order.Held, "undone by Ann")
	if err := w.b.Accept(w.ctx, p.ID, "Ann"); err == nil {
		t.Error("what is done was taken back")
	}
}

// Taking an undo back gives the order what it had before: what needed attention needs it still.
func TestUndoTakenBackOfWhatNeededAttention(t *testing.T) {
	w := newWorld(t)
	all := w.posted(2)
	p := all[0]
	w.change(p, map[string]any{"paymentMethod": "Another method"})
	w.pull()
	w.plan()
	w.want(p, order.Attention, string(posting.ChangedAfter))
	w.undo(p, false)
	check(t, w.b.Accept(w.ctx, p.ID, "Ann"))
	w.plan()
	w.want(p, order.Attention, string(posting.ChangedAfter))
	_, err := w.company.Deposit(w.view(p).TxnID)
	check(t, err)
	for range 2 { // in vain, and once more
		w.undo(p, false)
		w.settle()
		w.want(p, order.Attention, string(CauseUndo), "in the deposit")
	}
	check(t, w.b.Accept(w.ctx, p.ID, "Ann"))
	w.plan()
	w.want(p, order.Attention, string(posting.ChangedAfter))
	check(t, w.b.Accept(w.ctx, p.ID, "Ann"))
	w.plan()
	w.once(all...)
}

// What was deleted in QuickBooks while its undo waited does not count as synced when the undo is taken back.
func TestAcceptOfUndoneThatIsGone(t *testing.T) {
	w := newWorld(t)
	p := w.posted(2)[0]
	w.undo(p, false)
	check(t, w.b.SetRule(w.ctx, "quiet-days", "Sun, Mon, Tue, Wed, Thu, Fri, Sat", "Ann"))
	w.clock.advance(2 * time.Second)
	check(t, w.company.Delete(w.view(p).TxnID))
	_, err := w.b.Check(w.ctx)
	check(t, err)
	w.settle()
	w.want(p, order.Attention, string(CauseGone))
	check(t, w.b.Accept(w.ctx, p.ID, "Ann"))
	w.plan()
	w.want(p, order.Excluded)
}

// What a person was not shown is not undone: more may be posted while she looks.
func TestUndoOfWhatWasShown(t *testing.T) {
	w := newWorld(t)
	shown := w.posted(2)
	of := UndoOf{Day: w.clock.now().Local().Format(time.DateOnly)}
	views, err := w.b.UndoPlan(w.ctx, of)
	check(t, err)
	later := w.posted(1)
	for _, v := range views {
		of.Shown = append(of.Shown, v.TxnID)
	}
	_, err = w.b.Undo(w.ctx, of, false, "Ann")
	check(t, err)
	w.settle()
	for _, p := range shown {
		w.want(p, order.Held)
	}
	w.once(later...)
}

// An order that turns out to stand twice is not undone: the other document would stay, and nobody would know of it.
func TestUndoOfWhatStandsTwice(t *testing.T) {
	w := newWorld(t)
	w.doubles = true
	p := w.posted(2)[0]
	w.clock.advance(2 * time.Second)
	memo := w.live(p)[0].Memo
	w.receiptLike(p, func(r *sim.TypedReceipt) { r.Memo = memo })
	w.undo(p, false)
	w.nextDay()
	w.want(p, order.Attention, string(CauseTwice))
	if n := len(w.live(p)); n != 2 {
		t.Errorf("%d live receipts", n)
	}
}

// I6: an undo that can't be read keeps nothing else from going out.
func TestUndoThatCannotBeRead(t *testing.T) {
	w := newWorld(t)
	p := w.posted(1)[0]
	w.undo(p, false)
	check(t, w.b.write(w.ctx, "spoil it", func(tx *store.Tx) error { return tx.SetExpect(w.undoRow(p).ID, "{") }))
	another := w.take(sim.KindPlain)[0]
	w.settle()
	w.settle()
	w.once(another)
	w.want(p, order.Attention, string(CauseUndo))
}

// A document that was found in the books after a lost answer carries our mark: it is ours to undo.
func TestUndoOfAdoptedDocument(t *testing.T) {
	w := newWorld(t)
	p := w.loseAnswer(true)
	w.company.BeginSession(w.file.AppName, "")
	check(t, w.company.LoseSet(w.file.AppName, w.lastWriting().id))
	w.settle()
	w.once(p)
	if w.row(p).Message != foundMessage {
		t.Fatal("it was not adopted")
	}
	txnID := w.view(p).TxnID
	w.undo(p, false)
	w.settle()
	w.heldUndone(p, txnID, false)
}

// I9: wherever the program dies while a document is undone, it is undone once, and posted once again.
func TestUndoKilled(t *testing.T) {
	count, dieAt := 0, -1
	w := newWorld(t, worldOptions{point: func(_ *world, name string) {
		if count++; count == dieAt {
			panic("killed at " + name)
		}
	}})
	w.posted(1)
	all := w.take(slices.Concat(plain(15), slices.Repeat([]sim.Kind{sim.KindReturning}, 15))...)
	w.settle()
	for n, p := range all {
		txnID := w.view(p).TxnID
		w.undo(p, n%2 == 0)
		count, dieAt = 0, n+1
		_, _ = w.try()
		dieAt = -1
		if count <= n { // the session has no more points
			if n < 15 {
				t.Errorf("only %d points", n)
			}
			all = all[:n]
			break
		}
		w.restart()
		w.settle()
		w.heldUndone(p, txnID, n%2 == 0)
	}
	for _, p := range all {
		check(t, w.b.Decide(w.ctx, p.ID, "release", "", "", "Ann"))
	}
	w.settle()
	w.once(all...)
}

// What QBridge did not write it does not undo.
func TestUndoOfOthersDocuments(t *testing.T) {
	w := newWorld(t)
	p := w.take(sim.KindOutOfState)[0]
	txnID := w.receiptLike(p, nil)
	w.settle()
	w.once(p)
	if r := w.row(p); !r.Adopted || r.RecordID != txnID {
		t.Fatalf("the typed receipt is not linked: %+v", r)
	}
	w.undo(p, true)
	w.settle()
	w.want(p, order.Attention, "QBridge did not write it")
	if _, there := w.booked(txnID); !there {
		t.Error("it is deleted")
	}
}

// An order that is undone because the shop changed it goes out as it is now.
func TestUndoOfChangedOrder(t *testing.T) {
	w := newWorld(t)
	p := w.posted(1)[0]
	w.change(p, map[string]any{"paymentMethod": "Another method"})
	w.pull()
	w.plan()
	w.want(p, order.Attention, string(posting.ChangedAfter))
	w.undo(p, false)
	w.settle()
	w.want(p, order.Held, "undone by Ann")
	check(t, w.b.Decide(w.ctx, p.ID, "release", "", "", "Ann"))
	w.settle()
	w.once(p)
	w.audit()
}

// A restored backup brings back what was undone: it is not posted beside it.
func TestUndoAndRestoredBackup(t *testing.T) {
	w := newWorld(t)
	all := w.posted(2)
	p := all[0]
	books, err := w.company.Snapshot()
	check(t, err)
	w.undo(p, false)
	w.settle()
	w.want(p, order.Held)
	check(t, w.company.Restore(books))
	check(t, w.b.Decide(w.ctx, p.ID, "release", "", "", "Ann"))
	w.settle()
	w.want(p, order.Attention, string(CauseUnsure), "perhaps a backup was restored")
	if n := len(w.live(p)); n != 1 {
		t.Errorf("%d live receipts", n)
	}
	check(t, w.b.Link(w.ctx, p.ID, "link", w.newestFirst(p), "Ann"))
	w.settle()
	w.once(all...)
}

// newestFirst is the TxnID of an order's live receipt.
func (w *world) newestFirst(p *placed) string { return w.live(p)[0].TxnID }

// Only a set's own kinds of request undo.
func TestUndoRequest(t *testing.T) {
	r := store.Row{Kind: store.KindVoid, Expect: `{"Kind":"SalesReceipt","TxnID":"1-1"}`}
	if body, err := undoRequest(r); err != nil || body != (qbxml.TxnVoid{TxnVoidType: "SalesReceipt", TxnID: "1-1"}) {
		t.Errorf("%v, %v", body, err)
	}
	r.Expect = "{"
	if _, err := undoRequest(r); err == nil {
		t.Error("a row that can't be read is no request")
	}
}
