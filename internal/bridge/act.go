package bridge

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"qbridge/internal/order"
	"qbridge/internal/posting"
	"qbridge/store"
)

// ActionKind is what can be done with many orders at once.
type ActionKind string

// The actions.
const (
	ActSync    ActionKind = "sync"    // post to QuickBooks what waits for its release
	ActHold    ActionKind = "hold"    // Value: why
	ActRelease ActionKind = "release" // take back hold and exclude, and release
	ActExclude ActionKind = "exclude" // Value: why
	ActTag     ActionKind = "tag"     // Value: the tag
	ActUntag   ActionKind = "untag"   // Value: the tag
	ActRetry   ActionKind = "retry"   // plan and send again what QuickBooks refused, or what the books lacked
)

// Action is what to do with the orders of a selection.
type Action struct {
	Kind  ActionKind
	Value string
}

// Acted is how far an action came, and what became of the orders.
type Acted struct {
	ID      int64
	Action  Action
	Who     string
	Orders  int64
	Done    int64 // so many of them were gone through
	Begun   time.Time
	Ended   time.Time // zero while it goes on
	Results []ActResult
}

// ActResult is what became of some of the orders.
type ActResult struct {
	OK      bool   // the action was done
	Why     string // what happened, or why not
	Cause   string // state and cause of the orders when it was not done, such as "attention/unknown-item"
	Count   int64
	Numbers []string // of the first few
}

// Succeeded is how many orders the action was done with.
func (a Acted) Succeeded() (n int64) {
	for _, r := range a.Results {
		if r.OK {
			n += r.Count
		}
	}
	return n
}

const (
	longestWhy = 200 // characters: each order keeps them, and so does its history
	actAtOnce  = 25  // orders in a transaction: some milliseconds, for which a poll may have to wait
	actNumbers = 5   // numbers that a result names
	actResults = 50  // results told apart
)

var errLongWhy = fmt.Errorf("say it in at most %d characters", longestWhy)

// Act does something with the orders of a user's selection, a few a
// transaction. It returns when all is done or ctx ends; what is left then is
// done by ActStep, also after a restart. Acted tells how far it came.
func (b *Bridge) Act(ctx context.Context, selection string, a Action, who string) (acted Acted, err error) {
	kinds := []ActionKind{ActSync, ActHold, ActRelease, ActExclude, ActTag, ActUntag, ActRetry}
	a.Value = strings.Join(strings.Fields(a.Value), " ")
	switch {
	case !slices.Contains(kinds, a.Kind):
		return acted, fmt.Errorf("there is no action %q", a.Kind)
	case a.Value == "" && (a.Kind == ActHold || a.Kind == ActExclude):
		return acted, fmt.Errorf("say why, for whoever looks at it later")
	case len([]rune(a.Value)) > longestWhy:
		return acted, errLongWhy
	case a.Value == "" && (a.Kind == ActTag || a.Kind == ActUntag):
		return acted, fmt.Errorf("say which tag")
	}
	var id int64
	err = b.write(ctx, "begin to "+string(a.Kind), func(tx *store.Tx) error {
		s, found, err := tx.Selection(selection, who)
		if err == nil && !found {
			err = ErrNoSelection
		}
		if err != nil {
			return err
		}
		if a.Kind == ActTag {
			tags, err := tx.Tags()
			if err != nil {
				return err
			}
			if !slices.ContainsFunc(tags, func(t store.Tag) bool { return t.Name == a.Value }) {
				return fmt.Errorf("there is no tag %q: make it first", a.Value)
			}
		}
		id, err = tx.AddAction(store.Action{Who: who, Kind: string(a.Kind), Value: a.Value}, s)
		return err
	})
	for more := true; more && err == nil && ctx.Err() == nil; {
		more, err = b.actSome(ctx, id)
	}
	if err != nil && ctx.Err() == nil {
		return acted, err
	}
	return b.Acted(context.WithoutCancel(ctx), id)
}

// Acted tells how far an action came.
func (b *Bridge) Acted(ctx context.Context, id int64) (acted Acted, err error) {
	err = b.db.Read(ctx, func(tx *store.Tx) error {
		a, found, err := tx.Action(id)
		if err == nil && !found {
			err = fmt.Errorf("action %d: %w", id, store.ErrNotFound)
		}
		if err != nil {
			return err
		}
		acted = Acted{ID: a.ID, Action: Action{ActionKind(a.Kind), a.Value}, Who: a.Who, Orders: a.Count, Done: a.Done, Begun: a.BegunAt, Ended: a.EndedAt}
		return json.Unmarshal([]byte(a.Results), &acted.Results)
	})
	return acted, err
}

// ActStep does what is left of the actions that were begun.
func (b *Bridge) ActStep(ctx context.Context) error {
	for {
		var a store.Action
		var found bool
		err := b.db.Read(ctx, func(tx *store.Tx) (err error) {
			a, found, err = tx.OpenAction()
			return err
		})
		if err != nil || !found {
			return err
		}
		for more := true; more; {
			if more, err = b.actSome(ctx, a.ID); err != nil {
				return err
			}
		}
	}
}

// actSome does an action with its next orders. Who else is at the same action
// goes on behind them.
func (b *Bridge) actSome(ctx context.Context, id int64) (more bool, err error) {
	err = b.writeBehind(ctx, "act on orders", func(tx *store.Tx) error {
		a, found, err := tx.Action(id)
		if more = err == nil && found && a.EndedAt.IsZero(); !more {
			return err
		}
		var results []ActResult
		if err := json.Unmarshal([]byte(a.Results), &results); err != nil {
			return fmt.Errorf("the results of action %d: %w", id, err)
		}
		orders, err := tx.OrdersOfAction(a, actAtOnce)
		if err != nil {
			return err
		}
		for _, o := range orders {
			r, err := act(tx, a, o.Order)
			if err != nil {
				return fmt.Errorf("order %s: %w", o.ID, err)
			}
			results = addResult(results, r, o.ID)
		}
		done := a.Done + int64(len(orders))
		text, err := json.Marshal(results)
		if err != nil {
			return err
		}
		if err := tx.StepAction(id, done, string(text)); err != nil {
			return err
		}
		if more = done < a.Count; more {
			return nil
		}
		c, err := onlyCompany(tx)
		if err != nil {
			return err
		}
		ok := Acted{Results: results}.Succeeded()
		return tx.AddHistory(store.History{CompanyID: c.ID, Who: a.Who, Event: "action", Note: strings.TrimSpace(fmt.Sprintf("%s %s", a.Kind, a.Value)) + fmt.Sprintf(": done with %d of %s.", ok, counted(int(a.Count), "order"))})
	})
	return more, err
}

func addResult(all []ActResult, r ActResult, number string) []ActResult {
	i := slices.IndexFunc(all, func(known ActResult) bool { return known.OK == r.OK && known.Why == r.Why && known.Cause == r.Cause })
	if i < 0 && len(all) >= actResults {
		r.Why, r.Cause = "Not done, for several other reasons: see the order.", "other"
		i = slices.IndexFunc(all, func(known ActResult) bool { return known.Cause == "other" })
	}
	if i < 0 {
		all, i = append(all, r), len(all)
	}
	all[i].Count++
	if len(all[i].Numbers) < actNumbers {
		all[i].Numbers = append(all[i].Numbers, number)
	}
	return all
}

// act does an action with one order.
func act(tx *store.Tx, a store.Action, o store.Order) (ActResult, error) {
	decisions, err := tx.Decisions(o.StoreID, o.Key)
	if err != nil {
		return ActResult{}, err
	}
	decided := gather(decisions)
	kind, why := ActionKind(a.Kind), ""
	switch kind {
	case ActTag:
		if slices.Contains(decided.Tags, a.Value) {
			why = "It has the tag already."
		}
	case ActUntag:
		return untag(tx, a, decisions)
	case ActSync:
		why = whyNotSync(o, decided)
	case ActRelease:
		if decided.Held == "" && decided.Excluded == "" && o.State != string(order.Held) && o.Cause != string(CauseNotReleased) {
			why = "There is nothing to release: it is " + lowerFirst(StateWords(o.State)) + "."
		}
	case ActHold, ActExclude:
		why = whyNotKeepBack(o, kind, decided)
	case ActRetry:
		why = whyNotRetry(o)
		if n, err := retryFields(tx, o, a.Who); err != nil || n > 0 && why != "" {
			return ActResult{OK: err == nil, Why: "Its custom fields are set again."}, err
		}
	}
	if why != "" {
		return ActResult{Why: why, Cause: strings.TrimSuffix(o.State+"/"+o.Cause, "/")}, nil
	}
	done := map[ActionKind]string{ActTag: "Tagged.", ActSync: "Released: it goes to QuickBooks at the next session.", ActRelease: "Released.", ActHold: "Held.",
		ActExclude: "Excluded.", ActRetry: "It is tried again."}
	d := store.Decision{StoreID: o.StoreID, Key: o.Key, Kind: a.Kind, Value: a.Value, Who: a.Who}
	if kind == ActSync || kind == ActRetry { // a person's word that it may go out (Q20)
		d.Kind, d.Value = string(ActRelease), ""
	}
	_, err = tx.AddDecision(d)
	return ActResult{OK: true, Why: done[kind]}, err
}

func untag(tx *store.Tx, a store.Action, decisions []store.Decision) (ActResult, error) {
	r := ActResult{Why: "It does not have the tag."}
	for _, d := range decisions {
		if d.Kind == "tag" && d.Value == a.Value {
			r = ActResult{OK: true, Why: "The tag is taken off."}
			if err := tx.WithdrawDecision(d.ID, a.Who); err != nil {
				return r, err
			}
		}
	}
	return r, nil
}

// whyNotSync says why an order can't be posted by a word alone; "" when it can.
func whyNotSync(o store.Order, decided posting.Decisions) string {
	switch order.State(o.State) {
	case order.Synced, order.Pending:
		return "It is in QuickBooks already."
	case order.Queued, order.Sent:
		return "It is on its way to QuickBooks already."
	case order.InDoubt:
		return "It was handed out and QuickBooks is asked what became of it."
	case order.New:
		if decided.Released {
			return "It is released already, and not looked at yet."
		}
		return ""
	case order.Ready:
		if o.Cause == string(CauseNotReleased) {
			return ""
		}
	}
	return orElse(o.Reason, StateWords(o.State)+".")
}

// whyNotKeepBack says why an order can't be held or excluded; "" when it can.
func whyNotKeepBack(o store.Order, kind ActionKind, decided posting.Decisions) string {
	switch order.State(o.State) {
	case order.Synced, order.Pending:
		return "It is in QuickBooks already."
	case order.Sent, order.InDoubt:
		return "It is in QuickBooks' hands already."
	}
	if kind == ActHold && decided.Held != "" {
		return "It is held already."
	}
	if kind == ActExclude && decided.Excluded != "" {
		return "It is excluded already."
	}
	return ""
}

// whyNotRetry says why trying again is not what an order needs; "" when it is.
func whyNotRetry(o store.Order) string {
	switch {
	case o.State != string(order.Attention):
		return "There is nothing to try again: it is " + lowerFirst(StateWords(o.State)) + "."
	case o.TxnID != "" || slices.Contains([]posting.Cause{CauseGone, CauseVoided, CauseUnsure, CauseTotal, CauseChanged, CauseTwice, CauseUndo}, posting.Cause(o.Cause)):
		return "It needs a decision of its own: " + o.Reason
	}
	return ""
}

func lowerFirst(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToLower(text[:1]) + text[1:]
}
