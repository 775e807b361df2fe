package bridge

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"qbridge/internal/ecwid"
	"qbridge/internal/order"
	"qbridge/internal/posting"
	"qbridge/store"
)

// planBatch is how many orders are planned in one transaction: some
// milliseconds, for which a poll may have to wait.
const planBatch = 10

// Causes that the engine adds to the bookkeeper's.
const (
	CauseUnreadable  posting.Cause = "unreadable"
	CauseBeforeStart posting.Cause = "before-start"
	CauseLookOnly    posting.Cause = "look-only"
	CauseNotReleased posting.Cause = "not-released"
	CauseStopped     posting.Cause = "company-file-stopped"
	CauseRefused     posting.Cause = "refused-by-quickbooks"
	CauseTotal       posting.Cause = "total-differs"
	CauseUnsure      posting.Cause = "perhaps-in-the-books"
	CauseDependency  posting.Cause = "waits-for-refused"
)

// PlanStep plans the orders that are new, changed, or whose rules or books
// changed, and queues what may go out. It returns how many it planned; zero
// means that nothing is left to do.
func (b *Bridge) PlanStep(ctx context.Context) (int, error) {
	companies, err := b.companies(ctx)
	if err != nil {
		return 0, err
	}
	planned := 0
	for _, c := range companies {
		n, err := b.planBatch(ctx, c.ID)
		planned += n
		if err != nil {
			return planned, fmt.Errorf("company file %s: %w", c.Name, err)
		}
	}
	return planned, nil
}

func (b *Bridge) companies(ctx context.Context) (companies []store.Company, err error) {
	err = b.db.Read(ctx, func(tx *store.Tx) error {
		companies, err = tx.Companies()
		return err
	})
	return companies, err
}

// planBatch plans a few orders in one write transaction: what the plan was
// made from cannot change between deciding and queueing.
func (b *Bridge) planBatch(ctx context.Context, companyID int64) (int, error) {
	if err := b.replan(ctx, companyID); err != nil {
		return 0, err
	}
	planned := 0
	err := b.db.Read(ctx, func(tx *store.Tx) error {
		orders, err := tx.OrdersToPlan(companyID, 1)
		planned = len(orders)
		return err
	})
	if err != nil || planned == 0 {
		return 0, err // the writer is not bothered for nothing
	}
	planned, err = b.planSome(ctx, companyID, planBatch)
	if culprit := (*faultyOrder)(nil); errors.As(err, &culprit) {
		return b.planOneByOne(ctx, companyID)
	}
	return planned, err
}

// planSome plans up to a number of orders in one write transaction.
func (b *Bridge) planSome(ctx context.Context, companyID int64, limit int) (planned int, err error) {
	return b.planThese(ctx, b.writeBehind, companyID, func(tx *store.Tx) ([]store.Order, error) { return tx.OrdersToPlan(companyID, limit) })
}

// planThese plans the orders that are chosen in one write transaction.
func (b *Bridge) planThese(ctx context.Context, write func(context.Context, string, func(*store.Tx) error) error, companyID int64, choose func(*store.Tx) ([]store.Order, error)) (planned int, err error) {
	b.planning.Lock()
	defer b.planning.Unlock()
	err = write(ctx, "plan orders", func(tx *store.Tx) error {
		orders, err := choose(tx)
		planned = len(orders)
		if err != nil || planned == 0 {
			return err
		}
		// A command beside serve may have promised names that we don't know of.
		others, err := tx.OthersWrote()
		if err != nil {
			return err
		}
		if others != b.others {
			b.others = others
			b.forgetBooks(companyID)
		}
		p, err := b.planner(tx, companyID)
		if err != nil {
			return err
		}
		for _, o := range orders {
			if err := guarded(func() error { return p.plan(o) }); err != nil {
				return faultOf(o, err)
			}
		}
		return nil
	})
	if err != nil {
		b.forgetBooks(companyID) // promises made in the lost transaction are not to be kept
		return 0, err
	}
	return planned, nil
}

// readBooks puts what is known of the books in order, so that neither the first
// page of an order nor the first planning has to wait for it.
func (b *Bridge) readBooks(ctx context.Context) error {
	b.planning.Lock()
	defer b.planning.Unlock()
	err := b.db.WriteBehind(ctx, func(tx *store.Tx) (err error) {
		b.others, err = tx.OthersWrote()
		return err
	})
	if err != nil {
		return err
	}
	if err := b.inBooks(ctx, func(*planner) {}); !errors.Is(err, ErrNotSetUp) {
		return err
	}
	return nil
}

func (b *Bridge) forgetBooks(companyID int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.known, companyID)
}

// planner is what planning needs, read in one transaction.
type planner struct {
	tx           *store.Tx
	company      store.Company
	rules        posting.Rules
	rulesVersion int64
	books        *posting.Books
	profiles     map[string]ecwid.Profile
	since        map[string]time.Time // by store: orders placed earlier are not ours
}

func (b *Bridge) planner(tx *store.Tx, companyID int64) (*planner, error) {
	c, ok, err := tx.Company(companyID)
	if err != nil || !ok {
		return nil, errors.Join(err, store.ErrNotFound)
	}
	version, rules, err := b.loadRules(tx, companyID)
	if err != nil {
		return nil, err
	}
	books, err := b.books(tx, c)
	if err != nil {
		return nil, err
	}
	return &planner{tx: tx, company: c, rules: rules, rulesVersion: version, books: books, profiles: map[string]ecwid.Profile{}, since: map[string]time.Time{}}, nil
}

// knownRules are the rules as they were last read.
type knownRules struct {
	version int64
	rules   posting.Rules
}

// consult asks the planner of the company file something; nothing is changed.
func (b *Bridge) consult(ctx context.Context, f func(*planner) error) error {
	return b.db.Read(ctx, func(tx *store.Tx) error {
		company, err := onlyCompany(tx)
		if err != nil {
			return err
		}
		p, err := b.planner(tx, company.ID)
		if err != nil {
			return err
		}
		return f(p)
	})
}

// loadRules gives the rules in force, from memory when their version is known.
func (b *Bridge) loadRules(tx *store.Tx, companyID int64) (int64, posting.Rules, error) {
	version, err := tx.NewestRules(companyID)
	if err != nil || version == 0 {
		return 0, posting.DefaultRules(), err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if k, ok := b.rules[companyID]; ok && k.version == version {
		return version, k.rules, nil
	}
	text, err := tx.Rules(companyID, version)
	if err != nil {
		return version, posting.Rules{}, err
	}
	rules, err := posting.ParseRules([]byte(text))
	if err != nil {
		return version, rules, fmt.Errorf("the rules can't be read: %w", err)
	}
	b.rules[companyID] = knownRules{version, rules}
	return version, rules, nil
}

// decode reads an order as the shop gave it last. A non-nil unreadable says why
// its JSON is no order.
func (p *planner) decode(o store.Order) (decoded order.Order, unreadable, err error) {
	profile, ok := p.profiles[o.StoreID]
	if !ok {
		shop, _, err := p.tx.Store(o.StoreID)
		if err != nil {
			return decoded, nil, err
		}
		if profile, err = ecwid.DecodeProfile([]byte(shop.Profile)); err != nil {
			return decoded, nil, fmt.Errorf("%w of store %s: %w", errProfile, o.StoreID, err)
		}
		profile.StoreID = o.StoreID
		p.profiles[o.StoreID], p.since[o.StoreID] = profile, shop.Since
	}
	raw, err := p.tx.RawOrder(o.StoreID, o.Key, o.Version)
	if err != nil {
		return decoded, nil, err
	}
	decoded, unreadable = ecwid.Decode(raw, profile)
	decoded.Key = order.Key(o.Key) // the one it is known under: its marker in the books must not change
	return decoded, unreadable, nil
}

// sale reads an order as the bookkeeper needs it. A non-nil unreadable says
// why the shop's JSON is no order.
func (p *planner) sale(o store.Order) (sale posting.Sale, unreadable, err error) {
	if sale.Order, unreadable, err = p.decode(o); err != nil {
		return sale, nil, err
	}
	sale.Generation = int(o.Generation)
	decisions, err := p.tx.Decisions(o.StoreID, o.Key)
	if err != nil {
		return sale, unreadable, err
	}
	sale.Decisions = gather(decisions)
	rows, err := p.tx.RowsOfOrder(o.StoreID, o.Key)
	if err != nil {
		return sale, unreadable, err
	}
	for _, r := range rows {
		if !inTheBooks(r.State) || r.IsUndo() {
			continue
		}
		d, err := storedDocument(r.Body)
		if err != nil {
			return sale, unreadable, err
		}
		e, err := expectedOf(r) // of it a person may have lifted the draft since
		if err != nil {
			return sale, unreadable, err
		}
		var problem error
		form := d.Resolved(func(key string) (string, bool) {
			row, found, err := p.tx.RowByKey(p.company.ID, key)
			problem = errors.Join(problem, err)
			return row.RecordID, found && row.RecordID != ""
		})
		if problem != nil {
			return sale, unreadable, problem
		}
		form.Pending = e.Pending
		if r.Adopted {
			form = typedByHand(form)
		}
		if e.Customer.ListID != "" {
			form.Customer = e.Customer
		}
		if id := form.Customer.ListID; id != "" && !p.books.Knows(id) { // we may have added it since
			if added, err := p.tx.HasBook(p.company.ID, nameList, id); err != nil {
				return sale, unreadable, err
			} else if added {
				p.books.Added(id)
			}
		}
		sale.Posted = append(sale.Posted, posting.Posted{Purpose: d.Purpose, Kind: d.Kind, Generation: d.Generation, TxnID: r.RecordID, OrderVersion: r.OrderVersion,
			Total: e.Total, Right: r.State == rowDone && !e.Pending && r.BooksTotal == e.Total.StringFixed(2),
			Differs: r.State == rowDone && !e.Pending && r.BooksTotal != e.Total.StringFixed(2), Form: form})
	}
	if sale.Order.Payment == order.Cancelled && len(sale.Posted) == 0 {
		for v := o.Version - 1; v > 0 && !sale.WasPaid; v-- {
			then, err := p.version(o, v)
			sale.WasPaid = err == nil && cameIn(then) // what can't be read any more says nothing
		}
	}
	return sale, unreadable, nil
}

// typedByHand is what is known of a document that a person typed in and that was
// found or linked: whose it is, of which day and total. By which lines and with
// what tax it came to that, and into which account its money went, nobody told,
// nor whether its fee is in the books.
func typedByHand(d posting.Document) posting.Document {
	d.Lines, d.Parts, d.Tax, d.TaxItem, d.CustomerTax = nil, nil, decimal.Zero, posting.Ref{}, posting.Ref{}
	d.DepositTo, d.RefundFrom, d.FeeAccount, d.Fee = posting.Ref{}, posting.Ref{}, posting.Ref{}, nil
	return d
}

// inTheBooks tells whether a row's document is in the books or may be: such a
// row is never replaced (design.md 1).
func inTheBooks(state string) bool {
	switch state {
	case rowSent, rowInDoubt, rowUnread, rowDone, rowUnsure:
		return true
	}
	return false
}

// gather makes a person's decisions into one value; later ones win.
func gather(list []store.Decision) posting.Decisions {
	d := posting.Decisions{Items: map[string]string{}}
	for _, one := range list {
		switch one.Kind {
		case "item":
			d.Items[one.Subject] = one.Value
		case "customer":
			d.Customer = one.Value
		case "link":
			d.Link = one.Value
			d.NotLink = slices.DeleteFunc(d.NotLink, func(id string) bool { return id == one.Value })
		case "not-link":
			d.NotLink = append(d.NotLink, one.Value)
			if d.Link == one.Value {
				d.Link = ""
			}
		case "release":
			d.Released, d.Held, d.Excluded = true, "", "" // it takes back what held the order before
		case "hold":
			d.Held = one.Value
		case "exclude":
			d.Excluded = one.Value
		case "tag":
			d.Tags = append(d.Tags, one.Value)
		case "accept":
			if version, err := strconv.ParseInt(one.Value, 10, 64); err == nil && one.Subject == string(posting.ChangedAfter) {
				d.Accepted = version
			}
		}
	}
	return d
}

// plan plans one order, stores the plan and queues it when it may go out.
func (p *planner) plan(o store.Order) error {
	sale, unreadable, err := p.sale(o)
	if err != nil {
		return err
	}
	if len(sale.Posted) > 0 {
		return p.planNext(o, sale, unreadable)
	}
	plan := p.decide(sale, unreadable)
	if again, err := p.unreadableBefore(o, plan); err != nil || again {
		return errors.Join(err, p.tx.SetPlan(o.StoreID, o.Key, p.planIn(o, posting.Plan{State: order.State(o.State), Cause: posting.Cause(o.Cause), Reason: o.Reason, Cure: o.Cure}, o.Plan)))
	}
	return p.settleOn(o, sale, plan)
}

// settleOn keeps a plan, and queues it when it may go out.
func (p *planner) settleOn(o store.Order, sale posting.Sale, plan posting.Plan) error {
	keep := p.keep
	if len(sale.Posted) > 0 {
		keep = p.keepNext
	}
	if same, err := p.queuedAlready(o, plan, sale); err != nil {
		return err
	} else if same {
		plan.State, plan.Reason = order.Queued, o.Reason
		return keep(o, plan)
	}
	if err := p.tx.DropPlanned(o.StoreID, o.Key); err != nil {
		return err
	}
	if plan.State == order.Ready && len(plan.Documents) > 0 {
		// What DropPlanned left of the order was in the books and is gone from them.
		gone, found, err := p.tx.RowByKey(p.company.ID, documentKey(o, plan.Documents[0]))
		if err != nil {
			return err
		}
		if cause, reason := p.waits(sale); cause != "" {
			plan.Cause, plan.Reason = cause, reason
		} else if found {
			plan.State = order.Attention
			plan.Cause, plan.Reason, plan.Cure = goneText(gone)
		} else if err := p.queue(o, sale, plan); err != nil {
			return err
		} else {
			plan.State = order.Queued
		}
	}
	return keep(o, plan)
}

// queuedAlready tells whether the very documents of a plan wait in the outbox
// already, and the names and items they need as the plan has them. They stay
// then, with their tries and pauses.
func (p *planner) queuedAlready(o store.Order, plan posting.Plan, sale posting.Sale) (bool, error) {
	if cause, _ := p.waits(sale); cause != "" || plan.State != order.Ready || len(plan.Documents) == 0 {
		return false, nil
	}
	rows, err := p.tx.RowsOfOrder(o.StoreID, o.Key)
	rows = slices.DeleteFunc(rows, func(r store.Row) bool { return !current(o, r) || inTheBooks(r.State) })
	if err != nil || len(rows) != len(plan.Documents) {
		return false, err
	}
	for i, d := range plan.Documents {
		body, err := json.Marshal(d)
		if err != nil {
			return false, err
		}
		r := rows[i]
		if r.State != rowPlanned || r.OrderVersion != o.Version || r.Key != documentKey(o, d) || r.Body != string(body) {
			return false, nil
		}
	}
	for _, l := range plan.Lists {
		body, err := json.Marshal(l)
		if err != nil {
			return false, err
		}
		r, found, err := p.tx.RowByKey(p.company.ID, l.Key)
		if err != nil || !found || r.State == rowPlanned && r.Body != string(body) {
			return false, err
		}
	}
	return true, nil
}

// decide has the bookkeeper decide on an order that could be read.
func (p *planner) decide(sale posting.Sale, unreadable error) posting.Plan {
	if unreadable != nil {
		return posting.Plan{State: order.Attention, Cause: CauseUnreadable, Reason: "The order can't be read: " + unreadable.Error(),
			Cure: "Look at the order in the shop; if it is right there, report this to QBridge with the order's number."}
	}
	if since := p.since[sale.Order.StoreID]; sale.Order.Created.Before(since) {
		return posting.Plan{State: order.Excluded, Cause: CauseBeforeStart,
			Reason: fmt.Sprintf("Excluded by the rule before-start: placed on %s, before QBridge began on %s.", sale.Order.Date, since.Local().Format(time.DateOnly))}
	}
	return posting.Decide(sale, p.rules, p.books)
}

// unreadableBefore tells whether the plan asks for the very thing that
// QuickBooks could not read before, or names the very record that it does not
// have: that is not sent again (Q20), unless a person decided something about
// the order since.
func (p *planner) unreadableBefore(o store.Order, plan posting.Plan) (bool, error) {
	if o.Cause != string(CauseRefused) && o.Cause != string(CauseDependency) || plan.State != order.Ready {
		return false, nil
	}
	rows := map[string]any{}
	for _, l := range plan.Lists {
		rows[l.Key] = l
	}
	for _, d := range plan.Documents {
		rows[documentKey(o, d)] = d
	}
	decisions, err := p.tx.Decisions(o.StoreID, o.Key)
	if err != nil {
		return false, err
	}
	for key, planned := range rows {
		old, _, err := p.tx.RowByKey(p.company.ID, key)
		if err != nil {
			return false, err
		}
		body, err := json.Marshal(planned)
		if err != nil {
			return false, err
		}
		wrongClock := old.SettledAt.After(p.tx.Now()) // it was refused under a clock that ran ahead: what a person decided counts
		decided := slices.ContainsFunc(decisions, func(d store.Decision) bool { return wrongClock || !d.At.Before(old.SettledAt) })
		lacks := listIDForm.FindString(old.Message)
		same := old.Code == 0 && old.Body == string(body) || old.Code == codeNoSuchObject && lacks != "" && strings.Contains(string(body), `"`+lacks+`"`)
		if old.State == rowRefused && same && !decided {
			return true, nil
		}
	}
	return false, nil
}

// waits says why an order that is ready does not go out by itself.
func (p *planner) waits(sale posting.Sale) (posting.Cause, string) {
	switch {
	case p.rules.Mode == posting.Look:
		return CauseLookOnly, "Ready. The mode is look: nothing is written to QuickBooks."
	case p.rules.Release == "selected" && !sale.Decisions.Released:
		return CauseNotReleased, "Ready. It goes out when a person releases it."
	}
	return "", ""
}

// follows tells whether anything may follow when the documents of a plan are in
// the books as planned.
func (p *planner) follows(sale posting.Sale, plan posting.Plan) bool {
	if o := sale.Order; o.Payment == order.Paid && len(o.Refunds) == 0 && o.RefundedAmount.IsZero() && plan.Documents[0].Kind == posting.SalesReceipt && plan.Documents[0].Fee == nil {
		return false
	}
	sale.Posted = slices.Clone(sale.Posted)
	for _, d := range plan.Documents {
		if isSale(d.Kind) { // what a person accepted was before it
			sale.Accepted, sale.Corrected = nil, false
		}
		sale.Posted = append(sale.Posted, posting.Posted{Purpose: d.Purpose, Kind: d.Kind, Generation: d.Generation, TxnID: "1-1", Total: d.Total, Right: true, Form: d})
	}
	return posting.Decide(sale, p.rules, p.books).State != order.Synced
}

func (p *planner) keep(o store.Order, plan posting.Plan) error {
	body, err := json.Marshal(plan)
	if err != nil {
		return fmt.Errorf("keeping the plan: %w", err)
	}
	return p.tx.SetPlan(o.StoreID, o.Key, p.planIn(o, plan, string(body)))
}

func (p *planner) planIn(o store.Order, plan posting.Plan, body string) store.PlanIn {
	return store.PlanIn{State: string(plan.State), Cause: string(plan.Cause), Reason: plan.Reason, Cure: plan.Cure, Plan: body,
		Version: o.Version, Rules: p.rulesVersion, Books: p.company.BooksGeneration}
}

// queue puts a plan's rows into the outbox, list rows first.
func (p *planner) queue(o store.Order, sale posting.Sale, plan posting.Plan) error {
	next := p.follows(sale, plan)
	ids := map[string]int64{}
	for _, l := range plan.Lists {
		body, err := json.Marshal(l)
		if err != nil {
			return fmt.Errorf("keeping %s %s: %w", l.Kind, l.Name, err)
		}
		email := ""
		if l.Add.Customer != nil {
			email = l.Add.Customer.Email
		}
		id, _, err := p.tx.PlanRow(store.Row{CompanyID: p.company.ID, Key: l.Key, Kind: l.Kind, Name: l.Name, Email: email, Body: string(body)})
		if err != nil {
			return err
		}
		ids[l.Key] = id
		p.books.Promise(posting.Promise{Key: l.Key, Kind: l.Kind, Name: l.Name, Email: email})
	}
	for _, d := range plan.Documents {
		body, err := json.Marshal(d)
		if err != nil {
			return fmt.Errorf("keeping its %s: %w", d.Kind, err)
		}
		e := expected{Total: d.Total, Pending: d.Pending, Next: next, Notes: notes(plan.Adjustments), Fields: d.Fields}
		if (isSale(d.Kind) || d.Kind == posting.ReceivePayment) && d.Customer.ListID != "" && p.rules.CustomerName != "one" {
			e.Near, e.Date = d.Customer.ListID, d.Date
		}
		expect, err := json.Marshal(e)
		if err != nil {
			return fmt.Errorf("keeping its %s: %w", d.Kind, err)
		}
		if d.Kind != posting.SalesReceipt {
			if err := keepKind(p.tx, p.company.ID, d.Kind); err != nil {
				return err
			}
		}
		id, _, err := p.tx.PlanRow(store.Row{CompanyID: p.company.ID, Key: documentKey(o, d), Kind: d.Kind, Name: d.RefNumber,
			StoreID: o.StoreID, OrderKey: o.Key, OrderVersion: o.Version, Expect: string(expect), Body: string(body)})
		if err != nil {
			return err
		}
		for _, key := range d.Rows() {
			need, ok := ids[key]
			if !ok {
				return fmt.Errorf("its %s needs %s, which nobody adds", d.Kind, key)
			}
			if err := p.tx.Need(id, need); err != nil {
				return err
			}
		}
	}
	return nil
}

// notes says the first adjustment of a plan, and how many more there are.
// Money comes before names and texts.
func notes(adjustments []posting.Adjustment) string {
	// What only moved to the memo is on the document itself: no news in a list.
	adjustments = slices.DeleteFunc(slices.Clone(adjustments), func(a posting.Adjustment) bool { return a.Cause == "moved to memo" })
	if len(adjustments) == 0 {
		return ""
	}
	first := adjustments[0]
	if i := slices.IndexFunc(adjustments, func(a posting.Adjustment) bool { return !a.Amount.IsZero() }); i > 0 {
		first = adjustments[i]
	}
	switch more := len(adjustments) - 1; more {
	case 0:
		return first.Sentence
	case 1:
		return first.Sentence + " (1 more note: qbridge order)"
	default:
		return fmt.Sprintf("%s (%d more notes: qbridge order)", first.Sentence, more)
	}
}

// documentKey is unique for ever: store, order, purpose and generation.
func documentKey(o store.Order, d posting.Document) string {
	return fmt.Sprintf("document:%s/%s/%s/%d", o.StoreID, o.Key, d.Purpose, d.Generation)
}
