package sim

// addPayment does a ReceivePaymentAdd.
func (c *Company) addPayment(elements node) (*txn, *Status) {
	if status := c.featuresOn("ReceivePayment", &elements); status != nil {
		return nil, status
	}
	if status := c.settle(&elements, "", "ReceivePayment"); status != nil {
		return nil, status
	}
	t := &txn{Kind: "ReceivePayment", Header: group("ReceivePaymentRet")}
	var applied []node
	auto := ""
	for _, kid := range elements.Kids {
		switch kid.Name {
		case "AppliedToTxnAdd":
			applied = append(applied, kid)
		case "IsAutoApply":
			auto = kid.Text
		case "TotalAmount":
			t.Subtotal = cents(kid.Text)
		default:
			t.Header.Kids = append(t.Header.Kids, kid)
		}
	}
	if elements.kid("TotalAmount") == nil {
		return nil, refused(3150, "There is a missing element: \"TotalAmount\".")
	}
	if t.Subtotal < 0 {
		return nil, tooMuch("total amount", t.Subtotal, "Transaction amount must be positive.")
	}
	if status := c.dated(t); status != nil {
		return nil, status
	}
	if status := c.accounted(t); status != nil {
		return nil, status
	}
	links, status := c.paid(t, applied)
	if status != nil {
		return nil, status
	}
	if auto == "true" || auto == "1" {
		links = c.oldestFirst(t)
	}
	c.file(t)
	for i := range links {
		if links[i].From == "" {
			links[i].From = t.TxnID
		}
	}
	c.apply(links)
	return t, nil
}

// cents reads an amount whose form has been checked.
func cents(text string) Cents {
	n, _ := parseFixed(text, 2)
	return Cents(n)
}

// tooMuch is the refusal of an amount, with the words QuickBooks was seen to use of a payment.
func tooMuch(field string, amount Cents, why string) *Status {
	return refused(3210, "The \"%s\" field has an invalid value \"%s\".  QuickBooks error message: %s", field, amount, why)
}

// paid are the links of a payment with its invoices, and of credits with them. A payment is never more than an invoice has open
// (Q31).
func (c *Company) paid(t *txn, applied []node) (links []link, status *Status) {
	var sum Cents
	for _, a := range applied {
		invoice, status := c.openInvoice(t, a.at("TxnID"))
		if status != nil {
			return nil, status
		}
		pays := link{To: invoice.TxnID, Amount: cents(a.at("PaymentAmount")), Discount: cents(a.at("DiscountAmount"))}
		open := c.left(invoice)
		for _, l := range links {
			if l.To == invoice.TxnID {
				open -= l.Amount + l.Discount
			}
		}
		switch {
		case pays.Amount < 0 || pays.Discount < 0:
			return nil, tooMuch("AppliedToTxnAdd payment amount", min(pays.Amount, pays.Discount), "Transaction amount must be positive.")
		case pays.Discount > 0 && a.at("DiscountAccountRef", "ListID") == "":
			return nil, refused(3150, "There is a missing element: \"DiscountAccountRef\".")
		case pays.Amount+pays.Discount > open:
			return nil, tooMuch("AppliedToTxnAdd payment amount", pays.Amount, "You cannot pay more than the amount due.")
		}
		open -= pays.Amount + pays.Discount
		links, sum = append(links, pays), sum+pays.Amount
		for _, kid := range a.Kids {
			if kid.Name != "SetCredit" {
				continue
			}
			credit := creditOf(kid)
			if credit.To = invoice.TxnID; credit.Amount > open {
				return nil, tooMuch("AppliedToTxnAdd applied amount", credit.Amount, "You cannot pay more than the amount due.")
			}
			open -= credit.Amount
			links = append(links, credit)
		}
	}
	if sum > t.Subtotal {
		return nil, tooMuch("AppliedToTxnAdd payment amount", sum, "You cannot apply more than the payment's total amount.")
	}
	return links, c.creditsSuffice(t, links)
}

// openInvoice finds an invoice that a payment may be applied to.
func (c *Company) openInvoice(t *txn, txnID string) (*txn, *Status) {
	if !listIDForm(txnID) {
		return nil, refused(3000, "The given object ID \"%s\" in the field \"txn id\" is invalid.", txnID)
	}
	invoice := c.txn(txnID)
	why := ""
	switch {
	case invoice == nil || invoice.Kind != "Invoice":
		return nil, notFound(txnID)
	case invoice.customer() != t.customer():
		why = "The transaction is another customer's."
	case invoice.Header.at("ARAccountRef", "ListID") != t.Header.at("ARAccountRef", "ListID"):
		why = "The transaction is of another Accounts Receivable account."
	case invoice.pending():
		why = "The transaction is pending."
	default:
		return invoice, nil
	}
	return nil, refused(3210, "The \"AppliedToTxnAdd txn id\" field has an invalid value \"%s\".  QuickBooks error message: %s", txnID, why)
}

// oldestFirst applies a payment by itself, to the customer's open invoices in their order.
func (c *Company) oldestFirst(t *txn) (links []link) {
	rest := t.Subtotal
	for _, invoice := range c.books.Txns {
		if invoice.Kind != "Invoice" || rest == 0 {
			continue
		}
		if _, status := c.openInvoice(t, invoice.TxnID); status != nil {
			continue
		}
		if amount := min(rest, c.left(invoice)); amount > 0 {
			links, rest = append(links, link{To: invoice.TxnID, Amount: amount}), rest-amount
		}
	}
	return links
}

// creditOf reads a SetCredit.
func creditOf(n node) link {
	return link{From: n.at("CreditTxnID"), Amount: cents(n.at("AppliedAmount"))}
}

// creditsSuffice: no credit memo or payment is used for more than it has left, nor for an invoice of another customer, nor for
// more than the form itself comes to.
func (c *Company) creditsSuffice(t *txn, links []link) *Status {
	used := map[string]Cents{}
	var own Cents
	for _, l := range links {
		if l.From == "" { // the form's own money
			continue
		}
		if !listIDForm(l.From) {
			return refused(3000, "The given object ID \"%s\" in the field \"credit txn id\" is invalid.", l.From)
		}
		from := c.txn(l.From)
		switch {
		case from == nil:
			return notFound(l.From)
		case from.Kind == "SalesOrder":
			continue
		case from.Kind != "CreditMemo" && from.Kind != "ReceivePayment" || from.customer() != t.customer() || from.pending():
			return refused(3210, "The \"SetCredit credit txn id\" field has an invalid value \"%s\".  QuickBooks error message: It is no credit of the customer.", l.From)
		}
		if used[l.From] += l.Amount; l.Amount < 0 || used[l.From] > c.left(from) {
			return tooMuch("SetCredit applied amount", l.Amount, "You cannot use more than the credit has left.")
		}
		if l.To == "" {
			own += l.Amount
		}
	}
	if t.Kind == "Invoice" && own > t.total() {
		return tooMuch("SetCredit applied amount", own, "You cannot use more credit than the amount due.")
	}
	return nil
}
