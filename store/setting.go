package store

import (
	"database/sql"
	"encoding/json"
	"fmt"
)

// Setting is the value under a name; false when it was never set.
func (tx *Tx) Setting(name string) (string, bool, error) {
	var value string
	found, err := tx.scan("read the setting "+name, "SELECT value FROM setting WHERE name = ?", []any{name}, &value)
	return value, found, err
}

// AnySetting says whether there is a setting whose name begins so.
func (tx *Tx) AnySetting(prefix string) (found bool, err error) {
	_, err = tx.scan("look for settings "+prefix, "SELECT EXISTS (SELECT 1 FROM setting WHERE name >= ?1 AND name < ?1 || char(0x10FFFF))", []any{prefix}, &found)
	return found, err
}

// SettingsNamed are the values of those of these settings that are there, by name.
func (tx *Tx) SettingsNamed(names []string) (map[string]string, error) {
	found := map[string]string{}
	list, err := json.Marshal(names)
	if err != nil {
		return nil, fmt.Errorf("read %d settings: %w", len(names), err)
	}
	err = tx.rows("read settings", "SELECT name, value FROM setting WHERE name IN (SELECT value FROM json_each(?))", []any{string(list)}, func(rows *sql.Rows) error {
		var name, value string
		err := rows.Scan(&name, &value)
		found[name] = value
		return err
	})
	return found, err
}

// SetSetting keeps a value under a name, in place of what was there.
func (tx *Tx) SetSetting(name, value string) error {
	_, err := tx.exec("set the setting "+name,
		"INSERT INTO setting VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value, changed_at = excluded.changed_at",
		name, value, at(tx.now))
	return err
}

// OthersWrote gives a number that is another one whenever another process has written to the database. In a writing transaction only.
func (tx *Tx) OthersWrote() (version int64, err error) {
	_, err = tx.scan("look whether others wrote", "PRAGMA data_version", nil, &version)
	return version, err
}
