package soap

import "strings"

// hresult returns the code as 0x and eight upper-case digits, whatever case and white space it came in.
func hresult(code string) string {
	code = strings.ToUpper(strings.TrimSpace(code))
	return "0x" + strings.TrimPrefix(code, "0X")
}

// otherFileMayHelp tells whether naming another company file, or none, can cure a failed connection.
func otherFileMayHelp(code string) bool {
	switch hresult(code) {
	case "0x80040403", // the file that we named can't be opened
		"0x80040416", // QuickBooks is not running and we named no file
		"0x80040417": // no company file is open and we named none
		return true
	}
	return false
}

// ConnectionAdvice returns the sentence for a user whose Web Connector could not reach QuickBooks: what happened and what to do. It goes
// by the hresult, since the message is in QuickBooks' language; the message is only quoted for codes that have no advice.
func ConnectionAdvice(code, message string) string {
	code = hresult(code)
	advice := connectionAdvice(code)
	if advice == "" {
		advice = "QuickBooks could not be opened"
		if message = StatusText(message); message != "" {
			advice += ": " + strings.TrimRight(message, ".")
		}
		advice += ". It is tried again at the next update."
	}
	if code == "0x" {
		return advice
	}
	return advice + " (" + code + ")"
}

// connectionAdvice is what to do about an hresult that came while a company file was opened; "" for one that says nothing by itself
// (0x80040421 passes on a message) or that nobody has explained.
func connectionAdvice(code string) string {
	const (
		later        = "QuickBooks is not ready yet. It is tried again at the next update."
		unreachable  = "QuickBooks could not be reached. It is tried again at the next update."
		repair       = "QuickBooks is not installed completely on this computer. Repair it from Windows' list of programs."
		otherVersion = "The company file belongs to another version of QuickBooks. Open it in the right one."
		denied       = "QuickBooks denied access. Allow this application under Preferences, Integrated Applications."
		certificate  = "QuickBooks does not accept the certificate of this application. Remove it from Integrated Applications and allow it again."
	)
	return map[string]string{
		"0x80040154": repair,
		"0x80040401": unreachable,
		"0x80040402": unreachable,
		"0x80040403": "QuickBooks could not open the company file. See that it is where it was, and that this Windows user may open it.",
		"0x80040404": repair,
		"0x80040405": repair,
		"0x80040406": otherVersion,
		"0x80040407": repair,
		"0x80040408": "QuickBooks could not be started. Start it as the same Windows user as the Web Connector, neither as administrator.",
		"0x80040409": otherVersion,
		"0x8004040A": "Another company file is open in QuickBooks. Open the one that this update was set up for.",
		"0x80040410": "The company file is open in another mode. Switch between single-user and multi-user mode in QuickBooks.",
		"0x80040414": "QuickBooks shows a dialog that waits for an answer. Close it; the next update goes on.",
		"0x80040416": "QuickBooks is not running. Start it and open the company file.",
		"0x80040417": "No company file is open in QuickBooks. Open the one that this update was set up for.",
		"0x80040418": "QuickBooks never allowed this application. Log in as Admin in single-user mode, run the update and say yes.",
		"0x8004041A": denied,
		"0x8004041B": later,
		"0x8004041C": "QuickBooks had an error of its own with the company file. It is tried again; if it stays, run File, Utilities, Verify Data.",
		"0x8004041D": "QuickBooks does not let this application log in by itself. Allow it under Preferences, Integrated Applications.",
		"0x8004041E": certificate,
		"0x8004041F": "This edition of QuickBooks does not take requests from other programs.",
		"0x80040420": denied,
		"0x80040422": "QuickBooks is in single-user mode and another program uses it. Close that program or switch to multi-user mode.",
		"0x80040424": later,
		"0x80040427": repair,
		"0x8004042A": "QuickBooks does not allow access from another computer. Run the Web Connector on the computer of QuickBooks.",
		"0x8004042C": certificate,
	}[code]
}
