package bridge

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"qbridge/internal/order"
	"qbridge/internal/posting"
	"qbridge/store"
)

// DryRun is what a history of orders would become by today's rules and lists.
// Its JSON shape only grows: docs/json.md.
type DryRun struct {
	Since     string     `json:"since"`
	Orders    int64      `json:"orders"`
	Outcomes  []SumView  `json:"outcomes"`  // by Outcome and currency
	Causes    []CauseSum `json:"causes"`    // why not, most orders first
	Documents []SumView  `json:"documents"` // by kind
	Accounts  []SumView  `json:"accounts"`  // lines by the account of their item
	Deposits  []SumView  `json:"deposits"`  // documents by deposit-to account
	TaxItems  []SumView  `json:"tax_items"` // by tax item, members of a group apart
	Months    []SumView  `json:"months"`    // what is sold, less what is taken back, by month: receipts and invoices, and credit memos
	Additions []SumView  `json:"additions"` // names and items that would be added, by kind
	Changes   []SumView  `json:"changes"`   // adjustments by cause, with the money that they move
}

// SumView is a count and a sum under a name.
type SumView struct {
	Name     string `json:"name"`
	Count    int64  `json:"count"`
	Amount   string `json:"amount"`
	Currency string `json:"currency,omitempty"`
	Taxed    string `json:"taxed,omitempty"` // of tax items: the sum of the taxed lines
}

// CauseSum is how many orders have one cause, and the first of them.
type CauseSum struct {
	Outcome Outcome  `json:"outcome"`
	Cause   string   `json:"cause"`
	Count   int64    `json:"count"`
	Numbers []string `json:"numbers"` // of the first few
	Reason  string   `json:"reason"`  // of the first
	Cure    string   `json:"cure,omitempty"`
}

// Outcome is what becomes of an order in a dry run.
type Outcome string

// The outcomes.
const (
	WouldPost     Outcome = "post"
	WouldPostPart Outcome = "post-part" // the sale; what follows it is held
	WouldWait     Outcome = "wait"
	WouldHold     Outcome = "held"
	WouldExclude  Outcome = "excluded"
	WouldRest     Outcome = "linked" // a person linked it to a document
)

func outcomeOf(p posting.Plan) Outcome {
	switch {
	case len(p.Documents) > 0:
		return WouldPost
	case p.State == order.Waiting:
		return WouldWait
	case p.State == order.Excluded:
		return WouldExclude
	case p.State == order.Synced:
		return WouldRest
	}
	return WouldHold
}

// causeNumbers is how many order numbers a cause names.
const causeNumbers = 5

// DryRun plans every order dated since a day (2026-11-22; empty: all), as if
// nothing of them were in the books, and adds up what would become of them.
// Nothing is written. It holds one order in memory at a time.
func (b *Bridge) DryRun(ctx context.Context, since string) (r DryRun, err error) {
	if since != "" {
		if _, err := time.Parse(time.DateOnly, since); err != nil {
			return r, fmt.Errorf("%q is no day like 2026-11-22", since)
		}
	}
	err = b.consult(ctx, func(p *planner) error {
		lists, err := loadLists(p.tx, p.company)
		if err != nil {
			return err
		}
		p.books = posting.NewBooks(lists) // names are promised in it, which the shared one must not know
		run := newDryRun(p.books)
		err = p.tx.OrdersDated(p.company.ID, since, "", func(o store.Order) error {
			sale, unreadable, err := p.sale(o)
			if err != nil {
				return err
			}
			var plans []posting.Plan
			p.eachStep(o.Version, sale, unreadable, func(plan posting.Plan) { plans = append(plans, plan) })
			run.order(o, plans)
			return ctx.Err()
		})
		r = run.result(since)
		return err
	})
	return r, err
}

// dryRun adds up plans.
type dryRun struct {
	books     *posting.Books
	orders    int64
	causes    map[[2]string]*CauseSum
	outcomes  sums
	documents sums
	accounts  sums
	deposits  sums
	taxItems  sums
	months    sums
	additions sums
	changes   sums
	added     map[string]bool // keys of additions
}

func newDryRun(books *posting.Books) *dryRun {
	return &dryRun{books: books, causes: map[[2]string]*CauseSum{}, outcomes: sums{}, documents: sums{}, accounts: sums{}, deposits: sums{}, taxItems: sums{},
		months: sums{}, additions: sums{}, changes: sums{}, added: map[string]bool{}}
}

// mostSteps is how many documents one after another an order may become; it
// ends a plan that never would.
const mostSteps = 100

// eachStep plans an order from its beginning, each step as if QuickBooks had
// done the one before. The last plan has no documents: all is done, or
// something stands against it.
func (p *planner) eachStep(version int64, sale posting.Sale, unreadable error, do func(posting.Plan)) {
	sale.Posted = nil
	for range mostSteps {
		plan := p.decide(sale, unreadable)
		do(plan)
		if len(plan.Documents) == 0 {
			return
		}
		for _, d := range plan.Documents {
			sale.Posted = append(sale.Posted, posting.Posted{Purpose: d.Purpose, Kind: d.Kind, Generation: d.Generation,
				TxnID: fmt.Sprintf("%X-1", len(sale.Posted)+1), OrderVersion: version, Total: d.Total, Right: true, Form: d})
		}
	}
}

// order adds up the plans of one order, step by step.
func (r *dryRun) order(o store.Order, plans []posting.Plan) {
	r.orders++
	outcome := outcomeOf(plans[0])
	for i, p := range plans {
		switch {
		case len(p.Documents) > 0:
			r.planned(o, p)
		case i == 0:
			r.because(outcome, o, p)
		case outcomeOf(p) == WouldHold:
			outcome = WouldPostPart
			r.because(outcome, o, p)
		}
	}
	total, err := decimal.NewFromString(orElse(o.Total, "0"))
	if err != nil {
		total = decimal.Zero // of an order that can't be read
	}
	r.outcomes.add(string(outcome), o.Currency, total)
}

func (r *dryRun) planned(o store.Order, p posting.Plan) {
	for _, l := range p.Lists {
		if r.added[l.Key] { // for an earlier document of the order
			continue
		}
		r.added[l.Key] = true
		r.additions.add(l.Kind, "", decimal.Zero)
		email := ""
		if l.Add.Customer != nil {
			email = l.Add.Customer.Email
		}
		r.books.Promise(posting.Promise{Key: l.Key, Kind: l.Kind, Name: l.Name, Email: email})
	}
	for _, a := range p.Adjustments {
		r.changes.add(a.Cause, "", a.Amount)
	}
	for _, d := range p.Documents {
		r.document(o.Currency, p, d)
	}
}

func (r *dryRun) document(currency string, p posting.Plan, d posting.Document) {
	r.documents.add(d.Kind, currency, d.Total)
	switch month := d.Date[:len("2026-11")]; d.Kind {
	case posting.SalesReceipt, posting.Invoice:
		r.months.add(month, currency, d.Total)
	case posting.CreditMemo:
		r.months.add(month, currency, d.Total.Neg())
	}
	f := flowOf(r.books, d, func(l posting.Line) string { return r.books.AccountOf(l, p) })
	if f.money != "" {
		r.deposits.add(f.money, currency, f.in)
	}
	f.sum(currency, r.accounts, r.taxItems)
}

func (r *dryRun) because(outcome Outcome, o store.Order, p posting.Plan) {
	key := [2]string{string(outcome), string(p.Cause)}
	c := r.causes[key]
	if c == nil {
		c = &CauseSum{Outcome: outcome, Cause: string(p.Cause), Reason: p.Reason, Cure: p.Cure}
		r.causes[key] = c
	}
	c.Count++
	if len(c.Numbers) < causeNumbers {
		c.Numbers = append(c.Numbers, o.ID)
	}
}

func (r *dryRun) result(since string) DryRun {
	causes := []CauseSum{}
	for _, key := range slices.SortedFunc(maps.Keys(r.causes), func(a, b [2]string) int { return strings.Compare(a[0]+a[1], b[0]+b[1]) }) {
		causes = append(causes, *r.causes[key])
	}
	slices.SortStableFunc(causes, func(a, b CauseSum) int { return int(b.Count - a.Count) })
	return DryRun{Since: since, Orders: r.orders, Outcomes: r.outcomes.views(false), Causes: causes, Documents: r.documents.views(false), Accounts: r.accounts.views(false),
		Deposits: r.deposits.views(false), TaxItems: r.taxItems.views(true), Months: r.months.views(false), Additions: r.additions.views(false), Changes: r.changes.views(false)}
}

// sums are counts and sums by name and currency.
type sums map[[2]string]*sum

type sum struct {
	count         int64
	amount, taxed decimal.Decimal
}

func (s sums) add(name, currency string, amount decimal.Decimal) {
	key := [2]string{name, currency}
	if s[key] == nil {
		s[key] = &sum{}
	}
	s[key].count++
	s[key].amount = s[key].amount.Add(amount)
}

func (s sums) views(taxed bool) []SumView {
	views := []SumView{}
	for _, key := range slices.SortedFunc(maps.Keys(s), func(a, b [2]string) int { return strings.Compare(a[0]+"\x00"+a[1], b[0]+"\x00"+b[1]) }) {
		v := SumView{Name: key[0], Currency: key[1], Count: s[key].count, Amount: s[key].amount.StringFixed(2)}
		if taxed {
			v.Taxed = s[key].taxed.StringFixed(2)
		}
		views = append(views, v)
	}
	return views
}
