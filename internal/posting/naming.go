package posting

import (
	"fmt"
	"slices"
	"strings"

	"qbridge/internal/order"
)

// The values of Rules.CustomerName.
const (
	firstLast   = "first-last" // Jane Doe
	lastFirst   = "last-first" // Doe, Jane
	companyName = "company"    // the company, else Jane Doe
	emailAsName = "email"
	oneCustomer = "one" // every order is the shared customer's
	jobOfShared = "job" // Jane Doe, a job of the shared customer
)

// shares tells whether the rules put buyers under a shared customer.
func (r Rules) shares() bool { return r.CustomerName == oneCustomer || r.CustomerName == jobOfShared }

// namesOf are a person's names, the one that the rules want first.
func (r Rules) namesOf(p order.Person) []string {
	switch r.CustomerName {
	case lastFirst:
		return []string{lastFirstName(p), p.Company}
	case companyName:
		return []string{p.Company, personName(p)}
	}
	return []string{personName(p), p.Company}
}

// lastFirstName is "Doe, Jane" when the shop tells first and last name apart.
func lastFirstName(p order.Person) string {
	if p.First != "" && p.Last != "" {
		return p.Last + ", " + p.First
	}
	return personName(p)
}

// maxLevels is how deep customers and jobs, or items, go below one another
// (quickbooks.md 4).
const maxLevels = 5

// sharedCustomer is the customer that the rule shared-customer names.
func (b *Books) sharedCustomer(r Rules) (*Name, *Missing) {
	n := b.customerNamed(r.SharedCustomer)
	if m := b.unfit("shared-customer", r.SharedCustomer); m != nil {
		return nil, m
	}
	if r.CustomerName == jobOfShared && strings.Count(n.FullName, ":")+2 > maxLevels {
		return nil, &Missing{Key: "shared-customer", Sentence: fmt.Sprintf("The rule shared-customer names %q, which is itself a job of the %dth level: QuickBooks takes no jobs below it.", n.FullName, maxLevels)}
	}
	return n, nil
}

// customerNamed is the customer of a ListID or of a full name; nil when there is
// none.
func (b *Books) customerNamed(name string) *Name {
	if n := b.names[name]; n != nil && n.Kind == customerKind {
		return n
	}
	return b.topCustomer(name)
}

// noteBuyer keeps in the memo what a document of the shared customer would lose:
// how to reach the buyer.
func (d *draft) noteBuyer(b buyer) {
	var phones []string
	for _, p := range []order.Person{b.person, d.order.Shipping} {
		if Fold(p.Phone) != "" && !slices.Contains(phones, p.Phone) {
			phones = append(phones, p.Phone)
		}
	}
	for _, t := range []struct{ label, text string }{
		{"buyer ", b.shop}, {"e-mail ", strings.TrimSpace(d.order.Email)}, {"phone ", strings.Join(phones, ", ")},
	} {
		if Fold(t.text) != "" {
			d.notes = append(d.notes, t.label+t.text)
		}
	}
	d.adjust(Adjustment{Cause: "shared customer", Field: "customer name", From: b.shop, To: d.doc.Customer.Name,
		Sentence: fmt.Sprintf("By the rule customer-name every order is %q's; the memo names the buyer.", d.doc.Customer.Name)})
}

// noteTwin says when QuickBooks has somebody of the buyer's name written the
// other way round, and no e-mail tells the two apart.
func (d *draft) noteTwin(b buyer) {
	p := b.person
	straight, turned := d.storableName(p.First+" "+p.Last), d.storableName(p.Last+", "+p.First)
	switch Fold(b.name) {
	case Fold(straight):
	case Fold(turned):
		turned = straight
	default:
		return
	}
	twin := d.books.topCustomer(b.full(turned))
	if twin == nil || p.First == "" || p.Last == "" || len(addresses(twin.Email)) > 0 && Fold(d.order.Email) != "" {
		return
	}
	d.adjust(Adjustment{Cause: "name alike", Field: "customer name", From: b.shop, To: twin.FullName,
		Sentence: fmt.Sprintf("QuickBooks has a customer %q: perhaps the same person as %q. If so, choose that customer for this order, or merge the two in QuickBooks.", twin.FullName, b.name)})
}
