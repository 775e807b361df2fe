package bridge

import (
	"slices"
	"strings"
	"testing"
	"time"

	"qbridge/internal/order"
	"qbridge/internal/sim"
)

// fieldRules put the order's number and the shop into custom fields of forms.
var fieldRules = worldRules + `
[custom-fields]
"Web order" = "order-number"
Shop = "store"
`

func withFields(names ...string) worldOptions {
	return worldOptions{rules: fieldRules, company: func(c *sim.CompanyConfig) { c.FormFields = names }}
}

// wantFields says what stands in the custom fields of an order's receipt.
func (w *world) wantFields(p *placed, number, shop string) {
	w.t.Helper()
	id := w.view(p).TxnID
	if got := w.company.CustomField(id, "Web order"); got != number {
		w.t.Errorf("order %s: the custom field Web order holds %q, not %q", p.ID, got, number)
	}
	if got := w.company.CustomField(id, "Shop"); got != shop {
		w.t.Errorf("order %s: the custom field Shop holds %q, not %q", p.ID, got, shop)
	}
}

// Custom fields follow the document that they belong to, once it is in the books, and nobody takes that for a person's change.
func TestCustomFields(t *testing.T) {
	w := newWorld(t, withFields("Web order", "Shop"))
	all := w.take(plain(3)...)
	w.settle()
	w.once(all...)
	for _, p := range all {
		w.wantFields(p, p.ID, worldStore)
	}
	_, err := w.b.Check(w.ctx)
	check(t, err)
	w.settle()
	for _, p := range all {
		for _, h := range w.order(p).History {
			if h.Event == "changed" {
				t.Errorf("order %s: %s", p.ID, h.Note)
			}
		}
	}
	if n := w.settings(0); n != 6 {
		t.Errorf("%d custom fields were set, want 6", n)
	}
}

// settings counts the requests that set a custom field since the n-th message set.
func (w *world) settings(since int) (n int) {
	for _, s := range w.writing(since) {
		n += strings.Count(s.document, "<DataExtModRq")
	}
	return n
}

// P41, I9: an answer to the setting of custom fields that is lost, before or after QuickBooks did it, has them set once more, and no document is
// written twice. 3170: QuickBooks could not take it now.
func TestCustomFieldsWhenAnswersAreLost(t *testing.T) {
	for _, name := range []string{"the answer is lost", "it never arrived", "the answer can't be read", "another one had the record open"} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, withFields("Web order", "Shop"))
			times := 0
			p := w.take(sim.KindPlain)[0]
			switch name {
			case "the answer is lost", "it never arrived":
				w.cutWriting("<DataExtModRq", name == "the answer is lost")
				w.interrupted()
				times++
			case "another one had the record open":
				w.company.Interfere(func(request, _ string) *sim.Status {
					if request != "DataExtModRq" || times == 3 {
						return nil
					}
					times++
					return &sim.Status{Code: 3170, Severity: "Error", Message: "There was an error when modifying it. This list has been modified by another user."}
				})
			default:
				w.tamper = func(r *sim.Reply) {
					if strings.Contains(r.Response, "<DataExtModR") && times == 0 {
						times++
						r.Response = ""
					}
				}
			}
			sets := len(w.handedOut(0))
			for range 4 {
				if _, err := w.try(); err != nil {
					t.Fatal(err)
				}
				w.plan()
				w.clock.advance(2 * time.Hour)
			}
			w.settle()
			w.once(p)
			w.wantFields(p, p.ID, worldStore)
			if n := w.settings(sets); times == 0 || n == 0 && name != "the answer is lost" {
				t.Errorf("it went wrong %d times; %d were set after that", times, n)
			}
		})
	}
}

// I6: what QuickBooks does not let be set is said with the order, which stays synced; the other field and later orders are nobody's victims.
func TestCustomFieldThatIsNotSetUp(t *testing.T) {
	w := newWorld(t, withFields("Shop"))
	p := w.take(sim.KindPlain)[0]
	w.settle()
	w.once(p)
	w.wantFields(p, "", worldStore)
	w.want(p, order.Synced, `The custom field "Web order" of Sales receipt `, "no such field for customers", "Define Fields")
	sets := len(w.handedOut(0))
	w.pull()
	w.settle()
	if n := w.settings(sets); n != 0 {
		t.Errorf("it was tried again %d times", n)
	}
	first := w.order(p)
	if choices := w.choices(p); !slices.Contains(choices.Do, DoRelease) {
		t.Errorf("there is no way to try again: %v", choices.Do)
	}
	check(t, w.b.Decide(w.ctx, p.ID, "release", "", "", "Ann")) // too early: nobody set it up
	w.settle()
	w.want(p, order.Synced, `The custom field "Web order" of Sales receipt `, "qbridge release")
	if again := w.order(p); again.Reason != first.Reason {
		t.Errorf("it says %q, then %q", first.Reason, again.Reason)
	}
	w.company.SetUpFormField("Web order")
	if acted := w.act(Action{Kind: ActRetry}, p); acted.Succeeded() != 1 {
		t.Errorf("%+v", acted.Results)
	}
	w.settle()
	w.once(p)
	w.wantFields(p, p.ID, worldStore)
	if o := w.order(p); o.Reason != "" || o.Cure != "" || slices.Contains(w.choices(p).Do, DoRelease) {
		t.Errorf("it still says %q, %q", o.Reason, o.Cure)
	}
	// nobody is bothered with the field of a document that is gone
	second := w.take(sim.KindPlain)[0]
	w.settle()
	w.once(second)
}

// A document whose custom fields we have set is not taken for changed by a person when it is to be undone.
func TestUndoOfDocumentWithCustomFields(t *testing.T) {
	w := newWorld(t, withFields("Web order", "Shop"))
	p := w.take(sim.KindPlain)[0]
	w.settle()
	w.wantFields(p, p.ID, worldStore)
	if _, err := w.b.Undo(w.ctx, UndoOf{Order: p.ID}, false, "Ann"); err != nil {
		t.Fatal(err)
	}
	w.settle()
	w.want(p, order.Held, "undone by Ann")
	check(t, w.b.Decide(w.ctx, p.ID, "release", "", "", "Ann"))
	w.settle()
	w.once(p)
	w.wantFields(p, p.ID, worldStore)
}

// A line names a custom field that is not set up: QuickBooks refuses the document, and the order says what to do; once it is set up the order goes out.
func TestLineCustomFieldThatIsNotSetUp(t *testing.T) {
	rules := worldRules + "\n[line-custom-fields]\nPart = \"sku\"\n"
	w := newWorld(t, worldOptions{rules: rules})
	p := w.take(sim.KindPlain)[0]
	w.settle()
	w.want(p, order.Attention, string(CauseRefused), "line-custom-fields", "Define Fields", "qbridge release")
	w.company.SetUpLineField("Part")
	check(t, w.b.Decide(w.ctx, p.ID, "release", "", "", "Ann"))
	w.settle()
	w.once(p)
	if last := w.writing(0); !strings.Contains(last[len(last)-1].document, "<DataExtName>Part</DataExtName>") {
		t.Errorf("its lines have no custom field: %s", last[len(last)-1].document)
	}
}
