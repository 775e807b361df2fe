package sim

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/beevik/etree"
)

// answers say what the inside of an operation's …Result is.
type answers map[string]func(call *etree.Element) string

// A service is a small web service of our own: it answers each operation from a table and notes what came.
type service struct {
	mu      sync.Mutex
	answers answers
	calls   []string
	headers []http.Header
	bodies  []string
}

func (s *service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	doc := etree.NewDocument()
	body, _ := io.ReadAll(r.Body)
	if err := doc.ReadFromBytes(body); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	call := doc.FindElement("//Body/*")
	s.calls = append(s.calls, call.Tag)
	s.headers = append(s.headers, r.Header.Clone())
	s.bodies = append(s.bodies, string(body))
	inside := ""
	if answer := s.answers[call.Tag]; answer != nil {
		inside = answer(call)
	}
	w.Header().Set("Content-Type", "text/xml; charset=utf-8")
	if inside == "FAULT" {
		w.WriteHeader(http.StatusInternalServerError)
		_, _ = io.WriteString(w, `<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><soap:Fault><faultcode>soap:Client</faultcode><faultstring>Broken.</faultstring></soap:Fault></soap:Body></soap:Envelope>`)
		return
	}
	_, _ = fmt.Fprintf(w, `<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><%[1]sResponse xmlns="http://developer.intuit.com/"><%[1]sResult>%[2]s</%[1]sResult></%[1]sResponse></soap:Body></soap:Envelope>`, call.Tag, inside)
}

func says(text string) func(*etree.Element) string {
	return func(*etree.Element) string { return text }
}

// inTurn answers with each text once, then with the last for ever.
func inTurn(texts ...string) func(*etree.Element) string {
	return func(*etree.Element) string {
		text := texts[0]
		if len(texts) > 1 {
			texts = texts[1:]
		}
		return text
	}
}

func admits(verdict ...string) func(*etree.Element) string {
	var b strings.Builder
	for _, s := range append([]string{"ticket-1"}, verdict...) {
		b.WriteString("<string>" + s + "</string>")
	}
	return says(b.String())
}

func escaped(document string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(document))
	return b.String()
}

func start(t *testing.T, answers answers) (*service, string) {
	t.Helper()
	s := &service{answers: answers}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	return s, server.URL + "/qbwc"
}

var work = set(`newMessageSetID="X"`, receiptRq("<Memo>caf&#233; &amp; &lt;b&gt;</Memo>", lineOf("MUG", "1.00", "Tax")))

// eachWire runs a test with both ways to talk.
func eachWire(t *testing.T, test func(t *testing.T, raw bool)) {
	for name, raw := range map[string]bool{"generated client": false, ".NET envelopes": true} {
		t.Run(name, func(t *testing.T) { test(t, raw) })
	}
}

func TestSession(t *testing.T) {
	for _, k := range []struct {
		name     string
		answers  func() answers
		steps    string
		verdict  string
		lastErr  string
		receipts int
		progress []int
		err      string
	}{
		{"two sets", func() answers {
			return answers{"authenticate": admits("", "", ""), "sendRequestXML": inTurn(escaped(work), escaped(set("", "<ClassQueryRq/>"))), "receiveResponseXML": inTurn("0", "100"), "closeConnection": says("OK")}
		},
			"serverVersion clientVersion authenticate sendRequestXML ProcessRequest receiveResponseXML sendRequestXML ProcessRequest receiveResponseXML closeConnection", "", "", 1, []int{0, 100}, ""},
		{"none (P20)", func() answers { return answers{"authenticate": admits("none", "", "")} }, "serverVersion clientVersion authenticate closeConnection", "none", "", 0, nil, ""},
		{"wrong password", func() answers { return answers{"authenticate": admits("nvu", "", "")} }, "serverVersion clientVersion authenticate closeConnection", "nvu", "", 0, nil, ""},
		{"busy in capitals", func() answers { return answers{"authenticate": admits("BUSY", "", "")} }, "serverVersion clientVersion authenticate closeConnection", "BUSY", "", 0, nil, ""},
		{"postponed", func() answers { return answers{"authenticate": admits("", "60", "")} }, "serverVersion clientVersion authenticate closeConnection", "", "", 0, nil, ""},
		{"three strings only", func() answers { return answers{"authenticate": admits("", "")} }, "serverVersion clientVersion authenticate", "", "", 0, nil, "QBWC1012"},
		{"a verdict that is neither word nor file", func() answers { return answers{"authenticate": admits("OK", "", ""), "connectionError": says("done")} }, "serverVersion clientVersion authenticate connectionError closeConnection", "OK", "QuickBooks company data file is already open and it is different from the one requested.", 0, nil, ""},
		{"nothing to send", func() answers {
			return answers{"authenticate": admits("", "", ""), "getLastError": says("Nothing to do.")}
		}, "serverVersion clientVersion authenticate sendRequestXML getLastError closeConnection", "", "Nothing to do.", 0, nil, ""},
		{"NoOp once", func() answers {
			return answers{"authenticate": admits("", "", ""), "getLastError": inTurn("NoOp", "Finished.")}
		}, "serverVersion clientVersion authenticate sendRequestXML getLastError sendRequestXML getLastError closeConnection", "", "Finished.", 0, nil, ""},
		{"negative progress", func() answers {
			return answers{"authenticate": admits("", "", ""), "sendRequestXML": says(escaped(work)), "receiveResponseXML": says("-1"), "getLastError": says("It broke.")}
		}, "serverVersion clientVersion authenticate sendRequestXML ProcessRequest receiveResponseXML getLastError closeConnection", "", "It broke.", 1, []int{-1}, ""},
		{"progress over 100", func() answers {
			return answers{"authenticate": admits("", "", ""), "sendRequestXML": says(escaped(work)), "receiveResponseXML": says("101")}
		}, "serverVersion clientVersion authenticate sendRequestXML ProcessRequest receiveResponseXML", "", "", 1, nil, "QBWC1042"},
		{"connector too old", func() answers { return answers{"clientVersion": says("E:Get a newer one.")} }, "serverVersion clientVersion", "", "", 0, nil, "QBWC1037"},
		{"nonsense from clientVersion", func() answers { return answers{"clientVersion": says("Yes")} }, "serverVersion clientVersion", "", "", 0, nil, "QBWC1046"},
		{"serverVersion may fail", func() answers { return answers{"serverVersion": says("FAULT"), "authenticate": admits("none", "", "")} }, "serverVersion clientVersion authenticate closeConnection", "none", "", 0, nil, ""},
		{"a fault from sendRequestXML", func() answers { return answers{"authenticate": admits("", "", ""), "sendRequestXML": says("FAULT")} }, "serverVersion clientVersion authenticate sendRequestXML", "", "", 0, nil, "QBWC1041"},
	} {
		t.Run(k.name, func(t *testing.T) {
			eachWire(t, func(t *testing.T, raw bool) {
				_, url := start(t, k.answers())
				c := open(t)
				report, err := NewConnector(ConnectorConfig{AppURL: url, User: "shop-1", Password: "p&w", Company: c, Raw: raw}).Session(t.Context())
				if got := strings.Join(report.Steps, " "); got != k.steps {
					t.Errorf("steps %s\nwant  %s", got, k.steps)
				}
				if k.err == "" && err != nil || k.err != "" && (err == nil || !strings.Contains(err.Error(), k.err)) {
					t.Errorf("error %v, want %q", err, k.err)
				}
				if report.Verdict != k.verdict || report.LastError != k.lastErr || !slices.Equal(report.Progress, k.progress) || len(c.Receipts()) != k.receipts {
					t.Errorf("report %+v, %d receipts", report, len(c.Receipts()))
				}
			})
		})
	}
}

// What the service gets: HCP and file with the first sendRequestXML only the first, the answer as QuickBooks gave it.
func TestSessionArguments(t *testing.T) {
	eachWire(t, func(t *testing.T, raw bool) {
		var got []map[string]string
		note := func(answer func(*etree.Element) string) func(*etree.Element) string {
			return func(call *etree.Element) string {
				arguments := map[string]string{}
				for _, e := range call.ChildElements() {
					arguments[e.Tag] = e.Text()
				}
				got = append(got, arguments)
				return answer(call)
			}
		}
		bad := "<?xml version=\"1.0\"?><?qbxml version=\"13.0\"?><QBXML/>"
		_, url := start(t, answers{"authenticate": note(admits("", "", "")), "sendRequestXML": note(inTurn(escaped(work), escaped(bad))), "receiveResponseXML": note(inTurn("50", "100"))})
		c := open(t)
		if _, err := NewConnector(ConnectorConfig{AppURL: url, User: "shop-1", Password: "p&<w>", Company: c, Raw: raw}).Session(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got[0]["strUserName"] != "shop-1" || got[0]["strPassword"] != "p&<w>" {
			t.Errorf("authenticate got %v", got[0])
		}
		first, answered, second, refusedAnswer := got[1], got[2], got[3], got[4]
		if !strings.Contains(first["strHCPResponse"], "FileID") || first["strCompanyFileName"] != `C:\Books\Pretend.qbw` || first["qbXMLCountry"] != "US" || first["qbXMLMajorVers"] != "16" {
			t.Errorf("the first sendRequestXML got %v", first)
		}
		if second["strHCPResponse"] != "" || second["strCompanyFileName"] != `C:\Books\Pretend.qbw` {
			t.Errorf("the second sendRequestXML got %v", second)
		}
		if text(answer(t, answered["response"]), "//Memo") != "café & <b>" || answered["hresult"] != "" {
			t.Errorf("receiveResponseXML got %v", answered)
		}
		// P: a parse refusal reaches the service as hresult and message with an empty response
		if refusedAnswer["hresult"] != hresultParse || refusedAnswer["response"] != "" || refusedAnswer["message"] == "" {
			t.Errorf("after a refusal receiveResponseXML got %v", refusedAnswer)
		}
	})
}

// The envelope and headers of the real program (qbwc-protocol.md 3.1), byte by byte.
func TestDotNetEnvelope(t *testing.T) {
	s, url := start(t, answers{"authenticate": admits("none", "", "")})
	if _, err := NewConnector(ConnectorConfig{AppURL: url, User: "shop-1", Password: "s3cr&t", Company: open(t), Raw: true}).Session(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := `<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"><soap:Body><authenticate xmlns="http://developer.intuit.com/"><strUserName>shop-1</strUserName><strPassword>s3cr&amp;t</strPassword></authenticate></soap:Body></soap:Envelope>`
	if s.bodies[2] != want {
		t.Errorf("authenticate was sent as\n%s\nwant\n%s", s.bodies[2], want)
	}
	if !strings.Contains(s.bodies[0], `<serverVersion xmlns="http://developer.intuit.com/" />`) {
		t.Errorf("serverVersion was sent as %s", s.bodies[0])
	}
	for name, want := range map[string]string{"Soapaction": `"http://developer.intuit.com/authenticate"`, "Expect": "100-continue", "Content-Type": "text/xml; charset=utf-8", "Accept-Encoding": ""} {
		if got := s.headers[2].Get(name); got != want {
			t.Errorf("header %s is %q, want %q", name, got, want)
		}
	}
	if got := dotNetEnvelope("receiveResponseXML", []string{"T", "", "0x80040400", "a\rb"}); !strings.Contains(got, "<response /><hresult>0x80040400</hresult><message>a&#xD;b</message>") {
		t.Errorf("empty arguments are sent as %s", got)
	}
}

// qbwc-protocol.md 3.3: what .NET does not take.
func TestAnswersDotNetRefuses(t *testing.T) {
	good := func(inside string) string {
		return `<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>` + inside + `</soap:Body></soap:Envelope>`
	}
	progress := func(n string) string {
		return good(`<receiveResponseXMLResponse xmlns="http://developer.intuit.com/"><receiveResponseXMLResult>` + n + `</receiveResponseXMLResult></receiveResponseXMLResponse>`)
	}
	for _, k := range []struct {
		name, body, media string
		status            int
		words             string
	}{
		{"fine", progress("50"), "text/xml; charset=utf-8", 200, ""},
		{"redirect", progress("50"), "text/xml", 302, "HTTP status"},
		{"not found", progress("50"), "text/xml", 404, "HTTP status"},
		{"empty", "", "text/xml", 200, "empty response"},
		{"HTML", progress("50"), "text/html", 200, "expected 'text/xml'"},
		{"a line before the XML", "\n" + progress("50"), "text/xml", 200, "well-formed"},
		{"SOAP 1.2", strings.Replace(progress("50"), "http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope", 1), "text/xml", 200, "SOAP 1.1"},
		{"another namespace", strings.Replace(progress("50"), intuitNamespace, "http://localhost/", 1), "text/xml", 200, "object reference"},
		{"no result", good(`<receiveResponseXMLResponse xmlns="http://developer.intuit.com/" />`), "text/xml", 200, "object reference"},
		{"decimals", progress("33.3"), "text/xml", 200, "not an integer"},
		{"blanks", progress(" 50"), "text/xml", 200, "not an integer"},
		{"plus sign", progress("+50"), "text/xml", 200, "not an integer"},
		{"no number", progress(""), "text/xml", 200, "not an integer"},
		{"element in a scalar", progress("<string>50</string>"), "text/xml", 200, "holds elements"},
		{"fault", good(`<soap:Fault><faultcode>soap:Server</faultcode><faultstring>Broken.</faultstring></soap:Fault>`), "text/xml", 500, "Broken."},
	} {
		t.Run(k.name, func(t *testing.T) {
			response := &http.Response{StatusCode: k.status, Status: fmt.Sprint(k.status), Header: http.Header{"Content-Type": {k.media}}}
			results, err := readAnswer("receiveResponseXML", response, []byte(k.body))
			if k.words == "" {
				if err != nil || len(results) != 1 || results[0] != "50" {
					t.Errorf("%v %v", results, err)
				}
			} else if err == nil || !strings.Contains(err.Error(), k.words) {
				t.Errorf("error %v, want one with %q", err, k.words)
			}
		})
	}
}

func TestConnectionErrorLoop(t *testing.T) {
	for _, k := range []struct {
		name    string
		answer  func(*etree.Element) string
		asked   int
		err     bool
		opened  bool
		refused int
	}{
		{"done in capitals", says("DONE"), 1, false, false, 1},
		{"try the open file", says(""), 1, false, true, 1},
		{"try another path", says(`C:\Books\Other.qbw`), 10, true, false, 1},
	} {
		t.Run(k.name, func(t *testing.T) {
			s, url := start(t, answers{"authenticate": admits("", "", ""), "connectionError": k.answer, "getLastError": says("Nothing.")})
			c := open(t)
			for range k.refused {
				c.RefuseSession("0x80040414", "A modal dialog box is showing in the QuickBooks user interface.")
			}
			report, err := NewConnector(ConnectorConfig{AppURL: url, User: "u", Password: "p", Company: c}).Session(t.Context())
			asked := 0
			for _, call := range s.calls {
				if call == "connectionError" {
					asked++
				}
			}
			if asked != k.asked || (err != nil) != k.err || slices.Contains(report.Steps, "sendRequestXML") != k.opened {
				t.Errorf("asked %d times, %v, steps %v", asked, err, report.Steps)
			}
		})
	}
}

// A hook cuts the session at any step, with QuickBooks having worked or not.
func TestCuts(t *testing.T) {
	power := errors.New("power failure")
	for _, k := range []struct {
		when, step string
		receipts   int
		calls      int // of receiveResponseXML
	}{
		{"before", "serverVersion", 0, 0}, {"before", "sendRequestXML", 0, 0}, {"after", "sendRequestXML", 0, 0}, {"before", "ProcessRequest", 0, 0},
		{"after", "ProcessRequest", 1, 0}, {"before", "receiveResponseXML", 1, 0}, {"after", "receiveResponseXML", 1, 1},
	} {
		t.Run(k.when+" "+k.step, func(t *testing.T) {
			s, url := start(t, answers{"authenticate": admits("", "", ""), "sendRequestXML": says(escaped(work)), "receiveResponseXML": says("100")})
			c := open(t)
			config := ConnectorConfig{AppURL: url, User: "u", Password: "p", Company: c}
			hook := func(step string) error {
				if step == k.step {
					return power
				}
				return nil
			}
			if k.when == "before" {
				config.Before = hook
			} else {
				config.After = hook
			}
			_, err := NewConnector(config).Session(t.Context())
			if !errors.Is(err, power) || len(c.Receipts()) != k.receipts || slices.Contains(s.calls, "receiveResponseXML") != (k.calls > 0) || slices.Contains(s.calls, "closeConnection") {
				t.Errorf("%v, %d receipts, calls %v", err, len(c.Receipts()), s.calls)
			}
		})
	}
}

func TestTwice(t *testing.T) {
	s, url := start(t, answers{"authenticate": admits("", "", ""), "sendRequestXML": says(escaped(work)), "receiveResponseXML": says("100")})
	c := open(t)
	_, err := NewConnector(ConnectorConfig{AppURL: url, User: "u", Password: "p", Company: c, Twice: func(step string) bool { return step == "receiveResponseXML" }}).Session(t.Context())
	if err != nil || len(c.Receipts()) != 1 || !strings.HasSuffix(strings.Join(s.calls, " "), "receiveResponseXML receiveResponseXML closeConnection") {
		t.Errorf("%v, calls %v", err, s.calls)
	}
}

func TestSessionStopsWithItsContext(t *testing.T) {
	_, url := start(t, answers{"authenticate": admits("", "", ""), "getLastError": says("NoOp")})
	ctx, cancel := context.WithCancel(t.Context())
	steps := 0
	config := ConnectorConfig{AppURL: url, User: "u", Password: "p", Company: open(t), Before: func(string) error {
		if steps++; steps > 8 {
			cancel()
		}
		return nil
	}}
	if _, err := NewConnector(config).Session(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("the session ended with %v", err)
	}
}

func TestParseQWC(t *testing.T) {
	file := `<?xml version="1.0"?><QBWCXML><AppName>Bridge - A &amp; B</AppName><AppID></AppID><AppURL>http://localhost:8480/qbwc</AppURL><AppDescription>x</AppDescription><AppSupport>http://localhost:8480/support</AppSupport>` +
		`<UserName> shop-1 </UserName><OwnerID>{A}</OwnerID><FileID>{B}</FileID><QBType>QBFS</QBType><Future>x</Future></QBWCXML>`
	got, err := ParseQWC([]byte(file))
	if err != nil || got != (QWC{"Bridge - A & B", "http://localhost:8480/qbwc", "http://localhost:8480/support", "shop-1", "{A}", "{B}"}) {
		t.Errorf("%+v %v", got, err)
	}
	for _, missing := range []string{"<AppURL>http://localhost:8480/qbwc</AppURL>", "shop-1", "<AppID></AppID>", "</QBWCXML>", "QBWCXML"} {
		if _, err := ParseQWC([]byte(strings.ReplaceAll(file, missing, ""))); err == nil || !strings.Contains(err.Error(), "QBWC1039") {
			t.Errorf("without %q: %v", missing, err)
		}
	}
}
