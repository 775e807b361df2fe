package sim

import (
	"fmt"
	"slices"
)

// A txn is one transaction in the books: a form of items (SalesReceipt, Invoice, SalesOrder, CreditMemo) or of money
// (ReceivePayment, ARRefundCreditCard, Check).
type txn struct {
	Kind     string // as in TxnDelType
	TxnID    string
	Number   int64
	Created  int64 // UNIX seconds, as Modified
	Modified int64
	EditSeq  int64
	Header   node // the elements of the Add without lines and links, defaults filled in; references hold the ListID only
	Lines    []txnLine
	Void     bool
	Entered  string // the memo it was made with
	Edited   bool   // by a person, since it was made
	Subtotal Cents  // of a form of money: its amount
	TaxRate  int64  // in 1/100000 percent
	Tax      Cents
	Closed   bool // a sales order that became an invoice

	Fields map[string]string `json:",omitempty"` // custom fields at its head, by name
}

// A txnLine is one line; of a group item with the lines that the group makes.
type txnLine struct {
	TxnLineID string
	Elements  node // as Header
	Amount    Cents
	Taxable   bool
	Subtotal  bool      // the amount is that of lines above, not one of its own
	Members   []txnLine `json:",omitempty"`
}

// A link says that money or a credit was used for something: From is a payment or credit memo, To an invoice or a refund.
// From a sales order, To is the invoice it became.
type link struct {
	From, To string // TxnIDs
	Amount   Cents
	Discount Cents // given to the customer beside a payment
}

// itemForms are the kinds that have lines of items.
func itemForms() []string { return []string{"SalesReceipt", "Invoice", "SalesOrder", "CreditMemo"} }

// txnKinds are all kinds of transaction but deposits, in the order TransactionQuery knows them.
func txnKinds() []string {
	return append(itemForms(), "ReceivePayment", "ARRefundCreditCard", "Check")
}

func (t *txn) total() Cents { return t.Subtotal + t.Tax }

func (t *txn) pending() bool { return t.Header.at("IsPending") == "true" }

// posts tells whether the books' accounts know of it.
func (t *txn) posts() bool { return !t.Void && !t.pending() && t.Kind != "SalesOrder" }

// moneyAt is the element that names the account which the money of a kind moves to or from; A/R alone for those that move none.
func moneyAt(kind string) string {
	switch kind {
	case "SalesReceipt", "ReceivePayment":
		return "DepositToAccountRef"
	case "ARRefundCreditCard":
		return "RefundFromAccountRef"
	case "Check":
		return "AccountRef"
	}
	return "ARAccountRef"
}

// customer is the ListID of the customer, or of whom a cheque is for.
func (t *txn) customer() string {
	if t.Kind == "Check" {
		return t.Header.at("PayeeEntityRef", "ListID")
	}
	return t.Header.at("CustomerRef", "ListID")
}

// txn finds a transaction; nil when there is none.
func (c *Company) txn(txnID string) *txn { return c.byTxnID[txnID] }

// left is what of an invoice is to be paid, of a credit memo to be used, or of a payment to be applied; of others nothing is.
func (c *Company) left(t *txn) Cents { return leftOf(t, c.books.Links) }

// leftOf is left by links among which all of the transaction's are.
func leftOf(t *txn, links []link) Cents {
	if !slices.Contains([]string{"Invoice", "CreditMemo", "ReceivePayment"}, t.Kind) {
		return 0
	}
	left := t.total()
	for _, l := range links {
		if l.To == t.TxnID {
			left -= l.Amount + l.Discount
		}
		if l.From == t.TxnID {
			left -= l.Amount
		}
	}
	return left
}

// file gives the transaction its identifiers and puts it into the books.
func (c *Company) file(t *txn) {
	now := c.now().Unix()
	c.books.TxnNumber++
	t.TxnID, t.Number, t.Created, t.Modified, t.EditSeq = c.txnID(now), c.books.TxnNumber, now, now, now
	for i := range t.Lines {
		t.Lines[i].TxnLineID = c.txnID(now)
		for k := range t.Lines[i].Members {
			t.Lines[i].Members[k].TxnLineID = c.txnID(now)
		}
	}
	t.Entered = t.Header.at("Memo")
	c.books.Txns = append(c.books.Txns, t)
	c.byTxnID[t.TxnID] = t
}

// txnID is a new identifier of a transaction or of one of its lines.
func (c *Company) txnID(now int64) string {
	c.books.NextTxn++
	return fmt.Sprintf("%X-%d", c.books.NextTxn, now)
}

// touchTxn gives the transaction another edit sequence and another time of change.
func (c *Company) touchTxn(t *txn) {
	t.EditSeq = max(c.now().Unix(), t.EditSeq+1)
	t.Modified = t.EditSeq
}

// apply links transactions that are filed; what they are linked with has changed.
func (c *Company) apply(links []link) {
	for _, l := range links {
		c.books.Links = append(c.books.Links, l)
		for _, id := range []string{l.From, l.To} {
			if t := c.txn(id); t != nil && t.Modified < c.now().Unix() {
				c.touchTxn(t)
			}
		}
	}
}

// unlink takes a transaction's links away: what was paid or refunded with it is open again.
func (c *Company) unlink(t *txn) {
	c.books.Links = slices.DeleteFunc(c.books.Links, func(l link) bool {
		if l.From != t.TxnID && l.To != t.TxnID {
			return false
		}
		for _, id := range []string{l.From, l.To} {
			if other := c.txn(id); other != nil && other != t {
				other.Closed = false
				c.touchTxn(other)
			}
		}
		return true
	})
}

// dependent is a transaction that was made on the strength of this one: the payment of an invoice, the refund of a credit memo,
// the invoice of a sales order. nil when there is none.
func (c *Company) dependent(t *txn) *txn {
	for _, l := range c.books.Links {
		switch {
		case l.To == t.TxnID && t.Kind == "Invoice":
			if from := c.txn(l.From); from != nil && from.Kind != "SalesOrder" {
				return from
			}
		case l.From == t.TxnID && (t.Kind == "CreditMemo" || t.Kind == "SalesOrder"):
			return c.txn(l.To)
		}
	}
	return nil
}

// flat are the lines with those of groups in their places.
func flat(lines []txnLine) (all []txnLine) {
	for _, l := range lines {
		if l.Members != nil {
			all = append(all, l.Members...)
		} else {
			all = append(all, l)
		}
	}
	return all
}
