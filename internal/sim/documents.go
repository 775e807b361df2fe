package sim

import (
	"cmp"
	"maps"
	"slices"
)

// A Document is a transaction as somebody reading the books sees it.
type Document struct {
	Kind                   string // SalesReceipt, Invoice, SalesOrder, CreditMemo, ReceivePayment, ARRefundCreditCard or Check
	TxnID, RefNumber, Memo string
	Date                   string // YYYY-MM-DD
	Customer, CustomerID   string // full name and ListID
	DepositTo              string // account that money goes to, or a refund comes from; "" for a form that moves none
	Receivable             string // account of open invoices and credits
	PaymentMethod          string
	TaxItem                string // tax item or group
	Class, Terms, Template string
	SalesRep, ShipMethod   string
	CustomerMsg, PONumber  string
	DueDate, Other         string
	Currency, ExchangeRate string // "" with multicurrency off
	Void, Pending          bool
	Entered                string            // the Memo it was made with
	Edited                 bool              // whether a person has changed it since (EditReceipt)
	Deposit                string            // TxnID of the deposit it is in
	Fields                 map[string]string // custom fields at its head; nil for none
	Lines                  []ReceiptLine
	Subtotal, Tax, Total   Cents
	Taxes                  []TaxPart
	Left                   Cents         // of an invoice to be paid, of a credit memo or payment to be used; of others 0
	Applied                []Application // what it paid or was paid with, refunded or was refunded with
}

// A Receipt is a sales receipt, or another document.
type Receipt = Document

// A ReceiptLine is one line of a Document.
type ReceiptLine struct {
	Item, Desc string
	Kind       string // of the item: ItemInventory, ItemOtherCharge, ItemGroup, ...
	Quantity   string // "" when blank
	Amount     Cents  // of a subtotal that of the lines above; it adds nothing
	Taxable    bool
	Account    string // where it posts
	Class      string
	Fields     map[string]string // custom fields; nil for none
	Members    []ReceiptLine     // of a group item
}

// A TaxPart is what one tax item makes of a document's tax.
type TaxPart struct {
	Item   string
	Rate   int64 // in 1/100000 percent
	Amount Cents
}

// An Application is the use of money for something, seen from one of the two documents.
type Application struct {
	Kind, TxnID string // of the other document
	Amount      Cents
	Discount    Cents
}

// Receipts gives all sales receipts, voided ones included, in the order they were made.
func (c *Company) Receipts() []Receipt { return c.Documents("SalesReceipt") }

// Documents gives all documents of the kinds, all kinds when none is named, voided ones included, in the order they were made.
func (c *Company) Documents(kinds ...string) []Document {
	c.mu.Lock()
	defer c.mu.Unlock()
	links := map[string][]link{}
	for _, l := range c.books.Links {
		links[l.From], links[l.To] = append(links[l.From], l), append(links[l.To], l)
	}
	all := []Document{}
	for _, t := range c.books.Txns {
		if len(kinds) == 0 || slices.Contains(kinds, t.Kind) {
			all = append(all, c.documentOf(t, links[t.TxnID]))
		}
	}
	return all
}

// documentOf shows a transaction with its links.
func (c *Company) documentOf(t *txn, links []link) Document {
	h := &t.Header
	d := Document{Kind: t.Kind, TxnID: t.TxnID, RefNumber: h.at("RefNumber"), Memo: h.at("Memo"), Date: h.at("TxnDate"), CustomerID: t.customer(),
		Receivable: c.nameAt(h, "ARAccountRef"), PaymentMethod: c.nameAt(h, "PaymentMethodRef"), TaxItem: c.nameAt(h, "ItemSalesTaxRef"),
		Class: c.nameAt(h, "ClassRef"), Terms: c.nameAt(h, "TermsRef"), Template: c.nameAt(h, "TemplateRef"), SalesRep: c.nameAt(h, "SalesRepRef"), ShipMethod: c.nameAt(h, "ShipMethodRef"),
		CustomerMsg: c.nameAt(h, "CustomerMsgRef"), PONumber: h.at("PONumber"), DueDate: h.at("DueDate"), Other: h.at("Other"), Currency: c.nameAt(h, "CurrencyRef"), ExchangeRate: h.at("ExchangeRate"),
		Void: t.Void, Pending: t.pending(), Entered: t.Entered, Edited: t.Edited, Fields: maps.Clone(t.Fields), Subtotal: t.Subtotal, Tax: t.Tax, Total: t.total(), Left: leftOf(t, links)}
	if o := c.byID[t.customer()]; o != nil {
		d.Customer = c.fullName(o)
	}
	if money := moneyAt(t.Kind); money != "ARAccountRef" {
		d.DepositTo = c.nameAt(h, money)
	}
	if p := c.depositOf(t.TxnID); p != nil {
		d.Deposit = p.TxnID
	}
	for _, l := range t.Lines {
		d.Lines = append(d.Lines, c.documentLine(l))
	}
	if c.books.Config.SalesTax && !t.Void {
		d.Taxes = c.taxParts(t)
	}
	for _, l := range links {
		other := l.From
		if l.From == t.TxnID {
			other = l.To
		}
		if o := c.txn(other); o != nil {
			d.Applied = append(d.Applied, Application{o.Kind, o.TxnID, l.Amount, l.Discount})
		}
	}
	return d
}

func (c *Company) documentLine(l txnLine) ReceiptLine {
	e := &l.Elements
	line := ReceiptLine{Item: c.nameAt(e, "ItemRef"), Desc: e.at("Desc"), Kind: c.kindAt(e, "ItemRef"), Quantity: e.at("Quantity"), Amount: l.Amount, Taxable: l.Taxable, Account: c.accountOfLine(e), Class: c.nameAt(e, "ClassRef")}
	if l.Members != nil {
		line.Item, line.Kind = c.nameAt(e, "ItemGroupRef"), "ItemGroup"
	}
	for _, kid := range e.Kids {
		if kid.Name == "DataExt" {
			if line.Fields == nil {
				line.Fields = map[string]string{}
			}
			line.Fields[kid.at("DataExtName")] = kid.at("DataExtValue")
		}
	}
	for _, m := range l.Members {
		line.Members = append(line.Members, c.documentLine(m))
	}
	return line
}

// accountOfLine is where a line posts: where it says itself, or its item.
func (c *Company) accountOfLine(e *node) string {
	for _, own := range []string{"OverrideItemAccountRef", "AccountRef"} {
		if name := c.nameAt(e, own); name != "" {
			return name
		}
	}
	item := c.byID[e.at("ItemRef", "ListID")]
	if item == nil {
		return ""
	}
	if item.Kind == "ItemSalesTax" {
		return AccountTaxPayable
	}
	id := cmp.Or(item.Elements.at("IncomeAccountRef", "ListID"), item.Elements.at("SalesOrPurchase", "AccountRef", "ListID"), item.Elements.at("SalesAndPurchase", "IncomeAccountRef", "ListID"), item.Elements.at("AccountRef", "ListID"))
	if account := c.byID[id]; account != nil {
		return c.fullName(account)
	}
	return ""
}

// taxParts splits a form's tax by tax item.
func (c *Company) taxParts(t *txn) (all []TaxPart) {
	var taxable Cents
	for _, l := range flat(t.Lines) {
		if l.Taxable && !l.Subtotal {
			taxable += l.Amount
		}
	}
	for _, m := range c.taxMembers(t.Header.at("ItemSalesTaxRef", "ListID")) {
		all = append(all, TaxPart{m.item, m.rate, taxOn(taxable, m.rate)})
	}
	return all
}

func (c *Company) nameAt(n *node, ref string) string {
	if o := c.byID[n.at(ref, "ListID")]; o != nil {
		return c.fullName(o)
	}
	return ""
}

func (c *Company) kindAt(n *node, ref string) string {
	if o := c.byID[n.at(ref, "ListID")]; o != nil {
		return o.Kind
	}
	return ""
}
