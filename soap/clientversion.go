package soap

import (
	"context"
	"strconv"
	"strings"
	"sync"
)

// clientVersion is a version of the Web Connector: up to four numbers, like 2.3.0.215 or 34.0.
type clientVersion [4]int

func parseClientVersion(s string) (clientVersion, bool) {
	var v clientVersion
	parts := strings.Split(strings.TrimSpace(s), ".")
	if len(parts) > len(v) {
		return clientVersion{}, false
	}
	for i, part := range parts {
		n, err := strconv.ParseUint(part, 10, 31)
		if err != nil {
			return clientVersion{}, false
		}
		v[i] = int(n)
	}
	return v, true
}

func (v clientVersion) before(o clientVersion) bool {
	for i := range v {
		if v[i] != o[i] {
			return v[i] < o[i]
		}
	}
	return false
}

type clientVersionKey struct{}

// ClientVersion tells which version of the Web Connector the call that a Backend works on came from, as it said shortly before it
// authenticated; "" when it is not known. Only Authenticate is told.
func ClientVersion(ctx context.Context) string {
	version, _ := ctx.Value(clientVersionKey{}).(string)
	return version
}

// computersRemembered bounds the versions kept between clientVersion, which names no session, and authenticate.
const computersRemembered = 64

// toldVersions keeps the version that each computer's Web Connector told last.
type toldVersions struct {
	mu sync.Mutex
	by map[string]string
}

func (t *toldVersions) put(ctx context.Context, version string) {
	if r := []rune(StatusText(version)); len(r) <= 40 { // longer ones are no version
		t.mu.Lock()
		defer t.mu.Unlock()
		if t.by == nil || len(t.by) >= computersRemembered {
			t.by = map[string]string{}
		}
		t.by[Caller(ctx)] = string(r)
	}
}

// with passes the version on to Authenticate.
func (t *toldVersions) with(ctx context.Context) context.Context {
	t.mu.Lock()
	defer t.mu.Unlock()
	return context.WithValue(ctx, clientVersionKey{}, t.by[Caller(ctx)])
}
