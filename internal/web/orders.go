package web

import (
	"net/url"
	"slices"
	"strings"

	"qbridge/internal/bridge"
	"qbridge/internal/order"
)

// ordersView is the list of orders.
type ordersView struct {
	bridge.OrderPage
	Find    bridge.Find
	Choices bridge.FindChoices
	After   string            // the place at which the page begins; empty: with the newest
	Colours map[string]string // of the tags
}

// All is how many orders the search finds, in whatever state.
func (o ordersView) All() int64 { return o.Count("") }

// Link is the same search in another state; empty for all.
func (o ordersView) Link(state order.State) string {
	f := o.Find
	f.State = state
	return listPath(f, "")
}

// Older is the page behind this one.
func (o ordersView) Older() string { return listPath(o.Find, o.Next) }

// Filtered tells whether more is asked for than a state and words.
func (o ordersView) Filtered() bool {
	return o.Find.From+o.Find.To+o.Find.Store+o.Find.Method+o.Find.Tag != ""
}

// listPath is the page of the orders that a find means.
func listPath(f bridge.Find, after string) string {
	query := url.Values{}
	for name, value := range map[string]string{"state": string(f.State), "from": f.From, "to": f.To, "store": f.Store, "method": f.Method, "tag": f.Tag, "q": f.Text, "after": after} {
		if value != "" {
			query.Set(name, value)
		}
	}
	if len(query) == 0 {
		return "/orders"
	}
	return "/orders?" + query.Encode()
}

// findOf is what a query of listPath, or a form with the same names, asks for.
func findOf(query url.Values) bridge.Find {
	return bridge.Find{State: order.State(query.Get("state")), From: query.Get("from"), To: query.Get("to"), Store: query.Get("store"), Method: query.Get("method"),
		Tag: query.Get("tag"), Text: strings.TrimSpace(query.Get("q"))}
}

func orders(v *visit) error {
	query := v.r.URL.Query()
	view := ordersView{Find: findOf(query), After: query.Get("after"), Colours: map[string]string{}}
	var err error
	if view.Choices, err = v.bridge.FindChoices(v.ctx()); err != nil {
		return err
	}
	for _, tag := range view.Choices.Tags {
		view.Colours[tag.Name] = tag.Colour
	}
	if view.OrderPage, err = v.bridge.FindOrders(v.ctx(), view.Find, view.After, 0); err != nil {
		return refuse(err) // the address was written by hand
	}
	slices.SortStableFunc(view.Sums, func(a, b bridge.StateSum) int {
		return slices.Index(view.Choices.States, a.State) - slices.Index(view.Choices.States, b.State)
	})
	return v.page("orders", view)
}
