package prove

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Options say what to prove.
type Options struct {
	// Days is how many days to run. They are lived in worlds of a few days each,
	// with a new shop, company file and data folder.
	Days int
	// Seed is that of the first world; the next one has the next number.
	Seed uint64
	// Dir is where the data folders are made and removed again; the system's
	// temporary folder when empty.
	Dir string
	// Fault limits the faults of the pretend world to those that have it in their
	// names, so that they strike often.
	Fault string
	// Progress is told what was found after each world; Step every step of it.
	Progress, Step func(string)
}

// Result is what became of it.
type Result struct {
	Days, Orders, Documents, Sessions, Sets, Kills int
	Kinds                                          map[string]int // documents by kind
	Faults                                         []FaultCount
	Violations                                     []Violation
}

// Violation is a day after which something was not as it must be.
type Violation struct {
	Seed     uint64
	Day      int // of the world of that seed, from 1
	Findings []Finding
	Steps    []string // of that day
	Fault    string   // of the Options
}

// Command runs exactly the days again that led to it.
func (v Violation) Command() string {
	command := fmt.Sprintf("qbridge prove --seed %d --days %d --steps", v.Seed, v.Day)
	if v.Fault != "" {
		command += fmt.Sprintf(" --fault %q", v.Fault)
	}
	return command
}

// Kind is what is wrong.
type Kind string

// The kinds of finding.
const (
	Double    Kind = "double"     // more than one live document for an order, or one for none
	Loss      Kind = "loss"       // a document is missing, or one that is said to be there
	WrongPart Kind = "wrong part" // a part of a document is not the order's
	Forbidden Kind = "forbidden"  // a document that a person or a rule forbade
	State     Kind = "state"      // an order in no state, in two, or in one without reason or end
	Evidence  Kind = "evidence"   // something handed out, answered or pulled can't be shown
	Broken    Kind = "broken"     // the bridge failed where nothing was wrong around it
)

// Finding is one thing that is wrong.
type Finding struct {
	Kind Kind
	Text string
}

func (f Finding) String() string { return string(f.Kind) + ": " + f.Text }

// Count gives how many findings of these kinds there were.
func (r Result) Count(kinds ...Kind) (n int) {
	for _, v := range r.Violations {
		n += count(v.Findings, kinds...)
	}
	return n
}

func count(findings []Finding, kinds ...Kind) (n int) {
	for _, f := range findings {
		if slices.Contains(kinds, f.Kind) {
			n++
		}
	}
	return n
}

// String is the result as the command prints it.
func (r Result) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "days %d, orders %d, documents %d, sessions %d, message sets %d, kills %d\n%s\n\n", r.Days, r.Orders, r.Documents, r.Sessions, r.Sets, r.Kills, r.kinds())
	for _, f := range r.Faults {
		fmt.Fprintf(&b, "%8d  %s (%s)\n", f.Struck, f.Name, f.Where)
	}
	r.violations(&b)
	return b.String()
}

// violations says what was violated, how to see it again, and the steps that led to the first.
func (r Result) violations(b *strings.Builder) {
	fmt.Fprintf(b, "\ndoubles %d, losses %d, wrong parts %d, other violations %d\n", r.Count(Double), r.Count(Loss), r.Count(WrongPart), r.Count(Forbidden, State, Evidence, Broken))
	for _, v := range r.Violations {
		fmt.Fprintf(b, "\nseed %d, day %d:\n", v.Seed, v.Day)
		for _, f := range v.Findings {
			fmt.Fprintf(b, "  %v\n", f)
		}
		fmt.Fprintf(b, "again: %s\n", v.Command())
	}
	if len(r.Violations) > 0 {
		fmt.Fprintf(b, "\nThe steps of the first, on its last day:\n")
		for _, s := range r.Violations[0].Steps {
			fmt.Fprintln(b, s)
		}
	}
}

// kinds says how many documents of each kind there were.
func (r Result) kinds() string {
	var parts []string
	for _, kind := range slices.Sorted(maps.Keys(r.Kinds)) {
		parts = append(parts, fmt.Sprintf("%s %d", kind, r.Kinds[kind]))
	}
	return strings.Join(parts, ", ")
}

// Run runs the days. The error is that of the machine it runs on, or the
// context's; violations stand in the result. A world in which something was
// violated ends there; the next one begins.
func Run(ctx context.Context, o Options) (r Result, err error) {
	if o.Progress == nil {
		o.Progress = func(string) {}
	}
	if len(faultsNamed(o.Fault)) == 0 {
		return r, fmt.Errorf("no fault has %q in its name: qbridge prove --days 1 lists them", o.Fault)
	}
	dir, err := os.MkdirTemp(o.Dir, "qbridge-prove-")
	if err != nil {
		return r, fmt.Errorf("cannot make a folder for the pretend days: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	for seed := o.Seed; r.Days < o.Days; seed++ {
		home := filepath.Join(dir, fmt.Sprint(seed))
		if err := runWorld(ctx, o, home, seed, &r); err != nil {
			return r, fmt.Errorf("the world of seed %d: %w", seed, err)
		}
		if err := os.RemoveAll(home); err != nil {
			return r, err
		}
		o.Progress(fmt.Sprintf("%d of %d days, %d orders, %d kills, %d violations", r.Days, o.Days, r.Orders, r.Kills, len(r.Violations)))
	}
	return r, nil
}

// runWorld lives the days of one world and adds them to the result.
func runWorld(ctx context.Context, o Options, home string, seed uint64, r *Result) (err error) {
	w, err := newWorld(home, seed, o.Step)
	if err != nil {
		return err
	}
	w.fault = o.Fault
	defer func() {
		err = errors.Join(err, w.close())
		w.addTo(r)
	}()
	for day := 1; day <= w.days && r.Days < o.Days; day++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := w.day(day); err != nil {
			return fmt.Errorf("day %d: %w", day, err)
		}
		r.Days++
		if len(w.findings) > 0 {
			r.Violations = append(r.Violations, Violation{seed, day, w.findings, w.steps, o.Fault})
			return nil
		}
	}
	return nil
}
