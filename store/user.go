package store

import (
	"fmt"
	"time"
)

// User is a person who uses the console.
type User struct {
	ID           int64
	Name         string // of one spelling only: case does not tell two apart
	Role         string
	PasswordHash string
	Lang         string // empty: as the browser says
	Disabled     bool
	CreatedAt    time.Time
	SeenAt       time.Time // zero: never logged in
}

const userColumns = "id, name, role, password_hash, lang, disabled, created_at, seen_at"

func (u *User) fields() []any {
	return []any{&u.ID, &u.Name, &u.Role, &u.PasswordHash, &u.Lang, &u.Disabled, stamp{&u.CreatedAt}, stamp{&u.SeenAt}}
}

// Users are all of them, by name.
func (tx *Tx) Users() ([]User, error) {
	return list[User](tx, "read the users", "SELECT "+userColumns+" FROM console_user ORDER BY name")
}

// User is the user of a number.
func (tx *Tx) User(id int64) (User, bool, error) {
	return one[User](tx, fmt.Sprintf("read user %d", id), "SELECT "+userColumns+" FROM console_user WHERE id = ?", id)
}

// UserByName is the user of a name, however it is capitalised.
func (tx *Tx) UserByName(name string) (User, bool, error) {
	return one[User](tx, "read the user "+name, "SELECT "+userColumns+" FROM console_user WHERE name = ?", name)
}

// SaveUser keeps a user: a new one when the ID is 0, which the store then gives.
func (tx *Tx) SaveUser(u *User) error {
	doing := "keep the user " + u.Name
	if u.ID != 0 {
		return tx.change(doing, `UPDATE console_user SET name = ?, role = ?, password_hash = ?, lang = ?, disabled = ?, created_at = ?, seen_at = ? WHERE id = ?`,
			append(u.fields()[1:], u.ID)...)
	}
	u.CreatedAt = tx.now
	_, err := tx.scan(doing, "INSERT INTO console_user ("+userColumns+") VALUES (NULL, ?, ?, ?, ?, ?, ?, ?) RETURNING id", u.fields()[1:], &u.ID)
	return err
}

// UserSession is where a user is logged in.
type UserSession struct {
	TokenHash string
	UserID    int64
	BegunAt   time.Time
	SeenAt    time.Time
}

func (s *UserSession) fields() []any {
	return []any{&s.TokenHash, &s.UserID, stamp{&s.BegunAt}, stamp{&s.SeenAt}}
}

// UserSession is the session of a cookie's hash.
func (tx *Tx) UserSession(tokenHash string) (UserSession, bool, error) {
	return one[UserSession](tx, "read a session of the console", "SELECT token_hash, user_id, begun_at, seen_at FROM console_session WHERE token_hash = ?", tokenHash)
}

// AddUserSession keeps a session that begins now.
func (tx *Tx) AddUserSession(tokenHash string, userID int64) error {
	_, err := tx.exec("begin a session of the console", "INSERT INTO console_session VALUES (?1, ?2, ?3, ?3)", tokenHash, userID, at(tx.now))
	return err
}

// SeeUserSession notes that a session, and its user, were active now.
func (tx *Tx) SeeUserSession(tokenHash string) error {
	const doing = "note a session of the console"
	if _, err := tx.exec(doing, "UPDATE console_session SET seen_at = ? WHERE token_hash = ?", at(tx.now), tokenHash); err != nil {
		return err
	}
	_, err := tx.exec(doing, "UPDATE console_user SET seen_at = ? WHERE id = (SELECT user_id FROM console_session WHERE token_hash = ?)", at(tx.now), tokenHash)
	return err
}

// EndUserSession ends the session of a cookie's hash, if it is there.
func (tx *Tx) EndUserSession(tokenHash string) error {
	_, err := tx.exec("end a session of the console", "DELETE FROM console_session WHERE token_hash = ?", tokenHash)
	return err
}

// EndUserSessions ends all sessions of a user but one (empty: without exception).
func (tx *Tx) EndUserSessions(userID int64, but string) error {
	_, err := tx.exec("end the sessions of a user", "DELETE FROM console_session WHERE user_id = ? AND token_hash <> ?", userID, but)
	return err
}

// PruneUserSessions forgets the sessions that began or were last active before these times.
func (tx *Tx) PruneUserSessions(begun, seen time.Time) error {
	_, err := tx.exec("forget old sessions of the console", "DELETE FROM console_session WHERE begun_at < ? OR seen_at < ?", at(begun), at(seen))
	return err
}
