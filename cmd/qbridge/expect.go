package main

import (
	"cmp"
	"encoding/json"
	"fmt"

	"qbridge/internal/sim"
)

// exceptions are the kinds of pretend orders that become something else by
// demoRules than their share of the mix says: a plain one is posted, another is
// not.
func exceptions(closed bool) map[sim.Kind]sim.Expectation {
	list := map[sim.Kind]sim.Expectation{
		sim.KindGiftCardRedeemed: sim.MustNotBePosted, // not posted by this version
		sim.KindGiftCardSold:     sim.MustNotBePosted, // not posted by this version
		sim.KindNoSKU:            sim.MustBePosted,    // its item is made by name
	}
	if closed { // the books have a closing date
		list[sim.KindClosedPeriod] = sim.MustNotBePosted
	}
	return list
}

// demoTerms are what books must look like that were written by demoRules:
// which orders are in them, and into which account the money goes. closed tells
// whether the books have a closing date.
func demoTerms(orders []sim.Generated, closed bool) (sim.Terms, error) {
	kinds := exceptions(closed)
	for _, share := range sim.Mix() {
		if _, other := kinds[share.Kind]; other {
			continue
		}
		kinds[share.Kind] = sim.MustNotBePosted
		if share.Plain {
			kinds[share.Kind] = sim.MustBePosted
		}
	}
	expected := map[string]sim.Expectation{}
	unnamed := map[string]string{} // orders without e-mail, with their buyers
	named := map[string]bool{}     // buyers who gave an e-mail
	for _, o := range orders {
		var one struct {
			ID, Email                     string
			BillingPerson, ShippingPerson struct{ Name string }
		}
		if err := json.Unmarshal(o.JSON, &one); err != nil {
			return sim.Terms{}, fmt.Errorf("an order of the pretend shop can't be read: %w", err)
		}
		expected[one.ID] = kinds[o.Kind]
		if buyer := cmp.Or(one.BillingPerson.Name, one.ShippingPerson.Name); one.Email != "" {
			named[buyer] = true
		} else {
			unnamed[one.ID] = buyer
		}
	}
	for id, buyer := range unnamed {
		if named[buyer] { // perhaps the same person: then someone must look, unless this order came first
			expected[id] = sim.MayBePosted
		}
	}
	terms := sim.DefaultTerms(pretendNumber)
	terms.Expect = func(s sim.Sale) sim.Expectation { return expected[s.ID] }
	terms.Deposits = map[string]string{"Stripe": sim.AccountStripe, "PayPal": sim.AccountPayPal}
	return terms, nil
}
