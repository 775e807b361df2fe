package qbxml

import (
	"strings"
	"testing"
	"time"
)

func TestNegotiate(t *testing.T) {
	// Q4
	tests := map[string]struct {
		supported string
		want      string
	}{
		"Pro 2014":            {"1.0 1.1 2.0 2.1 3.0 4.0 4.1 5.0 6.0 7.0 8.0 9.0 10.0 11.0 12.0 13.0", "13.0"},
		"numeric order":       {"8.0 10.0 9.0", "10.0"},
		"newer than ours":     {"12.0 13.0 14.0 16.0", "13.0"},
		"with country":        {"CA3.0 UK2.0 11.0", "11.0"},
		"just enough":         {"7.0 8.0", "8.0"},
		"too old":             {"6.0 7.0", ""},
		"nothing":             {"", ""},
		"only with a country": {"CA13.0", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := Negotiate(strings.Fields(test.supported))
			if test.want == "" {
				if err == nil || !strings.Contains(err.Error(), "8.0") {
					t.Errorf("got %s and %v, want a refusal that says what is needed", got, err)
				}
				return
			}
			if err != nil || got.String() != test.want {
				t.Errorf("got %s and %v, want %s", got, err, test.want)
			}
		})
	}
}

func TestParseVersion(t *testing.T) {
	for _, s := range []string{"", "13", "13.", ".0", "CA3.0", "1.2.3", "-1.0", "13,0", "a.b"} {
		if v, err := ParseVersion(s); err == nil {
			t.Errorf("%q is %s", s, v)
		}
	}
	nine, ten := Version{9, 0}, Version{10, 0}
	if !nine.Less(ten) || ten.Less(nine) || nine.Less(nine) {
		t.Error("9.0 must be older than 10.0")
	}
}

func TestParseEdition(t *testing.T) {
	if e, err := ParseEdition(" us "); err != nil || e != US {
		t.Errorf("got %s, %v", e, err)
	}
	if _, err := ParseEdition("DE"); err == nil {
		t.Error("there is no German edition")
	}
}

// Q38
func TestDateTime(t *testing.T) {
	chicago := time.FixedZone("CST", -6*60*60)
	for in, want := range map[DateTime]string{
		"2015-06-09T06:37:34-07:00": "2015-06-09T13:37:34Z",
		"2015-06-09T06:37:34":       "2015-06-09T12:37:34Z",
		"2015-06-09T06:37":          "2015-06-09T12:37:00Z",
		"2015-06-09":                "2015-06-09T06:00:00Z",
	} {
		got, err := in.Time(chicago)
		if err != nil || got.UTC().Format(time.RFC3339) != want {
			t.Errorf("%s: %s, %v; want %s", in, got, err, want)
		}
	}
	if _, err := DateTime("yesterday").Time(chicago); err == nil {
		t.Error("yesterday is no time")
	}
	at := time.Date(2026, 3, 31, 17, 45, 1, 5e8, chicago)
	if got := DateTimeOf(at); got != "2026-03-31T17:45:01-06:00" {
		t.Errorf("written as %s", got)
	}
	if got := DateTimeOf(at.UTC()); got != "2026-03-31T23:45:01+00:00" { // never a Z
		t.Errorf("written as %s", got)
	}
	if got := DateOf(at); got != "2026-03-31" {
		t.Errorf("written as %s", got)
	}
}
