package bridge

import (
	"context"
	"errors"

	"qbridge/internal/posting"
)

// RuleField is one rule as a form shows it.
type RuleField = posting.RuleField

// RuleEntry is one entry of a rule that is a table.
type RuleEntry = posting.RuleEntry

// RuleForm is all rules with what they may be set to.
type RuleForm struct {
	Version int64
	Fields  []posting.RuleField
	Names   map[string][]string // of the books, by the List of fields
	Missing []posting.Missing   // what is missing or wrong, by the key of the rule or the entry
	Read    bool                // the lists of the books are read
}

// RuleForm gives the rules in force for a form, as they would be with other
// settings; one that can't be set is left out: CheckRules says why.
func (b *Bridge) RuleForm(ctx context.Context, settings []RuleSetting) (f RuleForm, err error) {
	err = b.consult(ctx, func(p *planner) error {
		rules := p.rules
		for _, s := range settings {
			_ = rules.Set(s.Key, s.Value) // the caller has asked CheckRules
		}
		f.Version, f.Read, f.Missing = p.rulesVersion, p.books.Complete, rules.Validate(p.books)
		f.Fields, f.Names = rules.Form(p.books)
		return nil
	})
	return f, err
}

// CheckRules tells which settings a rule can't take, and why, by their keys.
func (b *Bridge) CheckRules(ctx context.Context, settings []RuleSetting) (problems map[string]string, err error) {
	_, rules, err := b.Rules(ctx)
	if err != nil {
		return nil, err
	}
	problems = map[string]string{}
	for _, s := range settings {
		if err := rules.Set(s.Key, s.Value); err != nil {
			problems[s.Key] = sentence(err)
		}
	}
	return problems, nil
}

// ErrRulesMoved: somebody changed the rules since they were shown.
var ErrRulesMoved = errors.New("the rules were changed in the meantime; look at the changes again")

// ChangeRules changes several rules as one new version, but only when those in
// force are still of the version that the person saw. Nothing is kept when one
// of them can't be set, or nothing changes.
func (b *Bridge) ChangeRules(ctx context.Context, seen int64, settings []RuleSetting, who string) error {
	version, rules, err := b.Rules(ctx)
	if err != nil {
		return err
	}
	before := rules
	for _, s := range settings {
		if err := rules.Set(s.Key, s.Value); err != nil {
			return err
		}
	}
	switch {
	case version != seen:
		return ErrRulesMoved
	case len(before.Changes(rules)) == 0:
		return nil
	}
	return b.keepRules(ctx, rules, who)
}

// SettingsOf gives what must be set for the rules in force to become those of
// an earlier version.
func (b *Bridge) SettingsOf(ctx context.Context, version int64) ([]RuleSetting, error) {
	rules, err := b.RulesOf(ctx, version)
	if err != nil {
		return nil, err
	}
	return b.settingsTo(ctx, rules)
}

// SettingsIn gives what must be set for the rules in force to become those of a
// TOML text, as ImportRules takes it.
func (b *Bridge) SettingsIn(ctx context.Context, text []byte) ([]RuleSetting, error) {
	rules, err := posting.ParseRules(text)
	if err != nil {
		return nil, err
	}
	return b.settingsTo(ctx, rules)
}

func (b *Bridge) settingsTo(ctx context.Context, rules posting.Rules) (settings []RuleSetting, err error) {
	_, now, err := b.Rules(ctx)
	if err != nil {
		return nil, err
	}
	for _, c := range now.Changes(rules) {
		settings = append(settings, RuleSetting{c.Key, c.To})
	}
	return settings, nil
}

// SettingsFor gives what a person changed in a form that was made of the rules
// of a version: of the values that the form holds now those that are others
// than in that version. Other rules are not touched.
func (b *Bridge) SettingsFor(ctx context.Context, version int64, held []RuleSetting) (settings []RuleSetting, err error) {
	now, rules, err := b.Rules(ctx)
	if err == nil && now != version {
		rules, err = b.RulesOf(ctx, version)
	}
	if err != nil {
		return nil, err
	}
	for _, s := range held {
		then := rules
		if err := then.Set(s.Key, s.Value); err != nil || len(rules.Changes(then)) > 0 {
			settings = append(settings, s) // what can't be set is a change, too: CheckRules says why
		}
	}
	return settings, nil
}
