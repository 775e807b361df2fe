package bridge

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"qbridge/internal/ecwid"
	"qbridge/internal/order"
	"qbridge/store"
)

// Find says which orders of a list are meant. An empty field asks for nothing.
type Find struct {
	State  order.State
	From   string // the order's day in the shop's time zone, both included: 2026-11-22
	To     string
	Store  string // store ID
	Method string // payment method, as the shop says it
	Tag    string
	// Text is words that are all in the order, each from its beginning: number,
	// buyer, e-mail, SKU, item, amount, tracking number; or one that is
	// QuickBooks' number or TxnID of a document of the order. At most 6 words.
	Text string
}

// mostListed is how many orders a page holds at most.
const mostListed = 200

// OrderPage is a page of the orders that are meant, the newest first.
type OrderPage struct {
	Orders []FoundOrder
	Next   string // what FindOrders is given for the page behind this one; "" when this is the last
	// Sums are counts and sums of the orders that are meant, by state and
	// currency, but in any state: those of Find.State are the orders of the
	// list.
	Sums []StateSum
	// MoreThan is 0, or so many: more orders than these, in any state, have the
	// Text or the Tag. Then Sums is empty: adding them up would take too long.
	MoreThan int64
	// Indexing is how many orders from an older program can't be found by
	// Text and Method yet; IndexAll is at them. 0 nearly always.
	Indexing int64
}

// FoundOrder is an order in a list.
type FoundOrder struct {
	OrderView
	Store    string
	Email    string
	Method   string    // how the buyer paid
	Since    time.Time // it has been in its state since then
	PlacedAt time.Time
	Tags     []string
}

// FindOrders gives a page of at most limit orders (0: 50), beginning at a page's
// Next ("": with the newest).
func (b *Bridge) FindOrders(ctx context.Context, f Find, next string, limit int) (page OrderPage, err error) {
	after, err := parsePlace(next)
	if err != nil {
		return page, err
	}
	limit = min(cmp.Or(max(limit, 0), 50), mostListed)
	page.Orders, page.Sums = []FoundOrder{}, []StateSum{}
	err = b.db.Read(ctx, func(tx *store.Tx) error {
		of, err := f.of(tx)
		if err != nil {
			return err
		}
		found, sums, all, err := tx.FindPage(of, after, limit+1)
		if err != nil {
			return err
		}
		if len(found) > limit {
			found = found[:limit]
			page.Next = placeText(found[limit-1])
		}
		for _, o := range found {
			page.Orders = append(page.Orders, viewFound(o))
		}
		if !all {
			page.MoreThan = store.MostSummed
		}
		if page.Sums, err = viewSums(sums); err != nil {
			return err
		}
		page.Indexing, err = tx.Indexing()
		return err
	})
	return page, err
}

func viewFound(o store.Found) FoundOrder {
	return FoundOrder{OrderView: view(o.Order), Store: o.StoreID, Email: o.Email, Method: o.Method, Since: o.StateSince, PlacedAt: o.PlacedAt, Tags: o.Tags}
}

// Count is how many orders the list of a page holds, on all its pages, when it
// was looked for in a state ("": in any); 0 when there are MoreThan.
func (p OrderPage) Count(state order.State) (n int64) {
	for _, s := range p.Sums {
		if state == "" || s.State == state {
			n += s.Count
		}
	}
	return n
}

// of is the find as the store takes it. What nobody can mean is an error.
func (f Find) of(tx *store.Tx) (of store.Find, err error) {
	for _, day := range []string{f.From, f.To} {
		if _, err := time.Parse(time.DateOnly, day); err != nil && day != "" {
			return of, fmt.Errorf("%q is no day like 2026-11-22", day)
		}
	}
	if f.State != "" && !slices.Contains(order.States(), f.State) {
		return of, fmt.Errorf("there is no state %q", f.State)
	}
	c, err := onlyCompany(tx)
	return store.Find{CompanyID: c.ID, State: string(f.State), From: f.From, To: f.To, StoreID: f.Store, Method: f.Method, Tag: f.Tag, Text: f.Text}, err
}

func placeText(o store.Found) string {
	return fmt.Sprintf("%d-%d", o.PlacedAt.UnixMicro(), o.N)
}

func parsePlace(text string) (p store.Place, err error) {
	if text == "" {
		return p, nil
	}
	at, n, _ := strings.Cut(strings.TrimPrefix(text, "-"), "-") // of an order without a time it begins with a minus
	micro, err1 := strconv.ParseInt(at, 10, 64)
	p.N, err = strconv.ParseInt(n, 10, 64)
	if err1 != nil || err != nil || p.N <= 0 {
		return store.Place{}, fmt.Errorf("%q is no place in the list of orders: begin with its first page", text)
	}
	if !strings.HasPrefix(text, "-") {
		p.PlacedAt = time.UnixMicro(micro).UTC()
	}
	return p, nil
}

// FindChoices are what a list can be narrowed to.
type FindChoices struct {
	States  []order.State
	Stores  []StoreName
	Methods []string
	Tags    []Tag
}

// StoreName is a shop and how people call it.
type StoreName struct{ ID, Name string }

// FindChoices gives what there is to choose from for a Find.
func (b *Bridge) FindChoices(ctx context.Context) (c FindChoices, err error) {
	c.States = order.States()
	err = b.db.Read(ctx, func(tx *store.Tx) error {
		company, err := onlyCompany(tx)
		if err != nil {
			return err
		}
		shops, err := tx.Stores(company.ID)
		if err != nil {
			return err
		}
		for _, s := range shops {
			c.Stores = append(c.Stores, StoreName{s.ID, orElse(s.Name, s.ID)})
		}
		if c.Methods, err = tx.Methods(company.ID); err != nil {
			return err
		}
		c.Tags, err = tags(tx)
		return err
	})
	return c, err
}

// searchOf is what an order is found by.
func searchOf(o order.Order) store.Search {
	words := []string{o.ID, o.Email, o.TrackingNumber}
	for _, p := range []order.Person{o.Billing, o.Shipping} {
		words = append(words, p.Name, p.First, p.Last, p.Company)
	}
	for _, l := range o.Lines {
		words = append(words, l.SKU, l.Name)
	}
	seen := map[string]bool{"": true}
	words = slices.DeleteFunc(words, func(w string) bool {
		known := seen[w]
		seen[w] = true
		return known
	})
	search := store.Search{Method: o.PaymentMethod, Text: strings.Join(words, "\n")}
	for _, r := range o.Refunds {
		search.RefundDays = append(search.RefundDays, refundedOn(r.Day, o.Date))
	}
	return search
}

// indexAtOnce is how many orders get their words in one transaction.
const indexAtOnce = 25

// IndexAll gives the orders from an older program what they are found by, the
// newest first, a few a transaction. Ended in the middle it goes on from there.
func (b *Bridge) IndexAll(ctx context.Context) error {
	for {
		more, err := b.indexSome(ctx)
		if err != nil || !more {
			return err
		}
	}
}

func (b *Bridge) indexSome(ctx context.Context) (more bool, err error) {
	var orders []store.Found
	var words []store.Search
	err = b.db.Read(ctx, func(tx *store.Tx) error {
		left, err := tx.Indexing()
		if err != nil || left == 0 {
			return err
		}
		if orders, err = tx.ToIndex(indexAtOnce); err != nil {
			return err
		}
		more = true
		profiles := map[string]ecwid.Profile{}
		for _, o := range orders {
			profile, known := profiles[o.StoreID]
			if !known {
				shop, _, err := tx.Store(o.StoreID)
				if err != nil {
					return err
				}
				if profile, err = ecwid.DecodeProfile([]byte(shop.Profile)); err != nil {
					return fmt.Errorf("%w of store %s: %w", errProfile, o.StoreID, err)
				}
				profiles[o.StoreID] = profile
			}
			raw, err := tx.RawOrder(o.StoreID, o.Key, o.Version)
			if err != nil {
				return err
			}
			decoded, err := ecwid.Decode(raw, profile)
			search := searchOf(decoded)
			if err != nil { // it is found by what its columns say
				search = store.Search{Text: strings.Join([]string{o.ID, o.Customer, o.Email}, "\n")}
			}
			words = append(words, search)
		}
		return nil
	})
	if err != nil || !more {
		return false, err
	}
	return true, b.writeBehind(ctx, "index orders", func(tx *store.Tx) error {
		from := int64(0)
		for i, o := range orders {
			now, _, err := tx.Order(o.StoreID, o.Key)
			if err != nil {
				return err
			}
			if now.Version == o.Version { // else the pull did it
				if err := tx.SetSearch(o.StoreID, o.Key, words[i]); err != nil {
					return err
				}
			}
			from = o.N
		}
		return tx.Indexed(from)
	})
}
