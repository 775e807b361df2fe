package qbxml

// report is the advice for faults of the program.
const report = "This is a fault of the program, not of the order: report it with the request."

// statuses are the known status codes. Sources: Intuit's ranges and lists of codes, and answers seen.
func statuses() []Status {
	const (
		fault     = true
		note      = "Keep the message."
		lookAgain = "Forget the stored identifier and look the object up again by its name."
		seeFile   = "See what the company file allows, put it right there, then try again."
		natural   = "Look for the documents by their numbers before anything is sent again."
		access    = "Have the QuickBooks administrator give this application and its user the right, then start again."
		feature   = "Switch the feature on in QuickBooks, or off here."
		closed    = "The date lies in a closed period: change the date or open the period in QuickBooks."
	)
	ok := func(code int, action Action, meaning, advice string) Status {
		return Status{Code: code, Action: action, Meaning: meaning, Advice: advice}
	}
	bad := func(code int, meaning string) Status {
		return Status{Code: code, Action: Hold, ProgramFault: fault, Meaning: meaning, Advice: report}
	}
	return []Status{
		ok(0, OK, "done", ""),
		ok(1, Empty, "the query matched nothing", ""),
		ok(500, Empty, "some of what the query asked for was not found; the rest is in the answer", ""),
		ok(501, OKNote, "the object cannot be shown in this qbXML version", note),
		ok(510, OKNote, "done, but the object cannot be returned", "Query it by its identifier later."),
		ok(530, OKNote, "done; a field is not supported here and was ignored", note),
		ok(531, OKNote, "done; a value of a list of values is not supported here", note),
		ok(540, OKNote, "the result was cut", note),
		ok(550, OKNote, "saved, but not its notes", note),
		ok(560, OKNote, "done; a deprecated field was used", note),
		ok(570, OKNote, "saved, but not linked: the other transaction is closed already", "Link the two in QuickBooks if that matters."),
		ok(600, OK, "there was nothing to forget of that message set", ""),
		ok(1000, Retry, "an internal error of QuickBooks", "It is tried again by itself."),
		ok(1010, Retry, "QuickBooks is not available", "It is tried again by itself."),
		ok(1030, Stop, "this edition or version of QuickBooks doesn't know the request", feature),
		bad(1060, "the requestID is invalid or longer than 50 characters"),
		ok(3000, Fix, "an identifier is malformed", lookAgain),
		bad(3010, "a yes or no is malformed"),
		bad(3020, "a date is malformed"),
		bad(3030, "a range of dates ends before it begins"),
		bad(3031, "a range of texts ends before it begins"),
		bad(3035, "a length of time is malformed"),
		bad(3040, "an amount is malformed"),
		bad(3045, "a price is malformed"),
		bad(3050, "a percentage is malformed"),
		bad(3060, "a quantity is malformed"),
		bad(3065, "a GUID is malformed"),
		ok(3070, Fix, "a text is longer than its field", "Cut the field the message names."),
		ok(3080, Fix, "a text has characters QuickBooks cannot store", "Write it in ASCII only."),
		bad(3085, "a number is malformed"),
		ok(3090, Fix, "a name cannot be stored, for instance because of a colon", "Replace the colon by \" -\"."),
		ok(3100, Fix, "the name is in use already", "Look the name up among all kinds of names, inactive ones too; adopt it or add a suffix."),
		ok(3101, Hold, "the resulting amount is too large", "Look at the amounts of the order."),
		bad(3110, "a value of a list of values is unknown"),
		ok(3120, Fix, "no object has this identifier", "Forget the identifier and look the object up by its name; a transaction was deleted."),
		ok(3121, Hold, "an identifier belongs to something else", seeFile),
		ok(3130, Fix, "the parent doesn't exist", "Create the parent or look it up."),
		ok(3140, Fix, "something the request refers to doesn't exist", "The message names it: create it if the rules allow, else choose another."),
		bad(3150, "a required element is missing"),
		ok(3151, Hold, "an element is not valid in this request", seeFile),
		ok(3152, Hold, "two elements contradict each other", seeFile),
		ok(3153, Hold, "two elements contradict each other", seeFile),
		ok(3160, Hold, "it cannot be deleted because it is in use", "Make a list object inactive instead; take a transaction out of its deposit first."),
		ok(3161, Hold, "it cannot be deleted: it lies before the closing date", closed),
		ok(3162, Stop, "not possible while the company file is open to several users", "Open the file in single-user mode, or wait until the others are out."),
		ok(3170, Hold, "it cannot be changed", seeFile),
		ok(3171, Hold, "it cannot be changed: it lies before the closing date", closed),
		ok(3172, Fix, "a related object was deleted or changed", "Query the objects again."),
		ok(3173, Fix, "a related object was deleted or changed", "Query the objects again."),
		ok(3175, Retry, "someone else is using the record", "It is tried again by itself."),
		ok(3176, Retry, "someone else is using a related record", "It is tried again by itself."),
		ok(3177, Hold, "records of this kind cannot be changed now", seeFile),
		ok(3180, Hold, "it cannot be saved", "Read QuickBooks' message, put it right there, then try again."),
		ok(3181, Hold, "it cannot be saved: its date lies before the closing date", closed),
		ok(3185, Hold, "it cannot be voided", "Take it out of its deposit in QuickBooks, or see what else holds it there, then try again."),
		ok(3190, Hold, "the element cannot be cleared", seeFile),
		ok(3200, Fix, "the record was changed since it was read", "Take the current record from the answer and repeat with its edit sequence."),
		ok(3205, Fix, "the address is invalid", "Fold its lines into fewer."),
		ok(3210, Hold, "a value breaks a rule of QuickBooks", "Read QuickBooks' message: it tells the rule."),
		ok(3220, Hold, "the state of the company file doesn't allow it", seeFile),
		ok(3230, Retry, "QuickBooks took it back", "It is tried again by itself."),
		ok(3231, Resend, "not processed, because an earlier request failed", "It is sent again unchanged."),
		ok(3240, Fix, "the recovered object was created at another time", "Query the object."),
		ok(3250, Stop, "the feature is switched off, or not in this edition", feature),
		ok(3260, Stop, "the QuickBooks user has no permission", access),
		ok(3261, Stop, "the application has no permission, as for personal data", access),
		ok(3262, Stop, "the data is not available to this application", access),
		ok(3263, Stop, "the application is not allowed this kind of access", access),
		ok(3270, Hold, "a posting account is missing", "Give the item its accounts in QuickBooks."),
		ok(3280, Hold, "an item of this type cannot stand on this line", "Choose an item of another type."),
		ok(9001, Hold, "message set: the text differs from what was sent under that ID", natural),
		ok(9002, Hold, "message set: QuickBooks holds no answer for that ID", natural),
		ok(9003, Hold, "message set: a code not in use", natural),
		bad(9004, "message set: the ID is invalid or too long"),
		ok(9005, Hold, "message set: QuickBooks could not store its answer", natural),
		ok(9006, Hold, "message set: a code not in use", natural),
	}
}
