package sim

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/beevik/etree"
)

// form writes the Add of a form of items for Jane Cooper.
func form(kind, fields, lines string) string {
	return `<` + kind + `AddRq requestID="f"><` + kind + `Add><CustomerRef><FullName>` + knownCustomer + `</FullName></CustomerRef>` + fields + strings.ReplaceAll(lines, "SalesReceipt", kind) + `</` + kind + `Add></` + kind + `AddRq>`
}

func named(element, name string) string {
	return `<` + element + `><FullName>` + name + `</FullName></` + element + `>`
}

// payment writes a ReceivePaymentAdd of Jane Cooper's for an invoice.
func payment(total, invoice, amount string) string {
	return `<ReceivePaymentAddRq requestID="p"><ReceivePaymentAdd><CustomerRef><FullName>` + knownCustomer + `</FullName></CustomerRef><RefNumber>ch_3N1</RefNumber><TotalAmount>` + total +
		`</TotalAmount><Memo>Ecwid 1003/i:5 payment/1 1</Memo><AppliedToTxnAdd><TxnID>` + invoice + `</TxnID><PaymentAmount>` + amount + `</PaymentAmount></AppliedToTxnAdd></ReceivePaymentAdd></ReceivePaymentAddRq>`
}

func cardRefund(memo, amount string) string {
	return `<ARRefundCreditCardAddRq requestID="r"><ARRefundCreditCardAdd><CustomerRef><FullName>` + knownCustomer + `</FullName></CustomerRef>` + named("RefundFromAccountRef", AccountUndeposited) +
		`<RefNumber>K8XTQ-C1</RefNumber>` + named("PaymentMethodRef", "Visa") + `<RefundAppliedToTxnAdd><TxnID>` + memo + `</TxnID><RefundAmount>` + amount + `</RefundAmount></RefundAppliedToTxnAdd></ARRefundCreditCardAdd></ARRefundCreditCardAddRq>`
}

func cheque(account, memo, amount string) string {
	return `<CheckAddRq requestID="c"><CheckAdd>` + named("AccountRef", account) + named("PayeeEntityRef", knownCustomer) + `<RefNumber>K8XTQ-C1</RefNumber><ApplyCheckToTxnAdd><TxnID>` + memo + `</TxnID><Amount>` + amount +
		`</Amount></ApplyCheckToTxnAdd><ExpenseLineAdd>` + named("AccountRef", AccountReceivable) + `<Amount>` + amount + `</Amount>` + named("CustomerRef", knownCustomer) + `</ExpenseLineAdd></CheckAdd></CheckAddRq>`
}

func query(kind, inner string) string {
	return `<` + kind + `QueryRq>` + inner + `</` + kind + `QueryRq>`
}

// added does one Add and gives the answer's Ret.
func added(t *testing.T, c *Company, request string) *etree.Element {
	t.Helper()
	rs := wantStatus(t, ask(t, c, set("", request)), 0, "0", "Info")
	if len(rs.ChildElements()) != 1 {
		t.Fatalf("%d records", len(rs.ChildElements()))
	}
	return rs.ChildElements()[0]
}

// mugs is a line of ten taxed at 9.5 %: 109.50.
func mugs() string {
	return strings.Replace(lineOf("MUG", "100.00", "Tax"), "<Amount>", "<Quantity>10</Quantity><Amount>", 1)
}

func wantTexts(t *testing.T, e *etree.Element, want map[string]string) {
	t.Helper()
	for path, w := range want {
		if got := text(e, path); got != w {
			t.Errorf("%s/%s is %q, want %q", e.Tag, path, got, w)
		}
	}
}

func TestInvoiceAndPayments(t *testing.T) {
	c := open(t, func(k *CompanyConfig) { k.Classes, k.CustomFields = true, []string{"Colour"} })
	invoice := added(t, c, form("Invoice", named("ClassRef", "Web")+named("TemplateRef", "Intuit Product Invoice")+`<TxnDate>2026-11-19</TxnDate><RefNumber>K8XTQ</RefNumber><PONumber>PO-7</PONumber>`+named("TermsRef", "Net 30")+
		named("SalesRepRef", SalesRepJR)+`<FOB>Here</FOB><ShipDate>2026-11-21</ShipDate>`+named("ShipMethodRef", "UPS")+taxRef(TaxCombined)+`<Memo>Ecwid 1003/i:5 invoice 1</Memo>`+named("CustomerMsgRef", MessageThanks)+
		`<IsToBePrinted>false</IsToBePrinted><Other>K8XTQ</Other>`, strings.Replace(mugs(), "</SalesReceiptLineAdd>", "<Other1>a</Other1><DataExt><OwnerID>0</OwnerID><DataExtName>Colour</DataExtName><DataExtValue>blue</DataExtValue></DataExt></SalesReceiptLineAdd>", 1)))
	wantTexts(t, invoice, map[string]string{"Subtotal": "100.00", "SalesTaxTotal": "9.50", "AppliedAmount": "0.00", "BalanceRemaining": "109.50", "IsPaid": "false", "DueDate": "2026-12-19", "ARAccountRef/FullName": AccountReceivable,
		"SalesRepRef/FullName": SalesRepJR, "CustomerMsgRef/FullName": MessageThanks, "FOB": "Here", "InvoiceLineRet/Other1": "a", "InvoiceLineRet/DataExtRet/DataExtValue": "blue", "PONumber": "PO-7"})
	id := text(invoice, "TxnID")

	// Q31: never more than the balance
	refusal := wantStatus(t, ask(t, c, set("", payment("109.51", id, "109.51"))), 0, "3210", "Error").SelectAttrValue("statusMessage", "")
	if !strings.Contains(refusal, `The "AppliedToTxnAdd payment amount" field has an invalid value "109.51".  QuickBooks error message: You cannot pay more than the amount due.`) {
		t.Errorf("refused with %q", refusal)
	}
	part := added(t, c, payment("40.00", id, "40.00"))
	wantTexts(t, part, map[string]string{"TotalAmount": "40.00", "UnusedPayment": "0.00", "DepositToAccountRef/FullName": AccountUndeposited, "AppliedToTxnRet/TxnID": id, "AppliedToTxnRet/BalanceRemaining": "69.50", "AppliedToTxnRet/Amount": "40.00"})
	wantStatus(t, ask(t, c, set("", payment("69.51", id, "69.51"))), 0, "3210", "Error")
	over := added(t, c, payment("80.00", id, "69.50"))
	wantTexts(t, over, map[string]string{"UnusedPayment": "10.50"})
	paid := wantStatus(t, ask(t, c, set("", query("Invoice", `<TxnID>`+id+`</TxnID><IncludeLinkedTxns>true</IncludeLinkedTxns>`))), 0, "0", "Info").ChildElements()[0]
	wantTexts(t, paid, map[string]string{"AppliedAmount": "-109.50", "BalanceRemaining": "0.00", "IsPaid": "true", "LinkedTxn/TxnType": "ReceivePayment", "LinkedTxn/Amount": "-40.00", "InvoiceLineRet/Amount": ""})
	if n := len(paid.SelectElements("LinkedTxn")); n != 2 {
		t.Errorf("%d payments are linked", n)
	}
	for inner, want := range map[string]int{`<PaidStatus>PaidOnly</PaidStatus>`: 1, `<PaidStatus>NotPaidOnly</PaidStatus>`: 0, `<RefNumber>k8xtq</RefNumber>`: 1, "": 1} {
		if got := len(ask(t, c, set("", query("Invoice", inner))).FindElements("//InvoiceRet")); got != want {
			t.Errorf("%s found %d invoices, want %d", inner, got, want)
		}
	}
	// the invoice can't go before its payments
	undo := func(kind, name, id string) string { return strings.ReplaceAll(undoing(name, id), "SalesReceipt", kind) }
	wantStatus(t, ask(t, c, set("", undo("Invoice", "TxnDel", id))), 0, "3160", "Error")
	wantStatus(t, ask(t, c, set("", undo("Invoice", "TxnVoid", id))), 0, "3185", "Error")
	for _, p := range []*etree.Element{part, over} {
		wantStatus(t, ask(t, c, set("", undo("ReceivePayment", "TxnDel", text(p, "TxnID")))), 0, "0", "Info")
	}
	wantTexts(t, ask(t, c, set("", query("Invoice", ""))).FindElement("//InvoiceRet"), map[string]string{"BalanceRemaining": "109.50", "IsPaid": "false"})
	wantStatus(t, ask(t, c, set("", undo("Invoice", "TxnVoid", id))), 0, "0", "Info")
	wantTexts(t, ask(t, c, set("", query("Invoice", `<IncludeLineItems>true</IncludeLineItems>`))).FindElement("//InvoiceRet"), map[string]string{"BalanceRemaining": "0.00", "Memo": "VOID: Ecwid 1003/i:5 invoice 1", "InvoiceLineRet/Amount": "0.00"})
	gone := ask(t, c, set("", `<TxnDeletedQueryRq><TxnDelType>ReceivePayment</TxnDelType></TxnDeletedQueryRq>`))
	if got := ids(gone, "//TxnDeletedRet/TxnID"); len(got) != 2 {
		t.Errorf("deleted are %q", got)
	}
}

func TestPaymentRefused(t *testing.T) {
	other := strings.ReplaceAll(payment("1.00", "ID", "1.00"), knownCustomer, "Prairie Schools")
	for name, k := range map[string]struct{ request, code string }{
		"of another customer":      {other, "3210"},
		"of a malformed invoice":   {payment("1.00", "x", "1.00"), "3000"},
		"of no invoice":            {payment("1.00", "FFF-1400000000", "1.00"), "3120"},
		"more applied than paid":   {payment("1.00", "ID", "2.00"), "3210"},
		"less than nothing":        {payment("1.00", "ID", "-1.00"), "3210"},
		"without a total":          {strings.Replace(payment("1.00", "ID", "1.00"), "<TotalAmount>1.00</TotalAmount>", "", 1), "3150"},
		"into an income account":   {strings.Replace(payment("1.00", "ID", "1.00"), "<AppliedToTxnAdd>", named("DepositToAccountRef", AccountSales)+"<AppliedToTxnAdd>", 1), "3140"},
		"on a bank account as A/R": {strings.Replace(payment("1.00", "ID", "1.00"), "<RefNumber>", named("ARAccountRef", AccountBank)+"<RefNumber>", 1), "3140"},
		"in the closed period":     {strings.Replace(payment("1.00", "ID", "1.00"), "<RefNumber>", "<TxnDate>"+ClosingDate(newest)+"</TxnDate><RefNumber>", 1), "3181"},
		"at a rate":                {strings.Replace(payment("1.00", "ID", "1.00"), "<Memo>", "<ExchangeRate>1.1</ExchangeRate><Memo>", 1), "3250"},
		"with a discount unposted": {strings.Replace(payment("1.00", "ID", "1.00"), "</PaymentAmount>", "</PaymentAmount><DiscountAmount>1.00</DiscountAmount>", 1), "3150"},
		"with no credit":           {strings.Replace(payment("1.00", "ID", "1.00"), "</PaymentAmount>", "</PaymentAmount><SetCredit><CreditTxnID>ID</CreditTxnID><AppliedAmount>1.00</AppliedAmount></SetCredit>", 1), "3210"},
	} {
		t.Run(name, func(t *testing.T) {
			c := open(t)
			id := text(added(t, c, form("Invoice", "", mugs())), "TxnID")
			before, err := c.Snapshot()
			must(t, err)
			wantStatus(t, ask(t, c, set("", strings.ReplaceAll(k.request, "ID<", id+"<"))), 0, k.code, "Error")
			if after, err := c.Snapshot(); err != nil || string(after) != string(before) {
				t.Errorf("the refused payment changed the books (%v)", err)
			}
		})
	}
	c := open(t)
	pending := text(added(t, c, form("Invoice", "<IsPending>true</IsPending>", mugs())), "TxnID")
	wantStatus(t, ask(t, c, set("", payment("1.00", pending, "1.00"))), 0, "3210", "Error")
	for name, request := range map[string]string{
		"applied to nothing":  strings.Replace(payment("1.00", "1-1", "1.00"), `<AppliedToTxnAdd><TxnID>1-1</TxnID><PaymentAmount>1.00</PaymentAmount></AppliedToTxnAdd>`, "", 1),
		"applied in two ways": strings.Replace(payment("1.00", "1-1", "1.00"), `<AppliedToTxnAdd>`, "<IsAutoApply>true</IsAutoApply><AppliedToTxnAdd>", 1),
		"order without lines": form("SalesOrder", "", ""),
		"voiding a payment":   strings.ReplaceAll(undoing("TxnVoid", "1-1"), "SalesReceipt", "ReceivePayment"),
		"order of FOB":        form("Invoice", "<ShipDate>2026-11-21</ShipDate><FOB>x</FOB>", mugs()), // Q11
		"number before date":  strings.Replace(cheque(AccountBank, "1-1", "1.00"), "<RefNumber>", "<TxnDate>2026-11-20</TxnDate><RefNumber>", 1),
	} {
		t.Run(name, func(t *testing.T) {
			if _, hresult, _ := c.Process(set("", request)); hresult != hresultParse {
				t.Errorf("hresult %q, want %s", hresult, hresultParse)
			}
		})
	}
}

// What is not applied by name goes to the oldest invoices, or nowhere.
func TestAutoApply(t *testing.T) {
	c := open(t)
	for range 2 {
		added(t, c, form("Invoice", "", mugs()))
	}
	auto := func(total, on string) string {
		p := payment(total, "1-1", "1.00")
		return p[:strings.Index(p, "<AppliedToTxnAdd>")] + "<IsAutoApply>" + on + "</IsAutoApply></ReceivePaymentAdd></ReceivePaymentAddRq>"
	}
	wantTexts(t, added(t, c, auto("150.00", "true")), map[string]string{"UnusedPayment": "0.00", "AppliedToTxnRet/Amount": "109.50"})
	wantTexts(t, added(t, c, auto("150.00", "false")), map[string]string{"UnusedPayment": "150.00", "AppliedToTxnRet/Amount": ""})
	if all := c.Documents("Invoice"); all[0].Left != 0 || all[1].Left != 6900 || all[1].Applied[0].Amount != 4050 {
		t.Errorf("open are %s and %s", all[0].Left, all[1].Left)
	}
}

func TestSalesOrder(t *testing.T) {
	c := open(t)
	order := added(t, c, form("SalesOrder", "<RefNumber>K8XTQ</RefNumber>"+taxRef(TaxCombined), mugs()))
	wantTexts(t, order, map[string]string{"TotalAmount": "109.50", "IsFullyInvoiced": "false", "IsManuallyClosed": "false", "TemplateRef/FullName": "Custom Sales Order", "SalesOrderLineRet/Quantity": "10"})
	id := text(order, "TxnID")
	if d := c.Documents()[0]; c.txn(id).posts() || d.Receivable != "" || d.DepositTo != "" {
		t.Errorf("it posts: %+v", d)
	}
	link := form("Invoice", taxRef(TaxCombined)+"<LinkToTxnID>"+id+"</LinkToTxnID>", "")
	invoice := added(t, c, link)
	wantTexts(t, invoice, map[string]string{"BalanceRemaining": "109.50", "InvoiceLineRet/ItemRef/FullName": "MUG"})
	wantTexts(t, ask(t, c, set("", query("SalesOrder", "<IncludeLinkedTxns>true</IncludeLinkedTxns>"))).FindElement("//SalesOrderRet"), map[string]string{"IsFullyInvoiced": "true", "LinkedTxn/TxnType": "Invoice", "TotalAmount": "109.50"})
	wantStatus(t, ask(t, c, set("", link)), 0, "3150", "Error") // without the order's lines it has none
	unlinked := text(wantStatus(t, ask(t, c, set("", strings.Replace(link, "</InvoiceAdd>", strings.ReplaceAll(mugs(), "SalesReceipt", "Invoice")+"</InvoiceAdd>", 1))), 0, "570", "Warn"), "InvoiceRet/TxnID")
	if d := c.Documents("Invoice")[1]; d.TxnID != unlinked || d.Total != 10950 || len(d.Applied) != 0 {
		t.Errorf("an invoice of a closed order is %+v", d)
	}
	must(t, c.Delete(unlinked))
	wantStatus(t, ask(t, c, set("", strings.ReplaceAll(undoing("TxnDel", id), "SalesReceipt", "SalesOrder"))), 0, "3160", "Error")
	must(t, c.Delete(text(invoice, "TxnID")))
	wantStatus(t, ask(t, c, set("", strings.ReplaceAll(undoing("TxnDel", id), "SalesReceipt", "SalesOrder"))), 0, "0", "Info")
	for name, change := range map[string]func(*CompanyConfig){
		"Pro has none": func(k *CompanyConfig) { k.Product = "QuickBooks Pro 2024" }, "the preference is off": func(k *CompanyConfig) { k.NoSalesOrders = true },
	} {
		t.Run(name, func(t *testing.T) {
			wantStatus(t, ask(t, open(t, change), set("", form("SalesOrder", "", mugs()))), 0, "3250", "Error")
		})
	}
}

// Q32: a credit memo is refunded by card or cheque, once.
func TestCreditMemoAndRefunds(t *testing.T) {
	credit := func(c *Company) string {
		memo := added(t, c, form("CreditMemo", "<RefNumber>K8XTQ-R1</RefNumber>"+taxRef(TaxCombined), mugs()))
		wantTexts(t, memo, map[string]string{"TotalAmount": "109.50", "CreditRemaining": "109.50", "SalesTaxTotal": "9.50", "ARAccountRef/FullName": AccountReceivable, "TemplateRef/FullName": "Custom Credit Memo"})
		return text(memo, "TxnID")
	}
	c := open(t)
	memo := credit(c)
	refund := added(t, c, cardRefund(memo, "100.00"))
	wantTexts(t, refund, map[string]string{"TotalAmount": "100.00", "RefundFromAccountRef/FullName": AccountUndeposited, "RefundAppliedToTxnRet/CreditRemaining": "9.50", "RefundAppliedToTxnRet/RefundAmount": "100.00"})
	wantStatus(t, ask(t, c, set("", cardRefund(memo, "9.51"))), 0, "3210", "Error")
	paidOut := added(t, c, cheque(AccountBank, memo, "9.50"))
	wantTexts(t, paidOut, map[string]string{"Amount": "9.50", "AccountRef/FullName": AccountBank, "PayeeEntityRef/FullName": knownCustomer, "ExpenseLineRet/AccountRef/FullName": AccountReceivable, "ExpenseLineRet/Amount": "9.50"})
	used := ask(t, c, set("", query("CreditMemo", "<IncludeLinkedTxns>true</IncludeLinkedTxns>"))).FindElement("//CreditMemoRet")
	wantTexts(t, used, map[string]string{"CreditRemaining": "0.00", "LinkedTxn/TxnType": "ARRefundCreditCard", "LinkedTxn[2]/TxnType": "Check", "LinkedTxn[2]/Amount": "-9.50"})
	wantTexts(t, ask(t, c, set("", query("Check", "<IncludeLineItems>true</IncludeLineItems><IncludeLinkedTxns>true</IncludeLinkedTxns>"))).FindElement("//CheckRet"), map[string]string{"LinkedTxn/TxnType": "CreditMemo", "LinkedTxn/Amount": "9.50"})
	wantTexts(t, ask(t, c, set("", query("ARRefundCreditCard", ""))).FindElement("//ARRefundCreditCardRet"), map[string]string{"TotalAmount": "100.00", "RefundAppliedToTxnRet/TxnID": ""})
	wantStatus(t, ask(t, c, set("", strings.ReplaceAll(undoing("TxnDel", memo), "SalesReceipt", "CreditMemo"))), 0, "3160", "Error")
	wantStatus(t, ask(t, c, set("", strings.ReplaceAll(undoing("TxnVoid", text(refund, "TxnID")), "SalesReceipt", "ARRefundCreditCard"))), 0, "0", "Info")
	wantStatus(t, ask(t, c, set("", strings.ReplaceAll(undoing("TxnDel", text(paidOut, "TxnID")), "SalesReceipt", "Check"))), 0, "0", "Info")
	if d := c.Documents("CreditMemo")[0]; d.Left != 10950 || len(d.Applied) != 0 {
		t.Errorf("%s are left of the credit, used for %v", d.Left, d.Applied)
	}
	wantStatus(t, ask(t, c, set("", strings.ReplaceAll(undoing("TxnDel", memo), "SalesReceipt", "CreditMemo"))), 0, "0", "Info")

	for name, k := range map[string]struct{ request, code string }{
		"more than the credit":                 {cardRefund("ID", "109.51"), "3210"},
		"nothing":                              {cardRefund("ID", "0.00"), "3210"},
		"of another customer's":                {strings.Replace(cardRefund("ID", "1.00"), knownCustomer, "Prairie Schools", 1), "3210"},
		"of no credit":                         {cardRefund("FFF-1400000000", "1.00"), "3120"},
		"from an income account":               {strings.Replace(cardRefund("ID", "1.00"), AccountUndeposited, AccountSales, 1), "3140"},
		"from no account":                      {strings.Replace(cardRefund("ID", "1.00"), named("RefundFromAccountRef", AccountUndeposited), "", 1), "3150"},
		"a cheque from Undeposited Funds":      {cheque(AccountUndeposited, "ID", "1.00"), "3140"},
		"a cheque from a clearing account":     {cheque(AccountStripe, "ID", "1.00"), "3140"},
		"a cheque of more than the credit":     {cheque(AccountBank, "ID", "109.51"), "3210"},
		"a cheque on an expense":               {strings.Replace(cheque(AccountBank, "ID", "1.00"), AccountReceivable, AccountMerchantFees, 1), "3210"},
		"a cheque on receivables of nobody":    {strings.Replace(cheque(AccountBank, "ID", "1.00"), named("CustomerRef", knownCustomer), "", 1), "3180"},
		"a cheque for less than it is used up": {strings.Replace(cheque(AccountBank, "ID", "2.00"), "<Amount>2.00</Amount><CustomerRef>", "<Amount>1.00</Amount><CustomerRef>", 1), "3210"},
	} {
		t.Run(name, func(t *testing.T) {
			c := open(t)
			id := credit(c)
			before, err := c.Snapshot()
			must(t, err)
			wantStatus(t, ask(t, c, set("", strings.ReplaceAll(k.request, "ID<", id+"<"))), 0, k.code, "Error")
			if after, err := c.Snapshot(); err != nil || string(after) != string(before) {
				t.Errorf("the refused refund changed the books (%v)", err)
			}
		})
	}
}

// A credit memo may be used for an invoice too.
func TestSetCredit(t *testing.T) {
	c := open(t)
	memo := text(added(t, c, form("CreditMemo", "", lineOf("MUG", "30.00", "Non"))), "TxnID")
	credit := func(amount string) string {
		return "<SetCredit><CreditTxnID>" + memo + "</CreditTxnID><AppliedAmount>" + amount + "</AppliedAmount></SetCredit>"
	}
	wantStatus(t, ask(t, c, set("", form("Invoice", credit("30.01"), mugs()))), 0, "3210", "Error")
	invoice := added(t, c, form("Invoice", credit("10.00"), mugs()))
	wantTexts(t, invoice, map[string]string{"BalanceRemaining": "99.50", "AppliedAmount": "-10.00"})
	both := strings.Replace(payment("79.50", text(invoice, "TxnID"), "79.50"), "</PaymentAmount>", "</PaymentAmount>"+credit("20.00"), 1)
	wantTexts(t, added(t, c, both), map[string]string{"AppliedToTxnRet/BalanceRemaining": "0.00"})
	if all := c.Documents(); all[0].Left != 0 || all[1].Left != 0 || len(all[1].Applied) != 3 {
		t.Errorf("%s are left of the credit, %s of the invoice", all[0].Left, all[1].Left)
	}
}

// quickbooks.md 3.1, 6: groups expand, subtotals add nothing, a percentage goes by what stands above.
func TestGroupsAndSubtotals(t *testing.T) {
	group := func(quantity string) string {
		return `<SalesReceiptLineGroupAdd>` + named("ItemGroupRef", ItemKit) + quantity + `</SalesReceiptLineGroupAdd>`
	}
	subtotal := `<SalesReceiptLineAdd>` + named("ItemRef", ItemSubtotal) + `</SalesReceiptLineAdd>`
	percent := `<SalesReceiptLineAdd>` + named("ItemRef", ItemDiscount) + `<RatePercent>-5</RatePercent></SalesReceiptLineAdd>`
	for _, kind := range itemForms() {
		t.Run(kind, func(t *testing.T) {
			c := open(t)
			ret := added(t, c, form(kind, taxRef(TaxCombined), group("<Quantity>2</Quantity>")+group("")+lineOf("MUG", "10.00", "Tax")+subtotal+percent))
			// 3 kits of 11.05 + 2 * 12.50 = 108.15, and 10.00; less 5 % of 118.15 = 5.9075
			wantTexts(t, ret, map[string]string{"Subtotal": "112.24", "SalesTaxTotal": "10.66", kind + "LineGroupRet/TotalAmount": "72.10", kind + "LineGroupRet/Quantity": "2", kind + "LineGroupRet/Desc": "Camp kit",
				kind + "LineGroupRet/" + kind + "LineRet/Amount": "22.10", kind + "LineGroupRet/" + kind + "LineRet[2]/Quantity": "4", kind + "LineGroupRet[2]/TotalAmount": "36.05",
				kind + "LineRet[2]/Amount": "118.15", kind + "LineRet[3]/Amount": "-5.91"})
			d := c.Documents()[0]
			if d.Total != 12290 || len(d.Lines) != 5 || d.Lines[0].Item != ItemKit || d.Lines[0].Members[1].Item != "WS-M" || d.Lines[0].Members[1].Account != AccountSales {
				t.Errorf("the books hold %+v", d)
			}
		})
	}
	for name, k := range map[string]struct{ lines, code string }{
		"a group as a plain line": {lineOf(ItemKit, "1.00", ""), "3280"},
		"a subtotal of an amount": {lineOf(ItemSubtotal, "1.00", ""), "3151"},
		"a group that isn't one":  {strings.Replace(group(""), ItemKit, "MUG", 1), "3140"},
	} {
		t.Run(name, func(t *testing.T) {
			wantStatus(t, ask(t, open(t), set("", receiptRq("", k.lines))), 0, k.code, "Error")
		})
	}
}

// Q35: a form in a foreign currency is in the customer's, at its rate, on receivables of that currency.
func TestCurrencies(t *testing.T) {
	c := open(t, func(k *CompanyConfig) { k.MultiCurrency = true })
	euro := func(request string) string { return strings.ReplaceAll(request, knownCustomer, euroCustomer) }
	prefs := answer(t, c.HCP())
	wantTexts(t, prefs.FindElement("//MultiCurrencyPreferences"), map[string]string{"IsMultiCurrencyOn": "true", "HomeCurrencyRef/FullName": CurrencyHome})
	if n := len(ask(t, c, set("", `<CurrencyQueryRq/>`)).FindElements("//CurrencyRet")); n != 2 {
		t.Errorf("%d currencies", n)
	}
	wantTexts(t, ask(t, c, set("", `<CustomerQueryRq><FullName>`+euroCustomer+`</FullName></CustomerQueryRq>`)).FindElement("//CustomerRet"), map[string]string{"CurrencyRef/FullName": CurrencyEuro})
	invoice := added(t, c, euro(form("Invoice", taxRef(TaxNone)+"<ExchangeRate>1.1</ExchangeRate>", lineOf("MUG", "100.05", "Non"))))
	wantTexts(t, invoice, map[string]string{"CurrencyRef/FullName": CurrencyEuro, "ExchangeRate": "1.1", "BalanceRemaining": "100.05", "BalanceRemainingInHomeCurrency": "110.06", "ARAccountRef/FullName": AccountReceivableEUR})
	paid := added(t, c, euro(strings.Replace(payment("100.05", text(invoice, "TxnID"), "100.05"), "<Memo>", "<ExchangeRate>1.12</ExchangeRate><Memo>", 1)))
	wantTexts(t, paid, map[string]string{"ExchangeRate": "1.12", "TotalAmountInHomeCurrency": "112.06"})
	receipt := added(t, c, euro(receiptRq("", lineOf("MUG", "100.00", "Non"))))
	wantTexts(t, receipt, map[string]string{"ExchangeRate": rateOfEuro, "TotalAmount": "100.00", "TotalAmountInHomeCurrency": "108.42"})
	wantTexts(t, added(t, c, receiptRq("", lineOf("MUG", "100.00", "Non"))), map[string]string{"CurrencyRef/FullName": CurrencyHome, "ExchangeRate": "", "TotalAmountInHomeCurrency": ""})
	for name, k := range map[string]struct{ request, code string }{
		"a rate of the home currency":                   {receiptRq("<ExchangeRate>1.1</ExchangeRate>", lineOf("MUG", "1.00", "Non")), "3210"},
		"a rate of nothing":                             {euro(receiptRq("<ExchangeRate>0</ExchangeRate>", lineOf("MUG", "1.00", "Non"))), "3085"},
		"receivables of the home currency":              {euro(form("Invoice", named("ARAccountRef", AccountReceivable), mugs())), "3140"},
		"a bank of the home currency":                   {euro(receiptRq(named("DepositToAccountRef", AccountBank), lineOf("MUG", "1.00", "Non"))), "3140"},
		"a bank of the other currency":                  {receiptRq(named("DepositToAccountRef", AccountBankEUR), lineOf("MUG", "1.00", "Non")), "3140"},
		"a job in another currency than its customer's": {`<CustomerAddRq><CustomerAdd><Name>A</Name>` + named("ParentRef", euroCustomer) + named("CurrencyRef", CurrencyHome) + `</CustomerAdd></CustomerAddRq>`, "3140"},
		"another currency of a customer in use": {fmt.Sprintf(`<CustomerModRq><CustomerMod><ListID>%s</ListID><EditSequence>%d</EditSequence>%s</CustomerMod></CustomerModRq>`,
			c.named(euroCustomer, "Customer").ListID, c.named(euroCustomer, "Customer").EditSeq, named("CurrencyRef", CurrencyHome)), "3180"},
	} {
		t.Run(name, func(t *testing.T) { wantStatus(t, ask(t, c, set("", k.request)), 0, k.code, "Error") })
	}
	job := ask(t, c, set("", `<CustomerAddRq><CustomerAdd><Name>A</Name>`+named("ParentRef", euroCustomer)+`</CustomerAdd></CustomerAddRq>`)).FindElement("//CustomerRet")
	wantTexts(t, job, map[string]string{"CurrencyRef/FullName": CurrencyEuro})
	off := open(t)
	for name, request := range map[string]string{
		"a rate with multicurrency off": receiptRq("<ExchangeRate>1.1</ExchangeRate>", lineOf("MUG", "1.00", "Non")), "the currencies with it off": `<CurrencyQueryRq/>`,
		"a customer's currency with it off": `<CustomerAddRq><CustomerAdd><Name>A</Name>` + named("CurrencyRef", CurrencyEuro) + `</CustomerAdd></CustomerAddRq>`,
		"a class with classes off":          receiptRq(named("ClassRef", "Web"), lineOf("MUG", "1.00", "Non")),
	} {
		t.Run(name, func(t *testing.T) { wantStatus(t, ask(t, off, set("", request)), 0, "3250", "Error") })
	}
}

// What a form may not name, whatever its kind.
func TestFormsRefused(t *testing.T) {
	for _, kind := range itemForms() {
		for name, k := range map[string]struct{ fields, lines, code string }{
			"another form's template":  {named("TemplateRef", map[bool]string{true: "Custom Credit Memo", false: "Custom Sales Receipt"}[kind == "SalesReceipt"]), mugs(), "3140"},
			"a sales rep not there":    {named("SalesRepRef", "XX"), mugs(), "3140"},
			"a message not there":      {named("CustomerMsgRef", "Hello"), mugs(), "3140"},
			"a custom field not there": {"", strings.Replace(mugs(), "</SalesReceiptLineAdd>", "<DataExt><OwnerID>0</OwnerID><DataExtName>Colour</DataExtName><DataExtValue>blue</DataExtValue></DataExt></SalesReceiptLineAdd>", 1), "3140"},
			"less than nothing":        {"", lineOf("MUG", "-1.00", "Non"), "3210"},
			"inactive items":           {"", lineOf("OLD-LAMP", "1.00", "Tax"), "3180"},
		} {
			t.Run(fmt.Sprint(kind, " ", name), func(t *testing.T) {
				wantStatus(t, ask(t, open(t), set("", form(kind, k.fields, k.lines))), 0, k.code, "Error")
			})
		}
	}
	c := open(t)
	wantStatus(t, ask(t, c, set("", form("Invoice", "", ""))), 0, "3150", "Error")
	// a sales order is in no account, so the closing date is nothing to it
	closed := "<TxnDate>" + ClosingDate(newest) + "</TxnDate>"
	wantStatus(t, ask(t, c, set("", form("SalesOrder", closed, mugs()))), 0, "0", "Info")
	wantStatus(t, ask(t, c, set("", form("CreditMemo", closed, mugs()))), 0, "3181", "Error")
}

// The lists that the forms name.
func TestListsOfForms(t *testing.T) {
	c := open(t)
	rs := ask(t, c, set("", `<CustomerMsgQueryRq/>`, `<SalesRepQueryRq/>`, `<TemplateQueryRq/>`, `<ItemQueryRq><FullName>`+ItemKit+`</FullName></ItemQueryRq>`))
	wantTexts(t, rs, map[string]string{"//CustomerMsgRet/Name": MessageThanks, "//SalesRepRet/Initial": SalesRepJR, "//SalesRepRet/SalesRepEntityRef/FullName": nameOfEmployee,
		"//ItemGroupRet/ItemGroupLine/ItemRef/FullName": "MUG", "//ItemGroupRet/ItemGroupLine[2]/Quantity": "2"})
	if n := len(rs.FindElements("//TemplateRet")); n != 4 {
		t.Errorf("%d templates", n)
	}
}

// People edit, delete and deposit documents of all kinds; what was linked with a document that is gone is open again.
func TestPeopleAndForms(t *testing.T) {
	c := open(t)
	invoice := text(added(t, c, form("Invoice", "", mugs())), "TxnID")
	paid := text(added(t, c, payment("109.50", invoice, "109.50")), "TxnID")
	for name, err := range map[string]error{
		"voiding a payment": c.Void(paid), "taking more off an invoice than is open": c.EditReceipt(invoice, ReceiptEdit{More: -1}), "changing a payment's amount": c.EditReceipt(paid, ReceiptEdit{More: 1}),
		"depositing an invoice": errorOf(c.Deposit(invoice)),
	} {
		if err == nil {
			t.Errorf("%s gave no error", name)
		}
	}
	must(t, c.EditReceipt(invoice, ReceiptEdit{More: 100, RefNumber: "B-1"}))
	deposit, err := c.Deposit(paid)
	must(t, err)
	wantTexts(t, ask(t, c, set("", query("Deposit", "<IncludeLineItems>true</IncludeLineItems>"))).FindElement("//DepositRet"), map[string]string{"DepositLineRet/TxnType": "ReceivePayment", "DepositTotal": "109.50"})
	wantStatus(t, ask(t, c, set("", strings.ReplaceAll(undoing("TxnDel", paid), "SalesReceipt", "ReceivePayment"))), 0, "3160", "Error")
	must(t, c.DeleteDeposit(deposit))
	must(t, c.Delete(invoice)) // the program only warns a person
	if d := c.Documents(); len(d) != 1 || d[0].Left != 10950 || len(d[0].Applied) != 0 {
		t.Errorf("left are %+v", d)
	}
	all := ask(t, c, set("", `<TransactionQueryRq><TransactionTypeFilter><TxnTypeFilter>All</TxnTypeFilter></TransactionTypeFilter></TransactionQueryRq>`))
	wantTexts(t, all.FindElement("//TransactionRet"), map[string]string{"TxnType": "ReceivePayment", "EntityRef/FullName": knownCustomer, "AccountRef/FullName": AccountUndeposited, "Amount": "109.50"})
}

// Forms of all kinds are typed in by hand.
func TestTypedForms(t *testing.T) {
	c := open(t)
	for i, kind := range itemForms() {
		id := typed(t, c, func(r *TypedReceipt) { r.Kind = kind })
		if d := c.Documents()[i]; d.Kind != kind || d.TxnID != id || d.Total != 1095 || (d.Left == 1095) != (kind == "Invoice" || kind == "CreditMemo") {
			t.Errorf("%s became %+v", kind, d)
		}
	}
}

// The faults that people are for documents strike those of all kinds.
func TestPeopleStrikeAllForms(t *testing.T) {
	for name, struck := range map[string]func(before, after Document) bool{
		"the memo of a document of ours is changed":   func(_, after Document) bool { return after.Memo == "Checked by Ann." },
		"the amount of a document of ours is changed": func(before, after Document) bool { return after.Subtotal == before.Subtotal+100 },
		"a document of ours is voided":                func(_, after Document) bool { return after.Void },
		"a document of ours is deleted":               func(_, after Document) bool { return after.TxnID == "" },
	} {
		fault := personFaults()[slices.IndexFunc(personFaults(), func(f Fault) bool { return f.Name == name })]
		for _, kind := range txnKinds() {
			t.Run(name+"/"+kind, func(t *testing.T) {
				c := open(t)
				before := oneOf(t, c, kind)
				w := &World{Company: c}
				trouble := &trouble{world: w, fault: name, left: 1}
				if said := fault.arm(w, trouble, rand.New(rand.NewPCG(1, 1))); said == "" {
					t.Fatal("the fault says nothing")
				}
				for range 3 {
					for _, step := range []string{"authenticate", "sendRequestXML", "ProcessRequest", "receiveResponseXML", "closeConnection"} {
						if trouble.left > 0 {
							must(t, trouble.before(nil, step))
						}
					}
				}
				after := Document{}
				for _, d := range c.Documents() {
					if d.TxnID == before.TxnID {
						after = d
					}
				}
				// nobody voids a payment or a sales order, nor changes the amount of a form of money
				possible := !strings.Contains(name, "voided") || kind != "ReceivePayment" && kind != "SalesOrder"
				possible = possible && (!strings.Contains(name, "amount") || slices.Contains(itemForms(), kind))
				if struck(before, after) != possible || len(w.Strikes()) != 1 {
					t.Errorf("it is %+v after %v", after, w.Strikes())
				}
			})
		}
	}
}

// oneOf makes a document of a kind that alone bears our mark.
func oneOf(t *testing.T, c *Company, kind string) Document {
	t.Helper()
	memo := "<Memo>Ecwid 1003/i:5 of 1</Memo>"
	switch kind {
	case "ReceivePayment":
		invoice := text(added(t, c, form("Invoice", "", mugs())), "TxnID")
		added(t, c, payment("109.50", invoice, "109.50"))
	case "ARRefundCreditCard", "Check":
		credit := text(added(t, c, form("CreditMemo", "", mugs())), "TxnID")
		if kind == "Check" {
			added(t, c, strings.Replace(cheque(AccountBank, credit, "5.00"), "<ApplyCheck", memo+"<ApplyCheck", 1))
		} else {
			added(t, c, strings.Replace(cardRefund(credit, "5.00"), "<RefundApplied", memo+"<RefundApplied", 1))
		}
	default:
		added(t, c, form(kind, memo, mugs()))
	}
	return c.Documents(kind)[0]
}
