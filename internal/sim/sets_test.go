package sim

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The table of qbwc-protocol.md 5.2, a row a case: what was sent before, what is sent now, how many receipts there are
// then, the code, and how many answers come.
func TestMessageSets(t *testing.T) {
	add := receiptRq("<RefNumber>1</RefNumber>", lineOf("MUG", "1.00", "Tax"))
	other := receiptRq("<RefNumber>2</RefNumber>", lineOf("MUG", "2.00", "Tax"))
	type sent struct{ attributes, request string }
	for _, k := range []struct {
		name     string
		before   []sent
		now      sent
		receipts int
		code     string
		answers  int
	}{
		{"no ids: done, not remembered", nil, sent{``, add}, 1, "", 1},
		{"no ids again: done again", []sent{{``, add}}, sent{``, add}, 2, "", 1},
		{"new id: done and remembered", nil, sent{`newMessageSetID="X"`, add}, 1, "0", 1},
		{"same id and body: the kept answer, not done again", []sent{{`newMessageSetID="X"`, add}}, sent{`newMessageSetID="X"`, add}, 1, "0", 1},
		{"same id, other body", []sent{{`newMessageSetID="X"`, add}}, sent{`newMessageSetID="X"`, other}, 1, "9001", 0},
		{"status check of a known id (P30)", []sent{{`newMessageSetID="X"`, add}}, sent{`newMessageSetID="X" oldMessageSetID="X"`, ``}, 1, "0", 1},
		{"status check with the body", []sent{{`newMessageSetID="X"`, add}}, sent{`newMessageSetID="X" oldMessageSetID="X"`, add}, 1, "0", 1},
		{"status check with another body", []sent{{`newMessageSetID="X"`, add}}, sent{`newMessageSetID="X" oldMessageSetID="X"`, other}, 1, "9001", 0},
		{"status check of an unknown id executes nothing", nil, sent{`newMessageSetID="X" oldMessageSetID="X"`, add}, 0, "600", 0},
		{"chaining does the new", []sent{{`newMessageSetID="X"`, add}}, sent{`newMessageSetID="Y" oldMessageSetID="X"`, other}, 2, "0", 1},
		{"chaining forgets the old", []sent{{`newMessageSetID="X"`, add}, {`newMessageSetID="Y" oldMessageSetID="X"`, other}}, sent{`newMessageSetID="X" oldMessageSetID="X"`, ``}, 2, "600", 0},
		{"a chained set sent twice is done once", []sent{{`newMessageSetID="Y" oldMessageSetID="X"`, add}}, sent{`newMessageSetID="Y" oldMessageSetID="X"`, add}, 1, "0", 1},
		{"nor does the repetition keep the old", []sent{{`newMessageSetID="X"`, add}, {`newMessageSetID="Y"`, other}, {`newMessageSetID="Y" oldMessageSetID="X"`, other}}, sent{`newMessageSetID="X" oldMessageSetID="X"`, ``}, 2, "600", 0},
		{"old id alone forgets", []sent{{`newMessageSetID="X"`, add}, {`oldMessageSetID="X"`, ``}}, sent{`newMessageSetID="X" oldMessageSetID="X"`, ``}, 1, "600", 0},
		{"old id alone, unknown", nil, sent{`oldMessageSetID="X"`, ``}, 0, "600", 0},
		{"clear all", []sent{{`newMessageSetID="X"`, add}, {`oldMessageSetID="ClearAllMessageSets"`, ``}}, sent{`newMessageSetID="X" oldMessageSetID="X"`, ``}, 1, "600", 0},
		{"23 characters fit (Q13)", nil, sent{`newMessageSetID="` + strings.Repeat("x", 23) + `"`, add}, 1, "0", 1},
		{"24 do not, and nothing is done", nil, sent{`newMessageSetID="` + strings.Repeat("x", 24) + `"`, add}, 0, "9004", 0},
		{"a refused request is remembered too", []sent{{`newMessageSetID="X"`, receiptRq("", lineOf("NOTHING", "1.00", "Tax"))}}, sent{`newMessageSetID="X" oldMessageSetID="X"`, ``}, 0, "0", 1},
		{"a refused document is not", []sent{{`newMessageSetID="X"`, "<FooRq/>"}}, sent{`newMessageSetID="X" oldMessageSetID="X"`, ``}, 0, "600", 0},
	} {
		t.Run(k.name, func(t *testing.T) {
			c := open(t)
			c.BeginSession("Bridge", "")
			for _, s := range k.before {
				c.Process(set(s.attributes, s.request))
			}
			rs := ask(t, c, set(k.now.attributes, k.now.request))
			if got := rs.SelectAttrValue("messageSetStatusCode", ""); got != k.code {
				t.Errorf("code %q, want %q", got, k.code)
			}
			if got := len(c.Receipts()); got != k.receipts {
				t.Errorf("%d receipts in the books, want %d", got, k.receipts)
			}
			if got := len(rs.ChildElements()); got != k.answers {
				t.Errorf("%d answers, want %d", got, k.answers)
			}
		})
	}
}

func TestMessageSetsBelongToTheApplication(t *testing.T) {
	c := open(t)
	check := set(`newMessageSetID="X" oldMessageSetID="X"`, "")
	c.BeginSession("Bridge", "")
	ask(t, c, set(`newMessageSetID="X"`, receiptRq("", lineOf("MUG", "1.00", "Tax"))))
	c.EndSession()
	c.BeginSession("Other", "")
	if got := ask(t, c, check).SelectAttrValue("messageSetStatusCode", ""); got != "600" {
		t.Errorf("another application gets code %s for the id", got)
	}
	c.EndSession()
	c.BeginSession("Bridge", "")
	if got := ask(t, c, check).SelectAttrValue("messageSetStatusCode", ""); got != "0" {
		t.Errorf("the application itself gets code %s in its next session", got)
	}
	if err := c.LoseSet("Bridge", "X"); err != nil {
		t.Fatal(err)
	}
	if got := ask(t, c, check).SelectAttrValue("messageSetStatusCode", ""); got != "9002" {
		t.Errorf("a lost answer is reported as %s", got)
	}
}

// 1.1: after an error stopOnError answers the rest 3231 and continueOnError goes on; severity Warn stops nothing (Q15).
func TestOnError(t *testing.T) {
	bad := `<CustomerAddRq requestID="1"><CustomerAdd><Name>a:b</Name></CustomerAdd></CustomerAddRq>`
	warn := `<CustomerQueryRq requestID="2"><FullName>Nobody</FullName></CustomerQueryRq>`
	good := `<CustomerAddRq requestID="3"><CustomerAdd><Name>New</Name></CustomerAdd></CustomerAddRq>`
	for _, k := range []struct {
		name, onError string
		requests      []string
		codes         []string
	}{
		{"stop", "stopOnError", []string{bad, warn, good}, []string{"3090", "3231", "3231"}},
		{"continue", "continueOnError", []string{bad, warn, good}, []string{"3090", "500", "0"}},
		{"a warning does not stop", "stopOnError", []string{warn, good}, []string{"500", "0"}},
	} {
		t.Run(k.name, func(t *testing.T) {
			c := open(t)
			rs := ask(t, c, set(`onError="`+k.onError+`"`, k.requests...))
			for n, code := range k.codes {
				if got := rs.ChildElements()[n].SelectAttrValue("statusCode", ""); got != code {
					t.Errorf("answer %d has code %s, want %s", n, got, code)
				}
			}
			if made := c.ListID("Customer", "New") != ""; made != (k.codes[len(k.codes)-1] == "0") {
				t.Errorf("the customer behind the error was made: %t", made)
			}
		})
	}
}

func TestInterfere(t *testing.T) {
	c := open(t)
	times := 0
	c.Interfere(func(request, _ string) *Status {
		times++
		if request == "SalesReceiptAddRq" && times == 1 {
			return &Status{3180, "Error", "There was an error when saving a SalesReceipt.  QuickBooks error message: The transaction could not be locked.  It is in use by another user."}
		}
		return nil
	})
	rs := ask(t, c, set("", receiptRq("", lineOf("MUG", "1.00", "Tax")), receiptRq("", lineOf("MUG", "1.00", "Tax"))))
	wantStatus(t, rs, 0, "3180", "Error")
	wantStatus(t, rs, 1, "0", "Info")
	if len(c.Receipts()) != 1 {
		t.Errorf("%d receipts", len(c.Receipts()))
	}
}

// What an answer told is on disk: a company loaded anew knows it, message set included.
func TestSavedBeforeTheAnswer(t *testing.T) {
	path := filepath.Join(t.TempDir(), "company.json")
	c := open(t)
	if err := c.Save(path); err != nil {
		t.Fatal(err)
	}
	c.BeginSession("Bridge", "")
	rs := ask(t, c, set(`newMessageSetID="X"`, receiptRq("<Memo>caf&#233;</Memo>", lineOf("MUG", "1.00", "Tax"))))
	again, err := LoadCompany(path, ticking())
	if err != nil {
		t.Fatal(err)
	}
	if got := again.Receipts(); len(got) != 1 || got[0].TxnID != text(rs, "//TxnID") || got[0].Memo != "café" || got[0].Total != 110 {
		t.Errorf("the loaded books hold %+v", got)
	}
	again.BeginSession("Bridge", "")
	if kept := ask(t, again, set(`newMessageSetID="X" oldMessageSetID="X"`, "")); text(kept, "//TxnID") != text(rs, "//TxnID") {
		t.Error("the loaded company does not know the message set")
	}
	next := ask(t, again, set("", receiptRq("", lineOf("MUG", "1.00", "Tax"))))
	if text(next, "//TxnID") == text(rs, "//TxnID") || text(next, "//RefNumber") == text(rs, "//RefNumber") {
		t.Error("the loaded company gives identifiers again")
	}
	left, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(left) != 1 {
		t.Errorf("saving left %d files (%v)", len(left), err)
	}
	if _, err := LoadCompany(path+".not", nil); err == nil {
		t.Error("a company file that is not there was opened")
	}
}

func TestEditsByPeople(t *testing.T) {
	c := open(t)
	id, err := c.TypeReceipt(TypedReceipt{Customer: "Walk In", RefNumber: "K8XTQ", Memo: "typed", TaxItem: TaxCombined, Lines: []TypedLine{{Item: "MUG", Desc: "mug", Amount: 1105, Taxable: true}, {Item: ItemShipping, Amount: 500}}})
	if err != nil {
		t.Fatal(err)
	}
	if r := c.Receipts()[0]; r.Tax != 105 || r.Total != 1710 || r.Customer != "Walk In" || len(r.Lines) != 2 || r.Lines[0].Kind != kindInventory {
		t.Errorf("typed in: %+v", r)
	}
	before, err := c.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Void(id); err != nil {
		t.Fatal(err)
	}
	rs := ask(t, c, set("", `<SalesReceiptQueryRq><TxnID>`+id+`</TxnID></SalesReceiptQueryRq>`))
	if text(rs, "//TotalAmount") != "0.00" || !strings.HasPrefix(text(rs, "//Memo"), "VOID:") {
		t.Errorf("the voided receipt shows %s, %q", text(rs, "//TotalAmount"), text(rs, "//Memo"))
	}
	customer := c.ListID("Customer", "Walk In")
	if err := c.Rename(customer, "Walked Off"); err != nil {
		t.Fatal(err)
	}
	if got := c.Receipts()[0].Customer; got != "Walked Off" {
		t.Errorf("after renaming the receipt is of %q", got)
	}
	if err := c.Delete(id); err != nil || len(c.Receipts()) != 0 {
		t.Errorf("not deleted: %v", err)
	}
	if err := c.DeleteObject(customer); err != nil {
		t.Fatal(err)
	}
	rs = ask(t, c, set("", `<ListDeletedQueryRq><ListDelType>Customer</ListDelType></ListDeletedQueryRq>`, `<CustomerQueryRq><ListID>`+customer+`</ListID></CustomerQueryRq>`))
	if got := text(wantStatus(t, rs, 0, "0", "Info"), "ListDeletedRet/FullName"); got != "Walked Off" {
		t.Errorf("deleted is %q", got)
	}
	wantStatus(t, rs, 1, "500", "Warn")
	if err := c.Restore(before); err != nil || len(c.Receipts()) != 1 || c.ListID("Customer", "Walk In") != customer {
		t.Errorf("the backup did not come back: %v", err)
	}
	if err := c.Deactivate(customer); err != nil {
		t.Fatal(err)
	}
	wantStatus(t, ask(t, c, set("", strings.Replace(receiptRq("", lineOf("MUG", "1.00", "Tax")), "Jane Cooper", "Walk In", 1))), 0, "3180", "Error")
	for name, err := range map[string]error{"void": c.Void("x"), "delete": c.Delete("x"), "rename": c.Rename("x", "y"), "delete object": c.DeleteObject("x"), "lose set": c.LoseSet("x", "y")} {
		if err == nil {
			t.Errorf("%s of what is not there gave no error", name)
		}
	}
}
