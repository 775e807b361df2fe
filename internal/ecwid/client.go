package ecwid

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// DefaultBaseURL is where the API lives; everything before /{storeId}/.
const DefaultBaseURL = "https://app.ecwid.com/api/v3"

// Limits of the API and our manners (ecwid.md 1.1, 1.4, 1.5).
const (
	RequestsPerSecond = 5 // the API allows 600 a minute
	connectTimeout    = 10 * time.Second
	readTimeout       = 60 * time.Second
	defaultWait       = 10 * time.Second // after 429 without Retry-After
	longestWait       = 60 * time.Second // a longer wait is the caller's
	rateLimitRetries  = 2
	tries             = 3 // of a GET while the failure is temporary
	planPause         = time.Hour
	pageLimit         = 100      // the API gives no more orders a page
	maxAnswer         = 64 << 20 // bytes; 100 orders of 40 lines are about 4 MB
)

// Config is what a Client needs. BaseURL, HTTP, Now, Sleep, Rand and Log have
// defaults.
type Config struct {
	BaseURL string // https, or http on this machine only
	StoreID string // a number
	Token   string // the secret token of the shop's custom app
	HTTP    *http.Client
	Now     func() time.Time
	Sleep   func(context.Context, time.Duration) error
	Rand    func(n int64) int64 // a random number from 0 to n-1
	Log     *slog.Logger
	Version string // of this program, for the User-Agent
	Once    bool   // a failure is told at once, however temporary: somebody waits for it
}

// Client asks one shop. It is safe for use by several goroutines.
//
// A client remembers refusals: once the token was refused, or a scope, it asks
// no more, because the shop bans addresses that keep trying (ecwid.md 1.4).
// Make a new client when the token changes.
type Client struct {
	base, storeID, token, agent string
	http                        *http.Client
	now                         func() time.Time
	sleep                       func(context.Context, time.Duration) error
	rand                        func(int64) int64
	log                         *slog.Logger
	limiter                     *rate.Limiter
	once                        bool

	mu    sync.Mutex
	stops map[string]stop // by scope; "" stops every call
}

// stop is a refusal that still holds.
type stop struct {
	err   *APIError
	until time.Time // zero: for ever
}

// New checks the configuration; it asks the shop nothing.
func New(c Config) (*Client, error) {
	token := strings.TrimSpace(c.Token)
	switch {
	case token == "":
		return nil, errors.New("the shop's access token is missing: copy the secret token from the custom app in the Ecwid admin")
	case strings.HasPrefix(token, "public_"):
		return nil, errors.New("this is the shop's public token, which cannot read orders: copy the secret token, which begins with secret_")
	case strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' }):
		return nil, errors.New("the shop's access token holds characters that no token has: copy it again, without anything around it")
	}
	if n, err := strconv.ParseInt(c.StoreID, 10, 64); err != nil || n <= 0 {
		return nil, fmt.Errorf("the store ID %q is not a number: it is in the footer of the Ecwid admin", c.StoreID)
	}
	base := strings.TrimRight(c.BaseURL, "/")
	if base == "" {
		base = DefaultBaseURL
	}
	if err := checkBase(base); err != nil {
		return nil, err
	}
	client := &Client{
		base: base, storeID: c.StoreID, token: token, agent: "QBridge", once: c.Once,
		now: c.Now, sleep: c.Sleep, rand: c.Rand, log: c.Log,
		limiter: rate.NewLimiter(RequestsPerSecond, RequestsPerSecond),
		stops:   map[string]stop{},
	}
	if c.Version != "" {
		client.agent += "/" + c.Version
	}
	if client.now == nil {
		client.now = time.Now
	}
	if client.sleep == nil {
		client.sleep = sleep
	}
	if client.rand == nil {
		client.rand = rand.Int64N
	}
	if client.log == nil {
		client.log = slog.New(slog.DiscardHandler)
	}
	client.http = httpClient(c.HTTP)
	return client, nil
}

// checkBase refuses addresses that would send the token in the clear.
func checkBase(base string) error {
	u, err := url.Parse(base)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return fmt.Errorf("the shop's API address must look like %s", DefaultBaseURL)
	}
	ip := net.ParseIP(u.Hostname())
	local := u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
	if u.Scheme != "https" && (u.Scheme != "http" || !local) {
		return fmt.Errorf("the shop's API address %s must begin with https://, or the token could be read on the way", base)
	}
	return nil
}

// httpClient is the given client, or one of our own, that follows no redirect:
// the API gives none, and the token must not travel to another place.
func httpClient(given *http.Client) *http.Client {
	var c http.Client
	if given != nil {
		c = *given
	} else {
		transport := http.DefaultTransport.(*http.Transport).Clone()
		transport.DialContext = (&net.Dialer{Timeout: connectTimeout}).DialContext
		transport.TLSHandshakeTimeout = connectTimeout
		transport.ResponseHeaderTimeout = readTimeout
		transport.MaxConnsPerHost = 10
		c = http.Client{Transport: transport, Timeout: connectTimeout + readTimeout}
	}
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &c
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// get asks for one resource of the store and decodes the answer into into.
// It gives the server's clock, or ours when the server says nothing.
func (c *Client) get(ctx context.Context, scope, path string, query url.Values, into any) (time.Time, error) {
	limited, failed := 0, 0
	for {
		body, at, err := c.try(ctx, scope, path, query)
		if err == nil {
			return at, decodeAnswer(body, into)
		}
		wait := err.RetryAfter
		switch {
		case ctx.Err() != nil:
			return at, fmt.Errorf("asking the shop was stopped: %w", ctx.Err())
		case c.once:
			c.remember(scope, err)
			return at, err
		case err.Kind == RateLimited && limited < rateLimitRetries && wait <= longestWait:
			limited++
		case err.Kind == Temporary && failed < tries-1 && wait <= longestWait:
			failed++
			backoff := time.Second << failed
			wait = max(wait, backoff+time.Duration(c.rand(int64(backoff))))
		default:
			c.remember(scope, err)
			return at, err
		}
		c.log.Info("asking the shop again", "path", path, "status", err.Status, "wait", wait.String())
		if e := c.sleep(ctx, wait); e != nil {
			return at, fmt.Errorf("asking the shop was stopped: %w", e)
		}
	}
}

// try makes one request, within our own pace.
func (c *Client) try(ctx context.Context, scope, path string, query url.Values) ([]byte, time.Time, *APIError) {
	if err := c.stopped(scope); err != nil {
		return nil, c.now(), err
	}
	now := c.now()
	if wait := c.limiter.ReserveN(now, 1).DelayFrom(now); wait > 0 {
		if err := c.sleep(ctx, wait); err != nil {
			return nil, now, &APIError{Kind: Temporary, err: err}
		}
	}
	address := c.base + "/" + c.storeID + path
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, now, &APIError{Kind: Other, err: err}
	}
	req.Header.Set("Authorization", "Bearer "+c.token)
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", c.agent)
	id := fmt.Sprintf("%08x", c.rand(1<<32))
	req.Header.Set("X-Ecwid-Api-Request-Id", id) // ecwid.md 1.1: support asks for it
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, now, &APIError{Kind: Temporary, err: withoutAddress(err)}
	}
	defer resp.Body.Close()
	at, err := http.ParseTime(resp.Header.Get("Date"))
	if err != nil {
		at = c.now()
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	c.log.Debug("asked the shop", "path", path, "status", resp.StatusCode, "bytes", len(body), "request_id", id)
	switch {
	case resp.StatusCode != http.StatusOK:
		// The official client, too, takes nothing but 200 for success. A body cut
		// short only costs us the shop's words.
		return nil, at, c.refusal(resp.StatusCode, resp.Header, body, scope)
	case err != nil:
		return nil, at, &APIError{Kind: Temporary, err: fmt.Errorf("the answer broke off after %d bytes: %w", len(body), withoutAddress(err))}
	case len(body) > maxAnswer:
		return nil, at, &APIError{Status: resp.StatusCode, Kind: Malformed, err: fmt.Errorf("it is larger than %d MB", maxAnswer>>20)}
	}
	return body, at, nil
}

// withoutAddress leaves the method and the address out of a network error: the
// shopkeeper needs the cause.
func withoutAddress(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

// stopped gives the refusal that forbids this call, if one does.
func (c *Client) stopped(scope string) *APIError {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, key := range []string{"", scope} {
		s, ok := c.stops[key]
		if !ok {
			continue
		}
		if s.until.IsZero() {
			return s.err
		}
		if left := s.until.Sub(c.now()); left > 0 {
			again := *s.err
			again.RetryAfter = left
			return &again
		}
		delete(c.stops, key)
	}
	return nil
}

// remember keeps a refusal that must not be tried against: a bad token for
// ever, a plan for an hour, a long rate limit until it ends.
func (c *Client) remember(scope string, err *APIError) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch err.Kind {
	case Unauthorized:
		c.stops[""] = stop{err: err}
	case Scope:
		c.stops[scope] = stop{err: err}
	case Plan, RateLimited:
		c.stops[""] = stop{err: err, until: c.now().Add(err.RetryAfter)}
	}
}

// retryAfter reads the header of that name: seconds, or an HTTP date.
func (c *Client) retryAfter(header http.Header, otherwise time.Duration) time.Duration {
	text := strings.TrimSpace(header.Get("Retry-After"))
	if seconds, err := strconv.ParseUint(text, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second
	}
	if at, err := http.ParseTime(text); err == nil {
		now := c.now()
		if server, err := http.ParseTime(header.Get("Date")); err == nil {
			now = server // the date was said by the server's clock
		}
		return max(at.Sub(now), 0)
	}
	return otherwise
}

// decodeAnswer decodes a successful answer, or says in words what came instead.
func decodeAnswer(body []byte, into any) error {
	body = bytes.TrimPrefix(body, []byte("\ufeff")) // some proxies begin with the mark of UTF-8
	text := strings.TrimSpace(string(body[:min(len(body), 64)]))
	err := json.Unmarshal(body, into)
	var syntax *json.SyntaxError
	switch {
	case err == nil:
		return nil
	case text == "":
		err = errors.New("it is empty")
	case strings.HasPrefix(text, "<"):
		err = errors.New("a web page came instead of orders")
	case errors.As(err, &syntax) && syntax.Offset >= int64(len(body)):
		err = fmt.Errorf("it ends in the middle (%w)", err)
	}
	return &APIError{Status: http.StatusOK, Kind: Malformed, err: err}
}
