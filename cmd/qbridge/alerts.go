package main

import (
	"errors"
	"fmt"
	"strings"

	"qbridge/internal/bridge"
)

type alertsCommand struct {
	Show alertsShow `cmd:"" help:"The settings, and the alerts that stand."`
	Set  alertsSet  `cmd:"" help:"Change a setting."`
	Test alertsTest `cmd:"" help:"Tell a test alert by every way that is set."`
}

type alertsShow struct {
	folder
	JSON bool `help:"The alerts that stand, as JSON; docs/json.md says what is in it."`
}

func (s alertsShow) Run(c *console) error {
	return c.with(s.folder, func(b *bridge.Bridge) error {
		settings, err := b.AlertSettings(c.ctx)
		if err != nil {
			return err
		}
		standing, problems, err := b.Alerts(c.ctx)
		if err != nil {
			return err
		}
		if s.JSON {
			return writeJSON(c.out, append([]bridge.Alert{}, standing...))
		}
		for _, one := range settings {
			fmt.Fprintf(c.out, "%-17s %-24s %s\n", one.Key, one.Value, "# "+one.Help)
		}
		for _, a := range standing {
			printLines(c.out, "\nALERT  ", a.Says)
			printLines(c.out, "    -> ", a.Cure)
		}
		for _, p := range problems {
			printLines(c.out, "\nNot told: ", p)
		}
		return nil
	})
}

type alertsSet struct {
	folder
	Key   string `arg:"" help:"What to set; 'qbridge alerts show' lists all."`
	Value string `arg:"" optional:"" help:"The value; an empty one takes the setting away."`
	File  string `help:"A file with the value: for mail-password, which is not given on a command line." placeholder:"F" type:"path"`
}

func (s alertsSet) Run(c *console) error {
	value := bridge.Secret(s.Value)
	switch {
	case s.File != "" && s.Value != "":
		return errors.New("give the value or --file, not both")
	case s.File != "":
		var err error
		if value, err = secretFrom(s.File); err != nil {
			return err
		}
	case s.Key == "mail-password" && s.Value != "":
		return errors.New("a password on the command line can be seen by others: put it into a file and name it with --file")
	}
	return c.with(s.folder, func(b *bridge.Bridge) error {
		if err := b.SetAlert(c.ctx, s.Key, value); err != nil {
			return err
		}
		c.say("%s is set. 'qbridge alerts test' tries it out.", s.Key)
		return nil
	})
}

type alertsTest struct {
	folder
}

func (t alertsTest) Run(c *console) error {
	return c.with(t.folder, func(b *bridge.Bridge) error {
		told, err := b.TestAlert(c.ctx)
		if len(told) > 0 {
			c.say("A test alert went out by %s.", strings.Join(told, " and "))
		}
		return err
	})
}
