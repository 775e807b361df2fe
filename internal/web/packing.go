package web

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"qbridge/internal/bridge"
)

// packingView is the packing lists of some orders, one a printed page.
type packingView struct {
	Lists          []bridge.PackingList
	All            int64 // orders that were chosen
	First, Last    int64 // of them, those that are here, from 1
	Previous, Next string
	PDF            string
	Letterhead     bridge.Letterhead
	From           []string // the lines of the ship-from address
	Numbers        string   // that were typed
	file           string   // names the PDF
}

func packing(v *visit) error {
	view, err := v.packed("/packing")
	if err != nil {
		return err
	}
	return v.page("packing", view)
}

func packingFile(v *visit) error {
	view, err := v.packed("/packing.pdf")
	if err != nil {
		return err
	}
	if len(view.Lists) == 0 {
		return errNotFound
	}
	file, err := packingPDF(v.words, view.Letterhead, view.Lists)
	if err != nil {
		return err
	}
	return v.send("application/pdf", "packing-"+view.file+".pdf", file)
}

// packed reads the packing lists that were asked for: of a selection, of orders
// by their ID, or of numbers that somebody typed.
func (v *visit) packed(path string) (view packingView, err error) {
	query := v.r.URL.Query()
	if view.Letterhead, err = v.bridge.Letterhead(v.ctx()); err != nil {
		return view, err
	}
	if view.Letterhead.From != "" {
		view.From = strings.Split(view.Letterhead.From, "\n")
	}
	view.Numbers = strings.TrimSpace(query.Get("numbers"))
	asked := url.Values{}
	selection := query.Get("selection")
	switch orders := append(query["order"], strings.FieldsFunc(view.Numbers, func(r rune) bool { return strings.ContainsRune(" ,;\t\n", r) })...); {
	case selection != "":
		from, err := strconv.Atoi(cmp.Or(query.Get("from"), "0"))
		if err != nil || from < 0 {
			return view, errNotFound
		}
		if view.Lists, view.All, err = v.bridge.PackSelected(v.ctx(), selection, v.who(), from); err != nil {
			return view, refuse(err)
		}
		asked.Set("selection", selection)
		at := func(from int) string {
			asked.Set("from", strconv.Itoa(from))
			return path + "?" + asked.Encode()
		}
		view.First = int64(from) + 1
		if from > 0 {
			view.Previous = at(max(0, from-bridge.MostPacked))
		}
		if int64(from+bridge.MostPacked) < view.All {
			view.Next = at(from + bridge.MostPacked)
		}
		asked.Set("from", strconv.Itoa(from))
	case len(orders) > 0:
		if view.Lists, err = v.bridge.Pack(v.ctx(), orders); err != nil {
			return view, refuse(err)
		}
		view.All, view.First = int64(len(view.Lists)), 1
		asked["order"] = orders
	}
	view.Last = view.First + int64(len(view.Lists)) - 1
	view.PDF = "/packing.pdf?" + asked.Encode()
	switch {
	case len(view.Lists) == 1:
		view.file = view.Lists[0].Number
	case len(view.Lists) > 1:
		view.file = fmt.Sprintf("%d-%d", view.First, view.Last)
	}
	return view, nil
}

// letterheadView is what stands on every packing list.
type letterheadView struct {
	bridge.Letterhead
	Papers []bridge.Paper
}

func letterheadPage(v *visit) error {
	h, err := v.bridge.Letterhead(v.ctx())
	if err != nil {
		return err
	}
	return v.page("letterhead", letterheadView{h, bridge.Papers()})
}

func setLetterhead(v *visit) error {
	kept, err := v.bridge.Letterhead(v.ctx())
	if err != nil {
		return err
	}
	h := bridge.Letterhead{From: v.r.PostFormValue("from"), Foot: v.r.PostFormValue("foot"), Paper: bridge.Paper(v.r.PostFormValue("paper")), Logo: kept.Logo}
	if err := v.bridge.SetLetterhead(v.ctx(), h, v.who()); err != nil {
		return v.again("letterhead", letterheadView{h, bridge.Papers()}, err)
	}
	return v.redirect("/packing/letterhead", "letterhead_changed")
}

// setLogo takes a picture, or takes the logo away.
func setLogo(v *visit) error {
	if v.r.PostForm.Get("remove") != "" {
		if err := v.bridge.SetLogo(v.ctx(), nil, v.who()); err != nil {
			return err
		}
		return v.redirect("/packing/letterhead", "letterhead_changed")
	}
	file, err := v.sentFile("logo")
	if err != nil {
		return err
	}
	if len(file) == 0 {
		err = bridge.ErrLogo
	} else {
		err = v.bridge.SetLogo(v.ctx(), file, v.who())
	}
	if err != nil {
		h, unread := v.bridge.Letterhead(v.ctx())
		if unread != nil {
			return unread
		}
		return v.again("letterhead", letterheadView{h, bridge.Papers()}, err)
	}
	return v.redirect("/packing/letterhead", "letterhead_changed")
}

// sentFile is the file that a form sent in a field; empty when it sent none.
func (v *visit) sentFile(field string) ([]byte, error) {
	sent, _, err := v.r.FormFile(field)
	if errors.Is(err, http.ErrMissingFile) || errors.Is(err, http.ErrNotMultipart) {
		return nil, nil
	}
	if err != nil {
		return nil, refuse(err)
	}
	defer sent.Close() // it is only read
	return io.ReadAll(sent)
}

func logo(v *visit) error {
	h, err := v.bridge.Letterhead(v.ctx())
	if err != nil {
		return err
	}
	if len(h.Logo) == 0 {
		return errNotFound
	}
	return v.send("image/png", "", h.Logo)
}
