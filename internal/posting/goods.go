package posting

import (
	"fmt"
	"slices"
	"strings"

	"qbridge/internal/order"
)

// Sellable tells whether items of a kind may stand for goods.
func Sellable(kind string) bool {
	switch kind {
	case "Service", "NonInventory", "OtherCharge", "Inventory", "InventoryAssembly":
		return true
	}
	return false
}

// sells tells whether an item may stand for goods under the rules: a group may
// when they say what to write of it.
func (d *draft) sells(it *Item) bool {
	return Sellable(it.Kind) || it.Kind == groupKind && d.rules.GroupItems != "hold"
}

// goodsItem finds or plans the item of a line: the one a person chose; else the
// one the rules name for the SKU, or for the name of goods without one; else by
// SKU (full name, name, part number, bar code); else by name; else what the
// rules say of missing items: a new row, the fallback item, or nothing.
func (d *draft) goodsItem(l order.Line, taxed bool) (Ref, *outcome) {
	if chosen := d.decisions.Items[ItemKey(l)]; chosen != "" {
		it := d.books.items[chosen]
		if it == nil {
			return Ref{}, attention(ItemMissing, "Choose the item again."+d.didYouMean(l.SKU, l.Name), "The item chosen for %s is not in QuickBooks any more: it was deleted there, or merged into another.", goodsName(l))
		}
		return d.usable(it, l)
	}
	identity := l.SKU
	if Fold(identity) == "" {
		identity = l.Name
	}
	if name := d.rules.itemFor(identity); name != "" {
		it := d.books.item(name)
		if it == nil {
			return Ref{}, attention(ItemMissing, "Correct the rule, or add the item in QuickBooks."+d.didYouMean(name), "The rules name the item %q for %s, but QuickBooks has none of that name: it was renamed or deleted, or never there.", name, goodsName(l))
		}
		return d.usable(it, l)
	}
	for _, text := range []string{l.SKU, l.Name} {
		if Fold(text) == "" {
			continue
		}
		if ref, out := d.byIdentity(text, l); ref != (Ref{}) || out != nil {
			return ref, out
		}
	}
	switch {
	case d.rules.MissingItem == "make" && Fold(identity) != "":
		return d.makeItem(identity, l, taxed)
	case d.rules.MissingItem == "fallback":
		return d.standIn("fallback-item", d.rules.FallbackItem, l, "QuickBooks has no item for %s; by the rule missing-item it is written as %q.")
	}
	return Ref{}, attention(ItemMissing, "Add the item in QuickBooks, map these goods to one, or set the rule missing-item to make."+d.didYouMean(l.SKU, l.Name), "QuickBooks has no item for %s.", goodsName(l))
}

// itemFor is the item that the rules name for a SKU or name.
func (r Rules) itemFor(identity string) string {
	if name := r.Items[identity]; name != "" {
		return name
	}
	return r.Items[Fold(identity)]
}

// goodsName names goods in a sentence, on one line.
func goodsName(l order.Line) string {
	name, sku := strings.Join(strings.Fields(strings.Map(visible, l.Name)), " "), strings.Join(strings.Fields(strings.Map(visible, l.SKU)), " ")
	if sku == "" {
		return fmt.Sprintf("%q", name)
	}
	return fmt.Sprintf("%q (SKU %s)", name, sku)
}

// usable checks an item that was named for a line.
func (d *draft) usable(it *Item, l order.Line) (Ref, *outcome) {
	if !d.sells(it) {
		cure := "Map these goods to a service, non-inventory, other charge or inventory item."
		if it.Kind == groupKind {
			cure = "Map these goods to an item that is no group, or set the rule group-items to members, or to plain and name the plain-item."
		}
		return Ref{}, attention(ItemNotSellable, cure, "%s leads to the item %q, which is of the kind %s and can't stand for goods.", goodsName(l), it.FullName, it.Kind)
	}
	if !it.Active {
		return Ref{}, attention(ItemInactive, "Make the item active in QuickBooks, or map these goods to another.",
			"%s leads to the item %q, which is inactive in QuickBooks.", goodsName(l), it.FullName)
	}
	if it.Kind == groupKind && d.rules.GroupItems == "plain" {
		return d.standIn("plain-item", d.rules.PlainItem, l, "%s is a group item in QuickBooks, of which the members would set the price; by the rule group-items it is written as %q.")
	}
	return itemRef(it), nil
}

// standIn is the item that the rules name for goods that have none of their own.
// sentence says so with the goods' name and the item's.
func (d *draft) standIn(rule, name string, l order.Line, sentence string) (Ref, *outcome) {
	if missing := d.books.unfit(rule, name); missing != nil {
		return Ref{}, unset(RulesIncomplete, "Set the rules named here; `qbridge doctor` lists them.", "%s", missing.Sentence)
	}
	it := d.books.item(name)
	d.adjust(Adjustment{Cause: strings.ReplaceAll(rule, "-", " "), Field: "item", From: given(l.SKU, l.Name), To: it.FullName, Sentence: fmt.Sprintf(sentence, goodsName(l), it.FullName)})
	return itemRef(it), nil
}

// byIdentity looks for the one active sellable item that a text names: by its
// full name, its name below a parent, its part number or its bar code. A text
// that names several items, or only items which can't be used, stops the order
// rather than let a weaker sign decide. The text is also tried as the name that
// we would give, so that an item made for a long SKU, or for one of letters
// QuickBooks lacks, is found again.
func (d *draft) byIdentity(text string, l order.Line) (Ref, *outcome) {
	keys := []string{Fold(text)}
	if own := Fold(identified(text, d.limit("ItemNonInventoryAdd", "Name"))); own != keys[0] {
		keys = append(keys, own)
	}
	var unusable *Item
	for _, key := range keys {
		var good []*Item
		var how []string
		for _, by := range []struct {
			sign  string
			found []*Item
		}{
			{"name", d.books.itemNames[key]}, {"name", d.books.shortItem[key]}, {"part number", d.books.itemParts[key]}, {"bar code", d.books.itemCodes[key]},
		} {
			for _, it := range by.found {
				switch {
				case !d.sells(it) || !it.Active:
					if unusable == nil {
						unusable = it
					}
				case !slices.Contains(good, it):
					good, how = append(good, it), append(how, fmt.Sprintf("%s (by its %s)", it.FullName, by.sign))
				}
			}
		}
		if len(good) == 1 {
			return d.usable(good[0], l)
		}
		if len(good) > 1 {
			return Ref{}, attention(ItemUnsure, "Map these goods to one of them.", "%s fits %d items in QuickBooks: %s and %s.", goodsName(l), len(good), how[0], how[1])
		}
	}
	if unusable != nil {
		return d.usable(unusable, l)
	}
	return Ref{}, nil
}
