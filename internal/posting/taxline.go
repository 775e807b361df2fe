package posting

import (
	"fmt"
	"strings"

	"github.com/shopspring/decimal"

	"qbridge/internal/order"
)

// lineOfTax is a tax on its way to a line of its own.
type lineOfTax struct {
	rule, item string // the rule, and the item that it names
	desc       string
	amount     decimal.Decimal
}

// taxAsLine writes the order's tax as a line, or as one for each of its taxes, and
// says what that does to QuickBooks' tax report (quickbooks.md 3.1).
func (d *draft) taxAsLine() *outcome {
	lines := d.eachTax()
	apart := len(lines) > 0
	if !apart {
		lines = []lineOfTax{{"tax-line-item", d.rules.TaxLineItem, "Sales tax", d.order.Tax}}
	}
	var under, split []string // tax items; what each line is
	for _, l := range lines {
		it, missing := d.books.chargeItem(l.rule, l.item)
		if missing != nil {
			return unset(RulesIncomplete, setRules, "%s", missing.Sentence)
		}
		if it.Kind == "SalesTax" && !d.books.Company.SalesTax {
			return unset(RulesIncomplete, setRules, "The rule %s names the tax item %q, which can't be used while sales tax is off in QuickBooks: name an item of the kind OtherCharge.", l.rule, it.FullName)
		}
		line := Line{Item: itemRef(it), Desc: d.text("tax description", l.desc, false), Amount: l.amount, TaxCode: d.lineCode(false), Part: Tax}
		if it.Kind == "SalesTax" {
			line.TaxCode = Ref{} // a tax is not taxed
			under = append(under, it.FullName)
		}
		d.doc.Lines = append(d.doc.Lines, line)
		split = append(split, l.amount.StringFixed(cents)+" "+it.FullName)
	}
	effect := "QuickBooks' sales tax report does not show it"
	if len(under) > 0 {
		effect = fmt.Sprintf("QuickBooks' sales tax report shows it under %s, with no taxable sales beside it", strings.Join(under, ", "))
		if len(under) < len(lines) {
			effect = fmt.Sprintf("QuickBooks' sales tax report shows of it what is under %s, with no taxable sales beside it", strings.Join(under, ", "))
		}
	}
	tax := d.order.Tax.StringFixed(cents)
	how := fmt.Sprintf("By the rule tax-line-item the tax of %s is a line of its own", tax)
	if apart {
		how = fmt.Sprintf("By the rule tax-line-items the tax of %s has a line for each of the order's taxes (%s)", tax, strings.Join(split, ", "))
	}
	d.adjust(Adjustment{Cause: "tax as a line", Field: "tax", From: tax, To: tax, Amount: d.order.Tax,
		Sentence: fmt.Sprintf("%s and no line is taxed; %s. Why: %s", how, effect, d.taxLine)})
	return nil
}

// eachTax are the order's taxes one by one; none when the rules lack an item for
// one of them, or when they don't come to the order's tax, which is the truth
// (ecwid.md 5.2), within the rounding limit: then the largest takes the cents.
func (d *draft) eachTax() (lines []lineOfTax) {
	left, largest := d.order.Tax, 0
	for _, t := range d.order.Taxes() {
		amount := roundCents(t.Total)
		if amount.IsZero() {
			continue
		}
		rule, item := d.rules.itemOfTax(t)
		if item == "" {
			return nil
		}
		lines = append(lines, lineOfTax{rule, item, fmt.Sprintf("%s %s %%", given(t.Name, "Sales tax"), t.Rate), amount})
		left = left.Sub(amount)
		if amount.GreaterThan(lines[largest].amount) {
			largest = len(lines) - 1
		}
	}
	switch {
	case left.IsZero() || len(lines) == 0:
	case left.Abs().GreaterThan(d.rules.RoundingLimit):
		return nil
	default:
		told := d.order.Tax.Sub(left)
		lines[largest].amount = lines[largest].amount.Add(left)
		d.adjust(Adjustment{Cause: "rounding", Field: "tax", From: told.StringFixed(cents), To: d.order.Tax.StringFixed(cents), Amount: left,
			Sentence: fmt.Sprintf("The taxes that the shop lists come to %s, but the order's tax is %s; the line of the largest takes the %s.", told.StringFixed(cents), d.order.Tax.StringFixed(cents), left.StringFixed(cents))})
	}
	return lines
}

// itemOfTax is the item that the rules name for the line of a tax: by its name,
// else by its rate. item is "" when they name none.
func (r Rules) itemOfTax(t order.Tax) (rule, item string) {
	for _, key := range []string{Fold(t.Name), joinRates([]decimal.Decimal{t.Rate})} {
		if item = r.TaxLineItems[key]; item != "" {
			return "tax-line-items." + key, item
		}
	}
	return "", ""
}
