package store

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func entries(t testing.TB, s *Store, list string) (all []BookEntry) {
	t.Helper()
	read(t, s, func(tx *Tx) error {
		return tx.EachBook(1, list, func(e BookEntry) error { all = append(all, e); return nil })
	})
	return all
}

// upsert keeps entries and checks how many count as changed.
func upsert(t testing.TB, s *Store, reading int64, want int, entries ...BookEntry) {
	t.Helper()
	write(t, s, func(tx *Tx) error {
		changed, err := tx.UpsertBook(1, "Item", entries, reading)
		if changed != want {
			t.Errorf("%d changed, want %d", changed, want)
		}
		return err
	})
}

func begin(t testing.TB, s *Store, want int64) {
	t.Helper()
	write(t, s, func(tx *Tx) error {
		reading, err := tx.BeginReading(1, "Item")
		if reading != want {
			t.Errorf("reading %d, want %d", reading, want)
		}
		return err
	})
}

func end(t testing.TB, s *Store, reading int64, full bool, want int) {
	t.Helper()
	write(t, s, func(tx *Tx) error {
		removed, err := tx.EndReading(1, "Item", reading, full)
		if removed != want {
			t.Errorf("%d removed, want %d", removed, want)
		}
		return err
	})
}

func TestBookReadings(t *testing.T) {
	s, c := shop(t)
	tea, cup, pot := BookEntry{"1", "Tea", true, "{}"}, BookEntry{"2", "Cup", true, "{}"}, BookEntry{"3", "Pot", true, "{}"}
	begin(t, s, 1)
	upsert(t, s, 1, 2, tea, cup)
	upsert(t, s, 1, 0, tea, cup)
	end(t, s, 1, true, 0)
	full := c.now()

	c.advance(time.Hour)
	begin(t, s, 2)
	renamed := tea
	renamed.Name = "Green tea"
	upsert(t, s, 2, 1, renamed)
	end(t, s, 2, false, 0) // a reading of what changed removes nothing
	if diff := cmp.Diff([]BookEntry{renamed, cup}, entries(t, s, "Item")); diff != "" {
		t.Error(diff)
	}
	partial := c.now()
	read(t, s, func(tx *Tx) error {
		lists, err := tx.BookLists(1)
		if diff := cmp.Diff([]BookList{{List: "Item", Reading: 2, ReadAt: partial, FullAt: full, Dirty: true}}, lists); diff != "" {
			t.Error(diff)
		}
		return err
	})

	begin(t, s, 3)
	upsert(t, s, 3, 0, renamed)
	upsert(t, s, 0, 1, pot) // just added by us, after the reading had passed its place
	end(t, s, 3, true, 1)
	if diff := cmp.Diff([]BookEntry{renamed, pot}, entries(t, s, "Item")); diff != "" {
		t.Error(diff)
	}
	retired := pot
	retired.Active = false
	upsert(t, s, 0, 1, retired)
	write(t, s, func(tx *Tx) error { return tx.RemoveBook(1, "Item", "1", "never there") })
	if diff := cmp.Diff([]BookEntry{retired}, entries(t, s, "Item")); diff != "" {
		t.Error(diff)
	}
	if err := s.Write(context.Background(), func(tx *Tx) error { _, err := tx.EndReading(1, "Class", 1, true); return err }); !errors.Is(err, ErrNotFound) {
		t.Errorf("the end of a reading that never began: %v", err)
	}
}

func TestWantLists(t *testing.T) {
	s, _ := shop(t)
	wanted := func() (names []string) {
		read(t, s, func(tx *Tx) error {
			lists, err := tx.BookLists(1)
			for _, l := range lists {
				if l.Wanted {
					names = append(names, l.List)
				}
			}
			return err
		})
		return names
	}
	write(t, s, func(tx *Tx) error { return tx.WantLists(1, "Item", "Name") })
	same(t, "at first", wanted(), "Item", "Name")
	begin(t, s, 1)
	end(t, s, 1, true, 0)
	same(t, "after Item was read", wanted(), "Name")
	write(t, s, func(tx *Tx) error { return tx.WantLists(1) })
	same(t, "all", wanted(), "Item", "Name")
}

func TestCompanies(t *testing.T) {
	s, c := shop(t)
	first := c.now()
	c.advance(time.Hour)
	write(t, s, func(tx *Tx) error {
		generation, err := tx.BumpGeneration(1)
		if generation != 1 {
			t.Errorf("generation %d", generation)
		}
		return errors.Join(err, tx.BindCompany(1, `C:\old.qbw`, "{}"), tx.SetStopped(1, "restored"), tx.SetSetSize(1, 20), tx.SetPasswordHash(1, "hash"))
	})
	bound := c.now()
	c.advance(time.Hour)
	write(t, s, func(tx *Tx) error { return tx.BindCompany(1, `C:\tea.qbw`, `{"edition":"Pro"}`) })
	want := Company{ID: 1, Name: "Tea & Co", UserName: "tea", PasswordHash: "hash", FileID: "{1}", BoundAt: bound, FilePath: `C:\tea.qbw`,
		About: `{"edition":"Pro"}`, AboutAt: c.now(), BooksGeneration: 1, SetSize: 20, Stopped: "restored", CreatedAt: first}
	read(t, s, func(tx *Tx) error {
		byID, found, err := tx.Company(1)
		byUser, found2, err2 := tx.CompanyByUser("tea")
		all, err3 := tx.Companies()
		if diff := cmp.Diff([]Company{want, want, want}, append(slices.Clone(all), byID, byUser)); diff != "" || !found || !found2 {
			t.Error(diff)
		}
		_, found, err4 := tx.CompanyByUser("TEA")
		if found {
			t.Error("the user's name is found in another spelling")
		}
		return errors.Join(err, err2, err3, err4)
	})
	for name, f := range map[string]func(*Tx) error{
		"bind":       func(tx *Tx) error { return tx.BindCompany(9, "", "") },
		"generation": func(tx *Tx) error { _, err := tx.BumpGeneration(9); return err },
	} {
		if err := s.Write(context.Background(), f); !errors.Is(err, ErrNotFound) {
			t.Errorf("%s of an absent company: %v", name, err)
		}
	}
	err := s.Write(context.Background(), func(tx *Tx) error { _, err := tx.AddCompany(Company{UserName: "tea"}); return err })
	if err == nil {
		t.Error("two companies have one user")
	}
}

func TestStores(t *testing.T) {
	s, c := shop(t)
	created, updated, after := c.now().Add(-time.Hour), c.now().Add(-time.Minute), c.now().Add(time.Minute)
	write(t, s, func(tx *Tx) error {
		return errors.Join(tx.SetProfile("77", "Tea shop", "{}"), tx.SetWatermark("77", created, updated), tx.SetPulled("77", "", time.Time{}))
	})
	pulled := c.now()
	c.advance(time.Minute)
	write(t, s, func(tx *Tx) error { return tx.SetPulled("77", "the shop is closed", after) })
	want := Shop{ID: "77", CompanyID: 1, BaseURL: "http://shop", Name: "Tea shop", Profile: "{}", ProfileAt: pulled, Since: pulled, CreatedDone: created,
		UpdatedTo: updated, PulledAt: pulled, PullProblem: "the shop is closed", PullAfter: after}
	read(t, s, func(tx *Tx) error {
		got, found, err := tx.Store("77")
		ofOne, err2 := tx.Stores(1)
		ofAll, err3 := tx.Stores(0)
		ofOther, err4 := tx.Stores(2)
		if diff := cmp.Diff([]Shop{want, want, want}, append([]Shop{got}, append(append(ofOne, ofAll...), ofOther...)...)); diff != "" || !found {
			t.Error(diff)
		}
		return errors.Join(err, err2, err3, err4)
	})
}
