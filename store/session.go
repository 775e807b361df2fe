package store

import (
	"fmt"
	"time"
)

// Session is one session of the Web Connector.
type Session struct {
	Ticket        string
	CompanyID     int64
	State         string // JSON: the SOAP session
	Progress      string // JSON: what this session has read so far
	ClientVersion string
	CompanyFile   string
	Said          string // the last sentence shown in the Web Connector
	OpenedAt      time.Time
	LastCallAt    time.Time
	ClosedAt      time.Time
}

const (
	sessionColumns = "ticket, company_id, state, progress, client_version, company_file, said, opened_at, last_call_at, closed_at"
	selectSession  = "SELECT " + sessionColumns + " FROM session "
)

func (s *Session) fields() []any {
	return []any{&s.Ticket, &s.CompanyID, &s.State, &s.Progress, &s.ClientVersion, &s.CompanyFile, &s.Said, stamp{&s.OpenedAt},
		stamp{&s.LastCallAt}, stamp{&s.ClosedAt}}
}

// Session is the session of that ticket.
func (tx *Tx) Session(ticket string) (Session, bool, error) {
	return one[Session](tx, "read session "+ticket, selectSession+"WHERE ticket = ?", ticket)
}

// SaveSession keeps a session, new or known, as given; zero OpenedAt and LastCallAt mean now. Whose it is and when it was opened does not change,
// and closed it stays.
func (tx *Tx) SaveSession(session Session) error {
	if session.OpenedAt.IsZero() {
		session.OpenedAt = tx.now
	}
	if session.LastCallAt.IsZero() {
		session.LastCallAt = tx.now
	}
	doing := "keep session " + session.Ticket
	_, err := tx.exec(doing, "INSERT INTO session ("+sessionColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT DO UPDATE SET state = excluded.state, progress = excluded.progress, client_version = excluded.client_version,
		company_file = excluded.company_file, said = excluded.said, last_call_at = excluded.last_call_at`, session.fields()...)
	if err == nil && !session.ClosedAt.IsZero() { // apart: what is in an index is written anew even when it stays
		_, err = tx.exec(doing, "UPDATE session SET closed_at = ? WHERE ticket = ?", at(session.ClosedAt), session.Ticket)
	}
	return err
}

// LiveSessions are the sessions of a company that were not closed, the oldest first.
func (tx *Tx) LiveSessions(companyID int64) ([]Session, error) {
	return list[Session](tx, fmt.Sprintf("read the live sessions of company %d", companyID),
		selectSession+"WHERE company_id = ? AND closed_at = '' ORDER BY opened_at, ticket", companyID)
}

// LastSessions are the last n sessions of a company, the newest first.
func (tx *Tx) LastSessions(companyID int64, n int) ([]Session, error) {
	return list[Session](tx, fmt.Sprintf("read the last sessions of company %d", companyID),
		selectSession+"WHERE company_id = ? ORDER BY opened_at DESC, ticket DESC LIMIT ?", companyID, n)
}

// didSomething is true of a session that handed out a set or said something: most only ask and find nothing.
const didSomething = "(said <> '' OR EXISTS (SELECT 1 FROM message_set WHERE message_set.ticket = session.ticket))"

// LastBusySessions are the last n sessions of a company that handed out a set or said something, the newest first.
func (tx *Tx) LastBusySessions(companyID int64, n int) ([]Session, error) {
	return list[Session](tx, fmt.Sprintf("read the last sessions of company %d", companyID),
		selectSession+"WHERE company_id = ? AND "+didSomething+" ORDER BY opened_at DESC, ticket DESC LIMIT ?", companyID, n)
}

// SessionNumber counts the busy sessions of a company from the newest to this one; 0 when this one did nothing.
func (tx *Tx) SessionNumber(s Session) (n int, err error) {
	_, err = tx.scan("count the sessions since "+s.Ticket, `SELECT iif(sum(ticket = ?3) > 0, count(*), 0) FROM session
		WHERE company_id = ?1 AND (opened_at, ticket) >= (?2, ?3) AND `+didSomething, []any{s.CompanyID, at(s.OpenedAt), s.Ticket}, &n)
	return n, err
}

// SessionByTicket is the newest session of a company whose ticket begins so, in capitals or not.
func (tx *Tx) SessionByTicket(companyID int64, beginning string) (Session, bool, error) {
	return one[Session](tx, "look for session "+beginning, selectSession+"WHERE company_id = ?1 AND substr(ticket, 1, length(?2)) = ?2 COLLATE NOCASE ORDER BY opened_at DESC LIMIT 1",
		companyID, beginning)
}

// PruneSessions forgets the sessions whose last call was before a time, closed or not, and from idleBefore on those that handed out nothing
// and had nothing to say: most polls are such. Their sets stay, and the
// newest session of each company, which tells when the Web Connector came last.
func (tx *Tx) PruneSessions(before, idleBefore time.Time) error {
	_, err := tx.exec("forget old sessions", `DELETE FROM session WHERE (last_call_at < ?1 OR last_call_at < ?2 AND NOT `+didSomething+`)
		AND opened_at < (SELECT max(opened_at) FROM session newer WHERE newer.company_id = session.company_id)`, at(before), at(idleBefore))
	return err
}
