package bridge

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"qbridge/internal/order"
	"qbridge/internal/posting"
	"qbridge/store"
)

const (
	alertPause = time.Minute      // between two looks
	tellAgain  = 10 * time.Minute // after telling failed
)

// AlertStep looks once: what a person should know of is kept, logged and told;
// so is its end. What can't be told is tried again until it can. A process that
// dies between telling and noting it tells the same once more.
func (b *Bridge) AlertStep(ctx context.Context) error {
	var settings AlertSettings
	var company store.Company
	var w watched
	var kept []store.Alert
	at := b.Now()
	err := b.db.Read(ctx, func(tx *store.Tx) (err error) {
		if company, err = onlyCompany(tx); err != nil {
			return err
		}
		var unsealed error
		if settings, unsealed = b.alertSettings(tx); unsealed != nil {
			b.Log.Error("the alert settings can't be read; alerts are only logged", "error", unsealed)
			settings.Command, settings.MailServer = "", ""
		}
		if w, err = b.watch(tx, company); err != nil {
			return err
		}
		kept, err = tx.Alerts()
		return err
	})
	if errors.Is(err, ErrNotSetUp) {
		return nil // nothing can be wrong yet
	}
	if err != nil {
		return fmt.Errorf("look for alerts: %w", err)
	}
	if kept, err = b.keepAlerts(ctx, company.ID, kept, alerts(w, at, settings), settings.Attention, at); err != nil {
		return err
	}
	for _, a := range kept {
		if a.TellAfter.After(at) {
			continue
		}
		if err := b.tell(ctx, settings, a); err != nil {
			return err
		}
	}
	return nil
}

// keepAlerts brings the kept alerts to what is so now, and gives them back.
func (b *Bridge) keepAlerts(ctx context.Context, companyID int64, kept []store.Alert, now []Alert, pause limit, at time.Time) (all []store.Alert, err error) {
	var changed, dropped []store.Alert
	var history []store.History
	said := func(event, note string) {
		history = append(history, store.History{CompanyID: companyID, Who: "qbridge", Event: event, Note: note})
	}
	for _, a := range now {
		row := store.Alert{Key: a.Key, Says: b.Redactor.Text(a.Says), Cure: a.Cure, Since: a.Since, RaisedAt: at}
		i := slices.IndexFunc(kept, func(old store.Alert) bool { return old.Key == a.Key })
		if i >= 0 && kept[i].OverAt.IsZero() && !(a.News.After(kept[i].RaisedAt) && pause.past(kept[i].RaisedAt, at)) {
			row = kept[i] // it stands; its figures may have moved
			row.Says = b.Redactor.Text(a.Says)
		} else {
			b.Log.Warn("alert", "alert", row.Key, "says", row.Says, "cure", row.Cure)
			said("alert", row.Says)
		}
		all = append(all, row)
		if i < 0 || row != kept[i] {
			changed = append(changed, row)
		}
	}
	for _, row := range kept {
		if slices.ContainsFunc(now, func(a Alert) bool { return a.Key == row.Key }) {
			continue
		}
		if row.OverAt.IsZero() {
			b.Log.Info("an alert is over", "alert", row.Key, "says", row.Says)
			said("alert over", row.Says)
			if row.Told == "" && row.Problem != "" { // nobody was told that it began
				dropped = append(dropped, row)
				continue
			}
			row.OverAt, row.Told, row.TellAfter = at, "", time.Time{}
			changed = append(changed, row)
		}
		all = append(all, row)
	}
	if len(changed)+len(dropped) == 0 {
		return all, nil
	}
	return all, b.write(ctx, "keep the alerts", func(tx *store.Tx) error {
		for _, a := range changed {
			if err := tx.SaveAlert(a); err != nil {
				return err
			}
		}
		for _, a := range dropped {
			if err := tx.DropAlert(a.Key); err != nil {
				return err
			}
		}
		for _, h := range history {
			if err := tx.AddHistory(h); err != nil {
				return err
			}
		}
		return nil
	})
}

// watch reads what alerts are judged by.
func (b *Bridge) watch(tx *store.Tx, c store.Company) (w watched, err error) {
	w = watched{Company: c.Name, SetUp: c.CreatedAt, Stopped: c.Stopped}
	_, rules, err := b.loadRules(tx, c.ID)
	if err != nil {
		return w, err
	}
	w.Writes = rules.Mode != posting.Look && rules.Release == "automatic"
	sessions, err := tx.LastSessions(c.ID, 1)
	if err != nil {
		return w, err
	}
	for _, s := range sessions {
		w.LastPoll = s.LastCallAt
	}
	count := func(into *standing, states ...order.State) {
		var words []string
		for _, s := range states {
			words = append(words, string(s))
		}
		s, e := tx.Standing(c.ID, b.Now(), words...)
		*into, err = standing(s), errors.Join(err, e)
	}
	count(&w.Queued, order.Queued, order.Sent)
	count(&w.Ready, order.Ready)
	count(&w.Attention, order.Attention)
	if err != nil {
		return w, err
	}
	if w.Numbers, err = tx.NewestNumbers(c.ID, string(order.Attention), 5); err != nil {
		return w, err
	}
	if w.InDoubt.Count, w.InDoubt.Oldest, err = tx.Doubt(c.ID); err != nil {
		return w, err
	}
	shops, err := tx.Stores(c.ID)
	for _, s := range shops {
		w.Shops = append(w.Shops, watchedShop{s.ID, s.PulledAt, s.PullProblem})
	}
	if held := b.lease.Load(); held != nil && held.certificate != nil {
		w.Certificate, w.CertifiedTil = cmp.Or(held.certificate.Subject.CommonName, "serve"), held.certificate.NotAfter
	}
	return w, err
}

// tell tells one alert by every channel that it was not told by yet, and notes
// how that went.
func (b *Bridge) tell(ctx context.Context, settings AlertSettings, a store.Alert) error {
	told := strings.Fields(a.Told)
	m := messageOf(a)
	var failed error
	for _, c := range b.channels(settings) {
		if slices.Contains(told, c.name) {
			continue
		}
		if err := c.tell(ctx, m); err != nil {
			failed = errors.Join(failed, err)
			continue
		}
		told = append(told, c.name)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	a.TellAfter = time.Time{}
	problem := ""
	if failed != nil {
		a.TellAfter = b.Now().Add(tellAgain)
		if problem = b.Redactor.Text(failed.Error()); problem != a.Problem {
			b.Log.Error("an alert could not be told; it is tried again", "alert", a.Key, "error", failed)
		}
	}
	over := failed == nil && !a.OverAt.IsZero()
	if !over && strings.Join(told, " ") == a.Told && problem == a.Problem && failed == nil {
		return nil // nothing new to note
	}
	a.Told, a.Problem = strings.Join(told, " "), problem
	return b.write(ctx, "note that an alert was told", func(tx *store.Tx) error {
		if over {
			return tx.DropAlert(a.Key)
		}
		return tx.SaveAlert(a)
	})
}

// messageOf words an alert.
func messageOf(a store.Alert) message {
	kind, _, _ := strings.Cut(a.Key, "/")
	m := message{Kind: kind, State: "raised", Subject: Name + ": " + a.Says, ID: fmt.Sprintf("qbridge-%s-%d", strings.ReplaceAll(a.Key, "/", "-"), a.RaisedAt.UnixMicro()), At: a.RaisedAt,
		Text: a.Says + "\n"}
	if a.Cure != "" {
		m.Text += "\nWhat to do: " + a.Cure + "\n"
	}
	m.Text += "\nSince: " + minute(a.Since) + "\n"
	if !a.OverAt.IsZero() {
		m.State, m.Subject, m.At = "over", Name+", over: "+a.Says, a.OverAt
		m.ID += "-over"
		m.Text = "This is over since " + minute(a.OverAt) + ":\n\n" + a.Says + "\n"
	}
	m.Subject = cutText(m.Subject, 150)
	m.Text = strings.Map(func(r rune) rune { // a program's environment holds no NUL
		if unicode.IsControl(r) && r != '\n' {
			return ' '
		}
		return r
	}, m.Text)
	return m
}

// cutText cuts a text to some characters.
func cutText(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}

// Alerts gives the alerts that stand, as serve saw them last, and why one could
// not be told.
func (b *Bridge) Alerts(ctx context.Context) (all []Alert, problems []string, err error) {
	err = b.db.Read(ctx, func(tx *store.Tx) error {
		rows, err := tx.Alerts()
		for _, a := range rows {
			if a.OverAt.IsZero() {
				all = append(all, Alert{Key: a.Key, Says: a.Says, Cure: a.Cure, Since: a.Since})
			}
			if a.Problem != "" && !slices.Contains(problems, a.Problem) {
				problems = append(problems, a.Problem)
			}
		}
		return err
	})
	return all, problems, err
}

// ErrNoChannel: alerts are only logged.
var ErrNoChannel = errors.New("neither a command nor a mail server is set: alerts are only in the log and in doctor. See 'qbridge alerts show'")

// TestAlert tells a test alert by every channel that is set, and returns the
// names of those that went well.
func (b *Bridge) TestAlert(ctx context.Context) (told []string, err error) {
	var settings AlertSettings
	err = b.db.Read(ctx, func(tx *store.Tx) (err error) {
		settings, err = b.alertSettings(tx)
		return err
	})
	if err != nil {
		return nil, err
	}
	channels := b.channels(settings)
	if len(channels) == 0 {
		return nil, ErrNoChannel
	}
	m := message{Kind: "test", State: "test", Subject: Name + ": a test", Text: "This is a test of the alerts of " + Name + ". Nothing is wrong.\n",
		ID: fmt.Sprintf("qbridge-test-%d", b.Now().UnixMicro()), At: b.Now()}
	for _, c := range channels {
		if e := c.tell(ctx, m); e != nil {
			err = errors.Join(err, errors.New(b.Redactor.Text(e.Error())))
			continue
		}
		told = append(told, c.name)
	}
	return told, err
}
