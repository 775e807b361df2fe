package soap

import "testing"

// P24: which computer calls, whatever port and loopback address it comes by.
func TestCaller(t *testing.T) {
	for remote, want := range map[string]string{
		"127.0.0.1:51000": "this computer", "[::1]:51001": "this computer", "192.168.1.7:50000": "192.168.1.7", "[fe80::1]:80": "fe80::1", "": "", "pipe": "",
	} {
		if got := Caller(withCaller(t.Context(), remote)); got != want {
			t.Errorf("%q is %q, not %q", remote, got, want)
		}
	}
	if got := Caller(t.Context()); got != "" {
		t.Errorf("nobody is %q", got)
	}
}
