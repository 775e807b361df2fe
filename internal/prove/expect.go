package prove

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"

	"qbridge/internal/bridge"
	"qbridge/internal/order"
	"qbridge/internal/sim"
)

// Rules fit the pretend books and the pretend shop, as Terms expects them.
const Rules = sim.Rules + `
[deposit-to-by-method]
"Stripe" = "` + sim.AccountStripe + `"
"PayPal" = "` + sim.AccountPayPal + `"
`

// Store is the number of the pretend shop, and its token: nothing secret about
// it.
const (
	Store       = "1003"
	storeNumber = 1003
	Token       = "secret_pretend_shop_token"
)

// kinds says for each kind of pretend order whether it is posted by Rules;
// closed tells whether the books have a closing date.
func kinds(closed bool) map[sim.Kind]sim.Expectation {
	list := map[sim.Kind]sim.Expectation{}
	for _, share := range sim.Mix() {
		list[share.Kind] = sim.MustNotBePosted
		if share.Plain {
			list[share.Kind] = sim.MustBePosted
		}
	}
	list[sim.KindGiftCardRedeemed] = sim.MustNotBePosted // not posted by this version
	list[sim.KindGiftCardSold] = sim.MustNotBePosted     // not posted by this version
	list[sim.KindNoSKU] = sim.MustBePosted               // its item is made by name
	if closed {
		list[sim.KindClosedPeriod] = sim.MustNotBePosted
	}
	return list
}

// head is what of an order's JSON tells who bought it.
type head struct {
	ID, Email                     string
	InternalID                    int64
	PaymentStatus                 string
	UpdateTimestamp               int64
	BillingPerson, ShippingPerson struct{ Name string }
}

func (h head) buyer() string { return cmp.Or(h.BillingPerson.Name, h.ShippingPerson.Name) }

func readHead(raw json.RawMessage) (h head, err error) {
	if err := json.Unmarshal(raw, &h); err != nil {
		return h, fmt.Errorf("an order of the pretend shop can't be read: %w", err)
	}
	return h, nil
}

// Terms are what books must look like that were written by Rules: which orders
// are in them, and into which account the money goes. closed tells whether the
// books have a closing date.
func Terms(orders []sim.Generated, closed bool) (sim.Terms, error) {
	posted := kinds(closed)
	expected := map[string]sim.Expectation{}
	unnamed := map[string]string{} // orders without e-mail, with their buyers
	named := map[string]bool{}     // buyers who gave an e-mail
	for _, o := range orders {
		one, err := readHead(o.JSON)
		if err != nil {
			return sim.Terms{}, err
		}
		expected[one.ID] = posted[o.Kind]
		if one.Email != "" {
			named[one.buyer()] = true
		} else {
			unnamed[one.ID] = one.buyer()
		}
	}
	for id, buyer := range unnamed {
		if named[buyer] { // perhaps the same person: then someone must look, unless this order came first
			expected[id] = sim.MayBePosted
		}
	}
	terms := terms()
	terms.Expect = func(s sim.Sale) sim.Expectation { return expected[s.ID] }
	return terms, nil
}

// HeldBack changes what is expected for the orders that a person held, excluded
// or undid: they must not be in the books.
func HeldBack(expect func(sim.Sale) sim.Expectation, views []bridge.OrderView) func(sim.Sale) sim.Expectation {
	back := map[string]bool{}
	for _, v := range views {
		back[v.Number] = v.State == string(order.Held) || v.State == string(order.Excluded) && strings.HasPrefix(v.Reason, "Excluded by a person")
	}
	return func(s sim.Sale) sim.Expectation {
		if back[s.ID] {
			return sim.MustNotBePosted
		}
		return expect(s)
	}
}

func terms() sim.Terms {
	t := sim.DefaultTerms(storeNumber)
	t.Deposits = map[string]string{"Stripe": sim.AccountStripe, "PayPal": sim.AccountPayPal}
	return t
}

// OnTheWay is how many orders are neither where they end nor wait for a person.
func OnTheWay(sums []bridge.StateSum) (n int64) {
	for _, s := range sums {
		switch s.State {
		case order.New, order.Ready, order.Queued, order.Sent, order.InDoubt:
			n += s.Count
		}
	}
	return n
}

// kindOf sorts what the audit of the books finds.
func kindOf(code sim.FindingCode) Kind {
	switch code {
	case sim.FindingMissing:
		return Loss
	case sim.FindingTwice, sim.FindingUnexpected:
		return Double
	case sim.FindingForbidden:
		return Forbidden
	}
	return WrongPart
}
