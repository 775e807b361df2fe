package bridge

import (
	"strings"
	"testing"

	"qbridge/internal/order"
	"qbridge/internal/sim"
)

// design.md 3, I3: only a person raises the generation; the document of the next one is another than the one that is gone.
func TestPostAgain(t *testing.T) {
	w := newWorld(t)
	p, newer := w.take(sim.KindReturning)[0], w.take(sim.KindReturning)[0]
	w.settle()
	w.once(p, newer)
	if err := w.b.PostAgain(w.ctx, p.ID, "Ann"); err == nil {
		t.Error("an order that is in the books may be posted again")
	}
	check(t, w.company.Delete(w.order(p).TxnID))
	another := w.take(sim.KindReturning)[0] // without work no session asks for our documents
	w.settle()
	w.once(another)
	w.want(p, order.Attention, string(CauseGone))
	check(t, w.b.PostAgain(w.ctx, p.ID, "Ann"))
	w.settle()
	w.once(p, newer, another)
	if memo := w.live(p)[0].Memo; !strings.Contains(memo, "receipt 2") {
		t.Errorf("the memo is %q, not of the second generation", memo)
	}
}
