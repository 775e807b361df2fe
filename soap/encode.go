package soap

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// namespace is the target namespace of the service; its trailing slash is part of it. A result in any other namespace silently
// becomes null in .NET.
const namespace = "http://developer.intuit.com/"

const (
	envelopeOpen = `<?xml version="1.0" encoding="utf-8"?>` +
		`<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>`
	envelopeClose = `</soap:Body></soap:Envelope>`
)

// result is what an operation answers: one of scalar, number and list. Its element is written even when it is empty: .NET takes a
// missing one for null and fails.
type result interface {
	// content returns the inner XML of the result element, without white space around it.
	content() string
}

type (
	scalar string
	number int
	list   [4]string
)

func (s scalar) content() string { return escape(string(s)) }
func (n number) content() string { return strconv.Itoa(int(n)) }

func (l list) content() string {
	var b strings.Builder
	for _, s := range l {
		b.WriteString("<string>" + escape(s) + "</string>")
	}
	return b.String()
}

// envelope returns the answer of an operation on one line.
func envelope(operation string, r result) string {
	return envelopeOpen +
		`<` + operation + `Response xmlns="` + namespace + `"><` + operation + `Result>` +
		r.content() +
		`</` + operation + `Result></` + operation + `Response>` +
		envelopeClose
}

// fault returns a SOAP 1.1 fault. Code is Client when the message is at fault, Server when we are.
func fault(code, text string) string {
	return envelopeOpen +
		`<soap:Fault><faultcode>soap:` + code + `</faultcode><faultstring>` + escape(text) + `</faultstring></soap:Fault>` +
		envelopeClose
}

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "\r", "&#xD;")

// escape returns s as XML character data. What XML 1.0 does not allow becomes U+FFFD; texts that QuickBooks sees are refused before.
func escape(s string) string {
	if !allLegal(s) {
		s = strings.Map(func(r rune) rune {
			if !legal(r) {
				return '\uFFFD'
			}
			return r
		}, s)
	}
	return escaper.Replace(s)
}

// allLegal tells whether XML 1.0 allows all characters of a text.
func allLegal(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case c >= utf8.RuneSelf:
			return utf8.ValidString(s[i:]) && !strings.ContainsFunc(s[i:], func(r rune) bool { return !legal(r) })
		case c < ' ' && !legal(rune(c)):
			return false
		}
	}
	return true
}
