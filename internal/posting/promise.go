package posting

// Promise takes note of a name that a row planned after these Books were made
// will take. The caller plans one sale at a time; others may look meanwhile what
// a sale would become.
func (b *Books) Promise(p Promise) {
	b.promising.Lock()
	defer b.promising.Unlock()
	b.promises[p.Key] = &p
	b.reserved[space(p.Kind)+Fold(p.Name)] = &p
}

// promised is the promise of a row's key; nil when there is none.
func (b *Books) promised(key string) *Promise {
	b.promising.RLock()
	defer b.promising.RUnlock()
	return b.promises[key]
}

// reservedBy is the promise of a name, given by its space and the folded name.
func (b *Books) reservedBy(name string) *Promise {
	b.promising.RLock()
	defer b.promising.RUnlock()
	return b.reserved[name]
}

// Name gives the customer, vendor, employee or other name with a ListID.
func (b *Books) Name(listID string) (Name, bool) {
	n, ok := b.names[listID]
	if !ok {
		return Name{}, false
	}
	return *n, true
}

// Added takes note that somebody was added to QuickBooks since these Books were
// made.
func (b *Books) Added(listID string) {
	b.promising.Lock()
	defer b.promising.Unlock()
	b.added[listID] = true
}

// Knows tells whether somebody is in QuickBooks.
func (b *Books) Knows(listID string) bool {
	b.promising.RLock()
	defer b.promising.RUnlock()
	return b.names[listID] != nil || b.added[listID]
}

// Rows are the keys of the list rows that must be written before the document,
// each once.
func (d Document) Rows() []string {
	refs := []Ref{d.Customer, d.PaymentMethod, d.DepositTo, d.ShipMethod, d.TaxItem, d.CustomerTax}
	for _, l := range d.Lines {
		refs = append(refs, l.Item, l.TaxCode)
	}
	seen := map[string]bool{"": true}
	var keys []string
	for _, r := range refs {
		if !seen[r.Row] {
			seen[r.Row] = true
			keys = append(keys, r.Row)
		}
	}
	return keys
}
