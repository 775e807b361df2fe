package posting

import (
	"fmt"
	"slices"
	"strings"

	"qbridge/internal/order"
	"qbridge/qbxml"
)

// makeItem plans a new item after the template in the rules. Two orders of the
// same goods share the row. Inventory items are never made: they need an asset
// account, one for the cost of goods sold, and a count to begin with, which no
// order tells.
func (d *draft) makeItem(identity string, l order.Line, taxed bool) (Ref, *outcome) {
	if d.rules.NewItemName == "name" && Fold(l.Name) != "" {
		identity = l.Name
	}
	kind := "Item" + d.rules.NewItemKind
	parent, missing := d.books.newItemParent(d.rules)
	if missing != nil {
		return Ref{}, unset(RulesIncomplete, "Set the rules named here; `qbridge doctor` lists them.", "%s", missing.Sentence)
	}
	code, missing := d.newItemCode(taxed)
	if missing != nil {
		return Ref{}, unset(RulesIncomplete, "Set the rules named here; `qbridge doctor` lists them.", "%s", missing.Sentence)
	}
	key, above := "item:"+Fold(identity), ""
	if parent != nil {
		above = parent.FullName + ":"
	}
	name := identified(identity, d.limit(kind+"Add", "Name"))
	if p := d.books.promised(key); p != nil {
		name = p.Name[strings.LastIndexByte(p.Name, ':')+1:]
	}
	if ref, planned := d.rowKeys[key]; planned {
		return ref, nil
	}
	folded := space(kind) + Fold(above+name)
	if p := d.books.reservedBy(folded); d.rowNames[folded] || p != nil && p.Key != key {
		return Ref{}, attention(ItemUnsure, "Map these goods to an item.", "%s would be called %q in QuickBooks, and so would other goods.", goodsName(l), above+name)
	}
	if name != identity {
		d.adjust(Adjustment{Cause: "name", Field: "item name", From: identity, To: name,
			Sentence: fmt.Sprintf("The item for %s is called %q in QuickBooks, which holds %d characters, no colon, and no letters beyond Western Europe's.", goodsName(l), name, d.limit(kind+"Add", "Name"))})
	}
	add := d.itemAdd(kind, name, l, code)
	if parent != nil {
		add.under(qbxml.RefID(parent.ListID))
	}
	return d.add(ListRow{Key: key, Kind: kind, Name: above + name, Add: add}), nil
}

// newItemParent is the item that new ones go below; nil when the rules name
// none. QuickBooks wants it of their kind.
func (b *Books) newItemParent(r Rules) (*Item, *Missing) {
	if r.NewItemParent == "" {
		return nil, nil
	}
	if m := b.unfit("new-item-parent", r.NewItemParent); m != nil {
		return nil, m
	}
	it := b.item(r.NewItemParent)
	if it.Kind != r.NewItemKind {
		return nil, &Missing{Key: "new-item-parent", Sentence: fmt.Sprintf("The rule new-item-parent names %q, which is of the kind %s; the rule new-item-kind is %s, and QuickBooks takes only items of one kind below one another.", it.FullName, it.Kind, r.NewItemKind)}
	}
	if strings.Count(it.FullName, ":")+2 > maxLevels {
		return nil, &Missing{Key: "new-item-parent", Sentence: fmt.Sprintf("The rule new-item-parent names %q, which is itself of the %dth level: QuickBooks takes no items below it.", it.FullName, maxLevels)}
	}
	return it, nil
}

// newItemCode is the tax code of a new item: the one that the rules name, else
// that of the line; nil when sales tax is off.
func (d *draft) newItemCode(taxed bool) (*qbxml.Ref, *Missing) {
	code := d.lineCode(taxed)
	if code == (Ref{}) {
		return nil, nil
	}
	if name := d.rules.NewItemTaxCode; name != "" {
		if m := d.books.unfit("new-item-tax-code", name); m != nil {
			return nil, m
		}
		code = codeRef(d.books.codeNames[Fold(name)])
	}
	return qbxml.RefID(code.ListID), nil
}

func (d *draft) itemAdd(kind, name string, l order.Line, code *qbxml.Ref) ListAdd {
	desc, _ := d.fit(kind+"Add", "SalesOrPurchase/Desc", "item's description", l.Name)
	sale := &qbxml.SalesOrPurchase{Desc: desc, AccountRef: qbxml.RefID(d.books.account(d.rules.IncomeAccount).ListID)}
	inside := d.order.PricesInclude != nil && *d.order.PricesInclude || slices.ContainsFunc(l.Taxes, func(t order.Tax) bool { return t.Included })
	if d.rules.NewItemPrice == "shop" && !inside && l.Price.IsPositive() && l.Price.Equal(l.Price.Truncate(priceDecimals)) {
		sale.Price = &l.Price
	}
	switch kind {
	case "ItemService":
		return ListAdd{ItemService: &qbxml.ItemServiceAdd{Name: name, SalesTaxCodeRef: code, SalesOrPurchase: sale}}
	case "ItemOtherCharge":
		return ListAdd{ItemOtherCharge: &qbxml.ItemOtherChargeAdd{Name: name, SalesTaxCodeRef: code, SalesOrPurchase: sale}}
	}
	add := &qbxml.ItemNonInventoryAdd{Name: name, SalesTaxCodeRef: code, SalesOrPurchase: sale}
	part, changes := qbxml.Text(l.SKU, false)
	if d.rules.NewItemName != "name" && len(changes) == 0 && len([]rune(part)) <= d.limit("ItemNonInventoryAdd", "ManufacturerPartNumber") {
		add.ManufacturerPartNumber = part
	}
	return ListAdd{ItemNonInventory: add}
}

// priceDecimals is how many decimals a price of QuickBooks has (quickbooks.md
// 1.5).
const priceDecimals = 5

// under puts a new item below another.
func (a ListAdd) under(parent *qbxml.Ref) {
	switch {
	case a.ItemService != nil:
		a.ItemService.ParentRef = parent
	case a.ItemOtherCharge != nil:
		a.ItemOtherCharge.ParentRef = parent
	case a.ItemNonInventory != nil:
		a.ItemNonInventory.ParentRef = parent
	}
}
