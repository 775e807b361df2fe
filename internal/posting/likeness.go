package posting

import (
	"cmp"
	"fmt"
	"math/bits"
	"slices"
	"strings"
	"unicode"
)

// likeness is one name or part number of an item, made ready to be compared with
// a text that names no item.
type likeness struct {
	item   *Item
	text   string // folded letters and digits
	digits string // its digits
	has    uint64 // a bit for each of its bytes, by their value modulo 64
}

func likenessOf(it *Item, folded string) likeness {
	l := likeness{item: it, text: strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, folded)}
	l.digits = strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return r
		}
		return -1
	}, l.text)
	for i := range len(l.text) {
		l.has |= 1 << (l.text[i] % 64)
	}
	return l
}

// far is how many letters lie between two texts: 0 when only blanks, signs or
// case differ; one or two letters more, less or other in texts that are long
// enough for that to be no chance. Other digits mean other goods. False when
// they are further apart.
func (l likeness) far(other likeness) (letters int, near bool) {
	if l.text == other.text {
		return 0, l.text != ""
	}
	most := min(2, min(len(l.text), len(other.text))/4)
	apart := len(l.text) - len(other.text)
	if most == 0 || apart > most || -apart > most || bits.OnesCount64(l.has^other.has) > 2*most || l.digits != other.digits {
		return 0, false
	}
	letters = edits(l.text, other.text)
	return letters, letters <= most
}

// edits is how many bytes must be put in, taken out or changed to make one text
// of the other.
func edits(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := before
			if a[i] != b[j] {
				change++
			}
			before = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

// maxCandidates is how many items are suggested at most.
const maxCandidates = 3

// closest are the active sellable items whose name or part number is nearly one
// of the texts, the closest first.
func (b *Books) closest(texts []string) []*Item {
	type candidate struct {
		item *Item
		far  int
	}
	var found []candidate
	for _, text := range texts {
		wanted := likenessOf(nil, Fold(text))
		for _, l := range b.likenesses {
			if far, near := wanted.far(l); near && l.item.Active && Sellable(l.item.Kind) {
				found = append(found, candidate{l.item, far})
			}
		}
	}
	slices.SortFunc(found, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.far, b.far), cmp.Compare(a.item.FullName, b.item.FullName), cmp.Compare(a.item.ListID, b.item.ListID))
	})
	var items []*Item
	for _, c := range found {
		if len(items) < maxCandidates && !slices.Contains(items, c.item) {
			items = append(items, c.item)
		}
	}
	return items
}

// didYouMean suggests items for texts that name none; "" when nothing is close.
func (d *draft) didYouMean(texts ...string) string {
	var names []string
	for _, it := range d.books.closest(texts) {
		names = append(names, fmt.Sprintf("%q", it.FullName))
	}
	switch len(names) {
	case 0:
		return ""
	case 1:
		return " Did you mean " + names[0] + "?"
	}
	return " Did you mean " + strings.Join(names[:len(names)-1], ", ") + " or " + names[len(names)-1] + "?"
}
