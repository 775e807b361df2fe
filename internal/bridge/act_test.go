package bridge

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"qbridge/internal/order"
	"qbridge/internal/sim"
	"qbridge/store"
)

func selectedRules() string {
	return strings.Replace(worldRules, `release = "automatic"`, `release = "selected"`, 1)
}

// act selects orders and acts on them.
func (w *world) act(a Action, all ...*placed) Acted {
	w.t.Helper()
	var ids []string
	for _, p := range all {
		ids = append(ids, w.view(p).ID)
	}
	s, err := w.b.SelectOrders(w.ctx, ids, "ann")
	check(w.t, err)
	acted, err := w.b.Act(w.ctx, s.ID, a, "ann")
	check(w.t, err)
	if acted.Done != int64(len(all)) || acted.Ended.IsZero() {
		w.t.Errorf("%v: %+v", a, acted)
	}
	w.plan()
	return acted
}

func TestAct(t *testing.T) {
	w := newWorld(t, worldOptions{rules: selectedRules()})
	all := w.take(append(plain(3), sim.KindAwaiting, sim.KindUnknownItem)...)
	a, b, c, unpaid, unknown := all[0], all[1], all[2], all[3], all[4]
	acted := w.act(Action{Kind: ActHold, Value: "a friend"}, a)
	w.want(a, order.Held, "a friend")
	if acted.Succeeded() != 1 {
		t.Errorf("hold: %+v", acted)
	}
	acted = w.act(Action{Kind: ActSync}, all...)
	w.want(a, order.Held)
	w.want(b, order.Queued)
	w.want(c, order.Queued)
	w.want(unpaid, order.Waiting)
	causes := map[string]bool{}
	counted := int64(0)
	for _, r := range acted.Results {
		causes[r.Cause] = true
		counted += r.Count
		if r.Why == "" || len(r.Numbers) != int(r.Count) {
			t.Errorf("%+v", r)
		}
	}
	if acted.Succeeded() < 2 || counted != int64(len(all)) || !causes["held/held-by-person"] {
		t.Errorf("sync: %+v", acted)
	}
	if again := w.act(Action{Kind: ActSync}, b, c); again.Succeeded() != 0 || !strings.Contains(again.Results[0].Why, "on its way") {
		t.Errorf("sync again: %+v", again)
	}
	w.settle()
	w.once(b, c)
	if late := w.act(Action{Kind: ActExclude, Value: "gift"}, a, b); late.Succeeded() != 1 || !strings.Contains(late.Results[1].Why, "in QuickBooks already") {
		t.Errorf("exclude: %+v", late)
	}
	w.want(a, order.Excluded, "gift")
	if free := w.act(Action{Kind: ActRelease}, a, b, unpaid); free.Succeeded() != 1 {
		t.Errorf("release: %+v", free)
	}
	w.settle()
	w.once(a)
	if retried := w.act(Action{Kind: ActRetry}, a, unknown); retried.Done != 2 {
		t.Errorf("retry: %+v", retried)
	}
	log, err := w.b.OrderLog(w.ctx, a.ID, false)
	check(t, err)
	if !slices.ContainsFunc(log.Lines, func(l LogLine) bool { return l.Who == "ann" && strings.Contains(l.Note, "decided hold") }) {
		t.Errorf("the history does not say who held it: %+v", log.Lines)
	}
}

// A tag that a rule asks for has the orders planned again that are not sent.
func TestTagsDecide(t *testing.T) {
	w := newWorld(t)
	all := w.take(plain(2)...)
	check(t, w.b.SetTag(w.ctx, "VIP", "#AA0000", "ann"))
	check(t, w.b.SetRule(w.ctx, "documents.tag:vip", "exclude", "ann"))
	if acted := w.act(Action{Kind: ActTag, Value: "VIP"}, all[0]); acted.Succeeded() != 1 {
		t.Errorf("tag: %+v", acted)
	}
	w.want(all[0], order.Excluded)
	w.want(all[1], order.Queued)
	if found := w.found(Find{Tag: "VIP"}); !slices.Equal(found, []string{all[0].ID}) {
		t.Errorf("tagged: %v", found)
	}
	if acted := w.act(Action{Kind: ActTag, Value: "VIP"}, all...); acted.Succeeded() != 1 {
		t.Errorf("tag again: %+v", acted)
	}
	if err := w.b.DropTag(w.ctx, "VIP"); err == nil {
		t.Error("a tag that orders have is forgotten")
	}
	if acted := w.act(Action{Kind: ActUntag, Value: "VIP"}, all...); acted.Succeeded() != 2 {
		t.Errorf("untag: %+v", acted)
	}
	w.want(all[0], order.Queued)
	check(t, w.b.DropTag(w.ctx, "VIP"))
	for _, wrong := range [][2]string{{"", ""}, {"a+b", ""}, {"x", "red"}, {strings.Repeat("x", 41), ""}} {
		if w.b.SetTag(w.ctx, wrong[0], wrong[1], "ann") == nil {
			t.Errorf("the tag %q is made", wrong)
		}
	}
	check(t, w.b.SetTag(w.ctx, "Gift", "", "ann"))
	if w.b.SetTag(w.ctx, "GIFT", "", "ann") == nil {
		t.Error("two tags that rules can't tell apart")
	}
}

// I9: an action that was cut off goes on where it was, by ActStep, also after a restart, and nothing is done twice.
func TestActGoesOn(t *testing.T) {
	w := newWorld(t, worldOptions{rules: selectedRules()})
	all := w.take(plain(actAtOnce + 10)...)
	s, err := w.b.Select(w.ctx, Find{State: order.Ready}, "ann")
	check(t, err)
	if s.Orders != int64(len(all)) {
		t.Fatalf("selected %d", s.Orders)
	}
	listed := 0
	check(t, w.b.EachSelected(w.ctx, s.ID, "ann", func(o FoundOrder) error { listed++; return nil }))
	if listed != len(all) {
		t.Errorf("%d of %d orders listed", listed, len(all))
	}
	ctx, cut := context.WithCancel(w.ctx)
	w.b.Point = func(name string) {
		if name == "act on orders: after commit" {
			cut()
		}
	}
	acted, err := w.b.Act(ctx, s.ID, Action{Kind: ActSync}, "ann")
	check(t, err)
	if acted.Done != actAtOnce || !acted.Ended.IsZero() {
		t.Fatalf("cut off: %+v", acted)
	}
	w.b.Point = func(string) {}
	w.restart()
	check(t, w.b.ActStep(w.ctx))
	acted, err = w.b.Acted(w.ctx, acted.ID)
	check(t, err)
	if acted.Succeeded() != int64(len(all)) || acted.Ended.IsZero() {
		t.Errorf("in the end: %+v", acted)
	}
	check(t, w.b.ActStep(w.ctx))
	for _, p := range all {
		check(t, w.b.db.Read(w.ctx, func(tx *store.Tx) error {
			o, err := orderOf(tx, p.ID)
			if err != nil {
				return err
			}
			decisions, err := tx.Decisions(o.StoreID, o.Key)
			if len(decisions) != 1 {
				t.Errorf("order %s: %+v", p.ID, decisions)
			}
			return err
		}))
	}
}

// A selection is its user's alone, and ends.
func TestSelections(t *testing.T) {
	w := newWorld(t)
	w.take(plain(2)...)
	s, err := w.b.Select(w.ctx, Find{}, "ann")
	check(t, err)
	none := func(id, who string) {
		t.Helper()
		if _, err := w.b.Act(w.ctx, id, Action{Kind: ActRetry}, who); !errors.Is(err, ErrNoSelection) {
			t.Errorf("%s acts on %s: %v", who, id, err)
		}
		if err := w.b.EachSelected(w.ctx, id, who, func(FoundOrder) error { return nil }); !errors.Is(err, ErrNoSelection) {
			t.Errorf("%s sees %s: %v", who, id, err)
		}
	}
	none(s.ID, "bob")
	none("", "ann")
	for _, wrong := range []Action{{Kind: "burn"}, {Kind: ActHold}, {Kind: ActTag, Value: "unknown"}} {
		if _, err := w.b.Act(w.ctx, s.ID, wrong, "ann"); err == nil {
			t.Errorf("%+v is done", wrong)
		}
	}
	if _, err := w.b.Select(w.ctx, Find{Text: "nobody"}, "ann"); err == nil {
		t.Error("nothing is selected without a word")
	}
	if _, err := w.b.SelectOrders(w.ctx, []string{"1003/i:none"}, "ann"); err == nil {
		t.Error("an order that is not there is selected")
	}
	w.clock.advance(selectionTime + time.Second)
	none(s.ID, "ann")
}
