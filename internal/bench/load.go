//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"qbridge/internal/bridge"
	"qbridge/internal/sim"
)

const (
	loadQueue  = 100_000 // orders in the store before it begins
	loadAtOnce = 10_000  // orders pulled meanwhile, and orders released
	loadSet    = 20      // orders a set
)

// load measures the calls of the Web Connector while the same program pulls
// 10,000 orders, releases 10,000 others and plans both, with 100,000 orders in
// the store.
func load(f folders) error {
	filled, err := f.fillOnce("load", func(dir string) (string, error) {
		rules := strings.Replace(sim.Rules, `release = "automatic"`, `release = "selected"`, 1)
		return fill(context.Background(), dir, rules, loadQueue-loadAtOnce, loadAtOnce, orderJSON)
	})
	if err != nil {
		return err
	}
	shop := newShop()
	newest := time.Now().Add(-settled)
	for i := range loadAtOnce {
		if err := shop.Put(orderJSON(loadQueue+i, newest.Add(-time.Duration(loadAtOnce-i)*lateApart))); err != nil {
			return err
		}
	}
	server := httptest.NewServer(shop)
	defer server.Close()
	c, stop, err := start("busy", filled, filepath.Join(f.run, "run"), loadSet)
	if err != nil {
		return err
	}
	defer stop()
	if c.hcp, err = c.get("/hcp"); err != nil {
		return err
	}
	c.took = map[string][]time.Duration{}
	if _, err := c.get("/begin?shop=" + url.QueryEscape(server.URL+"/api/v3")); err != nil {
		return err
	}
	done := ""
	for done == "" {
		if err := c.session(c.posted + 500); err != nil {
			return err
		}
		if done, err = c.get("/done"); err != nil {
			return err
		}
	}
	_, peak, err := c.usage()
	if err != nil {
		return err
	}
	fmt.Printf("%sposted %d orders in %d calls meanwhile, peak memory %d MB\n", done, c.posted, c.calls, peak/1024)
	var all []time.Duration
	for _, took := range c.took {
		all = append(all, took...)
	}
	c.took["all"] = all
	for _, operation := range []string{"authenticate", "sendRequestXML", "receiveResponseXML", "closeConnection", "all"} {
		took := c.took[operation]
		slices.Sort(took)
		at := func(thousandth int) time.Duration {
			return took[(len(took)-1)*thousandth/1000].Round(10 * time.Microsecond)
		}
		fmt.Printf("%-20s %6d calls  p50 %v  p95 %v  p99 %v  p99.9 %v  longest %v\n", operation, len(took), at(500), at(950), at(990), at(999), at(1000))
	}
	return nil
}

// busy is what goes on beside the Web Connector's calls: what serve does by
// itself, and a person who releases everything.
type busy struct {
	b    *bridge.Bridge
	mu   sync.Mutex
	said string
	err  error
	left sync.WaitGroup
	over bool
}

func (u *busy) routes(mux *http.ServeMux) {
	mux.HandleFunc("/begin", func(w http.ResponseWriter, r *http.Request) {
		if err := u.begin(context.WithoutCancel(r.Context()), r.URL.Query().Get("shop")); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	})
	mux.HandleFunc("/done", func(w http.ResponseWriter, _ *http.Request) {
		u.mu.Lock()
		defer u.mu.Unlock()
		if u.err != nil {
			http.Error(w, u.err.Error(), http.StatusInternalServerError)
		} else if u.over {
			fmt.Fprint(w, u.said)
		}
	})
}

func (u *busy) begin(ctx context.Context, shop string) error {
	if err := u.b.MoveShop(ctx, storeID, shop); err != nil {
		return err
	}
	u.do("released", func() (int, error) { return u.b.ReleaseReady(ctx, "bench") })
	u.do("pulled", func() (n int, err error) {
		got, err := u.b.Pull(ctx)
		for _, p := range got {
			n += p.New
		}
		return n, err
	})
	brought := make(chan struct{})
	go func() {
		u.left.Wait()
		close(brought)
	}()
	go func() {
		from, planned := time.Now(), 0
		for last := false; ; {
			select {
			case <-brought:
				last = true
			default:
			}
			n, err := u.b.PlanAll(ctx)
			planned += n
			if err != nil || last {
				u.tell("planned", planned, time.Since(from), err)
				break
			}
		}
		u.mu.Lock()
		defer u.mu.Unlock()
		u.over = true
	}()
	return nil
}

func (u *busy) do(what string, f func() (int, error)) {
	u.left.Go(func() {
		from := time.Now()
		n, err := f()
		u.tell(what, n, time.Since(from), err)
	})
}

func (u *busy) tell(what string, n int, took time.Duration, err error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.err = errors.Join(u.err, err)
	u.said += fmt.Sprintf("%s %d orders in %v\n", what, n, took.Round(time.Millisecond))
}
