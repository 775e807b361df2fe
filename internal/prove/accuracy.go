package prove

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"qbridge/internal/sim"
)

// AccuracyOptions say how many orders, and which.
type AccuracyOptions struct {
	Orders   int
	Seed     uint64
	Progress func(string) // may be nil
}

// Accuracy is what became of many random orders, and what an audit of the
// pretend books found that shares nothing with the bridge. Its JSON shape only
// grows: docs/json.md.
type Accuracy struct {
	Orders   int             `json:"orders"`
	Sound    int             `json:"sound"`    // they say exactly what money came, or is owed, for what, in a currency of the books
	Posted   int             `json:"posted"`   // sound ones that are in the books whole
	Native   int             `json:"native"`   // of these, those whose tax QuickBooks computed
	Parts    int             `json:"parts"`    // compared
	Unequal  int             `json:"unequal"`  // of these; and documents that should not be, or are missing, and changes that nobody was asked about
	Findings []string        `json:"findings"` // the first of them
	Causes   []HeldCause     `json:"held"`     // of sound orders
	Others   []HeldCause     `json:"others"`   // of orders that are not sound
	Books    []AccuracyShare `json:"books"`
	Choices  []AccuracyShare `json:"choices"`
	Took     int64           `json:"milliseconds"`
}

// HeldCause is why orders are not in the books.
type HeldCause struct {
	Cause   string `json:"cause"`
	Orders  int    `json:"orders"`
	Example string `json:"example"` // number of the first of them, and what it says
}

// AccuracyShare is how many orders were something, and how many of the sound
// ones among them were posted.
type AccuracyShare struct {
	Group    string `json:"group"`
	Name     string `json:"name"`
	PerMille int    `json:"per_mille"` // of the orders
	About    string `json:"about"`
	Orders   int    `json:"orders"`
	Sound    int    `json:"sound"`
	Posted   int    `json:"posted"`
}

// shares are those of choices that no order has been counted in.
func shares(choices []sim.Choice) []AccuracyShare {
	all := make([]AccuracyShare, len(choices))
	for i, c := range choices {
		all[i] = AccuracyShare{Group: c.Group, Name: c.Name, PerMille: c.PerMille, About: c.About}
	}
	return all
}

// accuracyWorld is how many orders share one shop and its company files: new
// customers and items come again, and an audit of all of them stays short.
const accuracyWorld = 1000

// mostFindings is how many findings are told in full.
const mostFindings = 20

// MeasureAccuracy lets random orders go all the way, shop to books, and holds
// the books against the shop.
func MeasureAccuracy(ctx context.Context, o AccuracyOptions) (a Accuracy, err error) {
	began := time.Now()
	a = Accuracy{Findings: []string{}, Causes: []HeldCause{}, Others: []HeldCause{}, Books: shares(AccuracyBooks()), Choices: shares(sim.Choices())}
	for n := 0; n*accuracyWorld < o.Orders; n++ {
		seed, all, kinds := o.Seed+uint64(n), min(accuracyWorld, o.Orders-n*accuracyWorld), kindsOfBooks()
		left := all
		for i, kind := range kinds {
			count := all * kind.PerMille / 1000
			if i == len(kinds)-1 {
				count = left
			}
			left -= count
			if err := a.measure(ctx, seed*uint64(len(kinds))+uint64(i), count, i); err != nil {
				return a, fmt.Errorf("orders of seed %d: %w", seed, err)
			}
		}
		if o.Progress != nil {
			o.Progress(fmt.Sprintf("%d orders, %d of %d sound ones posted, %d parts compared, %d unequal", a.Orders, a.Posted, a.Sound, a.Parts, a.Unequal))
		}
	}
	for _, causes := range [][]HeldCause{a.Causes, a.Others} {
		slices.SortStableFunc(causes, func(x, y HeldCause) int { return cmp.Or(y.Orders-x.Orders, strings.Compare(x.Cause, y.Cause)) })
	}
	a.Took = time.Since(began).Milliseconds()
	return a, nil
}

// measure lets orders go through one shop and company file of a kind.
func (a *Accuracy) measure(ctx context.Context, seed uint64, n, kind int) error {
	if n == 0 {
		return nil
	}
	w, err := newBooks(ctx, seed, n, kindsOfBooks()[kind])
	if err != nil {
		return err
	}
	if err = w.run(); err == nil {
		err = w.count(a, &a.Books[kind])
	}
	return errors.Join(err, w.close())
}

// held adds an order to its cause.
func held(causes []HeldCause, cause, example string) []HeldCause {
	at := slices.IndexFunc(causes, func(c HeldCause) bool { return c.Cause == cause })
	if at < 0 {
		at, causes = len(causes), append(causes, HeldCause{Cause: cause, Example: example})
	}
	causes[at].Orders++
	return causes
}

// share is a part of a whole in percent, to two decimals.
func share(part, whole int) string {
	if whole == 0 {
		return "-"
	}
	hundredths := (part*10000 + whole/2) / whole
	return fmt.Sprintf("%d.%02d %%", hundredths/100, hundredths%100)
}

// String says it on a terminal.
func (a Accuracy) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d orders, %d of them sound\n", a.Orders, a.Sound)
	fmt.Fprintf(&b, "posted       %6d  %s\n", a.Posted, share(a.Posted, a.Sound))
	fmt.Fprintf(&b, "native tax   %6d  %s of the posted\n", a.Native, share(a.Native, a.Posted))
	fmt.Fprintf(&b, "parts compared %d, unequal %d\n", a.Parts, a.Unequal)
	fmt.Fprintf(&b, "%.1f seconds\n", time.Duration(a.Took*int64(time.Millisecond)).Seconds())
	for _, list := range []struct {
		title  string
		causes []HeldCause
		of     int
	}{{"Sound and held, by cause", a.Causes, a.Sound}, {"Not sound, by cause", a.Others, a.Orders - a.Sound}} {
		if len(list.causes) > 0 {
			fmt.Fprintf(&b, "\n%s\n", list.title)
		}
		for _, c := range list.causes {
			fmt.Fprintf(&b, "  %5d  %s  %s\n         %s\n", c.Orders, share(c.Orders, list.of), c.Cause, c.Example)
		}
	}
	for _, f := range a.Findings {
		fmt.Fprintf(&b, "UNEQUAL  %s\n", f)
	}
	if more := a.Unequal - len(a.Findings); more > 0 {
		fmt.Fprintf(&b, "and %d more\n", more)
	}
	return b.String()
}

// Markdown are the tables of docs/accuracy.md: by which rules the orders were
// posted, and what they were made of.
func (a Accuracy) Markdown() string {
	var b strings.Builder
	table := func(what string, all []AccuracyShare) {
		fmt.Fprintf(&b, "| of 1,000 | %s | posted | |\n|---|---|---|---|\n", what)
		for _, c := range all {
			fmt.Fprintf(&b, "| %d | %s | %s | %s |\n", c.PerMille, c.Name, share(c.Posted, c.Sound), c.About)
		}
	}
	table("books", a.Books)
	b.WriteString("\n")
	table("orders that have it", a.Choices)
	return b.String()
}
