package bridge

import (
	"context"
	"time"

	"qbridge/internal/order"
	"qbridge/store"
)

// Status is how it stands with everything, in a few words and figures.
type Status struct {
	Company     string // name of the company file; "" while none is set up
	Mode        string // look, pending or post
	Release     string // automatic or selected
	Stopped     string // why nothing is written; "" when it may be
	LastPoll    time.Time
	PulledAt    time.Time // the last good pull, of the shop that it is the longest ago for; zero before it
	PullProblem string    // of the last pull of some shop
	Counts      map[order.State]int64
	Doubt       int64 // message sets that QuickBooks never answered
	Alerts      []Alert
	Untold      []string // why an alert could not be told
}

// Count is how many orders are in a state.
func (s Status) Count(state string) int64 { return s.Counts[order.State(state)] }

// All is how many orders are here.
func (s Status) All() (n int64) {
	for _, count := range s.Counts {
		n += count
	}
	return n
}

// Status tells how it stands; the zero Status while nothing is set up.
func (b *Bridge) Status(ctx context.Context) (s Status, err error) {
	err = b.db.Read(ctx, func(tx *store.Tx) error {
		companies, err := tx.Companies()
		if err != nil || len(companies) == 0 {
			return err
		}
		c := companies[0]
		s.Company, s.Stopped, s.Counts = c.Name, c.Stopped, map[order.State]int64{}
		_, rules, err := b.loadRules(tx, c.ID)
		if err != nil {
			return err
		}
		s.Mode, s.Release = rules.Mode, rules.Release
		sessions, err := tx.LastSessions(c.ID, 1)
		if err != nil {
			return err
		}
		for _, one := range sessions {
			s.LastPoll = one.LastCallAt
		}
		shops, err := tx.Stores(c.ID)
		if err != nil {
			return err
		}
		for i, shop := range shops {
			if i == 0 || shop.PulledAt.Before(s.PulledAt) {
				s.PulledAt = shop.PulledAt
			}
			if shop.PullProblem != "" {
				s.PullProblem = b.Redactor.Text(shop.PullProblem)
			}
		}
		counts, err := tx.SumOrders(c.ID)
		if err != nil {
			return err
		}
		for _, one := range counts {
			s.Counts[order.State(one.State)] += one.Count
		}
		s.Doubt, _, err = tx.Doubt(c.ID)
		return err
	})
	if err != nil || s.Company == "" {
		return s, err
	}
	s.Alerts, s.Untold, err = b.Alerts(ctx)
	return s, err
}
