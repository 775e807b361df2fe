package ecwid

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// reply makes the shop answer every request alike.
func reply(status int, header map[string]string, body string) func(http.ResponseWriter, *http.Request, int) bool {
	return func(w http.ResponseWriter, _ *http.Request, _ int) bool {
		for name, value := range header {
			w.Header().Set(name, value)
		}
		w.WriteHeader(status)
		io.WriteString(w, body)
		return true
	}
}

// ecwid.md 1.3, 1.4: what each refusal means, how often it is tried, and that
// its words tell a shopkeeper what to do.
func TestRefusals(t *testing.T) {
	retried := func(seconds string) map[string]string { return map[string]string{"Retry-After": seconds} }
	for _, tc := range []struct {
		name     string
		status   int
		header   map[string]string
		body     string
		kind     Kind
		requests int
		wait     time.Duration
		words    []string
	}{
		{"bad token, 403", 403, nil, `{"errorMessage":"Invalid access token","errorCode":"INVALID_API_TOKEN"}`, Unauthorized, 1, 0,
			[]string{"refuses the access token", "INVALID_API_TOKEN", "secret_"}},
		{"bad token, 401", 401, nil, ``, Unauthorized, 1, 0, []string{"refuses the access token"}},
		{"403 without a reason", 403, nil, `<html>forbidden</html>`, Unauthorized, 1, 0, []string{"refuses the access token"}},
		{"scope", 403, nil, `{"errorMessage":"no","errorCode":"INSUFFICIENT_APP_SCOPE"}`, Scope, 1, 0,
			[]string{"lacks the scope read_orders", "reinstall"}},
		{"plan", 402, nil, `{"errorMessage":"Feature is not available","errorCode":"NOT_AVAILABLE_ON_CURRENT_PLAN"}`, Plan, 1, time.Hour,
			[]string{"plan does not include the API", "hour"}},
		{"suspended", 402, nil, `{"errorCode":"STORE_IS_SUSPENDED"}`, Plan, 1, time.Hour, []string{"suspended"}},
		{"rate limit", 429, retried("17"), `{"errorCode":"RATE_LIMITED"}`, RateLimited, 3, 17 * time.Second, []string{"wait 17s", "Nothing is lost"}},
		{"rate limit without a time", 429, nil, ``, RateLimited, 3, 10 * time.Second, []string{"wait 10s"}},
		{"rate limit of an hour", 429, retried("3600"), ``, RateLimited, 1, time.Hour, []string{"1h0m0s"}},
		{"server error", 500, nil, ``, Temporary, 3, 0, []string{"HTTP 500", "tried again"}},
		{"bad gateway in HTML", 502, nil, `<html><body>Bad gateway</body></html>`, Temporary, 3, 0, []string{"HTTP 502"}},
		{"down for maintenance", 503, retried("30"), ``, Temporary, 3, 30 * time.Second, []string{"HTTP 503"}},
		{"time-out", 408, nil, `{"errorCode":"TIMEOUT"}`, Temporary, 3, 0, []string{"HTTP 408"}},
		{"not found", 404, nil, `{"errorMessage":"Order #ABCDE not found","errorCode":"ORDER_NOT_FOUND"}`, NotFound, 1, 0, []string{"Order #ABCDE not found"}},
		{"no such store", 404, nil, `{"errorCode":"STORE_NOT_FOUND"}`, NotFound, 1, 0, []string{"no shop with this store ID"}},
		{"wrong parameter", 400, nil, `{"errorMessage":"Wrong parameter 'limit'","errorCode":"WRONG_PARAMETER"}`, Other, 1, 0, []string{"HTTP 400", "Wrong parameter 'limit'"}},
		{"old name of the words", 409, nil, `{"error_message":"busy elsewhere"}`, Other, 1, 0, []string{"busy elsewhere"}},
		{"older name of the words", 409, nil, `{"error":"busy here"}`, Other, 1, 0, []string{"busy here"}},
		{"only 200 is success", 204, nil, ``, Other, 1, 0, []string{"HTTP 204"}},
		{"no redirect is followed", 302, map[string]string{"Location": "/elsewhere"}, ``, Other, 1, 0, []string{"HTTP 302"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			shop, client := newTestShop(t)
			shop.answer = reply(tc.status, tc.header, tc.body)
			_, err := client.Orders(t.Context(), Query{})
			var api *APIError
			if !errors.As(err, &api) {
				t.Fatalf("got %v, want an APIError", err)
			}
			if api.Kind != tc.kind || api.Status != tc.status || api.RetryAfter != tc.wait {
				t.Errorf("kind %q, status %d, wait %s; want %q, %d, %s", api.Kind, api.Status, api.RetryAfter, tc.kind, tc.status, tc.wait)
			}
			if shop.requests != tc.requests {
				t.Errorf("%d requests, want %d", shop.requests, tc.requests)
			}
			for _, words := range tc.words {
				if !strings.Contains(err.Error(), words) {
					t.Errorf("%q does not say %q", err, words)
				}
			}
		})
	}
}

// ecwid.md 1.3: answers with status 200 that are no answer.
func TestMalformedAnswers(t *testing.T) {
	for _, tc := range []struct{ name, body, words string }{
		{"web page", "\n <!DOCTYPE html><html><title>Log in to Wi-Fi</title>", "a web page came"},
		{"half JSON", `{"total": 3, "items": [{"id": "A`, "ends in the middle"},
		{"nothing", "", "it is empty"},
		{"not the envelope", `{"id":"K8XTQ"}`, "does not say how many"},
		{"a list", `[]`, "cannot be read"},
		{"an item that is no order", `{"total":1,"items":["K8XTQ"]}`, "instead of an object"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			shop, client := newTestShop(t)
			shop.answer = reply(200, nil, tc.body)
			err := client.Window(t.Context(), Created, shop.now.Add(-time.Hour), shop.now, newVault().save)
			if KindOf(err) != Malformed || !strings.Contains(err.Error(), tc.words) {
				t.Errorf("got %v (%q), want a malformed answer: %s", err, KindOf(err), tc.words)
			}
		})
	}
}

// A connection that breaks inside an answer is a failure of the network, and
// the GET is asked again.
func TestBrokenConnectionIsTriedAgain(t *testing.T) {
	shop, client := newTestShop(t)
	shop.put(testOrder{1, shop.now, shop.now, "PAID"})
	shop.answer = func(w http.ResponseWriter, _ *http.Request, n int) bool {
		if n > 2 {
			return false
		}
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return true
		}
		if n == 2 {
			io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{\"total\": 1, \"it")
		}
		conn.Close()
		return true
	}
	page, err := client.Orders(t.Context(), Query{})
	if err != nil || len(page.Items) != 1 || shop.requests != 3 {
		t.Errorf("%d orders after %d requests, error %v", len(page.Items), shop.requests, err)
	}
}

// A mark of UTF-8 before the JSON is no fault of the shop.
func TestAnswerBehindAMark(t *testing.T) {
	shop, client := newTestShop(t)
	shop.answer = reply(200, nil, "\ufeff"+`{"total":0,"count":0,"offset":0,"limit":100,"items":[]}`)
	if _, err := client.Orders(t.Context(), Query{}); err != nil {
		t.Error(err)
	}
}

// ecwid.md 1.4: after a refused token no second request, or the address is banned.
func TestRefusedTokenIsNeverTriedAgain(t *testing.T) {
	shop, client := newTestShop(t)
	shop.answer = reply(403, nil, `{"errorCode":"INVALID_API_TOKEN"}`)
	ctx := t.Context()
	for i := range 3 {
		if _, err := client.Orders(ctx, Query{}); KindOf(err) != Unauthorized {
			t.Errorf("call %d: %v", i, err)
		}
		if _, _, err := client.Profile(ctx); KindOf(err) != Unauthorized {
			t.Errorf("profile %d: %v", i, err)
		}
		if _, err := client.Pull(ctx, Watermark{Since: shop.now}, nil, nil); KindOf(err) != Unauthorized {
			t.Errorf("pull %d: %v", i, err)
		}
		shop.sleep(ctx, 24*time.Hour)
	}
	if shop.requests != 1 {
		t.Errorf("%d requests with a refused token, want 1", shop.requests)
	}
}

// A missing scope stops only the calls that need it.
func TestMissingScopeStopsOnlyItsCalls(t *testing.T) {
	shop, client := newTestShop(t)
	shop.answer = func(w http.ResponseWriter, r *http.Request, n int) bool {
		if strings.HasSuffix(r.URL.Path, "/profile") {
			return reply(200, nil, `{"generalInfo":{"storeId":1003}}`)(w, r, n)
		}
		return reply(403, nil, `{"errorCode":"INSUFFICIENT_APP_SCOPE"}`)(w, r, n)
	}
	for range 3 {
		if _, err := client.Orders(t.Context(), Query{}); KindOf(err) != Scope {
			t.Error(err)
		}
	}
	if _, _, err := client.Profile(t.Context()); err != nil || shop.requests != 2 {
		t.Errorf("profile after a missing scope: %v, %d requests", err, shop.requests)
	}
}

// ecwid.md 1.3: a shop whose plan has no API is asked hourly at most.
func TestPlanIsAskedHourlyAtMost(t *testing.T) {
	shop, client := newTestShop(t)
	shop.answer = reply(402, nil, `{}`)
	for range 12 {
		if _, err := client.Orders(t.Context(), Query{}); KindOf(err) != Plan {
			t.Error(err)
		}
		shop.sleep(t.Context(), 10*time.Minute)
	}
	if shop.requests != 2 {
		t.Errorf("%d requests in two hours, want 2", shop.requests)
	}
}

// ecwid.md 1.4: Retry-After is obeyed in seconds and as a date by the shop's
// clock; a long wait is the caller's and holds for every call.
func TestRetryAfter(t *testing.T) {
	t.Run("seconds, then success", func(t *testing.T) {
		shop, client := newTestShop(t)
		shop.answer = func(w http.ResponseWriter, r *http.Request, n int) bool {
			return n <= 2 && reply(429, map[string]string{"Retry-After": "7"}, "")(w, r, n)
		}
		if _, err := client.Orders(t.Context(), Query{}); err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(shop.slept); got != "[7s 7s]" {
			t.Errorf("slept %s, want 7s twice", got)
		}
	})
	t.Run("a date", func(t *testing.T) {
		shop, client := newTestShop(t)
		shop.answer = func(w http.ResponseWriter, r *http.Request, n int) bool {
			at := shop.now.Add(25 * time.Second).Format(http.TimeFormat)
			return n == 1 && reply(429, map[string]string{"Retry-After": at}, "")(w, r, n)
		}
		if _, err := client.Orders(t.Context(), Query{}); err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(shop.slept); got != "[25s]" {
			t.Errorf("slept %s, want 25s", got)
		}
	})
	t.Run("too long", func(t *testing.T) {
		shop, client := newTestShop(t)
		shop.answer = func(w http.ResponseWriter, r *http.Request, n int) bool {
			return n == 1 && reply(429, map[string]string{"Retry-After": "300"}, "")(w, r, n)
		}
		var api *APIError
		if _, err := client.Orders(t.Context(), Query{}); !errors.As(err, &api) || api.RetryAfter != 300*time.Second {
			t.Fatalf("got %v", err)
		}
		shop.sleep(t.Context(), 100*time.Second)
		if _, err := client.Orders(t.Context(), Query{}); !errors.As(err, &api) || api.RetryAfter != 200*time.Second {
			t.Fatalf("got %v, want 200 s left", err)
		}
		shop.sleep(t.Context(), 200*time.Second)
		if _, err := client.Orders(t.Context(), Query{}); err != nil || shop.requests != 2 {
			t.Errorf("after the wait: %v, %d requests", err, shop.requests)
		}
	})
}

// ecwid.md 1.4: we limit ourselves to about five requests a second.
func TestOwnPace(t *testing.T) {
	shop, client := newTestShop(t)
	start := shop.now
	const n = 50
	for range n {
		if _, err := client.Orders(t.Context(), Query{}); err != nil {
			t.Fatal(err)
		}
	}
	if took := shop.now.Sub(start); took < 8*time.Second || took > 11*time.Second {
		t.Errorf("%d requests took %s of the shop's time, want about 10 s less the first burst", n, took)
	}
}

// Back-off grows between tries of a failing shop.
func TestBackOffGrows(t *testing.T) {
	shop, client := newTestShop(t)
	shop.answer = reply(500, nil, "")
	_, err := client.Orders(t.Context(), Query{})
	if KindOf(err) != Temporary || len(shop.slept) != 2 || shop.slept[1] <= shop.slept[0] {
		t.Errorf("slept %v, error %v", shop.slept, err)
	}
}

// ecwid.md 1.1: what a request carries.
func TestRequest(t *testing.T) {
	shop, client := newTestShop(t)
	var got *http.Request
	shop.answer = func(w http.ResponseWriter, r *http.Request, _ int) bool {
		got = r.Clone(context.WithoutCancel(r.Context()))
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		io.WriteString(z, `{"total":0,"items":[]}`)
		z.Close()
		return true
	}
	from := time.Unix(1773500000, 0)
	page, err := client.Orders(t.Context(), Query{UpdatedFrom: from, UpdatedTo: from.Add(time.Hour), Offset: 30, Limit: 500})
	if err != nil {
		t.Fatal(err)
	}
	if want := "/api/v3/1003/orders?limit=100&offset=30&updatedFrom=1773500000&updatedTo=1773503600"; got.URL.String() != want {
		t.Errorf("asked for %s, want %s", got.URL, want)
	}
	for name, want := range map[string]string{
		"Authorization": "Bearer " + testToken, "Accept-Encoding": "gzip", "User-Agent": "QBridge/test", "X-Ecwid-Api-Request-Id": "00000000",
	} {
		if got.Header.Get(name) != want {
			t.Errorf("header %s is %q, want %q", name, got.Header.Get(name), want)
		}
	}
	if !page.ServerTime.Equal(shop.now) {
		t.Errorf("the shop's clock says %s, want %s", page.ServerTime, shop.now)
	}
}

// I8: the token is in no error and no log, even when the shop repeats it.
func TestTokenStaysSecret(t *testing.T) {
	var log bytes.Buffer
	shop, client := newTestShop(t)
	client.log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	var seen []string
	see := func(err error) {
		for ; err != nil; err = errors.Unwrap(err) {
			seen = append(seen, fmt.Sprintf("%v %+v %#v", err, err, err))
		}
	}
	for _, status := range []int{400, 429, 500, 403} {
		shop.answer = reply(status, nil, `{"errorMessage":"bad `+testToken+`","errorCode":"`+testToken+`"}`)
		_, err := client.Orders(t.Context(), Query{})
		see(err)
		client.stops = map[string]stop{}
	}
	client.base = "http://127.0.0.1:1/api/v3" // nobody listens
	_, err := client.Orders(t.Context(), Query{})
	if KindOf(err) != Temporary || !strings.Contains(err.Error(), "could not be reached") {
		t.Errorf("got %v", err)
	}
	see(err)
	_, err = New(Config{StoreID: "1003", Token: testToken + "\x00é"})
	see(err)
	_, err = New(Config{StoreID: "x", Token: testToken})
	see(err)
	text := log.String() + strings.Join(seen, "\n")
	if len(seen) < 8 || log.Len() == 0 || strings.Contains(text, testToken) {
		t.Errorf("the token shows, or nothing was looked at:\n%s", text)
	}
}

// An answer without end does not fill the memory.
func TestAnswerTooLarge(t *testing.T) {
	shop, client := newTestShop(t)
	shop.answer = func(w http.ResponseWriter, _ *http.Request, _ int) bool {
		z := bytes.Repeat([]byte(" "), 1<<20)
		for range maxAnswer>>20 + 1 {
			if _, err := w.Write(z); err != nil {
				break
			}
		}
		return true
	}
	_, err := client.Orders(t.Context(), Query{})
	if KindOf(err) != Malformed || !strings.Contains(err.Error(), "larger than 64 MB") {
		t.Errorf("got %v", err)
	}
}

func TestStoppedContext(t *testing.T) {
	shop, client := newTestShop(t)
	ctx, cancel := context.WithCancel(t.Context())
	shop.answer = func(_ http.ResponseWriter, r *http.Request, _ int) bool {
		cancel()
		<-r.Context().Done() // the client has hung up
		return true
	}
	_, err := client.Orders(ctx, Query{})
	if !errors.Is(err, context.Canceled) || shop.requests != 1 {
		t.Errorf("got %v after %d requests", err, shop.requests)
	}
}

func TestNewRefuses(t *testing.T) {
	good := Config{StoreID: "1003", Token: testToken}
	for _, tc := range []struct {
		name   string
		change func(*Config)
		words  string
	}{
		{"no token", func(c *Config) { c.Token = " \n" }, "token is missing"},
		{"public token", func(c *Config) { c.Token = "public_abc" }, "public token"},
		{"token with a line inside", func(c *Config) { c.Token = "secret_a\nb" }, "copy it again"},
		{"store in words", func(c *Config) { c.StoreID = "my shop" }, "not a number"},
		{"no store", func(c *Config) { c.StoreID = "" }, "not a number"},
		{"token in the clear", func(c *Config) { c.BaseURL = "http://shop.example.com/api/v3" }, "https://"},
		{"not an address", func(c *Config) { c.BaseURL = "app.ecwid.com" }, "must look like"},
		{"token in the address", func(c *Config) { c.BaseURL = "https://app.ecwid.com/api/v3?token=x" }, "must look like"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := good
			tc.change(&c)
			if _, err := New(c); err == nil || !strings.Contains(err.Error(), tc.words) {
				t.Errorf("got %v, want words on %q", err, tc.words)
			}
		})
	}
	c, err := New(Config{StoreID: "1003", Token: " " + testToken + "\r\n"})
	if err != nil || c.base != DefaultBaseURL || c.token != testToken {
		t.Errorf("a token file with a line end: %v, base %q", err, c.base)
	}
}

// The default client opens connections within ten seconds (ecwid.md 1.1) and
// really sleeps and really reads the clock.
func TestDefaults(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, `{"ordersUpdated":"2014-10-15 16:54:11 +0400","profileUpdated":null}`)
	}))
	t.Cleanup(server.Close)
	c, err := New(Config{BaseURL: server.URL + "/api/v3/", StoreID: "1003", Token: testToken})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.http.CloseIdleConnections)
	stats, err := c.Stats(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if want := time.Date(2014, 10, 15, 12, 54, 11, 0, time.UTC); !stats.OrdersUpdated.Equal(want) || !stats.ProfileUpdated.IsZero() {
		t.Errorf("got %+v", stats)
	}
	if d := time.Since(stats.ServerTime); d < -time.Minute || d > time.Minute {
		t.Errorf("the shop's clock is off by %s", d)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := c.sleep(ctx, time.Hour); !errors.Is(err, context.Canceled) {
		t.Errorf("a stopped sleep gave %v", err)
	}
	if c.http.Timeout != connectTimeout+readTimeout {
		t.Errorf("time-out %s", c.http.Timeout)
	}
	c.base = "http://127.0.0.1:1/api/v3"
	c.sleep = func(context.Context, time.Duration) error { return nil }
	_, err = c.Stats(t.Context())
	var op *net.OpError
	if !errors.As(err, &op) {
		t.Errorf("got %v, want the network's error inside", err)
	}
}

func TestOrderAndDeleted(t *testing.T) {
	shop, client := newTestShop(t)
	shop.answer = func(w http.ResponseWriter, r *http.Request, n int) bool {
		switch r.URL.EscapedPath() {
		case "/api/v3/1003/orders/A%2FB%201":
			return reply(200, nil, `{"id":"A/B 1","total":12.50,"ticket":77}`)(w, r, n)
		case "/api/v3/1003/orders/deleted":
			if r.URL.Query().Get("offset") == "0" {
				return reply(200, nil, `{"total":2,"count":1,"items":[{"id":9,"date":"2014-10-20 18:07:24 +0400"}]}`)(w, r, n)
			}
			return reply(200, nil, `{"total":2,"count":1,"items":[{"id":"10","orderId":"K8XTQ","date":null}]}`)(w, r, n)
		}
		return false
	}
	raw, err := client.Order(t.Context(), "A/B 1")
	if err != nil || string(raw) != `{"id":"A/B 1","total":12.50}` {
		t.Errorf("got %s, %v", raw, err)
	}
	// ecwid.md 3.6: orderId is there in newer shops only.
	gone, err := client.Deleted(t.Context(), shop.now.Add(-time.Hour), shop.now)
	want := "[{9  2014-10-20 14:07:24 +0000 UTC} {10 K8XTQ 0001-01-01 00:00:00 +0000 UTC}]"
	if err != nil || fmt.Sprint(gone) != want {
		t.Errorf("got %v, %v; want %s", gone, err, want)
	}
}
