package bridge

import "qbridge/store"

// plainRow is a sale that came into the books as planned, and nothing more is to
// be said or done.
type plainRow struct {
	row store.Row
	in  store.StateIn
}

// sync moves the orders to Synced whose documents were set aside for that, all
// orders of a set at once where all are: a tenth of what recording costs.
func (c *connection) sync(set store.Set) error {
	plain := c.plain
	c.plain = nil
	orders := map[[2]string]bool{}
	for _, p := range plain {
		if p.row.Kind == plain[0].row.Kind {
			orders[[2]string{p.row.StoreID, p.row.OrderKey}] = true
		}
	}
	if n := len(plain); n > 0 && n == int(set.Rows) && n == len(orders) { // each the one sale of its order, all of one kind
		return c.tx.SyncSet(set, kindWords(plain[0].row.Kind), n)
	}
	for _, p := range plain {
		if err := c.tx.SetState(p.row.StoreID, p.row.OrderKey, p.in); err != nil {
			return err
		}
	}
	return nil
}
