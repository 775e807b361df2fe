package bridge

import (
	"context"
	"fmt"

	"qbridge/internal/order"
	"qbridge/internal/posting"
	"qbridge/store"
)

// Rules gives the rules in force and their version.
func (b *Bridge) Rules(ctx context.Context) (version int64, rules posting.Rules, err error) {
	err = b.db.Read(ctx, func(tx *store.Tx) error {
		c, err := onlyCompany(tx)
		if err != nil {
			return err
		}
		version, rules, err = b.loadRules(tx, c.ID)
		return err
	})
	return version, rules, err
}

// SetRule changes one rule. The orders that are not in QuickBooks' hands are
// planned anew.
func (b *Bridge) SetRule(ctx context.Context, key, value, who string) error {
	_, rules, err := b.Rules(ctx)
	if err != nil {
		return err
	}
	if err := rules.Set(key, value); err != nil {
		return err
	}
	return b.keepRules(ctx, rules, who)
}

// ImportRules replaces all rules by a TOML text.
func (b *Bridge) ImportRules(ctx context.Context, text []byte, who string) error {
	rules, err := posting.ParseRules(text)
	if err != nil {
		return err
	}
	return b.keepRules(ctx, rules, who)
}

// ModeOf reads the mode that a TOML text of rules would set.
func (b *Bridge) ModeOf(text []byte) (string, error) {
	rules, err := posting.ParseRules(text)
	return rules.Mode, err
}

func (b *Bridge) keepRules(ctx context.Context, rules posting.Rules, who string) error {
	text, err := rules.TOML()
	if err != nil {
		return err
	}
	return b.write(ctx, "keep the rules", func(tx *store.Tx) error {
		c, err := onlyCompany(tx)
		if err != nil {
			return err
		}
		_, before, err := b.loadRules(tx, c.ID)
		if err != nil {
			before = posting.DefaultRules() // what can't be read is replaced
		}
		if _, err := tx.AddRules(c.ID, string(text), who); err != nil {
			return err
		}
		return tx.AddHistory(store.History{CompanyID: c.ID, Who: who, Event: "rules", Note: rulesNote(before, rules)})
	})
}

// MissingRules lists what must be set, and be right in the books, before
// anything that moves money goes out.
func (b *Bridge) MissingRules(ctx context.Context) (missing []posting.Missing, err error) {
	err = b.db.Read(ctx, func(tx *store.Tx) error {
		c, err := onlyCompany(tx)
		if err != nil {
			return err
		}
		p, err := b.planner(tx, c.ID)
		if err != nil {
			return err
		}
		missing = p.rules.Validate(p.books)
		return nil
	})
	return missing, err
}

// Release is what a change of the mode to pending or post would let out.
type Release struct {
	Orders      int
	First, Last string // dates of the orders
	Sums        []order.Money
}

// String says it as a question's first half.
func (r Release) String() string {
	if r.Orders == 0 {
		return "No order is ready now."
	}
	text := fmt.Sprintf("%d orders from %s to %s would go to QuickBooks", r.Orders, r.First, r.Last)
	for _, m := range r.Sums {
		text += ", " + m.String()
	}
	return text + "."
}

// WouldGoOut tells what is ready and waits only for the mode.
func (b *Bridge) WouldGoOut(ctx context.Context) (r Release, err error) {
	sums := map[string]order.Money{}
	err = b.db.Read(ctx, func(tx *store.Tx) error {
		c, err := onlyCompany(tx)
		if err != nil {
			return err
		}
		return tx.EachOrder(c.ID, string(order.Ready), func(o store.Order) error {
			r.Orders++
			if r.First == "" || o.Date < r.First {
				r.First = o.Date
			}
			r.Last = max(r.Last, o.Date)
			m, err := money(o.Total, o.Currency)
			if err != nil {
				return fmt.Errorf("order %s: %w", o.ID, err)
			}
			if sum, ok := sums[o.Currency]; ok {
				if m, err = m.Add(sum); err != nil {
					return err
				}
			}
			sums[o.Currency] = m
			return nil
		})
	})
	r.Sums = sortedMoney(sums)
	return r, err
}
