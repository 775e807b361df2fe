package posting

import (
	"fmt"
	"slices"
	"strings"

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
//	none                        other   any                     not it
//
// Another's marker is that of another order or purpose. Numbers are
// compared without case, as QuickBooks does. The customer agrees when the
// ListID, the folded name or the e-mail is the same. Addresses are never
// compared: QuickBooks rewrites them.
func Match(d Document, candidates []Candidate) Found {
	var marked, begun, same, alike []Candidate
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
		if d.RefNumber == "" || Fold(c.RefNumber) != Fold(d.RefNumber) {
			continue
		}
		switch agreements(d, c) {
		case 3:
			same = append(same, c)
		case 1, 2:
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
	case len(same) == 1:
		return Found{Verdict: One, Candidate: same[0], Why: fmt.Sprintf("number %s, date, customer and total agree, without our marker: it was typed in by hand or by another program", d.RefNumber)}
	case len(same) > 1:
		return Found{Verdict: Unsure, Doubtful: same, Why: fmt.Sprintf("%d documents agree in number %s, date, customer and total", len(same), d.RefNumber)}
	case len(alike) > 0:
		return Found{Verdict: Unsure, Doubtful: alike, Why: fmt.Sprintf("number %s is taken: %s", d.RefNumber, describe(d, alike))}
	}
	return Found{Verdict: None, Why: "no document carries our marker, or our number with the same total, date or customer"}
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
