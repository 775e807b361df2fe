package sim

import (
	"fmt"
	"slices"
	"time"
)

// A deletedTxn is what QuickBooks remembers of a deleted transaction.
type deletedTxn struct {
	Kind, TxnID, RefNumber string // Kind is one of txnKinds, or Deposit
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
	t := c.txn(id)
	if t == nil || kind != t.Kind {
		return *notFound(id), nil
	}
	if name == "TxnVoid" {
		return c.answerVoid(t)
	}
	return c.answerDelete(t)
}

func (c *Company) answerVoid(t *txn) (Status, []node) {
	switch {
	case c.closed(t):
		return *refused(3171, "An attempt was made to modify a %s with a date that is on or before the closing date of the company.", t.Kind), nil
	case c.bound(t) != "":
		return *refused(3185, "There was an error when voiding the %s \"%s\".  QuickBooks error message: %s before it can be voided.", t.Kind, t.TxnID, c.bound(t)), nil
	}
	c.void(t)
	return done(), []node{leaf("TxnVoidType", t.Kind), leaf("TxnID", t.TxnID), leaf("TimeCreated", stamp(t.Created)), leaf("TimeModified", stamp(t.Modified)), leaf("RefNumber", t.Header.at("RefNumber"))}
}

func (c *Company) answerDelete(t *txn) (Status, []node) {
	switch {
	case c.closed(t):
		return *refused(3161, "The %s \"%s\" cannot be deleted: its date is on or before the closing date of the company.", t.Kind, t.TxnID), nil
	case c.bound(t) != "":
		return *refused(3160, "Cannot delete the object specified by the id = \"%s\".  QuickBooks error message: %s before it can be deleted.", t.TxnID, c.bound(t)), nil
	}
	d := c.remove(t)
	return done(), []node{leaf("TxnDelType", d.Kind), leaf("TxnID", d.TxnID), leaf("TimeDeleted", stamp(d.Deleted)), leaf("RefNumber", d.RefNumber)}
}

// bound says what must go before a transaction may: the deposit it is in, the payment of an invoice, the refund of a credit
// memo, the invoice of a sales order. "" when nothing must. People get past the links: the program only warns them.
func (c *Company) bound(t *txn) string {
	if c.depositOf(t.TxnID) != nil {
		return "You need to delete this transaction from the deposit"
	}
	if by := c.dependent(t); by != nil {
		return fmt.Sprintf("You need to delete the %s \"%s\", which is linked to this transaction,", by.Kind, by.TxnID)
	}
	return ""
}

// closed tells whether a transaction lies in the closed period, where an application may not change it. People may: they know
// the closing date's password. A sales order is in no account, so that the closing date is nothing to it.
func (c *Company) closed(t *txn) bool {
	return t.Kind != "SalesOrder" && t.Header.at("TxnDate") <= c.books.Config.ClosingDate
}

// void makes a transaction's amounts zero. It may be voided already.
func (c *Company) void(t *txn) {
	if !t.Void {
		t.Header.set(leaf("Memo", "VOID: "+t.Header.at("Memo")))
	}
	t.Void, t.Subtotal, t.Tax = true, 0, 0
	empty(t.Lines)
	c.unlink(t)
	c.touchTxn(t)
}

// empty takes all money out of lines.
func empty(lines []txnLine) {
	for i := range lines {
		lines[i].Amount = 0
		lines[i].Elements.drop("Rate")
		empty(lines[i].Members)
	}
}

// remove deletes a transaction.
func (c *Company) remove(t *txn) deletedTxn {
	c.unlink(t)
	c.books.Txns = slices.DeleteFunc(c.books.Txns, func(other *txn) bool { return other == t })
	delete(c.byTxnID, t.TxnID)
	d := deletedTxn{t.Kind, t.TxnID, t.Header.at("RefNumber"), t.Created, c.now().Unix()}
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
