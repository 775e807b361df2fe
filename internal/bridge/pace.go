package bridge

import (
	"time"

	"qbridge/store"
)

// The time that QuickBooks should take for a writing set.
const (
	setQuick = 5 * time.Second
	setSlow  = 20 * time.Second
)

// adapt fits the size of the next sets to the time this one took.
func (c *connection) adapt(set store.Set) error {
	took, size := c.b.Now().Sub(set.HandedOutAt), c.setSize()
	next := size
	switch {
	case took > setSlow:
		next = max(setSizeMin, size/2)
	case took < setQuick && int(set.Rows) >= size:
		next = min(setSizeMax, size*2)
	}
	if next == size {
		return nil
	}
	return c.tx.SetSetSize(c.company.ID, int64(next))
}
