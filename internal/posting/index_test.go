package posting_test

import (
	"strings"
	"testing"

	"qbridge/internal/posting"
)

// Fold's short way for plain texts gives what the long way does.
func FuzzFold(f *testing.F) {
	for _, s := range []string{"", " ", "Trail Shoe", "  Trail  Shoe ", "A\tB", "É", "a\u200bb", "\x01", "~"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		folded := posting.Fold(s)
		if long := posting.Fold("\u200b" + s); folded != long {
			t.Errorf("%q is folded to %q, the long way to %q", s, folded, long)
		}
		if again := posting.Fold(folded); again != folded && !strings.ContainsFunc(s, func(r rune) bool { return r > '~' }) {
			t.Errorf("%q is folded to %q, and that to %q", s, folded, again)
		}
	})
}
