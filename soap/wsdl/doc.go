// Package wsdl holds the description of the Web Connector's service and the message types and client that gowsdl makes from it.
//
// The generated request types decode what the Web Connector sends. The generated response types must never be sent: their fields
// are omitempty, so an empty result loses its element, which the Web Connector reads as null. Package soap has response types of its own.
package wsdl

import (
	_ "embed"
	"encoding/xml"
	"strings"
)

//go:generate go tool gowsdl -d .. -p wsdl -o qbwc_gen.go qbwc.wsdl

//go:embed qbwc.wsdl
var document string

// placeholder stands in qbwc.wsdl where the address of the service belongs.
const placeholder = "APP_URL"

// Document returns the WSDL with appURL as the address of the service.
func Document(appURL string) string {
	var escaped strings.Builder
	// Writing to a strings.Builder cannot fail.
	_ = xml.EscapeText(&escaped, []byte(appURL))
	return strings.Replace(document, placeholder, escaped.String(), 1)
}
