package sim

import "slices"

// A taxMember is one rate a form is taxed with, in 1/100000 percent.
type taxMember struct {
	item string
	rate int64
}

// taxMembers gives the rates behind a form's ItemSalesTaxRef: one for a tax item, several for a group, in its order.
func (c *Company) taxMembers(listID string) []taxMember {
	o := c.byID[listID]
	if o == nil {
		return nil
	}
	if o.Kind == "ItemSalesTax" {
		rate, _ := parseFixed(o.Elements.at("TaxRate"), fiveDecimals) // the seed wrote it
		return []taxMember{{o.Name, rate}}
	}
	var members []taxMember
	for _, kid := range o.Elements.Kids {
		if kid.Name == "ItemSalesTaxRef" {
			members = append(members, c.taxMembers(kid.at("ListID"))...)
		}
	}
	return members
}

// salesTax computes the tax of a form the way QuickBooks does (quickbooks.md 3.1): a single item rounds the sum of the
// taxable lines once, half up; a group rounds each member apart. Whether a line is taxed follows its own code alone.
func salesTax(taxable Cents, members []taxMember) (tax Cents, rate int64) {
	for _, m := range members {
		tax += taxOn(taxable, m.rate)
		rate += m.rate
	}
	return tax, rate
}

// isTaxable tells whether a sales tax code makes a line taxable.
func (c *Company) isTaxable(codeListID string) bool {
	o := c.byID[codeListID]
	return o != nil && slices.Contains([]string{"true", "1"}, o.Elements.at("IsTaxable"))
}
