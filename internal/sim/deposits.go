package sim

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// A deposit is a bank deposit of receipts and payments out of Undeposited Funds.
type deposit struct {
	TxnID    string
	Number   int64
	Created  int64 // UNIX seconds, as Modified
	Modified int64
	EditSeq  int64
	Date     string // YYYY-MM-DD
	Account  string // ListID of the bank account
	Lines    []depositLine
}

type depositLine struct {
	TxnLineID, PaymentTxnLineID string
	Receipt                     string // TxnID of what was deposited
	Kind                        string // of it; "" is SalesReceipt
	Customer                    string // ListID
	Amount                      Cents
}

// Deposit takes sales receipts and payments out of Undeposited Funds to the bank, as a person does in Make Deposits, today. The receipts
// themselves stay as they are, edit sequence and all. It gives the deposit's TxnID.
func (c *Company) Deposit(txnIDs ...string) (depositID string, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(txnIDs) == 0 {
		return "", fmt.Errorf("a deposit needs a sales receipt or payment")
	}
	now := c.now()
	d := &deposit{TxnID: c.txnID(now.Unix()), Created: now.Unix(), Modified: now.Unix(), EditSeq: now.Unix(), Date: now.Format(time.DateOnly), Account: c.named(AccountBank, "Account").ListID}
	undeposited := c.named(AccountUndeposited, "Account").ListID
	for i, id := range txnIDs {
		t := c.txn(id)
		switch {
		case t == nil:
			return "", fmt.Errorf("there is no transaction %s to deposit", id)
		case !t.posts() || t.Header.at("DepositToAccountRef", "ListID") != undeposited:
			return "", fmt.Errorf("the %s %s has no money in %s", t.Kind, id, AccountUndeposited)
		case c.depositOf(id) != nil || slices.Contains(txnIDs[:i], id):
			return "", fmt.Errorf("the %s %s is in a deposit already", t.Kind, id)
		}
		d.Lines = append(d.Lines, depositLine{c.txnID(now.Unix()), c.txnID(now.Unix()), id, t.Kind, t.customer(), t.total()})
	}
	c.books.TxnNumber++
	d.Number = c.books.TxnNumber
	c.books.Deposits = append(c.books.Deposits, d)
	return d.TxnID, c.keep()
}

// DeleteDeposit deletes a deposit: its receipts are back in Undeposited Funds.
func (c *Company) DeleteDeposit(depositID string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	at := slices.IndexFunc(c.books.Deposits, func(d *deposit) bool { return d.TxnID == depositID })
	if at < 0 {
		return fmt.Errorf("there is no deposit %s to delete", depositID)
	}
	c.books.Removed = append(c.books.Removed, deletedTxn{"Deposit", depositID, "", c.books.Deposits[at].Created, c.now().Unix()})
	c.books.Deposits = slices.Delete(c.books.Deposits, at, at+1)
	return c.keep()
}

// depositOf gives the deposit a transaction is in; nil when it is in none.
func (c *Company) depositOf(txnID string) *deposit {
	for _, d := range c.books.Deposits {
		if slices.ContainsFunc(d.Lines, func(l depositLine) bool { return l.Receipt == txnID }) {
			return d
		}
	}
	return nil
}

// findDeposits serves DepositQuery.
func (c *Company) findDeposits(request node) (Status, []node) {
	status, found := done(), []node(nil)
	withLines := request.at("IncludeLineItems") == "true"
	if ids := request.all("TxnID"); ids != nil {
		for _, id := range ids {
			if !listIDForm(id) {
				return *refused(3000, "The given object ID \"%s\" in the field \"txn id\" is invalid.", id), nil
			}
			at := slices.IndexFunc(c.books.Deposits, func(d *deposit) bool { return d.TxnID == id })
			if at >= 0 {
				found = append(found, c.depositRet(c.books.Deposits[at], withLines))
			} else if status.Code == 0 {
				status = incomplete(id)
			}
		}
		return status, found
	}
	if status := macrosAllowed(request); status != nil {
		return *status, nil
	}
	for _, d := range c.books.Deposits {
		if datesMatch(request, d.Modified, d.Date) && c.depositMatches(d, request) {
			found = append(found, c.depositRet(d, withLines))
		}
	}
	if len(found) == 0 {
		return nothingFound(), nil
	}
	return done(), found
}

// depositMatches holds a deposit against the filters by entity, which a line may bear, and by the bank account.
func (c *Company) depositMatches(d *deposit, request node) bool {
	if f := request.kid("EntityFilter"); f != nil && !slices.ContainsFunc(d.Lines, func(l depositLine) bool { return c.refersTo(l.Customer, f) }) {
		return false
	}
	f := request.kid("AccountFilter")
	return f == nil || c.refersTo(d.Account, f)
}

func (c *Company) depositRet(d *deposit, withLines bool) node {
	undeposited := c.named(AccountUndeposited, "Account").ListID
	var total Cents
	var lines []node
	for _, l := range d.Lines {
		total += l.Amount
		lines = append(lines, group("DepositLineRet", leaf("TxnType", cmp.Or(l.Kind, "SalesReceipt")), leaf("TxnID", l.Receipt), leaf("TxnLineID", l.TxnLineID), leaf("PaymentTxnLineID", l.PaymentTxnLineID),
			group("EntityRef", leaf("ListID", l.Customer)), group("AccountRef", leaf("ListID", undeposited)), leaf("Amount", l.Amount.String())))
	}
	ret := group("DepositRet", leaf("TxnID", d.TxnID), leaf("TimeCreated", stamp(d.Created)), leaf("TimeModified", stamp(d.Modified)), leaf("EditSequence", fmt.Sprint(d.EditSeq)), leaf("TxnNumber", fmt.Sprint(d.Number)),
		leaf("TxnDate", d.Date), group("DepositToAccountRef", leaf("ListID", d.Account)), leaf("DepositTotal", total.String()))
	if withLines {
		ret.Kids = append(ret.Kids, lines...)
	}
	return c.withNames(ret)
}
