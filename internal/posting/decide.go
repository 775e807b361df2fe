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
	for _, check := range []func() *outcome{
		func() *outcome { return decided(sale) },
		func() *outcome { return paid(d.order) },
		d.postable,
		d.setUp,
	} {
		if out := check(); out != nil {
			return out
		}
	}
	money, out := reckon(d.order, d.rules.RoundingLimit, d.taxLine != "")
	if out != nil {
		return out
	}
	d.doc = Document{
		Purpose: ReceiptPurpose, Kind: SalesReceipt, Generation: d.generation,
		Marker: Marker(d.order.StoreID, d.order.Key, ReceiptPurpose, d.generation),
		Date:   d.order.Date, Pending: d.rules.Mode == PendingMode,
	}
	for _, step := range []func() *outcome{
		func() *outcome { return d.tax(money) },
		d.customer,
		func() *outcome { return d.lines(money) },
		func() *outcome { return d.total(money) },
		d.payment,
		d.header,
		d.encodable,
	} {
		if out := step(); out != nil {
			return out
		}
	}
	return nil
}

// decided is what people, or an earlier posting, decided.
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
	for _, p := range sale.Posted {
		if p.of(ReceiptPurpose, max(1, sale.Generation)) {
			return &outcome{order.Synced, NothingToPost, fmt.Sprintf("The sales receipt of this order is in QuickBooks already (%s).", p.TxnID), ""}
		}
	}
	if by.Link != "" {
		return &outcome{order.Synced, NothingToPost, fmt.Sprintf("A person linked this order to a document that was in QuickBooks already (%s).", by.Link), ""}
	}
	return nil
}

// paid lets only paid orders without refunds through. Values that are not known
// are never taken for paid (ecwid.md 4.4).
func paid(o order.Order) *outcome {
	refunded := o.Payment == order.Refunded || o.Payment == order.PartiallyRefunded || !o.RefundedAmount.IsZero() || len(o.Refunds) > 0
	switch {
	case refunded:
		return attention(RefundedOrder, "Enter this sale and its refund in QuickBooks by hand, then link or exclude the order.",
			"The order can't be posted yet: the sale and its refund (%s of %s) belong together, and refunds are not posted by this version.", o.RefundedAmount.StringFixed(cents), o.Due().StringFixed(cents))
	case o.Payment == order.AwaitingPayment:
		return &outcome{order.Waiting, NotPaid, "The order is not paid yet.", "Nothing to do: it goes on when the shop marks it as paid."}
	case o.Payment == order.Cancelled:
		return &outcome{order.Excluded, CancelledUnpaid, "Excluded by the rule cancelled-unpaid: the order was cancelled before it was paid.", ""}
	case o.Payment != order.Paid:
		return attention(UnknownStatus, "Set a payment status in the shop that says whether the order is paid.",
			"The shop gives the payment status %q, which doesn't say whether the order is paid.", string(o.Payment))
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
	if o.Date == "" {
		return attention(DateMissing, "Look at the order in the shop: it has no creation date.", "The order has no date.")
	}
	if out := d.prove(); out != nil {
		return out
	}
	if home := d.homeCurrency(); home != "" && o.Currency != home {
		return attention(ForeignCurrency, "Enter this order in QuickBooks by hand and link it, or exclude it.",
			"The order is in %s, but the books are kept in %s.", given(o.Currency, "an unknown currency"), home)
	}
	if out := d.giftCards(); out != nil {
		return out
	}
	return d.payable()
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
	if c.ClosingDate != "" && d.order.Date <= c.ClosingDate { // Q37; both YYYY-MM-DD
		return attention(ClosedPeriod, "Ask the accountant: enter it in the open period by hand and link it, or move the closing date.",
			"The order is dated %s, and the books are closed up to %s.", d.order.Date, c.ClosingDate)
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
