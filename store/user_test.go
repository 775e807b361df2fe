package store

import (
	"errors"
	"testing"
	"time"
)

func TestUsers(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	s, err := Open(t.TempDir()+"/users.db", Options{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close() // a test's database
	u := User{Name: "Alma", Role: "owner", PasswordHash: "h", Lang: "fr"}
	write := func(f func(*Tx) error) {
		t.Helper()
		if err := s.Write(t.Context(), f); err != nil {
			t.Fatal(err)
		}
	}
	write(func(tx *Tx) error { return tx.SaveUser(&u) })
	if u.ID == 0 || !u.CreatedAt.Equal(now) {
		t.Errorf("the new user is %+v", u)
	}
	if err := s.Write(t.Context(), func(tx *Tx) error { return tx.SaveUser(&User{Name: "ALMA", Role: "owner"}) }); err == nil {
		t.Error("two users have one name")
	}
	if err := s.Write(t.Context(), func(tx *Tx) error { return tx.SaveUser(&User{ID: 99, Name: "Nobody"}) }); !errors.Is(err, ErrNotFound) {
		t.Errorf("a user who is not there was changed: %v", err)
	}
	write(func(tx *Tx) error {
		return errors.Join(tx.AddUserSession("one", u.ID), tx.AddUserSession("two", u.ID), tx.AddUserSession("three", u.ID))
	})
	now = now.Add(time.Hour)
	sessions := func() (left []string) {
		t.Helper()
		write(func(tx *Tx) error {
			for _, hash := range []string{"one", "two", "three"} {
				if _, found, err := tx.UserSession(hash); err != nil {
					return err
				} else if found {
					left = append(left, hash)
				}
			}
			return nil
		})
		return left
	}
	write(func(tx *Tx) error {
		if err := tx.SeeUserSession("two"); err != nil {
			return err
		}
		return tx.PruneUserSessions(now.Add(-2*time.Hour), now.Add(-time.Minute))
	})
	if left := sessions(); len(left) != 1 || left[0] != "two" {
		t.Errorf("left are the sessions %v, want the one that was seen", left)
	}
	write(func(tx *Tx) error {
		found, _, err := tx.UserByName("aLMA")
		if !found.SeenAt.Equal(now) || found.Lang != "fr" {
			t.Errorf("the user is now %+v", found)
		}
		return errors.Join(err, tx.AddUserSession("one", u.ID), tx.EndUserSessions(u.ID, "one"))
	})
	if left := sessions(); len(left) != 1 || left[0] != "one" {
		t.Errorf("left are the sessions %v, want the one excepted", left)
	}
	write(func(tx *Tx) error { return tx.EndUserSession("one") })
	if left := sessions(); len(left) != 0 {
		t.Errorf("left are the sessions %v", left)
	}
}
