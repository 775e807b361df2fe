package prove

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"qbridge/internal/bridge"
	"qbridge/internal/sim"
)

// Fault is one way in which the world goes wrong.
type Fault struct{ Name, Where string }

// FaultCount is how often a fault struck, and what was found wrong in the worlds
// in which it did.
type FaultCount struct {
	Fault
	Struck, Doubles, Losses, WrongParts int
}

// The faults that are injected on the bridge's own side.
const (
	faultKill      = "killed at a failpoint"
	faultRestart   = "stopped and started"
	faultOldBackup = "our database copied back from a backup"
	faultFullDisk  = "the disk is full"
	faultClock     = "the clock jumps"
	faultBooks     = "the company file restored from a backup"
	faultTyped     = "a person types another sale under an order's number"
	faultUndo      = "a person undoes a document"
	faultMeanwhile = "pulls and people's decisions in the middle of a session"
)

// ownFaults are the faults that the days inject themselves, beside those of the
// pretend world.
func ownFaults() []Fault {
	return []Fault{
		{faultKill, "QBridge"}, {faultRestart, "QBridge"}, {faultMeanwhile, "QBridge"}, {faultOldBackup, sim.WhereMachine}, {faultFullDisk, sim.WhereMachine}, {faultClock, sim.WhereMachine},
		{faultBooks, sim.WherePerson}, {faultTyped, sim.WherePerson}, {faultUndo, "QBridge"},
	}
}

// faultBook counts faults by name.
type faultBook map[string]int

func (w *world) strike(name string) {
	if w.faults == nil {
		w.faults = faultBook{}
	}
	w.faults[name]++
}

// addTo adds what happened in the world to a result.
func (w *world) addTo(r *Result) {
	r.Orders += len(w.ledger)
	r.Sessions += w.sessions
	r.Sets += len(w.order)
	r.Kills += w.kills
	for _, e := range w.ledger {
		r.Documents += len(e.receipts)
	}
	for kind, n := range w.written {
		if r.Kinds == nil {
			r.Kinds = map[string]int{}
		}
		r.Kinds[kind] += n
	}
	if w.kills > 0 {
		w.strike(faultKill)
		w.faults[faultKill] = w.kills
	}
	all := ownFaults()
	for _, f := range sim.Faults() {
		all = append(all, Fault{f.Name, f.Where})
	}
	for _, f := range all {
		at := slices.IndexFunc(r.Faults, func(c FaultCount) bool { return c.Name == f.Name })
		if at < 0 {
			r.Faults, at = append(r.Faults, FaultCount{Fault: f}), len(r.Faults)
		}
		if n := w.faults[f.Name]; n > 0 {
			c := &r.Faults[at]
			c.Struck, c.Doubles, c.Losses, c.WrongParts = c.Struck+n, c.Doubles+count(w.findings, Double), c.Losses+count(w.findings, Loss), c.WrongParts+count(w.findings, WrongPart)
		}
	}
	slices.SortStableFunc(r.Faults, func(a, b FaultCount) int { return cmp.Compare(a.Where, b.Where) })
}

// backup is a copy of our database, with what the auditors knew then.
type backup struct {
	path        string
	deeds, sets int
}

// backUp makes a backup of our database.
func (w *world) backUp() error {
	b := backup{filepath.Join(w.home, fmt.Sprintf("backup-%d.db", w.step)), len(w.deeds), len(w.order)}
	if err := w.b.Backup(w.ctx, b.path); err != nil {
		return err
	}
	w.backups = append(w.backups, b)
	w.note("a backup of our database")
	return nil
}

// copyBack puts a backup of this day in the place of our database. What was
// pulled and decided since is pulled and decided again.
func (w *world) copyBack() error {
	if len(w.backups) == 0 {
		return nil
	}
	at := w.random.IntN(len(w.backups))
	b := w.backups[at]
	if err := w.close(); err != nil {
		return err
	}
	for _, rest := range []string{"-wal", "-shm"} {
		if err := os.Remove(w.database() + rest); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	if err := copyFile(b.path, w.database()); err != nil {
		return err
	}
	w.strike(faultOldBackup)
	w.mayBeUnset()
	w.note("our database is copied back: %d decisions and %d writing sets are not in it", len(w.deeds)-b.deeds, len(w.order)-b.sets)
	w.again = append(w.again, w.deeds[b.deeds:]...)
	w.deeds = w.deeds[:b.deeds:b.deeds]
	w.order = w.order[:b.sets:b.sets]
	w.backups = w.backups[:at+1]
	if err := w.start(0); err != nil {
		return err
	}
	w.clock.at = w.clock.at.Add(2 * time.Minute)
	w.pull()
	w.redo(false)
	return nil
}

func copyFile(from, to string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// fullDisk lets the bridge work a while on a disk that has next to no room.
func (w *world) fullDisk() error {
	if err := w.close(); err != nil {
		return err
	}
	about, err := os.Stat(w.database())
	if err != nil {
		return err
	}
	pages := int(about.Size()/4096) + w.random.IntN(12)
	w.strike(faultFullDisk)
	w.note("the disk is full: the database may hold %d pages", pages)
	if err := w.start(pages); err != nil {
		w.note("  not started: %v", err)
		return w.restart(0)
	}
	for range 1 + w.random.IntN(3) {
		w.clock.at = w.clock.at.Add(3 * time.Minute)
		if w.random.IntN(2) == 0 {
			w.pull()
		} else {
			w.plan()
			_, _ = w.runSession() // it may fail; what it did is checked in the evening
		}
		if w.b == nil {
			break
		}
	}
	w.note("there is room again")
	return w.restart(0)
}

// jump sets the machine's clock wrong, or right again.
func (w *world) jump() {
	w.clock.skew = 0
	if w.random.IntN(3) > 0 {
		w.clock.skew = time.Duration(w.random.IntN(4*24*60)-2*24*60) * time.Minute
	}
	w.strike(faultClock)
	w.note("the machine's clock is off by %v", w.clock.skew)
}

// kill has the bridge die at one of its next failpoints.
func (w *world) kill() {
	w.dieIn, w.revive = 1+w.random.IntN(30), w.random.IntN(2) == 0
	w.note("the bridge dies at its %d. failpoint from here", w.dieIn)
}

// meanwhile lets pulls, plans and decisions happen between the calls of the
// next session, as they do beside `serve`.
func (w *world) meanwhile() {
	w.strike(faultMeanwhile)
	w.hooks.before = func(string) error {
		if w.dead != "" || w.random.IntN(3) > 0 {
			return nil
		}
		switch w.random.IntN(4) {
		case 0:
			w.pull()
		case 1:
			w.plan()
		case 2:
			w.act(true)
		default:
			w.change()
		}
		return nil
	}
}

var errOpen = errors.New("not open")

// onBridge does something with the bridge unless it is dead.
func (w *world) onBridge(do func(*bridge.Bridge) error) (died bool, err error) {
	if w.b == nil {
		return false, errOpen
	}
	return w.alive(do)
}
