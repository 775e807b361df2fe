package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strconv"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// Tx is one transaction: everything read and written in Store.Write, or one snapshot in Store.Read. It is used by one goroutine, and not
// after its function returned.
type Tx struct {
	ctx   context.Context
	store *Store
	c     *connection
	now   time.Time
}

// Write runs f in the one writing transaction there can be at a time, and commits when f returns nil. An error or a panic in f leaves
// nothing behind. f must not call Write again, nor wait for a network.
func (s *Store) Write(ctx context.Context, f func(*Tx) error) error {
	return s.transact(ctx, s.writer, "BEGIN IMMEDIATE", f)
}

// WriteBehind is Write for work that can wait: one such transaction at a time asks for its turn, so that a Write never waits for more than one.
func (s *Store) WriteBehind(ctx context.Context, f func(*Tx) error) error {
	select {
	case s.behind <- struct{}{}:
		defer func() { <-s.behind }()
	case <-ctx.Done():
		return fmt.Errorf("wait for the database: %w", ctx.Err())
	}
	return s.Write(ctx, f)
}

// Read runs f on a snapshot: f sees the database as it was at its first statement, whatever is written meanwhile, and hinders no writer.
func (s *Store) Read(ctx context.Context, f func(*Tx) error) error {
	return s.transact(ctx, s.readers, "BEGIN", f)
}

func (s *Store) transact(ctx context.Context, from *pool, begin string, f func(*Tx) error) (err error) {
	var c *connection
	select {
	case c = <-from.free:
	case <-ctx.Done():
		return fmt.Errorf("wait for the database: %w", ctx.Err())
	case <-s.closed:
		return ErrClosed
	}
	defer func() { from.free <- c }()

	tx := &Tx{ctx: ctx, store: s, c: c, now: s.now().UTC()}
	if _, err := tx.exec("begin a transaction", begin); err != nil {
		return err
	}
	committed := false
	defer func() { // runs in a panic too, which then goes on
		if committed {
			return
		}
		tx.ctx = context.WithoutCancel(ctx) // a cancelled transaction must still be rolled back
		_, rollback := tx.exec("roll back", "ROLLBACK")
		var e *sqlite.Error
		if errors.As(rollback, &e) && e.Code() == sqlite3.SQLITE_ERROR {
			rollback = nil // SQLite had rolled back by itself, as it does when the disk is full
		}
		err = errors.Join(err, rollback)
	}()
	if err := f(tx); err != nil {
		return err
	}
	if _, err := tx.exec("commit", "COMMIT"); err != nil {
		return err
	}
	committed = true
	return nil
}

// Now is the time of the transaction, in UTC: the same for everything it writes.
func (tx *Tx) Now() time.Time { return tx.now }

// stmt is the prepared statement of the connection, made at its first use. A bare parameter as LIMIT would have SQLite prepare the statement
// again at each run, for what it might make of the number; hence LIMIT 0 + ? in the statements that run often.
func (tx *Tx) stmt(query string) (*sql.Stmt, error) {
	if stmt := tx.c.stmts[query]; stmt != nil {
		return stmt, nil
	}
	stmt, err := tx.c.conn.PrepareContext(tx.ctx, query)
	if err == nil {
		tx.c.stmts[query] = stmt
	}
	return stmt, err
}

// exec runs a statement that writes and returns how many rows it touched. Doing is what the caller is about, for the error.
func (tx *Tx) exec(doing, query string, args ...any) (int64, error) {
	n, err := func() (int64, error) {
		stmt, err := tx.stmt(query)
		if err != nil {
			return 0, err
		}
		result, err := stmt.ExecContext(tx.ctx, args...)
		if err != nil {
			return 0, err
		}
		return result.RowsAffected()
	}()
	if err != nil {
		return 0, fmt.Errorf("%s: %w", doing, tx.store.explain(err))
	}
	return n, nil
}

// change is exec for a statement that must touch something; ErrNotFound when it did not.
func (tx *Tx) change(doing, query string, args ...any) error {
	n, err := tx.exec(doing, query, args...)
	if err == nil && n == 0 {
		err = fmt.Errorf("%s: %w", doing, ErrNotFound)
	}
	return err
}

// rows runs a query and calls f for each row it yields.
func (tx *Tx) rows(doing, query string, args []any, f func(*sql.Rows) error) error {
	stmt, err := tx.stmt(query)
	if err != nil {
		return fmt.Errorf("%s: %w", doing, tx.store.explain(err))
	}
	rows, err := stmt.QueryContext(tx.ctx, args...)
	return tx.drain(doing, rows, err, f)
}

// stream is rows for an f that is the caller's own: its statement is not shared, so f may ask anything, the same question too.
func (tx *Tx) stream(doing, query string, args []any, f func(*sql.Rows) error) error {
	rows, err := tx.c.conn.QueryContext(tx.ctx, query, args...)
	return tx.drain(doing, rows, err, f)
}

// errEnough is what a function says that wants no more rows.
var errEnough = errors.New("no more rows are wanted")

func (tx *Tx) drain(doing string, rows *sql.Rows, err error, f func(*sql.Rows) error) error {
	if err != nil {
		return fmt.Errorf("%s: %w", doing, tx.store.explain(err))
	}
	defer rows.Close() // for a panic in f; otherwise closed below, where its error counts
	for rows.Next() {
		err := f(rows)
		if errors.Is(err, errEnough) {
			break
		}
		if err != nil {
			return errors.Join(err, rows.Close())
		}
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return fmt.Errorf("%s: %w", doing, tx.store.explain(err))
	}
	return nil
}

// record is a struct that knows where its columns go. Because the SQL driver follows pointers, the same list serves to read and to write.
type record[T any] interface {
	*T
	fields() []any
}

// list reads all rows of a query, whose columns are those of T's fields.
func list[T any, P record[T]](tx *Tx, doing, query string, args ...any) ([]T, error) {
	var all []T
	var v T
	into := P(&v).fields()
	err := tx.rows(doing, query, args, func(rows *sql.Rows) error {
		err := rows.Scan(into...)
		all = append(all, v)
		return err
	})
	return all, err
}

// one reads the only row of a query; false when there is none.
func one[T any, P record[T]](tx *Tx, doing, query string, args ...any) (T, bool, error) {
	var v T
	found, err := tx.scan(doing, query, args, P(&v).fields()...)
	return v, found, err
}

// scan reads the only row of a query into the destinations; false when there is none.
func (tx *Tx) scan(doing, query string, args []any, into ...any) (found bool, err error) {
	err = tx.rows(doing, query, args, func(rows *sql.Rows) error {
		found = true
		return rows.Scan(into...)
	})
	return found, err
}

// stamp is a time in a column: UTC to the microsecond, always 27 characters so that text order is time order; empty when zero.
type stamp struct{ *time.Time }

const stampLayout = "2006-01-02T15:04:05.000000Z"

func at(t time.Time) stamp { return stamp{&t} }

// Value is the column's text.
func (s stamp) Value() (driver.Value, error) {
	if s.IsZero() {
		return "", nil
	}
	return s.UTC().Format(stampLayout), nil
}

// Scan reads the column's text.
func (s stamp) Scan(from any) (err error) {
	text, ok := from.(string)
	if !ok {
		return fmt.Errorf("a time is kept as text, not as %T", from)
	}
	*s.Time = time.Time{}
	if text != "" {
		*s.Time, err = time.Parse(stampLayout, text)
	}
	return err
}

// ids is a list of numbers as one parameter, for `IN (SELECT value FROM json_each(?))`: a list of any length is then one statement.
func ids(list []int64) string {
	text := []byte{'['}
	for i, id := range list {
		if i > 0 {
			text = append(text, ',')
		}
		text = strconv.AppendInt(text, id, 10)
	}
	return string(append(text, ']'))
}
