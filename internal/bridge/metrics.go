package bridge

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"runtime/metrics"
	"slices"
	"sync"
	"time"

	"qbridge/internal/order"
	"qbridge/store"
)

// callCounts counts the calls of the Web Connector by operation. The zero value
// is ready.
type callCounts struct {
	mu sync.Mutex
	by map[string]callCount
}

type callCount struct {
	calls, failed int64
	took          time.Duration
}

func (c *callCounts) count(operation string, took time.Duration, failed bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.by == nil {
		c.by = map[string]callCount{}
	}
	operation = cmp.Or(operation, "unknown")
	n := c.by[operation]
	n.calls++
	n.took += took
	if failed {
		n.failed++
	}
	c.by[operation] = n
}

func (c *callCounts) all() map[string]callCount {
	c.mu.Lock()
	defer c.mu.Unlock()
	return maps.Clone(c.by)
}

// rowStates are all states of outbox rows, in the order of their life.
func rowStates() []string {
	return []string{rowPlanned, rowSent, rowInDoubt, rowUnread, rowDone, rowRefused, rowBlocked, rowUnsure, rowGone, rowUndone}
}

// exposition is a page of metrics in Prometheus' text format.
type exposition struct{ bytes.Buffer }

// metric begins a metric with what it means.
func (e *exposition) metric(name, kind, help string) {
	fmt.Fprintf(e, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind)
}

func (e *exposition) count(name, label, value string, n int64) {
	fmt.Fprintf(e, "%s{%s=%q} %d\n", name, label, value, n)
}

// seconds writes a duration as Prometheus wants it, without a float.
func (e *exposition) seconds(name, label, value string, d time.Duration) {
	fmt.Fprintf(e, "%s{%s=%q} %d.%09d\n", name, label, value, d/time.Second, d%time.Second)
}

// metrics answers /metrics: counts, ages and memory; nothing of any order.
func (b *Bridge) metrics(w http.ResponseWriter, r *http.Request) {
	var orders, rows map[string]int64
	var doubt int64
	var doubtSince time.Time
	err := b.db.Read(r.Context(), func(tx *store.Tx) error {
		c, err := onlyCompany(tx)
		if err != nil && !errors.Is(err, ErrNotSetUp) {
			return err
		}
		if orders, err = tx.OrderCounts(c.ID); err != nil {
			return err
		}
		if rows, err = tx.CountRows(c.ID); err != nil {
			return err
		}
		doubt, doubtSince, err = tx.Doubt(c.ID)
		return err
	})
	if err != nil {
		b.Log.Error("the metrics can't be told", "error", err)
		http.Error(w, "The database can't be read; the log says why.", http.StatusServiceUnavailable)
		return
	}
	var e exposition
	e.metric("qbridge_orders", "gauge", "Orders by state.")
	for _, s := range order.States() {
		e.count("qbridge_orders", "state", string(s), orders[string(s)])
	}
	e.metric("qbridge_outbox_rows", "gauge", "Outbox rows by state.")
	for _, s := range rowStates() {
		e.count("qbridge_outbox_rows", "state", s, rows[s])
	}
	e.metric("qbridge_sets_in_doubt", "gauge", "Message sets whose answer never came and whose outcome is not known yet.")
	fmt.Fprintf(&e, "qbridge_sets_in_doubt %d\n", doubt)
	h := b.Health(r.Context())
	if doubt > 0 {
		e.gauge("qbridge_oldest_doubt_age_seconds", "Since when the oldest of them is out.", age(h.At, &doubtSince))
	}
	e.gauge("qbridge_last_poll_age_seconds", "Since the Web Connector's last call.", h.PollAge)
	e.gauge("qbridge_last_pull_age_seconds", "Since the last good pull from the shop.", h.PullAge)
	healthy := int64(0)
	if h.OK {
		healthy = 1
	}
	e.gauge("qbridge_healthy", "1 when /healthz answers 200.", &healthy)
	calls := b.calls.all()
	operations := slices.Sorted(maps.Keys(calls))
	e.metric("qbridge_soap_calls_total", "counter", "Calls of the Web Connector by operation, since the start.")
	for _, op := range operations {
		e.count("qbridge_soap_calls_total", "operation", op, calls[op].calls)
	}
	e.metric("qbridge_soap_failures_total", "counter", "Of these, those that failed.")
	for _, op := range operations {
		e.count("qbridge_soap_failures_total", "operation", op, calls[op].failed)
	}
	e.metric("qbridge_soap_seconds_total", "counter", "Time taken to answer them.")
	for _, op := range operations {
		e.seconds("qbridge_soap_seconds_total", "operation", op, calls[op].took)
	}
	memory := int64(processMemory())
	e.gauge("qbridge_memory_bytes", "Memory that the program holds from the system.", &memory)
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	_, _ = w.Write(e.Bytes()) // an error means that the asker has left
}

// gauge writes a metric with one value; none when it is not known.
func (e *exposition) gauge(name, help string, n *int64) {
	if n == nil {
		return
	}
	e.metric(name, "gauge", help)
	fmt.Fprintf(e, "%s %d\n", name, *n)
}

// processMemory is what Go's runtime has from the system and did not give back.
func processMemory() uint64 {
	samples := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(samples)
	for _, s := range samples {
		if s.Value.Kind() != metrics.KindUint64 { // another Go without this figure
			return 0
		}
	}
	return samples[0].Value.Uint64() - samples[1].Value.Uint64()
}
