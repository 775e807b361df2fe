package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"qbridge/internal/bridge"
)

// mayUse says of every route who may use it: Owner, Bookkeeper, Warehouse,
// Accountant, or everybody without login ("open"). A new route gets its line
// here, apart from the table that the console itself goes by.
func mayUse() map[string]string {
	return map[string]string{
		"GET /assets/{file}": "open",
		"GET /{$}":           "open",
		"GET /login":         "open",
		"POST /login":        "open",
		"GET /start":         "open",
		"POST /start":        "open",
		"POST /logout":       "open",

		"GET /orders":                                "OBWA",
		"GET /orders/live":                           "OBWA",
		"POST /orders/get":                           "OBW",
		"GET /orders/{store}/{key}":                  "OBWA",
		"POST /orders/{store}/{key}/item":            "OB",
		"POST /orders/{store}/{key}/customer":        "OB",
		"POST /orders/{store}/{key}/link":            "OB",
		"GET /orders/{store}/{key}/do/{do}":          "OB",
		"POST /orders/{store}/{key}/do/{do}":         "OB",
		"GET /orders/{store}/{key}/log":              "OBA",
		"GET /orders/{store}/{key}/log/{set}/{side}": "OBA",

		"GET /activity": "OBA",

		"POST /selections":                "OBWA",
		"GET /selections/{id}":            "OBWA",
		"GET /selections/{id}/orders.csv": "OBWA",
		"POST /selections/{id}":           "OB",
		"POST /selections/{id}/tag":       "OBW",
		"GET /actions/{id}":               "OBWA",

		"GET /tags":                "OBWA",
		"POST /tags":               "OBW",
		"POST /tags/rename":        "OBW",
		"POST /tags/remove":        "OBW",
		"GET /packing":             "OBWA",
		"GET /packing.pdf":         "OBWA",
		"GET /packing/logo":        "OBWA",
		"GET /packing/letterhead":  "O",
		"POST /packing/letterhead": "O",
		"POST /packing/logo":       "O",

		"GET /quickbooks":                   "OBA",
		"GET /quickbooks/qbridge.qwc":       "OB",
		"POST /quickbooks/lists":            "OB",
		"POST /quickbooks/ask":              "OB",
		"POST /quickbooks/resume":           "OB",
		"GET /quickbooks/lists/{list}":      "OBA",
		"GET /quickbooks/sessions":          "OBA",
		"GET /quickbooks/sessions/{ticket}": "OBA",
		"GET /quickbooks/sets/{set}":        "OBA",

		"GET /shop":      "OBWA",
		"POST /shop/get": "OBW",

		"GET /setup":           "O",
		"GET /setup/shop":      "O",
		"POST /setup/shop":     "O",
		"GET /setup/company":   "O",
		"POST /setup/password": "O",
		"POST /setup/pretend":  "O",
		"GET /setup/check":     "O",
		"GET /setup/rules":     "O",
		"POST /setup/rules":    "O",
		"GET /setup/go":        "O",
		"POST /setup/go":       "O",

		"GET /status":                    "OBWA",
		"GET /reconciliation":            "OBA",
		"GET /reconciliation/year":       "OBA",
		"GET /reconciliation/orders.csv": "OBA",

		"GET /rules":             "OBA",
		"POST /rules":            "OB",
		"POST /rules/preview":    "OB",
		"GET /rules/versions":    "OBA",
		"POST /rules/back":       "OB",
		"GET /rules/suggestions": "OB",
		"GET /rules/export":      "OBA",
		"POST /rules/import":     "OB",
		"GET /rules/{group}":     "OB",
		"POST /rules/{group}":    "OB",

		"GET /users":                "O",
		"POST /users":               "O",
		"POST /users/{id}/role":     "O",
		"POST /users/{id}/disabled": "O",
		"POST /users/{id}/password": "O",

		"GET /account":           "OBWA",
		"POST /account/password": "OBWA",
		"POST /account/language": "OBWA",
	}
}

// Every route, each role and nobody: who may not see it is sent away, whatever
// address is typed in.
func TestWhoMayDoWhat(t *testing.T) {
	t.Parallel()
	table := mayUse()
	s := newSite(t, plainOrders(1)...)
	people := s.people()
	nobody := s.browser("")
	// Who logs out, and who guesses passwords, comes last.
	all := routes()
	slices.SortStableFunc(all, func(a, b route) int {
		return strings.Count(a.pattern, "POST /log") - strings.Count(b.pattern, "POST /log")
	})
	for _, r := range all {
		who, known := table[r.pattern]
		if !known {
			t.Errorf("route %s: say in mayUse who may use it", r.pattern)
		}
		method, path := s.somewhere(r.pattern)
		for _, role := range bridge.Roles() {
			may := who == "open" || strings.Contains(who, strings.ToUpper(string(role)[:1]))
			answer := people[role].do(method, path, nil)
			toLogin := strings.HasPrefix(answer.where(), "/login") && r.pattern != "POST /logout"
			if refused := answer.StatusCode == http.StatusForbidden || toLogin; refused == may || answer.StatusCode == http.StatusInternalServerError {
				t.Errorf("%s as %s: %d %s, and may: %t", r.pattern, role, answer.StatusCode, answer.where(), may)
			}
		}
		answer := nobody.do(method, path, nil)
		sent := answer.StatusCode == http.StatusSeeOther && strings.HasPrefix(answer.where(), "/login")
		if who != "open" && (!sent || answer.body != "") {
			t.Errorf("%s without login: %d %q %.200s", r.pattern, answer.StatusCode, answer.where(), answer.body)
		}
	}
	if len(table) != len(all) {
		t.Errorf("mayUse has %d lines for %d routes", len(table), len(all))
	}
	for _, path := range []string{"/qbridge.qwc", "/orders/1003/nothing/more", "/assets/", "/.git/config", "/%2e%2e/secret.key"} {
		if answer := nobody.get(path); answer.StatusCode == http.StatusOK {
			t.Errorf("%s without login: %d", path, answer.StatusCode)
		}
	}
}

// Every answer has the strict headers, and no page has script or style of its
// own, which they would forbid.
func TestHeadersAndPages(t *testing.T) {
	t.Parallel()
	s := newSite(t, plainOrders(1)...)
	owner := s.people()[bridge.Owner]
	inline := regexp.MustCompile(`(?i)<script(?:[^>]*)>[^<]|<style|\sstyle=|\son[a-z]+=|javascript:|https?://`)
	for _, r := range routes() {
		method, path := s.somewhere(r.pattern)
		if r.pattern == "POST /logout" {
			continue
		}
		answer := owner.do(method, path, nil)
		for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin"} {
			if got := answer.Header.Get(name); got != want {
				t.Errorf("%s: %s is %q", r.pattern, name, got)
			}
		}
		policy := answer.Header.Get("Content-Security-Policy")
		if !strings.Contains(policy, "default-src 'none'") || !strings.Contains(policy, "frame-ancestors 'none'") || strings.Contains(policy, "unsafe") {
			t.Errorf("%s: Content-Security-Policy is %q", r.pattern, policy)
		}
		if strings.HasPrefix(path, "/assets") {
			continue
		}
		if kept := answer.Header.Get("Cache-Control"); kept != "no-store" {
			t.Errorf("%s: Cache-Control is %q", r.pattern, kept)
		}
		page := strings.HasPrefix(answer.Header.Get("Content-Type"), "text/html")
		if found := inline.FindString(answer.body); page && found != "" {
			t.Errorf("%s has %q in its page", r.pattern, found)
		}
	}
}

// A form that a page of another site sends changes nothing; nor is anything
// shown under a name that is not this computer's.
func TestOtherSites(t *testing.T) {
	t.Parallel()
	s := newSite(t, plainOrders(1)...)
	owner := s.people()[bridge.Owner]
	for _, r := range routes() {
		method, path := s.somewhere(r.pattern)
		if method != http.MethodPost {
			continue
		}
		for _, header := range []string{"Sec-Fetch-Site: cross-site", "Sec-Fetch-Site: same-site", "Origin: http://evil.example", "Origin: null"} {
			owner.post(path, form("name", "evil", "role", "owner", "password", password, "lang", "fr"), header).want(t, http.StatusForbidden)
		}
	}
	if _, made := s.users()["evil"]; made || s.users()["owner"].Lang != "" {
		t.Error("a form of another site was taken")
	}
	owner.get("/orders").want(t, http.StatusOK) // not logged out either
	owner.post("/users", form("name", "Nice", "role", "warehouse", "password", password), "Sec-Fetch-Site: same-origin").want(t, http.StatusSeeOther)
	for _, host := range []string{"evil.example", "evil.example:8480", "localhost.evil.example", "127.0.0.1.evil.example", "0.0.0.0:8480"} {
		owner.get("/start", "Host: "+host).want(t, http.StatusMisdirectedRequest)
	}
	for _, host := range []string{"localhost:8480", "127.0.0.1", "[::1]:8480", "[::1]"} {
		owner.get("/start", "Host: "+host).want(t, http.StatusOK)
	}
}

// The code of the first start makes one owner, once.
func TestFirstStart(t *testing.T) {
	t.Parallel()
	s := siteIn(t, t.TempDir())
	b := s.browser("")
	if to := b.get("/").where(); to != "/start" {
		t.Errorf("without users / leads to %q", to)
	}
	code, err := s.b.FirstCode(t.Context())
	check(t, err)
	first := form("code", strings.ToUpper(code.Reveal()), "name", "Alma Roy", "password", password, "again", password)
	with := func(key, value string) url.Values {
		f := url.Values{}
		for k, v := range first {
			f[k] = v
		}
		f.Set(key, value)
		return f
	}
	b.post("/start", with("again", "another one")).want(t, http.StatusUnprocessableEntity, "The two passwords are not the same.", "Alma Roy")
	b.post("/start", with("code", "aaaa-aaaa-aaaa")).want(t, http.StatusUnprocessableEntity, "The code is wrong")
	b.post("/start", with("code", "")).want(t, http.StatusUnprocessableEntity, "The code is wrong")
	b.post("/start", with("name", "  ")).want(t, http.StatusUnprocessableEntity, "A name has 1 to 60 visible characters.")
	short := with("password", "ninechars")
	short.Set("again", "ninechars")
	b.post("/start", short).want(t, http.StatusUnprocessableEntity, "A password has at least 10 characters")
	b.post("/start", first).want(t, http.StatusSeeOther)
	b.get("/users").want(t, http.StatusOK, "Alma Roy", "Owner")
	s.browser("").post("/start", with("name", "Second")).want(t, http.StatusUnprocessableEntity, "The code is wrong, was used already")
	if none, err := s.b.FirstCode(t.Context()); err != nil || none != "" || len(s.users()) != 1 {
		t.Errorf("there are users, and yet a code: %v, %v", err, s.users())
	}

	// An owner who forgot the password gets in by a code of the command; a code
	// of yesterday is none.
	old, err := s.b.NewCode(t.Context())
	check(t, err)
	s.later(25 * time.Hour)
	forgot := form("code", old.Reveal(), "name", "alma roy", "password", "quite another one", "again", "quite another one")
	s.browser("").post("/start", forgot).want(t, http.StatusUnprocessableEntity, "older than a day")
	fresh, err := s.b.NewCode(t.Context())
	check(t, err)
	forgot.Set("code", fresh.Reveal())
	back := s.browser("")
	back.post("/start", forgot).want(t, http.StatusSeeOther)
	back.get("/users").want(t, http.StatusOK)
	if len(s.users()) != 1 {
		t.Errorf("the users are now %v", s.users())
	}
	s.browser("").post("/login", form("name", "Alma Roy", "password", password)).want(t, http.StatusUnprocessableEntity)
}

// A session's cookie is made at the login and never taken from the browser; it
// ends with the logout, when idle, and after a day.
func TestSessions(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.browser("")
	b.setCookie("chosen-by-somebody-else")
	in := form("name", "OWNER", "password", password, "to", "/account")
	if to := b.post("/login", in).where(); to != "/account" {
		t.Errorf("the login leads to %q", to)
	}
	first := b.cookie()
	if first == "chosen-by-somebody-else" || len(first) < 40 {
		t.Errorf("the cookie is %q", first)
	}
	b.post("/login", in)
	if b.cookie() == first {
		t.Error("the cookie is the same after another login")
	}
	s.browser(bridge.Secret(first)).get("/account").want(t, http.StatusSeeOther)
	answer := b.post("/login", in)
	if set := answer.Header.Get("Set-Cookie"); !strings.Contains(set, "HttpOnly") || !strings.Contains(set, "SameSite=Lax") {
		t.Errorf("the cookie is set by %q", set)
	}
	out := b.cookie()
	b.post("/logout", nil).want(t, http.StatusSeeOther)
	s.browser(bridge.Secret(out)).get("/account").want(t, http.StatusSeeOther)

	for _, to := range []string{"//evil.example", "https://evil.example", `/\evil.example`, "evil", "/\tevil"} {
		if got := inside(to); got != "/" {
			t.Errorf("the login leads to %q, asked for %q", got, to)
		}
	}

	busy, polling := s.browser(""), s.browser("")
	for _, b := range []*browser{busy, polling} {
		b.post("/login", form("name", "accountant", "password", password))
	}
	idle := s.people()[bridge.Accountant]
	for range 2 {
		s.later(3 * time.Hour)
		busy.get("/orders").want(t, http.StatusOK)
		polling.get("/orders", "HX-Request: true")
	}
	idle.get("/orders").want(t, http.StatusSeeOther)
	polling.get("/orders").want(t, http.StatusSeeOther) // a page that looks for news is nobody at work
	if lost := polling.get("/orders", "HX-Request: true"); lost.StatusCode != http.StatusUnauthorized || lost.Header.Get("HX-Redirect") != "/login" {
		t.Errorf("a page that looks for news after the end gets %d %q", lost.StatusCode, lost.Header.Get("HX-Redirect"))
	}
	for range 7 {
		s.later(3 * time.Hour)
		answer = busy.get("/orders")
	}
	answer.want(t, http.StatusSeeOther) // a day is over, idle or not
}

// Under TLS the cookie goes over TLS alone, and no other site can set it.
func TestCookieUnderTLS(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	handler, err := New(s.b)
	check(t, err)
	server := httptest.NewTLSServer(handler)
	t.Cleanup(server.Close)
	client := server.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	answer, err := client.PostForm(server.URL+"/login", form("name", "owner", "password", password))
	check(t, err)
	check(t, answer.Body.Close())
	set := answer.Header.Get("Set-Cookie")
	if !strings.HasPrefix(set, "__Host-qbridge=") || !strings.Contains(set, "; Secure") || !strings.Contains(set, "; Path=/;") || strings.Contains(set, "Domain") {
		t.Errorf("the cookie is set by %q", set)
	}
}

// Whoever guesses is held back, by name and by address, and the right password
// then does not help before time has passed.
func TestGuessing(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.browser("")
	right := form("name", "owner", "password", password)
	for range triesAtOnce {
		b.post("/login", form("name", "owner", "password", "wrong password")).want(t, http.StatusUnprocessableEntity, "The name or the password is wrong.")
	}
	b.post("/login", right).want(t, http.StatusUnprocessableEntity, "Too many tries.")
	b.post("/start", form("code", "aaaa-aaaa-aaaa", "name", "x", "password", password, "again", password)).want(t, http.StatusUnprocessableEntity, "Too many tries.")
	s.later(triesEvery)
	b.post("/login", right).want(t, http.StatusSeeOther)
	if log := s.log.String(); strings.Contains(log, "wrong password") || !strings.Contains(log, "a login failed") {
		t.Errorf("the log of wrong logins is:\n%s", log)
	}
	if b.post("/login", form("name", strings.Repeat("x", mostBody/2), "password", "wrong password")); len(s.log.String()) > mostBody/4 {
		t.Errorf("strangers fill the log: %d bytes", len(s.log.String()))
	}
	many := newTries(s.now)
	for i := range 3 * mostTries {
		many.limiter(strings.Repeat("x", i%90) + string(rune('a'+i%26)) + time.Duration(i).String())
	}
	if len(many.of) > mostTries {
		t.Errorf("%d names are kept", len(many.of))
	}
}

// Whoever guesses the owner's password from another computer does not shut the
// owner out who sits at this one, and gets no more tries by changing addresses.
func TestNobodyIsShutOut(t *testing.T) {
	t.Parallel()
	held := newTries(siteStart)
	wrong, right := func() error { return bridge.ErrLogin }, func() error { return nil }
	for i := range triesAtOnce + 2 {
		err := held.try("Owner", fmt.Sprintf("192.0.2.%d:4711", i), wrong)
		if tooOften := errors.Is(err, errTooOften); tooOften != (i >= triesAtOnce) {
			t.Errorf("guess %d: %v", i+1, err)
		}
	}
	for _, here := range []string{"127.0.0.1:4711", "[::1]:4711", "127.8.9.10:4711"} {
		if err := held.try("owner", here, right); err != nil {
			t.Errorf("the owner at %s: %v", here, err)
		}
	}
	for i := range triesAtOnce + 1 { // a login of one's own in between gives no new ones
		if err := held.try("packer", "127.0.0.1:4711", right); (err != nil) != (i >= triesAtOnce) {
			t.Errorf("login %d from here: %v", i+1, err)
		}
		if err := held.try("owner", fmt.Sprintf("127.0.0.%d:4711", i+1), wrong); errors.Is(err, errTooOften) != (i >= triesAtOnce) {
			t.Errorf("guess %d from here: %v", i+1, err)
		}
	}
}

// The page of the users: each change works, and the last owner stays one.
func TestUsersPage(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	people := s.people()
	owner := people[bridge.Owner]
	owner.post("/users", form("name", "Léa", "role", "warehouse", "password", password)).want(t, http.StatusSeeOther)
	owner.get("/users").want(t, http.StatusOK, "The user Léa can log in now.", "Léa")
	if again := owner.get("/users"); strings.Contains(again.body, "can log in now") {
		t.Error("what was done is said twice")
	}
	owner.post("/users", form("name", "OWNER", "role", "warehouse", "password", password)).want(t, http.StatusUnprocessableEntity, "There is a user of that name already.")
	owner.post("/users", form("name", "New", "role", "king", "password", password)).want(t, http.StatusUnprocessableEntity, "There is no such role.")
	for _, name := range []string{"qbridge", "Connector"} { // the program's own: the activity would not show what they do
		owner.post("/users", form("name", name, "role", "bookkeeper", "password", password)).want(t, http.StatusUnprocessableEntity, "There is a user of that name already.")
	}
	u := s.users()
	owner.post(userPath(u["owner"], "role"), form("role", "accountant")).want(t, http.StatusUnprocessableEntity, "This is the last owner.")
	owner.post(userPath(u["owner"], "disabled"), form("disabled", "yes")).want(t, http.StatusUnprocessableEntity, "This is the last owner.")
	owner.post("/users/999/role", form("role", "owner")).want(t, http.StatusUnprocessableEntity, "not there any more")
	owner.post("/users/x/role", form("role", "owner")).want(t, http.StatusNotFound)

	people[bridge.Accountant].get("/orders").want(t, http.StatusOK)
	owner.post(userPath(u["accountant"], "disabled"), form("disabled", "yes")).want(t, http.StatusSeeOther)
	people[bridge.Accountant].get("/orders").want(t, http.StatusSeeOther)
	in := form("name", "accountant", "password", password)
	s.browser("").post("/login", in).want(t, http.StatusUnprocessableEntity)
	owner.post(userPath(u["accountant"], "disabled"), form("disabled", "no")).want(t, http.StatusSeeOther)
	owner.post(userPath(u["accountant"], "password"), form("password", "quite another one")).want(t, http.StatusSeeOther)
	s.browser("").post("/login", in).want(t, http.StatusUnprocessableEntity)
	in.Set("password", "quite another one")
	s.browser("").post("/login", in).want(t, http.StatusSeeOther)
	owner.post(userPath(u["bookkeeper"], "role"), form("role", "owner")).want(t, http.StatusSeeOther)
	people[bridge.Bookkeeper].get("/users").want(t, http.StatusSeeOther) // logged out by the change
	owner.post(userPath(u["owner"], "role"), form("role", "accountant")).want(t, http.StatusSeeOther)
	owner.get("/users").want(t, http.StatusSeeOther)
}

func TestAccountPage(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	here, there := s.browser(""), s.people()[bridge.Warehouse]
	here.post("/login", form("name", "warehouse", "password", password))
	next := form("old", "wrong password", "password", "quite another one", "again", "quite another one")
	here.post("/account/password", next).want(t, http.StatusUnprocessableEntity, "The name or the password is wrong.")
	next.Set("old", password)
	here.post("/account/password", next).want(t, http.StatusSeeOther)
	here.get("/account").want(t, http.StatusOK, "The password is changed.")
	there.get("/account").want(t, http.StatusSeeOther)
	here.post("/account/language", form("lang", "fr")).want(t, http.StatusSeeOther)
	here.get("/account").want(t, http.StatusOK, "La langue est enregistrée.", `lang="fr"`)
	here.post("/account/language", form("lang", "xx")).want(t, http.StatusNotFound)
}

// Of two who know the password and change it at the same time one gets through,
// and the other has not the last word.
func TestPasswordIsChangedOnce(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	id := s.users()["accountant"].ID
	changed := make(chan error)
	for i := range 2 {
		go func() {
			changed <- s.b.ChangeOwnPassword(t.Context(), id, password, fmt.Sprintf("quite another one %d", i), "")
		}()
	}
	one, other := <-changed, <-changed
	if (one == nil) == (other == nil) || !errors.Is(errors.Join(one, other), bridge.ErrLogin) {
		t.Errorf("%v and %v", one, other)
	}
}

// I8: a page that fails or breaks says a neutral line, and the log the rest.
func TestFailures(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	owner := s.people()[bridge.Owner]
	owner.get("/nowhere").want(t, http.StatusNotFound, "There is nothing at this address.")
	owner.get("/orders/1003/nothing").want(t, http.StatusNotFound, "There is nothing at this address.")
	owner.get("/orders?state=odd").want(t, http.StatusUnprocessableEntity, "there is no state")
	owner.post("/users", form("name", strings.Repeat("x", mostBody+1))).want(t, http.StatusRequestEntityTooLarge, "too large")
	c := &console{bridge: s.b, log: s.b.Log, screens: map[string]screens{}, assets: map[string]asset{}}
	check(t, c.readAssets())
	w, err := readWords("en", time.UTC)
	check(t, err)
	c.catalogue = []*words{w, w}
	c.screens["en"], err = c.parseScreens(w)
	check(t, err)
	broken := s.serving(c.guarded(c.serve(route{"GET /", open, func(*visit) error { panic("a bug") }})))
	broken.get("/").want(t, http.StatusInternalServerError, "Something went wrong here.")
	if !strings.Contains(s.log.String(), "a bug") {
		t.Error("the log doesn't say what broke")
	}
}
