package bridge

import (
	"encoding/json"
	"slices"
	"testing"

	"qbridge/internal/order"
	"qbridge/internal/sim"
)

// What the packer must know first is told, and no line is lost.
func TestPack(t *testing.T) {
	for name, test := range map[string]struct {
		changes map[string]any
		want    []PackingAlert
	}{
		"paid":       {map[string]any{"paymentStatus": "PAID", "fulfillmentStatus": "PROCESSING"}, nil},
		"cancelled":  {map[string]any{"paymentStatus": "CANCELLED"}, []PackingAlert{AlertCancelled}},
		"stopped":    {map[string]any{"fulfillmentStatus": "WILL_NOT_DELIVER"}, []PackingAlert{AlertCancelled}},
		"refunded":   {map[string]any{"paymentStatus": "REFUNDED"}, []PackingAlert{AlertRefunded}},
		"unpaid":     {map[string]any{"paymentStatus": "AWAITING_PAYMENT", "fulfillmentStatus": "SHIPPED"}, []PackingAlert{AlertUnpaid, AlertShipped}},
		"hidden":     {map[string]any{"email": "[DEMO]"}, []PackingAlert{AlertHidden}},
		"unreadable": {map[string]any{"total": "much"}, []PackingAlert{AlertUnreadable}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			p := w.take(sim.KindSeveralLines)[0]
			changes := map[string]any{"paymentStatus": "PAID", "fulfillmentStatus": "AWAITING_PROCESSING"}
			for field, value := range test.changes {
				changes[field] = value
			}
			w.change(p, changes)
			w.pull()
			lists, err := w.b.Pack(w.ctx, []string{p.ID})
			check(t, err)
			if len(lists) != 1 || !slices.Equal(lists[0].Alerts, test.want) {
				t.Fatalf("%+v, want %v", lists, test.want)
			}
			var shop struct{ Items []json.RawMessage }
			check(t, json.Unmarshal(p.JSON, &shop))
			if n := len(lists[0].Lines); n != len(shop.Items) && name != "unreadable" {
				t.Errorf("%d lines of %d", n, len(shop.Items))
			}
		})
	}
}

func TestAddressLines(t *testing.T) {
	for _, test := range []struct {
		person order.Person
		want   []string
	}{
		{order.Person{}, nil},
		{order.Person{Name: "Ann Lee", Company: "Lee Inc.", Street: []string{"1 Main St", "Unit 2"}, City: "Ottawa", StateCode: "ON", State: "Ontario", PostalCode: "K1A 0B1", Country: "Canada", CountryCode: "CA"},
			[]string{"Ann Lee", "Lee Inc.", "1 Main St", "Unit 2", "Ottawa ON K1A 0B1", "Canada"}},
		{order.Person{Company: "Lee Inc.", State: "Bavaria", CountryCode: "DE"}, []string{"Lee Inc.", "Bavaria", "DE"}},
	} {
		if got := addressLines(test.person); !slices.Equal(got, test.want) {
			t.Errorf("%+v: %q", test.person, got)
		}
	}
}
