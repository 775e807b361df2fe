package store

import (
	"fmt"
	"time"
)

// Company is one company file of QuickBooks, and the Web Connector's user for it.
type Company struct {
	ID           int64
	Name         string
	UserName     string // unique: the Web Connector tells company files apart by it
	PasswordHash string
	FileID       string    // the .qwc's FileID: made once, never again
	BoundAt      time.Time // when a company file with this FileID was first seen
	FilePath     string
	About        string // JSON: what the file last told about itself
	AboutAt      time.Time
	// BooksGeneration counts changes to what is known of the file.
	BooksGeneration int64
	SetSize         int64  // writing requests a set, as it adapted; 0 before the first
	Stopped         string // why nothing may be written to this file; empty when it may
	CreatedAt       time.Time
}

const companyColumns = "id, name, user_name, password_hash, file_id, bound_at, file_path, about, about_at, books_generation, set_size, stopped, created_at"

func (c *Company) fields() []any {
	return []any{&c.ID, &c.Name, &c.UserName, &c.PasswordHash, &c.FileID, stamp{&c.BoundAt}, &c.FilePath, &c.About, stamp{&c.AboutAt},
		&c.BooksGeneration, &c.SetSize, &c.Stopped, stamp{&c.CreatedAt}}
}

// AddCompany keeps a new company and returns its number. ID and CreatedAt are given by the store.
func (tx *Tx) AddCompany(c Company) (int64, error) {
	c.CreatedAt = tx.now
	var id int64
	_, err := tx.scan("add the company "+c.Name,
		"INSERT INTO company ("+companyColumns+") VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id", c.fields()[1:], &id)
	return id, err
}

// Company is the company of that number.
func (tx *Tx) Company(id int64) (Company, bool, error) {
	return one[Company](tx, fmt.Sprintf("read company %d", id), "SELECT "+companyColumns+" FROM company WHERE id = ?", id)
}

// CompanyByUser is the company whose Web Connector user this is.
func (tx *Tx) CompanyByUser(user string) (Company, bool, error) {
	return one[Company](tx, "read the company of user "+user, "SELECT "+companyColumns+" FROM company WHERE user_name = ?", user)
}

// Companies are all companies, oldest first.
func (tx *Tx) Companies() ([]Company, error) {
	return list[Company](tx, "read the companies", "SELECT "+companyColumns+" FROM company ORDER BY id")
}

// BindCompany keeps where the company file lies and what it told about itself, and when it was first seen.
func (tx *Tx) BindCompany(id int64, filePath, about string) error {
	return tx.change(fmt.Sprintf("bind company %d to %s", id, filePath),
		"UPDATE company SET bound_at = iif(bound_at = '', ?1, bound_at), file_path = ?2, about = ?3, about_at = ?1 WHERE id = ?4",
		at(tx.now), filePath, about, id)
}

// SetStopped keeps why nothing may be written to the company file; empty lets writing go on.
func (tx *Tx) SetStopped(id int64, why string) error {
	return tx.change(fmt.Sprintf("stop company %d", id), "UPDATE company SET stopped = ? WHERE id = ?", why, id)
}

// SetSetSize keeps how many writing requests the next set takes.
func (tx *Tx) SetSetSize(id, size int64) error {
	return tx.change(fmt.Sprintf("set the set size of company %d", id), "UPDATE company SET set_size = ? WHERE id = ?", size, id)
}

// BumpGeneration counts a change to what is known of the company file, and returns the new count.
func (tx *Tx) BumpGeneration(id int64) (int64, error) {
	var generation int64
	doing := fmt.Sprintf("count a change to the books of company %d", id)
	found, err := tx.scan(doing, "UPDATE company SET books_generation = books_generation + 1 WHERE id = ? RETURNING books_generation", []any{id}, &generation)
	if err == nil && !found {
		err = fmt.Errorf("%s: %w", doing, ErrNotFound)
	}
	return generation, err
}

// SetPasswordHash keeps the salted hash of the connector's new password.
func (tx *Tx) SetPasswordHash(id int64, hash string) error {
	return tx.change(fmt.Sprintf("change the password of company %d", id), "UPDATE company SET password_hash = ? WHERE id = ?", hash, id)
}
