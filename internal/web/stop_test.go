package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"qbridge/internal/bridge"
	"qbridge/internal/order"
	"qbridge/internal/sim"
)

// stoppedSite is a site whose order was posted, and whose company file was then
// restored from a backup without it: writing is stopped. Newer is the file before
// that; session polls and gives what the Web Connector shows.
func stoppedSite(t *testing.T) (s *site, company *sim.Company, newer []byte, session func() string) {
	t.Helper()
	s, company, post := booksSite(t, nil, sim.KindPlain)
	backup, err := company.Snapshot()
	check(t, err)
	post()
	s.state(order.Synced)
	newer, err = company.Snapshot()
	check(t, err)
	check(t, company.Restore(backup))
	connector := s.connector(company)
	session = func() string {
		t.Helper()
		s.later(15 * time.Minute)
		check(t, s.b.RefreshLists(t.Context()))
		report, err := connector.Session(t.Context())
		check(t, err)
		return report.LastError
	}
	if says := session(); !strings.Contains(says, "Was a backup restored?") {
		t.Fatalf("the Web Connector shows %q", says)
	}
	return s, company, newer, session
}

const (
	resumeButton = "Resume: this is the right company file"
	askButton    = "The right file is open now: ask again"
)

// Design 4.4: why writing stopped, which documents are missing, and the button
// that says that the file is right; nothing of it when nothing is stopped.
func TestResume(t *testing.T) {
	t.Parallel()
	s, _, _, session := stoppedSite(t)
	people := s.people()
	keeper := people[bridge.Bookkeeper]
	o := s.only()
	page := keeper.get("/quickbooks")
	page.want(t, http.StatusOK, "is not in this company file.", "Was a backup restored?", "“"+resumeButton+"”", o.Document, o.TxnID, o.BooksTotal, orderPath(o.ID), resumeButton, askButton,
		"Nothing is posted again by itself")
	if strings.Contains(page.body, "qbridge resume") {
		t.Error("the page names the command")
	}
	seen := form("seen", page.value(t, `name="seen" value="([^"]*)"`))
	keeper.get("/orders").want(t, http.StatusOK, `<a href="/quickbooks">Nothing is written to QuickBooks any more</a>`)
	keeper.get("/status").want(t, http.StatusOK, "on the page QuickBooks.", "What to do")
	people[bridge.Warehouse].get("/status").want(t, http.StatusOK, `<a href="/status">Nothing is written to QuickBooks any more</a>`)
	keeper.get("/quickbooks", "Accept-Language: fr").want(t, http.StatusOK, "n'est pas dans ce fichier d'entreprise.", "Reprendre : c'est le bon fichier d'entreprise",
		"Le bon fichier est ouvert : demander de nouveau", "Supprimée dans QuickBooks")

	reader := people[bridge.Accountant].get("/quickbooks")
	reader.want(t, http.StatusOK, o.TxnID, "An owner or a bookkeeper can resume.")
	if strings.Contains(reader.body, "/quickbooks/resume") || strings.Contains(reader.body, "/quickbooks/ask") {
		t.Error("who reads only is offered to resume")
	}
	for _, path := range []string{"/quickbooks/resume", "/quickbooks/ask"} {
		people[bridge.Accountant].post(path, seen).want(t, http.StatusForbidden)
		people[bridge.Warehouse].post(path, seen).want(t, http.StatusForbidden)
		keeper.post(path, seen, "Sec-Fetch-Site: cross-site").want(t, http.StatusForbidden)
		keeper.post(path, nil).want(t, http.StatusUnprocessableEntity, "stopped for another reason by now")
	}
	s.state(order.Synced)

	answer := keeper.post("/quickbooks/resume", seen)
	answer.want(t, http.StatusSeeOther)
	if answer.where() != "/orders?state=attention" {
		t.Errorf("resuming leads to %s", answer.where())
	}
	keeper.get(answer.where()).want(t, http.StatusOK, "1 document is marked as gone: its order is among these.", orderPath(o.ID))
	s.state(order.Attention)
	if now := s.only(); now.Cause != string(bridge.CauseGone) {
		t.Errorf("the order needs attention for %s", now.Cause)
	}
	keeper.get("/activity?kind=stop").want(t, http.StatusOK, "bookkeeper", "Writing stopped", "missing documents marked as gone: 1.", "is not in this company file.")
	keeper.get("/activity?kind=stop", "Accept-Language: fr").want(t, http.StatusOK, "documents absents marqués comme disparus")
	for _, path := range []string{"/quickbooks/resume", "/quickbooks/ask"} {
		keeper.post(path, seen).want(t, http.StatusUnprocessableEntity, "Nothing is stopped")
	}
	if page := keeper.get("/quickbooks"); strings.Contains(page.body, "/quickbooks/resume") || strings.Contains(page.body, "/quickbooks/ask") {
		t.Error("nothing is stopped, and yet the page offers to resume")
	}
	if says := session(); says != "" {
		t.Errorf("the Web Connector shows %q", says)
	}
	s.state(order.Attention) // not posted again by itself
}

// Design 4.4: who opens the right file after a stop has it asked again: its order
// is posted as before. In the wrong one it stops again.
func TestRightFileIsOpened(t *testing.T) {
	t.Parallel()
	s, company, newer, session := stoppedSite(t)
	keeper := s.people()[bridge.Bookkeeper]
	ask := func() {
		t.Helper()
		seen := keeper.get("/quickbooks").value(t, `name="seen" value="([^"]*)"`)
		keeper.post("/quickbooks/ask", form("seen", seen)).want(t, http.StatusSeeOther)
		keeper.get("/quickbooks").want(t, http.StatusOK, "QuickBooks is asked again")
	}
	ask()
	if says := session(); !strings.Contains(says, "Was a backup restored?") {
		t.Errorf("the Web Connector shows %q", says)
	}
	ask()
	check(t, company.Restore(newer))
	if says := session(); says != "" {
		t.Errorf("the Web Connector shows %q", says)
	}
	s.state(order.Synced)
	if page := keeper.get("/quickbooks"); strings.Contains(page.body, "/quickbooks/resume") {
		t.Error("still stopped")
	}
}
