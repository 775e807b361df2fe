package main

import (
	"bytes"
	"context"
	"encoding/json"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"qbridge/internal/bridge"
)

// talk is what a running command says.
type talk struct {
	mu   sync.Mutex
	all  bytes.Buffer
	news chan struct{}
}

func (l *talk) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case l.news <- struct{}{}:
	default:
	}
	return l.all.Write(p)
}

// wait waits until a text was said and gives its first group.
func (l *talk) wait(t *testing.T, pattern string) string {
	t.Helper()
	said := regexp.MustCompile(pattern)
	late := time.After(time.Minute)
	for {
		l.mu.Lock()
		m := said.FindStringSubmatch(l.all.String())
		text := l.all.String()
		l.mu.Unlock()
		if m != nil {
			return m[1]
		}
		select {
		case <-l.news:
		case <-late:
			t.Fatalf("%s was not said:\n%s", pattern, text)
		}
	}
}

// started starts a command that runs until stop.
func started(t *testing.T, args ...string) (said *talk, stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	said = &talk{news: make(chan struct{}, 1)}
	ended := make(chan int, 1)
	go func() { ended <- run(ctx, args, strings.NewReader(""), io.Discard, said) }()
	return said, func() {
		cancel()
		if code := <-ended; code != exitDone {
			t.Errorf("qbridge %s ended with %d", strings.Join(args, " "), code)
		}
	}
}

// reader is somebody at the console, who follows redirects.
type reader struct {
	t      *testing.T
	home   string
	client *http.Client
}

func newReader(t *testing.T, home string) *reader {
	jar, err := cookiejar.New(nil)
	check(t, err)
	return &reader{t, strings.TrimSuffix(home, "/"), &http.Client{Jar: jar}}
}

func (r *reader) ask(path string, form url.Values) (at, body string) {
	r.t.Helper()
	var answer *http.Response
	var err error
	if form == nil {
		answer, err = r.client.Get(r.home + path)
	} else {
		answer, err = r.client.PostForm(r.home+path, form)
	}
	check(r.t, err)
	defer answer.Body.Close() // read to its end
	text, err := io.ReadAll(answer.Body)
	check(r.t, err)
	if answer.StatusCode != http.StatusOK {
		r.t.Fatalf("%s answers %s\n%s", path, answer.Status, text)
	}
	return answer.Request.URL.Path, html.UnescapeString(string(text))
}

// until asks for a page until it says a text.
func (r *reader) until(path, text string) string {
	r.t.Helper()
	for late := time.Now().Add(time.Minute); ; {
		_, body := r.ask(path, nil)
		if strings.Contains(body, text) {
			return body
		}
		if time.Now().After(late) {
			r.t.Fatalf("%s never says %q:\n%s", path, text, body)
		}
		time.Sleep(100 * time.Millisecond)
	}
}

func (r *reader) enter(code string) string {
	at, _ := r.ask("/start", url.Values{"code": {code}, "name": {"Alma"}, "password": {"correct horse"}, "again": {"correct horse"}})
	return at
}

// `serve` begins on a folder that is not there, and leads to the
// first start and then to the set-up.
func TestServeNewFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir() + "/new"
	said, stop := started(t, "serve", "--data", dir, "--listen", "localhost:0")
	home := said.wait(t, `Nothing is set up in this data folder yet: .* The console at (http://\S+) leads`)
	code := said.wait(t, `with the code (\S+),`)
	r := newReader(t, home)
	if at, _ := r.ask("/", nil); at != "/start" {
		t.Errorf("a new folder begins at %s", at)
	}
	if at := r.enter(code); at != "/setup/shop" {
		t.Errorf("after the first start comes %s", at)
	}
	answer, err := r.client.Get(r.home + "/healthz")
	check(t, err)
	defer answer.Body.Close() // read to its end
	var health bridge.Health
	check(t, json.NewDecoder(answer.Body).Decode(&health))
	if health.Database != "ok" || health.Lease != "ok" || health.LastPull != "not yet" {
		t.Errorf("its health is %+v", health)
	}
	r.ask("/metrics", nil)
	stop()
	if text := said.wait(t, `(?s)(.*)`); strings.Contains(text, "level=ERROR") {
		t.Errorf("with nothing set up it complains:\n%s", text)
	}
	if code, _, talk := program(t, "lists", "--data", dir); code != exitFailed || !strings.Contains(talk, "set it up in the console") {
		t.Errorf("lists of a folder in which nothing is set up: %d, %s", code, talk)
	}
}

// The demo's set-up, by the pages alone, up to orders in the books; it goes on
// after a stop in the middle.
func TestDemoSetup(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	start := func() (*talk, func()) {
		return started(t, "demo", "--setup", "--data", dir, "--orders", "10", "--listen", "localhost:0")
	}
	said, stop := start()
	r := newReader(t, said.wait(t, `console at (http://\S+) leads`))
	r.enter(said.wait(t, `with the code (\S+),`))
	_, page := r.ask("/setup/shop", nil)
	value := func(name string) string {
		m := regexp.MustCompile(`name="` + name + `"[^>]* value="([^"]*)"`).FindStringSubmatch(page)
		if m == nil {
			t.Fatalf("nothing is filled in for %s:\n%s", name, page)
		}
		return m[1]
	}
	r.ask("/setup/shop", url.Values{"store": {value("store")}, "token": {value("token")}, "since": {value("since")}})
	_, page = r.ask("/setup/password", url.Values{})
	password := regexp.MustCompile(`id="made">([^<]+)`).FindStringSubmatch(page)[1]
	r.ask("/setup/pretend", url.Values{"password": {password}})
	r.until("/setup/company", "12 of 12 lists were read")
	stop()

	said, stop = start()
	defer stop()
	jar := r.client.Jar
	r = newReader(t, said.wait(t, `console is at (http://\S+)`))
	r.client.Jar = jar
	r.ask("/login", url.Values{"name": {"Alma"}, "password": {"correct horse"}})
	if at, _ := r.ask("/setup", nil); at != "/setup/check" {
		t.Errorf("the set-up goes on at %s", at)
	}
	page = r.until("/setup/rules", "tax.9.5")
	rules := url.Values{"version": {regexp.MustCompile(`name="version" value="(\d+)"`).FindStringSubmatch(page)[1]}}
	for _, m := range regexp.MustCompile(`name="(rule:[^"]*)" value="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		rules.Set(m[1], m[2])
	}
	rules.Set("rule:missing-item", "make")
	r.ask("/setup/rules", rules)
	r.until("/setup/go", "Ready to sync")
	_, page = r.ask("/setup/go", url.Values{"mode": {"post"}, "release": {"automatic"}})
	sure := regexp.MustCompile(`name="confirmed" value="([^"]*)"`).FindStringSubmatch(page)[1]
	_, page = r.ask("/setup/go", url.Values{"mode": {"post"}, "release": {"automatic"}, "confirmed": {sure}})
	if strings.Contains(page, "Yes, post") { // another order became ready in between
		sure = regexp.MustCompile(`name="confirmed" value="([^"]*)"`).FindStringSubmatch(page)[1]
		r.ask("/setup/go", url.Values{"mode": {"post"}, "release": {"automatic"}, "confirmed": {sure}})
	}
	r.until("/setup/go", "Synced")
}
