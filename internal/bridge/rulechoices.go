package bridge

import (
	"context"
	"fmt"

	"qbridge/internal/posting"
	"qbridge/store"
)

// RuleChoices tells of each of these rules, which may be entries of tables,
// what it may be set to in the books as they are known.
func (b *Bridge) RuleChoices(ctx context.Context, keys ...string) (all map[string]posting.Choices, err error) {
	all = map[string]posting.Choices{}
	err = b.db.Read(ctx, func(tx *store.Tx) error {
		c, err := onlyCompany(tx)
		if err != nil {
			return err
		}
		books, err := b.books(tx, c)
		if err != nil {
			return err
		}
		for _, key := range keys {
			choices, ok := books.Choices(key)
			if !ok {
				return fmt.Errorf("there is no rule %q", key)
			}
			all[key] = choices
		}
		return nil
	})
	return all, err
}

// SetRules changes several rules as one new version, or none when one of them
// can't be set, and gives what it changed. Nothing is kept when nothing changes.
func (b *Bridge) SetRules(ctx context.Context, settings []RuleSetting, who string) (changed []RuleChange, err error) {
	_, rules, err := b.Rules(ctx)
	if err != nil {
		return nil, err
	}
	before := rules
	for _, s := range settings {
		if err := rules.Set(s.Key, s.Value); err != nil {
			return nil, err
		}
	}
	for _, c := range before.Changes(rules) {
		changed = append(changed, RuleChange(c))
	}
	if len(changed) == 0 {
		return nil, nil
	}
	return changed, b.keepRules(ctx, rules, who)
}
