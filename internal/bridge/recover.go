package bridge

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"qbridge/internal/posting"
	"qbridge/qbxml"
	"qbridge/store"
)

// recordStatus takes the answer to a status check. What QuickBooks stored is
// applied as the first answer would have been; for the rest its documents are
// looked for next. No code alone permits a second Add (quickbooks.md 1.3).
func (c *connection) recordStatus(s subject, got received) (string, error) {
	if got.hresult != "" && qbxml.HResultOf(got.hresult).Executed != qbxml.NotExecuted {
		times, err := c.unanswered(kindStatus, s)
		if err != nil || times < maxUnanswered {
			return hresultText(got), err
		}
		got = received{} // QuickBooks dies over this question: its documents are looked for
	}
	rows, err := c.tx.RowsOfSet(s.Set)
	if err != nil {
		return "", err
	}
	text, missing, err := c.recordRows(rows, got)
	if err != nil {
		return "", err
	}
	if len(missing) == 0 {
		set, _, err := c.tx.Set(s.Set)
		if err != nil {
			return "", err
		}
		// The answer came after all: it is kept with its set, beside the HRESULT that stood in for it (I4).
		err = c.tx.AnswerSet(s.Set, store.SetAnswer{State: setAnswered, Answer: got.raw, AnswerHash: got.hash, HResult: set.HResult, Message: set.Message})
		if err != nil {
			return "", err
		}
		return text, c.tx.SetSetting(answeredSetting(c.company.ID), s.Set)
	}
	c.done.Settling = s.Set
	return text, nil
}

// recordSettle decides on each row in doubt by what the books hold: one such
// document is adopted, none is sent again under a new ID, unsure is for a
// person (design.md 4.2).
func (c *connection) recordSettle(s subject, got received) error {
	rows, err := c.rowsIn(s.Rows, rowInDoubt)
	if err != nil {
		return err
	}
	for _, r := range rows {
		err := guarded(func() error {
			switch {
			case r.StoreID == "":
				return c.settleListRow(r, got)
			case r.IsUndo():
				return c.settleUndo(r, got)
			}
			return c.settleDocument(r, candidatesFor(r, got), func() error { return c.sendAgain(r) })
		})
		if err := c.setRowAside(r, err); err != nil {
			return fmt.Errorf("%s %s: %w", r.Kind, r.Name, err)
		}
	}
	if c.done.OneByOne {
		return nil // the next one is asked for; recover finds out when it was the last
	}
	c.done.Settling = ""
	return c.tx.SetSetState(s.Set, setSettled)
}

// rowsIn gives the rows that are still in a state.
func (c *connection) rowsIn(ids []int64, state string) ([]store.Row, error) {
	rows, err := c.tx.RowsByID(ids)
	return slices.DeleteFunc(rows, func(r store.Row) bool { return r.State != state }), err
}

// settleListRow adopts a name that is in the file now. Names are unique, so it
// is ours unless another e-mail stands with it.
func (c *connection) settleListRow(r store.Row, got received) error {
	switch r.Kind { // made twice they are the same; QuickBooks says so when the record is another one by now
	case kindField:
		if err := c.forgetEdit(r); err != nil {
			return err
		}
		return c.sendAgain(r)
	case "CustomerMod":
		return c.sendAgain(r)
	}
	for _, answer := range got.responses {
		for _, ret := range answer.rets {
			name, email, active := listName(ret)
			if listOfRet(ret) != listOfKind(r.Kind) || posting.Fold(name) != posting.Fold(r.Name) {
				continue
			}
			if active && (r.Kind != "Customer" || posting.Fold(email) == posting.Fold(r.Email)) {
				return c.adoptListRow(r, ret)
			}
			if err := c.tx.WantLists(c.company.ID, listOfKind(r.Kind)); err != nil {
				return err
			}
			return c.refuse(r, 0, fmt.Sprintf("%s %s is in QuickBooks already, but it is another one.", r.Kind, r.Name), "The lists are read again; the order is planned anew then.")
		}
	}
	return c.sendAgain(r)
}

// sendAgain puts a row that QuickBooks turned out not to have back into the
// queue, but not for ever: an answer may be such that it can never be read.
func (c *connection) sendAgain(r store.Row) error {
	if r.Tries >= maxTries {
		return c.refuse(r, 0, fmt.Sprintf("It was handed to QuickBooks %d times, no answer told what became of it, and QuickBooks does not have it.", r.Tries),
			"Look into the Web Connector's log, then release the order.")
	}
	// After a second time it goes by itself: what can't be read may be the answer to another row of its set (I6).
	why := "QuickBooks does not have it; it goes out again."
	if err := c.tx.SetRow(r.ID, store.RowUpdate{State: rowPlanned, Message: why, Alone: r.Tries > 1}); err != nil {
		return err
	}
	return c.requeue(r, why)
}

func (c *connection) adoptListRow(r store.Row, ret any) error {
	w := writtenOf([]any{ret})
	if err := c.tx.SetRow(r.ID, store.RowUpdate{State: rowDone, RecordID: w.id, EditSequence: w.editSequence, Adopted: true}); err != nil {
		return err
	}
	return c.keepListRow(r, ret)
}

func listName(ret any) (name, email string, active bool) {
	switch r := ret.(type) {
	case *qbxml.CustomerRet:
		return r.FullName, r.Email, r.IsActive
	case *qbxml.ItemRet:
		return r.FullName, "", r.IsActive
	case *qbxml.PaymentMethodRet:
		return r.Name, "", r.IsActive
	case *qbxml.ShipMethodRet:
		return r.Name, "", r.IsActive
	}
	return "", "", false
}

func listOfRet(ret any) string {
	switch ret.(type) {
	case *qbxml.CustomerRet:
		return nameList
	case *qbxml.PaymentMethodRet:
		return paymentMethodList
	case *qbxml.ShipMethodRet:
		return shipMethodList
	case *qbxml.ItemRet:
		return itemList
	}
	return ""
}

// settleDocument decides whether a planned document is among the candidates.
// none is what to do when it is not.
func (c *connection) settleDocument(r store.Row, found []posting.Candidate, none func() error) error {
	if len(found) == 0 {
		return none()
	}
	d, decisions, err := c.document(r)
	if err != nil {
		return err
	}
	books, err := c.b.books(c.tx, c.company)
	if err != nil {
		return err
	}
	found = slices.DeleteFunc(found, func(k posting.Candidate) bool { return slices.Contains(decisions.NotLink, k.TxnID) })
	for i := range found {
		if n, ok := books.Name(found[i].CustomerID); ok {
			found[i].Email = n.Email
		}
	}
	match := posting.Match(d, found)
	switch match.Verdict {
	case posting.One:
		if r.Tries == 0 && strings.Contains(match.Candidate.Memo, d.Marker) {
			if err := c.forgotten(r, match.Candidate); err != nil {
				return err
			}
		}
		return c.adopt(r, match.Candidate)
	case posting.None:
		return none()
	}
	var seen []string
	for _, k := range match.Doubtful {
		seen = append(seen, fmt.Sprintf("%s %s of %s for %s, %s (TxnID %s)", strings.ToLower(kindWords(k.Kind)), k.RefNumber, k.Date, k.CustomerName, k.Total.StringFixed(2), k.TxnID))
	}
	return c.unsure(r, fmt.Sprintf("%s In QuickBooks: %s. This order: %s %s of %s for %s, %s.", match.Why, strings.Join(seen, "; "), strings.ToLower(kindWords(r.Kind)), d.RefNumber, d.Date, d.Buyer.Name, d.Total.StringFixed(2)), match.Doubtful...)
}

// unsure leaves a row to a person, who is shown what it may be.
func (c *connection) unsure(r store.Row, why string, doubtful ...posting.Candidate) error {
	if err := keepDoubtful(c.tx, r, doubtful); err != nil {
		return err
	}
	if err := c.tx.SetRow(r.ID, store.RowUpdate{State: rowUnsure, Message: why}); err != nil {
		return err
	}
	return c.attention(r, CauseUnsure, why, "Compare both. If it is the same sale, link the order to it; if not, say so and the order is posted.")
}

// document gives a row's document with its customer's ListID, and what people
// decided about its order.
func (c *connection) document(r store.Row) (d posting.Document, decisions posting.Decisions, err error) {
	bodies, err := c.tx.Bodies([]int64{r.ID})
	if err != nil {
		return d, decisions, err
	}
	if d, err = storedDocument(bodies[r.ID]); err != nil {
		return d, decisions, err
	}
	if d.Customer.ListID == "" {
		ids, err := c.tx.NeedIDs([]int64{r.ID})
		if err != nil {
			return d, decisions, err
		}
		d.Customer.ListID = ids[d.Customer.Row]
	}
	list, err := c.tx.Decisions(r.StoreID, r.OrderKey)
	return d, gather(list), err
}

// forgotten says once a session that the books hold what we wrote and don't
// know of: our own database is an older copy. Nothing is doubled, because the
// books are asked before anything goes out for the first time.
func (c *connection) forgotten(r store.Row, k posting.Candidate) error {
	if c.done.Older {
		return nil
	}
	c.done.Older = true
	note := fmt.Sprintf("%s (TxnID %s) of order %s was written by QBridge, which does not remember it: was its own database restored from a backup? "+
		"What is found in QuickBooks is linked, not written again; decisions and rules since that backup are lost.", documentName(r), k.TxnID, r.OrderKey)
	c.b.Log.Warn("the database is older than the books", "what", note)
	return c.tx.AddHistory(store.History{CompanyID: c.company.ID, Who: "qbridge", Event: "older-database", Note: note})
}

// foundMessage is what the row of a document says that was found in the books.
const foundMessage = "found in the books"

// adopt takes a document that is in the books for the planned one.
func (c *connection) adopt(r store.Row, k posting.Candidate) error {
	if other, ok, err := c.tx.RowByRecord(c.company.ID, k.TxnID); err != nil {
		return err
	} else if ok && other.ID != r.ID {
		return c.unsure(r, fmt.Sprintf("%s %s (TxnID %s) looks like this order, but is order %s's already.", kindWords(r.Kind), k.RefNumber, k.TxnID, other.OrderKey), k)
	}
	if err := c.keepCustomer(&r, k.CustomerID, k.CustomerName); err != nil {
		return err
	}
	// What bears our mark we wrote, though we don't know of it: then the books without it are an older copy, too.
	storeID, key, _, marked := posting.MarkedOrder(k.Memo)
	ours := marked && storeID == r.StoreID && string(key) == r.OrderKey
	err := c.tx.SetRow(r.ID, store.RowUpdate{State: rowDone, RecordID: k.TxnID, EditSequence: k.EditSequence,
		BooksTotal: k.Total.StringFixed(2), Adopted: !ours, Message: foundMessage})
	if err != nil {
		return err
	}
	err = c.tx.AddHistory(store.History{CompanyID: c.company.ID, StoreID: r.StoreID, Key: r.OrderKey, Who: "qbridge", Event: "adopted",
		Note: fmt.Sprintf("%s %s (TxnID %s) was in the books already; it was not written again.", kindWords(r.Kind), k.RefNumber, k.TxnID)})
	if err != nil {
		return err
	}
	r.Adopted = r.Adopted || !ours
	return c.compare(r, k.TxnID, k.Total, "qbridge")
}

// recordLook decides on documents that were never posted: someone may have
// typed them in, or another connector left them (design.md 4.3).
func (c *connection) recordLook(s subject, got received) error {
	rows, err := c.rowsIn(s.Rows, rowPlanned)
	if err != nil {
		return err
	}
	var free []int64
	for _, r := range rows {
		err := guarded(func() error {
			if settled, err := c.otherSale(r, got); err != nil || settled {
				return err
			}
			return c.settleDocument(r, append(candidatesFor(r, got), nearFor(r, got)...), func() error {
				free = append(free, r.ID)
				return nil
			})
		})
		if err := c.setRowAside(r, err); err != nil {
			return fmt.Errorf("%s %s: %w", r.Kind, r.Name, err)
		}
	}
	return c.tx.MarkLooked(free, c.row.Ticket)
}

// recordRead takes the totals of documents that were written without one, and what
// became of those whose custom fields were set.
func (c *connection) recordRead(s subject, got received) error {
	rows, err := c.rowsIn(s.Rows, rowUnread)
	if err != nil {
		return err
	}
	for _, r := range rows {
		if r.Kind == kindField {
			if err := c.setRowAside(r, guarded(func() error { return c.fieldRead(r, got) })); err != nil {
				return err
			}
			continue
		}
		ret := documentByID(got, r.RecordID)
		if ret == nil || ret.Total == nil {
			if err := c.tx.SetRow(r.ID, store.RowUpdate{State: rowUnsure, Message: "QuickBooks wrote it but does not find it"}); err != nil {
				return err
			}
			who := "QuickBooks said that it wrote"
			if r.Adopted {
				who = "A person linked the order to"
			}
			if err := c.attention(r, CauseUnsure, fmt.Sprintf("%s %s %s (TxnID %s), but QuickBooks does not find it now.", who, strings.ToLower(kindWords(r.Kind)), r.Name, r.RecordID),
				"Look for it in QuickBooks. If it is there, link the order to it; if not, say so and the order is posted."); err != nil {
				return err
			}
			continue
		}
		w := writtenRecord{ret.TxnID, ret.EditSequence, ret.Total, nil}
		err := guarded(func() error {
			if r.Adopted {
				if err := c.linkedAs(&r, *ret); err != nil {
					return err
				}
			}
			return c.written(r, w, nil)
		})
		if err := c.setRowAside(r, err); err != nil {
			return err
		}
	}
	return nil
}

// CauseGone marks an order whose document a person deleted in QuickBooks.
const CauseGone posting.Cause = "deleted-in-quickbooks"

// rowGone is a document that was posted and is not in the books any more.
const rowGone = "gone"

// recordIdentity holds our newest documents against the open file. When the
// newest is missing, the file is an older copy: stop, write nothing
// (design.md 4.4). An older one that is missing was deleted by a person.
func (c *connection) recordIdentity(s subject, got received) (string, error) {
	posted, err := c.rowsIn(s.Rows, rowDone)
	if err != nil {
		return "", err
	}
	var missing []store.Row
	newest := len(posted) // index of the newest that is there
	for i, r := range posted {
		if documentByID(got, r.RecordID) == nil {
			missing = append(missing, r)
			continue
		}
		newest = min(newest, i)
	}
	lenient, _, err := c.tx.Setting(lenientSetting(c.company.ID))
	if err != nil {
		return "", err
	}
	if err := c.identityAnswered(); err != nil {
		return "", err
	}
	switch {
	case len(missing) == 0:
	case lenient != "": // a person said to go on: what else is missing is gone, too
	case newest > 0, len(missing) > 1: // the newest is missing, or more than one
		return c.stop(missing, fmt.Sprintf("%s, our newest in %s, is not in this company file.", documentName(missing[0]), c.company.Name))
	}
	for _, r := range missing {
		if err := c.gone(r); err != nil {
			return "", err
		}
	}
	c.done.Identity = newest < len(posted) || len(posted) == 0 // none is there: ask for the next older ones
	if !c.done.Identity {
		return "", nil
	}
	return "", c.drop(lenientSetting(c.company.ID))
}

// What the message of a row that is gone says.
const (
	goneMessage   = "not in the books any more"
	voidedMessage = "voided in QuickBooks"
)

func (c *connection) gone(r store.Row) error { return c.goneAs(r, goneMessage) }

func (c *connection) goneAs(r store.Row, message string) error {
	o, found, err := c.tx.Order(r.StoreID, r.OrderKey)
	if err != nil || !found {
		return errors.Join(err, store.ErrNotFound)
	}
	if o.Cause == string(CauseTwice) {
		return c.unsure(r, fmt.Sprintf("One of its two documents, TxnID %s, is %s. Before: %s", r.RecordID, message, o.Reason))
	}
	if err := c.tx.SetRow(r.ID, store.RowUpdate{State: rowGone, RecordID: r.RecordID, BooksTotal: r.BooksTotal, Message: message}); err != nil {
		return err
	}
	if err := unlink(c.tx, r); err != nil {
		return err
	}
	rows, err := c.tx.RowsOfOrder(r.StoreID, r.OrderKey)
	undoing := slices.ContainsFunc(rows, func(r store.Row) bool { return r.IsUndo() && r.State != rowUndone })
	if err == nil && !undoing { // QuickBooks itself would not refuse what was to follow, a fee for example
		err = c.tx.DropPlanned(r.StoreID, r.OrderKey)
	}
	if err != nil {
		return err
	}
	r.Message = message
	cause, reason, cure := goneText(r)
	return c.attention(r, cause, reason, cure)
}

// unlink takes back that a person linked an order to its document, which is gone:
// the order would else be taken for posted by it for ever.
func unlink(tx *store.Tx, document store.Row) error {
	decisions, err := tx.Decisions(document.StoreID, document.OrderKey)
	if err != nil {
		return err
	}
	for _, d := range decisions {
		if d.Kind == "link" && d.Value == document.RecordID {
			if err := tx.WithdrawDecision(d.ID, "qbridge"); err != nil {
				return err
			}
		}
	}
	return nil
}

// goneText says why an order needs attention whose document is gone.
func goneText(r store.Row) (cause posting.Cause, reason, cure string) {
	if r.Message == voidedMessage {
		return CauseVoided, fmt.Sprintf("%s (TxnID %s) was posted, but was voided in QuickBooks.", documentName(r), r.RecordID),
			"If that is right: qbridge accept. The order is posted again only when you say so: qbridge again."
	}
	return CauseGone, fmt.Sprintf("%s (TxnID %s) was posted, but is not in QuickBooks any more.", documentName(r), r.RecordID),
		"If that is right: qbridge accept; if it is there under another TxnID, link the order to it. It is posted again only when you say so: qbridge again."
}
