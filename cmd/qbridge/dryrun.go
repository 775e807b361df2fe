package main

import (
	"fmt"
	"io"
	"strings"

	"qbridge/internal/bridge"
)

// outcomeWords says what becomes of orders in a dry run.
func outcomeWords(o string) string {
	switch bridge.Outcome(o) {
	case bridge.WouldPost:
		return "Would post"
	case bridge.WouldPostPart:
		return "Would post in part"
	case bridge.WouldWait:
		return "Would wait"
	case bridge.WouldHold:
		return "Would be held"
	case bridge.WouldExclude:
		return "Excluded"
	case bridge.WouldRest:
		return "Linked by a person"
	}
	return o
}

func printDryRun(w io.Writer, r bridge.DryRun) {
	since := "all orders"
	if r.Since != "" {
		since = "orders since " + r.Since
	}
	fmt.Fprintf(w, "Dry run of %s by today's rules and lists: %d. Nothing is written, and what is in QuickBooks already counts as if it were not.\n\n", since, r.Orders)
	outcomes := make([]bridge.SumView, len(r.Outcomes))
	for i, o := range r.Outcomes {
		o.Name = outcomeWords(o.Name)
		outcomes[i] = o
	}
	printSumViews(w, "Outcome", "Orders", outcomes)
	if len(r.Causes) > 0 {
		fmt.Fprintln(w, "\nWhy not")
	}
	for _, c := range r.Causes {
		more := ""
		if c.Count > int64(len(c.Numbers)) {
			more = ", ..."
		}
		fmt.Fprintf(w, "  %6d  %s, %s: %s%s\n", c.Count, strings.ToLower(outcomeWords(string(c.Outcome))), c.Cause, strings.Join(c.Numbers, ", "), more)
		printLines(w, "          ", c.Reason)
		printLines(w, "          What to do: ", c.Cure)
	}
	documents := make([]bridge.SumView, len(r.Documents))
	for i, d := range r.Documents {
		d.Name = kindWords(d.Name)
		documents[i] = d
	}
	for _, t := range []struct {
		title, count string
		views        []bridge.SumView
	}{
		{"Document", "Documents", documents}, {"Month", "Documents", r.Months}, {"Deposit to", "Documents", r.Deposits}, {"Account", "Lines", r.Accounts},
		{"Tax item", "Documents", r.TaxItems}, {"Added", "Rows", r.Additions}, {"Not letter for letter as in the shop", "Times", r.Changes},
	} {
		if len(t.views) > 0 {
			fmt.Fprintln(w)
			printSumViews(w, t.title, t.count, t.views)
		}
	}
}

// printSumViews prints names with their counts and sums; taxed sums when there
// are any.
func printSumViews(w io.Writer, title, count string, views []bridge.SumView) {
	rows := [][]string{{title, count, "Amount", "On"}}
	taxed := false
	for _, v := range views {
		rows = append(rows, []string{v.Name, fmt.Sprint(v.Count), strings.TrimSpace(v.Amount + " " + v.Currency), v.Taxed})
		taxed = taxed || v.Taxed != ""
	}
	if !taxed {
		for i := range rows {
			rows[i] = rows[i][:3]
		}
	}
	printTable(w, rows, nil, []int{45, 9, 20, 16}[:len(rows[0])], map[int]bool{1: true, 2: true, 3: true})
}
