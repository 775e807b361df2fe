package soap

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Backend is what a [Handler] serves. It loads the session's state, calls [Step] and saves the result in its own transaction, before
// it returns. Methods are called at the same time from several goroutines, and more than once for the same message: .NET repeats a
// request silently when a kept-alive connection dies. The context is not cancelled when the Web Connector hangs up: an answer of
// QuickBooks must be recorded even then.
//
// An error becomes the answer that ends the session with a sentence; its text goes to the log, never to the Web Connector.
type Backend interface {
	// Authenticate checks user and password (in constant time) and opens a session, which replaces an older one of the same user.
	// A wrong password is no error but the verdict NotValidUser.
	Authenticate(ctx context.Context, user, password string) (Admission, error)
	// Next returns the qbXML to hand out, exactly as stored before, or "" if there is none.
	Next(ctx context.Context, ticket string, poll Poll) (string, error)
	// Answer records what QuickBooks answered and returns the progress: 0 to 99 while work remains in this session, 100 when
	// nothing more will be handed out, negative when LastError has a text to show.
	Answer(ctx context.Context, ticket string, answer Answer) (int, error)
	// ConnectionFailed records that QuickBooks or the company file could not be opened. It returns Done to give up, or the path of
	// the company file to try next, "" for the one that is open.
	ConnectionFailed(ctx context.Context, ticket string, failure ConnectionFailure) (string, error)
	// LastError returns the text for the user after an empty request or a negative progress, "" at a regular end.
	LastError(ctx context.Context, ticket string) (string, error)
	// Close ends the session and returns the text for the Web Connector's status column. Any ticket will do, any number of times.
	Close(ctx context.Context, ticket string) (string, error)
}

// Poll is what the Web Connector says when it asks for work.
type Poll struct {
	// HCP is QuickBooks' answer to the Web Connector's own HostQuery, CompanyQuery and PreferencesQuery. Empty but for the first
	// poll of a session.
	HCP         Text
	CompanyFile string // full path of the company file that is open
	Country     string // US, CA, UK, AU
	// Major and Minor are the highest qbXML version of the installed request processor.
	Major, Minor int
}

// Answer is what QuickBooks said to a request.
type Answer struct {
	Response Text
	// HResult is not empty when QuickBooks refused the whole request or died over it, like 0x80040400; Response is empty then.
	HResult string
	Message string
}

// ConnectionFailure is why the Web Connector could not reach QuickBooks.
type ConnectionFailure struct {
	HResult string
	Message string // localised; prefer HResult
}

// Done is the answer to connectionError that ends the session.
const Done = "done"

// Verdict is the second string of the answer to authenticate: one of the constants, or the path of a company file made by
// [CompanyFile].
type Verdict string

const (
	// OpenCompany lets the session work on the company file that is open in QuickBooks.
	OpenCompany Verdict = ""
	// NoWork ends the session: nothing to do.
	NoWork Verdict = "none"
	// NotValidUser ends the session: wrong user name or password.
	NotValidUser Verdict = "nvu"
	// Busy ends the session: another one holds the company.
	Busy Verdict = "busy"
)

var companyPath = regexp.MustCompile(`^(?i)([a-z]:\\|\\\\[^\\/]+\\)[^/]*\.qbw$`)

// CompanyFile returns the verdict that makes the Web Connector open the company file with this full Windows path. It refuses what
// QuickBooks would refuse as "could not start QuickBooks": forward slashes, a relative path, another extension than .qbw.
func CompanyFile(path string) (Verdict, error) {
	if !companyPath.MatchString(path) {
		return "", fmt.Errorf("%q is not the full path of a company file: write it with back-slashes and .qbw at the end, like C:\\Books\\Shop.qbw", path)
	}
	return Verdict(path), nil
}

// Admission is the answer to authenticate.
type Admission struct {
	// Ticket is echoed in every later call of the session. Give one with every verdict, NotValidUser too.
	Ticket  string
	Verdict Verdict
	// Postpone is how long the Web Connector waits before it tries again, in whole seconds; 0 leaves it to its schedule. Only
	// with NoWork and Busy: with NotValidUser nobody would learn that the password is wrong, with work nothing would run.
	Postpone time.Duration
	// RaiseInterval is a new lower limit of the polling interval, in whole seconds; 0 leaves it. The Web Connector keeps it for
	// ever and the user cannot go below it.
	RaiseInterval time.Duration
}

// strings returns the four strings that authenticate always answers.
func (a Admission) strings() (list, error) {
	switch a.Verdict {
	case OpenCompany, NoWork, NotValidUser, Busy:
	default:
		if _, err := CompanyFile(string(a.Verdict)); err != nil {
			return list{}, err
		}
	}
	switch {
	case a.Ticket == "":
		return list{}, errors.New("an answer to authenticate needs a ticket")
	case a.Verdict == NotValidUser && (a.Postpone != 0 || a.RaiseInterval != 0):
		return list{}, errors.New("a wait must not be combined with a refused user: the Web Connector would not show the refusal")
	case a.Verdict != NoWork && a.Verdict != Busy && a.Postpone != 0:
		return list{}, errors.New("a wait must not be combined with work: the Web Connector would not do it")
	}
	postpone, err := seconds(a.Postpone)
	if err != nil {
		return list{}, err
	}
	interval, err := seconds(a.RaiseInterval)
	if err != nil {
		return list{}, err
	}
	return list{a.Ticket, string(a.Verdict), postpone, interval}, nil
}

func seconds(d time.Duration) (string, error) {
	switch {
	case d == 0:
		return "", nil
	case d < 0 || d%time.Second != 0:
		return "", fmt.Errorf("a wait of %s cannot be told to the Web Connector: it takes whole seconds", d)
	}
	return strconv.FormatInt(int64(d/time.Second), 10), nil
}

// The words that getLastError must not say unless they are meant: the first makes the Web Connector sleep and ask again, the second
// opens a browser.
const (
	wordNoOp        = "NoOp"
	wordInteractive = "Interactive mode"
)

// textLimit is the length in characters that a text for the Web Connector's status column is cut to.
const textLimit = 200

// StatusText makes any text fit for the Web Connector's status column and log: one line, without markup, at most 200 characters,
// and never one of the words that the Web Connector takes for an order. QuickBooks' and the shop's texts may pass through it.
func StatusText(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == '<' || r == '>' || !legal(r) {
			return ' '
		}
		return r
	}, s)
	s = strings.Join(strings.Fields(s), " ")
	if magic(s) {
		s = "The message was: " + s + "."
	}
	if r := []rune(s); len(r) > textLimit {
		s = string(r[:textLimit-1]) + "…"
	}
	return s
}

// magic tells whether the Web Connector could take the text for one of its words; whether it minds case is not known.
func magic(s string) bool {
	s = strings.Trim(s, " .!\"'")
	return strings.EqualFold(s, wordNoOp) || strings.EqualFold(s, wordInteractive)
}
