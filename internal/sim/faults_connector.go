package sim

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"time"
)

// operations are the calls of a session that does work.
func operations() []string {
	return []string{"serverVersion", "clientVersion", "authenticate", "sendRequestXML", "receiveResponseXML", "closeConnection"}
}

var writingRequest = regexp.MustCompile(`<\w+(Add|Mod|Void|Del)Rq\b`)

// isWriting tells whether a message set changes the company file.
func isWriting(document string) bool { return writingRequest.MatchString(document) }

// pick takes one of a list.
func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

// A moment is when in the sessions to come something happens: at the n-th of such steps.
type moment struct {
	step    string
	writing bool // count only while a writing set is out
	n       int
}

// someMoment is at one of the steps around a message set, a writing one as often as not.
func someMoment(r *rand.Rand, steps ...string) *moment {
	m := &moment{step: pick(r, steps), writing: r.IntN(2) == 0, n: 1 + r.IntN(3)}
	if !slices.Contains([]string{"ProcessRequest", "receiveResponseXML"}, m.step) {
		m.writing = false // before sendRequestXML nobody knows what will be sent
	}
	if m.step == "authenticate" || m.step == "closeConnection" {
		m.n = 1
	}
	return m
}

// come tells, at each step, whether the moment has come.
func (m *moment) come(s *session, step string) bool {
	if step != m.step || m.writing && !isWriting(s.request) {
		return false
	}
	m.n--
	return m.n == 0
}

func (m *moment) String() string {
	what := m.step
	if m.writing {
		what += " of a writing set"
	}
	if m.n > 1 {
		return fmt.Sprintf("%s no. %d", what, m.n)
	}
	return what
}

func connectorFaults() []Fault {
	cut := func(name, when string, after bool, steps ...string) Fault {
		return Fault{Name: name, Where: WhereConnector, arm: func(_ *World, t *trouble, r *rand.Rand) string {
			m := someMoment(r, steps...)
			said := fmt.Sprintf("the connector's machine loses power %s %s", when, m)
			hook := func(s *session, step string) error {
				if !m.come(s, step) {
					return nil
				}
				t.struck(said)
				return errPower
			}
			if after {
				t.after = hook
			} else {
				t.before = hook
			}
			return said
		}}
	}
	return []Fault{
		cut("power lost before a call", "before", false, operations()...),
		cut("request lost before QuickBooks worked", "before", false, "ProcessRequest"),
		cut("answer lost after QuickBooks worked", "before", false, "receiveResponseXML"),
		cut("progress lost after the answer was taken", "after", true, "receiveResponseXML"),
		{Name: "a call sent twice", Where: WhereConnector, arm: callTwice},
		{Name: "an answer sent again", Where: WhereConnector, arm: answerAgain},
		{Name: "an answer sent again with a dead ticket", Where: WhereConnector, arm: answerWithDeadTicket},
		{Name: "an answer that comes in a later session", Where: WhereConnector, arm: lateAnswer},
		{Name: "a second computer at work in between", Where: WhereConnector, arm: secondComputer},
		{Name: "QuickBooks works slowly", Where: WhereQuickBooks, arm: slowSet},
	}
}

func callTwice(_ *World, t *trouble, r *rand.Rand) string {
	operation, n := pick(r, operations()), 1+r.IntN(4)
	said := fmt.Sprintf("%s no. %d is sent twice", operation, n)
	t.twice = func(sent string) bool {
		if sent == operation {
			n--
		}
		if sent != operation || n != 0 {
			return false
		}
		t.struck(said)
		return true
	}
	return said
}

// repeat sends an answer again, past the session; nobody waits for what the service says to it.
func repeat(s *session, told []string) {
	_, _ = s.wire.call(s.ctx, "receiveResponseXML", told...)
}

func answerAgain(_ *World, t *trouble, r *rand.Rand) string {
	m := someMoment(r, "sendRequestXML", "ProcessRequest", "closeConnection")
	said := fmt.Sprintf("before %s the last answer is sent again", m)
	t.before = func(s *session, step string) error {
		if len(s.told) > 0 && s.told[0] == s.Ticket && m.come(s, step) {
			repeat(s, s.told)
			t.struck(said)
		}
		return nil
	}
	return said
}

func answerWithDeadTicket(_ *World, t *trouble, r *rand.Rand) string {
	m := someMoment(r, "authenticate", "sendRequestXML", "ProcessRequest", "receiveResponseXML", "closeConnection")
	said := fmt.Sprintf("before %s an answer of an earlier session is sent again", m)
	var older, newer []string // what was told in the session before, and in this or the last one; of a writing set if there was one
	t.reply = func(s *session, reply *Reply) {
		if newer != nil && newer[0] != s.Ticket {
			older, newer = newer, nil
		}
		if newer == nil || isWriting(s.request) {
			newer = []string{s.Ticket, reply.Response, reply.HResult, reply.Message}
		}
	}
	t.before = func(s *session, step string) error {
		dead := newer
		if newer != nil && newer[0] == s.Ticket {
			dead = older
		}
		if dead != nil && m.come(s, step) {
			repeat(s, dead)
			t.struck(said)
		}
		return nil
	}
	return said
}

func lateAnswer(_ *World, t *trouble, r *rand.Rand) string {
	lost := someMoment(r, "receiveResponseXML")
	m := someMoment(r, "authenticate", "sendRequestXML", "ProcessRequest", "receiveResponseXML", "closeConnection")
	said := fmt.Sprintf("the answer of %s is held up; it comes in a later session before %s", lost, m)
	var held []string
	t.reply = func(s *session, reply *Reply) {
		if held == nil && lost.come(s, "receiveResponseXML") {
			held = []string{s.Ticket, reply.Response, reply.HResult, reply.Message}
		}
	}
	t.before = func(s *session, step string) error {
		switch {
		case held == nil:
		case held[0] == s.Ticket:
			return errPower
		case m.come(s, step):
			repeat(s, held)
			t.struck(said)
		}
		return nil
	}
	return said
}

// secondComputer: the Web Connector of another computer with the same .qwc goes on some steps between the steps of ours. The
// hooks of the ConnectorConfig are asked for its steps, too.
func secondComputer(_ *World, t *trouble, r *rand.Rand) string {
	m := someMoment(r, "authenticate", "sendRequestXML", "ProcessRequest", "receiveResponseXML")
	random := rand.New(rand.NewPCG(r.Uint64(), 1))
	said := "before " + m.String() + " a second computer begins a session on the same company file"
	var walk *Walk
	t.end = func() {
		if walk != nil {
			walk.Stop()
		}
	}
	t.before = func(s *session, step string) error {
		if walk == nil {
			if !m.come(s, step) {
				return nil
			}
			other := *s.Connector
			other.world, other.told, other.config.Computer = nil, nil, "OFFICE-2"
			walk = other.Walk(s.ctx)
		}
		steps := pick(random, []int{0, 1, 2, 3, 100}) // now and then its whole session
		for n := steps; n > 0 || step == "closeConnection"; n-- {
			if _, more := walk.Step(); !more {
				t.struck(fmt.Sprintf("%s; its session: %s", said, strings.Join(walk.Report.Steps, " ")))
				break
			}
		}
		return nil
	}
	return said
}

func slowSet(w *World, t *trouble, r *rand.Rand) string {
	m := someMoment(r, "ProcessRequest")
	d := time.Duration(10+r.IntN(40*60)) * time.Second
	said := fmt.Sprintf("QuickBooks takes %s for %s", d, m)
	t.before = func(s *session, step string) error {
		if !m.come(s, step) {
			return nil
		}
		t.struck(said)
		return w.pass(s.ctx, d)
	}
	return said
}
