package bridge

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"qbridge/internal/order"
	"qbridge/internal/posting"
	"qbridge/qbxml"
	"qbridge/store"
)

// strays takes in documents in the books that bear the mark of one of our orders
// and that we know nothing of: our database was copied back to a time before
// they were written. An order that is to be posted is looked for anyway before
// it is; one that is held, excluded or not paid by now would be taken for one
// that is not in the books.
func (c *connection) strays(ids []string, changed map[string]qbxml.Posted) error {
	for _, id := range ids {
		ret, there := changed[id]
		if !there {
			continue // deleted
		}
		k := candidate(ret)
		storeID, key, purpose, marked := posting.MarkedOrder(k.Memo)
		if !marked || k.Voided {
			continue
		}
		o, found, err := c.tx.Order(storeID, string(key))
		switch {
		case err != nil:
		case !found:
			err = c.keepStray(storeID, string(key), purpose, ret)
		case o.CompanyID == c.company.ID:
			err = c.stray(o, k, ret.Kind, purpose)
		}
		if err != nil {
			return fmt.Errorf("TxnID %s: %w", id, err)
		}
	}
	return nil
}

// unpulled is a document that bears the mark of an order which we have not
// pulled yet, or have forgotten.
type unpulled struct{ Kind, TxnID string }

func unpulledSetting(companyID int64, storeID, key, purpose string) string {
	return fmt.Sprintf("unpulled/%d/%s/%s/%s", companyID, storeID, key, purpose)
}

// keepStray remembers a document for the time when its order is pulled.
func (c *connection) keepStray(storeID, key, purpose string, ret qbxml.Posted) error {
	text, err := json.Marshal(unpulled{ret.Kind, ret.TxnID})
	if err != nil {
		return err
	}
	return c.tx.SetSetting(unpulledSetting(c.company.ID, storeID, key, purpose), string(text))
}

// unpulled are rows that stand for the documents which are remembered for these.
func (c *connection) unpulled(rows []store.Row) (found []store.Row, err error) {
	some, err := c.tx.AnySetting(fmt.Sprintf("unpulled/%d/", c.company.ID)) // there hardly ever is
	if err != nil || !some {
		return nil, err
	}
	var names []string
	for _, r := range rows {
		purposes := []string{purposeOf(r)}
		if isSale(r.Kind) {
			purposes = []string{posting.ReceiptPurpose, posting.InvoicePurpose, posting.SalesOrderPurpose}
		}
		for _, purpose := range purposes {
			names = append(names, unpulledSetting(c.company.ID, r.StoreID, r.OrderKey, purpose))
		}
	}
	kept, err := c.tx.SettingsNamed(names)
	for _, name := range slices.Sorted(maps.Keys(kept)) {
		var u unpulled
		if err := json.Unmarshal([]byte(kept[name]), &u); err != nil {
			return nil, fmt.Errorf("what is remembered as %s: %w", name, err)
		}
		found = append(found, store.Row{Kind: u.Kind, RecordID: u.TxnID})
	}
	return found, err
}

func (c *connection) stray(o store.Order, k posting.Candidate, kind, purpose string) error {
	rows, err := c.tx.RowsOfOrder(o.StoreID, o.Key)
	if err != nil {
		return err
	}
	if !isSale(kind) {
		return c.strayFollower(o, rows, k, kind, purpose)
	}
	if i := slices.IndexFunc(rows, func(r store.Row) bool { return current(o, r) && r.State == rowPlanned && isSale(r.Kind) }); i >= 0 {
		return c.strayPlanned(rows[i], k, kind, posting.Marker(o.StoreID, order.Key(o.Key), purpose, int(o.Generation)))
	}
	// What is on its way is settled or looked for; what was known of this document is known.
	if slices.ContainsFunc(rows, func(r store.Row) bool {
		return inTheBooks(r.State) && r.State != rowDone || r.State == rowPlanned && !r.IsUndo() || r.RecordID == k.TxnID
	}) {
		return nil
	}
	if i := slices.IndexFunc(rows, func(r store.Row) bool { return r.State == rowDone && isSale(r.Kind) }); i >= 0 {
		if kind != rows[i].Kind && (kind == posting.SalesOrder || rows[i].Kind == posting.SalesOrder) { // an invoice takes the place of its sales order
			return nil
		}
		return c.second(o, rows[i], k)
	}
	d, err := c.remembered(o, k, posting.Document{Purpose: purpose, Kind: kind})
	if err != nil {
		return err
	}
	if rows, err = placeholder(c.tx, o, d, copiedBack); err != nil {
		return err
	}
	if err := c.adopt(rows[0], k); err != nil {
		return err
	}
	now, _, err := c.tx.Order(o.StoreID, o.Key)
	switch {
	case err != nil || now.State != string(order.Synced):
		return err
	case !changedMeanwhile(o):
		return c.tx.ReplanOrder(o.StoreID, o.Key) // something may follow it
	}
	return c.attention(rows[0], posting.ChangedAfter, fmt.Sprintf("%s (TxnID %s) was posted before QBridge's own data were copied back from a backup, and the order has changed since: %s",
		documentName(rows[0]), k.TxnID, o.Reason), "Compare both and correct the document in QuickBooks by hand. QBridge never changes a booked document silently.")
}

// strayPlanned adopts a document that bears the mark of a sale which is to be
// written. The look before that would miss it when it has another number by now.
func (c *connection) strayPlanned(r store.Row, k posting.Candidate, kind, marker string) error {
	if !posting.Carries(k.Memo, marker) || kind != r.Kind && kind != otherKind(r.Kind) {
		return nil
	}
	if err := c.forgotten(r, k); err != nil {
		return err
	}
	if kind != r.Kind {
		if err := c.rekind(&r, kind, true); err != nil {
			return err
		}
	}
	return c.adopt(r, k)
}

// strayFollower takes in what followed the sale of an order that is known. What
// the shop says of it by now is for the planner to compare.
func (c *connection) strayFollower(o store.Order, rows []store.Row, k posting.Candidate, kind, purpose string) error {
	d := posting.Document{Purpose: purpose, Kind: kind, Generation: max(1, int(o.Generation))}
	sold := false
	for _, r := range rows {
		switch {
		case r.RecordID == k.TxnID, underWay(o, rows):
			return nil
		case r.Key == documentKey(o, d) && r.State == rowDone:
			return c.second(o, r, k)
		case r.Key == documentKey(o, d): // it is looked for before it is written, or a person says what is to become of it
			return nil
		}
		sold = sold || r.State == rowDone && isSale(r.Kind) && current(o, r)
	}
	if !sold {
		return nil // it is looked for when its sale is found
	}
	d, err := c.remembered(o, k, d)
	if err != nil {
		return err
	}
	followers, err := placeholder(c.tx, o, d, copiedBack)
	if err != nil {
		return err
	}
	expect, err := json.Marshal(expected{Total: k.Total, Notes: copiedBack})
	if err != nil {
		return err
	}
	if err := c.tx.SetExpect(followers[0].ID, string(expect)); err != nil {
		return err
	}
	followers[0].Expect = string(expect)
	if err := c.adopt(followers[0], k); err != nil {
		return err
	}
	if o.State != string(order.Synced) { // what the order waits for has nothing to do with it
		in := store.StateIn{State: o.State, Cause: o.Cause, Reason: o.Reason, Cure: o.Cure, Who: "qbridge"}
		if err := c.tx.SetState(o.StoreID, o.Key, in); err != nil {
			return err
		}
	}
	return c.tx.ReplanOrder(o.StoreID, o.Key)
}

// remembered is a forgotten document as the books have it, with the fee that the
// rules promise of it: they are as old as our data, and so were in force when it
// was written, unless they were changed in between.
func (c *connection) remembered(o store.Order, k posting.Candidate, d posting.Document) (posting.Document, error) {
	d.Date, d.Total, d.DepositTo = k.Date, k.Total, k.DepositTo
	p, err := c.b.planner(c.tx, c.company.ID)
	if err != nil {
		return d, err
	}
	decoded, unreadable, err := p.decode(o)
	if err != nil || unreadable != nil { // an unreadable order is held: nothing follows it
		return d, err
	}
	decisions, err := c.tx.Decisions(o.StoreID, o.Key)
	if err != nil {
		return d, err
	}
	return posting.WithFee(d, posting.Sale{Order: decoded, Decisions: gather(decisions)}, p.rules, p.books), nil
}

// copiedBack is what is noted of a document that we did not remember.
const copiedBack = "It was in the books already: QBridge's own data had been copied back from a backup."

// second says that a document which nobody knew of bears the mark of an order
// whose document is known, unless a person said that it is not the order's, or
// took two for right.
func (c *connection) second(o store.Order, r store.Row, k posting.Candidate) error {
	decisions, err := c.tx.Decisions(o.StoreID, o.Key)
	if err != nil || o.Cause == string(CauseTwice) || slices.ContainsFunc(decisions, func(d store.Decision) bool {
		return d.Kind == "not-link" && d.Value == k.TxnID || d.Kind == "accept" && d.Subject == string(CauseTwice)
	}) {
		return err
	}
	return c.attention(r, CauseTwice, fmt.Sprintf("%s stands twice in QuickBooks, as TxnID %s and %s: both bear the mark of this order. Either somebody copied the one, or two computers ran the Web Connector.",
		documentName(r), k.TxnID, r.RecordID), twiceCure)
}

// changedMeanwhile tells whether an order would not be posted any more as it is
// in the shop now. That its earlier document is gone is no change of it.
func changedMeanwhile(o store.Order) bool {
	earlier := o.Cause == string(CauseGone) || o.Cause == string(CauseVoided)
	return o.State == string(order.Waiting) || o.State == string(order.Attention) && !earlier
}
