package posting

import "github.com/shopspring/decimal"

// The values of Rules.Mode.
const (
	Look        = "look"    // plan, write nothing
	PendingMode = "pending" // post as QuickBooks' own drafts
	Post        = "post"    // post
)

// Rules are the shop's choices. Names of accounts, items and methods are full
// names as QuickBooks shows them. The toml keys are what `rules set` takes.
type Rules struct {
	Mode    string `toml:"mode" values:"look|pending|post" doc:"look: plan and write nothing; pending: post as QuickBooks' own drafts; post: post"`
	Release string `toml:"release" values:"automatic|selected" doc:"whether orders that are ready go out by themselves or only when a person releases them"`

	QuietHours string `toml:"quiet-hours" form:"hours" doc:"time of day in which nothing is written to QuickBooks, by this computer's clock, like 18:00-06:00; reading goes on"`
	QuietDays  string `toml:"quiet-days" form:"days" doc:"days on which nothing is written to QuickBooks, like Sat, Sun; reading goes on"`

	SessionRequests string `toml:"session-requests" form:"count" doc:"most message sets of one update of the Web Connector; the rest goes into the next"`
	SessionMinutes  string `toml:"session-minutes" form:"count" doc:"minutes after which an update of the Web Connector asks for nothing more; the rest goes into the next"`

	SampleCompany string `toml:"sample-company" values:"refuse|allow" doc:"whether one of QuickBooks' own sample company files may be used"`

	HomeCurrency string `toml:"home-currency" doc:"the company file's currency, for files that do not say"`

	DepositTo         string            `toml:"deposit-to" doc:"account into which receipts are deposited (bank, Undeposited Funds, or a clearing account)"`
	DepositToByMethod map[string]string `toml:"deposit-to-by-method" doc:"another deposit-to account for a payment method or processor of the shop"`
	PaymentMethods    map[string]string `toml:"payment-methods" doc:"payment method or processor of the shop = payment method in QuickBooks"`
	MissingMethod     string            `toml:"missing-payment-method" values:"make|hold|omit" doc:"what to do when the payment method is not in QuickBooks"`

	MissingCustomer string `toml:"missing-customer" values:"make|hold" doc:"whether buyers that QuickBooks does not know are added"`

	MissingItem   string            `toml:"missing-item" values:"make|hold" doc:"whether goods that QuickBooks does not know are added as items"`
	NewItemKind   string            `toml:"new-item-kind" values:"NonInventory|Service|OtherCharge" doc:"the kind of an added item"`
	IncomeAccount string            `toml:"income-account" doc:"income account of added items"`
	Items         map[string]string `toml:"items" doc:"SKU (or name, for goods without SKU) = item in QuickBooks"`

	ShippingItem  string `toml:"shipping-item" doc:"item for shipping"`
	HandlingItem  string `toml:"handling-item" doc:"item for handling fees"`
	SurchargeItem string `toml:"surcharge-item" doc:"item for surcharges"`
	TipItem       string `toml:"tip-item" doc:"item for tips"`
	DiscountItem  string `toml:"discount-item" doc:"item for coupons and promotions"`
	RoundingItem  string `toml:"rounding-item" doc:"item for the cents by which QuickBooks' tax differs from the shop's"`

	Tax         map[string]string `toml:"tax" doc:"the shop's tax rate in percent (several rates joined by +, sorted) = tax item or group in QuickBooks"`
	NoTaxItem   string            `toml:"no-tax-item" doc:"tax item of 0 % for orders without tax"`
	TaxableCode string            `toml:"taxable-code" doc:"tax code of taxed lines"`
	ExemptCode  string            `toml:"exempt-code" doc:"tax code of untaxed lines"`

	RoundingLimit decimal.Decimal `toml:"rounding-limit" doc:"largest difference between QuickBooks' tax and the shop's that a rounding line may carry"`

	Unpaid string `toml:"unpaid" values:"wait" doc:"what to do with orders that are not paid"`
}
