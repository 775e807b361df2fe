package store

import (
	"context"
	"time"
)

// Lease takes or prolongs the lease of that name for ttl, so that only one program does a thing. It is not ok when another holder has it and its
// time is not over; current and until then say who has it and how long.
func (s *Store) Lease(ctx context.Context, name, holder string, ttl time.Duration) (ok bool, current string, until time.Time, err error) {
	err = s.Write(ctx, func(tx *Tx) error {
		_, err := tx.scan("read the lease "+name, "SELECT holder, until FROM lease WHERE name = ?", []any{name}, &current, stamp{&until})
		if err != nil || current != "" && current != holder && until.After(tx.now) {
			return err
		}
		ok, current, until = true, holder, tx.now.Add(ttl)
		_, err = tx.exec("take the lease "+name, "INSERT INTO lease VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET holder = excluded.holder, until = excluded.until",
			name, holder, at(until))
		return err
	})
	return ok && err == nil, current, until, err
}

// Release gives the lease back; one that another holder has by now is left alone.
func (s *Store) Release(ctx context.Context, name, holder string) error {
	return s.Write(ctx, func(tx *Tx) error {
		_, err := tx.exec("release the lease "+name, "DELETE FROM lease WHERE name = ? AND holder = ?", name, holder)
		return err
	})
}
