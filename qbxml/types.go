package qbxml

import (
	"fmt"
	"time"

	"github.com/shopspring/decimal"
)

// Ref points at an object of a QuickBooks list. When both are known only the ListID is sent: a
// person may rename at any time.
type Ref struct {
	ListID   string `json:",omitempty"` // such as 80000001-1422671082; at most 36 characters; valid in one company file only
	FullName string `json:",omitempty"` // the path with colons, Parent:Child
}

// RefID is a reference by ListID.
func RefID(listID string) *Ref { return &Ref{ListID: listID} }

// RefName is a reference by full name.
func RefName(fullName string) *Ref { return &Ref{FullName: fullName} }

// Address is an address as QuickBooks keeps it: up to five free lines (41 characters each) and the
// parts that follow them.
type Address struct {
	Addr1      string `json:",omitempty"`
	Addr2      string `json:",omitempty"`
	Addr3      string `json:",omitempty"`
	Addr4      string `json:",omitempty"`
	Addr5      string `json:",omitempty"`
	City       string `json:",omitempty"`
	State      string `json:",omitempty"`
	PostalCode string `json:",omitempty"`
	Country    string `json:",omitempty"`
	Note       string `json:",omitempty"`
}

// Date is a day, "2006-01-02", without a time zone. Empty means not given.
type Date string

// DateOf is the day of t in t's own location.
func DateOf(t time.Time) Date { return Date(t.Format(time.DateOnly)) }

// DateTime is a moment as qbXML writes it: "2006-01-02T15:04:05-07:00", also without the offset or
// the time. Empty means not given.
type DateTime string

// DateTimeOf writes t with its own offset and without a fraction, which QuickBooks doesn't take.
func DateTimeOf(t time.Time) DateTime { return DateTime(t.Format("2006-01-02T15:04:05-07:00")) }

// Time reads d. Without an offset it is taken in local, the time zone of the QuickBooks machine.
// An unpatched machine may report the winter offset in summer, so allow for an hour.
func (d DateTime) Time(local *time.Location) (time.Time, error) {
	if t, err := time.Parse("2006-01-02T15:04:05Z07:00", string(d)); err == nil {
		return t, nil
	}
	for _, layout := range []string{"2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02T15", time.DateOnly} {
		if t, err := time.ParseInLocation(layout, string(d), local); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is not a date and time of QuickBooks", string(d))
}

// Amount makes an optional amount, rate or quantity of d.
func Amount(d decimal.Decimal) *decimal.Decimal { return &d }

// Bool makes an optional yes or no of b.
func Bool(b bool) *bool { return &b }
