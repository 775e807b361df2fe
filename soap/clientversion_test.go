package soap

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// versionBackend notes which version each Authenticate was told.
type versionBackend struct {
	*Memory
	mu   sync.Mutex
	told []string
}

func (b *versionBackend) Authenticate(ctx context.Context, user, password string) (Admission, error) {
	b.mu.Lock()
	b.told = append(b.told, ClientVersion(ctx))
	b.mu.Unlock()
	return b.Memory.Authenticate(ctx, user, password)
}

// P62: the version that the Web Connector tells before it authenticates reaches the backend, fit to be shown.
func TestClientVersionReachesTheBackend(t *testing.T) {
	b := &versionBackend{Memory: newTestMemory()}
	url := serve(t, b)
	for _, version := range []string{"", "2.3.0.215", "<b>34</b>", strings.Repeat("9", 60)} {
		if version != "" {
			post(t, url, dotNet(element("clientVersion", "strVersion", version)))
		}
		post(t, url, dotNet(element("authenticate", "strUserName", "shop-1", "strPassword", "s3cr&t")))
	}
	// One that is too long is no version: the last known one stays.
	if want := []string{"", "2.3.0.215", "b 34 /b", "b 34 /b"}; !slices.Equal(b.told, want) {
		t.Errorf("the backend was told %q, not %q", b.told, want)
	}
	if got := ClientVersion(t.Context()); got != "" {
		t.Errorf("nobody has version %q", got)
	}
}

// Versions of many computers are not kept for ever.
func TestToldVersionsAreBounded(t *testing.T) {
	var versions toldVersions
	for i := range 10 * computersRemembered {
		versions.put(withCaller(t.Context(), "10.0."+string(rune('0'+i%10))+"."+string(rune('0'+i/100))+":1"), "1")
	}
	if len(versions.by) > computersRemembered {
		t.Errorf("%d computers are remembered", len(versions.by))
	}
}

// Each call is counted once, by its operation, with whether it failed.
func TestCallsAreCounted(t *testing.T) {
	var mu sync.Mutex
	var counted []string
	url := serve(t, newTestMemory(), func(o *Options) {
		o.Count = func(operation string, took time.Duration, failed bool) {
			mu.Lock()
			defer mu.Unlock()
			if failed {
				operation += " failed"
			}
			if counted = append(counted, operation); took < 0 {
				t.Errorf("%s took %s", operation, took)
			}
		}
	})
	post(t, url, dotNet(element("serverVersion")))
	post(t, url, dotNet(element("orderPizza")))
	post(t, url, "no envelope")
	mu.Lock()
	defer mu.Unlock()
	if want := []string{"serverVersion", " failed", " failed"}; !slices.Equal(counted, want) {
		t.Errorf("counted %q, not %q", counted, want)
	}
}
