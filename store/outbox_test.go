package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// planRow plans a row of a name that is its key; an order makes it that order's document. Needs are keys of rows planned before.
func planRow(t testing.TB, s *Store, key, order string, needs ...string) (id int64) {
	t.Helper()
	write(t, s, func(tx *Tx) error {
		r := Row{CompanyID: 1, Key: key, Kind: "Customer", Name: key, Body: "body of " + key}
		if order != "" {
			r.Kind, r.StoreID, r.OrderKey, r.OrderVersion = "SalesReceipt", "77", order, 1
		}
		var err error
		if id, _, err = tx.PlanRow(r); err != nil {
			return err
		}
		for _, key := range needs {
			need, found, err := tx.RowByKey(1, key)
			if !found {
				return errors.Join(err, fmt.Errorf("no row %s", key))
			}
			if err := tx.Need(id, need.ID); err != nil {
				return err
			}
		}
		return nil
	})
	return id
}

func setRow(t testing.TB, s *Store, id int64, u RowUpdate) {
	t.Helper()
	write(t, s, func(tx *Tx) error { return tx.SetRow(id, u) })
}

func theRow(t testing.TB, s *Store, id int64) (r Row) {
	t.Helper()
	read(t, s, func(tx *Tx) error {
		var found bool
		var err error
		if r, found, err = tx.Row(id); !found {
			t.Errorf("row %d is gone", id)
		}
		return err
	})
	return r
}

// planned is an order that has been planned.
func planned(t testing.TB, s *Store, key string) {
	t.Helper()
	saved(t, s, orderIn(key, "1.00", 1))
	plan(t, s, key, "queued")
}

func sendable(t testing.TB, s *Store, now time.Time) (keys []string) {
	t.Helper()
	read(t, s, func(tx *Tx) error {
		rows, err := tx.Sendable(1, now, 100)
		keys = rowKeys(rows)
		has, err2 := tx.HasPlanned(1, now)
		if has != (len(rows) > 0) {
			t.Errorf("HasPlanned is %v beside %v", has, keys)
		}
		return errors.Join(err, err2)
	})
	return keys
}

func rowKeys(rows []Row) (keys []string) {
	for _, r := range rows {
		keys = append(keys, r.Key)
	}
	return keys
}

func same(t testing.TB, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

// I3: a key is in the outbox once; what has left is never planned anew.
func TestPlanRowTwice(t *testing.T) {
	tests := []struct {
		state            string
		wantFresh        bool
		wantState, after string
	}{
		{"planned", false, "planned", "new body"},
		{"refused", true, "planned", "new body"},
		{"blocked", true, "planned", "new body"},
		{"sent", false, "sent", "old body"},
		{"in_doubt", false, "in_doubt", "old body"},
		{"unread", false, "unread", "old body"},
		{"unsure", false, "unsure", "old body"},
		{"done", false, "done", "old body"},
	}
	for _, test := range tests {
		t.Run(test.state, func(t *testing.T) {
			s, _ := shop(t)
			write(t, s, func(tx *Tx) error {
				id, fresh, err := tx.PlanRow(Row{CompanyID: 1, Key: "customer/ann", Kind: "Customer", Name: "Ann", Body: "old body"})
				if !fresh || err != nil {
					t.Errorf("the first time: fresh %v, %v", fresh, err)
				}
				err = tx.SetRow(id, RowUpdate{State: test.state, Code: 3100, Message: "no", NotBefore: tx.Now().Add(time.Hour)})
				if err != nil {
					return err
				}
				again, fresh, err := tx.PlanRow(Row{CompanyID: 1, Key: "customer/ann", Kind: "Customer", Name: "Ann", Body: "new body"})
				if again != id || fresh != test.wantFresh {
					t.Errorf("again: row %d, fresh %v", again, fresh)
				}
				return err
			})
			r := theRow(t, s, 1)
			if r.State != test.wantState || r.Body != test.after {
				t.Errorf("the row is %s with the %s", r.State, r.Body)
			}
			if test.after == "new body" && (r.Code != 0 || r.Message != "" || !r.NotBefore.IsZero() || !r.SettledAt.IsZero()) {
				t.Errorf("the old outcome is left: %+v", r)
			}
		})
	}
}

// Only a person plans an undo, so it may be tried as often as the first time. A name that QuickBooks refuses is planned again by itself.
func TestTriesOfARefusedRow(t *testing.T) {
	for kind, want := range map[string]int64{"TxnVoid": 0, "Customer": 1} {
		s, _ := shop(t)
		write(t, s, func(tx *Tx) error {
			r := Row{CompanyID: 1, Key: "k", Kind: kind, Name: "k"}
			id, _, err := tx.PlanRow(r)
			err = errors.Join(err, tx.AddSet(Set{ID: "M1", CompanyID: 1, Request: []byte("q")}), tx.HandOut("M1", []int64{id}), tx.SetRow(id, RowUpdate{State: "refused"}))
			_, _, again := tx.PlanRow(r)
			return errors.Join(err, again)
		})
		if r := theRow(t, s, 1); r.State != "planned" || r.Tries != want {
			t.Errorf("%s: %s after %d tries, want %d", kind, r.State, r.Tries, want)
		}
	}
}

func TestRowKeepsEveryColumn(t *testing.T) {
	s, c := shop(t)
	planned(t, s, "A")
	later := c.now().Add(time.Hour)
	write(t, s, func(tx *Tx) error {
		id, _, err := tx.PlanRow(Row{CompanyID: 1, Key: "k", Kind: "SalesReceipt", StoreID: "77", OrderKey: "A", OrderVersion: 1, Name: "S1", Email: "e", Body: "b", Alone: true})
		return errors.Join(err,
			tx.AddSet(Set{ID: "M1", CompanyID: 1, Request: []byte("q")}),
			tx.MarkLooked([]int64{id}, "ticket"),
			tx.HandOut("M1", []int64{id}),
			tx.SetRow(id, RowUpdate{State: "unread", RecordID: "T-1", EditSequence: "17", BooksTotal: "1.00", Code: 530, Message: "m", NotBefore: later, Adopted: true}),
			tx.SetRow(id, RowUpdate{State: "done"})) // keeps what is known
	})
	settled := c.now()
	c.advance(time.Hour)
	setRow(t, s, 1, RowUpdate{State: "done", EditSequence: "18", Code: 1, Message: "n", NotBefore: later}) // settled before, stays settled then
	want := Row{ID: 1, CompanyID: 1, Key: "k", Kind: "SalesReceipt", StoreID: "77", OrderKey: "A", OrderVersion: 1, Name: "S1", Email: "e", Body: "b",
		State: "done", SetID: "M1", RequestID: "r1", Tries: 1, NotBefore: later, Alone: true, Looked: "ticket", RecordID: "T-1", EditSequence: "18",
		BooksTotal: "1.00", Code: 1, Message: "n", Adopted: true, PlannedAt: settled, SettledAt: settled}
	if diff := cmp.Diff(want, theRow(t, s, 1)); diff != "" {
		t.Error(diff)
	}
	if err := s.Write(context.Background(), func(tx *Tx) error { return tx.SetRow(99, RowUpdate{State: "done"}) }); !errors.Is(err, ErrNotFound) {
		t.Errorf("an absent row: %v", err)
	}
}

func TestSendable(t *testing.T) {
	s, c := shop(t)
	planned(t, s, "A")
	planned(t, s, "B")
	ann := planRow(t, s, "ann", "")
	terms := planRow(t, s, "terms", "")
	receipt := planRow(t, s, "receipt A", "A", "ann", "terms")
	planRow(t, s, "receipt B", "B")
	later := planRow(t, s, "later", "")
	setRow(t, s, later, RowUpdate{State: "planned", NotBefore: c.now().Add(time.Hour)})

	same(t, "at first", sendable(t, s, c.now()), "ann", "terms", "receipt B")
	same(t, "an hour later", sendable(t, s, c.now().Add(time.Hour)), "ann", "terms", "receipt B", "later")
	setRow(t, s, ann, RowUpdate{State: "done", RecordID: "80-1"})
	same(t, "one need done", sendable(t, s, c.now()), "terms", "receipt B")
	setRow(t, s, terms, RowUpdate{State: "done", RecordID: "80-2"})
	same(t, "both needs done", sendable(t, s, c.now()), "receipt A", "receipt B")
	write(t, s, func(tx *Tx) error { return tx.ReplanOrder("77", "B") })
	same(t, "B to be planned again", sendable(t, s, c.now()), "receipt A")
	read(t, s, func(tx *Tx) error {
		needs, err := tx.NeedIDs([]int64{receipt, later})
		if diff := cmp.Diff(map[string]string{"ann": "80-1", "terms": "80-2"}, needs); diff != "" {
			t.Error(diff)
		}
		if none, err := tx.NeedIDs(nil); len(none) != 0 || err != nil {
			t.Errorf("the needs of nothing: %v, %v", none, err)
		}
		rows, err2 := tx.NeedsOf(receipt)
		same(t, "needs", rowKeys(rows), "ann", "terms")
		return errors.Join(err, err2)
	})
}

// I3: what was handed out is not handed out again, nor is what changed since it was read.
func TestHandOutIsCompareAndSet(t *testing.T) {
	tests := []struct {
		name    string
		between func(tx *Tx) error
	}{
		{"handed out already", func(tx *Tx) error {
			return errors.Join(tx.AddSet(Set{ID: "M0", CompanyID: 1, Request: []byte("q")}), tx.HandOut("M0", []int64{1}))
		}},
		{"the order changed", func(tx *Tx) error { _, err := tx.SaveOrder(orderIn("A", "2.00", 2)); return err }},
		{"dropped", func(tx *Tx) error { return tx.DropPlanned("77", "A") }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s, _ := shop(t)
			planned(t, s, "A")
			planned(t, s, "B")
			planRow(t, s, "receipt A", "A")
			planRow(t, s, "receipt B", "B")
			write(t, s, test.between)
			err := s.Write(context.Background(), func(tx *Tx) error {
				return errors.Join(tx.AddSet(Set{ID: "M1", CompanyID: 1, Request: []byte("q")}), tx.HandOut("M1", []int64{1, 2}))
			})
			if !errors.Is(err, ErrChanged) {
				t.Errorf("got %v", err)
			}
			if r := theRow(t, s, 2); r.State != "planned" || r.Tries != 0 {
				t.Errorf("the other row is %s", r.State)
			}
		})
	}
}

func TestDropPlanned(t *testing.T) {
	s, _ := shop(t)
	for _, key := range []string{"A", "B"} {
		planned(t, s, key)
	}
	planRow(t, s, "terms", "")
	planRow(t, s, "ann", "", "terms") // needs a row itself
	planRow(t, s, "tea", "")
	done := planRow(t, s, "visa", "")
	setRow(t, s, done, RowUpdate{State: "done"})
	planRow(t, s, "receipt A", "A", "ann", "tea", "visa")
	planRow(t, s, "payment A", "A", "receipt A")
	refused := planRow(t, s, "refund A", "A", "receipt A")
	setRow(t, s, refused, RowUpdate{State: "refused"})
	planRow(t, s, "receipt B", "B", "tea")
	drop := func(order string) (left []string) {
		write(t, s, func(tx *Tx) error { return tx.DropPlanned("77", order) })
		read(t, s, func(tx *Tx) error {
			rows, err := list[Row](tx, "all", selectRow+"ORDER BY id")
			left = rowKeys(rows)
			return err
		})
		return left
	}
	same(t, "A dropped", drop("A"), "tea", "visa", "receipt B")
	same(t, "A dropped again", drop("A"), "tea", "visa", "receipt B")
	setRow(t, s, theKey(t, s, "receipt B").ID, RowUpdate{State: "sent"})
	same(t, "B, which has left", drop("B"), "tea", "visa", "receipt B")
}

func theKey(t testing.TB, s *Store, key string) (r Row) {
	t.Helper()
	read(t, s, func(tx *Tx) (err error) { r, _, err = tx.RowByKey(1, key); return err })
	return r
}

// I6: a refused customer blocks the orders that need it and no other.
func TestBlockDependents(t *testing.T) {
	s, c := shop(t)
	for _, key := range []string{"A", "B", "C"} {
		planned(t, s, key)
	}
	terms := planRow(t, s, "terms", "")
	planRow(t, s, "ann", "", "terms")
	planRow(t, s, "bob", "")
	planRow(t, s, "receipt A", "A", "ann")
	planRow(t, s, "receipt B", "B", "bob")
	gone := planRow(t, s, "receipt C", "C", "ann")
	setRow(t, s, gone, RowUpdate{State: "done"})
	write(t, s, func(tx *Tx) error {
		blocked, err := tx.BlockDependents(terms, "terms were refused")
		same(t, "blocked", rowKeys(blocked), "receipt A")
		return errors.Join(err, tx.SetRow(terms, RowUpdate{State: "refused"}))
	})
	same(t, "still sendable", sendable(t, s, c.now()), "bob")
	if r := theKey(t, s, "receipt A"); r.State != "blocked" || r.Message != "terms were refused" {
		t.Errorf("receipt A is %s: %s", r.State, r.Message)
	}
	for key, want := range map[string]string{"ann": "blocked", "receipt B": "planned", "receipt C": "done"} {
		if got := theKey(t, s, key).State; got != want {
			t.Errorf("%s is %s, want %s", key, got, want)
		}
	}
}

func TestRowListings(t *testing.T) {
	s, c := shop(t)
	for i, state := range []string{"done", "done", "unread", "refused"} {
		key := fmt.Sprint("receipt ", i)
		id := planRow(t, s, key, key)
		c.advance(time.Minute)
		setRow(t, s, id, RowUpdate{State: state})
		setRow(t, s, planRow(t, s, fmt.Sprint("customer ", i), ""), RowUpdate{State: state})
	}
	planRow(t, s, "customer 4", "")
	tests := []struct {
		name string
		ask  func(*Tx) ([]Row, error)
		want []string
	}{
		{"newest posted", func(tx *Tx) ([]Row, error) { return tx.NewestPosted(1, 9) }, []string{"receipt 1", "receipt 0"}},
		{"the newest posted", func(tx *Tx) ([]Row, error) { return tx.NewestPosted(1, 1) }, []string{"receipt 1"}},
		{"unread", func(tx *Tx) ([]Row, error) { return tx.Unread(1, 9) }, []string{"receipt 2", "customer 2"}},
		{"promised", func(tx *Tx) ([]Row, error) { return tx.Promised(1) }, []string{"customer 2", "customer 4"}},
		{"of an order", func(tx *Tx) ([]Row, error) { return tx.RowsOfOrder("77", "receipt 3") }, []string{"receipt 3"}},
		{"of no order", func(tx *Tx) ([]Row, error) { return tx.RowsOfOrder("", "") }, nil},
		{"of no set", func(tx *Tx) ([]Row, error) { return tx.RowsOfSet("") }, nil},
		{"of another company", func(tx *Tx) ([]Row, error) { return tx.NewestPosted(2, 9) }, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			read(t, s, func(tx *Tx) error {
				rows, err := test.ask(tx)
				same(t, test.name, rowKeys(rows), test.want...)
				return err
			})
		})
	}
	t.Run("counts", func(t *testing.T) {
		write(t, s, func(tx *Tx) error { return tx.DropPlanned("77", "receipt 3") }) // the refused one
		read(t, s, func(tx *Tx) error {
			counts, err := tx.CountRows(1)
			if diff := cmp.Diff(map[string]int64{"done": 4, "unread": 2, "refused": 1, "planned": 1}, counts); diff != "" {
				t.Error(diff)
			}
			return err
		})
	})
}

// I10: the questions of a SOAP call are answered from an index, not by looking through everything.
func TestQueriesUseTheirIndex(t *testing.T) {
	s, _ := shop(t)
	tests := []struct {
		name, query, want string
		args              int
	}{
		{"Sendable", sqlSendable, "outbox USING INDEX outbox_planned (company_id=?)", 4},
		{"OrdersToPlan", sqlOrdersToPlan, "orders USING INDEX orders_to_plan (company_id=?)", 2},
		{"InDoubt", sqlInDoubt, "message_set USING INDEX message_set_in_doubt (company_id=?)", 1},
		{"NewestPosted", sqlNewestPosted, "outbox USING INDEX outbox_posted (company_id=?)", 2},
		{"Promised", sqlPromised, "outbox USING INDEX outbox_promised (company_id=?)", 1},
		{"RowByRecord", sqlRowByRecord, "outbox USING INDEX outbox_record (company_id=? AND record_id=?)", 2},
		{"RowsByRecord", sqlRowsByRecord, "outbox USING INDEX outbox_record (company_id=? AND record_id=?)", 2},
		{"PostedAfter", sqlPostedAfter, "outbox USING INTEGER PRIMARY KEY (rowid>?)", 3},
		{"GoneAfter", sqlGoneAfter, "outbox USING INDEX outbox_gone (company_id=? AND id>?)", 3},
		{"orders of a set", "SELECT * FROM orders WHERE (store_id, key) IN " + ordersOfSet, "outbox USING INDEX outbox_set (set_id=?)", 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var steps []string
			read(t, s, func(tx *Tx) error {
				return tx.rows("explain", "EXPLAIN QUERY PLAN "+test.query, []any{1, "x", "y", 3}[:test.args], func(rows *sql.Rows) error {
					var id, parent, unused int
					var step string
					err := rows.Scan(&id, &parent, &unused, &step)
					steps = append(steps, step)
					return err
				})
			})
			plan := strings.Join(steps, "\n")
			if !strings.Contains(plan, test.want) {
				t.Errorf("not by %s:\n%s", test.want, plan)
			}
			for _, step := range steps {
				if strings.HasPrefix(step, "SCAN ") && !strings.Contains(step, "json_each") {
					t.Errorf("looks through everything:\n%s", plan)
				}
				if strings.Contains(step, "TEMP B-TREE FOR ORDER BY") {
					t.Errorf("sorts everything:\n%s", plan)
				}
			}
		})
	}
}

// Rows come in the order asked for, with their bodies apart.
func TestRowsByID(t *testing.T) {
	s, _ := shop(t)
	var first, second int64
	write(t, s, func(tx *Tx) (err error) {
		var e1, e2 error
		first, _, e1 = tx.PlanRow(Row{CompanyID: 1, Key: "a", Body: "A"})
		second, _, e2 = tx.PlanRow(Row{CompanyID: 1, Key: "b", Body: "B"})
		return errors.Join(e1, e2)
	})
	read(t, s, func(tx *Tx) error {
		rows, e1 := tx.RowsByID([]int64{second, 99, first})
		bodies, e2 := tx.Bodies([]int64{second, 99, first})
		if len(rows) != 2 || rows[0].Key != "b" || rows[1].Key != "a" || rows[0].Body != "" {
			t.Errorf("rows %v", rows)
		}
		if diff := cmp.Diff(map[int64]string{first: "A", second: "B"}, bodies); diff != "" {
			t.Error(diff)
		}
		return errors.Join(e1, e2)
	})
}
