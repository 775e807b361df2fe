package posting

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/shopspring/decimal"
)

// Match tells whether one of the candidates is the planned document (design.md
// 4.2, 4.3). Candidates that a person said are not this order must be left out
// by the caller; voided ones are left out here: they are never adopted.
//
//	marker in the memo          number  total, date, customer   is it?
//	ours, one candidate         any     any                     One (Compare shows what was changed since)
//	ours, several candidates    any     any                     Unsure
//	of another generation       any     any                     Unsure: that one was undone or deleted; a backup may have brought it back
//	only another's marker       any     any                     not it, whatever else agrees
//	none                        same    all three agree         One: typed by hand, or by another connector
//	none                        same    all three, several      Unsure
//	none                        same    one or two agree        Unsure
//	none                        same    none agrees             not it: QuickBooks numbers its own documents, so a number alone proves nothing
//	none                        other   total and customer      One when its memo names our number, which could be no year: another connector's
//	none                        other   total and customer      Unsure when it is dated within NearDays: typed by hand?
//	none                        other   otherwise               not it
//
// A document of another kind, an invoice where a receipt is planned, is never
// taken for it without a person: where it would be One it is Unsure.
//
// Another's marker is that of another order or purpose. Numbers are
// compared without case, as QuickBooks does. The customer agrees when the
// ListID, the folded name or the e-mail is the same. Addresses are never
// compared: QuickBooks rewrites them.
func Match(d Document, candidates []Candidate) Found {
	var marked, begun, same, alike, byHand []Candidate
	for _, c := range candidates {
		if c.Voided {
			continue
		}
		if found := markers(c.Memo); len(found) > 0 {
			switch {
			case slices.Contains(found, d.Marker):
				marked = append(marked, c)
			case slices.ContainsFunc(found, func(m string) bool { return anyGeneration(m) == anyGeneration(d.Marker) }):
				begun = append(begun, c)
			}
			continue
		}
		otherKind := c.Kind != "" && c.Kind != d.Kind
		switch n := agreements(d, c); {
		case !numbered(d, c):
			switch near := c.Total.Equal(d.Total) && sameCustomer(d, c); {
			case near && !otherKind && mentions(c.Memo, d.RefNumber):
				same = append(same, c)
			case near && daysApart(d.Date, c.Date) <= NearDays:
				byHand = append(byHand, c)
			}
		case n == 3 && !otherKind:
			same = append(same, c)
		case n > 0:
			alike = append(alike, c)
		}
	}
	switch {
	case len(marked) == 1:
		return Found{Verdict: One, Candidate: marked[0], Why: fmt.Sprintf("its memo carries our marker %q", d.Marker)}
	case len(marked) > 1:
		return Found{Verdict: Unsure, Doubtful: marked, Why: fmt.Sprintf("%d documents carry our marker %q: somebody copied one", len(marked), d.Marker)}
	case len(begun) > 0:
		return Found{Verdict: Unsure, Doubtful: begun, Why: "an earlier or later document of this very order, which should have been undone or deleted, is in the books: perhaps a backup was restored"}
	case len(same) == 1 && !numbered(d, same[0]):
		return Found{Verdict: One, Candidate: same[0], Why: fmt.Sprintf("its memo names number %s, and customer and total agree: another program wrote it", d.RefNumber)}
	case len(same) == 1:
		return Found{Verdict: One, Candidate: same[0], Why: fmt.Sprintf("number %s, date, customer and total agree, without our marker: it was typed in by hand or by another program", d.RefNumber)}
	case len(same) > 1:
		return Found{Verdict: Unsure, Doubtful: same, Why: fmt.Sprintf("%d documents agree in customer and total, and have number %s or name it in their memo", len(same), d.RefNumber)}
	case len(byHand) > 0 && len(alike) == 0:
		return Found{Verdict: Unsure, Doubtful: byHand, Why: fmt.Sprintf("a document of the same customer and total, dated within %d days and without our mark, is in the books: it may have been typed in by hand for this order", NearDays)}
	case len(alike) > 0:
		return Found{Verdict: Unsure, Doubtful: alike, Why: fmt.Sprintf("number %s is taken: %s", d.RefNumber, describe(d, alike))}
	}
	return Found{Verdict: None, Why: "no document carries our marker, or our number with the same total, date or customer"}
}

// NearDays is how many days the date of a document that was typed in by hand may
// be from the order's.
const NearDays = 3

func numbered(d Document, c Candidate) bool {
	return d.RefNumber != "" && Fold(c.RefNumber) == Fold(d.RefNumber)
}

// mentions tells whether a memo has a number among its words. One that could be
// a year is in too many memos to say anything.
func mentions(memo, number string) bool {
	year, err := strconv.Atoi(number)
	if len(number) < 4 || err == nil && year >= 1990 && year < 2100 {
		return false
	}
	return slices.Contains(strings.FieldsFunc(Fold(memo), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '-' }), Fold(number))
}

// daysApart is how many days lie between two days (YYYY-MM-DD).
func daysApart(a, b string) int {
	from, err := time.Parse(time.DateOnly, a)
	to, err2 := time.Parse(time.DateOnly, b)
	if err != nil || err2 != nil {
		return math.MaxInt
	}
	return int(to.Sub(from).Abs() / (24 * time.Hour))
}

// agreements counts which of total, date and customer are the same.
func agreements(d Document, c Candidate) int {
	n := 0
	for _, same := range []bool{c.Total.Equal(d.Total), c.Date == d.Date, sameCustomer(d, c)} {
		if same {
			n++
		}
	}
	return n
}

func sameCustomer(d Document, c Candidate) bool {
	if d.Customer.ListID != "" && d.Customer.ListID == c.CustomerID {
		return true
	}
	if email := Fold(d.Buyer.Email); email != "" && slices.Contains(addresses(c.Email), email) {
		return true
	}
	name := Fold(c.CustomerName)
	return name != "" && (name == Fold(d.Buyer.Name) || name == Fold(d.Customer.Name))
}

func describe(d Document, candidates []Candidate) string {
	var each []string
	for _, c := range candidates {
		var same, other []string
		for _, part := range []struct {
			same bool
			what string
		}{
			{c.Total.Equal(d.Total), "total " + c.Total.StringFixed(cents)},
			{c.Date == d.Date, "date " + c.Date},
			{sameCustomer(d, c), "customer " + c.CustomerName},
		} {
			if part.same {
				same = append(same, part.what)
			} else {
				other = append(other, part.what)
			}
		}
		each = append(each, fmt.Sprintf("same %s, but %s", strings.Join(same, " and "), strings.Join(other, " and ")))
	}
	return strings.Join(each, "; ")
}

// Compare holds QuickBooks' own total of a written document against the plan's
// (Q27).
func Compare(d Document, booksTotal decimal.Decimal) (ok bool, sentence string) {
	if booksTotal.Equal(d.Total) {
		return true, ""
	}
	return false, fmt.Sprintf("QuickBooks totals document %s %s, but it was planned as %s: a difference of %s",
		d.RefNumber, booksTotal.StringFixed(cents), d.Total.StringFixed(cents), booksTotal.Sub(d.Total).StringFixed(cents))
}
