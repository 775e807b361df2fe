package store

import (
	"database/sql"
	"fmt"
	"strings"
	"time"
)

// SchemaVersion is the number of the last migration the database has seen.
func (tx *Tx) SchemaVersion() (version int, err error) {
	_, err = tx.scan("read the form of the database", "PRAGMA user_version", nil, &version)
	return version, err
}

// LeaseHolder says who holds the lease of that name until when; empty when nobody does. The time may be past.
func (tx *Tx) LeaseHolder(name string) (holder string, until time.Time, err error) {
	_, err = tx.scan("read the lease "+name, "SELECT holder, until FROM lease WHERE name = ?", []any{name}, &holder, stamp{&until})
	return holder, until, err
}

// OrderCounts counts the orders of a company by state.
func (tx *Tx) OrderCounts(companyID int64) (map[string]int64, error) {
	return tx.counts("count the orders", "SELECT state, sum(n) FROM order_sum WHERE company_id = ? GROUP BY state HAVING sum(n) > 0", companyID)
}

// SessionRows counts by state the outbox rows that were last sent in a session.
func (tx *Tx) SessionRows(ticket string) (map[string]int64, error) {
	return tx.counts("count what session "+ticket+" sent", `SELECT outbox.state, count(*) FROM message_set JOIN outbox ON set_id = message_set.id AND set_id <> ''
		WHERE ticket = ? AND message_set.kind = 'write' GROUP BY outbox.state`, ticket)
}

func (tx *Tx) counts(doing, query string, args ...any) (map[string]int64, error) {
	counts := map[string]int64{}
	err := tx.rows(doing, query, args, func(rows *sql.Rows) error {
		var state string
		var n int64
		err := rows.Scan(&state, &n)
		counts[state] = n
		return err
	})
	return counts, err
}

// SetCounts tells of a session how many sets it handed out, and how many writing requests in them.
func (tx *Tx) SetCounts(ticket string) (sets, requests int64, err error) {
	_, err = tx.scan("count the sets of session "+ticket, "SELECT count(*), coalesce(sum(iif(kind = 'write', rows, 0)), 0) FROM message_set WHERE ticket = ?",
		[]any{ticket}, &sets, &requests)
	return sets, requests, err
}

// LastSets are the last n sets of a company, the newest first, without Request and Answer: see Set.
func (tx *Tx) LastSets(companyID int64, n int) ([]Set, error) {
	return list[Set](tx, fmt.Sprintf("read the last sets of company %d", companyID),
		selectSetHead+"WHERE company_id = ? ORDER BY handed_out_at DESC, id DESC LIMIT ?", companyID, n)
}

// Doubt tells how many sets of a company are in doubt, and when the oldest of them was handed out.
func (tx *Tx) Doubt(companyID int64) (n int64, oldest time.Time, err error) {
	_, err = tx.scan("count the sets in doubt", "SELECT count(*), coalesce(min(handed_out_at), '') FROM message_set WHERE company_id = ? AND state = 'in_doubt'",
		[]any{companyID}, &n, stamp{&oldest})
	return n, oldest, err
}

// Standing is how long orders have been in a state.
type Standing struct {
	Count          int64
	Oldest, Newest time.Time // since when the first and the last of them are in it
}

// Standing counts the orders of a company that have been in one of some states since a time or longer.
func (tx *Tx) Standing(companyID int64, since time.Time, states ...string) (s Standing, err error) {
	marks := strings.TrimSuffix(strings.Repeat("?, ", len(states)), ", ")
	args := []any{companyID, at(since)}
	for _, state := range states {
		args = append(args, state)
	}
	_, err = tx.scan("look how long orders stand", "SELECT count(*), coalesce(min(state_since), ''), coalesce(max(state_since), '') FROM orders "+
		"WHERE company_id = ? AND state_since <= ? AND state IN ("+marks+")", args, &s.Count, stamp{&s.Oldest}, stamp{&s.Newest})
	return s, err
}

// NewestNumbers are the numbers of the orders that came last into a state.
func (tx *Tx) NewestNumbers(companyID int64, state string, n int) (numbers []string, err error) {
	err = tx.rows("read the orders that are "+state, "SELECT id FROM orders WHERE company_id = ? AND state = ? ORDER BY state_since DESC, n DESC LIMIT ?",
		[]any{companyID, state, n}, func(rows *sql.Rows) error {
			var number string
			err := rows.Scan(&number)
			numbers = append(numbers, number)
			return err
		})
	return numbers, err
}

// Settings calls f with every setting, by name.
func (tx *Tx) Settings(f func(name, value string) error) error {
	return tx.stream("read the settings", "SELECT name, value FROM setting ORDER BY name", nil, func(rows *sql.Rows) error {
		var name, value string
		if err := rows.Scan(&name, &value); err != nil {
			return fmt.Errorf("read the settings: %w", err)
		}
		return f(name, value)
	})
}

// DropSetting forgets a setting.
func (tx *Tx) DropSetting(name string) error {
	_, err := tx.exec("forget the setting "+name, "DELETE FROM setting WHERE name = ?", name)
	return err
}
