package posting

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/shopspring/decimal"
)

// Missing is a rule that must be set, or set otherwise, before money moves.
type Missing struct {
	Key      string // of Rules.Set; "lists" when the books were not read yet
	Sentence string // what is wrong, and what to do in QuickBooks about it
	Cure     string // when another rule would not help
}

// Validate lists what the rules lack for these books: the minimal rules, which
// stop every order, then what concerns only the orders that use it, then what
// QuickBooks has switched off. Nothing is listed twice.
func (r Rules) Validate(b *Books) []Missing {
	all := r.minimal(b)
	if !b.Complete {
		return all
	}
	fields := r.fields()
	for _, k := range ruleKeys() {
		list, names := listNamed(k.names.list)
		if !names || b.lacks(list.feature) != "" {
			continue
		}
		if value := k.text(fields); value != "" && k.need == "" {
			m := cmp.Or(b.unfit(k.key, value), b.misposted(k, value))
			if k.key == "new-item-parent" && m == nil {
				_, m = b.newItemParent(r)
			}
			all = appendFound(all, m)
		}
		entries := k.entries(fields)
		for _, entry := range slices.Sorted(maps.Keys(entries)) {
			all = appendFound(all, b.unfitEntry(k, entry, entries[entry]))
		}
	}
	all = append(all, r.unpayable(b)...)
	features, keys := r.needsOf()
	for _, f := range features {
		if why := b.lacks(f); why != "" {
			all = append(all, Missing{keys[f][0], fmt.Sprintf("What the rules say by %s can't be done: %s.", strings.Join(keys[f], ", "), why), f.cure()})
		}
	}
	return all
}

func appendFound(all []Missing, m *Missing) []Missing {
	if m == nil {
		return all
	}
	return append(all, *m)
}

// misposted says that the item which a rule names posts to an account of another
// type than it should: a gift card sold would be income.
func (b *Books) misposted(k ruleKey, name string) *Missing {
	it := b.item(name)
	if len(k.posts) == 0 || it == nil {
		return nil
	}
	a := b.account(it.Account)
	if a == nil || slices.Contains(k.posts, a.Type) {
		return nil
	}
	return &Missing{Key: k.key, Sentence: fmt.Sprintf("The rule %s names %q, which posts to the account %s of the type %s; it should post to one of the type %s. To change it: Lists > Item List, edit the item, Account.",
		k.key, name, a.FullName, kindWord(a.Type), kindWords(k.posts))}
}

// unfitEntry is unfit for an entry of a table; a tax item must be of the rates
// of its key, too.
func (b *Books) unfitEntry(k ruleKey, entry, name string) *Missing {
	key := k.key + "." + entry
	if k.entry != "rate" {
		return b.unfit(key, name)
	}
	rates, err := ratesIn(entry)
	if err != nil {
		return &Missing{Key: key, Sentence: fmt.Sprintf("The rule %s is not named after rates in percent.", key)}
	}
	if _, problem := b.taxItem(name, rates); problem != "" {
		return &Missing{Key: key, Sentence: fmt.Sprintf("The rule %s names %q: %s", key, name, problem)}
	}
	return nil
}

// ratesIn reads the rates of a key as joinRates writes it.
func ratesIn(key string) ([]decimal.Decimal, error) {
	var rates []decimal.Decimal
	for part := range strings.SplitSeq(key, "+") {
		rate, err := decimal.NewFromString(part)
		if err != nil {
			return nil, err
		}
		rates = append(rates, rate)
	}
	return rates, nil
}

// needed tells whether orders wait for a rule.
func (k ruleKey) needed(r Rules, b *Books) bool {
	switch other, value, isRule := strings.Cut(k.need, "="); {
	case k.need == "":
		return false
	case isRule:
		set, _ := r.Get(other)
		return slices.Contains(strings.Split(value, "|"), set)
	case k.need == string(SalesTaxOn):
		return b.Company.SalesTax
	}
	return true // always
}

// minimal are the rules without which no order can be posted.
func (r Rules) minimal(b *Books) []Missing {
	if !b.Complete {
		return []Missing{{Key: "lists", Sentence: "The lists of the QuickBooks company file have not been read yet; let the Web Connector run once."}}
	}
	var all []Missing
	fields := r.fields()
	for _, k := range ruleKeys() { // so that no value is taken for another by chance
		if err := k.allowed(k.text(fields)); len(k.values) > 0 && err != nil {
			all = append(all, Missing{Key: k.key, Sentence: sentence(err.Error()) + "."})
		}
	}
	if r.HomeCurrency == "" && b.Company.HomeCurrency == "" {
		all = append(all, Missing{Key: "home-currency", Sentence: "The company file doesn't say its currency: set home-currency, such as USD."})
	}
	for _, k := range ruleKeys() {
		switch {
		case !k.needed(r, b):
		case k.table && len(k.entries(fields)) == 0:
			like, _ := k.exampleEntry()
			all = append(all, Missing{Key: k.key, Sentence: fmt.Sprintf("The rule %s has no entries yet: set %s.%s, such as %s, to the name of %s in QuickBooks.", k.key, k.key, strings.ToUpper(k.entry), like, k.names.wanted())})
		case k.key == "shared-customer":
			_, m := b.sharedCustomer(r)
			all = appendFound(all, m)
		case k.names.list == "code" && k.text(fields) == "" && r.code(b, k.names.kinds[0] == "taxable") != nil: // the file's own
		case !k.table:
			all = appendFound(all, b.unfit(k.key, k.text(fields)))
		}
	}
	return all
}

// chargeItem finds the active item that a rule names for charges or discounts.
func (b *Books) chargeItem(rule, name string) (*Item, *Missing) {
	if m := b.unfit(rule, name); m != nil {
		return nil, m
	}
	return b.item(name), nil
}
