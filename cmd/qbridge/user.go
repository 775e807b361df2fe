package main

import (
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"qbridge/internal/bridge"
)

type userCommand struct {
	List userListCommand `cmd:"" help:"List the users of the console."`
	Code userCodeCommand `cmd:"" help:"Print a one-time code that makes an owner, also of one who forgot the password."`
}

type userListCommand struct {
	folder
}

func (u userListCommand) Run(c *console) error {
	return c.with(u.folder, func(b *bridge.Bridge) error {
		users, err := b.Users(c.ctx)
		if err != nil {
			return err
		}
		if len(users) == 0 {
			c.say("Nobody uses the console yet: 'qbridge user code' prints the code for the first owner.")
			return nil
		}
		table := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "Name\tRole\tLast active\t")
		for _, user := range users {
			seen, note := "never", ""
			if !user.SeenAt.IsZero() {
				seen = user.SeenAt.Local().Format("2006-01-02 15:04")
			}
			if user.Disabled {
				note = "disabled"
			}
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", user.Name, user.Role, seen, note)
		}
		return table.Flush()
	})
}

type userCodeCommand struct {
	folder
}

func (u userCodeCommand) Run(c *console) error {
	return c.with(u.folder, func(b *bridge.Bridge) error {
		code, err := b.NewCode(c.ctx)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(c.out, code.Reveal())
		c.say("Enter it at /start of the console, by default http://localhost:8480/start, within a day. It makes an owner, once.")
		return err
	})
}

// sayConsole says where the console is, and with what its first owner gets in.
// Url is the service's.
func (c *console) sayConsole(b *bridge.Bridge, url string) {
	home := strings.TrimSuffix(url, "qbwc")
	if done, err := b.SetUp(c.ctx); err == nil && !done {
		c.say("Nothing is set up in this data folder yet: %s. The console at %s leads through it.", b.Dir, home)
	} else {
		c.say("The console is at %s", home)
	}
	code, err := b.FirstCode(c.ctx)
	switch {
	case err != nil:
		c.say("No code for its first owner could be made: %v", err)
	case code != "":
		c.say("Nobody uses it yet. Its first owner gets in at %sstart with the code %s, until %s.", home, code.Reveal(), b.Now().Add(24*time.Hour).Local().Format("2006-01-02 15:04"))
	}
}
