package posting

// Choices is what a rule may be set to, for a form.
type Choices struct {
	Key    string   // of the rule itself, without an entry of its table
	Group  string   // its heading
	Doc    string   // what it does
	Values []string // those it takes; none when it takes others
	Names  []string // active entries of the books that fit, in QuickBooks' order; none when it names nothing
}

// Choices tells what a rule, or an entry of a table, may be set to; false when
// there is no such rule.
func (b *Books) Choices(key string) (Choices, bool) {
	k, ok := findRule(key)
	if !ok {
		return Choices{}, false
	}
	c := Choices{Key: k.key, Group: k.group, Doc: sentence(k.doc), Values: k.values}
	list, named := listNamed(k.names.list)
	if !named {
		return c, true
	}
	for _, e := range list.all(b) {
		if e.active && e.name != "" && k.names.fits(e) {
			c.Names = append(c.Names, e.name)
		}
	}
	return c, true
}
