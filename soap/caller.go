package soap

import (
	"context"
	"net"
)

type callerKey struct{}

// thisComputer is the Caller on any loopback address: a Web Connector may come by 127.0.0.1 now and by ::1 next.
const thisComputer = "this computer"

// Caller tells which computer the call that a Backend works on came from: its IP address, or "this computer"; "" when it is not known.
func Caller(ctx context.Context) string {
	from, _ := ctx.Value(callerKey{}).(string)
	return from
}

// withCaller keeps the remote address of a request for [Caller].
func withCaller(ctx context.Context, remoteAddr string) context.Context {
	host, _, err := net.SplitHostPort(remoteAddr)
	if err != nil {
		return ctx
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsLoopback() {
		host = thisComputer
	}
	return context.WithValue(ctx, callerKey{}, host)
}
