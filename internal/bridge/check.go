package bridge

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"qbridge/internal/order"
	"qbridge/internal/posting"
	"qbridge/qbxml"
	"qbridge/store"
)

// checkEvery is how often the books are asked what people did to our documents.
const checkEvery = 24 * time.Hour

// startOverlap is how far before the last check, and the last reading of a list,
// the first one after a start asks for changes: what our own database has
// forgotten may bear the time of a clock that was wrong by days.
const startOverlap = 72 * time.Hour

// checkPause is how long a question that QuickBooks refused is not asked again.
const checkPause = time.Hour

// Causes that the check of the books finds.
const (
	CauseVoided  posting.Cause = "voided-in-quickbooks"
	CauseChanged posting.Cause = "changed-in-quickbooks"
)

// checked is how far it is known what people did to our documents.
type checked struct {
	At        time.Time // what they did before is known
	Wanted    bool      `json:",omitempty"` // a person wants it to be known now
	NotBefore time.Time `json:",omitzero"`  // QuickBooks refused to tell
	// A check that asks for every document may take several sessions.
	Began time.Time `json:",omitzero"`
	After int64     `json:",omitempty"` // the last row it asked for
}

func checkSetting(companyID int64) string { return fmt.Sprintf("checked/%d", companyID) }

func loadChecked(tx *store.Tx, c store.Company) (k checked, err error) {
	text, found, err := tx.Setting(checkSetting(c.ID))
	if err != nil || !found {
		return checked{At: c.BoundAt}, err // before it was first seen nothing of ours can have been in it
	}
	if err := json.Unmarshal([]byte(text), &k); err != nil {
		return k, fmt.Errorf("what was checked of company file %s: %w", c.Name, err)
	}
	return k, nil
}

func keepChecked(tx *store.Tx, companyID int64, k checked) error {
	text, err := json.Marshal(k)
	if err != nil {
		return err
	}
	return tx.SetSetting(checkSetting(companyID), string(text))
}

// due tells whether the books should be asked; a check in the future was made
// by a wrong clock, and so was a pause that is longer than any. opened is when
// this program began.
func (k checked) due(now, opened time.Time) bool {
	if pause := k.NotBefore.Sub(now); pause > 0 && pause <= checkPause {
		return false
	}
	return k.Wanted || k.At.After(now) || now.Sub(k.At) >= checkEvery || k.before(opened, now)
}

// before tells whether nothing was asked since this program began: its database
// may have been copied back meanwhile, and only the books know what it has
// forgotten.
func (k checked) before(opened, now time.Time) bool { return k.At.Before(opened) && !opened.After(now) }

// checkDue tells whether the books should be asked what people did to our
// documents.
func checkDue(tx *store.Tx, c store.Company, now, opened time.Time) (bool, error) {
	if c.BoundAt.IsZero() {
		return false, nil
	}
	k, err := loadChecked(tx, c)
	if err != nil || !k.due(now, opened) {
		return false, err
	}
	if k.Wanted || k.before(opened, now) { // also when we know of no document: our own data may be an older copy
		return true, nil
	}
	return tx.HasPosted(c.ID)
}

// Check has the books asked at the next session what people did to our
// documents, and tells when that was last known.
func (b *Bridge) Check(ctx context.Context) (last time.Time, err error) {
	err = b.write(ctx, "have the books checked", func(tx *store.Tx) error {
		c, err := onlyCompany(tx)
		if err != nil {
			return err
		}
		k, err := loadChecked(tx, c)
		if err != nil {
			return err
		}
		last, k.Wanted, k.NotBefore = k.At, true, time.Time{}
		return keepChecked(tx, c.ID, k)
	})
	return last, err
}

// checkEach has QuickBooks asked for every document of ours by its TxnID, for
// what no list of changes tells.
func checkEach(tx *store.Tx, c store.Company) error {
	return keepChecked(tx, c.ID, checked{Wanted: true})
}

// checking is a check of the books that a session makes.
type checking struct {
	Began    time.Time
	From     string // what changed since; "" asks for every document by its TxnID
	Iterator string // of the page before
	Kind     string // of documents that is asked for; "" before the first
	Deleted  bool   // all pages are read; ask for deletions
	After    int64  // the last row asked for by its TxnID
	Found    int    // documents that people did something to
	All      bool   `json:",omitempty"` // what we don't remember may be of kinds that we don't remember either
	// First it is asked whether what was gone is in the books again.
	Back, AskingBack, Restored bool  // that is through; is out; and found something
	Gone                       int64 // the last row for which it was asked
}

// check asks what people did to our documents since the last time. QuickBooks
// forgets deletions after 90 days; well before that every document is asked for.
func (c *connection) check(about About) (*store.Set, error) {
	if c.done.Checked {
		return nil, nil
	}
	if c.done.Checking == nil {
		due, err := checkDue(c.tx, c.company, c.b.Now(), c.b.opened)
		if err != nil || !due {
			c.done.Checked = err == nil
			return nil, err
		}
		k, err := loadChecked(c.tx, c.company)
		if err != nil {
			return nil, err
		}
		now := c.b.Now()
		c.done.Checking = &checking{Began: now, All: k.before(c.b.opened, now)}
		overlap := listOverlap
		if c.done.Checking.All {
			overlap = startOverlap
		}
		if since := now.Sub(k.At); since >= 0 && since < listFullAge && k.After == 0 {
			c.done.Checking.From = string(qbxml.DateTimeOf(k.At.Add(-overlap)))
		} else if k.After > 0 {
			c.done.Checking.Began, c.done.Checking.After = k.Began, k.After
		}
	}
	k := c.done.Checking
	from := qbxml.DateTime(k.From)
	kinds, err := c.checkedKinds(k)
	if err != nil {
		return nil, err
	}
	if !k.Back {
		rows, err := c.goneAfter(k.Gone)
		if err != nil {
			return nil, err
		}
		if len(rows) > 0 {
			k.AskingBack = true
			return c.ask(about, kindCheck, subject{Rows: rowIDs(rows)}, documentsByID("back", rows)...)
		}
		if k.Back = true; k.Restored {
			k.From, k.After = "", 0
		}
	}
	switch {
	case k.From == "":
		rows, err := c.tx.PostedAfter(c.company.ID, k.After, c.lookSize())
		if err != nil {
			return nil, err
		}
		if len(rows) == 0 { // what bears our mark and we don't know of is found by what changed alone
			k.From = string(qbxml.DateTimeOf(c.b.Now().Add(-listFullAge)))
			return c.check(about)
		}
		return c.ask(about, kindCheck, subject{Rows: rowIDs(rows)}, documentsByID("check", rows)...)
	case k.Deleted:
		return c.ask(about, kindCheck, subject{}, qbxml.Request{ID: "deleted", Body: qbxml.TxnDeletedQuery{
			TxnDelType: kinds, DeletedDateRangeFilter: &qbxml.DeletedDateRangeFilter{FromDeletedDate: from}}})
	}
	k.Kind = orElse(k.Kind, kinds[0])
	q := qbxml.Request{ID: "check" + ofKind(k.Kind), Iterator: qbxml.IteratorStart, Body: documentQuery(k.Kind, qbxml.SalesReceiptQuery{
		MaxReturned: lookSize, ModifiedDateRangeFilter: &qbxml.ModifiedDateRangeFilter{FromModifiedDate: from}})}
	if k.Iterator != "" {
		q.Iterator, q.IteratorID = qbxml.IteratorContinue, k.Iterator
	}
	return c.ask(about, kindCheck, subject{}, q)
}

// recordCheck takes what QuickBooks tells of changed or deleted documents. Ours
// are known by their TxnID alone.
func (c *connection) recordCheck(s subject, got received) (string, error) {
	k := c.done.Checking
	if k == nil {
		return "", nil
	}
	if k.AskingBack {
		return "", c.recordBack(k, s, got)
	}
	if k.From == "" {
		return c.recordEach(k, s, got)
	}
	changed, deleted, ids := map[string]qbxml.Posted{}, map[string]bool{}, []string{}
	for _, answer := range got.responses {
		if answer.Remaining > 0 && answer.IteratorID == "" {
			return "QuickBooks gave a part of the changed documents and no way to the rest. Please run the update again.", nil
		}
		k.Iterator = ""
		if answer.Remaining > 0 {
			k.Iterator = answer.IteratorID
		}
		for _, ret := range answer.rets {
			if p, ok := qbxml.PostedOf(ret); ok {
				changed[p.TxnID] = p
				ids = append(ids, p.TxnID)
			} else if d, ok := ret.(*qbxml.TxnDeletedRet); ok {
				deleted[d.TxnID] = true
				ids = append(ids, d.TxnID)
			}
		}
	}
	ours, err := c.tx.RowsByRecord(c.company.ID, ids)
	if err != nil {
		return "", err
	}
	for _, r := range ours {
		if deleted[r.RecordID] {
			k.Found++
			err = c.gone(r)
		} else {
			err = c.seen(k, r, changed[r.RecordID])
		}
		if err != nil {
			return "", err
		}
	}
	if err := c.strays(ids, changed); err != nil {
		return "", err
	}
	switch {
	case k.Deleted:
		return "", c.endCheck(k)
	case k.Iterator == "":
		kinds, err := c.checkedKinds(k)
		if err != nil {
			return "", err
		}
		if next := slices.Index(kinds, k.Kind) + 1; next < len(kinds) {
			k.Kind = kinds[next]
		} else {
			k.Deleted = true
		}
	}
	return "", nil
}

// recordEach takes the answer to a question for documents by their TxnIDs.
func (c *connection) recordEach(k *checking, s subject, got received) (string, error) {
	rows, err := c.rowsIn(s.Rows, rowDone)
	if err != nil {
		return "", err
	}
	var missing []store.Row
	for _, r := range rows {
		if ret := documentByID(got, r.RecordID); ret == nil {
			missing = append(missing, r)
		} else if err := c.seen(k, r, *ret); err != nil {
			return "", err
		}
	}
	if text, err := c.missed(k, missing); err != nil || text != "" {
		return text, err
	}
	k.After = s.Rows[len(s.Rows)-1]
	kept, err := loadChecked(c.tx, c.company)
	if err != nil {
		return "", err
	}
	kept.Began, kept.After = k.Began, k.After
	return "", keepChecked(c.tx, c.company.ID, kept)
}

// missed takes documents for deleted that QuickBooks does not find by their
// TxnIDs. Too many are no deletions by hand: a person must look.
func (c *connection) missed(k *checking, missing []store.Row) (string, error) {
	if len(missing) > identitySize {
		return c.stop(missing, fmt.Sprintf("%d documents of ours, %s among them, are not in this company file.", len(missing), documentName(missing[0])))
	}
	for _, r := range missing {
		k.Found++
		if err := c.gone(r); err != nil {
			return "", err
		}
	}
	return "", nil
}

func (c *connection) endCheck(k *checking) error {
	c.done.Checking, c.done.Checked = nil, true
	note := "Nobody changed a document of ours in QuickBooks."
	if k.Found > 0 {
		note = fmt.Sprintf("Documents of ours that people changed in QuickBooks: %d.", k.Found)
	}
	err := c.tx.AddHistory(store.History{CompanyID: c.company.ID, Who: "qbridge", Event: "checked", Note: note})
	return errors.Join(err, keepChecked(c.tx, c.company.ID, checked{At: k.Began}))
}

// checkRefused leaves the check for later: without it everything else goes on.
func (c *connection) checkRefused(s subject, text string) error {
	if k := c.done.Checking; k != nil && k.AskingBack && len(s.Rows) == 1 { // that one is not asked for in this check
		c.b.Log.Warn("QuickBooks does not tell whether a document that was gone is back", "error", text)
		k.AskingBack, k.Gone = false, s.Rows[0]
		return nil
	}
	c.b.Log.Warn("QuickBooks does not tell what people changed; it is asked again in an hour", "error", text)
	c.done.Checking, c.done.Checked = nil, true
	k, err := loadChecked(c.tx, c.company)
	if err != nil {
		return err
	}
	k.NotBefore = c.b.Now().Add(checkPause)
	return keepChecked(c.tx, c.company.ID, k)
}

// laterChange is what a person did to a document of ours in QuickBooks.
type laterChange struct {
	Voided    bool
	Final     bool // no draft any more
	Draft     bool // a draft again
	Total     bool // another one than we knew
	Corrected bool // with Total: now it is the one that was expected
	Other     bool // something else
}

// whatChanged holds a document as it is in the books against what we know of
// it. Our own writing changes nothing: its EditSequence is known.
func whatChanged(r store.Row, e expected, now posting.Candidate) (l laterChange) {
	if now.EditSequence == r.EditSequence {
		return l
	}
	if now.Voided {
		return laterChange{Voided: true}
	}
	l.Final, l.Draft = e.Pending && !now.Pending, !e.Pending && now.Pending
	known, err := decimal.NewFromString(r.BooksTotal)
	l.Total = err != nil || !known.Equal(now.Total)
	l.Corrected = l.Total && e.Total.Equal(now.Total)
	l.Other = !l.Final && !l.Draft && !l.Total && r.EditSequence != ""
	return l
}

// seen takes in what a person did to a document of ours.
func (c *connection) seen(k *checking, r store.Row, ret qbxml.Posted) error {
	if ret.Total == nil || ret.EditSequence == r.EditSequence {
		return nil
	}
	changed, err := c.changedByPerson(r, ret)
	if changed && k != nil {
		k.Found++
	}
	return err
}

func (c *connection) changedByPerson(r store.Row, ret qbxml.Posted) (changed bool, err error) {
	now := candidate(ret)
	moved, err := c.moved(&r, now)
	if err != nil {
		return false, err
	}
	e, err := expectedOf(r)
	if err != nil {
		return false, err
	}
	l := whatChanged(r, e, now)
	if l.Voided {
		return true, c.voided(r)
	}
	if err := c.tx.SetRow(r.ID, store.RowUpdate{State: rowDone, EditSequence: now.EditSequence, BooksTotal: now.Total.StringFixed(2), Code: r.Code, Message: r.Message}); err != nil {
		return false, err
	}
	if l == (laterChange{}) {
		return false, nil
	}
	if l.Final || l.Draft {
		e.Pending = now.Pending
		text, err := json.Marshal(e)
		if err != nil {
			return false, err
		}
		if err := c.tx.SetExpect(r.ID, string(text)); err != nil {
			return false, err
		}
	}
	err = c.sayChanged(r, e, l, now)
	if err == nil && (l.Final || l.Corrected || moved) { // what follows it, also by what the shop said since it was planned, waited for that
		err = c.tx.ReplanOrder(r.StoreID, r.OrderKey)
	}
	return true, err
}

// sayChanged says what a person changed: as the state of the order where it
// changes that, else in its history.
func (c *connection) sayChanged(r store.Row, e expected, l laterChange, now posting.Candidate) error {
	o, found, err := c.tx.Order(r.StoreID, r.OrderKey)
	if err != nil || !found {
		return errors.Join(err, store.ErrNotFound)
	}
	live := o.TxnID == r.RecordID && o.Cause != string(CauseTwice) // which of the two counts is not known yet
	in := store.StateIn{State: o.State, Cause: o.Cause, Reason: o.Reason, Cure: o.Cure, BooksTotal: now.Total.StringFixed(2), Who: "qbridge"}
	said := documentName(r) + " was changed in QuickBooks; its total is the same."
	switch {
	case l.Total && !l.Corrected:
		said = fmt.Sprintf("%s was changed in QuickBooks after it was posted: its total was %s and is %s now; the order's is %s.", documentName(r), r.BooksTotal, now.Total.StringFixed(2), e.Total.StringFixed(2))
		in.State, in.Cause, in.Reason = string(order.Attention), string(CauseChanged), said
		in.Cure = "Compare the document with the order. If it is right so: qbridge accept. If not, correct it in QuickBooks; the next check sees it."
	case l.Corrected:
		said = fmt.Sprintf("%s was corrected in QuickBooks: its total is %s, as the order's.", documentName(r), now.Total.StringFixed(2))
		if o.Cause == string(CauseTotal) || o.Cause == string(CauseChanged) {
			in.State, in.Cause, in.Reason, in.Cure = string(inBooks(e)), "", said, ""
		}
	case l.Final, l.Draft:
		said = documentName(r) + " was marked as final in QuickBooks: it counts in the books now."
		if l.Draft {
			said = documentName(r) + " was marked as pending in QuickBooks: it does not count in the books until a person marks it as final."
		}
		if o.State == string(order.Pending) || o.State == string(order.Synced) {
			in.State, in.Reason = string(inBooks(e)), said
		}
	}
	if live && (in.State != o.State || in.Reason != o.Reason || l.Total) {
		if err := c.tx.SetState(r.StoreID, r.OrderKey, in); err != nil {
			return err
		}
	}
	return c.tx.AddHistory(store.History{CompanyID: c.company.ID, StoreID: r.StoreID, Key: r.OrderKey, Who: "qbridge", Event: "changed",
		Note: said + c.differences(r, now)})
}

// inBooks is the state of an order whose document is as expected.
func inBooks(e expected) order.State {
	if e.Pending {
		return order.Pending
	}
	return order.Synced
}

// differences names what of a document is not as we wrote it, beside its total.
func (c *connection) differences(r store.Row, now posting.Candidate) (said string) {
	d, _, err := c.document(r)
	if err != nil {
		return "" // a document that a person linked: we did not write it
	}
	for _, part := range [][3]string{{"number", d.RefNumber, now.RefNumber}, {"date", d.Date, now.Date}, {"customer", d.Customer.ListID, now.CustomerID}} {
		if part[1] == "" || part[1] == part[2] {
			continue
		}
		if part[0] == "customer" {
			said += fmt.Sprintf(" It is for the customer %s now.", now.CustomerName)
			continue
		}
		said += fmt.Sprintf(" Its %s was %s and is %s now.", part[0], part[1], part[2])
	}
	return said
}

// voided marks a document that a person voided.
func (c *connection) voided(r store.Row) error { return c.goneAs(r, voidedMessage) }
