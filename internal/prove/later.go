package prove

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"qbridge/internal/bridge"
	"qbridge/internal/sim"
)

// laterRules are rules by which more follows a sale than its receipt. The zero
// value are those of the other worlds.
type laterRules struct {
	document, unpaid, refunds, form string
	fees                            bool // each payment by card has a fee
}

// laterOf are the rules of the world of a seed: every third has such.
func laterOf(seed uint64) laterRules {
	if seed%3 != 2 {
		return laterRules{}
	}
	return []laterRules{
		{"invoice", "invoice", "credit-memo", "card", false},
		{"receipt", "invoice", "credit-memo", "check", false},
		{"receipt", "wait", "credit-memo", "card", false},
		{"invoice", "wait", "credit-memo", "none", false},
		{"receipt", "wait", "credit-memo", "check", true},
		{"invoice", "invoice", "credit-memo", "card", true},
	}[seed/3%6]
}

// toml are the rules' keys, to stand before Rules.
func (l laterRules) toml() string {
	if l == (laterRules{}) {
		return ""
	}
	return fmt.Sprintf("document = %q\nunpaid = %q\nrefunds = %q\nrefund-form = %q\nrefund-item = %q\nrefund-from = %q\n", l.document, l.unpaid, l.refunds, l.form, sim.ItemHandling, sim.AccountBank)
}

// refund is one that the shop lists.
type refund struct {
	Date   string      `json:"date"`
	Source string      `json:"source"`
	Reason string      `json:"reason,omitempty"`
	Amount json.Number `json:"amount"`
}

// money is what of an order's JSON tells what was paid and given back.
type money struct {
	Total, RefundedAmount json.Number
	Refunds               []refund
}

func readMoney(raw json.RawMessage) (m money, err error) {
	if err := json.Unmarshal(raw, &m); err != nil {
		return m, fmt.Errorf("the money of an order of the pretend shop can't be read: %w", err)
	}
	return m, nil
}

func amountOf(n json.Number) decimal.Decimal {
	d, err := decimal.NewFromString(n.String())
	if err != nil {
		return decimal.Zero
	}
	return d
}

func (m money) refunded() (sum decimal.Decimal) {
	for _, r := range m.Refunds {
		sum = sum.Add(amountOf(r.Amount))
	}
	return sum
}

// clear tells whether the list of refunds says what was given back.
func (m money) clear() bool {
	sum := m.refunded()
	return sum.IsPositive() && sum.Equal(amountOf(m.RefundedAmount)) && !sum.GreaterThan(amountOf(m.Total))
}

// came tells whether the shop says that the money came, whatever became of it.
func (v version) came() bool {
	return slices.Contains([]string{"PAID", "PARTIALLY_REFUNDED", "REFUNDED"}, v.head.PaymentStatus)
}

// expectsLater is expects in a world in which more follows.
func (w *world) expectsLater(v version, posted map[sim.Kind]sim.Expectation) sim.Expectation {
	kind := v.kind
	switch status := v.head.PaymentStatus; {
	case status == "AWAITING_PAYMENT" && w.later.unpaid == "invoice":
		if kind == sim.KindAwaiting {
			kind = sim.KindPlain
		}
	case status == "REFUNDED", status == "PARTIALLY_REFUNDED":
		m, err := readMoney(v.raw)
		if err != nil || !m.clear() {
			return sim.MustNotBePosted
		}
	case status != "PAID":
		return sim.MustNotBePosted
	}
	if slices.Contains([]sim.Kind{sim.KindPartlyRefunded, sim.KindRefundedNothing, sim.KindCancelled, sim.KindAwaiting, sim.KindUnknownStatus}, kind) {
		return sim.MayBePosted // what kept it out of the books is over
	}
	return posted[kind]
}

// changeLater has the shop say something new of an order's money: part or all
// of it is given back, what was given back becomes another amount or is taken
// back, the order is cancelled.
func (w *world) changeLater(e *entry) (set map[string]any, err error) {
	v := e.now()
	m, err := readMoney(v.raw)
	if err != nil {
		return nil, err
	}
	left := amountOf(m.Total).Sub(m.refunded())
	last := len(m.Refunds) - 1
	switch n := w.random.IntN(12); {
	case n < 5 && left.GreaterThan(decimal.New(2, 0)):
		m.Refunds = append(m.Refunds, w.refund(decimal.New(1+w.random.Int64N(left.Mul(decimal.New(50, 0)).IntPart()), -2)))
	case n < 8 && left.IsPositive():
		m.Refunds = append(m.Refunds, w.refund(left))
	case n < 9 && last >= 0:
		m.Refunds = m.Refunds[:last]
	case n < 10 && last >= 0 && amountOf(m.Refunds[last].Amount).GreaterThan(decimal.New(1, 0)):
		m.Refunds[last].Amount = json.Number(amountOf(m.Refunds[last].Amount).Sub(decimal.New(1, -2)).StringFixed(2))
	case n < 11:
		return map[string]any{"paymentStatus": "CANCELLED"}, nil
	default:
		return map[string]any{"paymentStatus": "AWAITING_PAYMENT"}, nil
	}
	sum, status := m.refunded(), "PARTIALLY_REFUNDED"
	switch {
	case sum.IsZero():
		status = "PAID"
	case sum.Equal(amountOf(m.Total)):
		status = "REFUNDED"
	}
	return map[string]any{"paymentStatus": status, "refundedAmount": json.Number(sum.StringFixed(2)), "refunds": m.Refunds}, nil
}

func (w *world) refund(amount decimal.Decimal) refund {
	return refund{Date: w.clock.at.UTC().Format(shopTime), Source: "CP", Reason: []string{"", "came broken"}[w.random.IntN(2)], Amount: json.Number(amount.StringFixed(2))}
}

var purposeOf = regexp.MustCompile(`Ecwid 1003/i:\d+ (\S+) \d+`)

// purpose is what a document is for, by the marker that it was made with.
func purpose(d sim.Document) string {
	if m := purposeOf.FindStringSubmatch(cmp.Or(d.Entered, d.Memo)); m != nil {
		return m[1]
	}
	return ""
}

func isSale(d sim.Document) bool {
	return d.Kind == "SalesReceipt" || d.Kind == "Invoice" || d.Kind == "SalesOrder"
}

// followers are the documents of ours that stand in the books for an order
// beside its sale, by purpose.
func (w *world) followers(e *entry) map[string][]sim.Document {
	all := map[string][]sim.Document{}
	for _, d := range w.company.Documents() {
		if !d.Void && !isSale(d) && w.owner(d) == e {
			all[purpose(d)] = append(all[purpose(d)], d)
		}
	}
	return all
}

// wholly is the version that an order's sale was made of, with what followed as
// the shop had it when that was handed out: this is what the books are held
// against.
func (w *world) wholly(e *entry, v version) (json.RawMessage, error) {
	var o map[string]any
	decoder := json.NewDecoder(strings.NewReader(string(v.raw)))
	decoder.UseNumber()
	if err := decoder.Decode(&o); err != nil {
		return nil, fmt.Errorf("order %s can't be read: %w", e.id, err)
	}
	o["paymentStatus"] = v.head.PaymentStatus
	refunds, sum := []refund{}, decimal.Zero
	paid := false
	followers := w.followers(e)
	for _, purpose := range slices.Sorted(maps.Keys(followers)) {
		name, number, _ := strings.Cut(purpose, "/")
		for _, d := range followers[purpose] {
			if e.edited[d.TxnID] || name == "refund" || name == "fee" { // the shop tells of no fees
				continue
			}
			said, err := w.saidOf(e, d, name, number)
			switch {
			case err != nil:
				return nil, err
			case name == "payment":
				paid = true
			case said != nil:
				refunds, sum = append(refunds, *said), sum.Add(amountOf(said.Amount))
			}
		}
	}
	live := w.live(e)
	switch {
	case paid && !v.came():
		o["paymentStatus"] = "PAID"
	case !paid && len(live) > 0 && live[0].Kind == "Invoice": // whether it must be there is checkLater's
		o["paymentStatus"] = "AWAITING_PAYMENT"
	}
	slices.SortFunc(refunds, func(a, b refund) int { return cmp.Or(cmp.Compare(a.Date, b.Date), cmp.Compare(a.Amount, b.Amount)) })
	o["refunds"], o["refundedAmount"] = refunds, json.Number(sum.StringFixed(2))
	return json.Marshal(o)
}

// saidOf finds what the shop said that a payment or credit memo was made of,
// nothing being a finding.
func (w *world) saidOf(e *entry, d sim.Document, name, number string) (*refund, error) {
	for _, v := range e.possible(e.receipts[d.TxnID]) {
		m, err := readMoney(v.raw)
		if err != nil {
			return nil, err
		}
		if name == "payment" && v.came() {
			return nil, nil
		}
		for i, r := range m.Refunds {
			if name == "credit" && number == fmt.Sprint(i+1) && amountOf(r.Amount).Equal(amountOf(json.Number(d.Total.String()))) {
				return &r, nil
			}
		}
	}
	w.find(WrongPart, "order %s: the shop never said what %s %s (TxnID %s) of %s says", e.id, d.Kind, purpose(d), d.TxnID, d.Total)
	return nil, nil
}

// checkLater: what must follow the sale of an order follows it, and nothing
// twice.
func (w *world) checkLater(e *entry, state string) error {
	followers := w.followers(e)
	for _, purpose := range slices.Sorted(maps.Keys(followers)) {
		if n := len(followers[purpose]); n > 1 {
			w.find(Double, "order %s has %d live documents for %s", e.id, n, purpose)
		}
	}
	live := w.live(e)
	if w.later == (laterRules{}) || len(live) != 1 || e.barred != "" || e.removed || e.byHand || len(e.lost) > 0 || w.changedByHand(e) || w.outdated(e) || state == "attention" {
		return nil
	}
	v, sale := e.now(), live[0]
	m, err := readMoney(v.raw)
	if err != nil {
		return err
	}
	want := func(purpose, amount string) {
		switch documents := followers[purpose]; {
		case len(documents) == 0:
			w.find(Loss, "order %s: %s of %s is not in the books", e.id, purpose, amount)
		case !e.edited[documents[0].TxnID] && !sameAmount(documents[0].Total.String(), amount):
			w.find(WrongPart, "order %s: %s is of %s in the books, not %s", e.id, purpose, documents[0].Total, amount)
		}
	}
	if sale.Kind == "Invoice" && v.came() && sale.Total != 0 {
		want("payment/1", sale.Total.String())
		if sale.Left != 0 {
			w.find(Loss, "order %s: of its invoice %s are left to pay", e.id, sale.Left)
		}
	}
	if !v.came() || !m.clear() {
		return nil
	}
	for i, r := range m.Refunds {
		want(fmt.Sprintf("credit/%d", i+1), r.Amount.String())
		if w.later.form != "none" {
			want(fmt.Sprintf("refund/%d", i+1), r.Amount.String())
		}
	}
	return nil
}

// answerGone deals with what is gone from the books: what followed a sale, or a
// sale that something followed.
func (w *world) answerGone(v bridge.OrderView, e *entry) bool {
	key := strings.TrimPrefix(v.ID, Store+"/")
	followers := w.followers(e)
	if len(w.live(e)) > 0 {
		if len(e.lost) > 0 && w.random.IntN(2) == 0 {
			e.byHand = true
			return w.accept(e)
		}
		// What gives the money of a credit memo back belongs to it.
		for _, purpose := range slices.Sorted(maps.Keys(followers)) {
			name, number, _ := strings.Cut(purpose, "/")
			if name == "refund" && len(followers["credit/"+number]) == 0 {
				w.deleteByHand(e, followers[purpose])
			}
		}
		if w.decide("Ann has what followed order "+e.id+" posted again", func(b *bridge.Bridge) error { return b.PostAgain(w.ctx, key, person) }) {
			e.lost = nil
			return true
		}
		return false
	}
	var all []sim.Document
	for _, documents := range followers {
		all = append(all, documents...)
	}
	return w.deleteByHand(e, all)
}

// deleteByHand has a person delete what followed a document that is gone, the
// later ones first, and the books be checked.
func (w *world) deleteByHand(e *entry, all []sim.Document) bool {
	if len(all) == 0 {
		return false
	}
	slices.SortFunc(all, func(a, b sim.Document) int { return cmp.Compare(purpose(b), purpose(a)) })
	var err error
	for _, d := range all {
		if d.Deposit != "" {
			err = errors.Join(err, w.company.DeleteDeposit(d.Deposit))
		}
		err = errors.Join(err, w.company.Delete(d.TxnID))
		w.note("Ann deletes %s %s %s of order %s, which belongs to what is gone (%v)", d.Kind, purpose(d), d.TxnID, e.id, err)
	}
	return w.decide("Ann has the books checked", func(b *bridge.Bridge) error { _, err := b.Check(w.ctx); return err })
}

// unsureFollower says of a document that followed a sale what it is: the one
// that stands, or none of those that were named.
func (w *world) unsureFollower(v bridge.OrderView, e *entry, link func(kind, txnID string) bool) bool {
	named := txnIDs.FindAllStringSubmatch(v.Reason, -1)
	followers := w.followers(e)
	for _, purpose := range slices.Sorted(maps.Keys(followers)) {
		for _, d := range followers[purpose] {
			if slices.ContainsFunc(named, func(m []string) bool { return m[1] == d.TxnID }) {
				return link("link", d.TxnID)
			}
		}
	}
	acted := false
	for _, m := range named {
		acted = link("not-link", m[1]) || acted
	}
	return acted
}
