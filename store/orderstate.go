package store

import (
	"cmp"
	"fmt"
)

// PlanIn is the outcome of planning an order: its state, the plan, and what it was made from.
type PlanIn struct {
	State, Cause, Reason, Cure string
	Plan                       string // JSON
	Version                    int64  // of the order; SetPlan refuses another one than the newest
	Rules                      int64  // version
	Books                      int64  // generation
}

// SetPlan keeps the outcome of planning an order, which then need not be planned any more. It is ErrChanged when the order has a newer
// version than the one planned: the plan is of no use, plan again.
func (tx *Tx) SetPlan(storeID, key string, in PlanIn) error {
	doing := "keep the plan of order " + key
	before, found, err := tx.Order(storeID, key)
	switch {
	case err != nil:
		return err
	case !found:
		return fmt.Errorf("%s: %w", doing, ErrNotFound)
	case before.Version != in.Version:
		return fmt.Errorf("%s: planned version %d, now it is version %d: %w", doing, in.Version, before.Version, ErrChanged)
	}
	err = tx.change(doing, `UPDATE orders SET state_since = iif(state = ?1, state_since, ?2), state = ?1, cause = ?3, reason = ?4, cure = ?5,
		plan_version = ?6, plan_rules = ?7, plan_books = ?8, to_plan = 0 WHERE store_id = ?9 AND key = ?10`,
		in.State, at(tx.now), in.Cause, in.Reason, in.Cure, in.Version, in.Rules, in.Books, storeID, key)
	if err != nil {
		return err
	}
	_, err = tx.exec(doing, "INSERT OR REPLACE INTO order_plan SELECT n, ? FROM orders WHERE store_id = ? AND key = ?", in.Plan, storeID, key)
	if err != nil || before.State == in.State && before.Reason == in.Reason {
		return err
	}
	return tx.AddHistory(History{CompanyID: before.CompanyID, StoreID: storeID, Key: key, Who: "qbridge", Event: "state", Note: stateNote(in.State, in.Reason)})
}

func stateNote(state, reason string) string {
	if reason == "" {
		return state
	}
	return state + ": " + reason
}

// StateIn is a new state of an order. An empty Document, TxnID or BooksTotal leaves what is known; the rest is set as given.
type StateIn struct {
	State, Cause, Reason, Cure  string
	Document, TxnID, BooksTotal string
	Who                         string // qbridge when empty
	// Version is the version of the order that the state is about. When the order has another one by now, it is planned again. 0 is any.
	Version int64
}

// SetState moves an order to a state, with a line of history.
func (tx *Tx) SetState(storeID, key string, in StateIn) error {
	doing := "set the state of order " + key
	err := tx.change(doing, `UPDATE orders SET state_since = iif(state = ?1, state_since, ?2), state = ?1, cause = ?3, reason = ?4, cure = ?5,
		document = iif(?6 = '', document, ?6), txn_id = iif(?7 = '', txn_id, ?7), books_total = iif(?8 = '', books_total, ?8),
		to_plan = iif(?11 IN (0, version), to_plan, 1)
		WHERE store_id = ?9 AND key = ?10`,
		in.State, at(tx.now), in.Cause, in.Reason, in.Cure, in.Document, in.TxnID, in.BooksTotal, storeID, key, in.Version)
	if err != nil {
		return err
	}
	_, err = tx.exec(doing, `INSERT INTO history (at, company_id, store_id, key, who, event, note)
		SELECT ?1, company_id, ?2, ?3, ?4, 'state', ?5 FROM orders WHERE store_id = ?2 AND key = ?3`,
		at(tx.now), storeID, key, cmp.Or(in.Who, "qbridge"), stateNote(in.State, in.Reason))
	return err
}

// ordersOfSet are the orders whose documents a set carried last.
const ordersOfSet = "(SELECT store_id, order_key FROM outbox WHERE set_id = ?1 AND set_id <> '' AND store_id <> '')"

// SetStateOfSet moves all orders whose documents are in a set to one state, with one line of history for all of them. Cause and cure
// are cleared. Orders that are in the state already for this reason are left alone.
func (tx *Tx) SetStateOfSet(companyID int64, setID, state, reason, who string) error {
	n, err := tx.exec("set the state of the orders of set "+setID, `UPDATE orders SET state_since = iif(state = ?2, state_since, ?4), state = ?2, cause = '', reason = ?3, cure = ''
		WHERE (store_id, key) IN `+ordersOfSet+` AND (state <> ?2 OR reason <> ?3)`,
		setID, state, reason, at(tx.now))
	if err != nil || n == 0 {
		return err
	}
	return tx.AddHistory(History{CompanyID: companyID, SetID: setID, Who: who, Event: "state", Note: stateNote(state, reason)})
}

// SyncSet moves the n orders of a set to synced, each with its document, whose row is done, and one line of history for all of them. As SetState
// does, it has those planned again that have another version than their document. Cause, reason and cure are cleared. Kind is how people call the documents.
func (tx *Tx) SyncSet(set Set, kind string, n int) error {
	doing := "set the state of the orders of set " + set.ID
	changed, err := tx.exec(doing, `UPDATE orders SET state_since = iif(state = 'synced', state_since, ?2), state = 'synced', cause = '', reason = '', cure = '',
		document = ?3 || ' ' || number, txn_id = iif(record = '', txn_id, record), books_total = iif(told = '', books_total, told), to_plan = iif(planned IN (0, version), to_plan, 1)
		FROM (SELECT store_id AS store, order_key, name AS number, record_id AS record, books_total AS told, order_version AS planned
			FROM outbox WHERE set_id = ?1 AND set_id <> '' AND store_id <> '' AND state = 'done')
		WHERE store_id = store AND key = order_key`, set.ID, at(tx.now), kind)
	if err == nil && int(changed) != n {
		err = fmt.Errorf("%s: %d of %d: %w", doing, changed, n, ErrNotFound)
	}
	if err != nil {
		return err
	}
	return tx.AddHistory(History{CompanyID: set.CompanyID, SetID: set.ID, Who: "qbridge", Event: "state", Note: "synced"})
}

// Replan has every order of a company planned again whose fate is still open: it is new, waiting, ready, queued, in need of attention, held or
// excluded by a rule, or is a sales order that has no invoice yet, and no document of it is on its way to the books. It only says so, which costs the same however many orders
// there are: from then on Sendable finds no document and HandOut refuses them, until ReplanSome has gone through all orders. So nothing goes
// out that was planned under older rules or books, wherever the program is killed in between.
func (tx *Tx) Replan(companyID int64, why string) error {
	if err := tx.SetSetting(replanSetting(companyID), "0"); err != nil {
		return err
	}
	return tx.AddHistory(History{CompanyID: companyID, Who: "qbridge", Event: "replan", Note: why})
}

// replanSetting holds the number of the last order that ReplanSome went through; it is there while Replan is not carried out.
func replanSetting(companyID int64) string { return fmt.Sprintf("replan/%d", companyID) }

// noReplan: Replan is carried out for the company of an outbox row.
const noReplan = "NOT EXISTS (SELECT 1 FROM setting WHERE name = 'replan/' || outbox.company_id)"

// replanAtOnce is how many orders ReplanSome goes through: a write transaction of milliseconds.
const replanAtOnce = 100

// Replanning says whether ReplanSome has anything to do.
func (tx *Tx) Replanning(companyID int64) (bool, error) {
	_, found, err := tx.Setting(replanSetting(companyID))
	return found, err
}

// ReplanSome carries out Replan for the next orders, and says whether there may be more.
func (tx *Tx) ReplanSome(companyID int64) (more bool, err error) {
	const doing = "have the orders planned again"
	from, found, err := tx.Setting(replanSetting(companyID))
	if err != nil || !found {
		return false, err
	}
	var last int64
	more, err = tx.scan(doing, `SELECT n FROM (SELECT n FROM orders WHERE n > CAST(?1 AS INTEGER) ORDER BY n LIMIT 0 + ?2) ORDER BY n DESC LIMIT 1`,
		[]any{from, replanAtOnce}, &last)
	if err != nil {
		return false, err
	}
	if !more {
		_, err = tx.exec(doing, "DELETE FROM setting WHERE name = ?", replanSetting(companyID))
		return false, err
	}
	_, err = tx.exec(doing, `UPDATE orders SET to_plan = 1
		WHERE n > CAST(?1 AS INTEGER) AND n <= ?2 AND company_id = ?3 AND to_plan = 0
		AND (state IN ('new', 'waiting', 'ready', 'queued', 'attention', 'held', 'excluded') OR state = 'synced'
			AND EXISTS (SELECT 1 FROM outbox WHERE store_id = orders.store_id AND order_key = orders.key AND store_id <> '' AND kind = 'SalesOrder' AND state = 'done')
			AND NOT EXISTS (SELECT 1 FROM outbox WHERE store_id = orders.store_id AND order_key = orders.key AND store_id <> '' AND kind = 'Invoice' AND state = 'done'))
		AND NOT EXISTS (SELECT 1 FROM outbox WHERE store_id = orders.store_id AND order_key = orders.key AND store_id <> ''
			AND state IN ('sent', 'in_doubt', 'unread', 'unsure'))`, from, last, companyID)
	if err != nil {
		return false, err
	}
	return true, tx.SetSetting(replanSetting(companyID), fmt.Sprint(last))
}

// NextGeneration begins an order anew: its next documents are others than those before. It is planned again.
func (tx *Tx) NextGeneration(storeID, key string) error {
	return tx.change("begin order "+key+" anew", "UPDATE orders SET generation = generation + 1, txn_id = '', document = '', books_total = '', to_plan = 1 WHERE store_id = ? AND key = ?", storeID, key)
}

// ReplanBlocked has the orders planned again whose documents are blocked for want of a row.
func (tx *Tx) ReplanBlocked(rowID int64) error {
	_, err := tx.exec(fmt.Sprintf("free what waited for row %d", rowID), `UPDATE orders SET to_plan = 1 WHERE (store_id, key) IN
		(SELECT store_id, order_key FROM outbox JOIN outbox_need ON row_id = id WHERE needs_id = ? AND state = 'blocked')`, rowID)
	return err
}

// ReplanOrder has one order planned again, whatever its state.
func (tx *Tx) ReplanOrder(storeID, key string) error {
	return tx.change("have order "+key+" planned again", "UPDATE orders SET to_plan = 1 WHERE store_id = ? AND key = ?", storeID, key)
}
