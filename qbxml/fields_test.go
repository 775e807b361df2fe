package qbxml

import (
	"reflect"
	"slices"
	"strings"
	"testing"
)

func TestLimits(t *testing.T) {
	// Q8
	for path, want := range map[string]int{
		"SalesReceiptAddRq SalesReceiptAdd/RefNumber":                                    11,
		"SalesReceiptAddRq SalesReceiptAdd/CheckNumber":                                  25,
		"SalesReceiptAddRq SalesReceiptAdd/Memo":                                         4095,
		"SalesReceiptAddRq SalesReceiptAdd/Other":                                        29,
		"SalesReceiptAddRq SalesReceiptAdd/FOB":                                          13,
		"SalesReceiptAddRq SalesReceiptAdd/ShipMethodRef/FullName":                       15,
		"SalesReceiptAddRq SalesReceiptAdd/SalesRepRef/FullName":                         5,
		"SalesReceiptAddRq SalesReceiptAdd/SalesReceiptLineAdd/Desc":                     4095,
		"SalesReceiptAddRq SalesReceiptAdd/SalesReceiptLineAdd/SalesTaxCodeRef/FullName": 3,
		"SalesReceiptAddRq SalesReceiptAdd/SalesReceiptLineAdd/ItemRef/FullName":         0,
		"SalesReceiptAddRq SalesReceiptAdd/NoSuchElement":                                0,
		"InvoiceAddRq InvoiceAdd/RefNumber":                                              11,
		"InvoiceAddRq InvoiceAdd/PONumber":                                               25,
		"InvoiceAddRq InvoiceAdd/TermsRef/FullName":                                      31,
		"InvoiceAddRq InvoiceAdd/CustomerMsgRef/FullName":                                101,
		"InvoiceAddRq InvoiceAdd/InvoiceLineAdd/Other1":                                  29,
		"SalesOrderAddRq SalesOrderAdd/RefNumber":                                        11,
		"CreditMemoAddRq CreditMemoAdd/RefNumber":                                        11,
		"ReceivePaymentAddRq ReceivePaymentAdd/RefNumber":                                20,
		"ARRefundCreditCardAddRq ARRefundCreditCardAdd/RefNumber":                        11,
		"CheckAddRq CheckAdd/RefNumber":                                                  11,
		"CheckAddRq CheckAdd/Memo":                                                       4095,
		"CustomerAddRq CustomerAdd/Name":                                                 41,
		"CustomerAddRq CustomerAdd/BillAddress/Addr1":                                    41,
		"CustomerAddRq CustomerAdd/BillAddress/PostalCode":                               13,
		"ItemServiceAddRq ItemServiceAdd/Name":                                           31,
		"PaymentMethodAddRq PaymentMethodAdd/Name":                                       31,
		"ShipMethodAddRq ShipMethodAdd/Name":                                             15,
		"NoSuchRq Name":                                                                  0,
	} {
		request, path, _ := strings.Cut(path, " ")
		if got := Limit(request, path, US); got != want {
			t.Errorf("%s %s: %d characters, want %d", request, path, got, want)
		}
	}
	if got := Limit("SalesReceiptAddRq", "SalesReceiptAdd/CustomerSalesTaxCodeRef/FullName", AU); got != 6 {
		t.Errorf("an Australian tax code holds %d characters, want 6", got)
	}
}

func TestFieldsAreOrdered(t *testing.T) {
	for _, b := range bodies() {
		fields := Fields(BodyName(b) + "Rq")
		if len(fields) == 0 {
			t.Errorf("%s has no rows in the table", BodyName(b))
		}
		for i, f := range fields {
			if f.N != i {
				t.Errorf("%s: row %d is number %d (%s)", f.Request, i, f.N, f.Path)
			}
		}
	}
	if Fields("NoSuchRq") != nil {
		t.Error("an unknown request has fields")
	}
}

// Q11: each form has its own order of the same header fields.
func TestHeaderOrder(t *testing.T) {
	for form, want := range map[string][]string{
		"SalesReceiptAdd": {"TxnDate", "RefNumber", "ShipDate", "ShipMethodRef", "FOB"},
		"InvoiceAdd":      {"TxnDate", "RefNumber", "FOB", "ShipDate", "ShipMethodRef"},
		"SalesOrderAdd":   {"TxnDate", "RefNumber", "FOB", "ShipDate", "ShipMethodRef"},
		"CreditMemoAdd":   {"TxnDate", "RefNumber", "FOB", "ShipDate", "ShipMethodRef"},
		"CheckAdd":        {"RefNumber", "TxnDate"},
	} {
		var order []string
		for _, f := range Fields(form + "Rq") {
			if name := strings.TrimPrefix(f.Path, form+"/"); slices.Contains(want, name) {
				order = append(order, name)
			}
		}
		if !slices.Equal(order, want) {
			t.Errorf("%s: order %v, want %v", form, order, want)
		}
	}
}

func TestChoices(t *testing.T) {
	choices := Choices("SalesReceiptQueryRq")
	if len(choices) != 7 {
		t.Fatalf("%d choices, want 7", len(choices))
	}
	want := Choice{Request: "SalesReceiptQueryRq", Number: 1, Optional: true, Branches: [][]string{
		{"TxnID"}, {"RefNumber"}, {"RefNumberCaseSensitive"},
		{"MaxReturned", "ModifiedDateRangeFilter", "TxnDateRangeFilter", "EntityFilter", "AccountFilter",
			"RefNumberFilter", "RefNumberRangeFilter", "CurrencyFilter"},
	}}
	if !reflect.DeepEqual(choices[0], want) {
		t.Errorf("got %+v\nwant %+v", choices[0], want)
	}
}

// Every struct field must be an element of the table, or it could never be sent.
func TestStructsFitTheTable(t *testing.T) {
	known := shapes{}
	lacking := map[string][]string{ // LineAdd serves forms that have some of its elements
		"SalesOrderAdd": {"ServiceDate", "OverrideItemAccountRef"}, "CreditMemoAdd": {"OptionForPriceRuleConflict"},
	}
	var walk func(request string, typ reflect.Type, n *node)
	walk = func(request string, typ reflect.Type, n *node) {
		for typ.Kind() == reflect.Pointer || typ.Kind() == reflect.Slice {
			typ = typ.Elem()
		}
		if typ.Kind() != reflect.Struct || typ == decimalType {
			if n.Type == "aggregate" {
				t.Errorf("%s %s is an aggregate, its field is a %s", request, n.Path, typ)
			}
			return
		}
		for _, f := range known.of(typ) {
			if typ == reflect.TypeFor[ListFilter]() || f.instead {
				continue // ListFilter serves filters that have some of its elements
			}
			for _, name := range f.names {
				child := n.child(name)
				if child == nil && typ == reflect.TypeFor[LineAdd]() && slices.Contains(lacking[request], name) {
					continue
				}
				if child == nil {
					t.Errorf("%s: %s.%s is no element below %q", request, typ.Name(), name, n.Path)
					continue
				}
				field := typ.Field(f.index).Type
				repeats := child.Repeats || n.inChoice(name) && len(f.names) > 1
				if list := field.Kind() == reflect.Slice; list != repeats {
					t.Errorf("%s %s: repeats %v, the struct says %v", request, child.Path, repeats, list)
				}
				if child.name == f.names[0] {
					walk(request, field, child)
				}
			}
		}
	}
	for _, b := range bodies() {
		root := table().roots[BodyName(b)+"Rq"]
		if content := root.child(BodyName(b)); content != nil {
			root = content
		}
		walk(BodyName(b), reflect.TypeOf(b).Elem(), root)
	}
}
