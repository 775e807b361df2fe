package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"qbridge/internal/prove"
)

type proveCommand struct {
	Days  int    `help:"How many days of shop and books." default:"20"`
	Seed  uint64 `help:"Of the first days; others follow from it." default:"1"`
	Kill  bool   `help:"Kill real processes instead."`
	Kills int    `help:"How often, with --kill." default:"100"`
	Fault string `help:"Only those faults of the pretend world that have this in their names."`
	Steps bool   `help:"Print every step."`
	Table bool   `help:"The result as the table of docs/reliability.md."`
}

// Run ends with exitFindings after a violation.
func (p proveCommand) Run(c *console) error {
	if p.Kill {
		return p.kill(c)
	}
	o := prove.Options{Days: p.Days, Seed: p.Seed, Fault: p.Fault, Progress: c.progress()}
	if p.Steps {
		o.Step = func(s string) { fmt.Fprintln(c.out, s) }
	}
	r, err := prove.Run(c.ctx, o)
	if err != nil {
		return err
	}
	text := r.String()
	if p.Table {
		text = r.Markdown()
	}
	if _, err := io.WriteString(c.out, text); err != nil {
		return err
	}
	if len(r.Violations) > 0 {
		return errFindings
	}
	return nil
}

func (p proveCommand) kill(c *console) error {
	program, err := os.Executable()
	if err != nil {
		return fmt.Errorf("this program does not find itself to start it again: %w", err)
	}
	r, err := prove.Kill(c.ctx, prove.KillOptions{Kills: p.Kills, Seed: p.Seed, Program: program, Progress: c.progress()})
	if err != nil {
		return err
	}
	if _, err := io.WriteString(c.out, r.String()); err != nil {
		return err
	}
	if len(r.Findings) > 0 {
		return errFindings
	}
	return nil
}

// progress says something at most every ten seconds.
func (c *console) progress() func(string) {
	var last time.Time
	return func(s string) {
		if now := time.Now(); now.Sub(last) > 10*time.Second {
			last = now
			c.say("%s", s)
		}
	}
}
