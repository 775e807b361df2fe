package posting

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"qbridge/qbxml"
)

// suffixes tell the later documents of an order from its first one, which has
// the order's number alone (Q32). A number follows them on the second of a
// purpose and those after it.
func suffix(purpose string) string {
	name, n, _ := strings.Cut(purpose, "/")
	end := map[string]string{SalesOrderPurpose: "-SO", "payment": "-P", "credit": "-C", "refund": "-R", "fee": "-F"}[name]
	return end + n
}

// refNumber is the order's number as QuickBooks can hold it, after the rules'
// prefix and before what tells its documents apart; the key's digits when
// nothing of the number can be read there.
func (d *draft) refNumber() string {
	request, end := d.doc.Kind+"Add", suffix(d.doc.Purpose)
	prefix, _ := qbxml.Text(d.rules.NumberPrefix, false)
	most := d.limit(request, "RefNumber") - len([]rune(end))
	if stored, _ := qbxml.Text(d.order.ID, false); strings.ContainsFunc(stored, readable) {
		stored = prefix + d.text("order number", d.order.ID, false)
		number := qbxml.CutUnique(stored, most)
		if number != stored {
			d.adjust(Adjustment{Cause: "shortened", Field: "order number", From: d.order.ID, To: number + end,
				Sentence: fmt.Sprintf("The order number %q is written %q in QuickBooks, which holds %d characters.", d.order.ID, number+end, d.limit(request, "RefNumber"))})
		}
		return number + end
	}
	digits := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, string(d.order.Key))
	number := qbxml.CutUnique(prefix+given(digits, mark(string(d.order.Key), 8)), most) + end
	d.adjust(Adjustment{Cause: string(qbxml.Replaced), Field: "order number", From: d.order.ID, To: number,
		Sentence: fmt.Sprintf("QuickBooks can hold nothing of the order number %q; it is written %q.", d.order.ID, number)})
	return number
}

func readable(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// header fills in numbers, addresses and the memo.
func (d *draft) header() *outcome {
	o, request := d.order, d.doc.Kind+"Add"
	d.doc.RefNumber = d.refNumber()
	switch {
	case o.TransactionID == "":
	case d.doc.Kind == SalesReceipt:
		check, same := d.unique(request, "CheckNumber", "transaction number", o.TransactionID)
		d.doc.CheckNumber = check
		if !same {
			d.notes = append(d.notes, "transaction "+o.TransactionID)
		}
	case wasPaid(o):
		d.notes = append(d.notes, "transaction "+o.TransactionID)
	}
	if o.PONumber != "" && (d.doc.Kind == Invoice || d.doc.Kind == SalesOrder) { // receipts have no field for it
		d.doc.PONumber, _ = d.fit(request, "PONumber", "PO number", o.PONumber) // the memo has the whole
	}
	billing := o.Billing
	if billing.Empty() {
		billing = o.Shipping
	}
	var rest []string
	d.doc.BillTo, rest = d.address(request, "BillAddress", billing)
	d.notes = append(d.notes, rest...)
	d.doc.ShipTo, rest = d.address(request, "ShipAddress", o.Shipping)
	d.notes = append(d.notes, rest...)
	if method := d.books.shipping[Fold(given(lookUp(d.rules.ShipMethods, []string{o.ShippingMethod}), o.ShippingMethod))]; method != nil && method.Active {
		d.doc.ShipMethod = Ref{ListID: method.ListID, Name: method.Name}
	} else if Fold(o.ShippingMethod) != "" && o.ShipCharge.Amount.IsZero() { // no line says it
		d.notes = append(d.notes, "shipping: "+o.ShippingMethod)
		d.adjust(Adjustment{Cause: "moved to memo", Field: "shipping method", From: o.ShippingMethod,
			Sentence: fmt.Sprintf("QuickBooks has no active shipping method %q; the memo names it.", o.ShippingMethod)})
	}
	d.memo("order " + o.ID)
	return nil
}

// laterHeader fills in number and memo of a document that follows another. text
// says what it is.
func (d *draft) laterHeader(text string) {
	o := d.order
	d.doc.RefNumber = d.refNumber()
	if o.TransactionID != "" {
		d.notes = append(d.notes, "transaction "+o.TransactionID)
	}
	d.memo(text, "order "+o.ID)
}

// memo is the marker, texts, and what has no field of its own.
func (d *draft) memo(texts ...string) {
	o := d.order
	if d.doc.event() == "order" {
		for _, t := range []struct{ label, text string }{
			{"PO ", o.PONumber}, {"coupon ", o.CouponCode}, {"tax ID ", o.TaxID}, {"buyer's note: ", o.Comments},
		} {
			if t.text != "" {
				texts = append(texts, t.label+t.text)
			}
		}
	}
	note := d.text("memo", strings.Join(append(texts, d.notes...), " | "), false)
	if len(markers(note)) > 0 { // somebody's text must not pass for a marker of ours
		note = strings.ReplaceAll(note, "Ecwid ", "Ecwid, ")
		d.adjust(Adjustment{Cause: "marker", Field: "memo", From: "Ecwid ", To: "Ecwid, ", Sentence: "The buyer's text looked like a marker of ours and was changed."})
	}
	memo := d.doc.Marker + " | " + note
	cut, shortened := qbxml.Cut(memo, d.limit(d.doc.Kind+"Add", "Memo"))
	if shortened {
		d.adjust(Adjustment{Cause: "shortened", Field: "memo", From: memo, To: cut, Sentence: fmt.Sprintf("The memo is cut to the %d characters QuickBooks holds; the shop has the whole.", d.limit(d.doc.Kind+"Add", "Memo"))})
	}
	d.doc.Memo = cut
}

// encodable lets the encoder see what will be sent, so that what QuickBooks
// would refuse is known now and not at hand-out (I5).
func (d *draft) encodable() *outcome {
	cure := "Correct that text in the shop, or enter the order in QuickBooks by hand and link it."
	if d.doc.RefNumber == "" { // a document is looked for by its number before it is written
		return attention(TooLong, cure, "The document would have no number.")
	}
	set := qbxml.Set{OnError: qbxml.ContinueOnError, NewID: "0"}
	for i, row := range d.rows {
		set.Requests = append(set.Requests, qbxml.Request{ID: "row" + strconv.Itoa(i), Body: row.Add.Body()})
	}
	body, err := d.doc.Body(func(string) (string, bool) { return "80000001-1000000000", true })
	if err == nil {
		set.Requests = append(set.Requests, qbxml.Request{ID: "document", Body: body})
		for i, field := range d.doc.FieldRequests("1-1") {
			set.Requests = append(set.Requests, qbxml.Request{ID: "field" + strconv.Itoa(i), Body: field})
		}
		version := d.books.Company.Version
		if version == (qbxml.Version{}) {
			version = qbxml.Newest()
		}
		_, err = set.Encode(version, d.books.Company.Edition)
	}
	if err == nil {
		return nil
	}
	reason := err.Error()
	if refused, ok := errors.AsType[*qbxml.FieldError](err); ok && refused.Value != "" {
		reason = fmt.Sprintf("%s (%q)", refused.Error(), refused.Value)
	}
	return attention(TooLong, cure, "QuickBooks would refuse the document: %s", reason)
}
