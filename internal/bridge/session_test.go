package bridge

import (
	"encoding/hex"
	"fmt"
	"regexp"
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

// P17, P32, I2, I10
func TestOrdersOfEveryKindGoThrough(t *testing.T) {
	w := newWorld(t)
	var kinds []sim.Kind
	for _, k := range sim.Mix() {
		kinds = append(kinds, k.Kind)
	}
	all := w.take(kinds...)
	asked := w.shop.Requests()
	w.settle()
	if w.shop.Requests() != asked {
		t.Error("the shop was asked during the sessions") // P17
	}
	posted := 0
	for _, p := range all {
		if w.order(p).State == string(order.Synced) {
			w.once(p)
			posted++
		}
	}
	if posted < 30 || posted != len(w.company.Receipts()) {
		t.Errorf("%d orders are synced, %d receipts are in the books", posted, len(w.company.Receipts()))
	}
	w.audit()
}

// P21, P22, P23: what authenticate answers, and whom it lets in.
func TestAuthenticate(t *testing.T) {
	w := newWorld(t)
	c := w.b.Connector()
	ask := func(user, password string) soap.Admission {
		t.Helper()
		a, err := c.Authenticate(w.ctx, user, password)
		check(t, err)
		return a
	}
	tickets := map[string]bool{}
	for _, test := range []struct {
		name, user, password string
		prepare              func()
		want                 soap.Verdict
	}{
		{"unknown user", "nobody", w.password.Reveal(), nil, soap.NotValidUser},
		{"wrong password", "pretend", "wrong", nil, soap.NotValidUser},
		{"no password", "pretend", "", nil, soap.NotValidUser},
		{"nothing to do", "pretend", w.password.Reveal(), nil, soap.NoWork},                                                              // P22
		{"an order to write", "pretend", w.password.Reveal(), func() { w.take(sim.KindPlain) }, soap.OpenCompany},                        // P22
		{"lists are wanted", "pretend", w.password.Reveal(), func() { w.settle(); check(t, w.b.RefreshLists(w.ctx)) }, soap.OpenCompany}, // P22
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.prepare != nil {
				test.prepare()
			}
			a := ask(test.user, test.password)
			if a.Verdict != test.want {
				t.Errorf("the verdict is %q, not %q", a.Verdict, test.want)
			}
			// P23: 128 random bits, never the same.
			if raw, err := hex.DecodeString(strings.ReplaceAll(a.Ticket, "-", "")); err != nil || len(raw) != 16 || tickets[a.Ticket] {
				t.Errorf("the ticket %q is no new number of 128 bits", a.Ticket)
			}
			tickets[a.Ticket] = true
			if test.want == soap.NotValidUser && w.next(a.Ticket, w.poll()) != "" {
				t.Error("the ticket of a refused user gets work")
			}
		})
	}
}

// P24: a new session of the same user takes over; the old ticket is dead.
func TestNewSessionSupersedesTheOld(t *testing.T) {
	w := newWorld(t)
	w.take(sim.KindPlain)
	old := w.admit()
	current := w.admit()
	if w.next(old, w.poll()) != "" || w.lastError(old) == "" {
		t.Error("the superseded ticket gets work, or no reason why not")
	}
	if w.next(current, w.poll()) == "" {
		t.Error("the new ticket gets no work")
	}
	var live []store.Session
	check(t, w.b.db.Read(w.ctx, func(tx *store.Tx) (err error) { live, err = tx.LiveSessions(1); return err }))
	if len(live) != 1 || live[0].Ticket != current {
		t.Errorf("live sessions: %v", live)
	}
}

// P26: a ticket that nobody knows.
func TestUnknownTicket(t *testing.T) {
	w := newWorld(t)
	w.take(sim.KindPlain)
	c := w.b.Connector()
	for _, ticket := range []string{"", "never-given"} {
		if got := w.next(ticket, w.poll()); got != "" {
			t.Errorf("sendRequestXML hands out %.60s", got)
		}
		if text := w.lastError(ticket); len(strings.Fields(text)) < 3 {
			t.Errorf("getLastError answers %q, which is no sentence", text)
		}
		if n := w.answer(ticket, "<QBXML/>", "", ""); n != -1 {
			t.Errorf("receiveResponseXML answers %d", n)
		}
		if text, err := c.ConnectionFailed(w.ctx, ticket, soap.ConnectionFailure{HResult: "0x80040408"}); text != soap.Done || err != nil {
			t.Errorf("connectionError answers %q, %v", text, err)
		}
		if text, err := c.Close(w.ctx, ticket); text == "" || err != nil {
			t.Errorf("closeConnection answers %q, %v", text, err)
		}
	}
}

// P28, Q40, P33: only the company file that the .qwc was made for is worked on.
func TestWhichCompanyFile(t *testing.T) {
	w := newWorld(t, worldOptions{bare: true})
	for _, test := range []struct {
		name   string
		poll   func(w *world) soap.Poll
		refuse string // what the Web Connector shows; "" when the file is right
	}{
		{"another FileID", func(w *world) soap.Poll {
			return with(w, func(hcp string) string { return strings.ReplaceAll(hcp, w.file.FileID, w.file.OwnerID) })
		}, "Open Pretend Company in QuickBooks"},
		{"no FileID", func(w *world) soap.Poll {
			return with(w, func(hcp string) string { return strings.ReplaceAll(hcp, "FileID", "SomethingElse") })
		}, "set up this file with its own .qwc"},
		{"no description at all", func(*world) soap.Poll { return soap.Poll{} }, "did not say which company file is open"},
		{"no XML", func(w *world) soap.Poll { return with(w, func(string) string { return "QuickBooks is busy" }) }, "can't be read"},
		{"half the description", func(w *world) soap.Poll { return with(w, func(hcp string) string { return hcp[:len(hcp)/2] }) }, "can't be read"},
		{"without the preferences", func(w *world) soap.Poll {
			return with(w, func(hcp string) string { return strings.ReplaceAll(hcp, "PreferencesRet", "OtherRet") })
		}, "lacks the program, the company or the preferences"},
		// P29, Q4
		{"a QuickBooks that is too old", func(w *world) soap.Poll {
			return with(w, func(hcp string) string {
				return regexp.MustCompile(`<SupportedQBXMLVersion>(?:8|9|1\d)\.\d</SupportedQBXMLVersion>\s*`).ReplaceAllString(hcp, "")
			})
		}, "8.0"},
		{"the right one", func(w *world) soap.Poll { return w.poll() }, ""},
		{"FileID in another case, without braces", func(w *world) soap.Poll {
			return with(w, func(hcp string) string {
				return strings.ReplaceAll(hcp, w.file.FileID, strings.ToLower(strings.Trim(w.file.FileID, "{}")))
			})
		}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			w.in(t)
			ticket := w.admit()
			request := w.next(ticket, test.poll(w))
			if (request == "") != (test.refuse != "") {
				t.Fatalf("handed out: %.100q", request)
			}
			if text := w.lastError(ticket); test.refuse != "" && !strings.Contains(text, test.refuse) {
				t.Errorf("the Web Connector shows %q, which lacks %q", text, test.refuse)
			}
			if test.refuse == "" {
				return
			}
			// Nothing was kept of a file that is not ours, and the ticket stays without work.
			if about, _, err := w.b.Lists(w.ctx); err != nil || about.FileID != "" {
				t.Errorf("kept of the other file: %+v, %v", about, err)
			}
			if w.next(ticket, w.poll()) != "" {
				t.Error("the session goes on after its refusal")
			}
		})
	}
}

// with is the poll of a company file whose description was changed.
func with(w *world, change func(string) string) soap.Poll {
	p := w.poll()
	p.HCP = soap.NewText(change(w.company.HCP()))
	return p
}

// P28, Q40: identifiers of one file never go to another, even when it is opened later.
func TestAnotherCompanyFileLater(t *testing.T) {
	w := newWorld(t)
	p := w.take(sim.KindPlain)[0]
	right := w.company
	w.company = w.newCompany(func(c *sim.CompanyConfig) { c.FileID, c.File = c.OwnerID, `C:\Books\Other.qbw` })
	before := w.company.Requests()
	report, err := w.try()
	check(t, err)
	if !strings.Contains(report.LastError, `Open C:\Books\Pretend.qbw`) {
		t.Errorf("the Web Connector shows %q", report.LastError)
	}
	if w.company.Requests() != before || len(w.company.Receipts()) > 0 {
		t.Error("the other company file was worked on")
	}
	w.company = right
	w.settle()
	w.once(p)
}

// P29, Q4: the version is the lower one of ours and the file's; a country's own entries don't count.
func TestVersionInUse(t *testing.T) {
	for _, test := range []struct {
		name      string
		supported []string
		want      string
	}{
		{"newer than ours", []string{"12.0", "13.0", "16.0"}, `<?qbxml version="13.0"?>`},
		{"older than ours", []string{"8.0", "9.0", "10.0"}, `<?qbxml version="10.0"?>`},
		{"one digit", []string{"CA3.0", "7.0", "8.0", "9.0"}, `<?qbxml version="9.0"?>`},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t, worldOptions{company: func(c *sim.CompanyConfig) { c.SupportedVersions = test.supported }})
			p := w.take(sim.KindPlain)[0]
			w.settle()
			w.once(p)
			for _, s := range w.handedOut(0) {
				if !strings.Contains(s.document, test.want) {
					t.Fatalf("handed out: %.100s", s.document)
				}
			}
		})
	}
}

// P30, P31: every call that .NET may send twice gives the same answer, and changes nothing.
func TestCallsComeTwice(t *testing.T) {
	w := newWorld(t)
	for _, step := range []string{"serverVersion", "clientVersion", "sendRequestXML", "receiveResponseXML", "getLastError", "closeConnection"} {
		t.Run(step, func(t *testing.T) {
			w.in(t)
			all := w.take(plain(2)...)
			w.twice = func(s string) bool { return s == step }
			w.settle()
			w.once(all...)
		})
	}
	t.Run("byte for byte", func(t *testing.T) {
		w.in(t)
		p := w.take(sim.KindPlain)[0]
		ticket, request, response := w.untilWriting()
		if again := w.next(ticket, soap.Poll{}); again != request { // P30
			t.Errorf("handed out again: %s\nnot %s", again, request)
		}
		first := w.answer(ticket, response, "", "")
		after := w.order(p)
		if again := w.answer(ticket, response, "", ""); again != first { // P31
			t.Errorf("the number is %d, then %d", first, again)
		}
		if now := w.order(p); len(now.History) != len(after.History) {
			t.Errorf("the second answer left traces: %v", now.History[len(after.History):])
		}
	})
	// Two authenticates: the first ticket is dead, the Web Connector uses the second.
	t.Run("authenticate", func(t *testing.T) {
		w.in(t)
		all := w.take(plain(4)...)
		w.twice = func(s string) bool { return s == "authenticate" }
		w.settle()
		w.once(all...)
	})
}

// P32: 100 exactly when nothing more is handed out in the session, 0 to 99 before; after 100 nothing is.
func TestProgress(t *testing.T) {
	w := newWorld(t, worldOptions{setSize: 2, bare: true})
	w.take(plain(7)...)
	for session := range 4 {
		w.plan()
		report := w.session()
		for i, n := range report.Progress {
			if last := i == len(report.Progress)-1; n < 0 || n > 100 || last != (n == 100) {
				t.Errorf("session %d: progress %v", session, report.Progress)
			}
		}
		if slices.Contains(report.Steps, "getLastError") {
			t.Errorf("session %d ended with an empty request: %v", session, report.Steps)
		}
	}
	w.once(w.placed...)
	p := w.take(sim.KindPlain)[0]
	ticket, _, response := w.untilWriting()
	if n := w.answer(ticket, response, "", ""); n != 100 {
		t.Fatalf("progress %d at the end", n)
	}
	w.take(sim.KindPlain)
	if w.next(ticket, soap.Poll{}) != "" {
		t.Error("handed out after 100")
	}
	w.once(p)
}

// P33, P34: an empty request is followed by a sentence, and no text of QuickBooks or the shop is taken for an order.
func TestWhatTheWebConnectorShows(t *testing.T) {
	w := newWorld(t)
	for _, test := range []struct{ name, message string }{
		{"plain", "There is no such thing."}, {"NoOp", "NoOp"}, {"interactive", "Interactive mode"}, {"empty", ""}, {"markup", "<b>&amp;\x01</b>"},
	} {
		t.Run(test.name, func(t *testing.T) {
			w.in(t)
			p := w.take(sim.KindPlain)[0]
			w.company.Interfere(func(request, _ string) *sim.Status {
				if request == "SalesReceiptAddRq" {
					return &sim.Status{Code: 3261, Severity: "Error", Message: test.message}
				}
				return nil
			})
			report, err := w.try()
			check(t, err)
			if len(strings.Fields(report.LastError)) < 5 || len([]rune(report.LastError)) > 200 || strings.ContainsAny(report.LastError, "<>\x01") {
				t.Errorf("the Web Connector shows %q", report.LastError)
			}
			w.want(p, order.Queued)
			w.company.Interfere(nil)
			w.settle()
			w.once(p)
		})
	}
}

// P37: QuickBooks can't be opened.
func TestConnectionError(t *testing.T) {
	w := newWorld(t)
	for _, test := range []struct{ name, hresult, message, want string }{
		{"dialog", "0x80040414", "A modal dialog is open", "dialog"},
		{"lower case", "0x8004040a", "already open", "company file"},
		{"upper case", "0X8004040A", "already open", "company file"},
		{"unknown", "0x8DEADBEE", "What nobody has seen", "0x8DEADBEE"},
	} {
		t.Run(test.name, func(t *testing.T) {
			w.in(t)
			p := w.take(sim.KindPlain)[0]
			w.company.RefuseSession(test.hresult, test.message)
			report, err := w.try()
			check(t, err)
			if n := count(report.Steps, "connectionError"); n < 1 || n > 2 {
				t.Errorf("connectionError was called %d times", n)
			}
			text := w.lastError(report.Ticket)
			if !strings.Contains(strings.ToLower(text), strings.ToLower(test.want)) {
				t.Errorf("the advice is %q, which lacks %q", text, test.want)
			}
			w.settle()
			w.once(p)
		})
	}
}

func count(all []string, one string) (n int) {
	for _, s := range all {
		if s == one {
			n++
		}
	}
	return n
}

// P35, P36: a session ends by itself after 20 minutes, yet QuickBooks may take as long as he likes over one set.
func TestLongSession(t *testing.T) {
	w := newWorld(t, worldOptions{setSize: 1})
	all := w.take(plain(3)...)
	ticket, _, response := w.untilWriting()
	w.clock.advance(45 * time.Minute)
	if n := w.answer(ticket, response, "", ""); n != 100 {
		t.Errorf("progress %d after 45 minutes", n)
	}
	if w.next(ticket, soap.Poll{}) != "" {
		t.Error("handed out after the session's time")
	}
	w.settle()
	w.once(all...)
}

// P39, P40: a writing set is stored with its exact bytes and its ID before the answer to sendRequestXML leaves, and a
// second connection to the database sees it.
func TestSetIsStoredBeforeItLeaves(t *testing.T) {
	var second *store.Store
	seen := 0
	w := newWorld(t, worldOptions{point: func(w *world, name string) {
		if second == nil || name != "hand out: before the request leaves" {
			return
		}
		sets := w.handedOut(0)
		last := sets[len(sets)-1]
		err := second.Read(w.ctx, func(tx *store.Tx) error {
			set, ok, err := tx.Set(last.id)
			if err != nil || !ok || string(set.Request) != last.document || set.State != setOut {
				return fmt.Errorf("set %s is not stored: %v, %v, %s", last.id, err, ok, set.State)
			}
			if !isWriting(last.document) {
				return nil
			}
			seen++
			rows, err := tx.RowsOfSet(last.id)
			for _, r := range rows {
				if r.State != rowSent {
					return fmt.Errorf("row %d is %s", r.ID, r.State)
				}
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}})
	all := w.take(plain(3)...)
	var err error
	second, err = store.Open(w.b.db.Path(), store.Options{Now: w.clock.now})
	check(t, err)
	defer second.Close()
	w.settle()
	if w.once(all...); seen == 0 {
		t.Error("no writing set was seen")
	}
}

// P43, Q22: what QuickBooks wrote but could not read back counts as written; its total is read before the order is synced.
func TestErrorRecoveryCountsAsWritten(t *testing.T) {
	w := newWorld(t)
	p := w.take(sim.KindPlain)[0]
	w.tamperWriting(5, func(rs *etree.Element) {
		for _, answer := range rs.ChildElements() {
			ret := answer.ChildElements()[0]
			recovery := etree.NewElement("ErrorRecovery")
			for _, name := range []string{"ListID", "TxnID", "EditSequence"} {
				if e := ret.SelectElement(name); e != nil {
					recovery.CreateElement(name).SetText(e.Text())
				}
			}
			answer.RemoveChild(ret)
			answer.AddChild(recovery)
		}
	})
	w.settle()
	w.once(p)
	if d := w.order(p); d.BooksTotal != d.Total || d.TxnID == "" {
		t.Errorf("synced with the total %q and TxnID %q", d.BooksTotal, d.TxnID)
	}
	if w.row(p).Adopted {
		t.Error("it was looked for, as if QuickBooks had not said that it wrote it")
	}
}
