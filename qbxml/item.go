package qbxml

import "github.com/shopspring/decimal"

// BarCode is an item's bar code.
type BarCode struct {
	BarCodeValue     string `json:",omitempty"`
	AssignEvenIfUsed *bool  `json:",omitempty"`
	AllowOverride    *bool  `json:",omitempty"`
}

// SalesOrPurchase is the half of an item that is only sold, or only bought.
type SalesOrPurchase struct {
	Desc         string           `json:",omitempty"`
	Price        *decimal.Decimal `json:",omitempty"`
	PricePercent *decimal.Decimal `json:",omitempty"`
	AccountRef   *Ref             `json:",omitempty"` // QuickBooks needs it though the schema doesn't
}

// SalesAndPurchase are the halves of an item that is both bought and sold.
type SalesAndPurchase struct {
	SalesDesc         string           `json:",omitempty"`
	SalesPrice        *decimal.Decimal `json:",omitempty"`
	IncomeAccountRef  *Ref             `json:",omitempty"`
	PurchaseDesc      string           `json:",omitempty"`
	PurchaseCost      *decimal.Decimal `json:",omitempty"`
	ExpenseAccountRef *Ref             `json:",omitempty"`
	PrefVendorRef     *Ref             `json:",omitempty"`
}

// ItemNonInventoryAdd adds a non-inventory item. Name: at most 31 characters, no colon; exactly one
// of SalesOrPurchase and SalesAndPurchase.
type ItemNonInventoryAdd struct {
	Name                   string
	BarCode                *BarCode          `json:",omitempty"`
	IsActive               *bool             `json:",omitempty"`
	ParentRef              *Ref              `json:",omitempty"`
	ClassRef               *Ref              `json:",omitempty"`
	ManufacturerPartNumber string            `json:",omitempty"`
	UnitOfMeasureSetRef    *Ref              `json:",omitempty"`
	IsTaxIncluded          *bool             `json:",omitempty"`
	SalesTaxCodeRef        *Ref              `json:",omitempty"`
	SalesOrPurchase        *SalesOrPurchase  `json:",omitempty"`
	SalesAndPurchase       *SalesAndPurchase `json:",omitempty"`
	ExternalGUID           string            `json:",omitempty"`
}

// ItemServiceAdd adds a service item; see ItemNonInventoryAdd.
type ItemServiceAdd struct {
	Name                string
	BarCode             *BarCode          `json:",omitempty"`
	IsActive            *bool             `json:",omitempty"`
	ClassRef            *Ref              `json:",omitempty"`
	ParentRef           *Ref              `json:",omitempty"`
	UnitOfMeasureSetRef *Ref              `json:",omitempty"`
	IsTaxIncluded       *bool             `json:",omitempty"`
	SalesTaxCodeRef     *Ref              `json:",omitempty"`
	SalesOrPurchase     *SalesOrPurchase  `json:",omitempty"`
	SalesAndPurchase    *SalesAndPurchase `json:",omitempty"`
	ExternalGUID        string            `json:",omitempty"`
}

// ItemOtherChargeAdd adds an item for shipping, handling, tips and the like; see ItemNonInventoryAdd.
type ItemOtherChargeAdd struct {
	Name             string
	BarCode          *BarCode          `json:",omitempty"`
	IsActive         *bool             `json:",omitempty"`
	ClassRef         *Ref              `json:",omitempty"`
	ParentRef        *Ref              `json:",omitempty"`
	IsTaxIncluded    *bool             `json:",omitempty"`
	SalesTaxCodeRef  *Ref              `json:",omitempty"`
	SalesOrPurchase  *SalesOrPurchase  `json:",omitempty"`
	SalesAndPurchase *SalesAndPurchase `json:",omitempty"`
	ExternalGUID     string            `json:",omitempty"`
}

// ItemDiscountAdd adds a discount item. At most one of DiscountRate and DiscountRatePercent.
type ItemDiscountAdd struct {
	Name                string
	BarCode             *BarCode         `json:",omitempty"`
	IsActive            *bool            `json:",omitempty"`
	ClassRef            *Ref             `json:",omitempty"`
	ParentRef           *Ref             `json:",omitempty"`
	ItemDesc            string           `json:",omitempty"`
	SalesTaxCodeRef     *Ref             `json:",omitempty"`
	DiscountRate        *decimal.Decimal `json:",omitempty"`
	DiscountRatePercent *decimal.Decimal `json:",omitempty"`
	AccountRef          *Ref             `json:",omitempty"`
	ExternalGUID        string           `json:",omitempty"`
}

// ItemRet is an item of any kind. Kinds: Service, NonInventory, OtherCharge, Inventory,
// InventoryAssembly, FixedAsset, Subtotal, Discount, Payment, SalesTax, SalesTaxGroup, Group; a kind
// QuickBooks adds later has its own name.
type ItemRet struct {
	Kind                   string `qbxml:"-"`
	ListID                 string
	TimeCreated            DateTime
	TimeModified           DateTime
	EditSequence           string
	Name                   string
	FullName               string // Name for the kinds that have no parents
	BarCodeValue           string
	IsActive               bool // true when QuickBooks left it out
	ClassRef               *Ref
	ParentRef              *Ref
	Sublevel               int
	ManufacturerPartNumber string
	SalesTaxCodeRef        *Ref
	// Desc is the text for the customer.
	Desc string `qbxml:"SalesOrPurchase/Desc|SalesAndPurchase/SalesDesc|SalesDesc|ItemDesc|FixedAssetSalesInfo/SalesDesc"`
	// Price is the sales price; PricePercent, of services and charges, a share of the line above it.
	Price        *decimal.Decimal `qbxml:"SalesOrPurchase/Price|SalesAndPurchase/SalesPrice|SalesPrice|DiscountRate"`
	PricePercent *decimal.Decimal `qbxml:"SalesOrPurchase/PricePercent|DiscountRatePercent"`
	// AccountRef is where a sale posts: the income account, or the account of a charge or discount.
	AccountRef           *Ref `qbxml:"SalesOrPurchase/AccountRef|SalesAndPurchase/IncomeAccountRef|IncomeAccountRef|AccountRef|DepositToAccountRef"`
	COGSAccountRef       *Ref
	AssetAccountRef      *Ref
	ExpenseAccountRef    *Ref             `qbxml:"SalesAndPurchase/ExpenseAccountRef"`
	QuantityOnHand       *decimal.Decimal // of stocked kinds; may be negative
	QuantityOnSalesOrder *decimal.Decimal
	TaxRate              *decimal.Decimal // percent, of Kind SalesTax
	TaxVendorRef         *Ref             // the tax agency
	PaymentMethodRef     *Ref             // of Kind Payment
	UnitOfMeasureSetRef  *Ref
	// Members are the items of a Group, or the tax items of a SalesTaxGroup, in order.
	Members      []GroupMember `qbxml:"ItemGroupLine|ItemSalesTaxRef"`
	ExternalGUID string
	DataExt      []DataExtRet `qbxml:"DataExtRet"`
}

// GroupMember is one item of a group. Quantity is nil in a sales tax group.
type GroupMember struct {
	ItemRef       *Ref `qbxml:"ItemRef|."`
	Quantity      *decimal.Decimal
	UnitOfMeasure string
}
