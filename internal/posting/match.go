package posting

import "github.com/shopspring/decimal"

// Candidate is a document found in the books that may be the one planned.
type Candidate struct {
	Kind         string // "" is that of the document it is held against
	TxnID        string
	EditSequence string
	RefNumber    string
	Memo         string
	CustomerID   string // ListID
	CustomerName string // FullName
	Email        string // of that customer, when we know it
	Date         string
	Total        decimal.Decimal
	Pending      bool
	Voided       bool
	DepositTo    Ref // the account that its money went into, where the answer tells
}

// Verdict is how surely a planned document is in the books already.
type Verdict string

// The verdicts of Match.
const (
	One    Verdict = "one"    // exactly one candidate is the document
	None   Verdict = "none"   // no candidate is it
	Unsure Verdict = "unsure" // a person must look at both
)

// Found is the answer of Match.
type Found struct {
	Verdict   Verdict
	Candidate Candidate   // of verdict One
	Doubtful  []Candidate // of verdict Unsure: what a person should compare
	Why       string      // for a bookkeeper
}
