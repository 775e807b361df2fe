package store

import (
	"errors"
	"slices"
	"testing"
	"time"
)

// Documents are found by their TxnID while they are in the books, and those of a day by when their set was handed out.
func TestDocumentsInTheBooks(t *testing.T) {
	s, clock := shop(t)
	day := clock.now()
	ids := map[string]int64{}
	read(t, s, func(tx *Tx) error {
		if posted, err := tx.HasPosted(1); posted || err != nil {
			t.Errorf("posted %v, %v", posted, err)
		}
		return nil
	})
	for _, key := range []string{"A", "B", "C", "D", "undo A"} {
		kind, order := "SalesReceipt", key
		if key == "undo A" {
			kind, order = KindVoid, "A"
		} else {
			saved(t, s, orderIn(key, "1.00", 1))
			plan(t, s, key, "ready")
		}
		write(t, s, func(tx *Tx) error {
			id, _, err := tx.PlanRow(Row{CompanyID: 1, Key: key, Kind: kind, StoreID: "77", OrderKey: order, OrderVersion: 1, Name: key})
			ids[key] = id
			return errors.Join(err, tx.AddSet(Set{ID: "set " + key, CompanyID: 1, Kind: "write", State: "answered", Request: []byte("x")}), tx.HandOut("set "+key, []int64{id}))
		})
		clock.advance(8 * time.Hour)
	}
	write(t, s, func(tx *Tx) error {
		return errors.Join(
			tx.SetRow(ids["A"], RowUpdate{State: "done", RecordID: "1-A"}),
			tx.SetRow(ids["B"], RowUpdate{State: "gone", RecordID: "1-B"}),
			tx.SetRow(ids["C"], RowUpdate{State: "done", RecordID: "1-C"}),
			tx.SetRow(ids["undo A"], RowUpdate{State: "undone"}),
			tx.SetExpect(ids["C"], "what else"))
	})
	names := func(rows []Row, err error) []string {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		found := []string{}
		for _, r := range rows {
			found = append(found, r.Name)
		}
		return found
	}
	read(t, s, func(tx *Tx) error {
		for what, test := range map[string]struct{ got, want []string }{
			"by record":    {names(tx.RowsByRecord(1, []string{"1-A", "1-B", "1-C", "1-X", ""})), []string{"A", "C"}},
			"all":          {names(tx.PostedAfter(1, 0, 10)), []string{"A", "C"}},
			"the first":    {names(tx.PostedAfter(1, 0, 1)), []string{"A"}},
			"those behind": {names(tx.PostedAfter(1, ids["A"], 10)), []string{"C"}},
			"newest":       {names(tx.NewestPosted(1, 10)), []string{"C", "A"}},
			"of the day":   {names(tx.HandedOut(1, day, day.Add(16*time.Hour))), []string{"A", "B"}},
			"of the next":  {names(tx.HandedOut(1, day.Add(16*time.Hour), day.Add(40*time.Hour))), []string{"C", "D"}},
			"of another":   {names(tx.RowsByRecord(2, []string{"1-A"})), []string{}},
		} {
			if !slices.Equal(test.got, test.want) {
				t.Errorf("%s: %v, want %v", what, test.got, test.want)
			}
		}
		posted, err := tx.HasPosted(1)
		if !posted {
			t.Error("nothing is posted")
		}
		if r, _, err := tx.Row(ids["C"]); err != nil || r.Expect != "what else" || r.IsUndo() {
			t.Errorf("%+v, %v", r, err)
		}
		if r, _, err := tx.Row(ids["undo A"]); err != nil || !r.IsUndo() {
			t.Errorf("%+v, %v", r, err)
		}
		return err
	})
}
