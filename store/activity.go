package store

// ActivityFind says which lines of what people did are meant. An empty field asks for nothing.
type ActivityFind struct {
	Who    string
	Event  string
	Before int64 // lines older than this one; 0 begins with the newest
}

// Activity is what people did, the newest first, at most limit lines.
func (tx *Tx) Activity(f ActivityFind, limit int) ([]History, error) {
	query, args := activityQuery(f, limit)
	return list[History](tx, "read what people did", query, args...)
}

const byPeople = " FROM history INDEXED BY history_people WHERE who NOT IN ('qbridge', 'connector')"

func activityQuery(f ActivityFind, limit int) (query string, args []any) {
	query = "SELECT " + historyColumns + byPeople
	if f.Before != 0 {
		query, args = query+" AND id < ?", append(args, f.Before)
	}
	if f.Who != "" {
		query, args = query+" AND who = ?", append(args, f.Who)
	}
	if f.Event != "" {
		query, args = query+" AND event = ?", append(args, f.Event)
	}
	return query + " ORDER BY id DESC LIMIT ?", append(args, limit)
}

// OrderNumber is the number under which people know an order; "" when there is no such order.
func (tx *Tx) OrderNumber(storeID, key string) (number string, err error) {
	_, err = tx.scan("look for order "+key, "SELECT id FROM orders WHERE store_id = ? AND key = ?", []any{storeID, key}, &number)
	return number, err
}
