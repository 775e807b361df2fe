package web

import (
	"errors"
	"strings"
	"time"

	"qbridge/internal/bridge"
)

var errNotTwice = errors.New("the two passwords are not the same")

// home sends everybody where they begin.
func home(v *visit) error {
	if v.user.ID != 0 {
		done, err := v.bridge.SetUp(v.ctx())
		if err == nil && !done && v.allowed("GET /setup") {
			return v.redirect("/setup", "")
		}
		if err != nil {
			return err
		}
		return v.redirect(menu()[0], "")
	}
	users, err := v.bridge.Users(v.ctx())
	if err != nil {
		return err
	}
	if len(users) == 0 {
		return v.redirect("/start", "")
	}
	return v.redirect("/login", "")
}

// loginView is the login page.
type loginView struct {
	Name string
	To   string // where to go afterwards
	Lang string // that was asked for
}

func loginPage(v *visit) error {
	if v.user.ID != 0 {
		return v.redirect(menu()[0], "")
	}
	return v.page("login", loginView{To: v.r.URL.Query().Get("to"), Lang: v.r.URL.Query().Get("lang")})
}

// longestShown is how many characters of a name that somebody typed the log
// holds.
const longestShown = 60

func login(v *visit) error {
	name, to := v.r.PostForm.Get("name"), v.r.PostForm.Get("to")
	var cookie bridge.Secret
	err := v.tries.try(name, v.r.RemoteAddr, func() (err error) {
		_, cookie, err = v.bridge.Login(v.ctx(), name, v.r.PostForm.Get("password"), v.cookie)
		return err
	})
	if errors.Is(err, bridge.ErrLogin) || errors.Is(err, errTooOften) {
		v.log.Warn("a login failed", "user", cut(name, longestShown), "from", v.r.RemoteAddr, "why", err)
		return v.again("login", loginView{Name: name, To: to}, err)
	}
	if err != nil {
		return err
	}
	v.setCookie(v.cookieName(), cookie.Reveal(), 0)
	return v.redirect(inside(to), "")
}

// inside gives a path of ours to go to; anything else leads to the first page.
func inside(to string) string {
	if !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.ContainsAny(to, "\\\r\n\t") {
		return "/"
	}
	return to
}

// startView is the page of the one-time code.
type startView struct {
	Name  string
	First bool // there is no user yet
	Lang  string
}

func (v *visit) startView(name string) (startView, error) {
	users, err := v.bridge.Users(v.ctx())
	return startView{Name: name, First: len(users) == 0, Lang: v.r.URL.Query().Get("lang")}, err
}

func startPage(v *visit) error {
	view, err := v.startView("")
	if err != nil {
		return err
	}
	return v.page("start", view)
}

func start(v *visit) error {
	form := v.r.PostForm
	var cookie bridge.Secret
	err := v.tries.try("the one-time code", v.r.RemoteAddr, func() (err error) {
		if form.Get("password") != form.Get("again") {
			return errNotTwice
		}
		_, cookie, err = v.bridge.UseCode(v.ctx(), strings.TrimSpace(form.Get("code")), form.Get("name"), form.Get("password"), v.r.URL.Query().Get("lang"))
		return err
	})
	if err != nil {
		view, failed := v.startView(form.Get("name"))
		if failed != nil {
			return failed
		}
		return v.again("start", view, err)
	}
	v.log.Warn("somebody became an owner of the console by the one-time code", "user", form.Get("name"), "from", v.r.RemoteAddr, "at", v.bridge.Now().UTC().Format(time.RFC3339))
	v.setCookie(v.cookieName(), cookie.Reveal(), 0)
	return v.redirect("/", "")
}

func logout(v *visit) error {
	if v.user.ID != 0 {
		if err := v.bridge.Logout(v.ctx(), v.cookie); err != nil {
			return err
		}
	}
	v.setCookie(v.cookieName(), "", -1)
	return v.redirect("/login", "")
}
