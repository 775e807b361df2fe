// Package ecwid reads a shop: it asks the Ecwid REST API for orders, without
// losing or doubling one while they change, and decodes the shop's JSON into
// [order.Order]. It keeps nothing; the caller stores what it is given.
//
// The token travels in the Authorization header only. No order that leaves this
// package as JSON holds a link or number that opens the shop: see [Redact].
package ecwid
