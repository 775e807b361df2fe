package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/width"

	"qbridge/internal/bridge"
)

type ordersCommand struct {
	folder
	State string `help:"Only orders in this state: new, waiting, ready, queued, sent, in_doubt, pending, synced, attention, held, excluded." placeholder:"S"`
	JSON  bool   `help:"As JSON; docs/json.md says what is in it."`
}

func (o ordersCommand) Run(c *console) error {
	return c.with(o.folder, func(b *bridge.Bridge) error {
		views := []bridge.OrderView{}
		err := b.Orders(c.ctx, o.State, func(v bridge.OrderView) error {
			views = append(views, v)
			return nil
		})
		if err != nil {
			return err
		}
		if o.JSON {
			return writeJSON(c.out, views)
		}
		printOrders(c.out, views)
		if o.State != "" {
			return nil
		}
		sums, err := b.Sums(c.ctx)
		if err == nil {
			fmt.Fprintln(c.out)
			printSums(c.out, sums)
		}
		return err
	})
}

// printOrders prints the table that a shopkeeper reads. Why an order is where
// it is stands below its line.
func printOrders(w io.Writer, views []bridge.OrderView) {
	rows := [][]string{{"Order", "Date", "Customer", "Total", "Document", "In QuickBooks", "State"}}
	notes := []string{""}
	for _, v := range views {
		rows = append(rows, []string{v.Number, v.Date, v.Customer, v.Total + " " + v.Currency, v.Document, v.BooksTotal, words(v.State)})
		notes = append(notes, v.Reason)
	}
	printTable(w, rows, notes, []int{45, 10, 24, 18, 27, 13, 20}, map[int]bool{3: true, 5: true})
}

// printSums prints counts and sums by state, and the whole.
func printSums(w io.Writer, sums []bridge.StateSum) {
	rows := [][]string{{"State", "Orders", "Sum"}}
	var all int64
	total := map[string]bridge.StateSum{}
	var currencies []string
	for _, s := range sums {
		rows = append(rows, []string{s.State.Words(), fmt.Sprint(s.Count), s.Sum.String()})
		all += s.Count
		t, seen := total[s.Sum.Currency]
		if !seen {
			currencies = append(currencies, s.Sum.Currency)
			t.Sum.Currency = s.Sum.Currency
		}
		t.Sum.Amount = t.Sum.Amount.Add(s.Sum.Amount)
		total[s.Sum.Currency] = t
	}
	for i, currency := range currencies {
		count := ""
		if i == 0 {
			count = fmt.Sprint(all)
		}
		rows = append(rows, []string{"All orders", count, total[currency].Sum.String()})
	}
	printTable(w, rows, nil, []int{22, 7, 18}, map[int]bool{1: true, 2: true})
}

// noteWidth is how long the lines of a note below a row are at most.
const noteWidth = 100

// printTable prints rows in columns as wide as they need, at most widths; the
// first row is the head. notes, when there are any, stand below their rows.
func printTable(w io.Writer, rows [][]string, notes []string, widths []int, right map[int]bool) {
	columns := make([]int, len(widths))
	for _, row := range rows {
		for j, cell := range row {
			columns[j] = min(widths[j], max(columns[j], cells(cell)))
		}
	}
	for i, row := range rows {
		var line strings.Builder
		for j, cell := range row {
			if j > 0 {
				line.WriteString("  ")
			}
			line.WriteString(fitCell(cell, columns[j], right[j]))
		}
		fmt.Fprintln(w, strings.TrimRight(line.String(), " "))
		if i == 0 {
			fmt.Fprintln(w, strings.Repeat("-", cells(line.String())))
		}
		if i < len(notes) {
			for _, part := range wrap(notes[i], noteWidth) {
				fmt.Fprintln(w, "    "+part)
			}
		}
	}
}

// fitCell fills a text up to a width, or cuts it.
func fitCell(s string, width int, right bool) string {
	s = strings.Join(strings.Fields(s), " ")
	if cells(s) > width {
		cut := []rune(s)
		for cells(string(cut)) >= width {
			cut = cut[:len(cut)-1]
		}
		s = string(cut) + "…"
	}
	pad := strings.Repeat(" ", width-cells(s))
	if right {
		return pad + s
	}
	return s + pad
}

// cells is how many columns of a terminal a text takes: a Chinese character or
// an emoji takes two, an accent of its own none.
func cells(s string) (n int) {
	for _, r := range s {
		switch {
		case unicode.Is(unicode.Mn, r):
		case width.LookupRune(r).Kind() == width.EastAsianWide, width.LookupRune(r).Kind() == width.EastAsianFullwidth:
			n += 2
		default:
			n++
		}
	}
	return n
}

// wrap breaks a text between words into lines of at most the given width, save
// for a word that is longer.
func wrap(text string, most int) (lines []string) {
	for _, word := range strings.Fields(text) {
		if last := len(lines) - 1; last >= 0 && cells(lines[last])+1+cells(word) <= most {
			lines[last] += " " + word
		} else {
			lines = append(lines, word)
		}
	}
	return lines
}

func words(state string) string { return bridge.StateWords(state) }

type orderCommand struct {
	folder
	Number string `arg:"" help:"The order's number, or its key when several have that number."`
	JSON   bool   `help:"As JSON; docs/json.md says what is in it."`
}

func (o orderCommand) Run(c *console) error {
	return c.with(o.folder, func(b *bridge.Bridge) error {
		d, err := b.Order(c.ctx, o.Number)
		if err != nil {
			return err
		}
		if o.JSON {
			return writeJSON(c.out, d)
		}
		printOrder(c.out, d)
		return nil
	})
}

func printOrder(w io.Writer, d bridge.OrderDetail) {
	fmt.Fprintf(w, "Order %s of %s, %s, %s\n", d.Number, d.Date, strings.TrimSpace(d.Customer+" "+mail(d.Order.Email)), d.Payment)
	fmt.Fprintf(w, "State: %s\n", words(d.State))
	printLines(w, "Why: ", d.Reason)
	printLines(w, "What to do: ", d.Cure)
	m := d.Money
	fmt.Fprintf(w, "\nMoney (%s, %s)\n", d.Currency, d.Mode)
	for _, part := range [][2]string{
		{"goods", m.Goods}, {"promotions", m.Promotions}, {"coupon", m.Coupon}, {"shipping", m.Shipping}, {"handling", m.Handling},
		{"surcharges, tips", m.Surcharges}, {"tax", m.Tax}, {"total", d.Total}, {"gift card", m.GiftCard}, {"due", d.Due},
	} {
		if strings.Trim(part[1], "-0.") != "" || part[0] == "goods" || part[0] == "total" {
			fmt.Fprintf(w, "  %-18s %12s\n", part[0], part[1])
		}
	}
	printLines(w, "  Note: ", d.Warning)
	if d.Plan != nil && (len(d.Plan.Documents) > 0 || d.Plan.Reason != d.Reason) {
		fmt.Fprintln(w, "\nPlan")
		printPlan(w, *d.Plan)
	}
	if len(d.Rows) > 0 {
		fmt.Fprintln(w, "\nDocuments")
	}
	for _, r := range d.Rows {
		fmt.Fprintf(w, "  %s %s: %s", kindWords(r.Kind), r.Number, strings.ReplaceAll(r.State, "_", " "))
		if r.TxnID != "" {
			fmt.Fprintf(w, ", TxnID %s, QuickBooks' total %s", r.TxnID, r.BooksTotal)
		}
		if r.Set != "" {
			fmt.Fprintf(w, ", message set %s, sent %s", r.Set, times(r.Tries))
		}
		fmt.Fprintln(w)
		if r.State != "done" {
			printLines(w, "    ", r.Message)
		}
	}
	fmt.Fprintln(w, "\nHistory")
	for _, h := range d.History {
		printLines(w, fmt.Sprintf("  %s  %-9s %-9s ", h.At.Local().Format(time.DateTime), h.Who, h.Event), h.Note)
	}
}

// kindWords writes a kind of qbXML as people do: SalesReceipt, sales receipt.
func kindWords(kind string) string {
	switch kind {
	case "TxnVoid":
		return "void of sales receipt"
	case "ARRefundCreditCard":
		return "card refund"
	case "DataExtMod":
		return "custom field"
	case "TxnDel":
		return "deletion of sales receipt"
	}
	var text strings.Builder
	for i, r := range kind {
		if i > 0 && unicode.IsUpper(r) {
			text.WriteByte(' ')
		}
		text.WriteRune(unicode.ToLower(r))
	}
	return text.String()
}

func mail(address string) string {
	if address == "" {
		return "(no e-mail address)"
	}
	return "<" + address + ">"
}

func times(n int64) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

// printLines prints a text after a lead, its further lines below its first.
// It prints nothing without a text, unless the lead says something by itself.
func printLines(w io.Writer, lead, text string) {
	lines := wrap(text, noteWidth)
	if len(lines) == 0 {
		if strings.HasSuffix(strings.TrimSpace(lead), ":") || strings.TrimSpace(lead) == "" {
			return
		}
		lines = []string{""}
	}
	for i, line := range lines {
		if i > 0 {
			lead = strings.Repeat(" ", cells(lead))
		}
		fmt.Fprintln(w, strings.TrimRight(lead+line, " "))
	}
}

// addition says what is done first to a list of the company file.
func addition(adds, changes string, l bridge.PlanListView) string {
	if l.Kind == "CustomerMod" {
		return changes + " the customer"
	}
	return adds + " the " + kindWords(l.Kind)
}

func printPlan(w io.Writer, p bridge.PlanView) {
	printLines(w, "  "+words(p.State)+": ", p.Reason)
	printLines(w, "  What to do: ", p.Cure)
	for _, l := range p.Lists {
		fmt.Fprintf(w, "  %s %s\n", addition("adds", "changes", l), l.Name)
	}
	for _, d := range p.Documents {
		draft := ""
		if d.Pending {
			draft = " (pending: a draft, not in the books until you mark it as final)"
		}
		fmt.Fprintf(w, "  %s %s of %s for %s%s\n", kindWords(d.Kind), d.Number, d.Date, d.Customer, draft)
		for _, l := range d.Lines {
			quantity := ""
			if l.Quantity != "" {
				quantity = l.Quantity + " x"
			}
			printPlanLine(w, quantity, l.Item, l.TaxCode, l.Amount, l.Description)
		}
		if d.TaxItem != "" {
			printPlanLine(w, "", "tax ("+d.TaxItem+")", "", d.Tax, "")
		}
		printPlanLine(w, "", "total", "", d.Total, "deposit to "+d.DepositTo)
	}
	for _, a := range p.Adjustments {
		printLines(w, "  note: ", a.Sentence)
	}
}

func printPlanLine(w io.Writer, quantity, item, code, amount, text string) {
	line := fmt.Sprintf("    %8s %s %s %12s  %s", quantity, fitCell(item, 31, false), fitCell(code, 4, false), amount, strings.Join(strings.Fields(text), " "))
	fmt.Fprintln(w, strings.TrimRight(line, " "))
}

func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// output writes data to a file, or to standard output when none is named.
func output(c *console, path string, text []byte) error {
	if path == "" {
		_, err := c.out.Write(text)
		return err
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		return fmt.Errorf("cannot write the file: %w", err)
	}
	c.say("Written to %s.", path)
	return nil
}
