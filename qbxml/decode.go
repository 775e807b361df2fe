package qbxml

import (
	"encoding/xml"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"
)

// element is one element of an answer with all below it.
type element struct {
	name     string
	text     string
	children []*element
}

// maxDepth bounds how deep a Ret may nest. The deepest known has five levels.
const maxDepth = 32

// readElement reads the element whose start was just read.
func readElement(d *xml.Decoder, start xml.StartElement, depth int) (*element, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("its elements nest deeper than %d levels", maxDepth)
	}
	e := &element{name: start.Name.Local}
	var text strings.Builder
	for {
		token, err := d.Token()
		if err != nil {
			return nil, err
		}
		switch token := token.(type) {
		case xml.StartElement:
			child, err := readElement(d, token, depth+1)
			if err != nil {
				return nil, err
			}
			e.children = append(e.children, child)
		case xml.CharData:
			text.Write(token)
		case xml.EndElement:
			if len(e.children) == 0 {
				e.text = text.String()
			}
			return e, nil
		}
	}
}

// find follows a path down; "." is the element itself.
func (e *element) find(path string) *element {
	for name := range strings.SplitSeq(path, "/") {
		if name == "." {
			continue
		}
		i := slices.IndexFunc(e.children, func(c *element) bool { return c.name == name })
		if i < 0 {
			return nil
		}
		e = e.children[i]
	}
	return e
}

// decoder fills structs from elements. What it doesn't know it passes over.
type decoder struct {
	shapes shapes
	unread []string // paths of values that could not be read
}

// fill fills the struct v from e.
func (d *decoder) fill(v reflect.Value, e *element, path string) {
	for _, f := range d.shapes.of(v.Type()) {
		target := v.Field(f.index)
		switch {
		case f.instead:
		case target.Kind() == reflect.Slice:
			d.fillList(target, f, e, path)
		default:
			for _, name := range f.names {
				if found := e.find(name); found != nil {
					d.set(target, found, join(path, name))
					break
				}
			}
		}
	}
}

// fillList appends each child that has one of the field's names.
func (d *decoder) fillList(list reflect.Value, f structField, e *element, path string) {
	for _, child := range e.children {
		if !slices.Contains(f.names, child.name) {
			continue
		}
		item := reflect.New(list.Type().Elem()).Elem()
		target := item
		if item.Kind() == reflect.Struct {
			if other, ok := d.shapes.named(item.Type(), child.name); ok && other.instead {
				target = item.Field(other.index)
			}
		}
		d.set(target, child, join(path, child.name))
		list.Set(reflect.Append(list, item))
	}
}

// set reads one value.
func (d *decoder) set(target reflect.Value, e *element, path string) {
	ok := true
	switch target.Kind() {
	case reflect.Pointer:
		value := reflect.New(target.Type().Elem())
		if value.Elem().Type() == decimalType {
			number, err := parseNumber(e.text)
			if ok = err == nil; ok && number != nil {
				target.Set(reflect.ValueOf(number))
			}
			break
		}
		d.set(value.Elem(), e, path)
		if value.Elem().Type() != refType || !value.Elem().IsZero() { // an empty reference refers to nothing
			target.Set(value)
		}
	case reflect.Struct:
		d.fill(target, e, path)
	case reflect.String:
		target.SetString(e.text)
	case reflect.Bool:
		switch strings.TrimSpace(e.text) {
		case "true", "1":
			target.SetBool(true)
		case "false", "0":
			target.SetBool(false)
		default:
			ok = e.text == ""
		}
	case reflect.Int:
		i, err := strconv.Atoi(strings.TrimSpace(e.text))
		if ok = err == nil || e.text == ""; ok {
			target.SetInt(int64(i))
		}
	}
	if !ok {
		d.unread = append(d.unread, path)
	}
}

// numberForm bounds what is taken for a number: QuickBooks writes no exponents.
var numberForm = regexp.MustCompile(`^[+-]?\d{0,20}(\.\d{0,20})?$`)

// parseNumber reads an amount, rate, quantity or percentage. QuickBooks writes some percentages with
// their sign ("18.0%"). An empty text is no number, and no error.
func parseNumber(s string) (*decimal.Decimal, error) {
	s = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(s), "%"))
	if s == "" {
		return nil, nil
	}
	if !numberForm.MatchString(s) {
		return nil, fmt.Errorf("%q is not a number", s)
	}
	d, err := decimal.NewFromString(s)
	if err != nil {
		return nil, fmt.Errorf("%q is not a number: %w", s, err)
	}
	return &d, nil
}

// newRet makes the empty struct for an element; nil for one unknown here.
func newRet(name string) any {
	if kind, ok := strings.CutPrefix(name, "Item"); ok && strings.HasSuffix(kind, "Ret") {
		return &ItemRet{Kind: strings.TrimSuffix(kind, "Ret"), IsActive: true}
	}
	switch name {
	case "HostRet":
		return &HostRet{}
	case "CompanyRet":
		return &CompanyRet{}
	case "PreferencesRet":
		return &PreferencesRet{}
	case "AccountRet":
		return &AccountRet{IsActive: true}
	case "CustomerRet":
		return &CustomerRet{IsActive: true}
	case "VendorRet", "EmployeeRet", "OtherNameRet":
		return &EntityRet{Kind: strings.TrimSuffix(name, "Ret"), IsActive: true}
	case "SalesTaxCodeRet":
		return &SalesTaxCodeRet{IsActive: true}
	case "PaymentMethodRet":
		return &PaymentMethodRet{IsActive: true}
	case "ShipMethodRet":
		return &ShipMethodRet{IsActive: true}
	case "ClassRet":
		return &ClassRet{IsActive: true}
	case "StandardTermsRet", "DateDrivenTermsRet":
		return &TermsRet{Kind: strings.TrimSuffix(name, "TermsRet"), IsActive: true}
	case "TemplateRet":
		return &TemplateRet{IsActive: true}
	case "CustomerMsgRet":
		return &CustomerMsgRet{IsActive: true}
	case "SalesRepRet":
		return &SalesRepRet{IsActive: true}
	case "CurrencyRet":
		return &CurrencyRet{IsActive: true}
	case "ListDeletedRet":
		return &ListDeletedRet{}
	case "TransactionRet":
		return &TransactionRet{}
	case "SalesReceiptRet":
		return &SalesReceiptRet{}
	case "InvoiceRet":
		return &InvoiceRet{}
	case "SalesOrderRet":
		return &SalesOrderRet{}
	case "CreditMemoRet":
		return &CreditMemoRet{}
	case "ReceivePaymentRet":
		return &ReceivePaymentRet{}
	case "ARRefundCreditCardRet":
		return &ARRefundCreditCardRet{}
	case "CheckRet":
		return &CheckRet{}
	case "DepositRet":
		return &DepositRet{}
	case "DataExtRet":
		return &DataExtRet{}
	case "TxnDeletedRet":
		return &TxnDeletedRet{}
	case "ErrorRecovery":
		return &ErrorRecovery{}
	}
	return nil
}

// bareRet makes the empty struct for a response whose elements stand in it without a …Ret around
// them; nil for any other.
func bareRet(response string) any {
	switch response {
	case "TxnVoidRs":
		return &TxnVoidRet{}
	case "TxnDelRs":
		return &TxnDelRet{}
	}
	return nil
}
