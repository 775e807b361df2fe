package sim

import (
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/encoding/charmap"
)

// bookCustomer is a customer or job as the books have it.
type bookCustomer struct {
	listID, name string // name is the full name
	emails       []string
}

// people gives all customers and jobs.
func (c *Company) people() (all []bookCustomer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, o := range c.books.Objects {
		if o.Kind == "Customer" {
			emails := strings.FieldsFunc(strings.ToLower(o.Elements.at("Email")), func(r rune) bool { return strings.ContainsRune(" ,;", r) })
			all = append(all, bookCustomer{o.ListID, c.fullName(o), emails})
		}
	}
	return all
}

// itemNames gives the full names of all items.
func (c *Company) itemNames() (all []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, o := range c.books.Objects {
		if strings.HasPrefix(o.Kind, "Item") {
			all = append(all, c.fullName(o))
		}
	}
	return all
}

// customer holds the receipt's customer against the buyer. When the books have customers with the order's e-mail it must
// be one of them; else one without e-mail that bears the buyer's name. By the terms all orders are for one customer, or their buyers are its
// jobs, unless somebody else has the e-mail and no job does.
func (c *comparison) customer() {
	at := slices.IndexFunc(c.customers, func(p bookCustomer) bool { return p.listID == c.receipt.CustomerID })
	if at < 0 {
		c.same("customer", "one of the list", c.receipt.Customer)
		return
	}
	got, all, email := c.customers[at], c.customers, strings.ToLower(strings.TrimSpace(c.sale.email))
	byEmail := func(p bookCustomer) bool { return email != "" && slices.Contains(p.emails, email) }
	if shared := c.terms.Shared; shared != "" && !c.terms.Jobs {
		c.same("customer", shared, got.name)
		return
	} else if shared != "" {
		isJob := func(p bookCustomer) bool { return strings.HasPrefix(p.name, shared+":") }
		jobs := slices.DeleteFunc(slices.Clone(all), func(p bookCustomer) bool { return !isJob(p) })
		if known := byEmail(got) && !slices.ContainsFunc(jobs, byEmail); !isJob(got) && !known {
			c.same("customer", "a job of "+shared, got.name)
			return
		} else if !known {
			got.name, all = strings.TrimPrefix(got.name, shared+":"), jobs
		}
	}
	switch {
	case byEmail(got):
	case slices.ContainsFunc(all, byEmail):
		c.same("customer", "the one with the e-mail "+email, got.name)
	case len(got.emails) > 0:
		c.same("customer", c.sale.buyer+" with the e-mail "+email, got.name+" with "+strings.Join(got.emails, ", "))
	case !bearsName(got.name, c.sale.buyer):
		c.same("customer", c.sale.buyer, got.name)
	}
}

// storedLength is how much of a long name stands in QuickBooks for sure: of the 41 characters of a customer's name, the
// last may tell two long ones apart.
const storedLength = 30

// bearsName tells whether a customer's name is a buyer's as QuickBooks can hold it: case does not count, letters beyond
// Windows-1252 and colons are written otherwise, a long name is cut, and something in parentheses may tell namesakes apart.
func bearsName(stored, buyer string) bool {
	var pattern strings.Builder
	pattern.WriteString(`(?i)^`)
	rest := []rune(strings.TrimSpace(buyer))
	cut := len(rest) > 41
	if cut {
		rest = rest[:storedLength]
	}
	for _, r := range rest {
		switch _, held := charmap.Windows1252.EncodeRune(r); {
		case !held || r == ':':
			pattern.WriteString(`.{0,4}`)
		case r == ' ':
			pattern.WriteString(` *`)
		default:
			pattern.WriteString(regexp.QuoteMeta(string(r)))
		}
	}
	if cut {
		pattern.WriteString(`.*`)
	}
	pattern.WriteString(`( \(.*\)?)?$`) // the end of a long one may be cut
	matched, err := regexp.MatchString(pattern.String(), stored)
	return err == nil && matched && len(rest) > 0
}
