package sim

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// The auditor knows the rules of a shop by its terms: whose the orders are, what stands for a bundle, what must follow.
func TestAuditByTerms(t *testing.T) {
	kit := []string{"MUG", ItemKit, `"price":10,"quantity":10`, `"price":36.05,"quantity":2`, `"value":9.5`, `"value":9.5`, "9.5", "6.85", "109.5", "78.95"}
	member := func(item, quantity, amount, code string) string {
		return strings.Replace(lineOf(item, amount, code), "<Amount>", "<Quantity>"+quantity+"</Quantity><Amount>", 1)
	}
	members := func(change ...string) string {
		return receiptRq(marked("receipt"), strings.NewReplacer(change...).Replace(member("MUG", "2", "22.10", "Tax")+member("WS-M", "4", "50.00", "Tax")))
	}
	plain := receiptRq(marked("receipt"), member("BOLT-M6", "2", "72.10", "Tax"))
	receipt, order := receiptRq(marked("receipt"), mugs()), form("SalesOrder", marked("order"), mugs())
	by := func(request, customer string) string { return strings.Replace(request, knownCustomer, customer, 1) }
	anybody := []string{"jane.cooper@example.com", ""}
	shared := func(terms *Terms) { terms.Shared = "Prairie Schools" }
	jobs := func(terms *Terms) { terms.Shared, terms.Jobs = "Prairie Schools", true }
	credit := strings.Replace(form("CreditMemo", marked("credit/1"), mugs()), "2026-11-19", "2026-11-20", 1)
	refund := strings.Replace(cardRefund("$", "109.50"), "<RefundApplied", "<Memo>Ecwid 1003/i:5 refund/1 1</Memo><RefundApplied", 1)
	for _, k := range []struct {
		name     string
		order    []string // changes of it
		terms    func(*Terms)
		requests []string // $ is the TxnID of the one before
		findings []string
	}{
		{"a bundle as its members", kit, nil, []string{members()}, nil},
		{"a member too few", kit, nil, []string{members("<Quantity>4", "<Quantity>2")}, []string{"line 1's member WS-M: quantity"}},
		{"a cent of one member on the other", kit, nil, []string{members("22.10", "22.11", "50.00", "49.99")}, []string{"line 1's member MUG: amount", "line 1's member WS-M: amount"}},
		{"a member that is not taxed", kit, nil, []string{members(lineOf("WS-M", "50.00", "Tax"), "", "<Amount>50.00</Amount><SalesTaxCodeRef><FullName>Tax<", "<Amount>50.00</Amount><SalesTaxCodeRef><FullName>Non<")},
			[]string{"line 1's member WS-M: tax code", "tax with rounding", "tax of 9.5 %", "taxed goods less discount", "total"}},
		{"one member without the other", kit, nil, []string{receiptRq(marked("receipt"), member("MUG", "2", "72.10", "Tax"))}, []string{"line 1's item"}},
		{"a bundle as one item", kit, func(terms *Terms) { terms.Bundle = []string{"BOLT-M6"} }, []string{plain}, nil},
		{"a bundle as an item that is none of theirs", kit, nil, []string{plain}, []string{"line 1's item"}},
		{"one customer for all", nil, shared, []string{by(receipt, "Prairie Schools")}, nil},
		{"one customer for all, without e-mail", anybody, shared, []string{by(receipt, "Prairie Schools")}, nil},
		{"the buyer where one customer is for all", nil, shared, []string{receipt}, []string{"customer"}},
		{"a job", []string{"jane.cooper@example.com", "", `"email"`, `"billingPerson":{"name":"North Campus"},"email"`}, jobs, []string{by(receipt, "Prairie Schools:North Campus")}, nil},
		{"a job of another name", []string{"jane.cooper@example.com", "", `"email"`, `"billingPerson":{"name":"Plain Jane"},"email"`}, jobs, []string{by(receipt, "Prairie Schools:North Campus")}, []string{"customer"}},
		{"a job where nobody is one", anybody, func(terms *Terms) { terms.Shared, terms.Jobs = inactiveCustomer, true }, []string{by(receipt, "Prairie Schools:North Campus")}, []string{"customer"}},
		{"somebody known by e-mail who is no job", nil, jobs, []string{receipt}, nil},
		{"somebody who is neither", anybody, jobs, []string{receipt}, []string{"customer"}},
		{"a sales order without its invoice", nil, func(terms *Terms) { terms.Invoiced = true }, []string{order}, []string{"invoice"}},
		{"an unpaid sales order", []string{`"PAID"`, `"AWAITING_PAYMENT"`}, func(terms *Terms) { terms.Invoiced = true }, []string{order}, nil},
		{"another currency", nil, func(terms *Terms) { terms.Currency, terms.ExchangeRate = CurrencyEuro, "1.1" }, []string{receipt}, []string{"currency"}},
		{"refunded to a card, not by cheque", []string{`"refunds":[]`, refundedAll}, func(terms *Terms) { terms.RefundKind = "Check" }, []string{receipt, credit, refund}, []string{"form of the refund"}},
	} {
		t.Run(k.name, func(t *testing.T) {
			c, last := open(t), ""
			for _, request := range k.requests {
				rs := ask(t, c, set("", strings.ReplaceAll(request, "$", last)))
				if code := rs.ChildElements()[0].SelectAttrValue("statusCode", ""); code != "0" {
					t.Fatalf("status %s: %s", code, rs.ChildElements()[0].SelectAttrValue("statusMessage", ""))
				}
				last = text(rs, "//TxnID")
			}
			terms := DefaultTerms(1003)
			terms.Expect = func(Sale) Expectation { return MustBePosted }
			if k.terms != nil {
				k.terms(&terms)
			}
			var got []string
			for _, f := range Audit([]json.RawMessage{soldOrder(k.order...)}, c, terms) {
				got = append(got, f.Part)
			}
			if !slices.Equal(sorted(got), sorted(k.findings)) {
				t.Errorf("findings %q, want %q", got, k.findings)
			}
		})
	}
}

// Taxes without money tax a line that is too small for all of them, and no other.
func TestReadSaleTaxesWithoutMoney(t *testing.T) {
	for price, want := range map[string]bool{"0.05": true, "3.17": false, "700": false} {
		s, err := readSale(soldOrder(`"items":[`, `"items":[{"sku":"WS-M","price":`+price+`,"quantity":1,"taxes":[{"value":8.15,"total":0},{"value":0.1,"total":0}]},`))
		if err != nil || s.lines[0].taxed != want || !s.lines[1].taxed {
			t.Errorf("a line of %s that no tax has money of: taxed %t (%v)", price, s.lines[0].taxed, err)
		}
	}
}

// What people add by hand is there.
func TestTypedEntries(t *testing.T) {
	c := open(t)
	must(t, c.TypeCustomer("Web Customer"))
	must(t, c.TypeItem("Bundle", AccountSales))
	if c.ListID("Customer", "Web Customer") == "" || c.ListID(kindNonInventory, "Bundle") == "" {
		t.Error("what was typed in is not in the lists")
	}
	if c.TypeItem("Bundle", AccountSales) == nil || c.TypeItem("Other", "No account") == nil {
		t.Error("a name that is taken, or an account that is none, is let pass")
	}
}
