package qbxml

import (
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/mozillazg/go-unidecode"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"
)

// Change is one thing Text did to a text.
type Change struct {
	Cause Cause
	From  string // what was there; empty for blanks
	To    string // what stands there now
}

// Cause is why Text changed something.
type Cause string

// The causes.
const (
	Transliterated Cause = "transliterated" // QuickBooks has no such character; a likeness stands for it
	Replaced       Cause = "replaced"       // QuickBooks has no such character, and it has no likeness: ?
	Removed        Cause = "removed"        // a control character or half a character
	Joined         Cause = "joined"         // line breaks became blanks
	Trimmed        Cause = "trimmed"        // blanks at the ends or in a row
)

// Text turns s into a text QuickBooks can hold, and says what it changed. QuickBooks stores
// Windows-1252: other characters are composed (NFC), else written in Latin letters, else become a
// question mark. Control characters go. With lines a line break is kept, as a line feed (for Desc,
// Memo and Notes); without, every break and every run of blanks becomes one blank and the ends are
// trimmed. Text leaves alone what it has made.
func Text(s string, lines bool) (string, []Change) {
	if tidy(s) {
		return s, nil
	}
	var changes []Change
	note := func(cause Cause, from, to string) {
		for _, c := range changes {
			if c.Cause == cause && c.From == from {
				return // said already
			}
		}
		changes = append(changes, Change{cause, from, to})
	}
	// First what is no character goes, as it may stand between a letter and its accent.
	kept := strings.Map(func(r rune) rune {
		if isLineBreak(r) || r == '\t' || !isInvisible(r) {
			return r
		}
		note(Removed, string(r), "")
		return -1
	}, strings.ReplaceAll(s, "\r\n", "\n"))
	var b strings.Builder
	for _, r := range norm.NFC.String(kept) {
		switch {
		case isLineBreak(r):
			b.WriteByte('\n')
		case r == '\t', r != '\u00A0' && unicode.Is(unicode.Zs, r):
			b.WriteByte(' ')
		case inQuickBooks(r):
			b.WriteRune(r)
		case unicode.Is(unicode.M, r):
			note(Transliterated, string(r), "") // an accent no letter of Windows-1252 bears
		default:
			likeness, cause := transliterate(r), Transliterated
			if likeness == "" {
				likeness, cause = "?", Replaced
			}
			note(cause, string(r), likeness)
			b.WriteString(likeness)
		}
	}
	out := b.String()
	if !lines && strings.Contains(out, "\n") {
		note(Joined, "\n", " ")
		out = strings.ReplaceAll(out, "\n", " ")
	}
	if trimmed := trimBlanks(out, lines); trimmed != out {
		note(Trimmed, "", "")
		out = trimmed
	}
	return out, changes
}

// tidy reports whether nothing is to be done to a text: visible ASCII with single blanks between. Nearly
// all texts are.
func tidy(s string) bool {
	blank := true // before it
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' || s[i] == ' ' && blank {
			return false
		}
		blank = s[i] == ' '
	}
	return !blank || s == ""
}

// trimBlanks takes the blanks off the ends and, without lines, makes one of several.
func trimBlanks(s string, lines bool) string {
	if lines {
		return strings.TrimSpace(s)
	}
	return strings.Join(strings.Fields(s), " ")
}

// inQuickBooks reports whether QuickBooks can store a character: Windows-1252 without the controls.
func inQuickBooks(r rune) bool {
	if r < 0x20 || (r >= 0x7F && r <= 0x9F) || r == utf8.RuneError {
		return false
	}
	_, ok := charmap.Windows1252.EncodeRune(r)
	return ok
}

func isLineBreak(r rune) bool {
	switch r {
	case '\n', '\r', '\v', '\f', '\u0085', '\u2028', '\u2029':
		return true
	}
	return false
}

// isInvisible: controls, marks of direction and joining, shapes and skin tones of the character
// before, and code points that are no characters.
func isInvisible(r rune) bool {
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Variation_Selector, unicode.Noncharacter_Code_Point) &&
		r != '\u00AD' || // the soft hyphen is in Windows-1252
		(r >= 0x1F3FB && r <= 0x1F3FF)
}

// transliterate writes r in characters QuickBooks has; "" when there is no likeness. The base letter
// comes first (ő→o, ﬁ→fi), a table of likenesses after (ł→l, Ж→Zh).
func transliterate(r rune) string {
	likeness := strings.Map(func(d rune) rune {
		if unicode.Is(unicode.Mn, d) {
			return -1
		}
		return d
	}, norm.NFKD.String(string(r)))
	if likeness == "" || !allInQuickBooks(likeness) {
		likeness = unidecode.Unidecode(string(r))
	}
	if strings.TrimSpace(likeness) == "" || likeness == "[?]" || !allInQuickBooks(likeness) {
		return ""
	}
	return likeness
}

func allInQuickBooks(s string) bool {
	for _, r := range s {
		if !inQuickBooks(r) {
			return false
		}
	}
	return true
}

// Cut cuts s to at most max characters and takes blanks off the new end. It reports whether it cut.
func Cut(s string, max int) (string, bool) {
	if utf8.RuneCountInString(s) <= max {
		return s, false
	}
	return strings.TrimRight(string([]rune(s)[:max]), " \n"), true
}

// CutUnique cuts s to at most max characters so that two different texts stay different: the cut one
// ends in a dash and six characters made of the whole text, always the same ones. Fewer than seven
// characters leave room for those of the six that fit alone.
func CutUnique(s string, max int) string {
	if utf8.RuneCountInString(s) <= max {
		return s
	}
	sum := sha256.Sum256([]byte(s))
	mark := fmt.Sprintf("-%s", base32.StdEncoding.EncodeToString(sum[:])[:6])
	if max < len(mark) {
		return mark[1 : 1+min(max, 6)]
	}
	head, _ := Cut(s, max-len(mark))
	return head + mark
}
