package bridge

import (
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"qbridge/internal/order"
	"qbridge/internal/sim"
)

// belowRules make buyers jobs of a customer, and new items sub-items.
var belowRules = strings.Replace(worldRules, "missing-item =", `customer-name = "job"
shared-customer = "Prairie Schools"
new-item-parent = "BOLT-M6"
missing-item =`, 1)

// Buyers are added as jobs and items below another, each once, also when the
// answer that tells of them is lost: they are found by their full names.
func TestJobsAndSubItems(t *testing.T) {
	for _, lost := range []string{"", "<CustomerAddRs", "<ItemNonInventoryAddRs"} {
		t.Run("lost "+lost, func(t *testing.T) {
			w := newWorld(t, worldOptions{rules: belowRules})
			times := 0
			w.tamper = func(r *sim.Reply) {
				if lost != "" && strings.Contains(r.Response, lost) && times == 0 {
					times++
					r.Response = ""
				}
			}
			all := w.take(sim.KindPlain, sim.KindNamesakeFirst, sim.KindNamesakeSecond, sim.KindVendorName, sim.KindLongName, sim.KindUnknownItem, sim.KindLongSKU, sim.KindPlain)
			for range 3 {
				if _, err := w.try(); err != nil {
					t.Fatal(err)
				}
				w.plan()
			}
			w.settle()
			w.once(all...)
			if lost != "" && times != 1 {
				t.Errorf("%d answers were lost", times)
			}
			for _, p := range all {
				if customer := w.live(p)[0].Customer; !strings.HasPrefix(customer, "Prairie Schools:") {
					t.Errorf("order %s, a %s, is %s's", p.ID, p.Kind, customer)
				}
			}
			_, lists, err := w.b.Lists(w.ctx)
			check(t, err)
			below, jobs := 0, 0
			for _, l := range lists {
				for _, e := range l.Entries {
					if strings.HasPrefix(e.Name, "BOLT-M6:") {
						below++
					}
					if strings.HasPrefix(e.Name, "Prairie Schools:") {
						jobs++
					}
				}
			}
			if below < 2 || jobs < 8 {
				t.Errorf("%d items below the bolt, %d jobs", below, jobs)
			}
		})
	}
}

// One customer stands for all buyers; the memo says who they are.
func TestOneCustomerForAll(t *testing.T) {
	w := newWorld(t, worldOptions{rules: strings.Replace(worldRules, "missing-item =", "customer-name = \"one\"\nshared-customer = \"Jane Cooper\"\nmissing-item =", 1)})
	all := w.take(sim.KindPlain, sim.KindNamesakeFirst, sim.KindNamesakeSecond, sim.KindNoEmail)
	w.settle()
	w.once(all...)
	for _, p := range all {
		if r := w.live(p)[0]; r.Customer != "Jane Cooper" || !strings.Contains(r.Memo, "| buyer ") {
			t.Errorf("%s: %q", r.Customer, r.Memo)
		}
	}
}

// A customer who is there is changed before the receipt where the rules want it,
// once, though the answer be lost or a person change the customer meanwhile.
func TestCustomerIsKeptUp(t *testing.T) {
	for _, c := range []string{"", "lost", "stale"} {
		t.Run("change "+c, func(t *testing.T) {
			var past atomic.Int64
			w := newWorld(t, worldOptions{
				rules: strings.Replace(worldRules, "missing-item =", "update-customer = \"phone, billing-address\"\nmissing-item =", 1),
				company: func(config *sim.CompanyConfig) { // its customers were last changed a year before the orders
					config.Clock = func() time.Time { return newestOrder.AddDate(-1, 0, 0).Add(time.Duration(past.Add(1)) * time.Second) }
				},
			})
			all, since := w.take(sim.KindReturning), len(w.handedOut(0))
			d := w.order(all[0])
			if len(d.Plan.Lists) == 0 || d.Plan.Lists[0].Kind != "CustomerMod" || d.Plan.Documents[0].Customer != "Jane Cooper" {
				t.Fatalf("%+v", d.Plan)
			}
			times := 0
			w.tamper = func(r *sim.Reply) {
				if c == "lost" && strings.Contains(r.Response, "<CustomerModRs") && times == 0 {
					times++
					r.Response = ""
				}
			}
			if c == "stale" {
				id := w.company.ListID("Customer", "Jane Cooper")
				if err := errors.Join(w.company.Rename(id, "Jane E. Cooper"), w.company.Rename(id, "Jane Cooper")); err != nil {
					t.Fatal(err)
				}
			}
			for range 3 {
				if _, err := w.try(); err != nil {
					t.Fatal(err)
				}
				w.plan()
			}
			w.settle()
			w.once(all...)
			mods, answered := 0, ""
			for _, s := range w.writing(since) {
				mods += strings.Count(s.document, "<CustomerModRq")
			}
			if want := map[string]int{"": 1, "lost": 1, "stale": 2}[c]; mods != want && !(c == "lost" && mods == 2) {
				t.Errorf("%d changes were sent, want %d", mods, want)
			}
			w.company.BeginSession("Another program", "")
			answered, _, _ = w.company.Process(strings.Replace(setWith(""), "></QBXMLMsgsRq>", "><CustomerQueryRq><FullName>Jane Cooper</FullName></CustomerQueryRq></QBXMLMsgsRq>", 1))
			w.company.EndSession()
			if o := d.Order; !strings.Contains(answered, "<Phone>"+o.Billing.Phone) || !strings.Contains(answered, o.Billing.Street[0]) {
				t.Errorf("the customer is not changed:\n%s", answered)
			}
			// The next order of the buyer says the same.
			w.tamper = nil
			next := w.take(sim.KindReturning)
			for _, l := range w.order(next[0]).Plan.Lists {
				if l.Kind == "CustomerMod" {
					t.Errorf("the next order changes the customer again: %+v", w.order(next[0]).Plan.Adjustments)
				}
			}
		})
	}
}

// Q19: what a person changed of a customer after it was planned is not overwritten: the customer is taken as it is by now, and the order planned anew.
func TestCustomerThatAPersonChanged(t *testing.T) {
	var past atomic.Int64
	var today atomic.Bool
	w := newWorld(t, worldOptions{
		rules: strings.Replace(worldRules, "missing-item =", "update-customer = \"phone, billing-address\"\nmissing-item =", 1),
		company: func(config *sim.CompanyConfig) { // its customers were last changed a year before the orders
			config.Clock = func() time.Time {
				if today.Load() {
					return newestOrder.Add(24 * time.Hour)
				}
				return newestOrder.AddDate(-1, 0, 0).Add(time.Duration(past.Add(1)) * time.Second)
			}
		},
	})
	p, since := w.take(sim.KindReturning)[0], len(w.handedOut(0))
	if d := w.order(p); len(d.Plan.Lists) == 0 || d.Plan.Lists[0].Kind != "CustomerMod" {
		t.Fatalf("%+v", d.Plan)
	}
	ask := `<CustomerQueryRq requestID="1"><FullName>Jane Cooper</FullName></CustomerQueryRq>`
	element := func(answer, name string) string {
		_, rest, _ := strings.Cut(answer, "<"+name+">")
		value, _, _ := strings.Cut(rest, "<")
		return value
	}
	today.Store(true)
	was := w.byHand(ask)
	w.byHand(`<CustomerModRq requestID="1"><CustomerMod><ListID>` + element(was, "ListID") + `</ListID><EditSequence>` + element(was, "EditSequence") + `</EditSequence><Phone>555-0100</Phone></CustomerMod></CustomerModRq>`)
	w.settle()
	w.once(p)
	if phone := element(w.byHand(ask), "Phone"); phone != "555-0100" {
		t.Errorf("the phone that a person put in is %q", phone)
	}
	if n := len(w.writing(since)); n != 2 { // refused, then the receipt
		t.Errorf("%d writing sets", n)
	}
}

// A bundle of the shop is written as the members of its group, at their prices
// as QuickBooks has them, and held when they come to something else.
func TestBundleAsItsMembers(t *testing.T) {
	w := newWorld(t, worldOptions{rules: strings.Replace(worldRules, "missing-item =", "group-items = \"members\"\nmissing-item =", 1)})
	sold := func(p *placed, price float64) {
		w.change(p, map[string]any{"items": []map[string]any{{"id": 1, "sku": sim.ItemKit, "name": "Camp kit", "price": price, "quantity": 2}},
			"subtotal": 2 * price, "total": 2 * price, "tax": 0, "discount": 0, "couponDiscount": 0, "shippingOption": nil, "taxesOnShipping": nil, "handlingFee": nil, "customSurcharges": nil})
	}
	all := w.place(plain(2)...)
	sold(all[0], 36.05)
	sold(all[1], 36)
	w.pull()
	w.settle()
	w.once(all[0])
	w.want(all[1], order.Attention, "item-not-sellable", "Its members come to 72.10, the shop's 2 to 72.00.")
	var lines []string
	for _, l := range w.live(all[0])[0].Lines {
		lines = append(lines, fmt.Sprintf("%s %v", l.Item, l.Amount))
	}
	if got := strings.Join(lines, ", "); got != "MUG 22.10, WS-M 50.00" {
		t.Errorf("the receipt has %s", got)
	}
}
