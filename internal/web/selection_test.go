package web

import (
	"encoding/csv"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"qbridge/internal/bridge"
	"qbridge/internal/sim"
)

// listed are the IDs of all orders, the newest first, or of those in a state.
func (s *site) listed(state string) (ids []string) {
	s.t.Helper()
	check(s.t, s.b.Orders(s.t.Context(), state, func(o bridge.OrderView) error { ids = append(ids, o.ID); return nil }))
	return ids
}

// selects ticks orders, or selects what which says, and gives where it leads.
func (b *browser) selects(do, which, find string, ids ...string) string {
	b.site.t.Helper()
	answer := b.post("/selections", url.Values{"do": {do}, "which": {which}, "find": {find}, "order": ids, "shown": ids})
	answer.want(b.site.t, http.StatusSeeOther)
	return answer.where()
}

var selectionPath = regexp.MustCompile(`^/selections/[0-9A-Z]{26}`)

// Orders are ticked, or all that match are selected; the page asks; what was
// done, and why not to the rest, is said.
func TestSelections(t *testing.T) {
	t.Parallel()
	s := newSite(t, plainOrders(70)...)
	people := s.people()
	keeper, packer, reader := people[bridge.Bookkeeper], people[bridge.Warehouse], people[bridge.Accountant]
	all := s.listed("")

	keeper.post("/selections", form("do", "hold", "which", "ticked", "find", "q=nobody")).want(t, http.StatusUnprocessableEntity, "Tick at least one order", `value="nobody"`)
	keeper.post("/selections", form("do", "hold", "order", "1003/none")).want(t, http.StatusUnprocessableEntity, "there is no order 1003/none here")
	at := keeper.selects("hold", "ticked", "q=x", append(all[:3:3], all[0])...) // one named twice is one
	keeper.get(at).want(t, http.StatusOK, "3 orders selected", "Hold these orders?", "Why, for whoever looks at it later", "/orders?q=x")
	path := selectionPath.FindString(at)
	keeper.post(path, form("do", "hold", "value", " ")).want(t, http.StatusUnprocessableEntity, "say why")
	keeper.post(path, form("do", "hold", "value", strings.Repeat("x", 201))).want(t, http.StatusUnprocessableEntity, "at most 200 characters")
	keeper.post(path, form("do", "hold", "value", "a friend", "find", "q=x")).want(t, http.StatusSeeOther)
	keeper.get("/orders").want(t, http.StatusOK, "3 orders are held: a friend")
	if held := s.listed("held"); len(held) != 3 {
		t.Errorf("%d orders are held", len(held))
	}

	// Some of it is done already: the page of the action says so.
	at = keeper.selects("hold", "page", "", all[2:5]...)
	done := keeper.post(selectionPath.FindString(at), form("do", "hold", "value", "another", "find", "state=held"))
	done.want(t, http.StatusSeeOther)
	keeper.get(done.where()).want(t, http.StatusOK, "Done with 2 of 3.", "It is held already.", "/orders?state=held")
	reader.get(done.where()).want(t, http.StatusOK, "Done with 2 of 3.")
	at = keeper.selects("sync", "ticked", "", all[0])
	keeper.get(at).want(t, http.StatusOK, "None of these orders is ready to sync.", "1 other order stays as it is")
	done = keeper.post(selectionPath.FindString(at), form("do", "sync"))
	keeper.get(done.where()).want(t, http.StatusOK, "Done with 0 of 1.", "Not done", "friend")

	// All that match, on all pages.
	at = keeper.selects("release", "all", "state=held")
	keeper.get(at).want(t, http.StatusOK, "5 orders selected")
	done = keeper.post(selectionPath.FindString(at), form("do", "release"))
	if done.where() != "/orders" || len(s.listed("held")) != 0 {
		t.Errorf("the release leads to %q, and %v are held", done.where(), s.listed("held"))
	}
	at = packer.selects("tag", "all", "")
	packer.get(at).want(t, http.StatusOK, "Tag these orders")
	path = selectionPath.FindString(at)
	packer.post(path, form("do", "exclude", "value", "x")).want(t, http.StatusForbidden)
	packer.post(path+"/tag", form("do", "tag", "value", "a,b")).want(t, http.StatusUnprocessableEntity, "no + and no comma", `value="a,b"`)
	packer.post(path+"/tag", form("do", "tag", "value", " to  pack ")).want(t, http.StatusSeeOther)
	packer.get("/orders?tag=to+pack").want(t, http.StatusOK, "have the tag to pack now.", "All that match: "+s.count(len(all)))
	packer.post(path+"/tag", form("do", "untag", "value", "to pack")).want(t, http.StatusSeeOther)
	packer.get("/orders?tag=to+pack").want(t, http.StatusOK, "No order is like that.")

	// A selection is its user's own.
	for _, other := range []string{path, path + "/orders.csv"} {
		keeper.get(other).want(t, http.StatusUnprocessableEntity, "This selection is not there any more.")
	}
	keeper.post(path, form("do", "exclude", "value", "x")).want(t, http.StatusUnprocessableEntity, "This selection is not there any more.")
	keeper.post(path, form("do", "burn")).want(t, http.StatusNotFound)
	keeper.get("/actions/999").want(t, http.StatusNotFound)
	reader.get("/orders").want(t, http.StatusOK, "Export CSV")
	for _, page := range []string{"/orders", reader.selects("sync", "ticked", "", all[0])} {
		if body := reader.get(page).body; strings.Contains(body, `"sync"`) || strings.Contains(body, ">Get orders<") {
			t.Errorf("%s shows the accountant what only others may do", page)
		}
	}
}

func (s *site) count(orders int) string {
	s.t.Helper()
	text, err := wordsOf(s.t, "en").count("selection.orders", int64(orders))
	check(s.t, err)
	return text
}

// The selection as a file: every order once, and no cell that a spreadsheet
// takes for a formula.
func TestSelectionCSV(t *testing.T) {
	t.Parallel()
	s := newSite(t, append(plainOrders(12), hostileOrder(t, `=HYPERLINK("http://evil.example")`, "+1", "-2", "@x"))...)
	reader := s.people()[bridge.Accountant]
	file := reader.get(reader.selects("csv", "all", ""))
	file.want(t, http.StatusOK)
	if kind, name := file.Header.Get("Content-Type"), file.Header.Get("Content-Disposition"); kind != "text/csv; charset=utf-8" || !strings.Contains(name, "orders%202026-11-22.csv") {
		t.Errorf("the file is a %s, %s", kind, name)
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(file.body, "\ufeff"))).ReadAll()
	check(t, err)
	seen, formulas := map[string]bool{}, 0
	for _, row := range rows[1:] {
		seen[row[1]] = true
		for _, cell := range row {
			if strings.ContainsAny(cell[:min(1, len(cell))], "=+-@") {
				t.Errorf("the cell %q is a formula", cell)
			}
			if strings.HasPrefix(cell, "'=HYPERLINK") {
				formulas++
			}
		}
	}
	if len(seen) != len(s.listed("")) || len(rows) != len(seen)+1 || formulas == 0 || rows[0][0] != "Order" {
		t.Errorf("%d rows for %d orders, %d formulas kept as text, head %v", len(rows), len(s.listed("")), formulas, rows[0])
	}
	reader.get("/account", "Accept-Language: fr")
	french := reader.get(reader.selects("csv", "page", "", s.listed("")[0]), "Accept-Language: fr")
	french.want(t, http.StatusOK, "Commande,Identifiant")
}

// The list in the browser looks for news: sums, the state of what changed, and
// that orders came, and nothing that would take ticks away.
func TestOrdersNews(t *testing.T) {
	t.Parallel()
	s := newSite(t, plainOrders(8)...)
	keeper := s.people()[bridge.Bookkeeper]
	all := s.listed("")
	s.later(90e9)
	page := keeper.get("/orders")
	at := strings.ReplaceAll(regexp.MustCompile(`hx-get="(/orders/live[^"]*)"`).FindStringSubmatch(page.body)[1], "&amp;", "&")
	shown := "&" + url.Values{"shown": all}.Encode()
	news := keeper.get(at+shown, "HX-Request: true")
	news.want(t, http.StatusOK, `id="sums"`)
	if strings.Contains(news.body, "hx-swap-oob") || strings.Contains(news.body, "<html") || strings.Contains(news.body, "New orders") {
		t.Errorf("there is news when nothing happened: %s", news.body)
	}
	s.later(90e9)
	keeper.post(selectionPath.FindString(keeper.selects("hold", "ticked", "", all[1])), form("do", "hold", "value", "wait")).want(t, http.StatusSeeOther)
	news = keeper.get(at+shown, "HX-Request: true")
	news.want(t, http.StatusOK, `<div id="state-`+elementID(all[1])+`" hx-swap-oob="true"><span class="chip state-held">`)
	if strings.Count(news.body, `id="state-`) != 1 || strings.Contains(news.body, "checkbox") {
		t.Errorf("the news of one order is %s", news.body)
	}
	if !strings.Contains(page.body, `<div id="state-`+elementID(all[1])+`">`) {
		t.Error("the page has no place for the news")
	}
	keeper.get(at+"&shown="+url.QueryEscape(all[1]), "HX-Request: true").want(t, http.StatusOK, "New orders have come: show them")
}

// Get orders tells what came; a shop that can't be asked says why.
func TestGetOrders(t *testing.T) {
	t.Parallel()
	s := newSite(t, plainOrders(8)...)
	packer := s.people()[bridge.Warehouse]
	s.later(10 * 60e9)
	packer.post("/orders/get", form("find", "state=held")).want(t, http.StatusSeeOther)
	packer.get("/orders").want(t, http.StatusOK, "0 new, 0 changed")
	packer.post("/orders/get", form("store", "77")).want(t, http.StatusUnprocessableEntity, "there is no store 77 here")
	check(t, s.b.MoveShop(t.Context(), siteStore, "http://localhost:1/api/v3"))
	packer.post("/orders/get", nil).want(t, http.StatusUnprocessableEntity, siteStore)
}

// What is posted is what the page said: when it is not so any more by the time
// somebody confirms it, the page asks again.
func TestSyncIsWhatWasSeen(t *testing.T) {
	t.Parallel()
	s, _, _ := booksSite(t, [][2]string{{"release", "selected"}}, sim.KindPlain, sim.KindCouponPercent)
	people := s.people()
	keeper, owner := people[bridge.Bookkeeper], people[bridge.Owner]
	ready := s.listed("ready")
	if len(ready) != 2 {
		t.Fatalf("ready are %v", ready)
	}
	at := keeper.selects("sync", "all", "")
	page := keeper.get(at)
	page.want(t, http.StatusOK, "2 orders")
	sure := form("do", "sync", "seen", page.value(t, `name="seen" value="([^"]*)"`))
	owner.post(orderPath(ready[0])+"/do/hold", form("why", "the owner was faster")).want(t, http.StatusSeeOther)
	again := keeper.post(selectionPath.FindString(at), sure)
	again.want(t, http.StatusUnprocessableEntity, "It has changed since you looked.", "1 other order stays as it is")
	if queued := s.listed("queued"); len(queued) != 0 {
		t.Errorf("posted unseen: %v", queued)
	}
	sure.Set("seen", again.value(t, `name="seen" value="([^"]*)"`))
	keeper.post(selectionPath.FindString(at), sure).want(t, http.StatusSeeOther)
	twice := keeper.post(selectionPath.FindString(at), sure)
	twice.want(t, http.StatusSeeOther)
	keeper.get(twice.where()).want(t, http.StatusOK, "Done with 0 of 2.", "It is on its way to QuickBooks already.")
	if queued := s.listed("queued"); len(queued) != 1 || queued[0] != ready[1] {
		t.Errorf("posted: %v", queued)
	}
}
