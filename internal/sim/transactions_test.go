package sim

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/beevik/etree"
)

// typed enters a plain receipt of 10.00 and 0.95 tax.
func typed(t *testing.T, c *Company, change ...func(*TypedReceipt)) string {
	t.Helper()
	r := TypedReceipt{Customer: knownCustomer, RefNumber: "K8XTQ", Memo: "Ecwid 1003/i:5", TaxItem: TaxCombined, Lines: []TypedLine{{Item: "MUG", Quantity: "4", Amount: 1000, Taxable: true}}}
	for _, f := range change {
		f(&r)
	}
	id, err := c.TypeReceipt(r)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// must does what a person does.
func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// undoing is a TxnVoid or TxnDel of a sales receipt.
func undoing(name, txnID string) string {
	return fmt.Sprintf(`<%sRq requestID="u"><%sType>SalesReceipt</%sType><TxnID>%s</TxnID></%sRq>`, name, name, name, txnID, name)
}

func receiptByID(txnID string) string {
	return `<SalesReceiptQueryRq><TxnID>` + txnID + `</TxnID></SalesReceiptQueryRq>`
}

func TestTxnVoid(t *testing.T) {
	c := open(t)
	id := typed(t, c)
	before := ask(t, c, set("", receiptByID(id)))
	rs := wantStatus(t, ask(t, c, set(`newMessageSetID="V"`, undoing("TxnVoid", id))), 0, "0", "Info")
	var names []string
	for _, e := range rs.ChildElements() {
		names = append(names, e.Tag)
	}
	// schema: the elements stand in the response, there is no TxnVoidRet
	if want := []string{"TxnVoidType", "TxnID", "TimeCreated", "TimeModified", "RefNumber"}; !slices.Equal(names, want) {
		t.Errorf("the answer holds %q, want %q", names, want)
	}
	if text(rs, "TxnID") != id || text(rs, "RefNumber") != "K8XTQ" || text(rs, "TxnVoidType") != "SalesReceipt" {
		t.Errorf("the answer is of %s %s, number %s", text(rs, "TxnVoidType"), text(rs, "TxnID"), text(rs, "RefNumber"))
	}
	after := ask(t, c, set("", receiptByID(id)))
	if text(after, "//TotalAmount") != "0.00" || text(after, "//Memo") != "VOID: Ecwid 1003/i:5" || text(after, "//RefNumber") != "K8XTQ" {
		t.Errorf("the voided receipt has total %s, memo %q", text(after, "//TotalAmount"), text(after, "//Memo"))
	}
	if text(after, "//EditSequence") == text(before, "//EditSequence") || text(after, "//TimeModified") != text(rs, "TimeModified") {
		t.Error("the void left the edit sequence, or told another time")
	}
	wantStatus(t, ask(t, c, set("", undoing("TxnVoid", id))), 0, "0", "Info")
	if got := c.Receipts()[0].Memo; got != "VOID: Ecwid 1003/i:5" {
		t.Errorf("voided again it has the memo %q", got)
	}
	wantStatus(t, ask(t, c, set("", deletedSince(""))), 0, "1", "Info") // a void is no deletion
}

func TestTxnDel(t *testing.T) {
	c := open(t)
	id := typed(t, c)
	rs := wantStatus(t, ask(t, c, set(`newMessageSetID="D"`, undoing("TxnDel", id))), 0, "0", "Info")
	if text(rs, "TxnID") != id || text(rs, "RefNumber") != "K8XTQ" || text(rs, "TxnDelType") != "SalesReceipt" || text(rs, "TimeDeleted") == "" {
		t.Errorf("the answer is of %s %s", text(rs, "TxnDelType"), text(rs, "TxnID"))
	}
	if len(c.Receipts()) != 0 {
		t.Error("the receipt is still there")
	}
	wantStatus(t, ask(t, c, set("", receiptByID(id))), 0, "500", "Warn")
	wantStatus(t, ask(t, c, set("", undoing("TxnDel", id))), 0, "3120", "Error")
	kept := ask(t, c, set(`newMessageSetID="D" oldMessageSetID="D"`, ""))
	if text(kept, "//TimeDeleted") != text(rs, "TimeDeleted") {
		t.Error("the set's kept answer is not the one given")
	}
}

// What QuickBooks refuses is left as it was.
func TestUndoingRefused(t *testing.T) {
	for _, k := range []struct {
		name, request, code, words string
		before                     func(c *Company, id string) error
	}{
		{"voiding what is in a deposit", "TxnVoid", "3185", "delete this transaction from the deposit", func(c *Company, id string) error { _, err := c.Deposit(id); return err }},
		{"deleting what is in a deposit", "TxnDel", "3160", "delete this transaction from the deposit", func(c *Company, id string) error { _, err := c.Deposit(id); return err }},
		{"voiding in the closed period", "TxnVoid", "3171", "closing date", func(c *Company, _ string) error { return c.SetClosingDate("2026-11-20") }},
		{"deleting in the closed period", "TxnDel", "3161", "closing date", func(c *Company, _ string) error { return c.SetClosingDate("2026-11-20") }},
		{"voiding while a person has it open", "TxnVoid", "3175", "in use by another user", func(c *Company, _ string) error {
			c.Interfere(func(request, _ string) *Status {
				if request != "TxnVoidRq" {
					return nil
				}
				return refused(3175, "The transaction could not be locked.  It is in use by another user.")
			})
			return nil
		}},
	} {
		t.Run(k.name, func(t *testing.T) {
			c := open(t)
			id := typed(t, c, func(r *TypedReceipt) { r.Date = "2026-11-20" })
			must(t, k.before(c, id))
			before := c.Receipts()[0]
			rs := wantStatus(t, ask(t, c, set("", undoing(k.request, id))), 0, k.code, "Error")
			if got := rs.SelectAttrValue("statusMessage", ""); !strings.Contains(got, k.words) || len(rs.ChildElements()) > 0 {
				t.Errorf("%q with %d elements, want the words %q alone", got, len(rs.ChildElements()), k.words)
			}
			if got := c.Receipts()[0]; got.Void || got.Total != before.Total {
				t.Errorf("the receipt became %+v", got)
			}
		})
	}
	c := open(t)
	id := typed(t, c)
	for name, k := range map[string]struct{ request, code string }{
		"malformed":       {undoing("TxnVoid", "abc"), "3000"},
		"never there":     {undoing("TxnVoid", "1FFF-1400000000"), "3120"},
		"of another kind": {strings.Replace(undoing("TxnDel", id), "SalesReceipt", "Invoice", 1), "3120"},
	} {
		t.Run(name, func(t *testing.T) { wantStatus(t, ask(t, c, set("", k.request)), 0, k.code, "Error") })
	}
	for name, request := range map[string]string{
		"what cannot be voided": strings.Replace(undoing("TxnVoid", id), "SalesReceipt", "ReceivePayment", 1),
		"two at once":           strings.Replace(undoing("TxnDel", id), "</TxnID>", "</TxnID><TxnID>1-1</TxnID>", 1),
		"no kind":               `<TxnDelRq><TxnID>` + id + `</TxnID></TxnDelRq>`,
		"elements to return":    strings.Replace(undoing("TxnVoid", id), "</TxnID>", "</TxnID><IncludeRetElement>TxnID</IncludeRetElement>", 1),
		"deleted by pages":      `<TxnDeletedQueryRq iterator="Start"><TxnDelType>SalesReceipt</TxnDelType></TxnDeletedQueryRq>`,
		"deleted of no kind":    `<TxnDeletedQueryRq/>`,
	} {
		t.Run(name, func(t *testing.T) {
			if _, hresult, _ := c.Process(set("", request)); hresult != hresultParse {
				t.Errorf("hresult %q, want %s", hresult, hresultParse)
			}
		})
	}
}

func deletedSince(from string) string {
	filter := ""
	if from != "" {
		filter = `<DeletedDateRangeFilter><FromDeletedDate>` + from + `</FromDeletedDate></DeletedDateRangeFilter>`
	}
	return `<TxnDeletedQueryRq><TxnDelType>SalesReceipt</TxnDelType><TxnDelType>Deposit</TxnDelType>` + filter + `</TxnDeletedQueryRq>`
}

// ids gives the texts at a path, in order.
func ids(rs *etree.Element, path string) (all []string) {
	for _, e := range rs.FindElements(path) {
		all = append(all, e.Text())
	}
	return all
}

// quickbooks.md 2.1: deleted by whomever, within the last 90 days.
func TestTxnDeletedQuery(t *testing.T) {
	at := newest
	c := open(t, func(k *CompanyConfig) { k.Clock = func() time.Time { return at } })
	byPerson, byUs, stays := typed(t, c), typed(t, c), typed(t, c)
	must(t, c.Delete(byPerson))
	at = at.Add(time.Hour)
	ask(t, c, set("", undoing("TxnDel", byUs)))
	deposit, err := c.Deposit(stays)
	must(t, err)
	must(t, c.DeleteDeposit(deposit))
	path := filepath.Join(t.TempDir(), "company.json")
	must(t, c.Save(path))
	c, err = LoadCompany(path, func() time.Time { return at })
	must(t, err)
	for _, k := range []struct {
		name, query string
		later       time.Duration
		want        []string
	}{
		{"all", deletedSince(""), 0, []string{byPerson, byUs, deposit}},
		{"since", deletedSince("2026-11-20T12:30:00-06:00"), 0, []string{byUs, deposit}},
		{"of one kind", strings.Replace(deletedSince(""), "<TxnDelType>Deposit</TxnDelType>", "", 1), 0, []string{byPerson, byUs}},
		{"of the last 90 days", deletedSince(""), 90*24*time.Hour - time.Minute, []string{byUs, deposit}},
		{"all too old", deletedSince(""), 91 * 24 * time.Hour, nil},
	} {
		t.Run(k.name, func(t *testing.T) {
			now := at
			defer func() { at = now }()
			at = at.Add(k.later)
			rs := ask(t, c, set("", k.query))
			if got := ids(rs, "//TxnDeletedRet/TxnID"); !slices.Equal(got, k.want) {
				t.Errorf("deleted are %q, want %q", got, k.want)
			}
			if k.want == nil {
				wantStatus(t, rs, 0, "1", "Info")
			}
		})
	}
	one := wantStatus(t, ask(t, c, set("", deletedSince(""))), 0, "0", "Info").FindElement("TxnDeletedRet")
	if text(one, "TxnDelType") != "SalesReceipt" || text(one, "RefNumber") != "K8XTQ" || text(one, "TimeDeleted") != "2026-11-20T12:00:00-06:00" {
		t.Errorf("the first is %s %s, deleted %s", text(one, "TxnDelType"), text(one, "RefNumber"), text(one, "TimeDeleted"))
	}
}
