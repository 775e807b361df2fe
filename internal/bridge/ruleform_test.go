package bridge

import (
	"errors"
	"slices"
	"testing"

	"qbridge/internal/order"
	"qbridge/internal/sim"
)

func TestRuleForm(t *testing.T) {
	w := newWorld(t)
	w.settle()
	f, err := w.b.RuleForm(w.ctx, []RuleSetting{{"number-prefix", "W-"}, {"items.TS-1", "Trail Shoe"}, {"due-days", "soon"}})
	check(t, err)
	field := func(key string) RuleField {
		i := slices.IndexFunc(f.Fields, func(one RuleField) bool { return one.Key == key })
		if i < 0 {
			t.Fatalf("the form has no %s", key)
		}
		return f.Fields[i]
	}
	if !f.Read || field("number-prefix").Value != "W-" || field("due-days").Value != "" || !slices.Equal(field("items").Entries, []RuleEntry{{Name: "ts-1", Value: "Trail Shoe"}}) {
		t.Errorf("the form is %+v", f)
	}
	if names := f.Names[field("deposit-to").List]; !slices.Contains(names, "Undeposited Funds") || slices.Contains(names, "Sales") {
		t.Errorf("deposit-to may be %v", names)
	}
	if !slices.Equal(field("mode").Values, []string{"look", "pending", "post"}) || !field("update-customer").Several || !field("deposit-to").Needed {
		t.Errorf("%+v %+v", field("mode"), field("update-customer"))
	}
	problems, err := w.b.CheckRules(w.ctx, []RuleSetting{{"number-prefix", "W-"}, {"due-days", "soon"}, {"mode", "odd"}})
	check(t, err)
	if len(problems) != 2 || problems["due-days"] == "" || problems["mode"] == "" {
		t.Errorf("the problems are %v", problems)
	}
}

func TestChangeRules(t *testing.T) {
	w := newWorld(t)
	seen, _, err := w.b.Rules(w.ctx)
	check(t, err)
	check(t, w.b.ChangeRules(w.ctx, seen, []RuleSetting{{"number-prefix", "W-"}, {"terms", "Net 30"}}, "ann"))
	if err := w.b.ChangeRules(w.ctx, seen, []RuleSetting{{"number-prefix", "X-"}}, "bob"); !errors.Is(err, ErrRulesMoved) {
		t.Errorf("old rules were changed: %v", err)
	}
	version, rules, err := w.b.Rules(w.ctx)
	check(t, err)
	if version != seen+1 || rules.NumberPrefix != "W-" || rules.Terms != "Net 30" {
		t.Errorf("version %d after %d, %q, %q", version, seen, rules.NumberPrefix, rules.Terms)
	}
	check(t, w.b.ChangeRules(w.ctx, version, []RuleSetting{{"terms", "Net 30"}}, "ann"))
	if w.b.ChangeRules(w.ctx, version, []RuleSetting{{"terms", "Net 15"}, {"mode", "odd"}}, "ann") == nil {
		t.Error("half of a change is kept")
	}
	if now, _, _ := w.b.Rules(w.ctx); now != version {
		t.Errorf("version %d came of nothing", now)
	}
	// A form that was made of the first version: its own changes, not the other's.
	settings, err := w.b.SettingsFor(w.ctx, seen, []RuleSetting{{"number-prefix", ""}, {"terms", ""}, {"class", "Web"}, {"due-days", "soon"}})
	check(t, err)
	if !slices.Equal(settings, []RuleSetting{{"class", "Web"}, {"due-days", "soon"}}) {
		t.Errorf("changed in the form: %v", settings)
	}
	back, err := w.b.SettingsOf(w.ctx, seen)
	check(t, err)
	text, err := rules.TOML()
	check(t, err)
	same, err := w.b.SettingsIn(w.ctx, text)
	check(t, err)
	if len(back) != 2 || len(same) != 0 {
		t.Errorf("back: %v, the same: %v", back, same)
	}
}

func TestStatus(t *testing.T) {
	w := newWorld(t)
	w.take(append(plain(2), sim.KindAwaiting)...)
	before, err := w.b.Status(w.ctx)
	check(t, err)
	if before.Count(string(order.Synced)) != 0 || before.PulledAt.IsZero() || before.Mode != "post" {
		t.Errorf("before: %+v", before)
	}
	w.settle()
	after, err := w.b.Status(w.ctx)
	check(t, err)
	if after.Count(string(order.Synced)) != 2 || after.LastPoll.IsZero() || after.Company == "" {
		t.Errorf("after: %+v", after)
	}
}
