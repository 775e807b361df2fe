package posting

import (
	"errors"
	"fmt"

	"qbridge/qbxml"
)

// Body is the one request of a ListAdd; nil when there is none.
func (a ListAdd) Body() qbxml.Body {
	switch {
	case a.Customer != nil:
		return a.Customer
	case a.CustomerMod != nil:
		return a.CustomerMod
	case a.ItemNonInventory != nil:
		return a.ItemNonInventory
	case a.ItemService != nil:
		return a.ItemService
	case a.ItemOtherCharge != nil:
		return a.ItemOtherCharge
	case a.PaymentMethod != nil:
		return a.PaymentMethod
	case a.ShipMethod != nil:
		return a.ShipMethod
	}
	return nil
}

// references resolves those of a document into ListIDs.
type references struct {
	document Document
	listID   func(row string) (string, bool)
	problem  error
}

// of is the reference that a request has for r; nil for none. A missing one that
// is needed is a problem, and so is a row that is not in QuickBooks yet.
func (f *references) of(what string, r Ref, needed bool) *qbxml.Ref {
	id := r.ListID
	if id == "" && r.Row != "" {
		known := false
		if id, known = f.listID(r.Row); !known {
			f.problem = errors.Join(f.problem, fmt.Errorf("the %s %q of document %s is not in QuickBooks yet", what, r.Name, f.document.RefNumber))
		}
	}
	if id == "" {
		if needed && r.Row == "" {
			f.problem = errors.Join(f.problem, fmt.Errorf("document %s has no %s", f.document.RefNumber, what))
		}
		return nil
	}
	return qbxml.RefID(id)
}

// Body is the request that writes the document. listID tells the ListID that
// QuickBooks gave to the row of a key. It fails when such a row has none yet,
// and when a tax reference is missing on a document with others: nothing is
// left to a default of the file. A document without TaxItem is one for a file
// without sales tax and has no tax references at all (Q28).
func (d Document) Body(listID func(row string) (string, bool)) (qbxml.Body, error) {
	f := &references{document: d, listID: listID}
	var body qbxml.Body
	switch d.Kind {
	case SalesReceipt:
		body = d.receipt(f)
	case Invoice:
		body = d.invoice(f)
	case SalesOrder:
		body = d.salesOrder(f)
	case CreditMemo:
		body = d.creditMemo(f)
	case ReceivePayment:
		body = d.receivePayment(f)
	case ARRefundCreditCard:
		body = d.cardRefund(f)
	case Check:
		body = d.check(f)
	default:
		return nil, fmt.Errorf("document %s is of the kind %q, which nobody can write", d.RefNumber, d.Kind)
	}
	if f.problem != nil {
		return nil, f.problem
	}
	return body, nil
}

// Receipt is Body of a sales receipt.
func (d Document) Receipt(listID func(row string) (string, bool)) (qbxml.SalesReceiptAdd, error) {
	f := &references{document: d, listID: listID}
	receipt := d.receipt(f)
	if f.problem != nil {
		return qbxml.SalesReceiptAdd{}, f.problem
	}
	return receipt, nil
}

func (d Document) taxed() bool { return d.TaxItem != Ref{} }

func (d Document) receipt(f *references) qbxml.SalesReceiptAdd {
	return qbxml.SalesReceiptAdd{
		CustomerRef: f.of("customer", d.Customer, true),
		TxnDate:     qbxml.Date(d.Date), RefNumber: d.RefNumber, Memo: d.Memo,
		BillAddress: d.BillTo.element(), ShipAddress: d.ShipTo.element(),
		ClassRef: f.of("class", d.Class, false), TemplateRef: f.of("template", d.Template, false), SalesRepRef: f.of("sales rep", d.SalesRep, false),
		CustomerMsgRef: f.of("customer message", d.Message, false), Other: d.Other, ExchangeRate: d.ExchangeRate,
		ShipDate:         qbxml.Date(d.ShipDate),
		CheckNumber:      d.CheckNumber,
		PaymentMethodRef: f.of("payment method", d.PaymentMethod, false), ShipMethodRef: f.of("ship method", d.ShipMethod, false),
		DepositToAccountRef: f.of("deposit-to account", d.DepositTo, true),
		ItemSalesTaxRef:     f.of("tax item", d.TaxItem, d.taxed()), CustomerSalesTaxCodeRef: f.of("customer tax code", d.CustomerTax, d.taxed()),
		IsToBePrinted: qbxml.Bool(false), IsToBeEmailed: qbxml.Bool(false), IsPending: qbxml.Bool(d.Pending),
		Lines: d.lines(f),
	}
}

func (d Document) invoice(f *references) qbxml.InvoiceAdd {
	add := qbxml.InvoiceAdd{
		CustomerRef: f.of("customer", d.Customer, true), ARAccountRef: f.of("A/R account", d.Receivable, true),
		TxnDate: qbxml.Date(d.Date), RefNumber: d.RefNumber, Memo: d.Memo,
		BillAddress: d.BillTo.element(), ShipAddress: d.ShipTo.element(),
		ClassRef: f.of("class", d.Class, false), TemplateRef: f.of("template", d.Template, false), SalesRepRef: f.of("sales rep", d.SalesRep, false),
		CustomerMsgRef: f.of("customer message", d.Message, false), Other: d.Other, ExchangeRate: d.ExchangeRate,
		ShipDate: qbxml.Date(d.ShipDate), TermsRef: f.of("terms", d.Terms, false), DueDate: qbxml.Date(d.DueDate), PONumber: d.PONumber,
		ShipMethodRef:   f.of("ship method", d.ShipMethod, false),
		ItemSalesTaxRef: f.of("tax item", d.TaxItem, d.taxed()), CustomerSalesTaxCodeRef: f.of("customer tax code", d.CustomerTax, d.taxed()),
		IsToBePrinted: qbxml.Bool(false), IsToBeEmailed: qbxml.Bool(false), IsPending: qbxml.Bool(d.Pending),
	}
	if d.LinkTo != "" { // QuickBooks takes the lines over
		add.LinkToTxnID = []string{d.LinkTo}
		return add
	}
	add.Lines = d.lines(f)
	return add
}

func (d Document) salesOrder(f *references) qbxml.SalesOrderAdd {
	return qbxml.SalesOrderAdd{
		CustomerRef: f.of("customer", d.Customer, true),
		TxnDate:     qbxml.Date(d.Date), RefNumber: d.RefNumber, Memo: d.Memo,
		BillAddress: d.BillTo.element(), ShipAddress: d.ShipTo.element(),
		ClassRef: f.of("class", d.Class, false), TemplateRef: f.of("template", d.Template, false), SalesRepRef: f.of("sales rep", d.SalesRep, false),
		CustomerMsgRef: f.of("customer message", d.Message, false), Other: d.Other, ExchangeRate: d.ExchangeRate,
		ShipDate: qbxml.Date(d.ShipDate), TermsRef: f.of("terms", d.Terms, false), DueDate: qbxml.Date(d.DueDate), PONumber: d.PONumber,
		ShipMethodRef:   f.of("ship method", d.ShipMethod, false),
		ItemSalesTaxRef: f.of("tax item", d.TaxItem, d.taxed()), CustomerSalesTaxCodeRef: f.of("customer tax code", d.CustomerTax, d.taxed()),
		IsToBePrinted: qbxml.Bool(false), IsToBeEmailed: qbxml.Bool(false),
		Lines: d.lines(f),
	}
}

func (d Document) creditMemo(f *references) qbxml.CreditMemoAdd {
	return qbxml.CreditMemoAdd{
		CustomerRef: f.of("customer", d.Customer, true), ARAccountRef: f.of("A/R account", d.Receivable, true),
		TxnDate: qbxml.Date(d.Date), RefNumber: d.RefNumber, Memo: d.Memo,
		BillAddress: d.BillTo.element(), PONumber: d.PONumber,
		ClassRef: f.of("class", d.Class, false), TemplateRef: f.of("template", d.Template, false), SalesRepRef: f.of("sales rep", d.SalesRep, false),
		CustomerMsgRef: f.of("customer message", d.Message, false), Other: d.Other, ExchangeRate: d.ExchangeRate,
		ItemSalesTaxRef: f.of("tax item", d.TaxItem, d.taxed()), CustomerSalesTaxCodeRef: f.of("customer tax code", d.CustomerTax, d.taxed()),
		IsToBePrinted: qbxml.Bool(false), IsToBeEmailed: qbxml.Bool(false), IsPending: qbxml.Bool(d.Pending),
		Lines: d.lines(f),
	}
}

// lines are those of a form.
func (d Document) lines(f *references) []qbxml.LineAdd {
	all := make([]qbxml.LineAdd, 0, len(d.Lines))
	for i, l := range d.Lines {
		all = append(all, qbxml.LineAdd{
			ItemRef: f.of(fmt.Sprintf("item of line %d", i+1), l.Item, true), Desc: l.Desc,
			Quantity: l.Quantity, Rate: l.Rate, Amount: qbxml.Amount(l.Amount),
			SalesTaxCodeRef: f.of(fmt.Sprintf("tax code of line %d", i+1), l.TaxCode, d.taxed() && l.Part != Tax),
			DataExt:         dataExt(l.Fields),
		})
	}
	return all
}

func (d Document) receivePayment(f *references) qbxml.ReceivePaymentAdd {
	return qbxml.ReceivePaymentAdd{
		CustomerRef: f.of("customer", d.Customer, true), ARAccountRef: f.of("A/R account", d.Receivable, true),
		TxnDate: qbxml.Date(d.Date), RefNumber: d.RefNumber, Memo: d.Memo, TotalAmount: qbxml.Amount(d.Total), ExchangeRate: d.ExchangeRate,
		PaymentMethodRef:    f.of("payment method", d.PaymentMethod, false),
		DepositToAccountRef: f.of("deposit-to account", d.DepositTo, true),
		AppliedToTxnAdd:     []qbxml.AppliedToTxnAdd{{TxnID: f.applied(), PaymentAmount: qbxml.Amount(d.Total)}},
	}
}

func (d Document) cardRefund(f *references) qbxml.ARRefundCreditCardAdd {
	return qbxml.ARRefundCreditCardAdd{
		CustomerRef: f.of("customer", d.Customer, true), ARAccountRef: f.of("A/R account", d.Receivable, true),
		RefundFromAccountRef: f.of("account to refund from", d.RefundFrom, true),
		TxnDate:              qbxml.Date(d.Date), RefNumber: d.RefNumber, Memo: d.Memo, Address: d.BillTo.element(), ExchangeRate: d.ExchangeRate,
		PaymentMethodRef:      f.of("payment method", d.PaymentMethod, false),
		RefundAppliedToTxnAdd: []qbxml.RefundAppliedToTxnAdd{{TxnID: f.applied(), RefundAmount: qbxml.Amount(d.Total)}},
	}
}

// check is a cheque that takes the amount from A/R in the customer's name and
// uses up the credit memo (quickbooks.md 2.1); or one that pays a fee.
func (d Document) check(f *references) qbxml.CheckAdd {
	if d.Purpose == FeePurpose {
		return qbxml.CheckAdd{
			AccountRef: f.of("account of the payment", d.RefundFrom, true), PayeeEntityRef: f.of("payee", d.Customer, false),
			TxnDate: qbxml.Date(d.Date), RefNumber: d.RefNumber, Memo: d.Memo, IsToBePrinted: qbxml.Bool(false), ExchangeRate: d.ExchangeRate,
			ExpenseLineAdd: []qbxml.ExpenseLineAdd{{AccountRef: f.of("account of fees", d.FeeAccount, true), Amount: qbxml.Amount(d.Total), ClassRef: f.of("class", d.Class, false)}},
		}
	}
	customer := f.of("customer", d.Customer, true)
	return qbxml.CheckAdd{
		AccountRef: f.of("account to refund from", d.RefundFrom, true), PayeeEntityRef: customer,
		TxnDate: qbxml.Date(d.Date), RefNumber: d.RefNumber, Memo: d.Memo, Address: d.BillTo.element(), IsToBePrinted: qbxml.Bool(false), ExchangeRate: d.ExchangeRate,
		ApplyCheckToTxnAdd: []qbxml.ApplyCheckToTxnAdd{{TxnID: f.applied(), Amount: qbxml.Amount(d.Total)}},
		ExpenseLineAdd:     []qbxml.ExpenseLineAdd{{AccountRef: f.of("A/R account", d.Receivable, true), Amount: qbxml.Amount(d.Total), CustomerRef: customer, ClassRef: f.of("class", d.Class, false)}},
	}
}

// applied is the document that a payment or refund is for.
func (f *references) applied() string {
	if f.document.AppliedTo == "" {
		f.problem = errors.Join(f.problem, fmt.Errorf("document %s is for no other document", f.document.RefNumber))
	}
	return f.document.AppliedTo
}

// Resolved is the document with its references by ListID, as far as listID
// knows the rows: for Posted.Form.
func (d Document) Resolved(listID func(row string) (string, bool)) Document {
	by := func(r Ref) Ref {
		if id, ok := listID(r.Row); r.ListID == "" && r.Row != "" && ok {
			return Ref{ListID: id, Name: r.Name}
		}
		return r
	}
	d.Customer, d.PaymentMethod = by(d.Customer), by(d.PaymentMethod)
	lines := make([]Line, len(d.Lines))
	for i, l := range d.Lines {
		lines[i] = l
		lines[i].Item = by(l.Item)
	}
	d.Lines = lines
	return d
}
