package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"qbridge/internal/bridge"
)

// I1: the list pages through all orders, each once, and its counts add up.
func TestOrdersPage(t *testing.T) {
	t.Parallel()
	s := newSite(t, plainOrders(120)...)
	reader := s.people()[bridge.Accountant]
	seen := map[string]bool{}
	next := regexp.MustCompile(`href="(/orders\?after=[^"]+)"`)
	link := regexp.MustCompile(`<th scope="row"><a href="([^"]*)">`)
	pages := 0
	for path := "/orders"; path != ""; pages++ {
		page := reader.get(path)
		page.want(t, http.StatusOK)
		for _, m := range link.FindAllStringSubmatch(page.body, -1) {
			if seen[m[1]] {
				t.Errorf("%s stands twice", m[1])
			}
			seen[m[1]] = true
		}
		path = ""
		if m := next.FindStringSubmatch(page.body); m != nil {
			path = strings.ReplaceAll(m[1], "&amp;", "&")
		}
	}
	visible := 0
	check(t, s.b.Orders(t.Context(), "", func(o bridge.OrderView) error {
		visible++
		if !seen[orderPath(o.ID)] {
			t.Errorf("order %s stands on no page", o.ID)
		}
		return nil
	}))
	if pages != 3 || len(seen) != visible || visible < 100 {
		t.Errorf("%d pages with %d of %d orders", pages, len(seen), visible)
	}
	for path := range seen {
		reader.get(path).want(t, http.StatusOK, "Shop and QuickBooks side by side", "History")
		break
	}
	var one bridge.OrderView
	check(t, s.b.Orders(t.Context(), "", func(o bridge.OrderView) error { one = o; return nil }))
	found := reader.get("/orders?q=" + one.Number + "&from=2020-01-01&to=2030-12-31")
	found.want(t, http.StatusOK, one.Number)
	if n := len(link.FindAllString(found.body, -1)); n != 1 {
		t.Errorf("the search for %s shows %d orders", one.Number, n)
	}
	reader.get("/orders?q=nobody-at-all").want(t, http.StatusOK, "No order is like that.")
	reader.get("/orders?from=soon").want(t, http.StatusUnprocessableEntity, "is no day like")
	reader.get("/orders?after=x").want(t, http.StatusUnprocessableEntity, "is no place in the list")
	reader.get("/orders?state=excluded").want(t, http.StatusOK, "Excluded")
	reader.get("/orders?state=synced").want(t, http.StatusOK, "No order is in this state.")
}

// Page size: under 200 KB, however long the names are that the shop sends.
func TestOrdersPageSize(t *testing.T) {
	t.Parallel()
	var long []json.RawMessage
	for i, plain := range plainOrders(ordersAPage) {
		var o map[string]any
		check(t, json.Unmarshal(plain, &o))
		o["billingPerson"] = map[string]any{"name": strings.Repeat("Ünal & <Şahin> ", 100)}
		o["paymentMethod"], o["paymentStatus"] = fmt.Sprint(strings.Repeat("Méthode ", 40), i), "SOMETHING_NEW"
		body, err := json.Marshal(o)
		check(t, err)
		long = append(long, body)
	}
	page := newSite(t, long...).people()[bridge.Owner].get("/orders")
	page.want(t, http.StatusOK, "Méthode")
	if len(page.body) > 200_000 {
		t.Errorf("the page has %d bytes", len(page.body))
	}
}

// Names with markup, SKUs with paths, long notes and right-to-left text are
// shown as text on every page.
func TestHostileNames(t *testing.T) {
	t.Parallel()
	texts := []string{`<script>alert(1)</script>`, `"><img src=x onerror=alert(2)>`, `../../etc/passwd`, "\u202eevil\u202c", `{{.User}}`, `' onmouseover='alert(3)`, `javascript:alert(4)`}
	s := newSite(t, hostileOrder(t, texts...))
	owner := s.people()[bridge.Owner]
	for _, name := range []string{texts[0], texts[1]} {
		check(t, s.b.AddUser(t.Context(), name, bridge.Warehouse, password, name))
	}
	owner.post("/users", form("name", "\u202eevil", "role", "warehouse", "password", password)).want(t, http.StatusUnprocessableEntity, "visible characters")
	_, cookie, err := s.b.Login(t.Context(), texts[0], password, "")
	check(t, err)
	quoted, bad := regexp.MustCompile(`"[^"]*"`), regexp.MustCompile(`<script>|<img|<[^>]*\son[a-z]+=`)
	shown := false
	for _, r := range routes() {
		method, path := s.somewhere(r.pattern)
		if method != http.MethodGet || strings.HasPrefix(path, "/assets") {
			continue
		}
		for _, b := range []*browser{owner, s.browser(cookie)} {
			page := b.get(path)
			if !strings.HasPrefix(page.Header.Get("Content-Type"), "text/html") {
				continue // a file
			}
			if found := bad.FindString(quoted.ReplaceAllString(page.body, "")); found != "" || strings.Contains(page.body, `href="javascript:`) {
				t.Errorf("%s shows %q as markup", path, found)
			}
			shown = shown || strings.Contains(page.body, "&lt;script&gt;alert(1)")
		}
	}
	if !shown {
		t.Error("no page shows the hostile names at all")
	}
	for _, query := range []string{"?state=%3Cscript%3E", "?after=%3Cscript%3E", "/%3Cscript%3E/x"} {
		if page := owner.get("/orders" + query); strings.Contains(page.body, "<script>") {
			t.Errorf("/orders%s comes back as markup", query)
		}
	}
	if page := s.browser("").get("/login?to=%22%3E%3Cscript%3E&lang=%22%3E%3Cscript%3E"); strings.Contains(page.body, "<script>") {
		t.Error("the login gives back markup")
	}
}

// When more orders match than are summed, the list says so, leads to each state
// and shows no count.
func TestTooManyToSum(t *testing.T) {
	t.Parallel()
	for lang, want := range map[string]string{"en": "More than 5,000 orders", "fr": "Plus de 5\u202f000 commandes"} {
		words, err := readWords(lang, time.UTC)
		check(t, err)
		screens, err := new(console).parseScreens(words)
		check(t, err)
		view := ordersView{OrderPage: bridge.OrderPage{MoreThan: 5000, Orders: make([]bridge.FoundOrder, 1)}, Find: bridge.Find{Text: "tea"}}
		var shown strings.Builder
		check(t, screens["orders"].ExecuteTemplate(&shown, "sums", view))
		if s := shown.String(); !strings.Contains(s, want) || !strings.Contains(s, "/orders?q=tea&amp;state=synced") || strings.Contains(s, "<strong>") {
			t.Error(s)
		}
	}
}
