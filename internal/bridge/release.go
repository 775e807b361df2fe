package bridge

import (
	"context"
	"fmt"
	"slices"

	"qbridge/internal/order"
	"qbridge/store"
)

// releaseAtOnce is how many orders are released in one transaction: some
// milliseconds, for which a poll may have to wait.
const releaseAtOnce = 25

// ReleaseReady releases every order that waits for that alone, when the rules
// release only selected ones, and says how many. Newest orders come first, as
// the list shows them. What it did before an error stays done: it may be called
// again.
func (b *Bridge) ReleaseReady(ctx context.Context, who string) (released int, err error) {
	var waiting []store.Order
	err = b.db.Read(ctx, func(tx *store.Tx) error {
		c, err := onlyCompany(tx)
		if err != nil {
			return err
		}
		return tx.EachOrder(c.ID, string(order.Ready), func(o store.Order) error {
			if o.Cause == string(CauseNotReleased) {
				waiting = append(waiting, store.Order{StoreID: o.StoreID, Key: o.Key})
			}
			return nil
		})
	})
	if err != nil {
		return 0, fmt.Errorf("look for the orders to release: %w", err)
	}
	for some := range slices.Chunk(waiting, releaseAtOnce) {
		n := 0
		err := b.writeBehind(ctx, "release orders", func(tx *store.Tx) error {
			n = 0
			for _, w := range some {
				now, ok, err := tx.Order(w.StoreID, w.Key)
				if err != nil {
					return err
				}
				if !ok || now.State != string(order.Ready) || now.Cause != string(CauseNotReleased) {
					continue // somebody else was faster
				}
				if _, err := tx.AddDecision(store.Decision{StoreID: w.StoreID, Key: w.Key, Kind: "release", Who: who}); err != nil {
					return err
				}
				n++
			}
			return nil
		})
		if err != nil {
			return released, err
		}
		released += n
	}
	return released, nil
}
