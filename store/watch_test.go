package store

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestAlertsAreKept(t *testing.T) {
	s, c := shop(t)
	first := Alert{Key: "in-doubt", Says: "a", Cure: "b", Since: c.now(), RaisedAt: c.now(), Told: "mail"}
	second := Alert{Key: "pull-failing/77", Says: "c", Since: c.now(), RaisedAt: c.now().Add(time.Hour), OverAt: c.now().Add(2 * time.Hour), TellAfter: c.now().Add(time.Hour), Problem: "no line"}
	write(t, s, func(tx *Tx) error {
		err := errors.Join(tx.SaveAlert(second), tx.SaveAlert(Alert{Key: "in-doubt", Says: "old"}), tx.SaveAlert(first))
		got, err2 := tx.Alerts()
		if diff := cmp.Diff([]Alert{first, second}, got); diff != "" {
			t.Error(diff)
		}
		err3 := tx.DropAlert("in-doubt")
		got, err4 := tx.Alerts()
		if len(got) != 1 || got[0].Key != second.Key {
			t.Errorf("after one was dropped: %v", got)
		}
		return errors.Join(err, err2, err3, err4)
	})
}

// Sessions that did nothing are left out, and the numbers count the others from the newest.
func TestBusySessions(t *testing.T) {
	s, c := shop(t)
	at := func(minutes int) time.Time { return c.now().Add(time.Duration(minutes) * time.Minute) }
	session := func(ticket string, minutes int, said string) Session {
		return Session{Ticket: ticket, CompanyID: 1, State: "{}", Progress: "{}", Said: said, OpenedAt: at(minutes), LastCallAt: at(minutes)}
	}
	write(t, s, func(tx *Tx) error {
		return errors.Join(tx.SaveSession(session("abcd-1", 1, "")), tx.SaveSession(session("abcd-2", 2, "")), tx.SaveSession(session("cccc-3", 3, "open the file")), tx.SaveSession(session("dddd-4", 4, "")),
			tx.AddSet(Set{ID: "S1", CompanyID: 1, Ticket: "abcd-1", Kind: "write", State: "answered", Rows: 3, Request: []byte("x")}),
			tx.AddSet(Set{ID: "S2", CompanyID: 1, Ticket: "abcd-1", Kind: "list", State: "answered", Rows: 9, Request: []byte("x")}))
	})
	read(t, s, func(tx *Tx) error {
		busy, err := tx.LastBusySessions(1, 9)
		var tickets []string
		for _, b := range busy {
			tickets = append(tickets, b.Ticket)
		}
		if !slices.Equal(tickets, []string{"cccc-3", "abcd-1"}) {
			t.Errorf("the busy sessions are %v", tickets)
		}
		for beginning, want := range map[string]struct {
			ticket string
			number int
		}{"abcd-1": {"abcd-1", 2}, "ABCD": {"abcd-2", 0}, "cc": {"cccc-3", 1}, "dddd": {"dddd-4", 0}, "%": {}, "zz": {}} {
			got, found, err := tx.SessionByTicket(1, beginning)
			if err != nil || got.Ticket != want.ticket || found != (want.ticket != "") {
				t.Errorf("%s finds %q (%v)", beginning, got.Ticket, err)
			}
			if n, err := tx.SessionNumber(got); err != nil || n != want.number {
				t.Errorf("%s has number %d (%v), not %d", got.Ticket, n, err, want.number)
			}
		}
		sets, requests, err2 := tx.SetCounts("abcd-1")
		if sets != 2 || requests != 3 {
			t.Errorf("%d sets, %d writing requests", sets, requests)
		}
		last, err3 := tx.LastSets(1, 1)
		if len(last) != 1 || last[0].ID != "S2" {
			t.Errorf("the last set is %v", last)
		}
		return errors.Join(err, err2, err3)
	})
}

// When the Web Connector came last is known however long ago it was.
func TestPruneSessionsKeepsTheNewest(t *testing.T) {
	s, c := shop(t)
	write(t, s, func(tx *Tx) error {
		err := errors.Join(tx.SaveSession(Session{Ticket: "old", CompanyID: 1, State: "{}", Progress: "{}", OpenedAt: c.now()}),
			tx.SaveSession(Session{Ticket: "new", CompanyID: 1, State: "{}", Progress: "{}", OpenedAt: c.now().Add(time.Minute)}),
			tx.PruneSessions(c.now().Add(time.Hour), c.now().Add(time.Hour)))
		left, err2 := tx.LastSessions(1, 9)
		if len(left) != 1 || left[0].Ticket != "new" {
			t.Errorf("left are %v", left)
		}
		return errors.Join(err, err2)
	})
}

func TestStanding(t *testing.T) {
	s, c := shop(t)
	begin := c.now()
	for i, key := range []string{"A", "B", "C"} {
		c.set(begin.Add(time.Duration(i) * time.Hour))
		write(t, s, func(tx *Tx) error {
			_, err := tx.SaveOrder(orderIn(key, "1.00", 1))
			return errors.Join(err, tx.SetState("77", key, StateIn{State: "attention", Reason: "r", Who: "w"}))
		})
	}
	read(t, s, func(tx *Tx) error {
		for _, l := range []struct {
			since  time.Time
			states []string
			want   Standing
		}{
			{c.now(), []string{"attention"}, Standing{3, begin, begin.Add(2 * time.Hour)}},
			{begin.Add(time.Hour), []string{"attention", "queued"}, Standing{2, begin, begin.Add(time.Hour)}},
			{c.now(), []string{"queued", "sent"}, Standing{}},
		} {
			got, err := tx.Standing(1, l.since, l.states...)
			if err != nil || got != l.want {
				t.Errorf("%v since %s: %+v (%v), not %+v", l.states, l.since, got, err, l.want)
			}
		}
		numbers, err := tx.NewestNumbers(1, "attention", 2)
		if !slices.Equal(numbers, []string{"C", "B"}) {
			t.Errorf("the newest are %v", numbers)
		}
		counts, err2 := tx.OrderCounts(1)
		if diff := cmp.Diff(map[string]int64{"attention": 3}, counts); diff != "" {
			t.Error(diff)
		}
		n, oldest, err3 := tx.Doubt(1)
		if n != 0 || !oldest.IsZero() {
			t.Errorf("%d sets in doubt since %s", n, oldest)
		}
		return errors.Join(err, err2, err3)
	})
}

func TestSettingsByName(t *testing.T) {
	s := open(t, Options{})
	write(t, s, func(tx *Tx) error {
		return errors.Join(tx.SetSetting("b", "2"), tx.SetSetting("a", "1"), tx.SetSetting("c", "3"), tx.DropSetting("c"), tx.DropSetting("none"))
	})
	read(t, s, func(tx *Tx) error {
		var all []string
		err := tx.Settings(func(name, value string) error {
			all = append(all, name+value)
			return nil
		})
		if !slices.Equal(all, []string{"a1", "b2"}) {
			t.Errorf("the settings are %v", all)
		}
		stop := errors.New("stop")
		if err := tx.Settings(func(string, string) error { return stop }); !errors.Is(err, stop) {
			t.Errorf("the caller's error is %v", err)
		}
		version, err2 := tx.SchemaVersion()
		if version < 2 {
			t.Errorf("the form is %d", version)
		}
		return errors.Join(err, err2)
	})
}
