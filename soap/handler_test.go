package soap

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"runtime"
	"strings"
	"testing"

	"qbridge/soap/wsdl"
)

// post sends a body and returns the answer's status and text.
func post(t *testing.T, address, body string) (int, string) {
	t.Helper()
	return postReader(t, address, strings.NewReader(body))
}

func postReader(t *testing.T, address string, body io.Reader) (int, string) {
	t.Helper()
	answer, err := http.Post(address, "text/xml; charset=utf-8", body)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	if got := answer.Header.Get("Content-Type"); got != "text/xml; charset=utf-8" {
		t.Errorf("Content-Type %q", got)
	}
	return answer.StatusCode, string(text)
}

// resultOf cuts the inner XML of the result element out of an answer; "no result" for a fault.
func resultOf(answer string) string {
	_, rest, found := strings.Cut(answer, "Result>")
	if !found {
		return "no result"
	}
	return rest[:strings.LastIndex(rest[:strings.LastIndex(rest, "Result>")], "</")]
}

// element writes an operation as .NET does.
func element(operation string, parameters ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<%s xmlns="http://developer.intuit.com/">`, operation)
	for i := 0; i < len(parameters); i += 2 {
		fmt.Fprintf(&b, "<%s>%s</%[1]s>", parameters[i], escaper.Replace(parameters[i+1]))
	}
	fmt.Fprintf(&b, "</%s>", operation)
	return b.String()
}

// P1, P2, P3 and the methods that scanners try
func TestPlainHTTP(t *testing.T) {
	address := serve(t, newTestMemory())
	support := strings.Replace(address, "/qbwc", "/support", 1)
	for _, tt := range []struct {
		name, method, url string
		status            int
		media, contains   string
	}{
		{"address", "GET", address, 200, "text/plain; charset=utf-8", "QBridge 1.0"},
		{"wsdl", "GET", address + "?wsdl", 200, "text/xml; charset=utf-8", wsdl.Document(address)},
		{"WSDL in capitals", "GET", address + "?WSDL=", 200, "text/xml; charset=utf-8", wsdl.Document(address)},
		{"head", "HEAD", address, 200, "text/plain; charset=utf-8", ""},
		{"options", "OPTIONS", address, 204, "", ""},
		{"put", "PUT", address, 405, "text/plain; charset=utf-8", "GET, HEAD, POST, OPTIONS"},
		{"support", "GET", support, 200, "text/html; charset=utf-8", "<h1>QBridge 1.0</h1>"},
		{"support head", "HEAD", support, 200, "text/html; charset=utf-8", ""},
		{"support options", "OPTIONS", support, 204, "", ""},
		{"support post", "POST", support, 405, "text/plain; charset=utf-8", "GET, HEAD, OPTIONS"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			request, err := http.NewRequestWithContext(t.Context(), tt.method, tt.url, nil)
			if err != nil {
				t.Fatal(err)
			}
			answer, err := http.DefaultTransport.RoundTrip(request) // follows no redirect
			if err != nil {
				t.Fatal(err)
			}
			defer answer.Body.Close()
			body, err := io.ReadAll(answer.Body)
			if err != nil {
				t.Fatal(err)
			}
			if answer.StatusCode != tt.status || answer.Header.Get("Content-Type") != tt.media || !strings.Contains(string(body), tt.contains) {
				t.Errorf("%d, %q, %q", answer.StatusCode, answer.Header.Get("Content-Type"), body)
			}
			if len(answer.Cookies()) > 0 || answer.Header.Get("WWW-Authenticate") != "" {
				t.Errorf("asks for something: %v", answer.Header)
			}
		})
	}
}

// P4, P5, P6: whatever way the message comes, the answer is plain.
func TestWaysOfSending(t *testing.T) {
	address := serve(t, newTestMemory())
	host := hostOf(t, address)
	body := dotNet(`<serverVersion xmlns="http://developer.intuit.com/" />`)
	const want = "<serverVersionResult>QBridge 1.0</serverVersionResult>"
	for _, tt := range []struct{ name, head, body string }{
		{"HTTP/1.0", fmt.Sprintf("POST /qbwc HTTP/1.0\r\nContent-Length: %d\r\n\r\n", len(body)), body},
		{"HTTP/1.1, nothing but the body", fmt.Sprintf("POST /qbwc HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\n\r\n", host, len(body)), body},
		{"chunked", "POST /qbwc HTTP/1.1\r\nHost: " + host + "\r\nTransfer-Encoding: chunked\r\n\r\n",
			fmt.Sprintf("10\r\n%s\r\n%x\r\n%s\r\n0\r\n\r\n", body[:16], len(body)-16, body[16:])},
		{"accepts gzip", fmt.Sprintf("POST /qbwc HTTP/1.1\r\nHost: %s\r\nAccept-Encoding: gzip, deflate\r\nContent-Length: %d\r\n\r\n", host, len(body)), body},
		{"SOAPAction of another operation", fmt.Sprintf("POST /qbwc HTTP/1.1\r\nHost: %s\r\nSOAPAction: http://developer.intuit.com/authenticate\r\nContent-Length: %d\r\n\r\n", host, len(body)), body},
		{"other content type", fmt.Sprintf("POST /qbwc HTTP/1.1\r\nHost: %s\r\nContent-Type: application/soap+xml\r\nContent-Length: %d\r\n\r\n", host, len(body)), body},
		{"query", fmt.Sprintf("POST /qbwc?wsdl HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\n\r\n", host, len(body)), body},
	} {
		t.Run(tt.name, func(t *testing.T) {
			conn := dial(t, address)
			if _, err := io.WriteString(conn, tt.head+tt.body); err != nil {
				t.Fatal(err)
			}
			answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(answer.Body)
			if err != nil {
				t.Fatal(err)
			}
			if answer.StatusCode != 200 || !strings.Contains(string(got), want) || got[0] != '<' {
				t.Errorf("%d %s", answer.StatusCode, got)
			}
			if answer.Header.Get("Content-Encoding") != "" || answer.ContentLength != int64(len(got)) || answer.Header.Get("Content-Type") != contentType {
				t.Errorf("head %v", answer.Header)
			}
		})
	}
}

// failing is a backend that has lost its store: each call returns err, or panics.
type failing struct {
	err    error
	panics bool
}

func (f failing) fail() error {
	if f.panics {
		panic("the store is gone with password s3cr&t")
	}
	return f.err
}

func (f failing) Authenticate(context.Context, string, string) (Admission, error) {
	return Admission{}, f.fail()
}
func (f failing) Next(context.Context, string, Poll) (string, error)  { return "", f.fail() }
func (f failing) Answer(context.Context, string, Answer) (int, error) { return 0, f.fail() }
func (f failing) LastError(context.Context, string) (string, error)   { return "", f.fail() }
func (f failing) Close(context.Context, string) (string, error)       { return "", f.fail() }
func (f failing) ConnectionFailed(context.Context, string, ConnectionFailure) (string, error) {
	return "", f.fail()
}

// P16
func TestTroubleOfOurOwnStaysInBand(t *testing.T) {
	const ticket = "3f0c2a5e-6f1e-4f55-9a0b-0e8d7b1c9a11"
	for name, backend := range map[string]Backend{
		"error": failing{err: errors.New("database is locked at /var/lib")},
		"panic": failing{panics: true},
	} {
		t.Run(name, func(t *testing.T) {
			address := serve(t, backend)
			trouble := troubleText(ticket)
			for _, tt := range []struct {
				operation string
				want      string
				then      string // what getLastError says next
			}{
				{"sendRequestXML", "", trouble},
				{"receiveResponseXML", "-1", trouble},
				{"connectionError", "done", trouble},
				{"getLastError", trouble, trouble},
				{"closeConnection", trouble, trouble},
			} {
				status, answer := post(t, address, dotNet(element(tt.operation, "ticket", ticket)))
				if status != 200 || resultOf(answer) != tt.want {
					t.Errorf("%s: %d %s", tt.operation, status, answer)
				}
				_, answer = post(t, address, dotNet(element("getLastError", "ticket", ticket)))
				if resultOf(answer) != tt.then {
					t.Errorf("after %s: %s", tt.operation, answer)
				}
			}
			status, answer := post(t, address, dotNet(element("authenticate", "strUserName", "shop-1")))
			if status != 500 || !strings.Contains(answer, "<faultcode>soap:Server</faultcode>") || strings.Contains(answer, "database") {
				t.Errorf("authenticate: %d %s", status, answer)
			}
		})
	}
}

// flaky fails the first call of Answer, as a locked database does, and is asked again by .NET.
type flaky struct {
	*Memory
	failed bool
}

func (f *flaky) Answer(ctx context.Context, ticket string, answer Answer) (int, error) {
	if !f.failed {
		f.failed = true
		return 0, errors.New("database is locked")
	}
	return f.Memory.Answer(ctx, ticket, answer)
}

func TestTroubleIsForgottenWhenTheSessionGoesOn(t *testing.T) {
	backend := &flaky{Memory: newTestMemory("one")}
	address := serve(t, backend)
	ticket := authenticate(t, address)
	post(t, address, dotNet(element("sendRequestXML", "ticket", ticket)))
	message := dotNet(element("receiveResponseXML", "ticket", ticket, "response", "answer"))
	if _, first := post(t, address, message); resultOf(first) != "-1" {
		t.Errorf("first: %s", first)
	}
	if _, second := post(t, address, message); resultOf(second) != "100" {
		t.Errorf("second: %s", second)
	}
	if _, text := post(t, address, dotNet(element("getLastError", "ticket", ticket))); resultOf(text) != "No error." {
		t.Errorf("last error: %s", text)
	}
}

func authenticate(t *testing.T, address string) string {
	t.Helper()
	_, answer := post(t, address, dotNet(element("authenticate", "strUserName", "shop-1", "strPassword", "s3cr&t")))
	ticket, _, found := strings.Cut(strings.TrimPrefix(resultOf(answer), "<string>"), "</string>")
	if !found || len(ticket) != 36 {
		t.Fatalf("no ticket in %s", answer)
	}
	return ticket
}

// odd answers a request, progress, text or path that must not go out.
type odd struct {
	request, path, text string
	progress            int
	admission           Admission
}

func (o odd) Authenticate(context.Context, string, string) (Admission, error) {
	return o.admission, nil
}
func (o odd) Next(context.Context, string, Poll) (string, error)  { return o.request, nil }
func (o odd) Answer(context.Context, string, Answer) (int, error) { return o.progress, nil }
func (o odd) LastError(context.Context, string) (string, error)   { return o.text, nil }
func (o odd) Close(context.Context, string) (string, error)       { return o.text, nil }
func (o odd) ConnectionFailed(context.Context, string, ConnectionFailure) (string, error) {
	return o.path, nil
}

// P12, P13, P22, P32, P34: what the backend should not have said does not reach the Web Connector.
func TestWhatMustNotGoOut(t *testing.T) {
	for _, tt := range []struct {
		name, operation string
		backend         odd
		want            string
	}{
		{"NoOp for a request", "sendRequestXML", odd{request: "NoOp"}, ""},
		{"control character in a request", "sendRequestXML", odd{request: "<a>\x0b</a>"}, ""},
		{"request in Latin-1", "sendRequestXML", odd{request: "<a>\xe9</a>"}, ""},
		{"progress above 100", "receiveResponseXML", odd{progress: 140}, "100"},
		{"noop as text", "getLastError", odd{text: " noop\n"}, "The message was: noop."},
		{"interactive mode as text", "getLastError", odd{text: "Interactive Mode."}, "The message was: Interactive Mode.."},
		{"interactive mode at the end", "closeConnection", odd{text: "Interactive mode"}, "The message was: Interactive mode."},
		{"empty text", "getLastError", odd{}, ""},
		{"lines and markup", "getLastError", odd{text: "One\r\n<b>two</b>\x00."}, "One b two /b ."},
		{"long text", "getLastError", odd{text: strings.Repeat("é", 201)}, strings.Repeat("é", 199) + "…"},
		{"path with forward slashes", "connectionError", odd{path: "C:/Books/Shop.qbw"}, "done"},
		{"good path", "connectionError", odd{path: `C:\Books\Shop.QBW`}, `C:\Books\Shop.QBW`},
		{"open company", "connectionError", odd{path: ""}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			status, answer := post(t, serve(t, tt.backend), dotNet(element(tt.operation, "ticket", "T")))
			if status != 200 || resultOf(answer) != tt.want {
				t.Errorf("%d %s", status, answer)
			}
		})
	}
}

// P19
func TestClientVersion(t *testing.T) {
	for _, tt := range []struct {
		minimum, version string
		refused          bool
	}{
		{"", "1.5", false},
		{"", "34.0.10012.0", false},
		{"", "banana", false},
		{"", "", false},
		{"2.1.0.30", "2.1.0.30", false},
		{"2.1.0.30", "2.1.0.4", true},
		{"2.1.0.30", "2.1", true},
		{"2.1.0.30", "2.10", false},
		{"2.1.0.30", "34.1", false},
		{"2.1.0.30", "1.99.99.99", true},
		{"2.1.0.30", "2.x", false},
		{"2.1.0.30", "1.2.3.4.5", false},
	} {
		t.Run(tt.minimum+" "+tt.version, func(t *testing.T) {
			address := serve(t, newTestMemory(), func(o *Options) { o.MinClientVersion = tt.minimum })
			_, answer := post(t, address, dotNet(element("clientVersion", "strVersion", tt.version)))
			if got := resultOf(answer); strings.HasPrefix(got, "E:") != tt.refused || !tt.refused && got != "" {
				t.Errorf("answered %q", got)
			}
		})
	}
}

// P20, P21, P22
func TestAuthenticateGivesFourStrings(t *testing.T) {
	file, err := CompanyFile(`C:\Books\Shop.qbw`)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name      string
		admission Admission
		want      string // "no result" for a fault
	}{
		{"work", Admission{Ticket: "T"}, "<string>T</string><string></string><string></string><string></string>"},
		{"file", Admission{Ticket: "T", Verdict: file}, `<string>T</string><string>C:\Books\Shop.qbw</string><string></string><string></string>`},
		{"no work", Admission{Ticket: "T", Verdict: NoWork}, "<string>T</string><string>none</string><string></string><string></string>"},
		{"refused", Admission{Ticket: "T", Verdict: NotValidUser}, "<string>T</string><string>nvu</string><string></string><string></string>"},
		{"busy, later", Admission{Ticket: "T", Verdict: Busy, Postpone: 90e9}, "<string>T</string><string>busy</string><string>90</string><string></string>"},
		{"interval", Admission{Ticket: "T", RaiseInterval: 60e9}, "<string>T</string><string></string><string></string><string>60</string>"},
		{"refused, later", Admission{Ticket: "T", Verdict: NotValidUser, Postpone: 1e9}, "no result"},
		{"refused, interval", Admission{Ticket: "T", Verdict: NotValidUser, RaiseInterval: 1e9}, "no result"},
		{"work, later", Admission{Ticket: "T", Postpone: 1e9}, "no result"},
		{"half a second", Admission{Ticket: "T", Verdict: Busy, Postpone: 5e8}, "no result"},
		{"negative", Admission{Ticket: "T", Verdict: Busy, Postpone: -1e9}, "no result"},
		{"no ticket", Admission{}, "no result"},
		{"stray word", Admission{Ticket: "T", Verdict: "OK"}, "no result"},
		{"stray space", Admission{Ticket: "T", Verdict: " "}, "no result"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, answer := post(t, serve(t, odd{admission: tt.admission}), dotNet(element("authenticate")))
			if got := resultOf(answer); got != tt.want {
				t.Errorf("got %s", answer)
			}
		})
	}
}

// P22
func TestCompanyFile(t *testing.T) {
	for path, good := range map[string]bool{
		`C:\Books\Shop.qbw`: true, `d:\Shop.QBW`: true, `\\server\share\Shop.qbw`: true, `C:\A & B\Ren` + "é" + `e.qbw`: true,
		``: false, `Shop.qbw`: false, `C:/Books/Shop.qbw`: false, `C:\Books/Shop.qbw`: false, `C:\Books\Shop.qbb`: false,
		`C:\Books\Shop.qbw `: false, `C:Shop.qbw`: false, `none`: false, `\\server\Shop.qbw`: true, `\Books\Shop.qbw`: false,
	} {
		if _, err := CompanyFile(path); (err == nil) != good {
			t.Errorf("%q: %v", path, err)
		}
	}
}

// P21: neither password nor content nor a whole ticket gets into the log.
func TestLogHoldsNoSecrets(t *testing.T) {
	var log bytes.Buffer
	backend := newTestMemory("<secret-request/>")
	address := serve(t, backend, func(o *Options) { o.Log = slog.New(slog.NewTextHandler(&log, nil)) })
	ticket := authenticate(t, address)
	post(t, address, dotNet(element("authenticate", "strUserName", "shop-1", "strPassword", "wrong-password")))
	post(t, address, dotNet(element("sendRequestXML", "ticket", ticket)))
	post(t, address, dotNet(element("receiveResponseXML", "ticket", ticket, "response", "secret-answer")))
	post(t, address, dotNet(element("closeConnection", "ticket", ticket)))
	for _, secret := range []string{"s3cr", "wrong-password", "secret-request", "secret-answer", ticket} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("%q is in the log:\n%s", secret, &log)
		}
	}
	if want := "operation=receiveResponseXML ticket=" + ticket[:8] + " long=13"; !strings.Contains(log.String(), want) {
		t.Errorf("%q is not in the log:\n%s", want, &log)
	}
}

func TestNewHandlerRefuses(t *testing.T) {
	for _, o := range []Options{{}, {AppURL: "localhost"}, {AppURL: "http://localhost/qbwc", MinClientVersion: "new"}} {
		if _, err := NewHandler(newTestMemory(), o); err == nil {
			t.Errorf("%+v is accepted", o)
		}
	}
}

// bigEnvelope is an envelope with n bytes of text in one parameter, made on the way.
func bigEnvelope(operation, parameter string, n int64) io.Reader {
	head, tail, _ := strings.Cut(dotNet(element(operation, "ticket", "T", parameter, "HERE")), "HERE")
	return io.MultiReader(strings.NewReader(head), io.LimitReader(&repeated{text: strings.Repeat("0", 4096)}, n), strings.NewReader(tail))
}

// P9: a message above the limit is answered by its operation, with a text that says why.
func TestTooLarge(t *testing.T) {
	const tooLarge = "The message is larger than the service takes. Ask for less at a time, or raise the limit of 1 MB."
	address := serve(t, newTestMemory("one"), func(o *Options) { o.MaxBody = 1 << 20 })
	for _, tt := range []struct{ operation, parameter, want string }{
		{"serverVersion", "strVersion", "QBridge 1.0"},
		{"clientVersion", "strVersion", ""},
		{"sendRequestXML", "strHCPResponse", ""},
		{"receiveResponseXML", "response", "-1"},
		{"receiveResponseXML", "other", "-1"},
		{"connectionError", "message", "done"},
		{"closeConnection", "other", tooLarge},
		{"getLastError", "other", tooLarge},
		{"interactiveDone", "other", "DONE"},
		{"interactiveRejected", "reason", ""},
		{"getInteractiveURL", "sessionID", ""},
	} {
		t.Run(tt.operation+" "+tt.parameter, func(t *testing.T) {
			status, answer := postReader(t, address, bigEnvelope(tt.operation, tt.parameter, 1<<20))
			if status != 200 || resultOf(answer) != tt.want {
				t.Errorf("%d %s", status, answer)
			}
		})
	}
	_, answer := postReader(t, address, bigEnvelope("authenticate", "strPassword", 1<<20))
	if strings.Count(answer, "<string>") != 4 || !strings.Contains(answer, "<string>nvu</string>") {
		t.Errorf("authenticate: %s", answer)
	}
	_, answer = post(t, address, dotNet(element("getLastError", "ticket", "T")))
	if resultOf(answer) != tooLarge {
		t.Errorf("last error: %s", answer)
	}
	if status, _ := postReader(t, address, bigEnvelope("unknown", "x", 1<<20)); status != 500 {
		t.Errorf("unknown operation: %d", status)
	}
}

// counting takes a long answer without keeping it, and looks at the folder for temporary files and at the memory meanwhile.
type counting struct {
	failing
	dir        string
	size, read int64
	files      int
	heap       uint64
}

func (c *counting) Answer(_ context.Context, _ string, answer Answer) (int, error) {
	r, err := answer.Response.Open()
	if err != nil {
		return 0, err
	}
	defer r.Close()
	c.size = answer.Response.Size()
	if c.read, err = io.Copy(io.Discard, r); err != nil {
		return 0, err
	}
	inside, err := os.ReadDir(c.dir)
	if err != nil {
		return 0, err
	}
	c.files, c.heap = len(inside), liveHeap()
	return 0, nil
}

// liveHeap returns the bytes that are in use.
func liveHeap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// repeated is a text over and over.
type repeated struct {
	text string
	next int
}

func (r *repeated) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		copied := copy(p[n:], r.text[r.next:])
		r.next = (r.next + copied) % len(r.text)
		n += copied
	}
	return n, nil
}

// A long answer goes to a file, which is gone afterwards, and is not held in memory.
func TestLongAnswerIsSpooled(t *testing.T) {
	const (
		units   = 80_000
		escaped = "&lt;Name&gt;Ren\u00e9e Roy&lt;/Name&gt;\n"
		plain   = "<Name>Ren\u00e9e Roy</Name>\n"
	)
	backend := &counting{dir: t.TempDir()}
	address := serve(t, backend, func(o *Options) { o.SpoolDir = backend.dir })
	head, tail, _ := strings.Cut(dotNet(element("receiveResponseXML", "ticket", "T", "response", "HERE")), "HERE")
	before := liveHeap()
	status, answer := postReader(t, address, io.MultiReader(
		strings.NewReader(head), io.LimitReader(&repeated{text: escaped}, units*int64(len(escaped))), strings.NewReader(tail)))
	if status != 200 || resultOf(answer) != "0" {
		t.Fatalf("%d %s", status, answer)
	}
	if want := units * int64(len(plain)); backend.size != want || backend.read != want {
		t.Errorf("size %d, read %d, want %d", backend.size, backend.read, want)
	}
	if backend.files != 1 {
		t.Errorf("%d temporary files during the call", backend.files)
	}
	if left, err := os.ReadDir(backend.dir); err != nil || len(left) != 0 {
		t.Errorf("%d temporary files afterwards, %v", len(left), err)
	}
	if backend.heap > before+1<<20 {
		t.Errorf("%d KB are held for an answer of %d KB", (backend.heap-before)>>10, backend.size>>10)
	}
}

// Whatever comes, the process survives, answers in XML, leaves no file behind, and serves the next call.
//
// P8, P15
func TestBrokenMessages(t *testing.T) {
	long := strings.Repeat("x", spoolOver+1)
	receive := dotNet(element("receiveResponseXML", "ticket", "T", "response", "HERE"))
	for _, tt := range []struct {
		name, body string
		status     int
		want       string
	}{
		{"empty", "", 500, "no result"},
		{"not XML", "strVersion=1", 500, "no result"},
		{"HTML", "<!DOCTYPE html><html><body><p>Login</body></html>", 500, "no result"},
		{"other XML", "<QBXML/>", 500, "no result"},
		{"no body", `<Envelope><Header/></Envelope>`, 500, "no result"},
		{"empty body", `<Envelope><Header/><Body/></Envelope>`, 500, "no result"},
		{"unknown operation", dotNet("<authenticate2/>"), 500, "no result"},
		{"document type", `<!DOCTYPE Envelope [<!ENTITY a "b">]>` + receive[38:], 500, "no result"},
		{"Latin-1", `<?xml version="1.0" encoding="iso-8859-1"?>` + receive[38:], 500, "no result"},
		{"half an envelope, before the operation", receive[:200], 500, "no result"},
		{"half an authenticate", strings.TrimSuffix(dotNet(element("authenticate", "strUserName", "shop-1")), "</soap:Body></soap:Envelope>"), 500, "no result"},
		{"half an answer", receive[:strings.Index(receive, "HERE")], 200, "-1"},
		{"half a long answer", receive[:strings.Index(receive, "HERE")] + long, 200, "-1"},
		{"no end of the envelope", strings.TrimSuffix(receive, "</soap:Envelope>"), 200, "-1"},
		{"wrong nesting", strings.Replace(receive, "</response>", "</ticket>", 1), 200, "-1"},
		{"unknown entity", strings.Replace(receive, "HERE", "&nbsp;", 1), 200, "-1"},
		{"answer with elements instead of text", strings.Replace(receive, "HERE", "<QBXML/>", 1), 200, "-1"},
		{"number that is none", dotNet(element("sendRequestXML", "qbXMLMajorVers", "x")), 200, ""},
		{"very long ticket", dotNet(element("closeConnection", "ticket", long)), 200,
			"The message is larger than the service takes. Ask for less at a time, or raise the limit of 64 MB."},
		{"very deep", dotNet("<closeConnection>" + strings.Repeat("<a>", 100000)), 200, troubleText("")},
		{"very long tag", dotNet("<closeConnection " + strings.Repeat(`a="" `, 100000) + "/>"), 500, "no result"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			address := serve(t, newTestMemory(), func(o *Options) { o.SpoolDir = dir })
			status, answer := post(t, address, tt.body)
			if status != tt.status || resultOf(answer) != tt.want {
				t.Errorf("%d %s", status, answer)
			}
			if (status == 500) != strings.Contains(answer, "<soap:Fault><faultcode>soap:") {
				t.Errorf("%d with %s", status, answer)
			}
			if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
				t.Errorf("%d temporary files afterwards, %v", len(left), err)
			}
			if _, answer := post(t, address, dotNet("<serverVersion/>")); resultOf(answer) != "QBridge 1.0" {
				t.Errorf("afterwards: %s", answer)
			}
		})
	}
}

// P27, P28: what QuickBooks and the Web Connector say reaches the backend as it was sent.
func TestParametersReachTheBackend(t *testing.T) {
	recorder := &recording{}
	address := serve(t, recorder)
	hcp := "<?xml version=\"1.0\" ?>\n<QBXML>Ren\u00e9e &amp; \U0001F600</QBXML>"
	post(t, address, dotNet(element("sendRequestXML", "ticket", "T1", "strHCPResponse", hcp, "strCompanyFileName", `C:\A & B.qbw`,
		"qbXMLCountry", "US", "qbXMLMajorVers", "16", "qbXMLMinorVers", "1")))
	post(t, address, dotNet(element("receiveResponseXML", "ticket", "gone", "response", "late", "hresult", " 0x80040400 ", "message", "m")))
	post(t, address, dotNet(element("connectionError", "ticket", "T3", "hresult", "0x80040408", "message", "no start")))
	want := []string{
		"Next T1 " + hcp + ` C:\A & B.qbw US 16 1`,
		"Answer gone late 0x80040400 m",
		"ConnectionFailed T3 0x80040408 no start",
	}
	if strings.Join(recorder.calls, "\n") != strings.Join(want, "\n") {
		t.Errorf("got %q\nwant %q", recorder.calls, want)
	}
}

type recording struct {
	failing
	calls []string
}

func (r *recording) Next(_ context.Context, ticket string, p Poll) (string, error) {
	hcp, err := p.HCP.ReadAll()
	r.calls = append(r.calls, fmt.Sprintf("Next %s %s %s %s %d %d", ticket, hcp, p.CompanyFile, p.Country, p.Major, p.Minor))
	return "", err
}

func (r *recording) Answer(_ context.Context, ticket string, a Answer) (int, error) {
	response, err := a.Response.ReadAll()
	r.calls = append(r.calls, fmt.Sprintf("Answer %s %s %s %s", ticket, response, a.HResult, a.Message))
	return 0, err
}

func (r *recording) ConnectionFailed(_ context.Context, ticket string, f ConnectionFailure) (string, error) {
	r.calls = append(r.calls, fmt.Sprintf("ConnectionFailed %s %s %s", ticket, f.HResult, f.Message))
	return Done, nil
}

// An answer is recorded even when the Web Connector hangs up meanwhile.
func TestHangingUpDoesNotStopRecording(t *testing.T) {
	backend := &slow{entered: make(chan struct{}), leave: make(chan struct{}), result: make(chan error, 1)}
	address := serve(t, backend)
	conn := dial(t, address)
	body := dotNet(element("receiveResponseXML", "ticket", "T"))
	if _, err := fmt.Fprintf(conn, "POST /qbwc HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s", len(body), body); err != nil {
		t.Fatal(err)
	}
	<-backend.entered
	conn.Close()
	close(backend.leave)
	if err := <-backend.result; err != nil {
		t.Errorf("the context ended: %v", err)
	}
}

type slow struct {
	failing
	entered, leave chan struct{}
	result         chan error
}

func (s *slow) Answer(ctx context.Context, _ string, _ Answer) (int, error) {
	close(s.entered)
	<-s.leave
	s.result <- ctx.Err()
	return 0, nil
}
