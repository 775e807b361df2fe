// Package posting is the bookkeeper. Decide turns a sale into documents for one
// company file, with each part of the money accounted for and the total that
// QuickBooks will compute; Match tells whether a document is in the books
// already. Everything here is a pure function over values: the same Sale,
// Rules and Books give the same Plan.
package posting

import (
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

// Posted is a document of this order that the books have.
type Posted struct {
	Purpose      string // Document.Purpose
	Generation   int
	TxnID        string
	OrderVersion int64 // the version of the order that was posted
}
