package store

import (
	"fmt"
	"time"
)

// NewestRules is the newest version of the rules of a company, 0 when there are none yet.
func (tx *Tx) NewestRules(companyID int64) (version int64, err error) {
	_, err = tx.scan(fmt.Sprintf("look for the rules of company %d", companyID),
		"SELECT coalesce(max(version), 0) FROM rules WHERE company_id = ?", []any{companyID}, &version)
	return version, err
}

// Rules are a version of the rules of a company, as TOML; empty when there is none.
func (tx *Tx) Rules(companyID, version int64) (toml string, err error) {
	_, err = tx.scan(fmt.Sprintf("read the rules of company %d", companyID),
		"SELECT toml FROM rules WHERE company_id = ? AND version = ?", []any{companyID, version}, &toml)
	return toml, err
}

// AddRules keeps new rules under the next version and has every order planned again that is not posted and not on its way (see Replan).
func (tx *Tx) AddRules(companyID int64, toml, who string) (version int64, err error) {
	_, err = tx.scan(fmt.Sprintf("keep the rules of company %d", companyID),
		"INSERT INTO rules SELECT ?1, coalesce(max(version), 0) + 1, ?2, ?3, ?4 FROM rules WHERE company_id = ?1 RETURNING version",
		[]any{companyID, toml, who, at(tx.now)}, &version)
	if err != nil {
		return 0, err
	}
	return version, tx.Replan(companyID, fmt.Sprintf("rules version %d by %s", version, who))
}

// RulesVersion is one version of a company's rules.
type RulesVersion struct {
	Version int64
	TOML    string
	Who     string
	At      time.Time
}

func (v *RulesVersion) fields() []any { return []any{&v.Version, &v.TOML, &v.Who, stamp{&v.At}} }

// RulesVersions are all versions of a company's rules, oldest first.
func (tx *Tx) RulesVersions(companyID int64) ([]RulesVersion, error) {
	return list[RulesVersion](tx, fmt.Sprintf("read the versions of the rules of company %d", companyID),
		"SELECT version, toml, who, at FROM rules WHERE company_id = ? ORDER BY version", companyID)
}
