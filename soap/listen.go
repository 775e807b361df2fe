package soap

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strconv"
)

// Listen opens the listeners for an address like "localhost:8480". That host means both 127.0.0.1 and ::1, since .NET may try either
// first; a machine without IPv6 gets the first only. Any other host needs a TLS configuration: the Web Connector takes plain http from
// localhost alone, and a password must not cross a network in the clear. TLS is 1.2 or newer, whatever the configuration says. Port 0
// picks a free one, the same for both listeners.
func Listen(addr string, config *tls.Config) ([]net.Listener, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fmt.Errorf("the address to listen on, %q, is not a host and a port like localhost:8480: %w", addr, err)
	}
	if host != "localhost" && config == nil {
		return nil, fmt.Errorf("plain http is for localhost only; to listen on %q give a TLS certificate and its key", addr)
	}
	var listeners []net.Listener
	if host == "localhost" {
		listeners, err = listenLoopback(port)
	} else {
		var l net.Listener
		l, err = net.Listen("tcp", addr)
		listeners = []net.Listener{l}
	}
	if err != nil {
		return nil, fmt.Errorf("the service cannot listen on %s; perhaps it is running already, or another program has the port: %w", addr, err)
	}
	if config != nil {
		config = config.Clone()
		config.MinVersion = max(config.MinVersion, tls.VersionTLS12)
		for i, l := range listeners {
			listeners[i] = tls.NewListener(l, config)
		}
	}
	return listeners, nil
}

// freePortTries is how many free ports of IPv4 are tried until one is free in IPv6 too.
const freePortTries = 20

func listenLoopback(port string) ([]net.Listener, error) {
	for try := 1; ; try++ {
		v4, err := net.Listen("tcp4", net.JoinHostPort("127.0.0.1", port))
		if err != nil {
			return nil, err
		}
		if !hasIPv6Loopback() {
			return []net.Listener{v4}, nil
		}
		same := strconv.Itoa(v4.Addr().(*net.TCPAddr).Port)
		v6, err := net.Listen("tcp6", net.JoinHostPort("::1", same))
		if err == nil {
			return []net.Listener{v4, v6}, nil
		}
		// Serving only one of the two would leave the other to whoever has it.
		err = errors.Join(err, v4.Close())
		if port != "0" || try == freePortTries {
			return nil, err
		}
	}
}

func hasIPv6Loopback() bool {
	l, err := net.Listen("tcp6", "[::1]:0")
	if err != nil {
		return false
	}
	// Nothing was accepted; there is nothing to lose in closing it.
	_ = l.Close()
	return true
}
