package bridge

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"qbridge/internal/order"
	"qbridge/internal/posting"
	"qbridge/qbxml"
	"qbridge/store"
)

// OrderView is an order in a list. Its JSON shape only grows: docs/json.md.
type OrderView struct {
	ID         string `json:"id"`     // store and key: unique for ever
	Number     string `json:"number"` // what people see; may repeat
	State      string `json:"state"`
	Cause      string `json:"cause,omitempty"`
	Reason     string `json:"reason"`
	Cure       string `json:"cure,omitempty"`
	Date       string `json:"date"`
	Customer   string `json:"customer"`
	Total      string `json:"total"` // the sale before gift cards
	Due        string `json:"due"`   // after gift cards
	Currency   string `json:"currency"`
	Document   string `json:"document"`
	TxnID      string `json:"txn_id"`
	BooksTotal string `json:"books_total"`
}

func view(o store.Order) OrderView {
	return OrderView{ID: o.StoreID + "/" + o.Key, Number: o.ID, State: o.State, Cause: o.Cause, Reason: o.Reason, Cure: o.Cure, Date: o.Date,
		Customer: o.Customer, Total: o.Total, Due: o.Due, Currency: o.Currency, Document: o.Document, TxnID: o.TxnID, BooksTotal: o.BooksTotal}
}

// Orders calls f for every order, newest first; state narrows to one state
// when it is not empty.
func (b *Bridge) Orders(ctx context.Context, state string, f func(OrderView) error) error {
	if state != "" && !slices.Contains(order.States(), order.State(state)) {
		var states []string
		for _, s := range order.States() {
			states = append(states, string(s))
		}
		return fmt.Errorf("there is no state %q; the states are %s", state, strings.Join(states, ", "))
	}
	return b.db.Read(ctx, func(tx *store.Tx) error {
		return tx.EachOrder(0, state, func(o store.Order) error { return f(view(o)) })
	})
}

// StateSum is how many orders stand in a state, and their sum.
type StateSum struct {
	State order.State
	Count int64
	Sum   order.Money
}

// Sums gives counts and sums by state and currency. They add up to all orders
// pulled (I1).
func (b *Bridge) Sums(ctx context.Context) (sums []StateSum, err error) {
	err = b.db.Read(ctx, func(tx *store.Tx) error {
		all, err := tx.SumOrders(0)
		if err == nil {
			sums, err = viewSums(all)
		}
		return err
	})
	return sums, err
}

func viewSums(all []store.StateSum) (sums []StateSum, err error) {
	for _, s := range all {
		m, err := money(s.Sum, s.Currency)
		if err != nil {
			return nil, err
		}
		sums = append(sums, StateSum{order.State(s.State), s.Count, m})
	}
	return sums, nil
}

func money(amount, currency string) (order.Money, error) {
	if amount == "" {
		amount = "0" // an order that can't be read has no amount
	}
	d, err := decimal.NewFromString(amount)
	return order.Money{Amount: d, Currency: currency}, err
}

func sortedMoney(sums map[string]order.Money) (list []order.Money) {
	for _, m := range sums {
		list = append(list, m)
	}
	slices.SortFunc(list, func(a, b order.Money) int {
		if a.Currency < b.Currency {
			return -1
		}
		return 1
	})
	return list
}

// OrderDetail is everything about one order. Its JSON shape only grows:
// docs/json.md.
type OrderDetail struct {
	OrderView
	Payment  string          `json:"payment_status"`
	Money    MoneyView       `json:"money"`
	Mode     order.Mode      `json:"tax_mode"`
	Warning  string          `json:"warning,omitempty"`
	Plan     *PlanView       `json:"plan,omitempty"`
	Rows     []DocumentView  `json:"documents"`
	Versions []VersionView   `json:"versions"`
	History  []HistoryView   `json:"history"`
	Order    order.Order     `json:"-"`
	Raw      json.RawMessage `json:"-"`
}

// DocumentView is one row of the outbox.
type DocumentView struct {
	Kind       string `json:"kind"`
	Number     string `json:"number"`
	State      string `json:"state"`
	TxnID      string `json:"txn_id"`
	BooksTotal string `json:"books_total"`
	Adopted    bool   `json:"adopted,omitempty"`
	Tries      int64  `json:"tries"`
	Message    string `json:"message,omitempty"`
	Set        string `json:"message_set,omitempty"`
}

// VersionView is one version of an order as the shop gave it.
type VersionView struct {
	Version int64     `json:"version"`
	Hash    string    `json:"hash"`
	Fetched time.Time `json:"fetched"`
}

// HistoryView is one thing that happened to an order.
type HistoryView struct {
	At    time.Time `json:"at"`
	Who   string    `json:"who"`
	Event string    `json:"event"`
	Note  string    `json:"note"`
}

// noOrder is a number that no order has; it counts as store.ErrNotFound.
type noOrder string

func (n noOrder) Error() string {
	return fmt.Sprintf("there is no order %s here: 'qbridge pull' gets new ones", string(n))
}
func (noOrder) Is(target error) bool { return target == store.ErrNotFound }

// orderOf gives the one order of a number, key, or ID of an OrderView: a number
// that people see may belong to several.
func orderOf(tx *store.Tx, number string) (store.Order, error) {
	if storeID, key, is := strings.Cut(number, "/"); is {
		if o, found, err := tx.Order(storeID, key); err != nil || found {
			return o, err
		}
	}
	found, err := tx.OrdersByNumber(number)
	if err != nil {
		return store.Order{}, err
	}
	switch len(found) {
	case 0:
		return store.Order{}, noOrder(number)
	case 1:
		return found[0], nil
	}
	text := fmt.Sprintf("%d orders have the number %s; name one of:", len(found), number)
	for _, o := range found {
		text += " " + o.Key
	}
	return store.Order{}, errors.New(text)
}

// Order gives everything about the order with a number (or key).
func (b *Bridge) Order(ctx context.Context, number string) (d OrderDetail, err error) {
	err = b.db.Read(ctx, func(tx *store.Tx) error {
		o, p, sale, _, err := b.find(tx, number)
		if err != nil {
			return err
		}
		d.OrderView, d.Order = view(o), sale.Order
		d.Payment, d.Money = string(sale.Order.Payment), viewMoney(sale.Order)
		proof := order.Prove(sale.Order)
		d.Mode, d.Warning = proof.Mode, proof.Warning
		if o.Plan != "" {
			var plan posting.Plan
			if err := json.Unmarshal([]byte(o.Plan), &plan); err != nil {
				return fmt.Errorf("the stored plan: %w", err)
			}
			view := ViewPlan(plan)
			d.Plan = &view
		}
		if d.Raw, err = p.tx.RawOrder(o.StoreID, o.Key, o.Version); err != nil {
			return err
		}
		return d.addRecords(tx, o)
	})
	return d, err
}

func (d *OrderDetail) addRecords(tx *store.Tx, o store.Order) error {
	d.Rows, d.Versions, d.History = []DocumentView{}, []VersionView{}, []HistoryView{}
	rows, err := tx.RowsOfOrder(o.StoreID, o.Key)
	if err != nil {
		return err
	}
	for _, r := range rows {
		d.Rows = append(d.Rows, DocumentView{Kind: r.Kind, Number: r.Name, State: r.State, TxnID: r.RecordID, BooksTotal: r.BooksTotal,
			Adopted: r.Adopted, Tries: r.Tries, Message: r.Message, Set: r.SetID})
	}
	versions, err := tx.Versions(o.StoreID, o.Key)
	if err != nil {
		return err
	}
	for _, v := range versions {
		d.Versions = append(d.Versions, VersionView{v.Version, v.ContentHash, v.FetchedAt})
	}
	history, err := tx.History(o.StoreID, o.Key)
	for _, h := range history {
		d.History = append(d.History, HistoryView{h.At, h.Who, h.Event, h.Note})
	}
	return err
}

// find reads the order with a number and what planning it needs. A non-nil
// unreadable says why the shop's JSON is no order.
func (b *Bridge) find(tx *store.Tx, number string) (o store.Order, p *planner, sale posting.Sale, unreadable, err error) {
	if o, err = orderOf(tx, number); err != nil {
		return o, nil, sale, nil, err
	}
	if p, err = b.planner(tx, o.CompanyID); err != nil {
		return o, nil, sale, nil, err
	}
	sale, unreadable, err = p.sale(o)
	return o, p, sale, unreadable, err
}

// StateWords gives a state as a bookkeeper reads it.
func StateWords(state string) string { return order.State(state).Words() }

// PlanOf tells what an order would become by today's rules and books, without
// doing it.
func (b *Bridge) PlanOf(ctx context.Context, number string) (plan posting.Plan, about About, err error) {
	err = b.db.Read(ctx, func(tx *store.Tx) error {
		_, p, sale, unreadable, err := b.find(tx, number)
		if err != nil {
			return err
		}
		sale.Posted = nil
		plan = p.decide(sale, unreadable)
		about, err = parseAbout(p.company)
		return err
	})
	return plan, about, err
}

// ShowPlan is what an order would become by today's rules and books, as if
// nothing of it were in QuickBooks, with order and documents side by side: the
// first document, and what would follow it.
func (b *Bridge) ShowPlan(ctx context.Context, number string) (view PlanView, err error) {
	err = b.db.Read(ctx, func(tx *store.Tx) error {
		o, p, sale, unreadable, err := b.find(tx, number)
		if err != nil {
			return err
		}
		var whole posting.Plan
		first := true
		p.eachStep(o.Version, sale, unreadable, func(plan posting.Plan) {
			switch {
			case first:
				whole, first = plan, false
			case len(plan.Documents) > 0:
				whole.Documents = append(whole.Documents, plan.Documents...)
				for _, l := range plan.Lists {
					if !slices.ContainsFunc(whole.Lists, func(known posting.ListRow) bool { return known.Key == l.Key }) {
						whole.Lists = append(whole.Lists, l)
					}
				}
				whole.Adjustments = append(whole.Adjustments, plan.Adjustments...)
			case outcomeOf(plan) == WouldHold:
				view.Then, view.ThenCure = plan.Reason, plan.Cure
			}
		})
		then, cure := view.Then, view.ThenCure
		view = ViewPlan(whole)
		view.Then, view.ThenCure = then, cure
		view.Rows = ComparePlan(sale.Order, whole, p.books)
		return nil
	})
	return view, err
}

// QBXML gives the requests that a plan would become. Names that are not in the
// books yet stand where QuickBooks' own ListIDs would.
func QBXML(plan posting.Plan, about About) ([]byte, error) {
	set := qbxml.Set{OnError: qbxml.ContinueOnError, Indent: true}
	for i, l := range plan.Lists {
		set.Requests = append(set.Requests, qbxml.Request{ID: fmt.Sprintf("list%d", i+1), Body: l.Add.Body(), RetElements: answerElements(l.Kind)})
	}
	for i, d := range plan.Documents {
		body, err := d.Body(func(row string) (string, bool) { return "new", true })
		if err != nil {
			return nil, err
		}
		set.Requests = append(set.Requests, qbxml.Request{ID: fmt.Sprintf("document%d", i+1), Body: body, RetElements: answerElements(d.Kind)})
		for n, field := range d.FieldRequests("new") {
			set.Requests = append(set.Requests, qbxml.Request{ID: fmt.Sprintf("document%d-field%d", i+1, n+1), Body: field})
		}
	}
	return set.Encode(about.Version, about.Edition)
}

// Link records that a document in QuickBooks is an order's (kind link), or is
// not (not-link). A linked one is read by its TxnID at the next session and its
// total compared before the order counts as synced. After not-link the order's
// document goes back into the queue; the books are asked again before anything
// is written.
func (b *Bridge) Link(ctx context.Context, number, kind, txnID, who string) error {
	if !txnIDForm.MatchString(txnID) { // QuickBooks would refuse the whole question
		return fmt.Errorf("%q is no TxnID: it looks like 1A2B-1422671082, as 'qbridge order %s' shows it", txnID, number)
	}
	return b.write(ctx, "link", func(tx *store.Tx) error {
		o, err := orderOf(tx, number)
		if err != nil {
			return err
		}
		rows, err := tx.RowsOfOrder(o.StoreID, o.Key)
		if err != nil {
			return err
		}
		rows = slices.DeleteFunc(rows, func(r store.Row) bool { return !current(o, r) })
		unsure := func(r store.Row) bool { return r.State == rowUnsure }
		if slices.ContainsFunc(rows, unsure) { // what it follows is beyond doubt
			rows = slices.DeleteFunc(rows, func(r store.Row) bool { return !unsure(r) })
		} else { // what a person links is the sale
			rows = slices.DeleteFunc(rows, func(r store.Row) bool { return !isSale(r.Kind) })
		}
		for _, r := range rows {
			if r.State != rowUnsure && (inTheBooks(r.State) || kind != "link") {
				return fmt.Errorf("%s of order %s is %s: there is nothing in doubt to decide on", documentName(r), number, r.State)
			}
		}
		if len(rows) == 0 && kind != "link" {
			return fmt.Errorf("order %s has no document in doubt to decide on", number)
		}
		if kind == "link" {
			if other, ok, err := tx.RowByRecord(o.CompanyID, txnID); err != nil {
				return err
			} else if ok && (other.StoreID != o.StoreID || other.OrderKey != o.Key) {
				return fmt.Errorf("TxnID %s is %s of another order already (%s/%s): two orders can't be one document", txnID, documentName(other), other.StoreID, other.OrderKey)
			}
			if len(rows) == 0 {
				if rows, err = placeholder(tx, o, posting.Document{Purpose: posting.ReceiptPurpose, Kind: posting.SalesReceipt}, "A person linked it."); err != nil {
					return err
				}
			}
		}
		if _, err := tx.AddDecision(store.Decision{StoreID: o.StoreID, Key: o.Key, Kind: kind, Value: txnID, Who: who}); err != nil {
			return err
		}
		update := store.RowUpdate{State: rowPlanned, Message: "a person decided"}
		in := store.StateIn{State: string(order.Queued), Reason: "A person decided; the books are asked again.", Who: who}
		if kind == "link" {
			update = store.RowUpdate{State: rowUnread, RecordID: txnID, Adopted: true, Message: "a person linked it"}
			in = store.StateIn{State: string(order.Sent), Reason: "A person linked it to a document in QuickBooks; its total is read next.", Who: who}
		}
		for _, r := range rows {
			if kind == "link" && isSale(r.Kind) {
				in.TxnID = txnID
			}
			if err := tx.SetRow(r.ID, update); err != nil {
				return err
			}
		}
		return tx.SetState(o.StoreID, o.Key, in)
	})
}

// placeholder makes the outbox row of an order of which nothing was planned, so
// that a document that was linked or found is held against what the order left to
// pay: a document's total is what remains when a gift card paid a part. Of d are
// purpose and kind.
func placeholder(tx *store.Tx, o store.Order, d posting.Document, notes string) ([]store.Row, error) {
	total, err := decimal.NewFromString(orElse(o.Due, o.Total))
	if err != nil {
		return nil, fmt.Errorf("order %s has no total that a document could be held against", o.ID)
	}
	d.Generation, d.Total = int(o.Generation), total
	body, err := json.Marshal(d)
	if err != nil {
		return nil, err
	}
	expect, err := json.Marshal(expected{Total: total, Notes: notes})
	if err != nil {
		return nil, err
	}
	id, _, err := tx.PlanRow(store.Row{CompanyID: o.CompanyID, Key: documentKey(o, d), Kind: d.Kind, Name: o.ID, StoreID: o.StoreID, OrderKey: o.Key,
		OrderVersion: o.Version, Body: string(body), Expect: string(expect)})
	if err != nil {
		return nil, err
	}
	r, _, err := tx.Row(id)
	return []store.Row{r}, err
}

// PostAgain lets an order be posted anew whose document is not in QuickBooks any
// more: as its next generation, after the books were asked for it once more.
func (b *Bridge) PostAgain(ctx context.Context, number, who string) error {
	return b.write(ctx, "post again", func(tx *store.Tx) error {
		o, err := orderOf(tx, number)
		if err != nil {
			return err
		}
		if o.Cause != string(CauseGone) && o.Cause != string(CauseVoided) {
			return fmt.Errorf("order %s is %s: only an order whose document was deleted or voided in QuickBooks can be posted again; one that is held can be released", number, StateWords(o.State))
		}
		rows, err := tx.RowsOfOrder(o.StoreID, o.Key)
		if err != nil {
			return err
		}
		gone, stands := goneAndStanding(o, rows)
		err = tx.AddHistory(store.History{CompanyID: o.CompanyID, StoreID: o.StoreID, Key: o.Key, Who: who, Event: "again",
			Note: fmt.Sprintf("%s (TxnID %s) is gone; a person has the order posted again.", o.Document, o.TxnID)})
		switch {
		case err != nil:
			return err
		case len(stands) == 0:
			return tx.NextGeneration(o.StoreID, o.Key)
		case slices.ContainsFunc(gone, func(r store.Row) bool { return isSale(r.Kind) }):
			return fmt.Errorf("order %s: %s (TxnID %s) is in QuickBooks still and belongs to what is gone: undo it first, or delete it there", number, documentName(stands[0]), stands[0].RecordID)
		}
		for _, r := range gone {
			if i := slices.IndexFunc(stands, func(s store.Row) bool { return s.Key == strings.Replace(r.Key, "/credit/", "/refund/", 1) }); i >= 0 {
				return fmt.Errorf("order %s: %s (TxnID %s) is in QuickBooks still and paid out what is gone: undo it first, or delete it there", number, documentName(stands[i]), stands[i].RecordID)
			}
		}
		return postNextAgain(tx, o, gone, who)
	})
}

// goneAndStanding are the documents of the present generation of an order that
// are gone from the books, and those that are or may be in them.
func goneAndStanding(o store.Order, rows []store.Row) (gone, stands []store.Row) {
	for _, r := range rows {
		switch {
		case !current(o, r):
		case r.State == rowGone:
			gone = append(gone, r)
		case inTheBooks(r.State):
			stands = append(stands, r)
		}
	}
	return gone, stands
}

// postNextAgain lets what followed a sale be posted again, when the sale itself
// stands: a payment, a credit memo or a refund that is gone.
func postNextAgain(tx *store.Tx, o store.Order, gone []store.Row, who string) error {
	for _, r := range gone {
		if err := tx.RetireKey(r.ID); err != nil {
			return err
		}
	}
	err := tx.SetState(o.StoreID, o.Key, store.StateIn{State: string(order.Synced), Reason: "A person has what is gone posted again.", Who: who})
	if err != nil {
		return err
	}
	return tx.ReplanOrder(o.StoreID, o.Key)
}

// txnIDForm is how QuickBooks writes a TxnID: a number in hexadecimal and the
// second in which it was given.
var txnIDForm = regexp.MustCompile(`^[0-9A-Fa-f]+-[0-9]+$`)

// Decide records a person's decision on an order; the order is planned anew.
func (b *Bridge) Decide(ctx context.Context, number, kind, subject, value, who string) error {
	if len([]rune(value)) > longestWhy {
		return errLongWhy
	}
	return b.write(ctx, "decide", func(tx *store.Tx) error {
		o, err := orderOf(tx, number)
		if err != nil {
			return err
		}
		if kind == string(ActRelease) {
			if _, err := retryFields(tx, o, who); err != nil {
				return err
			}
		}
		_, err = tx.AddDecision(store.Decision{StoreID: o.StoreID, Key: o.Key, Kind: kind, Subject: subject, Value: value, Who: who})
		return err
	})
}
