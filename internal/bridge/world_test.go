package bridge

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"qbridge/internal/order"
	"qbridge/internal/sim"
	"qbridge/soap"
	"qbridge/store"
)

// schemaFolder holds Intuit's schema, beside the repository; a fresh clone has none.
var schemaFolder = filepath.Join("..", "..", "..", "shared", "schema")

// seenSets is where every world leaves its message sets; TestMain holds them all against Intuit's schema in one run.
var seenSets string

// I5: every document that any of these tests handed out is valid by Intuit's schema.
func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "sets")
	if err != nil {
		panic(err)
	}
	seenSets = dir
	code := m.Run()
	if out, err := lint(dir); err != nil {
		fmt.Printf("what was handed out is not valid qbXML: %v\n%s", err, out)
		code = 1
	}
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

func lint(dir string) ([]byte, error) {
	xsd := filepath.Join(schemaFolder, "qbxmlops130.xsd")
	program, err := exec.LookPath("xmllint")
	files, listing := filepath.Glob(filepath.Join(dir, "*.xml"))
	if _, missing := os.Stat(xsd); err != nil || missing != nil || len(files) == 0 {
		return nil, listing
	}
	return exec.Command(program, append([]string{"--noout", "--schema", xsd}, files...)...).CombinedOutput()
}

// P51, I5
func TestSchemaAtHand(t *testing.T) {
	_, missing := os.Stat(schemaFolder)
	if _, err := exec.LookPath("xmllint"); err != nil || missing != nil {
		t.Skip("xmllint or ../shared/schema is not here: message sets are not held against Intuit's schema")
	}
	bad := filepath.Join(t.TempDir(), "bad.xml")
	check(t, os.WriteFile(bad, []byte(`<?xml version="1.0"?><QBXML><QBXMLMsgsRq onError="continueOnError"><CustomerAddRq><CustomerAdd/></CustomerAddRq></QBXMLMsgsRq></QBXML>`), 0o600))
	if out, err := lint(filepath.Dir(bad)); err == nil {
		t.Errorf("a customer without a name is valid: %s", out)
	}
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

const (
	worldStore  = "1003"
	worldNumber = 1003
	worldToken  = "secret_token_of_the_pretend_shop"
)

const worldRules = sim.Rules

// clock is a clock that a test sets. Each look moves it a millisecond on, so that what happened later is later.
type clock struct{ at atomic.Int64 }

func (c *clock) now() time.Time          { return time.Unix(0, c.at.Add(int64(time.Millisecond))).UTC() }
func (c *clock) advance(d time.Duration) { c.at.Add(int64(d)) }

// dice are random bytes that are the same in every run.
type dice struct {
	mu     sync.Mutex
	source *rand.ChaCha8
}

func (d *dice) Read(p []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.source.Read(p)
}

// world is a shop, a company file and the Web Connector, pretended, with the bridge between them.
type world struct {
	t        *testing.T
	ctx      context.Context
	clock    clock
	dir      string
	shop     *sim.Shop
	company  *sim.Company
	config   Config
	b        *Bridge
	handler  atomic.Value // http.Handler of the bridge that runs now
	url      string
	file     sim.QWC
	password Secret
	random   *dice

	inSOAP atomic.Int32
	placed []*placed
	used   map[sim.Kind]int

	mu   sync.Mutex
	sets []seenSet

	// What happens to the next sessions.
	before, after func(step string) error
	twice         func(step string) bool
	tamper        func(*sim.Reply)
	faults        *sim.World // nil: none were armed yet

	// Doubles: the test itself puts a second live document into the books.
	doubles bool
}

type seenSet struct{ id, document string }

// placed is an order in the pretend shop.
type placed struct {
	ID   string
	Kind sim.Kind
	JSON json.RawMessage
}

type worldOptions struct {
	company func(*sim.CompanyConfig)
	rules   string // worldRules
	setSize int
	point   func(w *world, name string)
	bare    bool // no first session: the lists are not read yet
	alone   bool // the test does not run beside others

	currency string // of the shop; "" is the US dollar
	zone     string // of the shop; "" is America/Chicago
}

// newWorld makes a world for one test, which runs beside others from then on.
func newWorld(t *testing.T, options ...worldOptions) *world {
	t.Helper()
	var o worldOptions
	if len(options) > 0 {
		o = options[0]
	}
	if !o.alone {
		t.Parallel()
	}
	w := &world{t: t, ctx: t.Context(), dir: t.TempDir(), used: map[sim.Kind]int{}, random: &dice{source: rand.NewChaCha8([32]byte{7})}}
	w.clock.at.Store(newestOrder.Add(time.Hour).UnixNano())
	w.shop = sim.NewShop(sim.ShopConfig{StoreID: worldNumber, Token: worldToken, Currency: o.currency, Timezone: o.zone, Clock: w.clock.now})
	shop := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if w.inSOAP.Load() > 0 && w.faults == nil { // P17; a call whose connection broke may still be read
			t.Errorf("%s was asked of the shop while the Web Connector waited for an answer", r.URL.Path)
		}
		w.shop.ServeHTTP(rw, r)
	}))
	t.Cleanup(shop.Close)
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.inSOAP.Add(1)
		defer w.inSOAP.Add(-1)
		w.handler.Load().(http.Handler).ServeHTTP(rw, r)
	}))
	t.Cleanup(server.Close)
	w.url = server.URL + "/qbwc"
	w.config = Config{Dir: w.dir, Now: w.clock.now, Rand: w.random, SetSize: o.setSize, SeeSet: w.seeSet,
		Sleep: func(ctx context.Context, d time.Duration) error { w.clock.advance(d); return ctx.Err() }}
	if o.point != nil {
		w.config.Point = func(name string) { o.point(w, name) }
	}
	t.Cleanup(func() {
		w.checkAll()
		check(t, w.b.Close())
	})
	if o.company != nil || o.rules != "" || o.bare {
		w.setUp(shop.URL+"/api/v3", o)
		return w
	}
	furnished.furnish(w, shop.URL+"/api/v3")
	return w
}

// setUp makes a new data folder and a new company file, and lets the lists be read unless the world is to be bare.
func (w *world) setUp(shopURL string, o worldOptions) {
	w.t.Helper()
	b, err := Create(w.config)
	check(w.t, err)
	w.run(b)
	made, err := b.Init(w.ctx, Setup{StoreID: worldStore, Token: worldToken, EcwidURL: shopURL, Company: "Pretend Company", User: "pretend",
		Since: newestOrder.AddDate(-2, 0, 0), Mode: "look"})
	check(w.t, err)
	w.password = made.Password
	check(w.t, b.ImportRules(w.ctx, []byte(orElse(o.rules, worldRules)), "test"))
	qwc, err := b.QWC(w.ctx, "http://localhost:8480/qbwc")
	check(w.t, err)
	w.file, err = sim.ParseQWC(qwc)
	check(w.t, err)
	w.company = w.newCompany(o.company)
	if !o.bare {
		w.session()
	}
}

// furniture is what the first ordinary world was after its first session, for the others to begin with: setting up anew
// takes most of a short test's time.
type furniture struct {
	mu       sync.Mutex
	files    map[string][]byte
	books    []byte
	at       int64
	file     sim.QWC
	password Secret
}

var furnished furniture

func (f *furniture) furnish(w *world, shopURL string) {
	w.t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.files == nil {
		w.setUp(shopURL, worldOptions{})
		f.pack(w)
		return
	}
	for name, body := range f.files {
		check(w.t, os.WriteFile(filepath.Join(w.dir, name), body, 0o600))
	}
	w.random.source = rand.NewChaCha8([32]byte{8}) // the first session used up the others
	w.clock.at.Store(f.at)
	w.file, w.password = f.file, f.password
	w.company = w.newCompany(nil)
	check(w.t, w.company.Restore(f.books))
	b, err := Open(w.config)
	check(w.t, err)
	b.opened = time.Time{} // this program began before that session
	w.run(b)
	check(w.t, b.MoveShop(w.ctx, worldStore, shopURL))
}

func (f *furniture) pack(w *world) {
	w.t.Helper()
	check(w.t, w.b.Close())
	var err error
	f.books, err = w.company.Snapshot()
	check(w.t, err)
	f.at, f.file, f.password, f.files = w.clock.at.Load(), w.file, w.password, map[string][]byte{}
	files, err := os.ReadDir(w.dir)
	check(w.t, err)
	for _, file := range files {
		f.files[file.Name()], err = os.ReadFile(filepath.Join(w.dir, file.Name()))
		check(w.t, err)
	}
	b, err := Open(w.config)
	check(w.t, err)
	b.opened = time.Time{}
	w.run(b)
}

// in goes on in the same world with the next case of a table, with all hooks removed.
func (w *world) in(t *testing.T) {
	w.t = t
	w.mend()
	w.company.Interfere(nil)
}

// newCompany makes a company file that knows this bridge.
func (w *world) newCompany(change func(*sim.CompanyConfig)) *sim.Company {
	c := sim.CompanyConfig{SalesTax: true, OwnerID: w.file.OwnerID, FileID: w.file.FileID, Clock: w.clock.now}
	if change != nil {
		change(&c)
	}
	return sim.NewCompany(c)
}

// run has the world served by b.
func (w *world) run(b *Bridge) {
	w.t.Helper()
	w.b = b
	handler, err := b.Handler(w.url, w.t.TempDir())
	check(w.t, err)
	w.handler.Store(handler)
}

// restart stops the bridge and starts it again on its data folder.
func (w *world) restart() {
	w.t.Helper()
	check(w.t, w.b.Close())
	b, err := Open(w.config)
	check(w.t, err)
	w.run(b)
}

// seeSet keeps every message set for the schema, and finds at once a writing one beside a set in doubt.
func (w *world) seeSet(id string, document []byte) {
	w.mu.Lock()
	w.sets = append(w.sets, seenSet{id, string(document)})
	w.mu.Unlock()
	for _, dir := range []string{seenSets, os.Getenv("QBRIDGE_QBXML_OUT")} {
		if dir == "" {
			continue
		}
		name := sha256.Sum256(document)
		if err := os.WriteFile(filepath.Join(dir, hex.EncodeToString(name[:8])+".xml"), document, 0o600); err != nil {
			w.t.Error(err)
		}
	}
	if !isWriting(string(document)) {
		return
	}
	err := w.b.db.Read(context.Background(), func(tx *store.Tx) error { // P41
		companies, err := tx.Companies()
		if err != nil {
			return err
		}
		doubt, err := tx.InDoubt(companies[0].ID)
		if err != nil {
			return err
		}
		for _, set := range doubt {
			rows, err := tx.RowsOfSet(set.ID)
			if err != nil {
				return err
			}
			if slices.ContainsFunc(rows, func(r store.Row) bool { return r.State == rowInDoubt }) {
				w.t.Errorf("set %s writes while set %s is in doubt", id, set.ID)
			}
		}
		return nil
	})
	if err != nil {
		w.t.Error(err)
	}
}

var writingRequest = regexp.MustCompile(`<(\w+(Add|Mod)|TxnVoid|TxnDel)Rq`)

func isWriting(document string) bool { return writingRequest.MatchString(document) }

// handedOut gives the message sets since the n-th.
func (w *world) handedOut(since int) []seenSet {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.sets[since:])
}

// writing gives the writing ones among the sets since the n-th.
func (w *world) writing(since int) []seenSet {
	return slices.DeleteFunc(w.handedOut(since), func(s seenSet) bool { return !isWriting(s.document) })
}

// newestOrder is when the newest of the generated orders was placed.
var newestOrder = time.Date(2026, 11, 20, 18, 0, 0, 0, time.UTC)

// generated are orders of every kind.
var generated = sync.OnceValue(func() map[sim.Kind][]sim.Generated {
	kinds := map[sim.Kind][]sim.Generated{}
	for _, o := range sim.Orders(11, 900, newestOrder) {
		kinds[o.Kind] = append(kinds[o.Kind], o)
	}
	return kinds
})

// place has an order of each kind placed in the shop.
func (w *world) place(kinds ...sim.Kind) []*placed {
	w.t.Helper()
	var all []*placed
	for _, kind := range kinds {
		pool := generated()[kind]
		if w.used[kind] == len(pool) {
			w.t.Fatalf("no more orders of the kind %s", kind)
		}
		o := pool[w.used[kind]]
		w.used[kind]++
		raw, err := w.shop.Change(o.JSON, nil)
		check(w.t, err)
		var head struct {
			ID string `json:"id"`
		}
		check(w.t, json.Unmarshal(raw, &head))
		all = append(all, &placed{head.ID, kind, raw})
	}
	w.placed = append(w.placed, all...)
	return all
}

// change changes fields of an order in the shop.
func (w *world) change(p *placed, set map[string]any) {
	w.t.Helper()
	raw, err := w.shop.Change(p.JSON, set)
	check(w.t, err)
	p.JSON = raw
}

// pull lets two minutes pass, because the last minute before the shop's now is never pulled, and pulls.
func (w *world) pull() {
	w.t.Helper()
	w.clock.advance(2 * time.Minute)
	_, err := w.b.Pull(w.ctx)
	check(w.t, err)
}

func (w *world) plan() {
	w.t.Helper()
	_, err := w.b.PlanAll(w.ctx)
	check(w.t, err)
}

// take places orders, pulls and plans them.
func (w *world) take(kinds ...sim.Kind) []*placed {
	w.t.Helper()
	all := w.place(kinds...)
	w.pull()
	w.plan()
	return all
}

// plain is n times the plain kind.
func plain(n int) []sim.Kind { return slices.Repeat([]sim.Kind{sim.KindPlain}, n) }

// try runs one session of the Web Connector, under the hooks of the world.
func (w *world) try() (sim.Report, error) {
	w.clock.advance(time.Second)
	if w.faults != nil {
		return w.faults.Connector.Session(w.ctx)
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	defer transport.CloseIdleConnections()
	return w.connector(transport).Session(w.ctx)
}

// connector is a Web Connector with the application installed.
func (w *world) connector(transport http.RoundTripper) *sim.Connector {
	return sim.NewConnector(sim.ConnectorConfig{AppURL: w.url, AppName: w.file.AppName, User: w.file.UserName, Password: w.password.Reveal(), Company: w.company, Raw: true,
		HTTP: &http.Client{Transport: transport}, Before: w.before, After: w.after, Twice: w.twice, Reply: w.tamper, Sleep: w.config.Sleep})
}

// session is one session that must end well, with what there is to plan planned before.
func (w *world) session() sim.Report {
	w.t.Helper()
	w.plan() // serve plans all the time
	report, err := w.try()
	check(w.t, err)
	if report.LastError != "" {
		w.t.Fatalf("the Web Connector shows: %s", report.LastError)
	}
	return report
}

// settle runs sessions, planning between them, until one has nothing to do.
func (w *world) settle() {
	w.t.Helper()
	for range 12 {
		w.plan()
		if w.session().Sets == 0 {
			return
		}
	}
	w.t.Fatal("the sessions do not come to an end")
}

// order gives everything about an order.
func (w *world) order(p *placed) OrderDetail {
	w.t.Helper()
	d, err := w.b.Order(w.ctx, p.ID)
	check(w.t, err)
	return d
}

// view gives an order as a list shows it.
func (w *world) view(p *placed) (v OrderView) {
	w.t.Helper()
	check(w.t, w.b.db.Read(w.ctx, func(tx *store.Tx) error {
		found, err := tx.OrdersByNumber(p.ID)
		if err == nil && len(found) != 1 {
			err = fmt.Errorf("%d orders have the number %s", len(found), p.ID)
		}
		if err == nil {
			v = view(found[0])
		}
		return err
	}))
	return v
}

// want says in which state an order must be, and what its reason must hold.
func (w *world) want(p *placed, state order.State, reason ...string) {
	w.t.Helper()
	d := w.view(p)
	if d.State != string(state) {
		w.t.Fatalf("order %s is %s (%s: %s), not %s", p.ID, d.State, d.Cause, d.Reason, state)
	}
	for _, part := range reason {
		if !strings.Contains(d.Cause+" "+d.Reason+" "+d.Cure, part) {
			w.t.Errorf("order %s: cause %q, reason %q, cure %q lack %q", p.ID, d.Cause, d.Reason, d.Cure, part)
		}
	}
}

// live are the receipts in the books that are not void and bear an order's marker or number.
func (w *world) live(p *placed) []sim.Receipt {
	d := w.view(p)
	var found []sim.Receipt
	for _, r := range w.company.Receipts() {
		if !r.Void && (strings.Contains(r.Memo, d.ID[len(worldStore)+1:]+" ") || d.TxnID == r.TxnID) {
			found = append(found, r)
		}
	}
	return found
}

// once says that an order stands in the books once, synced.
func (w *world) once(all ...*placed) {
	w.t.Helper()
	for _, p := range all {
		w.want(p, order.Synced)
		if n := len(w.live(p)); n != 1 {
			w.t.Errorf("order %s has %d live receipts", p.ID, n)
		}
	}
}

// row is the one document of an order in the outbox.
func (w *world) row(p *placed) (r store.Row) {
	w.t.Helper()
	d := w.view(p)
	err := w.b.db.Read(w.ctx, func(tx *store.Tx) error {
		rows, err := tx.RowsOfOrder(worldStore, strings.TrimPrefix(d.ID, worldStore+"/"))
		if len(rows) == 1 {
			r = rows[0]
		} else if err == nil {
			err = fmt.Errorf("order %s has %d rows in the outbox", p.ID, len(rows))
		}
		return err
	})
	check(w.t, err)
	return r
}

// poll is what the Web Connector says with the first sendRequestXML of a session.
func (w *world) poll() soap.Poll {
	return soap.Poll{HCP: soap.NewText(w.company.HCP()), CompanyFile: w.company.File(), Country: "US", Major: 16}
}

// admit opens a session by hand.
func (w *world) admit() string {
	w.t.Helper()
	w.clock.advance(time.Second)
	a, err := w.b.Connector().Authenticate(w.ctx, w.file.UserName, w.password.Reveal())
	check(w.t, err)
	if a.Verdict != soap.OpenCompany {
		w.t.Fatalf("authenticate answers %q", a.Verdict)
	}
	w.company.BeginSession(w.file.AppName, "")
	return a.Ticket
}

// next asks for the next set by hand.
func (w *world) next(ticket string, poll soap.Poll) string {
	w.t.Helper()
	request, err := w.b.Connector().Next(w.ctx, ticket, poll)
	check(w.t, err)
	return request
}

// answer gives an answer by hand.
func (w *world) answer(ticket, response, hresult, message string) int {
	w.t.Helper()
	n, err := w.b.Connector().Answer(w.ctx, ticket, soap.Answer{Response: soap.NewText(response), HResult: hresult, Message: message})
	check(w.t, err)
	return n
}

func (w *world) lastError(ticket string) string {
	w.t.Helper()
	text, err := w.b.Connector().LastError(w.ctx, ticket)
	check(w.t, err)
	return text
}

// untilWriting drives a session by hand until a receipt was handed out, which QuickBooks then did.
func (w *world) untilWriting() (ticket, request, response string) {
	w.t.Helper()
	ticket = w.admit()
	request = w.next(ticket, w.poll())
	for range 20 {
		response, hresult, message := w.company.Process(request)
		if strings.Contains(request, "<SalesReceiptAddRq") {
			return ticket, request, response
		}
		if n := w.answer(ticket, response, hresult, message); n < 0 || n == 100 {
			break
		}
		request = w.next(ticket, soap.Poll{})
	}
	w.t.Fatalf("nothing is written; %s", w.lastError(ticket))
	return "", "", ""
}
