package posting

import (
	"fmt"
	"strings"

	"github.com/shopspring/decimal"

	"qbridge/internal/order"
)

// outcome is why a sale gets no documents. nil means that nothing stands
// against it so far.
type outcome struct {
	state        order.State
	cause        Cause
	reason, cure string
}

// attention is a problem of the order that a person must look at.
func attention(cause Cause, cure, format string, args ...any) *outcome {
	return &outcome{order.Attention, cause, fmt.Sprintf(format, args...), cure}
}

// unset is a problem of the set-up: the order itself is ready.
func unset(cause Cause, cure, format string, args ...any) *outcome {
	return &outcome{order.Ready, cause, fmt.Sprintf(format, args...), cure}
}

// Decide plans what a sale becomes in one company file. The first thing that
// stands against it is the Plan's Cause: a person's decision, then what the
// order is (paid, whole, adding up, in the home currency), then the set-up
// (state Ready, no documents), then what the books lack.
//
// Decide plans whatever Rules.Mode and Rules.Release say, but for the pending
// mark of documents: whether planned documents go out is the caller's business.
func Decide(sale Sale, rules Rules, books *Books) Plan {
	begin := draft{order: sale.Order, shop: sale.Order, decisions: sale.Decisions, rules: rules, books: books, generation: max(1, sale.Generation)}
	d := begin
	out := d.compose(sale)
	if why := rules.taxLine(out); why != "" {
		d = begin
		d.taxLine = why
		out = d.compose(sale)
	}
	if out != nil {
		return Plan{State: out.state, Cause: out.cause, Reason: out.reason, Cure: out.cure, Adjustments: d.adjustments}
	}
	return Plan{State: order.Ready, Lists: d.rows, Documents: []Document{d.doc}, Adjustments: d.adjustments}
}

// draft is a plan in the making.
type draft struct {
	shop       order.Order // as the shop wrote it
	order      order.Order // its Total as its parts make it: before credit and difference
	decisions  Decisions
	rules      Rules
	books      *Books
	generation int
	taxLine    string // why the tax is a line of its own; "" when QuickBooks computes it

	credit     decimal.Decimal // store credit and points that lowered the shop's total
	difference decimal.Decimal // by which the shop's total is more than its parts
	exempt     *Entry          // tax code of untaxed lines; nil while sales tax is off

	doc         Document
	rows        []ListRow
	rowKeys     map[string]Ref  // of rows, by key
	rowNames    map[string]bool // of rows, by space and folded name
	adjustments []Adjustment
	said        map[[2]string]bool // field and sentence of adjustments
	notes       []string           // what is kept in the memo because it fits nowhere else
}

func (d *draft) compose(sale Sale) *outcome {
	next, out := d.next(sale)
	if out != nil {
		return out
	}
	d.doc = Document{
		Purpose: next.purpose, Kind: next.kind, Generation: d.generation,
		Marker: Marker(d.order.StoreID, d.order.Key, next.purpose, d.generation),
		Date:   d.order.Date,
	}
	switch next.kind {
	case ReceivePayment:
		d.doc.Date = given(sale.PaidOn, d.order.Date)
	case CreditMemo, ARRefundCreditCard, Check:
		if next.purpose == FeePurpose {
			d.doc.Date = given(next.on.Form.Date, d.order.Date)
			break
		}
		d.refundDate(next.refund)
	}
	steps := []func() *outcome{d.postable, d.dated, d.setUp, func() *outcome { return d.sale(next) }}
	switch next.kind {
	case ReceivePayment:
		steps = []func() *outcome{d.dated, d.setUp, func() *outcome { return d.receivePayment(next.on) }}
	case CreditMemo:
		steps = []func() *outcome{d.dated, d.setUp, func() *outcome { return d.creditMemo(next) }}
	case ARRefundCreditCard, Check:
		steps = []func() *outcome{d.dated, d.setUp, func() *outcome { return d.payOut(next) }}
	}
	if next.purpose == FeePurpose {
		steps = []func() *outcome{d.dated, d.setUp, func() *outcome { return d.payFee(next.on) }}
	}
	for _, step := range append(steps, d.encodable) {
		if out := step(); out != nil {
			return out
		}
	}
	return nil
}

// sale plans the document that books the order itself.
func (d *draft) sale(next step) *outcome {
	money, out := reckon(d.order, d.rules.RoundingLimit, d.taxLine != "")
	if out != nil {
		return out
	}
	d.doc.Pending = d.rules.Mode == PendingMode && next.kind != SalesOrder
	steps := []func() *outcome{
		func() *outcome { return d.tax(money) },
		func() *outcome { return d.followCustomer(next.on) }, // of a sales order; else of nothing
		func() *outcome { return d.lines(money) },
		func() *outcome { return d.total(money) },
	}
	switch next.kind {
	case SalesReceipt:
		steps = append(steps, d.payment, func() *outcome { d.promiseFee(); return nil })
	case Invoice:
		steps = append(steps, d.receivable, d.terms, func() *outcome { return d.linked(next.on) })
	case SalesOrder:
		steps = append(steps, d.terms, d.unbooked)
	}
	for _, step := range append(steps, d.marks, d.header) {
		if out := step(); out != nil {
			return out
		}
	}
	return nil
}

// decided is what people decided.
func decided(sale Sale) *outcome {
	o, by := sale.Order, sale.Decisions
	switch {
	case by.Excluded != "":
		return &outcome{order.Excluded, ExcludedByRule, "Excluded by a person: " + by.Excluded, "Include the order again to have it posted."}
	case by.Held != "":
		return &outcome{order.Held, HeldByPerson, "Held by a person: " + by.Held, "Release the order when it may be posted."}
	case o.Payment == order.Incomplete || o.Hidden:
		return &outcome{order.Excluded, ExcludedByRule, "Excluded by the rule unfinished-cart: the buyer never finished this order.", ""}
	}
	return nil
}

// postable holds what can't be posted exactly yet.
func (d *draft) postable() *outcome {
	o := d.order
	for _, note := range o.Notes {
		d.adjust(Adjustment{Cause: "as read", Field: "order", Sentence: sentence(note)})
	}
	if o.Masked {
		return attention(MaskedBuyer, "Ask Ecwid why the plan hides buyers; pull the order again when it shows them.",
			"The shop hides the buyer of this order behind [DEMO]; no customer can be made of that.")
	}
	if out := d.prove(); out != nil {
		return out
	}
	if out := d.currency(); out != nil {
		return out
	}
	if out := d.giftCards(); out != nil {
		return out
	}
	return d.payable()
}

// dated holds a document without a date.
func (d *draft) dated() *outcome {
	if d.doc.Date == "" {
		return attention(DateMissing, "Look at the order in the shop: it gives no date for this.", "The %s has no date.", d.doc.event())
	}
	return nil
}

// event is what a document of a kind records.
func (d Document) event() string {
	if d.Purpose == FeePurpose {
		return "payment fee"
	}
	switch d.Kind {
	case ReceivePayment:
		return "payment"
	case CreditMemo, ARRefundCreditCard, Check:
		return "refund"
	}
	return "order"
}

// foreign tells whether the order is in another currency than the books.
func (d *draft) foreign() bool {
	home := d.homeCurrency()
	return home != "" && d.order.Currency != home
}

// currency holds an order in another currency unless the file keeps several and
// the rules say what this one is worth (Q35).
func (d *draft) currency() *outcome {
	o := d.order
	if !d.foreign() {
		return nil
	}
	text, known := d.rules.ExchangeRates[o.Currency]
	rate, err := decimal.NewFromString(text)
	switch why := d.books.lacks(ManyCurrencies); {
	case !known || why == "" && err != nil || o.Currency == "":
		return attention(ForeignCurrency, "Enter this order in QuickBooks by hand and link it, or exclude it; or, with multiple currencies in QuickBooks, say what it is worth: rules set exchange-rates."+given(o.Currency, "EUR")+" RATE",
			"The order is in %s, but the books are kept in %s.", given(o.Currency, "an unknown currency"), d.homeCurrency())
	case why != "":
		return attention(ForeignCurrency, "Enter this order in QuickBooks by hand and link it, or exclude it. Or switch them on. "+ManyCurrencies.cure(),
			"The order is in %s, but the books are kept in %s, and %s.", o.Currency, d.homeCurrency(), why)
	}
	d.doc.Currency, d.doc.ExchangeRate = o.Currency, &rate
	d.adjust(Adjustment{Cause: "exchange rate", Field: "currency", From: o.Currency, To: d.homeCurrency(),
		Sentence: fmt.Sprintf("The order is in %s; by the rule exchange-rates.%s QuickBooks books it at %s %s each.", o.Currency, o.Currency, rate, d.homeCurrency())})
	return nil
}

// homeCurrency is the file's own, else the rule's.
func (d *draft) homeCurrency() string {
	if home := d.books.Company.HomeCurrency; home != "" {
		return home
	}
	return d.rules.HomeCurrency
}

// setUp asks whether the books are known and the rules complete.
func (d *draft) setUp() *outcome {
	c := d.books.Company
	if !d.books.Complete {
		return unset(BooksUnknown, "Let the Web Connector run once; it fetches the lists of the company file.", "The lists of the QuickBooks company file have not been read yet.")
	}
	if c.Edition != "US" {
		return attention(CountryNotProved, "Enter this order in QuickBooks by hand and link it.",
			"The company file is of the edition %q; only US editions are proved, others are looked at but not written.", string(c.Edition))
	}
	if c.ClosingDate != "" && d.doc.Date <= c.ClosingDate { // Q37; both YYYY-MM-DD
		return attention(ClosedPeriod, "Ask the accountant: enter it in the open period by hand and link it, or move the closing date.",
			"The %s is dated %s, and the books are closed up to %s.", d.doc.event(), d.doc.Date, c.ClosingDate)
	}
	var missing []string
	for _, m := range d.rules.minimal(d.books) {
		if m.Key == "tax" && d.order.Tax.IsZero() {
			continue
		}
		missing = append(missing, m.Sentence)
	}
	if len(missing) > 0 {
		return unset(RulesIncomplete, setRules, "%s", strings.Join(missing, " "))
	}
	return nil
}

// sentence makes a text begin with a capital letter.
func sentence(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// given is s, or what to say instead when it is empty.
func given(s, instead string) string {
	if s == "" {
		return instead
	}
	return s
}
