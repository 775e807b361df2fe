package sim

import (
	"context"
	"fmt"
	"io"
	"mime"
	"net/http"
	"regexp"
	"strings"

	"github.com/beevik/etree"
)

const (
	intuitNamespace   = "http://developer.intuit.com/"
	envelopeNamespace = "http://schemas.xmlsoap.org/soap/envelope/"
)

// dotNet is the wire of the real program: envelopes as .NET's SoapHttpClientProtocol writes them, on connections that
// are kept alive, and answers read with its strictness (qbwc-protocol.md 3.1 to 3.3).
type dotNet struct {
	url    string
	client *http.Client
}

func parameters(operation string) []string {
	return map[string][]string{
		"clientVersion":      {"strVersion"},
		"authenticate":       {"strUserName", "strPassword"},
		"sendRequestXML":     {"ticket", "strHCPResponse", "strCompanyFileName", "qbXMLCountry", "qbXMLMajorVers", "qbXMLMinorVers"},
		"receiveResponseXML": {"ticket", "response", "hresult", "message"},
		"connectionError":    {"ticket", "hresult", "message"},
		"getLastError":       {"ticket"},
		"closeConnection":    {"ticket"},
	}[operation]
}

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "\r", "&#xD;") // as .NET does

func dotNetEnvelope(operation string, arguments []string) string {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="` + envelopeNamespace + `" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"><soap:Body><` +
		operation + ` xmlns="` + intuitNamespace + `"`)
	if len(arguments) == 0 {
		b.WriteString(` />`)
	} else {
		b.WriteString(`>`)
		for i, name := range parameters(operation) {
			if arguments[i] == "" {
				b.WriteString(`<` + name + ` />`)
				continue
			}
			b.WriteString(`<` + name + `>` + escaper.Replace(arguments[i]) + `</` + name + `>`)
		}
		b.WriteString(`</` + operation + `>`)
	}
	b.WriteString(`</soap:Body></soap:Envelope>`)
	return b.String()
}

func (d *dotNet) call(ctx context.Context, operation string, arguments ...string) (results []string, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, d.url, strings.NewReader(dotNetEnvelope(operation, arguments)))
	if err != nil {
		return nil, fmt.Errorf("the call of %s cannot be made: %w", operation, err)
	}
	request.Header = http.Header{
		"User-Agent":   {"Mozilla/4.0 (compatible; MSIE 6.0; MS Web Services Client Protocol 4.0.30319.42000)"},
		"Content-Type": {"text/xml; charset=utf-8"},
		"SOAPAction":   {`"` + intuitNamespace + operation + `"`}, // spelled so on the wire, not as Go would
		"Expect":       {"100-continue"},
		"Connection":   {"Keep-Alive"},
	}
	response, err := d.client.Do(request)
	if err != nil {
		return nil, fmt.Errorf("the call of %s failed: %w", operation, err)
	}
	defer func() { _ = response.Body.Close() }() // it has been read to its end
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, fmt.Errorf("the answer to %s broke off: %w", operation, err)
	}
	return readAnswer(operation, response, body)
}

// readAnswer accepts what .NET accepts and gives the errors it gives.
func readAnswer(operation string, response *http.Response, body []byte) ([]string, error) {
	if response.StatusCode >= 300 && response.StatusCode != 400 && response.StatusCode != 500 {
		return nil, fmt.Errorf("the request failed with HTTP status %s", response.Status)
	}
	if len(body) == 0 {
		return nil, fmt.Errorf("the request failed with an empty response, HTTP status %s", response.Status)
	}
	if media, _, err := mime.ParseMediaType(response.Header.Get("Content-Type")); err != nil || media != "text/xml" {
		return nil, fmt.Errorf("client found response content type of '%s', but expected 'text/xml'", response.Header.Get("Content-Type"))
	}
	if response.Header.Get("Content-Encoding") != "" {
		return nil, fmt.Errorf("the response is compressed, which was not asked for")
	}
	doc := etree.NewDocument()
	doc.ReadSettings.ValidateInput = true
	if err := doc.ReadFromBytes(body); err != nil || body[0] != '<' {
		return nil, fmt.Errorf("response is not well-formed XML: %w", err)
	}
	envelope := doc.Root()
	if envelope.Tag != "Envelope" || envelope.NamespaceURI() != envelopeNamespace {
		return nil, fmt.Errorf("the response's root is %s of %q, not a SOAP 1.1 envelope", envelope.Tag, envelope.NamespaceURI())
	}
	content := envelope.FindElement("Body/*")
	if content == nil {
		return nil, fmt.Errorf("the response has an empty body")
	}
	if content.Tag == "Fault" {
		return nil, fmt.Errorf("SOAP fault: %s", content.FindElement("faultstring").Text())
	}
	return readResult(operation, content)
}

// readResult: a result in another namespace, or none, is a null to .NET, on which the connector falls over.
func readResult(operation string, content *etree.Element) ([]string, error) {
	mine := func(e *etree.Element, tag string) bool {
		return e != nil && e.Tag == tag && e.NamespaceURI() == intuitNamespace
	}
	var result *etree.Element
	if mine(content, operation+"Response") {
		result = content.SelectElement(operation + "Result")
	}
	if !mine(result, operation+"Result") {
		return nil, fmt.Errorf("%sResult is missing: object reference not set to an instance of an object", operation)
	}
	if operation != "authenticate" {
		if len(result.ChildElements()) > 0 {
			return nil, fmt.Errorf("%sResult holds elements, not text", operation)
		}
		if operation == "receiveResponseXML" && !regexp.MustCompile(`^-?[0-9]+$`).MatchString(result.Text()) {
			return nil, fmt.Errorf("%sResult %q is not an integer: input string was not in a correct format", operation, result.Text())
		}
		return []string{result.Text()}, nil
	}
	var results []string
	for _, e := range result.ChildElements() {
		if mine(e, "string") {
			results = append(results, e.Text())
		}
	}
	return results, nil
}
