package prove

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"qbridge/internal/bridge"
	"qbridge/internal/order"
	"qbridge/internal/sim"
)

// books is a shop full of random orders, a company file with tax items of its
// own, and the bridge between them; nothing goes wrong.
type books struct {
	ctx       context.Context
	seed      uint64
	kind      booksKind
	clock     clock
	home      string
	orders    []bookedOrder
	shop      *sim.Shop
	company   *sim.Company
	connector *sim.Connector
	b         *bridge.Bridge
	noRefunds bool // none was seen when rules were proposed: refunds come from one account
}

// bookedOrder is one of its orders.
type bookedOrder struct {
	sim.Mixed
	id   string
	now  json.RawMessage // as the shop has it
	kept bool            // changed when it was in the books: these keep what it was at first
	view bridge.OrderView
}

func newBooks(ctx context.Context, seed uint64, n int, kind booksKind) (w *books, err error) {
	w = &books{ctx: ctx, seed: seed, kind: kind}
	w.clock.at = firstDay().AddDate(0, 0, int(seed%340))
	combined, taxes, groups := taxesOf(seed)
	w.shop = sim.NewShop(sim.ShopConfig{StoreID: storeNumber, Token: Token, Currency: cmp.Or(kind.currency, "USD"), Timezone: "America/Chicago", Clock: w.clock.shop})
	for _, o := range sim.MixedOrders(seed, n, w.clock.at.Add(-time.Hour), combined, taxes) {
		head, err := readHead(o.JSON)
		if err != nil {
			return nil, err
		}
		w.orders = append(w.orders, bookedOrder{Mixed: o, id: head.ID, now: o.JSON})
		if err := w.shop.Put(o.JSON); err != nil {
			return nil, err
		}
	}
	if w.home, err = os.MkdirTemp("", "qbridge-accuracy-"); err != nil {
		return nil, err
	}
	if err := w.setUp(combined, taxes, groups); err != nil {
		return nil, errors.Join(err, w.close())
	}
	return w, nil
}

// taxesOf are the tax rates of a world: the combined one of the company file,
// those of state, county, city and district, and the groups of two to four.
func taxesOf(seed uint64) (combined sim.TaxItem, taxes []sim.TaxItem, groups []sim.TaxItemGroup) {
	combinations := [][5]int64{
		{950000, 625000, 100000, 225000, 75000}, {825000, 625000, 50000, 150000, 25000}, {887500, 400000, 450000, 37500, 12500},
		{700000, 600000, 100000, 150000, 50000}, {1025000, 725000, 25000, 175000, 100000}, {635000, 290000, 110000, 345000, 10000},
	}
	rates := combinations[seed%uint64(len(combinations))]
	combined = sim.TaxItem{Name: "Sales tax", Rate: rates[0]}
	for i, name := range []string{"State", "County", "City", "District"} {
		taxes = append(taxes, sim.TaxItem{Name: name, Rate: rates[i+1]})
		if i > 0 {
			group := sim.TaxItemGroup{Name: fmt.Sprintf("%s and above", name)}
			for _, t := range taxes {
				group.Members = append(group.Members, t.Name)
			}
			groups = append(groups, group)
		}
	}
	return combined, taxes, groups
}

func (w *books) setUp(combined sim.TaxItem, taxes []sim.TaxItem, groups []sim.TaxItemGroup) error {
	config := bridge.Config{Dir: filepath.Join(w.home, "bridge"), Now: w.clock.machine, Sleep: w.clock.sleep, Rand: newDice(w.seed),
		HTTP: &http.Client{Transport: inProcess{w.shop.ServeHTTP}}}
	b, err := bridge.Create(config)
	if err != nil {
		return err
	}
	w.b = b
	made, err := b.Init(w.ctx, bridge.Setup{StoreID: Store, Token: Token, EcwidURL: "http://localhost/api/v3", Company: "Pretend Company", User: "pretend",
		Since: w.clock.at.AddDate(-2, 0, 0), Mode: "look"})
	if err != nil {
		return err
	}
	qwc, err := b.QWC(w.ctx, "http://localhost:8480/qbwc")
	if err != nil {
		return err
	}
	file, err := sim.ParseQWC(qwc)
	if err != nil {
		return err
	}
	items := append([]sim.TaxItem{combined}, taxes...)
	w.company = sim.NewCompany(sim.CompanyConfig{SalesTax: true, MultiCurrency: w.kind.manyCurrencies, OwnerID: file.OwnerID, FileID: file.FileID, Clock: w.clock.machine,
		TaxItems: append(items, sim.TaxItem{Name: sim.TaxNone}), TaxGroups: groups, FormFields: []string{orderField, methodField, shopField}, CustomFields: []string{skuField}})
	if err := errors.Join(w.company.TypeCustomer(webCustomer), w.company.TypeItem(bundleItem, sim.AccountSales)); err != nil {
		return err
	}
	soap, err := b.Handler(file.AppURL, w.home)
	if err != nil {
		return err
	}
	w.connector = sim.NewConnector(sim.ConnectorConfig{AppURL: file.AppURL, AppName: file.AppName, User: file.UserName, Password: made.Password.Reveal(), Company: w.company,
		HTTP: &http.Client{Transport: inProcess{soap.ServeHTTP}}})
	return w.rules()
}

// rules has the lists read and the orders pulled, and takes over the rules that
// the bridge proposes.
func (w *books) rules() error {
	if err := w.settle(); err != nil {
		return err
	}
	proposed, err := w.b.Suggest(w.ctx, len(w.orders))
	if err != nil {
		return err
	}
	if _, err := w.b.ApplySuggestions(w.ctx, proposed, true, "accuracy"); err != nil {
		return err
	}
	rules := append(confirmed(), w.kind.rules...)
	if w.kind.feesOf != "" {
		rules = append(rules, feeRules(w.kind.feesOf)...)
	}
	if w.kind.fields {
		rules = append(rules, fieldRules()...)
	}
	w.noRefunds = true
	for _, s := range proposed.Suggestions {
		if !strings.HasPrefix(s.Key, "refund-from-by-method.") {
			continue
		}
		w.noRefunds = false
		if w.kind.cheques { // drawn on a bank account
			rules = append(rules, [2]string{s.Key, sim.AccountBank})
		}
	}
	for _, rule := range append(rules, [2]string{"mode", "post"}) {
		if err := w.b.SetRule(w.ctx, rule[0], rule[1], "accuracy"); err != nil {
			return err
		}
	}
	return nil
}

func (w *books) close() (err error) {
	if w.b != nil {
		err = w.b.Close()
	}
	return errors.Join(err, os.RemoveAll(w.home))
}

// mostSessions ends a world in which orders never come to rest.
const mostSessions = 200

// run has the orders pulled, planned and posted until all of them rest, then
// those changed that change later, change by change.
func (w *books) run() error {
	if err := w.look(); err != nil {
		return err
	}
	for i := range w.orders {
		o := &w.orders[i]
		o.kept = o.asks() != "" && o.view.State == string(order.Synced)
	}
	for change, more := 0, true; more; change++ {
		more = false
		for i := range w.orders {
			o := &w.orders[i]
			if change >= len(o.Later) {
				continue
			}
			more = true
			var err error
			if o.now, err = w.shop.Change(o.now, o.Later[change]); err != nil {
				return err
			}
		}
		if err := w.look(); err != nil {
			return err
		}
	}
	return nil
}

// look lets the orders come to rest, and sees where they stand.
func (w *books) look() error {
	if err := w.settle(); err != nil {
		return err
	}
	views := map[string]bridge.OrderView{}
	err := w.b.Orders(w.ctx, "", func(v bridge.OrderView) error {
		views[v.Number] = v
		return nil
	})
	for i := range w.orders {
		o, found := &w.orders[i], false
		if o.view, found = views[o.id]; !found && err == nil {
			err = fmt.Errorf("order %s is lost", o.id)
		}
	}
	return err
}

// settle pulls, and runs sessions until one has nothing to do.
func (w *books) settle() error {
	w.clock.at = w.clock.at.Add(time.Hour)
	if _, err := w.b.Pull(w.ctx); err != nil {
		return err
	}
	for n := range mostSessions {
		if _, err := w.b.PlanAll(w.ctx); err != nil {
			return err
		}
		w.clock.at = w.clock.at.Add(time.Minute)
		report, err := w.connector.Session(w.ctx)
		switch {
		case err != nil:
			return err
		case report.LastError != "":
			return fmt.Errorf("the Web Connector shows: %s", report.LastError)
		case report.Sets == 0 && n > 0:
			return nil
		}
	}
	return fmt.Errorf("after %d sessions something is still to do", mostSessions)
}

// asks is the cause by which a person is asked about a change of the order when
// its sale is in the books; "" for an order that changes so that nobody must be
// asked, or not at all. An invoice may be unpaid: that its order was edited
// before it was paid is asked about.
func (o bookedOrder) asks() string {
	for name, cause := range map[string]string{
		"lines edited later": "changed-after-posting", "total edited later": "changed-after-posting", "buyer edited later": "changed-after-posting", "edited before it is paid": "changed-after-posting",
		"payment taken back": "payment-taken-back", "cancelled later": "cancelled-after-posting",
	} {
		if o.Is(name) {
			return cause
		}
	}
	return ""
}

// sound tells whether an order is to be in these books.
func (w *books) sound(o bookedOrder) bool {
	if !w.kind.keeps() {
		return false
	}
	return o.Sound() && (o.kept || !o.Is("payment taken back") && !o.Is("cancelled later")) || w.kind.unpaid && o.Is("not paid")
}

// posted tells whether the bridge says that a sound order is in the books as it
// should be.
func (o bookedOrder) posted() bool {
	if o.kept {
		return o.view.State == string(order.Attention) && o.view.Cause == o.asks()
	}
	return o.view.State == string(order.Synced)
}

// count adds a world to the sums, and audits its books.
func (w *books) count(a *Accuracy, mine *AccuracyShare) error {
	sound, posted := map[string]bool{}, map[string]bool{}
	raw := make([]json.RawMessage, len(w.orders))
	for i, o := range w.orders {
		raw[i] = o.now
		if o.kept {
			raw[i] = o.JSON
			if !o.posted() {
				a.unequal(w, fmt.Sprintf("order %s (%s) changed when it was in the books, and is %s, %s", o.id, strings.Join(o.Names, ", "), o.view.State, cmp.Or(o.view.Cause, "without a cause")))
			}
		}
		sound[o.id] = w.sound(o)
		posted[o.id] = sound[o.id] && o.posted()
		a.Orders++
		example := o.id + ": " + o.view.Reason
		switch cause := cmp.Or(o.view.Cause, o.view.State); {
		case !sound[o.id]:
			a.Others = held(a.Others, cause, example)
		case !posted[o.id]:
			a.Causes = held(a.Causes, cause, example)
		}
		for _, s := range append(a.with(o.Names), mine) {
			s.Orders++
			if sound[o.id] {
				s.Sound++
			}
			if posted[o.id] {
				s.Posted++
			}
		}
		if sound[o.id] {
			a.Sound++
		}
		if posted[o.id] {
			a.Posted++
		}
	}
	terms := w.kind.terms()
	if w.noRefunds {
		terms.RefundsFrom = nil
	}
	terms.Expect = func(s sim.Sale) sim.Expectation {
		switch {
		case !sound[s.ID]:
			return sim.MustNotBePosted
		case posted[s.ID]:
			return sim.MustBePosted
		}
		return sim.MayBePosted // its sale may be, and what follows it waits for a person
	}
	terms.Refunds = terms.Expect
	audited := sim.Examine(raw, w.company, terms)
	a.Parts += audited.Compared
	for _, f := range audited.Findings {
		a.unequal(w, f.String())
	}
	for _, s := range audited.Sums {
		if s.Part == "tax" && s.Item == sim.ItemTaxLine {
			posted[s.Order] = false // what is left are those whose tax QuickBooks computes
		}
	}
	for _, native := range posted {
		if native {
			a.Native++
		}
	}
	return nil
}

// with are the shares of choices.
func (a *Accuracy) with(names []string) (all []*AccuracyShare) {
	for i := range a.Choices {
		for _, name := range names {
			if a.Choices[i].Name == name {
				all = append(all, &a.Choices[i])
			}
		}
	}
	return all
}

func (a *Accuracy) unequal(w *books, what string) {
	if a.Unequal++; a.Unequal <= mostFindings {
		a.Findings = append(a.Findings, fmt.Sprintf("%s, seed %d: %s", w.kind.Name, w.seed, what))
	}
}
