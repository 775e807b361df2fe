package bridge

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"qbridge/internal/posting"
	"qbridge/store"
)

// What follows a document can be for its customer alone. When that one is not in
// QuickBooks any more, as a person merged it into another, the document is the
// other's now; nothing but the document itself tells whose (quickbooks.md 4).

// whoseSetting lists the rows of the documents of which QuickBooks is to be asked
// whose they are.
func whoseSetting(companyID int64) string { return fmt.Sprintf("whose/%d", companyID) }

func loadWhose(tx *store.Tx, companyID int64) (ids []int64, err error) {
	text, _, err := tx.Setting(whoseSetting(companyID))
	if err != nil || text == "" {
		return nil, err
	}
	if err := json.Unmarshal([]byte(text), &ids); err != nil {
		return nil, fmt.Errorf("the documents whose customer is to be asked: %w", err)
	}
	return ids, nil
}

func keepWhose(tx *store.Tx, companyID int64, ids []int64) error {
	if len(ids) == 0 {
		return tx.DropSetting(whoseSetting(companyID))
	}
	text, err := json.Marshal(ids)
	if err != nil {
		return err
	}
	return tx.SetSetting(whoseSetting(companyID), string(text))
}

// vanished are the documents of a sale whose customer is not in QuickBooks any
// more, as far as we know. told says that QuickBooks was asked of all of them
// since our lists changed last: it knows no better.
func (p *planner) vanished(sale posting.Sale, rows []store.Row) (gone []int64, told bool, err error) {
	told = true
	for _, d := range sale.Posted {
		if d.Form.Customer.ListID == "" || d.TxnID == "" || p.books.Knows(d.Form.Customer.ListID) {
			continue
		}
		for _, r := range rows {
			if r.RecordID != d.TxnID || r.State != rowDone {
				continue
			}
			e, err := expectedOf(r)
			if err != nil {
				return nil, false, err
			}
			gone = append(gone, r.ID)
			told = told && e.Asked == p.company.BooksGeneration
		}
	}
	return gone, told, nil
}

// askWhose has QuickBooks asked at the next session whose some documents are.
func (p *planner) askWhose(rows []int64) error {
	ids, err := loadWhose(p.tx, p.company.ID)
	if err != nil {
		return err
	}
	for _, id := range rows {
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return keepWhose(p.tx, p.company.ID, ids)
}

// whose asks for the documents whose customer vanished, by their TxnIDs.
func (c *connection) whose(about About) (*store.Set, error) {
	ids, err := loadWhose(c.tx, c.company.ID)
	for err == nil && len(ids) > 0 {
		some := ids[:min(len(ids), c.lookSize())]
		rows, err := c.rowsIn(some, rowDone)
		if err != nil {
			return nil, err
		}
		if len(rows) > 0 {
			return c.ask(about, kindWhose, subject{Rows: rowIDs(rows)}, documentsByID("whose", rows)...)
		}
		ids = ids[len(some):] // gone or undone since
		if err := keepWhose(c.tx, c.company.ID, ids); err != nil {
			return nil, err
		}
	}
	return nil, err
}

// recordWhose takes in whose documents are now, and has their orders planned
// anew. Another customer than before may be new, too: then names are read again,
// as they are the first time.
func (c *connection) recordWhose(s subject, got received) (string, error) {
	rows, err := c.rowsIn(s.Rows, rowDone)
	if err != nil {
		return "", err
	}
	var missing []store.Row
	others := false // is there anybody whom we may not know yet?
	for _, r := range rows {
		ret := documentByID(got, r.RecordID)
		if ret == nil {
			missing = append(missing, r)
			continue
		}
		e, err := expectedOf(r)
		if err != nil {
			return "", err
		}
		moved, err := c.moved(&r, candidate(*ret))
		if err := errors.Join(err, c.askedWhose(&r)); err != nil {
			return "", err
		}
		others = others || moved || e.Asked == 0
		if err := c.seen(nil, r, *ret); err != nil {
			return "", err
		}
	}
	if text, err := c.missed(&checking{}, missing); err != nil || text != "" {
		return text, err
	}
	if err := c.endWhose(s.Rows); err != nil || !others {
		return "", err
	}
	return "", c.tx.WantLists(c.company.ID, nameList)
}

// askedWhose keeps that QuickBooks was asked whose a document is, and has its
// order planned anew.
func (c *connection) askedWhose(r *store.Row) error {
	e, err := expectedOf(*r)
	if err != nil {
		return err
	}
	e.Asked = c.company.BooksGeneration
	text, err := json.Marshal(e)
	if err != nil {
		return err
	}
	r.Expect = string(text)
	if err := c.tx.SetExpect(r.ID, r.Expect); err != nil {
		return err
	}
	return c.tx.ReplanOrder(r.StoreID, r.OrderKey)
}

// whoseRefused leaves it to a person to choose the customer of documents that
// QuickBooks does not tell of.
func (c *connection) whoseRefused(s subject, text string) error {
	c.b.Log.Warn("QuickBooks does not tell whose some documents are", "error", text)
	rows, err := c.rowsIn(s.Rows, rowDone)
	if err != nil {
		return err
	}
	for _, r := range rows {
		if err := c.askedWhose(&r); err != nil {
			return err
		}
	}
	return c.endWhose(s.Rows)
}

func (c *connection) endWhose(asked []int64) error {
	ids, err := loadWhose(c.tx, c.company.ID)
	if err != nil {
		return err
	}
	return keepWhose(c.tx, c.company.ID, slices.DeleteFunc(ids, func(id int64) bool { return slices.Contains(asked, id) }))
}

// keepAdded keeps the ListID of a customer who was added for a document that is
// written now: the same buyer may be added once more when that one vanished.
func (c *connection) keepAdded(r *store.Row) error {
	e, err := expectedOf(*r)
	if err != nil || e.Customer.ListID != "" || e.Near != "" { // found in the books, linked, or there when it was planned
		return nil // what can't be read is said where the totals are compared
	}
	added, err := c.tx.NeedIDs([]int64{r.ID})
	if err != nil || len(added) == 0 {
		return err
	}
	d, _, err := c.document(*r)
	if err != nil || added[d.Customer.Row] == "" {
		return err
	}
	return c.keepCustomer(r, d.Customer.ListID, d.Customer.Name)
}

// moved takes in that a person gave a document of ours to another customer.
func (c *connection) moved(r *store.Row, now posting.Candidate) (bool, error) {
	e, err := expectedOf(*r)
	if err != nil {
		return false, err
	}
	known := e.Customer.ListID
	if d, _, err := c.document(*r); known == "" && err == nil { // else a person linked it: its customer was kept then
		known = d.Customer.ListID
	}
	if now.CustomerID == "" || now.CustomerID == known {
		return false, nil
	}
	return true, c.keepCustomer(r, now.CustomerID, now.CustomerName)
}
