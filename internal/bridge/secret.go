package bridge

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"golang.org/x/crypto/argon2"
)

// hidden stands wherever a secret would.
const hidden = "[hidden]"

// Secret is a text that no log, page, error or export may show: however it is
// printed, only "[hidden]" comes out. One way is not covered: fmt prints a
// Secret in an unexported field of a struct as it is, so keep such structs out
// of messages.
type Secret string

func (Secret) String() string   { return hidden }
func (Secret) GoString() string { return hidden }

// Format answers every verb, also those that would print a string's bytes.
func (Secret) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, hidden) } // fmt.State has nowhere to report to

func (Secret) LogValue() slog.Value         { return slog.StringValue(hidden) }
func (Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + hidden + `"`), nil }
func (Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// Reveal gives the text itself, for the one place that needs it.
func (s Secret) Reveal() string { return string(s) }

// keyFile lies in the data folder beside the database, so that a copy of the
// database alone, such as a backup, opens no secret.
const (
	keyFile  = "secret.key"
	keyBytes = 32
)

// Vault seals small secrets, such as the shop's token, so that they can lie in
// the database. What it seals opens only with the key file of its data folder,
// and on Windows only on the same computer (DPAPI).
type Vault struct {
	path string // of the key file
	rand io.Reader

	making sync.Mutex // held from the look for the key file until it is made
}

// OpenVault gives the vault of a data folder. The key file is made when the
// first secret is sealed. One that is there must be whole and closed to other
// people.
func OpenVault(dir string, rand io.Reader) (*Vault, error) {
	v := &Vault{path: filepath.Join(dir, keyFile), rand: rand}
	if _, err := v.key(); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return v, nil
}

// Seal gives the sealed form of a secret: one line of ASCII. The same name must
// be given to open it, so that one secret can't be passed off as another.
func (v *Vault) Seal(name string, plain []byte) (string, error) {
	if len(plain) == 0 {
		return "", fmt.Errorf("the secret %q is empty: nothing to seal", name)
	}
	key, err := v.keyOrNew()
	if err != nil {
		return "", err
	}
	sealed, err := seal(key, name, plain, v.rand)
	if err != nil {
		return "", fmt.Errorf("cannot seal the secret %q: %w", name, err)
	}
	return sealPrefix + base64.StdEncoding.EncodeToString(sealed), nil
}

// Open gives back what was sealed under this name. It fails when the sealed
// form was changed, or was sealed under another name, key file or computer.
func (v *Vault) Open(name, sealed string) ([]byte, error) {
	key, err := v.key()
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("the key file %s is missing, so the secret %q cannot be opened: put the file back from where this folder came from, or enter the secret again: %w", v.path, name, err)
	}
	if err != nil {
		return nil, err
	}
	rest, ours := strings.CutPrefix(sealed, sealPrefix)
	raw, err := base64.StdEncoding.DecodeString(rest)
	if !ours || err != nil {
		return nil, fmt.Errorf("the secret %q was sealed on another kind of system, or is damaged: enter it again here", name)
	}
	plain, err := unseal(key, name, raw)
	if err != nil {
		return nil, fmt.Errorf("the secret %q does not open with %s: it was sealed with another key file or on another computer; put the right key file back, or enter the secret again: %w", name, v.path, err)
	}
	return plain, nil
}

func (v *Vault) key() ([]byte, error) {
	if err := checkPrivate(v.path); err != nil {
		return nil, err
	}
	key, err := os.ReadFile(v.path)
	if err != nil {
		return nil, fmt.Errorf("cannot read the key file: %w", err)
	}
	if len(key) != keyBytes {
		return nil, fmt.Errorf("the key file %s holds %d bytes and must hold %d: put the right file back, or remove it and enter the secrets again", v.path, len(key), keyBytes)
	}
	return key, nil
}

func (v *Vault) keyOrNew() ([]byte, error) {
	v.making.Lock()
	defer v.making.Unlock()
	key, err := v.key()
	if errors.Is(err, fs.ErrNotExist) {
		return v.makeKey()
	}
	return key, err
}

func (v *Vault) makeKey() ([]byte, error) {
	key := make([]byte, keyBytes)
	if _, err := io.ReadFull(v.rand, key); err != nil {
		return nil, fmt.Errorf("cannot make the key file %s: %w", v.path, err)
	}
	f, err := os.OpenFile(v.path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return v.key() // another program has just made it
	}
	if err != nil {
		return nil, fmt.Errorf("cannot make the key file: %w", err)
	}
	err = makePrivate(v.path)
	if err == nil {
		_, err = f.Write(key)
	}
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return nil, errors.Join(fmt.Errorf("cannot write the key file %s: %w", v.path, err), os.Remove(v.path))
	}
	return key, nil
}

// crockford's base32 letters, small: none of them is taken for another.
const crockford = "0123456789abcdefghjkmnpqrstvwxyz"

// NewPassword makes a password of 130 random bits that a person can copy from
// paper: 26 letters and digits in groups.
func NewPassword(rand io.Reader) (Secret, error) {
	password, err := newTypable(rand, 5, 5, 5, 5, 6)
	if err != nil {
		return "", fmt.Errorf("cannot make a password: %w", err)
	}
	return password, nil
}

// newTypable makes random letters and digits, 5 bits each, in groups of these
// sizes.
func newTypable(rand io.Reader, groups ...int) (Secret, error) {
	var text strings.Builder
	for i, size := range groups {
		raw := make([]byte, size)
		if _, err := io.ReadFull(rand, raw); err != nil {
			return "", err
		}
		if i > 0 {
			text.WriteByte('-')
		}
		for _, b := range raw {
			text.WriteByte(crockford[b%32])
		}
	}
	return Secret(text.String()), nil
}

// The first part of a stored password says how it was hashed. Other figures for
// argon2id need another name.
const (
	hashGenerated = "sha256-1"
	hashChosen    = "argon2id-1"
)

// HashGenerated gives what to keep of a password of NewPassword. A salted
// SHA-256 is right for it: nobody can try 2^130 passwords, and the Web
// Connector brings the password at every poll.
func HashGenerated(password Secret, rand io.Reader) (string, error) {
	return hashPassword(hashGenerated, password, rand)
}

// HashChosen gives what to keep of a password that a person chose. Each check
// of it costs some 20 ms and 16 MB, to whoever guesses too.
func HashChosen(password Secret, rand io.Reader) (string, error) {
	return hashPassword(hashChosen, password, rand)
}

func hashPassword(how string, password Secret, rand io.Reader) (string, error) {
	if password == "" {
		return "", errors.New("the password is empty: choose one")
	}
	salt := make([]byte, 16)
	if _, err := io.ReadFull(rand, salt); err != nil {
		return "", fmt.Errorf("cannot make the salt of a password: %w", err)
	}
	return how + "$" + base64.RawStdEncoding.EncodeToString(salt) + "$" + base64.RawStdEncoding.EncodeToString(passwordSum(how, password.Reveal(), salt)), nil
}

// CheckPassword reports whether the password given is the one hashed. The time
// it takes tells nothing of how much of it was right. A generated password may
// be given in capitals, without its hyphens, and with O for 0 or l for 1.
func CheckPassword(hash, given string) bool {
	parts := strings.Split(hash, "$")
	if len(parts) != 3 {
		return false
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[1])
	if err != nil {
		return false
	}
	want, err := base64.RawStdEncoding.DecodeString(parts[2])
	if err != nil {
		return false
	}
	got := passwordSum(parts[0], given, salt)
	return len(got) > 0 && subtle.ConstantTimeCompare(got, want) == 1
}

// passwordSum is empty for a way of hashing that is not known.
func passwordSum(how, password string, salt []byte) []byte {
	switch how {
	case hashGenerated:
		typed := strings.NewReplacer("-", "", " ", "", "o", "0", "i", "1", "l", "1").Replace(strings.ToLower(password))
		sum := sha256.Sum256(append(append([]byte{}, salt...), typed...))
		return sum[:]
	case hashChosen:
		return argon2.IDKey([]byte(password), salt, 2, 16*1024, 1, 32)
	}
	return nil
}
