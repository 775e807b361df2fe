package sim

import "slices"

// setCustomField does a DataExtMod on a transaction: it sets the value of a custom field at its head, whether or not there was
// one. The fields there are those that people have set up for customers; an application sets none of its own here.
func (c *Company) setCustomField(mod node) (Status, []node) {
	kind, id, name, value := mod.at("TxnDataExtType"), mod.at("TxnID"), mod.at("DataExtName"), mod.at("DataExtValue")
	switch {
	case kind == "" || mod.at("TxnLineID") != "":
		return *refused(1030, "The pretend company sets custom fields at the head of transactions alone."), nil
	case mod.at("OwnerID") != "0" || !slices.Contains(c.books.Config.FormFields, name):
		return *refused(3140, "There is an invalid reference to QuickBooks DataExtDef \"%s\" in the DataExtMod.  QuickBooks error message: Invalid argument.  The specified record does not exist in the list.", name), nil
	case len([]rune(value)) > 255:
		return *refused(3070, "The string \"%s\" in the field \"DataExtValue\" is too long.", value), nil
	case !listIDForm(id):
		return *refused(3000, "The given object ID \"%s\" in the field \"txn id\" is invalid.", id), nil
	}
	t := c.txn(id)
	if t == nil || t.Kind != kind || !slices.Contains(itemForms(), kind) {
		return *notFound(id), nil
	}
	if t.Fields == nil {
		t.Fields = map[string]string{}
	}
	t.Fields[name] = value
	c.touchTxn(t) // nobody has said whether it does: what comes of it is harder to bear than what comes of nothing
	return done(), []node{group("DataExtRet", leaf("OwnerID", "0"), leaf("DataExtName", name), leaf("DataExtType", "STR255TYPE"), leaf("DataExtValue", value))}
}

// CustomField is what a custom field at the head of a transaction holds; "" when it holds nothing.
func (c *Company) CustomField(txnID, name string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if t := c.txn(txnID); t != nil {
		return t.Fields[name]
	}
	return ""
}

// SetUpFormField is a person setting up a custom field for customers.
func (c *Company) SetUpFormField(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.books.Config.FormFields = append(slices.Clone(c.books.Config.FormFields), name)
}

// SetUpLineField is a person setting up a custom field for items.
func (c *Company) SetUpLineField(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.books.Config.CustomFields = append(slices.Clone(c.books.Config.CustomFields), name)
}
