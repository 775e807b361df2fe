package posting

import (
	"fmt"
	"slices"
	"strings"

	"qbridge/internal/order"
	"qbridge/qbxml"
)

// updateKind is the kind of ListRows that change a customer who is there.
const updateKind = "CustomerMod"

// update plans the change of a customer who is there, before the document, when
// the rules name fields to keep up and the order says otherwise. The customer
// must have been found by who the buyer is, not chosen by a person or shared; an
// order older than the customer's last change changes nothing; nothing is made
// empty, and an e-mail is only put where there is none: it is what customers are
// found by.
func (d *draft) update(n *Name, b buyer) {
	wanted := slices.Collect(words(d.rules.UpdateCustomer))
	if len(wanted) == 0 || n.EditSequence == "" || d.order.Date < n.Modified {
		return
	}
	mod := qbxml.CustomerMod{ListID: n.ListID, EditSequence: n.EditSequence}
	changed := func(field, before, after string) {
		d.adjust(Adjustment{Cause: "customer updated", Field: "customer's " + field, From: before, To: after,
			Sentence: fmt.Sprintf("By the rule update-customer the %s of %s, %q, becomes %q.", field, n.FullName, before, after)})
	}
	if email := strings.TrimSpace(d.order.Email); slices.Contains(wanted, "email") && email != "" && len(addresses(n.Email)) == 0 {
		if _, storable := emailKey(email); storable {
			mod.Email, _ = d.fit("CustomerMod", "Email", "customer's Email", email)
			changed("e-mail", n.Email, mod.Email)
		}
	}
	phone, _ := qbxml.Text(b.person.Phone, false)
	short, _ := qbxml.Cut(phone, d.limit("CustomerMod", "Phone"))
	if slices.Contains(wanted, "phone") && digits(phone) != "" && digits(phone) != digits(n.Phone) && Fold(short) != Fold(n.Phone) {
		var rest string
		if mod.Phone, rest = d.fit("CustomerMod", "Phone", "customer's Phone", b.person.Phone); rest != "" {
			d.notes = append(d.notes, "phone "+rest)
		}
		changed("phone", n.Phone, mod.Phone)
	}
	for _, a := range []struct {
		rule, part, before string
		person             order.Person
		to                 **qbxml.Address
	}{
		{"billing-address", "BillAddress", n.BillTo, b.person, &mod.BillAddress},
		{"shipping-address", "ShipAddress", n.ShipTo, d.order.Shipping, &mod.ShipAddress},
	} {
		if !slices.Contains(wanted, a.rule) || len(a.person.Street) == 0 {
			continue
		}
		// What does not fit is in the document's memo already.
		after, _ := d.address("CustomerMod", a.part, a.person)
		element := after.element()
		if text := AddressText(element); Fold(text) != Fold(a.before) {
			*a.to = element
			changed(strings.ReplaceAll(a.rule, "-", " "), a.before, text)
		}
	}
	if mod.Email == "" && mod.Phone == "" && mod.BillAddress == nil && mod.ShipAddress == nil {
		return
	}
	key := "update:" + n.ListID + ":" + mark(strings.Join([]string{n.EditSequence, mod.Email, mod.Phone, AddressText(mod.BillAddress), AddressText(mod.ShipAddress)}, "\n"), 8)
	row := d.add(ListRow{Key: key, Kind: updateKind, Name: n.FullName, Add: ListAdd{CustomerMod: &mod}})
	d.doc.Customer.Row = row.Row
}

// AddressText is what of an address is compared: QuickBooks may write states and
// countries in other words than it was given (quickbooks.md 4), so they are left
// out.
func AddressText(a *qbxml.Address) string {
	if a == nil {
		return ""
	}
	parts := []string{a.Addr1, a.Addr2, a.Addr3, a.Addr4, a.Addr5, a.City, a.PostalCode}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return strings.TrimSpace(s) == "" }), ", ")
}

// digits are those of a phone number, by which it is compared.
func digits(phone string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, phone)
}
