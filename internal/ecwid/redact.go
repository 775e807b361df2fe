package ecwid

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// Redact takes out of the shop's JSON what must not be stored or shown: access
// tokens, links that carry one, the buyer's IP address, and the code of a gift
// card, which is as good as cash (ecwid.md 4.6, 12). All other values, numbers
// to the last digit, stay as they are; keys come out sorted.
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
			if secret(name, value) {
				delete(v, name)
			} else {
				v[name] = redact(value)
			}
		}
	case []any:
		for i := range v {
			v[i] = redact(v[i])
		}
	}
	return v
}

// secret tells by a field's name, or by the key inside its link, that it opens
// something.
func secret(name string, value any) bool {
	switch name = strings.ToLower(name); name {
	case "ticket", "adminurl", "customerurl", "ipaddress", "giftcardcode":
		return true
	}
	if strings.Contains(name, "token") || strings.Contains(name, "secret") || strings.Contains(name, "password") {
		return true
	}
	link, ok := value.(string)
	return ok && strings.Contains(link, "://") && (strings.Contains(link, "access_key=") || strings.Contains(link, "token="))
}

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
