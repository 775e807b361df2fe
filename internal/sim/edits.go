package sim

import (
	"cmp"
	"fmt"
	"slices"
)

// What people do in QuickBooks by hand, past the bridge.

// A TypedReceipt is a sales receipt, or another form of items, as a person types it; names are those of the lists.
type TypedReceipt struct {
	Kind      string // SalesReceipt when empty; Invoice, SalesOrder, CreditMemo
	Customer  string // made when there is none of the name
	RefNumber string
	Date      string // YYYY-MM-DD; today
	Memo      string
	TaxItem   string // the default one
	Lines     []TypedLine
}

// A TypedLine is a line of a TypedReceipt.
type TypedLine struct {
	Item     string
	Desc     string
	Quantity string // "" leaves it blank
	Amount   Cents
	Taxable  bool
}

// TypeReceipt enters a form by hand and gives its TxnID.
func (c *Company) TypeReceipt(t TypedReceipt) (txnID string, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.named(t.Customer, "Customer") == nil {
		if _, status := c.add("Customer", group("CustomerAdd", leaf("Name", t.Customer))); status != nil {
			return "", fmt.Errorf("the customer %q cannot be typed in: %s", t.Customer, status.Message)
		}
	}
	name := func(element, fullName string) node { return group(element, leaf("FullName", fullName)) }
	kind := cmp.Or(t.Kind, "SalesReceipt")
	add := group(kind+"Add", name("CustomerRef", t.Customer))
	for _, kid := range []node{leaf("TxnDate", t.Date), leaf("RefNumber", t.RefNumber), leaf("Memo", t.Memo)} {
		if kid.Text != "" {
			add.Kids = append(add.Kids, kid)
		}
	}
	if t.TaxItem != "" {
		add.Kids = append(add.Kids, name("ItemSalesTaxRef", t.TaxItem))
	}
	for _, l := range t.Lines {
		line := group(kind+"LineAdd", name("ItemRef", l.Item), leaf("Desc", l.Desc), leaf("Amount", l.Amount.String()))
		if l.Quantity != "" {
			line.Kids = append(line.Kids, leaf("Quantity", l.Quantity))
		}
		if c.books.Config.SalesTax {
			code := "Non"
			if l.Taxable {
				code = "Tax"
			}
			line.Kids = append(line.Kids, name("SalesTaxCodeRef", code))
		}
		add.Kids = append(add.Kids, line)
	}
	entered, status := c.addForm(kind, add)
	if entered == nil {
		return "", fmt.Errorf("the %s %q cannot be typed in: %s", kind, t.RefNumber, status.Message)
	}
	return entered.TxnID, c.keep()
}

// TypeCustomer adds a customer by hand.
func (c *Company) TypeCustomer(name string) error {
	return c.enter("Customer", name)
}

// TypeItem adds a non-inventory item by hand, which posts to an account.
func (c *Company) TypeItem(name, account string) error {
	return c.enter(kindNonInventory, name, group("SalesOrPurchase", leaf("Desc", name), leaf("Price", "0.00"), refTo("AccountRef", account)))
}

func (c *Company) enter(kind, name string, elements ...node) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, status := c.add(kind, group(kind+"Add", append([]node{leaf("Name", name)}, elements...)...)); status != nil {
		return fmt.Errorf("the %s %q cannot be typed in: %s", kind, name, status.Message)
	}
	return c.keep()
}

// Void voids a transaction: it stays in the books with all amounts zero, and what was linked with it is open again. One in a
// deposit can't be voided, nor can payments and sales orders.
func (c *Company) Void(txnID string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := c.txn(txnID)
	switch {
	case t == nil:
		return fmt.Errorf("there is no transaction %s to void", txnID)
	case t.Kind == "ReceivePayment" || t.Kind == "SalesOrder":
		return fmt.Errorf("the %s %s can't be voided, only deleted", t.Kind, txnID)
	case c.depositOf(txnID) != nil:
		return fmt.Errorf("the %s %s is in a deposit: it can't be voided", t.Kind, txnID)
	}
	c.void(t)
	return c.keep()
}

// Delete removes a transaction; TxnDeletedQuery tells of it, and what was linked with it is open again. One in a deposit can't be
// deleted.
func (c *Company) Delete(txnID string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := c.txn(txnID)
	if t == nil {
		return fmt.Errorf("there is no transaction %s to delete", txnID)
	}
	if c.depositOf(txnID) != nil {
		return fmt.Errorf("the %s %s is in a deposit: it can't be deleted", t.Kind, txnID)
	}
	c.remove(t)
	return c.keep()
}

// Rename gives a list object another name.
func (c *Company) Rename(listID, name string) error {
	return c.change(listID, "rename", func(o *object) { o.Name = name })
}

// Deactivate makes a list object inactive.
func (c *Company) Deactivate(listID string) error {
	return c.change(listID, "make inactive", func(o *object) { o.Active = false })
}

// Activate makes all entries of some kinds active again.
func (c *Company) Activate(kinds ...string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, o := range c.books.Objects {
		if !o.Active && slices.Contains(kinds, o.Kind) {
			o.Active = true
			c.touch(o)
		}
	}
	return c.keep()
}

func (c *Company) change(listID, what string, edit func(*object)) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	o := c.byID[listID]
	if o == nil {
		return fmt.Errorf("there is no list object %s to %s", listID, what)
	}
	edit(o)
	c.touch(o)
	return c.keep()
}

// DeleteObject removes a list object; ListDeletedQuery tells of it. What refers to it keeps the bare ListID.
func (c *Company) DeleteObject(listID string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	o := c.byID[listID]
	if o == nil {
		return fmt.Errorf("there is no list object %s to delete", listID)
	}
	c.books.Deleted = append(c.books.Deleted, deletedObject{o.Kind, listID, c.fullName(o), o.Created, c.now().Unix()})
	c.books.Objects = slices.DeleteFunc(c.books.Objects, func(other *object) bool { return other == o })
	delete(c.byID, listID)
	return c.keep()
}

// Merge makes one list object of two of a kind, as when a person gives one the name of the other: what referred to the
// first refers to the second, and the first is gone without a word in ListDeletedQuery.
func (c *Company) Merge(listID, into string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	from, to := c.byID[listID], c.byID[into]
	if from == nil || to == nil || from == to || from.Kind != to.Kind {
		return fmt.Errorf("the list objects %s and %s cannot become one", listID, into)
	}
	for _, o := range c.books.Objects {
		if o.Parent == listID {
			o.Parent = into
		}
		o.Elements.redirect(listID, into)
	}
	for _, t := range c.books.Txns {
		t.Edited = t.Edited || t.refersTo(listID)
		t.Header.redirect(listID, into)
		redirect(t.Lines, listID, into)
	}
	c.books.Objects = slices.DeleteFunc(c.books.Objects, func(o *object) bool { return o == from })
	delete(c.byID, listID)
	c.touch(to)
	return c.keep()
}

func redirect(lines []txnLine, from, to string) {
	for i := range lines {
		lines[i].Elements.redirect(from, to)
		redirect(lines[i].Members, from, to)
	}
}

// redirect makes every reference below n to one list object refer to another. Answers that were kept share what is below n
// and stay as they are.
func (n *node) redirect(from, to string) {
	n.Kids = slices.Clone(n.Kids)
	for i := range n.Kids {
		if kid := &n.Kids[i]; kid.Name == "ListID" && kid.Text == from {
			kid.Text = to
		} else {
			kid.redirect(from, to)
		}
	}
}

// ListID finds an object of a kind (Customer, ItemService, Account, ...) by full name; "" when there is none.
func (c *Company) ListID(kind, fullName string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if o := c.named(fullName, kind); o != nil {
		return o.ListID
	}
	return ""
}

// LoseSet makes QuickBooks unable to give the kept answer of a message set, which it then reports as 9002.
func (c *Company) LoseSet(app, id string) error { return c.SpoilSet(app, id, "9002") }

// SpoilSet makes a status check of a message set end with a code instead of the kept answer; 600 makes QuickBooks forget the
// set altogether.
func (c *Company) SpoilSet(app, id, code string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := range c.books.Sets {
		if s := &c.books.Sets[i]; s.App == app && s.ID == id {
			if s.Code = code; code == "600" {
				c.books.Sets = slices.Delete(c.books.Sets, i, i+1)
			}
			return c.keep()
		}
	}
	return fmt.Errorf("the message set %s of %q is not remembered", id, app)
}

// SetClosingDate closes the books up to a date (YYYY-MM-DD); "" opens them again.
func (c *Company) SetClosingDate(date string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.books.Config.ClosingDate = date
	return c.keep()
}
