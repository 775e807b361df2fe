package bridge

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"qbridge/internal/order"
	"qbridge/internal/posting"
	"qbridge/qbxml"
	"qbridge/store"
)

// otherKind is the other form that books the same sale; "" for none. An order
// may stand in the books as that one: typed by hand, or written under other
// rules that a copied back database has forgotten.
func otherKind(kind string) string {
	return map[string]string{posting.SalesReceipt: posting.Invoice, posting.Invoice: posting.SalesReceipt, posting.SalesOrder: posting.Invoice}[kind]
}

// salePurpose is the purpose of a sale that is booked as a kind.
func salePurpose(kind string) string {
	if kind == posting.Invoice {
		return posting.InvoicePurpose
	}
	return posting.ReceiptPurpose
}

// withOtherSales are rows, and behind them those of sales once more under the
// other kind.
func withOtherSales(rows []store.Row) []store.Row {
	all := slices.Clone(rows)
	for _, r := range rows {
		if r.Kind = otherKind(r.Kind); r.Kind != "" && !r.IsUndo() {
			all = append(all, r)
		}
	}
	return all
}

// otherSale decides on a sale that was never posted by the forms of the other
// kind that have its number. One that bears the order's mark is adopted; one
// that may be the order's is for a person. settled says that it was one of both.
func (c *connection) otherSale(r store.Row, got received) (settled bool, err error) {
	as := r
	if as.Kind = otherKind(r.Kind); as.Kind == "" {
		return false, nil
	}
	found := candidatesFor(as, got)
	if len(found) == 0 {
		return false, nil
	}
	d, decisions, err := c.document(r)
	if err != nil {
		return false, err
	}
	if d.LinkTo != "" { // a later form of a sale that is in the books
		return false, nil
	}
	wanted := d
	wanted.Marker = posting.Marker(r.StoreID, order.Key(r.OrderKey), salePurpose(as.Kind), d.Generation)
	found = slices.DeleteFunc(found, func(k posting.Candidate) bool { return slices.Contains(decisions.NotLink, k.TxnID) })
	match := posting.Match(wanted, found)
	k := match.Candidate
	switch {
	case match.Verdict == posting.None:
		return false, nil
	case match.Verdict == posting.One && posting.Carries(k.Memo, wanted.Marker):
		if err := c.forgotten(as, k); err != nil {
			return false, err
		}
		if err := c.rekind(&r, as.Kind, true); err != nil {
			return false, err
		}
		return true, c.adopt(r, k)
	case match.Verdict == posting.One:
		match.Doubtful = []posting.Candidate{k}
	}
	var seen []string
	for _, k := range match.Doubtful {
		seen = append(seen, fmt.Sprintf("%s %s of %s for %s, %s (TxnID %s)", strings.ToLower(kindWords(as.Kind)), k.RefNumber, k.Date, k.CustomerName, k.Total.StringFixed(2), k.TxnID))
	}
	return true, c.unsure(r, fmt.Sprintf("This order is to be a %s, but QuickBooks has %s: %s.", strings.ToLower(kindWords(r.Kind)), strings.Join(seen, "; "), match.Why), match.Doubtful...)
}

// linkedAs takes in of what kind the document is that a person linked, and whom
// it is for.
func (c *connection) linkedAs(r *store.Row, ret qbxml.Posted) error {
	if ret.Kind != r.Kind {
		if err := c.rekind(r, ret.Kind, false); err != nil {
			return err
		}
	}
	k := candidate(ret)
	return c.keepCustomer(r, k.CustomerID, k.CustomerName)
}

// rekind makes the row of a sale one of another kind. Its lines are known when
// we wrote it.
func (c *connection) rekind(r *store.Row, kind string, ours bool) error {
	d, _, err := c.document(*r)
	if err != nil {
		return err
	}
	o, found, err := c.tx.Order(r.StoreID, r.OrderKey)
	if err != nil || !found {
		return fmt.Errorf("order %s: %w", r.OrderKey, cmp.Or(err, store.ErrNotFound))
	}
	d.Kind, d.Purpose = kind, salePurpose(kind)
	if !ours {
		d.Lines = nil
	}
	e, err := expectedOf(*r)
	if err != nil {
		return err
	}
	e.Next = true // an invoice may have to be paid
	body, err := json.Marshal(d)
	if err != nil {
		return err
	}
	expect, err := json.Marshal(e)
	if err != nil {
		return err
	}
	r.Kind, r.Key, r.Expect = kind, documentKey(o, d), string(expect)
	if err := c.tx.SetKind(r.ID, r.Kind, r.Key, r.Expect, string(body)); err != nil {
		return err
	}
	return keepKind(c.tx, c.company.ID, kind)
}

// keepCustomer keeps whom a document that was found or linked is for.
func (c *connection) keepCustomer(r *store.Row, listID, name string) error {
	e, err := expectedOf(*r)
	if err != nil || listID == "" {
		return err
	}
	e.Customer = posting.Ref{ListID: listID, Name: name}
	text, err := json.Marshal(e)
	if err != nil {
		return err
	}
	r.Expect = string(text)
	return c.tx.SetExpect(r.ID, r.Expect)
}
