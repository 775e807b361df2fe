package bridge

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"qbridge/internal/posting"
)

// TagUse is a tag and who asks for it.
type TagUse struct {
	Tag
	Rules []string // keys of the rules that ask for it
}

// TagUses gives all tags by name, with the rules that ask for them.
func (b *Bridge) TagUses(ctx context.Context) (uses []TagUse, err error) {
	all, err := b.Tags(ctx)
	if err != nil {
		return nil, err
	}
	_, rules, err := b.Rules(ctx)
	for _, t := range all {
		uses = append(uses, TagUse{t, rulesWithTag(rules, t.Name)})
	}
	return uses, err
}

// RulesWithTag gives the keys of the rules that ask for a tag, which need not be
// there yet.
func (b *Bridge) RulesWithTag(ctx context.Context, name string) ([]string, error) {
	_, rules, err := b.Rules(ctx)
	if err != nil {
		return nil, err
	}
	return rulesWithTag(rules, name), nil
}

func rulesWithTag(rules posting.Rules, name string) (keys []string) {
	for _, key := range rules.Keys() {
		_, conditions, _ := strings.Cut(key, ".")
		for condition := range strings.SplitSeq(conditions, "+") {
			kind, value, _ := strings.Cut(strings.TrimSpace(condition), ":")
			if strings.EqualFold(kind, "tag") && posting.Fold(value) == posting.Fold(name) {
				keys = append(keys, key)
			}
		}
	}
	return slices.Compact(keys)
}

// ErrTagInRules: a tag that rules ask for can't be renamed or removed, for
// orders would then post by another rule.
var ErrTagInRules = errors.New("rules ask for this tag")

// tagTime is how long a change of a tag waits for the orders that have it.
const tagTime = 8 * time.Second

// RenameTag gives the orders of a tag another name for it. When they are many it
// ends before all have it, and ended is false: it goes on by itself, and the old
// tag is removed when no order has it any more, by another RemoveTag.
func (b *Bridge) RenameTag(ctx context.Context, from, to, who string) (ended bool, err error) {
	to = strings.Join(strings.Fields(to), " ")
	old, err := b.freeTag(ctx, from)
	if err != nil {
		return false, err
	}
	all, err := b.Tags(ctx)
	if err != nil {
		return false, err
	}
	if slices.ContainsFunc(all, func(t Tag) bool { return t.Name == to }) {
		return false, fmt.Errorf("there is the tag %s already", to)
	}
	if err := b.setTag(ctx, Tag{Name: to, Colour: old.Colour}, from, who); err != nil {
		return false, err
	}
	return b.leaveTag(ctx, from, to, who)
}

// RemoveTag takes a tag off all orders and forgets it. When they are many it
// ends before that, and ended is false: then the orders go on losing it.
func (b *Bridge) RemoveTag(ctx context.Context, name, who string) (ended bool, err error) {
	if _, err := b.freeTag(ctx, name); err != nil {
		return false, err
	}
	return b.leaveTag(ctx, name, "", who)
}

// freeTag gives a tag that no rule asks for.
func (b *Bridge) freeTag(ctx context.Context, name string) (Tag, error) {
	uses, err := b.TagUses(ctx)
	if err != nil {
		return Tag{}, err
	}
	i := slices.IndexFunc(uses, func(u TagUse) bool { return u.Name == name })
	switch {
	case i < 0:
		return Tag{}, fmt.Errorf("there is no tag %q", name)
	case len(uses[i].Rules) > 0:
		return Tag{}, fmt.Errorf("%w: change %s first", ErrTagInRules, strings.Join(uses[i].Rules, ", "))
	}
	return uses[i].Tag, nil
}

// leaveTag takes the orders of a tag to another one, or to none, and forgets the
// tag when that is done.
func (b *Bridge) leaveTag(ctx context.Context, from, to, who string) (ended bool, err error) {
	all, err := b.Tags(ctx)
	if err != nil {
		return false, err
	}
	if slices.ContainsFunc(all, func(t Tag) bool { return t.Name == from && t.Orders > 0 }) {
		s, err := b.Select(ctx, Find{Tag: from}, who)
		if err != nil {
			return false, err
		}
		actions := []Action{{ActUntag, from}}
		if to != "" {
			actions = []Action{{ActTag, to}, {ActUntag, from}}
		}
		for _, a := range actions {
			if err := b.actFor(ctx, tagTime, s.ID, a, who); err != nil {
				return false, err
			}
		}
	}
	err = b.DropTag(ctx, from)
	if err == nil {
		return true, nil
	}
	if all, known := b.Tags(ctx); known == nil && slices.ContainsFunc(all, func(t Tag) bool { return t.Name == from && t.Orders > 0 }) {
		return false, nil
	}
	return false, err
}

// actFor acts for so long; what is left then is done by ActStep.
func (b *Bridge) actFor(ctx context.Context, d time.Duration, selection string, a Action, who string) error {
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	_, err := b.Act(ctx, selection, a, who)
	return err
}
