package bridge

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"qbridge/internal/order"
	"qbridge/internal/posting"
	"qbridge/store"
)

// RuleSetting is a rule and the value that it would get, as SetRule takes them.
type RuleSetting struct{ Key, Value string }

// RulesPreview is what would become of the last orders by other rules.
type RulesPreview struct {
	Changes []RuleChange      // of the rules
	Missing []posting.Missing // what must be set, or be right in the books, by the other rules
	Orders  int               // looked at
	Differ  []PreviewedOrder  // those that would become something else, the newest first
}

// PreviewedOrder is an order that would become something else.
type PreviewedOrder struct {
	OrderView
	Before, After PlanSummary
	Differs       []string // names of what differs: state, reason, document, number, customer, deposit, accounts, total, tax, tax item, rest
}

// PlanSummary is what an order becomes, as if nothing of it were in QuickBooks.
type PlanSummary struct {
	State    string // an order.State: queued when it goes out by itself
	Reason   string
	Cure     string
	Document string // "SalesReceipt"; several joined by +
	Number   string
	Customer string
	Deposit  string
	Accounts string // "Sales 10.00; Shipping 5.00"
	Total    string
	Tax      string
	TaxItem  string
}

// mostPreviewed is how many orders a preview looks at.
const mostPreviewed = 200

// PreviewRules tells what other rules would change for the last n orders (at
// most 200), against today's. Nothing is written.
func (b *Bridge) PreviewRules(ctx context.Context, settings []RuleSetting, n int) (r RulesPreview, err error) {
	n = min(max(n, 1), mostPreviewed)
	err = b.consult(ctx, func(now *planner) error {
		text, err := now.rules.TOML()
		if err != nil {
			return err
		}
		rules, err := posting.ParseRules(text) // a copy: rules hold maps
		if err != nil {
			return err
		}
		for _, s := range settings {
			if err := rules.Set(s.Key, s.Value); err != nil {
				return err
			}
		}
		lists, err := loadLists(now.tx, now.company)
		if err != nil {
			return err
		}
		now.books = posting.NewBooks(lists) // the shared one belongs to the planner
		then := *now
		then.rules = rules
		for _, c := range now.rules.Changes(rules) {
			r.Changes = append(r.Changes, RuleChange(c))
		}
		r.Missing = rules.Validate(now.books)
		orders, err := now.tx.FindOrders(store.Find{CompanyID: now.company.ID}, store.Place{}, n)
		if err != nil {
			return err
		}
		for _, o := range orders {
			sale, unreadable, err := now.sale(o.Order)
			if err != nil {
				return fmt.Errorf("order %s: %w", o.ID, err)
			}
			r.Orders++
			p := PreviewedOrder{OrderView: view(o.Order)}
			var rest bool
			p.Before, p.After, rest = summaries(now, &then, o.Version, sale, unreadable)
			p.Differs = p.Before.differs(p.After)
			if rest && len(p.Differs) == 0 {
				p.Differs = []string{"rest"}
			}
			if len(p.Differs) > 0 {
				r.Differ = append(r.Differ, p)
			}
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		return nil
	})
	return r, err
}

// summaries plans an order by two rules. rest tells whether anything of the
// plans differs, what the summaries don't tell included.
func summaries(now, then *planner, version int64, sale posting.Sale, unreadable error) (before, after PlanSummary, rest bool) {
	a, texts := now.summary(version, sale, unreadable)
	b, others := then.summary(version, sale, unreadable)
	return a, b, !slices.Equal(texts, others)
}

// summary plans an order step by step, from its beginning. texts are the
// documents whole.
func (p *planner) summary(version int64, sale posting.Sale, unreadable error) (s PlanSummary, texts []string) {
	var kinds, taxItems []string
	accounts := sums{}
	tax, first := decimal.Zero, true
	p.eachStep(version, sale, unreadable, func(plan posting.Plan) {
		if first {
			first = false
			s.State, s.Reason, s.Cure = string(plan.State), plan.Reason, plan.Cure
			if plan.State == order.Ready && len(plan.Documents) > 0 {
				s.State = string(order.Queued)
				if cause, why := p.waits(sale); cause != "" {
					s.State, s.Reason = string(order.Ready), why
				}
			}
		}
		for _, d := range plan.Documents {
			kinds, texts = append(kinds, d.Kind), append(texts, wholeText(d))
			f := flowOf(p.books, d, func(l posting.Line) string { return p.books.AccountOf(l, plan) })
			for _, m := range f.accounts {
				accounts.add(m.account, "", m.amount)
			}
			for _, t := range f.taxes {
				tax, taxItems = tax.Add(t.tax), append(taxItems, t.item)
			}
			if s.Deposit == "" {
				s.Deposit = f.money
			}
			if s.Number == "" {
				s.Number, s.Customer, s.Total = d.RefNumber, d.Customer.Name, d.Total.StringFixed(2)
			}
		}
	})
	var moved []string
	for _, v := range accounts.views(false) {
		moved = append(moved, v.Name+" "+v.Amount)
	}
	slices.Sort(taxItems)
	s.Document, s.Accounts, s.TaxItem = strings.Join(kinds, " + "), strings.Join(moved, "; "), strings.Join(slices.Compact(taxItems), ", ")
	if len(kinds) > 0 {
		s.Tax = tax.StringFixed(2)
	}
	return s, texts
}

// wholeText is a document as the outbox would hold it.
func wholeText(d posting.Document) string {
	text, err := json.Marshal(d)
	if err != nil {
		return err.Error() // what can't be kept is not planned either
	}
	return string(text)
}

func (s PlanSummary) differs(t PlanSummary) (names []string) {
	for _, one := range []struct{ name, before, after string }{{"state", s.State, t.State}, {"reason", s.Reason, t.Reason}, {"document", s.Document, t.Document}, {"number", s.Number, t.Number},
		{"customer", s.Customer, t.Customer}, {"deposit", s.Deposit, t.Deposit}, {"accounts", s.Accounts, t.Accounts}, {"total", s.Total, t.Total}, {"tax", s.Tax, t.Tax}, {"tax item", s.TaxItem, t.TaxItem}} {
		if one.before != one.after {
			names = append(names, one.name)
		}
	}
	return names
}
