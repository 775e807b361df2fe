package store

import (
	"fmt"
	"time"
)

// due are the rows that may go out at ?2: planned, their time come, all they need done, and their order not waiting to be planned again (what
// changed must not be posted as it was), and no planning anew announced, after which a name may not be wanted any more. The state is written out, because SQLite uses a partial index for its exact predicate only.
// What undoes a document waits for nothing but what undoes its followers, until it is known what became of that.
const due = `WHERE company_id = ?1 AND state = 'planned' AND (not_before <= ?2 OR not_before > ?3)
	AND NOT EXISTS (SELECT 1 FROM outbox_need n JOIN outbox needed ON needed.id = n.needs_id WHERE n.row_id = outbox.id AND needed.state <> 'done'
		AND NOT (needed.kind IN ` + undoKinds + ` AND needed.state IN ('undone', 'refused')))
	AND NOT EXISTS (SELECT 1 FROM setting WHERE name = 'replan/' || ?1) AND ` + orderIsPlanned

// farAhead is longer than any pause that is ever ordered: a time beyond it was set by a clock that went wrong, and does not count.
const farAhead = 24 * time.Hour

const orderIsPlanned = `(store_id = '' OR kind IN ` + undoKinds + ` OR EXISTS (SELECT 1 FROM orders WHERE orders.store_id = outbox.store_id AND orders.key = outbox.order_key AND to_plan = 0))`

const sqlSendable = selectBareRow + due + " ORDER BY id LIMIT 0 + ?4"

// Sendable are the rows that may go out now, in the order they were planned: planned, not to be held back until later, everything they need done,
// and their order not to be planned again. They come without their bodies.
func (tx *Tx) Sendable(companyID int64, now time.Time, limit int) ([]Row, error) {
	return list[Row](tx, "read the rows to send", sqlSendable, companyID, at(now), at(now.Add(farAhead)), limit)
}

// HasPlanned says whether Sendable would find anything.
func (tx *Tx) HasPlanned(companyID int64, now time.Time) (bool, error) {
	var found bool
	_, err := tx.scan("look for rows to send", "SELECT EXISTS (SELECT 1 FROM outbox "+due+")", []any{companyID, at(now), at(now.Add(farAhead))}, &found)
	return found, err
}

// MarkLooked keeps that the session of this ticket asked the books whether these rows are there already.
func (tx *Tx) MarkLooked(rowIDs []int64, ticket string) error {
	_, err := tx.exec("mark rows as looked for", "UPDATE outbox SET looked = ? WHERE id IN (SELECT value FROM json_each(?))", ticket, ids(rowIDs))
	return err
}

// HandOut marks planned rows as sent in a set that AddSet has kept, under the request ID "r" and their number, and counts the try. It is
// ErrChanged, and nothing may be sent, when one of them is no longer planned or its order is to be planned again.
func (tx *Tx) HandOut(setID string, rowIDs []int64) error {
	doing, list := "hand out set "+setID, ids(rowIDs)
	n, err := tx.exec(doing, `UPDATE outbox SET state = 'sent', set_id = ?, request_id = 'r' || id, tries = tries + 1
		WHERE id IN (SELECT value FROM json_each(?)) AND state = 'planned' AND `+noReplan+` AND `+orderIsPlanned, setID, list)
	if err != nil {
		return err
	}
	if int(n) != len(rowIDs) {
		return fmt.Errorf("%s: only %d of its %d rows are still to be sent: %w", doing, n, len(rowIDs), ErrChanged)
	}
	_, err = tx.exec(doing, `INSERT INTO message_set_order SELECT store_id, order_key, set_id FROM outbox
		WHERE id IN (SELECT value FROM json_each(?)) AND store_id <> '' ON CONFLICT DO NOTHING`, list)
	return err
}

// RowUpdate is what became of a row. Empty RecordID, EditSequence and BooksTotal leave what is known; Alone and Adopted stay once set; the rest is
// set as given. FreeTry gives back the try that HandOut counted: the request was never executed.
type RowUpdate struct {
	State                              string
	RecordID, EditSequence, BooksTotal string
	Code                               int64
	Message                            string
	NotBefore                          time.Time
	Alone, Adopted, FreeTry            bool
}

// ForgetEdit forgets the EditSequence of a row: we changed its record without being told the new one.
func (tx *Tx) ForgetEdit(id int64) error {
	_, err := tx.exec(fmt.Sprintf("forget the edit sequence of row %d", id), "UPDATE outbox SET edit_sequence = '' WHERE id = ?", id)
	return err
}

// Returned counts that QuickBooks gave a row back without having tried it, and returns how often it did.
func (tx *Tx) Returned(id int64) (n int64, err error) {
	doing := fmt.Sprintf("count that row %d came back", id)
	found, err := tx.scan(doing, "UPDATE outbox SET returned = returned + 1 WHERE id = ? RETURNING returned", []any{id}, &n)
	if err == nil && !found {
		err = fmt.Errorf("%s: %w", doing, ErrNotFound)
	}
	return n, err
}

// SetRow keeps what became of a row. A row that becomes done or refused is settled now.
func (tx *Tx) SetRow(id int64, u RowUpdate) error {
	return tx.change(fmt.Sprintf("keep what became of row %d", id), `UPDATE outbox SET
		settled_at = CASE WHEN ?1 NOT IN ('done', 'refused') THEN '' WHEN state = ?1 THEN settled_at ELSE ?2 END,
		state = ?1, record_id = iif(?3 = '', record_id, ?3), edit_sequence = iif(?4 = '', edit_sequence, ?4), books_total = iif(?5 = '', books_total, ?5),
		code = ?6, message = ?7, not_before = ?8, alone = alone OR ?9, adopted = adopted OR ?10, tries = tries - ?11 WHERE id = ?12`,
		u.State, at(tx.now), u.RecordID, u.EditSequence, u.BooksTotal, u.Code, u.Message, at(u.NotBefore), u.Alone, u.Adopted, u.FreeTry, id)
}
