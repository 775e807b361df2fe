package sim

import (
	"cmp"
	"fmt"
	"strings"
	"sync"
	"time"
)

// CompanyConfig says which company file to pretend. The zero value of a field gives what is said beside it.
type CompanyConfig struct {
	Name              string   // "Pretend Company"
	File              string   // full path of the .qbw file, C:\Books\Pretend.qbw
	OwnerID, FileID   string   // the private data the Web Connector stamps; without FileID none
	Country           string   // US, CA, UK or AU; US
	Product           string   // QuickBooks Premier 2024
	MajorVersion      int      // 34
	SupportedVersions []string // 1.0 to 16.0
	SalesTax          bool     // whether the preference is on
	Classes           bool     // whether class tracking is on
	ClosingDate       string   // YYYY-MM-DD; no closing date
	Sample            bool     // a sample company of Intuit's
	PageSize          int      // most records of one page of an iterator; 0 for as many as are asked for
	NoSalesOrders     bool     // whether the preference of sales orders is off; QuickBooks Pro has none anyway
	MultiCurrency     bool     // whether the preference is on; home is the US dollar, and there is the Euro
	CustomFields      []string // those that a person has set up for items on forms
	FormFields        []string // those that a person has set up for customers: at the head of forms
	TaxItems          []TaxItem
	TaxGroups         []TaxItemGroup
	Clock             func() time.Time `json:"-"` // time.Now
}

// Company pretends one company file with the QuickBooks that has it open: it takes qbXML and answers as QuickBooks does.
// It may be used by several goroutines; like QuickBooks it does one thing at a time.
type Company struct {
	mu        sync.Mutex
	clock     func() time.Time
	path      string // where the books are kept; "" for in memory only
	books     books
	byID      map[string]*object
	byTxnID   map[string]*txn
	app       string        // the application of the open session
	sessions  int           // how many are open: two connectors may be at work
	lockedBy  string        // the computer whose Web Connector was at work last
	ahead     time.Duration // how much the machine's clock is
	crash     *crash
	iterators map[string]*iterator
	refusals  []openRefusal
	interfere func(request, requestID string) *Status
	requests  int
}

// books is all that a company file holds; it is what Save writes.
type books struct {
	Config    CompanyConfig
	Objects   []*object
	Txns      []*txn `json:"Receipts"`
	Links     []link
	Deleted   []deletedObject
	Removed   []deletedTxn
	Deposits  []*deposit
	Sets      []rememberedSet
	NextList  int64
	NextTxn   int64
	TxnNumber int64
}

type openRefusal struct{ hresult, message string }

// Status is the outcome of one request.
type Status struct {
	Code     int
	Severity string // Info, Warn or Error
	Message  string
}

func refused(code int, format string, args ...any) *Status {
	return &Status{code, "Error", fmt.Sprintf(format, args...)}
}

// NewCompany makes a company file with a believable chart of accounts, items, tax items and names.
func NewCompany(config CompanyConfig) *Company {
	def := func(s *string, value string) {
		if *s == "" {
			*s = value
		}
	}
	def(&config.Name, "Pretend Company")
	def(&config.File, `C:\Books\Pretend.qbw`)
	def(&config.OwnerID, "{6D1C2B0A-3E55-4B0E-9C61-2A7E5B1F0C11}")
	def(&config.Country, "US")
	def(&config.Product, "QuickBooks Premier 2024")
	if config.MajorVersion == 0 {
		config.MajorVersion = 34
	}
	if config.SupportedVersions == nil {
		config.SupportedVersions = []string{"1.0", "1.1", "2.0", "2.1", "3.0", "4.0", "4.1", "5.0", "6.0", "7.0", "8.0", "9.0", "10.0", "11.0", "12.0", "13.0", "14.0", "15.0", "16.0"}
	}
	if config.TaxItems == nil {
		config.TaxItems, config.TaxGroups = defaultTaxItems(), defaultTaxGroups()
	}
	c := companyOf(books{Config: config, NextList: 1, NextTxn: 0x1C0}, config.Clock)
	c.seed()
	return c
}

func companyOf(b books, clock func() time.Time) *Company {
	if clock == nil {
		clock = time.Now
	}
	c := &Company{clock: clock, iterators: map[string]*iterator{}}
	c.take(b)
	return c
}

// take makes b the company's books.
func (c *Company) take(b books) {
	c.books, c.byID = b, map[string]*object{}
	c.byTxnID = map[string]*txn{}
	for _, t := range b.Txns {
		c.byTxnID[t.TxnID] = t
		t.Kind = cmp.Or(t.Kind, "SalesReceipt") // the only kind there was at first
	}
	for _, o := range b.Objects {
		c.byID[o.ListID] = o
	}
}

// now is the time of the QuickBooks machine. It reports the winter offset all year, as an unpatched machine does.
func (c *Company) now() time.Time {
	return c.clock().Add(c.ahead).In(machineZone()).Truncate(time.Second)
}

func machineZone() *time.Location { return time.FixedZone("", -6*60*60) }

const stampLayout = "2006-01-02T15:04:05-07:00"

func stamp(unix int64) string { return time.Unix(unix, 0).In(machineZone()).Format(stampLayout) }

// File is the path of the company file that is open.
func (c *Company) File() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.books.Config.File
}

// Requests tells how many requests the company has tried to do since it was made or loaded.
func (c *Company) Requests() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.requests
}

// RefuseSession makes the next BeginSession fail, as when a modal dialog is open (0x80040414).
func (c *Company) RefuseSession(hresult, message string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.refusals = append(c.refusals, openRefusal{hresult, message})
}

// Interfere installs a hook that is asked before each request (by element name such as SalesReceiptAddRq). A Status it
// returns is answered; when its severity is Error the request is not done, as when a person has the record open, else an Add
// or Mod is done with that warning. nil removes the hook.
func (c *Company) Interfere(hook func(request, requestID string) *Status) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.interfere = hook
}

// BeginSession opens the company file for an application; file "" means the one that is open. It answers with an
// HRESULT and a text when it cannot, else with two empty strings.
func (c *Company) BeginSession(app, file string) (hresult, message string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.refusals) > 0 {
		r := c.refusals[0]
		c.refusals = c.refusals[1:]
		return r.hresult, r.message
	}
	if strings.Contains(file, "/") {
		return "0x80040408", "Could not start QuickBooks."
	}
	if file != "" && !strings.EqualFold(file, c.books.Config.File) {
		return "0x8004040A", "QuickBooks company data file is already open and it is different from the one requested."
	}
	c.app = app
	c.sessions++
	clear(c.iterators)
	return "", ""
}

// EndSession closes the session; its iterators die with it.
func (c *Company) EndSession() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.sessions = max(0, c.sessions-1); c.sessions == 0 {
		c.app = ""
	}
	clear(c.iterators)
}

// HCP is the answer to the host, company and preferences queries that the Web Connector posts with the first
// sendRequestXML of a session. The company file bears the lock of the computer that the Web Connector runs on.
func (c *Company) HCP() string { return c.hcp("PRETEND") }

func (c *Company) hcp(computer string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lockedBy = computer
	rs := node{Name: "QBXMLMsgsRs"}
	for i, query := range []string{"HostQuery", "CompanyQuery", "PreferencesQuery"} {
		rs.Kids = append(rs.Kids, c.answered(query+"Rq", fmt.Sprint(i), done(), c.about(query)))
	}
	return document(rs)
}

func document(rs node) string {
	var b strings.Builder
	b.WriteString("<?xml version=\"1.0\" ?>\n")
	root := group("QBXML", rs)
	root.write(&b)
	return b.String()
}

func done() Status { return Status{0, "Info", "Status OK"} }

func yes(b bool) string {
	if b {
		return "true"
	}
	return "false"
}

// about answers HostQuery, CompanyQuery and PreferencesQuery.
func (c *Company) about(query string) []node {
	switch query {
	case "HostQuery":
		return []node{c.hostRet()}
	case "CompanyQuery":
		return []node{c.companyRet()}
	}
	return []node{c.preferencesRet()}
}

func (c *Company) hostRet() node {
	ret := group("HostRet", leaf("ProductName", c.books.Config.Product), leaf("MajorVersion", fmt.Sprint(c.books.Config.MajorVersion)), leaf("MinorVersion", "0"), leaf("Country", c.books.Config.Country))
	for _, v := range c.books.Config.SupportedVersions {
		ret.Kids = append(ret.Kids, leaf("SupportedQBXMLVersion", v))
	}
	ret.Kids = append(ret.Kids, leaf("IsAutomaticLogin", "false"), leaf("QBFileMode", "SingleUser"))
	return ret
}

func (c *Company) companyRet() node {
	k := c.books.Config
	ret := group("CompanyRet", leaf("IsSampleCompany", yes(k.Sample)), leaf("CompanyName", k.Name), leaf("LegalCompanyName", k.Name+" Inc."),
		group("Address", leaf("Addr1", "1 Capitol Plaza"), leaf("City", "Springfield"), leaf("State", "IL"), leaf("PostalCode", "62701"), leaf("Country", k.Country)),
		group("AddressBlock", leaf("Addr1", "1 Capitol Plaza"), leaf("Addr2", "Springfield, IL 62701")),
		leaf("Phone", "217-555-0100"), leaf("Email", "books@example.com"), leaf("FirstMonthFiscalYear", "January"), leaf("FirstMonthIncomeTaxYear", "January"),
		leaf("CompanyType", "Retail"), leaf("EIN", "12-3456789"), leaf("TaxForm", "Form1120"))
	if k.FileID != "" {
		ext := func(name, value string) node {
			return group("DataExtRet", leaf("OwnerID", k.OwnerID), leaf("DataExtName", name), leaf("DataExtType", "STR255TYPE"), leaf("DataExtValue", value))
		}
		ret.Kids = append(ret.Kids, ext("AppLock", "LOCKED:"+cmp.Or(c.lockedBy, "PRETEND")+":638000000000000000"), ext("FileID", k.FileID))
	}
	return ret
}

func (c *Company) preferencesRet() node {
	k := c.books.Config
	accounting := group("AccountingPreferences", leaf("IsUsingAccountNumbers", "false"), leaf("IsRequiringAccounts", "true"), leaf("IsUsingClassTracking", yes(k.Classes)),
		leaf("IsUsingAuditTrail", "true"), leaf("IsAssigningJournalEntryNumbers", "true"))
	if k.ClosingDate != "" {
		accounting.Kids = append(accounting.Kids, leaf("ClosingDate", k.ClosingDate))
	}
	ret := group("PreferencesRet", accounting,
		group("FinanceChargePreferences", leaf("AnnualInterestRate", "0.00"), leaf("MinFinanceCharge", "0.00"), leaf("GracePeriod", "0"), leaf("IsAssessingForOverdueCharges", "false"), leaf("CalculateChargesFrom", "DueDate"), leaf("IsMarkedToBePrinted", "false")),
		group("JobsAndEstimatesPreferences", leaf("IsUsingEstimates", "true"), leaf("IsUsingProgressInvoicing", "false"), leaf("IsPrintingItemsWithZeroAmounts", "false")),
		group("MultiCurrencyPreferences", c.currencyPreferences()...),
		group("MultiLocationInventoryPreferences", leaf("IsMultiLocationInventoryAvailable", "false"), leaf("IsMultiLocationInventoryEnabled", "false")),
		group("PurchasesAndVendorsPreferences", leaf("IsUsingInventory", "true"), leaf("DaysBillsAreDue", "10"), leaf("IsAutomaticallyUsingDiscounts", "false")),
		group("ReportsPreferences", leaf("AgingReportBasis", "AgeFromDueDate"), leaf("SummaryReportBasis", "Accrual")),
		group("SalesAndCustomersPreferences", leaf("IsTrackingReimbursedExpensesAsIncome", "false"), leaf("IsAutoApplyingPayments", "true"), group("PriceLevels", leaf("IsUsingPriceLevels", "true"), leaf("IsRoundingSalesPriceUp", "true"))))
	if k.SalesTax { // absent when sales tax is off, as in the recorded answer
		ret.Kids = append(ret.Kids, group("SalesTaxPreferences", c.refNamed("DefaultItemSalesTaxRef", k.TaxItems[0].Name, "ItemSalesTax"), leaf("PaySalesTax", "Monthly"),
			c.refNamed("DefaultTaxableSalesTaxCodeRef", "Tax", "SalesTaxCode"), c.refNamed("DefaultNonTaxableSalesTaxCodeRef", "Non", "SalesTaxCode"),
			leaf("IsUsingVendorTaxCode", "false"), leaf("IsUsingCustomerTaxCode", "false"), leaf("IsUsingAmountsIncludeTax", "false")))
	}
	ret.Kids = append(ret.Kids, group("TimeTrackingPreferences", leaf("FirstDayOfWeek", "Monday")),
		group("CurrentAppAccessRights", leaf("IsAutomaticLoginAllowed", "false"), leaf("IsPersonalDataAccessAllowed", "false")),
		group("ItemsAndInventoryPreferences", leaf("EnhancedInventoryReceivingEnabled", "false"), leaf("IsTrackingSerialOrLotNumber", "None"), leaf("FIFOEnabled", "false"), leaf("IsRSBEnabled", "false"), leaf("IsBarcodeEnabled", "false")))
	return ret
}
