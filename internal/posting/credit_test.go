package posting_test

import (
	"slices"
	"strings"
	"testing"

	"qbridge/internal/order"
	"qbridge/internal/posting"
)

// What is odd about a refund is said on its credit memo: that it is dated before
// its sale, and that a refunded order kept some money (ecwid.md 7).
func TestOddRefunds(t *testing.T) {
	for name, c := range map[string]struct {
		refunds []order.Refund
		status  order.PaymentStatus
		date    string // of the last credit memo and of what pays it out
		says    string
	}{
		"before its sale":           {[]order.Refund{refund("2025-12-31", "5")}, order.PartiallyRefunded, "2026-03-14", "booked on the day of the sale"},
		"on the day of the sale":    {[]order.Refund{refund("2026-03-14", "5")}, order.PartiallyRefunded, "2026-03-14", ""},
		"two cents were kept":       {[]order.Refund{refund("2026-03-20", "5"), refund("2026-03-25", "189.72")}, order.Refunded, "2026-03-25", "0.02 stays in the books"},
		"a part, and called a part": {[]order.Refund{refund("2026-03-20", "5")}, order.PartiallyRefunded, "2026-03-20", ""},
		"all of it, twice":          {[]order.Refund{refund("2026-03-20", "5"), refund("2026-03-25", "189.74")}, order.Refunded, "2026-03-25", "with its tax of 14.84"},
	} {
		t.Run(name, func(t *testing.T) {
			s := later(taxedOrder(), status(c.status, c.refunds...))
			var said []string
			var last []posting.Document
			for range 10 {
				p := s.decide()
				if len(p.Documents) == 0 {
					break
				}
				for _, a := range p.Adjustments {
					said = append(said, a.Sentence)
				}
				last = append(last, p.Documents[0])
				s.sale.Posted = append(s.sale.Posted, posted(p.Documents[0]))
			}
			if len(last) != 1+2*len(c.refunds) {
				t.Fatal(brief(last))
			}
			for _, d := range last[len(last)-2:] {
				if d.Date != c.date {
					t.Errorf("%s of %s, want %s", d.Kind, d.Date, c.date)
				}
			}
			odd := slices.DeleteFunc(said, func(s string) bool { return strings.HasPrefix(s, "The shop does not say what of the refund") })
			if c.says == "" && len(odd) > 0 || c.says != "" && !slices.ContainsFunc(odd, func(s string) bool { return strings.Contains(s, c.says) }) {
				t.Errorf("said is %q, want %q", odd, c.says)
			}
		})
	}
}

// ecwid.md 7: the shop does not tell the tax of a part, so the credit memos of parts take none back. When the parts have come to the whole that
// is known to be wrong, and said with the last of them.
func TestTaxLeftByRefundsInParts(t *testing.T) {
	first := refund("2026-03-20", "100.00")
	for name, c := range map[string]struct {
		refunds []order.Refund
		taxed   bool
		said    string // with which credit memo
	}{
		"two parts come to the whole":  {[]order.Refund{first, refund("2026-03-25", "94.74")}, true, "credit/2"},
		"something is left":            {[]order.Refund{first, refund("2026-03-25", "94.73")}, true, ""},
		"the whole takes its tax back": {[]order.Refund{refund("2026-03-25", "194.74")}, true, ""},
		"no tax":                       {[]order.Refund{first, refund("2026-03-25", "79.90")}, false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			o := plain()
			if c.taxed {
				o = taxedOrder()
			}
			s, said := later(o, status(order.Refunded, c.refunds...)), ""
			for range 10 {
				p := s.decide()
				for _, a := range p.Adjustments {
					if strings.Contains(a.Sentence, "Adjust Sales Tax Due") && a.Amount.Equal(dec("14.84")) {
						said += p.Documents[0].Purpose
					}
				}
				for _, d := range p.Documents {
					s.sale.Posted = append(s.sale.Posted, posted(d))
				}
			}
			if said != c.said {
				t.Errorf("said with %q, not with %q", said, c.said)
			}
		})
	}
}
