package sim

import (
	"fmt"
	"slices"
	"strings"
)

// bookMember is one member of a group item as the books have it; numbers have five decimals.
type bookMember struct {
	item            string
	quantity, price int64
}

// bundles gives the members of all group items, by their names in lower case.
func (c *Company) bundles() map[string][]bookMember {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := map[string][]bookMember{}
	for _, o := range c.books.Objects {
		if o.Kind != "ItemGroup" {
			continue
		}
		members := []bookMember{}
		for _, kid := range o.Elements.Kids {
			item := c.byID[kid.at("ItemRef", "ListID")]
			if kid.Name != "ItemGroupLine" || item == nil {
				continue
			}
			m := bookMember{item: c.fullName(item)}
			m.quantity, _ = parseFixed(kid.at("Quantity"), fiveDecimals) // without one it is none, and no line has that
			for _, at := range [][]string{{"SalesPrice"}, {"SalesOrPurchase", "Price"}} {
				if text := item.Elements.at(at...); text != "" {
					m.price, _ = parseFixed(text, fiveDecimals)
				}
			}
			members = append(members, m)
		}
		all[strings.ToLower(o.Name)] = members
	}
	return all
}

// bundled makes one line of those that are the members of a group item which the order sells: each member has its share of the
// quantity, at its own price.
func (c *comparison) bundled(goods []ReceiptLine) (lines []ReceiptLine) {
	for i, want := range c.sale.lines {
		members := c.groups[strings.ToLower(want.goods)]
		n := len(members)
		if n == 0 || len(goods) < n || !slices.EqualFunc(members, goods[:n], func(m bookMember, l ReceiptLine) bool { return m.item == l.Item }) {
			if len(goods) > 0 {
				lines, goods = append(lines, goods[0]), goods[1:]
			}
			continue
		}
		whole := ReceiptLine{Item: want.goods, Quantity: trimFixed(want.quantity, fiveDecimals), Members: goods[:n]}
		for j, m := range members {
			got, part := goods[j], fmt.Sprintf("line %d's member %s: ", i+1, m.item)
			quantity := m.quantity * want.quantity / 100000
			amount, _ := extend(m.price, quantity)
			c.same(part+"quantity", trimFixed(quantity, fiveDecimals), got.Quantity)
			c.same(part+"amount", amount.String(), got.Amount.String())
			c.same(part+"tax code", taxWord(goods[0].Taxable), taxWord(got.Taxable))
			whole.Amount += got.Amount
		}
		lines, goods = append(lines, whole), goods[n:]
	}
	return append(lines, goods...)
}
