package bridge

import (
	"maps"
	"slices"

	"qbridge/internal/posting"
)

// kinds are the kinds of documents that we may have in the company file: those
// that were ever planned and those that the rules can make. Our own data, which
// know the former, may be an older copy.
func (c *connection) kinds() ([]string, error) {
	kinds, err := postedKinds(c.tx, c.company.ID)
	if err != nil {
		return nil, err
	}
	_, rules, err := c.b.loadRules(c.tx, c.company.ID)
	for _, kind := range kindsOf(rules) {
		if !slices.Contains(kinds, kind) {
			kinds = append(kinds, kind)
		}
	}
	return kinds, err
}

// checkedKinds are the kinds of documents that a check asks for: at a start also
// those that every QuickBooks knows and of which a second one would do harm.
func (c *connection) checkedKinds(k *checking) ([]string, error) {
	kinds, err := c.kinds()
	for _, kind := range []string{posting.Invoice, posting.ReceivePayment, posting.CreditMemo} {
		if k.All && !slices.Contains(kinds, kind) {
			kinds = append(kinds, kind)
		}
	}
	return kinds, err
}

// kindsOf are the kinds of documents beside sales receipts that rules can make.
func kindsOf(r posting.Rules) (kinds []string) {
	words := append(slices.Sorted(maps.Values(r.Documents)), r.Document, r.Unpaid)
	if slices.Contains(words, "sales-order") {
		kinds = append(kinds, posting.SalesOrder)
	}
	if kinds != nil || slices.Contains(words, "invoice") {
		kinds = append(kinds, posting.Invoice, posting.ReceivePayment)
	}
	if len(r.PaymentFees) > 0 {
		kinds = append(kinds, posting.Check)
	}
	if r.Refunds != "credit-memo" {
		return kinds
	}
	forms := append(slices.Sorted(maps.Values(r.RefundFormByMethod)), r.RefundForm)
	kinds = append(kinds, posting.CreditMemo)
	if slices.Contains(forms, "card") {
		kinds = append(kinds, posting.ARRefundCreditCard)
	}
	if slices.Contains(forms, "check") && !slices.Contains(kinds, posting.Check) {
		kinds = append(kinds, posting.Check)
	}
	return kinds
}
