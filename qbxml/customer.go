package qbxml

import "github.com/shopspring/decimal"

// CustomerAdd adds a customer, or a job when ParentRef is set. Only Name is required: at most 41
// characters, no colon, unique among customers, vendors, employees and other names.
type CustomerAdd struct {
	Name                      string
	IsActive                  *bool            `json:",omitempty"`
	ClassRef                  *Ref             `json:",omitempty"`
	ParentRef                 *Ref             `json:",omitempty"`
	CompanyName               string           `json:",omitempty"`
	Salutation                string           `json:",omitempty"`
	FirstName                 string           `json:",omitempty"`
	MiddleName                string           `json:",omitempty"`
	LastName                  string           `json:",omitempty"`
	JobTitle                  string           `json:",omitempty"`
	BillAddress               *Address         `json:",omitempty"`
	ShipAddress               *Address         `json:",omitempty"`
	Phone                     string           `json:",omitempty"`
	AltPhone                  string           `json:",omitempty"`
	Fax                       string           `json:",omitempty"`
	Email                     string           `json:",omitempty"`
	Cc                        string           `json:",omitempty"`
	Contact                   string           `json:",omitempty"`
	AltContact                string           `json:",omitempty"`
	CustomerTypeRef           *Ref             `json:",omitempty"`
	TermsRef                  *Ref             `json:",omitempty"`
	SalesRepRef               *Ref             `json:",omitempty"`
	SalesTaxCodeRef           *Ref             `json:",omitempty"`
	ItemSalesTaxRef           *Ref             `json:",omitempty"`
	SalesTaxCountry           string           `json:",omitempty"`
	ResaleNumber              string           `json:",omitempty"`
	AccountNumber             string           `json:",omitempty"`
	CreditLimit               *decimal.Decimal `json:",omitempty"`
	PreferredPaymentMethodRef *Ref             `json:",omitempty"`
	JobDesc                   string           `json:",omitempty"`
	Notes                     string           `json:",omitempty"`
	PreferredDeliveryMethod   string           `json:",omitempty"` // None, Email, Fax
	PriceLevelRef             *Ref             `json:",omitempty"`
	ExternalGUID              string           `json:",omitempty"`
	TaxRegistrationNumber     string           `json:",omitempty"`
	CurrencyRef               *Ref             `json:",omitempty"`
}

// CustomerMod changes a customer: only what is set changes, an address as a whole. The EditSequence
// must be the current one, else QuickBooks answers 3200 with the current record.
type CustomerMod struct {
	ListID                    string
	EditSequence              string
	Name                      string           `json:",omitempty"`
	IsActive                  *bool            `json:",omitempty"`
	ClassRef                  *Ref             `json:",omitempty"`
	ParentRef                 *Ref             `json:",omitempty"`
	CompanyName               string           `json:",omitempty"`
	Salutation                string           `json:",omitempty"`
	FirstName                 string           `json:",omitempty"`
	MiddleName                string           `json:",omitempty"`
	LastName                  string           `json:",omitempty"`
	JobTitle                  string           `json:",omitempty"`
	BillAddress               *Address         `json:",omitempty"`
	ShipAddress               *Address         `json:",omitempty"`
	Phone                     string           `json:",omitempty"`
	AltPhone                  string           `json:",omitempty"`
	Fax                       string           `json:",omitempty"`
	Email                     string           `json:",omitempty"`
	Cc                        string           `json:",omitempty"`
	Contact                   string           `json:",omitempty"`
	AltContact                string           `json:",omitempty"`
	CustomerTypeRef           *Ref             `json:",omitempty"`
	TermsRef                  *Ref             `json:",omitempty"`
	SalesRepRef               *Ref             `json:",omitempty"`
	SalesTaxCodeRef           *Ref             `json:",omitempty"`
	ItemSalesTaxRef           *Ref             `json:",omitempty"`
	SalesTaxCountry           string           `json:",omitempty"`
	ResaleNumber              string           `json:",omitempty"`
	AccountNumber             string           `json:",omitempty"`
	CreditLimit               *decimal.Decimal `json:",omitempty"`
	PreferredPaymentMethodRef *Ref             `json:",omitempty"`
	JobDesc                   string           `json:",omitempty"`
	Notes                     string           `json:",omitempty"`
	PreferredDeliveryMethod   string           `json:",omitempty"`
	PriceLevelRef             *Ref             `json:",omitempty"`
	TaxRegistrationNumber     string           `json:",omitempty"`
	CurrencyRef               *Ref             `json:",omitempty"`
}

// CustomerRet is a customer or a job. What the company file knows of cards is not kept.
type CustomerRet struct {
	ListID                    string
	TimeCreated               DateTime
	TimeModified              DateTime
	EditSequence              string
	Name                      string
	FullName                  string
	IsActive                  bool // true when QuickBooks left it out
	ClassRef                  *Ref
	ParentRef                 *Ref
	Sublevel                  int
	CompanyName               string
	Salutation                string
	FirstName                 string
	MiddleName                string
	LastName                  string
	JobTitle                  string
	BillAddress               *Address
	ShipAddress               *Address
	Phone                     string
	AltPhone                  string
	Fax                       string
	Email                     string
	Cc                        string
	Contact                   string
	AltContact                string
	CustomerTypeRef           *Ref
	TermsRef                  *Ref
	SalesRepRef               *Ref
	Balance                   *decimal.Decimal
	TotalBalance              *decimal.Decimal
	SalesTaxCodeRef           *Ref
	ItemSalesTaxRef           *Ref
	ResaleNumber              string
	AccountNumber             string
	CreditLimit               *decimal.Decimal
	PreferredPaymentMethodRef *Ref
	Notes                     string
	PreferredDeliveryMethod   string
	PriceLevelRef             *Ref
	ExternalGUID              string
	CurrencyRef               *Ref
	DataExt                   []DataExtRet `qbxml:"DataExtRet"`
}

// EntityRet is a vendor, an employee or an other name, as far as a customer can collide with it.
// Nothing personal of an employee is kept.
type EntityRet struct {
	Kind         string `qbxml:"-"` // Vendor, Employee, OtherName
	ListID       string
	TimeCreated  DateTime
	TimeModified DateTime
	EditSequence string
	Name         string
	IsActive     bool // true when QuickBooks left it out
	CompanyName  string
	CurrencyRef  *Ref
	IsTaxAgency  bool `qbxml:"IsTaxAgency|IsSalesTaxAgency"` // of vendors
}
