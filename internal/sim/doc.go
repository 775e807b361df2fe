// Package sim is the pretend world QBridge is tried against: an Ecwid shop, the orders people place in it, a QuickBooks
// company file, the Web Connector between that file and the bridge, and an auditor that compares the books with the shop.
// A World arms Faults: whatever can go wrong between them, chosen by a seed, told in words, counted and mended.
//
// It is built apart from the bridge on purpose. It reads requests as raw XML, checks them itself and counts in integer
// cents, so that a wrong order of elements, a wrong length or a wrong rounding in the bridge meets a second opinion.
// The one thing shared is qbxml's field table, which xmllint and Intuit's schema check from a third side.
package sim
