package soap

import (
	"encoding/xml"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

const testFileID = "{B4F0A1D2-77C3-4D0B-8E1A-5C9D2E3F4A55}"

func testQWC(change ...func(*QWC)) QWC {
	q := NewQWC("My Shop", "http://localhost:8480/qbwc", "http://localhost:8480/support", "shop-1", testFileID)
	for _, c := range change {
		c(&q)
	}
	return q
}

// P55 (byte-stable), P57
func TestQWCGolden(t *testing.T) {
	for name, q := range map[string]QWC{
		"shop": testQWC(),
		// P56
		"odd": NewQWC("Café <Ł & Söhne> \"日本\"", "https://books.example.com/qbwc?a=1&b=2", "https://books.example.com/support", `O'Hara & "Søn" <1>`, testFileID),
		"full": testQWC(func(q *QWC) {
			q.Scheduler = &Scheduler{RunEveryNSeconds: 30}
			q.UnattendedModePref, q.PersonalDataPref, q.AuthFlags, q.Notify, q.AppDisplayName = "umpRequired", "pdpOptional", "0xF", "true", "Shop & more"
		}),
	} {
		t.Run(name, func(t *testing.T) {
			file, err := q.Encode()
			if err != nil {
				t.Fatal(err)
			}
			again, err := q.Encode()
			if err != nil || string(again) != string(file) {
				t.Error("a second download differs")
			}
			golden(t, name+".qwc", string(file))
			back, err := ParseQWC(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(q, back); diff != "" {
				t.Errorf("read back: %s", diff)
			}
		})
	}
}

// P54, P55, P57
func TestQWCRefuses(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*QWC)
		says   string
	}{
		{"IP address", func(q *QWC) { q.AppURL, q.AppSupport = "http://127.0.0.1/qbwc", "http://127.0.0.1/support" }, "IP address"},
		{"IPv6 address", func(q *QWC) { q.AppURL = "https://[::1]:8480/qbwc" }, "IP address"},
		{"short IP address", func(q *QWC) { q.AppURL = "https://127.1/qbwc" }, "IP address"},
		{"number for an IP address", func(q *QWC) { q.AppURL = "https://2130706433/qbwc" }, "IP address"},
		{"IP address in hexadecimal", func(q *QWC) { q.AppURL = "https://0x7F000001/qbwc" }, "IP address"},
		{"support on an IP address", func(q *QWC) { q.AppSupport = "http://10.0.0.1/support" }, "AppSupport \"http://10.0.0.1/support\" names an IP address"},
		{"http on another host", func(q *QWC) { q.AppURL, q.AppSupport = "http://server:8480/qbwc", "http://server:8480/support" }, "plain http is for localhost only"},
		{"support elsewhere", func(q *QWC) { q.AppSupport = "https://example.com/support" }, "must be on the host of AppURL"},
		{"no URL", func(q *QWC) { q.AppURL = "localhost:8480/qbwc" }, "is not an address like"},
		{"ftp", func(q *QWC) { q.AppURL = "ftp://localhost/qbwc" }, "is not an address like"},
		{"password in the URL", func(q *QWC) { q.AppURL = "http://a:b@localhost/qbwc" }, "is not an address like"},
		{"no AppName", func(q *QWC) { q.AppName = "" }, "AppName is missing"},
		{"no AppURL", func(q *QWC) { q.AppURL = "" }, "AppURL is missing"},
		{"no AppDescription", func(q *QWC) { q.AppDescription = " " }, "AppDescription is missing"},
		{"no AppSupport", func(q *QWC) { q.AppSupport = "" }, "AppSupport is missing"},
		{"no UserName", func(q *QWC) { q.UserName = "" }, "UserName is missing"},
		{"no OwnerID", func(q *QWC) { q.OwnerID = "" }, "OwnerID is missing"},
		{"no FileID", func(q *QWC) { q.FileID = "" }, "FileID is missing"},
		{"no QBType", func(q *QWC) { q.QBType = "" }, "QBType is missing"},
		{"long AppName", func(q *QWC) { q.AppName = strings.Repeat("a", 31) }, "at most 30"},
		{"AppName with an ampersand", func(q *QWC) { q.AppName = "A & B" }, "ASCII letters"},
		{"AppUniqueName with an accent", func(q *QWC) { q.AppUniqueName = "Café" }, "ASCII letters"},
		{"long AppDescription", func(q *QWC) { q.AppDescription = strings.Repeat("é", 81) }, "longer than 80"},
		{"other OwnerID", func(q *QWC) { q.OwnerID = testFileID }, "not this product's"},
		{"FileID without braces", func(q *QWC) { q.FileID = strings.Trim(testFileID, "{}") }, "not a GUID in braces"},
		{"FileID in lower case", func(q *QWC) { q.FileID = strings.ToLower(testFileID) }, "not a GUID in braces"},
		{"point of sale", func(q *QWC) { q.QBType = "QBPOS" }, "must be QBFS"},
		{"no scheduler", func(q *QWC) { q.Scheduler = nil }, "exactly one"},
		{"empty scheduler", func(q *QWC) { q.Scheduler = &Scheduler{} }, "exactly one"},
		{"two schedulers", func(q *QWC) { q.Scheduler = &Scheduler{5, 30} }, "exactly one"},
		{"negative scheduler", func(q *QWC) { q.Scheduler = &Scheduler{5, -1} }, "exactly one"},
		{"read-only", func(q *QWC) { q.IsReadOnly = "true" }, "IsReadOnly"},
		{"misspelt preference", func(q *QWC) { q.PersonalDataPref = "none" }, "PersonalDataPref"},
		{"unattended mode", func(q *QWC) { q.UnattendedModePref = "yes" }, "UnattendedModePref"},
		{"notify", func(q *QWC) { q.Notify = "yes" }, "Notify"},
		{"flags", func(q *QWC) { q.AuthFlags = "0x10" }, "AuthFlags"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			file, err := testQWC(tt.change).Encode()
			if err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("%v does not say %q", err, tt.says)
			}
			if file != nil {
				t.Error("a file was made all the same")
			}
		})
	}
}

// P57: names as the Web Connector spells them, each once, required ones always there.
func TestQWCElements(t *testing.T) {
	file, err := testQWC().Encode()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, m := range regexp.MustCompile(`(?m)^  <([A-Za-z]+)>`).FindAllSubmatch(file, -1) {
		names = append(names, string(m[1]))
	}
	want := strings.Fields(`AppName AppID AppURL AppDescription AppSupport UserName OwnerID FileID QBType Scheduler IsReadOnly
		UnattendedModePref PersonalDataPref AppUniqueName`)
	if diff := cmp.Diff(want, names); diff != "" {
		t.Error(diff)
	}
	if !strings.Contains(string(file), "<IsReadOnly>false</IsReadOnly>") {
		t.Error("IsReadOnly is not false")
	}
}

// P58
func TestTwoCompaniesTwoFiles(t *testing.T) {
	a := testQWC()
	b := NewQWC("My Farm", a.AppURL, a.AppSupport, "farm-1", "{00000000-0000-4000-8000-000000000001}")
	if a.OwnerID != b.OwnerID || a.OwnerID != OwnerID || !guid.MatchString(OwnerID) {
		t.Errorf("OwnerID %s and %s", a.OwnerID, b.OwnerID)
	}
	if a.UserName == b.UserName || a.FileID == b.FileID || a.AppName == b.AppName || a.AppUniqueName == b.AppUniqueName {
		t.Errorf("too much alike: %+v and %+v", a, b)
	}
}

func TestAppName(t *testing.T) {
	for company, want := range map[string]string{
		"My Shop":                     "QBridge - My Shop",
		"":                            "QBridge",
		"***":                         "QBridge",
		"Café & Söhne":                "QBridge - Cafe Sohne",
		"Łódź":                        "QBridge - Lodz",
		"  a --  b  ":                 "QBridge - a -- b",
		"The Very Long Shop Name Ltd": "QBridge - The Very Long Shop N",
		"The Very Long Shopss - Name": "QBridge - The Very Long Shopss",
		"日本":                          "QBridge - Ri Ben",
	} {
		if got := AppName(company); got != want {
			t.Errorf("%q gives %q, want %q", company, got, want)
		}
	}
}

// P56: a file made for any names can be loaded and gives them back.
func TestQWCForAnyName(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		legalText := rapid.StringOfN(rapid.Rune().Filter(func(r rune) bool { return legal(r) && r >= ' ' && r != '\uFFFD' }), 1, 40, -1)
		q := NewQWC(rapid.String().Draw(t, "company"), "http://localhost/qbwc", "http://localhost/support", "u"+legalText.Draw(t, "user"), testFileID)
		file, err := q.Encode()
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range file {
			if b >= 0x80 {
				t.Fatalf("not ASCII: %q", file)
			}
		}
		if back, err := ParseQWC(file); err != nil || fmt.Sprint(back) == fmt.Sprint(QWC{}) || back.UserName != q.UserName || back.AppName != q.AppName {
			t.Fatalf("%+v, %v", back, err)
		}
	})
}

func TestParseQWC(t *testing.T) {
	if _, err := ParseQWC([]byte("<html>")); err == nil {
		t.Error("HTML is taken for a .qwc file")
	}
	q, err := ParseQWC([]byte(`<?xml version="1.0"?><QBWCXML><FileID>x</FileID><AppName> A </AppName><Unknown/><Scheduler><RunEveryNMinutes>2</RunEveryNMinutes></Scheduler></QBWCXML>`))
	want := QWC{XMLName: xml.Name{}, FileID: "x", AppName: " A ", Scheduler: &Scheduler{RunEveryNMinutes: 2}}
	if diff := cmp.Diff(want, q); err != nil || diff != "" {
		t.Error(err, diff)
	}
}
