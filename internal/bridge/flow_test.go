package bridge

import (
	"testing"

	"github.com/shopspring/decimal"

	"qbridge/internal/posting"
)

// Tax items on lines of their own are tax of their agencies, whose account no item tells; what else stands for tax is in its item's account.
func TestFlowOfTaxLines(t *testing.T) {
	books := posting.NewBooks(posting.Lists{Items: []posting.Item{
		{ListID: "T-1", FullName: "County", Kind: "SalesTax", Agency: "County of Cook", Active: true},
		{ListID: "T-0", FullName: "Out of State", Kind: "SalesTax", Agency: "State", Active: true},
	}})
	d := posting.Document{Kind: posting.CreditMemo, TaxItem: posting.Ref{ListID: "T-0", Name: "Out of State"}, Lines: []posting.Line{
		{Item: posting.Ref{ListID: "I", Name: "Mug"}, Amount: decimal.RequireFromString("10.00"), Part: posting.Goods},
		{Item: posting.Ref{ListID: "T-1", Name: "County"}, Amount: decimal.RequireFromString("0.80"), Part: posting.Tax},
		{Item: posting.Ref{ListID: "W", Name: "Web Tax"}, Amount: decimal.RequireFromString("0.20"), Part: posting.Tax},
	}}
	f := flowOf(books, d, func(l posting.Line) string { return "account of " + l.Item.Name })
	if len(f.accounts) != 2 || f.accounts[1].account != "account of Web Tax" {
		t.Errorf("accounts %v", f.accounts)
	}
	if len(f.taxes) != 2 || f.taxes[0].agency != "County of Cook" || f.taxes[0].tax.String() != "-0.8" || !f.taxes[1].tax.IsZero() {
		t.Errorf("taxes %v", f.taxes)
	}
}
