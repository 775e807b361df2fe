package qbxml

// Change is one thing Text did to a text.
type Change struct{ Cause, From, To string }

// Text turns s into a text QuickBooks can hold.
func Text(s string, lines bool) (string, []Change) { return s, nil }

// Cut cuts s to max characters, and reports whether it had to.
func Cut(s string, max int) (string, bool) { return s, false }

// CutUnique cuts s to max characters so that different texts stay different.
func CutUnique(s string, max int) string { return s }
