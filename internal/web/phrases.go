package web

import (
	"cmp"
	"fmt"
	"html/template"
	"regexp"
	"strings"

	"github.com/BurntSushi/toml"
)

// The bridge says reasons, cures and notes in English sentences, which are kept
// with the order and shown by commands, too. A page says them as
// words/phrases.toml has it: in the reader's language, and naming the page or
// the button where the sentence names a command. What it does not have comes as
// it is.

// phrase is one sentence of the bridge and what a page says instead.
type phrase struct {
	prefix string         // before its first slot
	whole  *regexp.Regexp // the sentence alone
	begins *regexp.Regexp // the sentence and what follows it
	says   string
}

// slot is where a sentence holds something, as regexp.QuoteMeta leaves it; its
// name says how that is shown.
var slot = regexp.MustCompile(`\\\{([a-z]+\d*)\\\}`)

// sumWords are the parts, the figures and the "is" of a sum.
var sumWords = regexp.MustCompile(`[a-z]+(?: [a-z]+)*|-?[0-9][0-9.]*`)

// frenchBlanks keeps French signs on the line of their word.
var frenchBlanks = strings.NewReplacer("« ", "«"+noBreak, " »", noBreak+"»", " ;", noBreak+";", " :", noBreak+":")

func readPhrases(lang string) (all []phrase, err error) {
	file, err := catalogue.ReadFile("words/phrases.toml")
	if err != nil {
		return nil, err
	}
	var lines struct {
		Phrase []struct{ Is, En, Fr string }
	}
	if err := toml.Unmarshal(file, &lines); err != nil {
		return nil, fmt.Errorf("the phrases: %w", err)
	}
	for _, line := range lines.Phrase {
		p := phrase{says: frenchBlanks.Replace(line.Fr)}
		p.prefix, _, _ = strings.Cut(line.Is, "{")
		if lang != "fr" {
			p.says = cmp.Or(line.En, line.Is)
		}
		form := slot.ReplaceAllStringFunc(regexp.QuoteMeta(line.Is), func(found string) string {
			name := strings.Trim(found, `\{}`)
			holds := ".+?"
			switch strings.TrimRight(name, "0123456789") {
			case "count", "money", "day":
				holds = "-?[0-9][0-9.-]*?"
			case "document":
				holds = "(?:(?i:sales (?:receipt|order)|credit memo|card refund)|[^ ]+)"
			case "entry":
				holds = "[A-Z][A-Za-z]+"
			case "undone":
				holds = "voided|deleted"
			case "reckoning":
				holds = `[a-z][a-z ]* -?[0-9.]+(?: [+−] [a-z][a-z ]* [0-9.]+)* is -?[0-9][0-9.]*?`
			case "which":
				holds = "[A-Z][a-z]+(?: [a-z]+)? [^ ]+"
			case "goods":
				holds = `".+?"(?: \(SKU .+?\))?`
			}
			return "(?P<" + name + ">" + holds + ")"
		})
		if p.whole, err = regexp.Compile("(?s)^" + form + "$"); err != nil {
			return nil, fmt.Errorf("the phrase %q: %w", line.Is, err)
		}
		if p.begins, err = regexp.Compile("(?s)^" + form + " (.+)$"); err != nil {
			return nil, fmt.Errorf("the phrase %q: %w", line.Is, err)
		}
		all = append(all, p)
	}
	return all, nil
}

// told is a piece of what a page says.
type told struct {
	text    string
	english bool // as the bridge says it
}

// tell says a sentence of the bridge, or several; ok is false when some part of
// it is not among the phrases.
func (w *words) tell(sentence string) (pieces []told, ok bool) {
	t := telling{w, map[string]tale{}}.of(sentence)
	return t.pieces, t.ok
}

// telling looks for each rest of a text once: several phrases may fit the same
// beginning, and a buyer's note may repeat it many times.
type telling struct {
	*words
	heard map[string]tale
}

type tale struct {
	pieces []told
	ok     bool
}

func (w telling) of(sentence string) tale {
	t, known := w.heard[sentence]
	if !known {
		t = w.look(sentence)
		w.heard[sentence] = t
	}
	return t
}

func (w telling) look(sentence string) tale {
	var constant []told // begins it, without a slot that could be mistaken
	for _, p := range w.phrases {
		if !strings.HasPrefix(sentence, p.prefix) {
			continue
		}
		held := p.begins.FindStringSubmatch(sentence)
		if held == nil {
			continue
		}
		more := w.of(held[len(held)-1])
		if more.ok || len(held) == 2 {
			all := append([]told{{text: w.fill(p, held[1:len(held)-1])}}, more.pieces...)
			if more.ok {
				return tale{all, true}
			}
			constant = all
		}
	}
	for _, p := range w.phrases {
		if !strings.HasPrefix(sentence, p.prefix) {
			continue
		}
		if held := p.whole.FindStringSubmatch(sentence); held != nil {
			return tale{[]told{{text: w.fill(p, held[1:])}}, true}
		}
	}
	if constant != nil {
		return tale{constant, false}
	}
	return tale{[]told{{sentence, true}}, false}
}

func (w telling) fill(p phrase, held []string) string {
	text := p.says
	for i, value := range held {
		name := p.whole.SubexpNames()[i+1]
		text = strings.ReplaceAll(text, "{"+name+"}", w.held(strings.TrimRight(name, "0123456789"), value))
	}
	return text
}

// held writes what a slot holds in the reader's form.
func (w telling) held(name, value string) string {
	switch name {
	case "held": // another sentence
		var all []string
		for _, p := range w.of(value).pieces {
			all = append(all, p.text)
		}
		return strings.Join(all, " ")
	case "rule":
		return w.ruleName(value)
	case "value":
		return w.ruleValue(value)
	case "field": // billing address
		return w.ruleValue(strings.ReplaceAll(value, " ", "-"))
	case "entry":
		return w.known("kind", value)
	case "undone":
		return w.known("undone", value)
	case "which": // Sales receipt S01QA
		return w.document(value)
	case "document":
		return strings.ToLower(w.known("document", strings.ToUpper(value[:1])+value[1:]))
	case "day":
		if day, err := w.date(value); err == nil {
			return day
		}
	case "money":
		return w.amount(value)
	case "sum", "reckoning": // goods 16.47 + gift card sold 1.56 is 18.03
		return sumWords.ReplaceAllStringFunc(value, func(part string) string {
			if part == "is" {
				return "="
			}
			if word := w.known("part", part); word != part {
				return strings.ToLower(word)
			}
			if strings.Trim(part, "-0123456789.") == "" {
				return w.amount(part)
			}
			return part
		})
	}
	return value
}

// said is what a page shows of the bridge's sentences.
func (w *words) said(sentence string) template.HTML {
	if sentence == "" {
		return ""
	}
	var out []string
	pieces, _ := w.tell(sentence)
	for _, p := range pieces {
		begin := "<bdi>"
		if p.english {
			begin = `<bdi lang="en">`
		}
		out = append(out, begin+template.HTMLEscapeString(p.text)+"</bdi>")
	}
	return template.HTML(strings.Join(out, " ")) // escaped above
}
