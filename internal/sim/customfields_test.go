package sim

import (
	"strings"
	"testing"
)

// quickbooks.md 2.1: a custom field at the head of a form must have been set up; DataExtMod sets it whether or not there was a value, and may be repeated.
func TestCustomFieldsOfForms(t *testing.T) {
	c := open(t, func(k *CompanyConfig) { k.FormFields = []string{"Web order"} })
	invoice := added(t, c, form("Invoice", `<RefNumber>K8XTQ</RefNumber>`, mugs()))
	id := text(invoice, "TxnID")
	mod := func(owner, name, kind, id, value string) string {
		return `<DataExtModRq><DataExtMod><OwnerID>` + owner + `</OwnerID><DataExtName>` + name + `</DataExtName><TxnDataExtType>` + kind + `</TxnDataExtType><TxnID>` + id + `</TxnID><DataExtValue>` + value + `</DataExtValue></DataExtMod></DataExtModRq>`
	}
	for _, value := range []string{"K8XTQ", "K8XTQ", "another"} {
		rs := wantStatus(t, ask(t, c, set("", mod("0", "Web order", "Invoice", id, value))), 0, "0", "Info")
		wantTexts(t, rs.ChildElements()[0], map[string]string{"DataExtName": "Web order", "DataExtValue": value})
		if got := c.CustomField(id, "Web order"); got != value {
			t.Errorf("it holds %q, not %q", got, value)
		}
	}
	for _, refused := range []struct{ request, code string }{
		{mod("0", "Colour", "Invoice", id, "x"), "3140"},
		{mod("{4D6F1F2A-0B1C-4D2E-8F3A-1234567890AB}", "Web order", "Invoice", id, "x"), "3140"},
		{mod("0", "Web order", "SalesReceipt", id, "x"), "3120"},
		{mod("0", "Web order", "Invoice", "7F-1", "x"), "3120"},
		{mod("0", "Web order", "Invoice", id, strings.Repeat("x", 256)), "3070"},
		{mod("0", strings.Repeat("n", 32), "Invoice", id, "x"), "3070"},
	} {
		wantStatus(t, ask(t, c, set("", refused.request)), 0, refused.code, "Error")
	}
}
