package bridge

import (
	"context"
	"encoding/json"
	"html"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/beevik/etree"

	"qbridge/internal/order"
	"qbridge/internal/sim"
	"qbridge/soap"
	"qbridge/store"
)

// A scene is a moment in the life of a bridge, packed: fuzzing begins there, again and again.
type scene struct {
	name   string
	files  map[string][]byte
	books  []byte
	at     int64
	ticket string
	answer sim.Reply // what QuickBooks says to it
	poll   soap.Poll
	file   sim.QWC
}

// theatre holds the scenes, made by the first input of a fuzz target.
type theatre struct {
	once   sync.Once
	scenes []scene
}

var fuzzed theatre

// scenesOf are sessions at every point: one without a set, and one with each kind of set in QuickBooks' hands.
func (f *theatre) scenesOf(t *testing.T) []scene {
	t.Helper()
	f.once.Do(func() {
		w := newWorld(t, worldOptions{alone: true})
		w.doubles = true
		seen := map[string]bool{}
		keep := func(name, ticket, request string) {
			if request != "" {
				name += ": " + w.lastKind() + " " + requestNames(request)
			}
			if !seen[name] {
				seen[name] = true
				f.scenes = append(f.scenes, w.pack(name, ticket, request))
			}
		}
		// session goes through a session by hand and keeps it with each set in QuickBooks' hands.
		session := func(name string, until func(request string) bool, change func(*etree.Element)) {
			w.plan()
			ticket := w.admit()
			keep(name+": admitted", ticket, "")
			request := w.next(ticket, w.poll())
			for request != "" {
				keep(name, ticket, request)
				response, hresult, message := w.company.Process(request)
				if until != nil && until(request) {
					return
				}
				if change != nil && strings.Contains(request, "<SalesReceiptAddRq") {
					response = edited(t, response, change)
				}
				n := w.answer(ticket, response, hresult, message)
				keep(name+": answered", ticket, "")
				if n < 0 || n == 100 {
					break
				}
				request = w.next(ticket, soap.Poll{})
			}
			_, err := w.b.Connector().Close(w.ctx, ticket)
			check(t, err)
			keep(name+": closed", ticket, "")
		}
		w.take(sim.KindReturning, sim.KindNamesakeFirst, sim.KindNoSKU)
		check(t, w.b.RefreshLists(w.ctx))
		session("posting", nil, nil)
		w.take(sim.KindReturning, sim.KindPlain)
		session("an answer about a customer is lost", func(request string) bool { return strings.Contains(request, "<CustomerAddRq") }, nil)
		check(t, w.company.LoseSet(w.file.AppName, w.lastWriting().id))
		session("an answer is lost", func(request string) bool { return strings.Contains(request, "<SalesReceiptAddRq") }, nil)
		check(t, w.company.LoseSet(w.file.AppName, w.lastWriting().id))
		_, err := w.b.Check(w.ctx)
		check(t, err)
		session("in doubt", nil, nil)
		p := w.take(sim.KindReturning)[0]
		session("no total", nil, func(rs *etree.Element) {
			for _, ret := range rs.FindElements("//SalesReceiptRet") {
				ret.RemoveChild(ret.SelectElement("TotalAmount"))
			}
		})
		_, err = w.b.Undo(w.ctx, UndoOf{Order: p.ID}, true, "Ann")
		check(t, err)
		session("undo", nil, nil)
	})
	return f.scenes
}

// requestNames names what a set asks for.
func requestNames(request string) string {
	var names []string
	for _, m := range setRequest.FindAllStringSubmatch(request, -1) {
		if !slices.Contains(names, m[1]) {
			names = append(names, m[1])
		}
	}
	return strings.Join(names, "+")
}

// lastKind is the kind of the set that was handed out last.
func (w *world) lastKind() (kind string) {
	w.t.Helper()
	sets := w.handedOut(0)
	check(w.t, w.b.db.Read(w.ctx, func(tx *store.Tx) error {
		set, ok, err := tx.SetHead(sets[len(sets)-1].id)
		if !ok && err == nil {
			err = store.ErrNotFound
		}
		kind = set.Kind
		return err
	}))
	return kind
}

// pack keeps the world as it is now.
func (w *world) pack(name, ticket, request string) scene {
	w.t.Helper()
	check(w.t, w.b.Close())
	s := scene{name: name, ticket: ticket, at: w.clock.at.Load(), poll: w.poll(), file: w.file, files: map[string][]byte{}}
	files, err := os.ReadDir(w.dir)
	check(w.t, err)
	for _, file := range files {
		s.files[file.Name()], err = os.ReadFile(filepath.Join(w.dir, file.Name()))
		check(w.t, err)
	}
	s.books, err = w.company.Snapshot()
	check(w.t, err)
	if request != "" {
		copied := w.newCompany(nil)
		check(w.t, copied.Restore(s.books))
		copied.BeginSession(w.file.AppName, "")
		s.answer.Response, s.answer.HResult, s.answer.Message = copied.Process(request)
	}
	b, err := Open(w.config)
	check(w.t, err)
	w.run(b)
	return s
}

// A stage is a scene that goes on.
type stage struct {
	scene
	t     *testing.T
	ctx   context.Context
	clock clock
	b     *Bridge
	dir   string
	sets  map[string]string // handed out here
	was   facts
	said  string // all that was said to the bridge
}

// facts are what the bridge has written down.
type facts struct {
	rows   map[int64]store.Row
	sets   map[string]store.Set
	states map[string]store.Order
	phase  soap.Phase
	about  string
	fileID string
}

// play begins a scene anew.
func (s scene) play(t *testing.T, change ...func(*Config)) *stage {
	t.Helper()
	g := &stage{scene: s, t: t, ctx: t.Context(), dir: t.TempDir(), sets: map[string]string{}}
	g.clock.at.Store(s.at)
	for name, body := range s.files {
		check(t, os.WriteFile(filepath.Join(g.dir, name), body, 0o600))
	}
	c := Config{Dir: g.dir, Now: g.clock.now, Rand: &dice{source: rand.NewChaCha8([32]byte{9})},
		Sleep:  func(ctx context.Context, d time.Duration) error { g.clock.advance(d); return ctx.Err() },
		SeeSet: func(id string, document []byte) { g.sets[id] = string(document) }}
	for _, f := range change {
		f(&c)
	}
	b, err := Open(c)
	check(t, err)
	g.b = b
	t.Cleanup(func() { check(t, b.Close()) })
	g.was = g.facts()
	return g
}

func (g *stage) facts() facts {
	g.t.Helper()
	f := facts{rows: map[int64]store.Row{}, sets: map[string]store.Set{}, states: map[string]store.Order{}}
	check(g.t, g.b.db.Read(context.Background(), func(tx *store.Tx) error {
		ids := make([]int64, 100)
		for i := range ids {
			ids[i] = int64(i + 1)
		}
		rows, err := tx.RowsByID(ids)
		if err != nil {
			return err
		}
		for _, r := range rows {
			f.rows[r.ID] = r
		}
		sessions, err := tx.LastSessions(1, 100)
		if err != nil {
			return err
		}
		for _, session := range sessions {
			sets, err := tx.SetsOfSession(session.Ticket)
			if err != nil {
				return err
			}
			for _, head := range sets {
				if f.sets[head.ID], _, err = tx.Set(head.ID); err != nil {
					return err
				}
			}
			var state soap.SessionState
			if err := json.Unmarshal([]byte(session.State), &state); err != nil {
				return err
			}
			if !slices.Contains([]soap.Phase{soap.New, soap.Ready, soap.Sent, soap.Failed, soap.Closed}, state.Phase) {
				g.t.Errorf("session %s is %q", session.Ticket, state.Phase)
			}
			if session.Ticket == g.ticket {
				f.phase = state.Phase
			}
		}
		company, _, err := tx.Company(1)
		if err != nil {
			return err
		}
		f.about, f.fileID = company.About, company.FileID
		return tx.EachOrder(0, "", func(o store.Order) error {
			f.states[o.Key] = o
			return nil
		})
	}))
	return f
}

// sound is what must hold, whatever was said to the bridge: every state is a legal one, nothing that was written or handed out is lost, and
// nothing is done of which QuickBooks did not say so.
func (g *stage) sound() facts {
	g.t.Helper()
	now := g.facts()
	said := html.UnescapeString(g.said)
	for id, was := range g.was.sets {
		set, ok := now.sets[id]
		if !ok || string(set.Request) != string(was.Request) || len(was.Answer) > 0 && was.Kind == kindWrite && string(set.Answer) != string(was.Answer) {
			g.t.Errorf("set %s is not kept as it was", id)
		}
	}
	for id, document := range g.sets {
		if set, ok := now.sets[id]; ok && string(set.Request) != document {
			g.t.Errorf("set %s is not kept as it was handed out", id)
		}
	}
	doubtful := 0
	for _, set := range now.sets {
		if !slices.Contains([]string{setOut, setInDoubt, setAnswered, setRefused, setSettled}, set.State) {
			g.t.Errorf("set %s is %q", set.ID, set.State)
		}
		if set.State == setInDoubt {
			doubtful++
		}
	}
	for id, was := range g.was.rows {
		if _, ok := now.rows[id]; !ok && was.State != rowPlanned {
			g.t.Errorf("row %d, which was %s, is lost", id, was.State)
		}
	}
	for id, r := range now.rows {
		was := g.was.rows[id]
		done := r.State == rowDone && was.State != rowDone
		switch {
		case !slices.Contains([]string{rowPlanned, rowSent, rowInDoubt, rowUnread, rowDone, rowRefused, rowBlocked, rowUnsure, rowGone, rowUndone}, r.State):
			g.t.Errorf("row %d is %q", id, r.State)
		case (done || r.State == rowUnread && was.State != rowUnread) && !r.IsUndo() && (r.RecordID == "" || !strings.Contains(said, r.RecordID)):
			g.t.Errorf("row %d became %s as %q, of which QuickBooks said nothing", id, r.State, r.RecordID)
		case done && r.Kind == "SalesReceipt" && r.BooksTotal == "":
			g.t.Errorf("row %d is done without a total", id)
		case was.State == rowDone && !slices.Contains([]string{rowDone, rowGone, rowUnsure, rowUndone}, r.State) && !r.IsUndo() && r.StoreID != "":
			g.t.Errorf("row %d was done and is %s", id, r.State)
		case r.State == rowInDoubt && doubtful == 0:
			g.t.Errorf("row %d is in doubt, and no set is", id)
		case r.State == rowSent && now.sets[r.SetID].State != setOut:
			g.t.Errorf("row %d is sent, its set %s", id, now.sets[r.SetID].State)
		case slices.Contains([]string{rowSent, rowInDoubt}, was.State) && r.State == rowPlanned && !strings.Contains(g.said, "statusCode") && !strings.Contains(said, "0x8004"):
			g.t.Errorf("row %d was %s and is to go out again, for no reason", id, was.State)
		}
	}
	for key, o := range now.states {
		switch {
		case !slices.Contains(order.States(), order.State(o.State)):
			g.t.Errorf("order %s is %q", key, o.State)
		case o.State == string(order.Synced) && !hasDone(now.rows, o):
			g.t.Errorf("order %s is synced as %q without a document", key, o.TxnID)
		case o.State == string(order.Attention) && (o.Cause == "" || o.Reason == ""):
			g.t.Errorf("order %s needs attention for no reason", key)
		}
	}
	if now.fileID != g.was.fileID {
		g.t.Errorf("the company file was %s and is %s", g.was.fileID, now.fileID)
	}
	if now.about != g.was.about && !json.Valid([]byte(now.about)) {
		g.t.Errorf("the company file is %q", now.about)
	}
	return now
}

func hasDone(rows map[int64]store.Row, o store.Order) bool {
	for _, r := range rows {
		if r.OrderKey == o.Key && r.StoreID == o.StoreID && r.State == rowDone && r.RecordID == o.TxnID {
			return true
		}
	}
	return false
}

// bounded does something and sees that the memory it takes is in proportion to a text.
func bounded(t *testing.T, length int, do func()) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	do()
	runtime.ReadMemStats(&after)
	if used, limit := after.TotalAlloc-before.TotalAlloc, uint64(64<<20+1000*length); used > limit {
		t.Errorf("%d bytes took %d bytes of memory", length, used)
	}
}

func (s scene) String() string { return s.name }
