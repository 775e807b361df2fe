package posting

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"qbridge/internal/order"
)

// GoodsChoice is what the goods of a line lead to, and what else they may be.
type GoodsChoice struct {
	Key     string // of Decisions.Items
	SKU     string
	Name    string // with the buyer's options
	Chosen  bool   // a person chose the item
	Item    string // full name of the item; "" when there is none
	New     bool   // that item is added to the books first
	Problem string // why there is none
	Cause   Cause
	Like    []Item // what it may be, the likeliest first
}

// CustomerChoice is whom an order leads to, and who else it may be.
type CustomerChoice struct {
	Buyer   string // the name that the shop gives
	Email   string
	Chosen  bool
	Name    string // full name of the customer; "" when there is none
	New     bool
	Problem string
	Cause   Cause
	Like    []Name
}

// SaleChoices tells what a person may choose for a sale: the items of its goods,
// each once, and its customer.
func SaleChoices(sale Sale, rules Rules, books *Books) (goods []GoodsChoice, customer CustomerChoice) {
	draftOf := func() draft {
		return draft{order: sale.Order, shop: sale.Order, decisions: sale.Decisions, rules: rules, books: books, generation: max(1, sale.Generation)}
	}
	for _, l := range sale.Order.Lines {
		key := ItemKey(l)
		if l.GiftCard || slices.ContainsFunc(goods, func(g GoodsChoice) bool { return g.Key == key }) {
			continue
		}
		d := draftOf()
		g := GoodsChoice{Key: key, SKU: l.SKU, Name: l.Name + options(l), Chosen: sale.Decisions.Items[key] != "", Like: d.itemsLike(l)}
		if ref, out := d.goodsItem(l, false); out != nil {
			g.Problem, g.Cause = out.reason, out.cause
		} else {
			g.Item, g.New = ref.Name, ref.ListID == ""
		}
		goods = append(goods, g)
	}
	d := draftOf()
	customer = CustomerChoice{Email: strings.TrimSpace(sale.Order.Email), Chosen: sale.Decisions.Customer != "", Like: d.customersLike()}
	if out := d.customer(); out != nil {
		customer.Problem, customer.Cause = out.reason, out.cause
	} else {
		customer.Name, customer.New = d.doc.Customer.Name, d.doc.Customer.ListID == ""
	}
	customer.Buyer = d.doc.Buyer.Name
	return goods, customer
}

// mostLike is how many items or customers are proposed for one choice.
const mostLike = 6

// itemsLike are the items that goods may be: those that their SKU or name
// names, then those spelled nearly so, then those of which the name shares the
// most words with theirs.
func (d *draft) itemsLike(l order.Line) (like []Item) {
	add := func(it *Item) {
		if it.Active && d.sells(it) && len(like) < mostLike && !slices.ContainsFunc(like, func(known Item) bool { return known.ListID == it.ListID }) {
			like = append(like, *it)
		}
	}
	for _, text := range []string{l.SKU, l.Name} {
		if key := Fold(text); key != "" {
			for _, found := range [][]*Item{d.books.itemNames[key], d.books.shortItem[key], d.books.itemParts[key], d.books.itemCodes[key]} {
				for _, it := range found {
					add(it)
				}
			}
		}
	}
	for _, it := range d.books.closest([]string{l.SKU, l.Name}) {
		add(it)
	}
	if len(like) > 0 {
		return like
	}
	wanted := wordsIn(l.SKU + " " + l.Name)
	type shared struct {
		item *Item
		n    int
	}
	var found []shared
	for i := range d.books.Items {
		n := 0
		for _, word := range wordsIn(d.books.Items[i].FullName + " " + d.books.Items[i].PartNumber) {
			if slices.Contains(wanted, word) {
				n++
			}
		}
		if n > 0 {
			found = append(found, shared{&d.books.Items[i], n})
		}
	}
	slices.SortFunc(found, func(a, b shared) int {
		return cmp.Or(b.n-a.n, strings.Compare(a.item.FullName, b.item.FullName), strings.Compare(a.item.ListID, b.item.ListID))
	})
	for _, s := range found {
		add(s.item)
	}
	return like
}

// wordsIn are the folded words of a text that say something: of three letters
// or digits at least.
func wordsIn(text string) []string {
	all := strings.FieldsFunc(Fold(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	return slices.DeleteFunc(all, func(word string) bool { return len([]rune(word)) < 3 })
}

// customersLike are the active customers that have the buyer's e-mail, then
// those of the buyer's names, then those that share all words with one of them.
func (d *draft) customersLike() (like []Name) {
	add := func(n *Name) {
		if n.Kind == customerKind && n.Active && len(like) < mostLike && !slices.ContainsFunc(like, func(known Name) bool { return known.ListID == n.ListID }) {
			like = append(like, *n)
		}
	}
	if email := Fold(d.order.Email); email != "" {
		key, _ := emailKey(email)
		for _, n := range d.books.emails[key] {
			add(n)
		}
	}
	for _, p := range []order.Person{d.order.Billing, d.order.Shipping} {
		for _, name := range []string{p.Name, p.Company} {
			if Fold(name) == "" {
				continue
			}
			for _, n := range d.books.topNames[Fold(name)] {
				add(n)
			}
			for _, n := range d.books.FindCustomers(name, mostLike) {
				add(&n)
			}
		}
	}
	return like
}

// holdsAll tells whether a folded text holds every one of some folded words.
func holdsAll(text string, words []string) bool {
	return !slices.ContainsFunc(words, func(word string) bool { return !strings.Contains(text, word) })
}

// FindItems are the active items that may stand for goods under the rules and
// have every word of a text in their name, part number or bar code, by name, at
// most so many.
func (b *Books) FindItems(text string, rules Rules, most int) (found []Item) {
	words := strings.Fields(Fold(text))
	d := draft{rules: rules}
	for i := range b.Items {
		it := &b.Items[i]
		if it.Active && d.sells(it) && holdsAll(Fold(it.FullName+" "+it.PartNumber+" "+it.BarCode), words) {
			found = append(found, *it)
		}
	}
	slices.SortFunc(found, func(a, b Item) int {
		return cmp.Or(strings.Compare(Fold(a.FullName), Fold(b.FullName)), strings.Compare(a.ListID, b.ListID))
	})
	return found[:min(most, len(found))]
}

// FindCustomers are the active customers that have every word of a text in
// their name, e-mail or phone, by name, at most so many.
func (b *Books) FindCustomers(text string, most int) (found []Name) {
	words := strings.Fields(Fold(text))
	if len(words) == 0 {
		return nil
	}
	for i := range b.Names {
		n := &b.Names[i]
		if n.Kind == customerKind && n.Active && holdsAll(Fold(n.FullName+" "+n.Email+" "+n.Phone), words) {
			found = append(found, *n)
		}
	}
	slices.SortFunc(found, func(a, b Name) int {
		return cmp.Or(strings.Compare(Fold(a.FullName), Fold(b.FullName)), strings.Compare(a.ListID, b.ListID))
	})
	return found[:min(most, len(found))]
}

// Sells gives the item with a ListID when it may stand for goods under the
// rules.
func (b *Books) Sells(listID string, rules Rules) (Item, bool) {
	d := draft{rules: rules}
	it := b.items[listID]
	if it == nil || !it.Active || !d.sells(it) {
		return Item{}, false
	}
	return *it, true
}
