package web

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

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
	Since   int64             // the second from which on the page wants news
	Newer   bool              // an order has come that the reader's page doesn't show yet
}

// States are the sums as the list shows them: all, then each state. When there
// are too many orders to sum, it is every state, without a count.
func (o ordersView) States() []stateLine {
	lines := stateLines(o.Find, o.Sums)
	if o.MoreThan > 0 {
		lines = lines[:1]
		for _, state := range order.States() {
			lines = append(lines, stateLine{State: state, Path: o.Link(state), Here: o.Find.State == state})
		}
	}
	return lines
}

// stateLine is how many of the orders that are meant stand in a state, and the
// list of them.
type stateLine struct {
	State order.State // empty: all
	Count int64
	Sums  []order.Money // by currency
	Path  string
	Here  bool
}

func stateLines(f bridge.Find, sums []bridge.StateSum) []stateLine {
	var lines []stateLine
	for _, state := range append([]order.State{""}, order.States()...) {
		of := f
		of.State = state
		line := stateLine{State: state, Path: listPath(of, ""), Here: f.State == state}
		for _, s := range sums {
			if state == "" || s.State == state {
				line.add(s)
			}
		}
		if state == "" || line.Count > 0 || line.Here {
			lines = append(lines, line)
		}
	}
	return lines
}

func (l *stateLine) add(s bridge.StateSum) {
	l.Count += s.Count
	if i := slices.IndexFunc(l.Sums, func(m order.Money) bool { return m.Currency == s.Sum.Currency }); i >= 0 {
		l.Sums[i].Amount = l.Sums[i].Amount.Add(s.Sum.Amount)
	} else {
		l.Sums = append(l.Sums, s.Sum)
	}
}

// Query is the search, for a form to carry along.
func (o ordersView) Query() string { return listQuery(o.Find, "").Encode() }

// NewsPath is where the page looks for what has changed of it.
func (o ordersView) NewsPath() string {
	query := listQuery(o.Find, o.After)
	query.Set("since", strconv.FormatInt(o.Since, 10))
	return "/orders/live?" + query.Encode()
}

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
	query := listQuery(f, after)
	if len(query) == 0 {
		return "/orders"
	}
	return "/orders?" + query.Encode()
}

func listQuery(f bridge.Find, after string) url.Values {
	query := url.Values{}
	for name, value := range map[string]string{"state": string(f.State), "from": f.From, "to": f.To, "store": f.Store, "method": f.Method, "tag": f.Tag, "q": f.Text, "after": after} {
		if value != "" {
			query.Set(name, value)
		}
	}
	return query
}

// longestSearch is how many characters are looked for, as in the page's field:
// the page's links repeat them.
const longestSearch = 200

// findOf is what a query of listPath, or a form with the same names, asks for.
func findOf(query url.Values) bridge.Find {
	text := []rune(strings.TrimSpace(query.Get("q")))
	return bridge.Find{State: order.State(query.Get("state")), From: query.Get("from"), To: query.Get("to"), Store: query.Get("store"), Method: query.Get("method"),
		Tag: query.Get("tag"), Text: string(text[:min(longestSearch, len(text))])}
}

// carried is the search that a form or a link carries along; what is none asks
// for all orders.
func carried(text string) bridge.Find {
	query, err := url.ParseQuery(text)
	if err != nil {
		return bridge.Find{}
	}
	return findOf(query)
}

func orders(v *visit) error {
	query := v.r.URL.Query()
	view, err := v.ordersView(findOf(query), query.Get("after"))
	if err != nil {
		return err
	}
	return v.page("orders", view)
}

const ordersAPage = 50

// ordersView looks for the page of a list that begins at a place.
func (v *visit) ordersView(f bridge.Find, after string) (view ordersView, err error) {
	view = ordersView{Find: f, After: after, Colours: map[string]string{}, Since: v.bridge.Now().Unix()}
	if view.Choices, err = v.bridge.FindChoices(v.ctx()); err != nil {
		return view, err
	}
	for _, tag := range view.Choices.Tags {
		view.Colours[tag.Name] = tag.Colour
	}
	view.OrderPage, err = v.bridge.FindOrders(v.ctx(), f, after, ordersAPage)
	return view, refuse(err) // the address was written by hand
}

// ordersAgain shows the list to who asked for something that can't be done with
// it, and says why.
func (v *visit) ordersAgain(f bridge.Find, problem error) error {
	view, err := v.ordersView(f, "")
	if err != nil {
		return err
	}
	return v.again("orders", view, problem)
}

// ordersNews answers a list in the browser with what may have changed of it:
// the sums, and each order that it shows and that is in its state since the
// page was made. What is ticked there stays ticked.
func ordersNews(v *visit) error {
	query := v.r.URL.Query()
	view, err := v.ordersView(findOf(query), "")
	if err != nil {
		return err
	}
	view.After = query.Get("after")
	shown := query["shown"]
	view.Newer = view.After == "" && len(view.Orders) > 0 && !slices.Contains(shown, view.Orders[0].ID)
	now, err := v.bridge.OrdersNow(v.ctx(), shown[:min(len(shown), ordersAPage)])
	if err != nil {
		return err
	}
	if since, err := strconv.ParseInt(query.Get("since"), 10, 64); err == nil {
		view.Since = since
	}
	view.Orders = slices.DeleteFunc(now, func(o bridge.FoundOrder) bool { return o.Since.Unix() < view.Since })
	return v.part("orders", "news", view)
}

// longestGet is how long a person waits for a shop's orders. What has not come
// by then the puller gets.
const longestGet = 20 * time.Second

// getOrders pulls a shop, or all, and tells what it brought.
func getOrders(v *visit) error {
	f := carried(v.r.PostFormValue("find"))
	back := listPath(f, "")
	ctx, cancel := context.WithTimeout(v.ctx(), longestGet)
	defer cancel()
	pulled, err := v.bridge.PullNow(ctx, v.r.PostFormValue("store"), v.who())
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return v.redirect(back, "getting")
	}
	if err != nil {
		return v.ordersAgain(f, err)
	}
	var got, problems []string
	for _, p := range pulled {
		line, err := v.words.say("orders.got", p.Name, p.New, p.Changed, p.Ignored)
		if err != nil {
			return err
		}
		got = append(got, line)
		if p.Problem != "" {
			problems = append(problems, p.Name+": "+p.Problem)
		}
	}
	if len(problems) > 0 {
		return v.ordersAgain(f, errors.New(strings.Join(append(problems, got...), " ")))
	}
	return v.redirect(back, "got", strings.Join(got, " "))
}
