package qbxml

import "github.com/shopspring/decimal"

// SalesReceiptAdd records a sale that was paid in full. QuickBooks computes tax and total itself. It
// asks for at least one line; RefNumber: at most 11 characters, and not unique in QuickBooks.
type SalesReceiptAdd struct {
	CustomerRef             *Ref             `json:",omitempty"` // always send it, though the schema doesn't ask
	ClassRef                *Ref             `json:",omitempty"`
	TemplateRef             *Ref             `json:",omitempty"`
	TxnDate                 Date             `json:",omitempty"`
	RefNumber               string           `json:",omitempty"`
	BillAddress             *Address         `json:",omitempty"`
	ShipAddress             *Address         `json:",omitempty"`
	IsPending               *bool            `json:",omitempty"`
	CheckNumber             string           `json:",omitempty"`
	PaymentMethodRef        *Ref             `json:",omitempty"`
	DueDate                 Date             `json:",omitempty"`
	SalesRepRef             *Ref             `json:",omitempty"`
	ShipDate                Date             `json:",omitempty"`
	ShipMethodRef           *Ref             `json:",omitempty"`
	FOB                     string           `json:",omitempty"`
	ItemSalesTaxRef         *Ref             `json:",omitempty"`
	Memo                    string           `json:",omitempty"`
	CustomerMsgRef          *Ref             `json:",omitempty"`
	IsToBePrinted           *bool            `json:",omitempty"`
	IsToBeEmailed           *bool            `json:",omitempty"`
	IsTaxIncluded           *bool            `json:",omitempty"` // not in the US edition
	CustomerSalesTaxCodeRef *Ref             `json:",omitempty"`
	DepositToAccountRef     *Ref             `json:",omitempty"`
	Other                   string           `json:",omitempty"`
	ExchangeRate            *decimal.Decimal `json:",omitempty"` // home units per foreign unit; only in a foreign currency
	ExternalGUID            string           `json:",omitempty"` // {8-4-4-4-12}
	Lines                   []LineAdd        `json:",omitempty" qbxml:"SalesReceiptLineAdd|SalesReceiptLineGroupAdd"`
}

// SalesReceiptQuery finds sales receipts by TxnID, by RefNumber, or by the filters that follow.
// Lines come only with IncludeLineItems.
type SalesReceiptQuery struct {
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
	IncludeLineItems        *bool                    `json:",omitempty"`
	IncludeRetElement       []string                 `json:",omitempty"`
	OwnerID                 []string                 `json:",omitempty"`
}

// SalesReceiptRet is a sales receipt. A nil amount was not in the answer; it is not zero.
type SalesReceiptRet struct {
	TxnID                     string
	TimeCreated               DateTime
	TimeModified              DateTime
	EditSequence              string
	TxnNumber                 int
	CustomerRef               *Ref
	ClassRef                  *Ref
	TemplateRef               *Ref
	TxnDate                   Date
	RefNumber                 string
	BillAddress               *Address
	ShipAddress               *Address
	IsPending                 bool
	CheckNumber               string
	PaymentMethodRef          *Ref
	DueDate                   Date
	SalesRepRef               *Ref
	ShipDate                  Date
	ShipMethodRef             *Ref
	FOB                       string
	Subtotal                  *decimal.Decimal
	ItemSalesTaxRef           *Ref
	SalesTaxPercentage        *decimal.Decimal
	SalesTaxTotal             *decimal.Decimal
	TotalAmount               *decimal.Decimal
	CurrencyRef               *Ref
	ExchangeRate              *decimal.Decimal
	TotalAmountInHomeCurrency *decimal.Decimal
	Memo                      string
	CustomerMsgRef            *Ref
	IsToBePrinted             bool
	IsToBeEmailed             bool
	IsTaxIncluded             bool
	CustomerSalesTaxCodeRef   *Ref
	DepositToAccountRef       *Ref
	Other                     string
	ExternalGUID              string
	Lines                     []LineRet    `qbxml:"SalesReceiptLineRet|SalesReceiptLineGroupRet"` // only when asked for, or after an Add
	DataExt                   []DataExtRet `qbxml:"DataExtRet"`
}
