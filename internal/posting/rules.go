package posting

import "github.com/shopspring/decimal"

// The values of Rules.Mode.
const (
	Look        = "look"    // plan, write nothing
	PendingMode = "pending" // post as QuickBooks' own drafts
	Post        = "post"    // post
)

// Rules are the shop's choices. Names of accounts, items and methods are full
// names as QuickBooks shows them. A field is the one place where a rule is made;
// the rest follows from its tags:
//
//	toml     its key, as `rules set` takes it; a map[string]string takes entries below it: KEY.ENTRY
//	group    heading of docs/rules.md, of this rule and those after it
//	doc      what it does, for a bookkeeper
//	default  its value in a new shop
//	values   the values it takes, by |
//	form     how a value is written: hours, days, count, count-or-none, rate, fee, words:WORD|WORD (several of them), one:WORD|WORD, source:WORD|WORD:NAME (of an order)
//	entry    how entries of a map are written: rate, goods, text, condition, document, currency, tax (a rate or a name), field (in QuickBooks)
//	names    what a value must name in the books: a list of namedLists, then the kinds that fit
//	posts    types of the account that the item which it names should post to
//	need     when orders wait for it: always, sales-tax, or KEY=VALUE|VALUE of another rule
//	feature  VALUE=FEATURE by |: what QuickBooks must have switched on, or be, for that value (VALUE * is any)
//	seen     what in orders Suggest looks for: payment, deposit, refund-deposit, ship-method, status or currency to make entries of; else a count of Seen, which shows that a rule is wanted
//	words    words in the names of what usually fits, for Suggest
//	example  a value, for docs/rules.md and tests
type Rules struct {
	Mode    string `group:"When orders go out" toml:"mode" default:"look" values:"look|pending|post" doc:"look: plan and write nothing; pending: post as QuickBooks' own drafts; post: post"`
	Release string `toml:"release" default:"automatic" values:"automatic|selected" doc:"automatic: orders that are ready go out by themselves; selected: only when a person releases them"`

	QuietHours string `toml:"quiet-hours" form:"hours" example:"18:00-06:00" doc:"time of day in which nothing is written to QuickBooks, by this computer's clock, like 18:00-06:00; reading goes on"`
	QuietDays  string `toml:"quiet-days" form:"days" example:"Sat, Sun" doc:"days on which nothing is written to QuickBooks, like Sat, Sun; reading goes on"`

	SessionRequests string `toml:"session-requests" default:"500" form:"count" example:"100" doc:"most message sets of one update of the Web Connector; the rest goes into the next"`
	SessionMinutes  string `toml:"session-minutes" default:"20" form:"count" example:"10" doc:"minutes after which an update of the Web Connector asks for nothing more; the rest goes into the next"`

	SampleCompany string `group:"The company file" toml:"sample-company" default:"refuse" values:"refuse|allow" doc:"whether one of QuickBooks' own sample company files may be used; for trying things out"`

	HomeCurrency string `toml:"home-currency" default:"USD" example:"USD" doc:"the company file's currency, for files that do not say"`

	DepositTo         string            `group:"Payments" toml:"deposit-to" need:"always" names:"account:Bank,OtherCurrentAsset" words:"undeposited funds" example:"Undeposited Funds" doc:"account into which receipts are deposited (bank, Undeposited Funds, or a clearing account)"`
	DepositToByMethod map[string]string `toml:"deposit-to-by-method" entry:"text" seen:"deposit" names:"account:Bank,OtherCurrentAsset" example:"Stripe=Stripe Clearing" doc:"another deposit-to account for a payment method or processor of the shop"`
	PaymentMethods    map[string]string `toml:"payment-methods" entry:"text" seen:"payment" names:"method" example:"Credit or debit card=Visa" doc:"payment method or processor of the shop = payment method in QuickBooks"`
	MissingMethod     string            `toml:"missing-payment-method" default:"hold" values:"make|hold|omit" doc:"what to do when the payment method is not in QuickBooks: make adds it there, hold lets the order wait, omit leaves it out and names it in the memo"`
	PaymentFees       map[string]string `toml:"payment-fees" entry:"text" form:"fee" example:"Stripe=2.9% + 0.30" doc:"payment method or processor of the shop = its fee, as a percentage of the payment, an amount, or both; for each payment that is posted from then on a cheque takes it out of the deposit-to account, which must be a bank account. The shop tells of no fees: without an entry none is booked"`
	FeeAccount        string            `toml:"fee-account" names:"account:Expense,OtherExpense,CostOfGoodsSold" words:"merchant fees|credit card fees|bank service charges|payment fees" example:"Merchant Fees" doc:"account that the fees of payment-fees are an expense of"`
	FeePayees         map[string]string `toml:"fee-payees" entry:"text" names:"vendor" example:"Stripe=Stripe Inc" doc:"payment method or processor of the shop = vendor whom the cheques of payment-fees are for; without an entry they are for nobody"`

	MissingCustomer string `group:"Customers" toml:"missing-customer" default:"make" values:"make|hold" doc:"what to do with buyers that QuickBooks does not know: make adds them, hold lets the order wait"`
	CustomerName    string `toml:"customer-name" default:"first-last" values:"first-last|last-first|company|email|one|job" doc:"what a buyer is called in QuickBooks: first and last name; last name, first name; the company, else the name; the e-mail; one: every order is the shared customer's; job: each buyer is a job of the shared customer"`
	UpdateCustomer  string `toml:"update-customer" form:"words:email|phone|billing-address|shipping-address" example:"phone, billing-address" doc:"what of a customer who is in QuickBooks already is kept up with the orders: email (where there is none), phone, billing-address, shipping-address; empty: nothing is ever changed"`
	SharedCustomer  string `toml:"shared-customer" need:"customer-name=one|job" names:"customer" words:"web customer|web sales|online customer|internet customer|web" example:"Web Customer" doc:"the customer that all orders are for, or that buyers are jobs of, when customer-name is one or job"`

	MissingItem   string            `group:"Goods" toml:"missing-item" seen:"new-goods" default:"hold" values:"make|hold|fallback" doc:"what to do with goods that QuickBooks does not know: make adds them as items, hold lets the order wait, fallback writes fallback-item"`
	NewItemKind   string            `toml:"new-item-kind" default:"NonInventory" values:"NonInventory|Service|OtherCharge" doc:"the kind of an added item; inventory items are never added, they need accounts and a count that no order tells"`
	IncomeAccount string            `toml:"income-account" need:"missing-item=make" names:"account:Income,OtherIncome" words:"web sales|online sales|internet sales|merchandise|product sales|sales|sales income|sales revenue" example:"Sales" doc:"income account of added items"`
	Items         map[string]string `toml:"items" entry:"goods" names:"item:Service,NonInventory,OtherCharge,Inventory,InventoryAssembly" example:"TS-42=Trail Shoe" doc:"SKU (or name, for goods without SKU) = item in QuickBooks, by its full name or ListID"`

	FallbackItem   string `toml:"fallback-item" need:"missing-item=fallback" names:"item:Service,NonInventory,OtherCharge,Inventory,InventoryAssembly" words:"web sales|online sales|uncategorized" example:"Web Sales" doc:"item for goods that QuickBooks does not know, when missing-item is fallback"`
	NewItemName    string `toml:"new-item-name" default:"sku" values:"sku|name" doc:"what an added item is called: the SKU (the name, for goods without one), or the name, which goods of several SKUs may share"`
	NewItemParent  string `toml:"new-item-parent" names:"item:NonInventory,Service,OtherCharge" example:"Web Shop" doc:"item of the kind new-item-kind that added items go below; empty: none"`
	NewItemTaxCode string `toml:"new-item-tax-code" names:"code" example:"Tax" doc:"tax code of added items; empty: that of the first order with them"`
	NewItemPrice   string `toml:"new-item-price" default:"none" values:"none|shop" doc:"whether an added item gets the price of the first order with it (never one with the tax inside)"`
	GroupItems     string `toml:"group-items" default:"hold" values:"hold|plain|members" doc:"what to do with goods that lead to a group item: hold the order; plain: write plain-item; members: write the group's members with their own prices, when these come to the shop's price exactly, else plain-item, and without one hold"`
	PlainItem      string `toml:"plain-item" need:"group-items=plain" names:"item:Service,NonInventory,OtherCharge,Inventory,InventoryAssembly" words:"bundle|bundles|set" example:"Bundle" doc:"item for goods that lead to a group item, by the rule group-items"`

	ShippingItem  string            `group:"Charges and discounts" toml:"shipping-item" seen:"shipping" need:"always" names:"item:OtherCharge,Service,NonInventory" words:"shipping|shipping and handling|delivery|postage|freight" example:"Shipping" doc:"item for shipping"`
	HandlingItem  string            `toml:"handling-item" seen:"handling" need:"always" names:"item:OtherCharge,Service,NonInventory" words:"handling|handling fee|packing|gift wrap|shipping and handling" example:"Handling" doc:"item for handling fees"`
	SurchargeItem string            `toml:"surcharge-item" seen:"surcharges" need:"always" names:"item:OtherCharge,Service,NonInventory" words:"surcharge|service fee|fee|extra charge|other charges" example:"Surcharge" doc:"item for surcharges"`
	TipItem       string            `toml:"tip-item" seen:"tips" names:"item:OtherCharge,Service,NonInventory" words:"tip|tips|gratuity" example:"Tips" doc:"item for tips"`
	DiscountItem  string            `toml:"discount-item" seen:"discounts" need:"always" names:"item:Discount" words:"web discount|discount|coupon|promotion" example:"Web Discount" doc:"item for coupons and promotions"`
	RoundingItem  string            `toml:"rounding-item" need:"always" names:"item:OtherCharge,Service,NonInventory" words:"rounding|cent|over short|penny" example:"Rounding" doc:"item for the cents by which QuickBooks' tax differs from the shop's"`
	ShipMethods   map[string]string `toml:"ship-methods" entry:"text" seen:"ship-method" names:"ship" example:"Standard Ground=UPS" doc:"the shop's shipping method = ship method in QuickBooks; without an entry the one of the same name"`

	Tax         map[string]string `group:"Sales tax" toml:"tax" need:"sales-tax" entry:"rate" names:"tax:SalesTax,SalesTaxGroup" example:"8.25=State Sales Tax" doc:"the shop's tax rate in percent (several rates joined by +, sorted) = tax item or group in QuickBooks"`
	NoTaxItem   string            `toml:"no-tax-item" need:"sales-tax" names:"tax:0 %" words:"out of state|no tax|non taxable|exempt|zero" example:"Out of State" doc:"tax item of 0 % for orders without tax"`
	TaxableCode string            `toml:"taxable-code" need:"sales-tax" names:"code:taxable" words:"tax" example:"Tax" doc:"tax code of taxed lines; empty: the company file's own"`
	ExemptCode  string            `toml:"exempt-code" need:"sales-tax" names:"code:non-taxable" words:"non" example:"Non" doc:"tax code of untaxed lines; empty: the company file's own"`

	RoundingLimit decimal.Decimal `toml:"rounding-limit" default:"0.05" example:"0.10" doc:"largest difference between QuickBooks' tax and the shop's that a rounding line may carry"`

	Unpaid string `group:"Orders that are not paid" toml:"unpaid" seen:"unpaid" default:"wait" values:"wait|invoice|sales-order" feature:"sales-order=sales-orders" doc:"what to do with orders that are not paid: wait until the shop says that they are, or write an invoice or a sales order"`

	GiftCardItem    string `group:"Gift cards and credit" toml:"gift-card-item" posts:"OtherCurrentLiability,LongTermLiability" seen:"gift-cards" names:"item:OtherCharge,Service,NonInventory" words:"gift card|gift cards|gift certificate" example:"Gift Card" doc:"item for gift cards, sold and redeemed; its account should be a liability, so that a card sold is no income and a card redeemed no discount"`
	StoreCreditItem string `toml:"store-credit-item" posts:"OtherCurrentLiability,LongTermLiability" seen:"credit" names:"item:OtherCharge,Service,NonInventory" words:"store credit|loyalty|points" example:"Store Credit" doc:"item for store credit and loyalty points that paid a part of an order"`

	ZeroTotal       string          `group:"Totals" toml:"zero-total" default:"post" values:"post|hold|exclude" doc:"what to do with orders of which nothing is to be paid, not even by gift card or credit"`
	DifferenceItem  string          `toml:"difference-item" names:"item:OtherCharge,Service,NonInventory" words:"difference|over short" example:"Difference" doc:"item for what the shop's total is more or less than its parts come to"`
	DifferenceLimit decimal.Decimal `toml:"difference-limit" default:"0.00" example:"0.02" doc:"largest difference between the shop's total and its parts that a line may carry; 0.00 holds every order that does not add up"`

	TaxLineItem        string            `group:"Sales tax as a line" toml:"tax-line-item" seen:"several-rates" names:"item:OtherCharge,SalesTax" example:"Web Sales Tax" doc:"item for tax that QuickBooks can't compute; the whole tax is then a line of its own, and QuickBooks' tax report shows no taxable sales for it"`
	TaxLineCases       string            `toml:"tax-line-cases" default:"several-rates, sales-tax-off, beyond-limit" form:"words:several-rates|sales-tax-off|beyond-limit" example:"several-rates" doc:"when tax-line-item is used: for several rates on one order, with sales tax off in QuickBooks, when QuickBooks' tax differs by more than rounding-limit"`
	TaxLineItems       map[string]string `toml:"tax-line-items" entry:"tax" names:"item:OtherCharge,SalesTax" example:"8.25=State Tax" doc:"the shop's tax, by its rate in percent or its name = item for the line of that tax, where tax-line-item is used; when each tax of an order has one, there is a line for each, else one line with tax-line-item"`
	ExemptCustomerCode string            `toml:"exempt-customer-code" names:"code:non-taxable" example:"Non" doc:"tax code of buyers whom the shop calls exempt; empty: exempt-code"`
	ReverseChargeCode  string            `toml:"reverse-charge-code" names:"code:non-taxable" example:"Non" doc:"tax code of sales under reverse charge; empty: exempt-code"`

	Document          string            `group:"Documents" toml:"document" default:"receipt" values:"receipt|invoice|sales-order|wait|hold|exclude" feature:"sales-order=sales-orders" doc:"what a paid order becomes"`
	Documents         map[string]string `toml:"documents" entry:"condition" seen:"status" form:"one:receipt|invoice|sales-order|wait|hold|exclude" feature:"sales-order=sales-orders" example:"payment:AWAITING_PAYMENT + group:Wholesale=invoice" doc:"condition = what orders that meet it become (receipt, invoice, sales-order, wait, hold, exclude); conditions are payment:, method:, module:, fulfillment:, store:, country:, tag:, channel:, group:, sku:, total>=, joined by +"`
	AfterSalesOrder   string            `toml:"after-sales-order" default:"nothing" values:"nothing|paid|shipped" doc:"what follows a sales order: nothing, or its invoice and payment when the order is paid, or when it is shipped"`
	ReceivableAccount string            `toml:"receivable-account" names:"account:AccountsReceivable" words:"accounts receivable" example:"Accounts Receivable" doc:"A/R account of invoices, payments and credit memos; empty: the only one there is"`
	Terms             string            `toml:"terms" names:"terms" example:"Net 30" doc:"terms of invoices and sales orders"`
	DueDays           string            `toml:"due-days" form:"count-or-none" example:"30" doc:"days after its date on which an invoice is due; empty: as its terms say"`

	Refunds            string            `group:"Refunds" toml:"refunds" seen:"refunds" default:"hold" values:"hold|credit-memo" doc:"what to do with refunds: hold the order, or write a credit memo and what pays it out"`
	RefundItem         string            `toml:"refund-item" seen:"refunds" names:"item:OtherCharge,Service,NonInventory" words:"refund|refunds|returns|sales returns" example:"Refund" doc:"item for refunds of a part of an order; the shop does not say for what they are"`
	RefundForm         string            `toml:"refund-form" default:"card" values:"card|check|none" doc:"how a credit memo is paid out: refund to a card, cheque, or not at all"`
	RefundFormByMethod map[string]string `toml:"refund-form-by-method" entry:"text" form:"one:card|check|none" example:"Bank transfer=check" doc:"another refund-form for a payment method or processor of the shop"`
	RefundFrom         string            `toml:"refund-from" seen:"refunds" names:"account:Bank,OtherCurrentAsset" example:"Checking" doc:"account that refunds are paid from; cheques need a bank account"`
	RefundFromByMethod map[string]string `toml:"refund-from-by-method" entry:"text" seen:"refund-deposit" names:"account:Bank,OtherCurrentAsset" example:"Stripe=Stripe Clearing" doc:"another refund-from account for a payment method or processor of the shop"`

	NumberPrefix    string            `group:"Numbers and marks" toml:"number-prefix" example:"W-" doc:"what comes before the order's number in the number of a document; QuickBooks gives its own next document the number after ours"`
	Class           string            `toml:"class" names:"class" example:"Web" doc:"class of documents"`
	Classes         map[string]string `toml:"classes" entry:"condition" names:"class" example:"country:CA=Canada" doc:"condition, as in documents = another class"`
	Templates       map[string]string `toml:"templates" entry:"document" names:"template" example:"invoice=Web Invoice" doc:"receipt, invoice, sales-order or credit-memo = template"`
	SalesRep        string            `toml:"sales-rep" names:"rep" example:"WEB" doc:"initials of the sales rep of documents"`
	CustomerMessage string            `toml:"customer-message" names:"message" example:"Thank you for your business." doc:"customer message on documents"`
	ShipDate        string            `toml:"ship-date" default:"none" values:"none|order-date" doc:"ship date of documents"`
	OtherField      string            `toml:"other-field" default:"none" values:"none|order-number|po-number|channel|tracking|transaction" doc:"what the field Other of documents holds"`

	CustomFields     map[string]string `toml:"custom-fields" entry:"field" form:"source:order-number|order-id|store|payment-method|transaction|tracking|coupon|po-number|channel|group|note|field:NAME|text:WORDS" example:"Web order=order-number" doc:"custom field of forms in QuickBooks = what of the order it holds (field: names a field that the shop has added to its checkout); it is set when the document is in QuickBooks, and when QuickBooks refuses it the order says so and stays posted; set the field up first: edit any customer, Additional Info > Define Fields"`
	LineCustomFields map[string]string `toml:"line-custom-fields" entry:"field" form:"source:sku|name|option:NAME|order-number|order-id|store|payment-method|transaction|tracking|coupon|po-number|channel|group|note|field:NAME|text:WORDS" example:"Color=option:Color" doc:"custom field of lines in QuickBooks = what lines of goods hold in it, of the order's line or of the order; set the field up first (edit any item, Custom Fields > Define Fields): QuickBooks refuses a document that names a field which is not set up"`

	ExchangeRates        map[string]string `group:"Other currencies" toml:"exchange-rates" entry:"currency" seen:"currency" form:"rate" feature:"*=multicurrency" example:"EUR=1.08" doc:"currency = what one unit of it is worth in the home currency, for orders in it; without one they are held"`
	ReceivableByCurrency map[string]string `toml:"receivable-by-currency" entry:"currency" feature:"*=multicurrency" names:"account:AccountsReceivable" example:"EUR=Accounts Receivable - EUR" doc:"currency = A/R account in it"`
	DepositToByCurrency  map[string]string `toml:"deposit-to-by-currency" entry:"currency" feature:"*=multicurrency" names:"account:Bank,OtherCurrentAsset" example:"EUR=Euro Checking" doc:"currency = deposit-to account for orders in it, before those by method; a bank account takes its own currency only"`
	RefundFromByCurrency map[string]string `toml:"refund-from-by-currency" entry:"currency" feature:"*=multicurrency" names:"account:Bank,OtherCurrentAsset" example:"EUR=Euro Checking" doc:"currency = refund-from account for orders in it, before those by method"`
}
