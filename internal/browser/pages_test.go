package browser

import (
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"qbridge/internal/bridge"
	"qbridge/internal/order"
	"qbridge/internal/prove"
)

// page is a page of the console: its name, which is that of its picture, and
// where it is.
type page struct{ name, path string }

// pages are all pages that an owner sees when everything runs.
func (w *world) pages() []page {
	return []page{
		{"orders", "/orders"},
		{"orders-attention", "/orders?state=attention"},
		{"order", orderPath(w.some(order.Synced))},
		{"order-attention", orderPath(w.some(order.Attention))},
		{"users", "/users"},
		{"account", "/account"},
		{"not-found", "/nothing"},
	}
}

// some is the newest order in a state.
func (w *world) some(state order.State) (id string) {
	w.t.Helper()
	check(w.t, w.b.Orders(w.t.Context(), string(state), func(o bridge.OrderView) error {
		if id == "" {
			id = o.ID
		}
		return nil
	}))
	if id == "" {
		w.t.Fatalf("no order is %s", state)
	}
	return id
}

func orderPath(id string) string { return "/orders/" + id }

// Each page at the widths of a desk and of a phone, in light and dark: nothing
// complains, none scrolls sideways, axe-core finds nothing serious. With
// -screens its picture is kept.
func TestPages(t *testing.T) {
	needChromium(t)
	axe := axe(t)
	w := newWorld(t, 60)
	w.setUp(prove.Rules)
	w.poll()
	v := w.visitor(t, "en")
	look := func(p page) {
		t.Run(p.name, func(t *testing.T) {
			v.t = t
			defer func() { v.t = nil }()
			v.dark(false)
			v.desk()
			v.visit(p.path)
			v.screen(p.name)
			v.accessible(p.name, axe)
			v.phone()
			v.visit(p.path)
			v.screen(p.name + "-360")
			v.fits(p.name)
			v.dark(true)
			v.accessible(p.name+" in the dark, narrow", axe)
			v.desk()
			v.dark(false)
		})
		v.t = t
	}
	look(page{"start", "/start"})
	v.begin(w)
	check(t, w.b.AddUser(t.Context(), "Bruno Keller", bridge.Bookkeeper, password, "Alma Roy"))
	check(t, w.b.AddUser(t.Context(), "Wanda Hale", bridge.Warehouse, password, "Alma Roy"))
	pages := w.pages()
	for _, p := range pages {
		look(p)
	}
	var menu []string
	v.do("menu", chromedp.Navigate(v.base+"/orders"), chromedp.Evaluate(`[...document.querySelectorAll("header nav a")].map(a => a.getAttribute("href"))`, &menu))
	for _, at := range menu {
		if !slices.ContainsFunc(pages, func(p page) bool { path, _, _ := strings.Cut(p.path, "?"); return path == at }) {
			t.Errorf("%s stands in the menu, and not in the pages of this test", at)
		}
	}
	v.press("Log out")
	look(page{"login", "/login"})
}
