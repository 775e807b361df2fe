package posting

import "slices"

// RuleChange is a rule that has another value; "" when it is not set.
type RuleChange struct{ Key, From, To string }

// Changes are the rules that have another value in after, in the order of the
// rules.
func (r Rules) Changes(after Rules) []RuleChange {
	var all []RuleChange
	now, then := r.fields(), after.fields()
	for _, k := range ruleKeys() {
		if !k.table {
			if from, to := k.text(now), k.text(then); from != to {
				all = append(all, RuleChange{k.key, from, to})
			}
			continue
		}
		old, changed := k.entries(now), k.entries(then)
		var entries []string
		for _, m := range []map[string]string{old, changed} {
			for entry := range m {
				entries = append(entries, entry)
			}
		}
		slices.Sort(entries)
		for _, entry := range slices.Compact(entries) {
			if old[entry] != changed[entry] {
				all = append(all, RuleChange{k.key + "." + entry, old[entry], changed[entry]})
			}
		}
	}
	return all
}
