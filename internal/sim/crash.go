package sim

import "time"

// A crash is how QuickBooks will die while it works at a message set.
type crash struct {
	after            int // that many changing requests are done
	hresult, message string
	done             bool
}

// CrashAfter makes QuickBooks die at the next message set that changes the company file, after n such requests of it or the
// last. What was done before stays done, the set is not remembered, and Process gives the HRESULT.
func (c *Company) CrashAfter(n int, hresult, message string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.crash = &crash{after: n, hresult: hresult, message: message}
}

// DropIterators makes QuickBooks forget how far its answers by pages have come; a query that goes on gets 3391.
func (c *Company) DropIterators() {
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(c.iterators)
}

// Skew puts the clock of the QuickBooks machine ahead of the true time; negative: behind. 0 sets it right again.
func (c *Company) Skew(ahead time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead = ahead
}

// mend takes back everything that makes QuickBooks fail; what people did stays.
func (c *Company) mend() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.interfere, c.refusals, c.crash, c.ahead = nil, nil, nil, 0
}
