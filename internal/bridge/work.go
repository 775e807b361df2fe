package bridge

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"qbridge/internal/order"
	"qbridge/internal/posting"
	"qbridge/qbxml"
	"qbridge/store"
)

// The kinds of message sets, in the order of the work that a session does.
const (
	kindIdentity = "identity" // are our newest documents in this file?
	kindStatus   = "status"   // what became of a set in doubt?
	kindSettle   = "settle"   // QuickBooks does not know it: look for its documents and names
	kindRead     = "read"     // documents whose total we don't know yet
	kindWhose    = "whose"    // whose are documents whose customer is not in QuickBooks any more?
	kindList     = "list"
	kindCheck    = "check" // what did people do to our documents?
	kindLook     = "look"  // are planned documents in the books already?
	kindUndo     = "undo"  // are documents that are to be undone as we know them, and in no deposit?
	kindWrite    = "write"
)

// subject is what a set asks about, kept with it.
type subject struct {
	Set  string  `json:",omitempty"` // status, settle: the set in doubt
	Rows []int64 `json:",omitempty"` // settle, read, look: outbox rows; check, whose: posted rows; identity: the same, newest first
	List string  `json:",omitempty"` // list
}

const (
	lookSize     = 100 // ref numbers asked in one look
	identitySize = 10  // newest documents asked for at the start of a session
	setSizeMin   = 1
	setSizeFirst = 10
	setSizeMax   = 100 // qbwc-protocol.md 3.1
)

// hasWork tells whether anything waits to be asked or written. It looks at no
// more than one row of each kind, so that 100,000 orders cost nothing (I10).
func (c *connection) hasWork() (bool, error) {
	if c.company.Stopped != "" {
		return false, nil
	}
	doubt, err := c.tx.InDoubt(c.company.ID)
	if err != nil || len(doubt) > 0 {
		return true, err
	}
	unread, err := c.tx.Unread(c.company.ID, 1)
	if err != nil || len(unread) > 0 {
		return true, err
	}
	whose, err := loadWhose(c.tx, c.company.ID)
	if err != nil || len(whose) > 0 {
		return true, err
	}
	if !c.done.Lists {
		due, err := listsDue(c.tx, c.company, c.b.Now())
		if err != nil || due || c.done.Reading != nil {
			return true, err
		}
	}
	if !c.done.Checked {
		due, err := checkDue(c.tx, c.company, c.b.Now(), c.b.opened)
		if err != nil || due || c.done.Checking != nil {
			return true, err
		}
	}
	writes, err := c.mayWrite()
	if err != nil || !writes {
		return false, err
	}
	return c.tx.HasPlanned(c.company.ID, c.b.Now())
}

// mayWrite tells whether the rules let anything be written now. In quiet hours
// the lists are read and what is in doubt is asked for as ever.
func (c *connection) mayWrite() (bool, error) {
	_, rules, err := c.b.loadRules(c.tx, c.company.ID)
	return rules.Mode != posting.Look && !rules.Quiet(c.b.Now().Local()), err
}

// work finds the next set: recovery before anything that writes (P41), lists
// before writing.
func (c *connection) work(about About) (*store.Set, string, error) {
	if c.company.Stopped != "" {
		return nil, c.company.Stopped, nil
	}
	for _, find := range []func(About) (*store.Set, error){c.identity, c.recover, c.read, c.whose, c.list, c.check, c.write} {
		set, err := find(about)
		if err != nil || set != nil {
			return set, "", err
		}
	}
	return nil, "", nil
}

// ask stores a set that writes nothing.
func (c *connection) ask(about About, kind string, s subject, requests ...qbxml.Request) (*store.Set, error) {
	return c.askSet(about, kind, s, qbxml.Set{OnError: qbxml.ContinueOnError, Requests: requests})
}

func (c *connection) askSet(about About, kind string, s subject, set qbxml.Set) (*store.Set, error) {
	id, err := c.b.newSetID()
	if err != nil {
		return nil, err
	}
	for i := range set.Requests {
		set.Requests[i].ID += "-" + id // so that no answer is taken for another one's
	}
	document, err := set.Encode(about.Version, about.Edition)
	if err != nil {
		return nil, fmt.Errorf("asking QuickBooks (%s): %w", kind, err)
	}
	return c.store(id, kind, s, document, len(set.Requests))
}

func (c *connection) store(id, kind string, s subject, document []byte, rows int) (*store.Set, error) {
	about, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	set := store.Set{ID: id, CompanyID: c.company.ID, Ticket: c.row.Ticket, Kind: kind, Subject: string(about), State: setOut,
		Request: document, Rows: int64(rows), HandedOutAt: c.b.Now()}
	c.b.SeeSet(id, document)
	return &set, c.tx.AddSet(set)
}

// newSetID makes a message set ID: 20 characters out of 32 are 100 random
// bits, within QuickBooks' 23 (P39), and never used before.
func (b *Bridge) newSetID() (string, error) { return b.randomText(20) }

// identity asks for our newest documents, once a session. Without them this is
// a restored backup or another copy of the file (design.md 4.4).
func (c *connection) identity(about About) (*store.Set, error) {
	if c.done.Identity {
		return nil, nil
	}
	undoing, err := c.undoneInDoubt()
	if err != nil {
		return nil, err
	}
	posted, err := c.tx.NewestPosted(c.company.ID, identitySize+len(undoing))
	if err != nil {
		return nil, err
	}
	posted = slices.DeleteFunc(posted, func(r store.Row) bool { return undoing[r.ID] })
	posted = posted[:min(identitySize, len(posted))]
	if len(posted) == 0 {
		c.done.Identity = true
		return nil, c.drop(lenientSetting(c.company.ID))
	}
	return c.ask(about, kindIdentity, subject{Rows: rowIDs(posted)}, documentsByID("identity", posted)...)
}

func rowIDs(rows []store.Row) (ids []int64) {
	for _, r := range rows {
		ids = append(ids, r.ID)
	}
	return ids
}

// recover settles the oldest set in doubt: first its status, then, when
// QuickBooks does not know it, its documents by their numbers
// (qbwc-protocol.md 5.2, 5.4).
func (c *connection) recover(about About) (*store.Set, error) {
	doubt, err := c.tx.InDoubt(c.company.ID)
	if err != nil || len(doubt) == 0 {
		return nil, err
	}
	set := doubt[0]
	if c.done.Settling != set.ID {
		return c.askSet(about, kindStatus, subject{Set: set.ID}, qbxml.Set{OnError: qbxml.ContinueOnError, NewID: set.ID, OldID: set.ID})
	}
	rows, err := c.tx.RowsOfSet(set.ID)
	if err != nil {
		return nil, err
	}
	if c.done.OneByOne {
		first := slices.IndexFunc(rows, func(r store.Row) bool { return r.State == rowInDoubt })
		rows = rows[max(first, 0):min(first+1, len(rows))]
	}
	requests, ids, err := settleRequests(rows)
	if err != nil {
		return nil, err
	}
	if len(requests) == 0 { // every row is settled already
		if err := c.tx.SetSetState(set.ID, setSettled); err != nil {
			return nil, err
		}
		return c.recover(about)
	}
	return c.ask(about, kindSettle, subject{Set: set.ID, Rows: ids}, requests...)
}

// settleRequests asks for the documents and names of rows in doubt, one
// request for each kind.
func settleRequests(rows []store.Row) (requests []qbxml.Request, ids []int64, err error) {
	names := map[string][]string{}
	var documents, undo, fields []store.Row
	for _, r := range rows {
		if r.State != rowInDoubt {
			continue
		}
		ids = append(ids, r.ID)
		switch {
		case r.Kind == kindField:
			fields = append(fields, r)
			continue
		case r.StoreID == "":
			names[r.Kind] = append(names[r.Kind], r.Name)
			continue
		case !r.IsUndo():
			documents = append(documents, r)
			continue
		}
		u, err := undoingOf(r)
		if err != nil {
			return nil, nil, err
		}
		undo = append(undo, u.document())
	}
	var items []string
	for _, kind := range []string{"ItemNonInventory", "ItemService", "ItemOtherCharge"} {
		items = append(items, names[kind]...)
	}
	if n := append(names["Customer"], names["CustomerMod"]...); n != nil {
		requests = append(requests, qbxml.Request{ID: "Customer", Body: qbxml.CustomerQuery{FullName: n}})
	}
	if items != nil {
		requests = append(requests, qbxml.Request{ID: "Item", Body: qbxml.ItemQuery{FullName: items}})
	}
	if n := names["PaymentMethod"]; n != nil {
		requests = append(requests, qbxml.Request{ID: "PaymentMethod", Body: qbxml.PaymentMethodQuery{FullName: n}})
	}
	if n := names["ShipMethod"]; n != nil {
		requests = append(requests, qbxml.Request{ID: "ShipMethod", Body: qbxml.ShipMethodQuery{FullName: n}})
	}
	requests = append(requests, documentsByNumber("documents", documents)...)
	if fields, err = fieldDocuments(fields); err != nil {
		return nil, nil, err
	}
	requests = append(requests, documentsByID("fields", fields)...) // they tell nothing of the fields, but that the file can be asked
	return append(requests, documentsByID("undo", undo)...), ids, nil
}

// read asks for documents that were written but whose total QuickBooks did not
// tell (design.md 4.2), and for those whose custom fields were set.
func (c *connection) read(about About) (*store.Set, error) {
	rows, err := c.tx.Unread(c.company.ID, c.lookSize())
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	var linked, written, fields []store.Row // linked: by a person, perhaps to another form of a sale
	for _, r := range rows {
		if r.Kind == kindField {
			fields = append(fields, r)
			continue
		}
		written = append(written, r)
		if r.Adopted {
			linked = append(linked, r)
		}
	}
	if fields, err = fieldDocuments(fields); err != nil {
		return nil, err
	}
	requests := documentsByID("read", append(written, withOtherSales(linked)[len(linked):]...))
	return c.ask(about, kindRead, subject{Rows: rowIDs(rows)}, append(requests, documentsByID("fields", fields)...)...)
}

// list asks for the next page of the lists that are due.
func (c *connection) list(about About) (*store.Set, error) {
	if c.done.Lists {
		return nil, nil
	}
	for c.done.Reading == nil {
		r, err := nextList(c.tx, c.company, about, c.b.Now(), c.b.opened)
		if err != nil {
			return nil, err
		}
		if r == nil {
			c.done.Lists = true
			return nil, nil
		}
		if unasked(r.List, about) {
			if err := c.endReading(r); err != nil {
				return nil, err
			}
			continue
		}
		c.done.Reading = r
	}
	r := c.done.Reading
	return c.ask(about, kindList, subject{List: r.List}, r.request())
}

// write hands out rows of the outbox: a look for documents that nobody looked
// for in this session, else as many rows as a set may carry.
func (c *connection) write(about About) (*store.Set, error) {
	may, err := c.mayWrite()
	if err != nil || !may {
		return nil, err
	}
	rows, err := c.tx.Sendable(c.company.ID, c.b.Now(), c.setSize())
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	if c.unlooked(rows[0]) {
		if rows[0].IsUndo() {
			return c.askUndo(about)
		}
		return c.look(about)
	}
	if rows[0].Alone {
		return c.writeSet(about, rows[:1])
	}
	rows = slices.DeleteFunc(rows, func(r store.Row) bool { return r.Alone || c.unlooked(r) })
	return c.writeSet(about, rows)
}

// lookSize is how many documents are asked for at once.
func (c *connection) lookSize() int {
	if c.done.OneByOne {
		return 1
	}
	return lookSize
}

// unlooked tells whether the books must be asked for a document first, in this
// very session.
func (c *connection) unlooked(r store.Row) bool {
	return r.StoreID != "" && r.Looked != c.row.Ticket
}

// look asks the books for the ref numbers of the next documents.
func (c *connection) look(about About) (*store.Set, error) {
	rows, err := c.tx.Sendable(c.company.ID, c.b.Now(), c.lookSize())
	if err != nil {
		return nil, err
	}
	rows = slices.DeleteFunc(rows, func(r store.Row) bool { return !c.unlooked(r) || r.IsUndo() })
	set, err := c.askNumbers(about, rows)
	if field := (*qbxml.FieldError)(nil); !errors.As(err, &field) {
		return set, err
	}
	// A number that can't even be asked for must not stop the others (I6).
	for _, r := range rows {
		probe := qbxml.Set{Requests: documentsByNumber("look", []store.Row{r})}
		if _, err := probe.Encode(about.Version, about.Edition); err != nil {
			return nil, c.refuse(r, 0, sentence(err), "Report this to QBridge with the order's number; other orders go on.")
		}
	}
	return nil, err
}

func (c *connection) askNumbers(about About, rows []store.Row) (*store.Set, error) {
	near, err := documentsNear("near", rows)
	if err != nil {
		return nil, err
	}
	strays, err := c.unpulled(rows)
	if err != nil {
		return nil, err
	}
	near = append(near, documentsByID("stray", strays)...)
	return c.ask(about, kindLook, subject{Rows: rowIDs(rows)}, append(documentsByNumber("look", withOtherSales(rows)), near...)...)
}

// setSize is how many writing requests a set carries now.
func (c *connection) setSize() int {
	if c.b.SetSize > 0 {
		return c.b.SetSize
	}
	if c.company.SetSize == 0 {
		return setSizeFirst
	}
	return int(c.company.SetSize)
}

// writeSet assembles, stores and marks a writing set. A row that can't be
// encoded is refused with its reason; the others go out.
func (c *connection) writeSet(about About, rows []store.Row) (*store.Set, error) {
	answered, _, err := c.tx.Setting(answeredSetting(c.company.ID))
	if err != nil {
		return nil, err
	}
	for len(rows) > 0 {
		ids := make([]int64, len(rows))
		for i, r := range rows {
			ids[i] = r.ID
		}
		listIDs, err := c.tx.NeedIDs(ids)
		if err != nil {
			return nil, err
		}
		id, err := c.b.newSetID()
		if err != nil {
			return nil, err
		}
		bodies, err := c.tx.Bodies(ids)
		if err != nil {
			return nil, err
		}
		for i := range rows {
			rows[i].Body = bodies[rows[i].ID]
		}
		document, culprit, err := assemble(rows, listIDs, about, id, answered)
		if culprit >= 0 {
			if err := c.refuse(rows[culprit], 0, sentence(err), "Report this to QBridge with the order's number; other orders go on."); err != nil {
				return nil, err
			}
			rows = append(rows[:culprit:culprit], rows[culprit+1:]...)
			continue
		}
		if err != nil {
			return nil, err
		}
		set, err := c.store(id, kindWrite, subject{}, document, len(rows))
		if err != nil {
			return nil, err
		}
		if err := c.tx.HandOut(id, ids); err != nil {
			return nil, err
		}
		return set, c.tx.SetStateOfSet(c.company.ID, id, string(order.Sent), "Handed to QuickBooks; the answer is awaited.", "qbridge")
	}
	return nil, nil
}

// answeredSetting names the last writing set of a company file that was fully
// recorded: QuickBooks may forget it when the next one arrives.
func answeredSetting(companyID int64) string { return fmt.Sprintf("answered-set/%d", companyID) }

// assemble makes the bytes of a writing set. It is pure: the same rows,
// answers and company give the same bytes (I7). On an error that one row is to
// blame for, culprit is its index, else -1.
func assemble(rows []store.Row, listIDs map[string]string, about About, id, answered string) (document []byte, culprit int, err error) {
	set := qbxml.Set{OnError: qbxml.ContinueOnError, NewID: id, OldID: answered}
	for i, r := range rows {
		body, err := request(r, listIDs)
		if err != nil {
			return nil, i, err
		}
		set.Requests = append(set.Requests, qbxml.Request{ID: requestID(r.ID), Body: body, RetElements: answerElements(r.Kind)})
	}
	document, err = set.Encode(about.Version, about.Edition)
	if field := (*qbxml.FieldError)(nil); errors.As(err, &field) {
		for i, r := range rows {
			if field.RequestID == requestID(r.ID) {
				return nil, i, err
			}
		}
	}
	return document, -1, err
}

// requestID names a row in a set; answers are matched by it (P45).
func requestID(row int64) string { return fmt.Sprintf("r%d", row) }

// request is what an outbox row asks QuickBooks to write.
func request(r store.Row, listIDs map[string]string) (qbxml.Body, error) {
	if r.IsUndo() {
		return undoRequest(r)
	}
	if r.Kind == kindField {
		f, err := settingOf(r)
		return f.request(), err
	}
	if r.StoreID == "" {
		var l posting.ListRow
		if err := json.Unmarshal([]byte(r.Body), &l); err != nil {
			return nil, fmt.Errorf("the stored %s %s: %w", r.Kind, r.Name, err)
		}
		if l.Add.CustomerMod != nil && r.EditSequence != "" { // QuickBooks told a newer one (Q19)
			l.Add.CustomerMod.EditSequence = r.EditSequence
		}
		return l.Add.Body(), nil
	}
	d, err := storedDocument(r.Body)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", documentName(r), err)
	}
	return d.Body(func(row string) (string, bool) { id, ok := listIDs[row]; return id, ok })
}

// refuse takes a row out of the way: its order needs attention, others go on
// (I6). The documents that need a refused list row wait for a person too.
func (c *connection) refuse(r store.Row, code int, reason, cure string) error {
	if r.IsUndo() {
		return c.undoRefused(r, int64(code), reason, cure)
	}
	if err := c.tx.SetRow(r.ID, store.RowUpdate{State: rowRefused, Code: int64(code), Message: reason}); err != nil {
		return err
	}
	if r.Kind == kindField {
		return c.fieldRefused(r, reason)
	}
	if r.StoreID != "" {
		return c.attention(r, CauseRefused, reason, cure)
	}
	blocked, err := c.tx.BlockDependents(r.ID, reason)
	if err != nil {
		return err
	}
	failed := fmt.Sprintf("%s %s could not be added: %s", r.Kind, r.Name, reason)
	if r.Kind == "CustomerMod" {
		failed = fmt.Sprintf("Customer %s could not be changed as the rule update-customer wants: %s", r.Name, reason)
	}
	for _, d := range blocked {
		if err := c.attention(d, CauseDependency, failed, cure); err != nil {
			return err
		}
	}
	return nil
}

func (c *connection) attention(r store.Row, cause posting.Cause, reason, cure string) error {
	return c.tx.SetState(r.StoreID, r.OrderKey, store.StateIn{State: string(order.Attention), Cause: string(cause), Reason: reason, Cure: cure, Who: "qbridge", Version: r.OrderVersion})
}
