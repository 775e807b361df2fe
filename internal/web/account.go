package web

import "slices"

// accountView is the page of the reader's own password and language.
type accountView struct{ Languages []string }

func account(v *visit) error { return v.page("account", accountView{languages()}) }

func changePassword(v *visit) error {
	err := v.tries.try(v.user.Name, v.r.RemoteAddr, func() error {
		if v.r.PostFormValue("password") != v.r.PostFormValue("again") {
			return errNotTwice
		}
		return v.bridge.ChangeOwnPassword(v.ctx(), v.user.ID, v.r.PostFormValue("old"), v.r.PostFormValue("password"), v.cookie)
	})
	if err != nil {
		return v.again("account", accountView{languages()}, err)
	}
	return v.redirect("/account", "password_changed")
}

func changeLanguage(v *visit) error {
	lang := v.r.PostFormValue("lang")
	if lang != "" && !slices.Contains(languages(), lang) {
		return errNotFound
	}
	if err := v.bridge.SetLang(v.ctx(), v.user.ID, lang); err != nil {
		return err
	}
	return v.redirect("/account", "language_changed")
}
