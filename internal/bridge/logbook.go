package bridge

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"qbridge/soap"
	"qbridge/store"
)

// LogLine is one thing that happened, in words. Its JSON shape only grows:
// docs/json.md.
type LogLine struct {
	At    time.Time `json:"at"`
	Who   string    `json:"who"` // qbridge, QuickBooks, Web Connector, shop or a person
	Event string    `json:"event"`
	Note  string    `json:"note"`
	Set   string    `json:"message_set,omitempty"`
	Bytes string    `json:"bytes,omitempty"` // of the set handed out or answered, without what the Redactor hides
}

// OrderLog is the life of an order, the oldest line first.
type OrderLog struct {
	OrderView
	Lines []LogLine `json:"lines"`
}

// SessionView is a session of the Web Connector in figures (P62).
type SessionView struct {
	Number      int       `json:"number"` // 1 is the newest one in which anything was asked or said; 0: nothing was
	Ticket      string    `json:"ticket"`
	Opened      time.Time `json:"opened"`
	LastCall    time.Time `json:"last_call"`
	Closed      time.Time `json:"closed,omitzero"`
	Connector   string    `json:"connector,omitempty"`    // the Web Connector's version
	Product     string    `json:"product,omitempty"`      // QuickBooks' product and year, as the company file last told
	Company     string    `json:"company,omitempty"`      // its name, as the company file last told
	CompanyFile string    `json:"company_file,omitempty"` // its path
	Sets        int64     `json:"sets"`                   // handed out
	Sent        int64     `json:"sent"`                   // writing requests in them
	Done        int64     `json:"done"`                   // of these, what QuickBooks did
	Failed      int64     `json:"failed"`                 // refused, or a person has to decide
	Progress    int       `json:"progress"`               // the last percentage; negative after an error
	Said        string    `json:"said,omitempty"`         // the last sentence shown in the Web Connector
	Ended       string    `json:"ended"`                  // how it ended
}

// SessionLog is a session in words, the oldest line first.
type SessionLog struct {
	SessionView
	Lines []LogLine `json:"lines"`
}

// OrderLog tells the life of the order with a number. With bytes come those of
// each message set that carried it, and of the answers.
func (b *Bridge) OrderLog(ctx context.Context, number string, bytes bool) (l OrderLog, err error) {
	if err := b.hideSecrets(ctx); err != nil {
		return l, err
	}
	err = b.db.Read(ctx, func(tx *store.Tx) error {
		o, err := orderOf(tx, number)
		if err != nil {
			return err
		}
		l.OrderView, l.Lines = view(o), []LogLine{}
		sets, err := tx.SetsOfOrder(o.StoreID, o.Key)
		if err != nil {
			return err
		}
		for _, set := range sets {
			l.Lines = append(l.Lines, b.setLines(set, bytes)...)
		}
		history, err := tx.History(o.StoreID, o.Key)
		for _, h := range history { // behind the answers of the same moment, which made them
			l.Lines = append(l.Lines, LogLine{At: h.At, Who: h.Who, Event: h.Event, Note: h.Note})
		}
		return err
	})
	inTime(l.Lines)
	return l, err
}

// inTime sorts lines by their time; lines of one moment keep their order.
func inTime(lines []LogLine) {
	slices.SortStableFunc(lines, func(a, b LogLine) int { return a.At.Compare(b.At) })
}

// Sessions tells of the last n sessions of the Web Connector in which anything
// was asked or said, the newest first.
func (b *Bridge) Sessions(ctx context.Context, n int) (all []SessionView, err error) {
	all = []SessionView{}
	err = b.db.Read(ctx, func(tx *store.Tx) error {
		c, err := onlyCompany(tx)
		if err != nil {
			return err
		}
		sessions, err := tx.LastBusySessions(c.ID, n)
		for i, s := range sessions {
			v, err := viewSession(tx, c, s)
			if err != nil {
				return err
			}
			v.Number = i + 1
			all = append(all, v)
		}
		return err
	})
	return all, err
}

func viewSession(tx *store.Tx, c store.Company, s store.Session) (v SessionView, err error) {
	var state soap.SessionState
	if err := json.Unmarshal([]byte(s.State), &state); err != nil {
		return v, fmt.Errorf("the stored session: %w", err)
	}
	about, err := parseAbout(c)
	if err != nil {
		return v, err
	}
	v = SessionView{Ticket: s.Ticket, Opened: s.OpenedAt, LastCall: s.LastCallAt, Closed: s.ClosedAt, Connector: s.ClientVersion, Product: about.Product,
		Company: about.Name, CompanyFile: s.CompanyFile, Progress: state.LastProgress, Said: s.Said}
	if v.Sets, v.Sent, err = tx.SetCounts(s.Ticket); err != nil {
		return v, err
	}
	rows, err := tx.SessionRows(s.Ticket)
	v.Done = rows[rowDone] + rows[rowUnread] + rows[rowGone] + rows[rowUndone] // whatever became of it later
	v.Failed = rows[rowRefused] + rows[rowUnsure]
	switch {
	case state.Phase != soap.Closed:
		v.Ended = "open"
	case state.InDoubt() != "":
		v.Ended = "without the answer to set " + state.InDoubt()
	case s.Said != "":
		v.Ended = "with a message"
	default:
		v.Ended = "regularly"
	}
	return v, err
}

// SessionLog tells one session: by its ticket or the beginning of it, or by its
// number among those in which anything was asked or said, the newest being 1.
func (b *Bridge) SessionLog(ctx context.Context, which string, bytes bool) (l SessionLog, err error) {
	if err := b.hideSecrets(ctx); err != nil {
		return l, err
	}
	err = b.db.Read(ctx, func(tx *store.Tx) error {
		c, err := onlyCompany(tx)
		if err != nil {
			return err
		}
		s, number, err := pickSession(tx, c.ID, which)
		if err != nil {
			return err
		}
		if l.SessionView, err = viewSession(tx, c, s); err != nil {
			return err
		}
		l.Number = number
		l.Lines, err = b.sessionLines(tx, l.SessionView, bytes)
		return err
	})
	return l, err
}

// longestNumber is how many digits a session's number has at most; what is
// longer is the beginning of a ticket.
const longestNumber = 6

func pickSession(tx *store.Tx, companyID int64, which string) (s store.Session, number int, err error) {
	none := fmt.Errorf("there is no session %s: 'qbridge log --sessions' lists the last ones", which)
	if n, err := strconv.Atoi(which); err == nil && n > 0 && len(which) <= longestNumber {
		sessions, err := tx.LastBusySessions(companyID, n)
		if err == nil && len(sessions) < n {
			err = none
		}
		if err != nil {
			return s, 0, err
		}
		return sessions[n-1], n, nil
	}
	s, found, err := tx.SessionByTicket(companyID, which)
	if err == nil && (!found || which == "") {
		err = none
	}
	if err != nil {
		return s, 0, err
	}
	number, err = tx.SessionNumber(s)
	return s, number, err
}

func (b *Bridge) sessionLines(tx *store.Tx, v SessionView, bytes bool) ([]LogLine, error) {
	opened := "The session was opened"
	if v.Connector != "" {
		opened += " by Web Connector " + v.Connector
	}
	lines := []LogLine{{At: v.Opened, Who: "Web Connector", Event: "opened", Note: opened + "."}}
	if v.CompanyFile != "" {
		lines = append(lines, LogLine{At: v.Opened, Who: "Web Connector", Event: "company", Note: "The open company file was " + v.CompanyFile + "."})
	}
	sets, err := tx.SetsOfSession(v.Ticket)
	if err != nil {
		return nil, err
	}
	for _, set := range sets {
		if bytes || set.Kind == kindWrite { // a list's answer may have many megabytes
			whole, _, err := tx.Set(set.ID)
			if err != nil {
				return nil, err
			}
			set = whole
		}
		lines = append(lines, b.setLines(set, bytes)...)
	}
	inTime(lines)
	end := LogLine{At: v.LastCall, Who: "Web Connector", Event: "open", Note: "The last call. The session was not closed."}
	if !v.Closed.IsZero() {
		end = LogLine{At: v.Closed, Who: "Web Connector", Event: "closed", Note: "The session ended " + v.Ended + "."}
	}
	if v.Said != "" {
		end.Note += " The Web Connector was told: " + v.Said
	}
	return append(lines, end), nil
}

// setLines tells of a message set: that it was handed out, and what came back.
// The counts need the bytes of a writing set.
func (b *Bridge) setLines(set store.Set, bytes bool) []LogLine {
	out := LogLine{At: set.HandedOutAt, Who: "qbridge", Event: "handed out", Set: set.ID, Note: handedOutWords(set)}
	if bytes {
		out.Bytes = b.Redactor.Text(string(set.Request))
	}
	lines := []LogLine{out}
	if set.AnsweredAt.IsZero() {
		switch set.State {
		case setOut:
			lines[0].Note += " Its answer is awaited."
		case setInDoubt:
			lines[0].Note += " It has no answer: QuickBooks is asked what became of it."
		case setSettled:
			lines[0].Note += " Its answer never came."
		}
		return lines
	}
	back := LogLine{At: set.AnsweredAt, Who: "QuickBooks", Event: "answered", Set: set.ID, Note: answeredWords(set)}
	if bytes {
		back.Bytes = b.Redactor.Text(string(set.Answer))
	}
	return append(lines, back)
}

func handedOutWords(set store.Set) string {
	s, err := subjectOf(set)
	if err != nil {
		s = subject{} // told without what it was about
	}
	switch set.Kind {
	case kindIdentity:
		return fmt.Sprintf("Asked whether our newest documents are in this company file (%d).", len(s.Rows))
	case kindStatus:
		return fmt.Sprintf("Asked what became of set %s, which has no answer.", s.Set)
	case kindSettle:
		return fmt.Sprintf("Looked for the documents and names of set %s, which QuickBooks does not know.", s.Set)
	case kindRead:
		return fmt.Sprintf("Read %s whose total was not known yet.", counted(len(s.Rows), "document"))
	case kindWhose:
		return fmt.Sprintf("Asked whose %s now: the customer is not in QuickBooks any more.", counted(len(s.Rows), "document is", "documents are"))
	case kindList:
		return fmt.Sprintf("Read the list %s.", s.List)
	case kindLook:
		return fmt.Sprintf("Looked whether %s in the books already.", counted(len(s.Rows), "document is", "documents are"))
	case kindCheck:
		return fmt.Sprintf("Asked whether people changed, voided or deleted %s.", counted(len(s.Rows), "document of ours", "documents of ours"))
	case kindUndo:
		return fmt.Sprintf("Looked whether %s may be undone.", counted(len(s.Rows), "document"))
	case kindWrite:
		text := fmt.Sprintf("Sent %s", counted(int(set.Rows), "request"))
		if kinds := tally(requestName().FindAllSubmatch(set.Request, -1)); kinds != "" {
			text += ": " + kinds
		}
		return text + "."
	}
	return "Handed out " + counted(int(set.Rows), "request") + "."
}

func answeredWords(set store.Set) string {
	text := "Answered"
	switch set.State {
	case setRefused:
		text = "Refused the whole set"
	case setSettled:
		text = "Settled"
	case setInDoubt:
		text = "Answered without saying what became of it,"
	}
	text += " after " + set.AnsweredAt.Sub(set.HandedOutAt).Round(time.Millisecond).String()
	if codes := tally(statusCodes().FindAllSubmatch(set.Answer, -1)); set.Kind == kindWrite && codes != "" {
		text += "; status codes " + codes
	}
	if set.HResult != "" || set.Message != "" {
		text += "; error " + strings.TrimSpace(set.HResult+" "+set.Message)
	}
	return strings.TrimSuffix(text, ".") + "."
}

var (
	requestName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`<(\w+(?:Add|Mod|Query|Void|Del))Rq[ >]`) })
	statusCodes = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`<\w+Rs [^>]*statusCode="(\w+)"`) })
)

// tally counts what a pattern found: "8 x SalesReceiptAdd, 2 x CustomerAdd".
func tally(found [][][]byte) string {
	counts := map[string]int{}
	var names []string
	for _, m := range found {
		name := string(m[1])
		if counts[name]++; counts[name] == 1 {
			names = append(names, name)
		}
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(counts[b]-counts[a], strings.Compare(a, b)) })
	for i, name := range names {
		names[i] = fmt.Sprintf("%d x %s", counts[name], name)
	}
	return strings.Join(names, ", ")
}

// counted writes a number with its noun: "1 order", "2 orders".
func counted(n int, noun string, plural ...string) string {
	if n == 1 {
		return "1 " + noun
	}
	if len(plural) > 0 {
		noun = plural[0]
	} else {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}

// hideSecrets tells the redactor every sealed secret, before stored bytes and
// logs are shown. One that can't be opened is no secret that could be in them.
func (b *Bridge) hideSecrets(ctx context.Context) error {
	sealed := map[string]string{}
	err := b.db.Read(ctx, func(tx *store.Tx) error {
		return tx.Settings(func(name, value string) error {
			if isSealed(value) {
				sealed[name] = value
			}
			return nil
		})
	})
	if err != nil {
		return err
	}
	var failed error
	for name, value := range sealed {
		plain, err := b.vault.Open(name, value)
		if err != nil {
			failed = errors.Join(failed, err)
			continue
		}
		b.Redactor.Hide(Secret(plain))
	}
	if failed != nil {
		b.Log.Warn("a sealed secret can't be opened; what is shown may not hide it", "error", failed)
	}
	return nil
}

// isSealed tells whether a setting's value is a secret sealed here.
func isSealed(value string) bool { return strings.HasPrefix(value, sealPrefix) }

// TicketStart is the beginning of a ticket, as logs name a session.
func TicketStart(ticket string) string { return ticket[:min(8, len(ticket))] }
