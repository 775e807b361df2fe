package web

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"qbridge/internal/bridge"
	"qbridge/internal/sim"
)

// ruleVersion is the version of the rules in force.
func (s *site) ruleVersion() string {
	s.t.Helper()
	version, _, err := s.b.Rules(s.t.Context())
	check(s.t, err)
	return strconv.FormatInt(version, 10)
}

func (s *site) rule(key string) string {
	s.t.Helper()
	_, rules, err := s.b.Rules(s.t.Context())
	check(s.t, err)
	value, _ := rules.Get(key)
	return value
}

// A form of rules leads to a preview, and only that to new rules.
func TestRulesAreSeenBeforeTheyAreSaved(t *testing.T) {
	t.Parallel()
	s := newSite(t, plainOrders(5)...)
	keeper := s.people()[bridge.Bookkeeper]
	first := s.ruleVersion()
	keeper.get("/rules").want(t, http.StatusOK, "When orders go out", "Deposit to", "not set", "have not been read yet")
	keeper.get("/rules/documents").want(t, http.StatusOK, "A paid order becomes", `name="rule:document"`)
	keeper.get("/rules/nothing").want(t, http.StatusNotFound)

	typed := form("version", first, "group", "documents", "rule:document", "exclude", "rule:after-sales-order", "nothing", "rule:due-days", "",
		"old:documents", "", "entry:documents", "country:CA", "value:documents", "hold")
	keeper.post("/rules/preview", typed).want(t, http.StatusOK, "Nothing is saved yet.", "2 rules change", "Exclude the order", "Documents by condition: country:CA", "of the last 5 orders")
	if s.rule("document") != "receipt" {
		t.Fatal("the preview saved the rules")
	}
	wrong := form("version", first, "group", "documents", "rule:document", "exclude", "rule:due-days", "soon", "old:documents", "", "entry:documents", "colour:red", "value:documents", "hold")
	keeper.post("/rules/preview", wrong).want(t, http.StatusUnprocessableEntity, "Some rules can't be set so.", `value="soon"`, "takes a number from 1", `value="colour:red"`, "can't have the entry")
	keeper.post("/rules/preview", form("version", first, "group", "documents", "rule:document", "receipt")).want(t, http.StatusSeeOther)
	keeper.post("/rules/preview", form("version", first, "entry:items", "x")).want(t, http.StatusUnprocessableEntity, "is not whole")

	save := form("version", first, "group", "documents", "key", "document", "value", "exclude", "key", "documents.country:CA", "value", "hold")
	keeper.post("/rules/documents", save).want(t, http.StatusOK, `value="country:CA"`) // back to the form
	keeper.post("/rules", save).want(t, http.StatusSeeOther)
	keeper.get("/rules").want(t, http.StatusOK, "The rules are saved.", "country:CA", "by bookkeeper")
	if s.rule("document") != "exclude" || s.rule("documents.country:CA") != "hold" {
		t.Error("the rules are not saved")
	}

	// Somebody else changed them in between: what this one typed is shown anew,
	// and rules that this one did not touch stay the other's.
	keeper.post("/rules", save).want(t, http.StatusUnprocessableEntity, "The rules were changed in the meantime.")
	keeper.post("/rules/preview", form("version", first, "rule:document", "receipt", "rule:number-prefix", "W-")).want(t, http.StatusOK, "1 rule changes", "W-")
	// An entry is renamed and another taken away.
	check(t, s.b.SetRule(t.Context(), "items.a", "One", "test"))
	check(t, s.b.SetRule(t.Context(), "items.b", "Two", "test"))
	rows := form("version", s.ruleVersion(), "group", "goods", "old:items", "a", "entry:items", "c", "value:items", "One", "old:items", "b", "entry:items", "b", "value:items", "")
	keeper.post("/rules/preview", rows).want(t, http.StatusOK, "3 rules change", "Items of goods: c")
}

// Of a long table a page shows some; those that are searched for can be changed,
// the others stay.
func TestLongTables(t *testing.T) {
	t.Parallel()
	s := newSite(t, plainOrders(1)...)
	keeper := s.people()[bridge.Bookkeeper]
	var text strings.Builder
	text.WriteString("[items]\n")
	for i := range 3 * mostEntries {
		fmt.Fprintf(&text, "\"sku-%d\" = \"Item %d\"\n", i, i)
	}
	check(t, s.b.ImportRules(t.Context(), []byte(text.String()), "test"))
	keeper.get("/rules").want(t, http.StatusOK, "and 200 more")
	page := keeper.get("/rules/goods")
	page.want(t, http.StatusOK, "200 more entries are not shown here", "Search the entries")
	if n := strings.Count(page.body, `name="old:items"`); n != mostEntries+emptyRows {
		t.Errorf("the page has %d rows", n)
	}
	found := keeper.get("/rules/goods?find=SKU-123")
	found.want(t, http.StatusOK, `value="Item 123"`)
	if strings.Contains(found.body, `value="Item 12"`) {
		t.Error("the search finds what is not searched for")
	}
	typed := form("version", s.ruleVersion(), "group", "goods", "old:items", "sku-123", "entry:items", "sku-123", "value:items", "Another")
	keeper.post("/rules/preview", typed).want(t, http.StatusOK, "1 rule changes", "Items of goods: sku-123", "Another")
}

// What lets orders out that waited must be confirmed.
func TestModeIsConfirmed(t *testing.T) {
	t.Parallel()
	s := newSite(t, plainOrders(2)...)
	owner := s.people()[bridge.Owner]
	post := form("version", s.ruleVersion(), "key", "mode", "value", "post")
	page := owner.post("/rules/preview", post)
	page.want(t, http.StatusOK, "Orders would go to QuickBooks", `name="confirmed"`)
	owner.post("/rules", post).want(t, http.StatusUnprocessableEntity, "tick the box")
	post.Set("confirmed", "7 orders from 2026-11-22 to 2026-11-22 would go to QuickBooks.") // what was confirmed is not so
	owner.post("/rules", post).want(t, http.StatusUnprocessableEntity, "tick the box")
	if s.rule("mode") != "look" {
		t.Error("orders go out unconfirmed")
	}
	post.Set("confirmed", page.value(t, `name="confirmed" value="([^"]*)"`))
	owner.post("/rules", post).want(t, http.StatusSeeOther)
	if s.rule("mode") != "post" {
		t.Error("the confirmed mode is not set")
	}
}

// When only what somebody selects goes out the question does not say that
// orders go by themselves.
func TestModeOfSelectedOrders(t *testing.T) {
	t.Parallel()
	s, _, _ := booksSite(t, [][2]string{{"release", "selected"}, {"mode", "look"}}, sim.KindPlain)
	owner := s.people()[bridge.Owner]
	const mild, hard = "It goes to QuickBooks when you select it", "Orders would go to QuickBooks"
	for _, c := range []struct{ release, says, not string }{{"", mild, hard}, {"automatic", hard, mild}} {
		post := form("version", s.ruleVersion(), "key", "mode", "value", "post")
		if c.release != "" {
			post["key"], post["value"] = append(post["key"], "release"), append(post["value"], c.release)
		}
		page := owner.post("/rules/preview", post)
		page.want(t, http.StatusOK, c.says, `name="confirmed"`)
		if strings.Contains(page.body, c.not) {
			t.Errorf("with release %q the page says %q", c.release, c.not)
		}
	}
	keys := form("version", s.ruleVersion(), "key", "mode", "value", "post", "confirmed", "")
	owner.post("/rules", keys).want(t, http.StatusUnprocessableEntity, mild, "tick the box")
	owner.post(orderPath(s.only().ID)+"/do/hold", form("why", "a test")).want(t, http.StatusSeeOther)
	owner.post("/rules/preview", keys).want(t, http.StatusOK, "No order is ready now. Those that will be go to QuickBooks when somebody selects them.")
	owner.post("/setup/go", form("mode", "post", "release", "selected")).want(t, http.StatusOK, "when somebody selects them.")
}

// Versions tell who changed what, and lead back; an export can be imported.
func TestRuleVersionsAndFiles(t *testing.T) {
	t.Parallel()
	s := newSite(t, plainOrders(1)...)
	owner := s.people()[bridge.Owner]
	check(t, s.b.SetRule(t.Context(), "number-prefix", "A-", "ann"))
	before := s.ruleVersion()
	file := owner.get("/rules/export")
	file.want(t, http.StatusOK, `number-prefix = "A-"`)
	if !strings.Contains(file.Header.Get("Content-Disposition"), "qbridge-rules-"+before+".toml") {
		t.Errorf("the file is %q", file.Header.Get("Content-Disposition"))
	}
	check(t, s.b.SetRule(t.Context(), "number-prefix", "B-", "bob"))
	owner.get("/rules/versions").want(t, http.StatusOK, "bob", "ann", "Prefix of numbers", "In force")
	owner.post("/rules/back", form("version", before)).want(t, http.StatusOK, "1 rule changes", "B-", "A-")
	owner.post("/rules/back", form("version", "99")).want(t, http.StatusUnprocessableEntity, "there is no version 99")

	upload := func(text string) reply {
		var body bytes.Buffer
		w := multipart.NewWriter(&body)
		part, err := w.CreateFormFile("file", "rules.toml")
		check(t, err)
		_, err = part.Write([]byte(text))
		check(t, err)
		check(t, w.Close())
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/rules/import", &body)
		check(t, err)
		r.Header.Set("Content-Type", w.FormDataContentType())
		return owner.send(r)
	}
	upload(file.body).want(t, http.StatusOK, "1 rule changes", "B-", "A-")
	upload("colour = 'red'").want(t, http.StatusUnprocessableEntity, "colour")
	owner.post("/rules/import", nil).want(t, http.StatusUnprocessableEntity, "choose a file of rules first")
	if s.rule("number-prefix") != "B-" {
		t.Error("an import was saved without being looked at")
	}
	owner.get("/rules/suggestions").want(t, http.StatusOK, "have not been read yet")
}

// Every rule, group and kind of entry has a name in each language, and so has
// every value that rules take; what it does is said in each, too.
func TestRulesHaveNames(t *testing.T) {
	t.Parallel()
	s := newSite(t, plainOrders(1)...)
	f, err := s.b.RuleForm(t.Context(), nil)
	check(t, err)
	for _, lang := range languages() {
		w := wordsOf(t, lang)
		for _, field := range f.Fields {
			want := []string{"rule." + field.Key, "rule_group." + slug(field.Group)}
			if field.Table {
				want = append(want, "rule_entry."+field.Entry)
			}
			for _, value := range field.Values {
				want = append(want, "rule_value."+value)
			}
			if lang != languages()[0] {
				want = append(want, "rule_doc."+field.Key)
			}
			for _, key := range want {
				if w.text[key] == "" {
					t.Errorf("%s has no %s", lang, key)
				}
			}
		}
	}
}
