package bridge

import (
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"io"
	"unsafe"

	"golang.org/x/sys/windows"
)

// sealPrefix says how a secret was sealed: by Windows (DPAPI), for this
// computer, so that both a service and a person at the keyboard can open it.
// As that lets every account of the computer call on Windows to open it, the
// key file, which only some may read, has its part in it.
const sealPrefix = "dpapi:"

const dpapiFlags = windows.CRYPTPROTECT_LOCAL_MACHINE | windows.CRYPTPROTECT_UI_FORBIDDEN

func seal(key []byte, name string, plain []byte, _ io.Reader) ([]byte, error) {
	var out windows.DataBlob
	if err := windows.CryptProtectData(blob(plain), nil, blob(entropy(key, name)), 0, nil, dpapiFlags, &out); err != nil {
		return nil, err
	}
	return take(out)
}

func unseal(key []byte, name string, sealed []byte) ([]byte, error) {
	var out windows.DataBlob
	if err := windows.CryptUnprotectData(blob(sealed), nil, blob(entropy(key, name)), 0, nil, dpapiFlags, &out); err != nil {
		return nil, err
	}
	return take(out)
}

// entropy binds a secret to its name and the key file.
func entropy(key []byte, name string) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(name)) // a hash never fails
	return mac.Sum(nil)
}

func blob(b []byte) *windows.DataBlob {
	if len(b) == 0 {
		return &windows.DataBlob{}
	}
	return &windows.DataBlob{Size: uint32(len(b)), Data: &b[0]}
}

// take copies what Windows allocated and frees it.
func take(out windows.DataBlob) ([]byte, error) {
	b := append([]byte{}, unsafe.Slice(out.Data, out.Size)...)
	_, err := windows.LocalFree(windows.Handle(unsafe.Pointer(out.Data)))
	return b, err
}

// checkPrivate trusts the access list that makePrivate has set: an
// administrator who changed it meant to.
func checkPrivate(string) error { return nil }

// makePrivate leaves a key file to Windows itself, to administrators, and to
// the user who made it.
func makePrivate(path string) error {
	user, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		return fmt.Errorf("cannot learn who runs this: %w", err)
	}
	rights, err := windows.SecurityDescriptorFromString("D:P(A;;FA;;;SY)(A;;FA;;;BA)(A;;FA;;;" + user.User.Sid.String() + ")")
	if err != nil {
		return err
	}
	list, _, err := rights.DACL()
	if err != nil {
		return err
	}
	return windows.SetNamedSecurityInfo(path, windows.SE_FILE_OBJECT,
		windows.DACL_SECURITY_INFORMATION|windows.PROTECTED_DACL_SECURITY_INFORMATION, nil, nil, list, nil)
}
