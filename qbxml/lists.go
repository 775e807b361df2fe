package qbxml

import (
	"strings"

	"github.com/shopspring/decimal"
)

// PaymentMethodType is the kind of a payment method: Cash, Check, Visa, MasterCard, AmericanExpress,
// Discover, DebitCard, ECheck, GiftCard, OtherCreditCard, Other.
type PaymentMethodType string

// PaymentMethodAdd adds a payment method. Name: at most 31 characters.
type PaymentMethodAdd struct {
	Name              string
	IsActive          *bool             `json:",omitempty"`
	PaymentMethodType PaymentMethodType `json:",omitempty"`
}

// ShipMethodAdd adds a ship method. Name: at most 15 characters.
type ShipMethodAdd struct {
	Name     string
	IsActive *bool `json:",omitempty"`
}

// HostRet is the QuickBooks program.
type HostRet struct {
	ProductName           string
	MajorVersion          string // release year minus 1990: 24 is 2014
	MinorVersion          string
	Country               string   // US, CA, UK, AU; see ParseEdition
	SupportedQBXMLVersion []string // see Negotiate
	IsAutomaticLogin      bool
	QBFileMode            string // SingleUser, MultiUser
}

// CompanyRet is the company file. Tax numbers (EIN, SSN) are not kept.
type CompanyRet struct {
	IsSampleCompany   bool
	CompanyName       string
	LegalCompanyName  string
	Address           *Address
	Phone             string
	Email             string
	IsAccountantsCopy bool         `qbxml:"AccountantCopy/AccountantCopyExists"`
	DividingDate      Date         `qbxml:"AccountantCopy/DividingDate"` // up to it the accountant's copy is closed
	DataExt           []DataExtRet `qbxml:"DataExtRet"`
}

// FileID is the identity of the company file that the Web Connector wrote into it for the application with this OwnerID, or "".
// Other applications leave theirs beside it.
func (c CompanyRet) FileID(ownerID string) string { return c.private("FileID", ownerID) }

// LockedBy is the name of the computer whose Web Connector works on the company file for the application with this OwnerID: it writes
// LOCKED:COMPUTER:TIME into the file. "" when it doesn't say.
func (c CompanyRet) LockedBy(ownerID string) string {
	lock := strings.Split(c.private("AppLock", ownerID), ":")
	if len(lock) < 3 || lock[0] != "LOCKED" {
		return ""
	}
	return strings.Join(lock[1:len(lock)-1], ":")
}

func (c CompanyRet) private(name, ownerID string) string {
	for _, d := range c.DataExt {
		if d.DataExtName == name && strings.EqualFold(strings.Trim(d.OwnerID, "{}"), strings.Trim(ownerID, "{}")) {
			return d.DataExtValue
		}
	}
	return ""
}

// DataExtRet is one custom field (OwnerID "0") or one private value of an application.
// The answer to a DataExtMod has it alone, without the thing whose field it is.
type DataExtRet struct {
	OwnerID      string
	DataExtName  string
	DataExtType  string
	DataExtValue string
}

// PreferencesRet are the preferences of the company file, as far as they change how to write to it.
type PreferencesRet struct {
	AccountingPreferences             AccountingPreferences
	MultiCurrencyPreferences          MultiCurrencyPreferences
	MultiLocationInventoryPreferences MultiLocationInventoryPreferences
	PurchasesAndVendorsPreferences    PurchasesAndVendorsPreferences
	SalesAndCustomersPreferences      SalesAndCustomersPreferences
	SalesTaxPreferences               *SalesTaxPreferences // nil: sales tax is off
	ItemsAndInventoryPreferences      ItemsAndInventoryPreferences
	CurrentAppAccessRights            CurrentAppAccessRights
}

// AccountingPreferences: ClosingDate is empty when no period is closed.
type AccountingPreferences struct {
	IsUsingAccountNumbers bool
	IsRequiringAccounts   bool
	IsUsingClassTracking  bool
	AssignClassesTo       string
	ClosingDate           Date
}

// MultiCurrencyPreferences: without multicurrency a file has exactly one, unnamed currency.
type MultiCurrencyPreferences struct {
	IsMultiCurrencyOn bool
	HomeCurrencyRef   *Ref
}

// MultiLocationInventoryPreferences tell of Advanced Inventory.
type MultiLocationInventoryPreferences struct {
	IsMultiLocationInventoryAvailable bool
	IsMultiLocationInventoryEnabled   bool
}

// PurchasesAndVendorsPreferences tell whether stock is kept.
type PurchasesAndVendorsPreferences struct{ IsUsingInventory bool }

// SalesAndCustomersPreferences are the defaults of sales forms.
type SalesAndCustomersPreferences struct {
	DefaultShipMethodRef   *Ref
	DefaultFOB             string
	IsAutoApplyingPayments bool
	IsUsingPriceLevels     bool `qbxml:"PriceLevels/IsUsingPriceLevels"`
	IsRoundingSalesPriceUp bool `qbxml:"PriceLevels/IsRoundingSalesPriceUp"`
}

// SalesTaxPreferences are there only when sales tax is on.
type SalesTaxPreferences struct {
	DefaultItemSalesTaxRef           *Ref
	PaySalesTax                      string
	DefaultTaxableSalesTaxCodeRef    *Ref
	DefaultNonTaxableSalesTaxCodeRef *Ref
	IsUsingAmountsIncludeTax         bool
}

// ItemsAndInventoryPreferences tell of the features of Enterprise.
type ItemsAndInventoryPreferences struct {
	IsTrackingSerialOrLotNumber string
	FIFOEnabled                 bool
	IsBarcodeEnabled            bool
}

// CurrentAppAccessRights are what the file's administrator allowed this application.
type CurrentAppAccessRights struct {
	IsAutomaticLoginAllowed     bool
	AutomaticLoginUserName      string
	IsPersonalDataAccessAllowed bool
}

// AccountRet is an account. AccountType: Bank, Income, OtherCurrentAsset, AccountsReceivable, …
type AccountRet struct {
	ListID             string
	TimeCreated        DateTime
	TimeModified       DateTime
	EditSequence       string
	Name               string
	FullName           string
	IsActive           bool // true when QuickBooks left it out
	ParentRef          *Ref
	Sublevel           int
	AccountType        string
	SpecialAccountType string // such as UndepositedFunds, whose name a person may have changed
	AccountNumber      string
	Desc               string
	Balance            *decimal.Decimal
	TotalBalance       *decimal.Decimal
	CurrencyRef        *Ref
}

// SalesTaxCodeRet is a sales tax code such as Tax or Non. The two references are not of the US edition.
type SalesTaxCodeRet struct {
	ListID             string
	TimeCreated        DateTime
	TimeModified       DateTime
	EditSequence       string
	Name               string
	IsActive           bool // true when QuickBooks left it out
	IsTaxable          bool
	Desc               string
	ItemPurchaseTaxRef *Ref
	ItemSalesTaxRef    *Ref
}

// PaymentMethodRet is a payment method.
type PaymentMethodRet struct {
	ListID            string
	TimeCreated       DateTime
	TimeModified      DateTime
	EditSequence      string
	Name              string
	IsActive          bool // true when QuickBooks left it out
	PaymentMethodType PaymentMethodType
}

// ShipMethodRet is a ship method.
type ShipMethodRet struct {
	ListID       string
	TimeCreated  DateTime
	TimeModified DateTime
	EditSequence string
	Name         string
	IsActive     bool // true when QuickBooks left it out
}

// ClassRet is a class.
type ClassRet struct {
	ListID       string
	TimeCreated  DateTime
	TimeModified DateTime
	EditSequence string
	Name         string
	FullName     string
	IsActive     bool // true when QuickBooks left it out
	ParentRef    *Ref
	Sublevel     int
}

// TermsRet are payment terms of Kind Standard (days) or DateDriven (day of a month).
type TermsRet struct {
	Kind               string `qbxml:"-"`
	ListID             string
	TimeCreated        DateTime
	TimeModified       DateTime
	EditSequence       string
	Name               string
	IsActive           bool // true when QuickBooks left it out
	StdDueDays         int
	StdDiscountDays    int
	DayOfMonthDue      int
	DueNextMonthDays   int
	DiscountDayOfMonth int
	DiscountPct        *decimal.Decimal
}

// TemplateRet is a form template.
type TemplateRet struct {
	ListID       string
	TimeCreated  DateTime
	TimeModified DateTime
	EditSequence string
	Name         string
	IsActive     bool // true when QuickBooks left it out
	TemplateType string
}

// CustomerMsgRet is a message for customers on forms.
type CustomerMsgRet struct {
	ListID       string
	TimeCreated  DateTime
	TimeModified DateTime
	EditSequence string
	Name         string
	IsActive     bool // true when QuickBooks left it out
}

// SalesRepRet is a sales rep. Forms refer to it by its initials.
type SalesRepRet struct {
	ListID            string
	TimeCreated       DateTime
	TimeModified      DateTime
	EditSequence      string
	Initial           string
	IsActive          bool // true when QuickBooks left it out
	SalesRepEntityRef *Ref // the employee, vendor or other name
}

// CurrencyRet is a currency of a file with multicurrency on.
type CurrencyRet struct {
	ListID                string
	TimeCreated           DateTime
	TimeModified          DateTime
	EditSequence          string
	Name                  string // US Dollar
	IsActive              bool   // true when QuickBooks left it out
	CurrencyCode          string // ISO 4217: USD
	IsUserDefinedCurrency bool
	ExchangeRate          *decimal.Decimal // home units per unit; nil when none was ever set
	AsOfDate              Date
}

// ListDeletedRet is a deleted list object.
type ListDeletedRet struct {
	ListDelType string
	ListID      string
	TimeCreated DateTime
	TimeDeleted DateTime
	FullName    string
}

// TransactionRet is a transaction of any kind, in short.
type TransactionRet struct {
	TxnType              string
	TxnID                string
	TxnLineID            string
	TimeCreated          DateTime
	TimeModified         DateTime
	EntityRef            *Ref
	AccountRef           *Ref
	TxnDate              Date
	RefNumber            string
	Amount               *decimal.Decimal
	CurrencyRef          *Ref
	ExchangeRate         *decimal.Decimal
	AmountInHomeCurrency *decimal.Decimal
	Memo                 string
}

// ErrorRecovery comes instead of a Ret when QuickBooks wrote an object but could not read it back.
// It counts as success.
type ErrorRecovery struct {
	ListID       string
	OwnerID      string
	TxnID        string
	TxnNumber    int
	EditSequence string
	ExternalGUID string
}

// Unknown is an element this package doesn't know.
type Unknown struct{ Name string }
