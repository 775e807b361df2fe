package bridge

import (
	"errors"
	"strings"
	"testing"

	"github.com/beevik/etree"

	"qbridge/internal/sim"
)

// cut ends the next session after (or before) the n-th of such steps.
func (w *world) cut(after bool, step string, n int) {
	hook := func(s string) error {
		if s == step {
			if n--; n == 0 {
				return errors.New("the power is off")
			}
		}
		return nil
	}
	if after {
		w.after = hook
	} else {
		w.before = hook
	}
}

// cutWriting ends the next session around the first set that holds such a request: before QuickBooks got it, or after it
// did it.
func (w *world) cutWriting(request string, done bool) {
	at := func(step string) error {
		w.mu.Lock()
		defer w.mu.Unlock()
		if step == "ProcessRequest" && len(w.sets) > 0 && strings.Contains(w.sets[len(w.sets)-1].document, request) {
			return errors.New("the power is off")
		}
		return nil
	}
	if done {
		w.after = at
	} else {
		w.before = at
	}
}

// mend removes all hooks.
func (w *world) mend() { w.before, w.after, w.twice, w.tamper = nil, nil, nil, nil }

// interrupted runs a session that must be cut by a hook, and removes the hooks.
func (w *world) interrupted() {
	w.t.Helper()
	if _, err := w.try(); err == nil {
		w.t.Fatal("the session was not cut")
	}
	w.mend()
}

// tamperWriting changes the answers to writing sets only; times limits how often.
func (w *world) tamperWriting(times int, change func(*etree.Element)) {
	w.tamper = func(r *sim.Reply) {
		if !strings.Contains(r.Response, "AddRs") || times == 0 {
			return
		}
		times--
		r.Response = edited(w.t, r.Response, change)
	}
}

// edited changes the QBXMLMsgsRs of an answer.
func edited(t *testing.T, response string, change func(*etree.Element)) string {
	doc := etree.NewDocument()
	if err := doc.ReadFromString(response); err != nil {
		t.Errorf("the answer is no XML: %v", err)
		return response
	}
	change(doc.FindElement("/QBXML/QBXMLMsgsRs"))
	text, err := doc.WriteToString()
	if err != nil {
		t.Error(err)
	}
	return text
}
