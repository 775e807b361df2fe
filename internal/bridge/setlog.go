package bridge

import (
	"context"
	"fmt"

	"qbridge/store"
)

// SetLog is a message set with its bytes, and the answer to it.
type SetLog struct {
	ID     string
	Ticket string // of its session
	Lines  []LogLine
}

// SetLog tells of one message set, with its bytes and those of the answer.
func (b *Bridge) SetLog(ctx context.Context, id string) (l SetLog, err error) {
	if err := b.hideSecrets(ctx); err != nil {
		return l, err
	}
	err = b.db.Read(ctx, func(tx *store.Tx) error {
		set, found, err := tx.Set(id)
		if err == nil && !found {
			err = fmt.Errorf("message set %s: %w", id, store.ErrNotFound)
		}
		if err != nil {
			return err
		}
		l = SetLog{ID: set.ID, Ticket: set.Ticket, Lines: b.setLines(set, true)}
		return nil
	})
	return l, err
}
