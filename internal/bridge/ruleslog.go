package bridge

import (
	"context"
	"fmt"
	"time"

	"qbridge/internal/posting"
	"qbridge/store"
)

// RulesVersion is one version of the rules: who changed what, and when. Its
// JSON shape only grows: docs/json.md.
type RulesVersion struct {
	Version int64        `json:"version"`
	At      time.Time    `json:"at"`
	Who     string       `json:"who"`
	Changes []RuleChange `json:"changes"` // against the version before; of the first, against the rules of a new shop
	Problem string       `json:"problem,omitempty"`
}

// RuleChange is one rule that changed; empty when it is not set.
type RuleChange struct {
	Key  string `json:"key"`
	From string `json:"from"`
	To   string `json:"to"`
}

// RulesLog gives all versions of the rules, oldest first.
func (b *Bridge) RulesLog(ctx context.Context) (log []RulesVersion, err error) {
	err = b.eachRulesVersion(ctx, func(v store.RulesVersion, before posting.Rules, rules posting.Rules, problem error) {
		view := RulesVersion{Version: v.Version, At: v.At, Who: v.Who, Changes: []RuleChange{}}
		if problem != nil {
			view.Problem = sentence(problem)
		}
		for _, c := range before.Changes(rules) {
			view.Changes = append(view.Changes, RuleChange(c))
		}
		log = append(log, view)
	})
	return log, err
}

// RulesOf gives an earlier version of the rules.
func (b *Bridge) RulesOf(ctx context.Context, version int64) (rules posting.Rules, err error) {
	found, problem := false, error(nil)
	err = b.eachRulesVersion(ctx, func(v store.RulesVersion, _ posting.Rules, of posting.Rules, wrong error) {
		if v.Version == version {
			rules, found, problem = of, true, wrong
		}
	})
	if err == nil && !found {
		return rules, fmt.Errorf("there is no version %d of the rules; 'qbridge rules log' lists them", version)
	}
	if err != nil {
		return rules, err
	}
	return rules, problem
}

// eachRulesVersion reads the versions in turn, each with the one before. One
// that can't be read is told with its problem, and counts as no change.
func (b *Bridge) eachRulesVersion(ctx context.Context, f func(v store.RulesVersion, before, rules posting.Rules, problem error)) error {
	return b.db.Read(ctx, func(tx *store.Tx) error {
		c, err := onlyCompany(tx)
		if err != nil {
			return err
		}
		versions, err := tx.RulesVersions(c.ID)
		before := posting.DefaultRules()
		for _, v := range versions {
			rules, problem := posting.ParseRules([]byte(v.TOML))
			if problem != nil {
				rules = before
			}
			f(v, before, rules, problem)
			before = rules
		}
		return err
	})
}

// ExplainRules describes all rules, or some, for people.
func ExplainRules(keys ...string) (string, error) { return posting.ExplainRules(keys...) }
