package sim

import (
	"encoding/json"
	"fmt"
)

// Sale is an order as the auditor reads it from the shop's JSON.
type Sale struct {
	ID            string
	InternalID    int64
	OrderNumber   int64
	PaymentStatus string

	gross                                  bool
	goods, giftCardsSold, giftCardRedeemed Cents
	discount, shipping, handling           Cents
	surcharge, tips, tax, total            Cents
	inShipping, inHandling, inSurcharge    Cents // tax contained in a part, of gross orders
}

type saleTax struct {
	Total      json.Number `json:"total"`
	OnShipping json.Number `json:"taxOnShipping"`
}

type saleJSON struct {
	ID               string      `json:"id"`
	InternalID       int64       `json:"internalId"`
	OrderNumber      int64       `json:"orderNumber"`
	PaymentStatus    string      `json:"paymentStatus"`
	PricesIncludeTax bool        `json:"pricesIncludeTax"`
	Discount         json.Number `json:"discount"`
	CouponDiscount   json.Number `json:"couponDiscount"`
	Tax              json.Number `json:"tax"`
	Total            json.Number `json:"total"`
	GiftCard         json.Number `json:"giftCardRedemption"`
	Items            []struct {
		Price      json.Number `json:"price"`
		Quantity   json.Number `json:"quantity"`
		GiftCard   bool        `json:"giftCard"`
		IsGiftCard bool        `json:"isGiftCard"`
		Taxes      []saleTax   `json:"taxes"`
	} `json:"items"`
	ShippingOption struct {
		Rate json.Number `json:"shippingRate"`
	} `json:"shippingOption"`
	TaxesOnShipping []saleTax `json:"taxesOnShipping"`
	HandlingFee     struct {
		Value json.Number `json:"value"`
		Taxes []saleTax   `json:"taxes"`
	} `json:"handlingFee"`
	CustomSurcharges []struct {
		ID    string      `json:"id"`
		Total json.Number `json:"total"`
		Taxes []saleTax   `json:"taxes"`
	} `json:"customSurcharges"`
}

// adder adds up amounts of the JSON and remembers the first that is not an amount.
type adder struct{ err error }

func (a *adder) fixed(n json.Number, places int) int64 {
	if n == "" {
		return 0
	}
	value, err := parseFixed(n.String(), places)
	if err != nil && a.err == nil {
		a.err = err
	}
	return value
}

func (a *adder) cents(n json.Number) Cents { return Cents(a.fixed(n, 2)) }

func (a *adder) taxes(all []saleTax) (sum Cents) {
	for _, t := range all {
		sum += a.cents(t.Total)
	}
	return sum
}

// readSale reads an order with ecwid.md sections 4 and 5 in hand.
func readSale(raw json.RawMessage) (Sale, error) {
	var o saleJSON
	if err := json.Unmarshal(raw, &o); err != nil {
		return Sale{ID: o.ID}, fmt.Errorf("the order %q cannot be read: %w", o.ID, err)
	}
	a := &adder{}
	s := Sale{ID: o.ID, InternalID: o.InternalID, OrderNumber: o.OrderNumber, PaymentStatus: o.PaymentStatus,
		discount: a.cents(o.Discount) + a.cents(o.CouponDiscount), shipping: a.cents(o.ShippingOption.Rate), handling: a.cents(o.HandlingFee.Value),
		tax: a.cents(o.Tax), total: a.cents(o.Total), giftCardRedeemed: a.cents(o.GiftCard), inHandling: a.taxes(o.HandlingFee.Taxes)}
	for _, i := range o.Items {
		amount, ok := extend(a.fixed(i.Price, fiveDecimals), a.fixed(i.Quantity, fiveDecimals))
		if !ok {
			return s, fmt.Errorf("an item of the order %q is too dear", o.ID)
		}
		if i.GiftCard || i.IsGiftCard {
			s.giftCardsSold += amount
		} else {
			s.goods += amount
		}
		for _, t := range i.Taxes {
			s.inShipping += a.cents(t.OnShipping)
		}
	}
	if s.inShipping == 0 { // ecwid.md 5.3: some orders list it only here
		s.inShipping = a.taxes(o.TaxesOnShipping)
	}
	for _, f := range o.CustomSurcharges {
		if f.ID == "tips" {
			s.tips += a.cents(f.Total)
		} else {
			s.surcharge += a.cents(f.Total)
		}
		s.inSurcharge += a.taxes(f.Taxes)
	}
	// ecwid.md 5.2: the flag decides, unless only the other formula holds
	s.gross = o.PricesIncludeTax
	if s.added() != s.total {
		s.gross = !s.gross
		if s.added() != s.total {
			s.gross = o.PricesIncludeTax
		}
	}
	return s, a.err
}

// added is what the total should be by the formula of ecwid.md 5.
func (s Sale) added() Cents {
	sum := s.goods + s.giftCardsSold - s.discount + s.shipping + s.handling + s.surcharge + s.tips - s.giftCardRedeemed
	if !s.gross {
		sum += s.tax
	}
	return sum
}

// parts are what the books must show; ok is false for an order that does not add up.
func (s Sale) parts() (p parts, ok bool) {
	p = parts{goods: s.goods, discount: s.discount, shipping: s.shipping, handling: s.handling, surcharge: s.surcharge, tips: s.tips, giftCard: s.giftCardsSold - s.giftCardRedeemed, tax: s.tax, total: s.total}
	if s.gross {
		p.shipping -= s.inShipping
		p.handling -= s.inHandling
		p.surcharge -= s.inSurcharge
		p.goods -= s.tax - s.inShipping - s.inHandling - s.inSurcharge
	}
	return p, s.added() == s.total
}
