package prove

import (
	"errors"
	"fmt"
	"net/http"

	"qbridge/internal/sim"
)

// arm has something go wrong in the next session.
func (w *world) arm() {
	steps := []string{"authenticate", "sendRequestXML", "ProcessRequest", "receiveResponseXML", "closeConnection"}
	switch w.random.IntN(8) {
	case 0, 1, 2:
		step, n, after := steps[w.random.IntN(len(steps))], 1+w.random.IntN(4), w.random.IntN(2) == 0
		hook := func(s string) error {
			if s == step {
				if n--; n == 0 {
					return errors.New("the power is off")
				}
			}
			return nil
		}
		if w.session.before = hook; after {
			w.session.before, w.session.after = nil, hook
		}
		w.note("the next session is cut at the %d. %s, after it: %t", n, step, after)
	case 3:
		w.session.twice = func(string) bool { return w.random.IntN(3) == 0 }
		w.note("calls of the next session come twice")
	case 4:
		w.company.RefuseSession("0x80040414", "A modal dialog box is showing in the QuickBooks user interface.")
		w.note("a modal dialog is open")
	case 5:
		code := []int{3175, 3176, 3180, 3250, 3260}[w.random.IntN(5)]
		w.company.Interfere(func(request, _ string) *sim.Status {
			if request == "SalesReceiptAddRq" && w.random.IntN(2) == 0 {
				return &sim.Status{Code: code, Severity: "Error", Message: "The record is in use."}
			}
			return nil
		})
		w.note("QuickBooks answers %d to some receipts", code)
	case 6:
		if len(w.order) > 0 {
			id := w.order[len(w.order)-1]
			w.note("QuickBooks forgets its answer to set %s (%v)", id, w.company.LoseSet(w.file.AppName, id))
		}
	case 7:
		w.meanwhile()
		w.note("pulls and people in the middle of the next session")
	}
}

// failShop has the shop fail at some of the next pull's requests.
func (w *world) failShop() {
	bodies := []sim.Response{
		{Status: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"30"}}, Body: `{"errorMessage":"Too many requests"}`},
		{Status: http.StatusInternalServerError, Body: "oops"},
		{Status: http.StatusOK, Body: "<html>maintenance</html>"},
		{Status: http.StatusOK, Body: `{"total":12,"count":1,"items":[{"id":"X"`, CutAfter: 20},
	}
	answer := bodies[w.random.IntN(len(bodies))]
	w.shop.Fault(func(*http.Request) *sim.Response {
		if w.random.IntN(2) == 0 {
			return nil
		}
		return &answer
	})
	w.note("the shop answers some requests with %d %.40q", answer.Status, answer.Body)
	w.pull()
	w.shop.Fault(nil)
}

// mend takes all that was armed back.
func (w *world) mend() {
	w.session = session{}
	w.company.Interfere(nil)
	w.shop.Fault(nil)
	_ = fmt.Sprint
}
