package store

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"
)

// Order is one order of a store as we know it now. It is named by StoreID and Key.
type Order struct {
	CompanyID    int64
	StoreID, Key string
	ID           string // the number people see; may repeat
	Version      int64  // counts what the shop told us of it, from 1
	State        string
	StateSince   time.Time
	Cause        string
	Reason       string
	Cure         string
	Date         string // 2026-11-22, the order's day in the shop's time zone
	Customer     string
	Email        string
	Currency     string
	Total        string // the sale before gift cards
	Due          string // after gift cards
	Document     string // "Sales receipt S01QA"
	TxnID        string
	BooksTotal   string // QuickBooks' own total
	Generation   int64  // raised by undo or a person: the order may be posted anew
	Plan         string // JSON
	// What made the plan.
	PlanVersion, PlanRules, PlanBooks int64
	ToPlan                            bool // must be planned (again)
	PlacedAt                          time.Time
	ShopUpdated                       time.Time // when the shop last changed it, by the shop's clock
	PulledAt                          time.Time // when we got this version
}

const orderColumns = `company_id, store_id, key, id, version, state, state_since, cause, reason, cure, date, customer, email, currency, total, due,
	document, txn_id, books_total, generation, plan_version, plan_rules, plan_books, to_plan, placed_at, shop_updated, pulled_at`

const selectOrder = "SELECT " + orderColumns + ", coalesce((SELECT plan FROM order_plan WHERE order_n = orders.n), '') FROM orders "

func (o *Order) fields() []any {
	return []any{&o.CompanyID, &o.StoreID, &o.Key, &o.ID, &o.Version, &o.State, stamp{&o.StateSince}, &o.Cause, &o.Reason, &o.Cure, &o.Date,
		&o.Customer, &o.Email, &o.Currency, &o.Total, &o.Due, &o.Document, &o.TxnID, &o.BooksTotal, &o.Generation, &o.PlanVersion, &o.PlanRules,
		&o.PlanBooks, &o.ToPlan, stamp{&o.PlacedAt}, stamp{&o.ShopUpdated}, stamp{&o.PulledAt}, &o.Plan}
}

// Order is the order of that key.
func (tx *Tx) Order(storeID, key string) (Order, bool, error) {
	return one[Order](tx, "read order "+key, selectOrder+"WHERE store_id = ? AND key = ?", storeID, key)
}

// OrdersByNumber are the orders a person may mean by a number, newest first: those whose ID it is, or whose key.
func (tx *Tx) OrdersByNumber(number string) ([]Order, error) {
	return list[Order](tx, "look for order "+number, selectOrder+"WHERE id = ?1 OR key = ?1 ORDER BY placed_at DESC, store_id, key", number)
}

// OrdersToPlan are the orders of a company that must be planned, those placed first coming first.
func (tx *Tx) OrdersToPlan(companyID int64, limit int) ([]Order, error) {
	return list[Order](tx, "read the orders to plan", sqlOrdersToPlan, companyID, limit)
}

const sqlOrdersToPlan = selectOrder + "WHERE company_id = ? AND to_plan = 1 ORDER BY placed_at LIMIT 0 + ?"

// EachOrder calls f with the orders of a company (0: of all) that are in a state (empty: in any), the newest first, without holding them
// all in memory. An error of f ends it.
func (tx *Tx) EachOrder(companyID int64, state string, f func(Order) error) error {
	query, args := selectOrder+"WHERE true", []any(nil)
	if companyID != 0 {
		query, args = query+" AND company_id = ?", append(args, companyID)
	}
	if state != "" {
		query, args = query+" AND state = ?", append(args, state)
	}
	return tx.stream("read the orders", query+" ORDER BY placed_at DESC, n DESC", args, func(rows *sql.Rows) error {
		var o Order
		if err := rows.Scan(o.fields()...); err != nil {
			return fmt.Errorf("read the orders: %w", err)
		}
		return f(o)
	})
}

// StateSum is how many orders of a currency are in a state, and the exact sum of their totals.
type StateSum struct {
	State, Currency string
	Count           int64
	Sum             string
}

// sumTotals adds up the orders of a query for state, currency and total, in Go: SQLite would add such amounts as floats.
func (tx *Tx) sumTotals(query string, args ...any) ([]StateSum, error) {
	type group struct{ state, currency string }
	counts, sums := map[group]int64{}, map[group]decimal.Decimal{}
	err := tx.rows("sum the orders", query, args, func(rows *sql.Rows) error {
		var g group
		var total string
		if err := rows.Scan(&g.state, &g.currency, &total); err != nil {
			return fmt.Errorf("sum the orders: %w", err)
		}
		counts[g]++
		if total == "" {
			return nil
		}
		amount, err := decimal.NewFromString(total)
		if err != nil {
			return fmt.Errorf("sum the orders: the total %q of an order %s is no amount: %w", total, g.state, err)
		}
		sums[g] = sums[g].Add(amount)
		return nil
	})
	var all []StateSum
	for g, n := range counts {
		sum := sums[g]
		all = append(all, StateSum{State: g.state, Currency: g.currency, Count: n, Sum: sum.StringFixed(-sum.Exponent())}) // 11.00, not 11
	}
	slices.SortFunc(all, compareSums)
	return all, err
}

func compareSums(a, b StateSum) int {
	return strings.Compare(a.State+"\x00"+a.Currency, b.State+"\x00"+b.Currency)
}

// OrderVersion is one answer of the shop's about an order, without its bytes (see RawOrder).
type OrderVersion struct {
	Version                     int64
	ContentHash, AccountingHash string
	FetchedAt                   time.Time
}

func (v *OrderVersion) fields() []any {
	return []any{&v.Version, &v.ContentHash, &v.AccountingHash, stamp{&v.FetchedAt}}
}

// Versions are all versions of an order, oldest first.
func (tx *Tx) Versions(storeID, key string) ([]OrderVersion, error) {
	return list[OrderVersion](tx, "read the versions of order "+key,
		"SELECT version, content_hash, accounting_hash, fetched_at FROM order_version WHERE store_id = ? AND key = ? ORDER BY version", storeID, key)
}

// RawOrder is the shop's JSON of one version of an order, byte for byte.
func (tx *Tx) RawOrder(storeID, key string, version int64) ([]byte, error) {
	doing := fmt.Sprintf("read version %d of order %s", version, key)
	var packed []byte
	found, err := tx.scan(doing, "SELECT raw FROM order_version WHERE store_id = ? AND key = ? AND version = ?", []any{storeID, key, version}, &packed)
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, fmt.Errorf("%s: %w", doing, ErrNotFound)
	}
	raw, err := unpack(packed)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", doing, err)
	}
	return raw, nil
}

// OrdersDated calls f with the orders of a company whose day is within from and to (2026-11-22; empty: any), those placed first coming
// first, without their plans and without holding them all in memory. Orders without a day, which cannot be read, are always among them. An
// error of f ends it.
func (tx *Tx) OrdersDated(companyID int64, from, to string, f func(Order) error) error {
	return tx.orders("read the orders of a time", `company_id = ?1 AND (date = '' OR (date >= ?2 AND (?3 = '' OR date <= ?3)))`, []any{companyID, from, to}, f)
}

// OrdersMoved calls f with the orders that OrdersDated gives, and with every order that may have a refund within from and to, in the shop
// or in the books; among them are some without. Neither day may be empty. Orders whose refunds are not known yet (see Indexing) are all among
// them.
func (tx *Tx) OrdersMoved(companyID int64, from, to string, f func(Order) error) error {
	indexing, err := tx.Indexing()
	if err != nil {
		return err
	}
	return tx.orders("read the orders and refunds of a time", sqlOrdersMoved, []any{companyID, from, to, indexing}, f)
}

// The shop's time zone may have changed since a refund's day was kept: by up to 26 hours.
const sqlOrdersMoved = `company_id = ?1 AND (date = '' OR date BETWEEN ?2 AND ?3 OR n <= ?4
	OR n IN (SELECT order_n FROM refund_day WHERE day BETWEEN date(?2, '-2 days') AND date(?3, '+2 days')))`

func (tx *Tx) orders(doing, where string, args []any, f func(Order) error) error {
	return tx.stream(doing, "SELECT "+orderColumns+", '' FROM orders WHERE "+where+" ORDER BY placed_at, n", args, func(rows *sql.Rows) error {
		var o Order
		if err := rows.Scan(o.fields()...); err != nil {
			return fmt.Errorf("%s: %w", doing, err)
		}
		return f(o)
	})
}
