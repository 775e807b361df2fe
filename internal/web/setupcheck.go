package web

import (
	"fmt"

	"qbridge/internal/bridge"
)

// setupCheckView is the step in which shop and books are held side by side.
type setupCheckView struct {
	setupFrame
	Known       bool // the company file has described itself
	Data        []dataRow
	Preferences []preference
	Lacking     []string // what the newest orders need and the file has not, in English
	Orders      int64
}

// dataRow is one thing that shop and books both say. Its word is data.KEY.
type dataRow struct{ Key, Shop, Books string }

// preference is one of the company file that matters to us. What it means is
// said by preference.KEY_CASE.
type preference struct {
	Key, Case string
	Value     string // beside the words: a date, a name
	Warn      bool
}

func setupCheck(v *visit) error {
	f, err := v.setupFrame(stepCheck)
	if err != nil {
		return err
	}
	view := setupCheckView{setupFrame: f}
	c, err := v.bridge.Connection(v.ctx())
	if err != nil {
		return err
	}
	shop, err := v.onlyShop()
	if err != nil {
		return err
	}
	known, err := v.bridge.KnownShop(v.ctx(), shop.ID)
	if err != nil {
		return err
	}
	lacking, err := v.bridge.Lacking(v.ctx())
	if err != nil {
		return err
	}
	_, rules, err := v.bridge.Rules(v.ctx())
	if err != nil {
		return err
	}
	for _, l := range lacking {
		view.Lacking = append(view.Lacking, l.Sentence+" "+l.Cure)
	}
	view.Known, view.Orders = c.About.Name != "", shop.Orders
	view.Data = dataRows(known, c.About)
	if view.Known {
		view.Preferences = preferences(c.About, known, rules.HomeCurrency)
	}
	return v.page("setup_check", view)
}

func dataRows(shop bridge.ShopCheck, books bridge.About) []dataRow {
	s, b := shop.Company, books.Data
	return []dataRow{
		{"company", s.Name, books.Name}, {"legal", "", b.Legal}, {"store", shop.Name, ""}, {"street", s.Street, b.Street}, {"city", s.City, b.City}, {"state", s.State, b.State},
		{"postal", s.Postal, b.Postal}, {"country", s.Country, b.Country}, {"phone", s.Phone, b.Phone}, {"email", s.Email, b.Email},
		{"currency", shop.Currency, books.HomeCurrency}, {"time_zone", shop.Timezone, ""}, {"product", "", books.Product},
	}
}

// preferences are those of the company file that matter, and what they mean for
// this shop.
func preferences(a bridge.About, shop bridge.ShopCheck, homeCurrency string) []preference {
	on := func(is bool) string {
		if is {
			return "on"
		}
		return "off"
	}
	edition := preference{Key: "edition", Case: "us", Value: fmt.Sprint(a.Edition)}
	if edition.Value != "US" {
		edition.Case, edition.Warn = "other", true
	}
	if a.HomeCurrency != "" {
		homeCurrency = a.HomeCurrency
	}
	currency := preference{Key: "currency", Case: "same", Value: homeCurrency}
	if shop.Currency != "" && shop.Currency != homeCurrency {
		currency.Case, currency.Warn = "other", true
	}
	closing := preference{Key: "closing", Case: "none"}
	if a.ClosingDate != "" {
		closing.Case, closing.Value = "set", a.ClosingDate
	}
	all := []preference{edition, {Key: "sales_tax", Case: on(a.SalesTax), Warn: !a.SalesTax}, closing, currency, {Key: "multicurrency", Case: on(a.Multicurrency)},
		{Key: "inventory", Case: on(a.Inventory)}, {Key: "accounts", Case: on(a.RequiresAccounts)}, {Key: "classes", Case: on(a.Classes)}}
	if a.Sample {
		all = append(all, preference{Key: "sample", Case: "yes", Warn: true})
	}
	return all
}
