package sim

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"time"
)

// A World is what faults strike: a shop, a company file, and the Web Connector between that file and the bridge. Arming a
// fault takes the places of Shop.Fault and Company.Interfere until Mend; hooks of the ConnectorConfig are asked before.
type World struct {
	Shop      *Shop
	Company   *Company
	Connector *Connector
	// Sleep lets virtual time pass; nil: slow things take no time.
	Sleep func(context.Context, time.Duration) error

	mu      sync.Mutex
	armed   []*trouble
	strikes []Strike
}

// A Fault is one way in which the world misbehaves. Once armed it waits for its moment, strikes, and is over.
type Fault struct {
	Name  string // what goes wrong, such as "answer lost after QuickBooks worked"
	Where string // WhereConnector, ...
	// ByHand tells that a person changes documents that stand in the books, or puts an older copy of the books back: what
	// is right afterwards only a person can say.
	ByHand bool

	arm func(w *World, t *trouble, r *rand.Rand) string
}

// Where faults strike.
const (
	WhereConnector  = "Web Connector"
	WhereWire       = "wire"
	WhereQuickBooks = "QuickBooks"
	WherePerson     = "a person in QuickBooks"
	WhereShop       = "shop"
	WhereMachine    = "machine"
)

// Faults gives every fault.
func Faults() []Fault {
	return slices.Concat(connectorFaults(), wireFaults(), quickBooksFaults(), personFaults(), shopFaults())
}

// Arm readies the fault and says in words what will happen. All choices come from r, at this moment.
func (f Fault) Arm(w *World, r *rand.Rand) string {
	t := &trouble{world: w, fault: f.Name, left: 1}
	said := f.arm(w, t, r)
	if w.Connector != nil {
		w.Connector.world = w
	}
	w.Company.Interfere(w.request)
	w.Shop.Fault(w.ask)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.armed = append(w.armed, t)
	return said
}

// Mend disarms everything and lets QuickBooks, the shop and the machines work as they should. What people did stays.
func (w *World) Mend() {
	w.Company.mend()
	w.Shop.Fault(nil)
	w.mu.Lock()
	armed := w.armed
	w.armed = nil
	w.mu.Unlock()
	for _, t := range armed {
		if t.end != nil {
			t.end()
		}
	}
}

// A Strike is one time that a fault struck.
type Strike struct {
	Fault string
	What  string // in words
}

// Strikes gives every strike so far, in order.
func (w *World) Strikes() []Strike {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.strikes)
}

// A trouble is a fault that is armed: the hooks through which it strikes.
type trouble struct {
	world *World
	fault string
	left  int // strikes to come

	before, after func(s *session, step string) error // an error cuts the session there
	twice         func(operation string) bool
	reply         func(s *session, r *Reply)
	wire          func(next http.RoundTripper, r *http.Request, operation string) (*http.Response, error) // both nil: not this one
	request       func(request, requestID string) *Status                                                 // QuickBooks works: the company may not be asked
	shop          func(*http.Request) *Response
	end           func() // when the world is mended
}

// struck notes that the fault struck.
func (t *trouble) struck(what string) {
	t.world.mu.Lock()
	defer t.world.mu.Unlock()
	t.left--
	t.world.strikes = append(t.world.strikes, Strike{t.fault, what})
	if t.left <= 0 {
		t.world.armed = slices.DeleteFunc(t.world.armed, func(o *trouble) bool { return o == t })
	}
}

// troubles gives what is armed now; a world that is not there has none.
func (w *World) troubles() []*trouble {
	if w == nil {
		return nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.armed)
}

// errPower is why a session ends that a fault cuts.
var errPower = errors.New("the machine lost power")

func (w *World) before(s *session, step string) error {
	for _, t := range w.troubles() {
		if t.before != nil {
			if err := t.before(s, step); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *World) after(s *session, step string) error {
	for _, t := range w.troubles() {
		if t.after != nil {
			if err := t.after(s, step); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *World) twice(operation string) bool {
	return slices.ContainsFunc(w.troubles(), func(t *trouble) bool { return t.twice != nil && t.twice(operation) })
}

func (w *World) reply(s *session, r *Reply) {
	for _, t := range w.troubles() {
		if t.reply != nil {
			t.reply(s, r)
		}
	}
}

func (w *World) request(request, requestID string) *Status {
	for _, t := range w.troubles() {
		if t.request != nil {
			if status := t.request(request, requestID); status != nil {
				return status
			}
		}
	}
	return nil
}

func (w *World) ask(r *http.Request) *Response {
	for _, t := range w.troubles() {
		if t.shop != nil {
			if answer := t.shop(r); answer != nil {
				return answer
			}
		}
	}
	return nil
}

// pass lets time pass.
func (w *World) pass(ctx context.Context, d time.Duration) error {
	if w.Sleep == nil {
		return nil
	}
	return w.Sleep(ctx, d)
}
