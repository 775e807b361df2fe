package sim

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// The auditor sees a custom field that holds another thing, or nothing, and one that nobody asked for.
func TestAuditOfCustomFields(t *testing.T) {
	line := func(sku string) string {
		return strings.Replace(mugs(), "</SalesReceiptLineAdd>", "<DataExt><OwnerID>0</OwnerID><DataExtName>Part</DataExtName><DataExtValue>"+sku+"</DataExtValue></DataExt></SalesReceiptLineAdd>", 1)
	}
	receipt := receiptRq(marked("receipt"), line("MUG"))
	field := func(name, value string) string {
		return `<DataExtModRq><DataExtMod><OwnerID>0</OwnerID><DataExtName>` + name + `</DataExtName><TxnDataExtType>SalesReceipt</TxnDataExtType><TxnID>$</TxnID><DataExtValue>` + value + `</DataExtValue></DataExtMod></DataExtModRq>`
	}
	asked := func(terms *Terms) {
		terms.Fields, terms.LineSKU = map[string]func(Sale) string{"Web order": func(s Sale) string { return s.ID }, "Paid by": Sale.Method}, "Part"
	}
	may := func(terms *Terms) {
		asked(terms)
		terms.NoFields = func(Document) bool { return true }
	}
	for _, k := range []struct {
		name     string
		terms    func(*Terms)
		requests []string // $ is the TxnID of the first
		findings []string
	}{
		{"as they should be", asked, []string{receipt, field("Web order", "L1"), field("Paid by", "Card")}, nil},
		{"one is empty", asked, []string{receipt, field("Web order", "L1")}, []string{"custom field Paid by"}},
		{"one is empty and may be", may, []string{receipt, field("Web order", "L1")}, nil},
		{"another order's", may, []string{receipt, field("Web order", "ZLH6C"), field("Paid by", "Card")}, []string{"custom field Web order"}},
		{"one that nobody asked for", func(*Terms) {}, []string{receipt, field("Web order", "L1")}, []string{"custom field Web order"}},
		{"another SKU", may, []string{receiptRq(marked("receipt"), line("BOLT-M6"))}, []string{"line 1's custom field Part"}},
		{"no SKU", may, []string{receiptRq(marked("receipt"), mugs())}, []string{"line 1's custom field Part"}},
	} {
		t.Run(k.name, func(t *testing.T) {
			c, first := open(t, func(k *CompanyConfig) {
				k.FormFields, k.CustomFields = []string{"Web order", "Paid by"}, []string{"Part"}
			}), ""
			for _, request := range k.requests {
				rs := ask(t, c, set("", strings.ReplaceAll(request, "$", first)))
				if code := rs.ChildElements()[0].SelectAttrValue("statusCode", ""); code != "0" {
					t.Fatalf("status %s: %s", code, rs.ChildElements()[0].SelectAttrValue("statusMessage", ""))
				}
				if first == "" {
					first = text(rs, "//TxnID")
				}
			}
			terms := DefaultTerms(1003)
			k.terms(&terms)
			var got []string
			for _, f := range Audit([]json.RawMessage{soldOrder()}, c, terms) {
				got = append(got, f.Part)
			}
			if !slices.Equal(got, k.findings) {
				t.Errorf("findings %q, want %q", got, k.findings)
			}
		})
	}
}
