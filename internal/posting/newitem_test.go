package posting_test

import (
	"strings"
	"testing"

	"qbridge/internal/order"
	"qbridge/internal/posting"
)

// making are rules that add items.
func making(change func(*posting.Rules)) setting {
	s := setting{posting.Sale{Order: plain()}, rules(), lists()}
	s.rules.MissingItem = "make"
	if change != nil {
		change(&s.rules)
	}
	return s
}

// of puts goods, one of each, in place of the order's.
func (s setting) of(lines ...order.Line) setting {
	total := dec("0")
	for i := range lines {
		if lines[i].Quantity = 1; lines[i].Price.IsZero() {
			lines[i].Price = dec("5")
		}
		total = total.Add(lines[i].Goods(2))
	}
	s.sale.Order.Lines, s.sale.Order.Subtotal, s.sale.Order.Total = lines, total, total
	return s
}

// New items follow the template that the rules give.
func TestNewItems(t *testing.T) {
	inside := true
	gross := making(func(r *posting.Rules) { r.NewItemPrice = "shop" })
	gross.sale.Order.PricesInclude = &inside
	odd := order.Line{SKU: "NEW-1", Name: "New Thing", Price: dec("0.1234567")}
	line := order.Line{SKU: "NEW-1", Name: "New Thing", Price: dec("12.3456")}
	for name, c := range map[string]struct {
		setting setting
		line    order.Line
		key     string
		called  string // full name
		parent  string
		part    string
		code    string
		price   string
	}{
		"as ever":                       {making(nil), line, "item:new-1", "NEW-1", "", "NEW-1", "C-NON", ""},
		"called by its name":            {making(func(r *posting.Rules) { r.NewItemName = "name" }), line, "item:new thing", "New Thing", "", "", "C-NON", ""},
		"by its name, without one":      {making(func(r *posting.Rules) { r.NewItemName = "name" }), order.Line{SKU: "NEW-1"}, "item:new-1", "NEW-1", "", "", "C-NON", ""},
		"below another":                 {making(func(r *posting.Rules) { r.NewItemParent = "WS-M" }), line, "item:new-1", "WS-M:NEW-1", "I-WSM", "NEW-1", "C-NON", ""},
		"with a tax code":               {making(func(r *posting.Rules) { r.NewItemTaxCode = "tax" }), line, "item:new-1", "NEW-1", "", "NEW-1", "C-TAX", ""},
		"with its price":                {making(func(r *posting.Rules) { r.NewItemPrice = "shop" }), line, "item:new-1", "NEW-1", "", "NEW-1", "C-NON", "12.3456"},
		"with a price beyond PRICETYPE": {making(func(r *posting.Rules) { r.NewItemPrice = "shop" }), odd, "item:new-1", "NEW-1", "", "NEW-1", "C-NON", ""},
		"with a price that has tax":     {gross, line, "item:new-1", "NEW-1", "", "NEW-1", "C-NON", ""},
	} {
		t.Run(name, func(t *testing.T) {
			p := c.setting.of(c.line).decide()
			d := mustPost(t, p)
			row := p.Lists[0]
			add := row.Add.ItemNonInventory
			parent, price := "", ""
			if add.ParentRef != nil {
				parent = add.ParentRef.ListID
			}
			if add.SalesOrPurchase.Price != nil {
				price = add.SalesOrPurchase.Price.String()
			}
			own := c.called[strings.LastIndexByte(c.called, ':')+1:]
			if row.Key != c.key || row.Name != c.called || d.Lines[0].Item.Name != c.called || add.Name != own || parent != c.parent || add.ManufacturerPartNumber != c.part || add.SalesTaxCodeRef.ListID != c.code || price != c.price {
				t.Errorf("row %q called %q: name %q, parent %q, part number %q, code %q, price %q", row.Key, row.Name, add.Name, parent, add.ManufacturerPartNumber, add.SalesTaxCodeRef.ListID, price)
			}
			encode(t, p)
		})
	}
}

// An item made below another is found again, on the way or in the books, and
// goods of several SKUs share one that is called by their name.
func TestNewItemsAreFoundAgain(t *testing.T) {
	for _, kind := range []string{"NonInventory", "Service", "OtherCharge"} {
		s := making(func(r *posting.Rules) { r.NewItemName, r.NewItemKind, r.NewItemParent = "name", kind, "Web" })
		s.lists.Items = append(s.lists.Items, posting.Item{ListID: "I-WEB", Name: "Web", FullName: "Web", Kind: kind, Active: true})
		first := s.of(order.Line{SKU: "SHIRT-S", Name: "Shirt"}, order.Line{SKU: "SHIRT-M", Name: "Shirt"}).decide()
		if mustPost(t, first); len(first.Lists) != 1 || first.Lists[0].Name != "Web:Shirt" || first.Lists[0].Kind != "Item"+kind {
			t.Fatalf("%+v", first.Lists)
		}
		row := first.Lists[0]
		s.lists.Promised = []posting.Promise{{Key: row.Key, Kind: row.Kind, Name: row.Name}}
		second := s.of(order.Line{SKU: "SHIRT-L", Name: "Shirt"}).decide()
		if d := mustPost(t, second); len(second.Lists) != 1 || second.Lists[0].Name != row.Name || d.Lines[0].Item.Row != row.Key {
			t.Errorf("on the way: %+v", second.Lists)
		}
		s.lists.Promised = nil
		s.lists.Items = append(s.lists.Items, posting.Item{ListID: "I-SHIRT", Name: "Shirt", FullName: "Web:Shirt", Kind: kind, Active: true})
		if third := mustPost(t, s.of(order.Line{SKU: "SHIRT-L", Name: "Shirt"}).decide()); third.Lines[0].Item.ListID != "I-SHIRT" {
			t.Errorf("in the books: %+v", third.Lines[0].Item)
		}
	}
}

// Items that stand in for others are said with the goods' name.
func TestItemsThatStandIn(t *testing.T) {
	s := setting{posting.Sale{Order: plain()}, rules(), lists()}
	s.rules.MissingItem, s.rules.FallbackItem, s.rules.GroupItems, s.rules.PlainItem = "fallback", "WS-M", "plain", "Enamel Mug"
	p := s.of(order.Line{SKU: "NEW", Name: "New"}, order.Line{SKU: "BUNDLE", Name: "Set"}).decide()
	d := mustPost(t, p)
	if len(p.Lists) != 0 || d.Lines[0].Item.ListID != "I-WSM" || d.Lines[1].Item.ListID != "I-MUG" || d.Lines[0].Desc != "New, SKU NEW" || d.Lines[1].Desc != "Set, SKU BUNDLE" {
		t.Errorf("%+v", d.Lines)
	}
	if len(p.Adjustments) != 2 || p.Adjustments[0].Cause != "fallback item" || p.Adjustments[1].Cause != "plain item" ||
		!strings.Contains(p.Adjustments[0].Sentence, `"New" (SKU NEW)`) || !strings.Contains(p.Adjustments[1].Sentence, `"Set" (SKU BUNDLE)`) {
		t.Errorf("%+v", p.Adjustments)
	}
}

// users.md 14: the closest items are suggested, three at most; other digits are
// other goods.
func TestDidYouMean(t *testing.T) {
	l := lists()
	for _, it := range []posting.Item{
		{Name: "Enamel-Mug", Kind: "Service", Active: true}, {Name: "Blue Mug, large", Kind: "Service", Active: true}, {Name: "MUG 500", Kind: "Service", Active: true, PartNumber: "AB-77-C"},
		{Name: "Candles", Kind: "Service", Active: true}, {Name: "Candle", Kind: "Service"}, {Name: "Candled", Kind: "Subtotal", Active: true}, {Name: "Candle5", Kind: "Service", Active: true},
		{Name: "Kerzen a", Kind: "Service", Active: true}, {Name: "Kerzen b", Kind: "Service", Active: true}, {Name: "Kerzen c", Kind: "Service", Active: true}, {Name: "Kerzen d", Kind: "Service", Active: true},
	} {
		it.ListID, it.FullName = "I-"+it.Name, "Shop:"+it.Name
		l.Items = append(l.Items, it)
	}
	books := posting.NewBooks(l)
	for _, c := range []struct{ sku, name, want string }{
		{"TS42", "", ` Did you mean "TS-42"?`},
		{"ts 43", "", ""},
		{"", "Enamel Mugg", ` Did you mean "Enamel Mug" or "Shop:Enamel-Mug"?`},
		{"ab/77 c", "", ` Did you mean "Shop:MUG 500"?`},
		{"BlueMugLarge", "", ` Did you mean "Shop:Blue Mug, large"?`},
		{"", "Kandle", ""}, // only "Candles" may be sold: two letters in six are a chance
		{"", "Candel", ""},
		{"", "Candlez", ` Did you mean "Shop:Candles"?`},
		{"", "Kerzen", ` Did you mean "Shop:Kerzen a", "Shop:Kerzen b" or "Shop:Kerzen c"?`},
		{"XX", "Y", ""},
		{"🎁", "🎄", ""},
	} {
		p := posting.Decide(setting{posting.Sale{Order: plain()}, rules(), l}.of(order.Line{SKU: c.sku, Name: c.name}).sale, rules(), books)
		want := "Add the item in QuickBooks, map these goods to one, or set the rule missing-item to make." + c.want
		if p.Cause != posting.ItemMissing || p.Cure != want {
			t.Errorf("%q, %q: %s %q, want %q", c.sku, c.name, p.Cause, p.Cure, want)
		}
	}
}
