package posting_test

import (
	"testing"
	"time"

	"qbridge/internal/posting"
)

func TestQuiet(t *testing.T) {
	for _, tt := range []struct {
		name, hours, days, at string
		want                  bool
	}{
		{"no rule", "", "", "2026-11-22 03:00", false},
		{"before", "18:00-22:30", "", "2026-11-22 17:59", false},
		{"first minute", "18:00-22:30", "", "2026-11-22 18:00", true},
		{"last minute", "18:00-22:30", "", "2026-11-22 22:29", true},
		{"after", "18:00-22:30", "", "2026-11-22 22:30", false},
		{"over midnight, evening", "18:00-06:00", "", "2026-11-22 23:00", true},
		{"over midnight, morning", "18:00 - 06:00", "", "2026-11-22 05:59", true},
		{"over midnight, day", "18:00-06:00", "", "2026-11-22 06:00", false},
		{"quiet day", "", "sat, SUN", "2026-11-22 12:00", true}, // a Sunday
		{"quiet day is over", "", "Sat Sun", "2026-11-23 00:00", false},
		{"either", "18:00-06:00", "Sun", "2026-11-22 12:00", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			at, err := time.Parse("2006-01-02 15:04", tt.at)
			if err != nil {
				t.Fatal(err)
			}
			r := posting.DefaultRules()
			for key, value := range map[string]string{"quiet-hours": tt.hours, "quiet-days": tt.days} {
				if err := r.Set(key, value); err != nil {
					t.Fatal(err)
				}
			}
			if got := r.Quiet(at); got != tt.want {
				t.Errorf("quiet: %v", got)
			}
		})
	}
}

// P35
func TestSessionLimits(t *testing.T) {
	r := posting.DefaultRules()
	if n, d := r.SessionLimits(); n != 500 || d != 20*time.Minute {
		t.Errorf("%d requests, %s", n, d)
	}
	for key, value := range map[string]string{"session-requests": "7", "session-minutes": "3"} {
		if err := r.Set(key, value); err != nil {
			t.Fatal(err)
		}
	}
	if n, d := r.SessionLimits(); n != 7 || d != 3*time.Minute {
		t.Errorf("%d requests, %s", n, d)
	}
}

func TestFormOfRules(t *testing.T) {
	for key, values := range map[string][]string{
		"quiet-hours":      {"18-6", "18:00", "25:00-06:00", "06:00-06:00", "18:00-06:00-07:00", "evening"},
		"quiet-days":       {"Saturday", "6", "Sat; Sun", "Caturday"},
		"session-requests": {"", "0", "-1", "10001", "many", "1.5"},
		"session-minutes":  {"", "0"},
	} {
		for _, value := range values {
			r := posting.DefaultRules()
			if err := r.Set(key, value); err == nil {
				t.Errorf("%s takes %q", key, value)
			}
		}
	}
}
