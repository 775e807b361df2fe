package bridge

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"qbridge/internal/order"
	"qbridge/internal/posting"
	"qbridge/internal/sim"
	"qbridge/qbxml"
	"qbridge/store"
)

// What a person did is told from the document as it is now and what we know of it.
func TestWhatChanged(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*store.Row, *expected, *posting.Candidate)
		want   laterChange
	}{
		"nothing":         {func(*store.Row, *expected, *posting.Candidate) {}, laterChange{}},
		"our own writing": {func(_ *store.Row, _ *expected, now *posting.Candidate) { now.EditSequence = "7" }, laterChange{}},
		"never told":      {func(r *store.Row, _ *expected, now *posting.Candidate) { r.EditSequence, now.EditSequence = "", "8" }, laterChange{}},
		"something else":  {func(_ *store.Row, _ *expected, now *posting.Candidate) { now.EditSequence = "8" }, laterChange{Other: true}},
		"voided":          {func(_ *store.Row, _ *expected, now *posting.Candidate) { now.EditSequence, now.Voided = "8", true }, laterChange{Voided: true}},
		"another total": {func(_ *store.Row, _ *expected, now *posting.Candidate) {
			now.EditSequence, now.Total = "8", dec("9.99")
		}, laterChange{Total: true}},
		"another total, unknown": {func(r *store.Row, _ *expected, now *posting.Candidate) {
			r.EditSequence, now.EditSequence, now.Total = "", "8", dec("9.99")
		}, laterChange{Total: true}},
		"corrected": {func(r *store.Row, _ *expected, now *posting.Candidate) { r.BooksTotal, now.EditSequence = "9.99", "8" },
			laterChange{Total: true, Corrected: true}},
		"final":         {func(_ *store.Row, e *expected, now *posting.Candidate) { e.Pending, now.EditSequence = true, "8" }, laterChange{Final: true}},
		"a draft again": {func(_ *store.Row, _ *expected, now *posting.Candidate) { now.Pending, now.EditSequence = true, "8" }, laterChange{Draft: true}},
		"a draft as ever": {func(_ *store.Row, e *expected, now *posting.Candidate) {
			e.Pending, now.Pending, now.EditSequence = true, true, "8"
		}, laterChange{Other: true}},
		"final, and total": {func(_ *store.Row, e *expected, now *posting.Candidate) {
			e.Pending, now.EditSequence, now.Total = true, "8", dec("1")
		}, laterChange{Final: true, Total: true}},
	} {
		t.Run(name, func(t *testing.T) {
			r, e := store.Row{EditSequence: "7", BooksTotal: "10.00"}, expected{Total: dec("10")}
			now := posting.Candidate{EditSequence: "7", Total: dec("10.0")}
			test.change(&r, &e, &now)
			if got := whatChanged(r, e, now); got != test.want {
				t.Errorf("%+v, want %+v", got, test.want)
			}
		})
	}
}

func dec(s string) decimal.Decimal { return decimal.RequireFromString(s) }

// A check is due a day after the last one, when a person wants it, when the program was started since, and when the clock went back; a refused
// question waits.
func TestCheckIsDue(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	for name, test := range map[string]struct {
		k    checked
		want bool
	}{
		"before the start":                 {checked{At: now.Add(-2 * checkEvery / 3)}, true},
		"just now":                         {checked{At: now}, false},
		"half a day less a second":         {checked{At: now.Add(time.Second - checkEvery/2)}, false},
		"a day ago":                        {checked{At: now.Add(-checkEvery)}, true},
		"just now, wanted":                 {checked{At: now, Wanted: true}, true},
		"in the future":                    {checked{At: now.Add(time.Hour)}, true},
		"a day ago, refused":               {checked{At: now.Add(-checkEvery), NotBefore: now.Add(time.Minute)}, false},
		"a day ago, refused an hour ago":   {checked{At: now.Add(-checkEvery), NotBefore: now}, true},
		"a day ago, refused in the future": {checked{At: now.Add(-checkEvery), NotBefore: now.Add(48 * time.Hour)}, true},
	} {
		if got := test.k.due(now, now.Add(-checkEvery/2)); got != test.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// checks are the sets since the n-th that ask what people did.
func (w *world) checks(since int) []seenSet {
	return slices.DeleteFunc(w.handedOut(since), func(s seenSet) bool {
		return !strings.Contains(s.document, `requestID="check`) && !strings.Contains(s.document, `requestID="deleted`) || strings.Contains(s.document, "ListDeleted")
	})
}

// nextDay lets a day pass and sessions run.
func (w *world) nextDay() {
	w.t.Helper()
	w.clock.advance(checkEvery)
	w.settle()
}

// said tells whether the history of an order holds an event with a text.
func (w *world) said(p *placed, event, text string) bool {
	return slices.ContainsFunc(w.order(p).History, func(h HistoryView) bool { return h.Event == event && strings.Contains(h.Note, text) })
}

// What people change, void and delete is found within a day, by TxnID alone; nothing is written, and our own writing is no change.
func TestCheck(t *testing.T) {
	w := newWorld(t)
	all := w.posted(9)
	untouched, memo, date, total, voided, deleted, back, renumbered, newest := all[0], all[1], all[2], all[3], all[4], all[5], all[6], all[7], all[8]
	since := len(w.handedOut(0))
	w.settle()
	if n := len(w.checks(0)); n != 0 {
		t.Errorf("%d checks on the first day", n)
	}
	w.clock.advance(2 * time.Second) // an edit sequence is a second
	id := func(p *placed) string { return w.view(p).TxnID }
	text, was := "seen by Bob", w.view(back).BooksTotal
	check(t, w.company.EditReceipt(id(memo), sim.ReceiptEdit{Memo: &text}))
	check(t, w.company.EditReceipt(id(date), sim.ReceiptEdit{Date: "2026-11-25"}))
	check(t, w.company.EditReceipt(id(total), sim.ReceiptEdit{More: 150}))
	check(t, w.company.EditReceipt(id(back), sim.ReceiptEdit{More: 150}))
	check(t, w.company.EditReceipt(id(renumbered), sim.ReceiptEdit{RefNumber: "B-1"}))
	check(t, w.company.Void(id(voided)))
	gone := id(deleted)
	check(t, w.company.Delete(gone))
	w.nextDay()

	w.once(untouched, memo, date, renumbered, newest)
	if w.said(untouched, "changed", "") || w.said(newest, "changed", "") {
		t.Error("our own writing is reported as a person's change")
	}
	if !w.said(memo, "changed", "its total is the same") || !w.said(date, "changed", "is 2026-11-25 now") || !w.said(renumbered, "changed", "is B-1 now") {
		t.Error("the history does not tell what was changed")
	}
	w.want(total, order.Attention, string(CauseChanged), "its total was")
	w.want(back, order.Attention, string(CauseChanged))
	w.want(voided, order.Attention, string(CauseVoided), "qbridge accept", "qbridge again")
	w.want(deleted, order.Attention, string(CauseGone))
	if writes := w.writing(since); len(writes) > 0 {
		t.Errorf("this was written: %s", writes[0].document)
	}
	checks := w.checks(since)
	if len(checks) != 2 || !strings.Contains(checks[0].document, "<FromModifiedDate>") || !strings.Contains(checks[1].document, "<TxnDelType>SalesReceipt</TxnDelType>") {
		t.Errorf("%d checks: %v", len(checks), checks)
	}

	w.clock.advance(2 * time.Second)
	check(t, w.company.EditReceipt(id(back), sim.ReceiptEdit{More: -150}))
	check(t, w.b.Accept(w.ctx, total.ID, "Ann"))
	check(t, w.b.Accept(w.ctx, voided.ID, "Ann"))
	check(t, w.b.PostAgain(w.ctx, deleted.ID, "Ann"))
	w.nextDay()
	w.want(total, order.Synced, "Accepted as it is (Ann)")
	w.want(voided, order.Excluded, "voided in QuickBooks")
	w.want(back, order.Synced, "corrected in QuickBooks", was)
	w.once(untouched, memo, date, total, back, renumbered, newest, deleted)
	since = len(w.handedOut(0))
	w.nextDay()
	w.want(total, order.Synced) // accepted is accepted
	w.want(voided, order.Excluded)
	if n := len(w.checks(since)); n != 2 {
		t.Errorf("%d checks on a quiet day", n)
	}
	check(t, w.b.Decide(w.ctx, voided.ID, "release", "", "", "Ann")) // a person thinks again
	w.settle()
	w.want(voided, order.Attention, string(CauseVoided))
	check(t, w.b.PostAgain(w.ctx, voided.ID, "Ann"))
	w.settle()
	w.once(voided)
}

// A person wants it now.
func TestCheckWanted(t *testing.T) {
	w := newWorld(t)
	p, newest := w.posted(2)[0], w.placed[1]
	if last, err := w.b.Check(w.ctx); err != nil || last.IsZero() {
		t.Errorf("last checked %s, %v", last, err)
	}
	check(t, w.company.Void(w.view(p).TxnID))
	w.settle()
	w.want(p, order.Attention, string(CauseVoided))
	w.once(newest)
	since := len(w.handedOut(0))
	w.settle()
	if n := len(w.checks(since)); n != 0 {
		t.Errorf("%d more checks", n)
	}
}

// A draft that a person marks as final is synced; one edited before stays a draft.
func TestCheckOfPending(t *testing.T) {
	w := newWorld(t, worldOptions{rules: strings.Replace(worldRules, `mode = "post"`, `mode = "pending"`, 1)})
	all := w.take(plain(3)...)
	w.settle()
	for _, p := range all {
		w.want(p, order.Pending)
	}
	w.clock.advance(2 * time.Second)
	memo := "seen"
	check(t, w.company.Finalize(w.view(all[0]).TxnID))
	check(t, w.company.EditReceipt(w.view(all[1]).TxnID, sim.ReceiptEdit{Memo: &memo}))
	w.nextDay()
	w.want(all[0], order.Synced, "marked as final")
	w.want(all[1], order.Pending)
	w.want(all[2], order.Pending)
	w.clock.advance(2 * time.Second)
	check(t, w.company.EditReceipt(w.view(all[0]).TxnID, sim.ReceiptEdit{More: 1}))
	w.nextDay()
	w.want(all[0], order.Attention, string(CauseChanged))
	check(t, w.b.Accept(w.ctx, all[0].ID, "Ann"))
	w.settle()
	w.want(all[0], order.Synced)
}

// Q38: QuickBooks' machine may be an hour behind; what people did just after a check is found by the next one all the same.
func TestCheckOverlaps(t *testing.T) {
	w := newWorld(t, worldOptions{company: func(c *sim.CompanyConfig) {
		now := c.Clock
		c.Clock = func() time.Time { return now().Add(-time.Hour) }
	}})
	all := w.posted(3)
	w.nextDay()
	check(t, w.company.Void(w.view(all[0]).TxnID))
	check(t, w.company.Delete(w.view(all[1]).TxnID))
	w.nextDay()
	w.want(all[0], order.Attention, string(CauseVoided))
	w.want(all[1], order.Attention, string(CauseGone))
	w.once(all[2])
}

// postedMany takes some more orders to the books than are asked for at once, and gives them as they were planned.
func (w *world) postedMany() []*placed {
	w.t.Helper()
	var kinds []sim.Kind
	for _, kind := range []sim.Kind{sim.KindPlain, sim.KindReturning, sim.KindSeveralLines, sim.KindDigital, sim.KindPickup, sim.KindTips, sim.KindOutOfState, sim.KindHandlingFee, sim.KindGross} {
		kinds = append(kinds, slices.Repeat([]sim.Kind{kind}, 13)...)
	}
	all := w.take(kinds[:lookSize+identitySize+4]...)
	w.settle()
	w.once(all...)
	rows := map[*placed]int64{}
	for _, p := range all {
		rows[p] = w.row(p).ID
	}
	slices.SortFunc(all, func(a, b *placed) int { return int(rows[a] - rows[b]) })
	return all
}

// More documents than are asked for at once. A day's changes are read page by page with an iterator; one that stops half way begins anew
// in the next session (P50, Q23). QuickBooks forgets deletions after 90 days: after a long pause every document is asked for, over as many
// sessions as that takes.
func TestCheckOfManyDocuments(t *testing.T) {
	w := newWorld(t)
	all := w.postedMany()
	const question = `<SalesReceiptQueryRq requestID="check`
	t.Run("pages", func(t *testing.T) {
		w.in(t)
		w.clock.advance(2 * time.Second)
		check(t, w.company.Void(w.view(all[3]).TxnID))
		check(t, w.company.Void(w.view(all[len(all)-2]).TxnID))
		w.clock.advance(checkEvery)
		since := len(w.handedOut(0))
		w.cutAfterAnswer(question)
		w.interrupted()
		w.settle()
		w.want(all[3], order.Attention, string(CauseVoided))
		w.want(all[len(all)-2], order.Attention, string(CauseVoided))
		starts, goesOn := 0, 0
		for _, s := range w.checks(since) {
			starts += strings.Count(s.document, `iterator="Start"`)
			goesOn += strings.Count(s.document, `iterator="Continue"`)
		}
		if starts != 2 || goesOn != 1 {
			t.Errorf("%d pages begun, %d gone on", starts, goesOn)
		}
	})
	t.Run("a long pause", func(t *testing.T) {
		w.in(t)
		w.clock.advance(2 * time.Second)
		check(t, w.company.Void(w.view(all[1]).TxnID))
		check(t, w.company.Delete(w.view(all[2]).TxnID))
		check(t, w.company.Delete(w.view(all[lookSize+1]).TxnID))
		w.clock.advance(100 * 24 * time.Hour)
		since := len(w.handedOut(0))
		w.cutAfterAnswer(question) // the session ends behind the first hundred
		w.interrupted()
		w.want(all[1], order.Attention, string(CauseVoided))
		w.want(all[lookSize+1], order.Synced)
		w.restart()
		w.settle()
		w.want(all[2], order.Attention, string(CauseGone))
		w.want(all[lookSize+1], order.Attention, string(CauseGone))
		w.once(all[0], all[lookSize], all[len(all)-1])
		asked := w.checks(since)
		if len(asked) < 4 || !strings.Contains(asked[2].document, "FromModifiedDate") || strings.Contains(asked[1].document, ">"+w.row(all[0]).RecordID+"<") || strings.Contains(asked[0].document, "FromModifiedDate") {
			t.Errorf("%d checks; the second session did not go on where the first ended", len(asked))
		}
		since = len(w.handedOut(0))
		w.nextDay()
		if asked := w.checks(since); len(asked) != 2 || !strings.Contains(asked[0].document, "FromModifiedDate") {
			t.Errorf("the day after: %d checks", len(asked))
		}
	})
}

// cutAfterAnswer ends the next session when the answer to such a request was taken.
func (w *world) cutAfterAnswer(request string) {
	w.after = func(step string) error {
		w.mu.Lock()
		defer w.mu.Unlock()
		if step == "receiveResponseXML" && strings.Contains(w.sets[len(w.sets)-1].document, request) {
			return fmt.Errorf("the power is off")
		}
		return nil
	}
}

// design.md 4.4: a restored backup is not taken for many deletions by people: the identity check comes first.
func TestCheckOfRestoredBackup(t *testing.T) {
	w := newWorld(t)
	old := w.posted(2)
	books, err := w.company.Snapshot()
	check(t, err)
	all := w.posted(12)
	check(t, w.company.Restore(books))
	w.clock.advance(checkEvery)
	report, err := w.try()
	check(t, err)
	if !strings.Contains(report.LastError, "Was a backup restored?") {
		t.Errorf("the Web Connector shows %q", report.LastError)
	}
	for _, p := range append(old, all...) {
		w.want(p, order.Synced)
	}
	if n := len(w.checks(0)); n != 0 {
		t.Errorf("%d checks", n)
	}
	w.doubles = true
}

// Many documents that are missing at once, though our newest are there, were not deleted by hand: a person must look first.
func TestCheckFindsManyMissing(t *testing.T) {
	w := newWorld(t)
	all := w.posted(identitySize + 12)
	for _, p := range all[:identitySize+1] {
		check(t, w.company.Delete(w.view(p).TxnID))
	}
	w.clock.advance(100 * 24 * time.Hour)
	report, err := w.try()
	check(t, err)
	if !strings.Contains(report.LastError, fmt.Sprintf("%d documents of ours", identitySize+1)) {
		t.Errorf("the Web Connector shows %q", report.LastError)
	}
	w.want(all[0], order.Synced)
	gone, err := w.b.Resume(w.ctx, "Ann", "")
	check(t, err)
	if gone != identitySize+1 {
		t.Errorf("%d are gone", gone)
	}
	w.settle()
	w.want(all[0], order.Attention, string(CauseGone))
	w.once(all[identitySize+1:]...)
}

// I6: a QuickBooks that refuses the question does not keep orders from going out; it is asked again later.
func TestCheckRefused(t *testing.T) {
	w := newWorld(t)
	p := w.posted(1)[0]
	w.company.Interfere(func(request, id string) *sim.Status {
		if strings.HasPrefix(id, "check") {
			return &sim.Status{Code: 1030, Severity: "Error", Message: "Unsupported message."}
		}
		return nil
	})
	w.clock.advance(checkEvery)
	another := w.take(sim.KindPlain)[0]
	since := len(w.handedOut(0))
	w.settle()
	w.once(p, another)
	if n := len(w.checks(since)); n != 1 {
		t.Errorf("asked %d times", n)
	}
	w.company.Interfere(nil)
	check(t, w.company.Void(w.view(p).TxnID))
	w.clock.advance(checkPause)
	w.settle()
	w.want(p, order.Attention, string(CauseVoided))
}

// An order that stands twice is not posted again when one of the two is deleted.
func TestCheckOfTwice(t *testing.T) {
	w := newWorld(t)
	w.doubles = true
	p, newest := w.posted(2)[0], w.placed[1]
	first := w.view(p).TxnID
	second := w.receiptLike(p, nil)
	check(t, w.b.write(w.ctx, "an answer came late", func(tx *store.Tx) error {
		company, err := onlyCompany(tx)
		if err != nil {
			return err
		}
		c := &connection{b: w.b, tx: tx, company: company}
		return c.twice(w.row(p), second, first)
	}))
	if err := w.b.Accept(w.ctx, newest.ID, "Ann"); err == nil {
		t.Error("there is nothing to accept")
	}
	check(t, w.company.Delete(first))
	w.nextDay()
	w.want(p, order.Attention, string(CauseUnsure), second)
	check(t, w.b.Link(w.ctx, p.ID, "link", second, "Ann"))
	w.settle()
	w.want(p, order.Synced)
}

// What needs attention because the shop changed the order, or because the total differs, rests when a person accepts it, and wakes
// when it changes once more.
func TestAccept(t *testing.T) {
	w := newWorld(t)
	p := w.posted(1)[0]
	if err := w.b.Accept(w.ctx, p.ID, "Ann"); err == nil || !strings.Contains(err.Error(), "nothing to accept") {
		t.Errorf("%v", err)
	}
	w.change(p, map[string]any{"paymentMethod": "Another method"})
	w.pull()
	w.plan()
	w.want(p, order.Attention, string(posting.ChangedAfter))
	check(t, w.b.Accept(w.ctx, p.ID, "Ann"))
	w.plan()
	w.want(p, order.Synced, "Accepted as it is (Ann)", "changed in the shop")
	check(t, w.b.Decide(w.ctx, p.ID, "tag", "", "seen", "Ann")) // planned anew
	w.plan()
	w.want(p, order.Synced)
	w.change(p, map[string]any{"paymentMethod": "A third method"})
	w.pull()
	w.plan()
	w.want(p, order.Attention, string(posting.ChangedAfter))

	q := w.take(sim.KindPlain)[0]
	w.tamper = func(r *sim.Reply) {
		if strings.Contains(r.Response, "<SalesReceiptAddRs") {
			before, rest, _ := strings.Cut(r.Response, "<TotalAmount>")
			_, after, _ := strings.Cut(rest, "<")
			r.Response = before + "<TotalAmount>0.07<" + after
		}
	}
	w.settle()
	w.mend()
	w.want(q, order.Attention, string(CauseTotal))
	check(t, w.b.Accept(w.ctx, q.ID, "Ann"))
	w.plan()
	w.want(q, order.Synced, "Accepted as it is (Ann)", "0.07")
	if err := w.b.Accept(w.ctx, q.ID, "Ann"); err == nil {
		t.Error("accepted twice")
	}
	if err := w.b.Accept(w.ctx, "nope", "Ann"); err == nil {
		t.Error("an order that is not there is accepted")
	}
}

// An answer that tells of a rest but gives no way to it changes nothing.
func TestCheckAnswerWithoutIterator(t *testing.T) {
	c := &connection{done: progress{Checking: &checking{From: "2026-11-21"}}}
	text, err := c.recordCheck(subject{}, received{responses: []response{{Response: &qbxml.Response{Remaining: 3}}}})
	if err != nil || !strings.Contains(text, "no way to the rest") {
		t.Errorf("%q, %v", text, err)
	}
}
