package qbxml

import "github.com/shopspring/decimal"

// SalesReceiptAdd records a sale that was paid in full. QuickBooks computes tax and total itself. It
// asks for at least one line; RefNumber: at most 11 characters, and not unique in QuickBooks.
type SalesReceiptAdd struct {
	CustomerRef             *Ref                  `json:",omitempty"` // always send it, though the schema doesn't ask
	ClassRef                *Ref                  `json:",omitempty"`
	TemplateRef             *Ref                  `json:",omitempty"`
	TxnDate                 Date                  `json:",omitempty"`
	RefNumber               string                `json:",omitempty"`
	BillAddress             *Address              `json:",omitempty"`
	ShipAddress             *Address              `json:",omitempty"`
	IsPending               *bool                 `json:",omitempty"`
	CheckNumber             string                `json:",omitempty"`
	PaymentMethodRef        *Ref                  `json:",omitempty"`
	DueDate                 Date                  `json:",omitempty"`
	SalesRepRef             *Ref                  `json:",omitempty"`
	ShipDate                Date                  `json:",omitempty"`
	ShipMethodRef           *Ref                  `json:",omitempty"`
	FOB                     string                `json:",omitempty"`
	ItemSalesTaxRef         *Ref                  `json:",omitempty"`
	Memo                    string                `json:",omitempty"`
	CustomerMsgRef          *Ref                  `json:",omitempty"`
	IsToBePrinted           *bool                 `json:",omitempty"`
	IsToBeEmailed           *bool                 `json:",omitempty"`
	IsTaxIncluded           *bool                 `json:",omitempty"` // not in the US edition
	CustomerSalesTaxCodeRef *Ref                  `json:",omitempty"`
	DepositToAccountRef     *Ref                  `json:",omitempty"`
	Other                   string                `json:",omitempty"`
	ExchangeRate            *decimal.Decimal      `json:",omitempty"` // home units per foreign unit; only in a foreign currency
	ExternalGUID            string                `json:",omitempty"` // {8-4-4-4-12}
	Lines                   []SalesReceiptLineAdd `json:",omitempty" qbxml:"SalesReceiptLineAdd|SalesReceiptLineGroupAdd"`
}

// SalesReceiptLineAdd is one line. Send Rate only when Quantity × Rate rounds to Amount; QuickBooks
// keeps the Amount. At most one of Rate, RatePercent and PriceLevelRef.
type SalesReceiptLineAdd struct {
	ItemRef                    *Ref             `json:",omitempty"`
	Desc                       string           `json:",omitempty"`
	Quantity                   *decimal.Decimal `json:",omitempty"` // at most 5 decimals
	UnitOfMeasure              string           `json:",omitempty"`
	Rate                       *decimal.Decimal `json:",omitempty"` // at most 5 decimals
	RatePercent                *decimal.Decimal `json:",omitempty"`
	PriceLevelRef              *Ref             `json:",omitempty"`
	ClassRef                   *Ref             `json:",omitempty"`
	Amount                     *decimal.Decimal `json:",omitempty"` // exactly two decimals
	TaxAmount                  *decimal.Decimal `json:",omitempty"` // Australia only
	OptionForPriceRuleConflict string           `json:",omitempty"` // Zero, BasePrice
	InventorySiteRef           *Ref             `json:",omitempty"`
	InventorySiteLocationRef   *Ref             `json:",omitempty"`
	SerialNumber               string           `json:",omitempty"`
	LotNumber                  string           `json:",omitempty"`
	ServiceDate                Date             `json:",omitempty"`
	SalesTaxCodeRef            *Ref             `json:",omitempty"`
	OverrideItemAccountRef     *Ref             `json:",omitempty"`
	Other1                     string           `json:",omitempty"`
	Other2                     string           `json:",omitempty"`
	DataExt                    []DataExt        `json:",omitempty"`
	// Group, when set, makes this line a group item; the other fields must then be empty.
	Group *SalesReceiptLineGroupAdd `json:",omitempty" qbxml:"SalesReceiptLineGroupAdd,instead"`
}

// SalesReceiptLineGroupAdd is a group item; QuickBooks expands it into its members.
type SalesReceiptLineGroupAdd struct {
	ItemGroupRef             *Ref             `json:",omitempty"`
	Quantity                 *decimal.Decimal `json:",omitempty"`
	UnitOfMeasure            string           `json:",omitempty"`
	InventorySiteRef         *Ref             `json:",omitempty"`
	InventorySiteLocationRef *Ref             `json:",omitempty"`
	DataExt                  []DataExt        `json:",omitempty"`
}

// DataExt sets a custom field (OwnerID "0") or a private value of an application.
type DataExt struct{ OwnerID, DataExtName, DataExtValue string }

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
	Lines                     []SalesReceiptLineRet `qbxml:"SalesReceiptLineRet|SalesReceiptLineGroupRet"` // only when asked for, or after an Add
	DataExt                   []DataExtRet          `qbxml:"DataExtRet"`
}

// SalesReceiptLineRet is one line, or a group with its lines.
type SalesReceiptLineRet struct {
	TxnLineID                string
	ItemRef                  *Ref
	Desc                     string
	Quantity                 *decimal.Decimal
	UnitOfMeasure            string
	Rate                     *decimal.Decimal
	RatePercent              *decimal.Decimal
	ClassRef                 *Ref
	Amount                   *decimal.Decimal
	TaxAmount                *decimal.Decimal
	InventorySiteRef         *Ref
	InventorySiteLocationRef *Ref
	SerialNumber             string
	LotNumber                string
	ServiceDate              Date
	SalesTaxCodeRef          *Ref
	Other1                   string
	Other2                   string
	DataExt                  []DataExtRet              `qbxml:"DataExtRet"`
	Group                    *SalesReceiptLineGroupRet `qbxml:"SalesReceiptLineGroupRet,instead"` // set for a group item; the fields above are then empty
}

// SalesReceiptLineGroupRet is a group item with the lines QuickBooks made of it.
type SalesReceiptLineGroupRet struct {
	TxnLineID           string
	ItemGroupRef        *Ref
	Desc                string
	Quantity            *decimal.Decimal
	UnitOfMeasure       string
	IsPrintItemsInGroup bool
	TotalAmount         *decimal.Decimal
	Lines               []SalesReceiptLineRet `qbxml:"SalesReceiptLineRet"`
}
