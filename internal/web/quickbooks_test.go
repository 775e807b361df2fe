package web

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"qbridge/internal/bridge"
	"qbridge/internal/sim"
)

// poll lets the pretend Web Connector come once, for a pretend company file.
func (s *site) poll() {
	s.t.Helper()
	made, err := s.b.SetPassword(s.t.Context(), "")
	check(s.t, err)
	service, err := s.b.Handler("http://localhost:8480/qbwc", "")
	check(s.t, err)
	served := httptest.NewServer(service)
	s.t.Cleanup(served.Close)
	qwc, err := s.b.QWC(s.t.Context(), "http://localhost:8480/qbwc")
	check(s.t, err)
	file, err := sim.ParseQWC(qwc)
	check(s.t, err)
	company := sim.NewCompany(sim.CompanyConfig{SalesTax: true, OwnerID: file.OwnerID, FileID: file.FileID, Clock: s.now})
	connector := sim.NewConnector(sim.ConnectorConfig{AppURL: served.URL + "/qbwc", AppName: file.AppName, User: file.UserName, Password: made.Password.Reveal(), Company: company})
	_, err = connector.Session(s.t.Context())
	check(s.t, err)
}

func TestQuickBooksPage(t *testing.T) {
	t.Parallel()
	s := newSite(t, plainOrders(2)...)
	keeper := s.people()[bridge.Bookkeeper]
	keeper.get("/quickbooks").want(t, http.StatusOK, "It has not come yet.", "Not read yet", "There was none yet.", "Nothing waits.")
	keeper.get("/quickbooks/sessions").want(t, http.StatusOK, "There was none yet.")
	s.poll()
	page := keeper.get("/quickbooks")
	page.want(t, http.StatusOK, "Pretend Company", "QuickBooks Premier 2024", "Customers and other names", "Regularly")
	if strings.Contains(page.body, "It has not come yet.") {
		t.Error("the Web Connector was here")
	}
	s.later(time.Minute)
	keeper.post("/quickbooks/lists", nil).want(t, http.StatusSeeOther)
	keeper.get("/quickbooks").want(t, http.StatusOK, "read again at the next session")
	did, err := s.b.Activity(t.Context(), "bookkeeper", "lists", "", 0)
	check(t, err)
	if len(did.Lines) != 1 {
		t.Errorf("who asked for the lists: %+v", did.Lines)
	}

	// Every list is found, searched and paged.
	all := regexp.MustCompile(`href="(/quickbooks/lists/\w+)"`).FindAllStringSubmatch(page.body, -1)
	if len(all) != 12 {
		t.Errorf("the page has %d lists", len(all))
	}
	for _, m := range all {
		keeper.get(m[1]).want(t, http.StatusOK)
	}
	keeper.get("/quickbooks/lists/Account?q=UNDEP").want(t, http.StatusOK, "Undeposited Funds", "Other current asset")
	keeper.get("/quickbooks/lists/Account?q=nothing+like+it").want(t, http.StatusOK, "No entry is like that.")
	keeper.get("/quickbooks/lists/Nothing").want(t, http.StatusNotFound)

	// A session, and what was said in it.
	link := regexp.MustCompile(`href="(/quickbooks/sessions/[^"]+)"`).FindStringSubmatch(page.body)
	if link == nil {
		t.Fatal("the page has no session")
	}
	session := keeper.get(link[1])
	session.want(t, http.StatusOK, "Read the list Account.", "The session ended regularly.")
	set := regexp.MustCompile(`href="(/quickbooks/sets/[^"]+)"`).FindStringSubmatch(session.body)
	if set == nil {
		t.Fatal("the session has no message set")
	}
	one := keeper.get(set[1])
	one.want(t, http.StatusOK, "Request", "Answer", "<QBXMLMsgsRq")
	keeper.get(regexp.MustCompile(`href="(/quickbooks/sessions/[^"]+)"`).FindStringSubmatch(one.body)[1]).want(t, http.StatusOK, "Read the list Account.")

	// With a ticket one speaks for the Web Connector while the session lasts: no
	// page gives it to who may only read.
	told, err := s.b.Sessions(t.Context(), 1)
	check(t, err)
	for _, body := range []string{page.body, session.body, one.body, keeper.get("/quickbooks/sessions").body} {
		if strings.Contains(body, told[0].Ticket) {
			t.Errorf("a page holds the ticket %s", told[0].Ticket)
		}
	}
	saved := keeper.get(set[1] + "?save=answer")
	if saved.want(t, http.StatusOK, "<QBXMLMsgsRs"); !strings.Contains(saved.Header.Get("Content-Disposition"), "answer.xml") {
		t.Errorf("the answer comes as %q", saved.Header.Get("Content-Disposition"))
	}
	keeper.get("/quickbooks/sets/none").want(t, http.StatusNotFound)
	keeper.get("/quickbooks/sessions/none").want(t, http.StatusUnprocessableEntity, "there is no session none")

	file := keeper.get("/quickbooks/qbridge.qwc", "Host: 127.0.0.1:8480")
	file.want(t, http.StatusOK)
	parsed, err := sim.ParseQWC([]byte(file.body))
	check(t, err)
	if parsed.AppURL != "http://localhost:8480/qbwc" {
		t.Errorf("the file names %s", parsed.AppURL)
	}
}

func TestShopPage(t *testing.T) {
	t.Parallel()
	s := newSite(t, plainOrders(3)...)
	packer := s.people()[bridge.Warehouse]
	packer.get("/shop").want(t, http.StatusOK, "Store ID", siteStore, "Last good pull", "at most 5 times a second")
	packer.post("/shop/get", form("store", siteStore)).want(t, http.StatusOK, "0 new, 0 changed")
	packer.post("/shop/get", nil).want(t, http.StatusOK, "0 new, 0 changed")
	packer.post("/shop/get", form("store", "4711")).want(t, http.StatusUnprocessableEntity, "there is no store 4711")
	packer.get("/shop", "Accept-Language: fr").want(t, http.StatusOK, "Récupérer les commandes")
	check(t, s.b.MoveShop(t.Context(), siteStore, "http://127.0.0.1:1/api/v3"))
	packer.post("/shop/get", nil).want(t, http.StatusOK, "could not be reached")
	packer.get("/shop").want(t, http.StatusOK, "The last pull failed:")
}

func TestIndented(t *testing.T) {
	for document, want := range map[string]string{
		"":                                   "\n",
		"<?xml?><A x=\"1\"><B>t</B><C/></A>": "<?xml?>\n<A x=\"1\">\n  <B>t</B>\n  <C/>\n</A>\n",
		"</A></A><B>":                        "</A>\n</A>\n<B>\n",
		"no document":                        "no document\n",
		strings.Repeat("<A>", 13) + "text":   "<A>\n" + strings.Join([]string{"  <A>", "    <A>", "      <A>", "        <A>", "          <A>", "            <A>", "              <A>", "                <A>", "                  <A>", "                    <A>", "                      <A>", "                        <A>text\n"}, "\n"),
	} {
		if got := indented(document); got != want {
			t.Errorf("%q is shown %q, want %q", document, got, want)
		}
	}
}
