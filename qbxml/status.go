package qbxml

import (
	"regexp"
	"slices"
	"strings"
)

// Action is what can be done about a request, judged by its status.
type Action string

// The actions.
const (
	OK     Action = "ok"      // done
	OKNote Action = "ok+note" // done; the message is worth keeping
	Empty  Action = "empty"   // a query found nothing, or not all; not an error
	Retry  Action = "retry"   // the same text again, next session, a few times, then hold
	Fix    Action = "fix"     // change the request as Advice says, once, then hold
	Hold   Action = "hold"    // wait for a person; other requests go on
	Stop   Action = "stop"    // configuration or access: end the session, keep everything queued
	Resend Action = "resend"  // never processed; send again unchanged, costs no try
)

// Status is a status code of a response with what it means.
type Status struct {
	Code         int
	Severity     string
	Meaning      string
	Action       Action
	ProgramFault bool   // the program made a wrong request: report it, a person can't cure it
	Advice       string // what to do next, in words
}

// StatusOf judges a status. The severity decides first: with Info or Warn QuickBooks did what was
// asked. One code may stand for a lasting and a passing cause; then the message tells them apart.
// An unknown code of severity Error holds.
func StatusOf(code int, severity, message string) Status {
	s := known(code)
	s.Code, s.Severity = code, severity
	done := s.Action == OK || s.Action == OKNote || s.Action == Empty
	switch strings.ToLower(strings.TrimSpace(severity)) {
	case "info", "warn":
		if !done {
			s.Action, s.ProgramFault = OKNote, false
			s.Advice = "QuickBooks did it and has a remark; keep the message."
		}
		return s
	case "error":
		if done {
			return Status{Code: code, Severity: severity, Action: Hold,
				Meaning: "QuickBooks calls it an error, though the code (" + s.Meaning + ") is none",
				Advice:  "Look at the message and at the record in QuickBooks, then try again."}
		}
	}
	if slices.Contains(severalCauses, code) && passing(message) {
		s.Action = Retry
		s.Advice = "Someone was using the record or the list; it is tried again by itself."
	}
	return s
}

// severalCauses are the codes whose message must be read.
var severalCauses = []int{3170, 3175, 3180, 3210}

// passing reports whether a message tells of something that passes by itself.
func passing(message string) bool {
	message = normalise(message)
	for _, phrase := range []string{
		"modified by another user", "could not be locked", "acquire the lock", "in use by another user", "list element is in use",
	} {
		if strings.Contains(message, phrase) {
			return true
		}
	}
	return false
}

var blanks = regexp.MustCompile(`\s+`)

// normalise makes messages comparable: they come with doubled blanks, any case, and quotes that were
// escaped once too often.
func normalise(message string) string {
	message = strings.ReplaceAll(message, "&quot;", `"`)
	return strings.ToLower(blanks.ReplaceAllString(message, " "))
}

// known looks a code up, by itself or by its range.
func known(code int) Status {
	for _, s := range statuses() {
		if s.Code == code {
			return s
		}
	}
	switch {
	case code >= 9100 && code <= 9199:
		return Status{Meaning: "a macro of the request is undefined or of the wrong kind", Action: Hold, ProgramFault: true, Advice: report}
	case code >= 0 && code < 500:
		return Status{Meaning: "done, with a code unknown here", Action: OKNote, Advice: "Keep the message."}
	case code >= 500 && code < 1000:
		return Status{Meaning: "done, with a warning unknown here", Action: OKNote, Advice: "Keep the message."}
	}
	return Status{Meaning: "an error unknown here", Action: Hold, Advice: "Read QuickBooks' message, put it right there, then try again."}
}

// SetConclusion is what a messageSetStatusCode lets one conclude. None alone permits to send a
// writing set again: ask for the documents by their natural keys first.
type SetConclusion string

// The conclusions.
const (
	Fine            SetConclusion = "fine"          // read the responses
	NotStored       SetConclusion = "not stored"    // QuickBooks doesn't know the set
	UnknownOutcome  SetConclusion = "unknown"       // executed or not
	SetProgramFault SetConclusion = "program fault" // the ID or the re-sent bytes were wrong; outcome unknown
)

// MessageSetStatus judges the messageSetStatusCode of an answer. QuickBooks gives one only to a set
// with message set IDs; without one the outcome is unknown.
func MessageSetStatus(code string) SetConclusion {
	switch strings.TrimSpace(code) {
	case "0":
		return Fine
	case "600":
		return NotStored
	case "9001", "9004": // another body under a used ID; the ID too long
		return SetProgramFault
	}
	return UnknownOutcome // 9002, 9005: no answer could be stored; 9006 and others were never explained
}

// missing3140 is the message of a 3140, in the forms seen: There is an invalid reference to
// QuickBooks Customer "Jane Doe" in the SalesReceipt.
var missing3140 = regexp.MustCompile(`(?is)invalid\s+reference\s+to\s+(?:the\s+)?QuickBooks\s+(.+?)\s+"(.*)"\s+in\s+the\s`)

// Unquote3140 takes the kind and the name of the missing object out of the message of a 3140. The
// name may itself hold quotes. Both are empty when the message has another form.
func Unquote3140(message string) (kind, name string) {
	message, _, _ = strings.Cut(message, "QuickBooks error message:")
	m := missing3140.FindStringSubmatch(strings.ReplaceAll(message, "&quot;", `"`))
	if m == nil {
		return "", ""
	}
	return m[1], m[2]
}
