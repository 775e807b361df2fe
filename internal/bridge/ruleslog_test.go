package bridge

import (
	"slices"
	"strings"
	"testing"

	"qbridge/store"
)

// A version that can't be read any more is told as such, and the next one is
// held against the last that could be.
func TestRulesLogTellsUnreadableVersions(t *testing.T) {
	w := newWorld(t)
	check(t, w.b.SetRule(w.ctx, "tip-item", "Before", "Ann"))
	check(t, w.b.db.Write(w.ctx, func(tx *store.Tx) error {
		_, err := tx.AddRules(1, `colour = "red"`, "an older program")
		return err
	}))
	check(t, w.b.ImportRules(w.ctx, []byte(`tip-item = "After"`), "Bob"))
	log, err := w.b.RulesLog(w.ctx)
	check(t, err)
	broken, last := log[len(log)-2], log[len(log)-1]
	if broken.Who != "an older program" || !strings.Contains(broken.Problem, "colour") || len(broken.Changes) != 0 {
		t.Errorf("the unreadable version is told as %+v", broken)
	}
	if last.Who != "Bob" || last.At.IsZero() || !slices.Contains(last.Changes, RuleChange{"tip-item", "Before", "After"}) {
		t.Errorf("the version after it is told as %+v", last)
	}
	if _, err := w.b.RulesOf(w.ctx, broken.Version); err == nil || !strings.Contains(err.Error(), "colour") {
		t.Errorf("the unreadable version is shown: %v", err)
	}
	if rules, err := w.b.RulesOf(w.ctx, last.Version-2); err != nil || rules.TipItem != "Before" {
		t.Errorf("the version before it: tip-item %q, %v", rules.TipItem, err)
	}
}
