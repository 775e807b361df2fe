package ecwid

import (
	"fmt"
	"strings"
	"testing"
)

const smallProfile = `{"generalInfo":{"storeId":1003},"settings":{"storeName":" Tea & Co "},
 "account":{"suspended":false,"availableFeatures":["PREMIUM","API"],"apiToken":"secret_x"},
 "company":{"companyName":"Tea & Co LLC","email":"a@example.com","street":"1 Road\nSuite 2","city":"Chicago","countryCode":"us"},
 "formatsAndUnits":{"currency":"jpy","currencyPrecision":0,"timezone":"Asia/Tokyo"},
 "taxSettings":{"pricesIncludeTax":true,"taxes":[{"name":"VAT"},{"name":"VAT"},{"name":"GST"}]},
 "shipping":{"shippingOptions":[{"title":"Post"},{"title":"Pickup"}]},
 "payment":{"paymentOptions":[{"checkoutTitle":"Card"},{"checkoutTitle":"Cash"}]}}`

// ecwid.md 8.5: what is read of a profile.
func TestProfile(t *testing.T) {
	shop, client := newTestShop(t)
	shop.answer = reply(200, nil, smallProfile)
	p, raw, err := client.Profile(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprintf("%s|%s|%s|%d|%s|%t|%s|%q|%s|%t|%t|%v|%v|%v|%v", p.StoreID, p.StoreName, p.Currency, p.Precision, p.Timezone, p.PricesIncludeTax,
		p.Company.Display(), p.Company.Street, p.CompanyEmail, p.Suspended, p.HasAPI, p.Features, p.TaxNames, p.ShippingOptions, p.PaymentOptions)
	want := `1003|Tea & Co|JPY|0|Asia/Tokyo|true|Tea & Co LLC|["1 Road" "Suite 2"]|a@example.com|false|true|[PREMIUM API]|[VAT GST]|[Post Pickup]|[Card Cash]`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if strings.Contains(string(raw), "secret_x") { // I8
		t.Error("the profile's JSON still holds a token")
	}
	// Yen have no decimals: a document of 1,234 yen is dated in Tokyo.
	o := mustDecode(t, small(t, map[string]any{"createDate": "2026-06-30 15:00:00 +0000", "total": 1234}), p)
	if o.Precision != 0 || o.Currency != "JPY" || o.Date != "2026-07-01" || o.StoreID != "1003" {
		t.Errorf("read %+v", o)
	}
}

func TestProfileOddities(t *testing.T) {
	for _, tc := range []struct {
		name, raw string
		check     func(Profile) bool
	}{
		{"nothing", `{}`, func(p Profile) bool { return p.Precision == 2 && p.HasAPI && p.Currency == "" }},
		{"all null", `{"generalInfo":null,"account":null,"formatsAndUnits":null,"payment":{"paymentOptions":null}}`, func(p Profile) bool { return p.Precision == 2 }},
		{"plan without API", `{"account":{"availableFeatures":["PREMIUM"],"suspended":true}}`, func(p Profile) bool { return !p.HasAPI && p.Suspended }},
	} {
		if p, err := DecodeProfile([]byte(tc.raw)); err != nil || !tc.check(p) {
			t.Errorf("%s: %+v, %v", tc.name, p, err)
		}
	}
	for _, raw := range []string{"", "[]", `{"formatsAndUnits":{"currencyPrecision":99}}`, `{"formatsAndUnits":{"currencyPrecision":-1}}`} {
		if _, err := DecodeProfile([]byte(raw)); err == nil {
			t.Errorf("read %q", raw)
		}
	}
}

// ecwid.md 8.5: the token must belong to the shop in the settings.
func TestProfileOfAnotherShop(t *testing.T) {
	shop, client := newTestShop(t)
	shop.answer = reply(200, nil, `{"generalInfo":{"storeId":9999}}`)
	if _, _, err := client.Profile(t.Context()); err == nil || !strings.Contains(err.Error(), "9999") || !strings.Contains(err.Error(), "1003") {
		t.Errorf("got %v", err)
	}
}
