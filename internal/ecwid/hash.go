package ecwid

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"qbridge/internal/order"
)

// AccountingHash is a fingerprint of what the books care about: items, prices,
// discounts, taxes, shipping, fees, totals, payment status, refunds, persons
// (ecwid.md 3.5). Stock, statistics, tracking, notes and our own write-backs do
// not change it. Compare it only with one made by the same version of this
// program, from the stored JSON: a newer version may read more.
func AccountingHash(o order.Order) string {
	o.Created, o.Updated = time.Time{}, time.Time{} // Date is the accounting one
	o.Fulfillment, o.TrackingNumber = "", ""
	o.Comments, o.PrivateNotes, o.Notes = "", "", nil
	o.CustomerGroup = "" // comes back empty after a write-back: ecwid.md 8.3
	o.TransactionID, o.ExternalChannel, o.ExternalID = "", "", ""
	o.Hidden, o.Fields = false, nil
	o.Lines = slices.Clone(o.Lines)
	slices.SortStableFunc(o.Lines, func(a, b order.Line) int { return cmp.Compare(a.ID, b.ID) })
	return fingerprint(o)
}

// ContentHash is a fingerprint of the whole JSON, whatever the order of its
// keys and its white space.
func ContentHash(raw json.RawMessage) string {
	v, err := parseAny(raw)
	if err != nil {
		return hashOf(raw) // what is no JSON is compared byte by byte
	}
	return fingerprint(v)
}

// fingerprint hashes a value by its JSON. Decimals write themselves without
// trailing zeros, so 1.50 and 1.5 are the same.
func fingerprint(v any) string {
	text, err := encode(v)
	if err != nil { // a time beyond the year 9999, which Decode refuses
		text = []byte(fmt.Sprintf("%+v", v))
	}
	return hashOf(text)
}

func hashOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
