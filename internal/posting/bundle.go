package posting

import (
	"fmt"
	"strings"

	"github.com/shopspring/decimal"

	"qbridge/internal/order"
	"qbridge/qbxml"
)

// groupKind is the kind of items that stand for several others.
const groupKind = "Group"

// bundle writes line i of the order, of which the goods are a group item, as
// the group's members. QuickBooks' own group line is no way to do that: it can
// state neither amounts nor tax codes, but takes the members' prices at the
// customer's price level and the members' tax codes, and nothing that moves
// money may be left to the file (quickbooks.md 3.1). Members with their amounts
// take the same things from stock and post to the same accounts.
//
// It gives the item to write instead when the members' prices don't come to the
// line's amount, and a zero Ref when the members are written.
func (d *draft) bundle(i int, l order.Line, item Ref, a amount) (Ref, *outcome) {
	group := d.books.items[item.ListID]
	if group == nil || group.Kind != groupKind {
		return item, nil
	}
	members, problem := d.members(i, l, group, a)
	if problem == "" {
		d.doc.Lines = append(d.doc.Lines, members...)
		d.adjust(Adjustment{Cause: "members", Field: fmt.Sprintf("line %d", i+1), From: l.Name, To: group.FullName,
			Sentence: fmt.Sprintf("%s is the group item %q in QuickBooks and written as its %d members, whose prices come to the same.", goodsName(l), group.FullName, len(members))})
		return Ref{}, nil
	}
	if d.rules.PlainItem == "" {
		return Ref{}, attention(ItemNotSellable, "Correct the group or its members' prices in QuickBooks, map these goods to an item that is no group, or name a plain-item in the rules.",
			"%s leads to the group item %q. %s", goodsName(l), group.FullName, problem)
	}
	return d.standIn("plain-item", d.rules.PlainItem, l, "%s is a group item in QuickBooks. "+strings.ReplaceAll(problem, "%", "%%")+" It is written as %q.")
}

// members are the lines of a group's members; a problem says as a sentence why
// they can't be written.
func (d *draft) members(i int, l order.Line, group *Item, a amount) (lines []Line, problem string) {
	if len(group.Quantities) == 0 || len(group.Quantities) != len(group.Members) {
		return nil, "It has no members, or QBridge does not know them yet; the next update of the Web Connector reads them."
	}
	total := decimal.Zero
	for n, id := range group.Members {
		it := d.books.items[id]
		switch {
		case it == nil:
			return nil, "One of its members is not in QuickBooks any more."
		case !Sellable(it.Kind) || !it.Active:
			return nil, fmt.Sprintf("Its member %q is inactive or can't stand for goods.", it.FullName)
		case it.Price == nil || it.Price.IsNegative():
			return nil, fmt.Sprintf("Its member %q has no price of its own.", it.FullName)
		}
		quantity := group.Quantities[n].Mul(decimal.NewFromInt(l.Quantity))
		if !quantity.IsPositive() {
			return nil, fmt.Sprintf("Its member %q has no quantity.", it.FullName)
		}
		amount := roundCents(it.Price.Mul(quantity))
		total = total.Add(amount)
		lines = append(lines, Line{Item: itemRef(it), Quantity: &quantity, Amount: amount, Rate: rateFor(*it.Price, quantity, amount), TaxCode: d.lineCode(a.taxed), Part: Goods, Bundle: i + 1})
	}
	if !total.Equal(a.net) {
		return nil, fmt.Sprintf("Its members come to %s, the shop's %d to %s.", total.StringFixed(cents), l.Quantity, a.net.StringFixed(cents))
	}
	fields := d.customFields(d.rules.LineCustomFields, &l)
	for n := range lines {
		lines[n].Fields = fields
	}
	lines[0].Desc = d.goodsDesc(i, l, Ref{})
	for n := range lines[1:] {
		lines[n+1].Desc, _ = qbxml.Cut(d.text("description of a member", "Part of "+l.Name, true), d.limit("SalesReceiptAdd", "SalesReceiptLineAdd/Desc"))
	}
	return lines, ""
}
