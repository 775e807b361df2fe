package posting

import (
	"fmt"
	"maps"
	"slices"

	"qbridge/qbxml"
)

// methodKind is the kind of ListRows that are payment methods.
const methodKind = "PaymentMethod"

// payment chooses payment method and deposit-to account by what the shop calls
// the method, then by its processor.
func (d *draft) payment() *outcome {
	shop := []string{d.order.PaymentMethod, d.order.PaymentModule}
	rule, account := "deposit-to-by-method", lookUp(d.rules.DepositToByMethod, shop)
	if account == "" {
		rule, account = "deposit-to", d.rules.DepositTo
	}
	if missing := d.books.unfit(rule, account); missing != nil {
		return unset(RulesIncomplete, setRules, "%s", missing.Sentence)
	}
	a := d.books.account(account)
	d.doc.DepositTo = Ref{ListID: a.ListID, Name: a.FullName}

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
