package posting

import (
	"fmt"
	"slices"
	"strings"
)

// namedList is a list of QuickBooks that rules name entries of; the tag "names"
// of Rules says which.
type namedList struct {
	an      string                                     // "an account"
	where   string                                     // the menu in QuickBooks (US) that opens it
	button  string                                     // what makes a new entry there
	feature Feature                                    // that the list is part of
	find    func(b *Books, name string) (listed, bool) // by name, as QuickBooks compares names
	all     func(b *Books) []listed                    // in QuickBooks' order
}

// listed is an entry of a list, as rules name it.
type listed struct {
	name   string
	kinds  []string // what it is, the plainest first; any may fit
	active bool
}

// listNamed gives the list of a tag; false when no list is called so.
func listNamed(name string) (namedList, bool) {
	switch name {
	case "account":
		return namedList{an: "an account", where: "Lists > Chart of Accounts", button: "Account > New",
			find: func(b *Books, name string) (listed, bool) {
				a := b.account(name)
				if a == nil {
					return listed{}, false
				}
				return a.listed(), true
			},
			all: func(b *Books) []listed { return each(b.Accounts, Account.listed) }}, true
	case "item":
		return namedList{an: "an item", where: "Lists > Item List", button: "Item > New", find: findItem,
			all: func(b *Books) []listed { return each(b.Items, Item.listed) }}, true
	case "tax":
		return namedList{an: "a tax item", where: "Lists > Item List", button: "Item > New", feature: SalesTaxOn, find: findItem,
			all: func(b *Books) []listed {
				taxes := slices.DeleteFunc(slices.Clone(b.Items), func(it Item) bool { return it.Kind != "SalesTax" && it.Kind != "SalesTaxGroup" })
				return each(taxes, Item.listed)
			}}, true
	case "customer":
		return namedList{an: "a customer", where: "Customers > Customer Center", button: "New Customer & Job > New Customer",
			find: func(b *Books, name string) (listed, bool) {
				n := b.customerNamed(name)
				if n == nil {
					return listed{}, false
				}
				return n.listed(), true
			},
			all: func(b *Books) []listed {
				return each(slices.DeleteFunc(slices.Clone(b.Names), func(n Name) bool { return n.Kind != customerKind }), Name.listed)
			}}, true
	case "vendor":
		return namedList{an: "a vendor", where: "Vendors > Vendor Center", button: "New Vendor > New Vendor",
			find: func(b *Books, name string) (listed, bool) {
				n := b.vendor(name)
				if n == nil {
					return listed{}, false
				}
				return n.listed(), true
			},
			all: func(b *Books) []listed {
				return each(slices.DeleteFunc(slices.Clone(b.Names), func(n Name) bool { return n.Kind != "Vendor" }), Name.listed)
			}}, true
	case "code":
		return simpleList("a tax code", "Lists > Sales Tax Code List", "Sales Tax Code > New", SalesTaxOn, func(b *Books) []Entry { return b.TaxCodes }), true
	case "class":
		return simpleList("a class", "Lists > Class List", "Class > New", ClassTracking, func(b *Books) []Entry { return b.Classes }), true
	case "template":
		return simpleList("a template", "Lists > Templates", "Templates > New", "", func(b *Books) []Entry { return b.Templates }), true
	case "method":
		return simpleList("a payment method", profiles+"Payment Method List", "Payment Method > New", "", func(b *Books) []Entry { return b.PaymentMethods }), true
	case "ship":
		return simpleList("a ship method", profiles+"Ship Via List", "Shipping Method > New", "", func(b *Books) []Entry { return b.ShipMethods }), true
	case "rep":
		return simpleList("a sales rep", profiles+"Sales Rep List", "Sales Rep > New", "", func(b *Books) []Entry { return b.SalesReps }), true
	case "message":
		return simpleList("a customer message", profiles+"Customer Message List", "Customer Message > New", "", func(b *Books) []Entry { return b.Messages }), true
	case "terms":
		return simpleList("payment terms", profiles+"Terms List", "Terms > New", "", func(b *Books) []Entry { return b.Terms }), true
	}
	return namedList{}, false
}

const profiles = "Lists > Customer & Vendor Profile Lists > "

// simpleList is a list whose entries have a name and little more.
func simpleList(an, where, button string, feature Feature, of func(*Books) []Entry) namedList {
	all := func(b *Books) []listed { return each(of(b), Entry.listed) }
	return namedList{an, where, button, feature, func(b *Books, name string) (listed, bool) { return first(all(b), name) }, all}
}

func findItem(b *Books, name string) (listed, bool) {
	it := b.item(name)
	if it == nil {
		return listed{}, false
	}
	return it.listed(), true
}

// first is the active entry of a name, else the first one.
func first(all []listed, name string) (found listed, ok bool) {
	for _, e := range all {
		if Fold(e.name) == Fold(name) && (!ok || e.active && !found.active) {
			found, ok = e, true
		}
	}
	return found, ok
}

func each[T any](all []T, f func(T) listed) []listed {
	entries := make([]listed, len(all))
	for i, v := range all {
		entries[i] = f(v)
	}
	return entries
}

// listed leaves out the star of "*Undeposited Funds": Books.account finds it
// without.
func (a Account) listed() listed {
	return listed{strings.TrimPrefix(a.FullName, "*"), []string{a.Type}, a.Active}
}

func (it Item) listed() listed {
	kinds := []string{it.Kind}
	if it.Kind == "SalesTax" && it.TaxRate.IsZero() {
		kinds = append(kinds, "0 %")
	}
	return listed{it.FullName, kinds, it.Active}
}

func (e Entry) listed() listed {
	if e.Taxable {
		return listed{e.Name, []string{"taxable"}, e.Active}
	}
	return listed{e.Name, []string{"non-taxable"}, e.Active}
}

func (n Name) listed() listed { return listed{name: n.FullName, active: n.Active} }

// fits reports whether an entry is of a kind that a rule may name.
func (n naming) fits(e listed) bool {
	return len(n.kinds) == 0 || slices.ContainsFunc(e.kinds, func(kind string) bool { return slices.Contains(n.kinds, kind) })
}

// rank is the place of an entry's kind among those that fit: the likeliest first.
func (n naming) rank(e listed) int {
	return slices.IndexFunc(n.kinds, func(kind string) bool { return slices.Contains(e.kinds, kind) })
}

// wanted describes what a rule must name: "an account of the type Bank or Other
// Current Asset".
func (n naming) wanted() string {
	list, _ := listNamed(n.list)
	switch {
	case len(n.kinds) == 0:
		return list.an
	case n.list == "code":
		return "a " + n.kinds[0] + " tax code"
	case n.list == "tax" && n.kinds[0] == "0 %":
		return "a sales tax item of 0 %"
	}
	return list.an + " of the type " + kindWords(n.kinds)
}

// kindWords are kinds as QuickBooks' windows call them.
func kindWords(kinds []string) string {
	words := make([]string, len(kinds))
	for i, kind := range kinds {
		words[i] = kindWord(kind)
	}
	last := len(words) - 1
	if last < 1 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

func kindWord(kind string) string {
	switch kind {
	case "NonInventory":
		return "Non-inventory Part"
	case "Inventory":
		return "Inventory Part"
	case "SalesTax":
		return "Sales Tax Item"
	}
	var word strings.Builder
	for i, r := range kind {
		if i > 0 && r >= 'A' && r <= 'Z' {
			word.WriteByte(' ')
		}
		word.WriteRune(r)
	}
	return word.String()
}

// toMake is the way through QuickBooks' menus to what a rule must name.
func (n naming) toMake() string {
	list, _ := listNamed(n.list)
	way := list.where + " > " + list.button
	if len(n.kinds) == 0 || n.list == "code" {
		return way
	}
	kind := kindWord(n.kinds[0])
	if kind == "0 %" {
		return way + ", type Sales Tax Item, rate 0 %"
	}
	return way + ", type " + kind
}

// unfit says what is wrong with the name that a rule gives; nil when it names
// an active entry of a kind that fits. key may be that of an entry of a table.
func (b *Books) unfit(key, name string) *Missing {
	k, _ := findRule(key)
	list, _ := listNamed(k.names.list)
	if name == "" {
		return &Missing{Key: key, Sentence: fmt.Sprintf("The rule %s is not set: name %s that is active in QuickBooks (%s).", key, k.names.wanted(), list.where)}
	}
	names := fmt.Sprintf("The rule %s names %q", key, name)
	switch e, found := list.find(b, name); {
	case !found:
		return &Missing{Key: key, Sentence: fmt.Sprintf("%s, but QuickBooks has nothing of that name under %s. To make it: %s.", names, list.where, k.names.toMake())}
	case !k.names.fits(e):
		return &Missing{Key: key, Sentence: fmt.Sprintf("%s, which is %s; it must name %s.", names, naming{k.names.list, e.kinds[:1]}.wanted(), k.names.wanted())}
	case !e.active:
		return &Missing{Key: key, Sentence: fmt.Sprintf("%s, which is inactive in QuickBooks. To make it active: %s, tick Include inactive, click the X before it.", names, list.where)}
	}
	return nil
}
