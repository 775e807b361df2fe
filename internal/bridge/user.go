package bridge

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"qbridge/store"
)

// Role is what a user of the console may do.
type Role string

// The roles: an owner may do everything, a bookkeeper everything but users and
// what connects shop and books, the warehouse packs, an accountant reads.
const (
	Owner      Role = "owner"
	Bookkeeper Role = "bookkeeper"
	Warehouse  Role = "warehouse"
	Accountant Role = "accountant"
)

// Roles lists every role.
func Roles() []Role { return []Role{Owner, Bookkeeper, Warehouse, Accountant} }

// User is a person who uses the console.
type User struct {
	ID        int64
	Name      string
	Role      Role
	Lang      string // en, fr; empty: as the browser says
	Disabled  bool
	CreatedAt time.Time
	SeenAt    time.Time // zero: never logged in
}

func viewUser(u store.User) User {
	return User{ID: u.ID, Name: u.Name, Role: Role(u.Role), Lang: u.Lang, Disabled: u.Disabled, CreatedAt: u.CreatedAt, SeenAt: u.SeenAt}
}

// What a user may do wrong; the console says each in the reader's language.
var (
	ErrLogin         = errors.New("the name or the password is wrong")
	ErrCode          = errors.New("the code is wrong, was used already, or is older than a day: 'qbridge user code' prints a new one")
	ErrNameTaken     = errors.New("there is a user of that name already")
	ErrBadName       = errors.New("a user's name has 1 to 60 characters, none of them invisible")
	ErrBadRole       = errors.New("the roles are owner, bookkeeper, warehouse and accountant")
	ErrShortPassword = errors.New("a password has at least 10 characters, and at most 200")
	ErrLastOwner     = errors.New("this is the last owner: make another one first")
	ErrNoUser        = errors.New("there is no such user")
)

// How long a login lasts, and a one-time code.
const (
	sessionIdle   = 4 * time.Hour
	sessionLength = 24 * time.Hour
	codeLength    = 24 * time.Hour
	seenEvery     = time.Minute // a session is written at most that often
)

const codeSetting = "console/code" // when it was made, and its hash; empty once it was used

// NewCode makes the one-time code with which anybody can become an owner of the
// console. It ends when it is used, after a day, or with the next one.
func (b *Bridge) NewCode(ctx context.Context) (Secret, error) {
	code, err := newTypable(b.Rand, 4, 4, 4)
	if err != nil {
		return "", fmt.Errorf("cannot make a code: %w", err)
	}
	hash, err := HashGenerated(code, b.Rand)
	if err != nil {
		return "", err
	}
	b.Redactor.Hide(code)
	return code, b.write(ctx, "keep the one-time code", func(tx *store.Tx) error {
		return tx.SetSetting(codeSetting, b.Now().UTC().Format(time.RFC3339)+" "+hash)
	})
}

// FirstCode makes a one-time code when there is no user yet; empty otherwise.
func (b *Bridge) FirstCode(ctx context.Context) (Secret, error) {
	users, err := b.Users(ctx)
	if err != nil || len(users) > 0 {
		return "", err
	}
	return b.NewCode(ctx)
}

// UseCode makes an owner: a new user, or the one of that name, who gets this
// password, the role and a place at the table again. The code is used up. It
// returns the cookie of a new session.
func (b *Bridge) UseCode(ctx context.Context, code, name, password, lang string) (User, Secret, error) {
	name = strings.TrimSpace(name)
	// Who guesses codes must not cost us a password's hash each time.
	if err := b.db.Read(ctx, func(tx *store.Tx) error { return b.checkCode(tx, code) }); err != nil {
		return User{}, "", err
	}
	hash, err := b.newUser(name, Owner, password)
	if err != nil {
		return User{}, "", err
	}
	cookie, err := b.newCookie()
	if err != nil {
		return User{}, "", err
	}
	var u store.User
	err = b.write(ctx, "use the one-time code", func(tx *store.Tx) error {
		if err := b.checkCode(tx, code); err != nil { // again: another may have used it
			return err
		}
		if err := tx.SetSetting(codeSetting, ""); err != nil {
			return err
		}
		var err error
		if u, _, err = tx.UserByName(name); err != nil {
			return err
		}
		if u.ID == 0 {
			u.Name, u.Lang = name, lang
		}
		u.Role, u.PasswordHash, u.Disabled = string(Owner), hash, false
		if err := tx.SaveUser(&u); err != nil {
			return err
		}
		if err := tx.EndUserSessions(u.ID, ""); err != nil {
			return err
		}
		if err := b.noteUser(tx, u.Name, "%s became an owner by the one-time code", u.Name); err != nil {
			return err
		}
		return beginSession(tx, cookie, u.ID)
	})
	return viewUser(u), cookie, err
}

// checkCode is ErrCode unless this is the one-time code.
func (b *Bridge) checkCode(tx *store.Tx, code string) error {
	kept, _, err := tx.Setting(codeSetting)
	if err != nil {
		return err
	}
	made, want, _ := strings.Cut(kept, " ")
	at, bad := time.Parse(time.RFC3339, made)
	if right := CheckPassword(want, code); !right || bad != nil || b.Now().Sub(at) > codeLength {
		return ErrCode
	}
	return nil
}

func beginSession(tx *store.Tx, cookie Secret, userID int64) error {
	if err := tx.AddUserSession(hashCookie(cookie), userID); err != nil {
		return err
	}
	return tx.SeeUserSession(hashCookie(cookie))
}

// Login checks a person's password and gives the cookie of a new session. The
// one that the browser had before, if any, ends.
func (b *Bridge) Login(ctx context.Context, name, password string, before Secret) (User, Secret, error) {
	cookie, err := b.newCookie()
	if err != nil {
		return User{}, "", err
	}
	var u store.User
	err = b.db.Read(ctx, func(tx *store.Tx) error {
		u, _, err = tx.UserByName(strings.TrimSpace(name))
		return err
	})
	if err != nil {
		return User{}, "", err
	}
	// Nobody's password costs as much time as somebody's.
	const nobody = hashChosen + "$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	checked := u.PasswordHash
	if u.ID == 0 || len(password) > mostPassword*utf8.UTFMax {
		checked = nobody
	}
	if right := CheckPassword(checked, password); !right || u.ID == 0 || u.Disabled {
		return User{}, "", ErrLogin
	}
	err = b.write(ctx, "log in", func(tx *store.Tx) error {
		now, _, err := tx.User(u.ID)
		if err != nil {
			return err
		}
		if now.PasswordHash != u.PasswordHash || now.Disabled {
			return ErrLogin // it changed in between
		}
		if err := tx.PruneUserSessions(b.Now().Add(-sessionLength), b.Now().Add(-sessionIdle)); err != nil {
			return err
		}
		if err := tx.EndUserSession(hashCookie(before)); err != nil {
			return err
		}
		if err := beginSession(tx, cookie, u.ID); err != nil {
			return err
		}
		return b.noteUser(tx, u.Name, "logged in")
	})
	return viewUser(u), cookie, err
}

// LoggedIn gives the user of a cookie; false when its session ended or never
// began. Active says that the person did something, which puts off the end of
// an idle session; a page that looks by itself for news is not active.
func (b *Bridge) LoggedIn(ctx context.Context, cookie Secret, active bool) (user User, ok bool, err error) {
	var seen time.Time
	hash := hashCookie(cookie)
	err = b.db.Read(ctx, func(tx *store.Tx) error {
		s, found, err := tx.UserSession(hash)
		if err != nil || !found || b.Now().Sub(s.BegunAt) > sessionLength || b.Now().Sub(s.SeenAt) > sessionIdle {
			return err
		}
		u, found, err := tx.User(s.UserID)
		user, ok, seen = viewUser(u), found && !u.Disabled, s.SeenAt
		return err
	})
	if err != nil || !ok || !active || b.Now().Sub(seen) < seenEvery {
		return user, ok, err
	}
	return user, ok, b.writeBehind(ctx, "note a session", func(tx *store.Tx) error { return tx.SeeUserSession(hash) })
}

// Logout ends the session of a cookie.
func (b *Bridge) Logout(ctx context.Context, cookie Secret) error {
	return b.write(ctx, "log out", func(tx *store.Tx) error { return tx.EndUserSession(hashCookie(cookie)) })
}

// Users are all users of the console, by name.
func (b *Bridge) Users(ctx context.Context) (users []User, err error) {
	err = b.db.Read(ctx, func(tx *store.Tx) error {
		all, err := tx.Users()
		for _, u := range all {
			users = append(users, viewUser(u))
		}
		return err
	})
	return users, err
}

// AddUser makes a user.
func (b *Bridge) AddUser(ctx context.Context, name string, role Role, password, who string) error {
	name = strings.TrimSpace(name)
	hash, err := b.newUser(name, role, password)
	if err != nil {
		return err
	}
	return b.write(ctx, "make a user", func(tx *store.Tx) error {
		if _, taken, err := tx.UserByName(name); err != nil || taken {
			return errors.Join(err, ErrNameTaken)
		}
		if err := tx.SaveUser(&store.User{Name: name, Role: string(role), PasswordHash: hash}); err != nil {
			return err
		}
		return b.noteUser(tx, who, "made the user %s, %s", name, role)
	})
}

// SetRole gives a user another role, and ends that user's sessions.
func (b *Bridge) SetRole(ctx context.Context, id int64, role Role, who string) error {
	if !slices.Contains(Roles(), role) {
		return ErrBadRole
	}
	return b.changeUser(ctx, id, who, fmt.Sprintf("gave %%s the role %s", role), "", func(u *store.User) error { u.Role = string(role); return nil })
}

// SetDisabled shuts a user out, or lets the user in again.
func (b *Bridge) SetDisabled(ctx context.Context, id int64, disabled bool, who string) error {
	note := "let the user %s in again"
	if disabled {
		note = "disabled the user %s"
	}
	return b.changeUser(ctx, id, who, note, "", func(u *store.User) error { u.Disabled = disabled; return nil })
}

// SetUserPassword gives a user another password, and ends that user's sessions.
func (b *Bridge) SetUserPassword(ctx context.Context, id int64, password, who string) error {
	hash, err := b.hashTyped(password)
	if err != nil {
		return err
	}
	return b.changeUser(ctx, id, who, "gave %s another password", "", func(u *store.User) error { u.PasswordHash = hash; return nil })
}

// ChangeOwnPassword gives the user of a session another password. The old one
// must be right; the user's other sessions end.
func (b *Bridge) ChangeOwnPassword(ctx context.Context, id int64, old, password string, cookie Secret) error {
	hash, err := b.hashTyped(password)
	if err != nil {
		return err
	}
	var u store.User
	err = b.db.Read(ctx, func(tx *store.Tx) error {
		u, _, err = tx.User(id)
		return err
	})
	if err != nil {
		return err
	}
	if !CheckPassword(u.PasswordHash, old) {
		return ErrLogin
	}
	return b.changeUser(ctx, id, u.Name, "%s chose another password", hashCookie(cookie), func(now *store.User) error {
		if now.PasswordHash != u.PasswordHash { // an owner gave another one meanwhile
			return ErrLogin
		}
		now.PasswordHash = hash
		return nil
	})
}

// SetLang keeps the language in which a user reads; empty: as the browser says.
func (b *Bridge) SetLang(ctx context.Context, id int64, lang string) error {
	return b.write(ctx, "keep the language", func(tx *store.Tx) error {
		u, found, err := tx.User(id)
		if err != nil || !found {
			return errors.Join(err, ErrNoUser)
		}
		u.Lang = lang
		return tx.SaveUser(&u)
	})
}

// changeUser changes a user and ends the user's sessions but one. An owner must
// remain. Note is what who did, with the user's name as its %s.
func (b *Bridge) changeUser(ctx context.Context, id int64, who, note, but string, change func(*store.User) error) error {
	return b.write(ctx, "change a user", func(tx *store.Tx) error {
		u, found, err := tx.User(id)
		if err != nil || !found {
			return errors.Join(err, ErrNoUser)
		}
		if err := change(&u); err != nil {
			return err
		}
		if err := tx.SaveUser(&u); err != nil {
			return err
		}
		all, err := tx.Users()
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(all, func(u store.User) bool { return Role(u.Role) == Owner && !u.Disabled }) {
			return ErrLastOwner
		}
		if err := tx.EndUserSessions(id, but); err != nil {
			return err
		}
		return b.noteUser(tx, who, note, u.Name)
	})
}

// noteUser keeps what was done to users for the activity.
func (b *Bridge) noteUser(tx *store.Tx, who, format string, a ...any) error {
	var company int64 // users may be there before the company file
	companies, err := tx.Companies()
	if err != nil {
		return err
	}
	if len(companies) > 0 {
		company = companies[0].ID
	}
	return tx.AddHistory(store.History{CompanyID: company, Who: who, Event: "user", Note: fmt.Sprintf(format, a...)})
}

// newUser checks what a new user is to be, and hashes the password.
func (b *Bridge) newUser(name string, role Role, password string) (hash string, err error) {
	if n := utf8.RuneCountInString(name); n < 1 || n > 60 || !visible(name) {
		return "", ErrBadName
	}
	if slices.ContainsFunc(notPeople(), func(other string) bool { return strings.EqualFold(other, name) }) {
		return "", ErrNameTaken // what that user did would be taken for the program's own doing
	}
	if !slices.Contains(Roles(), role) {
		return "", ErrBadRole
	}
	return b.hashTyped(password)
}

// visible tells whether a text is whole and every character of it is seen.
func visible(text string) bool {
	return strings.IndexFunc(text, func(r rune) bool { return !unicode.IsPrint(r) || r == utf8.RuneError }) < 0
}

const (
	leastPassword = 10 // characters
	mostPassword  = 200
)

func (b *Bridge) hashTyped(password string) (string, error) {
	if n := utf8.RuneCountInString(password); n < leastPassword || n > mostPassword {
		return "", ErrShortPassword
	}
	return HashChosen(Secret(password), b.Rand)
}

// newCookie is 256 random bits.
func (b *Bridge) newCookie() (Secret, error) {
	raw := make([]byte, 32)
	if _, err := io.ReadFull(b.Rand, raw); err != nil {
		return "", fmt.Errorf("no randomness: %w", err)
	}
	return Secret(base64.RawURLEncoding.EncodeToString(raw)), nil
}

// hashCookie is what is kept of a cookie; nobody can try 2^256 of them.
func hashCookie(cookie Secret) string {
	sum := sha256.Sum256([]byte(cookie.Reveal()))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
