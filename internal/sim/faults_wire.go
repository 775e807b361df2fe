package sim

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
)

// troubledWire lets the armed faults strike between the Web Connector and the service.
type troubledWire struct {
	connector *Connector
	next      http.RoundTripper
}

// RoundTrip carries one call.
func (x *troubledWire) RoundTrip(r *http.Request) (*http.Response, error) {
	operation := ""
	for name, values := range r.Header {
		if strings.EqualFold(name, "SOAPAction") { // the real program spells it otherwise than Go does
			operation = strings.TrimPrefix(strings.Trim(values[0], `"`), intuitNamespace)
		}
	}
	for _, t := range x.connector.world.troubles() {
		if t.wire != nil {
			if response, err := t.wire(x.next, r, operation); response != nil || err != nil {
				return response, err
			}
		}
	}
	return x.next.RoundTrip(r)
}

// errBroken is how a connection ends that breaks.
var errBroken = errors.New("the connection broke")

// broken reads as an error.
type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errBroken }

// place makes a place in a text of a number that may be any; never behind its last byte.
func place(at uint64, length int) int { return int(at % uint64(max(1, length))) }

// sendPart sends the first part of a request, as when the connection breaks, and gives how many bytes that were. Whatever the
// service says to it reaches nobody.
func sendPart(next http.RoundTripper, r *http.Request, at uint64) (sent, of int) {
	body, err := io.ReadAll(r.Body)
	_ = r.Body.Close() // it is in memory
	if err != nil {
		return 0, 0
	}
	n := place(at, len(body))
	half := r.Clone(r.Context())
	half.Body, half.GetBody, half.ContentLength = io.NopCloser(io.MultiReader(bytes.NewReader(body[:n]), broken{})), nil, int64(len(body))
	if response, err := next.RoundTrip(half); err == nil {
		_ = response.Body.Close() // nobody reads it
	}
	return n, len(body)
}

// cutResponse breaks the answer off after a part of it.
func cutResponse(response *http.Response, at uint64) (kept, of int) {
	body, err := io.ReadAll(response.Body)
	_ = response.Body.Close() // read to its end, or broken as is wanted
	if err != nil {
		return 0, 0
	}
	n := place(at, len(body))
	response.Body = io.NopCloser(io.MultiReader(bytes.NewReader(body[:n]), broken{}))
	return n, len(body)
}

func wireFaults() []Fault {
	return []Fault{
		{Name: "a request cut at some byte", Where: WhereWire, arm: func(_ *World, t *trouble, r *rand.Rand) string {
			operation, at := pick(r, operations()[2:]), r.Uint64()
			said := operation + " breaks off on its way to the service"
			t.wire = func(next http.RoundTripper, r *http.Request, sent string) (*http.Response, error) {
				if sent != operation {
					return nil, nil
				}
				n, of := sendPart(next, r, at)
				t.struck(fmt.Sprintf("%s after %d of %d bytes", said, n, of))
				return nil, errBroken
			}
			return said
		}},
		{Name: "a response cut at some byte", Where: WhereWire, arm: func(_ *World, t *trouble, r *rand.Rand) string {
			operation, at := pick(r, operations()[2:]), r.Uint64()
			said := "what the service says to " + operation + " breaks off on its way"
			t.wire = func(next http.RoundTripper, r *http.Request, sent string) (*http.Response, error) {
				if sent != operation {
					return nil, nil
				}
				response, err := next.RoundTrip(r)
				if err != nil {
					return nil, err
				}
				n, of := cutResponse(response, at)
				t.struck(fmt.Sprintf("%s after %d of %d bytes", said, n, of))
				return response, nil
			}
			return said
		}},
		{Name: "a proxy answers instead of the service", Where: WhereWire, arm: func(_ *World, t *trouble, r *rand.Rand) string {
			operation, arrives := pick(r, operations()[2:]), r.IntN(2) == 0
			said := operation + " is answered by a proxy with a page of its own"
			if arrives {
				said += ", after the service worked"
			}
			t.wire = func(next http.RoundTripper, r *http.Request, sent string) (*http.Response, error) {
				if sent != operation {
					return nil, nil
				}
				if arrives {
					response, err := next.RoundTrip(r)
					if err != nil {
						return nil, err
					}
					_ = response.Body.Close() // the proxy keeps it
				} else {
					_ = r.Body.Close() // a RoundTripper closes it
				}
				t.struck(said)
				return &http.Response{StatusCode: http.StatusBadGateway, Status: "502 Bad Gateway", ProtoMajor: 1, ProtoMinor: 1, Request: r,
					Header: http.Header{"Content-Type": {"text/html"}}, Body: io.NopCloser(strings.NewReader("<html><body>Bad gateway</body></html>"))}, nil
			}
			return said
		}},
		{Name: "half an answer document", Where: WhereWire, arm: func(_ *World, t *trouble, r *rand.Rand) string {
			m, at := someMoment(r, "receiveResponseXML"), r.Uint64()
			said := fmt.Sprintf("only a part of QuickBooks' answer is passed on with %s", m)
			t.reply = func(s *session, reply *Reply) {
				if m.come(s, "receiveResponseXML") {
					n := place(at, len(reply.Response))
					t.struck(fmt.Sprintf("%s: %d of %d bytes", said, n, len(reply.Response)))
					reply.Response = reply.Response[:n]
				}
			}
			return said
		}},
	}
}
