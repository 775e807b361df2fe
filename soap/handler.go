package soap

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"qbridge/soap/wsdl"
)

// DefaultMaxBody is the default limit of a request body in bytes. An unfiltered query's answer may have tens of megabytes.
const DefaultMaxBody = 64 << 20

// Options of a [Handler].
type Options struct {
	// AppURL is the exact address of the service, as in the .qwc file; the WSDL names it.
	AppURL string
	// ServerVersion is product and version, one line; shown in the Web Connector.
	ServerVersion string
	// MinClientVersion is the oldest Web Connector that may go on, like 2.1.0.30; "" accepts all.
	MinClientVersion string
	// MaxBody is the limit of a request body in bytes; 0 is DefaultMaxBody.
	MaxBody int64
	// SpoolDir is the folder for long answers while they are worked on; "" is the system's for temporary files.
	SpoolDir string
	// Log gets a line for each call: operation, first part of the ticket, sizes; no password, no content. nil logs nothing.
	Log *slog.Logger
	// Count is told of each call when it is answered: operation ("" for one that is not ours), how long it took, and whether it failed.
	// nil counts nothing.
	Count func(operation string, took time.Duration, failed bool)
}

// Handler is the endpoint that the Web Connector polls. Mount it at the exact path of AppURL, without compression and redirects.
type Handler struct {
	backend  Backend
	options  Options
	oldest   clientVersion
	versions toldVersions
	problems problems
}

// NewHandler returns the endpoint for a backend.
func NewHandler(b Backend, o Options) (*Handler, error) {
	if u, err := url.Parse(o.AppURL); err != nil || u.Host == "" {
		return nil, fmt.Errorf("the address of the service, %q, is not a URL like http://localhost:8480/qbwc", o.AppURL)
	}
	h := &Handler{backend: b, options: o}
	if o.MinClientVersion != "" {
		var ok bool
		if h.oldest, ok = parseClientVersion(o.MinClientVersion); !ok {
			return nil, fmt.Errorf("the oldest Web Connector allowed, %q, is not a version like 2.1.0.30", o.MinClientVersion)
		}
	}
	if o.MaxBody == 0 {
		h.options.MaxBody = DefaultMaxBody
	}
	if o.Log == nil {
		h.options.Log = slog.New(slog.DiscardHandler)
	}
	if o.Count == nil {
		h.options.Count = func(string, time.Duration, bool) {}
	}
	return h, nil
}

// contentType is the only media type that .NET accepts in an answer.
const contentType = "text/xml; charset=utf-8"

func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.Method {
	case http.MethodPost:
		h.post(w, r)
	case http.MethodGet, http.MethodHead:
		h.get(w, r)
	default:
		other(w, r, "GET, HEAD, POST, OPTIONS")
	}
}

// get answers people, tools, and the Web Connector itself, which fetches AppURL when an application is added to look at the certificate.
func (h *Handler) get(w http.ResponseWriter, r *http.Request) {
	body, media := h.options.ServerVersion+": this address is for the QuickBooks Web Connector.\n", "text/plain; charset=utf-8"
	for key := range r.URL.Query() {
		if strings.EqualFold(key, "wsdl") {
			body, media = wsdl.Document(h.options.AppURL), contentType
		}
	}
	h.write(w, http.StatusOK, media, []byte(body))
}

// other answers the methods that scanners and proxies try.
func other(w http.ResponseWriter, r *http.Request, allowed string) {
	w.Header().Set("Allow", allowed)
	if r.Method == http.MethodOptions {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	http.Error(w, "This address takes "+allowed+".", http.StatusMethodNotAllowed)
}

func (h *Handler) write(w http.ResponseWriter, status int, media string, body []byte) {
	w.Header().Set("Content-Type", media)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	if _, err := w.Write(body); err != nil { // io.WriteString would have it sent in pieces of 4 KB
		h.options.Log.Warn("the answer did not reach the Web Connector", "err", err)
	}
}

// post answers one SOAP call.
func (h *Handler) post(w http.ResponseWriter, r *http.Request) {
	started := time.Now()
	c, err := decode(http.MaxBytesReader(nil, r.Body, h.options.MaxBody), h.options.SpoolDir)
	defer func() {
		if err := c.long.remove(); err != nil {
			h.options.Log.Warn("a temporary file could not be removed", "err", err)
		}
	}()
	if err != nil {
		// The Web Connector reads the answer only after it sent everything.
		_, _ = io.CopyN(io.Discard, r.Body, 4*h.options.MaxBody)
	}
	status, body := http.StatusOK, []byte(nil)
	if c.operation == "" {
		text := "The message is not a SOAP envelope of the QuickBooks Web Connector."
		if errors.Is(err, errUnknownOperation) {
			text = "Unknown operation."
		}
		status, body = http.StatusInternalServerError, fault("Client", text)
	} else {
		var res result
		// An answer of QuickBooks is recorded even if the Web Connector hangs up.
		res, err = h.perform(withCaller(context.WithoutCancel(r.Context()), r.RemoteAddr), c, err)
		if res == nil {
			status, body = http.StatusInternalServerError, fault("Server", troubleText(""))
		} else {
			body = envelope(c.name, res)
		}
	}
	h.write(w, status, contentType, body)

	took := time.Since(started)
	h.options.Count(c.operation, took, err != nil)
	fields := []any{"operation", c.operation, "ticket", ticketPrefix(ticketOf(c.request)), "long", c.long.Size(),
		"answer", len(body), "took", took}
	if err != nil {
		h.options.Log.Error("a call of the Web Connector failed", append(fields, "err", err)...)
		return
	}
	h.options.Log.Info("a call of the Web Connector", fields...)
}

// perform does the operation and returns its answer. After an error that is the answer which makes the Web Connector stop and show the
// user a text; it is nil for the operations that have no such answer.
func (h *Handler) perform(ctx context.Context, c call, broken error) (result, error) {
	ticket := ticketOf(c.request)
	if broken == nil {
		res, err := h.dispatch(ctx, c)
		if err != nil {
			return h.inBand(c.operation, ticket, troubleText(ticket)), err
		}
		return res, nil
	}
	if !errors.Is(broken, errTooLarge) {
		return h.inBand(c.operation, ticket, troubleText(ticket)), broken
	}
	switch c.operation {
	case "serverVersion":
		return scalar(h.options.ServerVersion), broken
	case "clientVersion":
		return scalar(""), broken
	case "authenticate":
		return refused(), broken
	}
	return h.inBand(c.operation, ticket, fmt.Sprintf(
		"The message is larger than the service takes. Ask for less at a time, or raise the limit of %d MB.", h.options.MaxBody>>20)), broken
}

// inBand returns the answer of an operation that failed, nil if only a fault is left.
func (h *Handler) inBand(operation, ticket, text string) result {
	switch operation {
	case "sendRequestXML":
		h.problems.put(ticket, text)
		return scalar("")
	case "receiveResponseXML":
		h.problems.put(ticket, text)
		return number(-1)
	case "connectionError":
		h.problems.put(ticket, text)
		return scalar(Done)
	case "getLastError", "closeConnection":
		return scalar(text)
	case "getInteractiveURL", "interactiveRejected":
		return scalar("")
	case "interactiveDone":
		return scalar(interactiveDone)
	}
	return nil
}

// refused is the answer to a user whose name and password were too long to look at.
func refused() result { return list{rand.Text(), string(NotValidUser), "", ""} }

// interactiveDone ends the interactive mode, which we never begin.
const interactiveDone = "DONE"

// dispatch calls the backend. A panic there is an error of that call only.
func (h *Handler) dispatch(ctx context.Context, c call) (res result, err error) {
	defer func() {
		if p := recover(); p != nil {
			res, err = nil, fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	switch r := c.request.(type) {
	case *wsdl.ServerVersion:
		return scalar(StatusText(h.options.ServerVersion)), nil
	case *wsdl.ClientVersion:
		h.versions.put(ctx, r.StrVersion)
		return scalar(h.clientVersion(r.StrVersion)), nil
	case *wsdl.Authenticate:
		return h.authenticate(ctx, r)
	case *wsdl.SendRequestXML:
		return h.sendRequest(ctx, r, c.long)
	case *wsdl.ReceiveResponseXML:
		progress, err := h.backend.Answer(ctx, r.Ticket, Answer{Response: c.long, HResult: strings.TrimSpace(r.Hresult), Message: r.Message})
		if err != nil {
			return nil, err
		}
		h.problems.forget(r.Ticket)
		return number(min(progress, 100)), nil
	case *wsdl.ConnectionError:
		return h.connectionError(ctx, r)
	case *wsdl.GetLastError:
		if text := h.problems.get(r.Ticket); text != "" {
			return scalar(text), nil
		}
		text, err := h.backend.LastError(ctx, r.Ticket)
		return scalar(StatusText(text)), err
	case *wsdl.CloseConnection:
		text, err := h.backend.Close(ctx, r.Ticket)
		return scalar(StatusText(text)), err
	case *wsdl.InteractiveDone:
		return scalar(interactiveDone), nil
	}
	// getInteractiveURL and interactiveRejected belong to the interactive mode, which we never begin.
	return scalar(""), nil
}

func (h *Handler) clientVersion(version string) string {
	v, ok := parseClientVersion(version)
	if !ok || !v.before(h.oldest) {
		return ""
	}
	return fmt.Sprintf("E:This service needs QuickBooks Web Connector %s or newer. Please install it and try again.", h.options.MinClientVersion)
}

func (h *Handler) authenticate(ctx context.Context, r *wsdl.Authenticate) (result, error) {
	admission, err := h.backend.Authenticate(h.versions.with(ctx), r.StrUserName, r.StrPassword)
	if err != nil {
		return nil, err
	}
	four, err := admission.strings()
	if err != nil {
		return nil, err
	}
	return four, nil
}

func (h *Handler) sendRequest(ctx context.Context, r *wsdl.SendRequestXML, hcp Text) (result, error) {
	request, err := h.backend.Next(ctx, r.Ticket, Poll{
		HCP:         hcp,
		CompanyFile: r.StrCompanyFileName,
		Country:     r.QbXMLCountry,
		Major:       int(r.QbXMLMajorVers),
		Minor:       int(r.QbXMLMinorVers),
	})
	if err != nil {
		return nil, err
	}
	// Changing what goes to QuickBooks would be worse than not sending it.
	if magic(request) || !allLegal(request) {
		return nil, errors.New("the request for QuickBooks is no XML text; it was not handed out")
	}
	h.problems.forget(r.Ticket)
	return checked(request), nil
}

func (h *Handler) connectionError(ctx context.Context, r *wsdl.ConnectionError) (result, error) {
	answer, err := h.backend.ConnectionFailed(ctx, r.Ticket, ConnectionFailure{HResult: strings.TrimSpace(r.Hresult), Message: r.Message})
	if err != nil {
		return nil, err
	}
	if answer != "" && answer != Done {
		if _, err := CompanyFile(answer); err != nil {
			return nil, err
		}
	}
	return scalar(answer), nil
}

// ticketOf returns the ticket of a request, "" if its operation has none.
func ticketOf(request any) string {
	switch r := request.(type) {
	case *wsdl.SendRequestXML:
		return r.Ticket
	case *wsdl.ReceiveResponseXML:
		return r.Ticket
	case *wsdl.ConnectionError:
		return r.Ticket
	case *wsdl.GetLastError:
		return r.Ticket
	case *wsdl.CloseConnection:
		return r.Ticket
	}
	return ""
}

// troubleText is what a user sees of an error of our own: where to look it up, nothing of its content.
func troubleText(ticket string) string {
	text := "The service had a problem and stopped this update; nothing is lost. Its log tells more"
	if ticket = ticketPrefix(ticket); ticket != "" {
		text += " under ticket " + ticket
	}
	return StatusText(text + ".")
}
