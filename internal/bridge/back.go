package bridge

import (
	"errors"
	"fmt"

	"github.com/shopspring/decimal"

	"qbridge/internal/order"
	"qbridge/qbxml"
	"qbridge/store"
)

// goneAfter are the next documents behind a row of which it is to be asked
// whether they are in the books again. Those that we undid, and those instead of
// which a person had others posted, are left out: what comes next of their
// orders is looked for by their marks anyway.
func (c *connection) goneAfter(id int64) (gone []store.Row, err error) {
	for {
		rows, err := c.tx.GoneAfter(c.company.ID, id, c.lookSize())
		if err != nil || len(rows) == 0 {
			return nil, err
		}
		for _, r := range rows {
			o, found, err := c.tx.Order(r.StoreID, r.OrderKey)
			if err != nil {
				return nil, err
			}
			if found && current(o, r) {
				gone = append(gone, r)
			}
		}
		if len(gone) > 0 {
			return gone, nil
		}
		id = rows[len(rows)-1].ID
	}
}

// recordBack takes in documents that were gone and are in the books again: the
// company file was restored from a backup that still had them. No list of
// changes tells of them, for they bear the times of before; nor of what else
// became older with the file, so that every document is asked for.
func (c *connection) recordBack(k *checking, s subject, got received) error {
	k.AskingBack, k.Gone = false, s.Rows[len(s.Rows)-1]
	rows, err := c.rowsIn(s.Rows, rowGone)
	if err != nil {
		return err
	}
	for _, r := range rows {
		ret := documentByID(got, r.RecordID)
		if ret == nil || ret.Total == nil || stillVoided(r, *ret) {
			continue
		}
		k.Found++
		k.Restored = true
		if err := c.setRowAside(r, guarded(func() error { return c.back(r, *ret) })); err != nil {
			return fmt.Errorf("%s: %w", documentName(r), err)
		}
	}
	if !k.Restored {
		return nil
	}
	return checkEach(c.tx, c.company) // also when this session ends before
}

// stillVoided tells whether a document that is gone is voided, also when a
// person took the word from the head of its memo since.
func stillVoided(r store.Row, ret qbxml.Posted) bool {
	now := candidate(ret)
	return now.Voided || r.Message == voidedMessage && now.Total.IsZero()
}

// back takes a document that was gone for what it was when we last knew it; what
// is different about it by now is told like any other change by a person.
func (c *connection) back(r store.Row, ret qbxml.Posted) error {
	if err := c.tx.SetRow(r.ID, store.RowUpdate{State: rowDone, Message: foundMessage}); err != nil {
		return err
	}
	r.State, r.Message = rowDone, foundMessage
	err := c.tx.AddHistory(store.History{CompanyID: c.company.ID, StoreID: r.StoreID, Key: r.OrderKey, Who: "qbridge", Event: "back",
		Note: fmt.Sprintf("%s (TxnID %s) is in QuickBooks again: the company file was restored from a backup that still had it.", documentName(r), r.RecordID)})
	if err != nil {
		return err
	}
	if err := c.stands(r.StoreID, r.OrderKey); err != nil {
		return err
	}
	return c.seen(nil, r, ret)
}

// stands gives an order the state that its documents make, as when each of them
// had just come in: one that is still gone, else one of another total than
// planned, else its sale. One that a person holds stays held.
func (c *connection) stands(storeID, key string) error {
	o, found, err := c.tx.Order(storeID, key)
	if err != nil || !found {
		return errors.Join(err, store.ErrNotFound)
	}
	if o.State == string(order.Held) {
		return nil
	}
	rows, err := c.tx.RowsOfOrder(storeID, key)
	if err != nil {
		return err
	}
	gone, standing := goneAndStanding(o, rows)
	if len(gone) > 0 {
		cause, reason, cure := goneText(gone[0])
		return c.attention(gone[0], cause, reason, cure)
	}
	var shown store.Row
	for _, r := range standing {
		e, err := expectedOf(r)
		if err != nil {
			return err
		}
		differs := r.State != rowDone || r.BooksTotal != e.Total.StringFixed(2)
		if shown.ID == 0 || differs || isSale(r.Kind) && shown.State == rowDone {
			shown = r
		}
		if differs {
			break
		}
	}
	if shown.State != rowDone { // on its way: its answer says what becomes of the order
		return nil
	}
	total, err := decimal.NewFromString(shown.BooksTotal)
	if err != nil {
		return fmt.Errorf("%s has the total %q: %w", documentName(shown), shown.BooksTotal, err)
	}
	if err := c.compare(shown, shown.RecordID, total, "qbridge"); err != nil {
		return err
	}
	return c.tx.ReplanOrder(storeID, key) // what was to follow is to follow again
}
