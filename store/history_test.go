package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// One line is kept for all orders of a set, and each of them shows it, in its place (I4).
func TestHistoryOfASet(t *testing.T) {
	s, _ := shop(t)
	var ids []int64
	for _, key := range []string{"A", "B"} {
		planned(t, s, key)
		ids = append(ids, planRow(t, s, "receipt of "+key, key))
	}
	planned(t, s, "not in it")
	write(t, s, func(tx *Tx) error {
		return errors.Join(tx.AddSet(Set{ID: "M", CompanyID: 1, Request: []byte("q")}), tx.HandOut("M", ids), tx.SetStateOfSet(1, "M", "sent", "", "connector"),
			tx.SetStateOfSet(1, "M", "sent", "", "connector")) // they are in that state already
	})
	write(t, s, func(tx *Tx) error { return tx.SetState("77", "B", StateIn{State: "synced"}) })
	for key, want := range map[string][]string{
		"A":         {"qbridge pulled pulled from the shop", "qbridge state queued", "connector state sent"},
		"B":         {"qbridge pulled pulled from the shop", "qbridge state queued", "connector state sent", "qbridge state synced"},
		"not in it": {"qbridge pulled pulled from the shop", "qbridge state queued"},
	} {
		if diff := cmp.Diff(want, events(t, s, key)); diff != "" {
			t.Errorf("%s: %s", key, diff)
		}
	}
	read(t, s, func(tx *Tx) error {
		last, err := tx.CompanyHistory(1, 2)
		if len(last) != 2 || last[0].Key != "B" || last[1].SetID != "M" || last[1].Key != "" {
			t.Errorf("of the company: %+v", last)
		}
		of, err2 := tx.History("77", "A")
		if h := of[len(of)-1]; h.Key != "A" || h.StoreID != "77" || h.SetID != "M" || h.CompanyID != 1 {
			t.Errorf("of the order: %+v", h)
		}
		var plan []string
		err3 := tx.rows("explain", "EXPLAIN QUERY PLAN "+sqlHistory, []any{"77", "A"}, func(rows *sql.Rows) error {
			var id, parent, unused int
			var step string
			err := rows.Scan(&id, &parent, &unused, &step)
			plan = append(plan, step)
			return err
		})
		all := strings.Join(plan, "\n")
		if strings.Contains(all, "SCAN history") || !strings.Contains(all, "history USING INDEX history_set (set_id=?)") {
			t.Errorf("the history of an order looks through everything:\n%s", all)
		}
		return errors.Join(err, err2, err3)
	})
}

// A database of the form before keeps the lines that it has, one an order, and takes the new ones.
func TestMigrateHistory(t *testing.T) {
	path := filepath.Join(t.TempDir(), "old.db")
	old, err := sql.Open("sqlite", dsn(path))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"001", "002"} {
		text, err := migrations.ReadFile("migrations/" + name + ".sql")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := old.Exec(string(text)); err != nil {
			t.Fatal(err)
		}
	}
	_, err = old.Exec(fmt.Sprintf(`PRAGMA application_id = %d; PRAGMA user_version = 2;
		INSERT INTO history (at, company_id, store_id, key, who, event, note) VALUES ('2026-11-22T10:00:00.000000Z', 1, '77', 'A', 'qbridge', 'state', 'sent')`, applicationID))
	if err := errors.Join(err, old.Close()); err != nil {
		t.Fatal(err)
	}
	s, err := Open(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	err = s.Write(context.Background(), func(tx *Tx) error {
		return tx.AddHistory(History{CompanyID: 1, StoreID: "77", Key: "A", Who: "ann", Event: "decision", Note: "held"})
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"qbridge state sent", "ann decision held"}, events(t, s, "A")); diff != "" {
		t.Error(diff)
	}
}
