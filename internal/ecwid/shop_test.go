package ecwid

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// testShop is a small shop over real HTTP. Its clock is the client's, and moves
// only when the client sleeps or a test says so.
type testShop struct {
	mu        sync.Mutex
	now       time.Time
	orders    map[int64]*testOrder
	pageSize  int  // no page holds more, whatever limit is asked for
	exclusive bool // whether the bounds of a search are left out
	requests  int
	slept     []time.Duration

	// between runs before each answered search, with mu held: other people at work.
	between func(s *testShop)
	// answer replaces the answer to a request when it returns true.
	answer func(w http.ResponseWriter, r *http.Request, n int) bool
}

type testOrder struct {
	id               int64
	created, updated time.Time
	status           string
}

func (o testOrder) json() json.RawMessage {
	return json.RawMessage(fmt.Sprintf(`{"id":"T%d","internalId":%d,"createTimestamp":%d,"updateTimestamp":%d,"paymentStatus":%q,"items":[],"total":0}`,
		o.id, o.id, o.created.Unix(), o.updated.Unix(), o.status))
}

func newTestShop(t testing.TB) (*testShop, *Client) {
	t.Helper()
	s := &testShop{
		now:      time.Date(2026, 3, 14, 15, 9, 26, 0, time.UTC),
		orders:   map[int64]*testOrder{},
		pageSize: 100,
	}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	return s, s.client(t, server.URL)
}

func (s *testShop) client(t testing.TB, address string) *Client {
	t.Helper()
	c, err := New(Config{
		BaseURL: address + "/api/v3", StoreID: "1003", Token: testToken, Version: "test",
		Now: s.clock, Sleep: s.sleep, Rand: func(int64) int64 { return 0 },
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

const testToken = "secret_testtoken1234567890"

func (s *testShop) clock() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

func (s *testShop) sleep(ctx context.Context, d time.Duration) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = s.now.Add(d)
	s.slept = append(s.slept, d)
	return ctx.Err()
}

func (s *testShop) put(o testOrder) {
	s.orders[o.id] = &o
}

// second is the shop's clock as it writes it into orders.
func (s *testShop) second() time.Time { return s.now.Truncate(time.Second) }

// odd is a stable but odd order of rows: none is promised (ecwid.md 3.1).
func odd(a, b *testOrder) int {
	return cmp.Or(cmp.Compare(a.id*7919%1009, b.id*7919%1009), cmp.Compare(a.id, b.id))
}

func (s *testShop) sorted() []*testOrder {
	return slices.SortedFunc(maps.Values(s.orders), odd)
}

func (s *testShop) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests++
	w.Header().Set("Date", s.now.UTC().Format(http.TimeFormat))
	if s.answer != nil && s.answer(w, r, s.requests) {
		return
	}
	if r.Header.Get("Authorization") != "Bearer "+testToken || strings.Contains(r.URL.String(), testToken) {
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprint(w, `{"errorMessage":"Invalid access token","errorCode":"INVALID_API_TOKEN"}`)
		return
	}
	if r.URL.Path != "/api/v3/1003/orders" {
		http.NotFound(w, r)
		return
	}
	if s.between != nil {
		s.between(s)
	}
	s.search(w, r)
}

func (s *testShop) search(w http.ResponseWriter, r *http.Request) {
	number := func(name string) (int64, bool) {
		n, err := strconv.ParseInt(r.URL.Query().Get(name), 10, 64)
		return n, err == nil
	}
	inside := func(at time.Time, from, to string) bool {
		f, hasFrom := number(from)
		u, hasTo := number(to)
		x := at.Unix()
		if s.exclusive {
			return (!hasFrom || x > f) && (!hasTo || x < u)
		}
		return (!hasFrom || x >= f) && (!hasTo || x <= u)
	}
	var found []*testOrder
	for _, o := range s.orders {
		if inside(o.created, "createdFrom", "createdTo") && inside(o.updated, "updatedFrom", "updatedTo") {
			found = append(found, o)
		}
	}
	slices.SortFunc(found, odd)
	offset, _ := number("offset")
	limit, _ := number("limit")
	limit = min(limit, int64(s.pageSize))
	items := []json.RawMessage{}
	for i := offset; i < int64(len(found)) && i < offset+limit; i++ {
		items = append(items, found[i].json())
	}
	json.NewEncoder(w).Encode(map[string]any{
		"total": len(found), "count": len(items), "offset": offset, "limit": limit, "items": items,
	})
}

// vault is the caller's store: it deduplicates by key and keeps the newest.
type vault struct {
	orders map[string]time.Time // key to update time
	saves  int
	fail   func() error // a crash at a save
}

func newVault() *vault { return &vault{orders: map[string]time.Time{}} }

func (v *vault) save(_ context.Context, orders []json.RawMessage) error {
	if v.fail != nil {
		if err := v.fail(); err != nil {
			return err
		}
	}
	v.saves++
	for _, raw := range orders {
		n, err := parse(raw, "an order")
		if err != nil {
			return err
		}
		key, _ := identity(n)
		if at := n.when("", "updateTimestamp"); at.After(v.orders[string(key)]) {
			v.orders[string(key)] = at
		}
	}
	return nil
}
