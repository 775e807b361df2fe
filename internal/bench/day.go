//go:build linux

package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"time"

	"qbridge/internal/bridge"
	"qbridge/internal/sim"
)

// polls of a virtual day are a minute apart.
const polls = 24 * 60

// polledDay polls for 24 hours of virtual time and prints what the program held
// after the first hours and at the end. An order an hour comes, so that there
// is something to do now and then.
func polledDay() error {
	dir, err := os.MkdirTemp("", "qbridge-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	ctx := context.Background()
	var at atomic.Int64
	at.Store(time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC).UnixNano())
	now := func() time.Time { return time.Unix(0, at.Add(int64(time.Millisecond))).UTC() }
	shop := sim.NewShop(sim.ShopConfig{StoreID: 1003, Token: token, Currency: "USD", Timezone: "America/Chicago", Clock: now})
	shopServer := httptest.NewServer(shop)
	defer shopServer.Close()
	b, err := bridge.Create(bridge.Config{Dir: dir, Now: now, Sleep: func(context.Context, time.Duration) error { return nil }})
	if err != nil {
		return err
	}
	defer b.Close()
	made, err := b.Init(ctx, bridge.Setup{StoreID: storeID, Token: token, EcwidURL: shopServer.URL + "/api/v3", Company: "Bench", User: user, Since: now().AddDate(0, 0, -1), Mode: "look"})
	if err != nil {
		return err
	}
	if err := b.ImportRules(ctx, []byte(sim.Rules), "bench"); err != nil {
		return err
	}
	text, err := b.QWC(ctx, "http://localhost:8480/qbwc")
	if err != nil {
		return err
	}
	qwc, err := sim.ParseQWC(text)
	if err != nil {
		return err
	}
	company := sim.NewCompany(sim.CompanyConfig{SalesTax: true, OwnerID: qwc.OwnerID, FileID: qwc.FileID, Clock: now})
	spool := filepath.Join(dir, "spool")
	if err := os.Mkdir(spool, 0o700); err != nil {
		return err
	}
	handler, err := b.Handler("http://localhost/qbwc", spool)
	if err != nil {
		return err
	}
	server := httptest.NewServer(handler)
	defer server.Close()
	connector := sim.NewConnector(sim.ConnectorConfig{AppURL: server.URL + "/qbwc", User: user, Password: made.Password.Reveal(), Company: company})
	fmt.Println("hour   heap KB  goroutines  open files  spooled files  database KB  polls")
	for poll := range polls {
		if poll%60 == 0 {
			if err := shop.Put(orderJSON(poll, now().Add(-2*time.Minute))); err != nil {
				return err
			}
		}
		if poll%5 == 0 {
			if err := b.PullStep(ctx); err != nil {
				return err
			}
		}
		if _, err := b.PlanAll(ctx); err != nil {
			return err
		}
		if _, err := connector.Session(ctx); err != nil {
			return err
		}
		for _, page := range []string{"/support", "/healthz"} {
			if err := visit(server.URL + page); err != nil {
				return err
			}
		}
		at.Add(int64(time.Minute))
		if hour := (poll + 1) / 60; (poll+1)%60 == 0 && (hour == 2 || hour%4 == 0) {
			if err := held(hour, poll+1, dir, spool); err != nil {
				return err
			}
		}
	}
	fmt.Printf("%d sales receipts in the books\n", len(company.Receipts()))
	return nil
}

func visit(url string) error {
	answer, err := http.Get(url)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, answer.Body)
	answer.Body.Close()
	return err
}

// held prints what this program holds.
func held(hour, polled int, dir, spool string) error {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC() // what the first put into pools, the second takes out
	runtime.ReadMemStats(&m)
	open, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return err
	}
	spooled, err := os.ReadDir(spool)
	if err != nil {
		return err
	}
	database, err := os.Stat(filepath.Join(dir, "qbridge.db"))
	if err != nil {
		return err
	}
	fmt.Printf("%4d  %8d  %10d  %10d  %13d  %11d  %5d\n", hour, m.HeapAlloc/1024, runtime.NumGoroutine(), len(open), len(spooled), database.Size()/1024, polled)
	return nil
}
