package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
	"unicode/utf8"

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

// printOrders prints the table that a shopkeeper reads.
func printOrders(w io.Writer, views []bridge.OrderView) {
	rows := [][]string{{"Order", "Date", "Customer", "Total", "Document", "In QuickBooks", "State", "Why"}}
	for _, v := range views {
		rows = append(rows, []string{v.Number, v.Date, v.Customer, v.Total + " " + v.Currency, v.Document, v.BooksTotal, words(v.State), v.Reason})
	}
	printTable(w, rows, []int{14, 10, 22, 13, 26, 13, 20, 0}, map[int]bool{3: true, 5: true})
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
	printTable(w, rows, []int{22, 7, 18}, map[int]bool{1: true, 2: true})
}

// printTable prints rows in columns of the given widths (0: as long as it
// is); the first row is the head.
func printTable(w io.Writer, rows [][]string, widths []int, right map[int]bool) {
	for i, row := range rows {
		var line strings.Builder
		for j, cell := range row {
			cell = strings.Join(strings.Fields(cell), " ")
			if j > 0 {
				line.WriteString("  ")
			}
			line.WriteString(fitCell(cell, widths[j], right[j]))
		}
		fmt.Fprintln(w, strings.TrimRight(line.String(), " "))
		if i == 0 {
			fmt.Fprintln(w, strings.Repeat("-", utf8.RuneCountInString(line.String())))
		}
	}
}

func fitCell(s string, width int, right bool) string {
	if width == 0 {
		return s
	}
	if n := utf8.RuneCountInString(s); n > width {
		return string([]rune(s)[:width-1]) + "…"
	} else if pad := strings.Repeat(" ", width-n); right {
		return pad + s
	} else {
		return s + pad
	}
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
	fmt.Fprintf(w, "Order %s of %s, %s <%s>, %s\n", d.Number, d.Date, d.Customer, d.Order.Email, d.Payment)
	fmt.Fprintf(w, "State: %s. %s\n", words(d.State), d.Reason)
	if d.Cure != "" {
		fmt.Fprintf(w, "What to do: %s\n", d.Cure)
	}
	m := d.Money
	fmt.Fprintf(w, "\nMoney (%s, %s)\n", d.Currency, d.Mode)
	for _, part := range [][2]string{
		{"goods", m.Goods.StringFixed(2)}, {"promotions", m.Promotions.Neg().StringFixed(2)}, {"coupon", m.Coupon.Neg().StringFixed(2)},
		{"shipping", m.Shipping.StringFixed(2)}, {"handling", m.Handling.StringFixed(2)}, {"surcharges, tips", m.Surcharges.StringFixed(2)},
		{"tax", m.Tax.StringFixed(2)}, {"total", d.Total}, {"gift card", m.GiftCard.Neg().StringFixed(2)}, {"due", d.Due},
	} {
		fmt.Fprintf(w, "  %-18s %12s\n", part[0], part[1])
	}
	if d.Warning != "" {
		fmt.Fprintf(w, "  Note: %s.\n", d.Warning)
	}
	if d.Plan != nil {
		fmt.Fprintln(w, "\nPlan")
		printPlan(w, *d.Plan)
	}
	if len(d.Rows) > 0 {
		fmt.Fprintln(w, "\nDocuments")
	}
	for _, r := range d.Rows {
		fmt.Fprintf(w, "  %s %s: %s", r.Kind, r.Number, r.State)
		if r.TxnID != "" {
			fmt.Fprintf(w, ", TxnID %s, QuickBooks' total %s", r.TxnID, r.BooksTotal)
		}
		if r.Set != "" {
			fmt.Fprintf(w, ", message set %s, sent %d times", r.Set, r.Tries)
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintln(w, "\nHistory")
	for _, h := range d.History {
		fmt.Fprintf(w, "  %s  %-9s %-9s %s\n", h.At.Local().Format(time.DateTime), h.Who, h.Event, h.Note)
	}
}

func printPlan(w io.Writer, p bridge.Plan) {
	if p.Reason != "" {
		fmt.Fprintf(w, "  %s: %s\n", p.State.Words(), p.Reason)
	}
	if p.Cure != "" {
		fmt.Fprintf(w, "  What to do: %s\n", p.Cure)
	}
	for _, l := range p.Lists {
		fmt.Fprintf(w, "  adds %s %s\n", l.Kind, l.Name)
	}
	for _, d := range p.Documents {
		fmt.Fprintf(w, "  %s %s of %s for %s\n", d.Kind, d.RefNumber, d.Date, d.Customer.Name)
		for _, l := range d.Lines {
			quantity := ""
			if l.Quantity != nil {
				quantity = l.Quantity.String() + " x"
			}
			fmt.Fprintf(w, "    %8s %-31s %-4s %12s  %s\n", quantity, fitCell(l.Item.Name, 31, false), l.TaxCode.Name, l.Amount.StringFixed(2), strings.Join(strings.Fields(l.Desc), " "))
		}
		fmt.Fprintf(w, "    %8s %-31s %-4s %12s\n", "", "tax ("+d.TaxItem.Name+")", "", d.Tax.StringFixed(2))
		fmt.Fprintf(w, "    %8s %-31s %-4s %12s  deposit to %s\n", "", "total", "", d.Total.StringFixed(2), d.DepositTo.Name)
	}
	for _, a := range p.Adjustments {
		fmt.Fprintf(w, "  note: %s\n", a.Sentence)
	}
}

type planCommand struct {
	folder
	Number string `arg:"" help:"The order's number."`
	QBXML  bool   `name:"qbxml" help:"As the requests that QuickBooks would get."`
	JSON   bool   `help:"As JSON."`
}

func (p planCommand) Run(c *console) error {
	return c.with(p.folder, func(b *bridge.Bridge) error {
		plan, about, err := b.PlanOf(c.ctx, p.Number)
		if err != nil {
			return err
		}
		switch {
		case p.QBXML:
			document, err := bridge.QBXML(plan, about)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(c.out, "%s\n", document)
			return err
		case p.JSON:
			return writeJSON(c.out, plan)
		}
		printPlan(c.out, plan)
		return nil
	})
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
		return fmt.Errorf("cannot write: %w", err)
	}
	c.say("Written to %s.", path)
	return nil
}
