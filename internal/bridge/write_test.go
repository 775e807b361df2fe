package bridge

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/beevik/etree"

	"qbridge/internal/order"
	"qbridge/internal/posting"
	"qbridge/internal/sim"
	"qbridge/soap"
	"qbridge/store"
)

// drive is a session by hand in which the test stands for QuickBooks where it likes to.
func (w *world) drive(quickBooks func(request string) (response, hresult, message string)) (progress int) {
	w.t.Helper()
	ticket := w.admit()
	request := w.next(ticket, w.poll())
	for range 200 {
		if request == "" {
			return 100
		}
		response, hresult, message := quickBooks(request)
		if progress = w.answer(ticket, response, hresult, message); progress < 0 || progress == 100 {
			return progress
		}
		request = w.next(ticket, soap.Poll{})
	}
	w.t.Fatal("the session does not end")
	return 0
}

// byHand has a person or another program write something into the books.
func (w *world) byHand(request string) string {
	w.t.Helper()
	w.company.BeginSession("Another program", "")
	defer w.company.EndSession()
	response, hresult, message := w.company.Process(strings.Replace(setWith(""), "></QBXMLMsgsRq>", ">"+request+"</QBXMLMsgsRq>", 1))
	if hresult != "" || !strings.Contains(response, `statusCode="0"`) {
		w.t.Fatalf("by hand: %s %s %s", hresult, message, response)
	}
	return response
}

// P45, Q13: answers are matched by requestID; what is missing is asked for, what is too much is ignored.
func TestAnswersOfManyShapes(t *testing.T) {
	w := newWorld(t)
	kids := func(rs *etree.Element) []*etree.Element { return rs.ChildElements() }
	for _, test := range []struct {
		name   string
		change func(*sim.Reply)
	}{
		{"as it should be", func(*sim.Reply) {}},
		{"reordered", shaped(t, func(rs *etree.Element) {
			all := kids(rs)
			rs.Child = nil
			for _, e := range slices.Backward(all) {
				rs.AddChild(e)
			}
		})},
		{"the first is missing", shaped(t, func(rs *etree.Element) { rs.RemoveChild(kids(rs)[0]) })},
		{"the last is missing", shaped(t, func(rs *etree.Element) { rs.RemoveChild(kids(rs)[len(kids(rs))-1]) })},
		{"all are missing", shaped(t, func(rs *etree.Element) { rs.Child = nil })},
		{"one comes twice", shaped(t, func(rs *etree.Element) { rs.AddChild(kids(rs)[0].Copy()) })},
		{"one of a request nobody made", shaped(t, func(rs *etree.Element) {
			e := kids(rs)[0].Copy()
			e.CreateAttr("requestID", "r999999")
			rs.AddChild(e)
		})},
		{"without requestID", shaped(t, func(rs *etree.Element) { // Q13: in doubt, never by position
			for _, e := range kids(rs) {
				e.RemoveAttr("requestID")
			}
		})},
		{"with elements nobody knows", shaped(t, func(rs *etree.Element) { // Q36
			for _, e := range kids(rs) {
				e.CreateElement("FutureRet").CreateElement("TxnID").SetText("1-1")
				if len(kids(e)) > 1 {
					kids(e)[0].CreateElement("FutureField").SetText("x")
				}
			}
		})},
		{"without records", shaped(t, func(rs *etree.Element) {
			for _, e := range kids(rs) {
				e.Child = nil
			}
		})},
		{"cut in half", func(r *sim.Reply) { r.Response = r.Response[:len(r.Response)/2] }},
		{"cut in the last response", func(r *sim.Reply) { r.Response = r.Response[:strings.LastIndex(r.Response, "<TotalAmount")] }},
		{"empty", func(r *sim.Reply) { r.Response = "" }},
		{"no XML", func(r *sim.Reply) { r.Response = "QuickBooks is closing" }},
		{"another root", func(r *sim.Reply) { r.Response = `<?xml version="1.0"?><html/>` }},
	} {
		t.Run(test.name, func(t *testing.T) {
			w.in(t)
			all, before, times := w.take(plain(3)...), len(w.company.Receipts()), 0
			w.tamper = func(r *sim.Reply) {
				if strings.Contains(r.Response, "<SalesReceiptAddRs") && strings.Contains(r.Response, "<TotalAmount") && times == 0 {
					times++
					test.change(r)
				}
			}
			// An unreadable answer may end a session, with a sentence.
			if report, err := w.try(); err != nil || report.LastError != "" && len(strings.Fields(report.LastError)) < 5 {
				t.Fatalf("%v, %q", err, report.LastError)
			}
			w.settle()
			if w.once(all...); times == 0 || len(w.company.Receipts()) != before+len(all) {
				t.Errorf("%d receipts, %d answers changed", len(w.company.Receipts())-before, times)
			}
		})
	}
}

func shaped(t *testing.T, change func(*etree.Element)) func(*sim.Reply) {
	return func(r *sim.Reply) { r.Response = edited(t, r.Response, change) }
}

// P44, P45, I3: an answer to a question that lacks the response proves nothing: neither that the books don't have a
// document nor that a list is empty.
func TestQuestionWithoutResponse(t *testing.T) {
	tests := []struct {
		name   string
		shown  bool // else the question is simply repeated
		change func(*sim.Reply)
	}{
		{"no response", true, shaped(t, func(rs *etree.Element) { rs.Child = nil })},
		{"cut", true, func(r *sim.Reply) { r.Response = r.Response[:len(r.Response)-40] }},
		{"an error", true, shaped(t, func(rs *etree.Element) {
			rs.ChildElements()[0].CreateAttr("statusCode", "3231")
			rs.ChildElements()[0].CreateAttr("statusSeverity", "Error")
			rs.ChildElements()[0].Child = nil
		})},
		{"the answer to another set", false, func(r *sim.Reply) {
			r.Response = `<?xml version="1.0"?><QBXML><QBXMLMsgsRs><SalesReceiptAddRs requestID="r1" statusCode="0" statusSeverity="Info" statusMessage="Status OK"/></QBXMLMsgsRs></QBXML>`
		}},
	}
	t.Run("look", func(t *testing.T) {
		w := newWorld(t)
		for _, test := range tests {
			p := w.take(sim.KindReturning)[0]
			typed := w.receiptLike(p, nil)
			w.ruin("SalesReceiptQueryRs", test.shown, test.change)
			if test.shown {
				w.want(p, order.Queued)
			}
			w.settle()
			if w.want(p, order.Synced); w.order(p).TxnID != typed {
				t.Errorf("%s: it was typed by hand, and was written again", test.name)
			}
		}
	})
	t.Run("in doubt", func(t *testing.T) {
		w := newWorld(t)
		for _, test := range tests {
			p := w.loseAnswer(true)
			check(t, w.company.LoseSet(w.file.AppName, w.lastWriting().id))
			w.ruin("SalesReceiptQueryRs", test.shown, test.change)
			if test.shown {
				w.want(p, order.InDoubt)
			}
			w.settle()
			w.once(p)
		}
	})
	t.Run("newest documents", func(t *testing.T) {
		w := newWorld(t)
		w.take(plain(2)...)
		w.settle()
		for _, test := range tests {
			p := w.take(sim.KindPlain)[0]
			w.ruin("SalesReceiptQueryRs", test.shown, test.change)
			w.settle() // nothing was stopped for it
			w.once(p)
		}
	})
	t.Run("lists", func(t *testing.T) {
		w := newWorld(t)
		for i, test := range tests {
			for _, list := range []string{"EntityQueryRs", "ItemQueryRs", "AccountQueryRs", "EntityQueryRs"}[i : i+1] {
				_, before, err := w.b.Lists(w.ctx)
				check(t, err)
				w.clock.advance(81 * 24 * time.Hour) // everything is read anew
				w.ruin(list, test.shown, test.change)
				_, after, err := w.b.Lists(w.ctx)
				check(t, err)
				for i := range before {
					if after[i].Count != before[i].Count {
						t.Errorf("%s, %s: %d records, %d before", test.name, after[i].List, after[i].Count, before[i].Count)
					}
				}
				w.settle()
			}
		}
	})
}

// ruin runs a session in which the first answer of such a kind is changed. shown tells whether the Web Connector must show
// a sentence for it, after which nothing was written.
func (w *world) ruin(response string, shown bool, change func(*sim.Reply)) {
	w.t.Helper()
	since, done := len(w.receiptsSent(0)), false
	w.tamper = func(r *sim.Reply) {
		if strings.Contains(r.Response, "<"+response) && !done {
			done = true
			change(r)
		}
	}
	report, err := w.try()
	check(w.t, err)
	w.mend()
	if !done || (len(strings.Fields(report.LastError)) < 5) == shown {
		w.t.Errorf("changed: %v; the Web Connector shows %q", done, report.LastError)
	}
	if shown && len(w.receiptsSent(0)) != since {
		w.t.Error("written after an answer that says nothing")
	}
}

// P46, Q14, Q18, Q36: what becomes of a receipt that QuickBooks answers with a code.
func TestStatusOfAReceipt(t *testing.T) {
	w := newWorld(t)
	const modified = "There was an error when saving. QuickBooks error message: This list has been modified by another user."
	for _, test := range []struct {
		code     int
		severity string
		message  string
		state    order.State
		adds     int // how often it goes out in the first session
	}{
		{3175, "Error", "There was an error when deleting. It is in use by another user.", order.Queued, 1},
		{3176, "Error", "Related objects are in use.", order.Queued, 1},
		{3180, "Error", modified, order.Queued, 1},
		{3180, "Error", "This record has an error in it.", order.Attention, 1},
		{3261, "Error", "You do not have sufficient permissions.", order.Queued, 1},
		{3070, "Error", "The string is too long.", order.Attention, 1},
		{3140, "Error", "There is an invalid reference.", order.Attention, 1},
		{3171, "Error", "The period has been closed.", order.Attention, 1},
		{4711, "Error", "What nobody has seen.", order.Attention, 1},
	} {
		t.Run(fmt.Sprintf("%d %s %.20s", test.code, test.severity, test.message), func(t *testing.T) {
			w.in(t)
			both := w.take(sim.KindReturning, sim.KindTaxGroup)
			p, other := both[0], both[1]
			victim, adds := fmt.Sprintf("r%d", w.row(p).ID), 0
			w.company.Interfere(func(request, id string) *sim.Status {
				if id != victim {
					return nil
				}
				adds++
				return &sim.Status{Code: test.code, Severity: test.severity, Message: test.message}
			})
			report, err := w.try()
			check(t, err)
			if adds != test.adds {
				t.Errorf("it went out %d times", adds)
			}
			w.want(p, test.state)
			if d := w.order(p); test.state == order.Attention && (!strings.Contains(d.Reason, test.message) || d.Cure == "") {
				t.Errorf("reason %q, cure %q", d.Reason, d.Cure)
			}
			if report.LastError == "" { // I6: the rest goes on
				w.once(other)
			}
			w.company.Interfere(nil)
			w.clock.advance(3 * time.Minute)
			w.settle()
			w.once(other)
			if test.state == order.Queued {
				w.once(p)
			}
		})
	}
	// Written, with a remark: it is kept.
	for _, code := range []int{530, 550, 777} {
		t.Run(fmt.Sprintf("done with %d", code), func(t *testing.T) {
			w.in(t)
			p := w.take(sim.KindReturning)[0]
			w.tamperWriting(9, func(rs *etree.Element) {
				for _, e := range rs.ChildElements() {
					e.CreateAttr("statusCode", fmt.Sprint(code))
					e.CreateAttr("statusSeverity", "Warn")
					e.CreateAttr("statusMessage", "A remark.")
				}
			})
			w.settle()
			if w.once(p); w.row(p).Message != "A remark." || w.row(p).Code != int64(code) {
				t.Errorf("kept: %d %q", w.row(p).Code, w.row(p).Message)
			}
		})
	}
}

// P48: QuickBooks does not have it, and what it answers to it can never be read: it is tried a few times, then a person is
// asked; nothing goes round without end.
func TestNeverReadable(t *testing.T) {
	w := newWorld(t)
	p, other := w.take(sim.KindReturning)[0], w.take(sim.KindTaxGroup)[0]
	number, sent := "<RefNumber>"+w.row(p).Name+"<", 0
	quickBooks := func(request string) (string, string, string) {
		if strings.Contains(request, "<SalesReceiptAddRq") && strings.Contains(request, number) {
			sent++
			return "<QBXML><QBXMLMsgsRs><SalesReceiptAddRs", "", ""
		}
		return w.company.Process(request)
	}
	for range 2 * maxTries {
		if w.plan(); w.view(p).State == string(order.Queued) {
			w.drive(quickBooks)
		}
	}
	if sent != maxTries {
		t.Errorf("it went out %d times", sent)
	}
	w.want(p, order.Attention, "release the order")
	check(t, w.b.Decide(w.ctx, p.ID, "release", "", "", "Ann"))
	w.settle()
	w.once(p, other)
}

// Q15: a request that QuickBooks did not get to goes out again unchanged, and costs no try.
func TestNotProcessed(t *testing.T) {
	w := newWorld(t)
	p := w.take(sim.KindReturning)[0]
	victim := fmt.Sprintf("r%d", w.row(p).ID)
	left := 7 // more often than a request is tried
	w.company.Interfere(func(_, id string) *sim.Status {
		if id != victim || left == 0 {
			return nil
		}
		left--
		return &sim.Status{Code: 3231, Severity: "Error", Message: "The request has not been processed."}
	})
	w.settle()
	w.once(p)
	if tries := w.row(p).Tries; tries != 1 {
		t.Errorf("it cost %d tries", tries)
	}
	var bodies []string
	for _, s := range w.receiptsSent(0) {
		body := s.document[strings.Index(s.document, "<SalesReceiptAddRq"):]
		bodies = append(bodies, body)
	}
	if n := len(bodies); n != 8 || len(slices.Compact(bodies)) != 1 {
		t.Errorf("%d sets, or they differ: %v", n, bodies)
	}
}

// P46: what somebody uses just now is tried again after a growing pause, a few times.
func TestRetryWithGrowingPause(t *testing.T) {
	w := newWorld(t)
	p := w.take(sim.KindReturning)[0]
	victim := fmt.Sprintf("r%d", w.row(p).ID)
	tried := 0
	w.company.Interfere(func(_, id string) *sim.Status {
		if id != victim {
			return nil
		}
		tried++
		return &sim.Status{Code: 3175, Severity: "Error", Message: "The object is in use by another user."}
	})
	var last time.Duration
	for try := 1; try < maxTries; try++ {
		w.session()
		w.plan()
		w.want(p, order.Queued, "in use by another user")
		pause := w.row(p).NotBefore.Sub(w.clock.now())
		if pause <= last || tried != try {
			t.Fatalf("after try %d (%d) the pause is %s, before it was %s", try, tried, pause, last)
		}
		last = pause
		w.clock.advance(pause - 10*time.Second)
		if w.session(); tried != try {
			t.Fatalf("tried again %s too early", pause)
		}
		w.clock.advance(20 * time.Second)
	}
	w.session()
	w.want(p, order.Attention, string(CauseRefused))
	w.clock.advance(48 * time.Hour)
	if w.settle(); tried != maxTries {
		t.Errorf("%d tries", tried)
	}
}

// P47, Q20, I6, design 4.6: a set that QuickBooks can't read was not executed; its requests go again one by one, and
// only the culprit is held. Its text is kept, and is never sent again.
func TestUnreadableSet(t *testing.T) {
	for _, size := range []int{1, 3} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			w := newWorld(t)
			all := w.take(slices.Repeat([]sim.Kind{sim.KindPlain}, size)...)
			culprit := all[size/2]
			number := "<RefNumber>" + w.row(culprit).Name + "<"
			sent := 0
			quickBooks := func(request string) (string, string, string) {
				if strings.Contains(request, "SalesReceiptAddRq") && strings.Contains(request, number) {
					sent++
					return "", "0x80040400", "QuickBooks found an error when parsing the provided XML text stream."
				}
				return w.company.Process(request)
			}
			for range 3 {
				if n := w.drive(quickBooks); n != 100 { // the session goes on
					t.Fatalf("progress %d", n)
				}
				check(t, w.b.RefreshLists(w.ctx))
				check(t, w.b.SetRule(w.ctx, "rounding-limit", fmt.Sprintf("0.0%d", 1+sent%5), "Ann"))
				w.plan()
			}
			want := 2 // with others, then alone
			if size == 1 {
				want = 1
			}
			if sent != want {
				t.Errorf("the culprit's text went out %d times, not %d", sent, want)
			}
			w.want(culprit, order.Attention, string(CauseRefused), "0x80040400")
			for _, p := range all {
				if p != culprit {
					w.once(p)
				}
			}
			var kept []store.Set
			check(t, w.b.db.Read(w.ctx, func(tx *store.Tx) (err error) {
				kept, err = tx.SetsOfOrder(worldStore, strings.TrimPrefix(w.order(culprit).ID, worldStore+"/"))
				return err
			}))
			if len(kept) != want || kept[want-1].State != setRefused || !bytes.Contains(kept[want-1].Request, []byte(number)) {
				t.Errorf("kept for the user: %d sets", len(kept))
			}
			// A person who decides on the order lets it go again.
			check(t, w.b.Decide(w.ctx, culprit.ID, "release", "", "", "Ann"))
			w.settle()
			w.once(culprit)
		})
	}
}

// A person's release counts also when the refusal was recorded under a clock that ran ahead.
func TestReleasedAfterAWrongClock(t *testing.T) {
	w := newWorld(t)
	p := w.take(plain(1)...)[0]
	w.clock.advance(48 * time.Hour)
	w.drive(func(request string) (string, string, string) {
		if strings.Contains(request, "SalesReceiptAddRq") {
			return "", "0x80040400", "QuickBooks found an error when parsing the provided XML text stream."
		}
		return w.company.Process(request)
	})
	w.want(p, order.Attention, string(CauseRefused))
	w.clock.advance(-48 * time.Hour)
	check(t, w.b.Decide(w.ctx, p.ID, "release", "", "", "Ann"))
	w.settle()
	w.once(p)
}

// Q16: 3100 on CustomerAdd leads to a look at the lists, then to adoption or another name; never to an endless loop.
func TestNameTaken(t *testing.T) {
	const email = "<Email>maria.garcia@example.com</Email>"
	for _, test := range []struct {
		name, byHand string
		want         string // the customer of the receipt
	}{
		{"the same person", `<CustomerAddRq requestID="1"><CustomerAdd><Name>Maria Garcia</Name>` + email + `</CustomerAdd></CustomerAddRq>`, "Maria Garcia"},
		{"without e-mail", `<CustomerAddRq requestID="1"><CustomerAdd><Name>maria garcia</Name></CustomerAdd></CustomerAddRq>`, "maria garcia"},
		{"another person", `<CustomerAddRq requestID="1"><CustomerAdd><Name>Maria Garcia</Name><Email>other@example.org</Email></CustomerAdd></CustomerAddRq>`, "Maria Garcia (maria.garcia@example.com)"},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			p := w.take(sim.KindNamesakeFirst)[0]
			w.byHand(test.byHand) // after the lists were read
			w.settle()
			w.once(p)
			if got := w.company.Receipts()[0].Customer; !strings.EqualFold(got[:len(test.want)], test.want) && got != test.want {
				t.Errorf("the receipt is of %q", got)
			}
			w.audit()
		})
	}
	t.Run("typed in under a clock that was behind", func(t *testing.T) { // what changed lately does not tell it
		w := newWorld(t)
		p := w.take(sim.KindNamesakeFirst)[0]
		w.company.Skew(-48 * time.Hour)
		w.byHand(`<CustomerAddRq requestID="1"><CustomerAdd><Name>Maria Garcia</Name>` + email + `</CustomerAdd></CustomerAddRq>`)
		w.company.Skew(0)
		w.settle()
		w.once(p)
		w.audit()
	})
	t.Run("for ever", func(t *testing.T) {
		w := newWorld(t)
		p, other := w.take(sim.KindNamesakeFirst)[0], w.take(sim.KindReturning)[0]
		adds := 0
		w.company.Interfere(func(request, _ string) *sim.Status {
			if request != "CustomerAddRq" {
				return nil
			}
			adds++
			return &sim.Status{Code: 3100, Severity: "Error", Message: `The name "Maria Garcia" of the list element is already in use.`}
		})
		w.settle()
		w.want(p, order.Attention, string(CauseDependency), "already in use")
		w.once(other)
		for range 2 {
			w.clock.advance(2 * time.Hour)
			w.settle()
		}
		if adds > 2 {
			t.Errorf("it was tried %d times", adds)
		}
	})
}

// I6, P53: a customer that QuickBooks refuses blocks only its own orders; when it goes at last, they do.
func TestRefusedCustomerBlocksOnlyItsOrders(t *testing.T) {
	w := newWorld(t)
	blocked := w.take(sim.KindNamesakeFirst, sim.KindNamesakeFirst)
	others := w.take(plain(5)...)
	w.company.Interfere(func(request, id string) *sim.Status {
		if request != "CustomerAddRq" {
			return nil
		}
		var row store.Row
		check(t, w.b.db.Read(w.ctx, func(tx *store.Tx) (err error) {
			var n int64
			if _, err := fmt.Sscanf(id, "r%d", &n); err != nil {
				return err
			}
			row, _, err = tx.Row(n)
			return err
		}))
		if row.Name != "Maria Garcia" {
			return nil
		}
		return &sim.Status{Code: 3040, Severity: "Error", Message: "There was an error when converting the value."}
	})
	w.settle()
	w.once(others...)
	for _, p := range blocked {
		w.want(p, order.Attention, string(CauseDependency), "Maria Garcia", "converting the value")
	}
	w.company.Interfere(nil)
	check(t, w.b.SetRule(w.ctx, "rounding-limit", "0.04", "Ann"))
	w.settle()
	w.once(blocked...)
	customers := map[string]bool{}
	for _, p := range blocked {
		customers[w.live(p)[0].CustomerID] = true
	}
	if len(customers) != 1 {
		t.Errorf("the same buyer became %d customers", len(customers))
	}
}

// Q27, design 1: QuickBooks' own total decides; a difference asks for a person, and nothing is posted again.
func TestTotalDiffers(t *testing.T) {
	w := newWorld(t)
	p := w.take(sim.KindReturning)[0]
	w.tamperWriting(9, func(rs *etree.Element) {
		if total := rs.FindElement("//SalesReceiptRet/TotalAmount"); total != nil {
			total.SetText("1.23")
		}
	})
	w.settle()
	w.want(p, order.Attention, string(CauseTotal), "1.23", w.order(p).Total)
	w.mend()
	check(t, w.b.SetRule(w.ctx, "rounding-limit", "0.04", "Ann"))
	w.settle()
	w.want(p, order.Attention, string(CauseTotal))
	if n := len(w.company.Receipts()); n != 1 {
		t.Errorf("%d receipts", n)
	}
}

// I7: the same rows, answers and company give the same bytes.
func TestAssembleIsPure(t *testing.T) {
	w := newWorld(t)
	w.take(sim.KindPlain, sim.KindTaxGroup, sim.KindAccents, sim.KindFortyLines, sim.KindUnknownItem)
	var first []byte
	for round := range 5 {
		check(t, w.b.db.Read(w.ctx, func(tx *store.Tx) error {
			company, err := onlyCompany(tx)
			check(t, err)
			about, err := parseAbout(company)
			check(t, err)
			var rows []store.Row
			needs := map[string]string{}
			for id := int64(1); ; id++ {
				r, ok, err := tx.Row(id)
				check(t, err)
				if !ok {
					break
				}
				rows = append(rows, r)
				needs[r.Key] = "80000001-1"
			}
			document, culprit, err := assemble(rows, needs, about, "SET-ID", "OLD-ID")
			if err != nil || culprit != -1 || len(rows) < 6 {
				t.Fatalf("%d rows, culprit %d, %v", len(rows), culprit, err)
			}
			if round == 0 {
				first = document
			}
			if !bytes.Equal(document, first) {
				t.Errorf("round %d gives other bytes", round)
			}
			return nil
		}))
		w.restart()
	}
}

// Q28: a company file without sales tax gets no tax element.
func TestSalesTaxOff(t *testing.T) {
	w := newWorld(t, worldOptions{company: func(c *sim.CompanyConfig) { c.SalesTax = false }})
	taxed, exempt := w.take(sim.KindPlain)[0], w.take(sim.KindOutOfState)[0]
	w.settle()
	w.want(taxed, order.Attention, string(posting.SalesTaxOff))
	w.once(exempt)
	for _, s := range w.receiptsSent(0) {
		if strings.Contains(s.document, "SalesTaxRef>") || strings.Contains(s.document, "SalesTaxCodeRef>") {
			t.Errorf("tax elements in %s", s.document)
		}
	}
	// Said once, whether rules or orders need it.
	findings, err := w.b.Doctor(w.ctx, nil)
	check(t, err)
	said := 0
	for _, f := range findings {
		if strings.Contains(f.Says+f.Cure, "Preferences > Sales Tax") {
			said++
			if f.OK || f.What != "sales tax" || !strings.Contains(f.Says, "Of the last 2 orders 1 have sales tax") {
				t.Errorf("doctor says %+v", f)
			}
		}
	}
	if said != 1 {
		t.Errorf("doctor says it %d times: %+v", said, findings)
	}
}
