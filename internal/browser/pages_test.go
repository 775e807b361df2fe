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
// how to come there.
type page struct {
	name string
	path string
	then func(v *visitor) // what is done at that path to see the page; nil for nothing
}

// pages are the pages that an owner sees when everything runs.
func (w *world) pages() []page {
	return []page{
		{"orders", "/orders", nil},
		{"orders-attention", "/orders?state=attention", nil},
		{"selection", "/orders?state=attention", func(v *visitor) { v.selectPage("Hold") }},
		{"selection-tag", "/orders?state=synced", func(v *visitor) { v.selectPage("Tag") }},
		{"tags", "/tags", func(v *visitor) {
			v.fill("Name", "Wholesale")
			v.press("Make the tag")
		}},
		{"order", orderPath(w.some(order.Synced)), nil},
		{"order-attention", orderPath(w.some(order.Attention)), nil},
		{"order-hold", orderPath(w.some(order.Attention)) + "/do/hold", nil},
		{"order-undo", orderPath(w.some(order.Synced)) + "/do/undo", nil},
		{"order-log", orderPath(w.some(order.Synced)) + "/log", nil},
		{"packing", "/packing", nil},
		{"packing-lists", "/orders?state=synced", func(v *visitor) { v.selectPage("Packing lists") }},
		{"letterhead", "/packing/letterhead", nil},
		{"quickbooks", "/quickbooks", nil},
		{"quickbooks-items", "/quickbooks", func(v *visitor) { v.press("Items") }},
		{"sessions", "/quickbooks/sessions", nil},
		{"shop", "/shop", nil},
		{"rules", "/rules", nil},
		{"rules-payments", "/rules/payments", nil},
		{"rules-versions", "/rules/versions", nil},
		{"rules-suggestions", "/rules/suggestions", nil},
		{"reconciliation", "/reconciliation?month=2026-11", nil},
		{"reconciliation-year", "/reconciliation/year?year=2026", nil},
		{"status", "/status", nil},
		{"activity", "/activity", nil},
		{"setup-check", "/setup/check", nil},
		{"setup-go", "/setup/go", nil},
		{"users", "/users", nil},
		{"account", "/account", nil},
		{"not-found", "/nothing", nil},
		{"acted", "/orders", func(v *visitor) {
			v.selectPage("Hold")
			v.fill("Why, for whoever looks at it later", "The bookkeeper looks on Monday")
			v.press("Hold: ")
			v.waits("Not done")
		}},
	}
}

// selectPage begins an action on the orders that the page shows.
func (v *visitor) selectPage(action string) {
	v.t.Helper()
	v.choose("With which orders", "page")
	v.press(action)
}

// some is the newest order in a state.
func (w *world) some(state order.State) (id string) {
	w.t.Helper()
	orders := w.in(state)
	if len(orders) == 0 {
		w.t.Fatalf("no order is %s", state)
	}
	return orders[0].ID
}

// restore has a backup of the company file open, which the Web Connector's next
// session finds out.
func (w *world) restore(backup []byte) {
	w.t.Helper()
	check(w.t, w.company.Restore(backup))
	check(w.t, w.b.RefreshLists(w.t.Context()))
	report, err := w.connector.Session(w.t.Context())
	check(w.t, err)
	if !strings.Contains(report.LastError, "Was a backup restored?") {
		w.t.Fatalf("the Web Connector shows %q", report.LastError)
	}
}

func orderPath(id string) string { return "/orders/" + id }

// Each page at the widths of a desk and of a phone, in light and dark: nothing
// complains, none scrolls sideways, axe-core finds nothing serious. With
// -screens its picture is kept.
func TestPages(t *testing.T) {
	needChromium(t)
	t.Parallel()
	w := newWorld(t, 60)
	w.setUp(prove.Rules)
	backup, err := w.company.Snapshot()
	check(t, err)
	w.poll()
	v, whole := w.visitor(t, "en"), t
	look := func(p page) {
		t.Run(p.name, func(t *testing.T) {
			v.t = t
			defer func() { v.t = whole }()
			v.visit(p.path)
			if p.then != nil {
				p.then(v)
				var at string
				v.do("where", chromedp.Location(&at))
				v.visit(strings.TrimPrefix(at, v.base)) // again, without the word of what was done
			}
			v.look(p.name)
		})
	}
	look(page{"start", "/start", nil})
	v.begin(w)
	check(t, w.b.AddUser(t.Context(), "Bruno Keller", bridge.Bookkeeper, password, "Alma Roy"))
	check(t, w.b.AddUser(t.Context(), "Wanda Hale", bridge.Warehouse, password, "Alma Roy"))
	pages := w.pages()
	var menu []string
	v.do("menu", chromedp.Navigate(v.base+"/orders"), chromedp.Evaluate(`[...document.querySelectorAll("header nav a")].map(a => a.getAttribute("href"))`, &menu))
	for _, at := range menu {
		if !slices.ContainsFunc(pages, func(p page) bool { return strings.HasPrefix(p.path, at) }) {
			pages = append(pages, page{strings.ReplaceAll(strings.Trim(at, "/"), "/", "-"), at, nil})
		}
	}
	for _, p := range pages {
		look(p)
	}
	w.restore(backup)
	look(page{"quickbooks-stopped", "/quickbooks", nil})
	v.open("/orders")
	v.press("Log out")
	look(page{"login", "/login", nil})
}
