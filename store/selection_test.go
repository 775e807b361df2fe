package store

import (
	"fmt"
	"testing"
	"time"
)

// A user's oldest selections make room for new ones, and nobody else's.
func TestSelectionsOfAUser(t *testing.T) {
	s, clock := shop(t)
	choose := func(who string, i int) {
		clock.advance(time.Second)
		write(t, s, func(tx *Tx) error {
			return tx.AddSelection(Selection{ID: fmt.Sprint(who, i), Who: who, ExpiresAt: clock.now().Add(time.Hour)}, []int64{1})
		})
	}
	kept := func(who string, i int) (found bool) {
		read(t, s, func(tx *Tx) (err error) {
			_, found, err = tx.Selection(fmt.Sprint(who, i), who)
			return err
		})
		return found
	}
	choose("bob", 0)
	for i := range mostSelections + 3 {
		choose("ann", i)
	}
	if !kept("bob", 0) || kept("ann", 2) || !kept("ann", 3) || !kept("ann", mostSelections+2) {
		t.Errorf("kept: bob's %t, ann's third %t, fourth %t, last %t", kept("bob", 0), kept("ann", 2), kept("ann", 3), kept("ann", mostSelections+2))
	}
}
