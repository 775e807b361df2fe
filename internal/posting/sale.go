// Package posting is the bookkeeper. Decide turns a sale into documents for one
// company file, with each part of the money accounted for and the total that
// QuickBooks will compute; Match tells whether a document is in the books
// already. Everything here is a pure function over values: the same Sale,
// Rules and Books give the same Plan.
package posting

import (
	"github.com/shopspring/decimal"

	"qbridge/internal/order"
)

// Sale is an order with what people decided about it and what is already in
// the books for it.
type Sale struct {
	Order     order.Order
	Decisions Decisions
	Posted    []Posted
	// Generation counts how often the order was begun anew after an undo; the
	// first posting is 1.
	Generation int
	// Changed tells that the sale itself (Sold) is another in the shop than in the
	// version that was posted, or that a person accepted since.
	Changed bool
	// Accepted is the order as it was when a person took what the books have of it
	// for right; nil when nobody did. What it says of payment and refunds is
	// settled by hand.
	Accepted *order.Order
	// Corrected tells that Accepted comes to another total than the version that
	// was posted: a person corrected the document, and its lines are not known.
	Corrected bool
	// PaidOn is the day in the shop's time zone on which the shop first said that
	// the order is paid (YYYY-MM-DD); "" when it always did: then the order's date.
	PaidOn string
	// WasPaid tells that the shop said of an earlier version of the order that it
	// is paid.
	WasPaid bool
}

// Decisions are a person's choices for one order. The zero value decides
// nothing.
type Decisions struct {
	Items    map[string]string // ItemKey of a line -> ListID of the item to use
	Customer string            // ListID of the customer to use
	Link     string            // TxnID of a document that is this order already
	NotLink  []string          // TxnIDs of documents that a person said are not this order
	Released bool              // may go out though the rule releases only selected orders
	Held     string            // why a person holds it; "" when nobody does
	Excluded string            // why a person excluded it
	Tags     []string
	Accepted int64 // version of the order that a person takes the posted document for right with
}

// Posted is a document of this order that the books have, or may have: one that
// was sent counts.
type Posted struct {
	Purpose      string // Document.Purpose
	Kind         string // Document.Kind
	Generation   int
	TxnID        string          // "" while it is not known
	OrderVersion int64           // the version of the order that was posted
	Total        decimal.Decimal // as it was planned
	// Right tells that QuickBooks' own total is known and as planned, and that the
	// document is no draft. Nothing is planned on top of one that isn't.
	Right bool
	// Differs tells that QuickBooks' own total is known, that of no draft, and
	// another than was planned.
	Differs bool
	// Form is the document as it was planned, its references by ListID; without
	// lines when a person typed it in and it was linked.
	Form Document
}

// Sold is an order as far as a document of a kind has it: without what may follow
// the sale, its refunds and, but for documents that hold the payment, how it was
// paid. Two versions that differ in nothing else are one sale.
func Sold(o order.Order, kind string) order.Order {
	o.Payment, o.RefundedAmount, o.Refunds = "", decimal.Zero, nil
	if kind != SalesReceipt && kind != ReceivePayment {
		o.PaymentMethod, o.PaymentModule, o.TransactionID = "", "", ""
	}
	return o
}
