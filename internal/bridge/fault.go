package bridge

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"

	"qbridge/internal/order"
	"qbridge/internal/posting"
	"qbridge/store"
)

// CauseFaulty marks an order that could not be planned, or whose answer could
// not be recorded, because of something stored of it or a fault of this
// program.
const CauseFaulty posting.Cause = "cannot-be-worked-on"

const faultyCure = "Report this to QBridge with the order's number; other orders go on. When it is mended, release the order; one that was posted: qbridge accept."

// errProfile: what is known of a shop can't be read. That is no order's fault.
var errProfile = errors.New("the profile")

// faultyOrder is an order whose planning failed for its own sake.
type faultyOrder struct {
	order store.Order
	error
}

func (f *faultyOrder) Unwrap() error { return f.error }

// faultOf makes the error of planning an order that order's own, unless it is
// about the database or the shop as a whole.
func faultOf(o store.Order, err error) error {
	err = fmt.Errorf("order %s: %w", o.ID, err)
	if store.OfDatabase(err) || errors.Is(err, errProfile) {
		return err
	}
	return &faultyOrder{o, err}
}

// guarded runs what concerns a single order. A panic there becomes its error:
// it must not end the planning, or the recording of an answer that QuickBooks
// gives only once.
func guarded(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("a fault of this program: %v\n%s", p, debug.Stack())
		}
	}()
	return f()
}

// planOneByOne plans the orders of a batch each in a transaction of its own,
// and takes those that can't be planned out of the others' way (I6).
func (b *Bridge) planOneByOne(ctx context.Context, companyID int64) (planned int, err error) {
	for planned < planBatch {
		n, err := b.planSome(ctx, companyID, 1)
		if culprit := (*faultyOrder)(nil); errors.As(err, &culprit) {
			n, err = 1, b.setAside(ctx, culprit)
		}
		if err != nil || n == 0 {
			return planned, err
		}
		planned += n
	}
	return planned, nil
}

// setAside has a person look at an order that can't be planned. What was
// planned of it before does not go out.
func (b *Bridge) setAside(ctx context.Context, culprit *faultyOrder) error {
	b.Log.Error("an order can't be planned", "order", culprit.order.ID, "error", culprit.error)
	return b.write(ctx, "set an order aside", func(tx *store.Tx) error {
		o := culprit.order
		if err := tx.DropPlanned(o.StoreID, o.Key); err != nil {
			return err
		}
		return tx.SetPlan(o.StoreID, o.Key, store.PlanIn{State: string(order.Attention), Cause: string(CauseFaulty),
			Reason: "It can't be planned: " + firstLine(culprit.error), Cure: faultyCure, Plan: o.Plan, Version: o.Version, Rules: o.PlanRules, Books: o.PlanBooks})
	})
}

// setRowAside has a person look at a row of the outbox on which QuickBooks'
// answer could not be recorded: otherwise the answer would be asked for, and
// fail, in every session from then on. An error about the database as a whole
// is given back.
func (c *connection) setRowAside(r store.Row, err error) error {
	if err == nil || store.OfDatabase(err) {
		return err
	}
	c.b.Log.Error("an answer of QuickBooks can't be recorded", "document", documentName(r), "order", r.OrderKey, "error", err)
	reason := fmt.Sprintf("What QuickBooks said of %s can't be recorded: %s", documentName(r), firstLine(err))
	if r.StoreID == "" || r.IsUndo() {
		return c.refuse(r, 0, reason, faultyCure)
	}
	if err := c.tx.SetRow(r.ID, store.RowUpdate{State: rowUnsure, Message: reason}); err != nil {
		return err
	}
	return c.attention(r, CauseUnsure, reason, "Look for it in QuickBooks. If it is there, link the order to it; if not, say so and the order is posted.")
}

// firstLine is an error without the stack below it.
func firstLine(err error) string {
	text := err.Error()
	for i := range text {
		if text[i] == '\n' {
			return text[:i]
		}
	}
	return text
}
