package web

import (
	"errors"
	"slices"
	"strings"

	"qbridge/internal/bridge"
)

var (
	errNotNow  = errors.New("that can't be done with the order as it stands now")
	errWhy     = errors.New("say why, for whoever looks at it later")
	errChoose  = errors.New("choose one first")
	errChecked = errors.New("look in QuickBooks first whether a document is reconciled")
)

// decided answers a decision on an order: it is planned anew at once, and its
// page says what became of it. A decision that can't be is shown with the page.
func (v *visit) decided(err error) error {
	id := v.orderID()
	if err == nil {
		err = v.bridge.PlanNow(v.ctx(), id)
	}
	if err != nil {
		view, failed := v.orderView()
		if failed != nil {
			return failed
		}
		return v.again("order", view, err)
	}
	now, err := v.bridge.Order(v.ctx(), id)
	if err != nil {
		return err
	}
	return v.redirect(orderPath(id), "order_decided", v.words.known("state", now.State))
}

func chooseItem(v *visit) error {
	return v.chosen("item", func(listID string) error {
		return v.bridge.ChooseItem(v.ctx(), v.orderID(), v.r.PostFormValue("goods"), listID, v.who())
	})
}

func chooseCustomer(v *visit) error {
	return v.chosen("customer", func(listID string) error {
		return v.bridge.ChooseCustomer(v.ctx(), v.orderID(), listID, v.who())
	})
}

// chosen keeps the choice of a form's field; back takes an earlier one back.
func (v *visit) chosen(field string, keep func(listID string) error) error {
	listID := v.r.PostFormValue(field)
	switch {
	case v.r.PostForm.Has("back"):
		listID = ""
	case listID == "":
		return v.decided(errChoose)
	}
	return v.decided(keep(listID))
}

// linkOrder says that a document in QuickBooks is the order, or is not.
func linkOrder(v *visit) error {
	kind := "link"
	if v.r.PostForm.Has("not") {
		kind = "not-link"
	}
	return v.decided(v.bridge.Link(v.ctx(), v.orderID(), kind, strings.TrimSpace(v.r.PostFormValue("txnid")), v.who()))
}

// actView is the page on which an action on an order is confirmed.
type actView struct {
	bridge.OrderDetail
	Do     bridge.OrderAction
	Label  string
	Undo   []bridge.UndoView
	Why    string // as it was typed
	Delete bool   // as it was chosen
}

// Path is the page of the order.
func (a actView) Path() string { return orderPath(a.ID) }

// Wants tells whether the action wants to know why.
func (a actView) Wants() bool { return a.Do == bridge.DoHold || a.Do == bridge.DoExclude }

// Seen is how the order stands by the page: what is accepted must still be so.
func (a actView) Seen() string {
	return strings.Join(strings.Fields(strings.Join([]string{a.State, a.Total, a.Reason}, " ")), " ")
}

// actView is what the action in the address is about. One that can't be done
// with the order now is an error.
func (v *visit) actView() (a actView, err error) {
	view, err := v.orderView()
	if err != nil {
		return a, err
	}
	a = actView{OrderDetail: view.OrderDetail, Do: bridge.OrderAction(v.r.PathValue("do")), Undo: view.Choices.Undo, Why: v.r.PostFormValue("why"), Delete: v.r.PostFormValue("how") == "delete"}
	a.Label = view.Label(a.Do)
	all := []bridge.OrderAction{bridge.DoRelease, bridge.DoHold, bridge.DoExclude, bridge.DoAgain, bridge.DoAccept, bridge.DoUndo}
	switch {
	case !slices.Contains(all, a.Do):
		return a, errNotFound
	case !slices.Contains(view.Choices.Do, a.Do):
		return a, refuse(errNotNow)
	}
	return a, nil
}

func confirmAct(v *visit) error {
	a, err := v.actView()
	if err != nil {
		return err
	}
	return v.page("orderact", a)
}

func actOnOrder(v *visit) error {
	a, err := v.actView()
	if err != nil {
		return err
	}
	switch {
	case a.Wants() && strings.TrimSpace(a.Why) == "":
		return v.again("orderact", a, errWhy)
	case a.Do == bridge.DoAccept && v.r.PostForm.Has("seen") && v.r.PostFormValue("seen") != a.Seen():
		return v.again("orderact", a, errSeen)
	case a.Do == bridge.DoUndo && v.r.PostFormValue("checked") == "":
		return v.again("orderact", a, errChecked)
	}
	return v.decided(v.doToOrder(a))
}

func (v *visit) doToOrder(a actView) error {
	switch a.Do {
	case bridge.DoAgain:
		return v.bridge.PostAgain(v.ctx(), a.ID, v.who())
	case bridge.DoAccept:
		return v.bridge.Accept(v.ctx(), a.ID, v.who())
	case bridge.DoUndo:
		shown := slices.Clone(v.r.PostForm["shown"]) // more may have been posted while the person looked
		if shown == nil {
			shown = []string{}
		}
		_, err := v.bridge.Undo(v.ctx(), bridge.UndoOf{Order: a.ID, Shown: shown}, a.Delete, v.who())
		return err
	}
	return v.bridge.Decide(v.ctx(), a.ID, string(a.Do), "", strings.Join(strings.Fields(a.Why), " "), v.who())
}

// orderLogView is the life of an order with the requests and answers that
// carried it.
type orderLogView struct {
	bridge.OrderLog
	numbers []string // of its documents
}

// Path is the page of the order.
func (o orderLogView) Path() string { return orderPath(o.ID) }

// partShown is how many bytes of a request or answer the page shows; the whole
// can be kept as a file.
const partShown = 8 << 10

// Part is what is shown of a request or answer: all, or what is around the
// order in it.
func (o orderLogView) Part(bytes string) string {
	if len(bytes) <= partShown {
		return bytes
	}
	at := 0
	for _, number := range o.numbers {
		if i := strings.Index(bytes, ">"+number+"<"); number != "" && i >= 0 {
			at = max(0, i-partShown/4)
			break
		}
	}
	part := bytes[at:min(len(bytes), at+partShown)]
	if cut := strings.IndexByte(part, '<'); at > 0 && cut >= 0 {
		part = part[cut:]
	}
	if cut := strings.LastIndexByte(part, '>'); at+partShown < len(bytes) && cut >= 0 {
		part = part[:cut+1]
	}
	return strings.ToValidUTF8(part, "")
}

// Cut tells that less than the whole is shown.
func (o orderLogView) Cut(bytes string) bool { return len(bytes) > partShown }

// Side names the two sides of an exchange in an address.
func (o orderLogView) Side(l bridge.LogLine) string { return sideOf(l) }

func sideOf(l bridge.LogLine) string {
	if l.Event == "handed out" {
		return "request"
	}
	return "answer"
}

func orderLog(v *visit) error {
	id := v.orderID()
	log, err := v.bridge.OrderLog(v.ctx(), id, true)
	if err != nil {
		return err
	}
	o, err := v.bridge.Order(v.ctx(), id)
	if err != nil {
		return err
	}
	view := orderLogView{OrderLog: log}
	for _, r := range o.Rows {
		view.numbers = append(view.numbers, r.Number)
	}
	return v.page("orderlog", view)
}

// orderBytes sends a request or an answer whole, as a file.
func orderBytes(v *visit) error {
	log, err := v.bridge.OrderLog(v.ctx(), v.orderID(), true)
	if err != nil {
		return err
	}
	set, side := v.r.PathValue("set"), v.r.PathValue("side")
	for _, l := range log.Lines {
		if l.Set == set && l.Bytes != "" && sideOf(l) == side {
			return v.send("text/plain; charset=utf-8", set+"-"+side+".xml.txt", []byte(l.Bytes))
		}
	}
	return errNotFound
}

// event is a line of an order's history: what happened, in the reader's words,
// and what the bridge says of it.
type event struct{ What, Note string }

// event reads a line of history. A change of state begins its note with the
// state.
func (w *words) event(kind, note string) event {
	if kind == "state" {
		state, rest, _ := strings.Cut(note, ":")
		return event{w.known("state", state), strings.TrimSpace(rest)}
	}
	return event{w.known("did", kind), note}
}
