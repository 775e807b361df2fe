package ecwid

import (
	"slices"
	"strings"

	"qbridge/internal/order"
)

// Profile is what we need to know of a shop.
type Profile struct {
	StoreID   string // a number
	StoreName string
	Currency  string // ISO 4217; no order says it (ecwid.md 4)
	Precision int32  // decimals of the currency
	// Timezone is an IANA name, "America/Chicago". The date of a document is the
	// date of the order there; when the shop gives none, set it from the settings.
	Timezone         string
	PricesIncludeTax bool // the shop's setting today; an order may differ
	Company          order.Person
	CompanyEmail     string
	Suspended        bool
	HasAPI           bool // the plan includes the API; true when an old shop lists no features
	Features         []string
	TaxNames         []string
	ShippingOptions  []string
	PaymentOptions   []string
}

// DecodeProfile reads the JSON of a profile. A missing field reads as zero,
// but the precision as 2.
func DecodeProfile(raw []byte) (Profile, error) {
	n, err := parse(raw, "the shop's profile")
	if err != nil {
		return Profile{}, err
	}
	account, company, units, tax := n.object("account"), n.object("company"), n.object("formatsAndUnits"), n.object("taxSettings")
	p := Profile{
		StoreID:          n.object("generalInfo").text("storeId"),
		StoreName:        n.object("settings").text("storeName"),
		Currency:         strings.ToUpper(units.text("currency")),
		Precision:        2,
		Timezone:         units.text("timezone"),
		PricesIncludeTax: tax.yes("pricesIncludeTax"),
		Company:          person(company),
		CompanyEmail:     company.text("email"),
		Suspended:        account.yes("suspended"),
	}
	p.Company.Company = company.text("companyName")
	if units.has("currencyPrecision") {
		// More decimals than any currency has would make rounding meaningless.
		if places := units.whole("currencyPrecision"); places >= 0 && places <= 4 {
			p.Precision = int32(places)
		} else {
			n.read.fail("formatsAndUnits.currencyPrecision", "between 0 and 4", units.fields["currencyPrecision"])
		}
	}
	if features, ok := account.fields["availableFeatures"].([]any); ok {
		for _, f := range features {
			if name, ok := f.(string); ok {
				p.Features = append(p.Features, name)
			}
		}
	}
	p.HasAPI = p.Features == nil || slices.Contains(p.Features, "API")
	p.TaxNames = names(tax.list("taxes"), "name")
	p.ShippingOptions = names(n.object("shipping").list("shippingOptions"), "title")
	p.PaymentOptions = names(n.object("payment").list("paymentOptions"), "checkoutTitle")
	return p, n.read.err
}

// names lists a text of each object, each once.
func names(nodes []node, field string) []string {
	var all []string
	for _, n := range nodes {
		if name := n.text(field); name != "" && !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	return all
}
