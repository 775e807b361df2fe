package sim

import (
	"encoding/json"
	"reflect"
	"slices"
	"testing"
	"time"
)

// What a person changes is there, and SalesReceiptQuery tells of it by the time of change.
func TestEditReceipt(t *testing.T) {
	at := newest
	c := open(t, func(k *CompanyConfig) { k.Clock = func() time.Time { return at } })
	must(t, errorOf(c.TypeReceipt(TypedReceipt{Customer: "Walk In", TaxItem: TaxNone, Lines: []TypedLine{{Item: "MUG", Amount: 1}}})))
	id := typed(t, c)
	at = at.Add(time.Hour)
	changed := `<SalesReceiptQueryRq><ModifiedDateRangeFilter><FromModifiedDate>2026-11-20T12:30:00-06:00</FromModifiedDate></ModifiedDateRangeFilter><IncludeLineItems>true</IncludeLineItems></SalesReceiptQueryRq>`
	wantStatus(t, ask(t, c, set("", changed)), 0, "1", "Info")
	sequence := text(ask(t, c, set("", receiptByID(id))), "//EditSequence")
	for _, k := range []struct {
		name string
		edit ReceiptEdit
		want map[string]string
	}{
		{"nothing but saved", ReceiptEdit{}, map[string]string{"TotalAmount": "10.95", "Memo": "Ecwid 1003/i:5"}},
		{"amount", ReceiptEdit{More: 100}, map[string]string{"Subtotal": "11.00", "SalesTaxTotal": "1.05", "TotalAmount": "12.05", "SalesReceiptLineRet/Rate": "2.75", "SalesReceiptLineRet/Amount": "11.00"}},
		{"amount back", ReceiptEdit{More: -100}, map[string]string{"TotalAmount": "10.95", "SalesReceiptLineRet/Rate": "2.5"}},
		{"memo", ReceiptEdit{Memo: new("asked by phone")}, map[string]string{"Memo": "asked by phone", "TotalAmount": "10.95"}},
		{"no memo", ReceiptEdit{Memo: new("")}, map[string]string{"Memo": ""}},
		{"date", ReceiptEdit{Date: "2026-11-18"}, map[string]string{"TxnDate": "2026-11-18"}},
		{"number", ReceiptEdit{RefNumber: "77"}, map[string]string{"RefNumber": "77"}},
		{"customer", ReceiptEdit{Customer: "Walk In"}, map[string]string{"CustomerRef/FullName": "Walk In"}},
	} {
		t.Run(k.name, func(t *testing.T) {
			at = at.Add(time.Minute)
			must(t, c.EditReceipt(id, k.edit))
			rs := wantStatus(t, ask(t, c, set("", changed)), 0, "0", "Info")
			if got := ids(rs, "SalesReceiptRet/TxnID"); !slices.Equal(got, []string{id}) {
				t.Fatalf("changed are %q, want %q", got, id)
			}
			for path, want := range k.want {
				if got := text(rs, "SalesReceiptRet/"+path); got != want {
					t.Errorf("%s is %q, want %q", path, got, want)
				}
			}
			if now := text(rs, "SalesReceiptRet/EditSequence"); now == sequence {
				t.Error("the edit sequence is still the same")
			} else {
				sequence = now
			}
		})
	}
	if r := c.Receipts()[1]; !r.Edited || r.Entered != "Ecwid 1003/i:5" || r.Memo != "" || c.Receipts()[0].Edited {
		t.Errorf("edited is %+v", r)
	}
	before := c.Receipts()[1]
	for name, err := range map[string]error{
		"no such receipt": c.EditReceipt("x", ReceiptEdit{}), "no such customer": c.EditReceipt(id, ReceiptEdit{Customer: "Nobody"}), "less than nothing": c.EditReceipt(id, ReceiptEdit{More: -2000}),
		"too much": c.EditReceipt(id, ReceiptEdit{More: maxCents}),
	} {
		if after := c.Receipts()[1]; err == nil || after.Total != before.Total || !reflect.DeepEqual(after.Lines[0], before.Lines[0]) {
			t.Errorf("%s: error %v, total %s", name, err, after.Total)
		}
	}
	must(t, c.Void(id))
	if err := c.EditReceipt(id, ReceiptEdit{More: 100}); err == nil || c.Receipts()[1].Total != 0 {
		t.Errorf("a voided receipt got an amount: %v", err)
	}
}

func TestFinalize(t *testing.T) {
	c := open(t)
	rs := ask(t, c, set("", receiptRq("<IsPending>true</IsPending>", lineOf("MUG", "1.00", "Tax"))))
	id := text(rs, "//TxnID")
	if !c.Receipts()[0].Pending {
		t.Fatal("the receipt is not pending")
	}
	must(t, c.Finalize(id))
	after := ask(t, c, set("", receiptByID(id)))
	if c.Receipts()[0].Pending || text(after, "//IsPending") != "false" || text(after, "//EditSequence") == text(rs, "//EditSequence") {
		t.Error("the receipt is pending still, or has its old edit sequence")
	}
	for name, txnID := range map[string]string{"final": id, "unknown": "x"} {
		if c.Finalize(txnID) == nil {
			t.Errorf("a receipt that is %s was made final", name)
		}
	}
	if c.Receipts()[0].Edited {
		t.Error("to make a receipt final counts as changing it")
	}
}

// A receipt a person changed stays its order's, whatever became of its memo; its parts are a finding unless the terms say
// that they are the person's own.
func TestAuditOfEditedReceipts(t *testing.T) {
	order := json.RawMessage(`{"id":"L1","internalId":5,"paymentStatus":"PAID","email":"Jane.Cooper@example.com","createDate":"2026-11-20 18:00:00 +0000","total":10.95,"tax":0.95,"items":[{"sku":"MUG","price":2.5,"quantity":4,"taxes":[{"value":9.5,"total":0.95,"taxOnDiscountedSubtotal":0.95}]}]}`)
	edited := func(r Receipt) bool { return r.Edited }
	for _, k := range []struct {
		name   string
		do     func(c *Company, id string) error
		edited func(Receipt) bool
		codes  []FindingCode
	}{
		{"untouched", func(*Company, string) error { return nil }, edited, nil},
		{"without its memo", func(c *Company, id string) error { return c.EditReceipt(id, ReceiptEdit{Memo: new("")}) }, nil, nil},
		{"dearer", func(c *Company, id string) error { return c.EditReceipt(id, ReceiptEdit{More: 100, Memo: new("")}) }, edited, nil},
		{"of another day, against the terms", func(c *Company, id string) error { return c.EditReceipt(id, ReceiptEdit{Date: "2026-11-18"}) }, nil, []FindingCode{FindingPart}},
		{"dearer, and there twice", func(c *Company, id string) error {
			typed(t, c)
			return c.EditReceipt(id, ReceiptEdit{More: 100})
		}, edited, []FindingCode{FindingTwice}},
		{"another is wrong", func(c *Company, id string) error {
			typed(t, c, func(r *TypedReceipt) { r.Date = "2026-11-18" })
			return c.Delete(id)
		}, edited, []FindingCode{FindingPart}},
		{"deleted", func(c *Company, id string) error { return c.Delete(id) }, edited, []FindingCode{FindingMissing}},
	} {
		t.Run(k.name, func(t *testing.T) {
			c := open(t)
			must(t, k.do(c, typed(t, c)))
			terms := DefaultTerms(1003)
			terms.Edited = k.edited
			terms.Expect = func(Sale) Expectation { return MustBePosted }
			var codes []FindingCode
			for _, f := range Audit([]json.RawMessage{order}, c, terms) {
				codes = append(codes, f.Code)
			}
			if !slices.Equal(codes, k.codes) {
				t.Errorf("findings %q, want %q", codes, k.codes)
			}
		})
	}
}
