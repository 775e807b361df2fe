package posting

// marks fills in what the rules put on every form: class, template, sales rep,
// customer message, ship date and the field Other.
func (d *draft) marks() *outcome {
	rule, class := d.class()
	if why := d.books.lacks(ClassTracking); class != "" && why != "" {
		return unset(RulesIncomplete, ClassTracking.cure(), "The rule %s names the class %q, but %s.", rule, class, why)
	}
	form := map[string]string{SalesReceipt: "receipt", Invoice: "invoice", SalesOrder: "sales-order", CreditMemo: "credit-memo"}[d.doc.Kind]
	for _, m := range []struct {
		to         *Ref
		rule, name string
		entries    []Entry
	}{
		{&d.doc.Class, rule, class, d.books.Classes},
		{&d.doc.Template, "templates." + form, d.rules.Templates[form], d.books.Templates},
		{&d.doc.SalesRep, "sales-rep", d.rules.SalesRep, d.books.SalesReps},
		{&d.doc.Message, "customer-message", d.rules.CustomerMessage, d.books.Messages},
	} {
		ref, out := d.books.named(m.rule, m.name, m.entries)
		if out != nil {
			return out
		}
		*m.to = ref
	}
	if d.rules.ShipDate == "order-date" && d.doc.Kind != CreditMemo {
		d.doc.ShipDate = d.order.Date
	}
	o := d.order
	other := map[string]string{"order-number": o.ID, "po-number": o.PONumber, "channel": o.ExternalChannel, "tracking": o.TrackingNumber, "transaction": o.TransactionID}[d.rules.OtherField]
	text, rest := d.fit(d.doc.Kind+"Add", "Other", "field Other", other)
	d.doc.Other = text
	if rest != "" {
		d.notes = append(d.notes, d.rules.OtherField+" "+rest)
	}
	d.doc.Fields = d.customFields(d.rules.CustomFields, nil)
	return nil
}

// class is the class of the order and the rule that names it; "" for none.
func (d *draft) class() (rule, name string) {
	if name, met := bestEntry(d.rules.Classes, d.shop, d.decisions.Tags); met != nil {
		return "classes." + joinConditions(met), name
	}
	return "class", d.rules.Class
}

// named is the entry of a simple list that a rule names; none for no name.
func (b *Books) named(rule, name string, entries []Entry) (Ref, *outcome) {
	if name == "" {
		return Ref{}, nil
	}
	if missing := b.unfit(rule, name); missing != nil {
		return Ref{}, unset(RulesIncomplete, setRules, "%s", missing.Sentence)
	}
	for _, e := range entries {
		if e.Active && Fold(e.Name) == Fold(name) {
			return Ref{ListID: e.ListID, Name: e.Name}, nil
		}
	}
	return Ref{}, unset(RulesIncomplete, setRules, "The rule %s names %q, which QuickBooks does not have.", rule, name)
}
