package sim

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/beevik/etree"
)

func quickBooksFaults() []Fault {
	return []Fault{
		{Name: "a dialog box is open in QuickBooks", Where: WhereQuickBooks, arm: func(w *World, t *trouble, r *rand.Rand) string {
			return cannotOpen(w, t, openingFailures()[slices.IndexFunc(openingFailures(), func(h hresult) bool { return h.code == "0x80040414" })], 1+r.IntN(3))
		}},
		{Name: "QuickBooks cannot be opened", Where: WhereQuickBooks, arm: func(w *World, t *trouble, r *rand.Rand) string {
			return cannotOpen(w, t, pick(r, openingFailures()), 1)
		}},
		{Name: "QuickBooks fails before it worked", Where: WhereQuickBooks, arm: func(w *World, t *trouble, r *rand.Rand) string {
			return crashes(w, t, pick(r, workingFailures()), 0)
		}},
		{Name: "QuickBooks dies in the middle of a set", Where: WhereQuickBooks, arm: func(w *World, t *trouble, r *rand.Rand) string {
			return crashes(w, t, pick(r, workingFailures()), 1+r.IntN(4))
		}},
		{Name: "QuickBooks fails after it worked", Where: WhereQuickBooks, arm: func(_ *World, t *trouble, r *rand.Rand) string {
			return instead(t, someMoment(r, "receiveResponseXML"), pick(r, workingFailures()))
		}},
		{Name: "QuickBooks cannot read a set", Where: WhereQuickBooks, arm: func(w *World, t *trouble, r *rand.Rand) string {
			return crashes(w, t, pick(r, notWorkedFailures()), 0)
		}},
		{Name: "answer lost, and QuickBooks' record of it too", Where: WhereQuickBooks, arm: spoiltRecord},
		{Name: "a request refused for now", Where: WhereQuickBooks, arm: func(_ *World, t *trouble, r *rand.Rand) string {
			return refuses(t, r, true)
		}},
		{Name: "a request refused", Where: WhereQuickBooks, arm: func(_ *World, t *trouble, r *rand.Rand) string {
			return refuses(t, r, false)
		}},
		{Name: "a question refused", Where: WhereQuickBooks, arm: func(_ *World, t *trouble, r *rand.Rand) string {
			status, n := pick(r, Refusals()), 1+r.IntN(3)
			said := fmt.Sprintf("question no. %d is refused with %d: %s", n, status.Code, status.Message)
			t.request = func(request, _ string) *Status {
				if changes(request) {
					return nil
				}
				if n--; n > 0 {
					return nil
				}
				t.struck(said + " (" + request + ")")
				return &status.Status
			}
			return said
		}},
		{Name: "written with a warning", Where: WhereQuickBooks, arm: func(_ *World, t *trouble, r *rand.Rand) string {
			status := pick(r, warnings())
			said := fmt.Sprintf("the next that is written comes with the warning %d: %s", status.Code, status.Message)
			t.request = func(request, _ string) *Status {
				if !changes(request) {
					return nil
				}
				t.struck(said + " (" + request + ")")
				return &status
			}
			return said
		}},
		{Name: "written, but not read back", Where: WhereQuickBooks, arm: unreadable},
		{Name: "responses in another order", Where: WhereQuickBooks, arm: reordered},
		{Name: "an iterator breaks", Where: WhereQuickBooks, arm: func(w *World, t *trouble, _ *rand.Rand) string {
			said := "QuickBooks forgets how far it has told a list"
			t.before = func(s *session, step string) error {
				if step == "ProcessRequest" && strings.Contains(s.request, `iterator="Continue"`) {
					w.Company.DropIterators()
					t.struck(said)
				}
				return nil
			}
			return said
		}},
		{Name: "the clock of the QuickBooks machine jumps", Where: WhereMachine, arm: func(w *World, t *trouble, r *rand.Rand) string {
			m := someMoment(r, "authenticate", "sendRequestXML", "ProcessRequest")
			d := pick(r, []time.Duration{time.Minute, time.Hour, 26 * time.Hour, 400 * 24 * time.Hour}) * time.Duration(1-2*r.IntN(2))
			said := fmt.Sprintf("before %s the clock of the QuickBooks machine jumps by %s", m, d)
			t.before = func(s *session, step string) error {
				if m.come(s, step) {
					w.Company.Skew(d)
					t.struck(said)
				}
				return nil
			}
			return said
		}},
	}
}

// cannotOpen refuses the company file in some sessions.
func cannotOpen(w *World, t *trouble, h hresult, times int) string {
	said := fmt.Sprintf("QuickBooks cannot be opened %d times: %s %s", times, h.code, h.text)
	t.left = times
	for range times {
		w.Company.RefuseSession(h.code, h.text)
	}
	t.before = func(_ *session, step string) error {
		if step == "connectionError" {
			t.struck(said)
		}
		return nil
	}
	return said
}

// crashes makes QuickBooks die at the next set that writes, after n requests of it.
func crashes(w *World, t *trouble, h hresult, n int) string {
	said := fmt.Sprintf("QuickBooks gives up a set after %d requests: %s %s", n, h.code, h.text)
	t.before = func(s *session, step string) error {
		if step == "ProcessRequest" && isWriting(s.request) {
			w.Company.CrashAfter(n, h.code, h.text)
		}
		return nil
	}
	t.reply = func(_ *session, reply *Reply) {
		if reply.HResult == h.code {
			t.struck(said)
		}
	}
	return said
}

// instead gives an HRESULT in the place of the answer to what QuickBooks did.
func instead(t *trouble, m *moment, h hresult) string {
	said := fmt.Sprintf("QuickBooks does its work, but at %s it says: %s %s", m, h.code, h.text)
	t.reply = func(s *session, reply *Reply) {
		if m.come(s, "receiveResponseXML") {
			*reply = Reply{HResult: h.code, Message: h.text}
			t.struck(said)
		}
	}
	return said
}

var newMessageSetID = regexp.MustCompile(`newMessageSetID="([^"]*)"`)

// spoiltRecord: the answer to a writing set is lost, and a status check of the set brings a code instead of it.
func spoiltRecord(w *World, t *trouble, r *rand.Rand) string {
	code := pick(r, []string{"600", "9001", "9002", "9003", "9004", "9005", "9006"})
	said := "the answer to a writing set is lost, and QuickBooks says " + code + " when asked for it"
	t.before = func(s *session, step string) error {
		id := newMessageSetID.FindStringSubmatch(s.request)
		if step != "receiveResponseXML" || !isWriting(s.request) || id == nil {
			return nil
		}
		if err := w.Company.SpoilSet(s.config.AppName, id[1], code); err != nil {
			return nil // refused as a whole: there is no record
		}
		t.struck(said)
		return errPower
	}
	return said
}

// refuses answers a writing request with a status and does not do it.
func refuses(t *trouble, r *rand.Rand, passing bool) string {
	status := pick(r, slices.DeleteFunc(Refusals(), func(x Refusal) bool { return x.Passing != passing }))
	n := 1 + r.IntN(3)
	said := fmt.Sprintf("request no. %d that writes is refused with %d: %s", n, status.Code, status.Message)
	t.request = func(request, _ string) *Status {
		if !changes(request) {
			return nil
		}
		if n--; n > 0 {
			return nil
		}
		t.struck(said + " (" + request + ")")
		return &status.Status
	}
	return said
}

// reordered gives the responses to a set that writes in the reverse order: requestID alone says what they answer.
func reordered(_ *World, t *trouble, _ *rand.Rand) string {
	said := "QuickBooks answers the requests of a set from the last to the first"
	t.reply = func(s *session, reply *Reply) {
		doc := etree.NewDocument()
		if !isWriting(s.request) || doc.ReadFromString(reply.Response) != nil {
			return
		}
		msgs := doc.FindElement("/QBXML/QBXMLMsgsRs")
		if msgs == nil || len(msgs.ChildElements()) < 2 {
			return
		}
		slices.Reverse(msgs.Child)
		if text, err := doc.WriteToString(); err == nil {
			reply.Response = text
			t.struck(said)
		}
	}
	return said
}

var writtenRet = regexp.MustCompile(`(?s)<(SalesReceipt|Invoice|SalesOrder|CreditMemo|ReceivePayment|ARRefundCreditCard|Check|Customer|Item\w+|PaymentMethod|ShipMethod)Ret>.*?\n</(SalesReceipt|Invoice|SalesOrder|CreditMemo|ReceivePayment|ARRefundCreditCard|Check|Customer|Item\w+|PaymentMethod|ShipMethod)Ret>`)

// unreadable puts an ErrorRecovery into the place of each record that was written.
func unreadable(_ *World, t *trouble, r *rand.Rand) string {
	said := "QuickBooks writes a set, but cannot read back what it wrote"
	t.reply = func(s *session, reply *Reply) {
		if !isWriting(s.request) || !strings.Contains(reply.Response, "AddRs") {
			return
		}
		was := reply.Response
		reply.Response = writtenRet.ReplaceAllStringFunc(reply.Response, func(ret string) string {
			b := "<ErrorRecovery>"
			for _, name := range []string{"ListID", "TxnID", "TxnNumber", "EditSequence"} {
				if m := regexp.MustCompile(`<` + name + `>[^<]*</` + name + `>`).FindString(ret); m != "" && (name != "ListID" || !strings.Contains(ret, "<TxnID>")) {
					b += m
				}
			}
			return b + "</ErrorRecovery>"
		})
		if reply.Response != was {
			t.struck(said)
		}
	}
	return said
}
