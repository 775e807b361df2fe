package bridge

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"qbridge/internal/sim"
)

// A look at a shop says what is wrong now, and what would be later; only the
// former keeps the shop out. Nothing is kept of it.
func TestCheckShop(t *testing.T) {
	t.Parallel()
	profile := func(account, units string) string {
		return fmt.Sprintf(`{"generalInfo":{"storeId":1003},"account":{%s},"settings":{"storeName":"Shop"},"company":{"companyName":"Shop Inc.","street":"1 Main St","city":"Springfield"},"formatsAndUnits":{%s}}`, account, units)
	}
	const well, units = `"availableFeatures":["API"]`, `"currency":"USD","timezone":"America/Chicago"`
	at := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name     string
		path     string // whose answer is another one
		status   int
		body     string
		clock    time.Duration // of the shop
		token    string
		bad      string // key of the finding that keeps it out
		warn     string
		contains string
	}{
		{name: "all is well"},
		{name: "another token", token: "secret_another_token_00001", bad: "profile", contains: "refuses the access token"},
		{name: "no scope for orders", path: "/orders", status: 403, body: `{"errorCode":"INSUFFICIENT_APP_SCOPE","errorMessage":"Access denied"}`, bad: "orders", contains: "read_orders"},
		{name: "a plan without the API", path: "/profile", status: 402, body: `{"errorMessage":"Upgrade"}`, bad: "plan", contains: "plan"},
		{name: "features without the API", path: "/profile", status: 200, body: profile(`"availableFeatures":["PREMIUM"]`, units), bad: "plan", contains: "does not include the API"},
		{name: "suspended", path: "/profile", status: 200, body: profile(well+`,"suspended":true`, units), bad: "plan", contains: "suspended"},
		{name: "trouble in the shop", path: "/profile", status: 503, bad: "profile", contains: "trouble of its own"},
		{name: "a busy shop", path: "/orders", status: 429, bad: "orders", contains: "wait"},
		{name: "another shop's token", path: "/profile", status: 200, body: strings.Replace(profile(well, units), "1003", "1004", 1), bad: "profile", contains: "belongs to store 1004"},
		{name: "an order that can't be read", path: "/orders", status: 200, body: `{"total":1,"count":1,"offset":0,"limit":1,"items":[{"id":"X1","internalId":1,"total":"much"}]}`, warn: "order", contains: "can't be read"},
		{name: "no time zone", path: "/profile", status: 200, body: profile(well, `"currency":"USD"`), bad: "time_zone", contains: "time zone"},
		{name: "no currency", path: "/profile", status: 200, body: profile(well, `"timezone":"America/Chicago"`), bad: "currency"},
		{name: "clocks apart", clock: time.Hour, warn: "clock", contains: "1h0m0s off"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			shop := sim.NewShop(sim.ShopConfig{StoreID: 1003, Token: worldToken, Clock: func() time.Time { return at.Add(c.clock) }})
			for _, o := range sim.Orders(1, 3, at.Add(-time.Hour)) {
				check(t, shop.Put(o.JSON))
			}
			if c.path != "" {
				shop.Fault(func(r *http.Request) *sim.Response {
					if !strings.HasSuffix(r.URL.Path, c.path) {
						return nil
					}
					return &sim.Response{Status: c.status, Body: c.body, Header: http.Header{"Content-Type": {"application/json"}}}
				})
			}
			server := httptest.NewServer(shop)
			defer server.Close()
			b, err := Create(Config{Dir: t.TempDir(), Now: func() time.Time { return at }})
			check(t, err)
			defer b.Close() // nothing was written
			got, err := b.CheckShop(t.Context(), worldStore, Secret(orElse(c.token, worldToken)), server.URL+"/api/v3")
			check(t, err)
			said := ""
			for _, f := range got.Findings {
				if (f.Level == levelBad) != (f.Key == c.bad) || (f.Level == levelWarn) != (f.Key == c.warn) {
					t.Errorf("found %+v", f)
				}
				if (f.Level == levelOK) != (f.Says == "") {
					t.Errorf("%+v", f)
				}
				said += f.Says
			}
			if got.OK() != (c.bad == "") || !strings.Contains(said, c.contains) || strings.Contains(said, worldToken) {
				t.Errorf("OK is %t, and it says %q", got.OK(), said)
			}
			if c.name == "all is well" && (got.Name != "Pretend Shop" || got.Company.City != "Springfield" || got.Orders != 3 || got.Newest == "" || len(got.Findings) != 7) {
				t.Errorf("%+v", got)
			}
			if done, err := b.SetUp(t.Context()); done || err != nil {
				t.Errorf("a look sets up: %t, %v", done, err)
			}
			if shop.Requests() > 2 {
				t.Errorf("the shop was asked %d times", shop.Requests())
			}
		})
	}
}

// A folder in which nothing is set up can be served: no step of the engine
// fails, and what needs a company file says so by name.
func TestNotSetUp(t *testing.T) {
	t.Parallel()
	b, err := Create(Config{Dir: t.TempDir()})
	check(t, err)
	defer b.Close() // nothing was written
	for name, step := range map[string]func() error{
		"pull": func() error { return b.PullStep(t.Context()) }, "plan": func() error { _, err := b.PlanAll(t.Context()); return err }, "prune": func() error { return b.prune(t.Context()) },
		"index": func() error { return b.IndexAll(t.Context()) }, "alerts": func() error { return b.AlertStep(t.Context()) }, "act": func() error { return b.ActStep(t.Context()) },
	} {
		if err := step(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if h := b.Health(t.Context()); h.Database != "ok" || h.LastPull != "not yet" {
		t.Errorf("its health is %+v", h)
	}
	_, err = b.Connection(t.Context())
	for _, err := range []error{err, b.SetRule(t.Context(), "mode", "look", "x"), b.RefreshLists(t.Context())} {
		if !errors.Is(err, ErrNotSetUp) {
			t.Errorf("nothing is set up, and it says %v", err)
		}
	}
	b.PullSoon()
	b.PullSoon() // asked twice, without a serve: nobody waits
}
