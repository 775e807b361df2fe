package qbxml

import "github.com/shopspring/decimal"

// ReceivePaymentAdd records money received for invoices of a customer or job. It asks for exactly one
// of IsAutoApply and AppliedToTxnAdd; IsAutoApply false leaves the payment unapplied. A payment above
// what an invoice has open gives 3210. RefNumber: at most 20 characters.
type ReceivePaymentAdd struct {
	CustomerRef         *Ref              `json:",omitempty"` // the customer or job of the invoices
	ARAccountRef        *Ref              `json:",omitempty"` // the one of the invoices
	TxnDate             Date              `json:",omitempty"`
	RefNumber           string            `json:",omitempty"`
	TotalAmount         *decimal.Decimal  `json:",omitempty"`
	ExchangeRate        *decimal.Decimal  `json:",omitempty"` // home units per foreign unit; only in a foreign currency
	PaymentMethodRef    *Ref              `json:",omitempty"`
	Memo                string            `json:",omitempty"`
	DepositToAccountRef *Ref              `json:",omitempty"`
	ExternalGUID        string            `json:",omitempty"` // {8-4-4-4-12}
	IsAutoApply         *bool             `json:",omitempty"`
	AppliedToTxnAdd     []AppliedToTxnAdd `json:",omitempty"`
}

// AppliedToTxnAdd applies a payment, and credits, to one invoice.
type AppliedToTxnAdd struct {
	TxnID              string           // of the invoice
	PaymentAmount      *decimal.Decimal `json:",omitempty"`
	SetCredit          []SetCredit      `json:",omitempty"`
	DiscountAmount     *decimal.Decimal `json:",omitempty"`
	DiscountAccountRef *Ref             `json:",omitempty"`
	DiscountClassRef   *Ref             `json:",omitempty"`
}

// ReceivePaymentQuery finds payments by TxnID, by RefNumber, or by the filters that follow. What they
// were applied to comes only with IncludeLineItems.
type ReceivePaymentQuery SalesReceiptQuery

// ReceivePaymentRet is a payment. A nil amount was not in the answer; it is not zero.
type ReceivePaymentRet struct {
	TxnID                     string
	TimeCreated               DateTime
	TimeModified              DateTime
	EditSequence              string
	TxnNumber                 int
	CustomerRef               *Ref
	ARAccountRef              *Ref
	TxnDate                   Date
	RefNumber                 string
	TotalAmount               *decimal.Decimal
	CurrencyRef               *Ref
	ExchangeRate              *decimal.Decimal
	TotalAmountInHomeCurrency *decimal.Decimal
	PaymentMethodRef          *Ref
	Memo                      string
	DepositToAccountRef       *Ref
	UnusedPayment             *decimal.Decimal // not applied to an invoice
	UnusedCredits             *decimal.Decimal
	ExternalGUID              string
	AppliedToTxnRet           []AppliedToTxnRet // only when asked for, or after an Add
	DataExt                   []DataExtRet      `qbxml:"DataExtRet"`
}

// AppliedToTxnRet is an invoice to which a payment was applied.
type AppliedToTxnRet struct {
	TxnID              string
	TxnType            string
	TxnDate            Date
	RefNumber          string
	BalanceRemaining   *decimal.Decimal // of the invoice, now
	Amount             *decimal.Decimal
	DiscountAmount     *decimal.Decimal
	DiscountAccountRef *Ref
	LinkedTxn          []LinkedTxn // other payments and credits of the invoice
}
