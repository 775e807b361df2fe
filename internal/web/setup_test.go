package web

import (
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"qbridge/internal/bridge"
	"qbridge/internal/sim"
)

// newSetup is a console of a data folder in which nothing is set up but the
// users, with a pretend shop and a pretend Web Connector to set up.
type newSetup struct {
	*site
	shop    *sim.Shop
	company *sim.Company
	shopURL string
	owner   *browser
}

func setUpSite(t *testing.T, orders int) *newSetup {
	t.Helper()
	made := peopled()
	check(t, made.err)
	dir := t.TempDir()
	check(t, os.WriteFile(filepath.Join(dir, "qbridge.db"), made.database, 0o600))
	n := &newSetup{site: bareSite(t, dir)}
	n.shop = sim.NewShop(sim.ShopConfig{StoreID: 1003, Token: siteToken, Clock: n.now})
	for _, o := range plainOrders(orders) {
		check(t, n.shop.Put(o))
	}
	shop := httptest.NewServer(n.shop)
	t.Cleanup(shop.Close)
	n.shopURL = shop.URL + "/api/v3"
	pages, err := NewPretend(n.b, Pretend{StoreID: siteStore, Token: siteToken, EcwidURL: n.shopURL, Since: n.now().AddDate(-1, 0, 0), Connect: n.connect})
	check(t, err)
	n.serve(pages)
	n.owner = n.people()[bridge.Owner]
	return n
}

// connect has the pretend Web Connector come until it has nothing more to do,
// or is refused.
func (n *newSetup) connect(qwc []byte, password string) error {
	file, err := sim.ParseQWC(qwc)
	if err != nil {
		return err
	}
	if n.company == nil {
		n.company = sim.NewCompany(sim.CompanyConfig{Name: "Pretend Company", Country: "US", SalesTax: true, OwnerID: file.OwnerID, FileID: file.FileID, Clock: n.now})
	}
	engine, err := n.b.Handler(file.AppURL, n.t.TempDir())
	if err != nil {
		return err
	}
	server := httptest.NewServer(engine)
	defer server.Close()
	connector := sim.NewConnector(sim.ConnectorConfig{AppURL: server.URL + "/qbwc", AppName: file.AppName, User: file.UserName, Password: password, Company: n.company})
	for range 10 {
		report, err := connector.Session(n.t.Context())
		if err != nil || report.Verdict == "nvu" {
			return err
		}
		if _, err := n.b.PlanAll(n.t.Context()); err != nil {
			return err
		}
		if report.Sets == 0 {
			return nil
		}
	}
	return nil
}

// field is the value of a form's field, or what stands in an element.
func field(t *testing.T, page, before string) string {
	t.Helper()
	m := regexp.MustCompile(regexp.QuoteMeta(before) + `([^"<]*)`).FindStringSubmatch(page)
	if m == nil {
		t.Fatalf("the page has no %s", before)
	}
	return html.UnescapeString(m[1])
}

// From nothing to the first order in the books, by the pages alone, resumable
// at each step.
func TestSetup(t *testing.T) {
	t.Parallel()
	n := setUpSite(t, 30)
	owner := n.owner
	for path, to := range map[string]string{"/": "/setup", "/setup": "/setup/shop", "/setup/company": "/setup", "/setup/rules": "/setup", "/setup/go": "/setup", "/quickbooks/qbridge.qwc": "/setup"} {
		if answer := owner.get(path); answer.where() != to {
			t.Errorf("with nothing set up %s leads to %q, want %q", path, answer.where(), to)
		}
	}
	n.people()[bridge.Bookkeeper].get("/").want(t, http.StatusSeeOther)

	// The shop: what is wrong is said, and nothing is kept.
	page := owner.get("/setup/shop")
	page.want(t, http.StatusOK, "Test connection", "This is the demo")
	if strings.Contains(owner.post("/setup/shop", form("store", siteStore, "token", "secret_mistyped_token_0001", "since", "2025-11-22")).body, "secret_mistyped") {
		t.Error("a token comes back in the page")
	}
	owner.post("/setup/shop", form("store", siteStore, "token", "secret_mistyped_token_0001", "since", "2025-11-22")).want(t, http.StatusOK, "The connection does not work yet", "refuses the access token")
	owner.post("/setup/shop", form("store", "x", "token", siteToken, "since", "2025-11-22")).want(t, http.StatusUnprocessableEntity, "is no number")
	owner.post("/setup/shop", form("store", siteStore, "token", "public_abc", "since", "2025-11-22")).want(t, http.StatusUnprocessableEntity, "public token")
	owner.post("/setup/shop", form("store", siteStore, "token", siteToken, "since", "yesterday")).want(t, http.StatusUnprocessableEntity, "That is no day.")
	n.shop.Fault(func(r *http.Request) *sim.Response {
		if strings.HasSuffix(r.URL.Path, "/orders") {
			return &sim.Response{Status: 403, Body: `{"errorCode":"INSUFFICIENT_APP_SCOPE","errorMessage":"read_orders"}`}
		}
		return nil
	})
	owner.post("/setup/shop", form("store", siteStore, "token", siteToken, "since", "2025-11-22")).want(t, http.StatusOK, "The connection does not work yet", "Permission to read orders", "read_orders")
	n.shop.Fault(nil)
	if done, err := n.b.SetUp(t.Context()); err != nil || done {
		t.Errorf("a shop that could not be asked is set up: %t, %v", done, err)
	}
	owner.post("/setup/shop", form("store", siteStore, "token", siteToken, "since", "2025-11-22")).want(t, http.StatusOK, "Connected to Pretend Shop", "It has 30 orders; currency USD, time zone America/Chicago", "Next: QuickBooks")
	if to := owner.get("/setup").where(); to != "/setup/company" {
		t.Errorf("after the shop the set-up goes on at %q", to)
	}
	owner.post("/setup/shop", nil).want(t, http.StatusOK, "Connected to Pretend Shop") // the kept token again
	owner.get("/setup/shop").want(t, http.StatusOK, "Give another token")
	owner.post("/setup/shop", form("token", "secret_mistyped_token_0001")).want(t, http.StatusOK, "does not work yet")
	n.later(siteTurn)
	_, err := n.b.Pull(t.Context())
	check(t, err) // the right token is kept still

	// The company file.
	owner.get("/setup/company").want(t, http.StatusOK, "Waiting for the Web Connector's first update.", "Add an Application", "Update Selected", "Auto-Run")
	qwc := owner.get("/quickbooks/qbridge.qwc")
	qwc.want(t, http.StatusOK, "<AppName>QBridge - Pretend Shop Inc</AppName>", "<AppURL>http://localhost:")
	if kind := qwc.Header.Get("Content-Disposition"); !strings.Contains(kind, "qbridge.qwc") {
		t.Errorf("the file comes as %q", kind)
	}
	made := owner.post("/setup/password", nil)
	made.want(t, http.StatusOK, "It is not shown again")
	password := field(t, made.body, `<code id="made">`)
	if again := owner.get("/setup/company"); strings.Contains(again.body, password) || strings.Contains(n.log.String(), password) {
		t.Error("the password is shown again, or in the log")
	}
	owner.get("/setup/check").want(t, http.StatusOK, "the Web Connector must come first")
	owner.get("/setup/rules").want(t, http.StatusOK, "not read yet")
	owner.post("/setup/pretend", form("password", "mistyped")).want(t, http.StatusSeeOther)
	owner.get("/setup/company").want(t, http.StatusOK, "wrong password (1 time)", "0 of 12 lists were read")
	owner.post("/setup/pretend", form("password", password)).want(t, http.StatusSeeOther)
	owner.get("/setup/company").want(t, http.StatusOK, "Pretend Company", "12 of 12 lists were read", "Payment methods", "Next: shop and books side by side")
	owner.get("/setup/check").want(t, http.StatusOK, "Pretend Shop Inc.", "Pretend Company Inc.", "books@example.com", "owner@example.com", "Orders can be posted to this edition.", "Closing date")

	// The rules: what is proposed is filled in; a preview keeps nothing.
	rules := owner.get("/setup/rules")
	rules.want(t, http.StatusOK, "missing-item", "To be chosen", "Undeposited Funds", "orders wait for it")
	typed := url.Values{"rule:missing-item": {"make"}, "version": {field(t, rules.body, `name="version" value="`)}}
	for _, m := range regexp.MustCompile(`name="(rule:[^"]*)" value="([^"]*)"`).FindAllStringSubmatch(rules.body, -1) {
		typed.Set(html.UnescapeString(m[1]), html.UnescapeString(m[2]))
	}
	before, _, err := n.b.Rules(t.Context())
	check(t, err)
	typed.Set("preview", "1")
	owner.post("/setup/rules", typed).want(t, http.StatusOK, "by the rules as they stand in the form", "Sales receipt", "Stripe Clearing", `<option value="make" selected>`)
	if now, _, err := n.b.Rules(t.Context()); err != nil || now != before {
		t.Errorf("a preview changed the rules: version %d, %v", now, err)
	}
	typed.Del("preview")
	typed.Set("rule:deposit-to", "No <b>such</b> Account")
	owner.post("/setup/rules", typed).want(t, http.StatusSeeOther)
	owner.get("/setup/rules").want(t, http.StatusOK, `“Deposit to” names "No <b>such</b> Account"`)
	typed.Set("rule:deposit-to", "Undeposited Funds")
	owner.post("/setup/rules", typed).want(t, http.StatusUnprocessableEntity, "changed in the meantime")
	version := field(t, owner.get("/setup/rules").body, `name="version" value="`)
	typed.Set("version", version)
	owner.post("/setup/rules", typed).want(t, http.StatusSeeOther)
	version = field(t, owner.get("/setup/rules").body, `name="version" value="`)
	owner.post("/setup/rules", form("rule:missing-item", "perhaps", "version", version)).want(t, http.StatusUnprocessableEntity, "missing-item")
	owner.post("/setup/rules", form("rule:mode", "post")).want(t, http.StatusNotFound) // only the last step does that, and asks
	_, err = n.b.PlanAll(t.Context())
	check(t, err)
	saved := owner.get("/setup/rules")
	saved.want(t, http.StatusOK, "Sales receipt", "Ready to sync")
	if strings.Contains(saved.body, "What orders still wait for") {
		t.Error("the proposed rules don't do")
	}
	if to := owner.get("/setup").where(); to != "/setup/go" {
		t.Errorf("after the rules the set-up goes on at %q", to)
	}

	// Go: nothing goes out before it is confirmed, and what is confirmed must be
	// what is there.
	owner.post("/setup/go", form("mode", "everything", "release", "automatic")).want(t, http.StatusUnprocessableEntity, "Choose one of each.")
	sure := owner.post("/setup/go", form("mode", "post", "release", "automatic"))
	sure.want(t, http.StatusOK, "Post to QuickBooks?", "Yes, post", "Sum", "Nov 22, 2026")
	confirmed := field(t, sure.body, `name="confirmed" value="`)
	owner.post("/setup/go", form("mode", "post", "release", "automatic", "confirmed", "1 orders")).want(t, http.StatusOK, "Post to QuickBooks?")
	if len(n.company.Receipts()) > 0 {
		t.Fatal("documents went out before anybody said so")
	}
	owner.post("/setup/go", form("mode", "post", "release", "automatic", "confirmed", confirmed)).want(t, http.StatusSeeOther)
	_, err = n.b.PlanAll(t.Context())
	check(t, err)
	owner.post("/setup/pretend", form("password", password)).want(t, http.StatusSeeOther)
	owner.get("/setup/go").want(t, http.StatusOK, "Synced")
	if got := len(n.company.Receipts()); got < 20 {
		t.Errorf("%d receipts are in the books", got)
	}
	owner.get("/setup/rules").want(t, http.StatusOK, "what you save counts at once")
	owner.get("/").want(t, http.StatusSeeOther)
	if to := owner.get("/").where(); to == "/setup" {
		t.Error("a folder that is set up begins with the set-up")
	}
	if strings.Contains(n.log.String(), siteToken) {
		t.Error("the token is in the log")
	}
}

// Every step of the set-up in French; outside a demo nothing of one is there.
func TestSetupFrench(t *testing.T) {
	t.Parallel()
	s := newSite(t, plainOrders(3)...)
	owner := s.people()[bridge.Owner]
	for _, step := range []string{"shop", "company", "check", "rules", "go"} {
		page := owner.get("/setup/"+step, "Accept-Language: fr")
		page.want(t, http.StatusOK, "Mise en route", `lang="fr"`)
		if strings.Contains(page.body, "démonstration") {
			t.Errorf("%s is in the world of a demo", step)
		}
	}
	owner.post("/setup/pretend", form("password", "x")).want(t, http.StatusNotFound)
}

// A shop that is not at Ecwid's address, such as that of qbridge pretend, is
// set up by the pages, too; nobody but in a demo has the address filled in.
func TestSetupElsewhere(t *testing.T) {
	t.Parallel()
	n := setUpSite(t, 3)
	if page := n.owner.get("/setup/shop"); strings.Contains(page.body, `name="address"`) {
		t.Error("a demo asks for the address of its shop")
	}
	pages, err := New(n.b)
	check(t, err)
	n.serve(pages)
	owner := n.people()[bridge.Owner]
	owner.get("/setup/shop").want(t, http.StatusOK, `name="address" type="url" value=""`, bridge.DefaultURL)
	fill := func(address string) url.Values {
		return form("store", siteStore, "token", siteToken, "since", "2025-11-22", "address", address)
	}
	owner.post("/setup/shop", fill("localhost")).want(t, http.StatusUnprocessableEntity, `"localhost", is no web address`, `<details open>`, `value="localhost"`)
	french := owner.do(http.MethodPost, "/setup/shop", fill("localhost"), "Accept-Language: fr")
	french.want(t, http.StatusUnprocessableEntity, "n'est pas une adresse web")
	owner.post("/setup/shop", fill(" "+n.shopURL+"/ ")).want(t, http.StatusOK, "Connected to Pretend Shop", "Next: QuickBooks")
	owner.post("/setup/shop", nil).want(t, http.StatusOK, "Connected to Pretend Shop")
}
