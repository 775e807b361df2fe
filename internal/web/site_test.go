package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"qbridge/internal/bridge"
	"qbridge/internal/sim"
)

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// site is a console over HTTP on loopback, of a bridge with a pretend shop.
type site struct {
	t     *testing.T
	b     *bridge.Bridge
	url   string
	clock atomic.Int64
	log   logBuffer
}

// logBuffer takes log lines of several goroutines.
type logBuffer struct {
	mu  sync.Mutex
	all bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.String()
}

const (
	siteStore = "1003"
	siteToken = "secret_token_of_the_pretend_shop"
	password  = "correct horse battery"
)

func (s *site) now() time.Time        { return time.Unix(0, s.clock.Load()).UTC() }
func (s *site) later(d time.Duration) { s.clock.Add(int64(d)) }

func siteStart() time.Time { return time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC) }

// peopled is a data folder with a user of each role, named as the role, logged
// in. It is made once: hashing passwords takes most of a test's time.
var peopled = sync.OnceValue(func() (made struct {
	database []byte
	cookies  map[bridge.Role]bridge.Secret
	err      error
}) {
	dir, err := os.MkdirTemp("", "console")
	if err != nil {
		made.err = err
		return made
	}
	made.cookies = map[bridge.Role]bridge.Secret{}
	ctx := context.Background()
	made.err = func() error {
		b, err := bridge.Create(bridge.Config{Dir: dir, Now: siteStart})
		if err != nil {
			return err
		}
		code, err := b.FirstCode(ctx)
		if err != nil {
			return err
		}
		if _, made.cookies[bridge.Owner], err = b.UseCode(ctx, code.Reveal(), string(bridge.Owner), password, ""); err != nil {
			return err
		}
		for _, role := range bridge.Roles()[1:] {
			if err := b.AddUser(ctx, string(role), role, password, "owner"); err != nil {
				return err
			}
			if _, made.cookies[role], err = b.Login(ctx, string(role), password, ""); err != nil {
				return err
			}
		}
		return b.Close()
	}()
	made.database, err = os.ReadFile(filepath.Join(dir, "qbridge.db"))
	made.err = errors.Join(made.err, err, os.RemoveAll(dir))
	return made
})

// newSite makes a console with a user of each role; the shop has these orders.
func newSite(t *testing.T, orders ...json.RawMessage) *site {
	t.Helper()
	made := peopled()
	check(t, made.err)
	dir := t.TempDir()
	check(t, os.WriteFile(filepath.Join(dir, "qbridge.db"), made.database, 0o600))
	return siteIn(t, dir, orders...)
}

func siteIn(t *testing.T, dir string, orders ...json.RawMessage) *site {
	t.Helper()
	s := bareSite(t, dir)
	b := s.b
	shop := sim.NewShop(sim.ShopConfig{StoreID: 1003, Token: siteToken, Clock: s.now})
	for _, o := range orders {
		check(t, shop.Put(o))
	}
	served := httptest.NewServer(shop)
	t.Cleanup(served.Close)
	_, err := b.Init(t.Context(), bridge.Setup{StoreID: siteStore, Token: siteToken, EcwidURL: served.URL + "/api/v3", Company: "Test", User: "test", Password: password, Since: s.now().AddDate(-1, 0, 0)})
	check(t, err)
	if len(orders) > 0 {
		s.later(siteTurn)
		_, err = b.Pull(t.Context())
		check(t, err)
		_, err = b.PlanAll(t.Context())
		check(t, err)
	}
	handler, err := New(b)
	check(t, err)
	s.serve(handler)
	return s
}

// siteTurn is after how long a pull finds the orders of the shop.
const siteTurn = 10 * time.Minute

// bareSite opens a data folder for a console that is not served yet.
func bareSite(t *testing.T, dir string) *site {
	t.Helper()
	s := &site{t: t}
	s.clock.Store(siteStart().UnixNano())
	redactor := new(bridge.Redactor)
	b, err := bridge.Create(bridge.Config{Dir: dir, Now: s.now, Redactor: redactor, Log: bridge.NewLog(&s.log, slog.LevelDebug, redactor),
		Sleep: func(ctx context.Context, d time.Duration) error { s.later(d); return ctx.Err() }})
	check(t, err)
	t.Cleanup(func() { check(t, b.Close()) })
	s.b = b
	return s
}

func (s *site) serve(handler http.Handler) {
	server := httptest.NewServer(handler)
	s.t.Cleanup(server.Close)
	s.url = server.URL
}

// plainOrders are orders of the pretend shop.
func plainOrders(n int) (orders []json.RawMessage) {
	for _, o := range sim.Orders(1, n, time.Date(2026, 11, 22, 11, 0, 0, 0, time.UTC)) {
		orders = append(orders, o.JSON)
	}
	return orders
}

// people gives the browser of a user of each role.
func (s *site) people() map[bridge.Role]*browser {
	s.t.Helper()
	all := map[bridge.Role]*browser{}
	for role, cookie := range peopled().cookies {
		all[role] = s.browser(cookie)
	}
	return all
}

// browser is somebody's browser, with cookies. It follows no redirect.
type browser struct {
	site   *site
	client *http.Client
}

func (s *site) browser(cookie bridge.Secret) *browser {
	s.t.Helper()
	jar, err := cookiejar.New(nil)
	check(s.t, err)
	b := &browser{s, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	if cookie != "" {
		b.setCookie(cookie.Reveal())
	}
	return b
}

func (b *browser) setCookie(value string) {
	at, err := url.Parse(b.site.url)
	check(b.site.t, err)
	b.client.Jar.SetCookies(at, []*http.Cookie{{Name: plainCookie, Value: value}})
}

func (b *browser) cookie() string {
	at, err := url.Parse(b.site.url)
	check(b.site.t, err)
	for _, c := range b.client.Jar.Cookies(at) {
		if c.Name == plainCookie {
			return c.Value
		}
	}
	return ""
}

// reply is an answer with its body read.
type reply struct {
	*http.Response
	body string
}

// do sends a request with header lines "Name: value"; a form is posted.
func (b *browser) do(method, path string, form url.Values, header ...string) reply {
	b.site.t.Helper()
	r, err := http.NewRequestWithContext(b.site.t.Context(), method, b.site.url+path, strings.NewReader(form.Encode()))
	check(b.site.t, err)
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for _, line := range header {
		name, value, _ := strings.Cut(line, ": ")
		if name == "Host" {
			r.Host = value
		}
		r.Header.Set(name, value)
	}
	return b.send(r)
}

func (b *browser) send(r *http.Request) reply {
	b.site.t.Helper()
	answer, err := b.client.Do(r)
	check(b.site.t, err)
	defer answer.Body.Close() // read to its end
	body, err := io.ReadAll(answer.Body)
	check(b.site.t, err)
	return reply{answer, string(body)}
}

func (b *browser) get(path string, header ...string) reply { return b.do("GET", path, nil, header...) }
func (b *browser) post(path string, form url.Values, header ...string) reply {
	return b.do("POST", path, form, header...)
}

func (r reply) where() string { return r.Header.Get("Location") }

func (r reply) want(t *testing.T, status int, texts ...string) {
	t.Helper()
	if r.StatusCode != status {
		t.Errorf("%s %s: status %d, want %d\n%.600s", r.Request.Method, r.Request.URL.Path, r.StatusCode, status, r.body)
	}
	for _, text := range texts {
		if !strings.Contains(html.UnescapeString(r.body), text) {
			t.Errorf("%s %s doesn't say %q", r.Request.Method, r.Request.URL.Path, text)
		}
	}
}

var placeholder = regexp.MustCompile(`\{[^}]*\}`)

// somewhere is a path of a route's pattern, with something in each of its
// places.
func (s *site) somewhere(pattern string) (method, path string) {
	method, path, _ = strings.Cut(pattern, " ")
	values := map[string]string{"{$}": "", "{file}": "style.css", "{store}": siteStore, "{id}": "999", "{group}": "payments", "{list}": "Account", "{ticket}": "4711", "{set}": "4711", "{do}": "hold", "{side}": "request"}
	if strings.Contains(path, "{key}") {
		check(s.t, s.b.Orders(s.t.Context(), "", func(o bridge.OrderView) error {
			values["{key}"] = url.PathEscape(strings.TrimPrefix(o.ID, siteStore+"/"))
			return nil
		}))
	}
	return method, placeholder.ReplaceAllStringFunc(path, func(place string) string {
		value, known := values[place]
		if !known {
			s.t.Fatalf("route %s: say in somewhere what %s may be", pattern, place)
		}
		return value
	})
}

// hostileOrder is an order whose texts are markup, paths and worse.
func hostileOrder(t *testing.T, texts ...string) json.RawMessage {
	t.Helper()
	var o map[string]any
	check(t, json.Unmarshal(plainOrders(1)[0], &o))
	text := func(i int) string { return texts[i%len(texts)] }
	o["id"] = text(0)
	o["email"], o["orderComments"], o["privateAdminNotes"] = text(1)+"@example.com", strings.Repeat(text(2), 200), text(3)
	for _, person := range []string{"billingPerson", "shippingPerson"} {
		if p, is := o[person].(map[string]any); is {
			p["name"], p["street"], p["city"] = text(0), text(1), text(2)
		}
	}
	for i, item := range o["items"].([]any) {
		it := item.(map[string]any)
		it["name"], it["sku"] = text(i), text(i+1)
	}
	body, err := json.Marshal(o)
	check(t, err)
	return body
}

func form(pairs ...string) url.Values {
	f := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		f.Add(pairs[i], pairs[i+1])
	}
	return f
}

func (s *site) users() map[string]bridge.User {
	s.t.Helper()
	all, err := s.b.Users(s.t.Context())
	check(s.t, err)
	users := map[string]bridge.User{}
	for _, u := range all {
		users[u.Name] = u
	}
	return users
}

func userPath(u bridge.User, what string) string { return fmt.Sprintf("/users/%d/%s", u.ID, what) }

// serving gives a browser of another handler.
func (s *site) serving(h http.Handler) *browser {
	server := httptest.NewServer(h)
	s.t.Cleanup(server.Close)
	other := &site{t: s.t, b: s.b, url: server.URL}
	return other.browser("")
}
