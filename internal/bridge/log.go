package bridge

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"gopkg.in/natefinch/lumberjack.v2"
)

// The log files of a data folder.
const (
	logFolder  = "log"
	logName    = "qbridge.log"
	bodiesName = "bodies.log"
)

// LogFile is the log of a serve in its data folder: 10 MB a file, the last ten
// kept for 90 days at most, packed. Closing it leaves lumberjack's own goroutine
// behind.
func LogFile(dir string) io.WriteCloser {
	return &lumberjack.Logger{Filename: filepath.Join(dir, logFolder, logName), MaxSize: 10, MaxBackups: 10, MaxAge: 90, Compress: true}
}

// BodiesFile is the log of SOAP bodies (P60), which hold what buyers wrote: 10
// MB a file, the last three kept for 7 days at most, packed.
func BodiesFile(dir string) io.WriteCloser {
	return &lumberjack.Logger{Filename: filepath.Join(dir, logFolder, bodiesName), MaxSize: 10, MaxBackups: 3, MaxAge: 7, Compress: true}
}

// NewLog writes lines of key=value with times in UTC, and hides in them
// whatever r hides, in messages, attributes, groups, errors and nested values.
func NewLog(w io.Writer, level slog.Leveler, r *Redactor) *slog.Logger {
	lines := slog.NewTextHandler(redactingWriter{w, r}, &slog.HandlerOptions{Level: level, ReplaceAttr: timeInUTC})
	return slog.New(redactingHandler{next: lines, redactor: r})
}

func timeInUTC(groups []string, a slog.Attr) slog.Attr {
	if len(groups) == 0 && a.Key == slog.TimeKey && a.Value.Kind() == slog.KindTime {
		a.Value = slog.TimeValue(a.Value.Time().UTC())
	}
	return a
}

// Redactor hides what nobody but the owner may see: the secrets it was told,
// and what looks like a password, a token, an e-mail address or the number of a
// payment card. The zero Redactor knows no secret yet. It serves any number of
// goroutines.
type Redactor struct {
	mu     sync.RWMutex
	spells []string // the secrets in all their spellings, the longest first
}

// shortestHidden is the least number of bytes of a secret that is looked for:
// hiding "a" would hide everything.
const shortestHidden = 6

// Hide has a secret hidden wherever it turns up from now on: as it is, and as
// it is spelled in a URL, JSON, XML, Go's quotes or base64, alone or in a longer
// text. One of fewer than six bytes is not looked for.
func (r *Redactor) Hide(s Secret) {
	plain := s.Reveal()
	if len(plain) < shortestHidden || strings.Contains(hidden, plain) {
		return
	}
	inJSON, _ := json.Marshal(plain) // a string always marshals
	var inXML strings.Builder
	_ = xml.EscapeText(&inXML, []byte(plain)) // writing to a strings.Builder cannot fail
	r.mu.Lock()
	defer r.mu.Unlock()
	r.spells = append(r.spells, withinBase64(plain)...)
	r.spells = append(r.spells, plain,
		url.QueryEscape(plain), url.PathEscape(plain), inXML.String(),
		trimQuotes(string(inJSON)), trimQuotes(strconv.Quote(plain)), trimQuotes(strconv.QuoteToASCII(plain)),
		base64.StdEncoding.EncodeToString([]byte(plain)), base64.RawURLEncoding.EncodeToString([]byte(plain)))
	slices.SortFunc(r.spells, func(a, b string) int {
		if len(a) != len(b) {
			return len(b) - len(a) // a spelling may contain another one
		}
		return strings.Compare(a, b)
	})
	r.spells = slices.Compact(r.spells)
}

// withinBase64 gives what base64 makes of a secret that stands in a longer text,
// as the password does in Basic and PLAIN: one for each place it can begin at,
// without the letters that depend on its neighbours.
func withinBase64(plain string) (all []string) {
	for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		for before := range 3 {
			text := encoding.EncodeToString(append(make([]byte, before), plain...))
			if text = text[(before*8+5)/6 : (before+len(plain))*8/6]; len(text) >= shortestHidden {
				all = append(all, text)
			}
		}
	}
	return all
}

func trimQuotes(s string) string { return s[1 : len(s)-1] }

// known hides the secrets the redactor was told.
func (r *Redactor) known(s string) string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	for _, spell := range r.spells {
		s = strings.ReplaceAll(s, spell, hidden)
	}
	return s
}

// Text gives s without what it must not show.
func (r *Redactor) Text(s string) string {
	s = r.known(s)
	for _, p := range patterns() {
		s = p.find.ReplaceAllString(s, p.put)
	}
	return hideCards(s)
}

type pattern struct {
	find *regexp.Regexp
	put  string
}

var patterns = sync.OnceValue(func() []pattern {
	return []pattern{
		{regexp.MustCompile(`(?i)(authorization\\?["']?\s*[=:]\s*)[\[\\"']*(?:(?:basic|bearer|digest)\s+)?[^\s"'\],]+\]?`), "${1}" + hidden},
		{regexp.MustCompile(`(?i)\b(bearer)\s+[a-z0-9._~+/=-]{8,}`), "$1 " + hidden},
		{regexp.MustCompile(`(?i)(cookie\\?["']?\s*[=:]\s*)[^\r\n\]"]+\]?`), "${1}" + hidden},
		{regexp.MustCompile(`\b(secret|public)_[A-Za-z0-9]+`), hidden}, // how Ecwid's tokens begin
		{regexp.MustCompile(`(?i)(<[a-z0-9:]*password\b[^>]*>)[^<]+`), "${1}" + hidden},
		{regexp.MustCompile(`(?i)((?:token|password|secret)\\?["']?\s*[=:]\s*)(?:\\?"[^"]*"|'[^']*'|[^\s"'&,;<>{}()]+)`), "${1}" + hidden},
		{regexp.MustCompile(`([\p{L}\p{N}])[\p{L}\p{N}._%+-]*(@|%40)([\p{L}\p{N}-]+\.[\p{L}\p{N}.-]*\p{L})`), "$1***$2$3"},
	}
})

// hideCards hides 13 to 19 digits that begin as the number of a payment card
// does and pass its check, whether in one run or in groups with one blank each,
// or one hyphen each, between them.
func hideCards(s string) string {
	digits := digitRuns().FindAllStringIndex(s, -1)
	var out strings.Builder
	done := 0
	for i := 0; i < len(digits); i++ {
		number, between := "", ""
		for j := i; j < len(digits); j++ {
			if j > i {
				gap := s[digits[j-1][1]:digits[j][0]]
				if gap != " " && gap != "-" || between != "" && gap != between {
					break
				}
				between = gap
			}
			number += s[digits[j][0]:digits[j][1]]
			if isCard(number) {
				out.WriteString(s[done:digits[i][0]] + "[card]")
				done = digits[j][1]
				i = j
				break
			}
		}
	}
	return out.String() + s[done:]
}

var digitRuns = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`[0-9]+`) })

func isCard(digits string) bool {
	if len(digits) < 13 || len(digits) > 19 || digits[0] < '2' || digits[0] > '6' {
		return false
	}
	sum := 0
	for i := range len(digits) { // Luhn: every second digit from the right counts twice
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}

// redactingHandler turns values into redacted texts before they are written.
type redactingHandler struct {
	next     slog.Handler
	redactor *Redactor
	all      bool // within a group whose name says that it holds secrets
}

func (h redactingHandler) Enabled(ctx context.Context, level slog.Level) bool {
	return h.next.Enabled(ctx, level)
}

func (h redactingHandler) Handle(ctx context.Context, rec slog.Record) error {
	clean := slog.NewRecord(rec.Time, rec.Level, h.redactor.Text(rec.Message), rec.PC)
	rec.Attrs(func(a slog.Attr) bool {
		clean.AddAttrs(h.attr(a, h.all))
		return true
	})
	return h.next.Handle(ctx, clean)
}

func (h redactingHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	clean := make([]slog.Attr, len(attrs))
	for i, a := range attrs {
		clean[i] = h.attr(a, h.all)
	}
	h.next = h.next.WithAttrs(clean)
	return h
}

func (h redactingHandler) WithGroup(name string) slog.Handler {
	h.next = h.next.WithGroup(h.redactor.Text(name))
	h.all = h.all || namesSecret(name)
	return h
}

func (h redactingHandler) attr(a slog.Attr, all bool) slog.Attr {
	all = all || namesSecret(a.Key)
	key := h.redactor.Text(a.Key)
	v := a.Value.Resolve()
	if v.Kind() == slog.KindGroup {
		var members []any
		for _, m := range v.Group() {
			members = append(members, h.attr(m, all))
		}
		return slog.Group(key, members...)
	}
	if all {
		return slog.String(key, hidden)
	}
	switch v.Kind() {
	case slog.KindBool, slog.KindDuration, slog.KindTime:
		return slog.Attr{Key: key, Value: v}
	case slog.KindAny:
		return slog.String(key, h.redactor.Text(anyText(v.Any())))
	default:
		return slog.String(key, h.redactor.Text(v.String()))
	}
}

// anyText writes bytes as the text they are, all else as fmt does.
func anyText(v any) string {
	if r := reflect.ValueOf(v); r.Kind() == reflect.Slice && r.Type().Elem().Kind() == reflect.Uint8 {
		return string(r.Bytes())
	}
	return fmt.Sprintf("%+v", v)
}

// namesSecret reports whether a value of this name is hidden whatever it is.
func namesSecret(key string) bool {
	key = strings.ToLower(key)
	return slices.ContainsFunc([]string{"token", "password", "secret", "authorization", "cookie"}, func(word string) bool {
		return strings.Contains(key, word)
	})
}

// redactingWriter hides the known secrets once more in the finished line: one
// that only came together there, of a key and its value, say.
type redactingWriter struct {
	next     io.Writer
	redactor *Redactor
}

func (w redactingWriter) Write(line []byte) (int, error) {
	if _, err := io.WriteString(w.next, w.redactor.known(string(line))); err != nil {
		return 0, err
	}
	return len(line), nil
}
