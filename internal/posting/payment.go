package posting

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"qbridge/qbxml"
)

// methodKind is the kind of ListRows that are payment methods.
const methodKind = "PaymentMethod"

// payment chooses payment method and deposit-to account by what the shop calls
// the method, then by its processor.
func (d *draft) payment() *outcome {
	a, _, out := d.moneyAccount("deposit-to", d.rules.DepositTo, d.rules.DepositToByMethod, d.rules.DepositToByCurrency)
	if out != nil {
		return out
	}
	d.doc.DepositTo = Ref{ListID: a.ListID, Name: a.FullName}
	return d.method()
}

// paidBy is what the shop calls the way of payment, the buyer's word first.
func (d *draft) paidBy() []string { return []string{d.order.PaymentMethod, d.order.PaymentModule} }

// method chooses the payment method.
func (d *draft) method() *outcome {
	shop := d.paidBy()
	name := lookUp(d.rules.PaymentMethods, shop)
	if name != "" {
		method := d.books.methods[Fold(name)]
		if method == nil || !method.Active {
			return attention(MethodMissing, "Correct the rule payment-methods, or add the method in QuickBooks.",
				"The rules name the payment method %q for %q, but QuickBooks has no active one of that name.", name, given(shop[0], shop[1]))
		}
		d.doc.PaymentMethod = Ref{ListID: method.ListID, Name: method.Name}
		return nil
	}
	name = given(shop[0], shop[1])
	if Fold(name) == "" {
		return nil
	}
	return d.unmapped(name)
}

// receivable chooses the A/R account: the rule's, else the only one there is.
func (d *draft) receivable() *outcome {
	rule, name := "receivable-account", d.rules.ReceivableAccount
	if d.foreign() { // an A/R account has one currency (quickbooks.md 9)
		rule, name = "receivable-by-currency."+d.order.Currency, d.rules.ReceivableByCurrency[d.order.Currency]
	}
	if name != "" || d.foreign() {
		if missing := d.books.unfit(rule, name); missing != nil {
			return unset(RulesIncomplete, setRules, "%s", missing.Sentence)
		}
		a := d.books.account(name)
		d.doc.Receivable = Ref{ListID: a.ListID, Name: a.FullName}
		return d.kept(rule, a)
	}
	a, found := d.books.onlyReceivable()
	if found != 1 {
		return unset(RulesIncomplete, setRules, "QuickBooks has %d active accounts of the type Accounts Receivable: name the one for invoices by the rule receivable-account.", found)
	}
	d.doc.Receivable = Ref{ListID: a.ListID, Name: a.FullName}
	return nil
}

// onlyReceivable is the last of the active A/R accounts, and how many there are.
func (b *Books) onlyReceivable() (last Account, n int) {
	for _, a := range b.Accounts {
		if a.Type == "AccountsReceivable" && a.Active {
			last, n = a, n+1
		}
	}
	return last, n
}

// terms fills in when an invoice is due.
func (d *draft) terms() *outcome {
	ref, out := d.books.named("terms", d.rules.Terms, d.books.Terms)
	if out != nil {
		return out
	}
	d.doc.Terms = ref
	if days, err := strconv.Atoi(d.rules.DueDays); err == nil {
		date, err := time.Parse(time.DateOnly, d.doc.Date)
		if err != nil {
			return attention(DateMissing, "Look at the order in the shop.", "The order's date %q is none.", d.doc.Date)
		}
		d.doc.DueDate = date.AddDate(0, 0, days).Format(time.DateOnly)
	}
	return nil
}

// linked makes an invoice take over the lines of the sales order that it
// follows: they must come to the same.
func (d *draft) linked(on Posted) *outcome {
	if on.Purpose != SalesOrderPurpose {
		return nil
	}
	if !on.Total.Equal(d.doc.Total) {
		return attention(ChangedAfter, "Compare both, write the invoice in QuickBooks by hand, then run: qbridge exclude.",
			"The sales order %s is of %s, but by today's rules the order comes to %s.", on.TxnID, on.Total.StringFixed(cents), d.doc.Total.StringFixed(cents))
	}
	d.doc.LinkTo = on.TxnID
	return d.follow(on)
}

// unbooked says that a sales order leaves the money that was paid out of the books.
func (d *draft) unbooked() *outcome {
	if !wasPaid(d.order) || d.doc.Total.IsZero() {
		return nil
	}
	when := "take it in QuickBooks with the invoice"
	if d.rules.AfterSalesOrder != "nothing" {
		when = "it is booked with the invoice that follows"
	}
	d.adjust(Adjustment{Cause: "not booked yet", Field: "payment", From: d.doc.Total.StringFixed(cents),
		Sentence: fmt.Sprintf("A sales order books nothing: the %s that the buyer paid are not in the books yet; %s.", d.doc.Total.StringFixed(cents), when)})
	return nil
}

// follow gives a later document the customer and A/R account of the one that it
// is for: QuickBooks takes no other.
func (d *draft) follow(on Posted) *outcome {
	if out := d.followCustomer(on); out != nil {
		return out
	}
	d.doc.Currency, d.doc.ExchangeRate, d.doc.Class = on.Form.Currency, on.Form.ExchangeRate, on.Form.Class
	if d.foreign() && d.doc.ExchangeRate == nil {
		if out := d.currency(); out != nil {
			return out
		}
	}
	if on.Form.Receivable.ListID != "" {
		d.doc.Receivable = on.Form.Receivable
		return nil
	}
	return d.receivable()
}

// followCustomer gives a later document the customer of the one that it is for.
// A ListID that is not in QuickBooks any more would be refused for ever (3120):
// then whom a person chose, or nobody.
func (d *draft) followCustomer(on Posted) *outcome {
	sold := on.Form.Customer
	if sold.ListID == "" { // typed by hand and linked
		return d.customer()
	}
	if d.books.Knows(sold.ListID) {
		d.doc.Customer, d.doc.Buyer = sold, on.Form.Buyer
		return nil
	}
	if n := d.books.names[d.decisions.Customer]; n != nil && n.Kind == customerKind && n.Active {
		return d.customer()
	}
	return attention(CustomerGone, "If it was merged there is nothing to do: at its next update QBridge asks QuickBooks whose the document is now. If this stays, choose the customer of this order.",
		"The %s of this order (%s) was posted for the customer %s, who is not in QuickBooks any more: merged into another, or deleted. What follows it can't be posted for that one.",
		documentWords(on.Kind), on.TxnID, given(sold.Name, sold.ListID))
}

// receivePayment plans the payment of an invoice: never more than it, whose total
// is known to be right (Q31).
func (d *draft) receivePayment(on Posted) *outcome {
	d.doc.AppliedTo, d.doc.Total = on.TxnID, on.Total
	for _, step := range []func() *outcome{func() *outcome { return d.follow(on) }, d.payment} {
		if out := step(); out != nil {
			return out
		}
	}
	d.promiseFee()
	d.laterHeader("payment of the invoice")
	return d.selfCheckLater(on.Total)
}

// unmapped takes the method of the same name, or does what the rules say.
func (d *draft) unmapped(name string) *outcome {
	stored := identified(name, d.limit("PaymentMethodAdd", "Name"))
	method := d.books.methods[Fold(name)]
	if method == nil {
		method = d.books.methods[Fold(stored)]
	}
	cure := fmt.Sprintf("Name a payment method of QuickBooks for it: rules set %q NAME", "payment-methods."+name)
	switch {
	case method != nil && method.Active:
		d.doc.PaymentMethod = Ref{ListID: method.ListID, Name: method.Name}
		return nil
	case d.rules.MissingMethod == "omit":
		d.adjust(Adjustment{Cause: "left out", Field: "payment method", From: name, Sentence: fmt.Sprintf("QuickBooks has no payment method %q; by the rules the receipt names none.", name)})
		d.notes = append(d.notes, "paid by "+name)
		return nil
	case method != nil:
		return attention(MethodMissing, cure, "The payment method %q is inactive in QuickBooks.", method.Name)
	case d.rules.MissingMethod == "make":
		if stored != name {
			d.adjust(Adjustment{Cause: "name", Field: "payment method", From: name, To: stored, Sentence: fmt.Sprintf("The payment method %q is called %q in QuickBooks.", name, stored)})
		}
		row := ListRow{Key: "method:" + Fold(name), Kind: methodKind, Name: stored, Add: ListAdd{PaymentMethod: &qbxml.PaymentMethodAdd{Name: stored}}}
		d.doc.PaymentMethod = d.add(row)
		return nil
	}
	return attention(MethodMissing, cure, "QuickBooks has no payment method for %q, and the rules name none.", name)
}

// lookUp finds the entry for the first of keys that has one, by folded text.
func lookUp(entries map[string]string, keys []string) string {
	for _, key := range keys {
		if key == "" {
			continue
		}
		if value := entries[key]; value != "" {
			return value
		}
		for _, entry := range slices.Sorted(maps.Keys(entries)) {
			if Fold(entry) == Fold(key) && entries[entry] != "" {
				return entries[entry]
			}
		}
	}
	return ""
}
