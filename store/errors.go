package store

import (
	"context"
	"errors"
	"fmt"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// Errors a caller may tell apart with errors.Is; the error around them says what to do.
var (
	ErrFull     = errors.New("the disk is full")
	ErrLocked   = errors.New("the database is locked")
	ErrReadOnly = errors.New("the database cannot be written")
	ErrNotOurs  = errors.New("this is not a QBridge database")
	ErrNewer    = errors.New("the database was written by a newer QBridge")
	ErrDamaged  = errors.New("the database is damaged")
	ErrClosed   = errors.New("the database is closed")
	// ErrNotFound: what was to be changed or read is not there.
	ErrNotFound = errors.New("not found")
	// ErrChanged: what the caller acts upon is no longer as it read it; it must read again and decide anew.
	ErrChanged = errors.New("changed in the meantime")
)

// OfDatabase reports whether an error is about the database as a whole (a full disk, a lock, the end of the program) and may pass, so that what
// was done must be tried again as it is. Any other error belongs to what was being kept or read.
func OfDatabase(err error) bool {
	for _, whole := range []error{ErrFull, ErrLocked, ErrReadOnly, ErrNotOurs, ErrNewer, ErrDamaged, ErrClosed, ErrChanged, context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, whole) {
			return true
		}
	}
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return false
	}
	code := e.Code() & 0xff
	return code != sqlite3.SQLITE_CONSTRAINT && code != sqlite3.SQLITE_TOOBIG
}

// explain turns SQLite's result codes into what happened and what to do. Other errors stay as they are.
func (s *Store) explain(err error) error {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Code() & 0xff { // the low byte is the primary code
	case sqlite3.SQLITE_FULL:
		return fmt.Errorf("%w: make room on the disk that holds %s; nothing of this step was kept, so it can be done again: %w", ErrFull, s.path, err)
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return fmt.Errorf("%w: another program holds %s; close it (a database browser, a copy program, a second QBridge) and try again: %w", ErrLocked, s.path, err)
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM:
		return fmt.Errorf("%w: check that the folder of %s exists and that the account QBridge runs under may write the file and the folder: %w", ErrReadOnly, s.path, err)
	case sqlite3.SQLITE_NOTADB:
		return fmt.Errorf("%w: %s holds something else; name another file, or restore a backup: %w", ErrNotOurs, s.path, err)
	case sqlite3.SQLITE_CORRUPT:
		return fmt.Errorf("%w: stop QBridge, keep %s as it is and restore the newest backup: %w", ErrDamaged, s.path, err)
	}
	return err
}
