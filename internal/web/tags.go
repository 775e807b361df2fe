package web

import (
	"errors"
	"net/url"

	"qbridge/internal/bridge"
)

// tagsView is the page of the user's own tags.
type tagsView struct {
	Tags   []bridge.TagUse
	Name   string // as it was typed
	Colour string
}

// errTagOfBooks: what an order is tagged with decides by a rule what becomes of
// it in the books, and who may not act on the books may not decide that.
var errTagOfBooks = errors.New("rules ask for this tag, so it decides what goes into QuickBooks: an owner or a bookkeeper puts it on and takes it off")

// sorts tells whether this user acts on the books, and so on what goes there by
// its tag.
func (v *visit) sorts() bool { return v.allowed("POST /selections/{id}") }

// maySort refuses a tag that rules ask for to who may not act on the books.
func (v *visit) maySort(tag string) error {
	if v.sorts() {
		return nil
	}
	keys, err := v.bridge.RulesWithTag(v.ctx(), tag)
	if err == nil && len(keys) > 0 {
		err = errTagOfBooks
	}
	return err
}

// greyTag is the colour that the form offers for a tag without one.
const greyTag = "#7a8a84"

func (v *visit) tagsView() (view tagsView, err error) {
	view.Colour = greyTag
	view.Tags, err = v.bridge.TagUses(v.ctx())
	return view, err
}

// Grey is the colour of a tag that has none, for a form.
func (tagsView) Grey() string { return greyTag }

// OrdersOf is the list of the orders that have a tag.
func (tagsView) OrdersOf(tag string) string { return listPath(bridge.Find{Tag: tag}, "") }

func tags(v *visit) error {
	view, err := v.tagsView()
	if err != nil {
		return err
	}
	return v.page("tags", view)
}

// tagsAgain shows the tags to who asked for what can't be done with them.
func (v *visit) tagsAgain(problem error, form url.Values) error {
	view, err := v.tagsView()
	if err != nil {
		return err
	}
	if form != nil {
		view.Name, view.Colour = form.Get("name"), form.Get("colour")
	}
	return v.again("tags", view, problem)
}

// setTag makes a tag, or gives one another colour.
func setTag(v *visit) error {
	form := v.r.PostForm
	if err := v.bridge.SetTag(v.ctx(), form.Get("name"), form.Get("colour"), v.who()); err != nil {
		return v.tagsAgain(err, form)
	}
	return v.redirect("/tags", "tag_kept", form.Get("name"))
}

func renameTag(v *visit) error {
	name, to := v.r.PostFormValue("name"), v.r.PostFormValue("to")
	if err := v.maySort(to); err != nil { // the orders would have that one then
		return v.tagsAgain(err, nil)
	}
	ended, err := v.bridge.RenameTag(v.ctx(), name, to, v.who())
	switch {
	case err != nil:
		return v.tagsAgain(err, nil)
	case !ended:
		return v.redirect("/tags", "tag_going", name)
	}
	return v.redirect("/tags", "tag_renamed", name, to)
}

func removeTag(v *visit) error {
	name := v.r.PostFormValue("name")
	ended, err := v.bridge.RemoveTag(v.ctx(), name, v.who())
	switch {
	case err != nil:
		return v.tagsAgain(err, nil)
	case !ended:
		return v.redirect("/tags", "tag_going", name)
	}
	return v.redirect("/tags", "tag_removed", name)
}
