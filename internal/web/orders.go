package web

import (
	"context"
	"errors"
	"net/url"
	"slices"

	"qbridge/internal/bridge"
	"qbridge/internal/order"
)

// ordersView is the list of orders.
type ordersView struct {
	State  string // the filter; empty: all
	Sums   []bridge.StateSum
	Count  int64 // of all orders
	Orders []bridge.OrderView
	Next   string // the path of the next page; empty on the last
	First  bool   // this is the first page
}

const ordersAPage = 50

func orders(v *visit) error {
	query := v.r.URL.Query()
	view := ordersView{State: query.Get("state"), First: query.Get("after") == ""}
	if view.State != "" && !slices.Contains(order.States(), order.State(view.State)) {
		return errNotFound
	}
	var err error
	if view.Sums, err = v.bridge.Sums(v.ctx()); err != nil {
		return err
	}
	slices.SortStableFunc(view.Sums, func(a, b bridge.StateSum) int {
		return slices.Index(order.States(), a.State) - slices.Index(order.States(), b.State)
	})
	for _, s := range view.Sums {
		view.Count += s.Count
	}
	var more bool
	if view.Orders, more, err = v.ordersAfter(v.ctx(), view.State, query.Get("after")); err != nil {
		return err
	}
	if more {
		next := url.Values{"after": {view.Orders[len(view.Orders)-1].ID}}
		if view.State != "" {
			next.Set("state", view.State)
		}
		view.Next = "/orders?" + next.Encode()
	}
	return v.page("orders", view)
}

var errEnough = errors.New("enough orders")

// ordersAfter gives the page of orders that come after the one of an ID, and
// whether there are more.
func (v *visit) ordersAfter(ctx context.Context, state, after string) (page []bridge.OrderView, more bool, err error) {
	passed := after == ""
	err = v.bridge.Orders(ctx, state, func(o bridge.OrderView) error {
		switch {
		case !passed:
			passed = o.ID == after
		case len(page) == ordersAPage:
			more = true
			return errEnough
		default:
			page = append(page, o)
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return page, more, err
}
