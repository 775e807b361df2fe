// Package browser walks through the console in a real browser, Debian's
// Chromium, against the pretend world. It holds tests alone.
package browser

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"qbridge/internal/bridge"
	"qbridge/internal/order"
	"qbridge/internal/prove"
	"qbridge/internal/sim"
	"qbridge/internal/web"
)

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// world is the whole program in this process: a pretend shop, a pretend
// company file, the pretend Web Connector between that and the bridge, and the
// bridge with its console on loopback.
type world struct {
	t       *testing.T
	base    string // of the console, without a slash at the end
	code    string // for the first owner
	b       *bridge.Bridge
	newest  time.Time // order
	clock   func() time.Time
	shopURL string

	mu        sync.Mutex
	company   *sim.Company   // nil before the .qwc file is added, as is
	connector *sim.Connector // this
}

// now is the world's time: it goes on from a fixed moment, so that screens are
// alike from day to day.
func now() func() time.Time {
	begun := time.Now()
	return func() time.Time { return time.Date(2026, 11, 20, 15, 0, 0, 0, time.UTC).Add(time.Since(begun)) }
}

// newWorld makes a world whose shop has so many orders of every kind. Nothing
// is set up in it.
func newWorld(t *testing.T, orders int) *world {
	t.Helper()
	clock := now()
	newest := clock().Add(-10 * time.Minute).Truncate(time.Second)
	shop := sim.NewShop(sim.ShopConfig{StoreID: 1003, Token: prove.Token, Clock: clock})
	for _, o := range sim.Orders(1, orders, newest) {
		check(t, shop.Put(o.JSON))
	}
	served := httptest.NewServer(shop)
	t.Cleanup(served.Close)
	w := &world{t: t, newest: newest, clock: clock, shopURL: served.URL + "/api/v3"}
	redactor := new(bridge.Redactor)
	var err error
	w.b, err = bridge.Create(bridge.Config{Dir: t.TempDir(), Now: clock, Redactor: redactor, Log: bridge.NewLog(t.Output(), slog.LevelWarn, redactor)})
	check(t, err)
	t.Cleanup(func() { check(t, w.b.Close()) })
	console, err := web.NewPretend(w.b, web.Pretend{StoreID: prove.Store, Token: prove.Token, EcwidURL: w.shopURL, Since: w.since(), Connect: w.connect})
	check(t, err)
	code, err := w.b.FirstCode(t.Context())
	check(t, err)
	w.code = code.Reveal()
	w.serve(console)
	return w
}

// serve runs the program until the test ends.
func (w *world) serve(console http.Handler) {
	w.t.Helper()
	ctx, stop := context.WithCancel(context.WithoutCancel(w.t.Context()))
	ready, ended := make(chan string, 1), make(chan error, 1)
	go func() {
		ended <- w.b.Serve(ctx, bridge.Serving{Listen: "localhost:0", PullEvery: time.Minute, Console: console, Ready: func(url string) { ready <- url }})
	}()
	select {
	case err := <-ended:
		stop()
		w.t.Fatal(err)
	case url := <-ready:
		w.base = strings.TrimSuffix(url, "/qbwc")
	}
	w.t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil && !errors.Is(err, context.Canceled) {
			w.t.Error(err)
		}
	})
}

// connect adds a .qwc file to the pretend Web Connector and types the password
// in.
func (w *world) connect(qwc []byte, password string) error {
	file, err := sim.ParseQWC(qwc)
	if err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.company == nil {
		w.company = sim.NewCompany(sim.CompanyConfig{Country: "US", SalesTax: true, OwnerID: file.OwnerID, FileID: file.FileID, ClosingDate: sim.ClosingDate(w.newest), Clock: w.clock})
	}
	w.connector = sim.NewConnector(sim.ConnectorConfig{AppURL: file.AppURL, AppName: file.AppName, User: file.UserName, Password: password, Company: w.company})
	return nil
}

// setUp does what the pages of the set-up do, with these rules, and gets the
// orders.
func (w *world) setUp(rules string) {
	w.t.Helper()
	ctx := w.t.Context()
	made, err := w.b.Init(ctx, bridge.Setup{StoreID: prove.Store, Token: prove.Token, EcwidURL: w.shopURL, Company: "Pretend Company", User: "pretend", Since: w.since()})
	check(w.t, err)
	check(w.t, w.b.ImportRules(ctx, []byte(rules), "Alma Roy"))
	qwc, err := w.b.QWC(ctx, w.base+"/qbwc")
	check(w.t, err)
	check(w.t, w.connect(qwc, made.Password.Reveal()))
	_, err = w.b.Pull(ctx)
	check(w.t, err)
}

func (w *world) since() time.Time { return w.newest.AddDate(-2, 0, 0) }

// poll has the pretend Web Connector come until there is nothing for
// QuickBooks to do any more.
func (w *world) poll() {
	w.t.Helper()
	w.mu.Lock()
	connector := w.connector
	w.mu.Unlock()
	for idle := 0; idle < 3; idle++ {
		_, err := w.b.PlanAll(w.t.Context())
		check(w.t, err)
		report, err := connector.Session(w.t.Context())
		check(w.t, err)
		if report.LastError != "" {
			w.t.Fatalf("the Web Connector shows %q", report.LastError)
		}
		if report.Sets > 0 {
			idle = 0
		}
	}
}

// count is how many orders are in a state.
func (w *world) count(state order.State) (n int64) {
	w.t.Helper()
	sums, err := w.b.Sums(w.t.Context())
	check(w.t, err)
	for _, s := range sums {
		if s.State == state {
			n += s.Count
		}
	}
	return n
}

// in gives the orders in a state, the newest first.
func (w *world) in(state order.State) (orders []bridge.OrderView) {
	w.t.Helper()
	check(w.t, w.b.Orders(w.t.Context(), string(state), func(o bridge.OrderView) error {
		orders = append(orders, o)
		return nil
	}))
	return orders
}
