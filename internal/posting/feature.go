package posting

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Feature is a part of QuickBooks that a company file has switched off, or that
// its edition lacks.
type Feature string

// The features that rules and orders may need.
const (
	SalesTaxOn     Feature = "sales-tax"
	ClassTracking  Feature = "classes"
	ManyCurrencies Feature = "multicurrency"
	SalesOrders    Feature = "sales-orders"
)

// lacks says that the company file is without a feature; "" when it is there.
func (b *Books) lacks(f Feature) string {
	c := b.Company
	switch {
	case f == SalesTaxOn && !c.SalesTax:
		return "sales tax is switched off in the company file"
	case f == ClassTracking && !c.Classes:
		return "class tracking is switched off in the company file"
	case f == ManyCurrencies && !c.Multicurrency:
		return "multiple currencies are switched off in the company file"
	case f == SalesOrders && edition(c.Product) == "Pro":
		return c.Product + " has no sales orders"
	}
	return ""
}

// cure is what to do where a feature is lacking, with the way through
// QuickBooks' menus.
func (f Feature) cure() string {
	switch f {
	case SalesTaxOn:
		return "In QuickBooks: Edit > Preferences > Sales Tax > Company Preferences, Do you charge sales tax? Yes."
	case ClassTracking:
		return "In QuickBooks: Edit > Preferences > Accounting > Company Preferences, tick Use class tracking for transactions."
	case ManyCurrencies:
		return "In QuickBooks: Edit > Preferences > Multiple Currencies > Company Preferences, Yes. It can't be undone: make a backup first."
	}
	return "Choose another document, or use QuickBooks Premier or Enterprise."
}

// words name a feature for people.
func (f Feature) words() string {
	switch f {
	case SalesTaxOn:
		return "sales tax switched on"
	case ClassTracking:
		return "class tracking switched on"
	case ManyCurrencies:
		return "multiple currencies switched on"
	case SalesOrders:
		return "QuickBooks Premier or Enterprise, which have sales orders"
	}
	return string(f)
}

// edition is Pro, Premier or Enterprise, as the product's name tells; "" when it
// does not.
func edition(product string) string {
	words := strings.Fields(product)
	for _, e := range []string{"Enterprise", "Premier", "Pro"} {
		if slices.Contains(words, e) {
			return e
		}
	}
	return ""
}

// needsOf are the features that the rules as they are set make use of, each
// with the keys that do.
func (r Rules) needsOf() (features []Feature, keys map[Feature][]string) {
	keys = map[Feature][]string{}
	use := func(f Feature, key string) {
		if f == "" || slices.Contains(keys[f], key) {
			return
		}
		if len(keys[f]) == 0 {
			features = append(features, f)
		}
		keys[f] = append(keys[f], key)
	}
	fields := r.fields()
	for _, k := range ruleKeys() {
		values := slices.Sorted(maps.Values(k.entries(fields)))
		if value := k.text(fields); value != "" {
			values = []string{value}
		}
		list, _ := listNamed(k.names.list)
		for _, value := range values {
			use(list.feature, k.key)
			use(k.features["*"], k.key)
			use(k.features[value], k.key)
		}
	}
	return features, keys
}

// Lacking tells what the orders need and the company file is without: each
// thing once, before an order is held for it.
func (r Rules) Lacking(seen Seen, b *Books) []Missing {
	if !b.Complete {
		return nil
	}
	var all []Missing
	if c := b.Company; c.Edition != "US" {
		all = append(all, Missing{"edition", fmt.Sprintf("The company file is of the edition %q, and only US editions are proved: its orders are looked at, none is written.", string(c.Edition)), "Enter them in QuickBooks by hand."})
	}
	if why := b.lacks(SalesTaxOn); why != "" && seen.counts["taxed"] > 0 {
		all = append(all, Missing{"sales tax", fmt.Sprintf("Of the last %d orders %d have sales tax, but %s.", seen.Orders, seen.counts["taxed"], why), SalesTaxOn.cure()})
	}
	if why := b.lacks(ManyCurrencies); why != "" {
		for _, currency := range often(seen.currencies, strings.Compare) {
			if currency != "" && currency != given(b.Company.HomeCurrency, r.HomeCurrency) {
				all = append(all, Missing{"currency " + currency, fmt.Sprintf("Of the last %d orders %d are in %s, but %s.", seen.Orders, seen.currencies[currency], currency, why), ManyCurrencies.cure()})
			}
		}
	}
	return append(all, r.unset(seen, b)...)
}

// unset are the rules that are not set though orders like the last ones need
// them: nothing says so before such an order waits.
func (r Rules) unset(seen Seen, b *Books) (all []Missing) {
	needed := func(key, value string, orders int, have string) {
		if orders == 0 || value != "" {
			return
		}
		all = append(all, Missing{key, fmt.Sprintf("Of the last %d orders %d have %s. %s", seen.Orders, orders, have, b.unfit(key, "").Sentence), "qbridge rules set " + key + " NAME"})
	}
	needed("shipping-item", r.ShippingItem, seen.counts["shipping"], "shipping")
	needed("handling-item", r.HandlingItem, seen.counts["handling"], "a handling fee")
	needed("surcharge-item", r.SurchargeItem, seen.counts["surcharges"], "surcharges")
	needed("tip-item", r.TipItem, seen.counts["tips"], "a tip")
	needed("discount-item", r.DiscountItem, seen.counts["discounts"], "a discount")
	refunds := 0
	if r.Refunds == "credit-memo" {
		refunds = seen.counts["refunds"]
		needed("refund-item", r.RefundItem, refunds, "refunds")
		if r.RefundForm != "none" && len(r.RefundFromByMethod) == 0 {
			needed("refund-from", r.RefundFrom, refunds, "refunds")
		}
	}
	invoiced := refunds
	for _, word := range append(slices.Collect(maps.Values(r.Documents)), r.Document) {
		if word == "invoice" || word == "sales-order" {
			invoiced = seen.Orders
		}
	}
	if r.Unpaid == "invoice" || r.Unpaid == "sales-order" {
		invoiced = max(invoiced, seen.counts["unpaid"])
	}
	if invoiced > 0 && r.ReceivableAccount == "" {
		if _, n := b.onlyReceivable(); n != 1 {
			all = append(all, Missing{"receivable-account", fmt.Sprintf("Invoices, payments and credit memos need an account of the type Accounts Receivable, and QuickBooks has %d active ones.", n), "qbridge rules set receivable-account NAME"})
		}
	}
	return all
}
