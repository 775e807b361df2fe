package prove

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"qbridge/internal/bridge"
	"qbridge/internal/sim"
)

// KillOptions say how to kill real processes.
type KillOptions struct {
	Kills int
	Seed  uint64 // of the orders and of what is killed when; how far a process comes is its own affair
	// Program is qbridge itself, Env what it needs in its environment beside
	// this process's own.
	Program string
	Env     []string
	// Progress is told of each kill.
	Progress func(string)
}

// KillResult is what became of it.
type KillResult struct {
	Kills, Orders, Receipts int
	Findings                []Finding
}

func (r KillResult) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "kills %d, orders %d, receipts %d, violations %d\n", r.Kills, r.Orders, r.Receipts, len(r.Findings))
	for _, f := range r.Findings {
		fmt.Fprintf(&b, "  %v\n", f)
	}
	return b.String()
}

// Kill kills `serve` at numbered failpoints and at every step of the Web
// Connector's sessions, and starts it again each time. In the end each order
// that can be posted must stand once in the pretend books, with every part
// equal, and nothing be in doubt. Two kills are sure in every run: when a set
// of receipts was handed out, before and after QuickBooks did it.
func Kill(ctx context.Context, o KillOptions) (r KillResult, err error) {
	if o.Progress == nil {
		o.Progress = func(string) {}
	}
	dir, err := os.MkdirTemp("", "qbridge-kill-")
	if err != nil {
		return r, fmt.Errorf("cannot make a folder for the run: %w", err)
	}
	k := &killing{KillOptions: o, ctx: ctx, random: rand.New(rand.NewPCG(o.Seed, 1)), dir: dir, lost: map[bool]lostSets{false: {}, true: {}}}
	defer func() { err = errors.Join(err, k.stop(), os.RemoveAll(dir)) }()
	shop := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { k.shop.ServeHTTP(w, r) }))
	defer shop.Close()
	if err := k.setUp(shop.URL); err != nil {
		return r, err
	}
	for ; r.Kills < o.Kills || k.sure() && r.Kills < o.Kills+10; r.Kills++ {
		if err := errors.Join(k.addOrders(4), k.killOnce(r.Kills)); err != nil {
			return r, fmt.Errorf("kill %d: %w", r.Kills+1, err)
		}
		o.Progress(fmt.Sprintf("%d of %d kills, %d orders", r.Kills+1, o.Kills, k.put))
	}
	r.Receipts, err = k.finish()
	r.Orders, r.Findings = k.put, k.findings
	return r, err
}

// serving is a serve that dies: at its n-th failpoint, or at a step of the Web
// Connector.
type serving struct {
	command *exec.Cmd
	output  *bytes.Buffer // read it when it has ended
	ended   chan struct{}
}

// killing is the pretend world around a serve that is killed again and again.
// It survives.
type killing struct {
	KillOptions
	ctx     context.Context
	random  *rand.Rand
	dir     string
	listen  string
	late    atomic.Int64 // how far the shop's clock is ahead of ours, in nanoseconds
	orders  []sim.Generated
	put     int
	shop    *sim.Shop
	company *sim.Company
	file    sim.QWC

	password string
	serve    *serving
	step     string // the step of the Web Connector at which serve is killed; "" for none
	after    bool
	sets     bool              // only when the set handed out last writes receipts
	out      string            // the set of receipts handed out last; "" for another set
	lost     map[bool]lostSets // by whether QuickBooks did them
	findings []Finding
}

// lostSets are message set IDs, with the numbers of their receipts' orders.
type lostSets map[string][]string

func (k *killing) find(kind Kind, format string, args ...any) {
	k.findings = append(k.findings, Finding{kind, fmt.Sprintf(format, args...)})
}

func (k *killing) data() string { return filepath.Join(k.dir, "bridge") }

func (k *killing) setUp(shopURL string) (err error) {
	k.orders = sim.Orders(k.Seed%1000, 4*k.Kills+100, time.Now().Add(-time.Hour))
	k.shop = sim.NewShop(sim.ShopConfig{StoreID: storeNumber, Token: Token, Currency: "USD", Timezone: "America/Chicago",
		Clock: func() time.Time { return time.Now().Add(time.Duration(k.late.Load())) }})
	if k.listen, err = FreeAddress(); err != nil {
		return err
	}
	b, err := bridge.Create(bridge.Config{Dir: k.data()})
	if err != nil {
		return err
	}
	made, err := b.Init(k.ctx, bridge.Setup{StoreID: Store, Token: Token, EcwidURL: shopURL + "/api/v3", Company: "Kill Test", User: "kill",
		Since: time.Now().AddDate(-2, 0, 0), Mode: "look"})
	if err == nil {
		err = b.ImportRules(k.ctx, []byte(Rules), "prove")
	}
	var qwc []byte
	if err == nil {
		qwc, err = b.QWC(k.ctx, "http://"+k.listen+"/qbwc")
	}
	if err := errors.Join(err, b.Close()); err != nil {
		return err
	}
	k.password = made.Password.Reveal()
	if k.file, err = sim.ParseQWC(qwc); err != nil {
		return err
	}
	k.company = sim.NewCompany(sim.CompanyConfig{Name: "Kill Test", Country: "US", SalesTax: true, OwnerID: k.file.OwnerID, FileID: k.file.FileID})
	return k.company.Save(filepath.Join(k.dir, "books.json"))
}

// addresses counts those that this process was given.
var addresses atomic.Int64

// FreeAddress is an address of this computer at which a server can be started,
// stopped and started again. Its port is below those that a system gives to
// whoever asks for any, so nobody else is given it in between; each process
// begins at another one.
func FreeAddress() (string, error) {
	const first, ports = 20000, 10000
	var errs error
	for range 50 {
		address := fmt.Sprintf("localhost:%d", first+(int64(os.Getpid())*16+addresses.Add(1))%ports)
		l, err := net.Listen("tcp", address)
		if err == nil {
			return address, l.Close()
		}
		errs = errors.Join(errs, err)
	}
	return "", fmt.Errorf("no free port was found: %w", errs)
}

// addOrders has n more orders placed in the shop, then moves its clock on: the
// last minute before the shop's now is never pulled (ecwid.md 3.4).
func (k *killing) addOrders(n int) error {
	for ; n > 0 && k.put < len(k.orders); n-- {
		changed, err := k.shop.Change(k.orders[k.put].JSON, nil)
		if err != nil {
			return err
		}
		k.orders[k.put].JSON = changed
		k.put++
	}
	k.late.Add(int64(2 * time.Minute))
	return nil
}

// start starts serve; dieAt is the failpoint that kills it, as QBRIDGE_DIE_AT
// names it, "" for none.
func (k *killing) start(dieAt string) error {
	c := exec.Command(k.Program, "serve", "--data", k.data(), "--listen", k.listen, "--pull-every", "300ms")
	c.Env = append(append(os.Environ(), k.Env...), "QBRIDGE_DIE_AT="+dieAt)
	s := &serving{command: c, output: new(bytes.Buffer), ended: make(chan struct{})}
	c.Stderr = s.output
	if err := c.Start(); err != nil {
		return fmt.Errorf("cannot start serve: %w", err)
	}
	go func() { _ = c.Wait(); close(s.ended) }()
	k.serve = s
	for {
		switch {
		case k.ctx.Err() != nil:
			return k.ctx.Err()
		case k.dead() && dieAt == "":
			return fmt.Errorf("serve ended by itself: %s", s.output)
		case k.dead():
			return nil
		}
		answer, err := http.Get("http://" + k.listen + "/qbwc")
		if err == nil {
			return answer.Body.Close()
		}
		pause()
	}
}

// pause yields between two looks at another process.
func pause() { time.Sleep(20 * time.Millisecond) }

func (k *killing) dead() bool {
	select {
	case <-k.serve.ended:
		return true
	default:
		return false
	}
}

// stop kills serve if it runs.
func (k *killing) stop() error {
	if k.serve == nil || k.dead() {
		return nil
	}
	err := k.serve.command.Process.Kill()
	if errors.Is(err, os.ErrProcessDone) {
		err = nil
	}
	<-k.serve.ended
	return err
}

// hook kills serve before or after the chosen step of the Web Connector.
func (k *killing) hook(after bool) func(string) error {
	return func(step string) error {
		if k.step != step || k.after != after || k.sets && k.out == "" {
			return nil
		}
		k.step = ""
		if step == "ProcessRequest" && k.out != "" {
			k.noteLost(after)
		}
		return errors.Join(errors.New("serve was killed"), k.stop())
	}
}

// RoundTrip looks at what serve hands out, for the hooks.
func (k *killing) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(answer.Body)
	answer.Body = io.NopCloser(bytes.NewReader(body))
	if text := string(body); strings.Contains(text, "sendRequestXMLResult") {
		if k.out = text; !strings.Contains(text, "SalesReceiptAddRq") {
			k.out = ""
		}
	}
	return answer, err
}

// setOnTheWay is the ID of a message set inside a SOAP answer, escaped there.
var setOnTheWay = regexp.MustCompile(`newMessageSetID=(?:"|&#34;|&quot;)([^"&]+)`)

// noteLost keeps the set of receipts that serve dies with.
func (k *killing) noteLost(done bool) {
	id := setOnTheWay.FindStringSubmatch(k.out)
	if id == nil {
		k.find(Evidence, "a set of receipts without ID: %s", k.out)
		return
	}
	for _, m := range marker.FindAllStringSubmatch(k.out, -1) {
		k.lost[done][id[1]] = append(k.lost[done][id[1]], "i:"+m[1])
	}
}

// sure tells whether serve has still to be killed with a set of receipts before
// QuickBooks does it, or after.
func (k *killing) sure() bool { return len(k.lost[false]) == 0 || len(k.lost[true]) == 0 }

func (k *killing) connector() *sim.Connector {
	return sim.NewConnector(sim.ConnectorConfig{AppURL: k.file.AppURL, AppName: k.file.AppName, User: k.file.UserName, Password: k.password,
		HTTP: &http.Client{Transport: k}, Company: k.company, Raw: k.random.IntN(2) == 0, Before: k.hook(false), After: k.hook(true)})
}

// killOnce runs serve until it was killed: at a failpoint, or before or after
// a step of a session. Every other time it is one of the two sure kills, until
// both were.
func (k *killing) killOnce(n int) error {
	dieAt := ""
	points := []string{"hand out: before commit", "hand out: after commit", "hand out: before the request leaves", "answer: arrived",
		"record the answer: before commit", "record the answer: after commit", "answer: before the progress leaves", "plan orders: after commit"}
	steps := []string{"authenticate", "sendRequestXML", "ProcessRequest", "receiveResponseXML", "closeConnection"}
	k.sets = n%2 == 1 && k.sure()
	if k.sets {
		k.step, k.after = "ProcessRequest", len(k.lost[false]) > 0
	} else if k.random.IntN(4) == 0 {
		dieAt = strconv.Itoa(1 + k.random.IntN(60))
	} else if k.random.IntN(3) == 0 {
		dieAt = fmt.Sprintf("%d %s", 1+k.random.IntN(3), points[k.random.IntN(len(points))])
	} else {
		k.step, k.after = steps[k.random.IntN(len(steps))], k.random.IntN(2) == 0
	}
	if err := k.start(dieAt); err != nil {
		return err
	}
	for session := 0; !k.dead(); session++ {
		if session == 40 {
			return k.stop() // nothing was left to do before the failpoint came
		}
		report, err := k.connector().Session(k.ctx)
		if err == nil && report.LastError != "" {
			k.find(Broken, "the Web Connector shows: %s", report.LastError)
			return k.stop()
		}
		if k.ctx.Err() != nil {
			return k.ctx.Err()
		}
		pause()
	}
	return nil
}

// finish lets serve come to rest and holds the books against the shop.
func (k *killing) finish() (receipts int, err error) {
	k.step = ""
	if err := k.start(""); err != nil {
		return 0, err
	}
	b, err := bridge.Open(bridge.Config{Dir: k.data()})
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, b.Close()) }()
	if err := k.settle(b); err != nil {
		return 0, err
	}
	if err := k.stop(); err != nil {
		return 0, err
	}
	orders := k.orders[:k.put]
	terms, err := Terms(orders, false)
	if err != nil {
		return 0, err
	}
	var raw []json.RawMessage
	for _, o := range orders {
		raw = append(raw, o.JSON)
	}
	for _, f := range sim.Audit(raw, k.company, terms) {
		k.find(kindOf(f.Code), "%v", f)
	}
	synced := 0
	err = b.Orders(k.ctx, "", func(v bridge.OrderView) error {
		switch v.Cause {
		case string(bridge.CauseUnsure), string(bridge.CauseRefused), string(bridge.CauseDependency):
			k.find(State, "order %s needs attention after a kill: %s: %s", v.Number, v.Cause, v.Reason)
		}
		if v.State == "synced" {
			synced++
		}
		return nil
	})
	if receipts = len(k.company.Receipts()); receipts != synced || synced == 0 {
		k.find(Loss, "%d receipts in the books, %d orders are synced", receipts, synced)
	}
	return receipts, errors.Join(err, k.checkRecovery(b))
}

// settle runs sessions until no order is on its way.
func (k *killing) settle(b *bridge.Bridge) error {
	for range 400 {
		if _, err := k.connector().Session(k.ctx); err != nil {
			return fmt.Errorf("a session after the last kill: %w", err)
		}
		sums, err := b.Sums(k.ctx)
		if err != nil {
			return err
		}
		all := int64(0)
		for _, s := range sums {
			all += s.Count
		}
		if OnTheWay(sums) == 0 && all == int64(k.put) {
			return nil
		}
		pause()
	}
	k.find(State, "orders are still on their way")
	return nil
}

// checkRecovery: a set that QuickBooks never saw went out again under another
// ID, because QuickBooks did not have its receipts; the answer to one that
// QuickBooks did came from its status, without a second look for its receipts.
func (k *killing) checkRecovery(b *bridge.Bridge) error {
	for _, done := range []bool{false, true} {
		if len(k.lost[done]) == 0 {
			k.find(Broken, "serve was never killed with a set of receipts in QuickBooks' hands (done: %t)", done)
		}
		for id, orders := range k.lost[done] {
			if len(orders) == 0 {
				k.find(Evidence, "set %s: no orders were seen in it", id)
			}
			for _, key := range orders {
				d, err := b.Order(k.ctx, key)
				if err != nil {
					return err
				}
				k.checkLost(id, done, d)
			}
		}
	}
	return nil
}

func (k *killing) checkLost(id string, done bool, d bridge.OrderDetail) {
	again := slices.ContainsFunc(d.History, func(h bridge.HistoryView) bool {
		return strings.Contains(h.Note, "QuickBooks does not have it; it goes out again.")
	})
	if d.State != "synced" || len(d.Rows) != 1 || d.Rows[0].Message == "found in the books" {
		k.find(State, "order %s of the lost set %s is %s, with %+v", d.Number, id, d.State, d.Rows)
		return
	}
	if same := d.Rows[0].Set == id; same != done || !done && !again {
		k.find(Evidence, "order %s: its set %s was done before the kill: %t; its receipt comes from set %s, with a history of %+v", d.Number, id, done, d.Rows[0].Set, d.History)
	}
}
