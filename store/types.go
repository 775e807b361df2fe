package store

import (
	"errors"
	"log/slog"
	"time"
)

// Options are what a program may choose about its database.
type Options struct {
	// Now is the clock; time.Now when nil.
	Now func() time.Time
	// MaxPages bounds the file in pages of 4,096 bytes, so that a test can fill the disk; 0 for no bound.
	MaxPages int
	// Log hears of migrations; nothing is logged when nil.
	Log *slog.Logger
}
type Store struct{}
type Tx struct{}

type Company struct {
	ID                                   int64
	Name, UserName, PasswordHash, FileID string
	BoundAt                              time.Time
	FilePath, About                      string
	AboutAt                              time.Time
	BooksGeneration, SetSize             int64
	Stopped                              string
	CreatedAt                            time.Time
}
type Shop struct {
	ID                     string
	CompanyID              int64
	BaseURL, Name, Profile string
	ProfileAt, Since       time.Time
	CreatedDone, UpdatedTo time.Time
	PulledAt               time.Time
	PullProblem            string
	PullAfter              time.Time
}
type Order struct {
	CompanyID                         int64
	StoreID, Key, ID                  string
	Version                           int64
	State                             string
	StateSince                        time.Time
	Cause, Reason, Cure               string
	Date, Customer, Email             string
	Currency, Total, Due              string
	Document, TxnID, BooksTotal       string
	Generation                        int64
	Plan                              string
	PlanVersion, PlanRules, PlanBooks int64
	ToPlan                            bool
	PlacedAt, ShopUpdated, PulledAt   time.Time
}
type OrderIn struct {
	CompanyID                   int64
	StoreID, Key, ID            string
	Date, Customer, Email       string
	Currency, Total, Due        string
	PlacedAt, ShopUpdated       time.Time
	Raw                         []byte
	ContentHash, AccountingHash string
}
type Saved string

const (
	SavedNew     Saved = "new"
	SavedChanged Saved = "changed"
	SavedQuiet   Saved = "quiet"
	SavedSame    Saved = "same"
	SavedOlder   Saved = "older"
)

type OrderVersion struct {
	Version                     int64
	ContentHash, AccountingHash string
	FetchedAt                   time.Time
}
type StateSum struct {
	State, Currency string
	Count           int64
	Sum             string
}
type PlanIn struct {
	State, Cause, Reason, Cure, Plan string
	Version, Rules, Books            int64
}
type StateIn struct {
	State, Cause, Reason, Cure  string
	Document, TxnID, BooksTotal string
	Who                         string
}
type Decision struct {
	ID                        int64
	StoreID, Key              string
	Kind, Subject, Value, Who string
	At, WithdrawnAt           time.Time
}
type Row struct {
	ID, CompanyID          int64
	Key, Kind              string
	StoreID, OrderKey      string
	OrderVersion           int64
	Name, Email, Body      string
	State                  string
	SetID, RequestID       string
	Tries                  int64
	NotBefore              time.Time
	Alone                  bool
	Looked                 string
	RecordID, EditSequence string
	BooksTotal             string
	Code                   int64
	Message                string
	Adopted                bool
	PlannedAt, SettledAt   time.Time
}
type RowUpdate struct {
	State                              string
	RecordID, EditSequence, BooksTotal string
	Code                               int64
	Message                            string
	NotBefore                          time.Time
	Alone, Adopted                     bool
}
type Set struct {
	ID                           string
	CompanyID                    int64
	Ticket, Kind, Subject, State string
	Request, Answer              []byte
	AnswerHash, HResult, Message string
	Rows                         int64
	HandedOutAt, AnsweredAt      time.Time
}
type SetAnswer struct {
	State                        string
	Answer                       []byte
	AnswerHash, HResult, Message string
}
type Session struct {
	Ticket                           string
	CompanyID                        int64
	State, Progress                  string
	ClientVersion, CompanyFile, Said string
	OpenedAt, LastCallAt, ClosedAt   time.Time
}
type BookEntry struct {
	ListID, Name string
	Active       bool
	Body         string
}
type BookList struct {
	List           string
	Reading        int64
	ReadAt, FullAt time.Time
	Wanted         bool
}
type History struct {
	ID               int64
	At               time.Time
	CompanyID        int64
	StoreID, Key     string
	Who, Event, Note string
}

// Errors a caller may tell apart with errors.Is; the wrapping error says what happened and what to do.
var (
	ErrFull     = errors.New("the disk is full")
	ErrLocked   = errors.New("the database is locked")
	ErrReadOnly = errors.New("the database cannot be written")
	ErrNotOurs  = errors.New("not a QBridge database")
	ErrNewer    = errors.New("the database was written by a newer QBridge")
	ErrNotFound = errors.New("not found")
	// ErrChanged: what the caller read is no longer so (the order changed, the row is not planned any more); read again.
	ErrChanged = errors.New("changed in the meantime")
)
