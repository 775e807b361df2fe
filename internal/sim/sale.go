package sim

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Sale is an order as the auditor reads it from the shop's JSON.
type Sale struct {
	ID            string
	InternalID    int64
	OrderNumber   int64
	PaymentStatus string

	gross                                  bool
	goods, giftCardsSold, giftCardRedeemed Cents
	storeCredit                            Cents // store credit and points that lowered the total
	discount, shipping, handling           Cents
	surcharge, tips, tax, total            Cents
	inShipping, inHandling, inSurcharge    Cents // tax on a part; contained in it in gross orders

	created        time.Time // zero when the order has none
	buyer, email   string
	method, module string // of payment
	lines          []saleLine
	taxed          parts // what of the parts the shop taxed, tax inside included
	shared         bool  // whether it is known what the discounts cover
	refunds        []saleRefund
	taxes          map[int64]Cents // by rate in 1/100000 percent
}

// saleLine is a line of goods.
type saleLine struct {
	goods    string // SKU, or the name of goods without one
	sku      string
	quantity int64 // five decimals
	amount   Cents
	taxed    bool
	free     bool // discounts leave nothing of it, so that it matters to nobody whether it is taxed
}

// saleRefund is money that the shop gave back.
type saleRefund struct {
	date   time.Time // zero when unknown
	amount Cents
}

type salePerson struct {
	First   string `json:"firstName"`
	Last    string `json:"lastName"`
	Name    string `json:"name"`
	Company string `json:"companyName"`
}

// agreed is under what name a person is known: first and last name, the whole name, the company.
func (p salePerson) agreed() string {
	if p.First != "" && p.Last != "" {
		return p.First + " " + p.Last
	}
	return cmp.Or(strings.TrimSpace(p.Name), p.First, p.Last, p.Company)
}

type saleTax struct {
	Rate       json.Number `json:"value"`
	Total      json.Number `json:"total"`
	OnShipping json.Number `json:"taxOnShipping"`
}

type saleJSON struct {
	ID               string      `json:"id"`
	InternalID       int64       `json:"internalId"`
	OrderNumber      int64       `json:"orderNumber"`
	PaymentStatus    string      `json:"paymentStatus"`
	Created          string      `json:"createDate"`
	Email            string      `json:"email"`
	Billing          salePerson  `json:"billingPerson"`
	Shipping         salePerson  `json:"shippingPerson"`
	Method           string      `json:"paymentMethod"`
	Module           string      `json:"paymentModule"`
	PricesIncludeTax bool        `json:"pricesIncludeTax"`
	Discount         json.Number `json:"discount"`
	CouponDiscount   json.Number `json:"couponDiscount"`
	Coupon           struct {
		Kind string `json:"discountType"`
	} `json:"discountCoupon"`
	Tax            json.Number `json:"tax"`
	Total          json.Number `json:"total"`
	GiftCard       json.Number `json:"giftCardRedemption"`
	Items          []saleItem  `json:"items"`
	ShippingOption struct {
		Rate json.Number `json:"shippingRate"`
	} `json:"shippingOption"`
	TaxesOnShipping []saleTax `json:"taxesOnShipping"`
	Refunds         []struct {
		Date   string      `json:"date"`
		Amount json.Number `json:"amount"`
	} `json:"refunds"`
	StoreCredit saleCredit `json:"storeCredit"`
	Loyalty     saleCredit `json:"loyalty"`
	HandlingFee struct {
		Value json.Number `json:"value"`
		Taxes []saleTax   `json:"taxes"`
	} `json:"handlingFee"`
	CustomSurcharges []struct {
		ID    string      `json:"id"`
		Total json.Number `json:"total"`
		Taxes []saleTax   `json:"taxes"`
	} `json:"customSurcharges"`
}

type saleCredit struct {
	Redemption struct {
		Amount    json.Number `json:"amount"`
		Cancelled bool        `json:"cancelled"`
	} `json:"redemption"`
}

type saleItem struct {
	SKU        string      `json:"sku"`
	Name       string      `json:"name"`
	Price      json.Number `json:"price"`
	Quantity   json.Number `json:"quantity"`
	GiftCard   bool        `json:"giftCard"`
	IsGiftCard bool        `json:"isGiftCard"`
	Coupon     json.Number `json:"couponAmount"`
	Discounts  []struct {
		Total json.Number `json:"total"`
	} `json:"discounts"`
	Taxes []saleTax `json:"taxes"`
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
		tax: a.cents(o.Tax), total: a.cents(o.Total), giftCardRedeemed: a.cents(o.GiftCard), inHandling: a.taxes(o.HandlingFee.Taxes), taxes: map[int64]Cents{}}
	if t, err := time.Parse(ecwidTime, o.Created); err == nil {
		s.created = t
	}
	s.buyer, s.email = cmp.Or(o.Billing.agreed(), o.Shipping.agreed(), o.Email), o.Email
	s.method, s.module = o.Method, o.Module
	var reductions Cents
	for _, i := range o.Items {
		reduction, err := s.addItem(a, i)
		if err != nil {
			return s, err
		}
		reductions += reduction
	}
	if o.Coupon.Kind == "SHIPPING" { // it took off shipping, before its tax
		reductions += a.cents(o.CouponDiscount)
	}
	s.settleDiscount(reductions)
	if s.inShipping == 0 { // ecwid.md 5.3: some orders list it only here
		s.inShipping = a.taxes(o.TaxesOnShipping)
		s.taxedBy(a, o.TaxesOnShipping)
	}
	s.taxedBy(a, o.HandlingFee.Taxes)
	for _, r := range o.Refunds {
		when, err := time.Parse(ecwidTime, r.Date)
		if err != nil {
			when = time.Time{}
		}
		s.refunds = append(s.refunds, saleRefund{when, a.cents(r.Amount)})
	}
	for _, f := range o.CustomSurcharges {
		amount, tax := a.cents(f.Total), a.taxes(f.Taxes)
		part, taxed := &s.surcharge, &s.taxed.surcharge
		if f.ID == "tips" {
			part, taxed = &s.tips, &s.taxed.tips
		}
		*part += amount
		if tax != 0 {
			*taxed += amount
		}
		s.inSurcharge += tax
		s.taxedBy(a, f.Taxes)
	}
	if s.inShipping != 0 {
		s.taxed.shipping = s.shipping
	}
	if s.inHandling != 0 {
		s.taxed.handling = s.handling
	}
	// ecwid.md 4.2: nobody says whether credit lowers the total; the sum tells
	credits := []Cents{0}
	for _, c := range []saleCredit{o.StoreCredit, o.Loyalty} {
		if redeemed := a.cents(c.Redemption.Amount); redeemed != 0 && !c.Redemption.Cancelled {
			for _, other := range slices.Clone(credits) {
				credits = append(credits, other+redeemed)
			}
		}
	}
	s.settleFormula(o.PricesIncludeTax, credits)
	return s, a.err
}

// settleFormula finds by which formula the order adds up, less which credit. The flag decides, unless only the other formula
// holds (ecwid.md 5.2).
func (s *Sale) settleFormula(gross bool, credits []Cents) {
	for _, s.storeCredit = range credits {
		for _, s.gross = range []bool{gross, !gross} {
			if s.added() == s.total {
				return
			}
		}
	}
	s.gross, s.storeCredit = gross, 0
}

// taxedBy adds taxes up by their rates.
func (s *Sale) taxedBy(a *adder, all []saleTax) {
	for _, t := range all {
		if total := a.cents(t.Total); total != 0 {
			s.taxes[a.fixed(t.Rate, fiveDecimals)] += total
		}
	}
}

// addItem adds an item; reduction is what coupon and promotions take off it.
func (s *Sale) addItem(a *adder, i saleItem) (reduction Cents, err error) {
	line := saleLine{goods: cmp.Or(strings.TrimSpace(i.SKU), strings.TrimSpace(i.Name)), sku: strings.TrimSpace(i.SKU), quantity: a.fixed(i.Quantity, fiveDecimals)}
	var ok bool
	if line.amount, ok = extend(a.fixed(i.Price, fiveDecimals), line.quantity); !ok {
		return 0, fmt.Errorf("an item of the order %q is too dear", s.ID)
	}
	reduction = a.cents(i.Coupon)
	for _, d := range i.Discounts {
		reduction += a.cents(d.Total)
	}
	line.free = line.amount == reduction
	s.taxedBy(a, i.Taxes)
	money, tooSmall := false, false
	for _, t := range i.Taxes {
		s.inShipping += a.cents(t.OnShipping)
		rate := a.fixed(t.Rate, fiveDecimals)
		money = money || rate != 0 && a.cents(t.Total) != a.cents(t.OnShipping)
		tooSmall = tooSmall || rate != 0
	}
	for _, t := range i.Taxes {
		tooSmall = tooSmall && taxOn(line.amount-reduction, a.fixed(t.Rate, fiveDecimals)) == 0
	}
	// An order without tax is exempt, whatever its lines say. Taxes of no money tax only what is too small for any of them.
	line.taxed = s.tax != 0 && (money || tooSmall)
	if i.GiftCard || i.IsGiftCard {
		s.giftCardsSold += line.amount
		return reduction, nil
	}
	s.goods += line.amount
	if line.taxed {
		s.taxed.goods += line.amount
		s.taxed.discount += reduction
	}
	if line.quantity != 0 || line.amount != 0 { // else it sells nothing
		s.lines = append(s.lines, line)
	}
	return reduction, nil
}

// settleDiscount finds what of the discount covers taxed goods; reductions are what the items' own shares add up to.
func (s *Sale) settleDiscount(reductions Cents) {
	taxed := 0
	for _, l := range s.lines {
		if l.taxed {
			taxed++
		}
	}
	switch {
	case reductions == s.discount:
		s.shared = true
	case taxed == 0 || taxed == len(s.lines) && s.giftCardsSold == 0:
		s.shared, s.taxed.discount = true, 0
		if taxed > 0 {
			s.taxed.discount = s.discount
		}
	}
}

// added is what the total should be by the formula of ecwid.md 5.
func (s Sale) added() Cents {
	sum := s.goods + s.giftCardsSold - s.discount + s.shipping + s.handling + s.surcharge + s.tips - s.giftCardRedeemed - s.storeCredit
	if !s.gross {
		sum += s.tax
	}
	return sum
}

// parts are what the books must show, and what of it on taxable lines.
func (s Sale) parts() (whole, taxed parts) {
	whole = parts{goods: s.goods, discount: s.discount, shipping: s.shipping, handling: s.handling, surcharge: s.surcharge, tips: s.tips, giftCard: s.giftCardsSold - s.giftCardRedeemed, storeCredit: -s.storeCredit, difference: s.total - s.added(), tax: s.tax, total: s.total}
	taxed = s.taxed
	if s.gross {
		for _, p := range []*parts{&whole, &taxed} {
			p.shipping -= s.inShipping
			p.handling -= s.inHandling
			p.surcharge -= s.inSurcharge
			p.goods -= s.tax - s.inShipping - s.inHandling - s.inSurcharge
		}
	}
	return whole, taxed
}
