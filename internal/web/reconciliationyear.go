package web

import (
	"strconv"
	"time"

	"qbridge/internal/bridge"
)

// yearView is the shop against the books in the months of a year.
type yearView struct {
	Year, Before, After string // 2026
	Months              []yearMonth
}

// yearMonth is a month in one currency; without currency it has no orders.
type yearMonth struct {
	Month             string // 2026-11
	Currency          string
	Orders            int64
	Shop, Books       string
	NotBooked, Differ string // Shop less NotBooked and the tax inside its prices, less Books, is Differ
	Ties              bool
}

func reconciliationYear(v *visit) error {
	now := v.bridge.Now().In(v.words.zone)
	year := now.Year()
	if asked := v.r.URL.Query().Get("year"); asked != "" {
		t, err := time.Parse("2006", asked)
		if err != nil {
			return refuse(errBadDay)
		}
		year = t.Year()
	}
	view := yearView{Year: strconv.Itoa(year), Before: strconv.Itoa(year - 1), After: strconv.Itoa(year + 1)}
	last := view.Year + "-12"
	if year == now.Year() { // what is to come holds nothing
		last = now.Format("2006-01")
	}
	err := v.bridge.ReconcileMonths(v.ctx(), view.Year+"-01", last, func(m bridge.ReconciledMonth) error {
		all, err := ties(m)
		if err != nil {
			return err
		}
		count := map[string]int64{}
		for _, s := range m.States {
			count[s.Currency] += s.Count
		}
		one := yearMonth{Month: m.Month, Ties: true}
		for _, t := range all {
			one.Ties = one.Ties && t.OK
		}
		shown := false
		for _, p := range m.Parts {
			if p.Part == "total" {
				shown = true
				one.Currency, one.Orders, one.Shop, one.Books, one.NotBooked, one.Differ = p.Currency, count[p.Currency], p.Shop, p.Books, p.NotBooked, p.Difference
				view.Months = append(view.Months, one)
			}
		}
		if !shown {
			view.Months = append(view.Months, one)
		}
		return nil
	})
	if err != nil {
		first := time.Date(year, time.January, 1, 0, 0, 0, 0, time.UTC)
		return v.reconciled(err, first, first.AddDate(1, 0, -1))
	}
	return v.page("reconciliation_year", view)
}
