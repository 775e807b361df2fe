package posting_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"qbridge/internal/order"
	"qbridge/internal/posting"
	"qbridge/qbxml"
)

// later are rules under which everything that an order can become is written.
func later(o order.Order, changes ...func(*setting)) setting {
	s := sold(o)
	s.rules.Refunds, s.rules.RefundItem, s.rules.RefundFrom = "credit-memo", "Refund", "Clearing:Stripe"
	s.rules.Unpaid = "invoice"
	s.lists.Names = append(s.lists.Names, posting.Name{ListID: madeID, Name: "Made Before", FullName: "Made Before", Kind: "Customer", Active: true})
	for _, change := range changes {
		change(&s)
	}
	return s
}

// madeID is the ListID of whatever a document needed and QuickBooks made.
const madeID = "80000099-1700000000"

// posted takes a document for written and right, and what it needed for made.
func posted(d posting.Document) posting.Posted {
	d = d.Resolved(func(row string) (string, bool) { return madeID, true })
	return posting.Posted{Purpose: d.Purpose, Kind: d.Kind, Generation: d.Generation, TxnID: "TX-" + d.Purpose, Total: d.Total, Right: true, Form: d}
}

// write plans what is next, takes it for written, and goes on until nothing is
// left to write. It says what was written, and why no more.
func (s *setting) write() (documents []posting.Document, end posting.Plan) {
	for range 20 {
		p := s.decide()
		if len(p.Documents) == 0 {
			return documents, p
		}
		documents = append(documents, p.Documents...)
		for _, d := range p.Documents {
			s.sale.Posted = append(s.sale.Posted, posted(d))
		}
	}
	return documents, posting.Plan{Reason: "it never ends"}
}

// brief is documents as a person would call them.
func brief(documents []posting.Document) string {
	var all []string
	for _, d := range documents {
		all = append(all, fmt.Sprintf("%s %s %s %s", d.Kind, d.RefNumber, d.Date, d.Total.StringFixed(2)))
	}
	return strings.Join(all, "; ")
}

// refund is an entry of the order's refunds.
func refund(day, amount string) order.Refund {
	return order.Refund{Day: day, Amount: dec(amount), Source: "CP", Reason: "broken"}
}

// status changes what the shop says of payment and refunds.
func status(p order.PaymentStatus, refunds ...order.Refund) func(*setting) {
	return func(s *setting) {
		o := &s.sale.Order
		o.Payment, o.Refunds, o.RefundedAmount = p, refunds, dec("0")
		for _, r := range refunds {
			o.RefundedAmount = o.RefundedAmount.Add(r.Amount)
		}
	}
}

// addLater adds the documents that are no receipts, each planned after those
// before it were written.
func addLater(all map[string]setting) {
	take := func(name string, s setting, after int) {
		for range after {
			for _, d := range s.decide().Documents {
				s.sale.Posted = append(s.sale.Posted, posted(d))
			}
		}
		all[name] = s
	}
	terms := func(s *setting) {
		s.lists.Terms = []posting.Entry{{ListID: "TERM-30", Name: "Net 30", Active: true}}
		s.rules.Terms, s.rules.DueDays = "Net 30", "30"
	}
	invoice := later(goldenOrders()["three-taxes-coupon"], status(order.AwaitingPayment), terms)
	invoice.sale.Order.PONumber = "PO-77"
	take("invoice", invoice, 0)
	sales := later(goldenOrders()["tip-and-fee"], terms, func(s *setting) { s.rules.Document, s.rules.AfterSalesOrder = "sales-order", "paid" })
	take("sales-order", sales, 0)
	take("invoice-of-sales-order", sales, 1)
	take("payment-of-invoice", sales, 2)
	whole := later(goldenOrders()["promotions-rounding-cent"], status(order.Refunded, refund("2026-03-21", "87.59")))
	take("credit-memo-of-all", whole, 1)
	take("card-refund", whole, 2)
	part := later(goldenOrders()["new-customer-that-does-not-fit"], status(order.PartiallyRefunded, refund("2026-03-20", "5.46")), func(s *setting) { s.rules.RefundForm = "check" })
	take("credit-memo-of-a-part", part, 1)
	take("cheque-refund", part, 2)
}

// The life of an order: each change in the shop becomes the right next document
// or a clear question (s06a-b-c, s14a-b of the shop's samples). Q31, Q32
func TestLifeOfAnOrder(t *testing.T) {
	five, rest := refund("2026-03-20", "5.46"), refund("2026-03-25", "189.28")
	whole := refund("2026-03-21", "194.74")
	changed := func(s *setting) { s.sale.Changed = true }
	accept := func(s *setting) {
		o := s.sale.Order
		s.sale.Accepted, s.sale.Changed = &o, false
	}
	byStatus := func(status, word string) func(*setting) {
		return func(s *setting) { s.rules.Documents = map[string]string{"payment:" + status: word} }
	}
	type stage struct {
		change func(*setting)
		writes string
		cause  posting.Cause
	}
	const receipt = "SalesReceipt S01QA 2026-03-14 194.74"
	const invoice = "Invoice S01QA 2026-03-14 194.74"
	for _, c := range []struct {
		name   string
		rules  func(*setting)
		stages []stage
	}{
		{"s06: paid, partly refunded, wholly refunded", nil, []stage{
			{status(order.Paid), receipt, posting.NothingToPost},
			{status(order.PartiallyRefunded, five), "CreditMemo S01QA-C1 2026-03-20 5.46; ARRefundCreditCard S01QA-R1 2026-03-20 5.46", posting.NothingToPost},
			{status(order.Refunded, five, rest), "CreditMemo S01QA-C2 2026-03-25 189.28; ARRefundCreditCard S01QA-R2 2026-03-25 189.28", posting.NothingToPost},
		}},
		{"refunded when first seen", nil, []stage{
			{status(order.Refunded, whole), receipt + "; CreditMemo S01QA-C1 2026-03-21 194.74; ARRefundCreditCard S01QA-R1 2026-03-21 194.74", posting.NothingToPost},
		}},
		{"refunded by cheque", func(s *setting) { s.rules.RefundFormByMethod = map[string]string{"Stripe": "check"} }, []stage{
			{status(order.Refunded, whole), receipt + "; CreditMemo S01QA-C1 2026-03-21 194.74; Check S01QA-R1 2026-03-21 194.74", posting.NothingToPost},
		}},
		{"credit memo alone", func(s *setting) { s.rules.RefundForm = "none" }, []stage{
			{status(order.Refunded, whole), receipt + "; CreditMemo S01QA-C1 2026-03-21 194.74", posting.NothingToPost},
		}},
		{"refunds are held by default", func(s *setting) { s.rules.Refunds = "hold" }, []stage{
			{status(order.Paid), receipt, posting.NothingToPost},
			{status(order.PartiallyRefunded, five), "", posting.RefundedOrder},
			{accept, "", posting.NothingToPost},
		}},
		{"s14: edited before it was posted", nil, []stage{
			{func(s *setting) {
				o := plain()
				o.Lines[0].Quantity, o.Subtotal, o.Total = 1, dec("89.95"), dec("89.95")
				s.sale.Order = o
			}, "SalesReceipt S01QA 2026-03-14 89.95", posting.NothingToPost},
		}},
		{"s14: edited after it was posted, then accepted", nil, []stage{
			{status(order.Paid), receipt, posting.NothingToPost},
			{changed, "", posting.ChangedAfter},
			{accept, "", posting.NothingToPost},
		}},
		{"paid later", nil, []stage{
			{status(order.AwaitingPayment), invoice, posting.NothingToPost},
			{func(s *setting) { status(order.Paid)(s); s.sale.PaidOn = "2026-03-30" }, "ReceivePayment S01QA-P1 2026-03-30 194.74", posting.NothingToPost},
			{status(order.Paid), "", posting.NothingToPost},
		}},
		{"invoice of a paid order", func(s *setting) { s.rules.Document = "invoice" }, []stage{
			{status(order.Paid), invoice + "; ReceivePayment S01QA-P1 2026-03-14 194.74", posting.NothingToPost},
			{status(order.PartiallyRefunded, five), "CreditMemo S01QA-C1 2026-03-20 5.46; ARRefundCreditCard S01QA-R1 2026-03-20 5.46", posting.NothingToPost},
		}},
		{"never paid, cancelled", nil, []stage{
			{status(order.Cancelled), "", posting.CancelledUnpaid},
		}},
		{"paid, cancelled before it was posted", nil, []stage{
			{func(s *setting) { status(order.Cancelled)(s); s.sale.WasPaid = true }, "", posting.CancelledUnpaid},
			{status(order.Paid), receipt, posting.NothingToPost},
		}},
		{"invoiced, then cancelled, then accepted", nil, []stage{
			{status(order.AwaitingPayment), invoice, posting.NothingToPost},
			{status(order.Cancelled), "", posting.CancelledAfter},
			{accept, "", posting.NothingToPost},
		}},
		{"paid, then cancelled, then paid again", nil, []stage{
			{status(order.Paid), receipt, posting.NothingToPost},
			{status(order.Cancelled), "", posting.CancelledAfter},
			{status(order.Paid), "", posting.NothingToPost},
		}},
		{"paid, then not paid", nil, []stage{
			{status(order.Paid), receipt, posting.NothingToPost},
			{status(order.AwaitingPayment), "", posting.PaymentTakenBack},
			{status(order.Paid), "", posting.NothingToPost},
		}},
		{"invoice paid, then not paid", nil, []stage{
			{status(order.AwaitingPayment), invoice, posting.NothingToPost},
			{status(order.Paid), "ReceivePayment S01QA-P1 2026-03-14 194.74", posting.NothingToPost},
			{status(order.AwaitingPayment), "", posting.PaymentTakenBack},
		}},
		{"paid, then of a status of the shop's own", nil, []stage{
			{status(order.Paid), receipt, posting.NothingToPost},
			{status("CUSTOM_PAYMENT_STATUS_2"), "", posting.UnknownStatus},
		}},
		{"a receipt by rule, though not paid", byStatus("AWAITING_PAYMENT", "receipt"), []stage{
			{status(order.AwaitingPayment), receipt, posting.NothingToPost},
			{status(order.Paid), "", posting.NothingToPost},
			{status(order.AwaitingPayment), "", posting.NothingToPost},
		}},
		{"an invoice by rule, paid, then not paid", byStatus("AWAITING_PAYMENT", "invoice"), []stage{
			{status(order.Paid), receipt, posting.NothingToPost},
			{status(order.AwaitingPayment), "", posting.PaymentTakenBack},
		}},
		{"paid, then of a status that the rules exclude", byStatus("CUSTOM_PAYMENT_STATUS_2", "exclude"), []stage{
			{status(order.Paid), receipt, posting.NothingToPost},
			{status("CUSTOM_PAYMENT_STATUS_2"), "", posting.UnknownStatus},
			{status(order.Paid), "", posting.NothingToPost},
		}},
		{"paid, then of a status that waits by rule", byStatus("CUSTOM_PAYMENT_STATUS_2", "wait"), []stage{
			{status(order.Paid), receipt, posting.NothingToPost},
			{status("CUSTOM_PAYMENT_STATUS_2"), "", posting.UnknownStatus},
		}},
		{"a refund taken back", nil, []stage{
			{status(order.PartiallyRefunded, five), receipt + "; CreditMemo S01QA-C1 2026-03-20 5.46; ARRefundCreditCard S01QA-R1 2026-03-20 5.46", posting.NothingToPost},
			{status(order.Paid), "", posting.RefundUnclear},
		}},
		{"a refund of another amount than was posted", nil, []stage{
			{status(order.PartiallyRefunded, five), receipt + "; CreditMemo S01QA-C1 2026-03-20 5.46; ARRefundCreditCard S01QA-R1 2026-03-20 5.46", posting.NothingToPost},
			{status(order.PartiallyRefunded, refund("2026-03-20", "6.46")), "", posting.RefundUnclear},
		}},
		{"first refund accepted by hand, second posted", func(s *setting) { s.rules.Refunds = "hold" }, []stage{
			{status(order.Paid), receipt, posting.NothingToPost},
			{status(order.PartiallyRefunded, five), "", posting.RefundedOrder},
			{accept, "", posting.NothingToPost},
			{func(s *setting) { s.rules.Refunds = "credit-memo"; status(order.Refunded, five, rest)(s) },
				"CreditMemo S01QA-C2 2026-03-25 189.28; ARRefundCreditCard S01QA-R2 2026-03-25 189.28", posting.NothingToPost},
		}},
		{"payment accepted by hand", nil, []stage{
			{status(order.AwaitingPayment), invoice, posting.NothingToPost},
			{func(s *setting) { status(order.Paid)(s); accept(s) }, "", posting.NothingToPost},
		}},
		{"sales order, and nothing more", func(s *setting) { s.rules.Unpaid, s.rules.Document = "sales-order", "sales-order" }, []stage{
			{status(order.AwaitingPayment), "SalesOrder S01QA-SO 2026-03-14 194.74", posting.NothingToPost},
			{status(order.Paid), "", posting.NothingToPost},
		}},
		{"sales order, invoice when paid", func(s *setting) { s.rules.Unpaid, s.rules.AfterSalesOrder = "sales-order", "paid" }, []stage{
			{status(order.AwaitingPayment), "SalesOrder S01QA-SO 2026-03-14 194.74", posting.NothingToPost},
			{status(order.Paid), invoice + "; ReceivePayment S01QA-P1 2026-03-14 194.74", posting.NothingToPost},
		}},
		{"sales order, invoice when shipped", func(s *setting) { s.rules.Document, s.rules.AfterSalesOrder = "sales-order", "shipped" }, []stage{
			{status(order.Paid), "SalesOrder S01QA-SO 2026-03-14 194.74", posting.NothingToPost},
			{func(s *setting) { s.sale.Order.Fulfillment = "SHIPPED" }, invoice + "; ReceivePayment S01QA-P1 2026-03-14 194.74", posting.NothingToPost},
		}},
		{"sales order refunded before it was shipped", func(s *setting) { s.rules.Document, s.rules.AfterSalesOrder = "sales-order", "shipped" }, []stage{
			{status(order.Paid), "SalesOrder S01QA-SO 2026-03-14 194.74", posting.NothingToPost},
			{status(order.Refunded, whole), "", posting.RefundedOrder},
			{accept, "", posting.NothingToPost},
		}},
		{"sales order refunded, and nothing follows it", func(s *setting) { s.rules.Document = "sales-order" }, []stage{
			{status(order.Paid), "SalesOrder S01QA-SO 2026-03-14 194.74", posting.NothingToPost},
			{status(order.Refunded, whole), "", posting.RefundedOrder},
			{accept, "", posting.NothingToPost},
			{status(order.Paid), "", posting.NothingToPost},
		}},
		{"sales order shipped, then refunded", func(s *setting) { s.rules.Document, s.rules.AfterSalesOrder = "sales-order", "shipped" }, []stage{
			{status(order.Paid), "SalesOrder S01QA-SO 2026-03-14 194.74", posting.NothingToPost},
			{func(s *setting) { status(order.Refunded, whole)(s); s.sale.Order.Fulfillment = "SHIPPED" },
				invoice + "; ReceivePayment S01QA-P1 2026-03-14 194.74; CreditMemo S01QA-C1 2026-03-21 194.74; ARRefundCreditCard S01QA-R1 2026-03-21 194.74", posting.NothingToPost},
		}},
		{"sales order edited", func(s *setting) { s.rules.Unpaid, s.rules.AfterSalesOrder = "sales-order", "paid" }, []stage{
			{status(order.AwaitingPayment), "SalesOrder S01QA-SO 2026-03-14 194.74", posting.NothingToPost},
			{changed, "", posting.ChangedAfter},
		}},
		{"free invoice needs no payment", func(s *setting) { s.zero(); s.rules.Document = "invoice" }, []stage{
			{status(order.Paid), "Invoice S01QA 2026-03-14 0.00", posting.NothingToPost},
		}},
		{"invoice that a gift card paid", func(s *setting) {
			s.rules.Document = "invoice"
			s.sale.Order.GiftCard, s.sale.Order.Total = dec("100"), dec("94.74")
		}, []stage{
			{status(order.Paid), "Invoice S01QA 2026-03-14 94.74; ReceivePayment S01QA-P1 2026-03-14 94.74", posting.NothingToPost},
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := later(taxedOrder())
			if c.rules != nil {
				c.rules(&s)
			}
			for i, stage := range c.stages {
				stage.change(&s)
				written, end := s.write()
				if got := brief(written); got != stage.writes {
					t.Fatalf("stage %d writes %q, want %q (%s)", i+1, got, stage.writes, end.Reason)
				}
				if end.Cause != stage.cause || end.Reason == "" || end.State == order.Attention && end.Cure == "" {
					t.Fatalf("stage %d ends %s %q: %s", i+1, end.State, end.Cause, end.Reason)
				}
			}
		})
	}
}

// Nothing is built on a document of which QuickBooks' total is not known to be
// right, or that is a draft. Q27, Q31
func TestNothingFollowsADocumentThatIsNotRight(t *testing.T) {
	s := later(taxedOrder(), status(order.Refunded, refund("2026-03-21", "194.74")))
	s.rules.Document = "invoice"
	for _, purpose := range []string{"invoice", "payment/1", "credit/1", "refund/1"} {
		d := mustPost(t, s.decide())
		if d.Purpose != purpose {
			t.Fatalf("%s is planned, want %s", d.Purpose, purpose)
		}
		p := posted(d)
		p.Right = false
		s.sale.Posted = append(s.sale.Posted, p)
		if after := s.decide(); after.Cause != posting.NothingToPost || len(after.Documents) > 0 {
			t.Fatalf("%s %q follows a %s that is not right: %s", after.State, after.Cause, purpose, after.Reason)
		}
		s.sale.Posted[len(s.sale.Posted)-1].Right = true
	}
}

// A refund waits until what pays out the one before it is known to be right.
func TestRefundsGoOneByOne(t *testing.T) {
	s := later(taxedOrder(), status(order.PartiallyRefunded, refund("2026-03-20", "5"), refund("2026-03-21", "6")))
	for range 3 { // receipt, credit/1, refund/1
		s.sale.Posted = append(s.sale.Posted, posted(mustPost(t, s.decide())))
	}
	s.sale.Posted[2].Right = false
	if p := s.decide(); p.Cause != posting.NothingToPost {
		t.Errorf("%q %s: %+v", p.Cause, p.Reason, p.Documents)
	}
	s.sale.Posted[2].Right = true
	if d := mustPost(t, s.decide()); d.Purpose != posting.CreditPurpose(2) {
		t.Errorf("%s follows", d.Purpose)
	}
}

// Drafts are receipts, invoices and credit memos; what is no draft in QuickBooks
// is written plainly.
func TestPendingMode(t *testing.T) {
	s := later(taxedOrder(), status(order.Refunded, refund("2026-03-21", "194.74")))
	s.rules.Mode, s.rules.Document, s.rules.AfterSalesOrder = posting.PendingMode, "sales-order", "paid"
	drafts := map[string]bool{posting.SalesOrder: false, posting.Invoice: true, posting.ReceivePayment: false, posting.CreditMemo: true, posting.ARRefundCreditCard: false}
	for range len(drafts) {
		d := mustPost(t, s.decide())
		if d.Pending != drafts[d.Kind] {
			t.Errorf("%s: pending %v", d.Kind, d.Pending)
		}
		s.sale.Posted = append(s.sale.Posted, posted(d))
	}
}

// The invoice of a sales order takes over its lines, so both must come to the same.
func TestInvoiceOfASalesOrderOfAnotherTotal(t *testing.T) {
	s := later(taxedOrder(), func(s *setting) { s.rules.Document, s.rules.AfterSalesOrder = "sales-order", "paid" })
	s.sale.Posted = append(s.sale.Posted, posted(mustPost(t, s.decide())))
	s.sale.Posted[0].Total = dec("194.75")
	if p := s.decide(); p.Cause != posting.ChangedAfter || !strings.Contains(p.Reason, "194.75") {
		t.Errorf("%q %s", p.Cause, p.Reason)
	}
}

// Each later document is for the customer and A/R account of the one before it,
// applied to that by TxnID with its whole total. Q31, Q32
func TestLaterDocumentsBelongTogether(t *testing.T) {
	s := later(taxedOrder(), status(order.Refunded, refund("2026-03-21", "194.74")))
	s.rules.Document = "invoice"
	written, _ := s.write()
	if len(written) != 4 {
		t.Fatal(brief(written))
	}
	for i, on := range map[int]string{1: "TX-invoice", 3: "TX-credit/1"} {
		if d := written[i]; d.AppliedTo != on || !d.Total.Equal(written[i-1].Total) {
			t.Errorf("%s is applied to %q with %s", d.Kind, d.AppliedTo, d.Total)
		}
	}
	for _, d := range written {
		if d.Customer.ListID != "N-JANE" || d.Receivable.ListID != "A-AR" {
			t.Errorf("%s: customer %v, A/R %v", d.Kind, d.Customer, d.Receivable)
		}
	}
	if memo := written[2]; !cmp.Equal(memo.Lines, written[0].Lines) || memo.TaxItem != written[0].TaxItem || !memo.Tax.Equal(written[0].Tax) {
		t.Errorf("the credit memo of the whole sale has other lines:\n%s", cmp.Diff(written[0].Lines, memo.Lines))
	}
	for _, l := range written[2].Lines {
		if l.Quantity != nil && !l.Quantity.IsPositive() {
			t.Errorf("a credit memo has positive quantities, not %s", l.Quantity)
		}
	}
	if from := written[3].RefundFrom.ListID; from != "A-STRIPE" {
		t.Errorf("refunded from %s", from)
	}

	// The customer was chosen anew in the meantime: the invoice's stays.
	s.sale.Posted = s.sale.Posted[:1]
	s.sale.Decisions.Customer = "N-PLAIN"
	if d := mustPost(t, s.decide()); d.Customer.ListID != "N-JANE" {
		t.Errorf("the payment is %s's", d.Customer.Name)
	}
}

// What stands against a refund.
func TestRefundsThatAreNotClear(t *testing.T) {
	five := refund("2026-03-20", "5.46")
	for _, c := range []struct {
		name   string
		change func(*setting)
		cause  posting.Cause
		says   string
	}{
		{"refunded, but no money was given back", status(order.Refunded), posting.RefundUnclear, "no money"},
		{"partly refunded, but no money was given back", status(order.PartiallyRefunded), posting.RefundUnclear, "no money"},
		{"more than the total", status(order.Refunded, refund("2026-03-20", "194.75")), posting.RefundUnclear, "194.75"},
		{"more than the total together", status(order.Refunded, five, refund("2026-03-21", "194.74")), posting.RefundUnclear, "200.20"},
		{"list and sum differ", func(s *setting) { status(order.PartiallyRefunded, five)(s); s.sale.Order.RefundedAmount = dec("7") }, posting.RefundUnclear, "7.00"},
		{"sum without a list", func(s *setting) { status(order.PartiallyRefunded)(s); s.sale.Order.RefundedAmount = dec("7") }, posting.RefundUnclear, "0.00"},
		{"an entry of nothing", status(order.PartiallyRefunded, five, refund("2026-03-21", "0")), posting.RefundUnclear, "Refund 2"},
		{"a negative entry", status(order.PartiallyRefunded, refund("2026-03-21", "-5")), posting.RefundUnclear, "-5"},
		{"cancelled and refunded", status(order.Cancelled, five), posting.RefundUnclear, "cancelled"},
		{"without a date", func(s *setting) { status(order.PartiallyRefunded, refund("", "5"))(s); s.write() }, posting.DateMissing, "refund"},
		{"in a closed period", func(s *setting) {
			s.write()
			status(order.PartiallyRefunded, refund("2026-03-20", "5"))(s)
			s.lists.Company.ClosingDate = "2026-03-31"
		}, posting.ClosedPeriod, "refund"},
		{"no item", func(s *setting) { status(order.PartiallyRefunded, five)(s); s.rules.RefundItem = ""; s.write() }, posting.RulesIncomplete, "refund-item"},
		{"no account", func(s *setting) { status(order.PartiallyRefunded, five)(s); s.rules.RefundFrom = ""; s.write() }, posting.RulesIncomplete, "refund-from"},
		{"no account by method", func(s *setting) {
			status(order.PartiallyRefunded, five)(s)
			s.rules.RefundFromByMethod = map[string]string{"stripe": "Shut"}
			s.write()
		}, posting.RulesIncomplete, "refund-from-by-method"},
		{"a cheque from no bank", func(s *setting) {
			status(order.PartiallyRefunded, five)(s)
			s.rules.RefundForm, s.rules.RefundFrom = "check", "Undeposited Funds"
			s.write()
		}, posting.RulesIncomplete, "bank"},
		{"nonsense as form", func(s *setting) { status(order.PartiallyRefunded, five)(s); s.rules.RefundForm = "cash"; s.write() }, posting.RulesIncomplete, "refund-form"},
		{"all of an order that a gift card paid in part", func(s *setting) {
			s.sale.Order.GiftCard, s.sale.Order.Total = dec("100"), dec("94.74")
			status(order.Refunded, refund("2026-03-20", "94.74"))(s)
			s.write()
		}, posting.RefundUnclear, "gift card"},
		{"all of a sale typed by hand", func(s *setting) {
			status(order.Refunded, refund("2026-03-20", "194.74"))(s)
			s.sale.Posted = []posting.Posted{{Purpose: "receipt", Kind: posting.SalesReceipt, Generation: 1, TxnID: "A", Total: dec("194.74"), Right: true}}
		}, posting.RefundUnclear, "typed in by hand"},
		{"tax item changed since", func(s *setting) {
			status(order.Paid)(s)
			s.write()
			status(order.Refunded, refund("2026-03-20", "194.74"))(s)
			for i := range s.lists.Items {
				if s.lists.Items[i].ListID == "T-825" {
					s.lists.Items[i].TaxRate = dec("9")
				}
			}
		}, posting.RefundUnclear, "Springfield 8.25"},
		{"two A/R accounts", func(s *setting) {
			status(order.AwaitingPayment)(s)
			s.lists.Accounts = append(s.lists.Accounts, posting.Account{ListID: "A-AR2", FullName: "A/R 2", Type: "AccountsReceivable", Active: true})
		}, posting.RulesIncomplete, "receivable-account"},
		{"A/R account of another type", func(s *setting) { status(order.AwaitingPayment)(s); s.rules.ReceivableAccount = "Sales" }, posting.RulesIncomplete, "receivable-account"},
		{"terms that are not there", func(s *setting) { status(order.AwaitingPayment)(s); s.rules.Terms = "Net 99" }, posting.RulesIncomplete, "terms"},
		{"sales order in Pro", func(s *setting) {
			s.rules.Document, s.lists.Company.Product = "sales-order", "QuickBooks Pro 2021"
		}, posting.RulesIncomplete, "has no sales orders"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := later(taxedOrder(), c.change)
			p := s.decide()
			if p.Cause != c.cause || !strings.Contains(p.Reason, c.says) || p.Cure == "" {
				t.Errorf("%s %q: %s", p.State, p.Cause, p.Reason)
			}
		})
	}
}

// When invoices are due, and what of them is the rules'.
func TestInvoice(t *testing.T) {
	s := later(taxedOrder(), status(order.AwaitingPayment))
	s.lists.Terms = []posting.Entry{{ListID: "TERM-30", Name: "Net 30", Active: true}}
	s.rules.Terms, s.rules.DueDays, s.rules.ReceivableAccount = "net 30", "20", "Accounts Receivable"
	s.sale.Order.PONumber = "PO-77"
	d := mustPost(t, s.decide())
	if d.Terms.ListID != "TERM-30" || d.DueDate != "2026-04-03" || d.Receivable.ListID != "A-AR" || d.PONumber != "PO-77" || d.DepositTo.ListID != "" || d.PaymentMethod.ListID != "" {
		t.Errorf("%+v", d)
	}
}

// Whatever is refunded, what was given back is credited once and paid out once,
// never more than the order's total, under numbers of their own. Q32
func TestRefundsProperty(t *testing.T) { rapid.Check(t, refundsOnce) }

func refundsOnce(t *rapid.T) {
	books := lists()
	s := later(taxedOrder())
	s.lists = books
	s.sale.Order.ID = rapid.SampledFrom([]string{"S01QA", "12345678901", "WEB-2026-0001234"}).Draw(t, "number")
	s.rules.Document = rapid.SampledFrom([]string{"receipt", "invoice"}).Draw(t, "document")
	left := s.sale.Order.Total.Shift(2).IntPart()
	var refunds []order.Refund
	credited := map[string]bool{}
	numbers := map[string]bool{}
	for n := range rapid.IntRange(0, 6).Draw(t, "refunds") {
		amount := rapid.Int64Range(0, left).Draw(t, "amount")
		if amount == 0 {
			continue
		}
		left -= amount
		refunds = append(refunds, order.Refund{Day: fmt.Sprintf("2026-04-%02d", n+1), Amount: cents(amount)})
		if rapid.Bool().Draw(t, "seen") { // or only with the next one
			status(order.PartiallyRefunded, slices.Clone(refunds)...)(&s)
			s.write()
		}
	}
	if len(refunds) > 0 {
		status(order.Refunded, refunds...)(&s)
	}
	s.write()
	if _, end := s.write(); end.Cause != posting.NothingToPost {
		t.Fatalf("%q: %s", end.Cause, end.Reason)
	}
	for _, p := range s.sale.Posted {
		if credited[p.Purpose] || numbers[p.Form.RefNumber] {
			t.Fatalf("%s, number %s, is there twice", p.Purpose, p.Form.RefNumber)
		}
		credited[p.Purpose], numbers[p.Form.RefNumber] = true, true
		most := 11
		if p.Kind == posting.ReceivePayment {
			most = 20
		}
		if n := len(p.Form.RefNumber); n == 0 || n > most {
			t.Fatalf("number %q of %s", p.Form.RefNumber, p.Purpose)
		}
	}
	for i, r := range refunds {
		for _, purpose := range []string{posting.CreditPurpose(i + 1), posting.RefundPurpose(i + 1)} {
			at := slices.IndexFunc(s.sale.Posted, func(p posting.Posted) bool { return p.Purpose == purpose })
			if at < 0 || !s.sale.Posted[at].Total.Equal(r.Amount) {
				t.Fatalf("%s is not %s", purpose, r.Amount)
			}
		}
	}
	if want := 1 + 2*len(refunds); len(s.sale.Posted) != want && s.rules.Document == "receipt" {
		t.Fatalf("%d documents, want %d", len(s.sale.Posted), want)
	}
}

// I5: whatever kind a document is, it says what nothing may be left to a default
// for, and refers by ListID alone. Q12
func TestLaterDocumentsState(t *testing.T) {
	s := later(taxedOrder(), status(order.Refunded, refund("2026-03-21", "194.74")))
	s.rules.Document = "invoice"
	written, _ := s.write()
	for _, d := range written {
		body, err := d.Body(nil)
		if err != nil {
			t.Fatalf("%s: %v", d.Kind, err)
		}
		switch b := body.(type) {
		case qbxml.InvoiceAdd:
			if b.ARAccountRef == nil || b.ItemSalesTaxRef == nil || b.CustomerSalesTaxCodeRef == nil || *b.IsToBePrinted || *b.IsToBeEmailed || *b.IsPending || len(b.Lines) == 0 {
				t.Errorf("%+v", b)
			}
		case qbxml.ReceivePaymentAdd:
			if b.ARAccountRef == nil || b.DepositToAccountRef == nil || b.PaymentMethodRef == nil || b.IsAutoApply != nil || !b.TotalAmount.Equal(*b.AppliedToTxnAdd[0].PaymentAmount) {
				t.Errorf("%+v", b)
			}
		case qbxml.CreditMemoAdd:
			if b.ARAccountRef == nil || b.ItemSalesTaxRef == nil || b.CustomerSalesTaxCodeRef == nil || *b.IsToBePrinted || *b.IsToBeEmailed || *b.IsPending {
				t.Errorf("%+v", b)
			}
		case qbxml.ARRefundCreditCardAdd:
			if b.ARAccountRef == nil || b.RefundFromAccountRef == nil || b.RefundAppliedToTxnAdd[0].TxnID != "TX-credit/1" {
				t.Errorf("%+v", b)
			}
		}
		d.AppliedTo = ""
		if _, err := d.Body(nil); (err != nil) != (d.Kind == posting.ReceivePayment || d.Kind == posting.ARRefundCreditCard) {
			t.Errorf("%s for no other document: %v", d.Kind, err)
		}
	}
}
