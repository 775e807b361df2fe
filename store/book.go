package store

import (
	"database/sql"
	"fmt"
	"time"
)

// BookEntry is one entry of one of the company file's lists.
type BookEntry struct {
	ListID, Name string
	Active       bool
	Body         string // JSON of what we keep of it
}

func (b *BookEntry) fields() []any { return []any{&b.ListID, &b.Name, &b.Active, &b.Body} }

// BookList is what we know of a list as a whole.
type BookList struct {
	List    string
	Reading int64     // readings begun
	ReadAt  time.Time // when a reading last ended; zero before the first
	FullAt  time.Time // when the list was last read whole
	Wanted  bool      // a person or the calendar wants it read again
	Dirty   bool      // its entries changed since the last CleanBook
}

func (b *BookList) fields() []any {
	return []any{&b.List, &b.Reading, stamp{&b.ReadAt}, stamp{&b.FullAt}, &b.Wanted, &b.Dirty}
}

// UpsertBook keeps entries as the reading of that number saw them, and returns how many are new or differ from what was known. Reading 0 is for
// entries that come by another way than a reading, such as a customer just added: they count as seen by the newest reading.
func (tx *Tx) UpsertBook(companyID int64, list string, entries []BookEntry, reading int64) (changed int, err error) {
	doing := fmt.Sprintf("keep the list %s of company %d", list, companyID)
	ours := reading == 0 // no news for the orders: they were planned with it
	if ours {
		if _, err := tx.scan(doing, "SELECT reading FROM book_list WHERE company_id = ? AND list = ?", []any{companyID, list}, &reading); err != nil {
			return 0, err
		}
	}
	for _, e := range entries {
		same, err := tx.exec(doing, "UPDATE book SET reading = max(reading, ?) WHERE company_id = ? AND list = ? AND list_id = ? AND name = ? AND active = ? AND body = ?",
			reading, companyID, list, e.ListID, e.Name, e.Active, e.Body)
		if err != nil {
			return 0, err
		}
		if same > 0 {
			continue
		}
		if _, err := tx.exec(doing, "INSERT OR REPLACE INTO book VALUES (?, ?, ?, ?, ?, ?, ?)", companyID, list, e.ListID, e.Name, e.Active, e.Body, reading); err != nil {
			return 0, err
		}
		changed++
	}
	if changed == 0 || ours {
		return changed, nil
	}
	return changed, tx.soil(doing, companyID, list)
}

// soil keeps that a list's entries changed, in the transaction that changed them.
func (tx *Tx) soil(doing string, companyID int64, list string) error {
	_, err := tx.exec(doing, "UPDATE book_list SET dirty = 1 WHERE company_id = ? AND list = ?", companyID, list)
	return err
}

// CleanBook keeps that the orders are planned anew for what changed in a list.
func (tx *Tx) CleanBook(companyID int64, list string) error {
	_, err := tx.exec("have the changes of list "+list+" planned", "UPDATE book_list SET dirty = 0 WHERE company_id = ? AND list = ?", companyID, list)
	return err
}

// BeginReading counts a new reading of a list and returns its number, from 1.
func (tx *Tx) BeginReading(companyID int64, list string) (reading int64, err error) {
	_, err = tx.scan(fmt.Sprintf("begin to read the list %s of company %d", list, companyID),
		"INSERT INTO book_list (company_id, list, reading) VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET reading = reading + 1 RETURNING reading",
		[]any{companyID, list}, &reading)
	return reading, err
}

// EndReading keeps that a reading has come to its end; the list is then no longer wanted. After a full one, entries that it did not see are gone
// from the company file: they are removed, and counted.
func (tx *Tx) EndReading(companyID int64, list string, reading int64, full bool) (removed int, err error) {
	doing := fmt.Sprintf("end to read the list %s of company %d", list, companyID)
	err = tx.change(doing, "UPDATE book_list SET read_at = ?1, full_at = iif(?2, ?1, full_at), wanted = 0 WHERE company_id = ?3 AND list = ?4",
		at(tx.now), full, companyID, list)
	if err != nil || !full {
		return 0, err
	}
	n, err := tx.exec(doing, "DELETE FROM book WHERE company_id = ? AND list = ? AND reading < ?", companyID, list, reading)
	return int(n), err
}

// RemoveBook removes entries that the company file no longer has.
func (tx *Tx) RemoveBook(companyID int64, list string, listIDs ...string) error {
	for _, id := range listIDs {
		_, err := tx.exec(fmt.Sprintf("remove %s from the list %s of company %d", id, list, companyID),
			"DELETE FROM book WHERE company_id = ? AND list = ? AND list_id = ?", companyID, list, id)
		if err != nil {
			return err
		}
		if err := tx.soil("remove from the list "+list, companyID, list); err != nil {
			return err
		}
	}
	return nil
}

// EachBook calls f with the entries of a list by ListID, without holding them all in memory. An error of f ends it.
func (tx *Tx) EachBook(companyID int64, list string, f func(BookEntry) error) error {
	doing := fmt.Sprintf("read the list %s of company %d", list, companyID)
	return tx.stream(doing, "SELECT list_id, name, active, body FROM book WHERE company_id = ? AND list = ? ORDER BY list_id", []any{companyID, list},
		func(rows *sql.Rows) error {
			var e BookEntry
			if err := rows.Scan(e.fields()...); err != nil {
				return fmt.Errorf("%s: %w", doing, err)
			}
			return f(e)
		})
}

// HasBook tells whether a list has an entry.
func (tx *Tx) HasBook(companyID int64, list, listID string) (found bool, err error) {
	return tx.scan("look for an entry of the list "+list, "SELECT 1 FROM book WHERE company_id = ? AND list = ? AND list_id = ?", []any{companyID, list, listID}, new(int))
}

// BookLists are the lists known of a company file, by name.
func (tx *Tx) BookLists(companyID int64) ([]BookList, error) {
	return list[BookList](tx, fmt.Sprintf("read the lists of company %d", companyID),
		"SELECT list, reading, read_at, full_at, wanted, dirty FROM book_list WHERE company_id = ? ORDER BY list", companyID)
}

// WantLists wants these lists read again; without names, all that BookLists knows.
func (tx *Tx) WantLists(companyID int64, lists ...string) error {
	doing := fmt.Sprintf("want the lists of company %d read again", companyID)
	if len(lists) == 0 {
		_, err := tx.exec(doing, "UPDATE book_list SET wanted = 1 WHERE company_id = ?", companyID)
		return err
	}
	for _, list := range lists {
		_, err := tx.exec(doing, "INSERT INTO book_list (company_id, list) VALUES (?, ?) ON CONFLICT DO UPDATE SET wanted = 1", companyID, list)
		if err != nil {
			return err
		}
	}
	return nil
}

// WantWholeLists wants all lists of a company read from their beginning: what changed since the last time can't be told.
func (tx *Tx) WantWholeLists(companyID int64) error {
	_, err := tx.exec(fmt.Sprintf("want the whole lists of company %d", companyID), "UPDATE book_list SET wanted = 1, full_at = '' WHERE company_id = ?", companyID)
	return err
}

// BookPage are entries of a list by name and ListID, behind one of them, at most limit; with a text only those whose name holds it, in any case.
func (tx *Tx) BookPage(companyID int64, list, text, afterName, afterID string, limit int) (entries []BookEntry, err error) {
	err = tx.rows("read the list "+list, `SELECT list_id, name, active, body FROM book WHERE company_id = ?1 AND list = ?2 AND (?3 = '' OR instr(lower(name), lower(?3)) > 0)
		AND (name > ?4 OR name = ?4 AND list_id > ?5) ORDER BY name, list_id LIMIT ?6`, []any{companyID, list, text, afterName, afterID, limit}, func(rows *sql.Rows) error {
		var e BookEntry
		err := rows.Scan(e.fields()...)
		entries = append(entries, e)
		return err
	})
	return entries, err
}

// BookCounts counts the entries of a company's lists by list.
func (tx *Tx) BookCounts(companyID int64) (map[string]int64, error) {
	return tx.counts("count the lists", "SELECT list, count(*) FROM book WHERE company_id = ? GROUP BY list", companyID)
}
