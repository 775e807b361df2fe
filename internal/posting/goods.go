package posting

import (
	"fmt"
	"strings"

	"qbridge/internal/order"
	"qbridge/qbxml"
)

// sellable are the kinds of items that may stand for goods.
func sellable(kind string) bool {
	switch kind {
	case "Service", "NonInventory", "OtherCharge", "Inventory", "InventoryAssembly":
		return true
	}
	return false
}

// goodsItem finds or plans the item of a line: the one a person chose; else the
// one the rules name for the SKU, or for the name of goods without one; else by
// SKU (full name, name, part number, bar code); else by name; else, if the rules
// say so, a new row.
func (d *draft) goodsItem(l order.Line, taxed bool) (Ref, *outcome) {
	if chosen := d.decisions.Items[ItemKey(l)]; chosen != "" {
		it := d.books.items[chosen]
		if it == nil {
			return Ref{}, attention(ItemMissing, "Choose the item again.", "The item chosen for %s is not in QuickBooks any more.", goodsName(l))
		}
		return usable(it, l)
	}
	identity := l.SKU
	if Fold(identity) == "" {
		identity = l.Name
	}
	if name := d.rules.itemFor(identity); name != "" {
		it := d.books.item(name)
		if it == nil {
			return Ref{}, attention(ItemMissing, "Correct the rule, or add the item in QuickBooks.", "The rules name the item %q for %s, but QuickBooks has none of that name.", name, goodsName(l))
		}
		return usable(it, l)
	}
	for _, text := range []string{l.SKU, l.Name} {
		if Fold(text) == "" {
			continue
		}
		if ref, out := d.byIdentity(text, l); ref != (Ref{}) || out != nil {
			return ref, out
		}
	}
	return d.makeItem(identity, l, taxed)
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
func usable(it *Item, l order.Line) (Ref, *outcome) {
	if !sellable(it.Kind) {
		return Ref{}, attention(ItemNotSellable, "Map these goods to a service, non-inventory, other charge or inventory item.",
			"%s leads to the item %q, which is of the kind %s and can't stand for goods.", goodsName(l), it.FullName, it.Kind)
	}
	if !it.Active {
		return Ref{}, attention(ItemInactive, "Make the item active in QuickBooks, or map these goods to another.",
			"%s leads to the item %q, which is inactive in QuickBooks.", goodsName(l), it.FullName)
	}
	return itemRef(it), nil
}

// byIdentity looks for the one active sellable item that a text names. A text
// that names only items which can't be used stops the order rather than let a
// weaker sign decide. The text is also tried as the name that we would give, so
// that an item made for a long SKU, or for one of letters QuickBooks lacks, is
// found again.
func (d *draft) byIdentity(text string, l order.Line) (Ref, *outcome) {
	var unusable *Item
	for _, key := range []string{Fold(text), Fold(identified(text, d.limit("ItemNonInventoryAdd", "Name")))} {
		for _, index := range []map[string][]*Item{d.books.itemNames, d.books.shortItem, d.books.itemParts, d.books.itemCodes} {
			var good []*Item
			for _, it := range index[key] {
				if sellable(it.Kind) && it.Active {
					good = append(good, it)
				} else if unusable == nil {
					unusable = it
				}
			}
			if len(good) == 1 {
				return itemRef(good[0]), nil
			}
			if len(good) > 1 {
				return Ref{}, attention(ItemUnsure, "Map these goods to one of them.", "%s fits %d items in QuickBooks: %s and %s.", goodsName(l), len(good), good[0].FullName, good[1].FullName)
			}
		}
	}
	if unusable != nil {
		return usable(unusable, l)
	}
	return Ref{}, nil
}

// makeItem plans an item of the rules' kind and income account.
func (d *draft) makeItem(identity string, l order.Line, taxed bool) (Ref, *outcome) {
	if d.rules.MissingItem != "make" || Fold(identity) == "" {
		return Ref{}, attention(ItemMissing, "Add the item in QuickBooks, map these goods to one, or set the rule missing-item to make.", "QuickBooks has no item for %s.", goodsName(l))
	}
	key := "item:" + Fold(identity)
	kind := "Item" + d.rules.NewItemKind
	name := identified(identity, d.limit(kind+"Add", "Name"))
	if p := d.books.promises[key]; p != nil {
		name = p.Name
	}
	if ref, planned := d.rowKeys[key]; planned {
		return ref, nil
	}
	folded := space(kind) + Fold(name)
	if p := d.books.reserved[folded]; d.rowNames[folded] || p != nil && p.Key != key {
		return Ref{}, attention(ItemUnsure, "Map these goods to an item.", "%s would be called %q in QuickBooks, and so would other goods.", goodsName(l), name)
	}
	if name != identity {
		d.adjust(Adjustment{Cause: "name", Field: "item name", From: identity, To: name,
			Sentence: fmt.Sprintf("The item for %s is called %q in QuickBooks, which holds %d characters, no colon, and no letters beyond Western Europe's.", goodsName(l), name, d.limit(kind+"Add", "Name"))})
	}
	row := ListRow{Key: key, Kind: kind, Name: name, Add: d.itemAdd(kind, name, l, taxed)}
	return d.add(row), nil
}

func (d *draft) itemAdd(kind, name string, l order.Line, taxed bool) ListAdd {
	desc, _ := d.fit(kind+"Add", "SalesOrPurchase/Desc", "item's description", l.Name)
	sale := &qbxml.SalesOrPurchase{Desc: desc, AccountRef: qbxml.RefID(d.books.account(d.rules.IncomeAccount).ListID)}
	var code *qbxml.Ref
	if c := d.lineCode(taxed); c != (Ref{}) {
		code = qbxml.RefID(c.ListID)
	}
	switch kind {
	case "ItemService":
		return ListAdd{ItemService: &qbxml.ItemServiceAdd{Name: name, SalesTaxCodeRef: code, SalesOrPurchase: sale}}
	case "ItemOtherCharge":
		return ListAdd{ItemOtherCharge: &qbxml.ItemOtherChargeAdd{Name: name, SalesTaxCodeRef: code, SalesOrPurchase: sale}}
	}
	add := &qbxml.ItemNonInventoryAdd{Name: name, SalesTaxCodeRef: code, SalesOrPurchase: sale}
	if part, changes := qbxml.Text(l.SKU, false); len(changes) == 0 && len([]rune(part)) <= d.limit("ItemNonInventoryAdd", "ManufacturerPartNumber") {
		add.ManufacturerPartNumber = part
	}
	return ListAdd{ItemNonInventory: add}
}
