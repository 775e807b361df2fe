package qbxml

import (
	"regexp"
	"strings"
	"testing"
)

func TestStatusOf(t *testing.T) {
	tests := map[string]struct {
		code              int
		severity, message string
		want              Action
		fault             bool
	}{
		"done":                      {0, "Info", "Status OK", OK, false},
		"no match":                  {1, "Info", "A query request did not find a matching object in QuickBooks", Empty, false}, // Q14
		"no match, older":           {1, "Warn", "", Empty, false},                                                             // Q14
		"key not found":             {500, "Warn", "", Empty, false},                                                           // Q14
		"field not supported":       {530, "Warn", "", OKNote, false},                                                          // Q14
		"value not supported":       {531, "Warn", "", OKNote, false},                                                          // Q14
		"notes not saved":           {550, "Warn", "", OKNote, false},                                                          // Q14
		"deprecated":                {560, "Warn", "", OKNote, false},                                                          // Q14
		"not linked":                {570, "Warn", "", OKNote, false},                                                          // Q14
		"unknown Info":              {77, "Info", "", OKNote, false},                                                           // Q36
		"unknown Warn":              {777, "Warn", "", OKNote, false},                                                          // Q36
		"unknown Error":             {4711, "Error", "", Hold, false},                                                          // Q36
		"no severity, unknown":      {4711, "", "", Hold, false},                                                               // Q36
		"unreadable":                {-1, "", "", Hold, false},                                                                 // Q36
		"unknown severity":          {3231, "Fatal", "", Resend, false},                                                        // Q36
		"Warn of an error code":     {3180, "Warn", "", OKNote, false},
		"Error of a success code":   {0, "Error", "", Hold, false},
		"Error of a fault":          {3040, "Error", "", Hold, true},
		"Warn of a fault":           {3040, "Warn", "", OKNote, false},
		"request ID too long":       {1060, "Error", "", Hold, true},
		"macro":                     {9150, "Error", "", Hold, true},
		"text too long":             {3070, "Error", "", Fix, false},
		"name in use":               {3100, "Error", "The name &quot;A&quot; of the list element is already in use.", Fix, false},
		"missing reference":         {3140, "Error", "", Fix, false},
		"old edit sequence":         {3200, "Error", "", Fix, false},
		"closed period":             {3171, "Error", "", Hold, false},
		"record in use":             {3175, "error", "", Retry, false},
		"not processed":             {3231, "Error", "The request has not been processed.", Resend, false}, // Q15
		"feature off":               {3250, "Error", "", Stop, false},
		"permission":                {3261, "Error", "", Stop, false},
		"3170, passing":             {3170, "Error", "This list has been modified by  another user.", Retry, false},
		"3170, lasting":             {3170, "Error", "The transaction cannot be modified.", Hold, false},
		"3180, list modified":       {3180, "Error", "There was an error when saving a Customer list, element &quot;A&quot;. QuickBooks error message: This list has been modified by another user.", Retry, false}, // Q18
		"3180, doubled blanks":      {3180, "Error", "THE TRANSACTION  COULD NOT BE LOCKED.  It is in use by another user.", Retry, false},
		"3180, lock":                {3180, "Error", "Failed to  acquire the lock for this object", Retry, false},
		"3180, element in use":      {3180, "Error", "It is already in use. The list element is in use.", Retry, false},
		"3180, record in error":     {3180, "Error", "This record has an error in it.", Hold, false}, // Q18
		"3180, account number":      {3180, "Error", "This account number is already in use.", Hold, false},
		"3210, passing":             {3210, "Error", "This transaction has been modified by another user", Retry, false},
		"3210, overpaid":            {3210, "Error", "You cannot pay more than the amount due.", Hold, false},
		"lock words of another one": {3171, "Error", "modified by another user", Hold, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := StatusOf(test.code, test.severity, test.message)
			if got.Action != test.want || got.ProgramFault != test.fault {
				t.Errorf("%s, fault %v; want %s, %v", got.Action, got.ProgramFault, test.want, test.fault)
			}
			if got.Code != test.code || got.Severity != test.severity {
				t.Errorf("got code %d %s", got.Code, got.Severity)
			}
			if got.Meaning == "" {
				t.Error("no meaning")
			}
		})
	}
}

func TestStatusesAreToldApart(t *testing.T) {
	seen := map[int]bool{}
	for _, s := range statuses() {
		if seen[s.Code] {
			t.Errorf("%d stands twice", s.Code)
		}
		seen[s.Code] = true
		if s.Advice == "" && s.Action != OK && s.Action != Empty {
			t.Errorf("%d has no advice", s.Code)
		}
	}
	for _, code := range severalCauses {
		if !seen[code] {
			t.Errorf("%d is not in the table", code)
		}
	}
}

func TestMessageSetStatus(t *testing.T) {
	for code, want := range map[string]SetConclusion{
		"0": Fine, " 0 ": Fine, "600": NotStored, "9001": SetProgramFault, "9002": UnknownOutcome, "9003": UnknownOutcome,
		"9004": SetProgramFault, "9005": UnknownOutcome, "9006": UnknownOutcome, "4711": UnknownOutcome, "": UnknownOutcome, "x": UnknownOutcome,
	} {
		if got := MessageSetStatus(code); got != want {
			t.Errorf("%q: %s, want %s", code, got, want)
		}
	}
}

func TestUnquote3140(t *testing.T) {
	// Q17
	tests := map[string]struct{ message, kind, name string }{
		"customer":   {`There is an invalid reference to QuickBooks Customer "No Such" in the SalesOrder.  QuickBooks error message: Invalid argument.  The specified record does not exist in the list.`, "Customer", "No Such"},
		"two words":  {`There is an invalid reference to QuickBooks Sales Tax Code "Tx" in the SalesReceipt.`, "Sales Tax Code", "Tx"},
		"quotes":     {`There is an invalid reference to QuickBooks Item "17" Screen" in the SalesReceipt line. `, "Item", `17" Screen`},
		"escaped":    {`There is an  invalid reference to QuickBooks Item &quot;A:B&quot; in the Invoice.`, "Item", "A:B"},
		"other form": {`Something is missing.`, "", ""},
		"empty":      {"", "", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if kind, name := Unquote3140(test.message); kind != test.kind || name != test.name {
				t.Errorf("got %q %q, want %q %q", kind, name, test.kind, test.name)
			}
		})
	}
}

func TestHResultOf(t *testing.T) {
	tests := map[string]struct {
		in, code string
		executed Executed
		arrives  Arrival
	}{
		"parse error":        {"0x80040400", "0x80040400", NotExecuted, AtRequest},
		"blanks and case":    {" 0X8004040a\n", "0x8004040A", ExecutedUnknown, AtOpening},
		"without 0x":         {"80040414", "0x80040414", ExecutedUnknown, AtOpening},
		"crash":              {"0x80010105", "0x80010105", ExecutedUnknown, AtRequest},
		"unknown":            {"0x8abcdef0", "0x8ABCDEF0", ExecutedUnknown, AtBoth},
		"nothing":            {"", "", ExecutedUnknown, AtBoth},
		"no code":            {"Fehler", "Fehler", ExecutedUnknown, AtBoth},
		"unexpected":         {"0x80040402", "0x80040402", ExecutedUnknown, AtBoth},
		"session lost":       {"0x8004040D", "0x8004040D", ExecutedUnknown, AtRequest},
		"rollback refused":   {"0x80040413", "0x80040413", ExecutedUnknown, AtRequest},
		"version not known":  {"0x80040423", "0x80040423", ExecutedUnknown, AtRequest},
		"not authorised yet": {"0x80040418", "0x80040418", ExecutedUnknown, AtOpening},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := HResultOf(test.in)
			if got.Code != test.code || got.Executed != test.executed || got.Arrives != test.arrives {
				t.Errorf("got %+v", got)
			}
			if got.Meaning == "" || got.Advice == "" {
				t.Errorf("nothing to tell of %q", test.in)
			}
		})
	}
}

func TestHResultsAreToldApart(t *testing.T) {
	form := regexp.MustCompile(`^[0-9A-F]{8}$`)
	seen := map[string]bool{}
	for _, h := range hresults() {
		if seen[h.Code] || !form.MatchString(h.Code) {
			t.Errorf("%s stands twice or is malformed", h.Code)
		}
		seen[h.Code] = true
		if h.Executed == NotExecuted && h.Code != "80040400" {
			t.Errorf("%s says that nothing was executed", h.Code)
		}
		if strings.TrimSpace(h.Meaning) == "" || h.Advice == "" {
			t.Errorf("%s has no meaning or advice", h.Code)
		}
	}
}
