// Package order is the vocabulary of a sale: what a shop's order says, exactly,
// and whether its figures add up. It knows neither the shop's wire format nor
// the books. Every amount in an Order is a decimal in the order's own currency.
package order

import (
	"fmt"
	"strings"
	"time"

	"github.com/shopspring/decimal"
)

// Key names an order within its store for ever; numbers shown to people may
// repeat. It is "i:" + internal id, else "d:" + id, else "n:" + order number
// (ecwid.md 2).
type Key string

// PaymentStatus is the shop's word for whether money came. Values other than
// the constants are unknown and must never be taken for paid.
type PaymentStatus string

// The payment statuses that a shop may give, today's and those of old payloads.
const (
	AwaitingPayment   PaymentStatus = "AWAITING_PAYMENT"
	Paid              PaymentStatus = "PAID"
	Cancelled         PaymentStatus = "CANCELLED"
	Refunded          PaymentStatus = "REFUNDED"
	PartiallyRefunded PaymentStatus = "PARTIALLY_REFUNDED"
	Incomplete        PaymentStatus = "INCOMPLETE"
)

// Order is one sale as the shop wrote it. Times are UTC.
type Order struct {
	StoreID string // the shop, a number as text
	Key     Key
	ID      string // the shop's id with prefix and suffix, up to 45 characters; what people see

	Currency  string // ISO 4217, from the shop's profile when the order was fetched
	Precision int32  // decimals of the currency: 2, or 0 for yen

	Created time.Time
	Updated time.Time
	Date    string // YYYY-MM-DD of Created in the shop's time zone: the date of the document

	Payment     PaymentStatus
	Fulfillment string

	Email           string
	CustomerID      int64 // 0 for guests
	Billing         Person
	Shipping        Person // zero when the shop gave none
	Masked          bool   // the shop hid the buyer behind "[DEMO]": ecwid.md 1.2
	PricesInclude   *bool  // what the order says of itself; nil when it says nothing
	TaxExempt       bool
	TaxID           string
	TaxIDValid      bool
	ReverseCharge   bool
	PaymentMethod   string // free text shown to the buyer
	PaymentModule   string // processor; "" when offline
	TransactionID   string // the payment gateway's
	PONumber        string
	ShippingMethod  string
	Pickup          bool
	TrackingNumber  string
	Comments        string // the buyer's
	PrivateNotes    string // the shopkeeper's
	CouponCode      string
	CouponType      string   `json:",omitempty"` // ABS, PERCENT, SHIPPING, ABS_AND_SHIPPING, PERCENT_AND_SHIPPING; "" when the shop doesn't say
	DiscountBases   []string `json:",omitempty"` // what the promotions are of, as the shop says: ON_TOTAL, ITEM, SHIPPING, ...
	CustomerGroup   string
	Hidden          bool    // unfinished cart
	ExternalChannel string  // where the sale was made when not in this shop: a till, a marketplace, an app; "" when here
	ExternalID      string  // the order's id there
	Fields          []Field `json:",omitempty"` // what the shop asks of buyers beside its own fields; those without a value are left out

	// Notes are what the reader of the shop's JSON had to decide, in words; empty
	// for nearly all orders.
	Notes []string

	Lines      []Line
	ShipCharge Charge   // zero Amount when nothing was charged; its Taxes are those that no line holds
	Handling   Charge   // handling fee, gift wrap
	Surcharges []Charge // tips and other custom surcharges; ID "tips" is a tip
	ShipTaxes  []Tax    // the order's own list of taxes on shipping; often repeated inside the lines' taxes

	Subtotal       decimal.Decimal // Σ price × quantity before any discount
	Discount       decimal.Decimal // promotions; the coupon is not in it
	CouponDiscount decimal.Decimal
	Tax            decimal.Decimal // all tax of the order
	Total          decimal.Decimal // what the buyer owes after the gift card
	GiftCard       decimal.Decimal // redeemed
	GiftCardTwice  bool            // the shop warns that the same card was spent twice
	Loyalty        decimal.Decimal // redeemed points and store credit; their effect on Total is not known
	StoreCredit    decimal.Decimal
	RefundedAmount decimal.Decimal
	Refunds        []Refund
}

// Number is the order's number as people see it, in the shop and here. It may
// repeat; Key does not.
func (o Order) Number() string { return o.ID }

// Buyer names who bought: by the billing address, else the shipping address,
// else the e-mail, else the order's number, so that it is never empty.
func (o Order) Buyer() string {
	for _, name := range []string{o.Billing.Display(), o.Shipping.Display(), o.Email} {
		if name != "" {
			return name
		}
	}
	return "buyer of order " + o.ID
}

// Field is a field that the shop has added to its checkout.
type Field struct {
	ID    string // as programs call it
	Title string // as people call it; may be empty
	Value string
}

// Line is one line of goods.
type Line struct {
	ID            int64
	ProductID     int64
	CombinationID int64 // the variation; 0 when none
	SKU           string
	Name          string
	Options       []Option
	Price         decimal.Decimal // per unit, before discounts, may have more decimals than the currency
	Quantity      int64
	Coupon        decimal.Decimal // the line's share of the coupon, whole line
	Discount      decimal.Decimal // the line's share of the promotions, whole line
	Tax           decimal.Decimal // all tax of the line, the tax on its share of shipping included
	Taxes         []Tax
	Taxable       bool
	GiftCard      bool // sells a gift card: a liability, no income
	Digital       bool
	Components    []Component `json:",omitempty"` // of a bundle: what one of it is packed from
}

// Goods is the line's amount before discounts, rounded half up to the
// currency's precision (ecwid.md 5.4).
func (l Line) Goods(precision int32) decimal.Decimal {
	return l.Price.Mul(decimal.NewFromInt(l.Quantity)).Round(precision)
}

// Component is a product of which a bundle holds some. The shop may name it by
// its number alone.
type Component struct {
	ProductID int64
	SKU       string
	Name      string
	Quantity  int64 // in one bundle
}

// Option is a choice the buyer made for a line: size, colour, engraving.
type Option struct{ Name, Value string }

// Tax is one tax on a line or a charge.
type Tax struct {
	Name         string
	Rate         decimal.Decimal // percent
	Total        decimal.Decimal
	OnGoods      decimal.Decimal
	OnShipping   decimal.Decimal
	OnHandling   decimal.Decimal // on the handling fee and the surcharges
	Included     bool            // the setting at that time; may contradict the arithmetic
	Jurisdiction string          // STATE, COUNTY, CITY, SPECIAL_DISTRICT or ""
}

// Charge is money beside the goods: shipping, handling, a surcharge, a tip.
type Charge struct {
	ID          string // "tips" for a tip
	Name        string
	Description string
	Amount      decimal.Decimal // gross in an order with tax inside
	Net         decimal.Decimal // without tax, when the shop says; else equal to Amount
	Taxable     bool
	Taxes       []Tax
}

// Tip reports whether the charge is a tip.
func (c Charge) Tip() bool { return c.ID == "tips" }

// Refund is money given back. The shop gives it no id.
type Refund struct {
	Date   time.Time // UTC; zero when the shop gives none
	Day    string    `json:",omitempty"` // YYYY-MM-DD of Date in the shop's time zone: the date of the document
	Source string
	Reason string
	Amount decimal.Decimal // positive
}

// Person is a buyer's name and address.
type Person struct {
	Name, First, Last, Company string
	Street                     []string
	City                       string
	State, StateCode           string
	PostalCode                 string
	Country, CountryCode       string
	Phone                      string
}

// Display is the person's name as people write it: the full name, else first
// and last, else the company, else "".
func (p Person) Display() string {
	for _, name := range []string{p.Name, p.First + " " + p.Last, p.Company} {
		if name = strings.Join(strings.Fields(name), " "); name != "" {
			return name
		}
	}
	return ""
}

// Empty reports whether the shop gave nothing at all.
func (p Person) Empty() bool {
	return p.Name == "" && p.First == "" && p.Last == "" && p.Company == "" && len(p.Street) == 0 && p.City == "" && p.PostalCode == "" && p.Phone == ""
}

// Due is the sale before gift cards: what the document in the books must total.
func (o Order) Due() decimal.Decimal { return o.Total.Add(o.GiftCard) }

// Money is an amount in one currency.
type Money struct {
	Amount   decimal.Decimal
	Currency string
}

// Add adds money of the same currency; mixing currencies is an error.
func (m Money) Add(n Money) (Money, error) {
	if m.Currency != n.Currency {
		return Money{}, fmt.Errorf("cannot add %s to %s: different currencies", n.Currency, m.Currency)
	}
	return Money{m.Amount.Add(n.Amount), m.Currency}, nil
}

// String gives the amount with two decimals and its currency.
func (m Money) String() string { return m.Amount.StringFixed(2) + " " + m.Currency }
