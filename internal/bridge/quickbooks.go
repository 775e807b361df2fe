package bridge

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"qbridge/store"
)

// QuickBooksView is how it stands between us and the company file.
type QuickBooksView struct {
	About   About
	File    string    // its path, as the Web Connector last told
	Stop    Stop      // why nothing is written; zero when it may be
	Polled  time.Time // the Web Connector's last call; zero before the first
	Waiting map[string]int64
	Doubt   int64     // sets in doubt
	Oldest  time.Time // of them
	Lists   []ListHead
}

// ListHead is a list of the company file without its entries.
type ListHead struct {
	List   string
	Count  int64
	ReadAt time.Time // zero: not yet
	Wanted bool      // it is read again at the next session
}

// QuickBooks tells how it stands with the company file. Waiting counts rows of
// the outbox by state: what planned says goes out at the next session.
func (b *Bridge) QuickBooks(ctx context.Context) (v QuickBooksView, err error) {
	err = b.db.Read(ctx, func(tx *store.Tx) error {
		c, err := onlyCompany(tx)
		if err != nil {
			return err
		}
		var e0, e1, e2, e3 error
		v.File = c.FilePath
		v.Stop, e0 = stopOf(tx, c)
		v.About, err = parseAbout(c)
		v.Waiting, e1 = tx.CountRows(c.ID)
		v.Doubt, v.Oldest, e2 = tx.Doubt(c.ID)
		counts, e3 := tx.BookCounts(c.ID)
		known, e4 := tx.BookLists(c.ID)
		for _, name := range listNames() {
			h := ListHead{List: name, Count: counts[name]}
			if i := slices.IndexFunc(known, func(l store.BookList) bool { return l.List == name }); i >= 0 {
				h.ReadAt, h.Wanted = known[i].ReadAt, known[i].Wanted
			}
			v.Lists = append(v.Lists, h)
		}
		last, e5 := tx.LastSessions(c.ID, 1)
		if len(last) > 0 {
			v.Polled = last[0].LastCallAt
		}
		return errors.Join(err, e0, e1, e2, e3, e4, e5)
	})
	return v, err
}

// ListPage is a page of a list's entries, by name.
type ListPage struct {
	Entries []EntryView
	Next    string // for the page behind this one; "" when this is the last
}

// ListEntries gives a page of at most limit entries (0: 50) of a list whose
// name holds a text ("": all), beginning at a page's Next.
func (b *Bridge) ListEntries(ctx context.Context, list, text, next string, limit int) (page ListPage, err error) {
	limit = min(cmp.Or(max(limit, 0), 50), mostListed)
	id, name, _ := strings.Cut(next, " ")
	err = b.db.Read(ctx, func(tx *store.Tx) error {
		c, err := onlyCompany(tx)
		if err != nil {
			return err
		}
		entries, err := tx.BookPage(c.ID, list, text, name, id, limit+1)
		for i, e := range entries {
			if i == limit {
				last := page.Entries[limit-1]
				page.Next = last.ListID + " " + last.Name
				break
			}
			var kept struct{ Kind, Type string } // what an item or name, and an account, calls it
			if err := json.Unmarshal([]byte(e.Body), &kept); err != nil {
				return fmt.Errorf("%s in the list %s: %w", e.Name, list, err)
			}
			page.Entries = append(page.Entries, EntryView{e.ListID, e.Name, e.Active, kept.Kind + kept.Type})
		}
		return err
	})
	return page, err
}
