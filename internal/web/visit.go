package web

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/text/language"

	"qbridge/internal/bridge"
	"qbridge/store"
)

// visit is one request: who asks, in which language, and how it is answered. A
// handler ends with one of page, again, redirect and send, or returns an error.
type visit struct {
	*console
	w      http.ResponseWriter
	r      *http.Request
	user   bridge.User   // zero without login
	cookie bridge.Secret // of the session
	words  *words        // of the reader's language
}

// The names of our cookies. Under TLS a browser takes the first only from us.
const (
	safeCookie   = "__Host-qbridge"
	plainCookie  = "qbridge"
	noticeCookie = "qbridge-notice"
)

func (v *visit) ctx() context.Context { return v.r.Context() }

// who is the name under which the bridge keeps what the user does.
func (v *visit) who() string { return v.user.Name }

// polled tells that the page itself looks for news, not the person.
func (v *visit) polled() bool {
	return v.r.Header.Get("HX-Request") != "" && v.r.Method == http.MethodGet
}

func (v *visit) cookieName() string {
	if v.r.TLS != nil {
		return safeCookie
	}
	return plainCookie
}

// enter finds out who asks, and chooses the language.
func (v *visit) enter() (err error) {
	v.words = v.wordsFor("", v.r.URL.Query().Get("lang"), v.r.Header.Get("Accept-Language"))
	if kept, absent := v.r.Cookie(v.cookieName()); absent == nil && kept.Value != "" {
		v.cookie = bridge.Secret(kept.Value)
		var ok bool
		if v.user, ok, err = v.bridge.LoggedIn(v.ctx(), v.cookie, !v.polled()); err != nil {
			return err
		}
		if !ok {
			v.user = bridge.User{}
		}
	}
	v.words = v.wordsFor(v.user.Lang, v.r.URL.Query().Get("lang"), v.r.Header.Get("Accept-Language"))
	return nil
}

// wordsFor gives the words of the first of the languages that is one of ours,
// else what the browser likes best.
func (c *console) wordsFor(chosen, asked, browser string) *words {
	for _, lang := range []string{chosen, asked} {
		for _, w := range c.catalogue {
			if w.lang == lang {
				return w
			}
		}
	}
	var tags []language.Tag
	for _, w := range c.catalogue {
		tags = append(tags, language.Make(w.lang))
	}
	liked, _, _ := language.ParseAcceptLanguage(browser) // what can't be read likes nothing
	_, i, _ := language.NewMatcher(tags).Match(liked...)
	return c.catalogue[i]
}

// frame is what a template sees: its page's own View, and what stands around it.
type frame struct {
	View    any
	User    bridge.User // zero without login
	Lang    string
	Path    string
	Menu    []menuItem
	Notice  string // what was just done
	Problem string // what was wrong with what was sent
	Status  *bridge.Status
	allowed func(pattern string) bool
}

type menuItem struct {
	Path, Word string
	Here       bool
}

// May tells whether the reader may use a route, named by its pattern: a button
// that would be refused is not shown.
func (f frame) May(pattern string) bool { return f.allowed(pattern) }

// allowed tells whether the user may use the route of a pattern.
func (v *visit) allowed(pattern string) bool {
	r, found := v.routes[pattern]
	if !found {
		panic("there is no route " + pattern) // a template asks; tests show each
	}
	return r.may == open || v.user.ID != 0 && r.may.allows(v.user.Role)
}

func (v *visit) frame(view any) frame {
	f := frame{View: view, User: v.user, Lang: v.words.lang, Path: v.r.URL.Path, allowed: v.allowed, Status: v.status()}
	for _, at := range menu() {
		if v.user.ID != 0 && v.allowed("GET "+at) {
			here := f.Path == at || strings.HasPrefix(f.Path, at+"/")
			f.Menu = append(f.Menu, menuItem{at, "menu." + strings.TrimPrefix(at, "/"), here})
		}
	}
	return f
}

// page answers with a page: the template of that name, shown the view.
func (v *visit) page(name string, view any) error {
	f := v.frame(view)
	f.Notice = v.notice()
	return v.render(http.StatusOK, name, f)
}

// again answers a form that can't be taken with its page, and says why.
func (v *visit) again(name string, view any, problem error) error {
	if store.OfDatabase(problem) {
		return problem
	}
	f := v.frame(view)
	f.Problem = v.sentence(problem)
	return v.render(http.StatusUnprocessableEntity, name, f)
}

// part answers a page that looks for news: with what its file defines under a
// name.
func (v *visit) part(name, part string, view any) error {
	var body bytes.Buffer
	if err := v.screens[v.words.lang].showPart(&body, name, part, v.frame(view)); err != nil {
		return err
	}
	return v.write(http.StatusOK, body)
}

func (v *visit) render(status int, name string, f frame) error {
	var body bytes.Buffer
	if err := v.screens[v.words.lang].show(&body, name, f); err != nil {
		return err
	}
	return v.write(status, body)
}

func (v *visit) write(status int, body bytes.Buffer) error {
	v.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	v.w.Header().Set("Content-Language", v.words.lang)
	v.w.WriteHeader(status)
	_, _ = v.w.Write(body.Bytes()) // an error means that the reader has left
	return nil
}

// send answers with a file; a name makes the browser keep it.
func (v *visit) send(mediaType, name string, body []byte) error {
	v.w.Header().Set("Content-Type", mediaType)
	if name != "" {
		v.w.Header().Set("Content-Disposition", "attachment; filename*=UTF-8''"+url.PathEscape(name))
	}
	_, _ = v.w.Write(body) // an error means that the reader has left
	return nil
}

// redirect sends the reader on after something was done. The page there says
// it, in the words of this key; no key says nothing.
func (v *visit) redirect(to, done string, args ...string) error {
	if done != "" {
		text, err := json.Marshal(append([]string{done}, args...))
		if err != nil {
			return err
		}
		v.setCookie(noticeCookie, base64.RawURLEncoding.EncodeToString(text), 60)
	}
	v.w.Header().Set("Location", to)
	v.w.WriteHeader(http.StatusSeeOther)
	return nil
}

// notice is what redirect left to say, once.
func (v *visit) notice() string {
	kept, err := v.r.Cookie(noticeCookie)
	if err != nil || v.polled() {
		return ""
	}
	v.setCookie(noticeCookie, "", -1)
	text, err := base64.RawURLEncoding.DecodeString(kept.Value)
	var said []string
	if err != nil || json.Unmarshal(text, &said) != nil || len(said) == 0 {
		return "" // not ours
	}
	var args []any
	for _, a := range said[1:] {
		args = append(args, a)
	}
	line, err := v.words.say("done."+said[0], args...)
	if err != nil {
		return ""
	}
	return line
}

// setCookie sets a cookie for so many seconds; 0 until the browser closes,
// negative ends it.
func (v *visit) setCookie(name, value string, seconds int) {
	http.SetCookie(v.w, &http.Cookie{Name: name, Value: value, Path: "/", MaxAge: seconds, HttpOnly: true, Secure: v.r.TLS != nil, SameSite: http.SameSiteLaxMode})
}

// What a handler answers besides pages. A refusal says why to the reader.
var (
	errNotFound  = errors.New("there is no such page")
	errForbidden = errors.New("the role does not allow it")
)

type refusal struct{ why error }

func (r refusal) Error() string { return r.why.Error() }
func (r refusal) Unwrap() error { return r.why }

// refuse is the error of an action that the bridge refused: the reader sees
// the sentence. Errors of the database as a whole stay what they are.
func refuse(err error) error {
	if err == nil || store.OfDatabase(err) {
		return err
	}
	return refusal{err}
}

// failed answers with a page that says what went wrong.
func (v *visit) failed(err error) {
	var refused refusal
	var tooLong *http.MaxBytesError
	switch {
	case errors.Is(err, errNotFound) || errors.Is(err, store.ErrNotFound):
		v.fail(http.StatusNotFound, "")
	case errors.Is(err, errForbidden):
		v.log.Warn("a user was refused", "user", v.user.Name, "role", v.user.Role, "method", v.r.Method, "path", v.r.URL.Path)
		v.fail(http.StatusForbidden, "")
	case errors.As(err, &tooLong):
		v.fail(http.StatusRequestEntityTooLarge, "")
	case errors.Is(err, bridge.ErrNotSetUp) && v.allowed("GET /setup"):
		_ = v.redirect("/setup", "") // without a notice it can't fail
	case errors.Is(err, bridge.ErrNotSetUp):
		v.fail(http.StatusUnprocessableEntity, v.sentence(err))
	case errors.As(err, &refused):
		v.fail(http.StatusUnprocessableEntity, v.sentence(refused.why))
	case errors.Is(v.r.Context().Err(), context.Canceled): // the reader has left
		v.w.WriteHeader(http.StatusServiceUnavailable)
	case errors.Is(v.r.Context().Err(), context.DeadlineExceeded):
		v.late(err)
	default:
		v.log.Error("a page of the console failed", "method", v.r.Method, "path", v.r.URL.Path, "user", v.user.Name, "error", err)
		v.fail(http.StatusInternalServerError, "")
	}
}

// fail shows the page of a failure.
func (v *visit) fail(status int, sentence string) {
	view := struct {
		Status   string
		Sentence string
	}{strconv.Itoa(status), sentence}
	if err := v.render(status, "error", v.frame(view)); err != nil {
		v.log.Error("the page of a failure failed", "error", err)
		http.Error(v.w, http.StatusText(status), status)
	}
}

// sentence says an error to the reader: in the reader's language when it is
// one that the words or the phrases know, else as the bridge says it, in
// English.
func (v *visit) sentence(err error) string {
	for key, known := range problems() {
		if errors.Is(err, known) {
			if line, err := v.words.say("problem." + key); err == nil {
				return line
			}
		}
	}
	says := v.bridge.Redactor.Text(err.Error())
	pieces, ok := v.words.tell(says)
	if !ok {
		return says
	}
	var all []string
	for _, p := range pieces {
		all = append(all, p.text)
	}
	return strings.Join(all, " ")
}

// problems are the errors that the words know, by their key.
func problems() map[string]error {
	return map[string]error{
		"login": bridge.ErrLogin, "code": bridge.ErrCode, "name_taken": bridge.ErrNameTaken, "bad_name": bridge.ErrBadName, "bad_role": bridge.ErrBadRole,
		"short_password": bridge.ErrShortPassword, "last_owner": bridge.ErrLastOwner, "no_user": bridge.ErrNoUser, "too_often": errTooOften, "not_twice": errNotTwice,
		"not_now": errNotNow, "say_why": errWhy, "choose": errChoose, "checked": errChecked,
		"no_selection": bridge.ErrNoSelection, "tag_in_rules": bridge.ErrTagInRules, "tag_of_books": errTagOfBooks, "nothing_ticked": errNothingTicked, "seen": errSeen,
		"letterhead": bridge.ErrLetterhead, "paper": bridge.ErrPaper, "logo": bridge.ErrLogo,
		"not_set_up": bridge.ErrNotSetUp, "bad_day": errBadDay, "nothing_chosen": errNothingChosen,
		"rules_moved": bridge.ErrRulesMoved, "bad_rules": errBadRules, "not_confirmed": errNotConfirmed,
		"not_stopped": bridge.ErrNotStopped, "another_stop": bridge.ErrAnotherStop,
	}
}

// toLogin sends somebody who is not logged in to the login, and back here
// afterwards.
func (v *visit) toLogin() {
	to := "/login"
	if v.r.Method == http.MethodGet && v.r.URL.Path != "/" && !v.polled() {
		to += "?to=" + url.QueryEscape(v.r.URL.RequestURI())
	}
	if v.r.Header.Get("HX-Request") != "" {
		v.w.Header().Set("HX-Redirect", to)
		v.w.WriteHeader(http.StatusUnauthorized)
		return
	}
	v.w.Header().Set("Location", to)
	v.w.WriteHeader(http.StatusSeeOther)
}

func nothingHere(*visit) error { return errNotFound }
