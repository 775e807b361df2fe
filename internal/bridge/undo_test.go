package bridge

import (
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"qbridge/internal/posting"
)

// Every reason for which a document is not undone, as far as it is known without asking QuickBooks.
func TestUndoRefusal(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*undoCase)
		want   string
	}{
		"posted":                     {func(*undoCase) {}, ""},
		"a draft, total differs":     {func(u *undoCase) { u.Cause = CauseTotal }, ""},
		"changed in the shop":        {func(u *undoCase) { u.Cause = posting.ChangedAfter }, ""},
		"refused before":             {func(u *undoCase) { u.Undo, u.Cause = rowRefused, CauseUndo }, ""},
		"a day after the closing":    {func(u *undoCase) { u.Closing = "2026-11-19" }, ""},
		"planned":                    {func(u *undoCase) { u.State = rowPlanned }, "not posted"},
		"refused":                    {func(u *undoCase) { u.State = rowRefused }, "not posted"},
		"blocked":                    {func(u *undoCase) { u.State = rowBlocked }, "not posted"},
		"handed out":                 {func(u *undoCase) { u.State = rowSent }, "in doubt"},
		"in doubt":                   {func(u *undoCase) { u.State = rowInDoubt }, "in doubt"},
		"total unknown":              {func(u *undoCase) { u.State = rowUnread }, "total"},
		"perhaps there":              {func(u *undoCase) { u.State = rowUnsure }, "not sure"},
		"gone":                       {func(u *undoCase) { u.State = rowGone }, "not in QuickBooks any more"},
		"undo waits":                 {func(u *undoCase) { u.Undo = rowPlanned }, "already"},
		"undo is out":                {func(u *undoCase) { u.Undo = rowSent }, "already"},
		"undo in doubt":              {func(u *undoCase) { u.Undo = rowInDoubt }, "already"},
		"on the closing date":        {func(u *undoCase) { u.Closing = "2026-11-20" }, "closed up to 2026-11-20"},
		"long before the closing":    {func(u *undoCase) { u.Closing = "2027-01-31" }, "closed"},
		"mode look":                  {func(u *undoCase) { u.Mode = posting.Look }, "the mode is look"},
		"stopped":                    {func(u *undoCase) { u.Stopped = "Was a backup restored?" }, "Was a backup restored?"},
		"changed in QuickBooks":      {func(u *undoCase) { u.Cause = CauseChanged }, "changed in QuickBooks"},
		"twice in QuickBooks":        {func(u *undoCase) { u.Cause = CauseTwice }, "twice"},
		"gone, and the mode is look": {func(u *undoCase) { u.State, u.Mode = rowGone, posting.Look }, "not in QuickBooks"},
	} {
		t.Run(name, func(t *testing.T) {
			u := undoCase{State: rowDone, Date: "2026-11-20", Mode: "post"}
			test.change(&u)
			got := u.refusal()
			if (got == "") != (test.want == "") || !strings.Contains(got, test.want) {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
}

// Every reason for which QuickBooks' answer keeps a document from being undone.
func TestUndoVerdict(t *testing.T) {
	marker := posting.Marker("1003", "i:5", "receipt", 1)
	for name, test := range map[string]struct {
		known  func(*undoing)
		change func(*foundFor)
		want   string
	}{
		"as we know it":                 {nil, func(*foundFor) {}, ""},
		"edit sequence was never told":  {func(u *undoing) { u.EditSequence = "" }, func(*foundFor) {}, ""},
		"found in the books, ours":      {func(u *undoing) { u.Marker = marker }, func(*foundFor) {}, ""},
		"not there":                     {nil, func(f *foundFor) { *f = foundFor{} }, "not in QuickBooks any more"},
		"voided":                        {nil, func(f *foundFor) { f.Is.Voided = true }, "voided in QuickBooks already"},
		"deposited":                     {nil, func(f *foundFor) { f.Deposit = "2026-11-21 (TxnID 2D-1)" }, "in the deposit of 2026-11-21 (TxnID 2D-1)"},
		"edited":                        {nil, func(f *foundFor) { f.Is.EditSequence = "8" }, "changed in QuickBooks since"},
		"another total":                 {func(u *undoing) { u.EditSequence = "" }, func(f *foundFor) { f.Is.Total = decimal.RequireFromString("10.01") }, "changed in QuickBooks since"},
		"closed meanwhile":              {nil, func(f *foundFor) { f.Closing = "2026-11-20" }, "closed up to 2026-11-20"},
		"linked by a person":            {func(u *undoing) { u.Marker = "none" }, func(*foundFor) {}, "did not write it"},
		"found in the books, not ours":  {func(u *undoing) { u.Marker = marker }, func(f *foundFor) { f.Is.Memo = "typed in" }, "did not write it"},
		"found in the books, another's": {func(u *undoing) { u.Marker = marker }, func(f *foundFor) { f.Is.Memo = marker + "2" }, "did not write it"},
	} {
		t.Run(name, func(t *testing.T) {
			u := undoing{TxnID: "1C0-1", EditSequence: "7", Total: decimal.RequireFromString("10")}
			if test.known != nil {
				test.known(&u)
			}
			f := foundFor{There: true, Is: posting.Candidate{TxnID: "1C0-1", EditSequence: "7", Memo: marker + " | order 5", Date: "2026-11-20", Total: decimal.RequireFromString("10.00")}}
			test.change(&f)
			got := u.verdict(f)
			if (got == "") != (test.want == "") || !strings.Contains(got, test.want) {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
}
