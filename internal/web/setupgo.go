package web

import (
	"slices"

	"qbridge/internal/bridge"
)

// setupGoView is the last step: what QBridge may do in the books.
type setupGoView struct {
	setupFrame
	Version         int64  // of the rules
	Mode, Selection string // in force: look, pending, post; automatic, selected
	Chosen, Way     string // as chosen in the form
	Modes, Ways     []string
	Out             bridge.Release // what is ready and waits only for the mode
	Confirm         bool           // it is asked whether Out may go
	Missing         []string       // in English
	Sums            []bridge.StateSum
	Came            bridge.ConnectionView
}

const modeLook = "look" // plan, write nothing

func (v *visit) setupGoView() (view setupGoView, err error) {
	if view.setupFrame, err = v.setupFrame(stepGo); err != nil {
		return view, err
	}
	version, rules, err := v.bridge.Rules(v.ctx())
	if err != nil {
		return view, err
	}
	view.Version, view.Mode, view.Selection = version, rules.Mode, rules.Release
	view.Chosen, view.Way = view.Mode, view.Selection
	view.Modes, view.Ways = []string{modeLook, "pending", "post"}, []string{"automatic", "selected"}
	if view.Out, err = v.bridge.WouldGoOut(v.ctx()); err != nil {
		return view, err
	}
	missing, err := v.bridge.MissingRules(v.ctx())
	if err != nil {
		return view, err
	}
	for _, m := range missing {
		view.Missing = append(view.Missing, m.Sentence+" "+m.Cure)
	}
	if view.Sums, err = v.bridge.Sums(v.ctx()); err != nil {
		return view, err
	}
	view.Came, err = v.bridge.Connection(v.ctx())
	return view, err
}

func setupGo(v *visit) error {
	view, err := v.setupGoView()
	if err != nil {
		return err
	}
	return v.page("setup_go", view)
}

// begin sets what QBridge may do. Before anything goes out it says how much,
// and asks; what was confirmed must still be so.
func begin(v *visit) error {
	view, err := v.setupGoView()
	if err != nil {
		return err
	}
	mode, way := v.r.PostFormValue("mode"), v.r.PostFormValue("release")
	if !slices.Contains(view.Modes, mode) || !slices.Contains(view.Ways, way) {
		return v.again("setup_go", view, errNothingChosen)
	}
	view.Chosen, view.Way = mode, way
	if mode != modeLook && v.r.PostFormValue("confirmed") != view.Out.String() {
		view.Confirm = true
		return v.page("setup_go", view)
	}
	if err := v.bridge.ChangeRules(v.ctx(), view.Version, []bridge.RuleSetting{{Key: "mode", Value: mode}, {Key: "release", Value: way}}, v.who()); err != nil {
		return v.again("setup_go", view, err)
	}
	return v.redirect("/setup/go", "setup_begun", v.words.known("mode", mode))
}
