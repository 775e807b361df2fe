package bridge

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/shopspring/decimal"

	"qbridge/internal/ecwid"
	"qbridge/internal/order"
	"qbridge/internal/posting"
	"qbridge/internal/sim"
	"qbridge/qbxml"
	"qbridge/store"
)

// pretendLists are those of the pretend company, read once.
var pretendLists struct {
	once  sync.Once
	lists posting.Lists
}

func listsForFuzzing(t *testing.T) posting.Lists {
	t.Helper()
	pretendLists.once.Do(func() {
		w := newWorld(t, worldOptions{alone: true})
		check(t, w.b.db.Read(w.ctx, func(tx *store.Tx) error {
			company, _, err := tx.Company(1)
			if err == nil {
				pretendLists.lists, err = loadLists(tx, company)
			}
			return err
		}))
	})
	return pretendLists.lists
}

// Whatever JSON a shop sends, whatever the rules are: what is planned of it is encoded, each part is the order's, the total is what QuickBooks
// computes, payments and refunds are of the amounts they are for, and it comes to an end. What is not planned says why. I2, I5, I7, Q25, Q29-Q32
func FuzzOrder(f *testing.F) {
	for i, o := range sim.Orders(17, 60, newestOrder) {
		f.Add([]byte(o.JSON), uint64(i)*0x9e3779b97f4a7c15)
	}
	for i, o := range sim.MixedOrders(17, 60, newestOrder, sim.TaxItem{Name: "All", Rate: 950000}, []sim.TaxItem{{Name: "State", Rate: 625000}, {Name: "County", Rate: 100000}, {Name: "City", Rate: 225000}, {Name: "District", Rate: 50000}}) {
		f.Add([]byte(o.JSON), uint64(i)*0x9e3779b97f4a7c15)
	}
	samples, _ := filepath.Glob(filepath.Join(samplesFolder, "synthetic", "s*.json"))
	for i, path := range samples {
		if raw, err := os.ReadFile(path); err == nil {
			f.Add(raw, uint64(i))
		}
	}
	profile := ecwid.Profile{StoreID: worldStore, Currency: "USD", Precision: 2, Timezone: "America/Chicago"}
	f.Fuzz(func(t *testing.T, raw []byte, choice uint64) {
		o, err := ecwid.Decode(raw, profile)
		if err != nil || len(o.Lines) > 80 || len(o.Refunds) > 8 {
			return
		}
		lists, rules := chosen(t, listsForFuzzing(t), choice)
		books := posting.NewBooks(lists)
		live(t, o, rules, books)
		live(t, evened(o, choice), rules, books)
	})
}

// evened is an order that adds up, with what the other one says of everything else.
func evened(o order.Order, choice uint64) order.Order {
	bare := func(d decimal.Decimal) decimal.Decimal { return d.Mod(decimal.New(1, 9)).Round(2) }
	o.Lines, o.Subtotal = slices.Clone(o.Lines), decimal.Zero
	for i := range o.Lines {
		o.Lines[i].Price = bare(o.Lines[i].Price)
		o.Lines[i].Quantity %= 1000
		o.Subtotal = o.Subtotal.Add(o.Lines[i].Goods(2))
	}
	o.Surcharges = slices.Clone(o.Surcharges)
	for i := range o.Surcharges {
		o.Surcharges[i].Amount = bare(o.Surcharges[i].Amount)
	}
	for _, d := range []*decimal.Decimal{&o.Discount, &o.CouponDiscount, &o.Tax, &o.GiftCard, &o.ShipCharge.Amount, &o.Handling.Amount, &o.Loyalty, &o.StoreCredit} {
		*d = bare(*d)
	}
	gross := choice&1 == 0 && o.PricesInclude != nil && *o.PricesInclude
	o.PricesInclude = &gross
	o.Total = o.Split().Base().Sub(o.GiftCard).Sub(o.StoreCredit).Sub(o.Loyalty)
	if !gross {
		o.Total = o.Total.Add(o.Tax)
	}
	if choice&2 == 0 { // given back in two parts, or whole
		half := o.Total.Div(decimal.NewFromInt(2)).Round(2)
		if choice&4 == 0 {
			half = o.Total
		}
		o.Refunds, o.RefundedAmount, o.Payment = nil, o.Total, order.Refunded
		for left := o.Total; left.IsPositive(); left = left.Sub(half) {
			o.Refunds = append(o.Refunds, order.Refund{Day: "2026-11-21", Amount: decimal.Min(half, left)})
			if !half.IsPositive() || len(o.Refunds) > 3 {
				break
			}
		}
	}
	return o
}

// chosen are books and rules of which every bit of a number chooses something.
func chosen(t *testing.T, lists posting.Lists, choice uint64) (posting.Lists, posting.Rules) {
	t.Helper()
	r, err := posting.ParseRules([]byte(everyRuleAtHome))
	check(t, err)
	bits := choice >> 3
	pick := func(key string, values ...string) {
		value := values[int(bits%uint64(len(values)))]
		bits /= uint64(len(values))
		if value == "" && !strings.HasSuffix(key, "-item") {
			return
		}
		if err := r.Set(key, value); err != nil {
			t.Fatalf("%s = %q: %v", key, value, err)
		}
	}
	pick("document", "receipt", "invoice", "sales-order", "receipt")
	pick("after-sales-order", "paid", "nothing", "shipped")
	pick("unpaid", "invoice", "wait", "sales-order")
	pick("tax-line-item", sim.ItemTaxLine, "")
	pick("difference-limit", "0.00", "0.05", "1000")
	pick("rounding-limit", "0.05", "0.00", "500")
	pick("refund-form", "card", "check", "none")
	pick("refund-from", sim.AccountBank, sim.AccountStripe)
	pick("gift-card-item", sim.ItemGiftCard, "")
	pick("store-credit-item", sim.ItemStoreCredit, "")
	pick("customer-name", "first-last", "last-first", "company", "email")
	pick("missing-item", "make", "fallback", "hold")
	pick("fallback-item", "MUG")
	pick("zero-total", "post", "hold", "exclude")
	pick("mode", "post", "pending", "look")
	pick("number-prefix", "", "WEB-", "😀")
	if bits%4 == 1 {
		lists.Company.SalesTax = false
	}
	if bits%8 == 2 {
		lists.Company.ClosingDate = "2026-11-01"
	}
	return lists, r
}

// live lets an order become all that it becomes.
func live(t *testing.T, o order.Order, rules posting.Rules, books *posting.Books) {
	t.Helper()
	sale := posting.Sale{Order: o}
	const made = "8F0000FF-1700000000"
	books.Added(made)
	listID := func(row string) (string, bool) { return made, row != "" }
	numbers := map[string]bool{}
	for n := range 6 + 2*len(o.Refunds) {
		plan := posting.Decide(sale, rules, books)
		if n == 0 {
			one, err := json.Marshal(plan)
			check(t, err)
			two, err := json.Marshal(posting.Decide(sale, rules, books))
			check(t, err)
			if string(one) != string(two) {
				t.Fatalf("two plans of one order:\n%s\n%s", one, two)
			}
		}
		if len(plan.Documents) == 0 {
			if plan.Cause == "" || plan.Reason == "" || plan.State == order.Attention && plan.Cure == "" || plan.Cause == posting.SelfCheck {
				t.Fatalf("order %s, %d documents posted: %s %q: %q %q", o.ID, n, plan.State, plan.Cause, plan.Reason, plan.Cure)
			}
			return
		}
		d := plan.Documents[0]
		var set qbxml.Set
		for i, row := range plan.Lists {
			set.Requests = append(set.Requests, qbxml.Request{ID: fmt.Sprint("row", i), Body: row.Add.Body()})
		}
		body, err := d.Body(listID)
		check(t, err)
		set.OnError, set.Requests = qbxml.StopOnError, append(set.Requests, qbxml.Request{ID: "document", Body: body})
		text, err := set.Encode(qbxml.Newest(), qbxml.US) // I5
		check(t, err)
		if i := slices.IndexFunc(text, func(b byte) bool { return b > 0x7e }); i >= 0 {
			t.Fatalf("byte %x is not ASCII", text[i])
		}
		if numbers[d.RefNumber] || d.RefNumber == "" {
			t.Fatalf("the number %q is there twice", d.RefNumber) // Q32
		}
		numbers[d.RefNumber] = true
		reckoned(t, sale, d, books)
		sale.Posted = append(sale.Posted, posting.Posted{Purpose: d.Purpose, Kind: d.Kind, Generation: d.Generation, TxnID: fmt.Sprint("1C", n, "-1700000000"), Total: d.Total, Right: true, Form: d.Resolved(listID)})
	}
	t.Fatalf("order %s never comes to an end", o.ID)
}

// inCents is an amount in whole cents.
func inCents(t *testing.T, what string, d decimal.Decimal) *big.Int {
	t.Helper()
	whole := d.Shift(2)
	if !whole.IsInteger() {
		t.Fatalf("%s is %s, which is not in cents", what, d)
	}
	return whole.BigInt()
}

// reckoned holds a document against the order by an arithmetic of its own, in whole numbers.
func reckoned(t *testing.T, sale posting.Sale, d posting.Document, books *posting.Books) {
	t.Helper()
	o, lines, taxed, parts := sale.Order, new(big.Int), new(big.Int), map[posting.Part]*big.Int{}
	for _, l := range d.Lines {
		amount := inCents(t, "a line", l.Amount)
		lines.Add(lines, amount)
		if parts[l.Part] == nil {
			parts[l.Part] = new(big.Int)
		}
		parts[l.Part].Add(parts[l.Part], amount)
		if slices.ContainsFunc(books.TaxCodes, func(e posting.Entry) bool { return e.ListID == l.TaxCode.ListID && e.Taxable }) {
			taxed.Add(taxed, amount)
		}
		if l.Rate != nil && (l.Quantity == nil || !l.Rate.Mul(*l.Quantity).Round(2).Equal(l.Amount)) { // Q30
			t.Fatalf("%s × %v is not %s", l.Rate, l.Quantity, l.Amount)
		}
		if l.Part == posting.Discount && amount.Sign() >= 0 { // Q29
			t.Fatalf("a discount of %s", l.Amount)
		}
	}
	tax := new(big.Int)
	for _, rate := range ratesOf(books, d.TaxItem.ListID) { // Q25: each is rounded apart, half away from zero
		scaled := new(big.Int).Mul(taxed, rate.Shift(5).BigInt())
		half, unit := big.NewInt(5_000_000), big.NewInt(10_000_000)
		if scaled.Sign() < 0 {
			half.Neg(half)
		}
		tax.Add(tax, new(big.Int).Quo(scaled.Add(scaled, half), unit))
	}
	total := new(big.Int).Add(lines, tax)
	equal := func(what string, got, want *big.Int) {
		t.Helper()
		if got == nil {
			got = new(big.Int)
		}
		if got.Cmp(want) != 0 {
			t.Fatalf("order %s, %s: %s is %s cents, want %s\n%+v", o.ID, d.Purpose, what, got, want, d.Lines)
		}
	}
	on := func(purpose string) *big.Int {
		for _, p := range sale.Posted {
			if p.Purpose == purpose {
				return inCents(t, purpose, p.Total)
			}
		}
		t.Fatalf("%s without %s", d.Purpose, purpose)
		return nil
	}
	switch d.Kind {
	case posting.ReceivePayment: // Q31
		equal("the payment", inCents(t, "it", d.Total), on(posting.InvoicePurpose))
		return
	case posting.ARRefundCreditCard, posting.Check: // Q32
		equal("the refund", inCents(t, "it", d.Total), on(strings.Replace(d.Purpose, "refund", "credit", 1)))
		return
	case posting.CreditMemo:
		var n int
		_, err := fmt.Sscanf(d.Purpose, "credit/%d", &n)
		check(t, err)
		equal("the credit", total, inCents(t, "the refund", o.Refunds[n-1].Amount))
		equal("its total", inCents(t, "it", d.Total), total)
		return
	}
	equal("the total", total, inCents(t, "the order's total", o.Total))
	equal("the planned total", inCents(t, "it", d.Total), total)
	equal("the planned tax", inCents(t, "it", d.Tax), tax)
	s := o.Split()
	part := func(p posting.Part) *big.Int {
		if parts[p] == nil {
			return new(big.Int)
		}
		return parts[p]
	}
	equal("tax, lines of it and rounding", new(big.Int).Add(new(big.Int).Add(tax, part(posting.Tax)), part(posting.Rounding)), inCents(t, "the order's tax", s.Tax))
	equal("the gift card", part(posting.GiftCard), new(big.Int).Neg(inCents(t, "the order's gift card", s.GiftCard)))
	for p, amount := range parts {
		equal("the part "+string(p), inCents(t, "it", d.Parts[p]), addTax(p, amount, tax))
	}
	for p := range maps.Keys(d.Parts) {
		if parts[p] == nil && p != posting.Tax {
			t.Fatalf("the part %s has no lines", p)
		}
	}
	if total := order.Prove(withoutBeside(o, d)); total.Mode == order.TaxInside {
		return // each part is without its tax; their sum and the tax are right
	}
	equal("the goods", new(big.Int).Add(part(posting.Goods), part(posting.CardSold)), inCents(t, "the order's goods", s.Goods))
	equal("the discount", part(posting.Discount), new(big.Int).Neg(inCents(t, "the order's discount", s.Promotions.Add(s.Coupon))))
	equal("shipping", part(posting.Shipping), inCents(t, "the order's shipping", s.Shipping))
	equal("handling", part(posting.Handling), inCents(t, "the order's handling", s.Handling))
	equal("surcharges and tips", new(big.Int).Add(part(posting.Surcharge), part(posting.Tip)), inCents(t, "the order's surcharges", s.Surcharges))
}

// addTax is an amount with QuickBooks' own tax, when it is the part of the tax.
func addTax(p posting.Part, amount, tax *big.Int) *big.Int {
	if p == posting.Tax {
		return new(big.Int).Add(amount, tax)
	}
	return amount
}

// withoutBeside is the order as its parts make it: before what credit and a difference did to its total.
func withoutBeside(o order.Order, d posting.Document) order.Order {
	o.Total = o.Total.Sub(d.Parts[posting.StoreCredit]).Sub(d.Parts[posting.Difference])
	return o
}

// ratesOf are the rates of a tax item or of a group's members, in percent.
func ratesOf(books *posting.Books, listID string) (rates []decimal.Decimal) {
	at := func(id string) posting.Item {
		i := slices.IndexFunc(books.Items, func(it posting.Item) bool { return it.ListID == id })
		if i < 0 {
			return posting.Item{}
		}
		return books.Items[i]
	}
	item := at(listID)
	if item.Kind == "SalesTax" {
		return []decimal.Decimal{item.TaxRate}
	}
	for _, id := range item.Members {
		rates = append(rates, at(id).TaxRate)
	}
	return rates
}
