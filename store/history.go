package store

import (
	"fmt"
	"time"
)

// History is one line of what happened, for people.
type History struct {
	ID           int64
	At           time.Time
	CompanyID    int64
	StoreID, Key string // empty when it is about no order, or about all orders of a set
	SetID        string // not empty: it is about all orders that this set carried
	Who          string // qbridge, connector, or a person
	Event        string // pulled, changed, state, replan, decision, ...
	Note         string
}

const historyColumns = "id, at, company_id, store_id, key, set_id, who, event, note"

func (h *History) fields() []any {
	return []any{&h.ID, stamp{&h.At}, &h.CompanyID, &h.StoreID, &h.Key, &h.SetID, &h.Who, &h.Event, &h.Note}
}

// AddHistory keeps a line. ID is given by the store, At too when it is zero.
func (tx *Tx) AddHistory(h History) error {
	if h.At.IsZero() {
		h.At = tx.now
	}
	_, err := tx.exec("write history", "INSERT INTO history ("+historyColumns+") VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?)", h.fields()[1:]...)
	return err
}

// History is what happened to an order, by itself or in a set, oldest first.
func (tx *Tx) History(storeID, key string) ([]History, error) {
	return list[History](tx, "read the history of order "+key, sqlHistory, storeID, key)
}

const sqlHistory = "SELECT " + historyColumns + ` FROM history WHERE store_id = ?1 AND key = ?2
	UNION ALL SELECT id, at, company_id, ?1, ?2, set_id, who, event, note FROM history
		WHERE set_id <> '' AND set_id IN (SELECT set_id FROM message_set_order WHERE store_id = ?1 AND key = ?2) ORDER BY id`

// CompanyHistory is what happened last to a company and its orders, newest first, at most n lines.
func (tx *Tx) CompanyHistory(companyID int64, n int) ([]History, error) {
	return list[History](tx, fmt.Sprintf("read the history of company %d", companyID),
		"SELECT "+historyColumns+" FROM history WHERE company_id = ? ORDER BY id DESC LIMIT ?", companyID, n)
}
