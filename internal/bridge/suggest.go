package bridge

import (
	"context"
	"errors"
	"slices"

	"qbridge/internal/posting"
	"qbridge/store"
)

// Proposal is what Suggest proposes. Its JSON shape only grows: docs/json.md.
type Proposal struct {
	Orders      int64            `json:"orders"` // that were looked at
	First       string           `json:"first"`  // their dates
	Last        string           `json:"last"`
	Suggestions []SuggestionView `json:"suggestions"`
	Notices     []string         `json:"notices"` // what QuickBooks has switched off though orders need it
	rules       posting.Rules
	all         []posting.Suggestion
}

// SuggestionView is one proposed rule.
type SuggestionView struct {
	Key        string   `json:"key"`
	Value      string   `json:"value"`
	Certainty  string   `json:"certainty"` // set, sure, likely, choose
	Reason     string   `json:"reason"`
	Candidates []string `json:"candidates"`
	Create     string   `json:"create,omitempty"`
	Waits      bool     `json:"waits"`
}

// TOML is the proposed rules, with a comment on each proposal.
func (p Proposal) TOML() ([]byte, error) { return p.rules.SuggestedTOML(p.all) }

var errEnough = errors.New("enough orders were seen")

// seen looks at the newest orders.
func (p *planner) seen(most int) (seen posting.Seen, err error) {
	var orders []store.Order
	err = p.tx.EachOrder(p.company.ID, "", func(o store.Order) error {
		if len(orders) == most {
			return errEnough
		}
		orders = append(orders, store.Order{StoreID: o.StoreID, Key: o.Key, Version: o.Version})
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return seen, err
	}
	for _, o := range orders {
		sale, unreadable, err := p.sale(o)
		if err != nil {
			return seen, err
		}
		if unreadable == nil {
			seen.Add(sale.Order)
		}
	}
	return seen, nil
}

// Suggest proposes the rules that are not set yet, from the books and the
// newest orders, at most so many. Nothing is changed.
func (b *Bridge) Suggest(ctx context.Context, most int) (p Proposal, err error) {
	err = b.db.Read(ctx, func(tx *store.Tx) error {
		c, err := onlyCompany(tx)
		if err != nil {
			return err
		}
		planner, err := b.planner(tx, c.ID)
		if err != nil {
			return err
		}
		if !planner.books.Complete {
			return errors.New("the lists of the QuickBooks company file have not been read yet; let the Web Connector run once, then ask again")
		}
		seen, err := planner.seen(most)
		if err != nil {
			return err
		}
		p = Proposal{Orders: int64(seen.Orders), First: seen.First, Last: seen.Last, Suggestions: []SuggestionView{}, Notices: []string{},
			rules: planner.rules, all: posting.Suggest(seen, planner.books, planner.rules)}
		for _, n := range planner.rules.Lacking(seen, planner.books) {
			if !slices.ContainsFunc(p.all, func(s posting.Suggestion) bool { return s.Key == n.Key }) { // those are proposed, with why
				p.Notices = append(p.Notices, n.Sentence+" "+n.Cure)
			}
		}
		return nil
	})
	for _, s := range p.all {
		p.Suggestions = append(p.Suggestions, SuggestionView{s.Key, s.Value, string(s.Certainty), s.Reason, append([]string{}, s.Candidates...), s.Create, s.Waits})
	}
	return p, err
}

// ApplySuggestions sets what a proposal is sure of, and what is likely if
// wanted, as one new version of the rules, and gives what it set. What a person
// set in the meantime stays.
func (b *Bridge) ApplySuggestions(ctx context.Context, p Proposal, likely bool, who string) (set []RuleChange, err error) {
	_, rules, err := b.Rules(ctx)
	if err != nil {
		return nil, err
	}
	before := rules
	if _, err := rules.Apply(p.all, likely); err != nil {
		return nil, err
	}
	for _, c := range before.Changes(rules) {
		set = append(set, RuleChange(c))
	}
	if len(set) == 0 {
		return nil, nil
	}
	return set, b.keepRules(ctx, rules, who)
}

// lackingFrom is how many orders, the newest, Lacking looks at.
const lackingFrom = 200

// Lacking tells what the newest orders need and the company file has switched
// off, or its edition lacks.
func (b *Bridge) Lacking(ctx context.Context) (lacking []posting.Missing, err error) {
	err = b.db.Read(ctx, func(tx *store.Tx) error {
		c, err := onlyCompany(tx)
		if err != nil {
			return err
		}
		p, err := b.planner(tx, c.ID)
		if err != nil {
			return err
		}
		if !p.books.Complete {
			return nil // MissingRules says so
		}
		seen, err := p.seen(lackingFrom)
		lacking = p.rules.Lacking(seen, p.books)
		return err
	})
	return lacking, err
}
