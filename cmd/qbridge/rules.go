package main

import (
	"errors"
	"fmt"
	"os"

	"qbridge/internal/bridge"
)

type rulesCommand struct {
	folder
	Show   rulesShow   `cmd:"" help:"Show the rules and what they lack."`
	Set    rulesSet    `cmd:"" help:"Change one rule."`
	Export rulesExport `cmd:"" help:"Write the rules as TOML."`
	Import rulesImport `cmd:"" help:"Replace the rules by a TOML file."`
}

type rulesShow struct{}

func (rulesShow) Run(c *console, of *rulesCommand) error {
	return c.with(of.folder, func(b *bridge.Bridge) error {
		version, rules, err := b.Rules(c.ctx)
		if err != nil {
			return err
		}
		text, err := rules.TOML()
		if err != nil {
			return err
		}
		fmt.Fprintf(c.out, "# rules, version %d\n%s", version, text)
		return sayMissing(c, b)
	})
}

type rulesExport struct {
	Output string `short:"o" help:"The file; standard output when left out." placeholder:"FILE" type:"path"`
}

func (r rulesExport) Run(c *console, of *rulesCommand) error {
	return c.with(of.folder, func(b *bridge.Bridge) error {
		_, rules, err := b.Rules(c.ctx)
		if err != nil {
			return err
		}
		text, err := rules.TOML()
		if err != nil {
			return err
		}
		return output(c, r.Output, text)
	})
}

type rulesSet struct {
	Key   string `arg:"" help:"The rule, like deposit-to, or tax.8.25 for one entry of a table."`
	Value string `arg:"" help:"Its value; empty takes an entry of a table away."`
	Yes   bool   `help:"Don't ask before orders go out."`
}

func (r rulesSet) Run(c *console, of *rulesCommand) error {
	return c.with(of.folder, func(b *bridge.Bridge) error {
		if r.Key == "mode" && r.Value != "look" {
			if err := confirm(c, b, r.Value, r.Yes); err != nil {
				return err
			}
		}
		if err := b.SetRule(c.ctx, r.Key, r.Value, "command line"); err != nil {
			return err
		}
		c.say("%s = %s", r.Key, r.Value)
		return sayMissing(c, b)
	})
}

// sayMissing says what keeps orders from going out whatever the mode.
func sayMissing(c *console, b *bridge.Bridge) error {
	missing, err := b.MissingRules(c.ctx)
	for _, m := range missing {
		c.say("missing: %s: %s", m.Key, m.Sentence)
	}
	return err
}

type rulesImport struct {
	File string `arg:"" help:"A TOML file as rules export writes it." type:"path"`
	Yes  bool   `help:"Don't ask before orders go out."`
}

func (r rulesImport) Run(c *console, of *rulesCommand) error {
	text, err := os.ReadFile(r.File)
	if err != nil {
		return fmt.Errorf("cannot read the rules: %w", err)
	}
	return c.with(of.folder, func(b *bridge.Bridge) error {
		mode, err := b.ModeOf(text)
		if err != nil {
			return err
		}
		_, now, err := b.Rules(c.ctx)
		if err != nil {
			return err
		}
		if mode != "look" && mode != now.Mode {
			if err := confirm(c, b, mode, r.Yes); err != nil {
				return err
			}
		}
		if err := b.ImportRules(c.ctx, text, "command line"); err != nil {
			return err
		}
		c.say("The rules are replaced.")
		return sayMissing(c, b)
	})
}

// errNotConfirmed: a person was asked and did not say yes.
var errNotConfirmed = errors.New("that was not a yes: nothing was changed")

// confirm shows what a mode would let out and asks.
func confirm(c *console, b *bridge.Bridge, mode string, yes bool) error {
	release, err := b.WouldGoOut(c.ctx)
	if err != nil {
		return err
	}
	c.say("%s", release)
	if yes {
		return nil
	}
	fmt.Fprintf(c.talk, "Set the mode to %s? Type yes: ", mode)
	return saidYes(c)
}
