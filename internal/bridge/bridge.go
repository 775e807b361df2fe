// Package bridge is the engine: it pulls orders from the shop, has the
// bookkeeper plan them, queues what may go out, hands it to the Web Connector
// and records QuickBooks' answers. Its exported methods are the use cases that
// the commands and the console offer; they return values.
//
// The loops talk through the store alone. Each is a Step that a test can
// drive; the clock, the timers, randomness and the points at which a process
// may die are injected.
package bridge

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"qbridge/store"
)

// Name and Version of the product, as the Web Connector shows them.
const (
	Name    = "QBridge"
	Version = "0.1.0"
)

// databaseFile is the one file in the data folder that holds everything but
// the key of the secrets.
const databaseFile = "qbridge.db"

// Config is what a bridge needs from outside. Zero fields are filled with the
// real thing.
type Config struct {
	Dir   string // the data folder
	Now   func() time.Time
	Sleep func(context.Context, time.Duration) error
	Rand  io.Reader
	Log   *slog.Logger
	// Redactor is told every secret as soon as it is in memory.
	Redactor *Redactor
	HTTP     *http.Client // for the shop
	// Bodies gets the SOAP requests and answers, cut and without passwords; nil
	// for none (P60).
	Bodies *slog.Logger
	// MailTLS is what the mail server's certificate is held against; the
	// system's authorities when nil.
	MailTLS *tls.Config
	// Point is called at every commit and every answer with its name. A test
	// dies there.
	Point func(name string)
	// SetSize fixes the number of writing requests a set; 0 adapts it to the
	// time that QuickBooks takes.
	SetSize int
	// MaxPages limits the size of the database, for tests of a full disk.
	MaxPages int
	// SeeSet is shown every message set before it is handed out. Tests
	// validate them.
	SeeSet func(id string, document []byte)
}

// Bridge is one open data folder.
type Bridge struct {
	Config
	db     *store.Store
	vault  *Vault
	opened time.Time

	pulling  chan struct{} // held while a shop is pulled: two pulls at once would move its watermark back and forth
	planning sync.Mutex    // planning one order may promise a name that the next one sees

	calls callCounts // of the Web Connector, since the start
	lease atomic.Pointer[held]

	wake chan struct{} // has the shops pulled now

	others int64 // store.Tx.OthersWrote when the books in memory were read; guarded by planning

	mu    sync.Mutex
	known map[int64]knownBooks // by company
	rules map[int64]knownRules // by company
}

// Create makes the data folder when it is not there and opens it.
func Create(c Config) (*Bridge, error) {
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("cannot make the data folder %s: %w", c.Dir, err)
	}
	return open(c)
}

// Open opens a data folder that Create or Init made before.
func Open(c Config) (*Bridge, error) {
	if _, err := os.Stat(filepath.Join(c.Dir, databaseFile)); errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("there is nothing in %s yet: run 'qbridge init --data %s' first", c.Dir, c.Dir)
	}
	return open(c)
}

func open(c Config) (*Bridge, error) {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Sleep == nil {
		c.Sleep = sleep
	}
	if c.Rand == nil {
		c.Rand = rand.Reader
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Redactor == nil {
		c.Redactor = new(Redactor)
	}
	if c.HTTP == nil {
		c.HTTP = &http.Client{Timeout: 60 * time.Second}
	}
	if c.Point == nil {
		c.Point = func(string) {}
	}
	if c.SeeSet == nil {
		c.SeeSet = func(string, []byte) {}
	}
	vault, err := OpenVault(c.Dir, c.Rand)
	if err != nil {
		return nil, err
	}
	db, err := store.Open(filepath.Join(c.Dir, databaseFile), store.Options{Now: c.Now, MaxPages: c.MaxPages, Log: c.Log})
	if err != nil {
		return nil, err
	}
	return &Bridge{Config: c, db: db, vault: vault, opened: c.Now(), pulling: make(chan struct{}, 1), wake: make(chan struct{}, 1), known: map[int64]knownBooks{}, rules: map[int64]knownRules{}}, nil
}

// Close closes the data folder. Whatever was committed is safe without it.
func (b *Bridge) Close() error { return b.db.Close() }

// write runs one writing transaction and passes the failpoints before and
// after its commit.
func (b *Bridge) write(ctx context.Context, what string, f func(*store.Tx) error) error {
	return b.commit(ctx, b.db.Write, what, f)
}

// writeBehind is write for what the Web Connector and people need not wait for:
// they wait for one such transaction at most, so each must be short.
func (b *Bridge) writeBehind(ctx context.Context, what string, f func(*store.Tx) error) error {
	return b.commit(ctx, b.db.WriteBehind, what, f)
}

func (b *Bridge) commit(ctx context.Context, write func(context.Context, func(*store.Tx) error) error, what string, f func(*store.Tx) error) error {
	err := write(ctx, func(tx *store.Tx) error {
		if err := f(tx); err != nil {
			return err
		}
		b.Point(what + ": before commit")
		return nil
	})
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	b.Point(what + ": after commit")
	return nil
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// randomText gives n characters of [A-Z0-9] without the ones that people
// confuse.
func (b *Bridge) randomText(n int) (string, error) {
	const letters = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ" // 32: a byte taken modulo 32 stays uniform
	raw := make([]byte, n)
	if _, err := io.ReadFull(b.Rand, raw); err != nil {
		return "", fmt.Errorf("no randomness: %w", err)
	}
	for i := range raw {
		raw[i] = letters[raw[i]%32]
	}
	return string(raw), nil
}
