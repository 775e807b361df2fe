package qbxml

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/beevik/etree"
	"github.com/google/go-cmp/cmp"
)

// records reads a whole answer.
func records(t testing.TB, answer string) []Record {
	t.Helper()
	a := NewAnswer(strings.NewReader(answer))
	var all []Record
	for {
		r, err := a.Next()
		if err == io.EOF {
			return all
		}
		if err != nil {
			t.Fatalf("%v after %d records", err, len(all))
		}
		all = append(all, r)
	}
}

// rs wraps responses in an answer.
func rs(responses string) string {
	return `<?xml version="1.0" ?><QBXML><QBXMLMsgsRs>` + responses + `</QBXMLMsgsRs></QBXML>`
}

// kinds names the Rets of records.
func kinds(all []Record) []string {
	var names []string
	for _, r := range all {
		name := "-"
		switch ret := r.Ret.(type) {
		case nil:
		case *Unknown:
			name = "?" + ret.Name
		case *ItemRet:
			name = "Item " + ret.Kind
		default:
			name = reflect.TypeOf(ret).Elem().Name()
		}
		names = append(names, fmt.Sprintf("%s %d %s", r.Response.Request, r.Response.StatusCode, name))
	}
	return names
}

// Q24: every genuine answer is read, those that break the schema too.
func TestFixtures(t *testing.T) {
	repeat := func(s string, n int) []string { return strings.Split(strings.Repeat(s+"|", n-1)+s, "|") }
	want := map[string][]string{
		"batch-16-customer-add-3100.xml":            repeat("CustomerAdd 3100 -", 16),
		"credit-memo-query-refunded-by-check.xml":   {"CreditMemoQuery 0 CreditMemoRet"},
		"customer-add-3180-list-modified.xml":       {"CustomerAdd 3180 -"},
		"customer-add-ok.xml":                       {"CustomerAdd 0 CustomerRet"},
		"customer-mod-3200-with-current-record.xml": {"CustomerMod 3200 CustomerRet"},
		"customer-mod-ok.xml":                       {"CustomerMod 0 CustomerRet"},
		"customer-query-500-warn.xml":               {"CustomerQuery 500 -"},
		"customer-query-accent-and-mail.xml":        {"CustomerQuery 0 CustomerRet"},
		"hcp-host-company-prefs-pro2014-v13.xml":    {"HostQuery 0 HostRet", "CompanyQuery 0 CompanyRet", "PreferencesQuery 0 PreferencesRet"},
		"invoice-add-ok.xml":                        {"InvoiceAdd 0 InvoiceRet"},
		"invoice-query-iterator-last-page.xml":      {"InvoiceQuery 0 InvoiceRet", "InvoiceQuery 0 InvoiceRet"},
		"item-inventory-add-3100.xml":               {"ItemInventoryAdd 3100 -"},
		"item-inventory-add-ok.xml":                 {"ItemInventoryAdd 0 Item Inventory"},
		"item-inventory-query-nomatch-1.xml":        {"ItemInventoryQuery 1 -"},
		"item-query-service-price-percent.xml":      {"ItemQuery 0 Item Service"},
		"item-service-ret.xml":                      {"ItemServiceQuery 0 Item Service"},
		"iterator-first-page-two-queries.xml":       {"CustomerQuery 0 CustomerRet", "InvoiceQuery 0 InvoiceRet"},
		"journal-entry-query-multicurrency.xml":     {"JournalEntryQuery 0 ?JournalEntryRet"},
		"list-del-ok.xml":                           {"ListDel 0 ?ListDelType", "ListDel 0 ?ListID", "ListDel 0 ?TimeDeleted", "ListDel 0 ?FullName"},
		"receive-payment-add-3210-overpaid.xml":     {"ReceivePaymentAdd 3210 -"},
		"receive-payment-query-three-invoices.xml":  {"ReceivePaymentQuery 0 ReceivePaymentRet"},
		"sales-order-add-with-two-item-misses.xml":  {"ItemInventoryQuery 1 -", "ItemInventoryQuery 1 -", "SalesOrderAdd 0 SalesOrderRet", "SalesOrderAdd 3140 -"},
		"sales-receipt-add-ok-tax-8.25.xml":         {"SalesReceiptAdd 0 SalesReceiptRet"},
		"stop-on-error-3090-then-3231.xml":          {"CustomerAdd 3090 -", "CustomerQuery 3231 -"},
	}
	files, err := filepath.Glob(filepath.Join(shared(t, "fixtures", "qbxml"), "*.xml"))
	if err != nil || len(files) < len(want) {
		t.Fatalf("%d fixtures, %v", len(files), err)
	}
	for _, file := range files {
		name := filepath.Base(file)
		if strings.HasPrefix(name, "soap-") {
			continue // a SOAP body, not qbXML
		}
		t.Run(name, func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			all := records(t, string(text))
			if diff := cmp.Diff(want[name], kinds(all)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			keepsTheText(t, text, all)
		})
	}
}

// keepsTheText compares the plain fields of each record with what another parser finds.
func keepsTheText(t *testing.T, text []byte, all []Record) {
	t.Helper()
	doc := etree.NewDocument()
	if err := doc.ReadFromBytes(text); err != nil {
		t.Fatal(err)
	}
	var elements []*etree.Element
	for _, response := range doc.Root().ChildElements()[0].ChildElements() {
		children := response.ChildElements()
		if len(children) == 0 {
			elements = append(elements, nil)
		}
		elements = append(elements, children...)
	}
	if len(elements) != len(all) {
		t.Fatalf("%d records of %d elements", len(all), len(elements))
	}
	for i, r := range all {
		if len(r.Unread) > 0 {
			t.Errorf("%s: unread %v", r.Response.Request, r.Unread)
		}
		if r.Ret == nil {
			continue
		}
		v := reflect.ValueOf(r.Ret).Elem()
		for _, f := range (shapes{}).of(v.Type()) {
			field := v.Field(f.index)
			e := elements[i].SelectElement(f.names[0])
			switch {
			case e == nil || v.Type().Name() == "Unknown":
			case field.Kind() == reflect.String && field.String() != e.Text():
				t.Errorf("%s is %q, want %q", f.names[0], field.String(), e.Text())
			case field.Type() == reflect.PointerTo(decimalType):
				if field.IsNil() && e.Text() != "" {
					t.Errorf("%s lost %s", f.names[0], e.Text())
				}
			case field.Type() == reflect.PointerTo(refType):
				ref := field.Interface().(*Ref)
				if ref.ListID != e.FindElement("ListID").Text() || ref.FullName != e.FindElement("FullName").Text() {
					t.Errorf("%s is %+v", f.names[0], ref)
				}
			}
		}
	}
}

// fixture reads the records of one fixture.
func fixture(t *testing.T, name string) []Record {
	t.Helper()
	text, err := os.ReadFile(shared(t, "fixtures", "qbxml", name))
	if err != nil {
		t.Fatal(err)
	}
	return records(t, string(text))
}

func TestSalesReceiptFixture(t *testing.T) {
	r := fixture(t, "sales-receipt-add-ok-tax-8.25.xml")[0].Ret.(*SalesReceiptRet)
	want := &SalesReceiptRet{
		TxnID: "1C0-1433857054", TimeCreated: "2015-06-09T06:37:34-07:00", TimeModified: "2015-06-09T06:37:34-07:00", EditSequence: "1433850554",
		TxnNumber: 89, CustomerRef: &Ref{"80000013-1433852150", "custfullname"}, TemplateRef: &Ref{"80000009-1433199758", "Custom Sales Receipt"},
		TxnDate: "2019-06-09", RefNumber: "1040000529", PaymentMethodRef: &Ref{"8000000A-1433718272", "paymentmethod"}, DueDate: "2019-06-09",
		ShipDate: "2019-06-09", Subtotal: dec("0.20"), ItemSalesTaxRef: &Ref{"80000009-1433719484", "Tax agency"}, SalesTaxPercentage: dec("8.25"),
		SalesTaxTotal: dec("0.02"), TotalAmount: dec("0.22"), IsToBePrinted: true, CustomerSalesTaxCodeRef: &Ref{"80000002-1403304324", "Non"},
		DepositToAccountRef: &Ref{"8000003D-1433719666", "Undeposited Funds"},
		Lines: []SalesReceiptLineRet{{TxnLineID: "1C2-1433632154", ItemRef: &Ref{"8000001F-1433854453", "ABCD0000"}, Desc: "description",
			Quantity: dec("0.2"), Rate: dec("1"), Amount: dec("0.20"), ServiceDate: "2019-06-09", SalesTaxCodeRef: &Ref{"80000001-1403304324", "Tax"}}},
	}
	if diff := cmp.Diff(want, r); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestCompanyFixture(t *testing.T) {
	all := fixture(t, "hcp-host-company-prefs-pro2014-v13.xml")
	host, company, prefs := all[0].Ret.(*HostRet), all[1].Ret.(*CompanyRet), all[2].Ret.(*PreferencesRet)
	if v, err := Negotiate(host.SupportedQBXMLVersion); err != nil || v != Newest() || len(host.SupportedQBXMLVersion) != 16 {
		t.Errorf("version %s of %v: %v", v, host.SupportedQBXMLVersion, err)
	}
	if host.ProductName != "QuickBooks Pro 2014" || host.Country != "US" || host.QBFileMode != "SingleUser" {
		t.Errorf("host %+v", host)
	}
	if got := company.FileID("{512349B1-1111-2222-3333-000DE1813D20}"); got != "{00000ee-1111-ffff-cccc-5ff123456047}" {
		t.Errorf("FileID %q of %+v", got, company)
	}
	if got := company.LockedBy("{512349b1-1111-2222-3333-000de1813d20}"); got != "REDACTED" {
		t.Errorf("the Web Connector's computer is %q", got)
	}
	if got := company.LockedBy("{00000000-0000-0000-0000-000000000000}"); got != "" {
		t.Errorf("the Web Connector's computer is %q by another application's lock", got)
	}
	if s := fmt.Sprintf("%+v", company); strings.Contains(s, "12-3456789") {
		t.Errorf("the tax number was kept: %s", s)
	}
	if prefs.SalesTaxPreferences != nil || !prefs.AccountingPreferences.IsRequiringAccounts || prefs.AccountingPreferences.ClosingDate != "" ||
		prefs.MultiCurrencyPreferences.IsMultiCurrencyOn || !prefs.SalesAndCustomersPreferences.IsUsingPriceLevels || prefs.CurrentAppAccessRights.IsPersonalDataAccessAllowed {
		t.Errorf("preferences %+v", prefs)
	}
	if all[1].Response.RequestID != "1" || all[1].Response.Message != "Status OK" || all[1].Response.Severity != "Info" {
		t.Errorf("response %+v", all[1].Response)
	}
}

func TestOtherFixtures(t *testing.T) {
	// Q24: "18.0%"
	if item := fixture(t, "item-query-service-price-percent.xml")[0].Ret.(*ItemRet); item.PricePercent == nil || !item.PricePercent.Equal(*dec("18")) {
		t.Errorf("item %+v", item)
	}
	// Q24: a delivery method of no list, a missing Sublevel, a numeric reference
	customer := fixture(t, "customer-query-accent-and-mail.xml")[0].Ret.(*CustomerRet)
	if customer.PreferredDeliveryMethod != "Mail" || !strings.Contains(customer.Name+customer.FirstName+customer.CompanyName, "é") {
		t.Errorf("customer %+v", customer)
	}
	// Q19's foundation: the answer to a stale edit sequence carries the current one.
	if current := fixture(t, "customer-mod-3200-with-current-record.xml")[0].Ret.(*CustomerRet); current.EditSequence == "" {
		t.Errorf("no edit sequence in %+v", current)
	}
	// Q23: one page has a record left and an ID, the last one neither ID nor record.
	pages := fixture(t, "iterator-first-page-two-queries.xml")
	if first, last := pages[0].Response, pages[1].Response; first.Remaining != 1 || first.IteratorID == "" || last.Remaining != 0 || last.IteratorID != "" {
		t.Errorf("pages %+v, %+v", first, last)
	}
	if status := StatusOf(3180, "Error", fixture(t, "customer-add-3180-list-modified.xml")[0].Response.Message); status.Action != Retry {
		t.Errorf("%+v", status) // Q18
	}
}

func TestRets(t *testing.T) {
	tests := map[string]struct {
		response string
		want     any
	}{
		"sales tax on": {`<PreferencesRet><SalesTaxPreferences><DefaultItemSalesTaxRef><FullName>LA</FullName></DefaultItemSalesTaxRef><PaySalesTax>Monthly</PaySalesTax></SalesTaxPreferences><AccountingPreferences><ClosingDate>2025-12-31</ClosingDate><IsUsingClassTracking>1</IsUsingClassTracking></AccountingPreferences></PreferencesRet>`,
			&PreferencesRet{AccountingPreferences: AccountingPreferences{IsUsingClassTracking: true, ClosingDate: "2025-12-31"},
				SalesTaxPreferences: &SalesTaxPreferences{DefaultItemSalesTaxRef: RefName("LA"), PaySalesTax: "Monthly"}}},
		"non-inventory item": {`<ItemNonInventoryRet><ListID>1-1</ListID><Name>Tee</Name><FullName>Shirts:Tee</FullName><BarCodeValue>0123</BarCodeValue><IsActive>false</IsActive><ParentRef><ListID>1-0</ListID><FullName>Shirts</FullName></ParentRef><ManufacturerPartNumber>MPN</ManufacturerPartNumber><SalesAndPurchase><SalesDesc>Tee shirt</SalesDesc><SalesPrice>9.99</SalesPrice><IncomeAccountRef><FullName>Sales</FullName></IncomeAccountRef><ExpenseAccountRef><FullName>COGS</FullName></ExpenseAccountRef></SalesAndPurchase></ItemNonInventoryRet>`,
			&ItemRet{Kind: "NonInventory", ListID: "1-1", Name: "Tee", FullName: "Shirts:Tee", BarCodeValue: "0123", ParentRef: &Ref{"1-0", "Shirts"}, ManufacturerPartNumber: "MPN",
				Desc: "Tee shirt", Price: dec("9.99"), AccountRef: RefName("Sales"), ExpenseAccountRef: RefName("COGS")}},
		"inventory item": {`<ItemInventoryRet><Name>Tee</Name><FullName>Tee</FullName><IsActive>true</IsActive><SalesDesc>T</SalesDesc><SalesPrice>5</SalesPrice><IncomeAccountRef><FullName>Sales</FullName></IncomeAccountRef><COGSAccountRef><FullName>COGS</FullName></COGSAccountRef><AssetAccountRef><FullName>Stock</FullName></AssetAccountRef><QuantityOnHand>-281</QuantityOnHand></ItemInventoryRet>`,
			&ItemRet{Kind: "Inventory", Name: "Tee", FullName: "Tee", IsActive: true, Desc: "T", Price: dec("5"), AccountRef: RefName("Sales"), COGSAccountRef: RefName("COGS"), AssetAccountRef: RefName("Stock"), QuantityOnHand: dec("-281")}},
		"assembly":    {`<ItemInventoryAssemblyRet><Name>Kit</Name></ItemInventoryAssemblyRet>`, &ItemRet{Kind: "InventoryAssembly", Name: "Kit", FullName: "Kit", IsActive: true}},
		"discount":    {`<ItemDiscountRet><Name>Coupon</Name><ItemDesc>Off</ItemDesc><DiscountRatePercent>10%</DiscountRatePercent><AccountRef><FullName>Discounts</FullName></AccountRef></ItemDiscountRet>`, &ItemRet{Kind: "Discount", Name: "Coupon", FullName: "Coupon", IsActive: true, Desc: "Off", PricePercent: dec("10"), AccountRef: RefName("Discounts")}},
		"sales tax":   {`<ItemSalesTaxRet><Name>LA</Name><TaxRate>8.25</TaxRate><TaxVendorRef><FullName>CDTFA</FullName></TaxVendorRef></ItemSalesTaxRet>`, &ItemRet{Kind: "SalesTax", Name: "LA", FullName: "LA", IsActive: true, TaxRate: dec("8.25"), TaxVendorRef: RefName("CDTFA")}},
		"tax group":   {`<ItemSalesTaxGroupRet><Name>All</Name><ItemSalesTaxRef><ListID>2-1</ListID><FullName>State</FullName></ItemSalesTaxRef><ItemSalesTaxRef><FullName>County</FullName></ItemSalesTaxRef></ItemSalesTaxGroupRet>`, &ItemRet{Kind: "SalesTaxGroup", Name: "All", FullName: "All", IsActive: true, Members: []GroupMember{{ItemRef: &Ref{"2-1", "State"}}, {ItemRef: RefName("County")}}}},
		"group":       {`<ItemGroupRet><Name>Kit</Name><ItemGroupLine><ItemRef><FullName>B</FullName></ItemRef><Quantity>2</Quantity></ItemGroupLine><ItemGroupLine><ItemRef><FullName>A</FullName></ItemRef></ItemGroupLine><ItemGroupLine/></ItemGroupRet>`, &ItemRet{Kind: "Group", Name: "Kit", FullName: "Kit", IsActive: true, Members: []GroupMember{{ItemRef: RefName("B"), Quantity: dec("2")}, {ItemRef: RefName("A")}, {}}}},
		"later kind":  {`<ItemHologramRet><Name>H</Name></ItemHologramRet>`, &ItemRet{Kind: "Hologram", Name: "H", FullName: "H", IsActive: true}},
		"employee":    {`<EmployeeRet><ListID>3-1</ListID><Name>Jane</Name><SSN>123-45-6789</SSN></EmployeeRet>`, &EntityRet{Kind: "Employee", ListID: "3-1", Name: "Jane", IsActive: true}},
		"other name":  {`<OtherNameRet><Name>X</Name><IsActive>0</IsActive></OtherNameRet>`, &EntityRet{Kind: "OtherName", Name: "X"}},
		"tax agency":  {`<VendorRet><Name>CDTFA</Name><IsSalesTaxAgency>true</IsSalesTaxAgency></VendorRet>`, &EntityRet{Kind: "Vendor", Name: "CDTFA", IsActive: true, IsTaxAgency: true}},
		"account":     {`<AccountRet><Name>*Undeposited Funds</Name><AccountType>OtherCurrentAsset</AccountType><SpecialAccountType>UndepositedFunds</SpecialAccountType><Balance>-0.10</Balance></AccountRet>`, &AccountRet{Name: "*Undeposited Funds", IsActive: true, AccountType: "OtherCurrentAsset", SpecialAccountType: "UndepositedFunds", Balance: dec("-0.1")}},
		"tax code":    {`<SalesTaxCodeRet><Name>Tax</Name><IsTaxable>true</IsTaxable></SalesTaxCodeRet>`, &SalesTaxCodeRet{Name: "Tax", IsActive: true, IsTaxable: true}},
		"method":      {`<PaymentMethodRet><Name>Visa</Name><PaymentMethodType>Visa</PaymentMethodType></PaymentMethodRet>`, &PaymentMethodRet{Name: "Visa", IsActive: true, PaymentMethodType: "Visa"}},
		"ship method": {`<ShipMethodRet><Name>UPS</Name></ShipMethodRet>`, &ShipMethodRet{Name: "UPS", IsActive: true}},
		"class":       {`<ClassRet><Name>B</Name><FullName>A:B</FullName><Sublevel>1</Sublevel></ClassRet>`, &ClassRet{Name: "B", FullName: "A:B", IsActive: true, Sublevel: 1}},
		"terms":       {`<StandardTermsRet><Name>Net 30</Name><StdDueDays>30</StdDueDays><DiscountPct>2.00</DiscountPct></StandardTermsRet>`, &TermsRet{Kind: "Standard", Name: "Net 30", IsActive: true, StdDueDays: 30, DiscountPct: dec("2")}},
		"dated terms": {`<DateDrivenTermsRet><Name>1st</Name><DayOfMonthDue>1</DayOfMonthDue></DateDrivenTermsRet>`, &TermsRet{Kind: "DateDriven", Name: "1st", IsActive: true, DayOfMonthDue: 1}},
		"template":    {`<TemplateRet><Name>Custom</Name><TemplateType>SalesReceipt</TemplateType></TemplateRet>`, &TemplateRet{Name: "Custom", IsActive: true, TemplateType: "SalesReceipt"}},
		"deleted":     {`<ListDeletedRet><ListDelType>Customer</ListDelType><ListID>1-1</ListID><FullName>A</FullName></ListDeletedRet>`, &ListDeletedRet{ListDelType: "Customer", ListID: "1-1", FullName: "A"}},
		"transaction": {`<TransactionRet><TxnType>SalesReceipt</TxnType><TxnID>1-1</TxnID><Amount>5.00</Amount></TransactionRet>`, &TransactionRet{TxnType: "SalesReceipt", TxnID: "1-1", Amount: dec("5")}},
		"recovery":    {`<ErrorRecovery><TxnID>1-1</TxnID><TxnNumber>7</TxnNumber><EditSequence>9</EditSequence><ExternalGUID>{x}</ExternalGUID></ErrorRecovery>`, &ErrorRecovery{TxnID: "1-1", TxnNumber: 7, EditSequence: "9", ExternalGUID: "{x}"}}, // Q22, P43
		"deposit": {`<DepositRet><TxnID>2D-1</TxnID><TimeModified>2026-11-22T14:00:00-06:00</TimeModified><EditSequence>7</EditSequence><TxnDate>2026-11-22</TxnDate><DepositToAccountRef><FullName>Checking</FullName></DepositToAccountRef><DepositTotal>22.05</DepositTotal><CashBackInfoRet><TxnLineID>2E-1</TxnLineID><AccountRef><FullName>Cash</FullName></AccountRef><Amount>-2.00</Amount></CashBackInfoRet><DepositLineRet><TxnType>SalesReceipt</TxnType><TxnID>1C0-1</TxnID><TxnLineID>2F-1</TxnLineID><PaymentTxnLineID>1C1-1</PaymentTxnLineID><EntityRef><FullName>Jane</FullName></EntityRef><AccountRef><FullName>Undeposited Funds</FullName></AccountRef><Amount>25.00</Amount></DepositLineRet><DepositLineRet><TxnLineID>30-1</TxnLineID><AccountRef><FullName>Fees</FullName></AccountRef><Amount>-0.95</Amount></DepositLineRet></DepositRet>`,
			&DepositRet{TxnID: "2D-1", TimeModified: "2026-11-22T14:00:00-06:00", EditSequence: "7", TxnDate: "2026-11-22", DepositToAccountRef: RefName("Checking"), DepositTotal: dec("22.05"),
				CashBack: &CashBackInfoRet{TxnLineID: "2E-1", AccountRef: RefName("Cash"), Amount: dec("-2")},
				Lines: []DepositLineRet{
					{TxnType: "SalesReceipt", TxnID: "1C0-1", TxnLineID: "2F-1", PaymentTxnLineID: "1C1-1", EntityRef: RefName("Jane"), AccountRef: RefName("Undeposited Funds"), Amount: dec("25")},
					{TxnLineID: "30-1", AccountRef: RefName("Fees"), Amount: dec("-0.95")}}}},
		"deleted transaction": {`<TxnDeletedRet><TxnDelType>SalesReceipt</TxnDelType><TxnID>1C0-1</TxnID><TimeCreated>2026-11-22T14:00:00-06:00</TimeCreated><TimeDeleted>2026-11-22T15:00:00-06:00</TimeDeleted><RefNumber>100231</RefNumber></TxnDeletedRet>`,
			&TxnDeletedRet{TxnDelType: "SalesReceipt", TxnID: "1C0-1", TimeCreated: "2026-11-22T14:00:00-06:00", TimeDeleted: "2026-11-22T15:00:00-06:00", RefNumber: "100231"}},
		"of no list": {`<HologramRet><Name>x</Name></HologramRet>`, &Unknown{Name: "HologramRet"}}, // Q36
		"group lines in order": {`<SalesReceiptRet><SalesReceiptLineGroupRet><TxnLineID>1</TxnLineID><ItemGroupRef><FullName>Kit</FullName></ItemGroupRef><TotalAmount>9.00</TotalAmount><SalesReceiptLineRet><Amount>9.00</Amount></SalesReceiptLineRet></SalesReceiptLineGroupRet><SalesReceiptLineRet><TxnLineID>2</TxnLineID></SalesReceiptLineRet></SalesReceiptRet>`,
			&SalesReceiptRet{Lines: []SalesReceiptLineRet{
				{Group: &SalesReceiptLineGroupRet{TxnLineID: "1", ItemGroupRef: RefName("Kit"), TotalAmount: dec("9"), Lines: []SalesReceiptLineRet{{Amount: dec("9")}}}},
				{TxnLineID: "2"}}}},
		// Q24, Q36: unknown elements, another order, empty ones, missing ones
		"tolerant": {`<SalesReceiptRet><TotalAmount> 5.00 </TotalAmount><New><TxnID>no</TxnID></New><CustomerRef/><Subtotal/><IsPending/><TxnID>1-1</TxnID></SalesReceiptRet>`, &SalesReceiptRet{TxnID: "1-1", TotalAmount: dec("5")}},
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

// TxnVoid and TxnDel are answered without a …Ret; what stands around them is read as ever.
func TestBareAnswers(t *testing.T) {
	void := `<TxnVoidRs requestID="v" statusCode="0" statusSeverity="Info" statusMessage="Status OK"><TxnVoidType>SalesReceipt</TxnVoidType><TxnID>1C0-1</TxnID><TimeCreated>2026-11-22T14:00:00-06:00</TimeCreated><TimeModified>2026-11-22T15:00:00-06:00</TimeModified><RefNumber>100231</RefNumber></TxnVoidRs>`
	del := `<TxnDelRs requestID="d" statusCode="0"><TxnDelType>SalesReceipt</TxnDelType><TxnID>1C2-1</TxnID><TimeDeleted>2026-11-22T15:00:00-06:00</TimeDeleted><RefNumber>100232</RefNumber></TxnDelRs>`
	receipt := `<SalesReceiptQueryRs requestID="q" statusCode="0"><SalesReceiptRet><TxnID>1C4-1</TxnID></SalesReceiptRet></SalesReceiptQueryRs>`
	voided := &TxnVoidRet{TxnVoidType: "SalesReceipt", TxnID: "1C0-1", TimeCreated: "2026-11-22T14:00:00-06:00", TimeModified: "2026-11-22T15:00:00-06:00", RefNumber: "100231"}
	tests := map[string]struct {
		responses string
		want      []any // the request ID and the object of each record
	}{
		"one after another": {void + del + receipt, []any{"v", voided,
			"d", &TxnDelRet{TxnDelType: "SalesReceipt", TxnID: "1C2-1", TimeDeleted: "2026-11-22T15:00:00-06:00", RefNumber: "100232"}, "q", &SalesReceiptRet{TxnID: "1C4-1"}}},
		"refused":              {`<TxnVoidRs requestID="v" statusCode="3185" statusSeverity="Error"/>` + void, []any{"v", nil, "v", voided}},
		"refused, blank":       {`<TxnDelRs requestID="d" statusCode="3120"> </TxnDelRs>`, []any{"d", nil}},
		"not read back":        {`<TxnVoidRs requestID="v" statusCode="0"><ErrorRecovery><TxnID>1C0-1</TxnID></ErrorRecovery></TxnVoidRs>`, []any{"v", &ErrorRecovery{TxnID: "1C0-1"}}}, // Q22
		"and a remark on it":   {strings.Replace(void, "</TxnVoidRs>", "<ErrorRecovery><TxnID>9-9</TxnID></ErrorRecovery></TxnVoidRs>", 1), []any{"v", voided}},
		"elements of no table": {`<TxnVoidRs requestID="v" statusCode="0"><New/><TxnID>1C0-1</TxnID></TxnVoidRs>`, []any{"v", &TxnVoidRet{TxnID: "1C0-1"}}}, // Q36
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var got []any
			for _, r := range records(t, rs(test.responses)) {
				got = append(got, r.Response.RequestID, r.Ret)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	if _, err := NewAnswer(strings.NewReader(`<QBXML><QBXMLMsgsRs>` + void[:len(void)-20])).Next(); err == nil || errors.Is(err, io.EOF) {
		t.Errorf("an answer that broke off gave %v", err)
	}
}

// A value that cannot be read is said, and stays empty: a total is never silently zero.
func TestUnread(t *testing.T) {
	r := records(t, rs(`<XRs><SalesReceiptRet><TotalAmount>1,200.00</TotalAmount><TxnNumber>x</TxnNumber><IsPending>maybe</IsPending><Subtotal>1e9</Subtotal><SalesReceiptLineRet><Amount>?</Amount></SalesReceiptLineRet></SalesReceiptRet></XRs>`))[0]
	want := []string{"TxnNumber", "IsPending", "Subtotal", "TotalAmount", "SalesReceiptLineRet/Amount"}
	if diff := cmp.Diff(want, r.Unread); diff != "" {
		t.Errorf("unread (-want +got):\n%s", diff)
	}
	if ret := r.Ret.(*SalesReceiptRet); ret.TotalAmount != nil || ret.Subtotal != nil || ret.Lines[0].Amount != nil {
		t.Errorf("got %+v", ret)
	}
}

func TestEnvelopes(t *testing.T) {
	// Q24, Q36, P52
	tests := map[string]struct {
		answer string
		want   []string
	}{
		"no responses":               {rs(""), nil},
		"self-closed set":            {`<?xml version="1.0" ?><QBXML><QBXMLMsgsRs/></QBXML>`, nil},
		"self-closed response":       {rs(`<CustomerQueryRs statusCode="1"/>`), []string{"CustomerQuery 1 -"}},
		"open and closed":            {rs(`<CustomerQueryRs statusCode="1"> </CustomerQueryRs>`), []string{"CustomerQuery 1 -"}},
		"several objects":            {rs(`<ItemQueryRs statusCode="0"><ItemServiceRet/><ItemGroupRet/></ItemQueryRs><CustomerQueryRs statusCode="1"/>`), []string{"ItemQuery 0 Item Service", "ItemQuery 0 Item Group", "CustomerQuery 1 -"}},
		"no status":                  {rs(`<CustomerQueryRs/>`), []string{"CustomerQuery -1 -"}},
		"status of words":            {rs(`<CustomerQueryRs statusCode="OK"/>`), []string{"CustomerQuery -1 -"}},
		"Windows-1252 declared":      {`<?xml version="1.0" encoding="windows-1252"?><QBXML><QBXMLMsgsRs><XRs statusCode="0"/></QBXMLMsgsRs></QBXML>`, []string{"X 0 -"}},
		"UTF-16 declared":            {`<?xml version="1.0" encoding="utf-16"?><QBXML><QBXMLMsgsRs><XRs statusCode="0"/></QBXMLMsgsRs></QBXML>`, []string{"X 0 -"}},
		"no declaration, byte order": {"\ufeff<QBXML><QBXMLMsgsRs><XRs statusCode='0'/></QBXMLMsgsRs></QBXML>", []string{"X 0 -"}},
		"sign-on before":             {`<QBXML><SignonMsgsRs><A><B/></A></SignonMsgsRs><QBXMLMsgsRs><XRs statusCode="0"/></QBXMLMsgsRs></QBXML>`, []string{"X 0 -"}},
		"control in an attribute":    {rs(`<XRs statusCode="0" statusMessage="a&#x1F;b` + "\x0b" + `"/>`), []string{"X 0 -"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, kinds(records(t, test.answer))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// P52
func TestCleaning(t *testing.T) {
	tests := map[string]struct{ text, want string }{
		"plain":                    {"a &amp; b &lt; c", "a & b < c"},
		"references":               {"Jean-S&#233;bastien &#xD8;", "Jean-Sébastien Ø"},
		"control reference":        {"a&#x1F;b&#0;c&#31;d&#x0000001;e", "abcde"},
		"control character":        {"a\x01b\x1fc\x00d", "abcd"},
		"line breaks stay":         {"a\nb&#10;c&#13;\nd\te", "a\nb\nc\r\nd\te"},
		"quote by its byte":        {"it&#146;s &#x93;ok&#x94;", "it’s “ok”"},
		"quote as a control":       {"it\u0092s", "it’s"},
		"Windows-1252 bytes":       {"Jos\xe9 it\x92s \x80 5", "José it’s € 5"},
		"UTF-8":                    {"José € 北", "José € 北"},
		"surrogates":               {"a&#xD83D;&#xDE00;b", "ab"},
		"no character":             {"a&#xFFFE;b\uffffc&#x110000;d", "abcd"},
		"reference at the end":     {"a&#233;", "aé"},
		"reference of many digits": {"&#x00000000000041;b&#x000000000000000000001F;c", "Abc"},
		"no reference":             {"a&#zz;b", "unreadable"},
		"ampersand alone":          {"a & b", "unreadable"},
		"a character set unknown":  {"&eacute;", "unreadable"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			answer := rs(`<XRs><CustomerRet><Name>` + test.text + `</Name></CustomerRet></XRs>`)
			for _, r := range []io.Reader{strings.NewReader(answer), iotest.OneByteReader(strings.NewReader(answer))} {
				record, err := NewAnswer(r).Next()
				if test.want == "unreadable" {
					if err == nil || err == io.EOF {
						t.Errorf("read as %+v", record.Ret)
					}
					continue
				}
				if err != nil {
					t.Fatal(err)
				}
				if got := record.Ret.(*CustomerRet).Name; got != test.want {
					t.Errorf("read as %q, want %q", got, test.want)
				}
			}
		})
	}
}

// An answer that broke off says so; what came before stands.
func TestBrokenAnswers(t *testing.T) {
	whole := rs(`<CustomerAddRs requestID="1" statusCode="0"><CustomerRet><Name>A</Name></CustomerRet></CustomerAddRs><CustomerAddRs requestID="2" statusCode="0"/>`)
	tests := map[string]struct {
		answer string
		before int
	}{
		"empty":            {"", 0},
		"blank":            {" \n", 0},
		"no XML":           {"Internal error", 0},
		"another document": {"<html><body/></html>", 0},
		"within an object": {whole[:strings.Index(whole, "</Name>")], 0},
		"between":          {whole[:strings.Index(whole, `<CustomerAddRs requestID="2"`)], 1},
		"before the end":   {strings.TrimSuffix(whole, "</QBXMLMsgsRs></QBXML>"), 2},
		"mismatched":       {strings.Replace(whole, "</CustomerRet>", "</VendorRet>", 1), 0},
		"nested too deep":  {rs(`<XRs><CustomerRet>` + strings.Repeat("<a>", 100)), 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			a := NewAnswer(strings.NewReader(test.answer))
			for i := range test.before {
				if _, err := a.Next(); err != nil {
					t.Fatalf("record %d: %v", i, err)
				}
			}
			_, err := a.Next()
			if err == nil || errors.Is(err, io.EOF) {
				t.Fatalf("got %v", err)
			}
			if _, again := a.Next(); again != err {
				t.Errorf("then %v", again)
			}
		})
	}
	a := NewAnswer(iotest.TimeoutReader(iotest.OneByteReader(strings.NewReader(whole))))
	for {
		if _, err := a.Next(); err != nil {
			if !errors.Is(err, iotest.ErrTimeout) {
				t.Errorf("got %v", err)
			}
			break
		}
	}
}

func TestSetStatus(t *testing.T) {
	a := NewAnswer(strings.NewReader(`<QBXML><QBXMLMsgsRs newMessageSetID="X" messageSetStatusCode="600"></QBXMLMsgsRs></QBXML>`))
	if _, err := a.Next(); err != io.EOF {
		t.Fatal(err)
	}
	if got := (SetStatus{"X", "600"}); a.Set() != got {
		t.Errorf("got %+v", a.Set())
	}
}

// Q13: answers are told apart by their requestID; one without has none.
func TestRequestIDs(t *testing.T) {
	all := records(t, rs(`<CustomerAddRs requestID="b" statusCode="0"/><CustomerAddRs statusCode="0"/><CustomerAddRs requestID="a" statusCode="3231"/>`))
	var ids []string
	for _, r := range all {
		ids = append(ids, r.Response.RequestID)
	}
	if diff := cmp.Diff([]string{"b", "", "a"}, ids); diff != "" {
		t.Error(diff)
	}
}

// longAnswer is an answer of n receipts, made while it is read.
func longAnswer(n int) io.Reader {
	receipt := `<SalesReceiptRet><TxnID>1-1</TxnID><TotalAmount>5.00</TotalAmount>` +
		strings.Repeat(`<SalesReceiptLineRet><ItemRef><ListID>8000001F-1433854453</ListID><FullName>Tee</FullName></ItemRef><Desc>`+
			strings.Repeat("d", 1000)+`</Desc><Amount>1.00</Amount></SalesReceiptLineRet>`, 5) + `</SalesReceiptRet>`
	parts := []io.Reader{strings.NewReader(`<QBXML><QBXMLMsgsRs><SalesReceiptQueryRs statusCode="0">`)}
	for range n {
		parts = append(parts, strings.NewReader(receipt))
	}
	return io.MultiReader(append(parts, strings.NewReader(`</SalesReceiptQueryRs></QBXMLMsgsRs></QBXML>`))...)
}

// Q39, P52: more than 10 MB are read in little memory.
func TestMemoryIsBounded(t *testing.T) {
	const n = 2000 // of 5.8 KB each
	size, err := io.Copy(io.Discard, longAnswer(n))
	if err != nil || size < 10<<20 {
		t.Fatalf("only %d bytes, %v", size, err)
	}
	live := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	a := NewAnswer(longAnswer(n))
	before, highest := live(), uint64(0)
	count := 0
	for {
		_, err := a.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if count++; count%500 == 0 {
			highest = max(highest, live())
		}
	}
	if count != n {
		t.Errorf("%d records of %d", count, n)
	}
	if highest > before+20<<20 {
		t.Errorf("the heap grew by %d MB", (highest-before)>>20)
	}
}

// Q39: one object without end is refused, not kept in memory.
func TestObjectSizeIsBounded(t *testing.T) {
	endless := io.MultiReader(strings.NewReader(`<QBXML><QBXMLMsgsRs><XRs><CustomerRet><Notes>`), zeros{})
	if _, err := NewAnswer(endless).Next(); err == nil || !strings.Contains(err.Error(), "8 MB") {
		t.Errorf("got %v", err)
	}
}

// zeros is a text of "0" without end.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return copy(p, bytes.Repeat([]byte("0"), len(p))), nil }

func BenchmarkAnswer10MB(b *testing.B) {
	for b.Loop() {
		a := NewAnswer(longAnswer(2000))
		for {
			if _, err := a.Next(); err == io.EOF {
				break
			} else if err != nil {
				b.Fatal(err)
			}
		}
	}
}

func FuzzAnswer(f *testing.F) {
	f.Add(rs(`<CustomerAddRs requestID="1" statusCode="0"><CustomerRet><Name>A&#x1F;</Name><Balance>1.00</Balance></CustomerRet></CustomerAddRs>`))
	f.Add(rs(`<ItemQueryRs><ItemGroupRet><ItemGroupLine/><ItemSalesTaxRef/></ItemGroupRet><ErrorRecovery/><X/></ItemQueryRs><YRs/>`))
	f.Add(rs(`<XRs><SalesReceiptRet><SalesReceiptLineGroupRet><SalesReceiptLineRet/></SalesReceiptLineGroupRet></SalesReceiptRet></XRs>`))
	f.Add(rs(`<TxnVoidRs><TxnID>1</TxnID></TxnVoidRs><TxnDelRs/><TxnDelRs><ErrorRecovery/></TxnDelRs>`))
	f.Add("<QBXML><QBXMLMsgsRs")
	f.Add("&#")
	f.Fuzz(func(t *testing.T, answer string) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		defer func() {
			runtime.ReadMemStats(&after)
			if used := after.TotalAlloc - before.TotalAlloc; used > uint64(1<<20+1000*len(answer)) {
				t.Errorf("%d bytes took %d bytes of memory", len(answer), used)
			}
		}()
		a := NewAnswer(strings.NewReader(answer))
		for i := 0; ; i++ {
			r, err := a.Next()
			if err != nil {
				return
			}
			if r.Response == nil {
				t.Fatal("a record without a response")
			}
			if i > len(answer) {
				t.Fatal("more records than bytes")
			}
		}
	})
}
