package store

import (
	"cmp"
	"fmt"
	"time"

	"github.com/shopspring/decimal"
)

// OrderIn is an order as the shop gave it.
type OrderIn struct {
	CompanyID             int64
	StoreID, Key, ID      string
	Date, Customer, Email string
	Currency, Total, Due  string
	PlacedAt, ShopUpdated time.Time
	Search                Search
	Raw                   []byte // the shop's JSON, byte for byte
	ContentHash           string // of everything in it
	AccountingHash        string // of what a plan is made from
}

// Saved says what SaveOrder did.
type Saved string

const (
	SavedNew     Saved = "new"     // the first version
	SavedChanged Saved = "changed" // a new version that must be planned again
	SavedQuiet   Saved = "quiet"   // a new version that changes nothing for the books
	SavedSame    Saved = "same"    // known already
	SavedOlder   Saved = "older"   // a late answer, older than what is kept; not kept
)

// SaveOrder keeps what the shop says of an order, if that is news. However often and in whatever order answers come, the newest one counts,
// and each different one is kept as evidence.
func (tx *Tx) SaveOrder(in OrderIn) (Saved, error) {
	doing := fmt.Sprintf("keep order %s of store %s", in.Key, in.StoreID)
	var version int64
	var updated time.Time
	var contentHash, accountingHash string
	known, err := tx.scan(doing, `SELECT o.version, o.shop_updated, v.content_hash, v.accounting_hash FROM orders o
		JOIN order_version v USING (store_id, key, version) WHERE o.store_id = ? AND o.key = ?`,
		[]any{in.StoreID, in.Key}, &version, stamp{&updated}, &contentHash, &accountingHash)
	switch {
	case err != nil:
		return "", err
	case !known:
		if err := tx.insertOrder(doing, in); err != nil {
			return "", err
		}
		return SavedNew, tx.SetSearch(in.StoreID, in.Key, in.Search)
	case in.ContentHash == contentHash:
		if in.ShopUpdated.After(updated) { // so that an answer from between the two counts as older
			_, err = tx.exec(doing, "UPDATE orders SET shop_updated = ? WHERE store_id = ? AND key = ?", at(in.ShopUpdated), in.StoreID, in.Key)
		}
		return SavedSame, err
	case in.ShopUpdated.Before(updated):
		return SavedOlder, nil
	}
	if err := tx.addVersion(doing, in, version+1); err != nil {
		return "", err
	}
	if in.AccountingHash == accountingHash {
		if err := tx.moveQuietly(doing, in, version); err != nil {
			return "", err
		}
		return SavedQuiet, tx.SetSearch(in.StoreID, in.Key, in.Search)
	}
	err = tx.change(doing, `UPDATE orders SET version = ?, id = ?, date = ?, customer = ?, email = ?, currency = ?, total = ?, minor = ?, due = ?, placed_at = ?,
		shop_updated = ?, pulled_at = ?, to_plan = 1 WHERE store_id = ? AND key = ?`,
		version+1, in.ID, in.Date, in.Customer, in.Email, in.Currency, in.Total, hundredths(in.Total), in.Due, at(in.PlacedAt),
		at(in.ShopUpdated), at(tx.now), in.StoreID, in.Key)
	if err != nil {
		return "", err
	}
	if err := tx.SetSearch(in.StoreID, in.Key, in.Search); err != nil {
		return "", err
	}
	return SavedChanged, tx.AddHistory(History{CompanyID: in.CompanyID, StoreID: in.StoreID, Key: in.Key, Who: "qbridge", Event: "changed",
		Note: fmt.Sprintf("the shop changed the order: version %d", version+1)})
}

func (tx *Tx) insertOrder(doing string, in OrderIn) error {
	o := Order{CompanyID: in.CompanyID, StoreID: in.StoreID, Key: in.Key, ID: in.ID, Version: 1, State: "new", StateSince: tx.now,
		Date: in.Date, Customer: in.Customer, Email: in.Email, Currency: in.Currency, Total: in.Total, Due: in.Due, Generation: 1, ToPlan: true,
		PlacedAt: in.PlacedAt, ShopUpdated: in.ShopUpdated, PulledAt: tx.now}
	_, err := tx.exec(doing, "INSERT INTO orders ("+orderColumns+", method, minor) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		append(o.fields()[:27], in.Search.Method, hundredths(in.Total))...) // all but the plan
	if err != nil {
		return err
	}
	if err := tx.addVersion(doing, in, 1); err != nil {
		return err
	}
	return tx.AddHistory(History{CompanyID: in.CompanyID, StoreID: in.StoreID, Key: in.Key, Who: "qbridge", Event: "pulled", Note: "pulled from the shop"})
}

func (tx *Tx) addVersion(doing string, in OrderIn, version int64) error {
	raw, err := tx.c.pack(in.Raw)
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	_, err = tx.exec(doing, "INSERT INTO order_version VALUES (?, ?, ?, ?, ?, ?, ?)",
		in.StoreID, in.Key, version, raw, in.ContentHash, in.AccountingHash, at(tx.now))
	return err
}

// moveQuietly counts a version that changes nothing for the books. A plan and documents made from the version before it are as good for
// this one, and move along; so nothing that compares versions takes them for stale.
func (tx *Tx) moveQuietly(doing string, in OrderIn, from int64) error {
	err := tx.change(doing, `UPDATE orders SET version = ?1 + 1, plan_version = iif(plan_version = ?1, ?1 + 1, plan_version), shop_updated = ?2, pulled_at = ?3
		WHERE store_id = ?4 AND key = ?5`, from, at(in.ShopUpdated), at(tx.now), in.StoreID, in.Key)
	if err != nil {
		return err
	}
	_, err = tx.exec(doing, `UPDATE outbox SET order_version = ?1 + 1
		WHERE store_id = ?2 AND order_key = ?3 AND store_id <> '' AND state = 'planned' AND order_version = ?1`, from, in.StoreID, in.Key)
	return err
}

// hundredths is the column minor of a total: NULL when it has more than two decimals, is too large for SQLite to add many of, or is no amount.
func hundredths(total string) any {
	amount, err := decimal.NewFromString(cmp.Or(total, "0"))
	if minor := amount.Shift(2); err == nil && minor.IsInteger() && minor.Abs().LessThan(decimal.New(1, 12)) {
		return minor.IntPart()
	}
	return nil
}
