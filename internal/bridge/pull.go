package bridge

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"qbridge/internal/ecwid"
	"qbridge/internal/order"
	"qbridge/store"
)

// profileAge is how old the shop's profile may be before it is read again.
const profileAge = 24 * time.Hour

// Pulled counts what a pull brought.
type Pulled struct {
	Store                               string
	New, Changed, Same, Unreadable, Old int
}

// Pull gets new and changed orders of every shop. A shop that fails does not
// keep the others from being pulled; the errors are joined.
func (b *Bridge) Pull(ctx context.Context) ([]Pulled, error) {
	shops, err := b.shops(ctx)
	if err != nil {
		return nil, err
	}
	var all []Pulled
	var failed error
	for _, s := range shops {
		p, err := b.pullShop(ctx, s)
		all = append(all, p)
		if err != nil {
			failed = errors.Join(failed, fmt.Errorf("store %s: %w", s.ID, err))
		}
	}
	return all, failed
}

// PullStep is one turn of the puller: every shop that is due.
func (b *Bridge) PullStep(ctx context.Context) error {
	shops, err := b.shops(ctx)
	if err != nil {
		return err
	}
	var failed error
	for _, s := range shops {
		if wait := s.PullAfter.Sub(b.Now()); wait > 0 && (wait <= longestPause || wait > untilToken/2) {
			continue // the shop asked us to stay away: ecwid.md 1.3
		}
		if _, err := b.pullShop(ctx, s); err != nil {
			failed = errors.Join(failed, fmt.Errorf("store %s: %w", s.ID, err))
		}
	}
	return failed
}

func (b *Bridge) shops(ctx context.Context) (shops []store.Shop, err error) {
	err = b.db.Read(ctx, func(tx *store.Tx) error {
		companies, err := tx.Companies()
		if err != nil {
			return err
		}
		for _, c := range companies {
			more, err := tx.Stores(c.ID)
			if err != nil {
				return err
			}
			shops = append(shops, more...)
		}
		return nil
	})
	return shops, err
}

func (b *Bridge) pullShop(ctx context.Context, s store.Shop) (Pulled, error) {
	p := Pulled{Store: s.ID}
	select {
	case b.pulling <- struct{}{}:
		defer func() { <-b.pulling }()
	case <-ctx.Done():
		return p, ctx.Err()
	}
	err := b.db.Read(ctx, func(tx *store.Tx) (err error) { // as the pull that went on until now left it
		s, _, err = tx.Store(s.ID)
		return err
	})
	if err != nil {
		return p, err
	}
	err = b.pullOrders(ctx, s, &p)
	problem, after := "", time.Time{}
	if err != nil {
		problem = b.Redactor.Text(err.Error()) // the shop may repeat what it should not
		after = b.comeBack(err)
	}
	noted := b.write(ctx, "note the pull", func(tx *store.Tx) error { return tx.SetPulled(s.ID, problem, after) })
	return p, errors.Join(err, noted)
}

// comeBack tells when a shop that failed may be asked again. ecwid.md 1.3: a
// bad token is never tried in a loop, a plan without the API hourly at most.
func (b *Bridge) comeBack(err error) time.Time {
	var api *ecwid.APIError
	if !errors.As(err, &api) {
		return time.Time{}
	}
	switch api.Kind {
	case ecwid.Unauthorized, ecwid.Scope:
		return b.Now().Add(untilToken)
	case ecwid.Plan:
		return b.Now().Add(longestPause)
	case ecwid.RateLimited:
		return b.Now().Add(min(api.RetryAfter, longestPause))
	}
	return time.Time{}
}

// How long a shop is not asked. A pause between the two was begun by a clock
// that was wrong, and does not count.
const (
	longestPause = time.Hour
	untilToken   = 100 * 365 * 24 * time.Hour // until a person sets a new token
)

func (b *Bridge) pullOrders(ctx context.Context, s store.Shop, p *Pulled) error {
	client, err := b.client(ctx, s)
	if err != nil {
		return err
	}
	profile, err := b.profile(ctx, client, s)
	if err != nil {
		return err
	}
	mark := ecwid.Watermark{Since: s.Since, CreatedDone: s.CreatedDone, Updated: s.UpdatedTo}
	_, err = client.Pull(ctx, mark,
		func(ctx context.Context, page []json.RawMessage) error { return b.savePage(ctx, s, profile, page, p) },
		func(m ecwid.Watermark) error {
			return b.write(ctx, "move the watermark", func(tx *store.Tx) error {
				return tx.SetWatermark(s.ID, m.CreatedDone, m.Updated)
			})
		})
	return err
}

// profile gives the shop's settings, from the shop when ours are old.
func (b *Bridge) profile(ctx context.Context, client *ecwid.Client, s store.Shop) (ecwid.Profile, error) {
	if s.Profile != "" && b.Now().Sub(s.ProfileAt) < profileAge {
		return ecwid.DecodeProfile([]byte(s.Profile))
	}
	profile, raw, err := client.Profile(ctx)
	if err != nil {
		return profile, err
	}
	return profile, b.write(ctx, "keep the shop's profile", func(tx *store.Tx) error {
		return tx.SetProfile(s.ID, profile.StoreName, string(raw))
	})
}

// savePage keeps one page of orders: raw and hashed.
func (b *Bridge) savePage(ctx context.Context, s store.Shop, profile ecwid.Profile, page []json.RawMessage, p *Pulled) error {
	rows := make([]store.OrderIn, len(page))
	unreadable := 0
	for i, raw := range page {
		o, err := ecwid.Decode(raw, profile)
		if err != nil {
			unreadable++ // kept all the same: planning it says why it can't be read
		}
		rows[i] = orderRow(s, o, raw)
	}
	// Orders go to the books in the order in which they were placed: those of one set then lie together in the database.
	slices.SortStableFunc(rows, func(a, b store.OrderIn) int { return a.PlacedAt.Compare(b.PlacedAt) })
	for some := range slices.Chunk(rows, saveAtOnce) {
		if err := b.saveOrders(ctx, some, p); err != nil {
			return err
		}
	}
	p.Unreadable += unreadable
	return nil
}

// saveAtOnce is how many orders of a page are saved in one transaction: some
// milliseconds, for which a poll may have to wait.
const saveAtOnce = 25

// saveOrders saves a part of a page. Saving one again changes nothing, so a
// page that was cut in the middle is simply pulled again.
func (b *Bridge) saveOrders(ctx context.Context, rows []store.OrderIn, p *Pulled) error {
	var n Pulled
	err := b.writeBehind(ctx, "save orders", func(tx *store.Tx) error {
		n = Pulled{}
		for _, row := range rows {
			if err := sameOrder(tx, &row); err != nil {
				return err
			}
			saved, err := tx.SaveOrder(row)
			if err != nil {
				return fmt.Errorf("order %s: %w", row.ID, err)
			}
			switch saved {
			case store.SavedNew:
				n.New++
			case store.SavedChanged:
				n.Changed++
			case store.SavedOlder:
				n.Old++
			default:
				n.Same++
			}
			if saved == store.SavedQuiet { // what the books don't hold may decide what follows: that it is shipped
				if err := tx.ReplanOrder(row.StoreID, row.Key); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	p.New, p.Changed, p.Same, p.Old = p.New+n.New, p.Changed+n.Changed, p.Same+n.Same, p.Old+n.Old
	return nil
}

// sameOrder keeps the key under which an order is known already: payloads of
// old shops had no internal id (ecwid.md 2), and an order must not become two.
func sameOrder(tx *store.Tx, row *store.OrderIn) error {
	if !strings.HasPrefix(row.Key, "i:") {
		return nil
	}
	known, ok, err := tx.Order(row.StoreID, "d:"+row.ID)
	if ok {
		row.Key = known.Key
	}
	return err
}

func orderRow(s store.Shop, o order.Order, raw json.RawMessage) store.OrderIn {
	row := store.OrderIn{
		CompanyID: s.CompanyID, StoreID: s.ID, Key: string(o.Key), ID: o.ID,
		Date: o.Date, Customer: o.Buyer(), Email: o.Email, Currency: o.Currency,
		Total: o.Due().StringFixed(o.Precision), Due: o.Total.StringFixed(o.Precision),
		PlacedAt: o.Created, ShopUpdated: o.Updated, Search: searchOf(o),
		Raw: raw, ContentHash: ecwid.ContentHash(raw), AccountingHash: ecwid.AccountingHash(o),
	}
	if row.Key == "" { // not even an id could be read: keep it under what it says
		row.Key = "h:" + row.ContentHash[:16]
	}
	if row.ID == "" {
		row.ID = row.Key
	}
	return row
}

// client makes the client of a shop, with the token out of the vault.
func (b *Bridge) client(ctx context.Context, s store.Shop) (*ecwid.Client, error) {
	token, err := b.token(ctx, s.ID)
	if err != nil {
		return nil, err
	}
	return ecwid.New(b.clientOf(s, token))
}

func (b *Bridge) clientOf(s store.Shop, token Secret) ecwid.Config {
	return ecwid.Config{
		BaseURL: s.BaseURL, StoreID: s.ID, Token: token.Reveal(),
		HTTP: b.HTTP, Now: b.Now, Sleep: b.Sleep, Rand: b.below, Log: b.Log, Version: Version,
	}
}

// token takes the token of a shop out of the vault.
func (b *Bridge) token(ctx context.Context, storeID string) (Secret, error) {
	var sealed string
	err := b.db.Read(ctx, func(tx *store.Tx) (err error) {
		sealed, _, err = tx.Setting(tokenSetting(storeID))
		return err
	})
	if err != nil {
		return "", err
	}
	token, err := b.vault.Open(tokenSetting(storeID), sealed)
	if err != nil {
		return "", fmt.Errorf("the token of store %s can't be read: %w", storeID, err)
	}
	b.Redactor.Hide(Secret(token))
	return Secret(token), nil
}

// below gives a random number from 0 to n-1, for pauses and names of requests.
func (b *Bridge) below(n int64) int64 {
	var raw [8]byte
	if _, err := io.ReadFull(b.Rand, raw[:]); err != nil {
		return 0 // a pause without a random part still is one
	}
	return int64(binary.LittleEndian.Uint64(raw[:])>>1) % n
}

func tokenSetting(storeID string) string { return "token/" + storeID }
