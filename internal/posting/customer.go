package posting

import (
	"fmt"
	"slices"
	"strings"

	"qbridge/internal/order"
	"qbridge/qbxml"
)

// customerKind is the kind of Names and ListRows that are customers.
const customerKind = "Customer"

// customer finds or plans the customer of the document: whom a person chose;
// the one customer of all web orders, when the rules want that; else the one
// active customer with the buyer's e-mail; else the row already promised to that
// buyer; else by the agreed name (see byName); else a new row.
func (d *draft) customer() *outcome {
	if out := d.findCustomer(); out != nil {
		return out
	}
	// Q35: a form takes its customer's currency.
	n := d.books.names[d.doc.Customer.ListID]
	if n != nil && !d.keptIn(n) {
		return attention(CustomerUnsure, fmt.Sprintf("Choose a customer kept in %s for this order.", d.order.Currency),
			"The customer %s is kept in %s; a document for it would be, too.", n.FullName, n.Currency)
	}
	if d.foreign() && n != nil && n.Currency == "" {
		return attention(CustomerMissing, fmt.Sprintf("Add a customer kept in %s in QuickBooks, with the buyer's e-mail, or choose one for this order.", d.order.Currency),
			"The order is in %s, and QuickBooks does not say which currency the customer %s is kept in.", d.order.Currency, n.FullName)
	}
	return nil
}

func (d *draft) findCustomer() *outcome {
	buyer := d.buyer()
	email := Fold(d.order.Email)
	d.doc.Buyer = Buyer{Name: buyer.name, Email: strings.TrimSpace(d.order.Email)}
	if chosen := d.decisions.Customer; chosen != "" {
		n := d.books.names[chosen]
		if n == nil || n.Kind != customerKind || !n.Active {
			return attention(CustomerUnsure, "Choose the customer of this order again.", "The customer chosen for this order is no active customer in QuickBooks any more.")
		}
		d.doc.Customer = nameRef(n)
		return nil
	}
	if d.rules.shares() {
		shared, missing := d.books.sharedCustomer(d.rules)
		if missing != nil {
			return unset(RulesIncomplete, "Set the rules named here; `qbridge doctor` lists them.", "%s", missing.Sentence)
		}
		if d.rules.CustomerName == oneCustomer {
			d.doc.Customer = nameRef(shared)
			d.noteBuyer(buyer)
			return nil
		}
		if !d.keptIn(shared) || d.foreign() && shared.Currency == "" {
			return attention(CustomerUnsure, "Choose a customer for this order; or let the rule customer-name make none of them jobs.",
				"The order is in %s, but jobs are kept in the currency of their customer, and the shared customer %s is kept in another.", d.order.Currency, shared.FullName)
		}
		buyer.parent = shared
	}
	if n, out := d.byEmail(email, buyer); n != nil || out != nil {
		if n != nil {
			d.take(n, buyer)
		}
		return out
	}
	if buyer.name == "" {
		return attention(NoCustomerName, "Choose a customer for this order, or add the buyer's name or e-mail to it in the shop.", "The order names no buyer: no name, no company, no e-mail.")
	}
	key := d.customerKey(buyer, email)
	buyer = d.apart(buyer, key, email)
	// A promised name counts while it is free: somebody may have taken it in QuickBooks before the row went out.
	if p := d.books.promised(key); p != nil && len(d.books.topNames[Fold(p.Name)]) == 0 {
		return d.addCustomer(key, p.Name[strings.LastIndexByte(p.Name, ':')+1:], buyer)
	}
	return d.byName(key, email, buyer)
}

// take makes a customer who is there that of the document.
func (d *draft) take(n *Name, b buyer) {
	d.doc.Customer = nameRef(n)
	d.update(n, b)
}

// byEmail is the one active customer with this e-mail. Jobs carry the e-mail of
// their customer in QuickBooks, so a customer stands for its own jobs. When
// buyers are jobs, those of the shared customer come before all others.
func (d *draft) byEmail(email string, buyer buyer) (*Name, *outcome) {
	if email == "" {
		return nil, nil
	}
	var active, jobs []*Name
	key, _ := emailKey(email)
	found := slices.DeleteFunc(slices.Clone(d.books.emails[key]), d.elsewhere) // QuickBooks has one record for each currency of a customer
	for _, n := range found {
		if n.Active {
			active = append(active, n)
		}
		if n.Active && buyer.parent != nil && strings.HasPrefix(n.FullName, buyer.parent.FullName+":") {
			jobs = append(jobs, n)
		}
	}
	if len(jobs) > 0 {
		active = jobs
	}
	switch len(active) {
	case 0:
		if len(found) > 0 {
			return nil, attention(CustomerUnsure, "Make that customer active in QuickBooks, or choose another for this order.",
				"The only customer with the e-mail %s in QuickBooks is inactive: %s.", d.order.Email, names(found))
		}
		return nil, nil
	case 1:
		return active[0], nil
	}
	for _, top := range active {
		own := 0
		for _, n := range active {
			if n == top || strings.HasPrefix(n.FullName, top.FullName+":") {
				own++
			}
		}
		if own == len(active) {
			return top, nil
		}
	}
	return nil, attention(CustomerUnsure, "Choose the customer of this order, or merge them in QuickBooks.",
		"%d customers in QuickBooks have the e-mail %s: %s.", len(active), d.order.Email, names(active))
}

func names(all []*Name) string {
	var texts []string
	for _, n := range all {
		texts = append(texts, n.FullName)
	}
	return strings.Join(texts, ", ")
}

// byName takes the first of these names that is free or the buyer's own:
// the agreed name; with " (web)" when a vendor, employee or other name has it;
// with the e-mail, or the postal code when there is none, in parentheses.
//
// A customer of that name is the buyer when it has no e-mail in QuickBooks; with
// another e-mail it is another person (byEmail has seen that none has the
// buyer's). Without an e-mail on the order only a customer without e-mail can be
// meant; one with an e-mail makes it unsure: a person must look. A buyer whose
// e-mail QuickBooks can't hold is added under a name by which byEmail finds it.
func (d *draft) byName(key, email string, buyer buyer) *outcome {
	suffix := given(strings.TrimSpace(d.order.Email), buyer.person.PostalCode)
	candidates := []string{buyer.name}
	if suffix != "" && buyer.name != suffix {
		candidates = append(candidates, d.storableName(buyer.name+" ("+suffix+")"))
	}
	if email == "" && len(candidates) == 2 {
		// A namesake of the same place made earlier comes before the plain name.
		if n := d.books.topCustomer(buyer.full(candidates[1])); n != nil && n.Active && len(addresses(n.Email)) == 0 && !d.elsewhere(n) {
			d.take(n, buyer)
			return nil
		}
	}
	end, stored := emailKey(email)
	if !stored {
		address, _ := qbxml.Text(d.order.Email, false)
		if n := d.books.topCustomer(buyer.full(buyer.name)); n != nil && n.Active && !d.elsewhere(n) && (len(addresses(n.Email)) == 0 || slices.Contains(addresses(n.Email), Fold(address))) {
			d.take(n, buyer)
			return nil
		}
		head, _ := qbxml.Cut(buyer.name, d.limit("CustomerAdd", "Name")-len(end)-1)
		candidates = []string{head + " " + strings.ToUpper(end)}
	}
	for i := 0; i < len(candidates); i++ {
		name := candidates[i]
		full := buyer.full(name)
		if p := d.books.reservedBy(space(customerKind) + Fold(full)); p != nil && p.Key != key {
			continue // promised to somebody else
		}
		holders := d.books.topNames[Fold(full)]
		if len(holders) == 0 {
			if d.rules.MissingCustomer == "hold" {
				return attention(CustomerMissing, "Add the customer in QuickBooks, choose one for this order, or set the rule missing-customer to make.",
					"QuickBooks has no customer with the e-mail or name of %s, and the rules say not to add any.", buyer.name)
			}
			return d.addCustomer(key, name, buyer)
		}
		n := d.books.topCustomer(full)
		switch {
		case n == nil && i == 0 && stored: // a vendor, employee or other name
			web := d.storableName(buyer.name + " (web)")
			candidates = append([]string{buyer.name, web}, candidates[1:]...)
		case n == nil, d.elsewhere(n):
			continue
		case len(addresses(n.Email)) > 0 && email == "":
			return attention(CustomerUnsure, "Choose the customer of this order.",
				"QuickBooks has a customer %s with the e-mail %s, but the order has none: it may be another person.", n.FullName, n.Email)
		case len(addresses(n.Email)) > 0:
			continue // another person of the same name
		case !n.Active:
			return attention(CustomerUnsure, "Make that customer active in QuickBooks, or choose another for this order.",
				"The customer %s is inactive in QuickBooks.", n.FullName)
		default:
			d.take(n, buyer)
			return nil
		}
	}
	return attention(CustomerUnsure, "Choose the customer of this order.",
		"The name %s belongs to others in QuickBooks, and so does every name we could give this buyer instead.", buyer.full(buyer.name))
}

// topCustomer is the customer of a folded full name.
func (b *Books) topCustomer(name string) *Name {
	for _, n := range b.topNames[Fold(name)] {
		if n.Kind == customerKind {
			return n
		}
	}
	return nil
}

// buyer is who bought, with the name agreed on for QuickBooks.
type buyer struct {
	person order.Person
	name   string // storable, at most 41 characters; "" when the order names nobody
	shop   string // the same as the shop has it
	parent *Name  // the customer whose job the buyer is; nil when the buyer is a customer
	end    string // of name: what tells the buyer from the same one in another currency; "" mostly
}

// full is the full name of the buyer under a name. Jobs of one customer have a
// name space of their own (quickbooks.md 4).
func (b buyer) full(name string) string {
	if b.parent == nil {
		return name
	}
	return b.parent.FullName + ":" + name
}

// key names the row that adds the buyer.
func (b buyer) key(email string) string {
	identity := email
	if email == "" {
		identity = strings.TrimSpace(Fold(b.name) + " " + Fold(b.person.PostalCode))
	}
	if b.parent == nil {
		return "customer:" + identity
	}
	return "job:" + b.parent.ListID + ":" + identity
}

// buyer takes the first that is not empty of the names that the rule
// customer-name asks for, the person's name and the company; of the billing
// person, then of the shipping person; at last the e-mail.
func (d *draft) buyer() buyer {
	o := d.order
	person := o.Billing
	if person.Empty() {
		person = o.Shipping
	}
	if d.rules.CustomerName == emailAsName && Fold(o.Email) != "" {
		return buyer{person: person, name: d.storableName(o.Email), shop: o.Email}
	}
	for _, p := range []order.Person{o.Billing, o.Shipping} {
		for _, name := range d.rules.namesOf(p) {
			stored := d.storableName(name)
			if Fold(o.Email) == "" {
				stored = identified(name, d.limit("CustomerAdd", "Name"))
			}
			if stored != "" {
				return buyer{person: person, name: stored, shop: name}
			}
		}
	}
	return buyer{person: person, name: d.storableName(o.Email), shop: o.Email}
}

func personName(p order.Person) string {
	if p.First != "" && p.Last != "" {
		return p.First + " " + p.Last
	}
	return given(strings.TrimSpace(p.Name), given(p.First, p.Last))
}

// storableName is a name as QuickBooks can hold it: a colon would make a job
// (Q10), two long names must stay different (Q9).
func (d *draft) storableName(name string) string {
	return storable(name, d.limit("CustomerAdd", "Name"))
}

func storable(name string, most int) string {
	text, _ := qbxml.Text(strings.ReplaceAll(name, ":", " -"), false)
	return qbxml.CutUnique(text, most)
}

// identified is a name for something that is known by its name alone. One that
// loses letters or a colon could pass for another's ("🎁" and "🎄" are both
// "?"), so it ends in a mark of the whole, the same for each spelling Fold takes
// as one.
func identified(name string, most int) string {
	text := storable(name, most)
	whole, _ := qbxml.Text(strings.ReplaceAll(name, ":", " -"), false)
	if Fold(whole) == Fold(name) {
		return text
	}
	end := mark(Fold(name), 6)
	head, _ := qbxml.Cut(whole, most-len(end)-1)
	return strings.TrimPrefix(head+"-"+end, "-")
}

// addCustomer plans a new customer and uses it.
func (d *draft) addCustomer(key, name string, b buyer) *outcome {
	p := b.person
	currency, out := d.newCurrency(b)
	if out != nil {
		return out
	}
	if plain := strings.TrimSuffix(b.name, b.end); plain != strings.TrimSpace(b.shop) {
		d.adjust(Adjustment{Cause: "name", Field: "customer name", From: b.shop, To: plain,
			Sentence: fmt.Sprintf("The customer %q is called %q in QuickBooks, which holds %d characters, no colon, and no letters beyond Western Europe's.", b.shop, plain, d.limit("CustomerAdd", "Name"))})
	}
	_, stored := emailKey(d.order.Email)
	switch agreed := b.full(b.name); {
	case b.name == name || !stored:
	case len(d.books.topNames[Fold(agreed)]) == 0 && d.books.promised(key) != nil:
		d.adjust(Adjustment{Cause: "name promised", Field: "customer name", From: b.name, To: name,
			Sentence: fmt.Sprintf("This buyer is on the way to QuickBooks as %q already.", b.full(name))})
	default:
		d.adjust(Adjustment{Cause: "name taken", Field: "customer name", From: b.name, To: name,
			Sentence: fmt.Sprintf("QuickBooks has another %q already, so this buyer is called %q.", agreed, b.full(name))})
	}
	d.noteTwin(b)
	var notes []string
	email := d.order.Email
	if !stored {
		likeness, _ := qbxml.Text(email, false)
		notes = append(notes, "e-mail: "+likeness)
		d.adjust(Adjustment{Cause: "moved to notes", Field: "customer's Email", From: email, To: likeness,
			Sentence: fmt.Sprintf("QuickBooks can't hold the e-mail %q letter for letter, and another spelling is another address: it is left out, noted as %q, and the customer is called %q, by which it is found again.", email, likeness, name)})
		email = ""
	}
	part := func(field, value string) string {
		text, rest := d.fit("CustomerAdd", field, "customer's "+field, value)
		if rest != "" {
			notes = append(notes, field+": "+rest)
		}
		return text
	}
	add := qbxml.CustomerAdd{
		Name: name, CompanyName: part("CompanyName", p.Company), FirstName: part("FirstName", p.First), LastName: part("LastName", p.Last),
		Phone: part("Phone", p.Phone), Email: part("Email", email),
	}
	if other := d.order.Shipping.Phone; Fold(other) != Fold(p.Phone) && Fold(other) != "" {
		notes = append(notes, "shipping phone: "+d.text("shipping phone", other, false))
	}
	bill, rest := d.address("CustomerAdd", "BillAddress", p)
	notes = append(notes, rest...)
	ship, rest := d.address("CustomerAdd", "ShipAddress", d.order.Shipping)
	notes = append(notes, rest...)
	add.BillAddress, add.ShipAddress, add.CurrencyRef = bill.element(), ship.element(), currency
	add.Notes, _ = d.fit("CustomerAdd", "Notes", "customer's notes", strings.Join(notes, " | "))
	if b.parent != nil {
		add.ParentRef = qbxml.RefID(b.parent.ListID)
	}
	row := ListRow{Key: key, Kind: customerKind, Name: b.full(name), Add: ListAdd{Customer: &add}}
	d.doc.Customer = d.add(row)
	return nil
}
