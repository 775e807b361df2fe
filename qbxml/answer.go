package qbxml

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"
)

// Response is what QuickBooks said to one request.
type Response struct {
	Request    string // such as SalesReceiptAdd
	RequestID  string // empty when QuickBooks gave none back
	StatusCode int    // -1 when missing or unreadable
	Severity   string // Info, Warn, Error
	Message    string // for people
	IteratorID string // may be missing on the last page
	Remaining  int    // records after this page; -1 without an iterator
	RetCount   int    // records, with metaData only; -1 when not given
}

// Record is one object of an answer, with the response it stands in. A response without objects
// gives one Record whose Ret is nil.
type Record struct {
	Response *Response
	// Ret is a pointer to one of the …Ret structs, *ErrorRecovery or *Unknown; nil for an empty response.
	// TxnVoid and TxnDel are answered without an element for it: their *TxnVoidRet and *TxnDelRet are
	// the response's own elements.
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

// maxRet is how large one object of an answer may be, in bytes. The whole answer may be of any size.
const maxRet = 8 << 20

// Answer reads a qbXML answer as a stream, an object at a time, in bounded memory. The text may
// declare any encoding: it is taken as Unicode (UTF-8), as SOAP delivers it.
type Answer struct {
	clean    *cleaner
	xml      *xml.Decoder
	shapes   shapes
	set      SetStatus
	inSet    bool
	response *Response // the one being read
	filled   bool      // it gave a record already
	err      error     // the end, once reached
}

// NewAnswer reads the answer in r.
func NewAnswer(r io.Reader) *Answer {
	a := &Answer{clean: newCleaner(r), shapes: shapes{}}
	a.xml = xml.NewDecoder(a.clean)
	a.xml.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	return a
}

// Set is the status of the message set. It is known once Next was called.
func (a *Answer) Set() SetStatus { return a.set }

// Next returns the next record, and io.EOF after the last one of a whole answer. Any other error
// means that the answer broke off or is none: what came before it stands, and the rest is unknown.
func (a *Answer) Next() (Record, error) {
	if a.err != nil {
		return Record{}, a.err
	}
	record, err := a.read()
	if err != nil && !errors.Is(err, io.EOF) {
		err = fmt.Errorf("the answer of QuickBooks cannot be read: %w", err)
	}
	a.err = err
	return record, err
}

// read reads on to the next record. Only the end of the message set gives io.EOF.
func (a *Answer) read() (Record, error) {
	for {
		a.clean.allow(maxRet)
		token, err := a.xml.Token()
		if err == io.EOF {
			err = errors.New("it is empty or holds no message set")
		}
		if err != nil {
			return Record{}, err
		}
		switch token := token.(type) {
		case xml.StartElement:
			record, found, err := a.start(token)
			if found || err != nil {
				return record, err
			}
		case xml.EndElement:
			if a.response == nil {
				if a.inSet {
					return Record{}, io.EOF
				}
				continue
			}
			ended, filled := a.response, a.filled
			a.response, a.filled = nil, false
			if !filled {
				return Record{Response: ended}, nil
			}
		}
	}
}

// start takes the start of an element: of the set, of a response, or of an object, which is found.
func (a *Answer) start(e xml.StartElement) (record Record, found bool, err error) {
	switch {
	case !a.inSet && e.Name.Local == "QBXML":
	case !a.inSet && e.Name.Local == "QBXMLMsgsRs":
		a.inSet = true
		a.set.NewMessageSetID = attribute(e, "newMessageSetID")
		a.set.MessageSetStatusCode = attribute(e, "messageSetStatusCode")
	case !a.inSet:
		return Record{}, false, a.xml.Skip()
	case a.response == nil && bareRet(e.Name.Local) != nil:
		record, err := a.bare(e)
		return record, true, err
	case a.response == nil:
		a.response = newResponse(e)
	default:
		record, err := a.object(e)
		a.filled = true
		return record, true, err
	}
	return Record{}, false, nil
}

// object reads an object of the current response.
func (a *Answer) object(e xml.StartElement) (Record, error) {
	record := Record{Response: a.response}
	ret := newRet(e.Name.Local)
	if ret == nil {
		record.Ret = &Unknown{Name: e.Name.Local}
		return record, a.xml.Skip()
	}
	tree, err := readElement(a.xml, e, 0)
	if err != nil {
		return Record{}, err
	}
	a.fill(&record, ret, tree)
	return record, nil
}

// bare reads a whole response whose elements are its object's.
func (a *Answer) bare(e xml.StartElement) (Record, error) {
	tree, err := readElement(a.xml, e, 0)
	if err != nil {
		return Record{}, err
	}
	record := Record{Response: newResponse(e)}
	switch recovery := tree.find("ErrorRecovery"); {
	case len(tree.children) == 0:
	case recovery != nil && tree.find("TxnID") == nil:
		a.fill(&record, &ErrorRecovery{}, recovery)
	default:
		a.fill(&record, bareRet(e.Name.Local), tree)
	}
	return record, nil
}

// fill makes ret the record's object, with what the tree holds.
func (a *Answer) fill(record *Record, ret any, tree *element) {
	d := decoder{shapes: a.shapes}
	d.fill(reflect.ValueOf(ret).Elem(), tree, "")
	if item, ok := ret.(*ItemRet); ok && item.FullName == "" {
		item.FullName = item.Name
	}
	record.Ret, record.Unread = ret, d.unread
}

func newResponse(e xml.StartElement) *Response {
	return &Response{
		Request:    strings.TrimSuffix(e.Name.Local, "Rs"),
		RequestID:  attribute(e, "requestID"),
		StatusCode: number(e, "statusCode"),
		Severity:   attribute(e, "statusSeverity"),
		Message:    attribute(e, "statusMessage"),
		IteratorID: attribute(e, "iteratorID"),
		Remaining:  number(e, "iteratorRemainingCount"),
		RetCount:   number(e, "retCount"),
	}
}

// attribute is the value of an attribute, or "".
func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// number is the value of an attribute that is a count or a code; -1 when it is none.
func number(e xml.StartElement, name string) int {
	n, err := strconv.Atoi(strings.TrimSpace(attribute(e, name)))
	if err != nil {
		return -1
	}
	return n
}
