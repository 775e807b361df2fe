package bridge

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"qbridge/store"
)

// Selection is orders that a user chose to do something with: some, a page, or
// all that a Find means. The orders stay the same when others come meanwhile.
type Selection struct {
	ID      string // nobody guesses it
	Orders  int64
	Expires time.Time
}

// selectionTime is how long a selection may be used.
const selectionTime = 12 * time.Hour

// ErrNoSelection: there is no such selection, its time is over, or it is
// another user's.
var ErrNoSelection = errors.New("this selection is not there any more: select the orders again")

// Select makes a selection of all orders that are meant.
func (b *Bridge) Select(ctx context.Context, f Find, who string) (Selection, error) {
	return b.newSelection(ctx, who, func(tx *store.Tx) ([]int64, error) {
		of, err := f.of(tx)
		if err != nil {
			return nil, err
		}
		return tx.FoundNumbers(of)
	})
}

// SelectOrders makes a selection of orders by their OrderView.ID.
func (b *Bridge) SelectOrders(ctx context.Context, orders []string, who string) (Selection, error) {
	return b.newSelection(ctx, who, func(tx *store.Tx) (numbers []int64, err error) {
		named := map[int64]bool{}
		for _, id := range orders {
			storeID, key, _ := strings.Cut(id, "/")
			n, err := tx.NumberOf(storeID, key)
			if err == nil && n == 0 {
				err = fmt.Errorf("there is no order %s here", id)
			}
			if err != nil {
				return nil, err
			}
			if !named[n] {
				named[n], numbers = true, append(numbers, n)
			}
		}
		return numbers, nil
	})
}

func (b *Bridge) newSelection(ctx context.Context, who string, look func(*store.Tx) ([]int64, error)) (s Selection, err error) {
	var numbers []int64
	err = b.db.Read(ctx, func(tx *store.Tx) error {
		numbers, err = look(tx)
		return err
	})
	if err == nil && len(numbers) == 0 {
		err = errors.New("no order is selected")
	}
	if err != nil {
		return s, err
	}
	if s.ID, err = b.randomText(26); err != nil { // 130 bits
		return s, err
	}
	s.Orders, s.Expires = int64(len(numbers)), b.Now().Add(selectionTime)
	return s, b.write(ctx, "keep the selection", func(tx *store.Tx) error {
		return tx.AddSelection(store.Selection{ID: s.ID, Who: who, ExpiresAt: s.Expires}, numbers)
	})
}

// EachSelected calls f with the orders of a user's selection as they are now, in
// the order of the list, a hundred in memory at a time.
func (b *Bridge) EachSelected(ctx context.Context, id, who string, f func(FoundOrder) error) error {
	return b.db.Read(ctx, func(tx *store.Tx) error {
		s, found, err := tx.Selection(id, who)
		if err == nil && !found {
			err = ErrNoSelection
		}
		for from := 0; err == nil && from < int(s.Count); from += 100 {
			some, err := tx.OrdersOfSelection(s, from, 100)
			if err != nil {
				return err
			}
			for _, o := range some {
				if err := f(viewFound(o)); err != nil {
					return err
				}
			}
		}
		return err
	})
}
