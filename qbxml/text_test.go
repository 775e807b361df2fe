package qbxml

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestText(t *testing.T) {
	// Q5
	tests := map[string]struct {
		in, want string
		lines    bool
		changes  []Change
	}{
		"plain":                  {"Tee shirt, 2 × L", "Tee shirt, 2 × L", false, nil},
		"Windows-1252 stays":     {"é ß Ø € – — “x” ™ …", "é ß Ø € – — “x” ™ …", false, nil},
		"composed":               {"Jose\u0301", "José", false, nil},
		"accent beyond":          {"Zdene\u030ck Łuków", "Zdenek Luków", false, []Change{{Transliterated, "ě", "e"}, {Transliterated, "Ł", "L"}}},
		"accent without letter":  {"x\u030a", "x", false, []Change{{Transliterated, "\u030a", ""}}},
		"Hungarian":              {"Győr", "Gyor", false, []Change{{Transliterated, "ő", "o"}}},
		"Cyrillic":               {"Жуков", "Zhukov", false, []Change{{Transliterated, "Ж", "Zh"}, {Transliterated, "у", "u"}, {Transliterated, "к", "k"}, {Transliterated, "о", "o"}, {Transliterated, "в", "v"}}},
		"ligature":               {"ﬁne", "fine", false, []Change{{Transliterated, "ﬁ", "fi"}}},
		"emoji":                  {"Tee 😀!", "Tee ?!", false, []Change{{Replaced, "😀", "?"}}},
		"emoji with skin":        {"👍🏽", "?", false, []Change{{Removed, "🏽", ""}, {Replaced, "👍", "?"}}},
		"lost character":         {"a\uFFFDb", "a?b", false, []Change{{Replaced, "\uFFFD", "?"}}},
		"half a character":       {"a\xe9b", "a?b", false, []Change{{Replaced, "\uFFFD", "?"}}},
		"controls":               {"a\x00b\x1fc\x7f\u0092d", "abcd", false, []Change{{Removed, "\x00", ""}, {Removed, "\x1f", ""}, {Removed, "\x7f", ""}, {Removed, "\u0092", ""}}},
		"not of XML":             {"a\uFFFEb\uFFFFc", "abc", false, []Change{{Removed, "\uFFFE", ""}, {Removed, "\uFFFF", ""}}},
		"zero width and mark":    {"a\u200bb\ufeff", "ab", false, []Change{{Removed, "\u200b", ""}, {Removed, "\ufeff", ""}}},
		"lines kept":             {"one\r\ntwo\rthree\u2028four", "one\ntwo\nthree\nfour", true, nil},
		"lines joined":           {"one\r\n\r\ntwo", "one two", false, []Change{{Joined, "\n", " "}, {Trimmed, "", ""}}},
		"blanks":                 {"  a \t b\u00a0\u2003c ", "a b c", false, []Change{{Trimmed, "", ""}}},
		"blanks in lines":        {" a  b\n c ", "a  b\n c", true, []Change{{Trimmed, "", ""}}},
		"only what cannot stand": {"\u200b\x00 ", "", false, []Change{{Removed, "\u200b", ""}, {Removed, "\x00", ""}, {Trimmed, "", ""}}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, changes := Text(test.in, test.lines)
			if got != test.want {
				t.Errorf("%q became %q, want %q", test.in, got, test.want)
			}
			if diff := cmp.Diff(test.changes, changes); diff != "" {
				t.Errorf("changes (-want +got):\n%s", diff)
			}
		})
	}
}

// Q5: Chinese and the like become Latin letters or question marks, never themselves.
func TestTextBeyondAlphabets(t *testing.T) {
	got, changes := Text("北京 ไทย שלום", false)
	if len(changes) == 0 {
		t.Error("nothing was said of it")
	}
	if !allInQuickBooks(got) || got == "" {
		t.Errorf("became %q", got)
	}
}

// Q8: mapping comes before cutting, so a lengthened text is cut too.
func TestCut(t *testing.T) {
	tests := map[string]struct {
		in, want string
		max      int
		cut      bool
	}{
		"short":              {"abc", "abc", 3, false},
		"long":               {"abcd", "abc", 3, true},
		"characters count":   {"éééé", "éé", 2, true},
		"no blank at an end": {"ab cd", "ab", 3, true},
		"nothing fits":       {"ab", "", 0, true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got, cut := Cut(test.in, test.max); got != test.want || cut != test.cut {
				t.Errorf("got %q, %v; want %q, %v", got, cut, test.want, test.cut)
			}
		})
	}
}

// Q9
func TestCutUnique(t *testing.T) {
	a := "Organic cotton tee shirt, women's, size L"
	b := "Organic cotton tee shirt, women's, size M"
	cutA, cutB := CutUnique(a, 31), CutUnique(b, 31)
	if cutA == cutB {
		t.Errorf("both became %q", cutA)
	}
	if cutA != CutUnique(a, 31) {
		t.Error("the same name became two")
	}
	for _, cut := range []string{cutA, cutB} {
		if utf8.RuneCountInString(cut) > 31 || !strings.HasPrefix(cut, "Organic cotton tee shirt-") {
			t.Errorf("cut to %q", cut)
		}
	}
	// QuickBooks compares names without case: the marks must differ without it too.
	if strings.EqualFold(cutA, cutB) {
		t.Errorf("%q and %q differ only in case", cutA, cutB)
	}
	if got := CutUnique("Tee", 31); got != "Tee" {
		t.Errorf("a short name became %q", got)
	}
	for max := range 12 {
		if got := CutUnique(a, max); utf8.RuneCountInString(got) > max {
			t.Errorf("cut to %d: %q", max, got)
		}
	}
}

func FuzzText(f *testing.F) {
	for _, s := range []string{"", "Zdeněk", "a\x00\u0301", "😀👩‍👩‍👧", "北京", "\xff\xfe", "a\r\nb", "Ǆ½№", "\u0344", "e\u200d\u0301", "\u1e9b\u0323"} {
		f.Add(s, true)
		f.Add(s, false)
	}
	f.Fuzz(func(t *testing.T, s string, lines bool) {
		got, _ := Text(s, lines)
		for _, r := range got {
			if r == '\n' && lines {
				continue
			}
			if !inQuickBooks(r) {
				t.Fatalf("%q holds %U", got, r)
			}
		}
		if again, more := Text(got, lines); again != got || more != nil {
			t.Fatalf("%q became %q became %q (%v)", s, got, again, more)
		}
		for _, max := range []int{0, 5, 11, 31} {
			if cut, _ := Cut(got, max); utf8.RuneCountInString(cut) > max {
				t.Fatalf("cut to %d: %q", max, cut)
			}
			if cut := CutUnique(got, max); utf8.RuneCountInString(cut) > max {
				t.Fatalf("cut to %d: %q", max, cut)
			}
		}
	})
}

// What Text leaves alone at once is what it would leave alone after a closer look.
func FuzzTidyTextStays(f *testing.F) {
	for _, s := range []string{"", " ", "a", " a", "a ", "a b", "a  b", "a\tb", "a\nb", "é", "~", "\x7f", "a\u200bb"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, lines := range []bool{false, true} {
			// A character that Text changes makes it look closely at the rest.
			whole, _ := Text("\u200b"+s, lines)
			if got, _ := Text(s, lines); got != whole {
				t.Errorf("%q became %q, closely %q", s, got, whole)
			}
		}
	})
}
