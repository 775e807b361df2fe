package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"qbridge/internal/bridge"
)

type planCommand struct {
	folder
	Number string `arg:"" optional:"" help:"The order's number."`
	All    bool   `help:"All orders instead: how many would post, wait or be held, and why, with sums."`
	Since  string `help:"With --all: only orders dated from this day on." placeholder:"DATE"`
	QBXML  bool   `name:"qbxml" help:"As the requests that QuickBooks would get."`
	JSON   bool   `help:"As JSON; docs/json.md says what is in it."`
	Width  int    `help:"Columns of the terminal, 80 to 120." default:"100" env:"COLUMNS" placeholder:"N"`
}

func (p planCommand) Run(c *console) error {
	return c.with(p.folder, func(b *bridge.Bridge) error {
		if p.All {
			return p.all(c, b)
		}
		if p.QBXML {
			return p.qbxml(c, b)
		}
		view, err := b.ShowPlan(c.ctx, p.Number)
		if err != nil {
			return err
		}
		if p.JSON {
			return writeJSON(c.out, view)
		}
		sheet{c.out, min(max(p.Width, 80), 120)}.plan(view)
		return nil
	})
}

// Validate is kong's: one order or all, not both.
func (p planCommand) Validate() error {
	switch {
	case p.All == (p.Number != ""):
		return errors.New("name one order, or say --all")
	case p.All && p.QBXML:
		return errors.New("--qbxml is for one order")
	case p.Since != "" && !p.All:
		return errors.New("--since goes with --all")
	}
	return nil
}

func (p planCommand) all(c *console, b *bridge.Bridge) error {
	r, err := b.DryRun(c.ctx, p.Since)
	if err != nil {
		return err
	}
	if p.JSON {
		return writeJSON(c.out, r)
	}
	printDryRun(c.out, r)
	return nil
}

func (p planCommand) qbxml(c *console, b *bridge.Bridge) error {
	plan, about, err := b.PlanOf(c.ctx, p.Number)
	if err != nil {
		return err
	}
	if len(plan.Documents) == 0 {
		return fmt.Errorf("order %s becomes no document now: %s", p.Number, plan.Reason)
	}
	document, err := bridge.QBXML(plan, about)
	if err == nil {
		_, err = fmt.Fprintf(c.out, "%s\n", document)
	}
	return err
}

// sheet prints a plan, order and document side by side, in so many columns.
type sheet struct {
	out   io.Writer
	width int
}

// Columns of a sheet.
const (
	amountWidth = 10
	codeWidth   = 4
	labelWidth  = 10
	between     = " | "
)

func (s sheet) plan(v bridge.PlanView) {
	s.sentence("", words(v.State)+orElse(v.Reason, ": "+v.Reason))
	if v.Cure != "" {
		s.sentence("", "What to do: "+v.Cure)
	}
	for _, l := range v.Lists {
		fmt.Fprintf(s.out, "%s %s\n", addition("Added first:", "Changed first:", l), l.Name)
	}
	if len(v.Documents) == 0 {
		s.side("no document", v.Rows)
	}
	for _, d := range v.Documents {
		title := kindWords(d.Kind)
		if d.Pending {
			title += ", a draft until you mark it as final"
		}
		s.side(title, slices.DeleteFunc(slices.Clone(v.Rows), func(r bridge.PlanRow) bool { return r.Document != d.Purpose }))
	}
	if v.Then != "" {
		fmt.Fprintln(s.out)
		s.sentence("", "Then: "+v.Then)
		s.sentence("", "What to do: "+v.ThenCure)
	}
	if len(v.Adjustments) > 0 {
		fmt.Fprintln(s.out, "\nNot letter for letter as in the shop")
	}
	for _, a := range v.Adjustments {
		s.sentence("  - ", a.Sentence)
	}
}

func orElse(text, whole string) string {
	if text == "" {
		return ""
	}
	return whole
}

// sentence prints a text within the width, its further lines below its first.
func (s sheet) sentence(lead, text string) {
	for _, line := range broken(text, s.width-len(lead)) {
		fmt.Fprintln(s.out, lead+line)
		lead = strings.Repeat(" ", len(lead))
	}
}

// side prints the rows of one document.
func (s sheet) side(title string, rows []bridge.PlanRow) {
	left := (s.width - len(between)) / 2
	right := s.width - len(between) - left
	rule := strings.Repeat("-", left) + "-+-" + strings.Repeat("-", right)
	fmt.Fprintf(s.out, "\n%s%sQuickBooks: %s\n%s\n", fitCell("Shop", left, false), between, title, rule)
	section := 0
	for _, r := range rows {
		if at := sectionOf(r); at != section && section > 0 {
			fmt.Fprintln(s.out, rule)
			section = at
		} else {
			section = at
		}
		if section == 1 {
			s.beside(head(r.Part, r.Shop, left), broken(r.Books, right), left)
		} else {
			books := counted(quantity(r)+r.Books, fitCell(r.TaxCode, codeWidth, false)+" "+fitCell(r.BooksAmount, amountWidth, true), right)
			if says := strings.Join(strings.Fields(r.Description), " "); says != "" && says != r.Books {
				books = append(books, "  "+fitCell(says, right-2, false))
			}
			s.beside(counted(r.Shop, fitCell(r.ShopAmount, amountWidth, true), left), books, left)
		}
		if r.How != "" {
			s.sentence("      ", r.How)
		}
	}
}

// sectionOf is in which part of a sheet a row stands: head, lines, arithmetic.
func sectionOf(r bridge.PlanRow) int {
	switch r.Part {
	case "tax", "taxed", "untaxed", "total", "gift card", "refund":
		if r.TaxCode == "" {
			return 3
		}
	}
	if r.ShopAmount == "" && r.BooksAmount == "" {
		return 1
	}
	return 2
}

func quantity(r bridge.PlanRow) string {
	if r.Quantity == "" {
		return ""
	}
	return r.Quantity + " × "
}

// beside prints two cells of any number of lines.
func (s sheet) beside(shop, books []string, left int) {
	for i := range max(len(shop), len(books)) {
		var a, b string
		if i < len(shop) {
			a = shop[i]
		}
		if i < len(books) {
			b = books[i]
		}
		fmt.Fprintln(s.out, strings.TrimRight(a+strings.Repeat(" ", max(0, left-cells(a)))+between+b, " "))
	}
}

// head is a cell of a label and a text.
func head(label, text string, width int) []string {
	lines := broken(text, width-labelWidth-1)
	if len(lines) == 0 {
		lines = []string{""}
	}
	for i := range lines {
		lines[i] = fitCell(label, labelWidth, false) + " " + lines[i]
		label = ""
	}
	return lines
}

// counted is a cell of a text and of figures, which stand at the end of its
// first line.
func counted(text, figures string, width int) []string {
	if text == "" && strings.TrimSpace(figures) == "" {
		return nil
	}
	room := width - cells(figures) - 1
	lines := broken(text, room)
	if len(lines) == 0 {
		lines = []string{""}
	}
	lines[0] = fitCell(lines[0], room, false) + " " + figures
	return lines
}

// broken is a text in lines of at most a width; a word that is longer is cut
// into pieces.
func broken(text string, width int) (lines []string) {
	for _, line := range wrap(text, width) {
		for cells(line) > width {
			piece := []rune(line)
			for cells(string(piece)) > width {
				piece = piece[:len(piece)-1]
			}
			lines, line = append(lines, string(piece)), line[len(string(piece)):]
		}
		lines = append(lines, line)
	}
	return lines
}
