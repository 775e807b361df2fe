package prove

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"qbridge/internal/bridge"
	"qbridge/internal/sim"
	"qbridge/store"
)

// world is a shop, a company file and the Web Connector, pretended, with the
// bridge between them, for some days.
type world struct {
	ctx    context.Context
	seed   uint64
	random *rand.Rand // of what happens
	days   int        // how many it lasts
	home   string
	clock  clock

	shop      *sim.Shop
	company   *sim.Company
	file      sim.QWC
	password  string
	closed    bool // the books have a closing date
	later     laterRules
	fields    bool            // forms and lines have custom fields
	unset     map[string]bool // TxnIDs of forms whose custom fields may be empty
	selected  bool            // only released orders go out
	fault     string          // part of the names of the faults that are armed
	generated []sim.Generated
	ledger    []*entry
	byKey     map[int64]*entry
	owners    map[string]*entry // by TxnID
	deeds     []deed            // what people decided, to be decided again on a restored database
	again     []deed            // those that must still be

	config bridge.Config
	b      *bridge.Bridge // nil while it is dead
	look   *store.Store   // a second look into its database
	soap   http.Handler

	// The point at which the bridge dies.
	dieIn  int    // passages left; 0 for none
	dead   string // the point at which it died, until it is started again
	revive bool   // it is started again at once

	trouble  *sim.World
	strikes  int             // of the trouble that were seen
	armed    bool            // something may go wrong at any moment
	merged   map[string]bool // names of list entries that others were merged into
	inactive bool            // some entry was made inactive
	hooks    hooks
	sent     map[string]string // message sets by ID, as they left
	order    []string          // their IDs
	backups  []backup

	faults   faultBook
	findings []Finding
	steps    []string // of this day
	said     func(string)
	step     int
	sessions int
	written  map[string]int // documents of ours that came into the books, by kind
	kills    int
}

// hooks are asked around each step of the Web Connector's next session.
type hooks struct{ before func(step string) error }

// firstDay is when the first day of a world begins, at the earliest.
func firstDay() time.Time { return time.Date(2026, 1, 5, 13, 0, 0, 0, time.UTC) }

// newWorld makes a world in a folder and lets the lists be read.
func newWorld(home string, seed uint64, said func(string)) (*world, error) {
	w := &world{ctx: context.Background(), seed: seed, random: rand.New(rand.NewPCG(seed, 0x9E3779B97F4A7C15)), home: home, said: said,
		byKey: map[int64]*entry{}, unset: map[string]bool{}, owners: map[string]*entry{}, sent: map[string]string{}, merged: map[string]bool{}, written: map[string]int{}}
	w.days = 5 + w.random.IntN(6)
	w.clock.at = firstDay().AddDate(0, 0, w.random.IntN(340))
	w.closed, w.selected = w.random.IntN(3) == 0, w.random.IntN(4) == 0
	w.later, w.fields = laterOf(seed), seed%2 == 0
	w.generated = sim.Orders(seed%9973, ordersOfWorld, w.clock.at)
	w.shop = sim.NewShop(sim.ShopConfig{StoreID: storeNumber, Token: Token, Currency: "USD", Timezone: "America/Chicago", Clock: w.clock.shop})
	w.config = bridge.Config{Dir: filepath.Join(home, "bridge"), Now: w.clock.machine, Sleep: w.clock.sleep, Rand: newDice(seed), Point: w.point, SeeSet: w.see,
		HTTP: &http.Client{Transport: inProcess{w.serveShop}}}
	if err := os.MkdirAll(home, 0o700); err != nil {
		return nil, err
	}
	if err := w.setUp(); err != nil {
		return nil, errors.Join(err, w.close())
	}
	return w, nil
}

func (w *world) setUp() error {
	b, err := bridge.Create(w.config)
	if err != nil {
		return err
	}
	made, err := b.Init(w.ctx, bridge.Setup{StoreID: Store, Token: Token, EcwidURL: "http://localhost/api/v3", Company: "Pretend Company", User: "pretend",
		Since: w.clock.at.AddDate(-2, 0, 0), Mode: "look"})
	if err != nil {
		return errors.Join(err, b.Close())
	}
	w.password = made.Password.Reveal()
	err = b.ImportRules(w.ctx, []byte(w.later.toml()+Rules), "prove")
	for _, rule := range w.moreRules() {
		if err == nil {
			err = b.SetRule(w.ctx, rule[0], rule[1], "prove")
		}
	}
	var qwc []byte
	if err == nil {
		qwc, err = b.QWC(w.ctx, "http://localhost:8480/qbwc")
	}
	if err := errors.Join(err, b.Close()); err != nil {
		return err
	}
	if w.file, err = sim.ParseQWC(qwc); err != nil {
		return err
	}
	company := sim.CompanyConfig{SalesTax: true, OwnerID: w.file.OwnerID, FileID: w.file.FileID, Clock: w.clock.machine}
	if w.fields {
		company.FormFields, company.CustomFields = []string{orderField, methodField, shopField}, []string{skuField}
	}
	if w.seed%3 == 0 { // lists take several pages, so that an iterator can break
		company.PageSize = 8
	}
	if w.closed {
		company.ClosingDate = sim.ClosingDate(w.clock.at)
	}
	w.company = sim.NewCompany(company)
	w.newTrouble(w.seed%2 == 0)
	if err := w.start(0); err != nil {
		return err
	}
	w.note("a new world: closing date %t, only released orders %t, custom fields %t, fees %t, %s", w.closed, w.selected, w.fields, w.later.fees, strings.Join(strings.Fields(w.later.toml()), " "))
	w.quietSession()
	return nil
}

// moreRules are those of this world beside Rules and its laterRules.
func (w *world) moreRules() (rules [][2]string) {
	if w.selected {
		rules = append(rules, [2]string{"release", "selected"})
	}
	if w.later.fees {
		rules = append(rules, feeRules(stripe)...)
	}
	if w.fields {
		rules = append(rules, fieldRules()...)
	}
	return rules
}

// terms are what the books of this world must look like.
func (w *world) terms() sim.Terms {
	t := terms()
	if w.later.fees {
		feeTerms(&t, stripe)
	}
	if w.fields {
		fieldTerms(&t)
		t.NoFields = func(d sim.Document) bool { return w.unset[d.TxnID] || w.toldOfField(d.TxnID) }
	}
	return t
}

// mayBeUnset notes that the custom fields of all forms in the books may be empty:
// the bridge does not remember that it wrote them, or the books what it set.
func (w *world) mayBeUnset() {
	for _, d := range w.company.Documents() {
		w.unset[d.TxnID] = true
	}
}

// start opens the bridge; maxPages limits its disk, 0 not at all.
func (w *world) start(maxPages int) (err error) {
	config := w.config
	config.MaxPages = maxPages
	if w.b, err = bridge.Open(config); err != nil {
		w.b = nil
		return err
	}
	if w.look, err = store.Open(w.database(), store.Options{Now: func() time.Time { return w.clock.at }}); err != nil {
		return err
	}
	w.soap, err = w.b.Handler(w.file.AppURL, w.home)
	w.dead = ""
	return err
}

func (w *world) database() string { return filepath.Join(w.config.Dir, "qbridge.db") }

// close stops the bridge, or buries a dead one: its open transaction was rolled
// back when it died.
func (w *world) close() (err error) {
	if w.look != nil {
		err = w.look.Close()
		w.look = nil
	}
	if w.b != nil {
		err = errors.Join(err, w.b.Close())
		w.b = nil
	}
	return err
}

func (w *world) restart(maxPages int) error {
	if err := w.close(); err != nil {
		return err
	}
	return w.start(maxPages)
}

// A death ends whatever the bridge was doing.
type death struct{ point string }

// point is where the bridge may die.
func (w *world) point(name string) {
	switch {
	case w.dead != "":
		panic(death{w.dead}) // the dead do nothing more
	case w.dieIn == 0:
		return
	}
	if w.dieIn--; w.dieIn == 0 {
		w.dead = name
		w.kills++
		panic(death{name})
	}
}

// alive lets the bridge do something at which it may die; it is started again
// then. died tells that it did.
func (w *world) alive(do func(*bridge.Bridge) error) (died bool, err error) {
	func() {
		defer func() {
			if p := recover(); p != nil {
				if _, is := p.(death); !is {
					panic(p)
				}
			}
		}()
		err = do(w.b)
	}()
	if w.dead == "" {
		return false, err
	}
	w.note("  killed at %q; started again", w.dead)
	return true, w.restart(0)
}

// note writes a step down.
func (w *world) note(format string, args ...any) {
	w.step++
	line := fmt.Sprintf("%5d  %s  ", w.step, w.clock.at.UTC().Format("2006-01-02 15:04:05.000")) + strings.ReplaceAll(fmt.Sprintf(format, args...), w.home, "DATA")
	w.steps = append(w.steps, line)
	if w.said != nil {
		w.said(line)
	}
}

// find notes that something is wrong.
func (w *world) find(kind Kind, format string, args ...any) {
	f := Finding{kind, fmt.Sprintf(format, args...)}
	w.findings = append(w.findings, f)
	w.note("WRONG: %v", f)
}

// see is shown every message set before it is handed out; the commit may still
// fail.
func (w *world) see(id string, document []byte) {
	w.sent[id] = string(document)
	if !writingRequest.Match(document) {
		return
	}
	err := w.look.Read(w.ctx, func(tx *store.Tx) error { // P41
		companies, err := tx.Companies()
		if err != nil {
			return err
		}
		doubt, err := tx.InDoubt(companies[0].ID)
		if err != nil {
			return err
		}
		for _, set := range doubt {
			rows, err := tx.RowsOfSet(set.ID)
			if err != nil {
				return err
			}
			for _, r := range rows {
				if r.State == "in_doubt" {
					w.find(Double, "set %s writes while set %s is in doubt", id, set.ID)
					return nil
				}
			}
		}
		return nil
	})
	if err != nil {
		w.find(Broken, "the sets in doubt can't be read: %v", err)
	}
}

var writingRequest = regexp.MustCompile(`<\w+(Add|Mod|Void|Del)Rq`)

// connector is the Web Connector; raw has it speak as the .NET client does.
func (w *world) connector(raw bool) *sim.Connector {
	return sim.NewConnector(sim.ConnectorConfig{AppURL: w.file.AppURL, AppName: w.file.AppName, User: w.file.UserName, Password: w.password, Company: w.company, Raw: raw,
		HTTP: &http.Client{Transport: soapWire{w}}, Before: func(step string) error {
			if w.hooks.before == nil {
				return nil
			}
			return w.hooks.before(step)
		}})
}

// runSession runs one session, under what was armed for it.
func (w *world) runSession() (sim.Report, error) {
	w.sessions++
	report, err := w.trouble.Connector.Session(w.ctx)
	w.hooks = hooks{}
	text := fmt.Sprintf("  session: %d sets, %d requests", report.Sets, report.Requests)
	if report.LastError != "" {
		text += ", shows " + strings.Join(strings.Fields(report.LastError), " ")
	}
	if err != nil {
		text += ", ends with " + err.Error()
	}
	w.note("%s", text)
	if w.b == nil || w.dead != "" {
		if err := w.restart(0); err != nil {
			w.find(Broken, "the bridge can't be started again: %v", err)
		}
	}
	w.watchBooks()
	w.watchTrouble()
	w.checkCulprits()
	return report, err
}
