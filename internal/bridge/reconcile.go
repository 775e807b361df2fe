package bridge

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"qbridge/internal/order"
	"qbridge/internal/posting"
	"qbridge/store"
)

// Reconciliation holds the shop against the books for a time, from what is
// stored: the orders as the shop gave them last, the documents as they were
// written, and QuickBooks' own totals. Its JSON shape only grows: docs/json.md.
type Reconciliation struct {
	From        string            `json:"from"`
	To          string            `json:"to"`
	Orders      int64             `json:"orders"`  // dated so
	Refunds     int64             `json:"refunds"` // given back on a day of the time, whatever day the order is of; those of one order on one day are one
	States      []StateView       `json:"states"`
	Parts       []PartView        `json:"parts"` // the last of each currency is the total
	Taxes       []TaxView         `json:"taxes"`
	Accounts    []SumView         `json:"accounts"` // lines by the account of their item
	Deposits    []SumView         `json:"deposits"` // money by deposit-to and clearing account
	Differences []ReconciledOrder `json:"differences"`
}

// StateView counts the orders in one state, and sums them and the refunds of
// orders that are in it.
type StateView struct {
	State    string `json:"state"`
	Count    int64  `json:"count"`
	Shop     string `json:"shop"`
	Books    string `json:"books"` // QuickBooks' own totals
	Currency string `json:"currency"`
}

// PartView is one part of the money. Shop less what is not in QuickBooks and
// the tax inside the shop's prices is Books, but for Difference.
type PartView struct {
	Part       string `json:"part"`
	Currency   string `json:"currency"`
	Shop       string `json:"shop"`
	NotBooked  string `json:"not_booked"`
	TaxInside  string `json:"tax_inside"`
	Books      string `json:"books"`
	Difference string `json:"difference"`
}

// TaxView is the tax of one tax item.
type TaxView struct {
	Agency    string `json:"agency"`
	Item      string `json:"item"`
	Currency  string `json:"currency"`
	Documents int64  `json:"documents"`
	Taxed     string `json:"taxed"`
	Tax       string `json:"tax"`
}

// ReconciledOrder is one order without its refunds, or its refunds of one day,
// held against its documents.
type ReconciledOrder struct {
	Number     string            `json:"number"`
	ID         string            `json:"id"`
	Date       string            `json:"date"`
	State      string            `json:"state"`
	Cause      string            `json:"cause,omitempty"`
	Reason     string            `json:"reason"`
	Cure       string            `json:"cure,omitempty"`
	Currency   string            `json:"currency"`
	Shop       string            `json:"shop"`       // the order's total less what a gift card paid; of refunds negative
	Books      string            `json:"books"`      // QuickBooks' own; empty when it is not there
	Difference string            `json:"difference"` // Shop less Books
	Document   string            `json:"document"`
	TxnID      string            `json:"txn_id"`
	DepositTo  string            `json:"deposit_to"`
	TaxItem    string            `json:"tax_item"`
	ShopParts  map[string]string `json:"shop_parts"`
	BooksParts map[string]string `json:"books_parts"`
	Day        string            `json:"day"`    // on which it is counted
	Refund     bool              `json:"refund"` // the refunds of that day; else the sale without any refund
}

// The parts of a reconciliation beside posting's own.
const (
	partGiftCard = string(posting.GiftCard) // paid by one: negative
	partSold     = string(posting.CardSold)
	partRefunds  = "refunds"
	partWhole    = "not broken down" // of documents that a person typed in: QuickBooks' total alone is known
	partChanged  = "changed in QuickBooks"
	partUnsaid   = string(posting.Difference) // the order does not add up by so much
	partTotal    = "total"
)

// ReconcileParts are the parts of a reconciliation, in their order.
func ReconcileParts() []string {
	return []string{string(posting.Goods), string(posting.Discount), string(posting.Shipping), string(posting.Handling), string(posting.Surcharge), string(posting.Tip),
		partSold, string(posting.Tax), string(posting.Rounding), partUnsaid, partGiftCard, string(posting.StoreCredit), partRefunds, partWhole, partChanged}
}

// Reconcile holds the orders dated from one day to another (2026-11-22, both
// included) and the refunds of these days, of whatever order, against what is in
// QuickBooks of them. each, when not nil, is given every order, and apart from it
// its refunds of each day; what the books have as the shop says is not among the
// Differences.
func (b *Bridge) Reconcile(ctx context.Context, from, to string, each func(ReconciledOrder) error) (r Reconciliation, err error) {
	for _, day := range []string{from, to} {
		if _, err := time.Parse(time.DateOnly, day); err != nil {
			return r, fmt.Errorf("%q is no day like 2026-11-22", day)
		}
	}
	if to < from {
		return r, fmt.Errorf("%s is before %s", to, from)
	}
	err = b.consult(ctx, func(p *planner) error {
		run := &reconciling{planner: p, states: map[[2]string]*stateSum{}, parts: map[[2]string]*partSum{}, taxes: map[[3]string]*taxSum{}, accounts: sums{}, deposits: sums{}, added: map[string]string{}}
		run.result.From, run.result.To, run.result.Differences = from, to, []ReconciledOrder{}
		err = p.tx.OrdersMoved(p.company.ID, from, to, func(o store.Order) error {
			if err := run.order(o, each); err != nil {
				return fmt.Errorf("order %s: %w", o.ID, err)
			}
			return ctx.Err()
		})
		r = run.finish()
		return err
	})
	return r, err
}

// reconciling is a reconciliation in the making.
type reconciling struct {
	planner  *planner
	states   map[[2]string]*stateSum
	parts    map[[2]string]*partSum // by part and currency
	taxes    map[[3]string]*taxSum  // by agency, item and currency
	accounts sums
	deposits sums
	added    map[string]string // accounts of items that were added for an order, by the key of their row
	result   Reconciliation
}

type stateSum struct {
	count       int64
	shop, books decimal.Decimal
}

type partSum struct{ shop, notBooked, inside, books decimal.Decimal }

type taxSum struct {
	documents  int64
	taxed, tax decimal.Decimal
}

// amounts are an order's money, or its documents', by part.
type amounts map[string]decimal.Decimal

func (a amounts) add(part string, amount decimal.Decimal) {
	if !amount.IsZero() {
		a[part] = a[part].Add(amount)
	}
}

func (a amounts) total() decimal.Decimal {
	total := decimal.Zero
	for _, amount := range a {
		total = total.Add(amount)
	}
	return total
}

func (a amounts) texts() map[string]string {
	texts := map[string]string{}
	for part, amount := range a {
		if !amount.IsZero() {
			texts[part] = amount.StringFixed(2)
		}
	}
	return texts
}

// shopAmounts takes a sale apart as the shop has it, without refunds. In an
// order with the tax inside, tax is zero and contained in the other parts.
func shopAmounts(o order.Order) (a amounts, inside bool) {
	a, inside = amounts{}, order.Prove(o).Mode == order.TaxInside
	s := o.Split()
	sold := decimal.Zero
	for _, l := range o.Lines {
		if l.GiftCard {
			sold = sold.Add(l.Goods(o.Precision))
		}
	}
	a.add(string(posting.Goods), s.Goods.Sub(sold))
	a.add(partSold, sold)
	a.add(string(posting.Discount), s.Promotions.Add(s.Coupon).Neg())
	a.add(string(posting.Shipping), s.Shipping)
	a.add(string(posting.Handling), s.Handling)
	for _, c := range o.Surcharges {
		if c.Tip() {
			a.add(string(posting.Tip), c.Amount)
		} else {
			a.add(string(posting.Surcharge), c.Amount)
		}
	}
	if !inside {
		a.add(string(posting.Tax), s.Tax)
	}
	a.add(partGiftCard, s.GiftCard.Neg())
	rest := s.Total.Sub(a.total())
	for _, credit := range []decimal.Decimal{o.StoreCredit, o.Loyalty, o.StoreCredit.Add(o.Loyalty)} {
		if rest.Equal(credit.Neg()) { // ecwid.md 4.2: the sum tells whether credit lowered the total
			a.add(string(posting.StoreCredit), rest)
			return a, inside
		}
	}
	a.add(partUnsaid, rest)
	return a, inside
}

// booked is what the books have of a share of an order.
type booked struct {
	amounts   amounts
	there     bool // some document of it is in the books
	whole     bool // of which QuickBooks' total alone is known
	total     decimal.Decimal
	document  string // and txnID: the last one, of refunds
	txnID     string
	depositTo string
	taxItem   string
}

// share names what of an order is counted on one day.
type share struct {
	day    string
	refund bool // the refunds of that day; else the sale
}

// soldOn is the day on which a sale is counted: the order's; of one whose date
// can't be read the day on which it was placed, or else pulled, by UTC.
func soldOn(o store.Order) string {
	at := o.PlacedAt
	if at.IsZero() {
		at = o.PulledAt
	}
	return orElse(o.Date, at.UTC().Format(time.DateOnly))
}

// refundedOn is the day on which a refund is counted. As of its credit memo that
// is never before the sale; a refund without a day has the sale's.
func refundedOn(day, sold string) string { return max(day, sold) }

// order adds the shares of an order that are of the time, and gives them to each.
func (r *reconciling) order(o store.Order, each func(ReconciledOrder) error) error {
	read, unreadable, err := r.planner.decode(o)
	if err != nil {
		return err
	}
	sold := share{day: soldOn(o)}
	shop, inside := map[share]amounts{sold: {}}, false
	if unreadable == nil {
		shop[sold], inside = shopAmounts(read)
		for day, amount := range refundsByDay(read, sold.day) {
			shop[share{day, true}] = amounts{partRefunds: amount.Neg()}
		}
	} else if known, err := decimal.NewFromString(o.Total); err == nil {
		shop[sold].add(partUnsaid, known)
	}
	books, err := r.booked(o, sold)
	if err != nil {
		return err
	}
	for s := range books {
		if shop[s] == nil {
			shop[s] = amounts{}
		}
	}
	shares := []share{sold}
	for s := range shop {
		if s != sold {
			shares = append(shares, s)
		}
	}
	slices.SortStableFunc(shares, func(a, b share) int { return strings.Compare(a.day, b.day) })
	for _, s := range shares {
		if !r.within(s.day) {
			continue
		}
		b := books[s]
		if b == nil {
			b = &booked{amounts: amounts{}}
		}
		one := ReconciledOrder{Number: o.ID, ID: o.StoreID + "/" + o.Key, Date: o.Date, State: o.State, Cause: o.Cause, Reason: o.Reason, Cure: o.Cure, Currency: o.Currency,
			Shop: shop[s].total().StringFixed(2), Document: o.Document, TxnID: o.TxnID, DepositTo: b.depositTo, TaxItem: b.taxItem, ShopParts: shop[s].texts(), BooksParts: b.amounts.texts(),
			Day: s.day, Refund: s.refund}
		tax := read.Tax
		if s.refund {
			one.Document, one.TxnID, tax = b.document, b.txnID, decimal.Zero
			r.result.Refunds++
		} else {
			r.result.Orders++
		}
		if b.there {
			one.Books = b.total.StringFixed(2)
		}
		one.Difference = shop[s].total().Sub(b.total).StringFixed(2)
		r.state(o, s, shop[s].total(), b.total)
		if r.add(o.Currency, shop[s], *b, inside && !s.refund, tax) || !b.there || o.State == string(order.Attention) {
			r.result.Differences = append(r.result.Differences, one)
		}
		if each != nil {
			if err := each(one); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *reconciling) within(day string) bool { return r.result.From <= day && day <= r.result.To }

// refundsByDay adds up what was given back. What the shop does not list has the
// day of the sale.
func refundsByDay(o order.Order, sold string) map[string]decimal.Decimal {
	days, rest := map[string]decimal.Decimal{}, o.RefundedAmount
	for _, refund := range o.Refunds {
		day := refundedOn(refund.Day, sold)
		days[day], rest = days[day].Add(refund.Amount), rest.Sub(refund.Amount)
	}
	if !rest.IsZero() {
		days[sold] = days[sold].Add(rest)
	}
	return days
}

func (r *reconciling) state(o store.Order, s share, shop, books decimal.Decimal) {
	key := [2]string{o.State, o.Currency}
	if r.states[key] == nil {
		r.states[key] = &stateSum{}
	}
	sum := r.states[key]
	if !s.refund {
		sum.count++
	}
	sum.shop, sum.books = sum.shop.Add(shop), sum.books.Add(books)
}

// booked reads the documents of an order that are in the books, not as drafts,
// and of the time.
// Payments and fees are counted with their sale; a credit memo and what pays it
// out on their own days.
func (r *reconciling) booked(o store.Order, sold share) (map[share]*booked, error) {
	books := map[share]*booked{}
	rows, err := r.planner.tx.RowsOfOrder(o.StoreID, o.Key)
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		if row.State != rowDone || row.IsUndo() {
			continue
		}
		d, err := storedDocument(row.Body)
		if err != nil {
			return nil, err
		}
		total, err := decimal.NewFromString(orElse(row.BooksTotal, "0"))
		if err != nil {
			return nil, fmt.Errorf("QuickBooks' total of %s: %w", documentName(row), err)
		}
		s := sold
		if givesBack(d) {
			s = share{refundedOn(d.Date, sold.day), true}
		}
		e, err := expectedOf(row)
		if err != nil {
			return nil, err
		}
		if e.Pending || !r.within(s.day) { // a draft counts in none of QuickBooks' accounts
			continue
		}
		if books[s] == nil {
			books[s] = &booked{amounts: amounts{}}
		}
		if row.Adopted {
			d = typedByHand(d)
		}
		if err := r.document(books[s], o.Currency, d, total); err != nil {
			return nil, err
		}
		if s.refund {
			books[s].there, books[s].document, books[s].txnID = true, documentName(row), row.RecordID
		}
	}
	for _, b := range books {
		b.total = b.amounts.total()
	}
	return books, nil
}

// givesBack tells whether a document is a credit memo or what pays one out.
func givesBack(d posting.Document) bool {
	return d.Kind == posting.CreditMemo || d.Kind == posting.ARRefundCreditCard || d.Kind == posting.Check && d.FeeAccount.Name == ""
}

// document adds what one document has to an order's money in the books. total
// is QuickBooks' own.
func (r *reconciling) document(b *booked, currency string, d posting.Document, total decimal.Decimal) error {
	accounts, err := r.accountsOf(d)
	if err != nil {
		return err
	}
	f := flowOf(r.planner.books, d, func(l posting.Line) string { return accounts[l.Item] })
	if f.money != "" {
		r.deposits.add(f.money, currency, f.in)
		b.depositTo = f.money
	}
	for _, m := range f.accounts {
		r.accounts.add(m.account, currency, m.amount)
	}
	for _, t := range f.taxes {
		r.tax(t, currency)
	}
	switch d.Kind {
	case posting.CreditMemo:
		b.amounts.add(partRefunds, total.Neg())
		return nil
	case posting.SalesReceipt, posting.Invoice:
	default: // money that moves, and what does not post
		return nil
	}
	b.there = true
	if len(d.Lines) == 0 {
		b.whole = true
		b.amounts.add(partWhole, total)
		return nil
	}
	if d.TaxItem.Name != "" {
		b.taxItem = d.TaxItem.Name
	}
	for part, amount := range d.Parts {
		b.amounts.add(string(part), amount)
	}
	b.amounts.add(partChanged, total.Sub(d.Total))
	return nil
}

// accountsOf are the accounts of a document's items. One that was added for the
// order stands in the document by its row, which knows its ListID by now.
func (r *reconciling) accountsOf(d posting.Document) (map[posting.Ref]string, error) {
	accounts := map[posting.Ref]string{}
	for _, l := range d.Lines {
		if _, known := r.added[l.Item.Row]; !known && l.Item.Row != "" {
			row, _, err := r.planner.tx.RowByKey(r.planner.company.ID, l.Item.Row)
			if err != nil {
				return nil, err
			}
			r.added[l.Item.Row] = r.planner.books.AccountOf(posting.Line{Item: posting.Ref{ListID: row.RecordID}}, posting.Plan{})
		}
		accounts[l.Item] = r.added[l.Item.Row]
		if l.Item.Row == "" {
			accounts[l.Item] = r.planner.books.AccountOf(l, posting.Plan{})
		}
	}
	return accounts, nil
}

func (r *reconciling) tax(t taxMoved, currency string) {
	key := [3]string{t.agency, t.item, currency}
	if r.taxes[key] == nil {
		r.taxes[key] = &taxSum{}
	}
	s := r.taxes[key]
	s.documents, s.taxed, s.tax = s.documents+1, s.taxed.Add(t.taxed), s.tax.Add(t.tax)
}

// add adds an order to the sums by part and tells whether anything differs that
// the tax inside its prices does not explain.
func (r *reconciling) add(currency string, shop amounts, books booked, inside bool, tax decimal.Decimal) (differs bool) {
	if books.whole {
		shop, inside = amounts{partWhole: shop.total()}, false
	}
	taken := tax // out of the shop's prices, by what the books have
	for _, part := range ReconcileParts() {
		key := [2]string{part, currency}
		if r.parts[key] == nil {
			r.parts[key] = &partSum{}
		}
		s := r.parts[key]
		s.shop, s.books = s.shop.Add(shop[part]), s.books.Add(books.amounts[part])
		off := shop[part].Sub(books.amounts[part])
		switch {
		case !books.there:
			s.notBooked = s.notBooked.Add(off)
		case inside && part == string(posting.Tax):
			s.inside = s.inside.Sub(tax)
		case inside && containsTax(part):
			s.inside, taken = s.inside.Add(off), taken.Sub(off)
		case part != string(posting.Tax) && part != string(posting.Rounding):
			differs = differs || !off.IsZero()
		}
	}
	// Tax and rounding are one part of the shop's: the cent that QuickBooks' tax has too little is in the rounding line.
	booksTax := books.amounts[string(posting.Tax)].Add(books.amounts[string(posting.Rounding)])
	switch {
	case books.whole:
		return differs
	case inside:
		return differs || !taken.IsZero() || !booksTax.Equal(tax)
	}
	return differs || !booksTax.Equal(tax)
}

// containsTax tells whether the shop's figure of a part may contain tax.
func containsTax(part string) bool {
	switch part {
	case string(posting.Goods), string(posting.Discount), string(posting.Shipping), string(posting.Handling), string(posting.Surcharge), string(posting.Tip):
		return true
	}
	return false
}

func (r *reconciling) finish() Reconciliation {
	out := r.result
	out.States, out.Parts, out.Taxes = []StateView{}, []PartView{}, []TaxView{}
	for _, state := range order.States() {
		for _, key := range slices.SortedFunc(maps.Keys(r.states), func(a, b [2]string) int { return strings.Compare(a[1], b[1]) }) {
			if s := r.states[key]; key[0] == string(state) {
				out.States = append(out.States, StateView{key[0], s.count, s.shop.StringFixed(2), s.books.StringFixed(2), key[1]})
			}
		}
	}
	var currencies []string
	for key := range r.parts {
		currencies = append(currencies, key[1])
	}
	slices.Sort(currencies)
	for _, currency := range slices.Compact(currencies) {
		out.Parts = append(out.Parts, r.partViews(currency)...)
	}
	for _, key := range slices.SortedFunc(maps.Keys(r.taxes), func(a, b [3]string) int { return slices.Compare(a[:], b[:]) }) {
		t := r.taxes[key]
		out.Taxes = append(out.Taxes, TaxView{key[0], key[1], key[2], t.documents, t.taxed.StringFixed(2), t.tax.StringFixed(2)})
	}
	out.Accounts, out.Deposits = r.accounts.views(false), r.deposits.views(false)
	return out
}

func (r *reconciling) partViews(currency string) (views []PartView) {
	var total partSum
	for _, part := range append(ReconcileParts(), partTotal) {
		s := r.parts[[2]string{part, currency}]
		if part == partTotal {
			s = &total
		} else {
			total = partSum{total.shop.Add(s.shop), total.notBooked.Add(s.notBooked), total.inside.Add(s.inside), total.books.Add(s.books)}
		}
		if s.shop.IsZero() && s.books.IsZero() && part != partTotal {
			continue
		}
		views = append(views, PartView{part, currency, s.shop.StringFixed(2), s.notBooked.StringFixed(2), s.inside.StringFixed(2), s.books.StringFixed(2),
			s.shop.Sub(s.notBooked).Sub(s.inside).Sub(s.books).StringFixed(2)})
	}
	return views
}
