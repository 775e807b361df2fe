package bridge

import (
	"fmt"
	"strings"
	"time"
)

// Alert is something that a person should know of. Its key names the kind of
// it, and the store when it is about one.
type Alert struct {
	Key   string    `json:"key"`
	Says  string    `json:"says"`
	Cure  string    `json:"cure"`
	Since time.Time `json:"since"` // since when it is so
	News  time.Time `json:"-"`     // when the newest thing it tells of came up; zero when it never has any
}

// The kinds of alerts, which are also the names of their settings.
const (
	alertConnectorSilent = "connector-silent"
	alertWaiting         = "waiting"
	alertInDoubt         = "in-doubt"
	alertStopped         = "stopped"
	alertPullFailing     = "pull-failing"
	alertAttention       = "attention"
	alertCertificate     = "certificate"
)

// watched is what alerts are judged by.
type watched struct {
	Company      string
	SetUp        time.Time // when the company file was set up here
	Stopped      string    // why nothing is written
	Writes       bool      // the rules let something be written, without a person's release
	LastPoll     time.Time // zero: the Web Connector never came
	Queued       standing  // orders waiting for the Web Connector, or for their answer
	Ready        standing  // orders that could go out
	InDoubt      standing  // message sets
	Attention    standing  // orders
	Numbers      []string  // of the newest orders that need attention
	Shops        []watchedShop
	Certificate  string // whom serve's certificate is for; empty without one
	CertifiedTil time.Time
}

// standing is how many things are in a state, and since when.
type standing struct {
	Count          int64
	Oldest, Newest time.Time
}

type watchedShop struct {
	ID       string
	PulledAt time.Time // the last good pull; zero: none yet
	Problem  string    // of the last pull
}

// alerts says what a person should know of now. It is pure.
func alerts(w watched, now time.Time, set AlertSettings) (all []Alert) {
	add := func(key string, since time.Time, cure, says string, a ...any) {
		all = append(all, Alert{Key: key, Says: fmt.Sprintf(says, a...), Cure: cure, Since: since})
	}
	if limit := set.ConnectorSilent; limit.on() {
		const cure = "Is the computer on, the Windows user logged on, the Web Connector running with the box ticked and Auto-Run on? 'qbridge doctor' looks at the rest."
		if w.LastPoll.IsZero() && limit.past(w.SetUp, now) {
			add(alertConnectorSilent, w.SetUp, cure, "The QuickBooks Web Connector has not come yet since %s was set up on %s.", w.Company, day(w.SetUp))
		} else if !w.LastPoll.IsZero() && limit.past(w.LastPoll, now) {
			add(alertConnectorSilent, w.LastPoll, cure, "The QuickBooks Web Connector has not come since %s.", minute(w.LastPoll))
		}
	}
	if w.Stopped != "" && set.Stopped.on() {
		add(alertStopped, now, "Open the right company file; or, if this one is right, run: qbridge resume.", "Nothing is written to %s any more: %s", w.Company, w.Stopped)
	}
	if s := w.waiting(); set.Waiting.on() && s.Count > 0 && set.Waiting.past(s.Oldest, now) {
		add(alertWaiting, s.Oldest, "'qbridge orders' says of each what it waits for; 'qbridge log --sessions' when the Web Connector came.",
			"%s been waiting for QuickBooks too long, the oldest since %s.", counted(int(s.Count), "order has", "orders have"), minute(s.Oldest))
	}
	if s := w.InDoubt; set.InDoubt.on() && s.Count > 0 && set.InDoubt.past(s.Oldest, now) {
		add(alertInDoubt, s.Oldest, "It is settled when the Web Connector comes next and QuickBooks answers: run an update there. Nothing else is written until then.",
			"QuickBooks never answered %s, the oldest of %s; whether it is in the books is not known yet.", counted(int(s.Count), "message set"), minute(s.Oldest))
	}
	for _, shop := range w.Shops {
		since := shop.PulledAt
		if since.IsZero() {
			since = w.SetUp
		}
		if set.PullFailing.on() && set.PullFailing.past(since, now) {
			problem := ""
			if shop.Problem != "" {
				problem = " " + sentence(fmt.Errorf("%s", shop.Problem))
			}
			add(alertPullFailing+"/"+shop.ID, since, "'qbridge doctor' looks at the shop, the token and the network.",
				"No orders could be pulled from store %s since %s.%s", shop.ID, minute(since), problem)
		}
	}
	if s := w.Attention; set.Attention.on() && s.Count > 0 {
		add(alertAttention, s.Oldest, "'qbridge orders --state attention' says of each why and what to do.",
			"%s attention; the newest: %s.", counted(int(s.Count), "order needs", "orders need"), strings.Join(w.Numbers, ", "))
		all[len(all)-1].News = s.Newest
	}
	if limit := set.Certificate; limit.on() && w.Certificate != "" && w.CertifiedTil.Sub(now) < limit.Duration() { // P63
		verb := "ends"
		if w.CertifiedTil.Before(now) {
			verb = "ended"
		}
		add(alertCertificate, w.CertifiedTil.Add(-limit.Duration()), "Renew it, and start serve again with the new one: past that day the Web Connector refuses it.",
			"The certificate of %s %s on %s.", w.Certificate, verb, day(w.CertifiedTil))
	}
	return all
}

// waiting joins the orders that wait for the Web Connector with those that are
// ready and wait for no person: in mode look, or when a person releases each,
// ready is where an order stays.
func (w watched) waiting() standing {
	s := w.Queued
	if w.Writes && w.Ready.Count > 0 {
		if s.Count == 0 || w.Ready.Oldest.Before(s.Oldest) {
			s.Oldest = w.Ready.Oldest
		}
		s.Count += w.Ready.Count
	}
	return s
}

func day(t time.Time) string    { return t.Local().Format(time.DateOnly) }
func minute(t time.Time) string { return t.Local().Format("2006-01-02 15:04") }
