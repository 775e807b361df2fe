package bridge

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"qbridge/internal/sim"
	"qbridge/soap"
	"qbridge/store"
)

// events gives the kinds of lines, in their order.
func events(lines []LogLine) (all []string) {
	for _, l := range lines {
		all = append(all, l.Event)
	}
	return all
}

// inOrder tells whether the words come in this order, others between them.
func inOrder(all []string, words ...string) bool {
	for _, word := range words {
		at := slices.Index(all, word)
		if at < 0 {
			return false
		}
		all = all[at+1:]
	}
	return true
}

// I4: the life of an order that was posted, from the pull to the answer, in the order of time, with the bytes on request.
func TestOrderLog(t *testing.T) {
	w := newWorld(t)
	p := w.take(sim.KindPlain)[0]
	w.settle()
	w.once(p)
	l, err := w.b.OrderLog(w.ctx, p.ID, false)
	check(t, err)
	if !inOrder(events(l.Lines), "pulled", "state", "handed out", "answered") {
		t.Errorf("the lines are %v", events(l.Lines))
	}
	if !slices.IsSortedFunc(l.Lines, func(a, b LogLine) int { return a.At.Compare(b.At) }) {
		t.Error("the lines are not in the order of time")
	}
	row := w.row(p)
	for _, line := range l.Lines {
		if line.Bytes != "" {
			t.Errorf("bytes without being asked for: %s", line.Bytes)
		}
		if line.Event == "handed out" && (line.Set != row.SetID || !strings.Contains(line.Note, "SalesReceiptAdd")) {
			t.Errorf("handed out: %+v, the row was in set %s", line, row.SetID)
		}
		if line.Event == "answered" && !strings.Contains(line.Note, " x 0") {
			t.Errorf("answered: %+v", line)
		}
	}
	l, err = w.b.OrderLog(w.ctx, p.ID, true)
	check(t, err)
	var bytes string
	for _, line := range l.Lines {
		bytes += line.Bytes
	}
	if !strings.Contains(bytes, "<SalesReceiptAddRq") || !strings.Contains(bytes, "<SalesReceiptAddRs") || !strings.Contains(bytes, "<TxnID>"+row.RecordID+"</TxnID>") {
		t.Errorf("the bytes lack request or answer: %s", bytes)
	}
	if _, err := w.b.OrderLog(w.ctx, "NONE", false); err == nil || !strings.Contains(err.Error(), "there is no order NONE") {
		t.Errorf("an order that is not there: %v", err)
	}
}

// I8: secrets, e-mail addresses and card numbers in stored bytes don't come out.
func TestLogMasksBytes(t *testing.T) {
	w := newWorld(t)
	p := w.take(sim.KindPlain)[0]
	w.settle()
	row := w.row(p)
	const planted = "<Memo>token=" + worldToken + " mail kate@example.com card 4111111111111111</Memo>"
	check(t, w.b.db.Write(w.ctx, func(tx *store.Tx) error {
		return tx.AnswerSet(row.SetID, store.SetAnswer{State: setAnswered, Answer: []byte(planted)})
	}))
	w.restart() // the redactor knows no secret from before
	l, err := w.b.OrderLog(w.ctx, p.ID, true)
	check(t, err)
	text, err := json.Marshal(l.Lines)
	check(t, err)
	for _, secret := range []string{worldToken, "kate@example.com", "4111111111111111"} {
		if strings.Contains(string(text), secret) {
			t.Errorf("%s comes out in %s", secret, text)
		}
	}
	if !strings.Contains(string(text), "k***@example.com") {
		t.Errorf("the planted answer is not shown at all: %s", text)
	}
}

// P62: a session tells when, which company, what was sent, done, failed, and how it ended.
func TestSessionLog(t *testing.T) {
	w := newWorld(t, worldOptions{setSize: 4})
	w.take(plain(3)...)
	w.plan()
	w.session()
	w.session()
	all, err := w.b.Sessions(w.ctx, 50)
	check(t, err)
	i := slices.IndexFunc(all, func(s SessionView) bool { return s.Done > 0 })
	if i < 0 {
		t.Fatalf("no session wrote: %+v", all)
	}
	s := all[i]
	if s.Number != i+1 || s.Ended != "regularly" || s.Failed != 0 || s.Sent < s.Done || s.CompanyFile == "" || s.Product == "" || s.Closed.IsZero() {
		t.Errorf("the session is %+v", s)
	}
	for _, which := range []string{s.Ticket, s.Ticket[:10], strings.ToUpper(s.Ticket)} {
		l, err := w.b.SessionLog(w.ctx, which, true)
		check(t, err)
		if l.Ticket != s.Ticket || l.Number != s.Number {
			t.Errorf("%s gives session %d, %s", which, l.Number, l.Ticket)
		}
		kinds := events(l.Lines)
		if kinds[0] != "opened" || kinds[len(kinds)-1] != "closed" || !inOrder(kinds, "handed out", "answered") {
			t.Errorf("the lines are %v", kinds)
		}
	}
	if _, err := w.b.SessionLog(w.ctx, "999999", false); err == nil || !strings.Contains(err.Error(), "there is no session 999999") {
		t.Errorf("a session that is not there: %v", err)
	}
}

// P62: a session that the company file ended says why.
func TestSessionLogOfAFailure(t *testing.T) {
	w := newWorld(t)
	w.take(sim.KindPlain)
	ticket := w.admit()
	_, err := w.b.Connector().ConnectionFailed(w.ctx, ticket, soap.ConnectionFailure{HResult: "0x80040408"})
	check(t, err)
	l, err := w.b.SessionLog(w.ctx, "1", false)
	check(t, err)
	if l.Ended != "with a message" || !strings.Contains(l.Said, "0x80040408") || !strings.Contains(l.Lines[len(l.Lines)-1].Note, l.Said) {
		t.Errorf("the session is %+v", l)
	}
}

// A set without an answer is said.
func TestSessionLogInDoubt(t *testing.T) {
	w := newWorld(t)
	w.take(sim.KindPlain)
	ticket, _, _ := w.untilWriting()
	_, err := w.b.Connector().Close(w.ctx, ticket)
	check(t, err)
	l, err := w.b.SessionLog(w.ctx, ticket, false)
	check(t, err)
	if !strings.HasPrefix(l.Ended, "without the answer to set ") {
		t.Errorf("it ended %s", l.Ended)
	}
	if !slices.ContainsFunc(l.Lines, func(line LogLine) bool { return strings.Contains(line.Note, "It has no answer") }) {
		t.Errorf("no line says that the answer is missing: %+v", l.Lines)
	}
}

// Every kind of message set has its own words, with a number, a list or a set in them.
func TestHandedOutWords(t *testing.T) {
	seen := map[string]bool{}
	for _, kind := range []string{kindIdentity, kindStatus, kindSettle, kindRead, kindWhose, kindList, kindCheck, kindLook, kindUndo, kindWrite} {
		words := handedOutWords(store.Set{Kind: kind, Subject: `{"Set":"THATSET7","Rows":[1,2,3,4,5,6,7],"List":"Item7"}`, Rows: 7, Request: []byte("<SalesReceiptAddRq r><SalesReceiptAddRq><CustomerAddRq>")})
		if seen[words] || !strings.Contains(words, "7") || strings.HasPrefix(words, "Handed out") {
			t.Errorf("a set to %s: %s", kind, words)
		}
		seen[words] = true
	}
	if !seen["Sent 7 requests: 2 x SalesReceiptAdd, 1 x CustomerAdd."] {
		t.Errorf("what was sent is not counted: %v", seen)
	}
}
