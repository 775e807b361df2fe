package bridge

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"qbridge/internal/order"
	"qbridge/internal/sim"
	"qbridge/qbxml"
	"qbridge/soap"
)

// entries gives the names of one list as we know it.
func (w *world) entries(list string) (names []string) {
	w.t.Helper()
	_, lists, err := w.b.Lists(w.ctx)
	check(w.t, err)
	for _, l := range lists {
		if l.List != list {
			continue
		}
		for _, e := range l.Entries {
			names = append(names, e.Name)
		}
	}
	slices.Sort(names)
	return names
}

// queries gives the sets since the n-th that hold such a request.
func (w *world) queries(since int, request string) []string {
	var found []string
	for _, s := range w.handedOut(since) {
		if strings.Contains(s.document, "<"+request) {
			found = append(found, s.document)
		}
	}
	return found
}

// Q23, Q38: lists are read anew by what changed since, with an overlap; deletions are asked for; after 80 days everything is.
func TestListsAreRefreshed(t *testing.T) {
	w := newWorld(t)
	before := w.entries(nameList)
	renamed, deleted := w.company.ListID("Customer", "Jane Cooper"), w.company.ListID("Customer", "Dormant Traders")
	w.clock.advance(6 * time.Hour)
	check(t, w.company.Rename(renamed, "Jane Cooper-Smith"))
	check(t, w.company.DeleteObject(deleted))
	w.byHand(`<CustomerAddRq requestID="1"><CustomerAdd><Name>New By Hand</Name></CustomerAdd></CustomerAddRq>`)
	since := len(w.handedOut(0))
	w.session()
	after := w.entries(nameList)
	for name, want := range map[string]bool{"Jane Cooper": false, "Jane Cooper-Smith": true, "Dormant Traders": false, "New By Hand": true} {
		if slices.Contains(after, name) != want {
			t.Errorf("%s is known: %v", name, !want)
		}
	}
	if len(after) != len(before) {
		t.Errorf("%d names, before %d", len(after), len(before))
	}
	asked := w.queries(since, "EntityQueryRq")
	from := regexp.MustCompile(`<FromModifiedDate>([^<]+)<`).FindStringSubmatch(asked[0])
	if from == nil || len(w.queries(since, "ListDeletedQueryRq")) != 2 {
		t.Fatalf("not read by changes: %s", asked[0])
	}
	// Q38: an offset that is wrong by an hour loses nothing.
	if at, err := time.Parse(time.RFC3339, from[1]); err != nil || w.clock.now().Sub(at) < 7*time.Hour {
		t.Errorf("asked for changes since %s, %v", from[1], err)
	}
	// QuickBooks forgets deletions after 90 days: well before that everything is read.
	w.clock.advance(81 * 24 * time.Hour)
	check(t, w.company.DeleteObject(renamed))
	w.clock.advance(100 * 24 * time.Hour)
	since = len(w.handedOut(0))
	w.session()
	if again := w.queries(since, "EntityQueryRq"); strings.Contains(again[0], "FromModifiedDate") || slices.Contains(w.entries(nameList), "Jane Cooper-Smith") {
		t.Errorf("not read whole: %s", again[0])
	}
	since = len(w.handedOut(0))
	w.clock.advance(10 * time.Minute)
	if w.session(); len(w.handedOut(since)) > 0 {
		t.Error("lists are read again after ten minutes")
	}
}

// pageSize is how many names a page of the iterator holds.
func pageSize() int {
	return int((&reading{List: nameList}).request().Body.(qbxml.EntityQuery).MaxReturned)
}

// P50, Q23: an iterator lives in one session. Cut at any page, the next session starts over, and no record is lost or there
// twice.
func TestIteratorIsCut(t *testing.T) {
	w := newWorld(t)
	var adds strings.Builder
	records := pageSize() * 5 / 2
	for i := range records {
		fmt.Fprintf(&adds, `<CustomerAddRq requestID="%d"><CustomerAdd><Name>Customer %04d</Name></CustomerAdd></CustomerAddRq>`, i, i)
	}
	w.byHand(adds.String())
	want := len(w.entries(nameList)) + records
	for page := range 3 {
		w.clock.advance(81 * 24 * time.Hour)
		pages := 0
		w.after = func(step string) error {
			all := w.handedOut(0)
			if step == "ProcessRequest" && strings.Contains(all[len(all)-1].document, "<EntityQueryRq") {
				if pages++; pages > page {
					return fmt.Errorf("the power is off")
				}
			}
			return nil
		}
		w.interrupted()
		since := len(w.handedOut(0))
		w.session()
		asked := w.queries(since, "EntityQueryRq")
		if len(asked) != 3 || !strings.Contains(asked[0], `iterator="Start"`) {
			t.Fatalf("cut at page %d: %d pages, the first %s", page, len(asked), asked[0])
		}
		// Continue repeats the filters.
		attributes := regexp.MustCompile(` (?:iterator|iteratorID|requestID)="[^"]*"`)
		for _, a := range asked[1:] {
			if !strings.Contains(a, `iterator="Continue"`) || attributes.ReplaceAllString(a, "") != attributes.ReplaceAllString(asked[0], "") {
				t.Errorf("the filters differ: %s", a)
			}
		}
		names := w.entries(nameList)
		if len(names) != want || len(slices.Compact(names)) != want {
			t.Errorf("cut at page %d: %d names, %d of them different, not %d", page, len(names), len(slices.Compact(names)), want)
		}
	}
}

// P50: QuickBooks does not know the iterator any more, within the session: a sentence, and the next session starts over.
func TestIteratorIsForgotten(t *testing.T) {
	w := newWorld(t)
	var adds strings.Builder
	records := pageSize() * 3 / 2
	for i := range records {
		fmt.Fprintf(&adds, `<CustomerAddRq requestID="%d"><CustomerAdd><Name>Customer %04d</Name></CustomerAdd></CustomerAddRq>`, i, i)
	}
	w.byHand(adds.String())
	w.clock.advance(81 * 24 * time.Hour)
	n := w.drive(func(request string) (string, string, string) {
		if strings.Contains(request, `iterator="Continue"`) {
			w.company.BeginSession(w.file.AppName, "") // as if QuickBooks had been closed in between
		}
		return w.company.Process(request)
	})
	if n != -1 {
		t.Errorf("progress %d", n)
	}
	w.session()
	if got := len(w.entries(nameList)); got < records {
		t.Errorf("%d names", got)
	}
}

// A customer that we made and a person deleted is made again for its next order, under a ListID that lives. I6
func TestDeletedCustomer(t *testing.T) {
	w := newWorld(t)
	first := w.take(sim.KindNamesakeFirst)[0]
	w.settle()
	w.once(first)
	check(t, w.company.DeleteObject(w.live(first)[0].CustomerID))
	w.clock.advance(2 * time.Hour)
	w.session() // the lists say so
	next := w.take(sim.KindNamesakeFirst)[0]
	w.settle()
	w.once(next)
}

// I1, I3, I9: whatever happens in whatever order, every order is in exactly one state, sums add up, and at the end each is in
// the books once.
func TestAnyOrderOfEvents(t *testing.T) {
	for seed := range uint64(2) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			w := newWorld(t)
			r := rand.New(rand.NewPCG(seed, 3))
			kinds := []sim.Kind{sim.KindPlain, sim.KindReturning, sim.KindNamesakeFirst, sim.KindNamesakeSecond, sim.KindTaxGroup, sim.KindUnknownItem,
				sim.KindAwaiting, sim.KindDoesNotAddUp, sim.KindVendorName, sim.KindLongSKU}
			steps := []string{"authenticate", "sendRequestXML", "ProcessRequest", "receiveResponseXML", "closeConnection"}
			changed := map[*placed]bool{}
			events := []func(){
				func() { w.place(kinds[r.IntN(len(kinds))]) },
				func() { w.place(kinds[r.IntN(len(kinds))]) },
				w.pull,
				w.plan,
				func() { w.session() },
				func() { // cut before or after a step
					w.cut(r.IntN(2) == 0, steps[r.IntN(len(steps))], 1+r.IntN(4))
					if report, err := w.try(); err == nil && report.LastError != "" {
						t.Errorf("the Web Connector shows %q", report.LastError)
					}
					w.mend()
				},
				func() { w.cutWriting("AddRq", r.IntN(2) == 0); _, _ = w.try(); w.mend() },
				func() { // QuickBooks forgets what it did last
					if all := w.writing(0); len(all) > 0 {
						_ = w.company.LoseSet(w.file.AppName, all[len(all)-1].id) // it may never have seen it
					}
				},
				w.restart,
				func() { w.clock.advance(time.Duration(r.IntN(180)) * time.Minute) },
				func() { check(t, w.b.RefreshLists(w.ctx)) },
				func() { check(t, w.b.SetRule(w.ctx, "rounding-limit", fmt.Sprintf("0.0%d", 4+r.IntN(2)), "Ann")) },
				func() { // the shop changes an order: paid now, or a note
					if len(w.placed) == 0 {
						return
					}
					p := w.placed[r.IntN(len(w.placed))]
					if p.Kind == sim.KindAwaiting {
						w.change(p, map[string]any{"paymentStatus": "PAID"})
						return
					}
					w.change(p, map[string]any{"privateAdminNotes": fmt.Sprint("note ", r.IntN(1000))})
					changed[p] = true
				},
				func() { w.twice = func(string) bool { return r.IntN(3) == 0 }; w.session(); w.mend() },
			}
			for range 30 {
				events[r.IntN(len(events))]()
				w.checkStates()
			}
			w.pull()
			w.clock.advance(time.Hour)
			w.settle()
			for _, p := range w.placed {
				switch d := w.view(p); {
				case p.Kind == sim.KindDoesNotAddUp:
					w.want(p, order.Attention)
				case p.Kind == sim.KindAwaiting && d.State == string(order.Waiting):
				default:
					w.once(p)
				}
			}
			w.audit()
		})
	}
}

// P17, I10: what is answered is in the store; neither the shop nor a lock of the planner is waited for.
func TestAnswersWhileTheShopIsDown(t *testing.T) {
	w := newWorld(t)
	p := w.take(sim.KindReturning)[0]
	w.b.HTTP = nil // any call of the shop would panic
	ticket := w.admit()
	request := w.next(ticket, w.poll())
	for range 10 {
		response, hresult, message := w.company.Process(request)
		if w.answer(ticket, response, hresult, message) == 100 {
			break
		}
		request = w.next(ticket, soap.Poll{})
	}
	w.once(p)
}
