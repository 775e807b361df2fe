package posting_test

import (
	"fmt"
	"testing"

	"qbridge/internal/order"
	"qbridge/internal/posting"
)

// largeLists are those of a company file of many customers and items.
func largeLists(customers, items int) posting.Lists {
	l := lists()
	for i := range customers {
		name := fmt.Sprintf("Customer %05d", i)
		l.Names = append(l.Names, posting.Name{ListID: fmt.Sprintf("N-%d", i), Name: name, FullName: name, Kind: "Customer", Email: fmt.Sprintf("c%05d@example.com", i), Active: true})
	}
	for i := range items {
		name := fmt.Sprintf("SKU-%05d", i)
		l.Items = append(l.Items, posting.Item{ListID: fmt.Sprintf("I-%d", i), Name: name, FullName: "Goods:" + name, Kind: "NonInventory", Active: true, PartNumber: fmt.Sprintf("PART-%05d", i)})
	}
	return l
}

// soldOrder is an order of taxed goods, of which a shop has many.
func soldOrder(number, lines int) order.Order {
	o := taxedOrder()
	o.Key, o.ID = order.Key(fmt.Sprintf("i:%d", 500_000_000+number)), fmt.Sprintf("S%06d", number)
	o.Lines, o.Subtotal, o.Tax = nil, dec("0"), dec("0")
	for i := range lines {
		item := (number*7 + i*13) % 10_000
		l := order.Line{SKU: fmt.Sprintf("SKU-%05d", item), Name: fmt.Sprintf("Goods of number %05d", item), Options: []order.Option{{Name: "Size", Value: "M"}},
			Price: cents(int64(100 + item)), Quantity: int64(1 + i%3), Taxable: true}
		amount := int64(100+item) * l.Quantity
		l.Tax = cents(portion(amount, 825, 10000))
		l.Taxes = []order.Tax{tax("8.25", l.Tax.String())}
		o.Lines = append(o.Lines, l)
		o.Subtotal, o.Tax = o.Subtotal.Add(cents(amount)), o.Tax.Add(l.Tax)
	}
	o.Total = o.Subtotal.Add(o.Tax)
	return o
}

// BenchmarkDecide250 plans an order of 250 lines; the goal is 5 ms.
func BenchmarkDecide250(b *testing.B) {
	books, r := posting.NewBooks(largeLists(20_000, 10_000)), rules()
	r.RoundingLimit = dec("5")
	sale := posting.Sale{Order: soldOrder(1, 250)}
	for b.Loop() {
		if p := posting.Decide(sale, r, books); len(p.Documents) != 1 || len(p.Documents[0].Lines) < 250 {
			b.Fatal(p.Reason)
		}
	}
}

// BenchmarkDecide10000 plans 10,000 orders against books of 20,000 customers and
// 10,000 items, the reading of the lists included; the goal is 20 s. Of ten
// buyers seven are known, two are new and one is another of a known name; of ten
// orders one has goods that QuickBooks does not know.
func BenchmarkDecide10000(b *testing.B) {
	l, r := largeLists(20_000, 10_000), rules()
	orders := make([]order.Order, 10_000)
	for i := range orders {
		o := soldOrder(i, 1+i%5)
		name := fmt.Sprintf("Customer %05d", i)
		switch i % 10 {
		case 7, 8:
			name = fmt.Sprintf("Buyer %05d", i)
			fallthrough
		case 9:
			o.Email = fmt.Sprintf("b%05d@example.org", i)
		default:
			o.Email = fmt.Sprintf("c%05d@example.com", i)
		}
		o.Billing.First, o.Billing.Last, o.Billing.Name = "", "", name
		if i%10 == 3 {
			o.Lines[0].SKU, o.Lines[0].Name = fmt.Sprintf("SKV-%05dX", i), "Goods unheard of"
		}
		orders[i] = o
	}
	for b.Loop() {
		books, posted := posting.NewBooks(l), 0
		for _, o := range orders {
			p := posting.Decide(posting.Sale{Order: o}, r, books)
			posted += len(p.Documents)
			for _, row := range p.Lists {
				books.Promise(posting.Promise{Key: row.Key, Kind: row.Kind, Name: row.Name})
			}
			if len(p.Documents) == 0 && p.Cause != posting.ItemMissing {
				b.Fatal(p.Cause, p.Reason)
			}
		}
		if posted != 9000 {
			b.Fatalf("%d posted", posted)
		}
	}
}
