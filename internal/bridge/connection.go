package bridge

import (
	"context"
	"errors"
	"time"

	"qbridge/store"
)

// ConnectionView is how far the Web Connector has come since it was given the
// .qwc file.
type ConnectionView struct {
	QuickBooksView
	Name    string    // of the company file, as people call it
	User    string    // the Web Connector's
	Refused int       // wrong passwords in a row
	Came    time.Time // the last call of a session; zero: never
	Said    string    // what the Web Connector shows of the last session; "" when all was well
}

// Read tells how many of the lists were read, at least once.
func (v ConnectionView) Read() (n int) {
	for _, l := range v.Lists {
		if !l.ReadAt.IsZero() {
			n++
		}
	}
	return n
}

// Complete tells whether every list was read.
func (v ConnectionView) Complete() bool { return len(v.Lists) > 0 && v.Read() == len(v.Lists) }

// Connection tells how far the Web Connector has come.
func (b *Bridge) Connection(ctx context.Context) (v ConnectionView, err error) {
	if v.QuickBooksView, err = b.QuickBooks(ctx); err != nil {
		return v, err
	}
	err = b.db.Read(ctx, func(tx *store.Tx) error {
		c, err := onlyCompany(tx)
		if err != nil {
			return err
		}
		var e1, e2 error
		v.Name, v.User = c.Name, c.UserName
		v.Refused, e1 = refusals(tx, c.ID)
		last, e2 := tx.LastSessions(c.ID, 1)
		if len(last) > 0 {
			v.Came, v.Said = last[0].LastCallAt, last[0].Said
		}
		return errors.Join(e1, e2)
	})
	return v, err
}
