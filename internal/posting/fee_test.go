package posting_test

import (
	"strings"
	"testing"

	"qbridge/internal/order"
	"qbridge/internal/posting"
	"qbridge/qbxml"
)

// fees are rules for the fee of what is paid by Stripe.
func fees(s *setting) {
	s.lists.Accounts = append(s.lists.Accounts, posting.Account{ListID: "A-FEES", FullName: "Merchant Fees", Type: "Expense", Active: true})
	s.rules.DepositToByMethod = map[string]string{"Stripe": "Clearing:Stripe"}
	s.rules.PaymentFees, s.rules.FeeAccount, s.rules.FeePayees = map[string]string{"stripe": "2.9% + 0.30"}, "Merchant Fees", map[string]string{"Stripe": "Acme"}
}

func addFees(all map[string]setting) {
	all["fee-promised"] = later(taxedOrder(), fees)
	s := later(taxedOrder(), fees)
	s.sale.Posted = []posting.Posted{posted(s.decide().Documents[0])}
	all["fee"] = s
}

// A fee by rule is a cheque of its own after the payment is right; the sale stays as it is, and a refund changes nothing of it.
func TestPaymentFees(t *testing.T) {
	bare := mustPost(t, later(taxedOrder()).decide())
	for _, c := range []struct {
		name   string
		change func(*setting)
		want   string // purposes
	}{
		{"receipt", func(*setting) {}, "receipt fee/1"},
		{"invoice", func(s *setting) { s.rules.Document = "invoice" }, "invoice payment/1 fee/1"},
		{"refunded", status(order.PartiallyRefunded, refund("2026-03-20", "5")), "receipt credit/1 refund/1 fee/1"},
		{"not paid yet", status(order.AwaitingPayment), "invoice"},
		{"another method", func(s *setting) { s.rules.PaymentFees = map[string]string{"PayPal": "3%"} }, "receipt"},
		{"no rule", func(s *setting) { s.rules.PaymentFees = nil }, "receipt"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := later(taxedOrder(), fees, c.change)
			all, end := s.write()
			if end.State != order.Synced {
				t.Fatalf("%s %q: %s", end.State, end.Cause, end.Reason)
			}
			var purposes []string
			for _, d := range all {
				purposes = append(purposes, d.Purpose)
				if d.Purpose == "receipt" && (!d.Total.Equal(bare.Total) || len(d.Lines) != len(bare.Lines)) {
					t.Errorf("the sale is %s of %d lines", d.Total, len(d.Lines))
				}
			}
			if got := strings.Join(purposes, " "); got != c.want {
				t.Fatalf("%s are written, want %s", got, c.want)
			}
			d := all[len(all)-1]
			if d.Purpose != posting.FeePurpose {
				return
			}
			body, err := d.Body(func(string) (string, bool) { return "", false })
			if err != nil {
				t.Fatal(err)
			}
			add := body.(qbxml.CheckAdd)
			// 194.74 × 2.9 % = 5.64746, and 0.30: 5.95
			if !d.Total.Equal(dec("5.95")) || add.AccountRef.ListID != "A-STRIPE" || add.PayeeEntityRef.ListID != "N-VEND" || len(add.ApplyCheckToTxnAdd) > 0 ||
				len(add.ExpenseLineAdd) != 1 || add.ExpenseLineAdd[0].AccountRef.ListID != "A-FEES" || !add.ExpenseLineAdd[0].Amount.Equal(dec("5.95")) || add.RefNumber != "S01QA-F1" || d.Date != "2026-03-14" {
				t.Errorf("%+v", add)
			}
		})
	}
}

// The fee is that of the day of the payment, and none is written of what nobody promised, or of what a person settled.
func TestFeeIsPromisedWithThePayment(t *testing.T) {
	s := later(taxedOrder(), fees)
	s.sale.Posted = []posting.Posted{posted(mustPost(t, s.decide()))}
	s.rules.PaymentFees = map[string]string{"Stripe": "10%"}
	if d := mustPost(t, s.decide()); !d.Total.Equal(dec("5.95")) {
		t.Errorf("the fee is %s", d.Total)
	}
	for name, change := range map[string]func(*setting){
		"the receipt is not right": func(s *setting) { s.sale.Posted[0].Right = false },
		"the rule is gone":         func(s *setting) { s.rules.PaymentFees = nil },
		"posted before the rule":   func(s *setting) { s.sale.Posted[0].Form.Fee = nil },
		"a person accepted it":     func(s *setting) { o := s.sale.Order; s.sale.Accepted = &o },
	} {
		t.Run(name, func(t *testing.T) {
			s := s
			s.sale.Posted = []posting.Posted{s.sale.Posted[0]}
			change(&s)
			if p := s.decide(); p.State != order.Synced {
				t.Errorf("%s %q: %s, %d documents", p.State, p.Cause, p.Reason, len(p.Documents))
			}
		})
	}
}

func TestFeeRates(t *testing.T) {
	for _, c := range []struct{ rule, total, want string }{
		{"2.9% + 0.30", "100", "3.20"}, {"2.9%+0.30", "100", "3.20"}, {"0.30", "100", "0.30"}, {"2.9%", "50", "1.45"}, {"1%", "0.50", "0.01"}, {"2.5 %", "1", "0.03"},
		{"2.9", "100", "2.90"}, {"", "", ""}, {"%", "", ""}, {"0%", "", ""}, {"-1%", "", ""}, {"0.30 + 2.9%", "", ""}, {"1% + 1% + 1", "", ""}, {"1 + 1", "", ""}, {"0.305", "", ""}, {"1e9", "", ""}, {"cheap", "", ""},
	} {
		s := later(taxedOrder(), fees)
		err := s.rules.Set("payment-fees.stripe", c.rule)
		if refused := err != nil; c.rule != "" && refused != (c.want == "") {
			t.Errorf("%q: %v", c.rule, err)
		}
		if c.want == "" {
			continue
		}
		s.sale.Order = plain()
		s.sale.Order.Lines = s.sale.Order.Lines[:1]
		s.sale.Order.Lines[0].Quantity, s.sale.Order.Lines[0].Price = 1, dec(c.total)
		s.sale.Order.Subtotal, s.sale.Order.Total = dec(c.total), dec(c.total)
		d := mustPost(t, s.decide())
		if d.Fee == nil || !d.Fee.Equal(dec(c.want)) {
			t.Errorf("%q of %s is %v, want %s", c.rule, c.total, d.Fee, c.want)
		}
	}
}

// A cheque is drawn on a bank account: another is said when the rule is set, and again when a fee would be written.
func TestFeeOutOfNoBank(t *testing.T) {
	s := later(taxedOrder(), fees, func(s *setting) { s.rules.DepositToByMethod = nil })
	var said []string
	for _, m := range s.rules.Validate(posting.NewBooks(s.lists)) {
		said = append(said, m.Key+": "+m.Sentence)
	}
	if len(said) != 1 || !strings.Contains(said[0], "payment-fees.stripe") || !strings.Contains(said[0], "type Bank") || !strings.Contains(said[0], "deposit-to-by-method") {
		t.Errorf("%q", said)
	}
	s.sale.Posted = []posting.Posted{posted(mustPost(t, s.decide()))}
	if p := s.decide(); p.Cause != posting.RulesIncomplete || !strings.Contains(p.Reason, "drawn on a bank account") {
		t.Errorf("%q: %s", p.Cause, p.Reason)
	}
	s = later(taxedOrder(), fees, func(s *setting) { s.rules.FeeAccount = "" })
	s.sale.Posted = []posting.Posted{posted(mustPost(t, s.decide()))}
	if p := s.decide(); p.Cause != posting.RulesIncomplete || !strings.Contains(p.Reason, "fee-account") {
		t.Errorf("%q: %s", p.Cause, p.Reason)
	}
}
