package qbxml

// Action is what can be done about a request, judged by its status.
type Action string

// The actions.
const (
	OK     Action = "ok"      // done
	OKNote Action = "ok+note" // done; the message is worth keeping
	Empty  Action = "empty"   // a query found nothing; not an error
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

// StatusOf judges a status code with its severity and message.
func StatusOf(code int, severity, message string) Status { return Status{} }

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

// MessageSetStatus judges the messageSetStatusCode of an answer; empty means that QuickBooks gave none.
func MessageSetStatus(code string) SetConclusion { return UnknownOutcome }

// Executed tells whether QuickBooks executed a set it answered with an HRESULT.
type Executed string

// Only one HRESULT says that nothing was executed; all others leave it open.
const (
	NotExecuted     Executed = "no"
	ExecutedUnknown Executed = "unknown"
)

// HResult is an error of QuickBooks as a whole, reported by the Web Connector in place of an answer.
type HResult struct {
	Code     string // 0x and eight upper-case digits, or as it came when it isn't one
	Meaning  string
	Advice   string
	Executed Executed
	Arrives  string // opening, request, both
}

// HResultOf explains an HRESULT such as "0x80040400".
func HResultOf(code string) HResult { return HResult{Code: code, Executed: ExecutedUnknown} }

// Unquote3140 takes the kind and name of the missing object out of the message of a 3140: "There is
// an invalid reference to QuickBooks Customer \"X\" in the SalesReceipt." gives Customer and X.
// Both are empty when the message has another form.
func Unquote3140(message string) (kind, name string) { return "", "" }
