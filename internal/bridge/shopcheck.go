package bridge

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"qbridge/internal/ecwid"
	"qbridge/store"
)

// ShopCheck is what a look at a shop found: what it is, and what would fail,
// now or later.
type ShopCheck struct {
	StoreID  string
	Name     string
	Company  CompanyData // as the shop writes it on invoices
	Currency string      // ISO 4217
	Timezone string      // IANA
	Gross    bool        // prices include the tax
	Orders   int         // in the shop, all times
	Newest   string      // number of an order that was read
	Findings []ShopFinding
}

// CompanyData is what a shop, or a company file, says of its company.
type CompanyData struct {
	Name, Legal, Street, City, State, Postal, Country, Phone, Email string
}

// ShopFinding is one thing that CheckShop looked at. Only a bad one keeps the
// shop from being used; a warning says what may go wrong later.
type ShopFinding struct {
	Key   string // profile, plan, currency, time_zone, orders, order, clock
	Level string // ok, warn, bad
	Says  string // what was found, in English; "" when it is as it should be
}

// OK tells whether nothing bad was found.
func (c ShopCheck) OK() bool {
	for _, f := range c.Findings {
		if f.Level == levelBad {
			return false
		}
	}
	return len(c.Findings) > 0
}

// The levels of findings.
const (
	levelOK   = "ok"
	levelWarn = "warn"
	levelBad  = "bad"
)

func (c *ShopCheck) found(key, level, says string, args ...any) {
	if len(args) > 0 {
		says = fmt.Sprintf(says, args...)
	}
	c.Findings = append(c.Findings, ShopFinding{key, level, says})
}

// CheckShop asks a shop, before it is set up, for everything that pulling its
// orders needs: the profile, one order, the clock. ecwidURL is everything
// before the store's number; DefaultURL when empty. An error means that the
// store ID or the token can't be one at all.
func (b *Bridge) CheckShop(ctx context.Context, storeID string, token Secret, ecwidURL string) (c ShopCheck, err error) {
	s, _, err := b.complete(Setup{StoreID: storeID, Token: token, EcwidURL: ecwidURL, Password: "not made here"})
	if err != nil {
		return c, err
	}
	b.Redactor.Hide(s.Token)
	config := b.clientOf(store.Shop{ID: s.StoreID, BaseURL: s.EcwidURL}, s.Token)
	config.Once = true
	client, err := ecwid.New(config)
	if err != nil {
		return c, err
	}
	ctx, cancel := context.WithTimeout(ctx, shopPatience)
	defer cancel()
	return b.checkShop(ctx, client, s.StoreID), nil
}

// shopPatience is how long a person waits for a check.
const shopPatience = 20 * time.Second

// CheckKnownShop is CheckShop for a shop that is set up, with the token that
// is kept.
func (b *Bridge) CheckKnownShop(ctx context.Context, storeID string) (c ShopCheck, err error) {
	var shop store.Shop
	err = b.db.Read(ctx, func(tx *store.Tx) error {
		var found bool
		shop, found, err = tx.Store(storeID)
		if err == nil && !found {
			err = fmt.Errorf("store %s: %w", storeID, store.ErrNotFound)
		}
		return err
	})
	if err != nil {
		return c, err
	}
	token, err := b.token(ctx, storeID)
	if err != nil {
		return c, err
	}
	return b.CheckShop(ctx, storeID, token, shop.BaseURL)
}

func (b *Bridge) checkShop(ctx context.Context, client *ecwid.Client, storeID string) (c ShopCheck) {
	defer func() {
		for i := range c.Findings { // the shop may repeat what it should not
			c.Findings[i].Says = b.Redactor.Text(c.Findings[i].Says)
		}
	}()
	c.StoreID = storeID
	profile, _, err := client.Profile(ctx)
	if err != nil {
		var api *ecwid.APIError
		switch {
		case errors.As(err, &api) && api.Kind == ecwid.Plan:
			c.found("plan", levelBad, sentence(err))
		case errors.Is(err, context.DeadlineExceeded):
			c.found("profile", levelBad, "The shop did not answer within %s. Check the internet connection, and whether a firewall or proxy stands between.", shopPatience)
		default:
			c.found("profile", levelBad, sentence(err))
		}
		return c
	}
	c.take(profile)
	c.found("profile", levelOK, "")
	switch {
	case profile.Suspended:
		c.found("plan", levelBad, "The shop is suspended. Sort it out with Ecwid.")
	case !profile.HasAPI:
		c.found("plan", levelBad, "The shop's Ecwid plan does not include the API, which all orders come through. Upgrade the plan.")
	default:
		c.found("plan", levelOK, "")
	}
	if profile.Currency == "" {
		c.found("currency", levelBad, "The shop does not say its currency, without which no amount of an order can be read. Set it in Ecwid under Settings, General.")
	} else {
		c.found("currency", levelOK, "")
	}
	if _, err := ecwid.Zone(profile.Timezone); profile.Timezone == "" || err != nil {
		c.found("time_zone", levelBad, "The shop names no time zone that is known (%q), without which no order has a date. Set it in Ecwid under Settings, General.", profile.Timezone)
	} else {
		c.found("time_zone", levelOK, "")
	}
	page, err := client.Orders(ctx, ecwid.Query{Limit: 1})
	if err != nil {
		c.found("orders", levelBad, sentence(err))
		return c
	}
	c.Orders = page.Total
	c.found("orders", levelOK, "")
	if len(page.Items) > 0 && c.OK() {
		o, err := ecwid.Decode(page.Items[0], profile)
		if c.Newest = o.ID; err != nil {
			c.found("order", levelWarn, "An order was given that can't be read: %v. It would need attention; others may be readable.", err)
		} else {
			c.found("order", levelOK, "")
		}
	}
	if off := b.Now().Sub(page.ServerTime).Abs(); !page.ServerTime.IsZero() && off > clockLimit {
		c.found("clock", levelWarn, "This computer's clock is %s off the shop's. Set it right: Windows can do it by itself. The Web Connector and the dates of documents go by it.", off.Round(time.Second))
	} else {
		c.found("clock", levelOK, "")
	}
	return c
}

func (c *ShopCheck) take(p ecwid.Profile) {
	c.Name, c.Currency, c.Timezone, c.Gross = p.StoreName, p.Currency, p.Timezone, p.PricesIncludeTax
	c.Company = CompanyData{Name: p.Company.Company, Street: strings.Join(p.Company.Street, ", "), City: p.Company.City, State: orElse(p.Company.State, p.Company.StateCode),
		Postal: p.Company.PostalCode, Country: orElse(p.Company.Country, p.Company.CountryCode), Phone: p.Company.Phone, Email: p.CompanyEmail}
}

// KnownShop is what was last read of a shop's profile, without asking it.
func (b *Bridge) KnownShop(ctx context.Context, storeID string) (c ShopCheck, err error) {
	err = b.db.Read(ctx, func(tx *store.Tx) error {
		shop, found, err := tx.Store(storeID)
		if err != nil || !found || shop.Profile == "" {
			return err
		}
		profile, err := ecwid.DecodeProfile([]byte(shop.Profile))
		c.take(profile)
		c.StoreID = storeID
		return err
	})
	return c, err
}
