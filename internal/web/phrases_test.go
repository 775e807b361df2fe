package web

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
)

// What the bridge says often, and what a page says then: in French, and in
// English naming a button instead of a command.
func TestPhrases(t *testing.T) {
	for name, c := range map[string]struct{ says, lang, want string }{
		"figures":       {"The shop charged 1485.11 of tax, QuickBooks computes 1485.06; a rounding line carries the 0.05.", "fr", "<bdi>La boutique a facturé 1\u202f485,11 de taxe, QuickBooks calcule 1\u202f485,06 ; une ligne d&#39;arrondi porte les 0,05.</bdi>"},
		"as it is":      {"The shop charged 485.11 of tax, QuickBooks computes 485.06; a rounding line carries the 0.05.", "en", "<bdi>The shop charged 485.11 of tax, QuickBooks computes 485.06; a rounding line carries the 0.05.</bdi>"},
		"a day":         {"The order is dated 2025-07-10, and the books are closed up to 2025-10-19.", "fr", "<bdi>La commande est datée du 10 juill. 2025, et les livres sont clos jusqu&#39;au 19 oct. 2025.</bdi>"},
		"a sum":         {"The order does not add up: goods 164.70 + tax 15.65 is 180.35, but the shop's total is 181.35, a difference of 1.00.", "fr", "<bdi>La commande ne concorde pas : marchandises 164,70 + taxe 15,65 = 180,35, mais le total de la boutique est 181,35, un écart de 1,00.</bdi>"},
		"a button":      {"Release the order when it may be posted.", "en", "<bdi>When it may be posted: “Release”.</bdi>"},
		"more notes":    {`QuickBooks has another "A" already, so this buyer is called "A (web)". (2 more notes: qbridge order)`, "en", `<bdi>QuickBooks has another &#34;A&#34; already, so this buyer is called &#34;A (web)&#34;. 2 more notes stand below.</bdi>`},
		"two sentences": {"Ready. It goes out when a person releases it. Handed to QuickBooks; the answer is awaited.", "fr", "<bdi>Prête. Elle part quand quelqu&#39;un la sélectionne et appuie sur « Synchroniser ».</bdi> <bdi>Remise à QuickBooks ; la réponse est attendue.</bdi>"},
		"alike": {"The rule shipping-item is not set: name an item of the type Other Charge that is active in QuickBooks (Lists > Item List). The rule discount-item is not set: name an item of the type Discount that is active in QuickBooks (Lists > Item List).", "en",
			"<bdi>“Item for shipping” is not set: name an item of the type Other Charge that is active in QuickBooks (Lists &gt; Item List).</bdi> <bdi>“Item for discounts” is not set: name an item of the type Discount that is active in QuickBooks (Lists &gt; Item List).</bdi>"},
		"a document":     {"Sales receipt S01QA (TxnID 1A-2) was posted, but is not in QuickBooks any more. If that is right: qbridge accept. The order is posted again only when you say so: qbridge again.", "fr", "<bdi>Reçu de vente S01QA (TxnID 1A-2) : comptabilisé, mais n&#39;est plus dans QuickBooks.</bdi> <bdi>Si c&#39;est juste : « Accepter telle quelle ». La commande n&#39;est comptabilisée de nouveau que si vous le dites : « Comptabiliser de nouveau ».</bdi>"},
		"two words":      {"The order was cancelled in the shop after it was posted as sales receipt 5-A of 41.06.", "fr", "<bdi>La commande a été annulée dans la boutique après sa comptabilisation (reçu de vente 5-A de 41,06).</bdi>"},
		"deleted":        {"Payment 7 (TxnID 1A-2) was deleted in QuickBooks.", "fr", "<bdi>Paiement reçu 7 (TxnID 1A-2) : supprimé dans QuickBooks.</bdi>"},
		"a comma":        {`By the rule update-customer the billing address of Smith, John, "1 Elm", becomes "2 Elm".`, "fr", "<bdi>Selon la règle « Tenu à jour dans QuickBooks », le client Smith, John change (adresse de facturation) : &#34;1 Elm&#34; devient &#34;2 Elm&#34;.</bdi>"},
		"a total":        {"goods 1016.47 + gift card sold 5.00 − discount 3.00 + tax 1.56 is 1020.03.", "fr", "<bdi>marchandises 1\u202f016,47 + carte-cadeau vendue 5,00 − rabais 3,00 + taxe 1,56 = 1\u202f020,03.</bdi>"},
		"goods":          {`Something else. "A. B" (SKU 7) leads to the item "Pot", which is inactive in QuickBooks.`, "fr", `<bdi lang="en">Something else. &#34;A. B&#34; (SKU 7) leads to the item &#34;Pot&#34;, which is inactive in QuickBooks.</bdi>`},
		"a form's":       {"the store ID \"x\" is no number: you find it at the foot of the Ecwid admin", "en", "<bdi>The store ID &#34;x&#34; is no number: you find it at the foot of the Ecwid admin.</bdi>"},
		"markup":         {"Held by a person: <script>alert(1)</script>", "fr", "<bdi>Retenue par une personne : &lt;script&gt;alert(1)&lt;/script&gt;</bdi>"},
		"not among them": {"Something <b>else</b>.", "fr", `<bdi lang="en">Something &lt;b&gt;else&lt;/b&gt;.</bdi>`},
	} {
		if got := strings.ReplaceAll(string(wordsOf(t, c.lang).said(c.says)), noBreak, " "); got != c.want {
			t.Errorf("%s: said\n%s\nnot\n%s", name, got, c.want)
		}
	}
}

// A buyer's note that repeats the bridge's sentences is looked through once:
// several phrases fit each of them, and all ways to take them are 2 to the 50.
func TestPhrasesRepeated(t *testing.T) {
	for _, again := range []string{"The shop's prices contain the tax: discount of 1 are 1 and 1 of tax. ", "Orders paid so: 1. So do several. ", "The refund of this order is in QuickBooks already (1). "} {
		note := "x letter for letter; it is written a (b). " + strings.Repeat(again, 50)
		says := fmt.Sprintf("QuickBooks can't hold the memo %q letter for letter; it is written %q (emoji left out).", note, note)
		for _, lang := range []string{"en", "fr"} {
			if got := wordsOf(t, lang).said(says); strings.Count(string(got), "emoji left out") != 1 {
				t.Errorf("the end of the sentence is lost: %s", got)
			}
		}
	}
}

// Each phrase is in French and English, shows in both what it holds, names no
// command, and its sentence is one of the program's: each of its fixed parts
// stands in the source.
func TestPhrasesAreOfTheProgram(t *testing.T) {
	var source strings.Builder
	for _, folder := range []string{"../posting", "../bridge", "../ecwid", "."} {
		check(t, filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
			if err != nil || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
				return err
			}
			text, err := os.ReadFile(path)
			source.Write(text)
			return err
		}))
	}
	all := strings.ReplaceAll(source.String(), `\"`, `"`)
	file, err := catalogue.ReadFile("words/phrases.toml")
	check(t, err)
	var lines struct {
		Phrase []struct{ Is, En, Fr string }
	}
	check(t, toml.Unmarshal(file, &lines))
	held := regexp.MustCompile(`\{[a-z]+\d*\}`)
	// Put together of parts that the source has elsewhere.
	composed := regexp.MustCompile(`^Orders |^The rule tax has|^pulled from|orders need attention|^The order does not add up`)
	for _, p := range lines.Phrase {
		for _, says := range []string{p.En, p.Fr} {
			if strings.Contains(says, "qbridge ") {
				t.Errorf("%q is said as %q, which names a command", p.Is, says)
			}
			for _, slot := range held.FindAllString(says, -1) {
				if !strings.Contains(p.Is, slot) {
					t.Errorf("%q is said as %q: nothing fills %s", p.Is, says, slot)
				}
			}
		}
		if p.Fr == "" {
			t.Errorf("%q is not in French", p.Is)
		}
		longest := ""
		for _, part := range held.Split(p.Is, -1) {
			for _, part := range strings.FieldsFunc(part, func(c rune) bool { return c == ':' || c == '.' || c == '%' || c == '(' || c == ';' }) {
				if len(part) > len(longest) {
					longest = part
				}
			}
		}
		if composed.MatchString(p.Is) {
			continue
		}
		if !strings.Contains(all, strings.TrimSpace(longest)) {
			t.Errorf("nothing in the program says %q (%q)", p.Is, longest)
		}
	}
}
