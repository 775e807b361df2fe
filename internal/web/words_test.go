package web

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"qbridge/internal/bridge"
	"qbridge/internal/order"
)

func wordsOf(t *testing.T, lang string) *words {
	t.Helper()
	w, err := readWords(lang, time.UTC)
	check(t, err)
	return w
}

// Every language has the same keys, and each line names the same arguments.
func TestLanguagesSayTheSame(t *testing.T) {
	verb := regexp.MustCompile(`%(\[\d+\])?[a-z]`)
	english := wordsOf(t, "en")
	for _, lang := range languages()[1:] {
		w := wordsOf(t, lang)
		for key, line := range english.text {
			other, found := w.text[key]
			a, b := verb.FindAllString(line, -1), verb.FindAllString(other, -1)
			slices.Sort(a)
			slices.Sort(b)
			if !found || other == "" || !slices.Equal(slices.Compact(a), slices.Compact(b)) {
				t.Errorf("%s: %q is %q in English and %q here", lang, key, line, other)
			}
		}
		for key := range w.text {
			if _, found := english.text[key]; !found && !strings.HasPrefix(key, "rule_doc.") { // the program says what rules do in English itself
				t.Errorf("%s has %q, English has not", lang, key)
			}
		}
	}
}

func sources(t *testing.T, pattern string) map[string]string {
	t.Helper()
	files, err := filepath.Glob(pattern)
	check(t, err)
	all := map[string]string{}
	for _, name := range files {
		text, err := os.ReadFile(name)
		check(t, err)
		if !strings.HasSuffix(name, "_test.go") {
			all[name] = string(text)
		}
	}
	if len(all) == 0 {
		t.Fatalf("there is nothing like %s", pattern)
	}
	return all
}

// No template holds words of its own: all are in the catalogue.
func TestTemplatesHoldNoWords(t *testing.T) {
	action, tag, letters := regexp.MustCompile(`(?s)\{\{.*?\}\}`), regexp.MustCompile(`(?s)<[^>]*>`), regexp.MustCompile(`\p{L}+`)
	said := regexp.MustCompile(`(?:aria-label|title|alt|placeholder|data-label)="([^"]*)"|<input type="submit"[^>]* value="([^"]*)"`)
	for name, text := range sources(t, "pages/*.html") {
		text = action.ReplaceAllString(text, "")
		for _, found := range said.FindAllStringSubmatch(text, -1) {
			if word := letters.FindString(found[1] + found[2]); word != "" && word != "TxnID" {
				t.Errorf("%s says %q in %s", name, word, found[0])
			}
		}
		text = regexp.MustCompile(`(?s)<code>[^<]*</code>`).ReplaceAllString(text, "") // a command
		for _, word := range letters.FindAllString(tag.ReplaceAllString(text, " "), -1) {
			if !slices.Contains([]string{"QBridge", "TxnID"}, word) {
				t.Errorf("%s says %q by itself", name, word)
			}
		}
	}
}

// Every key that is asked for is there, and every key is asked for.
func TestKeysAreUsed(t *testing.T) {
	english := wordsOf(t, "en")
	used := map[string]bool{}
	whole := regexp.MustCompile(`\bt "([a-z_]+\.[A-Za-z0-9_]+)"|\.say\("([a-z_]+\.[A-Za-z0-9_]+)"|"(menu\.[a-z_]+)"`)
	counted := regexp.MustCompile(`\bcount "([a-z_]+\.[A-Za-z0-9_]+)"|\.count\("([a-z_]+\.[A-Za-z0-9_]+)"`)
	begun := regexp.MustCompile(`\bt \(print "([a-z_]+\.[a-z_]*)"`)
	done := regexp.MustCompile(`\.redirect\([^"]*"[^"]*", "([a-z_]+)"|\.redirect\([^",]*, "([a-z_]+)"`)
	sections := regexp.MustCompile(`\b(?:known "|known\(")([a-z_]+)"`)
	var prefixes []string
	all := sources(t, "pages/*.html")
	maps.Copy(all, sources(t, "*.go"))
	for _, text := range all {
		for _, m := range whole.FindAllStringSubmatch(text, -1) {
			used[m[1]+m[2]+m[3]] = true
		}
		for _, m := range counted.FindAllStringSubmatch(text, -1) {
			used[m[1]+m[2]+"_one"], used[m[1]+m[2]+"_many"] = true, true
		}
		for _, m := range done.FindAllStringSubmatch(text, -1) {
			used["done."+m[1]+m[2]] = true
		}
		for _, m := range begun.FindAllStringSubmatch(text, -1) {
			prefixes = append(prefixes, m[1])
		}
		for _, m := range sections.FindAllStringSubmatch(text, -1) {
			prefixes = append(prefixes, m[1]+".")
		}
	}
	for key := range problems() {
		used["problem."+key] = true
	}
	for _, at := range menu() {
		used["menu."+strings.TrimPrefix(at, "/")] = true
	}
	for _, s := range order.States() {
		used["state."+string(s)] = true
	}
	for _, role := range bridge.Roles() {
		used["role."+string(role)] = true
	}
	for key := range used {
		if _, found := english.text[key]; !found {
			t.Errorf("the words have no %q", key)
		}
	}
	for key := range english.text {
		if !used[key] && !slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(key, p) }) {
			t.Errorf("nobody says %q", key)
		}
	}
	for _, s := range order.States() {
		if english.known("state", string(s)) != s.Words() {
			t.Errorf("the state %s is %q here and %q elsewhere", s, english.known("state", string(s)), s.Words())
		}
	}
}

func TestForms(t *testing.T) {
	en, fr := wordsOf(t, "en"), wordsOf(t, "fr")
	for _, c := range []struct{ amount, currency, en, fr string }{
		{"1234.56", "CAD", "CA$1,234.56", "1 234,56 $"},
		{"1234.56", "USD", "$1,234.56", "1 234,56 $ US"},
		{"-0.05", "EUR", "−€0.05", "−0,05 €"},
		{"123456789012345678901234.10", "GBP", "£123,456,789,012,345,678,901,234.10", "123 456 789 012 345 678 901 234,10 £"},
		{"999", "CHF", "999 CHF", "999 CHF"},
		{"1000", "", "1,000", "1 000"},
		{"1234567.00", "JPY", "1,234,567 JPY", "1 234 567 JPY"},
		{"1234567", "JPY", "1,234,567 JPY", "1 234 567 JPY"},
		{"1.50", "JPY", "1.50 JPY", "1,50 JPY"},
		{"", "USD", "", ""},
		{"odd", "USD", "$odd", "odd $ US"},
	} {
		plain := strings.NewReplacer(noBreak, " ", narrowBlank, " ")
		if got := plain.Replace(en.money(c.amount, c.currency)); got != c.en {
			t.Errorf("%s %s in English is %q, want %q", c.amount, c.currency, got, c.en)
		}
		if got := plain.Replace(fr.money(c.amount, c.currency)); got != c.fr {
			t.Errorf("%s %s in French is %q, want %q", c.amount, c.currency, got, c.fr)
		}
	}
	for text, want := range map[string]string{"10.125": "10.125 KWD", "10.5": "10.50 KWD", "7": "7.00 KWD"} {
		if got := strings.ReplaceAll(en.sum(order.Money{Amount: decimal.RequireFromString(text), Currency: "KWD"}), noBreak, " "); got != want {
			t.Errorf("the sum %s is %q, want %q", text, got, want)
		}
	}
	at := time.Date(2026, 8, 3, 15, 4, 0, 0, time.UTC)
	for w, want := range map[*words][3]string{en: {"Aug 3, 2026", "Aug 3, 2026 3:04 pm", "Credit memo 12"}, fr: {"3 août 2026", "3 août 2026 15 h 04", "Note de crédit 12"}} {
		day, err := w.date("2026-08-03")
		check(t, err)
		moment, err := w.when(at)
		check(t, err)
		if day != want[0] || moment != want[1] || w.document("Credit memo 12") != want[2] {
			t.Errorf("%s: %q, %q, %q, want %q", w.lang, day, moment, w.document("Credit memo 12"), want)
		}
	}
	if day, err := en.date("soon"); err != nil || day != "soon" {
		t.Errorf("no date is %q, %v", day, err)
	}
}

// The reader's language: chosen, else asked for, else the browser's.
func TestLanguage(t *testing.T) {
	t.Parallel()
	s := newSite(t, plainOrders(1)...)
	b := s.browser("")
	for path, header := range map[string]string{"/start": "fr-CA,en;q=0.5", "/start?lang=fr": "en", "/login": "fr"} {
		b.get(path, "Accept-Language: "+header).want(t, 200, `lang="fr"`, "Mot de passe")
	}
	for _, header := range []string{"en", "de", "", ";;;", "de,fr;q=0", strings.Repeat("x,", 3000)} {
		b.get("/start", "Accept-Language: "+header).want(t, 200, `<html lang="en"`)
	}
	owner := s.people()[bridge.Owner]
	owner.get("/orders", "Accept-Language: fr").want(t, 200, "Commandes")
	check(t, s.b.SetLang(t.Context(), s.users()["owner"].ID, "en"))
	owner.get("/orders", "Accept-Language: fr").want(t, 200, "Orders")
}
