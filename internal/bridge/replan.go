package bridge

import (
	"context"

	"qbridge/store"
)

// replan carries out what Replan of the store only announced: a few orders a
// transaction, so that neither a poll nor a person waits behind 100,000.
func (b *Bridge) replan(ctx context.Context, companyID int64) error {
	var more bool
	err := b.db.Read(ctx, func(tx *store.Tx) (err error) {
		more, err = tx.Replanning(companyID)
		return err
	})
	for err == nil && more {
		err = b.writeBehind(ctx, "plan anew", func(tx *store.Tx) (err error) {
			more, err = tx.ReplanSome(companyID)
			return err
		})
	}
	return err
}
