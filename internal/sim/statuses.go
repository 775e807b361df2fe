package sim

import "fmt"

// A Refusal is a status code of quickbooks.md 5 as QuickBooks says it.
type Refusal struct {
	Status
	// Passing tells that the same request succeeds another time.
	Passing bool
}

// Refusals are the status codes with which QuickBooks refuses a single request, each with its text; those that come of what
// the request says are among them too, for QuickBooks may find fault with anything. Codes with several causes stand once for
// each.
func Refusals() []Refusal {
	var all []Refusal
	add := func(passing bool, code int, text string) {
		all = append(all, Refusal{Status{code, "Error", text}, passing})
	}
	qb := "  QuickBooks error message: "
	saving := "There was an error when saving a Sales Receipt." + qb
	add(true, 1000, "There has been an internal error when processing the request.")
	add(true, 1010, "System not available.")
	add(false, 1030, "This request is not supported by this implementation.")
	add(false, 1060, "The request ID \"r1\" is invalid, too long, or the format is not valid.")
	add(false, 3000, "The given object ID \"80000001-1\" in the field \"list id\" is invalid.")
	for _, k := range []struct {
		code int
		what string
	}{{3010, "boolean"}, {3020, "date"}, {3035, "time interval"}, {3040, "amount"}, {3045, "price"}, {3050, "percent"}, {3060, "quantity"}, {3065, "GUID"}, {3085, "number"}} {
		add(false, k.code, fmt.Sprintf("There was an error when converting the %s value \"x\" in the field \"value\".", k.what))
	}
	add(false, 3030, "The date range is invalid: the from date is later than the to date.")
	add(false, 3031, "The string range is invalid.")
	add(false, 3070, "The string \"...\" in the field \"Memo\" is too long. The maximum length is 4095.")
	add(false, 3080, "There was an error when storing \"...\" in the \"Memo\" field.  It contains characters that cannot be stored.")
	add(false, 3090, "There was an error when storing \"a:b\" in the \"name\" field."+qb+"Names in this list cannot contain a colon.")
	add(false, 3100, "The name \"...\" of the list element is already in use.")
	add(false, 3101, "The resulting amount is too large.")
	add(false, 3110, "The enumerated value \"x\" in the field \"value\" is unknown.")
	add(false, 3120, "Object \"80000001-1\" specified in the request cannot be found."+qb+"Invalid argument.  The specified record does not exist in the list.")
	add(false, 3121, "The owner ID of the object does not match.")
	add(false, 3130, "There is an invalid reference to a parent \"...\" in the Customer list.")
	add(false, 3140, "There is an invalid reference to QuickBooks Item \"...\" in the SalesReceipt line."+qb+"Invalid argument.  The specified record does not exist in the list.")
	add(false, 3150, "There is a missing element: \"ItemRef\".")
	add(false, 3151, "There is an element that is not valid for this request: \"Rate\".")
	add(false, 3152, "There is a conflict between the elements \"Rate\" and \"RatePercent\".")
	add(false, 3153, "There is a conflict between elements.")
	add(false, 3160, "Cannot delete the object specified by the id = \"80000001-1\"."+qb+"The list element is in use.")
	add(false, 3161, "Cannot delete a transaction dated on or before the closing date of the company.")
	add(false, 3162, "This request is not allowed in multi-user mode.")
	add(true, 3170, "There was an error when modifying a Customers list, element \"...\"."+qb+"This list has been modified by another user.")
	add(false, 3170, "There was an error when modifying a Customers list, element \"...\"."+qb+"You cannot change the type of this element.")
	add(false, 3171, "An attempt was made to modify a Sales Receipt with a date that is on or before the closing date of the company.")
	add(true, 3172, "A related object was deleted.")
	add(true, 3173, "A related object was modified.")
	add(true, 3175, "There was an error adding, modifying or deleting transaction \"...\" because it is already in use."+qb+"The list element is in use.")
	add(true, 3176, "There was an error adding, modifying or deleting \"...\" because a related object is already in use."+qb+"The list element is in use.")
	add(false, 3177, "This kind of object cannot be modified now.")
	add(true, 3180, saving+"The transaction could not be locked.  It is in use by another user.")
	add(true, 3180, saving+"Failed to acquire the lock.")
	add(true, 3180, "There was an error when saving a Customers list, element \"...\"."+qb+"This list has been modified by another user.")
	add(false, 3180, saving+"The record has an error in it.")
	add(false, 3181, "An attempt was made to save a Sales Receipt with a date that is on or before the closing date of the company."+qb+"The account period has been closed.")
	add(false, 3185, "There was an error when voiding a Sales Receipt.")
	add(false, 3190, "Cannot clear the element in the \"CustomerRef\" field.")
	add(false, 3200, "The provided edit sequence \"1\" is out-of-date. ")
	add(false, 3205, "The address is invalid: it has too many lines.")
	add(false, 3210, "The \"Amount\" field has an invalid value \"-1.00\"."+qb+"Transaction amount must be positive.")
	add(false, 3220, "The request is not allowed in the state the company file is in.")
	add(true, 3230, "The request was rolled back.")
	add(true, 3231, "The request has not been processed.")
	add(false, 3240, "The time creation of the object does not match.")
	add(false, 3250, "This feature is not enabled or not available in this version of QuickBooks.")
	add(false, 3260, "Insufficient permission level to perform this action.")
	add(false, 3261, "The integrated application has no permission to access sensitive data.")
	add(false, 3262, "The data are not available to this application.")
	add(false, 3263, "The application is not allowed this kind of access.")
	add(false, 3270, "Missing posting account."+qb+"An account must be specified.")
	add(false, 3280, "The item type is wrong for this line.")
	add(false, 3290, "Cannot open the window.")
	for code := 3300; code <= 3400; code += 50 {
		add(false, code, "The request breaks a rule of QuickBooks.")
	}
	for _, code := range []int{9100, 9101, 9199} {
		add(false, code, "There is an error in a macro of the request.")
	}
	return all
}

// warnings are the status codes with which QuickBooks writes what it is told and has something to say.
func warnings() []Status {
	return []Status{
		{501, "Warn", "An object cannot be shown in this version of qbXML."},
		{cannotBeReturned, "Warn", "An object cannot be returned."},
		{530, "Warn", "The field \"Other\" is not supported by this implementation. It has been ignored."},
		{531, "Warn", "The enumerated value is not supported by this implementation."},
		{550, "Warn", "The object was saved, but its notes were not."},
		{560, "Warn", "A field of the request is deprecated."},
		{570, "Warn", "The transaction was saved, but not linked: the other one is closed already."},
	}
}

// hresults of qbwc-protocol.md 6.2, with the text QuickBooks gives.
type hresult struct{ code, text string }

// openingFailures can meet the Web Connector when it opens the company file.
func openingFailures() []hresult {
	return []hresult{
		{"0x80040401", "Could not access QuickBooks."},
		{"0x80040402", "Unexpected error. Check the qbsdklog.txt file for possible, additional information."},
		{"0x80040403", "Could not open the specified QuickBooks company data file."},
		{"0x80040404", "The version of QuickBooks currently running does not support qbXML."},
		{"0x80040405", "qbXML components have not been installed."},
		{"0x80040406", "Could not determine the version of the QuickBooks company data file."},
		{"0x80040407", "The installation of QuickBooks appears to be incomplete. Please reinstall QuickBooks."},
		{"0x80040408", "Could not start QuickBooks."},
		{"0x80040409", "The current version of QuickBooks cannot work with the specified company data file."},
		{"0x8004040A", "QuickBooks company data file is already open and it is different from the one requested."},
		{"0x80040410", "The QuickBooks company data file is currently open in a mode other than the one specified by your application."},
		{"0x80040414", "A modal dialog box is showing in the QuickBooks user interface. Your application cannot access QuickBooks until the user dismisses the dialog box."},
		{"0x80040416", "If QuickBooks is not running, the name of the company data file must be supplied to the begin session call."},
		{"0x80040417", "If the QuickBooks company data file is not open, its name must be supplied."},
		{"0x80040418", "This application has not accessed this QuickBooks company data file before. The QuickBooks administrator must grant an application permission to access a company data file for the first time."},
		{"0x8004041A", "This application does not have permission to access this QuickBooks company data file."},
		{"0x8004041B", "Unable to lock the necessary information to allow this application to access this company data file. Try again later."},
		{"0x8004041C", "An internal QuickBooks error occurred while trying to access the QuickBooks company data file."},
		{"0x8004041D", "This application is not allowed to log into this QuickBooks company data file automatically."},
		{"0x8004041E", "This application's certificate is expired."},
		{"0x8004041F", "QuickBooks Basic cannot accept XML requests."},
		{"0x80040420", "The QuickBooks user has denied access."},
		{"0x80040421", "A message that QuickBooks passed on."},
		{"0x80040422", "This application requires Single User file access mode and there is already another application sharing data with this QuickBooks company data file."},
		{"0x80040424", "QuickBooks did not finish its initialization. Please try again later."},
		{"0x80040427", "Unable to complete this operation because QuickBooks is not registered."},
		{"0x8004042A", "Remote access is not allowed."},
		{"0x8004042C", "The certificate of the application has been revoked."},
		{"0x80040154", "Class not registered"},
	}
}

// workingFailures can meet the Web Connector while QuickBooks works at a message set.
func workingFailures() []hresult {
	return []hresult{
		{"0x80040401", "Could not access QuickBooks."},
		{"0x80040402", "Unexpected error. Check the qbsdklog.txt file for possible, additional information."},
		{"0x8004040C", "There is no session."},
		{"0x8004040D", "The ticket parameter is invalid."},
		{"0x8004040E", "QuickBooks is out of memory."},
		{"0x80040421", "A message that QuickBooks passed on."},
		{"0x80010105", "The server threw an exception."},
		{"0x800706BA", "The RPC server is unavailable."},
		{"0x80010108", "The object invoked has disconnected from its clients."},
	}
}

// notWorkedFailures say that QuickBooks did nothing of a message set.
func notWorkedFailures() []hresult {
	return []hresult{{hresultParse, "QuickBooks found an error when parsing the provided XML text stream."}}
}
