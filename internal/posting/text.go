package posting

import (
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"slices"
	"strings"

	"qbridge/internal/order"
	"qbridge/qbxml"
)

// limit is how many characters a field of a request holds in this edition;
// 0 when there is no limit.
func (d *draft) limit(request, field string) int {
	return qbxml.Limit(request+"Rq", request+"/"+field, d.books.Company.Edition)
}

// adjust notes a difference, once: the same address may be written twice.
func (d *draft) adjust(a Adjustment) {
	said := [2]string{a.Field, a.Sentence}
	if d.said[said] {
		return
	}
	if d.said == nil {
		d.said = map[[2]string]bool{}
	}
	d.said[said] = true
	d.adjustments = append(d.adjustments, a)
}

// add plans a list row and gives what refers to it.
func (d *draft) add(row ListRow) Ref {
	if d.rowKeys == nil {
		d.rowKeys, d.rowNames = map[string]Ref{}, map[string]bool{}
	}
	d.rows = append(d.rows, row)
	d.rowKeys[row.Key] = Ref{Row: row.Key, Name: row.Name}
	d.rowNames[space(row.Kind)+Fold(row.Name)] = true
	return d.rowKeys[row.Key]
}

// fit makes a text storable in a field. rest is the full text when it had to be
// cut, to be kept elsewhere. what names the field for people.
func (d *draft) fit(request, field, what, value string) (text, rest string) {
	text = d.text(what, value, false)
	most := d.limit(request, field)
	if most == 0 {
		return text, ""
	}
	cut, shortened := qbxml.Cut(text, most)
	if !shortened {
		return text, ""
	}
	d.adjust(Adjustment{Cause: "shortened", Field: what, From: text, To: cut,
		Sentence: fmt.Sprintf("The %s is cut to the %d characters QuickBooks holds; the whole is kept in the notes or memo.", what, most)})
	return cut, text
}

// text makes a text storable and notes what changed.
func (d *draft) text(what, value string, lines bool) string {
	text, changes := qbxml.Text(value, lines)
	var causes []string
	for _, c := range changes {
		// Blanks say nothing.
		if c.Cause != qbxml.Trimmed && !slices.Contains(causes, string(c.Cause)) {
			causes = append(causes, string(c.Cause))
		}
	}
	if len(causes) > 0 {
		cause := strings.Join(causes, ", ")
		d.adjust(Adjustment{Cause: cause, Field: what, From: value, To: text,
			Sentence: fmt.Sprintf("QuickBooks can't hold the %s %q letter for letter; it is written %q (%s).", what, value, text, cause)})
	}
	return text
}

// unique makes a text storable in a field in which two different ones must stay
// different; what changed is noted.
func (d *draft) unique(request, field, what, value string) (text string, same bool) {
	stored, most := d.text(what, value, false), d.limit(request, field)
	text = qbxml.CutUnique(stored, most)
	if text != stored {
		d.adjust(Adjustment{Cause: "shortened", Field: what, From: value, To: text,
			Sentence: fmt.Sprintf("The %s %q is written %q in QuickBooks, which holds %d characters.", what, value, text, most)})
	}
	return text, text == value
}

// mark is a short text that stands for value and is always the same: the first
// characters of its hash, five bits each.
func mark(value string, characters int) string {
	hash := sha256.Sum256([]byte(value))
	return base32.StdEncoding.EncodeToString(hash[:])[:characters]
}

// address makes an address of at most five free lines: name, company, street.
// Longer lines are folded at a blank; what doesn't fit is returned as rest.
func (d *draft) address(request, part string, p order.Person) (a Address, rest []string) {
	if p.Empty() {
		return Address{}, nil
	}
	what := "billing address"
	if part == "ShipAddress" {
		what = "shipping address"
	}
	printed := personName(p)
	if whole := strings.TrimSpace(p.Name); holdsWords(whole, printed) { // the full name: first and last lack what is between (ecwid.md 4.7)
		printed = whole
	}
	for _, other := range []string{p.Name, p.First + " " + p.Last} {
		if other = strings.TrimSpace(other); !holdsWords(printed, other) {
			rest = append(rest, what+"'s name: "+d.text(what, other, false))
			d.adjust(Adjustment{Cause: "moved to memo", Field: what, From: other,
				Sentence: fmt.Sprintf("The %s is written for %q; that the shop also calls the person %q is kept in the notes or memo.", what, printed, other)})
		}
	}
	most := d.limit(request, part+"/Addr1")
	var lines []string
	for _, line := range append([]string{printed, p.Company}, p.Street...) {
		lines = append(lines, fold(d.text(what, line, false), most)...)
	}
	if len(lines) > 5 {
		left := strings.Join(lines[5:], ", ")
		d.adjust(Adjustment{Cause: "moved to memo", Field: what, From: left,
			Sentence: fmt.Sprintf("QuickBooks holds five lines of an address; %q of the %s is kept in the notes or memo.", left, what)})
		rest, lines = append(rest, what+": "+left), lines[:5]
	}
	a.Lines = lines
	for _, f := range []struct {
		to                  *string
		field, label, value string
	}{
		{&a.City, "City", "city", p.City}, {&a.State, "State", "state", given(p.StateCode, p.State)},
		{&a.PostalCode, "PostalCode", "postal code", p.PostalCode}, {&a.Country, "Country", "country", given(p.Country, p.CountryCode)},
	} {
		text, left := d.fit(request, part+"/"+f.field, what+"'s "+f.label, f.value)
		*f.to = text
		if left != "" {
			rest = append(rest, what+": "+left)
		}
	}
	return a, rest
}

// holdsWords tells whether every word of a part is one of the whole's.
func holdsWords(whole, part string) bool {
	if part == whole {
		return true
	}
	words := strings.Fields(Fold(whole))
	for word := range strings.FieldsSeq(Fold(part)) {
		if !slices.Contains(words, word) {
			return false
		}
	}
	return true
}

// fold breaks a text into lines of at most most characters, at blanks where
// there are any.
func fold(text string, most int) []string {
	var lines []string
	rest := []rune(text)
	for most > 0 && len(rest) > most {
		at := most
		for i := most; i > 0; i-- {
			if rest[i] == ' ' {
				at = i
				break
			}
		}
		lines = append(lines, strings.TrimSpace(string(rest[:at])))
		rest = []rune(strings.TrimSpace(string(rest[at:])))
	}
	if len(rest) > 0 {
		lines = append(lines, string(rest))
	}
	return lines
}

// element is the address as a request has it; nil when it is empty.
func (a Address) element() *qbxml.Address {
	out := qbxml.Address{City: a.City, State: a.State, PostalCode: a.PostalCode, Country: a.Country, Note: a.Note}
	for i, to := range []*string{&out.Addr1, &out.Addr2, &out.Addr3, &out.Addr4, &out.Addr5} {
		if i < len(a.Lines) {
			*to = a.Lines[i]
		}
	}
	if out == (qbxml.Address{}) {
		return nil
	}
	return &out
}
