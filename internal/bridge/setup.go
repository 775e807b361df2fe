package bridge

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"qbridge/internal/posting"
	"qbridge/soap"
	"qbridge/store"
)

// DefaultURL is the Ecwid API before the store's number.
const DefaultURL = "https://app.ecwid.com/api/v3"

// Setup is what a shop says of itself once.
type Setup struct {
	StoreID  string
	Token    Secret
	EcwidURL string    // everything before /{storeId}/; DefaultURL when empty
	Company  string    // how people call the company file
	User     string    // the Web Connector's user for it
	Password Secret    // made when empty
	Since    time.Time // orders placed from here on
	Mode     string    // look, pending, post
	Who      string    // sets it up; "init" when empty
}

// Made is what Init made.
type Made struct {
	User     string
	Password Secret // not empty only when it was generated: shown once, never again
}

// ErrSetUp: the data folder belongs to a shop already; nothing is overwritten.
var ErrSetUp = errors.New("this data folder is set up already; nothing was changed")

// ErrNotSetUp: the data folder belongs to no shop yet.
var ErrNotSetUp = errors.New("no company file is set up yet: set it up in the console of 'qbridge serve', or run 'qbridge init' first")

// SetUp tells whether the data folder belongs to a shop already.
func (b *Bridge) SetUp(ctx context.Context) (bool, error) {
	companies, err := b.companies(ctx)
	return len(companies) > 0, err
}

// Init sets a new data folder up for one shop and one company file.
func (b *Bridge) Init(ctx context.Context, s Setup) (Made, error) {
	s, made, err := b.complete(s)
	if err != nil {
		return made, err
	}
	b.Redactor.Hide(s.Token)
	b.Redactor.Hide(s.Password)
	hash, err := b.hash(s.Password, made.Password)
	if err != nil {
		return made, err
	}
	sealed, err := b.vault.Seal(tokenSetting(s.StoreID), []byte(s.Token.Reveal()))
	if err != nil {
		return made, err
	}
	rules := posting.DefaultRules()
	if err := rules.Set("mode", s.Mode); err != nil {
		return made, err
	}
	text, err := rules.TOML()
	if err != nil {
		return made, err
	}
	fileID, err := b.newGUID()
	if err != nil {
		return made, err
	}
	return made, b.write(ctx, "set up the data folder", func(tx *store.Tx) error {
		companies, err := tx.Companies()
		if err != nil {
			return err
		}
		if len(companies) > 0 {
			return ErrSetUp
		}
		id, err := tx.AddCompany(store.Company{Name: s.Company, UserName: s.User, PasswordHash: hash, FileID: fileID, CreatedAt: b.Now()})
		if err != nil {
			return err
		}
		if err := tx.AddStore(store.Shop{ID: s.StoreID, CompanyID: id, BaseURL: s.EcwidURL, Since: s.Since}); err != nil {
			return err
		}
		if err := tx.SetSetting(tokenSetting(s.StoreID), sealed); err != nil {
			return err
		}
		if err := tx.WantLists(id, listNames()...); err != nil {
			return err
		}
		_, err = tx.AddRules(id, string(text), orElse(s.Who, "init"))
		return err
	})
}

// complete checks a set-up and fills what was left out.
func (b *Bridge) complete(s Setup) (Setup, Made, error) {
	s.EcwidURL = strings.TrimRight(orElse(s.EcwidURL, DefaultURL), "/")
	u, err := url.Parse(s.EcwidURL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return s, Made{}, fmt.Errorf("the address of the shop's API (--ecwid-url) %q is no web address: it is everything before the store's number, like %s", s.EcwidURL, DefaultURL)
	}
	if s.StoreID == "" || strings.Trim(s.StoreID, "0123456789") != "" {
		return s, Made{}, fmt.Errorf("the store ID %q is no number: you find it at the foot of the Ecwid admin", s.StoreID)
	}
	if s.Token = Secret(strings.TrimSpace(s.Token.Reveal())); s.Token == "" {
		return s, Made{}, errors.New("the token is empty: it is the secret token (secret_...) of your custom app in Ecwid")
	}
	if strings.HasPrefix(s.Token.Reveal(), "public_") {
		return s, Made{}, errors.New("that is the public token. QBridge needs the secret one (secret_...)")
	}
	s.Company = orElse(s.Company, "My Company")
	s.User = orElse(s.User, "qbridge-"+s.StoreID)
	s.Mode = orElse(s.Mode, posting.Look)
	if s.Since.IsZero() {
		y, m, d := b.Now().Local().Date()
		s.Since = time.Date(y, m, d, 0, 0, 0, 0, time.Local)
	}
	made := Made{User: s.User}
	if s.Password == "" {
		if made.Password, err = NewPassword(b.Rand); err != nil {
			return s, made, err
		}
	}
	return s, made, nil
}

// hash hashes the password that a person chose, else the one that was made.
func (b *Bridge) hash(chosen, generated Secret) (string, error) {
	if chosen != "" {
		return HashChosen(chosen, b.Rand)
	}
	return HashGenerated(generated, b.Rand)
}

// newGUID makes the FileID of a company file: once, never again (P55).
func (b *Bridge) newGUID() (string, error) {
	ticket, err := soap.NewTicket(b.Rand)
	return "{" + strings.ToUpper(ticket) + "}", err
}

// sameGUID compares GUIDs as QuickBooks may spell them: braces and case apart.
func sameGUID(a, b string) bool {
	return a != "" && strings.EqualFold(strings.Trim(a, "{}"), strings.Trim(b, "{}"))
}

// onlyCompany gives the company file of a data folder; this version sets up
// one.
func onlyCompany(tx *store.Tx) (store.Company, error) {
	companies, err := tx.Companies()
	if err != nil {
		return store.Company{}, err
	}
	if len(companies) == 0 {
		return store.Company{}, ErrNotSetUp
	}
	return companies[0], nil
}

// QWC makes the .qwc file that adds QBridge to the Web Connector. appURL is
// the exact address at which the Web Connector finds us. The same company file
// always gives the same bytes.
func (b *Bridge) QWC(ctx context.Context, appURL string) ([]byte, error) {
	var c store.Company
	err := b.db.Read(ctx, func(tx *store.Tx) (err error) {
		c, err = onlyCompany(tx)
		return err
	})
	if err != nil {
		return nil, err
	}
	support, err := url.Parse(appURL)
	if err != nil {
		return nil, fmt.Errorf("the address %q: %w", appURL, err)
	}
	support.Path, support.RawQuery = "/support", ""
	return soap.NewQWC(c.Name, appURL, support.String(), c.UserName, c.FileID).Encode()
}

// SetToken replaces a shop's token, for instance after the app was installed
// again, and lets the shop be pulled at once.
func (b *Bridge) SetToken(ctx context.Context, storeID string, token Secret) error {
	b.Redactor.Hide(token)
	sealed, err := b.vault.Seal(tokenSetting(storeID), []byte(strings.TrimSpace(token.Reveal())))
	if err != nil {
		return err
	}
	return b.write(ctx, "keep the token", func(tx *store.Tx) error {
		if err := tx.SetSetting(tokenSetting(storeID), sealed); err != nil {
			return err
		}
		return tx.SetPulled(storeID, "", time.Time{})
	})
}

// SetPassword gives the Web Connector's user another password: the chosen one,
// or one that is made when that is empty. The Web Connector needs it at its
// next update.
func (b *Bridge) SetPassword(ctx context.Context, chosen Secret) (Made, error) {
	var made Made
	var err error
	if chosen == "" {
		if made.Password, err = NewPassword(b.Rand); err != nil {
			return made, err
		}
	}
	b.Redactor.Hide(chosen)
	hash, err := b.hash(chosen, made.Password)
	if err != nil {
		return made, err
	}
	return made, b.write(ctx, "keep the password", func(tx *store.Tx) error {
		c, err := onlyCompany(tx)
		if err != nil {
			return err
		}
		made.User = c.UserName
		return tx.SetPasswordHash(c.ID, hash)
	})
}

// MoveShop has a shop asked at another address: everything before /{storeId}/.
func (b *Bridge) MoveShop(ctx context.Context, storeID, ecwidURL string) error {
	return b.write(ctx, "keep the shop's address", func(tx *store.Tx) error {
		return tx.SetBaseURL(storeID, strings.TrimRight(ecwidURL, "/"))
	})
}
