package bridge

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"qbridge/internal/order"
	"qbridge/internal/posting"
	"qbridge/internal/sim"
)

// misbehave makes the world one that faults can strike.
func (w *world) misbehave() *sim.World {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	w.t.Cleanup(transport.CloseIdleConnections)
	w.before = func(step string) error {
		if step == "sendRequestXML" {
			w.plan() // serve plans all the time
		}
		return nil
	}
	w.faults = &sim.World{Shop: w.shop, Company: w.company, Connector: w.connector(transport), Sleep: w.config.Sleep}
	w.t.Cleanup(w.faults.Mend)
	return w.faults
}

// round is a minute in the life of a shop: an order, a pull, planning, a session; each may fail.
func (w *world) round(kinds ...sim.Kind) {
	w.t.Helper()
	w.place(kinds...)
	w.clock.advance(2 * time.Minute)
	_, _ = w.b.Pull(w.ctx)
	w.plan()
	_, _ = w.try()
	w.checkStates()
}

// calm lets the world come to rest: whatever was put off is due, and a bookkeeper answers every question.
func (w *world) calm() {
	w.t.Helper()
	_, err := w.b.Pull(w.ctx)
	check(w.t, err)
	_, err = w.b.Check(w.ctx)
	check(w.t, err)
	for range 20 {
		w.plan()
		report, err := w.try()
		check(w.t, err)
		asked := w.bookkeeper()
		if report.LastError != "" && !asked {
			w.t.Fatalf("the Web Connector shows: %s", report.LastError)
		}
		if report.Sets > 0 || asked {
			continue
		}
		if !slices.ContainsFunc(w.placed, func(p *placed) bool { return order.State(w.view(p).State) == order.Queued }) {
			return
		}
		w.clock.advance(8 * time.Hour)
	}
	w.t.Fatal("the world does not come to rest")
}

// bookkeeper does what a sensible one does with what waits for a person; asked tells whether there was anything.
func (w *world) bookkeeper() (asked bool) {
	w.t.Helper()
	switch _, err := w.b.Resume(w.ctx, "Ann", ""); {
	case err == nil:
		return true
	case !errors.Is(err, ErrNotStopped):
		w.t.Fatal(err)
	}
	for _, p := range w.placed {
		d := w.view(p)
		if d.State != string(order.Attention) {
			continue
		}
		switch posting.Cause(d.Cause) {
		case CauseRefused, CauseDependency:
			check(w.t, w.b.Decide(w.ctx, p.ID, "release", "", "", "Ann"))
		case CauseGone, CauseVoided:
			check(w.t, w.b.PostAgain(w.ctx, p.ID, "Ann"))
		case CauseChanged:
			check(w.t, w.b.Accept(w.ctx, p.ID, "Ann"))
		case posting.CustomerUnsure, posting.ItemInactive, posting.MethodMissing:
			check(w.t, w.company.Activate("Customer", "ItemService", "ItemNonInventory", "ItemInventory", "PaymentMethod"))
			check(w.t, w.b.RefreshLists(w.ctx))
		default:
			w.t.Fatalf("order %s: %s: %s", p.ID, d.Cause, d.Reason)
		}
		asked = true
	}
	return asked
}

// I3, I6, I9: whatever fails, in the end every order stands in the books once, every part is equal, and nothing is in doubt.
func TestEveryFault(t *testing.T) {
	for _, f := range sim.Faults() {
		for seed := range seeds() {
			t.Run(fmt.Sprintf("%s, %d", f.Name, seed), func(t *testing.T) {
				w := newWorld(t)
				faults := w.misbehave()
				if f.Name == "an iterator breaks" {
					w.manyNames()
				}
				w.round(sim.KindPlain, sim.KindReturning)
				said := f.Arm(faults, rand.New(rand.NewPCG(seed, 0)))
				for range 12 {
					if len(faults.Strikes()) > 0 {
						break
					}
					w.round(sim.KindSeveralLines, sim.KindAccents, sim.KindUnknownItem)
					if w.used[sim.KindAccents]%4 == 2 {
						check(t, w.b.RefreshLists(w.ctx))
					}
				}
				if len(faults.Strikes()) == 0 {
					t.Fatalf("it did not strike: %s", said)
				}
				t.Log(said, faults.Strikes()) // seen when it fails
				w.round(sim.KindPlain)
				faults.Mend()
				w.calm()
				w.once(w.placed...)
				terms := sim.DefaultTerms(worldNumber)
				terms.Edited = func(r sim.Receipt) bool { return r.Edited }
				w.auditBy(terms)
			})
		}
	}
}

// manyNames gives the books more names than a page of an iterator holds.
func (w *world) manyNames() {
	var adds strings.Builder
	for i := range pageSize() + 10 {
		fmt.Fprintf(&adds, `<CustomerAddRq requestID="%d"><CustomerAdd><Name>Customer %04d</Name></CustomerAdd></CustomerAddRq>`, i, i)
	}
	w.byHand(adds.String())
	check(w.t, w.b.RefreshLists(w.ctx))
}

func seeds() uint64 {
	n, err := strconv.ParseUint(os.Getenv("SEEDS"), 10, 64)
	if err != nil {
		return 1
	}
	return n
}

// A customer that became inactive since the lists were read: QuickBooks refuses the receipt with 3180, the lists are read
// again, and the order says what is to be done; releasing it alone would bring the same refusal for ever.
func TestCustomerThatBecameInactive(t *testing.T) {
	w := newWorld(t)
	p := w.take(sim.KindReturning)[0]
	jane := w.company.ListID("Customer", "Jane Cooper")
	check(t, w.company.Deactivate(jane))
	w.session()
	w.want(p, order.Attention, "3180")
	w.session()
	w.plan()
	w.want(p, order.Attention, string(posting.CustomerUnsure), "inactive")
	check(t, w.company.Activate("Customer"))
	check(t, w.b.RefreshLists(w.ctx))
	w.settle()
	w.once(p)
}
