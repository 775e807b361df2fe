package qbxml

import "github.com/shopspring/decimal"

// SalesOrderAdd records an order that is not delivered yet; it posts to no account. Only Premier and
// Enterprise have it, and only when the preference is on; others answer 3250. It asks for at least
// one line. RefNumber: at most 11 characters.
type SalesOrderAdd struct {
	CustomerRef             *Ref             `json:",omitempty"`
	ClassRef                *Ref             `json:",omitempty"`
	TemplateRef             *Ref             `json:",omitempty"`
	TxnDate                 Date             `json:",omitempty"`
	RefNumber               string           `json:",omitempty"`
	BillAddress             *Address         `json:",omitempty"`
	ShipAddress             *Address         `json:",omitempty"`
	PONumber                string           `json:",omitempty"`
	TermsRef                *Ref             `json:",omitempty"`
	DueDate                 Date             `json:",omitempty"`
	SalesRepRef             *Ref             `json:",omitempty"`
	FOB                     string           `json:",omitempty"`
	ShipDate                Date             `json:",omitempty"`
	ShipMethodRef           *Ref             `json:",omitempty"`
	ItemSalesTaxRef         *Ref             `json:",omitempty"`
	IsManuallyClosed        *bool            `json:",omitempty"`
	Memo                    string           `json:",omitempty"`
	CustomerMsgRef          *Ref             `json:",omitempty"`
	IsToBePrinted           *bool            `json:",omitempty"`
	IsToBeEmailed           *bool            `json:",omitempty"`
	IsTaxIncluded           *bool            `json:",omitempty"` // not in the US edition
	CustomerSalesTaxCodeRef *Ref             `json:",omitempty"`
	Other                   string           `json:",omitempty"`
	ExchangeRate            *decimal.Decimal `json:",omitempty"` // home units per foreign unit; only in a foreign currency
	ExternalGUID            string           `json:",omitempty"` // {8-4-4-4-12}
	Lines                   []LineAdd        `json:",omitempty" qbxml:"SalesOrderLineAdd|SalesOrderLineGroupAdd"`
}

// SalesOrderQuery finds sales orders by TxnID, by RefNumber, or by the filters that follow. Lines
// come only with IncludeLineItems, invoices only with IncludeLinkedTxns.
type SalesOrderQuery struct {
	TxnID                   []string                 `json:",omitempty"`
	RefNumber               []string                 `json:",omitempty"` // compared without case
	RefNumberCaseSensitive  []string                 `json:",omitempty"`
	MaxReturned             int                      `json:",omitempty"`
	ModifiedDateRangeFilter *ModifiedDateRangeFilter `json:",omitempty"`
	TxnDateRangeFilter      *TxnDateRangeFilter      `json:",omitempty"`
	EntityFilter            *ListFilter              `json:",omitempty"`
	RefNumberFilter         *RefNumberFilter         `json:",omitempty"`
	RefNumberRangeFilter    *RefNumberRangeFilter    `json:",omitempty"`
	CurrencyFilter          *ListFilter              `json:",omitempty"`
	IncludeLineItems        *bool                    `json:",omitempty"`
	IncludeLinkedTxns       *bool                    `json:",omitempty"`
	IncludeRetElement       []string                 `json:",omitempty"`
	OwnerID                 []string                 `json:",omitempty"`
}

// SalesOrderRet is a sales order. A nil amount was not in the answer; it is not zero.
type SalesOrderRet struct {
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
	PONumber                  string
	TermsRef                  *Ref
	DueDate                   Date
	SalesRepRef               *Ref
	FOB                       string
	ShipDate                  Date
	ShipMethodRef             *Ref
	Subtotal                  *decimal.Decimal
	ItemSalesTaxRef           *Ref
	SalesTaxPercentage        *decimal.Decimal
	SalesTaxTotal             *decimal.Decimal
	TotalAmount               *decimal.Decimal
	CurrencyRef               *Ref
	ExchangeRate              *decimal.Decimal
	TotalAmountInHomeCurrency *decimal.Decimal
	IsManuallyClosed          bool
	IsFullyInvoiced           bool
	Memo                      string
	CustomerMsgRef            *Ref
	IsToBePrinted             bool
	IsToBeEmailed             bool
	IsTaxIncluded             bool
	CustomerSalesTaxCodeRef   *Ref
	Other                     string
	ExternalGUID              string
	LinkedTxn                 []LinkedTxn  // only when asked for
	Lines                     []LineRet    `qbxml:"SalesOrderLineRet|SalesOrderLineGroupRet"` // only when asked for, or after an Add
	DataExt                   []DataExtRet `qbxml:"DataExtRet"`
}
