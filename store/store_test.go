package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"
)

// clock is a clock that tests set.
type clock struct{ atomic.Pointer[time.Time] }

func newClock() *clock {
	c := &clock{}
	c.set(time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC))
	return c
}
func (c *clock) now() time.Time           { return *c.Load() }
func (c *clock) set(t time.Time)          { c.Store(&t) }
func (c *clock) advance(by time.Duration) { c.set(c.now().Add(by)) }

func open(t testing.TB, o Options) *Store {
	t.Helper()
	s, err := Open(filepath.Join(t.TempDir(), "my shop #1 50%.db"), o) // characters that mean something in a URL
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func write(t testing.TB, s *Store, f func(*Tx) error) {
	t.Helper()
	if err := s.Write(context.Background(), f); err != nil {
		t.Fatal(err)
	}
}

func read(t testing.TB, s *Store, f func(*Tx) error) {
	t.Helper()
	if err := s.Read(context.Background(), f); err != nil {
		t.Fatal(err)
	}
}

// shop is a database with one company (1) and its store, and a clock.
func shop(t testing.TB) (*Store, *clock) {
	t.Helper()
	c := newClock()
	s := open(t, Options{Now: c.now})
	write(t, s, func(tx *Tx) error {
		if _, err := tx.AddCompany(Company{Name: "Tea & Co", UserName: "tea", PasswordHash: "x", FileID: "{1}"}); err != nil {
			return err
		}
		return tx.AddStore(Shop{ID: "77", CompanyID: 1, BaseURL: "http://shop", Since: c.now()})
	})
	return s, c
}

func orderIn(key, total string, version int) OrderIn {
	placed := time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC)
	hash := fmt.Sprintf("%s %s %d", key, total, version)
	return OrderIn{CompanyID: 1, StoreID: "77", Key: key, ID: key, Currency: "USD", Total: total, PlacedAt: placed,
		ShopUpdated: placed.Add(time.Duration(version) * time.Minute), Raw: []byte(`{"id":"` + hash + `"}`), ContentHash: hash, AccountingHash: hash}
}

func TestSettings(t *testing.T) {
	s := open(t, Options{})
	write(t, s, func(tx *Tx) error {
		if _, found, err := tx.Setting("mode"); found || err != nil {
			t.Errorf("a setting never set: found %v, %v", found, err)
		}
		return errors.Join(tx.SetSetting("mode", "look"), tx.SetSetting("mode", "post"))
	})
	read(t, s, func(tx *Tx) error {
		value, found, err := tx.Setting("mode")
		if value != "post" || !found {
			t.Errorf("mode = %q, %v, want post", value, found)
		}
		return err
	})
}

// I9
func TestWriteLeavesNothingBehindWhenItFails(t *testing.T) {
	broken := errors.New("broken")
	cancelled, cancel := context.WithCancel(context.Background())
	tests := []struct {
		name string
		ctx  context.Context
		f    func(*Tx) error
	}{
		{"an error", context.Background(), func(*Tx) error { return broken }},
		{"a panic", context.Background(), func(*Tx) error { panic("killed") }},
		{"a failed statement", context.Background(), func(tx *Tx) error { return tx.SetStopped(99, "no such company") }},
		{"a cancelled context", cancelled, func(tx *Tx) error { cancel(); _, _, err := tx.Setting("a"); return err }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := open(t, Options{})
			func() {
				defer func() {
					if got := recover(); (got != nil) != (test.name == "a panic") {
						t.Errorf("recovered %v", got)
					}
				}()
				err := s.Write(test.ctx, func(tx *Tx) error {
					if err := tx.SetSetting("a", "b"); err != nil {
						return err
					}
					return test.f(tx)
				})
				if err == nil {
					t.Error("no error")
				}
			}()
			write(t, s, func(tx *Tx) error {
				if _, found, err := tx.Setting("a"); found || err != nil {
					t.Errorf("the setting is there (%v)", err)
				}
				return tx.SetSetting("b", "the writer still works")
			})
		})
	}
}

func TestPanicWhileStreamingLeavesAUsableStore(t *testing.T) {
	s, _ := shop(t)
	write(t, s, func(tx *Tx) error { _, err := tx.SaveOrder(orderIn("A", "1.00", 1)); return err })
	func() {
		defer func() { recover() }()
		s.Write(context.Background(), func(tx *Tx) error { return tx.EachOrder(0, "", func(Order) error { panic("killed") }) })
	}()
	write(t, s, func(tx *Tx) error { return tx.SetSetting("a", "b") })
}

func TestReadersSeeASnapshotAndCannotWrite(t *testing.T) {
	s := open(t, Options{})
	read(t, s, func(tx *Tx) error {
		if _, _, err := tx.Setting("a"); err != nil { // the snapshot begins
			return err
		}
		write(t, s, func(tx *Tx) error { return tx.SetSetting("a", "b") }) // not hindered by the reader
		if _, found, err := tx.Setting("a"); found || err != nil {
			t.Errorf("a snapshot changed (%v)", err)
		}
		return nil
	})
	if err := s.Read(context.Background(), func(tx *Tx) error { return tx.SetSetting("a", "c") }); !errors.Is(err, ErrReadOnly) {
		t.Errorf("a reader wrote: %v", err)
	}
}

func TestConcurrentWritersAndReaders(t *testing.T) {
	s := open(t, Options{})
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for j := range 25 {
				err := s.Write(context.Background(), func(tx *Tx) error {
					if _, _, err := tx.Setting("counter"); err != nil { // read, then write
						return err
					}
					return tx.SetSetting(fmt.Sprintf("%d/%d", i, j), "x")
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	for range 4 {
		wg.Go(func() {
			for range 50 {
				if err := s.Read(context.Background(), func(tx *Tx) error { _, _, err := tx.Setting("0/0"); return err }); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	var n int
	read(t, s, func(tx *Tx) error {
		_, err := tx.scan("count", "SELECT count(*) FROM setting", nil, &n)
		return err
	})
	if n != 200 {
		t.Errorf("%d settings, want 200", n)
	}
}

func TestWaitingForTheWriterEndsWithTheContext(t *testing.T) {
	s := open(t, Options{})
	write(t, s, func(*Tx) error {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if err := s.Write(ctx, func(*Tx) error { return nil }); !errors.Is(err, context.Canceled) {
			t.Errorf("a second writer got %v", err)
		}
		return nil
	})
}

func TestClose(t *testing.T) {
	s := open(t, Options{})
	if err := errors.Join(s.Close(), s.Close()); err != nil {
		t.Fatal(err)
	}
	if err := s.Write(context.Background(), func(*Tx) error { return nil }); !errors.Is(err, ErrClosed) {
		t.Errorf("a write after Close: %v", err)
	}
}

// sentence says that an error is of a kind and tells a person what to do.
func sentence(t *testing.T, err, kind error, advice string) {
	t.Helper()
	if !errors.Is(err, kind) || !strings.Contains(err.Error(), advice) {
		t.Errorf("got the error\n\t%v\nwant %q with the advice %q", err, kind, advice)
	}
}

func TestFullDisk(t *testing.T) {
	s := open(t, Options{MaxPages: 120})
	fill := func(tx *Tx) error {
		for i := range 1000 {
			if err := tx.SetSetting(fmt.Sprint(i), strings.Repeat("x", 1000)); err != nil {
				return err
			}
		}
		return nil
	}
	sentence(t, s.Write(context.Background(), fill), ErrFull, "make room")
	write(t, s, func(tx *Tx) error {
		if _, found, err := tx.Setting("0"); found || err != nil {
			t.Errorf("the step that met the full disk was kept in part (%v)", err)
		}
		return tx.SetSetting("small", "still fits")
	})
}

func TestOpenWhereNothingCanBeWritten(t *testing.T) {
	t.Run("no such folder", func(t *testing.T) {
		_, err := Open(filepath.Join(t.TempDir(), "absent", "q.db"), Options{})
		sentence(t, err, ErrReadOnly, "check that the folder")
	})
	t.Run("a folder of that name", func(t *testing.T) {
		_, err := Open(t.TempDir(), Options{})
		sentence(t, err, ErrReadOnly, "check that the folder")
	})
	t.Run("read-only folder", func(t *testing.T) {
		if os.Geteuid() <= 0 {
			t.Skip("needs a Unix account other than root, for whom no folder is read-only")
		}
		for _, name := range []string{"new", "old"} {
			dir := t.TempDir()
			path := filepath.Join(dir, "q.db")
			if name == "old" {
				s, err := Open(path, Options{})
				if err := errors.Join(err, s.Close()); err != nil {
					t.Fatal(err)
				}
			}
			if err := os.Chmod(dir, 0o500); err != nil {
				t.Fatal(err)
			}
			_, err := Open(path, Options{})
			sentence(t, err, ErrReadOnly, "check that the folder")
			if err := os.Chmod(dir, 0o700); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestOpenLocked(t *testing.T) {
	t.Parallel() // waits for the busy timeout
	path := filepath.Join(t.TempDir(), "q.db")
	s, err := Open(path, Options{})
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
	other, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	other.SetMaxOpenConns(1)
	if _, err := other.Exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE"); err != nil {
		t.Fatal(err)
	}
	_, err = Open(path, Options{})
	sentence(t, err, ErrLocked, "close it")
}

func TestWriteLocked(t *testing.T) {
	t.Parallel() // waits for the busy timeout
	s := open(t, Options{})
	other, err := Open(s.Path(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	write(t, other, func(*Tx) error {
		sentence(t, s.Write(context.Background(), func(*Tx) error { return nil }), ErrLocked, "close it")
		return nil
	})
}

func TestOpenWhatIsNotOurs(t *testing.T) {
	foreign := func(t *testing.T, statements string) string {
		path := filepath.Join(t.TempDir(), "q.db")
		db, err := sql.Open("sqlite", path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.Exec(statements); err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		return path
	}
	text := filepath.Join(t.TempDir(), "letter.txt")
	if err := os.WriteFile(text, []byte(strings.Repeat("Dear Sir, ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, path := range map[string]string{
		"a text":                     text,
		"another program's database": foreign(t, "CREATE TABLE customer (id)"),
		"another program's database with a number": foreign(t, "CREATE TABLE customer (id); PRAGMA user_version = 1"),
	} {
		t.Run(name, func(t *testing.T) {
			before, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			_, err = Open(path, Options{})
			sentence(t, err, ErrNotOurs, "name another file")
			if after, err := os.ReadFile(path); err != nil || name == "a text" && string(after) != string(before) {
				t.Errorf("the file changed (%v)", err)
			}
		})
	}
}

func TestNewerDatabaseIsRefused(t *testing.T) {
	s := open(t, Options{})
	write(t, s, func(tx *Tx) error {
		_, err := tx.c.conn.ExecContext(context.Background(), "PRAGMA user_version = 900")
		return err
	})
	_, err := Open(s.Path(), Options{})
	sentence(t, err, ErrNewer, "install the newer program")
}

func TestMigrate(t *testing.T) {
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	now := len(names)
	next := func(number int, text string) fstest.MapFS { // those there are, and another one
		files := fstest.MapFS{fmt.Sprintf("migrations/%03d.sql", number): {Data: []byte(text)}}
		for _, name := range names {
			files[name] = &fstest.MapFile{} // not run again
		}
		return files
	}
	s := open(t, Options{})
	write(t, s, func(tx *Tx) error { return tx.SetSetting("a", "b") })
	ctx := context.Background()
	if err := s.migrate(ctx, migrations); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(s.Path() + ".before-001"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a copy was made of an empty database, or with nothing to migrate: %v", err)
	}
	if err := s.migrate(ctx, next(now+1, "ALTER TABLE setting ADD COLUMN note TEXT; CREATE TABLE broken (")); err == nil {
		t.Fatal("a broken migration went through")
	}
	if version, err := s.version(ctx); version != now || err != nil {
		t.Fatalf("after a broken migration the database has form %d (%v)", version, err)
	}
	if err := s.migrate(ctx, next(now+1, "ALTER TABLE setting ADD COLUMN note TEXT NOT NULL DEFAULT 'kept';")); err != nil {
		t.Fatal(err) // and what the broken one added is gone, or this column would be there
	}
	if version, err := s.version(ctx); version != now+1 || err != nil {
		t.Errorf("after the migration the database has form %d (%v)", version, err)
	}
	before, err := Open(fmt.Sprintf("%s.before-%03d", s.Path(), now+1), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer before.Close()
	read(t, before, func(tx *Tx) error {
		value, _, err := tx.Setting("a")
		if value != "b" {
			t.Errorf("the copy holds %q", value)
		}
		return err
	})
	gap := next(now+1, "")
	gap[fmt.Sprintf("migrations/%03d.sql", now+3)] = &fstest.MapFile{}
	if err := s.migrate(ctx, gap); err == nil {
		t.Error("a gap in the migrations went unnoticed")
	}
}

func TestBackupWhileWriting(t *testing.T) {
	s := open(t, Options{})
	write(t, s, func(tx *Tx) error { return tx.SetSetting("before", "x") })
	stop, done := make(chan struct{}), make(chan error)
	started := make(chan struct{})
	go func() {
		for i := 0; ; i++ {
			select {
			case <-stop:
				done <- nil
				return
			default:
			}
			if err := s.Write(context.Background(), func(tx *Tx) error {
				return errors.Join(tx.SetSetting(fmt.Sprint("a", i), "x"), tx.SetSetting(fmt.Sprint("b", i), "x"))
			}); err != nil {
				done <- err
				return
			}
			if i == 0 {
				close(started)
			}
		}
	}()
	<-started
	path := filepath.Join(t.TempDir(), "copy of today.db")
	if err := os.WriteFile(path+".part", []byte("left by a copy that was killed"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.Backup(context.Background(), path); err != nil {
		t.Fatal(err)
	}
	close(stop)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if err := s.Backup(context.Background(), path); !errors.Is(err, os.ErrExist) || !strings.Contains(err.Error(), "choose another name") {
		t.Errorf("a backup over a file: %v", err)
	}
	if _, err := os.Stat(path + ".part"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the part file is left: %v", err)
	}
	backup, err := Open(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer backup.Close()
	if err := backup.Check(context.Background()); err != nil {
		t.Error(err)
	}
	read(t, backup, func(tx *Tx) error {
		var a, b, before int
		_, err := tx.scan("count", "SELECT sum(name LIKE 'a%'), sum(name LIKE 'b_%' AND name <> 'before'), sum(name = 'before') FROM setting", nil, &a, &b, &before)
		if a != b || before != 1 {
			t.Errorf("the backup holds half a transaction: %d, %d, %d", a, b, before)
		}
		return err
	})
}

func TestBackupThatFailsLeavesNothing(t *testing.T) {
	s := open(t, Options{})
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	dir := t.TempDir()
	if err := s.Backup(ctx, filepath.Join(dir, "b.db")); err == nil {
		t.Error("no error")
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) > 0 {
		t.Errorf("left %v (%v)", files, err)
	}
}

func TestCheckFindsDamage(t *testing.T) {
	s := open(t, Options{})
	write(t, s, func(tx *Tx) error {
		for i := range 500 {
			if err := tx.SetSetting(fmt.Sprint(i), strings.Repeat("x", 500)); err != nil {
				return err
			}
		}
		return nil
	})
	if err := errors.Join(s.Check(context.Background()), s.Close()); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(s.Path())
	if err != nil {
		t.Fatal(err)
	}
	for i := len(content) - 20*4096; i < len(content)-5*4096; i++ { // behind the schema, which is read at once
		content[i] = 0xff
	}
	if err := os.WriteFile(s.Path(), content, 0o600); err != nil {
		t.Fatal(err)
	}
	damaged, err := Open(s.Path(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer damaged.Close()
	sentence(t, damaged.Check(context.Background()), ErrDamaged, "restore the newest backup")
}

func TestLease(t *testing.T) {
	c := newClock()
	s := open(t, Options{Now: c.now})
	take := func(holder, wantHolder string, wantOK bool) {
		t.Helper()
		ok, current, until, err := s.Lease(context.Background(), "serve", holder, time.Minute)
		if err != nil || ok != wantOK || current != wantHolder || !until.After(c.now()) {
			t.Errorf("%s asks: %v, %s until %v (%v), want %v, %s", holder, ok, current, until, err, wantOK, wantHolder)
		}
	}
	take("a", "a", true)
	take("b", "a", false)
	c.advance(50 * time.Second)
	take("a", "a", true) // prolonged
	c.advance(50 * time.Second)
	take("b", "a", false)
	c.advance(10 * time.Second) // a's time is over
	take("b", "b", true)
	if err := s.Release(context.Background(), "serve", "a"); err != nil {
		t.Fatal(err)
	}
	take("a", "b", false) // a could not release what b has
	if err := s.Release(context.Background(), "serve", "b"); err != nil {
		t.Fatal(err)
	}
	take("a", "a", true)
}

// The SQLite driver is C translated for one version of modernc.org/libc; with another one it may corrupt silently.
func TestLibcIsTheVersionTheDriverAsksFor(t *testing.T) {
	goTool, err := exec.LookPath("go")
	if err != nil {
		t.Skipf("needs the go command: %v", err)
	}
	list := func(module string) (m struct{ Version, GoMod string }) {
		out, err := exec.Command(goTool, "list", "-m", "-json", module).Output()
		if err != nil {
			t.Skipf("needs the go command: %v", err)
		}
		if err := json.Unmarshal(out, &m); err != nil {
			t.Fatal(err)
		}
		return m
	}
	requires, err := os.ReadFile(list("modernc.org/sqlite").GoMod)
	if err != nil {
		t.Fatal(err)
	}
	wants := regexp.MustCompile(`modernc\.org/libc (v\S+)`).FindStringSubmatch(string(requires))
	if has := list("modernc.org/libc").Version; len(wants) != 2 || has != wants[1] {
		t.Errorf("go.mod has modernc.org/libc %s, the driver asks for %v", has, wants)
	}
}

func TestAnySetting(t *testing.T) {
	s := open(t, Options{})
	write(t, s, func(tx *Tx) error { return errors.Join(tx.SetSetting("a/1/x", ""), tx.SetSetting("b", "")) })
	read(t, s, func(tx *Tx) error {
		for prefix, want := range map[string]bool{"a/1/": true, "a/1/x": true, "b": true, "a/1": true, "a/10/": false, "a/2/": false, "c": false, "A": false} {
			if got, err := tx.AnySetting(prefix); got != want || err != nil {
				t.Errorf("%s: %v (%v)", prefix, got, err)
			}
		}
		return nil
	})
}
