package qbxml

// HostQuery asks for the QuickBooks program and the qbXML versions it supports.
type HostQuery struct {
	IncludeListMetaData *IncludeListMetaData `json:",omitempty"`
	IncludeRetElement   []string             `json:",omitempty"`
}

// IncludeListMetaData asks HostQuery for the capacity of each list.
type IncludeListMetaData struct{ IncludeMaxCapacity *bool }

// CompanyQuery asks for the company file. OwnerID brings private data: the Web Connector's FileID is
// under the owner it was registered with, custom fields under "0".
type CompanyQuery struct {
	IncludeRetElement []string `json:",omitempty"`
	OwnerID           []string `json:",omitempty"`
}

// PreferencesQuery asks for the preferences of the company file.
type PreferencesQuery struct {
	IncludeRetElement []string `json:",omitempty"`
}

// ActiveStatus is which list objects a filter finds.
type ActiveStatus string

// A filter without ActiveStatus finds ActiveOnly; a query by ListID or FullName finds all.
const (
	ActiveOnly   ActiveStatus = "ActiveOnly"
	InactiveOnly ActiveStatus = "InactiveOnly"
	All          ActiveStatus = "All"
)

// NameFilter finds names by a part. MatchCriterion is StartsWith, Contains or EndsWith.
type NameFilter struct{ MatchCriterion, Name string }

// NameRangeFilter finds names between two, both included.
type NameRangeFilter struct {
	FromName string `json:",omitempty"`
	ToName   string `json:",omitempty"`
}

// ListFilter finds by objects of a list, in exactly one of four ways. WithChildren takes jobs with
// their customer and sub-accounts with their account; a CurrencyFilter hasn't it.
type ListFilter struct {
	ListID               []string `json:",omitempty"`
	FullName             []string `json:",omitempty"`
	ListIDWithChildren   string   `json:",omitempty"`
	FullNameWithChildren string   `json:",omitempty"`
}

// ListQuery is the shape of a query of a simple list: by ListID, by FullName, or by the filters that
// follow; by at most one of the three.
type ListQuery struct {
	ListID            []string         `json:",omitempty"`
	FullName          []string         `json:",omitempty"`
	MaxReturned       int              `json:",omitempty"` // 0: all
	ActiveStatus      ActiveStatus     `json:",omitempty"`
	FromModifiedDate  DateTime         `json:",omitempty"`
	ToModifiedDate    DateTime         `json:",omitempty"`
	NameFilter        *NameFilter      `json:",omitempty"`
	NameRangeFilter   *NameRangeFilter `json:",omitempty"`
	IncludeRetElement []string         `json:",omitempty"`
}

// The queries of the simple lists. EntityQuery finds customers, vendors, employees and other names,
// which share one name space; TermsQuery finds standard and date-driven terms. CustomerMsgQuery finds
// the messages for customers on forms, SalesRepQuery sales reps by their initials, CurrencyQuery the
// currencies of a file with multicurrency on.
type (
	EntityQuery       ListQuery
	SalesTaxCodeQuery ListQuery
	ShipMethodQuery   ListQuery
	ClassQuery        ListQuery
	TermsQuery        ListQuery
	CustomerMsgQuery  ListQuery
	SalesRepQuery     ListQuery
	CurrencyQuery     ListQuery
)

// PaymentMethodQuery finds payment methods.
type PaymentMethodQuery struct {
	ListID            []string            `json:",omitempty"`
	FullName          []string            `json:",omitempty"`
	MaxReturned       int                 `json:",omitempty"`
	ActiveStatus      ActiveStatus        `json:",omitempty"`
	FromModifiedDate  DateTime            `json:",omitempty"`
	ToModifiedDate    DateTime            `json:",omitempty"`
	NameFilter        *NameFilter         `json:",omitempty"`
	NameRangeFilter   *NameRangeFilter    `json:",omitempty"`
	PaymentMethodType []PaymentMethodType `json:",omitempty"`
	IncludeRetElement []string            `json:",omitempty"`
}

// AccountQuery finds accounts.
type AccountQuery struct {
	ListID            []string         `json:",omitempty"`
	FullName          []string         `json:",omitempty"`
	MaxReturned       int              `json:",omitempty"`
	ActiveStatus      ActiveStatus     `json:",omitempty"`
	FromModifiedDate  DateTime         `json:",omitempty"`
	ToModifiedDate    DateTime         `json:",omitempty"`
	NameFilter        *NameFilter      `json:",omitempty"`
	NameRangeFilter   *NameRangeFilter `json:",omitempty"`
	AccountType       []string         `json:",omitempty"` // Bank, Income, OtherCurrentAsset, …
	CurrencyFilter    *ListFilter      `json:",omitempty"`
	IncludeRetElement []string         `json:",omitempty"`
	OwnerID           []string         `json:",omitempty"`
}

// CustomerQuery finds customers and jobs. It cannot find by e-mail.
type CustomerQuery struct {
	ListID            []string         `json:",omitempty"`
	FullName          []string         `json:",omitempty"`
	MaxReturned       int              `json:",omitempty"`
	ActiveStatus      ActiveStatus     `json:",omitempty"`
	FromModifiedDate  DateTime         `json:",omitempty"`
	ToModifiedDate    DateTime         `json:",omitempty"`
	NameFilter        *NameFilter      `json:",omitempty"`
	NameRangeFilter   *NameRangeFilter `json:",omitempty"`
	CurrencyFilter    *ListFilter      `json:",omitempty"`
	ClassFilter       *ListFilter      `json:",omitempty"`
	IncludeRetElement []string         `json:",omitempty"`
	OwnerID           []string         `json:",omitempty"`
}

// ItemQuery finds items of all kinds, tax items among them.
type ItemQuery struct {
	ListID            []string         `json:",omitempty"`
	FullName          []string         `json:",omitempty"`
	MaxReturned       int              `json:",omitempty"`
	ActiveStatus      ActiveStatus     `json:",omitempty"`
	FromModifiedDate  DateTime         `json:",omitempty"`
	ToModifiedDate    DateTime         `json:",omitempty"`
	NameFilter        *NameFilter      `json:",omitempty"`
	NameRangeFilter   *NameRangeFilter `json:",omitempty"`
	IncludeRetElement []string         `json:",omitempty"`
	OwnerID           []string         `json:",omitempty"`
}

// ItemSalesTaxGroupQuery finds sales tax groups.
type ItemSalesTaxGroupQuery ItemQuery

// ItemSalesTaxQuery finds sales tax items.
type ItemSalesTaxQuery struct {
	ListID            []string         `json:",omitempty"`
	FullName          []string         `json:",omitempty"`
	MaxReturned       int              `json:",omitempty"`
	ActiveStatus      ActiveStatus     `json:",omitempty"`
	FromModifiedDate  DateTime         `json:",omitempty"`
	ToModifiedDate    DateTime         `json:",omitempty"`
	NameFilter        *NameFilter      `json:",omitempty"`
	NameRangeFilter   *NameRangeFilter `json:",omitempty"`
	ClassFilter       *ListFilter      `json:",omitempty"`
	IncludeRetElement []string         `json:",omitempty"`
	OwnerID           []string         `json:",omitempty"`
}

// TemplateQuery finds the form templates. QuickBooks offers no filter.
type TemplateQuery struct {
	IncludeRetElement []string `json:",omitempty"`
}

// ListDeletedQuery finds list objects deleted in the last 90 days, which is all QuickBooks remembers.
type ListDeletedQuery struct {
	ListDelType            []string                // Customer, Account, ItemService, …; at least one
	DeletedDateRangeFilter *DeletedDateRangeFilter `json:",omitempty"`
	IncludeRetElement      []string                `json:",omitempty"`
}

// DeletedDateRangeFilter is a time between two moments; an empty one is open.
type DeletedDateRangeFilter struct {
	FromDeletedDate DateTime `json:",omitempty"`
	ToDeletedDate   DateTime `json:",omitempty"`
}

// ModifiedDateRangeFilter finds what changed between two moments; an empty one is open.
type ModifiedDateRangeFilter struct {
	FromModifiedDate DateTime `json:",omitempty"`
	ToModifiedDate   DateTime `json:",omitempty"`
}

// TxnDateRangeFilter finds transactions dated between two days, or within a DateMacro such as ThisMonth.
type TxnDateRangeFilter struct {
	FromTxnDate Date   `json:",omitempty"`
	ToTxnDate   Date   `json:",omitempty"`
	DateMacro   string `json:",omitempty"`
}

// RefNumberFilter finds ref numbers by a part. MatchCriterion is StartsWith, Contains or EndsWith.
type RefNumberFilter struct{ MatchCriterion, RefNumber string }

// RefNumberRangeFilter finds ref numbers between two, both included.
type RefNumberRangeFilter struct {
	FromRefNumber string `json:",omitempty"`
	ToRefNumber   string `json:",omitempty"`
}

// TransactionQuery finds transactions of any kind by TxnID, or by the filters that follow.
type TransactionQuery struct {
	TxnID                              []string                 `json:",omitempty"`
	MaxReturned                        int                      `json:",omitempty"`
	RefNumber                          []string                 `json:",omitempty"` // compared without case
	RefNumberCaseSensitive             []string                 `json:",omitempty"`
	RefNumberFilter                    *RefNumberFilter         `json:",omitempty"`
	RefNumberRangeFilter               *RefNumberRangeFilter    `json:",omitempty"`
	TransactionModifiedDateRangeFilter *ModifiedDateRangeFilter `json:",omitempty"` // at least one of its ends
	TransactionDateRangeFilter         *TxnDateRangeFilter      `json:",omitempty"`
	TransactionEntityFilter            *ListFilter              `json:",omitempty"`
	TransactionAccountFilter           *ListFilter              `json:",omitempty"`
	TransactionItemFilter              *ListFilter              `json:",omitempty"`
	TransactionTypeFilter              *TransactionTypeFilter   `json:",omitempty"`
	TransactionDetailLevelFilter       string                   `json:",omitempty"` // All, SummaryOnly, AllExceptSummary
	TransactionPostingStatusFilter     string                   `json:",omitempty"` // Either, NonPosting, Posting
	TransactionPaidStatusFilter        string                   `json:",omitempty"` // Either, Closed, Open
	IncludeRetElement                  []string                 `json:",omitempty"`
}

// TransactionTypeFilter finds transactions of some kinds: SalesReceipt, Invoice, …
type TransactionTypeFilter struct{ TxnTypeFilter []string }
