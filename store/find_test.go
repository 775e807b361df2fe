package store

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
)

// findable keeps five orders, A the oldest, that differ in what they can be found by.
func findable(t testing.TB) *Store {
	s, _ := shop(t)
	first := time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC)
	for i, o := range []struct{ key, state, date, method, total, text string }{
		{"A", "synced", "2026-11-01", "Visa", "10.10", "A-1001 Ann Lee ann@example.com TEA-1 Green tea 1Z999"},
		{"B", "synced", "2026-11-02", "PayPal", "20.20", "B-1002 Bob Müller bob@example.org TEA-2 Black tea"},
		{"C", "ready", "2026-11-03", "Visa", "30.30", "C-1003 Ann Miller am@example.com POT/7 Tea pot"},
		{"D", "attention", "", "", "", "D-1004"},
		{"E", "ready", "2026-11-05", "Visa", "1010.00", "E-1005 Eve \"O'Neil\" TEA-1"},
	} {
		in := orderIn(o.key, o.total, 1)
		in.Date, in.Due, in.PlacedAt, in.Search = o.date, o.total, first.AddDate(0, 0, i), Search{Method: o.method, Text: o.text}
		saved(t, s, in)
		plan(t, s, o.key, o.state)
	}
	write(t, s, func(tx *Tx) error {
		id, _, e1 := tx.PlanRow(Row{CompanyID: 1, Key: "document:A", Kind: "SalesReceipt", StoreID: "77", OrderKey: "A", OrderVersion: 1, Name: "S01QA", Body: "{}"})
		_, e2 := tx.AddDecision(Decision{StoreID: "77", Key: "C", Kind: "tag", Value: "gift", Who: "ann"})
		return errors.Join(e1, e2, tx.SetRow(id, RowUpdate{State: "done", RecordID: "1A2B-77"}))
	})
	return s
}

func foundKeys(t testing.TB, s *Store, f Find) (keys string) {
	t.Helper()
	f.CompanyID = 1
	read(t, s, func(tx *Tx) error {
		all, err := tx.FindOrders(f, Place{}, 100)
		var counted, summed int64
		for _, o := range all {
			keys += o.Key
		}
		// I1: what is counted is what is listed.
		sums, err2 := sumOrders(tx, f)
		for _, sum := range sums {
			summed += sum.Count
		}
		numbers, err3 := tx.FoundNumbers(f)
		counted = int64(len(numbers))
		if counted != int64(len(all)) || summed != counted {
			t.Errorf("%d listed, %d numbers, %d summed", len(all), counted, summed)
		}
		return errors.Join(err, err2, err3)
	})
	return keys
}

// sumOrders are the sums of a page.
func sumOrders(tx *Tx, f Find) ([]StateSum, error) {
	state := f.State
	_, sums, all, err := tx.FindPage(f, Place{}, 1)
	if err == nil && !all {
		err = errors.New("there are no sums")
	}
	return slices.DeleteFunc(sums, func(s StateSum) bool { return state != "" && s.State != state }), err
}

func TestFindOrders(t *testing.T) {
	s := findable(t)
	for name, test := range map[string]struct {
		find Find
		want string
	}{
		"all":                        {Find{}, "EDCBA"},
		"state":                      {Find{State: "ready"}, "EC"},
		"from":                       {Find{From: "2026-11-03"}, "EC"},
		"to":                         {Find{To: "2026-11-02"}, "BA"},
		"to the end of time":         {Find{To: "9999-12-31"}, "ECBA"},
		"from its beginning":         {Find{From: "0000-01-01"}, "ECBA"},
		"one day":                    {Find{From: "2026-11-02", To: "2026-11-02"}, "B"},
		"shop":                       {Find{StoreID: "77"}, "EDCBA"},
		"another shop":               {Find{StoreID: "78"}, ""},
		"method":                     {Find{Method: "Visa"}, "ECA"},
		"method and state":           {Find{Method: "Visa", State: "ready"}, "EC"},
		"tag":                        {Find{Tag: "gift"}, "C"},
		"number":                     {Find{Text: "B-1002"}, "B"},
		"beginning of a number":      {Find{Text: "c-10"}, "C"},
		"name":                       {Find{Text: "ann"}, "CA"},
		"two words":                  {Find{Text: "lee ann"}, "A"},
		"without its accent":         {Find{Text: "muller"}, "B"},
		"e-mail":                     {Find{Text: "ann@example.com"}, "A"},
		"domain":                     {Find{Text: "example.com"}, "CA"},
		"SKU":                        {Find{Text: "tea-1"}, "EA"},
		"SKU with a path":            {Find{Text: "POT/7"}, "C"},
		"item":                       {Find{Text: "black tea"}, "B"},
		"tracking number":            {Find{Text: "1z99"}, "A"},
		"amount":                     {Find{Text: "10.10"}, "A"},
		"amount with signs":          {Find{Text: "$1,010.00"}, "E"},
		"French amount":              {Find{Text: "30,30"}, "C"},
		"French thousands, as shown": {Find{Text: "1\u202f010,00"}, "E"},
		"French thousands, as typed": {Find{Text: "1 010,00"}, "E"},
		"whole amount":               {Find{Text: "1010"}, "E"},
		"QuickBooks number":          {Find{Text: "s01qa"}, "A"},
		"TxnID":                      {Find{Text: "1a2b-77"}, "A"},
		"text and state":             {Find{Text: "ann", State: "ready"}, "C"},
		"nothing":                    {Find{Text: "zebra"}, ""},
		"signs alone":                {Find{Text: "-- *"}, ""},
		"blanks alone":               {Find{Text: "  "}, "EDCBA"},
		"the language of the search": {Find{Text: `ann OR text:bob NEAR(`}, ""},
		"quotes":                     {Find{Text: `"o'neil"`}, "E"},
		"a NUL":                      {Find{Text: "ann\x00"}, "CA"},
		"a thousand words":           {Find{Text: strings.Repeat("ann ", 1000)}, "CA"},
		"a word again and again":     {Find{Text: strings.Repeat("ann ", 1000) + "lee"}, "A"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := foundKeys(t, s, test.find); got != test.want {
				t.Errorf("found %q, want %q", got, test.want)
			}
		})
	}
}

// I1
func TestSumOrders(t *testing.T) {
	s := findable(t)
	sum := func(f Find) (all []string) {
		f.CompanyID = 1
		read(t, s, func(tx *Tx) error {
			sums, err := sumOrders(tx, f)
			for _, s := range sums {
				all = append(all, fmt.Sprint(s.State, " ", s.Count, " ", s.Sum, " ", s.Currency))
			}
			return err
		})
		return all
	}
	if diff := cmp.Diff([]string{"attention 1 0.00 USD", "ready 2 1040.30 USD", "synced 2 30.30 USD"}, sum(Find{})); diff != "" {
		t.Error(diff)
	}
	// What SQLite can't add exactly is added one by one.
	for key, total := range map[string]string{"F": "12345678901234.56", "G": "0.125", "H": "7", "I": "-1.05"} {
		in := orderIn(key, total, 1)
		if key == "H" {
			in.Currency = "JPY"
		}
		saved(t, s, in)
	}
	want := []string{"attention 1 0.00 USD", "new 1 7.00 JPY", "new 3 12345678901233.635 USD", "ready 2 1040.30 USD", "synced 2 30.30 USD"}
	if diff := cmp.Diff(want, sum(Find{})); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"ready 1 30.30 USD", "synced 1 10.10 USD"}, sum(Find{Text: "ann"})); diff != "" {
		t.Error(diff)
	}
}

// I1: what the triggers keep is what is there, through everything that happens to an order, under every filter; and what is looked for
// in many orders is found as in few.
func TestSumsFollowTheOrders(t *testing.T) {
	s := findable(t)
	exact := func(what string, f Find) {
		t.Helper()
		f.CompanyID = 1
		read(t, s, func(tx *Tx) error {
			kept, e1 := sumOrders(tx, f)
			left, e3 := tx.sift(f, 1)
			where, args := f.where(left)
			counted, e2 := tx.sumTotals("SELECT state, currency, total FROM orders WHERE "+where, args...)
			for i := range counted {
				counted[i].Sum = decimal.RequireFromString(counted[i].Sum).StringFixed(3)
			}
			for i := range kept {
				kept[i].Sum = decimal.RequireFromString(kept[i].Sum).StringFixed(3)
			}
			if diff := cmp.Diff(counted, kept); diff != "" {
				t.Errorf("%s, %+v: %s", what, f, diff)
			}
			return errors.Join(e1, e2, e3)
		})
	}
	all := func(what string) {
		t.Helper()
		for _, f := range []Find{{}, {State: "ready"}, {From: "2026-11-02"}, {To: "2026-11-04"}, {StoreID: "77"}, {Method: "Visa"}, {Tag: "gift"}, {Text: "tea"}, {Text: "ann", Method: "Visa"}} {
			exact(what, f)
		}
	}
	all("at first")
	change := func(key, total, currency, date, method string) {
		in := orderIn(key, total, 9)
		in.Currency, in.Date, in.Search = currency, date, Search{Method: method, Text: "tea"}
		saved(t, s, in)
	}
	change("A", "0.125", "USD", "2026-11-01", "Visa")
	all("an amount that SQLite can't add")
	change("B", "20.20", "CAD", "2026-11-09", "Cash")
	all("another currency, day and method")
	change("A", "3.00", "USD", "2026-11-01", "Visa")
	all("an amount that it can add again")
	for _, state := range []string{"sent", "synced", "attention"} {
		write(t, s, func(tx *Tx) error { return tx.SetState("77", "C", StateIn{State: state}) })
		all(state)
	}
}

// What is in nearly all orders is listed as what is in few; only its sums are left out, and only when the other filters leave many too.
func TestFindInMany(t *testing.T) {
	s, _ := shop(t)
	const n = MostSummed + 10
	for from := 0; from < n; from += 500 {
		write(t, s, func(tx *Tx) error {
			for i := from; i < min(from+500, n); i++ {
				in := orderIn(fmt.Sprint(i), "1.10", 1)
				in.PlacedAt, in.Search = in.PlacedAt.Add(time.Duration(i)*time.Second), Search{Method: "Visa", Text: "tea"}
				if i < 20 {
					in.Search.Method = "Cheque"
				}
				if _, err := tx.SaveOrder(in); err != nil {
					return err
				}
				if i%10 == 0 {
					if _, err := tx.AddDecision(Decision{StoreID: "77", Key: in.Key, Kind: "tag", Value: "gift", Who: "ann"}); err != nil {
						return err
					}
				}
				if i%1000 == 7 {
					if err := tx.SetState("77", in.Key, StateIn{State: "held"}); err != nil {
						return err
					}
				}
			}
			return nil
		})
	}
	page := func(f Find, after Place, limit int) (found []Found, sums []StateSum, all bool) {
		t.Helper()
		f.CompanyID = 1
		read(t, s, func(tx *Tx) (err error) {
			found, sums, all, err = tx.FindPage(f, after, limit)
			return err
		})
		return found, sums, all
	}
	first, sums, all := page(Find{Text: "tea"}, Place{}, 2)
	next, _, _ := page(Find{Text: "tea"}, Place{first[1].PlacedAt, first[1].N}, 1)
	if first[0].Key != fmt.Sprint(n-1) || next[0].Key != fmt.Sprint(n-3) || all || sums != nil {
		t.Errorf("found %s, then %s; %v %v", first[0].Key, next[0].Key, sums, all)
	}
	held, sums, all := page(Find{Text: "tea", State: "held"}, Place{}, 100)
	if len(held) != 6 || all || sums != nil {
		t.Errorf("%d held; %v %v", len(held), sums, all)
	}
	few, sums, all := page(Find{Text: "tea", Method: "Cheque"}, Place{}, 100)
	if diff := cmp.Diff([]StateSum{{"held", "USD", 1, "1.10"}, {"new", "USD", 19, "20.90"}}, sums); diff != "" || len(few) != 20 || !all {
		t.Errorf("%d by cheque; %v %s", len(few), all, diff)
	}
	write(t, s, func(tx *Tx) error { // a tag that nearly every order has
		err := tx.SetTag(Tag{Name: "seen", MadeBy: "eve"})
		_, err2 := tx.exec("tag all", "INSERT INTO order_tag SELECT n, 'seen' FROM orders")
		return errors.Join(err, err2)
	})
	signs, sums, all := page(Find{Text: "--", Tag: "seen"}, Place{}, 1)
	if len(signs) > 0 || len(sums) > 0 || !all {
		t.Errorf("by signs %d are found; %v %v", len(signs), all, sums)
	}
	_, sums, all = page(Find{}, Place{}, 1)
	if diff := cmp.Diff([]StateSum{{"held", "USD", 6, "6.60"}, {"new", "USD", n - 6, "5504.40"}}, sums); diff != "" || !all {
		t.Errorf("all orders: %v %s", all, diff)
	}
	// However few of the newest were sifted at first, the list goes on behind them.
	read(t, s, func(tx *Tx) error {
		for _, most := range []int{1, 100, n, n + 1} {
			for of, want := range map[Find]int{{}: n, {State: "held"}: 6, {Tag: "gift"}: 501, {Tag: "gift", State: "held"}: 0} {
				f, wantAll := of, most > n || of.State != "" && most > 6 // whatever their tags
				f.CompanyID, f.Text = 1, "tea"
				lowest, whole, e1 := tx.newest(f, most)
				left, e2 := tx.siftFrom(f, sieve{}, lowest)
				if !whole && errors.Is(e2, errFurtherBack) {
					e2 = nil
				}
				left.few = ""
				numbers, e3 := tx.walkBack(f, left, Place{}, n)
				if err := errors.Join(e1, e2, e3); err != nil || whole != wantAll || len(numbers) != want || !slices.IsSortedFunc(numbers, func(a, b int64) int { return int(b - a) }) {
					t.Errorf("%d sifted, %+v: %d from %d on, all %v: %v", most, of, len(numbers), lowest, whole, err)
				}
			}
		}
		return nil
	})
	// Those of one company alone are not all when there are two.
	write(t, s, func(tx *Tx) error {
		alone, e1 := tx.all(Find{CompanyID: 1, Text: "tea", State: "held"})
		_, e2 := tx.AddCompany(Company{Name: "Other", UserName: "other", PasswordHash: "x", FileID: "{2}"})
		beside, e3 := tx.all(Find{CompanyID: 1, Text: "tea"})
		if !alone || beside {
			t.Errorf("all are meant: %v, with another company %v", alone, beside)
		}
		return errors.Join(e1, e2, e3)
	})
	if _, sums, all := page(Find{Text: "tea"}, Place{}, 1); all || sums != nil {
		t.Errorf("with another company: %v", sums)
	}
	read(t, s, func(tx *Tx) error {
		everyone, e1 := tx.FoundNumbers(Find{CompanyID: 1, Text: "tea"})
		some, e2 := tx.FoundNumbers(Find{CompanyID: 1, Text: "tea", State: "new"})
		if len(everyone) != n || len(some) != n-6 {
			t.Errorf("%d numbers, of them new %d", len(everyone), len(some))
		}
		return errors.Join(e1, e2)
	})
}

func TestPagesOfOrders(t *testing.T) {
	s := findable(t)
	for range 2 { // two orders of one moment
		in := orderIn(fmt.Sprint("X", time.Now().UnixNano()), "1.00", 1)
		saved(t, s, in)
	}
	var seen []int64
	read(t, s, func(tx *Tx) error {
		after := Place{}
		for {
			page, err := tx.FindOrders(Find{CompanyID: 1}, after, 2)
			if err != nil || len(page) == 0 {
				return err
			}
			for _, o := range page {
				seen = append(seen, o.N)
			}
			last := page[len(page)-1]
			after = Place{last.PlacedAt, last.N}
		}
	})
	if diff := cmp.Diff([]int64{5, 4, 3, 2, 7, 6, 1}, seen); diff != "" {
		t.Error(diff)
	}
}

// What an order is found by follows the shop, also where nothing changes for the books.
func TestSearchFollowsTheShop(t *testing.T) {
	s := findable(t)
	again := func(version int, total, accounting, text string) {
		in := orderIn("A", total, version)
		in.AccountingHash, in.Search = accounting, Search{Method: "Cash", Text: text}
		saved(t, s, in)
	}
	again(2, "10.10", "A 10.10 1", "A-1001 parcel77")
	if got := foundKeys(t, s, Find{Text: "parcel77"}) + foundKeys(t, s, Find{Text: "1z999"}) + foundKeys(t, s, Find{Method: "Cash"}); got != "AA" {
		t.Errorf("after a tracking number: %s", got)
	}
	again(3, "11.11", "other", "A-1001")
	if got := foundKeys(t, s, Find{Text: "11.11"}) + foundKeys(t, s, Find{Text: "10.10"}); got != "A" {
		t.Errorf("after another total: %s", got)
	}
	read(t, s, func(tx *Tx) error {
		methods, err := tx.Methods(1)
		if diff := cmp.Diff([]string{"Cash", "PayPal", "Visa"}, methods); diff != "" {
			t.Error(diff)
		}
		return err
	})
}

// No list and no sum looks at all orders one by one, nor sorts them: I10. Few that are found by words are looked at by their numbers,
// however many others there are; for many an index alone is read.
func TestPlansOfFind(t *testing.T) {
	s := findable(t)
	explain := func(query string, args []any) (plan string) {
		read(t, s, func(tx *Tx) error {
			return tx.rows("explain", "EXPLAIN QUERY PLAN "+query, args, func(rows *sql.Rows) error {
				var id, parent, unused int
				var step string
				err := rows.Scan(&id, &parent, &unused, &step)
				plan += step + "\n"
				return err
			})
		})
		return plan
	}
	shown, state, one := "SEARCH orders USING COVERING INDEX orders_shown (company_id=?", "SEARCH orders USING COVERING INDEX orders_state (company_id=? AND state=?", "SEARCH orders USING INTEGER PRIMARY KEY (rowid=?)"
	for name, test := range map[string]struct {
		find Find
		left sieve
		want string
	}{
		"all":                {Find{}, sieve{}, shown},
		"state":              {Find{State: "ready"}, sieve{}, state},
		"days":               {Find{From: "2026-11-01", To: "2026-11-30"}, sieve{}, shown},
		"method":             {Find{Method: "Visa"}, sieve{}, shown},
		"shop and state":     {Find{StoreID: "77", State: "ready"}, sieve{}, state},
		"in many":            {Find{Text: "tea"}, sieve{many: true}, shown},
		"in many of a state": {Find{Text: "tea", State: "ready"}, sieve{many: true}, state},
		"in few":             {Find{Text: "tea", State: "ready", From: "2026-11-01"}, sieve{few: "[1,2]"}, one},
	} {
		t.Run(name, func(t *testing.T) {
			test.find.CompanyID = 1
			list := explain(test.find.numbers(test.left, Place{time.Now(), 7}))
			if !strings.Contains(list, test.want) || (test.want != one) != strings.Contains(list, "placed_at<?") {
				t.Errorf("the list:\n%s", list)
			}
			sums := explain(sumQuery(test.find))
			if !strings.Contains(sums, "SEARCH order_sum USING PRIMARY KEY (company_id=?") {
				t.Errorf("the sums:\n%s", sums)
			}
			found := explain(sqlFound, []any{"[1,2]"})
			if !strings.Contains(found, one) {
				t.Errorf("the orders of the page:\n%s", found)
			}
			for _, plan := range []string{list, sums, found} {
				for step := range strings.Lines(plan) {
					if strings.HasPrefix(step, "SCAN ") && !strings.Contains(step, "json_each VIRTUAL") || strings.Contains(step, "FOR GROUP BY") || strings.Contains(step, "FOR ORDER BY") && test.want != one && plan != found {
						t.Errorf("looks through everything:\n%s", plan)
					}
				}
			}
		})
	}
	for _, q := range (Find{CompanyID: 1, Text: "ann", Tag: "gift"}).queries(1, 7) {
		for step := range strings.Lines(explain(q.query, q.args)) {
			if strings.HasPrefix(step, "SCAN ") && !strings.Contains(step, "VIRTUAL TABLE INDEX 0:M") {
				t.Errorf("%s\nlooks through everything: %s", q.query, step)
			}
		}
	}
}

// An older program's orders get their words in short steps, the newest first, and one that the shop changed meanwhile keeps its new ones.
func TestIndexingOldOrders(t *testing.T) {
	s := findable(t)
	write(t, s, func(tx *Tx) error { // as migration 004 leaves an old folder
		_, e1 := tx.exec("forget the words", "DELETE FROM order_text")
		_, e2 := tx.exec("forget the methods", "UPDATE orders SET method = ''")
		_, e3 := tx.exec("as the migration", "INSERT INTO setting SELECT 'index-orders', max(n), '' FROM orders HAVING max(n) IS NOT NULL")
		return errors.Join(e1, e2, e3)
	})
	steps := 0
	for more := true; more; steps++ {
		write(t, s, func(tx *Tx) error {
			some, err := tx.ToIndex(2)
			if more = len(some) > 0; !more || err != nil {
				return err
			}
			for _, o := range some {
				err = errors.Join(err, tx.SetSearch(o.StoreID, o.Key, Search{Method: "Visa", Text: "word" + o.Key}))
			}
			return errors.Join(err, tx.Indexed(some[len(some)-1].N))
		})
	}
	if got := foundKeys(t, s, Find{Text: "word", Method: "Visa"}); got != "EDCBA" || steps != 4 {
		t.Errorf("found %s after %d steps", got, steps)
	}
}

func TestTags(t *testing.T) {
	s := findable(t)
	tags := func() (all []string) {
		read(t, s, func(tx *Tx) error {
			tags, err := tx.Tags()
			for _, tag := range tags {
				all = append(all, fmt.Sprint(tag.Name, tag.Colour, " by ", tag.MadeBy, " ", tag.Orders))
			}
			return err
		})
		return all
	}
	var second int64
	write(t, s, func(tx *Tx) (err error) {
		second, err = tx.AddDecision(Decision{StoreID: "77", Key: "C", Kind: "tag", Value: "gift", Who: "bob"}) // twice
		_, err2 := tx.AddDecision(Decision{StoreID: "77", Key: "A", Kind: "tag", Value: "vip", Who: "bob"})
		return errors.Join(err, err2, tx.SetTag(Tag{Name: "gift", Colour: "#aa0000", MadeBy: "eve"}), tx.SetTag(Tag{Name: "new", MadeBy: "eve"}))
	})
	if diff := cmp.Diff([]string{"gift#aa0000 by ann 1", "new by eve 0", "vip by bob 1"}, tags()); diff != "" {
		t.Error(diff)
	}
	write(t, s, func(tx *Tx) error { return tx.WithdrawDecision(second, "qbridge") }) // the first still stands
	if got := foundKeys(t, s, Find{Tag: "gift"}); got != "C" {
		t.Errorf("tagged: %q", got)
	}
	write(t, s, func(tx *Tx) error {
		all, err := tx.Decisions("77", "C")
		return errors.Join(err, tx.WithdrawDecision(all[0].ID, "qbridge"), tx.DropTag("gift"))
	})
	if diff := cmp.Diff([]string{"new by eve 0", "vip by bob 1"}, tags()); diff != "" {
		t.Error(diff)
	}
	if err := s.Write(t.Context(), func(tx *Tx) error { return tx.DropTag("vip") }); !errors.Is(err, ErrNotFound) {
		t.Errorf("a tag that an order has was dropped: %v", err)
	}
}
