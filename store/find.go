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

// numbers is the query for the numbers of the orders behind a place, the newest first, from one index alone.
func (f Find) numbers(after Place) (query string, args []any) {
	index := "orders_shown"
	if f.State != "" {
		index = "orders_state"
	}
	where, args := f.where()
	if after.N != 0 {
		where += " AND placed_at <= ? AND (placed_at < ? OR n < ?)"
		args = append(args, at(after.PlacedAt), at(after.PlacedAt), after.N)
	}
	return "SELECT n FROM orders INDEXED BY " + index + " WHERE " + where + " ORDER BY placed_at DESC, n DESC", args
}

// FoundNumbers are the numbers of all orders that are meant, the newest first.
func (tx *Tx) FoundNumbers(f Find) (all []int64, err error) {
	query, args := f.numbers(Place{})
	err = tx.rows("look for orders", query, args, func(rows *sql.Rows) error {
		var n int64
		err := rows.Scan(&n)
		all = append(all, n)
		return err
	})
	return all, err
}

// where is the condition, with its parameters. Every column in it is in both indexes, but the state.
func (f Find) where() (where string, args []any) {
	and := func(condition string, values ...any) {
		where, args = where+" AND "+condition, append(args, values...)
	}
	where, args = "company_id = ?", []any{f.CompanyID}
	if f.State != "" {
		and("state = ?", f.State)
	}
	// The shop's days may begin or end up to 14 hours from those of UTC.
	if day, err := time.Parse(time.DateOnly, f.From); err == nil {
		and("date >= ? AND placed_at >= ?", f.From, at(day.AddDate(0, 0, -1)))
	}
	if day, err := time.Parse(time.DateOnly, f.To); err == nil {
		and("date <= ? AND date <> '' AND placed_at < ?", f.To, at(day.AddDate(0, 0, 2)))
	}
	if f.StoreID != "" {
		and("store_id = ?", f.StoreID)
	}
	if f.Method != "" {
		and("method = ?", f.Method)
	}
	if f.Tag != "" {
		and("n IN (SELECT order_n FROM order_tag WHERE tag = ?)", f.Tag)
	}
	words := searchWords(f.Text)
	switch {
	case len(words) > 0:
		// A single word may be QuickBooks' own: the number of a document, or its TxnID.
		in, values := "SELECT rowid FROM order_text WHERE order_text MATCH ?", []any{matchOf(words)}
		if len(words) == 1 {
			const byDocument = " UNION ALL SELECT o.n FROM outbox x JOIN orders o ON o.store_id = x.store_id AND o.key = x.order_key WHERE x.company_id = ? AND x.store_id <> ''"
			in += byDocument + " AND x.name IN (?, ?)" + byDocument + " AND x.record_id <> '' AND x.record_id = ?"
			values = append(values, f.CompanyID, words[0], strings.ToUpper(words[0]), f.CompanyID, strings.ToUpper(words[0]))
		}
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
	const doing = "sum the orders"
	query, args := sumQuery(f)
	var mixed []any // states with orders in several currencies, or with totals that SQLite can't add
	err = tx.rows(doing, query, args, func(rows *sql.Rows) error {
		var s StateSum
		var last string
		var known, minor int64
		if err := rows.Scan(&s.State, &s.Count, &known, &minor, &s.Currency, &last); err != nil {
			return fmt.Errorf("%s: %w", doing, err)
		}
		if s.Currency != last || known < s.Count {
			mixed = append(mixed, s.State)
			return nil
		}
		s.Sum = decimal.New(minor, -2).StringFixed(2)
		sums = append(sums, s)
		return nil
	})
	for _, state := range mixed {
		if err == nil {
			var some []StateSum
			some, err = tx.sumOneByOne(f, state)
			sums = append(sums, some...)
		}
	}
	slices.SortFunc(sums, compareSums)
	return sums, err
}

func sumQuery(f Find) (query string, args []any) {
	where, args := f.where()
	return "SELECT state, count(*), count(minor), coalesce(sum(minor), 0), min(currency), max(currency) FROM orders INDEXED BY orders_state WHERE " + where + " GROUP BY state", args
}

func (tx *Tx) sumOneByOne(f Find, state any) ([]StateSum, error) {
	where, args := f.where()
	return tx.sumTotals("SELECT state, currency, total FROM orders INDEXED BY orders_state WHERE "+where+" AND state = ?", append(args, state)...)
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
