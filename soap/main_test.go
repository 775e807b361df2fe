package soap

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"
)

var update = flag.Bool("update", false, "rewrite the golden files in testdata")

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// opened is when the tests' sessions begin.
var opened = time.Date(2026, 3, 9, 8, 0, 0, 0, time.UTC)

// golden compares got with a file in testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs\n got: %s\nwant: %s", path, got, want)
	}
}

// newTestMemory returns a backend for user shop-1 with the password "s3cr&t", fixed random numbers and a clock that stands still.
func newTestMemory(requests ...string) *Memory {
	m := NewMemory(MemoryOptions{
		Check:  func(user, password string) bool { return user == "shop-1" && password == "s3cr&t" },
		Random: rand.NewChaCha8([32]byte{}),
		Now:    func() time.Time { return opened },
	})
	m.Queue(requests...)
	return m
}

// serve starts the handler for a backend on loopback and returns its address.
func serve(t *testing.T, b Backend, change ...func(*Options)) string {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	url := "http://" + server.Listener.Addr().String() + "/qbwc"
	o := Options{AppURL: url, ServerVersion: "QBridge 1.0", SpoolDir: t.TempDir()}
	for _, c := range change {
		c(&o)
	}
	h, err := NewHandler(b, o)
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/qbwc", h)
	mux.Handle("/support", Support("QBridge 1.0"))
	server.Config.Handler = mux
	server.Start()
	t.Cleanup(server.Close)
	return url
}

// dotNet is an envelope as .NET writes it, around a Body's content.
func dotNet(body string) string {
	return `<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" ` +
		`xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"><soap:Body>` +
		body + `</soap:Body></soap:Envelope>`
}

// rawPost is the head that .NET sends before a body.
func rawPost(host, action string, length int) string {
	return fmt.Sprintf("POST /qbwc HTTP/1.1\r\n"+
		"User-Agent: Mozilla/4.0 (compatible; MSIE 6.0; MS Web Services Client Protocol 4.0.30319.42000)\r\n"+
		"Content-Type: text/xml; charset=utf-8\r\n"+
		"SOAPAction: \"http://developer.intuit.com/%s\"\r\n"+
		"Host: %s\r\nContent-Length: %d\r\nExpect: 100-continue\r\nConnection: Keep-Alive\r\n\r\n", action, host, length)
}

func dial(t *testing.T, url string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", hostOf(t, url))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}
