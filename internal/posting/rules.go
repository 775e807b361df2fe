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
	CustomerName    string `toml:"customer-name" values:"first-last|last-first|company|email|one|job" doc:"what a buyer is called in QuickBooks: first and last name; last name, first name; the company, else the name; the e-mail; one: every order is the shared customer's; job: each buyer is a job of the shared customer"`
	SharedCustomer  string `toml:"shared-customer" names:"customer" doc:"the customer that all orders are for, or that buyers are jobs of, when customer-name is one or job"`

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

	Unpaid string `toml:"unpaid" values:"wait|invoice|sales-order" doc:"what to do with orders that are not paid"`

	GiftCardItem    string `group:"Gift cards and credit" toml:"gift-card-item" names:"item:OtherCharge,Service,NonInventory" words:"gift card|gift cards|gift certificate" example:"Gift Card" doc:"item for gift cards, sold and redeemed; its account should be a liability, so that a card sold is no income and a card redeemed no discount"`
	StoreCreditItem string `toml:"store-credit-item" names:"item:OtherCharge,Service,NonInventory" words:"store credit|loyalty|points" example:"Store Credit" doc:"item for store credit and loyalty points that paid a part of an order"`

	ZeroTotal       string          `group:"Totals" toml:"zero-total" default:"post" values:"post|hold|exclude" doc:"what to do with orders of which nothing is to be paid, not even by gift card or credit"`
	DifferenceItem  string          `toml:"difference-item" names:"item:OtherCharge,Service,NonInventory" words:"difference|over short|rounding" example:"Difference" doc:"item for what the shop's total is more or less than its parts come to"`
	DifferenceLimit decimal.Decimal `toml:"difference-limit" default:"0.00" example:"0.02" doc:"largest difference between the shop's total and its parts that a line may carry; 0.00 holds every order that does not add up"`

	TaxLineItem        string `group:"Sales tax as a line" toml:"tax-line-item" names:"item:OtherCharge,SalesTax" words:"sales tax collected|web sales tax" example:"Web Sales Tax" doc:"item for tax that QuickBooks can't compute; the whole tax is then a line of its own, and QuickBooks' tax report shows no taxable sales for it"`
	TaxLineCases       string `toml:"tax-line-cases" default:"several-rates, sales-tax-off, beyond-limit" form:"words:several-rates|sales-tax-off|beyond-limit" example:"several-rates" doc:"when tax-line-item is used: for several rates on one order, with sales tax off in QuickBooks, when QuickBooks' tax differs by more than rounding-limit"`
	ExemptCustomerCode string `toml:"exempt-customer-code" names:"code:non-taxable" example:"Non" doc:"tax code of buyers whom the shop calls exempt; empty: exempt-code"`
	ReverseChargeCode  string `toml:"reverse-charge-code" names:"code:non-taxable" example:"Non" doc:"tax code of sales under reverse charge; empty: exempt-code"`

	Document          string            `group:"Documents" toml:"document" default:"receipt" values:"receipt|invoice|sales-order|wait|hold|exclude" doc:"what a paid order becomes"`
	Documents         map[string]string `toml:"documents" entry:"condition" example:"payment:AWAITING_PAYMENT + group:Wholesale=invoice" doc:"condition = what orders that meet it become (receipt, invoice, sales-order, wait, hold, exclude); conditions are payment:, method:, module:, fulfillment:, store:, country:, tag:, channel:, group:, sku:, total>=, joined by +"`
	AfterSalesOrder   string            `toml:"after-sales-order" default:"nothing" values:"nothing|paid|shipped" doc:"what follows a sales order: nothing, or its invoice and payment when the order is paid, or when it is shipped"`
	ReceivableAccount string            `toml:"receivable-account" names:"account:AccountsReceivable" words:"accounts receivable" example:"Accounts Receivable" doc:"A/R account of invoices, payments and credit memos; empty: the only one there is"`
	Terms             string            `toml:"terms" names:"terms" example:"Net 30" doc:"terms of invoices and sales orders"`
	DueDays           string            `toml:"due-days" form:"count-or-none" example:"30" doc:"days after its date on which an invoice is due; empty: as its terms say"`

	Refunds            string            `group:"Refunds" toml:"refunds" default:"hold" values:"hold|credit-memo" doc:"what to do with refunds: hold the order, or write a credit memo and what pays it out"`
	RefundItem         string            `toml:"refund-item" names:"item:OtherCharge,Service,NonInventory" words:"refund|refunds|returns|sales returns" example:"Refund" doc:"item for refunds of a part of an order; the shop does not say for what they are"`
	RefundForm         string            `toml:"refund-form" default:"card" values:"card|check|none" doc:"how a credit memo is paid out: refund to a card, cheque, or not at all"`
	RefundFormByMethod map[string]string `toml:"refund-form-by-method" entry:"text" example:"Bank transfer=check" doc:"another refund-form for a payment method or processor of the shop"`
	RefundFrom         string            `toml:"refund-from" names:"account:Bank,OtherCurrentAsset" example:"Checking" doc:"account that refunds are paid from; cheques need a bank account"`
	RefundFromByMethod map[string]string `toml:"refund-from-by-method" entry:"text" names:"account:Bank,OtherCurrentAsset" example:"Stripe=Stripe Clearing" doc:"another refund-from account for a payment method or processor of the shop"`

	NumberPrefix    string            `group:"Numbers and marks" toml:"number-prefix" example:"W-" doc:"what comes before the order's number in the number of a document; QuickBooks gives its own next document the number after ours"`
	Class           string            `toml:"class" names:"class" example:"Web" doc:"class of documents"`
	Classes         map[string]string `toml:"classes" entry:"condition" names:"class" example:"country:CA=Canada" doc:"condition, as in documents = another class"`
	Templates       map[string]string `toml:"templates" entry:"document" names:"template" example:"invoice=Web Invoice" doc:"receipt, invoice, sales-order or credit-memo = template"`
	SalesRep        string            `toml:"sales-rep" names:"rep" example:"WEB" doc:"initials of the sales rep of documents"`
	CustomerMessage string            `toml:"customer-message" names:"message" example:"Thank you for your business." doc:"customer message on documents"`
	ShipDate        string            `toml:"ship-date" default:"none" values:"none|order-date" doc:"ship date of documents"`
	OtherField      string            `toml:"other-field" default:"none" values:"none|order-number|po-number|channel|tracking|transaction" doc:"what the field Other of documents holds"`

	ExchangeRates        map[string]string `group:"Other currencies" toml:"exchange-rates" entry:"currency" example:"EUR=1.08" doc:"currency = what one unit of it is worth in the home currency, for orders in it; without one they are held"`
	ReceivableByCurrency map[string]string `toml:"receivable-by-currency" entry:"currency" names:"account:AccountsReceivable" example:"EUR=Accounts Receivable - EUR" doc:"currency = A/R account in it"`
}
