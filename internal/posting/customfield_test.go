package posting_test

import (
	"slices"
	"strings"
	"testing"

	"qbridge/internal/order"
	"qbridge/internal/posting"
)

// customized has custom fields of every source on form and lines.
func customized(s *setting) {
	s.sale.Order.TrackingNumber, s.sale.Order.CouponCode = "1Z999AA10123456784", "SPRING"
	s.sale.Order.Fields = []order.Field{{ID: "dept", Title: "Department", Value: "Maintenance"}}
	s.sale.Order.Lines[0].Options = []order.Option{{Name: "Color", Value: "Blue"}}
	s.rules.CustomFields = map[string]string{"Web order": "order-number", "Key": "order-id", "Shop": "store", "Paid by": "payment-method", "Gateway": "transaction", "Tracking": "tracking",
		"Coupon": "coupon", "Department": "field:department", "Source": "text:Web shop", "PO": "po-number"}
	s.rules.LineCustomFields = map[string]string{"Color": "option:color", "Part": "sku", "Order": "order-number"}
}

func addCustomized(all map[string]setting) {
	all["custom-fields"] = later(taxedOrder(), customized)
}

// Form and lines hold what the rules put there; what the order does not have is
// left out; what follows the sale and repeats it has them, money that moves has none.
func TestCustomFields(t *testing.T) {
	s := later(taxedOrder(), customized, status(order.Refunded, refund("2026-03-21", "194.74")))
	want := []posting.CustomField{{"Coupon", "SPRING"}, {"Department", "Maintenance"}, {"Gateway", "pi_S01QA0001"}, {"Key", "5001"}, {"Paid by", s.sale.Order.PaymentMethod},
		{"Shop", s.sale.Order.StoreID}, {"Source", "Web shop"}, {"Tracking", "1Z999AA10123456784"}, {"Web order", "S01QA"}}
	_, want[3].Value, _ = strings.Cut(string(s.sale.Order.Key), ":")
	for _, kind := range []string{posting.SalesReceipt, posting.CreditMemo, posting.ARRefundCreditCard} {
		d := mustPost(t, s.decide())
		fields, lines := want, []posting.CustomField{{"Color", "Blue"}, {"Order", "S01QA"}, {"Part", s.sale.Order.Lines[0].SKU}}
		if kind == posting.ARRefundCreditCard {
			fields = nil
		} else if !slices.Equal(d.Lines[0].Fields, lines) {
			t.Errorf("%s: the line has %v, want %v", kind, d.Lines[0].Fields, lines)
		}
		if d.Kind != kind || !slices.Equal(d.Fields, fields) {
			t.Errorf("%s, want %s: %v, want %v", d.Kind, kind, d.Fields, fields)
		}
		for _, l := range d.Lines {
			if l.Part != posting.Goods && l.Fields != nil {
				t.Errorf("%s: a line of %s has custom fields", kind, l.Part)
			}
		}
		s.sale.Posted = append(s.sale.Posted, posted(d))
	}
}

// Q8: a custom field holds 255 characters; what is cut is kept in the memo.
func TestCustomFieldTooLong(t *testing.T) {
	s := later(taxedOrder())
	s.rules.CustomFields = map[string]string{"Note": "note"}
	s.sale.Order.Comments = strings.Repeat("x", 300)
	d := mustPost(t, s.decide())
	if len(d.Fields) != 1 || len(d.Fields[0].Value) != 255 || !strings.Contains(d.Memo, "Note: "+s.sale.Order.Comments) {
		t.Errorf("%v, memo %q", d.Fields, d.Memo)
	}
}

func TestCustomFieldRules(t *testing.T) {
	for _, c := range []struct{ key, value, refused string }{
		{"custom-fields.Web order", "order-number", ""},
		{"custom-fields.Web order", "field:Department", ""},
		{"custom-fields.Web order", "text:a: b", ""},
		{"custom-fields.Web order", "text:", "text:WORDS"},
		{"custom-fields.Web order", "field:NAME", ""},
		{"custom-fields.Web order", "sku", "takes order-number"},
		{"line-custom-fields.Color", "option:Color", ""},
		{"line-custom-fields.Color", "sku", ""},
		{"custom-fields." + strings.Repeat("n", 32), "order-number", "31 characters"},
		{"custom-fields.😀", "order-number", "Western"},
		{"custom-fields", "order-number", "key below it"},
	} {
		r := posting.DefaultRules()
		err := r.Set(c.key, c.value)
		if c.refused == "" && err != nil || c.refused != "" && (err == nil || !strings.Contains(err.Error(), c.refused)) {
			t.Errorf("%s = %s: %v", c.key, c.value, err)
		}
	}
}
