package sim

// The jurisdiction all taxed orders of the pretend shop belong to. Rates are in 1/100000 percent.
const (
	TaxGroup    = "Springfield IL"   // the tax group of state, county and city
	TaxCombined = "Sales tax"        // the same 9.5 % as one tax item
	TaxNone     = "Out of State"     // 0 %
	taxState    = "Illinois State"   // 6.25 %
	taxCounty   = "Sangamon County"  // 1 %
	taxCity     = "Springfield City" // 2.25 %
	taxAgency   = "IL Dept of Revenue"
)

// TaxItem is one sales tax item of the pretend company file; Rate is in 1/100000 percent.
type TaxItem struct {
	Name string
	Rate int64
}

// defaultTaxItems: the first is the one the preferences name.
func defaultTaxItems() []TaxItem {
	return []TaxItem{{TaxCombined, 950000}, {taxState, 625000}, {taxCounty, 100000}, {taxCity, 225000}, {TaxNone, 0}}
}

// TaxItemGroup is a sales tax group of the pretend company file; the members are named in its order.
type TaxItemGroup struct {
	Name    string
	Members []string
}

func defaultTaxGroups() []TaxItemGroup {
	return []TaxItemGroup{{TaxGroup, []string{taxState, taxCounty, taxCity}}}
}

// Names of the pretend company's items that stand for a part of an order rather than for goods.
const (
	ItemShipping    = "Shipping"
	ItemHandling    = "Handling"
	ItemSurcharge   = "Bag Fee"
	ItemTip         = "Tips"
	ItemDiscount    = "Web Discount"
	ItemDiscountNon = "Web Discount Non-taxable"
	ItemRounding    = "Rounding"
	ItemGiftCard    = "Gift Card"
	ItemSubtotal    = "Subtotal"
	ItemStoreCredit = "Store Credit"
	ItemDifference  = "Order Difference"
	ItemTaxLine     = "Web Sales Tax" // for tax that QuickBooks can't compute
	ItemRefund      = "Refund"        // for a part of an order that is taken back
)

// ItemKit is a group item of the pretend company: a mug and two pairs of socks.
const ItemKit = "CAMP-KIT"

// What else the pretend company's forms may name.
const (
	MessageThanks = "Thank you for your business."
	SalesRepJR    = "JR"
)

// Names of the pretend company's accounts.
const (
	AccountSales        = "Web Sales"
	AccountServices     = "Service Income"
	AccountShipping     = "Shipping Income"
	AccountDiscounts    = "Sales Discounts"
	AccountRounding     = "Rounding Differences"
	AccountUndeposited  = "Undeposited Funds"
	AccountStripe       = "Stripe Clearing"
	AccountPayPal       = "PayPal Clearing"
	AccountTaxPayable   = "Sales Tax Payable"
	AccountGiftCards    = "Gift Cards Outstanding"
	AccountTips         = "Tips Payable"
	AccountReceivable   = "Accounts Receivable"
	AccountCostOfGoods  = "Cost of Goods Sold"
	AccountInventory    = "Inventory Asset"
	AccountBank         = "Checking"
	AccountMerchantFees = "Merchant Fees"
	AccountStoreCredits = "Store Credits Outstanding"
	AccountRefunds      = "Sales Refunds"
)

// A product is one thing the pretend shop sells. Price is in 1/100000 of the currency unit.
type product struct {
	sku, name string
	price     int64
	taxable   bool
	digital   bool
	// item is the kind of item the pretend company holds under the SKU; "" when the books do not know it.
	item string
}

const (
	kindInventory    = "ItemInventory"
	kindNonInventory = "ItemNonInventory"
	kindService      = "ItemService"
)

// everydayGoods are what the ordinary orders are made of. The last two are not in the books, so that items are made.
func everydayGoods() []product {
	return []product{
		{"TS-42", "Trail Shoe", 8995000, true, false, kindInventory},
		{"WS-M", "Wool Sock", 1250000, true, false, kindInventory},
		{"EG-900", "Espresso Grinder", 24900000, true, false, kindInventory},
		{"TOTE", "Canvas Tote", 1830000, true, false, kindInventory},
		{"MUG", "Enamel Mug", 1105000, true, false, kindInventory},
		{"LAMP-OAK", "Oak Desk Lamp", 6400000, true, false, kindInventory},
		{"KNIFE-8", "Chef's Knife 8\"", 5490000, true, false, kindInventory},
		{"CANDLE-3", "Candle, set of 3", 999000, true, false, kindNonInventory},
		{"ROPE-10", "Climbing Rope by the metre", 75000, true, false, kindNonInventory},
		{"PAN-28", "Cast-iron Pan 28 cm", 7900000, true, false, kindInventory},
		{"CARD-A6", "Greeting Card A6", 349000, true, false, kindNonInventory},
		{"STICKER", "Sticker", 125000, true, false, kindNonInventory},
		{"SOAP-LAV", "Soap \u2013 Lavender & Honey", 680000, true, false, kindNonInventory},
		{"KITE-DELTA", "Delta Kite", 3450000, true, false, ""},
		{"PLANTER-XL", "Planter XL", 2735000, true, false, ""},
	}
}

func tShirt(size string) product {
	return product{"TEE-BLU-" + size, "T-shirt", 2400000, true, false, kindInventory}
}

func engraving() product { return product{"ENGRAVE", "Engraving", 1500000, false, false, kindService} }

func eBook() product { return product{"EB-KNOTS", "E-book: Knots", 1200000, false, true, kindService} }

func bolt() product {
	return product{"BOLT-M6", "Bolt M6 by the piece", 13750, true, false, kindNonInventory}
}

// longSKU gives two bundles whose SKUs agree in their first 31 characters, the length of a QuickBooks item name.
func longSKU(second bool) product {
	season := "SPRING"
	if second {
		season = "SUMMER"
	}
	return product{"BUNDLE-GARDEN-STARTER-PACK-2026-" + season, "Garden Starter Pack " + season, 11900000, true, false, ""}
}

func unlisted() product { return product{"XX-UNLISTED-7", "Display piece", 4200000, true, false, ""} }

// campKit is what the shop sells as one and the books hold as the group item ItemKit.
func campKit() product { return product{ItemKit, "Camp kit", 3605000, true, false, ""} }

func giftCard() product { return product{"GIFT-50", "Gift Card $50", 5000000, false, false, ""} }

// booksGoods are all products the pretend company holds as items from the beginning.
func booksGoods() []product {
	all := append(everydayGoods(), tShirt("S"), tShirt("M"), tShirt("L"), engraving(), eBook(), bolt())
	var held []product
	for _, p := range all {
		if p.item != "" {
			held = append(held, p)
		}
	}
	return held
}

// A buyer is a person as the shop's checkout knows one.
type buyer struct {
	name, company, email string
	street, city         string
	state, stateName     string
	postal               string
	phone                string
}

// Names that the pretend company already uses for somebody else than a customer.
const (
	nameOfVendor   = "Morgan Bailey"
	nameOfEmployee = "Jordan Reyes"
	nameOfOther    = "Casey Lindqvist"
)

// Customers the pretend company knows before the first order comes. The second has been made inactive.
const (
	knownCustomer    = "Jane Cooper"
	inactiveCustomer = "Dormant Traders"
	euroCustomer     = "Velo Berlin" // with multicurrency on
)

func local(name, email string) buyer {
	return buyer{name: name, email: email, street: "742 Evergreen Terrace\nApt 4", city: "Springfield", state: "IL", stateName: "Illinois", postal: "62704", phone: "217-555-0133"}
}

func firstNames() []string {
	return []string{"Ada", "Ben", "Carla", "Dana", "Edgar", "Fiona", "Grace", "Hugo", "Irene", "Jonas", "Kate", "Leon", "Mona", "Nils", "Olga", "Paul", "Rita", "Sam", "Tara", "Vera"}
}

func lastNames() []string {
	return []string{"Abbott", "Brandt", "Castillo", "Doyle", "Ellison", "Farrow", "Greene", "Hanson", "Ibsen", "Jarvis", "Keller", "Lowell", "Mercer", "Norton", "O'Hara", "Porter", "Quimby", "Rhodes", "Sutton", "Thorne", "Upton", "Vance", "Walsh", "York", "Zeller"}
}
