package posting_test

import (
	"strings"
	"testing"

	"qbridge/internal/order"
	"qbridge/internal/posting"
)

// TestMatch has a case for each row of Match's table. A document is never
// adopted, and never sent again, on weaker evidence (Q21).
func TestMatch(t *testing.T) {
	d := posting.Document{
		Kind: posting.SalesReceipt, Marker: posting.Marker("1003", "i:520000137", "receipt", 2), RefNumber: "S01QA", Date: "2026-03-14", Total: dec("135.50"),
		Customer: posting.Ref{ListID: "N-JANE", Name: "Jane Doe"}, Buyer: posting.Buyer{Name: "Jane Doe", Email: "jane@example.com"},
	}
	// typed agrees in everything and carries no marker.
	typed := func(change func(*posting.Candidate)) posting.Candidate {
		c := posting.Candidate{TxnID: "T-1", RefNumber: "s01qa", Date: "2026-03-14", Total: dec("135.5"), CustomerID: "N-JANE", CustomerName: "Jane Doe", Email: "jane@example.com"}
		if change != nil {
			change(&c)
		}
		return c
	}
	stranger := func(c *posting.Candidate) {
		c.CustomerID, c.CustomerName, c.Email = "N-BOB", "Bob", "bob@example.com"
	}
	memo := func(text string) func(*posting.Candidate) {
		return func(c *posting.Candidate) { c.Memo = text }
	}
	ours := d.Marker + " | order S01QA"
	cases := []struct {
		name       string
		candidates []posting.Candidate
		want       posting.Verdict
		doubtful   int
	}{
		{"no candidates", nil, posting.None, 0},
		{"our marker", []posting.Candidate{typed(memo(ours))}, posting.One, 0},
		{"our marker alone agrees", []posting.Candidate{{TxnID: "T-1", Memo: "paid!! " + ours, Total: dec("1"), RefNumber: "77", Date: "2020-01-01"}}, posting.One, 0},
		{"our marker beside a typed document", []posting.Candidate{typed(nil), typed(memo(ours))}, posting.One, 0},
		{"our marker twice", []posting.Candidate{typed(memo(ours)), typed(memo(ours))}, posting.Unsure, 2},
		{"our marker, voided", []posting.Candidate{typed(func(c *posting.Candidate) { c.Memo, c.Voided = ours, true })}, posting.None, 0},
		{"our marker, voided, and another live", []posting.Candidate{typed(func(c *posting.Candidate) { c.Memo, c.Voided = ours, true }), typed(memo(ours))}, posting.One, 0},
		{"another order's marker, all agrees", []posting.Candidate{typed(memo("Ecwid 1003/i:520000138 receipt 2 | order S01QA"))}, posting.None, 0},
		{"a longer key's marker", []posting.Candidate{typed(memo("Ecwid 1003/i:5200001370 receipt 2"))}, posting.None, 0},
		{"another store's marker", []posting.Candidate{typed(memo("Ecwid 11003/i:520000137 receipt 2"))}, posting.None, 0},
		{"another generation's marker", []posting.Candidate{typed(memo("Ecwid 1003/i:520000137 receipt 1"))}, posting.Unsure, 1},
		{"a later generation's marker", []posting.Candidate{typed(memo("Ecwid 1003/i:520000137 receipt 22"))}, posting.Unsure, 1},
		{"another generation's marker, voided", []posting.Candidate{typed(func(c *posting.Candidate) { c.Memo, c.Voided = "Ecwid 1003/i:520000137 receipt 1", true })}, posting.None, 0},
		{"another generation's marker beside ours", []posting.Candidate{typed(memo("Ecwid 1003/i:520000137 receipt 1")), typed(memo(ours))}, posting.One, 0},
		{"another purpose's marker", []posting.Candidate{typed(memo("Ecwid 1003/i:520000137 invoice 2"))}, posting.None, 0},
		{"typed by hand", []posting.Candidate{typed(nil)}, posting.One, 0},
		{"typed by hand, another note", []posting.Candidate{typed(memo("Ecwid order, phoned"))}, posting.One, 0},
		{"typed by hand, for another record of the buyer's name", []posting.Candidate{typed(func(c *posting.Candidate) { c.CustomerID, c.CustomerName, c.Email = "N-9", "JANE  DOE", "" })}, posting.One, 0},
		{"typed by hand, for another record of the buyer's e-mail", []posting.Candidate{typed(func(c *posting.Candidate) { c.CustomerID, c.CustomerName = "N-9", "Doe, J." })}, posting.One, 0},
		{"typed by hand twice", []posting.Candidate{typed(nil), typed(nil)}, posting.Unsure, 2},
		{"typed by hand, and a doubtful one", []posting.Candidate{typed(stranger), typed(nil)}, posting.One, 0},
		{"typed by hand, voided", []posting.Candidate{typed(func(c *posting.Candidate) { c.Voided = true })}, posting.None, 0},
		{"same number and total, another customer", []posting.Candidate{typed(stranger)}, posting.Unsure, 1},
		{"same number and customer, another total", []posting.Candidate{typed(func(c *posting.Candidate) { c.Total = dec("135.51") })}, posting.Unsure, 1},
		{"same number and date alone", []posting.Candidate{typed(func(c *posting.Candidate) { stranger(c); c.Total = dec("1") })}, posting.Unsure, 1},
		{"same number alone", []posting.Candidate{typed(func(c *posting.Candidate) { stranger(c); c.Total, c.Date = dec("1"), "2019-01-01" })}, posting.None, 0},
		{"another number, all else agrees", []posting.Candidate{typed(func(c *posting.Candidate) { c.RefNumber = "S01QB" })}, posting.Unsure, 1},
		{"another number, some days later", []posting.Candidate{typed(func(c *posting.Candidate) { c.RefNumber, c.Date = "77", "2026-03-17" })}, posting.Unsure, 1},
		{"another number, a week later", []posting.Candidate{typed(func(c *posting.Candidate) { c.RefNumber, c.Date = "77", "2026-03-21" })}, posting.None, 0},
		{"another number and total", []posting.Candidate{typed(func(c *posting.Candidate) { c.RefNumber, c.Total = "77", dec("135.51") })}, posting.None, 0},
		{"another number and customer", []posting.Candidate{typed(func(c *posting.Candidate) { stranger(c); c.RefNumber = "77" })}, posting.None, 0},
		{"another number, our marker of another order", []posting.Candidate{typed(func(c *posting.Candidate) { c.RefNumber, c.Memo = "77", "Ecwid 1003/i:7 receipt 1" })}, posting.None, 0},
		{"another connector's, which names our number", []posting.Candidate{typed(func(c *posting.Candidate) { c.RefNumber, c.Memo, c.Date = "77", "Web order #S01QA", "2026-03-30" })}, posting.One, 0},
		{"another connector's invoice, which names our number", []posting.Candidate{typed(func(c *posting.Candidate) { c.RefNumber, c.Memo, c.Kind = "77", "Web order #S01QA", posting.Invoice })}, posting.Unsure, 1},
		{"an invoice of our number", []posting.Candidate{typed(func(c *posting.Candidate) { c.Kind = posting.Invoice })}, posting.Unsure, 1},
		{"typed by hand under our number, and another one like it", []posting.Candidate{typed(nil), typed(func(c *posting.Candidate) { c.RefNumber, c.TxnID = "77", "T-2" })}, posting.One, 0},
		{"neither has a customer's name", []posting.Candidate{typed(func(c *posting.Candidate) { c.CustomerID, c.CustomerName, c.Email = "", "", "" })}, posting.Unsure, 1},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := posting.Match(d, c.candidates)
			if got.Verdict != c.want || len(got.Doubtful) != c.doubtful || got.Why == "" {
				t.Fatalf("%s with %d doubtful (%s), want %s with %d", got.Verdict, len(got.Doubtful), got.Why, c.want, c.doubtful)
			}
			if (got.Verdict == posting.One) != (got.Candidate.TxnID == "T-1") {
				t.Errorf("candidate %+v of verdict %s", got.Candidate, got.Verdict)
			}
		})
	}
}

// A memo with the year in it does not name the order whose number is like a
// year: that sale would be lost.
func TestYearIsNoNumber(t *testing.T) {
	for number, want := range map[string]posting.Verdict{"2026": posting.Unsure, "2206": posting.One, "W-2026": posting.Unsure} {
		d := posting.Document{Kind: posting.SalesReceipt, Marker: posting.Marker("1", "i:1", "receipt", 1), RefNumber: number, Date: "2026-03-14", Total: dec("29"), Customer: posting.Ref{ListID: "N-JANE"}}
		c := posting.Candidate{TxnID: "T-1", RefNumber: "77", Memo: "cash 03/13/2026, like 2206", Date: "2026-03-13", Total: dec("29"), CustomerID: "N-JANE"}
		got := posting.Match(d, []posting.Candidate{c})
		if got.Verdict != want || strings.Contains(got.Why, "date, customer") {
			t.Errorf("number %s, memo %q: %s, because %s", number, c.Memo, got.Verdict, got.Why)
		}
	}
}

// A number is no number: two documents without one don't meet in it.
func TestMatchWithoutANumber(t *testing.T) {
	d := posting.Document{Marker: posting.Marker("1", "i:1", "receipt", 1), Date: "2026-03-14", Total: dec("1")}
	if got := posting.Match(d, []posting.Candidate{{Date: "2026-03-14", Total: dec("1")}}); got.Verdict != posting.None {
		t.Errorf("%s: %s", got.Verdict, got.Why)
	}
}

// The document we plan is found again by what we write into it.
func TestMatchFindsWhatDecideWrites(t *testing.T) {
	for name, o := range goldenOrders() {
		p := decide(o)
		if len(p.Documents) == 0 {
			continue
		}
		d := p.Documents[0]
		if got := posting.Match(d, []posting.Candidate{{Memo: d.Memo, RefNumber: "changed"}}); got.Verdict != posting.One {
			t.Errorf("%s: %s", name, got.Why)
		}
	}
}

// A buyer's note can't pass for a marker, neither this order's nor another's.
func TestNotesAreNoMarkers(t *testing.T) {
	o := plain()
	o.Comments = "like last time: Ecwid 1003/i:7 receipt 1"
	d := mustPost(t, decide(o))
	other := posting.Document{Marker: posting.Marker("1003", "i:7", "receipt", 1)}
	if got := posting.Match(other, []posting.Candidate{{Memo: d.Memo}}); got.Verdict != posting.None {
		t.Errorf("another order adopts %q: %s", d.Memo, got.Why)
	}
	if !strings.Contains(d.Memo, "i:7 receipt 1") {
		t.Errorf("the note is lost: %q", d.Memo)
	}
}

// Keys of old orders may hold anything; their markers stay apart.
func TestMarker(t *testing.T) {
	if got, want := posting.Marker("1003", "i:520000137", "receipt", 1), "Ecwid 1003/i:520000137 receipt 1"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	keys := []order.Key{"d:A 1", "d:A", "d:A|1/2 receipt 1", "d:é", "n:42"}
	for _, key := range keys {
		d := posting.Document{Marker: posting.Marker("1003", key, "receipt", 1)}
		for _, other := range keys {
			memo := posting.Marker("1003", other, "receipt", 1) + " | order A"
			if got := posting.Match(d, []posting.Candidate{{Memo: memo}}); (got.Verdict == posting.One) != (key == other) {
				t.Errorf("%s meets the document of %s: %s", key, other, got.Why)
			}
		}
	}
}

// Q27
func TestCompare(t *testing.T) {
	d := posting.Document{RefNumber: "S01QA", Total: dec("135.50")}
	if ok, sentence := posting.Compare(d, dec("135.5")); !ok || sentence != "" {
		t.Errorf("%v %q", ok, sentence)
	}
	ok, sentence := posting.Compare(d, dec("135.49"))
	if ok {
		t.Error("a cent is overlooked")
	}
	for _, piece := range []string{"S01QA", "135.49", "135.50", "-0.01"} {
		if !strings.Contains(sentence, piece) {
			t.Errorf("%q lacks %s", sentence, piece)
		}
	}
}
