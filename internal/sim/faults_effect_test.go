package sim

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/beevik/etree"

	"qbridge/qbxml"
)

// told is one receiveResponseXML as the service got it.
type told struct{ ticket, response, hresult, message string }

func (w *faultyWorld) told() (all []told) {
	for i, call := range w.service.calls {
		if call == "receiveResponseXML" {
			all = append(all, toldOf(w.service.bodies[i]))
		}
	}
	return all
}

func toldOf(body string) told {
	doc := etree.NewDocument()
	if err := doc.ReadFromString(body); err != nil {
		return told{}
	}
	at := func(name string) string { return doc.FindElement("//receiveResponseXML/" + name).Text() }
	return told{at("ticket"), at("response"), at("hresult"), at("message")}
}

// tickets gives, for each call of receiveResponseXML, the ticket of the session it came in.
func (w *faultyWorld) tickets() (all []string) {
	session := 0
	for _, call := range w.service.calls {
		switch call {
		case "authenticate":
			session++
		case "receiveResponseXML":
			all = append(all, fmt.Sprintf("ticket-%d", session))
		}
	}
	return all
}

// ends gives how the session ended in which the fault struck.
type ends struct {
	report Report
	err    error
	before int // receipts before that session
	after  int
}

func (e ends) last() string { return e.report.Steps[len(e.report.Steps)-1] }

// known asks QuickBooks what became of the newest writing set.
func (w *faultyWorld) known(t *testing.T) string {
	t.Helper()
	w.Company.BeginSession("QBridge", "")
	defer w.Company.EndSession()
	return ask(t, w.Company, set(fmt.Sprintf(`newMessageSetID="S%[1]d" oldMessageSetID="S%[1]d"`, w.session), "")).SelectAttrValue("messageSetStatusCode", "")
}

var statusCode = regexp.MustCompile(`statusCode="(\d+)"`)

// codes are the status codes of all answers the service got.
func (w *faultyWorld) codes() (all []string) {
	for _, a := range w.told() {
		for _, m := range statusCode.FindAllStringSubmatch(a.response, -1) {
			all = append(all, m[1])
		}
	}
	return all
}

func code(said string) string {
	return regexp.MustCompile(`\b(\d{3,4}|0x[0-9A-F]{8})[: ]`).FindStringSubmatch(said)[1]
}

func lost(e ends) error {
	if !errors.Is(e.err, errPower) {
		return fmt.Errorf("the session ended with %v", e.err)
	}
	return nil
}

func when(wrong bool, format string, args ...any) error {
	if wrong {
		return fmt.Errorf(format, args...)
	}
	return nil
}

// effects say, for each fault, what must be seen after the session in which it struck.
func effects() map[string]func(t *testing.T, w *faultyWorld, s Strike, e ends) error {
	type look = func(t *testing.T, w *faultyWorld, s Strike, e ends) error
	refusedNow := func(_ *testing.T, w *faultyWorld, s Strike, _ ends) error {
		return when(!slices.Contains(w.codes(), code(s.What)), "no answer has the code of %q: %v", s.What, w.codes())
	}
	opening := func(_ *testing.T, w *faultyWorld, s Strike, e ends) error {
		body := w.service.bodies[slices.Index(w.service.calls, "connectionError")]
		return when(!strings.Contains(body, code(s.What)) || slices.Contains(e.report.Steps, "sendRequestXML"), "connectionError was %s, steps %v", body, e.report.Steps)
	}
	hresultOnly := func(done func(receipts int) bool, record string) look {
		return func(t *testing.T, w *faultyWorld, s Strike, e ends) error {
			at := slices.IndexFunc(w.told(), func(a told) bool { return a.hresult == code(s.What) && a.response == "" })
			wrong := at < 0 || strings.Contains(s.What, "writing set") && !done(e.after-e.before) || record != "" && w.known(t) != record
			return when(wrong, "%d receipts more, the set is %s, told %v", e.after-e.before, w.known(t), w.told())
		}
	}
	shop := func(status string) look {
		return func(_ *testing.T, w *faultyWorld, _ Strike, _ ends) error {
			got := w.trace[len(w.trace)-1]
			return when(!strings.HasPrefix(got, status) || strings.HasSuffix(got, "true") && status == "200", "the shop answered %s", got)
		}
	}
	entry := func(words string) look {
		return func(_ *testing.T, w *faultyWorld, s Strike, _ ends) error {
			kind, name, _ := strings.Cut(strings.TrimSpace(strings.Split(s.What, ":")[2]), " ")
			there, renamed := w.Company.ListID(kind, name) != "", regexp.MustCompile(`it is (.*) now$`).FindStringSubmatch(s.What)
			switch words {
			case "renamed":
				return when(there || w.Company.ListID(kind, renamed[1]) == "", "%s %q is still there", kind, name)
			case "inactive":
				return when(!there || slices.ContainsFunc(w.Company.entries(kind), func(o *object) bool { return o.Name == name }), "%s %q is active", kind, name)
			}
			return when(there, "%s %q is still there", kind, name)
		}
	}
	document := func(is func(c *Company, r *Receipt) bool) look {
		return func(_ *testing.T, w *faultyWorld, s Strike, _ ends) error {
			id := s.What[strings.LastIndex(s.What, " ")+1:]
			at := slices.IndexFunc(w.Company.Receipts(), func(r Receipt) bool { return r.TxnID == id })
			var r *Receipt
			if at >= 0 {
				r = &w.Company.Receipts()[at]
			}
			return when(!is(w.Company, r), "%s is %+v", id, r)
		}
	}
	packed := func(_ *testing.T, w *faultyWorld, _ Strike, _ ends) error {
		return when(!slices.ContainsFunc(w.Shop.Orders(), func(o json.RawMessage) bool { return strings.Contains(string(o), `"Packed."`) }), "no order is packed")
	}
	return map[string]look{
		"power lost before a call": func(_ *testing.T, w *faultyWorld, _ Strike, e ends) error {
			return errors.Join(lost(e), when(w.service.calls != nil && w.service.calls[len(w.service.calls)-1] == e.last() && e.report.Sets == 0 && e.last() == "authenticate", "%s was called", e.last()))
		},
		"request lost before QuickBooks worked": func(t *testing.T, w *faultyWorld, s Strike, e ends) error {
			wrong := e.last() != "ProcessRequest" || strings.Contains(s.What, "writing") && (e.after != e.before || w.known(t) != "600")
			return errors.Join(lost(e), when(wrong, "the last step was %s, %d receipts more", e.last(), e.after-e.before))
		},
		"answer lost after QuickBooks worked": func(t *testing.T, w *faultyWorld, s Strike, e ends) error {
			wrong := e.last() != "receiveResponseXML" || w.service.calls[len(w.service.calls)-1] == "receiveResponseXML" || strings.Contains(s.What, "writing") && (e.after != e.before+2 || w.known(t) != "0")
			return errors.Join(lost(e), when(wrong, "the last step was %s, calls %v, %d receipts more", e.last(), w.service.calls, e.after-e.before))
		},
		"progress lost after the answer was taken": func(_ *testing.T, w *faultyWorld, _ Strike, e ends) error {
			return errors.Join(lost(e), when(w.service.calls[len(w.service.calls)-1] != "receiveResponseXML", "the calls were %v", w.service.calls))
		},
		"a call sent twice": func(_ *testing.T, w *faultyWorld, s Strike, _ ends) error {
			for i := 1; i < len(w.service.bodies); i++ {
				if w.service.bodies[i] == w.service.bodies[i-1] && strings.HasPrefix(s.What, w.service.calls[i]) {
					return nil
				}
			}
			return fmt.Errorf("no call came twice: %v", w.service.calls)
		},
		"an answer sent again": func(_ *testing.T, w *faultyWorld, _ Strike, _ ends) error {
			all := w.told()
			for i := 1; i < len(all); i++ {
				if all[i] == all[i-1] && all[i].ticket == w.tickets()[i] {
					return nil
				}
			}
			return fmt.Errorf("no answer came twice")
		},
		"an answer sent again with a dead ticket": func(_ *testing.T, w *faultyWorld, _ Strike, _ ends) error {
			all := w.told()
			for i, a := range all {
				if a.ticket != w.tickets()[i] && slices.Contains(all[:i], a) || strings.HasPrefix(w.strikes[0].What, "before authenticate") && slices.Contains(all[:i], a) {
					return nil
				}
			}
			return fmt.Errorf("no answer came with a dead ticket")
		},
		"an answer that comes in a later session": func(_ *testing.T, w *faultyWorld, _ Strike, _ ends) error {
			all, closed := w.told(), 0
			for i, call := range w.service.calls {
				if call != "receiveResponseXML" {
					continue
				}
				if closed++; all[closed-1].ticket != w.tickets()[closed-1] && !slices.Contains(all[:closed-1], all[closed-1]) || i > 0 && w.service.calls[i-1] == "clientVersion" {
					return nil
				}
			}
			return fmt.Errorf("no answer came late: %v", w.service.calls)
		},
		"a second computer at work in between": func(_ *testing.T, w *faultyWorld, _ Strike, _ ends) error {
			return when(!strings.Contains(w.Company.hcp("OFFICE-2"), "LOCKED:OFFICE-2:") || strings.Count(strings.Join(w.service.calls, " "), "authenticate") <= strings.Count(strings.Join(w.trace, " "), "authenticate"), "calls %v", w.service.calls)
		},
		"QuickBooks works slowly": func(_ *testing.T, w *faultyWorld, _ Strike, _ ends) error {
			return when(w.now.Sub(newest) < 10*time.Second+time.Minute, "%s passed", w.now.Sub(newest))
		},
		"a request cut at some byte": func(_ *testing.T, _ *faultyWorld, _ Strike, e ends) error {
			return when(!errors.Is(e.err, errBroken), "the session ended with %v", e.err)
		},
		"a response cut at some byte": func(_ *testing.T, w *faultyWorld, s Strike, e ends) error {
			operation := w.service.calls[len(w.service.calls)-1]
			return when(!errors.Is(e.err, errBroken) || !strings.Contains(s.What, operation), "%v after %s", e.err, operation)
		},
		"a proxy answers instead of the service": func(_ *testing.T, _ *faultyWorld, _ Strike, e ends) error {
			return when(e.err == nil || !strings.Contains(e.err.Error(), "502"), "the session ended with %v", e.err)
		},
		"half an answer document": func(_ *testing.T, w *faultyWorld, s Strike, _ ends) error {
			var kept, of int
			if _, err := fmt.Sscanf(s.What[strings.LastIndex(s.What, ":")+1:], "%d of %d bytes", &kept, &of); err != nil {
				return err
			}
			return when(!slices.ContainsFunc(w.told(), func(a told) bool { return len(a.response) <= kept && !strings.HasSuffix(a.response, "</QBXML>\n") }) || kept >= of, "all answers are whole")
		},
		"a dialog box is open in QuickBooks": opening,
		"QuickBooks cannot be opened":        opening,
		"QuickBooks fails before it worked":  hresultOnly(func(n int) bool { return n == 0 }, "600"),
		"QuickBooks cannot read a set":       hresultOnly(func(n int) bool { return n == 0 }, "600"),
		"QuickBooks fails after it worked":   hresultOnly(func(n int) bool { return n == 2 }, "0"),
		"QuickBooks dies in the middle of a set": func(t *testing.T, w *faultyWorld, s Strike, e ends) error {
			var n int
			if _, err := fmt.Sscanf(s.What, "QuickBooks gives up a set after %d requests", &n); err != nil {
				return err
			}
			made := w.Company.ListID("Customer", fmt.Sprintf("Buyer %d", w.session)) != ""
			return when(!made || e.after-e.before != min(n-1, 2) || w.known(t) != "600", "after %d requests: customer %t, %d receipts more, the set is %s", n, made, e.after-e.before, w.known(t))
		},
		"answer lost, and QuickBooks' record of it too": func(t *testing.T, w *faultyWorld, s Strike, e ends) error {
			return errors.Join(lost(e), when(e.after != e.before+2 || !strings.Contains(s.What, " "+w.known(t)+" "), "%d receipts more, the set is %s: %s", e.after-e.before, w.known(t), s.What))
		},
		"a request refused for now": refusedNow,
		"a request refused":         refusedNow,
		"a question refused":        refusedNow,
		"written with a warning": func(t *testing.T, w *faultyWorld, s Strike, e ends) error {
			return errors.Join(refusedNow(t, w, s, e), when(w.Company.ListID("Customer", fmt.Sprintf("Buyer %d", w.session)) == "", "it is not in the books"))
		},
		"written, but not read back": func(_ *testing.T, w *faultyWorld, _ Strike, e ends) error {
			for _, a := range w.told() {
				if strings.Contains(a.response, "<ErrorRecovery>") && !strings.Contains(a.response, "<SalesReceiptRet>") && strings.Contains(a.response, "<TxnID>"+w.Company.Receipts()[e.after-1].TxnID) {
					return nil
				}
			}
			return fmt.Errorf("no ErrorRecovery with the TxnID came")
		},
		"responses in another order": func(_ *testing.T, w *faultyWorld, _ Strike, _ ends) error {
			for _, a := range w.told() {
				customer, receipt := strings.Index(a.response, "<CustomerAddRs"), strings.Index(a.response, "<SalesReceiptAddRs")
				if customer > receipt && receipt > 0 && strings.Count(a.response, "AddRs ") == 3 {
					return nil
				}
			}
			return fmt.Errorf("no set of three was answered from its last request to its first")
		},
		"an iterator breaks": func(_ *testing.T, w *faultyWorld, _ Strike, _ ends) error {
			return when(!slices.Contains(w.codes(), "3391"), "codes %v", w.codes())
		},
		"the clock of the QuickBooks machine jumps": func(t *testing.T, w *faultyWorld, _ Strike, _ ends) error {
			id, err := w.Company.TypeReceipt(TypedReceipt{Customer: "Walk In", Date: "2026-11-20", Lines: []TypedLine{{Item: "MUG", Amount: 100}}})
			if err != nil {
				return err
			}
			w.Company.Skew(0)
			right, err := w.Company.TypeReceipt(TypedReceipt{Customer: "Walk In", Date: "2026-11-20", Lines: []TypedLine{{Item: "MUG", Amount: 100}}})
			return errors.Join(err, when(id[strings.Index(id, "-"):] == right[strings.Index(right, "-"):], "%s is stamped with the right time", id))
		},
		"a list entry is renamed":       entry("renamed"),
		"a list entry is made inactive": entry("inactive"),
		"a list entry is deleted":       entry("gone"),
		"two list entries are merged":   entry("gone"),
		"a name is typed in that is about to be added": func(_ *testing.T, w *faultyWorld, _ Strike, _ ends) error {
			return when(!slices.Contains(w.codes(), "3100"), "codes %v", w.codes())
		},
		"the memo of a document of ours is changed":   document(func(_ *Company, r *Receipt) bool { return r != nil && r.Memo == "Checked by Ann." && r.Edited }),
		"the amount of a document of ours is changed": document(func(_ *Company, r *Receipt) bool { return r != nil && r.Total >= 200 && r.Edited }),
		"a document of ours is deposited":             document(func(c *Company, r *Receipt) bool { return r != nil && c.Void(r.TxnID) != nil }),
		"a document of ours is voided":                document(func(_ *Company, r *Receipt) bool { return r != nil && r.Void }),
		"a document of ours is deleted":               document(func(_ *Company, r *Receipt) bool { return r == nil }),
		"the preferences of the company file change": func(t *testing.T, w *faultyWorld, _ Strike, _ ends) error {
			return when(strings.Contains(w.Company.HCP(), "<IsUsingClassTracking>"+yes(open(t).books.Config.Classes)), "the preferences are as they were")
		},
		"an older copy of the books is put back": func(_ *testing.T, _ *faultyWorld, s Strike, e ends) error {
			return when(e.after != e.before || !strings.Contains(s.What, "2 documents"), "%d receipts, then %d: %s", e.before, e.after, s.What)
		},
		"the shop is out of order": func(_ *testing.T, w *faultyWorld, s Strike, _ ends) error {
			got := strings.Fields(w.trace[len(w.trace)-1])[0]
			return when(!strings.Contains(s.What, "status "+got), "%s: the shop answered %s", s.What, got)
		},
		"too many requests to the shop":                shop("429"),
		"the shop answers with a page instead of JSON": shop("200"),
		"the shop's answer breaks off":                 shop("200"),
		"the shop answers slowly": func(_ *testing.T, w *faultyWorld, _ Strike, _ ends) error {
			return when(w.now.Sub(newest) < 65*time.Second, "%s passed", w.now.Sub(newest))
		},
		"an order changes in the shop while it is read":      packed,
		"an order changes in the shop between pull and post": packed,
	}
}

// Each fault does what its words say, to the books, to what the service gets, and to the shop.
func TestWhatFaultsDo(t *testing.T) {
	all := effects()
	for _, f := range Faults() {
		t.Run(f.Name, func(t *testing.T) {
			t.Parallel()
			check := all[f.Name]
			if check == nil {
				t.Fatal("nothing is said of what it does")
			}
			for seed := range uint64(4) {
				w := newFaultyWorld(t)
				f.Arm(&w.World, rand.New(rand.NewPCG(seed, 1)))
				for range 12 {
					e := ends{before: len(w.Company.Receipts())}
					e.report, e.err = w.turn(t)
					e.after = len(w.Company.Receipts())
					if struck := w.Strikes(); len(struck) > 0 {
						if err := check(t, w, struck[0], e); err != nil {
							t.Errorf("seed %d: %s: %v", seed, struck[0].What, err)
						}
						break
					}
				}
			}
		})
	}
}

// A connection that breaks for true: over the network, with both ways to talk.
func TestBrokenConnections(t *testing.T) {
	eachWire(t, func(t *testing.T, raw bool) {
		for _, f := range wireFaults() {
			for seed := range uint64(4) {
				w := newFaultyWorld(t)
				server := httptest.NewServer(http.HandlerFunc(w.service.ServeHTTP))
				w.Connector = NewConnector(ConnectorConfig{AppURL: server.URL + "/qbwc", User: "u", Password: "p", Company: w.Company, Raw: raw, Sleep: func(context.Context, time.Duration) error { return nil }})
				f.Arm(&w.World, rand.New(rand.NewPCG(seed, 0)))
				for range 8 {
					_, _ = w.turn(t)
				}
				if len(w.Strikes()) != 1 {
					t.Errorf("%s struck %d times", f.Name, len(w.Strikes()))
				}
				if _, err := w.turn(t); err != nil {
					t.Errorf("%s: a session after it ends with %v", f.Name, err)
				}
				server.Close()
			}
		}
	})
}

// Two sessions side by side, one step of each in turn, always in the same order; one that is abandoned ends where it stands.
func TestWalks(t *testing.T) {
	run := func() string {
		w := newFaultyWorld(t)
		first, second := w.Connector.Walk(t.Context()), w.Connector.Walk(t.Context())
		for more := true; more; {
			_, one := first.Step()
			_, two := second.Step()
			more = one || two
		}
		if first.Err != nil || second.Err != nil || first.Report.Sets < 2 || second.Report.Sets < 2 || first.Report.Closed == "" && second.Report.Closed == "" && len(w.service.calls) == 0 {
			t.Errorf("the sessions ended with %v, %v: %+v %+v", first.Err, second.Err, first.Report, second.Report)
		}
		abandoned := w.Connector.Walk(t.Context())
		for range 4 {
			abandoned.Step()
		}
		abandoned.Stop()
		if !errors.Is(abandoned.Err, errAbandoned) || w.service.calls[len(w.service.calls)-1] != "authenticate" {
			t.Errorf("the abandoned session ended with %v after %v", abandoned.Err, w.service.calls)
		}
		return strings.Join(w.service.calls, " ")
	}
	first, again := run(), run()
	if first != again || !strings.HasPrefix(first, "serverVersion serverVersion clientVersion clientVersion authenticate authenticate") {
		t.Errorf("the calls came as %s\nthen as %s", first, again)
	}
}

// Every code that QuickBooks may refuse a request with, and every HRESULT, is among the faults (quickbooks.md 5, qbwc-protocol.md 6.2).
func TestEveryCodeIsAFault(t *testing.T) {
	codes := map[int]bool{}
	for _, r := range Refusals() {
		codes[r.Code] = true
		if r.Severity != "Error" || r.Message == "" {
			t.Errorf("%+v is no refusal", r)
		}
		if passing := qbxml.StatusOf(r.Code, r.Severity, r.Message).Action; r.Passing && passing == qbxml.Hold {
			t.Errorf("%d %q passes, but is to be held", r.Code, r.Message)
		}
	}
	unknown := qbxml.StatusOf(3999, "Error", "").Meaning
	for code := 1000; code < 9200; code++ {
		if code >= 9000 && code < 9100 || code >= 2000 && code <= 2040 || code >= 9100 && code != 9100 || codes[code] {
			continue // codes of a whole set, of the online edition, of a range
		}
		if s := qbxml.StatusOf(code, "Error", ""); s.Meaning != unknown && (code < 3300 || code > 3400) {
			t.Errorf("no fault has the code %d: %s", code, s.Meaning)
		}
	}
	for n := 0x80040400; n < 0x80040500; n++ {
		h := qbxml.HResultOf(fmt.Sprintf("0x%08X", n))
		has := func(all []hresult) bool {
			return slices.ContainsFunc(all, func(f hresult) bool { return strings.EqualFold(f.code, h.Code) })
		}
		opening, working := has(openingFailures()), has(workingFailures()) || has(notWorkedFailures())
		if h.Meaning == qbxml.HResultOf("0x80040499").Meaning || h.Code == "0x80040413" || h.Code == "0x80040423" { // unknown, or answers to what the bridge must never send
			continue
		}
		if h.Arrives != qbxml.AtRequest && !opening || h.Arrives != qbxml.AtOpening && !working {
			t.Errorf("no fault has the HRESULT %s: %s", h.Code, h.Meaning)
		}
	}
}
