package qbxml

import "github.com/shopspring/decimal"

// LineAdd is one line of a sales receipt, invoice, sales order or credit memo. Send Rate only when Quantity × Rate rounds to Amount; QuickBooks
// keeps the Amount. At most one of Rate, RatePercent and PriceLevelRef. A field its form lacks is
// refused: a sales order takes no ServiceDate and no OverrideItemAccountRef, a credit memo no
// OptionForPriceRuleConflict.
type LineAdd struct {
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
	Group *LineGroupAdd `json:",omitempty" qbxml:"SalesReceiptLineGroupAdd|InvoiceLineGroupAdd|SalesOrderLineGroupAdd|CreditMemoLineGroupAdd,instead"`
}

// LineGroupAdd is a group item; QuickBooks expands it into its members.
type LineGroupAdd struct {
	ItemGroupRef             *Ref             `json:",omitempty"`
	Quantity                 *decimal.Decimal `json:",omitempty"`
	UnitOfMeasure            string           `json:",omitempty"`
	InventorySiteRef         *Ref             `json:",omitempty"`
	InventorySiteLocationRef *Ref             `json:",omitempty"`
	DataExt                  []DataExt        `json:",omitempty"`
}

// DataExt sets a custom field (OwnerID "0") or a private value of an application.
type DataExt struct{ OwnerID, DataExtName, DataExtValue string }

// LineRet is one line of a sales receipt, invoice, sales order or credit memo, or a group with its lines.
type LineRet struct {
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
	DataExt                  []DataExtRet  `qbxml:"DataExtRet"`
	Group                    *LineGroupRet `qbxml:"SalesReceiptLineGroupRet|InvoiceLineGroupRet|SalesOrderLineGroupRet|CreditMemoLineGroupRet,instead"` // set for a group item; the fields above are then empty
}

// LineGroupRet is a group item with the lines QuickBooks made of it.
type LineGroupRet struct {
	TxnLineID           string
	ItemGroupRef        *Ref
	Desc                string
	Quantity            *decimal.Decimal
	UnitOfMeasure       string
	IsPrintItemsInGroup bool
	TotalAmount         *decimal.Decimal
	Lines               []LineRet `qbxml:"SalesReceiptLineRet|InvoiceLineRet|SalesOrderLineRet|CreditMemoLineRet"`
}

// The lines of a sales receipt by their own names.
type (
	SalesReceiptLineAdd      = LineAdd
	SalesReceiptLineGroupAdd = LineGroupAdd
	SalesReceiptLineRet      = LineRet
	SalesReceiptLineGroupRet = LineGroupRet
)
