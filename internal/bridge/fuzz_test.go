package bridge

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"qbridge/internal/sim"
	"qbridge/soap"
)

var setRequest = regexp.MustCompile(`<(\w+)Rq[ >]`)

// Whatever QuickBooks answers to a set, of whatever kind, the session stays in a legal state, the set is kept, and no row is done of which the
// answer does not tell the record. P41, P45, I3, I4, I9
func FuzzSetAnswer(f *testing.F) {
	for n := range byte(50) {
		f.Add(n, "", "ANSWER", uint16(0), uint16(0), "") // its true answer
		f.Add(n, "", "ANSWER", uint16(n)*40, uint16(n), "</")
	}
	for _, hresult := range []string{"0x80040400", "0x80040402", "0xDEADBEEF", " 0x80040400 ", "-2147220480", "\x00"} {
		f.Add(byte(14), hresult, "", uint16(0), uint16(0), "")
	}
	for _, body := range []string{"", "<", "QuickBooks is closing", "<QBXML/>", `<?xml version="1.0"?><QBXML><QBXMLMsgsRs/></QBXML>`,
		`<QBXML><QBXMLMsgsRs><SalesReceiptAddRs requestID="r1" statusCode="0"/><SalesReceiptAddRs requestID="r2" statusCode="3231"/></QBXMLMsgsRs></QBXML>`,
		`<QBXML><QBXMLMsgsRs><SalesReceiptAddRs requestID="r1" statusCode="0"><ErrorRecovery><TxnID>1-1</TxnID></ErrorRecovery></SalesReceiptAddRs></QBXMLMsgsRs></QBXML>`,
		`<QBXML><QBXMLMsgsRs messageSetStatusCode="9002"/></QBXML>`, `<QBXML><QBXMLMsgsRs messageSetStatusCode="600" newMessageSetID="x"/></QBXML>`,
	} {
		for n := range byte(4) {
			f.Add(n*9, "", body, uint16(0), uint16(0), "")
		}
	}
	f.Fuzz(func(t *testing.T, n byte, hresult, body string, at, drop uint16, put string) {
		all := fuzzed.scenesOf(t)
		s := all[int(n)%len(all)]
		body = spliced(strings.ReplaceAll(body, "ANSWER", s.answer.Response), at, drop, put)
		g := s.play(t)
		g.said = hresult + body
		var progress int
		bounded(t, len(body), func() {
			var err error
			progress, err = g.b.Connector().Answer(g.ctx, g.ticket, soap.Answer{Response: soap.NewText(body), HResult: hresult})
			if err != nil {
				t.Errorf("%s: %v", s, err)
			}
		})
		if progress < -1 || progress > 100 {
			t.Errorf("%s: progress %d", s, progress)
		}
		if g.sound(); t.Failed() {
			t.Log(s)
			return
		}
		// The session goes on, or says why not; nothing is written beside what is in doubt.
		g.sets = map[string]string{}
		if _, err := g.b.Connector().Next(g.ctx, g.ticket, soap.Poll{}); err != nil {
			t.Errorf("%s: the session does not go on: %v", s, err)
		}
		now := g.sound()
		for id, document := range g.sets {
			for _, r := range now.rows {
				if isWriting(document) && r.State == rowInDoubt {
					t.Errorf("%s: set %s writes while row %d is in doubt", s, id, r.ID)
				}
			}
		}
	})
}

// spliced puts a text in the place of some bytes of another.
func spliced(text string, at, drop uint16, put string) string {
	from := min(int(at), len(text))
	return text[:from] + put + text[min(from+int(drop), len(text)):]
}

// Whatever a company file says of itself, nothing is handed out unless it says that it is ours. P28, Q40
func FuzzCompanyFile(f *testing.F) {
	f.Add("HCP", `C:\Books\Pretend Company.qbw`, "US", uint16(0), uint16(0), "")
	f.Add("HCP", "", "", uint16(700), uint16(9), "<!-- -->")
	f.Add("", "x", "US", uint16(0), uint16(0), "")
	f.Add("<QBXML><QBXMLMsgsRs><HostQueryRs/><CompanyQueryRs/><PreferencesQueryRs/></QBXMLMsgsRs></QBXML>", "x", "CA", uint16(0), uint16(0), "")
	f.Add("HCP<", "x", "", uint16(200), uint16(2000), "")
	f.Fuzz(func(t *testing.T, hcp, file, country string, at, drop uint16, put string) {
		all := fuzzed.scenesOf(t)
		g := all[0].play(t)
		ours, err := g.poll.HCP.Open()
		check(t, err)
		text, err := io.ReadAll(ours)
		check(t, err)
		hcp = spliced(strings.ReplaceAll(hcp, "HCP", string(text)), at, drop, put)
		var request string
		bounded(t, len(hcp), func() {
			if request, err = g.b.Connector().Next(g.ctx, g.ticket, soap.Poll{HCP: soap.NewText(hcp), CompanyFile: file, Country: country, Major: 16}); err != nil {
				t.Error(err)
			}
		})
		g.sound()
		if id := strings.Trim(g.was.fileID, "{}"); request != "" && !strings.Contains(strings.ToLower(hcp), strings.ToLower(id)) {
			t.Errorf("handed out to a company file that does not bear %s: %s", id, request)
		}
		if text := g.lastError(); request == "" && len(strings.Fields(text)) < 4 {
			t.Errorf("refused with %q", text)
		}
	})
}

func (g *stage) lastError() string {
	g.t.Helper()
	text, err := g.b.Connector().LastError(g.ctx, g.ticket)
	check(g.t, err)
	return text
}

// envelope is a SOAP call as the Web Connector makes it.
func envelope(operation string, parameters ...string) string {
	text := `<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><` + operation +
		` xmlns="http://developer.intuit.com/">`
	for i := 0; i+1 < len(parameters); i += 2 {
		text += "<" + parameters[i] + ">" + parameters[i+1] + "</" + parameters[i] + ">"
	}
	return text + "</" + operation + "></soap:Body></soap:Envelope>"
}

// callsEnd parts the calls of a fuzzed conversation.
const callsEnd = "\n---\n"

// Whatever SOAP bodies come, in whatever order, to a session at whatever point: each is answered, and all that was written stays. P4, P13, P30,
// P31, I9
func FuzzCalls(f *testing.F) {
	next := envelope("sendRequestXML", "ticket", "TICKET", "strHCPResponse", "HCP", "strCompanyFileName", "x", "qbXMLCountry", "US", "qbXMLMajorVers", "16", "qbXMLMinorVers", "0")
	answer := envelope("receiveResponseXML", "ticket", "TICKET", "response", "ANSWER", "hresult", "", "message", "")
	failed := envelope("receiveResponseXML", "ticket", "TICKET", "response", "", "hresult", "0x80040400", "message", "bad")
	gone := envelope("connectionError", "ticket", "TICKET", "hresult", "0x80040408", "message", "no")
	last := envelope("getLastError", "ticket", "TICKET")
	bye := envelope("closeConnection", "ticket", "TICKET")
	dead := envelope("receiveResponseXML", "ticket", "nobody's", "response", "ANSWER", "hresult", "", "message", "")
	for i, calls := range [][]string{{next, answer, next}, {answer, answer, bye}, {failed, next, last}, {gone, gone, bye}, {bye, answer, next}, {dead, answer}, {next, next, answer, answer},
		{envelope("serverVersion"), envelope("clientVersion", "strVersion", "1.0")}, {envelope("authenticate", "strUserName", "pretend", "strPassword", "wrong"), next}, {"<"}, {""}} {
		for n := range byte(5) {
			f.Add(n*7+byte(i), strings.Join(calls, callsEnd))
		}
	}
	f.Fuzz(func(t *testing.T, n byte, calls string) {
		all := fuzzed.scenesOf(t)
		s := all[int(n)%len(all)]
		g := s.play(t)
		handler, err := g.b.Handler("http://localhost:8480/qbwc", t.TempDir())
		check(t, err)
		hcp, err := g.poll.HCP.Open()
		check(t, err)
		about, err := io.ReadAll(hcp)
		check(t, err)
		real := strings.NewReplacer("TICKET", g.ticket, "ANSWER", escaped(s.answer.Response), "HCP", escaped(string(about)))
		for i, body := range strings.Split(calls, callsEnd) {
			if i == 6 {
				break
			}
			body = real.Replace(body)
			g.said += body
			rec := httptest.NewRecorder()
			r := httptest.NewRequest(http.MethodPost, "/qbwc", strings.NewReader(body))
			bounded(t, len(body), func() { handler.ServeHTTP(rec, r) })
			if rec.Code != http.StatusOK && rec.Code != http.StatusInternalServerError || !strings.Contains(rec.Body.String(), "Envelope>") {
				t.Errorf("%s: call %d is answered with %d %s", s, i, rec.Code, rec.Body)
			}
			g.clock.advance(1000)
			if g.sound(); t.Failed() {
				return
			}
			g.was = g.facts()
		}
	})
}

// Whatever page of orders the shop gives, each order it holds ends in a legal state, and what is handed out of them QuickBooks can read. I1, I3,
// I5, I6
func FuzzPage(f *testing.F) {
	for kind, pool := range generated() {
		if kind != "" {
			f.Add(`{"total":1,"count":1,"offset":0,"limit":100,"items":[` + string(pool[0].JSON) + `]}`)
		}
	}
	f.Add(`{"total":1000000000,"items":[{"id":"A","internalId":1},{}]}`)
	f.Add(`{"total":2,"items":[{"id":"A","internalId":1,"createTimestamp":1795000000},{"id":"A","internalId":2}]}`)
	f.Add(`{"total":1,"items":null}`)
	f.Add(`[]`)
	f.Fuzz(func(t *testing.T, page string) {
		shop := &oneAnswer{page: page}
		g := fuzzed.scenesOf(t)[0].play(t, func(c *Config) { c.HTTP = &http.Client{Transport: shop} })
		bounded(t, len(page), func() {
			g.clock.advance(120e9)
			_, err := g.b.Pull(g.ctx)
			if err != nil && len(strings.Fields(err.Error())) < 5 {
				t.Errorf("not pulled: %v", err)
			}
			if _, err := g.b.PlanAll(g.ctx); err != nil {
				t.Errorf("not planned: %v", err)
			}
		})
		g.sound()
		sums, err := g.b.Sums(g.ctx)
		check(t, err)
		var counted int64
		for _, s := range sums {
			counted += s.Count
		}
		if all := g.facts().states; int64(len(all)) != counted {
			t.Errorf("%d orders, %d by the sums", len(all), counted)
		}
		g.was = g.facts()
		company := sim.NewCompany(sim.CompanyConfig{SalesTax: true, OwnerID: g.file.OwnerID, FileID: g.file.FileID, Clock: g.clock.now})
		check(t, company.Restore(g.books))
		company.BeginSession(g.file.AppName, "")
		poll := g.poll
		for range 60 {
			request, err := g.b.Connector().Next(g.ctx, g.ticket, poll)
			check(t, err)
			poll = soap.Poll{}
			if request == "" {
				break
			}
			response, hresult, message := company.Process(request)
			if hresult == "0x80040400" {
				t.Errorf("QuickBooks can't read %s: %s", request, company.WhyRefused(request))
			}
			g.said += response
			if _, err := g.b.Connector().Answer(g.ctx, g.ticket, soap.Answer{Response: soap.NewText(response), HResult: hresult, Message: message}); err != nil {
				t.Errorf("its answer is not recorded: %v", err)
			}
		}
		g.sound()
	})
}

// oneAnswer is a shop that gives one page of orders, and then empty ones.
type oneAnswer struct{ page string }

func (s *oneAnswer) RoundTrip(r *http.Request) (*http.Response, error) {
	body := `{"total":0,"count":0,"items":[]}`
	switch {
	case strings.HasSuffix(r.URL.Path, "/profile"):
		profile, err := json.Marshal(map[string]any{"generalInfo": map[string]any{"storeId": worldNumber}, "formatsAndUnits": map[string]any{"currency": "USD", "timezone": "America/Chicago"}})
		if err != nil {
			return nil, err
		}
		body = string(profile)
	case s.page != "":
		body, s.page = s.page, ""
	}
	return &http.Response{StatusCode: http.StatusOK, Status: "200 OK", Header: http.Header{"Content-Type": {"application/json"}}, Request: r,
		Body: io.NopCloser(strings.NewReader(body))}, nil
}
