package bridge

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"qbridge/internal/ecwid"
	"qbridge/store"
)

// PulledNow is what a person's pull of a shop brought.
type PulledNow struct {
	Store      string
	Name       string
	New        int
	Changed    int
	Ignored    int    // known already
	Unreadable int    // of the new and changed ones: kept, but they can't be planned
	Problem    string // why it was not pulled, or not to the end; "" when all went well
}

// PullNow gets the new and changed orders of a shop, or of all shops when
// storeID is empty. When the puller is at a shop already it waits for that to
// end. A shop that asked us to stay away is not asked.
func (b *Bridge) PullNow(ctx context.Context, storeID, who string) ([]PulledNow, error) {
	shops, err := b.shops(ctx)
	if err != nil {
		return nil, err
	}
	if storeID != "" {
		shops = slices.DeleteFunc(shops, func(s store.Shop) bool { return s.ID != storeID })
	}
	if len(shops) == 0 {
		return nil, fmt.Errorf("there is no store %s here", storeID)
	}
	all := []PulledNow{}
	for _, s := range shops {
		now := PulledNow{Store: s.ID, Name: orElse(s.Name, s.ID)}
		if wait := s.PullAfter.Sub(b.Now()); wait > 0 && wait <= longestPause {
			now.Problem = fmt.Sprintf("The shop asked us not to come before %s.", s.PullAfter.Local().Format(time.TimeOnly))
			all = append(all, now)
			continue
		}
		p, err := b.pullShop(ctx, s)
		if err != nil && ctx.Err() != nil {
			return all, err
		}
		now.New, now.Changed, now.Ignored, now.Unreadable = p.New, p.Changed, p.Same+p.Old, p.Unreadable
		if err != nil {
			now.Problem = b.Redactor.Text(err.Error())
		}
		all = append(all, now)
		err = b.Did(ctx, who, "pull", fmt.Sprintf("Orders of store %s: %d new, %d changed, %d ignored.", s.ID, now.New, now.Changed, now.Ignored))
		if err != nil {
			return all, err
		}
	}
	return all, nil
}

// ShopView is how it stands with the orders of a shop.
type ShopView struct {
	ID       string
	Name     string
	Address  string // at which it is asked
	Since    time.Time
	PulledAt time.Time // the last pull that went well; zero before the first
	Problem  string    // with the last pull; "" when it went well
	NotUntil time.Time // the shop asked us not to come before, or the token must be replaced (far in the future); zero when it may be asked
	Created  time.Time // first pull: orders placed up to here are here
	Updated  time.Time // what changed up to here is here; zero while the first pull goes on
	Orders   int64
}

// Shops tells how it stands with each shop.
func (b *Bridge) Shops(ctx context.Context) (views []ShopView, err error) {
	err = b.db.Read(ctx, func(tx *store.Tx) error {
		shops, e1 := tx.Stores(0)
		counts, e2 := tx.StoreCounts()
		for _, s := range shops {
			v := ShopView{ID: s.ID, Name: orElse(s.Name, s.ID), Address: s.BaseURL, Since: s.Since, PulledAt: s.PulledAt, Problem: s.PullProblem, Created: s.CreatedDone, Updated: s.UpdatedTo, Orders: counts[s.ID]}
			if s.PullAfter.After(b.Now()) {
				v.NotUntil = s.PullAfter
			}
			views = append(views, v)
		}
		return errors.Join(e1, e2)
	})
	return views, err
}

// ShopPace is how many requests a second a shop is sent at most.
const ShopPace = ecwid.RequestsPerSecond
