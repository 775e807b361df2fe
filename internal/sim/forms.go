package sim

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// addForm does the Add of a form of items. A Status beside a form is a warning.
func (c *Company) addForm(kind string, elements node) (*txn, *Status) {
	if status := c.featuresOn(kind, &elements); status != nil {
		return nil, status
	}
	c.dropTax(&elements)
	if status := c.settle(&elements, "", kind); status != nil {
		return nil, status
	}
	t := &txn{Kind: kind, Header: group(kind + "Ret")}
	var lines []node
	var links []link
	var warning *Status
	for _, kid := range elements.Kids {
		switch {
		case kid.Name == kind+"LineAdd" || kid.Name == kind+"LineGroupAdd":
			lines = append(lines, kid)
		case kid.Name == "LinkToTxnID":
			order, status := c.orderToInvoice(kid.Text, &elements)
			if status != nil {
				return nil, status
			}
			if order.Closed || order.Header.at("IsManuallyClosed") == "true" || slices.ContainsFunc(links, func(l link) bool { return l.From == order.TxnID }) {
				warning = &Status{570, "Warn", "The transaction was saved, but it could not be linked to the transaction \"" + order.TxnID + "\", which is closed already."}
				continue
			}
			links = append(links, link{From: order.TxnID})
			t.Lines = append(t.Lines, linesOfOrder(order)...)
		case kid.Name == "SetCredit":
			links = append(links, creditOf(kid))
		default:
			t.Header.Kids = append(t.Header.Kids, kid)
		}
	}
	if len(lines)+len(t.Lines) == 0 {
		return nil, refused(3150, "There is a missing element: \"%sLineAdd\".", kind)
	}
	if status := c.headerDefaults(t); status != nil {
		return nil, status
	}
	for _, line := range lines {
		l, status := c.line(kind, line, t.Lines)
		if status != nil {
			return nil, status
		}
		t.Lines = append(t.Lines, l)
	}
	if status := c.sum(t); status != nil {
		return nil, status
	}
	if status := c.creditsSuffice(t, links); status != nil {
		return nil, status
	}
	c.file(t)
	for i := range links {
		links[i].To = t.TxnID
		if order := c.txn(links[i].From); order.Kind == "SalesOrder" {
			order.Closed = true
		}
	}
	c.apply(links)
	return t, warning
}

// featuresOn refuses what the edition or a preference of the company file doesn't have.
func (c *Company) featuresOn(kind string, elements *node) *Status {
	k := c.books.Config
	uses := func(element string) bool { return uses(elements, element) }
	switch {
	case kind == "SalesOrder" && (k.NoSalesOrders || strings.Contains(k.Product, "QuickBooks Pro ")):
		return featureOff("sales orders")
	case !k.Classes && uses("ClassRef"):
		return featureOff("class tracking")
	case !k.MultiCurrency && (uses("ExchangeRate") || uses("CurrencyRef")):
		return featureOff("multiple currencies")
	}
	return c.customFieldsKnown(elements)
}

func featureOff(feature string) *Status {
	return refused(3250, "This feature is not enabled or not available in this version of QuickBooks: %s.", feature)
}

// uses tells whether an element stands below n with something in it.
func uses(n *node, element string) bool {
	return slices.ContainsFunc(n.Kids, func(kid node) bool {
		return kid.Name == element && (kid.Text != "" || len(kid.Kids) > 0) || uses(&kid, element)
	})
}

// customFieldsKnown: a custom field of everybody's must have been set up in the program.
func (c *Company) customFieldsKnown(n *node) *Status {
	for i := range n.Kids {
		kid := &n.Kids[i]
		if kid.Name == "DataExt" && kid.at("OwnerID") == "0" && !slices.Contains(c.books.Config.CustomFields, kid.at("DataExtName")) {
			return refused(3140, "There is an invalid reference to QuickBooks DataExtDef \"%s\".  QuickBooks error message: Invalid argument.  The specified record does not exist in the list.", kid.at("DataExtName"))
		}
		if status := c.customFieldsKnown(kid); status != nil {
			return status
		}
	}
	return nil
}

// dropTax drops tax elements where sales tax is switched off: they have no effect there (quickbooks.md 3.1).
func (c *Company) dropTax(elements *node) {
	if c.books.Config.SalesTax {
		return
	}
	elements.drop("ItemSalesTaxRef")
	elements.drop("CustomerSalesTaxCodeRef")
	for i := range elements.Kids {
		if strings.HasSuffix(elements.Kids[i].Name, "LineAdd") {
			elements.Kids[i].drop("SalesTaxCodeRef")
		}
	}
}

// orderToInvoice finds the sales order that an invoice is made of.
func (c *Company) orderToInvoice(txnID string, invoice *node) (*txn, *Status) {
	if !listIDForm(txnID) {
		return nil, refused(3000, "The given object ID \"%s\" in the field \"txn id\" is invalid.", txnID)
	}
	order := c.txn(txnID)
	switch {
	case order == nil || order.Kind != "SalesOrder":
		return nil, notFound(txnID)
	case order.customer() != invoice.at("CustomerRef", "ListID"):
		return nil, refused(3210, "The \"LinkToTxnID\" field has an invalid value \"%s\".  QuickBooks error message: The transaction is another customer's.", txnID)
	}
	return order, nil
}

// linesOfOrder are a sales order's lines as an invoice takes them over.
func linesOfOrder(order *txn) []txnLine {
	renamed := func(lines []txnLine) []txnLine {
		all := slices.Clone(lines)
		for i := range all {
			all[i].Elements.Name = strings.Replace(all[i].Elements.Name, "SalesOrder", "Invoice", 1)
		}
		return all
	}
	all := renamed(order.Lines)
	for i := range all {
		if all[i].Members != nil {
			all[i].Members = renamed(all[i].Members)
		}
	}
	return all
}

// sum computes what a form's lines come to.
func (c *Company) sum(t *txn) *Status {
	var taxable Cents
	t.Subtotal = 0
	for _, l := range flat(t.Lines) {
		if l.Subtotal {
			continue
		}
		t.Subtotal += l.Amount
		if l.Taxable {
			taxable += l.Amount
		}
	}
	if c.books.Config.SalesTax {
		t.Tax, t.TaxRate = salesTax(taxable, c.taxMembers(t.Header.at("ItemSalesTaxRef", "ListID")))
	}
	if t.total() > maxCents {
		return refused(3101, "The resulting amount %s of the %s is too large.", t.total(), t.Kind)
	}
	if t.total() < 0 {
		return refused(3210, "The \"Amount\" field has an invalid value \"%s\".  QuickBooks error message: Transaction amount must be positive.", t.total())
	}
	return nil
}

// A filler gives a header what was not sent.
type filler struct{ h *node }

func (f filler) text(element, text string) {
	if f.h.kid(element) == nil && text != "" {
		f.h.Kids = append(f.h.Kids, leaf(element, text))
	}
}

func (f filler) refer(element, listID string) {
	if f.h.kid(element) == nil && listID != "" {
		f.h.Kids = append(f.h.Kids, group(element, leaf("ListID", listID)))
	}
}

// headerDefaults fills in and checks the header of a form of items.
func (c *Company) headerDefaults(t *txn) *Status {
	h, def := &t.Header, filler{&t.Header}
	if status := c.dated(t); status != nil {
		return status
	}
	date := h.at("TxnDate")
	var customer node
	if o := c.byID[h.at("CustomerRef", "ListID")]; o != nil {
		customer = o.Elements
	}
	if t.Kind != "SalesReceipt" {
		def.refer("TermsRef", customer.at("TermsRef", "ListID"))
		def.text("DueDate", c.dueDate(date, h.at("TermsRef", "ListID")))
	}
	def.text("DueDate", date)
	def.text("ShipDate", date)
	if t.Kind == "SalesOrder" {
		def.text("IsManuallyClosed", "false")
	} else {
		def.text("IsPending", "false")
	}
	def.text("IsToBePrinted", "true")
	def.text("IsToBeEmailed", "false")
	if status := c.templated(t); status != nil {
		return status
	}
	if status := c.accounted(t); status != nil {
		return status
	}
	if c.books.Config.SalesTax {
		def.refer("ItemSalesTaxRef", cmp.Or(customer.at("ItemSalesTaxRef", "ListID"), c.named(c.books.Config.TaxItems[0].Name, "ItemSalesTax").ListID))
		def.refer("CustomerSalesTaxCodeRef", cmp.Or(customer.at("SalesTaxCodeRef", "ListID"), c.named("Tax", "SalesTaxCode").ListID))
	}
	return nil
}

// dated gives a transaction its date and number; into a closed period none may come.
func (c *Company) dated(t *txn) *Status {
	def := filler{&t.Header}
	def.text("TxnDate", c.now().Format(time.DateOnly))
	date := t.Header.at("TxnDate")
	if closing := c.books.Config.ClosingDate; closing != "" && date <= closing && t.Kind != "SalesOrder" {
		return refused(3181, "There was an error when saving a %s.  QuickBooks error message: The date %s is on or before the closing date %s of the company. The account period has been closed.", t.Kind, date, closing)
	}
	if t.Kind != "ReceivePayment" && t.Header.kid("RefNumber") == nil {
		def.text("RefNumber", c.nextRefNumber(t.Kind))
	}
	return nil
}

// nextRefNumber is the number QuickBooks gives a form that came without one.
func (c *Company) nextRefNumber(kind string) string {
	highest := int64(0)
	for _, t := range c.books.Txns {
		number := t.Header.at("RefNumber")
		if n, err := parseFixed(number, 0); t.Kind == kind && err == nil && len(number) < 10 {
			highest = max(highest, n)
		}
	}
	return fmt.Sprint(highest + 1)
}

// dueDate is when a form of the terms has to be paid: "" without terms of days.
func (c *Company) dueDate(date, terms string) string {
	o := c.byID[terms]
	day, err := time.Parse(time.DateOnly, date)
	if o == nil || err != nil {
		return ""
	}
	days, _ := parseFixed(o.Elements.at("StdDueDays"), 0) // the seed wrote it; terms by the day of a month have none
	return day.AddDate(0, 0, int(days)).Format(time.DateOnly)
}

// templated: each form has templates of its own.
func (c *Company) templated(t *txn) *Status {
	for _, o := range c.books.Objects {
		if o.Kind == "Template" && o.Elements.at("TemplateType") == t.Kind {
			filler{&t.Header}.refer("TemplateRef", o.ListID)
		}
	}
	if o := c.byID[t.Header.at("TemplateRef", "ListID")]; o != nil && o.Elements.at("TemplateType") != t.Kind {
		return refused(3140, "There is an invalid reference to QuickBooks Template \"%s\" in the %s.  QuickBooks error message: The template is not one for this form.", o.Name, t.Kind)
	}
	return nil
}

// accounted gives a transaction its accounts and its currency, and checks that they are of the right kind.
func (c *Company) accounted(t *txn) *Status {
	if status := c.valued(t); status != nil {
		return status
	}
	def := filler{&t.Header}
	currency := t.Header.at("CurrencyRef", "ListID")
	if slices.Contains([]string{"Invoice", "CreditMemo", "ReceivePayment", "ARRefundCreditCard"}, t.Kind) {
		if receivable := c.receivable(currency); receivable != nil {
			def.refer("ARAccountRef", receivable.ListID)
		}
		if status := c.accountFits(t, "ARAccountRef", "AccountsReceivable"); status != nil {
			return status
		}
	}
	switch t.Kind {
	case "SalesReceipt", "ReceivePayment":
		def.refer("DepositToAccountRef", c.named(AccountUndeposited, "Account").ListID)
		return c.accountFits(t, "DepositToAccountRef", "Bank", "OtherCurrentAsset", "OtherCurrentLiability")
	case "ARRefundCreditCard":
		return c.accountFits(t, "RefundFromAccountRef", "Bank", "CreditCard", "OtherCurrentAsset")
	case "Check":
		return c.accountFits(t, "AccountRef", "Bank")
	}
	return nil
}

// accountFits refuses an account of a type or currency that it may not be of there.
func (c *Company) accountFits(t *txn, element string, types ...string) *Status {
	account := c.byID[t.Header.at(element, "ListID")]
	wrong := func(why string) *Status {
		return refused(3140, "There is an invalid reference to QuickBooks Account \"%s\" in the %s.  QuickBooks error message: %s", c.fullName(account), t.Kind, why)
	}
	switch {
	case account == nil:
		return refused(3150, "There is a missing element: \"%s\".", element)
	case !slices.Contains(types, account.Elements.at("AccountType")) && strings.HasPrefix(element, "Deposit"):
		return wrong("The account type is not valid for a deposit.")
	case !slices.Contains(types, account.Elements.at("AccountType")):
		return wrong("The account type is not valid here.")
	case !c.sameCurrency(account, t.Header.at("CurrencyRef", "ListID"), element):
		return wrong("The account is of another currency than the transaction.")
	}
	return nil
}
