package soap

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"

	"qbridge/soap/wsdl"
)

const (
	// depthLimit bounds the nesting of an envelope. The Web Connector's has a depth of 4.
	depthLimit = 32
	// parameterLimit bounds the characters of all parameters but the long one together, in bytes.
	parameterLimit = 64 << 10
)

// call is one decoded request. An operation that is known although its envelope is broken stands beside the error.
type call struct {
	name      string // of the operation as the client wrote it: the answer's element is named after it
	operation string // under its first name; "" as long as it is unknown
	// request points to the type that gowsdl made for the operation. Its long parameter is empty: that one is in long.
	request any
	long    Text
}

// errUnknownOperation says that the envelope is sound but asks for something that the service does not have.
var errUnknownOperation = errors.New("unknown operation")

// errTooLarge says that a message, or the short parameters in it, are longer than the service takes.
var errTooLarge = errors.New("the message is too large")

// operation returns the first name of an operation, a new value of the type to decode its parameters into, and the name of the
// parameter that may be tens of megabytes long. It returns "" for an operation that is not ours.
func operation(name string) (first string, request any, long string) {
	switch name {
	case "serverVersion", "getServerVersion": // the guide's reference chapter and the wire differ
		return "serverVersion", new(wsdl.ServerVersion), ""
	case "clientVersion":
		return name, new(wsdl.ClientVersion), ""
	case "authenticate":
		return name, new(wsdl.Authenticate), ""
	case "sendRequestXML":
		return name, new(wsdl.SendRequestXML), "strHCPResponse"
	case "receiveResponseXML":
		return name, new(wsdl.ReceiveResponseXML), "response"
	case "connectionError":
		return name, new(wsdl.ConnectionError), ""
	case "getLastError":
		return name, new(wsdl.GetLastError), ""
	case "closeConnection":
		return name, new(wsdl.CloseConnection), ""
	case "getInteractiveURL":
		return name, new(wsdl.GetInteractiveURL), ""
	case "interactiveDone", "isInteractiveDone": // the samples use both names
		return "interactiveDone", new(wsdl.InteractiveDone), ""
	case "interactiveRejected":
		return name, new(wsdl.InteractiveRejected), ""
	}
	return "", nil, ""
}

// decode reads an envelope to its end. The caller removes the long text of the call, if there is no error.
func decode(body io.Reader, spoolDir string) (call, error) {
	tokens := &tokenReader{xml: xml.NewDecoder(newScrubber(body)), spool: spool{dir: spoolDir}}
	c, err := tokens.decode()
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		err = fmt.Errorf("%w: it has more than %d MB", errTooLarge, tooLarge.Limit>>20)
	}
	if err != nil {
		return c, errors.Join(err, tokens.spool.discard())
	}
	c.long, err = tokens.spool.text()
	return c, err
}

// tokenReader stands between two decoders of encoding/xml: it diverts the long parameter into a spool, and refuses what would need
// memory without bound.
type tokenReader struct {
	xml   *xml.Decoder
	spool spool
	// long is the name of the parameter to divert; set when the operation is known.
	long       string
	depth      int
	inLong     bool
	characters int
}

// Depths of an envelope: Envelope is 1, Body 2, the operation 3, its parameters 4.
const (
	bodyDepth      = 2
	operationDepth = 3
	parameterDepth = 4
)

func (t *tokenReader) Token() (xml.Token, error) {
	for {
		token, err := t.xml.RawToken()
		if err != nil {
			return nil, err
		}
		switch token := token.(type) {
		case xml.StartElement:
			t.depth++
			if t.inLong {
				return nil, fmt.Errorf("the parameter %s holds the element %s; it must be text", t.long, token.Name.Local)
			}
			if t.depth > depthLimit {
				return nil, fmt.Errorf("the envelope is nested more than %d deep; this is not a message of the Web Connector", depthLimit)
			}
			t.inLong = t.depth == parameterDepth && t.long != "" && token.Name.Local == t.long
		case xml.EndElement:
			t.depth--
			t.inLong = false
		case xml.Directive:
			return nil, errors.New("the envelope has a document type, which SOAP does not allow")
		case xml.CharData:
			if t.inLong {
				if _, err := t.spool.Write(token); err != nil {
					return nil, err
				}
				continue
			}
			if t.characters += len(token); t.characters > parameterLimit {
				return nil, fmt.Errorf("%w: its short parameters have more than %d KB", errTooLarge, parameterLimit>>10)
			}
		}
		return token, nil
	}
}

func (t *tokenReader) decode() (call, error) {
	d := xml.NewTokenDecoder(t)
	start, err := t.operationElement(d)
	if err != nil {
		return call{}, err
	}
	c := call{name: start.Name.Local}
	c.operation, c.request, t.long = operation(c.name)
	if c.operation == "" {
		return c, errUnknownOperation
	}
	// The Web Connector's RPC style, and other clients, use other namespaces; gowsdl's types insist on theirs.
	start.Name = xml.Name{Space: namespace, Local: c.operation}
	if err := d.DecodeElement(c.request, &start); err != nil {
		return c, fmt.Errorf("the envelope of %s cannot be read: %w", c.operation, err)
	}
	for {
		switch _, err := d.Token(); {
		case err == io.EOF:
			return c, nil
		case err != nil:
			return c, fmt.Errorf("the envelope of %s does not end well: %w", c.operation, err)
		}
	}
}

// operationElement walks to the first child of the Body. Prefixes and namespaces don't matter, local names do.
func (t *tokenReader) operationElement(d *xml.Decoder) (xml.StartElement, error) {
	inBody := false
	for {
		token, err := d.Token()
		if err == io.EOF {
			return xml.StartElement{}, errors.New("the message has no SOAP body with an operation in it")
		}
		if err != nil {
			return xml.StartElement{}, fmt.Errorf("the message is not a SOAP envelope: %w", err)
		}
		start, ok := token.(xml.StartElement)
		switch {
		case !ok:
		case t.depth == 1 && start.Name.Local != "Envelope":
			return xml.StartElement{}, fmt.Errorf("the message is not a SOAP envelope: its root element is %q", start.Name.Local)
		case t.depth == bodyDepth:
			inBody = start.Name.Local == "Body"
		case t.depth == operationDepth && inBody:
			return start, nil
		}
	}
}
