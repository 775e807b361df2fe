package web

import (
	"net/http"
	"strings"
	"testing"

	"qbridge/internal/bridge"
	"qbridge/internal/order"
	"qbridge/internal/sim"
)

// Tags are made, coloured, renamed with their orders, and removed; one that
// rules ask for stays.
func TestTagsPage(t *testing.T) {
	t.Parallel()
	s := newSite(t, plainOrders(12)...)
	people := s.people()
	packer := people[bridge.Warehouse]
	packer.post("/tags", form("name", "fragile", "colour", "#aa0000")).want(t, http.StatusSeeOther)
	packer.get("/tags").want(t, http.StatusOK, "The tag fragile is kept.", `fill="#aa0000"`)
	packer.post("/tags", form("name", "a,b", "colour", "#aa0000")).want(t, http.StatusUnprocessableEntity, "no + and no comma", `value="a,b"`)
	packer.post("/tags", form("name", "b", "colour", "url(x)")).want(t, http.StatusUnprocessableEntity, "is no colour")
	for _, name := range []string{"a\x00b", "\xff", "\u202egnp", "\u200b"} { // a form could not send them back to take them off
		packer.post("/tags", form("name", name)).want(t, http.StatusUnprocessableEntity, "no invisible characters")
	}
	at := selectionPath.FindString(packer.selects("tag", "all", ""))
	packer.post(at+"/tag", form("do", "tag", "value", "fragile")).want(t, http.StatusSeeOther)
	orders := s.count(len(s.listed("")))
	packer.post("/tags/rename", form("name", "fragile", "to", "gift")).want(t, http.StatusSeeOther)
	packer.get("/tags").want(t, http.StatusOK, "The tag fragile is called gift now.", `fill="#aa0000"`, orders)
	packer.get("/orders?tag=gift").want(t, http.StatusOK, "All that match: "+orders)
	packer.post("/tags/rename", form("name", "gift", "to", "Gift")).want(t, http.StatusSeeOther) // in its case alone
	packer.get("/orders?tag=Gift").want(t, http.StatusOK, "All that match: "+orders)
	packer.post("/tags/rename", form("name", "Gift", "to", "gift")).want(t, http.StatusSeeOther)
	packer.post("/tags/rename", form("name", "fragile", "to", "x")).want(t, http.StatusUnprocessableEntity, "there is no tag")
	packer.post("/tags", form("name", "other")).want(t, http.StatusSeeOther)
	packer.post("/tags/rename", form("name", "gift", "to", "other")).want(t, http.StatusUnprocessableEntity, "there is the tag other already")
	check(t, s.b.SetRule(t.Context(), "documents.country:US + tag:GIFT", "hold", "owner"))
	for _, path := range []string{"/tags/rename", "/tags/remove"} {
		packer.post(path, form("name", "gift", "to", "z")).want(t, http.StatusUnprocessableEntity, "Rules ask for this tag", "documents.country:US + tag:GIFT")
	}
	check(t, s.b.SetRule(t.Context(), "documents.country:US + tag:GIFT", "", "owner"))
	packer.post("/tags/remove", form("name", "gift")).want(t, http.StatusSeeOther)
	packer.get("/tags").want(t, http.StatusOK, "The tag gift is removed.", "other")
	people[bridge.Accountant].get("/tags").want(t, http.StatusOK, "other")
	if tags, err := s.b.Tags(t.Context()); err != nil || len(tags) != 1 {
		t.Errorf("the tags are %v, %v", tags, err)
	}
}

// What a rule asks for decides what becomes of an order in the books: who may
// not act on them can neither put such a tag on nor take it off, by no road.
func TestTagsOfBooks(t *testing.T) {
	t.Parallel()
	s, company, session := booksSite(t, nil, sim.KindPlain)
	people := s.people()
	packer, keeper := people[bridge.Warehouse], people[bridge.Bookkeeper]
	check(t, s.b.SetRule(t.Context(), "documents.country:US + tag:Wait", "hold", "owner"))
	check(t, s.b.SetRule(t.Context(), "documents.tag:wait", "hold", "owner"))
	const says = "Rules ask for this tag, so it decides what goes into QuickBooks: an owner or a bookkeeper"
	id := s.only().ID
	tag := func(b *browser, do, name string) reply {
		return b.post(selectionPath.FindString(b.selects("tag", "ticked", "", id))+"/tag", form("do", do, "value", name))
	}

	for _, name := range []string{"wait", "WAIT", " Wait "} { // there is none yet, and none is made
		tag(packer, "tag", name).want(t, http.StatusUnprocessableEntity, says)
	}
	if tags, err := s.b.Tags(t.Context()); err != nil || len(tags) != 0 {
		t.Errorf("the tags are %v, %v", tags, err)
	}
	tag(packer, "tag", "fragile").want(t, http.StatusSeeOther)
	packer.post("/tags/rename", form("name", "fragile", "to", "wait")).want(t, http.StatusUnprocessableEntity, says)
	s.state(order.Queued)
	tag(keeper, "tag", "wait").want(t, http.StatusSeeOther)
	s.state(order.Held)
	tag(packer, "untag", "wait").want(t, http.StatusUnprocessableEntity, says)
	const offered, told = `<option value="wait">`, "so they are for an owner or a bookkeeper: <bdi>wait</bdi>."
	asked := packer.get(packer.selects("tag", "ticked", "", id))
	asked.want(t, http.StatusOK, `<option value="fragile">`, told)
	if strings.Contains(asked.body, offered) {
		t.Error("a tag is offered to who may not put it on")
	}
	asked = keeper.get(keeper.selects("tag", "ticked", "", id))
	asked.want(t, http.StatusOK, `<option value="fragile">`, offered)
	if strings.Contains(asked.body, told) {
		t.Error("a bookkeeper is told to ask one")
	}
	packer.post("/tags/remove", form("name", "wait")).want(t, http.StatusUnprocessableEntity)
	packer.post("/account/language", form("lang", "fr")).want(t, http.StatusSeeOther)
	tag(packer, "untag", "wait").want(t, http.StatusUnprocessableEntity, "Un propriétaire ou un teneur de livres")
	session()
	s.state(order.Held)
	if n := len(company.Receipts()); n != 0 {
		t.Errorf("%d receipts are in the books", n)
	}
	tag(packer, "untag", "fragile").want(t, http.StatusSeeOther)
	tag(keeper, "untag", "wait").want(t, http.StatusSeeOther)
	session()
	s.state(order.Synced)
}
