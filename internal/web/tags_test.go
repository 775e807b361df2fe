package web

import (
	"net/http"
	"testing"

	"qbridge/internal/bridge"
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
