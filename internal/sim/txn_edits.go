package sim

import (
	"fmt"
	"slices"
)

// A ReceiptEdit is what a person changes on a sales receipt or another transaction; the zero value of a field leaves it as it is.
type ReceiptEdit struct {
	More      Cents   // added to the first line that has an item, and taxed as that is; may be negative
	Memo      *string // "" takes the memo away
	Date      string  // YYYY-MM-DD; also one in the closed period, whose password the person knows
	RefNumber string
	Customer  string // full name of one of the list
}

// EditReceipt changes a transaction by hand: it gets a new edit sequence and time of change. QuickBooks lets nobody change the
// amount of one that is voided or in a deposit, nor make it less than what was paid or used of it.
func (c *Company) EditReceipt(txnID string, e ReceiptEdit) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	r := c.txn(txnID)
	if r == nil {
		return fmt.Errorf("there is no transaction %s to change", txnID)
	}
	customer := c.named(e.Customer, "Customer")
	if e.Customer != "" && customer == nil {
		return fmt.Errorf("there is no customer %q to give the %s %s", e.Customer, r.Kind, txnID)
	}
	if e.More != 0 {
		if err := c.addToLine(r, e.More); err != nil {
			return err
		}
	}
	if e.Memo != nil {
		r.Header.drop("Memo")
		if *e.Memo != "" {
			r.Header.set(leaf("Memo", *e.Memo))
		}
	}
	if e.Date != "" {
		r.Header.set(leaf("TxnDate", e.Date))
	}
	if e.RefNumber != "" {
		r.Header.set(leaf("RefNumber", e.RefNumber))
	}
	if customer != nil {
		r.Header.set(group("CustomerRef", leaf("ListID", customer.ListID)))
	}
	r.Edited = true
	c.touchTxn(r)
	return c.keep()
}

// addToLine changes the amount of a form's first line that has one, or nothing when the form cannot take it.
func (c *Company) addToLine(r *txn, more Cents) error {
	at := slices.IndexFunc(r.Lines, func(l txnLine) bool { return l.Elements.kid("ItemRef") != nil })
	if r.Void || c.depositOf(r.TxnID) != nil || at < 0 {
		return fmt.Errorf("the amount of the %s %s can't be changed: it is voided, in a deposit, or has no line of an item", r.Kind, r.TxnID)
	}
	changed := *r
	changed.Lines = slices.Clone(r.Lines)
	l := &changed.Lines[at]
	l.Amount += more
	l.Elements.Kids = slices.Clone(l.Elements.Kids)
	l.Elements.drop("Rate")
	if quantity, err := parseFixed(l.Elements.at("Quantity"), fiveDecimals); err == nil && quantity != 0 {
		if rate := derivedRate(int64(l.Amount), quantity); rate != "" {
			l.Elements.set(leaf("Rate", rate))
		}
	}
	if status := c.sum(&changed); status != nil {
		return fmt.Errorf("the amount of the %s %s can't be changed: %s", r.Kind, r.TxnID, status.Message)
	}
	if c.left(&changed) < 0 {
		return fmt.Errorf("the amount of the %s %s can't be changed: more of it is paid or used", r.Kind, r.TxnID)
	}
	*r = changed
	return nil
}

// Finalize makes a pending transaction final: from now on it is in the books.
func (c *Company) Finalize(txnID string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	r := c.txn(txnID)
	if r == nil || !r.pending() {
		return fmt.Errorf("there is no pending transaction %s to make final", txnID)
	}
	r.Header.set(leaf("IsPending", "false"))
	c.touchTxn(r)
	return c.keep()
}
