package posting_test

import (
	"strings"
	"testing"

	"qbridge/internal/order"
	"qbridge/internal/posting"
)

func TestItemOfALine(t *testing.T) {
	long := "EXTRA-LONG-STOCK-KEEPING-UNIT-OF-THE-SHOP-RED"
	chosen := func(key, id string) func(*setting) {
		return func(s *setting) { s.sale.Decisions.Items = map[string]string{key: id} }
	}
	mapped := func(key, name string) func(*setting) {
		return func(s *setting) {
			if err := s.rules.Set("items."+key, name); err != nil {
				panic(err)
			}
		}
	}
	making := func(s *setting) { s.rules.MissingItem = "make" }
	cases := []struct {
		name   string
		line   order.Line
		change func(*setting)
		listID string
		row    string
		called string
		cause  posting.Cause
	}{
		{name: "SKU is the item's name", line: order.Line{SKU: " ts-42", Name: "Shoe"}, listID: "I-TS42"},
		{name: "SKU is a part number", line: order.Line{SKU: "lmp-9", Name: "?"}, listID: "I-PART"},
		{name: "SKU is a bar code", line: order.Line{SKU: "4006381333931", Name: "?"}, listID: "I-PART"},
		{name: "full name of a sub-item", line: order.Line{SKU: "Shoes:SUB-7", Name: "?"}, listID: "I-SUB1"},
		{name: "name of sub-items of two parents", line: order.Line{SKU: "SUB-7", Name: "?"}, cause: posting.ItemUnsure},
		{name: "name, without SKU", line: order.Line{Name: "enamel  mug"}, listID: "I-MUG"},
		{name: "name, with an unknown SKU", line: order.Line{SKU: "MUG-1", Name: "Enamel Mug"}, listID: "I-MUG"},
		{name: "inactive by SKU, though the name would do", line: order.Line{SKU: "OLD-1", Name: "Enamel Mug"}, cause: posting.ItemInactive},
		{name: "group", line: order.Line{SKU: "BUNDLE", Name: "Enamel Mug"}, cause: posting.ItemNotSellable},
		{name: "subtotal", line: order.Line{SKU: "LAST", Name: "?"}, cause: posting.ItemNotSellable},
		{name: "tax item", line: order.Line{Name: "County"}, cause: posting.ItemNotSellable},
		{name: "chosen by a person", line: order.Line{SKU: "TS-42", Name: "Shoe"}, change: chosen("ts-42", "I-WSM"), listID: "I-WSM"},
		{name: "chosen for a name with options", line: order.Line{Name: "Shoe", Options: []order.Option{{Name: "Size", Value: "XL"}}}, change: chosen("shoe, size: xl", "I-WSM"), listID: "I-WSM"},
		{name: "chosen, but gone", line: order.Line{SKU: "TS-42", Name: "Shoe"}, change: chosen("ts-42", "I-GONE"), cause: posting.ItemMissing},
		{name: "chosen, but a discount", line: order.Line{SKU: "TS-42", Name: "Shoe"}, change: chosen("ts-42", "I-DISC"), cause: posting.ItemNotSellable},
		{name: "by rule, before SKU", line: order.Line{SKU: "TS-42", Name: "Shoe"}, change: mapped("TS-42", "ws-m"), listID: "I-WSM"},
		{name: "by rule, for a name", line: order.Line{Name: "Gift Wrap"}, change: mapped("gift wrap", "Handling"), listID: "I-HAND"},
		{name: "by rule, to nothing", line: order.Line{SKU: "TS-42", Name: "Shoe"}, change: mapped("TS-42", "Nowhere"), cause: posting.ItemMissing},
		{name: "by rule, to an inactive item", line: order.Line{SKU: "TS-42", Name: "Shoe"}, change: mapped("TS-42", "OLD-1"), cause: posting.ItemInactive},
		{name: "unknown", line: order.Line{SKU: "NEW", Name: "New"}, cause: posting.ItemMissing},
		// users.md 14, 15: what is close is suggested, what is deleted is said.
		{name: "found by two keys", line: order.Line{SKU: "LMP-9", Name: "Lamp"}, change: func(s *setting) {
			s.lists.Items = append(s.lists.Items, posting.Item{ListID: "I-LMP", Name: "lmp-9", FullName: "lmp-9", Kind: "Service", Active: true})
		}, cause: posting.ItemUnsure},
		{name: "found by two keys, one of them inactive", line: order.Line{SKU: "LMP-9", Name: "Lamp"}, change: func(s *setting) {
			s.lists.Items = append(s.lists.Items, posting.Item{ListID: "I-LMP", Name: "lmp-9", FullName: "lmp-9", Kind: "Service"})
		}, listID: "I-PART"},
		{name: "found twice by one item", line: order.Line{SKU: "X-1", Name: "Lamp"}, change: func(s *setting) {
			s.lists.Items = append(s.lists.Items, posting.Item{ListID: "I-X1", Name: "X-1", FullName: "Lamps:X-1", Kind: "Service", Active: true, PartNumber: "x-1", BarCode: "X-1"})
		}, listID: "I-X1"},
		{name: "by rule, a ListID", line: order.Line{SKU: "TS-42", Name: "Shoe"}, change: mapped("TS-42", "I-SUB2"), listID: "I-SUB2"},
		{name: "by rule, a ListID that is gone", line: order.Line{SKU: "TS-42", Name: "Shoe"}, change: mapped("TS-42", "I-GONE"), cause: posting.ItemMissing},
		{name: "fallback", line: order.Line{SKU: "NEW", Name: "New"}, change: func(s *setting) {
			s.rules.MissingItem, s.rules.FallbackItem = "fallback", "ws-m"
		}, listID: "I-WSM"},
		{name: "fallback is for none that is inactive", line: order.Line{SKU: "OLD-1", Name: "Old"}, change: func(s *setting) {
			s.rules.MissingItem, s.rules.FallbackItem = "fallback", "ws-m"
		}, cause: posting.ItemInactive},
		{name: "fallback for goods without SKU and name", line: order.Line{}, change: func(s *setting) {
			s.rules.MissingItem, s.rules.FallbackItem = "fallback", "I-WSM"
		}, listID: "I-WSM"},
		// users.md 11
		{name: "group as a plain item", line: order.Line{SKU: "BUNDLE", Name: "Bundle"}, change: func(s *setting) {
			s.rules.GroupItems, s.rules.PlainItem = "plain", "WS-M"
		}, listID: "I-WSM"},
		{name: "group by rule as a plain item", line: order.Line{SKU: "TS-42", Name: "Bundle"}, change: func(s *setting) {
			mapped("TS-42", "Bundle")(s)
			s.rules.GroupItems, s.rules.PlainItem = "plain", "WS-M"
		}, listID: "I-WSM"},
		{name: "neither SKU nor name", line: order.Line{}, change: making, cause: posting.ItemMissing},
		{name: "made", line: order.Line{SKU: "NEW", Name: "New"}, change: making, row: "item:new", called: "NEW"},
		{name: "made by name", line: order.Line{Name: "New: thing"}, change: making, row: "item:new: thing", called: "New - thing-ZKJH2Y"}, // Q10
		{name: "promised", line: order.Line{SKU: "NEW", Name: "New"}, change: func(s *setting) {
			making(s)
			s.lists.Promised = []posting.Promise{{Key: "item:new", Kind: "ItemService", Name: "NEW"}}
		}, row: "item:new", called: "NEW"},
		{name: "name promised to other goods", line: order.Line{Name: "A-B"}, change: func(s *setting) {
			making(s)
			s.lists.Promised = []posting.Promise{{Key: "item:other", Kind: "ItemService", Name: "a-b"}}
		}, cause: posting.ItemUnsure},
		{name: "SKU of invisible characters", line: order.Line{SKU: "\u200b", Name: "Enamel\u200b Mug"}, listID: "I-MUG"},
		{name: "made earlier under a cut name", line: order.Line{SKU: long, Name: "Long"}, change: func(s *setting) {
			making(s)
			made := s.with(order.Line{SKU: long, Name: "Long"}).decide().Lists[0].Name
			s.lists.Items = append(s.lists.Items, posting.Item{ListID: "I-MADE", Name: made, FullName: made, Kind: "NonInventory", Active: true})
		}, listID: "I-MADE"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := setting{posting.Sale{Order: plain()}, rules(), lists()}
			if c.change != nil {
				c.change(&s)
			}
			p := s.with(c.line).decide()
			if c.cause != "" {
				if p.Cause != c.cause {
					t.Fatalf("%q (%s), want %q", p.Cause, p.Reason, c.cause)
				}
				return
			}
			d := mustPost(t, p)
			if got := d.Lines[0].Item; got.ListID != c.listID || got.Row != c.row {
				t.Fatalf("item %+v, want ListID %q or row %q", got, c.listID, c.row)
			}
			if c.row == "" {
				return
			}
			if len(p.Lists) != 1 || p.Lists[0].Name != c.called || p.Lists[0].Kind != "ItemNonInventory" || p.Lists[0].Add.ItemNonInventory.Name != c.called {
				t.Errorf("rows %+v, want one called %q", p.Lists, c.called)
			}
			if account := p.Lists[0].Add.ItemNonInventory.SalesOrPurchase.AccountRef; account.ListID != "A-INC" {
				t.Errorf("income account %+v", account)
			}
		})
	}
}

// Goods, methods and buyers without e-mail whose names QuickBooks would show
// alike stay apart, take nothing that has the likeness for a name, and find
// again what was made for them.
func TestLikenessIsNoIdentity(t *testing.T) {
	names := []struct{ name, likeness string }{{"🎁", "?"}, {"🎄", "?"}, {"红涩", "Hong Se"}, {"红色", "Hong Se"}, {"A:B", "A -B"}, {"Łódź", "Lódz"}}
	made := map[string]string{}
	for _, n := range names {
		s := setting{posting.Sale{Order: plain()}, rules(), lists()}
		s.rules.MissingItem, s.rules.MissingMethod, s.rules.PaymentMethods = "make", "make", nil
		s.lists.Items = append(s.lists.Items, posting.Item{ListID: "I-LIKE", Name: n.likeness, FullName: n.likeness, Kind: "NonInventory", Active: true})
		s.lists.PaymentMethods = append(s.lists.PaymentMethods, posting.Entry{ListID: "M-LIKE", Name: n.likeness, Active: true})
		s.lists.Names = append(s.lists.Names, posting.Name{ListID: "N-LIKE", Name: n.likeness, FullName: n.likeness, Kind: "Customer", Active: true})
		o := named("", "", "")
		o.Billing.Name, o.PaymentMethod, o.PaymentModule = n.name, n.name, ""
		s.sale.Order = o
		s = s.with(order.Line{SKU: n.name, Name: "Thing"})
		p := s.decide()
		if d := mustPost(t, p); len(p.Lists) != 3 || d.Lines[0].Item.ListID+d.Customer.ListID+d.PaymentMethod.ListID != "" {
			t.Fatalf("%s took %+v, %+v, %+v", n.name, d.Lines[0].Item, d.Customer, d.PaymentMethod)
		}
		for _, row := range p.Lists {
			if other := made[row.Kind+row.Name]; other != "" || !strings.HasPrefix(row.Name, n.likeness+"-") {
				t.Errorf("%s %s became %q, as did %q", row.Kind, n.name, row.Name, other)
			}
			made[row.Kind+row.Name] = n.name
			switch row.Kind {
			case "Customer":
				s.lists.Names = append(s.lists.Names, posting.Name{ListID: "N-MADE", Name: row.Name, FullName: row.Name, Kind: "Customer", Active: true})
			case "PaymentMethod":
				s.lists.PaymentMethods = append(s.lists.PaymentMethods, posting.Entry{ListID: "M-MADE", Name: row.Name, Active: true})
			default:
				s.lists.Items = append(s.lists.Items, posting.Item{ListID: "I-MADE", Name: row.Name, FullName: row.Name, Kind: "NonInventory", Active: true})
			}
		}
		s.sale.Order.Lines[0].SKU = strings.ToLower(n.name) // another spelling of it
		if d := mustPost(t, s.decide()); d.Lines[0].Item.ListID != "I-MADE" || d.Customer.ListID != "N-MADE" || d.PaymentMethod.ListID != "M-MADE" {
			t.Errorf("%s met again: %+v, %+v, %+v", n.name, d.Lines[0].Item, d.Customer, d.PaymentMethod)
		}
	}
}

// with replaces the goods of the order by one line of 5.00.
func (s setting) with(l order.Line) setting {
	l.Price, l.Quantity = dec("5"), 1
	s.sale.Order.Lines, s.sale.Order.Subtotal, s.sale.Order.Total = []order.Line{l}, dec("5"), dec("5")
	return s
}

// Goods on several lines make one row; goods whose names are cut stay apart (Q9).
func TestMadeItemsAreSharedAndApart(t *testing.T) {
	s := setting{posting.Sale{Order: plain()}, rules(), lists()}
	s.rules.MissingItem, s.rules.NewItemKind = "make", "Service"
	o := &s.sale.Order
	o.Lines = nil
	for _, sku := range []string{"VERY-LONG-STOCK-KEEPING-UNIT-0001-RED", "VERY-LONG-STOCK-KEEPING-UNIT-0001-BLUE", "very-long-stock-keeping-unit-0001-red"} {
		o.Lines = append(o.Lines, order.Line{SKU: sku, Name: "Thing", Price: dec("1"), Quantity: 1})
	}
	o.Subtotal, o.Total = dec("3"), dec("3")
	p := s.decide()
	d := mustPost(t, p)
	if len(p.Lists) != 2 || p.Lists[0].Name == p.Lists[1].Name || d.Lines[0].Item != d.Lines[2].Item {
		t.Fatalf("rows %+v", p.Lists)
	}
	for _, row := range p.Lists {
		if row.Kind != "ItemService" || row.Add.ItemService == nil || len([]rune(row.Name)) > 31 { // Q8
			t.Errorf("row %+v", row)
		}
	}
}

// The description says what was bought: name, choices, and the SKU when the item
// is called otherwise.
func TestDescription(t *testing.T) {
	size := []order.Option{{Name: "Size", Value: "M"}, {Name: "Engraving", Value: "For\nJo"}}
	for name, c := range map[string]struct {
		line order.Line
		want string
	}{
		"item named after the SKU": {order.Line{SKU: "TS-42", Name: "Trail Shoe", Options: size}, "Trail Shoe, Size: M, Engraving: For\nJo"},
		"item named otherwise":     {order.Line{SKU: "LMP-9", Name: "Brass lamp"}, "Brass lamp, SKU LMP-9"},
		"without SKU":              {order.Line{Name: "Enamel Mug"}, "Enamel Mug"},
	} {
		t.Run(name, func(t *testing.T) {
			d := mustPost(t, setting{posting.Sale{Order: plain()}, rules(), lists()}.with(c.line).decide())
			if d.Lines[0].Desc != c.want {
				t.Errorf("%q, want %q", d.Lines[0].Desc, c.want)
			}
		})
	}
}

// A description that is too long goes on in the memo; nothing is lost unsaid (Q8).
func TestLongDescriptionGoesOnInTheMemo(t *testing.T) {
	l := order.Line{SKU: "TS-42", Name: strings.Repeat("long ", 820) + "end of it"}
	p := setting{posting.Sale{Order: plain()}, rules(), lists()}.with(l).decide()
	d := mustPost(t, p)
	if n := len([]rune(d.Lines[0].Desc)); n > 4095 {
		t.Errorf("the description has %d characters", n)
	}
	if !strings.Contains(d.Memo, "end of it") || len(p.Adjustments) != 1 || p.Adjustments[0].Cause != "shortened" {
		t.Errorf("memo %q, adjustments %d", d.Memo, len(p.Adjustments))
	}
}

func TestPaymentMethodAndDepositTo(t *testing.T) {
	cases := []struct {
		name           string
		method, module string
		change         func(*posting.Rules)
		listID, row    string
		deposit        string
		noted          string // a piece of the memo
	}{
		{name: "by rule for the processor", method: "Credit or debit card", module: "Stripe", listID: "M-VISA", deposit: "A-UND"},
		{name: "by rule for the method first", method: "Pay by cheque", module: "stripe", change: func(r *posting.Rules) { r.PaymentMethods["pay BY cheque"] = "check" }, listID: "M-CHECK", deposit: "A-UND"},
		{name: "same name", method: "CHECK", listID: "M-CHECK", deposit: "A-UND"},
		{name: "none at all", deposit: "A-UND"},
		{name: "made", method: "PayPal", change: func(r *posting.Rules) { r.MissingMethod = "make" }, row: "method:paypal", deposit: "A-UND"},
		{name: "omitted", method: "PayPal", change: func(r *posting.Rules) { r.MissingMethod = "omit" }, deposit: "A-UND", noted: "paid by PayPal"},
		{name: "inactive, omitted", method: "Barter", change: func(r *posting.Rules) { r.MissingMethod = "omit" }, deposit: "A-UND", noted: "paid by Barter"},
		{name: "account by processor", method: "Credit or debit card", module: "Stripe", change: func(r *posting.Rules) { r.DepositToByMethod = map[string]string{"stripe": "Clearing:Stripe"} }, listID: "M-VISA", deposit: "A-STRIPE"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := setting{posting.Sale{Order: plain()}, rules(), lists()}
			s.sale.Order.PaymentMethod, s.sale.Order.PaymentModule = c.method, c.module
			if c.change != nil {
				c.change(&s.rules)
			}
			p := s.decide()
			d := mustPost(t, p)
			if d.PaymentMethod.ListID != c.listID || d.PaymentMethod.Row != c.row || d.DepositTo.ListID != c.deposit {
				t.Errorf("method %+v, deposit to %+v", d.PaymentMethod, d.DepositTo)
			}
			if !strings.Contains(d.Memo, c.noted) {
				t.Errorf("memo %q lacks %q", d.Memo, c.noted)
			}
			if (c.row != "") != (len(p.Lists) == 1) {
				t.Errorf("rows %+v", p.Lists)
			}
		})
	}
}
