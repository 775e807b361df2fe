//go:build linux

package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/pprof"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"qbridge/internal/bridge"
	"qbridge/internal/sim"
	"qbridge/store"
)

const (
	storeID = "1003"
	token   = "secret_bench"
	user    = "bench"
)

// A shop is asked for what changed up to a minute ago, and from ten minutes
// before what it was asked for last.
const (
	settled   = 70 * time.Second
	lateApart = 50 * time.Millisecond
)

// passwordFile keeps the generated password in the data folder, for the client.
const passwordFile = "connector-password"

func newShop() *sim.Shop {
	return sim.NewShop(sim.ShopConfig{StoreID: 1003, Token: token, Currency: "USD", Timezone: "America/Chicago"})
}

// fill makes a data folder with planned orders of five lines, by the way that
// every order takes: n that are released, where the rules want that, and as many
// more as are said that are not.
func fill(ctx context.Context, dir, rules string, n, unreleased int, orderJSON orderMaker) (string, error) {
	patient := func(context.Context, time.Duration) error { return nil } // the pretend shop needs no manners
	b, err := bridge.Create(bridge.Config{Dir: dir, Sleep: patient})
	if err != nil {
		return "", err
	}
	defer b.Close()
	newest := time.Now().Add(-time.Hour)
	shop := newShop()
	put := func(from, to int, newest time.Time, apart time.Duration) error {
		for i := from; i < to; i++ {
			if err := shop.Put(orderJSON(i, newest.Add(-time.Duration(to-i)*apart))); err != nil {
				return err
			}
		}
		return nil
	}
	if err := put(0, n, newest, time.Second); err != nil {
		return "", err
	}
	server := httptest.NewServer(shop)
	defer server.Close()
	made, err := b.Init(ctx, bridge.Setup{StoreID: storeID, Token: token, EcwidURL: server.URL + "/api/v3", Company: "Bench", User: user,
		Since: newest.Add(-time.Duration(n)*time.Second - time.Hour), Mode: "look"})
	if err != nil {
		return "", err
	}
	if err := b.ImportRules(ctx, []byte(rules), "bench"); err != nil {
		return "", err
	}
	if err := b.SetRule(ctx, "missing-payment-method", "omit", "bench"); err != nil { // no list row before the first receipt
		return "", err
	}
	if err := os.WriteFile(filepath.Join(dir, passwordFile), []byte(made.Password.Reveal()), 0o600); err != nil {
		return "", err
	}
	if err := readLists(ctx, b, made.Password.Reveal()); err != nil {
		return "", err
	}
	from := time.Now()
	if _, err := b.Pull(ctx); err != nil {
		return "", err
	}
	pulled := time.Since(from)
	from = time.Now()
	planned, err := b.PlanAll(ctx)
	if err != nil {
		return "", err
	}
	rate := func(took time.Duration) string {
		return fmt.Sprintf("in %s (%.0f a second)", took.Round(time.Millisecond), float64(n)/took.Seconds())
	}
	took := fmt.Sprintf("pulled %s, %d planned %s", rate(pulled), planned, rate(time.Since(from)))
	if unreleased == 0 {
		return took, nil
	}
	if _, err := b.ReleaseReady(ctx, "bench"); err != nil {
		return "", err
	}
	if err := put(n, n+unreleased, time.Now().Add(-settled), lateApart); err != nil {
		return "", err
	}
	if _, err := b.Pull(ctx); err != nil {
		return "", err
	}
	_, err = b.PlanAll(ctx)
	return took, err
}

// readLists has the pretend Web Connector bring the lists of the pretend
// company.
func readLists(ctx context.Context, b *bridge.Bridge, password string) error {
	qwc, err := b.QWC(ctx, "http://localhost:8480/qbwc")
	if err != nil {
		return err
	}
	file, err := sim.ParseQWC(qwc)
	if err != nil {
		return err
	}
	company := sim.NewCompany(sim.CompanyConfig{Country: "US", SalesTax: true, OwnerID: file.OwnerID, FileID: file.FileID})
	handler, err := b.Handler("http://localhost/qbwc", "")
	if err != nil {
		return err
	}
	server := httptest.NewServer(handler)
	defer server.Close()
	report, err := sim.NewConnector(sim.ConnectorConfig{AppURL: server.URL + "/qbwc", User: user, Password: password, Company: company}).Session(ctx)
	if err == nil && report.LastError != "" {
		err = fmt.Errorf("the Web Connector shows: %s", report.LastError)
	}
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(b.Dir, "hcp.xml"), []byte(company.HCP()), 0o600)
}

// serveChild serves on a port of its own, which it prints, and tells at /usage
// what it used.
func serveChild(kind, dir string, size int) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/usage", usage)
	mux.HandleFunc("/hcp", func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, filepath.Join(dir, "hcp.xml")) })
	switch kind {
	case "bridge", "busy":
		b, err := bridge.Open(bridge.Config{Dir: dir, SetSize: size})
		if err != nil {
			return err
		}
		handler, err := b.Handler("http://localhost/qbwc", dir)
		if err != nil {
			return err
		}
		mux.Handle("/qbwc", handler)
		bridge.TuneMemory()
		if kind == "busy" {
			(&busy{b: b}).routes(mux)
		}
	case "bare", "commits":
		bare := &bareServer{request: bareRequest(size)}
		if kind == "commits" {
			if bare.db, err = store.Open(filepath.Join(dir, "bare.db"), store.Options{}); err != nil {
				return err
			}
		}
		mux.Handle("/qbwc", bare)
	default:
		return fmt.Errorf("there is no server %q", kind)
	}
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	fmt.Println(l.Addr())
	return http.Serve(l, mux)
}

// usage tells processor time in microseconds and the peak memory in KB. The
// peak that getrusage tells begins with that of the parent.
func usage(w http.ResponseWriter, _ *http.Request) {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	_, peak, _ := strings.Cut(string(status), "VmHWM:")
	peak, _, _ = strings.Cut(peak, " kB")
	fmt.Fprintln(w, u.Utime.Nano()/1000+u.Stime.Nano()/1000, strings.TrimSpace(peak))
}

// bareServer is the floor: it reads each call and answers with a constant of
// the size that ours has; with a database it also commits once a call.
type bareServer struct {
	request string
	db      *store.Store
	calls   int
}

func (s *bareServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "text/xml; charset=utf-8")
	call := string(body)
	commit := func(value string) {
		if s.db == nil {
			return
		}
		s.calls++
		err := s.db.Write(r.Context(), func(tx *store.Tx) error { return tx.SetSetting(fmt.Sprint("call ", s.calls), value) })
		if err != nil {
			panic(err)
		}
	}
	switch {
	case strings.Contains(call, "<sendRequestXML"):
		commit(s.request)
		io.WriteString(w, envelope("sendRequestXML", s.request))
	case strings.Contains(call, "<receiveResponseXML"):
		commit(call)
		io.WriteString(w, envelope("receiveResponseXML", "50"))
	default:
		io.WriteString(w, envelope("authenticate", "<string>t</string><string></string><string></string><string></string>"))
	}
}

func envelope(operation, result string) string {
	return `<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><` + operation + `Response xmlns="http://developer.intuit.com/"><` +
		operation + `Result>` + result + `</` + operation + `Result></` + operation + `Response></soap:Body></soap:Envelope>`
}
