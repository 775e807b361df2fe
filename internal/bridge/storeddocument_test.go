package bridge

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"qbridge/internal/posting"
)

// Every field of a document comes back from the outbox as it was planned.
func TestStoredDocument(t *testing.T) {
	var d posting.Document
	fill(reflect.ValueOf(&d).Elem())
	d.Lines[0].Desc, d.Memo = "<b> & \u2028 “é” 🎁", "\x00\"\\"
	for _, want := range []posting.Document{{}, d} {
		body, err := json.Marshal(want)
		check(t, err)
		got, err := storedDocument(string(body))
		check(t, err)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
	if _, err := storedDocument(`{"Memo": 1}`); err == nil {
		t.Error("a memo that is a number was read")
	}
}

// fill sets everything to something.
func fill(v reflect.Value) {
	switch amount := decimal.RequireFromString("-12345678901234567890.125"); {
	case v.Type() == reflect.TypeOf(amount):
		v.Set(reflect.ValueOf(amount))
	case v.Kind() == reflect.String:
		v.SetString("x")
	case v.Kind() == reflect.Int:
		v.SetInt(7)
	case v.Kind() == reflect.Bool:
		v.SetBool(true)
	case v.Kind() == reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem())
	case v.Kind() == reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0))
	case v.Kind() == reflect.Map:
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fill(key)
		fill(value)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, value)
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i))
		}
	default:
		panic("a document has a " + v.Type().String())
	}
}
