package sim

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// An object is one entry of one of the company's lists.
type object struct {
	Kind     string // Customer, ItemService, Account, ...
	ListID   string
	Name     string
	Parent   string // ListID
	Active   bool
	Created  int64 // UNIX seconds, as Modified
	Modified int64
	EditSeq  int64
	Elements node // what its Add said; references hold the ListID only
}

type deletedObject struct {
	Kind, ListID, FullName string
	Created, Deleted       int64
}

// entityKinds share one name space (quickbooks.md 4), in the order EntityQuery answers them.
func entityKinds() []string { return []string{"Customer", "Employee", "OtherName", "Vendor"} }

// itemKinds share one name space too.
func itemKinds() []string {
	return []string{"ItemService", "ItemNonInventory", "ItemOtherCharge", "ItemInventory", "ItemSubtotal", "ItemDiscount", "ItemPayment", "ItemSalesTax", "ItemSalesTaxGroup", "ItemGroup"}
}

// kindsOf says which lists a query reads; nil for what is not a list query.
func kindsOf(query string) []string {
	switch query {
	case "CustomerQuery", "AccountQuery", "ItemSalesTaxQuery", "ItemSalesTaxGroupQuery", "SalesTaxCodeQuery", "PaymentMethodQuery", "ShipMethodQuery", "ClassQuery", "TemplateQuery", "CustomerMsgQuery", "SalesRepQuery", "CurrencyQuery":
		return []string{strings.TrimSuffix(query, "Query")}
	case "EntityQuery":
		return entityKinds()
	case "ItemQuery":
		return itemKinds()
	case "TermsQuery":
		return []string{"StandardTerms", "DateDrivenTerms"}
	}
	return nil
}

// nameSpace gives all kinds whose names must differ from those of the given kind.
func nameSpace(kind string) []string {
	for _, space := range [][]string{entityKinds(), itemKinds(), {"StandardTerms", "DateDrivenTerms"}} {
		if slices.Contains(space, kind) {
			return space
		}
	}
	return []string{kind}
}

// referred says which lists the target of a reference element may be in; nil for lists the pretend company keeps empty.
func referred(ref, ownKind string) []string {
	switch ref {
	case "CustomerRef":
		return []string{"Customer"}
	case "ParentRef":
		return []string{ownKind}
	case "ItemRef":
		return itemKinds()
	case "ItemSalesTaxRef":
		return []string{"ItemSalesTax", "ItemSalesTaxGroup"}
	case "ClassRef", "TemplateRef", "PaymentMethodRef", "ShipMethodRef", "CustomerMsgRef", "SalesRepRef", "CurrencyRef", "HomeCurrencyRef":
		return []string{strings.TrimPrefix(strings.TrimSuffix(ref, "Ref"), "Home")}
	case "PayeeEntityRef", "SalesRepEntityRef":
		return entityKinds()
	case "DiscountClassRef":
		return []string{"Class"}
	case "PreferredPaymentMethodRef":
		return []string{"PaymentMethod"}
	case "SalesTaxCodeRef", "CustomerSalesTaxCodeRef":
		return []string{"SalesTaxCode"}
	case "TermsRef":
		return []string{"StandardTerms", "DateDrivenTerms"}
	case "PrefVendorRef", "TaxVendorRef":
		return []string{"Vendor"}
	case "ItemGroupRef":
		return []string{"ItemGroup"}
	}
	if strings.HasSuffix(ref, "AccountRef") {
		return []string{"Account"}
	}
	return nil
}

func (c *Company) fullName(o *object) string {
	if o.Parent == "" {
		return o.Name
	}
	return c.fullName(c.byID[o.Parent]) + ":" + o.Name
}

func (c *Company) sublevel(o *object) int {
	if o.Parent == "" {
		return 0
	}
	return 1 + c.sublevel(c.byID[o.Parent])
}

// named finds an object by full name, ignoring case, active or not.
func (c *Company) named(fullName string, kinds ...string) *object {
	last := fullName[strings.LastIndex(fullName, ":")+1:]
	for _, o := range c.books.Objects {
		if strings.EqualFold(o.Name, last) && slices.Contains(kinds, o.Kind) && strings.EqualFold(c.fullName(o), fullName) {
			return o
		}
	}
	return nil
}

func (c *Company) refNamed(element, name string, kinds ...string) node {
	return group(element, leaf("ListID", c.named(name, kinds...).ListID), leaf("FullName", name))
}

// listIDForm tells whether a text looks like a ListID or TxnID: hexadecimal, dash, UNIX time.
func listIDForm(id string) bool {
	sequence, unix, ok := strings.Cut(id, "-")
	hex := func(s, digits string) bool { return s != "" && strings.Trim(s, digits) == "" }
	return ok && len(id) <= 36 && hex(sequence, "0123456789ABCDEFabcdef") && hex(unix, "0123456789")
}

// resolve finds what a reference means. in says where it stands, for the message.
func (c *Company) resolve(ref *node, ownKind, in string) (*object, *Status) {
	kinds := referred(ref.Name, ownKind)
	id, name := ref.at("ListID"), ref.at("FullName")
	var o *object
	switch {
	case id != "" && !listIDForm(id):
		return nil, refused(3000, "The given object ID \"%s\" in the field \"list id\" is invalid.", id)
	case id != "":
		if o = c.byID[id]; o == nil || !slices.Contains(kinds, o.Kind) {
			return nil, notFound(id)
		}
	default:
		if o = c.named(name, kinds...); o == nil {
			return nil, refused(3140, "There is an invalid reference to QuickBooks %s \"%s\" in the %s.  QuickBooks error message: Invalid argument.  The specified record does not exist in the list.", spoken(ref.Name), name, in)
		}
	}
	if !o.Active {
		return nil, refused(3180, "There was an error when saving a %s.  QuickBooks error message: The %s \"%s\" is inactive.", in, spoken(ref.Name), c.fullName(o))
	}
	return o, nil
}

func notFound(id string) *Status {
	return refused(3120, "Object \"%s\" specified in the request cannot be found.  QuickBooks error message: Invalid argument.  The specified record does not exist in the list.", id)
}

// spoken is what QuickBooks calls the target of a reference in its messages.
func spoken(ref string) string {
	name := strings.TrimSuffix(ref, "Ref")
	switch {
	case strings.HasSuffix(name, "Account"):
		return "Account"
	case strings.HasSuffix(name, "SalesTaxCode"):
		return "Sales Tax Code"
	case name == "ItemSalesTax":
		return "Item Sales Tax"
	case name == "PaymentMethod":
		return "Payment Method"
	case name == "ShipMethod":
		return "Ship Method"
	}
	return name
}

// settle replaces every reference below n by the ListID it means and drops empty ones.
func (c *Company) settle(n *node, ownKind, in string) *Status {
	var kept []node
	for _, kid := range n.Kids {
		if strings.HasSuffix(kid.Name, "Ref") && (kid.kid("ListID") != nil || kid.kid("FullName") != nil || len(kid.Kids) == 0) {
			if len(kid.Kids) == 0 {
				continue
			}
			o, status := c.resolve(&kid, ownKind, in)
			if status != nil {
				return status
			}
			kid.Kids = []node{leaf("ListID", o.ListID)}
		} else if len(kid.Kids) > 0 {
			if status := c.settle(&kid, ownKind, in); status != nil {
				return status
			}
		} else if kid.Text == "" {
			continue
		}
		kept = append(kept, kid)
	}
	n.Kids = kept
	return nil
}

// insert makes a new object of elements that are settled.
func (c *Company) insert(kind, name string, elements node) *object {
	now := c.now().Unix()
	o := &object{Kind: kind, ListID: fmt.Sprintf("%X-%d", 0x80000000+c.books.NextList, now), Name: name, Active: true, Created: now, Modified: now, EditSeq: now, Elements: elements}
	c.books.NextList++
	o.Active = elements.at("IsActive") != "false" && elements.at("IsActive") != "0"
	if parent := elements.at("ParentRef", "ListID"); parent != "" {
		o.Parent = parent
	}
	for _, kept := range []string{"Name", "IsActive", "ParentRef"} {
		o.Elements.drop(kept)
	}
	c.books.Objects = append(c.books.Objects, o)
	c.byID[o.ListID] = o
	return o
}

// add does a list Add request: kind is Customer for CustomerAdd.
func (c *Company) add(kind string, elements node) (*object, *Status) {
	name := strings.TrimSpace(elements.at("Name"))
	if strings.Contains(name, ":") {
		return nil, refused(3090, "There was an error when storing \"%s\" in the \"%s name\" field.  QuickBooks error message: Names in this list cannot contain a colon.  The colon is a special character used to indicate a parent/child relationship.", name, strings.ToLower(kind))
	}
	if name == "" {
		return nil, refused(3150, "There is a missing element: \"Name\".")
	}
	if elements.kid("CurrencyRef") != nil && !c.books.Config.MultiCurrency {
		return nil, featureOff("multiple currencies")
	}
	if parent := elements.kid("ParentRef"); parent != nil {
		if _, status := c.resolve(parent, kind, kind); status != nil {
			status.Code = 3130
			return nil, status
		}
	}
	if status := c.settle(&elements, kind, kind); status != nil {
		return nil, status
	}
	if status := c.customerCurrency(kind, &elements); status != nil {
		return nil, status
	}
	full := name
	if parent := elements.at("ParentRef", "ListID"); parent != "" {
		full = c.fullName(c.byID[parent]) + ":" + name
	}
	// quickbooks.md 4: customers, vendors, employees and other names share one name space, inactive ones included
	if c.named(full, nameSpace(kind)...) != nil {
		return nil, nameInUse(full)
	}
	if status := c.accountsOf(kind, &elements); status != nil {
		return nil, status
	}
	return c.insert(kind, name, elements), nil
}

func nameInUse(name string) *Status {
	return refused(3100, "The name \"%s\" of the list element is already in use.", name)
}

// accountsOf checks that a new item says where it posts.
func (c *Company) accountsOf(kind string, elements *node) *Status {
	missing := false
	switch kind {
	case "ItemService", "ItemNonInventory", "ItemOtherCharge":
		if sale := elements.kid("SalesOrPurchase"); sale != nil {
			missing = sale.at("AccountRef", "ListID") == ""
		} else if both := elements.kid("SalesAndPurchase"); both != nil {
			missing = both.at("IncomeAccountRef", "ListID") == "" || both.at("ExpenseAccountRef", "ListID") == ""
		}
	case "ItemDiscount":
		missing = elements.at("AccountRef", "ListID") == ""
	}
	if missing {
		return refused(3270, "There is a missing posting account for the %s.  QuickBooks error message: An account must be specified.", kind)
	}
	return nil
}

// modify does a CustomerMod: only the elements that were sent change.
func (c *Company) modify(kind string, elements node) (*object, *Status) {
	id := elements.at("ListID")
	if !listIDForm(id) {
		return nil, refused(3000, "The given object ID \"%s\" in the field \"list id\" is invalid.", id)
	}
	o := c.byID[id]
	if o == nil || o.Kind != kind {
		return nil, notFound(id)
	}
	if sequence := elements.at("EditSequence"); sequence != fmt.Sprint(o.EditSeq) {
		return o, refused(3200, "The provided edit sequence \"%s\" is out-of-date. ", sequence)
	}
	elements.drop("ListID")
	elements.drop("EditSequence")
	if name := strings.TrimSpace(elements.at("Name")); name != "" && !strings.EqualFold(name, o.Name) {
		if strings.Contains(name, ":") {
			return nil, refused(3090, "There was an error when storing \"%s\" in the \"%s name\" field.  QuickBooks error message: Names in this list cannot contain a colon.", name, strings.ToLower(kind))
		}
		if c.named(name, nameSpace(kind)...) != nil {
			return nil, nameInUse(name)
		}
	}
	active := elements.at("IsActive")
	if status := c.settle(&elements, kind, kind); status != nil {
		return nil, status
	}
	if status := c.currencyStays(o, &elements); status != nil {
		return nil, status
	}
	if name := strings.TrimSpace(elements.at("Name")); name != "" {
		o.Name = name
	}
	if active != "" {
		o.Active = active == "true" || active == "1"
	}
	if parent := elements.at("ParentRef", "ListID"); parent != "" {
		o.Parent = parent
	}
	for _, kept := range []string{"Name", "IsActive", "ParentRef"} {
		elements.drop(kept)
	}
	for _, kid := range elements.Kids {
		o.Elements.set(kid)
	}
	c.touch(o)
	return o, nil
}

// touch moves an object's edit sequence, which is the UNIX time of its last change, and never stands still.
func (c *Company) touch(o *object) {
	o.EditSeq = max(c.now().Unix(), o.EditSeq+1)
	o.Modified = o.EditSeq
}

// listed gives the objects of a list query's filter in the order QuickBooks lists them: by type, then name.
func (c *Company) listed(kinds []string, query *node) []*object {
	wanted := cmp.Or(query.at("ActiveStatus"), "ActiveOnly")
	var found []*object
	for _, o := range c.books.Objects {
		if !slices.Contains(kinds, o.Kind) || wanted == "ActiveOnly" && !o.Active || wanted == "InactiveOnly" && o.Active {
			continue
		}
		if within(o.Modified, query.at("FromModifiedDate"), query.at("ToModifiedDate")) && nameMatches(c.fullName(o), query, "Name") && typeMatches(o, query) {
			found = append(found, o)
		}
	}
	slices.SortStableFunc(found, func(a, b *object) int {
		return cmp.Or(cmp.Compare(slices.Index(kinds, a.Kind), slices.Index(kinds, b.Kind)), strings.Compare(strings.ToLower(c.fullName(a)), strings.ToLower(c.fullName(b))))
	})
	return found
}

func typeMatches(o *object, query *node) bool {
	for _, element := range []string{"AccountType", "PaymentMethodType"} {
		if types := query.all(element); types != nil && !slices.Contains(types, o.Elements.at(element)) {
			return false
		}
	}
	return true
}

// nameMatches applies a NameFilter and NameRangeFilter, or RefNumberFilter and RefNumberRangeFilter.
func nameMatches(name string, query *node, what string) bool {
	name = strings.ToLower(name)
	if f := query.kid(what + "Filter"); f != nil {
		part := strings.ToLower(f.at(what))
		switch f.at("MatchCriterion") {
		case "StartsWith":
			return strings.HasPrefix(name, part)
		case "EndsWith":
			return strings.HasSuffix(name, part)
		}
		return strings.Contains(name, part)
	}
	if f := query.kid(what + "RangeFilter"); f != nil {
		from, to := strings.ToLower(f.at("From"+what)), strings.ToLower(f.at("To"+what))
		return (from == "" || name >= from) && (to == "" || name <= to)
	}
	return true
}

// within tells whether a moment lies between two DATETIMETYPE texts; a text without offset is the machine's time.
func within(unix int64, from, to string) bool {
	f, _ := parseMoment(from)
	t, ok := parseMoment(to)
	if ok && len(to) == len("2006-01-02") {
		t += 24*60*60 - 1
	}
	return unix >= f && (!ok || unix <= t)
}
