package bridge

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"qbridge/qbxml"
	"qbridge/soap"
	"qbridge/store"
)

// The states of an outbox row (design.md 3).
const (
	rowPlanned = "planned"
	rowSent    = "sent"
	rowInDoubt = "in_doubt" // its set has no answer
	rowUnread  = "unread"   // written, but QuickBooks' total, or what setting a custom field made of its document, is not known yet
	rowDone    = "done"
	rowRefused = "refused"
	rowBlocked = "blocked" // waits for a row that was refused
	rowUnsure  = "unsure"  // perhaps in the books: a person decides
)

// The states of a message set.
const (
	setOut      = "out"
	setInDoubt  = "in_doubt"
	setAnswered = "answered"
	setRefused  = "refused" // QuickBooks could not parse it: nothing was done
	setSettled  = "settled" // its outcome was found out by asking
)

// progress is what a session has done so far; it is stored with the session
// and begins anew with each one.
type progress struct {
	Greeted  bool      // the company file described itself and is the right one
	Identity bool      // our newest documents were found in the books
	Reading  *reading  `json:",omitempty"`
	Lists    bool      // no list is due any more
	Checking *checking `json:",omitempty"`
	Checked  bool      // what people did to our documents is known
	OneByOne bool      `json:",omitempty"` // QuickBooks refused a question about many documents
	Settling string    `json:",omitempty"` // the set in doubt whose status was asked in vain: ask for its documents
	Done     int       // requests answered
	Left     int       // writing requests that waited when the session began
	Older    bool      `json:",omitempty"` // it was said that our database is older than the books
	Computer string    `json:",omitempty"` // that the Web Connector runs on, as it writes it into the company file; its address when it does not
}

// backend answers the Web Connector from the store alone (I10).
type backend struct{ *Bridge }

// Connector is what the SOAP service calls.
func (b *Bridge) Connector() soap.Backend { return backend{b} }

// connection is one call of the Web Connector inside its transaction.
type connection struct {
	b       *Bridge
	tx      *store.Tx
	row     store.Session
	state   soap.SessionState
	done    progress
	company store.Company
	plain   []plainRow // while the answer to a writing set is recorded, else nil
}

// connection loads the session of a ticket. A ticket nobody knows gives the
// zero state, which soap.Step treats as closed.
func (b *Bridge) connection(tx *store.Tx, ticket string) (*connection, error) {
	c := &connection{b: b, tx: tx}
	row, ok, err := tx.Session(ticket)
	if err != nil || !ok {
		return c, err
	}
	c.row = row
	if err := json.Unmarshal([]byte(row.State), &c.state); err != nil {
		return nil, fmt.Errorf("the stored session: %w", err)
	}
	if err := json.Unmarshal([]byte(row.Progress), &c.done); err != nil {
		return nil, fmt.Errorf("the stored session: %w", err)
	}
	c.company, _, err = tx.Company(row.CompanyID)
	return c, err
}

// save stores the session; one that nobody knows is not made up.
func (c *connection) save() error {
	if c.row.Ticket == "" {
		return nil
	}
	state, err := json.Marshal(c.state)
	if err != nil {
		return err
	}
	done, err := json.Marshal(c.done)
	if err != nil {
		return err
	}
	c.row.State, c.row.Progress, c.row.Said = string(state), string(done), c.state.ErrorText
	c.row.LastCallAt = c.b.Now()
	if c.state.Phase == soap.Closed && c.row.ClosedAt.IsZero() {
		c.row.ClosedAt = c.b.Now()
	}
	return c.tx.SaveSession(c.row)
}

// Authenticate checks the connector's password and opens a session. The older
// sessions of the company are superseded, and what they left without an answer
// is in doubt (qbwc-protocol.md 2.3).
func (b backend) Authenticate(ctx context.Context, user, password string) (soap.Admission, error) {
	ticket, err := soap.NewTicket(b.Rand)
	if err != nil {
		return soap.Admission{}, err
	}
	admission := soap.Admission{Ticket: ticket, Verdict: soap.NotValidUser}
	var company store.Company
	var known bool
	err = b.db.Read(ctx, func(tx *store.Tx) error {
		company, known, err = tx.CompanyByUser(user)
		return err
	})
	if err != nil {
		return admission, fmt.Errorf("authenticate: %w", err)
	}
	// An unknown user costs as much time as a wrong password.
	if right := CheckPassword(company.PasswordHash, password); !right || !known {
		return admission, b.refused(ctx, company, known, user)
	}
	from := soap.Caller(ctx)
	err = b.write(ctx, "open a session", func(tx *store.Tx) error {
		if err := forgiven(tx, company); err != nil {
			return err
		}
		live, err := tx.LiveSessions(company.ID)
		if err != nil {
			return err
		}
		for _, old := range live {
			c, err := b.connection(tx, old.Ticket)
			if err != nil {
				return err
			}
			if c.state.Blocks(user, from, company.FileID, b.Now()) {
				b.Log.Warn("the Web Connector of another computer is at work; this one waits", "user", user, "from", from, "at work", c.state.From)
				admission.Verdict = soap.Busy
				return nil
			}
			c.state, _ = soap.Step(c.state, soap.Superseded{At: b.Now()})
			if err := c.save(); err != nil {
				return err
			}
		}
		if _, err := tx.MarkOutInDoubt(company.ID); err != nil {
			return err
		}
		_, rules, err := b.loadRules(tx, company.ID)
		if err != nil {
			return err
		}
		var limits soap.Limits
		limits.Requests, limits.Duration = rules.SessionLimits()
		c := &connection{b: b.Bridge, tx: tx, company: company}
		c.state = soap.NewSession(ticket, user, company.FileID, limits, b.Now())
		c.state.From = from
		work, err := c.hasWork()
		if err != nil {
			return err
		}
		admission.Verdict = soap.NoWork
		if work {
			admission.Verdict = soap.OpenCompany
		}
		c.row = store.Session{Ticket: ticket, CompanyID: company.ID, ClientVersion: soap.ClientVersion(ctx), OpenedAt: b.Now()}
		return c.save()
	})
	return admission, err
}

func parseAbout(c store.Company) (About, error) {
	var about About
	if c.About == "" {
		return about, nil
	}
	if err := json.Unmarshal([]byte(c.About), &about); err != nil {
		return about, fmt.Errorf("what company file %s told about itself: %w", c.Name, err)
	}
	return about, nil
}

// Next hands out the next message set of the session. The set is stored with
// its exact bytes, its rows are marked sent and the session is saved in one
// commit, before the bytes leave.
func (b backend) Next(ctx context.Context, ticket string, poll soap.Poll) (string, error) {
	var request string
	err := b.write(ctx, "hand out", func(tx *store.Tx) error {
		request = ""
		c, err := b.connection(tx, ticket)
		if err != nil {
			return err
		}
		var action soap.Action
		c.state, action = soap.Step(c.state, soap.AskedForWork{At: b.Now()})
		switch action.Do {
		case soap.RepeatInFlight:
			set, ok, err := tx.Set(c.state.InFlight)
			if err != nil || !ok {
				return fmt.Errorf("the set %s in flight is not stored: %w", c.state.InFlight, errors.Join(err, store.ErrNotFound))
			}
			request = string(set.Request)
		case soap.FindWork:
			set, why, err := c.find(poll)
			if err != nil {
				return err
			}
			if set == nil {
				c.state, _ = soap.Step(c.state, soap.NothingLeft{At: b.Now(), Text: why})
				break
			}
			c.state, _ = soap.Step(c.state, soap.HandedOut{At: b.Now(), Set: set.ID})
			request = string(set.Request)
		}
		return c.save()
	})
	if err != nil {
		return "", err
	}
	b.Point("hand out: before the request leaves")
	return request, nil
}

// find greets the company file on the first call of a session and looks for
// work. Without work it says why; "" is a regular end.
func (c *connection) find(poll soap.Poll) (*store.Set, string, error) {
	if !c.done.Greeted || poll.HCP.Size() > 0 {
		why, err := c.greet(poll)
		if err != nil || why != "" {
			return nil, why, err
		}
	}
	about, err := parseAbout(c.company)
	if err != nil {
		return nil, "", err
	}
	return c.work(about)
}

// greet reads what the company file says about itself and refuses any file
// but the one that the .qwc was made for: rules P28, Q40.
func (c *connection) greet(poll soap.Poll) (why string, err error) {
	if poll.HCP.Size() == 0 {
		return "The Web Connector did not say which company file is open. Please run the update again.", nil
	}
	r, err := poll.HCP.Open()
	if err != nil {
		return "", err
	}
	defer r.Close()
	about, err := aboutFile(qbxml.NewAnswer(r).Next, poll.Country)
	if err != nil {
		c.b.Log.Warn("a company file was refused", "error", err)
		return sentence(err), nil
	}
	if !sameGUID(about.FileID, c.company.FileID) {
		return fmt.Sprintf("The open company file is not the one that %s was set up for. Open %s in QuickBooks, or set up this file with its own .qwc.", Name, orElse(c.company.FilePath, c.company.Name)), nil
	}
	if about.Sample {
		_, rules, err := c.b.loadRules(c.tx, c.company.ID)
		if err != nil {
			return "", err
		}
		if rules.SampleCompany != "allow" {
			return "This is one of QuickBooks' own sample company files. To try QBridge with it: qbridge rules set sample-company allow.", nil
		}
	}
	body, err := json.Marshal(about)
	if err != nil {
		return "", err
	}
	if c.company.About != string(body) {
		if _, err := c.tx.BumpGeneration(c.company.ID); err != nil {
			return "", err
		}
		if err := c.tx.Replan(c.company.ID, "the company file's preferences changed"); err != nil {
			return "", err
		}
	}
	if err := c.notice(about, poll.CompanyFile); err != nil {
		return "", err
	}
	if err := c.tx.BindCompany(c.company.ID, poll.CompanyFile, string(body)); err != nil {
		return "", err
	}
	c.company, _, err = c.tx.Company(c.company.ID)
	if err != nil {
		return "", err
	}
	c.row.CompanyFile = poll.CompanyFile
	c.done.Greeted = true
	if why, err := c.waitForOther(); err != nil || why != "" {
		return why, err
	}
	rows, err := c.tx.CountRows(c.company.ID)
	c.done.Left = int(rows[rowPlanned])
	return "", err
}

// Answer records what QuickBooks answered. A short answer is read in the very
// transaction that records it; a long one, or a list, before it.
func (b backend) Answer(ctx context.Context, ticket string, answer soap.Answer) (number int, err error) {
	b.Point("answer: arrived")
	var outside *store.Set
	err = b.write(ctx, "record the answer", func(tx *store.Tx) error {
		c, err := b.connection(tx, ticket)
		if err != nil {
			return err
		}
		set, late, repeated, err := c.answered(answer)
		if err != nil || set == nil {
			number = repeated
			return err
		}
		if set.Kind == kindList || answer.Response.Size() > readInside {
			outside = set
			return nil
		}
		got, err := b.receive(ctx, *set, answer)
		if err != nil {
			return err
		}
		number, err = c.apply(*set, late, got)
		return err
	})
	if err == nil && outside != nil {
		number, err = b.answerOutside(ctx, ticket, *outside, answer)
	}
	if err != nil {
		return -1, err
	}
	b.Point("answer: before the progress leaves")
	return number, nil
}

// readInside is the longest answer, in bytes, that is read while others wait
// for the database: some milliseconds.
const readInside = 256 << 10

// answerOutside records an answer that takes long to read.
func (b backend) answerOutside(ctx context.Context, ticket string, set store.Set, answer soap.Answer) (number int, err error) {
	got, err := b.receive(ctx, set, answer)
	if err != nil {
		return -1, err
	}
	err = b.write(ctx, "record the answer", func(tx *store.Tx) error {
		c, err := b.connection(tx, ticket)
		if err != nil {
			return err
		}
		again, late, repeated, err := c.answered(answer)
		if err != nil || again == nil { // the same answer came twice at once, and the other call has recorded it
			number = repeated
			return err
		}
		number, err = c.apply(*again, late, got)
		return err
	})
	return number, err
}

// apply records the answer to a set and gives the progress to tell.
func (c *connection) apply(set store.Set, late bool, got received) (int, error) {
	if c.row.Ticket == "" { // late, for a session nobody remembers: the set knows its company
		var err error
		if c.company, _, err = c.tx.Company(set.CompanyID); err != nil {
			return -1, err
		}
	}
	ours, err := got.answers(set)
	if err != nil {
		return -1, err
	}
	if !ours { // an answer to an earlier set, again
		if late {
			return -1, nil
		}
		return c.state.LastProgress, nil
	}
	outcome := ""
	if set.State == setOut || set.State == setInDoubt {
		outcome, err = c.record(set, got)
		c.done.Done += int(set.Rows)
	} else if set.Kind == kindWrite {
		err = c.recordTooLate(set, got)
	}
	if err != nil {
		return -1, err
	}
	event := soap.Recorded{At: c.b.Now(), Text: outcome, Midway: c.midway(set.Kind)}
	if outcome == "" && !late {
		if event.Progress, err = c.percent(); err != nil {
			return -1, err
		}
	}
	var action soap.Action
	c.state, action = soap.Step(c.state, event)
	return action.Progress, c.save()
}

// midway tells whether the next session would have to ask again for what this
// one knows: ended here by its limits, each would ask and none would write.
func (c *connection) midway(kind string) bool {
	switch kind {
	case kindIdentity, kindStatus, kindLook, kindUndo:
		return true
	}
	return c.done.Reading != nil || c.done.Checking != nil && c.done.Checking.From != "" || c.done.OneByOne
}

// answered finds the set that an answer belongs to. For a session that is over
// it goes by the message set ID in the answer: a payload is never thrown away
// (P27). A nil set means that the number is the whole answer.
func (c *connection) answered(answer soap.Answer) (set *store.Set, late bool, number int, err error) {
	_, action := soap.Step(c.state, soap.Answered{At: c.b.Now()})
	number = action.Progress
	id := c.state.InFlight
	switch action.Do {
	case soap.RecordLate:
		late = true
		if id == "" {
			if id, err = setOf(answer); err != nil {
				return nil, late, number, err
			}
		}
	case soap.Record:
	default:
		return nil, false, number, nil
	}
	found, ok, err := c.tx.SetHead(id)
	if ok && (!late || found.Kind == kindWrite) {
		set = &found
	}
	return set, late, number, err
}

// setOf reads the message set ID that an answer carries; "" when it has none
// or can't be read.
func setOf(answer soap.Answer) (string, error) {
	if answer.Response.Size() == 0 {
		return "", nil
	}
	r, err := answer.Response.Open()
	if err != nil {
		return "", err
	}
	defer r.Close()
	a := qbxml.NewAnswer(r)
	if _, err := a.Next(); err != nil && !isEOF(err) {
		return "", nil // not readable: nothing in it can be applied
	}
	return a.Set().NewMessageSetID, nil
}

// percent is the progress bar: 100 exactly when nothing more will be handed
// out in this session (P32).
func (c *connection) percent() (int, error) {
	more, err := c.hasWork()
	if err != nil || !more {
		return 100, err
	}
	all := max(c.done.Left, c.done.Done+1)
	return min(99, 100*c.done.Done/all), nil
}

// ConnectionFailed records that QuickBooks could not be opened.
func (b backend) ConnectionFailed(ctx context.Context, ticket string, failure soap.ConnectionFailure) (string, error) {
	event := soap.ConnectionFailed{At: b.Now(), HResult: failure.HResult, Message: failure.Message}
	if !mayNameFile(failure.HResult) {
		return b.step(ctx, "connection error", ticket, event)
	}
	err := b.db.Read(ctx, func(tx *store.Tx) error {
		c, err := b.connection(tx, ticket)
		if _, bad := soap.CompanyFile(c.company.FilePath); err == nil && bad == nil {
			event.RetryWith = &c.company.FilePath
		}
		return err
	})
	if err != nil {
		return "", err
	}
	return b.step(ctx, "connection error", ticket, event)
}

// LastError gives the sentence that the Web Connector shows.
func (b backend) LastError(ctx context.Context, ticket string) (string, error) {
	return b.step(ctx, "last error", ticket, soap.AskedForError{At: b.Now()})
}

// Close ends a session. What it left in QuickBooks' hands is in doubt.
func (b backend) Close(ctx context.Context, ticket string) (string, error) {
	return b.step(ctx, "close the session", ticket, soap.ConnectionClosed{At: b.Now()})
}

func (b backend) step(ctx context.Context, what, ticket string, event soap.Event) (text string, err error) {
	err = b.write(ctx, what, func(tx *store.Tx) error {
		c, err := b.connection(tx, ticket)
		if err != nil {
			return err
		}
		var action soap.Action
		was := c.state.Phase
		c.state, action = soap.Step(c.state, event)
		text = action.Text
		if c.state.InDoubt() != "" && was != soap.Closed { // this very call ended the session
			if _, err := tx.MarkOutInDoubt(c.company.ID); err != nil {
				return err
			}
		}
		return c.save()
	})
	return text, err
}

// sentence makes an error into a sentence for the Web Connector's window.
func sentence(err error) string {
	s := []rune(err.Error())
	if len(s) == 0 {
		return ""
	}
	if s[0] >= 'a' && s[0] <= 'z' {
		s[0] += 'A' - 'a'
	}
	if s[len(s)-1] != '.' {
		s = append(s, '.')
	}
	return string(s)
}

func isEOF(err error) bool { return errors.Is(err, io.EOF) }

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// backoff is the growing pause before a request is tried again.
func backoff(tries int64) time.Duration {
	return min(time.Minute<<min(tries, 10), 6*time.Hour)
}
