package store

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"regexp"
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
	mostWords   = 6
	longestWord = 60
)

// FindOrders are the orders that are meant, the newest first, at most limit, beginning behind a place (zero: with the newest).
func (tx *Tx) FindOrders(f Find, after Place, limit int) ([]Found, error) {
	s, err := tx.sift(f, limit)
	if err != nil {
		return nil, err
	}
	return tx.findSifted(f, s, after, limit)
}

// FindPage is FindOrders together with the counts and sums, by state and currency, of the orders in any state that are meant otherwise.
// When more than MostSummed of these are found by words or a tag, they are not summed: all is false.
func (tx *Tx) FindPage(f Find, after Place, limit int) (found []Found, sums []StateSum, all bool, err error) {
	s, err := tx.sift(f, limit)
	if err != nil {
		return nil, nil, false, err
	}
	if found, err = tx.findSifted(f, s, after, limit); err != nil || s.many {
		return found, nil, false, err
	}
	f.State = ""
	sums, err = tx.sumSifted(f, s)
	return found, sums, true, err
}

func (tx *Tx) findSifted(f Find, s sieve, after Place, limit int) (found []Found, err error) {
	const doing = "look for orders"
	numbers, err := tx.walkBack(f, s, after, limit)
	if err != nil {
		return nil, err
	}
	err = tx.rows(doing, sqlFound, []any{ids(numbers)}, func(rows *sql.Rows) error {
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

// The + keeps SQLite from walking through all orders for the sake of their order.
const sqlFound = "SELECT " + orderColumns + `, '', n, method, (SELECT json_group_array(tag) FROM order_tag WHERE order_n = orders.n)
	FROM orders WHERE n IN (SELECT value FROM json_each(?)) ORDER BY +placed_at DESC, +n DESC`

// FoundNumbers are the numbers of all orders that are meant, the newest first.
func (tx *Tx) FoundNumbers(f Find) ([]int64, error) {
	s, err := tx.sift(f, math.MaxInt)
	if err != nil {
		return nil, err
	}
	return tx.walkBack(f, s, Place{}, math.MaxInt)
}

// MostSummed is how many orders that are found by words or a tag are counted and summed, and are looked at one by one: of more it is
// cheaper to walk along an index.
const MostSummed = 5000

// mostSifted is how many orders, the newest, are sifted at first: so many that words which one in three of them has are known to be in
// more than MostSummed; and mostTagged how many with a tag: two in three.
const (
	mostSifted = 3 * MostSummed
	mostTagged = 3 * MostSummed / 2
)

// sieve is what the words and the tag of a Find leave of the orders. The zero sieve leaves them all.
type sieve struct {
	has  []bool // by number: whether the order is left; nil: it is
	left []int64
	from int64  // of orders with lower numbers nothing is known
	few  string // JSON of the numbers that are left, when they are few. The Find's days, shop and method may be in it already
	many bool   // more than MostSummed orders are left by the sieve and by the Find's days, shop and method
}

// errFurtherBack is what a walk says that came to an order of which its sieve knows nothing.
var errFurtherBack = errors.New("the sieve does not go so far back")

// sift finds out which orders have the words and the tag, for a list of so many. Words that nearly every order has leave so many that
// nothing may be done once for each, but to pass them by: neither a sort nor a look at the order itself. And they are looked for in the
// newest orders first, which nearly always have the highest numbers; in all only when those are not enough.
func (tx *Tx) sift(f Find, limit int) (s sieve, err error) {
	if f.onlySigns() || f.Tag == "" && len(searchWords(f.Text)) == 0 {
		return s, nil
	}
	from, whole, err := tx.enough(f, limit)
	if err != nil {
		return s, err
	}
	s, err = tx.siftFrom(f, sieve{}, from)
	if errors.Is(err, errFurtherBack) || err == nil && !s.many && !whole {
		return tx.siftFrom(f, s, 0)
	}
	return s, err
}

// enough gives the number from which on orders must be sifted for a list of so many when most of those that are otherwise meant have the
// words, and for knowing that more than MostSummed have them; whole: no others are meant. It is 0 when all must, or when it would take
// long to tell.
func (tx *Tx) enough(f Find, limit int) (from int64, whole bool, err error) {
	if limit > mostSifted || f.StoreID != "" || f.Method != "" {
		return 0, true, nil
	}
	from = math.MaxInt64
	if f.State != "" {
		if from, _, err = tx.newest(f, 2*limit); err != nil {
			return 0, false, err
		}
		f.State = ""
	}
	if f.Tag != "" {
		var tagged, lowest int64
		const query = "SELECT count(*), coalesce(min(order_n), 0) FROM (SELECT order_n FROM order_tag WHERE tag = ? ORDER BY order_n DESC LIMIT ?)"
		if _, err = tx.scan("look for orders", query, []any{f.Tag, mostTagged}, &tagged, &lowest); err != nil || tagged < mostTagged {
			return 0, true, err
		}
		from = min(from, lowest)
	}
	lowest, whole, err := tx.newest(f, mostSifted)
	return min(from, lowest), whole && f.Tag == "", err
}

// newest gives the lowest number among the newest orders that are meant, with any words and tags, at most so many; whole: there are no
// others.
func (tx *Tx) newest(f Find, most int) (lowest int64, whole bool, err error) {
	var count int
	query, args := f.numbers(sieve{}, Place{})
	_, err = tx.scan("look for orders", fmt.Sprintf("SELECT coalesce(min(n), %d), count(*) FROM (%s LIMIT 0 + ?)", math.MaxInt64, query), append(args, most), &lowest, &count)
	return lowest, count < most, err
}

// siftFrom has a sieve go back to a number.
func (tx *Tx) siftFrom(f Find, s sieve, from int64) (sieve, error) {
	below := int64(math.MaxInt64)
	if s.has != nil {
		below = s.from
	}
	left, err := tx.matching(f, from, below)
	if err != nil {
		return s, err
	}
	s = sieve{left: append(left, s.left...), from: from}
	s.has = make([]bool, slices.Max(append(s.left, 0))+1)
	for _, n := range s.left {
		s.has[n] = true
	}
	left = s.left
	if len(left) > MostSummed {
		f.State = ""
		if s.many, err = tx.all(f); err != nil || s.many {
			return s, err
		}
		if left, err = tx.walk(f, s, Place{}, MostSummed+1); err != nil {
			return s, err
		}
	}
	if s.many = len(left) > MostSummed; !s.many {
		s.few = ids(left)
	}
	return s, nil
}

// all tells whether every order is meant but for the words and the tag.
func (tx *Tx) all(f Find) (bool, error) {
	if f.From+f.To+f.StoreID+f.Method != "" {
		return false, nil
	}
	var companies int
	_, err := tx.scan("count the companies", "SELECT count(*) FROM company", nil, &companies)
	return companies == 1 || f.CompanyID == 0, err
}

// matching are the numbers from one to below another of the orders that have the words and the tag, each once.
func (tx *Tx) matching(f Find, from, below int64) (left []int64, err error) {
	for i, q := range f.queries(from, below) {
		numbers, err := tx.numbers(q.query, q.args)
		if err != nil {
			return nil, err
		}
		slices.Sort(numbers)
		numbers = slices.Compact(numbers)
		if i > 0 {
			numbers = slices.DeleteFunc(numbers, func(n int64) bool { _, both := slices.BinarySearch(left, n); return !both })
		}
		left = numbers
	}
	return left, nil
}

// walkBack is walk with a sieve that goes back as far as it must.
func (tx *Tx) walkBack(f Find, s sieve, after Place, limit int) ([]int64, error) {
	numbers, err := tx.walk(f, s, after, limit)
	if errors.Is(err, errFurtherBack) {
		if s, err = tx.siftFrom(f, s, 0); err == nil {
			return tx.walk(f, s, after, limit)
		}
	}
	return numbers, err
}

// walk gives the numbers of the orders that are meant behind a place, the newest first, at most limit.
func (tx *Tx) walk(f Find, s sieve, after Place, limit int) (numbers []int64, err error) {
	query, args := f.numbers(s, after)
	err = tx.rows("look for orders", query, args, func(rows *sql.Rows) error {
		if len(numbers) >= limit {
			return errEnough
		}
		var n int64
		if err := rows.Scan(&n); err != nil {
			return err
		}
		if s.has != nil && n < s.from {
			return errFurtherBack
		}
		if s.has == nil || n < int64(len(s.has)) && s.has[n] {
			numbers = append(numbers, n)
		}
		return nil
	})
	return numbers, err
}

// numbers is the query for the numbers of the orders behind a place, the newest first: of the few that are left, else from one index alone.
func (f Find) numbers(s sieve, after Place) (query string, args []any) {
	where, args := f.where(s)
	if after.N != 0 {
		where += " AND placed_at <= ? AND (placed_at < ? OR n < ?)"
		args = append(args, at(after.PlacedAt), at(after.PlacedAt), after.N)
	}
	index := "INDEXED BY orders_shown"
	switch {
	case s.few != "":
		index = "NOT INDEXED"
	case f.State != "":
		index = "INDEXED BY orders_state"
	}
	return "SELECT n FROM orders " + index + " WHERE " + where + " ORDER BY placed_at DESC, n DESC", args
}

// numbers reads the numbers of a query, its column n, as one text: a row for each of 100,000 would take half as long again.
func (tx *Tx) numbers(query string, args []any) (all []int64, err error) {
	const doing = "look for orders"
	var text string
	if _, err = tx.scan(doing, "SELECT coalesce(group_concat(n), '') FROM ("+query+")", args, &text); err != nil {
		return nil, err
	}
	for number := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == ',' }) {
		n, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", doing, err)
		}
		all = append(all, n)
	}
	return all, nil
}

// asked is a query with its parameters.
type asked struct {
	query string
	args  []any
}

// queries are those for the numbers, from one to below another, of the orders that have the words, and of those that have the tag; of
// neither when none is asked for.
func (f Find) queries(from, below int64) (all []asked) {
	if words := searchWords(f.Text); len(words) > 0 {
		q := asked{"SELECT rowid AS n FROM order_text WHERE order_text MATCH ? AND rowid >= ? AND rowid < ?", []any{matchOf(words), from, below}}
		if len(words) == 1 { // it may be QuickBooks' own: the number of a document, or its TxnID
			const byDocument = " UNION ALL SELECT o.n FROM outbox x JOIN orders o ON o.store_id = x.store_id AND o.key = x.order_key WHERE x.company_id = ? AND x.store_id <> '' AND o.n >= ? AND o.n < ?"
			q.query += byDocument + " AND x.name IN (?, ?)" + byDocument + " AND x.record_id <> '' AND x.record_id = ?"
			q.args = append(q.args, f.CompanyID, from, below, words[0], strings.ToUpper(words[0]), f.CompanyID, from, below, strings.ToUpper(words[0]))
		}
		all = append(all, q)
	}
	if f.Tag != "" {
		all = append(all, asked{"SELECT order_n AS n FROM order_tag WHERE tag = ? AND order_n >= ? AND order_n < ?", []any{f.Tag, from, below}})
	}
	return all
}

// sameDays is the condition, with its parameters, by the columns that order_sum has too.
func (f Find) sameDays() (where string, args []any) {
	where = "true"
	if f.CompanyID != 0 {
		where, args = "company_id = ?", []any{f.CompanyID}
	}
	for _, c := range []struct{ condition, value string }{{"state = ?", f.State}, {"date >= ?", f.From}, {"date <> '' AND date <= ?", f.To}, {"store_id = ?", f.StoreID}, {"method = ?", f.Method}} {
		if c.value != "" {
			where, args = where+" AND "+c.condition, append(args, c.value)
		}
	}
	return where, args
}

// where is the whole condition, with its parameters, but for a sieve that leaves many. Every column in it is in both indexes, but the state.
func (f Find) where(s sieve) (where string, args []any) {
	where, args = f.sameDays()
	and := func(condition string, values ...any) {
		where, args = where+" AND "+condition, append(args, values...)
	}
	// The shop's days may begin or end up to 14 hours from those of UTC.
	if day, err := time.Parse(time.DateOnly, f.From); err == nil {
		and("placed_at >= ?", at(day.AddDate(0, 0, -1)))
	}
	if day, err := time.Parse(time.DateOnly, f.To); err == nil && day.Year() < 9999 { // a year of five digits would sort before all others
		and("placed_at < ?", at(day.AddDate(0, 0, 2)))
	}
	if s.few != "" {
		and("n IN (SELECT value FROM json_each(?))", s.few)
	}
	if f.onlySigns() {
		and("false")
	}
	return where, args
}

// onlySigns tells whether nothing but signs is looked for, by which no order is found.
func (f Find) onlySigns() bool {
	return strings.TrimSpace(f.Text) != "" && len(searchWords(f.Text)) == 0
}

// frenchThousands finds an amount with blanks between its thousands: as the console shows it, with narrow ones, or as people type it.
var frenchThousands = regexp.MustCompile(`\b\d{1,3}((?:[\x{a0}\x{202f}]\d{3})+|(?: \d{3})+,\d{2})\b`)

// searchWords are the words of a search that have a letter or a digit, each once.
func searchWords(text string) (words []string) {
	text = frenchThousands.ReplaceAllStringFunc(text, func(amount string) string { return strings.Join(strings.Fields(amount), "") })
	for word := range strings.FieldsSeq(text) {
		word = string([]rune(word)[:min(longestWord, len([]rune(word)))])
		if len(words) < mostWords && !slices.Contains(words, word) && strings.ContainsFunc(word, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
			words = append(words, word)
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

// SumOrders counts and sums the orders of a company (0: of all) by state and currency, in that order, from what the triggers keep: it costs
// the same however many orders there are. An order whose total is unknown is counted and adds nothing.
func (tx *Tx) SumOrders(companyID int64) ([]StateSum, error) {
	return tx.sumSifted(Find{CompanyID: companyID}, sieve{})
}

// sumSifted counts and sums the orders that are meant, by state and currency, in that order. An order whose total is unknown is counted
// and adds nothing.
func (tx *Tx) sumSifted(f Find, s sieve) (sums []StateSum, err error) {
	if s.few != "" || f.onlySigns() {
		where, args := f.where(s)
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

// sumQuery counts and sums from what the triggers keep.
func sumQuery(f Find) (query string, args []any) {
	where, args := f.sameDays()
	return "SELECT state, currency, sum(n), sum(minor), sum(odd) FROM order_sum WHERE " + where + " GROUP BY state, currency HAVING sum(n) > 0", args
}

// addOdd adds to a sum the totals that are not in it.
func (tx *Tx) addOdd(f Find, s StateSum) (string, error) {
	where, args := f.where(sieve{})
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
	// RefundDays are the days of the shop's refunds (2026-11-22), for OrdersMoved.
	RefundDays []string
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
	if _, err := tx.exec(doing, "DELETE FROM refund_day WHERE order_n = ? AND side = 'shop'", n); err != nil {
		return err
	}
	for _, day := range s.RefundDays {
		if _, err := tx.exec(doing, "INSERT OR IGNORE INTO refund_day VALUES (?, ?, 'shop')", day, n); err != nil {
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
