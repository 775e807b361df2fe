package bridge

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"qbridge/internal/order"
	"qbridge/qbxml"
	"qbridge/store"
)

// goneAfter are the next documents behind a row of which it is to be asked
// whether they are in the books again.
func (c *connection) goneAfter(id int64) ([]store.Row, error) {
	rows, err := c.tx.Gone(c.company.ID, string(CauseGone), string(CauseVoided))
	rows = slices.DeleteFunc(rows, func(r store.Row) bool { return r.ID <= id })
	slices.SortFunc(rows, func(a, b store.Row) int { return cmp.Compare(a.ID, b.ID) }) // the sale before what follows it
	return rows[:min(len(rows), c.lookSize())], err
}

// recordBack takes in documents that were gone and are in the books again: the
// company file was restored from a backup that still had them. No list of
// changes tells of them, for they bear the times of before.
func (c *connection) recordBack(k *checking, s subject, got received) error {
	rows, err := c.rowsIn(s.Rows, rowGone)
	if err != nil {
		return err
	}
	k.Gone = s.Rows[len(s.Rows)-1]
	for _, r := range rows {
		if ret := documentByID(got, r.RecordID); ret != nil && ret.Total != nil && !candidate(*ret).Voided {
			k.Found++
			if err := c.back(r, *ret); err != nil {
				return fmt.Errorf("%s: %w", documentName(r), err)
			}
		}
	}
	return nil
}

// back takes a document that was gone for what it was before. Its order waits
// on as long as another of its documents is gone.
func (c *connection) back(r store.Row, ret qbxml.Posted) error {
	o, found, err := c.tx.Order(r.StoreID, r.OrderKey)
	if err != nil || !found {
		return errors.Join(err, store.ErrNotFound)
	}
	if !current(o, r) { // a person had the order posted again: the look before that finds its earlier document
		return nil
	}
	now := candidate(ret)
	update := store.RowUpdate{State: rowDone, RecordID: r.RecordID, EditSequence: now.EditSequence, BooksTotal: now.Total.StringFixed(2), Message: foundMessage}
	if err := c.tx.SetRow(r.ID, update); err != nil {
		return err
	}
	err = c.tx.AddHistory(store.History{CompanyID: c.company.ID, StoreID: r.StoreID, Key: r.OrderKey, Who: "qbridge", Event: "back",
		Note: fmt.Sprintf("%s (TxnID %s) is in QuickBooks again: the company file was restored from a backup that still had it.", documentName(r), r.RecordID)})
	if err != nil {
		return err
	}
	rows, err := c.tx.RowsOfOrder(r.StoreID, r.OrderKey)
	if err != nil {
		return err
	}
	if gone, _ := goneAndStanding(o, rows); len(gone) > 0 {
		cause, reason, cure := goneText(gone[0])
		return c.attention(gone[0], cause, reason, cure)
	}
	if err := c.compare(r, r.RecordID, now.Total, "qbridge"); err != nil {
		return err
	}
	if o, found, err = c.tx.Order(r.StoreID, r.OrderKey); err != nil || !found || o.State == string(order.Attention) {
		return err
	}
	return c.tx.ReplanOrder(r.StoreID, r.OrderKey) // what was to follow it is to follow again
}
