package posting

import (
	"fmt"

	"github.com/shopspring/decimal"

	"qbridge/internal/order"
)

// Plan is what an order becomes in the books, or why it becomes nothing yet.
// It is a value: shown, compared, stored and thrown away; nothing follows from
// making one.
type Plan struct {
	// State is Ready, Waiting, Attention, Held or Excluded; Synced when the
	// documents are in the books already (Cause NothingToPost: whether they are
	// drafts, or differ, the caller's own record tells). Ready without Documents
	// means that the set-up, not the order, is incomplete.
	State  order.State
	Cause  Cause  // why there are no documents; "" when there are
	Reason string // the same as a sentence for a bookkeeper, with the figures
	Cure   string // what to do about it, as a sentence

	Lists       []ListRow    // names and items that must exist first
	Documents   []Document   // in the order in which they must be written
	Adjustments []Adjustment // everything that is not letter for letter what the shop wrote
}

// Cause names why an order does not go out; scripts and the console rely on
// the words.
type Cause string

// The causes.
const (
	NotPaid          Cause = "not-paid"
	CancelledUnpaid  Cause = "cancelled-unpaid"
	RefundedOrder    Cause = "refunded"
	UnknownStatus    Cause = "unknown-payment-status"
	DoesNotAddUp     Cause = "does-not-add-up"
	ForeignCurrency  Cause = "foreign-currency"
	ClosedPeriod     Cause = "closed-period"
	MaskedBuyer      Cause = "masked-buyer"
	GiftCardUsed     Cause = "gift-card-redeemed"
	GiftCardSold     Cause = "gift-card-sold"
	CreditUsed       Cause = "store-credit-redeemed"
	NoCustomerName   Cause = "no-customer-name"
	CustomerUnsure   Cause = "customer-unsure"
	CustomerMissing  Cause = "customer-missing"
	CustomerGone     Cause = "customer-gone"
	ItemMissing      Cause = "item-missing"
	ItemUnsure       Cause = "item-unsure"
	ItemInactive     Cause = "item-inactive"
	ItemNotSellable  Cause = "item-not-sellable"
	MethodMissing    Cause = "payment-method-missing"
	TaxUnmapped      Cause = "tax-unmapped"
	TaxMixed         Cause = "several-tax-rates"
	TaxDiffers       Cause = "tax-differs"
	SalesTaxOff      Cause = "sales-tax-off"
	DiscountUnclear  Cause = "discount-unclear"
	NegativeTotal    Cause = "negative-total"
	RulesIncomplete  Cause = "rules-incomplete"
	BooksUnknown     Cause = "books-not-read-yet"
	CountryNotProved Cause = "country-not-proved"
	HeldByPerson     Cause = "held-by-person"
	HeldByRule       Cause = "held-by-rule"
	WaitsByRule      Cause = "waits-by-rule"
	CancelledAfter   Cause = "cancelled-after-posting"
	PaymentTakenBack Cause = "payment-taken-back"
	RefundUnclear    Cause = "refund-unclear"
	ExcludedByRule   Cause = "excluded-by-rule"
	ChangedAfter     Cause = "changed-after-posting"
	TooLong          Cause = "does-not-fit"
	NothingToPost    Cause = "nothing-to-post"
	DateMissing      Cause = "date-missing"
	SelfCheck        Cause = "plan-does-not-add-up"
)

// Adjustment is one difference between what the shop wrote and what the books
// will hold, with its named cause.
type Adjustment struct {
	Cause    string          // "shortened", "transliterated", "rounding", "tax inside", "moved to memo", ...
	Field    string          // where: "customer name", "line 3 description", "total"
	From, To string          // the text or amount before and after
	Amount   decimal.Decimal // money moved by it; zero for text
	Sentence string          // the same for a bookkeeper
}

// ListRow is a name, item or method to be added before the documents that
// need it. Key is unique per company file and shared by all orders that need
// the row.
type ListRow struct {
	Key  string  // namespace + ":" + folded identity: "customer:jane@x.com", "item:ts-42", "method:paypal"
	Kind string  // "Customer", "ItemNonInventory", "ItemService", "ItemOtherCharge", "PaymentMethod"
	Name string  // as it will be called in QuickBooks
	Add  ListAdd // what to send
}

// Ref points to a record in the company file: by ListID when it is known, else
// by the key of the row that will make it.
type Ref struct {
	ListID string `json:",omitempty"`
	Row    string `json:",omitempty"`
	Name   string `json:",omitempty"` // for people; never sent when one of the others is known
}

// Part names a part of the money that must be the same in the shop and in the
// books.
type Part string

// The parts of a document.
const (
	Goods     Part = "goods"
	Discount  Part = "discount" // promotions and coupon; negative
	Shipping  Part = "shipping"
	Handling  Part = "handling"
	Surcharge Part = "surcharge"
	Tip       Part = "tip"
	Tax       Part = "tax" // as QuickBooks will compute it, or a line's
	Rounding  Part = "rounding"

	CardSold    Part = "gift card sold"
	GiftCard    Part = "gift card"    // redeemed; negative
	StoreCredit Part = "store credit" // and points that lowered the total; negative
	RefundOf    Part = "refund"       // of a part of the order; the shop does not say for what it is
	Difference  Part = "difference"   // of the shop's total from its parts, by rule
)

// The kinds of documents, as qbXML calls them.
const (
	SalesReceipt       = "SalesReceipt"
	Invoice            = "Invoice"
	ReceivePayment     = "ReceivePayment"
	SalesOrder         = "SalesOrder"
	CreditMemo         = "CreditMemo"
	ARRefundCreditCard = "ARRefundCreditCard"
	Check              = "Check"
)

// The purposes of documents: why an order has one.
const (
	ReceiptPurpose    = "receipt"
	InvoicePurpose    = "invoice"
	SalesOrderPurpose = "order"
	FeePurpose        = "fee/1" // of the payment
)

// PaymentPurpose is the purpose of the nth payment of an invoice.
func PaymentPurpose(n int) string { return fmt.Sprintf("payment/%d", n) }

// CreditPurpose is the purpose of the credit memo of the nth entry of the
// order's refunds. The shop gives refunds no id; they are told apart by order,
// date, amount and place (ecwid.md 7).
func CreditPurpose(n int) string { return fmt.Sprintf("credit/%d", n) }

// RefundPurpose is the purpose of the form that pays out the credit memo of the
// nth entry of the order's refunds.
func RefundPurpose(n int) string { return fmt.Sprintf("refund/%d", n) }

// Document is one document to be written into the books.
type Document struct {
	Purpose    string // one of the purposes: unique within the order and generation
	Kind       string // one of the kinds
	Generation int
	Marker     string // in Memo: finds the document again whatever its number

	Customer      Ref
	Buyer         Buyer  // for Match: what a person would compare
	Date          string // YYYY-MM-DD
	RefNumber     string // at most 11 characters
	Memo          string
	BillTo        Address `json:",omitzero"`
	ShipTo        Address `json:",omitzero"`
	PaymentMethod Ref     `json:",omitzero"`
	DepositTo     Ref     `json:",omitzero"`
	CheckNumber   string  `json:",omitempty"` // the gateway's transaction number
	ShipMethod    Ref     `json:",omitzero"`
	TaxItem       Ref     `json:",omitzero"` // single tax item or group; zero when sales tax is off
	CustomerTax   Ref     `json:",omitzero"` // CustomerSalesTaxCodeRef
	Pending       bool    `json:",omitempty"`

	Receivable Ref    `json:",omitzero"`  // the A/R account; zero on sales receipts and sales orders
	RefundFrom Ref    `json:",omitzero"`  // the account that a refund or a fee is paid from
	AppliedTo  string `json:",omitempty"` // TxnID of the invoice that a payment pays, or of the credit memo that a refund pays out; its Total is applied
	FeeAccount Ref    `json:",omitzero"`  // of a cheque that is a payment's fee: the expense account
	LinkTo     string `json:",omitempty"` // TxnID of the sales order of which an invoice takes the lines
	Terms      Ref    `json:",omitzero"`
	DueDate    string `json:",omitempty"` // YYYY-MM-DD
	PONumber   string `json:",omitempty"` // where the form has a field for it

	Class    Ref    `json:",omitzero"`
	Template Ref    `json:",omitzero"`
	SalesRep Ref    `json:",omitzero"`
	Message  Ref    `json:",omitzero"`  // to the customer
	ShipDate string `json:",omitempty"` // YYYY-MM-DD
	Other    string `json:",omitempty"` // the field QuickBooks calls so

	Fee    *decimal.Decimal `json:",omitempty"` // of what takes the buyer's money: the fee that will be written of it, by the rules
	Fields []CustomField    `json:",omitempty"` // set when the document is in the books

	Currency     string           `json:",omitempty"` // ISO 4217; "" is the home currency
	ExchangeRate *decimal.Decimal `json:",omitempty"` // home units for one of Currency

	Lines []Line // none on payments and refunds

	Parts map[Part]decimal.Decimal // each part as it stands on this document; Tax as predicted
	Tax   decimal.Decimal          // as QuickBooks will compute it
	Total decimal.Decimal          // as QuickBooks will compute it; equals the order's
}

// Buyer is what identifies the customer of a document to a person.
type Buyer struct{ Name, Email string }

// Line is one line of a document.
type Line struct {
	Item     Ref
	Desc     string
	Quantity *decimal.Decimal `json:",omitempty"` // nil on charges and discounts
	Rate     *decimal.Decimal `json:",omitempty"` // only when Quantity × Rate rounds to Amount
	Amount   decimal.Decimal
	TaxCode  Ref `json:",omitzero"` // zero when sales tax is off
	Part     Part
	Fields   []CustomField `json:",omitempty"`
	Bundle   int           `json:",omitempty"` // the order's line, from 1, that this line is a member of; 0 for all others
}

// Address is a printed address, already within QuickBooks' limits.
type Address struct {
	Lines      []string `json:",omitempty"` // Addr1 to Addr5, 41 characters each
	City       string   `json:",omitempty"`
	State      string   `json:",omitempty"`
	PostalCode string   `json:",omitempty"`
	Country    string   `json:",omitempty"`
	Note       string   `json:",omitempty"`
}
