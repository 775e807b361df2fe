package qbxml

import "github.com/shopspring/decimal"

// ARRefundCreditCardAdd gives a customer the money of credit memos back onto a card. More than a memo
// has left is refused. RefNumber: at most 11 characters.
type ARRefundCreditCardAdd struct {
	CustomerRef           *Ref                    `json:",omitempty"`
	RefundFromAccountRef  *Ref                    `json:",omitempty"`
	ARAccountRef          *Ref                    `json:",omitempty"` // the one of the credit memos
	TxnDate               Date                    `json:",omitempty"`
	RefNumber             string                  `json:",omitempty"`
	Address               *Address                `json:",omitempty"`
	PaymentMethodRef      *Ref                    `json:",omitempty"`
	Memo                  string                  `json:",omitempty"`
	ExchangeRate          *decimal.Decimal        `json:",omitempty"` // home units per foreign unit; only in a foreign currency
	ExternalGUID          string                  `json:",omitempty"` // {8-4-4-4-12}
	RefundAppliedToTxnAdd []RefundAppliedToTxnAdd `json:",omitempty"` // at least one
}

// RefundAppliedToTxnAdd refunds all or part of one credit memo.
type RefundAppliedToTxnAdd struct {
	TxnID        string // of the credit memo
	RefundAmount *decimal.Decimal
}

// ARRefundCreditCardQuery finds card refunds by TxnID, by RefNumber, or by the filters that follow.
// What they were applied to comes only with IncludeLineItems.
type ARRefundCreditCardQuery SalesReceiptQuery

// ARRefundCreditCardRet is a card refund. A nil amount was not in the answer; it is not zero.
type ARRefundCreditCardRet struct {
	TxnID                     string
	TimeCreated               DateTime
	TimeModified              DateTime
	EditSequence              string
	TxnNumber                 int
	CustomerRef               *Ref
	RefundFromAccountRef      *Ref
	ARAccountRef              *Ref
	TxnDate                   Date
	RefNumber                 string
	TotalAmount               *decimal.Decimal
	CurrencyRef               *Ref
	ExchangeRate              *decimal.Decimal
	TotalAmountInHomeCurrency *decimal.Decimal
	PaymentMethodRef          *Ref
	Memo                      string
	ExternalGUID              string
	RefundAppliedToTxnRet     []RefundAppliedToTxnRet // only when asked for, or after an Add
	DataExt                   []DataExtRet            `qbxml:"DataExtRet"`
}

// RefundAppliedToTxnRet is a credit memo that a refund was taken from.
type RefundAppliedToTxnRet struct {
	TxnID           string
	TxnType         string
	TxnDate         Date
	RefNumber       string
	CreditRemaining *decimal.Decimal // of the memo, now
	RefundAmount    *decimal.Decimal
}

// CheckAdd writes a cheque, as far as the refund of a credit memo needs it: AccountRef is a bank
// account, PayeeEntityRef the customer, one ExpenseLineAdd takes the amount from Accounts Receivable
// in the customer's name, and ApplyCheckToTxnAdd uses up the memo. RefNumber, the cheque's number,
// holds at most 11 characters; it stands before TxnDate, unlike on other forms.
type CheckAdd struct {
	AccountRef         *Ref                 `json:",omitempty"`
	PayeeEntityRef     *Ref                 `json:",omitempty"`
	RefNumber          string               `json:",omitempty"`
	TxnDate            Date                 `json:",omitempty"`
	Memo               string               `json:",omitempty"`
	Address            *Address             `json:",omitempty"`
	IsToBePrinted      *bool                `json:",omitempty"`
	ExchangeRate       *decimal.Decimal     `json:",omitempty"` // home units per foreign unit; only in a foreign currency
	ExternalGUID       string               `json:",omitempty"` // {8-4-4-4-12}
	ApplyCheckToTxnAdd []ApplyCheckToTxnAdd `json:",omitempty"`
	ExpenseLineAdd     []ExpenseLineAdd     `json:",omitempty"`
}

// ApplyCheckToTxnAdd uses a cheque for a credit memo.
type ApplyCheckToTxnAdd struct {
	TxnID  string           // of the credit memo
	Amount *decimal.Decimal `json:",omitempty"`
}

// ExpenseLineAdd is what a cheque is for: an amount of an account.
type ExpenseLineAdd struct {
	AccountRef  *Ref             `json:",omitempty"`
	Amount      *decimal.Decimal `json:",omitempty"`
	Memo        string           `json:",omitempty"`
	CustomerRef *Ref             `json:",omitempty"`
	ClassRef    *Ref             `json:",omitempty"`
}

// CheckQuery finds cheques by TxnID, by RefNumber, or by the filters that follow. Lines come only
// with IncludeLineItems, what they were applied to only with IncludeLinkedTxns.
type CheckQuery CreditMemoQuery

// CheckRet is a cheque. A nil amount was not in the answer; it is not zero.
type CheckRet struct {
	TxnID                string
	TimeCreated          DateTime
	TimeModified         DateTime
	EditSequence         string
	TxnNumber            int
	AccountRef           *Ref
	PayeeEntityRef       *Ref
	RefNumber            string
	TxnDate              Date
	Amount               *decimal.Decimal
	CurrencyRef          *Ref
	ExchangeRate         *decimal.Decimal
	AmountInHomeCurrency *decimal.Decimal
	Memo                 string
	IsToBePrinted        bool
	ExternalGUID         string
	LinkedTxn            []LinkedTxn      // only when asked for
	ExpenseLineRet       []ExpenseLineRet // only when asked for, or after an Add
	DataExt              []DataExtRet     `qbxml:"DataExtRet"`
}

// ExpenseLineRet is one line of a cheque.
type ExpenseLineRet struct {
	TxnLineID   string
	AccountRef  *Ref
	Amount      *decimal.Decimal
	Memo        string
	CustomerRef *Ref
	ClassRef    *Ref
}
