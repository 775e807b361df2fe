package bridge

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"qbridge/internal/order"
	"qbridge/internal/sim"
	"qbridge/soap"
	"qbridge/store"
)

// pollOf is what the Web Connector on another computer says first.
func (w *world) pollOf(computer string) soap.Poll {
	return with(w, func(hcp string) string { return strings.Replace(hcp, "LOCKED:PRETEND:", "LOCKED:"+computer+":", 1) })
}

// news are the notes on the company file of a kind, the newest first.
func (w *world) news(event string) (notes []string) {
	w.t.Helper()
	check(w.t, w.b.db.Read(w.ctx, func(tx *store.Tx) error {
		all, err := tx.CompanyHistory(1, 1000)
		for _, h := range all {
			if h.Event == event {
				notes = append(notes, h.Note)
			}
		}
		return err
	}))
	return notes
}

// answerAll does what a session is handed out from a request on, by hand.
func (w *world) answerAll(ticket, request string) {
	w.t.Helper()
	for range 50 {
		if request == "" {
			return
		}
		response, hresult, message := w.company.Process(request)
		if n := w.answer(ticket, response, hresult, message); n < 0 || n == 100 {
			return
		}
		request = w.next(ticket, soap.Poll{})
	}
	w.t.Fatal("the session does not end")
}

// P24, P44, I3: two computers with one .qwc at the same moment. The second does not ask what became of a set that the first may
// still have in its QuickBooks, and so doubles nothing; a Web Connector that comes back is not kept waiting.
func TestTwoComputersAtOnce(t *testing.T) {
	t.Run("the first is slow", func(t *testing.T) {
		w := newWorld(t)
		p, set := w.fetched()
		second := w.admit()
		if request := w.next(second, w.pollOf("SHOP-2")); request != "" {
			t.Errorf("the second computer gets %.200s", request)
		}
		if text := w.lastError(second); !strings.Contains(text, "PRETEND") || !strings.Contains(text, "only one computer") {
			t.Errorf("it shows %q", text)
		}
		w.clock.advance(3 * time.Minute)
		response, hresult, message := w.company.Process(set.request)
		w.answer(set.ticket, response, hresult, message)
		w.once(p)
		w.settle()
		w.once(p)
		if n := len(w.receiptsSent(0)); n != 1 {
			t.Errorf("%d sets with a receipt went out", n)
		}
	})
	t.Run("the first is gone for good", func(t *testing.T) {
		w := newWorld(t)
		p, _ := w.fetched()
		w.clock.advance(otherComputer)
		second := w.admit()
		w.answerAll(second, w.next(second, w.pollOf("SHOP-2")))
		w.plan()
		third := w.admit()
		w.answerAll(third, w.next(third, w.pollOf("SHOP-2")))
		w.once(p)
	})
	t.Run("the same computer comes back", func(t *testing.T) {
		w := newWorld(t)
		p, _ := w.fetched()
		again := w.admit()
		if request := w.next(again, w.poll()); request == "" {
			t.Errorf("it is kept waiting: %q", w.lastError(again))
		} else {
			w.answerAll(again, request)
		}
		w.settle()
		w.once(p)
	})
}

// authenticateFrom calls authenticate from an address, and gives the second string of its answer.
func (w *world) authenticateFrom(address string) string {
	w.t.Helper()
	body := fmt.Sprintf(`<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><authenticate xmlns="http://developer.intuit.com/">`+
		`<strUserName>%s</strUserName><strPassword>%s</strPassword></authenticate></soap:Body></soap:Envelope>`, w.file.UserName, w.password.Reveal())
	r := httptest.NewRequestWithContext(w.ctx, http.MethodPost, "/qbwc", strings.NewReader(body))
	r.RemoteAddr = address
	got := httptest.NewRecorder()
	w.handler.Load().(http.Handler).ServeHTTP(got, r)
	answer, err := io.ReadAll(got.Body)
	check(w.t, err)
	four := strings.Split(strings.NewReplacer("</string>", "", "<string/>", "<string>").Replace(string(answer)), "<string>")
	if len(four) != 5 {
		w.t.Fatalf("the answer is %s", answer)
	}
	return four[2]
}

// P24: busy only while another computer was at work in the last two minutes; the same computer always takes over.
func TestBusyWhileAnotherComputerIsAtWork(t *testing.T) {
	w := newWorld(t)
	w.take(sim.KindPlain)
	for _, step := range []struct {
		after   time.Duration
		address string
		want    string
	}{
		{0, "10.0.0.1:4001", ""},
		{time.Minute, "10.0.0.2:4001", "busy"},
		{0, "10.0.0.1:4002", ""}, // superseded, though it was never closed
		{119 * time.Second, "10.0.0.2:4002", "busy"},
		{2 * time.Second, "10.0.0.2:4003", ""},
		{0, "127.0.0.1:4004", "busy"},
		{2 * time.Minute, "127.0.0.1:4005", ""},
		{0, "[::1]:4006", ""}, // this computer, by its other address
	} {
		w.clock.advance(step.after)
		if got := w.authenticateFrom(step.address); got != step.want {
			t.Errorf("%s after %s gets %q, not %q", step.address, step.after, got, step.want)
		}
	}
}

// Q40: what is new about the company file, its QuickBooks and the computer is said, and the work goes on.
func TestNoticed(t *testing.T) {
	w := newWorld(t)
	for _, test := range []struct {
		event, from, to string
		poll            func(*soap.Poll)
		said            []string
	}{
		{"company-file-moved", "", "", func(p *soap.Poll) { p.CompanyFile = `D:\New\Pretend.qbw` }, []string{`C:\Books\Pretend.qbw`, `D:\New\Pretend.qbw`}},
		{"other-computer", "LOCKED:PRETEND:", "LOCKED:SHOP-2:", nil, []string{"PRETEND", "SHOP-2"}},
		{"other-quickbooks", "QuickBooks Premier 2024", "QuickBooks Enterprise 2025", nil, []string{"Premier 2024", "Enterprise 2025"}},
		{"company-renamed", "<CompanyName>Pretend Company<", "<CompanyName>Renamed Company<", nil, []string{"Renamed Company"}},
	} {
		t.Run(test.event, func(t *testing.T) {
			w.in(t)
			p := w.take(sim.KindReturning)[0]
			poll := with(w, func(hcp string) string { return strings.Replace(hcp, test.from, test.to, 1) })
			if test.poll != nil {
				test.poll(&poll)
			}
			for range 2 {
				ticket := w.admit()
				w.answerAll(ticket, w.next(ticket, poll))
				w.plan()
				if w.view(p).State == string(order.Synced) {
					break
				}
			}
			w.once(p)
			notes := w.news(test.event)
			if len(notes) != 1 {
				t.Fatalf("said: %q", notes)
			}
			for _, part := range test.said {
				if !strings.Contains(notes[0], part) {
					t.Errorf("%q lacks %q", notes[0], part)
				}
			}
			w.settle() // back again, which is said too
		})
	}
}

// P61: wrong passwords are answered more slowly each time and are said, and the right one is let in at once.
func TestRepeatedWrongPassword(t *testing.T) {
	w := newWorld(t)
	w.take(sim.KindPlain)
	took := func(password string) (soap.Verdict, time.Duration) {
		t.Helper()
		before := w.clock.at.Load()
		a, err := w.b.Connector().Authenticate(w.ctx, w.file.UserName, password)
		check(t, err)
		return a.Verdict, time.Duration(w.clock.at.Load() - before)
	}
	var last time.Duration
	for try := range 50 {
		verdict, pause := took("wrong")
		if verdict != soap.NotValidUser || pause < last-20*time.Millisecond || pause > refusedPauseMax+20*time.Millisecond {
			t.Fatalf("try %d: %q after %s, before it took %s", try, verdict, pause, last)
		}
		last = pause
	}
	if last < refusedPauseMax {
		t.Errorf("the 50th try is answered after %s", last)
	}
	if notes := w.news("wrong-password"); len(notes) != 5 || !strings.Contains(notes[0], "50 times") {
		t.Errorf("said: %q", notes)
	}
	findings, err := w.b.Doctor(w.ctx, nil)
	check(t, err)
	at := slices.IndexFunc(findings, func(f Finding) bool { return f.What == "password" })
	if at < 0 || findings[at].OK || !strings.Contains(findings[at].Says, "row: 50") {
		t.Errorf("doctor says %v", findings)
	}
	if verdict, pause := took(w.password.Reveal()); verdict != soap.OpenCompany || pause > 50*time.Millisecond {
		t.Errorf("the right password: %q after %s", verdict, pause)
	}
	if _, pause := took("wrong"); pause > 2*refusedPause {
		t.Errorf("the count goes on after the right password: %s", pause)
	}
}

// P37: QuickBooks is closed, and the Web Connector asks for a file to open: it gets the path of the last session, once.
func TestPathIsNamedOnce(t *testing.T) {
	w := newWorld(t)
	p := w.take(sim.KindReturning)[0]
	c := w.b.Connector()
	for _, test := range []struct {
		hresult string
		want    []string
	}{
		{"0x80040416", []string{`C:\Books\Pretend.qbw`, soap.Done, soap.Done}},
		{" 0X80040417", []string{`C:\Books\Pretend.qbw`, soap.Done}},
		{"0x80040403", []string{soap.Done}},
		{"0x8004040a", []string{soap.Done}}, // another file is open: never fall back
		{"0x80040408", []string{soap.Done}},
	} {
		ticket := w.admit()
		for i, want := range test.want {
			if got, err := c.ConnectionFailed(w.ctx, ticket, soap.ConnectionFailure{HResult: test.hresult}); got != want || err != nil {
				t.Errorf("%s, call %d: %q, %v", test.hresult, i+1, got, err)
			}
		}
	}
	// It was opened at the second attempt.
	ticket := w.admit()
	if got, err := c.ConnectionFailed(w.ctx, ticket, soap.ConnectionFailure{HResult: "0x80040416"}); got == soap.Done || err != nil {
		t.Fatalf("%q, %v", got, err)
	}
	w.answerAll(ticket, w.next(ticket, w.poll()))
	w.once(p)
}

// Quiet hours: nothing is written; what is in doubt is settled and lists are read as ever.
func TestQuietHours(t *testing.T) {
	w := newWorld(t)
	lost := w.loseAnswer(true)
	p := w.take(sim.KindReturning)[0]
	now := w.clock.now().Local()
	check(t, w.b.SetRule(w.ctx, "quiet-hours", now.Format("15:04")+"-"+now.Add(3*time.Hour).Format("15:04"), "Ann"))
	w.clock.advance(time.Hour)
	since := len(w.handedOut(0))
	w.settle()
	if len(w.writing(since)) > 0 {
		t.Error("written in quiet hours")
	}
	if len(w.queries(since, "EntityQueryRq")) == 0 {
		t.Error("the lists were not read")
	}
	w.once(lost)
	w.want(p, order.Queued)
	a, err := w.b.Connector().Authenticate(w.ctx, w.file.UserName, w.password.Reveal())
	if err != nil || a.Verdict != soap.NoWork {
		t.Errorf("authenticate answers %q, %v", a.Verdict, err)
	}
	quiet := func(f Finding) bool { return f.What == "quiet hours" }
	if findings, err := w.b.Doctor(w.ctx, nil); err != nil || !slices.ContainsFunc(findings, quiet) {
		t.Errorf("doctor says %v, %v", findings, err)
	}
	w.clock.advance(2 * time.Hour)
	w.settle()
	w.once(p)
	if findings, err := w.b.Doctor(w.ctx, nil); err != nil || slices.ContainsFunc(findings, quiet) {
		t.Errorf("doctor says %v, %v", findings, err)
	}
}

// P35: a session ends by itself after the requests or minutes of the rules; the rest goes into the next.
func TestSessionOfTheRules(t *testing.T) {
	w := newWorld(t, worldOptions{setSize: 1})
	check(t, w.b.SetRule(w.ctx, "session-requests", "3", "Ann"))
	all := w.take(slices.Repeat([]sim.Kind{sim.KindReturning}, 5)...)
	for range 10 {
		report := w.session()
		if report.Sets > 3 {
			t.Fatalf("%d sets in a session of 3", report.Sets)
		}
		if report.Sets == 0 {
			break
		}
	}
	w.once(all...)
	check(t, w.b.SetRule(w.ctx, "session-requests", "500", "Ann"))
	check(t, w.b.SetRule(w.ctx, "session-minutes", "2", "Ann"))
	all = w.take(slices.Repeat([]sim.Kind{sim.KindReturning}, 5)...)
	since := len(w.handedOut(0))
	w.before = func(step string) error {
		if step == "ProcessRequest" {
			w.clock.advance(50 * time.Second)
		}
		return nil
	}
	if report := w.session(); report.Sets != 3 || len(w.receiptsSent(since)) != 1 {
		t.Errorf("%d sets in two minutes, %d with a receipt", report.Sets, len(w.receiptsSent(since)))
	}
	w.settle()
	w.once(all...)
}

// P35: however short a session is by the rules, something gets written in it.
func TestShortestSession(t *testing.T) {
	w := newWorld(t)
	all := w.posted(1)
	check(t, w.b.SetRule(w.ctx, "session-requests", "1", "Ann"))
	all = append(all, w.take(sim.KindReturning)...)
	w.clock.advance(checkEvery)
	for range 14 {
		w.session()
	}
	w.once(all...)
}

// P35, P50, Q23: a list that has more pages than a session has requests is read to its end all the same, because an iterator
// does not live on in the next session.
func TestListLongerThanASession(t *testing.T) {
	w := newWorld(t)
	var adds strings.Builder
	for i := range pageSize() * 7 / 2 {
		fmt.Fprintf(&adds, `<CustomerAddRq requestID="%d"><CustomerAdd><Name>Customer %04d</Name></CustomerAdd></CustomerAddRq>`, i, i)
	}
	w.byHand(adds.String())
	want := len(w.entries(nameList)) + pageSize()*7/2
	check(t, w.b.SetRule(w.ctx, "session-requests", "2", "Ann"))
	w.clock.advance(81 * 24 * time.Hour)
	since := len(w.handedOut(0))
	w.settle()
	if got := len(w.entries(nameList)); got != want {
		t.Errorf("%d names, not %d", got, want)
	}
	if pages := len(w.queries(since, "EntityQueryRq")); pages > 6 {
		t.Errorf("%d pages were asked for: the list was begun anew", pages)
	}
}

// design 6: a set that QuickBooks was slow over makes the next ones smaller, a quick one makes them larger.
func TestSizeOfSetsFollowsQuickBooks(t *testing.T) {
	w := newWorld(t)
	slow := time.Duration(0)
	w.before = func(step string) error {
		if step == "ProcessRequest" && isWriting(w.handedOut(0)[len(w.handedOut(0))-1].document) {
			w.clock.advance(slow)
		}
		return nil
	}
	size := func() int64 {
		t.Helper()
		var c store.Company
		check(t, w.b.db.Read(context.WithoutCancel(w.ctx), func(tx *store.Tx) (err error) { c, _, err = tx.Company(1); return err }))
		return c.SetSize
	}
	w.take(slices.Repeat([]sim.Kind{sim.KindReturning}, setSizeFirst)...)
	w.session()
	if size() != 2*setSizeFirst {
		t.Fatalf("after quick sets a set takes %d", size())
	}
	slow = setSlow + time.Second
	for want := int64(setSizeFirst); ; want /= 2 {
		want = max(want, setSizeMin)
		w.take(sim.KindReturning)
		w.session()
		if size() != want {
			t.Fatalf("after a slow set a set takes %d, not %d", size(), want)
		}
		if want == setSizeMin {
			break
		}
	}
	slow = (setQuick + setSlow) / 2
	w.take(sim.KindReturning)
	w.session()
	if size() != setSizeMin {
		t.Errorf("after a set that was neither quick nor slow it takes %d", size())
	}
	w.once(w.placed...)
}
