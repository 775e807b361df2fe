package qbxml

import (
	"fmt"
	"strings"
)

// Rule is a reason for QuickBooks to refuse a field.
type Rule string

// The rules Encode checks.
const (
	RuleLength    Rule = "too long"
	RuleRequired  Rule = "missing"
	RuleChoice    Rule = "wrong choice"
	RuleVersion   Rule = "version too old"
	RuleEdition   Rule = "not in this edition"
	RuleValue     Rule = "unknown value"
	RuleForm      Rule = "malformed"
	RuleDecimals  Rule = "too many decimals"
	RuleColon     Rule = "colon in a name"
	RuleCharacter Rule = "forbidden character"
	RuleUnique    Rule = "not unique"
	RuleSet       Rule = "message set"
)

// FieldError tells what QuickBooks would refuse, and why. Path is below the request, such as
// "SalesReceiptAdd/RefNumber"; empty means the request or the set itself.
type FieldError struct {
	Request   string // such as SalesReceiptAdd; empty for the set's own attributes
	RequestID string
	Path      string
	Rule      Rule
	Limit     int    // characters or decimals, by the rule; 0 when it has no number
	Length    int    // what there is of it
	Value     string // the value, cut to 60 characters
	Detail    string // what is wrong, in words
}

func (e *FieldError) Error() string {
	var b strings.Builder
	if e.Request != "" {
		fmt.Fprintf(&b, "%s %q: ", e.Request, e.RequestID)
	}
	if e.Path != "" {
		b.WriteString(e.Path + " ")
	}
	b.WriteString(e.Detail)
	if e.Value != "" {
		fmt.Fprintf(&b, ": %q", e.Value)
	}
	return b.String()
}
