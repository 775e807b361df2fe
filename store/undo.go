package store

import (
	"encoding/json"
	"fmt"
	"time"
)

// Rows that undo a document are rows of the outbox too, of the order that the document belongs to; their kind is the request that does it.
// When QuickBooks did it they are undone, a state of theirs alone: what is done is in the books.
const (
	KindVoid   = "TxnVoid"
	KindDelete = "TxnDel"

	undoKinds = "('" + KindVoid + "', '" + KindDelete + "')"
)

// IsUndo tells whether a row undoes a document instead of making something.
func (r Row) IsUndo() bool { return r.Kind == KindVoid || r.Kind == KindDelete }

// RowsByRecord are the documents in the books that have these TxnIDs, without their bodies; those that are gone are left out.
func (tx *Tx) RowsByRecord(companyID int64, recordIDs []string) ([]Row, error) {
	const doing = "look for records"
	asked, err := json.Marshal(recordIDs)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", doing, err)
	}
	return list[Row](tx, doing, sqlRowsByRecord, companyID, string(asked))
}

const sqlRowsByRecord = selectBareRow + `WHERE company_id = ? AND record_id IN (SELECT value FROM json_each(?)) AND store_id <> '' AND record_id <> '' AND state = 'done'`

// HasPosted says whether any document of ours is, or was, in the books of a company.
func (tx *Tx) HasPosted(companyID int64) (bool, error) {
	var found bool
	_, err := tx.scan("look for documents in the books", sqlHasPosted, []any{companyID}, &found)
	return found, err
}

const sqlHasPosted = "SELECT EXISTS (SELECT 1 FROM outbox WHERE company_id = ? AND store_id <> '' AND record_id <> '')"

// PostedAfter are the next documents in the books behind a row, by the order in which they were planned, without their bodies.
func (tx *Tx) PostedAfter(companyID, rowID int64, limit int) ([]Row, error) {
	return list[Row](tx, "read the documents in the books", sqlPostedAfter, companyID, rowID, limit)
}

const sqlPostedAfter = selectBareRow + "WHERE +company_id = ? AND id > ? AND state = 'done' AND store_id <> '' AND record_id <> '' ORDER BY id LIMIT 0 + ?"

// GoneAfter are the next documents behind a row that are not in the books any more, by the order in which they were planned, without their bodies.
func (tx *Tx) GoneAfter(companyID, rowID int64, limit int) ([]Row, error) {
	return list[Row](tx, "read the documents that are gone", sqlGoneAfter, companyID, rowID, limit)
}

const sqlGoneAfter = selectBareRow + "WHERE company_id = ? AND id > ? AND state = 'gone' AND store_id <> '' AND record_id <> '' ORDER BY id LIMIT 0 + ?"

// HandedOut are the documents whose last set was handed out from a time on and before another.
func (tx *Tx) HandedOut(companyID int64, from, before time.Time) ([]Row, error) {
	return list[Row](tx, "read the documents of a day", sqlHandedOut, companyID, at(from), at(before))
}

const sqlHandedOut = selectBareRow + `WHERE set_id <> '' AND set_id IN (SELECT id FROM message_set WHERE company_id = ? AND kind = 'write' AND handed_out_at >= ? AND handed_out_at < ?)
	AND store_id <> '' AND kind NOT IN ` + undoKinds + ` ORDER BY id`

// SetExpect keeps what QuickBooks' next answers about a document are held against.
func (tx *Tx) SetExpect(rowID int64, expect string) error {
	return tx.change(fmt.Sprintf("keep what is expected of row %d", rowID), "UPDATE outbox SET expect = ? WHERE id = ?", expect, rowID)
}

// SetKind makes a document one of another kind, under another key.
func (tx *Tx) SetKind(rowID int64, kind, key, expect, body string) error {
	doing := fmt.Sprintf("make row %d a %s", rowID, kind)
	if err := tx.change(doing, "UPDATE outbox SET kind = ?, key = ?, expect = ? WHERE id = ?", kind, key, expect, rowID); err != nil {
		return err
	}
	return tx.setBody(doing, rowID, body)
}

// RetireKey takes its key from a document that is gone from the books, or from what undid it, so that one of the same purpose can be planned
// again.
func (tx *Tx) RetireKey(rowID int64) error {
	return tx.change(fmt.Sprintf("retire the key of row %d", rowID), "UPDATE outbox SET key = key || '/gone-' || id WHERE id = ? AND state IN ('gone', 'undone')", rowID)
}
