package posting

import (
	"fmt"

	"qbridge/internal/order"
)

// creditMemo plans the credit memo of one refund. One of the whole sale takes
// back the very lines of its document; of any other the shop does not say for
// what it is, so it is one untaxed line (ecwid.md 7).
func (d *draft) creditMemo(next step) *outcome {
	on, amount := next.on, next.refund.Amount
	d.doc.Pending = d.rules.Mode == PendingMode
	d.doc.BillTo, d.doc.PONumber = on.Form.BillTo, on.Form.PONumber
	if out := d.follow(on); out != nil {
		return out
	}
	whole := amount.Equal(on.Total)
	if whole && (!d.shop.GiftCard.IsZero() || !d.shop.Loyalty.IsZero() || !d.shop.StoreCredit.IsZero()) {
		return attention(RefundUnclear, "Enter the credit memo and the refund in QuickBooks by hand, then run: qbridge accept.",
			"All the money of the order was given back, but a gift card or credit paid a part of it: the shop does not say whether that was given back, too.")
	}
	if whole && len(on.Form.Lines) == 0 {
		return attention(RefundUnclear, "Enter the credit memo and the refund in QuickBooks by hand, then run: qbridge accept.",
			"The sale was typed in by hand and linked: the lines that its credit memo takes back are not known.")
	}
	if whole {
		form := on.Form
		d.doc.Lines, d.doc.TaxItem, d.doc.CustomerTax = form.Lines, form.TaxItem, form.CustomerTax
		d.doc.Parts, d.doc.Tax, d.doc.Total = form.Parts, form.Tax, form.Total
	} else if out := d.creditLine(next.refund); out != nil {
		return out
	}
	d.noteKept(next)
	if !whole {
		d.noteTaxLeft(next)
	}
	class := d.doc.Class // of the sale, not of today's rules
	if out := d.marks(); out != nil {
		return out
	}
	d.doc.Class = class
	d.laterHeader(refundText(next.refund))
	return d.selfCheckLater(amount)
}

// refundDate dates what gives a refund back. The shop has no refund before its
// sale, whatever an import wrote: the books would have a credit in a period in
// which nothing was sold.
func (d *draft) refundDate(r order.Refund) {
	d.doc.Date = r.Day
	if r.Day == "" || r.Day >= d.order.Date {
		return
	}
	d.doc.Date = d.order.Date
	d.adjust(Adjustment{Cause: "date", Field: "refund", From: r.Day, To: d.order.Date,
		Sentence: fmt.Sprintf("The shop dates the refund %s, before the sale itself; it is booked on the day of the sale, %s.", r.Day, d.order.Date)})
}

// noteKept says when an order that the shop calls refunded kept some money.
func (d *draft) noteKept(next step) {
	o := d.shop
	kept := o.Total.Sub(o.RefundedAmount)
	if o.Payment != order.Refunded || !kept.IsPositive() || next.purpose != CreditPurpose(len(o.Refunds)) {
		return
	}
	d.adjust(Adjustment{Cause: "not all refunded", Field: "refund", From: o.Total.StringFixed(cents), To: o.RefundedAmount.StringFixed(cents), Amount: kept,
		Sentence: fmt.Sprintf("The shop calls the order refunded, but only %s of its %s were given back; %s stays in the books as sold.", o.RefundedAmount.StringFixed(cents), o.Total.StringFixed(cents), kept.StringFixed(cents))})
}

// noteTaxLeft says when refunds in parts have come to the whole: no tax is owed
// any more, but none of their credit memos took it back.
func (d *draft) noteTaxLeft(next step) {
	o := d.shop
	byHand := d.decisions.Accepted > 0 // who knows what a person's credit memos took back
	if byHand || o.Tax.IsZero() || !o.RefundedAmount.Equal(o.Total) || next.purpose != CreditPurpose(len(o.Refunds)) {
		return
	}
	d.adjust(Adjustment{Cause: "tax not taken back", Field: "tax", From: o.Tax.StringFixed(cents), To: o.Tax.StringFixed(cents), Amount: o.Tax,
		Sentence: fmt.Sprintf("In parts all of %s was given back by now, with its tax of %s, but the credit memos took back none of the tax: QuickBooks shows it as owed until you correct it (Vendors > Sales Tax > Adjust Sales Tax Due).", o.Total.StringFixed(cents), o.Tax.StringFixed(cents))})
}

// creditLine is the one line of a refund of a part of an order.
func (d *draft) creditLine(r order.Refund) *outcome {
	if d.books.Company.SalesTax {
		d.exempt = d.rules.code(d.books, false)
		d.doc.TaxItem, d.doc.CustomerTax = itemRef(d.books.item(d.rules.NoTaxItem)), codeRef(d.exempt)
	}
	desc := d.text("refund description", "Refund", false)
	if r.Reason != "" {
		desc = d.text("refund description", "Refund: "+r.Reason, false)
	}
	if out := d.charge(RefundOf, d.rules.RefundItem, "refund-item", desc, r.Amount, false); out != nil {
		return out
	}
	d.sumParts()
	if !d.shop.Tax.IsZero() {
		d.adjust(Adjustment{Cause: "untaxed refund", Field: "refund", From: r.Amount.StringFixed(cents), To: r.Amount.StringFixed(cents),
			Sentence: fmt.Sprintf("The shop does not say what of the refund of %s is tax, so the credit memo takes back none; the item %q collects such refunds for review.", r.Amount.StringFixed(cents), d.rules.RefundItem)})
	}
	return nil
}

// refundText says in a memo what was given back and why.
func refundText(r order.Refund) string {
	text := "refund of " + r.Amount.StringFixed(cents)
	if r.Reason != "" {
		text += ": " + r.Reason
	}
	return text
}

// refundForm is the kind of the form that pays out credit memos by the rules for
// the order's way of payment; "" for none.
func (d *draft) refundForm() (kind string, out *outcome) {
	form := given(lookUp(d.rules.RefundFormByMethod, d.paidBy()), d.rules.RefundForm)
	switch form {
	case "card":
		return ARRefundCreditCard, nil
	case "check":
		return Check, nil
	case "none":
		return "", nil
	}
	return "", unset(RulesIncomplete, setRules, "The rules refund-form and refund-form-by-method take card, check or none, not %q.", form)
}

// payOut plans what gives the money of a credit memo back: exactly its total,
// which is known to be right (Q32).
func (d *draft) payOut(next step) *outcome {
	on := next.on
	a, rule, out := d.moneyAccount("refund-from", d.rules.RefundFrom, d.rules.RefundFromByMethod, d.rules.RefundFromByCurrency)
	if out != nil {
		return out
	}
	if next.kind == Check && a.Type != "Bank" {
		return unset(RulesIncomplete, setRules, "The rule %s names %q, but a cheque is drawn on a bank account.", rule, a.FullName)
	}
	d.doc.RefundFrom = Ref{ListID: a.ListID, Name: a.FullName}
	d.doc.AppliedTo, d.doc.Total, d.doc.BillTo = on.TxnID, on.Total, on.Form.BillTo
	if out := d.follow(on); out != nil {
		return out
	}
	if next.kind == ARRefundCreditCard {
		if out := d.method(); out != nil {
			return out
		}
	}
	d.laterHeader(refundText(next.refund))
	return d.selfCheckLater(next.refund.Amount)
}
