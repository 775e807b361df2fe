package bridge

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"qbridge/internal/order"
	"qbridge/internal/posting"
	"qbridge/qbxml"
	"qbridge/store"
)

// CauseUndo marks an order whose document was not undone though a person wanted it.
const CauseUndo posting.Cause = "undo-refused"

// rowUndone is a row that voided or deleted its document.
const rowUndone = "undone"

// UndoOf says what is to be undone: the order of a number, all documents of a
// message set, or all that were handed out on a day (YYYY-MM-DD, local time).
// Exactly one of them is not empty.
type UndoOf struct {
	Order, Set, Day string
	Shown           []string // TxnIDs: of these documents alone, when it is not nil
}

// UndoView is what undoing does to one document.
type UndoView struct {
	Order    string // its number
	Document string // "Sales receipt S01QA"
	TxnID    string
	Date     string // YYYY-MM-DD
	Total    string // as QuickBooks has it
	Currency string
	Refused  string // why it is not undone; "" when QuickBooks is asked about it next
}

// undoing is what an undo row keeps: the document it is about as it was known
// when a person wanted it undone.
type undoing struct {
	Row          int64 // of the document
	Kind         string
	TxnID        string
	EditSequence string `json:",omitempty"`
	Total        decimal.Decimal
	Date         string
	Marker       string `json:",omitempty"` // that must be in its memo: it was found in the books
	Who          string
	Before       noted `json:",omitzero"`
}

// noted is why the order of a document needed attention before a person wanted
// the document undone: it still does when that comes to nothing. The zero value
// means that it did not.
type noted struct{ Cause, Reason, Cure string }

func undoingOf(r store.Row) (u undoing, err error) {
	if err := json.Unmarshal([]byte(r.Expect), &u); err != nil {
		return u, fmt.Errorf("what was to be undone: %w", err)
	}
	return u, nil
}

// document is as much of the row of the document as asks for it.
func (u undoing) document() store.Row { return store.Row{Kind: u.Kind, RecordID: u.TxnID} }

// verb is what an undo row does.
func verb(kind string) string {
	if kind == store.KindDelete {
		return "deleted"
	}
	return "voided"
}

func undoKind(remove bool) string {
	if remove {
		return store.KindDelete
	}
	return store.KindVoid
}

// undoKey is unique for ever, as documentKey is.
func undoKey(documentKey string) string {
	return "undo:" + strings.TrimPrefix(documentKey, "document:")
}

// undoCase is all that tells, without asking QuickBooks, whether a document may
// be undone.
type undoCase struct {
	State   string // of its row
	Cause   posting.Cause
	Undo    string // the state of the undo row that there is already
	Date    string
	Closing string // of the company file; "" when there is none
	Mode    string
	Stopped string
}

// refusal says why a document is not undone; "" when QuickBooks may be asked
// about it. What is in the bank's hands, or in an accountant's, is not ours to
// undo: users.md 3.
func (u undoCase) refusal() string {
	switch u.State {
	case rowDone:
	case rowSent, rowInDoubt:
		return "in doubt: QuickBooks has not said yet whether it wrote it"
	case rowUnread:
		return "QuickBooks' total of it is still to be read"
	case rowUnsure:
		return "it is not sure whether it is in QuickBooks: see the order"
	case rowGone:
		return "not in QuickBooks any more"
	default:
		return "not posted: hold or exclude the order instead"
	}
	switch {
	case u.Undo == rowPlanned, u.Undo == rowSent, u.Undo == rowInDoubt:
		return "it is being undone already"
	case u.Stopped != "":
		return "nothing is written to this company file now: " + u.Stopped
	case u.Mode == posting.Look:
		return "the mode is look: nothing is written to QuickBooks"
	case closed(u.Date, u.Closing):
		return fmt.Sprintf("dated %s, and the books are closed up to %s", u.Date, u.Closing)
	case u.Cause == CauseChanged:
		return "changed in QuickBooks since it was posted: correct it there by hand, or accept the change first"
	case u.Cause == CauseTwice:
		return "it stands twice in QuickBooks: delete one of the two there"
	}
	return ""
}

// closed tells whether a day lies in a closed period; both YYYY-MM-DD.
func closed(day, closing string) bool { return closing != "" && day <= closing }

// foundFor is what QuickBooks says of a document that is to be undone.
type foundFor struct {
	There   bool
	Is      posting.Candidate
	Touched bool   // documents of ours followed it, which changed it
	Stands  string // which document of ours follows it and is not undone; "" for none
	Deposit string // date and TxnID of the deposit it is in; "" when it is in none
	Closing string
}

// verdict says why a document is not undone after all; "" lets it be voided or
// deleted.
func (u undoing) verdict(f foundFor) string {
	switch {
	case !f.There:
		return "it is not in QuickBooks any more"
	case f.Is.Voided:
		return "it was voided in QuickBooks already"
	case u.Marker != "" && !posting.Carries(f.Is.Memo, u.Marker):
		return "QBridge did not write it: void or delete it by hand"
	case f.Deposit != "":
		return "it is in the deposit of " + f.Deposit + ": take it out of the deposit first"
	case f.Stands != "":
		return f.Stands
	case u.EditSequence != "" && f.Is.EditSequence != u.EditSequence && !f.Touched, !f.Is.Total.Equal(u.Total):
		return "it was changed in QuickBooks since; look at it there, then undo it again"
	case closed(f.Is.Date, f.Closing):
		return fmt.Sprintf("it is dated %s, and the books are closed up to %s", f.Is.Date, f.Closing)
	}
	return ""
}

// undoBatch is how many documents are queued in one transaction.
const undoBatch = 50

// UndoPlan tells what Undo would do, without doing it.
func (b *Bridge) UndoPlan(ctx context.Context, of UndoOf) (views []UndoView, err error) {
	err = b.db.Read(ctx, func(tx *store.Tx) error {
		u, err := b.undoer(tx, "", "")
		if err != nil {
			return err
		}
		rows, err := u.rows(of)
		if err != nil {
			return err
		}
		for _, r := range rows {
			v, err := u.view(r)
			if err != nil {
				return err
			}
			views = append(views, v)
		}
		return nil
	})
	return views, err
}

// Undo queues that documents be voided, or deleted when remove is set. At the
// next session QuickBooks is first asked about each; one that is in a deposit,
// or was changed since, is refused, and its order then needs attention. The
// order of an undone document is held; Decide "release" posts it again.
func (b *Bridge) Undo(ctx context.Context, of UndoOf, remove bool, who string) (views []UndoView, err error) {
	var rows []store.Row
	err = b.db.Read(ctx, func(tx *store.Tx) error {
		u, err := b.undoer(tx, "", "")
		if err == nil {
			rows, err = u.rows(of)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	for part := range slices.Chunk(rows, undoBatch) {
		var done []UndoView
		err := b.write(ctx, "undo", func(tx *store.Tx) error {
			done = nil
			u, err := b.undoer(tx, undoKind(remove), who)
			if err != nil {
				return err
			}
			for _, r := range part {
				v, err := u.queue(r)
				if err != nil {
					return fmt.Errorf("order %s: %w", v.Order, err)
				}
				done = append(done, v)
			}
			return nil
		})
		if err != nil {
			return views, err
		}
		views = append(views, done...)
	}
	return views, nil
}

// undoer decides on documents in one transaction.
type undoer struct {
	tx        *store.Tx
	company   store.Company
	about     About
	mode      string
	kind, who string
}

func (b *Bridge) undoer(tx *store.Tx, kind, who string) (*undoer, error) {
	c, err := onlyCompany(tx)
	if err != nil {
		return nil, err
	}
	about, err := parseAbout(c)
	if err != nil {
		return nil, err
	}
	_, rules, err := b.loadRules(tx, c.ID)
	return &undoer{tx, c, about, rules.Mode, kind, who}, err
}

// rows are the documents meant, in the order in which they must be undone: what
// was planned last may depend on what was planned before.
func (u *undoer) rows(of UndoOf) (rows []store.Row, err error) {
	switch {
	case of.Order != "":
		o, err := orderOf(u.tx, of.Order)
		if err != nil {
			return nil, err
		}
		if rows, err = u.tx.RowsOfOrder(o.StoreID, o.Key); err != nil {
			return nil, err
		}
		rows = slices.DeleteFunc(rows, func(r store.Row) bool { return !current(o, r) })
		if len(rows) == 0 {
			return nil, fmt.Errorf("order %s has no document that could be undone: it is %s", of.Order, StateWords(o.State))
		}
	case of.Set != "":
		set, found, err := u.tx.SetHead(of.Set)
		if err != nil {
			return nil, err
		}
		if !found || set.Kind != kindWrite {
			return nil, fmt.Errorf("there is no message set %s that wrote anything: 'qbridge order NUMBER' names the set of an order", of.Set)
		}
		if rows, err = u.tx.RowsOfSet(of.Set); err != nil {
			return nil, err
		}
	default:
		day, err := time.ParseInLocation(time.DateOnly, of.Day, time.Local)
		if err != nil {
			return nil, fmt.Errorf("%q is no day: write it like 2026-01-31", of.Day)
		}
		if rows, err = u.tx.HandedOut(u.company.ID, day, day.AddDate(0, 0, 1)); err != nil {
			return nil, err
		}
	}
	if of.Order == "" {
		rows = slices.DeleteFunc(rows, func(r store.Row) bool { return r.StoreID == "" || r.IsUndo() || r.State == rowGone })
	}
	if of.Shown != nil {
		rows = slices.DeleteFunc(rows, func(r store.Row) bool { return !slices.Contains(of.Shown, r.RecordID) })
	}
	slices.Reverse(rows)
	return rows, nil
}

// current tells whether a row is a document of the present generation of an order.
func current(o store.Order, r store.Row) bool {
	return !r.IsUndo() && strings.HasSuffix(r.Key, fmt.Sprintf("/%d", max(1, o.Generation)))
}

func (u *undoer) view(r store.Row) (UndoView, error) {
	v, _, err := u.look(r)
	return v, err
}

// look tells what can be told of a document without asking QuickBooks.
func (u *undoer) look(r store.Row) (v UndoView, d posting.Document, err error) {
	o, found, err := u.tx.Order(r.StoreID, r.OrderKey)
	if err != nil || !found {
		return v, d, errors.Join(err, store.ErrNotFound)
	}
	bodies, err := u.tx.Bodies([]int64{r.ID})
	if err != nil {
		return v, d, err
	}
	if d, err = storedDocument(bodies[r.ID]); err != nil {
		return v, d, err
	}
	undo, _, err := u.tx.RowByKey(u.company.ID, undoKey(r.Key))
	if err != nil {
		return v, d, err
	}
	d.Date = orElse(d.Date, o.Date) // a person linked the document: what was planned is not known
	v = UndoView{Order: o.ID, Document: documentName(r), TxnID: r.RecordID, Date: d.Date, Total: r.BooksTotal, Currency: o.Currency}
	v.Refused = undoCase{State: r.State, Cause: posting.Cause(o.Cause), Undo: undo.State, Date: d.Date,
		Closing: u.about.ClosingDate, Mode: u.mode, Stopped: u.company.Stopped}.refusal()
	return v, d, nil
}

// queue queues that a document be undone, unless something stands against it.
func (u *undoer) queue(r store.Row) (UndoView, error) {
	v, d, err := u.look(r)
	if err != nil || v.Refused != "" {
		return v, err
	}
	total, err := decimal.NewFromString(r.BooksTotal)
	if err != nil {
		return v, fmt.Errorf("QuickBooks' total of %s: %w", v.Document, err)
	}
	what := undoing{Row: r.ID, Kind: r.Kind, TxnID: r.RecordID, EditSequence: r.EditSequence, Total: total, Date: d.Date, Who: u.who}
	if what.Before, err = u.before(r); err != nil {
		return v, err
	}
	if r.Adopted {
		what.Marker = orElse(d.Marker, "none") // it was linked by a person: there is no mark of ours to find
	}
	expect, err := json.Marshal(what)
	if err != nil {
		return v, err
	}
	kind := u.kind
	if r.Kind == posting.ReceivePayment || r.Kind == posting.SalesOrder { // QuickBooks has no void of them
		kind = store.KindDelete
	}
	id, _, err := u.tx.PlanRow(store.Row{CompanyID: u.company.ID, Key: undoKey(r.Key), Kind: kind, StoreID: r.StoreID, OrderKey: r.OrderKey,
		OrderVersion: r.OrderVersion, Name: r.Name, Expect: string(expect), Body: "{}"})
	if err := errors.Join(err, u.inTurn(r, id)); err != nil {
		return v, err
	}
	return v, u.tx.SetState(r.StoreID, r.OrderKey, store.StateIn{State: string(order.Queued), Who: u.who,
		Reason: fmt.Sprintf("To be undone: QuickBooks is asked about %s (TxnID %s), then it is %s.", documentName(r), r.RecordID, verb(kind))})
}

// before tells why the order of a document needs attention; when that is an undo
// in vain, or another of its documents is to be undone already, why it did
// before that one.
func (u *undoer) before(r store.Row) (was noted, err error) {
	o, _, err := u.tx.Order(r.StoreID, r.OrderKey)
	earlier := rowRefused
	switch {
	case err != nil:
		return was, err
	case o.State == string(order.Queued):
		earlier = rowPlanned
	case o.State != string(order.Attention):
		return was, nil
	case o.Cause != string(CauseUndo):
		return noted{o.Cause, o.Reason, o.Cure}, nil
	}
	rows, err := u.tx.RowsOfOrder(r.StoreID, r.OrderKey)
	if err != nil {
		return was, err
	}
	for _, r := range rows {
		if !r.IsUndo() || r.State != earlier {
			continue
		}
		undo, err := undoingOf(r)
		if err != nil {
			return was, err
		}
		if undo.Before.Cause != "" {
			was = undo.Before
		}
	}
	return was, nil
}

// undoRequest voids or deletes the document of an undo row.
func undoRequest(r store.Row) (qbxml.Body, error) {
	u, err := undoingOf(r)
	if err != nil {
		return nil, err
	}
	if r.Kind == store.KindDelete {
		return qbxml.TxnDel{TxnDelType: u.Kind, TxnID: u.TxnID}, nil
	}
	return qbxml.TxnVoid{TxnVoidType: u.Kind, TxnID: u.TxnID}, nil
}

// askUndo asks QuickBooks about the documents that are undone next, in the very
// session that undoes them: are they there, as we know them, and in no deposit?
func (c *connection) askUndo(about About) (*store.Set, error) {
	rows, err := c.tx.Sendable(c.company.ID, c.b.Now(), c.lookSize())
	if err != nil {
		return nil, err
	}
	var s subject
	var documents []store.Row
	oldest := c.b.Now()
	for _, r := range rows {
		if !r.IsUndo() || !c.unlooked(r) {
			continue
		}
		u, err := undoingOf(r)
		if err != nil { // one that can't be read must not stop the others (I6)
			return nil, c.refuse(r, 0, sentence(err), faultyCure)
		}
		s.Rows = append(s.Rows, r.ID)
		documents = append(documents, u.document())
		if day, err := time.Parse(time.DateOnly, u.Date); err == nil && day.Before(oldest) {
			oldest = day
		}
	}
	// A deposit was last changed after its receipts were made, and those after the day of their orders; a day more for time zones.
	yes := true
	deposits := qbxml.DepositQuery{ModifiedDateRangeFilter: &qbxml.ModifiedDateRangeFilter{FromModifiedDate: qbxml.DateTimeOf(oldest.AddDate(0, 0, -2))},
		IncludeLineItems: &yes, IncludeRetElement: []string{"TxnID", "TxnDate", "DepositLineRet"}}
	return c.ask(about, kindUndo, s, append(documentsByID("undo", documents), qbxml.Request{ID: "deposit", Body: deposits})...)
}

// recordUndo decides on each document by what QuickBooks says of it.
func (c *connection) recordUndo(s subject, got received) error {
	rows, err := c.rowsIn(s.Rows, rowPlanned)
	if err != nil {
		return err
	}
	about, err := parseAbout(c.company)
	if err != nil {
		return err
	}
	deposits := map[string]string{}
	for _, answer := range got.responses {
		for _, ret := range answer.rets {
			d, ok := ret.(*qbxml.DepositRet)
			for i := 0; ok && i < len(d.Lines); i++ {
				deposits[d.Lines[i].TxnID] = fmt.Sprintf("%s (TxnID %s)", d.TxnDate, d.TxnID)
			}
		}
	}
	var free []int64
	for _, r := range rows {
		u, err := undoingOf(r)
		if err != nil {
			return err
		}
		o, _, err := c.tx.Order(r.StoreID, r.OrderKey)
		if err != nil {
			return err
		}
		if o.Cause == string(CauseTwice) { // found out since it was queued; that is what the order goes on to say
			if err := c.tx.SetRow(r.ID, store.RowUpdate{State: rowRefused, Message: "it stands twice in QuickBooks"}); err != nil {
				return err
			}
			continue
		}
		f := foundFor{Deposit: deposits[u.TxnID], Closing: about.ClosingDate}
		ret := documentByID(got, u.TxnID)
		if ret != nil {
			f.There, f.Is = true, candidate(*ret)
		}
		if err := c.followers(r, u, &f); err != nil {
			return err
		}
		why := u.verdict(f)
		if why == "" {
			free = append(free, r.ID)
			continue
		}
		if err := c.notUndone(r, u, ret, why); err != nil {
			return err
		}
	}
	return c.tx.MarkLooked(free, c.row.Ticket)
}

// notUndone refuses an undo by what QuickBooks says of the document, and takes
// that in as the check of the books would.
func (c *connection) notUndone(r store.Row, u undoing, ret *qbxml.Posted, why string) error {
	if err := c.undoRefused(r, 0, why, "It stands in QuickBooks as it is. Put right what is said here and undo it again, or leave it so: qbridge accept."); err != nil {
		return err
	}
	document, found, err := c.tx.Row(u.Row)
	switch {
	case err != nil || !found:
		return err
	case document.State == rowGone: // found out before in this session
		return c.goneAs(document, document.Message)
	case document.State != rowDone:
		return nil
	case ret == nil:
		return c.gone(document)
	}
	return c.seen(nil, document, *ret)
}

// undoRefused says that a document was not undone. It is in the books as before.
func (c *connection) undoRefused(r store.Row, code int64, why, cure string) error {
	if err := c.tx.SetRow(r.ID, store.RowUpdate{State: rowRefused, Code: code, Message: why}); err != nil {
		return err
	}
	return c.tx.SetState(r.StoreID, r.OrderKey, store.StateIn{State: string(order.Attention), Cause: string(CauseUndo), Cure: cure, Who: "qbridge",
		Reason: fmt.Sprintf("%s was not %s: %s.", documentName(r), verb(r.Kind), strings.TrimRight(why, "."))})
}

// undone settles an undo: the document is gone from the books, and its order is
// held until a person releases it to be posted again, under its next generation.
func (c *connection) undone(r store.Row, code int64, message string) error {
	if r.State == rowUndone {
		return nil
	}
	u, err := undoingOf(r)
	if err != nil {
		return err
	}
	if err := c.tx.SetRow(r.ID, store.RowUpdate{State: rowUndone, Code: code, Message: message}); err != nil {
		return err
	}
	if err := c.tx.SetRow(u.Row, store.RowUpdate{State: rowGone, Message: verb(r.Kind) + " by QBridge for " + u.Who}); err != nil {
		return err
	}
	if err := unlink(c.tx, store.Row{StoreID: r.StoreID, OrderKey: r.OrderKey, RecordID: u.TxnID}); err != nil {
		return err
	}
	o, _, err := c.tx.Order(r.StoreID, r.OrderKey)
	if err != nil {
		return err
	}
	rows, err := c.tx.RowsOfOrder(r.StoreID, r.OrderKey)
	if err != nil {
		return err
	}
	_, stands := goneAndStanding(o, rows)
	why := fmt.Sprintf("undone by %s on %s; release it to post it again", u.Who, c.b.Now().Local().Format(time.DateOnly))
	if i := slices.IndexFunc(stands, func(r store.Row) bool { return !isSale(r.Kind) }); i >= 0 && isSale(u.Kind) {
		why = fmt.Sprintf("undone by %s on %s, but %s (TxnID %s), which followed it, stands: undo it too before you release the order", u.Who, c.b.Now().Local().Format(time.DateOnly), documentName(stands[i]), stands[i].RecordID)
	}
	err = c.tx.AddHistory(store.History{CompanyID: c.company.ID, StoreID: r.StoreID, Key: r.OrderKey, Who: u.Who, Event: "undone",
		Note: fmt.Sprintf("%s (TxnID %s) was %s in QuickBooks.", documentName(r), u.TxnID, verb(r.Kind))})
	if err != nil {
		return err
	}
	if _, err := c.tx.AddDecision(store.Decision{StoreID: r.StoreID, Key: r.OrderKey, Kind: "hold", Value: why, Who: u.Who}); err != nil {
		return err
	}
	if len(stands) == 0 {
		err = c.tx.NextGeneration(r.StoreID, r.OrderKey)
	} else { // what stands is of this generation: only what is gone may be written again
		err = errors.Join(c.tx.RetireKey(u.Row), c.tx.RetireKey(r.ID))
	}
	if err != nil {
		return err
	}
	return c.tx.SetState(r.StoreID, r.OrderKey, store.StateIn{State: string(order.Held), Cause: string(posting.HeldByPerson), Reason: "Held by a person: " + why, Who: u.Who,
		Cure: "Release the order when it may be posted."})
}

// settleUndo decides on an undo whose answer was lost by what the books hold.
func (c *connection) settleUndo(r store.Row, got received) error {
	u, err := undoingOf(r)
	if err != nil {
		return err
	}
	ret := documentByID(got, u.TxnID)
	if ret == nil || r.Kind == store.KindVoid && candidate(*ret).Voided {
		return c.undone(r, 0, "found "+verb(r.Kind)+" in the books")
	}
	return c.sendAgain(r)
}

// undoneInDoubt are the documents that are being undone by sets in doubt: they
// may be gone from the books, and that proves nothing about the company file.
func (c *connection) undoneInDoubt() (map[int64]bool, error) {
	found := map[int64]bool{}
	doubt, err := c.tx.InDoubt(c.company.ID)
	if err != nil {
		return nil, err
	}
	for _, set := range doubt {
		rows, err := c.tx.RowsOfSet(set.ID)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			if !r.IsUndo() {
				continue
			}
			u, err := undoingOf(r)
			if err != nil {
				return nil, err
			}
			found[u.Row] = true
		}
	}
	return found, nil
}
