package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
)

// Backup writes a copy of the database, as it is at this moment, to a file that must not exist yet. Others go on reading and writing.
// The file appears whole or not at all.
func (s *Store) Backup(ctx context.Context, path string) error {
	if err := s.vacuumInto(ctx, path, false); err != nil {
		return fmt.Errorf("back up the database to %s: %w", path, err)
	}
	return nil
}

// vacuumInto copies the database over a connection of its own, because SQLite does not vacuum on one that only reads, and the writing one
// is not ours to hold.
func (s *Store) vacuumInto(ctx context.Context, path string, replace bool) (err error) {
	if !replace {
		place, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL, 0o600) // holds the name, so that nothing can take it meanwhile
		if errors.Is(err, os.ErrExist) {
			return fmt.Errorf("the file is there already and is left as it is; choose another name: %w", err)
		}
		if err != nil {
			return err
		}
		if err := place.Close(); err != nil {
			return err
		}
	}
	part := path + ".part"
	defer func() {
		if err != nil {
			err = errors.Join(err, removeIfThere(part))
			if !replace {
				err = errors.Join(err, removeIfThere(path))
			}
		}
	}()
	if err := removeIfThere(part); err != nil { // left by a copy that was killed
		return err
	}
	db, err := sql.Open("sqlite", dsn(s.path))
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, "VACUUM INTO ?", part)
	if err = errors.Join(s.explain(err), db.Close()); err != nil {
		return err
	}
	if err := flush(part); err != nil {
		return err
	}
	return os.Rename(part, path)
}

// flush makes sure that the copy is on the disk before its name says so: VACUUM INTO does not.
func flush(path string) error {
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(file.Sync(), file.Close())
}

func removeIfThere(path string) error {
	if err := os.Remove(path); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// Check reads the whole file and reports damage as ErrDamaged. It takes a second per few hundred megabytes.
func (s *Store) Check(ctx context.Context) error {
	return s.Read(ctx, func(tx *Tx) error {
		var findings []error
		err := tx.rows("check the database", "PRAGMA quick_check", nil, func(rows *sql.Rows) error {
			var finding string
			err := rows.Scan(&finding)
			if finding != "ok" {
				findings = append(findings, errors.New(finding))
			}
			return err
		})
		if err == nil && len(findings) > 0 {
			err = fmt.Errorf("%w: stop QBridge, keep %s as it is and restore the newest backup: %w", ErrDamaged, s.path, errors.Join(findings...))
		}
		return err
	})
}
