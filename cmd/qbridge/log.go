package main

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"qbridge/internal/bridge"
)

type logCommand struct {
	folder
	Number   string `arg:"" optional:"" name:"order" help:"The order's number, or its key."`
	Session  string `help:"One session of the Web Connector: its number (1 is the last one), its ticket or the beginning of that." placeholder:"S" xor:"what"`
	Sessions bool   `help:"The last sessions of the Web Connector." xor:"what"`
	Last     int    `help:"How many sessions --sessions lists." default:"20"`
	Bytes    bool   `help:"With the bytes that QuickBooks got and answered; passwords, tokens, e-mail addresses and card numbers are masked."`
	JSON     bool   `help:"As JSON; docs/json.md says what is in it."`
}

// Validate refuses two questions at once; kong asks it.
func (l logCommand) Validate() error {
	if l.Number != "" && (l.Session != "" || l.Sessions) {
		return errors.New("name an order, --session or --sessions: one of them")
	}
	return nil
}

func (l logCommand) Run(c *console) error {
	return c.with(l.folder, func(b *bridge.Bridge) error {
		switch {
		case l.Number != "":
			return l.order(c, b)
		case l.Session != "":
			return l.session(c, b)
		}
		sessions, err := b.Sessions(c.ctx, max(l.Last, 1))
		if err != nil {
			return err
		}
		if l.JSON {
			return writeJSON(c.out, sessions)
		}
		if len(sessions) == 0 {
			c.say("The Web Connector never came.")
			return nil
		}
		rows := [][]string{{"No", "Opened", "Ticket", "Connector", "Sets", "Sent", "Done", "Failed", "Ended"}}
		notes := []string{""}
		for _, s := range sessions {
			rows = append(rows, []string{fmt.Sprint(s.Number), s.Opened.Local().Format(time.DateTime), bridge.TicketStart(s.Ticket), s.Connector, fmt.Sprint(s.Sets),
				fmt.Sprint(s.Sent), fmt.Sprint(s.Done), fmt.Sprint(s.Failed), s.Ended})
			notes = append(notes, s.Said)
		}
		printTable(c.out, rows, notes, []int{4, 19, 8, 12, 6, 6, 6, 6, 40}, map[int]bool{0: true, 4: true, 5: true, 6: true, 7: true})
		return nil
	})
}

func (l logCommand) order(c *console, b *bridge.Bridge) error {
	o, err := b.OrderLog(c.ctx, l.Number, l.Bytes)
	if err != nil {
		return err
	}
	if l.JSON {
		return writeJSON(c.out, o)
	}
	fmt.Fprintf(c.out, "Order %s (%s), %s %s: %s\n", o.Number, o.ID, o.Total, o.Currency, words(o.State))
	printLog(c.out, o.Lines)
	return nil
}

func (l logCommand) session(c *console, b *bridge.Bridge) error {
	s, err := b.SessionLog(c.ctx, l.Session, l.Bytes)
	if err != nil {
		return err
	}
	if l.JSON {
		return writeJSON(c.out, s)
	}
	printSession(c.out, s.SessionView)
	printLog(c.out, s.Lines)
	return nil
}

// printSession prints a session in figures (P62).
func printSession(w io.Writer, s bridge.SessionView) {
	fmt.Fprintf(w, "Session %d, ticket %s, opened %s\n", s.Number, s.Ticket, s.Opened.Local().Format(time.DateTime))
	for _, part := range [][2]string{{"Web Connector", s.Connector}, {"QuickBooks", s.Product}, {"Company", strings.TrimSpace(s.Company + " " + s.CompanyFile)}} {
		if part[1] != "" {
			fmt.Fprintf(w, "%s: %s\n", part[0], part[1])
		}
	}
	fmt.Fprintf(w, "%d sets; %d requests sent, %d done, %d failed; progress %d; ended: %s\n", s.Sets, s.Sent, s.Done, s.Failed, s.Progress, s.Ended)
	printLines(w, "The Web Connector was told: ", s.Said)
}

func printLog(w io.Writer, lines []bridge.LogLine) {
	for _, l := range lines {
		note := l.Note
		if state, reason, _ := strings.Cut(note, ":"); l.Event == "state" && words(state) != "" {
			note = strings.TrimSuffix(words(state)+":"+reason, ":")
		}
		if l.Set != "" {
			note += " [set " + l.Set + "]"
		}
		printLines(w, fmt.Sprintf("  %s  %-13s %-10s ", l.At.Local().Format(time.DateTime), l.Who, l.Event), note)
		if l.Bytes != "" {
			fmt.Fprintln(w, strings.TrimRight(l.Bytes, "\r\n"))
		}
	}
}
