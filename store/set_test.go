package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// I4: the bytes that left and those that came back are kept as they were.
func TestSetKeepsEveryByte(t *testing.T) {
	s, c := shop(t)
	handedOut := c.now()
	request, answer := []byte("<?xml\r\n\x00\xff \u00e9"+strings.Repeat("x", 100_000)), []byte("<answer/>\r")
	write(t, s, func(tx *Tx) error {
		return tx.AddSet(Set{ID: "M1", CompanyID: 1, Ticket: "t", Kind: "write", Subject: "{}", State: "out", Request: request, Rows: 3})
	})
	c.advance(time.Second)
	write(t, s, func(tx *Tx) error {
		return errors.Join(
			tx.AnswerSet("M1", SetAnswer{State: "answered", Answer: answer, AnswerHash: "h", HResult: "0x8", Message: "m"}),
			tx.SetSetState("M1", "settled"))
	})
	want := Set{ID: "M1", CompanyID: 1, Ticket: "t", Kind: "write", Subject: "{}", State: "settled", Request: request, Answer: answer, AnswerHash: "h",
		HResult: "0x8", Message: "m", Rows: 3, HandedOutAt: handedOut, AnsweredAt: c.now()}
	read(t, s, func(tx *Tx) error {
		got, found, err := tx.Set("M1")
		if diff := cmp.Diff(want, got); diff != "" || !found {
			t.Error(diff)
		}
		head, _, e := tx.SetHead("M1")
		bare := got
		bare.Request, bare.Answer = nil, nil
		if diff := cmp.Diff(bare, head); diff != "" || e != nil {
			t.Error(e, diff)
		}
		if _, found, _ := tx.Set("M2"); found {
			t.Error("found a set that never was")
		}
		ofSession, err2 := tx.SetsOfSession("t")
		want.Request, want.Answer = nil, nil
		if diff := cmp.Diff([]Set{want}, ofSession); diff != "" {
			t.Error(diff)
		}
		return errors.Join(err, err2)
	})
	for name, f := range map[string]func(*Tx) error{
		"an ID used before":        func(tx *Tx) error { return tx.AddSet(Set{ID: "M1", CompanyID: 1, Request: []byte("q")}) },
		"a set without its bytes":  func(tx *Tx) error { return tx.AddSet(Set{ID: "M3", CompanyID: 1}) },
		"an answer to no set":      func(tx *Tx) error { return tx.AnswerSet("M2", SetAnswer{}) },
		"a state of no set":        func(tx *Tx) error { return tx.SetSetState("M2", "settled") },
		"a set of no company file": func(tx *Tx) error { return tx.AddSet(Set{ID: "M3", CompanyID: 9, Request: []byte("q")}) },
	} {
		if err := s.Write(context.Background(), f); err == nil {
			t.Errorf("%s went through", name)
		}
	}
}

func TestMarkOutInDoubt(t *testing.T) {
	s, c := shop(t)
	for i, set := range []Set{{ID: "M1", Kind: "write", State: "out"}, {ID: "M2", Kind: "write", State: "answered"}, {ID: "L1", Kind: "list", State: "out"}} {
		c.advance(time.Second)
		set.CompanyID, set.Request = 1, []byte("q")
		key := fmt.Sprint("order ", i)
		planned(t, s, key)
		id := planRow(t, s, "receipt of "+key, key)
		customer := planRow(t, s, "customer of "+key, "")
		write(t, s, func(tx *Tx) error {
			return errors.Join(tx.AddSet(set), tx.HandOut(set.ID, []int64{id, customer}), tx.SetStateOfSet(1, set.ID, "sent", "", "connector"))
		})
	}
	read(t, s, func(tx *Tx) error {
		out, err := tx.Out(1)
		if len(out) != 2 || out[0].ID != "M1" || out[1].ID != "L1" {
			t.Errorf("out: %v", out)
		}
		return err
	})
	for _, want := range []int{1, 0} { // the second time there is nothing left to do
		write(t, s, func(tx *Tx) error {
			n, err := tx.MarkOutInDoubt(1)
			if n != want {
				t.Errorf("%d sets in doubt, want %d", n, want)
			}
			return err
		})
	}
	read(t, s, func(tx *Tx) error {
		doubtful, err := tx.InDoubt(1)
		if len(doubtful) != 1 || doubtful[0].ID != "M1" {
			t.Errorf("in doubt: %v", doubtful)
		}
		for id, want := range map[string]string{"M1": "in_doubt", "M2": "answered", "L1": "settled"} {
			set, _, err := tx.Set(id)
			if set.State != want || err != nil {
				t.Errorf("set %s is %s (%v)", id, set.State, err)
			}
			rows, err := tx.RowsOfSet(id)
			for _, r := range rows {
				if (r.State == "in_doubt") != (id == "M1") || err != nil {
					t.Errorf("%s of set %s is %s (%v)", r.Key, id, r.State, err)
				}
			}
		}
		return err
	})
	for key, want := range map[string]string{"order 0": "in_doubt", "order 1": "sent", "order 2": "sent"} {
		if got := theOrder(t, s, key).State; got != want {
			t.Errorf("%s is %s, want %s", key, got, want)
		}
	}
	want := []string{"qbridge pulled pulled from the shop", "qbridge state queued", "connector state sent",
		"qbridge state in_doubt: QuickBooks did not answer: it is asked what became of this order"}
	if diff := cmp.Diff(want, events(t, s, "order 0")); diff != "" {
		t.Error(diff)
	}
}

// I4: an order shows every set that carried it, also after its outbox row went out again or is gone.
func TestSetsOfOrderOutliveTheRow(t *testing.T) {
	s, c := shop(t)
	planned(t, s, "A")
	for _, set := range []string{"M2", "M1"} {
		id := planRow(t, s, "receipt", "A")
		c.advance(time.Second)
		write(t, s, func(tx *Tx) error {
			return errors.Join(
				tx.AddSet(Set{ID: set, CompanyID: 1, Request: []byte("bytes of " + set)}),
				tx.HandOut(set, []int64{id}),
				tx.SetRow(id, RowUpdate{State: "refused"}),
				tx.DropPlanned("77", "A"))
		})
	}
	read(t, s, func(tx *Tx) error {
		sets, err := tx.SetsOfOrder("77", "A")
		if len(sets) != 2 || string(sets[0].Request) != "bytes of M2" || string(sets[1].Request) != "bytes of M1" {
			t.Errorf("sets: %v", sets)
		}
		return err
	})
}

func TestPruneListAnswers(t *testing.T) {
	s, c := shop(t)
	write(t, s, func(tx *Tx) error { _, err := tx.AddCompany(Company{Name: "other", UserName: "other"}); return err })
	begin := c.now()
	for i, id := range []string{"old", "older than the newest two", "second", "newest", "write"} {
		set := Set{ID: id, CompanyID: 1, Kind: "list", HandedOutAt: begin.Add(time.Duration(i) * 24 * time.Hour), Request: []byte("q")}
		if id == "write" {
			set.Kind, set.HandedOutAt = "write", begin
		}
		write(t, s, func(tx *Tx) error {
			return errors.Join(tx.AddSet(set), tx.AnswerSet(id, SetAnswer{State: "answered", Answer: []byte("a"), AnswerHash: "h"}))
		})
	}
	write(t, s, func(tx *Tx) error {
		return errors.Join(tx.AddSet(Set{ID: "other", CompanyID: 2, Kind: "list", HandedOutAt: begin.Add(time.Hour), Request: []byte("q")}), tx.AnswerSet("other", SetAnswer{Answer: []byte("a")}))
	})
	check := func(kept ...string) {
		t.Helper()
		var got []string
		read(t, s, func(tx *Tx) error {
			sets, err := tx.sets("all", selectSet+"WHERE answer IS NOT NULL ORDER BY id")
			for _, set := range sets {
				got = append(got, set.ID)
			}
			return err
		})
		same(t, "kept", got, kept...)
	}
	write(t, s, func(tx *Tx) error { return tx.PruneListAnswers(begin.Add(time.Minute), 2) })
	check("newest", "other", "second", "write")
	write(t, s, func(tx *Tx) error { return tx.PruneListAnswers(begin.Add(60*time.Hour), 2) })
	check("newest", "write")
}

func TestSessions(t *testing.T) {
	s, c := shop(t)
	first := Session{Ticket: "t1", CompanyID: 1, State: "{}", Progress: "{}", ClientVersion: "34", CompanyFile: `C:\tea.qbw`, Said: "hello", OpenedAt: c.now(), LastCallAt: c.now()}
	second := Session{Ticket: "t2", CompanyID: 1, State: "{}", Progress: "{}", OpenedAt: c.now().Add(time.Hour), LastCallAt: c.now().Add(time.Hour)}
	check := func(what string, got []Session, want ...Session) {
		t.Helper()
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", what, diff)
		}
	}
	write(t, s, func(tx *Tx) error {
		if err := errors.Join(tx.SaveSession(first), tx.SaveSession(second)); err != nil {
			return err
		}
		live, err := tx.LiveSessions(1)
		check("live", live, first, second)
		first.State, first.ClosedAt, first.LastCallAt = `{"a":1}`, c.now().Add(time.Minute), c.now().Add(time.Minute)
		err2 := tx.SaveSession(first)
		live, err3 := tx.LiveSessions(1)
		check("live after the first was closed", live, second)
		last, err4 := tx.LastSessions(1, 9)
		check("last", last, second, first)
		got, found, err5 := tx.Session("t1")
		check("by ticket", []Session{got}, first)
		err6 := tx.PruneSessions(c.now().Add(time.Hour), time.Time{})
		last, err7 := tx.LastSessions(1, 9)
		check("after pruning", last, second)
		_, there, err8 := tx.Session("t1")
		if !found || there {
			t.Errorf("found %v, after pruning %v", found, there)
		}
		return errors.Join(err, err2, err3, err4, err5, err6, err7, err8)
	})
}

// A poll every minute must not fill the database; what a session did or said stays.
func TestPruneIdleSessions(t *testing.T) {
	s, c := shop(t)
	write(t, s, func(tx *Tx) error {
		session := func(ticket, said string, at time.Time) error {
			return tx.SaveSession(Session{Ticket: ticket, CompanyID: 1, State: "{}", Progress: "{}", Said: said, OpenedAt: at, LastCallAt: at})
		}
		err := errors.Join(session("idle", "", c.now()), session("said", "No company file was open.", c.now()), session("worked", "", c.now()),
			session("young", "", c.now().Add(2*time.Hour)), tx.AddSet(Set{ID: "M1", CompanyID: 1, Ticket: "worked", Kind: "write", State: "answered", Request: []byte("x")}),
			tx.PruneSessions(time.Time{}, c.now().Add(time.Hour)))
		var left []string
		sessions, err2 := tx.LastSessions(1, 9)
		for _, s := range sessions {
			left = append(left, s.Ticket)
		}
		slices.Sort(left)
		if want := []string{"said", "worked", "young"}; !slices.Equal(left, want) {
			t.Errorf("left are %v, not %v", left, want)
		}
		return errors.Join(err, err2)
	})
}

func TestSyncSet(t *testing.T) {
	s, c := shop(t)
	var ids []int64
	for _, key := range []string{"A", "B"} {
		planned(t, s, key)
		ids = append(ids, planRow(t, s, "receipt of "+key, key))
	}
	planned(t, s, "not in it")
	set := Set{ID: "M", CompanyID: 1, Request: []byte("q")}
	write(t, s, func(tx *Tx) error {
		return errors.Join(tx.AddSet(set), tx.HandOut("M", ids), tx.SetStateOfSet(1, "M", "sent", "", "qbridge"),
			tx.SetRow(ids[0], RowUpdate{State: "done", RecordID: "T-A", BooksTotal: "1.00"}))
	})
	c.advance(time.Minute)
	if err := s.Write(t.Context(), func(tx *Tx) error { return tx.SyncSet(set, "Sales receipt", 2) }); !errors.Is(err, ErrNotFound) {
		t.Errorf("a row that is not done: %v", err)
	}
	changed := orderIn("B", "12.00", 2)
	write(t, s, func(tx *Tx) error {
		_, err := tx.SaveOrder(changed)
		return errors.Join(err, tx.SetPlan("77", "B", PlanIn{State: "sent", Version: 2}), tx.SetRow(ids[1], RowUpdate{State: "done", RecordID: "T-B", BooksTotal: "2.00"}), tx.SyncSet(set, "Sales receipt", 2))
	})
	read(t, s, func(tx *Tx) error {
		for key, want := range map[string][]string{
			"A":         {"synced", "Sales receipt receipt of A", "T-A", "1.00", tx.Now().Format(time.DateTime)},
			"B":         {"synced", "Sales receipt receipt of B", "T-B", "2.00", tx.Now().Format(time.DateTime)},
			"not in it": {"queued", "", "", "", tx.Now().Add(-time.Minute).Format(time.DateTime)},
		} {
			o, _, err := tx.Order("77", key)
			if diff := cmp.Diff(want, []string{o.State, o.Document, o.TxnID, o.BooksTotal, o.StateSince.Format(time.DateTime)}); diff != "" || err != nil {
				t.Error(key, err, diff)
			}
		}
		return nil
	})
	for key, want := range map[string]string{"A": "qbridge state synced", "B": "qbridge state synced", "not in it": "qbridge state queued"} {
		if all := events(t, s, key); all[len(all)-1] != want {
			t.Errorf("%s: %q", key, all)
		}
	}
	var again int
	read(t, s, func(tx *Tx) error {
		_, err := tx.scan("look", "SELECT count(*) FROM orders WHERE to_plan = 1 AND key = 'B' AND version = 2", nil, &again)
		return err
	})
	if again != 1 {
		t.Error("an order that changed meanwhile is not planned again")
	}
}
