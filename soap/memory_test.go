package soap

import (
	"crypto/rand"
	"regexp"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

// P23: tickets are UUIDs of version 4 from the random numbers given, never two alike.
func TestNewTicket(t *testing.T) {
	seen := map[string]bool{}
	for range 1000 {
		ticket, err := NewTicket(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		if !regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`).MatchString(ticket) || seen[ticket] {
			t.Fatalf("ticket %q", ticket)
		}
		seen[ticket] = true
	}
	if ticket, err := NewTicket(strings.NewReader("0123456789abcdef")); err != nil || ticket != "30313233-3435-4637-b839-616263646566" {
		t.Errorf("%q, %v", ticket, err)
	}
	if ticket, err := NewTicket(iotest.ErrReader(iotest.ErrTimeout)); err == nil {
		t.Errorf("ticket %q without random numbers", ticket)
	}
	if ticket, err := NewTicket(strings.NewReader("short")); err == nil {
		t.Errorf("ticket %q from too few random numbers", ticket)
	}
}

// company is a backend where both users work on one company, and the clock is the test's.
func company(now *time.Time, requests ...string) *Memory {
	m := NewMemory(MemoryOptions{
		Check:   func(_, password string) bool { return password == "right" },
		Company: func(string) string { return "Shop" },
		Random:  rand.Reader,
		Now:     func() time.Time { return *now },
	})
	m.Queue(requests...)
	return m
}

func admit(t *testing.T, m *Memory, user, password string) Admission {
	t.Helper()
	a, err := m.Authenticate(t.Context(), user, password)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// P21, P23, P24
func TestMemoryAdmits(t *testing.T) {
	now := opened
	m := company(&now, "one", "two")
	if a := admit(t, m, "anna", "wrong"); a.Verdict != NotValidUser || a.Ticket == "" || m.Session(a.Ticket).Phase != Unknown {
		t.Errorf("wrong password: %+v", a)
	}
	first := admit(t, m, "anna", "right")
	if s := m.Session(first.Ticket); first.Verdict != OpenCompany || s.User != "anna" || s.Company != "Shop" || s.Phase != New {
		t.Errorf("first: %+v, %+v", first, s)
	}
	second := admit(t, m, "anna", "right")
	if second.Verdict != OpenCompany || m.Session(first.Ticket).Phase != Closed || m.Session(second.Ticket).Phase != New {
		t.Errorf("the same user again: %+v", second)
	}
	if a := admit(t, m, "bert", "right"); a.Verdict != Busy || m.Session(second.Ticket).Phase != New {
		t.Errorf("another user: %+v", a)
	}
	now = now.Add(2 * time.Minute)
	if a := admit(t, m, "bert", "right"); a.Verdict != OpenCompany || m.Session(second.Ticket).Phase != Closed {
		t.Errorf("another user, after silence: %+v", a)
	}
}

// P27, P30, P31, P32: a set without an answer stays in doubt and is never handed out again; its late answer is kept.
func TestMemoryNeverRepeatsASetInDoubt(t *testing.T) {
	now := opened
	m := company(&now, "one", "two")
	next := func(ticket string) string {
		t.Helper()
		request, err := m.Next(t.Context(), ticket, Poll{})
		if err != nil {
			t.Fatal(err)
		}
		return request
	}
	answer := func(ticket, text string) int {
		t.Helper()
		progress, err := m.Answer(t.Context(), ticket, Answer{Response: NewText(text)})
		if err != nil {
			t.Fatal(err)
		}
		return progress
	}
	old := admit(t, m, "anna", "right").Ticket
	for range 2 {
		if got := next(old); got != "one" {
			t.Fatalf("first comes %q", got)
		}
	}
	ticket := admit(t, m, "anna", "right").Ticket
	if got := m.InDoubt(); len(got) != 1 || got[0] != "one" {
		t.Fatalf("in doubt: %v", got)
	}
	if got := next(ticket); got != "two" {
		t.Fatalf("then comes %q", got)
	}
	if got := answer(old, "late"); got != -1 || len(m.InDoubt()) != 0 {
		t.Errorf("late answer: %d, in doubt %v", got, m.InDoubt())
	}
	if got := answer(ticket, "on time"); got != 100 || answer(ticket, "on time") != 100 || next(ticket) != "" {
		t.Errorf("last answer: %d", got)
	}
	if got := m.Answers(); len(got) != 2 || got[0].Set != "1" || got[0].Response != "late" || got[1].Set != "2" {
		t.Errorf("answers: %+v", got)
	}
	if a := admit(t, m, "anna", "right"); a.Verdict != NoWork {
		t.Errorf("afterwards: %+v", a)
	}
}

// P33: an empty request in a session that found its work gone ends quietly.
func TestMemoryEndsQuietlyWithoutWork(t *testing.T) {
	m := newTestMemory("one")
	m.options.Check = func(string, string) bool { return true }
	anna, bert := admit(t, m, "anna", "").Ticket, admit(t, m, "bert", "").Ticket
	for _, tt := range []struct{ ticket, want string }{{anna, "one"}, {bert, ""}} {
		if request, err := m.Next(t.Context(), tt.ticket, Poll{}); err != nil || request != tt.want {
			t.Errorf("%q, %v; want %q", request, err, tt.want)
		}
	}
	if text, err := m.LastError(t.Context(), bert); err != nil || text != "" {
		t.Errorf("%q, %v", text, err)
	}
}

// P37
func TestMemoryGivesUpWithoutQuickBooks(t *testing.T) {
	m := newTestMemory("one")
	ticket := admit(t, m, "shop-1", "s3cr&t").Ticket
	if text, err := m.ConnectionFailed(t.Context(), ticket, ConnectionFailure{HResult: "0x80040408"}); err != nil || text != Done {
		t.Errorf("%q, %v", text, err)
	}
	if text, err := m.LastError(t.Context(), ticket); err != nil || text != ConnectionAdvice("0x80040408", "") {
		t.Errorf("%q, %v", text, err)
	}
}

// P37: every code of the table of hresults that comes when a company file is opened has its own advice, in any spelling, fit for the
// status column; the message is only quoted where there is none.
func TestConnectionAdvice(t *testing.T) {
	for code, says := range map[string]string{
		"0x80040401": "could not be reached",
		"0x80040402": "could not be reached",
		"0x80040403": "could not open the company file",
		"0x80040404": "Repair it",
		"0x80040405": "Repair it",
		"0x80040406": "another version of QuickBooks",
		"0x80040407": "Repair it",
		"0x80040408": "same Windows user",
		"0x80040409": "another version of QuickBooks",
		"0x8004040A": "Another company file is open",
		"0x80040410": "single-user and multi-user mode",
		"0x80040414": "dialog",
		"0x80040416": "not running",
		"0x80040417": "No company file is open",
		"0x80040418": "as Admin in single-user mode",
		"0x8004041A": "Integrated Applications",
		"0x8004041B": "not ready yet",
		"0x8004041C": "Verify Data",
		"0x8004041D": "log in by itself",
		"0x8004041E": "certificate",
		"0x8004041F": "edition",
		"0x80040420": "denied access",
		"0x80040421": "could not be opened. It is tried again", // passes on a message
		"0x80040422": "another program uses it",
		"0x80040424": "not ready yet",
		"0x80040427": "Repair it",
		"0x8004042A": "another computer",
		"0x8004042C": "certificate",
		"0x80040154": "Repair it",
		"0x80010105": "could not be opened. It is tried again", // not explained
	} {
		advice := ConnectionAdvice(code, "")
		if StatusText(advice) != advice || !strings.HasSuffix(advice, ". ("+code+")") || !strings.Contains(advice, says) {
			t.Errorf("%s: %q (%d characters) lacks %q", code, advice, len(advice), says)
		}
		if lower := ConnectionAdvice(" "+strings.ToLower(code)+"\n", ""); lower != advice {
			t.Errorf("%s in lower case: %q", code, lower)
		}
	}
	for _, tt := range []struct{ code, message, want string }{
		{"0x8004040a", "Andere Datei", "Another company file is open in QuickBooks. Open the one that this update was set up for. (0x8004040A)"},
		{"0x80040421", "Bitte warten.", "QuickBooks could not be opened: Bitte warten. It is tried again at the next update. (0x80040421)"},
		{"", "", "QuickBooks could not be opened. It is tried again at the next update."},
	} {
		if got := ConnectionAdvice(tt.code, tt.message); got != tt.want {
			t.Errorf("%s: %q", tt.code, got)
		}
	}
}
