package posting

import (
	"fmt"
	"slices"

	"github.com/shopspring/decimal"

	"qbridge/internal/order"
)

// step is the document that an order needs next.
type step struct {
	kind, purpose string
	on            Posted       // what it follows: the sale, or the credit memo that it pays out
	refund        order.Refund // of credit memos
}

// next tells which document is to be written for a sale, or why none is. One
// document is planned at a time: none waits inside a plan for another's TxnID,
// and nothing is built on a document before QuickBooks' total of it is known to
// be right.
func (d *draft) next(sale Sale) (step, *outcome) {
	if out := decided(sale); out != nil {
		return step{}, out
	}
	if p, ok := sale.posted(ReceiptPurpose, InvoicePurpose); ok {
		next, out := d.after(sale, p)
		if out != nil && out.state == order.Synced {
			if fee, due := d.fee(sale); due {
				return fee, nil
			}
		}
		return next, out
	}
	if p, ok := sale.posted(SalesOrderPurpose); ok {
		return d.afterSalesOrder(sale, p)
	}
	if by := sale.Decisions.Link; by != "" {
		return step{}, nothing("A person linked this order to a document that was in QuickBooks already (%s).", by)
	}
	if out := d.refundable(Posted{}); out != nil {
		return step{}, out
	}
	if sale.WasPaid && d.shop.Payment == order.Cancelled {
		return step{}, &outcome{order.Excluded, CancelledUnpaid, "Excluded by the rule cancelled-unpaid: the shop said that the order was paid, then cancelled it before it was posted, and says of no money that it was given back.",
			"Find out whether the money was given back. If it was not, enter the sale in QuickBooks by hand and link it."}
	}
	kind, out := d.becomes()
	return step{kind: kind, purpose: map[string]string{SalesReceipt: ReceiptPurpose, Invoice: InvoicePurpose, SalesOrder: SalesOrderPurpose}[kind]}, out
}

// nothing is the outcome of an order that has all its documents.
func nothing(format string, args ...any) *outcome {
	return &outcome{order.Synced, NothingToPost, fmt.Sprintf(format, args...), ""}
}

// posted is the first document of the sale's generation with one of purposes.
func (s Sale) posted(purposes ...string) (Posted, bool) {
	for _, p := range s.Posted {
		if p.Generation == max(1, s.Generation) && slices.Contains(purposes, p.Purpose) {
			return p, true
		}
	}
	return Posted{}, false
}

// wasPaid tells whether the shop says that money came, whatever became of it.
func wasPaid(o order.Order) bool {
	return o.Payment == order.Paid || o.Payment == order.Refunded || o.Payment == order.PartiallyRefunded
}

// refunded tells whether the shop says that money was given back.
func refunded(o order.Order) bool {
	return o.Payment == order.Refunded || o.Payment == order.PartiallyRefunded || !o.RefundedAmount.IsZero() || len(o.Refunds) > 0
}

// becomes is what the rules make of a sale that has no document yet. Payment
// statuses that are not known are never taken for paid (ecwid.md 4.4), unless an
// entry of the rules names them.
func (d *draft) becomes() (kind string, out *outcome) {
	o := d.shop
	word, met := bestEntry(d.rules.Documents, o, d.decisions.Tags)
	rule := "documents." + joinConditions(met)
	if met == nil {
		word, rule = d.rules.Document, "document"
	}
	named := asksPayment(met)
	switch {
	case o.Payment == order.Cancelled:
		return "", &outcome{order.Excluded, CancelledUnpaid, "Excluded by the rule cancelled-unpaid: the order was cancelled before it was paid.", ""}
	case wasPaid(o), named:
	case o.Payment == order.AwaitingPayment:
		if met == nil {
			word, rule = d.rules.Unpaid, "unpaid"
		}
		if word == "wait" || word == "receipt" { // a receipt is for what is paid
			return "", &outcome{order.Waiting, NotPaid, "The order is not paid yet.", "Nothing to do: it goes on when the shop marks it as paid."}
		}
	default:
		return "", attention(UnknownStatus, "Set a payment status in the shop that says whether the order is paid, or say by a rule what such orders become: rules set \"documents.payment:"+string(o.Payment)+"\" receipt",
			"The shop gives the payment status %q, which doesn't say whether the order is paid.", string(o.Payment))
	}
	switch word {
	case "receipt":
		return SalesReceipt, nil
	case "invoice":
		return Invoice, nil
	case "sales-order":
		if why := d.books.lacks(SalesOrders); why != "" {
			return "", unset(RulesIncomplete, SalesOrders.cure(), "The rule %s makes a sales order of it, but %s.", rule, why)
		}
		return SalesOrder, nil
	case "wait":
		return "", &outcome{order.Waiting, WaitsByRule, fmt.Sprintf("The order waits by the rule %s.", rule), "Nothing to do: it goes on when the rules say something else of it, as when its status changes in the shop."}
	case "hold":
		return "", &outcome{order.Held, HeldByRule, fmt.Sprintf("Held by the rule %s.", rule), "Change that rule, or enter the order in QuickBooks by hand and link it."}
	case "exclude":
		return "", &outcome{order.Excluded, ExcludedByRule, fmt.Sprintf("Excluded by the rule %s.", rule), ""}
	}
	return "", unset(RulesIncomplete, setRules, "The rule %s says %q, and there is no such document.", rule, word)
}

// after is what follows a receipt or an invoice: a question when the shop took
// back what the books have; else the invoice's payment; else credit memos and
// their refunds, one by one.
func (d *draft) after(sale Sale, p Posted) (step, *outcome) {
	if out := d.questions(sale, p); out != nil {
		return step{}, out
	}
	payment, paid := sale.posted(PaymentPurpose(1))
	byHand := sale.Accepted != nil && wasPaid(*sale.Accepted)
	owed := p.Kind == Invoice && !p.Total.IsZero() && !paid && !byHand && wasPaid(d.shop)
	if (sale.Corrected || p.Differs || payment.Differs) && (owed || refunded(d.shop) && !sale.agreed()) {
		return step{}, attention(ChangedAfter, "Enter the payment or refund in QuickBooks by hand, then run: qbridge accept.",
			"The %s of this order (%s) was corrected, or has another total than was planned (%s): what the shop says now, %s with %s given back, is not posted by itself.",
			documentWords(p.Kind), p.TxnID, p.Total.StringFixed(cents), d.shop.Payment, d.shop.RefundedAmount.StringFixed(cents))
	}
	if !p.Right {
		return step{}, nothing("The %s of this order is in QuickBooks already (%s).", documentWords(p.Kind), p.TxnID)
	}
	switch {
	case p.Kind != Invoice, p.Total.IsZero(), byHand && !paid:
	case !paid && wasPaid(d.shop):
		return step{kind: ReceivePayment, purpose: PaymentPurpose(1), on: p}, nil
	case !paid:
		return step{}, nothing("The invoice of this order is in QuickBooks (%s); its payment follows when the shop says that it is paid.", p.TxnID)
	case !payment.Right:
		return step{}, nothing("The payment of this order is in QuickBooks already (%s).", payment.TxnID)
	}
	return d.afterRefunds(sale, p)
}

// agreed tells that a person took for right what the shop says of payment and
// refunds now.
func (s Sale) agreed() bool {
	a, o := s.Accepted, s.Order
	return a != nil && a.Payment == o.Payment && a.RefundedAmount.Equal(o.RefundedAmount) &&
		slices.EqualFunc(a.Refunds, o.Refunds, func(x, y order.Refund) bool { return x.Amount.Equal(y.Amount) })
}

// questions are what a person must answer before anything follows: nothing of a
// booked document is changed silently.
func (d *draft) questions(sale Sale, p Posted) *outcome {
	o := d.shop
	compare := "Compare both and correct the document in QuickBooks by hand, then run: qbridge accept. QBridge never changes a booked document silently."
	if sale.Changed {
		return attention(ChangedAfter, compare, "The order changed in the shop after it was posted as %s %s: the shop now says %s %s; the books have %s.",
			documentWords(p.Kind), p.TxnID, o.Due().StringFixed(cents), o.Currency, p.Total.StringFixed(cents))
	}
	_, paid := sale.posted(PaymentPurpose(1))
	switch {
	case sale.Accepted != nil && sale.Accepted.Payment == o.Payment:
	case o.Payment == order.Cancelled:
		return attention(CancelledAfter, "Decide in QuickBooks: void the document, or write a credit memo for it; then run: qbridge accept.",
			"The order was cancelled in the shop after it was posted as %s %s of %s.", documentWords(p.Kind), p.TxnID, p.Total.StringFixed(cents))
	case wasPaid(o), o.Payment == order.AwaitingPayment && p.Kind != SalesReceipt && !paid:
	case p.Kind == SalesReceipt && d.statusMakes("receipt"): // by the rules such orders are receipts
	case o.Payment == order.AwaitingPayment:
		return attention(PaymentTakenBack, "Find out whether the money came. If it did not, correct the payment in QuickBooks by hand; then run: qbridge accept.",
			"The shop says that the order is not paid, but the books have its payment of %s.", p.Total.StringFixed(cents))
	case d.statusMakes("receipt", "invoice", "sales-order"):
	default:
		return attention(UnknownStatus, "Look at the order in the shop, correct the document in QuickBooks if need be; then run: qbridge accept.",
			"The order was posted as %s %s; now the shop gives the payment status %q, which doesn't say what became of the money.", documentWords(p.Kind), p.TxnID, string(o.Payment))
	}
	if n := creditsPosted(sale); n > len(o.Refunds) && !sale.agreed() {
		return attention(RefundUnclear, "Look at the refunds of the order in the shop, correct the credit memos in QuickBooks by hand; then run: qbridge accept.",
			"The shop lists %d refunds of this order, but the books have credit memos for %d.", len(o.Refunds), n)
	}
	return nil
}

// statusMakes tells whether an entry of the rules that names the payment status
// of the order makes one of these words of it.
func (d *draft) statusMakes(words ...string) bool {
	word, met := bestEntry(d.rules.Documents, d.shop, d.decisions.Tags)
	return asksPayment(met) && slices.Contains(words, word)
}

// creditsPosted is the place of the last of the order's refunds that has a
// credit memo.
func creditsPosted(sale Sale) int {
	last := 0
	for n := 1; n <= len(sale.Posted); n++ {
		if _, ok := sale.posted(CreditPurpose(n)); ok {
			last = n
		}
	}
	return last
}

// afterRefunds is the next credit memo, or what pays out the last one.
func (d *draft) afterRefunds(sale Sale, p Posted) (step, *outcome) {
	if !refunded(d.shop) {
		return step{}, nothing("The %s of this order is in QuickBooks already (%s).", documentWords(p.Kind), p.TxnID)
	}
	if sale.agreed() {
		return step{}, nothing("A person took what QuickBooks has of this order and its refunds for right.")
	}
	if out := d.refundable(p); out != nil {
		return step{}, out
	}
	var byHand []order.Refund
	if sale.Accepted != nil {
		byHand = sale.Accepted.Refunds
	}
	for i, r := range d.shop.Refunds {
		credit, written := sale.posted(CreditPurpose(i + 1))
		refund, paidOut := sale.posted(RefundPurpose(i + 1))
		switch {
		case i < len(byHand) && byHand[i].Amount.Equal(r.Amount):
			continue
		case i < len(byHand):
			return step{}, attention(RefundUnclear, "Compare both and correct the refund in QuickBooks by hand; then run: qbridge accept.",
				"Refund %d of this order is %s in the shop now; it was %s when a person took it for right.", i+1, r.Amount.StringFixed(cents), byHand[i].Amount.StringFixed(cents))
		case !written:
			return step{kind: CreditMemo, purpose: CreditPurpose(i + 1), on: p, refund: r}, nil
		case !credit.Total.Equal(r.Amount):
			return step{}, attention(RefundUnclear, "Compare both and correct the credit memo in QuickBooks by hand; then run: qbridge accept.",
				"Refund %d of this order is %s in the shop now, but its credit memo %s is of %s.", i+1, r.Amount.StringFixed(cents), credit.TxnID, credit.Total.StringFixed(cents))
		case credit.Differs && !paidOut:
			return step{}, attention(RefundUnclear, "Pay the credit memo out in QuickBooks by hand, then run: qbridge accept.",
				"The credit memo %s of refund %d has another total than was planned (%s): nothing follows it by itself.", credit.TxnID, i+1, credit.Total.StringFixed(cents))
		case !credit.Right:
			return step{}, nothing("The credit memo of this order is in QuickBooks already (%s).", credit.TxnID)
		}
		kind, out := d.refundForm()
		if out != nil {
			return step{}, out
		}
		switch {
		case kind == "" && !paidOut:
		case !paidOut:
			return step{kind: kind, purpose: RefundPurpose(i + 1), on: credit, refund: r}, nil
		case !refund.Right:
			return step{}, nothing("The refund of this order is in QuickBooks already (%s).", refund.TxnID)
		}
	}
	return step{}, nothing("The %s of this order and what was given back are in QuickBooks already (%s).", documentWords(p.Kind), p.TxnID)
}

// afterSalesOrder is what follows a sales order, which books nothing.
func (d *draft) afterSalesOrder(sale Sale, p Posted) (step, *outcome) {
	if out := d.questions(sale, p); out != nil {
		return step{}, out
	}
	shipped := d.shop.Fulfillment == "SHIPPED" || d.shop.Fulfillment == "DELIVERED"
	switch rule := d.rules.AfterSalesOrder; {
	case !p.Right:
	case d.shop.Payment == order.Refunded && rule != "paid" && (rule != "shipped" || !shipped) && !sale.agreed():
		return step{}, attention(RefundedOrder, "Close the sales order in QuickBooks by hand, unless it is shipped all the same; then run: qbridge accept.",
			"The money of this order was given back (%s of %s) before anything was booked, and its sales order %s is open in QuickBooks.", d.shop.RefundedAmount.StringFixed(cents), d.shop.Due().StringFixed(cents), p.TxnID)
	case rule == "paid" && !wasPaid(d.shop):
		return step{}, nothing("The sales order is in QuickBooks (%s); its invoice follows when the shop says that it is paid.", p.TxnID)
	case rule == "shipped" && !shipped:
		return step{}, nothing("The sales order is in QuickBooks (%s); its invoice follows when the shop says that it is shipped.", p.TxnID)
	case refunded(d.shop) && sale.agreed():
		return step{}, nothing("A person took what QuickBooks has of this order and its refunds for right.")
	case rule == "paid" || rule == "shipped":
		return step{kind: Invoice, purpose: InvoicePurpose, on: p}, d.refundable(p)
	}
	return step{}, nothing("The sales order of this order is in QuickBooks already (%s).", p.TxnID)
}

// refundable holds an order whose refunds the rules don't want, or the shop
// doesn't tell clearly (ecwid.md 7). p is the sale's document, when it has one.
func (d *draft) refundable(p Posted) *outcome {
	o, total := d.shop, decimal.Zero
	if !refunded(o) {
		return nil
	}
	if d.rules.Refunds != "credit-memo" {
		if p.TxnID != "" {
			return attention(RefundedOrder, "Enter the refund in QuickBooks by hand, then run: qbridge accept; or have refunds posted: rules set refunds credit-memo",
				"The order was posted as %s %s; now the shop says %s, %s given back, and the rule refunds is to hold that.", documentWords(p.Kind), p.TxnID, o.Payment, o.RefundedAmount.StringFixed(cents))
		}
		return attention(RefundedOrder, "Enter this sale and its refund in QuickBooks by hand, then link or exclude the order; or have them posted: rules set refunds credit-memo",
			"The order can't be posted: the sale and its refund (%s of %s) belong together, and the rule refunds is to hold them.", o.RefundedAmount.StringFixed(cents), o.Due().StringFixed(cents))
	}
	unclear := func(format string, args ...any) *outcome {
		return attention(RefundUnclear, "Correct the refunds of the order in the shop; or enter them in QuickBooks by hand and run: qbridge accept.", format, args...)
	}
	for i, r := range o.Refunds {
		if !r.Amount.IsPositive() || !r.Amount.Equal(r.Amount.Truncate(cents)) {
			return unclear("Refund %d of the order is of %s, which is no amount that can be given back.", i+1, r.Amount)
		}
		total = total.Add(r.Amount)
	}
	switch {
	case o.Payment == order.Cancelled:
		return unclear("The order is cancelled, and %s of it were given back: it can't be told whether the rest was paid.", o.RefundedAmount.StringFixed(cents))
	case o.RefundedAmount.IsZero() && total.IsZero():
		return unclear("The shop calls the order refunded, but says of no money that it was given back.")
	case !total.Equal(o.RefundedAmount):
		return unclear("The shop says that %s were given back, but its list of refunds comes to %s.", o.RefundedAmount.StringFixed(cents), total.StringFixed(cents))
	case total.GreaterThan(o.Total):
		return unclear("The shop says that %s were given back, more than the order's total of %s.", total.StringFixed(cents), o.Total.StringFixed(cents))
	}
	return nil
}

// documentWords are what people call a kind of document.
func documentWords(kind string) string {
	switch kind {
	case SalesReceipt:
		return "sales receipt"
	case Invoice:
		return "invoice"
	case ReceivePayment:
		return "payment"
	case SalesOrder:
		return "sales order"
	case CreditMemo:
		return "credit memo"
	case ARRefundCreditCard:
		return "card refund"
	case Check:
		return "cheque"
	}
	return "document"
}
