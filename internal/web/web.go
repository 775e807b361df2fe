// Package web is the console: the pages at http://localhost:8480/ on which
// people see every order and act on it. It reads and changes everything
// through the bridge.
//
// A page is a file here with its handler and the struct that its template
// shows (orders.go), the template (pages/orders.html), its words in both
// languages (words/en.toml, words/fr.toml), and a line in the table of routes
// (route.go) that says who may; a page of the menu also stands in menu. Pages
// work without script; htmx only brings news without a reload.
package web

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"log/slog"
	"mime"
	"net"
	"net/http"
	"path"
	"runtime/debug"
	"strings"
	"time"

	"qbridge/internal/bridge"
)

//go:embed assets
var assets embed.FS

// console is what all requests share. It is not changed after New, but for the
// tries, which guard themselves.
type console struct {
	bridge    *bridge.Bridge
	log       *slog.Logger
	catalogue []*words // of each language, English first
	screens   map[string]screens
	assets    map[string]asset
	routes    map[string]route // by pattern
	tries     *tries
	pretend   *Pretend // nil outside the demo
}

type asset struct {
	body      []byte
	mediaType string
	version   string
}

// New makes the console of a bridge.
func New(b *bridge.Bridge) (http.Handler, error) { return newConsole(b, nil) }

// NewPretend makes the console of a demo: its set-up shows what to type.
func NewPretend(b *bridge.Bridge, p Pretend) (http.Handler, error) { return newConsole(b, &p) }

func newConsole(b *bridge.Bridge, pretend *Pretend) (http.Handler, error) {
	c := &console{pretend: pretend, bridge: b, log: b.Log, screens: map[string]screens{}, assets: map[string]asset{}, routes: map[string]route{}, tries: newTries(b.Now)}
	if err := c.readAssets(); err != nil {
		return nil, err
	}
	for _, lang := range languages() {
		w, err := readWords(lang, b.Now().Location())
		if err != nil {
			return nil, err
		}
		if c.screens[lang], err = c.parseScreens(w); err != nil {
			return nil, err
		}
		c.catalogue = append(c.catalogue, w)
	}
	mux := http.NewServeMux()
	for _, r := range routes() {
		c.routes[r.pattern] = r
		mux.Handle(r.pattern, c.serve(r))
	}
	mux.Handle("/", c.serve(route{"/", everyone, nothingHere}))
	cross := http.NewCrossOriginProtection()
	cross.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Error(w, "This was sent by a page of another site.", http.StatusForbidden)
	}))
	return c.guarded(cross.Handler(mux)), nil
}

func (c *console) readAssets() error {
	files, err := assets.ReadDir("assets")
	if err != nil {
		return err
	}
	for _, f := range files {
		body, err := assets.ReadFile("assets/" + f.Name())
		if err != nil {
			return err
		}
		sum := sha256.Sum256(body)
		mediaType := mime.TypeByExtension(path.Ext(f.Name()))
		switch path.Ext(f.Name()) { // what Windows says of these may be anything
		case ".js":
			mediaType = "text/javascript; charset=utf-8"
		case ".css":
			mediaType = "text/css; charset=utf-8"
		case ".svg":
			mediaType = "image/svg+xml"
		case ".txt":
			mediaType = "text/plain; charset=utf-8"
		}
		c.assets[f.Name()] = asset{body, mediaType, hex.EncodeToString(sum[:6])}
	}
	return nil
}

// assetPath is where an asset is found; the path changes with the file, so that
// browsers may keep it.
func (c *console) assetPath(name string) (string, error) {
	a, found := c.assets[name]
	if !found {
		return "", fmt.Errorf("there is no asset %s", name)
	}
	return "/assets/" + name + "?v=" + a.version, nil
}

func serveAsset(v *visit) error {
	a, found := v.assets[v.r.PathValue("file")]
	if !found {
		return errNotFound
	}
	v.w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	return v.send(a.mediaType, "", a.body)
}

// Limits of one request.
const (
	mostBody    = 1 << 20 // bytes of a form
	requestTime = 30 * time.Second
)

// guarded is what holds for every answer of the console.
func (c *console) guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "same-origin") // "no-referrer" would also hide from us that a form is ours
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		// Without TLS only this computer is served. A web page that had a name
		// of its own resolved to this computer would come with that name.
		if r.TLS == nil && !isHere(r.Host) {
			http.Error(w, "This computer is called localhost: open http://localhost:8480/.", http.StatusMisdirectedRequest)
			return
		}
		deadlines := http.NewResponseController(w)
		at := time.Now()                                   // of the network, not of the bridge
		_ = deadlines.SetReadDeadline(at.Add(requestTime)) // not all kinds of connections have them
		_ = deadlines.SetWriteDeadline(at.Add(2 * requestTime))
		defer func() { _ = deadlines.SetReadDeadline(time.Time{}); _ = deadlines.SetWriteDeadline(time.Time{}) }()
		ctx, cancel := context.WithTimeout(r.Context(), requestTime)
		defer cancel()
		r.Body = http.MaxBytesReader(w, r.Body, mostBody)
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

func isHere(hostPort string) bool {
	host, _, err := net.SplitHostPort(hostPort)
	if err != nil {
		host = strings.Trim(hostPort, "[]")
	}
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}

// serve answers one route: who may not see it is sent away, an error becomes a
// page, and so does a panic.
func (c *console) serve(r route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		v := &visit{console: c, w: w, r: request}
		defer func() {
			if p := recover(); p != nil {
				if p == http.ErrAbortHandler {
					panic(p)
				}
				c.log.Error("a page of the console broke", "method", request.Method, "path", request.URL.Path, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
				v.fail(http.StatusInternalServerError, "")
			}
		}()
		if err := v.enter(); err != nil {
			v.failed(err)
			return
		}
		switch {
		case r.may == open:
		case v.user.ID == 0:
			v.toLogin()
			return
		case !r.may.allows(v.user.Role):
			v.failed(errForbidden)
			return
		}
		err := refuse(request.ParseForm())
		if err == nil {
			err = r.serve(v)
		}
		if err != nil {
			v.failed(err)
		}
	})
}
