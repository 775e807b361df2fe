package sim

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// soldOrder is ten mugs for 109.50, tax of 9.50 among it, placed on 2026-11-19 in Chicago.
func soldOrder(change ...string) json.RawMessage {
	order := `{"id":"L1","internalId":5,"paymentStatus":"PAID","email":"jane.cooper@example.com","createDate":"2026-11-20 05:30:00 +0000","tax":9.5,"total":109.5,"refunds":[],
		"paymentMethod":"Card","paymentModule":"Square","items":[{"sku":"MUG","price":10,"quantity":10,"taxes":[{"value":9.5,"total":9.5,"taxOnDiscountedSubtotal":9.5}]}]}`
	return json.RawMessage(strings.NewReplacer(change...).Replace(order))
}

// marked is a header with date, tax item and marker.
func marked(purpose string) string {
	return "<TxnDate>2026-11-19</TxnDate>" + taxRef(TaxCombined) + "<Memo>Ecwid 1003/i:5 " + purpose + " 1</Memo>"
}

const refundedAll = `"refunds":[{"date":"2026-11-20 12:00:00 +0000","amount":109.5,"source":"CP"}]`

// The documents of a sale that is paid later, and of refunds, are held against the order too.
func TestAuditOfWhatFollows(t *testing.T) {
	invoice, receipt, order := form("Invoice", marked("invoice"), mugs()), receiptRq(marked("receipt"), mugs()), form("SalesOrder", marked("order"), mugs())
	pay := func(change ...string) string {
		return strings.NewReplacer(change...).Replace(payment("109.50", "$1", "109.50"))
	}
	onDay := func(text string) string { return strings.Replace(text, "2026-11-19", "2026-11-20", 1) }
	credit := onDay(form("CreditMemo", marked("credit/1"), mugs()))
	partly := func(item string) string {
		return onDay(strings.Replace(form("CreditMemo", marked("credit/1"), lineOf(item, "30.00", "Non")), TaxCombined, TaxNone, 1))
	}
	refund := func(memo, amount string) string {
		return strings.Replace(cardRefund(memo, amount), "<RefundApplied", "<Memo>Ecwid 1003/i:5 refund/1 1</Memo><RefundApplied", 1)
	}
	check := strings.Replace(cheque(AccountBank, "$2", "109.50"), "<ApplyCheck", "<Memo>Ecwid 1003/i:5 refund/1 1</Memo><ApplyCheck", 1)
	none := func(change ...string) []string { return change }
	unpaid, refunded := none(`"PAID"`, `"AWAITING_PAYMENT"`), none(`"refunds":[]`, refundedAll)
	part := none(`"refunds":[]`, strings.Replace(refundedAll, "109.5", "30", 1))
	card := none(`"total":109.5`, `"total":59.5,"giftCardRedemption":50`)
	lower := func(fields string) []string { return none(`"total":109.5`, `"total":104.5,`+fields) }
	less := func(item string) string { return mugs() + lineOf(item, "-5.00", "Non") }
	for _, k := range []struct {
		name     string
		order    []string // changes of it
		requests []string // $1 is the TxnID of the first one's document
		findings []string
	}{
		{"invoice and payment", nil, []string{invoice, pay()}, nil},
		{"invoice that is not paid", nil, []string{invoice}, []string{"not in the books payment"}},
		{"invoice of an unpaid order", unpaid, []string{invoice}, nil},
		{"payment of an unpaid order", unpaid, []string{invoice, pay()}, []string{"must not be in the books"}},
		{"payment of a part", nil, []string{invoice, pay("109.50", "9.50")}, []string{"not in the books payment"}},
		{"payment of too much", nil, []string{invoice, pay("<TotalAmount>109.50", "<TotalAmount>110.00")}, []string{"part differs payment of its invoice"}},
		{"payment into another account", nil, []string{invoice, pay("<AppliedToTxnAdd>", named("DepositToAccountRef", AccountStripe)+"<AppliedToTxnAdd>")}, []string{"part differs deposit-to account"}},
		{"payment of another's invoice", nil, []string{strings.Replace(invoice, "i:5", "i:6", 1), pay()}, []string{"document without order", "part differs payment of its invoice"}},
		{"invoice and receipt", nil, []string{invoice, receipt, pay()}, []string{"more than once in the books"}},
		{"invoice of another day", nil, []string{onDay(invoice), pay()}, []string{"part differs date"}},
		{"sales order", nil, []string{order}, nil},
		{"sales order that became an invoice", nil, []string{order, strings.Replace(form("Invoice", marked("invoice"), ""), "</Memo>", "</Memo><LinkToTxnID>$1</LinkToTxnID>", 1), strings.ReplaceAll(pay(), "$1", "$2")}, nil},
		{"two sales orders", nil, []string{order, order}, []string{"more than once in the books"}},
		{"all refunded by card", refunded, []string{receipt, credit, refund("$2", "109.50")}, nil},
		{"all refunded by cheque", refunded, []string{receipt, credit, check}, nil},
		{"refund without credit memo", refunded, []string{receipt}, []string{"not in the books credit memo"}},
		{"credit memo without refund", refunded, []string{receipt, credit}, []string{"not in the books refund"}},
		{"credit memo twice", refunded, []string{receipt, credit, refund("$2", "109.50"), credit, refund("$4", "109.50")}, []string{"more than once in the books refund"}},
		{"credit memo of nothing", nil, []string{receipt, credit, refund("$2", "109.50")}, []string{"must not be in the books refund"}},
		{"credit memo without sale", refunded, []string{credit, refund("$1", "109.50")}, []string{"must not be in the books credit memo of no sale"}},
		{"credit memo of another amount", part, []string{receipt, credit, refund("$2", "109.50")}, []string{"not in the books credit memo", "part differs refund"}},
		{"credit memo of another day", refunded, []string{receipt, strings.Replace(credit, "2026-11-20", "2026-11-19", 1), refund("$2", "109.50")}, []string{"part differs date"}},
		{"credit memo without the tax", refunded, []string{receipt, strings.NewReplacer(TaxCombined, TaxNone, "100.00", "109.50").Replace(credit), refund("$2", "109.50")}, []string{"part differs goods", "part differs tax"}},
		{"credit memo of another customer", refunded, []string{receipt, strings.Replace(credit, knownCustomer, "Prairie Schools", 1), strings.Replace(refund("$2", "109.50"), knownCustomer, "Prairie Schools", 1)}, []string{"part differs customer"}},
		{"refunded in two forms", refunded, []string{receipt, credit, refund("$2", "100.00"), refund("$2", "9.50")}, []string{"more than once in the books refund"}},
		{"refund of another's credit", refunded, []string{receipt, strings.Replace(credit, "i:5", "i:6", 1), refund("$2", "109.50")}, []string{"document without order", "not in the books credit memo", "part differs refund of its credit memo"}},
		{"refund from another account", refunded, []string{receipt, credit, strings.Replace(refund("$2", "109.50"), AccountUndeposited, AccountPayPal, 1)}, []string{"part differs account refunded from"}},
		{"a part refunded", part, []string{receipt, partly(ItemRefund), refund("$2", "30.00")}, nil},
		{"a part refunded as goods", part, []string{receipt, partly("MUG"), refund("$2", "30.00")}, []string{"part differs item of the refund"}},
		{"gift card as a payment", card, []string{invoice, pay("109.50", "59.50"), pay("109.50", "50.00", "<AppliedToTxnAdd>", named("DepositToAccountRef", AccountGiftCards)+"<AppliedToTxnAdd>")}, nil},
		{"gift card as money", card, []string{invoice, pay("109.50", "59.50"), pay("109.50", "50.00")}, []string{"part differs gift cards", "part differs total"}},
		{"gift card as a line", card, []string{receiptRq(marked("receipt"), mugs()+lineOf(ItemGiftCard, "-50.00", "Non"))}, nil},
		{"gift card as a discount", card, []string{receiptRq(marked("receipt"), mugs()+lineOf(ItemDiscountNon, "-50.00", "Non"))}, []string{"part differs discount", "part differs gift cards"}},
		{"store credit", lower(`"storeCredit":{"redemption":{"amount":5}},"loyalty":{"redemption":{"amount":7,"cancelled":true}}`), []string{receiptRq(marked("receipt"), less(ItemStoreCredit))}, nil},
		{"points beside store credit that lowers nothing", lower(`"storeCredit":{"redemption":{"amount":3}},"loyalty":{"redemption":{"amount":5}}`), []string{receiptRq(marked("receipt"), less(ItemStoreCredit))}, nil},
		{"store credit as a gift card", lower(`"storeCredit":{"redemption":{"amount":5}}`), []string{receiptRq(marked("receipt"), less(ItemGiftCard))}, []string{"part differs gift cards", "part differs store credit"}},
		{"a difference by rule", none(`"total":109.5`, `"total":109.52`), []string{receiptRq(marked("receipt"), mugs()+lineOf(ItemDifference, "0.02", "Non"))}, nil},
		{"a difference as rounding", none(`"total":109.5`, `"total":109.52`), []string{receiptRq(marked("receipt"), mugs()+lineOf(ItemRounding, "0.02", "Non"))}, []string{"part differs difference", "part differs tax with rounding"}},
		{"a difference beyond the limit", none(`"total":109.5`, `"total":109.53`), []string{receiptRq(marked("receipt"), mugs()+lineOf(ItemDifference, "0.03", "Non"))}, []string{"order does not add up, yet is in the books total"}},
		{"tax as a line", nil, []string{receiptRq(strings.Replace(marked("receipt"), TaxCombined, TaxNone, 1), strings.Replace(mugs(), "<FullName>Tax<", "<FullName>Non<", 1)+lineOf(ItemTaxLine, "9.50", "Non"))}, nil},
		{"tax as a line of another amount", nil, []string{receiptRq(strings.Replace(marked("receipt"), TaxCombined, TaxNone, 1), strings.Replace(mugs(), "<FullName>Tax<", "<FullName>Non<", 1)+lineOf(ItemTaxLine, "9.00", "Non"))},
			[]string{"part differs tax with rounding", "part differs total"}},
		{"tax of one rate as that of another", none(`[{"value":9.5,"total":9.5,"taxOnDiscountedSubtotal":9.5}]`, `[{"value":6.25,"total":6},{"value":1,"total":1.25},{"value":2.25,"total":2.25}]`),
			[]string{receiptRq(strings.Replace(marked("receipt"), TaxCombined, TaxGroup, 1), mugs())}, []string{"part differs tax of 1 %", "part differs tax of 6.25 %"}},
		{"a group item", none("MUG", ItemKit, `"price":10,"quantity":10`, `"price":36.05,"quantity":2`, "9.5", "6.85", "109.5", "78.95"),
			[]string{receiptRq(marked("receipt"), "<SalesReceiptLineGroupAdd>"+named("ItemGroupRef", ItemKit)+"<Quantity>2</Quantity></SalesReceiptLineGroupAdd>")}, nil},
		{"texts and subtotals", nil, []string{receiptRq(marked("receipt"), mugs()+`<SalesReceiptLineAdd><Desc>Thanks</Desc></SalesReceiptLineAdd><SalesReceiptLineAdd>`+named("ItemRef", ItemSubtotal)+`</SalesReceiptLineAdd>`)}, nil},
		{"shipping into the account of sales", none(`"total":109.5`, `"total":114.5,"shippingOption":{"shippingRate":5}`),
			[]string{receiptRq(marked("receipt"), mugs()+strings.Replace(lineOf(ItemShipping, "5.00", "Non"), "</SalesTaxCodeRef>", "</SalesTaxCodeRef>"+named("OverrideItemAccountRef", AccountSales), 1))}, []string{"part differs shipping's account"}},
	} {
		t.Run(k.name, func(t *testing.T) {
			c := open(t)
			var ids []string
			for i, request := range k.requests {
				for n, id := range ids {
					request = strings.ReplaceAll(request, fmt.Sprintf("$%d", n+1), id)
				}
				rs := ask(t, c, set("", request))
				if rs.ChildElements()[0].SelectAttrValue("statusCode", "") != "0" {
					t.Fatalf("request %d: %s", i+1, rs.ChildElements()[0].SelectAttrValue("statusMessage", ""))
				}
				ids = append(ids, text(rs, "//TxnID"))
			}
			terms := DefaultTerms(1003)
			terms.Refund, terms.RefundFrom, terms.DifferenceLimit = []string{ItemRefund}, AccountUndeposited, 2
			if strings.Contains(k.name, "cheque") {
				terms.RefundFrom = AccountBank
			}
			terms.Expect = func(Sale) Expectation { return MustBePosted }
			terms.Refunds = terms.Expect
			var got []string
			for _, f := range Audit([]json.RawMessage{soldOrder(k.order...)}, c, terms) {
				got = append(got, strings.TrimSpace(string(f.Code)+" "+f.Part))
			}
			if slices.Sort(got); !slices.Equal(got, k.findings) {
				t.Errorf("findings %q, want %q", got, k.findings)
			}
		})
	}
}

// What a person changed is the person's; a refund that nobody wants in the books is found.
func TestAuditByTermsOfRefunds(t *testing.T) {
	c := open(t)
	for _, request := range []string{receiptRq(marked("receipt"), mugs()), strings.Replace(form("CreditMemo", marked("credit/1"), mugs()), "2026-11-19", "2026-11-20", 1)} {
		added(t, c, request)
	}
	terms := DefaultTerms(1003)
	order := []json.RawMessage{soldOrder(`"refunds":[]`, refundedAll)}
	if findings := Audit(order, c, terms); len(findings) != 0 {
		t.Errorf("refunds that may be there give %v", findings)
	}
	terms.Refunds = func(Sale) Expectation { return MustNotBePosted }
	if findings := Audit(order, c, terms); len(findings) != 1 || findings[0].Code != FindingForbidden || findings[0].Kind != "CreditMemo" || !strings.Contains(findings[0].String(), "CreditMemo ") {
		t.Errorf("a refund that must not be there gives %v", findings)
	}
	must(t, c.EditReceipt(c.Documents("CreditMemo")[0].TxnID, ReceiptEdit{More: 100}))
	terms.Refunds, terms.Edited = nil, func(d Document) bool { return d.Edited }
	if findings := Audit(order, c, terms); len(findings) != 0 {
		t.Errorf("a credit memo that a person changed gives %v", findings)
	}
}

// Sums are by part, item, account and tax item; what is taken back is negative.
func TestAuditSums(t *testing.T) {
	c := open(t)
	kit := "<SalesReceiptLineGroupAdd>" + named("ItemGroupRef", ItemKit) + "</SalesReceiptLineGroupAdd>"
	added(t, c, receiptRq(strings.Replace(marked("receipt"), TaxCombined, TaxGroup, 1), mugs()+kit+lineOf(ItemShipping, "5.00", "Non")+lineOf(ItemDiscount, "-10.00", "Tax")))
	memo := added(t, c, strings.Replace(form("CreditMemo", marked("credit/1"), lineOf(ItemRefund, "30.00", "Non")), TaxCombined, TaxNone, 1))
	added(t, c, strings.Replace(cardRefund(text(memo, "TxnID"), "30.00"), "<RefundApplied", "<Memo>Ecwid 1003/i:5 refund/1 1</Memo><RefundApplied", 1))
	terms := DefaultTerms(1003)
	terms.Refund = []string{ItemRefund}
	a := Examine([]json.RawMessage{soldOrder(`"refunds":[]`, strings.Replace(refundedAll, "109.5", "30", 1))}, c, terms)
	var got []string
	for _, s := range a.Sums {
		got = append(got, strings.Join([]string{s.Order, s.Kind, s.Part, s.Item, s.Account, s.TaxItem, s.Amount.String()}, "|"))
	}
	want := []string{
		"L1|SalesReceipt|discount|Web Discount|Sales Discounts|Springfield IL|-10.00",
		"L1|SalesReceipt|goods|MUG|Web Sales|Springfield IL|111.05",
		"L1|SalesReceipt|goods|WS-M|Web Sales|Springfield IL|25.00",
		"L1|SalesReceipt|shipping|Shipping|Shipping Income||5.00",
		"L1|SalesReceipt|tax||Sales Tax Payable|Illinois State|7.88",
		"L1|SalesReceipt|tax||Sales Tax Payable|Sangamon County|1.26",
		"L1|SalesReceipt|tax||Sales Tax Payable|Springfield City|2.84",
		"L1|CreditMemo|refund|Refund|Sales Refunds||-30.00",
		"L1|ARRefundCreditCard|refund||Undeposited Funds||-30.00",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if a.Compared < 15 {
		t.Errorf("only %d things were compared", a.Compared)
	}
}
