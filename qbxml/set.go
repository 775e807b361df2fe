package qbxml

import (
	"bytes"
	"cmp"
	"fmt"
	"strconv"
	"unicode/utf8"

	"github.com/beevik/etree"
)

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
	Indent   bool // lay the document out for people; QuickBooks needs no blanks
}

// Request is one request of a set. Its ID, at most 50 ASCII characters and unique in the set, comes
// back on its answer.
type Request struct {
	ID         string
	Iterator   Iterator
	IteratorID string // of the answer before, with IteratorContinue
	Body       Body
	// RetElements of an Add or Mod name the elements that its answer is to hold (IncludeRetElement);
	// none means all. A query has them in its body.
	RetElements []string
}

// Encode writes the set as a qbXML document of version v for edition e: deterministic bytes, ASCII
// only, every other character as a decimal reference. What QuickBooks would refuse is refused with a
// *FieldError.
//
// Elements newer than v are refused, except those whose absence changes neither money nor meaning;
// they are left out: ExternalGUID, BarCode, PreferredDeliveryMethod, JobTitle, Cc.
func (s Set) Encode(v Version, e Edition) ([]byte, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	var text bytes.Buffer
	text.Grow(1024 + 3072*len(s.Requests)) // a receipt of five lines has 2.7 KB
	fmt.Fprintf(&text, `<?xml version="1.0" encoding="utf-8"?><?qbxml version="%s"?><QBXML>`, v)
	out := encoder{out: &text}
	out.open("QBXMLMsgsRq")
	out.attribute("onError", string(cmp.Or(s.OnError, StopOnError)))
	if s.NewID != "" {
		out.attribute("newMessageSetID", s.NewID)
	}
	if s.OldID != "" {
		out.attribute("oldMessageSetID", s.OldID)
	}
	out.inside()
	known := allLayouts()
	for _, r := range s.Requests {
		enc := encoder{version: v, edition: e, request: BodyName(r.Body), requestID: r.ID, layouts: known, out: &text}
		if err := enc.add(r); err != nil {
			return nil, err
		}
	}
	text.WriteString("</QBXMLMsgsRq></QBXML>")
	if s.Indent {
		return indented(text.Bytes())
	}
	return asciiOnly(text.Bytes()), nil
}

// indented lays a document out for people.
func indented(text []byte) ([]byte, error) {
	doc := etree.NewDocument()
	doc.WriteSettings.CanonicalEndTags = true
	if err := doc.ReadFromBytes(text); err != nil {
		return nil, fmt.Errorf("the message set cannot be laid out: %w", err)
	}
	layout := etree.NewIndentSettings()
	layout.Spaces = 1
	layout.PreserveLeafWhitespace = true
	doc.IndentWithSettings(layout)
	text, err := doc.WriteToBytes()
	if err != nil {
		return nil, fmt.Errorf("the message set cannot be laid out: %w", err)
	}
	return asciiOnly(text), nil
}

// Lengths of the identifiers, in characters. qbXML: a longer message set ID gives code 9004, a longer
// requestID 1060.
const (
	maxMessageSetID = 23
	maxRequestID    = 50
)

// check refuses what is wrong with the set as a whole.
func (s Set) check() error {
	refuse := func(detail string) error { return &FieldError{Rule: RuleSet, Detail: detail} }
	switch s.OnError {
	case "", StopOnError, ContinueOnError:
	default:
		return &FieldError{Rule: RuleValue, Detail: "onError must be stopOnError or continueOnError", Value: string(s.OnError)}
	}
	for name, id := range map[string]string{"newMessageSetID": s.NewID, "oldMessageSetID": s.OldID} {
		if len(id) > maxMessageSetID {
			return &FieldError{Rule: RuleLength, Limit: maxMessageSetID, Length: len(id), Value: id,
				Detail: fmt.Sprintf("%s has %d characters where QuickBooks takes %d", name, len(id), maxMessageSetID)}
		}
		if !printableASCII(id) {
			return &FieldError{Rule: RuleCharacter, Value: id, Detail: name + " must be ASCII without blanks or control characters"}
		}
	}
	switch {
	case s.OldID != "" && s.NewID == "":
		return refuse("oldMessageSetID alone makes QuickBooks forget what it knows of that set")
	case s.OldID == "ClearAllMessageSets":
		return refuse("ClearAllMessageSets makes QuickBooks forget what it knows of all sets")
	case s.NewID != "" && s.NewID == s.OldID:
		if len(s.Requests) > 0 {
			return refuse("the status check of a message set must carry no requests")
		}
		return nil
	case len(s.Requests) == 0:
		return refuse("the message set has no requests")
	}
	seen := map[string]bool{}
	for _, r := range s.Requests {
		if seen[r.ID] {
			return &FieldError{Request: BodyName(r.Body), RequestID: r.ID, Rule: RuleUnique, Value: r.ID,
				Detail: "requestID stands twice in the message set"}
		}
		seen[r.ID] = true
	}
	return nil
}

// printableASCII reports whether s has only visible ASCII characters.
func printableASCII(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// asciiOnly writes every character above ASCII as a decimal reference: QuickBooks refuses the raw
// UTF-8 it was promised by the declaration.
func asciiOnly(text []byte) []byte {
	ascii := 0
	for ascii < len(text) && text[ascii] < utf8.RuneSelf {
		ascii++
	}
	if ascii == len(text) {
		return text
	}
	out := append(make([]byte, 0, len(text)+len(text)/8), text[:ascii]...)
	for _, r := range string(text[ascii:]) {
		if r < utf8.RuneSelf {
			out = append(out, byte(r))
		} else {
			out = append(out, "&#"...)
			out = strconv.AppendInt(out, int64(r), 10)
			out = append(out, ';')
		}
	}
	return out
}
