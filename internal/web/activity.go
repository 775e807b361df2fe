package web

import (
	"net/url"
	"slices"

	"qbridge/internal/bridge"
)

// activityView is the page of what people did.
type activityView struct {
	bridge.Activity
	Who, Kind, After string // what is asked for
	People           []string
	Kinds            []string
}

// Older is the page behind this one.
func (a activityView) Older() string { return activityPath(a.Who, a.Kind, a.Next) }

// Newest is the first page of what is asked for.
func (a activityView) Newest() string { return activityPath(a.Who, a.Kind, "") }

func activityPath(who, kind, after string) string {
	query := url.Values{}
	for name, value := range map[string]string{"who": who, "kind": kind, "after": after} {
		if value != "" {
			query.Set(name, value)
		}
	}
	return "/activity?" + query.Encode()
}

// activityKinds are the kinds that may be asked for.
func activityKinds() []string {
	return []string{"decision", "action", "state", "again", "undone", "rules", "user", "pull", "lists", "stop"}
}

func activity(v *visit) error {
	query := v.r.URL.Query()
	view := activityView{Who: query.Get("who"), Kind: query.Get("kind"), After: query.Get("after"), Kinds: activityKinds()}
	var err error
	if view.Activity, err = v.bridge.Activity(v.ctx(), view.Who, view.Kind, view.After, 0); err != nil {
		return refuse(err) // the address was written by hand
	}
	users, err := v.bridge.Users(v.ctx())
	if err != nil {
		return err
	}
	for _, u := range users {
		view.People = append(view.People, u.Name)
	}
	for _, l := range view.Lines { // who is no user: the command line, or one who was renamed
		if !slices.Contains(view.People, l.Who) {
			view.People = append(view.People, l.Who)
		}
		if !slices.Contains(view.Kinds, l.Kind) {
			view.Kinds = append(view.Kinds, l.Kind)
		}
	}
	if view.Who != "" && !slices.Contains(view.People, view.Who) {
		view.People = append(view.People, view.Who)
	}
	if view.Kind != "" && !slices.Contains(view.Kinds, view.Kind) {
		view.Kinds = append(view.Kinds, view.Kind)
	}
	return v.page("activity", view)
}
