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
	"slices"
	"strings"
	"time"

	"qbridge/internal/bridge"
	"qbridge/internal/order"
	"qbridge/internal/sim"
)

// AccuracyOptions say how many orders, and which.
type AccuracyOptions struct {
	Orders   int
	Seed     uint64
	Progress func(string) // may be nil
}

// Accuracy is what became of many random orders, and what an audit of the
// pretend books found that shares nothing with the bridge.
type Accuracy struct {
	Orders, Sound int // sound: money came, and the order says exactly what for
	Posted        int // sound ones that are in the books whole
	Native        int // of these, those whose tax QuickBooks computed
	Causes        []HeldCause
	Choices       []ChoiceShare
	Parts         int      // compared
	Unequal       int      // of these; and documents that should not be, or are missing
	Findings      []string // the first of them
	Took          time.Duration
}

// HeldCause is why sound orders are not in the books.
type HeldCause struct {
	Cause   string
	Orders  int
	Example string // what the first of them says
}

// ChoiceShare is how many orders were something, and how many of the sound ones
// among them were posted.
type ChoiceShare struct {
	sim.Choice
	Orders, Sound, Posted int
}

// accuracyWorld is how many orders share one company file: new customers and
// items come again, and an audit of all of them stays short.
const accuracyWorld = 500

// mostFindings is how many findings are told in full.
const mostFindings = 20

// MeasureAccuracy lets random orders go all the way, shop to books, and holds
// the books against the shop.
func MeasureAccuracy(ctx context.Context, o AccuracyOptions) (a Accuracy, err error) {
	began := time.Now()
	causes, shares := map[string]*HeldCause{}, map[string]*ChoiceShare{}
	for _, c := range sim.Choices() {
		shares[c.Name] = &ChoiceShare{Choice: c}
	}
	for n := 0; n*accuracyWorld < o.Orders; n++ {
		w, err := newBooks(ctx, o.Seed+uint64(n), min(accuracyWorld, o.Orders-n*accuracyWorld))
		if err != nil {
			return a, err
		}
		views, err := w.run()
		if err == nil {
			err = w.count(&a, views, causes, shares)
		}
		if err := errors.Join(err, w.close()); err != nil {
			return a, fmt.Errorf("orders of seed %d: %w", o.Seed+uint64(n), err)
		}
		if o.Progress != nil {
			o.Progress(fmt.Sprintf("%d orders, %d of %d sound ones posted, %d parts compared, %d unequal", a.Orders, a.Posted, a.Sound, a.Parts, a.Unequal))
		}
	}
	for _, c := range causes {
		a.Causes = append(a.Causes, *c)
	}
	slices.SortFunc(a.Causes, func(x, y HeldCause) int { return cmp.Or(y.Orders-x.Orders, strings.Compare(x.Cause, y.Cause)) })
	for _, c := range sim.Choices() {
		a.Choices = append(a.Choices, *shares[c.Name])
	}
	a.Took = time.Since(began)
	return a, nil
}

// books is a shop full of random orders, a company file with tax items of its
// own, and the bridge between them; nothing goes wrong.
type books struct {
	ctx       context.Context
	seed      uint64
	clock     clock
	home      string
	orders    []sim.Mixed
	shop      *sim.Shop
	company   *sim.Company
	connector *sim.Connector
	b         *bridge.Bridge
}

func newBooks(ctx context.Context, seed uint64, n int) (w *books, err error) {
	w = &books{ctx: ctx, seed: seed}
	w.clock.at = firstDay().AddDate(0, 0, int(seed%340))
	combined, taxes, groups := taxesOf(seed)
	w.orders = sim.MixedOrders(seed, n, w.clock.at.Add(-time.Hour), combined, taxes)
	w.shop = sim.NewShop(sim.ShopConfig{StoreID: storeNumber, Token: Token, Currency: "USD", Timezone: "America/Chicago", Clock: w.clock.shop})
	for _, o := range w.orders {
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

// confirmed are the rules that a person sets who took over what `rules suggest`
// proposes: the choices that are no finding of facts.
func confirmed() [][2]string {
	return [][2]string{{"missing-item", "make"}, {"missing-payment-method", "make"}, {"refunds", "credit-memo"}, {"refund-from", sim.AccountUndeposited}, {"refund-item", sim.ItemRefund}, {"tax-line-item", sim.ItemTaxLine}, {"mode", "post"}}
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
	w.company = sim.NewCompany(sim.CompanyConfig{SalesTax: true, OwnerID: file.OwnerID, FileID: file.FileID, Clock: w.clock.machine,
		TaxItems: append(items, sim.TaxItem{Name: sim.TaxNone}), TaxGroups: groups})
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
	for _, rule := range confirmed() {
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
// those changed that change later, and gives where they stand, by number.
func (w *books) run() (views map[string]bridge.OrderView, err error) {
	if err := w.settle(); err != nil {
		return nil, err
	}
	for i := range w.orders {
		if o := &w.orders[i]; o.Later != nil {
			if o.JSON, err = w.shop.Change(o.JSON, o.Later); err != nil {
				return nil, err
			}
		}
	}
	if err := w.settle(); err != nil {
		return nil, err
	}
	views = map[string]bridge.OrderView{}
	return views, w.b.Orders(w.ctx, "", func(v bridge.OrderView) error {
		views[v.Number] = v
		return nil
	})
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

// count adds a world to the sums, and audits its books.
func (w *books) count(a *Accuracy, views map[string]bridge.OrderView, causes map[string]*HeldCause, shares map[string]*ChoiceShare) error {
	sound, posted := map[string]bool{}, map[string]bool{}
	raw := make([]json.RawMessage, len(w.orders))
	for i, o := range w.orders {
		raw[i] = o.JSON
		head, err := readHead(o.JSON)
		if err != nil {
			return err
		}
		v, found := views[head.ID]
		if !found {
			return fmt.Errorf("order %s is lost", head.ID)
		}
		sound[head.ID] = o.Sound()
		a.Orders++
		if o.Sound() {
			a.Sound++
		}
		if o.Sound() && v.State == string(order.Synced) {
			posted[head.ID] = true
			a.Posted++
		} else if o.Sound() {
			cause := cmp.Or(v.Cause, v.State)
			if causes[cause] == nil {
				causes[cause] = &HeldCause{Cause: cause, Example: head.ID + ": " + v.Reason}
			}
			causes[cause].Orders++
		}
		for _, name := range o.Names {
			s := shares[name]
			s.Orders++
			if o.Sound() {
				s.Sound++
			}
			if posted[head.ID] {
				s.Posted++
			}
		}
	}
	terms := terms()
	terms.Refund, terms.RefundsFrom, terms.RefundFrom = []string{sim.ItemRefund}, terms.Deposits, sim.AccountUndeposited
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
	a.Unequal += len(audited.Findings)
	for _, f := range audited.Findings[:min(len(audited.Findings), max(0, mostFindings-len(a.Findings)))] {
		a.Findings = append(a.Findings, fmt.Sprintf("seed %d: %v", w.seed, f))
	}
	for _, s := range audited.Sums {
		if s.Part == "tax" && s.Item == sim.ItemTaxLine {
			delete(posted, s.Order) // what is left are those whose tax QuickBooks computes
		}
	}
	a.Native += len(posted)
	return nil
}

// share is a part of a whole in percent, to two decimals.
func share(part, whole int) string {
	if whole == 0 {
		return "-"
	}
	hundredths := (part*10000 + whole/2) / whole
	return fmt.Sprintf("%d.%02d %%", hundredths/100, hundredths%100)
}

// String says it on a terminal.
func (a Accuracy) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d orders, %d of them paid or refunded, whole and adding up\n", a.Orders, a.Sound)
	fmt.Fprintf(&b, "posted       %6d  %s\n", a.Posted, share(a.Posted, a.Sound))
	fmt.Fprintf(&b, "native tax   %6d  %s of the posted\n", a.Native, share(a.Native, a.Posted))
	fmt.Fprintf(&b, "parts compared %d, unequal %d\n", a.Parts, a.Unequal)
	fmt.Fprintf(&b, "%.1f seconds\n", a.Took.Seconds())
	if len(a.Causes) > 0 {
		b.WriteString("\nHeld, by cause\n")
	}
	for _, c := range a.Causes {
		fmt.Fprintf(&b, "  %5d  %s  %s\n         %s\n", c.Orders, share(c.Orders, a.Sound), c.Cause, c.Example)
	}
	for _, f := range a.Findings {
		fmt.Fprintf(&b, "UNEQUAL  %s\n", f)
	}
	if more := a.Unequal - len(a.Findings); more > 0 {
		fmt.Fprintf(&b, "and %d more\n", more)
	}
	return b.String()
}

// Markdown is the table of docs/accuracy.md: what the orders were made of.
func (a Accuracy) Markdown() string {
	var b strings.Builder
	b.WriteString("| of 1,000 | orders that have it | posted | |\n|---|---|---|---|\n")
	for _, c := range a.Choices {
		fmt.Fprintf(&b, "| %d | %s | %s | %s |\n", c.PerMille, c.Name, share(c.Posted, c.Sound), c.About)
	}
	return b.String()
}
