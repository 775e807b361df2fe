package posting

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/shopspring/decimal"
)

func joinSorted(m map[string][]decimal.Decimal) string {
	return strings.Join(slices.Sorted(maps.Keys(m)), " and ")
}

// tax chooses the tax item and codes of the document.
func (d *draft) tax(f figures) *outcome {
	if !d.books.Company.SalesTax {
		if !d.order.Tax.IsZero() && d.taxLine == "" {
			return attention(SalesTaxOff, SalesTaxOn.cure()+" Or enter this order by hand and link it.",
				"The order has %s of sales tax, but sales tax is switched off in the company file.", d.order.Tax.StringFixed(cents))
		}
		return nil // Q28: no tax reference is sent
	}
	if out := d.exemptCode(); out != nil {
		return out
	}
	taxable := d.rules.code(d.books, true)
	if d.order.Tax.IsZero() || d.taxLine != "" {
		item := d.books.item(d.rules.NoTaxItem)
		d.doc.TaxItem, d.doc.CustomerTax = itemRef(item), codeRef(d.exempt)
		return nil
	}
	item, out := d.taxItem(f.rates)
	if out != nil {
		return out
	}
	d.doc.TaxItem, d.doc.CustomerTax = itemRef(item), codeRef(taxable)
	return nil
}

// exemptCode chooses the tax code of untaxed lines: that of the rules for the
// reason why the sale bears no tax, else the usual one.
func (d *draft) exemptCode() *outcome {
	d.exempt = d.rules.code(d.books, false)
	rule, name := "reverse-charge-code", d.rules.ReverseChargeCode
	if !d.order.ReverseCharge {
		rule, name = "exempt-customer-code", d.rules.ExemptCustomerCode
	}
	if name == "" || !d.order.Tax.IsZero() || !d.order.ReverseCharge && !d.order.TaxExempt {
		return nil
	}
	if missing := d.books.unfit(rule, name); missing != nil {
		return unset(RulesIncomplete, setRules, "%s", missing.Sentence)
	}
	d.exempt = d.books.codeNames[Fold(name)]
	return nil
}

// setRules is the cure of rules that are not set.
const setRules = "Set the rules named here; `qbridge doctor` lists them."

// taxLine says in which case of the rule tax-line-cases an order is that could
// not be posted with QuickBooks' own tax; "" when the rules have no line for it.
func (r Rules) taxLine(out *outcome) string {
	if out == nil || r.TaxLineItem == "" {
		return ""
	}
	word := map[Cause]string{TaxMixed: "several-rates", SalesTaxOff: "sales-tax-off", TaxDiffers: "beyond-limit"}[out.cause]
	if word == "" || !slices.Contains(slices.Collect(words(r.TaxLineCases)), word) {
		return ""
	}
	return out.reason
}

// taxItem is the tax item or group that the rules name for a combination of
// rates: by the combination, else by its sum. Its own rates must be the shop's.
func (d *draft) taxItem(rates []decimal.Decimal) (*Item, *outcome) {
	key := joinRates(rates)
	name := d.rules.Tax[key]
	asked := rates
	if name == "" {
		asked = []decimal.Decimal{sum(rates)}
		key = joinRates(asked)
		name = d.rules.Tax[key]
	}
	if name == "" {
		return nil, attention(TaxUnmapped, fmt.Sprintf("Name the tax item: rules set tax.%s NAME", joinRates(rates)),
			"No tax item in QuickBooks is named for the shop's tax of %s %%.", joinRates(rates))
	}
	item, problem := d.books.taxItem(name, asked)
	if problem != "" {
		return nil, attention(TaxUnmapped, fmt.Sprintf("Correct the rule tax.%s or the item in QuickBooks.", key), "The rule tax.%s names %q: %s", key, name, problem)
	}
	return item, nil
}

// taxItem finds an active tax item or group of these rates; problem is a
// sentence when there is none. A group for several rates must have just these: a
// tax report is by member. One rate may be the sum of a group's.
func (b *Books) taxItem(name string, rates []decimal.Decimal) (item *Item, problem string) {
	item = b.item(name)
	switch {
	case item == nil:
		return nil, "there is no such item in QuickBooks."
	case item.Kind != "SalesTax" && item.Kind != "SalesTaxGroup":
		return nil, fmt.Sprintf("that is an item of the kind %s, not a sales tax item or group.", item.Kind)
	case !item.Active:
		return nil, "that item is inactive in QuickBooks."
	}
	own, missing := b.taxRates(item)
	if missing != "" {
		return nil, missing
	}
	combination := item.Kind == "SalesTaxGroup" && len(rates) > 1
	if !sum(own).Equal(sum(rates)) || combination && joinRates(own) != joinRates(rates) {
		return nil, fmt.Sprintf("QuickBooks has it at %s %%, but the shop charges %s %%.", joinRates(own), joinRates(rates))
	}
	return item, ""
}

// taxRates are the rates that QuickBooks rounds one by one for a tax item.
func (b *Books) taxRates(item *Item) (rates []decimal.Decimal, problem string) {
	if item.Kind == "SalesTax" {
		return []decimal.Decimal{item.TaxRate}, ""
	}
	for _, id := range item.Members {
		member := b.items[id]
		if member == nil || member.Kind != "SalesTax" {
			return nil, fmt.Sprintf("the group %s has a member that is not among the tax items we know.", item.FullName)
		}
		if !member.Active {
			return nil, fmt.Sprintf("the member %s of the group %s is inactive in QuickBooks.", member.FullName, item.FullName)
		}
		rates = append(rates, member.TaxRate)
	}
	if len(rates) == 0 {
		return nil, fmt.Sprintf("the tax group %s has no members.", item.FullName)
	}
	return rates, ""
}

// code is the tax code of taxed or of untaxed lines: the rule's, else the
// file's own default. nil when there is none that is active and of that kind.
func (r Rules) code(b *Books, taxable bool) *Entry {
	name, id := r.TaxableCode, b.Company.TaxableCode
	if !taxable {
		name, id = r.ExemptCode, b.Company.ExemptCode
	}
	code := b.codes[id]
	if name != "" {
		code = b.codeNames[Fold(name)]
	}
	if code == nil || !code.Active || code.Taxable != taxable {
		return nil
	}
	return code
}

func itemRef(it *Item) Ref { return Ref{ListID: it.ListID, Name: it.FullName} }
func codeRef(e *Entry) Ref { return Ref{ListID: e.ListID, Name: e.Name} }
func nameRef(n *Name) Ref  { return Ref{ListID: n.ListID, Name: n.FullName} }

// lineCode is the tax code of a line; zero when sales tax is off.
func (d *draft) lineCode(taxed bool) Ref {
	if !d.books.Company.SalesTax {
		return Ref{}
	}
	if !taxed && d.exempt != nil {
		return codeRef(d.exempt)
	}
	return codeRef(d.rules.code(d.books, taxed))
}
