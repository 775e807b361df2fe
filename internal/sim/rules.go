package sim

// Rules are a shopkeeper's rules, as `qbridge rules export` writes them, that fit the company file NewCompany makes and post by
// themselves: every receipt goes to Undeposited Funds; customers, items and payment methods that are not in the books are made.
const Rules = `mode = "post"
release = "automatic"
home-currency = "USD"
deposit-to = "` + AccountUndeposited + `"
missing-customer = "make"
missing-item = "make"
new-item-kind = "NonInventory"
income-account = "` + AccountSales + `"
missing-payment-method = "make"
shipping-item = "` + ItemShipping + `"
handling-item = "` + ItemHandling + `"
surcharge-item = "` + ItemSurcharge + `"
tip-item = "` + ItemTip + `"
discount-item = "` + ItemDiscount + `"
rounding-item = "` + ItemRounding + `"
no-tax-item = "` + TaxNone + `"
rounding-limit = "0.05"

[tax]
"9.5" = "` + TaxCombined + `"
"1+2.25+6.25" = "` + TaxGroup + `"
`
