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

func connectionAdvice(code string) string {
	switch code {
	case "0x80040401", "0x80040402":
		return "QuickBooks could not be reached. It is tried again at the next update."
	case "0x80040403":
		return "QuickBooks could not open the company file. Check that the path in the settings is right."
	case "0x80040404", "0x80040405", "0x80040407", "0x80040427", "0x80040154":
		return "QuickBooks is not installed completely on this computer. Repair it from Windows' list of programs."
	case "0x80040406", "0x80040409":
		return "The company file belongs to another version of QuickBooks. Open it in the right one."
	case "0x80040408":
		return "QuickBooks could not be started. Start it as the same Windows user as the Web Connector, neither as administrator."
	case "0x8004040A":
		return "Another company file is open in QuickBooks. Open the one that this update was set up for."
	case "0x80040410":
		return "The company file is open in another mode. Switch between single-user and multi-user mode in QuickBooks."
	case "0x80040414":
		return "QuickBooks shows a dialog that waits for an answer. Close it; the next update goes on."
	case "0x80040416":
		return "QuickBooks is not running. Start it and open the company file."
	case "0x80040417":
		return "No company file is open in QuickBooks. Open the one that this update was set up for."
	case "0x80040418":
		return "QuickBooks never allowed this application. Log in as Admin in single-user mode, run the update and say yes."
	case "0x8004041A", "0x80040420":
		return "QuickBooks denied access. Allow this application under Preferences, Integrated Applications."
	case "0x8004041B", "0x80040424":
		return "QuickBooks is not ready yet. It is tried again at the next update."
	case "0x8004041D":
		return "QuickBooks does not let this application log in by itself. Allow it under Preferences, Integrated Applications."
	case "0x8004041E", "0x8004042C":
		return "QuickBooks does not accept the certificate of this application. Remove it from Integrated Applications and allow it again."
	case "0x8004041F":
		return "This edition of QuickBooks does not take requests from other programs."
	case "0x80040422":
		return "QuickBooks is in single-user mode and another program uses it. Close that program or switch to multi-user mode."
	case "0x8004042A":
		return "QuickBooks does not allow access from another computer. Run the Web Connector on the computer of QuickBooks."
	}
	return ""
}
