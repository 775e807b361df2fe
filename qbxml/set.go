package qbxml

// OnError is what QuickBooks does with the rest of a set after a request that failed. What was done
// before stays done: there is no transaction across requests.
type OnError string

// StopOnError leaves the requests behind a failed one undone; they come back with code 3231.
// ContinueOnError tries each. (QuickBooks refuses the schema's third value, rollbackOnError.)
const (
	StopOnError     OnError = "stopOnError"
	ContinueOnError OnError = "continueOnError"
)

// Iterator walks a long list in pages.
type Iterator string

// IteratorStart begins a list, with MaxReturned as the page size. IteratorContinue takes the next
// page: same filters, and the IteratorID of the answer before. IteratorStop gives the list up.
const (
	IteratorStart    Iterator = "Start"
	IteratorContinue Iterator = "Continue"
	IteratorStop     Iterator = "Stop"
)

// Set is a message set: what QuickBooks executes in one go.
//
// NewID is the name QuickBooks remembers the set's outcome under, at most 23 ASCII characters; a set
// that writes needs one. OldID is a set whose outcome was fully recorded and may be forgotten. The
// same ID in both, without requests, asks for the outcome of that set without doing anything: the
// status check. OldID alone would destroy evidence and is refused.
type Set struct {
	OnError  OnError // empty: StopOnError
	NewID    string
	OldID    string
	Requests []Request
}

// Request is one request of a set. Its ID, at most 50 ASCII characters and unique in the set, comes
// back on its answer.
type Request struct {
	ID         string
	Iterator   Iterator
	IteratorID string // of the answer before, with IteratorContinue
	Body       Body
}

// FieldError tells what QuickBooks would refuse, and why. Path is below the request, such as
// "SalesReceiptAdd/RefNumber"; empty means the request or the set itself.
type FieldError struct {
	Request   string // such as SalesReceiptAdd; empty for the set's own attributes
	RequestID string
	Path      string
	Rule      Rule
	Limit     int    // characters, decimals or items, by the rule; 0 when it has no number
	Length    int    // what there is of it
	Value     string // the value, cut to 60 characters
	Detail    string // what is wrong, in words
}

// Rule is a reason for QuickBooks to refuse a field.
type Rule string

// The rules Encode checks.
const (
	RuleLength    Rule = "too long"
	RuleRequired  Rule = "missing"
	RuleChoice    Rule = "wrong choice"
	RuleVersion   Rule = "version too old"
	RuleEdition   Rule = "not in this edition"
	RuleValue     Rule = "unknown value"
	RuleForm      Rule = "malformed"
	RuleDecimals  Rule = "too many decimals"
	RuleColon     Rule = "colon in a name"
	RuleCharacter Rule = "forbidden character"
	RuleUnique    Rule = "not unique"
	RuleSet       Rule = "message set"
)

func (e *FieldError) Error() string { return e.Detail }

// Encode writes the set as a qbXML document of version v for edition e.
func (s Set) Encode(v Version, e Edition) ([]byte, error) { return nil, nil }
