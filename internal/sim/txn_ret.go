package sim

import (
	"fmt"
	"slices"
	"strings"
)

// An extent says how much of a transaction is told.
type extent struct{ lines, linked bool }

// extentOf is what a query asks for.
func extentOf(request node) extent {
	is := func(element string) bool { return slices.Contains([]string{"true", "1"}, request.at(element)) }
	return extent{is("IncludeLineItems"), is("IncludeLinkedTxns")}
}

// txnOrder gives the order of the elements in which QuickBooks answers a transaction of a kind, but for lines and links.
func txnOrder(kind string) []string {
	core := "TxnID TimeCreated TimeModified EditSequence TxnNumber "
	address := "BillAddress BillAddressBlock ShipAddress ShipAddressBlock "
	tax := "Subtotal ItemSalesTaxRef SalesTaxPercentage SalesTaxTotal "
	tail := "CustomerMsgRef IsToBePrinted IsToBeEmailed CustomerSalesTaxCodeRef DepositToAccountRef Other ExternalGUID"
	money := "CurrencyRef ExchangeRate TotalAmountInHomeCurrency "
	ship := "SalesRepRef FOB ShipDate ShipMethodRef "
	return strings.Fields(core + map[string]string{
		"SalesReceipt": "CustomerRef ClassRef TemplateRef TxnDate RefNumber " + address + "IsPending CheckNumber PaymentMethodRef DueDate SalesRepRef ShipDate ShipMethodRef FOB " + tax + "TotalAmount " + money + "Memo " + tail,
		"Invoice": "CustomerRef ClassRef ARAccountRef TemplateRef TxnDate RefNumber " + address + "IsPending IsFinanceCharge PONumber TermsRef DueDate " + ship + tax +
			"AppliedAmount BalanceRemaining CurrencyRef ExchangeRate BalanceRemainingInHomeCurrency Memo IsPaid " + tail,
		"SalesOrder": "CustomerRef ClassRef TemplateRef TxnDate RefNumber " + address + "PONumber TermsRef DueDate " + ship + tax + "TotalAmount " + money + "IsManuallyClosed IsFullyInvoiced Memo " + tail,
		"CreditMemo": "CustomerRef ClassRef ARAccountRef TemplateRef TxnDate RefNumber " + address + "IsPending PONumber TermsRef DueDate " + ship + tax +
			"TotalAmount CreditRemaining CurrencyRef ExchangeRate CreditRemainingInHomeCurrency Memo " + tail,
		"ReceivePayment":     "CustomerRef ARAccountRef TxnDate RefNumber TotalAmount " + money + "PaymentMethodRef Memo DepositToAccountRef UnusedPayment UnusedCredits ExternalGUID",
		"ARRefundCreditCard": "CustomerRef RefundFromAccountRef ARAccountRef TxnDate RefNumber TotalAmount " + money + "Address AddressBlock PaymentMethodRef Memo ExternalGUID",
		"Check":              "AccountRef PayeeEntityRef RefNumber TxnDate Amount CurrencyRef ExchangeRate AmountInHomeCurrency Memo Address AddressBlock IsToBePrinted ExternalGUID",
	}[kind])
}

// txnRet makes the …Ret of a transaction.
func (c *Company) txnRet(t *txn, told extent) node {
	ret := t.Header
	ret.Kids = slices.Concat([]node{leaf("TxnID", t.TxnID), leaf("TimeCreated", stamp(t.Created)), leaf("TimeModified", stamp(t.Modified)), leaf("EditSequence", fmt.Sprint(t.EditSeq)), leaf("TxnNumber", fmt.Sprint(t.Number))},
		c.amountRets(t), t.Header.Kids)
	for _, name := range []string{"BillAddress", "ShipAddress", "Address"} {
		if address := ret.kid(name); address != nil {
			*address = shortened(*address)
			ret.Kids = append(ret.Kids, addressBlock(*address))
		}
	}
	if c.books.Config.SalesTax && slices.Contains(itemForms(), t.Kind) {
		ret.Kids = append(ret.Kids, leaf("SalesTaxPercentage", trimFixed(t.TaxRate, fiveDecimals)), leaf("SalesTaxTotal", t.Tax.String()))
	}
	ret = c.ordered(ret, txnOrder(t.Kind))
	switch t.Kind {
	case "Invoice", "SalesOrder", "CreditMemo", "Check":
		if told.linked {
			ret.Kids = append(ret.Kids, c.linkedTxns(t)...)
		}
	case "ReceivePayment", "ARRefundCreditCard":
		if told.lines {
			ret.Kids = append(ret.Kids, c.appliedRets(t)...)
		}
	}
	if told.lines {
		for _, l := range t.Lines {
			ret.Kids = append(ret.Kids, c.lineRet(t.Kind, l))
		}
	}
	return ret
}

// amountRets are the sums that a form of the kind shows; ordered drops what it doesn't.
func (c *Company) amountRets(t *txn) []node {
	left := c.left(t)
	all := []node{leaf("Subtotal", t.Subtotal.String()), leaf("TotalAmount", t.total().String()), leaf("Amount", t.total().String()), leaf("AppliedAmount", (left - t.total()).String()), leaf("BalanceRemaining", left.String()),
		leaf("IsPaid", yes(left == 0 && !t.pending())), leaf("CreditRemaining", left.String()), leaf("UnusedPayment", left.String()), leaf("UnusedCredits", "0.00"), leaf("IsFullyInvoiced", yes(t.Closed))}
	if t.Header.kid("ExchangeRate") != nil {
		all = append(all, leaf("TotalAmountInHomeCurrency", t.inHome(t.total()).String()), leaf("AmountInHomeCurrency", t.inHome(t.total()).String()), leaf("BalanceRemainingInHomeCurrency", t.inHome(left).String()),
			leaf("CreditRemainingInHomeCurrency", t.inHome(left).String()))
	}
	return all
}

// linkedTxns are the LinkedTxns of a form: what it was paid or used with. An amount that lowers its balance is negative.
func (c *Company) linkedTxns(t *txn) (all []node) {
	for _, l := range c.books.Links {
		other := l.To
		if l.To == t.TxnID {
			other = l.From
		} else if l.From != t.TxnID {
			continue
		}
		o := c.txn(other)
		n := group("LinkedTxn", leaf("TxnID", o.TxnID), leaf("TxnType", o.Kind), leaf("TxnDate", o.Header.at("TxnDate")))
		if number := o.Header.at("RefNumber"); number != "" {
			n.Kids = append(n.Kids, leaf("RefNumber", number))
		}
		amount := -l.Amount - l.Discount
		if t.Kind == "Check" || o.Kind == "SalesOrder" || t.Kind == "SalesOrder" {
			amount = l.Amount
		}
		n.Kids = append(n.Kids, leaf("LinkType", "AMTTYPE"), leaf("Amount", amount.String()))
		all = append(all, n)
	}
	return all
}

// appliedRets are what a payment paid, or of which credits a refund was taken.
func (c *Company) appliedRets(t *txn) (all []node) {
	for _, l := range c.books.Links {
		var n node
		switch {
		case t.Kind == "ReceivePayment" && l.From == t.TxnID:
			o := c.txn(l.To)
			n = group("AppliedToTxnRet", leaf("TxnID", o.TxnID), leaf("TxnType", o.Kind), leaf("TxnDate", o.Header.at("TxnDate")), leaf("RefNumber", o.Header.at("RefNumber")), leaf("BalanceRemaining", c.left(o).String()), leaf("Amount", l.Amount.String()))
			if l.Discount != 0 {
				n.Kids = append(n.Kids, leaf("DiscountAmount", l.Discount.String()))
			}
		case t.Kind == "ARRefundCreditCard" && l.To == t.TxnID:
			o := c.txn(l.From)
			n = group("RefundAppliedToTxnRet", leaf("TxnID", o.TxnID), leaf("TxnType", o.Kind), leaf("TxnDate", o.Header.at("TxnDate")), leaf("RefNumber", o.Header.at("RefNumber")), leaf("CreditRemaining", c.left(o).String()), leaf("RefundAmount", l.Amount.String()))
		default:
			continue
		}
		all = append(all, n)
	}
	return all
}

func (c *Company) lineRet(form string, l txnLine) node {
	ret := l.Elements
	ret.Kids = slices.Concat([]node{leaf("TxnLineID", l.TxnLineID)}, l.Elements.Kids)
	if l.Members != nil {
		ret.Kids = append(ret.Kids, leaf("IsPrintItemsInGroup", "false"), leaf("TotalAmount", l.Amount.String()))
		ret = c.ordered(ret, strings.Fields("TxnLineID ItemGroupRef Desc Quantity UnitOfMeasure IsPrintItemsInGroup TotalAmount"))
		for _, m := range l.Members {
			ret.Kids = append(ret.Kids, c.lineRet(form, m))
		}
		return ret
	}
	if l.Elements.kid("ItemRef") != nil || form == "Check" {
		ret.Kids = append(ret.Kids, leaf("Amount", l.Amount.String()))
	}
	if form == "Check" {
		return c.ordered(ret, strings.Fields("TxnLineID AccountRef Amount Memo CustomerRef ClassRef"))
	}
	for i := range ret.Kids {
		if ret.Kids[i].Name == "DataExt" {
			d := ret.Kids[i]
			ret.Kids[i] = group("DataExtRet", leaf("OwnerID", d.at("OwnerID")), leaf("DataExtName", d.at("DataExtName")), leaf("DataExtType", "STR255TYPE"), leaf("DataExtValue", d.at("DataExtValue")))
		}
	}
	return c.ordered(ret, strings.Fields("TxnLineID ItemRef Desc Quantity UnitOfMeasure Rate ClassRef Amount ServiceDate SalesTaxCodeRef Other1 Other2 DataExtRet"))
}

// transactionRet makes the TransactionRet of a transaction.
func (c *Company) transactionRet(t *txn) node {
	ret := group("TransactionRet", leaf("TxnType", t.Kind), leaf("TxnID", t.TxnID), leaf("TimeCreated", stamp(t.Created)), leaf("TimeModified", stamp(t.Modified)), leaf("Amount", t.total().String()))
	for _, kid := range t.Header.Kids {
		switch kid.Name {
		case "CustomerRef", "PayeeEntityRef":
			kid.Name = "EntityRef"
		case moneyAt(t.Kind):
			kid.Name = "AccountRef"
		}
		ret.Kids = append(ret.Kids, kid)
	}
	return c.ordered(ret, strings.Fields("TxnType TxnID TimeCreated TimeModified EntityRef AccountRef TxnDate RefNumber Amount CurrencyRef ExchangeRate Memo"))
}
