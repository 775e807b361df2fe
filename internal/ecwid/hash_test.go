package ecwid

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"qbridge/internal/order"
)

// ecwid.md 3.5: which fields of an order are accounting. A new field of
// order.Order fails here until someone decides.
func TestAccountingHashCoversEveryField(t *testing.T) {
	ignored := []string{
		"Updated", "Fulfillment", "TrackingNumber", "Comments", "PrivateNotes", "Notes", "CustomerGroup",
		"TransactionID", "ExternalChannel", "ExternalID", "Hidden", "Created", "Fields",
	}
	base := mustDecode(t, samples(t)["promotions-and-coupon"], chicago)
	before := AccountingHash(base)
	for i := range reflect.TypeFor[order.Order]().NumField() {
		field := reflect.TypeFor[order.Order]().Field(i)
		o := base
		change(t, field.Name, reflect.ValueOf(&o).Elem().Field(i))
		if changed := AccountingHash(o) != before; changed == slices.Contains(ignored, field.Name) {
			t.Errorf("field %s: the hash changed: %t", field.Name, changed)
		}
	}
}

// The fields of lines, taxes, charges, persons and refunds are all accounting.
func TestAccountingHashCoversParts(t *testing.T) {
	base := mustDecode(t, samples(t)["gross-two-rates-gift-wrap"], chicago)
	base.Surcharges, base.Refunds = []order.Charge{{}}, []order.Refund{{}}
	before := AccountingHash(base)
	parts := map[string]func(*order.Order) reflect.Value{
		"Line":     func(o *order.Order) reflect.Value { return reflect.ValueOf(&o.Lines[1]).Elem() },
		"Tax":      func(o *order.Order) reflect.Value { return reflect.ValueOf(&o.Handling.Taxes[0]).Elem() },
		"Charge":   func(o *order.Order) reflect.Value { return reflect.ValueOf(&o.Surcharges[0]).Elem() },
		"Refund":   func(o *order.Order) reflect.Value { return reflect.ValueOf(&o.Refunds[0]).Elem() },
		"Billing":  func(o *order.Order) reflect.Value { return reflect.ValueOf(&o.Billing).Elem() },
		"Shipping": func(o *order.Order) reflect.Value { return reflect.ValueOf(&o.Shipping).Elem() },
	}
	for name, part := range parts {
		for i := range part(&base).NumField() {
			o := base
			o.Lines, o.Surcharges, o.Refunds = slices.Clone(o.Lines), slices.Clone(o.Surcharges), slices.Clone(o.Refunds)
			o.Handling.Taxes = slices.Clone(o.Handling.Taxes)
			field := part(&o).Type().Field(i).Name
			change(t, field, part(&o).Field(i))
			if AccountingHash(o) == before {
				t.Errorf("%s.%s does not change the hash", name, field)
			}
		}
	}
}

// change sets a field to another value.
func change(t *testing.T, name string, v reflect.Value) {
	t.Helper()
	switch x := v.Interface().(type) {
	case decimal.Decimal:
		v.Set(reflect.ValueOf(x.Add(decimal.New(1, -2))))
		return
	case time.Time:
		v.Set(reflect.ValueOf(x.Add(time.Hour)))
		return
	case *bool:
		v.Set(reflect.Zero(v.Type()))
		if x == nil {
			v.Set(reflect.ValueOf(new(bool)))
		}
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(v.String() + "x")
	case reflect.Bool:
		v.SetBool(!v.Bool())
	case reflect.Int32, reflect.Int64:
		v.SetInt(v.Int() + 1)
	case reflect.Slice:
		v.Set(reflect.Append(v.Slice3(0, v.Len(), v.Len()), reflect.Zero(v.Type().Elem())))
	case reflect.Struct:
		change(t, name, v.Field(0))
	default:
		t.Fatalf("field %s: no way to change a %s", name, v.Kind())
	}
}

// ecwid.md 3.5: what changes by itself, and how JSON is written, is no change.
func TestAccountingHashIgnoresNoise(t *testing.T) {
	raw := string(samples(t)["us-coupon-three-taxes"])
	before := AccountingHash(mustDecode(t, json.RawMessage(raw), chicago))
	for _, tc := range []struct {
		name, from, to string
		changes        bool
	}{
		{"stock", `"quantityInStock": 25`, `"quantityInStock": 24`, false},
		{"statistics", `"usdTotal": 135.5`, `"usdTotal": 135.61778`, false},
		{"our own write-back", `"updateDate": "2026-03-14`, `"updateDate": "2026-03-15`, false},
		{"fulfilment", `"AWAITING_PROCESSING"`, `"SHIPPED"`, false},
		{"decimals of a number", `"total": 135.5,`, `"total": 1.3550E2,`, false},
		{"total", `"total": 135.5,`, `"total": 135.51,`, true},
		{"payment", `"PAID"`, `"CANCELLED"`, true},
		{"name of the buyer", `"John Smith"`, `"Joan Smith"`, true},
		{"quantity", `"quantity": 3,`, `"quantity": 4,`, true},
	} {
		changed := strings.Replace(raw, tc.from, tc.to, 1)
		if changed == raw {
			t.Fatalf("%s: nothing to replace", tc.name)
		}
		if got := AccountingHash(mustDecode(t, json.RawMessage(changed), chicago)) != before; got != tc.changes {
			t.Errorf("%s: the hash changed: %t", tc.name, got)
		}
	}
	sorted, err := Redact(json.RawMessage(raw)) // sorts the keys
	if err != nil {
		t.Fatal(err)
	}
	if AccountingHash(mustDecode(t, sorted, chicago)) != before {
		t.Error("another order of the keys changes the hash")
	}
	o := mustDecode(t, json.RawMessage(raw), chicago)
	slices.Reverse(o.Lines)
	if AccountingHash(o) != before || o.Lines[0].ID < o.Lines[1].ID {
		t.Error("another order of the lines changes the hash, or hashing changes the order")
	}
}

func TestContentHash(t *testing.T) {
	same := ContentHash(json.RawMessage(`{"a": 1.50, "b": [1, {"c": "<é>"}]}`))
	for text, want := range map[string]bool{
		`{"b":[1,{"c":"<\u00e9>"}],"a":1.50}`: true,
		`{"b":[1,{"c":"<é>"}],"a":1.51}`:      false,
		`{"b":[{"c":"<é>"},1],"a":1.50}`:      false,
		`{"b":[1,{"c":"<é>"}]`:                false,
	} {
		if (ContentHash(json.RawMessage(text)) == same) != want {
			t.Errorf("%s: same is %t", text, !want)
		}
	}
	if ContentHash(json.RawMessage("half {")) == ContentHash(json.RawMessage("half [")) {
		t.Error("what is no JSON is not told apart")
	}
}

// I8, ecwid.md 12.19: what opens something is not kept; the rest stays exact.
func TestRedact(t *testing.T) {
	raw := json.RawMessage(`{"id":"A&B <1>","total":12.500,"usdTotal":642.4044771309361234567890,"n":1.5E7,"ticket":-160802399,
		"ipAddress":"203.0.113.10","giftCardCode":"GC-7Q2F","giftCardId":81234,"accessToken":"x","client_secret":"x",
		"items":[{"sku":null,"files":[{"name":"a.png","size":9,"adminUrl":"https://x/1?token=y","customerUrl":"https://x/2"}]}],
		"invoices":[{"id":"27","link":"https://x/inv?ownerid=1&access_key=k"}],"url":"https://x/plain","note":"token=5"}`)
	got, err := Redact(raw)
	want := `{"giftCardId":81234,"id":"A&B <1>","invoices":[{"id":"27","link":"https://x/inv?ownerid=1&access_key="}],"items":[{"files":[{"name":"a.png","size":9}],"sku":null}],` +
		`"n":1.5E7,"note":"token=5","total":12.500,"url":"https://x/plain","usdTotal":642.4044771309361234567890}`
	if err != nil || string(got) != want {
		t.Errorf("got  %s\nwant %s\nerror %v", got, want, err)
	}
	again, err := Redact(got)
	if err != nil || string(again) != want {
		t.Errorf("redacted twice: %s, %v", again, err)
	}
	if _, err := Redact(json.RawMessage(`{"ticket":`)); err == nil {
		t.Error("half a JSON was redacted")
	}
}

// A buyer's or shopkeeper's text with a link in it loses the link's key alone.
func TestRedactKeepsTheText(t *testing.T) {
	text := "Logo: https://files.example.com/a.png?Access_Token=s3cret&size=9, please; or https://x/b#access_key=k <b>token%3Dq</b>"
	want := "Logo: https://files.example.com/a.png?Access_Token=&size=9, please; or https://x/b#access_key= <b>token%3D</b>"
	raw, err := encode(map[string]any{"id": "A", "total": 5, "createTimestamp": 1773500966, "orderComments": text,
		"items": []any{map[string]any{"name": text, "sku": text, "selectedOptions": []any{map[string]any{"name": "Print", "value": text}}}}})
	if err != nil {
		t.Fatal(err)
	}
	clean, err := Redact(raw)
	if err != nil {
		t.Fatal(err)
	}
	o := mustDecode(t, clean, chicago)
	if l := o.Lines[0]; o.Comments != want || l.Name != want || l.SKU != want || l.Options[0].Value != want {
		t.Errorf("%+v", o)
	}
}

// Redacting takes nothing that an order is read from.
func TestRedactKeepsTheOrder(t *testing.T) {
	for name, raw := range samples(t) {
		clean, err := Redact(raw)
		if err != nil {
			t.Fatal(err)
		}
		a, b := mustDecode(t, raw, chicago), mustDecode(t, clean, chicago)
		if fingerprint(a) != fingerprint(b) {
			t.Errorf("%s is another order after redacting", name)
		}
	}
}
