package store

import (
	"fmt"
	"time"
)

// Shop is one store of the shop's, whose orders go to one company.
type Shop struct {
	ID          string
	CompanyID   int64
	BaseURL     string
	Name        string
	Profile     string // JSON as the shop gave it
	ProfileAt   time.Time
	Since       time.Time // orders placed from here on are ours
	CreatedDone time.Time // first pull: what was placed up to here is kept
	UpdatedTo   time.Time // what changed up to here is kept
	PulledAt    time.Time // the last pull that went well
	PullProblem string    // what was wrong with the last pull; empty when it went well
	PullAfter   time.Time // the shop asked us not to come before
}

const shopColumns = "id, company_id, base_url, name, profile, profile_at, since, created_done, updated_to, pulled_at, pull_problem, pull_after"

func (s *Shop) fields() []any {
	return []any{&s.ID, &s.CompanyID, &s.BaseURL, &s.Name, &s.Profile, stamp{&s.ProfileAt}, stamp{&s.Since}, stamp{&s.CreatedDone},
		stamp{&s.UpdatedTo}, stamp{&s.PulledAt}, &s.PullProblem, stamp{&s.PullAfter}}
}

// AddStore keeps a new store.
func (tx *Tx) AddStore(shop Shop) error {
	_, err := tx.exec("add the store "+shop.ID, "INSERT INTO store ("+shopColumns+") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", shop.fields()...)
	return err
}

// Store is the store of that ID.
func (tx *Tx) Store(id string) (Shop, bool, error) {
	return one[Shop](tx, "read the store "+id, "SELECT "+shopColumns+" FROM store WHERE id = ?", id)
}

// Stores are the stores of a company by their ID; of all companies when companyID is 0.
func (tx *Tx) Stores(companyID int64) ([]Shop, error) {
	return list[Shop](tx, fmt.Sprintf("read the stores of company %d", companyID),
		"SELECT "+shopColumns+" FROM store WHERE ?1 IN (0, company_id) ORDER BY id", companyID)
}

// SetProfile keeps what the shop said about itself.
func (tx *Tx) SetProfile(id, name, profile string) error {
	return tx.change("keep the profile of store "+id, "UPDATE store SET name = ?, profile = ?, profile_at = ? WHERE id = ?", name, profile, at(tx.now), id)
}

// SetWatermark keeps up to where the store's orders are ours, by the time they were placed and the time they changed.
func (tx *Tx) SetWatermark(id string, createdDone, updatedTo time.Time) error {
	return tx.change("keep how far store "+id+" is pulled", "UPDATE store SET created_done = ?, updated_to = ? WHERE id = ?", at(createdDone), at(updatedTo), id)
}

// SetPulled keeps how a pull went. An empty problem means well, and moves PulledAt to now. After is when the shop lets us come again.
func (tx *Tx) SetPulled(id, problem string, after time.Time) error {
	return tx.change("keep how the pull of store "+id+" went",
		"UPDATE store SET pulled_at = iif(?1 = '', ?2, pulled_at), pull_problem = ?1, pull_after = ?3 WHERE id = ?4", problem, at(tx.now), at(after), id)
}

// SetBaseURL keeps the address at which a shop is asked from now on.
func (tx *Tx) SetBaseURL(id, baseURL string) error {
	return tx.change("keep the address of store "+id, "UPDATE store SET base_url = ? WHERE id = ?", baseURL, id)
}
