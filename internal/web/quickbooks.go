package web

import (
	"cmp"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"qbridge/internal/bridge"
)

// quickBooksView is how it stands between us and the company file.
type quickBooksView struct {
	bridge.QuickBooksView
	Waits    []waiting
	Sessions []bridge.SessionView
	Wanted   bool // lists are read at the next session
	Soon     bool // news is looked for often: somebody waits for the Web Connector
}

// waiting is how many documents and names stand in a state.
type waiting struct {
	State  string // of the outbox: the words are row.planned and so on
	Count  int64
	Orders string // the state of their orders; "" when they may be in several
}

const sessionsShown = 15

func quickBooks(v *visit) error {
	var view quickBooksView
	var err error
	if view.QuickBooksView, err = v.bridge.QuickBooks(v.ctx()); err != nil {
		return err
	}
	if view.Sessions, err = v.bridge.Sessions(v.ctx(), sessionsShown); err != nil {
		return err
	}
	for _, w := range []waiting{{State: "planned", Orders: "queued"}, {State: "sent", Orders: "sent"}, {State: "in_doubt", Orders: "in_doubt"}, {State: "unread"},
		{State: "unsure", Orders: "attention"}, {State: "refused", Orders: "attention"}, {State: "blocked"}} {
		if w.Count = view.Waiting[w.State]; w.Count > 0 {
			view.Waits = append(view.Waits, w)
		}
	}
	view.Wanted = slices.ContainsFunc(view.Lists, func(l bridge.ListHead) bool { return l.Wanted })
	view.Soon = view.Wanted || view.Polled.IsZero()
	return v.page("quickbooks", view)
}

func refreshLists(v *visit) error {
	if err := v.bridge.RefreshLists(v.ctx()); err != nil {
		return err
	}
	if err := v.bridge.Did(v.ctx(), v.who(), "lists", "All lists of the company file are to be read again."); err != nil {
		return err
	}
	return v.redirect("/quickbooks", "lists_wanted")
}

// seenStop stands for the stop of the company file that the page showed.
func (v *visit) seenStop() string { return cmp.Or(v.r.PostFormValue("seen"), "none") }

// askBooksAgain is for who opened the right company file after a stop.
func askBooksAgain(v *visit) error {
	if err := v.bridge.AskAgain(v.ctx(), v.who(), v.seenStop()); err != nil {
		return refuse(err)
	}
	return v.redirect("/quickbooks", "books_asked")
}

// resume lets the company file be written again that was stopped. The orders
// whose documents are gone stand among what needs attention.
func resume(v *visit) error {
	gone, err := v.bridge.Resume(v.ctx(), v.who(), v.seenStop())
	if err != nil {
		return refuse(err)
	}
	if gone == 0 {
		return v.redirect("/quickbooks", "resumed")
	}
	line, err := v.words.count("quickbooks.resumed", int64(gone))
	if err != nil {
		return err
	}
	return v.redirect("/orders?state=attention", "resumed_gone", line)
}

// connectorFile gives the .qwc file.
func connectorFile(v *visit) error {
	file, err := v.bridge.QWC(v.ctx(), v.appURL())
	if err != nil {
		return refuse(err)
	}
	return v.send("application/octet-stream", "qbridge.qwc", file)
}

// appURL is the address of the service as the reader found the console: the Web
// Connector may find it there, too.
func (v *visit) appURL() string {
	host, port, err := net.SplitHostPort(v.r.Host)
	if err != nil {
		host, port = v.r.Host, ""
	}
	scheme := "https"
	if v.r.TLS == nil {
		scheme, host = "http", "localhost" // by whatever name of this computer it was called: the Web Connector takes no other without TLS
	}
	if port != "" {
		host = net.JoinHostPort(host, port)
	}
	return scheme + "://" + host + "/qbwc"
}

// bookListView is a page of one list of the company file.
type bookListView struct {
	bridge.ListHead
	bridge.ListPage
	Text  string
	Kinds bool // its entries are of several kinds
	First bool
	Next  string // the path of the next page
}

const entriesAPage = 100

func bookList(v *visit) error {
	name, query := v.r.PathValue("list"), v.r.URL.Query()
	books, err := v.bridge.QuickBooks(v.ctx())
	if err != nil {
		return err
	}
	at := slices.IndexFunc(books.Lists, func(l bridge.ListHead) bool { return l.List == name })
	if at < 0 {
		return errNotFound
	}
	view := bookListView{ListHead: books.Lists[at], Text: strings.TrimSpace(query.Get("q")), First: query.Get("after") == ""}
	if view.ListPage, err = v.bridge.ListEntries(v.ctx(), name, view.Text, query.Get("after"), entriesAPage); err != nil {
		return err
	}
	view.Kinds = slices.ContainsFunc(view.Entries, func(e bridge.EntryView) bool { return e.Kind != "" })
	if view.ListPage.Next != "" {
		next := url.Values{"after": {view.ListPage.Next}}
		if view.Text != "" {
			next.Set("q", view.Text)
		}
		view.Next = "/quickbooks/lists/" + url.PathEscape(name) + "?" + next.Encode()
	}
	return v.page("booklist", view)
}

// sessionsView is the last sessions of the Web Connector.
type sessionsView struct {
	Sessions []bridge.SessionView
	More     int // as many are shown next; 0 when these are all
}

const mostSessions = 1600

func sessions(v *visit) error {
	n, err := strconv.Atoi(v.r.URL.Query().Get("n"))
	if err != nil || n < 1 {
		n = 100
	}
	n = min(n, mostSessions)
	var view sessionsView
	if view.Sessions, err = v.bridge.Sessions(v.ctx(), n); err != nil {
		return err
	}
	if len(view.Sessions) == n && n < mostSessions {
		view.More = 2 * n
	}
	return v.page("sessions", view)
}

func sessionPage(v *visit) error {
	log, err := v.bridge.SessionLog(v.ctx(), v.r.PathValue("ticket"), false)
	if err != nil {
		return refuse(err)
	}
	return v.page("session", log)
}

// setView is a message set with its bytes and those of the answer.
type setView struct {
	bridge.SetLog
	Parts []setPart
}

type setPart struct {
	bridge.LogLine
	Name  string // request or answer
	Shown string // the bytes, a line for each element, when they can be shown
	Cut   bool   // there are more than are shown
}

// mostShown is how many bytes of a request or an answer a page shows.
const mostShown = 64 << 10

func setPage(v *visit) error {
	log, err := v.bridge.SetLog(v.ctx(), v.r.PathValue("set"))
	if err != nil {
		return err
	}
	view := setView{SetLog: log}
	for i, l := range log.Lines {
		p := setPart{LogLine: l, Name: "request", Shown: l.Bytes}
		if i > 0 {
			p.Name = "answer"
		}
		if v.r.URL.Query().Get("save") == p.Name {
			return v.send("application/octet-stream", "set-"+log.ID+"-"+p.Name+".xml", []byte(l.Bytes))
		}
		if len(p.Shown) > mostShown {
			p.Shown, p.Cut = strings.ToValidUTF8(p.Shown[:mostShown], ""), true
		}
		p.Shown = indented(p.Shown)
		view.Parts = append(view.Parts, p)
	}
	return v.page("set", view)
}

// indented gives an XML document a line for each element, moved in by its depth.
// It is for looking at: any text comes out whole.
func indented(document string) string {
	var out strings.Builder
	depth := 0
	for line := range strings.SplitSeq(strings.ReplaceAll(document, "><", ">\n<"), "\n") {
		end := strings.HasPrefix(line, "</")
		if end {
			depth = max(depth-1, 0)
		}
		out.WriteString(strings.Repeat("  ", min(depth, 12)) + line + "\n")
		if strings.HasPrefix(line, "<") && !end && !strings.HasPrefix(line, "<?") && !strings.HasSuffix(line, "/>") && !strings.Contains(line, "</") {
			depth++
		}
	}
	return out.String()
}
