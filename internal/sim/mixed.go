package sim

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"
)

// A Choice is one thing that a mixed order may be; of the choices of one group it is exactly one, or none.
type Choice struct {
	Group, Name string
	PerMille    int // of all orders
	About       string
}

// Choices is what mixed orders are made of. What is left of the thousand in a group is none of it.
func Choices() []Choice {
	return []Choice{
		{"prices", "net", 800, "tax on top of the prices"},
		{"prices", "gross", 200, "tax inside the prices, shipping and fees"},
		{"taxes", "no tax", 120, "shipped to another state"},
		{"taxes", "1 tax", 450, ""},
		{"taxes", "2 taxes", 120, "state and county, each rounded by line; a tax group in the books"},
		{"taxes", "3 taxes", 230, "state, county and city"},
		{"taxes", "4 taxes", 80, "and a special district"},
		{"lines", "1 line", 400, ""},
		{"lines", "2-4 lines", 350, ""},
		{"lines", "5-12 lines", 170, ""},
		{"lines", "13-30 lines", 60, ""},
		{"lines", "31-60 lines", 20, ""},
		{"untaxed", "untaxed line", 120, "a line that no tax is on, beside taxed ones"},
		{"rates", "several rates", 5, "a line that is taxed at another rate than the others"},
		{"exempt", "exempt buyer", 15, ""},
		{"exempt", "reverse charge", 5, ""},
		{"coupon", "percent coupon", 90, "5 to 30 %, spread over the lines"},
		{"coupon", "fixed coupon", 60, "spread over the lines"},
		{"coupon", "shipping coupon", 25, "takes off what shipping costs; no line has a share"},
		{"promotion", "volume discount", 40, "a percentage from a subtotal on"},
		{"promotion", "discount on the total", 40, "an amount"},
		{"promotion", "membership discount", 30, "a percentage, by customer group"},
		{"promotion", "discount on one line", 40, ""},
		{"promotion", "discount by hand", 10, "given by the shopkeeper"},
		{"promotion", "two promotions", 20, ""},
		{"shipping", "shipping untaxed", 280, ""},
		{"shipping", "shipping taxed", 200, "listed inside a line and for the order"},
		{"shipping", "shipping taxed apart", 50, "listed for the order alone"},
		{"handling", "handling fee", 30, ""},
		{"handling", "handling fee taxed", 20, ""},
		{"surcharge", "surcharge", 25, ""},
		{"surcharge", "surcharge taxed", 15, ""},
		{"tip", "tip", 30, ""},
		{"gift card", "paid by gift card", 25, "a part of it"},
		{"gift card", "paid whole by gift card", 5, ""},
		{"gift card", "sells a gift card", 15, "beside other goods or alone"},
		{"credit", "store credit", 20, "paid a part"},
		{"credit", "loyalty points", 20, "paid a part"},
		{"price", "odd price", 60, "a unit price with fractions of a cent"},
		{"options", "options", 100, "a variation with chosen options"},
		{"goods", "unknown goods", 40, "an item that the books do not have"},
		{"goods", "goods without SKU", 10, "typed in"},
		{"bundle", "bundle", 15, "a group item of the books, whose members come to its price"},
		{"bundle", "bundle at its own price", 10, "whose members come to something else"},
		{"edit", "line set to 0", 10, "edited: quantity 0 remains"},
		{"edit", "tax not recalculated", 4, "edited: Ecwid keeps the tax as it was"},
		{"delivery", "digital", 40, "no shipping block, no shipping person"},
		{"delivery", "picked up", 60, ""},
		{"payment", "PayPal", 200, ""},
		{"payment", "offline", 50, "no processor"},
		{"buyer", "letters beyond Windows-1252", 10, ""},
		{"buyer", "long name", 10, ""},
		{"buyer", "known customer", 30, ""},
		{"buyer", "name of a vendor", 3, "of a vendor, an employee or an other name"},
		{"buyer", "no e-mail", 10, ""},
		{"buyer", "no billing person", 10, ""},
		{"number", "long number", 10, "longer than the 11 characters of a RefNumber"},
		{"state", "part refunded", 30, ""},
		{"state", "refunded", 20, "the whole total"},
		{"state", "refunded without an amount", 3, "by its status alone"},
		{"state", "paid later", 20, "seen before it is paid"},
		{"state", "part refunded later", 20, "when its sale is in the books"},
		{"state", "refunded later", 10, "the whole total, when its sale is in the books"},
		{"state", "lines edited later", 10, "a quantity, when its sale is in the books"},
		{"state", "total edited later", 10, "a discount by hand, when its sale is in the books"},
		{"state", "buyer edited later", 10, "name and e-mail, when its sale is in the books"},
		{"state", "edited before it is paid", 10, "a quantity"},
		{"state", "status walked back and forth", 10, "paid, not paid, paid again, when its sale is in the books"},
		{"state", "payment taken back", 5, "not paid any more, when its sale is in the books"},
		{"state", "cancelled later", 5, "when its sale is in the books"},
		{"state", "not paid", 20, ""},
		{"state", "cancelled", 10, "before it was paid"},
		{"state", "does not add up", 5, ""},
		{"state", "unknown status", 2, ""},
		{"state", "masked buyer", 2, ""},
	}
}

// Mixed is a generated order with all that it is.
type Mixed struct {
	Generated
	Names []string // of its Choices
	// Later are fields that change in the shop when the order was taken in, one change after the other.
	Later []map[string]any
}

// Is tells whether the order is something.
func (m Mixed) Is(name string) bool { return slices.Contains(m.Names, name) }

// Sound tells that money came for the order and that it says exactly what for: it adds up, its status is known, its buyer is not masked, what
// was refunded is told.
func (m Mixed) Sound() bool {
	return !slices.ContainsFunc([]string{"refunded without an amount", "not paid", "cancelled", "does not add up", "unknown status", "masked buyer"}, m.Is)
}

// MixedOrders generates n orders that are anything at once, by the shares of Choices, oldest first, the last placed at newest. The shop's figures
// are Ecwid's arithmetic (ecwid.md 5): each tax of each line rounded by itself. taxes are the rates of state, county, city and district; orders
// with one tax have the combined one. The same arguments give the same bytes.
func MixedOrders(seed uint64, n int, newest time.Time, combined TaxItem, taxes []TaxItem) []Mixed {
	orders := make([]Mixed, n)
	for i := range orders {
		created := newest.Add(-29 * time.Minute * time.Duration(n-1-i)).UTC().Truncate(time.Second)
		internalID := 400_000_000 + int64(seed%97)*1_000_000 + int64(i)
		begin := func() *mixing { // the same each time
			m := &mixing{random: rand.New(rand.NewPCG(seed, uint64(i))), draft: draft{
				id: shortID(internalID), internalID: internalID, created: created, status: "PAID", shippingName: "Free shipping",
			}}
			m.choose()
			m.shape(combined, taxes)
			return m
		}
		m := begin()
		m.reckon()
		text, err := json.Marshal(m.fields())
		if err != nil { // only strings, numbers and lists are in there
			panic(fmt.Sprintf("generated order %d cannot be written as JSON: %v", i, err))
		}
		edited := begin()
		edited.edit()
		edited.reckon()
		orders[i] = Mixed{Generated{"mixed", text}, m.names, m.later(edited.fields())}
	}
	return orders
}

// mixing is a mixed order in the making.
type mixing struct {
	draft
	random *rand.Rand
	names  []string
}

// choose throws the dice once for each group.
func (m *mixing) choose() {
	group, throw := "", 0
	for _, c := range Choices() {
		if c.Group != group {
			group, throw = c.Group, m.random.IntN(1000)
		}
		if throw >= 0 && throw < c.PerMille {
			m.names = append(m.names, c.Name)
		}
		throw -= c.PerMille
	}
}

// is tells whether the order is to be something.
func (m *mixing) is(name string) bool { return slices.Contains(m.names, name) }

// cents are some cents from least to most.
func (m *mixing) cents(least, most int) Cents { return Cents(least + m.random.IntN(most-least+1)) }

func (m *mixing) shape(combined TaxItem, taxes []TaxItem) {
	m.buyer = someone(m.random)
	m.gross, m.exempt, m.reverseCharge = m.is("gross"), m.is("exempt buyer"), m.is("reverse charge")
	m.shapeTaxes(combined, taxes)
	m.shapeLines(combined)
	m.shapeReductions()
	m.shapeCharges()
	m.shapePerson()
	switch {
	case m.is("PayPal"):
		m.method, m.module = "PayPal", "PayPalStandard"
	case m.is("offline"):
		m.method = "Check"
	}
	switch {
	case m.is("part refunded"):
		m.status, m.refundPart = "PARTIALLY_REFUNDED", int64(2+m.random.IntN(5))
	case m.is("refunded"):
		m.status, m.refundPart = "REFUNDED", 1
	case m.is("refunded without an amount"):
		m.status = "REFUNDED"
	case m.is("not paid"), m.is("paid later"), m.is("edited before it is paid"):
		m.status = "AWAITING_PAYMENT"
	case m.is("cancelled"):
		m.status, m.fulfilment = "CANCELLED", "WILL_NOT_DELIVER"
	case m.is("does not add up"):
		m.wrongBy = m.cents(1, 500)
	case m.is("unknown status"):
		m.status = "PAYMENT_UNDER_REVIEW"
	}
	if m.is("tax not recalculated") && len(m.taxes) > 0 && !m.exempt && !m.reverseCharge {
		m.staleTax = m.cents(6, 400)
	}
}

// edit does to the order, before it is reckoned, what a person does to it in the shop later.
func (m *mixing) edit() {
	switch {
	case m.is("lines edited later"), m.is("edited before it is paid"):
		m.lines[0].quantity++
	case m.is("total edited later"):
		m.promotions = append(m.promotions, promotion{base: "CUSTOM", kind: "ABS", value: 100000, line: -1})
	case m.is("buyer edited later"):
		m.buyer = local("Alma Newcomer", "alma.newcomer@example.com")
	}
}

// later is what changes when the order was taken in; edited is the order after edit.
func (m *mixing) later(edited fields) []map[string]any {
	refunded := func(status string, amount Cents) []map[string]any {
		if amount == 0 {
			return nil
		}
		day := m.created.Add(36 * time.Hour)
		return []map[string]any{{"paymentStatus": status, "refundedAmount": amount.number(),
			"refunds": []any{fields{"date": day.Format(ecwidTime), "source": "CP", "reason": "Did not fit", "amount": amount.number()}}}}
	}
	paid, notPaid := map[string]any{"paymentStatus": "PAID"}, map[string]any{"paymentStatus": "AWAITING_PAYMENT"}
	switch {
	case m.is("paid later"):
		return []map[string]any{paid}
	case m.is("part refunded later"):
		return refunded("PARTIALLY_REFUNDED", m.total/Cents(2+m.random.IntN(5)))
	case m.is("refunded later"):
		return refunded("REFUNDED", m.total)
	case m.is("lines edited later"), m.is("total edited later"), m.is("buyer edited later"):
		return []map[string]any{edited}
	case m.is("edited before it is paid"):
		return []map[string]any{edited, paid}
	case m.is("status walked back and forth"):
		return []map[string]any{notPaid, paid}
	case m.is("payment taken back"):
		return []map[string]any{notPaid}
	case m.is("cancelled later"):
		return []map[string]any{{"paymentStatus": "CANCELLED"}}
	}
	return nil
}

func (m *mixing) shapeTaxes(combined TaxItem, taxes []TaxItem) {
	for i, name := range []string{"2 taxes", "3 taxes", "4 taxes"} {
		if m.is(name) {
			m.taxes = taxes[:i+2]
		}
	}
	if m.is("1 tax") {
		m.taxes = []TaxItem{combined}
	}
}

func (m *mixing) shapeLines(combined TaxItem) {
	most := map[string][2]int{"1 line": {1, 1}, "2-4 lines": {2, 4}, "5-12 lines": {5, 12}, "13-30 lines": {13, 30}, "31-60 lines": {31, 60}}
	for name, n := range most {
		if m.is(name) {
			for range n[0] + m.random.IntN(n[1]-n[0]+1) {
				m.lines = append(m.lines, some(m.random))
			}
		}
	}
	first := &m.lines[0]
	switch {
	case m.is("odd price"):
		first.product = bolt()
		first.product.price, first.quantity = 1000+m.random.Int64N(900000), 1+m.random.Int64N(200)
	case m.is("unknown goods"):
		first.product = unlisted()
	case m.is("goods without SKU"):
		first.product = product{"", "Custom work by arrangement", int64(m.cents(500, 90000)) * 1000, true, false, ""}
	case m.is("options"):
		size := []string{"S", "M", "L"}[m.random.IntN(3)]
		*first = draftLine{product: tShirt(size), quantity: 1 + m.random.Int64N(3), options: [][2]string{{"Size", size}, {"Colour", "Blue"}}}
	}
	if m.is("untaxed line") {
		m.lines = append(m.lines, draftLine{product: engraving(), quantity: 1 + m.random.Int64N(3)})
	}
	if m.is("several rates") && len(m.taxes) > 0 {
		m.lines = append(m.lines, draftLine{product: some(m.random).product, quantity: 1, rates: []TaxItem{{"Reduced", combined.Rate / 2}}})
	}
	if m.is("sells a gift card") {
		m.lines = append(m.lines, draftLine{product: giftCard(), quantity: 1, giftCard: true})
	}
	if m.is("bundle") || m.is("bundle at its own price") {
		kit := campKit()
		if m.is("bundle at its own price") {
			kit.price -= int64(m.cents(1, 900)) * 1000
		}
		m.lines = append(m.lines, draftLine{product: kit, quantity: 1 + m.random.Int64N(3)})
	}
	if m.is("line set to 0") {
		m.lines = append(m.lines, draftLine{product: some(m.random).product})
	}
}

func (m *mixing) shapeReductions() {
	percent := func(least, most int) int64 { return int64(least+m.random.IntN(most-least+1)) * 100000 }
	fixed := func(least, most int) int64 { return int64(m.cents(least, most)) * 1000 }
	switch {
	case m.is("percent coupon"):
		m.coupon = &coupon{"SAVE", "PERCENT", percent(5, 30)}
	case m.is("fixed coupon"):
		m.coupon = &coupon{"LESS", "ABS", fixed(100, 2500)}
	case m.is("shipping coupon"):
		m.coupon = &coupon{"FREESHIP", "SHIPPING", 0}
	}
	add := func(base, kind string, value int64, line int) {
		m.promotions = append(m.promotions, promotion{base: base, kind: kind, value: value, line: line})
	}
	if m.is("volume discount") || m.is("two promotions") {
		add("SUBTOTAL", "PERCENT", percent(2, 10), -1)
	}
	if m.is("discount on the total") {
		add("ON_TOTAL", "ABS", fixed(50, 1500), -1)
	}
	if m.is("membership discount") || m.is("two promotions") {
		add("ON_MEMBERSHIP", "PERCENT", percent(1, 15), -1)
	}
	if m.is("discount on one line") {
		add("ITEM", "PERCENT", percent(5, 50), m.random.IntN(len(m.lines)))
	}
	if m.is("discount by hand") {
		add("CUSTOM", "ABS", fixed(50, 1000), -1)
	}
}

func (m *mixing) shapeCharges() {
	if m.is("shipping untaxed") || m.is("shipping taxed") || m.is("shipping taxed apart") {
		m.shippingName, m.shipping = "USPS Priority Mail", m.cents(295, 2500)
		m.shippingTaxed, m.shippingTaxApart = !m.is("shipping untaxed"), m.is("shipping taxed apart")
	}
	if m.is("handling fee") || m.is("handling fee taxed") {
		m.handling, m.handlingTaxed = m.cents(100, 900), m.is("handling fee taxed")
	}
	if m.is("surcharge") || m.is("surcharge taxed") {
		m.bagFee, m.bagTaxed = m.cents(25, 400), m.is("surcharge taxed")
	}
	if m.is("tip") {
		m.tipRate = int64(5+m.random.IntN(20)) * 100000
	}
	switch {
	case m.is("paid by gift card"):
		m.giftCardPart = int64(2 + m.random.IntN(4))
	case m.is("paid whole by gift card"):
		m.giftCardPart = 1
	}
	if m.is("store credit") || m.is("loyalty points") {
		m.creditPart, m.points = int64(2+m.random.IntN(6)), m.is("loyalty points")
	}
	switch {
	case m.is("digital") && m.shipping == 0:
		m.noShipping = true
	case m.is("picked up") && m.shipping == 0:
		m.pickup, m.shippingName = true, "Self Pickup"
	}
}

func (m *mixing) shapePerson() {
	switch {
	case m.is("letters beyond Windows-1252"):
		m.buyer = local("Micha\u0142 \u017bak", "michal.zak@example.com")
		m.comments = "Danke \U0001F381"
	case m.is("long name"):
		m.buyer = local("Bartholomew Maximilian Featherstonehaugh-Cholmondeley the Younger", "bart.f@example.com")
	case m.is("known customer"):
		m.buyer = local(knownCustomer, "jane.cooper@example.com")
	case m.is("name of a vendor"):
		m.buyer = local(nameOfVendor, "morgan.bailey@example.org")
	case m.is("no e-mail"):
		m.buyer = local(fmt.Sprintf("Walk-in Buyer %d", m.internalID), "")
	case m.is("no billing person"):
		m.noBilling = true
	}
	if m.is("masked buyer") {
		m.buyer = local("[DEMO] Buyer name hidden", "hidden@example.com")
	}
	if m.is("long number") {
		m.id = "WEBSHOP-2026-" + m.id
	}
}
