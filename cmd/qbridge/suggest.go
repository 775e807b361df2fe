package main

import (
	"errors"
	"fmt"
	"strings"

	"qbridge/internal/bridge"
)

type rulesSuggest struct {
	Orders int  `help:"How many orders, the newest, are looked at." default:"1000" placeholder:"N"`
	JSON   bool `help:"As JSON; docs/json.md says what is in it." xor:"as"`
	TOML   bool `name:"toml" help:"The rules with what is sure and likely, as TOML with a comment on each proposal." xor:"as"`
	Apply  bool `help:"Set what is sure, after a question." xor:"as"`
	Likely bool `help:"With --apply: set what is likely, too."`
	Yes    bool `help:"With --apply: don't ask."`
}

func (r rulesSuggest) Run(c *console, of *rulesCommand) error {
	if !r.Apply && (r.Likely || r.Yes) {
		return errors.New("--likely and --yes go with --apply")
	}
	return c.with(of.folder, func(b *bridge.Bridge) error {
		p, err := b.Suggest(c.ctx, r.Orders)
		if err != nil {
			return err
		}
		switch {
		case r.JSON:
			return writeJSON(c.out, p)
		case r.TOML:
			text, err := p.TOML()
			if err != nil {
				return err
			}
			return output(c, "", text)
		}
		printProposal(c, p)
		if !r.Apply {
			return nil
		}
		return r.apply(c, b, p)
	})
}

func (r rulesSuggest) apply(c *console, b *bridge.Bridge, p bridge.Proposal) error {
	if !r.Yes {
		what := "what is sure"
		if r.Likely {
			what = "what is sure and what is likely"
		}
		fmt.Fprintf(c.talk, "Set %s? Type yes: ", what)
		if err := saidYes(c); err != nil {
			return err
		}
	}
	set, err := b.ApplySuggestions(c.ctx, p, r.Likely, "rules suggest")
	if err != nil {
		return err
	}
	for _, change := range set {
		c.say("%s = %s", change.Key, change.To)
	}
	c.say("Rules set: %d. What was set before stays.", len(set))
	return sayMissing(c, b)
}

// printProposal prints a proposal for people: what orders wait for is marked.
func printProposal(c *console, p bridge.Proposal) {
	from := fmt.Sprintf("and the last %d orders (%s to %s)", p.Orders, p.First, p.Last)
	if p.Orders == 0 {
		from = "alone: no orders are here yet"
	}
	fmt.Fprintf(c.out, "Proposed from the company file %s; * marks what orders wait for.\n\n", from)
	counts := map[string]int{}
	for _, s := range p.Suggestions {
		counts[s.Certainty]++
		mark := " "
		if s.Waits && s.Certainty != "set" {
			mark = "*"
		}
		line := fmt.Sprintf("%s %-7s %s", mark, s.Certainty, s.Key)
		if s.Value != "" {
			line += " = " + s.Value
		}
		fmt.Fprintln(c.out, line)
		const indent = "            "
		if s.Certainty != "set" || len(s.Candidates) > 0 {
			printLines(c.out, indent, s.Reason)
		}
		if len(s.Candidates) > 0 {
			printLines(c.out, indent, "may be: "+strings.Join(s.Candidates, "; "))
		}
		if s.Create != "" {
			printLines(c.out, indent, "to make it: "+s.Create)
		}
	}
	fmt.Fprintf(c.out, "\n%d sure, %d likely, %d to be chosen, %d set already.\n", counts["sure"], counts["likely"], counts["choose"], counts["set"])
	for _, n := range p.Notices {
		printLines(c.out, "\nNOTE  ", n)
	}
	c.say("'qbridge rules suggest --apply' sets what is sure, with --likely what is likely, too; 'qbridge rules set KEY NAME' sets one.")
}
