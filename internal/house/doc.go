// Package house holds the tests that hold the house: which package may import
// which, no binary floats near money, no path of one machine, no endless file,
// a comment on every package. Command rules, below it, tells which rules a test
// names.
package house
