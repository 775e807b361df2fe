package bridge

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"qbridge/store"
)

// backupRestored follows what is missing in the company file.
const backupRestored = "Was a backup restored? Nothing is written until you run: qbridge resume."

// stop keeps anything from being written to the company file until a person
// says so. The missing documents are remembered for that moment.
func (c *connection) stop(missing []store.Row, which string) (string, error) {
	ids := make([]int64, len(missing))
	for i, r := range missing {
		ids[i] = r.ID
	}
	return c.stopFor(ids, which+" "+backupRestored)
}

// stopFor stops with a sentence. The missing rows are marked as gone when a
// person resumes. What an earlier resume lets pass ends here: another file may be
// open by now.
func (c *connection) stopFor(missing []int64, text string) (string, error) {
	list, err := json.Marshal(missing)
	if err != nil {
		return "", err
	}
	if err := c.tx.SetSetting(missingSetting(c.company.ID), string(list)); err != nil {
		return "", err
	}
	if err := c.drop(lenientSetting(c.company.ID)); err != nil {
		return "", err
	}
	return text, c.tx.SetStopped(c.company.ID, text)
}

// drop empties a setting that a person's word left.
func (c *connection) drop(setting string) error {
	value, _, err := c.tx.Setting(setting)
	if err != nil || value == "" {
		return err
	}
	return c.tx.SetSetting(setting, "")
}

func missingSetting(companyID int64) string { return fmt.Sprintf("missing/%d", companyID) }

// lenientSetting says that a person lets the company file be written though
// documents are missing: until the first that is there, or none is left, what is
// missing is gone.
func lenientSetting(companyID int64) string { return fmt.Sprintf("resumed/%d", companyID) }

// mostMissing is how many missing documents a Stop names.
const mostMissing = 40

// Stop is why nothing is written to the company file, for a person to decide on
// Resume.
type Stop struct {
	Why     string            // a sentence; "" when the file may be written
	Missing []MissingDocument // our documents that the file does not have, at most 40; none when QuickBooks could not be asked for them
	More    int               // so many more are missing
	Seen    string            // what Resume is given, so that nobody decides on another stop than the one that was shown
}

// MissingDocument is one of our documents that the company file does not have.
type MissingDocument struct {
	Document string // "Sales receipt S01QA"
	TxnID    string
	Total    string // as QuickBooks had it; "" when it did not say
	Currency string // of the order
	Order    string // its OrderView.ID
	Number   string // of the order
}

// stopOf tells why nothing is written to a company file.
func stopOf(tx *store.Tx, company store.Company) (s Stop, err error) {
	if company.Stopped == "" {
		return s, nil
	}
	missing, err := missingOf(tx, company)
	if err != nil {
		return s, err
	}
	s.Why, s.Seen = company.Stopped, missing.seen
	for i, r := range missing.posted {
		if i == mostMissing {
			s.More = len(missing.posted) - i
			break
		}
		o, _, err := tx.Order(r.StoreID, r.OrderKey)
		if err != nil {
			return s, err
		}
		s.Missing = append(s.Missing, MissingDocument{documentName(r), r.RecordID, r.BooksTotal, o.Currency, r.StoreID + "/" + r.OrderKey, o.ID})
	}
	return s, nil
}

// missing is what a stop is about.
type missing struct {
	rows   []int64
	posted []store.Row // those of the rows that are still taken for posted
	seen   string      // stands for this stop alone
}

func missingOf(tx *store.Tx, company store.Company) (m missing, err error) {
	list, _, err := tx.Setting(missingSetting(company.ID))
	if err != nil {
		return m, err
	}
	if err := json.Unmarshal([]byte(list), &m.rows); err != nil {
		return m, fmt.Errorf("the missing documents: %w", err)
	}
	m.posted, err = (&connection{tx: tx}).rowsIn(m.rows, rowDone)
	hash := sha256.Sum256([]byte(list + company.Stopped))
	m.seen = hex.EncodeToString(hash[:])
	return m, err
}

// Why a stop can't be ended.
var (
	ErrNotStopped  = errors.New("nothing is stopped: QBridge may write to this company file")
	ErrAnotherStop = errors.New("it is stopped for another reason by now: look at it first")
)

// Resume lets a stopped company file be written again: the open one is right.
// Our documents that it did not have are marked as gone first: their orders wait
// for a person instead of being taken for posted, or posted a second time. Who is
// a person's name; seen is that of the Stop that the person decides on, "" for
// any.
func (b *Bridge) Resume(ctx context.Context, who, seen string) (gone int, err error) {
	err = b.endStop(ctx, who, seen, func(c *connection, m missing) (note string, err error) {
		gone = len(m.posted)
		for _, r := range m.posted {
			if err := c.gone(r); err != nil {
				return "", err
			}
		}
		setting := lenientSetting(c.company.ID)
		if len(m.rows) == 0 { // nothing was missing: QuickBooks could not be asked
			setting = unprovedSetting(c.company.ID)
		}
		if err := c.tx.SetSetting(setting, "yes"); err != nil {
			return "", err
		}
		// What is not in an older copy of the file was never deleted from it: only whole lists tell.
		if err := c.tx.WantWholeLists(c.company.ID); err != nil {
			return "", err
		}
		return fmt.Sprintf("QBridge may write to %s again; missing documents marked as gone: %d.", c.company.Name, gone), nil
	})
	return gone, err
}

// AskAgain is for a stopped company file when the right one was opened since:
// nothing is marked as gone, and the next session asks for all our documents
// before it writes. It stops again when they are still missing, or when QuickBooks
// can't be asked.
func (b *Bridge) AskAgain(ctx context.Context, who, seen string) error {
	return b.endStop(ctx, who, seen, func(c *connection, _ missing) (string, error) {
		return fmt.Sprintf("%s is asked again for our documents.", c.company.Name), c.drop(unprovedSetting(c.company.ID))
	})
}

// endStop ends the stop that a person has seen, after what is to be done first,
// and keeps the note of it with the reason of the stop.
func (b *Bridge) endStop(ctx context.Context, who, seen string, first func(*connection, missing) (note string, err error)) error {
	return b.write(ctx, "resume", func(tx *store.Tx) error {
		company, err := onlyCompany(tx)
		if err != nil {
			return err
		}
		if company.Stopped == "" {
			return ErrNotStopped
		}
		m, err := missingOf(tx, company)
		if err != nil {
			return err
		}
		if seen != "" && seen != m.seen {
			return ErrAnotherStop
		}
		note, err := first(&connection{b: b, tx: tx, company: company}, m)
		if err != nil {
			return err
		}
		if err := checkEach(tx, company); err != nil { // documents that were found or linked were not asked for yet
			return err
		}
		if err := tx.AddHistory(store.History{CompanyID: company.ID, Who: who, Event: "stop", Note: note + " It had stopped: " + company.Stopped}); err != nil {
			return err
		}
		return tx.SetStopped(company.ID, "")
	})
}
