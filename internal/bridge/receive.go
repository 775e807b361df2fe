package bridge

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"qbridge/qbxml"
	"qbridge/soap"
	"qbridge/store"
)

// received is an answer of QuickBooks, read.
type received struct {
	hresult   string // not empty: QuickBooks refused the whole set or died over it
	message   string
	broken    error // the answer ends early or is no qbXML; what was read before is there
	status    qbxml.SetStatus
	responses []response
	raw       []byte // nil for list answers that are too long to keep
	hash      string
	changed   int // list answers: records that were new or differ
}

// response is one response with its records.
type response struct {
	*qbxml.Response
	rets []any
}

// answers tells whether this is the answer to a set, as far as can be told. A
// repeated answer to an earlier set must not be taken for it.
func (r received) answers(set store.Set) (bool, error) {
	s, err := subjectOf(set)
	if err != nil {
		return false, err
	}
	switch id := r.status.NewMessageSetID; set.Kind {
	case kindWrite:
		return id == "" || id == set.ID, nil
	case kindStatus:
		return id == "" || id == s.Set, nil
	}
	for _, answer := range r.responses {
		if _, id, _ := strings.Cut(answer.RequestID, "-"); answer.RequestID != "" && id != set.ID {
			return false, nil
		}
	}
	return true, nil
}

// keepListAnswer is the longest list answer whose bytes are kept for a while.
const keepListAnswer = 256 << 10

// receive reads an answer outside any transaction. The records of a list go
// into the store a hundred at a time, so that neither memory nor a transaction
// grows with the list; doing that twice changes nothing.
func (b *Bridge) receive(ctx context.Context, set store.Set, answer soap.Answer) (received, error) {
	got := received{hresult: answer.HResult, message: answer.Message}
	if answer.HResult != "" {
		return got, nil
	}
	body, err := answer.Response.Open()
	if err != nil {
		return got, fmt.Errorf("the answer of QuickBooks can't be read: %w", err)
	}
	defer body.Close()
	hash := sha256.New()
	kept := &limited{limit: keepListAnswer}
	if set.Kind != kindList {
		kept.limit = int(answer.Response.Size())
	}
	page := &page{b: b, ctx: ctx, set: set}
	if err := got.read(io.TeeReader(body, io.MultiWriter(hash, kept)), page); err != nil {
		return got, err
	}
	got.changed = page.changed
	got.hash = hex.EncodeToString(hash.Sum(nil))
	if !kept.over {
		got.raw = kept.Bytes()
	}
	return got, nil
}

// read takes the answer apart. An unreadable rest is kept in broken: it is
// QuickBooks' or the wire's fault, and never loses what was read before it.
func (r *received) read(in io.Reader, page *page) error {
	a := qbxml.NewAnswer(in)
	for {
		record, err := a.Next()
		r.status = a.Set()
		if isEOF(err) {
			return page.flush()
		}
		if err != nil {
			r.broken = fmt.Errorf("the answer of QuickBooks can't be read to its end: %w", err)
			return page.flush()
		}
		if n := len(r.responses); n == 0 || r.responses[n-1].Response != record.Response {
			r.responses = append(r.responses, response{Response: record.Response})
		}
		if record.Ret == nil {
			continue
		}
		if taken, err := page.take(record.Ret); err != nil {
			return err
		} else if !taken {
			last := &r.responses[len(r.responses)-1]
			last.rets = append(last.rets, record.Ret)
		}
	}
}

// page collects the records of a list answer.
type page struct {
	b       *Bridge
	ctx     context.Context
	set     store.Set
	entries []store.BookEntry
	changed int
}

// take keeps a record of a list; it leaves the records of other answers alone.
func (p *page) take(ret any) (bool, error) {
	if p.set.Kind != kindList {
		return false, nil
	}
	s, err := subjectOf(p.set)
	if err != nil {
		return false, err
	}
	e, ours, err := bookEntry(s.List, ret)
	if err != nil || !ours {
		return false, err
	}
	p.entries = append(p.entries, e)
	if len(p.entries) < listPart {
		return true, nil
	}
	return true, p.flush()
}

func (p *page) flush() error {
	if len(p.entries) == 0 {
		return nil
	}
	s, err := subjectOf(p.set)
	if err != nil {
		return err
	}
	err = p.b.write(p.ctx, "keep a page of list "+s.List, func(tx *store.Tx) error {
		c, err := p.b.connection(tx, p.set.Ticket)
		if err != nil {
			return err
		}
		if c.done.Reading == nil || c.done.Reading.List != s.List {
			return nil // the reading was given up; the next one begins anew
		}
		n, err := tx.UpsertBook(p.set.CompanyID, s.List, p.entries, c.done.Reading.Number)
		p.changed += n
		return err
	})
	p.entries = p.entries[:0]
	return err
}

func subjectOf(set store.Set) (subject, error) {
	var s subject
	if err := json.Unmarshal([]byte(set.Subject), &s); err != nil {
		return s, fmt.Errorf("what set %s asked about: %w", set.ID, err)
	}
	return s, nil
}

// limited keeps what is written to it up to a limit, and says when there was
// more.
type limited struct {
	bytes.Buffer
	limit int
	over  bool
}

func (l *limited) Write(p []byte) (int, error) {
	if l.over = l.over || l.Len()+len(p) > l.limit; !l.over {
		l.Buffer.Write(p)
	}
	return len(p), nil
}
