package store

import (
	"context"
	"errors"
	"time"
)

var errUnwritten = errors.New("not written yet")

func (tx *Tx) Setting(name string) (string, bool, error) { return "", false, errUnwritten }
func (tx *Tx) SetSetting(name, value string) error       { return errUnwritten }
func (tx *Tx) AddCompany(c Company) (int64, error)       { return 0, errUnwritten }
func (tx *Tx) Company(id int64) (Company, bool, error)   { return Company{}, false, errUnwritten }
func (tx *Tx) Companies() ([]Company, error)             { return nil, errUnwritten }
func (tx *Tx) CompanyByUser(user string) (Company, bool, error) {
	return Company{}, false, errUnwritten
}
func (tx *Tx) BindCompany(id int64, filePath, about string) error             { return errUnwritten }
func (tx *Tx) SetStopped(id int64, why string) error                          { return errUnwritten }
func (tx *Tx) SetSetSize(id, size int64) error                                { return errUnwritten }
func (tx *Tx) BumpGeneration(id int64) (int64, error)                         { return 0, errUnwritten }
func (tx *Tx) SetPasswordHash(id int64, hash string) error                    { return errUnwritten }
func (tx *Tx) AddStore(shop Shop) error                                       { return errUnwritten }
func (tx *Tx) Stores(companyID int64) ([]Shop, error)                         { return nil, errUnwritten }
func (tx *Tx) Store(id string) (Shop, bool, error)                            { return Shop{}, false, errUnwritten }
func (tx *Tx) SetProfile(id, name, profile string) error                      { return errUnwritten }
func (tx *Tx) SetWatermark(id string, createdDone, updatedTo time.Time) error { return errUnwritten }
func (tx *Tx) SetPulled(id, problem string, after time.Time) error            { return errUnwritten }
func (tx *Tx) Rules(companyID int64) (int64, string, error)                   { return 0, "", errUnwritten }
func (tx *Tx) AddRules(companyID int64, toml, who string) (int64, error)      { return 0, errUnwritten }
func (tx *Tx) SaveOrder(in OrderIn) (Saved, error)                            { return "", errUnwritten }
func (tx *Tx) Order(storeID, key string) (Order, bool, error)                 { return Order{}, false, errUnwritten }
func (tx *Tx) OrdersByNumber(number string) ([]Order, error)                  { return nil, errUnwritten }
func (tx *Tx) RawOrder(storeID, key string, version int64) ([]byte, error)    { return nil, errUnwritten }
func (tx *Tx) Versions(storeID, key string) ([]OrderVersion, error)           { return nil, errUnwritten }
func (tx *Tx) OrdersToPlan(companyID int64, limit int) ([]Order, error)       { return nil, errUnwritten }
func (tx *Tx) EachOrder(companyID int64, state string, f func(Order) error) error {
	return errUnwritten
}
func (tx *Tx) CountOrders(companyID int64) ([]StateSum, error)      { return nil, errUnwritten }
func (tx *Tx) SetPlan(storeID, key string, in PlanIn) error         { return errUnwritten }
func (tx *Tx) SetState(storeID, key string, in StateIn) error       { return errUnwritten }
func (tx *Tx) SetStateOfSet(setID, state, reason, who string) error { return errUnwritten }
func (tx *Tx) Replan(companyID int64, why string) error             { return errUnwritten }
func (tx *Tx) ReplanOrder(storeID, key string) error                { return errUnwritten }
func (tx *Tx) AddDecision(d Decision) (int64, error)                { return 0, errUnwritten }
func (tx *Tx) Decisions(storeID, key string) ([]Decision, error)    { return nil, errUnwritten }
func (tx *Tx) WithdrawDecision(id int64) error                      { return errUnwritten }
func (tx *Tx) PlanRow(r Row) (int64, bool, error)                   { return 0, false, errUnwritten }
func (tx *Tx) Need(rowID, needsID int64) error                      { return errUnwritten }
func (tx *Tx) DropPlanned(storeID, orderKey string) error           { return errUnwritten }
func (tx *Tx) Row(id int64) (Row, bool, error)                      { return Row{}, false, errUnwritten }
func (tx *Tx) RowByKey(companyID int64, key string) (Row, bool, error) {
	return Row{}, false, errUnwritten
}
func (tx *Tx) RowsOfOrder(storeID, orderKey string) ([]Row, error) { return nil, errUnwritten }
func (tx *Tx) RowsOfSet(setID string) ([]Row, error)               { return nil, errUnwritten }
func (tx *Tx) Sendable(companyID int64, now time.Time, limit int) ([]Row, error) {
	return nil, errUnwritten
}
func (tx *Tx) HasPlanned(companyID int64, now time.Time) (bool, error) { return false, errUnwritten }
func (tx *Tx) NeedsOf(rowID int64) ([]Row, error)                      { return nil, errUnwritten }
func (tx *Tx) NeedIDs(rowIDs []int64) (map[string]string, error)       { return nil, errUnwritten }
func (tx *Tx) MarkLooked(ids []int64, ticket string) error             { return errUnwritten }
func (tx *Tx) HandOut(setID string, rows []int64) error                { return errUnwritten }
func (tx *Tx) SetRow(id int64, u RowUpdate) error                      { return errUnwritten }
func (tx *Tx) BlockDependents(rowID int64, why string) ([]Row, error)  { return nil, errUnwritten }
func (tx *Tx) NewestPosted(companyID int64, limit int) ([]Row, error)  { return nil, errUnwritten }
func (tx *Tx) Unread(companyID int64, limit int) ([]Row, error)        { return nil, errUnwritten }
func (tx *Tx) Promised(companyID int64) ([]Row, error)                 { return nil, errUnwritten }
func (tx *Tx) CountRows(companyID int64) (map[string]int64, error)     { return nil, errUnwritten }
func (tx *Tx) AddSet(set Set) error                                    { return errUnwritten }
func (tx *Tx) Set(id string) (Set, bool, error)                        { return Set{}, false, errUnwritten }
func (tx *Tx) AnswerSet(id string, a SetAnswer) error                  { return errUnwritten }
func (tx *Tx) SetSetState(id, state string) error                      { return errUnwritten }
func (tx *Tx) InDoubt(companyID int64) ([]Set, error)                  { return nil, errUnwritten }
func (tx *Tx) Out(companyID int64) ([]Set, error)                      { return nil, errUnwritten }
func (tx *Tx) SetsOfSession(ticket string) ([]Set, error)              { return nil, errUnwritten }
func (tx *Tx) SetsOfOrder(storeID, key string) ([]Set, error)          { return nil, errUnwritten }
func (tx *Tx) MarkOutInDoubt(companyID int64) (int, error)             { return 0, errUnwritten }
func (tx *Tx) PruneListAnswers(before time.Time, keep int) error       { return errUnwritten }
func (tx *Tx) Session(ticket string) (Session, bool, error)            { return Session{}, false, errUnwritten }
func (tx *Tx) SaveSession(session Session) error                       { return errUnwritten }
func (tx *Tx) LiveSessions(companyID int64) ([]Session, error)         { return nil, errUnwritten }
func (tx *Tx) LastSessions(companyID int64, n int) ([]Session, error)  { return nil, errUnwritten }
func (tx *Tx) PruneSessions(before time.Time) error                    { return errUnwritten }
func (tx *Tx) UpsertBook(companyID int64, list string, entries []BookEntry, reading int64) (int, error) {
	return 0, errUnwritten
}
func (tx *Tx) BeginReading(companyID int64, list string) (int64, error) { return 0, errUnwritten }
func (tx *Tx) EndReading(companyID int64, list string, reading int64, full bool) (int, error) {
	return 0, errUnwritten
}
func (tx *Tx) RemoveBook(companyID int64, list string, listIDs ...string) error { return errUnwritten }
func (tx *Tx) EachBook(companyID int64, list string, f func(BookEntry) error) error {
	return errUnwritten
}
func (tx *Tx) BookLists(companyID int64) ([]BookList, error)            { return nil, errUnwritten }
func (tx *Tx) WantLists(companyID int64, lists ...string) error         { return errUnwritten }
func (tx *Tx) AddHistory(h History) error                               { return errUnwritten }
func (tx *Tx) History(storeID, key string) ([]History, error)           { return nil, errUnwritten }
func (tx *Tx) CompanyHistory(companyID int64, n int) ([]History, error) { return nil, errUnwritten }
func (s *Store) Write(ctx context.Context, f func(*Tx) error) error     { return errUnwritten }
func (s *Store) Read(ctx context.Context, f func(*Tx) error) error      { return errUnwritten }
func (s *Store) Lease(ctx context.Context, name, holder string, ttl time.Duration) (bool, string, time.Time, error) {
	return false, "", time.Time{}, errUnwritten
}
func (s *Store) Release(ctx context.Context, name, holder string) error { return errUnwritten }
func (s *Store) Backup(ctx context.Context, path string) error          { return errUnwritten }
func (s *Store) Check(ctx context.Context) error                        { return errUnwritten }
func (s *Store) Close() error                                           { return errUnwritten }
func (s *Store) Path() string                                           { return "" }
func Open(path string, o Options) (*Store, error)                       { return nil, errUnwritten }
func (tx *Tx) Now() time.Time                                           { return time.Time{} }
