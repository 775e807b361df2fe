package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"qbridge/internal/bridge"
)

type undoCommand struct {
	folder
	Number            string `arg:"" optional:"" help:"The order's number."`
	Batch             string `help:"Every document of this message set." placeholder:"ID"`
	Day               string `help:"Every document that was handed to QuickBooks on this day." placeholder:"DATE"`
	Delete            bool   `help:"Delete the documents. Without it they are voided: they stay in QuickBooks with all amounts zero."`
	Yes               bool   `help:"Don't ask; for scripts, with --reconciled-checked."`
	ReconciledChecked bool   `help:"You made sure that none of the documents is reconciled."`
}

// backupFrom is from how many documents on a backup is called for.
const backupFrom = 10

func (u undoCommand) Run(c *console) error {
	given := 0
	for _, s := range []string{u.Number, u.Batch, u.Day} {
		if s != "" {
			given++
		}
	}
	if given != 1 {
		return errors.New("say what to undo: an order's number, or --batch, or --day; one of them")
	}
	if u.Yes && !u.ReconciledChecked {
		return errors.New("QuickBooks does not tell what was reconciled: look there first, then say --reconciled-checked too")
	}
	of := bridge.UndoOf{Order: u.Number, Set: u.Batch, Day: u.Day}
	return c.with(u.folder, func(b *bridge.Bridge) error {
		views, err := b.UndoPlan(c.ctx, of)
		if err != nil {
			return err
		}
		n := u.print(c.out, views)
		if n == 0 {
			c.say("There is nothing to undo.")
			return nil
		}
		if !u.Yes {
			if err := u.confirm(c, n); err != nil {
				return err
			}
		}
		for _, v := range views { // serve may post more while a person looks
			if v.Refused == "" {
				of.Shown = append(of.Shown, v.TxnID)
			}
		}
		views, err = b.Undo(c.ctx, of, u.Delete, "command line")
		queued := 0
		for _, v := range views {
			if v.Refused == "" {
				queued++
			}
		}
		c.say("Queued: %d. At the Web Connector's next session QuickBooks is asked about each before it is undone; 'qbridge orders' then says what became of it.", queued)
		return err
	})
}

// print shows what would happen to each document and returns how many would be
// undone.
func (u undoCommand) print(w io.Writer, views []bridge.UndoView) (n int) {
	would := "void"
	if u.Delete {
		would = "delete"
	}
	rows, notes := [][]string{{"Order", "Document", "Date", "In QuickBooks", "Would"}}, []string{""}
	for _, v := range views {
		row := []string{v.Order, v.Document, v.Date, strings.TrimSpace(v.Total + " " + v.Currency), would}
		if v.Refused != "" {
			row[4] = "refused"
		} else {
			n++
		}
		rows, notes = append(rows, row), append(notes, v.Refused)
	}
	printTable(w, rows, notes, []int{45, 27, 10, 18, 8}, map[int]bool{3: true})
	fmt.Fprintf(w, "\n%d to %s, %d refused.\n", n, would, len(views)-n)
	return n
}

func (u undoCommand) confirm(c *console, n int) error {
	if n >= backupFrom {
		c.say("Make a backup of the company file first.")
	}
	if !u.ReconciledChecked {
		c.say("QuickBooks does not tell QBridge what was reconciled with the bank. Look there: undoing a reconciled document spoils the reconciliation.")
	}
	fmt.Fprintf(c.talk, "Undo %d, none of them reconciled? Type yes: ", n)
	return saidYes(c)
}

// saidYes reads a line and wants it to be yes.
func saidYes(c *console) error {
	line, err := bufio.NewReader(c.in).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("no answer: %w", err)
	}
	if !strings.HasSuffix(line, "\n") {
		c.say("")
	}
	if strings.TrimSpace(line) != "yes" {
		return errNotConfirmed
	}
	return nil
}

type checkCommand struct {
	folder
}

func (k checkCommand) Run(c *console) error {
	return c.with(k.folder, func(b *bridge.Bridge) error {
		last, err := b.Check(c.ctx)
		if err != nil {
			return err
		}
		c.say("At the Web Connector's next session QuickBooks is asked what people changed, voided or deleted of what QBridge wrote.")
		if !last.IsZero() {
			c.say("What they did before %s is known.", last.Local().Format(time.DateTime))
		}
		return nil
	})
}

type acceptCommand struct {
	folder
	Number string `arg:"" help:"The order's number."`
}

func (a acceptCommand) Run(c *console) error {
	return c.with(a.folder, func(b *bridge.Bridge) error {
		if err := b.Accept(c.ctx, a.Number, "command line"); err != nil {
			return err
		}
		if _, err := b.PlanAll(c.ctx); err != nil {
			return err
		}
		o, err := b.Order(c.ctx, a.Number)
		if err != nil {
			return err
		}
		c.say("Order %s is %s now. %s", a.Number, bridge.StateWords(o.State), o.Reason)
		return nil
	})
}
