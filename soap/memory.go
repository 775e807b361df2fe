package soap

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"sync"
	"time"
)

// MemoryOptions of a [Memory].
type MemoryOptions struct {
	// Check tells whether the password is the user's. It compares in constant time.
	Check func(user, password string) bool
	// Company names the company that a user's sessions work on; nil takes the user's name.
	Company func(user string) string
	// Random is crypto/rand.Reader but in tests.
	Random io.Reader
	// Now returns the time.
	Now    func() time.Time
	Limits Limits
}

// Memory is a Backend that hands out texts from a queue and keeps the answers, all in memory. It does not recover: a set whose session
// ended without an answer is listed by InDoubt and never handed out again.
type Memory struct {
	options  MemoryOptions
	mu       sync.Mutex
	sessions map[string]SessionState
	waiting  []memorySet
	sets     map[string]memorySet
	answers  []MemoryAnswer
	lastSet  int
}

type memorySet struct{ id, request string }

// MemoryAnswer is an answer that a [Memory] kept.
type MemoryAnswer struct {
	Set      string // "" if the answer belongs to no set in flight
	Ticket   string
	Response string
	HResult  string
	Message  string
}

// NewMemory returns an empty backend.
func NewMemory(o MemoryOptions) *Memory {
	if o.Company == nil {
		o.Company = func(user string) string { return user }
	}
	return &Memory{options: o, sessions: map[string]SessionState{}, sets: map[string]memorySet{}}
}

// Queue appends requests to hand out, one set each.
func (m *Memory) Queue(requests ...string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, request := range requests {
		m.lastSet++
		m.waiting = append(m.waiting, memorySet{id: strconv.Itoa(m.lastSet), request: request})
	}
}

// Answers returns what QuickBooks said so far, in the order it came.
func (m *Memory) Answers() []MemoryAnswer {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.answers)
}

// InDoubt returns the requests that were handed out in a session that ended without their answers.
func (m *Memory) InDoubt() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	var requests []string
	for _, s := range m.sessions {
		if id := s.InDoubt(); id != "" {
			requests = append(requests, m.sets[id].request)
		}
	}
	slices.Sort(requests)
	return requests
}

// Session returns the state of a session, the zero state for an unknown ticket.
func (m *Memory) Session(ticket string) SessionState {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.sessions[ticket]
}

// step applies an event and saves the state. An unknown ticket is not saved: anyone could fill the memory with them.
func (m *Memory) step(ticket string, e Event) Action {
	state, action := Step(m.sessions[ticket], e)
	if state.Phase != Unknown {
		m.sessions[ticket] = state
	}
	return action
}

// Authenticate implements [Backend].
func (m *Memory) Authenticate(ctx context.Context, user, password string) (Admission, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	ticket, err := NewTicket(m.options.Random)
	if err != nil {
		return Admission{}, err
	}
	if !m.options.Check(user, password) {
		return Admission{Ticket: ticket, Verdict: NotValidUser}, nil
	}
	now, company := m.options.Now(), m.options.Company(user)
	for _, s := range m.sessions {
		if s.Blocks(user, Caller(ctx), company, now) {
			return Admission{Ticket: ticket, Verdict: Busy}, nil
		}
	}
	for old, s := range m.sessions {
		if s.User == user || s.Company == company {
			m.step(old, Superseded{At: now})
		}
	}
	if len(m.waiting) == 0 {
		return Admission{Ticket: ticket, Verdict: NoWork}, nil
	}
	opened := NewSession(ticket, user, company, m.options.Limits, now)
	opened.From = Caller(ctx)
	m.sessions[ticket] = opened
	return Admission{Ticket: ticket, Verdict: OpenCompany}, nil
}

// Next implements [Backend].
func (m *Memory) Next(_ context.Context, ticket string, _ Poll) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.options.Now()
	action := m.step(ticket, AskedForWork{At: now})
	if action.Do == FindWork && len(m.waiting) == 0 {
		action = m.step(ticket, NothingLeft{At: now})
	}
	if action.Do == FindWork {
		set := m.waiting[0]
		if action = m.step(ticket, HandedOut{At: now, Set: set.id}); action.Do == HandOut {
			m.waiting = m.waiting[1:]
			m.sets[set.id] = set
		}
	}
	if action.Do == HandOut || action.Do == RepeatInFlight {
		return m.sets[m.sessions[ticket].InFlight].request, nil
	}
	return "", nil
}

// Answer implements [Backend]. Texts can't be matched with sets here, so a late answer is taken for that of the session's set in flight.
func (m *Memory) Answer(_ context.Context, ticket string, answer Answer) (int, error) {
	response, err := answer.Response.ReadAll()
	if err != nil {
		return 0, fmt.Errorf("the answer of QuickBooks was not kept: %w", err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.options.Now()
	action := m.step(ticket, Answered{At: now})
	if action.Do == RepeatProgress {
		return action.Progress, nil
	}
	m.answers = append(m.answers, MemoryAnswer{
		Set: m.sessions[ticket].InFlight, Ticket: ticket, Response: response, HResult: answer.HResult, Message: answer.Message,
	})
	return m.step(ticket, Recorded{At: now, Progress: m.progress()}).Progress, nil
}

// progress is the share of the sets handed out so far in percent, 100 when none waits.
func (m *Memory) progress() int {
	if len(m.waiting) == 0 {
		return 100
	}
	return 100 * len(m.sets) / (len(m.sets) + len(m.waiting))
}

// ConnectionFailed implements [Backend].
func (m *Memory) ConnectionFailed(_ context.Context, ticket string, failure ConnectionFailure) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.step(ticket, ConnectionFailed{At: m.options.Now(), HResult: failure.HResult, Message: failure.Message}).Text, nil
}

// LastError implements [Backend].
func (m *Memory) LastError(_ context.Context, ticket string) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.step(ticket, AskedForError{At: m.options.Now()}).Text, nil
}

// Close implements [Backend].
func (m *Memory) Close(_ context.Context, ticket string) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.step(ticket, ConnectionClosed{At: m.options.Now()}).Text, nil
}
