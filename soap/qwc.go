package soap

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/mozillazg/go-unidecode"
)

// QWCContentType is the media type that a .qwc file is served with.
const QWCContentType = "application/x-qwc"

// OwnerID names the product as the owner of the FileID that the Web Connector stamps into a company file. It is the same in every
// .qwc file and must never change.
const OwnerID = "{3757FC66-9CD4-4142-A294-CE95816E839A}"

// Limits in characters. A name becomes a registry key of Windows.
const (
	appNameLimit        = 30
	appDescriptionLimit = 80
)

// QWC is the file that adds the service to the Web Connector: all but the password, which the user types in. The fields are the file's
// elements, in their order; empty optional ones are left out.
type QWC struct {
	XMLName xml.Name `xml:"QBWCXML"`
	// AppName is what the user sees and what QuickBooks lists as the application; see [AppName]. Never change it once installed.
	AppName        string
	AppID          string // always empty
	AppURL         string // exact address of the service
	AppDescription string // at most 80 characters
	AppSupport     string // address of the support page, on the same host
	UserName       string // one for each company file
	OwnerID        string // always OwnerID
	// FileID is a GUID in braces with upper-case letters: made once for a company file, stored, and never made again.
	FileID    string
	QBType    string // always QBFS
	Scheduler *Scheduler
	// IsReadOnly is "false" or empty: "true" would forbid the Web Connector's own stamp.
	IsReadOnly         string `xml:",omitempty"`
	UnattendedModePref string `xml:",omitempty"` // umpOptional or umpRequired
	PersonalDataPref   string `xml:",omitempty"` // pdpNotNeeded, pdpOptional or pdpRequired
	// AuthFlags are the allowed editions: the sum of 0x1 Simple Start, 0x2 Pro, 0x4 Premier, 0x8 Enterprise; empty or 0x0 is all.
	AuthFlags string `xml:",omitempty"`
	Notify    string `xml:",omitempty"` // "true" for pop-ups
	// AppDisplayName is a label in the Web Connector.
	AppDisplayName string `xml:",omitempty"`
	// AppUniqueName makes the Web Connector replace an older entry of that name without a question.
	AppUniqueName string `xml:",omitempty"`
}

// Scheduler is the default polling interval; exactly one of its fields is set. The user can change it.
type Scheduler struct {
	RunEveryNMinutes int `xml:",omitempty"`
	RunEveryNSeconds int `xml:",omitempty"`
}

// NewQWC returns the file for a company: what it is called, where service and support page are, the user name and the FileID.
func NewQWC(company, appURL, appSupport, userName, fileID string) QWC {
	name := AppName(company)
	return QWC{
		AppName:            name,
		AppURL:             appURL,
		AppDescription:     "Sends Ecwid orders to QuickBooks",
		AppSupport:         appSupport,
		UserName:           userName,
		OwnerID:            OwnerID,
		FileID:             fileID,
		QBType:             "QBFS",
		Scheduler:          &Scheduler{RunEveryNMinutes: 5},
		IsReadOnly:         "false",
		UnattendedModePref: "umpOptional",
		PersonalDataPref:   "pdpNotNeeded",
		AppUniqueName:      name,
	}
}

var (
	notInName = regexp.MustCompile(`[^A-Za-z0-9 -]+`)
	legalName = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9 -]*[A-Za-z0-9])?$`)
	guid      = regexp.MustCompile(`^\{[0-9A-F]{8}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{12}\}$`)
	authFlags = regexp.MustCompile(`^0x[0-9A-F]$`)
	// numeric hosts: .NET reads 127.1, 2130706433 and 0x7f000001 as IP addresses.
	numericHost = regexp.MustCompile(`^(0x[0-9a-f]*|[0-9]+)(\.(0x[0-9a-f]*|[0-9]+))*\.?$`)
)

// AppName derives a legal application name from any name of a shop or company: ASCII letters, digits, spaces and hyphens, at most 30.
// Two names may give the same.
func AppName(company string) string {
	const prefix = "QBridge"
	name := notInName.ReplaceAllString(unidecode.Unidecode(company), " ")
	name = strings.Trim(strings.Join(strings.Fields(name), " "), " -")
	if name == "" {
		return prefix
	}
	name = prefix + " - " + name
	if len(name) > appNameLimit {
		name = strings.TrimRight(name[:appNameLimit], " -")
	}
	return name
}

// Validate returns what the Web Connector or QuickBooks would refuse, each rule in words.
func (q QWC) Validate() error {
	var errs []error
	refuse := func(bad bool, format string, args ...any) {
		if bad {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	for _, required := range []struct{ name, value string }{
		{"AppName", q.AppName}, {"AppURL", q.AppURL}, {"AppDescription", q.AppDescription}, {"AppSupport", q.AppSupport},
		{"UserName", q.UserName}, {"OwnerID", q.OwnerID}, {"FileID", q.FileID}, {"QBType", q.QBType},
	} {
		refuse(strings.TrimSpace(required.value) == "", "%s is missing; the Web Connector refuses a file without it (QBWC1039)", required.name)
	}
	for _, named := range []struct{ name, value string }{{"AppName", q.AppName}, {"AppUniqueName", q.AppUniqueName}} {
		refuse(named.value != "" && (!legalName.MatchString(named.value) || len(named.value) > appNameLimit),
			"%s %q may hold ASCII letters, digits, spaces and hyphens only, at most %d, and begins and ends with a letter or digit",
			named.name, named.value, appNameLimit)
	}
	refuse(len([]rune(q.AppDescription)) > appDescriptionLimit, "AppDescription is longer than %d characters", appDescriptionLimit)
	errs = append(errs, q.validateAddresses())
	refuse(q.OwnerID != "" && q.OwnerID != OwnerID, "OwnerID %s is not this product's, %s", q.OwnerID, OwnerID)
	refuse(q.FileID != "" && !guid.MatchString(q.FileID), "FileID %q is not a GUID in braces with upper-case letters", q.FileID)
	refuse(q.QBType != "" && q.QBType != "QBFS", "QBType %q must be QBFS: QuickBooks Desktop", q.QBType)
	refuse(q.Scheduler == nil || (q.Scheduler.RunEveryNMinutes > 0) == (q.Scheduler.RunEveryNSeconds > 0) ||
		q.Scheduler.RunEveryNMinutes < 0 || q.Scheduler.RunEveryNSeconds < 0,
		"Scheduler must have exactly one of RunEveryNMinutes and RunEveryNSeconds, above 0")
	for _, choice := range []struct {
		name, value string
		allowed     []string
	}{
		{"IsReadOnly", q.IsReadOnly, []string{"false"}}, // "true" ends in QBWC1039, status 3263
		{"UnattendedModePref", q.UnattendedModePref, []string{"umpOptional", "umpRequired"}},
		{"PersonalDataPref", q.PersonalDataPref, []string{"pdpNotNeeded", "pdpOptional", "pdpRequired"}},
		{"Notify", q.Notify, []string{"true", "false"}},
	} {
		refuse(choice.value != "" && !slices.Contains(choice.allowed, choice.value),
			"%s %q must be left out or %s", choice.name, choice.value, strings.Join(choice.allowed, " or "))
	}
	refuse(q.AuthFlags != "" && !authFlags.MatchString(q.AuthFlags), "AuthFlags %q must be 0x0 to 0xF", q.AuthFlags)
	return errors.Join(errs...)
}

func (q QWC) validateAddresses() error {
	if q.AppURL == "" || q.AppSupport == "" {
		return nil // reported as missing
	}
	service, err := address("AppURL", q.AppURL)
	if err != nil {
		return err
	}
	support, err := address("AppSupport", q.AppSupport)
	if err != nil {
		return err
	}
	var errs []error
	if service.Scheme == "http" && !strings.EqualFold(service.Hostname(), "localhost") {
		errs = append(errs, fmt.Errorf("AppURL %q: plain http is for localhost only, any other host needs https (QBWC1010, QBWC1051)", q.AppURL))
	}
	if !strings.EqualFold(service.Hostname(), support.Hostname()) {
		errs = append(errs, fmt.Errorf("AppSupport %q must be on the host of AppURL, %s (QBWC1000)", q.AppSupport, service.Hostname()))
	}
	return errors.Join(errs...)
}

func address(element, text string) (*url.URL, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https" || u.User != nil || u.Fragment != "":
		return nil, fmt.Errorf("%s %q is not an address like http://localhost:8480/qbwc", element, text)
	case isIP(u.Hostname()):
		return nil, fmt.Errorf("%s %q names an IP address; the Web Connector takes host names only (QBWC1001, QBWC1002)", element, text)
	}
	return u, nil
}

func isIP(host string) bool {
	_, err := netip.ParseAddr(host)
	return err == nil || numericHost.MatchString(strings.ToLower(host))
}

// Encode returns the file: ASCII, the same bytes for the same values. It refuses what Validate refuses.
func (q QWC) Encode() ([]byte, error) {
	if err := q.Validate(); err != nil {
		return nil, fmt.Errorf("the .qwc file cannot be made: %w", err)
	}
	body, err := xml.MarshalIndent(q, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("the .qwc file cannot be made: %w", err)
	}
	var file bytes.Buffer
	file.WriteString("<?xml version=\"1.0\"?>\n")
	for _, r := range string(body) {
		if r < 0x80 {
			file.WriteRune(r)
		} else {
			fmt.Fprintf(&file, "&#%d;", r)
		}
	}
	file.WriteString("\n")
	return file.Bytes(), nil
}

// ParseQWC reads a .qwc file; elements that it does not know are skipped, as the Web Connector does. It does not validate.
func ParseQWC(file []byte) (QWC, error) {
	var q QWC
	if err := xml.Unmarshal(file, &q); err != nil {
		return QWC{}, fmt.Errorf("this is not a .qwc file: %w", err)
	}
	q.XMLName = xml.Name{}
	return q, nil
}
