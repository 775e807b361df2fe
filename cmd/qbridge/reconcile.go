package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"

	"qbridge/internal/bridge"
)

type reconcileCommand struct {
	folder
	From string `required:"" help:"The first day, of the orders' dates and of refunds." placeholder:"DATE"`
	To   string `required:"" help:"The last day." placeholder:"DATE"`
	JSON bool   `help:"As JSON; docs/json.md says what is in it."`
	CSV  string `name:"csv" help:"Also write every order and refund of the time, with its parts in the shop and in QuickBooks, to this file." placeholder:"FILE" type:"path"`
}

func (r reconcileCommand) Run(c *console) error {
	return c.with(r.folder, func(b *bridge.Bridge) error {
		found, err := r.reconcile(c, b)
		switch {
		case err != nil:
			return err
		case r.JSON:
			return writeJSON(c.out, found)
		}
		printReconciliation(c.out, found)
		return nil
	})
}

func (r reconcileCommand) reconcile(c *console, b *bridge.Bridge) (found bridge.Reconciliation, err error) {
	if r.CSV == "" {
		return b.Reconcile(c.ctx, r.From, r.To, nil)
	}
	file, err := os.OpenFile(r.CSV, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return found, fmt.Errorf("cannot write the file: %w", err)
	}
	w := csv.NewWriter(file)
	err = w.Write(bridge.ReconcileHead())
	if err == nil {
		found, err = b.Reconcile(c.ctx, r.From, r.To, func(o bridge.ReconciledOrder) error { return w.Write(o.Row()) })
	}
	w.Flush()
	if err = errors.Join(err, w.Error(), file.Close()); err != nil {
		return found, err
	}
	c.say("Written to %s.", r.CSV)
	return found, nil
}

// mostDifferences is how many differences a terminal is given.
const mostDifferences = 200

func printReconciliation(w io.Writer, r bridge.Reconciliation) {
	fmt.Fprintf(w, "Shop and QuickBooks, orders dated %s to %s: %d, refunds: %d\n\n", r.From, r.To, r.Orders, r.Refunds)
	rows := [][]string{{"State", "Orders", "Shop", "QuickBooks", ""}}
	for _, s := range r.States {
		rows = append(rows, []string{words(s.State), fmt.Sprint(s.Count), s.Shop, s.Books, s.Currency})
	}
	right := map[int]bool{1: true, 2: true, 3: true, 4: true, 5: true}
	printTable(w, rows, nil, []int{22, 9, 16, 16, 4}, map[int]bool{1: true, 2: true, 3: true})
	fmt.Fprintln(w)
	rows = [][]string{{"Part", "Shop", "not booked", "tax inside", "QuickBooks", "Difference", ""}}
	for _, p := range r.Parts {
		rows = append(rows, []string{p.Part, p.Shop, p.NotBooked, p.TaxInside, p.Books, p.Difference, p.Currency})
	}
	printTable(w, rows, nil, []int{22, 16, 16, 16, 16, 16, 4}, right)
	if len(r.Taxes) > 0 {
		fmt.Fprintln(w)
		rows = [][]string{{"Tax agency", "Tax item", "Documents", "On", "Tax", ""}}
		for _, t := range r.Taxes {
			rows = append(rows, []string{t.Agency, t.Item, fmt.Sprint(t.Documents), t.Taxed, t.Tax, t.Currency})
		}
		printTable(w, rows, nil, []int{24, 24, 9, 16, 16, 4}, map[int]bool{2: true, 3: true, 4: true})
	}
	for _, t := range []struct {
		title, count string
		views        []bridge.SumView
	}{{"Money into", "Documents", r.Deposits}, {"Account", "Lines", r.Accounts}} {
		if len(t.views) > 0 {
			fmt.Fprintln(w)
			printSumViews(w, t.title, t.count, t.views)
		}
	}
	if len(r.Differences) == 0 {
		fmt.Fprintln(w, "\nNo differences: every order and refund of the time is in QuickBooks as it is in the shop.")
		return
	}
	fmt.Fprintf(w, "\nDifferences, order by order: %d\n", len(r.Differences))
	rows, notes := [][]string{{"Order", "Day", "State", "Shop", "QuickBooks", "Difference"}}, []string{""}
	for i, d := range r.Differences {
		if i == mostDifferences {
			break
		}
		number := d.Number
		if d.Refund {
			number += ", refund"
		}
		rows = append(rows, []string{number, d.Day, words(d.State), d.Shop, d.Books, d.Difference})
		notes = append(notes, d.Reason)
	}
	printTable(w, rows, notes, []int{30, 10, 20, 14, 14, 14}, map[int]bool{3: true, 4: true, 5: true})
	if more := len(r.Differences) - mostDifferences; more > 0 {
		fmt.Fprintf(w, "and %d more: --csv FILE or --json has all.\n", more)
	}
}
