package posting

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/shopspring/decimal"
)

// feeRate is a fee as the rule payment-fees says it: "2.9% + 0.30".
type feeRate struct{ percent, fixed decimal.Decimal }

// feeRateOf reads a percentage, an amount of whole cents, or both joined by +.
func feeRateOf(text string) (f feeRate, err error) {
	wrong := errors.New("a percentage, an amount, or both, like 2.9% + 0.30")
	parts := strings.Split(text, "+")
	for i, part := range parts {
		number, percent := strings.CutSuffix(strings.TrimSpace(part), "%")
		d, err := decimal.NewFromString(strings.TrimSpace(number))
		switch {
		case err != nil, d.IsNegative(), d.Exponent() < -9, d.Exponent() > 0, d.GreaterThan(decimal.NewFromInt(1000)), len(parts) > 2:
			return f, wrong
		case percent && i == 0:
			f.percent = d
		case percent, i != len(parts)-1, !d.Equal(d.Truncate(cents)):
			return f, wrong
		default:
			f.fixed = d
		}
	}
	if f.percent.IsZero() && f.fixed.IsZero() {
		return f, wrong
	}
	return f, nil
}

// of is the fee of an amount, rounded half up to the cent.
func (f feeRate) of(amount decimal.Decimal) decimal.Decimal {
	return amount.Mul(f.percent).Shift(-2).Add(f.fixed).Round(cents)
}

// promiseFee notes on the document that takes the buyer's money which fee of it
// will be written by the rules of that day. The shop tells of no fees.
func (d *draft) promiseFee() {
	text := lookUp(d.rules.PaymentFees, d.paidBy())
	rate, err := feeRateOf(text)
	if text == "" || err != nil || !d.doc.Total.IsPositive() || !wasPaid(d.shop) {
		return
	}
	if fee := rate.of(d.doc.Total); fee.IsPositive() {
		d.doc.Fee = &fee
	}
}

// WithFee is a document whose plan is lost with a database that was copied back,
// as it was found in the books, with the fee that the rules promise of it. One
// that took no money in, or by today's rules promises none, stays as it is.
func WithFee(found Document, sale Sale, rules Rules, books *Books) Document {
	d := draft{order: sale.Order, shop: sale.Order, decisions: sale.Decisions, rules: rules, books: books, doc: found}
	if found.DepositTo.ListID == "" || d.currency() != nil {
		return found
	}
	if rule, name := d.class(); books.lacks(ClassTracking) == "" {
		d.doc.Class, _ = books.named(rule, name, books.Classes) // none, when the class is not there any more
	}
	d.promiseFee()
	return d.doc
}

// fee is the document of the fee of an order that has all others, when its
// payment promised one and is known to be right. What a person took for right
// stays as it is.
func (d *draft) fee(sale Sale) (next step, due bool) {
	paid, found := sale.posted(ReceiptPurpose, PaymentPurpose(1))
	_, written := sale.posted(FeePurpose)
	sold, _ := sale.posted(ReceiptPurpose, InvoicePurpose)
	if !found || written || !paid.Right || !sold.Right || paid.Form.Fee == nil || sale.Accepted != nil || d.decisions.Link != "" || lookUp(d.rules.PaymentFees, d.paidBy()) == "" {
		return step{}, false
	}
	for _, p := range sale.Posted {
		if p.Generation == paid.Generation && !p.Right {
			return step{}, false
		}
	}
	return step{kind: Check, purpose: FeePurpose, on: paid}, true
}

// payFee plans the cheque that takes a fee out of the account into which the
// payment went. The sale stays as it is.
func (d *draft) payFee(on Posted) *outcome {
	d.doc.Currency, d.doc.ExchangeRate, d.doc.Class = on.Form.Currency, on.Form.ExchangeRate, on.Form.Class
	d.doc.RefundFrom, d.doc.Total = on.Form.DepositTo, *on.Form.Fee
	for _, a := range d.books.Accounts {
		if a.ListID == d.doc.RefundFrom.ListID && a.Type != "Bank" {
			return unset(RulesIncomplete, setRules, "%s", noCheque("payment-fees", a).Sentence)
		}
	}
	if missing := d.books.unfit("fee-account", d.rules.FeeAccount); missing != nil {
		return unset(RulesIncomplete, setRules, "%s", missing.Sentence)
	}
	a := d.books.account(d.rules.FeeAccount)
	d.doc.FeeAccount = Ref{ListID: a.ListID, Name: a.FullName}
	if payee := lookUp(d.rules.FeePayees, d.paidBy()); payee != "" && d.doc.Currency == "" { // a vendor has a currency, too
		if missing := d.books.unfit("fee-payees", payee); missing != nil {
			return unset(RulesIncomplete, setRules, "%s", missing.Sentence)
		}
		n := d.books.vendor(payee)
		d.doc.Customer, d.doc.Buyer = nameRef(n), Buyer{Name: n.FullName}
	}
	method := given(d.order.PaymentMethod, d.order.PaymentModule)
	d.adjust(Adjustment{Cause: "fee by rule", Field: "payment fee", From: on.Total.StringFixed(cents), To: d.doc.Total.StringFixed(cents), Amount: d.doc.Total,
		Sentence: fmt.Sprintf("The fee of %s for the payment of %s by %s is computed by the rule payment-fees; the shop and the processor did not tell it.", d.doc.Total.StringFixed(cents), on.Total.StringFixed(cents), method)})
	d.laterHeader("payment fee by rule")
	return d.selfCheckLater(*on.Form.Fee)
}

// vendor is the vendor of a name.
func (b *Books) vendor(name string) *Name {
	for _, n := range b.topNames[Fold(name)] {
		if n.Kind == "Vendor" {
			return n
		}
	}
	return nil
}

// noCheque says that payments go to an account from which no fee can be taken.
func noCheque(key string, a Account) *Missing {
	return &Missing{Key: key, Sentence: fmt.Sprintf("The rule %s takes the fee by cheque out of %q, into which the payments go: an account of the type %s, and a cheque is drawn on a bank account. "+
		"Make a clearing account (Lists > Chart of Accounts > Account > New, type Bank) and name it by the rule deposit-to-by-method.", key, a.FullName, kindWord(a.Type))}
}

// unpayable lists what stands against fees: without an expense account, and from
// accounts of a wrong type, none can be written.
func (r Rules) unpayable(b *Books) (all []Missing) {
	if len(r.PaymentFees) > 0 && r.FeeAccount == "" {
		all = appendFound(all, b.unfit("fee-account", ""))
	}
	for _, method := range slices.Sorted(maps.Keys(r.PaymentFees)) {
		name := lookUp(r.DepositToByMethod, []string{method})
		if name == "" && len(r.DepositToByMethod) == 0 { // else the account may be named by the other word of the same payments
			name = r.DepositTo
		}
		if a := b.account(name); a != nil && a.Type != "Bank" {
			all = append(all, *noCheque("payment-fees."+method, *a))
		}
	}
	return all
}
