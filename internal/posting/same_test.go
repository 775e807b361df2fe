package posting_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"qbridge/internal/order"
	"qbridge/internal/posting"
)

// samePlans are sales of every kind with the rules they are planned by, those
// whose reason names several things in the books among them.
func samePlans() map[string]setting {
	all := map[string]setting{}
	for name, o := range goldenOrders() {
		all[name] = setting{posting.Sale{Order: o}, rules(), lists()}
	}
	goods := func(sku, name string) setting {
		return setting{posting.Sale{Order: plain()}, rules(), lists()}.of(order.Line{SKU: sku, Name: name}, order.Line{SKU: "NEW-2", Name: "Second"})
	}
	all["two parents"], all["suggestions"], all["bundle"], all["inactive"] = goods("SUB-7", ""), goods("SUB7", "Enamel Mugs"), goods("BUNDLE", ""), goods("OLD-1", "")
	made := goods("NEW", "New")
	made.rules.MissingItem, made.rules.NewItemParent, made.rules.MissingMethod, made.rules.PaymentMethods = "make", "WS-M", "make", nil
	all["made"] = made
	for _, scheme := range []string{"first-last", "last-first", "company", "email", "job", "one"} {
		for name, o := range map[string]order.Order{"new": named("New", "Buyer", "new@example.com"), "two of an e-mail": named("Two", "One", "two@example.com"),
			"vendor": named("Acme", "", "a@example.com"), "promised": named("Pat", "Promised", "pat@example.com"), "namesake": named("Pat", "Promised", "other@example.com")} {
			s := setting{posting.Sale{Order: o}, rules(), lists()}
			s.rules.CustomerName = scheme
			shop(&s)
			s.lists.Names = append(s.lists.Names,
				posting.Name{ListID: "N-1", Name: "Buyer,  New", FullName: "Buyer,  New", Kind: "Customer", Active: true},
				posting.Name{ListID: "N-2", Name: "buyer, new", FullName: "buyer, new", Kind: "Customer", Active: true})
			s.lists.Promised = []posting.Promise{{Key: "customer:pat@example.com", Kind: "Customer", Name: "Pat Promised"}, {Key: "customer:acme@example.com", Kind: "Customer", Name: "Acme (web)"}, {Key: "item:x", Kind: "ItemService", Name: "X"}}
			all[scheme+", "+name] = s
		}
	}
	return all
}

// I7: the same Sale, Rules and Books give the same plan, to the letter: in every
// order of the lists, in every time zone, on every day.
func TestSamePlanEverywhere(t *testing.T) {
	plans := samePlans()
	want := map[string]string{}
	for name, s := range plans {
		want[name] = text(t, s.decide())
	}
	compare := func(where string, plan func(setting) posting.Plan) {
		t.Helper()
		for _, name := range slices.Sorted(maps.Keys(plans)) {
			if got := text(t, plan(plans[name])); got != want[name] {
				t.Errorf("%s, %s:\n%s\nwant\n%s", where, name, got, want[name])
			}
		}
	}
	for seed := range uint64(5) {
		r := rand.New(rand.NewPCG(seed, 7))
		compare(fmt.Sprint("lists shuffled by ", seed), func(s setting) posting.Plan {
			l := s.lists
			l.Accounts, l.Items, l.Names, l.Promised = shuffled(r, l.Accounts), shuffled(r, l.Items), shuffled(r, l.Names), shuffled(r, l.Promised)
			l.TaxCodes, l.PaymentMethods, l.ShipMethods = shuffled(r, l.TaxCodes), shuffled(r, l.PaymentMethods), shuffled(r, l.ShipMethods)
			return posting.Decide(s.sale, s.rules, posting.NewBooks(l))
		})
	}
	here := time.Local
	t.Cleanup(func() { time.Local = here })
	for _, hours := range []int{-12, 0, 14} {
		time.Local = time.FixedZone("elsewhere", hours*60*60)
		compare(fmt.Sprint("hours from UTC: ", hours), setting.decide)
	}
	synctest.Test(t, func(t *testing.T) { // its clock begins in the year 2000
		compare("years ago", setting.decide)
		time.Sleep(400 * 24 * time.Hour)
		compare("a year later", setting.decide)
	})
}

func shuffled[T any](r *rand.Rand, list []T) []T {
	list = slices.Clone(list)
	r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return list
}
