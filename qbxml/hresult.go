package qbxml

import "strings"

// Executed tells whether QuickBooks executed a set it answered with an HRESULT.
type Executed string

// Only one HRESULT says that nothing was executed; all others leave it open.
const (
	NotExecuted     Executed = "no"
	ExecutedUnknown Executed = "unknown"
)

// Arrival is when an HRESULT comes: while the Web Connector opens the company file (connectionError),
// or in answer to a request (receiveResponseXML).
type Arrival string

// The arrivals. A code that comes in another way than listed means the same.
const (
	AtOpening Arrival = "opening" // nothing was sent yet
	AtRequest Arrival = "request"
	AtBoth    Arrival = "both"
)

// HResult is an error of QuickBooks as a whole, reported by the Web Connector in place of an answer.
type HResult struct {
	Code     string // 0x and eight upper-case digits, or as it came when it isn't one
	Meaning  string
	Advice   string
	Executed Executed // of a set that was sent; unknown means: recover before anything is sent again
	Arrives  Arrival
}

// HResultOf explains an HRESULT such as "0x80040400". The code counts, not the text that comes with
// it, which QuickBooks translates.
func HResultOf(code string) HResult {
	code = strings.TrimSpace(code)
	digits := strings.ToUpper(strings.TrimPrefix(strings.ToLower(code), "0x"))
	for _, h := range hresults() {
		if h.Code == digits {
			h.Code = "0x" + digits
			return h
		}
	}
	if strings.HasPrefix(strings.ToLower(code), "0x") {
		code = "0x" + digits
	}
	return HResult{Code: code, Meaning: "an error of QuickBooks unknown here, perhaps because it crashed or hangs",
		Advice: "Close QuickBooks, open the company file again, and let the Web Connector run.", Executed: ExecutedUnknown, Arrives: AtBoth}
}

// hresults are the known codes. Sources: tables of three unrelated integrations, help pages, Intuit.
func hresults() []HResult {
	const (
		wait     = "Nothing to do: the next run usually works."
		repair   = "Repair or update QuickBooks."
		rightOne = "Open the company file named in the setup, then let the Web Connector run."
		allow    = "In QuickBooks, as Admin with the file in single-user mode: Edit, Preferences, Integrated Applications, allow this application."
	)
	row := func(code string, arrives Arrival, meaning, advice string) HResult {
		return HResult{Code: code, Meaning: meaning, Advice: advice, Executed: ExecutedUnknown, Arrives: arrives}
	}
	return []HResult{
		{Code: "80040400", Arrives: AtRequest, Executed: NotExecuted,
			Meaning: "QuickBooks could not parse the request and did nothing",
			Advice:  "Report the request: the same text can never succeed. Its parts are tried one by one."},
		row("80040401", AtBoth, "QuickBooks could not be accessed", wait),
		row("80040402", AtBoth, "an unexpected error of QuickBooks; its file qbsdklog.txt has more", wait),
		row("80040403", AtOpening, "the company file could not be opened", "See that the file is where the setup says."),
		row("80040404", AtOpening, "the running QuickBooks cannot take requests", repair),
		row("80040405", AtOpening, "the qbXML parts of QuickBooks are not installed", repair),
		row("80040406", AtOpening, "the company file belongs to another version of QuickBooks", "Open it with the version it belongs to."),
		row("80040407", AtOpening, "the installation of QuickBooks is incomplete", repair),
		row("80040408", AtOpening, "QuickBooks could not be started", "Start QuickBooks by hand, by the same Windows user and with the same rights as the Web Connector."),
		row("80040409", AtOpening, "the company file belongs to another version of QuickBooks", "Open it with the version it belongs to."),
		row("8004040A", AtOpening, "another company file is open", rightOne),
		row("8004040C", AtRequest, "the session with QuickBooks was lost", wait),
		row("8004040D", AtRequest, "the session with QuickBooks was lost", wait),
		row("8004040E", AtRequest, "QuickBooks ran out of memory", "Close other programs; smaller sets are sent."),
		row("80040410", AtOpening, "the company file is open in the other of single-user and multi-user mode", "Switch the mode in QuickBooks (File menu)."),
		row("80040413", AtRequest, "QuickBooks doesn't roll back (rollbackOnError)", report),
		row("80040414", AtOpening, "a dialog box is open in QuickBooks", "Close the dialog box in QuickBooks."),
		row("80040416", AtOpening, "QuickBooks is not running and no company file was named", rightOne),
		row("80040417", AtOpening, "no company file is open and none was named", rightOne),
		row("80040418", AtOpening, "the application was never authorised for this company file", allow),
		row("8004041A", AtOpening, "the application has no permission for this company file", allow),
		row("8004041B", AtOpening, "QuickBooks could not lock its information", wait),
		row("8004041C", AtOpening, "an internal error of QuickBooks while it accessed the company file", wait),
		row("8004041D", AtOpening, "the application may not log in automatically", "In QuickBooks, Integrated Applications: allow this application to log in automatically."),
		row("8004041E", AtOpening, "the certificate of the application has expired", allow),
		row("8004041F", AtOpening, "this edition of QuickBooks takes no requests", "Pro, Premier or Enterprise is needed."),
		row("80040420", AtOpening, "the user of QuickBooks denied access", allow),
		row("80040421", AtBoth, "QuickBooks passed on a message", "Read the message that came with it."),
		row("80040422", AtOpening, "single-user mode is wanted, but another application is active", "Close the other application."),
		row("80040423", AtRequest, "QuickBooks doesn't know this version of qbXML", "The version is negotiated anew in the next session."),
		row("80040424", AtOpening, "QuickBooks is not ready yet", wait),
		row("80040427", AtOpening, "QuickBooks is not registered", "Register QuickBooks."),
		row("8004042A", AtOpening, "remote access is not allowed", allow),
		row("8004042C", AtOpening, "the certificate of the application was revoked", allow),
		row("80040154", AtOpening, "the request processor of QuickBooks is not registered in Windows", repair),
		row("80010105", AtRequest, "QuickBooks crashed or hangs", "Close QuickBooks, open the company file again, and let the Web Connector run."),
		row("800706BA", AtRequest, "QuickBooks crashed or hangs", "Close QuickBooks, open the company file again, and let the Web Connector run."),
	}
}
