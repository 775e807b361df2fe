package store

import (
	"database/sql"
	"fmt"
)

// OrdersNumbered are the orders with these numbers, without their plans, in this order.
func (tx *Tx) OrdersNumbered(numbers []int64) ([]Found, error) {
	return tx.foundByNumber("read orders", "SELECT value AS n FROM json_each(?)", ids(numbers))
}

// SumSelection counts and sums the orders of a selection as they are now, by state and currency, in that order.
func (tx *Tx) SumSelection(companyID int64, s Selection) ([]StateSum, error) {
	return tx.sumSifted(Find{CompanyID: companyID}, sieve{few: s.Numbers})
}

// Days are the first and the last day of some orders; "" when none has a day.
type Days struct{ First, Last string }

// DaysOfSelection are the days of the orders of a selection, by state.
func (tx *Tx) DaysOfSelection(s Selection) (map[string]Days, error) {
	const doing = "read the days of a selection"
	days := map[string]Days{}
	err := tx.rows(doing, `SELECT state, min(date), max(date) FROM orders NOT INDEXED WHERE n IN (SELECT value FROM json_each(?)) AND date <> '' GROUP BY state`, []any{s.Numbers},
		func(rows *sql.Rows) error {
			var state string
			var d Days
			if err := rows.Scan(&state, &d.First, &d.Last); err != nil {
				return fmt.Errorf("%s: %w", doing, err)
			}
			days[state] = d
			return nil
		})
	return days, err
}
