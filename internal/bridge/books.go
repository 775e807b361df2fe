package bridge

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"qbridge/internal/posting"
	"qbridge/qbxml"
	"qbridge/soap"
	"qbridge/store"
)

// About is what a company file told about itself in the first answer of its
// last session.
type About struct {
	posting.Company
	Supported []string
	FileID    string      // the Web Connector's stamp in the file
	Sample    bool        // one of QuickBooks' own sample files
	Data      CompanyData `json:",omitzero"`
	Computer  string      `json:"-"` // that the Web Connector runs on: no property of the file
}

// The lists that we keep of a company file, in the order in which they are
// read: what makes the rest valid first.
const (
	accountList       = "Account"
	taxCodeList       = "SalesTaxCode"
	itemList          = "Item"
	nameList          = "Name"
	paymentMethodList = "PaymentMethod"
	shipMethodList    = "ShipMethod"
	classList         = "Class"
	termsList         = "Terms"
	templateList      = "Template"
	salesRepList      = "SalesRep"
	messageList       = "CustomerMsg"
	currencyList      = "Currency" // of files that keep several
)

func listNames() []string {
	return []string{accountList, taxCodeList, currencyList, itemList, nameList, paymentMethodList, shipMethodList, classList, termsList, templateList, salesRepList, messageList}
}

// deletedTypes are the kinds that ListDeletedQuery knows of the two lists that
// are read by changes only.
func deletedTypes(list string) []string {
	switch list {
	case itemList:
		return []string{"ItemDiscount", "ItemFixedAsset", "ItemGroup", "ItemInventory", "ItemInventoryAssembly", "ItemNonInventory",
			"ItemOtherCharge", "ItemPayment", "ItemSalesTax", "ItemSalesTaxGroup", "ItemService", "ItemSubtotal"}
	case nameList:
		return []string{"Customer", "Vendor", "Employee", "OtherName"}
	}
	return nil
}

// knownBooks is the in-memory value of a company file, kept while its
// generation lasts.
type knownBooks struct {
	generation int64
	books      *posting.Books
}

// books gives what is known of a company file, from memory when nothing
// changed since it was read.
func (b *Bridge) books(tx *store.Tx, c store.Company) (*posting.Books, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if k, ok := b.known[c.ID]; ok && k.generation == c.BooksGeneration {
		return k.books, nil
	}
	lists, err := loadLists(tx, c)
	if err != nil {
		return nil, fmt.Errorf("cannot read what is known of company file %s: %w", c.Name, err)
	}
	k := knownBooks{c.BooksGeneration, posting.NewBooks(lists)}
	b.known[c.ID] = k
	return k.books, nil
}

func loadLists(tx *store.Tx, c store.Company) (posting.Lists, error) {
	l := posting.Lists{Generation: c.BooksGeneration}
	if c.About == "" {
		return l, nil
	}
	var about About
	if err := json.Unmarshal([]byte(c.About), &about); err != nil {
		return l, fmt.Errorf("what the file told about itself: %w", err)
	}
	l.Company = about.Company
	read, err := tx.BookLists(c.ID)
	if err != nil {
		return l, err
	}
	l.Complete = listsComplete(read)
	for list, add := range map[string]func([]byte) error{
		accountList:       into(&l.Accounts),
		itemList:          into(&l.Items),
		nameList:          into(&l.Names),
		taxCodeList:       into(&l.TaxCodes),
		paymentMethodList: into(&l.PaymentMethods),
		shipMethodList:    into(&l.ShipMethods),
		classList:         into(&l.Classes),
		termsList:         into(&l.Terms),
		templateList:      into(&l.Templates),
		salesRepList:      into(&l.SalesReps),
		messageList:       into(&l.Messages),
		currencyList:      into(&l.Currencies),
	} {
		err := tx.EachBook(c.ID, list, func(e store.BookEntry) error { return add([]byte(e.Body)) })
		if err != nil {
			return l, fmt.Errorf("list %s: %w", list, err)
		}
	}
	rows, err := tx.Promised(c.ID)
	for _, r := range rows {
		if r.Kind == kindField { // promises no name
			continue
		}
		l.Promised = append(l.Promised, posting.Promise{Key: r.Key, Kind: r.Kind, Name: r.Name, Email: r.Email})
	}
	return l, err
}

func into[T any](list *[]T) func([]byte) error {
	return func(body []byte) error {
		var v T
		if err := json.Unmarshal(body, &v); err != nil {
			return err
		}
		*list = append(*list, v)
		return nil
	}
}

// listsComplete tells whether every list was read at least once. Sales reps,
// messages and currencies don't count: folders of versions that did not know
// them go on, and an order that needs one waits until its list is read.
func listsComplete(read []store.BookList) bool {
	seen := map[string]bool{}
	for _, l := range read {
		seen[l.List] = !l.ReadAt.IsZero()
	}
	for _, name := range listNames() {
		if !seen[name] && name != salesRepList && name != messageList && name != currencyList {
			return false
		}
	}
	return true
}

// aboutFile takes what we need out of the first answer of a session
// (qbwc-protocol.md 2.2).
func aboutFile(records func() (qbxml.Record, error), country string) (About, error) {
	var a About
	var host *qbxml.HostRet
	var company *qbxml.CompanyRet
	var prefs *qbxml.PreferencesRet
	for {
		r, err := records()
		if isEOF(err) {
			break
		}
		if err != nil {
			return a, fmt.Errorf("QuickBooks' description of the company file can't be read: %w", err)
		}
		switch ret := r.Ret.(type) {
		case *qbxml.HostRet:
			host = ret
		case *qbxml.CompanyRet:
			company = ret
		case *qbxml.PreferencesRet:
			prefs = ret
		}
	}
	if host == nil || company == nil || prefs == nil {
		return a, fmt.Errorf("QuickBooks' description of the company file lacks the program, the company or the preferences")
	}
	if host.Country != "" {
		country = host.Country
	}
	edition, err := qbxml.ParseEdition(country)
	if err != nil {
		return a, err
	}
	version, err := qbxml.Negotiate(host.SupportedQBXMLVersion)
	if err != nil {
		return a, err
	}
	a = About{
		Supported: host.SupportedQBXMLVersion, FileID: company.FileID(soap.OwnerID), Sample: company.IsSampleCompany,
		Computer: company.LockedBy(soap.OwnerID), Data: dataOf(company),
		Company: posting.Company{
			Name: company.CompanyName, Product: host.ProductName, Edition: edition, Version: version,
			ClosingDate:      string(prefs.AccountingPreferences.ClosingDate),
			SalesTax:         prefs.SalesTaxPreferences != nil,
			Multicurrency:    prefs.MultiCurrencyPreferences.IsMultiCurrencyOn,
			Classes:          prefs.AccountingPreferences.IsUsingClassTracking,
			RequiresAccounts: prefs.AccountingPreferences.IsRequiringAccounts,
			Inventory:        prefs.PurchasesAndVendorsPreferences.IsUsingInventory,
		},
	}
	if home := prefs.MultiCurrencyPreferences.HomeCurrencyRef; home != nil {
		a.HomeCurrency = currencyCode(home.FullName)
	}
	if tax := prefs.SalesTaxPreferences; tax != nil {
		a.TaxableCode, a.ExemptCode = refID(tax.DefaultTaxableSalesTaxCodeRef), refID(tax.DefaultNonTaxableSalesTaxCodeRef)
	}
	return a, nil
}

// dataOf is what a company file says of its company. Of its tax numbers nothing
// is kept.
func dataOf(c *qbxml.CompanyRet) CompanyData {
	d := CompanyData{Name: c.CompanyName, Legal: c.LegalCompanyName, Phone: c.Phone, Email: c.Email}
	if a := c.Address; a != nil {
		lines := slices.DeleteFunc([]string{a.Addr1, a.Addr2, a.Addr3, a.Addr4, a.Addr5}, func(line string) bool { return line == "" || line == c.CompanyName })
		d.Street, d.City, d.State, d.Postal, d.Country = strings.Join(lines, ", "), a.City, a.State, a.PostalCode, a.Country
	}
	return d
}

// currencyCode gives the ISO code of the currencies that US files commonly
// have as home; another one is given by the rule home-currency.
func currencyCode(name string) string {
	switch name {
	case "US Dollar":
		return "USD"
	case "Canadian Dollar":
		return "CAD"
	case "British Pound Sterling":
		return "GBP"
	case "Euro":
		return "EUR"
	case "Australian Dollar":
		return "AUD"
	}
	return ""
}

// currencyOf gives the currency a customer is kept in: "" for the home
// currency of a file without multicurrency, else a code, or the name that we
// have no code for.
func currencyOf(r *qbxml.Ref) string {
	if r == nil {
		return ""
	}
	return orElse(currencyCode(r.FullName), r.FullName)
}

func refID(r *qbxml.Ref) string {
	if r == nil {
		return ""
	}
	return r.ListID
}

func fullName(r *qbxml.Ref) string {
	if r == nil {
		return ""
	}
	return r.FullName
}

// bookEntry turns a record of a list into what we keep of it: never tax
// numbers, cards or pay (design.md 4.7).
func bookEntry(list string, ret any) (store.BookEntry, bool, error) {
	var e store.BookEntry
	var kept any
	switch r := ret.(type) {
	case *qbxml.AccountRet:
		e = store.BookEntry{ListID: r.ListID, Name: r.FullName, Active: r.IsActive}
		kept = posting.Account{ListID: r.ListID, FullName: r.FullName, Type: r.AccountType, Number: r.AccountNumber, Active: r.IsActive, Currency: currencyOf(r.CurrencyRef)}
	case *qbxml.ItemRet:
		e = store.BookEntry{ListID: r.ListID, Name: r.FullName, Active: r.IsActive}
		item := posting.Item{ListID: r.ListID, Name: r.Name, FullName: r.FullName, Kind: r.Kind, Active: r.IsActive, PartNumber: r.ManufacturerPartNumber, BarCode: r.BarCodeValue}
		item.TaxRate = orZero(r.TaxRate)
		if posting.Sellable(r.Kind) {
			item.Price = r.Price
		}
		item.Account, item.Agency = fullName(r.AccountRef), fullName(r.TaxVendorRef)
		for _, m := range r.Members {
			item.Members = append(item.Members, refID(m.ItemRef))
			if r.Kind == "Group" {
				item.Quantities = append(item.Quantities, orZero(m.Quantity))
			}
		}
		kept = item
	case *qbxml.CustomerRet:
		e = store.BookEntry{ListID: r.ListID, Name: r.FullName, Active: r.IsActive}
		kept = posting.Name{ListID: r.ListID, Name: r.Name, FullName: r.FullName, Kind: "Customer", Email: r.Email, Active: r.IsActive, Currency: currencyOf(r.CurrencyRef),
			EditSequence: r.EditSequence, Modified: dayOf(r.TimeModified), Phone: r.Phone, BillTo: posting.AddressText(r.BillAddress), ShipTo: posting.AddressText(r.ShipAddress)}
	case *qbxml.EntityRet:
		e = store.BookEntry{ListID: r.ListID, Name: r.Name, Active: r.IsActive}
		kept = posting.Name{ListID: r.ListID, Name: r.Name, FullName: r.Name, Kind: r.Kind, Active: r.IsActive}
	case *qbxml.SalesTaxCodeRet:
		e = store.BookEntry{ListID: r.ListID, Name: r.Name, Active: r.IsActive}
		kept = posting.Entry{ListID: r.ListID, Name: r.Name, Active: r.IsActive, Taxable: r.IsTaxable}
	case *qbxml.PaymentMethodRet:
		e = store.BookEntry{ListID: r.ListID, Name: r.Name, Active: r.IsActive}
	case *qbxml.ShipMethodRet:
		e = store.BookEntry{ListID: r.ListID, Name: r.Name, Active: r.IsActive}
	case *qbxml.ClassRet:
		e = store.BookEntry{ListID: r.ListID, Name: r.FullName, Active: r.IsActive}
	case *qbxml.TermsRet:
		e = store.BookEntry{ListID: r.ListID, Name: r.Name, Active: r.IsActive}
	case *qbxml.SalesRepRet:
		e = store.BookEntry{ListID: r.ListID, Name: r.Initial, Active: r.IsActive}
	case *qbxml.CustomerMsgRet:
		e = store.BookEntry{ListID: r.ListID, Name: r.Name, Active: r.IsActive}
	case *qbxml.CurrencyRet:
		e = store.BookEntry{ListID: r.ListID, Name: r.Name, Active: r.IsActive}
		kept = posting.Currency{ListID: r.ListID, Name: r.Name, Code: r.CurrencyCode, Active: r.IsActive}
	case *qbxml.TemplateRet:
		e = store.BookEntry{ListID: r.ListID, Name: r.Name, Active: r.IsActive}
	default:
		return e, false, nil // a record of a kind we don't know is not ours to keep (Q36)
	}
	if kept == nil {
		kept = posting.Entry{ListID: e.ListID, Name: e.Name, Active: e.Active}
	}
	if e.ListID == "" {
		return e, false, nil
	}
	body, err := json.Marshal(kept)
	e.Body = string(body)
	return e, true, err
}

// dayOf is the day of a time as QuickBooks' computer has it.
func dayOf(t qbxml.DateTime) string { return string(t[:min(len(t), len(time.DateOnly))]) }

func orZero(d *decimal.Decimal) decimal.Decimal {
	if d == nil {
		return decimal.Zero
	}
	return *d
}

// How often lists are read again. QuickBooks remembers deletions for 90 days
// only; well before that everything is read anew.
const (
	listAge      = time.Hour
	listFullAge  = 80 * 24 * time.Hour
	listOverlap  = 2 * time.Hour // an unpatched machine reports winter time in summer (Q38)
	listPageSize = 250           // records asked for at once; a session of 500 sets reads 125,000 names
	listPart     = 100           // records kept at once; design.md 6: no write transaction over 100 rows
)

// reading is the list that a session is reading.
type reading struct {
	List     string
	Number   int64  // of the reading, in the store
	From     string // only what changed since; "" reads the whole list
	Iterator string // of the page before; an iterator lives in one session only (P50)
	Deleted  bool   // all pages are read; ask for deletions
	Changed  int
}

// nextList gives the list that a session should read next, nil when none is
// due. opened is when this program began.
func nextList(tx *store.Tx, c store.Company, about About, now, opened time.Time) (*reading, error) {
	kept, err := tx.BookLists(c.ID)
	if err != nil {
		return nil, err
	}
	known := map[string]store.BookList{}
	for _, l := range kept {
		known[l.List] = l
	}
	for _, list := range listNames() {
		l, seen := known[list]
		if seen && !listDue(l, now) {
			continue
		}
		number, err := tx.BeginReading(c.ID, list)
		if err != nil {
			return nil, err
		}
		r := &reading{List: list, Number: number}
		if unasked(list, about) {
			return r, nil // the reading ends empty
		}
		if deletedTypes(list) != nil && !l.FullAt.IsZero() && now.Sub(l.FullAt) < listFullAge && !l.ReadAt.IsZero() && !l.ReadAt.After(now) {
			overlap := listOverlap
			if l.ReadAt.Before(opened) {
				overlap = startOverlap
			}
			r.From = string(qbxml.DateTimeOf(l.ReadAt.Add(-overlap)))
		}
		return r, nil
	}
	return nil, nil
}

// unasked tells whether there is nothing to ask of a list: what it is for is
// switched off in the company file.
func unasked(list string, about About) bool {
	return list == taxCodeList && !about.SalesTax || list == currencyList && !about.Multicurrency
}

// listDue tells whether a list should be read again; one read in the future was
// read by a wrong clock.
func listDue(l store.BookList, now time.Time) bool {
	return l.Wanted || l.ReadAt.After(now) || now.Sub(l.ReadAt) >= listAge
}

// neededList tells whether plans can't be made without a list.
func neededList(list string) bool {
	switch list {
	case shipMethodList, classList, termsList, templateList, salesRepList, messageList, currencyList:
		return false
	}
	return true
}

// request is what the reading asks next.
func (r *reading) request() qbxml.Request {
	if r.Deleted {
		return qbxml.Request{ID: "deleted", Body: qbxml.ListDeletedQuery{
			ListDelType:            deletedTypes(r.List),
			DeletedDateRangeFilter: &qbxml.DeletedDateRangeFilter{FromDeletedDate: qbxml.DateTime(r.From)},
		}}
	}
	q := qbxml.Request{ID: "list"}
	switch r.List {
	case itemList, nameList:
		q.Iterator = qbxml.IteratorStart
		if r.Iterator != "" {
			q.Iterator, q.IteratorID = qbxml.IteratorContinue, r.Iterator
		}
	}
	from := qbxml.DateTime(r.From)
	switch r.List {
	case accountList:
		q.Body = qbxml.AccountQuery{ActiveStatus: qbxml.All}
	case taxCodeList:
		q.Body = qbxml.SalesTaxCodeQuery{ActiveStatus: qbxml.All}
	case itemList:
		q.Body = qbxml.ItemQuery{MaxReturned: listPageSize, ActiveStatus: qbxml.All, FromModifiedDate: from}
	case nameList:
		// Vendors and employees are read for their names alone: no tax numbers, no pay. What else is asked for is of customers;
		// of a vendor's or an employee's phone nothing is kept.
		q.Body = qbxml.EntityQuery{MaxReturned: listPageSize, ActiveStatus: qbxml.All, FromModifiedDate: from,
			IncludeRetElement: []string{"ListID", "Name", "FullName", "IsActive", "Email", "CurrencyRef", "EditSequence", "TimeModified", "Phone", "BillAddress", "ShipAddress"}}
	case paymentMethodList:
		q.Body = qbxml.PaymentMethodQuery{ActiveStatus: qbxml.All}
	case shipMethodList:
		q.Body = qbxml.ShipMethodQuery{ActiveStatus: qbxml.All}
	case classList:
		q.Body = qbxml.ClassQuery{ActiveStatus: qbxml.All}
	case termsList:
		q.Body = qbxml.TermsQuery{ActiveStatus: qbxml.All}
	case templateList:
		q.Body = qbxml.TemplateQuery{}
	case salesRepList:
		q.Body = qbxml.SalesRepQuery{ActiveStatus: qbxml.All}
	case messageList:
		q.Body = qbxml.CustomerMsgQuery{ActiveStatus: qbxml.All}
	case currencyList:
		q.Body = qbxml.CurrencyQuery{ActiveStatus: qbxml.All}
	}
	return q
}
