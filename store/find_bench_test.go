package store

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// BenchmarkFind is a page of 50 orders with the counts and sums beside it, with 100,000 orders in the store, for each way of looking.
func BenchmarkFind(b *testing.B) {
	s := manyOrders(b, 100_000)
	for _, test := range []struct {
		name string
		find Find
	}{
		{"list", Find{}}, {"state of most", Find{State: "synced"}}, {"rare state", Find{State: "attention"}}, {"a month", Find{From: "2026-03-01", To: "2026-03-31"}},
		{"shop", Find{StoreID: "77"}}, {"method", Find{Method: "Visa"}}, {"rare method", Find{Method: "Cheque"}}, {"tag", Find{Tag: "gift"}}, {"number", Find{Text: "EC-54321"}},
		{"name", Find{Text: "Name77"}}, {"e-mail", Find{Text: "name123@example.com"}}, {"SKU", Find{Text: "SKU-17"}}, {"item", Find{Text: "green tea"}}, {"amount", Find{Text: "123.45"}},
		{"tracking number", Find{Text: "1Z0000054321"}}, {"QuickBooks number", Find{Text: "R54321"}}, {"TxnID", Find{Text: "54321-99"}}, {"nobody", Find{Text: "zebra"}},
		{"in every order", Find{Text: "example.com"}}, {"all at once", Find{State: "synced", From: "2026-01-01", Method: "Visa", Tag: "gift", Text: "tea"}},
	} {
		b.Run(test.name, func(b *testing.B) {
			test.find.CompanyID = 1
			var took []time.Duration
			for b.Loop() {
				from := time.Now()
				read(b, s, func(tx *Tx) error {
					_, _, _, err := tx.FindPage(test.find, Place{}, 51)
					return err
				})
				took = append(took, time.Since(from))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
			b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95-ms")
			b.ReportMetric(0, "ns/op")
		})
	}
}

func manyOrders(b *testing.B, n int) *Store {
	s, _ := shop(b)
	first := time.Date(2025, 11, 1, 0, 0, 0, 0, time.UTC)
	longest := time.Duration(0)
	for from := 0; from < n; from += 25 {
		began := time.Now()
		write(b, s, func(tx *Tx) error {
			for i := from; i < from+25; i++ {
				if err := manyOrder(tx, i, first.Add(time.Duration(i)*5*time.Minute)); err != nil {
					return err
				}
			}
			return nil
		})
		longest = max(longest, time.Since(began))
	}
	b.Logf("longest write: %v", longest)
	return s
}

func manyOrder(tx *Tx, i int, placed time.Time) error {
	in := orderIn(fmt.Sprint("i:", i), fmt.Sprintf("%d.%02d", i%300+1, i%100), 1)
	in.ID, in.PlacedAt, in.Date = fmt.Sprint("EC-", i), placed, placed.Format(time.DateOnly)
	in.Customer, in.Email, in.Due = fmt.Sprintf("Name%d Family%d", i%4000, i%700), fmt.Sprintf("name%d@example.com", i%4000), in.Total
	in.Search = Search{Method: []string{"Visa", "PayPal", "Apple Pay"}[i%3],
		Text: fmt.Sprintf("%s %s %s SKU-%d Green tea no. %d POT-%d Blue pot 1Z%010d", in.ID, in.Customer, in.Email, i%300, i%300, i%50, i)}
	state := "synced"
	switch {
	case i%1000 == 0:
		state, in.Search.Method = "attention", "Cheque"
	case i%20 == 0:
		state = "ready"
	}
	if _, err := tx.SaveOrder(in); err != nil {
		return err
	}
	if err := tx.SetPlan("77", in.Key, PlanIn{State: state, Plan: fmt.Sprintf("%2000d", i), Version: 1}); err != nil {
		return err
	}
	if i%50 == 0 {
		if _, err := tx.AddDecision(Decision{StoreID: "77", Key: in.Key, Kind: "tag", Value: "gift", Who: "bench"}); err != nil {
			return err
		}
	}
	id, _, err := tx.PlanRow(Row{CompanyID: 1, Key: "document:" + in.Key, Kind: "SalesReceipt", StoreID: "77", OrderKey: in.Key, OrderVersion: 1, Name: fmt.Sprint("R", i), Body: "{}"})
	if err != nil || state != "synced" {
		return err
	}
	return tx.SetRow(id, RowUpdate{State: "done", RecordID: fmt.Sprintf("%d-99", i)})
}
