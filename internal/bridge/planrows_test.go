package bridge

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"qbridge/internal/sim"
)

var update = flag.Bool("update", false, "write the golden files anew")

// Every line of a document stands on the sheet once, and so does every line of
// goods of the order, whatever the order becomes.
func TestPlanSideBySide(t *testing.T) {
	w := newWorld(t)
	var kinds []sim.Kind
	for _, share := range sim.Mix() {
		kinds = append(kinds, share.Kind)
	}
	golden := map[sim.Kind]PlanView{}
	for _, p := range w.take(kinds...) {
		view, err := w.b.ShowPlan(w.ctx, p.ID)
		check(t, err)
		golden[p.Kind] = view
		o := w.order(p).Order
		goods, lines := 0, 0
		sum := decimal.Zero
		for _, r := range view.Rows {
			if strings.Contains(r.Shop, " × ") && r.ShopAmount != "" {
				goods++
			}
			if r.TaxCode != "" {
				lines++
				sum = sum.Add(decimal.RequireFromString(r.BooksAmount))
			}
		}
		if goods != len(o.Lines) {
			t.Errorf("%s: %d of the shop's %d lines of goods are shown", p.Kind, goods, len(o.Lines))
		}
		want, total := 0, decimal.Zero
		for _, d := range view.Documents {
			want += len(d.Lines)
			for _, l := range d.Lines {
				total = total.Add(decimal.RequireFromString(l.Amount))
			}
		}
		if lines != want || !sum.Equal(total) {
			t.Errorf("%s: the sheet has %d lines of %s, the documents %d of %s", p.Kind, lines, sum, want, total)
		}
		if len(view.Documents) == 0 && (view.Reason == "" || len(view.Rows) == 0) {
			t.Errorf("%s: becomes nothing, and neither why nor the order is shown", p.Kind)
		}
	}
	views := map[sim.Kind]PlanView{}
	for _, kind := range []sim.Kind{sim.KindGross, sim.KindPromotions, sim.KindCouponAbsolute, sim.KindShippingTaxed, sim.KindTips, sim.KindLongNumber, sim.KindFractionalPrice, sim.KindDoesNotAddUp} {
		views[kind] = golden[kind]
	}
	text, err := json.MarshalIndent(views, "", "  ")
	check(t, err)
	path := filepath.Join("testdata", "plans.json")
	if *update {
		check(t, os.WriteFile(path, append(text, '\n'), 0o600))
	}
	kept, err := os.ReadFile(path)
	check(t, err)
	if diff := cmp.Diff(strings.ReplaceAll(string(kept), "\r\n", "\n"), string(text)+"\n"); diff != "" {
		t.Errorf("testdata/plans.json (-) is not what is shown now (+); -update writes it anew:\n%s", diff)
	}
}
