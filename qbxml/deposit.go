package qbxml

import "github.com/shopspring/decimal"

// DepositQuery finds bank deposits by TxnID or by the filters that follow. It has no filter for what
// was deposited: a receipt's deposit is found by reading lines, which come only with
// IncludeLineItems.
type DepositQuery struct {
	TxnID                   []string                 `json:",omitempty"`
	MaxReturned             int                      `json:",omitempty"`
	ModifiedDateRangeFilter *ModifiedDateRangeFilter `json:",omitempty"`
	TxnDateRangeFilter      *TxnDateRangeFilter      `json:",omitempty"`
	EntityFilter            *ListFilter              `json:",omitempty"`
	AccountFilter           *ListFilter              `json:",omitempty"`
	CurrencyFilter          *ListFilter              `json:",omitempty"`
	IncludeLineItems        *bool                    `json:",omitempty"`
	IncludeRetElement       []string                 `json:",omitempty"`
	OwnerID                 []string                 `json:",omitempty"`
}

// DepositRet is a bank deposit. A nil amount was not in the answer; it is not zero.
type DepositRet struct {
	TxnID                      string
	TimeCreated                DateTime
	TimeModified               DateTime
	EditSequence               string
	TxnNumber                  int
	TxnDate                    Date
	DepositToAccountRef        *Ref // the bank account
	Memo                       string
	DepositTotal               *decimal.Decimal
	CurrencyRef                *Ref
	ExchangeRate               *decimal.Decimal
	DepositTotalInHomeCurrency *decimal.Decimal
	CashBack                   *CashBackInfoRet `qbxml:"CashBackInfoRet"`
	ExternalGUID               string
	Lines                      []DepositLineRet `qbxml:"DepositLineRet"` // only when asked for
	DataExt                    []DataExtRet     `qbxml:"DataExtRet"`
}

// CashBackInfoRet is what of a deposit did not reach the bank.
type CashBackInfoRet struct {
	TxnLineID  string
	AccountRef *Ref
	Memo       string
	Amount     *decimal.Decimal
}

// DepositLineRet is one line: a payment or receipt taken out of Undeposited Funds, or an amount from
// another account, which has no TxnID.
type DepositLineRet struct {
	TxnType          string // of the deposited transaction: SalesReceipt, ReceivePayment, …
	TxnID            string // of the deposited transaction
	TxnLineID        string // of the line itself
	PaymentTxnLineID string // of the deposited transaction's line
	EntityRef        *Ref
	AccountRef       *Ref
	Memo             string
	CheckNumber      string
	PaymentMethodRef *Ref
	ClassRef         *Ref
	Amount           *decimal.Decimal
}
