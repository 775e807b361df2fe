package bridge

import (
	"fmt"
	"strconv"
	"strings"

	"qbridge/internal/posting"
	"qbridge/store"
)

// writtenBefore begins the message of a row that QuickBooks turned out to have
// written by an earlier set, while a later one is out.
const writtenBefore = "QuickBooks wrote it before as TxnID "

// recordTooLate takes the answer to a writing set that was settled without it:
// the bytes are kept, and a document that QuickBooks wrote after all is not
// overlooked (P27, I4).
func (c *connection) recordTooLate(set store.Set, got received) error {
	if set.AnswerHash == "" {
		err := c.tx.AnswerSet(set.ID, store.SetAnswer{State: set.State, Answer: got.raw, AnswerHash: got.hash, HResult: got.hresult, Message: got.message})
		if err != nil {
			return err
		}
	}
	for i := range got.responses {
		answer := &got.responses[i]
		w := writtenOf(answer.rets)
		id, err := strconv.ParseInt(strings.TrimPrefix(answer.RequestID, "r"), 10, 64)
		if err != nil || w.id == "" {
			continue
		}
		r, ok, err := c.tx.Row(id)
		if err != nil {
			return err
		}
		if !ok || r.RecordID == w.id {
			continue
		}
		switch {
		case r.State == rowPlanned, r.IsUndo():
			err = c.written(r, w, answer)
		case r.StoreID == "": // a name written twice is refused by QuickBooks
		case r.State == rowSent, r.State == rowInDoubt, r.State == rowUnread:
			err = c.tx.SetRow(r.ID, store.RowUpdate{State: r.State, Message: writtenBefore + w.id})
		case r.State == rowUnsure:
			err = c.unsure(r, fmt.Sprintf("QuickBooks says that it wrote %s, as TxnID %s. Before: %s", documentName(r), w.id, r.Message))
		case r.RecordID == "": // a later try was refused
			err = c.written(r, w, answer)
		default:
			err = c.twice(r, w.id, r.RecordID)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// CauseTwice marks an order that stands twice in the books.
const CauseTwice posting.Cause = "twice-in-quickbooks"

const twiceCure = "Compare the two in QuickBooks and delete one of them; then run: qbridge accept. Let only one computer run the Web Connector for this company file."

// twice says that an order stands twice in the books.
func (c *connection) twice(r store.Row, first, second string) error {
	return c.attention(r, CauseTwice, fmt.Sprintf("%s stands twice in QuickBooks, as TxnID %s and %s: an answer came too late, perhaps because two computers ran the Web Connector.", documentName(r), first, second),
		twiceCure)
}
