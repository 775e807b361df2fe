package bridge

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"qbridge/internal/ecwid"
	"qbridge/internal/order"
	"qbridge/internal/posting"
	"qbridge/store"
)

// planNext plans what follows the documents that an order has already: its
// payment, credit memos, refunds. A change of the sale itself, and what the
// shop takes back, is a question to a person: the booked document stays.
func (p *planner) planNext(o store.Order, sale posting.Sale, unreadable error) error {
	rows, err := p.tx.RowsOfOrder(o.StoreID, o.Key)
	if err != nil {
		return err
	}
	stay := func() error {
		return p.tx.SetPlan(o.StoreID, o.Key, p.planIn(o, posting.Plan{State: order.State(o.State), Cause: posting.Cause(o.Cause), Reason: o.Reason, Cure: o.Cure}, o.Plan))
	}
	if unreadable != nil {
		return p.keepNext(o, posting.Plan{State: order.Attention, Cause: posting.ChangedAfter,
			Reason: fmt.Sprintf("The order changed in the shop after it was posted as %s: what the shop says now can't be read: %s; the books have %s.", o.Document, unreadable.Error(), o.BooksTotal),
			Cure:   "Compare both and correct the document in QuickBooks by hand. QBridge never changes a booked document silently."})
	}
	if underWay(o, rows) {
		return stay()
	}
	if err := p.versions(o, &sale); err != nil {
		return err
	}
	if before, err := p.acceptedBefore(o, rows); err != nil {
		return err
	} else if before {
		sale.Accepted, sale.Corrected = nil, false
	}
	gone, told, err := p.vanished(sale, rows)
	if err != nil {
		return err
	}
	if !told { // whom a person chose counts when QuickBooks knows no better
		sale.Decisions.Customer = ""
	}
	plan := p.decide(sale, nil)
	if plan.State == order.Held {
		free := sale
		free.Decisions.Held = ""
		if rest := p.decide(free, nil); rest.State == order.Synced { // nothing follows that a hold could keep back
			plan = rest
		}
	}
	found := o.State == string(order.Attention) && !asked(posting.Cause(o.Cause)) // something in the books, which comes first
	switch {
	case plan.State == order.Ready:
		if again, err := p.unreadableBefore(o, plan); err != nil || again {
			return errors.Join(err, stay())
		}
		return p.settleOn(o, sale, plan)
	case found:
		return stay()
	case plan.State != order.Synced && plan.State != order.Excluded:
		if plan.State == order.Attention && !strings.Contains(plan.Cure, "qbridge accept") && !strings.Contains(plan.Cure, "qbridge exclude") {
			end := "exclude" // what a sales order leads to is not there yet: there is nothing to accept
			if slices.ContainsFunc(sale.Posted, func(d posting.Posted) bool { return isSale(d.Kind) && d.Kind != posting.SalesOrder }) {
				end = "accept"
			}
			plan.Cure += " Or do by hand in QuickBooks what is missing there, then run: qbridge " + end + "."
		}
		if plan.Cause == posting.CustomerGone && !told {
			if err := p.askWhose(gone); err != nil {
				return err
			}
		}
		return errors.Join(p.tx.DropPlanned(o.StoreID, o.Key), p.keepNext(o, plan))
	}
	planned := slices.ContainsFunc(rows, func(r store.Row) bool {
		return !r.IsUndo() && (r.State == rowPlanned || r.State == rowRefused || r.State == rowBlocked)
	})
	if planned {
		err = p.tx.DropPlanned(o.StoreID, o.Key)
	}
	draft := slices.ContainsFunc(sale.Posted, func(d posting.Posted) bool { return d.Form.Pending })
	if err != nil || (draft || o.State != string(order.Pending)) && o.State != string(order.Attention) && o.State != string(order.Ready) && o.State != string(order.Held) && o.State != string(order.Waiting) &&
		(!planned || o.State != string(order.Queued)) {
		return errors.Join(err, stay())
	}
	rest := posting.Plan{State: order.Synced, Reason: "Nothing more is to be posted: the shop says so, or said otherwise for a while."}
	if plan.State == order.Excluded {
		rest.Reason = "Nothing more is posted. " + plan.Reason
	}
	if draft {
		rest.State = order.Pending
	}
	return p.keepNext(o, rest)
}

// acceptedBefore tells whether a person took a sales order for right before its
// invoice was written: that settles nothing of payment and refunds.
func (p *planner) acceptedBefore(o store.Order, rows []store.Row) (bool, error) {
	i := slices.IndexFunc(rows, func(r store.Row) bool {
		return current(o, r) && r.Kind == posting.Invoice && r.State == rowDone
	})
	if i < 0 || !slices.ContainsFunc(rows, func(r store.Row) bool { return current(o, r) && r.Kind == posting.SalesOrder }) {
		return false, nil
	}
	decisions, err := p.tx.Decisions(o.StoreID, o.Key)
	return !slices.ContainsFunc(decisions, func(d store.Decision) bool {
		return d.Kind == "accept" && d.Subject == string(posting.ChangedAfter) && d.At.After(rows[i].SettledAt)
	}), err
}

// underWay tells whether the documents of an order are in QuickBooks' hands, or a
// person must say first what is in the books.
func underWay(o store.Order, rows []store.Row) bool {
	return o.State == string(order.Sent) || o.State == string(order.InDoubt) || o.Cause == string(CauseUnsure) || o.Cause == string(CauseTwice) ||
		slices.ContainsFunc(rows, func(r store.Row) bool {
			return r.IsUndo() && (r.State == rowPlanned || r.State == rowSent || r.State == rowInDoubt)
		})
}

// asked tells whether an order that is posted needs attention for what follows:
// what the shop says of it, and what stands against the next document. Such a
// question goes away by itself when that is so no more; what was found in the
// books does not.
func asked(cause posting.Cause) bool {
	return !slices.Contains([]posting.Cause{CauseTotal, CauseChanged, CauseVoided, CauseGone, CauseTwice, CauseUnsure, CauseUndo, CauseFaulty}, cause)
}

// keepNext keeps the plan of what follows beside that of what is in the books.
func (p *planner) keepNext(o store.Order, plan posting.Plan) error {
	var before posting.Plan
	if o.Plan != "" {
		if err := json.Unmarshal([]byte(o.Plan), &before); err != nil {
			return fmt.Errorf("its earlier plan: %w", err)
		}
	}
	next := plan.Documents
	plan.Documents = append(slices.DeleteFunc(before.Documents, func(d posting.Document) bool {
		return slices.ContainsFunc(next, func(n posting.Document) bool { return n.Purpose == d.Purpose && n.Generation == d.Generation })
	}), next...)
	said := plan.Adjustments
	plan.Adjustments = append(slices.DeleteFunc(before.Adjustments, func(a posting.Adjustment) bool {
		return slices.ContainsFunc(said, func(b posting.Adjustment) bool { return a.Field == b.Field && a.Sentence == b.Sentence })
	}), said...)
	return p.keep(o, plan)
}

// versions fills in what the bookkeeper must know of the order's earlier
// versions: whether the sale is another one now, what a person took for right,
// and since when it is paid.
func (p *planner) versions(o store.Order, sale *posting.Sale) error {
	accepted := sale.Decisions.Accepted
	for _, d := range sale.Posted {
		since := max(d.OrderVersion, accepted)
		if since == o.Version || !isSale(d.Kind) && d.Kind != posting.ReceivePayment {
			continue
		}
		then, err := p.version(o, since)
		sale.Changed = sale.Changed || err != nil || // what can't be read any more has changed
			ecwid.AccountingHash(posting.Sold(then, d.Kind)) != ecwid.AccountingHash(posting.Sold(sale.Order, d.Kind))
	}
	if zone, err := ecwid.Zone(p.profiles[o.StoreID].Timezone); err == nil && cameIn(sale.Order) {
		waited := false
		for v := int64(1); v <= o.Version; v++ {
			then, err := p.version(o, v)
			if err != nil { // what can't be read any more says nothing
				continue
			}
			if cameIn(then) {
				if waited { // else it always was paid, and the shop tells no day but the order's own
					sale.PaidOn = then.Updated.In(zone).Format(time.DateOnly)
				}
				break
			}
			waited = true
		}
	}
	if accepted > 0 {
		then, err := p.version(o, accepted)
		if err != nil {
			return err
		}
		sale.Accepted = &then
		for _, d := range sale.Posted {
			if isSale(d.Kind) && d.OrderVersion < accepted {
				was, err := p.version(o, d.OrderVersion)
				sale.Corrected = sale.Corrected || err != nil || moneyHash(was) != moneyHash(then)
			}
		}
	}
	return nil
}

// moneyHash is a fingerprint of what an order sells, and for how much.
func moneyHash(o order.Order) string {
	o = posting.Sold(o, posting.Invoice)
	o.Billing, o.Shipping, o.Email = order.Person{}, order.Person{}, ""
	return ecwid.AccountingHash(o)
}

// cameIn tells whether the shop says that the money came, whatever became of it.
func cameIn(o order.Order) bool {
	return o.Payment == order.Paid || o.Payment == order.PartiallyRefunded || o.Payment == order.Refunded
}

// version reads an earlier version of an order.
func (p *planner) version(o store.Order, version int64) (order.Order, error) {
	raw, err := p.tx.RawOrder(o.StoreID, o.Key, version)
	if err != nil {
		return order.Order{}, err
	}
	then, err := ecwid.Decode(raw, p.profiles[o.StoreID])
	then.Key = order.Key(o.Key)
	return then, err
}
