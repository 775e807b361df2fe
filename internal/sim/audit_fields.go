package sim

import (
	"fmt"
	"maps"
	"slices"
)

// Method is how the order was paid, as the shop calls it.
func (s Sale) Method() string { return s.method }

// fields: the custom fields of a form hold what the terms say of its order, and no other has anything in it.
func (a *auditor) fields(s Sale, d Document) {
	if a.terms.Edited != nil && a.terms.Edited(d) {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(a.terms.Fields)) {
		if d.Fields[name] == "" && a.terms.NoFields != nil && a.terms.NoFields(d) {
			continue
		}
		a.differs(s, d, "custom field "+name, a.terms.Fields[name](s), d.Fields[name])
	}
	for _, name := range slices.Sorted(maps.Keys(d.Fields)) {
		if a.terms.Fields[name] == nil {
			a.differs(s, d, "custom field "+name, "", d.Fields[name])
		}
	}
}

// lineField: the custom field of a line of goods, or of each of the lines that a bundle became, holds the SKU.
func (c *comparison) lineField(n int, want saleLine, got ReceiptLine) {
	if c.terms.LineSKU == "" {
		return
	}
	all := got.Members
	if len(all) == 0 {
		all = []ReceiptLine{got}
	}
	for _, l := range all {
		c.same(fmt.Sprintf("line %d's custom field %s", n, c.terms.LineSKU), want.sku, l.Fields[c.terms.LineSKU])
	}
}
