package main

import (
	"errors"
	"fmt"

	"qbridge/internal/bridge"
)

// decision records what a person decided on one order.
func decision(c *console, f folder, number, kind, value, said string) error {
	return c.with(f, func(b *bridge.Bridge) error {
		if err := b.Decide(c.ctx, number, kind, "", value, "command line"); err != nil {
			return err
		}
		if _, err := b.PlanAll(c.ctx); err != nil {
			return err
		}
		c.say(said, number)
		return nil
	})
}

type releaseCommand struct {
	folder
	Number string `arg:"" optional:"" help:"The order's number."`
	Ready  bool   `help:"Every order that waits for its release alone."`
}

func (r releaseCommand) Run(c *console) error {
	if r.Ready == (r.Number != "") {
		return errors.New("say the number of an order, or --ready for every order that waits for its release alone")
	}
	if !r.Ready {
		return decision(c, r.folder, r.Number, "release", "", "Order %s is released.")
	}
	return c.with(r.folder, func(b *bridge.Bridge) error {
		n, err := b.ReleaseReady(c.ctx, "command line")
		if err != nil {
			return err
		}
		if _, err := b.PlanAll(c.ctx); err != nil {
			return err
		}
		c.say("Released: %d.", n)
		return nil
	})
}

type holdCommand struct {
	folder
	Number string `arg:"" help:"The order's number."`
	Why    string `required:"" help:"Why, for whoever looks at it later."`
}

func (h holdCommand) Run(c *console) error {
	return decision(c, h.folder, h.Number, "hold", h.Why, "Order %s is held.")
}

type excludeCommand struct {
	folder
	Number string `arg:"" help:"The order's number."`
	Why    string `required:"" help:"Why, for whoever looks at it later."`
}

func (e excludeCommand) Run(c *console) error {
	return decision(c, e.folder, e.Number, "exclude", e.Why, "Order %s is excluded.")
}

type againCommand struct {
	folder
	Number string `arg:"" help:"The order's number."`
}

func (a againCommand) Run(c *console) error {
	return c.with(a.folder, func(b *bridge.Bridge) error {
		if err := b.PostAgain(c.ctx, a.Number, "command line"); err != nil {
			return err
		}
		if _, err := b.PlanAll(c.ctx); err != nil {
			return err
		}
		c.say("Order %s goes to QuickBooks again.", a.Number)
		return nil
	})
}

type linkCommand struct {
	folder
	Number string `arg:"" help:"The order's number."`
	TxnID  string `arg:"" name:"txnid" help:"The TxnID of the document in QuickBooks, as qbridge order shows it."`
	Not    bool   `help:"The document is not this order."`
}

func (l linkCommand) Run(c *console) error {
	kind, said := "link", "Order %s is linked to that document; it is not written, only read and compared at the Web Connector's next session."
	if l.Not {
		kind, said = "not-link", "Order %s is another sale than that document; it goes out at the Web Connector's next session."
	}
	return c.with(l.folder, func(b *bridge.Bridge) error {
		if err := b.Link(c.ctx, l.Number, kind, l.TxnID, "command line"); err != nil {
			return err
		}
		if _, err := b.PlanAll(c.ctx); err != nil {
			return err
		}
		c.say(said, l.Number)
		return nil
	})
}

type listsCommand struct {
	folder
	Refresh bool `help:"Have every list read again at the Web Connector's next session."`
	JSON    bool `help:"As JSON, with every record."`
}

func (l listsCommand) Run(c *console) error {
	return c.with(l.folder, func(b *bridge.Bridge) error {
		if l.Refresh {
			if err := b.RefreshLists(c.ctx); err != nil {
				return err
			}
			c.say("Every list is read again at the Web Connector's next session.")
		}
		about, lists, err := b.Lists(c.ctx)
		if err != nil {
			return err
		}
		if l.JSON {
			return writeJSON(c.out, lists)
		}
		if about.Name == "" {
			c.say("No company file was seen yet.")
		} else {
			fmt.Fprintf(c.out, "%s, %s, qbXML %s\n\n", about.Name, about.Product, about.Version)
		}
		rows := [][]string{{"List", "Records", "Read"}}
		for _, one := range lists {
			read := "not yet"
			if !one.ReadAt.IsZero() {
				read = one.ReadAt.Local().Format("2006-01-02 15:04:05")
			}
			rows = append(rows, []string{one.List, fmt.Sprint(one.Count), read})
		}
		printTable(c.out, rows, nil, []int{16, 8, 20}, map[int]bool{1: true})
		return nil
	})
}
