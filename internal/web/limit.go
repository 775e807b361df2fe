package web

import (
	"errors"
	"net"
	"net/netip"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

var errTooOften = errors.New("too many tries: wait a minute")

// How often a login may be tried for one name, and from one address: so many
// at once, then one each time.
const (
	triesAtOnce = 10
	triesEvery  = 30 * time.Second
	mostTries   = 4096 // names and addresses that are kept in memory
)

// tries holds back who guesses. A check of a password costs memory, so only a
// few go on at a time.
type tries struct {
	now    func() time.Time
	checks chan struct{}
	mu     sync.Mutex
	of     map[string]*rate.Limiter
}

func newTries(now func() time.Time) *tries {
	return &tries{now: now, checks: make(chan struct{}, 4), of: map[string]*rate.Limiter{}}
}

// try runs check unless its name or address has had too many wrong ones. A name
// is held back but for who comes from this computer.
func (t *tries) try(name, remote string, check func() error) error {
	from := network(remote)
	keys := []string{"from " + from}
	if from != thisComputer { // who sits at it is not shut out by who guesses elsewhere
		name = "name " + strings.ToLower(strings.TrimSpace(name))
		keys = append(keys, name[:min(100, len(name))])
	}
	at := t.now()
	var taken []*rate.Reservation
	for _, key := range keys {
		one := t.limiter(key).ReserveN(at, 1)
		taken = append(taken, one)
		if one.DelayFrom(at) > 0 {
			one.CancelAt(at)
			return errTooOften
		}
	}
	t.checks <- struct{}{}
	defer func() { <-t.checks }()
	err := check()
	if err == nil { // it was none of the guesses; those before it were
		for _, one := range taken {
			one.CancelAt(at)
		}
	}
	return err
}

func (t *tries) limiter(key string) *rate.Limiter {
	t.mu.Lock()
	defer t.mu.Unlock()
	l := t.of[key]
	if l == nil {
		if len(t.of) >= mostTries {
			t.forget()
		}
		l = rate.NewLimiter(rate.Every(triesEvery), triesAtOnce)
		t.of[key] = l
	}
	return l
}

// forget makes room: those that have all their tries again go, else any one.
func (t *tries) forget() {
	for key, l := range t.of {
		if l.TokensAt(t.now()) >= triesAtOnce {
			delete(t.of, key)
		}
	}
	for key := range t.of {
		if len(t.of) < mostTries {
			return
		}
		delete(t.of, key)
	}
}

// thisComputer is the network of all addresses that only it has.
const thisComputer = "this computer"

// network is the address that somebody comes from; of IPv6 the part that one
// household has.
func network(remote string) string {
	host, _, err := net.SplitHostPort(remote)
	if err != nil {
		host = remote
	}
	ip, err := netip.ParseAddr(host)
	if err == nil && ip.Unmap().IsLoopback() {
		return thisComputer
	}
	if err != nil || ip.Unmap().Is4() {
		return host
	}
	prefix, err := ip.Prefix(64)
	if err != nil {
		return host
	}
	return prefix.String()
}
