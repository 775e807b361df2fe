package sim

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/beevik/etree"
	"golang.org/x/text/encoding/charmap"

	"qbridge/qbxml"
)

// A checker holds what a document is checked against.
type checker struct {
	edition qbxml.Edition
	version qbxml.Version
}

// structure checks a whole request the way QuickBooks' parser does: names, order, repetition, choice, required elements,
// enumerations, edition and version. Any fault makes QuickBooks refuse the whole document with 0x80040400.
func (k checker) structure(request *etree.Element) error {
	fields := qbxml.Fields(request.Tag)
	if fields == nil {
		return fmt.Errorf("the request %s is not known", request.Tag)
	}
	if strings.TrimSpace(request.Text()) != "" {
		return fmt.Errorf("%s holds text between its elements", request.Tag)
	}
	for _, a := range request.Attr {
		if !slices.Contains(attributes(request.Tag), a.FullKey()) {
			return fmt.Errorf("%s has the unknown attribute %s", request.Tag, a.FullKey())
		}
	}
	if v := request.SelectAttrValue("iterator", "Start"); !slices.Contains([]string{"Start", "Continue", "Stop"}, v) {
		return fmt.Errorf("%s has the iterator %q", request.Tag, v)
	}
	if v := request.SelectAttrValue("metaData", "NoMetaData"); !slices.Contains([]string{"NoMetaData", "MetaDataOnly", "MetaDataAndResponseData"}, v) {
		return fmt.Errorf("%s has the metaData %q", request.Tag, v)
	}
	return k.children(request, "", nil, childrenOf(fields))
}

// attributes a request may have; iterators exist for the lists that grow and for transactions only.
func attributes(request string) []string {
	switch {
	case slices.Contains([]string{"CustomerQueryRq", "EntityQueryRq", "ItemQueryRq", "ItemSalesTaxQueryRq", "ItemSalesTaxGroupQueryRq", "DepositQueryRq", "TransactionQueryRq"}, request),
		slices.Contains(txnKinds(), strings.TrimSuffix(request, "QueryRq")):
		return []string{"requestID", "metaData", "iterator", "iteratorID"}
	case strings.HasSuffix(request, "QueryRq") && !slices.Contains([]string{"HostQueryRq", "CompanyQueryRq", "PreferencesQueryRq"}, request):
		return []string{"requestID", "metaData"}
	}
	return []string{"requestID"}
}

// children checks the child elements of one element; path is below the request, choices are the element's own groups.
func (k checker) children(e *etree.Element, path string, choices []int, fields map[string][]qbxml.Field) error {
	allowed := fields[path]
	at := -1
	seen := map[string]int{}
	for _, kid := range e.ChildElements() {
		i := slices.IndexFunc(allowed, func(f qbxml.Field) bool { return lastName(f.Path) == kid.Tag })
		if i < 0 || kid.Space != "" {
			return fmt.Errorf("%s holds the unknown element %s", e.Tag, kid.Tag)
		}
		f := allowed[i]
		seen[kid.Tag]++
		switch {
		case i < at && !interleaved(kid.Tag):
			return fmt.Errorf("%s comes too late in %s", kid.Tag, e.Tag)
		case seen[kid.Tag] > 1 && !f.Repeats && !repeats(kid.Tag, e.Tag):
			return fmt.Errorf("%s holds %s twice", e.Tag, kid.Tag)
		case k.version.Less(f.Since):
			return fmt.Errorf("%s needs qbXML %s, the document is of %s", kid.Tag, f.Since, k.version)
		case slices.Contains(f.NotIn, k.edition):
			return fmt.Errorf("%s does not exist in the %s edition", kid.Tag, k.edition)
		}
		at = max(at, i)
		if err := k.content(kid, f, fields); err != nil {
			return err
		}
	}
	for _, f := range allowed {
		alternative := len(f.Choices) > len(choices)
		if f.Required && !alternative && seen[lastName(f.Path)] == 0 {
			return fmt.Errorf("%s lacks %s", e.Tag, lastName(f.Path))
		}
	}
	return choice(e, seen)
}

func (k checker) content(e *etree.Element, f qbxml.Field, fields map[string][]qbxml.Field) error {
	if len(e.Attr) > 0 {
		return fmt.Errorf("%s has the unknown attribute %s", e.Tag, e.Attr[0].FullKey())
	}
	if len(fields[f.Path]) > 0 {
		if strings.TrimSpace(e.Text()) != "" {
			return fmt.Errorf("%s holds text between its elements", e.Tag)
		}
		return k.children(e, f.Path, f.Choices, fields)
	}
	if kids := e.ChildElements(); len(kids) > 0 {
		return fmt.Errorf("%s holds the unknown element %s", e.Tag, kids[0].Tag)
	}
	if len(f.Values) > 0 && e.Text() != "" && !slices.Contains(f.Values, e.Text()) {
		return fmt.Errorf("%s holds the unknown value %q", e.Tag, e.Text())
	}
	return nil
}

// childrenOf sorts the fields of a request by the path of their parent, in their order.
func childrenOf(fields []qbxml.Field) map[string][]qbxml.Field {
	kids := map[string][]qbxml.Field{}
	for _, f := range fields {
		if f.N != 0 {
			parent, _ := cutLast(f.Path)
			kids[parent] = append(kids[parent], f)
		}
	}
	return kids
}

func cutLast(path string) (parent, name string) {
	i := strings.LastIndex(path, "/")
	if i < 0 {
		return "", path
	}
	return path[:i], path[i+1:]
}

func lastName(path string) string { _, name := cutLast(path); return name }

// interleaved elements may come in any order among one another.
func interleaved(tag string) bool {
	form := strings.TrimSuffix(strings.TrimSuffix(tag, "LineAdd"), "LineGroupAdd")
	return form != tag && slices.Contains(itemForms(), form)
}

// repeats names the elements that may be repeated although each is one branch of a choice.
func repeats(tag, parent string) bool {
	if interleaved(tag) {
		return true
	}
	switch tag {
	case "ListDelType", "TxnTypeFilter", "AccountType", "PaymentMethodType", "OwnerID", "IncludeRetElement":
		return true
	case "ListID", "FullName", "TxnID", "RefNumber", "RefNumberCaseSensitive":
		return strings.HasSuffix(parent, "QueryRq") || strings.HasSuffix(parent, "Filter")
	}
	return false
}

// choice checks what excludes what. The groups are written down here again, apart from qbxml's table.
func choice(e *etree.Element, seen map[string]int) error {
	for _, branches := range [][]string{
		{"Rate", "RatePercent", "PriceLevelRef"}, {"SerialNumber", "LotNumber"}, {"SalesOrPurchase", "SalesAndPurchase"}, {"Price", "PricePercent"}, {"DiscountRate", "DiscountRatePercent"},
		{"NameFilter", "NameRangeFilter"}, {"RefNumber", "RefNumberCaseSensitive", "RefNumberFilter", "RefNumberRangeFilter"}, {"ModifiedDateRangeFilter", "TxnDateRangeFilter"},
		{"IsAutoApply", "AppliedToTxnAdd"}, {"ListIDWithChildren", "FullNameWithChildren"}, {"FromTxnDate", "DateMacro"}, {"ToTxnDate", "DateMacro"}, {"DateMacro", "FromModifiedDate"}, {"DateMacro", "ToModifiedDate"},
	} {
		var present []string
		for _, b := range branches {
			if seen[b] > 0 {
				present = append(present, b)
			}
		}
		if len(present) > 1 {
			return fmt.Errorf("%s holds both %s and %s", e.Tag, present[0], present[1])
		}
	}
	switch {
	case slices.Contains([]string{"SalesReceiptAdd", "SalesOrderAdd", "CreditMemoAdd"}, e.Tag) && seen[strings.TrimSuffix(e.Tag, "Add")+"LineAdd"]+seen[strings.TrimSuffix(e.Tag, "Add")+"LineGroupAdd"] == 0:
		return fmt.Errorf("%s has no line", e.Tag)
	case e.Tag == "ReceivePaymentAdd" && seen["IsAutoApply"]+seen["AppliedToTxnAdd"] == 0:
		return fmt.Errorf("ReceivePaymentAdd has neither IsAutoApply nor AppliedToTxnAdd")
	case slices.Contains([]string{"ItemServiceAdd", "ItemNonInventoryAdd", "ItemOtherChargeAdd"}, e.Tag) && seen["SalesOrPurchase"]+seen["SalesAndPurchase"] == 0:
		return fmt.Errorf("%s has neither SalesOrPurchase nor SalesAndPurchase", e.Tag)
	case strings.HasSuffix(e.Tag, "QueryRq"), strings.HasSuffix(e.Tag, "Filter"):
		return oneKey(e, seen)
	}
	return nil
}

// oneKey: a query goes by one kind of key, or by filters.
func oneKey(e *etree.Element, seen map[string]int) error {
	keys := []string{"ListID", "FullName", "TxnID", "RefNumber", "RefNumberCaseSensitive"}
	if e.Tag == "TransactionQueryRq" {
		keys = []string{"TxnID"} // there a RefNumber goes together with filters
	}
	key := ""
	for _, k := range keys {
		if seen[k] > 0 && key != "" {
			return fmt.Errorf("%s holds both %s and %s", e.Tag, key, k)
		}
		if seen[k] > 0 {
			key = k
		}
	}
	if key == "" || strings.HasSuffix(e.Tag, "Filter") && key == "RefNumber" {
		return nil
	}
	for other := range seen {
		if other != key && !slices.Contains([]string{"IncludeRetElement", "OwnerID", "IncludeLineItems", "IncludeLinkedTxns"}, other) {
			return fmt.Errorf("%s holds both %s and %s", e.Tag, key, other)
		}
	}
	return nil
}

// The forms of quickbooks.md 1.5.
var (
	amountForm = regexp.MustCompile(`^[+-]?[0-9]{1,13}(\.[0-9]{2})?$`)
	priceForm  = regexp.MustCompile(`^[+-]?[0-9]{1,10}(\.[0-9]{1,5})?$`)
	guidForm   = regexp.MustCompile(`^(0|\{[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\})$`)
)

// values checks the texts of one request against their types, lengths and the character set. QuickBooks answers such
// faults with a status of that request, the others go on.
func (k checker) values(request *etree.Element) *Status {
	return k.below(request, "", childrenOf(qbxml.Fields(request.Tag)))
}

func (k checker) below(e *etree.Element, path string, fields map[string][]qbxml.Field) *Status {
	for _, kid := range e.ChildElements() {
		for _, f := range fields[path] {
			if lastName(f.Path) != kid.Tag {
				continue
			}
			status := k.below(kid, f.Path, fields)
			if status == nil && kid.Text() != "" && f.Type != "aggregate" {
				status = k.value(kid.Tag, kid.Text(), f)
			}
			if status != nil {
				return status
			}
		}
	}
	return nil
}

func (k checker) value(name, text string, f qbxml.Field) *Status {
	wrong := func(code int, what string) *Status {
		return refused(code, "There was an error when converting the %s value \"%s\" in the field \"%s\".", what, text, name)
	}
	switch f.Type {
	case "BOOLTYPE":
		if !slices.Contains([]string{"true", "false", "1", "0"}, text) {
			return wrong(3010, "boolean")
		}
	case "DATETYPE":
		if t, err := time.Parse(time.DateOnly, text); err != nil || t.Year() < 1901 {
			return wrong(3020, "date")
		}
	case "DATETIMETYPE":
		if _, ok := parseMoment(text); !ok {
			return wrong(3020, "date")
		}
	case "AMTTYPE":
		if !amountForm.MatchString(text) {
			return wrong(3040, "amount")
		}
	case "PRICETYPE":
		if !priceForm.MatchString(text) {
			return wrong(3045, "price")
		}
	case "PERCENTTYPE":
		if !priceForm.MatchString(text) {
			return wrong(3050, "percentage")
		}
	case "QUANTYPE":
		if !priceForm.MatchString(text) {
			return wrong(3060, "quantity")
		}
	case "GUIDTYPE":
		if !guidForm.MatchString(text) {
			return wrong(3065, "GUID")
		}
	case "INTTYPE":
		if n, err := strconv.Atoi(text); err != nil || f.Min != 0 && n < f.Min || f.Top != 0 && n > f.Top {
			return wrong(3085, "integer")
		}
	case "STRTYPE":
		return k.str(name, text, f.Max[k.edition])
	}
	return nil
}

func (k checker) str(name, text string, limit int) *Status {
	if limit > 0 && utf8.RuneCountInString(text) > limit {
		return refused(3070, "The string \"%s\" in the field \"%s\" is too long.", text, name)
	}
	for _, r := range text {
		if _, ok := charmap.Windows1252.EncodeRune(r); !ok || r >= 0x7F && r < 0xA0 {
			return refused(3080, "The string \"%s\" in the field \"%s\" contains characters that cannot be stored.", text, name)
		}
	}
	return nil
}
