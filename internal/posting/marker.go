package posting

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"qbridge/internal/order"
)

// Marker is the text at the beginning of a document's Memo by which the
// document is found again whatever its number becomes:
// "Ecwid 1003/i:520000137 receipt 1". Characters of the key that could be
// mistaken for its end, or that QuickBooks can't hold, are percent-encoded.
func Marker(storeID string, key order.Key, purpose string, generation int) string {
	return fmt.Sprintf("Ecwid %s/%s %s %d", storeID, url.PathEscape(string(key)), purpose, generation)
}

// markerForm finds markers in a memo, anybody's and any generation's.
var markerForm = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`\bEcwid (\S+?)/(\S+) (\S+) (\d+)\b`)
})

// MarkedOrder is whose document the memo of one begins with a marker of: the
// shop, the key of the order, and its purpose. False when the memo begins otherwise.
func MarkedOrder(memo string) (storeID string, key order.Key, purpose string, ok bool) {
	m := markerForm().FindStringSubmatchIndex(memo)
	if m == nil || m[0] != 0 {
		return "", "", "", false
	}
	text, err := url.PathUnescape(memo[m[4]:m[5]])
	return memo[m[2]:m[3]], order.Key(text), memo[m[6]:m[7]], err == nil
}

// markers are all markers in a memo, written as Marker writes them.
func markers(memo string) []string {
	var found []string
	for _, m := range markerForm().FindAllStringSubmatch(memo, -1) {
		if generation, err := strconv.Atoi(m[4]); err == nil {
			found = append(found, fmt.Sprintf("Ecwid %s/%s %s %d", m[1], m[2], m[3], generation))
		}
	}
	return found
}

// anyGeneration is a marker without its generation.
func anyGeneration(marker string) string { return marker[:strings.LastIndexByte(marker, ' ')+1] }

// Carries tells whether a memo holds a marker.
func Carries(memo, marker string) bool { return slices.Contains(markers(memo), marker) }

// ItemKey names the goods of a line in Decisions.Items: the folded SKU, else
// the folded name with its options.
func ItemKey(l order.Line) string {
	if sku := Fold(l.SKU); sku != "" {
		return sku
	}
	return Fold(l.Name + options(l))
}

// options are the buyer's choices as they are printed: ", Size: M".
func options(l order.Line) string {
	text := ""
	for _, o := range l.Options {
		text += ", " + o.Name + ": " + o.Value
	}
	return text
}
