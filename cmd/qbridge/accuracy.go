package main

import (
	"io"

	"qbridge/internal/prove"
)

type accuracyCommand struct {
	Orders int    `help:"How many random orders." default:"1000"`
	Seed   uint64 `help:"Which." default:"1"`
	Table  bool   `help:"What the orders are made of, and what was posted of each, as the tables of docs/accuracy.md." xor:"as"`
	JSON   bool   `help:"As JSON; docs/json.md says what is in it." xor:"as"`
}

// Run ends with exitFindings when a part is unequal.
func (a accuracyCommand) Run(c *console) error {
	r, err := prove.MeasureAccuracy(c.ctx, prove.AccuracyOptions{Orders: a.Orders, Seed: a.Seed, Progress: c.progress()})
	if err != nil {
		return err
	}
	switch {
	case a.JSON:
		err = writeJSON(c.out, r)
	case a.Table:
		_, err = io.WriteString(c.out, r.Markdown())
	default:
		_, err = io.WriteString(c.out, r.String())
	}
	if err != nil {
		return err
	}
	if r.Unequal > 0 {
		return errFindings
	}
	return nil
}
