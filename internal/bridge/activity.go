package bridge

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"qbridge/internal/posting"
	"qbridge/store"
)

// Activity is a page of what people did, the newest first.
type Activity struct {
	Lines []ActivityLine
	Next  string // for the page behind this one; "" when this is the last
}

// ActivityLine is one thing that somebody did.
type ActivityLine struct {
	At     time.Time
	Who    string
	Kind   string // decision, state, rules, action, undone, again, ..., and what Did was given
	Order  string // its OrderView.ID; "" when it is about no order
	Number string // of the order
	Note   string
}

// Activity gives a page of what people did: a person ("": all), a kind ("":
// all), at most limit lines (0: 50), beginning at a page's Next.
func (b *Bridge) Activity(ctx context.Context, who, kind, next string, limit int) (a Activity, err error) {
	f := store.ActivityFind{Who: who, Event: kind}
	if next != "" {
		if f.Before, err = strconv.ParseInt(next, 10, 64); err != nil || f.Before <= 0 {
			return a, fmt.Errorf("%q is no place in the activity: begin with its first page", next)
		}
	}
	limit = min(cmp.Or(max(limit, 0), 50), mostListed)
	err = b.db.Read(ctx, func(tx *store.Tx) error {
		lines, err := tx.Activity(f, limit+1)
		if err != nil {
			return err
		}
		if len(lines) > limit {
			lines = lines[:limit]
			a.Next = strconv.FormatInt(lines[limit-1].ID, 10)
		}
		for _, h := range lines {
			l := ActivityLine{At: h.At, Who: h.Who, Kind: h.Event, Note: h.Note}
			if h.Key != "" {
				l.Order = h.StoreID + "/" + h.Key
				if l.Number, err = tx.OrderNumber(h.StoreID, h.Key); err != nil {
					return err
				}
			}
			a.Lines = append(a.Lines, l)
		}
		return nil
	})
	return a, err
}

// notPeople are the names under which the program itself keeps what it does.
func notPeople() []string { return []string{"qbridge", "connector"} }

// Did keeps what a person did that leaves no other trace: a new token or
// password, a user made, lists asked for. The note must hold no secret.
func (b *Bridge) Did(ctx context.Context, who, kind, note string) error {
	if who == "" || slices.Contains(notPeople(), who) {
		return fmt.Errorf("%q is no person", who)
	}
	return b.write(ctx, "keep what was done", func(tx *store.Tx) error {
		c, err := onlyCompany(tx)
		if err != nil {
			return err
		}
		return tx.AddHistory(store.History{CompanyID: c.ID, Who: who, Event: kind, Note: b.Redactor.Text(note)})
	})
}

// changedRules is how many changes of the rules a line of history names.
const changedRules = 5

// rulesNote says which rules were changed.
func rulesNote(before, after posting.Rules) string {
	var all []string
	changes := before.Changes(after)
	for _, c := range changes[:min(len(changes), changedRules)] {
		all = append(all, fmt.Sprintf("%s from %q to %q", c.Key, c.From, c.To))
	}
	switch more := len(changes) - len(all); {
	case len(all) == 0:
		return "The rules were saved unchanged."
	case more > 0:
		all = append(all, fmt.Sprintf("%d more", more))
	}
	return "The rules were changed: " + strings.Join(all, "; ") + "."
}
