package store

import (
	"encoding/json"
	"fmt"
	"time"
)

// Selection is orders that a user chose to do something with.
type Selection struct {
	ID        string
	Who       string
	MadeAt    time.Time
	ExpiresAt time.Time
	Count     int64
	Numbers   string // JSON of the orders' numbers, in their order
}

func (s *Selection) fields() []any {
	return []any{&s.ID, &s.Who, stamp{&s.MadeAt}, stamp{&s.ExpiresAt}, &s.Count, &s.Numbers}
}

// mostSelections is how many selections of one user are kept: one of 100,000 orders takes most of a megabyte.
const mostSelections = 50

// AddSelection keeps a selection of the orders with these numbers. It forgets those whose time is over, and the user's oldest beyond
// mostSelections.
func (tx *Tx) AddSelection(s Selection, numbers []int64) error {
	s.MadeAt, s.Count, s.Numbers = tx.now, int64(len(numbers)), ids(numbers)
	if _, err := tx.exec("forget old selections", "DELETE FROM selection WHERE expires_at <= ?", at(tx.now)); err != nil {
		return err
	}
	_, err := tx.exec("forget old selections", "DELETE FROM selection WHERE who = ?1 AND id NOT IN (SELECT id FROM selection WHERE who = ?1 ORDER BY made_at DESC LIMIT ?2)", s.Who, mostSelections-1)
	if err != nil {
		return err
	}
	_, err = tx.exec("keep a selection", "INSERT INTO selection VALUES (?, ?, ?, ?, ?, ?)", s.fields()...)
	return err
}

// Selection is a user's selection; false when there is none of that name, its time is over or it is another user's.
func (tx *Tx) Selection(id, who string) (Selection, bool, error) {
	return one[Selection](tx, "read a selection", "SELECT id, who, made_at, expires_at, n, numbers FROM selection WHERE id = ? AND who = ? AND expires_at > ?", id, who, at(tx.now))
}

// OrdersOfSelection are the orders of a selection from one of them on, at most limit, without their plans, in their order.
func (tx *Tx) OrdersOfSelection(s Selection, from, limit int) ([]Found, error) {
	return tx.foundByNumber("read the orders of a selection", "SELECT value AS n FROM json_each(?1) WHERE key >= ?2 LIMIT ?3", s.Numbers, from, limit)
}

// foundByNumber are the orders whose numbers a query gives, in its order.
func (tx *Tx) foundByNumber(doing, query string, args ...any) (all []Found, err error) {
	numbers, err := tx.numbers(query, args)
	for _, n := range numbers {
		o := Found{N: n}
		var tags string
		found, err := tx.scan(doing, "SELECT "+orderColumns+`, '', method, (SELECT json_group_array(tag) FROM order_tag WHERE order_n = orders.n)
			FROM orders WHERE n = ?`, []any{n}, append(o.fields(), &o.Method, &tags)...)
		if err == nil && !found {
			err = fmt.Errorf("%s: %w", doing, ErrNotFound)
		}
		if err == nil {
			err = json.Unmarshal([]byte(tags), &o.Tags)
		}
		if err != nil {
			return nil, err
		}
		all = append(all, o)
	}
	return all, err
}

// NumberOf is the store's own number of an order; 0 when there is no such order.
func (tx *Tx) NumberOf(storeID, key string) (n int64, err error) {
	_, err = tx.scan("look for order "+key, "SELECT n FROM orders WHERE store_id = ? AND key = ?", []any{storeID, key}, &n)
	return n, err
}

// Action is something that is or was done with many orders.
type Action struct {
	ID      int64
	Who     string
	Kind    string
	Value   string
	Count   int64  // orders
	Done    int64  // of them, so many were gone through
	Results string // JSON
	BegunAt time.Time
	EndedAt time.Time // zero while it goes on
}

const actionColumns = "id, who, kind, value, n, done, results, begun_at, ended_at"

func (a *Action) fields() []any {
	return []any{&a.ID, &a.Who, &a.Kind, &a.Value, &a.Count, &a.Done, &a.Results, stamp{&a.BegunAt}, stamp{&a.EndedAt}}
}

// AddAction keeps that something is to be done with the orders of a selection, and returns its number.
func (tx *Tx) AddAction(a Action, s Selection) (id int64, err error) {
	_, err = tx.scan("begin to "+a.Kind, "INSERT INTO action (who, kind, value, n, begun_at) VALUES (?, ?, ?, ?, ?) RETURNING id",
		[]any{a.Who, a.Kind, a.Value, s.Count, at(tx.now)}, &id)
	if err != nil {
		return 0, err
	}
	_, err = tx.exec("begin to "+a.Kind, "INSERT INTO action_orders VALUES (?, ?)", id, s.Numbers)
	return id, err
}

// Action is the action of that number.
func (tx *Tx) Action(id int64) (Action, bool, error) {
	return one[Action](tx, fmt.Sprintf("read action %d", id), "SELECT "+actionColumns+" FROM action WHERE id = ?", id)
}

// OpenAction is the oldest action that has not come to its end; false when there is none.
func (tx *Tx) OpenAction() (Action, bool, error) {
	return one[Action](tx, "look for actions", "SELECT "+actionColumns+" FROM action WHERE ended_at = '' ORDER BY id LIMIT 1")
}

// OrdersOfAction are the next orders of an action, at most limit, without their plans.
func (tx *Tx) OrdersOfAction(a Action, limit int) ([]Found, error) {
	return tx.foundByNumber("read the orders of an action", "SELECT value AS n FROM json_each((SELECT numbers FROM action_orders WHERE action_id = ?1)) WHERE key >= ?2 LIMIT ?3", a.ID, a.Done, limit)
}

// StepAction keeps how far an action came and what became of the orders. One that came to its end forgets which orders they were.
func (tx *Tx) StepAction(id, done int64, results string) error {
	err := tx.change(fmt.Sprintf("keep how far action %d came", id), "UPDATE action SET done = ?1, results = ?2, ended_at = iif(?1 >= n, ?3, '') WHERE id = ?4", done, results, at(tx.now), id)
	if err != nil {
		return err
	}
	_, err = tx.exec("forget the orders of an action", "DELETE FROM action_orders WHERE action_id = (SELECT id FROM action WHERE id = ? AND ended_at <> '')", id)
	return err
}
