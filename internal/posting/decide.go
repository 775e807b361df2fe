package posting

import "qbridge/qbxml"

// Decide is the bookkeeper's decision on a sale.
func Decide(sale Sale, rules Rules, books *Books) Plan { return Plan{} }

// Missing is a rule that must be set before anything goes out.
type Missing struct{ Key, Sentence string }

// Validate lists what is missing in the rules.
func (r Rules) Validate(b *Books) []Missing { return nil }

// Receipt is the request that writes a document.
func (d Document) Receipt(listID func(row string) (string, bool)) (qbxml.SalesReceiptAdd, error) {
	return qbxml.SalesReceiptAdd{}, nil
}

const (
	customerKind = "Customer"
	methodKind   = "PaymentMethod"
)
