package prove

import (
	"net/http"
	"regexp"
	"slices"
	"strings"

	"qbridge/internal/bridge"
	"qbridge/internal/sim"
)

// newTrouble sets the pretend world up to go wrong. One Web Connector lives
// through all sessions, as on a real machine.
func (w *world) newTrouble(raw bool) {
	w.trouble = &sim.World{Shop: w.shop, Company: w.company, Sleep: w.clock.sleep, Connector: w.connector(raw)}
}

// faultsNamed are the faults of the pretend world that have a text in their names.
func faultsNamed(text string) []sim.Fault {
	return slices.DeleteFunc(sim.Faults(), func(f sim.Fault) bool { return !strings.Contains(f.Name, text) })
}

// arm has something go wrong in the sessions and pulls to come.
func (w *world) arm() {
	all := faultsNamed(w.fault)
	f := all[w.random.IntN(len(all))]
	w.armed = true
	w.note("armed: %s (%s): %s", f.Name, f.Where, f.Arm(w.trouble, w.random))
}

// mend takes all that was armed back.
func (w *world) mend() {
	w.hooks, w.armed = hooks{}, false
	w.trouble.Mend()
}

var (
	documentOf = regexp.MustCompile(`TxnID ([0-9A-F]+-\d+)`)
	numberOf   = regexp.MustCompile(`: (?:SalesReceipt|Invoice) (\S+), TxnID ([0-9A-F]+-\d+)`)
	mergedInto = regexp.MustCompile(`^(.*): (\w+) (.*): it is one with (.*)$`)
)

// watchTrouble counts what struck, and notes what people did to documents: what
// they change is theirs.
func (w *world) watchTrouble() {
	strikes := w.trouble.Strikes()
	for _, s := range strikes[w.strikes:] {
		w.strike(s.Fault)
		w.note("  struck: %s", s.What)
		if s.Fault == "an older copy of the books is put back" {
			w.mayBeUnset()
		}
		if m := numberOf.FindStringSubmatch(s.What); m != nil && w.owners[m[2]] == nil {
			for _, e := range w.ledger { // a sale that was gone before anybody looked
				if e.id == m[1] && !strings.HasSuffix(s.Fault, "changed") {
					e.receipts[m[2]], w.owners[m[2]] = handing{e.handed.at, e.handed.known, ""}, e
				}
			}
		}
		if m := documentOf.FindStringSubmatch(s.What); m != nil {
			for _, e := range w.ledger {
				if _, ours := e.receipts[m[1]]; ours && strings.Contains(s.Fault, "document of ours") {
					e.edited[m[1]] = true
					purpose := e.receipts[m[1]].purpose
					switch {
					case !strings.HasSuffix(s.Fault, "voided") && !strings.HasSuffix(s.Fault, "deleted"):
					case purpose == "" || purpose == "receipt" || purpose == "invoice":
						e.removed = true
					case e.lost == nil:
						e.lost = map[string]bool{purpose: true}
					default:
						e.lost[purpose] = true
					}
				}
			}
		}
		w.inactive = w.inactive || strings.HasSuffix(s.What, "it is inactive now")
		if m := mergedInto.FindStringSubmatch(s.What); m != nil {
			w.merged[m[4]] = true
		}
	}
	w.strikes = len(strikes)
	w.watchShop()
}

// activate has a person make active again what nobody should have made inactive:
// orders that need it wait for that.
func (w *world) activate() {
	if w.inactive { // from then on every evening: a copy of the books of an earlier hour may be put back
		w.note("in QuickBooks Ann makes all entries active again (%v)", w.company.Activate("Customer", "ItemNonInventory", "ItemService", "ItemInventory", "PaymentMethod"))
		w.decide("Ann has the lists read again", func(b *bridge.Bridge) error { return b.RefreshLists(w.ctx) })
	}
}

// serveShop is the shop. What it says of an order was so then, though the order
// may be another one before the session ends.
func (w *world) serveShop(answer http.ResponseWriter, call *http.Request) {
	w.shop.ServeHTTP(answer, call)
	w.watchShop()
}

// watchShop takes in what changed in the shop by itself.
func (w *world) watchShop() {
	for _, raw := range w.shop.Orders() {
		h, err := readHead(raw)
		if err != nil {
			w.find(Broken, "%v", err)
			return
		}
		e := w.byKey[h.InternalID]
		if e == nil || string(e.now().raw) == string(raw) {
			continue
		}
		e.versions = append(e.versions, version{w.clock.at, e.now().kind, raw, h})
	}
}

// edit: a person types a sale of her own into QuickBooks under the number that
// an order has.
func (w *world) edit() {
	e := w.some()
	if e == nil || len(w.live(e))+len(e.receipts) > 0 || e.typed || e.barred != "" || len(e.id) > 11 {
		return
	}
	typed := sim.TypedReceipt{Customer: "Walk-in", RefNumber: e.id, Date: w.clock.at.Format("2006-01-02"), Lines: []sim.TypedLine{{Item: sim.ItemShipping, Amount: 1234}}}
	txnID, err := w.company.TypeReceipt(typed)
	if err == nil {
		e.typed = true
		w.strike(faultTyped)
	}
	w.note("in QuickBooks someone types %s, a sale of 12.34 to Walk-in under the number %s (%v)", txnID, e.id, err)
}
