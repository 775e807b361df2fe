package ecwid

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"sync"
)

// Redact takes out of the shop's JSON what must not be stored or shown: access
// tokens, the buyer's IP address, and the code of a gift card, which is as good
// as cash (ecwid.md 4.6, 12), by the names of their fields; and the keys inside
// links, wherever they stand, but not the text around them: it may be the
// buyer's. All other values, numbers to the last digit, stay as they are; keys
// come out sorted.
func Redact(raw json.RawMessage) (json.RawMessage, error) {
	v, err := parseAny(raw)
	if err != nil {
		return nil, err
	}
	clean, err := encode(redact(v))
	if err != nil {
		return nil, err
	}
	return clean, nil
}

func redact(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for name, value := range v {
			if secret(name) {
				delete(v, name)
			} else {
				v[name] = redact(value)
			}
		}
	case []any:
		for i := range v {
			v[i] = redact(v[i])
		}
	case string:
		if strings.Contains(v, "://") {
			return keyInLink().ReplaceAllString(v, "$1")
		}
	}
	return v
}

// secret tells by a field's name that it opens something.
func secret(name string) bool {
	switch name = strings.ToLower(name); name {
	case "ticket", "adminurl", "customerurl", "ipaddress", "giftcardcode":
		return true
	}
	return strings.Contains(name, "token") || strings.Contains(name, "secret") || strings.Contains(name, "password")
}

// keyInLink finds the value of a key in a link: what follows access_key= or
// token= up to the next parameter or the end of the link.
var keyInLink = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)((?:access_key|token)(?:=|%3d))[^&\s"'<>]+`)
})

// encode writes JSON with sorted keys and without the escapes that are only for
// web pages.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("writing JSON: %w", err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
