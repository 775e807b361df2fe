package bridge

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"qbridge/internal/posting"
	"qbridge/qbxml"
)

// What is kept of items and customers is what plans are made of.
func TestWhatIsKeptOfAList(t *testing.T) {
	amount := func(s string) *decimal.Decimal { d := decimal.RequireFromString(s); return &d }
	member := func(id, quantity string) qbxml.GroupMember {
		m := qbxml.GroupMember{ItemRef: qbxml.RefID(id)}
		if quantity != "" {
			m.Quantity = amount(quantity)
		}
		return m
	}
	address := &qbxml.Address{Addr1: "Jane Doe", Addr2: "1 Main St", City: "Springfield", State: "IL", PostalCode: "62704"}
	for name, c := range map[string]struct {
		list string
		ret  any
		want any
	}{
		"goods with their price": {itemList, &qbxml.ItemRet{Kind: "NonInventory", ListID: "1", Name: "A", FullName: "A", IsActive: true, Price: amount("2.50")},
			&posting.Item{ListID: "1", Name: "A", FullName: "A", Kind: "NonInventory", Active: true, Price: amount("2.50")}},
		"goods by percentage": {itemList, &qbxml.ItemRet{Kind: "Service", ListID: "1", Name: "A", FullName: "A", IsActive: true, PricePercent: amount("5")},
			&posting.Item{ListID: "1", Name: "A", FullName: "A", Kind: "Service", Active: true}},
		"a discount's rate is no price": {itemList, &qbxml.ItemRet{Kind: "Discount", ListID: "1", Name: "D", FullName: "D", IsActive: true, Price: amount("3")},
			&posting.Item{ListID: "1", Name: "D", FullName: "D", Kind: "Discount", Active: true}},
		"a group with quantities": {itemList, &qbxml.ItemRet{Kind: "Group", ListID: "1", Name: "G", FullName: "G", IsActive: true, Members: []qbxml.GroupMember{member("2", "2"), member("3", "0.5"), member("4", "")}},
			&posting.Item{ListID: "1", Name: "G", FullName: "G", Kind: "Group", Active: true, Members: []string{"2", "3", "4"}, Quantities: []decimal.Decimal{*amount("2"), *amount("0.5"), decimal.Zero}}},
		"a tax group without": {itemList, &qbxml.ItemRet{Kind: "SalesTaxGroup", ListID: "1", Name: "T", FullName: "T", IsActive: true, Members: []qbxml.GroupMember{member("2", "")}},
			&posting.Item{ListID: "1", Name: "T", FullName: "T", Kind: "SalesTaxGroup", Active: true, Members: []string{"2"}}},
		"a customer": {nameList, &qbxml.CustomerRet{ListID: "1", Name: "Jane", FullName: "Shop:Jane", IsActive: true, Email: "jane@example.com", Phone: "217", EditSequence: "17", TimeModified: "2026-03-14T23:59:00-06:00", BillAddress: address},
			&posting.Name{ListID: "1", Name: "Jane", FullName: "Shop:Jane", Kind: "Customer", Email: "jane@example.com", Active: true, EditSequence: "17", Modified: "2026-03-14", Phone: "217", BillTo: "Jane Doe, 1 Main St, Springfield, 62704"}},
		"a vendor": {nameList, &qbxml.EntityRet{Kind: "Vendor", ListID: "1", Name: "Acme", IsActive: true, EditSequence: "17"},
			&posting.Name{ListID: "1", Name: "Acme", FullName: "Acme", Kind: "Vendor", Active: true}},
	} {
		t.Run(name, func(t *testing.T) {
			e, ok, err := bookEntry(c.list, c.ret)
			if err != nil || !ok {
				t.Fatal(err, ok)
			}
			var got any = &posting.Item{}
			if c.list == nameList {
				got = &posting.Name{}
			}
			check(t, json.Unmarshal([]byte(e.Body), got))
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
