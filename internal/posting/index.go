package posting

import (
	"slices"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"qbridge/qbxml"
)

// Books are Lists made ready for looking up. Don't change the Lists afterwards.
type Books struct {
	Lists

	accounts   map[string]*Account // by folded FullName
	items      map[string]*Item    // by ListID
	itemNames  map[string][]*Item  // by folded FullName
	shortItem  map[string][]*Item  // by folded Name of sub-items, whose FullName differs
	itemParts  map[string][]*Item  // by folded part number
	itemCodes  map[string][]*Item  // by folded bar code
	likenesses []likeness          // of names and part numbers
	names      map[string]*Name    // of all kinds, by ListID
	topNames   map[string][]*Name  // of all kinds, by folded FullName
	emails     map[string][]*Name  // customers, by emailKey
	codes      map[string]*Entry   // tax codes by ListID
	codeNames  map[string]*Entry   // tax codes by folded name
	methods    map[string]*Entry   // payment methods by folded name
	shipping   map[string]*Entry   // ship methods by folded name
	promises   map[string]*Promise // by row key
	reserved   map[string]*Promise // by space and folded name
	added      map[string]bool     // ListIDs of names
	promising  sync.RWMutex        // guards the three
}

// Fold is how two spellings of one identity are compared: canonical Unicode,
// lower case, single blanks and none at the ends, nothing invisible. QuickBooks
// compares names without case, and people type blanks carelessly.
func Fold(s string) string {
	if s = strings.TrimSpace(s); plainWords(s) {
		return strings.ToLower(s)
	}
	s = norm.NFC.String(strings.Map(visible, s))
	return strings.Join(strings.Fields(strings.ToLower(s)), " ")
}

// plainWords reports whether a text is visible ASCII with single blanks, which
// need only become lower case.
func plainWords(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' || s[i] == ' ' && s[i-1] == ' ' {
			return false
		}
	}
	return true
}

// visible drops marks of direction and joining, shapes of emojis, and controls
// that are no blanks.
func visible(r rune) rune {
	if r >= 0x7f && unicode.In(r, unicode.Cf, unicode.Variation_Selector) || unicode.IsControl(r) && !unicode.IsSpace(r) {
		return -1
	}
	return r
}

// NewBooks indexes lists. It costs some microseconds a name; make one for each
// generation of the lists and plan many sales with it. The order of the lists
// does not matter (I7).
func NewBooks(l Lists) *Books {
	b := &Books{
		Lists:    l,
		accounts: map[string]*Account{}, items: map[string]*Item{},
		itemNames: map[string][]*Item{}, shortItem: map[string][]*Item{}, itemParts: map[string][]*Item{}, itemCodes: map[string][]*Item{},
		names: make(map[string]*Name, len(l.Names)), topNames: make(map[string][]*Name, len(l.Names)), emails: map[string][]*Name{},
		codes: map[string]*Entry{}, codeNames: map[string]*Entry{}, methods: map[string]*Entry{}, shipping: map[string]*Entry{},
		promises: map[string]*Promise{}, reserved: map[string]*Promise{}, added: map[string]bool{},
	}
	for _, a := range inOrder(b.Accounts, func(a *Account) string { return a.ListID }) {
		if known := b.accounts[Fold(a.FullName)]; known == nil || a.Active || !known.Active {
			b.accounts[Fold(a.FullName)] = a
		}
	}
	for _, it := range inOrder(b.Items, func(it *Item) string { return it.ListID }) {
		b.indexItem(it)
	}
	for _, n := range inOrder(b.Names, func(n *Name) string { return n.ListID }) {
		b.indexName(n)
	}
	for i := range b.TaxCodes {
		b.codes[b.TaxCodes[i].ListID] = &b.TaxCodes[i]
	}
	byName(b.codeNames, b.TaxCodes)
	byName(b.methods, b.PaymentMethods)
	byName(b.shipping, b.ShipMethods)
	for _, p := range inOrder(b.Promised, func(p *Promise) string { return p.Key }) {
		b.promises[p.Key] = p
		b.reserved[space(p.Kind)+Fold(p.Name)] = p
	}
	return b
}

func (b *Books) indexItem(it *Item) {
	b.items[it.ListID] = it
	full, short := Fold(it.FullName), Fold(it.Name)
	b.itemNames[full] = append(b.itemNames[full], it)
	if short != full {
		b.shortItem[short] = append(b.shortItem[short], it)
	}
	b.likenesses = append(b.likenesses, likenessOf(it, short))
	if part := Fold(it.PartNumber); part != "" {
		b.likenesses = append(b.likenesses, likenessOf(it, part))
		b.itemParts[part] = append(b.itemParts[part], it)
	}
	if code := Fold(it.BarCode); code != "" {
		b.itemCodes[code] = append(b.itemCodes[code], it)
	}
}

func (b *Books) indexName(n *Name) {
	b.names[n.ListID] = n
	full := Fold(n.FullName)
	b.topNames[full] = append(b.topNames[full], n)
	if n.Kind != customerKind {
		return
	}
	for _, email := range addresses(n.Email) {
		b.emails[email] = append(b.emails[email], n)
	}
	if i := strings.LastIndex(full, " (@"); i >= 0 {
		b.emails[full[i+1:]] = append(b.emails[full[i+1:]], n)
	}
}

func byName(index map[string]*Entry, entries []Entry) {
	for _, e := range inOrder(entries, func(e *Entry) string { return e.ListID }) {
		if known := index[Fold(e.Name)]; known == nil || e.Active || !known.Active {
			index[Fold(e.Name)] = e
		}
	}
}

// inOrder are the entries of a list in the order of their ListIDs, as the store
// gives them.
func inOrder[T any](list []T, id func(*T) string) []*T {
	all := make([]*T, len(list))
	for i := range list {
		all[i] = &list[i]
	}
	slices.SortFunc(all, func(a, b *T) int { return strings.Compare(id(a), id(b)) })
	return all
}

// addresses are the folded e-mail addresses of a field in which people keep
// several, each once.
func addresses(field string) []string {
	var found []string
	for _, a := range strings.FieldsFunc(field, func(r rune) bool { return strings.ContainsRune(",; \t\r\n", r) }) {
		a = Fold(a)
		if !strings.Contains(a, "@") {
			continue
		}
		seen := false
		for _, f := range found {
			seen = seen || f == a
		}
		if !seen {
			found = append(found, a)
		}
	}
	return found
}

// emailKey is what a buyer's e-mail is looked up by, and whether a customer's
// Email field can hold it. In one of letters that QuickBooks lacks they would
// change and it would be another's address: such a buyer's name ends in this key.
func emailKey(email string) (key string, storable bool) {
	key = Fold(email)
	if stored, _ := qbxml.Text(email, false); Fold(stored) == key {
		return key, true
	}
	return Fold("(@" + mark(key, 8) + ")"), false
}

// space is the name space a list row's name must be unique in: all items share
// one, customers share theirs with the other names (quickbooks.md 4).
func space(kind string) string {
	switch kind {
	case customerKind:
		return "name:"
	case methodKind:
		return "method:"
	case updateKind:
		return "update:"
	}
	return "item:"
}

// account finds an account by its full name. Old files write "*Undeposited
// Funds" (quickbooks.md 6).
func (b *Books) account(name string) *Account {
	if a := b.accounts[Fold(name)]; a != nil {
		return a
	}
	return b.accounts[Fold("*"+name)]
}

// item finds an item by its ListID, or by its full name: the active one first.
func (b *Books) item(name string) *Item {
	if it := b.items[name]; it != nil {
		return it
	}
	return preferActive(b.itemNames[Fold(name)])
}

func preferActive(items []*Item) *Item {
	for _, it := range items {
		if it.Active {
			return it
		}
	}
	if len(items) > 0 {
		return items[0]
	}
	return nil
}
