package soap

import (
	"bytes"
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
	// content appends the inner XML of the result element, without white space around it.
	content(b *bytes.Buffer)
}

type (
	scalar string
	number int
	list   [4]string
	// checked is a scalar of which allLegal was asked already.
	checked string
)

func (s scalar) content(b *bytes.Buffer)  { escape(b, string(s)) }
func (s checked) content(b *bytes.Buffer) { markup(b, string(s)) }
func (n number) content(b *bytes.Buffer)  { b.WriteString(strconv.Itoa(int(n))) }

func (l list) content(b *bytes.Buffer) {
	for _, s := range l {
		b.WriteString("<string>")
		escape(b, s)
		b.WriteString("</string>")
	}
}

// envelope returns the answer of an operation on one line.
func envelope(operation string, r result) []byte {
	var b bytes.Buffer
	b.WriteString(envelopeOpen + `<` + operation + `Response xmlns="` + namespace + `"><` + operation + `Result>`)
	r.content(&b)
	b.WriteString(`</` + operation + `Result></` + operation + `Response>` + envelopeClose)
	return b.Bytes()
}

// fault returns a SOAP 1.1 fault. Code is Client when the message is at fault, Server when we are.
func fault(code, text string) []byte {
	var b bytes.Buffer
	b.WriteString(envelopeOpen + `<soap:Fault><faultcode>soap:` + code + `</faultcode><faultstring>`)
	escape(&b, text)
	b.WriteString(`</faultstring></soap:Fault>` + envelopeClose)
	return b.Bytes()
}

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "\r", "&#xD;")

// escape appends s as XML character data. What XML 1.0 does not allow becomes U+FFFD; texts that QuickBooks sees are refused before.
func escape(b *bytes.Buffer, s string) {
	if !allLegal(s) {
		s = strings.Map(func(r rune) rune {
			if !legal(r) {
				return '\uFFFD'
			}
			return r
		}, s)
	}
	markup(b, s)
}

// markup appends s with references in place of what XML would take for markup.
func markup(b *bytes.Buffer, s string) {
	b.Grow(len(s) + len(s)/2)        // qbXML grows by a third: tens of KB are not copied again
	_, _ = escaper.WriteString(b, s) // a buffer takes everything
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
