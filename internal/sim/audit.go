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
	// Marker is a text that the Memo of each of an order's documents holds.
	Marker func(Sale) string
	// Expect tells whether an order has to be in the books, must not be, or may. One that has to be and is an invoice is paid, too,
	// when the shop says it is.
	Expect func(Sale) Expectation
	// Refunds tells whether the shop's refunds have to be in the books, a credit memo and a form that pays it out for each; nil:
	// they may.
	Refunds func(Sale) Expectation
	// Foreign tells of a document without order that it is no business of the bridge's; nil: every such one is a finding.
	Foreign func(Receipt) bool
	// Edited tells of a document that a person has changed in QuickBooks on purpose (Receipt.Edited says whether one did):
	// it counts as its order's, its parts are the person's own; nil: of none. An order whose receipt a person deleted or
	// voided, or had undone, is told through Expect: MustNotBePosted, until somebody wants it posted again.
	Edited func(Receipt) bool
	// The items that stand for a part; everything else is goods.
	Shipping, Handling, Surcharge, Tip, Discount, GiftCard, StoreCredit []string
	Rounding                                                            string
	RoundingLimit                                                       Cents
	// TaxLine are items besides tax items that stand for tax as a line of its own; Difference stands for what the shop's total
	// has more than its parts, up to DifferenceLimit; Refund for a part of an order taken back by a credit memo (empty: any).
	TaxLine, Difference, Refund []string
	DifferenceLimit             Cents
	// Accounts names the account that a part posts to: "shipping", "handling", "surcharge", "tips", "discount", "gift cards",
	// "store credit", "rounding". A part it does not name may post anywhere.
	Accounts map[string]string
	// CardAccounts are the accounts that gift cards and store credit are owed in: a payment of an invoice into one of them is a
	// redemption.
	CardAccounts []string
	// Zone is the shop's time zone, an IANA name: a receipt bears the day on which the order was placed there.
	Zone string
	// Deposits names the account that takes the money of a payment method or, behind it, of a payment module; Deposit
	// takes all other money.
	Deposits map[string]string
	Deposit  string
	// RefundsFrom names the account that refunds of a payment method or module come from, RefundFrom that of all others; "": any.
	RefundsFrom map[string]string
	RefundFrom  string
	// RefundKind is the kind of the forms that give money back; "": any.
	RefundKind string
	// Shared names the customer that all orders are for, or, with Jobs, that their buyers are jobs of; "": each buyer is a customer.
	Shared string
	Jobs   bool
	// Bundle are items that may stand for goods whose name in the books is that of a group item.
	Bundle []string
	// Invoiced tells that a paid order which is a sales order is an invoice, too.
	Invoiced bool
	// Currency is what QuickBooks calls the shop's currency, and ExchangeRate what one of it is worth at home; "": not looked at.
	Currency, ExchangeRate string
	// Fees names the fee of a payment method or, behind it, of a payment module: a cheque from where the payment went to FeeAccount
	// for each payment; of others there are none.
	Fees       map[string]Fee
	FeeAccount string
	// Fields are the custom fields of each form of a sale and of each credit memo, by name, and what they hold for an order; NoFields
	// tells of a form that they may be empty (nil: of none). LineSKU is the custom field of lines of goods that holds the SKU; "": none.
	Fields   map[string]func(Sale) string
	NoFields func(Document) bool
	LineSKU  string
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
		Discount: []string{ItemDiscount, ItemDiscountNon}, GiftCard: []string{ItemGiftCard}, StoreCredit: []string{ItemStoreCredit}, Rounding: ItemRounding, RoundingLimit: 5,
		TaxLine: []string{ItemTaxLine}, Difference: []string{ItemDifference},
		Accounts: map[string]string{"shipping": AccountShipping, "handling": AccountShipping, "surcharge": AccountShipping, "tips": AccountTips, "discount": AccountDiscounts,
			"gift cards": AccountGiftCards, "store credit": AccountStoreCredits, "rounding": AccountRounding},
		CardAccounts: []string{AccountGiftCards, AccountStoreCredits},
		Zone:         "America/Chicago", Deposit: AccountUndeposited,
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
	Kind      string // of the document
	TxnID     string
	Part      string // customer, date, line 2's item, goods, discount, shipping, ... or total
	Want, Got string
}

// String says the finding in a sentence.
func (f Finding) String() string {
	s := fmt.Sprintf("%s: order %q", f.Code, f.Order)
	if f.TxnID != "" {
		s += ", " + cmp.Or(map[string]string{"SalesReceipt": "receipt", "": "receipt"}[f.Kind], f.Kind) + " " + f.TxnID
	}
	if f.Part != "" {
		s += fmt.Sprintf(", %s should be %s and is %s", f.Part, f.Want, f.Got)
	}
	return s
}

// Audited is what an audit gives: what is wrong, how many things were compared, and what the orders' documents come to.
type Audited struct {
	Findings []Finding
	Compared int
	Sums     []PartSum
}

// An auditor holds the orders of one shop against one company's books.
type auditor struct {
	Audited
	terms     Terms
	zone      *time.Location
	customers []bookCustomer
	items     []string // full names of all items in the books
	groups    map[string][]bookMember
	goodsOf   map[string]string // an item -> the goods it stood for
}

// Audit compares raw orders with the books: at most one live receipt or invoice for each, for the order's buyer, of its day, into
// the right account, its lines and every part equal to the cent, each taxed as the shop taxed it, at most one rounding line; no
// payment, credit memo or refund that the shop does not know, nor of another amount; and no document that belongs to no order. It
// reads nothing but the order's JSON and the books.
func Audit(orders []json.RawMessage, c *Company, terms Terms) []Finding {
	return Examine(orders, c, terms).Findings
}

// Examine is Audit with the figures.
func Examine(orders []json.RawMessage, c *Company, terms Terms) Audited {
	a := &auditor{terms: terms, goodsOf: map[string]string{}}
	a.customers, a.items, a.groups = c.people(), c.itemNames(), c.bundles()
	zone, err := time.LoadLocation(terms.Zone)
	if err != nil {
		return Audited{Findings: []Finding{{Code: FindingUnreadable, Part: "time zone of the shop", Want: "a known one", Got: err.Error()}}}
	}
	a.zone = zone
	documents := slices.DeleteFunc(c.Documents(), func(d Document) bool { return d.Void })
	claimed, found := make([]bool, len(documents)), indexOf(documents)
	for _, raw := range orders {
		s, err := readSale(raw)
		if err != nil {
			a.find(Finding{Code: FindingUnreadable, Order: s.ID, Part: "order", Want: "readable", Got: err.Error()})
			continue
		}
		var mine []Document
		for _, i := range found.perhaps(s, terms) {
			if belongs(documents[i], s, terms) {
				claimed[i] = true
				mine = append(mine, documents[i])
			}
		}
		a.order(s, mine)
	}
	for i, d := range documents {
		if !claimed[i] && (terms.Foreign == nil || !terms.Foreign(d)) {
			a.find(Finding{Code: FindingUnexpected, Order: d.RefNumber, Kind: d.Kind, TxnID: d.TxnID})
		}
	}
	return a.Audited
}

func (a *auditor) find(f Finding) { a.Findings = append(a.Findings, f) }

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

// An index says in which documents a word stands, in the memo or as the number.
type index map[string][]int

func indexOf(documents []Document) index {
	at := index{}
	for i, d := range documents {
		words := strings.FieldsFunc(cmp.Or(d.Entered, d.Memo), func(r rune) bool { return r > 126 || !isWord(byte(r)) })
		slices.Sort(words)
		for _, w := range append(slices.Compact(words), "number "+d.RefNumber) {
			at[w] = append(at[w], i)
		}
	}
	return at
}

// perhaps are the documents that may be an order's, in their order: the last word of its marker stands in the memo, or its id is
// the number.
func (at index) perhaps(s Sale, terms Terms) []int {
	marker := terms.Marker(s)
	end := len(marker)
	for end > 0 && !isWord(marker[end-1]) {
		end--
	}
	last := end
	for last > 0 && isWord(marker[last-1]) {
		last--
	}
	all := slices.Concat(at[marker[last:end]], at["number "+s.ID])
	slices.Sort(all)
	return slices.Compact(all)
}

func isWord(b byte) bool {
	return b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b == '-' || b == '%'
}

func (a *auditor) order(s Sale, mine []Document) {
	b := bundleOf(mine)
	expect := a.terms.Expect(s)
	if len(mine) == 0 {
		if expect == MustBePosted {
			a.find(Finding{Code: FindingMissing, Order: s.ID})
		}
		return
	}
	first := mine[0]
	if twice := b.twice(); twice != nil {
		a.find(Finding{Code: FindingTwice, Order: s.ID, Kind: twice.Kind, TxnID: twice.TxnID})
	}
	if expect == MustNotBePosted {
		a.find(Finding{Code: FindingForbidden, Order: s.ID, Kind: first.Kind, TxnID: first.TxnID})
	}
	if off := s.total - s.added(); off > a.terms.DifferenceLimit || -off > a.terms.DifferenceLimit {
		a.find(Finding{Code: FindingSum, Order: s.ID, Kind: first.Kind, TxnID: first.TxnID, Part: "total", Want: s.added().String(), Got: s.total.String()})
	}
	if expect == MustBePosted && a.terms.Invoiced && isPaid(s) && len(b.sales) == 0 {
		a.find(Finding{Code: FindingMissing, Order: s.ID, Kind: first.Kind, TxnID: first.TxnID, Part: "invoice", Want: "one", Got: "none"})
	}
	for _, d := range slices.Concat(b.sales, b.orders) {
		a.Sums = append(a.Sums, a.sums(s, d)...)
		if a.terms.Edited != nil && a.terms.Edited(d) {
			continue
		}
		c := &comparison{a, s, d, b.redeemed(a.terms.CardAccounts)}
		c.head()
		c.lines()
		c.parts()
		c.taxes()
	}
	for _, d := range slices.Concat(b.sales, b.orders, b.credits) {
		a.fields(s, d)
	}
	a.payments(s, b, expect)
	a.refunds(s, b)
	a.fees(s, b, expect)
}

// A comparison is of one order with one form of its sale.
type comparison struct {
	*auditor
	sale     Sale
	receipt  Document
	redeemed Cents // by payments into the accounts of cards, beside the form
}

// same notes a part that is not as it should be.
func (c *comparison) same(part, want, got string) {
	c.Compared++
	if want != got {
		c.find(Finding{Code: FindingPart, Order: c.sale.ID, Kind: c.receipt.Kind, TxnID: c.receipt.TxnID, Part: part, Want: want, Got: got})
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
	if c.terms.Currency != "" {
		c.same("currency", c.terms.Currency+" at "+c.terms.ExchangeRate, r.Currency+" at "+r.ExchangeRate)
	}
	if r.Kind == "SalesReceipt" {
		c.same("deposit-to account", c.depositOf(c.sale), r.DepositTo)
	}
	if r.Kind != "SalesOrder" {
		c.same("pending", fmt.Sprint(c.terms.Pending), fmt.Sprint(r.Pending))
	}
}

// depositOf is the account that the money of an order goes to.
func (a *auditor) depositOf(s Sale) string {
	return cmp.Or(a.terms.Deposits[s.method], a.terms.Deposits[s.module], a.terms.Deposit)
}
