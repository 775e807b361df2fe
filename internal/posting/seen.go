package posting

import (
	"cmp"
	"maps"
	"slices"

	"github.com/shopspring/decimal"

	"qbridge/internal/order"
)

// Seen is what orders show of the rules that they need. Its zero value has seen
// none.
type Seen struct {
	Orders      int
	First, Last string // dates of the orders, YYYY-MM-DD

	counts     map[string]int // of orders, by what the tag seen names
	payments   map[payment]int
	currencies map[string]int
	statuses   map[string]int // payment statuses that nobody knows
	surcharges map[string]int // by name
	shipping   map[string]int // by the shop's shipping method
	taxes      map[string]*seenTax
	goods      map[string]order.Line // one of each identity
}

// payment is how an order was paid, in the shop's words.
type payment struct{ method, module string }

// seenTax is one combination of tax rates.
type seenTax struct {
	rates  []decimal.Decimal
	names  []string // that the shop gives it, each once
	orders int
}

// Add takes note of an order; of a cart that nobody finished it does not.
func (s *Seen) Add(o order.Order) {
	if o.Hidden || o.Payment == order.Incomplete {
		return
	}
	if s.counts == nil {
		*s = Seen{counts: map[string]int{}, payments: map[payment]int{}, currencies: map[string]int{}, statuses: map[string]int{}, surcharges: map[string]int{}, shipping: map[string]int{}, taxes: map[string]*seenTax{}, goods: map[string]order.Line{}}
	}
	s.Orders++
	if s.First == "" || o.Date != "" && o.Date < s.First {
		s.First = o.Date
	}
	s.Last = max(s.Last, o.Date)
	s.currencies[o.Currency]++
	if paid := (payment{o.PaymentMethod, o.PaymentModule}); Fold(paid.method+paid.module) != "" {
		s.payments[paid]++
	}
	switch o.Payment {
	case order.AwaitingPayment, order.Paid, order.Cancelled, order.Refunded, order.PartiallyRefunded, "":
	default:
		s.statuses[string(o.Payment)]++
	}
	if Fold(o.ShippingMethod) != "" {
		s.shipping[o.ShippingMethod]++
	}
	for _, l := range o.Lines {
		if !l.GiftCard {
			s.goods[cmp.Or(Fold(l.SKU), Fold(l.Name))] = l
		}
	}
	for what, seen := range map[string]bool{
		"shipping": !o.ShipCharge.Amount.IsZero(), "handling": !o.Handling.Amount.IsZero(),
		"discounts":  !o.Discount.IsZero() || !o.CouponDiscount.IsZero(),
		"gift-cards": !o.GiftCard.IsZero() || slices.ContainsFunc(o.Lines, func(l order.Line) bool { return l.GiftCard }),
		"credit":     !o.StoreCredit.IsZero() || !o.Loyalty.IsZero(),
		"refunds":    !o.RefundedAmount.IsZero() || len(o.Refunds) > 0,
		"unpaid":     o.Payment == order.AwaitingPayment,
		"taxed":      !o.Tax.IsZero(),
		"tips":       slices.ContainsFunc(o.Surcharges, order.Charge.Tip),
		"surcharges": slices.ContainsFunc(o.Surcharges, func(c order.Charge) bool { return !c.Tip() && !c.Amount.IsZero() }),
	} {
		if seen {
			s.counts[what]++
		}
	}
	for _, c := range o.Surcharges {
		if !c.Tip() {
			s.surcharges[c.Name]++
		}
	}
	if !o.Tax.IsZero() {
		s.addTaxes(o)
	}
}

// addTaxes notes each combination of rates on an order once, as planning sees
// them: a tax that rounds to nothing on a small amount belongs to it, one that an
// amount is spared does not.
func (s *Seen) addTaxes(o order.Order) {
	_, found := taken(o)
	for key, rates := range found.rates {
		t := s.taxes[key]
		if t == nil {
			t = &seenTax{rates: slices.SortedFunc(slices.Values(rates), decimal.Decimal.Cmp)}
			s.taxes[key] = t
		}
		t.orders++
		for _, tax := range o.Taxes() {
			if tax.Name != "" && slices.ContainsFunc(rates, tax.Rate.Equal) && !slices.Contains(t.names, tax.Name) {
				t.names = append(t.names, tax.Name)
			}
		}
	}
	if len(found.rates) > 1 {
		s.counts["several-rates"]++
	}
}

// often are the keys of counts, the most frequent first, then by compare.
func often[K comparable](counts map[K]int, compare func(a, b K) int) []K {
	return slices.SortedFunc(maps.Keys(counts), func(a, b K) int {
		return cmp.Or(counts[b]-counts[a], compare(a, b))
	})
}
