package bridge

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"qbridge/internal/order"
	"qbridge/internal/posting"
	"qbridge/qbxml"
	"qbridge/store"
)

// maxTries is how often the same request goes out before a person is asked
// (quickbooks.md 5).
const maxTries = 5

// record applies an answer to the outbox and the orders. The text is not empty
// when the session must stop; it is what the Web Connector shows.
func (c *connection) record(set store.Set, got received) (text string, err error) {
	s, err := subjectOf(set)
	if err != nil {
		return "", err
	}
	state := setAnswered
	switch set.Kind {
	case kindWrite:
		state, text, err = c.recordWrite(set, got)
	case kindStatus:
		text, err = c.recordStatus(s, got)
	default:
		if text = refusedText(set, got); text == "" {
			text, err = c.recordAsked(set.Kind, s, got)
		} else {
			text, err = c.recordUnanswered(set.Kind, s, got, text)
		}
	}
	if err != nil {
		return "", err
	}
	if err := c.tx.AnswerSet(set.ID, store.SetAnswer{State: state, Answer: got.raw, AnswerHash: got.hash, HResult: got.hresult, Message: got.message}); err != nil {
		return "", err
	}
	if set.Kind == kindWrite && state == setAnswered {
		return text, c.tx.SetSetting(answeredSetting(c.company.ID), set.ID)
	}
	return text, nil
}

func (c *connection) recordAsked(kind string, s subject, got received) (string, error) {
	switch kind {
	case kindIdentity:
		return c.recordIdentity(s, got)
	case kindSettle:
		return "", c.recordSettle(s, got)
	case kindRead:
		return "", c.recordRead(s, got)
	case kindWhose:
		return c.recordWhose(s, got)
	case kindList:
		for _, answer := range got.responses {
			if answer.Remaining > 0 && answer.IteratorID == "" { // the rest would be taken for deleted
				return "QuickBooks gave a part of list " + s.List + " and no way to the rest. Please run the update again.", nil
			}
		}
		return "", c.recordList(got)
	case kindLook:
		return "", c.recordLook(s, got)
	case kindCheck:
		return c.recordCheck(s, got)
	case kindUndo:
		return "", c.recordUndo(s, got)
	}
	return "", fmt.Errorf("message set of kind %q: this QBridge does not know it", kind)
}

// refusedText says why a question got no usable answer; "" when it did. The
// question is asked again in the next session. An answer that lacks a response
// is none: otherwise what it does not name would be taken for absent.
func refusedText(set store.Set, got received) string {
	if got.hresult != "" {
		return hresultText(got)
	}
	if got.broken != nil {
		return sentence(got.broken)
	}
	for _, r := range got.responses {
		st := qbxml.StatusOf(r.StatusCode, r.Severity, r.Message)
		switch st.Action {
		case qbxml.OK, qbxml.OKNote, qbxml.Empty:
		default:
			return sentence(fmt.Errorf("QuickBooks refused %s with code %d: %s %s", r.Request, r.StatusCode, r.Message, st.Advice))
		}
	}
	if int64(len(got.responses)) < set.Rows {
		return "QuickBooks did not answer everything it was asked. Please run the update again."
	}
	return ""
}

// refusal tells how QuickBooks refused a question itself: its code, 0 when it
// could not read it, and what that calls for. The action is empty when the same
// question may be answered another time.
func refusal(got received) (code int, action qbxml.Action) {
	if got.hresult != "" && qbxml.HResultOf(got.hresult).Executed == qbxml.NotExecuted {
		return 0, qbxml.Hold
	}
	for _, r := range got.responses {
		switch action := qbxml.StatusOf(r.StatusCode, r.Severity, r.Message).Action; action {
		case qbxml.Hold, qbxml.Fix, qbxml.Stop:
			return r.StatusCode, action
		}
	}
	return 0, ""
}

// recordRefused keeps a refused question from stopping everything (I6). A list
// that no plan needs is taken for empty. A question about many documents is
// asked one by one, until it is known whose it is. When QuickBooks can't be
// asked for our newest documents, a person says whether the file is right.
func (c *connection) recordRefused(kind string, s subject, code int, action qbxml.Action, text string) (string, error) {
	switch {
	case kind == kindList && c.done.Reading != nil && !neededList(s.List):
		c.b.Log.Warn("QuickBooks does not give a list; it is taken for empty", "list", s.List, "error", text)
		return "", c.endReading(c.done.Reading)
	case kind == kindCheck && len(s.Rows) <= 1:
		return "", c.checkRefused(s, text)
	case kind == kindWhose && (len(s.Rows) <= 1 || action == qbxml.Stop):
		return "", c.whoseRefused(s, text)
	case kind == kindIdentity && action != qbxml.Stop:
		return c.identityRefused(text)
	case kind == kindList, action == qbxml.Stop:
		return text, nil
	case len(s.Rows) > 1:
		c.done.OneByOne = true
		return "", nil
	}
	rows, err := c.tx.RowsByID(s.Rows)
	if err != nil {
		return "", err
	}
	for _, r := range rows {
		// A name may be added again: QuickBooks refuses it when it has it.
		if kind == kindRead && r.Kind == kindField {
			err = c.fieldRead(r, received{})
		} else if kind == kindRead || kind == kindSettle && r.StoreID != "" && !r.IsUndo() {
			err = c.unsure(r, text)
		} else {
			err = c.refuse(r, code, text, "Look at the number of this order; report it to QBridge if it looks right. Other orders go on.")
		}
		if err != nil {
			return "", err
		}
	}
	return "", nil
}

func hresultText(got received) string {
	h := qbxml.HResultOf(got.hresult)
	return sentence(fmt.Errorf("QuickBooks reported %s: %s. %s", h.Code, orElse(h.Meaning, got.message), h.Advice))
}

// recordWrite applies the answer to a writing set, row by row, matched by
// requestID. A row without a response is in doubt (P45, Q13).
func (c *connection) recordWrite(set store.Set, got received) (state, text string, err error) {
	rows, err := c.tx.RowsOfSet(set.ID)
	if err != nil {
		return "", "", err
	}
	if got.hresult != "" {
		if qbxml.HResultOf(got.hresult).Executed == qbxml.NotExecuted {
			return setRefused, "", c.takeApart(rows, got)
		}
		return setInDoubt, hresultText(got), c.inDoubt(set, rows)
	}
	c.plain = make([]plainRow, 0, len(rows))
	text, missing, err := c.recordRows(rows, got)
	if err == nil {
		err = c.sync(set)
	}
	if err != nil {
		return "", "", err
	}
	if len(missing) > 0 {
		return setInDoubt, text, c.inDoubt(set, missing)
	}
	return setAnswered, text, c.adapt(set)
}

// recordRows settles each row that has a response and returns the others.
func (c *connection) recordRows(rows []store.Row, got received) (text string, missing []store.Row, err error) {
	answers := make(map[string]*response, len(got.responses))
	done := map[string]bool{} // kinds of requests that QuickBooks did in this very set
	for i := range got.responses {
		answer := &got.responses[i]
		answers[answer.RequestID] = answer
		done[answer.Request] = done[answer.Request] || answer.StatusCode == 0
	}
	for _, r := range rows {
		if r.State != rowSent && r.State != rowInDoubt {
			continue // settled before: the same answer changes nothing (P31)
		}
		answer := answers[requestID(r.ID)]
		if answer == nil {
			missing = append(missing, r)
			continue
		}
		stop, known := "", true
		err := guarded(func() (err error) { stop, known, err = c.recordRow(r, answer, done[answer.Request]); return err })
		if err := c.setRowAside(r, err); err != nil {
			return "", nil, fmt.Errorf("%s %s: %w", r.Kind, r.Name, err)
		}
		known = known || err != nil
		if !known {
			missing = append(missing, r)
		}
		if stop != "" {
			text = stop
		}
	}
	return text, missing, nil
}

// recordRow settles one row. known is false when the response does not tell
// whether the thing was written. allowed says that QuickBooks did another
// request of the kind in the same set.
func (c *connection) recordRow(r store.Row, answer *response, allowed bool) (stop string, known bool, err error) {
	if answer.StatusCode == codeStale {
		return "", true, c.stale(r, answer)
	}
	// A record, or its ErrorRecovery, proves that it was written, whatever the
	// code says (Q22); a success or no code at all without one proves nothing.
	if written := writtenOf(answer.rets); written.id != "" {
		return "", true, c.written(r, written, answer)
	}
	st := qbxml.StatusOf(answer.StatusCode, answer.Severity, answer.Message)
	if answer.StatusCode < 0 {
		return "", false, nil
	}
	if first, written := strings.CutPrefix(r.Message, writtenBefore); written && st.Action != qbxml.OK && st.Action != qbxml.OKNote {
		r.Message = "" // only the earlier set did it
		return "", true, c.written(r, writtenRecord{id: first}, nil)
	}
	switch st.Action {
	case qbxml.OK, qbxml.OKNote:
		return "", false, nil
	case qbxml.Resend: // Q15: not processed, costs no try
		times, err := c.tx.Returned(r.ID)
		if err != nil || times < maxReturned {
			return "", true, errors.Join(err, c.resend(r, time.Time{}, "QuickBooks did not get to it; it goes out again.", true))
		}
	case qbxml.Retry, qbxml.Stop:
		if st.Action == qbxml.Retry || allowed { // what is forbidden to this one alone is no reason to stop
			if r.Tries < maxTries {
				return "", true, c.resend(r, c.b.Now().Add(backoff(r.Tries)), "QuickBooks could not take it now: "+answer.Message, false)
			}
			break
		}
		return sentence(fmt.Errorf("QuickBooks answered %d: %s %s", st.Code, answer.Message, st.Advice)), true,
			c.resend(r, time.Time{}, "QuickBooks does not let QBridge write: "+answer.Message, true)
	case qbxml.Fix, qbxml.Hold:
		if r.IsUndo() || r.Kind == kindField || st.Action == qbxml.Hold && st.Code != codeNotSaved {
			break
		}
		// What we believed of the lists is not so: read them again. When that
		// changes anything, the orders are planned anew (Q16: adopt or suffix).
		// When that was in vain once, the lists are read whole: clocks and copied
		// databases keep things from those that changed lately.
		want := c.tx.WantLists(c.company.ID, listNames()...)
		if r.Tries > 1 {
			want = c.tx.WantWholeLists(c.company.ID)
		}
		if want != nil {
			return "", true, want
		}
	}
	reason := fmt.Sprintf("QuickBooks refused it with code %d: %s", st.Code, answer.Message)
	if kind, name := qbxml.Unquote3140(answer.Message); st.Code == codeNoReference && name != "" { // Q17
		reason = fmt.Sprintf("QuickBooks has no %s %q, which it needs. It said (code %d): %s", kind, name, st.Code, answer.Message)
	}
	if st.Code == codeNoReference && strings.Contains(answer.Message, "DataExtDef") {
		reason, st.Advice = noField(r, reason)
	}
	if err := c.refuse(r, st.Code, reason, st.Advice); err != nil {
		return "", true, err
	}
	if st.Code == codeNoSuchObject && !r.IsUndo() && r.Kind != kindField {
		return "", true, c.forget(r, answer.Message)
	}
	return "", true, nil
}

// maxReturned is how often QuickBooks may give a request back untried. It is far
// more than an error before it in the set can explain.
const maxReturned = 20

// codeStale: the record was changed since its EditSequence was read. QuickBooks
// answers with the record as it is now, which therefore proves nothing (Q19).
const codeStale = 3200

// stale takes the EditSequence that counts from the answer and has the request
// go out once more. A second time is for a person.
func (c *connection) stale(r store.Row, answer *response) error {
	w := writtenOf(answer.rets)
	if customer, ok := w.ret.(*qbxml.CustomerRet); ok && r.Kind == "CustomerMod" && r.Tries < maxTries {
		return c.changedCustomer(r, customer)
	}
	now := w.editSequence
	if r.Code == codeStale || now == "" {
		st := qbxml.StatusOf(codeStale, answer.Severity, answer.Message)
		return c.refuse(r, codeStale, fmt.Sprintf("QuickBooks refused it with code %d: %s", codeStale, answer.Message), st.Advice)
	}
	why := "Somebody changed the record in QuickBooks meanwhile; it goes out again with its new state."
	if err := c.tx.SetRow(r.ID, store.RowUpdate{State: rowPlanned, EditSequence: now, Code: codeStale, Message: why}); err != nil {
		return err
	}
	return c.requeue(r, why)
}

// changedCustomer takes a customer as a person made it meanwhile, and has the
// orders that would change it planned anew: the person may have changed the very
// same.
func (c *connection) changedCustomer(r store.Row, now *qbxml.CustomerRet) error {
	why := "Somebody changed the customer in QuickBooks meanwhile; the order is planned anew."
	if err := c.tx.SetRow(r.ID, store.RowUpdate{State: rowRefused, Code: codeStale, Message: why}); err != nil {
		return err
	}
	if err := c.keepListRow(r, now); err != nil {
		return err
	}
	waiting, err := c.tx.BlockDependents(r.ID, why)
	if err != nil {
		return err
	}
	for _, d := range waiting {
		if err := c.tx.ReplanOrder(d.StoreID, d.OrderKey); err != nil {
			return err
		}
	}
	return nil
}

// codeNotSaved has many causes; one is a list entry that a person made inactive.
const codeNotSaved = 3180

// codeNoReference: something that the request names is not in the company file.
const codeNoReference = 3140

// codeNoSuchObject: the ListID in the message is not in the company file.
const codeNoSuchObject = 3120

// listIDForm is how QuickBooks writes a ListID in a message.
var listIDForm = regexp.MustCompile(`\b[0-9A-F]+-[0-9]{9,}\b`)

// forget drops a record that QuickBooks says it does not have: it was deleted
// or merged into another, or a backup was restored, which no reading of changes
// tells. The orders are planned anew; what they need of it is added again.
func (c *connection) forget(r store.Row, message string) error {
	id := listIDForm.FindString(message)
	if id == "" {
		return nil
	}
	needs, err := c.tx.NeedsOf(r.ID)
	if err != nil {
		return err
	}
	for _, n := range needs {
		if n.RecordID == id {
			if err := c.tx.SetRow(n.ID, store.RowUpdate{State: rowRefused, Code: codeNoSuchObject, Message: "not in QuickBooks any more"}); err != nil {
				return err
			}
		}
	}
	for _, list := range listNames() {
		if err := c.tx.RemoveBook(c.company.ID, list, id); err != nil {
			return err
		}
	}
	if c.company.BooksGeneration, err = c.tx.BumpGeneration(c.company.ID); err != nil {
		return err
	}
	return c.tx.Replan(c.company.ID, "QuickBooks does not have the record "+id+" any more")
}

// writtenRecord is what QuickBooks told of a thing it wrote.
type writtenRecord struct {
	id, editSequence string
	total            *decimal.Decimal
	ret              any
}

func writtenOf(rets []any) (w writtenRecord) {
	for _, ret := range rets {
		if p, ok := qbxml.PostedOf(ret); ok {
			w = writtenRecord{p.TxnID, p.EditSequence, p.Total, ret}
			continue
		}
		switch r := ret.(type) {
		case *qbxml.CustomerRet:
			w = writtenRecord{r.ListID, r.EditSequence, nil, r}
		case *qbxml.ItemRet:
			w = writtenRecord{r.ListID, r.EditSequence, nil, r}
		case *qbxml.PaymentMethodRet:
			w = writtenRecord{r.ListID, r.EditSequence, nil, r}
		case *qbxml.ShipMethodRet:
			w = writtenRecord{r.ListID, r.EditSequence, nil, r}
		case *qbxml.DataExtRet:
			w = writtenRecord{id: r.DataExtName, ret: r}
		case *qbxml.TxnVoidRet:
			w = writtenRecord{id: r.TxnID, ret: r}
		case *qbxml.TxnDelRet:
			w = writtenRecord{id: r.TxnID, ret: r}
		case *qbxml.ErrorRecovery: // Q22: written, but QuickBooks could not read it back
			if w.id == "" {
				w = writtenRecord{id: r.TxnID + r.ListID, editSequence: r.EditSequence}
			}
		}
	}
	return w
}

// written settles a row that QuickBooks wrote.
func (c *connection) written(r store.Row, w writtenRecord, answer *response) error {
	u := store.RowUpdate{State: rowDone, RecordID: w.id, EditSequence: w.editSequence}
	if answer != nil {
		u.Code, u.Message = int64(answer.StatusCode), answer.Message
	}
	if r.IsUndo() {
		return c.undone(r, u.Code, u.Message)
	}
	if r.Kind == kindField {
		return c.fieldSet(r, u)
	}
	if r.StoreID == "" {
		if err := c.tx.SetRow(r.ID, u); err != nil {
			return err
		}
		if err := c.tx.ReplanBlocked(r.ID); err != nil { // others waited for it in vain before
			return err
		}
		return c.keepListRow(r, w.ret)
	}
	if err := c.keepAdded(&r); err != nil {
		return err
	}
	if w.total == nil {
		u.State = rowUnread
		if strings.HasPrefix(r.Message, writtenBefore) {
			u.Message = r.Message
		}
		if err := c.tx.SetRow(r.ID, u); err != nil {
			return err
		}
		in := store.StateIn{State: string(order.Sent), Reason: "Written; QuickBooks' total is read next.", Who: "qbridge"}
		if isSale(r.Kind) {
			in.TxnID = w.id
		}
		return c.tx.SetState(r.StoreID, r.OrderKey, in)
	}
	u.BooksTotal = w.total.StringFixed(2)
	if err := c.tx.SetRow(r.ID, u); err != nil {
		return err
	}
	if first, twice := strings.CutPrefix(r.Message, writtenBefore); twice {
		return c.twice(r, first, w.id)
	}
	return c.compare(r, w.id, *w.total, "qbridge")
}

// compare holds QuickBooks' own total against the plan's: equal is Synced.
func (c *connection) compare(r store.Row, txnID string, total decimal.Decimal, who string) error {
	d, err := expectedOf(r)
	if err != nil {
		return fmt.Errorf("TxnID %s, total %s; what was planned can't be read: %w", txnID, total.StringFixed(2), err)
	}
	in := store.StateIn{State: string(order.Synced), Reason: d.Notes, Who: who}
	if isSale(r.Kind) {
		in.Document, in.TxnID, in.BooksTotal = documentName(r), txnID, total.StringFixed(2)
	}
	if d.Pending {
		in.State, in.Reason = string(order.Pending), "Posted as a pending document: it counts in the books when a person marks it as final in QuickBooks."
	}
	if ok, why := posting.Compare(posting.Document{RefNumber: r.Name, Total: d.Total}, total); !ok {
		in.State, in.Cause, in.Reason = string(order.Attention), string(CauseTotal), why
		in.Cure = "Open the document in QuickBooks and compare it with the order line by line. It is not posted again."
	}
	in.Version = r.OrderVersion // when it changed in the shop while QuickBooks had it, the planner says so
	if in.State == string(order.Synced) && in.Document != "" && in.Reason == "" && d.Fields == nil && !d.Next && c.plain != nil {
		c.plain = append(c.plain, plainRow{r, in})
		return nil
	}
	err = errors.Join(c.tx.SetState(r.StoreID, r.OrderKey, in), c.setFields(r, d, txnID))
	if err == nil && d.Next {
		err = c.tx.ReplanOrder(r.StoreID, r.OrderKey)
	}
	return err
}

// documentName is how a person calls the document of a row.
func documentName(r store.Row) string {
	if r.IsUndo() {
		if u, err := undoingOf(r); err == nil {
			return kindWords(u.Kind) + " " + r.Name
		}
	}
	return kindWords(r.Kind) + " " + r.Name
}

// keepListRow adds what we wrote to what we know of the company file, so that
// the next reading of the list finds nothing new in it.
func (c *connection) keepListRow(r store.Row, ret any) error {
	list := listOfKind(r.Kind)
	e, ok, err := bookEntry(list, ret)
	if err != nil || !ok {
		return err
	}
	if _, err = c.tx.UpsertBook(c.company.ID, list, []store.BookEntry{e}, 0); err != nil || r.Kind != "CustomerMod" {
		return err
	}
	// What is known in memory of a customer is not so any more. No order is planned otherwise for it.
	c.company.BooksGeneration, err = c.tx.BumpGeneration(c.company.ID)
	return err
}

func listOfKind(kind string) string {
	switch kind {
	case "Customer", "CustomerMod":
		return nameList
	case "PaymentMethod":
		return paymentMethodList
	case "ShipMethod":
		return shipMethodList
	}
	return itemList
}

// resend puts a row back into the queue unchanged. free gives its try back.
func (c *connection) resend(r store.Row, notBefore time.Time, why string, free bool) error {
	if err := c.tx.SetRow(r.ID, store.RowUpdate{State: rowPlanned, NotBefore: notBefore, Message: why, FreeTry: free}); err != nil {
		return err
	}
	return c.requeue(r, why)
}

func (c *connection) requeue(r store.Row, why string) error {
	if r.StoreID == "" {
		return nil
	}
	err := c.tx.SetState(r.StoreID, r.OrderKey, store.StateIn{State: string(order.Queued), Reason: why, Who: "qbridge"})
	if err != nil {
		return err
	}
	// The order, its decisions or the rules may have changed while QuickBooks had it: it goes out again only as it is planned now.
	return c.tx.ReplanOrder(r.StoreID, r.OrderKey)
}

// takeApart handles a set that QuickBooks refused as a whole: nothing of it
// was done. Its requests go out again one by one under new IDs; a request that
// was alone is the culprit (design.md 4.6, Q20).
func (c *connection) takeApart(rows []store.Row, got received) error {
	if len(rows) == 1 {
		return c.refuse(rows[0], 0, "QuickBooks can't read the request ("+got.hresult+"): "+got.message,
			"Report this to QBridge with the order's number; the request is kept. Other orders go on.")
	}
	ids := make([]int64, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
		if err := c.tx.SetRow(r.ID, store.RowUpdate{State: rowPlanned, Alone: true, Message: got.message, FreeTry: true}); err != nil {
			return err
		}
		if err := c.requeue(r, "QuickBooks refused the set it was in; it goes out by itself."); err != nil {
			return err
		}
	}
	// That nothing was done is a belief (assumption 6): the books are asked again before each goes out.
	return c.tx.MarkLooked(ids, "")
}

// inDoubt marks rows whose outcome nobody knows. Nothing else is written to
// this company file before they are settled (P41).
func (c *connection) inDoubt(set store.Set, rows []store.Row) error {
	for _, r := range rows {
		u := store.RowUpdate{State: rowInDoubt}
		if strings.HasPrefix(r.Message, writtenBefore) {
			u.Message = r.Message
		}
		if err := c.tx.SetRow(r.ID, u); err != nil {
			return err
		}
		if r.StoreID == "" {
			continue
		}
		err := c.tx.SetState(r.StoreID, r.OrderKey, store.StateIn{State: string(order.InDoubt), Who: "qbridge",
			Reason: "It was handed to QuickBooks, but no answer came. QuickBooks is asked before anything else is written."})
		if err != nil {
			return err
		}
	}
	return nil
}

// recordList goes on to the next page of the list, or ends its reading.
func (c *connection) recordList(got received) error {
	r := c.done.Reading
	if r == nil {
		return nil
	}
	r.Changed += got.changed
	if r.Deleted {
		for _, answer := range got.responses {
			for _, ret := range answer.rets {
				if d, ok := ret.(*qbxml.ListDeletedRet); ok && d.ListID != "" {
					r.Changed++
					if err := c.tx.RemoveBook(c.company.ID, r.List, d.ListID); err != nil {
						return err
					}
				}
			}
		}
		return c.endReading(r)
	}
	for _, answer := range got.responses {
		if answer.Remaining > 0 && answer.IteratorID != "" {
			r.Iterator = answer.IteratorID
			return nil
		}
	}
	if r.From != "" {
		r.Deleted, r.Iterator = true, ""
		return nil
	}
	return c.endReading(r)
}

// endReading closes the reading of a list. When it brought anything new, the
// orders that are not in QuickBooks' hands are planned anew.
func (c *connection) endReading(r *reading) error {
	before, err := c.tx.BookLists(c.company.ID)
	if err != nil {
		return err
	}
	removed, err := c.tx.EndReading(c.company.ID, r.List, r.Number, r.From == "")
	if err != nil {
		return err
	}
	c.done.Reading = nil
	after, err := c.tx.BookLists(c.company.ID)
	if err != nil {
		return err
	}
	dirty := slices.ContainsFunc(after, func(l store.BookList) bool { return l.List == r.List && l.Dirty })
	if removed == 0 && !dirty && listsComplete(before) == listsComplete(after) {
		return nil
	}
	if err := c.tx.CleanBook(c.company.ID, r.List); err != nil {
		return err
	}
	if c.company.BooksGeneration, err = c.tx.BumpGeneration(c.company.ID); err != nil {
		return err
	}
	return c.tx.Replan(c.company.ID, "what is known of the company file changed")
}

// listsDue tells whether any list should be read.
func listsDue(tx *store.Tx, c store.Company, now time.Time) (bool, error) {
	read, err := tx.BookLists(c.ID)
	if err != nil {
		return false, err
	}
	fresh := 0
	for _, l := range read {
		if !listDue(l, now) {
			fresh++
		}
	}
	return fresh < len(listNames()), nil
}
