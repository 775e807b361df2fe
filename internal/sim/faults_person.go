package sim

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/beevik/etree"
)

// personFaults are what people do in QuickBooks between two calls of the Web Connector.
func personFaults() []Fault {
	list := func(name string, act func(c *Company, r *rand.Rand) (did string, err error)) Fault {
		return Fault{Name: name, Where: WherePerson, arm: func(w *World, t *trouble, r *rand.Rand) string {
			return acts(w, t, r, name, act)
		}}
	}
	document := func(name string, act func(c *Company, txnID string) error) Fault {
		return Fault{Name: name, Where: WherePerson, ByHand: true, arm: func(w *World, t *trouble, r *rand.Rand) string {
			return acts(w, t, r, name, func(c *Company, r *rand.Rand) (string, error) {
				ours := slices.DeleteFunc(c.Documents(), func(d Document) bool { return d.Void || !strings.Contains(d.Memo, "Ecwid ") })
				if len(ours) == 0 {
					return "", nil
				}
				doc := pick(r, ours)
				return fmt.Sprintf("%s %s, TxnID %s", doc.Kind, doc.RefNumber, doc.TxnID), act(c, doc.TxnID)
			})
		}}
	}
	return []Fault{
		list("a list entry is renamed", func(c *Company, r *rand.Rand) (string, error) {
			return c.edit(r, true, func(o *object) (string, error) {
				name := fmt.Sprintf("%.20s of old %d", o.Name, r.IntN(1000))
				return "it is " + name + " now", c.Rename(o.ListID, name)
			})
		}),
		list("a list entry is made inactive", func(c *Company, r *rand.Rand) (string, error) {
			return c.edit(r, true, func(o *object) (string, error) { return "it is inactive now", c.Deactivate(o.ListID) })
		}),
		list("a list entry is deleted", func(c *Company, r *rand.Rand) (string, error) {
			return c.edit(r, false, func(o *object) (string, error) { return "it is gone", c.DeleteObject(o.ListID) })
		}),
		merging(list("two list entries are merged", func(c *Company, r *rand.Rand) (string, error) {
			return c.edit(r, true, func(o *object) (string, error) {
				others := slices.DeleteFunc(c.entries(o.Kind), func(other *object) bool { return other == o })
				if len(others) == 0 {
					return "", nil
				}
				into := pick(r, others)
				return "it is one with " + into.Name, c.Merge(o.ListID, into.ListID)
			})
		})),
		{Name: "a name is typed in that is about to be added", Where: WherePerson, arm: typedBefore},
		document("the memo of a document of ours is changed", func(c *Company, txnID string) error {
			memo := "Checked by Ann."
			return c.EditReceipt(txnID, ReceiptEdit{Memo: &memo})
		}),
		document("the amount of a document of ours is changed", func(c *Company, txnID string) error { return c.EditReceipt(txnID, ReceiptEdit{More: 100}) }),
		document("a document of ours is deposited", func(c *Company, txnID string) error {
			_, err := c.Deposit(txnID)
			return err
		}),
		document("a document of ours is voided", (*Company).Void),
		document("a document of ours is deleted", (*Company).Delete),
		{Name: "the preferences of the company file change", Where: WherePerson, arm: func(w *World, t *trouble, r *rand.Rand) string {
			return acts(w, t, r, "class tracking is turned on or off", func(c *Company, _ *rand.Rand) (string, error) { return "it is " + c.turnClasses() + " now", nil })
		}},
		{Name: "an older copy of the books is put back", Where: WherePerson, ByHand: true, arm: olderCopy},
	}
}

// merging: the documents of one entry become those of the other.
func merging(f Fault) Fault {
	f.ByHand = true
	return f
}

// acts does what a person does at some moment; when there is nothing to do it to yet, at a later one.
func acts(w *World, t *trouble, r *rand.Rand, name string, act func(*Company, *rand.Rand) (string, error)) string {
	step := pick(r, []string{"authenticate", "sendRequestXML", "ProcessRequest", "receiveResponseXML", "closeConnection"})
	n := 1 + r.IntN(3)
	random := rand.New(rand.NewPCG(r.Uint64(), 1))
	said := fmt.Sprintf("before %s no. %d: %s", step, n, name)
	t.before = func(_ *session, now string) error {
		if now != step {
			return nil
		}
		if n--; n > 0 {
			return nil
		}
		did, err := act(w.Company, random)
		switch {
		case err != nil:
			t.struck(said + ", in vain: " + err.Error())
		case did != "":
			t.struck(said + ": " + did)
		}
		return nil
	}
	return said
}

// entries gives the active entries of a kind that people change as they like, those that stand for a part of an order or a tax
// aside.
func (c *Company) entries(kinds ...string) []*object {
	c.mu.Lock()
	defer c.mu.Unlock()
	special := []string{ItemShipping, ItemHandling, ItemSurcharge, ItemTip, ItemGiftCard, ItemRounding}
	var found []*object
	for _, o := range c.books.Objects {
		if o.Active && o.Parent == "" && slices.Contains(kinds, o.Kind) && !slices.Contains(special, o.Name) &&
			!slices.ContainsFunc(c.books.Objects, func(kid *object) bool { return kid.Parent == o.ListID }) {
			found = append(found, o)
		}
	}
	return found
}

// edit picks a customer, an item of goods or a payment method. QuickBooks keeps an entry that is in use from being deleted.
func (c *Company) edit(r *rand.Rand, used bool, do func(*object) (string, error)) (string, error) {
	kinds := pick(r, [][]string{{"Customer"}, {"ItemNonInventory", "ItemService", "ItemInventory"}, {"PaymentMethod"}})
	from := c.entries(kinds...)
	if !used {
		from = slices.DeleteFunc(from, func(o *object) bool { return c.inUse(o.ListID) })
	}
	if len(from) == 0 {
		return "", nil
	}
	o := pick(r, from)
	name := o.Kind + " " + o.Name
	did, err := do(o)
	if did == "" {
		return "", err
	}
	return name + ": " + did, err
}

// inUse tells whether a document refers to a list entry.
func (c *Company) inUse(listID string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.ContainsFunc(c.books.Txns, func(t *txn) bool { return t.refersTo(listID) })
}

// refersTo tells whether a transaction refers to a list object.
func (t *txn) refersTo(listID string) bool {
	return t.Header.refersTo(listID) || slices.ContainsFunc(t.Lines, func(l txnLine) bool { return l.Elements.refersTo(listID) }) ||
		slices.ContainsFunc(flat(t.Lines), func(l txnLine) bool { return l.Elements.refersTo(listID) })
}

// refersTo tells whether anything below n refers to a list object.
func (n *node) refersTo(listID string) bool {
	return slices.ContainsFunc(n.Kids, func(kid node) bool { return kid.Name == "ListID" && kid.Text == listID || kid.refersTo(listID) })
}

// typedBefore: a person types in the very name that a set is about to add, as the same kind of entry or, for a customer, as a
// vendor.
func typedBefore(w *World, t *trouble, r *rand.Rand) string {
	vendor, whole := r.IntN(3) == 0, r.IntN(2) == 0
	said := "a person types in a name that is just about to be added"
	t.before = func(s *session, step string) error {
		if step != "ProcessRequest" {
			return nil
		}
		doc := etree.NewDocument()
		if err := doc.ReadFromString(s.request); err != nil {
			return nil // not a set that QuickBooks could do anything with
		}
		for _, e := range doc.FindElements("//QBXMLMsgsRq/*/*") {
			kind, adds := strings.CutSuffix(e.Tag, "Add")
			if !adds || slices.Contains(txnKinds(), kind) {
				continue
			}
			entry := nodeOf(e)
			if kind == "Customer" && !whole {
				entry = group("CustomerAdd", leaf("Name", entry.at("Name")))
			}
			if kind == "Customer" && vendor {
				kind, entry = "Vendor", group("VendorAdd", leaf("Name", entry.at("Name")))
			}
			if status := w.Company.typeIn(kind, entry); status == nil {
				t.struck(fmt.Sprintf("%s: %s %s", said, kind, entry.at("Name")))
				return nil
			}
		}
		return nil
	}
	return said
}

// turnClasses turns class tracking on or off, and says which.
func (c *Company) turnClasses() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.books.Config.Classes = !c.books.Config.Classes
	if c.books.Config.Classes {
		return "on"
	}
	return "off"
}

// typeIn enters a list entry by hand.
func (c *Company) typeIn(kind string, entry node) *Status {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, status := c.add(kind, entry)
	return status
}

// olderCopy puts the books of now back after a session that wrote documents.
func olderCopy(w *World, t *trouble, _ *rand.Rand) string {
	said := "a copy of the books is made; after a session that writes documents it is put back"
	before, had := []byte(nil), 0
	t.before = func(_ *session, step string) error {
		var err error
		if before == nil && step == "authenticate" {
			had = len(w.Company.Documents())
			before, err = w.Company.Snapshot()
		}
		return err
	}
	t.after = func(_ *session, step string) error {
		lost := len(w.Company.Documents()) - had
		if before == nil || step != "closeConnection" || lost <= 0 {
			return nil
		}
		t.struck(fmt.Sprintf("%s: %d documents are gone", said, lost))
		return w.Company.Restore(before)
	}
	return said
}
