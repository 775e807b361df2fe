package posting

import (
	"github.com/shopspring/decimal"

	"qbridge/qbxml"
)

// Company is what the first answer of a session tells about a company file.
type Company struct {
	Name                                                string
	Product                                             string        // "QuickBooks Premier 2021"
	Edition                                             qbxml.Edition // US, CA, UK, AU
	Version                                             qbxml.Version // the document version in use with it
	HomeCurrency                                        string        // ISO 4217; "" when the file does not say (multicurrency off): then the shop's rule home-currency
	ClosingDate                                         string        // YYYY-MM-DD; "" when no period is closed
	SalesTax                                            bool          // sales tax is switched on
	TaxableCode                                         string        // ListID of the default taxable code, when the file names one
	ExemptCode                                          string        // ListID of the default non-taxable code
	Multicurrency, Classes, RequiresAccounts, Inventory bool
}

// Account is an account of the chart of accounts.
type Account struct {
	ListID, FullName, Type, Number string // Type as qbXML spells it: Bank, Income, OtherCurrentAsset, ...
	Active                         bool
	Currency                       string `json:",omitempty"` // as Name.Currency; "" of files with one currency, and until the account was read anew
}

// Currency is a currency of a file that keeps several.
type Currency struct {
	ListID, Name, Code string // Name as QuickBooks calls it: Euro; Code of ISO 4217: EUR
	Active             bool
}

// Item is an item of any kind.
type Item struct {
	ListID, Name, FullName string
	Kind                   string // Service, NonInventory, OtherCharge, Inventory, InventoryAssembly, FixedAsset, Subtotal, Discount, Payment, SalesTax, SalesTaxGroup, Group
	Active                 bool
	PartNumber, BarCode    string
	TaxRate                decimal.Decimal // percent; SalesTax only
	Members                []string        // ListIDs in order; SalesTaxGroup and Group only

	Price      *decimal.Decimal  `json:",omitempty"` // of items that may stand for goods; nil when QuickBooks tells none
	Quantities []decimal.Decimal `json:",omitempty"` // of Members; Group only
	Account    string            `json:",omitempty"` // full name of the account that a sale posts to; "" of kinds without one, and until the item was read anew
	Agency     string            `json:",omitempty"` // vendor whom the tax is owed to; SalesTax only
}

// Name is a record of the one name space that customers, vendors, employees
// and other names share (quickbooks.md 4).
type Name struct {
	ListID, Name, FullName string
	Kind                   string // Customer, Vendor, Employee, OtherName
	Email                  string
	Currency               string // ISO 4217, or QuickBooks' name where the code is not known; customers; "" when the file has one currency
	Active                 bool

	// Of customers, for the rule update-customer; "" when not read yet.
	EditSequence   string `json:",omitempty"`
	Modified       string `json:",omitempty"` // YYYY-MM-DD of the last change, as QuickBooks' computer has it
	Phone          string `json:",omitempty"`
	BillTo, ShipTo string `json:",omitempty"` // as AddressText has them
}

// Entry is a record of a simple list: tax codes, payment and ship methods,
// classes, terms, templates, sales reps, customer messages.
type Entry struct {
	ListID, Name string
	Active       bool
	Taxable      bool // tax codes only
}

// Lists is what has been read of one company file, as the store keeps it, with
// the names and numbers promised to rows that are planned but not sent.
type Lists struct {
	Company    Company
	Generation int64 // counts the changes to what is known of this file
	Complete   bool  // every list was read at least once

	Accounts       []Account
	Items          []Item
	Names          []Name
	TaxCodes       []Entry
	PaymentMethods []Entry
	ShipMethods    []Entry
	Classes        []Entry
	Terms          []Entry
	Templates      []Entry
	SalesReps      []Entry // by initials
	Messages       []Entry // customer messages
	Currencies     []Currency

	Promised []Promise
}

// Promise is a name that a planned or sent row will take, so that no second
// row is planned for it.
type Promise struct {
	Key   string // ListRow.Key
	Kind  string // ListRow.Kind
	Name  string
	Email string // customers
}
