package qbxml

import "io"

// Response is what QuickBooks said to one request.
type Response struct {
	Request    string // such as SalesReceiptAdd
	RequestID  string // empty when QuickBooks gave none back
	StatusCode int    // -1 when missing or unreadable
	Severity   string // Info, Warn, Error
	Message    string // for people
	IteratorID string
	Remaining  int // records after this page; -1 without an iterator
	RetCount   int // records, with metaData only; -1 when not given
}

// Record is one object of an answer, with the response it stands in. A response without objects
// gives one Record whose Ret is nil.
type Record struct {
	Response *Response
	// Ret is a pointer to one of the …Ret structs, *ErrorRecovery or *Unknown; nil for an empty response.
	Ret any
	// Unread names the elements of Ret whose value could not be read, such as an amount that is no
	// number. Their fields are empty.
	Unread []string
}

// SetStatus is what QuickBooks said to a set sent with message set IDs. Both are empty when it was
// sent without; see MessageSetStatus.
type SetStatus struct {
	NewMessageSetID      string
	MessageSetStatusCode string
}

// Answer reads a qbXML answer as a stream.
type Answer struct{}

// NewAnswer reads the answer in r.
func NewAnswer(r io.Reader) *Answer { return &Answer{} }

// Next returns the next record, and io.EOF after the last one.
func (a *Answer) Next() (Record, error) { return Record{}, io.EOF }

// Set is the status of the message set. It is known once Next was called.
func (a *Answer) Set() SetStatus { return SetStatus{} }
