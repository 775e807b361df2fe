package qbxml

// TxnVoid voids a transaction: it stays in the books with all amounts zero. QuickBooks does not void
// a ReceivePayment, SalesOrder, Estimate, PurchaseOrder or BuildAssembly; TxnDel removes those.
type TxnVoid struct {
	TxnVoidType string // SalesReceipt, Invoice, CreditMemo, Deposit, …
	TxnID       string
}

// TxnDel removes a transaction. For 90 days TxnDeletedQuery tells of it.
type TxnDel struct {
	TxnDelType string // SalesReceipt, Invoice, ReceivePayment, …
	TxnID      string
}

// TxnDeletedQuery finds transactions deleted in the last 90 days, which is all QuickBooks remembers.
// Voided ones are not among them. It has no iterator.
type TxnDeletedQuery struct {
	TxnDelType             []string                // SalesReceipt, Invoice, …; at least one
	DeletedDateRangeFilter *DeletedDateRangeFilter `json:",omitempty"`
	IncludeRetElement      []string                `json:",omitempty"`
}

// TxnVoidRet is what QuickBooks says of a transaction it voided. The new EditSequence is not told:
// query the transaction for it.
type TxnVoidRet struct {
	TxnVoidType  string
	TxnID        string
	TimeCreated  DateTime
	TimeModified DateTime
	RefNumber    string
}

// TxnDelRet is what QuickBooks says of a transaction it deleted.
type TxnDelRet struct {
	TxnDelType  string
	TxnID       string
	TimeDeleted DateTime
	RefNumber   string
}

// TxnDeletedRet is a deleted transaction.
type TxnDeletedRet struct {
	TxnDelType  string
	TxnID       string
	TimeCreated DateTime
	TimeDeleted DateTime
	RefNumber   string
}
