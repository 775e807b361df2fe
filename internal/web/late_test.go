package web

import (
	"context"
	"net/http"
	"testing"
	"time"

	"qbridge/internal/bridge"
)

// A page whose time is over says what to do instead, in the reader's language:
// a long month or year, and its file, name the command that does it.
func TestLatePages(t *testing.T) {
	t.Parallel()
	s := newSite(t, plainOrders(3)...)
	c := &console{bridge: s.b, log: s.b.Log, screens: map[string]screens{}, assets: map[string]asset{}, routes: map[string]route{}}
	check(t, c.readAssets())
	for _, lang := range languages() {
		w, err := readWords(lang, time.UTC)
		check(t, err)
		c.screens[lang], err = c.parseScreens(w)
		check(t, err)
		c.catalogue = append(c.catalogue, w)
	}
	mux := http.NewServeMux()
	for _, r := range routes() {
		c.routes[r.pattern] = r
		mux.Handle(r.pattern, c.serve(route{r.pattern, r.may, func(v *visit) error { // its time is over when it begins
			ctx, cancel := context.WithTimeout(v.ctx(), 0)
			defer cancel()
			v.r = v.r.WithContext(ctx)
			return r.serve(v)
		}}))
	}
	reader := s.serving(c.guarded(mux))
	reader.setCookie(peopled().cookies[bridge.Accountant].Reveal())
	const month, year = "qbridge reconcile --from 2026-02-01 --to 2026-02-28", "qbridge reconcile --from 2025-01-01 --to 2025-12-31"
	for path, says := range map[string]string{
		"/reconciliation?month=2026-02":            month,
		"/reconciliation/orders.csv?month=2026-02": month,
		"/reconciliation/year?year=2025":           year,
		"/orders?q=tote":                           "Ask for less at once",
		"/activity":                                "Ask for less at once",
	} {
		reader.get(path).want(t, http.StatusServiceUnavailable, "It took too long", "30 seconds", says, `id="status"`)
	}
	for path, says := range map[string]string{"/reconciliation?month=2026-02": month, "/orders": "Demandez moins à la fois"} {
		reader.get(path, "Accept-Language: fr").want(t, http.StatusServiceUnavailable, "Cela a pris trop de temps", "30 secondes", says)
	}
	reader.get("/reconciliation?month=soon").want(t, http.StatusUnprocessableEntity, "is no month like 2026-11")

	// Not even who asks could be found out in time.
	late := s.serving(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), 0)
		defer cancel()
		c.guarded(mux).ServeHTTP(w, r.WithContext(ctx))
	}))
	late.setCookie(peopled().cookies[bridge.Accountant].Reveal())
	late.get("/orders", "Accept-Language: fr").want(t, http.StatusServiceUnavailable, "Demandez moins à la fois")
}
