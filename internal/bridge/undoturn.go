package bridge

import (
	"fmt"
	"strings"

	"qbridge/store"
)

// inTurn has what undoes a document wait for what undoes its followers:
// QuickBooks may refuse those at the last moment.
func (u *undoer) inTurn(document store.Row, undo int64) error {
	rows, err := u.tx.RowsOfOrder(document.StoreID, document.OrderKey)
	if err != nil {
		return err
	}
	for _, r := range rows {
		other, found, err := u.tx.RowByKey(u.company.ID, undoKey(r.Key))
		switch {
		case err != nil:
			return err
		case r.IsUndo() || !found:
		case followsOn(r, document):
			err = u.tx.Need(undo, other.ID)
		case followsOn(document, r):
			err = u.tx.Need(other.ID, undo)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// followsOn tells whether a document of an order was built on an earlier one,
// which can't be undone while it stands. A refund is given out of its own credit
// memo; the credit memos of an order are not built on each other.
func followsOn(later, earlier store.Row) bool {
	if later.ID <= earlier.ID || later.IsUndo() || earlier.IsUndo() {
		return false
	}
	what, n, _ := strings.Cut(purposeOf(earlier), "/")
	switch what {
	case "credit":
		return purposeOf(later) == "refund/"+n
	case "refund":
		return false
	}
	return true
}

// purposeOf is the purpose in the key of a document.
func purposeOf(r store.Row) string {
	rest := strings.TrimPrefix(r.Key, fmt.Sprintf("document:%s/%s/", r.StoreID, r.OrderKey))
	rest, _, _ = strings.Cut(rest, "/gone-") // a retired key
	return rest[:max(0, strings.LastIndex(rest, "/"))]
}

// followers finds what of the order follows a document that is to be undone.
// What became of their own undoing is known.
func (c *connection) followers(r store.Row, u undoing, f *foundFor) error {
	rows, err := c.tx.RowsOfOrder(r.StoreID, r.OrderKey)
	if err != nil {
		return err
	}
	document, _, err := c.tx.Row(u.Row)
	if err != nil {
		return err
	}
	f.Touched = document.EditSequence == "" // we set its custom fields
	for _, later := range rows {
		if !followsOn(later, document) || later.State != rowDone && later.State != rowGone {
			continue
		}
		f.Touched = true
		undo, _, err := c.tx.RowByKey(c.company.ID, undoKey(later.Key))
		if err != nil {
			return err
		}
		if later.State == rowDone { // the last of them is to be undone first
			f.Stands = fmt.Sprintf("%s (TxnID %s) follows it and is not undone: undo that first", documentName(later), later.RecordID)
			if undo.State == rowRefused {
				f.Stands = fmt.Sprintf("%s (TxnID %s), which follows it, was not undone: %s", documentName(later), later.RecordID, undo.Message)
			}
		}
	}
	return nil
}
