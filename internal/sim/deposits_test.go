package sim

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

func TestDeposit(t *testing.T) {
	c := open(t)
	first, second, third := typed(t, c), typed(t, c), typed(t, c)
	before := text(ask(t, c, set("", receiptByID(first))), "//EditSequence")
	id, err := c.Deposit(first, second)
	must(t, err)
	rs := wantStatus(t, ask(t, c, set("", `<DepositQueryRq><IncludeLineItems>true</IncludeLineItems></DepositQueryRq>`)), 0, "0", "Info")
	for path, want := range map[string]string{
		"TxnID": id, "TxnDate": "2026-11-20", "DepositToAccountRef/FullName": AccountBank, "DepositTotal": "21.90",
		"DepositLineRet/TxnType": "SalesReceipt", "DepositLineRet/EntityRef/FullName": knownCustomer, "DepositLineRet/AccountRef/FullName": AccountUndeposited, "DepositLineRet/Amount": "10.95",
	} {
		if got := text(rs, "DepositRet/"+path); got != want {
			t.Errorf("%s is %q, want %q", path, got, want)
		}
	}
	if got := ids(rs, "DepositRet/DepositLineRet/TxnID"); !slices.Equal(got, []string{first, second}) {
		t.Errorf("deposited are %q, want %q and %q", got, first, second)
	}
	if got := text(ask(t, c, set("", receiptByID(first))), "//EditSequence"); got != before {
		t.Error("the deposit changed the receipt's edit sequence")
	}
	if r := c.Receipts(); r[0].Deposit != id || r[2].Deposit != "" {
		t.Errorf("the receipts are in the deposits %q and %q", r[0].Deposit, r[2].Deposit)
	}
	for name, err := range map[string]error{
		"void": c.Void(first), "delete": c.Delete(first), "change the amount": c.EditReceipt(first, ReceiptEdit{More: 1}), "deposit twice": errorOf(c.Deposit(third, third)), "deposit again": errorOf(c.Deposit(first)),
		"deposit nothing": errorOf(c.Deposit()), "deposit what is not there": errorOf(c.Deposit("x")), "delete no deposit": c.DeleteDeposit("x"),
	} {
		if err == nil {
			t.Errorf("%s gave no error", name)
		}
	}
	must(t, c.EditReceipt(first, ReceiptEdit{Memo: new("a note")}))
	must(t, c.DeleteDeposit(id))
	must(t, c.Void(first))
	wantStatus(t, ask(t, c, set("", `<DepositQueryRq/>`)), 0, "1", "Info")
	pending := ask(t, c, set("", receiptRq("<IsPending>true</IsPending>", lineOf("MUG", "1.00", "Tax"))))
	stripe := ask(t, c, set("", receiptRq("<DepositToAccountRef><FullName>"+AccountStripe+"</FullName></DepositToAccountRef>", lineOf("MUG", "1.00", "Tax"))))
	for name, txnID := range map[string]string{"voided": first, "pending": text(pending, "//TxnID"), "in another account": text(stripe, "//TxnID")} {
		if _, err := c.Deposit(txnID); err == nil {
			t.Errorf("a %s receipt was deposited", name)
		}
	}
}

// errorOf is the error of a call that gives an identifier too.
func errorOf(_ string, err error) error { return err }

func TestDepositQuery(t *testing.T) {
	at := newest
	c := open(t, func(k *CompanyConfig) { k.Clock = func() time.Time { return at } })
	jane, err := c.Deposit(typed(t, c))
	must(t, err)
	at = at.Add(24 * time.Hour)
	walkIn, err := c.Deposit(typed(t, c, func(r *TypedReceipt) { r.Customer = "Walk In" }))
	must(t, err)
	query := func(inner string) string { return `<DepositQueryRq>` + inner + `</DepositQueryRq>` }
	for _, k := range []struct {
		name, query, code string
		want              []string
	}{
		{"by id", query("<TxnID>" + walkIn + "</TxnID>"), "0", []string{walkIn}},
		{"by two ids, one unknown", query("<TxnID>1FFF-1400000000</TxnID><TxnID>" + jane + "</TxnID>"), "500", []string{jane}},
		{"malformed id", query("<TxnID>x</TxnID>"), "3000", nil},
		{"changed since", query("<ModifiedDateRangeFilter><FromModifiedDate>2026-11-21T00:00:00-06:00</FromModifiedDate></ModifiedDateRangeFilter>"), "0", []string{walkIn}},
		{"dated until", query("<TxnDateRangeFilter><ToTxnDate>2026-11-20</ToTxnDate></TxnDateRangeFilter>"), "0", []string{jane}},
		{"dated by a macro", query("<TxnDateRangeFilter><DateMacro>Today</DateMacro></TxnDateRangeFilter>"), "1030", nil},
		{"of a customer", query("<EntityFilter><FullName>Walk In</FullName></EntityFilter>"), "0", []string{walkIn}},
		{"of nobody", query("<EntityFilter><FullName>Prairie Schools</FullName></EntityFilter>"), "1", nil},
		{"to the bank", query("<AccountFilter><FullName>" + AccountBank + "</FullName></AccountFilter>"), "0", []string{jane, walkIn}},
		{"to another account", query("<AccountFilter><FullName>" + AccountStripe + "</FullName></AccountFilter>"), "1", nil},
		{"some elements", query("<IncludeLineItems>true</IncludeLineItems><IncludeRetElement>TxnID</IncludeRetElement>"), "0", []string{jane, walkIn}},
	} {
		t.Run(k.name, func(t *testing.T) {
			rs := ask(t, c, set("", k.query)).ChildElements()[0]
			if got := rs.SelectAttrValue("statusCode", ""); got != k.code {
				t.Fatalf("status %s, want %s", got, k.code)
			}
			if got := ids(rs, "DepositRet/TxnID"); !slices.Equal(got, k.want) {
				t.Errorf("found %q, want %q", got, k.want)
			}
			if rs.FindElement("DepositRet/DepositLineRet") != nil {
				t.Error("lines came unasked, or though other elements were asked for")
			}
		})
	}
	page := ask(t, c, set("", `<DepositQueryRq iterator="Start"><MaxReturned>1</MaxReturned></DepositQueryRq>`)).ChildElements()[0]
	next := fmt.Sprintf(`<DepositQueryRq iterator="Continue" iteratorID="%s"><MaxReturned>1</MaxReturned></DepositQueryRq>`, page.SelectAttrValue("iteratorID", ""))
	if got := append(ids(page, "DepositRet/TxnID"), ids(ask(t, c, set("", next)), "//DepositRet/TxnID")...); !slices.Equal(got, []string{jane, walkIn}) {
		t.Errorf("by pages came %q", got)
	}
}
