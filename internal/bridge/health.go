package bridge

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"time"

	"qbridge/store"
)

// Health is how a running serve is, as /healthz tells it: figures and words,
// nothing of any order.
type Health struct {
	OK       bool       `json:"ok"`
	Database string     `json:"database"` // ok, or what is wrong
	Lease    string     `json:"lease"`    // ok, or what is wrong; it is renewed by a write every ten seconds
	LastPull string     `json:"last_pull"`
	PullAge  *int64     `json:"last_pull_age_seconds"` // of the last good one; null before it
	PollAge  *int64     `json:"last_poll_age_seconds"` // of the Web Connector's last call; null before it
	At       time.Time  `json:"at"`
	pulled   *time.Time // the shop whose last good pull is the oldest
	polled   *time.Time
}

// Health looks how the bridge is. The database counts as sound when it can be
// read and this process's lease, which is written every ten seconds, is in
// force; the pull when no shop's last one failed.
func (b *Bridge) Health(ctx context.Context) Health {
	h := Health{OK: true, Database: "ok", Lease: "ok", LastPull: "ok", At: b.Now().UTC()}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	err := b.db.Read(ctx, func(tx *store.Tx) error {
		holder, until, err := tx.LeaseHolder(leaseName)
		if err != nil {
			return err
		}
		if held := b.lease.Load(); held == nil || holder != held.holder || !until.After(h.At) {
			h.Lease = "not held, or not renewed: the database may not be writable"
		}
		shops, err := tx.Stores(0)
		if err != nil {
			return err
		}
		for _, s := range shops {
			h.pull(s)
		}
		c, err := onlyCompany(tx)
		if errors.Is(err, ErrNotSetUp) {
			h.LastPull = "not yet"
			return nil
		}
		if err != nil {
			return err
		}
		last, err := tx.LastSessions(c.ID, 1)
		if len(last) > 0 {
			h.polled = &last[0].LastCallAt
		}
		return err
	})
	if err != nil {
		b.Log.Error("the database can't be read", "error", err)
		h.Database, h.Lease, h.LastPull = "can't be read; the log says why", "unknown", "unknown"
	}
	h.PullAge, h.PollAge = age(h.At, h.pulled), age(h.At, h.polled)
	h.OK = h.Database == "ok" && h.Lease == "ok" && h.LastPull == "ok"
	return h
}

// pull takes in how the last pull of one shop went.
func (h *Health) pull(s store.Shop) {
	switch {
	case s.PullProblem != "":
		h.LastPull = "failed; qbridge doctor says why"
	case s.PulledAt.IsZero() && h.LastPull == "ok":
		h.LastPull = "not yet"
	}
	if !s.PulledAt.IsZero() && (h.pulled == nil || s.PulledAt.Before(*h.pulled)) {
		h.pulled = &s.PulledAt
	}
}

// age is how many seconds ago something was; nil when it never was.
func age(now time.Time, at *time.Time) *int64 {
	if at == nil {
		return nil
	}
	seconds := int64(now.Sub(*at) / time.Second)
	return &seconds
}

func (b *Bridge) health(w http.ResponseWriter, r *http.Request) {
	h := b.Health(r.Context())
	body, err := json.MarshalIndent(h, "", "  ")
	if err != nil {
		http.Error(w, "the health can't be told", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	if !h.OK {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	_, _ = w.Write(append(body, '\n')) // an error means that the asker has left
}

// hereOnly answers only programs on this computer that call it by one of its
// own names: no other computer, nothing that a proxy passes on, and no web page
// that had another name resolved to this computer.
func hereOnly(serve http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		from, _, err := net.SplitHostPort(r.RemoteAddr)
		passedOn := r.Header.Get("X-Forwarded-For") + r.Header.Get("Forwarded") + r.Header.Get("Via")
		switch {
		case err != nil || !isHere(from) || passedOn != "" || !isHere(hostOf(r.Host)):
			http.Error(w, "This address answers programs on this computer only.", http.StatusForbidden)
		case r.Method != http.MethodGet && r.Method != http.MethodHead:
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "This address takes GET, HEAD.", http.StatusMethodNotAllowed)
		default:
			w.Header().Set("Cache-Control", "no-store")
			serve(w, r)
		}
	})
}

func hostOf(hostPort string) string {
	if host, _, err := net.SplitHostPort(hostPort); err == nil {
		return host
	}
	return hostPort
}

func isHere(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
