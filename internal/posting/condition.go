package posting

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"qbridge/internal/order"
)

// conditionNames are what a condition of the rules may ask of an order. When
// two entries with as many conditions fit, those named earlier here win.
func conditionNames() []string {
	return []string{"payment:", "method:", "module:", "fulfillment:", "store:", "country:", "tag:", "channel:", "group:", "sku:", "total>="}
}

// condition is one demand on an order: its place among conditionNames, and the
// value asked for.
type condition struct {
	name  int
	value string
}

// conditionsIn reads conditions joined by +, sorted as conditionNames. A + that
// no condition follows belongs to the value before it: "method:Cash + carry".
func conditionsIn(text string) ([]condition, error) {
	var all []condition
	for part := range strings.SplitSeq(text, "+") {
		part = strings.TrimSpace(part)
		name := slices.IndexFunc(conditionNames(), func(n string) bool {
			return len(part) >= len(n) && strings.EqualFold(part[:len(n)], n)
		})
		switch {
		case name >= 0:
			all = append(all, condition{name, strings.TrimSpace(part[len(conditionNames()[name]):])})
		case len(all) > 0:
			all[len(all)-1].value += " + " + part
		default:
			return nil, fmt.Errorf("%q is no condition; write one of %s with its value, such as country:US or total>=100, several joined by +", text, strings.Join(conditionNames(), ", "))
		}
	}
	for _, c := range all {
		if c.value == "" {
			return nil, fmt.Errorf("%q names no value after %s", text, conditionNames()[c.name])
		}
		if _, err := decimal.NewFromString(c.value); err != nil && conditionNames()[c.name] == "total>=" {
			return nil, fmt.Errorf("%q asks for a total of at least %q, which is no amount", text, c.value)
		}
	}
	slices.SortStableFunc(all, func(a, b condition) int {
		return cmp.Or(cmp.Compare(a.name, b.name), strings.Compare(a.value, b.value))
	})
	return all, nil
}

// joinConditions is the one way in which conditions are written.
func joinConditions(all []condition) string {
	texts := make([]string, len(all))
	for i, c := range all {
		texts[i] = conditionNames()[c.name] + c.value
	}
	return strings.Join(texts, " + ")
}

// holds tells whether an order meets a condition. Texts are compared folded.
func (c condition) holds(o order.Order, tags []string) bool {
	is := func(values ...string) bool {
		return slices.ContainsFunc(values, func(v string) bool { return v != "" && Fold(v) == Fold(c.value) })
	}
	switch conditionNames()[c.name] {
	case "payment:":
		return is(string(o.Payment))
	case "method:":
		return is(o.PaymentMethod)
	case "module:":
		return is(o.PaymentModule)
	case "fulfillment:":
		return is(o.Fulfillment)
	case "store:":
		return is(o.StoreID)
	case "country:":
		place := o.Shipping
		if place.CountryCode == "" && place.Country == "" {
			place = o.Billing
		}
		return is(place.CountryCode, place.Country)
	case "tag:":
		return is(tags...)
	case "channel:":
		return is(o.ExternalChannel)
	case "group:":
		return is(o.CustomerGroup)
	case "sku:":
		return slices.ContainsFunc(o.Lines, func(l order.Line) bool { return is(l.SKU) })
	}
	least, err := decimal.NewFromString(c.value)
	return err == nil && o.Due().GreaterThanOrEqual(least)
}

// bestEntry is the value of the entry whose conditions the order meets: the one
// with most conditions, then with those that conditionNames has first, then with
// the highest total asked for, then the first by its text.
func bestEntry(entries map[string]string, o order.Order, tags []string) (value string, met []condition) {
	for _, key := range slices.Sorted(maps.Keys(entries)) {
		all, err := conditionsIn(key)
		if err != nil || slices.ContainsFunc(all, func(c condition) bool { return !c.holds(o, tags) }) {
			continue
		}
		if met == nil || compareConditions(all, met) < 0 {
			value, met = entries[key], all
		}
	}
	return value, met
}

// compareConditions is negative when a goes before b.
func compareConditions(a, b []condition) int {
	byName := cmp.Or(cmp.Compare(len(b), len(a)), slices.CompareFunc(a, b, func(x, y condition) int { return cmp.Compare(x.name, y.name) }))
	if byName != 0 || conditionNames()[a[len(a)-1].name] != "total>=" {
		return byName
	}
	x, _ := decimal.NewFromString(a[len(a)-1].value) // conditionsIn let nothing else in
	y, _ := decimal.NewFromString(b[len(b)-1].value)
	return y.Cmp(x)
}

// asks tells whether conditions name the payment status.
func asksPayment(all []condition) bool {
	return slices.ContainsFunc(all, func(c condition) bool { return conditionNames()[c.name] == "payment:" })
}
