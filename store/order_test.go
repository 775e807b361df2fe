package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// saved keeps orders and returns what SaveOrder said.
func saved(t testing.TB, s *Store, in OrderIn) (what Saved) {
	t.Helper()
	write(t, s, func(tx *Tx) (err error) { what, err = tx.SaveOrder(in); return err })
	return what
}

func theOrder(t testing.TB, s *Store, key string) (o Order) {
	t.Helper()
	read(t, s, func(tx *Tx) error {
		var found bool
		var err error
		o, found, err = tx.Order("77", key)
		if !found {
			t.Errorf("order %s is gone", key)
		}
		return err
	})
	return o
}

// plan makes a plan for an order so that it need not be planned.
func plan(t testing.TB, s *Store, key, state string) {
	t.Helper()
	version := theOrder(t, s, key).Version
	write(t, s, func(tx *Tx) error { return tx.SetPlan("77", key, PlanIn{State: state, Plan: "{}", Version: version}) })
}

func events(t testing.TB, s *Store, key string) (notes []string) {
	t.Helper()
	read(t, s, func(tx *Tx) error {
		all, err := tx.History("77", key)
		for _, h := range all {
			notes = append(notes, h.Who+" "+h.Event+" "+h.Note)
		}
		return err
	})
	return notes
}

func TestOrderKeepsEveryColumn(t *testing.T) {
	s, c := shop(t)
	in := OrderIn{CompanyID: 1, StoreID: "77", Key: "K1", ID: "XJ12H", Date: "2026-11-20", Customer: "Zoë Müller", Email: "z@example.com", Currency: "USD",
		Total: "10.10", Due: "9.10", PlacedAt: c.now().Add(-time.Hour), ShopUpdated: c.now().Add(-time.Minute), Raw: []byte("{}"), ContentHash: "c", AccountingHash: "a"}
	if got := saved(t, s, in); got != SavedNew {
		t.Fatalf("saved: %s", got)
	}
	pulled := c.now()
	c.advance(123456 * time.Microsecond)
	write(t, s, func(tx *Tx) error {
		return errors.Join(
			tx.SetPlan("77", "K1", PlanIn{State: "ready", Cause: "c1", Reason: "r1", Cure: "h1", Plan: `{"a":1}`, Version: 1, Rules: 2, Books: 3}),
			tx.SetState("77", "K1", StateIn{State: "synced", Cause: "c", Reason: "r", Cure: "h", Document: "Sales receipt S1", TxnID: "T-1", BooksTotal: "10.10", Who: "ann"}),
			tx.SetState("77", "K1", StateIn{State: "attention", Cause: "c", Reason: "r", Cure: "h"})) // keeps the document
	})
	want := Order{CompanyID: 1, StoreID: "77", Key: "K1", ID: "XJ12H", Version: 1, State: "attention", StateSince: c.now(), Cause: "c", Reason: "r", Cure: "h",
		Date: "2026-11-20", Customer: "Zoë Müller", Email: "z@example.com", Currency: "USD", Total: "10.10", Due: "9.10", Document: "Sales receipt S1",
		TxnID: "T-1", BooksTotal: "10.10", Generation: 1, Plan: `{"a":1}`, PlanVersion: 1, PlanRules: 2, PlanBooks: 3,
		PlacedAt: in.PlacedAt, ShopUpdated: in.ShopUpdated, PulledAt: pulled}
	if diff := cmp.Diff(want, theOrder(t, s, "K1")); diff != "" {
		t.Error(diff)
	}
	wantEvents := []string{"qbridge pulled pulled from the shop", "qbridge state ready: r1", "ann state synced: r", "qbridge state attention: r"}
	if diff := cmp.Diff(wantEvents, events(t, s, "K1")); diff != "" {
		t.Error(diff)
	}
}

// I4: every version the shop gave can be shown later.
func TestSaveOrder(t *testing.T) {
	version := func(minutes int, content, accounting string) OrderIn {
		in := orderIn("A", "1.00", minutes)
		in.Raw, in.ContentHash, in.AccountingHash = []byte(content), content, accounting
		return in
	}
	tests := []struct {
		name        string
		next        OrderIn
		want        Saved
		wantVersion int64
		wantToPlan  bool
	}{
		{"the same again", version(5, "c1", "a1"), SavedSame, 1, false},
		{"the same, touched later", version(9, "c1", "a1"), SavedSame, 1, false},
		{"a late answer", version(4, "c0", "a0"), SavedOlder, 1, false},
		{"a note of the merchant", version(6, "c2", "a1"), SavedQuiet, 2, false},
		{"a refund", version(6, "c2", "a2"), SavedChanged, 2, true},
		{"a refund in the same second", version(5, "c2", "a2"), SavedChanged, 2, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s, _ := shop(t)
			saved(t, s, version(5, "c1", "a1"))
			plan(t, s, "A", "ready")
			write(t, s, func(tx *Tx) error {
				_, _, err := tx.PlanRow(Row{CompanyID: 1, Key: "A/receipt", Kind: "SalesReceipt", StoreID: "77", OrderKey: "A", OrderVersion: 1, Body: "{}"})
				return err
			})
			if got := saved(t, s, test.next); got != test.want {
				t.Fatalf("saved: %s, want %s", got, test.want)
			}
			o := theOrder(t, s, "A")
			if o.Version != test.wantVersion || o.ToPlan != test.wantToPlan || o.State != "ready" {
				t.Errorf("version %d, to plan %v, %s", o.Version, o.ToPlan, o.State)
			}
			read(t, s, func(tx *Tx) error {
				versions, err := tx.Versions("77", "A")
				if err != nil || int64(len(versions)) != test.wantVersion {
					t.Fatalf("versions %v (%v)", versions, err)
				}
				for i, want := range []string{"c1", test.next.ContentHash}[:test.wantVersion] {
					raw, err := tx.RawOrder("77", "A", int64(i)+1)
					if string(raw) != want || err != nil || versions[i].ContentHash != want {
						t.Errorf("version %d is %q (%v)", i+1, raw, err)
					}
				}
				sendable, err := tx.Sendable(1, tx.Now(), 10)
				if (len(sendable) == 0) != test.wantToPlan { // what changed is not posted as it was
					t.Errorf("sendable: %v", sendable)
				}
				for _, r := range sendable {
					if r.OrderVersion != o.Version || o.PlanVersion != o.Version {
						t.Errorf("the plan of version %d and the document of version %d look stale beside version %d", o.PlanVersion, r.OrderVersion, o.Version)
					}
				}
				return err
			})
		})
	}
}

func TestSameContentMovesTheShopsTime(t *testing.T) {
	s, _ := shop(t)
	saved(t, s, orderIn("A", "1.00", 1))
	same := orderIn("A", "1.00", 1)
	same.ShopUpdated = same.ShopUpdated.Add(time.Hour)
	saved(t, s, same)
	if got := saved(t, s, orderIn("A", "2.00", 30)); got != SavedOlder {
		t.Errorf("an answer from between the two: %s, want older", got)
	}
}

func TestRawOrderOfNoVersion(t *testing.T) {
	s, _ := shop(t)
	read(t, s, func(tx *Tx) error {
		if _, err := tx.RawOrder("77", "A", 1); !errors.Is(err, ErrNotFound) {
			t.Errorf("got %v", err)
		}
		return nil
	})
}

func TestSetPlanRefusesAnOldVersion(t *testing.T) {
	s, _ := shop(t)
	saved(t, s, orderIn("A", "1.00", 1))
	saved(t, s, orderIn("A", "2.00", 2))
	err := s.Write(context.Background(), func(tx *Tx) error { return tx.SetPlan("77", "A", PlanIn{State: "ready", Version: 1}) })
	if !errors.Is(err, ErrChanged) {
		t.Errorf("got %v", err)
	}
	if o := theOrder(t, s, "A"); o.State != "new" || !o.ToPlan {
		t.Errorf("the order is %s, to plan %v", o.State, o.ToPlan)
	}
	err = s.Write(context.Background(), func(tx *Tx) error { return tx.SetPlan("77", "absent", PlanIn{}) })
	if !errors.Is(err, ErrNotFound) {
		t.Errorf("an absent order: %v", err)
	}
}

func TestHistoryOnlyOfWhatChanges(t *testing.T) {
	s, c := shop(t)
	saved(t, s, orderIn("A", "1.00", 1))
	for _, in := range []PlanIn{{State: "waiting", Reason: "not paid"}, {State: "waiting", Reason: "not paid"}, {State: "waiting", Reason: "no rules"}} {
		c.advance(time.Minute)
		in.Version = 1
		write(t, s, func(tx *Tx) error { return tx.SetPlan("77", "A", in) })
	}
	want := []string{"qbridge pulled pulled from the shop", "qbridge state waiting: not paid", "qbridge state waiting: no rules"}
	if diff := cmp.Diff(want, events(t, s, "A")); diff != "" {
		t.Error(diff)
	}
	if since := theOrder(t, s, "A").StateSince; !since.Equal(c.now().Add(-2 * time.Minute)) {
		t.Errorf("waiting since %v", since)
	}
}

func TestListings(t *testing.T) {
	s, _ := shop(t)
	write(t, s, func(tx *Tx) error {
		if _, err := tx.AddCompany(Company{Name: "Other", UserName: "other"}); err != nil {
			return err
		}
		return tx.AddStore(Shop{ID: "88", CompanyID: 2})
	})
	for i, key := range []string{"B", "A", "C"} { // placed in this order
		in := orderIn(key, "1.00", 1)
		in.PlacedAt = in.PlacedAt.Add(time.Duration(i) * time.Millisecond)
		if key == "C" {
			in.CompanyID, in.StoreID, in.ID = 2, "88", "A"
		}
		saved(t, s, in)
	}
	plan(t, s, "B", "ready")
	keys := func(orders []Order) (keys string) {
		for _, o := range orders {
			keys += o.Key
		}
		return keys
	}
	each := func(company int64, state string) func(*Tx) ([]Order, error) {
		return func(tx *Tx) (all []Order, err error) {
			err = tx.EachOrder(company, state, func(o Order) error { all = append(all, o); return nil })
			return all, err
		}
	}
	tests := []struct {
		name string
		ask  func(*Tx) ([]Order, error)
		want string
	}{
		{"all, newest first", each(0, ""), "CAB"},
		{"of a company", each(1, ""), "AB"},
		{"in a state", each(0, "new"), "CA"},
		{"of a company in a state", each(1, "ready"), "B"},
		{"by a number two have", func(tx *Tx) ([]Order, error) { return tx.OrdersByNumber("A") }, "CA"},
		{"by a number none has", func(tx *Tx) ([]Order, error) { return tx.OrdersByNumber("a") }, ""},
		{"to plan", func(tx *Tx) ([]Order, error) { return tx.OrdersToPlan(1, 10) }, "A"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			read(t, s, func(tx *Tx) error {
				orders, err := test.ask(tx)
				if got := keys(orders); got != test.want {
					t.Errorf("got %s, want %s", got, test.want)
				}
				return err
			})
		})
	}
	t.Run("a listing within a listing", func(t *testing.T) {
		n := 0
		read(t, s, func(tx *Tx) error {
			return tx.EachOrder(0, "", func(Order) error {
				return tx.EachOrder(0, "", func(Order) error { n++; return nil })
			})
		})
		if n != 9 {
			t.Errorf("%d of 9", n)
		}
	})
	t.Run("an error ends it", func(t *testing.T) {
		enough := errors.New("enough")
		n := 0
		err := s.Read(context.Background(), func(tx *Tx) error {
			return tx.EachOrder(0, "", func(Order) error { n++; return enough })
		})
		if !errors.Is(err, enough) || n != 1 {
			t.Errorf("%d orders, then %v", n, err)
		}
	})
}

// I1: sums are exact. 0.1 ten times is 1.0 and not 0.9999999999999999, and sums beyond 2^53 keep their cents.
func TestSumAllOrders(t *testing.T) {
	s, _ := shop(t)
	for i := range 10 {
		saved(t, s, orderIn(fmt.Sprint("dime", i), "0.10", 1))
	}
	saved(t, s, orderIn("big", "90071992547409930.01", 1))
	saved(t, s, orderIn("big too", "0.02", 1))
	plan(t, s, "big", "ready")
	plan(t, s, "big too", "ready")
	yen := orderIn("yen", "1500", 1)
	yen.Currency = "JPY"
	saved(t, s, yen)
	unreadable := orderIn("unreadable", "", 1)
	unreadable.Currency = ""
	saved(t, s, unreadable)
	want := []StateSum{{"new", "", 1, "0.00"}, {"new", "JPY", 1, "1500.00"}, {"new", "USD", 10, "1.00"}, {"ready", "USD", 2, "90071992547409930.03"}}
	for _, companyID := range []int64{0, 1} {
		read(t, s, func(tx *Tx) error {
			got, err := tx.SumOrders(companyID)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
			return err
		})
	}
	saved(t, s, orderIn("bad", "1,50", 1))
	if err := s.Read(context.Background(), func(tx *Tx) error { _, err := tx.SumOrders(1); return err }); err == nil || !strings.Contains(err.Error(), "1,50") {
		t.Errorf("a total that is no amount: %v", err)
	}
}

// A state about an older version of an order has the order planned again.
func TestStateOfVersion(t *testing.T) {
	for version, want := range map[int64]bool{0: false, 1: true, 2: false} {
		s, _ := shop(t)
		saved(t, s, orderIn("A", "1.00", 1))
		saved(t, s, orderIn("A", "2.00", 2))
		write(t, s, func(tx *Tx) error {
			return errors.Join(tx.SetPlan("77", "A", PlanIn{State: "sent", Version: 2}), tx.SetState("77", "A", StateIn{State: "synced", Version: version}))
		})
		if got := theOrder(t, s, "A").ToPlan; got != want {
			t.Errorf("version %d: to plan %v, want %v", version, got, want)
		}
	}
}

// Replanning touches an order only while its fate is open.
func TestReplan(t *testing.T) {
	tests := []struct {
		state, row string
		want       bool
	}{
		{"new", "", true}, {"waiting", "", true}, {"ready", "", true}, {"attention", "", true}, {"excluded", "", true},
		{"queued", "planned", true}, {"attention", "refused", true}, {"attention", "blocked", true},
		{"queued", "sent", false}, {"attention", "in_doubt", false}, {"attention", "unsure", false}, {"ready", "unread", false},
		{"held", "", true}, {"attention", "done", true}, {"ready", "done", true}, {"synced", "done", false}, {"pending", "done", false}, {"sent", "", false}, {"in_doubt", "", false}, {"pending", "", false}, {"synced", "", false},
	}
	s, _ := shop(t)
	for i, test := range tests {
		key := fmt.Sprint(i)
		saved(t, s, orderIn(key, "1.00", 1))
		plan(t, s, key, test.state)
		if test.row == "" {
			continue
		}
		write(t, s, func(tx *Tx) error {
			id, _, err := tx.PlanRow(Row{CompanyID: 1, Key: key, StoreID: "77", OrderKey: key})
			return errors.Join(err, tx.SetRow(id, RowUpdate{State: test.row}))
		})
	}
	write(t, s, func(tx *Tx) error {
		version, err := tx.AddRules(1, "mode = 'post'", "ann")
		if version != 1 {
			t.Errorf("version %d", version)
		}
		return err
	})
	replanAll(t, s)
	for i, test := range tests {
		if got := theOrder(t, s, fmt.Sprint(i)).ToPlan; got != test.want {
			t.Errorf("%s with a document %q: to plan %v, want %v", test.state, test.row, got, test.want)
		}
	}
	read(t, s, func(tx *Tx) error {
		history, err := tx.CompanyHistory(1, 1)
		if len(history) != 1 || history[0].Note != "rules version 1 by ann" || history[0].Key != "" {
			t.Errorf("history %v", history)
		}
		return err
	})
}

// replanAll carries out Replan and returns how many transactions that took.
func replanAll(t *testing.T, s *Store) (steps int) {
	t.Helper()
	for more := true; more; steps++ {
		write(t, s, func(tx *Tx) (err error) { more, err = tx.ReplanSome(1); return err })
	}
	return steps
}

// Nothing that was planned before goes out while Replan is carried out, wherever that stops; and no transaction grows with the orders (I9).
func TestReplanInSteps(t *testing.T) {
	s, c := shop(t)
	const orders = 2*replanAtOnce + 1
	var ids []int64
	for i := range orders {
		key := fmt.Sprintf("%03d", i)
		saved(t, s, orderIn(key, "1.00", 1))
		plan(t, s, key, "queued")
		ids = append(ids, planRow(t, s, key, key))
	}
	customer := planRow(t, s, "customer", "")
	sendable := func() (n int) {
		write(t, s, func(tx *Tx) error {
			rows, err := tx.Sendable(1, c.now(), orders+1)
			n = len(rows)
			return err
		})
		return n
	}
	if n := sendable(); n != orders+1 {
		t.Fatalf("%d rows may go out before", n)
	}
	write(t, s, func(tx *Tx) error { return tx.Replan(1, "new rules") })
	for more := true; more; {
		if n := sendable(); n != 0 { // the customer neither: perhaps nobody wants it any more
			t.Errorf("%d rows may go out meanwhile", n)
		}
		err := s.Write(context.Background(), func(tx *Tx) error {
			return errors.Join(tx.AddSet(Set{ID: "M", CompanyID: 1, Ticket: "t", Kind: "write"}), tx.HandOut("M", ids[orders-1:]))
		})
		if !errors.Is(err, ErrChanged) {
			t.Errorf("a document planned before was handed out meanwhile: %v", err)
		}
		before := countToPlan(t, s)
		write(t, s, func(tx *Tx) (err error) { more, err = tx.ReplanSome(1); return err })
		if n := countToPlan(t, s) - before; n > replanAtOnce {
			t.Errorf("one transaction took %d orders", n)
		}
	}
	if n := countToPlan(t, s); n != orders {
		t.Errorf("%d of %d orders are to be planned again", n, orders)
	}
	for i := range orders {
		plan(t, s, fmt.Sprintf("%03d", i), "queued")
	}
	if n := sendable(); n != orders+1 {
		t.Errorf("%d rows may go out when all are planned again", n)
	}
	// A second one begins anew, also with the orders that the first had gone through.
	write(t, s, func(tx *Tx) error {
		_, err := tx.ReplanSome(1)
		return errors.Join(err, tx.Replan(1, "rules"))
	})
	write(t, s, func(tx *Tx) error { _, err := tx.ReplanSome(1); return err })
	plan(t, s, "000", "queued")
	write(t, s, func(tx *Tx) error { return tx.Replan(1, "other rules") })
	replanAll(t, s)
	if !theOrder(t, s, "000").ToPlan {
		t.Error("the second Replan left out an order that the first had gone through")
	}
	write(t, s, func(tx *Tx) error { return tx.HandOut("N", []int64{customer}) })
}

func countToPlan(t *testing.T, s *Store) (n int) {
	t.Helper()
	read(t, s, func(tx *Tx) error {
		orders, err := tx.OrdersToPlan(1, 1000)
		n = len(orders)
		return err
	})
	return n
}

func TestRules(t *testing.T) {
	s, _ := shop(t)
	write(t, s, func(tx *Tx) error {
		if version, err := tx.NewestRules(1); version != 0 || err != nil {
			t.Errorf("without rules: %d %v", version, err)
		}
		if toml, err := tx.Rules(1, 1); toml != "" || err != nil {
			t.Errorf("without rules: %q %v", toml, err)
		}
		_, e1 := tx.AddRules(1, "a = 1", "ann")
		_, e2 := tx.AddRules(1, "a = 2", "bob")
		version, e3 := tx.NewestRules(1)
		toml, e4 := tx.Rules(1, version)
		if version != 2 || toml != "a = 2" {
			t.Errorf("rules %d %q", version, toml)
		}
		return errors.Join(e1, e2, e3, e4)
	})
}

func TestDecisions(t *testing.T) {
	s, c := shop(t)
	saved(t, s, orderIn("A", "1.00", 1))
	plan(t, s, "A", "attention")
	var first, second int64
	write(t, s, func(tx *Tx) (err error) {
		first, err = tx.AddDecision(Decision{StoreID: "77", Key: "A", Kind: "item", Subject: "SKU-1", Value: "Tea", Who: "ann"})
		return err
	})
	if !theOrder(t, s, "A").ToPlan {
		t.Error("a decision does not lead to a new plan")
	}
	plan(t, s, "A", "ready")
	write(t, s, func(tx *Tx) (err error) {
		second, err = tx.AddDecision(Decision{StoreID: "77", Key: "A", Kind: "hold", Who: "bob"})
		return errors.Join(err, tx.WithdrawDecision(first, "qbridge"))
	})
	if err := s.Write(context.Background(), func(tx *Tx) error { return tx.WithdrawDecision(first, "qbridge") }); !errors.Is(err, ErrNotFound) {
		t.Errorf("withdrawn twice: %v", err)
	}
	read(t, s, func(tx *Tx) error {
		got, err := tx.Decisions("77", "A")
		if diff := cmp.Diff([]Decision{{ID: second, StoreID: "77", Key: "A", Kind: "hold", Who: "bob", At: c.now()}}, got); diff != "" {
			t.Error(diff)
		}
		return err
	})
	if !theOrder(t, s, "A").ToPlan {
		t.Error("a withdrawn decision does not lead to a new plan")
	}
	want := "ann decision decided item SKU-1 Tea"
	if got := events(t, s, "A")[2]; got != want {
		t.Errorf("history %q, want %q", got, want)
	}
}

// An order is found by its own day and by those of its refunds, in the shop and in the books; a fee's cheque is no refund.
func TestOrdersMoved(t *testing.T) {
	s, _ := shop(t)
	for i, o := range []struct {
		key, date string
		refunds   []string
	}{{"A", "2026-10-01", []string{"2026-11-10", "2026-12-10"}}, {"B", "2026-11-02", nil}, {"C", "2026-10-03", nil}, {"D", "", nil}, {"E", "2026-10-05", nil}, {"F", "2026-10-06", []string{"2026-10-30"}}} {
		in := orderIn(o.key, "10.00", 1)
		in.Date, in.PlacedAt, in.Search = o.date, time.Date(2026, 10, 1, i, 0, 0, 0, time.UTC), Search{RefundDays: o.refunds}
		saved(t, s, in)
	}
	write(t, s, func(tx *Tx) error {
		var failed error
		for key, row := range map[string][2]string{"C": {"CreditMemo", `{"Date":"2026-11-20"}`}, "E": {"Check", `{"Date":"2026-11-20","FeeAccount":{"Name":"Fees"}}`}, "B": {"SalesReceipt", `{"Date":"2027-01-01"}`}} {
			_, _, err := tx.PlanRow(Row{CompanyID: 1, Key: "document:" + key, Kind: row[0], StoreID: "77", OrderKey: key, OrderVersion: 1, Body: row[1]})
			failed = errors.Join(failed, err)
		}
		return failed
	})
	for _, test := range []struct{ name, from, to, want string }{
		{"by its own day or a refund's", "2026-11-02", "2026-11-30", "ABCD"},
		{"the second refund", "2026-12-10", "2026-12-10", "AD"},
		{"two days beside a refund: the time zone may have changed", "2026-11-01", "2026-11-01", "DF"},
		{"no day at all", "2027-01-01", "2027-01-31", "D"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := ""
			read(t, s, func(tx *Tx) error {
				return tx.OrdersMoved(1, test.from, test.to, func(o Order) error { got += o.Key; return nil })
			})
			if got != test.want {
				t.Errorf("found %s, not %s", got, test.want)
			}
		})
	}
	in := orderIn("A", "10.00", 2) // the shop takes its refunds back
	in.Date, in.PlacedAt = "2026-10-01", time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)
	saved(t, s, in)
	read(t, s, func(tx *Tx) error {
		plan := ""
		err := tx.rows("explain", "EXPLAIN QUERY PLAN SELECT "+orderColumns+" FROM orders WHERE "+sqlOrdersMoved+" ORDER BY placed_at, n", []any{1, "2026-12-01", "2026-12-31", 0}, func(rows *sql.Rows) error {
			var id, parent, unused int
			var step string
			err := rows.Scan(&id, &parent, &unused, &step)
			plan += step + "\n"
			return err
		})
		if !strings.Contains(plan, "SEARCH refund_day USING PRIMARY KEY (day>? AND day<?)") || !strings.Contains(plan, "USING INDEX orders_shown (company_id=?)") || strings.Contains(plan, "TEMP B-TREE") {
			t.Errorf("orders are looked for by\n%s", plan)
		}
		return errors.Join(err, tx.OrdersMoved(1, "2026-12-01", "2026-12-31", func(o Order) error {
			if o.Key == "A" {
				t.Error("found by a refund that the shop has taken back")
			}
			return nil
		}))
	})
}
