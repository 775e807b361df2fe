package store

import (
	"database/sql"
	"fmt"
	"time"
)

// Row is one thing to be written to a company file: a list row (customer, item, method), shared by all orders that need it, or a document of
// one order.
//
// States: planned, sent, in_doubt (its set has no answer), unread (written, its total still to be read), done, refused, blocked (what it needs
// was refused), unsure (a person must say whether it is in the books), gone (a document that was posted and is not in the books any more).
type Row struct {
	ID, CompanyID        int64
	Key                  string // unique in the company
	Kind                 string // Customer, ItemNonInventory, ..., SalesReceipt
	StoreID, OrderKey    string // documents only
	OrderVersion         int64
	Name                 string // list rows: the promised name; documents: the ref number
	Email                string
	Expect               string // documents: JSON of what QuickBooks' answer is held against
	Body                 string // JSON; Sendable, RowsByID and RowsOfSet leave it out: see Bodies
	State                string
	SetID                string // the last set that carried it
	RequestID            string // in that set
	Tries                int64
	NotBefore            time.Time
	Alone                bool   // its set was refused whole: goes out by itself
	Looked               string // ticket of the session that asked the books for it
	RecordID             string // TxnID or ListID
	EditSequence         string
	BooksTotal           string
	Code                 int64 // QuickBooks' status code
	Message              string
	Adopted              bool // found in the books, and written by somebody else
	PlannedAt, SettledAt time.Time
}

const (
	rowColumns = `id, company_id, key, kind, store_id, order_key, order_version, name, email, expect, state, set_id, request_id, tries, not_before,
	alone, looked, record_id, edit_sequence, books_total, code, message, adopted, planned_at, settled_at`
	selectRow     = "SELECT " + rowColumns + ", (SELECT body FROM outbox_body WHERE row_id = outbox.id) FROM outbox "
	selectBareRow = "SELECT " + rowColumns + ", '' FROM outbox "
)

func (r *Row) fields() []any {
	return []any{&r.ID, &r.CompanyID, &r.Key, &r.Kind, &r.StoreID, &r.OrderKey, &r.OrderVersion, &r.Name, &r.Email, &r.Expect, &r.State, &r.SetID,
		&r.RequestID, &r.Tries, stamp{&r.NotBefore}, &r.Alone, &r.Looked, &r.RecordID, &r.EditSequence, &r.BooksTotal, &r.Code, &r.Message,
		&r.Adopted, stamp{&r.PlannedAt}, stamp{&r.SettledAt}, &r.Body}
}

// PlanRow puts a row into the outbox and returns its number. Where its key is there already, that row is returned instead: one that has not
// left yet (planned, refused, blocked) takes over what r says and is planned; any other stays as it is. Fresh says that the row is now planned
// and was not before. Of r these count: CompanyID, Key, Kind, StoreID, OrderKey, OrderVersion, Name, Email, Expect, Body, NotBefore, Alone.
func (tx *Tx) PlanRow(r Row) (id int64, fresh bool, err error) {
	doing := fmt.Sprintf("plan %s %s", r.Kind, r.Key)
	var state string
	known, err := tx.scan(doing, "SELECT id, state FROM outbox WHERE company_id = ? AND key = ?", []any{r.CompanyID, r.Key}, &id, &state)
	if err != nil {
		return 0, false, err
	}
	if !known {
		_, err = tx.scan(doing, `INSERT INTO outbox (company_id, key, kind, store_id, order_key, order_version, name, email, expect, state, not_before, alone, planned_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'planned', ?, ?, ?) RETURNING id`,
			[]any{r.CompanyID, r.Key, r.Kind, r.StoreID, r.OrderKey, r.OrderVersion, r.Name, r.Email, r.Expect, at(r.NotBefore), r.Alone, at(tx.now)}, &id)
		if err != nil {
			return 0, false, err
		}
		return id, true, tx.setBody(doing, id, r.Body)
	}
	if state != "planned" && state != "refused" && state != "blocked" {
		return id, false, nil
	}
	err = tx.change(doing, `UPDATE outbox SET kind = ?, order_version = ?, name = ?, email = ?, expect = ?, not_before = ?, alone = ?, planned_at = ?,
		tries = iif(?, 0, tries), state = 'planned', looked = '', code = 0, message = '', settled_at = '' WHERE id = ?`,
		r.Kind, r.OrderVersion, r.Name, r.Email, r.Expect, at(r.NotBefore), r.Alone, at(tx.now), r.IsUndo(), id) // a person wants it undone anew
	if err != nil {
		return 0, false, err
	}
	return id, state != "planned", tx.setBody(doing, id, r.Body)
}

func (tx *Tx) setBody(doing string, id int64, body string) error {
	_, err := tx.exec(doing, "INSERT OR REPLACE INTO outbox_body VALUES (?, ?)", id, body)
	return err
}

// Need keeps that a row cannot go out before another one is done.
func (tx *Tx) Need(rowID, needsID int64) error {
	_, err := tx.exec(fmt.Sprintf("let row %d wait for row %d", rowID, needsID), "INSERT INTO outbox_need VALUES (?, ?) ON CONFLICT DO NOTHING", rowID, needsID)
	return err
}

// DropPlanned takes an order's documents out of the outbox that have not left (planned, blocked, refused), and with them the planned list rows
// that nothing needs any more.
func (tx *Tx) DropPlanned(storeID, orderKey string) error {
	doing := "drop the planned documents of order " + orderKey
	const documents = "(SELECT id FROM outbox WHERE store_id = ? AND order_key = ? AND store_id <> '' AND state IN ('planned', 'blocked', 'refused'))"
	var needed []int64
	err := tx.rows(doing, `WITH RECURSIVE needed (id) AS (
			SELECT needs_id FROM outbox_need WHERE row_id IN `+documents+`
			UNION SELECT n.needs_id FROM outbox_need n JOIN needed ON n.row_id = needed.id)
		SELECT id FROM needed`, []any{storeID, orderKey}, func(rows *sql.Rows) error {
		var id int64
		err := rows.Scan(&id)
		needed = append(needed, id)
		return err
	})
	if err != nil {
		return err
	}
	if _, err := tx.exec(doing, "DELETE FROM outbox_need WHERE needs_id IN "+documents, storeID, orderKey); err != nil {
		return err
	}
	n, err := tx.exec(doing, "DELETE FROM outbox WHERE id IN "+documents, storeID, orderKey)
	for err == nil && n > 0 && len(needed) > 0 { // once more as long as a list row went, for those that only it needed
		n, err = tx.exec(doing, `DELETE FROM outbox WHERE id IN (SELECT value FROM json_each(?)) AND store_id = '' AND state = 'planned'
			AND NOT EXISTS (SELECT 1 FROM outbox_need WHERE needs_id = outbox.id)`, ids(needed))
	}
	return err
}

// Row is the row of that number.
func (tx *Tx) Row(id int64) (Row, bool, error) {
	return one[Row](tx, fmt.Sprintf("read row %d", id), selectRow+"WHERE id = ?", id)
}

// RowsByID are the rows of these numbers, in their order and without their bodies; one that is not there is left out.
func (tx *Tx) RowsByID(rowIDs []int64) ([]Row, error) {
	found, err := list[Row](tx, "read rows", selectBareRow+"WHERE id IN (SELECT value FROM json_each(?))", ids(rowIDs))
	if err != nil {
		return nil, err
	}
	byID := make(map[int64]Row, len(found))
	for _, r := range found {
		byID[r.ID] = r
	}
	rows := make([]Row, 0, len(found))
	for _, id := range rowIDs {
		if r, ok := byID[id]; ok {
			rows = append(rows, r)
		}
	}
	return rows, nil
}

// Bodies are the bodies of these rows, by row.
func (tx *Tx) Bodies(rowIDs []int64) (map[int64]string, error) {
	bodies := make(map[int64]string, len(rowIDs))
	err := tx.rows("read the bodies of rows", "SELECT row_id, body FROM outbox_body WHERE row_id IN (SELECT value FROM json_each(?))", []any{ids(rowIDs)}, func(rows *sql.Rows) error {
		var id int64
		var body string
		err := rows.Scan(&id, &body)
		bodies[id] = body
		return err
	})
	return bodies, err
}

// RowByKey is the row of that key in the company.
func (tx *Tx) RowByKey(companyID int64, key string) (Row, bool, error) {
	return one[Row](tx, "read row "+key, selectRow+"WHERE company_id = ? AND key = ?", companyID, key)
}

// RowsOfOrder are the documents of an order, in the order they were planned.
func (tx *Tx) RowsOfOrder(storeID, orderKey string) ([]Row, error) {
	return list[Row](tx, "read the documents of order "+orderKey, selectRow+"WHERE store_id = ? AND order_key = ? AND store_id <> '' ORDER BY id", storeID, orderKey)
}

// RowsOfSet are the rows that a set carried last.
func (tx *Tx) RowsOfSet(setID string) ([]Row, error) {
	return list[Row](tx, "read the rows of set "+setID, selectBareRow+"WHERE set_id = ? AND set_id <> '' ORDER BY id", setID)
}

// NeedsOf are the rows a row needs, done or not.
func (tx *Tx) NeedsOf(rowID int64) ([]Row, error) {
	return list[Row](tx, fmt.Sprintf("read what row %d needs", rowID),
		selectRow+"WHERE id IN (SELECT needs_id FROM outbox_need WHERE row_id = ?) ORDER BY id", rowID)
}

// NeedIDs are the ListIDs and TxnIDs, by key, of all done rows that these rows need.
func (tx *Tx) NeedIDs(rowIDs []int64) (map[string]string, error) {
	found := map[string]string{}
	err := tx.rows("read what the rows need", `SELECT key, record_id FROM outbox WHERE state = 'done'
		AND id IN (SELECT needs_id FROM outbox_need WHERE row_id IN (SELECT value FROM json_each(?)))`, []any{ids(rowIDs)}, func(rows *sql.Rows) error {
		var key, recordID string
		err := rows.Scan(&key, &recordID)
		found[key] = recordID
		return err
	})
	return found, err
}

// BlockDependents blocks everything planned that needs this row, directly or through others, and returns the documents among it.
func (tx *Tx) BlockDependents(rowID int64, why string) ([]Row, error) {
	doing := fmt.Sprintf("block what needs row %d", rowID)
	var blocked []int64
	err := tx.rows(doing, `WITH RECURSIVE dependent (id) AS (
			SELECT row_id FROM outbox_need WHERE needs_id = ?1
			UNION SELECT n.row_id FROM outbox_need n JOIN dependent ON n.needs_id = dependent.id)
		UPDATE outbox SET state = 'blocked', message = ?2 WHERE state = 'planned' AND id IN dependent RETURNING id`,
		[]any{rowID, why}, func(rows *sql.Rows) error {
			var id int64
			err := rows.Scan(&id)
			blocked = append(blocked, id)
			return err
		})
	if err != nil {
		return nil, err
	}
	return list[Row](tx, doing, selectRow+"WHERE id IN (SELECT value FROM json_each(?)) AND store_id <> '' ORDER BY id", ids(blocked))
}

// NewestPosted are the documents that we wrote last to the company file, the newest first by the order in which they were planned:
// clocks are set back. Adopted ones are left out: others wrote them, perhaps long ago.
func (tx *Tx) NewestPosted(companyID int64, limit int) ([]Row, error) {
	return list[Row](tx, "read the newest documents", sqlNewestPosted, companyID, limit)
}

const sqlNewestPosted = selectRow + "WHERE company_id = ? AND state = 'done' AND store_id <> '' AND adopted = 0 ORDER BY id DESC LIMIT 0 + ?"

// RowByRecord finds the document row that has a TxnID.
func (tx *Tx) RowByRecord(companyID int64, recordID string) (Row, bool, error) {
	rows, err := list[Row](tx, "look for record "+recordID, sqlRowByRecord, companyID, recordID)
	if err != nil || len(rows) == 0 {
		return Row{}, false, err
	}
	return rows[0], true, nil
}

const sqlRowByRecord = selectBareRow + "WHERE company_id = ? AND record_id = ? AND store_id <> '' AND record_id <> '' LIMIT 1"

// Unread are rows that were written, but whose total QuickBooks has still to tell.
func (tx *Tx) Unread(companyID int64, limit int) ([]Row, error) {
	return list[Row](tx, "read the unread rows", selectRow+"WHERE company_id = ? AND state = 'unread' ORDER BY id LIMIT 0 + ?", companyID, limit)
}

// Promised are the list rows that are neither done nor refused: names that are spoken for. Of each there are Key, Kind, Name and Email alone:
// a shop that begins has 100,000 of them, which planning waits for.
func (tx *Tx) Promised(companyID int64) (all []Row, err error) {
	err = tx.rows("read the promised names", sqlPromised, []any{companyID}, func(rows *sql.Rows) error {
		var r Row
		err := rows.Scan(&r.Key, &r.Kind, &r.Name, &r.Email)
		all = append(all, r)
		return err
	})
	return all, err
}

const sqlPromised = "SELECT key, kind, name, email FROM outbox WHERE company_id = ? AND store_id = '' AND state <> 'done' AND state <> 'refused' ORDER BY id"

// CountRows counts the company's rows by state. It reads a handful of counters, however many rows there are.
func (tx *Tx) CountRows(companyID int64) (map[string]int64, error) {
	counts := map[string]int64{}
	err := tx.rows("count the outbox", "SELECT state, n FROM outbox_count WHERE company_id = ? AND n > 0", []any{companyID}, func(rows *sql.Rows) error {
		var state string
		var n int64
		err := rows.Scan(&state, &n)
		counts[state] = n
		return err
	})
	return counts, err
}
