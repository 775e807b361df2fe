package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"qbridge/internal/bridge"
)

type rulesCommand struct {
	folder
	Show    rulesShow    `cmd:"" help:"Show the rules and what they lack."`
	Explain rulesExplain `cmd:"" help:"Say what a rule does, what it takes, and what it needs in QuickBooks."`
	Suggest rulesSuggest `cmd:"" help:"Propose rules from the company file and the newest orders."`
	Set     rulesSet     `cmd:"" help:"Change one rule."`
	Log     rulesLog     `cmd:"" help:"Tell who changed which rule when."`
	Export  rulesExport  `cmd:"" help:"Write the rules as TOML."`
	Import  rulesImport  `cmd:"" help:"Replace the rules by a TOML file."`
}

type rulesShow struct {
	Version int64 `help:"An earlier version; 'qbridge rules log' lists them." placeholder:"N"`
}

func (r rulesShow) Run(c *console, of *rulesCommand) error {
	return c.with(of.folder, func(b *bridge.Bridge) error {
		version, rules, err := b.Rules(c.ctx)
		if err == nil && r.Version != 0 && r.Version != version {
			version = r.Version
			rules, err = b.RulesOf(c.ctx, version)
		}
		if err != nil {
			return err
		}
		text, err := rules.TOML()
		if err != nil {
			return err
		}
		fmt.Fprintf(c.out, "# rules, version %d\n%s", version, text)
		if r.Version != 0 {
			return nil
		}
		return sayMissing(c, b)
	})
}

type rulesExplain struct {
	Key []string `arg:"" optional:"" help:"The rules; all when left out."`
}

func (r rulesExplain) Run(c *console, _ *rulesCommand) error {
	text, err := bridge.ExplainRules(r.Key...)
	if err != nil {
		return err
	}
	fmt.Fprint(c.out, text)
	return nil
}

type rulesLog struct {
	JSON bool `help:"As JSON; docs/json.md says what is in it."`
}

func (r rulesLog) Run(c *console, of *rulesCommand) error {
	return c.with(of.folder, func(b *bridge.Bridge) error {
		log, err := b.RulesLog(c.ctx)
		if err != nil {
			return err
		}
		if r.JSON {
			return writeJSON(c.out, append([]bridge.RulesVersion{}, log...))
		}
		for _, v := range log {
			fmt.Fprintf(c.out, "version %d  %s  %s\n", v.Version, v.At.Local().Format(time.DateTime), v.Who)
			for _, change := range v.Changes {
				fmt.Fprintf(c.out, "    %s: %q -> %q\n", change.Key, change.From, change.To)
			}
			if v.Problem != "" {
				printLines(c.out, "    ", v.Problem)
			}
		}
		return nil
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
		c.say("missing: %s: %s", m.Key, strings.TrimSpace(m.Sentence+" "+m.Cure))
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
