package posting

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/shopspring/decimal"
)

// Missing is a rule that must be set, or set otherwise, before money moves.
type Missing struct {
	Key      string // of Rules.Set; "lists" when the books were not read yet
	Sentence string // what is wrong and what to do
}

// Validate lists what the rules lack for these books. Keys with a dot
// ("tax.8.25") concern only the orders that use them; the others stop every
// order: the minimal rules. Nothing is listed twice; the order is that of Rules.
func (r Rules) Validate(b *Books) []Missing {
	all := r.minimal(b)
	if !b.Complete {
		return all
	}
	for _, method := range slices.Sorted(maps.Keys(r.DepositToByMethod)) {
		if m := b.depositTo("deposit-to-by-method."+method, r.DepositToByMethod[method]); m != nil {
			all = append(all, *m)
		}
	}
	for _, method := range slices.Sorted(maps.Keys(r.PaymentMethods)) {
		if e := b.methods[Fold(r.PaymentMethods[method])]; e == nil || !e.Active {
			all = append(all, Missing{"payment-methods." + method, fmt.Sprintf("The rule payment-methods.%s names %q, but QuickBooks has no active payment method of that name.", method, r.PaymentMethods[method])})
		}
	}
	for _, goods := range slices.Sorted(maps.Keys(r.Items)) {
		if it := b.item(r.Items[goods]); it == nil || !it.Active || !sellable(it.Kind) {
			all = append(all, Missing{"items." + goods, fmt.Sprintf("The rule items.%s names %q, but QuickBooks has no active item of that name that can stand for goods.", goods, r.Items[goods])})
		}
	}
	if r.TipItem != "" {
		if _, m := b.chargeItem("tip-item", r.TipItem); m != nil {
			all = append(all, *m)
		}
	}
	return append(all, r.taxRules(b)...)
}

// taxRules checks each mapped rate.
func (r Rules) taxRules(b *Books) []Missing {
	var all []Missing
	if !b.Company.SalesTax {
		return nil
	}
	for _, key := range slices.Sorted(maps.Keys(r.Tax)) {
		var rates []decimal.Decimal
		for part := range strings.SplitSeq(key, "+") {
			rate, err := decimal.NewFromString(part)
			if err != nil {
				all = append(all, Missing{"tax." + key, fmt.Sprintf("The rule tax.%s is not named after rates in percent.", key)})
				break
			}
			rates = append(rates, rate)
		}
		if len(rates) != strings.Count(key, "+")+1 {
			continue
		}
		if _, problem := b.taxItem(r.Tax[key], rates); problem != "" {
			all = append(all, Missing{"tax." + key, fmt.Sprintf("The rule tax.%s names %q: %s", key, r.Tax[key], problem)})
		}
	}
	return all
}

// minimal are the rules without which no order can be posted.
func (r Rules) minimal(b *Books) []Missing {
	if !b.Complete {
		return []Missing{{"lists", "The lists of the QuickBooks company file have not been read yet; let the Web Connector run once."}}
	}
	all := r.enumerations()
	add := func(m *Missing) {
		if m != nil {
			all = append(all, *m)
		}
	}
	if r.HomeCurrency == "" && b.Company.HomeCurrency == "" {
		add(&Missing{"home-currency", "The company file doesn't say its currency: set home-currency, such as USD."})
	}
	if r.shares() {
		_, m := b.sharedCustomer(r)
		add(m)
	}
	add(b.depositTo("deposit-to", r.DepositTo))
	if r.MissingItem == "make" {
		add(b.incomeAccount(r.IncomeAccount))
	}
	for _, item := range []struct{ rule, name string }{
		{"shipping-item", r.ShippingItem}, {"handling-item", r.HandlingItem}, {"surcharge-item", r.SurchargeItem},
		{"discount-item", r.DiscountItem}, {"rounding-item", r.RoundingItem},
	} {
		_, m := b.chargeItem(item.rule, item.name)
		add(m)
	}
	if !b.Company.SalesTax {
		return all
	}
	if len(r.Tax) == 0 {
		add(&Missing{"tax", "No tax item is named for any tax rate: set tax.RATE, such as tax.8.25, to the tax item or group in QuickBooks."})
	}
	if it := b.item(r.NoTaxItem); it == nil || !it.Active || it.Kind != "SalesTax" || !it.TaxRate.IsZero() {
		add(&Missing{"no-tax-item", named("no-tax-item", r.NoTaxItem, "active tax item of 0 %")})
	}
	if r.code(b, true) == nil {
		add(&Missing{"taxable-code", named("taxable-code", r.TaxableCode, "active tax code for taxed lines")})
	}
	if r.code(b, false) == nil {
		add(&Missing{"exempt-code", named("exempt-code", r.ExemptCode, "active tax code for untaxed lines")})
	}
	return all
}

// enumerations finds values that no rule knows, so that none is taken for
// another by chance.
func (r Rules) enumerations() []Missing {
	var all []Missing
	for i, f := range fields() {
		if f.Tag.Get("values") == "" {
			continue
		}
		if err := allowed(f, reflect.ValueOf(r).Field(i).String()); err != nil {
			all = append(all, Missing{f.Tag.Get("toml"), sentence(err.Error()) + "."})
		}
	}
	return all
}

// named says that a rule names nothing, or nothing of the right kind.
func named(rule, name, kind string) string {
	if name == "" {
		return fmt.Sprintf("The rule %s is not set: name an %s in QuickBooks.", rule, kind)
	}
	return fmt.Sprintf("The rule %s names %q, but QuickBooks has no %s of that name.", rule, name, kind)
}

// depositTo checks an account into which receipts may be deposited.
func (b *Books) depositTo(rule, name string) *Missing {
	if a := b.account(name); a != nil && a.Active && (a.Type == "Bank" || a.Type == "OtherCurrentAsset") {
		return nil
	}
	return &Missing{rule, named(rule, name, "active bank or other current asset account")}
}

func (b *Books) incomeAccount(name string) *Missing {
	if a := b.account(name); a != nil && a.Active && (a.Type == "Income" || a.Type == "OtherIncome") {
		return nil
	}
	return &Missing{"income-account", named("income-account", name, "active income account")}
}

// chargeItem finds the active item that a rule names for charges or discounts.
func (b *Books) chargeItem(rule, name string) (*Item, *Missing) {
	it, kinds := b.item(name), []string{"OtherCharge", "Service", "NonInventory"}
	if rule == "discount-item" {
		kinds = []string{"Discount"}
	}
	if name == "" || it == nil || !it.Active || !slices.Contains(kinds, it.Kind) {
		return nil, &Missing{rule, named(rule, name, "active item of the kind "+strings.Join(kinds, " or "))}
	}
	return it, nil
}
