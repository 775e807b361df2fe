package store

import (
	"compress/gzip"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// readers is how many snapshots may be read at the same time beside the one writer.
const readers = 4

// Options are what a program may choose about its database.
type Options struct {
	// Now is the clock; time.Now when nil.
	Now func() time.Time
	// MaxPages bounds the file in pages of 4,096 bytes, so that a test can fill the disk; 0 for no bound.
	MaxPages int
	// Log hears of migrations; nothing is logged when nil.
	Log *slog.Logger
}

// Store is one open database. It may be used by many goroutines at once.
type Store struct {
	path            string
	now             func() time.Time
	log             *slog.Logger
	writer, readers *pool
	behind          chan struct{} // held by the one WriteBehind that may ask for its turn
	closing         sync.Once
	closed          chan struct{}
}

// pool is a number of SQLite connections, free ones in the channel.
type pool struct {
	db   *sql.DB
	free chan *connection
	size int
}

// connection is one SQLite connection with the statements it has prepared. Whoever took it from its channel has it alone.
type connection struct {
	conn  *sql.Conn
	stmts map[string]*sql.Stmt
	gzip  *gzip.Writer // nil before the first use: it takes a megabyte
}

// Open opens the database file at path, makes it when it is absent, and brings its schema up to date; before that it copies a database
// that holds something to path.before-NNN. The errors are ErrReadOnly, ErrLocked, ErrFull, ErrNotOurs, ErrNewer and ErrDamaged, each
// with a sentence that says what to do.
func Open(path string, o Options) (*Store, error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("find the database %s: %w", path, err)
	}
	s := &Store{path: absolute, now: o.Now, log: o.Log, behind: make(chan struct{}, 1), closed: make(chan struct{})}
	if s.now == nil {
		s.now = time.Now
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if err := s.open(o.MaxPages); err != nil {
		return nil, errors.Join(fmt.Errorf("open the database %s: %w", path, s.explain(err)), s.Close())
	}
	return s, nil
}

func (s *Store) open(maxPages int) error {
	pragmas := []string{
		"cache_size(-4096)",        // 4 MB: 32 MB cost more to look through at each commit than they saved, and the default of 2 MB is too small for 100,000 orders
		"wal_autocheckpoint(4000)", // 16 MB: a page that changes in many sets is copied back once
		"temp_store(MEMORY)",       // what a statement must be able to take back is pages of a hundred orders at most: no file for that
	}
	if maxPages > 0 {
		pragmas = append(pragmas, fmt.Sprintf("max_page_count(%d)", maxPages))
	}
	ctx := context.Background()
	var err error
	if s.writer, err = s.connect(ctx, 1, pragmas...); err != nil {
		return err
	}
	if err := s.migrate(ctx, migrations); err != nil {
		return err
	}
	s.readers, err = s.connect(ctx, readers, "query_only(1)")
	return err
}

func (s *Store) connect(ctx context.Context, size int, pragmas ...string) (*pool, error) {
	db, err := sql.Open("sqlite", dsn(s.path, pragmas...))
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(size)
	p := &pool{db: db, free: make(chan *connection, size)}
	for p.size < size {
		conn, err := db.Conn(ctx)
		if err != nil {
			return nil, errors.Join(err, p.close())
		}
		p.free <- &connection{conn: conn, stmts: map[string]*sql.Stmt{}}
		p.size++
	}
	return p, nil
}

// close waits until every connection is free.
func (p *pool) close() (err error) {
	for range p.size {
		c := <-p.free
		for _, stmt := range c.stmts {
			err = errors.Join(err, stmt.Close())
		}
		err = errors.Join(err, c.conn.Close())
	}
	return errors.Join(err, p.db.Close())
}

// dsn names the file and its pragmas. The busy timeout comes first: the change to WAL may itself have to wait for a lock.
func dsn(path string, pragmas ...string) string {
	slash := filepath.ToSlash(path)
	if !strings.HasPrefix(slash, "/") {
		slash = "/" + slash // C:/folder is /C:/folder in a file: URL
	}
	pragmas = append([]string{"busy_timeout(5000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)"}, pragmas...)
	return "file://" + (&url.URL{Path: slash}).EscapedPath() + "?_pragma=" + strings.Join(pragmas, "&_pragma=") + "&_txlock=immediate"
}

// Path is the absolute path of the database file.
func (s *Store) Path() string { return s.path }

// Close waits for the transactions under way, then closes the file. Closing twice is closing once.
func (s *Store) Close() (err error) {
	s.closing.Do(func() {
		close(s.closed)
		for _, p := range []*pool{s.readers, s.writer} {
			if p != nil {
				err = errors.Join(err, p.close())
			}
		}
	})
	return err
}
