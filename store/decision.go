package store

import (
	"fmt"
	"time"
)

// Decision is what a person decided about one order.
type Decision struct {
	ID           int64
	StoreID, Key string
	Kind         string // item, customer, link, not-link, release, hold, exclude, tag, accept
	Subject      string
	Value        string
	Who          string
	At           time.Time
	WithdrawnAt  time.Time
}

const decisionColumns = "id, store_id, key, kind, subject, value, who, at, withdrawn_at"

func (d *Decision) fields() []any {
	return []any{&d.ID, &d.StoreID, &d.Key, &d.Kind, &d.Subject, &d.Value, &d.Who, stamp{&d.At}, stamp{&d.WithdrawnAt}}
}

// AddDecision keeps a decision, has the order planned again, and returns the decision's number. ID is given by the store, At too when zero.
func (tx *Tx) AddDecision(d Decision) (int64, error) {
	if d.At.IsZero() {
		d.At = tx.now
	}
	_, err := tx.scan("keep a decision on order "+d.Key,
		"INSERT INTO decision ("+decisionColumns+") VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id", d.fields()[1:], &d.ID)
	if err != nil {
		return 0, err
	}
	return d.ID, tx.decided(d, "decided", d.Who)
}

// Decisions are the decisions on an order that were not withdrawn, oldest first.
func (tx *Tx) Decisions(storeID, key string) ([]Decision, error) {
	return list[Decision](tx, "read the decisions on order "+key,
		"SELECT "+decisionColumns+" FROM decision WHERE store_id = ? AND key = ? AND withdrawn_at = '' ORDER BY id", storeID, key)
}

// WithdrawDecision takes a decision back in somebody's name and has its order planned again. What was decided stays readable in the history.
func (tx *Tx) WithdrawDecision(id int64, who string) error {
	doing := fmt.Sprintf("withdraw decision %d", id)
	var d Decision
	found, err := tx.scan(doing, "UPDATE decision SET withdrawn_at = ? WHERE id = ? AND withdrawn_at = '' RETURNING "+decisionColumns,
		[]any{at(tx.now), id}, d.fields()...)
	if err == nil && !found {
		err = fmt.Errorf("%s: %w", doing, ErrNotFound)
	}
	if err != nil {
		return err
	}
	return tx.decided(d, "withdrew", who)
}

func (tx *Tx) decided(d Decision, verb, who string) error {
	if err := tx.ReplanOrder(d.StoreID, d.Key); err != nil {
		return err
	}
	_, err := tx.exec("write history", `INSERT INTO history (at, company_id, store_id, key, who, event, note)
		SELECT ?, company_id, store_id, key, ?, 'decision', ? FROM orders WHERE store_id = ? AND key = ?`,
		at(tx.now), who, fmt.Sprintf("%s %s %s %s", verb, d.Kind, d.Subject, d.Value), d.StoreID, d.Key)
	return err
}
