package store

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
)

//go:embed migrations/*.sql
var migrations embed.FS

// applicationID marks a file as ours ("QBrg" in ASCII), so that another program's database is never migrated.
const applicationID = 0x51427267

// migrate brings the schema to the newest of the numbered files (migrations/001.sql, ...), each in one transaction, after a copy of what
// there was. The number of the last one is kept in the file's user_version.
func (s *Store) migrate(ctx context.Context, files fs.FS) error {
	names, err := fs.Glob(files, "migrations/*.sql") // sorted
	if err != nil {
		return fmt.Errorf("list the migrations: %w", err)
	}
	version, err := s.version(ctx)
	switch {
	case err != nil:
		return err
	case version > len(names):
		return fmt.Errorf("%w: %s has form %d and this program knows forms up to %d; install the newer program again, or restore a backup made before it", ErrNewer, s.path, version, len(names))
	case version > 0 && version < len(names):
		copyPath := fmt.Sprintf("%s.before-%03d", s.path, version+1)
		if err := s.vacuumInto(ctx, copyPath, true); err != nil {
			return fmt.Errorf("copy the database before changing its form: %w", err)
		}
		s.log.Info("copied the database before changing its form", "copy", copyPath)
	}
	for number := version + 1; number <= len(names); number++ {
		name := names[number-1]
		if path.Base(name) != fmt.Sprintf("%03d.sql", number) {
			return fmt.Errorf("migration %d is missing: found %s in its place", number, name)
		}
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return fmt.Errorf("read migration %s: %w", name, err)
		}
		err = s.Write(ctx, func(tx *Tx) error {
			_, err := tx.c.conn.ExecContext(ctx, fmt.Sprintf("%s;\nPRAGMA application_id = %d; PRAGMA user_version = %d", text, applicationID, number))
			return s.explain(err)
		})
		if err != nil {
			return fmt.Errorf("migration %s: %w", name, err)
		}
		s.log.Info("changed the form of the database", "migration", number)
	}
	return nil
}

// version is the number of the last migration the file has seen; 0 for an empty file. Another program's database is refused.
func (s *Store) version(ctx context.Context) (version int, err error) {
	var application, tables int
	err = s.Write(ctx, func(tx *Tx) error {
		_, e1 := tx.scan("read the form of the database", "PRAGMA user_version", nil, &version)
		_, e2 := tx.scan("read whose the database is", "PRAGMA application_id", nil, &application)
		_, e3 := tx.scan("count the tables", "SELECT count(*) FROM sqlite_schema", nil, &tables)
		return errors.Join(e1, e2, e3)
	})
	if err == nil && application != applicationID && (version != 0 || tables != 0) {
		err = fmt.Errorf("%w: %s belongs to another program; name another file", ErrNotOurs, s.path)
	}
	return version, err
}
