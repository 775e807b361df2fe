// Package store keeps everything QBridge knows in one SQLite file, and holds the only SQL of the program.
//
// It knows keys, strings, bytes and times, and nothing of shops or QuickBooks. Times are UTC, kept to the microsecond, and zero when unknown.
// Amounts are decimal text, never a float. All work runs in Store.Write (one at a time) or Store.Read (a snapshot, beside the writer).
package store
