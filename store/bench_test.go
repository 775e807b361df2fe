package store

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"
)

// BenchmarkSet is what the store does for one set of 20 documents, in two transactions as a poll and its answer make them, with many orders
// queued. The time must not grow with their number.
func BenchmarkSet(b *testing.B) {
	for _, orders := range []int{20_000, 100_000} {
		b.Run(fmt.Sprint(orders), func(b *testing.B) {
			const size = 20
			s, _ := shop(b)
			fill := func(from, to int) {
				for from < to {
					write(b, s, func(tx *Tx) error {
						for n := 0; n < 1000 && from < to; n, from = n+1, from+1 {
							if err := queue(tx, fmt.Sprintf("O%06d", from)); err != nil {
								return err
							}
						}
						return nil
					})
				}
			}
			fill(0, orders)
			total := orders
			request := make([]byte, 40_000)
			sets := 0
			b.ResetTimer()
			for b.Loop() {
				if sets++; sets*size > total/2 { // keep the queue long
					b.StopTimer()
					fill(total, total+orders)
					total += orders
					b.StartTimer()
				}
				handOutAndRecord(b, s, fmt.Sprint("M", sets), size, request)
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/size, "µs/order")
		})
	}
}

// queue adds a planned order with its document, which needs a shared list row that is done.
func queue(tx *Tx, key string) error {
	in := orderIn(key, "10.00", 1)
	if _, err := tx.SaveOrder(in); err != nil {
		return err
	}
	if err := tx.SetPlan("77", key, PlanIn{State: "queued", Plan: fmt.Sprintf("%2000d", 1), Version: 1}); err != nil {
		return err
	}
	item, fresh, err := tx.PlanRow(Row{CompanyID: 1, Key: "item/tea", Kind: "ItemNonInventory", Name: "Tea", Body: "{}"})
	if err != nil {
		return err
	}
	if fresh {
		if err := tx.SetRow(item, RowUpdate{State: "done", RecordID: "80-1"}); err != nil {
			return err
		}
	}
	id, _, err := tx.PlanRow(Row{CompanyID: 1, Key: "receipt/" + key, Kind: "SalesReceipt", StoreID: "77", OrderKey: key, OrderVersion: 1,
		Name: key, Body: fmt.Sprintf("%2000d", 1)})
	return errors.Join(err, tx.Need(id, item))
}

func handOutAndRecord(b *testing.B, s *Store, set string, size int, request []byte) {
	var rows []Row
	write(b, s, func(tx *Tx) (err error) {
		if rows, err = tx.Sendable(1, tx.Now(), size); err != nil {
			return err
		}
		ids := make([]int64, len(rows))
		for i, r := range rows {
			ids[i] = r.ID
		}
		needs, err := tx.NeedIDs(ids)
		if len(rows) != size || len(needs) != 1 {
			err = errors.Join(err, fmt.Errorf("%d rows, %d needs", len(rows), len(needs)))
		}
		return errors.Join(err,
			tx.AddSet(Set{ID: set, CompanyID: 1, Ticket: "t", Kind: "write", State: "out", Request: request, Rows: int64(size)}),
			tx.HandOut(set, ids), tx.SetStateOfSet(1, set, "sent", "", "connector"))
	})
	write(b, s, func(tx *Tx) error {
		for _, r := range rows {
			err := errors.Join(
				tx.SetRow(r.ID, RowUpdate{State: "done", RecordID: fmt.Sprint("T-", r.ID), EditSequence: "1", BooksTotal: "10.00"}),
				tx.SetState("77", r.OrderKey, StateIn{State: "synced", Document: "Sales receipt", TxnID: "T", BooksTotal: "10.00"}))
			if err != nil {
				return err
			}
		}
		_, err := tx.HasPlanned(1, tx.Now())
		_, err2 := tx.CountRows(1)
		return errors.Join(err, err2, tx.AnswerSet(set, SetAnswer{State: "answered", Answer: request}))
	})
}

// BenchmarkStatement is the cost of one short statement beside the commit.
func BenchmarkStatement(b *testing.B) {
	s := open(b, Options{})
	ctx, cancel := context.WithTimeout(context.Background(), time.Hour) // as a request's context, it can be cancelled
	defer cancel()
	err := s.Write(ctx, func(tx *Tx) error {
		for b.Loop() {
			if err := tx.SetSetting("a", "b"); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
}
