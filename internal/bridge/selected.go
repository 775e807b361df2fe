package bridge

import (
	"context"
	"strings"

	"qbridge/internal/order"
	"qbridge/store"
)

// OrdersNow gives orders of a list as they are now, by their OrderView.ID, in
// this order. Those that are not here are left out.
func (b *Bridge) OrdersNow(ctx context.Context, orders []string) (all []FoundOrder, err error) {
	err = b.db.Read(ctx, func(tx *store.Tx) error {
		var numbers []int64
		for _, id := range orders {
			storeID, key, _ := strings.Cut(id, "/")
			n, err := tx.NumberOf(storeID, key)
			if err != nil {
				return err
			}
			if n != 0 {
				numbers = append(numbers, n)
			}
		}
		found, err := tx.OrdersNumbered(numbers)
		for _, o := range found {
			all = append(all, viewFound(o))
		}
		return err
	})
	return all, err
}

// Selected is a selection and what its orders are now.
type Selected struct {
	Selection
	Sums []StateSum // by state and currency
	Days map[order.State]Days
}

// Days are the first and the last day of some orders: 2026-11-22.
type Days struct{ First, Last string }

// Selected tells what the orders of a user's selection are now.
func (b *Bridge) Selected(ctx context.Context, id, who string) (s Selected, err error) {
	s.Days = map[order.State]Days{}
	err = b.db.Read(ctx, func(tx *store.Tx) error {
		of, found, err := tx.Selection(id, who)
		if err == nil && !found {
			err = ErrNoSelection
		}
		if err != nil {
			return err
		}
		s.Selection = Selection{ID: of.ID, Orders: of.Count, Expires: of.ExpiresAt}
		c, err := onlyCompany(tx)
		if err != nil {
			return err
		}
		sums, err := tx.SumSelection(c.ID, of)
		if err != nil {
			return err
		}
		if s.Sums, err = viewSums(sums); err != nil {
			return err
		}
		days, err := tx.DaysOfSelection(of)
		for state, d := range days {
			s.Days[order.State(state)] = Days(d)
		}
		return err
	})
	return s, err
}
