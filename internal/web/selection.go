package web

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"qbridge/internal/bridge"
	"qbridge/internal/order"
)

// selectionView is the page of orders that were selected, where it is said what
// is done with them.
type selectionView struct {
	bridge.Selected
	Lines []selectedLine
	First []bridge.FoundOrder // the first of them
	Do    bridge.ActionKind   // what is asked about; empty: nothing yet
	Value string              // as it was typed
	Find  bridge.Find         // the list they were selected from
	Look  bool                // by the rules nothing goes to QuickBooks yet
	Tags  []string            // those that this user may put on and take off
	Ruled []string            // those that rules ask for, when this user may not
}

// selectedLine is the selected orders in one state.
type selectedLine struct {
	stateLine
	bridge.Days
}

// firstSelected is how many orders the page of a selection names.
const firstSelected = 10

// Back is the list from which the orders were selected.
func (s selectionView) Back() string { return listPath(s.Find, "") }

// Query is that list, for a form to carry along.
func (s selectionView) Query() string { return listQuery(s.Find, "").Encode() }

// Asks is the page of the selection that asks about an action.
func (s selectionView) Asks(do string) string {
	return "/selections/" + url.PathEscape(s.ID) + "?" + url.Values{"do": {do}, "find": {s.Query()}}.Encode()
}

// Goes are the selected orders that can go to QuickBooks, by state.
func (s selectionView) Goes() []selectedLine {
	return slices.DeleteFunc(slices.Clone(s.Lines), func(l selectedLine) bool { return l.State != order.Ready && l.State != order.New })
}

// Going is how many those are.
func (s selectionView) Going() (n int64) {
	for _, l := range s.Goes() {
		n += l.Count
	}
	return n
}

// Seen is what the page says that would go to QuickBooks: it must still be so
// when it is confirmed. An order that was only new and is ready by then counts
// as the same.
func (s selectionView) Seen() string {
	var all stateLine
	for _, l := range s.Goes() {
		all.Count += l.Count
		for _, sum := range l.Sums {
			all.add(bridge.StateSum{Sum: sum})
		}
	}
	slices.SortFunc(all.Sums, func(a, b order.Money) int { return strings.Compare(a.Currency, b.Currency) })
	return fmt.Sprint(all.Count, " ", all.Sums)
}

// Staying is how many of the selected orders can't go to QuickBooks.
func (s selectionView) Staying() int64 { return s.Orders - s.Going() }

// selectOrders makes a selection of the orders that are ticked, of those of the
// page, or of all that the list holds, and leads to what is to be done.
func selectOrders(v *visit) error {
	form := v.r.PostForm
	f := carried(form.Get("find"))
	ids := form["order"]
	if form.Get("which") == "page" {
		ids = form["shown"]
	}
	s, err := bridge.Selection{}, errNothingTicked
	if form.Get("which") == "all" {
		s, err = v.bridge.Select(v.ctx(), f, v.who())
	} else if len(ids) > 0 {
		s, err = v.bridge.SelectOrders(v.ctx(), ids, v.who())
	}
	if err != nil {
		return v.ordersAgain(f, err)
	}
	switch do := form.Get("do"); do {
	case "packing":
		return v.redirect("/packing?selection="+url.QueryEscape(s.ID), "")
	case "csv":
		return v.redirect("/selections/"+s.ID+"/orders.csv", "")
	default:
		return v.redirect(selectionView{Selected: bridge.Selected{Selection: s}, Find: f}.Asks(do), "")
	}
}

var (
	errNothingTicked = errors.New("no order is ticked")
	errSeen          = errors.New("it has changed since the page was made")
)

func selectionPage(v *visit) error {
	query := v.r.URL.Query()
	view, err := v.selectionView(bridge.ActionKind(query.Get("do")), carried(query.Get("find")))
	if err != nil {
		return refuse(err)
	}
	return v.page("selection", view)
}

func (v *visit) selectionView(do bridge.ActionKind, f bridge.Find) (view selectionView, err error) {
	view = selectionView{Do: do, Find: f}
	id := v.r.PathValue("id")
	if view.Selected, err = v.bridge.Selected(v.ctx(), id, v.who()); err != nil {
		return view, err
	}
	for _, l := range stateLines(bridge.Find{}, view.Sums)[1:] {
		view.Lines = append(view.Lines, selectedLine{l, view.Days[l.State]})
	}
	err = v.bridge.EachSelected(v.ctx(), id, v.who(), func(o bridge.FoundOrder) error {
		if len(view.First) == firstSelected {
			return errEnough
		}
		view.First = append(view.First, o)
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return view, err
	}
	tags, err := v.bridge.TagUses(v.ctx())
	if err != nil {
		return view, err
	}
	for _, tag := range tags {
		if v.sorts() || len(tag.Rules) == 0 {
			view.Tags = append(view.Tags, tag.Name)
		} else {
			view.Ruled = append(view.Ruled, tag.Name)
		}
	}
	_, rules, err := v.bridge.Rules(v.ctx())
	view.Look = rules.Mode == "look"
	return view, err
}

var errEnough = errors.New("enough orders")

// actAWhile is how long somebody waits for an action. What is left then goes on
// without the reader, whose page shows how far it came.
const actAWhile = 3 * time.Second

// actOnBooks does with a selection what may bring orders into QuickBooks, or
// keep them from it.
func actOnBooks(v *visit) error {
	switch kind := bridge.ActionKind(v.r.PostFormValue("do")); kind {
	case bridge.ActSync:
		view, err := v.selectionView(kind, carried(v.r.PostFormValue("find")))
		switch {
		case err != nil:
			return refuse(err)
		case view.Going() > 0 && v.r.PostForm.Has("seen") && v.r.PostFormValue("seen") != view.Seen():
			return v.again("selection", view, errSeen)
		}
		return v.act(bridge.Action{Kind: kind})
	case bridge.ActHold, bridge.ActRelease, bridge.ActExclude, bridge.ActRetry:
		return v.act(bridge.Action{Kind: kind, Value: v.r.PostFormValue("value")})
	}
	return errNotFound
}

// tagSelection gives a selection a tag, or takes it off. A tag that is not
// there yet is made.
func tagSelection(v *visit) error {
	name := strings.Join(strings.Fields(v.r.PostFormValue("value")), " ")
	a := bridge.Action{Kind: bridge.ActTag, Value: name}
	if v.r.PostFormValue("do") == "untag" {
		a.Kind = bridge.ActUntag
	}
	if err := v.maySort(name); err != nil {
		return v.askAgain(a, err)
	}
	if a.Kind == bridge.ActUntag {
		return v.act(a)
	}
	tags, err := v.bridge.Tags(v.ctx())
	if err != nil {
		return err
	}
	if name != "" && !slices.ContainsFunc(tags, func(t bridge.Tag) bool { return t.Name == name }) {
		if err := v.bridge.SetTag(v.ctx(), name, "", v.who()); err != nil {
			return v.askAgain(a, err)
		}
	}
	return v.act(a)
}

func (v *visit) act(a bridge.Action) error {
	ctx, cancel := context.WithTimeout(v.ctx(), actAWhile)
	defer cancel()
	acted, err := v.bridge.Act(ctx, v.r.PathValue("id"), a, v.who())
	if err != nil {
		return v.askAgain(a, err)
	}
	// The next page shall show what it came to; what can't be planned by then
	// the planner plans.
	if _, err := v.bridge.PlanAll(ctx); err != nil && ctx.Err() == nil {
		return err
	}
	f := carried(v.r.PostFormValue("find"))
	if !acted.Ended.IsZero() && acted.Succeeded() == acted.Orders {
		key, back := "act.did_"+string(a.Kind), listPath(f, "")
		did, err := v.words.count(key, acted.Orders, a.Value)
		if err != nil {
			return err
		}
		return v.redirect(back, "acted", did)
	}
	return v.redirect(actedPath(acted.ID, f), "")
}

// askAgain asks about an action once more, and says why it can't be done so.
func (v *visit) askAgain(a bridge.Action, problem error) error {
	view, err := v.selectionView(a.Kind, carried(v.r.PostFormValue("find")))
	if err != nil {
		return refuse(err)
	}
	view.Value = a.Value
	return v.again("selection", view, problem)
}

func actedPath(id int64, f bridge.Find) string {
	return fmt.Sprintf("/actions/%d?%s", id, url.Values{"find": {listQuery(f, "").Encode()}}.Encode())
}

// actedView is the page of what became of an action.
type actedView struct {
	bridge.Acted
	Find bridge.Find // the list from which the orders were selected
}

// Back is that list.
func (a actedView) Back() string { return listPath(a.Find, "") }

// Path is the page itself.
func (a actedView) Path() string { return actedPath(a.ID, a.Find) }

// CauseOf is why orders stand where they are that the action was not done with.
func (actedView) CauseOf(r bridge.ActResult) string {
	_, cause, _ := strings.Cut(r.Cause, "/")
	return cause
}

func actedPage(v *visit) error {
	id, err := strconv.ParseInt(v.r.PathValue("id"), 10, 64)
	if err != nil {
		return errNotFound
	}
	view := actedView{Find: carried(v.r.URL.Query().Get("find"))}
	if view.Acted, err = v.bridge.Acted(v.ctx(), id); err != nil {
		return err
	}
	slices.SortStableFunc(view.Results, func(a, b bridge.ActResult) int { // done, then by count
		if a.OK != b.OK {
			return map[bool]int{true: -1, false: 1}[a.OK]
		}
		return int(b.Count - a.Count)
	})
	return v.page("acted", view)
}

// selectionCSV is a selection as a file for a spreadsheet.
func selectionCSV(v *visit) error {
	body := bytes.NewBufferString("\ufeff") // Excel takes it for UTF-8 by this
	file := csv.NewWriter(body)
	var head []string
	for _, key := range []string{"number", "order_id", "date", "customer", "email", "shop", "method", "total", "due", "currency", "state", "since", "reason", "document", "txn_id", "in_books", "tags"} {
		head = append(head, v.words.known("csv", key))
	}
	if err := file.Write(head); err != nil {
		return err
	}
	err := v.bridge.EachSelected(v.ctx(), v.r.PathValue("id"), v.who(), func(o bridge.FoundOrder) error {
		since := ""
		if !o.Since.IsZero() {
			since = o.Since.In(v.words.zone).Format(time.DateTime)
		}
		row := []string{o.Number, o.ID, o.Date, o.Customer, o.Email, o.Store, o.Method, o.Total, o.Due, o.Currency, v.words.known("state", o.State), since, o.Reason, o.Document, o.TxnID, o.BooksTotal, strings.Join(o.Tags, ", ")}
		for i, text := range row {
			row[i] = bridge.PlainCell(text)
		}
		return file.Write(row)
	})
	if err != nil {
		return refuse(err)
	}
	file.Flush()
	if err := file.Error(); err != nil {
		return err
	}
	name, err := v.words.say("csv.file", v.bridge.Now().In(v.words.zone).Format(time.DateOnly))
	if err != nil {
		return err
	}
	return v.send("text/csv; charset=utf-8", name, body.Bytes())
}
