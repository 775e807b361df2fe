package bridge_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"qbridge/internal/bridge"
	"qbridge/internal/sim"
	"qbridge/store"
)

// The tests of this file break what is around the bridge: the shop, the wire,
// the disk. Each sees a clear sentence, and that nothing is lost: when the
// cause is gone, every order stands once in the books, with every part equal.

const (
	badShop  = 1003
	badToken = "secret_token_of_these_tests"
)

const badRules = `mode = "post"
home-currency = "USD"
deposit-to = "` + sim.AccountUndeposited + `"
missing-item = "make"
income-account = "` + sim.AccountSales + `"
missing-payment-method = "make"
shipping-item = "` + sim.ItemShipping + `"
handling-item = "` + sim.ItemHandling + `"
surcharge-item = "` + sim.ItemSurcharge + `"
discount-item = "` + sim.ItemDiscount + `"
rounding-item = "` + sim.ItemRounding + `"
no-tax-item = "` + sim.TaxNone + `"

[tax]
"9.5" = "` + sim.TaxCombined + `"
"1+2.25+6.25" = "` + sim.TaxGroup + `"
`

// surroundings are a shop, books and a Web Connector around one bridge, over
// HTTP on loopback. Waiting is skipped; the clock goes on only by later.
type surroundings struct {
	t        *testing.T
	clock    atomic.Int64
	shop     *sim.Shop
	server   *httptest.Server // of the shop
	orders   []sim.Generated  // in the shop
	company  *sim.Company
	file     sim.QWC
	password string
	config   bridge.Config
	b        *bridge.Bridge
	service  atomic.Pointer[http.Handler] // what the Web Connector meets
	url      string
	log      safeBuffer
}

// safeBuffer takes log lines of several goroutines.
type safeBuffer struct {
	mu  sync.Mutex
	all bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.all.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.all.String()
}

func surround(t *testing.T) *surroundings {
	s := &surroundings{t: t}
	s.clock.Store(time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC).UnixNano())
	s.shop = sim.NewShop(sim.ShopConfig{StoreID: badShop, Token: badToken, Clock: s.now})
	s.server = httptest.NewServer(s.shop)
	t.Cleanup(s.server.Close)
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { (*s.service.Load()).ServeHTTP(w, r) }))
	t.Cleanup(service.Close)
	s.url = service.URL + "/qbwc"
	redactor := new(bridge.Redactor)
	s.config = bridge.Config{Dir: t.TempDir(), Now: s.now, Sleep: s.sleep, Redactor: redactor, Log: bridge.NewLog(&s.log, slog.LevelDebug, redactor)}
	b, err := bridge.Create(s.config)
	s.must(err)
	made, err := b.Init(t.Context(), bridge.Setup{StoreID: fmt.Sprint(badShop), Token: badToken, EcwidURL: s.server.URL + "/api/v3", Company: "Test", User: "test",
		Since: s.now().AddDate(0, 0, -60)})
	s.must(err)
	s.password = made.Password.Reveal()
	s.must(b.ImportRules(t.Context(), []byte(badRules), "test"))
	s.run(b)
	t.Cleanup(func() { s.must(s.b.Close()) })
	qwc, err := b.QWC(t.Context(), "http://localhost:8480/qbwc")
	s.must(err)
	s.file, err = sim.ParseQWC(qwc)
	s.must(err)
	s.company = sim.NewCompany(sim.CompanyConfig{Name: "Test", Country: "US", SalesTax: true, OwnerID: s.file.OwnerID, FileID: s.file.FileID, Clock: s.now})
	return s
}

func (s *surroundings) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *surroundings) now() time.Time        { return time.Unix(0, s.clock.Load()).UTC() }
func (s *surroundings) later(d time.Duration) { s.clock.Add(int64(d)) }

func (s *surroundings) sleep(ctx context.Context, d time.Duration) error {
	s.later(d)
	return ctx.Err()
}

// run has b serve the Web Connector.
func (s *surroundings) run(b *bridge.Bridge) {
	s.b = b
	handler, err := b.Handler(s.url, s.t.TempDir())
	s.must(err)
	s.service.Store(&handler)
}

// reopen closes the bridge and opens it with another limit of its database.
func (s *surroundings) reopen(maxPages int) {
	s.t.Helper()
	s.must(s.b.Close())
	config := s.config
	config.MaxPages = maxPages
	b, err := bridge.Open(config)
	s.must(err)
	s.run(b)
}

// place puts n more orders into the shop, then has two minutes pass: the last
// minute before the shop's now is never pulled.
func (s *surroundings) place(n int) {
	s.t.Helper()
	for _, o := range sim.Orders(1, 300, s.now()) {
		if o.Kind != sim.KindPlain || n == 0 {
			continue
		}
		if have := len(s.orders); have > 0 && s.has(o) {
			continue
		}
		changed, err := s.shop.Change(o.JSON, nil)
		s.must(err)
		s.orders = append(s.orders, sim.Generated{Kind: o.Kind, JSON: changed})
		n--
	}
	if n > 0 {
		s.t.Fatal("there are no more plain orders")
	}
	s.later(2 * time.Minute)
}

func number(t *testing.T, raw json.RawMessage) string {
	t.Helper()
	var o struct{ ID string }
	if err := json.Unmarshal(raw, &o); err != nil {
		t.Fatal(err)
	}
	return o.ID
}

func (s *surroundings) has(o sim.Generated) bool {
	for _, known := range s.orders {
		if number(s.t, known.JSON) == number(s.t, o.JSON) {
			return true
		}
	}
	return false
}

func (s *surroundings) connector(password string) *sim.Connector {
	return sim.NewConnector(sim.ConnectorConfig{AppURL: s.url, AppName: s.file.AppName, User: s.file.UserName, Password: password, Company: s.company})
}

// settle lets everything run until nothing is left to do, and holds the books
// against the shop: every order stands there once.
func (s *surroundings) settle() {
	s.t.Helper()
	for quiet := 0; quiet < 2; {
		_, err := s.b.Pull(s.t.Context())
		s.must(err)
		_, err = s.b.PlanAll(s.t.Context())
		s.must(err)
		report, err := s.connector(s.password).Session(s.t.Context())
		s.must(err)
		if report.LastError != "" {
			s.t.Fatalf("the Web Connector shows: %s", report.LastError)
		}
		if quiet++; report.Sets > 0 {
			quiet = 0
		}
		s.later(time.Minute)
	}
	var raw []json.RawMessage
	for _, o := range s.orders {
		raw = append(raw, o.JSON)
	}
	for _, f := range sim.Audit(raw, s.company, sim.DefaultTerms(badShop)) {
		s.t.Errorf("the books are wrong: %v", f)
	}
	synced := 0
	s.must(s.b.Orders(s.t.Context(), "synced", func(bridge.OrderView) error { synced++; return nil }))
	if synced != len(s.orders) || len(s.company.Receipts()) != len(s.orders) {
		s.t.Errorf("%d orders in the shop, %d synced, %d receipts in the books", len(s.orders), synced, len(s.company.Receipts()))
	}
}

// wantSentence checks that an error says all of the texts, and no secret.
func wantSentence(t *testing.T, err error, texts ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error; want one that says %q", texts)
	}
	for _, text := range texts {
		if !strings.Contains(err.Error(), text) {
			t.Errorf("the sentence is\n  %s\nand doesn't say %q", err, text)
		}
	}
	if strings.Contains(err.Error(), badToken) {
		t.Errorf("the sentence holds the token: %s", err)
	}
}

// TestShopAnswersBadly: whatever comes instead of orders, the pull says what
// to do, the shop's settings aside nothing changes, and afterwards each order
// arrives once.
func TestShopAnswersBadly(t *testing.T) {
	s := surround(t)
	s.place(2)
	for name, c := range map[string]struct {
		answer sim.Response
		says   []string
	}{
		"malformed JSON": {sim.Response{Status: 200, Body: `{"total": 1, "items": [{"id": "X`}, []string{"the shop's answer cannot be read", "proxy"}},
		"HTML instead of JSON": {sim.Response{Status: 200, Header: http.Header{"Content-Type": {"text/html"}}, Body: "<html><body>Please log in to the hotel network</body></html>"},
			[]string{"the shop's answer cannot be read", "proxy"}},
		"an empty answer":      {sim.Response{Status: 200}, []string{"the shop's answer cannot be read"}},
		"an answer cut off":    {sim.Response{Status: 200, Body: `{"total": 2, "items": []}`, CutAfter: 9}, []string{"store 1003"}},
		"trouble of its own":   {sim.Response{Status: 503, Body: "<html>busy</html>"}, []string{"the shop has trouble of its own (HTTP 503)", "Nothing is lost"}},
		"too many requests":    {sim.Response{Status: 429, Header: http.Header{"Retry-After": {"120"}}}, []string{"the shop asks us to wait 2m0s"}},
		"a plan without API":   {sim.Response{Status: 402}, []string{"plan does not include the API", "Upgrade the plan"}},
		"orders of wrong type": {sim.Response{Status: 200, Body: `{"total": "many", "count": 1, "items": {}}`}, []string{"the shop's answer cannot be read"}},
	} {
		t.Run(name, func(t *testing.T) {
			s.shop.Fault(func(r *http.Request) *sim.Response {
				if strings.HasSuffix(r.URL.Path, "/orders") {
					return &c.answer
				}
				return nil
			})
			_, err := s.b.Pull(t.Context())
			wantSentence(t, err, c.says...)
			s.must(s.b.Orders(t.Context(), "", func(v bridge.OrderView) error { return fmt.Errorf("an order was made of it: %+v", v) }))
		})
	}
	s.shop.Fault(nil)
	s.settle()
}

// TestOneOrderCannotBeRead: the order is kept and says so; the others go on
// (I6). When the shop gives it rightly, it is posted.
func TestOneOrderCannotBeRead(t *testing.T) {
	s := surround(t)
	s.place(3)
	right := s.orders[1].JSON
	wrong := bytes.Replace(right, []byte(`"total":`), []byte(`"total":"a lot","was":`), 1)
	if bytes.Equal(wrong, right) {
		t.Fatal("the order has no total to spoil")
	}
	s.must(s.shop.Put(wrong))
	pulled, err := s.b.Pull(t.Context())
	s.must(err)
	if pulled[0].New != 3 || pulled[0].Unreadable != 1 {
		t.Errorf("%+v, want 3 new, 1 unreadable", pulled[0])
	}
	_, err = s.b.PlanAll(t.Context())
	s.must(err)
	d, err := s.b.Order(t.Context(), number(t, right))
	s.must(err)
	if d.State != "attention" || d.Cause != string(bridge.CauseUnreadable) || !strings.Contains(d.Reason, "The order can't be read: ") || !strings.Contains(d.Reason, "total") {
		t.Errorf("state %s, cause %s, reason %s", d.State, d.Cause, d.Reason)
	}
	plan, _, err := s.b.PlanOf(t.Context(), number(t, right))
	s.must(err)
	if plan.Cause != bridge.CauseUnreadable || len(plan.Documents) != 0 {
		t.Errorf("the plan of an order that can't be read: %+v", plan)
	}
	for range 3 {
		_, err := s.connector(s.password).Session(t.Context())
		s.must(err)
		_, err = s.b.PlanAll(t.Context())
		s.must(err)
	}
	if n := len(s.company.Receipts()); n != 2 {
		t.Errorf("%d receipts, want those of the two other orders", n)
	}
	s.orders[1].JSON, err = s.shop.Change(right, nil)
	s.must(err)
	s.later(2 * time.Minute)
	s.settle()
}

// TestWrongToken: 403 stops the pulling until a person gives a new token; the
// shop bans those who go on asking (ecwid.md 1.4).
func TestWrongToken(t *testing.T) {
	s := surround(t)
	s.place(1)
	s.must(s.b.SetToken(t.Context(), fmt.Sprint(badShop), "secret_wrong_token"))
	err := s.b.PullStep(t.Context())
	wantSentence(t, err, "the shop refuses the access token", "Copy the secret token", "Nothing more is asked until then")
	asked := s.shop.Requests()
	for range 20 {
		s.later(24 * time.Hour)
		s.must(s.b.PullStep(t.Context()))
	}
	if again := s.shop.Requests(); again != asked {
		t.Errorf("the shop was asked %d times more with a token that it had refused", again-asked)
	}
	s.must(s.b.SetToken(t.Context(), fmt.Sprint(badShop), badToken))
	s.must(s.b.PullStep(t.Context()))
	if s.shop.Requests() == asked {
		t.Error("the new token was not tried")
	}
	s.settle()
}

// TestShopDown: nobody answers; the loop goes on and finds everything when the
// shop is back.
func TestShopDown(t *testing.T) {
	s := surround(t)
	s.must(s.b.MoveShop(t.Context(), fmt.Sprint(badShop), "http://127.0.0.1:1/api/v3")) // nobody listens there
	s.place(2)
	for range 2 {
		wantSentence(t, s.b.PullStep(t.Context()), "store 1003", "the shop could not be reached", "Check the internet connection; it is tried again by itself")
	}
	s.must(s.b.MoveShop(t.Context(), fmt.Sprint(badShop), s.server.URL+"/api/v3"))
	s.settle()
}

// post sends bytes to the service as the Web Connector would.
func (s *surroundings) post(body io.Reader) (status int, answer string) {
	s.t.Helper()
	request, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, s.url, body)
	s.must(err)
	request.Header.Set("Content-Type", "text/xml; charset=utf-8")
	response, err := http.DefaultClient.Do(request)
	s.must(err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	s.must(err)
	return response.StatusCode, string(text)
}

func envelope(inner string) string {
	return `<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>` + inner + `</soap:Body></soap:Envelope>`
}

// TestBadEnvelopes: what is no envelope gets an answer that the Web Connector
// can show, and the books and orders stay as they are.
func TestBadEnvelopes(t *testing.T) {
	half := envelope(`<receiveResponseXML xmlns="http://developer.intuit.com/"><ticket>x</ticket><response>&lt;QBXML</response><hresult/><message/></receiveResponseXML>`)
	half = half[:len(half)-60]
	s := surround(t)
	s.place(1)
	for name, c := range map[string]struct {
		body   string
		status int
		says   string
	}{
		"nothing":        {"", 500, "not a SOAP envelope"},
		"half a tag":     {`<?xml version="1.0"?><soap:Env`, 500, "not a SOAP envelope"},
		"half an answer": {half, 200, "<receiveResponseXMLResult>-1</receiveResponseXMLResult>"},
		"HTML":           {"<html><body>hello</body></html>", 500, "not a SOAP envelope"},
		"other calls":    {envelope(`<dropTables xmlns="http://developer.intuit.com/"/>`), 500, "Unknown operation"},
		"a dead ticket": {envelope(`<sendRequestXML xmlns="http://developer.intuit.com/"><ticket>nobody</ticket><strHCPResponse/><strCompanyFileName/>` +
			`<qbXMLCountry>US</qbXMLCountry><qbXMLMajorVers>13</qbXMLMajorVers><qbXMLMinorVers>0</qbXMLMinorVers></sendRequestXML>`), 200, "<sendRequestXMLResult>"},
	} {
		t.Run(name, func(t *testing.T) {
			status, answer := s.post(strings.NewReader(c.body))
			if status != c.status || !strings.Contains(answer, c.says) {
				t.Errorf("HTTP %d\n%s\nwant %d and %q", status, answer, c.status, c.says)
			}
		})
	}
	s.settle()
}

// pour gives n bytes of b.
type pour struct {
	n int
	b byte
}

func (p *pour) Read(to []byte) (int, error) {
	if p.n == 0 {
		return 0, io.EOF
	}
	n := min(p.n, len(to))
	for i := range to[:n] {
		to[i] = p.b
	}
	p.n -= n
	return n, nil
}

// TestHugeEnvelope: 100 MB as the answer to a set that writes. It is refused
// with a sentence, the set is in doubt, and the books are asked before
// anything is sent again: each order stands there once.
func TestHugeEnvelope(t *testing.T) {
	if underRace {
		t.Skip("100 MB take half a minute under the race detector; the plain run does it")
	}
	s := surround(t)
	s.settle() // the lists
	s.place(2)
	_, err := s.b.Pull(t.Context())
	s.must(err)
	_, err = s.b.PlanAll(t.Context())
	s.must(err)
	ticket := s.untilReceipts()
	head, tail, _ := strings.Cut(envelope(`<receiveResponseXML xmlns="http://developer.intuit.com/"><ticket>`+ticket+`</ticket><response>#</response><hresult/><message/></receiveResponseXML>`), "#")
	status, answer := s.post(io.MultiReader(strings.NewReader(head), &pour{100 << 20, 'x'}, strings.NewReader(tail)))
	if status != 200 || !strings.Contains(answer, "<receiveResponseXMLResult>-1</receiveResponseXMLResult>") {
		t.Errorf("HTTP %d\n%s", status, answer)
	}
	_, answer = s.post(strings.NewReader(envelope(`<getLastError xmlns="http://developer.intuit.com/"><ticket>` + ticket + `</ticket></getLastError>`)))
	if !strings.Contains(answer, "The message is larger than the service takes") {
		t.Errorf("getLastError: %s", answer)
	}
	s.settle()
}

var errCut = errors.New("the line is cut")

// untilReceipts runs a session up to the moment when QuickBooks has executed
// receipts and its answer is on its way; the session's ticket is given.
func (s *surroundings) untilReceipts() (ticket string) {
	s.t.Helper()
	for range 5 {
		c := sim.NewConnector(sim.ConnectorConfig{AppURL: s.url, AppName: s.file.AppName, User: s.file.UserName, Password: s.password, Company: s.company,
			Before: func(step string) error {
				if step == "receiveResponseXML" && len(s.company.Receipts()) > 0 {
					return errCut
				}
				return nil
			}})
		report, err := c.Session(s.t.Context())
		if errors.Is(err, errCut) {
			return report.Ticket
		}
		s.must(err)
	}
	s.t.Fatal("no receipt was handed out")
	return ""
}

// TestWrongConnectorPassword: nvu, no session, no books; the log names the
// user, not what was typed.
func TestWrongConnectorPassword(t *testing.T) {
	s := surround(t)
	s.place(1)
	report, err := s.connector("Tr0ub4dor and three").Session(t.Context())
	s.must(err)
	if report.Verdict != "nvu" || report.Sets != 0 {
		t.Errorf("verdict %q after %d sets, want nvu after none", report.Verdict, report.Sets)
	}
	if log := s.log.String(); !strings.Contains(log, "wrong user or password from the Web Connector") || strings.Contains(log, "Tr0ub4dor") {
		t.Errorf("the log: %s", log)
	}
	s.settle()
}

// TestLockedDatabase: another program holds the database. The sentence names
// it, and nothing of the step is kept; afterwards it can be done again.
func TestLockedDatabase(t *testing.T) {
	t.Parallel() // SQLite itself waits five seconds
	s := surround(t)
	s.place(1)
	_, err := s.b.Pull(t.Context())
	s.must(err)
	first := number(t, s.orders[0].JSON)
	other, err := sql.Open("sqlite", filepath.Join(s.config.Dir, "qbridge.db"))
	s.must(err)
	defer other.Close()
	other.SetMaxOpenConns(1)
	_, err = other.ExecContext(t.Context(), "BEGIN IMMEDIATE")
	s.must(err)
	err = s.b.Decide(t.Context(), first, "hold", "", "wait", "test")
	wantSentence(t, err, "the database is locked", "another program holds", "close it")
	if !errors.Is(err, store.ErrLocked) {
		t.Errorf("%v is not ErrLocked", err)
	}
	_, err = other.ExecContext(t.Context(), "ROLLBACK")
	s.must(err)
	s.settle() // the hold was not kept: the order is posted
}

// fill writes decisions until the disk is full.
func (s *surroundings) fill(b *bridge.Bridge, order string) error {
	why := strings.Repeat("the disk is nearly full; ", 8)
	for range 2500 {
		if err := b.Decide(s.t.Context(), order, "tag", "", why, "test"); err != nil {
			return err
		}
	}
	s.t.Fatal("the disk never got full")
	return nil
}

// TestFullDisk: there is no room for pulled orders. When there is, each
// arrives once.
func TestFullDisk(t *testing.T) {
	s := surround(t)
	s.place(1)
	s.settle()
	first := number(t, s.orders[0].JSON)
	s.reopen(1) // no more pages than there are
	wantSentence(t, s.fill(s.b, first), "the disk is full", "make room on the disk that holds", "nothing of this step was kept")
	s.place(20)
	_, err := s.b.Pull(t.Context())
	wantSentence(t, err, "the disk is full", "make room on the disk that holds")
	if !errors.Is(err, store.ErrFull) {
		t.Errorf("%v is not ErrFull", err)
	}
	s.reopen(0)
	s.settle()
}

// TestFullDiskAtAnswer: QuickBooks has executed the set, and there is no room
// for its answer. The Web Connector is told; when there is room, the books are
// asked, and each order stands there once. P43, Q21.
func TestFullDiskAtAnswer(t *testing.T) {
	s := surround(t)
	s.settle()  // the lists
	s.place(20) // their answer needs more room than the last pages have
	first := number(t, s.orders[0].JSON)
	_, err := s.b.Pull(t.Context())
	s.must(err)
	_, err = s.b.PlanAll(t.Context())
	s.must(err)
	full := false
	connector := sim.NewConnector(sim.ConnectorConfig{AppURL: s.url, AppName: s.file.AppName, User: s.file.UserName, Password: s.password, Company: s.company,
		Before: func(step string) error {
			if step == "receiveResponseXML" && len(s.company.Receipts()) > 0 && !full {
				full = true
				s.reopen(1)
				wantSentence(t, s.fill(s.b, first), "the disk is full")
			}
			return nil
		}})
	var report sim.Report
	for range 5 {
		if report, err = connector.Session(t.Context()); full {
			break
		}
		s.must(err)
	}
	if !full {
		t.Fatal("no receipt was handed out")
	}
	if err == nil && !strings.Contains(report.LastError, "The service had a problem and stopped this update; nothing is lost. Its log tells more") {
		t.Errorf("the Web Connector shows %q", report.LastError)
	}
	if log := s.log.String(); !strings.Contains(log, "the disk is full") || !strings.Contains(log, "make room on the disk that holds") {
		t.Errorf("the log doesn't say that the disk is full: %s", log)
	}
	s.reopen(0)
	s.settle()
}
