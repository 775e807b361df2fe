package ecwid

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"
	"time"

	"qbridge/internal/order"
)

// By says which of an order's times a window is over.
type By string

// The times to pull by.
const (
	Created By = "created"
	Updated By = "updated"
)

// SaveFunc stores orders as they came, in one transaction. It is called once a
// page and may get the same order again, in this window or another: it must
// deduplicate by key and ContentHash, and never let an older version overwrite
// a newer one (ecwid.md 3.4, step 4).
type SaveFunc func(ctx context.Context, orders []json.RawMessage) error

// How to pull safely while orders change (ecwid.md 3.4).
const (
	settle      = 60 * time.Second // a window ends so long before the shop's now
	overlap     = 10 * time.Minute
	day         = 24 * time.Hour  // what is pulled between two watermarks, at first
	longStride  = 32 * day        // and at most, when there is little
	smallWindow = 2 * time.Second // not worth halving
	passes      = 12
)

// Window pulls every order whose time lies in [from, to], both in whole
// seconds, and gives them to save page by page. No order that stays in the
// window is missed, however many others move meanwhile; one that leaves it
// because it was updated again is found by a later window. Unfinished carts are
// dropped.
func (c *Client) Window(ctx context.Context, by By, from, to time.Time, save SaveFunc) error {
	_, err := c.window(ctx, by, from, to, save)
	return err
}

// window is Window; onePage says that the whole of it fitted on one page.
func (c *Client) window(ctx context.Context, by By, from, to time.Time, save SaveFunc) (onePage bool, err error) {
	from, to = from.Truncate(time.Second), to.Truncate(time.Second)
	page, err := c.windowPage(ctx, by, from, to, 0)
	if err != nil {
		return false, err
	}
	if len(page.Items) >= page.Total { // one page is one look at the shop
		return true, keep(ctx, page, save)
	}
	length := to.Sub(from)
	if length <= smallWindow {
		return false, c.smallWindow(ctx, by, from, to, save)
	}
	// Whether the shop counts the bounds in is not documented, so the halves
	// overlap by one second.
	middle := from.Add(length / 2).Truncate(time.Second)
	if _, err := c.window(ctx, by, from, middle.Add(time.Second), save); err != nil {
		return false, err
	}
	_, err = c.window(ctx, by, middle, to, save)
	return false, err
}

func (c *Client) windowPage(ctx context.Context, by By, from, to time.Time, offset int) (Page, error) {
	q := Query{CreatedFrom: from, CreatedTo: to, Offset: offset}
	if by == Updated {
		q = Query{UpdatedFrom: from, UpdatedTo: to, Offset: offset}
	}
	return c.Orders(ctx, q)
}

// smallWindow pages by offset through a window that cannot be halved, until two
// passes saw the same orders: when one leaves and another comes between two
// pages, a third is skipped though the total stays.
func (c *Client) smallWindow(ctx context.Context, by By, from, to time.Time, save SaveFunc) error {
	var last map[order.Key]bool
	for range passes {
		seen, err := c.pass(ctx, by, from, to, save)
		if err != nil {
			return err
		}
		if last != nil && maps.Equal(seen, last) {
			return nil
		}
		last = seen
	}
	return &APIError{Kind: Temporary, err: fmt.Errorf("the orders of %s keep changing while they are read", from.UTC().Format(time.DateTime))}
}

// pass saves all pages of a window and gives the keys it saw; nil when the
// total changed on the way.
func (c *Client) pass(ctx context.Context, by By, from, to time.Time, save SaveFunc) (map[order.Key]bool, error) {
	seen, total := map[order.Key]bool{}, -1
	for offset := 0; ; {
		page, err := c.windowPage(ctx, by, from, to, offset)
		if err != nil {
			return nil, err
		}
		if err := keep(ctx, page, save); err != nil {
			return nil, err
		}
		for _, raw := range page.Items {
			key, err := keyOf(raw)
			if err != nil {
				return nil, malformed(err.Error())
			}
			seen[key] = true
		}
		offset += page.Count
		switch {
		case total >= 0 && page.Total != total, page.Count == 0 && offset < page.Total:
			return nil, nil
		case offset >= page.Total:
			return seen, nil
		}
		total = page.Total
	}
}

// keep saves a page without its unfinished carts.
func keep(ctx context.Context, page Page, save SaveFunc) error {
	var orders []json.RawMessage
	for _, raw := range page.Items {
		n, err := parse(raw, "an order")
		if err != nil {
			return malformed(err.Error())
		}
		if !strings.EqualFold(n.text("paymentStatus"), string(order.Incomplete)) {
			orders = append(orders, raw)
		}
	}
	if len(orders) == 0 {
		return nil
	}
	if err := save(ctx, orders); err != nil {
		return fmt.Errorf("storing %d orders: %w", len(orders), err)
	}
	return nil
}

// Watermark says how far a shop has been pulled. The caller stores it.
type Watermark struct {
	Since       time.Time // the user's choice: orders created before it are not asked for
	CreatedDone time.Time // all orders created from Since until here are stored
	Updated     time.Time // all orders changed until here are stored, once CreatedDone has reached it
}

// Pull brings the caller's store up to date. On first start it pulls from
// Since by creation, a day at a time or more where the shop is quiet; after that, by change. After each whole window it
// calls advance, which must store the watermark: whatever moment the program
// dies at, the next Pull goes on from there and loses nothing. It gives the last
// watermark that advance accepted, also with an error.
//
// An order created before Since comes too once it is changed after the first
// Pull: whether it is booked is for the caller to rule.
func (c *Client) Pull(ctx context.Context, w Watermark, save SaveFunc, advance func(Watermark) error) (Watermark, error) {
	if w.Since.IsZero() {
		return w, errors.New("no start date is set: choose the day from which orders are pulled")
	}
	// The shop's clock counts, not this PC's.
	look, err := c.Orders(ctx, Query{CreatedFrom: w.Since, Limit: 1})
	if err != nil {
		return w, err
	}
	now := look.ServerTime.Add(-settle).Truncate(time.Second)
	step := func(next Watermark) error {
		if err := advance(next); err != nil {
			return fmt.Errorf("storing how far the shop was pulled: %w", err)
		}
		w = next
		return nil
	}
	if w.Updated.IsZero() {
		// Changes from now on are looked for by change, so this moment is stored
		// before the first order is read.
		if err := step(Watermark{Since: w.Since, CreatedDone: w.Since, Updated: now}); err != nil {
			return w, err
		}
	}
	stride := day
	for w.CreatedDone.Before(w.Updated) {
		next := earlier(w.CreatedDone.Add(stride), w.Updated)
		onePage, err := c.window(ctx, Created, w.CreatedDone.Add(-time.Second), next, save)
		if err != nil {
			return w, err
		}
		if err := step(Watermark{Since: w.Since, CreatedDone: next, Updated: w.Updated}); err != nil {
			return w, err
		}
		stride = nextStride(stride, onePage)
	}
	stride = day
	for w.Updated.Before(now) {
		next := earlier(w.Updated.Add(stride), now)
		onePage, err := c.window(ctx, Updated, w.Updated.Add(-overlap), next, save)
		if err != nil {
			return w, err
		}
		if err := step(Watermark{Since: w.Since, CreatedDone: next, Updated: next}); err != nil {
			return w, err
		}
		stride = nextStride(stride, onePage)
	}
	return w, nil
}

// nextStride is a day where the shop is busy and grows where it is quiet, so
// that years with few orders do not cost a request a day.
func nextStride(stride time.Duration, onePage bool) time.Duration {
	if onePage {
		return min(2*stride, longStride)
	}
	return day
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// keyOf reads only the order's key.
func keyOf(raw json.RawMessage) (order.Key, error) {
	n, err := parse(raw, "an order")
	if err != nil {
		return "", err
	}
	key, _ := identity(n)
	return key, n.read.err
}
