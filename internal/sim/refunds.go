package sim

// addCardRefund does an ARRefundCreditCardAdd.
func (c *Company) addCardRefund(elements node) (*txn, *Status) {
	return c.addRefund("ARRefundCreditCard", "RefundAppliedToTxnAdd", "RefundAmount", elements)
}

// addCheck does a CheckAdd as the refund of a credit memo: from a bank account, against Accounts Receivable.
func (c *Company) addCheck(elements node) (*txn, *Status) {
	return c.addRefund("Check", "ApplyCheckToTxnAdd", "Amount", elements)
}

// addRefund gives the money of credits back: each is named in an element with an amount.
func (c *Company) addRefund(kind, applies, amountAt string, elements node) (*txn, *Status) {
	if status := c.featuresOn(kind, &elements); status != nil {
		return nil, status
	}
	if status := c.settle(&elements, "", kind); status != nil {
		return nil, status
	}
	t := &txn{Kind: kind, Header: group(kind + "Ret")}
	var links []link
	for _, kid := range elements.Kids {
		switch kid.Name {
		case applies:
			links = append(links, link{From: kid.at("TxnID"), Amount: cents(kid.at(amountAt))})
			if kid.kid(amountAt) == nil {
				links[len(links)-1].Amount = -1 // all that it has left
			}
		case "ExpenseLineAdd":
			t.Lines = append(t.Lines, txnLine{Elements: group("ExpenseLineRet", kid.Kids...), Amount: cents(kid.at("Amount"))})
			t.Lines[len(t.Lines)-1].Elements.drop("Amount")
		case "ItemLineAdd", "ItemGroupLineAdd":
			return nil, refused(1030, "The pretend company does not do items on cheques.")
		default:
			t.Header.Kids = append(t.Header.Kids, kid)
		}
	}
	if status := c.dated(t); status != nil {
		return nil, status
	}
	if status := c.accounted(t); status != nil {
		return nil, status
	}
	if status := c.refundable(t, links); status != nil {
		return nil, status
	}
	if kind == "Check" {
		filler{&t.Header}.text("IsToBePrinted", "false")
		if status := c.cheque(t); status != nil {
			return nil, status
		}
	}
	c.file(t)
	for i := range links {
		links[i].To = t.TxnID
	}
	c.apply(links)
	return t, nil
}

// refundable checks the credits that a refund is taken from and adds up what they give: none more than it has left.
func (c *Company) refundable(t *txn, links []link) *Status {
	used := map[string]Cents{}
	for i := range links {
		l := &links[i]
		if !listIDForm(l.From) {
			return refused(3000, "The given object ID \"%s\" in the field \"txn id\" is invalid.", l.From)
		}
		from, why := c.txn(l.From), ""
		switch {
		case from == nil || from.Kind != "CreditMemo" && from.Kind != "ReceivePayment":
			return notFound(l.From)
		case from.customer() != t.customer():
			why = "The credit is another customer's."
		case from.pending():
			why = "The credit is pending."
		case t.Kind != "Check" && from.Header.at("ARAccountRef", "ListID") != t.Header.at("ARAccountRef", "ListID"):
			why = "The credit is of another Accounts Receivable account."
		}
		if why != "" {
			return refused(3210, "The \"txn id\" field has an invalid value \"%s\".  QuickBooks error message: %s", l.From, why)
		}
		left := c.left(from) - used[l.From]
		if l.Amount == -1 {
			l.Amount = left
		}
		if l.Amount <= 0 || l.Amount > left {
			return tooMuch("refund amount", l.Amount, "You cannot refund more than the credit has left.")
		}
		used[l.From] += l.Amount
		t.Subtotal += l.Amount
	}
	return nil
}

// cheque adds up a cheque's expense lines: what it refunds must come from Accounts Receivable in the customer's name.
func (c *Company) cheque(t *txn) *Status {
	refunded := t.Subtotal
	var receivable Cents
	t.Subtotal = 0
	for _, l := range t.Lines {
		t.Subtotal += l.Amount
		account := c.byID[l.Elements.at("AccountRef", "ListID")]
		if account == nil {
			return refused(3150, "There is a missing element: \"AccountRef\".")
		}
		if account.Elements.at("AccountType") == "AccountsReceivable" {
			if l.Elements.at("CustomerRef", "ListID") != t.customer() {
				return refused(3180, "There was an error when saving a Check.  QuickBooks error message: To use Accounts Receivable, you must enter a customer name in the Customer:Job column.")
			}
			receivable += l.Amount
		}
	}
	if t.Subtotal < 0 {
		return tooMuch("Amount", t.Subtotal, "Transaction amount must be positive.")
	}
	if refunded > receivable {
		return tooMuch("ApplyCheckToTxnAdd amount", refunded, "You cannot apply more than the cheque takes from Accounts Receivable.")
	}
	return nil
}
