package bridge

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"qbridge/internal/ecwid"
	"qbridge/internal/order"
	"qbridge/store"
)

// PackingList is what somebody needs who packs an order. It has no amount of
// money.
type PackingList struct {
	ID     string // of the OrderView
	Number string
	Date   string // 2026-11-22
	Shop   string // the shop's name

	ShipTo   []string // name and address, a line each; empty when the shop gave none
	Billing  bool     // ShipTo is the billing address: the shop gave no other
	Phone    string
	Email    string
	Method   string // of shipping, in the shop's words
	Pickup   bool
	Tracking string
	Note     string // the buyer's

	Alerts []PackingAlert // what the packer must know first
	Lines  []PackingLine
}

// PackingLine is one line of goods.
type PackingLine struct {
	SKU      string
	Name     string
	Options  []order.Option
	Quantity int64
	Digital  bool          // nothing to pack
	GiftCard bool          // nothing to pack unless it is a printed one
	Parts    []PackingPart // of a bundle: what is packed
}

// PackingPart is what is packed of one product for all bundles of a line.
type PackingPart struct {
	Pieces  int64
	SKU     string
	Name    string // "" when the shop names the product by its number alone
	Product string // the shop's number of it
}

// Pieces is how many things are packed: gift cards, and what is digital, are not.
func (p PackingList) Pieces() (n int64) {
	for _, l := range p.Lines {
		if !l.Digital && !l.GiftCard {
			n += l.Quantity
		}
	}
	return n
}

// PackingAlert is something that the packer must know first.
type PackingAlert string

// The alerts.
const (
	AlertCancelled  PackingAlert = "cancelled"  // in the shop
	AlertRefunded   PackingAlert = "refunded"   // the whole of it
	AlertUnpaid     PackingAlert = "unpaid"     // the money has not come
	AlertShipped    PackingAlert = "shipped"    // marked so in the shop already
	AlertHidden     PackingAlert = "hidden"     // the shop hides the buyer
	AlertUnreadable PackingAlert = "unreadable" // what the shop gave is no order
)

// PackingAlerts lists every alert.
func PackingAlerts() []PackingAlert {
	return []PackingAlert{AlertCancelled, AlertRefunded, AlertUnpaid, AlertShipped, AlertHidden, AlertUnreadable}
}

// MostPacked is how many packing lists are made at once.
const MostPacked = 500

// Pack gives the packing lists of orders by their number, key or OrderView.ID,
// MostPacked at most.
func (b *Bridge) Pack(ctx context.Context, orders []string) (lists []PackingList, err error) {
	if len(orders) > MostPacked {
		return nil, fmt.Errorf("at most %d packing lists are made at once", MostPacked)
	}
	err = b.db.Read(ctx, func(tx *store.Tx) error {
		p := packer{tx, map[string]store.Shop{}}
		for _, number := range orders {
			o, err := orderOf(tx, number)
			if err == nil {
				lists, err = p.add(lists, o)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	return lists, err
}

// PackSelected gives the packing lists of a user's selection from one of its
// orders on, the first being 0; MostPacked at most. all is how many orders the
// selection has.
func (b *Bridge) PackSelected(ctx context.Context, selection, who string, from int) (lists []PackingList, all int64, err error) {
	err = b.db.Read(ctx, func(tx *store.Tx) error {
		s, found, err := tx.Selection(selection, who)
		if err == nil && !found {
			err = ErrNoSelection
		}
		if err != nil {
			return err
		}
		all = s.Count
		orders, err := tx.OrdersOfSelection(s, max(from, 0), MostPacked)
		p := packer{tx, map[string]store.Shop{}}
		for _, o := range orders {
			if lists, err = p.add(lists, o.Order); err != nil {
				return err
			}
		}
		return err
	})
	return lists, all, err
}

// packer reads orders for packing.
type packer struct {
	tx    *store.Tx
	shops map[string]store.Shop
}

func (p packer) add(lists []PackingList, o store.Order) ([]PackingList, error) {
	shop, known := p.shops[o.StoreID]
	if !known {
		var err error
		if shop, _, err = p.tx.Store(o.StoreID); err != nil {
			return nil, err
		}
		p.shops[o.StoreID] = shop
	}
	profile, err := ecwid.DecodeProfile([]byte(shop.Profile))
	if err != nil {
		return nil, fmt.Errorf("%w of store %s: %w", errProfile, o.StoreID, err)
	}
	profile.StoreID = o.StoreID
	raw, err := p.tx.RawOrder(o.StoreID, o.Key, o.Version)
	if err != nil {
		return nil, err
	}
	l := PackingList{ID: o.StoreID + "/" + o.Key, Number: o.ID, Date: o.Date, Shop: orElse(shop.Name, o.StoreID)}
	sold, err := ecwid.Decode(raw, profile)
	if err != nil {
		l.Alerts = []PackingAlert{AlertUnreadable}
		return append(lists, l), nil
	}
	l.fill(sold)
	return append(lists, l), nil
}

func (l *PackingList) fill(o order.Order) {
	l.Phone, l.Email, l.Method, l.Pickup, l.Tracking, l.Note = o.Shipping.Phone, o.Email, o.ShippingMethod, o.Pickup, o.TrackingNumber, o.Comments
	l.ShipTo = addressLines(o.Shipping)
	if len(o.Shipping.Street) == 0 && o.Shipping.City == "" && !o.Pickup {
		if billing := addressLines(o.Billing); len(billing) > 0 {
			l.ShipTo, l.Billing = billing, true
		}
	}
	l.Phone = orElse(l.Phone, o.Billing.Phone)
	for _, is := range []struct {
		so    bool
		alert PackingAlert
	}{
		{o.Payment == order.Cancelled || o.Fulfillment == "WILL_NOT_DELIVER" || o.Fulfillment == "RETURNED", AlertCancelled},
		{o.Payment == order.Refunded, AlertRefunded},
		{o.Payment == order.AwaitingPayment || o.Payment == order.Incomplete, AlertUnpaid},
		{slices.Contains([]string{"SHIPPED", "DELIVERED", "OUT_FOR_DELIVERY"}, o.Fulfillment), AlertShipped},
		{o.Masked, AlertHidden},
	} {
		if is.so {
			l.Alerts = append(l.Alerts, is.alert)
		}
	}
	for _, line := range o.Lines {
		packed := PackingLine{SKU: line.SKU, Name: line.Name, Options: line.Options, Quantity: line.Quantity, Digital: line.Digital, GiftCard: line.GiftCard}
		for _, c := range line.Components {
			packed.Parts = append(packed.Parts, PackingPart{line.Quantity * c.Quantity, c.SKU, c.Name, strconv.FormatInt(c.ProductID, 10)})
		}
		l.Lines = append(l.Lines, packed)
	}
}

// addressLines is an address as it stands on a parcel.
func addressLines(p order.Person) (lines []string) {
	place := strings.Join(strings.Fields(strings.Join([]string{p.City, orElse(p.StateCode, p.State), p.PostalCode}, " ")), " ")
	company := p.Company
	if company == p.Display() {
		company = ""
	}
	for _, line := range append(append([]string{p.Display(), company}, p.Street...), place, orElse(p.Country, p.CountryCode)) {
		if line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}
