// Package qbxml speaks qbXML, the language QuickBooks Desktop takes requests in and answers with.
//
// Requests are typed structs whose fields are named like the elements they become. Set.Encode puts a
// message set into words, in the element order QuickBooks demands, and refuses with a *FieldError
// what QuickBooks would refuse: a text too long for its field, an element the edition or the version
// doesn't know, an amount of three decimals. It never shortens or repairs anything by itself; Text,
// Cut and CutUnique are for that, before.
//
// Answers are read by NewAnswer as a stream, tolerantly: unknown elements, unknown enumeration
// values, missing fields and another order are all met in the field and none of them is an error.
//
// StatusOf, MessageSetStatus and HResultOf say what a code means and what can be done about it.
//
// The element table behind it, fields.tsv, follows Intuit's qbXML 13.0. The package knows nothing of
// shops, orders or the Web Connector.
package qbxml
