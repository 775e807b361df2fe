package bridge

import (
	"strings"
	"testing"

	"qbridge/internal/order"
	"qbridge/internal/sim"
)

// What the Web Connector shows when writing stopped.
const (
	saysMissing = "Was a backup restored?"
	saysRefused = "can't be asked whether our newest documents"
)

// refuseIdentity has QuickBooks refuse the question for our newest documents.
func (w *world) refuseIdentity() {
	w.company.Interfere(func(_, id string) *sim.Status {
		if strings.HasPrefix(id, "identity") {
			return &sim.Status{Code: 3030, Severity: "Error", Message: "bad value"}
		}
		return nil
	})
}

// stops runs a session in which writing must stop with a text, before anything is written.
func (w *world) stops(says string) {
	w.t.Helper()
	w.doubles = true // what a copy lacks is no business of the audit
	w.plan()
	since := len(w.handedOut(0))
	report, err := w.try()
	check(w.t, err)
	if !strings.Contains(report.LastError, says) {
		w.t.Errorf("the Web Connector shows %q, not %q", report.LastError, says)
	}
	if n := len(w.writing(since)); n > 0 {
		w.t.Errorf("%d sets that write were handed out", n)
	}
}

func (w *world) resume() {
	w.t.Helper()
	_, err := w.b.Resume(w.ctx, "Ann", "")
	check(w.t, err)
}

func (w *world) askAgain() {
	w.t.Helper()
	check(w.t, w.b.AskAgain(w.ctx, "Ann", ""))
}

// snapshot is a copy of the company file as it is now.
func (w *world) snapshot() []byte {
	w.t.Helper()
	books, err := w.company.Snapshot()
	check(w.t, err)
	return books
}

// design 4.4: what a resume lets pass ends with the next stop: however that one ends, a wrong file is noticed, and nothing is marked as gone.
func TestResumeEndsWithTheNextStop(t *testing.T) {
	for name, end := range map[string]func(*world){"asked again": (*world).askAgain, "resumed": (*world).resume} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			empty := w.snapshot()
			old := w.take(plain(2)...)
			w.settle()
			right := w.snapshot()
			w.take(sim.KindPlain)
			w.settle()
			check(t, w.company.Restore(right))
			w.take(sim.KindPlain)
			w.stops(saysMissing)
			w.resume()
			w.refuseIdentity()
			w.stops(saysRefused)
			end(w)
			w.company.Interfere(nil)
			check(t, w.company.Restore(empty))
			w.stops(saysMissing)
			for _, p := range old {
				w.want(p, order.Synced)
			}
		})
	}
}

// design 4.4: a resume without the proof holds until QuickBooks can be asked: who had the answer once is told when it is refused again.
func TestGoingOnUnprovedEndsWithAnAnswer(t *testing.T) {
	w := newWorld(t)
	empty := w.snapshot()
	w.take(plain(2)...)
	w.settle()
	w.refuseIdentity()
	p := w.take(sim.KindPlain)[0]
	w.stops(saysRefused)
	w.resume()
	w.settle()
	w.want(p, order.Synced)
	w.take(sim.KindPlain)
	w.settle() // it is refused still
	w.company.Interfere(nil)
	w.take(sim.KindPlain)
	w.settle()
	w.refuseIdentity()
	check(t, w.company.Restore(empty))
	w.take(sim.KindPlain)
	w.stops(saysRefused)
}

// design 4.4: who has the file asked again wants the proof, also where an earlier resume went on without.
func TestAskAgainWantsTheProof(t *testing.T) {
	w := newWorld(t)
	empty := w.snapshot()
	w.take(plain(identitySize + 2)...)
	w.settle()
	w.refuseIdentity()
	w.take(sim.KindPlain)
	w.stops(saysRefused)
	w.resume()
	check(t, w.company.Restore(empty))
	w.stops(saysMissing) // by the check of each document
	w.askAgain()
	w.stops(saysRefused)
}

// design 4.4: when no document of ours is left, a resume has let pass all there was: a second restored backup is noticed as the first.
func TestSecondBackupAfterNothingWasLeft(t *testing.T) {
	w := newWorld(t)
	empty := w.snapshot()
	w.take(sim.KindPlain)
	w.settle()
	check(t, w.company.Restore(empty))
	p := w.take(sim.KindPlain)[0]
	w.stops(saysMissing)
	w.resume()
	w.settle()
	w.want(p, order.Synced)
	check(t, w.company.Restore(empty))
	w.take(sim.KindPlain)
	w.stops(saysMissing)
	w.want(p, order.Synced)
}
