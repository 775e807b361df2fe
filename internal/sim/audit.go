package sim

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Terms says by what the auditor tells documents and their parts. DefaultTerms fits the company NewCompany makes.
type Terms struct {
	// Marker is a text that the Memo of an order's receipt holds.
	Marker func(Sale) string
	// Expect tells whether an order has to be in the books, must not be, or may.
	Expect func(Sale) Expectation
	// Foreign tells of a receipt without order that it is no business of the bridge's; nil: every such one is a finding.
	Foreign func(Receipt) bool
	// The items that stand for a part; everything else is goods.
	Shipping, Handling, Surcharge, Tip, Discount, GiftCard []string
	Rounding                                               string
	RoundingLimit                                          Cents
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
// and forbids documents for orders that nobody has paid.
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
	Part      string // goods, discount, shipping, ... or total
	Want, Got Cents
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

// parts are the amounts of an order or of a receipt that must agree.
type parts struct {
	goods, discount, shipping, handling, surcharge, tips, giftCard, tax, total Cents
}

// Audit compares raw orders with the books: at most one live receipt for each, every part equal to the cent, at most one
// rounding line, and no document that belongs to no order. It reads nothing but the order's JSON and the receipts.
func Audit(orders []json.RawMessage, c *Company, terms Terms) []Finding {
	var findings []Finding
	receipts := slices.DeleteFunc(c.Receipts(), func(r Receipt) bool { return r.Void })
	claimed := make([]bool, len(receipts))
	for _, raw := range orders {
		s, err := readSale(raw)
		if err != nil {
			findings = append(findings, Finding{Code: FindingUnreadable, Order: s.ID})
			continue
		}
		var mine []Receipt
		for i, r := range receipts {
			if belongs(r, s, terms) {
				claimed[i] = true
				mine = append(mine, r)
			}
		}
		findings = append(findings, auditOrder(s, mine, terms)...)
	}
	for i, r := range receipts {
		if !claimed[i] && (terms.Foreign == nil || !terms.Foreign(r)) {
			findings = append(findings, Finding{Code: FindingUnexpected, Order: r.RefNumber, TxnID: r.TxnID})
		}
	}
	return findings
}

// belongs: by the marker in the memo, else, when the memo bears nobody's, by the whole id as number.
func belongs(r Receipt, s Sale, terms Terms) bool {
	marker := terms.Marker(s)
	for rest := r.Memo; ; {
		_, behind, found := strings.Cut(rest, marker)
		if !found {
			break
		}
		if behind == "" || !isWord(behind[0]) { // "…/12" is not "…/123"
			return true
		}
		rest = behind
	}
	return s.ID != "" && r.RefNumber == s.ID && !strings.Contains(r.Memo, "Ecwid ")
}

func isWord(b byte) bool {
	return b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b == '-' || b == '%'
}

func auditOrder(s Sale, mine []Receipt, terms Terms) []Finding {
	expect := terms.Expect(s)
	switch {
	case len(mine) == 0 && expect == MustBePosted:
		return []Finding{{Code: FindingMissing, Order: s.ID}}
	case len(mine) == 0:
		return nil
	}
	var findings []Finding
	if len(mine) > 1 {
		findings = append(findings, Finding{Code: FindingTwice, Order: s.ID, TxnID: mine[1].TxnID})
	}
	if expect == MustNotBePosted {
		findings = append(findings, Finding{Code: FindingForbidden, Order: s.ID, TxnID: mine[0].TxnID})
	}
	want, ok := s.parts()
	if !ok {
		findings = append(findings, Finding{Code: FindingSum, Order: s.ID, TxnID: mine[0].TxnID, Part: "total", Want: s.added(), Got: s.total})
	}
	for _, r := range mine {
		findings = append(findings, compare(s, want, r, terms)...)
	}
	return findings
}

func compare(s Sale, want parts, r Receipt, terms Terms) []Finding {
	var findings []Finding
	got, rounding, roundings := partsOf(r, terms)
	add := func(part string, want, got Cents) {
		if want != got {
			findings = append(findings, Finding{Code: FindingPart, Order: s.ID, TxnID: r.TxnID, Part: part, Want: want, Got: got})
		}
	}
	if s.gross { // how a tax inside splits between goods and their discount is a matter of taste; their sum is not
		add("goods less discount", want.goods-want.discount, got.goods-got.discount)
	} else {
		add("goods", want.goods, got.goods)
		add("discount", want.discount, got.discount)
	}
	add("shipping", want.shipping, got.shipping)
	add("handling", want.handling, got.handling)
	add("surcharge", want.surcharge, got.surcharge)
	add("tips", want.tips, got.tips)
	add("gift cards", want.giftCard, got.giftCard)
	add("tax with rounding", want.tax, got.tax+rounding)
	add("total", want.total, got.total)
	if roundings > 1 || rounding > terms.RoundingLimit || rounding < -terms.RoundingLimit {
		findings = append(findings, Finding{Code: FindingRounding, Order: s.ID, TxnID: r.TxnID, Part: "rounding", Got: rounding})
	}
	return findings
}

// partsOf sorts a receipt's lines by the items of the terms; roundings counts the lines of the rounding item.
func partsOf(r Receipt, terms Terms) (p parts, rounding Cents, roundings int) {
	p.tax, p.total = r.Tax, r.Total
	for _, l := range r.Lines {
		is := func(items []string) bool {
			return slices.ContainsFunc(items, func(item string) bool { return strings.EqualFold(item, l.Item) })
		}
		switch {
		case strings.EqualFold(l.Item, terms.Rounding):
			rounding += l.Amount
			roundings++
		case is(terms.Shipping):
			p.shipping += l.Amount
		case is(terms.Handling):
			p.handling += l.Amount
		case is(terms.Surcharge):
			p.surcharge += l.Amount
		case is(terms.Tip):
			p.tips += l.Amount
		case is(terms.Discount):
			p.discount -= l.Amount
		case is(terms.GiftCard):
			p.giftCard += l.Amount
		case l.Kind == "ItemSalesTax":
			p.tax += l.Amount
		default:
			p.goods += l.Amount
		}
	}
	return p, rounding, roundings
}
