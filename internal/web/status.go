package web

import (
	"slices"

	"qbridge/internal/bridge"
	"qbridge/internal/order"
)

// statusView is the page that says how it stands, and what is to be done.
type statusView struct {
	bridge.Status
	Missing []missingRule
}

func statusPage(v *visit) error {
	s, err := v.bridge.Status(v.ctx())
	if err != nil {
		return err
	}
	form, err := v.bridge.RuleForm(v.ctx(), nil)
	if err != nil {
		return err
	}
	return v.page("status", statusView{s, v.missingRules(form)})
}

// status is the line above each page; nil without login, and before the set-up.
func (v *visit) status() *bridge.Status {
	if v.user.ID == 0 {
		return nil
	}
	s, err := v.bridge.Status(v.ctx())
	if err != nil { // the page itself may be shown without it
		v.log.Error("it can't be told how it stands", "path", v.r.URL.Path, "error", err)
		return nil
	}
	if s.Company == "" {
		return nil
	}
	return &s
}

// AttentionAlert tells whether an alert says already that orders need attention.
func (s statusView) AttentionAlert() bool {
	return slices.ContainsFunc(s.Alerts, func(a bridge.Alert) bool { return a.Key == "attention" })
}

// States are those in which there are orders.
func (s statusView) States() (states []order.State) {
	for _, state := range order.States() {
		if s.Counts[state] > 0 {
			states = append(states, state)
		}
	}
	return states
}
