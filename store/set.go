package store

import (
	"database/sql"
	"fmt"
	"time"
)

// Set is one message set as it was handed out, and its answer.
type Set struct {
	ID          string // of a writing set: its newMessageSetID, at most 23 characters
	CompanyID   int64
	Ticket      string
	Kind        string // write, status, settle, read, look, identity, list
	Subject     string // JSON: what it asks about
	State       string // out, in_doubt, answered, refused, settled
	Request     []byte // the exact bytes
	Answer      []byte // the exact bytes; of list answers only the last few are kept
	AnswerHash  string
	HResult     string
	Message     string
	Rows        int64
	HandedOutAt time.Time
	AnsweredAt  time.Time
}

const (
	setHeadColumns = "id, company_id, ticket, kind, subject, state, answer_hash, hresult, message, rows, handed_out_at, answered_at"
	setColumns     = setHeadColumns + ", request, answer"
	selectSet      = "SELECT " + setColumns + " FROM message_set "
	selectSetHead  = "SELECT " + setHeadColumns + ", NULL, NULL FROM message_set "
)

func (s *Set) fields() []any {
	return []any{&s.ID, &s.CompanyID, &s.Ticket, &s.Kind, &s.Subject, &s.State, &s.AnswerHash, &s.HResult, &s.Message, &s.Rows,
		stamp{&s.HandedOutAt}, stamp{&s.AnsweredAt}, &s.Request, &s.Answer}
}

// AddSet keeps a set before it leaves. HandedOutAt is now when zero.
func (tx *Tx) AddSet(set Set) (err error) {
	doing := "keep set " + set.ID
	if set.HandedOutAt.IsZero() {
		set.HandedOutAt = tx.now
	}
	if set.Request, err = tx.c.pack(set.Request); err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	if set.Answer, err = tx.c.pack(set.Answer); err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	_, err = tx.exec(doing, "INSERT INTO message_set ("+setColumns+") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", set.fields()...)
	return err
}

// Set is the set of that ID.
func (tx *Tx) Set(id string) (Set, bool, error) {
	sets, err := tx.sets("read set "+id, selectSet+"WHERE id = ?", id)
	if err != nil || len(sets) == 0 {
		return Set{}, false, err
	}
	return sets[0], true, nil
}

// SetHead is the set of that ID without Request and Answer, which need unpacking.
func (tx *Tx) SetHead(id string) (Set, bool, error) {
	return one[Set](tx, "read set "+id, selectSetHead+"WHERE id = ?", id)
}

// sets reads sets and unpacks their bytes.
func (tx *Tx) sets(doing, query string, args ...any) ([]Set, error) {
	sets, err := list[Set](tx, doing, query, args...)
	for i := range sets {
		if err == nil {
			sets[i].Request, err = unpack(sets[i].Request)
		}
		if err == nil {
			sets[i].Answer, err = unpack(sets[i].Answer)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: set %s: %w", doing, sets[i].ID, err)
		}
	}
	return sets, err
}

// SetAnswer is what came back for a set.
type SetAnswer struct {
	State      string
	Answer     []byte // the exact bytes
	AnswerHash string
	HResult    string
	Message    string
}

// AnswerSet keeps what came back for a set, now.
func (tx *Tx) AnswerSet(id string, a SetAnswer) error {
	doing := "keep the answer to set " + id
	answer, err := tx.c.pack(a.Answer)
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	return tx.change(doing, "UPDATE message_set SET state = ?, answer = ?, answer_hash = ?, hresult = ?, message = ?, answered_at = ? WHERE id = ?",
		a.State, answer, a.AnswerHash, a.HResult, a.Message, at(tx.now), id)
}

// SetSetState moves a set to a state.
func (tx *Tx) SetSetState(id, state string) error {
	return tx.change("set the state of set "+id, "UPDATE message_set SET state = ? WHERE id = ?", state, id)
}

// InDoubt are the sets of a company whose answer never came, the oldest first.
func (tx *Tx) InDoubt(companyID int64) ([]Set, error) {
	return tx.sets("read the sets in doubt", sqlInDoubt, companyID)
}

const sqlInDoubt = selectSet + "WHERE company_id = ? AND state = 'in_doubt' ORDER BY handed_out_at, id"

// Out are the sets of a company that were handed out and whose answer may still come.
func (tx *Tx) Out(companyID int64) ([]Set, error) {
	return tx.sets("read the sets that are out", selectSet+"WHERE company_id = ? AND state = 'out' ORDER BY handed_out_at, id", companyID)
}

// SetsOfSession are the sets a session handed out, the oldest first, without Request and Answer, which may be many megabytes: see Set.
func (tx *Tx) SetsOfSession(ticket string) ([]Set, error) {
	return list[Set](tx, "read the sets of session "+ticket, selectSetHead+"WHERE ticket = ? ORDER BY handed_out_at, id", ticket)
}

// SetsOfOrder are all sets that ever carried a document of the order, the oldest first.
func (tx *Tx) SetsOfOrder(storeID, key string) ([]Set, error) {
	return tx.sets("read the sets of order "+key,
		selectSet+"WHERE id IN (SELECT set_id FROM message_set_order WHERE store_id = ? AND key = ?) ORDER BY handed_out_at, id", storeID, key)
}

// MarkOutInDoubt gives up waiting for the answers of a company: its writing sets that are out are in doubt from now on, with the rows and
// orders in them, and its other sets are settled, since asking again costs nothing. It returns how many sets are newly in doubt.
func (tx *Tx) MarkOutInDoubt(companyID int64) (int, error) {
	const doing, writing = "put the sets without an answer in doubt", "company_id = ? AND state = 'out' AND kind = 'write'"
	var doubtful []string
	err := tx.rows(doing, "UPDATE message_set SET state = 'in_doubt' WHERE "+writing+" RETURNING id", []any{companyID}, func(rows *sql.Rows) error {
		var id string
		err := rows.Scan(&id)
		doubtful = append(doubtful, id)
		return err
	})
	if err != nil {
		return 0, err
	}
	for _, id := range doubtful {
		if _, err := tx.exec(doing, "UPDATE outbox SET state = 'in_doubt' WHERE set_id = ? AND set_id <> '' AND state = 'sent'", id); err != nil {
			return 0, err
		}
		if err := tx.SetStateOfSet(companyID, id, "in_doubt", "QuickBooks did not answer: it is asked what became of this order", "qbridge"); err != nil {
			return 0, err
		}
	}
	_, err = tx.exec(doing, "UPDATE message_set SET state = 'settled' WHERE company_id = ? AND state = 'out'", companyID)
	return len(doubtful), err
}

// PruneListAnswers forgets the bytes of list answers, of every company, that were handed out before a time or are not among the company's
// newest keep. Their hashes stay. Answers to other sets are never forgotten.
func (tx *Tx) PruneListAnswers(before time.Time, keep int) error {
	_, err := tx.exec("forget old list answers", `UPDATE message_set SET answer = NULL WHERE kind = 'list' AND answer IS NOT NULL AND (handed_out_at < ?1
		OR id NOT IN (SELECT newer.id FROM message_set newer WHERE newer.company_id = message_set.company_id AND newer.kind = 'list'
			AND newer.answer IS NOT NULL ORDER BY newer.handed_out_at DESC, newer.id DESC LIMIT ?2))`, at(before), keep)
	return err
}
