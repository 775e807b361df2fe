package bridge

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"qbridge/internal/order"
	"qbridge/internal/posting"
	"qbridge/qbxml"
	"qbridge/store"
)

// kindField is the kind of outbox rows that set a custom field of a document
// which is in the books. They are no documents: no order waits for them, and
// none is held when QuickBooks refuses one. Repeating one does no harm.
const kindField = "DataExtMod"

// settingField is what such a row keeps.
type settingField struct {
	Row         int64 // of the document
	Kind, TxnID string
	Field       posting.CustomField
}

func settingOf(r store.Row) (f settingField, err error) {
	if err := json.Unmarshal([]byte(r.Expect), &f); err != nil {
		return f, fmt.Errorf("the stored custom field %s: %w", r.Name, err)
	}
	return f, nil
}

// document is as much of the row of the document as asks for it.
func (f settingField) document() store.Row { return store.Row{Kind: f.Kind, RecordID: f.TxnID} }

// fieldDocuments are the documents of rows that set custom fields, each once.
func fieldDocuments(rows []store.Row) (documents []store.Row, err error) {
	seen := map[string]bool{}
	for _, r := range rows {
		f, err := settingOf(r)
		if err != nil {
			return nil, err
		}
		if !seen[f.TxnID] {
			seen[f.TxnID] = true
			documents = append(documents, f.document())
		}
	}
	return documents, nil
}

func (f settingField) request() qbxml.Body { return f.Field.Mod(f.Kind, f.TxnID) }

// fieldKey is the key of the row that sets a custom field of a document.
func fieldKey(txnID string, f posting.CustomField) string {
	return "field:" + txnID + "/" + posting.Fold(f.Name)
}

// setFields queues that the custom fields of a document be set which we wrote. One
// that was found and that we don't remember keeps what people have put into its
// fields since.
func (c *connection) setFields(r store.Row, e expected, txnID string) error {
	if r.Adopted || r.Tries == 0 {
		return nil
	}
	for _, field := range e.Fields {
		expect, err := json.Marshal(settingField{r.ID, r.Kind, txnID, field})
		if err != nil {
			return err
		}
		_, _, err = c.tx.PlanRow(store.Row{CompanyID: c.company.ID, Key: fieldKey(txnID, field), Kind: kindField, Name: field.Name, Expect: string(expect), Body: "{}"})
		if err != nil {
			return err
		}
	}
	return nil
}

// fieldSet keeps that QuickBooks has set a custom field. The answer does not tell
// whether that changed the document's EditSequence: the document is read next.
func (c *connection) fieldSet(r store.Row, u store.RowUpdate) error {
	u.State = rowUnread
	return errors.Join(c.tx.SetRow(r.ID, u), c.forgetEdit(r))
}

// forgetEdit forgets the EditSequence of the document of a field that QuickBooks
// has set, or may have: what changed it is not taken for a person's doing.
func (c *connection) forgetEdit(r store.Row) error {
	f, err := settingOf(r)
	if err != nil {
		return err
	}
	return c.tx.ForgetEdit(f.Row)
}

// fieldRead settles a custom field with its document as it is after that, so that
// what people change from then on is told. One that is not found, or can't be
// asked for, is left to the check of the books.
func (c *connection) fieldRead(r store.Row, got received) error {
	if err := c.tx.SetRow(r.ID, store.RowUpdate{State: rowDone, Code: r.Code, Message: r.Message}); err != nil {
		return err
	}
	f, err := settingOf(r)
	if err != nil {
		return err
	}
	document, found, err := c.tx.Row(f.Row)
	ret := documentByID(got, f.TxnID)
	if err != nil || !found || ret == nil || document.State != rowDone || document.RecordID != f.TxnID {
		return err
	}
	return errors.Join(c.seen(nil, document, *ret), c.touchUndo(document, ret.EditSequence))
}

// touchUndo tells what is to undo a document that we changed it ourselves.
func (c *connection) touchUndo(document store.Row, editSequence string) error {
	r, found, err := c.tx.RowByKey(c.company.ID, undoKey(document.Key))
	if err != nil || !found || r.State != rowPlanned {
		return err
	}
	u, err := undoingOf(r)
	if err != nil {
		return err
	}
	u.EditSequence = editSequence
	expect, err := json.Marshal(u)
	if err != nil {
		return err
	}
	return c.tx.SetExpect(r.ID, string(expect))
}

// fieldCure is what to do about a custom field that QuickBooks does not have.
const fieldCure = "To set it up in QuickBooks: Customers > Customer Center, edit any customer, Additional Info > Define Fields, tick Cust beside it; to see it: Lists > Templates, the form's template, Additional Customization. Later orders get it by themselves; for this one run: qbridge release. Or type it in by hand."

// noField says what is missing when QuickBooks lacks a custom field.
func noField(r store.Row, reason string) (why, cure string) {
	if r.Kind == kindField {
		return "QuickBooks has no such field for customers.", ""
	}
	return "A custom field for lines that the rule line-custom-fields names is not set up in QuickBooks. " + reason,
		"Set it up in QuickBooks: Lists > Item List, edit any item, Custom Fields > Define Fields; or take it out of the rule. Then run: qbridge release."
}

// fieldRefused says with the order that QuickBooks did not set a custom field.
// Document and order stay as they are.
func (c *connection) fieldRefused(r store.Row, reason string) error {
	f, err := settingOf(r)
	if err != nil {
		return err
	}
	document, found, err := c.tx.Row(f.Row)
	if err != nil || !found || document.State != rowDone { // who undid it knows
		return err
	}
	o, found, err := c.tx.Order(document.StoreID, document.OrderKey)
	if err != nil || !found {
		return err
	}
	said := fmt.Sprintf(fieldSaid+"%q of %s was not set to %q. %s", f.Field.Name, documentName(document), f.Field.Value, reason)
	if o.State != string(order.Synced) && o.State != string(order.Pending) || o.Cause != "" { // what the order waits for comes first
		return c.tx.AddHistory(store.History{CompanyID: c.company.ID, StoreID: o.StoreID, Key: o.Key, Who: "qbridge", Event: "custom-field", Note: said + " " + fieldCure})
	}
	in := store.StateIn{State: o.State, Reason: said, Cure: fieldCure, Who: "qbridge"}
	if o.Reason != "" {
		in.Reason = o.Reason + " " + said
	}
	return c.tx.SetState(o.StoreID, o.Key, in)
}

// fieldSaid begins what is said of a custom field that QuickBooks refused.
const fieldSaid = "The custom field "

// refusedFields are the rows of an order's custom fields that QuickBooks refused.
func refusedFields(tx *store.Tx, o store.Order) (refused []store.Row, err error) {
	documents, err := tx.RowsOfOrder(o.StoreID, o.Key)
	if err != nil {
		return nil, err
	}
	for _, d := range documents {
		if d.State != rowDone || d.IsUndo() {
			continue
		}
		e, err := expectedOf(d)
		if err != nil {
			return nil, err
		}
		for _, f := range e.Fields {
			r, found, err := tx.RowByKey(o.CompanyID, fieldKey(d.RecordID, f))
			if err != nil {
				return nil, err
			}
			if found && r.State == rowRefused {
				refused = append(refused, r)
			}
		}
	}
	return refused, nil
}

// retryFields has the custom fields of an order set again that QuickBooks refused,
// and tells how many those are. What was said of them is taken back.
func retryFields(tx *store.Tx, o store.Order, who string) (int, error) {
	refused, err := refusedFields(tx, o)
	if err != nil || len(refused) == 0 {
		return 0, err
	}
	for _, r := range refused {
		if _, _, err := tx.PlanRow(r); err != nil {
			return 0, err
		}
	}
	reason, _, said := strings.Cut(o.Reason, fieldSaid)
	if said && o.Cause == "" {
		err = tx.SetState(o.StoreID, o.Key, store.StateIn{State: o.State, Reason: strings.TrimSpace(reason), Who: who})
	}
	return len(refused), errors.Join(err, tx.AddHistory(store.History{CompanyID: o.CompanyID, StoreID: o.StoreID, Key: o.Key, Who: who, Event: "custom-field",
		Note: fmt.Sprintf("Custom fields that QuickBooks refused are set again: %d.", len(refused))}))
}
