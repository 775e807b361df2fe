package prove

import (
	"bytes"
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
)

// inProcess carries HTTP to a handler without a network.
type inProcess struct {
	serve func(http.ResponseWriter, *http.Request)
}

// RoundTrip has the handler answer. An answer shorter than it announced is one
// whose connection broke.
func (p inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	inner := r.Clone(r.Context())
	inner.RequestURI = r.URL.RequestURI()
	if inner.Body == nil {
		inner.Body = http.NoBody
	}
	recorder := httptest.NewRecorder()
	p.serve(recorder, inner)
	answer := recorder.Result()
	answer.Request = r
	if n, err := strconv.Atoi(recorder.Header().Get("Content-Length")); err == nil && n > recorder.Body.Len() {
		answer.Body = io.NopCloser(io.MultiReader(recorder.Body, broken{}))
	}
	return answer, nil
}

// broken is where a connection broke.
type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// soapWire carries the Web Connector's calls to the bridge that runs now.
type soapWire struct{ *world }

var (
	operation = regexp.MustCompile(`<(?:\w+:)?(serverVersion|clientVersion|authenticate|sendRequestXML|receiveResponseXML|connectionError|getLastError|closeConnection)[ >/]`)
	outcome   = regexp.MustCompile(`(?s)<(\w+)Result[^>]*>(.*)</\w+Result>`)
	messageID = regexp.MustCompile(`newMessageSetID="([^"]+)"`)
	requests  = regexp.MustCompile(`<(\w+)Rq[ >]`)
)

// RoundTrip has the bridge answer, unless it dies at it: then no answer leaves,
// and the next call finds nobody until it is started again.
func (w soapWire) RoundTrip(r *http.Request) (*http.Response, error) {
	if len(w.findings) > 0 {
		return nil, errors.New("the world ends here: something is wrong")
	}
	if w.dead != "" {
		if !w.revive {
			return nil, errors.New("connection refused")
		}
		w.note("  started again")
		if err := w.restart(0); err != nil {
			return nil, fmt.Errorf("the bridge can't be started again: %w", err)
		}
	}
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
		r = r.Clone(r.Context())
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	name := "a call"
	if m := operation.FindSubmatch(body); m != nil {
		name = string(m[1])
	}
	answer, err := inProcess{w.soap.ServeHTTP}.RoundTrip(r)
	if w.dead != "" {
		w.note("  %s: killed at %q", name, w.dead)
		return nil, errors.New("connection reset by peer")
	}
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(answer.Body)
	answer.Body = io.NopCloser(bytes.NewReader(text))
	w.noteCall(name, string(text))
	return answer, err
}

// noteCall writes down what the bridge answered, and which message sets left.
func (w soapWire) noteCall(name, answer string) {
	m := outcome.FindStringSubmatch(answer)
	if m == nil {
		return
	}
	if name != "sendRequestXML" {
		if name == "receiveResponseXML" || name == "connectionError" {
			w.note("  %s -> %.200s", name, m[2])
		}
		return
	}
	document := html.UnescapeString(m[2])
	if document == "" {
		return
	}
	kinds := map[string]int{}
	var order []string
	for _, q := range requests.FindAllStringSubmatch(document, -1) {
		if kinds[q[1]]++; kinds[q[1]] == 1 {
			order = append(order, q[1])
		}
	}
	for i, k := range order {
		order[i] = fmt.Sprintf("%d %s", kinds[k], k)
	}
	id := ""
	if m := messageID.FindStringSubmatch(document); m != nil {
		id = m[1]
		if writingRequest.MatchString(document) {
			w.left(id, document)
		}
	} else if strings.Contains(document, "oldMessageSetID=") { // design.md 4.2
		w.find(Evidence, "QuickBooks is made to forget a message set: %.300s", document)
	}
	w.note("  sendRequestXML -> %s %s", strings.Join(order, ", "), id)
}
