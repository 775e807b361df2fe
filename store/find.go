package store

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/shopspring/decimal"
)

// Find says which orders of a company are meant. An empty field asks for nothing.
type Find struct {
	CompanyID int64
	State     string
	From, To  string // days, both included: 2026-11-22
	StoreID   string
	Method    string // how the buyer paid, as the shop says it
	Tag       string
	Text      string // words that are all in the order; each may be the beginning of one

	few string // JSON of the numbers of the orders that come into question; empty: any
}

// Place is where an order stands in the list, which has the newest first.
type Place struct {
	PlacedAt time.Time
	N        int64 // the store's own number of the order
}

// Found is an order of a list, without its plan.
type Found struct {
	Order
	N      int64
	Method string
	Tags   []string
}

// mostWords and longestWord bound what one search may cost.
const (
	mostWords   = 8
	longestWord = 60
)

// FindOrders are the orders that are meant, the newest first, at most limit, beginning behind a place (zero: with the newest).
func (tx *Tx) FindOrders(f Find, after Place, limit int) (found []Found, err error) {
	const doing = "look for orders"
	if f, err = tx.narrow(f); err != nil {
		return nil, err
	}
	query, args := listQuery(f, after, limit)
	err = tx.rows(doing, query, args, func(rows *sql.Rows) error {
		var o Found
		var tags string
		if err := rows.Scan(append(o.fields(), &o.N, &o.Method, &tags)...); err != nil {
			return fmt.Errorf("%s: %w", doing, err)
		}
		if err := json.Unmarshal([]byte(tags), &o.Tags); err != nil {
			return fmt.Errorf("%s: its tags: %w", doing, err)
		}
		found = append(found, o)
		return nil
	})
	return found, err
}

func listQuery(f Find, after Place, limit int) (query string, args []any) {
	inner, args := f.numbers(after)
	// The + keeps SQLite from walking through all orders for the sake of their order.
	return "SELECT " + orderColumns + `, '', n, method, (SELECT json_group_array(tag) FROM order_tag WHERE order_n = orders.n)
		FROM orders WHERE n IN (` + inner + " LIMIT ?) ORDER BY +placed_at DESC, +n DESC", append(args, limit)
}

// numbers is the query for the numbers of the orders behind a place, the newest first: of the few that come into question, else from one
// index alone.
func (f Find) numbers(after Place) (query string, args []any) {
	from, by := "orders INDEXED BY orders_shown", "placed_at DESC, n DESC"
	if f.State != "" {
		from = "orders INDEXED BY orders_state"
	}
	if f.few != "" {
		from, by = "orders NOT INDEXED", "placed_at DESC, n DESC"
	}
	where, args := f.where()
	if after.N != 0 {
		where += " AND placed_at <= ? AND (placed_at < ? OR n < ?)"
		args = append(args, at(after.PlacedAt), at(after.PlacedAt), after.N)
	}
	return "SELECT n FROM " + from + " WHERE " + where + " ORDER BY " + by, args
}

// FoundNumbers are the numbers of all orders that are meant, the newest first.
func (tx *Tx) FoundNumbers(f Find) ([]int64, error) {
	f, err := tx.narrow(f)
	if err != nil {
		return nil, err
	}
	query, args := f.numbers(Place{})
	return tx.numbers(query, args)
}

func (tx *Tx) numbers(query string, args []any) (all []int64, err error) {
	err = tx.rows("look for orders", query, args, func(rows *sql.Rows) error {
		var n int64
		err := rows.Scan(&n)
		all = append(all, n)
		return err
	})
	return all, err
}

// fewOrders is how many orders are looked at one by one; of more it is cheaper to walk along an index.
const fewOrders = 2000

// narrow finds out which orders come into question by words or tag, when they are few.
func (tx *Tx) narrow(f Find) (Find, error) {
	query, args := f.candidates()
	if query == "" || f.few != "" {
		return f, nil
	}
	some, err := tx.numbers("SELECT * FROM ("+query+") LIMIT ?", append(args, fewOrders+1))
	if len(some) <= fewOrders {
		f.few = ids(some)
	}
	return f, err
}

// candidates is the query for the numbers of the orders that have the words, or the tag when there are no words; "" without both.
func (f Find) candidates() (query string, args []any) {
	words := searchWords(f.Text)
	if len(words) == 0 {
		if f.Tag == "" {
			return "", nil
		}
		return "SELECT order_n FROM order_tag WHERE tag = ?", []any{f.Tag}
	}
	query, args = "SELECT rowid FROM order_text WHERE order_text MATCH ?", []any{matchOf(words)}
	if len(words) == 1 { // it may be QuickBooks' own: the number of a document, or its TxnID
		const byDocument = " UNION ALL SELECT o.n FROM outbox x JOIN orders o ON o.store_id = x.store_id AND o.key = x.order_key WHERE x.company_id = ? AND x.store_id <> ''"
		query += byDocument + " AND x.name IN (?, ?)" + byDocument + " AND x.record_id <> '' AND x.record_id = ?"
		args = append(args, f.CompanyID, words[0], strings.ToUpper(words[0]), f.CompanyID, strings.ToUpper(words[0]))
	}
	return query, args
}

// sameDays is the condition, with its parameters, by the columns that order_sum has too.
func (f Find) sameDays() (where string, args []any) {
	where, args = "company_id = ?", []any{f.CompanyID}
	for _, c := range []struct{ condition, value string }{{"state = ?", f.State}, {"date >= ?", f.From}, {"date <> '' AND date <= ?", f.To}, {"store_id = ?", f.StoreID}, {"method = ?", f.Method}} {
		if c.value != "" {
			where, args = where+" AND "+c.condition, append(args, c.value)
		}
	}
	return where, args
}

// where is the whole condition, with its parameters. Every column in it is in both indexes, but the state.
func (f Find) where() (where string, args []any) {
	where, args = f.sameDays()
	and := func(condition string, values ...any) {
		where, args = where+" AND "+condition, append(args, values...)
	}
	// The shop's days may begin or end up to 14 hours from those of UTC.
	if day, err := time.Parse(time.DateOnly, f.From); err == nil {
		and("placed_at >= ?", at(day.AddDate(0, 0, -1)))
	}
	if day, err := time.Parse(time.DateOnly, f.To); err == nil {
		and("placed_at < ?", at(day.AddDate(0, 0, 2)))
	}
	if f.Tag != "" {
		and("n IN (SELECT order_n FROM order_tag WHERE tag = ?)", f.Tag)
	}
	in, values := f.candidates()
	switch {
	case f.few != "":
		and("n IN (SELECT value FROM json_each(?))", f.few)
	case len(searchWords(f.Text)) > 0:
		and("n IN ("+in+")", values...)
	case strings.TrimSpace(f.Text) != "": // nothing but signs, which no order is found by
		and("false")
	}
	return where, args
}

// searchWords are the words of a search that have a letter or a digit.
func searchWords(text string) (words []string) {
	for word := range strings.FieldsSeq(text) {
		if len(words) < mostWords && strings.ContainsFunc(word, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
			words = append(words, string([]rune(word)[:min(longestWord, len([]rune(word)))]))
		}
	}
	return words
}

// matchOf asks FTS5 for orders that have all words. A word with signs inside is the words between them, one behind the other.
func matchOf(words []string) string {
	all := make([]string, len(words))
	for i, word := range words {
		all[i] = `"` + strings.ReplaceAll(strings.ReplaceAll(word, "\x00", ""), `"`, `""`) + `"*`
		if amount := amountWord(asAmount(word)); amount != "" {
			all[i] = "(" + all[i] + " OR " + amount + ")"
		}
	}
	return strings.Join(all, " AND ")
}

// asAmount reads what people write for an amount: $1,234.50, 1234,50, 25.
func asAmount(word string) string {
	word = strings.Trim(word, "$€£")
	if i := strings.LastIndexByte(word, ','); i >= 0 && len(word)-i == len(",50") && !strings.Contains(word, ".") {
		word = word[:i] + "." + word[i+1:]
	}
	return strings.ReplaceAll(word, ",", "")
}

// amountWord is the word under which an amount is found; "" for what is none, or has more than two decimals.
func amountWord(text string) string {
	if len(text) > 15 || strings.Trim(text, "0123456789.") != "" {
		return ""
	}
	amount, err := decimal.NewFromString(text)
	if err != nil || !amount.Equal(amount.Truncate(2)) {
		return ""
	}
	return "qbamount" + amount.Shift(2).String()
}

// SumOrders counts and sums the orders that are meant, by state and currency, in that order. An order whose total is unknown is counted
// and adds nothing.
func (tx *Tx) SumOrders(f Find) (sums []StateSum, err error) {
	if f, err = tx.narrow(f); err != nil {
		return nil, err
	}
	if f.few != "" {
		where, args := f.where()
		return tx.sumTotals("SELECT state, currency, total FROM orders NOT INDEXED WHERE "+where, args...)
	}
	const doing = "sum the orders"
	query, args := sumQuery(f)
	var odd []StateSum // with orders whose totals SQLite can't add
	err = tx.rows(doing, query, args, func(rows *sql.Rows) error {
		var s StateSum
		var minor, odds int64
		if err := rows.Scan(&s.State, &s.Currency, &s.Count, &minor, &odds); err != nil {
			return fmt.Errorf("%s: %w", doing, err)
		}
		s.Sum = decimal.New(minor, -2).StringFixed(2)
		if odds > 0 {
			odd = append(odd, s)
		} else {
			sums = append(sums, s)
		}
		return nil
	})
	for _, s := range odd {
		if err == nil {
			s.Sum, err = tx.addOdd(f, s)
			sums = append(sums, s)
		}
	}
	slices.SortFunc(sums, compareSums)
	return sums, err
}

// sumQuery counts and sums from what the triggers keep; with words or a tag from the index.
func sumQuery(f Find) (query string, args []any) {
	if f.Tag != "" || strings.TrimSpace(f.Text) != "" {
		where, args := f.where()
		return "SELECT state, currency, count(*), coalesce(sum(minor), 0), count(*) - count(minor) FROM orders INDEXED BY orders_state WHERE " + where + " GROUP BY state, currency", args
	}
	where, args := f.sameDays()
	return "SELECT state, currency, sum(n), sum(minor), sum(odd) FROM order_sum WHERE " + where + " GROUP BY state, currency HAVING sum(n) > 0", args
}

// addOdd adds to a sum the totals that are not in it.
func (tx *Tx) addOdd(f Find, s StateSum) (string, error) {
	where, args := f.where()
	odd, err := tx.sumTotals("SELECT state, currency, total FROM orders INDEXED BY orders_odd WHERE minor IS NULL AND state = ? AND currency = ? AND "+where, append([]any{s.State, s.Currency}, args...)...)
	if err != nil {
		return "", err
	}
	sum, err := decimal.NewFromString(s.Sum)
	for _, o := range odd {
		var more decimal.Decimal
		if more, err = decimal.NewFromString(o.Sum); err != nil {
			break
		}
		sum = sum.Add(more)
	}
	return sum.StringFixed(max(2, -sum.Exponent())), err
}

// Methods are the ways in which buyers of a company paid, by name.
func (tx *Tx) Methods(companyID int64) (all []string, err error) {
	err = tx.rows("read the payment methods", "SELECT method FROM order_method WHERE company_id = ? ORDER BY method", []any{companyID}, func(rows *sql.Rows) error {
		var method string
		err := rows.Scan(&method)
		all = append(all, method)
		return err
	})
	return all, err
}

// Search is what an order is found by beside its columns.
type Search struct {
	Method string // how the buyer paid
	Text   string // number, names, e-mail, SKUs, names of items, tracking number: whatever people may type
}

// SetSearch keeps what an order is found by, in place of what was there.
func (tx *Tx) SetSearch(storeID, key string, s Search) error {
	doing := "index order " + key
	var n, companyID int64
	var method, total, due string
	found, err := tx.scan(doing, "SELECT n, company_id, method, total, due FROM orders WHERE store_id = ? AND key = ?", []any{storeID, key}, &n, &companyID, &method, &total, &due)
	if err == nil && !found {
		err = fmt.Errorf("%s: %w", doing, ErrNotFound)
	}
	if err != nil {
		return err
	}
	if s.Method != method {
		if _, err := tx.exec(doing, "UPDATE orders SET method = ? WHERE n = ?", s.Method, n); err != nil {
			return err
		}
	}
	if s.Method != "" {
		if _, err := tx.exec(doing, "INSERT OR IGNORE INTO order_method VALUES (?, ?)", companyID, s.Method); err != nil {
			return err
		}
	}
	words := s.Text + " " + amountWord(total)
	if due != total {
		words += " " + amountWord(due)
	}
	_, err = tx.exec(doing, "INSERT OR REPLACE INTO order_text (rowid, text) VALUES (?, ?)", n, words)
	return err
}

// indexSetting holds the number of the newest order from an older program that SetSearch was not called for; it is there while there are any.
const indexSetting = "index-orders"

// Indexing is how many orders at most cannot be found by their words yet.
func (tx *Tx) Indexing() (int64, error) {
	value, found, err := tx.Setting(indexSetting)
	if err != nil || !found {
		return 0, err
	}
	n, err := strconv.ParseInt(value, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("the setting %s: %w", indexSetting, err)
	}
	return n, nil
}

// ToIndex are the next orders that SetSearch must be called for, without their plans, at most limit.
func (tx *Tx) ToIndex(limit int) ([]Found, error) {
	n, err := tx.Indexing()
	if err != nil || n == 0 {
		return nil, err
	}
	var all []Found
	err = tx.rows("look for orders without words", "SELECT "+orderColumns+", '', n FROM orders WHERE n <= ? ORDER BY n DESC LIMIT ?", []any{n, limit}, func(rows *sql.Rows) error {
		var o Found
		err := rows.Scan(append(o.fields(), &o.N)...)
		all = append(all, o)
		return err
	})
	return all, err
}

// Indexed notes that every order from this number on has its words; 1 is the first order there can be.
func (tx *Tx) Indexed(from int64) error {
	if from <= 1 {
		_, err := tx.exec("note that all orders have their words", "DELETE FROM setting WHERE name = ?", indexSetting)
		return err
	}
	return tx.SetSetting(indexSetting, strconv.FormatInt(from-1, 10))
}

// StoreCounts counts the orders by store.
func (tx *Tx) StoreCounts() (map[string]int64, error) {
	return tx.counts("count the orders", "SELECT store_id, sum(n) FROM order_sum GROUP BY store_id")
}
