package store

import "time"

// Alert is something that a person should know of. It stays as long as it is so, and then until its end was told.
type Alert struct {
	Key       string // kind, or kind/store
	Says      string
	Cure      string
	Since     time.Time // since when it is so
	RaisedAt  time.Time
	OverAt    time.Time // zero while it stands
	Told      string    // by what this was told already, with blanks between
	TellAfter time.Time // telling failed: it is not tried again before
	Problem   string    // why telling failed
}

const alertColumns = "key, says, cure, since, raised_at, over_at, told, tell_after, problem"

func (a *Alert) fields() []any {
	return []any{&a.Key, &a.Says, &a.Cure, stamp{&a.Since}, stamp{&a.RaisedAt}, stamp{&a.OverAt}, &a.Told, stamp{&a.TellAfter}, &a.Problem}
}

// Alerts are all that stand, and those whose end was not told yet, the oldest first.
func (tx *Tx) Alerts() ([]Alert, error) {
	return list[Alert](tx, "read the alerts", "SELECT "+alertColumns+" FROM alert ORDER BY raised_at, key")
}

// SaveAlert keeps an alert, new or known, as given.
func (tx *Tx) SaveAlert(a Alert) error {
	_, err := tx.exec("keep the alert "+a.Key, "INSERT INTO alert ("+alertColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT DO UPDATE SET says = excluded.says, cure = excluded.cure, since = excluded.since, raised_at = excluded.raised_at,
		over_at = excluded.over_at, told = excluded.told, tell_after = excluded.tell_after, problem = excluded.problem`, a.fields()...)
	return err
}

// DropAlert forgets an alert.
func (tx *Tx) DropAlert(key string) error {
	_, err := tx.exec("forget the alert "+key, "DELETE FROM alert WHERE key = ?", key)
	return err
}
