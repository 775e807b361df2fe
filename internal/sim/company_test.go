package sim

import (
	"strings"
	"testing"
)

func receiptRq(fields, lines string) string {
	return `<SalesReceiptAddRq requestID="r1"><SalesReceiptAdd><CustomerRef><FullName>Jane Cooper</FullName></CustomerRef>` + fields + lines + `</SalesReceiptAdd></SalesReceiptAddRq>`
}

func lineOf(item, amount, code string) string {
	l := `<SalesReceiptLineAdd><ItemRef><FullName>` + item + `</FullName></ItemRef><Amount>` + amount + `</Amount>`
	if code != "" {
		l += `<SalesTaxCodeRef><FullName>` + code + `</FullName></SalesTaxCodeRef>`
	}
	return l + `</SalesReceiptLineAdd>`
}

func taxRef(item string) string {
	return `<ItemSalesTaxRef><FullName>` + item + `</FullName></ItemSalesTaxRef>`
}

// Every list query the bridge uses is answered, and what comes is valid by Intuit's schema.
func TestQueriesAnswerAllLists(t *testing.T) {
	for _, c := range []struct {
		query string
		least int
	}{
		{"HostQuery", 1}, {"CompanyQuery", 1}, {"PreferencesQuery", 1}, {"AccountQuery", 15}, {"CustomerQuery", 3}, {"EntityQuery", 7}, {"ItemQuery", 30},
		{"ItemSalesTaxQuery", 5}, {"ItemSalesTaxGroupQuery", 1}, {"SalesTaxCodeQuery", 2}, {"PaymentMethodQuery", 8}, {"ShipMethodQuery", 4}, {"ClassQuery", 2}, {"TermsQuery", 3}, {"TemplateQuery", 2},
	} {
		t.Run(c.query, func(t *testing.T) {
			rs := wantStatus(t, ask(t, open(t), set("", `<`+c.query+`Rq requestID="q" />`)), 0, "0", "Info")
			if rs.SelectAttrValue("requestID", "") != "q" || len(rs.ChildElements()) < c.least {
				t.Fatalf("%d records for requestID %q, want at least %d", len(rs.ChildElements()), rs.SelectAttrValue("requestID", ""), c.least)
			}
		})
	}
}

func TestHCP(t *testing.T) {
	on, off := open(t), open(t, func(k *CompanyConfig) { k.SalesTax = false })
	rs := answer(t, on.HCP())
	for path, want := range map[string]string{
		"HostQueryRs/@requestID": "0", "CompanyQueryRs/@requestID": "1", "PreferencesQueryRs/@requestID": "2",
	} {
		name, attr, _ := strings.Cut(path, "/@")
		if got := rs.FindElement(name).SelectAttrValue(attr, ""); got != want {
			t.Errorf("%s is %q, want %q", path, got, want)
		}
	}
	if got := text(rs, "CompanyQueryRs/CompanyRet/DataExtRet[DataExtName='FileID']/DataExtValue"); got != "{B4F0A1D2-77C3-4D0B-8E1A-5C9D2E3F4A55}" {
		t.Errorf("FileID is %q", got)
	}
	if got := text(rs, "//AccountingPreferences/ClosingDate"); got != ClosingDate(newest) {
		t.Errorf("the closing date is %q", got)
	}
	// Q28: the preferences of a company without sales tax lack SalesTaxPreferences
	if answer(t, off.HCP()).FindElement("//SalesTaxPreferences") != nil || rs.FindElement("//SalesTaxPreferences") == nil {
		t.Error("SalesTaxPreferences is there when sales tax is off, or not when it is on")
	}
}

// Q25: the tax QuickBooks computes, on recorded figures.
func TestSalesTaxOfRecordedReceipts(t *testing.T) {
	c := open(t, func(k *CompanyConfig) {
		k.TaxItems = []TaxItem{{"Single", 825000}, {"Six", 600000}, {"State", 625000}, {"One", 100000}, {"HalfA", 50000}, {"HalfB", 50000}}
		k.TaxGroups = []TaxItemGroup{{"Four", []string{"One", "HalfA", "HalfB", "State"}}}
	})
	for _, k := range []struct{ name, item, amount, tax, total string }{
		{"0.20 at 8.25 % single", "Single", "0.20", "0.02", "0.22"},
		{"2.80 at 8.25 % single", "Single", "2.80", "0.23", "3.03"},
		{"183.00 at 6 %", "Six", "183.00", "10.98", "193.98"},
		{"35.50 as one item", "Single", "35.50", "2.93", "38.43"},
		{"35.50 as a group, each member rounded", "Four", "35.50", "2.94", "38.44"},
	} {
		t.Run(k.name, func(t *testing.T) {
			rs := wantStatus(t, ask(t, c, set("", receiptRq(taxRef(k.item), lineOf("MUG", k.amount, "Tax")))), 0, "0", "Info")
			if got := text(rs, "//SalesTaxTotal"); got != k.tax {
				t.Errorf("tax %s, want %s", got, k.tax)
			}
			if got := text(rs, "//TotalAmount"); got != k.total {
				t.Errorf("total %s, want %s", got, k.total)
			}
		})
	}
}

func TestReceiptArithmetic(t *testing.T) {
	line := func(inner string) string {
		return `<SalesReceiptLineAdd><ItemRef><FullName>MUG</FullName></ItemRef>` + inner + `<SalesTaxCodeRef><FullName>Tax</FullName></SalesTaxCodeRef></SalesReceiptLineAdd>`
	}
	for _, k := range []struct{ name, lines, subtotal, tax, rate string }{
		{"rate times quantity", line(`<Quantity>3</Quantity><Rate>1.115</Rate>`), "3.35", "0.32", "1.115"},
		{"amount wins over rate", line(`<Quantity>3</Quantity><Rate>1.00</Rate><Amount>3.01</Amount>`), "3.01", "0.29", "1.00"},
		{"rate derived from amount", line(`<Quantity>3</Quantity><Amount>10.00</Amount>`), "10.00", "0.95", "3.33333"},
		{"price of the item", line(`<Quantity>2</Quantity>`), "22.10", "2.10", "11.05"},
		{"taxable discount lowers the base", lineOf("MUG", "100.00", "Tax") + lineOf(ItemDiscount, "-10.00", "Tax"), "90.00", "8.55", ""},
		{"discount without tax does not", lineOf("MUG", "100.00", "Tax") + lineOf(ItemDiscountNon, "-10.00", "Non"), "90.00", "9.50", ""},
		{"code of the item when the line has none", lineOf("MUG", "10.00", "") + lineOf(ItemTip, "5.00", ""), "15.00", "0.95", ""},
		{"a tax item as a line is not taxed", lineOf("MUG", "10.00", "Non") + lineOf(TaxCombined, "0.95", "Tax"), "10.95", "0.00", ""},
		{"percentage of the line above", lineOf("MUG", "50.00", "Tax") + `<SalesReceiptLineAdd><ItemRef><FullName>` + ItemDiscount + `</FullName></ItemRef><RatePercent>5</RatePercent></SalesReceiptLineAdd>`, "47.50", "4.51", ""},
		{"a line that only describes", lineOf("MUG", "10.00", "Tax") + `<SalesReceiptLineAdd><Desc>Thank you</Desc></SalesReceiptLineAdd>`, "10.00", "0.95", ""},
	} {
		t.Run(k.name, func(t *testing.T) {
			rs := wantStatus(t, ask(t, open(t), set("", receiptRq(taxRef(TaxCombined), k.lines))), 0, "0", "Info")
			if got := text(rs, "//Subtotal"); got != k.subtotal {
				t.Errorf("subtotal %s, want %s", got, k.subtotal)
			}
			if got := text(rs, "//SalesTaxTotal"); got != k.tax {
				t.Errorf("tax %s, want %s", got, k.tax)
			}
			if got := text(rs, "//SalesReceiptLineRet/Rate"); k.rate != "" && got != k.rate {
				t.Errorf("rate %s, want %s", got, k.rate)
			}
		})
	}
}

func TestReceiptAnswerHoldsAllThatWasSent(t *testing.T) {
	c := open(t, func(k *CompanyConfig) { k.Classes = true })
	all := `<ClassRef><FullName>Web</FullName></ClassRef><TxnDate>2026-11-19</TxnDate><RefNumber>K8XTQ</RefNumber><BillAddress><Addr1>Jane Cooper</Addr1><Addr2></Addr2><Addr3>Apt 4</Addr3><City>Springfield</City><State>Illinois</State><PostalCode>62704</PostalCode><Country>United States</Country></BillAddress>` +
		`<CheckNumber>pi_1</CheckNumber><PaymentMethodRef><FullName>Stripe</FullName></PaymentMethodRef><ShipMethodRef><FullName>UPS</FullName></ShipMethodRef>` + taxRef(TaxGroup) +
		`<Memo>Ecwid 1003/K8XTQ &#8364; caf&#233;</Memo><IsToBePrinted>false</IsToBePrinted><IsToBeEmailed>false</IsToBeEmailed><CustomerSalesTaxCodeRef><FullName>Tax</FullName></CustomerSalesTaxCodeRef>` +
		`<DepositToAccountRef><FullName>Stripe Clearing</FullName></DepositToAccountRef><Other>K8XTQ</Other>`
	document := set("", receiptRq(all, lineOf("MUG", "35.50", "Tax")))
	response, _, _ := c.Process(document)
	// 1.4: answers carry what is above ASCII as decimal references
	if !strings.Contains(response, "<Memo>Ecwid 1003/K8XTQ &#8364; caf&#233;</Memo>") {
		t.Errorf("the memo is not escaped as QuickBooks does it:\n%s", response)
	}
	rs := answer(t, response)
	for path, want := range map[string]string{
		"CustomerRef/FullName": "Jane Cooper", "ClassRef/FullName": "Web", "TxnDate": "2026-11-19", "RefNumber": "K8XTQ", "BillAddress/State": "IL", "BillAddressBlock/Addr2": "Apt 4", "BillAddressBlock/Addr4": "USA",
		"CheckNumber": "pi_1", "PaymentMethodRef/FullName": "Stripe", "ShipMethodRef/FullName": "UPS", "ItemSalesTaxRef/FullName": TaxGroup, "SalesTaxPercentage": "9.5", "SalesTaxTotal": "3.38",
		"TotalAmount": "38.88", "IsToBePrinted": "false", "DepositToAccountRef/FullName": "Stripe Clearing", "Other": "K8XTQ", "TemplateRef/FullName": "Custom Sales Receipt", "SalesReceiptLineRet/Amount": "35.50",
	} {
		if got := text(rs, "//SalesReceiptRet/"+path); got != want {
			t.Errorf("%s is %q, want %q", path, got, want)
		}
	}
	for _, path := range []string{"TxnID", "SalesReceiptLineRet/TxnLineID", "CustomerRef/ListID"} {
		if id := text(rs, "//SalesReceiptRet/"+path); !listIDForm(id) {
			t.Errorf("%s %q has not the form of one", path, id)
		}
	}
	if got := c.Receipts()[0].Memo; got != "Ecwid 1003/K8XTQ € café" {
		t.Errorf("the books hold the memo %q", got)
	}
}

// Q28: a company without sales tax answers no tax elements and ignores those sent with a warning.
func TestSalesTaxOff(t *testing.T) {
	c := open(t, func(k *CompanyConfig) { k.SalesTax = false })
	rs := ask(t, c, set("", receiptRq("", lineOf("MUG", "10.00", "")), receiptRq(taxRef(TaxCombined), lineOf("MUG", "10.00", "Tax"))))
	for n, want := range [][2]string{{"0", "Info"}, {"530", "Warn"}} {
		got := wantStatus(t, rs, n, want[0], want[1])
		if got.FindElement("//ItemSalesTaxRef") != nil || got.FindElement("//SalesTaxCodeRef") != nil || text(got, ".//TotalAmount") != "10.00" {
			t.Errorf("answer %d has tax in it, or not the total 10.00", n)
		}
	}
}

// A document QuickBooks cannot parse is refused whole and nothing of it is done.
func TestRefusedDocuments(t *testing.T) {
	good := receiptRq("", lineOf("MUG", "1.00", "Tax"))
	cases := []struct{ name, document, hresult string }{
		{"no declaration", strings.TrimPrefix(set("", good), `<?xml version="1.0" encoding="utf-8"?>`), hresultParse},
		{"no qbxml instruction", strings.Replace(set("", good), `<?qbxml version="13.0"?>`, "", 1), hresultParse},
		{"not XML", set("", good)[:100], hresultParse},
		{"two roots", set("", good) + "<QBXML/>", hresultParse},
		{"raw é", set("", receiptRq("<Memo>café</Memo>", lineOf("MUG", "1.00", "Tax"))), hresultParse},
		{"reference to a control character", set("", receiptRq("<Memo>&#31;</Memo>", lineOf("MUG", "1.00", "Tax"))), hresultParse},
		{"unknown version", strings.Replace(set("", good), "13.0", "17.0", 1), hresultVersion},
		{"rollbackOnError", set(`onError="rollbackOnError"`, good), hresultRollback},
		{"unknown onError", set(`onError="maybe"`, good), hresultParse},
		{"unknown attribute of the set", set(`x="1"`, good), hresultParse},
		{"unknown request", set("", good, "<FooAddRq/>"), hresultParse},
		{"unknown attribute of the request", set("", `<ClassQueryRq id="1"/>`), hresultParse},
		{"iterator where there is none", set("", `<ClassQueryRq iterator="Start"/>`), hresultParse},
		{"metaData on an Add", set("", `<CustomerAddRq metaData="MetaDataOnly"><CustomerAdd><Name>A</Name></CustomerAdd></CustomerAddRq>`), hresultParse},
		{"unknown element", set("", receiptRq("<Colour>red</Colour>", lineOf("MUG", "1.00", "Tax"))), hresultParse},
		{"wrong order", set("", receiptRq("<RefNumber>1</RefNumber><TxnDate>2026-11-19</TxnDate>", lineOf("MUG", "1.00", "Tax"))), hresultParse},
		{"order of FOB as on invoices (Q11)", set("", receiptRq("<FOB>x</FOB><ShipDate>2026-11-19</ShipDate>", lineOf("MUG", "1.00", "Tax"))), hresultParse},
		{"element twice", set("", receiptRq("<Memo>a</Memo><Memo>b</Memo>", lineOf("MUG", "1.00", "Tax"))), hresultParse},
		{"no line", set("", receiptRq("<Memo>a</Memo>", "")), hresultParse},
		{"both sides of a choice", set("", receiptRq("", `<SalesReceiptLineAdd><Rate>1</Rate><RatePercent>1</RatePercent></SalesReceiptLineAdd>`)), hresultParse},
		{"element of another edition", set("", receiptRq("<IsTaxIncluded>true</IsTaxIncluded>", lineOf("MUG", "1.00", "Tax"))), hresultParse},
		{"element newer than the document", strings.Replace(set("", receiptRq("", `<SalesReceiptLineAdd><OptionForPriceRuleConflict>Zero</OptionForPriceRuleConflict></SalesReceiptLineAdd>`)), "13.0", "12.0", 1), hresultParse},
		{"unknown enumeration value", set("", `<CustomerQueryRq><ActiveStatus>Some</ActiveStatus></CustomerQueryRq>`), hresultParse},
		{"required element missing", set("", `<CustomerAddRq><CustomerAdd><Phone>1</Phone></CustomerAdd></CustomerAddRq>`), hresultParse},
		{"text beside elements", set("", `<CustomerAddRq>x<CustomerAdd><Name>A</Name></CustomerAdd></CustomerAddRq>`), hresultParse},
		{"ListID and FullName in one query", set("", `<CustomerQueryRq><ListID>1-1</ListID><FullName>a</FullName></CustomerQueryRq>`), hresultParse},
		{"key and filter in one query", set("", `<CustomerQueryRq><FullName>a</FullName><ActiveStatus>All</ActiveStatus></CustomerQueryRq>`), hresultParse},
		{"item that neither sells nor buys", set("", `<ItemServiceAddRq><ItemServiceAdd><Name>A</Name></ItemServiceAdd></ItemServiceAddRq>`), hresultParse},
	}
	for _, k := range cases {
		t.Run(k.name, func(t *testing.T) {
			c := open(t)
			response, hresult, message := c.Process(k.document)
			if hresult != k.hresult || response != "" || message == "" {
				t.Fatalf("hresult %q, message %q, response %q; want %s alone", hresult, message, response, k.hresult)
			}
			if c.Requests() != 0 || len(c.Receipts()) != 0 {
				t.Error("something of the document was done")
			}
		})
	}
}

// Q3: what one edition lacks another has.
func TestEditions(t *testing.T) {
	document := set("", receiptRq("<IsTaxIncluded>true</IsTaxIncluded>", lineOf("MUG", "1.00", "Tax")))
	for country, refused := range map[string]bool{"US": true, "CA": false, "UK": false, "AU": false} {
		c := open(t, func(k *CompanyConfig) { k.Country = country })
		if why := c.WhyRefused(document); (why != "") != refused {
			t.Errorf("in %s IsTaxIncluded: %q", country, why)
		}
	}
}

// Per-request refusals: code, the words of the message that a reader relies on, and that nothing was written.
func TestRefusedRequests(t *testing.T) {
	customer := func(inner string) string {
		return `<CustomerAddRq requestID="c"><CustomerAdd>` + inner + `</CustomerAdd></CustomerAddRq>`
	}
	mug := lineOf("MUG", "1.00", "Tax")
	for _, k := range []struct{ name, request, code, words string }{
		{"requestID over 50", `<ClassQueryRq requestID="` + strings.Repeat("x", 51) + `"/>`, "1060", "request ID"},
		{"malformed ListID", `<CustomerQueryRq><ListID>abc</ListID></CustomerQueryRq>`, "3000", `The given object ID "abc" in the field "list id" is invalid.`},
		{"bad boolean", receiptRq("<IsPending>ja</IsPending>", mug), "3010", `"IsPending"`},
		{"bad date", receiptRq("<TxnDate>2026-02-30</TxnDate>", mug), "3020", `"TxnDate"`},
		{"amount with one decimal", receiptRq("", lineOf("MUG", "1.5", "Tax")), "3040", `"1.5"`},
		{"amount with thousands sign", receiptRq("", lineOf("MUG", "1,200.00", "Tax")), "3040", `"1,200.00"`},
		{"six decimals", receiptRq("", `<SalesReceiptLineAdd><ItemRef><FullName>MUG</FullName></ItemRef><Rate>0.123456</Rate></SalesReceiptLineAdd>`), "3045", `"Rate"`},
		{"RefNumber of 12", receiptRq("<RefNumber>123456789012</RefNumber>", mug), "3070", `in the field "RefNumber" is too long`},
		{"name of 42", customer("<Name>" + strings.Repeat("a", 42) + "</Name>"), "3070", `"Name"`},
		{"outside Windows-1252", customer("<Name>&#321;&#243;d&#378;</Name>"), "3080", "characters"},
		{"colon in a name", customer("<Name>Incorrect : Name</Name>"), "3090", "Names in this list cannot contain a colon."},
		{"name of a customer", customer("<Name>jane cooper</Name>"), "3100", `The name "jane cooper" of the list element is already in use.`},
		{"name of a vendor", customer("<Name>" + nameOfVendor + "</Name>"), "3100", nameOfVendor},
		{"name of an employee", customer("<Name>" + nameOfEmployee + "</Name>"), "3100", nameOfEmployee},
		{"name of an inactive customer", customer("<Name>" + inactiveCustomer + "</Name>"), "3100", inactiveCustomer},
		{"id that is not there", receiptRq("<ClassRef><ListID>80009999-1400000000</ListID></ClassRef>", mug), "3120", `Object "80009999-1400000000"`},
		{"parent that is not there", customer("<Name>A</Name><ParentRef><FullName>Nobody</FullName></ParentRef>"), "3130", "Nobody"},
		{"customer that is not there", strings.Replace(receiptRq("", mug), "Jane Cooper", "Nobody", 1), "3140", `There is an invalid reference to QuickBooks Customer "Nobody" in the SalesReceipt.`},
		{"item that is not there", receiptRq("", lineOf("NOTHING", "1.00", "Tax")), "3140", `QuickBooks Item "NOTHING"`},
		{"inactive item", receiptRq("", lineOf("OLD-LAMP", "1.00", "Tax")), "3180", "inactive"},
		{"closed period", receiptRq("<TxnDate>"+ClosingDate(newest)+"</TxnDate>", mug), "3181", "closing date"},
		{"negative total", receiptRq("", lineOf("MUG", "-1.00", "Non")), "3210", "must be positive"},
		{"tax group as a line", receiptRq("", lineOf(TaxGroup, "1.00", "Non")), "3280", TaxGroup},
		{"item without account", `<ItemServiceAddRq><ItemServiceAdd><Name>A</Name><SalesOrPurchase><Price>1.00</Price></SalesOrPurchase></ItemServiceAdd></ItemServiceAddRq>`, "3270", "account"},
		{"iterator of another session", `<CustomerQueryRq iterator="Continue" iteratorID="{10c05cbd-b25b-4a85-8aa0-8bce89e6e900}"><MaxReturned>2</MaxReturned></CustomerQueryRq>`, "3391", "iteratorID"},
	} {
		t.Run(k.name, func(t *testing.T) {
			c := open(t, func(k *CompanyConfig) { k.Classes = true })
			before, err := c.Snapshot()
			if err != nil {
				t.Fatal(err)
			}
			rs := wantStatus(t, ask(t, c, set("", k.request)), 0, k.code, "Error")
			if got := rs.SelectAttrValue("statusMessage", ""); !strings.Contains(got, k.words) {
				t.Errorf("message %q does not say %q", got, k.words)
			}
			if after, err := c.Snapshot(); err != nil || string(before) != string(after) {
				t.Errorf("the refused request changed the books (%v)", err)
			}
		})
	}
}

func TestAddsAndMods(t *testing.T) {
	c := open(t)
	rs := ask(t, c, set("",
		`<CustomerAddRq requestID="1"><CustomerAdd><Name> Ren&#233;e Roy </Name><CompanyName>Roy</CompanyName><BillAddress><Addr1>1 Main St</Addr1><City>Springfield</City></BillAddress><Email>r@example.com</Email></CustomerAdd></CustomerAddRq>`,
		`<ItemNonInventoryAddRq requestID="2"><ItemNonInventoryAdd><Name>KITE-DELTA</Name><SalesTaxCodeRef><FullName>Tax</FullName></SalesTaxCodeRef><SalesOrPurchase><Desc>Kite</Desc><Price>34.50</Price><AccountRef><FullName>Web Sales</FullName></AccountRef></SalesOrPurchase></ItemNonInventoryAdd></ItemNonInventoryAddRq>`,
		`<ItemServiceAddRq requestID="3"><ItemServiceAdd><Name>WRAP</Name><SalesOrPurchase><Price>1.00</Price><AccountRef><FullName>Web Sales</FullName></AccountRef></SalesOrPurchase></ItemServiceAdd></ItemServiceAddRq>`,
		`<ItemOtherChargeAddRq requestID="4"><ItemOtherChargeAdd><Name>Fee</Name><SalesOrPurchase><Price>1.00</Price><AccountRef><FullName>Web Sales</FullName></AccountRef></SalesOrPurchase></ItemOtherChargeAdd></ItemOtherChargeAddRq>`,
		`<ItemDiscountAddRq requestID="5"><ItemDiscountAdd><Name>Off</Name><SalesTaxCodeRef><FullName>Tax</FullName></SalesTaxCodeRef><DiscountRate>0.00</DiscountRate><AccountRef><FullName>Sales Discounts</FullName></AccountRef></ItemDiscountAdd></ItemDiscountAddRq>`,
		`<PaymentMethodAddRq requestID="6"><PaymentMethodAdd><Name>Klarna</Name><PaymentMethodType>Other</PaymentMethodType></PaymentMethodAdd></PaymentMethodAddRq>`,
		`<ShipMethodAddRq requestID="7"><ShipMethodAdd><Name>Bike</Name></ShipMethodAdd></ShipMethodAddRq>`))
	for n := range 7 {
		wantStatus(t, rs, n, "0", "Info")
	}
	ret := rs.FindElement("CustomerAddRs/CustomerRet")
	if text(ret, "Name") != "Renée Roy" || text(ret, "BillAddressBlock/Addr2") != "Springfield" {
		t.Errorf("the customer came back as %q", text(ret, "Name"))
	}
	mod := func(sequence, inner string) string {
		return set("", `<CustomerModRq requestID="m"><CustomerMod><ListID>`+text(ret, "ListID")+`</ListID><EditSequence>`+sequence+`</EditSequence>`+inner+`</CustomerMod></CustomerModRq>`)
	}
	after := wantStatus(t, ask(t, c, mod(text(ret, "EditSequence"), `<Phone>555</Phone>`)), 0, "0", "Info")
	if text(after, "CustomerRet/Phone") != "555" || text(after, "CustomerRet/Email") != "r@example.com" || text(after, "CustomerRet/EditSequence") == text(ret, "EditSequence") {
		t.Error("the mod changed other than what was sent, or kept the edit sequence")
	}
	// Q19: a stale edit sequence is answered with the current object
	stale := wantStatus(t, ask(t, c, mod(text(ret, "EditSequence"), `<Phone>666</Phone>`)), 0, "3200", "Error")
	if text(stale, "CustomerRet/EditSequence") != text(after, "CustomerRet/EditSequence") || text(stale, "CustomerRet/Phone") != "555" {
		t.Error("the 3200 does not carry the current record")
	}
}

// RefNumbers need not be unique (quickbooks.md 1.3), so both receipts are found under theirs.
func TestReceiptQueries(t *testing.T) {
	c := open(t)
	add := receiptRq("<TxnDate>2026-11-19</TxnDate><RefNumber>ab-1</RefNumber><Memo>one</Memo>", lineOf("MUG", "1.00", "Tax"))
	rs := ask(t, c, set("", add, add, strings.Replace(add, "ab-1", "ab-2", 1)))
	id := text(rs, "SalesReceiptAddRs/SalesReceiptRet/TxnID")
	for _, k := range []struct {
		name, query, code string
		found             int
	}{
		{"by number, without case", `<SalesReceiptQueryRq><RefNumber>AB-1</RefNumber></SalesReceiptQueryRq>`, "0", 2},
		{"by number, with case", `<SalesReceiptQueryRq><RefNumberCaseSensitive>AB-1</RefNumberCaseSensitive></SalesReceiptQueryRq>`, "1", 0},
		{"several numbers, one missing", `<SalesReceiptQueryRq><RefNumber>ab-2</RefNumber><RefNumber>ab-9</RefNumber></SalesReceiptQueryRq>`, "500", 1},
		{"number not there", `<SalesReceiptQueryRq><RefNumber>ab-9</RefNumber></SalesReceiptQueryRq>`, "1", 0},
		{"by id", `<SalesReceiptQueryRq><TxnID>` + id + `</TxnID><IncludeLineItems>true</IncludeLineItems></SalesReceiptQueryRq>`, "0", 1},
		{"by ids, one missing", `<SalesReceiptQueryRq><TxnID>` + id + `</TxnID><TxnID>FFF-1400000000</TxnID></SalesReceiptQueryRq>`, "500", 1},
		{"by date", `<SalesReceiptQueryRq><TxnDateRangeFilter><FromTxnDate>2026-11-19</FromTxnDate><ToTxnDate>2026-11-19</ToTxnDate></TxnDateRangeFilter></SalesReceiptQueryRq>`, "0", 3},
		{"by customer", `<SalesReceiptQueryRq><EntityFilter><FullName>Jane Cooper</FullName></EntityFilter><RefNumberFilter><MatchCriterion>EndsWith</MatchCriterion><RefNumber>-2</RefNumber></RefNumberFilter></SalesReceiptQueryRq>`, "0", 1},
		{"changed since", `<SalesReceiptQueryRq><ModifiedDateRangeFilter><FromModifiedDate>2027-01-01T00:00:00</FromModifiedDate></ModifiedDateRangeFilter></SalesReceiptQueryRq>`, "1", 0},
		{"transactions by number", `<TransactionQueryRq><RefNumber>ab-1</RefNumber><TransactionTypeFilter><TxnTypeFilter>SalesReceipt</TxnTypeFilter></TransactionTypeFilter></TransactionQueryRq>`, "0", 2},
		{"transactions of another type", `<TransactionQueryRq><TransactionTypeFilter><TxnTypeFilter>Invoice</TxnTypeFilter></TransactionTypeFilter></TransactionQueryRq>`, "1", 0},
	} {
		t.Run(k.name, func(t *testing.T) {
			severity := map[string]string{"500": "Warn"}[k.code]
			if severity == "" {
				severity = "Info"
			}
			got := wantStatus(t, ask(t, c, set("", k.query)), 0, k.code, severity)
			if len(got.ChildElements()) != k.found {
				t.Errorf("%d found, want %d", len(got.ChildElements()), k.found)
			}
			if lines := len(got.FindElements("//SalesReceiptLineRet")); (lines > 0) != strings.Contains(k.query, "IncludeLineItems") {
				t.Errorf("%d lines came", lines)
			}
		})
	}
}

func TestListQueries(t *testing.T) {
	c := open(t)
	for _, k := range []struct {
		name, query, code, severity string
		found                       int
	}{
		{"active only by default", `<CustomerQueryRq><NameFilter><MatchCriterion>StartsWith</MatchCriterion><Name>dormant</Name></NameFilter></CustomerQueryRq>`, "1", "Info", 0},
		{"all", `<CustomerQueryRq><ActiveStatus>All</ActiveStatus><NameFilter><MatchCriterion>StartsWith</MatchCriterion><Name>dormant</Name></NameFilter></CustomerQueryRq>`, "0", "Info", 1},
		{"a full name finds inactive ones", `<CustomerQueryRq><FullName>Dormant Traders</FullName></CustomerQueryRq>`, "0", "Info", 1},
		{"one of two names missing", `<CustomerQueryRq><FullName>Jane Cooper</FullName><FullName>bleech</FullName></CustomerQueryRq>`, "500", "Warn", 1},
		{"a job by its path", `<CustomerQueryRq><FullName>Prairie Schools:North Campus</FullName></CustomerQueryRq>`, "0", "Info", 1},
		{"a vendor is no customer", `<CustomerQueryRq><FullName>` + nameOfVendor + `</FullName></CustomerQueryRq>`, "500", "Warn", 0},
		{"but an entity", `<EntityQueryRq><FullName>` + nameOfVendor + `</FullName></EntityQueryRq>`, "0", "Info", 1},
		{"account types", `<AccountQueryRq><AccountType>Bank</AccountType><AccountType>CostOfGoodsSold</AccountType></AccountQueryRq>`, "0", "Info", 2},
		{"nothing deleted", `<ListDeletedQueryRq><ListDelType>Customer</ListDelType></ListDeletedQueryRq>`, "1", "Info", 0},
	} {
		t.Run(k.name, func(t *testing.T) {
			got := wantStatus(t, ask(t, c, set("", k.query)), 0, k.code, k.severity)
			if len(got.ChildElements()) != k.found {
				t.Errorf("%d found, want %d", len(got.ChildElements()), k.found)
			}
		})
	}
	response, _, _ := c.Process(set("", `<CustomerQueryRq><FullName>Jane Cooper</FullName><IncludeRetElement>ListID</IncludeRetElement></CustomerQueryRq>`))
	if strings.Contains(response, "<Name>") || !strings.Contains(response, "<ListID>") {
		t.Errorf("IncludeRetElement did not cut the answer down:\n%s", response)
	}
	add := strings.Replace(receiptRq("", lineOf(ItemShipping, "5.00", "")), "</SalesReceiptAddRq>", "<IncludeRetElement>TotalAmount</IncludeRetElement></SalesReceiptAddRq>", 1)
	response, _, _ = c.Process(set("", add))
	if strings.Contains(response, "<TxnID>") || strings.Contains(response, "LineRet") || !strings.Contains(response, "<TotalAmount>") {
		t.Errorf("IncludeRetElement did not cut the answer to an Add down:\n%s", response)
	}
	response, _, _ = c.Process(set("", `<CustomerQueryRq metaData="MetaDataOnly"><ActiveStatus>All</ActiveStatus></CustomerQueryRq>`))
	if !strings.Contains(response, `retCount="4"`) || strings.Contains(response, "CustomerRet") {
		t.Errorf("MetaDataOnly gave\n%s", response)
	}
}

// Q23: pages add up to the whole, the last one has 0 left; filters must be repeated; a new session knows no iterator.
func TestIterators(t *testing.T) {
	c := open(t)
	c.BeginSession("Bridge", "")
	page := func(attributes, inner string) string {
		return set("", `<ItemQueryRq requestID="p" `+attributes+`><MaxReturned>7</MaxReturned>`+inner+`</ItemQueryRq>`)
	}
	seen := map[string]bool{}
	rs := wantStatus(t, ask(t, c, page(`iterator="Start"`, "")), 0, "0", "Info")
	first := rs.SelectAttrValue("iteratorID", "")
	for {
		for _, id := range rs.FindElements("*/ListID") {
			if seen[id.Text()] {
				t.Fatalf("%s came twice", id.Text())
			}
			seen[id.Text()] = true
		}
		if rs.SelectAttrValue("iteratorRemainingCount", "") == "0" {
			break
		}
		rs = wantStatus(t, ask(t, c, page(`iterator="Continue" iteratorID="`+first+`"`, "")), 0, "0", "Info")
	}
	whole := wantStatus(t, ask(t, c, set("", `<ItemQueryRq/>`)), 0, "0", "Info")
	if len(seen) != len(whole.ChildElements()) {
		t.Errorf("the pages gave %d, the whole is %d", len(seen), len(whole.ChildElements()))
	}
	id := wantStatus(t, ask(t, c, page(`iterator="Start"`, "")), 0, "0", "Info").SelectAttrValue("iteratorID", "")
	wantStatus(t, ask(t, c, page(`iterator="Continue" iteratorID="`+id+`"`, "<ActiveStatus>All</ActiveStatus>")), 0, "3391", "Error")
	for _, ended := range []bool{true, false} { // or the program died without ending it
		id = wantStatus(t, ask(t, c, page(`iterator="Start"`, "")), 0, "0", "Info").SelectAttrValue("iteratorID", "")
		if ended {
			c.EndSession()
		}
		c.BeginSession("Bridge", "")
		wantStatus(t, ask(t, c, page(`iterator="Continue" iteratorID="`+id+`"`, "")), 0, "3391", "Error")
	}
}

func TestSessionRefusals(t *testing.T) {
	c := open(t)
	for _, k := range []struct{ name, file, hresult string }{
		{"the open file", "", ""}, {"its path, any case", `c:\books\PRETEND.QBW`, ""}, {"another file", `C:\Books\Other.qbw`, "0x8004040A"}, {"forward slashes", "C:/Books/Pretend.qbw", "0x80040408"},
	} {
		t.Run(k.name, func(t *testing.T) {
			if hresult, _ := c.BeginSession("Bridge", k.file); hresult != k.hresult {
				t.Errorf("hresult %q, want %q", hresult, k.hresult)
			}
		})
	}
	c.RefuseSession("0x80040414", "A modal dialog box is showing in the QuickBooks user interface.")
	if hresult, _ := c.BeginSession("Bridge", ""); hresult != "0x80040414" {
		t.Errorf("the announced refusal did not come, but %q", hresult)
	}
	if hresult, _ := c.BeginSession("Bridge", ""); hresult != "" {
		t.Errorf("the refusal came twice")
	}
}
