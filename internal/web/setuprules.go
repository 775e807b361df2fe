package web

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"qbridge/internal/bridge"
)

// setupRulesView is the step of the rules: what is proposed, as a form, and
// what becomes of the newest orders.
type setupRulesView struct {
	setupFrame
	Read      bool // the lists of the books are read
	From      bridge.Proposal
	Open      []proposedRule // to be looked at
	Lists     []nameList     // to choose names from
	Set       []proposedRule // set already
	Missing   []string       // what is wrong or missing still, in English
	Newest    []previewRow
	Previewed bool // Newest is what the rules as typed would make of them
	Live      bool // rules go to work at once: the mode is not look
	Version   int64
}

// proposedRule is a proposal with what may be chosen.
type proposedRule struct {
	bridge.SuggestionView
	Typed  string // what stands in its field
	Doc    string
	Values []string // an enumeration; none for names
	List   string   // the ID of a list of names in the books
}

// nameList is what fits one or several rules.
type nameList struct {
	ID    string
	Names []string
}

// Rule is the key of the rule, without the entry that is proposed.
func (p proposedRule) Rule() string {
	rule, _, _ := strings.Cut(p.Key, ".")
	return rule
}

// ID is for the HTML.
func (p proposedRule) ID() string { return "rule-" + strings.ReplaceAll(p.Key, " ", "_") }

// previewRow is one of the newest orders and what becomes of it.
type previewRow struct {
	bridge.OrderView
	Becomes []string // kinds of documents
	Deposit string
}

// How many orders the proposals look at, and how many are shown.
const (
	ordersProposed  = 1000
	ordersPreviewed = 20
	mostNames       = 400 // in one list to choose from
)

func setupRules(v *visit) error {
	view, err := v.setupRulesView(nil)
	if err != nil {
		return err
	}
	return v.page("setup_rules", view)
}

// setupRulesView gathers the page; typed is what was typed, nil for what is
// proposed.
func (v *visit) setupRulesView(typed []bridge.RuleSetting) (view setupRulesView, err error) {
	if view.setupFrame, err = v.setupFrame(stepRules); err != nil {
		return view, err
	}
	c, err := v.bridge.Connection(v.ctx())
	if err != nil {
		return view, err
	}
	if view.Read = c.Complete(); !view.Read {
		return view, nil
	}
	_, rules, err := v.bridge.Rules(v.ctx())
	if err != nil {
		return view, err
	}
	view.Live = rules.Mode != modeLook
	if v.polled() { // only the newest orders are news
		return view, v.preview(&view, nil)
	}
	if view.From, err = v.bridge.Suggest(v.ctx(), ordersProposed); err != nil {
		return view, refuse(err)
	}
	if err := v.propose(&view, typed); err != nil {
		return view, err
	}
	missing, err := v.bridge.MissingRules(v.ctx())
	if err != nil {
		return view, err
	}
	for _, m := range missing {
		if !slices.ContainsFunc(view.Open, func(p proposedRule) bool {
			return p.Typed != "" && (p.Key == m.Key || strings.HasPrefix(p.Key, m.Key+"."))
		}) {
			view.Missing = append(view.Missing, strings.TrimSpace(m.Sentence+" "+m.Cure))
		}
	}
	return view, v.preview(&view, typed)
}

// propose fills the form.
func (v *visit) propose(view *setupRulesView, typed []bridge.RuleSetting) error {
	form, err := v.bridge.RuleForm(v.ctx(), nil)
	if err != nil {
		return err
	}
	view.Version = form.Version
	for _, s := range view.From.Suggestions {
		rule, _, _ := strings.Cut(s.Key, ".")
		at := slices.IndexFunc(form.Fields, func(f bridge.RuleField) bool { return f.Key == rule })
		if at < 0 {
			return fmt.Errorf("there is no rule %q to propose", s.Key)
		}
		f := form.Fields[at]
		p := proposedRule{SuggestionView: s, Typed: s.Value, Doc: f.Doc, Values: f.Values}
		if names := form.Names[f.List]; len(names) > 0 {
			p.List = view.list(names)
		}
		if i := slices.IndexFunc(typed, func(t bridge.RuleSetting) bool { return t.Key == s.Key }); i >= 0 {
			p.Typed = typed[i].Value
		}
		if s.Certainty == "set" {
			view.Set = append(view.Set, p)
		} else {
			view.Open = append(view.Open, p)
		}
	}
	slices.SortStableFunc(view.Open, func(a, b proposedRule) int { return cmp.Compare(urgency(a), urgency(b)) })
	return nil
}

// list gives the ID of the list of these names; rules that take the same share
// one.
func (view *setupRulesView) list(names []string) string {
	names = names[:min(len(names), mostNames)]
	at := slices.IndexFunc(view.Lists, func(l nameList) bool { return slices.Equal(l.Names, names) })
	if at < 0 {
		at = len(view.Lists)
		view.Lists = append(view.Lists, nameList{"names-" + strconv.Itoa(at+1), names})
	}
	return view.Lists[at].ID
}

// urgency puts first what orders wait for, and of that what a person must
// choose.
func urgency(p proposedRule) int {
	place := 0
	if !p.Waits {
		place += 2
	}
	if p.Certainty != "choose" {
		place++
	}
	return place
}

// preview shows what becomes of the newest orders: by the rules as typed, else
// by today's.
func (v *visit) preview(view *setupRulesView, typed []bridge.RuleSetting) error {
	newest, err := v.bridge.FindOrders(v.ctx(), bridge.Find{}, "", ordersPreviewed)
	if err != nil {
		return err
	}
	for _, o := range newest.Orders {
		plan, err := v.bridge.ShowPlan(v.ctx(), o.ID)
		if err != nil {
			return err
		}
		row := previewRow{OrderView: o.OrderView}
		for i, d := range plan.Documents {
			if i == 0 {
				row.Deposit = d.DepositTo
			}
			row.Becomes = append(row.Becomes, d.Kind)
		}
		view.Newest = append(view.Newest, row)
	}
	view.Previewed = typed != nil
	if typed == nil {
		return nil
	}
	would, err := v.bridge.PreviewRules(v.ctx(), typed, ordersPreviewed)
	if err != nil {
		return err
	}
	view.Missing = nil
	for _, m := range would.Missing {
		view.Missing = append(view.Missing, strings.TrimSpace(m.Sentence+" "+m.Cure))
	}
	for i, row := range view.Newest {
		at := slices.IndexFunc(would.Differ, func(d bridge.PreviewedOrder) bool { return d.ID == row.ID })
		if at < 0 {
			continue
		}
		after := would.Differ[at].After
		row.State, row.Reason, row.Cure, row.Becomes, row.Deposit = after.State, after.Reason, after.Cure, strings.Split(after.Document, " + "), after.Deposit
		view.Newest[i] = row
	}
	return nil
}

// typedRules are the rules as they stand in the form. A field that is left
// empty sets nothing.
func (v *visit) typedRules() []bridge.RuleSetting {
	typed := []bridge.RuleSetting{}
	for name, values := range v.r.PostForm {
		key, is := strings.CutPrefix(name, "rule:")
		if is && len(values) > 0 && strings.TrimSpace(values[0]) != "" {
			typed = append(typed, bridge.RuleSetting{Key: key, Value: strings.TrimSpace(values[0])})
		}
	}
	slices.SortFunc(typed, func(a, b bridge.RuleSetting) int { return strings.Compare(a.Key, b.Key) })
	return typed
}

// saveSetupRules saves the form, or shows what it would make of the newest
// orders. The mode is not its to change.
func saveSetupRules(v *visit) error {
	typed := v.typedRules()
	if slices.ContainsFunc(typed, func(t bridge.RuleSetting) bool { return t.Key == "mode" || t.Key == "release" }) {
		return errNotFound
	}
	if v.r.PostFormValue("preview") != "" {
		view, err := v.setupRulesView(typed)
		if err != nil {
			return refuse(err)
		}
		return v.page("setup_rules", view)
	}
	seen, err := strconv.ParseInt(v.r.PostFormValue("version"), 10, 64)
	if err == nil {
		err = v.bridge.ChangeRules(v.ctx(), seen, typed, v.who())
	} else {
		err = bridge.ErrRulesMoved
	}
	if err != nil {
		view, failed := v.setupRulesView(nil)
		if failed != nil {
			return failed
		}
		for i, p := range view.Open {
			if at := slices.IndexFunc(typed, func(t bridge.RuleSetting) bool { return t.Key == p.Key }); at >= 0 {
				view.Open[i].Typed = typed[at].Value
			}
		}
		return v.again("setup_rules", view, err)
	}
	return v.redirect("/setup/rules", "setup_rules")
}
