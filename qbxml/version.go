package qbxml

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
)

// Version is a qbXML version such as 13.0. Compare with Less: 9.0 is older than 10.0.
type Version struct{ Major, Minor int }

// Newest is the newest version this package writes.
func Newest() Version { return Version{13, 0} }

// Oldest is the oldest version this package settles for with a company file: 8.0 brought currencies.
func Oldest() Version { return Version{8, 0} }

// ParseVersion reads "13.0". It refuses everything that isn't number.number, so also the
// country-prefixed versions of old Canadian and British editions ("CA3.0").
func ParseVersion(s string) (Version, error) {
	major, minor, found := strings.Cut(strings.TrimSpace(s), ".")
	v := Version{}
	var errMajor, errMinor error
	v.Major, errMajor = strconv.Atoi(major)
	v.Minor, errMinor = strconv.Atoi(minor)
	if !found || errMajor != nil || errMinor != nil || v.Major < 0 || v.Minor < 0 {
		return Version{}, fmt.Errorf("%q is not a qbXML version such as 13.0", s)
	}
	return v, nil
}

// Less reports whether v is older than w.
func (v Version) Less(w Version) bool {
	return cmp.Or(cmp.Compare(v.Major, w.Major), cmp.Compare(v.Minor, w.Minor)) < 0
}

func (v Version) String() string { return fmt.Sprintf("%d.%d", v.Major, v.Minor) }

// Negotiate picks the version to write in: the highest of those a company file supports
// (HostRet.SupportedQBXMLVersion) that is not above Newest. Entries that are no version are passed
// over. It fails when the file offers nothing from Oldest on.
func Negotiate(supported []string) (Version, error) {
	best := Version{}
	for _, s := range supported {
		v, err := ParseVersion(s)
		if err == nil && best.Less(v) && !Newest().Less(v) {
			best = v
		}
	}
	if best.Less(Oldest()) {
		return Version{}, fmt.Errorf("this QuickBooks offers the qbXML versions %s; %s or newer is needed: update QuickBooks to 2009 or later",
			strings.Join(supported, ", "), Oldest())
	}
	return best, nil
}

// Edition is the country edition of a QuickBooks Desktop program, as HostRet.Country names it.
type Edition string

// The editions of QuickBooks Desktop.
const (
	US Edition = "US"
	CA Edition = "CA"
	UK Edition = "UK"
	AU Edition = "AU"
)

// ParseEdition reads a country as QuickBooks or the Web Connector gives it.
func ParseEdition(country string) (Edition, error) {
	e := Edition(strings.ToUpper(strings.TrimSpace(country)))
	switch e {
	case US, CA, UK, AU:
		return e, nil
	}
	return "", fmt.Errorf("%q is not a country edition of QuickBooks known here (US, CA, UK, AU)", country)
}

// notInName is the edition's name in the notIn column of the table.
func (e Edition) notInName() string {
	if e == US {
		return "QBD" // the table calls the US desktop just "desktop"
	}
	return "QB" + string(e)
}
