package prove

import (
	"context"
	"math/rand/v2"
	"time"
)

// clock is the virtual time. Each look moves it a millisecond on, so that what
// happened later is later.
type clock struct {
	at   time.Time
	skew time.Duration // how far the clock of the machine with the bridge and QuickBooks is ahead of the shop's
}

func (c *clock) shop() time.Time {
	c.at = c.at.Add(time.Millisecond)
	return c.at
}

func (c *clock) machine() time.Time { return c.shop().Add(c.skew) }

func (c *clock) sleep(ctx context.Context, d time.Duration) error {
	c.at = c.at.Add(d)
	return ctx.Err()
}

// dice are the random bytes of the bridge: message set IDs, tickets, keys.
type dice struct{ source *rand.ChaCha8 }

func newDice(seed uint64) dice {
	var key [32]byte
	for i := range 8 {
		key[i] = byte(seed >> (8 * i))
	}
	return dice{rand.NewChaCha8(key)}
}

func (d dice) Read(p []byte) (int, error) { return d.source.Read(p) }
