package sim

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
)

// A PartSum is what one document of an order has of one part, under one item, in one account, by one tax item. Of credit memos
// and refunds it is negative.
type PartSum struct {
	Order, Kind         string
	Part, Item, Account string
	TaxItem             string // of Part "tax" the item that made it; of another the form's when the amount is taxed, else ""
	Amount              Cents
}

// sums are those of one form of items.
func (a *auditor) sums(s Sale, d Document) []PartSum {
	all := map[PartSum]Cents{}
	sign := Cents(1)
	if d.Kind == "CreditMemo" {
		sign = -1
	}
	var add func(part string, l ReceiptLine)
	add = func(part string, l ReceiptLine) {
		for _, m := range l.Members {
			add(part, m)
		}
		if l.Members != nil || part == "" {
			return
		}
		p := PartSum{Order: s.ID, Kind: d.Kind, Part: part, Item: l.Item, Account: l.Account}
		if l.Taxable {
			p.TaxItem = d.TaxItem
		}
		all[p] += sign * l.Amount
	}
	for _, l := range d.Lines {
		add(a.partOf(l), l)
	}
	for _, t := range d.Taxes {
		all[PartSum{Order: s.ID, Kind: d.Kind, Part: "tax", Account: AccountTaxPayable, TaxItem: t.Item}] += sign * t.Amount
	}
	var sums []PartSum
	for p, amount := range all {
		if p.Amount = amount; amount != 0 {
			sums = append(sums, p)
		}
	}
	slices.SortFunc(sums, func(a, b PartSum) int {
		return cmp.Or(cmp.Compare(a.Part, b.Part), cmp.Compare(a.Item, b.Item), cmp.Compare(a.Account, b.Account), cmp.Compare(a.TaxItem, b.TaxItem))
	})
	return sums
}

// taxes holds what each tax item makes against the shop's tax of that rate. Where the books split the tax otherwise, as one item
// for several taxes of the shop does, only the whole can be told, which parts does.
func (c *comparison) taxes() {
	var sum Cents
	for _, tax := range c.sale.taxes {
		sum += tax
	}
	got := map[int64]Cents{}
	for _, t := range c.receipt.Taxes {
		if t.Rate != 0 {
			got[t.Rate] += t.Amount
		}
	}
	want := slices.Sorted(maps.Keys(c.sale.taxes))
	if sum != c.sale.tax || c.taxIsLine() || !slices.Equal(want, slices.Sorted(maps.Keys(got))) {
		return
	}
	// The shop rounds each line by itself: half a cent of each may gather in one rate, though the whole stays within the limit.
	within := max(c.terms.RoundingLimit, Cents(len(c.receipt.Lines)+1)/2)
	for _, rate := range want {
		c.Compared++
		if off := got[rate] - c.sale.taxes[rate]; off > within || -off > within {
			c.same(fmt.Sprintf("tax of %s %%", trimFixed(rate, fiveDecimals)), c.sale.taxes[rate].String(), got[rate].String())
		}
	}
}
