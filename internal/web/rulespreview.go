package web

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"qbridge/internal/bridge"
)

// rulesPreviewView shows what other rules would change, before they are saved.
type rulesPreviewView struct {
	bridge.RulesPreview
	Version  int64 // of the rules in force
	Settings []bridge.RuleSetting
	Last     int    // how many orders are to be looked at
	Group    string // slug of the form that it came from; "" when there was none
	GoesOut  *bridge.Release
	Selected bool // by the changed rules only what a person selects goes out
}

// Lasts are the numbers of orders to choose from.
func (rulesPreviewView) Lasts() []int { return []int{20, 50, 100, 200} }

// changedPart is one of the things that differ, before and after.
type changedPart struct {
	What          string
	Before, After plannedPart
}

type plannedPart struct{ What, Text string }

// Parts are what differs for one order.
func (rulesPreviewView) Parts(o bridge.PreviewedOrder) (parts []changedPart) {
	documents := o.Before.Document != "" && o.After.Document != ""
	for _, what := range o.Differs {
		if !documents && !slices.Contains([]string{"state", "reason", "document", "total"}, what) {
			continue // what only a document has
		}
		p := changedPart{What: what}
		for _, one := range []struct {
			name string
			of   func(bridge.PlanSummary) string
		}{
			{"state", func(s bridge.PlanSummary) string { return s.State }}, {"reason", func(s bridge.PlanSummary) string { return s.Reason }},
			{"document", func(s bridge.PlanSummary) string { return s.Document }}, {"number", func(s bridge.PlanSummary) string { return s.Number }},
			{"customer", func(s bridge.PlanSummary) string { return s.Customer }}, {"deposit", func(s bridge.PlanSummary) string { return s.Deposit }},
			{"accounts", func(s bridge.PlanSummary) string { return s.Accounts }}, {"total", func(s bridge.PlanSummary) string { return s.Total }},
			{"tax", func(s bridge.PlanSummary) string { return s.Tax }}, {"tax item", func(s bridge.PlanSummary) string { return s.TaxItem }},
		} {
			if one.name == what {
				p.Before, p.After = plannedPart{what, one.of(o.Before)}, plannedPart{what, one.of(o.After)}
			}
		}
		parts = append(parts, p)
	}
	return parts
}

// last is how many orders the reader wants to be looked at.
func (v *visit) last() int {
	n, err := strconv.Atoi(v.r.PostForm.Get("last"))
	if err != nil || !slices.Contains(rulesPreviewView{}.Lasts(), n) {
		return 20
	}
	return n
}

func (v *visit) rulesPreview(settings []bridge.RuleSetting) (view rulesPreviewView, err error) {
	view = rulesPreviewView{Settings: settings, Last: v.last(), Group: v.r.PostForm.Get("group")}
	version, rules, err := v.bridge.Rules(v.ctx())
	if err != nil {
		return view, err
	}
	view.Version, view.Selected = version, rules.Release == "selected"
	if view.RulesPreview, err = v.bridge.PreviewRules(v.ctx(), settings, view.Last); err != nil {
		return view, refuse(err)
	}
	for _, c := range view.Changes {
		if c.Key == "release" {
			view.Selected = c.To == "selected"
		}
	}
	if letsOut(view.Changes) {
		out, err := v.bridge.WouldGoOut(v.ctx())
		if err != nil {
			return view, err
		}
		view.GoesOut = &out
	}
	return view, nil
}

// letsOut tells whether changes let orders out that waited for a person: those
// must be confirmed.
func letsOut(changes []bridge.RuleChange) bool {
	return slices.ContainsFunc(changes, func(c bridge.RuleChange) bool {
		return c.Key == "mode" && c.To != "look" || c.Key == "release" && c.To == "automatic"
	})
}

// showPreview answers with what settings would change.
func (v *visit) showPreview(settings []bridge.RuleSetting) error {
	view, err := v.rulesPreview(settings)
	if err != nil {
		return err
	}
	if len(view.Changes) == 0 {
		return v.redirect(rulesPath(view.Group), "rules_same")
	}
	return v.page("rules_preview", view)
}

// previewRules takes a form of rules, or a preview with another number of
// orders.
func previewRules(v *visit) error {
	if v.r.PostForm.Has("key") {
		return v.showPreview(v.settings())
	}
	version, err := v.formVersion()
	if err != nil {
		return err
	}
	held, err := v.typed()
	if err != nil {
		return err
	}
	settings, err := v.bridge.SettingsFor(v.ctx(), version, held)
	if err != nil {
		return refuse(err)
	}
	problems, err := v.bridge.CheckRules(v.ctx(), settings)
	if err != nil {
		return err
	}
	group := v.r.PostForm.Get("group")
	switch {
	case len(problems) == 0:
		return v.showPreview(settings)
	case group == "":
		for _, s := range settings {
			if problem := problems[s.Key]; problem != "" {
				return refuse(errors.New(problem))
			}
		}
	}
	view, err := v.ruleFormView(group, v.r.PostForm.Get("find"), nil)
	if err != nil {
		return err
	}
	view.Version = version
	v.keepTyped(view.ruleGroup, problems)
	return v.again("rules_group", view, errBadRules)
}

var (
	errBadRules     = errors.New("some rules can't be set so; nothing is saved yet")
	errNotConfirmed = errors.New("orders would go out: tick the box to confirm it; nothing is saved yet")
)

func saveRules(v *visit) error {
	version, err := v.formVersion()
	if err != nil {
		return err
	}
	view, err := v.rulesPreview(v.settings())
	if err != nil {
		return err
	}
	if view.GoesOut != nil && v.r.PostForm.Get("confirmed") != view.GoesOut.String() { // more may be ready by now
		return v.again("rules_preview", view, errNotConfirmed)
	}
	switch err := v.bridge.ChangeRules(v.ctx(), version, view.Settings, v.who()); {
	case errors.Is(err, bridge.ErrRulesMoved):
		return v.again("rules_preview", view, err)
	case err != nil:
		return refuse(err)
	}
	return v.redirect(rulesPath(view.Group), "rules_saved")
}

// rulesVersions is the log of the rules, the newest first.
type rulesVersions struct{ Versions []bridge.RulesVersion }

// mostChanges is how many changes of one version the page shows.
const mostChanges = 40

// Some are the first changes of a version.
func (rulesVersions) Some(all []bridge.RuleChange) []bridge.RuleChange {
	return all[:min(mostChanges, len(all))]
}

// More is how many others it has.
func (rulesVersions) More(all []bridge.RuleChange) int64 { return int64(max(0, len(all)-mostChanges)) }

func rulesLog(v *visit) error {
	log, err := v.bridge.RulesLog(v.ctx())
	if err != nil {
		return err
	}
	slices.Reverse(log)
	return v.page("rules_versions", rulesVersions{log})
}

// backToRules previews going back to an earlier version.
func backToRules(v *visit) error {
	version, err := v.formVersion()
	if err != nil {
		return err
	}
	settings, err := v.bridge.SettingsOf(v.ctx(), version)
	if err != nil {
		return refuse(err)
	}
	return v.showPreview(settings)
}

func exportRules(v *visit) error {
	version, rules, err := v.bridge.Rules(v.ctx())
	if err != nil {
		return err
	}
	text, err := rules.TOML()
	if err != nil {
		return err
	}
	return v.send("application/toml; charset=utf-8", fmt.Sprintf("qbridge-rules-%d.toml", version), text)
}

// importRules previews the rules of a file.
func importRules(v *visit) error {
	file, _, err := v.r.FormFile("file")
	if err != nil {
		return refuse(fmt.Errorf("choose a file of rules first: %w", err))
	}
	defer file.Close() // only read
	text, err := io.ReadAll(file)
	if err != nil {
		return refuse(err)
	}
	settings, err := v.bridge.SettingsIn(v.ctx(), text)
	if err != nil {
		return refuse(err)
	}
	return v.showPreview(settings)
}

// ruleProposals is the page of suggested rules.
type ruleProposals struct {
	bridge.Proposal
	Version int64
	Read    bool // the lists of the books are read
	Open    []ruleProposal
	Set     int64               // how many are set already, and right
	Lists   map[string][]string // by the ID of the datalist
}

type ruleProposal struct {
	bridge.SuggestionView
	Field bridge.RuleField
}

// Datalist is where the page has the names that fit.
func (p ruleProposal) Datalist() string { return datalist(p.Field.List) }

// proposedFrom is how many orders the proposals look at.
const proposedFrom = 1000

func suggestRules(v *visit) error {
	form, err := v.bridge.RuleForm(v.ctx(), nil)
	if err != nil {
		return err
	}
	view := ruleProposals{Version: form.Version, Read: form.Read, Lists: map[string][]string{}}
	if !form.Read {
		return v.page("rules_suggestions", view)
	}
	if view.Proposal, err = v.bridge.Suggest(v.ctx(), proposedFrom); err != nil {
		return refuse(err)
	}
	for _, s := range view.Suggestions {
		if s.Certainty == "set" {
			view.Set++
			continue
		}
		one := ruleProposal{SuggestionView: s}
		name, _, _ := strings.Cut(s.Key, ".")
		if i := slices.IndexFunc(form.Fields, func(f bridge.RuleField) bool { return f.Key == name }); i >= 0 {
			one.Field = form.Fields[i]
		}
		if names := form.Names[one.Field.List]; len(names) > 0 {
			view.Lists[one.Datalist()] = names[:min(mostOffered, len(names))]
		}
		view.Open = append(view.Open, one)
	}
	return v.page("rules_suggestions", view)
}
