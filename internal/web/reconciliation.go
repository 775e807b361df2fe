package web

import (
	"bytes"
	"encoding/csv"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"qbridge/internal/bridge"
	"qbridge/internal/order"
)

// reconciliationView is the shop against the books in one month.
type reconciliationView struct {
	bridge.ReconciledMonth
	Before, After string // the months beside it
	Charts        []chart
	Ties          []tie
	More          int64 // orders that differ and are not shown
}

// tie is a check of figures that must agree.
type tie struct {
	Word        string // of tie.
	OK          bool
	Left, Right string // the two figures
	Difference  string
	Currency    string // "" of counts
	Terms       []term // what Left is made of
}

// term is a part of a sum, in words of tie.
type term struct{ Word, Amount string }

// mostDifferences is how many orders that differ the page shows; the CSV file
// has all.
const mostDifferences = 300

// OrdersIn is the list of the month's orders in a state; "" in any.
func (r reconciliationView) OrdersIn(state string) string {
	return listPath(bridge.Find{State: order.State(state), From: r.From, To: r.To}, "")
}

// OrdersOf is the list of a day's orders.
func (r reconciliationView) OrdersOf(day string) string {
	return listPath(bridge.Find{From: day, To: day}, "")
}

// month is the month that is asked for; else the present one.
func (v *visit) month() string {
	if month := v.r.URL.Query().Get("month"); month != "" {
		return month
	}
	return v.bridge.Now().In(v.words.zone).Format("2006-01")
}

func reconciliation(v *visit) error {
	view := reconciliationView{}
	var err error
	if view.ReconciledMonth, err = v.bridge.ReconcileMonth(v.ctx(), v.month(), nil); err != nil {
		return v.reconciledMonth(err) // the month was written by hand, or is too long
	}
	first, err := time.Parse("2006-01", view.Month)
	if err != nil {
		return err
	}
	view.Before, view.After = first.AddDate(0, -1, 0).Format("2006-01"), first.AddDate(0, 1, 0).Format("2006-01")
	if view.Charts, err = charts(view.ReconciledMonth); err != nil {
		return err
	}
	if view.Ties, err = ties(view.ReconciledMonth); err != nil {
		return err
	}
	if n := len(view.Differences); n > mostDifferences {
		view.Differences, view.More = view.Differences[:mostDifferences], int64(n-mostDifferences)
	}
	return v.page("reconciliation", view)
}

// reconciledMonth is what became of the month that is asked for.
func (v *visit) reconciledMonth(err error) error {
	first, none := time.Parse("2006-01", v.month())
	if none != nil {
		return refuse(err)
	}
	return v.reconciled(err, first, first.AddDate(0, 1, -1))
}

// ties are the checks of a month: no order is lost between the states, and of
// each currency what the shop says, less what is not in QuickBooks and the tax
// inside its prices, is what QuickBooks says; by day it comes to the same.
func ties(m bridge.ReconciledMonth) (all []tie, err error) {
	number := func(text string) (d decimal.Decimal) {
		d, wrong := decimal.NewFromString(text)
		if wrong != nil {
			err = wrong
		}
		return d
	}
	var counted int64
	for _, s := range m.States {
		counted += s.Count
	}
	all = append(all, tie{Word: "orders", OK: counted == m.Orders, Left: decimal.NewFromInt(m.Orders).String(), Right: decimal.NewFromInt(counted).String(), Difference: decimal.NewFromInt(m.Orders - counted).String()})
	for _, p := range m.Parts {
		if p.Part != "total" {
			continue
		}
		left := number(p.Shop).Sub(number(p.NotBooked)).Sub(number(p.TaxInside))
		all = append(all, tie{"books", number(p.Difference).IsZero(), left.StringFixed(2), p.Books, p.Difference, p.Currency,
			[]term{{"shop", p.Shop}, {"not_booked", p.NotBooked}, {"tax_inside", p.TaxInside}}})
		byDay, byState := decimal.Zero, decimal.Zero
		for _, d := range m.Days {
			if d.Currency == p.Currency {
				byDay = byDay.Add(number(d.Shop))
			}
		}
		for _, s := range m.States {
			if s.Currency == p.Currency {
				byState = byState.Add(number(s.Shop))
			}
		}
		all = append(all, tie{Word: "days", OK: byDay.Equal(byState), Left: byDay.StringFixed(2), Right: byState.StringFixed(2), Difference: byDay.Sub(byState).StringFixed(2), Currency: p.Currency})
	}
	slices.SortStableFunc(all, func(a, b tie) int { return len(a.Currency) - len(b.Currency) })
	return all, err
}

func reconciliationCSV(v *visit) error {
	var body bytes.Buffer
	file := csv.NewWriter(&body)
	month := v.month()
	if err := file.Write(bridge.ReconcileHead()); err != nil {
		return err
	}
	if _, err := v.bridge.ReconcileMonth(v.ctx(), month, func(o bridge.ReconciledOrder) error { return file.Write(o.Row()) }); err != nil {
		return v.reconciledMonth(err)
	}
	file.Flush()
	if err := file.Error(); err != nil {
		return err
	}
	return v.send("text/csv; charset=utf-8", "reconciliation-"+month+".csv", body.Bytes())
}

// month is a month, 2026-11, in the reader's form; what is none comes as it is.
func (w *words) month(month string) (string, error) {
	t, err := time.Parse("2006-01", month)
	if err != nil {
		return month, nil
	}
	name, err := w.monthName(t.Month())
	return name + " " + t.Format("2006"), err
}
