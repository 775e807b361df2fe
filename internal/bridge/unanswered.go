package bridge

import (
	"encoding/json"
	"fmt"
	"time"

	"qbridge/qbxml"
)

// maxUnanswered is in how many sessions the same question may remain without an
// answer before something else is done about it: an answer that breaks off may
// be the wire's fault, but not always.
const maxUnanswered = 5

// failing is the question that got no answer last, and how often in a row:
// without a day in between.
type failing struct {
	Kind  string
	Set   string `json:",omitempty"`
	Row   int64  `json:",omitempty"` // the first it was about
	Times int
	At    time.Time
}

func failingSetting(companyID int64) string { return fmt.Sprintf("unanswered/%d", companyID) }

// unanswered counts that a question got no answer, and returns how often that
// was so in a row.
func (c *connection) unanswered(kind string, s subject) (int, error) {
	now := failing{Kind: kind, Set: s.Set, Times: 1, At: c.b.Now()}
	if len(s.Rows) > 0 {
		now.Row = s.Rows[0]
	}
	before, err := c.failing()
	if err != nil {
		return 0, err
	}
	if before.Kind == now.Kind && before.Set == now.Set && before.Row == now.Row && now.At.Sub(before.At) < 24*time.Hour {
		now.Times = before.Times + 1
	}
	body, err := json.Marshal(now)
	if err != nil {
		return 0, err
	}
	return now.Times, c.tx.SetSetting(failingSetting(c.company.ID), string(body))
}

func (c *connection) failing() (f failing, err error) {
	text, _, err := c.tx.Setting(failingSetting(c.company.ID))
	if err != nil || text == "" {
		return f, err
	}
	if err := json.Unmarshal([]byte(text), &f); err != nil {
		return f, fmt.Errorf("the question without an answer: %w", err)
	}
	return f, nil
}

// identityAnswered ends the count of the question that each session asks, and a
// person's word to go on without its answer.
func (c *connection) identityAnswered() error {
	if err := c.drop(unprovedSetting(c.company.ID)); err != nil {
		return err
	}
	f, err := c.failing()
	if err != nil || f.Kind != kindIdentity {
		return err
	}
	return c.tx.SetSetting(failingSetting(c.company.ID), "")
}

// recordUnanswered takes a question that QuickBooks refused, or that got no
// usable answer. The latter is asked again in the next session; when it never
// gets one it counts as refused, so that one document does not keep all others
// waiting for ever (I6). Once that led to asking one by one, the next without
// an answer is the culprit.
func (c *connection) recordUnanswered(kind string, s subject, got received, text string) (string, error) {
	code, action := refusal(got)
	if action == "" && kind != kindList {
		times, err := c.unanswered(kind, s)
		if err != nil || times < maxUnanswered && !c.done.OneByOne {
			return text, err
		}
		action = qbxml.Hold
	}
	if action == "" {
		return text, nil
	}
	return c.recordRefused(kind, s, code, action, text)
}

// unprovedSetting says that a person lets the company file be written though
// QuickBooks can't be asked for our newest documents: until it can.
func unprovedSetting(companyID int64) string { return fmt.Sprintf("unproved/%d", companyID) }

// identityRefused stops the writing until a person says that the open file is
// the right one; after that sessions go on without the proof while it is refused.
func (c *connection) identityRefused(text string) (string, error) {
	goOn, _, err := c.tx.Setting(unprovedSetting(c.company.ID))
	if err != nil {
		return "", err
	}
	if goOn != "" {
		c.b.Log.Warn("QuickBooks can't be asked for our newest documents; a person said to go on", "error", text)
		c.done.Identity = true
		return "", nil
	}
	return c.stopFor(nil, fmt.Sprintf("QuickBooks can't be asked whether our newest documents are in %s. If the right company file is open, run: qbridge resume. %s", c.company.Name, text))
}
