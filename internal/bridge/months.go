package bridge

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/shopspring/decimal"
)

// ReconciledMonth is a reconciliation of a month, with the sums of each day.
type ReconciledMonth struct {
	Month string // 2026-11
	Reconciliation
	Days []ReconciledDay // with orders or refunds, by day and currency
}

// ReconciledDay is the shop against the books on one day.
type ReconciledDay struct {
	Day        string // 2026-11-22
	Currency   string
	Orders     int64
	Refunds    int64 // as of a Reconciliation
	Shop       string
	Books      string
	Difference string // Shop less Books
}

// mostMonths bounds what one question costs.
const mostMonths = 36

// ReconcileMonths reconciles months from one to another (2026-01, both
// included), one after the other. Of the orders only those that differ are held
// in memory; each, when not nil, is given every month as soon as it is done.
func (b *Bridge) ReconcileMonths(ctx context.Context, from, to string, each func(ReconciledMonth) error) error {
	first, err := time.Parse("2006-01", from)
	if err != nil {
		return fmt.Errorf("%q is no month like 2026-11", from)
	}
	last, err := time.Parse("2006-01", to)
	if err != nil {
		return fmt.Errorf("%q is no month like 2026-11", to)
	}
	if last.Before(first) || last.After(first.AddDate(0, mostMonths-1, 0)) {
		return fmt.Errorf("from %s to %s are not 1 to %d months", from, to, mostMonths)
	}
	for month := first; !month.After(last); month = month.AddDate(0, 1, 0) {
		m, err := b.ReconcileMonth(ctx, month.Format("2006-01"), nil)
		if err != nil {
			return err
		}
		if err := each(m); err != nil {
			return err
		}
	}
	return nil
}

// ReconcileMonth reconciles one month (2026-11). each, when not nil, is given
// what Reconcile gives.
func (b *Bridge) ReconcileMonth(ctx context.Context, month string, each func(ReconciledOrder) error) (m ReconciledMonth, err error) {
	first, err := time.Parse("2006-01", month)
	if err != nil {
		return m, fmt.Errorf("%q is no month like 2026-11", month)
	}
	type sum struct {
		orders, refunds int64
		shop, books     decimal.Decimal
	}
	days := map[[2]string]*sum{}
	m.Month = month
	m.Reconciliation, err = b.Reconcile(ctx, first.Format(time.DateOnly), first.AddDate(0, 1, -1).Format(time.DateOnly), func(o ReconciledOrder) error {
		shop, err := decimal.NewFromString(o.Shop)
		if err != nil {
			return err
		}
		books, err := decimal.NewFromString(orElse(o.Books, "0"))
		if err != nil {
			return err
		}
		key := [2]string{o.Day, o.Currency}
		if days[key] == nil {
			days[key] = &sum{}
		}
		s := days[key]
		if o.Refund {
			s.refunds++
		} else {
			s.orders++
		}
		s.shop, s.books = s.shop.Add(shop), s.books.Add(books)
		if each != nil {
			return each(o)
		}
		return nil
	})
	for _, key := range slices.SortedFunc(maps.Keys(days), func(a, b [2]string) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) }) {
		s := days[key]
		m.Days = append(m.Days, ReconciledDay{Day: key[0], Currency: key[1], Orders: s.orders, Refunds: s.refunds, Shop: s.shop.StringFixed(2), Books: s.books.StringFixed(2), Difference: s.shop.Sub(s.books).StringFixed(2)})
	}
	return m, err
}
