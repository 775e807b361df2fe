package soap

import (
	"cmp"
	"time"
)

// Phase is where a session stands.
type Phase string

const (
	// Unknown is the phase of a ticket that nobody remembers: the zero SessionState. It behaves like Closed.
	Unknown Phase = ""
	// New is an authenticated session that was not asked anything yet.
	New Phase = "new"
	// Ready may hand out a set.
	Ready Phase = "ready"
	// Sent has a set in QuickBooks' hands, without an answer yet.
	Sent Phase = "sent"
	// Failed answered an empty request or a negative progress; the text, if any, waits for getLastError.
	Failed Phase = "failed"
	// Closed is over. A set that is still in flight then has an unknown outcome.
	Closed Phase = "closed"
)

// Limits bounds a session. The zero value of a field stands for its default.
type Limits struct {
	// Requests is the most sets that one session hands out; default 500. The rest goes into the next poll.
	Requests int
	// Duration is how long after its opening a session still goes on to a further set; default 20 minutes.
	Duration time.Duration
	// Both end a session ten times later while each set leans on the one before (Recorded.Midway).
	// Silence is how long a session may go without a call; default 30 minutes. Not counted while a set is in QuickBooks' hands,
	// who may take as long as he likes.
	Silence time.Duration
}

const (
	defaultRequests = 500
	defaultDuration = 20 * time.Minute
	defaultSilence  = 30 * time.Minute
	// midway is how many times the limits a session may have that is in the midst of something.
	midway = 10
	// takeover is the silence after which another user's session for the same company no longer counts as live.
	takeover = 2 * time.Minute
)

// Texts that a session says by itself.
const (
	textNoError = "No error."
	textExpired = "Session expired, please run the update again."
	textFailed  = "The update stopped because of an error. Please run it again."
	textClosed  = "OK"
)

// SessionState is all that is kept of a session between two calls. It is a value that marshals to JSON. Times are UTC.
type SessionState struct {
	Ticket  string
	User    string
	Company string
	// From is the computer that the Web Connector calls from, see [Caller]; "" when that is not known.
	From   string `json:",omitempty"`
	Phase  Phase
	Limits Limits
	// InFlight names the set that was handed out and has no answer. In a session that is Closed its outcome is unknown.
	InFlight string `json:",omitempty"`
	// LastProgress is the last number given to receiveResponseXML, repeated when the same answer comes again.
	LastProgress int
	// ErrorText waits for getLastError.
	ErrorText string `json:",omitempty"`
	// Requests counts the sets handed out.
	Requests int
	Opened   time.Time
	LastCall time.Time
	// Retried says that the one retry after a connectionError was used.
	Retried bool
	// Finished says that 100 or an empty request was answered: nothing is handed out any more.
	Finished bool
}

// NewSession returns the state of a session that was just authenticated.
func NewSession(ticket, user, company string, limits Limits, at time.Time) SessionState {
	return SessionState{
		Ticket: ticket, User: user, Company: company, Phase: New,
		Limits: limits, Opened: at.UTC(), LastCall: at.UTC(),
	}
}

// Blocks tells whether the session keeps another user, or the same one on another computer, from working on the company at this time: it
// is open and had a call in the last two minutes. A new session of the same user on the same computer is never blocked; it supersedes,
// because a Web Connector that was switched off never closes, and one that calls has ended what it did before.
func (s SessionState) Blocks(user, from, company string, at time.Time) bool {
	elsewhere := s.User != user || s.From != from && s.From != "" && from != ""
	return s.live() && s.Company == company && elsewhere && at.Sub(s.LastCall) < takeover
}

// InDoubt returns the set that was in QuickBooks' hands when the session ended, "" if there is none.
func (s SessionState) InDoubt() string {
	if s.Phase == Closed {
		return s.InFlight
	}
	return ""
}

func (s SessionState) live() bool { return s.Phase != Unknown && s.Phase != Closed }

// An Event is something that happens to a session. All but HandedOut, NothingLeft and Recorded, which are the second halves of a call,
// and Superseded come from the Web Connector.
type Event interface{ event() }

type (
	// AskedForWork is sendRequestXML.
	AskedForWork struct{ At time.Time }
	// HandedOut follows FindWork: this set was found and stored. Its name is unique.
	HandedOut struct {
		At  time.Time
		Set string
	}
	// NothingLeft follows FindWork: there is no set. Text says why if the user should know; "" is a regular end.
	NothingLeft struct {
		At   time.Time
		Text string
	}
	// Answered is receiveResponseXML.
	Answered struct{ At time.Time }
	// Recorded follows Record, or RecordLate if the answer was matched to the set in flight: the answer is stored.
	Recorded struct {
		At time.Time
		// Progress is 0 to 99 while work remains for this session, 100 when none does. Larger numbers are taken for 100.
		Progress int
		// Text is not empty when the session must stop; the user is shown it.
		Text string
		// Midway says that the next session could not go on from here, but must begin anew: in the pages of an iterator.
		Midway bool
	}
	// ConnectionFailed is connectionError.
	ConnectionFailed struct {
		At      time.Time
		HResult string
		Message string
		// RetryWith is set when the settings allow another try: the path of the company file, or "" for the one that is open.
		RetryWith *string
	}
	// AskedForError is getLastError.
	AskedForError struct{ At time.Time }
	// ConnectionClosed is closeConnection.
	ConnectionClosed struct{ At time.Time }
	// Superseded happens to every older session of a user, and to a silent one of another user of the same company, when a new
	// session is authenticated.
	Superseded struct{ At time.Time }
)

func (AskedForWork) event()     {}
func (HandedOut) event()        {}
func (NothingLeft) event()      {}
func (Answered) event()         {}
func (Recorded) event()         {}
func (ConnectionFailed) event() {}
func (AskedForError) event()    {}
func (ConnectionClosed) event() {}
func (Superseded) event()       {}

// Do names what to do after a Step.
type Do string

const (
	// FindWork: look for the next set and Step again with HandedOut or NothingLeft.
	FindWork Do = "find work"
	// HandOut: answer with the set that was just named.
	HandOut Do = "hand out"
	// RepeatInFlight: answer with the very bytes of the set in flight again.
	RepeatInFlight Do = "repeat the set in flight"
	// Nothing: answer with an empty request.
	Nothing Do = "nothing"
	// Record: store the answer to the set in flight and Step again with Recorded.
	Record Do = "record"
	// RecordLate: store the answer; if it matches the set in flight apply it and Step again with Recorded. Either way answer with
	// Progress, which is -1.
	RecordLate Do = "record late"
	// GiveProgress: answer with Progress.
	GiveProgress Do = "give progress"
	// RepeatProgress: the answer was recorded before; answer with Progress and change nothing.
	RepeatProgress Do = "repeat progress"
	// Say: answer with Text.
	Say Do = "say"
)

// Action is what a Step asks for.
type Action struct {
	Do       Do
	Text     string
	Progress int
}

// Step is the session table. It is pure: time comes in with the event, and whatever must be found or stored is asked for by the
// action. The state is to be saved before the action's answer leaves.
func Step(s SessionState, e Event) (SessionState, Action) {
	switch e := e.(type) {
	case AskedForWork:
		return s.called(e.At).askedForWork()
	case HandedOut:
		return s.handedOut(e.Set)
	case NothingLeft:
		return s.nothingLeft(e.Text)
	case Answered:
		return s.called(e.At).answered()
	case Recorded:
		return s.recorded(e)
	case ConnectionFailed:
		return s.called(e.At).connectionFailed(e)
	case AskedForError:
		return s.called(e.At).askedForError()
	case ConnectionClosed:
		return s.called(e.At).close(""), Action{Do: Say, Text: textClosed}
	case Superseded:
		return s.close(textExpired), Action{Do: Say, Text: textClosed}
	}
	return s, Action{Do: Say, Text: textFailed}
}

// called notes a call of the Web Connector, and first closes a session that was silent for too long.
func (s SessionState) called(at time.Time) SessionState {
	if !s.live() {
		return s
	}
	at = at.UTC()
	if s.Phase != Sent && at.Sub(s.LastCall) > cmp.Or(s.Limits.Silence, defaultSilence) {
		return s.close(textExpired)
	}
	if at.After(s.LastCall) {
		s.LastCall = at
	}
	return s
}

// close ends a live session; a text that still waits is kept.
func (s SessionState) close(text string) SessionState {
	if !s.live() {
		return s
	}
	s.Phase = Closed
	if s.ErrorText == "" {
		s.ErrorText = text
	}
	return s
}

func (s SessionState) askedForWork() (SessionState, Action) {
	switch {
	case s.Phase == Sent:
		return s, Action{Do: RepeatInFlight}
	case s.mayHandOut():
		return s, Action{Do: FindWork}
	case s.Phase == Closed && s.ErrorText == "":
		s.ErrorText = textExpired
	}
	return s, Action{Do: Nothing}
}

func (s SessionState) mayHandOut() bool {
	return (s.Phase == New || s.Phase == Ready) && !s.Finished
}

func (s SessionState) handedOut(set string) (SessionState, Action) {
	switch {
	case s.Phase == Sent && s.InFlight == set:
		return s, Action{Do: RepeatInFlight}
	case !s.mayHandOut() || set == "":
		return s, Action{Do: Nothing}
	}
	s.Phase, s.InFlight = Sent, set
	s.Requests++
	return s, Action{Do: HandOut}
}

func (s SessionState) nothingLeft(text string) (SessionState, Action) {
	if s.mayHandOut() {
		s.Phase, s.Finished, s.ErrorText = Failed, true, StatusText(text)
	}
	return s, Action{Do: Nothing}
}

func (s SessionState) answered() (SessionState, Action) {
	switch s.Phase {
	case Sent:
		return s, Action{Do: Record}
	case New, Ready:
		return s, Action{Do: RepeatProgress, Progress: s.LastProgress}
	}
	return s, Action{Do: RecordLate, Progress: -1}
}

func (s SessionState) recorded(e Recorded) (SessionState, Action) {
	switch s.Phase {
	case New, Ready:
		return s, Action{Do: RepeatProgress, Progress: s.LastProgress}
	case Unknown, Failed, Closed:
		s.InFlight = ""
		return s, Action{Do: GiveProgress, Progress: -1}
	}
	s.InFlight = ""
	if e.Text != "" || e.Progress < 0 {
		s.Phase, s.Finished, s.LastProgress = Failed, true, -1
		s.ErrorText = StatusText(cmp.Or(e.Text, textFailed))
		return s, Action{Do: GiveProgress, Progress: -1}
	}
	s.Phase, s.LastProgress = Ready, min(e.Progress, 100)
	requests, duration := cmp.Or(s.Limits.Requests, defaultRequests), cmp.Or(s.Limits.Duration, defaultDuration)
	if e.Midway {
		requests, duration = midway*requests, midway*duration
	}
	if s.Requests >= requests || e.At.Sub(s.Opened) >= duration {
		s.LastProgress = 100
	}
	s.Finished = s.LastProgress == 100
	return s, Action{Do: GiveProgress, Progress: s.LastProgress}
}

// connectionFailed allows one retry in a session that has nothing in flight; a constant retry would be an endless loop.
func (s SessionState) connectionFailed(e ConnectionFailed) (SessionState, Action) {
	if s.mayHandOut() && !s.Retried && e.RetryWith != nil && otherFileMayHelp(e.HResult) {
		s.Retried = true
		return s, Action{Do: Say, Text: *e.RetryWith}
	}
	if s.live() {
		s.ErrorText = StatusText(ConnectionAdvice(e.HResult, e.Message))
	}
	return s.close(""), Action{Do: Say, Text: Done}
}

func (s SessionState) askedForError() (SessionState, Action) {
	switch {
	case s.Phase == Failed, s.ErrorText != "":
		return s, Action{Do: Say, Text: s.ErrorText}
	case s.live():
		return s, Action{Do: Say, Text: textNoError}
	}
	return s, Action{Do: Say, Text: textExpired}
}
