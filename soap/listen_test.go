package soap

import (
	"crypto/tls"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func listen(t *testing.T, addr string, config *tls.Config) []net.Listener {
	t.Helper()
	listeners, err := Listen(addr, config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, l := range listeners {
			l.Close()
		}
	})
	return listeners
}

// P59
func TestListenOnLocalhost(t *testing.T) {
	listeners := listen(t, "localhost:0", nil)
	_, port, _ := net.SplitHostPort(listeners[0].Addr().String())
	want := []string{"127.0.0.1:" + port}
	if hasIPv6Loopback() {
		want = append(want, "[::1]:"+port)
	}
	if len(listeners) != len(want) {
		t.Fatalf("%d listeners, want %v", len(listeners), want)
	}
	for i, l := range listeners {
		if l.Addr().String() != want[i] {
			t.Errorf("listens on %s, want %s", l.Addr(), want[i])
		}
		if conn, err := net.Dial("tcp", want[i]); err != nil {
			t.Error(err)
		} else {
			conn.Close()
		}
	}
	if _, err := Listen("localhost:"+port, nil); err == nil || !strings.Contains(err.Error(), "running already") {
		t.Errorf("a second service on the port: %v", err)
	}
}

func TestListenTakesBothOrNone(t *testing.T) {
	if !hasIPv6Loopback() {
		t.Skip("this machine has no IPv6")
	}
	other, err := net.Listen("tcp6", "[::1]:0")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	_, port, _ := net.SplitHostPort(other.Addr().String())
	listeners, err := Listen("localhost:"+port, nil)
	if err == nil {
		t.Errorf("listens beside another program: %v", listeners)
	}
	again, err := net.Listen("tcp4", "127.0.0.1:"+port)
	if err != nil {
		t.Fatalf("the IPv4 listener was left open: %v", err)
	}
	again.Close()
}

// P59
func TestListenElsewhereNeedsTLS(t *testing.T) {
	for _, addr := range []string{"127.0.0.1:0", "[::1]:0", "0.0.0.0:0", ":0", "example.com:8480", "localhost.:0", "LOCALHOST.example.com:0"} {
		if listeners, err := Listen(addr, nil); err == nil || !strings.Contains(err.Error(), "TLS certificate") {
			t.Errorf("%s: %v, %v", addr, listeners, err)
		}
	}
	for _, addr := range []string{"", "localhost", "localhost:none"} {
		if listeners, err := Listen(addr, nil); err == nil {
			t.Errorf("%q: %v", addr, listeners)
		}
	}
}

// P59
func TestTLSVersions(t *testing.T) {
	// httptest lends us its certificate.
	lender := httptest.NewTLSServer(http.NotFoundHandler())
	defer lender.Close()
	for _, addr := range []string{"localhost:0", "127.0.0.1:0"} {
		listeners := listen(t, addr, &tls.Config{Certificates: lender.TLS.Certificates, MinVersion: tls.VersionTLS10})
		server := &http.Server{Handler: Support("QBridge")}
		for _, l := range listeners {
			go server.Serve(l) // ends with http.ErrServerClosed
		}
		for _, tt := range []struct {
			version uint16
			good    bool
		}{{tls.VersionTLS11, false}, {tls.VersionTLS12, true}, {tls.VersionTLS13, true}} {
			conn, err := tls.Dial("tcp", listeners[0].Addr().String(), &tls.Config{
				InsecureSkipVerify: true, MinVersion: tls.VersionTLS10, MaxVersion: tt.version,
			})
			if (err == nil) != tt.good {
				t.Errorf("%s with %s: %v", addr, tls.VersionName(tt.version), err)
			}
			if err == nil {
				conn.Close()
			}
		}
		server.Close()
	}
}
