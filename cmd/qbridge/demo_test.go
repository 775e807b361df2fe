package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"qbridge/internal/bridge"
	"qbridge/internal/sim"
)

var update = flag.Bool("update", false, "write the table of docs/demo.md anew")

// program runs a command in this process.
func program(t *testing.T, args ...string) (code int, out, talk string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code = run(t.Context(), args, strings.NewReader(""), &stdout, &stderr)
	return code, stdout.String(), stderr.String()
}

// done runs a command that must end well and gives its standard output.
func done(t *testing.T, args ...string) string {
	t.Helper()
	code, out, talk := program(t, args...)
	if code != exitDone {
		t.Fatalf("qbridge %s: exit code %d\n%s", strings.Join(args, " "), code, talk)
	}
	return out
}

// TestDemo: sixty orders of all kinds go through, the table and the sums by
// state add up to all orders and to the pretend books (I1), and a second run on
// the same folder posts nothing (I3, I9).
func TestDemo(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first := done(t, "demo", "--data", dir, "--orders", "60")
	var views []bridge.OrderView
	check(t, json.Unmarshal([]byte(done(t, "orders", "--data", dir, "--json")), &views))
	if len(views) != 60 {
		t.Fatalf("%d orders, want 60", len(views))
	}
	receipts := receiptsIn(t, dir)
	synced, total := 0, decimal.Zero
	for _, v := range views {
		total = total.Add(decimal.RequireFromString(v.Total))
		if v.State != "synced" {
			if v.Reason == "" {
				t.Errorf("order %s is %s without a reason", v.Number, v.State)
			}
			continue
		}
		synced++
		if v.BooksTotal != v.Total || v.TxnID == "" || v.Document == "" {
			t.Errorf("synced, but the document isn't the order's: %+v", v)
		}
		if row := regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(v.Number) + ` .* ` + regexp.QuoteMeta(v.Total) + ` USD .*Synced$`); !row.MatchString(first) {
			t.Errorf("the table has no row for order %s", v.Number)
		}
	}
	if synced < 45 || synced != receipts {
		t.Errorf("%d orders are synced and %d receipts are in the books; want the same number, at least 45", synced, receipts)
	}
	checkSums(t, first, 60, total)
	checkTable(t, dir, views)

	code, second, talk := program(t, "demo", "--data", dir)
	if code != exitDone || !strings.Contains(talk, "Done: 0 new receipts in the books.") {
		t.Errorf("the second run: exit code %d\n%s", code, talk)
	}
	if second != first {
		t.Errorf("the second run shows another table:\n%s\nwant:\n%s", second, first)
	}
	if again := receiptsIn(t, dir); again != receipts {
		t.Errorf("%d receipts after the second run, %d after the first", again, receipts)
	}

	// The way out of a posted order, tried by somebody who looks around.
	one := views[slices.IndexFunc(views, func(v bridge.OrderView) bool { return v.State == "synced" })]
	done(t, "undo", "--data", dir, one.Number, "--yes", "--reconciled-checked")
	if third := done(t, "demo", "--data", dir); !strings.Contains(third, "Checked apart from QBridge") {
		t.Errorf("after an undo the demo does not check the books:\n%s", third)
	}
	check(t, json.Unmarshal([]byte(done(t, "orders", "--data", dir, "--state", "held", "--json")), &views))
	if len(views) != 1 || views[0].Number != one.Number {
		t.Errorf("held are %+v, want order %s", views, one.Number)
	}
	done(t, "release", "--data", dir, one.Number)
	done(t, "demo", "--data", dir)
	check(t, json.Unmarshal([]byte(done(t, "orders", "--data", dir, "--state", "synced", "--json")), &views))
	if len(views) != synced {
		t.Errorf("%d orders are synced after the release, want %d", len(views), synced)
	}
}

// checkTable holds the table of docs/demo.md against the mix of orders that
// the pretend shop has, and what became of each kind in this demo. -update
// writes it.
func checkTable(t *testing.T, dir string, views []bridge.OrderView) {
	t.Helper()
	w, err := openWorld(filepath.Join(dir, "pretend"), 1, 60, "", "")
	check(t, err)
	kinds := map[string]sim.Kind{}
	for _, o := range w.orders {
		var one struct{ ID string }
		check(t, json.Unmarshal(o.JSON, &one))
		kinds[one.ID] = o.Kind
	}
	became := map[sim.Kind][]string{}
	for _, v := range views {
		outcome := "sales receipt"
		if v.State != "synced" {
			outcome = strings.ToLower(words(v.State)) + ": `" + v.Cause + "`"
		}
		if kind := kinds[v.Number]; !slices.Contains(became[kind], outcome) {
			became[kind] = append(became[kind], outcome)
		}
	}
	var table strings.Builder
	table.WriteString("| kind | of 60 | what it is | what becomes of it |\n|---|---|---|---|\n")
	for _, k := range sim.Mix() {
		slices.Sort(became[k.Kind])
		fmt.Fprintf(&table, "| %s | %d | %s | %s |\n", k.Kind, k.Count, k.About, strings.Join(became[k.Kind], "; "))
	}
	const begin, end = "<!-- table -->\n", "<!-- end of table -->"
	text := page(t, "demo.md")
	before, rest, found := strings.Cut(text, begin)
	old, after, foundEnd := strings.Cut(rest, end)
	if !found || !foundEnd {
		t.Fatalf("docs/demo.md has no place for the table, between %q and %q", begin, end)
	}
	if *update {
		check(t, os.WriteFile(filepath.Join("..", "..", "docs", "demo.md"), []byte(before+begin+table.String()+end+after), 0o644))
		return
	}
	if diff := cmp.Diff(old, table.String()); diff != "" {
		t.Errorf("docs/demo.md (-) and the demo (+) differ; -update writes it:\n%s", diff)
	}
}

func receiptsIn(t *testing.T, dir string) int {
	t.Helper()
	company, err := sim.LoadCompany(filepath.Join(dir, "pretend", "pretend-books.json"), nil)
	check(t, err)
	return len(company.Receipts())
}

// checkSums adds up the table of sums by state.
func checkSums(t *testing.T, table string, orders int, total decimal.Decimal) {
	t.Helper()
	row := regexp.MustCompile(`(?m)^(All orders|[A-Z][a-z ]+?) +(\d+) +(-?\d+\.\d\d) USD$`)
	count, sum, all := 0, decimal.Zero, false
	for _, m := range row.FindAllStringSubmatch(table, -1) {
		n, err := strconv.Atoi(m[2])
		check(t, err)
		amount := decimal.RequireFromString(m[3])
		if m[1] == "All orders" {
			all = true
			if n != orders || !amount.Equal(total) || n != count || !amount.Equal(sum) {
				t.Errorf("All orders: %d, %s; the states above come to %d, %s; the orders to %d, %s", n, amount, count, sum, orders, total)
			}
			continue
		}
		count, sum = count+n, sum.Add(amount)
	}
	if !all {
		t.Errorf("no sums in:\n%s", table)
	}
}

// TestDemoOtherOrders: another seed works too, few orders as well, and the
// folder that is named at the end exists.
func TestDemoOtherOrders(t *testing.T) {
	t.Parallel()
	code, out, talk := program(t, "demo", "--data", t.TempDir(), "--orders", "5", "--seed", "7")
	if code != exitDone {
		t.Fatalf("exit code %d\n%s", code, talk)
	}
	if !strings.Contains(out, "Checked apart from QBridge") {
		t.Errorf("the books were not checked:\n%s", out)
	}
	folder := regexp.MustCompile(`The data are in (.+)\. Try next:`).FindStringSubmatch(talk)
	if folder == nil {
		t.Fatalf("it doesn't say where the data are:\n%s", talk)
	}
	if _, err := os.Stat(folder[1]); err != nil {
		t.Error(err)
	}
}
