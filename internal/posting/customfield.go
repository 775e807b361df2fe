package posting

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"qbridge/internal/order"
	"qbridge/qbxml"
)

// CustomField is a field that people have set up in QuickBooks, and what a form
// or one of its lines has in it. The value holds 255 characters.
type CustomField struct{ Name, Value string }

// Mod sets the field on a form that is in the books. It may be repeated: it sets
// the value whether or not there was one (quickbooks.md 2.1).
func (f CustomField) Mod(kind, txnID string) qbxml.DataExtMod {
	return qbxml.DataExtMod{OwnerID: customField, DataExtName: f.Name, TxnDataExtType: kind, TxnID: txnID, DataExtValue: f.Value}
}

// customField is the OwnerID of fields that people see.
const customField = "0"

// customFields are what the rules put into custom fields of the form, or of the
// line of l when it is not nil. What the order does not have is left out.
func (d *draft) customFields(rules map[string]string, l *order.Line) (all []CustomField) {
	for _, name := range slices.Sorted(maps.Keys(rules)) {
		what := "custom field " + name
		value, rest := d.fit("DataExtMod", "DataExtValue", what, d.told(rules[name], l))
		if rest != "" {
			d.notes = append(d.notes, name+": "+rest)
		}
		if value != "" {
			all = append(all, CustomField{name, value})
		}
	}
	return all
}

// told is what the order, or its line, has of what a rule asks for.
func (d *draft) told(source string, l *order.Line) string {
	o := d.order
	kind, name, _ := strings.Cut(source, ":")
	switch kind {
	case "order-number":
		return o.ID
	case "order-id":
		_, id, _ := strings.Cut(string(o.Key), ":")
		return id
	case "store":
		return o.StoreID
	case "payment-method":
		return o.PaymentMethod
	case "transaction":
		return o.TransactionID
	case "tracking":
		return o.TrackingNumber
	case "coupon":
		return o.CouponCode
	case "po-number":
		return o.PONumber
	case "channel":
		return o.ExternalChannel
	case "group":
		return o.CustomerGroup
	case "note":
		return o.Comments
	case "field":
		for _, f := range o.Fields {
			if Fold(f.ID) == Fold(name) || Fold(f.Title) == Fold(name) {
				return f.Value
			}
		}
	case "text":
		return name
	case "sku":
		return l.SKU
	case "name":
		return l.Name
	case "option":
		for _, option := range l.Options {
			if Fold(option.Name) == Fold(name) {
				return option.Value
			}
		}
	}
	return ""
}

// fieldName checks the name of a custom field in the rules.
func fieldName(name string) error {
	most := qbxml.Limit("DataExtModRq", "DataExtMod/DataExtName", qbxml.US)
	if _, changes := qbxml.Text(name, false); len(changes) > 0 || len([]rune(name)) > most {
		return fmt.Errorf("a custom field's name in QuickBooks has at most %d characters of Western Europe's", most)
	}
	return nil
}

// FieldRequests set the custom fields of a document that is in the books under a
// TxnID.
func (d Document) FieldRequests(txnID string) (bodies []qbxml.Body) {
	for _, f := range d.Fields {
		bodies = append(bodies, f.Mod(d.Kind, txnID))
	}
	return bodies
}

// dataExt are custom fields of a line.
func dataExt(fields []CustomField) (all []qbxml.DataExt) {
	for _, f := range fields {
		all = append(all, qbxml.DataExt{OwnerID: customField, DataExtName: f.Name, DataExtValue: f.Value})
	}
	return all
}
