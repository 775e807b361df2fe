package bridge

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"qbridge/internal/sim"
	"qbridge/store"
)

// ask calls an address of the bridge as a program on this computer does, unless changed.
func (w *world) ask(path string, change func(*http.Request)) (int, string) {
	w.t.Helper()
	r := httptest.NewRequest(http.MethodGet, "http://localhost:8480"+path, nil)
	r.RemoteAddr = "127.0.0.1:50000"
	if change != nil {
		change(r)
	}
	answer := httptest.NewRecorder()
	w.handler.Load().(http.Handler).ServeHTTP(answer, r)
	body, err := io.ReadAll(answer.Result().Body)
	check(w.t, err)
	return answer.Code, string(body)
}

// lead has this bridge hold the lease, as serve does.
func (w *world) lead() {
	w.t.Helper()
	check(w.t, w.b.serving("me", nil))
	check(w.t, w.b.takeLease(w.ctx, "me"))
}

// /healthz is 200 while database, lease and pull are well, and 503 when one of them is not.
func TestHealth(t *testing.T) {
	w := newWorld(t)
	health := func(code int) (h Health) {
		t.Helper()
		got, body := w.ask("/healthz", nil)
		check(t, json.Unmarshal([]byte(body), &h))
		if got != code || h.OK != (code == http.StatusOK) {
			t.Errorf("%d instead of %d: %s", got, code, body)
		}
		return h
	}
	if h := health(http.StatusServiceUnavailable); h.Lease == "ok" {
		t.Errorf("without a lease: %+v", h)
	}
	w.lead()
	w.pull()
	check(t, w.b.takeLease(w.ctx, "me"))
	if h := health(http.StatusOK); h.Database != "ok" || h.Lease != "ok" || h.LastPull != "ok" || h.PullAge == nil || *h.PullAge > 1 || h.PollAge == nil || *h.PollAge < 120 {
		t.Errorf("the health is %+v", h)
	}
	w.clock.advance(leaseTime + time.Second)
	if h := health(http.StatusServiceUnavailable); h.Lease == "ok" {
		t.Errorf("with a lease that was not renewed: %+v", h)
	}
	check(t, w.b.takeLease(w.ctx, "me"))
	check(t, w.b.db.Write(w.ctx, func(tx *store.Tx) error {
		return tx.SetPulled(worldStore, "secret_of_the_shop is refused", time.Time{})
	}))
	if h := health(http.StatusServiceUnavailable); h.LastPull == "ok" || strings.Contains(fmt.Sprint(h), "secret") {
		t.Errorf("after a pull that failed: %+v", h)
	}
	check(t, w.b.takeLease(w.ctx, "me"))
	check(t, w.b.db.Release(w.ctx, leaseName, "me"))
	check(t, w.b.takeLease(w.ctx, "another"))
	if h := health(http.StatusServiceUnavailable); h.Lease == "ok" {
		t.Errorf("with another one's lease: %+v", h)
	}
	closed, err := Open(w.config)
	check(t, err)
	check(t, closed.Close())
	handler, err := closed.Handler(w.url, t.TempDir())
	check(t, err)
	w.handler.Store(handler)
	if h := health(http.StatusServiceUnavailable); h.Database == "ok" {
		t.Errorf("with the database closed: %+v", h)
	}
	if code, _ := w.ask("/metrics", nil); code != http.StatusServiceUnavailable {
		t.Errorf("the metrics without a database: %d", code)
	}
}

// /metrics counts orders, rows, calls; every line is what Prometheus reads.
func TestMetrics(t *testing.T) {
	w := newWorld(t)
	w.lead()
	all := w.take(sim.KindPlain, sim.KindPlain, sim.KindDoesNotAddUp)
	w.settle()
	w.once(all[0], all[1])
	w.clock.advance(time.Minute)
	code, body := w.ask("/metrics", nil)
	if code != http.StatusOK {
		t.Fatalf("%d: %s", code, body)
	}
	for _, line := range []string{`qbridge_orders{state="synced"} 2`, `qbridge_orders{state="attention"} 1`, `qbridge_orders{state="queued"} 0`, `qbridge_outbox_rows{state="planned"} 0`,
		`qbridge_sets_in_doubt 0`, `qbridge_soap_failures_total{operation="authenticate"} 0`, "# TYPE qbridge_soap_calls_total counter"} {
		if !strings.Contains(body, line+"\n") {
			t.Errorf("no line %s in\n%s", line, body)
		}
	}
	for _, name := range []string{"qbridge_memory_bytes ", `qbridge_soap_calls_total{operation="receiveResponseXML"} `, `qbridge_soap_seconds_total{operation="authenticate"} 0.`, "qbridge_last_poll_age_seconds ", "qbridge_last_pull_age_seconds "} {
		_, rest, found := strings.Cut(body, "\n"+name)
		if value, _, _ := strings.Cut(rest, "\n"); !found || value == "0" {
			t.Errorf("%s is %q", name, value)
		}
	}
	for line := range strings.Lines(body) {
		if strings.HasPrefix(line, "# ") {
			continue
		}
		if name, value, ok := strings.Cut(strings.TrimSpace(line), " "); !ok || !strings.HasPrefix(name, "qbridge_") || strings.Trim(value, "0123456789.") != "" {
			t.Errorf("no metric: %s", line)
		}
	}
	for _, p := range all {
		if strings.Contains(body, p.ID) {
			t.Errorf("order %s is named", p.ID)
		}
	}
}

// P62: figures for programs on this computer alone, by its own names; the open support page shows no session.
func TestWatchingIsForThisComputer(t *testing.T) {
	w := newWorld(t)
	w.pull()
	w.lead()
	for _, c := range []struct {
		name   string
		change func(*http.Request)
		code   int
	}{
		{"this computer", nil, 200},
		{"this computer by IPv6", func(r *http.Request) { r.RemoteAddr, r.Host = "[::1]:4711", "[::1]:8480" }, 200},
		{"another computer", func(r *http.Request) { r.RemoteAddr = "192.168.1.7:4711" }, 403},
		{"another computer that says localhost", func(r *http.Request) { r.RemoteAddr, r.Host = "10.0.0.1:1", "localhost:8480" }, 403},
		{"behind a proxy", func(r *http.Request) { r.Header.Set("X-Forwarded-For", "10.0.0.1") }, 403},
		{"a web page whose name was bent", func(r *http.Request) { r.Host = "evil.example.com:8480" }, 403},
		{"no address", func(r *http.Request) { r.RemoteAddr = "" }, 403},
		{"POST", func(r *http.Request) { r.Method = http.MethodPost }, 405},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, path := range []string{"/healthz", "/metrics"} {
				code, body := w.ask(path, c.change)
				if code != c.code {
					t.Errorf("%s answers %d: %s", path, code, body)
				}
				if code != 200 && strings.Contains(body, "qbridge_") || code == 403 && strings.Contains(body, "lease") {
					t.Errorf("%s tells all the same: %s", path, body)
				}
			}
		})
	}
	w.session()
	sessions, err := w.b.Sessions(w.ctx, 1)
	check(t, err)
	_, page := w.ask("/support", func(r *http.Request) { r.RemoteAddr = "10.0.0.1:1" })
	for _, part := range []string{sessions[0].Ticket[:8], sessions[0].Company, sessions[0].Product, "0x"} {
		if strings.Contains(page, part) {
			t.Errorf("the support page tells %q", part)
		}
	}
}

// P62: doctor tells the last session with version, company, counts and the last error.
func TestDoctorTellsTheLastSession(t *testing.T) {
	w := newWorld(t)
	w.take(plain(2)...)
	w.session()
	find := func() Finding {
		t.Helper()
		findings, err := w.b.Doctor(w.ctx, nil)
		check(t, err)
		for _, f := range findings {
			if f.What == "last session" {
				return f
			}
		}
		t.Fatalf("no last session in %+v", findings)
		return Finding{}
	}
	sessions, err := w.b.Sessions(w.ctx, 1)
	check(t, err)
	if s := sessions[0]; s.Connector == "" || s.Done == 0 {
		t.Fatalf("the session is %+v", s)
	}
	for _, part := range []string{sessions[0].Connector, sessions[0].Product, sessions[0].Company, fmt.Sprintf("%d sent, %d done, 0 failed, 0 waiting", sessions[0].Sent, sessions[0].Done)} {
		if f := find(); !strings.Contains(f.Says, part) {
			t.Errorf("doctor says %q, without %q", f.Says, part)
		}
	}
	w.take(sim.KindPlain)
	w.company.Interfere(nil)
	ticket := w.admit()
	if _, err := w.b.Connector().ConnectionFailed(w.ctx, ticket, failureOf("0x80040408")); err != nil {
		t.Fatal(err)
	}
	if f := find(); !strings.Contains(f.Says, "0x80040408") || !strings.Contains(f.Says, " waiting") {
		t.Errorf("doctor says %q", f.Says)
	}
}
