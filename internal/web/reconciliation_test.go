package web

import (
	"encoding/csv"
	"net/http"
	"strings"
	"testing"

	"qbridge/internal/bridge"
)

// A month of the shop against the books: its figures tie out, days are drawn
// and stand in a table, and each leads to its orders.
func TestReconciliationPage(t *testing.T) {
	t.Parallel()
	s := newSite(t, plainOrders(20)...)
	reader := s.people()[bridge.Accountant]
	page := reader.get("/reconciliation")
	page.want(t, http.StatusOK, "Reconciliation – Nov 2026", "Ties out", "orders, and the orders of all states", "<svg", "Not in QuickBooks", "/orders?from=2026-11-01&state=", "Orders and refunds that differ")
	if strings.Contains(page.body, "Does not tie out") {
		t.Error("the month does not tie out")
	}
	reader.get("/reconciliation/year").want(t, http.StatusOK, "Reconciliation – 2026", "Nov 2026", "Ties out", "/reconciliation?month=2026-11")
	reader.get("/reconciliation/year?year=2025").want(t, http.StatusOK, "Dec 2025")
	reader.get("/reconciliation/year?year=x").want(t, http.StatusUnprocessableEntity)
	orders := 0
	m, err := s.b.ReconcileMonth(t.Context(), "2026-11", func(bridge.ReconciledOrder) error { orders++; return nil })
	check(t, err)
	for _, d := range m.Days {
		reader.get("/orders?from="+d.Day+"&to="+d.Day).want(t, http.StatusOK)
		page.want(t, http.StatusOK, "/orders?from="+d.Day+"&to="+d.Day)
	}
	file := reader.get("/reconciliation/orders.csv?month=2026-11")
	file.want(t, http.StatusOK)
	rows, err := csv.NewReader(strings.NewReader(file.body)).ReadAll()
	check(t, err)
	if len(rows) != orders+1 || orders == 0 || !strings.Contains(file.Header.Get("Content-Disposition"), "reconciliation-2026-11.csv") {
		t.Errorf("%d lines for %d orders in %q", len(rows), orders, file.Header.Get("Content-Disposition"))
	}
	reader.get("/reconciliation?month=2020-01").want(t, http.StatusOK, "No orders are dated in this month, and nothing was refunded.")
	for _, path := range []string{"/reconciliation?month=soon", "/reconciliation/orders.csv?month=%22%3E"} {
		reader.get(path).want(t, http.StatusUnprocessableEntity, "is no month like 2026-11")
	}
}

func TestCharts(t *testing.T) {
	t.Parallel()
	day := func(day, currency, shop, books string) bridge.ReconciledDay {
		return bridge.ReconciledDay{Day: day, Currency: currency, Shop: shop, Books: books}
	}
	all, err := charts(bridge.ReconciledMonth{Month: "2026-02", Days: []bridge.ReconciledDay{
		day("2026-02-01", "USD", "100.00", "50.00"), day("2026-02-02", "USD", "0.01", "0.00"), day("2026-02-28", "USD", "-50.00", "-50.00"), day("2026-02-03", "EUR", "7.00", "7.00"), day("", "USD", "9.00", "0.00")}})
	check(t, err)
	if len(all) != 2 || len(all[0].Days) != 28 || all[1].Currency != "EUR" {
		t.Fatalf("%d charts", len(all))
	}
	c := all[0]
	if c.Shop != "50.01" || c.Books != "0.00" || c.Most != "100.00" || c.Least != "-50.00" {
		t.Errorf("the sums are %s and %s, between %s and %s", c.Shop, c.Books, c.Least, c.Most)
	}
	first, second, last := c.Days[0], c.Days[1], c.Days[27]
	if first.Shop != (bar{chartTop, 100}) || first.Books != (bar{chartTop + 50, 50}) || second.Shop.Height != 1 || second.Books.Height != 0 || last.Shop != (bar{c.Zero, 50}) {
		t.Errorf("the bars are %+v, %+v, %+v", first, second, last)
	}
	if _, err := charts(bridge.ReconciledMonth{Month: "2026-02", Days: []bridge.ReconciledDay{day("2026-02-01", "USD", "odd", "")}}); err == nil {
		t.Error("an amount that is none is drawn")
	}
}

// One line above each page says how it stands; its page, what to do.
func TestStatusLine(t *testing.T) {
	t.Parallel()
	s := newSite(t, plainOrders(30)...)
	people := s.people()
	check(t, s.b.AlertStep(t.Context()))
	for _, path := range []string{"/orders", "/account", "/status"} {
		people[bridge.Warehouse].get(path).want(t, http.StatusOK, "Look only", "Web Connector: not yet", `href="/orders?state=attention"`)
	}
	people[bridge.Owner].get("/status").want(t, http.StatusOK, "nothing is written to QuickBooks", "lists of the company file are not read yet", "What needs somebody")
	if page := s.browser("").get("/login"); strings.Contains(page.body, `id="status"`) {
		t.Error("it is told without login")
	}
	check(t, s.b.SetRule(t.Context(), "mode", "pending", "test"))
	people[bridge.Accountant].get("/orders").want(t, http.StatusOK, `href="/status">Mode: Pending`)
}
