package sim

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// A receipt is one sales receipt in the books.
type receipt struct {
	TxnID    string
	Number   int64
	Created  int64 // UNIX seconds, as Modified
	Modified int64
	EditSeq  int64
	Header   node // the elements of the Add without the lines, defaults filled in; references hold the ListID only
	Lines    []receiptLine
	Void     bool
	Entered  string // the memo it was made with
	Edited   bool   // by a person, since it was made
	Subtotal Cents
	TaxRate  int64 // in 1/100000 percent
	Tax      Cents
}

type receiptLine struct {
	TxnLineID string
	Elements  node // as Header
	Amount    Cents
	Taxable   bool
}

func (r *receipt) total() Cents { return r.Subtotal + r.Tax }

// addReceipt does a SalesReceiptAdd.
func (c *Company) addReceipt(elements node) (*receipt, *Status) {
	if status := c.taxElementsAllowed(&elements); status != nil {
		return nil, status
	}
	if status := c.settle(&elements, "", "SalesReceipt"); status != nil {
		return nil, status
	}
	r := &receipt{Header: group("SalesReceiptRet")}
	var lines []node
	for _, kid := range elements.Kids {
		if kid.Name == "SalesReceiptLineAdd" {
			lines = append(lines, kid)
		} else {
			r.Header.Kids = append(r.Header.Kids, kid)
		}
	}
	if status := c.headerDefaults(&r.Header); status != nil {
		return nil, status
	}
	for _, line := range lines {
		l, status := c.line(line, r.Lines)
		if status != nil {
			return nil, status
		}
		r.Lines = append(r.Lines, l)
	}
	if status := c.sum(r); status != nil {
		return nil, status
	}
	c.file(r)
	return r, nil
}

// sum computes what the receipt's lines come to.
func (c *Company) sum(r *receipt) *Status {
	var taxable Cents
	r.Subtotal = 0
	for _, l := range r.Lines {
		r.Subtotal += l.Amount
		if l.Taxable {
			taxable += l.Amount
		}
	}
	if c.books.Config.SalesTax {
		r.Tax, r.TaxRate = salesTax(taxable, c.taxMembers(r.Header.at("ItemSalesTaxRef", "ListID")))
	}
	if r.total() > maxCents {
		return refused(3101, "The resulting amount %s of the SalesReceipt is too large.", r.total())
	}
	if r.total() < 0 {
		return refused(3210, "The \"Amount\" field has an invalid value \"%s\".  QuickBooks error message: Transaction amount must be positive.", r.total())
	}
	return nil
}

// file gives the receipt its identifiers and puts it into the books.
func (c *Company) file(r *receipt) {
	now := c.now().Unix()
	c.books.TxnNumber++
	r.TxnID, r.Number, r.Created, r.Modified, r.EditSeq = c.txnID(now), c.books.TxnNumber, now, now, now
	for i := range r.Lines {
		r.Lines[i].TxnLineID = c.txnID(now)
	}
	r.Entered = r.Header.at("Memo")
	c.books.Receipts = append(c.books.Receipts, r)
}

// txnID is a new identifier of a transaction or of one of its lines.
func (c *Company) txnID(now int64) string {
	c.books.NextTxn++
	return fmt.Sprintf("%X-%d", c.books.NextTxn, now)
}

// touchReceipt gives the receipt another edit sequence and another time of change.
func (c *Company) touchReceipt(r *receipt) {
	r.EditSeq = max(c.now().Unix(), r.EditSeq+1)
	r.Modified = r.EditSeq
}

// taxElementsAllowed drops tax elements where sales tax is switched off: they have no effect there (quickbooks.md 3.1).
func (c *Company) taxElementsAllowed(elements *node) *Status {
	if c.books.Config.SalesTax {
		return nil
	}
	elements.drop("ItemSalesTaxRef")
	elements.drop("CustomerSalesTaxCodeRef")
	for i := range elements.Kids {
		if elements.Kids[i].Name == "SalesReceiptLineAdd" {
			elements.Kids[i].drop("SalesTaxCodeRef")
		}
	}
	return nil
}

func (c *Company) headerDefaults(h *node) *Status {
	def := func(element, text string) {
		if h.kid(element) == nil && text != "" {
			h.Kids = append(h.Kids, leaf(element, text))
		}
	}
	refer := func(element, listID string) {
		if h.kid(element) == nil && listID != "" {
			h.Kids = append(h.Kids, group(element, leaf("ListID", listID)))
		}
	}
	def("TxnDate", c.now().Format(time.DateOnly))
	date := h.at("TxnDate")
	if closing := c.books.Config.ClosingDate; closing != "" && date <= closing {
		return refused(3181, "There was an error when saving a SalesReceipt.  QuickBooks error message: The date %s is on or before the closing date %s of the company. The account period has been closed.", date, closing)
	}
	def("RefNumber", c.nextRefNumber())
	def("DueDate", date)
	def("ShipDate", date)
	def("IsPending", "false")
	def("IsToBePrinted", "true")
	def("IsToBeEmailed", "false")
	refer("TemplateRef", c.named("Custom Sales Receipt", "Template").ListID)
	refer("DepositToAccountRef", c.named(AccountUndeposited, "Account").ListID)
	if account := c.byID[h.at("DepositToAccountRef", "ListID")]; !slices.Contains([]string{"Bank", "OtherCurrentAsset", "OtherCurrentLiability"}, account.Elements.at("AccountType")) {
		return refused(3140, "There is an invalid reference to QuickBooks Account \"%s\" in the SalesReceipt.  QuickBooks error message: The account type is not valid for a deposit.", account.Name)
	}
	if c.books.Config.SalesTax {
		var customer node
		if o := c.byID[h.at("CustomerRef", "ListID")]; o != nil {
			customer = o.Elements
		}
		refer("ItemSalesTaxRef", cmp.Or(customer.at("ItemSalesTaxRef", "ListID"), c.named(c.books.Config.TaxItems[0].Name, "ItemSalesTax").ListID))
		refer("CustomerSalesTaxCodeRef", cmp.Or(customer.at("SalesTaxCodeRef", "ListID"), c.named("Tax", "SalesTaxCode").ListID))
	}
	return nil
}

// nextRefNumber is the number QuickBooks gives a form that came without one.
func (c *Company) nextRefNumber() string {
	highest := int64(0)
	for _, r := range c.books.Receipts {
		if n, err := parseFixed(r.Header.at("RefNumber"), 0); err == nil && len(r.Header.at("RefNumber")) < 10 {
			highest = max(highest, n)
		}
	}
	return fmt.Sprint(highest + 1)
}

// line computes one line of a form; above are the lines before it.
func (c *Company) line(add node, above []receiptLine) (receiptLine, *Status) {
	l := receiptLine{Elements: group("SalesReceiptLineRet", add.Kids...)}
	itemID := add.at("ItemRef", "ListID")
	if itemID == "" {
		if add.at("Amount") != "" || add.at("Rate") != "" || add.at("Quantity") != "" {
			return l, refused(3150, "There is a missing element: \"ItemRef\".")
		}
		return l, nil // a line that is only a description
	}
	item := c.byID[itemID]
	if slices.Contains([]string{"ItemPayment", "ItemSalesTaxGroup", "ItemGroup", "ItemSubtotal"}, item.Kind) {
		return l, refused(3280, "The item \"%s\" of type %s cannot be used in a SalesReceipt line.", item.Name, item.Kind)
	}
	amount, rate, status := lineAmount(add, item, above)
	if status != nil {
		return l, status
	}
	l.Amount = amount
	l.Elements.drop("Rate")
	l.Elements.drop("RatePercent")
	l.Elements.drop("Amount")
	if rate != "" {
		l.Elements.Kids = append(l.Elements.Kids, leaf("Rate", rate))
	}
	if c.books.Config.SalesTax {
		code := cmp.Or(add.at("SalesTaxCodeRef", "ListID"), item.Elements.at("SalesTaxCodeRef", "ListID"), c.named("Non", "SalesTaxCode").ListID)
		l.Elements.set(group("SalesTaxCodeRef", leaf("ListID", code)))
		l.Taxable = c.isTaxable(code) && item.Kind != "ItemSalesTax"
	}
	return l, nil
}

// lineAmount computes the amount of a line and the rate shown with it. A given Amount is kept, whatever the rate;
// else it is quantity times rate, or times the item's own price (quickbooks.md 1.5).
func lineAmount(add node, item *object, above []receiptLine) (Cents, string, *Status) {
	quantity := int64(100000)
	if text := add.at("Quantity"); text != "" {
		quantity, _ = parseFixed(text, fiveDecimals) // its form has been checked
	}
	if text := add.at("Amount"); text != "" {
		amount, _ := parseFixed(text, 2)
		if amount > int64(maxCents) || amount < -int64(maxCents) {
			return 0, "", refused(3101, "The resulting amount %s of the line is too large.", text)
		}
		switch {
		case add.at("Rate") != "":
			return Cents(amount), add.at("Rate"), nil
		case add.at("Quantity") == "" || quantity == 0:
			return Cents(amount), "", nil
		}
		return Cents(amount), derivedRate(amount, quantity), nil
	}
	percent := add.at("RatePercent")
	if percent == "" && item.Kind == "ItemDiscount" && add.at("Rate") == "" {
		percent = item.Elements.at("DiscountRatePercent")
	}
	if percent != "" && len(above) > 0 {
		rate, _ := parseFixed(strings.TrimSuffix(percent, "%"), fiveDecimals)
		if item.Kind == "ItemDiscount" && rate > 0 {
			rate = -rate
		}
		return taxOn(above[len(above)-1].Amount, rate), "", nil
	}
	rate := cmp.Or(add.at("Rate"), item.Elements.at("SalesPrice"), item.Elements.at("SalesOrPurchase", "Price"), item.Elements.at("SalesAndPurchase", "SalesPrice"), "0")
	price, _ := parseFixed(rate, fiveDecimals)
	amount, ok := extend(price, quantity)
	if !ok {
		return 0, "", refused(3101, "The resulting amount of the line is too large.")
	}
	return amount, rate, nil
}

// derivedRate is the rate QuickBooks shows beside an amount that came with a quantity only, to five decimals.
func derivedRate(amount, quantity int64) string {
	if amount > 9_000_000_000 || amount < -9_000_000_000 { // its five decimals would overflow; no line of a shop is that large
		return ""
	}
	return trimFixed(divRound(amount*100_000_000, quantity), fiveDecimals)
}

// receiptRet makes the SalesReceiptRet; lines come only when asked for.
func (c *Company) receiptRet(r *receipt, withLines bool) node {
	ret := r.Header
	ret.Kids = slices.Concat([]node{leaf("TxnID", r.TxnID), leaf("TimeCreated", stamp(r.Created)), leaf("TimeModified", stamp(r.Modified)), leaf("EditSequence", fmt.Sprint(r.EditSeq)), leaf("TxnNumber", fmt.Sprint(r.Number)),
		leaf("Subtotal", r.Subtotal.String()), leaf("TotalAmount", r.total().String())}, r.Header.Kids)
	for _, name := range []string{"BillAddress", "ShipAddress"} {
		if address := ret.kid(name); address != nil {
			*address = shortened(*address)
			ret.Kids = append(ret.Kids, addressBlock(*address))
		}
	}
	if c.books.Config.SalesTax {
		ret.Kids = append(ret.Kids, leaf("SalesTaxPercentage", trimFixed(r.TaxRate, fiveDecimals)), leaf("SalesTaxTotal", r.Tax.String()))
	}
	ret = c.ordered(ret, strings.Fields("TxnID TimeCreated TimeModified EditSequence TxnNumber CustomerRef ClassRef TemplateRef TxnDate RefNumber BillAddress BillAddressBlock ShipAddress ShipAddressBlock "+
		"IsPending CheckNumber PaymentMethodRef DueDate SalesRepRef ShipDate ShipMethodRef FOB Subtotal ItemSalesTaxRef SalesTaxPercentage SalesTaxTotal TotalAmount Memo CustomerMsgRef IsToBePrinted IsToBeEmailed "+
		"CustomerSalesTaxCodeRef DepositToAccountRef Other ExternalGUID"))
	if withLines {
		for _, l := range r.Lines {
			ret.Kids = append(ret.Kids, c.lineRet(l))
		}
	}
	return ret
}

func (c *Company) lineRet(l receiptLine) node {
	ret := group("SalesReceiptLineRet", slices.Concat([]node{leaf("TxnLineID", l.TxnLineID)}, l.Elements.Kids)...)
	if l.Elements.kid("ItemRef") != nil {
		ret.Kids = append(ret.Kids, leaf("Amount", l.Amount.String()))
	}
	return c.ordered(ret, strings.Fields("TxnLineID ItemRef Desc Quantity UnitOfMeasure Rate ClassRef Amount ServiceDate SalesTaxCodeRef Other1 Other2"))
}

// transactionRet makes the TransactionRet of a receipt.
func (c *Company) transactionRet(r *receipt) node {
	ret := group("TransactionRet", leaf("TxnType", "SalesReceipt"), leaf("TxnID", r.TxnID), leaf("TimeCreated", stamp(r.Created)), leaf("TimeModified", stamp(r.Modified)), leaf("Amount", r.total().String()))
	for _, kid := range r.Header.Kids {
		switch kid.Name {
		case "CustomerRef":
			kid.Name = "EntityRef"
		case "DepositToAccountRef":
			kid.Name = "AccountRef"
		}
		ret.Kids = append(ret.Kids, kid)
	}
	return c.ordered(ret, strings.Fields("TxnType TxnID TimeCreated TimeModified EntityRef AccountRef TxnDate RefNumber Amount Memo"))
}
