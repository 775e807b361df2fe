package bridge

import (
	"slices"
	"strings"
	"testing"

	"qbridge/internal/order"
	"qbridge/internal/posting"
	"qbridge/internal/sim"
)

// choices are those of an order.
func (w *world) choices(p *placed) Choices {
	w.t.Helper()
	c, err := w.b.Choices(w.ctx, w.view(p).ID)
	check(w.t, err)
	return c
}

// A held order is cured by saying which item its goods are; the choice can be
// taken back while nothing is posted.
func TestChooseItem(t *testing.T) {
	w := newWorld(t, worldOptions{rules: strings.Replace(worldRules, `missing-item = "make"`, `missing-item = "hold"`, 1)})
	p := w.take(sim.KindUnknownItem)[0]
	w.want(p, order.Attention, string(posting.ItemMissing))
	c := w.choices(p)
	i := slices.IndexFunc(c.Goods, func(g posting.GoodsChoice) bool { return g.Problem != "" })
	if !c.Open || !c.Linkable || i < 0 || c.Goods[i].Cause != posting.ItemMissing || c.Customer.Name == "" {
		t.Fatalf("%+v", c)
	}
	goods := c.Goods[i]
	found, err := w.b.FindItems(w.ctx, "e", 5)
	check(t, err)
	if len(found) != 5 {
		t.Fatalf("items: %+v", found)
	}
	item := found[0]
	byName, err := w.b.FindItems(w.ctx, strings.ToUpper(item.FullName), 5)
	check(t, err)
	if len(byName) == 0 || byName[0].ListID != item.ListID {
		t.Errorf("%s is not found: %+v", item.FullName, byName)
	}
	for name, wrong := range map[string][2]string{"other goods": {"no such goods", item.ListID}, "no item": {goods.Key, "80000001-1"}} {
		if err := w.b.ChooseItem(w.ctx, p.ID, wrong[0], wrong[1], "ann"); err == nil {
			t.Errorf("%s can be chosen", name)
		}
	}
	check(t, w.b.ChooseItem(w.ctx, p.ID, goods.Key, item.ListID, "ann"))
	check(t, w.b.PlanNow(w.ctx, p.ID))
	w.want(p, order.Queued)
	if c := w.choices(p); !c.Goods[i].Chosen || c.Goods[i].Item != item.FullName {
		t.Errorf("chosen: %+v", c.Goods[i])
	}
	check(t, w.b.ChooseItem(w.ctx, p.ID, goods.Key, "", "ann"))
	check(t, w.b.PlanNow(w.ctx, p.ID))
	w.want(p, order.Attention, string(posting.ItemMissing))
	check(t, w.b.ChooseItem(w.ctx, p.ID, goods.Key, item.ListID, "ann"))
	w.settle()
	w.once(p)
	if w.live(p)[0].Lines[0].Item != item.FullName {
		t.Errorf("posted: %+v", w.live(p)[0].Lines)
	}
	if err := w.b.ChooseItem(w.ctx, p.ID, goods.Key, item.ListID, "ann"); err == nil {
		t.Error("the item of a posted order can be chosen")
	}
	if c := w.choices(p); c.Open || c.Linkable || !slices.Equal(c.Do, []OrderAction{DoUndo}) {
		t.Errorf("posted: %+v", c)
	}
}

func TestChooseCustomer(t *testing.T) {
	w := newWorld(t)
	p := w.take(sim.KindPlain)[0]
	found, err := w.b.FindCustomers(w.ctx, "OFFICE@prairie schools", 5)
	check(t, err)
	if len(found) != 1 {
		t.Fatalf("%+v", found)
	}
	if err := w.b.ChooseCustomer(w.ctx, p.ID, "80000001-1", "ann"); err == nil {
		t.Error("nobody can be chosen")
	}
	check(t, w.b.ChooseCustomer(w.ctx, p.ID, found[0].ListID, "ann"))
	check(t, w.b.PlanNow(w.ctx, p.ID))
	if c := w.choices(p).Customer; !c.Chosen || c.New || c.Name != found[0].FullName {
		t.Errorf("%+v", c)
	}
	w.settle()
	if got := w.live(p)[0].Customer; got != found[0].FullName {
		t.Errorf("posted for %q", got)
	}
}

// What may be an order already is shown with the order; what a person says of it
// counts.
func TestDoubtfulDocuments(t *testing.T) {
	w := newWorld(t)
	p := w.take(sim.KindPlain)[0]
	typed, err := w.company.TypeReceipt(sim.TypedReceipt{Customer: "Prairie Schools", RefNumber: p.ID, Date: w.view(p).Date, TaxItem: sim.TaxNone,
		Lines: []sim.TypedLine{{Item: sim.ItemShipping, Desc: "as typed", Amount: 1}}})
	check(t, err)
	w.settle()
	w.want(p, order.Attention, string(CauseUnsure), typed)
	c := w.choices(p)
	if len(c.Doubtful) != 1 || c.Doubtful[0].TxnID != typed || c.Doubtful[0].Customer != "Prairie Schools" || c.Doubtful[0].Total != "0.01" || c.Open || !c.Linkable {
		t.Fatalf("%+v", c)
	}
	check(t, w.b.Link(w.ctx, p.ID, "not-link", typed, "ann"))
	check(t, w.b.PlanNow(w.ctx, p.ID))
	if c := w.choices(p); len(c.Doubtful) != 0 || !c.Open {
		t.Errorf("%+v", c)
	}
}

func TestOrderActions(t *testing.T) {
	w := newWorld(t, worldOptions{rules: selectedRules()})
	all := w.take(sim.KindPlain, sim.KindAwaiting)
	for _, step := range []struct {
		name   string
		kind   string
		before []OrderAction
	}{
		{"waits for its release", "hold", []OrderAction{DoRelease, DoHold, DoExclude}},
		{"held", "exclude", []OrderAction{DoRelease, DoExclude}},
		{"excluded", "release", []OrderAction{DoRelease}},
		{"queued", "", []OrderAction{DoHold, DoExclude}},
	} {
		if got := w.choices(all[0]).Do; !slices.Equal(got, step.before) {
			t.Errorf("%s: %v, not %v", step.name, got, step.before)
		}
		if step.kind != "" {
			check(t, w.b.Decide(w.ctx, all[0].ID, step.kind, "", "why", "ann"))
			check(t, w.b.PlanNow(w.ctx, all[0].ID))
		}
	}
	if got := w.choices(all[1]).Do; !slices.Equal(got, []OrderAction{DoHold, DoExclude}) {
		t.Errorf("unpaid: %v", got)
	}
}

// The button that stands out is one that can be pressed.
func TestCures(t *testing.T) {
	for cause, do := range map[posting.Cause]OrderAction{CauseGone: DoAgain, CauseChanged: DoAccept, posting.HeldByPerson: DoRelease, posting.CancelledAfter: DoUndo} {
		if got := cureOf(cause, []OrderAction{DoHold}); got != "" {
			t.Errorf("%s is cured by %s, which can't be done", cause, got)
		}
		if got := cureOf(cause, []OrderAction{DoHold, do}); got != do {
			t.Errorf("%s is cured by %s, not %s", cause, got, do)
		}
	}
	if placeOf(posting.TaxUnmapped) != AtRules || placeOf(CauseStopped) != AtQuickBooks || placeOf(posting.NotPaid) != "" {
		t.Error("a cause is cured elsewhere")
	}
}
