package sim

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // Windows has no time zones of its own
)

// Terms says by what the auditor tells documents and their parts. DefaultTerms fits the company NewCompany makes.
type Terms struct {
	// Marker is a text that the Memo of an order's receipt holds.
	Marker func(Sale) string
	// Expect tells whether an order has to be in the books, must not be, or may.
	Expect func(Sale) Expectation
	// Foreign tells of a receipt without order that it is no business of the bridge's; nil: every such one is a finding.
	Foreign func(Receipt) bool
	// Edited tells of a receipt that a person has changed in QuickBooks on purpose (Receipt.Edited says whether one did):
	// it counts as its order's, its parts are the person's own; nil: of none. An order whose receipt a person deleted or
	// voided, or had undone, is told through Expect: MustNotBePosted, until somebody wants it posted again.
	Edited func(Receipt) bool
	// The items that stand for a part; everything else is goods.
	Shipping, Handling, Surcharge, Tip, Discount, GiftCard []string
	Rounding                                               string
	RoundingLimit                                          Cents
	// Zone is the shop's time zone, an IANA name: a receipt bears the day on which the order was placed there.
	Zone string
	// Deposits names the account that takes the money of a payment method or, behind it, of a payment module; Deposit
	// takes all other money.
	Deposits map[string]string
	Deposit  string
	// Pending tells that receipts are to be QuickBooks' drafts.
	Pending bool
}

// Expectation is whether an order should be found in the books.
type Expectation int

// The expectations.
const (
	MayBePosted Expectation = iota
	MustBePosted
	MustNotBePosted
)

// DefaultTerms looks for "Ecwid 1003/i:520000137" in the Memo, knows the seeded items, allows five cents of rounding,
// wants the dates of Chicago and all money in Undeposited Funds, no drafts, and forbids documents for orders that nobody
// has paid.
func DefaultTerms(storeID int64) Terms {
	return Terms{
		Marker: func(s Sale) string {
			switch {
			case s.InternalID != 0:
				return fmt.Sprintf("Ecwid %d/i:%d", storeID, s.InternalID)
			case s.ID != "":
				return fmt.Sprintf("Ecwid %d/d:%s", storeID, s.ID)
			}
			return fmt.Sprintf("Ecwid %d/n:%d", storeID, s.OrderNumber)
		},
		Expect: func(s Sale) Expectation {
			if slices.Contains([]string{"PAID", "PARTIALLY_REFUNDED", "REFUNDED"}, s.PaymentStatus) {
				return MayBePosted
			}
			return MustNotBePosted
		},
		Shipping: []string{ItemShipping}, Handling: []string{ItemHandling}, Surcharge: []string{ItemSurcharge}, Tip: []string{ItemTip},
		Discount: []string{ItemDiscount, ItemDiscountNon}, GiftCard: []string{ItemGiftCard}, Rounding: ItemRounding, RoundingLimit: 5,
		Zone: "America/Chicago", Deposit: AccountUndeposited,
	}
}

// FindingCode is the kind of a finding.
type FindingCode string

// The kinds of finding.
const (
	FindingUnreadable FindingCode = "order unreadable"
	FindingMissing    FindingCode = "not in the books"
	FindingTwice      FindingCode = "more than once in the books"
	FindingForbidden  FindingCode = "must not be in the books"
	FindingSum        FindingCode = "order does not add up, yet is in the books"
	FindingPart       FindingCode = "part differs"
	FindingRounding   FindingCode = "rounding"
	FindingUnexpected FindingCode = "document without order"
)

// A Finding is one disagreement between the shop and the books.
type Finding struct {
	Code      FindingCode
	Order     string // the shop's id
	TxnID     string
	Part      string // customer, date, line 2's item, goods, discount, shipping, ... or total
	Want, Got string
}

// String says the finding in a sentence.
func (f Finding) String() string {
	s := fmt.Sprintf("%s: order %q", f.Code, f.Order)
	if f.TxnID != "" {
		s += ", receipt " + f.TxnID
	}
	if f.Part != "" {
		s += fmt.Sprintf(", %s should be %s and is %s", f.Part, f.Want, f.Got)
	}
	return s
}

// An auditor holds the orders of one shop against one company's books.
type auditor struct {
	terms     Terms
	zone      *time.Location
	customers []bookCustomer
	items     []string          // full names of all items in the books
	goodsOf   map[string]string // an item -> the goods it stood for
	findings  []Finding
}

// Audit compares raw orders with the books: at most one live receipt for each, for the order's buyer, of its day, into the
// right account, its lines and every part equal to the cent, each taxed as the shop taxed it, at most one rounding line, and
// no document that belongs to no order. It reads nothing but the order's JSON and the books.
func Audit(orders []json.RawMessage, c *Company, terms Terms) []Finding {
	a := &auditor{terms: terms, goodsOf: map[string]string{}}
	a.customers, a.items = c.people(), c.itemNames()
	zone, err := time.LoadLocation(terms.Zone)
	if err != nil {
		return []Finding{{Code: FindingUnreadable, Part: "time zone of the shop", Want: "a known one", Got: err.Error()}}
	}
	a.zone = zone
	receipts := slices.DeleteFunc(c.Receipts(), func(r Receipt) bool { return r.Void })
	claimed := make([]bool, len(receipts))
	for _, raw := range orders {
		s, err := readSale(raw)
		if err != nil {
			a.find(Finding{Code: FindingUnreadable, Order: s.ID, Part: "order", Want: "readable", Got: err.Error()})
			continue
		}
		var mine []Receipt
		for i, r := range receipts {
			if belongs(r, s, terms) {
				claimed[i] = true
				mine = append(mine, r)
			}
		}
		a.order(s, mine)
	}
	for i, r := range receipts {
		if !claimed[i] && (terms.Foreign == nil || !terms.Foreign(r)) {
			a.find(Finding{Code: FindingUnexpected, Order: r.RefNumber, TxnID: r.TxnID})
		}
	}
	return a.findings
}

func (a *auditor) find(f Finding) { a.findings = append(a.findings, f) }

// belongs: by the marker in the memo it was made with, else, when that bears nobody's, by the whole id as number.
func belongs(r Receipt, s Sale, terms Terms) bool {
	marker := terms.Marker(s)
	memo := cmp.Or(r.Entered, r.Memo)
	for rest := memo; ; {
		_, behind, found := strings.Cut(rest, marker)
		if !found {
			break
		}
		if behind == "" || !isWord(behind[0]) { // "…/12" is not "…/123"
			return true
		}
		rest = behind
	}
	return s.ID != "" && r.RefNumber == s.ID && !strings.Contains(memo, "Ecwid ")
}

func isWord(b byte) bool {
	return b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b == '-' || b == '%'
}

func (a *auditor) order(s Sale, mine []Receipt) {
	expect := a.terms.Expect(s)
	if len(mine) == 0 {
		if expect == MustBePosted {
			a.find(Finding{Code: FindingMissing, Order: s.ID})
		}
		return
	}
	if len(mine) > 1 {
		a.find(Finding{Code: FindingTwice, Order: s.ID, TxnID: mine[1].TxnID})
	}
	if expect == MustNotBePosted {
		a.find(Finding{Code: FindingForbidden, Order: s.ID, TxnID: mine[0].TxnID})
	}
	if s.added() != s.total {
		a.find(Finding{Code: FindingSum, Order: s.ID, TxnID: mine[0].TxnID, Part: "total", Want: s.added().String(), Got: s.total.String()})
	}
	for _, r := range mine {
		if a.terms.Edited != nil && a.terms.Edited(r) {
			continue
		}
		c := &comparison{a, s, r}
		c.head()
		c.lines()
		c.parts()
	}
}

// A comparison is of one order with one receipt.
type comparison struct {
	*auditor
	sale    Sale
	receipt Receipt
}

// same notes a part that is not as it should be.
func (c *comparison) same(part, want, got string) {
	if want != got {
		c.find(Finding{Code: FindingPart, Order: c.sale.ID, TxnID: c.receipt.TxnID, Part: part, Want: want, Got: got})
	}
}

// head compares what stands above the lines.
func (c *comparison) head() {
	r := c.receipt
	c.customer()
	date := c.sale.created.In(c.zone).Format(time.DateOnly)
	if c.sale.created.IsZero() {
		date = "that of an order with a date"
	}
	c.same("date", date, r.Date)
	c.same("deposit-to account", cmp.Or(c.terms.Deposits[c.sale.method], c.terms.Deposits[c.sale.module], c.terms.Deposit), r.DepositTo)
	c.same("pending", fmt.Sprint(c.terms.Pending), fmt.Sprint(r.Pending))
}
