package bridge

import (
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"qbridge/internal/order"
	"qbridge/internal/posting"
)

// PlanRow is one line of order and document side by side: the shop's figure,
// QuickBooks' line, and how the one became the other. An empty side has no
// counterpart.
type PlanRow struct {
	Document    string `json:"document"` // its purpose; "" when the order becomes none
	Part        string `json:"part"`
	Shop        string `json:"shop"`
	ShopAmount  string `json:"shop_amount,omitempty"`
	Books       string `json:"books"`
	Quantity    string `json:"quantity,omitempty"`
	Description string `json:"description,omitempty"` // what the line says, whole
	TaxCode     string `json:"tax_code,omitempty"`
	BooksAmount string `json:"books_amount,omitempty"`
	How         string `json:"how,omitempty"`
}

// The parts of rows beside posting's own.
const (
	numberRow   = "number"
	dateRow     = "date"
	buyerRow    = "buyer"
	addressRow  = "address"
	shipToRow   = "ship to"
	paymentRow  = "payment"
	depositRow  = "deposit to"
	paidFromRow = "paid from"
	memoRow     = "memo"
	otherRow    = "other"
	fieldRow    = "field"
	giftCardRow = "gift card"
	taxedRow    = "taxed"
	untaxedRow  = "untaxed"
	refundRow   = "refund"
	feeRow      = "payment fee"
	totalRow    = "total"
)

// ComparePlan sets an order and what it becomes side by side, line by line.
// Everything in it follows from the order, the plan and the lists.
func ComparePlan(o order.Order, p posting.Plan, books *posting.Books) []PlanRow {
	c := comparing{order: o, plan: p, books: books, inside: order.Prove(o).Mode == order.TaxInside}
	if len(p.Documents) == 0 {
		c.shopAlone()
	}
	for _, d := range p.Documents {
		c.document(d)
	}
	return c.rows
}

// comparing is a comparison in the making.
type comparing struct {
	order   order.Order
	plan    posting.Plan
	books   *posting.Books
	inside  bool // the shop's amounts contain the tax
	doc     posting.Document
	repeats bool   // doc repeats the order's lines
	used    []bool // lines of the document that stand beside something of the shop's
	rows    []PlanRow
}

// figure is one figure of the shop's.
type figure struct {
	text   string
	amount decimal.Decimal
}

func (c *comparing) money(d decimal.Decimal) string {
	return d.StringFixed(max(c.order.Precision, -d.Exponent()))
}

func (c *comparing) text(part, shop, books, how string) {
	if shop != "" || books != "" {
		c.rows = append(c.rows, PlanRow{Document: c.doc.Purpose, Part: part, Shop: shop, Books: books, How: how})
	}
}

// pair sets a figure of the shop beside a line of the document; either may be
// missing.
func (c *comparing) pair(part string, shop *figure, line int, how string) {
	r := PlanRow{Document: c.doc.Purpose, Part: part, How: how}
	if shop != nil {
		r.Shop, r.ShopAmount = shop.text, c.money(shop.amount)
	}
	if line >= 0 {
		l := c.doc.Lines[line]
		c.used[line] = true
		r.Part = string(l.Part)
		r.Books, r.Description, r.TaxCode, r.BooksAmount = l.Item.Name, l.Desc, l.TaxCode.Name, l.Amount.StringFixed(2)
		if l.Quantity != nil {
			r.Quantity = l.Quantity.String()
		}
	}
	c.rows = append(c.rows, r)
}

// shopAlone is an order that becomes nothing: the shop's side only.
func (c *comparing) shopAlone() {
	o := c.order
	c.text(numberRow, o.ID, "", "")
	c.text(dateRow, o.Date, "", "")
	c.text(buyerRow, c.buyer(), "", "")
	c.text(paymentRow, c.payment(), "", "")
	for _, l := range o.Lines {
		c.pair(string(posting.Goods), &figure{goodsText(l), l.Goods(o.Precision)}, -1, "")
	}
	for _, part := range c.parts() {
		for _, f := range part.figures {
			c.pair(string(part.part), &f, -1, "")
		}
	}
	for _, f := range c.taxes() {
		c.pair(string(posting.Tax), &f, -1, "")
	}
	c.pair(totalRow, &figure{"Total", o.Due()}, -1, "")
	c.giftCard()
	for _, r := range o.Refunds {
		c.pair(refundRow, &figure{refundText(r), r.Amount.Neg()}, -1, "")
	}
}

func (c *comparing) document(d posting.Document) {
	c.doc, c.used = d, make([]bool, len(d.Lines))
	c.head()
	if d.Purpose == posting.FeePurpose { // the shop has nothing to set beside it
		c.rows = append(c.rows, PlanRow{Document: d.Purpose, Part: totalRow, Books: "Total", BooksAmount: d.Total.StringFixed(2)})
		return
	}
	if c.repeats = c.goods(); c.repeats {
		for _, part := range c.parts() {
			c.charges(part)
		}
	}
	for i := range d.Lines {
		if !c.used[i] {
			c.pair("", nil, i, c.alone(d.Lines[i]))
		}
	}
	c.arithmetic()
}

// head is what stands above the lines.
func (c *comparing) head() {
	o, d := c.order, c.doc
	c.text(numberRow, o.ID, d.RefNumber, "")
	date := ""
	if d.Date != o.Date {
		date = "The document has a date of its own."
	}
	c.text(dateRow, o.Date, d.Date, date)
	customer := d.Customer.Name
	if d.Customer.ListID == "" && d.Customer.Row != "" {
		customer += " (added)"
	}
	buyer := c.buyer()
	if d.Purpose == posting.FeePurpose { // for the processor
		buyer = ""
	}
	c.text(buyerRow, buyer, customer, "")
	if printed(d.BillTo) != "" || isSale(d.Kind) {
		c.text(addressRow, addressText(o.Billing), printed(d.BillTo), "")
	}
	if to := addressText(o.Shipping); isSale(d.Kind) && (to != addressText(o.Billing) || printed(d.ShipTo) != printed(d.BillTo)) {
		c.text(shipToRow, to, printed(d.ShipTo), "")
	}
	c.text(paymentRow, c.payment(), d.PaymentMethod.Name, "")
	c.text(depositRow, "", d.DepositTo.Name, "")
	c.text(paidFromRow, "", d.RefundFrom.Name, "")
	if d.FeeAccount.Name != "" {
		c.rows = append(c.rows, PlanRow{Document: d.Purpose, Part: feeRow, Books: d.FeeAccount.Name, BooksAmount: d.Total.StringFixed(2), How: "By the rule payment-fees; the shop does not tell it."})
	}
	if d.Fee != nil {
		c.text(feeRow, "", d.Fee.StringFixed(2), "By the rule payment-fees a cheque takes it out of "+d.DepositTo.Name+" when this document is in the books as planned.")
	}
	c.text(memoRow, "", d.Memo, "")
	c.text(otherRow, "", d.Other, "")
	for _, f := range d.Fields {
		c.text(fieldRow, "", f.Name+": "+f.Value, "A custom field, set when the document is in QuickBooks.")
	}
}

func (c *comparing) buyer() string {
	return strings.TrimSpace(c.order.Buyer() + " " + mailText(c.order.Email))
}

func mailText(address string) string {
	if address == "" {
		return ""
	}
	return "<" + address + ">"
}

func (c *comparing) payment() string {
	o := c.order
	text := o.PaymentMethod
	if o.PaymentModule != "" && o.PaymentModule != text {
		text = strings.TrimSpace(text + " (" + o.PaymentModule + ")")
	}
	return strings.TrimSpace(text + ", " + strings.ToLower(strings.ReplaceAll(string(o.Payment), "_", " ")))
}

func addressText(p order.Person) string {
	return joined(append(append([]string{p.Name, p.Company}, p.Street...), p.City, orElse(p.StateCode, p.State), p.PostalCode, orElse(p.CountryCode, p.Country)))
}

func printed(a posting.Address) string {
	return joined(append(slices.Clone(a.Lines), a.City, a.State, a.PostalCode, a.Country, a.Note))
}

// joined are the texts that are none twice in a row and not empty.
func joined(parts []string) string {
	parts = slices.DeleteFunc(parts, func(s string) bool { return s == "" })
	return strings.Join(slices.Compact(parts), ", ")
}

func goodsText(l order.Line) string {
	text := fmt.Sprintf("%d × %s", l.Quantity, l.Name)
	for _, option := range l.Options {
		text += ", " + option.Name + ": " + option.Value
	}
	if l.SKU != "" {
		text += " [" + l.SKU + "]"
	}
	return text
}

// goods sets the lines of goods side by side. false: the document does not
// repeat the order's lines.
func (c *comparing) goods() bool {
	sold := slices.DeleteFunc(slices.Collect(indices(len(c.order.Lines))), func(i int) bool {
		l := c.order.Lines[i]
		return l.Quantity == 0 && l.Goods(c.order.Precision).IsZero()
	})
	var lines [][]int // of the document; the members of one bundle together
	for i, l := range c.doc.Lines {
		switch {
		case l.Quantity == nil:
		case l.Bundle > 0 && i > 0 && c.doc.Lines[i-1].Bundle == l.Bundle:
			lines[len(lines)-1] = append(lines[len(lines)-1], i)
		default:
			lines = append(lines, []int{i})
		}
	}
	if len(lines) != len(sold) || c.doc.Total.IsZero() && len(lines) == 0 {
		return len(c.doc.Lines) == 0 && len(sold) == 0
	}
	largest := c.largest()
	for at, i := range sold {
		l := c.order.Lines[i]
		shop := figure{goodsText(l), l.Goods(c.order.Precision)}
		how := []string{}
		if !l.Price.Equal(l.Price.Round(2)) {
			how = append(how, fmt.Sprintf("%d × %s is %s.", l.Quantity, l.Price, c.money(shop.amount)))
		}
		start := shop.amount
		if fraction := c.moved("fractions of a cent"); i == largest && !fraction.IsZero() {
			start = start.Add(fraction)
			how = append(how, fmt.Sprintf("The shop rounds only the sum of its prices: the largest line takes %s more.", fraction.StringFixed(2)))
		}
		amount := decimal.Zero
		for _, line := range lines[at] {
			amount = amount.Add(c.doc.Lines[line].Amount)
		}
		how = append(how, c.taken(start, amount)...)
		for n, line := range lines[at] {
			if n == 0 {
				c.pair("", &shop, line, strings.Join(how, " "))
				continue
			}
			c.pair("", nil, line, "A member of the same bundle.")
		}
	}
	for i, l := range c.order.Lines {
		if !slices.Contains(sold, i) {
			c.pair(string(posting.Goods), &figure{goodsText(l), decimal.Zero}, -1, "Left out: its quantity is 0.")
		}
	}
	return true
}

func indices(n int) func(func(int) bool) {
	return func(yield func(int) bool) {
		for i := range n {
			if !yield(i) {
				return
			}
		}
	}
}

// largest is the line with the largest amount, on which a difference goes.
func (c *comparing) largest() int {
	largest := 0
	for i, l := range c.order.Lines {
		if l.Goods(c.order.Precision).GreaterThan(c.order.Lines[largest].Goods(c.order.Precision)) {
			largest = i
		}
	}
	return largest
}

// moved is the money that adjustments of a cause moved.
func (c *comparing) moved(cause string) decimal.Decimal {
	total := decimal.Zero
	for _, a := range c.plan.Adjustments {
		if a.Cause == cause {
			total = total.Add(a.Amount)
		}
	}
	return total
}

// taken says how a figure of the shop's became an amount on the document.
func (c *comparing) taken(shop, books decimal.Decimal) []string {
	off := shop.Sub(books)
	switch {
	case off.IsZero():
		return nil
	case c.inside:
		return []string{fmt.Sprintf("%s less the tax inside it, %s.", c.money(shop), c.money(off))}
	}
	return []string{fmt.Sprintf("%s less %s.", c.money(shop), c.money(off))}
}

// shopPart is what the shop says of one part.
type shopPart struct {
	part    posting.Part
	figures []figure
}

// parts are the order's charges and reductions, in the order of a document.
func (c *comparing) parts() []shopPart {
	o := c.order
	discount, shipping := shopPart{part: posting.Discount}, shopPart{part: posting.Shipping}
	handling, surcharges, tips := shopPart{part: posting.Handling}, shopPart{part: posting.Surcharge}, shopPart{part: posting.Tip}
	add := func(p *shopPart, text string, amount decimal.Decimal) {
		if !amount.IsZero() {
			p.figures = append(p.figures, figure{text, amount})
		}
	}
	add(&discount, "Promotions", o.Discount.Neg())
	add(&discount, strings.TrimSpace("Coupon "+o.CouponCode), o.CouponDiscount.Neg())
	add(&shipping, strings.TrimSuffix("Shipping: "+o.ShippingMethod, ": "), o.ShipCharge.Amount)
	add(&handling, orElse(o.Handling.Name, "Handling"), o.Handling.Amount)
	for _, s := range o.Surcharges {
		if s.Tip() {
			add(&tips, "Tip", s.Amount)
		} else {
			add(&surcharges, orElse(s.Description, orElse(s.Name, "Surcharge")), s.Amount)
		}
	}
	card, credit := shopPart{part: posting.GiftCard}, shopPart{part: posting.StoreCredit}
	if c.has(posting.GiftCard) {
		add(&card, "Paid by gift card", o.GiftCard.Neg())
	}
	if c.has(posting.StoreCredit) {
		add(&credit, "Paid by store credit or points", o.StoreCredit.Add(o.Loyalty).Neg())
	}
	return []shopPart{discount, shipping, handling, surcharges, tips, card, credit}
}

// has tells whether the document has lines of a part.
func (c *comparing) has(part posting.Part) bool {
	return slices.ContainsFunc(c.doc.Lines, func(l posting.Line) bool { return l.Part == part })
}

// charges sets the figures of one part beside the document's lines of that part.
func (c *comparing) charges(shop shopPart) {
	var lines []int
	sum, booked := decimal.Zero, decimal.Zero
	for i, l := range c.doc.Lines {
		if l.Part == shop.part {
			lines, booked = append(lines, i), booked.Add(l.Amount)
		}
	}
	for _, f := range shop.figures {
		sum = sum.Add(f.amount)
	}
	n := max(len(lines), len(shop.figures))
	for i := range n {
		var f *figure
		line, how := -1, ""
		if i < len(shop.figures) {
			f = &shop.figures[i]
		}
		if i < len(lines) {
			line = lines[i]
		}
		switch {
		case f != nil && line >= 0 && len(lines) == len(shop.figures) && shop.part != posting.Discount:
			how = strings.Join(c.taken(f.amount, c.doc.Lines[line].Amount), " ")
		case i == n-1:
			how = c.whole(shop.part, sum, booked, lines)
		}
		c.pair(string(shop.part), f, line, how)
	}
}

// whole says how the figures of a part, taken together, became its lines.
func (c *comparing) whole(part posting.Part, shop, booked decimal.Decimal, lines []int) string {
	how := c.taken(shop, booked)
	if part == posting.Discount && len(lines) > 1 {
		var split []string
		for _, i := range lines {
			split = append(split, fmt.Sprintf("%s on what is %s", c.doc.Lines[i].Amount.Neg().StringFixed(2), codeWords(c.taxable(c.doc.Lines[i]))))
		}
		how = append(how, fmt.Sprintf("The discount fell with %s; a discount line lowers the taxed sum by its own tax code alone.", strings.Join(split, " and ")))
	}
	return strings.Join(how, " ")
}

func codeWords(taxable bool) string {
	if taxable {
		return "taxed"
	}
	return "not taxed"
}

func (c *comparing) taxable(l posting.Line) bool {
	return !c.books.TaxedSum(posting.Document{Lines: []posting.Line{l}}).IsZero()
}

// alone says what a line is that the shop has no figure for.
func (c *comparing) alone(l posting.Line) string {
	switch l.Part {
	case posting.Rounding:
		return fmt.Sprintf("The shop's tax is %s and QuickBooks' %s: this line carries the %s between them.", c.money(c.order.Tax), c.doc.Tax.StringFixed(2), l.Amount.StringFixed(2))
	case posting.Tax:
		if l.Amount.Equal(c.order.Tax) {
			return "The whole tax as a line of its own, by the rules: QuickBooks computes none."
		}
		return "This tax as a line of its own, by the rules: QuickBooks computes none."
	}
	return ""
}

// shopTotal is the shop's figure for a document's total: the order's, or the
// entry of its refunds that the document gives back.
func (c *comparing) shopTotal() (text string, amount decimal.Decimal) {
	_, n, numbered := strings.Cut(c.doc.Purpose, "/")
	for i, r := range c.order.Refunds {
		if numbered && !c.repeats && n == fmt.Sprint(i+1) && !strings.HasPrefix(c.doc.Purpose, "payment") {
			return refundText(r), r.Amount
		}
	}
	if c.has(posting.GiftCard) {
		return "Left to pay", c.order.Total
	}
	return "Total", c.order.Due()
}

func refundText(r order.Refund) string {
	return strings.TrimSuffix("Refund of "+r.Day+": "+r.Reason, ": ")
}

// taxes are the order's taxes, one by one.
func (c *comparing) taxes() []figure {
	if c.order.Tax.IsZero() {
		return nil
	}
	var all []figure
	for _, t := range c.order.Taxes() {
		if !t.Total.IsZero() {
			all = append(all, figure{fmt.Sprintf("%s %s %%", orElse(t.Name, "Tax"), t.Rate), t.Total})
		}
	}
	return all
}

// arithmetic is how QuickBooks comes to tax and total.
func (c *comparing) arithmetic() {
	d := c.doc
	taxed, lines := c.books.TaxedSum(d), decimal.Zero
	for _, l := range d.Lines {
		lines = lines.Add(l.Amount)
	}
	var members []posting.TaxMember
	var shop []figure
	if len(d.Lines) > 0 {
		members = c.books.TaxMembers(d.TaxItem.ListID)
	}
	if c.repeats {
		shop = c.taxes()
	}
	if len(members) > 0 {
		c.rows = append(c.rows, PlanRow{Document: d.Purpose, Part: taxedRow, Books: "Lines that are taxed", BooksAmount: taxed.StringFixed(2)},
			PlanRow{Document: d.Purpose, Part: untaxedRow, Books: "Lines that are not", BooksAmount: lines.Sub(taxed).StringFixed(2)})
	}
	for i := range max(len(shop), len(members)) {
		r := PlanRow{Document: d.Purpose, Part: string(posting.Tax)}
		if i < len(shop) {
			r.Shop, r.ShopAmount = shop[i].text, c.money(shop[i].amount)
		}
		if i < len(members) {
			exact, rounded := members[i].TaxOn(taxed)
			r.Books, r.BooksAmount = fmt.Sprintf("%s %s %%", members[i].Name, members[i].Rate), rounded.StringFixed(2)
			switch {
			case rounded.IsZero():
			case exact.Equal(rounded):
				r.How = fmt.Sprintf("%s × %s %% is %s.", taxed.StringFixed(2), members[i].Rate, rounded.StringFixed(2))
			default:
				r.How = fmt.Sprintf("%s × %s %% is %s, rounded %s.", taxed.StringFixed(2), members[i].Rate, exact, rounded.StringFixed(2))
			}
		}
		c.rows = append(c.rows, r)
	}
	if len(shop) > 1 || len(members) > 1 {
		r := PlanRow{Document: d.Purpose, Part: string(posting.Tax), Books: "Tax, each rate rounded apart", BooksAmount: d.Tax.StringFixed(2)}
		if c.repeats {
			r.Shop, r.ShopAmount = "Tax of the order", c.money(c.order.Tax)
		}
		c.rows = append(c.rows, r)
	}
	text, total := c.shopTotal()
	c.rows = append(c.rows, PlanRow{Document: d.Purpose, Part: totalRow, Shop: text, ShopAmount: c.money(total), Books: "Total", BooksAmount: d.Total.StringFixed(2), How: c.sum(d)})
	if c.repeats && !c.has(posting.GiftCard) {
		c.giftCard()
	}
}

// sum writes a document's total as the sum of its parts.
func (c *comparing) sum(d posting.Document) string {
	var words strings.Builder
	total := decimal.Zero
	add := func(name string, amount decimal.Decimal) {
		switch {
		case amount.IsZero():
			return
		case words.Len() == 0:
			words.WriteString(name + " " + amount.StringFixed(2))
		case amount.IsNegative():
			words.WriteString(" − " + name + " " + amount.Neg().StringFixed(2))
		default:
			words.WriteString(" + " + name + " " + amount.StringFixed(2))
		}
		total = total.Add(amount)
	}
	sums, order := map[posting.Part]decimal.Decimal{}, []posting.Part{}
	for _, l := range d.Lines {
		if _, known := sums[l.Part]; !known {
			order = append(order, l.Part)
		}
		sums[l.Part] = sums[l.Part].Add(l.Amount)
	}
	for _, part := range order {
		add(string(part), sums[part])
	}
	add("tax", d.Tax)
	if len(d.Lines) == 0 {
		return ""
	}
	return fmt.Sprintf("%s is %s.", words.String(), total.StringFixed(2))
}

// giftCard says what of the order's total a gift card paid.
func (c *comparing) giftCard() {
	if c.order.GiftCard.IsZero() {
		return
	}
	c.pair(giftCardRow, &figure{"Paid by gift card", c.order.GiftCard.Neg()}, -1, "")
	c.pair(giftCardRow, &figure{"Left to pay", c.order.Total}, -1, "")
}
