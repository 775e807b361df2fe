package qbxml

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// fullInvoice has all that an invoice of the US takes.
func fullInvoice() *InvoiceAdd {
	address := &Address{Addr1: "José Müller", City: "Pomona", State: "CA", PostalCode: "91766"}
	return &InvoiceAdd{
		CustomerRef: RefID("80000013-1433852150"), ClassRef: RefName("Web"), ARAccountRef: RefName("Accounts Receivable"),
		TemplateRef: RefName("Custom Invoice"), TxnDate: "2026-03-31", RefNumber: "A1B2C3D4E5F", BillAddress: address, ShipAddress: address,
		IsPending: Bool(false), IsFinanceCharge: Bool(false), PONumber: "PO-7", TermsRef: RefName("Net 30"), DueDate: "2026-04-30",
		SalesRepRef: RefName("JM"), FOB: "Pomona", ShipDate: "2026-04-01", ShipMethodRef: RefName("UPS Ground"), ItemSalesTaxRef: RefName("LA County"),
		Memo: "Order 100231", CustomerMsgRef: RefName("Thank you!"), IsToBePrinted: Bool(false), IsToBeEmailed: Bool(false),
		CustomerSalesTaxCodeRef: RefName("Tax"), Other: "100231", ExchangeRate: dec("1.0842"), ExternalGUID: "{4D6F1F2A-0B1C-4D2E-8F3A-1234567890AB}",
		LinkToTxnID: []string{"2C0-1433857054"}, SetCredit: []SetCredit{{CreditTxnID: "3C0-1433857054", AppliedAmount: dec("5"), Override: Bool(true)}},
		Lines: fullReceipt().Lines,
	}
}

func fullSalesOrder() *SalesOrderAdd {
	i := fullInvoice()
	line := i.Lines[0]
	line.ServiceDate, line.OverrideItemAccountRef = "", nil // not on sales orders
	return &SalesOrderAdd{
		CustomerRef: i.CustomerRef, ClassRef: i.ClassRef, TemplateRef: RefName("Custom Sales Order"), TxnDate: i.TxnDate, RefNumber: i.RefNumber,
		BillAddress: i.BillAddress, ShipAddress: i.ShipAddress, PONumber: i.PONumber, TermsRef: i.TermsRef, DueDate: i.DueDate,
		SalesRepRef: i.SalesRepRef, FOB: i.FOB, ShipDate: i.ShipDate, ShipMethodRef: i.ShipMethodRef, ItemSalesTaxRef: i.ItemSalesTaxRef,
		IsManuallyClosed: Bool(false), Memo: i.Memo, CustomerMsgRef: i.CustomerMsgRef, IsToBePrinted: i.IsToBePrinted, IsToBeEmailed: i.IsToBeEmailed,
		CustomerSalesTaxCodeRef: i.CustomerSalesTaxCodeRef, Other: i.Other, ExchangeRate: i.ExchangeRate, ExternalGUID: i.ExternalGUID,
		Lines: append([]LineAdd{line}, i.Lines[1:]...),
	}
}

func fullCreditMemo() *CreditMemoAdd {
	i := fullInvoice()
	line := i.Lines[0]
	line.OptionForPriceRuleConflict = "" // not on credit memos
	return &CreditMemoAdd{
		CustomerRef: i.CustomerRef, ClassRef: i.ClassRef, ARAccountRef: i.ARAccountRef, TemplateRef: RefName("Custom Credit Memo"), TxnDate: i.TxnDate,
		RefNumber: "100231-R1", BillAddress: i.BillAddress, ShipAddress: i.ShipAddress, IsPending: i.IsPending, PONumber: i.PONumber, TermsRef: i.TermsRef,
		DueDate: i.DueDate, SalesRepRef: i.SalesRepRef, FOB: i.FOB, ShipDate: i.ShipDate, ShipMethodRef: i.ShipMethodRef, ItemSalesTaxRef: i.ItemSalesTaxRef,
		Memo: i.Memo, CustomerMsgRef: i.CustomerMsgRef, IsToBePrinted: i.IsToBePrinted, IsToBeEmailed: i.IsToBeEmailed,
		CustomerSalesTaxCodeRef: i.CustomerSalesTaxCodeRef, Other: i.Other, ExchangeRate: i.ExchangeRate, ExternalGUID: i.ExternalGUID,
		Lines: append([]LineAdd{line}, i.Lines[1:]...),
	}
}

func fullPayment() *ReceivePaymentAdd {
	return &ReceivePaymentAdd{
		CustomerRef: RefID("80000013-1433852150"), ARAccountRef: RefName("Accounts Receivable"), TxnDate: "2026-04-02", RefNumber: "ch_3N1x9ABCDEFGH",
		TotalAmount: dec("27.34"), ExchangeRate: dec("1.0842"), PaymentMethodRef: RefName("Visa"), Memo: "Order 100231",
		DepositToAccountRef: RefName("Undeposited Funds"), ExternalGUID: "{4D6F1F2A-0B1C-4D2E-8F3A-1234567890AB}",
		AppliedToTxnAdd: []AppliedToTxnAdd{{TxnID: "1C0-1433857054", PaymentAmount: dec("27.34"),
			SetCredit:      []SetCredit{{CreditTxnID: "3C0-1433857054", AppliedAmount: dec("5")}},
			DiscountAmount: dec("0.5"), DiscountAccountRef: RefName("Discounts"), DiscountClassRef: RefName("Web")}},
	}
}

func fullCardRefund() *ARRefundCreditCardAdd {
	return &ARRefundCreditCardAdd{
		CustomerRef: RefID("80000013-1433852150"), RefundFromAccountRef: RefName("Undeposited Funds"), ARAccountRef: RefName("Accounts Receivable"),
		TxnDate: "2026-04-05", RefNumber: "100231-C1", Address: &Address{Addr1: "José Müller"}, PaymentMethodRef: RefName("Visa"), Memo: "Order 100231",
		ExchangeRate: dec("1.0842"), ExternalGUID: "{4D6F1F2A-0B1C-4D2E-8F3A-1234567890AB}",
		RefundAppliedToTxnAdd: []RefundAppliedToTxnAdd{{TxnID: "3C0-1433857054", RefundAmount: dec("27.34")}},
	}
}

func fullCheck() *CheckAdd {
	return &CheckAdd{
		AccountRef: RefName("Checking"), PayeeEntityRef: RefID("80000013-1433852150"), RefNumber: "100231-C1", TxnDate: "2026-04-05", Memo: "Order 100231",
		Address: &Address{Addr1: "José Müller"}, IsToBePrinted: Bool(false), ExchangeRate: dec("1.0842"), ExternalGUID: "{4D6F1F2A-0B1C-4D2E-8F3A-1234567890AB}",
		ApplyCheckToTxnAdd: []ApplyCheckToTxnAdd{{TxnID: "3C0-1433857054", Amount: dec("27.34")}},
		ExpenseLineAdd: []ExpenseLineAdd{{AccountRef: RefName("Accounts Receivable"), Amount: dec("27.34"), Memo: "Refund",
			CustomerRef: RefID("80000013-1433852150"), ClassRef: RefName("Web")}},
	}
}

func TestGoldenForms(t *testing.T) {
	for name, body := range map[string]Body{
		"invoice-add.xml": fullInvoice(), "sales-order-add.xml": fullSalesOrder(), "credit-memo-add.xml": fullCreditMemo(),
		"receive-payment-add.xml": fullPayment(), "ar-refund-credit-card-add.xml": fullCardRefund(), "check-add.xml": fullCheck(),
		"invoice-query.xml": &InvoiceQuery{MaxReturned: 100, PaidStatus: "NotPaidOnly", IncludeLinkedTxns: Bool(true), IncludeRetElement: []string{"TxnID", "BalanceRemaining"}},
	} {
		t.Run(name, func(t *testing.T) {
			doc := encode(t, body)
			golden(t, name, []byte(doc))
			validate(t, map[string][]byte{"form": []byte(doc)})
		})
	}
}

func TestFormRefusals(t *testing.T) {
	line := []LineAdd{{Desc: "x"}}
	customer := RefName("Jane")
	applied := []AppliedToTxnAdd{{TxnID: "1-1", PaymentAmount: dec("1")}}
	tests := map[string]struct {
		body Body
		path string
		rule Rule
	}{
		"invoice of nobody":            {InvoiceAdd{Lines: line}, "InvoiceAdd/CustomerRef", RuleRequired},
		"order without lines":          {SalesOrderAdd{CustomerRef: customer}, "SalesOrderAdd", RuleRequired},
		"credit without lines":         {CreditMemoAdd{CustomerRef: customer}, "CreditMemoAdd", RuleRequired},
		"order of an account":          {SalesOrderAdd{CustomerRef: customer, Lines: []LineAdd{{OverrideItemAccountRef: customer}}}, "SalesOrderAdd/SalesOrderLineAdd/OverrideItemAccountRef", RuleForm},
		"tax included in the US":       {InvoiceAdd{CustomerRef: customer, IsTaxIncluded: Bool(true), Lines: line}, "InvoiceAdd/IsTaxIncluded", RuleEdition},
		"PO number of 26":              {CreditMemoAdd{CustomerRef: customer, PONumber: "12345678901234567890123456", Lines: line}, "CreditMemoAdd/PONumber", RuleLength}, // Q8
		"group beside an item":         {CreditMemoAdd{CustomerRef: customer, Lines: []LineAdd{{Desc: "a", Group: &LineGroupAdd{ItemGroupRef: customer}}}}, "CreditMemoAdd/CreditMemoLineAdd", RuleChoice},
		"payment applied to nothing":   {ReceivePaymentAdd{CustomerRef: customer, TotalAmount: dec("1")}, "ReceivePaymentAdd", RuleRequired},
		"payment applied in two ways":  {ReceivePaymentAdd{CustomerRef: customer, IsAutoApply: Bool(false), AppliedToTxnAdd: applied}, "ReceivePaymentAdd", RuleChoice},
		"payment number of 21":         {ReceivePaymentAdd{CustomerRef: customer, RefNumber: "123456789012345678901", AppliedToTxnAdd: applied}, "ReceivePaymentAdd/RefNumber", RuleLength}, // Q8
		"payment of half a cent":       {ReceivePaymentAdd{CustomerRef: customer, TotalAmount: dec("1.005"), AppliedToTxnAdd: applied}, "ReceivePaymentAdd/TotalAmount", RuleDecimals},      // Q7
		"refund of no credit":          {ARRefundCreditCardAdd{CustomerRef: customer}, "ARRefundCreditCardAdd/RefundAppliedToTxnAdd", RuleRequired},
		"refund of no amount":          {ARRefundCreditCardAdd{CustomerRef: customer, RefundAppliedToTxnAdd: []RefundAppliedToTxnAdd{{TxnID: "1-1"}}}, "ARRefundCreditCardAdd/RefundAppliedToTxnAdd/RefundAmount", RuleRequired},
		"cheque from no account":       {CheckAdd{PayeeEntityRef: customer}, "CheckAdd/AccountRef", RuleRequired},
		"orders by an account":         {SalesOrderQuery{RefNumber: []string{"1"}, MaxReturned: 5}, "", RuleChoice},
		"invoices of an unknown state": {InvoiceQuery{PaidStatus: "Overdue"}, "PaidStatus", RuleValue},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := refused(t, test.body, Newest(), US)
			if got.Path != test.path || got.Rule != test.rule {
				t.Errorf("refused %q for %s, want %q for %s", got.Path, got.Rule, test.path, test.rule)
			}
		})
	}
	// Q3: a version that lacks the element
	if got := refused(t, InvoiceAdd{CustomerRef: customer, SetCredit: []SetCredit{{CreditTxnID: "1-1", AppliedAmount: dec("1")}}}, Version{9, 0}, US); got.Rule != RuleVersion {
		t.Errorf("a credit on an invoice before 10.0: %v", got)
	}
}

// Q24: what is read of the answers to the forms.
func TestFormRets(t *testing.T) {
	tests := map[string]struct {
		response string
		want     any
	}{
		"paid invoice": {`<InvoiceRet><TxnID>1-1</TxnID><EditSequence>7</EditSequence><ARAccountRef><FullName>A/R</FullName></ARAccountRef><Subtotal>10.00</Subtotal><SalesTaxTotal>0.83</SalesTaxTotal><AppliedAmount>-10.83</AppliedAmount><BalanceRemaining>0.00</BalanceRemaining><IsPaid>true</IsPaid><LinkedTxn><TxnID>2-1</TxnID><TxnType>ReceivePayment</TxnType><LinkType>AMTTYPE</LinkType><Amount>-10.83</Amount></LinkedTxn><InvoiceLineGroupRet><TxnLineID>3-1</TxnLineID><InvoiceLineRet><Amount>10.00</Amount></InvoiceLineRet></InvoiceLineGroupRet></InvoiceRet>`,
			&InvoiceRet{TxnID: "1-1", EditSequence: "7", ARAccountRef: RefName("A/R"), Subtotal: dec("10"), SalesTaxTotal: dec("0.83"), AppliedAmount: dec("-10.83"), BalanceRemaining: dec("0"), IsPaid: true,
				LinkedTxn: []LinkedTxn{{TxnID: "2-1", TxnType: "ReceivePayment", LinkType: "AMTTYPE", Amount: dec("-10.83")}},
				Lines:     []LineRet{{Group: &LineGroupRet{TxnLineID: "3-1", Lines: []LineRet{{Amount: dec("10")}}}}}}},
		"sales order": {`<SalesOrderRet><TxnID>1-1</TxnID><TotalAmount>5.00</TotalAmount><IsFullyInvoiced>true</IsFullyInvoiced><SalesOrderLineRet><Amount>5.00</Amount></SalesOrderLineRet></SalesOrderRet>`,
			&SalesOrderRet{TxnID: "1-1", TotalAmount: dec("5"), IsFullyInvoiced: true, Lines: []LineRet{{Amount: dec("5")}}}},
		"card refund": {`<ARRefundCreditCardRet><TxnID>1-1</TxnID><TotalAmount>5.00</TotalAmount><RefundFromAccountRef><FullName>Checking</FullName></RefundFromAccountRef><RefundAppliedToTxnRet><TxnID>2-1</TxnID><TxnType>CreditMemo</TxnType><CreditRemaining>0.00</CreditRemaining><RefundAmount>5.00</RefundAmount></RefundAppliedToTxnRet></ARRefundCreditCardRet>`,
			&ARRefundCreditCardRet{TxnID: "1-1", TotalAmount: dec("5"), RefundFromAccountRef: RefName("Checking"),
				RefundAppliedToTxnRet: []RefundAppliedToTxnRet{{TxnID: "2-1", TxnType: "CreditMemo", CreditRemaining: dec("0"), RefundAmount: dec("5")}}}},
		"cheque": {`<CheckRet><TxnID>1-1</TxnID><AccountRef><FullName>Checking</FullName></AccountRef><PayeeEntityRef><FullName>Jane</FullName></PayeeEntityRef><Amount>5.00</Amount><ExpenseLineRet><TxnLineID>2-1</TxnLineID><AccountRef><FullName>A/R</FullName></AccountRef><Amount>5.00</Amount></ExpenseLineRet></CheckRet>`,
			&CheckRet{TxnID: "1-1", AccountRef: RefName("Checking"), PayeeEntityRef: RefName("Jane"), Amount: dec("5"), ExpenseLineRet: []ExpenseLineRet{{TxnLineID: "2-1", AccountRef: RefName("A/R"), Amount: dec("5")}}}},
		"message":        {`<CustomerMsgRet><ListID>1-1</ListID><Name>Thank you!</Name></CustomerMsgRet>`, &CustomerMsgRet{ListID: "1-1", Name: "Thank you!", IsActive: true}},
		"sales rep":      {`<SalesRepRet><Initial>JM</Initial><IsActive>false</IsActive><SalesRepEntityRef><FullName>Jane</FullName></SalesRepEntityRef></SalesRepRet>`, &SalesRepRet{Initial: "JM", SalesRepEntityRef: RefName("Jane")}},
		"currency":       {`<CurrencyRet><Name>Euro</Name><CurrencyCode>EUR</CurrencyCode><ExchangeRate>1.0842</ExchangeRate><AsOfDate>2026-03-31</AsOfDate></CurrencyRet>`, &CurrencyRet{Name: "Euro", CurrencyCode: "EUR", IsActive: true, ExchangeRate: dec("1.0842"), AsOfDate: "2026-03-31"}},
		"unused payment": {`<ReceivePaymentRet><TxnID>1-1</TxnID><TotalAmount>9.00</TotalAmount><UnusedPayment>9.00</UnusedPayment></ReceivePaymentRet>`, &ReceivePaymentRet{TxnID: "1-1", TotalAmount: dec("9"), UnusedPayment: dec("9")}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			all := records(t, rs(`<XQueryRs requestID="1" statusCode="0" statusSeverity="Info">`+test.response+`</XQueryRs>`))
			if len(all) != 1 || len(all[0].Unread) > 0 {
				t.Fatalf("%d records, unread %v", len(all), all[0].Unread)
			}
			if diff := cmp.Diff(test.want, all[0].Ret); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Q24: the genuine answers.
func TestFormFixtures(t *testing.T) {
	memo := fixture(t, "credit-memo-query-refunded-by-check.xml")[0].Ret.(*CreditMemoRet)
	if memo.CreditRemaining == nil || !memo.CreditRemaining.IsZero() || len(memo.LinkedTxn) != 1 || memo.LinkedTxn[0].TxnType != "Check" {
		t.Errorf("credit memo %+v", memo)
	}
	payment := fixture(t, "receive-payment-query-three-invoices.xml")[0].Ret.(*ReceivePaymentRet)
	if len(payment.AppliedToTxnRet) != 3 || len(payment.AppliedToTxnRet[1].LinkedTxn) != 1 || !payment.UnusedPayment.IsZero() {
		t.Errorf("payment %+v", payment)
	}
}

func TestPostedOf(t *testing.T) {
	customer := RefName("Jane")
	for name, test := range map[string]struct {
		ret  any
		want Posted
	}{
		"receipt": {&SalesReceiptRet{TxnID: "1-1", EditSequence: "7", TxnDate: "2026-03-31", RefNumber: "5", Memo: "m", CustomerRef: customer, IsPending: true, TotalAmount: dec("5")},
			Posted{Kind: "SalesReceipt", TxnID: "1-1", EditSequence: "7", TxnDate: "2026-03-31", RefNumber: "5", Memo: "m", CustomerRef: customer, IsPending: true, Total: dec("5")}},
		"open invoice":         {&InvoiceRet{Subtotal: dec("10"), SalesTaxTotal: dec("0.83"), AppliedAmount: dec("0"), BalanceRemaining: dec("10.83")}, Posted{Kind: "Invoice", Total: dec("10.83")}},
		"part paid invoice":    {&InvoiceRet{AppliedAmount: dec("-10"), BalanceRemaining: dec("0.83")}, Posted{Kind: "Invoice", Total: dec("10.83")}},
		"invoice of its parts": {&InvoiceRet{Subtotal: dec("10"), SalesTaxTotal: dec("0.83")}, Posted{Kind: "Invoice", Total: dec("10.83")}},
		"invoice half told":    {&InvoiceRet{Subtotal: dec("10"), BalanceRemaining: dec("10")}, Posted{Kind: "Invoice"}},
		"sales order":          {&SalesOrderRet{TotalAmount: dec("5")}, Posted{Kind: "SalesOrder", Total: dec("5")}},
		"credit memo":          {&CreditMemoRet{TotalAmount: dec("5")}, Posted{Kind: "CreditMemo", Total: dec("5")}},
		"payment":              {&ReceivePaymentRet{TotalAmount: dec("5")}, Posted{Kind: "ReceivePayment", Total: dec("5")}},
		"card refund":          {&ARRefundCreditCardRet{TotalAmount: dec("5")}, Posted{Kind: "ARRefundCreditCard", Total: dec("5")}},
		"cheque":               {&CheckRet{PayeeEntityRef: customer, Amount: dec("5")}, Posted{Kind: "Check", CustomerRef: customer, Total: dec("5")}},
	} {
		t.Run(name, func(t *testing.T) {
			got, ok := PostedOf(test.ret)
			if diff := cmp.Diff(test.want, got); !ok || diff != "" {
				t.Errorf("%v (-want +got):\n%s", ok, diff)
			}
		})
	}
	if _, ok := PostedOf(&DepositRet{TxnID: "1-1"}); ok {
		t.Error("a deposit is taken for a document")
	}
	if got, ok := PostedOf(fixture(t, "invoice-add-ok.xml")[0].Ret); !ok || !got.Total.Equal(*dec("206")) {
		t.Errorf("invoice %+v", got)
	}
}
