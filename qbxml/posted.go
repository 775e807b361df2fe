package qbxml

import "github.com/shopspring/decimal"

// Posted is what the answers to all kinds of transactions that this package writes have in common.
type Posted struct {
	Kind         string // SalesReceipt, Invoice, ReceivePayment, SalesOrder, CreditMemo, ARRefundCreditCard, Check; as in TxnDel
	TxnID        string
	EditSequence string
	TimeModified DateTime
	TxnDate      Date
	RefNumber    string
	Memo         string
	CustomerRef  *Ref
	IsPending    bool             // QuickBooks' own draft: not in the books
	Total        *decimal.Decimal // nil when the answer doesn't tell; it is not zero then
	DepositTo    *Ref             // the account that a sales receipt's or payment's money went into
}

// PostedOf is the common part of a …Ret, and whether that is one of such a transaction.
func PostedOf(ret any) (Posted, bool) {
	switch r := ret.(type) {
	case *SalesReceiptRet:
		return Posted{"SalesReceipt", r.TxnID, r.EditSequence, r.TimeModified, r.TxnDate, r.RefNumber, r.Memo, r.CustomerRef, r.IsPending, r.TotalAmount, r.DepositToAccountRef}, true
	case *InvoiceRet:
		return Posted{"Invoice", r.TxnID, r.EditSequence, r.TimeModified, r.TxnDate, r.RefNumber, r.Memo, r.CustomerRef, r.IsPending, r.total(), nil}, true
	case *SalesOrderRet:
		return Posted{"SalesOrder", r.TxnID, r.EditSequence, r.TimeModified, r.TxnDate, r.RefNumber, r.Memo, r.CustomerRef, false, r.TotalAmount, nil}, true
	case *CreditMemoRet:
		return Posted{"CreditMemo", r.TxnID, r.EditSequence, r.TimeModified, r.TxnDate, r.RefNumber, r.Memo, r.CustomerRef, r.IsPending, r.TotalAmount, nil}, true
	case *ReceivePaymentRet:
		return Posted{"ReceivePayment", r.TxnID, r.EditSequence, r.TimeModified, r.TxnDate, r.RefNumber, r.Memo, r.CustomerRef, false, r.TotalAmount, r.DepositToAccountRef}, true
	case *ARRefundCreditCardRet:
		return Posted{"ARRefundCreditCard", r.TxnID, r.EditSequence, r.TimeModified, r.TxnDate, r.RefNumber, r.Memo, r.CustomerRef, false, r.TotalAmount, nil}, true
	case *CheckRet:
		return Posted{"Check", r.TxnID, r.EditSequence, r.TimeModified, r.TxnDate, r.RefNumber, r.Memo, r.PayeeEntityRef, false, r.Amount, nil}, true
	}
	return Posted{}, false
}

// total is what an invoice comes to, which its answer tells in parts only: open and paid (negative),
// or goods and tax. One part alone proves nothing.
func (r *InvoiceRet) total() *decimal.Decimal {
	switch {
	case r.BalanceRemaining != nil && r.AppliedAmount != nil:
		return Amount(r.BalanceRemaining.Sub(*r.AppliedAmount))
	case r.Subtotal != nil && r.SalesTaxTotal != nil:
		return Amount(r.Subtotal.Add(*r.SalesTaxTotal))
	}
	return nil
}
