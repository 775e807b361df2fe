package bridge

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"sync"

	"qbridge/internal/order"
	"qbridge/internal/posting"
	"qbridge/store"
)

// What the bookkeeper proposes for goods and for a buyer, and what a search in
// the lists of QuickBooks finds.
type (
	GoodsChoice    = posting.GoodsChoice
	CustomerChoice = posting.CustomerChoice
	FoundItem      = posting.Item
	FoundName      = posting.Name
)

// Choices is what a person may decide on one order.
type Choices struct {
	Open     bool // nothing of the order is in QuickBooks or on its way: its items and its customer may be chosen
	Whose    bool // whose the order is may be chosen though it is in QuickBooks: its customer is there no more
	Goods    []GoodsChoice
	Customer CustomerChoice
	Linkable bool       // the order may be linked to a document that is in QuickBooks
	Doubtful []Doubtful // what may be the order in QuickBooks
	Do       []OrderAction
	Undo     []UndoView  // what DoUndo is about
	Cure     OrderAction // of Do: what cures the cause of the order's state; "" for none
	Where    Place       // where else that cause is cured; "" for nowhere
}

// Place is where a cause is cured that is no matter of one order.
type Place string

// The places.
const (
	AtRules      Place = "rules"
	AtQuickBooks Place = "quickbooks"
)

// cureOf is the action that cures a cause, when it can be done.
func cureOf(cause posting.Cause, can []OrderAction) OrderAction {
	var do OrderAction
	switch cause {
	case CauseNotReleased, posting.HeldByPerson, CauseRefused, CauseDependency, CauseFaulty:
		do = DoRelease
	case CauseGone, CauseVoided:
		do = DoAgain
	case CauseTotal, CauseChanged, CauseTwice, CauseUndo, posting.ChangedAfter, posting.PaymentTakenBack:
		do = DoAccept
	case posting.CancelledAfter:
		do = DoUndo
	}
	if !slices.Contains(can, do) {
		return ""
	}
	return do
}

// placeOf is where else a cause is cured.
func placeOf(cause posting.Cause) Place {
	switch cause {
	case posting.RulesIncomplete, posting.HeldByRule, posting.WaitsByRule, posting.ExcludedByRule, posting.RefundedOrder, posting.TaxUnmapped, posting.TaxDiffers, posting.TaxMixed,
		posting.MethodMissing, posting.ForeignCurrency, posting.ItemMissing, posting.GiftCardSold, posting.GiftCardUsed, posting.CreditUsed, posting.DiscountUnclear, CauseLookOnly:
		return AtRules
	case posting.BooksUnknown, CauseStopped:
		return AtQuickBooks
	}
	return ""
}

// OrderAction is what can be done with one order.
type OrderAction string

// The actions on one order; hold and exclude want to know why.
const (
	DoRelease OrderAction = "release" // post it, or try it again; it takes back hold and exclude
	DoHold    OrderAction = "hold"
	DoExclude OrderAction = "exclude"
	DoAgain   OrderAction = "again"  // post it anew: its document is not in QuickBooks any more
	DoAccept  OrderAction = "accept" // it is right as it stands in QuickBooks
	DoUndo    OrderAction = "undo"   // void or delete its documents
)

// Doubtful is a document in QuickBooks that may be an order.
type Doubtful struct {
	TxnID    string
	Kind     string // "" when no more than the TxnID is known
	Number   string
	Date     string // YYYY-MM-DD
	Customer string
	Total    string
	Memo     string
}

// Choices tells what may be decided on the order with a number.
func (b *Bridge) Choices(ctx context.Context, number string) (c Choices, err error) {
	err = b.db.Read(ctx, func(tx *store.Tx) error {
		o, p, sale, unreadable, err := b.find(tx, number)
		if err != nil {
			return err
		}
		rows, err := tx.RowsOfOrder(o.StoreID, o.Key)
		if err != nil {
			return err
		}
		c.Open = unreadable == nil && !slices.ContainsFunc(rows, func(r store.Row) bool { return inTheBooks(r.State) && current(o, r) })
		if c.Open && p.books.Complete {
			c.Goods, c.Customer = posting.SaleChoices(sale, p.rules, p.books)
		}
		if c.Whose = customerGone(o); c.Whose && p.books.Complete {
			_, c.Customer = posting.SaleChoices(sale, p.rules, p.books)
			c.Customer.Name, c.Customer.New, c.Customer.Problem, c.Customer.Cause = "", false, o.Reason, posting.CustomerGone
		}
		c.Linkable = !slices.ContainsFunc(rows, func(r store.Row) bool {
			return current(o, r) && isSale(r.Kind) && inTheBooks(r.State) && r.State != rowUnsure
		})
		if c.Doubtful, err = doubtful(tx, o, rows); err != nil {
			return err
		}
		u, err := b.undoer(tx, "", "")
		if err != nil {
			return err
		}
		for _, r := range slices.Backward(rows) {
			if !current(o, r) || !inTheBooks(r.State) {
				continue
			}
			v, err := u.view(r)
			if err != nil {
				return err
			}
			c.Undo = append(c.Undo, v)
		}
		c.Do = can(o, rows, sale.Decisions, c.Undo)
		if refused, err := refusedFields(tx, o); err != nil {
			return err
		} else if len(refused) > 0 && !slices.Contains(c.Do, DoRelease) {
			c.Do = append([]OrderAction{DoRelease}, c.Do...)
		}
		c.Cure, c.Where = cureOf(posting.Cause(o.Cause), c.Do), placeOf(posting.Cause(o.Cause))
		return nil
	})
	return c, err
}

// customerGone tells whether nothing follows the documents of an order because
// their customer is not in QuickBooks any more.
func customerGone(o store.Order) bool {
	return o.State == string(order.Attention) && o.Cause == string(posting.CustomerGone)
}

// can tells what can be done with an order.
func can(o store.Order, rows []store.Row, decided posting.Decisions, undo []UndoView) (do []OrderAction) {
	add := func(a OrderAction, may bool) {
		if may {
			do = append(do, a)
		}
	}
	add(DoRelease, decided.Held != "" || decided.Excluded != "" || o.Cause == string(CauseNotReleased) || whyNotRetry(o) == "")
	add(DoAgain, o.Cause == string(CauseGone) || o.Cause == string(CauseVoided))
	undoing := slices.ContainsFunc(rows, func(r store.Row) bool { return r.IsUndo() && r.State == rowPlanned })
	add(DoAccept, undoing || acceptable(o))
	add(DoHold, whyNotKeepBack(o, ActHold, decided) == "")
	add(DoExclude, whyNotKeepBack(o, ActExclude, decided) == "")
	add(DoUndo, slices.ContainsFunc(undo, func(v UndoView) bool { return v.Refused == "" }))
	return do
}

// FindItems are active items that may stand for goods and have every word of a
// text in their name, part number or bar code, at most so many.
func (b *Bridge) FindItems(ctx context.Context, text string, most int) (found []FoundItem, err error) {
	return found, b.inBooks(ctx, func(p *planner) { found = p.books.FindItems(text, p.rules, most) })
}

// FindCustomers are active customers that have every word of a text in their
// name, e-mail or phone, at most so many.
func (b *Bridge) FindCustomers(ctx context.Context, text string, most int) (found []FoundName, err error) {
	return found, b.inBooks(ctx, func(p *planner) { found = p.books.FindCustomers(text, most) })
}

func (b *Bridge) inBooks(ctx context.Context, look func(*planner)) error {
	return b.db.Read(ctx, func(tx *store.Tx) error {
		c, err := onlyCompany(tx)
		if err != nil {
			return err
		}
		p, err := b.planner(tx, c.ID)
		if err == nil {
			look(p)
		}
		return err
	})
}

// ChooseItem keeps which item the goods of an order are (the key of their
// GoodsChoice), by its ListID; "" takes an earlier choice back.
func (b *Bridge) ChooseItem(ctx context.Context, number, goods, listID, who string) error {
	return b.choose(ctx, number, "item", goods, listID, who, func(p *planner, sale posting.Sale) error {
		if !slices.ContainsFunc(sale.Order.Lines, func(l order.Line) bool { return posting.ItemKey(l) == goods }) {
			return fmt.Errorf("order %s has no goods %q any more", number, goods)
		}
		if _, ok := p.books.Sells(listID, p.rules); listID != "" && !ok {
			return errors.New("that is no active item of QuickBooks that may stand for goods: choose another")
		}
		return nil
	})
}

// ChooseCustomer keeps whose an order is, by the customer's ListID; "" takes an
// earlier choice back. Of an order that is in QuickBooks it is about what
// follows, when the customer is there no more.
func (b *Bridge) ChooseCustomer(ctx context.Context, number, listID, who string) error {
	return b.choose(ctx, number, "customer", "", listID, who, func(p *planner, _ posting.Sale) error {
		if n, ok := p.books.Name(listID); listID != "" && (!ok || n.Kind != "Customer" || !n.Active) {
			return errors.New("that is no active customer of QuickBooks: choose another")
		}
		return nil
	})
}

func (b *Bridge) choose(ctx context.Context, number, kind, subject, value, who string, check func(*planner, posting.Sale) error) error {
	return b.write(ctx, "choose", func(tx *store.Tx) error {
		o, p, sale, unreadable, err := b.find(tx, number)
		if err := errors.Join(err, unreadable); err != nil {
			return err
		}
		rows, err := tx.RowsOfOrder(o.StoreID, o.Key)
		if err != nil {
			return err
		}
		posted := slices.ContainsFunc(rows, func(r store.Row) bool { return inTheBooks(r.State) && current(o, r) })
		if posted && !(kind == "customer" && customerGone(o)) {
			return fmt.Errorf("order %s is %s: its document is not changed any more", number, lowerFirst(StateWords(o.State)))
		}
		if err := check(p, sale); err != nil {
			return err
		}
		if value != "" {
			_, err := tx.AddDecision(store.Decision{StoreID: o.StoreID, Key: o.Key, Kind: kind, Subject: subject, Value: value, Who: who})
			return err
		}
		decisions, err := tx.Decisions(o.StoreID, o.Key)
		for _, d := range decisions {
			if err == nil && d.Kind == kind && d.Subject == subject {
				err = tx.WithdrawDecision(d.ID, who)
			}
		}
		return err
	})
}

// PlanNow plans one order at once when it is to be planned, whatever others
// wait besides.
func (b *Bridge) PlanNow(ctx context.Context, number string) error {
	var o store.Order
	err := b.db.Read(ctx, func(tx *store.Tx) (err error) {
		o, err = orderOf(tx, number)
		return err
	})
	if err != nil {
		return err
	}
	_, err = b.planThese(ctx, b.write, o.CompanyID, func(tx *store.Tx) ([]store.Order, error) {
		now, found, err := tx.Order(o.StoreID, o.Key)
		if err != nil || !found || !now.ToPlan {
			return nil, err
		}
		return []store.Order{now}, nil
	})
	if culprit := (*faultyOrder)(nil); errors.As(err, &culprit) {
		return b.setAside(ctx, culprit)
	}
	return err
}

func doubtfulSetting(row int64) string { return fmt.Sprintf("doubtful/%d", row) }

// keepDoubtful keeps the documents that may be a row's, for a person to compare.
func keepDoubtful(tx *store.Tx, r store.Row, found []posting.Candidate) error {
	all := []Doubtful{}
	for _, k := range found {
		all = append(all, Doubtful{TxnID: k.TxnID, Kind: orElse(k.Kind, r.Kind), Number: k.RefNumber, Date: k.Date, Customer: k.CustomerName, Total: k.Total.StringFixed(2), Memo: k.Memo})
	}
	text, err := json.Marshal(all)
	if err != nil {
		return err
	}
	return tx.SetSetting(doubtfulSetting(r.ID), string(text))
}

// namedTxnID finds the TxnIDs that the reason of an order names.
var namedTxnID = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\bTxnID ([0-9A-Fa-f]+-[0-9]+)`) })

// doubtful are the documents that may be an order's: what was kept of those
// that its reason names.
func doubtful(tx *store.Tx, o store.Order, rows []store.Row) (all []Doubtful, err error) {
	if o.Cause != string(CauseUnsure) {
		return nil, nil
	}
	var kept []Doubtful
	for _, r := range rows {
		if r.State != rowUnsure || !current(o, r) {
			continue
		}
		text, found, err := tx.Setting(doubtfulSetting(r.ID))
		if err != nil {
			return nil, err
		}
		var some []Doubtful
		if found {
			if err := json.Unmarshal([]byte(text), &some); err != nil {
				return nil, fmt.Errorf("what may be %s: %w", documentName(r), err)
			}
		}
		kept = append(kept, some...)
	}
	for _, found := range namedTxnID().FindAllStringSubmatch(o.Reason, -1) {
		id := found[1]
		if slices.ContainsFunc(all, func(d Doubtful) bool { return d.TxnID == id }) {
			continue
		}
		d := Doubtful{TxnID: id}
		if i := slices.IndexFunc(kept, func(k Doubtful) bool { return k.TxnID == id }); i >= 0 {
			d = kept[i]
		}
		all = append(all, d)
	}
	return all, nil
}
