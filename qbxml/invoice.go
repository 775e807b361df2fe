package qbxml

import "github.com/shopspring/decimal"

// InvoiceAdd records a sale that is paid later, by a ReceivePaymentAdd. QuickBooks computes tax and
// total itself. RefNumber: at most 11 characters, and not unique in QuickBooks. With LinkToTxnID the
// lines of sales orders are taken over, and lines of one's own are not needed.
type InvoiceAdd struct {
	CustomerRef             *Ref             `json:",omitempty"`
	ClassRef                *Ref             `json:",omitempty"`
	ARAccountRef            *Ref             `json:",omitempty"` // in the customer's currency; empty: the file's default
	TemplateRef             *Ref             `json:",omitempty"`
	TxnDate                 Date             `json:",omitempty"`
	RefNumber               string           `json:",omitempty"`
	BillAddress             *Address         `json:",omitempty"`
	ShipAddress             *Address         `json:",omitempty"`
	IsPending               *bool            `json:",omitempty"`
	IsFinanceCharge         *bool            `json:",omitempty"`
	PONumber                string           `json:",omitempty"`
	TermsRef                *Ref             `json:",omitempty"`
	DueDate                 Date             `json:",omitempty"`
	SalesRepRef             *Ref             `json:",omitempty"`
	FOB                     string           `json:",omitempty"`
	ShipDate                Date             `json:",omitempty"`
	ShipMethodRef           *Ref             `json:",omitempty"`
	ItemSalesTaxRef         *Ref             `json:",omitempty"`
	Memo                    string           `json:",omitempty"`
	CustomerMsgRef          *Ref             `json:",omitempty"`
	IsToBePrinted           *bool            `json:",omitempty"`
	IsToBeEmailed           *bool            `json:",omitempty"`
	IsTaxIncluded           *bool            `json:",omitempty"` // not in the US edition
	CustomerSalesTaxCodeRef *Ref             `json:",omitempty"`
	Other                   string           `json:",omitempty"`
	ExchangeRate            *decimal.Decimal `json:",omitempty"` // home units per foreign unit; only in a foreign currency
	ExternalGUID            string           `json:",omitempty"` // {8-4-4-4-12}
	LinkToTxnID             []string         `json:",omitempty"` // sales orders that become this invoice
	SetCredit               []SetCredit      `json:",omitempty"` // from qbXML 10.0 on
	Lines                   []LineAdd        `json:",omitempty" qbxml:"InvoiceLineAdd|InvoiceLineGroupAdd"`
}

// SetCredit uses up part of a credit memo, or of a payment not applied yet.
type SetCredit struct {
	CreditTxnID   string
	AppliedAmount *decimal.Decimal
	Override      *bool `json:",omitempty"`
}

// InvoiceQuery finds invoices by TxnID, by RefNumber, or by the filters that follow. Lines come only
// with IncludeLineItems, payments and credits only with IncludeLinkedTxns.
type InvoiceQuery struct {
	TxnID                   []string                 `json:",omitempty"`
	RefNumber               []string                 `json:",omitempty"` // compared without case
	RefNumberCaseSensitive  []string                 `json:",omitempty"`
	MaxReturned             int                      `json:",omitempty"`
	ModifiedDateRangeFilter *ModifiedDateRangeFilter `json:",omitempty"`
	TxnDateRangeFilter      *TxnDateRangeFilter      `json:",omitempty"`
	EntityFilter            *ListFilter              `json:",omitempty"`
	AccountFilter           *ListFilter              `json:",omitempty"`
	RefNumberFilter         *RefNumberFilter         `json:",omitempty"`
	RefNumberRangeFilter    *RefNumberRangeFilter    `json:",omitempty"`
	CurrencyFilter          *ListFilter              `json:",omitempty"`
	PaidStatus              string                   `json:",omitempty"` // All, PaidOnly, NotPaidOnly
	IncludeLineItems        *bool                    `json:",omitempty"`
	IncludeLinkedTxns       *bool                    `json:",omitempty"`
	IncludeRetElement       []string                 `json:",omitempty"`
	OwnerID                 []string                 `json:",omitempty"`
}

// InvoiceRet is an invoice. A nil amount was not in the answer; it is not zero. It has no total of
// its own: see Posted.
type InvoiceRet struct {
	TxnID                          string
	TimeCreated                    DateTime
	TimeModified                   DateTime
	EditSequence                   string
	TxnNumber                      int
	CustomerRef                    *Ref
	ClassRef                       *Ref
	ARAccountRef                   *Ref
	TemplateRef                    *Ref
	TxnDate                        Date
	RefNumber                      string
	BillAddress                    *Address
	ShipAddress                    *Address
	IsPending                      bool
	PONumber                       string
	TermsRef                       *Ref
	DueDate                        Date
	SalesRepRef                    *Ref
	FOB                            string
	ShipDate                       Date
	ShipMethodRef                  *Ref
	Subtotal                       *decimal.Decimal
	ItemSalesTaxRef                *Ref
	SalesTaxPercentage             *decimal.Decimal
	SalesTaxTotal                  *decimal.Decimal
	AppliedAmount                  *decimal.Decimal // payments and credits: zero or negative
	BalanceRemaining               *decimal.Decimal
	CurrencyRef                    *Ref
	ExchangeRate                   *decimal.Decimal
	BalanceRemainingInHomeCurrency *decimal.Decimal
	Memo                           string
	IsPaid                         bool
	CustomerMsgRef                 *Ref
	IsToBePrinted                  bool
	IsToBeEmailed                  bool
	IsTaxIncluded                  bool
	CustomerSalesTaxCodeRef        *Ref
	Other                          string
	ExternalGUID                   string
	LinkedTxn                      []LinkedTxn  // only when asked for
	Lines                          []LineRet    `qbxml:"InvoiceLineRet|InvoiceLineGroupRet"` // only when asked for, or after an Add
	DataExt                        []DataExtRet `qbxml:"DataExtRet"`
}

// LinkedTxn is a transaction linked with another one: the payment of an invoice, the refund of a
// credit memo, the invoice of a sales order.
type LinkedTxn struct {
	TxnID     string
	TxnType   string // ReceivePayment, CreditMemo, Check, …
	TxnDate   Date
	RefNumber string
	LinkType  string           // AMTTYPE, QUANTYPE
	Amount    *decimal.Decimal // negative when it lowers the other's balance
}
