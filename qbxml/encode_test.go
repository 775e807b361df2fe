package qbxml

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
)

// Q2, P51: every request with every optional part on and off validates against Intuit's schema.
func TestRequestsAreValid(t *testing.T) {
	docs := map[string][]byte{}
	for _, c := range []struct {
		edition Edition
		version Version
	}{{US, Version{8, 0}}, {US, Version{10, 0}}, {US, Version{13, 0}}, {CA, Version{13, 0}}, {UK, Version{13, 0}}, {AU, Version{13, 0}}} {
		all := samples(t, c.edition, c.version)
		if len(all) < 1000 {
			t.Fatalf("only %d samples", len(all))
		}
		doc, err := Set{OnError: ContinueOnError, NewID: "N", OldID: "O", Requests: all}.Encode(c.version, c.edition)
		if err != nil {
			t.Fatalf("%s %s: %v", c.edition, c.version, err)
		}
		docs[fmt.Sprintf("%s-%s", c.edition, c.version)] = doc
	}
	validate(t, docs)
}

// The schema proves little if the samples miss elements: each element our structs have is in one.
func TestSamplesHoldEveryElement(t *testing.T) {
	all := samples(t, US, Newest())
	doc, err := Set{Requests: all}.Encode(Newest(), US)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{
		"SalesReceiptLineGroupAdd", "LotNumber", "SerialNumber", "RatePercent", "PriceLevelRef", "DiscountRatePercent",
		"SalesAndPurchase", "PricePercent", "DateMacro", "FullNameWithChildren", "RefNumberCaseSensitive", "IncludeMaxCapacity",
		"DeletedDateRangeFilter", "TxnTypeFilter", "DataExtValue", "OwnerID", "TxnVoidType", "TxnDelType",
		"InvoiceLineGroupAdd", "SalesOrderLineGroupAdd", "CreditMemoLineGroupAdd", "LinkToTxnID", "SetCredit", "IsManuallyClosed",
		"AppliedToTxnAdd", "IsAutoApply", "DiscountClassRef", "RefundAppliedToTxnAdd", "RefundFromAccountRef", "ApplyCheckToTxnAdd", "ExpenseLineAdd",
		"PaidStatus", "IncludeLinkedTxns",
	} {
		if !bytes.Contains(doc, []byte("<"+name+">")) {
			t.Errorf("no sample holds a %s", name)
		}
	}
}

// encode writes one request for the newest US QuickBooks, laid out for people.
func encode(t *testing.T, b Body) string {
	t.Helper()
	doc, err := Set{Indent: true, Requests: []Request{{ID: "1", Body: b}}}.Encode(Newest(), US)
	if err != nil {
		t.Fatal(err)
	}
	return string(doc)
}

// refused encodes one request that must be refused, and gives the reason.
func refused(t *testing.T, b Body, v Version, e Edition) *FieldError {
	t.Helper()
	doc, err := Set{Requests: []Request{{ID: "1", Body: b}}}.Encode(v, e)
	var refusal *FieldError
	if !errors.As(err, &refusal) {
		t.Fatalf("not refused: %v\n%s", err, doc)
	}
	return refusal
}

func TestDocumentForm(t *testing.T) {
	set := Set{NewID: "B", OldID: "A", OnError: ContinueOnError, Indent: true, Requests: []Request{{ID: "o-1", Body: &HostQuery{}}}}
	doc, err := set.Encode(Version{12, 0}, US)
	if err != nil {
		t.Fatal(err)
	}
	// Q1, P51
	want := `<?xml version="1.0" encoding="utf-8"?>
<?qbxml version="12.0"?>
<QBXML>
 <QBXMLMsgsRq onError="continueOnError" newMessageSetID="B" oldMessageSetID="A">
  <HostQueryRq requestID="o-1"></HostQueryRq>
 </QBXMLMsgsRq>
</QBXML>
`
	if string(doc) != want {
		t.Errorf("got\n%s\nwant\n%s", doc, want)
	}
	set.Indent = false
	if doc, err = set.Encode(Version{12, 0}, US); err != nil {
		t.Fatal(err)
	}
	if want = regexp.MustCompile(`\n *`).ReplaceAllString(want, ""); string(doc) != want {
		t.Errorf("got\n%s\nwant\n%s", doc, want)
	}
}

func TestStatusCheck(t *testing.T) {
	doc, err := Set{NewID: "X", OldID: "X"}.Encode(Newest(), US)
	if err != nil {
		t.Fatal(err)
	}
	if want := `<QBXMLMsgsRq onError="stopOnError" newMessageSetID="X" oldMessageSetID="X"></QBXMLMsgsRq>`; !strings.Contains(string(doc), want) {
		t.Errorf("%s\nlacks %s", doc, want)
	}
	validate(t, map[string][]byte{"check": doc})
}

func fullCustomer() *CustomerAdd {
	address := &Address{Addr1: "José Müller", Addr2: "c/o \"Smith & Sons\" <West>", Addr3: "12 O'Hara St", Addr4: "Apt 4", Addr5: "Rear",
		City: "Pomona", State: "CA", PostalCode: "91766", Country: "USA", Note: "Ring twice"}
	return &CustomerAdd{
		Name: "José Müller & Co", IsActive: Bool(true), ClassRef: RefName("Web"), ParentRef: RefName("Web:Shop"), CompanyName: "Müller & Co",
		Salutation: "Mr.", FirstName: "José", MiddleName: "M.", LastName: "Müller", JobTitle: "Buyer", BillAddress: address, ShipAddress: address,
		Phone: "909-555-0100", AltPhone: "909-555-0101", Fax: "909-555-0102", Email: "jose@example.com", Cc: "books@example.com",
		Contact: "José", AltContact: "Ann", CustomerTypeRef: RefName("Web"), TermsRef: RefName("Net 30"), SalesRepRef: RefName("JM"),
		SalesTaxCodeRef: RefName("Tax"), ItemSalesTaxRef: RefName("LA County"), ResaleNumber: "R-1", AccountNumber: "C-1000",
		CreditLimit: dec("1000"), PreferredPaymentMethodRef: RefName("Visa"), JobDesc: "Web shop", Notes: "First order\n2026 €5 off",
		PreferredDeliveryMethod: "Email", PriceLevelRef: RefName("Retail"), ExternalGUID: "{4D6F1F2A-0B1C-4D2E-8F3A-1234567890AB}",
		CurrencyRef: RefName("US Dollar"),
	}
}

func fullReceipt() *SalesReceiptAdd {
	return &SalesReceiptAdd{
		CustomerRef: &Ref{ListID: "80000013-1433852150", FullName: "José Müller & Co"}, ClassRef: RefName("Web"),
		TemplateRef: RefName("Custom Sales Receipt"), TxnDate: "2026-03-31", RefNumber: "A1B2C3D4E5F", BillAddress: &Address{Addr1: "José Müller", City: "Pomona"},
		ShipAddress: &Address{Addr1: "José Müller", PostalCode: "91766"}, IsPending: Bool(false), CheckNumber: "ch_1Nx",
		PaymentMethodRef: RefName("Visa"), DueDate: "2026-03-31", SalesRepRef: RefName("JM"), ShipDate: "2026-04-01", ShipMethodRef: RefName("UPS Ground"),
		FOB: "Pomona", ItemSalesTaxRef: RefName("LA County"), Memo: "Order 100231", CustomerMsgRef: RefName("Thank you!"),
		IsToBePrinted: Bool(false), IsToBeEmailed: Bool(false), CustomerSalesTaxCodeRef: RefName("Tax"),
		DepositToAccountRef: RefName("Undeposited Funds"), Other: "100231", ExchangeRate: dec("1.0842"),
		ExternalGUID: "{4D6F1F2A-0B1C-4D2E-8F3A-1234567890AB}",
		Lines: []SalesReceiptLineAdd{
			{ItemRef: RefID("8000001F-1433854453"), Desc: "Tee, L\nred", Quantity: dec("3"), UnitOfMeasure: "ea", Rate: dec("9.99"),
				ClassRef: RefName("Web"), Amount: dec("29.97"), OptionForPriceRuleConflict: "BasePrice", InventorySiteRef: RefName("Main"),
				InventorySiteLocationRef: RefName("Bin 1"), LotNumber: "L1", ServiceDate: "2026-03-31", SalesTaxCodeRef: RefName("Tax"),
				OverrideItemAccountRef: RefName("Sales"), Other1: "one", Other2: "two",
				DataExt: []DataExt{{OwnerID: "0", DataExtName: "Color", DataExtValue: "red"}}},
			{Group: &SalesReceiptLineGroupAdd{ItemGroupRef: RefName("Starter kit"), Quantity: dec("1.5")}},
			{ItemRef: RefName("Discount"), Desc: "Coupon SPRING", Amount: dec("-5"), SalesTaxCodeRef: RefName("Tax")},
			{Desc: "Thanks for shopping"},
		},
	}
}

func TestGolden(t *testing.T) {
	from := DateTime("2026-11-22T14:00:00-06:00")
	for name, body := range map[string]Body{
		"customer-add.xml": fullCustomer(), "sales-receipt-add.xml": fullReceipt(),
		"txn-void.xml":     &TxnVoid{TxnVoidType: "SalesReceipt", TxnID: "1C0-1433857054"},
		"data-ext-mod.xml": &DataExtMod{OwnerID: "0", DataExtName: "Web order", TxnDataExtType: "SalesReceipt", TxnID: "1C0-1433857054", DataExtValue: "S01QA & more"},
		"txn-del.xml":      &TxnDel{TxnDelType: "SalesReceipt", TxnID: "1C0-1433857054"},
		"txn-deleted-query.xml": &TxnDeletedQuery{TxnDelType: []string{"SalesReceipt", "Deposit"},
			DeletedDateRangeFilter: &DeletedDateRangeFilter{FromDeletedDate: from}, IncludeRetElement: []string{"TxnID", "TimeDeleted"}},
		"deposit-query.xml": &DepositQuery{MaxReturned: 100, ModifiedDateRangeFilter: &ModifiedDateRangeFilter{FromModifiedDate: from},
			AccountFilter: &ListFilter{FullName: []string{"Checking"}}, IncludeLineItems: Bool(true), IncludeRetElement: []string{"TxnID", "DepositLineRet"}},
	} {
		t.Run(name, func(t *testing.T) { golden(t, name, []byte(encode(t, body))) })
	}
}

func TestSameBytesEachTime(t *testing.T) {
	first := encode(t, fullReceipt())
	for range 20 {
		if encode(t, fullReceipt()) != first {
			t.Fatal("the same request gave other bytes")
		}
	}
	byValue := encode(t, *fullReceipt())
	if byValue != first {
		t.Error("a body by value differs from one by pointer")
	}
}

// Q3: each element is refused where the edition or the version lacks it.
func TestEditionsAndVersions(t *testing.T) {
	tests := map[string]struct {
		body    Body
		version Version
		edition Edition
		path    string
		rule    Rule
	}{
		"tax included in the US":    {&SalesReceiptAdd{IsTaxIncluded: Bool(true), Lines: []SalesReceiptLineAdd{{Desc: "x"}}}, Newest(), US, "SalesReceiptAdd/IsTaxIncluded", RuleEdition},
		"tax amount in Canada":      {&SalesReceiptAdd{Lines: []SalesReceiptLineAdd{{TaxAmount: dec("1")}}}, Newest(), CA, "SalesReceiptAdd/SalesReceiptLineAdd/TaxAmount", RuleEdition},
		"site in Australia":         {&SalesReceiptAdd{Lines: []SalesReceiptLineAdd{{InventorySiteRef: RefName("A")}}}, Newest(), AU, "SalesReceiptAdd/SalesReceiptLineAdd/InventorySiteRef", RuleEdition},
		"price rule before 13.0":    {&SalesReceiptAdd{Lines: []SalesReceiptLineAdd{{OptionForPriceRuleConflict: "Zero"}}}, Version{12, 0}, US, "SalesReceiptAdd/SalesReceiptLineAdd/OptionForPriceRuleConflict", RuleVersion},
		"site before 10.0":          {&SalesReceiptAdd{Lines: []SalesReceiptLineAdd{{InventorySiteRef: RefName("A")}}}, Version{9, 0}, US, "SalesReceiptAdd/SalesReceiptLineAdd/InventorySiteRef", RuleVersion},
		"class of a customer, 11.0": {&CustomerAdd{Name: "A", ClassRef: RefName("A")}, Version{11, 0}, US, "CustomerAdd/ClassRef", RuleVersion},
		"request before its time":   {&TransactionQuery{}, Version{3, 0}, US, "", RuleVersion},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := refused(t, test.body, test.version, test.edition)
			if got.Path != test.path || got.Rule != test.rule {
				t.Errorf("refused %s for %s, want %s for %s", got.Path, got.Rule, test.path, test.rule)
			}
		})
	}
}

// Q3: what carries no money and no meaning is left out of an old version instead.
func TestDroppedWhenTooOld(t *testing.T) {
	b := &SalesReceiptAdd{Memo: "kept", ExternalGUID: "{4D6F1F2A-0B1C-4D2E-8F3A-1234567890AB}", Lines: []SalesReceiptLineAdd{{Desc: "x"}}}
	doc, err := Set{Requests: []Request{{ID: "1", Body: b}}}.Encode(Version{8, 0}, US)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(doc), "ExternalGUID") || !strings.Contains(string(doc), "<Memo>kept</Memo>") {
		t.Errorf("%s", doc)
	}
	if got := encode(t, b); !strings.Contains(got, "<ExternalGUID>{4D6F") {
		t.Errorf("a new version lost it: %s", got)
	}
}

func TestRefusals(t *testing.T) {
	line := func(l SalesReceiptLineAdd) Body { return SalesReceiptAdd{Lines: []SalesReceiptLineAdd{l}} }
	receipt := func(change func(*SalesReceiptAdd)) Body {
		b := &SalesReceiptAdd{Lines: []SalesReceiptLineAdd{{Desc: "x"}}}
		change(b)
		return b
	}
	tests := map[string]struct {
		body  Body
		path  string
		rule  Rule
		limit int
	}{
		// Q8
		"ref number of 12":           {receipt(func(b *SalesReceiptAdd) { b.RefNumber = "123456789012" }), "SalesReceiptAdd/RefNumber", RuleLength, 11},
		"name of 42, not ASCII":      {CustomerAdd{Name: strings.Repeat("é", 42)}, "CustomerAdd/Name", RuleLength, 41},
		"item name of 32":            {ItemServiceAdd{Name: strings.Repeat("x", 32), SalesOrPurchase: &SalesOrPurchase{Desc: "a"}}, "ItemServiceAdd/Name", RuleLength, 31},
		"ship method of 16":          {ShipMethodAdd{Name: strings.Repeat("x", 16)}, "ShipMethodAdd/Name", RuleLength, 15},
		"sales rep of 6":             {receipt(func(b *SalesReceiptAdd) { b.SalesRepRef = RefName("ABCDEF") }), "SalesReceiptAdd/SalesRepRef/FullName", RuleLength, 5},
		"tax code of 4":              {line(SalesReceiptLineAdd{SalesTaxCodeRef: RefName("Taxx")}), "SalesReceiptAdd/SalesReceiptLineAdd/SalesTaxCodeRef/FullName", RuleLength, 3},
		"list ID of 37":              {line(SalesReceiptLineAdd{ItemRef: RefID(strings.Repeat("1", 37))}), "SalesReceiptAdd/SalesReceiptLineAdd/ItemRef/ListID", RuleLength, 36},
		"amount of 14 digits":        {line(SalesReceiptLineAdd{Amount: dec("10000000000000")}), "SalesReceiptAdd/SalesReceiptLineAdd/Amount", RuleLength, 0},
		"rate of 11 digits":          {line(SalesReceiptLineAdd{Rate: dec("-10000000000")}), "SalesReceiptAdd/SalesReceiptLineAdd/Rate", RuleLength, 0},
		"amount of three decimals":   {line(SalesReceiptLineAdd{Amount: dec("1.005")}), "SalesReceiptAdd/SalesReceiptLineAdd/Amount", RuleDecimals, 2},        // Q7
		"rate of six decimals":       {line(SalesReceiptLineAdd{Rate: dec("0.000001")}), "SalesReceiptAdd/SalesReceiptLineAdd/Rate", RuleDecimals, 5},         // Q7
		"quantity of six":            {line(SalesReceiptLineAdd{Quantity: dec("1.123456")}), "SalesReceiptAdd/SalesReceiptLineAdd/Quantity", RuleDecimals, 5}, // Q7
		"amount beyond any measure":  {line(SalesReceiptLineAdd{Amount: Amount(decimal.New(1, 2_000_000_000))}), "SalesReceiptAdd/SalesReceiptLineAdd/Amount", RuleForm, 0},
		"colon in a customer":        {CustomerAdd{Name: "a:b"}, "CustomerAdd/Name", RuleColon, 0},         // Q10
		"colon in an item":           {ItemDiscountAdd{Name: "a:b"}, "ItemDiscountAdd/Name", RuleColon, 0}, // Q10
		"name missing":               {CustomerAdd{}, "CustomerAdd/Name", RuleRequired, 0},
		"edit sequence missing":      {CustomerMod{ListID: "1-1"}, "CustomerMod/EditSequence", RuleRequired, 0},
		"no lines":                   {SalesReceiptAdd{}, "SalesReceiptAdd", RuleRequired, 0},
		"no half of an item":         {ItemServiceAdd{Name: "a"}, "ItemServiceAdd", RuleRequired, 0},
		"both halves of an item":     {ItemServiceAdd{Name: "a", SalesOrPurchase: &SalesOrPurchase{Desc: "a"}, SalesAndPurchase: &SalesAndPurchase{SalesDesc: "a"}}, "ItemServiceAdd", RuleChoice, 0},
		"rate and percent":           {line(SalesReceiptLineAdd{Rate: dec("1"), RatePercent: dec("1")}), "SalesReceiptAdd/SalesReceiptLineAdd", RuleChoice, 0},
		"group beside an item":       {line(SalesReceiptLineAdd{Desc: "a", Group: &SalesReceiptLineGroupAdd{ItemGroupRef: RefName("g")}}), "SalesReceiptAdd/SalesReceiptLineAdd", RuleChoice, 0},
		"group without its item":     {line(SalesReceiptLineAdd{Group: &SalesReceiptLineGroupAdd{Quantity: dec("1")}}), "SalesReceiptAdd/SalesReceiptLineGroupAdd/ItemGroupRef", RuleRequired, 0},
		"ID and name in a query":     {CustomerQuery{ListID: []string{"1-1"}, FullName: []string{"a"}}, "", RuleChoice, 0},
		"ID and filter in a query":   {CustomerQuery{ListID: []string{"1-1"}, ActiveStatus: All}, "", RuleChoice, 0},
		"filter of another query":    {TransactionQuery{TransactionEntityFilter: &ListFilter{ListID: []string{"1-1"}, FullName: []string{"a"}}}, "TransactionEntityFilter", RuleChoice, 0},
		"children in a currency":     {CustomerQuery{CurrencyFilter: &ListFilter{ListIDWithChildren: "1-1"}}, "CurrencyFilter/ListIDWithChildren", RuleForm, 0},
		"empty name in a query":      {CustomerQuery{FullName: []string{""}}, "FullName", RuleRequired, 0},
		"empty reference":            {receipt(func(b *SalesReceiptAdd) { b.CustomerRef = RefName("") }), "SalesReceiptAdd/CustomerRef", RuleRequired, 0},
		"unknown status filter":      {CustomerQuery{ActiveStatus: "Some"}, "ActiveStatus", RuleValue, 0},
		"negative page":              {CustomerQuery{MaxReturned: -1}, "MaxReturned", RuleValue, 0},
		"day that isn't":             {receipt(func(b *SalesReceiptAdd) { b.TxnDate = "2026-02-30" }), "SalesReceiptAdd/TxnDate", RuleForm, 0},
		"day before QuickBooks":      {receipt(func(b *SalesReceiptAdd) { b.TxnDate = "1900-12-31" }), "SalesReceiptAdd/TxnDate", RuleForm, 0},
		"time in UTC letters":        {CustomerQuery{FromModifiedDate: "2026-02-01T00:00:00Z"}, "FromModifiedDate", RuleForm, 0},
		"time with a fraction":       {CustomerQuery{FromModifiedDate: "2026-02-01T00:00:00.5"}, "FromModifiedDate", RuleForm, 0},
		"GUID without braces":        {receipt(func(b *SalesReceiptAdd) { b.ExternalGUID = "4D6F1F2A-0B1C-4D2E-8F3A-1234567890AB" }), "SalesReceiptAdd/ExternalGUID", RuleForm, 0},
		"emoji":                      {receipt(func(b *SalesReceiptAdd) { b.Memo = "😀" }), "SalesReceiptAdd/Memo", RuleCharacter, 0},        // Q5
		"control character":          {receipt(func(b *SalesReceiptAdd) { b.Memo = "a\x1fb" }), "SalesReceiptAdd/Memo", RuleCharacter, 0},   // Q5
		"high control character":     {receipt(func(b *SalesReceiptAdd) { b.Memo = "a\u0092b" }), "SalesReceiptAdd/Memo", RuleCharacter, 0}, // Q5
		"no UTF-8":                   {receipt(func(b *SalesReceiptAdd) { b.Memo = "a\xe9" }), "SalesReceiptAdd/Memo", RuleCharacter, 0},    // Q5
		"carriage return":            {receipt(func(b *SalesReceiptAdd) { b.Memo = "a\r\nb" }), "SalesReceiptAdd/Memo", RuleCharacter, 0},   // Q5
		"line break in a ref number": {receipt(func(b *SalesReceiptAdd) { b.RefNumber = "a\nb" }), "SalesReceiptAdd/RefNumber", RuleCharacter, 0},
		"voiding what cannot be":     {TxnVoid{TxnVoidType: "ReceivePayment", TxnID: "1-1"}, "TxnVoidType", RuleValue, 0},
		"voiding nothing":            {TxnVoid{TxnVoidType: "SalesReceipt"}, "TxnID", RuleRequired, 0},
		"a custom field of nothing":  {DataExtMod{OwnerID: "0", DataExtName: "Web order", DataExtValue: "S01QA"}, "DataExtMod", RuleRequired, 0},
		"a custom field too long":    {DataExtMod{OwnerID: "0", DataExtName: "Web order", TxnDataExtType: "Invoice", TxnID: "1-1", DataExtValue: strings.Repeat("x", 256)}, "DataExtMod/DataExtValue", RuleLength, 255},
		"deleting of no kind":        {TxnDel{TxnID: "1-1"}, "TxnDelType", RuleRequired, 0},
		"deleted of no kind":         {TxnDeletedQuery{}, "TxnDelType", RuleRequired, 0},
		"deposits by ID and date":    {DepositQuery{TxnID: []string{"1-1"}, TxnDateRangeFilter: &TxnDateRangeFilter{DateMacro: "Today"}}, "", RuleChoice, 0},
		"deposits by two dates":      {DepositQuery{ModifiedDateRangeFilter: &ModifiedDateRangeFilter{FromModifiedDate: "2026-11-22"}, TxnDateRangeFilter: &TxnDateRangeFilter{DateMacro: "Today"}}, "", RuleChoice, 0},
		"nothing":                    {(*SalesReceiptAdd)(nil), "", RuleRequired, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := refused(t, test.body, Newest(), US)
			if got.Path != test.path || got.Rule != test.rule || got.Limit != test.limit {
				t.Errorf("refused %q for %s, limit %d; want %q for %s, limit %d", got.Path, got.Rule, got.Limit, test.path, test.rule, test.limit)
			}
		})
	}
}

// Q8: the message names field, length and limit.
func TestRefusalInWords(t *testing.T) {
	b := SalesReceiptAdd{RefNumber: "123456789012345", Lines: []SalesReceiptLineAdd{{Desc: "x"}}}
	_, err := Set{Requests: []Request{{ID: "o-7", Body: b}}}.Encode(Newest(), US)
	want := `SalesReceiptAdd "o-7": SalesReceiptAdd/RefNumber has 15 characters where QuickBooks holds 11: "123456789012345"`
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

func TestSetRefusals(t *testing.T) {
	one := []Request{{ID: "1", Body: HostQuery{}}}
	id := func(id string) Set { return Set{Requests: []Request{{ID: id, Body: HostQuery{}}}} }
	iterate := func(i Iterator, id string, b Body) Set {
		return Set{Requests: []Request{{ID: "1", Iterator: i, IteratorID: id, Body: b}}}
	}
	tests := map[string]struct {
		set  Set
		rule Rule
	}{
		// Q13
		"set ID of 24":                 {Set{NewID: strings.Repeat("x", 24), Requests: one}, RuleLength},
		"old set ID of 24":             {Set{NewID: "x", OldID: strings.Repeat("x", 24), Requests: one}, RuleLength},
		"set ID not ASCII":             {Set{NewID: "é", Requests: one}, RuleCharacter},
		"set ID with a blank":          {Set{NewID: "a b", Requests: one}, RuleCharacter},
		"request ID of 51":             {id(strings.Repeat("x", 51)), RuleLength},
		"request ID not ASCII":         {id("é"), RuleCharacter},
		"request ID missing":           {id(""), RuleRequired},
		"request ID twice":             {Set{Requests: append(one, one...)}, RuleUnique},
		"old ID alone":                 {Set{OldID: "x", Requests: one}, RuleSet},
		"forget all":                   {Set{NewID: "x", OldID: "ClearAllMessageSets", Requests: one}, RuleSet},
		"check with requests":          {Set{NewID: "x", OldID: "x", Requests: one}, RuleSet},
		"nothing to do":                {Set{NewID: "x"}, RuleSet},
		"rollback":                     {Set{OnError: "rollbackOnError", Requests: one}, RuleValue},
		"no body":                      {Set{Requests: []Request{{ID: "1"}}}, RuleRequired},
		"iterator on a host":           {iterate(IteratorStart, "", HostQuery{}), RuleForm},
		"iterator on accounts":         {iterate(IteratorStart, "", AccountQuery{}), RuleForm},
		"unknown iterator":             {iterate("Next", "", CustomerQuery{}), RuleValue},
		"start with an ID":             {iterate(IteratorStart, "{x}", CustomerQuery{}), RuleChoice},
		"continue without an ID":       {iterate(IteratorContinue, "", CustomerQuery{}), RuleChoice},
		"answer of a query":            {Set{Requests: []Request{{ID: "1", Body: HostQuery{}, RetElements: []string{"ProductName"}}}}, RuleForm},
		"answer element too long":      {Set{Requests: []Request{{ID: "1", Body: PaymentMethodAdd{Name: "x"}, RetElements: []string{strings.Repeat("x", 51)}}}}, RuleLength},
		"iterator ID without iterator": {iterate("", "{x}", CustomerQuery{}), RuleChoice},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := test.set.Encode(Newest(), US)
			var refusal *FieldError
			if !errors.As(err, &refusal) || refusal.Rule != test.rule {
				t.Errorf("got %v, want a refusal for %s", err, test.rule)
			}
		})
	}
}

// Q13: the longest identifiers are taken.
func TestLongestIdentifiers(t *testing.T) {
	set := Set{NewID: strings.Repeat("n", 23), OldID: strings.Repeat("o", 23), Requests: []Request{{ID: strings.Repeat("r", 50), Body: HostQuery{}}}}
	if _, err := set.Encode(Newest(), US); err != nil {
		t.Error(err)
	}
}

// Q23: Continue repeats the filters beside the iteratorID.
func TestIterator(t *testing.T) {
	set := Set{Indent: true, Requests: []Request{{ID: "1", Iterator: IteratorContinue, IteratorID: "{2a49d318-fd54-4fb5-bc92-a2b3b6ac4dbc}",
		Body: &CustomerQuery{MaxReturned: 250, ActiveStatus: All}}}}
	doc, err := set.Encode(Newest(), US)
	if err != nil {
		t.Fatal(err)
	}
	want := `<CustomerQueryRq requestID="1" iterator="Continue" iteratorID="{2a49d318-fd54-4fb5-bc92-a2b3b6ac4dbc}">
   <MaxReturned>250</MaxReturned>
   <ActiveStatus>All</ActiveStatus>`
	if !strings.Contains(string(doc), want) {
		t.Errorf("%s\nlacks\n%s", doc, want)
	}
	validate(t, map[string][]byte{"iterator": doc})
}

// quickbooks.md 2.1: the transactions a person may have changed come in pages, the deleted ones all at once.
func TestIteratorsOfTransactions(t *testing.T) {
	for name, test := range map[string]struct {
		body  Body
		takes bool
	}{
		"changed receipts": {&SalesReceiptQuery{MaxReturned: 100, ModifiedDateRangeFilter: &ModifiedDateRangeFilter{FromModifiedDate: "2026-11-22T13:00:00-06:00"},
			IncludeRetElement: []string{"TxnID", "TimeModified", "EditSequence", "TotalAmount", "IsPending"}}, true},
		"deposits":             {&DepositQuery{MaxReturned: 100, IncludeLineItems: Bool(true)}, true},
		"deleted transactions": {&TxnDeletedQuery{TxnDelType: []string{"SalesReceipt"}}, false},
		"a void":               {&TxnVoid{TxnVoidType: "SalesReceipt", TxnID: "1-1"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			doc, err := Set{Requests: []Request{{ID: "1", Iterator: IteratorStart, Body: test.body}}}.Encode(Newest(), US)
			if (err == nil) != test.takes {
				t.Fatalf("takes an iterator: %v, want %v (%v)", err == nil, test.takes, err)
			}
			if test.takes {
				validate(t, map[string][]byte{"iterator": doc})
			}
		})
	}
}

// The elements wanted in an answer stand behind the Add.
func TestRetElements(t *testing.T) {
	set := Set{Indent: true, NewID: "x", Requests: []Request{{ID: "1", Body: PaymentMethodAdd{Name: "Stripe"}, RetElements: []string{"ListID", "EditSequence"}}}}
	doc, err := set.Encode(Newest(), US)
	if err != nil {
		t.Fatal(err)
	}
	want := `</PaymentMethodAdd>
   <IncludeRetElement>ListID</IncludeRetElement>
   <IncludeRetElement>EditSequence</IncludeRetElement>
  </PaymentMethodAddRq>`
	if !strings.Contains(string(doc), want) {
		t.Errorf("%s\nlacks\n%s", doc, want)
	}
	validate(t, map[string][]byte{"ret-elements": doc})
}

// Q12
func TestListIDBeforeName(t *testing.T) {
	b := SalesReceiptAdd{CustomerRef: &Ref{ListID: "80000013-1433852150", FullName: "Jane"}, Lines: []SalesReceiptLineAdd{{ItemRef: RefName("A:B")}}}
	doc := encode(t, b)
	if strings.Contains(doc, "Jane") || !strings.Contains(doc, "<ListID>80000013-1433852150</ListID>") {
		t.Errorf("both or neither went out: %s", doc)
	}
	if !strings.Contains(doc, "<FullName>A:B</FullName>") { // Q10: a full name keeps its colons
		t.Errorf("the item's full name is missing: %s", doc)
	}
}

func TestNumbers(t *testing.T) {
	sum := decimal.RequireFromString("0.1").Add(decimal.RequireFromString("0.2"))
	line := SalesReceiptLineAdd{Amount: &sum, Rate: dec("0.30000"), Quantity: dec("1E3")}
	doc := encode(t, SalesReceiptAdd{Lines: []SalesReceiptLineAdd{line, {Amount: dec("-12"), Rate: dec("100")}, {Amount: dec("1234567.8")}, {Amount: dec("0")}}})
	// Q7
	for _, want := range []string{
		"<Amount>0.30</Amount>", "<Rate>0.3</Rate>", "<Quantity>1000</Quantity>", "<Amount>-12.00</Amount>",
		"<Rate>100</Rate>", "<Amount>1234567.80</Amount>", "<Amount>0.00</Amount>",
	} {
		if !strings.Contains(doc, want) {
			t.Errorf("lacks %s: %s", want, doc)
		}
	}
}

func TestCharacters(t *testing.T) {
	// Q5, P51
	doc := encode(t, CustomerAdd{Name: "José", Notes: "5 € – “ok”"})
	for _, want := range []string{"<Name>Jos&#233;</Name>", "5 &#8364; &#8211; &#8220;ok&#8221;"} {
		if !strings.Contains(doc, want) {
			t.Errorf("lacks %s: %s", want, doc)
		}
	}
	if i := strings.IndexFunc(doc, func(r rune) bool { return r > '~' || r < ' ' && r != '\n' }); i >= 0 {
		t.Errorf("not ASCII at %d: %q", i, doc[i:])
	}
}

// Q6: a foreign parser gives back what went in.
func TestEscaping(t *testing.T) {
	name := `A&B <C> "D" 'E' ]]> é €`
	doc := encode(t, CustomerAdd{Name: name})
	var read struct {
		Name string `xml:"QBXMLMsgsRq>CustomerAddRq>CustomerAdd>Name"`
	}
	if err := xml.Unmarshal([]byte(doc), &read); err != nil {
		t.Fatal(err)
	}
	if read.Name != name {
		t.Errorf("%q came back as %q", name, read.Name)
	}
	id := `a&<>"'b`
	var attributes struct {
		Request struct {
			ID string `xml:"requestID,attr"`
		} `xml:"QBXMLMsgsRq>HostQueryRq"`
	}
	text, err := Set{Requests: []Request{{ID: id, Body: HostQuery{}}}}.Encode(Newest(), US)
	if err != nil {
		t.Fatal(err)
	}
	if err := xml.Unmarshal(text, &attributes); err != nil {
		t.Fatal(err)
	}
	if attributes.Request.ID != id {
		t.Errorf("%q came back as %q", id, attributes.Request.ID)
	}
}

// parseBack reads a request's content out of a document into a new body of the same kind.
func parseBack(t *testing.T, doc []byte, kind Body) Body {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(doc))
	for {
		token, err := d.Token()
		if err != nil {
			t.Fatalf("%v in\n%s", err, doc)
		}
		start, ok := token.(xml.StartElement)
		if !ok || start.Name.Local != BodyName(kind)+"Rq" {
			continue
		}
		e, err := readElement(d, start, 0)
		if err != nil {
			t.Fatal(err)
		}
		if content := e.find(BodyName(kind)); content != nil {
			e = content
		}
		b := emptyBody(t, BodyName(kind))
		reader := decoder{shapes: shapes{}}
		reader.fill(reflect.ValueOf(b).Elem(), e, "")
		if reader.unread != nil {
			t.Fatalf("unread: %v", reader.unread)
		}
		return b
	}
}

// Every sample comes back as it went, through XML and through JSON.
func TestRoundTrips(t *testing.T) {
	for _, r := range samples(t, US, Newest()) {
		doc, err := Set{Requests: []Request{r}}.Encode(Newest(), US)
		if err != nil {
			t.Fatal(err)
		}
		want := r.Body
		stored, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		again, err := DecodeBody(BodyName(want), stored)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, again); diff != "" {
			t.Fatalf("through JSON (-want +got):\n%s", diff)
		}
		dropNames(reflect.ValueOf(want))
		if diff := cmp.Diff(want, parseBack(t, doc, want)); diff != "" {
			t.Fatalf("through XML (-want +got):\n%s\n%s", diff, doc)
		}
	}
}

// dropNames takes the full names out of references that have a ListID, as Encode does (Q12).
func dropNames(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			dropNames(v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			dropNames(v.Index(i))
		}
	case reflect.Struct:
		if v.Type() == decimalType {
			return
		}
		if ref, ok := v.Addr().Interface().(*Ref); ok && ref.ListID != "" {
			ref.FullName = ""
		}
		for i := range v.NumField() {
			dropNames(v.Field(i))
		}
	}
}

func TestDecodeBodyRefusals(t *testing.T) {
	if _, err := DecodeBody("NoSuch", []byte("{}")); err == nil {
		t.Error("an unknown name was taken")
	}
	if _, err := DecodeBody("CustomerAdd", []byte("[")); err == nil {
		t.Error("no JSON was taken")
	}
}

var notASCII = regexp.MustCompile(`[^\n -~]`)

func FuzzEncode(f *testing.F) {
	f.Add("José", "two\nlines", "1234", int64(1999), int64(150000), false)
	f.Add(" ", "]]>", "a\tb", int64(-1), int64(0), true)
	f.Add("\x00\ufffe", "😀", "&amp;", int64(1<<62), int64(1), true)
	f.Fuzz(func(t *testing.T, name, memo, ref string, cents, quantity int64, clean bool) {
		if clean {
			name, _ = Text(name, false)
			memo, _ = Text(memo, true)
			ref, _ = Text(ref, false)
			ref, _ = Cut(ref, 11)
			name, _ = Cut(name, 209)
			memo, _ = Cut(memo, 4095)
		}
		want := &SalesReceiptAdd{Memo: memo, RefNumber: ref, Lines: []SalesReceiptLineAdd{
			{Quantity: Amount(decimal.New(quantity, -5)), Amount: Amount(decimal.New(cents, -2)), Desc: memo}}}
		if name != "" {
			want.CustomerRef = RefName(name)
		}
		doc, err := Set{Requests: []Request{{ID: "1", Body: want}}}.Encode(Newest(), US)
		if err != nil {
			var refusal *FieldError
			if !errors.As(err, &refusal) {
				t.Fatalf("no refusal but %v", err)
			}
			if clean && refusal.Rule != RuleLength {
				t.Fatalf("cleaned texts were refused: %v", err)
			}
			return
		}
		if notASCII.Match(doc) {
			t.Fatalf("not ASCII: %q", doc)
		}
		if diff := cmp.Diff(Body(want), parseBack(t, doc, want)); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
	})
}

// Q39: one message set of 20 receipts, as it is made at hand-out. 1,000 receipts must stay under 2 s.
func BenchmarkEncode1000Receipts(b *testing.B) {
	var set Set
	for i := range 20 {
		r := fullReceipt()
		for len(r.Lines) < 5 {
			r.Lines = append(r.Lines, r.Lines[0])
		}
		set.Requests = append(set.Requests, Request{ID: fmt.Sprint(i), Body: r})
	}
	for b.Loop() {
		for range 50 {
			if _, err := set.Encode(Newest(), US); err != nil {
				b.Fatal(err)
			}
		}
	}
}
