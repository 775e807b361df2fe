package bridge

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"qbridge/internal/order"
	"qbridge/internal/posting"
	"qbridge/store"
)

// acceptable tells whether a person may take an order for right as it stands:
// what was found in the books, and, of an order that is in them, whatever stands
// against what follows.
func acceptable(o store.Order) bool {
	cause := posting.Cause(o.Cause)
	return o.State == string(order.Attention) && cause != CauseUnsure && (!asked(cause) || o.TxnID != "")
}

// Accept records that an order which needs attention is right as it stands in
// QuickBooks. It rests until something changes again. An order whose document
// was voided or deleted is excluded: it is not posted again. An undo that still
// waits is taken back.
func (b *Bridge) Accept(ctx context.Context, number, who string) error {
	return b.write(ctx, "accept", func(tx *store.Tx) error {
		o, err := orderOf(tx, number)
		if err != nil {
			return err
		}
		rows, err := tx.RowsOfOrder(o.StoreID, o.Key)
		if err != nil {
			return err
		}
		if taken, err := takeBack(tx, o, rows, who); err != nil || taken {
			return err
		}
		if !acceptable(o) {
			return fmt.Errorf("order %s is %s: there is nothing to accept; 'qbridge order %s' says what to do", number, StateWords(o.State), number)
		}
		if _, stands := goneAndStanding(o, rows); len(stands) == 0 && (o.Cause == string(CauseGone) || o.Cause == string(CauseVoided)) {
			what := "deleted"
			if o.Cause == string(CauseVoided) {
				what = "voided"
			}
			_, err := tx.AddDecision(store.Decision{StoreID: o.StoreID, Key: o.Key, Kind: "exclude", Who: who,
				Value: fmt.Sprintf("its document was %s in QuickBooks, and that is right (%s).", what, who)})
			return err
		}
		i := slices.IndexFunc(rows, func(r store.Row) bool { return r.State == rowDone && r.RecordID == o.TxnID })
		if i < 0 && o.TxnID != "" {
			return fmt.Errorf("order %s: its %s (TxnID %s) is gone, but something that followed it is in QuickBooks still: undo that, or void or delete it there; then accept", number, o.Document, o.TxnID)
		}
		if i < 0 {
			return fmt.Errorf("order %s has no document in QuickBooks that could be accepted", number)
		}
		e, err := expectedOf(rows[i])
		if err != nil {
			return err
		}
		if o.Cause == string(CauseUndo) {
			return notUndoneAfterAll(tx, o, rows, e, "It stays as it is ("+who+"). "+o.Reason, who)
		}
		subject := o.Cause
		if !slices.Contains([]posting.Cause{CauseTotal, CauseChanged, CauseTwice, CauseFaulty}, posting.Cause(o.Cause)) {
			subject = string(posting.ChangedAfter) // what the shop says of the order by now is settled by hand
		}
		_, err = tx.AddDecision(store.Decision{StoreID: o.StoreID, Key: o.Key, Kind: "accept", Subject: subject, Value: fmt.Sprint(o.Version), Who: who})
		if err != nil {
			return err
		}
		return tx.SetState(o.StoreID, o.Key, store.StateIn{State: string(inBooks(e)), Reason: "Accepted as it is (" + who + "). " + o.Reason, Who: who})
	})
}

// takeBack takes an undo back that waits for the next session, and tells
// whether that was all there is to accept: when something was found out about
// the order since, a person accepts that, too.
func takeBack(tx *store.Tx, o store.Order, rows []store.Row, who string) (bool, error) {
	undo := slices.DeleteFunc(slices.Clone(rows), func(r store.Row) bool { return !r.IsUndo() || r.State != rowPlanned })
	if len(undo) == 0 {
		return false, nil
	}
	for _, r := range undo {
		if err := tx.SetRow(r.ID, store.RowUpdate{State: rowRefused, Message: "taken back by " + who}); err != nil {
			return false, err
		}
	}
	if o.State != string(order.Queued) {
		return false, nil
	}
	u, err := undoingOf(undo[len(undo)-1]) // the sale's own
	if err != nil {
		return false, err
	}
	document, found, err := tx.Row(u.Row)
	if err != nil || !found {
		return false, errors.Join(err, store.ErrNotFound)
	}
	e, err := expectedOf(document)
	if err != nil {
		return false, err
	}
	return true, notUndoneAfterAll(tx, o, undo, e, "It is not undone: "+who+" took that back.", who)
}

// notUndoneAfterAll gives an order back the state it had before a person wanted
// its document undone. What needed attention needs it still.
func notUndoneAfterAll(tx *store.Tx, o store.Order, rows []store.Row, e expected, why, who string) error {
	in := store.StateIn{State: string(inBooks(e)), Reason: why, Who: who}
	for _, r := range rows {
		if !r.IsUndo() {
			continue
		}
		u, err := undoingOf(r)
		if err != nil {
			return err
		}
		if was := u.Before; was.Cause != "" && u.TxnID == o.TxnID {
			in.State, in.Cause, in.Reason, in.Cure = string(order.Attention), was.Cause, why+" "+was.Reason, was.Cure
		}
	}
	if err := tx.SetState(o.StoreID, o.Key, in); err != nil {
		return err
	}
	return tx.ReplanOrder(o.StoreID, o.Key) // the shop may have changed it meanwhile
}
