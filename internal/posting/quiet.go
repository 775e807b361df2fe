package posting

import (
	"errors"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"
)

// largestCount bounds the rules that count; ten times as much is allowed in the midst of a list.
const largestCount = 10000

// formed checks the value of a rule that has a form; the error says what it takes.
func formed(form, value string) error {
	form, choices, _ := strings.Cut(form, ":")
	switch form {
	case "hours":
		if _, _, ok := hours(value); !ok && value != "" {
			return errors.New("two times of day like 18:00-06:00, or nothing")
		}
	case "days":
		if _, ok := days(value); !ok {
			return errors.New("days like Sat, Sun, or nothing")
		}
	case "words":
		for word := range words(value) {
			if known := strings.Split(choices, "|"); !slices.Contains(known, word) {
				return errors.New(strings.Join(known, ", ") + ", or several of them")
			}
		}
	case "one":
		if known := strings.Split(choices, "|"); !slices.Contains(known, value) {
			return errors.New(strings.Join(known, ", "))
		}
	case "source":
		known := strings.Split(choices, "|")
		if !slices.ContainsFunc(known, func(choice string) bool {
			lead, _, named := strings.Cut(choice, ":")
			return value == choice && !named || named && strings.HasPrefix(value, lead+":") && strings.TrimSpace(value[len(lead)+1:]) != ""
		}) {
			return errors.New(strings.Join(known, ", "))
		}
	case "rate":
		if rate, err := decimal.NewFromString(value); err != nil || !rate.IsPositive() || rate.Exponent() < -20 || rate.Exponent() > 6 {
			return errors.New("a number such as 1.08")
		}
	case "fee":
		_, err := feeRateOf(value)
		return err
	case "count-or-none":
		if value != "" {
			return formed("count", value)
		}
	case "count":
		if n, err := strconv.Atoi(value); err != nil || n < 1 || n > largestCount {
			return errors.New("a number from 1 to " + strconv.Itoa(largestCount))
		}
	}
	return nil
}

// words are the words of a list like "Sat, Sun".
func words(text string) iter.Seq[string] {
	return strings.FieldsFuncSeq(text, func(r rune) bool { return r == ',' || r == ' ' })
}

// hours reads two times of day like 18:00-06:00.
func hours(text string) (from, to time.Duration, ok bool) {
	first, second, ok := strings.Cut(text, "-")
	if !ok {
		return 0, 0, false
	}
	start, err := time.Parse("15:04", strings.TrimSpace(first))
	end, err2 := time.Parse("15:04", strings.TrimSpace(second))
	return timeOfDay(start), timeOfDay(end), err == nil && err2 == nil && !start.Equal(end)
}

func timeOfDay(t time.Time) time.Duration {
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute
}

// days reads names of days like Sat, Sun.
func days(text string) (all []time.Weekday, ok bool) {
	for word := range words(text) {
		at := slices.IndexFunc([]time.Weekday{0, 1, 2, 3, 4, 5, 6}, func(d time.Weekday) bool { return strings.EqualFold(d.String()[:3], word) })
		if at < 0 {
			return nil, false
		}
		all = append(all, time.Weekday(at))
	}
	return all, true
}

// Quiet tells whether nothing is to be written at a time, which is given in the time zone of the rules: the computer's. A quiet time that
// goes over midnight belongs to both days; a quiet day is quiet from its first minute to its last.
func (r Rules) Quiet(at time.Time) bool {
	if all, _ := days(r.QuietDays); slices.Contains(all, at.Weekday()) {
		return true
	}
	from, to, ok := hours(r.QuietHours)
	now := timeOfDay(at)
	switch {
	case !ok:
		return false
	case from < to:
		return from <= now && now < to
	}
	return now >= from || now < to
}

// SessionLimits are the rules session-requests and session-minutes.
func (r Rules) SessionLimits() (requests int, duration time.Duration) {
	requests, _ = strconv.Atoi(r.SessionRequests) // Set let nothing else in
	minutes, _ := strconv.Atoi(r.SessionMinutes)
	return requests, time.Duration(minutes) * time.Minute
}
