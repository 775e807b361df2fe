package ecwid

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// The scopes that our calls need (ecwid.md 1.2).
const (
	scopeProfile = "read_store_profile"
	scopeOrders  = "read_orders"
)

// Query selects orders. Zero times are not asked for; times are sent as whole
// seconds. Whether the bounds are inclusive is not documented.
type Query struct {
	CreatedFrom, CreatedTo time.Time
	UpdatedFrom, UpdatedTo time.Time
	Offset                 int
	Limit                  int // at most 100, the default
}

// Page is one answer to a Query.
type Page struct {
	Total      int // all orders that match
	Count      int // in this page
	Offset     int
	Limit      int
	Items      []json.RawMessage // each redacted, see Redact
	ServerTime time.Time         // the shop's clock, UTC
}

// Profile asks for the shop's settings. The JSON is redacted.
func (c *Client) Profile(ctx context.Context) (Profile, []byte, error) {
	var raw json.RawMessage
	if _, err := c.get(ctx, scopeProfile, "/profile", nil, &raw); err != nil {
		return Profile{}, nil, fmt.Errorf("reading the shop's profile: %w", err)
	}
	p, err := DecodeProfile(raw)
	if err != nil {
		return Profile{}, nil, err
	}
	if p.StoreID == "" {
		p.StoreID = c.storeID
	}
	if p.StoreID != c.storeID {
		return Profile{}, nil, fmt.Errorf("the token belongs to store %s, but the settings say store %s: correct one of them", p.StoreID, c.storeID)
	}
	clean, err := Redact(raw)
	if err != nil {
		return Profile{}, nil, fmt.Errorf("reading the shop's profile: %w", err)
	}
	return p, clean, nil
}

// Orders asks for one page of orders.
func (c *Client) Orders(ctx context.Context, q Query) (Page, error) {
	values := url.Values{}
	for name, at := range map[string]time.Time{
		"createdFrom": q.CreatedFrom, "createdTo": q.CreatedTo,
		"updatedFrom": q.UpdatedFrom, "updatedTo": q.UpdatedTo,
	} {
		if !at.IsZero() {
			values.Set(name, strconv.FormatInt(at.Unix(), 10))
		}
	}
	return c.page(ctx, "/orders", values, q.Offset, q.Limit)
}

// page asks for one page of any search.
func (c *Client) page(ctx context.Context, path string, values url.Values, offset, limit int) (Page, error) {
	if limit <= 0 || limit > pageLimit {
		limit = pageLimit
	}
	values.Set("limit", strconv.Itoa(limit))
	values.Set("offset", strconv.Itoa(offset))
	var answer struct {
		Total, Count, Offset, Limit *int
		Items                       []json.RawMessage
	}
	at, err := c.get(ctx, scopeOrders, path, values, &answer)
	if err != nil {
		return Page{}, fmt.Errorf("asking the shop for orders: %w", err)
	}
	if answer.Total == nil || *answer.Total < 0 {
		return Page{}, malformed("it does not say how many orders there are")
	}
	p := Page{Total: *answer.Total, Count: len(answer.Items), Offset: offset, Limit: limit, ServerTime: at.UTC()}
	for i, item := range answer.Items {
		clean, err := Redact(item)
		if err != nil {
			return Page{}, malformed(fmt.Sprintf("order %d of the page: %v", i+1, err))
		}
		p.Items = append(p.Items, clean)
	}
	return p, nil
}

func malformed(words string) error {
	return fmt.Errorf("asking the shop for orders: %w", &APIError{Status: http.StatusOK, Kind: Malformed, err: errors.New(words)})
}

// Order asks for one order by its id or internal id. The JSON is redacted.
func (c *Client) Order(ctx context.Context, id string) (json.RawMessage, error) {
	var raw json.RawMessage
	if _, err := c.get(ctx, scopeOrders, "/orders/"+url.PathEscape(id), nil, &raw); err != nil {
		return nil, fmt.Errorf("asking the shop for order %s: %w", id, err)
	}
	return Redact(raw)
}

// Stats says when things in the shop last changed.
type Stats struct {
	OrdersUpdated  time.Time // zero when the shop does not say
	ProfileUpdated time.Time
	ServerTime     time.Time
}

// Stats asks for the latest changes: a tiny call to learn whether a pull is
// worth while.
func (c *Client) Stats(ctx context.Context) (Stats, error) {
	var answer struct{ OrdersUpdated, ProfileUpdated string }
	at, err := c.get(ctx, scopeProfile, "/latest-stats", nil, &answer)
	if err != nil {
		return Stats{}, fmt.Errorf("asking the shop for its latest changes: %w", err)
	}
	orders, _ := parseTime(answer.OrdersUpdated)
	profile, _ := parseTime(answer.ProfileUpdated)
	return Stats{OrdersUpdated: orders, ProfileUpdated: profile, ServerTime: at.UTC()}, nil
}

// Deletion is an order that was deleted in the shop. A booked order is never
// removed for it; people are told (ecwid.md 3.6).
type Deletion struct {
	InternalID int64
	ID         string // "" from older shops
	Date       time.Time
}

// Deleted asks which orders were deleted between two times.
func (c *Client) Deleted(ctx context.Context, from, to time.Time) ([]Deletion, error) {
	var all []Deletion
	for {
		values := url.Values{
			"from_date": {strconv.FormatInt(from.Unix(), 10)},
			"to_date":   {strconv.FormatInt(to.Unix(), 10)},
		}
		p, err := c.page(ctx, "/orders/deleted", values, len(all), pageLimit)
		if err != nil {
			return nil, err
		}
		for _, item := range p.Items {
			n, err := parse(item, "deleted order")
			if err != nil {
				return nil, malformed(err.Error())
			}
			d := Deletion{InternalID: n.whole("id"), ID: n.text("orderId")}
			d.Date = n.when("date", "")
			if n.read.err != nil {
				return nil, malformed(n.read.err.Error())
			}
			all = append(all, d)
		}
		if p.Count == 0 || len(all) >= p.Total {
			return all, nil
		}
	}
}
