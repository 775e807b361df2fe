package sim

import (
	"slices"
	"time"
)

// A deletedTxn is what QuickBooks remembers of a deleted transaction.
type deletedTxn struct {
	Kind, TxnID, RefNumber string // Kind is SalesReceipt or Deposit
	Created, Deleted       int64
}

// deletedDays is how long QuickBooks remembers what was deleted (quickbooks.md 2.1).
const deletedDays = 90

// undo does a TxnVoid or TxnDel. Its answer has no …Ret: the elements stand in the response.
func (c *Company) undo(name string, request node) (Status, []node) {
	kind, id := request.at(name+"Type"), request.at("TxnID")
	if !listIDForm(id) {
		return *refused(3000, "The given object ID \"%s\" in the field \"txn id\" is invalid.", id), nil
	}
	r := c.receipt(id)
	if r == nil || kind != "SalesReceipt" {
		return *notFound(id), nil
	}
	if name == "TxnVoid" {
		return c.answerVoid(r)
	}
	return c.answerDelete(r)
}

func (c *Company) answerVoid(r *receipt) (Status, []node) {
	switch {
	case c.closed(r):
		return *refused(3171, "An attempt was made to modify a SalesReceipt with a date that is on or before the closing date of the company."), nil
	case c.depositOf(r.TxnID) != nil:
		return *refused(3185, "There was an error when voiding the SalesReceipt \"%s\".  QuickBooks error message: You need to delete this transaction from the deposit before it can be voided.", r.TxnID), nil
	}
	c.void(r)
	return done(), []node{leaf("TxnVoidType", "SalesReceipt"), leaf("TxnID", r.TxnID), leaf("TimeCreated", stamp(r.Created)), leaf("TimeModified", stamp(r.Modified)), leaf("RefNumber", r.Header.at("RefNumber"))}
}

func (c *Company) answerDelete(r *receipt) (Status, []node) {
	switch {
	case c.closed(r):
		return *refused(3161, "The SalesReceipt \"%s\" cannot be deleted: its date is on or before the closing date of the company.", r.TxnID), nil
	case c.depositOf(r.TxnID) != nil:
		return *refused(3160, "Cannot delete the object specified by the id = \"%s\".  QuickBooks error message: You need to delete this transaction from the deposit before it can be deleted.", r.TxnID), nil
	}
	d := c.remove(r)
	return done(), []node{leaf("TxnDelType", d.Kind), leaf("TxnID", d.TxnID), leaf("TimeDeleted", stamp(d.Deleted)), leaf("RefNumber", d.RefNumber)}
}

// closed tells whether a receipt lies in the closed period, where an application may not change it. People may: they know
// the closing date's password.
func (c *Company) closed(r *receipt) bool {
	return r.Header.at("TxnDate") <= c.books.Config.ClosingDate
}

// void makes a receipt's amounts zero. It may be voided already.
func (c *Company) void(r *receipt) {
	if !r.Void {
		r.Header.set(leaf("Memo", "VOID: "+r.Header.at("Memo")))
	}
	r.Void, r.Subtotal, r.Tax = true, 0, 0
	for i := range r.Lines {
		r.Lines[i].Amount = 0
		r.Lines[i].Elements.drop("Rate")
	}
	c.touchReceipt(r)
}

// remove deletes a receipt.
func (c *Company) remove(r *receipt) deletedTxn {
	c.books.Receipts = slices.DeleteFunc(c.books.Receipts, func(other *receipt) bool { return other == r })
	d := deletedTxn{"SalesReceipt", r.TxnID, r.Header.at("RefNumber"), r.Created, c.now().Unix()}
	c.books.Removed = append(c.books.Removed, d)
	return d
}

// findDeletedTxns answers from the last 90 days only.
func (c *Company) findDeletedTxns(request node) (Status, []node) {
	types := request.all("TxnDelType")
	filter := request.kid("DeletedDateRangeFilter")
	oldest := c.now().Add(-deletedDays * 24 * time.Hour).Unix()
	var found []node
	for _, d := range c.books.Removed {
		if !slices.Contains(types, d.Kind) || d.Deleted < oldest || filter != nil && !within(d.Deleted, filter.at("FromDeletedDate"), filter.at("ToDeletedDate")) {
			continue
		}
		ret := group("TxnDeletedRet", leaf("TxnDelType", d.Kind), leaf("TxnID", d.TxnID), leaf("TimeCreated", stamp(d.Created)), leaf("TimeDeleted", stamp(d.Deleted)))
		if d.RefNumber != "" {
			ret.Kids = append(ret.Kids, leaf("RefNumber", d.RefNumber))
		}
		found = append(found, ret)
	}
	if len(found) == 0 {
		return nothingFound(), nil
	}
	return done(), found
}
