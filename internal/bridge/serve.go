package bridge

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"qbridge/soap"
	"qbridge/store"
)

// Serving is how `serve` runs.
type Serving struct {
	Listen    string // localhost:8480; any other host needs TLS
	TLS       *tls.Config
	PullEvery time.Duration
	SpoolDir  string           // for SOAP bodies over 1 MB; the system's when empty
	Console   http.Handler     // answers what the engine does not; nil for none
	Ready     func(url string) // told the address when the service can be called
}

// appURL is the address of the service as a .qwc file names it: the host that
// was asked for, and the port that was got.
func (s Serving) appURL(got net.Addr) string {
	host, port, _ := net.SplitHostPort(s.Listen) // it was listened at, so it is well formed
	if tcp, ok := got.(*net.TCPAddr); ok {
		port = strconv.Itoa(tcp.Port)
	}
	scheme := "http://"
	if s.TLS != nil {
		scheme = "https://"
	}
	return scheme + net.JoinHostPort(host, port) + "/qbwc"
}

const (
	leaseName = "serve"
	leaseTime = 30 * time.Second
	planPause = 250 * time.Millisecond // between two looks for orders to plan
	actPause  = time.Second            // and for actions on many orders that were cut off
)

// Serve runs the whole engine until the context ends: the SOAP service for the
// Web Connector, the puller and the planner. A second one on the same data
// folder is refused.
func (b *Bridge) Serve(ctx context.Context, s Serving) error {
	holder, err := b.holder()
	if err != nil {
		return err
	}
	if err := b.serving(holder, s.TLS); err != nil {
		return err
	}
	if err := b.takeLease(ctx, holder); err != nil {
		return err
	}
	defer func() {
		if err := b.db.Release(context.WithoutCancel(ctx), leaseName, holder); err != nil {
			b.Log.Error("the lease on the data folder was not given back; it ends by itself", "error", err)
		}
	}()
	listeners, err := soap.Listen(s.Listen, s.TLS)
	if err != nil {
		return err
	}
	url := s.appURL(listeners[0].Addr())
	handler, err := b.Handler(url, s.SpoolDir)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: beside(handler, s.Console), ReadHeaderTimeout: 10 * time.Second}
	TuneMemory()
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var loops sync.WaitGroup
	for _, l := range listeners {
		loops.Go(func() {
			if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
				stop(fmt.Errorf("the service at %s ended: %w", l.Addr(), err))
			}
		})
	}
	loops.Go(func() {
		stop(b.loop(ctx, leaseTime/3, func(ctx context.Context) error { return b.takeLease(ctx, holder) }, true))
	})
	loops.Go(func() { _ = b.loop(ctx, s.PullEvery, b.PullStep, false) })
	loops.Go(func() { b.pullWhenAsked(ctx) })
	loops.Go(func() {
		if err := b.readBooks(ctx); err != nil && ctx.Err() == nil {
			b.Log.Error("what is known of the books could not be read; it is tried again when it is needed", "error", err)
		}
		_ = b.loop(ctx, planPause, func(ctx context.Context) error { _, err := b.PlanAll(ctx); return err }, false)
	})
	loops.Go(func() { _ = b.loop(ctx, 24*time.Hour, b.prune, false) })
	loops.Go(func() { _ = b.loop(ctx, 24*time.Hour, b.IndexAll, false) })
	loops.Go(func() { _ = b.loop(ctx, actPause, b.ActStep, false) })
	loops.Go(func() { _ = b.loop(ctx, alertPause, b.AlertStep, false) })
	if s.Ready != nil {
		s.Ready(url)
	}
	<-ctx.Done()
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	err = server.Shutdown(end)
	loops.Wait()
	if cause := context.Cause(ctx); !errors.Is(cause, context.Canceled) {
		return cause
	}
	return err
}

// How long what is no evidence of a document is kept (design.md 4.7).
const (
	keepListAnswers  = 30 * 24 * time.Hour
	keepSessions     = 365 * 24 * time.Hour
	keepIdleSessions = 2 * 24 * time.Hour // a poll every minute is half a million a year
	keepLastAnswers  = 20
)

// prune forgets old list answers and old sessions. What was written into the
// books, and what QuickBooks said to it, is kept for ever.
func (b *Bridge) prune(ctx context.Context) error {
	return b.writeBehind(ctx, "forget old list answers", func(tx *store.Tx) error {
		if err := tx.PruneListAnswers(b.Now().Add(-keepListAnswers), keepLastAnswers); err != nil {
			return err
		}
		return tx.PruneSessions(b.Now().Add(-keepSessions), b.Now().Add(-keepIdleSessions))
	})
}

// loop calls step, then pauses, until the context ends. A step that fails is
// said once in the log and tried again, unless its failure is fatal.
func (b *Bridge) loop(ctx context.Context, pause time.Duration, step func(context.Context) error, fatal bool) error {
	said := ""
	for {
		err := step(ctx)
		switch {
		case ctx.Err() != nil:
			return nil
		case err == nil:
			said = ""
		case fatal:
			return err
		case err.Error() != said:
			said = err.Error()
			b.Log.Error("a step failed; it is tried again", "error", err)
		}
		if b.Sleep(ctx, pause) != nil {
			return nil
		}
	}
}

// pullWhenAsked pulls whenever PullSoon asks.
func (b *Bridge) pullWhenAsked(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-b.wake:
		}
		if err := b.PullStep(ctx); err != nil && ctx.Err() == nil {
			b.Log.Error("the pull that was asked for failed; the next one comes by itself", "error", err)
		}
	}
}

// PullSoon has a running Serve pull now every shop that is due.
func (b *Bridge) PullSoon() {
	select {
	case b.wake <- struct{}{}:
	default: // it is asked already
	}
}

// PlanAll plans until nothing is left to plan.
func (b *Bridge) PlanAll(ctx context.Context) (planned int, err error) {
	for {
		n, err := b.PlanStep(ctx)
		planned += n
		if err != nil || n == 0 {
			return planned, err
		}
	}
}

// holder names this process in the lease: host, process ID and a random word.
func (b *Bridge) holder() (string, error) {
	random, err := b.randomText(8)
	return fmt.Sprintf("%s/%d/%s", hostname(), os.Getpid(), random), err
}

// held is what a serve knows of itself: its name in the lease, and the
// certificate it serves with, if any.
type held struct {
	holder      string
	certificate *x509.Certificate
}

// serving notes that this process serves.
func (b *Bridge) serving(holder string, c *tls.Config) error {
	h := held{holder: holder}
	if c != nil && len(c.Certificates) > 0 {
		leaf, err := x509.ParseCertificate(c.Certificates[0].Certificate[0])
		if err != nil {
			return fmt.Errorf("the certificate can't be read: %w", err)
		}
		h.certificate = leaf
	}
	b.lease.Store(&h)
	return nil
}

func hostname() string {
	host, err := os.Hostname()
	if err != nil {
		return "this computer"
	}
	return host
}

// takeLease takes or renews the lease on the data folder. The lease of a
// process of this computer that is dead does not count: a service that crashed
// starts again at once.
func (b *Bridge) takeLease(ctx context.Context, holder string) error {
	ok, other, until, err := b.db.Lease(ctx, leaseName, holder, leaseTime)
	if err == nil && !ok && died(other) {
		if err = b.db.Release(ctx, leaseName, other); err == nil {
			ok, other, until, err = b.db.Lease(ctx, leaseName, holder, leaseTime)
		}
	}
	if err != nil {
		return fmt.Errorf("cannot take the lease on the data folder: %w", err)
	}
	if !ok {
		return fmt.Errorf("another 'qbridge serve' works on this data folder (%s): stop it first. If it died, its lease ends at %s", other, until.Local().Format(time.TimeOnly))
	}
	return nil
}

// died tells whether the holder of a lease is a process of this computer that
// does not run any more.
func died(holder string) bool {
	host, rest, _ := strings.Cut(holder, "/")
	number, _, _ := strings.Cut(rest, "/")
	pid, err := strconv.Atoi(number)
	if err != nil || host != hostname() || pid == os.Getpid() {
		return false
	}
	p, err := os.FindProcess(pid)
	if err != nil {
		return true
	}
	if runtime.GOOS == "windows" { // finding it was the proof that it runs
		return p.Release() != nil
	}
	return errors.Is(p.Signal(syscall.Signal(0)), os.ErrProcessDone)
}

// Handler serves what the Web Connector calls, /qbwc and /support, and to this
// computer alone how the bridge is: /healthz and /metrics.
func (b *Bridge) Handler(appURL, spoolDir string) (http.Handler, error) {
	service, err := soap.NewHandler(b.Connector(), soap.Options{AppURL: appURL, ServerVersion: Name + " " + Version, Log: b.Log, Count: b.calls.count, SpoolDir: spoolDir})
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("/qbwc", b.logBodies(service))
	mux.Handle("/support", soap.Support(Name))
	mux.Handle("/healthz", hereOnly(b.health))
	mux.Handle("/metrics", hereOnly(b.metrics))
	return mux, nil
}

// beside has the console answer everything that Handler does not.
func beside(engine, console http.Handler) http.Handler {
	if console == nil {
		return engine
	}
	mux := http.NewServeMux()
	for _, path := range []string{"/qbwc", "/support", "/healthz", "/metrics"} {
		mux.Handle(path, engine)
	}
	mux.Handle("/", console)
	return mux
}

// Backup copies the database while others write to it. It holds no secret that
// can be read without the key file beside it.
func (b *Bridge) Backup(ctx context.Context, path string) error { return b.db.Backup(ctx, path) }

// ListView is what is known of one list of the company file.
type ListView struct {
	List    string      `json:"list"`
	Count   int         `json:"count"`
	ReadAt  time.Time   `json:"read_at,omitzero"` // zero: not yet
	Entries []EntryView `json:"entries,omitempty"`
}

// EntryView is one record of a list.
type EntryView struct {
	ListID string `json:"list_id"`
	Name   string `json:"name"`
	Active bool   `json:"active"`
	Kind   string `json:"-"` // of an account, item or name: Bank, Service, Customer; "" in other lists, and in Lists
}

// Lists tells what is known of the company file.
func (b *Bridge) Lists(ctx context.Context) (about About, lists []ListView, err error) {
	err = b.db.Read(ctx, func(tx *store.Tx) error {
		c, err := onlyCompany(tx)
		if err != nil {
			return err
		}
		if about, err = parseAbout(c); err != nil {
			return err
		}
		read, err := tx.BookLists(c.ID)
		if err != nil {
			return err
		}
		at := map[string]time.Time{}
		for _, l := range read {
			at[l.List] = l.ReadAt
		}
		for _, name := range listNames() {
			l := ListView{List: name, ReadAt: at[name]}
			err := tx.EachBook(c.ID, name, func(e store.BookEntry) error {
				l.Entries = append(l.Entries, EntryView{ListID: e.ListID, Name: e.Name, Active: e.Active})
				return nil
			})
			if err != nil {
				return err
			}
			l.Count = len(l.Entries)
			lists = append(lists, l)
		}
		return nil
	})
	return about, lists, err
}

// RefreshLists has every list read again at the Web Connector's next session.
func (b *Bridge) RefreshLists(ctx context.Context) error {
	return b.write(ctx, "ask for the lists", func(tx *store.Tx) error {
		c, err := onlyCompany(tx)
		if err != nil {
			return err
		}
		return tx.WantLists(c.ID, listNames()...)
	})
}
