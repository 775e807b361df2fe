package web

import (
	"embed"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/BurntSushi/toml"
	"golang.org/x/text/currency"

	"qbridge/internal/order"
)

//go:embed words
var catalogue embed.FS

// languages are those that the console speaks. The first is spoken to who
// understands neither.
func languages() []string { return []string{"en", "fr"} }

// words is the message catalogue of one language. Keys are those of the file,
// section and name with a point between: orders.title.
type words struct {
	lang    string
	zone    *time.Location // of the times that are shown
	text    map[string]string
	phrases []phrase // of the bridge, in this language
}

func readWords(lang string, zone *time.Location) (*words, error) {
	file, err := catalogue.ReadFile("words/" + lang + ".toml")
	if err != nil {
		return nil, err
	}
	var sections map[string]map[string]string
	if err := toml.Unmarshal(file, &sections); err != nil {
		return nil, fmt.Errorf("the words of %s: %w", lang, err)
	}
	w := &words{lang: lang, zone: zone, text: map[string]string{}}
	for section, lines := range sections {
		for name, line := range lines {
			w.text[section+"."+name] = line
		}
	}
	w.phrases, err = readPhrases(lang)
	return w, err
}

// say gives the words of a key. They may name the arguments as fmt does: %[1]s.
func (w *words) say(key string, args ...any) (string, error) {
	line, found := w.text[key]
	if !found {
		return "", fmt.Errorf("the words of %s have no %q", w.lang, key)
	}
	if len(args) == 0 {
		return line, nil
	}
	for i, a := range args {
		switch n := a.(type) {
		case int:
			args[i] = w.number(int64(n))
		case int64:
			args[i] = w.number(n)
		}
	}
	return fmt.Sprintf(line, args...), nil
}

// count is say for a number of things: the words of key_one or key_many, whose
// first argument is the number.
func (w *words) count(key string, n int64, args ...any) (string, error) {
	one := n == 1
	if w.lang == "fr" {
		one = n == 0 || n == 1
	}
	if one {
		key += "_one"
	} else {
		key += "_many"
	}
	return w.say(key, append([]any{n}, args...)...)
}

// known is say for what the program may name in more ways than there are words
// for: those come as they are.
func (w *words) known(section, name string) string {
	if line, found := w.text[section+"."+strings.ReplaceAll(name, " ", "_")]; found {
		return line
	}
	return name
}

// document is what the bridge calls a document, "Sales receipt S01QA", in the
// reader's language.
func (w *words) document(name string) string {
	at := strings.LastIndexByte(name, ' ')
	if at < 0 {
		return name
	}
	return w.known("document", name[:at]) + name[at:]
}

// number is a whole number in the reader's form: 12,345 or 12 345.
func (w *words) number(n int64) string { return w.grouped(fmt.Sprint(n)) }

const (
	narrowBlank = "\u202f" // between thousands, in French
	noBreak     = "\u00a0"
	minus       = "\u2212"
)

// grouped writes the text of a decimal in the reader's form. Nothing is
// computed: its digits are those that came.
func (w *words) grouped(text string) string {
	digits, negative := strings.CutPrefix(text, "-")
	whole, part, has := strings.Cut(digits, ".")
	between, point := ",", "."
	if w.lang == "fr" {
		between, point = narrowBlank, ","
	}
	var out strings.Builder
	if negative {
		out.WriteString(minus)
	}
	for i, d := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			out.WriteString(between)
		}
		out.WriteRune(d)
	}
	if has {
		out.WriteString(point + part)
	}
	return out.String()
}

// amount is an amount without its currency, given as a decimal's text; what is
// none comes as it is.
func (w *words) amount(text string) string {
	if strings.Trim(text, "-0123456789.") != "" {
		return text
	}
	return w.grouped(text)
}

// sum is money that was added up, with every decimal that it has.
func (w *words) sum(m order.Money) string {
	return w.money(m.Amount.StringFixed(max(2, -m.Amount.Exponent())), m.Currency)
}

// money is an amount with its currency: $1,234.56, 1 234,56 $. A currency
// without cents shows none: 1,234 JPY.
func (w *words) money(amount, code string) string {
	if amount == "" {
		return ""
	}
	if unit, err := currency.ParseISO(code); err == nil {
		if decimals, _ := currency.Standard.Rounding(unit); decimals == 0 {
			amount = strings.TrimSuffix(amount, ".00")
		}
	}
	number := w.amount(amount)
	signs := map[string]string{"USD": "$", "CAD": "CA$", "EUR": "€", "GBP": "£", "AUD": "A$"}
	if w.lang == "fr" {
		signs = map[string]string{"USD": "$" + noBreak + "US", "CAD": "$", "EUR": "€", "GBP": "£", "AUD": "$" + noBreak + "AU"}
	}
	sign, has := signs[code]
	switch {
	case w.lang == "fr" && has:
		return number + noBreak + sign
	case !has:
		return strings.TrimSpace(number + noBreak + code)
	}
	if rest, negative := strings.CutPrefix(number, minus); negative {
		return minus + sign + rest
	}
	return sign + number
}

// date is a day, 2026-11-22, in the reader's form; what is none comes as it is.
func (w *words) date(day string) (string, error) {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day, nil
	}
	return w.day(t)
}

func (w *words) day(t time.Time) (string, error) {
	name, err := w.monthName(t.Month())
	if err != nil {
		return "", err
	}
	return w.say("date.day", fmt.Sprint(t.Day()), name, fmt.Sprint(t.Year()))
}

// monthName is a month in its short form.
func (w *words) monthName(month time.Month) (string, error) {
	names, err := w.say("date.months")
	if err != nil {
		return "", err
	}
	months := strings.Fields(names)
	if len(months) != 12 {
		return "", errors.New("date.months names not twelve months")
	}
	return months[month-1], nil
}

// when is a moment in the reader's form; empty when it is zero.
func (w *words) when(t time.Time) (string, error) {
	if t.IsZero() {
		return "", nil
	}
	t = t.In(w.zone)
	day, err := w.day(t)
	if err != nil {
		return "", err
	}
	layout, err := w.say("date.clock")
	return day + " " + t.Format(layout), err
}

// span is a length of time in its largest unit: 5 min, 3 h, 2 days.
func (w *words) span(d time.Duration) (string, error) {
	switch {
	case d < time.Minute:
		return w.say("date.now")
	case d < time.Hour:
		return w.count("date.minutes", int64(d/time.Minute))
	case d < 48*time.Hour:
		return w.count("date.hours", int64(d/time.Hour))
	}
	return w.count("date.days", int64(d/(24*time.Hour)))
}

// cause names a cause in a few words; empty for one that has none. The
// sentences behind it come from the bridge, in English.
func (w *words) cause(cause string) string {
	if line := w.known("cause", cause); line != cause {
		return line
	}
	return ""
}

// clock is a moment of a day that is known, with its seconds.
func (w *words) clock(t time.Time) string { return t.In(w.zone).Format(time.TimeOnly) }

// machineTime is a moment for the datetime of a <time>.
func machineTime(t time.Time) string { return t.UTC().Format(time.RFC3339) }
