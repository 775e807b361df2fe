package web

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"qbridge/internal/bridge"
	"qbridge/internal/order"
	"qbridge/internal/sim"
)

// booksSite is a site with a pretend company file behind it, its lists read,
// and orders of these kinds; they are planned by rules with these changes.
func booksSite(t *testing.T, settings [][2]string, kinds ...sim.Kind) (s *site, company *sim.Company, session func()) {
	t.Helper()
	var raw []json.RawMessage
	for _, kind := range kinds {
		for _, o := range sim.Orders(1, 60, time.Date(2026, 11, 22, 11, 0, 0, 0, time.UTC)) {
			if o.Kind == kind {
				raw = append(raw, o.JSON)
				break
			}
		}
	}
	if len(raw) != len(kinds) {
		t.Fatal("there is no order of each kind")
	}
	s = newSite(t, raw...)
	check(t, s.b.ImportRules(t.Context(), []byte(sim.Rules), "test"))
	for _, one := range settings {
		check(t, s.b.SetRule(t.Context(), one[0], one[1], "test"))
	}
	qwc, err := s.b.QWC(t.Context(), "http://localhost:8480/qbwc")
	check(t, err)
	file, err := sim.ParseQWC(qwc)
	check(t, err)
	company = sim.NewCompany(sim.CompanyConfig{SalesTax: true, OwnerID: file.OwnerID, FileID: file.FileID, Clock: s.now})
	connector := s.connector(company)
	session = func() {
		t.Helper()
		s.later(time.Minute)
		report, err := connector.Session(t.Context())
		check(t, err)
		if report.LastError != "" {
			t.Fatalf("the Web Connector shows: %s", report.LastError)
		}
		_, err = s.b.PlanAll(t.Context())
		check(t, err)
	}
	session()
	return s, company, session
}

// connector is a pretend Web Connector for a pretend company file.
func (s *site) connector(company *sim.Company) *sim.Connector {
	s.t.Helper()
	served := httptest.NewUnstartedServer(nil)
	served.Start()
	s.t.Cleanup(served.Close)
	var err error
	served.Config.Handler, err = s.b.Handler(served.URL+"/qbwc", s.t.TempDir())
	check(s.t, err)
	qwc, err := s.b.QWC(s.t.Context(), "http://localhost:8480/qbwc")
	check(s.t, err)
	file, err := sim.ParseQWC(qwc)
	check(s.t, err)
	return sim.NewConnector(sim.ConnectorConfig{AppURL: served.URL + "/qbwc", AppName: file.AppName, User: file.UserName, Password: password, Company: company, Raw: true,
		Sleep: s.b.Sleep})
}

// only is the one order of a site.
func (s *site) only() (o bridge.OrderView) {
	s.t.Helper()
	check(s.t, s.b.Orders(s.t.Context(), "", func(v bridge.OrderView) error { o = v; return nil }))
	return o
}

func (s *site) state(want order.State) {
	s.t.Helper()
	if o := s.only(); o.State != string(want) {
		s.t.Errorf("the order is %s (%s), not %s", o.State, o.Reason, want)
	}
}

// value is what a pattern's group holds in a page.
func (r reply) value(t *testing.T, pattern string) string {
	t.Helper()
	m := regexp.MustCompile(pattern).FindStringSubmatch(r.body)
	if m == nil {
		t.Fatalf("%s has nothing like %s", r.Request.URL, pattern)
	}
	return strings.NewReplacer("&#43;", "+", "&amp;", "&", "&#34;", `"`).Replace(m[1])
}

// A held order is cured on its page by mapping its goods to an item, and posted.
func TestItemIsMapped(t *testing.T) {
	t.Parallel()
	s, company, session := booksSite(t, [][2]string{{"missing-item", "hold"}}, sim.KindUnknownItem)
	people := s.people()
	keeper := people[bridge.Bookkeeper]
	o := s.only()
	path := orderPath(o.ID)
	page := keeper.get(path)
	page.want(t, http.StatusOK, "Item not found", "Choose item or customer", "Map to an item")
	goods := page.value(t, `name="goods" value="([^"]*)"`)
	reader := people[bridge.Accountant].get(path)
	reader.want(t, http.StatusOK, "Item not found")
	if strings.Contains(reader.body, "Map to an item") || strings.Contains(reader.body, "/do/hold") {
		t.Error("who reads only is offered to change something")
	}
	found := keeper.get(path + "?" + url.Values{"goods": {goods}, "q": {"tote"}}.Encode())
	found.want(t, http.StatusOK, "Found in QuickBooks", "TOTE")
	keeper.get(path+"?"+url.Values{"goods": {goods}, "q": {"nothing-at-all"}}.Encode()).want(t, http.StatusOK, "Nothing in QuickBooks is like that.")
	item := found.value(t, `name="item" value="([^"]*)"`)
	keeper.post(path+"/item", form("goods", goods)).want(t, http.StatusUnprocessableEntity, "Choose one first.")
	keeper.post(path+"/item", form("goods", goods, "item", "80000000-1")).want(t, http.StatusUnprocessableEntity, "no active item")
	keeper.post(path+"/item", form("goods", "other", "item", item)).want(t, http.StatusUnprocessableEntity, "has no goods")
	keeper.post(path+"/item", form("goods", goods, "item", item)).want(t, http.StatusSeeOther)
	s.state(order.Queued)
	keeper.get(path).want(t, http.StatusOK, "The order is now: Queued.", "chosen by a person")
	keeper.post(path+"/item", form("goods", goods, "back", "")).want(t, http.StatusSeeOther)
	s.state(order.Attention)
	keeper.post(path+"/item", form("goods", goods, "item", item)).want(t, http.StatusSeeOther)
	session()
	s.state(order.Synced)
	if r := company.Receipts(); len(r) != 1 || r[0].Lines[0].Item != "TOTE" {
		t.Errorf("in the books: %+v", r)
	}
	keeper.post(path+"/item", form("goods", goods, "item", item)).want(t, http.StatusUnprocessableEntity, "not changed any more")

	log := people[bridge.Accountant].get(path + "/log")
	log.want(t, http.StatusOK, "SalesReceiptAddRq", "statusCode", "<bdi>bookkeeper</bdi>")
	if strings.Contains(log.body, "<SalesReceiptAddRq") {
		t.Error("a request is shown as markup")
	}
	whole := people[bridge.Accountant].get(log.value(t, `href="([^"]*/request)"`))
	whole.want(t, http.StatusOK, "<SalesReceiptAddRq")
	if kind, name := whole.Header.Get("Content-Type"), whole.Header.Get("Content-Disposition"); !strings.HasPrefix(kind, "text/plain") || !strings.HasPrefix(name, "attachment") {
		t.Errorf("the file is %s, %s", kind, name)
	}
	what := people[bridge.Accountant].get("/activity?who=bookkeeper&kind=decision")
	what.want(t, http.StatusOK, "decided item", o.Number, "withdrew item")
	if other := people[bridge.Accountant].get("/activity?who=accountant&kind=decision"); !strings.Contains(other.body, "Nobody did anything like that yet.") {
		t.Error("the bookkeeper's doings stand under another name")
	}
	people[bridge.Accountant].get("/activity?after=x").want(t, http.StatusUnprocessableEntity, "no place in the activity")
}

func TestCustomerIsChosen(t *testing.T) {
	t.Parallel()
	s, company, session := booksSite(t, nil, sim.KindPlain)
	keeper := s.people()[bridge.Bookkeeper]
	path := orderPath(s.only().ID)
	found := keeper.get(path + "?customer=yes&q=office%40prairie")
	found.want(t, http.StatusOK, "Found in QuickBooks", "Prairie Schools")
	keeper.post(path+"/customer", form("customer", found.value(t, `name="customer" value="([0-9A-F]+-[^"]*)"`))).want(t, http.StatusSeeOther)
	keeper.get(path).want(t, http.StatusOK, "Customer in QuickBooks:", "chosen by a person")
	session()
	s.state(order.Synced)
	if r := company.Receipts(); len(r) != 1 || r[0].Customer != "Prairie Schools" {
		t.Errorf("in the books: %+v", r)
	}
}

// Of an order that is in QuickBooks the customer is chosen when the sale's is there no more, and its items are not.
func TestCustomerOfAPostedOrderIsChosen(t *testing.T) {
	t.Parallel()
	s, company, session := booksSite(t, [][2]string{{"document", "invoice"}}, sim.KindPlain)
	keeper := s.people()[bridge.Bookkeeper]
	path := orderPath(s.only().ID)
	for len(company.Documents("Invoice")) == 0 {
		session()
	}
	if page := keeper.get(path); strings.Contains(page.body, `id="customer"`) {
		t.Error("the customer of a posted order can be chosen")
	}
	check(t, company.DeleteObject(company.Documents("Invoice")[0].CustomerID))
	for range 4 {
		session()
	}
	s.state(order.Attention)
	page := keeper.get(path + "?customer=yes&q=office%40prairie")
	page.want(t, http.StatusOK, "Customer not in QuickBooks any more", "merged into another, or deleted", "Prairie Schools")
	if strings.Contains(page.body, `id="goods0"`) {
		t.Error("the items of a posted order can be chosen")
	}
	keeper.post(path+"/customer", form("customer", page.value(t, `name="customer" value="([0-9A-F]+-[^"]*)"`))).want(t, http.StatusSeeOther)
	s.state(order.Queued)
}

// P44: what may be the order already is compared on its page, and decided there.
func TestDocumentsAreCompared(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		answer   [2]string
		state    order.State
		receipts int
	}{"the same": {[2]string{"", ""}, order.Attention, 1}, "another": {[2]string{"not", ""}, order.Synced, 2}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, company, session := booksSite(t, [][2]string{{"release", "selected"}}, sim.KindPlain)
			keeper := s.people()[bridge.Bookkeeper]
			o := s.only()
			path := orderPath(o.ID)
			typed, err := company.TypeReceipt(sim.TypedReceipt{Customer: "Prairie Schools", RefNumber: o.Number, Date: o.Date, TaxItem: sim.TaxNone,
				Lines: []sim.TypedLine{{Item: sim.ItemShipping, Desc: "as typed", Amount: 1}}})
			check(t, err)
			keeper.get(path).want(t, http.StatusOK, "Post to QuickBooks")
			keeper.get(path+"/do/release").want(t, http.StatusOK, "Post order "+o.Number+" to QuickBooks?")
			keeper.post(path+"/do/release", nil).want(t, http.StatusSeeOther)
			s.state(order.Queued)
			session()
			s.state(order.Attention)
			keeper.get(path).want(t, http.StatusOK, "Is it this one?", "Prairie Schools", "$0.01", typed)
			keeper.post(path+"/link", form("txnid", "no TxnID")).want(t, http.StatusUnprocessableEntity, "is no TxnID")
			keeper.post(path+"/link", form("txnid", typed, test.answer[0], test.answer[1])).want(t, http.StatusSeeOther)
			session()
			s.state(test.state)
			if n := len(company.Receipts()); n != test.receipts {
				t.Errorf("%d receipts", n)
			}
			if test.state == order.Attention { // the totals differ
				keeper.get(path).want(t, http.StatusOK, "Total differs", "Accept as it is")
				seen := keeper.get(path+"/do/accept").value(t, `name="seen" value="([^"]*)"`)
				keeper.post(path+"/do/accept", form("seen", "what it was before")).want(t, http.StatusUnprocessableEntity, "It has changed since you looked.")
				s.state(order.Attention)
				keeper.post(path+"/do/accept", form("seen", seen)).want(t, http.StatusSeeOther)
				s.state(order.Synced)
			}
		})
	}
}

func TestActionsOnOneOrder(t *testing.T) {
	t.Parallel()
	s, company, session := booksSite(t, nil, sim.KindPlain)
	keeper := s.people()[bridge.Bookkeeper]
	path := orderPath(s.only().ID)
	keeper.post(path+"/do/hold", form("why", " ")).want(t, http.StatusUnprocessableEntity, "Say why")
	keeper.post(path+"/do/hold", form("why", "a <friend>")).want(t, http.StatusSeeOther)
	s.state(order.Held)
	keeper.get(path).want(t, http.StatusOK, "Held by a person: a <friend>", "Release")
	keeper.post(path+"/do/hold", form("why", "twice")).want(t, http.StatusUnprocessableEntity, "as it stands now")
	keeper.post(path+"/do/exclude", form("why", "a test")).want(t, http.StatusSeeOther)
	s.state(order.Excluded)
	keeper.post(path+"/do/release", nil).want(t, http.StatusSeeOther)
	s.state(order.Queued)
	keeper.get(path+"/do/dance").want(t, http.StatusNotFound)
	keeper.get(path+"/do/undo").want(t, http.StatusUnprocessableEntity, "as it stands now")
	session()
	s.state(order.Synced)
	ask := keeper.get(path + "/do/undo")
	ask.want(t, http.StatusOK, "none of these documents is reconciled", "Void:")
	txnID := ask.value(t, `name="shown" value="([^"]*)"`)
	keeper.post(path+"/do/undo", form("shown", txnID, "how", "delete")).want(t, http.StatusUnprocessableEntity, "Look in QuickBooks first")
	keeper.post(path+"/do/undo", form("shown", txnID, "how", "delete", "checked", "yes")).want(t, http.StatusSeeOther)
	s.state(order.Queued)
	session()
	s.state(order.Held)
	if n := len(company.Receipts()); n != 0 {
		t.Errorf("%d receipts after the undo", n)
	}
}
